"""Which cells of a table are crossed out, though its row is not."""

from __future__ import annotations

from dazoufang.judging.tables.extract import Table
from dazoufang.judging.tables.sheet_view import SheetView
from dazoufang.reading.sheet import Sheet


def crossed_out(table: Table, sheet: Sheet) -> frozenset[tuple[int, str]]:
    """(row as Excel shows it, field) of each value that stands in a crossed-out cell, or in one merged with such a cell."""
    if not sheet.struck:
        return frozenset()
    anchors = SheetView(sheet).anchors
    return frozenset(
        (row_no, name)
        for row_no, raw in table.rows
        for name in raw
        if any(anchors.get(place, place) in sheet.struck for place in table.places(row_no, name))
    )
