"""预警提醒.xlsx: tonight's alerts, worst first, and again unit by unit, a page each."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.worksheet.worksheet import Worksheet

from dazoufang.duties.alerts import COLUMNS as ALERT_COLUMNS
from dazoufang.ledger import frames
from dazoufang.ledger.frames import Frames
from dazoufang.rules.campaign import load_rules
from dazoufang.writing import alert_sheet
from dazoufang.writing.sheets.page import workbook

RULES = load_rules(Path(__file__).parents[2] / "schemas")
SPECS = frames.columns(RULES.schemas)
TODAY = date(2023, 10, 20)
HEADINGS = [
    "序号",
    "级别",
    "类型",
    "单位",
    "对象/责任人",
    "编号",
    "事项",
    "原因",
    "时限",
    "剩余工作日",
    "怎么办",
    "找谁",
    "件数",
    "起于",
    "提醒谁",
]


def alert(**more: Any) -> dict[str, Any]:
    return {
        "alert_id": "x", "level": "逾期", "kind": "超过时限", "unit": "人事股", "person": "李明", "item_no": "23下矛0001",
        "subject": "张三：与邻居争执", "why": "化解时限10月13日", "since_on": "2023-10-14", "due_on": "2023-10-13",
        "workdays_left": -5, "action": "请立即化解", "readers": "本人、股室负责人、分管领导",
        "contact": "李明 13812345678", "head": "王芳 13912345678", **more,
    }  # fmt: skip


def book(*rows: dict[str, Any], roster: tuple[str, ...] = ()) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(made(*rows, roster=roster)))


def made(*rows: dict[str, Any], roster: tuple[str, ...] = ()) -> bytes:
    cadres = [{"name": f"干{n}", "unit": unit, "submission_id": 1, "row_no": n} for n, unit in enumerate(roster)]
    empty = {name: frames.build([], SPECS[name]) for name in ("visits", "items", "assignments", "submissions")}
    record = Frames(cadres=frames.build(cadres, SPECS["cadres"]), **empty)
    table = pd.DataFrame(list(rows), columns=list(ALERT_COLUMNS))
    for name in ("since_on", "due_on"):
        table[name] = pd.to_datetime(table[name])
    return workbook(alert_sheet.book(record, table.astype(ALERT_COLUMNS), RULES, TODAY))


def cells(sheet: Worksheet) -> list[list[Any]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def body(sheet: Worksheet) -> list[list[Any]]:
    """The rows under the heading row."""
    rows = cells(sheet)
    start = next(n for n, row in enumerate(rows) if row[0] == "序号")
    return [row for row in rows[start + 1 :] if isinstance(row[0], int)]


def test_the_first_sheet_has_every_alert_in_the_order_given_with_its_days_as_days() -> None:
    found = book(alert(unit="甲股"), alert(unit="乙股", level="提醒", item_no="二"))
    sheet = found["全部预警"]
    assert found.sheetnames[0] == "全部预警"
    rows = body(sheet)
    assert [row[3] for row in rows] == ["甲股", "乙股"]
    assert [row[0] for row in rows] == [1, 2]
    assert [rows[0][at].date() for at in (13, 8)] == [date(2023, 10, 14), date(2023, 10, 13)]
    assert rows[0][9:13] == [-5, "请立即化解", "李明 13812345678", 1]


def test_the_heading_says_the_round_the_day_and_how_many_of_each_level() -> None:
    text = [str(value) for row in cells(book(alert(), alert(level="提醒"))["全部预警"]) for value in row if value]
    assert "大走访活动预警提醒" in text
    assert "2023年下半年　截至2023年10月20日" in text
    assert "共2条：严重逾期0条　逾期1条　预警0条　提醒1条" in text


def test_the_second_sheet_has_a_page_a_unit_in_the_order_of_the_roster() -> None:
    found = book(
        alert(unit="甲股"), alert(unit="丙股", item_no="二"), alert(unit="乙股"), alert(unit="甲股", item_no="三"),
        alert(unit="", person="", item_no="", subject="集中化解阶段11月17日结束", why="还有1件事项在办"),
        roster=("丙股", "丁股", "甲股"),
    )  # fmt: skip
    assert found.sheetnames == ["全部预警", "按单位"]
    sheet = found["按单位"]
    assert [(row[3], row[5]) for row in body(sheet)] == [
        ("丙股", "二"), ("甲股", "23下矛0001"), ("甲股", "三"), ("乙股", "23下矛0001"),
    ]  # fmt: skip
    row_of = {cell.value: cell.row for cell in sheet["D"]}  # the last row of each unit
    assert [mark.id for mark in sheet.row_breaks.brk] == [row_of["丙股"], row_of["甲股"]]


def test_every_page_of_a_unit_says_what_is_for_everyone_and_keeps_to_the_width_of_the_paper() -> None:
    common = alert(unit="", person="", item_no="", subject="集中化解阶段11月17日结束", why="还有1件事项在办")
    sheet = book(alert(unit="甲股"), alert(unit="乙股"), common)["按单位"]
    rows = cells(sheet)
    heading = next(number for number, row in enumerate(rows, 1) if row[0] == "序号")
    assert sheet.print_title_rows == f"$1:${heading}"
    over = [str(row[0]) for row in rows[:heading]]
    assert [line for line in over if line.startswith("集中化解阶段11月17日结束：还有1件事项在办。\n“剩余工作日”")]
    assert sheet.sheet_properties.pageSetUpPr.fitToPage is None  # or Excel heeds no page break
    assert sheet.page_setup.scale is None  # and its columns are made for the paper
    assert rows[heading - 1][10:] == ["怎么办", "找谁", "起于", "提醒谁"] and sheet.print_area == "'按单位'!$A$1:$L$6"
    assert not [line for line in over if "共2条" in line]  # of all units; each page is one's


def test_what_is_of_one_unit_alone_stands_on_one_sheet() -> None:
    common = alert(unit="", person="", item_no="", subject="集中化解阶段11月17日结束", why="还有1件事项在办")
    found = book(alert(unit="甲股"), alert(unit="甲股", item_no="二"), common)
    assert found.sheetnames == ["全部预警"]
    assert [row[3] for row in body(found["全部预警"])] == ["甲股", "甲股", "全体"]


def test_a_clerk_can_filter_the_first_sheet_by_unit() -> None:
    sheet = book(alert(unit="甲股"), alert(unit="乙股"))["全部预警"]
    heading = cells(sheet).index(HEADINGS) + 1
    assert sheet.auto_filter.ref == f"A{heading}:O{heading + 2}"


def test_rows_are_tinted_by_level() -> None:
    levels = ["严重逾期", "逾期", "预警", "提醒"]
    sheet = book(*(alert(level=level, kind=f"久拖{level}") for level in levels))["全部预警"]
    tints = {
        row[1].value: row[1].fill.fgColor.rgb for row in sheet.iter_rows() if row[1].value in levels and row[0].value
    }
    assert len(set(tints.values())) == 4
    assert all(tint != "00000000" for tint in tints.values())


def test_many_of_one_cause_and_unit_are_one_row_that_leads_to_the_list_of_the_cause() -> None:
    many = [alert(unit="甲股", kind="未落实责任", person="", item_no=f"23下矛000{n}") for n in range(1, 4)]
    found = book(*many, alert(unit="乙股", kind="未落实责任", person=""), alert(unit="乙股"), roster=("乙股", "甲股"))
    assert found.sheetnames == ["全部预警", "按单位", "未落实责任"]
    assert [(row[2], row[3], row[12], row[5]) for row in body(found["全部预警"])] == [
        ("未落实责任", "甲股", 3, None), ("未落实责任", "乙股", 1, "23下矛0001"), ("超过时限", "乙股", 1, "23下矛0001"),
    ]  # fmt: skip
    text = [str(value) for row in cells(found["全部预警"]) for value in row if value]
    assert "共3条：严重逾期0条　逾期3条　预警0条　提醒0条，逐条列出共5条" in text
    links = [cell.hyperlink.location for row in found["全部预警"].iter_rows() for cell in row if cell.hyperlink]
    assert links == ["'未落实责任'!A1"]
    assert [(row[2], row[4]) for row in body(found["未落实责任"])] == [
        ("乙股", "23下矛0001"), ("甲股", "23下矛0001"), ("甲股", "23下矛0002"), ("甲股", "23下矛0003"),
    ]  # fmt: skip
    assert [row[3] for row in body(found["按单位"])] == ["乙股", "乙股", "甲股", "甲股", "甲股"]


def test_what_every_row_of_a_list_says_stands_over_it_once() -> None:
    many = [alert(unit="甲股", kind="未落实责任", item_no=f"23下矛000{n}", why=f"原因{n}") for n in range(1, 4)]
    sheet = book(*many)["未落实责任"]
    rows = cells(sheet)
    heading = next(number for number, row in enumerate(rows) if row[0] == "序号")
    assert "怎么办：请立即化解。" in [row[0] for row in rows[:heading]]
    assert rows[heading] == [
        "序号", "级别", "单位", "对象/责任人", "编号", "事项", "原因", "时限", "剩余工作日", "找谁", "类型", "起于", "怎么办", "提醒谁",
    ]  # fmt: skip
    assert sheet.print_area == "'未落实责任'!$A$1:$J$8"


def test_over_many_alerts_stands_what_there_is_to_do_cause_by_cause() -> None:
    rows = [alert(unit=f"{n}股", kind="待回复", level="严重逾期") for n in range(5)]
    rows += [alert(unit="甲股", kind="尚无走访", level="提醒", person=f"干{n}") for n in range(4)]
    text = [str(value) for row in cells(book(*rows)["全部预警"]) for value in row if value]
    assert "待回复：5件，5个单位（严重逾期5）　尚无走访：4人（提醒4）" in text
    assert not [line for line in cells(book(*rows[:8])["全部预警"]) if line[0] and "待回复：" in str(line[0])]


def test_nobody_named_is_said_in_words() -> None:
    found = book(
        alert(kind="未落实责任", person=""),
        alert(kind="催报", person="", item_no=""),
        alert(kind="阶段将结束", unit="", person="", item_no=""),
    )
    assert [row[3:5] for row in body(found["全部预警"])] == [
        ["人事股", "（未落实）"],
        ["人事股", "全单位"],
        ["全体", "全体"],
    ]


def test_a_night_without_alerts_says_none() -> None:
    found = book()
    assert found.sheetnames == ["全部预警"]
    text = [value for row in cells(found["全部预警"]) for value in row if value]
    assert "无" in text
    assert "共0条：严重逾期0条　逾期0条　预警0条　提醒0条" in text


def test_the_same_alerts_give_the_same_bytes() -> None:
    assert made(alert(), alert(unit="乙股")) == made(alert(), alert(unit="乙股"))


def test_text_that_looks_like_a_formula_stays_text() -> None:
    sheet = book(alert(subject="=1+1"))["全部预警"]
    assert [cell.data_type for row in sheet.iter_rows() for cell in row if cell.value == "=1+1"] == ["s"]
