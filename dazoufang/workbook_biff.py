"""Reads .xls (and .et) and .xlsb: python-calamine for the values, a scan of the records for what it leaves out."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import xlrd  # type: ignore[import-untyped]
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from . import faults
from .grid import MAX_CELLS, MAX_COLUMNS, Area, CellError, Grid, Sheet, TooFar, Unreadable, Value, tidied, tidy
from .workbook_xml import Package, relationships

ERRORS: Final = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!",
    0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip


@dataclass(slots=True)
class Found:
    """What the scan of one sheet's records found (0-based places)."""

    worksheet: bool = True
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    merges: list[Area] = field(default_factory=list)
    height: int = 0
    width: int = 0
    far: tuple[int, int] | None = None  # a cell with a value beyond the columns we keep

    def cell(self, row: int, column: int, *, valued: bool = True) -> None:
        """Count a cell into the area a dense reader would lay out."""
        self.height = max(self.height, row + 1)
        self.width = max(self.width, column + 1)
        if valued and column >= MAX_COLUMNS:
            self.far = (row, column)
