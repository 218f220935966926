"""A sheet of any size is written in little memory, and has the bytes that it would have if all of it were at hand."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from datetime import date
from typing import Any

import openpyxl
import pandas as pd
import pytest

from dazoufang.model.vocabularies import DisputeStatus
from dazoufang.writing.sheets import cell_xml, columns, package, table
from dazoufang.writing.sheets.columns import STYLE, Column, SheetSpec
from dazoufang.writing.sheets.page import Book, workbook

DAY = date(2023, 10, 20)
COLUMNS = (
    Column("serial", "序号", 6, kind="serial"),
    Column("unit", "单位", 12),
    Column("said", "情况", 30),
    Column("seen_on", "日期", 10, kind="date"),
    Column("count", "户数", 8, kind="int"),
)


def book(rows: int) -> Book:
    """So many rows with texts of one line, of several, like formulas and none; and a total."""
    said = ["", "=1+1", "与邻居因排水沟改道发生争执，" * 9, "<甲>&乙", None, "短", 7, True, "长" * 3000]
    frame = pd.DataFrame(
        {
            "serial": [None] * rows + ["合计"],
            "unit": [f"第{row // 7}单位" for row in range(rows)] + [f"共{rows}户"],
            "said": [said[row % len(said)] for row in range(rows)] + [None],
            "seen_on": [date(2023, 9, 1 + row % 30) for row in range(rows)] + [None],
            "count": [float(row) if row % 3 else None for row in range(rows)] + [None],
            STYLE: ["逾期" if row % 5 == 3 else "" for row in range(rows)] + ["total"],
        }
    )
    frame["unit"] = frame["unit"].astype("str")
    return Book((SheetSpec("走访明细", "走访明细", COLUMNS, frame, style=STYLE),), DAY)


def test_what_is_kept_in_memory_changes_no_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = workbook(book(60))
    sheet = openpyxl.load_workbook(io.BytesIO(whole)).active
    assert sheet is not None and [sheet.cell(3 + row, 1).value for row in (0, 59, 60)] == [1, 60, "合计"]
    for module in (columns, table):
        monkeypatch.setattr(module, "BLOCK", 7)
    monkeypatch.setattr(columns, "_AT_HAND", 0)
    monkeypatch.setattr(cell_xml, "_KEPT", 3)
    monkeypatch.setattr(package, "_AT_ONCE", 2)
    assert workbook(book(60)) == whole


def test_a_word_of_a_vocabulary_is_text_like_any_other() -> None:
    rows = pd.DataFrame({"said": pd.Series([DisputeStatus.IN_HAND, None, "甲"], dtype="str")})
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(Book((SheetSpec("表", "", COLUMNS, rows),), DAY)))).active
    assert sheet is not None and [sheet.cell(row, 3).value for row in (2, 3, 4)] == ["正在化解", None, "甲"]


def test_the_rows_are_never_all_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_AT_HAND", 0)
    monkeypatch.setattr(cell_xml, "_KEPT", 1000)
    given = book(5_000)
    tracemalloc.start()
    made = workbook(given)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        assert parts.getinfo("xl/worksheets/sheet1.xml").file_size > 5_000_000
    assert peak < 7_400_000


def test_a_sheet_past_what_a_plain_header_can_say_is_written_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = workbook(book(100))
    monkeypatch.setattr(package, "_PLAIN", 30_000)
    large = workbook(book(100))
    assert large != plain and contents(large) == contents(plain)


def contents(data: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return [(name, parts.read(name)) for name in parts.namelist()]


@pytest.mark.parametrize(
    ("column", "other"),
    [
        ("said", ["甲", "乙"]),
        ("said", ["乙", "甲"]),
        ("said", ["甲", None]),
        ("said", ["甲甲", ""]),
        ("count", [1.0, 2.0]),
        ("count", ["1", "2"]),
        ("seen_on", [pd.Timestamp(2023, 9, 1), pd.NaT]),
        ("seen_on", ["2023-09-01", None]),
        (STYLE, ["", "total"]),
    ],
)
def test_books_that_hold_other_cells_have_other_digests(column: str, other: list[Any]) -> None:
    rows = pd.DataFrame({"said": ["甲", ""], "count": [2.0, 1.0], "seen_on": [DAY, DAY], STYLE: ["", ""]})

    def digest(given: pd.DataFrame) -> str:
        return Book((SheetSpec("表", "表", COLUMNS, given, style=STYLE),), DAY).digest

    days = rows.assign(seen_on=rows["seen_on"].astype("datetime64[ns]"))
    assert digest(days) == digest(days.assign(seen_on=days["seen_on"].astype("datetime64[s]")))
    assert digest(rows.copy()) == digest(rows) != digest(rows.assign(**{column: other}))
