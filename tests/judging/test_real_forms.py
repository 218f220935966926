"""The habits of real offices, each with its nasty variations and with what only looks like it: what is data is read,
every row of it; what is not is left out, and said where one could miss it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
import writers
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from tables import workbook_of

from dazoufang.judging.examine import Examined, examine_bytes
from dazoufang.model.cell_names import address
from dazoufang.model.faults import ERROR, INFO
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import FormSchema
from dazoufang.writing import blank_forms

TODAY = date(2023, 10, 20)
DAY = date(2023, 9, 20)
Lines = Sequence[Sequence[Any]]
Read = Callable[..., Examined]

HEAD = ["序号", "走访日期", "走访干部", "职务", "走访对象", "对象类别", "乡镇", "联系电话", "矛盾纠纷", "备注"]
ZHANG = [1, DAY, "李明", "股长", "张三", "人大代表", "章华镇", "13812345678", "漏水", "好"]
LI = [9, DAY, "李明", "股长", "李四", "人大代表", "章华镇", "13812345679", "占道", "好"]


def row(*cells: Any) -> list[Any]:
    """A row of the table under HEAD: the given cells, the rest blank."""
    return [*cells, *[None] * (len(HEAD) - len(cells))]


def visit(number: int, household: str, **other: Any) -> list[Any]:
    """A full row, with some cells said otherwise."""
    cells = dict(zip(HEAD, [number, DAY, "李明", "股长", household, "人大代表", None, None, None, None], strict=True))
    return list((cells | other).values())


@pytest.fixture
def read(rules: Rules) -> Read:
    """Bytes, the lines of one sheet, or several sheets by name → what was found in them."""

    def examine(
        content: bytes | Lines | dict[str, Lines], merges: Sequence[str] = (), name: str = "登记.xlsx"
    ) -> Examined:
        if not isinstance(content, bytes):
            content = workbook_of(content if isinstance(content, dict) else {"Sheet1": content}, merges)
        return examine_bytes(content, name, rules, TODAY)

    return examine


def people(found: Examined, name: str = "household") -> list[str]:
    return [one.values.get(name, "") for part in found.parts for one in part.rows]


def wrong(found: Examined) -> list[str]:
    """What a unit has to mend or look at."""
    return [f"{fault.code} {fault.cell}".strip() for fault in found.faults if fault.severity != INFO]


def left_out(found: Examined) -> list[str]:
    """What is said of rows that were not taken."""
    return [fault.message.partition("表的")[2] for fault in found.faults if fault.code == "S12"]


def clean(found: Examined, *names: str) -> None:
    assert (people(found), wrong(found)) == (list(names), [])


# -- rows that are no data: left out, the rows around them read, and told where they fill a required column --------------

SILENT: dict[str, list[Any]] = {
    "合计 in the serial column": row("合计", None, None, None, None, None, None, None, 3),
    "小计 beside its serial": row(5, None, None, "小计"),
    "sample by 例 in the serial column": row("例", DAY, "李明", "股长", "王五", "人大代表"),
    "（样例，勿删）": row("（样例，勿删）", DAY, "李明", "股长", "王五", "人大代表"),
    "填写样例": row("填写样例", "2023-9-20", "李明", "股长", "王五", "人大代表"),
    "footer behind blank cells": row(None, None, "填表人：甲", None, None, "审核人：乙"),
    "footer in the serial column": row("填表人：", "甲", None, "审核人：", "乙"),
    "footer spread over cells": row("填表人", None, "甲", None, "审核人", None, "乙"),
    "以下空白": row(None, None, "以下空白"),
    "（此页无正文）": row(None, "（此页无正文）"),
    "第1页，共3页": row(None, "第1页，共3页"),
    "续表": row(None, None, None, None, "续表"),
    "无": row(None, "无"),
    "every cell 无": row(7, *["无"] * 9),
    "every cell a dash or 0": row(7, "/", "—", "/", 0, "/", "/", "/", "无", "/"),
    "serial and cadre written ahead": row(7, None, "李明", "股长", None, "人大代表"),
    "serial alone": row(7),
    "a signature's unit": row(None, None, None, None, None, None, "人事股"),
    "headings again, dressed otherwise": ["*" + " ".join(text) for text in HEAD],
}
TOLD: dict[str, tuple[list[Any], str]] = {
    "合计 and a count": (row("合计", None, None, None, "12户"), "合计"),
    "a unit's 小计 in two cells": (row(None, "人事股", "小计", None, 12), "合计"),
    "a cadre's 小计": (row(None, None, "李明", "小计", 10), "合计"),
    "小计 in the household column": (row(2, None, "李明", None, "小 计", "10户"), "合计"),
    "小计 after a day": (row(None, DAY, "小计", None, None, None, None, None, 3), "合计"),
    "a month's total": (row("9月", "合计", 12, None, "12户"), "合计"),
    "共计：12户": (row(None, "共计：12户"), "合计"),
    "示例 in 备注": (row(2, DAY, "李明", "股长", "王五", "人大代表", None, None, None, "（示例）"), "示例"),
    "张三（例）": (row(2, DAY, "李明", "股长", "张三（例）", "人大代表"), "示例"),
    "a row of hints": (row("填写要求", "如2023-9-20", "填姓名", "填职务", "户主姓名", "五类之一"), "说明文字"),
    "the columns' numbers": (row(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), "栏次"),
    "甲 乙 1 2": (row("甲", "乙", 1, 2, 3, 4, 5, 6, 7, 8), "栏次"),
    "A B C": (row(*"ABCDEFGHIJ"), "栏次"),
    "a note without its word": (row(None, "1.本表一式两份，报送办公室。"), "说明文字"),
    "a note in two cells": (row(None, "注：", "走访对象写户主姓名"), "说明文字"),
    "nothing happened, in words": (row(None, "本单位无其他情况需要说明"), "说明文字"),
    "a signature": (row(None, "单位（盖章）：人事股", None, None, None, "2023年10月20日"), "落款"),
    "who signs, without a known label": (row(None, "主任：李明", None, None, "经办：王芳"), "落款"),
    "a band that nobody merged": (row(None, "县直单位"), "说明文字"),
}  # fmt: skip


@pytest.mark.parametrize("line", SILENT.values(), ids=SILENT.keys())
def test_a_row_that_is_plainly_no_data_is_left_out_without_a_word(read: Read, line: list[Any]) -> None:
    found = read([["填报单位：人事股"], HEAD, ZHANG, line, LI])
    clean(found, "张三", "李四")
    assert left_out(found) == []


@pytest.mark.parametrize(("line", "what"), TOLD.values(), ids=TOLD.keys())
def test_a_row_left_out_that_fills_a_required_column_is_told(read: Read, line: list[Any], what: str) -> None:
    found = read([HEAD, visit(1, "甲一"), visit(2, "甲二"), line, LI])
    clean(found, "甲一", "甲二", "李四")
    assert left_out(found) == [f"第4行（{what}）没有当作数据"]


def test_a_row_far_right_signed_with_a_day_is_no_data(read: Read) -> None:
    clean(read([HEAD, ZHANG, LI, [], row(None, None, None, None, None, None, None, "2023年10月20日")]), "张三", "李四")


def test_all_rows_left_out_of_a_sheet_are_told_at_once_in_order(read: Read) -> None:
    lines = [HEAD, ZHANG, visit(2, "王五", 备注="示例"), LI, row("合计", None, None, None, "2户")]
    found = read({"走访": lines, "章华镇": [HEAD, LI, row("小计", None, "1人")]})
    assert left_out(found) == ["第3行（示例）、第5行（合计）没有当作数据", "第3行（合计）没有当作数据"]
    told = [fault for fault in found.faults if fault.code == "S12"]
    assert [(one.severity, one.sheet, one.cell, one.row) for one in told] == [
        (INFO, "走访", "", 0),
        (INFO, "章华镇", "", 0),
    ]


def test_of_many_rows_left_out_the_first_eight_are_named(read: Read) -> None:
    lines = [
        HEAD,
        *[line for n in range(10) for line in (visit(n, f"张{'甲乙丙丁戊己庚辛壬癸'[n]}"), row("小计", None, 1))],
    ]
    assert left_out(read(lines)) == ["、".join(f"第{n}行（合计）" for n in range(3, 18, 2)) + "等10行没有当作数据"]


def test_a_sample_where_everybody_expects_it_is_not_told_and_elsewhere_is(read: Read) -> None:
    sample = ["例", *visit(0, "王五")[1:]]
    assert left_out(read([HEAD, sample, ["例2", *sample[1:]], ZHANG])) == []
    assert left_out(read([HEAD, ZHANG, LI, sample])) == ["第4行（示例）没有当作数据"]


def test_a_sample_mark_merged_over_two_rows_marks_both(read: Read) -> None:
    lines = [HEAD, ["示例", *visit(0, "甲一")[1:]], [None, *visit(0, "甲二")[1:]], ZHANG]
    clean(read(lines, ["A2:A3"]), "张三")


def test_the_sample_row_of_our_own_blank_forms_is_neither_read_nor_told(read: Read, rules: Rules) -> None:
    book = openpyxl.load_workbook(io.BytesIO(blank_forms.render(rules)["走访登记表.xlsx"]))
    stream = io.BytesIO()
    book.save(stream)
    found = read(stream.getvalue(), name="走访登记表.xlsx")
    assert (people(found), left_out(found), wrong(found)) == ([], [], ["S07"])


# -- rows that only look like it: a row of data is never passed over -----------------------------------------------------

KEPT: dict[str, list[Any]] = {
    "a household called 例建国": visit(2, "例建国"),
    "a household called 例一鸣": visit(2, "例一鸣", 走访日期=None),
    "a cadre called 总兴旺": visit(2, "王五", 走访干部="总兴旺"),
    "a household called 合建军": visit(2, "合建军"),
    "a household called 注建新": visit(2, "注建新"),
    "备注 begins with 合计": visit(2, "王五", 备注="合计3人在家"),
    "备注 is 合计": visit(2, "王五", 备注="合计"),
    "备注 is 小计, the rest is hardly filled": row(None, None, None, None, "王五", None, None, None, None, "小计"),
    "职务 is 负责人": row(2, DAY, None, "负责人", "王五", "人大代表"),
    "备注 is 同上": visit(2, "王五", 备注="同上"),
    "备注 begins with 注：": visit(2, "王五", 备注="注：户主外出"),
    "备注 begins with 填表人：": visit(2, "王五", 备注="填表人：本人"),
    "矛盾纠纷 begins with 例如": visit(2, "王五", 矛盾纠纷="例如：门前积水"),
    "矛盾纠纷 is one heading": visit(2, "王五", 矛盾纠纷="矛盾纠纷"),
    "a household and nothing else": row(None, None, None, None, "王五"),
    "a household behind its label": row(2, None, None, None, "户主：王五", "人大代表"),
    "a matter and nothing else": row(None, None, None, None, None, None, None, None, "注意防火，路灯不亮"),
    "a day and a dash": row(2, DAY, "—", "—", "王五", "—"),
}  # fmt: skip


@pytest.mark.parametrize("line", KEPT.values(), ids=KEPT.keys())
def test_a_row_that_only_looks_like_something_else_is_data(read: Read, line: list[Any]) -> None:
    found = read([HEAD, ZHANG, line, LI])
    assert [one.row_no for one in found.parts[0].rows] == [2, 3, 4]
    assert left_out(found) == []


# What the row itself holds when day, cadre and kind are merged with the row above: next to nothing, and all of it data.
UNDER_MERGED: dict[str, list[Any]] = {
    "a name alone": row(None, None, None, None, "王五"),
    "负责人 and a name": row(None, None, None, "负责人", "王五"),
    "合计 in 备注": row(None, None, None, None, "王五", None, None, None, None, "合计"),
    "小计 in 职务": row(None, None, None, "小计", "王五"),
    "例一鸣": row(None, None, None, None, "例一鸣"),
    "a note in 矛盾纠纷": row(None, None, None, None, None, None, None, None, "注：又漏水了"),
    "填表人： in 职务": row(None, None, None, "填表人：", "王五"),
    "a serial and a name": row(2, None, None, None, "王五"),
}
MERGED = ["B2:B3", "C2:C3", "F2:F3"]


@pytest.mark.parametrize("line", UNDER_MERGED.values(), ids=UNDER_MERGED.keys())
@pytest.mark.parametrize("below", [[], HEAD, row("合计", 2)], ids=["the end", "a heading", "a total"])
def test_a_row_whose_other_cells_are_merged_with_the_row_above_is_data(
    read: Read, line: list[Any], below: list[Any]
) -> None:
    found = read([HEAD, ZHANG, line, below, LI], MERGED)
    assert [one.row_no for one in found.parts[0].rows] == [2, 3, 5]
    assert (found.parts[0].rows[1].values["cadres"], found.parts[0].rows[1].values["visited_on"]) == (
        "李明",
        "2023-09-20",
    )


@pytest.mark.parametrize(
    "matter", ["欠款本息合计", "注：要账多年", "例如：漏水", "汇总", "备注：无", "填表人：本人", "负责人", "说明"]
)
def test_what_the_first_column_says_does_not_matter_where_the_row_is_filled(read: Read, matter: str) -> None:
    head = ["矛盾纠纷", "走访日期", "走访干部", "走访对象", "对象类别"]
    found = read([head, [matter, DAY, "李明", "王五", "人大代表"], ["占道", DAY, "李明", "王六", "人大代表"]])
    clean(found, "王五", "王六")
    assert people(found, "dispute")[0] == matter


def test_a_full_row_whose_texts_are_all_labels_is_data(read: Read) -> None:
    head = ["意见建议", "备注", "走访干部", "职务", "走访对象", "对象类别", "家庭情况", "走访日期"]
    found = read([head, ["填表人：本人", "负责人", "李明", "负责人", "张三", "其他", "电话", DAY]])
    clean(found, "张三")
    assert people(found, "visited_on") == ["2023-09-20"]


def test_a_name_alone_under_a_note_of_its_column_is_a_row_and_a_numbered_line_is_none(read: Read) -> None:
    head = ["走访对象", "走访日期", "走访干部", "对象类别"]
    notes = [["注：1.走访对象写户主姓名。"], ["2.没有的留空"]]
    found = read([head, ["张三", DAY, "李明", "其他"], *notes, ["王五"]])
    assert (people(found), left_out(found)) == (["张三", "王五"], [])


def test_an_incomplete_row_before_a_repeated_heading_is_no_title(read: Read) -> None:
    head = ["走访对象", "走访日期", "走访干部", "对象类别"]
    found = read([head, ["张三", DAY, "李明", "其他"], ["王五"], head, ["李四", DAY, "李明", "其他"]])
    assert people(found) == ["张三", "王五", "李四"]
    assert wrong(found) == ["C01 B3", "C01 C3", "C01 D3"]


def test_a_name_alone_under_a_band_is_a_row_with_faults(read: Read) -> None:
    found = read([HEAD, ZHANG, row("章华镇"), row(None, None, None, None, "王五"), LI], ["A3:J3"])
    assert people(found) == ["张三", "王五", "李四"]
    assert {"C01 B4", "C01 C4", "C01 F4"} == set(wrong(found))


# -- headings --------------------------------------------------------------------------------------------------------

GROUPED = [
    ["序号", "走访日期", "走访干部", None, "走访对象", None, None, None, "反映情况", None, None, "备注"],
    [None, None, "姓名", "职务", "姓名", "类别", "乡镇", "联系电话", "矛盾纠纷", "意见建议", "咨询求助", None],
]  # fmt: skip
GROUPS = ["A{0}:A{1}", "B{0}:B{1}", "C{0}:D{0}", "E{0}:H{0}", "I{0}:K{0}", "L{0}:L{1}"]
GROUPED_ROW = [1, DAY, "李明", "股长", "张三", "人大代表", "章华镇", "13812345678", "漏水", "修路", "助学", "好"]


@pytest.mark.parametrize("above", [0, 1, 16, 18])
@pytest.mark.parametrize("merged", [True, False])
def test_group_headings_are_read_merged_or_not_down_to_the_twentieth_row(read: Read, above: int, merged: bool) -> None:
    merges = [area.format(above + 1, above + 2) for area in GROUPS] if merged else []
    found = read([*[["县乡干部大走访活动走访登记表"]][:above], *[[]] * (above - 1), *GROUPED, GROUPED_ROW], merges)
    clean(found, "张三")
    assert found.parts[0].rows[0].values == {
        "visited_on": "2023-09-20", "cadres": "李明", "cadre_title": "股长", "household": "张三", "remark": "好",
        "target_kind": "人大代表", "township": "章华镇", "phone": "13812345678", "dispute": "漏水", "suggestion": "修路",
        "inquiry": "助学",
    }  # fmt: skip


def test_one_known_group_over_the_headings_is_enough(read: Read) -> None:
    lines = [
        ["基本情况", None, None, "走访对象", None],
        ["走访日期", "走访干部", "职务", "姓名", "类别"],
        [DAY, "李明", "股长", "张三", "人大代表"],
    ]
    clean(read(lines, ["A1:C1", "D1:E1"]), "张三")
    clean(read(lines), "张三")


def test_a_group_may_bear_the_name_of_its_own_first_column(read: Read) -> None:
    lines = [
        ["走访日期", "走访干部", "走访对象", None, None],
        [None, None, "走访对象", "类别", "乡镇"],
        [DAY, "李明", "张三", "人大代表", "章华镇"],
    ]
    for merges in ([], ["A1:A2", "B1:B2", "C1:E1"]):
        found = read(lines, merges)
        clean(found, "张三")
        assert found.parts[0].rows[0].values["township"] == "章华镇"


def test_a_cell_that_only_looks_empty_is_said_to_be_so_and_makes_no_row(read: Read) -> None:
    head = ["走访日期", "走访干部", "走访对象", "对象类别", "备注"]
    found = read([head, [DAY, "李明", "　 ", "人大代表", " "], ["  ", None, " ", None, None]])
    assert len(found.parts[0].rows) == 1
    (fault,) = [fault for fault in found.faults if fault.severity == "error"]
    assert (fault.code, fault.cell) == ("C01", "C2")
    assert "看着是空的" in fault.message
    assert found.repairs == []


def test_a_meta_row_right_above_is_no_group_heading(read: Read) -> None:
    meta = ["填报单位：人事股", None, None, None, "联系电话", "0730-4123456"]
    found = read([meta, HEAD, ZHANG])
    clean(found, "张三")
    assert (found.parts[0].unit, people(found, "phone")) == ("人事股", ["13812345678"])


@pytest.mark.parametrize(
    "dress", ["{} *", "＊{}", "★{}", "（必填）{}", "{}\n（必填）", "【{}】", "{}：", "\u3000{}", "{}\xa0", "_x000D_"]
)
def test_dressed_headings_are_known(read: Read, dress: str) -> None:
    head = ["\r\n".join(text) if dress == "_x000D_" else dress.format(text) for text in HEAD]
    clean(read([head, ZHANG]), "张三")


def test_a_spaced_out_title_and_notes_over_the_table_are_read_past(read: Read) -> None:
    above = [
        ["县 乡 干 部 大 走 访 活 动 走 访 登 记 表"],
        ["填写注意事项："],
        ["1.走访日期、走访干部、走访对象、对象类别、联系电话为必填项"],
        ["走访日期", "一律写成2023-9-20"],
        ["对象类别", "联点乡镇群众、人大代表、政协委员、原民代幼人员、其他"],
        ["填 报 单 位：", "人", "事", "股", None, None, "填 报 时 间：", "2023年10月20日"],
    ]
    found = read([*above, HEAD, ZHANG])
    clean(found, "张三")
    assert found.parts[0].meta["reporting_unit"] == "人事股"


def test_a_table_of_137_columns_is_read(read: Read) -> None:
    more = [f"附加指标{n}" for n in range(127)]
    found = read([[*more[:60], *HEAD, *more[60:]], [*[n + 0.5 for n in range(60)], *ZHANG, *["是"] * 67]])
    clean(found, "张三")
    assert found.parts[0].headings[0].columns["remark"] == 69


def test_columns_after_a_gap_belong_to_the_table(read: Read) -> None:
    head, line = [None, *HEAD[:8], None, *HEAD[8:]], [None, *ZHANG[:8], None, *ZHANG[8:]]
    found = read([head, line])
    clean(found, "张三")
    assert (people(found, "dispute"), people(found, "remark")) == (["漏水"], ["好"])


def test_a_list_beside_the_table_lends_no_telephone_to_the_households(read: Read) -> None:
    head = ["走访日期", "走访干部", "走访对象", "对象类别", None, None, "股室名称", "联系电话"]
    found = read([head, [DAY, "李明", "张三", "人大代表", None, None, "工会", "0730-4123456"]])
    assert (people(found), people(found, "phone")) == (["张三"], [""])
    assert wrong(found) == ["S11 H1"]
    assert "隔着空列" in found.faults[0].message


def test_two_tables_side_by_side_are_both_read_or_go_back_with_one_fault(read: Read) -> None:
    head, line = ["走访日期", "走访干部", "走访对象", "对象类别"], [DAY, "李明", "张三", "人大代表"]
    found = read([[*head, None, *head], [*line, None, *line]])
    assert wrong(found) == ["R05 F2"]
    assert [row.held for row in found.parts[0].rows] == [False, False]
    short = read([[*head, None, *head[:3]], [*line, None, *line[:3]]])
    assert wrong(short) == ["S36 F1"]
    assert all(row.held for row in short.parts[0].rows)


def test_a_column_that_holds_something_under_no_heading_is_told(read: Read) -> None:
    found = read([[None, *HEAD[1:], None], [1, *ZHANG[1:], "村干部陪同"], [2, *LI[1:], None]])
    assert people(found) == ["张三", "李四"]
    assert [(fault.code, fault.cell) for fault in found.faults] == [("S14", "K1")]  # serial numbers need no heading


# -- pages, tables, sheets -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", ["县乡干部大走访活动走访登记表", "大 走 访 登 记 表（第二页）", "续表"])
@pytest.mark.parametrize("at", [0, 1, 4])
def test_title_unit_and_heading_repeated_on_each_page_are_no_rows(read: Read, title: str, at: int) -> None:
    page = [[*[None] * at, title], ["填报单位：人事股", None, None, None, None, "填报时间：2023年10月20日"], HEAD]
    found = read([*page, ZHANG, row("小计", 1), *page, LI, ["填表人：甲", None, None, "审核人：乙"]])
    clean(found, "张三", "李四")
    assert [one.unit for one in found.parts[0].rows] == ["人事股", "人事股"]
    assert left_out(found) == ["第5行（合计）没有当作数据"]


def test_a_grouped_heading_repeated_on_each_page_is_no_row(read: Read) -> None:
    found = read([*GROUPED, GROUPED_ROW, *GROUPED, [2, DAY, "李明", "股长", "李四", *GROUPED_ROW[5:]]])
    clean(found, "张三", "李四")


def test_a_repeated_heading_without_rows_below_is_nothing(read: Read) -> None:
    found = read([HEAD, ZHANG, [], ["第二页"], HEAD])
    clean(found, "张三")
    assert found.faults == []


def test_stacked_tables_of_three_forms_are_each_read_with_their_own_columns(read: Read) -> None:
    disputes = [
        ["走访日期", "走访干部", "当事人", "纠纷类别", "主要情况及诉求", "办理状态"],
        [DAY, "李明", "张三", "邻里关系", "漏水", "正在化解"],
    ]
    suggestions = [
        ["反映日期", "走访干部", "反映人", "事项类别", "意见建议内容", "办理状态"],
        [DAY, "李明", "李四", "道路交通", "修路", "正在办理"],
    ]
    found = read(
        [
            ["一、走访登记表"],
            HEAD,
            ZHANG,
            row("合计", 1),
            ["二、矛盾纠纷"],
            *disputes,
            [],
            ["三、意见建议"],
            *suggestions,
        ]
    )
    assert [(part.form, len(part.rows)) for part in found.parts] == [("visit", 1), ("dispute", 1), ("suggestion", 1)]
    assert wrong(found) == []


@pytest.mark.parametrize("how", ["sheet", "merged band", "bare band"])
def test_a_township_that_only_a_sheet_or_a_band_names_is_that_of_the_rows_below(read: Read, how: str) -> None:
    head, zhang = ["序号", "走访日期", "走访干部", "走访对象", "对象类别"], [1, DAY, "李明", "张三", "人大代表"]
    if how == "sheet":
        found = read({"章华镇": [head, zhang], "插旗镇": [head, [1, DAY, "李明", "李四", "其他"]]})
    else:
        lines = [head, ["章华镇"], zhang, ["插旗镇"], [1, DAY, "李明", "李四", "其他"]]
        found = read(lines, ["A2:E2", "A4:E4"] if how == "merged band" else [])
    clean(found, "张三", "李四")
    assert people(found, "township") == ["章华镇", "插旗镇"]


# -- cells -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", writers.SHEETS)
def test_a_cadre_merged_over_ten_rows_stands_in_each_in_every_format(read: Read, how: str) -> None:
    sheet = writers.Sheet("走访", merges=[(1, 2, 10, 2), (1, 1, 10, 1)])
    sheet.lay(0, 0, HEAD)
    for n in range(10):
        own = [n + 1, DAY, "李明", "股长"] if n == 0 else [n + 1, None, None, None]
        sheet.lay(n + 1, 0, [*own, f"张{'甲乙丙丁戊己庚辛壬癸'[n]}", "其他"])
    found = read(writers.write([sheet], how), name=f"登记.{writers.extension(how)}")
    assert (people(found, "cadres"), people(found, "visited_on")) == (["李明"] * 10, ["2023-09-20"] * 10)
    assert wrong(found) == []


@pytest.mark.parametrize("word", ["同上", "〃", "″", "上同", "“", '"'])
def test_ditto_words_stand_for_the_cell_above_across_totals_and_blanks_but_not_for_persons(
    read: Read, word: str
) -> None:
    found = read([HEAD, ZHANG, [], row("小计", 1), visit(2, "王五", 走访日期=word, 走访干部=word, 对象类别=word)])
    clean(found, "张三", "王五")
    assert people(found, "cadres") == ["李明", "李明"]
    assert "C20 E3" in wrong(read([HEAD, ZHANG, visit(2, word)])) or "C19 E3" in wrong(
        read([HEAD, ZHANG, visit(2, word)])
    )


def openpyxl_book(lines: Lines, change: Callable[[Any, Any], None]) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    for line in lines:
        page.append(list(line))
    change(book, page)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_hidden_and_filtered_rows_and_columns_are_data_and_hidden_sheets_are_said_not_to_be(read: Read) -> None:
    def hide(book: Any, page: Any) -> None:
        page.row_dimensions[2].hidden = True
        page.column_dimensions["E"].hidden = True
        page.auto_filter.ref = "A1:J3"
        page.auto_filter.add_filter_column(4, ["李四"])
        for name, state in (("去年", "hidden"), ("备份", "veryHidden")):
            other = book.create_sheet(name)
            other.append(HEAD)
            other.append(visit(1, "王五"))
            other.sheet_state = state

    found = read(openpyxl_book([HEAD, ZHANG, LI], hide))
    clean(found, "张三", "李四")
    assert [(fault.code, fault.sheet) for fault in found.faults] == [("S06", "去年"), ("S06", "备份")]


def test_error_cells_and_formulas_without_a_value_are_faults_at_their_cells(read: Read) -> None:
    def break_(book: Any, page: Any) -> None:
        page["C2"], page["E3"], page["I2"] = "#N/A", "=B5&C5", "#REF!"
        page["C2"].data_type = page["I2"].data_type = "e"

    found = read(openpyxl_book([HEAD, ZHANG, LI], break_))
    assert wrong(found) == ["C15 C2", "C15 I2", "C16 E3"]
    assert all(one.held for one in found.parts[0].rows)


def test_a_row_of_nothing_but_an_error_is_no_note(read: Read) -> None:
    def break_(book: Any, page: Any) -> None:
        page["E3"] = "#REF!"
        page["E3"].data_type = "e"

    assert "C15 E3" in wrong(read(openpyxl_book([HEAD, ZHANG, row(), LI], break_)))


def test_numbers_and_days_as_text_and_rich_text_read_as_what_they_show(read: Read) -> None:
    def rich(book: Any, page: Any) -> None:
        page["E2"] = CellRichText(TextBlock(InlineFont(b=True), "张"), "三")
        page["C1"] = CellRichText("走访", TextBlock(InlineFont(color="FFFF0000"), "干部*"))
        page["B2"], page["H2"], page["A2"] = "45189", "１３８ １２３４ ５６７８", "1"

    found = read(openpyxl_book([HEAD, ZHANG], rich))
    clean(found, "张三")
    assert (people(found, "visited_on"), people(found, "phone")) == (["2023-09-20"], ["13812345678"])


def test_days_of_a_1904_workbook_are_the_days_it_shows(read: Read) -> None:
    def mac(book: Any, page: Any) -> None:
        book.epoch = CALENDAR_MAC_1904

    found = read(openpyxl_book([HEAD, ZHANG], mac))
    clean(found, "张三")
    assert people(found, "visited_on") == ["2023-09-20"]


def test_a_hundred_thousand_formatted_empty_rows_are_no_rows(read: Read) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"constant_memory": True}) as book:
        page, box = book.add_worksheet(), book.add_format({"border": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for at, line in enumerate([HEAD, ZHANG]):
            for column, value in enumerate(line):
                if isinstance(value, date):
                    page.write_datetime(at, column, datetime(value.year, value.month, value.day), day)
                else:
                    page.write(at, column, value)
        for at in range(2, 100_000):
            page.write_blank(at, 0, None, box)
            page.write_blank(at, 9, None, box)
    clean(read(stream.getvalue()), "张三")


# -- any layout ------------------------------------------------------------------------------------------------------

NAMES = ["张三", "例建国", "总兴旺", "小明", "欧阳合计", "阿依古丽·买买提", "注建新", "例一鸣", "表家和", "合建军"]
REMARKS = ["好", "合计3人在家", "合计", "注：户主外出", "例如：积水", "填表人：本人", "负责人", "小计", "备注：没电话", "第二页", "走访干部", "共2件", "电话"]  # fmt: skip
KINDS = ["联点乡镇群众", "人大代表", "政协委员", "原民代幼人员", "其他"]
OPTIONAL = ["cadre_title", "township", "village", "phone", "family", "dispute", "suggestion", "remark"]
FREE = {"cadre_title", "village", "family", "dispute", "suggestion", "remark"}
LEAVES = {"household": "姓名", "cadres": "姓名", "target_kind": "类别", "village": "住址"}
NOTES = [
    "填写注意事项：",
    "1.走访日期、走访干部、走访对象为必填项。",
    "注：没有的填“无”。",
    "联系人：王芳，电话0730-4123456",
]
FOOTERS = [
    [],
    ["填表人：陈晓燕", None, "审核人：李建国"],
    ["填表人", "陈晓燕", "审核人", "李建国"],
    ["单位（盖章）：人事股"],
]


@dataclass
class Laid:
    """A sheet on its way: its lines, merged areas, and what its rows of data say."""

    left: int
    names: list[str]  # of the columns from `left` on: a field, an unknown heading, or "" for a blank one
    lines: list[list[Any]] = field(default_factory=list)
    merges: list[str] = field(default_factory=list)
    said: dict[int, dict[str, str]] = field(default_factory=dict)  # row as Excel shows it → field → value

    def add(self, cells: Sequence[Any], left: int | None = None) -> None:
        self.lines.append([None] * (self.left if left is None else left) + list(cells))

    def put(self, values: Mapping[str, Any]) -> None:
        self.add([values.get(name) if name else None for name in self.names])

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        if (top, left) != (bottom, right):
            self.merges.append(f"{address(top, left)}:{address(bottom, right)}")

    def wide(self, text: str, merged: bool) -> None:
        self.add([text])
        if merged:
            self.merge(len(self.lines) - 1, self.left, len(self.lines) - 1, self.left + len(self.names) - 1)

    def column(self, name: str) -> int:
        return self.left + self.names.index(name)


GROUPS = ("走访干部", "走访对象", "反映情况")


@st.composite
def typed(draw: st.DrawFn, fields: Sequence[str]) -> dict[str, Any]:
    """One legal visit: what is required, and any of the rest."""
    made: dict[str, Any] = {
        "visited_on": draw(st.dates(date(2023, 9, 18), date(2023, 10, 19))),
        "cadres": draw(st.sampled_from(["李明", "王芳", "李明、王芳"])),
        "household": draw(st.sampled_from(NAMES)),
        "target_kind": draw(st.sampled_from(KINDS)),
        "township": draw(st.sampled_from([None, "章华镇", "新河乡"])),
        "phone": draw(st.sampled_from([None, "13812345678", "0730-4123456"])),
    }
    return {name: made[name] if name in made else draw(st.sampled_from([None, *REMARKS])) for name in fields}


@st.composite
def layouts(draw: st.DrawFn, schema: FormSchema) -> Laid:
    """A sheet of visits as units lay it out."""
    chosen = [one.name for one in schema.required] + draw(st.lists(st.sampled_from(OPTIONAL), unique=True))
    depth, merged_groups = draw(st.integers(1, 3)), draw(st.booleans())
    groups = {group: [name for name in members if name in chosen] for group, members in schema.groups.items()}
    groups = {group: members for group, members in groups.items() if members and depth > 1 and group in GROUPS}
    grouped = {name for members in groups.values() for name in members}
    segments = [("", [name]) for name in chosen if name not in grouped]
    segments += [(group, draw(st.permutations(members))) for group, members in groups.items()]
    segments += [
        ("", [name]) for name in draw(st.lists(st.sampled_from(["serial", "是否党员", "经费（元）", ""]), unique=True))
    ]
    segments = draw(st.permutations(segments))
    laid = Laid(draw(st.integers(0, 2)), [name for _, members in segments for name in members])
    first = next(laid.column(name) for name in laid.names if name)

    fields = [schema.by_name[name] for name in [*chosen, "serial"]]
    titles = {one.name: draw(st.sampled_from([one.title, *(a for a in one.aliases if "|" not in a)])) for one in fields}
    titles |= {"phone": draw(st.sampled_from(["走访对象电话", "群众电话"]))}  # 联系电话 behind the cadre is asked about
    dress = draw(st.sampled_from(["{}", "*{}", "{}＊", "【{}】", "{}\n"]))

    def heading() -> None:
        top, bottom = len(laid.lines), len(laid.lines) + depth - 1
        for _ in range(depth):
            laid.add([None] * len(laid.names))
        for group, members in segments:
            at = laid.column(members[0])
            for name in members:
                title = LEAVES.get(name, titles[name]) if group else titles.get(name, name)
                level = bottom if group or depth == 1 else bottom - 1
                laid.lines[level][laid.column(name)] = dress.format(title) if title else None
            if group:
                laid.lines[bottom - 1][at] = group
            if depth > 1 and merged_groups and members != [""]:
                laid.merge(bottom - 1, at, bottom - 1 if group else bottom, at + len(members) - 1)
        if depth == 3:
            laid.lines[top][laid.left] = "大走访情况"
            laid.merge(top, laid.left, top, laid.left + len(laid.names) - 1)

    def total() -> None:
        label = draw(st.sampled_from([name for name in laid.names if name and name not in FREE]))
        counts = {name: draw(st.sampled_from([None, 12, "3件", 0])) for name in laid.names if name}
        laid.put({**counts, label: draw(st.sampled_from(["合计", "小　计", "总计：", "共计"]))})

    def between() -> None:
        what = draw(st.sampled_from(["", "", "", "blank", "total", "heading", "note", "band", "page", "sample"]))
        if what == "blank":
            laid.add([])
        elif what == "total":
            total()
        elif what == "heading":
            heading()
        elif what == "note":
            laid.add(["注：走访对象写户主姓名。"], first)
        elif what == "band":
            laid.wide("县直单位", merged=True)  # a township would be filled in below
        elif what == "page":
            laid.add(["第2页，共3页"], first)
        elif what == "sample" and "serial" in laid.names:
            laid.put({**draw(typed(chosen)), "serial": draw(st.sampled_from(["例", "示例", "（例）", "例1"]))})

    def chunk() -> None:
        """Some rows, the cells of day, cadre and kind merged where they are the same."""
        rows = draw(st.lists(typed(chosen), min_size=1, max_size=3))
        merged = draw(st.lists(st.sampled_from(["visited_on", "cadres", "target_kind"]), unique=True))
        top = len(laid.lines)
        for at, one in enumerate(rows):
            one |= {name: rows[0][name] for name in merged}
            laid.said[top + at + 1] = {name: str(value) for name, value in one.items() if value}
            blank = dict.fromkeys(merged) if at else {}
            laid.put({**one, **blank, "serial": at + 1, "是否党员": draw(st.sampled_from([None, "是"]))})
        for name in merged:
            laid.merge(top, laid.column(name), len(laid.lines) - 1, laid.column(name))

    for _ in range(draw(st.integers(0, 3))):
        laid.add([])
    laid.wide(draw(st.sampled_from(["县乡干部大走访活动走访登记表", "走 访 登 记 表"])), draw(st.booleans()))
    for note in draw(st.lists(st.sampled_from(NOTES), unique=True)):
        laid.add([note])
    laid.add(["填报单位：人事股"])
    for block in range(draw(st.integers(1, 3))):
        if block and draw(st.booleans()):
            laid.wide(f"走访登记表（{'一二三'[block]}）", draw(st.booleans()))
        heading()
        for _ in range(draw(st.integers(1, 3))):
            between()
            chunk()
        if draw(st.booleans()):
            total()
        laid.add(draw(st.sampled_from(FOOTERS)), first)
        laid.add([])
    return laid


@settings(max_examples=60)
@given(data=st.data())
def test_any_layout_reads_back_exactly_its_rows_each_at_its_cell(rules: Rules, data: st.DataObject) -> None:
    laid = data.draw(layouts(rules.schemas["visit"]))
    found = examine_bytes(workbook_of({"Sheet1": laid.lines}, laid.merges), "登记.xlsx", rules, TODAY)
    rows = {one.row_no: one.values for part in found.parts for one in part.rows}
    assert rows == laid.said
    assert [fault.message for fault in found.faults if fault.severity == ERROR] == []
    assert {one.unit for part in found.parts for one in part.rows} == {"人事股"}
    columns = found.parts[0].headings[0].columns
    assert {name: columns[name] for name in next(iter(laid.said.values()))} == {
        name: laid.column(name) for name in next(iter(laid.said.values()))
    }
