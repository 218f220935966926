"""What only the forms that units fill have: locked headings, drop-downs, checks, and blank rows to write in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell

from dazoufang.writing.sheets import form_checks
from dazoufang.writing.sheets.columns import Filled, SheetSpec
from dazoufang.writing.sheets.form_checks import Choices
from dazoufang.writing.sheets.formats import Formats
from dazoufang.writing.sheets.streamed import Streamed

BLANK_HEIGHT: Final = 24.0  # points

_LEAST_RULED: Final = 10


class FormPage:
    """Makes one sheet a form.

    sheet, spec: the sheet and what it is to hold. formats, choices: those of the workbook, to which the sheet adds.
    filled: its columns, the printed ones first. samples: how many rows it holds.
    """

    def __init__(
        self,
        sheet: Streamed,
        formats: Formats,
        choices: Choices,
        spec: SheetSpec,
        filled: Sequence[Filled],
        samples: int,
    ) -> None:
        self._sheet = sheet
        self._formats = formats
        self._choices = choices
        self._filled = filled
        self._samples = samples
        self._blank_rows = spec.blank_rows

    def below(self, filled_column: Filled) -> Format:
        """How a column looks below the ruled rows: telephone numbers and dates stay as they are typed."""
        return self._formats.cell(
            filled_column.column.kind, "", align=filled_column.align, size=filled_column.size, border=0
        )

    def free_the_rest(self) -> None:
        """Unlock what stands to the right of the columns: a row can be deleted only where none of its cells is locked."""
        self._sheet.style_the_rest(len(self._filled), self._formats.get(open=True))

    def guard(self, row: int, column: int, title: str) -> None:
        """Let nothing but `title` stand in a heading."""
        cell = xl_rowcol_to_cell(row, column, True, True)
        self._sheet.data_validation(row, column, row, column, form_checks.heading(cell, title))

    def ruled(self, room: float) -> int:
        """How many blank rows are ruled: what the first page has `room` for, in points, but some in any case."""
        return min(self._blank_rows, max(_LEAST_RULED, int(room / BLANK_HEIGHT) - 1))

    def lock(self, first: int, below: int) -> None:
        """Locked headings; drop-downs, checks and hints over all rows to be filled; lines around what is written
        `below` the ruled rows."""
        last = first + self._samples + self._blank_rows - 1
        for index, filled_column in enumerate(self._filled):
            source = self._choices.source(filled_column.column.choices) if filled_column.column.choices else None
            check = form_checks.cell(filled_column.column, source, xl_rowcol_to_cell(first, index))
            if check:
                self._sheet.data_validation(first, index, last, index, check)
        right = len(self._filled) - 1
        if below <= last:
            here = f"{xl_rowcol_to_cell(below, 0, col_abs=True)}:{xl_rowcol_to_cell(below, right, col_abs=True)}"
            lines = {"type": "formula", "criteria": f"=COUNTA({here})>0", "format": self._formats.lines()}
            self._sheet.conditional_format(below, 0, last, right, lines)
        self._sheet.protect("", form_checks.PERMITTED)
