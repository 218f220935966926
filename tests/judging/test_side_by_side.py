"""Two tables side by side on one sheet: both read where it is certain which column is whose, else one plain fault."""

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
from dazoufang.rules.campaign import Rules
from dazoufang.rules.generations import Generation

VISIT = ["走访日期", "走访干部", "走访对象", "对象类别", "联系电话", "备注"]
ZHANG = ["2023-9-20", "李明", "张三", "其他", "13812345678", "独居"]
WANG = ["2023-9-21", "李明", "王五", "人大代表", "13812345679", "左邻"]
ZHAO = ["2023-9-22", "王芳", "赵六", "政协委员", "13812345670", "右舍"]
QIAN = ["2023-9-25", "王芳", "钱七", "其他", "13812345671", "新居"]
DISPUTE = ["走访日期", "走访干部", "当事人", "纠纷类别", "主要情况及诉求", "办理状态"]
CASE = ["2023-9-20", "李明", "张三", "邻里关系", "与邻居因排水沟改道争执", "正在化解"]
NONE = [None] * 6
GAP: list[Any] = [None]
BOTH = [(ZHANG, ZHAO), (WANG, QIAN)]
ALL = ["张三", "王五", "赵六", "钱七"]


def beside(
    heads: tuple[Sequence[Any], Sequence[Any]],
    lines: Sequence[tuple[Sequence[Any], Sequence[Any]]] = BOTH,
    *,
    gap: Sequence[Any] = (),
    above: Sequence[Sequence[Any]] = (),
    below: Sequence[Sequence[Any]] = (),
    merges: Sequence[tuple[int, int, int, int]] = (),
) -> Sheet:
    made = Sheet("登记", merges=list(merges))
    pairs = [heads, *lines]
    for row, line in enumerate([*above, *([*left, *gap, *right] for left, right in pairs), *below]):
        made.lay(row, 0, line)
    return made


def judged(rules: Rules, sheet: Sheet, how: str = "xlsx", name: str = "登记") -> Examined:
    return examine_bytes(write([sheet], how), f"{name}.{how.split()[0]}", rules, TODAY)


def rows_of(found: Examined, *names: str) -> list[tuple[str, ...]]:
    return [
        (part.form, *(row.values.get(name, "") for name in names))
        for part in found.parts
        for row in part.rows
        if not row.held
    ]


def people(found: Examined) -> list[str]:
    return [row.values.get("household", row.values.get("person", "")) for part in found.parts for row in part.rows]


def said(found: Examined) -> list[tuple[str, str, str]]:
    return [(fault.code, str(fault.severity), fault.cell) for fault in found.faults]


@pytest.mark.parametrize("how", ["xlsx", "openpyxl", "xls", "et", "ods", "csv utf-8", "csv gb18030"])
@pytest.mark.parametrize("gap", [(), GAP, [None, None]])
def test_the_same_form_twice_is_read_twice_and_said(rules: Rules, how: str, gap: list[Any]) -> None:
    found = judged(rules, beside((VISIT, VISIT), gap=gap), how)
    assert said(found) == [("S33", "info", "")]
    assert rows_of(found, "household", "cadres", "phone", "remark") == [
        ("visit", "张三", "李明", "13812345678", "独居"),
        ("visit", "王五", "李明", "13812345679", "左邻"),
        ("visit", "赵六", "王芳", "13812345670", "右舍"),
        ("visit", "钱七", "王芳", "13812345671", "新居"),
    ]


def test_the_words_name_the_columns_of_each(rules: Rules) -> None:
    (fault,) = judged(rules, beside((VISIT, VISIT), gap=GAP)).faults
    assert fault.message == "「登记」表左右并排有2张表，分开读了：A至F列走访登记表、H至M列走访登记表"


@pytest.mark.parametrize("gap", [(), GAP])
@pytest.mark.parametrize("left", [True, False])
def test_the_serial_number_belongs_to_the_table_that_it_begins(rules: Rules, gap: list[Any], left: bool) -> None:
    heads = (["序号", *VISIT] if left else VISIT), ["序号", *VISIT]
    lines = [((["1", *one] if left else one), ["7", *other]) for one, other in BOTH]
    found = judged(rules, beside(heads, lines, gap=gap))
    assert (people(found), said(found)) == (ALL, [("S33", "info", "")])


@pytest.mark.parametrize("name", ["登记", "走访登记表", "矛盾纠纷事项办理表"])
@pytest.mark.parametrize("turned", [False, True])
def test_two_forms_side_by_side_are_each_read_as_their_own(rules: Rules, name: str, turned: bool) -> None:
    heads, lines = (VISIT, DISPUTE), [(ZHANG, CASE), (WANG, NONE)]
    if turned:
        heads, lines = (DISPUTE, VISIT), [(CASE, ZHANG), (NONE, WANG)]
    found = judged(rules, beside(heads, lines, gap=GAP), name=name)
    assert sorted(rows_of(found, "remark", "matter")) == [
        ("dispute", "", "与邻居因排水沟改道争执"),
        ("visit", "左邻", ""),
        ("visit", "独居", ""),
    ]
    assert said(found) == [("S33", "info", "")]


def test_two_forms_without_a_column_between_are_told_apart_by_their_first_columns(rules: Rules) -> None:
    numbered = judged(rules, beside((VISIT, ["序号", *DISPUTE]), [(ZHANG, ["1", *CASE])]))
    alike = judged(rules, beside((VISIT, DISPUTE), [(ZHANG, CASE)]))
    for found in (numbered, alike):
        assert rows_of(found, "remark", "matter") == [
            ("visit", "独居", ""),
            ("dispute", "", "与邻居因排水沟改道争执"),
        ]
    turned = [DISPUTE[2], *DISPUTE[:2], *DISPUTE[3:]], [CASE[2], *CASE[:2], *CASE[3:]]
    unlike = judged(rules, beside((VISIT, turned[0]), [(ZHANG, turned[1])]))
    assert [code for code, severity, _ in said(unlike) if severity == "error"] == ["S36"] and rows_of(unlike) == []


def test_three_tables_side_by_side_are_three(rules: Rules) -> None:
    made = beside((VISIT, [*VISIT, None, *VISIT]), [(ZHANG, [*WANG, None, *ZHAO])], gap=GAP)
    found = judged(rules, made)
    assert (people(found), said(found)) == (["张三", "王五", "赵六"], [("S33", "info", "")])


def test_sides_may_be_of_different_length_or_empty(rules: Rules) -> None:
    found = judged(rules, beside((VISIT, VISIT), [(ZHANG, ZHAO), (WANG, NONE)], gap=GAP))
    assert (people(found), said(found)) == (["张三", "王五", "赵六"], [("S33", "info", "")])
    longer = judged(rules, beside((VISIT, VISIT), [(ZHANG, ZHAO), (NONE, QIAN)]))
    assert people(longer) == ["张三", "赵六", "钱七"]


def test_lines_over_and_under_the_tables_are_read_on_each_side(rules: Rules) -> None:
    above = [["华容县大走访登记表"], ["填报单位：工会", *NONE[1:], None, "填报时间：2023年10月12日"]]
    made = beside(
        (VISIT, VISIT),
        gap=GAP,
        above=above,
        below=[["填表人：李明", *NONE[1:], None, "审核人：王芳"]],
        merges=[(0, 0, 0, 12)],
    )
    found = judged(rules, made)
    assert (people(found), said(found)) == (ALL, [("S33", "info", "")])
    assert {row.unit for part in found.parts for row in part.rows} == {"工会"}


def test_group_headings_are_parted_too(rules: Rules) -> None:
    made = Sheet("登记")
    for left, line in ((0, ZHANG), (6, ZHAO)):
        made.lay(0, left, ["走访日期", "走访干部", "走访对象", None, None, "备注"])
        made.lay(1, left, [None, None, "姓名", "类别", "联系电话", None])
        made.lay(2, left, line)
        made.merges += [(0, left + 2, 0, left + 4), *((0, left + at, 1, left + at) for at in (0, 1, 5))]
    found = judged(rules, made)
    assert (people(found), said(found)) == (["张三", "赵六"], [("S33", "info", "")])


def test_merged_cells_and_repeat_signs_stay_on_their_side(rules: Rules) -> None:
    heads, lines = (VISIT, VISIT), [(ZHANG, ZHAO), (["〃", None, *WANG[2:]], ["〃", None, *QIAN[2:]])]
    found = judged(rules, beside(heads, lines, merges=[(1, 1, 2, 1), (1, 7, 2, 7)]))
    assert rows_of(found, "visited_on", "cadres", "household") == [
        ("visit", "2023-09-20", "李明", "张三"),
        ("visit", "2023-09-20", "李明", "王五"),
        ("visit", "2023-09-22", "王芳", "赵六"),
        ("visit", "2023-09-22", "王芳", "钱七"),
    ]


def test_a_band_merged_over_both_tables_is_both_tables_and_one_of_a_side_its_own(rules: Rules) -> None:
    lines: list[Any] = [(["章华镇", *NONE[1:]], NONE), *BOTH]
    found = judged(rules, beside((VISIT, VISIT), lines, merges=[(1, 0, 1, 11)]))
    assert rows_of(found, "township") == [("visit", "章华镇")] * 4
    own: list[Any] = [(["章华镇", *NONE[1:]], ["东山镇", *NONE[1:]]), *BOTH]
    found = judged(rules, beside((VISIT, VISIT), own))
    assert [town for _, town in rows_of(found, "township")] == ["章华镇", "章华镇", "东山镇", "东山镇"]


def test_a_visit_told_on_both_sides_counts_once_and_is_said(rules: Rules) -> None:
    found = judged(rules, beside((VISIT, VISIT), [(ZHANG, ZHANG)], gap=GAP))
    assert said(found) == [("S33", "info", ""), ("R05", "warning", "H2")]
    assert "A列起那张表的第2行" in found.faults[1].message


# -- what is not certain, or no such thing -------------------------------------------------------------------


@pytest.mark.parametrize(
    "heads",
    [
        (VISIT[:3], VISIT),  # the left one lacks a required column
        (VISIT, VISIT[:3]),  # the right one does
        ([*VISIT[:4], None, "联系电话"], VISIT[:4]),  # whose is 联系电话, behind the empty column?
        (VISIT, [*VISIT, "走访对象"]),  # the right one has a required column twice
        (["走访对象", "走访日期", "走访干部", "对象类别"], VISIT[:4]),  # where does the second one begin?
    ],
)
def test_what_is_not_certain_is_one_plain_fault_for_the_sheet(rules: Rules, heads: tuple[list[Any], list[Any]]) -> None:
    lines = [(ZHANG[: len(heads[0])], ZHAO[: len(heads[1])])]
    found = judged(rules, beside(heads, lines))
    structural = [code for code, severity, _ in said(found) if severity == "error" and code[0] == "S"]
    assert structural == ["S36"] and rows_of(found) == []


def test_days_that_are_no_days_make_it_uncertain(rules: Rules) -> None:
    found = judged(rules, beside((VISIT, VISIT), [(ZHANG, ["张三", "李明", *ZHAO[2:]])]))
    assert "S36" in [code for code, _, _ in said(found)] and rows_of(found) == []


@pytest.mark.parametrize(
    ("heads", "one", "codes"),
    [
        (["姓名", "联系电话"], ["李明", "13900000001"], ["S11"]),  # a list of telephones
        (["走访干部", "走访户数"], ["李明", "5"], ["S02"]),  # figures
    ],
)
def test_another_list_beside_the_table_is_no_second_table(
    rules: Rules, heads: list[Any], one: list[Any], codes: list[str]
) -> None:
    found = judged(rules, beside((VISIT[:4], heads), [(ZHANG[:4], one)], gap=GAP))
    assert "S33" not in [code for code, _, _ in said(found)]
    assert {code for code, _, _ in said(found)} >= set(codes)
    assert [row.values.get("phone", "") for part in found.parts for row in part.rows] == [""]


def test_one_required_heading_twice_stays_a_question_about_these_two(rules: Rules) -> None:
    found = judged(rules, beside((VISIT, ["走访人"]), [(ZHANG, ["王芳"])]))
    assert [code for code, severity, _ in said(found) if severity == "error"] == ["S02"]


def test_a_table_below_of_the_whole_width_makes_it_uncertain(rules: Rules) -> None:
    below = [[], [*DISPUTE, "化解措施", "责任单位"], [*CASE, "调解", "工会"]]
    found = judged(rules, beside((VISIT, VISIT), below=below))
    assert "S33" not in [code for code, _, _ in said(found)]


def test_rules_of_another_time_saw_two_columns_of_one_name(rules: Rules) -> None:
    older = judged(replace(rules, generation=Generation.AUDIENCES), beside((VISIT, VISIT)))
    assert {code for code, severity, _ in said(older) if severity == "error"} == {"S02"}


# -- in a home -----------------------------------------------------------------------------------------------


@pytest.mark.published
def test_marks_and_traces_lead_to_the_side_they_belong_to(office: Office) -> None:
    wrong = [*ZHAO[:4], "1381234567", "右舍"]
    sheet = beside((VISIT, VISIT), [(ZHANG, wrong), (WANG, QIAN)], gap=GAP)
    office.take("工会/登记.xlsx", write([sheet], "xlsx"))
    assert [row.household for row in office.frames().visits.itertuples()] == ["张三", "王五", "钱七"]
    (copy,) = [data for path, data in office.outbox().items() if path.startswith("退回/工会/")]
    marked: Any = openpyxl.load_workbook(io.BytesIO(copy))["登记"]
    assert "还差1位" in marked["L2"].comment.text and marked["E2"].comment is None
    assert marked.max_column == 13  # no column for reasons, which would be one table's alone
    fold = office.fold()
    cells = [
        [source.cell for source in trace(f"附件1!走访明细!E{row}", office.home, fold, office.today).sources]
        for row in (5, 6, 7)
    ]
    assert cells == [["C2"], ["C3"], ["J3"]]
    assert rebuild(office.home) == []


def test_prefilled_rows_that_wait_never_take_a_row_of_the_other_side_with_them(office: Office) -> None:
    from tables import workbook

    office.take("花名册.xlsx", workbook("姓名 | 单位 | 角色\n李明 | 工会 | 股室负责人\n王芳 | 工会 | 股室负责人"))
    office.take("任务分解.xlsx", workbook("轮次 | 走访对象 | 对象类别 | 走访干部\n下半年 | 李四 | 其他 | 李明"))
    waiting = [None, "李明", "李四", "其他", None, None]
    office.take("工会/登记.xlsx", write([beside((VISIT, VISIT), [(waiting, ZHAO), (WANG, QIAN)])], "xlsx"))
    assert [row.household for row in office.frames().visits.itertuples()] == ["王五", "赵六", "钱七"]


def test_the_same_file_again_mended_replaces_the_rows_of_both_sides(office: Office) -> None:
    office.take("工会/登记.xlsx", write([beside((VISIT, VISIT))], "xlsx"))
    office.take("工会/登记.xlsx", write([beside((VISIT, VISIT), [(ZHANG, QIAN)])], "xlsx"))
    assert [row.household for row in office.frames().visits.itertuples()] == ["张三", "钱七"]
    assert rebuild(office.home) == []
