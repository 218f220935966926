"""Joins what several columns tell of one field, row by row: 村 and 组, or 年, 月 and 日."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from dazoufang.judging.tables.origins import HOW_JOINED, Origin, Origins, Place
from dazoufang.judging.tables.sheet_view import SheetView
from dazoufang.model import faults, terms
from dazoufang.model.cell_names import address
from dazoufang.reading.sheet import CellError, Uncalculated, Value

Parts = Mapping[str, tuple[tuple[int, str], ...]]  # field → (column, ending) from left to right

_NUMBER: Final = re.compile(r"第?[0-9〇零一二三四五六七八九十百]+")


@dataclass(slots=True)
class Joiner:
    """Reads the fields of a table that are told in several columns. `bottom`: the last row of the heading; `origins`: of
    the table, where it is noted which cells were joined."""

    view: SheetView
    parts: Parts
    bottom: int
    origins: Origins
    _above: dict[int, Value] = field(default_factory=dict)  # column → what 同上 means there

    def read(self, row: int, own: dict[str, Value]) -> None:
        """Put what the parts of `row` say together into `own`, for fields that have a cell of their own in this row."""
        for name, columns in self.parts.items():
            typed = [self.view.at(row, column) for column, _ in columns]
            if any(_says_something(value) for value in typed):
                own[name] = self._joined(row, name)
            else:
                own.pop(name, None)

    def fill(self, row: int, own: dict[str, Value]) -> None:
        """Put into `own` what only merged cells above tell of this row, which is one of data."""
        for name in self.parts.keys() - own.keys():
            value = self._joined(row, name)
            if value is not None:
                own[name] = value

    def _joined(self, row: int, name: str) -> Value:
        text, cells = "", list[tuple[Place, str]]()
        for column, ending in self.parts[name]:
            value = self._meant(row, column)
            if isinstance(value, CellError | Uncalculated):
                self.origins[row + 1, name] = Origin(HOW_JOINED, ((row, column),))
                return value
            piece = faults.visible(value).strip() if _says_something(value) else ""
            if not piece or terms.is_blank(piece):
                continue
            cells.append(((row, column), piece))
            if ending and _NUMBER.fullmatch(number := terms.narrow(piece)):
                piece = number + ending
            text += "" if text.endswith(piece) else piece
        if not cells:
            return None
        shown = "，".join(f"{address(*place)}：{piece}" for place, piece in cells)
        self.origins[row + 1, name] = Origin(HOW_JOINED, tuple(place for place, _ in cells), shown)
        return text

    def _meant(self, row: int, column: int) -> Value:
        """What a cell means: that of the merged area it lies in, or for 同上 what stood above."""
        value = self.view.at(row, column)
        if value is None:
            return self.view.from_above(row, column, self.bottom)
        if isinstance(value, str) and terms.is_ditto(value):
            return self._above.get(column, value)
        if _says_something(value):
            self._above[column] = value
        return value


def _says_something(value: Value) -> bool:
    return value is not None and (not isinstance(value, str) or bool(value.strip()))
