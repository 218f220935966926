"""Layouts that are no table with a row a household: cards, blocks of cards, fields down, two tables side by side."""

from __future__ import annotations

from collections.abc import Sequence

from hard_rounds import Draft, Entry, heading
from writers import Sheet


def cards(made: Draft, pairs: int) -> list[Sheet]:
    """A household a sheet: label and value in turn, `pairs` of them in a row."""
    sheets = []
    for number, entry in enumerate(made.entries, 1):
        sheet = Sheet(f"{number}户")
        row = _above(made, sheet)
        _card(made, sheet, row, entry, pairs)
        sheets.append(sheet)
    return sheets


def blocks(made: Draft, pairs: int) -> list[Sheet]:
    """All households in one sheet, a block of labels and values each."""
    sheet = Sheet(made.sheet)
    row = _above(made, sheet)
    for entry in made.entries:
        row = _card(made, sheet, row, entry, pairs) + (pairs > 1)
    return [sheet]


def _above(made: Draft, sheet: Sheet) -> int:
    lines = [*made.title, *made.notes, *made.meta]
    for row, line in enumerate(lines):
        sheet.lay(row, 0, line)
    return len(lines)


def _card(made: Draft, sheet: Sheet, row: int, entry: Entry, pairs: int) -> int:
    for at, column in enumerate(made.columns):
        line, left = row + at // pairs, 2 * (at % pairs)
        sheet.lay(line, left, [column.heading, entry.typed.get(column.key)])
        _stands(entry, column.key, sheet, line, left + 1)
    return row + -(-len(made.columns) // pairs)


def across(made: Draft, numbered: bool) -> list[Sheet]:
    """The headings down the first column, a household a column."""
    sheet = Sheet(made.sheet)
    row = _above(made, sheet)
    if numbered:
        sheet.lay(row, 0, ["序号", *range(1, len(made.entries) + 1)])
        row += 1
    for line, column in enumerate(made.columns, row):
        sheet.lay(line, 0, [column.heading])
        for at, entry in enumerate(made.entries, 1):
            sheet.lay(line, at, [entry.typed.get(column.key)])
            _stands(entry, column.key, sheet, line, at)
    return [sheet]


def side_by_side(made: Draft, gap: int) -> list[Sheet]:
    """Half of the households beside the other half, each under its own heading."""
    sheet = Sheet(made.sheet)
    row, half = _above(made, sheet), -(-len(made.entries) // 2)
    for left, entries in ((0, made.entries[:half]), (len(made.columns) + gap, made.entries[half:])):
        made.left = left
        _half(made, sheet, heading(made, sheet, row), left, entries)
    made.left = 0
    return [sheet]


def _half(made: Draft, sheet: Sheet, row: int, left: int, entries: Sequence[Entry]) -> None:
    for line, entry in enumerate(entries, row):
        for at, column in enumerate(made.columns, left):
            sheet.lay(line, at, [entry.typed.get(column.key)])
            _stands(entry, column.key, sheet, line, at)


def _stands(entry: Entry, key: str, sheet: Sheet, row: int, column: int) -> None:
    entry.places.setdefault(key.partition(".")[0], []).append((sheet.name, row, column))
