"""Who has visited how many households, and how many should have been: done, due and expected per cadre and round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from dazoufang.duties.credit import REPEATED, credit
from dazoufang.duties.in_office import Held, posts, terms
from dazoufang.duties.rounds import current_round
from dazoufang.ledger.frames import Frames, build, plain, records
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import Role
from dazoufang.rules.years import Round

DAY: Final = timedelta(days=1)


def progress(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    """How far each cadre is in the current round and year; one row a person, however many posts he has.

    The persons of the roster in its order, those in office (任职起, 任职止) during the round; then, in order of unit and
    name, those who visited in this round and are not on it (`listed` False, owing 0). Columns:

    - unit (of several posts that held today, else the last held in the round), units (all of them, 、), cadre, role
      (text), listed (bool), year, round_no (int), since_on, until_on (days within the round on which he came or left)
    - due (int households owed by the end of the round: `round_due` of the round itself and `carried`), done (int distinct
      households of this round), rate (done / due; NaN when nothing is due), left (int), early (int: of done, those
      visited by the end of the first phase, 走访摸排)
    - carried (int: what earlier rounds left undone; in the last round, where the record holds any visit of an earlier
      one: a bureau that begins to use the program in autumn made its visits of spring all the same)
    - year_due, year_done (int; `year_done` adds up the rounds' distinct households, so a surplus of round 1 counts for
      the year and not for round 2)
    - expected (int: what should be done by the end of today: due × the working days held of the round so far ÷ all that
      he holds, rounded up; 0 before it begins)
    - days_left (int: working days after today that he holds in the round), per_day (Int64, whole households for each of
      them; on the last day all that is left; 0 when none is, <NA> when no day is)
    - person (int: as `in_office.posts` numbers them; -1 not on the roster)
    - one int column a target kind, named by it, in the order of the schema: distinct households of this round

    Whose a visit is: see `credit`. Rule: 实施方案, quota per cadre, round and year. Who comes or leaves within them owes by
    the working days held, rounded up, of the round and of all rounds of the year together (局内设定).

    Nobody writes into the table: annex, cover, alerts and letters of one day share it.
    """
    return frames.once(f"progress {today}", rules, lambda: _progress(frames, rules, today))


def expected(due: int, passed: int, held: int) -> int:
    """Households that should be done when `passed` of the `held` working days are over: rounded up; 0 before them."""
    return -(-due * passed // max(held, 1))


_TEXTS: Final = ["unit", "units", "cadre", "role"]
_DAYS: Final = ["since_on", "until_on"]
_IN_ORDER: Final = [
    "unit", "units", "cadre", "role", "listed", "year", "round_no", "since_on", "until_on", "due", "round_due", "carried",
    "done", "early", "rate", "year_due", "year_done", "expected", "left", "days_left", "per_day", "person",
]  # fmt: skip
_DTYPES: Final = (
    dict.fromkeys(_TEXTS, "text")
    | dict.fromkeys(_DAYS, "day")
    | {"listed": "bool", "rate": "float64", "per_day": "Int64"}
)
_COLUMNS: Final = {name: (_DTYPES.get(name, "int64"), "") for name in _IN_ORDER}  # as `build` takes them
_POST: Final = ["person", "name", "unit", "role", "since_on", "until_on"]
_Row = dict[str, Any]


def _progress(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    campaign = rules.campaign
    year, round_ = current_round(campaign, today)
    rounds = campaign.year_of(today).rounds
    kinds = rules.form(Role.VISITS).by_name["target_kind"].constraints.enum
    visits = _Visits(credit(frames, rules, year), round_)
    carries = round_.number == rounds[-1].number and visits.before
    rows = []
    for row in (*_owing(frames, rules, today), *visits.strangers):
        who = row["who"]
        done = {other.number: visits.counted[who, other.number] for other in rounds}
        due_of = {other.number: row.get(f"due_{other.number}", 0) for other in rounds}
        round_due, year_due, days_left = due_of[round_.number], row.get("year_due", 0), row.get("days_left", 0)
        earlier = [other.number for other in rounds[:-1]]
        missed = sum(max(due_of[number] - done[number], 0) for number in earlier)
        owed = year_due - sum(done[number] for number in earlier) - round_due
        carried = max(min(missed, owed), 0) if carries else 0
        due = round_due + carried
        left = max(due - done[round_.number], 0)
        over = not days_left and not row.get("days_open", 0) and left > 0
        rows.append(
            row
            | {
                "year": year,
                "round_no": round_.number,
                "due": due,
                "round_due": round_due,
                "carried": carried,
                "done": done[round_.number],
                "early": visits.early[who],
                "rate": done[round_.number] / due if due else None,
                "year_due": year_due,
                "year_done": sum(done.values()),
                "expected": expected(due, row.get("days_passed", 0), row.get("days_held", 0)),
                "left": left,
                "days_left": days_left,
                "per_day": None if over else -(-left // max(days_left, 1)),
                "person": who if row["listed"] else -1,
                **{kind: visits.of_kind[who, kind] for kind in kinds},
            }
        )
    return build(rows, _COLUMNS | dict.fromkeys(kinds, ("int64", "")))


class _Visits:
    """What is to be counted of the visits that are credited to anybody, as `credit` gives them.

    counted: (who, number of the round) → distinct households. early: who → those of this round visited by the end of its
    first phase. of_kind: (who, target kind) → those of this round. strangers: rows for who visited in this round and is not
    on the roster. before: whether there is a visit of an earlier round.
    """

    def __init__(self, credited: pd.DataFrame, round_: Round) -> None:
        names = ("counted", "why", "round_no", "who", "label", "visited_on", "target_kind", "person", "unit", "cadre")
        self.counted: Counter[tuple[int, int]] = Counter()
        self.before = False
        households: set[tuple[int, int]] = set()
        by_kind: set[tuple[int, int, str]] = set()
        others: dict[int, tuple[str, str]] = {}
        for counted, why, number, who, label, day, kind, person, unit, cadre in zip(
            *(plain(credited[name]) for name in names), strict=True
        ):
            if not counted and why != REPEATED:
                continue
            self.counted[who, number] += counted
            self.before = self.before or number < round_.number
            if number == round_.number:
                by_kind.add((who, label, kind))
                if day is not None and day <= round_.phases[0].last:
                    households.add((who, label))
                if person < 0:
                    others.setdefault(who, (unit, cadre))
        self.early = Counter(who for who, _ in households)
        self.of_kind = Counter((who, kind) for who, _, kind in by_kind)
        self.strangers: list[_Row] = [
            {"who": who, "unit": unit, "units": unit, "cadre": cadre, "role": None, "listed": False}
            for who, (unit, cadre) in sorted(others.items(), key=lambda other: other[1])
        ]


def _owing(frames: Frames, rules: Rules, today: date) -> Iterator[_Row]:
    """The persons in office in the current round, what they owe and by when, in the order of the roster: who, unit, units,
    cadre, role, listed, since_on, until_on, year_due, `due_<n>` of every round of the year; working days: days_held of the
    round, of them days_passed by the end of today, days_left after it, days_open from today on."""
    campaign, quota = rules.campaign, rules.campaign.quota
    _, round_ = current_round(campaign, today)
    rounds, held = campaign.year_of(today).rounds, Held(campaign.workdays)
    roster = posts(frames)
    terms_of = terms(roster)
    serving: dict[int, list[_Row]] = {}
    for post in records(roster, _POST):
        if _serves(post, round_.first, round_.last):
            serving.setdefault(post["person"], []).append(post)
    day = min(max(today, round_.first), round_.last)
    for person, own_posts in serving.items():
        own = terms_of[person]
        in_round = {other.number: held.days(own, other.first, other.last) for other in rounds}
        left = max((term.last for term in own if term.first <= round_.last), default=round_.last)
        shown = _shown_post(own_posts, day)
        yield {
            "who": person,
            "unit": shown["unit"] or None,
            "units": "、".join(filter(None, dict.fromkeys(post["unit"] for post in own_posts))),
            "cadre": shown["name"],
            "role": shown["role"] or None,
            "listed": True,
            "since_on": max((term.first for term in own if round_.first < term.first <= round_.last), default=None),
            "until_on": left if left < round_.last else None,
            "year_due": _share(quota.households_per_year.value, sum(in_round.values()), held.whole(rounds)),
            **{
                f"due_{other.number}": _share(
                    quota.households_per_round.value, in_round[other.number], held.whole([other])
                )
                for other in rounds
            },
            "days_held": in_round[round_.number],
            "days_passed": held.days(own, round_.first, min(today, round_.last)),
            "days_left": held.days(own, max(today + DAY, round_.first), round_.last),
            "days_open": held.days(own, max(today, round_.first), round_.last),
        }


def _share(quota: int, days: int, whole: int) -> int:
    """Of a quota what falls on the working days held, rounded up."""
    return -(-quota * days // whole) if whole else quota


def _shown_post(own: Sequence[_Row], day: date) -> _Row:
    """Of somebody's posts, in the order of the roster, the first that is held on the day, else the last held."""
    now = next((post for post in own if _serves(post, day, day)), None)
    return now or max(own, key=lambda post: post["until_on"] or date.max)


def _serves(post: _Row, first: date, last: date) -> bool:
    """Whether a post is held on some day of [first, last]."""
    return (post["since_on"] or date.min) <= last and (post["until_on"] or date.max) >= first
