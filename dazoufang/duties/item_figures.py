"""The items of the ledger counted: by state, by age, by what they are about, and, with the visits, by township."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import pandas as pd

from dazoufang.duties.levels import LATE
from dazoufang.duties.rounds import current_round
from dazoufang.ledger.frames import Frames, plain, records
from dazoufang.model.vocabularies import ItemKind, ItemState
from dazoufang.rules.campaign import Rules

UNNAMED: Final = "（未注明）"
# Days since an item was raised or opened again: the last day of each group, and how it is called.
AGES: Final = ((7, "7天以内"), (14, "8至14天"), (30, "15至30天"), (60, "31至60天"), (None, "60天以上"))
_READ: Final = (
    "item_no", "kind", "state", "year", "round_no", "unit", "township", "category", "reopened_on", "visited_on", "opened_on",
)  # fmt: skip

Item = dict[str, Any]  # one item in plain values: `_READ` and what else was asked for


class States(NamedTuple):
    """Of one kind: the items of the round by state, and those of earlier ones that are not closed."""

    kind: str
    open: int
    resolved: int
    closed: int
    earlier_open: int
    earlier_resolved: int


class Group(NamedTuple):
    """A group of items: what it is called, and its items by state."""

    name: str
    open: int = 0
    resolved: int = 0
    closed: int = 0

    @property
    def all(self) -> int:
        """All of them."""
        return self.open + self.resolved + self.closed


class Town(NamedTuple):
    """One township in the round: visits, disputes and suggestions that came up, and how many of these are not closed."""

    name: str
    visits: int
    disputes: int
    suggestions: int
    unclosed: int


class ItemFigures:
    """Counts the items of one day. `rows`: all of them, in plain values, with the columns `more` beside what is counted by."""

    def __init__(self, items: pd.DataFrame, rules: Rules, today: date, more: Sequence[str] = ()) -> None:
        self._rules, self._today = rules, today
        self._year, self._round = current_round(rules.campaign, today)
        names = [name for name in dict.fromkeys((*_READ, *more)) if name in items]
        self.rows: list[Item] = records(items, names)
        self._of_round = [row for row in self.rows if self._is_of_round(row)]

    def _is_of_round(self, row: Item) -> bool:
        return bool(row["year"] == self._year and row["round_no"] == self._round.number)

    @property
    def unclosed(self) -> list[Item]:
        """The items that are not closed, of whatever round."""
        return [row for row in self.rows if row["state"] != ItemState.CLOSED]

    def by_state(self) -> list[States]:
        """Both kinds. Rule: the state is the ledger's, as annex 1 counts it; resolved is not closed."""
        ours = Counter((row["kind"], row["state"]) for row in self._of_round)
        every = Counter((row["kind"], row["state"]) for row in self.rows)
        found = []
        for kind in ItemKind:
            own = [ours[kind, state] for state in ItemState]
            earlier = [every[kind, state] - ours[kind, state] for state in ItemState]
            found.append(States(kind, own[0], own[1], own[2], *earlier[:2]))
        return found

    def by_age(self) -> list[Group]:
        """The items that are not closed, by the days since they were raised or opened again."""
        counted: Counter[tuple[str, str]] = Counter()
        for row in self.unclosed:
            age = self.age(row) or 0
            counted[next(words for last, words in AGES if last is None or age <= last), row["state"]] += 1
        return [_group(name, counted) for _, name in AGES]

    def age(self, row: Item) -> int | None:
        """Days since an item was opened again, else raised, else registered."""
        since = row["reopened_on"] or row["visited_on"] or row["opened_on"]
        return (self._today - since).days if since else None

    def by_category(self, kind: ItemKind) -> list[Group]:
        """The items of a kind that came up in the round, by 类别: the most frequent first, those without one last."""
        counted = Counter(
            (row.get("category") or UNNAMED, row["state"]) for row in self._of_round if row["kind"] == kind
        )
        found = [_group(name, counted) for name in dict.fromkeys(name for name, _ in counted)]
        return sorted(found, key=lambda group: (group.name == UNNAMED, -group.all, group.name))

    def by_township(self, frames: Frames) -> list[Town]:
        """The townships of the rules in their order, then others that the rows name, then what names none, if there is any;
        visits and items of the round. frames: for the visits."""
        names = ("township", "year", "round_no")
        visits = zip(*(plain(frames.visits[name]) for name in names), strict=True)
        here = (self._year, self._round.number)
        went = Counter(town or UNNAMED for town, *place in visits if tuple(place) == here)
        came = Counter((row.get("township") or UNNAMED, row["kind"]) for row in self._of_round)
        left = Counter(row.get("township") or UNNAMED for row in self._of_round if row["state"] != ItemState.CLOSED)
        known = self._rules.campaign.townships.names
        named = {*went, *(town for town, _ in came)}
        others = sorted(named - {*known, UNNAMED})
        return [
            Town(town, went[town], came[town, ItemKind.DISPUTE], came[town, ItemKind.SUGGESTION], left[town])
            for town in (*known, *others, *([UNNAMED] if UNNAMED in named else []))
        ]


def overdue(levels_of_items: Iterable[tuple[str, str]], levels: Iterable[str]) -> int:
    """How many items have an alert of one of these `levels`. levels_of_items: number and level of alerts, "" no item."""
    wanted = set(levels)
    return len({number for number, level in levels_of_items if number and level in wanted})


def overdue_of_units(alerts: pd.DataFrame) -> Counter[str]:
    """How many items each unit has to do something about that is overdue; one that two units owe something is counted for
    both. alerts: as `alerts.alerts` gives it."""
    told = zip(*(alerts[name].tolist() for name in ("unit", "item_no", "level")), strict=True)
    return Counter(unit for unit, _ in {(unit, number) for unit, number, level in told if number and level in LATE})


def _group(name: str, counted: Counter[tuple[str, str]]) -> Group:
    return Group(name, *(counted[name, state] for state in ItemState))
