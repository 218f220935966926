"""The cells that somebody typed: of a row, of a visit in every row that tells it, of an item in all that speaks of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from dazoufang.ledger.fold import Fold
from dazoufang.ledger.items import IDENTITY, OPENING, Item, Mention
from dazoufang.ledger.merge import Entry
from dazoufang.model.submission import Part, Row, Submission
from dazoufang.model.terms import normalize
from dazoufang.rules.schema import Role

# What a visit says of its items: field of the item → field of the visit.
SAID_IN_VISIT: Final[Mapping[str, str]] = {name: name for name in ("visited_on", "cadres")} | {
    "person": "household", "phone": "phone", "township": "township", "village": "village",
    "identity": "target_kind", "proposal_no": "proposal_no",
}  # fmt: skip
_ABOVE: Final = "表上方"  # where a value stands that is in no row
_FOLDER: Final = "收件文件夹"


@dataclass(frozen=True, slots=True)
class Source:
    """One cell that somebody typed. `field` is the column's title; `night` the day it was taken in."""

    submission_id: int
    night: date
    path: str
    member: str
    sheet: str
    cell: str
    field: str
    value: str


class Sources:
    """Finds the cells behind what stands in a record that has been folded."""

    def __init__(self, ledger_fold: Fold) -> None:
        self._fold = ledger_fold
        self._schemas = ledger_fold.rules.schemas

    def at(self, submission: Submission, part: Part, row: Row, form: str, names: Sequence[str]) -> Iterator[Source]:
        """The cells of a row that hold the fields `names`; fields without a value have none."""
        for name in names:
            if row.values.get(name):
                yield Source(
                    submission.submission_id, submission.received_on, submission.path, part.member, row.sheet,
                    part.source(row, name), self._schemas[form].by_name[name].title, row.values[name],
                )  # fmt: skip

    def cells(self, entry: Entry, names: Sequence[str]) -> list[Source]:
        """The cells of a row that stands which hold the fields `names`."""
        return list(self.at(entry.submission, entry.part, entry.row, entry.form, names))

    def unit(self, entry: Entry) -> list[Source]:
        """Where it is said whose row it is: its own cell, 填报单位 over the table, or the folder of the inbox."""
        cell = entry.part.cell(entry.row, "unit")
        over = normalize(entry.part.meta.get("reporting_unit", ""))
        if not cell and over and normalize(entry.unit) in over:
            cell = _ABOVE
        elif not cell and entry.submission.path.startswith(f"{entry.unit}/"):
            cell = _FOLDER
        if not cell or not entry.unit:
            return []
        submission, part = entry.submission, entry.part
        return [
            Source(
                submission.submission_id, submission.received_on, submission.path, part.member, entry.row.sheet, cell,
                "填报单位", entry.unit,
            )
        ]  # fmt: skip

    # -- visits ---------------------------------------------------------------------------------------------------

    @cached_property
    def visits(self) -> dict[int, Entry]:
        """visit_id → the row that began it."""
        return {entry.entry_id: entry for entry in self._fold.merged.of_role(Role.VISITS)}

    @cached_property
    def roster(self) -> dict[str, list[Entry]]:
        """Name → the rows of the roster."""
        found: dict[str, list[Entry]] = {}
        for entry in self._fold.merged.of_role(Role.ROSTER):
            found.setdefault(entry.values["name"], []).append(entry)
        return found

    def of_visit(self, entry: Entry, names: Sequence[str]) -> list[Source]:
        """The cells of a visit that hold the fields `names` as they stand, in every row that tells it; all its matters."""
        return [
            source
            for row in self._fold.merged.rows_of(entry)
            for source in self.cells(row, [n for n in names if n in OPENING or row.values.get(n) == entry.visit.get(n)])
        ]

    # -- items ----------------------------------------------------------------------------------------------------

    def item(self, number: str) -> Item:
        """The item of a number."""
        return self._fold.ledger.items[number]

    def mention(self, mention: Mention) -> list[Source]:
        """The cell of a visit that brought a matter up."""
        return self.cells(mention.entry, [mention.field])

    def of_item(self, number: str) -> list[Source]:
        """Every cell that speaks of an item, in the order of arrival."""
        item, found = self.item(number), list[Source]()
        for mention in item.mentions:
            found += self.mention(mention)
            found += self.of_visit(mention.entry, list(dict.fromkeys(SAID_IN_VISIT.values())))
        for entry in item.by_arrival():
            found += self.cells(entry, self._typed(entry))
        for entry in item.decisions:
            found += self.cells(entry, list(entry.values))
        return list(dict.fromkeys(found))

    def that_say(self, number: str, name: str, value: str) -> list[Source]:
        """The cells that say `value` of the field `name` of an item; the one that stands comes first.

        Rule: as `Item.facts`: who it is from the first that says so, the rest from the newest. A matter of a visit may
        be one of several in its cell.
        """
        item, found = self.item(number), list[Source]()
        for mention in item.mentions:
            if name == "matter" and mention.text == value:
                found += self.mention(mention)
            elif name in SAID_IN_VISIT and mention.values.get(name) == value:
                found += self.of_visit(mention.entry, [SAID_IN_VISIT[name]])
        for entry in item.by_arrival():
            if entry.values.get(name) == value and name in self._typed(entry):
                found += self.cells(entry, [name])
        unique = list(dict.fromkeys(found))
        return unique if name in IDENTITY else unique[::-1]

    def matter(self, number: str, value: str) -> list[Source]:
        """The cells that say the matter as it stands, then those of the visits that told it in other words."""
        told = [source for mention in self.item(number).mentions for source in self.mention(mention)]
        return list(dict.fromkeys([*self.that_say(number, "matter", value), *told])) or self.of_item(number)

    @staticmethod
    def _typed(entry: Entry) -> list[str]:
        """The fields of a row that stand in a cell of it or around it."""
        return [n for n in entry.values if entry.part.cell(entry.row, n) or n in entry.row.elsewhere]
