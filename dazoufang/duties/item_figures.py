"""The items of the ledger counted: by state, by age, by what they are about, and, with the visits, by township."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple

import pandas as pd

from dazoufang.duties.quotas import current_round
from dazoufang.ledger.frames import Frames, of_round, plain
from dazoufang.model.vocabularies import ItemKind, ItemState
from dazoufang.rules.campaign import Rules

UNNAMED: Final = "（未注明）"
# Days since an item was registered or opened again: the last day of each group, and how it is called.
AGES: Final = ((7, "7天以内"), (14, "8至14天"), (30, "15至30天"), (60, "31至60天"), (None, "60天以上"))


class States(NamedTuple):
    """Of one kind: the items of the round by state, and those of earlier ones that are not closed."""

    kind: str
    open: int
    resolved: int
    closed: int
    earlier_open: int
    earlier_resolved: int

    @property
    def found(self) -> int:
        """All of the round."""
        return self.open + self.resolved + self.closed


class Group(NamedTuple):
    """A group of items: what it is called, and its items by state."""

    name: str
    open: int = 0
    resolved: int = 0
    closed: int = 0

    @property
    def all(self) -> int:
        return self.open + self.resolved + self.closed


class Town(NamedTuple):
    """One township in the round: visits, disputes and suggestions that came up, and how many of these are not closed."""

    name: str
    visits: int
    disputes: int
    suggestions: int
    unclosed: int


def by_state(frames: Frames, rules: Rules, today: date) -> list[States]:
    """Both kinds. Rule: the state is the ledger's, as annex 1 counts it; resolved is not closed."""
    year, round_ = current_round(rules.campaign, today)
    items, found = frames.items, []
    here = ((items["year"] == year) & (items["round_no"] == round_.number)).tolist()
    counted = Counter(zip(plain(items["kind"]), here, plain(items["state"]), strict=True))
    for kind in ItemKind:
        of_round_, earlier = ([counted[kind, ours, state] for state in ItemState] for ours in (True, False))
        found.append(States(kind, *of_round_, *earlier[:2]))
    return found


def registered_on(reopened_on: date | None, opened_on: date | None, visited_on: date | None) -> date | None:
    """Since when the bureau has an item: since it was opened again, else registered, else raised."""
    return reopened_on or opened_on or visited_on


def by_age(frames: Frames, today: date) -> list[Group]:
    """The items that are not closed, of whatever round, by the days since they were registered or opened again."""
    counted: Counter[tuple[str, str]] = Counter()
    names = ("state", "reopened_on", "opened_on", "visited_on")
    for state, *days in zip(*(plain(frames.items[name]) for name in names), strict=True):
        if state != ItemState.CLOSED:
            since = registered_on(*days) or today
            age = (today - since).days
            name = next(words for last, words in AGES if last is None or age <= last)
            counted[name, state] += 1
    return [_group(name, counted) for _, name in AGES]


def by_category(kind: ItemKind, frames: Frames, rules: Rules, today: date) -> list[Group]:
    """The items of a kind that came up in the round, by 类别: the most frequent first, those without one last."""
    year, round_ = current_round(rules.campaign, today)
    items = of_round(frames.items, year, round_.number)
    items = items[items["kind"] == kind]
    names = plain(items["category"]) if "category" in items else [""] * len(items)
    states = plain(items["state"])
    counted = Counter(zip((name or UNNAMED for name in names), states, strict=True))
    found = [_group(name, counted) for name in dict.fromkeys(name for name, _ in counted)]
    return sorted(found, key=lambda group: (group.name == UNNAMED, -group.all, group.name))


def by_township(frames: Frames, rules: Rules, today: date) -> list[Town]:
    """The townships of the rules in their order, then others that the rows name, then what names none, if there is any."""
    year, round_ = current_round(rules.campaign, today)
    visits, items = (of_round(frame, year, round_.number) for frame in (frames.visits, frames.items))
    went = Counter(_towns(visits))
    came = Counter(zip(_towns(items), plain(items["kind"]), strict=True))
    left = Counter(
        town for town, state in zip(_towns(items), plain(items["state"]), strict=True) if state != ItemState.CLOSED
    )
    others = {*went, *(town for town, _ in came)} - {*rules.campaign.townships.names, UNNAMED}
    last = [UNNAMED] if went[UNNAMED] or left[UNNAMED] or any(came[UNNAMED, kind] for kind in ItemKind) else []
    return [
        Town(town, went[town], came[town, ItemKind.DISPUTE], came[town, ItemKind.SUGGESTION], left[town])
        for town in (*rules.campaign.townships.names, *sorted(others), *last)
    ]


def _towns(rows: pd.DataFrame) -> Iterator[str]:
    return (town or UNNAMED for town in plain(rows["township"]))


def _group(name: str, counted: Counter[tuple[str, str]]) -> Group:
    return Group(name, *(counted[name, state] for state in ItemState))


def overdue(levels_of_items: Iterable[tuple[str, str]], levels: Iterable[str]) -> int:
    """How many items have an alert of one of these `levels`. levels_of_items: number and level of alerts, "" no item."""
    wanted = set(levels)
    return len({number for number, level in levels_of_items if number and level in wanted})
