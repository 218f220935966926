"""Judging: every cell and every rule of a table in one pass; what is wrong is named once, at its cell, with the mend."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from tables import rows, workbook, workbook_of

from dazoufang.judging.examine import Examined, Task, examine, examine_bytes
from dazoufang.judging.heading_faults import likely_field
from dazoufang.judging.judge import Judge
from dazoufang.judging.tables import extract as finding
from dazoufang.judging.tables.extract import Table
from dazoufang.judging.which_form import Headings, Match
from dazoufang.model.faults import INFO
from dazoufang.model.submission import Part
from dazoufang.reading.sheet import Book, CellError, Disputed, Sheet, Uncalculated
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.rules.packed import pack
from dazoufang.rules.schema import FormSchema, Schemas

TODAY = date(2023, 10, 20)
HEAD = "走访日期 | 走访干部 | 走访对象 | 对象类别 | 乡镇 | 联系电话 | 矛盾纠纷"
GOOD = "@2023-09-20 | 李明 | 张三 | 人大代表 | 章华镇 | 13812345678 | "
ITEM = "编号 | 走访日期 | 走访干部 | 当事人 | 纠纷类别 | 主要情况及诉求 | 办理状态"


def marks(found: Examined) -> list[str]:
    return [f"{fault.code} {fault.cell}".strip() for fault in found.faults if fault.severity != INFO]


def values(found: Examined) -> list[dict[str, str]]:
    return [row.values for part in found.parts for row in part.rows]


def held(found: Examined) -> list[bool]:
    return [row.held for part in found.parts for row in part.rows]


@pytest.fixture
def judge(rules: Rules) -> Callable[..., Examined]:
    """A table → what is wrong with it, by the shipped rules."""

    def examined(*lines: str, today: date = TODAY, **more: Any) -> Examined:
        return examine_bytes(workbook("\n".join(lines), **more), "登记.xlsx", rules, today)

    return examined


Examine = Callable[..., Examined]

# -- one cell ----------------------------------------------------------------------------------------------------

CELLS = [
    ("走访日期", "上周三", "C02"),
    ("走访日期", "#3.1", "C03"),
    ("走访日期", "9月18日至20日", "C04"),
    ("走访日期", "2023-2-30", "C05"),
    ("走访日期", "@2023-10-21", "C06"),
    ("走访日期", "@2022-09-20", "C07"),
    ("走访日期", "无", "C01"),
    ("走访干部", "李明等3人", "C14"),
    ("走访干部", "13812345678", "C20"),
    ("走访干部", "", "C01"),
    ("走访对象", "#13812345678", "C20"),
    ("走访对象", "暂无", "C01"),
    ("对象类别", "路人", "C11"),
    ("乡镇", "某某镇", "C12"),
    ("联系电话", "1380013", "C09"),
    ("联系电话", "#4306231965010112", "C10"),
    ("矛盾纠纷", "漏" * 2001, "C17"),
]


@pytest.mark.parametrize(("column", "typed", "code"), CELLS)
def test_a_bad_cell_is_named_with_its_place_and_holds_its_row_only(
    judge: Examine, column: str, typed: str, code: str
) -> None:
    at = [name.strip() for name in HEAD.split("|")].index(column)
    cells = [cell.strip() for cell in GOOD.split("|")]
    cells[at] = typed
    found = judge(
        HEAD, GOOD, " | ".join(["", *cells]) if not cells[0] else " | ".join(cells), GOOD.replace("张三", "李四")
    )
    assert marks(found) == [f"{code} {'ABCDEFG'[at]}3"]
    assert held(found) == [False, True, False]
    fault = found.faults[0]
    assert (fault.sheet, fault.row) == ("Sheet1", 3)
    assert fault.column in fault.message
    assert "{" not in fault.message + fault.remedy


def test_all_faults_are_found_in_one_pass(judge: Examine) -> None:
    found = judge(HEAD, "上周三 | 李明等3人 | #5 | 路人 | 某某镇 | 138 | 无")
    assert marks(found) == ["C02 A2", "C14 B2", "C20 C2", "C11 D2", "C12 E2", "C09 F2"]


def test_a_visit_outside_both_rounds_is_kept_with_a_doubt(judge: Examine) -> None:
    found = judge(HEAD, GOOD.replace("2023-09-20", "2023-07-01"))
    assert (marks(found), held(found)) == (["C08 A2"], [False])
    assert "（上半年3月12日至4月28日、下半年9月18日至11月17日）" in found.faults[0].message


@pytest.mark.parametrize(
    ("day", "code"), [("2023-09-18", ""), ("2023-09-17", "C08"), ("2023-04-28", ""), ("2023-04-29", "C08")]
)
def test_the_first_and_the_last_day_of_a_round_belong_to_it(judge: Examine, day: str, code: str) -> None:
    assert marks(judge(HEAD, GOOD.replace("2023-09-20", day))) == ([f"{code} A2"] if code else [])


def test_today_is_not_the_future(judge: Examine) -> None:
    assert marks(judge(HEAD, GOOD, today=date(2023, 9, 20))) == []
    assert marks(judge(HEAD, GOOD, today=date(2023, 9, 19))) == ["C06 A2"]


@pytest.mark.parametrize("word", ["无", "暂无", "没有", "/", "—", "#0", "0", "正常", "无矛盾纠纷", " ", "未发现矛盾"])
def test_a_word_for_nothing_opens_no_matter(judge: Examine, word: str) -> None:
    found = judge(HEAD, GOOD + word)
    assert marks(found) == []
    assert "dispute" not in values(found)[0]


@pytest.mark.parametrize("word", ["较好", "基本满意", "？", "1", "未"])
def test_a_word_that_may_mean_something_is_a_matter(judge: Examine, word: str) -> None:
    assert values(judge(HEAD, GOOD + word))[0]["dispute"] == word


def test_a_zero_in_a_column_for_remarks_is_nothing(judge: Examine) -> None:
    assert "remark" not in values(judge(f"{HEAD} | 备注", f"{GOOD} | #0"))[0]


def sheet_judged(rules: Rules, lines: Sequence[Sequence[Any]]) -> Examined:
    """Cells as a reader gives them, judged: for values that no test workbook can hold."""
    found = finding.extract(
        Book("", [Sheet("Sheet1", True, [list(line) for line in lines], [])]),
        Headings(rules.schemas),
        "x",
        rules.habits,
    )
    result, judging = Examined(), Judge(rules, TODAY)
    for table in found.tables:
        judged = judging.judge(table)
        result.faults += judged.faults
        result.repairs += judged.repairs
        result.parts.append(_part(table, judged.rows))
    return result


def _part(table: Table, found: list[Any]) -> Any:
    return Part(table.match.schema.name, "", "", "", found)


@pytest.mark.law(11)
def test_error_cells_and_formulas_without_a_value_are_faults_and_never_blanks(rules: Rules) -> None:
    lines = [
        *rows(HEAD),
        [date(2023, 9, 20), "李明", "张三", "人大代表", CellError("#N/A"), Uncalculated("=F1"), CellError("#REF!")],
        [CellError("#VALUE!"), Uncalculated("=B1"), "李四", "其他", None, None, None],
    ]
    found = sheet_judged(rules, lines)
    assert marks(found) == ["C15 E2", "C16 F2", "C15 G2", "C15 A3", "C16 B3"]
    assert "“#N/A”" in found.faults[0].message


def test_a_cell_that_reads_as_two_values_is_a_fault_with_both(rules: Rules) -> None:
    phone = Disputed("1380730000", "13807300001")
    found = sheet_judged(rules, [*rows(HEAD), [date(2023, 9, 20), "李明", "张三", "人大代表", None, phone]])
    assert (marks(found), held(found)) == (["C21 F2"], [True])
    assert "一个读成“1380730000”，一个读成“13807300001”" in found.faults[0].message


@pytest.mark.parametrize(
    ("typed", "after"),
    [(timedelta(hours=36), "36:00"), (True, "是"), (datetime(2023, 9, 20, 8, 30), "2023-09-20 08:30"), (5.0, "5")],
)
def test_whatever_a_cell_can_hold_is_read_in_a_column_for_text(rules: Rules, typed: Any, after: str) -> None:
    lines = [*rows(f"{HEAD} | 备注"), [date(2023, 9, 20), "李明", "张三", "人大代表", None, None, None, typed]]
    assert values(sheet_judged(rules, lines))[0]["remark"] == after


def test_a_duration_is_shown_as_excel_shows_it(rules: Rules) -> None:
    found = sheet_judged(rules, [*rows(HEAD), [timedelta(hours=36), "李明", "张三", "人大代表"]])
    assert (marks(found), found.faults[0].value) == (["C02 A2"], "36:00")


# -- 同上, and one cause once -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ditto", ["同上", "〃", "″", "同 上", '"'])
def test_ditto_is_the_cell_above_and_is_said(judge: Examine, ditto: str) -> None:
    found = judge(HEAD, GOOD, f"{ditto} | {ditto} | 李四 | {ditto} | {ditto} | | ")
    assert marks(found) == []
    assert (values(found)[1]["visited_on"], values(found)[1]["cadres"]) == ("2023-09-20", "李明")
    assert {(r.cell, r.before, r.after) for r in found.repairs if r.how == "同上"} >= {("B3", ditto, "李明")}


def test_ditto_reaches_over_blank_rows_and_totals(judge: Examine) -> None:
    found = judge(HEAD, GOOD, "小计 | | | | | | ", "同上 | 同上 | 李四 | 同上 | | | ")
    assert (marks(found), values(found)[1]["cadres"]) == ([], "李明")


def test_ditto_in_the_first_row_or_under_an_empty_cell_is_a_fault(judge: Examine) -> None:
    found = judge(
        HEAD,
        "同上 | 李明 | 张三 | 人大代表 | | | ",
        GOOD.replace("章华镇", ""),
        "@2023-09-21 | 李明 | 李四 | 其他 | 同上 | | ",
    )
    assert marks(found) == ["C19 A2", "C19 E4"]
    assert held(found) == [True, False, True]


def test_ditto_under_a_cell_of_blanks_is_a_fault(rules: Rules) -> None:
    lines = [
        *rows(HEAD),
        [date(2023, 9, 20), "李明", "张三", "其他"],
        [date(2023, 9, 21), "李明", "李四", "其他", "同上"],
    ]
    (table,) = finding.extract(
        Book("", [Sheet("S", True, lines, [])]), Headings(rules.schemas), "x", rules.habits
    ).tables
    table.rows[0][1]["township"] = "  "
    assert [(f.code, f.cell) for f in Judge(rules, TODAY).judge(table).faults] == [("C19", "E3")]


def test_a_household_is_never_ditto(judge: Examine) -> None:
    assert marks(judge(HEAD, GOOD, "同上 | 同上 | 同上 | 同上 | | | ")) == ["C20 C3"]


@pytest.mark.parametrize("first", ["上周三", "同上"])
def test_what_repeats_a_bad_cell_is_held_with_it_and_not_named_again(judge: Examine, first: str) -> None:
    bad = GOOD.replace("@2023-09-20", first)
    found = judge(
        HEAD, bad, *(f"同上 | 李明 | {name} | 其他 | | | " for name in ("李四", "王五")), GOOD.replace("张三", "赵六")
    )
    assert (len(marks(found)), held(found)) == (1, [True, True, True, False])


def test_a_bad_merged_cell_is_named_once(judge: Examine) -> None:
    lines = [
        *rows(HEAD),
        ["上周三", "李明", "张三", "其他"],
        [None, "李明", "李四", "其他"],
        [None, "李明", "王五", "其他"],
    ]
    found = judge_rows(judge, lines, merges=["A2:A4"])
    assert (marks(found), held(found)) == (["C02 A2"], [True, True, True])


def judge_rows(judge: Examine, lines: list[list[Any]], merges: Sequence[str]) -> Examined:
    text = "\n".join("| " + " | ".join("" if cell is None else str(cell) for cell in line) for line in lines)
    return judge(text, merges=merges)


def test_a_fault_of_type_silences_the_rules_on_that_cell(judge: Examine) -> None:
    heads = f"{ITEM} | 办结日期 | 化解情况"
    found = judge(heads, "| | @2023-09-20 | 李明 | 张三 | 邻里关系 | 漏水 | 已化解 | 上周三 | 已修好")
    assert marks(found) == ["C02 H2"]
    found = judge(heads, "| | 上周三 | 李明 | 张三 | 邻里关系 | 漏水 | 已化解 | @2023-09-01 | 已修好")
    assert marks(found) == ["C02 B2"]


# -- the headings --------------------------------------------------------------------------------------------------


def test_a_missing_required_column_is_one_fault_and_holds_all(judge: Examine) -> None:
    found = judge(
        "走访日期 | 走访干部 | 走访对象 | 乡镇",
        "@2023-09-20 | 李明 | 张三 | 章华镇",
        "@2023-09-21 | 李明 | 李四 | 章华镇",
    )
    assert (marks(found), held(found)) == (["S01"], [True, True])
    assert (found.faults[0].column, found.faults[0].row) == ("对象类别", 1)


def test_two_headings_of_one_column_are_a_fault_naming_both(judge: Examine) -> None:
    found = judge(f"{HEAD} | 手机", f"{GOOD} | 13900000000")
    assert (marks(found), held(found)) == (["S02 H1"], [True])
    assert "F列“联系电话”和H列“手机”都是“联系电话”" in found.faults[0].message


def test_an_unknown_column_is_named_and_costs_nothing(judge: Examine) -> None:
    found = judge(f"{HEAD} | 是否党员", f"{GOOD} | 是")
    assert held(found) == [False]
    assert [(f.code, f.severity, f.cell, f.value) for f in found.faults] == [("S03", "info", "H1", "是否党员")]


@pytest.mark.parametrize(
    ("cells", "asked"),
    [
        (["路灯坏了", ""], True),
        (["", "要求修路"], True),
        (["是", "否"], False),
        (["汉族", "汉族"], False),
        (["无", "暂无问题"], False),
        (["45", "#45.5"], False),
        (["", ""], False),
    ],
)
def test_an_unknown_column_that_holds_text_is_asked_about(judge: Examine, cells: list[str], asked: bool) -> None:
    found = judge(
        f"{HEAD} | 其他反映",
        *(f"{row} | {cell}" for row, cell in zip((GOOD, GOOD.replace("张三", "李四")), cells, strict=True)),
    )
    assert held(found) == [False, False]
    assert [(f.code, f.severity, f.cell) for f in found.faults] == [
        ("S14", "warning", "H1") if asked else ("S03", "info", "H1")
    ]


def test_where_a_required_column_is_missing_the_unknown_headings_are_what_it_may_be_called(judge: Examine) -> None:
    found = judge(f"{HEAD.replace('对象类别', '哪一类')} | 民族", f"{GOOD} | 汉族")
    assert held(found) == [True]
    missing = found.faults[0]
    assert (missing.code, missing.column, missing.value) == ("S01", "对象类别", "哪一类、民族")
    assert missing.remedy == (
        "这一列也许就在表里，叫法不同：程序不认识的有D列“哪一类”、H列“民族”，是其中一列的，请把那个表头改成“对象类别”；"
        "都不是的，请在表头第1行补上“对象类别”一列，逐行填好后重新放入"
    )


QUESTIONS = [
    ("联系方式2", "联系电话"),
    ("联系号码", "联系电话"),
    ("户主电话", "联系电话"),
    ("联系人电话", "联系电话"),
    ("联系电活", "联系电话"),
    ("走访同志", "走访干部"),
    ("入户人员", "走访干部"),
    ("被访人姓名", "走访对象"),
    ("受访者", "走访对象"),
    ("户主名字", "走访对象"),
    ("走访对像", "走访对象"),
    ("走访日子", "走访日期"),
    ("乡镇名称", "乡镇"),
    ("家庭住所", "村(社区)组"),
    ("对象种类", "对象类别"),
]
NO_QUESTIONS = [
    "是否党员",
    "文化程度",
    "身份证号",
    "身份证号码",
    "户籍",
    "户籍地址",
    "性别",
    "年龄",
    "民族",
    "政治面貌",
    "家庭人口",
    "家庭收入",
    "家庭成员",
    "出生年月",
    "出生日期",
    "走访次数",
    "走访方式",
    "走访时长",
    "走访照片",
    "走访干部电话",
    "陪同人员",
    "陪访人",
    "带队领导",
    "包村干部",
    "经办人",
    "记录人",
    "联系人",
    "联系学校",
    "学生姓名",
    "走访户情况",
    "走访户数",
    "走访对象数",
    "走访对象签名",
    "干部签名",
    "就读学校",
    "与户主关系",
    "户主身份证",
    "户主年龄",
    "户主性别",
    "银行卡号",
    "门牌号",
    "微信号",
    "健康状况",
    "收入来源",
    "填表日期",
    "是否脱贫户",
    "签名",
    "职业",
]


def asked(rules: Rules, form: str, heading: str, *held: str) -> str:
    """The column that the question about a heading names, "" where none is asked."""
    schema = rules.schemas[form]
    name = likely_field(heading, Match(schema, dict.fromkeys(held, 0), [], [], 0))
    return schema.by_name[name].title if name else ""


@pytest.mark.parametrize(("heading", "title"), QUESTIONS)
def test_a_heading_much_like_a_column_that_is_not_there_is_a_question(rules: Rules, heading: str, title: str) -> None:
    assert asked(rules, "visit", heading) == title


@pytest.mark.parametrize("heading", NO_QUESTIONS)
def test_a_heading_of_something_else_is_no_question(rules: Rules, heading: str) -> None:
    assert asked(rules, "visit", heading) == ""


def test_a_column_that_is_there_is_not_asked_for(rules: Rules) -> None:
    assert asked(rules, "visit", "联系方式2", "phone") == ""


@pytest.mark.parametrize("form", ["dispute", "suggestion"])
def test_who_was_visited_is_never_asked_for_as_who_visits(rules: Rules, form: str) -> None:
    assert asked(rules, form, "受访者") != "走访干部" and asked(rules, form, "陪访人") == ""


def test_a_heading_under_a_group_of_others_is_no_question(judge: Examine) -> None:
    found = judge(
        f"{HEAD.replace(' | 联系电话', '')} | 联系电话（走访干部）", f"{GOOD.replace(' | 13812345678', '')} | 138"
    )
    assert [fault.code for fault in found.faults] == ["S03"]


def test_a_question_does_not_map(judge: Examine) -> None:
    found = judge(HEAD.replace("联系电话", "联系方式2"), GOOD)
    assert [(f.code, f.severity, f.cell, f.column, f.value) for f in found.faults] == [
        ("S11", "warning", "F1", "联系电话", "联系方式2")
    ]
    assert held(found) == [False] and "phone" not in values(found)[0]


def test_a_missing_column_names_the_heading_that_may_be_it_and_it_is_not_asked_again(judge: Examine) -> None:
    found = judge(HEAD.replace("走访干部", "走访同志"), GOOD)
    assert [fault.code for fault in found.faults] == ["S01"]
    assert found.faults[0].remedy.startswith("B列“走访同志”如果就是它，请把这个表头改成“走访干部”；")


# -- repairs ------------------------------------------------------------------------------------------------------


def test_what_was_made_canonical_is_listed_from_and_to(judge: Examine) -> None:
    found = judge(HEAD, "2023.9.20 | 张 三 | 李　四 | 群众 | 章华 | １３８１２３４５６７８ | 漏水")
    assert marks(found) == []
    assert [(r.cell, r.column, r.before, r.after, r.how) for r in found.repairs] == [
        ("A2", "走访日期", "2023.9.20", "2023-09-20", "日期写法"),
        ("B2", "走访干部", "张 三", "张三", "姓名去空格"),
        ("C2", "走访对象", "李〔全角空格〕四", "李四", "姓名去空格"),
        ("D2", "对象类别", "群众", "联点乡镇群众", "统一名称"),
        ("E2", "乡镇", "章华", "章华镇", "乡镇全称"),
        ("F2", "联系电话", "１３８１２３４５６７８", "13812345678", "全角转半角"),
    ]


def test_a_word_for_not_yet_is_taken_for_nothing_and_that_is_listed(judge: Examine) -> None:
    found = judge(f"{ITEM} | 办结日期", "| | @2023-09-20 | 李明 | 张三 | 邻里关系 | 漏水 | 正在化解 | 未办结")
    assert marks(found) == []
    assert [(r.cell, r.before, r.after) for r in found.repairs] == [("H2", "未办结", "（未填）")]


def test_a_clean_row_needs_no_repair(judge: Examine) -> None:
    assert judge(f"{HEAD} | 备注", f"{GOOD} | @2023-09-25").repairs == []


# -- the shipped rules over several cells ---------------------------------------------------------------------------


def test_a_row_with_a_number_of_ours_needs_only_what_changed(judge: Examine) -> None:
    found = judge(ITEM, "23下矛0001 | | | | | | 已化解", "２３下矛 0002 | | | | | | 正在化解")
    assert (marks(found), held(found)) == ([], [False, False])


@pytest.mark.parametrize("number", ["", "人事股-1", "23下建", "第3件"])
def test_a_row_without_a_number_of_ours_needs_all(judge: Examine, number: str) -> None:
    found = judge(ITEM, f"| {number} | | | 张三 | | | 已化解")
    assert marks(found) == ["C01 B2", "C01 C2", "C01 E2", "C01 F2"]


def test_what_a_status_demands_is_a_doubt_with_its_reason(judge: Examine) -> None:
    found = judge(f"{ITEM} | 办结日期 | 化解情况", "| | @2023-09-20 | 李明 | 张三 | 邻里关系 | 漏水 | 已化解 | | ")
    assert (marks(found), held(found)) == (["R01 H2", "R01 I2"], [False])
    assert "办理状态是“已化解”，这一项就要填" in found.faults[0].message


def test_a_day_before_the_visit_is_an_error_naming_both(judge: Examine) -> None:
    found = judge(
        f"{ITEM} | 办结日期 | 化解情况", "| | @2023-09-20 | 李明 | 张三 | 邻里关系 | 漏水 | 已化解 | @2023-09-19 | 修好"
    )
    assert (marks(found), held(found)) == (["R02 H2"], [True])
    message = found.faults[0].message
    assert "填的是“2023-9-19”，早于B2（走访日期）的“2023-9-20”" in message


OPEN = "| | @2023-09-20 | 李明 | 张三 | 邻里关系 | 漏水"


@pytest.mark.parametrize(
    ("status", "resolved", "code"),
    [
        ("未启动", "@2023-09-25", "R11 H2"),
        ("正在化解", "@2023-09-25", "R11 H2"),
        ("稳控中", "@2023-09-25", ""),
        ("移交转办", "@2023-09-25", ""),
        ("未启动", "", ""),
        ("正在化解", "未办结", ""),
    ],
)
def test_a_day_of_resolving_contradicts_an_item_that_is_not_resolved(
    judge: Examine, status: str, resolved: str, code: str
) -> None:
    found = judge(f"{ITEM} | 办结日期", f"{OPEN} | {status} | {resolved}")
    assert (marks(found), held(found)) == ([code] if code else [], [False])


@pytest.mark.parametrize(
    ("heads", "days", "code"),
    [
        ("办结日期 | 回访日期 | 回访方式", "@2023-09-25 | @2023-09-24 | 电话", "R02 J2"),
        ("办结日期 | 回访日期 | 回访方式", "@2023-09-25 | @2023-09-25 | 电话", ""),
        ("回访日期 | 回访方式 | 销号日期", "@2023-09-25 | 电话 | @2023-09-24", "R02 K2"),
        ("办结日期 | 销号日期 | 备注", "@2023-09-25 | @2023-09-24 | ", "R02 J2"),
        ("化解时限 | 备注 | 责任人", "@2023-09-19 | | ", "R02 I2"),
    ],
)
def test_days_in_an_order_that_cannot_be_are_a_doubt(judge: Examine, heads: str, days: str, code: str) -> None:
    found = judge(f"{ITEM} | 化解情况 | {heads}", f"{OPEN} | 程序性终结 | 修好 | {days}")
    told = [mark for mark in marks(found) if not mark.startswith("R01")]
    assert (told, held(found)) == ([code] if code else [], [False])


# -- 情况说明 ---------------------------------------------------------------------------------------------------------

WHY = "确系春节前补访"


def test_an_explanation_upholds_the_doubts_of_its_row(judge: Examine) -> None:
    found = judge(f"{HEAD} | 情况说明", f"{GOOD.replace('2023-09-20', '2023-07-01')} | {WHY}")
    (fault,) = found.faults
    assert (fault.code, fault.severity, fault.remedy, held(found)) == ("C08", INFO, "不需处理", [False])
    assert fault.message.endswith("，不计入任务数；已说明：“确系春节前补访”")
    assert values(found)[0]["explanation"] == WHY


def test_an_explanation_upholds_its_own_row_only(judge: Examine) -> None:
    late = GOOD.replace("2023-09-20", "2023-07-01")
    found = judge(f"{HEAD} | 情况说明", f"{late} | {WHY}", f"{late.replace('张三', '李四')} | 无")
    assert [(f.cell, f.severity) for f in found.faults] == [("A2", INFO), ("A3", "warning")]


def test_an_explanation_upholds_a_twin(judge: Examine) -> None:
    found = judge(f"{HEAD} | 情况说明", f"{GOOD} | ", f"{GOOD} | {WHY}")
    assert [(f.code, f.severity) for f in found.faults] == [("R05", INFO)]
    assert found.faults[0].message.endswith("；已说明：“确系春节前补访”")


def test_an_explanation_never_upholds_an_error(judge: Examine) -> None:
    found = judge(f"{HEAD} | 情况说明", f"{GOOD.replace('人大代表', '路人')} | {WHY}")
    assert (marks(found), held(found), WHY in found.faults[0].message) == (["C11 D2"], [True], False)


def test_a_doubt_says_where_it_can_be_explained_if_the_form_has_such_a_column(judge: Examine) -> None:
    found = judge(HEAD, GOOD.replace("2023-09-20", "2023-07-01"))
    assert found.faults[0].remedy == "日期写错的请改正"
    found = judge("姓名 | 单位 | 角色", "李明 | 人事股 | 股室负责人", "李明 | 人事股 | 股室负责人")
    assert [fault.code for fault in found.faults] == ["R05"] and "情况说明" not in found.faults[0].remedy


def test_half_a_follow_up_is_a_doubt_at_the_empty_half(judge: Examine) -> None:
    line = "| | @2023-09-20 | 李明 | 张三 | 邻里关系 | 漏水 | 正在化解"
    assert marks(judge(f"{ITEM} | 回访日期 | 回访方式", f"{line} | @2023-09-21 | ")) == ["R04 I2"]
    assert marks(judge(f"{ITEM} | 回访日期 | 回访方式", f"{line} | | 上门")) == ["R04 H2"]
    assert marks(judge(f"{ITEM} | 回访日期", f"{line} | @2023-09-21")) == ["R04 H2"]
    assert marks(judge(f"{ITEM} | 回访日期 | 回访方式", f"{line} | | ")) == []


def test_the_same_row_twice_is_a_doubt_naming_its_twin(judge: Examine) -> None:
    found = judge(HEAD, GOOD, GOOD.replace("张三", "李四"), GOOD)
    assert (marks(found), held(found)) == (["R05 A4"], [False, False, False])
    assert "第4行与第2行是同一户走访" in found.faults[0].message


def test_rows_of_two_sheets_and_of_two_files_are_held_against_each_other(judge: Examine, rules: Rules) -> None:
    lines = rows(f"{HEAD}\n{GOOD}")
    found = examine_bytes(workbook_of({"甲": lines, "乙": lines}), "登记.xlsx", rules, TODAY)
    assert [(f.code, f.sheet, f.cell) for f in found.faults] == [("R05", "乙", "A2")]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in ("1组.xlsx", "2组.xlsx", "3组.xlsx"):
            archive.writestr(name, workbook(lines))
    found = examine_bytes(stream.getvalue(), "打包.zip", rules, TODAY)
    assert [(f.code, f.member) for f in found.faults] == [("R05", "2组.xlsx"), ("R05", "3组.xlsx")]
    assert all("“1组.xlsx”「Sheet1」表第2行" in fault.message for fault in found.faults)


def test_rows_of_two_forms_are_no_twins(rules: Rules) -> None:
    item = "| 1 | @2023-09-20 | 李明 | 张三 | 其他 | 漏水 |"
    heads = ITEM.replace("纠纷类别", "事项类别").replace("当事人", "反映人").replace("主要情况及诉求", "意见建议内容")
    sheets = {"纠纷": rows(f"{ITEM}\n{item} 正在化解"), "建议": rows(f"{heads}\n{item} 正在办理")}
    found = examine_bytes(workbook_of(sheets), "登记.xlsx", rules, TODAY)
    assert ([part.form for part in found.parts], marks(found)) == (["dispute", "suggestion"], [])


def test_numbers_of_the_units_own_make_no_twins_and_tell_none_apart(judge: Examine) -> None:
    row = "@2023-09-20 | 李明 | 张三 | 邻里关系 | 漏水 | 正在化解"
    other = row.replace("张三", "李四")
    assert marks(judge(ITEM, f"1 | {row}", f"1 | {other}")) == []
    assert marks(judge(ITEM, f"1 | {row}", f"2 | {row}")) == ["R05 B3"]
    assert marks(judge(ITEM, f"23下矛0001 | {row}", f"23下矛0002 | {row}")) == []


def test_twins_by_two_rules_are_named_once(judge: Examine) -> None:
    row = "23下矛0001 | @2023-09-20 | 李明 | 张三 | 邻里关系 | 漏水 | 正在化解"
    assert marks(judge(ITEM, row, row)) == ["R05 A3"]


def test_a_row_that_is_held_is_nobodys_twin(judge: Examine) -> None:
    bad = GOOD.replace("人大代表", "路人")
    assert marks(judge(HEAD, bad, GOOD, bad)) == ["C11 D2", "C11 D4"]


@pytest.mark.parametrize(
    ("old", "new"), [("2023-09-20", "2023-09-21"), ("13812345678", "13912345678"), ("李明", "王芳")]
)
def test_rows_that_differ_are_no_twins(judge: Examine, old: str, new: str) -> None:
    assert marks(judge(HEAD, GOOD, GOOD.replace(old, new))) == []


def test_the_roster_keeps_its_own_unit_and_checks_its_days(judge: Examine) -> None:
    found = judge(
        "姓名 | 单位 | 角色 | 邮箱 | 任职起 | 任职止",
        "李明 | 人事股 | 局领导 | a@b.cn | @2023-03-01 | @2023-02-01",
        "李明 | 人事股 | 股室负责人 | ab.cn | | ",
    )
    assert marks(found) == ["R02 F2", "C18 D3"]
    assert values(found)[0]["unit"] == "人事股"


def test_a_decision_names_what_it_still_needs(judge: Examine) -> None:
    heads = "编号 | 裁定 | 新时限 | 对应编号 | 批准人 | 批准日期 | 理由"
    found = judge(
        heads,
        "23下矛0001 | 延期 | | | 王芳 | @2023-10-20 | 等定价",
        "23下矛0002 | 并案 | | | 王芳 | @2023-10-21 | 同一件",
    )
    assert marks(found) == ["R01 C2", "R01 D3", "C06 F3"]
    assert "裁定是“并案”" in found.faults[1].message


# -- rules that the shipped forms do not use ------------------------------------------------------------------------


@dataclass
class Bench:
    """The rules with another form in place of the roster: columns 姓名* and those given."""

    rules: Rules

    def judge(
        self, fields: list[dict[str, Any]], *lines: str, rules: Sequence[Mapping[str, Any]] = (), **more: Any
    ) -> Examined:
        content = {
            "name": "roster", "title": "花名册", "keywords": ["花名册"], **more,
            "fields": [{"name": "name", "title": "姓名", "format": "name", "constraints": {"required": True}}, *fields],
            "rules": [{"source": "测试", **rule} for rule in rules],
        }  # fmt: skip
        schemas: Schemas = {**self.rules.schemas, "roster": FormSchema.model_validate(content)}
        return examine_bytes(workbook("\n".join(lines)), "花名册.xlsx", replace(self.rules, schemas=schemas), TODAY)


@pytest.fixture
def bench(rules: Rules) -> Bench:
    return Bench(rules)


A: dict[str, Any] = {"name": "a", "title": "甲"}
B: dict[str, Any] = {"name": "b", "title": "乙"}
TABLE = ("姓名 | 甲 | 乙",)


@pytest.mark.parametrize(
    ("limits", "typed", "what"),
    [
        ({"pattern": "[A-Z]{2}"}, "A1", "写法不合要求"),
        ({"pattern": "[A-Z]{2}"}, "ABC", "写法不合要求"),
        ({"minLength": 3}, "两字", "至少要写3个字"),
        ({"maxLength": 2}, "三个字", "写了3个字，最多2个字"),
    ],
)
def test_a_text_keeps_its_constraints(bench: Bench, limits: dict[str, Any], typed: str, what: str) -> None:
    found = bench.judge([{**A, "constraints": limits}, B], *TABLE, f"李明 | {typed} | ", "王芳 | | 5")
    assert marks(found) == [("C17" if "maxLength" in limits else "C18") + " B2"]
    assert what in found.faults[0].message


@pytest.mark.parametrize(
    ("typed", "code"), [("#4", "C18"), ("#11", "C18"), ("5.5", "C18"), ("五", "C18"), ("5", ""), ("#10", ""), ("", "")]
)
def test_a_number_keeps_its_bounds(bench: Bench, typed: str, code: str) -> None:
    field = {**A, "type": "integer", "constraints": {"minimum": 5, "maximum": 10}}
    assert marks(bench.judge([field, B], *TABLE, f"李明 | {typed} | 乙")) == ([f"{code} B2"] if code else [])


@pytest.mark.parametrize("zero", ["#0", "0"])
def test_nought_is_a_number_where_numbers_are_wanted(bench: Bench, zero: str) -> None:
    found = bench.judge([{**A, "type": "integer", "constraints": {"required": True}}, B], *TABLE, f"李明 | {zero} | 乙")
    assert (marks(found), values(found)[0]["a"]) == ([], "0")


def test_a_pattern_holds_for_several_names_as_they_are_kept(bench: Bench) -> None:
    field = {**A, "format": "names", "constraints": {"pattern": ".+、.+"}}
    assert marks(bench.judge([field, B], *TABLE, "李明 | 张三、王五 | ", "王芳 | 张三 | ")) == ["C18 B3"]


def test_several_choices_stand_in_the_order_of_the_form(bench: Bench) -> None:
    field = {**A, "type": "array", "constraints": {"enum": ["政策", "法律"]}}
    found = bench.judge([field, B], *TABLE, "李明 | 法律,政策 | ", "王芳 | 天气 | ")
    assert (values(found)[0]["a"], marks(found)) == ("政策、法律", ["C11 B3"])


def test_a_warning_field_is_named_and_holds_nothing(bench: Bench) -> None:
    field = {**A, "type": "date", "severity": "warning", "constraints": {"required": True}}
    found = bench.judge([field, B], *TABLE, "李明 | 上周三 | 乙", "王芳 | | 乙", "赵六 | 同上 | 乙")
    assert [(f.code, f.severity) for f in found.faults] == [("C02", "warning"), ("C01", "warning"), ("C19", "warning")]
    assert held(found) == [False, False, False]
    assert [row.get("a") for row in values(found)] == [None, None, None]


def test_a_form_may_use_its_own_words(bench: Bench) -> None:
    field = {**A, "type": "date", "messages": {"C02": "{where}的“{value}”不是生日"}}
    assert (
        bench.judge([field, B], *TABLE, "李明 | 上周三 | ").faults[0].message
        == "「Sheet1」表 B2（第2行·甲）的“上周三”不是生日"
    )


def test_words_that_stand_for_a_missing_value_are_nothing(bench: Bench) -> None:
    found = bench.judge([A, B], *TABLE, "李明 | 不详 | 不详吗", missingValues=["", "不详"])
    assert values(found) == [{"name": "李明", "b": "不详吗"}]


def test_one_of_several_must_be_filled(bench: Bench) -> None:
    rule = {"rule": "one_of", "fields": ["a", "b"]}
    found = bench.judge([A, B], *TABLE, "李明 | | ", "王芳 | 1 | ", "赵六 | | 2", rules=[rule])
    assert (marks(found), held(found)) == (["R03 B2"], [False, False, False])
    assert "“甲”、“乙”至少要填一项" in found.faults[0].message
    assert (
        marks(
            bench.judge(
                [A, B, {"name": "c", "title": "丙"}, {"name": "d", "title": "丁"}],
                "姓名 | 丙 | 丁",
                "李明 | 1 | 2",
                rules=[rule],
            )
        )
        == []
    )


def test_all_or_none_must_be_filled(bench: Bench) -> None:
    rule = {"rule": "all_or_none", "fields": ["a", "b"]}
    found = bench.judge([A, B], *TABLE, "李明 | 1 | ", "王芳 | 1 | 2", "赵六 | | ", rules=[rule])
    assert (marks(found), held(found)) == (["R04 C2"], [True, False, False])


def test_what_one_value_demands_another_does_not(bench: Bench) -> None:
    rule = {"rule": "required_if", "field": "b", "when": {"a": ["是"]}, "why": "甲填的是“{a}”"}
    found = bench.judge([A, B], *TABLE, "李明 | 是 | ", "王芳 | 否 | ", "赵六 | 是 | 有", rules=[rule])
    assert (marks(found), held(found)) == (["R01 C2"], [True, False, False])
    assert "甲填的是“是”" in found.faults[0].message


def test_numbers_are_compared_as_numbers(bench: Bench) -> None:
    rule = {"rule": "compare", "field": "b", "not_before": "a"}
    number = {"type": "integer"}
    found = bench.judge([A | number, B | number], *TABLE, "李明 | #9 | #10", "王芳 | #10 | #9", rules=[rule])
    assert marks(found) == ["R02 C3"]


def test_a_unique_column_may_not_repeat(bench: Bench) -> None:
    found = bench.judge(
        [{**A, "constraints": {"unique": True}}, B], *TABLE, "李明 | 1 | ", "王芳 | 1 | ", "赵六 | | ", "周七 | | "
    )
    assert marks(found) == ["R05 B3"]
    assert "第3行与第2行是同一甲（甲相同）" in found.faults[0].message


@pytest.mark.parametrize(("severity", "stays"), [("warning", False), ("error", True)])
def test_a_rule_may_be_as_strict_as_its_form_says(bench: Bench, severity: str, stays: bool) -> None:
    rule = {"rule": "hook", "hook": "not_in_future", "field": "a", "severity": severity}
    found = bench.judge([{**A, "type": "date"}, B], *TABLE, "李明 | @2023-10-21 | ", rules=[rule])
    assert (marks(found), held(found)) == (["C06 B2"], [stays])


def test_the_child_process_judges_as_this_one_does(rules: Rules) -> None:
    data = workbook("\n".join([HEAD, GOOD, GOOD.replace("人大代表", "路人")]))
    task = Task(data, len(data), "登记.xlsx", pack(rules), TODAY)
    assert examine(task) == examine_bytes(data, "登记.xlsx", rules, TODAY)


def test_the_example_of_every_field_passes_its_own_checks(rules: Rules) -> None:
    judging = Judge(rules, date(2023, 12, 31))
    for form, schema in rules.schemas.items():
        for field in schema.stored:
            if field.example:
                converted = judging.convert(form, field.name, field.example)
                assert (converted.fault, converted.value is not None) == (None, True), f"{form}.{field.name}"


def test_every_alias_of_a_value_leads_to_its_choice(rules: Rules) -> None:
    judging = Judge(rules, TODAY)
    for form, schema in rules.schemas.items():
        for field in schema.stored:
            for word, choice in field.value_aliases.items():
                value = judging.convert(form, field.name, word).value
                assert value in (choice, (choice,)), f"{form}.{field.name}: {word}"


def test_rules_other_than_these_are_read_from_their_folder(tmp_path: Path, rules: Rules) -> None:
    for file in rules.folder.glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    content = yaml.safe_load((tmp_path / "visit.yaml").read_text(encoding="utf-8"))
    content["fields"][5]["constraints"]["maxLength"] = 1
    (tmp_path / "visit.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    other = load_rules(tmp_path)
    assert marks(examine_bytes(workbook(f"{HEAD}\n{GOOD}"), "登记.xlsx", other, TODAY)) == ["C17 C2"]
