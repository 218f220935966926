"""Ticks: under the values of a choice, each the heading of a column, and beside several values in one cell."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from conftest import TODAY, Office, Read
from tables import rows, workbook, workbook_of
from writers import Sheet, write

from dazoufang.commands.rebuild import rebuild
from dazoufang.commands.trace import trace
from dazoufang.judging.examine import Examined, examine_bytes
from dazoufang.rules.campaign import Rules
from dazoufang.rules.generations import Generation

VALUES = ("联点乡镇群众", "人大代表", "政协委员", "原民代幼人员", "其他")
HEAD = ["走访日期", "走访干部", "走访对象"]
ZHANG = ["2023-9-20", "李明", "张三"]
WANG = ["2023-9-21", "李明", "王五"]
DISPUTE = ["走访日期", "走访干部", "当事人", "纠纷类别", "主要情况及诉求"]
CASE = ["2023-9-20", "李明", "张三", "邻里关系", "与邻居因排水沟改道争执"]


def form(*rows_: Sequence[Any], group: str = "对象类别", values: Sequence[str] = VALUES, merged: bool = True) -> Sheet:
    """A form of visits whose kinds of household are columns; `group` is merged over them, "" there is none."""
    made = Sheet("登记")
    head = 0
    if group:
        made.lay(0, 0, [*HEAD, group, *[None] * (len(values) - 1), "乡镇", "联系电话"])
        made.lay(1, 3, values)
        if merged:
            right = 3 + len(values)
            others = (0, 1, 2, right, right + 1)
            made.merges = [(0, 3, 0, right - 1), *((0, column, 1, column) for column in others)]
        else:
            made.lay(1, 3 + len(values), ["", ""])
        head = 1
    else:
        made.lay(0, 0, [*HEAD, *values, "乡镇", "联系电话"])
    for at, line in enumerate(rows_, head + 1):
        made.lay(at, 0, line)
    return made


def visit(line: Sequence[Any], *marks: Any) -> list[Any]:
    return [*line, *marks, *[None] * (5 - len(marks)), "章华镇", "13812345678"]


def judged(rules: Rules, sheet: Sheet, how: str = "xlsx", name: str = "走访登记表") -> Examined:
    return examine_bytes(write([sheet], how), f"{name}.{how}", rules, TODAY)


def values(found: Examined, name: str = "target_kind") -> list[str]:
    return [row.values.get(name, "") for part in found.parts for row in part.rows]


def marks(found: Examined) -> list[str]:
    return [f"{fault.code} {fault.cell}" for fault in found.faults]


def mended(found: Examined) -> list[str]:
    return [f"{repair.cell} {repair.how}：{repair.before} → {repair.after}" for repair in found.repairs]


# -- under the values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["xlsx", "openpyxl", "xls", "et", "ods"])
def test_the_value_over_the_tick_is_the_row_s_and_said_at_the_ticked_cell(rules: Rules, how: str) -> None:
    found = judged(rules, form(visit(ZHANG, None, "√"), visit(WANG, "√")), how)
    assert (values(found), marks(found)) == (["人大代表", "联点乡镇群众"], [])
    assert [line for line in mended(found) if "打勾" in line] == ["E3 打勾：√ → 人大代表", "D4 打勾：√ → 联点乡镇群众"]
    assert values(found, "phone") == ["13812345678", "13812345678"]


@pytest.mark.parametrize("how", ["csv utf-8", "csv gb18030", "xlsx", "ods"])
def test_a_group_that_nobody_merged_and_no_group_at_all_are_read_too(rules: Rules, how: str) -> None:
    lines = visit(ZHANG, None, "√"), visit(WANG, None, None, None, None, "√")
    for made in (form(*lines, merged=False), form(*lines, group="")):
        found = judged(rules, made, how.split()[0] if how.startswith("csv") is False else how)
        assert (values(found), marks(found)) == (["人大代表", "其他"], [])


@pytest.mark.parametrize(
    "group", ["对象类别", "人员类别", "身份", "对象类别（打√）", "对 象 类 别", "*对象类别", "2.对象类别"]
)
def test_the_group_may_have_any_heading_of_the_field(rules: Rules, group: str) -> None:
    assert values(judged(rules, form(visit(ZHANG, None, None, "√"), group=group))) == ["政协委员"]


def test_values_may_be_spelt_as_in_cells_and_some_may_be_missing(rules: Rules) -> None:
    heads = ["群众", "人大代表（打√）", "政协委员", "原民代幼", "其它"]
    assert values(judged(rules, form(visit(ZHANG, "√"), visit(WANG, None, None, None, "√"), values=heads))) == [
        "联点乡镇群众",
        "原民代幼人员",
    ]
    made = Sheet("登记")
    for row, line in enumerate(
        rows("走访日期 | 走访干部 | 走访对象 | 对象类别\n| | | | 人大代表 | 其他\n2023-9-20 | 李明 | 张三 | | √")
    ):
        made.lay(row, 0, line)
    made.merges = [(0, 3, 0, 4), *((0, column, 1, column) for column in range(3))]
    assert (values(judged(rules, made)), marks(judged(rules, made))) == (["其他"], [])


@pytest.mark.parametrize(
    "tick", ["√", "✓", "✔", "✔️", "☑", "■", "▣", "对勾", "勾", " √ ", "人大代表", "是", "1", 1, 1.0]
)
def test_the_ways_to_tick(rules: Rules, tick: Any) -> None:
    found = judged(rules, form(visit(ZHANG, None, tick), visit(WANG, None, None, tick if tick != "人大代表" else "√")))
    assert (values(found), marks(found)) == (["人大代表", "政协委员"], [])


@pytest.mark.parametrize("no", ["×", "否", "/", "—", "无", "0", 0])
def test_what_says_no_beside_a_tick_is_no_second_one(rules: Rules, no: Any) -> None:
    found = judged(rules, form(visit(ZHANG, no, "√", no, no, no)))
    assert (values(found), marks(found)) == (["人大代表"], [])


@pytest.mark.parametrize("odd", ["×", "2", 3, "√？", "张三", "v", "#N/A"])
def test_something_else_than_a_tick_is_a_fault_at_its_cell(rules: Rules, odd: Any) -> None:
    found = judged(rules, form(visit(ZHANG, None, odd), visit(WANG, "√")))
    assert [mark for mark in marks(found) if mark[0] in "CR"] == ["R24 E3"]
    assert [row.held for part in found.parts for row in part.rows] == [True, False]


def test_two_ticks_in_a_row_are_asked_row_by_row(rules: Rules) -> None:
    found = judged(rules, form(visit(ZHANG, "√", "√"), visit(WANG, "√", "√")))
    assert marks(found) == ["R24 D3", "R24 D4"]
    assert found.faults[0].message == (
        "「登记」表 D3（第3行·对象类别）勾了2项（D3“联点乡镇群众”、E3“人大代表”），不知道是哪一项"
    )
    assert found.faults[0].remedy == (
        "请只勾一项（√），别的空着；也可以改成一列，直接写上是哪一项，可填：联点乡镇群众、人大代表、政协委员、原民代幼人员、其他"
    )


def test_no_tick_is_an_empty_cell(rules: Rules) -> None:
    found = judged(rules, form(visit(ZHANG), visit(WANG, "√")))
    assert (marks(found), values(found)) == (["C01 D3"], ["", "联点乡镇群众"])


def test_a_figure_is_no_tick_where_others_stand_under_the_values(rules: Rules) -> None:
    found = judged(rules, form(visit(ZHANG, None, 1), visit(WANG, None, 3)))
    assert marks(found) == ["R24 E3", "R24 E4"]


def test_a_tick_merged_over_rows_and_one_repeated_by_signs_hold_for_each(rules: Rules) -> None:
    made = form(visit(ZHANG, None, "√"), visit(WANG))
    made.merges.append((2, 4, 3, 4))
    assert values(judged(rules, made)) == ["人大代表", "人大代表"]
    assert values(judged(rules, form(visit(ZHANG, None, "√"), visit(WANG, None, "〃")))) == ["人大代表", "人大代表"]
    assert marks(judged(rules, form(visit(ZHANG, None, "√"), visit(WANG, "〃")))) == ["R24 D4"]


def test_telephones_beside_the_last_value_are_the_households(rules: Rules) -> None:
    made = Sheet("登记")
    made.lay(0, 0, [*HEAD, *VALUES[:4], "联系电话"])
    made.lay(1, 0, [*ZHANG, None, "√", None, None, "13812345678"])
    made.lay(2, 0, [*WANG, None, "√", None, None, "13812345678"])
    assert values(judged(rules, made), "phone") == ["13812345678", "13812345678"]


@pytest.mark.parametrize(
    ("group", "columns", "name", "title"),
    [
        ("办理状态", ["未启动", "正在化解", "已化解"], "status", "正在化解"),
        ("办理状态", ["未启动", "化解中", "已办结"], "status", "正在化解"),
        ("满意度", ["满意", "基本满意", "不满意"], "satisfaction", "基本满意"),
        ("是否运用群英断是非", ["是", "否"], "jury", "否"),
        ("风险等级", ["一般", "涉稳"], "risk", "涉稳风险"),
        ("回访方式", ["上门", "电话", "其他"], "follow_up_mode", "电话"),  # 电话 alone is a telephone
        ("", ["满意", "基本满意", "不满意"], "satisfaction", "基本满意"),
    ],
)
def test_every_choice_of_every_form_may_be_ticked(
    rules: Rules, group: str, columns: list[str], name: str, title: str
) -> None:
    made = Sheet("登记")
    status = [] if name == "status" else ["办理状态"]
    head = [*DISPUTE, *status]
    made.lay(0, 0, [*head, *([group] if group else columns)])
    if group:
        made.lay(1, len(head), columns)
        made.merges = [(0, len(head), 0, len(head) + len(columns) - 1), *((0, at, 1, at) for at in range(len(head)))]
    line = [*CASE, *(["正在化解"] if status else []), None, "√"]
    made.lay(1 + bool(group), 0, line)
    found = judged(rules, made, name="矛盾纠纷事项办理表")
    assert (values(found, name), [mark for mark in marks(found) if mark[0] != "R"]) == ([title], [])


def test_of_a_field_that_takes_several_all_ticked_ones_count(rules: Rules) -> None:
    made = Sheet("登记")
    made.lay(0, 0, [*HEAD, "对象类别", "宣讲内容"])
    made.lay(1, 4, ["政策", "法律", "工作", "安全"])
    made.merges = [(0, 4, 0, 7), *((0, at, 1, at) for at in range(4))]
    made.lay(2, 0, [*ZHANG, "其他", "√", None, None, "√"])
    assert (values(judged(rules, made), "topics"), marks(judged(rules, made))) == (["政策、安全"], [])


# -- what is not taken ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        # two of the values without a heading over them are too little
        ("走访日期 | 走访干部 | 走访对象 | 人大代表 | 政协委员\n2023-9-20 | 李明 | 张三 | √ | ", "S01"),
        # 满意 and 不满意 twice: of the household and of the unit
        (
            "走访日期 | 走访干部 | 走访对象 | 人大代表 | 政协委员 | 其他 | 人大代表\n2023-9-20 | 李明 | 张三 | √ | | | ",
            "S01",
        ),
        # another column between the values
        (
            "走访日期 | 走访干部 | 走访对象 | 人大代表 | 年龄 | 政协委员 | 其他\n2023-9-20 | 李明 | 张三 | √ | 50 | | ",
            "S01",
        ),
    ],
)
def test_values_that_are_not_certain_to_be_one_choice_stay_a_plain_fault(read: Read, table: str, expected: str) -> None:
    found = read(table)
    assert values(found) == [""] and expected in [fault.code for fault in found.faults]


def test_a_column_under_the_group_that_is_no_value_leaves_all_a_plain_fault(rules: Rules) -> None:
    found = judged(
        rules, form(visit(ZHANG, None, "√"), values=["联点乡镇群众", "人大代表", "村干部", "政协委员", "其他"])
    )
    assert values(found) == [""] and "人大代表" not in mended(found)
    assert {fault.severity for fault in found.faults} >= {"error"}


def test_a_column_of_its_own_beside_the_values_is_a_fault_that_names_both(rules: Rules) -> None:
    made = form(visit(ZHANG, None, "√"))
    made.lay(0, 10, ["对象类别"])
    made.lay(2, 10, ["人大代表"])
    assert "S02" in [fault.code for fault in judged(rules, made).faults]


def test_a_table_of_figures_is_no_form_with_ticks(read: Read) -> None:
    found = examined_summary(read)
    assert [part.form for part in found.parts] == ["claimed_totals"]  # what the unit claims, and no visit
    assert [fault.code for fault in found.faults] == ["S37"]


def examined_summary(read: Read) -> Examined:
    head = "单位 | 走访干部 | 走访户数 | 联点乡镇群众 | 人大代表 | 政协委员 | 其他"
    data = workbook(f"{head}\n工会 | 李明 | #5 | #3 | #1 | #1 | #0\n工会 | 王芳 | #4 | #4 | #0 | #0 | #0", sheet="统计")
    return read(data)


def test_rules_of_another_time_knew_no_ticks(rules: Rules) -> None:
    older = judged(replace(rules, generation=Generation.AUDIENCES), form(visit(ZHANG, None, "√")))
    assert values(older) == [""] and not [line for line in mended(older) if "打勾" in line]


# -- in one cell ---------------------------------------------------------------------------------------------

ONE_CELL = "走访日期 | 走访干部 | 走访对象 | 对象类别\n2023-9-20 | 李明 | 张三 | {}"


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("☑联点乡镇群众 □人大代表 □政协委员", "联点乡镇群众"),
        ("□联点乡镇群众 ☑人大代表 □政协委员", "人大代表"),
        ("☐联点乡镇群众☑人大代表☐政协委员☐其他", "人大代表"),
        ("□联点乡镇群众 □√人大代表", "人大代表"),
        ("√群众 人大代表", "联点乡镇群众"),
        ("群众 √人大代表 政协委员", "人大代表"),
        ("群众 人大代表√ 政协委员", "人大代表"),
        ("人大代表√", "人大代表"),
        ("√ 人大代表", "人大代表"),
        ("群众□ 人大代表■ 政协委员□", "人大代表"),
        ("□群众\\n□人大代表\\n▣政协委员", "政协委员"),
        ("□群众、□人大代表、✓其他（请注明）：____", "其他"),
        ("□村干部 ✔人大代表", "人大代表"),
    ],
)
def test_the_one_ticked_value_of_a_cell_is_its_value_and_said(read: Read, typed: str, title: str) -> None:
    found = read(ONE_CELL.format(typed))
    assert (values(found), marks(found)) == ([title], [])
    assert next(repair for repair in mended(found) if " 打勾：" in repair).endswith(f"→ {title}")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("☑联点乡镇群众 ☑人大代表", "R24"),
        ("√群众 √人大代表", "R24"),
        ("群众√人大代表 政协委员", "R24"),
        ("☑群众☑", "R24"),
        ("☑群众 ☑村干部", "R24"),
        ("√群众 村里的老人", "R24"),
        ("□联点乡镇群众 □人大代表", "C01"),
        ("√", "C11"),
        ("☑村干部 □人大代表", "C11"),
        ("联点群众和人大代表", "C11"),
    ],
)
def test_what_ticks_none_or_several_or_nobody_can_tell_is_a_fault(read: Read, typed: str, code: str) -> None:
    found = read(ONE_CELL.format(typed))
    assert (values(found), marks(found)) == ([""], [f"{code} D2"])


def test_boxes_that_wait_in_a_column_that_may_be_empty_are_no_fault(rules: Rules) -> None:
    head = "走访日期 | 走访干部 | 当事人 | 纠纷类别 | 主要情况及诉求 | 办理状态 | 满意度 | 是否运用群英断是非"
    line = "2023-9-20 | 李明 | 张三 | 邻里关系 | 争执 | 正在化解 | □满意 □基本满意 □不满意 | √是 □否"
    found = examine_bytes(workbook(f"{head}\n{line}"), "矛盾纠纷事项办理表.xlsx", rules, TODAY)
    assert (values(found, "satisfaction"), values(found, "jury"), marks(found)) == ([""], ["是"], [])


def test_several_may_be_ticked_where_several_may_be_chosen(read: Read) -> None:
    head = "走访日期 | 走访干部 | 走访对象 | 对象类别 | 宣讲内容"
    found = read(f"{head}\n2023-9-20 | 李明 | 张三 | 其他 | ☑政策 □法律 □工作 ☑安全")
    assert (values(found, "topics"), marks(found)) == (["政策、安全"], [])


def test_a_value_of_two_words_is_one_value(rules: Rules) -> None:
    head = "反映日期 | 走访干部 | 反映人 | 事项类别 | 意见建议内容 | 办理状态 | 结果分类"
    line = "2023-9-20 | 李明 | 张三 | 道路交通 | 建议修路 | 正在办理 | □A 已解决 ☑B 列入计划 □D 留作参考"
    found = examine_bytes(workbook(f"{head}\n{line}"), "意见建议事项办理表.xlsx", rules, TODAY)
    assert (values(found, "result_class"), marks(found)) == (["B 列入计划"], [])


def test_rules_of_another_time_took_no_ticked_cell(rules: Rules) -> None:
    data = workbook(ONE_CELL.format("☑联点乡镇群众 □人大代表"))
    older = examine_bytes(data, "走访登记表.xlsx", replace(rules, generation=Generation.AUDIENCES), TODAY)
    assert marks(older) == ["C11 D2"]


# -- in a home -----------------------------------------------------------------------------------------------


@pytest.mark.published
def test_a_ticked_value_is_traced_to_its_cell_and_mistakes_are_marked_there(office: Office) -> None:
    sheet = form(visit(ZHANG, None, None, "√"), visit(WANG, None, "√", "√"))
    office.take("工会/登记.xlsx", write([sheet], "xlsx"))
    assert [(row.household, row.target_kind) for row in office.frames().visits.itertuples()] == [("张三", "政协委员")]
    found = trace("附件1!走访明细!F5", office.home, office.fold(), office.today).sources
    assert [(source.cell, source.value) for source in found] == [("F3", "政协委员")]
    (copy,) = [data for path, data in office.outbox().items() if path.startswith("退回/工会/")]
    marked: Any = openpyxl.load_workbook(io.BytesIO(copy))["登记"]
    assert "勾了2项" in marked["E4"].comment.text
    assert [marked[cell].comment for cell in ("D4", "F4", "D3", "F3")] == [None] * 4
    assert rebuild(office.home) == []


def test_the_returned_copy_mended_by_one_tick_is_taken(office: Office) -> None:
    office.take("工会/登记.xlsx", workbook_of({"登记": form(visit(ZHANG, "√", "√"), group="").rows()}))
    assert len(office.frames().visits) == 0
    office.take("工会/登记.xlsx", workbook_of({"登记": form(visit(ZHANG, "√"), group="").rows()}))
    assert [row.target_kind for row in office.frames().visits.itertuples()] == ["联点乡镇群众"]
