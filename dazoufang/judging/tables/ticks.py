"""Reads the fields whose values are the headings of several columns, in one of which each row has a tick."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from dazoufang.judging.cells.ticked import HOW_TICK, is_tick
from dazoufang.judging.tables.origins import Origin, Origins
from dazoufang.judging.tables.sheet_view import SheetView
from dazoufang.model import faults, terms
from dazoufang.model.cell_names import address
from dazoufang.reading.sheet import CellError, Uncalculated, Value
from dazoufang.rules.schema import Field

Ticks = Mapping[str, tuple[tuple[int, str], ...]]  # field → (column, its value) from left to right

_YES: Final = "是"
_NO: Final = frozenset({"否", "×", "x", "✗", "✘", "0"})
_ONE: Final = "1"


class Unclear(CellError):
    """The cells of a row under the values of a choice, where they do not choose one; `what` says why, for the answer."""

    __slots__ = ("what",)
    what: str

    def __new__(cls, shown: str, what: str) -> Unclear:
        made = super().__new__(cls, shown)
        made.what = what
        return made


class _Cell(NamedTuple):
    """A filled cell under one of the values."""

    row: int
    column: int
    choice: str
    value: Value

    @property
    def text(self) -> str:
        return terms.normalize(faults.visible(self.value))


@dataclass(slots=True)
class TickReader:
    """Reads, row by row, which value is ticked.

    view: the sheet. ticks: the columns of a table. fields: of its form, by name. bottom: the last row of its heading.
    origins: of the table, where it is noted which cell was ticked.
    """

    view: SheetView
    ticks: Ticks
    fields: Mapping[str, Field]
    bottom: int
    origins: Origins
    _above: dict[str, set[int]] = field(default_factory=dict)  # field → the columns ticked in the row above
    _ones: dict[str, bool] = field(default_factory=dict)  # field → whether nothing but 1 and 0 stands under its values

    def read(self, row: int, own: dict[str, Value]) -> None:
        """Put into `own` the values that a row ticks: a choice, or `Unclear`; nothing where nothing is ticked."""
        for name, columns in self.ticks.items():
            own.pop(name, None)
            cells = [found for column, choice in columns if (found := self._cell(row, column, choice)) is not None]
            ticked = [cell for cell in cells if self._is_tick(name, cell)]
            self._above[name] = {cell.column for cell in ticked}
            odd = [cell for cell in cells if cell not in ticked and not (len(ticked) == 1 and cell.text in _NO)]
            if not cells or (not ticked and all(cell.text == "0" for cell in cells)):
                continue
            several = self.fields[name].type == "array"
            if odd or (len(ticked) > 1 and not several):
                own[name] = self._unclear(odd, ticked)
                how, about = "", odd or ticked
            else:
                own[name] = "、".join(cell.choice for cell in ticked)
                how, about = HOW_TICK, ticked
            shown = "、".join(faults.visible(cell.value) for cell in about)
            self.origins[row + 1, name] = Origin(how, tuple((cell.row, cell.column) for cell in about), shown)

    def _cell(self, row: int, column: int, choice: str) -> _Cell | None:
        """The cell, or the one merged over it; None where that says nothing."""
        value = self.view.at(row, column)
        if value is None:
            value = self.view.from_above(row, column, self.bottom)
        if value is None or (isinstance(value, str) and not isinstance(value, CellError) and terms.is_blank(value)):
            return None
        return _Cell(row, column, choice, value)

    def _is_tick(self, name: str, cell: _Cell) -> bool:
        value = cell.value
        if isinstance(value, CellError | Uncalculated):
            return False
        if isinstance(value, str) and terms.is_ditto(value):
            return cell.column in self._above.get(name, ())
        if isinstance(value, str) and (is_tick(value) or cell.text == terms.normalize(cell.choice)):
            return True
        choices = self.fields[name].constraints.enum
        return (cell.text == _YES and _YES not in choices) or (cell.text == _ONE and self._only_ones(name))

    def _only_ones(self, name: str) -> bool:
        """Whether the cells under the values are all 1 or 0, one 1 in a row at most: a row of sums is none such."""
        if name not in self._ones:
            rows = [
                [cell.text for column, choice in self.ticks[name] if (cell := self._cell(row, column, choice))]
                for row in range(self.bottom + 1, self.view.height)
            ]
            self._ones[name] = all(row.count(_ONE) <= 1 and set(row) <= {_ONE, "0"} for row in rows)
        return self._ones[name]

    @staticmethod
    def _unclear(odd: list[_Cell], ticked: list[_Cell]) -> Unclear:
        shown = "、".join(faults.visible(cell.value) for cell in odd or ticked)
        if odd:
            what = f"在“{odd[0].choice}”下面填的是“{faults.visible(odd[0].value)}”，不是勾"
        else:
            cells = "、".join(f"{address(cell.row, cell.column)}“{cell.choice}”" for cell in ticked)
            what = f"勾了{len(ticked)}项（{cells}），不知道是哪一项"
        return Unclear(shown, what)
