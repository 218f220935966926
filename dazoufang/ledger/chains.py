"""Who came again with the same matter (重复访): across rounds, years and units, each coming with the cell that tells it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from dazoufang.ledger import matching
from dazoufang.ledger.fold import Fold
from dazoufang.ledger.frames import Frames
from dazoufang.ledger.items import Item, row_values
from dazoufang.ledger.sources import Source, Sources
from dazoufang.ledger.waiting import told_apart
from dazoufang.model.terms import normalize
from dazoufang.model.vocabularies import ItemKind, PetitionKind


@dataclass(frozen=True, slots=True)
class Coming:
    """One day on which a person told the matter: whom he told it to, in which words, and the cell that says so.

    day: ISO text. item_no: the item that it is filed under.
    """

    day: str
    person: str
    item_no: str
    unit: str
    cadres: str
    matter: str
    source: Source | None


@dataclass(frozen=True, slots=True)
class Chain:
    """One person's one matter: every coming in the order of its day; it may stand under several numbers. `typed`: what
    was filled in as 信访性质 under each, "" nothing."""

    comings: tuple[Coming, ...]
    typed: dict[str, str]

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers that it stands under, in the order in which they first came."""
        return tuple(dict.fromkeys(coming.item_no for coming in self.comings))

    def came_again(self, number: str) -> bool:
        """Whether the person had come with it before the last coming that this number tells."""
        return max(coming.day for coming in self.comings if coming.item_no == number) > self.comings[0].day


def chains(ledger_fold: Fold, frames: Frames) -> list[Chain]:
    """The chains of disputes in which somebody came again, or is said to have (信访性质), in the order of their numbers.

    frames: those of the fold.
    Rule: two items are one person's one matter only where both are certain, as when rows are matched; units and rounds
    do not matter, and a decision (非同一人) tells them apart.
    """
    disputes = frames.items[frames.items["kind"] == ItemKind.DISPUTE]
    sources, items = Sources(ledger_fold), ledger_fold.ledger.items
    found = []
    for numbers in _groups(disputes, ledger_fold):
        comings = [coming for number in numbers for coming in _comings(items[number], sources)]
        if comings:
            typed = {number: items[number].facts().get("petition_kind", "") for number in numbers}
            comings.sort(key=lambda coming: (coming.day, coming.item_no, coming.unit))
            found.append(Chain(tuple(comings), typed))
    return found


def _groups(disputes: pd.DataFrame, ledger_fold: Fold) -> list[list[str]]:
    """The numbers of the items that belong together, and those alone of which somebody came again."""
    items = ledger_fold.ledger.items
    words = {person: normalize(person) for person in disputes["person"].dropna().unique().tolist()}
    persons = disputes["person"].map(words)
    parents: dict[str, str] = {}

    def root(number: str) -> str:
        while parents[number] != number:
            number = parents[number]
        return number

    shared = disputes.loc[persons.duplicated(keep=False) & persons.notna(), "item_no"]
    for _, namesakes in shared.groupby(persons[shared.index], sort=False):
        numbers = namesakes.tolist()
        parents |= {number: number for number in numbers}
        for first, second in combinations(numbers, 2):
            if root(first) != root(second) and _is_one(items[first], items[second], ledger_fold):
                parents[root(second)] = root(first)
    groups: dict[str, list[str]] = defaultdict(list)
    for number in parents:
        groups[root(number)].append(number)
    again = disputes["petition_kind"] == PetitionKind.REPEATED
    told_by_rows = disputes.loc[disputes["visit_id"].isna(), "item_no"]
    alone = set(disputes.loc[again, "item_no"]) | {n for n in told_by_rows if len(set(_days(items[n]))) > 1}
    together = [numbers for numbers in groups.values() if len(numbers) > 1]
    alone -= {number for numbers in together for number in numbers}
    order = {number: place for place, number in enumerate(disputes["item_no"])}
    return sorted([*together, *([number] for number in alone)], key=lambda numbers: order[numbers[0]])


def _is_one(item: Item, other: Item, ledger_fold: Fold) -> bool:
    """Whether two items are one person's one matter for certain."""
    settings = ledger_fold.rules.campaign.items
    if item.bureau != other.bureau:
        return False
    return matching.is_one(item, other, settings) and not told_apart(item, other, ledger_fold)


def _comings(item: Item, sources: Sources) -> Iterator[Coming]:
    """The days on which an item was told: those of its visits; where there is none, those that its rows say. What two
    units or files tell of one day is each told."""
    for mention in item.mentions:
        values = mention.values
        cells = sources.mention(mention)
        yield Coming(
            values.get("visited_on", ""), values.get("person", ""), item.item_no, values.get("unit", ""),
            values.get("cadres", ""), mention.text, cells[0] if cells else None,
        )  # fmt: skip
    for row in item.by_arrival() if not item.mentions else ():
        values = row_values(row)
        if values.get("visited_on"):
            cells = sources.cells(row, ["matter"]) or sources.cells(row, ["visited_on"])
            yield Coming(
                values["visited_on"], values.get("person", ""), item.item_no, values["unit"], values.get("cadres", ""),
                values.get("matter", "") or item.facts().get("matter", ""), cells[0] if cells else None,
            )  # fmt: skip


def _days(item: Item) -> Iterable[str]:
    return (day for row in item.rows.values() if (day := row.values.get("visited_on", "")))
