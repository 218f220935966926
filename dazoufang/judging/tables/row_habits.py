"""The habits of whoever fills the rows of a table, met one after the other once its rows are found."""

from __future__ import annotations

from dazoufang.judging.tables import merged_text, void_rows
from dazoufang.judging.tables.headings import Block
from dazoufang.judging.tables.sheet_view import SheetView
from dazoufang.judging.tables.table import Table
from dazoufang.rules.habits import Habits


def apply(table: Table, view: SheetView, block: Block, struck: frozenset[tuple[int, int]], habits: Habits) -> None:
    """Read the rows of `table` as they were meant. `struck`: the crossed-out cells of its sheet."""
    areas = merged_text.fill(table, view, block)
    void_rows.drop(table, view, block, struck, habits)
    merged_text.ask(table, areas)
    merged_text.ask_of_wide(table, view)
