"""A row that only goes on with the cells above it belongs to the row above; one that may say something of its own is
kept or asked about, and no row with a household, a day or a number is ever swallowed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from tables import rows, workbook, workbook_of
from taken import Taken

from dazoufang.rules.campaign import Rules
from dazoufang.rules.generations import Generation

HEAD = "走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 家庭情况 | 矛盾纠纷 | 意见建议 | 现场答复情况 | 备注"
ZHANG = "@2023-09-20 | 李明 | 张三 | 人大代表 | 13812345678 | 4口人 | 争排水沟 | 建议修路 | 已答复 | 雨天"
WANG = "@2023-09-21 | 李明 | 王五 | 人大代表 | 13812345679 | | | 建议装灯 | | "
COLUMNS = {"family": 5, "dispute": 6, "suggestion": 7, "reply": 8, "remark": 9}
WHO = ("A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:E4")
Take = Callable[..., Taken]


@pytest.fixture
def take(rules: Rules) -> Take:
    def take(*lines: str, merges: Sequence[str] = (), head: str = HEAD) -> Taken:
        data = workbook("\n".join([head, *lines]), unit="工会", sheet="登记", merges=merges)
        return Taken(rules, ("登记.xlsx", data))

    return take


def only(**cells: str) -> str:
    """A row in which nothing but these cells is filled."""
    line = [""] * 10
    for name, text in cells.items():
        line[COLUMNS[name]] = text
    return "| " + " | ".join(line) + " |"


@pytest.mark.parametrize(
    ("name", "text", "joined"),
    [
        ("suggestion", "并请安排专人跟进", "建议修路；并请安排专人跟进"),
        ("dispute", "多次调解未果", "争排水沟；多次调解未果"),
        ("reply", "对方表示理解", "已答复；对方表示理解"),
        ("family", "种水稻6亩", "4口人；种水稻6亩"),
        ("remark", "下次再去", "雨天；下次再去"),
    ],
)
@pytest.mark.parametrize("merges", [(), WHO])
def test_the_second_line_of_a_cell_is_joined_to_the_first_and_said(
    take: Take, name: str, text: str, joined: str, merges: Sequence[str]
) -> None:
    taken = take(ZHANG, only(**{name: text}), WANG, merges=merges)
    assert sorted(taken.visits("household", name))[0] == ("张三", joined)
    assert len(taken.visits()) == 2
    assert taken.marks() == []
    assert [(repair.row, repair.before, repair.after) for repair in taken.repairs if repair.how == "下一行续写"] == [
        (3, joined.split("；", maxsplit=1)[0], joined)
    ]


def test_two_cells_and_three_lines_may_go_on(take: Take) -> None:
    lines = (only(suggestion="约两公里", reply="转交通局"), only(suggestion="到村口为止"))
    taken = take(ZHANG, *lines, WANG)
    assert taken.visits("suggestion", "reply") == [
        ("建议修路；约两公里；到村口为止", "已答复；转交通局"),
        ("建议装灯", ""),
    ]
    assert [(repair.before, repair.after) for repair in taken.repairs if repair.cell == "H3"] == [
        ("建议修路", "建议修路；约两公里；到村口为止")
    ]


def test_a_line_that_was_broken_at_a_comma_goes_on_after_it(take: Take) -> None:
    taken = take(ZHANG.replace("建议修路", "建议修路，"), only(suggestion="约两公里"))
    assert taken.visits("suggestion") == [("建议修路，约两公里",)]


@pytest.mark.parametrize("line", ["希望尽快到现场处理", "要求镇里派人来看", "建议请测绘人员到场"])
@pytest.mark.parametrize("broken", ["，", ",", "、", "："])
def test_what_comes_below_a_line_that_is_not_finished_belongs_to_it_whatever_it_begins_with(
    take: Take, line: str, broken: str
) -> None:
    zhang = ZHANG.replace("争排水沟", f"争排水沟{broken}")
    taken = take(zhang, only(dispute="多次协商未果，"), only(dispute=line), WANG)
    assert taken.visits("household", "dispute") == [("张三", f"争排水沟{broken}多次协商未果，{line}"), ("王五", "")]
    assert taken.marks() == []


def test_a_number_below_an_unfinished_line_is_a_matter_of_its_own(take: Take) -> None:
    taken = take(ZHANG.replace("建议修路", "1.建议修路，"), only(suggestion="2.建议装灯"), WANG)
    assert "C01 A4" in taken.marks()


def test_a_household_whose_village_is_told_in_two_merged_columns_goes_on_too(take: Take) -> None:
    head = "走访日期 | 走访干部 | 走访对象 | 对象类别 | 村 | 组 | 意见建议"
    lines = ("@2023-09-20 | 李明 | 张三 | 人大代表 | 沙口村 | 5 | 建议硬化通学路，", "| | | | | | | 并装路灯")
    taken = take(*lines, head=head, merges=[f"{column}3:{column}4" for column in "ABCDEF"])
    assert taken.visits("household", "village", "suggestion") == [("张三", "沙口村5组", "建议硬化通学路，并装路灯")]


def test_a_list_beside_the_table_is_no_part_of_the_row_that_goes_on(rules: Rules) -> None:
    beside = [["姓名", "电话"], ["刘甲", "13907300001"], ["刘乙", "13907300002"], ["刘丙", "13907300003"]]
    lines = rows("\n".join([HEAD, ZHANG, only(suggestion="约两公里"), WANG]))
    page = [[*line, *[None] * (11 - len(line)), *names] for line, names in zip(lines, beside, strict=True)]
    taken = Taken(rules, ("登记.xlsx", workbook_of({"登记": page})))
    assert taken.visits("household", "suggestion") == [("张三", "建议修路；约两公里"), ("王五", "建议装灯")]


@pytest.mark.parametrize("title", ["走访登记表（续）", "县乡干部大走访活动走访登记表"])
def test_a_line_that_goes_on_right_above_the_title_of_the_next_table_is_no_title(take: Take, title: str) -> None:
    taken = take(ZHANG, only(suggestion="约两公里"), title, HEAD, WANG)
    assert taken.visits("household", "suggestion") == [("张三", "建议修路；约两公里"), ("王五", "建议装灯")]
    assert taken.marks() == []


def test_a_second_matter_of_a_household_merged_over_two_rows_is_an_item_of_its_own_and_asked(take: Take) -> None:
    taken = take(ZHANG, only(suggestion="建议装路灯", reply="已记录"), WANG, merges=WHO)
    assert [visit for visit in taken.visits("household", "suggestion") if visit[0] == "张三"] == [
        ("张三", "建议修路；建议装路灯")
    ]
    assert [item for item in taken.items() if item[0] == "张三"] == [
        ("张三", "争排水沟"), ("张三", "建议修路"), ("张三", "建议装路灯")
    ]  # fmt: skip
    assert {"R13 H4"} <= set(taken.marks())
    assert "C4 同一户的下一行 → 张三" in taken.mended()
    assert not [fault for fault in taken.faults if fault.severity == "error"]


def test_the_second_row_of_a_household_may_fill_what_the_first_left_empty(take: Take) -> None:
    taken = take(WANG, only(dispute="与邻居争田埂"), merges=WHO)
    assert taken.visits("household", "dispute") == [("王五", "与邻居争田埂")]
    assert sorted(taken.items()) == [("王五", "与邻居争田埂"), ("王五", "建议装灯")]


@pytest.mark.parametrize(
    "line",
    [
        only(suggestion="建议装路灯"),  # a matter of its own
        only(suggestion="2.路灯不亮"),
        only(dispute="与邻居争田埂"),
        only(suggestion="以上情况属实"),  # words about the table
        only(family="4口人", suggestion="约两公里", reply="转办"),  # too much for a line that goes on
        "| | | 李四 | | | | | 约两公里 | | ",
        "@2023-09-22 | | | | | | | 约两公里 | | ",
        "| | 王芳 | | | | | | 约两公里 | | ",
        "| | | | | 13812345670 | | | 约两公里 | | ",
    ],
)
def test_a_row_that_may_say_something_of_its_own_is_asked(take: Take, line: str) -> None:
    taken = take(ZHANG, line)
    assert taken.visits("household", "suggestion") == [("张三", "建议修路")]
    assert "C01" in {fault.code for fault in taken.submission.errors}


def test_a_row_with_a_number_of_its_own_is_asked(take: Take) -> None:
    taken = take(f"1 | {ZHANG}", f"2 {only(suggestion='约两公里')}", head=f"序号 | {HEAD}")
    assert "C01" in {fault.code for fault in taken.submission.errors}


def test_under_an_empty_cell_or_a_gap_nothing_goes_on(take: Take) -> None:
    assert "C01" in {fault.code for fault in take(WANG, only(reply="转交通局")).submission.errors}
    assert "C01" in {fault.code for fault in take(ZHANG, "", only(suggestion="约两公里")).submission.errors}
    assert "C01" in {fault.code for fault in take(only(suggestion="约两公里"), ZHANG).submission.errors}


def test_a_household_with_a_day_of_its_own_under_a_merged_name_is_asked(take: Take) -> None:
    taken = take(ZHANG, "@2023-09-25 | 李明 | | 人大代表 | | | | 建议装路灯 | | ", merges=("C3:C4",))
    assert "C01 C4" in taken.marks()


def test_items_go_on_too(rules: Rules) -> None:
    head = "走访日期 | 走访干部 | 反映人 | 事项类别 | 意见建议内容 | 办理情况 | 办理状态"
    lines = [head, "@2023-09-20 | 李明 | 张三 | 其他 | 建议修路 | 已转交通局 | 正在办理", "| | | | | | 计划明年动工 | "]
    taken = Taken(rules, ("办理.xlsx", workbook("\n".join(lines), unit="工会", sheet="意见建议办理表")))
    assert [row.values["outcome"] for part in taken.submission.parts for row in part.rows] == [
        "已转交通局；计划明年动工"
    ]


def test_rules_that_knew_no_habits_join_nothing(rules: Rules) -> None:
    data = workbook("\n".join([HEAD, ZHANG, only(suggestion="约两公里")]), unit="工会")
    taken = Taken(replace(rules, generation=Generation.AUDIENCES), ("登记.xlsx", data))
    assert taken.visits("suggestion") == [("建议修路",)]
    assert "C01" in {fault.code for fault in taken.submission.errors}
