"""What the office has to decide of the ledger: whether two of its items are one; noted while submissions are taken in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dazoufang.judging.tables.origins import HOW_MERGED
from dazoufang.ledger.merge import Entry
from dazoufang.ledger.same_matter import likeness
from dazoufang.model.submission import Submission
from dazoufang.model.vocabularies import Decision

Told = tuple[str, str]  # a matter, and the number of its item


@dataclass(frozen=True, slots=True)
class Question:
    """Whether the item `number` is one with the item `other`.

    code: that of the notice by which the unit was asked. entry_id, field: the row, and its cell, at which it came up.
    """

    code: str
    number: str
    other: str
    entry_id: int
    field: str


class Questions:
    """All that was ever asked, in the order in which it first came up; a pair once for each code."""

    def __init__(self) -> None:
        self._asked: dict[tuple[str, frozenset[str]], Question] = {}

    def __iter__(self) -> Iterator[Question]:
        return iter(self._asked.values())

    def ask(self, question: Question) -> None:
        """Note a question; the same one asked anew leads to its newest row."""
        self._asked[question.code, frozenset((question.number, question.other))] = question

    def ask_of_cells(self, code: str, row: Entry, name: str, matters: Sequence[Told], theirs: Sequence[Told]) -> None:
        """Note that the matters in one cell of a visit may be those of another's, each the likest of them.

        code, row, name: as a question has them. matters, theirs: what the two cells tell, with the numbers of the items.
        """
        theirs = [told for told in theirs if told[1] != Decision.VOID]
        known = {Decision.VOID, *(number for _, number in theirs)}
        for text, number in matters:
            if theirs and number not in known:
                likest = max(theirs, key=lambda told, text=text: likeness(text, told[0]))  # type: ignore[misc]
                self.ask(Question(code, number, likest[1], row.entry_id, name))


def told_in_one_cell(
    submission: Submission, entries: Iterable[Entry], names: Sequence[str]
) -> Iterator[tuple[Entry, Entry, str]]:
    """The rows of a submission in which one merged cell tells a matter of several persons: (first row, other row, field).

    entries: its rows. names: the fields that tell matters.
    """
    asked = {(fault.member, fault.sheet, fault.cell) for fault in submission.faults if fault.code == "R22"}
    merged = {(note.member, note.sheet, note.cell) for note in submission.repairs if note.how == HOW_MERGED}
    if not asked:
        return
    in_order = sorted(entries, key=lambda entry: (entry.part.member, entry.row.sheet, entry.row.row_no))
    for name in names:
        first: Entry | None = None
        for entry in in_order:
            place = (entry.part.member, entry.row.sheet, entry.part.cell(entry.row, name))
            if place in asked:
                first = entry
            elif place not in merged:
                first = None
            elif first:
                yield first, entry, name
