"""Rows that say of themselves that they do not count are not counted, and each is said; rows that only speak of such
things count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from tables import rows, workbook, workbook_of
from taken import Taken

from dazoufang.judging.tables.extract import Extract, extract
from dazoufang.judging.which_form import Headings
from dazoufang.reading.sheet import Book, Sheet, Value
from dazoufang.rules.campaign import Rules

HEAD = "走访日期 | 走访干部 | 走访对象 | 对象类别 | 乡镇 | 家庭情况 | 意见建议 | 现场答复情况 | 备注"
ZHANG = "@2023-09-20 | 李明 | 张三 | 人大代表 | 章华镇 | 4口人 | 建议修路 | 已答复 | {}"
WANG = "@2023-09-21 | 李明 | 王五 | 人大代表 | 东山镇 | 3口人 | 建议装灯 | 已记录 | {}"

Take = Callable[..., Taken]


@pytest.fixture
def take(rules: Rules) -> Take:
    def take(*lines: str, merges: Sequence[str] = (), name: str = "登记.xlsx") -> Taken:
        return Taken(rules, (name, workbook("\n".join(lines), unit="工会", sheet="登记", merges=merges)))

    return take


@pytest.mark.parametrize(
    "remark",
    [
        "作废", "取消", "重复", "重复登记", "删除", "撤销", "此行作废", "本行取消", "该行重复", "这一行作废", "本条删除", "此行已作废",
        "已作废", "作废。", "（作废）", "【作废】", "作 废", "作废！", "作废，重复登记", "重复登记，见第3行", "重复（见第3行）", "此行作废，写错了",
        "取消：改期", "作废;另有一行", "重复登记,与上一行同一户",
    ],
)  # fmt: skip
def test_a_row_whose_remark_is_such_a_word_is_not_counted_and_said(take: Take, remark: str) -> None:
    taken = take(HEAD, ZHANG.format(""), WANG.format(remark))
    assert taken.visits("household", "suggestion") == [("张三", "建议修路")]
    assert taken.items() == [("张三", "建议修路")]
    assert taken.marks() == ["S26 I4"]


def test_the_words_say_which_row_why_and_what_to_do(take: Take) -> None:
    taken = take(HEAD, ZHANG.format(""), WANG.format("作废，重复登记"))
    (fault,) = taken.faults
    assert fault.message == "「登记」表第4行的备注写着“作废，重复登记”，没有计入"
    assert fault.remedy == "确实不报的，不需处理；要报的，请删去I4的“作废，重复登记”后重新放入"


@pytest.mark.parametrize(
    "remark",
    [
        "建议取消收费", "群众要求取消该项收费", "此前作废的证件已补办", "重复信访", "重复访", "删除了错误信息", "该户低保被取消", "取消收费",
        "无", "/", "证件已作废", "作废票据3张", "撤销处分的请求", "不重复", "取消 收费，合理",
    ],
)  # fmt: skip
def test_a_remark_that_only_speaks_of_such_things_is_a_remark(take: Take, remark: str) -> None:
    taken = take(HEAD, ZHANG.format(""), WANG.format(remark))
    assert taken.visits("household") == [("张三",), ("王五",)]
    assert taken.marks() == []


@pytest.mark.parametrize(
    "remark", ["未走访，在外务工", "未走访", "未入户（家中无人）", "没有走访到本人", "户主在外，尚未走访", "没走访。"]
)
def test_a_row_whose_remark_says_that_nobody_came_is_no_visit_and_said(take: Take, remark: str) -> None:
    taken = take(HEAD, ZHANG.format(""), WANG.format(remark))
    assert taken.visits("household") == [("张三",)]
    assert taken.items() == [("张三", "建议修路")]
    assert taken.marks() == ["S26 I4"]
    assert "不是走访，没有计入" in taken.faults[0].message


@pytest.mark.parametrize(
    "remark", ["上次未走访，本次补访", "上半年未走访", "之前没有走访过，已走访", "因下雨推迟走访", "走访时户主不在"]
)
def test_a_remark_about_another_time_leaves_the_visit(take: Take, remark: str) -> None:
    taken = take(HEAD, ZHANG.format(""), WANG.format(remark))
    assert taken.visits("household") == [("张三",), ("王五",)]
    assert taken.marks() == []


@pytest.mark.parametrize(("column", "cell"), [("现场答复情况", "H3"), ("家庭情况", "F3"), ("意见建议", "G3")])
@pytest.mark.parametrize("word", ["作废", "此行作废", "未走访，在外务工"])
def test_the_word_may_be_the_whole_of_any_other_text_of_a_visit(take: Take, column: str, cell: str, word: str) -> None:
    line = [part.strip() for part in ZHANG.format("").split("|")]
    line[[name.strip() for name in HEAD.split("|")].index(column)] = word
    taken = take(HEAD, " | ".join(line), WANG.format(""))
    assert taken.visits("household") == [("王五",)]
    assert taken.marks() == [f"S26 {cell}"]


@pytest.mark.parametrize("matter", ["取消，不合理的收费", "删除，重复的摊派项目", "撤销。合并的教学点要恢复"])
def test_a_matter_that_begins_so_stays_a_matter(take: Take, matter: str) -> None:
    taken = take(HEAD, ZHANG.format("").replace("建议修路", matter))
    assert taken.items() == [("张三", matter)]
    assert taken.marks() == []


@pytest.mark.parametrize(
    ("head", "line", "cell"),
    [
        (HEAD.replace(" | 备注", ""), WANG.format("作废"), "I4"),  # beside the table, under no heading
        (HEAD.replace("备注", "核对"), WANG.format("此行作废"), "I4"),  # under a heading nobody knows
        (f"序号 | {HEAD}", f"作废 | {WANG.format('')}", "A4"),  # where the number stands
    ],
)
def test_the_word_may_stand_beside_the_form_s_own_columns(take: Take, head: str, line: str, cell: str) -> None:
    first = f"1 | {ZHANG.format('')}" if head.startswith("序号") else ZHANG.format("")
    taken = take(head, first, line)
    assert taken.visits("household") == [("张三",)]
    assert f"S26 {cell}" in taken.marks()


def test_a_word_under_a_heading_that_nobody_knows_says_nothing_of_the_row(take: Take) -> None:
    taken = take(HEAD.replace("备注", "是否重复"), ZHANG.format("重复"))
    assert taken.visits("household") == [("张三",)]


def test_a_remark_merged_over_several_rows_makes_all_of_them_void(take: Take) -> None:
    taken = take(HEAD, ZHANG.format(""), WANG.format("作废"), WANG.format("").replace("王五", "赵六"), merges=["I4:I5"])
    assert taken.visits("household") == [("张三",)]
    assert taken.marks() == ["S26 I4", "S26 I5"]


def test_an_item_that_came_to_nothing_by_its_outcome_is_an_item(rules: Rules) -> None:
    head = "走访日期 | 走访干部 | 反映人 | 事项类别 | 意见建议内容 | 办理情况 | 办理状态 | 备注"
    line = "@2023-09-20 | 李明 | 张三 | 其他 | {} | {} | 未启动 | {}"
    lines = [head, line.format("建议修路", "取消", ""), line.format("建议装灯", "", "作废")]
    taken = Taken(rules, ("意见建议办理表.xlsx", workbook("\n".join(lines), unit="工会", sheet="意见建议办理表")))
    assert taken.items() == [("张三", "建议修路")]
    assert "S26 H4" in taken.marks()


def test_the_last_row_void_leaves_a_form_that_is_asked_and_takes_nothing_back(rules: Rules) -> None:
    before = ("登记.xlsx", workbook(f"{HEAD}\n{ZHANG.format('')}", unit="工会"))
    after = ("登记.xlsx", workbook(f"{HEAD}\n{ZHANG.format('作废')}", unit="工会"))
    taken = Taken(rules, before, after)
    assert taken.visits("household") == [("张三",)]
    assert taken.marks() == ["S26 I3", "S22"]


def sheet(*lines: str, struck: set[str], merges: Sequence[tuple[int, int, int, int]] = ()) -> Sheet:
    """A sheet with the cells of these addresses crossed out (one letter, one digit)."""
    cells: list[list[Value]] = rows("\n".join(lines))
    places = frozenset((int(cell[1]) - 1, ord(cell[0]) - ord("A")) for cell in struck)
    return Sheet("登记", True, cells, list(merges), None, places)


def found(rules: Rules, page: Sheet) -> Extract:
    return extract(Book("", [page]), Headings(rules.schemas), "登记.xlsx", rules.habits)


def households(extracted: Extract) -> list[Any]:
    return [cells["household"] for table in extracted.tables for _, cells in table.rows]


@pytest.mark.parametrize(
    "struck",
    [
        {"A3", "B3", "C3", "D3", "E3", "F3", "G3", "H3"},  # all
        {"A3", "B3", "C3", "D3"},  # all that are required
    ],
)
def test_a_row_crossed_out_is_not_counted_and_said(rules: Rules, struck: set[str]) -> None:
    extracted = found(rules, sheet(HEAD, ZHANG.format(""), WANG.format(""), struck=struck))
    assert households(extracted) == ["张三"]
    assert [(fault.code, fault.cell, fault.message) for fault in extracted.faults] == [
        ("S26", "A3", "「登记」表第3行划掉了（有删除线），没有计入")
    ]


def test_a_crossed_out_row_under_a_merged_day_and_cadre_is_not_counted(rules: Rules) -> None:
    lines = (HEAD, ZHANG.format(""), "| | | 王五 | 人大代表 | 东山镇 | | 建议装灯")
    page = sheet(*lines, struck={"C3", "D3", "E3", "G3"}, merges=[(1, 0, 2, 0), (1, 1, 2, 1)])
    assert households(found(rules, page)) == ["张三"]


def test_a_crossed_out_row_whose_township_stands_over_it_is_not_counted(rules: Rules) -> None:
    head = "走访日期 | 走访干部 | 走访对象 | 对象类别 | 备注"
    lines = (head, "章华镇", "2023-9-20 | 李明 | 张三 | 人大代表", "2023-9-21 | 李明 | 王五 | 人大代表")
    page = sheet(*lines, struck={"A3", "B3", "C3", "D3"})
    extracted = extract(Book("", [page]), Headings(rules.schemas), "登记.xlsx", rules.habits, rules.campaign.townships)
    assert households(extracted) == ["王五"]


def test_ditto_under_a_row_that_does_not_count_means_what_stands_in_that_row(rules: Rules) -> None:
    void = "@2023-09-21 | 王芳 | 王五 | 人大代表 | 东山镇 | | | | 作废"
    again = "同上 | 〃 | 赵六 | 同上 | 〃"
    table = "\n".join((HEAD, ZHANG.format(""), void, again, "同上 | 同上 | 钱七 | 其他 | 章华镇"))
    taken = Taken(rules, ("登记.xlsx", workbook(table, unit="工会")))
    assert taken.visits("visited_on", "cadres", "household", "target_kind", "township") == [
        ("2023-09-20", "李明", "张三", "人大代表", "章华镇"),
        ("2023-09-21", "王芳", "赵六", "人大代表", "东山镇"),
        ("2023-09-21", "王芳", "钱七", "其他", "章华镇"),
    ]
    assert "B5 同上 → 王芳" in taken.mended()


@pytest.mark.parametrize("struck", [{"G3"}, {"C3"}, {"A3", "C3"}, {"A1", "B1", "C1"}, set()])
def test_a_row_of_which_only_something_is_crossed_out_stays(rules: Rules, struck: set[str]) -> None:
    extracted = found(rules, sheet(HEAD, ZHANG.format(""), WANG.format(""), struck=struck))
    assert households(extracted) == ["张三", "王五"]


def test_rules_that_knew_no_habits_count_what_they_counted(rules: Rules) -> None:
    page = sheet(HEAD, ZHANG.format("作废"), WANG.format(""), struck={"A3", "B3", "C3", "D3"})
    extracted = extract(Book("", [page]), Headings(rules.schemas), "登记.xlsx", None)
    assert households(extracted) == ["张三", "王五"]
    assert extracted.faults == []


def test_an_office_without_such_words_has_every_row_counted(rules: Rules) -> None:
    none = {"value": (), "source": "局内设定"}
    habits = rules.campaign.habits.model_validate({**rules.campaign.habits.model_dump(), "void_words": none, "not_visited_words": none})  # fmt: skip
    page = sheet(HEAD, ZHANG.format("作废"), WANG.format("未走访"), struck=set())
    extracted = extract(Book("", [page]), Headings(rules.schemas), "登记.xlsx", habits)
    assert households(extracted) == ["张三", "王五"]


def test_each_sheet_of_a_book_is_looked_at(rules: Rules) -> None:
    pages = {"一组": rows(f"{HEAD}\n{ZHANG.format('')}"), "二组": rows(f"{HEAD}\n{WANG.format('作废')}")}
    taken = Taken(rules, ("登记.xlsx", workbook_of(pages)))
    assert taken.visits("visited_on", "household") == [(date(2023, 9, 20).isoformat(), "张三")]
    assert [(fault.code, fault.sheet) for fault in taken.faults] == [("S26", "二组")]
