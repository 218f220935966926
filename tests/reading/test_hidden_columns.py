"""Which columns of a sheet nobody sees, in every file type that can hide one."""

from __future__ import annotations

import pytest
from writers import Sheet, write

from dazoufang.reading.books import read_books
from dazoufang.reading.xlsx_sheet import hidden_columns


def sheet(*hidden: int, name: str = "登记") -> Sheet:
    made = Sheet(name, hidden_columns=set(hidden))
    made.lay(0, 0, ["走访日期", "走访干部", "联系电话", "电话"])
    made.lay(1, 0, ["2023-9-20", "李明", "13812345678", "13900000001"])
    return made


def read(data: bytes, name: str) -> list[frozenset[int]]:
    (book,) = read_books(data, name)
    return [found.hidden_columns for found in book.sheets]


@pytest.mark.parametrize("how", ["xlsx", "openpyxl", "xls", "et", "ods", "xlsx named xls"])
@pytest.mark.parametrize("hidden", [(), (3,), (0,), (1, 3), (1, 2)])
def test_hidden_columns_are_known_and_still_read(how: str, hidden: tuple[int, ...]) -> None:
    data = write([sheet(*hidden), sheet(name="二")], how)
    assert read(data, f"登记.{how}") == [frozenset(hidden), frozenset()]
    (book,) = read_books(data, "登记")
    assert book.sheets[0].rows[1] == ["2023-9-20", "李明", "13812345678", "13900000001"]


@pytest.mark.parametrize("how", ["csv utf-8", "csv gb18030", "csv tab"])
def test_text_hides_nothing(how: str) -> None:
    assert read(write([sheet(3)], how), "登记.csv") == [frozenset()]


@pytest.mark.parametrize(
    ("about", "found"),
    [
        (b'<col min="2" max="3" width="9" hidden="1"/>', {1, 2}),
        (b'<col hidden="true" max="2" min="2"/>', {1}),
        (b'<x:col min="4" max="4" width="0"/>', {3}),
        (b'<col min="4" max="4" width="0.00" customWidth="1"></col>', {3}),
        (b'<col min="1" max="1" width="0.5"/><col min="2" max="2" hidden="0"/>', set()),
        (b'<col min="999" max="16384" hidden="1"/>', {998, 999}),
        (b'<sheetFormatPr zeroHeight="0"/><col min="1" max="1" width="10"/>', set()),
    ],
)
def test_the_ways_a_sheet_part_says_so(about: bytes, found: set[int]) -> None:
    part = b"<worksheet><cols>" + about + b'</cols><sheetData><row r="1" hidden="1"/></sheetData></worksheet>'
    assert hidden_columns(part) == found


def test_a_page_of_excel_2003_hides_columns_too() -> None:
    page = """<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
    xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="登记"><Table>
    <Column ss:Width="60"/><Column ss:Hidden="1" ss:Span="1"/><Column/><Column ss:Index="7" ss:Width="0"/>
    <Row><Cell><Data ss:Type="String">走访日期</Data></Cell></Row></Table></Worksheet></Workbook>"""
    assert read(page.encode(), "登记.xml") == [frozenset({1, 2, 6})]
