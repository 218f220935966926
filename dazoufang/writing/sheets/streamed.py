"""A worksheet whose table is written as finished XML: XlsxWriter's own way costs five times as much a cell.

Everything else (headings, merges, page set-up, styles) stays XlsxWriter's. It hooks into one private method, which the
tests of `sheets` would notice to be gone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname, xl_col_to_name
from xlsxwriter.worksheet import Worksheet

_ESCAPED: Final = re.compile("(_x[0-9a-fA-F]{4}_)")  # what a reader would take for a control character
_SPECIAL: Final = re.compile("[&<>]")


class Streamed(Worksheet):  # type: ignore[misc]  # the library has no types
    """A worksheet with at most one block of rows given by `put_table`."""

    dim_rowmin: int
    dim_rowmax: int

    def __init__(self) -> None:
        super().__init__()
        self._table_first = 0
        self._table_rows: list[str] = []

    def print_columns(self, last: int) -> None:
        """Print the columns up to `last` (0-based) as far down as the sheet is filled or ruled. XlsxWriter would write
        $A:$O, which openpyxl does not know and leaves out."""
        self.print_area_range = f"{quote_sheetname(self.name)}!$A$1:${xl_col_to_name(last)}$1048576"

    def put_table(self, first: int, columns: Sequence[Sequence[str]], heights: Sequence[float], free: int = 0) -> None:
        """Rows from `first` on (0-based): `columns[c][r]` is a cell made by `text`, `number` or `blank`; `heights` in
        points, of the last `free` rows only until somebody types into them. Nothing else may be written there."""
        if not heights:
            return
        self._check_dimensions(first, 0)
        self._check_dimensions(first + len(heights) - 1, max(len(columns) - 1, 0))
        self._table_first = first
        names = [xl_col_to_name(column) for column in range(len(columns))]
        fixed = first + len(heights) - free
        for row, (height, *cells) in enumerate(zip(heights, *columns, strict=True), first + 1):
            custom = ' customHeight="1"' if row <= fixed else ""
            inner = "".join([f'<c r="{name}{row}"{cell}' for name, cell in zip(names, cells, strict=True)])
            self._table_rows.append(f'<row r="{row}" ht="{height:g}"{custom}>{inner}</row>')

    def _write_rows(self) -> None:
        if not self._table_rows:
            super()._write_rows()
            return
        top, bottom = self.dim_rowmin, self.dim_rowmax
        self.dim_rowmax = self._table_first - 1
        super()._write_rows()
        self.fh.writelines(self._table_rows)
        self.dim_rowmin, self.dim_rowmax = self._table_first + len(self._table_rows), bottom
        super()._write_rows()
        self.dim_rowmin = top


def text(value: str, form: Format) -> str:
    """A cell of text, always text whatever it begins with."""
    if "_x" in value:
        value = _ESCAPED.sub(r"_x005F\1", value)
    if _SPECIAL.search(value):
        value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    kept = ' xml:space="preserve"' if value[:1].isspace() or value[-1:].isspace() else ""
    return f' s="{form._get_xf_index()}" t="inlineStr"><is><t{kept}>{value}</t></is></c>'


def number(value: float, form: Format) -> str:
    """A number, or a day as its serial number."""
    return f' s="{form._get_xf_index()}"><v>{value!r}</v></c>'


def blank(form: Format) -> str:
    """An empty cell that shows its borders."""
    return f' s="{form._get_xf_index()}"/>'
