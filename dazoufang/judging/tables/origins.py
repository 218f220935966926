"""Says how a value was found that nobody typed into the cell of its row and column: in which cells, in which way."""

from __future__ import annotations

from typing import Final, NamedTuple

HOW_MERGED: Final = "合并单元格"
HOW_DITTO: Final = "同上"
HOW_JOINED: Final = "几列合一"
NOT_FILLED: Final = "（未填）"
MERGED: Final = "（合并）"

Place = tuple[int, int]  # row and column of a cell, both from 0


class Origin(NamedTuple):
    """How the value of one field of one row was found.

    `how` is the answer's word for it. `places` are the cells it was found in, the first of which stands for all; none:
    a merged area in which the row's own cell lies, or the name of the sheet. `before`: what stood in the row, in words.
    """

    how: str
    places: tuple[Place, ...] = ()
    before: str = NOT_FILLED


Origins = dict[tuple[int, str], Origin]  # (row as Excel shows it, field) → how its value was found

FROM_MERGED: Final = Origin(HOW_MERGED, before=MERGED)
