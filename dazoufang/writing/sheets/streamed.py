"""A worksheet whose table is written as finished XML: XlsxWriter's own way costs five times as much a cell.

Everything else (headings, merges, page set-up, styles) stays XlsxWriter's. It hooks into one private method, which the
tests of `sheets` would notice to be gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname
from xlsxwriter.worksheet import Worksheet

from dazoufang.model.cell_names import Area, column_letters

_ESCAPED: Final = re.compile("(_x[0-9a-fA-F]{4}_)")  # what a reader would take for a control character
_SPECIAL: Final = re.compile("[&<>]")


class Streamed(Worksheet):  # type: ignore[misc]  # the library has no types
    """A worksheet with at most one block of rows given by `put_table` or `put_rows`."""

    dim_rowmin: int
    dim_rowmax: int
    merge: list[list[int]]

    def __init__(self) -> None:
        super().__init__()
        self._table_first = 0
        self._table_count = 0
        self._table_rows: Iterable[str] = ()

    def print_columns(self, last: int) -> None:
        """Print the columns up to `last` (0-based) as far down as the sheet is filled or ruled. XlsxWriter would write
        $A:$O, which openpyxl does not know and leaves out."""
        self.print_area_range = f"{quote_sheetname(self.name)}!$A$1:${column_letters(last)}$1048576"

    def put_table(self, first: int, columns: Sequence[Sequence[str]], heights: Sequence[float], free: int = 0) -> None:
        """Rows from `first` on (0-based): `columns[c][r]` is a cell made by `text`, `number` or `blank`; `heights` in
        points, of the last `free` rows only until somebody types into them. Nothing else may be written there."""
        names = column_names(len(columns))
        fixed = first + len(heights) - free
        rows = []
        for row, (height, *cells) in enumerate(zip(heights, *columns, strict=True), first + 1):
            custom = ' customHeight="1"' if row <= fixed else ""
            inner = "".join([f'<c r="{name}{row}"{cell}' for name, cell in zip(names, cells, strict=True)])
            rows.append(f'<row r="{row}" ht="{height:g}"{custom}>{inner}</row>')
        self.put_rows(first, len(heights), len(columns), rows)

    def put_rows(self, first: int, count: int, width: int, rows: Iterable[str]) -> None:
        """`rows` of finished XML for `count` rows from `first` on, `width` columns wide; rows without cells may be
        missing. They are asked for when the workbook is closed, so that only one of them need be in memory."""
        if not count:
            return
        self._check_dimensions(first, 0)
        self._check_dimensions(first + count - 1, max(width - 1, 0))
        self._table_first, self._table_count, self._table_rows = first, count, rows

    def put_merges(self, areas: Iterable[Area]) -> None:
        """Merge areas whose cells are written already; XlsxWriter's own way writes every cell of them once more."""
        self.merge.extend(list(area) for area in areas)

    def _write_rows(self) -> None:
        if not self._table_count:
            super()._write_rows()
            return
        top, bottom = self.dim_rowmin, self.dim_rowmax
        self.dim_rowmax = self._table_first - 1
        super()._write_rows()
        self.fh.writelines(self._table_rows)
        self.dim_rowmin, self.dim_rowmax = self._table_first + self._table_count, bottom
        super()._write_rows()
        self.dim_rowmin = top


def column_names(count: int) -> list[str]:
    """A, B, C … for so many columns."""
    return [column_letters(column) for column in range(count)]


def text(value: str, form: Format) -> str:
    """A cell of text, always text whatever it begins with."""
    if "_x" in value:
        value = _ESCAPED.sub(r"_x005F\1", value)
    value = _marked_up(value)
    kept = ' xml:space="preserve"' if value[:1].isspace() or value[-1:].isspace() else ""
    return f' s="{form._get_xf_index()}" t="inlineStr"><is><t{kept}>{value}</t></is></c>'


def _marked_up(value: str) -> str:
    if not _SPECIAL.search(value):
        return value
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def number(value: float, form: Format) -> str:
    """A number, or a day as its serial number."""
    return f' s="{form._get_xf_index()}"><v>{value!r}</v></c>'


def blank(form: Format) -> str:
    """An empty cell that shows its borders."""
    return f' s="{form._get_xf_index()}"/>'


def truth(value: bool, form: Format) -> str:
    """TRUE or FALSE."""
    return f' s="{form._get_xf_index()}" t="b"><v>{int(value)}</v></c>'


def error(value: str, form: Format) -> str:
    """An error cell, which shows `value` (#N/A)."""
    return f' s="{form._get_xf_index()}" t="e"><v>{_marked_up(value)}</v></c>'
