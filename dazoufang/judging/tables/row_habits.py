"""The habits of whoever fills the rows of a table, met one after the other once its rows are found."""

from __future__ import annotations

from dataclasses import dataclass

from dazoufang.judging.tables import around, continued_rows, merged_text, void_rows
from dazoufang.judging.tables.headings import Block
from dazoufang.judging.tables.sheet_view import SheetView
from dazoufang.judging.tables.table import Table
from dazoufang.rules.campaign import Townships
from dazoufang.rules.habits import Habits


@dataclass(frozen=True)
class Known:
    """What the rules tell of people's habits: the words that void a row, and the townships that bands may name."""

    words: Habits
    towns: Townships
    surroundings: bool  # whether a hidden township that differs is asked about, and 同上 below an empty cell is nothing


def apply(
    table: Table, view: SheetView, block: Block, begin: int, struck: frozenset[tuple[int, int]], known: Known
) -> None:
    """Read the rows of `table` as they were meant.

    begin: the row of the sheet where the table before ended. struck: the crossed-out cells of the sheet.
    """
    around.fill(table, view, block, begin, known.towns, known.surroundings)
    continued_rows.join(table, view, block)
    areas = merged_text.fill(table, view, block)
    void_rows.drop(table, view, block, struck, known.words, known.surroundings)
    merged_text.ask(table, areas)
    merged_text.ask_of_wide(table, view, known.surroundings)
