"""The cell formats of a workbook: its fonts, its tints, and what each kind of cell looks like."""

from __future__ import annotations

from typing import Final

import xlsxwriter
from xlsxwriter.format import Format

from dazoufang.writing.sheets import cells
from dazoufang.writing.sheets.cells import CellKind

# 方正小标宋简体 and 黑体 are what official papers ask for. A workbook names one font a cell and carries none: where the
# office lacks it, Excel and WPS take 宋体 (that is what charset GB2312 asks for), LibreOffice its own substitute.
TITLE_FONT: Final = "方正小标宋简体"
HEADING_FONT: Final = "黑体"
TEXT_FONT: Final = "宋体"

_TINTS: Final = {
    "subtotal": "#F2F2F2",
    "total": "#E4E4E4",
    "提醒": "#FFF9DB",
    "预警": "#FFE8CC",
    "逾期": "#FCE4E4",
    "严重逾期": "#F7C6C6",
    cells.SAMPLE: "#F2F2F2",
}


class Formats:
    """Cell formats by their properties, each made once, in the order first asked for. `free`: what may be filled in can
    be, where the sheet is locked."""

    def __init__(self, book: xlsxwriter.Workbook, *, free: bool) -> None:
        self._book = book
        self._free = {"locked": 0} if free else {}
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def get(self, **properties: object) -> Format:
        full = {"font_name": TEXT_FONT, "font_size": 10, "font_charset": 134, "valign": "vcenter", **properties}
        full |= self._free if full.pop("open", False) else {}
        key = tuple(sorted(full.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(full)
        return self._made[key]

    def lines(self) -> Format:
        """Nothing but lines around a cell, to be laid over what it looks like."""
        return self._book.add_format({"border": 1})

    def cell(
        self, kind: CellKind, style: str, *, align: str = "center", size: float, literal: bool = True, color: str = "",
        border: int = 1, quoted: bool = False,
    ) -> Format:  # fmt: skip
        """A cell of the table.

        kind: what it holds. style: that of its row. align: across the cell. size: points. literal: the cell stays text
        when somebody edits it. color: of its letters, "" as they are. border: around it, 0 none. quoted: as typed with a
        ' before it, so that what looks like a formula becomes none.
        """
        properties: dict[str, object] = {"border": border, "align": align, "font_size": size, "open": True}
        if color:
            properties["font_color"] = color
        if kind == "date":
            properties["num_format"] = "yyyy-mm-dd"
        elif kind == "percent":
            properties["num_format"] = "0.0%"
        elif kind == "int" or kind == "serial":
            properties["num_format"] = "0"
        elif literal:
            properties["num_format"] = "@"
        if kind == "text":
            properties["text_wrap"] = True
        if quoted:
            properties["quote_prefix"] = True
        if style in _TINTS:
            properties["bg_color"] = _TINTS[style]
        if style in cells.TOTALS:
            properties["bold"] = True
        if style == cells.SAMPLE:
            properties["font_color"] = "#7F7F7F"
        return self.get(**properties)
