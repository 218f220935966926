"""The round day by day: how many households had been visited by the end of each, and how many should have been."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import NamedTuple

from dazoufang.duties.credit import credit
from dazoufang.duties.in_office import Held, Term, posts, terms
from dazoufang.duties.quotas import DAY, expected, progress
from dazoufang.duties.rounds import current_round
from dazoufang.ledger.frames import Frames, plain, records
from dazoufang.rules.campaign import Rules


class Pace(NamedTuple):
    """`days`: every day of the round in order. `done`: households by the end of each day up to today, no further. `due`:
    households that should have been done by the end of each day; all 0 where nobody owes any."""

    days: list[date]
    done: list[int]
    due: list[int]


def pace(frames: Frames, rules: Rules, today: date) -> Pace:
    """The round that a run on `today` works in.

    `done` adds up what `quotas.progress` counts, each household on the day it was first visited, so that the last day is
    its sum; `due` adds up what it expects, so that today's is the sum of `expected` and the last day's that of `due`.
    """
    year, round_ = current_round(rules.campaign, today)
    days = [round_.first + n * DAY for n in range((round_.last - round_.first).days + 1)]
    credited = credit(frames, rules, year)
    rows = zip(*(plain(credited[name]) for name in ("counted", "round_no", "visited_on")), strict=True)
    on = Counter(day for counted, number, day in rows if counted and number == round_.number)
    done, sum_ = [], 0
    for day in days:
        if day > today:
            break
        sum_ += on[day]
        done.append(sum_)
    return Pace(days, done, _due(frames, rules, today, days))


def _due(frames: Frames, rules: Rules, today: date, days: list[date]) -> list[int]:
    """What should have been done by the end of each day. Persons who owe the same and hold office on the same days of the
    round are counted together."""
    _, round_ = current_round(rules.campaign, today)
    terms_of, held = terms(posts(frames)), Held(rules.campaign.workdays)
    alike: Counter[tuple[int, tuple[Term, ...]]] = Counter()
    for row in records(progress(frames, rules, today), ["person", "due"]):
        if row["due"]:
            own = tuple(
                Term(max(term.first, round_.first), min(term.last, round_.last))
                for term in terms_of[row["person"]]
                if term.first <= round_.last and term.last >= round_.first
            )
            alike[row["due"], own] += 1
    sums = [0] * len(days)
    for (due, own), persons in alike.items():
        whole = held.days([*own], round_.first, round_.last)
        for place, day in enumerate(days):
            sums[place] += persons * expected(due, held.days([*own], round_.first, day), whole)
    return sums
