"""A worksheet whose table is written as finished XML: XlsxWriter's own way costs five times as much a cell.

Everything else (headings, merges, page set-up, styles) stays XlsxWriter's, which writes a mark where the rows belong;
`package` puts them there. It hooks into private methods, which the tests of `sheets` would notice to be gone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname
from xlsxwriter.worksheet import Worksheet

from dazoufang.model.cell_names import Area, column_letters

TABLE: Final = "<?table?>"  # no text of a workbook can be written so
LAST_COLUMN: Final = 16_383  # of any sheet, from 0
Rows = Callable[[], Iterable[str]]  # gives the rows anew each time

_ESCAPED: Final = re.compile("(_x[0-9a-fA-F]{4}_)")  # what a reader would take for a control character


class Streamed(Worksheet):  # type: ignore[misc]  # the library has no types
    """A worksheet with at most one block of rows given by `put_rows`."""

    dim_rowmin: int
    dim_rowmax: int
    dim_colmax: int
    merge: list[list[int]]

    def __init__(self) -> None:
        super().__init__()
        self._table_first = 0
        self._table_count = 0
        self.table_rows: Rows | None = None
        self._page_numbers: tuple[str, str] | None = None
        self._rest = -1

    def print_columns(self, last: int) -> None:
        """Print the columns up to `last` (0-based) as far down as the sheet is filled or ruled. XlsxWriter would write
        $A:$O, which openpyxl does not know and leaves out."""
        self.print_area_range = f"{quote_sheetname(self.name)}!$A$1:${column_letters(last)}$1048576"

    def set_page_numbers(self, odd: str, even: str, *, margin: float) -> None:
        """The footers of odd pages and of even ones, so many inches from the edge; XlsxWriter knows no difference."""
        self.set_footer(odd, {"margin": margin})
        self._page_numbers = (odd, even)

    def _write_header_footer(self) -> None:
        if self._page_numbers is None:
            super()._write_header_footer()
            return
        self._xml_start_tag("headerFooter", [("differentOddEven", 1)])
        for name, said in zip(("oddFooter", "evenFooter"), self._page_numbers, strict=True):
            self._xml_data_element(name, said)
        self._xml_end_tag("headerFooter")

    def style_the_rest(self, first: int, form: Format) -> None:
        """Have the columns from `first` to the last one there is look like `form`, as one range. XlsxWriter's own way keeps and
        compares sixteen thousand of them: two thirds of the time that a blank form took."""
        self._check_dimensions(0, LAST_COLUMN, True, False)
        self.set_column(first, first, None, form)
        self._rest = first

    def _write_col_info(self, col_min: int, col_max: int, col_info: object) -> None:
        super()._write_col_info(col_min, LAST_COLUMN if col_max == self._rest else col_max, col_info)

    def put_rows(self, first: int, count: int, width: int, rows: Rows) -> None:
        """Finished XML for `count` rows from `first` on, `width` columns wide; rows without cells may be missing. They are
        asked for when the workbook is finished, so that few of them need be in memory. Nothing else may be written there."""
        if not count:
            return
        self._check_dimensions(first, 0)
        self._check_dimensions(first + count - 1, max(width - 1, 0))
        self._table_first, self._table_count, self.table_rows = first, count, rows

    def put_merges(self, areas: Iterable[Area]) -> None:
        """Merge areas whose cells are written already; XlsxWriter's own way writes every cell of them once more."""
        self.merge.extend(list(area) for area in areas)

    def _write_rows(self) -> None:
        widest = self.dim_colmax
        self.dim_colmax = max((max(cells) for cells in self.table.values() if cells), default=0)
        self._write_all_rows()
        self.dim_colmax = widest

    def _write_all_rows(self) -> None:
        if not self._table_count:
            super()._write_rows()
            return
        top, bottom = self.dim_rowmin, self.dim_rowmax
        self.dim_rowmax = self._table_first - 1
        super()._write_rows()
        self.fh.write(TABLE)
        self.dim_rowmin, self.dim_rowmax = self._table_first + self._table_count, bottom
        super()._write_rows()
        self.dim_rowmin = top


def column_names(count: int) -> list[str]:
    """A, B, C … for so many columns."""
    return [column_letters(column) for column in range(count)]


def registered(form: Format) -> Format:
    """The format, which has its number in the workbook from now on: those that are asked for later are too late."""
    form._get_xf_index()
    return form


def text(value: str, form: Format) -> str:
    """A cell of text, always text whatever it begins with."""
    if "_x" in value:
        value = _ESCAPED.sub(r"_x005F\1", value)
    value = _marked_up(value)
    kept = ' xml:space="preserve"' if value[:1].isspace() or value[-1:].isspace() else ""
    return f' s="{form._get_xf_index()}" t="inlineStr"><is><t{kept}>{value}</t></is></c>'


def _marked_up(value: str) -> str:
    if "&" in value or "<" in value or ">" in value:
        return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return value


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
