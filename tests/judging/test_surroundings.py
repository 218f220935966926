"""What stands around rows and names: more rows of headings, letters before them, lists beside the rows, notes over cards,
a hidden column against what is seen, a unit before a cadre's name. Rules kept earlier read none of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from conftest import TODAY
from tables import workbook, workbook_of
from taken import Taken
from writers import Sheet, write

from dazoufang.judging.examine import examine_bytes
from dazoufang.judging.heading_words import unlettered
from dazoufang.judging.verdict import accept
from dazoufang.judging.which_form import Headings
from dazoufang.model.roster import Roster
from dazoufang.model.submission import Delivery, Submission
from dazoufang.rules.campaign import Rules
from dazoufang.rules.generations import Generation

FOUR_ROWS = workbook(
    """
    | 走访日期 | 走访干部 | 走访对象 | | 备注 |
    | | | | | |
    | | | | | |
    | | | 姓名 | 类别 | |
    | 2023-9-20 | 李明 | 张三 | 其他 | 第1本 |
    | 2023-9-21 | 王芳 | 王五 | 人大代表 | 第2本 |
    """,
    merges=("A1:A4", "B1:B4", "C1:D3", "E1:E4"),
)
LETTERED = workbook(
    """
    | A.走访日期 | B.走访干部 | C.走访对象 | D.对象类别 |
    | 2023-9-20 | 李明 | 张三 | 其他 |
    | 2023-9-21 | 王芳 | 王五 | 人大代表 |
    """
)
LIST_BESIDE = workbook(
    """
    | 走访日期 | 走访干部 | 走访对象 | 对象类别 | 家庭情况 | 备注 | | 通讯录 | |
    | 章华镇 | | | | | | | 刘芳 | 13900000001 |
    | 2023-9-20 | 李明 | 张三 | 其他 | 四口人， | | | 陈亮 | 13900000002 |
    | | | | | 种水稻5亩 | | | 周涛 | 13900000003 |
    | 东山镇 | | | | | | | 吴敏 | 13900000004 |
    | 2023-9-21 | 王芳 | 王五 | 人大代表 | 独居 | | | 郑伟 | 13900000005 |
    """
)
NOTES_OVER_CARDS = workbook(
    """
    | 说明 | 带*的必填 | | | | |
    | 日期 | 写到日 | | | | |
    | 走访对象 | 张三 | 走访日期 | 2023-9-20 | 走访干部 | 李明 |
    | 对象类别 | 其他 | 备注 | 第1本 | | |
    | 走访对象 | 王五 | 走访日期 | 2023-9-21 | 走访干部 | 王芳 |
    | 对象类别 | 人大代表 | 备注 | 第2本 | | |
    """
)
ACROSS_UNDER_NOTES = workbook(
    """
    | 说明 | 带*的必填 | |
    | 日期 | 写到日 | |
    | 走访日期 | 2023-9-20 | 2023-9-21 |
    | 走访干部 | 李明 | 王芳 |
    | 走访对象 | 张三 | 王五 |
    | 对象类别 | 其他 | 人大代表 |
    | 备注 | 第1本 | 第2本 |
    """
)
WITH_UNITS = workbook(
    """
    | 走访日期 | 走访干部 | 走访对象 | 对象类别 |
    | 2023-9-20 | 工会李明 | 张三 | 其他 |
    | 2023-9-21 | 工会 王芳 | 王五 | 人大代表 |
    """
)
BOTH = [("2023-09-20", "李明", "张三"), ("2023-09-21", "王芳", "王五")]
HOW = ("visited_on", "cadres", "household")


@pytest.mark.parametrize(
    ("data", "marks"),
    [
        (FOUR_ROWS, []),
        (LETTERED, []),
        (LIST_BESIDE, ["S14 H1", "S14 I1"]),
        (NOTES_OVER_CARDS, []),
        (ACROSS_UNDER_NOTES, []),
        (WITH_UNITS, []),
    ],
    ids=["four rows", "letters", "list beside", "notes over cards", "notes over fields down", "units before names"],
)
def test_read_now_and_not_by_rules_kept_before(rules: Rules, data: bytes, marks: list[str]) -> None:
    taken = Taken(rules, ("走访登记表.xlsx", data))
    assert (taken.visits(*HOW), [mark for mark in taken.marks() if mark not in marks]) == (BOTH, [])
    before = Taken(replace(rules, generation=Generation.LAYOUTS), ("走访登记表.xlsx", data))
    assert [mark for mark in before.marks() if mark not in marks] != []


# -- headings ------------------------------------------------------------------------------------------------------


def test_a_row_below_three_of_headings_is_data_where_nothing_is_merged_down_to_it(rules: Rules) -> None:
    table = """
    | 走访情况 | | | | |
    | 走访日期 | 走访干部 | 走访对象 | | |
    | | | 姓名 | 类别 | 备注 |
    | 9月20日 | 李明 | 张三 | 其他 | 备注 |
    """
    data = workbook(table, merges=("A1:E1", "A2:A3", "B2:B3", "C2:D2"))
    assert Taken(rules, ("走访登记表.xlsx", data)).visits(*HOW) == [("2023-09-20", "李明", "张三")]


@pytest.mark.parametrize("heading", ["A.走访日期", "a、走访日期", "（A）走访日期", "Ａ．走访日期", "A:走访日期"])
def test_a_letter_with_a_sign_before_a_heading_is_folded(rules: Rules, heading: str) -> None:
    assert Headings(rules.schemas).match("visit", [(heading,)]).columns == {"visited_on": 0}


@pytest.mark.parametrize("heading", ["A走访日期", "AB.走访日期", "A.结对情况", "A.", "A.已解决"])
def test_a_letter_before_what_is_no_heading_stays(rules: Rules, heading: str) -> None:
    assert Headings(rules.schemas).match("suggestion", [(heading,)]).columns == {}
    assert Headings(rules.schemas).plain(heading) == heading


def test_what_stands_alone_behind_a_letter_is_left() -> None:
    assert (unlettered("A."), unlettered("A.Date"), unlettered("A.日期")) == ("A.", "A.Date", "日期")


# -- beside the rows -----------------------------------------------------------------------------------------------


def test_a_list_beside_hides_neither_the_township_of_a_band_nor_the_second_line_of_a_cell(rules: Rules) -> None:
    taken = Taken(rules, ("走访登记表.xlsx", LIST_BESIDE))
    assert taken.visits("household", "township", "family") == [
        ("张三", "章华镇", "四口人，种水稻5亩"), ("王五", "东山镇", "独居"),
    ]  # fmt: skip


def test_a_column_of_the_units_own_next_to_the_table_is_of_the_table(rules: Rules) -> None:
    table = """
    | 走访日期 | 走访干部 | 走访对象 | 对象类别 | 家庭情况 | 结对情况 |
    | 2023-9-20 | 李明 | 张三 | 其他 | 四口人， | 已结对 |
    | | | | | 种水稻5亩 | 未结对 |
    """
    taken = Taken(rules, ("走访登记表.xlsx", workbook(table)))
    assert taken.marks() == ["S14 F1", "C01 A3", "C01 B3", "C01 C3", "C01 D3"]


def test_a_text_merged_over_a_telephone_is_asked(rules: Rules) -> None:
    table = "走访日期 | 走访干部 | 走访对象 | 对象类别 | 家庭情况 | 联系电话\n2023-9-20 | 李明 | 张三 | 其他 | 四口人"
    data = workbook(table, merges=("E2:F2",))
    assert Taken(rules, ("走访登记表.xlsx", data)).marks() == ["R23 E2"]
    assert Taken(replace(rules, generation=Generation.LAYOUTS), ("走访登记表.xlsx", data)).marks() == []


def test_a_line_that_names_the_unit_is_read_beyond_the_table_too(rules: Rules) -> None:
    table = """
    | 走访日期 | 走访干部 | 走访对象 | 对象类别 | | 姓名 |
    | 2023-9-20 | 李明 | 张三 | 其他 | | 刘芳 |
    | | | | | | 填报单位：工会 |
    """
    assert judged_from_the_root(rules, workbook(table)) == (["工会"], ["S03"])


def test_the_numbers_of_columns_are_no_row_beside_a_list(rules: Rules) -> None:
    table = """
    | 走访日期 | 走访干部 | 走访对象 | 对象类别 | | 姓名 |
    | 1 | 2 | 3 | 4 | | 刘芳 |
    | 2023-9-20 | 李明 | 张三 | 其他 | | 陈亮 |
    """
    assert Taken(rules, ("走访登记表.xlsx", workbook(table))).visits(*HOW) == [("2023-09-20", "李明", "张三")]


@pytest.mark.parametrize(("hidden", "marks"), [("插旗镇", ["S27 D1"]), ("东山镇", []), ("东山", []), (None, [])])
def test_a_hidden_township_against_the_one_of_the_sheet_is_asked(
    rules: Rules, hidden: str | None, marks: list[str]
) -> None:
    sheet = Sheet("东山镇", hidden_columns={3})
    sheet.lay(0, 0, ["走访日期", "走访干部", "走访对象", "乡镇", "对象类别"])
    sheet.lay(1, 0, ["2023-9-20", "李明", "张三", hidden, "其他"])
    taken = Taken(rules, ("走访登记表.xlsx", write([sheet], "xlsx")))
    assert taken.marks() == marks
    assert taken.visits("township") == [("插旗镇" if hidden == "插旗镇" else "东山镇",)]
    assert [fault.message for fault in taken.faults if fault.code == "S27"] == [
        "「东山镇」表D列“乡镇”是隐藏的，D2 是“插旗镇”，工作表名称却是“东山镇”，现在按隐藏的列取"
    ][: len(marks)]


# -- notes over cards ----------------------------------------------------------------------------------------------


def test_words_over_cards_are_named_and_are_no_remark_of_the_first(rules: Rules) -> None:
    taken = Taken(rules, ("走访登记表.xlsx", NOTES_OVER_CARDS))
    assert taken.visits("household", "remark") == [("张三", "第1本"), ("王五", "第2本")]
    assert [fault.message for fault in taken.faults if fault.code == "S12"] == [
        "「Sheet1」表的第1行（说明文字）、第2行（说明文字）没有当作数据"
    ]


@pytest.mark.parametrize("note", ["2023-9-19", "九月", 45188])
def test_what_may_be_the_day_of_a_card_is_no_word_about_the_form(rules: Rules, note: Any) -> None:
    lines = [
        ["日期", note], ["走访对象", "张三", "走访日期", "2023-9-20", "走访干部", "李明"], ["对象类别", "其他"],
    ]  # fmt: skip
    assert Taken(rules, ("走访登记表.xlsx", workbook_of({"Sheet1": lines}))).visits(*HOW) == []


def test_a_name_over_cards_is_somebody(rules: Rules) -> None:
    lines = [
        ["走访对象", "赵六"], ["走访对象", "张三", "走访日期", "2023-9-20", "走访干部", "李明"], ["对象类别", "其他"],
    ]  # fmt: skip
    assert Taken(rules, ("走访登记表.xlsx", workbook_of({"Sheet1": lines}))).visits(*HOW) == []


# -- our form given back -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "foot", [["填表人", "陈晓燕", "审核人", "李建国"], ["填表人：陈晓燕"], ["注：其余没有变化"], ["审核人：", "李建国"]]
)
def test_words_below_items_given_back_are_no_item(rules: Rules, foot: list[str]) -> None:
    first = (
        "走访日期 | 走访干部 | 当事人 | 纠纷类别 | 主要情况及诉求 | 办理状态\n"
        + "2023-9-20 | 李明 | 张三 | 邻里关系 | 争排水沟 | 正在化解"
    )
    changed = [["编号", "办理状态", "化解情况", "办结日期"], ["23下矛0001", "已化解", "签协议", "2023-10-9"], foot]
    taken = Taken(
        rules,
        ("矛盾纠纷事项办理表.xlsx", workbook(first, sheet="矛盾纠纷事项办理表")),
        ("矛盾纠纷事项办理表 改.xlsx", workbook_of({"矛盾纠纷事项办理表": changed})),
    )
    assert [fault.code for fault in taken.faults if fault.severity == "error"] == []
    assert [str(status) for status in taken.frames.items["outcome"]] == ["签协议"]


# -- rows that do not count ----------------------------------------------------------------------------------------


def test_the_same_as_above_is_nothing_below_an_empty_cell_of_a_row_that_does_not_count(rules: Rules) -> None:
    table = """
    | 走访日期 | 走访干部 | 走访对象 | 对象类别 | 乡镇 | 备注 |
    | 2023-9-20 | 李明 | 张三 | 其他 | 章华镇 | |
    | 2023-9-20 | 李明 | 王五 | 其他 | | 作废 |
    | 2023-9-20 | 同上 | 赵六 | 其他 | 同上 | |
    """
    data = workbook(table)
    taken = Taken(rules, ("走访登记表.xlsx", data))
    assert (taken.visits("household", "township"), taken.marks()) == ([("张三", "章华镇")], ["S26 F3", "C19 E4"])
    before = Taken(replace(rules, generation=Generation.LAYOUTS), ("走访登记表.xlsx", data))
    assert before.visits("household", "township") == [("张三", "章华镇"), ("赵六", "章华镇")]


@pytest.mark.parametrize(
    "numbers",
    [
        "① | ② | ③ | ④", "（A） | （B） | （C） | （D）", "A. | B. | C. | D.", "第1栏 | 第2栏 | 第3栏 | 第4栏", "1、 | 2、 | 3、 | 4、", "Ⅰ | Ⅱ | Ⅲ | Ⅳ",
        "甲 | 乙 | 丙 | 丁", "一 | 二 | 三 | 四", "甲 | 乙 | 1. | 2.",
    ],
)  # fmt: skip
def test_a_row_that_numbers_the_columns_is_none_of_the_visits(rules: Rules, numbers: str) -> None:
    table = f"走访日期 | 走访干部 | 走访对象 | 对象类别\n{numbers}\n2023-9-20 | 李明 | 张三 | 其他"
    taken = Taken(rules, ("走访登记表.xlsx", workbook(table)))
    assert (taken.visits(*HOW), taken.marks()) == ([("2023-09-20", "李明", "张三")], [])


@pytest.mark.parametrize("numbers", ["A. | | C. | D. | E.", "① | ② | | ④ | ⑤"])
def test_a_column_without_a_number_is_counted(rules: Rules, numbers: str) -> None:
    table = f"走访日期 | 走访干部 | 走访对象 | 对象类别 | 备注\n{numbers}\n2023-9-20 | 李明 | 张三 | 其他 |"
    assert Taken(rules, ("走访登记表.xlsx", workbook(table))).marks() == []


@pytest.mark.parametrize(
    "cells", ["A. | B. | C. | E.", "② | ③ | ④ | ⑤", "① | ① | ① | ①", "A. | ② | C. | ④", "甲. | 1. | 乙. | 2."]
)
def test_what_does_not_count_the_columns_is_a_row(rules: Rules, cells: str) -> None:
    table = f"走访日期 | 走访干部 | 走访对象 | 对象类别\n{cells}\n2023-9-20 | 李明 | 张三 | 其他"
    assert "C02 A2" in Taken(rules, ("走访登记表.xlsx", workbook(table))).marks()


CARD = [["走访对象", "张三", "走访日期", "2023-9-20"], ["走访干部", "李明", "对象类别", "其他"]]


@pytest.mark.parametrize("word", ["作废", "此户作废", "（此卡作废）", "已作废"])
@pytest.mark.parametrize("above", [True, False])
def test_a_word_on_a_card_beside_its_labels_voids_it(rules: Rules, word: str, above: bool) -> None:
    lines = [[word], *CARD] if above else [*CARD, [None, None, None, None, word]]
    other = [[each if each != "张三" else "王五" for each in line] for line in CARD]
    taken = Taken(rules, ("走访登记表.xlsx", workbook_of({"1户": lines, "2户": other})))
    assert (taken.visits("household"), taken.marks()) == ([("王五",)], ["S26 A1" if above else "S26 E3"])
    before = Taken(
        replace(rules, generation=Generation.LAYOUTS), ("走访登记表.xlsx", workbook_of({"1户": lines, "2户": other}))
    )
    assert before.visits("household") == [("张三",), ("王五",)]


def test_of_blocks_and_columns_the_word_voids_its_own_alone(rules: Rules) -> None:
    other = [[each if each != "张三" else "王五" for each in line] for line in CARD]
    blocks = workbook_of({"走访": [*CARD, ["作废"], *other]})
    assert Taken(rules, ("走访登记表.xlsx", blocks)).visits("household") == [("王五",)]
    across = """
    | 走访日期 | 2023-9-20 | 2023-9-21 |
    | 走访干部 | 李明 | 王芳 |
    | 走访对象 | 张三 | 王五 |
    | 对象类别 | 其他 | 人大代表 |
    | | | 作废 |
    """
    assert Taken(rules, ("走访登记表.xlsx", workbook(across))).visits("household") == [("张三",)]


@pytest.mark.parametrize("words", ["取消收费", "张三户作废旧证", "走访作废登记表"])
def test_other_words_on_a_card_void_nothing(rules: Rules, words: str) -> None:
    assert Taken(rules, ("走访登记表.xlsx", workbook_of({"1户": [[words], *CARD]}))).visits("household") == [("张三",)]


@pytest.mark.parametrize("unit", ["县教体局工会", "华容教体局工会", "县教育体育局工会", "教体局工会"])
def test_the_bureau_may_stand_before_a_unit_with_half_of_its_name(rules: Rules, unit: str) -> None:
    data = workbook("走访日期 | 走访干部 | 走访对象 | 对象类别\n2023-9-20 | 李明 | 张三 | 其他", unit=unit)
    assert judged_from_the_root(rules, data) == (["工会"], ["S32"])


@pytest.mark.parametrize("unit", ["市教体局工会", "县人社局工会", "县教体局", "县工会"])
def test_another_office_before_a_unit_is_not_ours(rules: Rules, unit: str) -> None:
    data = workbook("走访日期 | 走访干部 | 走访对象 | 对象类别\n2023-9-20 | 李明 | 张三 | 其他", unit=unit)
    assert judged_from_the_root(rules, data)[0] != ["工会"]


def judged_from_the_root(rules: Rules, data: bytes) -> tuple[list[str], list[str]]:
    examined = examine_bytes(data, "走访登记表.xlsx", rules, TODAY)
    found = accept(Delivery("走访登记表.xlsx", "", "", TODAY), 1, examined, rules, PEOPLE)
    return [row.unit for part in found.parts for row in part.rows], [fault.code for fault in found.faults]


# -- a unit before a name ------------------------------------------------------------------------------------------

PEOPLE = Roster(
    {"李明": frozenset({"工会"}), "王芳": frozenset({"工会", "人事股"}), "周涛": frozenset({"人事股"})}
)  # 王芳 are two


def judged(rules: Rules, cadres: str, roster: Roster) -> tuple[list[str], list[str], Submission]:
    data = workbook(
        [["走访日期", "走访干部", "走访对象", "对象类别"], ["2023-9-20", cadres, "张三", "其他"]], unit="工会"
    )
    path = "工会/走访登记表.xlsx"
    examined = examine_bytes(data, "走访登记表.xlsx", rules, TODAY)
    found = accept(Delivery(path, path, path, TODAY), 1, examined, rules, roster)
    rows = [row for part in found.parts for row in part.counted]
    return [row.values["cadres"] for row in rows], [f"{fault.code} {fault.cell}" for fault in found.faults], found


@pytest.mark.parametrize(
    ("typed", "cadres"),
    [
        ("工会李明", "李明"), ("工会 李明", "李明"), ("人事股周涛", "周涛"), ("人事股股长周涛", "周涛"), ("人事股 周 涛", "周涛"),
        ("工会李明、王芳", "李明、王芳"), ("人事股周涛，工会李明", "周涛、李明"),
    ],
)  # fmt: skip
def test_a_unit_before_the_name_of_its_own_goes_and_is_said(rules: Rules, typed: str, cadres: str) -> None:
    names, marks, found = judged(rules, typed, PEOPLE)
    assert (names, marks) == ([cadres], [])
    said = [(repair.cell, repair.after) for repair in found.repairs if repair.how == "姓名去单位"]
    assert said == [("B3", cadres)]


@pytest.mark.parametrize(
    ("typed", "mark"),
    [
        ("人事股李明", "C20 B3"), ("工会王芳", "C13 B3"), ("工会李鸣", "C13 B3"), ("办公室周涛", "C13 B3"), ("人事股", "C20 B3"), ("工会 周涛", "C20 B3"),
        ("办公室主任", "C20 B3"),
    ],
)  # fmt: skip
def test_a_unit_that_is_not_that_persons_alone_names_nobody(rules: Rules, typed: str, mark: str) -> None:
    assert judged(rules, typed, PEOPLE)[:2] == ([], [mark])


@pytest.mark.parametrize("typed", ["人事股周涛", "工会 李明", "人事股周涛、李明"])
def test_without_a_roster_nobody_can_tell(rules: Rules, typed: str) -> None:
    assert judged(rules, typed, Roster({}))[:2] == ([], ["C20 B3"])


def test_a_household_is_told_of_once_with_its_cadre_and_the_same_without_the_unit(rules: Rules) -> None:
    table = """
    | 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 |
    | 2023-9-20 | 工会李明 | 张三 | 其他 | 13812345678 |
    | 2023-9-20 | 李明 | 张三 | 其他 | 13812345678 |
    """
    assert Taken(rules, ("走访登记表.xlsx", workbook(table))).visits(*HOW) == [("2023-09-20", "李明", "张三")]


def test_the_label_of_a_cadre_over_a_table_may_be_one_cell_away(rules: Rules) -> None:
    lines = [
        ["入户干部：", None, "李明"],
        ["反映日期", "反映人", "事项类别", "意见建议内容", "办理状态"],
        ["2023-9-20", "张三", "道路交通", "建议修路", "正在办理"],
    ]
    data = workbook_of({"意见建议事项办理表": lines})
    assert [fault.code for fault in Taken(rules, ("办理表.xlsx", data)).faults] == []
