"""Finding the tables in a sheet: headings, data rows, what stands around them, as units really fill workbooks."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from tables import rows, workbook, workbook_of

from dazoufang.judging.examine import Examined, examine_bytes
from dazoufang.judging.tables.extract import extract
from dazoufang.judging.which_form import Headings
from dazoufang.model import faults
from dazoufang.model.faults import INFO
from dazoufang.reading.sheet import Book, Sheet
from dazoufang.rules.campaign import Rules

TODAY = date(2023, 10, 20)
Lines = Sequence[Sequence[Any]]
Read = Callable[..., Examined]
HEAD = "走访日期 | 走访干部 | 走访对象 | 对象类别"
ZHANG = "@2023-09-20 | 李明 | 张三 | 人大代表"
LI = "@2023-09-21 | 李明 | 李四 | 人大代表"


@pytest.fixture
def read(rules: Rules) -> Read:
    """Bytes, or the lines of one sheet → what was found in them."""

    def examine(content: bytes | Lines, name: str = "登记.xlsx", merges: Sequence[str] = ()) -> Examined:
        data = content if isinstance(content, bytes) else workbook_of({"Sheet1": content}, merges)
        return examine_bytes(data, name, rules, TODAY)

    return examine


def table(*lines: str) -> list[list[Any]]:
    return rows("\n".join(lines))


def people(found: Examined, name: str = "household") -> list[str]:
    return [row.values.get(name, "") for part in found.parts for row in part.rows]


def marks(found: Examined) -> list[str]:
    """What was found wrong, as “C01 B3”; what is only said for openness is left out."""
    return [f"{fault.code} {fault.cell}".strip() for fault in found.faults if fault.severity != INFO]


def said(found: Examined) -> list[str]:
    return [f"{fault.code} {fault.sheet or fault.value} {fault.cell}".strip() for fault in found.faults]


def clean(found: Examined, *names: str, form: str = "visit") -> None:
    assert (people(found), marks(found)) == (list(names), [])
    assert {part.form for part in found.parts} == {form}


# -- headings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("blank_rows", [0, 1, 7, 19])
@pytest.mark.parametrize("blank_columns", [0, 3])
def test_a_heading_is_found_wherever_it_stands_in_the_first_twenty_rows(
    read: Read, blank_rows: int, blank_columns: int
) -> None:
    body = [[None] * blank_columns + line for line in table(HEAD, ZHANG)]
    found = read([[]] * blank_rows + body)
    clean(found, "张三")
    assert found.parts[0].rows[0].row_no == blank_rows + 2
    assert found.parts[0].headings[0].columns["household"] == blank_columns + 2


@pytest.mark.parametrize(
    "heading",
    [
        "联 系 电 话",
        "*联系电话",
        "联系电话＊",
        "联系\\n电话",
        " 联系电话（必填） ",
        "（联系电话）",
        "【联系电话】",
        "联系电话\u200b",
        "手机号码",
    ],
)
def test_a_heading_is_known_however_it_is_dressed(read: Read, heading: str) -> None:
    found = read(table(f"{HEAD} | {heading}", f"{ZHANG} | 13812345678"))
    clean(found, "张三")
    assert people(found, "phone") == ["13812345678"]


def test_the_order_of_columns_does_not_matter_and_blank_ones_are_nothing(read: Read) -> None:
    found = read(
        table("对象类别 | | 走访对象 | 序号 | 走访干部 | | 走访日期", "人大代表 | | 张三 | #1 | 李明 | | @2023-09-20")
    )
    clean(found, "张三")


def test_a_heading_of_two_rows_with_merged_groups(read: Read) -> None:
    lines = [
        ["序号", "走访日期", "走访干部", None, "走访对象", None, None, None, "反映情况", None, "备注"],
        [None, None, "姓名", "职务", "姓名", "类别", "住址", "联系电话", "矛盾纠纷", "意见建议", None],
        [1, date(2023, 9, 20), "李明", "股长", "张三", "人大代表", "沙口村", "13812345678", "漏水", "修路", "好"],
    ]
    found = read(lines, merges=["A1:A2", "B1:B2", "C1:D1", "E1:H1", "I1:J1", "K1:K2"])
    clean(found, "张三")
    assert found.parts[0].rows[0].values == {
        "visited_on": "2023-09-20", "cadres": "李明", "cadre_title": "股长", "household": "张三", "remark": "好",
        "target_kind": "人大代表", "village": "沙口村", "phone": "13812345678", "dispute": "漏水", "suggestion": "修路",
    }  # fmt: skip


def test_a_heading_of_three_rows(read: Read) -> None:
    lines = [
        ["大走访情况", None, None, None, None, None],
        ["走访日期", "走访干部", "走访对象", None, None, None],
        [None, None, "姓名", "类别", "乡镇", "联系电话"],
        [date(2023, 9, 20), "李明", "张三", "人大代表", "章华镇", "13812345678"],
    ]
    found = read(lines, merges=["A1:F1", "A2:A3", "B2:B3", "C2:F2"])
    clean(found, "张三")
    assert people(found, "township") == ["章华镇"]


def test_group_headings_that_nobody_merged_reach_to_the_next_one(read: Read) -> None:
    text = (
        "走访日期,走访干部,,走访对象,,,反映情况,\n,姓名,职务,姓名,类别,联系电话,矛盾纠纷,意见建议\n"
        "2023-9-20,李明,股长,张三,人大代表,13812345678,漏水,无\n"
    )
    found = read(text.encode("gb18030"), name="登记.csv")
    clean(found, "张三")
    assert people(found, "phone") == ["13812345678"]
    assert people(found, "dispute") == ["漏水"]


def test_a_merged_group_ends_where_its_cell_ends(read: Read) -> None:
    lines = [
        ["走访干部", "走访对象", None, None, None, None],
        ["姓名", "姓名", "类别", "乡镇", "走访日期", "备注"],
        ["李明", "张三", "人大代表", "章华镇", date(2023, 9, 20), "好"],
    ]
    clean(read(lines, merges=["B1:D1"]), "张三")


@pytest.mark.parametrize(
    ("lines", "merges"),
    [
        (
            [
                ["走访日期", "走访干部", None, "走访对象", None],
                [None, "姓名", "联系电话", "姓名", "类别"],
                [date(2023, 9, 20), "李明", "13812345678", "张三", "人大代表"],
            ],
            ["B1:C1", "D1:E1"],
        ),
        (
            [
                ["走访日期", "走访干部", "走访对象", "对象类别", "联系电话（走访干部）"],
                [date(2023, 9, 20), "李明", "张三", "人大代表", "13812345678"],
            ],
            [],
        ),
    ],
)
def test_the_cadres_telephone_never_becomes_the_households(read: Read, lines: Lines, merges: list[str]) -> None:
    found = read(lines, merges=merges)
    assert (people(found), people(found, "phone")) == (["张三"], [""])
    assert "S03" in {fault.code for fault in found.faults}


def test_the_cadres_telephone_and_the_households_stand_side_by_side(read: Read) -> None:
    lines = [
        ["走访日期", "走访干部", None, "走访对象", None, None],
        [None, "姓名", "联系电话", "姓名", "类别", "联系电话"],
        [date(2023, 9, 20), "李明", "13900000000", "张三", "人大代表", "13812345678"],
    ]
    found = read(lines, merges=["B1:C1", "D1:F1"])
    clean(found, "张三")
    assert people(found, "phone") == ["13812345678"]


def test_a_heading_merged_over_two_columns_is_one_column(read: Read) -> None:
    lines = [
        ["走访日期", "走访干部", "走访对象", None, "对象类别"],
        [date(2023, 9, 20), "李明", "张三", None, "人大代表"],
    ]
    clean(read(lines, merges=["C1:D1", "C2:D2"]), "张三")


def test_what_stands_in_the_second_column_of_a_merged_heading_is_asked_for(read: Read) -> None:
    lines = [
        ["走访日期", "走访干部", "走访对象", None, "对象类别"],
        [date(2023, 9, 20), "李明", "张三", "李四", "人大代表"],
    ]
    found = read(lines, merges=["C1:D1"])
    assert marks(found) == ["S02 D1"]
    assert "C列“走访对象”和D列“走访对象”" in found.faults[0].message


def test_a_meta_row_that_looks_like_a_heading_does_not_hide_the_real_one(read: Read) -> None:
    lines = [["填报单位", "人事股", "乡镇", "章华镇", "联系电话", "0730-4123456"], [], *table(HEAD, ZHANG)]
    clean(read(lines, name="走访登记表.xlsx"), "张三")


def test_a_row_of_data_whose_words_are_headings_elsewhere_is_data(read: Read) -> None:
    heads = "反映日期 | 走访干部 | 反映人 | 事项性质 | 事项类别 | 意见建议内容 | 办理状态"
    body = [f"@2023-09-2{n} | {who} | {name} | 政策咨询 | 政策落实 | 建议 | 正在办理" for n, who, name in
            [(0, "李明", "王五"), (1, "", "王六"), (2, "", "王七")]]  # fmt: skip
    found = read(table(heads, *body), merges=["B2:B4"])
    assert (people(found, "person"), marks(found)) == (["王五", "王六", "王七"], [])
    assert people(found, "cadres") == ["李明"] * 3


# -- rows that are not data ----------------------------------------------------------------------------------------

NOT_DATA = {
    "blank": [],
    "blanks": [" ", "\u3000", None, ""],
    "合计": ["合计", None, 12],
    "spaced 合 计": ["合　计", None, None, None],
    "小计 in the next column": [None, "小计", 2],
    "a unit's 小计": ["人事股小计", None, 2],
    "总计：12户": ["总计：12户"],
    "sample by its serial": ["例", "李明", "张三", "人大代表"],
    "sample by its first cell": ["示例：2023-9-20", "李明", "张三", "人大代表"],
    "sample by two cells": ["2023-9-20", "（例）李明", "例：张三", "人大代表"],
    "the heading again": ["走访日期", "走访干部", "走访对象", "对象类别"],
    "a cadre's name written ahead": [None, "李明"],
    "a note": ["注：走访对象写户主姓名。"],
    "another note": ["备注2：电话可不填"],
    "填表人：": ["填表人：陈晓燕"],
    "three labels in three cells": ["填表人：甲", None, "审核人：李建国", "负责人：丙"],
    "labels and values by turns": ["填表人：", "陈晓燕", "审核人：", "李建国"],
    "no colons": ["填表人", "陈晓燕", "审核人", "李建国"],
    "one cell with three labels": ["填表人：陈晓燕　　审核人：李建国　　联系电话：0730-4123456"],
    "signature": ["单位负责人（签字）：", None, "填报日期：", "2023年10月20日"],
    "a day beside its label": ["填报人", "陈晓燕", "填报时间", date(2023, 10, 20)],
}


@pytest.mark.parametrize("line", NOT_DATA.values(), ids=NOT_DATA.keys())
def test_a_row_that_is_not_data_is_left_out_and_the_rows_around_it_are_read(read: Read, line: list[Any]) -> None:
    before, after = table(HEAD, ZHANG), table(LI)
    clean(read([*before, line, *after]), "张三", "李四")


def test_a_total_behind_its_serial_number_is_a_total(read: Read) -> None:
    lines = table(f"序号 | {HEAD}", f"#1 | {ZHANG}")
    clean(read([*lines, [2, "合计", None, 12]]), "张三")


def test_serial_numbers_written_ahead_are_not_rows(read: Read) -> None:
    found = read(
        [*table(f"序号 | {HEAD} | 乡镇", f"#1 | {ZHANG}"), [2], ["3", None, "李明", None, "人大代表", "章华镇"], [4]]
    )
    clean(found, "张三")


def test_a_row_with_an_address_but_no_name_is_not_passed_over(read: Read) -> None:
    found = read([*table(f"{HEAD} | 村组", f"{ZHANG} | 沙口村"), [None, "李明", None, "人大代表", "沙口村"]])
    assert marks(found) == ["C01 A3", "C01 C3"]


def test_a_household_called_like_a_label_is_data_when_its_row_is_filled(read: Read) -> None:
    lines = table("职务 | 走访日期 | 走访干部 | 走访对象 | 对象类别", "负责人 | @2023-09-20 | 李明 | 张三 | 人大代表")
    clean(read(lines), "张三")


def test_notes_below_may_go_on_for_rows(read: Read) -> None:
    notes = [["注：1.本表一式两份。"], ["2.请于10月20日前报送。"], ["3.电话0730-4123456。"]]
    clean(read([*table(HEAD, ZHANG), [], *notes]), "张三")


def test_a_line_merged_over_the_table_is_no_row(read: Read) -> None:
    clean(read([*table(HEAD, ZHANG), ["章华镇（下半年）"], *table(LI)], merges=["A3:D3"]), "张三", "李四")


def test_a_block_of_notes_above_the_table(read: Read) -> None:
    notes = ["填写注意事项：", "1.走访日期、走访干部、走访对象、对象类别为必填项。", "2.没有的填“无”。"]
    clean(read([*([note] for note in notes), [], *table(HEAD, ZHANG)]), "张三")


def test_a_table_without_rows_is_a_doubt_and_no_error(read: Read) -> None:
    found = read(table(HEAD, "例 | 李明 | 张三 | 人大代表"))
    assert [(fault.code, fault.severity) for fault in found.faults] == [("S07", "warning")]


# -- 同上 and merged cells --------------------------------------------------------------------------------------------


def test_a_merged_cadre_stands_in_every_row_and_is_said(read: Read) -> None:
    lines = [*table(HEAD), [date(2023, 9, 20), "李明", "张三", "人大代表"], *([date(2023, 9, 20 + n), None, name, "其他"]
             for n, name in enumerate(["李四", "王五"], 1))]  # fmt: skip
    found = read(lines, merges=["B2:B4"])
    clean(found, "张三", "李四", "王五")
    assert people(found, "cadres") == ["李明"] * 3
    assert [(r.cell, r.after, r.how) for r in found.repairs] == [
        ("B3", "李明", "合并单元格"),
        ("B4", "李明", "合并单元格"),
    ]


def test_a_household_is_never_filled_down(read: Read) -> None:
    lines = [*table(HEAD, ZHANG), [date(2023, 9, 21), "李明", None, "其他"]]
    assert marks(read(lines, merges=["C2:C3"])) == ["C01 C3"]


def test_a_merge_of_a_million_rows_costs_nothing(read: Read) -> None:
    clean(read(table(HEAD, ZHANG), merges=["B2:B900000"]), "张三")


# -- 填报单位 and the rest ---------------------------------------------------------------------------------------------

UNIT_LINES: dict[str, list[list[Any]]] = {
    "one cell": [["填报单位：人事股"]],
    "half-width colon": [["填报单位:人事股"]],
    "盖章 at the label": [["填报单位（盖章）：人事股"]],
    "公章 at the value": [["填报单位：人事股（公章）"]],
    "spaced": [["填 报 单 位： 人 事 股"]],
    "next cell": [["填报单位", "人事股"]],
    "next cell after a colon": [["填报单位：", None, "人事股"]],
    "one character a cell": [["填报单位：", "人", "事", "股", "填报时间：", "2023-10-20"]],
    "one character a cell, then a day": [["填报单位：", "人", "事", "股", "2023年10月20日"]],
    "单位名称": [["单位名称：人事股"]],
    "报送单位": [["报送单位", "人事股"]],
    "two labels and a wide gap": [["填报单位：人事股　　　　填报时间：2023年10月20日"]],
    "two labels and one blank": [["填报单位：人事股 填报时间：2023年10月20日"]],
    "two spaced labels": [["填 报 单 位：人事股  填 报 时 间：2023年10月20日"]],
    "in the second row": [["大走访登记表"], ["填报单位：人事股"]],
    "beside a unit of measure": [["填报单位：人事股", None, "单位：人、户"]],
    "the first of two": [["填报单位：人事股"], ["填报单位：工会"]],
}


@pytest.mark.parametrize("lines", UNIT_LINES.values(), ids=UNIT_LINES.keys())
@pytest.mark.parametrize("below", [False, True])
def test_the_reporting_unit_is_read_in_every_shape(read: Read, lines: list[list[Any]], below: bool) -> None:
    body = table(HEAD, ZHANG)
    found = read([*body, [], *lines[-1:]] if below and len(lines) == 1 else [*lines, *body])
    clean(found, "张三")
    assert {found.parts[0].unit, found.parts[0].rows[0].unit} == {"人事股"}


@pytest.mark.parametrize(
    "line", [["填报单位：＿＿＿＿＿＿"], ["填报单位：", "单位：人、户"], ["填报单位："], ["填报单位：（盖章）"]]
)
def test_a_unit_that_nobody_filled_in_is_unknown(read: Read, line: list[Any]) -> None:
    assert read([line, *table(HEAD, ZHANG)]).parts[0].unit == ""


def test_a_merged_line_is_read_once(read: Read) -> None:
    found = read([["填报单位：人事股", None, None, None], *table(HEAD, ZHANG)], merges=["A1:D1"])
    assert found.parts[0].meta == {"reporting_unit": "人事股"}


def test_a_column_of_units_wins_row_by_row(read: Read) -> None:
    found = read([["填报单位：人事股"], *table(f"{HEAD} | 填报单位", f"{ZHANG} | 工会", f"{LI} | ")])
    assert [row.unit for row in found.parts[0].rows] == ["工会", "人事股"]


def test_what_stands_around_the_table_is_kept(read: Read) -> None:
    found = read(
        [
            ["填报单位：人事股", None, "填报日期：2023-10-20"],
            *table(HEAD, ZHANG),
            ["填表人：甲  审核人：乙  联系电话：0730-4123456"],
        ]
    )
    assert found.parts[0].meta == {
        "reporting_unit": "人事股", "reported_on": "2023-10-20", "filled_by": "甲", "checked_by": "乙",
        "contact_phone": "0730-4123456",
    }  # fmt: skip


# -- several tables, several sheets ---------------------------------------------------------------------------------


def test_two_forms_on_one_sheet_are_two_parts(read: Read) -> None:
    items = table(
        "走访日期 | 走访干部 | 当事人 | 纠纷类别 | 主要情况及诉求 | 办理状态",
        "@2023-09-20 | 李明 | 张三 | 邻里关系 | 漏水 | 已化解",
    )
    found = read([["走访登记表"], *table(HEAD, ZHANG), [], ["矛盾纠纷事项办理表"], *items])
    assert [(part.form, len(part.rows)) for part in found.parts] == [("visit", 1), ("dispute", 1)]
    assert marks(found) == []


SECOND = table(HEAD, "@2023-09-22 | 王芳 | 赵六 | 其他")


@pytest.mark.parametrize(
    ("lines", "units"),
    [
        ([["填报单位：人事股"], *table(HEAD, ZHANG), [], ["填报单位：工会"], *SECOND], ["人事股", "工会"]),
        (
            [
                ["填报单位：人事股"],
                *table(HEAD, ZHANG),
                ["填表人：甲"],
                [],
                ["登记表（二）"],
                ["填报单位：工会"],
                *SECOND,
            ],
            ["人事股", "工会"],
        ),
        ([*table(HEAD, ZHANG), ["填报单位：人事股"], [], *SECOND, ["填报单位：工会"]], ["人事股", "工会"]),
        ([["填报单位：人事股"], *table(HEAD, ZHANG), ["填表人：甲"], [], *SECOND], ["人事股", "人事股"]),
        ([["填报单位：人事股"], *table(HEAD, ZHANG), ["第二页"], *SECOND], ["人事股", "人事股"]),
    ],
    ids=["above", "above with titles", "below", "only once", "a page title"],
)
def test_tables_one_below_the_other_keep_their_own_units(read: Read, lines: Lines, units: list[str]) -> None:
    found = read(lines)
    clean(found, "张三", "赵六")
    assert [row.unit for part in found.parts for row in part.rows] == units


def test_ditto_does_not_reach_from_one_table_into_the_next(read: Read) -> None:
    found = read([*table(HEAD, ZHANG), ["填表人：甲"], *table(HEAD, "同上 | 王芳 | 赵六 | 其他")])
    assert marks(found) == ["C19 A5"]


def test_sheets_of_several_townships_are_all_read(read: Read) -> None:
    data = workbook_of({"章华镇": table(HEAD, ZHANG), "插旗镇": table(HEAD, LI), "空表": []})
    found = read(data)
    clean(found, "张三", "李四")
    assert [row.sheet for row in found.parts[0].rows] == ["章华镇", "插旗镇"]
    assert found.parts[0].sheets == ["章华镇", "插旗镇"]


def hidden(sheets: dict[str, Lines], *names: str) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, lines in sheets.items():
        page = book.create_sheet(name)
        for line in lines:
            page.append([datetime(v.year, v.month, v.day) if isinstance(v, date) else v for v in line])
        page.sheet_state = "hidden" if name in names else "visible"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_hidden_sheet_is_not_data_and_that_is_said(read: Read) -> None:
    found = read(hidden({"本年": table(HEAD, ZHANG), "去年": table(HEAD, LI), "选项": [["人大代表"]]}, "去年", "选项"))
    clean(found, "张三")
    assert said(found) == ["S06 去年"]


@pytest.mark.parametrize("own", ["汇总统计", "需修改", "选项", "填写说明"])
def test_a_sheet_that_the_program_derives_is_never_data_and_a_form_in_it_is_told(read: Read, own: str) -> None:
    found = read(workbook_of({own: table(HEAD, LI), "走访明细": table(HEAD, ZHANG)}))
    clean(found, "张三")
    assert said(found) == [f"S10 {own}"]
    assert "请把工作表改个名称" in found.faults[0].remedy
    assert (
        said(
            read(
                workbook_of(
                    {own: table("单位 | 走访干部 | 应走访", "工会 | 李明 | #10"), "走访明细": table(HEAD, ZHANG)}
                )
            )
        )
        == []
    )


def test_a_sheet_of_something_else_beside_a_form_is_named(read: Read) -> None:
    other = [["姓名", "地址", "金额"], ["张三", "沙口村", 5]]
    found = read(workbook_of({"登记": table(HEAD, ZHANG), "捐款": other, "Sheet3": [["随手记的一句话"]]}))
    clean(found, "张三")
    assert said(found) == ["S10 捐款"]
    assert "「捐款」表不是走访活动的表" in found.faults[0].message


def test_a_workbook_of_something_else_says_what_was_seen(read: Read) -> None:
    found = read([["商品单价表"], ["品名", "单价"], ["铅笔", 1]])
    assert marks(found) == ["F07"]
    assert "看到的第一行是：品名、单价" in found.faults[0].message


def test_an_empty_workbook_is_no_form(read: Read) -> None:
    found = read([[]])
    assert (marks(found), found.parts) == (["F07"], [])


def test_a_broken_sheet_is_named_and_the_others_are_read(rules: Rules) -> None:
    broken = Sheet("坏表", True, [], [], faults.make("S05", sheet="坏表", what="读不出"))
    good = Sheet("好表", True, table(HEAD, ZHANG), [])
    found = extract(Book("", [broken, good]), Headings(rules.schemas), "登记.xlsx", rules.habits)
    assert ([t.sheet for t in found.tables], [f.code for f in found.faults]) == (["好表"], ["S05"])


def test_every_file_of_a_zip_is_a_part_and_says_which(read: Read) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle:
        bundle.writestr("甲组.xlsx", workbook(f"{HEAD}\n{ZHANG}"))
        bundle.writestr("乙组/走访登记表（1）.xlsx", workbook("\n".join([HEAD, "@2023-09-20 | 李明 |  | 其他"])))
        bundle.writestr("空.xlsx", b"")
    found = read(stream.getvalue(), name="全部.zip")
    assert sorted((part.member, part.stem) for part in found.parts) == [
        ("乙组/走访登记表（1）.xlsx", "走访登记表"), ("甲组.xlsx", "甲组")
    ]  # fmt: skip
    assert sorted((f.code, f.member) for f in found.faults) == [
        ("C01", "乙组/走访登记表（1）.xlsx"),
        ("F01", "空.xlsx"),
    ]
