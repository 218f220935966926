"""The same heading twice where one column is hidden: what people see is read, what they do not see is named."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from conftest import TODAY, Office
from writers import Sheet, write

from dazoufang.commands.rebuild import rebuild
from dazoufang.commands.trace import trace
from dazoufang.judging.examine import Examined, examine_bytes
from dazoufang.model.faults import INFO, WARNING
from dazoufang.rules.campaign import Rules
from dazoufang.rules.generations import Generation

HEAD = ["走访日期", "走访干部", "走访对象", "对象类别"]
ZHANG = ["2023-9-20", "李明", "张三", "其他"]
WANG = ["2023-9-21", "李明", "王五", "人大代表"]


def form(
    heads: Sequence[Any], one: Sequence[Any], other: Sequence[Any], hidden: set[int], merges: Sequence[Any] = ()
) -> Sheet:
    made = Sheet("登记", hidden_columns=hidden, merges=list(merges))
    for row, line in enumerate(([*HEAD, *heads], [*ZHANG, *one], [*WANG, *other])):
        made.lay(row, 0, line)
    return made


def read(rules: Rules, sheet: Sheet, how: str = "xlsx") -> Examined:
    return examine_bytes(write([sheet], how), f"走访登记表.{how}", rules, TODAY)


def cells(found: Examined, name: str) -> list[str]:
    return [row.values.get(name, "") for part in found.parts for row in part.rows if not row.held]


def said(found: Examined) -> list[tuple[str, str, str]]:
    return [(fault.code, str(fault.severity), fault.cell) for fault in found.faults]


@pytest.mark.parametrize("how", ["xlsx", "openpyxl", "xls", "et", "ods"])
@pytest.mark.parametrize(
    ("heads", "name", "value"),
    [
        (["联系电话", "电话"], "phone", "13812345678"),
        (["联系电话", "联系电话"], "phone", "13812345678"),
        (["乡镇", "所属乡镇"], "township", "章华镇"),
        (["意见建议", "建议"], "suggestion", "建议修路"),
        (["备注", "说明"], "remark", "独居"),
    ],
)
@pytest.mark.parametrize("place", [0, 1])
def test_the_column_that_is_seen_is_read(
    rules: Rules, how: str, heads: list[str], name: str, value: str, place: int
) -> None:
    cell = "EF"[place] + "1"
    same = read(rules, form(heads, [value, value], [None, None], {4 + place}), how)
    assert (cells(same, name), said(same)) == ([value, ""], [("S27", INFO, cell)])


def test_a_hidden_column_that_says_something_else_is_asked_about(rules: Rules) -> None:
    found = read(rules, form(["联系电话", "电话"], ["13812345678", "13900000001"], [None, "13900000002"], hidden={5}))
    assert cells(found, "phone") == ["13812345678", ""]
    assert said(found) == [("S27", WARNING, "F1")]
    assert found.faults[0].message == (
        "「登记」表F列“电话”是隐藏的，“联系电话”取的是看得见的E列；两列第2行等2行不一样（隐藏的是“13900000001”，"
        "看得见的是“13812345678”）"
    )


def test_what_only_the_hidden_column_holds_in_a_row_is_said(rules: Rules) -> None:
    found = read(rules, form(["意见建议", "建议"], ["修路", "修路"], [None, "建议装灯"], hidden={5}))
    assert cells(found, "suggestion") == ["修路", ""]
    assert said(found) == [("S27", WARNING, "F1")]
    assert "第3行不一样（隐藏的是“建议装灯”，看得见的是“空的”）" in found.faults[0].message


@pytest.mark.parametrize("empty", [None, "无", "/"])
def test_a_hidden_cell_that_says_nothing_differs_from_nothing(rules: Rules, empty: str | None) -> None:
    found = read(rules, form(["意见建议", "建议"], ["修路", empty], ["装灯", None], hidden={5}))
    assert said(found) == [("S27", INFO, "F1")]


def test_a_hidden_column_beside_one_that_is_empty_throughout_is_read_and_asked_about(rules: Rules) -> None:
    found = read(rules, form(["联系电话", "电话"], [None, "13900000001"], [None, None], hidden={5}))
    assert (cells(found, "phone"), said(found)) == (["13900000001", ""], [("S27", WARNING, "E1")])
    assert found.faults[0].message == "「登记」表E列“联系电话”是空的，“联系电话”取的是隐藏的F列"


def test_the_second_column_of_a_merged_heading_may_be_hidden(rules: Rules) -> None:
    heads, merge = ["联系电话", None], [(0, 4, 0, 5)]
    found = read(rules, form(heads, ["13812345678", "13900000001"], [None, None], {5}, merge))
    assert (cells(found, "phone"), said(found)) == (["13812345678", ""], [("S27", WARNING, "F1")])


@pytest.mark.parametrize(
    ("heads", "one", "hidden", "expected"),
    [
        (["联系电话", "备注"], ["13812345678", "独居"], {4}, []),  # a hidden column that is nobody's twin is data
        (["联系电话", "电话"], ["13812345678", "13812345678"], set(), ["S02 F1"]),
        (["联系电话", "电话"], ["13812345678", "13812345678"], {4, 5}, ["S02 F1"]),
        (["联系电话", "电话", "手机"], ["13812345678"] * 3, {4}, ["S27 E1", "S02 G1"]),
        (["是否党员", "是否党员"], ["是", "否"], {5}, ["S03 E1", "S03 F1"]),  # of no field
    ],
)
def test_what_is_no_hidden_twin(
    rules: Rules, heads: list[str], one: list[str], hidden: set[int], expected: list[str]
) -> None:
    found = read(rules, form(heads, one, [None] * len(one), hidden))
    assert sorted(f"{fault.code} {fault.cell}" for fault in found.faults) == sorted(expected)
    if not expected:
        assert cells(found, "phone") == ["13812345678", ""]


def test_a_hidden_serial_number_is_no_fault(rules: Rules) -> None:
    made = Sheet("登记", hidden_columns={1})
    made.lay(0, 0, ["序号", "编号", *HEAD])
    made.lay(1, 0, [1, 7, *ZHANG])
    assert said(read(rules, made)) == [("S27", INFO, "B1")]


def test_a_hidden_twin_of_a_visible_cadre_s_telephone_makes_it_nobody_s(rules: Rules) -> None:
    made = Sheet("登记", hidden_columns={5})
    made.lay(0, 0, ["走访日期", "走访干部", "联系电话", "走访对象", "对象类别", "联系电话"])
    made.lay(1, 0, ["2023-9-20", "李明", "13900000001", "张三", "其他", "13812345678"])
    made.lay(2, 0, ["2023-9-21", "李明", "13900000001", "王五", "其他", "13812345679"])
    found = read(rules, made)
    assert cells(found, "phone") == ["", ""]
    assert sorted(said(found)) == [("S27", WARNING, "F1"), ("S30", WARNING, "C1")]


def test_rules_of_another_time_saw_no_hidden_columns(rules: Rules) -> None:
    sheet = form(["联系电话", "电话"], ["13812345678", "13812345678"], [None, None], {5})
    older = read(replace(rules, generation=Generation.AUDIENCES), sheet)
    assert said(older) == [("S02", "error", "F1")]


@pytest.mark.published
def test_the_home_keeps_what_is_seen_and_marks_the_hidden_heading(office: Office) -> None:
    sheet = form(["联系电话", "电话"], ["1381234567", "13900000001"], ["13812345679", None], {5})
    office.take("工会/登记.xlsx", write([sheet], "xlsx"))
    assert [(row.household, row.phone) for row in office.frames().visits.itertuples()] == [("王五", "13812345679")]
    (copy,) = [data for path, data in office.outbox().items() if path.startswith("退回/工会/")]
    marked: Any = openpyxl.load_workbook(io.BytesIO(copy))["登记"]
    assert "还差1位" in marked["E2"].comment.text and marked["F2"].comment is None
    assert "是隐藏的" in marked["F1"].comment.text
    found = trace("附件1!走访明细!I5", office.home, office.fold(), office.today).sources
    assert [(source.cell, source.value) for source in found] == [("E3", "13812345679")]
    assert rebuild(office.home) == []


def test_the_rules_that_knew_the_habits_did_not_know_hidden_columns(rules: Rules) -> None:
    sheet = form(["联系电话", "电话"], ["13812345678", None], ["13812345679", None], {5})
    assert [code for code, severity, _ in said(read(rules, sheet)) if severity == "error"] == []
    older = read(replace(rules, generation=Generation.HABITS), sheet)
    assert "S27" in [code for code, _, _ in said(read(rules, sheet))]
    assert "S27" not in [code for code, _, _ in said(older)]
