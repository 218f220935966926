"""The column 需修改 that a returned copy has of ours: taken off a sheet before anything of it is read."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from dazoufang.judging.tables.sheet_view import SheetView
from dazoufang.judging.which_form import Headings
from dazoufang.model.terms import MEND_COLUMN, normalize
from dazoufang.reading.sheet import Book, Sheet

_LEAST_KNOWN: Final = 2  # headings in the same row, by which it is a row of headings
_FIRST: Final = MEND_COLUMN[0]


def without(book: Book, headings: Headings) -> Book:
    """The workbook as if our column had never been there, whatever stands in it now: it is no data, makes no empty row a
    row, and is not asked about. A form that has such a heading of its own keeps it."""
    if headings.knows(MEND_COLUMN):
        return book
    return replace(book, sheets=[_without(sheet, headings) for sheet in book.sheets])


def _without(sheet: Sheet, headings: Headings) -> Sheet:
    spots = [
        (row, column)
        for row, cells in enumerate(sheet.rows)
        for column, value in enumerate(cells)
        if isinstance(value, str) and _FIRST in value and normalize(value) == MEND_COLUMN
    ]
    if not spots:
        return sheet
    view = SheetView(sheet)
    rows = [list(cells) for cells in sheet.rows]
    for top, column in spots:
        if _is_among_headings(view, headings, top, column):
            for cells in rows[top:]:
                cells[column : column + 1] = [None][: len(cells) - column]
    for cells in rows:
        while cells and cells[-1] is None:
            cells.pop()
    while rows and not rows[-1]:
        rows.pop()
    return replace(sheet, rows=rows)


def _is_among_headings(view: SheetView, headings: Headings, row: int, column: int) -> bool:
    """Whether a cell stands in a row of headings; of those merged over several rows it is what they show."""
    shown = [view.spread(row, at) for at in range(view.width) if at != column]
    return sum(map(headings.knows, filter(None, shown))) >= _LEAST_KNOWN
