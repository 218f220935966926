"""Marks that were typed or exported before a value, and characters that nobody sees, go; what quotes or means stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from conftest import TODAY, Office
from dressed import HEAD, KINDS, dressed, name_of, visit, visits

from dazoufang.judging.examine import Examined, examine_bytes
from dazoufang.rules.campaign import Rules
from dazoufang.rules.generations import Generation

ALL_KINDS = (*KINDS, "csv", "csv gb18030")


def file_of(lines: Any, kind: str) -> tuple[bytes, str]:
    if not kind.startswith("csv"):
        return dressed(lines, kind), name_of(kind)
    text = "\n".join(",".join("" if cell is None else str(cell) for cell in line) for line in lines)
    return text.encode("gb18030" if kind.endswith("gb18030") else "utf-8-sig"), "登记.csv"


def judged(rules: Rules, kind: str, *lines: Any) -> Examined:
    return examine_bytes(*file_of(visits(*lines), kind), rules, TODAY)


CELLS = [
    ("走访对象", "'张三", "household", "张三"),
    ("走访对象", "’张三", "household", "张三"),
    ("走访对象", "'张三'", "household", "张三"),
    ("联系电话", "'13812345678", "phone", "13812345678"),
    ("联系电话", "’13812345678", "phone", "13812345678"),
    ("联系电话", '="13812345678"', "phone", "13812345678"),
    ("村组", "`沙口村5组", "village", "沙口村5组"),
    ("村组", '="沙口村5组"', "village", "沙口村5组"),
    ("走访日期", "'2023-9-20", "visited_on", "2023-09-20"),
    ("走访日期", '="2023-9-20"', "visited_on", "2023-09-20"),
    ("走访干部", "'李明", "cadres", "李明"),
    ("对象类别", '="人大代表"', "target_kind", "人大代表"),
    ("意见建议", "'建议修路", "suggestion", "建议修路"),
    ("乡镇", "＇章华镇", "township", "章华镇"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("heading", "field", "value"),
    [
        ("走访对象", "household", "张三"),
        ("走访干部", "cadres", "李明"),
        ("乡镇", "township", "章华镇"),
        ("联系电话", "phone", "13812345678"),
    ],
)
def test_quotation_marks_around_a_whole_cell_go_and_are_said(
    rules: Rules, kind: str, heading: str, field: str, value: str
) -> None:
    found = judged(rules, kind, visit(**{heading: f'"{value}"'}))
    assert (found.parts[0].rows[0].values[field], found.faults) == (value, [])
    assert ("去掉多打的引号", f'"{value}"', value) in [
        (fixed.how, fixed.before, fixed.after) for fixed in found.repairs
    ]


def test_what_is_quoted_within_a_text_stays(rules: Rules) -> None:
    for text in ('"群英"断"是非"', '反映"路灯不亮"', '"'):
        found = judged(rules, "xlsx", visit(走访对象="王五", 意见建议=text), visit(意见建议=text))
        assert found.parts[0].rows[0].values.get("suggestion", text) == text


@pytest.mark.parametrize("kind", ALL_KINDS)
@pytest.mark.parametrize(("heading", "typed", "field", "value"), CELLS)
def test_a_mark_typed_before_a_value_goes_and_is_said(
    rules: Rules, kind: str, heading: str, typed: str, field: str, value: str
) -> None:
    found = judged(rules, kind, visit(**{heading: typed}))
    assert (found.parts[0].rows[0].values[field], found.faults) == (value, [])
    said = [(fixed.how, fixed.before, fixed.after) for fixed in found.repairs if fixed.how == "去掉多打的引号"]
    assert said == [("去掉多打的引号", typed, value)]


@pytest.mark.parametrize("kind", ALL_KINDS)
@pytest.mark.parametrize(
    "typed",
    [
        "‘五保户’要求修房",
        "’98年洪水冲毁房屋",
        "'90后想返乡创业",
        "＝同意修路",
        "建议修‘断头路’",
        "称'不知道'",
        "'一'与'二'之争",
    ],
)
def test_what_quotes_or_stands_for_something_stays(rules: Rules, kind: str, typed: str) -> None:
    assert judged(rules, kind, visit(意见建议=typed)).parts[0].rows[0].values["suggestion"] == typed


def test_a_ditto_mark_is_no_typed_mark(rules: Rules) -> None:
    found = judged(rules, "xlsx", visit(), visit(走访对象="王五", 乡镇="''", 走访干部="’’"))
    assert [row.values["township"] for row in found.parts[0].rows] == ["章华镇", "章华镇"]
    assert found.faults == []


def test_an_export_wraps_every_cell_with_its_headings_and_empty_ones(rules: Rules) -> None:
    lines = [[f'="{cell}"' for cell in HEAD], ['=""' if cell is None else f'="{cell}"' for cell in visit()]]
    text = "\n".join(",".join(line) for line in lines)
    found = examine_bytes(text.encode("gb18030"), "登记.csv", rules, TODAY)
    assert found.faults == []
    assert found.parts[0].rows[0].values["household"] == "张三"
    assert "remark" not in found.parts[0].rows[0].values


def test_the_fault_of_a_marked_value_shows_what_was_typed(rules: Rules) -> None:
    found = judged(rules, "xlsx", visit(联系电话="'1380000"))
    assert [(fault.code, fault.value) for fault in found.faults] == [("C09", "'1380000")]


@pytest.mark.parametrize("kind", ("xlsx", "xls", "ods", "csv"))
@pytest.mark.parametrize(
    ("heading", "typed", "field", "value"),
    [
        ("意见建议", "建议\u200b修路", "suggestion", "建议修路"),
        ("意见建议", "建议\ufeff修路\u00a0并装灯", "suggestion", "建议修路 并装灯"),
        ("备注", "\u2060已\u200e核", "remark", "已核"),
        ("村组", "沙口村\u00a05组", "village", "沙口村 5组"),
        ("走访对象", "张\u200b三", "household", "张三"),
        ("走访对象", "张\u00a0三", "household", "张三"),
        ("走访干部", "李\u200b明", "cadres", "李明"),
        ("联系电话", "138\u200b1234\u00a05678", "phone", "13812345678"),
        ("走访日期", "2023-9-\u200b20", "visited_on", "2023-09-20"),
        ("乡镇", "\ufeff章华镇", "township", "章华镇"),
        ("走访对象", "\u200b'张三", "household", "张三"),
    ],
)
def test_characters_that_nobody_sees_go_and_are_said(
    rules: Rules, kind: str, heading: str, typed: str, field: str, value: str
) -> None:
    found = judged(rules, kind, visit(**{heading: typed}))
    assert (found.parts[0].rows[0].values[field], found.faults) == (value, [])
    column = HEAD.index("村(社区)组" if heading == "村组" else heading)
    assert [fixed.after for fixed in found.repairs if fixed.cell == f"{'ABCDEFGHIJ'[column]}2"] == [value]


@pytest.mark.parametrize("typed", ["建议修路👨\u200d👩\u200d👧", "第一行\n第二行", "建议修路 并装灯", "路窄①处"])
def test_what_means_something_stays_in_a_text(rules: Rules, typed: str) -> None:
    assert judged(rules, "xlsx", visit(意见建议=typed)).parts[0].rows[0].values["suggestion"] == typed


@pytest.mark.parametrize("kind", ("xlsx", "xls", "csv"))
def test_the_freed_value_reaches_the_annex(office: Office, kind: str) -> None:
    data, name = file_of(visits(visit(走访对象="'张三", 联系电话='="13812345678"', 意见建议="建议\u200b修路")), kind)
    office.take(f"工会/{name}", data)
    frames = office.frames()
    assert list(frames.visits[["household", "phone"]].itertuples(index=False, name=None)) == [("张三", "13812345678")]
    assert office.items("person", "matter") == [("张三", "建议修路")]


def test_rules_of_an_older_program_keep_marks(rules: Rules) -> None:
    older = replace(rules, generation=Generation.AUDIENCES)
    found = judged(older, "xlsx", visit(走访对象="'张三", 意见建议="建议\u200b修路"))
    row = found.parts[0].rows[0]
    assert (row.values["household"], row.values["suggestion"]) == ("'张三", "建议\u200b修路")
