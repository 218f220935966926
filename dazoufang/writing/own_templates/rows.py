"""The rows of a list as a template has them: each made like a sample row, with our values, its formulas and its merged cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from dazoufang.model.cell_names import Area, column_letters
from dazoufang.writing.answers.xml_bytes import content, head_with
from dazoufang.writing.own_templates.blank import BlankSheet, Looks
from dazoufang.writing.own_templates.layout import Layout, Told, Way
from dazoufang.writing.own_templates.shifting import copied
from dazoufang.writing.own_templates.shown import shower
from dazoufang.writing.sheets import text_size
from dazoufang.writing.sheets.cells import Cell
from dazoufang.writing.sheets.columns import Filled, SheetSpec, styles

SUBTOTAL: Final = "subtotal"
TOTAL: Final = "total"
_KEPT: Final = 20_000  # different cells of a column; past so many, those made are forgotten to keep the memory flat


@dataclass(frozen=True)
class _Slot:
    """One cell of a sample row: its column (and how Excel calls it), style and formula, the width it has for a text (0: its row does not grow for
    it), and the size of its letters."""

    column: int
    letters: str
    style: int
    formula: str
    room: float
    size: float


@dataclass(frozen=True)
class _Sample:
    """A sample row: its number, its start tag without a height and a number, its height in points, and its cells."""

    row: int
    head: str
    height: float
    slots: tuple[_Slot, ...]


class BodyRows:
    """What stands in place of the sample rows of a sheet. picked: which rows of ours; total_row: which of ours is 合计."""

    def __init__(self, sheet: BlankSheet, looks: Looks, layout: Layout, spec: SheetSpec, *, from_1904: bool) -> None:
        self._sheet, self._looks, self._layout, self._spec, self._from_1904 = sheet, looks, layout, spec, from_1904
        every = styles(spec)
        by_unit = layout.by_unit and SUBTOTAL in every
        wanted = {SUBTOTAL} if by_unit else {"", SUBTOTAL} if layout.subtotals is not None else {""}
        self.picked = [row for row, style in enumerate(every) if style in wanted]
        self._styles = ["" if by_unit else every[row] for row in self.picked]
        self.total_row = next((row for row, style in enumerate(every) if style == TOTAL), None)
        self.totals: dict[int, Cell] = {}  # column → the figure that ours shows in the row of 合计
        self.said: dict[str, int] = {}  # what ours says there in words (共3件) → its column, -1 the template has none
        self.columns: dict[int, list[Cell]] = {}  # column → its values
        kinds = {column.key: column for column in spec.columns}
        for told in layout.told:
            self._show(told, Filled(kinds[told.key], spec.rows.get(told.key), every, 0, spec.counted))
        self._say_totals()
        if not self.picked:
            self._say_empty()
        self.count = max(len(self.picked), 1)
        self.grows_by = self.count - (layout.last - layout.first + 1)

    def _show(self, told: Told, filled: Filled) -> None:
        """Work out one column."""
        kind = filled.column.kind
        style = self._sheet.style(self._layout.first, told.column)
        show = shower(
            told,
            kind,
            self._sheet.text(self._layout.first, told.column),
            days=self._looks.shows_days(style),
            percent=self._looks.shows_percent(style),
            from_1904=self._from_1904,
        )
        written = [filled.written(value) for block in filled.blocks() for value in block]
        if self.total_row is not None and told.way is Way.WHOLE and kind in ("int", "percent"):
            self.totals[told.column] = show(written[self.total_row])
        if kind == "serial" and self._layout.by_unit:
            self.columns[told.column] = list(range(1, len(self.picked) + 1))
        else:
            self.columns[told.column] = [show(written[row]) for row in self.picked]

    def _say_totals(self) -> None:
        """Note what the row of 合计 says in words."""
        places = {told.key: told.column for told in self._layout.told}
        for column in self._spec.columns:
            given = self._spec.rows.get(column.key)
            said = given.iloc[self.total_row] if given is not None and self.total_row is not None else None
            if column.kind == "text" and isinstance(said, str) and said:
                self.said[said] = places.get(column.key, -1)

    def _say_empty(self) -> None:
        """One row, in which 无 stands first: an empty table says so."""
        self._styles = [""]
        self.columns = {column: [None] for column in self.columns}
        if self.columns and self._spec.empty:
            self.columns[min(self.columns)] = [self._spec.empty]

    # -- the sample rows -------------------------------------------------------------------------------------

    @cached_property
    def _samples(self) -> list[_Sample]:
        return [self._sample(row) for row in range(self._layout.first, self._layout.last + 1)]

    @cached_property
    def _plain(self) -> list[_Sample]:
        """Those that show no 小计."""
        return [sample for sample in self._samples if sample.row != self._layout.subtotals] or self._samples

    def _sample(self, row: int) -> _Sample:
        there = self._sheet.rows[row]
        bare = replace(there.element, empty=False)
        head = head_with(self._sheet.data, bare, r=None, spans=None, ht=None, customHeight=None, hidden=None).decode()
        inside = {column for _, left, _, right in self._merged(row) for column in range(left + 1, right + 1)}
        columns = sorted({*there.cells, *(self.columns.keys() - inside)})
        return _Sample(
            row, head.rstrip("/> \n\r\t"), self._sheet.height(row), tuple(self._slot(row, column) for column in columns)
        )

    def _slot(self, row: int, column: int) -> _Slot:
        style = self._sheet.style(row, column)
        area = self._sheet.anchor(row, column)
        grows = self._looks.wraps(style) and area[0] == area[2]
        room = self._sheet.width(column, area[3]) if grows else 0
        return _Slot(
            column, column_letters(column), style, self._sheet.formula(row, column), room, self._looks.size(style)
        )

    def _merged(self, row: int) -> list[Area]:
        """The areas that are merged within a sample row."""
        return [area for area in self._sheet.merges if area[0] == area[2] == row]

    def _like(self, at: int) -> _Sample:
        """The sample row that a row is made like.

        Rule: a 小计 like the one that shows a 小计. Of several others the first row like the first, the last like the last, and
        between them in turn (rows of two colours); of two in turn.
        """
        subtotal = self._layout.subtotals
        if self._styles[at] == SUBTOTAL and subtotal is not None:
            return self._samples[subtotal - self._layout.first]
        plain = self._plain
        if len(plain) < 3:
            return plain[at % len(plain)]
        if at == 0 or at == self.count - 1:
            return plain[0 if at == 0 else -1]
        return plain[1 + (at - 1) % (len(plain) - 2)]

    # -- what they become ------------------------------------------------------------------------------------

    def merges(self) -> Iterator[Area]:
        """The areas merged within each row."""
        if not any(self._merged(sample.row) for sample in self._samples):
            return
        for at in range(self.count):
            row = self._layout.first + at
            yield from ((row, left, row, right) for _, left, _, right in self._merged(self._like(at).row))

    def xml(self) -> Iterator[bytes]:
        """The rows."""
        p = self._sheet.table.prefix
        made: dict[
            _Slot, dict[Cell, tuple[str, float]]
        ] = {}  # value → its cell behind the address, and the height it needs
        for at in range(self.count):
            sample, row = self._like(at), self._layout.first + at
            height = sample.height
            cells: list[str] = []
            for slot in sample.slots:
                where = f'<{p}c r="{slot.letters}{row + 1}"'
                if slot.column not in self.columns and slot.formula:
                    formula = content(copied(slot.formula, row - sample.row))
                    cells.append(f'{where} s="{slot.style}"><{p}f>{formula}</{p}f></{p}c>')
                    continue
                value = self.columns[slot.column][at] if slot.column in self.columns else None
                known = made.setdefault(slot, {})
                if value not in known:
                    if len(known) > _KEPT:
                        known.clear()
                    known[value] = tail(p, slot.style, value), _needed(value, slot)
                behind, needed = known[value]
                cells.append(where + behind)
                height = max(height, needed)
            tall = f'ht="{min(height, text_size.TALLEST):g}" customHeight="1"'
            yield f'{sample.head} r="{row + 1}" {tall}>{"".join(cells)}</{p}row>'.encode()

    def formulas_left(self) -> bool:
        """Whether some cell is to be calculated when the workbook is opened."""
        return any(slot.formula and slot.column not in self.columns for s in self._samples for slot in s.slots)


def _needed(value: Cell, slot: _Slot) -> float:
    """Points that a text needs in its cell; 0 where one line is enough, or the row does not grow for it."""
    if not isinstance(value, str) or not slot.room:
        return 0
    lines = text_size.lines(value, text_size.capacity(slot.room, slot.size))
    return text_size.row_height(lines, slot.size) if lines > 1 else 0


def cell(p: str, where: str, style: int, value: Cell, formula: str = "") -> str:
    """One cell as XML, with the value that it shows."""
    return f'<{p}c r="{where}"{tail(p, style, value, formula)}'


def tail(p: str, style: int, value: Cell, formula: str = "") -> str:
    """What of a cell stands behind its address."""
    head = f' s="{style}"' if style else ""
    calculated = f"<{p}f>{content(formula)}</{p}f>" if formula else ""
    if value is None or value == "":
        return f"{head}>{calculated}</{p}c>" if calculated else f"{head}/>"
    if isinstance(value, str):
        if calculated:
            return f'{head} t="str">{calculated}<{p}v>{content(value)}</{p}v></{p}c>'
        return f'{head} t="inlineStr"><{p}is><{p}t xml:space="preserve">{content(value)}</{p}t></{p}is></{p}c>'
    return f"{head}>{calculated}<{p}v>{value!r}</{p}v></{p}c>"


def summed(values: Iterable[Cell]) -> int | float:
    """The sum of what of a column is a number, as SUM has it."""
    return sum(value for value in values if isinstance(value, int | float))
