"""Whose visits count: one row a visit and cadre named in it, with the person it is credited to, or why to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, Final

import pandas as pd

from dazoufang.duties.households import TOLD_BY, labels
from dazoufang.duties.in_office import ALWAYS, posts, terms
from dazoufang.ledger.frames import Frames, build, plain
from dazoufang.model.bureaus import bureau_of, within
from dazoufang.rules.campaign import Rules

_ROUNDS: Final = 64  # more than a year ever has
# Why a visit is credited to nobody (`why`); "" it is.
NOT_FIRST: Final = "not_first"  # a joint visit credits the first alone, by the rules
NOBODY: Final = "nobody"  # not on the roster
NAMESAKES: Final = "namesakes"  # several of that name, and none of the unit
OUTSIDE_TERM: Final = "outside_term"
REPEATED: Final = "repeated"  # the household counts already, in this round

_COLUMNS: Final = {
    "visit": "int64", "round_no": "int64", "unit": "text", "cadre": "text", "visited_on": "day", "target_kind": "text",
    "person": "int64", "who": "int64", "label": "int64", "why": "text", "counted": "bool",
}  # fmt: skip
_READ: Final = ("year", "round_no", "cadres", "unit", "visited_on", "target_kind", *TOLD_BY)


def credit(frames: Frames, rules: Rules, year: int) -> pd.DataFrame:
    """The visits of the rounds of a year, one row a visit and cadre named in it, in the order of `frames.visits`:

    visit (position in `frames.visits`), round_no, unit, cadre, visited_on, target_kind; person: of the roster, -1 none;
    who: whose visit it is, equal for equal persons, also for those who are not on the roster; label: the household, told
    apart among one's visits of one round (two bare 张三 of two cadres need not be one); why: one of the above; counted:
    the row is the first, by its day, of this household in this round.
    A person's visit is that of the one on the roster with the name and unit, else the only one with that name in
    office that day. Rule: a joint visit credits every named cadre or, switched off, the first; a visit outside the term
    credits nobody; with no roster everybody is credited.
    """
    return frames.once(f"credit {year}", rules, lambda: _credit(frames, rules, year))


def _credit(frames: Frames, rules: Rules, year: int) -> pd.DataFrame:
    named: list[tuple[Any, ...]] = []
    for visit, row in enumerate(zip(*(plain(frames.visits[name]) for name in _READ), strict=True)):
        its_year, round_no, names, *cells = row
        if its_year == year and round_no > 0 and names:
            named.extend((visit, round_no, cadre, *cells) for cadre in names.split("、"))
    visits, round_nos, cadres, units, days, kinds, *households = [[*column] for column in zip(*named, strict=True)] or [
        [] for _ in range(len(_READ))
    ]
    roster = _Roster(frames)
    whose = [roster.person(unit, cadre, day) for unit, cadre, day in zip(units, cadres, days, strict=True)]
    joint = rules.campaign.quota.joint_visit_credits_all.value
    why = [
        NOT_FIRST if not joint and place and visits[place - 1] == visit else roster.refuses(person, unit, cadre, day)
        for place, (visit, person, unit, cadre, day) in enumerate(zip(visits, whose, units, cadres, days, strict=True))
    ]
    strangers: dict[tuple[str, str], int] = {}
    who = [
        person if person >= 0 else roster.size + strangers.setdefault((unit, cadre), len(strangers))
        for person, unit, cadre in zip(whose, units, cadres, strict=True)
    ]
    # The same two persons named twice in one cell are credited once: the label is the same.
    scopes = [person * _ROUNDS + round_no for person, round_no in zip(who, round_nos, strict=True)]
    label = labels(zip(scopes, *households, strict=True))
    counted = _first_of_each(list(zip(who, label, strict=True)), days, why)
    again = ["" if first or reason else REPEATED for first, reason in zip(counted, why, strict=True)]
    found = {
        "visit": visits, "round_no": round_nos, "unit": units, "cadre": cadres, "visited_on": days, "target_kind": kinds,
        "person": whose, "who": who, "label": label, "why": [reason or late for reason, late in zip(why, again, strict=True)],
        "counted": counted,
    }  # fmt: skip
    return build((), {name: (dtype, "") for name, dtype in _COLUMNS.items()}, found)


def _first_of_each(keys: Sequence[tuple[int, int]], days: Sequence[date | None], why: Sequence[str]) -> list[bool]:
    """Which rows are the first by their day, those without one last, of whose household it is (`keys`); of those that may
    count at all."""
    may = [place for place, reason in enumerate(why) if reason in ("", NOBODY, NAMESAKES)]
    first: dict[tuple[int, int], int] = {}
    for place in sorted(may, key=lambda place: (days[place] is None, days[place] or date.min)):
        first.setdefault(keys[place], place)
    counting = set(first.values())
    return [place in counting for place in range(len(keys))]


class _Roster:
    """Who is meant by a name: the persons of the roster by name, within the bureau of their unit."""

    def __init__(self, frames: Frames) -> None:
        rows = posts(frames)
        self.size = len(rows)
        self._called: dict[str, list[tuple[int, date, date]]] = {}  # persons of a name, with a term of office each
        self._own: dict[tuple[str, str], int] = {}  # (unit, name) → person
        self._bureaus = {""}
        columns = (plain(rows[name]) for name in ("unit", "name", "person", "since_on", "until_on"))
        for unit, name, person, since_on, until_on in zip(*columns, strict=True):
            bureau = bureau_of(unit)
            self._bureaus.add(bureau)
            term = (person, since_on or date.min, until_on or date.max)
            self._called.setdefault(within(bureau, name), []).append(term)
            self._own.setdefault((unit, name), person)
        self._named = cache(self._find)  # few cadres, many visits
        self._bounded = {person: own for person, own in terms(rows).items() if own != [ALWAYS]}

    def person(self, unit: str, cadre: str, day: date | None) -> int:
        """Whose visit it is; -1: nobody's of the roster, or one of several of that name."""
        known, persons = self._named(unit, cadre)
        if len(persons) > 1:
            if (unit, cadre) in self._own:
                return self._own[unit, cadre]
            persons = {person for person, first, last in known if day is None or first <= day <= last}
        return next(iter(persons)) if len(persons) == 1 else -1

    def _find(self, unit: str, cadre: str) -> tuple[Sequence[tuple[int, date, date]], set[int]]:
        """Who is called so in the bureau of a unit: with their terms, and each once."""
        known = self._called.get(within(bureau_of(unit), cadre), ())
        return known, {person for person, _, _ in known}

    def refuses(self, person: int, unit: str, cadre: str, day: date | None) -> str:
        """Why a visit of `person`, as `person` gives it, is credited to nobody; "" it is."""
        if person >= 0:
            own = self._bounded.get(person)
            held = own is None or day is None or any(term.first <= day <= term.last for term in own)
            return "" if held else OUTSIDE_TERM
        if not self.size:
            return ""
        bureau = bureau_of(unit)
        if within(bureau, cadre) in self._called:
            return NAMESAKES
        return NOBODY if bureau in self._bureaus else ""  # of a bureau that it knows nobody of it says nothing
