"""How a worksheet part is laid out: sizes of columns and rows, and what is merged."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from dazoufang.writing.answers.causes import position

_MERGE: Final = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["\']([A-Z]+[0-9]+):([A-Z]+[0-9]+)["\']')


@dataclass(slots=True)
class Layout:
    """How wide columns and how high rows are, in pixels; hidden ones are 0."""

    columns: list[tuple[int, int, float]] = field(default_factory=list)
    rows: dict[int, float] = field(default_factory=dict)
    column: float = 72
    row: float = 20

    def width(self, column: int) -> float:
        """Of a 0-based column."""
        return next((width for first, last, width in self.columns if first <= column <= last), self.column)

    def height(self, row: int) -> float:
        """Of a 0-based row."""
        return self.rows.get(row, self.row)


class Merges:
    """The merged ranges of a sheet, asked for the rows of interest only."""

    def __init__(self, data: bytes, rows: Iterable[int]) -> None:
        wanted = sorted(set(rows))
        self._by_row: dict[int, list[tuple[int, int, int, int]]] = {}
        for match in _MERGE.finditer(data):
            first, last = position(match[1].decode()), position(match[2].decode())
            if first is None or last is None:
                continue
            for at in range(bisect_left(wanted, first[0]), len(wanted)):
                if wanted[at] > last[0]:
                    break
                self._by_row.setdefault(wanted[at], []).append((*first, *last))

    def anchor(self, row: int, column: int) -> tuple[int, int]:
        """The cell that shows the content of (row, column): the first of its merged range, else itself."""
        for top, left, _, right in self._by_row.get(row, ()):
            if left <= column <= right:
                return top, left
        return row, column

    def rightmost(self, row: int) -> int:
        """The last column of the row that a merged range reaches, -1 where there is none."""
        return max((right for _, _, _, right in self._by_row.get(row, ())), default=-1)

    def holds(self, row: int, column: int) -> bool:
        """Whether the cell is one of several merged (its row must be one of those asked for)."""
        return any(left <= column <= right for _, left, _, right in self._by_row.get(row, ()))
