"""Which cells of a table are crossed out, though its row is not."""

from __future__ import annotations

from dazoufang.judging.tables.extract import Table
from dazoufang.judging.tables.sheet_view import SheetView
from dazoufang.reading.sheet import Sheet


def crossed_out(table: Table, sheet: Sheet) -> frozenset[tuple[int, str]]:
    """(row as Excel shows it, field) of each cell of data that is crossed out, or merged with one that is."""
    if not sheet.struck:
        return frozenset()
    anchors = SheetView(sheet).anchors
    return frozenset(
        (row_no, name)
        for row_no, raw in table.rows
        for name, column in table.match.columns.items()
        if name in raw and anchors.get((row_no - 1, column), (row_no - 1, column)) in sheet.struck
    )
