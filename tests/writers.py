"""Writes sheets of cells as the workbooks that units send: one small writer for each format."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import openpyxl
import xlsxwriter
import xlwt
from dressed import Crossed, Shown
from odf import number as odf_number
from odf import opendocument, style, table, text
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Cell = str | int | float | date | Shown | Crossed | None
Line = list[Cell]
BOOKS: Final = ("xlsx", "openpyxl", "xls")  # formats that can merge and hide
SHEETS: Final = (*BOOKS, "ods")  # formats that can merge
TEXTS: Final = ("csv utf-8", "csv gb18030", "csv tab")
FORMATS: Final = (*SHEETS, "et", "xlsx named xls", *TEXTS)


class Calculated(str):
    """A text that a formula gives; its value is stored beside it."""


@dataclass
class Sheet:
    """Cells at (row, column), both from 0, and what else a sheet has."""

    name: str
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)  # top, left, bottom, right
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    visible: bool = True

    def lay(self, row: int, left: int, line: Iterable[Cell]) -> None:
        """Write one line of cells."""
        self.cells.update({(row, left + at): value for at, value in enumerate(line) if value is not None})

    def rows(self) -> list[Line]:
        """The cells as full rows from the first one on."""
        height = max((row for row, _ in self.cells), default=-1) + 1
        width = max((column for _, column in self.cells), default=-1) + 1
        return [[self.cells.get((row, column)) for column in range(width)] for row in range(height)]


def write(sheets: Sequence[Sheet], how: str) -> bytes:
    """The bytes of a workbook. Text formats hold the first sheet only."""
    if how in TEXTS:
        return _text(sheets[0], how.removeprefix("csv "))
    writers = {"xlsx": _xlsx, "openpyxl": _openpyxl, "xls": _xls, "ods": _ods, "et": _xls, "xlsx named xls": _xlsx}
    return writers[how](sheets)


def extension(how: str) -> str:
    """The file extension people give it."""
    return {"openpyxl": "xlsx", "xlsx named xls": "xls", "csv tab": "txt"}.get(how, how.split()[0])


def _xlsx(sheets: Sequence[Sheet]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": datetime(2023, 10, 12)})
        plain = book.add_format()
        days = [book.add_format({"num_format": code}) for code in ("yyyy-mm-dd", 'm"月"d"日"', 14, 31)]
        for order, sheet in enumerate(sheets):
            page = book.add_worksheet(sheet.name)
            for top, left, bottom, right in sheet.merges:
                page.merge_range(top, left, bottom, right, "", plain)
            for (row, column), value in sheet.cells.items():
                if isinstance(value, Shown):
                    page.write(row, column, value.value, book.add_format({"num_format": value.code}))
                elif isinstance(value, Crossed):
                    crossed = book.add_format({"font_strikeout": True, "num_format": "yyyy-mm-dd"})
                    page.write(row, column, value.value, crossed)
                elif isinstance(value, date):
                    page.write_datetime(row, column, value, days[(row + column) % 4])
                elif isinstance(value, Calculated) and value.startswith("#"):
                    page.write_formula(row, column, "=A1", plain, value)
                elif isinstance(value, Calculated):
                    page.write_formula(row, column, f'=TRIM("{value}")', plain, value)
                else:
                    page.write(row, column, value, plain)
            for row in sheet.hidden_rows:
                page.set_row(row, options={"hidden": True})
            for column in sheet.hidden_columns:
                page.set_column(column, column, options={"hidden": True})
            if not sheet.visible and order:
                page.hide()
    return stream.getvalue()


def _openpyxl(sheets: Sequence[Sheet]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        for (row, column), value in sheet.cells.items():
            place = page.cell(row + 1, column + 1, value.value if isinstance(value, Shown | Crossed) else value)
            if isinstance(value, Shown):
                place.number_format = value.code
            if isinstance(value, Crossed):
                place.font = Font(strike=True)
        for top, left, bottom, right in sheet.merges:
            page.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
        for row in sheet.hidden_rows:
            page.row_dimensions[row + 1].hidden = True
        for column in sheet.hidden_columns:
            page.column_dimensions[get_column_letter(column + 1)].hidden = True
        page.sheet_state = "visible" if sheet.visible else "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _xls(sheets: Sequence[Sheet]) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    plain, day = xlwt.easyxf(), xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for sheet in sheets:
        page = book.add_sheet(sheet.name, cell_overwrite_ok=True)
        for top, left, bottom, right in sheet.merges:
            page.merge(top, bottom, left, right)
        for (row, column), value in sheet.cells.items():
            if isinstance(value, Shown):
                page.write(row, column, value.value, xlwt.easyxf(num_format_str=value.code))
            elif isinstance(value, Crossed):
                code = "yyyy-mm-dd" if isinstance(value.value, date) else "general"
                page.write(row, column, value.value, xlwt.easyxf("font: struck_out on", num_format_str=code))
            else:
                page.write(row, column, value, day if isinstance(value, date) else plain)
        for row in sheet.hidden_rows:
            page.row(row).hidden = True
        for column in sheet.hidden_columns:
            page.col(column).hidden = True
        page.visibility = 0 if sheet.visible else 1
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _ods(sheets: Sequence[Sheet]) -> bytes:
    book = opendocument.OpenDocumentSpreadsheet()
    shown = odf_number.DateStyle(name="day")
    for part in (
        odf_number.Year(style="long"),
        odf_number.Text(text="-"),
        odf_number.Month(),
        odf_number.Text(text="-"),
    ):
        shown.addElement(part)
    shown.addElement(odf_number.Day())
    day = style.Style(name="days", family="table-cell", datastylename="day")
    book.automaticstyles.addElement(shown)
    book.automaticstyles.addElement(day)
    struck = style.Style(name="struck", family="table-cell", parentstylename="Default")
    struck.addElement(style.TextProperties(textlinethroughstyle="solid", textlinethroughtype="single"))
    book.automaticstyles.addElement(struck)
    for sheet in sheets:
        page = table.Table(name=sheet.name)
        spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in sheet.merges}
        covered = {
            (row, column)
            for (top, left), (high, wide) in spans.items()
            for row in range(top, top + high)
            for column in range(left, left + wide)
        } - spans.keys()
        for column in range(max(sheet.hidden_columns, default=-1) + 1):
            hidden = {"visibility": "collapse"} if column in sheet.hidden_columns else {}
            page.addElement(table.TableColumn(**hidden))
        for row, cells in enumerate(sheet.rows()):
            line = table.TableRow()
            for column, value in enumerate(cells):
                if (row, column) in covered:
                    line.addElement(table.CoveredTableCell())
                    continue
                high, wide = spans.get((row, column), (1, 1))
                span = {"numberrowsspanned": high, "numbercolumnsspanned": wide} if high * wide > 1 else {}
                line.addElement(_ods_cell(value, day, span))
            page.addElement(line)
        book.spreadsheet.addElement(page)
    stream = io.BytesIO()
    book.write(stream)
    return stream.getvalue()


def _ods_cell(value: Cell, day: Any, span: dict[str, Any]) -> Any:
    if value is None:
        return table.TableCell(**span)
    if isinstance(value, Crossed):
        return _ods_cell(value.value, "struck", {**span, "stylename": "struck"})
    if isinstance(value, Shown):
        cell = table.TableCell(valuetype="float", value=value.value, **span)
        cell.addElement(text.P(text=value.text))
        return cell
    if isinstance(value, date):
        return table.TableCell(valuetype="date", datevalue=value.isoformat(), **{"stylename": day, **span})
    if isinstance(value, int | float):
        return table.TableCell(valuetype="float", value=value, **span)
    cell = table.TableCell(valuetype="string", **span)
    for paragraph in str(value).split("\n"):
        cell.addElement(text.P(text=paragraph))
    return cell


def _text(sheet: Sheet, how: str) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter="\t" if how == "tab" else ",")
    for row in sheet.rows():
        writer.writerow("" if cell is None else _shown(cell) for cell in row)
    return stream.getvalue().encode({"utf-8": "utf-8-sig", "tab": "utf-16"}.get(how, how))


def _shown(value: Cell) -> str:
    """A cell as Excel shows it when it saves text."""
    if isinstance(value, Crossed):
        return _shown(value.value)
    if isinstance(value, Shown):
        return value.text
    if isinstance(value, datetime):
        return f"{value:%Y/%m/%d %H:%M}"
    return f"{value:%Y/%m/%d}" if isinstance(value, date) else str(value)
