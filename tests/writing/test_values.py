"""A foreign workbook's values, written as a workbook of ours: every cell is what and where it was."""

from __future__ import annotations

import io
import time as clock
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
from strict import accepted

from dazoufang.model.cell_names import Area
from dazoufang.reading.books import read_books
from dazoufang.reading.sheet import CellError, Disputed, Sheet, Uncalculated, Value
from dazoufang.writing.sheets.values import of_values

DAY = date(2023, 9, 21)


def sheet(*rows: list[Value], name: str = "表", merges: tuple[Area, ...] = (), visible: bool = True) -> Sheet:
    return Sheet(name, visible, list(rows), list(merges))


def written(*sheets: Sheet) -> openpyxl.Workbook:
    data, _ = of_values(sheets, DAY)
    accepted(data)
    return openpyxl.load_workbook(io.BytesIO(data))


@pytest.mark.parametrize(
    "value",
    [
        "张三", "=1+1", " 前后空格 ", "一行\n两行", "<b>&", "_x0041_", "0010",
        True, False, 3, -1.5, 0.30000000000000004, 9007199254740991,
        date(2023, 9, 20), date(1900, 1, 1), date(1900, 2, 28), date(1900, 3, 1),
        datetime(2023, 9, 20, 8, 30), time(8, 30), timedelta(hours=26), CellError("#N/A"),
    ],
    ids=repr,
)  # fmt: skip
def test_every_kind_of_cell_reads_back_as_it_was(value: Value) -> None:
    data, _ = of_values([sheet(["左", value])], DAY)
    ((_, found),) = read_books(data, "a.xlsx")[0].sheets[0].rows
    assert (type(found), found) == (type(value), value)


def test_what_no_cell_can_hold_stands_as_text() -> None:
    row: list[Value] = [date(1899, 12, 31), 1e305, Uncalculated("=B5"), Disputed("1", "2"), "前\x00后"]
    (read,) = written(sheet(row)).worksheets[0].iter_rows(values_only=True)
    assert read == ("1899-12-31", "1e+305", "=B5", "“1”或“2”", "前后")


def test_a_text_that_looks_like_a_formula_is_marked_as_text() -> None:
    row: list[Value] = ["=1+1", "+86138", "@甲", "-5", "张三", "=", -5, Uncalculated("=B5")]
    ((*found,),) = written(sheet(row)).worksheets[0].iter_rows()
    assert [cell.quotePrefix for cell in found] == [True, True, True, True, False, False, False, True]


def test_merges_stay_and_a_title_over_several_columns_stands_in_the_middle() -> None:
    book = written(sheet(["标题"], ["甲", "乙"], merges=((0, 0, 0, 1), (4, 0, 40, 3))))
    assert {str(area) for area in book["表"].merged_cells.ranges} == {"A1:B1", "A5:D41"}
    assert (book["表"]["A1"].alignment.horizontal, book["表"]["A2"].alignment.horizontal) == ("center", None)


def test_columns_are_as_wide_as_what_they_hold_within_bounds_and_a_title_widens_none() -> None:
    page = written(sheet(["很长很长很长的标题"], ["甲", "联点乡镇群众", "长" * 40]))["表"]
    assert [page.column_dimensions[letter].width for letter in "ABC"] == [7, 12.25, 28]  # of eight pixels
    assert (page.row_dimensions[1].height, page.row_dimensions[2].height) == (47, 47)


def test_the_borders_of_a_table_end_at_one_edge() -> None:
    page = written(sheet(["标题"], ["甲", "乙", "丙"], ["丁", "戊"]))["表"]
    assert page["C3"].border.left.style == page["A3"].border.left.style == "thin"
    assert page["B1"].border.left.style is None


def test_names_that_excel_refuses_are_mended_and_told() -> None:
    quoted = "长" * 30 + "'末尾"
    sheets = [sheet(["1"], name=name) for name in ("登记[9月]", "表", "", quoted)]
    data, names = of_values(sheets, DAY)
    assert names == {"登记[9月]": "登记_9月_", "表": "表", "": "表(2)", quoted: "长" * 30}
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames == ["登记_9月_", "表", "表(2)", "长" * 30]


def test_hidden_sheets_stay_hidden_unless_none_would_show() -> None:
    book = written(sheet(["1"], name="暗", visible=False), sheet(["2"], name="明"), sheet(["3"], name="亮"))
    assert [page.sheet_state for page in book] == ["hidden", "visible", "visible"]
    assert book.active is not None and book.active.title == "明"
    assert [page.sheet_state for page in written(sheet(["1"], visible=False))] == ["visible"]


def test_two_calls_give_the_same_bytes_at_any_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    first = of_values([sheet(["张三"])], DAY)
    monkeypatch.setattr(clock, "time", lambda: 4e9)
    assert first == of_values([sheet(["张三"])], DAY)


def test_it_prints_on_a4_across_one_page_wide() -> None:
    page = written(sheet(["张三"]))["表"]
    assert (page.page_setup.paperSize, page.page_setup.orientation, page.page_setup.fitToHeight) == (9, "landscape", 0)
    assert page.sheet_properties.pageSetUpPr is not None and page.sheet_properties.pageSetUpPr.fitToPage


def test_what_is_crossed_out_stays_crossed_out() -> None:
    """Else a copy that comes back would have rows counted that its unit struck."""
    rows: list[list[Value]] = [["走访日期", "走访对象"], [date(2023, 9, 20), "张三"], [date(2023, 9, 21), "王五"]]
    struck = frozenset({(2, 0), (2, 1)})
    made, _ = of_values([Sheet("登记", True, rows, [], struck=struck), Sheet("另", True, rows, [])], date(2023, 10, 20))
    first, second = read_books(made, "x.xlsx")[0].sheets
    assert (first.struck, second.struck) == (struck, frozenset()) and first.rows == rows
