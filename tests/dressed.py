"""Workbooks whose cells are dressed: number formats that show words, crossed-out cells and runs; in every file type."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import openpyxl
import xlsxwriter
import xlwt
from odf import number as odf_number
from odf import opendocument, style, table, text
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

KINDS: Final = ("xlsx", "openpyxl", "xls", "et", "ods")
HEAD: Final = [
    "走访日期",
    "走访干部",
    "走访对象",
    "对象类别",
    "乡镇",
    "村(社区)组",
    "联系电话",
    "矛盾纠纷",
    "意见建议",
    "备注",
]
GOOD: Final = ["2023-9-20", "李明", "张三", "人大代表", "章华镇", "沙口村5组", "13812345678", None, "建议修路", None]


@dataclass(frozen=True)
class Shown:
    """A value with a number format; `text` is what the format shows."""

    value: str | float
    code: str
    text: str


@dataclass(frozen=True)
class Crossed:
    """A value that is crossed out."""

    value: str | float | date


@dataclass(frozen=True)
class Half:
    """A text of which `crossed` is crossed out and `kept` is not."""

    crossed: str
    kept: str


Line = Sequence[Any]


def visits(*lines: Line) -> list[Line]:
    """A form of visits."""
    return [HEAD, *lines]


def visit(**changed: Any) -> list[Any]:
    """The good visit with some cells changed, by heading."""
    line: list[Any] = list(GOOD)
    for heading, value in changed.items():
        line[HEAD.index("村(社区)组" if heading == "村组" else heading)] = value
    return line


def dressed(lines: Sequence[Line], kind: str) -> bytes:
    """The workbook of a kind (`KINDS`)."""
    return {"xlsx": _xlsx, "openpyxl": _openpyxl, "xls": _xls, "et": _xls, "ods": _ods}[kind](lines)


def name_of(kind: str) -> str:
    """The file's name."""
    return "登记." + ("xlsx" if kind == "openpyxl" else kind)


def _value(cell: Any) -> Any:
    return cell.value if isinstance(cell, Shown | Crossed) else cell


def _xlsx(lines: Sequence[Line]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet("登记")
        crossed = book.add_format({"font_strikeout": True})
        for r, line in enumerate(lines):
            for c, cell in enumerate(line):
                if isinstance(cell, Half):
                    page.write_rich_string(r, c, crossed, cell.crossed, cell.kept)
                    continue
                look: dict[str, Any] = {"num_format": cell.code} if isinstance(cell, Shown) else {}
                if isinstance(cell, Crossed):
                    look = {"font_strikeout": True}
                value = _value(cell)
                if isinstance(value, date):
                    page.write_datetime(r, c, value, book.add_format({**look, "num_format": "yyyy-mm-dd"}))
                else:
                    page.write(r, c, value, book.add_format(look) if look else None)
    return stream.getvalue()


def _openpyxl(lines: Sequence[Line]) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for r, line in enumerate(lines, 1):
        for c, cell in enumerate(line, 1):
            place = page.cell(r, c)
            if isinstance(cell, Half):
                place.value = CellRichText(TextBlock(InlineFont(strike=True), cell.crossed), cell.kept)
                continue
            place.value = _value(cell)
            if isinstance(cell, Shown):
                place.number_format = cell.code
            if isinstance(cell, Crossed):
                place.font = Font(strike=True)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _xls(lines: Sequence[Line]) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("登记")
    for r, line in enumerate(lines):
        for c, cell in enumerate(line):
            value = _value(cell)
            look = xlwt.easyxf("font: struck_out on" if isinstance(cell, Crossed) else "")
            if isinstance(cell, Shown):
                look = xlwt.easyxf(num_format_str=cell.code)
            elif isinstance(value, date):
                look.num_format_str = "yyyy-mm-dd"
            if value is not None:
                page.write(r, c, value, look)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _ods(lines: Sequence[Line]) -> bytes:
    book = opendocument.OpenDocumentSpreadsheet()
    struck = style.Style(name="struck", family="table-cell", parentstylename="Default")
    struck.addElement(style.TextProperties(textlinethroughstyle="solid", textlinethroughtype="single"))
    day = odf_number.DateStyle(name="day")
    day.addElement(odf_number.Year(style="long"))
    run = style.Style(name="T1", family="text")
    run.addElement(style.TextProperties(textlinethroughstyle="solid"))
    for made in (day, struck, run):
        book.automaticstyles.addElement(made)
    page = table.Table(name="登记")
    for line in lines:
        row = table.TableRow()
        for cell in line:
            row.addElement(_ods_cell(cell))
        page.addElement(row)
    book.spreadsheet.addElement(page)
    stream = io.BytesIO()
    book.write(stream)
    return stream.getvalue()


def _ods_cell(cell: Any) -> Any:
    value = _value(cell)
    look = {"stylename": "struck"} if isinstance(cell, Crossed) else {}
    if value is None:
        return table.TableCell()
    if isinstance(cell, Half):
        made = table.TableCell(valuetype="string")
        paragraph = text.P()
        paragraph.addElement(text.Span(stylename="T1", text=cell.crossed))
        paragraph.addText(cell.kept)
        made.addElement(paragraph)
        return made
    if isinstance(value, date):
        made = table.TableCell(valuetype="date", datevalue=value.isoformat(), **look)
    elif isinstance(value, str):
        made = table.TableCell(valuetype="string", **look)
    else:
        made = table.TableCell(valuetype="float", value=value, **look)
    made.addElement(text.P(text=cell.text if isinstance(cell, Shown) else str(value)))
    return made
