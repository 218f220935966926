"""Which row of a list, and which column of it, a cell of a filled template shows: the way back from what is published."""

from __future__ import annotations

from typing import NamedTuple

from dazoufang.writing.own_templates.blank import BlankBook
from dazoufang.writing.own_templates.layout import DressedBook
from dazoufang.writing.own_templates.rows import BodyRows


class Place(NamedTuple):
    """The sheet of the book by its number, the row of its table (from 0), and the key of its column."""

    spec: int
    row: int
    key: str


def sheet_of(dressed: DressedBook, spec: int) -> str:
    """The name of the template's sheet that shows a sheet of the book; "" where none does."""
    return next((layout.sheet for layout in dressed.layouts if layout.spec == spec), "")


def place(dressed: DressedBook, sheet: str, row: int, column: int) -> Place | None:
    """What a cell (from 0) of the filled template shows; None where it is none of a row or of 合计."""
    layout = next((layout for layout in dressed.layouts if layout.sheet == sheet), None)
    if layout is None:
        return None
    blank = BlankBook(dressed.template)
    part = next(part for part in blank.sheets if part.part == layout.part)
    rows = BodyRows(part, blank.looks, layout, dressed.book.sheets[layout.spec], from_1904=blank.from_1904)
    key = next((told.key for told in layout.told if told.column == column), "")
    if layout.total is not None and rows.total_row is not None and row == layout.total + rows.grows_by:
        return Place(layout.spec, rows.total_row, key)
    at = row - layout.first
    return Place(layout.spec, rows.picked[at], key) if key and 0 <= at < len(rows.picked) else None
