"""The writer of workbooks: what a clerk sees, prints and edits, read back with openpyxl."""

from __future__ import annotations

import io
import math
import re
import zipfile
from datetime import date, datetime

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from dazoufang.reading.books import read_books
from dazoufang.writing.sheets import cells, text_size
from dazoufang.writing.sheets.book import Book
from dazoufang.writing.sheets.columns import Column, SheetSpec
from dazoufang.writing.sheets.page import workbook
from dazoufang.writing.sheets.streamed import Streamed

DAY = date(2023, 10, 20)
COLUMNS = (
    Column("serial", "序号", 5, "serial"),
    Column("unit", "填报单位", 11),
    Column("visited_on", "走访日期", 11, "date"),
    Column("phone", "联系电话", 12),
    Column("aside", "治安环境", 9, print=False),
    Column("matter", "主要情况", 20),
    Column("done", "已走访", 8, "int"),
    Column("rate", "完成率", 8, "percent"),
)
ROWS = [
    {
        "unit": "人事股",
        "visited_on": date(2023, 9, 20),
        "phone": "13812345678",
        "matter": "排水沟改道",
        "done": 8,
        "rate": 0.85,
    },
    {
        "unit": "督导室",
        "visited_on": None,
        "phone": "0730-4123456",
        "aside": "良好",
        "matter": None,
        "done": 0,
        "rate": None,
    },
]


def spec(records: list[dict[str, object]] | None = None, **changes: object) -> SheetSpec:
    names = [column.key for column in COLUMNS] + ["look", "link"]
    options: dict[str, object] = {
        "name": "明细",
        "title": "县乡干部大走访活动明细表",
        "columns": COLUMNS,
        "rows": pd.DataFrame(ROWS if records is None else records, columns=names, dtype="object"),
        "label": "附件1",
        "left": "填报单位：华容县教育体育局",
        "right": "填报时间：2023年10月20日",
        "footer": "填表人：　　审核人：　　联系电话：",
        **changes,
    }
    return SheetSpec(**options)  # type: ignore[arg-type]


def opened(*specs: SheetSpec) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook(Book(tuple(specs), DAY))))


def sheet_of(one: SheetSpec) -> Worksheet:
    return opened(one).worksheets[0]


def find(sheet: Worksheet, text: str) -> Cell:
    return next(cell for row in sheet.iter_rows() for cell in row if cell.value == text)


def heading_row(sheet: Worksheet) -> int:
    return find(sheet, "序号").row


def beneath(sheet: Worksheet, title: str, offset: int = 1) -> Cell:
    heading = find(sheet, title)
    return sheet.cell(heading.row + offset, heading.column)


# -- law 5 ---------------------------------------------------------------------------------------------------------


def test_the_same_sheets_give_the_same_bytes() -> None:
    assert workbook(Book((spec(),), DAY)) == workbook(Book((spec(),), DAY))


def test_the_only_date_in_the_file_is_the_one_given() -> None:
    archive = zipfile.ZipFile(io.BytesIO(workbook(Book((spec(),), DAY))))
    core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2023-10-20T00:00:00Z"}
    assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# -- cells ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["=1+1", "+8613812345678", "@SUM(A1)", "-5", "{=A1}", "'引号", "0010", "http://a.cn", "1E5"]
)
def test_text_stays_text_whatever_it_begins_with(text: str) -> None:
    data = workbook(Book((spec([{"unit": text, "matter": text}]),), DAY))
    archive = zipfile.ZipFile(io.BytesIO(data))
    xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml and "<hyperlink" not in xml
    cell = beneath(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0], "主要情况")
    assert (cell.value, cell.number_format) == (text, "@")
    # Excel shows a ' before it and makes no formula of it when somebody edits the cell.
    assert cell.quotePrefix is (text[0] in ("=", "+", "-", "@"))


def test_days_are_date_cells_and_telephone_numbers_text() -> None:
    sheet = sheet_of(spec())
    day, phone = beneath(sheet, "走访日期"), beneath(sheet, "联系电话")
    assert (day.value, day.number_format) == (datetime(2023, 9, 20), "yyyy-mm-dd")
    assert (phone.value, phone.data_type, phone.number_format) == ("13812345678", "s", "@")
    assert beneath(sheet, "走访日期", 2).value is None


def test_days_of_a_frame_and_plain_days_are_written_alike() -> None:
    plain = pd.DataFrame({"visited_on": [date(2023, 9, 20), None]})
    typed = pd.DataFrame({"visited_on": pd.to_datetime(plain["visited_on"]).astype("datetime64[s]")})
    assert workbook(Book((spec(rows=plain),), DAY)) == workbook(Book((spec(rows=typed),), DAY))


def test_what_is_no_day_in_a_column_of_days_is_shown_as_it_is() -> None:
    sheet = sheet_of(spec([{"visited_on": "长期"}, {"visited_on": date(1899, 5, 1)}]))
    assert [beneath(sheet, "走访日期", n).value for n in (1, 2)] == ["长期", "1899-05-01"]


def test_a_rate_shows_as_percent_and_a_missing_one_as_a_dash() -> None:
    sheet = sheet_of(spec())
    assert (beneath(sheet, "完成率").value, beneath(sheet, "完成率").number_format) == (0.85, "0.0%")
    assert beneath(sheet, "完成率", 2).value == "—"


def test_missing_values_of_every_kind_are_empty_cells() -> None:
    holes = [None, float("nan"), pd.NA, pd.NaT, ""]
    sheet = sheet_of(spec([{"unit": hole, "done": hole, "visited_on": hole} for hole in holes]))
    for title in ("填报单位", "已走访", "走访日期"):
        assert [beneath(sheet, title, n + 1).value for n in range(len(holes))] == [None] * len(holes)


def test_illegal_characters_are_left_out_and_line_breaks_kept() -> None:
    sheet = sheet_of(spec([{"matter": "一\x00\x0b二\ud800\r\n三"}]))
    assert beneath(sheet, "主要情况").value == "一二\n三"


def test_text_that_looks_like_an_escaped_character_is_read_back_as_it_was() -> None:
    texts = ["三_x0041_", " 首尾有空格 ", "<&>"]
    data = workbook(Book((spec([{"matter": text} for text in texts]),), date(2023, 10, 20)))
    cells_read = [value for row in read_books(data, "a.xlsx")[0].sheets[0].rows for value in row]
    assert all(text in cells_read for text in texts)


@pytest.mark.parametrize("text", ["长" * 40_000, "𠮷" * 20_000])
def test_text_past_the_limit_of_excel_is_cut_and_says_so(text: str) -> None:
    value = beneath(sheet_of(spec([{"matter": text}])), "主要情况").value
    assert len(str(value).encode("utf-16-le")) // 2 <= 32767
    assert str(value).endswith("（原文过长，其余见报送的原件）")


# -- the table -----------------------------------------------------------------------------------------------------


def test_headings_stand_in_one_row_and_columns_that_are_not_printed_to_the_right() -> None:
    sheet = sheet_of(spec())
    row = [cell.value for cell in sheet[heading_row(sheet)]]
    assert row == ["序号", "填报单位", "走访日期", "联系电话", "主要情况", "已走访", "完成率", "治安环境"]
    assert sheet.print_area == f"'明细'!$A$1:$G${sheet.max_row}"
    assert beneath(sheet, "治安环境", 2).value == "良好"


def test_columns_of_one_group_stand_under_a_merged_heading() -> None:
    columns = (
        COLUMNS[0],
        Column("a", "收集", 8, "int", group="矛盾纠纷"),
        Column("b", "已销号", 8, "int", group="矛盾纠纷"),
    )
    sheet = sheet_of(spec(columns=columns, rows=pd.DataFrame({"a": [1], "b": [2]})))
    group = find(sheet, "矛盾纠纷")
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert f"B{group.row}:C{group.row}" in merged and f"A{group.row}:A{group.row + 1}" in merged
    assert [sheet.cell(group.row + 1, n).value for n in (2, 3)] == ["收集", "已销号"]
    assert sheet.print_title_rows == f"${group.row}:${group.row + 1}"


def test_serials_count_rows_and_totals_show_their_own_word() -> None:
    looks = [("甲", ""), ("甲", "subtotal"), ("乙", ""), ("全部", "total")]
    columns = [c.key for c in COLUMNS]
    rows = pd.DataFrame(
        [{"serial": "合计" if look == "total" else "小计", "unit": unit, "look": look} for unit, look in looks],
        columns=[*columns, "look"],
    )
    sheet = sheet_of(spec(rows=rows, style="look"))
    assert [beneath(sheet, "序号", n).value for n in range(1, 5)] == [1, "小计", 2, "合计"]
    assert [beneath(sheet, "填报单位", n).font.bold for n in range(1, 5)] == [False, True, False, True]
    # the total stays in sight whatever is filtered
    top = heading_row(sheet)
    assert sheet.auto_filter.ref == f"A{top}:H{top + 3}"


def test_each_alert_level_has_a_tint_of_its_own() -> None:
    levels = ["", "提醒", "预警", "逾期", "严重逾期"]
    sheet = sheet_of(spec([{"unit": level, "look": level} for level in levels], style="look"))
    tints = [beneath(sheet, "主要情况", n + 1).fill.fgColor.rgb for n in range(len(levels))]
    assert len(set(tints)) == len(levels)


def test_an_empty_table_shows_its_headings_and_says_so() -> None:
    sheet = sheet_of(spec([], empty="本日无"))
    below = beneath(sheet, "序号")
    assert below.value == "本日无"
    assert f"A{below.row}:G{below.row}" in {str(area) for area in sheet.merged_cells.ranges}
    assert sheet.print_area == f"'明细'!$A$1:$G${sheet.max_row}"


def test_links_lead_inside_the_workbook_and_leave_the_text() -> None:
    sheet = sheet_of(spec([{"unit": "=甲", "link": "'明细'!A1"}, {"unit": "乙", "link": None}], links="link"))
    cell = beneath(sheet, "填报单位")
    assert (cell.value, cell.data_type) == ("=甲", "s")
    assert cell.hyperlink is not None and cell.hyperlink.location == "'明细'!A1"
    assert beneath(sheet, "填报单位", 2).hyperlink is None


# -- the page ------------------------------------------------------------------------------------------------------


def test_the_page_is_a4_landscape_one_page_wide_with_page_numbers_and_repeated_headings() -> None:
    sheet = sheet_of(spec())
    setup = sheet.page_setup
    assert (int(setup.paperSize), setup.orientation, setup.fitToHeight) == (9, "landscape", 0)
    assert setup.fitToWidth in (None, 1) and sheet.sheet_properties.pageSetUpPr.fitToPage
    footers = sheet.oddFooter.right, sheet.evenFooter.left
    assert [(part.text, part.font, part.size) for part in footers] == [
        ("— &P —　", "宋体,常规", 14), ("— &P —", "宋体,常规", 14),
    ]  # fmt: skip
    margins = sheet.page_margins
    assert [round(margin * 25.4) for margin in (margins.top, margins.bottom, margins.left, margins.right)] == [
        28,
        26,
        20,
        20,
    ]
    row = heading_row(sheet)
    assert sheet.print_title_rows == f"${row}:${row}"
    assert sheet.freeze_panes == f"A{row + 1}"


def test_label_title_unit_date_note_and_footer_stand_where_clerks_look_for_them() -> None:
    sheet = sheet_of(spec(note="联合走访计入每人。"))
    assert (sheet["A1"].value, sheet["A1"].font.name) == ("附件1", "黑体")
    title = sheet["A2"]
    assert (title.value, title.font.name, title.font.size) == ("县乡干部大走访活动明细表", "方正小标宋简体", 22)
    assert title.alignment.horizontal == "center" and "A2:G2" in {str(area) for area in sheet.merged_cells.ranges}
    assert sheet["A3"].value == "填报单位：华容县教育体育局"
    right = find(sheet, "填报时间：2023年10月20日")
    assert (right.row, right.alignment.horizontal) == (3, "right")
    last = heading_row(sheet) + len(ROWS)
    assert sheet.cell(last + 1, 1).value == "注：联合走访计入每人。"
    assert sheet.cell(last + 2, 1).value == "填表人：　　审核人：　　联系电话："


def test_sheet_names_that_excel_refuses_are_mended_and_kept_apart() -> None:
    names = opened(
        spec(name="a/b"), spec(name="A*B"), spec(name="长" * 40), spec(name="长" * 35), spec(name="")
    ).sheetnames
    assert names == ["a_b", "A_B(2)", "长" * 31, "长" * 28 + "(2)", "表"]


# -- nothing is cut off ----------------------------------------------------------------------------------------------


def assert_nothing_cut_off(sheet: Worksheet) -> None:
    """By plain area, which the wrapping rules can only make worse: every text fits into its cell."""
    for row in sheet.iter_rows(min_row=heading_row(sheet), max_col=8):
        height = sheet.row_dimensions[row[0].row].height
        assert height is not None and height <= 409
        for cell in row:
            if isinstance(cell.value, str) and cell.alignment.wrap_text and cell.coordinate not in sheet.merged_cells:
                size = cell.font.size
                width = sheet.column_dimensions[cell.column_letter].width * 8 - 5  # pixels, less the padding
                room = width / (size * 96 / 72 / 2)
                # A space at the end of a line takes no room.
                parts = [text_size.units(part.replace(" ", "")) for part in cell.value.split("\n")]
                needed = sum(max(1, math.ceil(part / room)) for part in parts)
                assert needed * size * 1.3 <= height, (cell.coordinate, cell.value[:20])


LONG = "村民反映因征地补偿款分配方案与村委会多次协商未果，要求公开2021—2023年收支台账（含土地流转、光伏租金）。"


@pytest.mark.parametrize("length", [5, 30, 120, 500, 1000])
@pytest.mark.parametrize("key", ["unit", "matter", "aside"])
def test_texts_of_the_length_that_forms_allow_are_shown_whole(length: int, key: str) -> None:
    sheet = sheet_of(spec([{key: (LONG * 50)[:length]}, {key: "短"}]))
    assert_nothing_cut_off(sheet)
    assert "过长" not in str([cell.value for cell in sheet["A"]])


@pytest.mark.parametrize("key", ["unit", "matter"])
def test_a_printed_text_is_never_made_smaller_than_eight_points_to_be_whole(key: str) -> None:
    sheet = sheet_of(spec([{key: (LONG * 50)[:2000]}, {key: "短"}]))
    assert min(cell.font.size for row in sheet.iter_rows() for cell in row) >= 8
    assert "序号1内容过长" in str([cell.value for cell in sheet["A"]])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet="村民，。“”ab 12—\n（）", max_size=300), min_size=1, max_size=6))
def test_no_mixture_of_words_marks_and_breaks_is_cut_off(texts: list[str]) -> None:
    assert_nothing_cut_off(sheet_of(spec([{"unit": text[:40], "matter": text} for text in texts])))


def test_a_text_that_no_row_can_hold_is_named_under_the_table() -> None:
    sheet = sheet_of(spec([{"matter": "短"}, {"matter": "长" * 9000}]))
    assert "序号2内容过长" in str([cell.value for cell in sheet["A"]])
    assert beneath(sheet, "主要情况", 2).value == "长" * 9000


def test_a_row_of_one_line_stays_low() -> None:
    sheet = sheet_of(spec([{"matter": "短"}, {"matter": LONG}]))
    first = heading_row(sheet) + 1
    assert sheet.row_dimensions[first].height == 22.5
    assert sheet.row_dimensions[first + 1].height > 30


def test_columns_grow_where_a_number_or_a_day_would_read_as_hashes() -> None:
    columns = (Column("day", "日", 4, "date"), Column("n", "数", 3, "int"), Column("rate", "率", 3, "percent"))
    rows = pd.DataFrame({"day": [DAY], "n": [123456789], "rate": [12.345]})
    sheet = sheet_of(SheetSpec("表", "表", columns, rows))
    widths = [sheet.column_dimensions[letter].width for letter in "ABC"]
    assert [width >= least for width, least in zip(widths, (10.5, 9.5, 8), strict=True)] == [True] * 3


def test_a_heading_never_leaves_one_character_alone_on_its_last_line() -> None:
    assert text_size.without_widow("回访方式", 6) == 8
    assert text_size.without_widow("建议提案编号", 9) == 9


@given(st.text(alphabet="村民，。ab 1\n（", max_size=200), st.integers(2, 60))
def test_lines_are_never_fewer_than_the_text_needs(text: str, room: int) -> None:
    needed = sum(max(1, math.ceil((text_size.units(part) - part.count(" ")) / room)) for part in text.split("\n"))
    assert text_size.lines(text, room) >= needed


def test_a_column_is_widened_to_the_least_width_at_which_no_text_takes_too_many_lines() -> None:
    long = "字" * 100  # 200 half-widths: fifty a line, which 53 would hold less one in sixteen, and 53 take 354 pixels
    assert text_size.widened([long, "短"], 20, 4, 160) == 51
    assert text_size.widened([long], 20, 4, 40) == 40
    # One line of the four is the empty piece's: fourteen characters on each of three, 28 of the 29 of width 28.
    assert text_size.widened(["字" * 40 + "\n"], 20, 4, 160) == 28
    # Ten characters a line with nine spaces between: 29; the space after the tenth takes no room.
    assert text_size.widened(["短", "字 字 " * 20], 20, 4, 160) == 29


@given(st.text(alphabet="村民，。ab 1\n（", max_size=300), st.integers(5, 30), st.integers(1, 8))
def test_a_width_that_is_enough_is_found_by_wrapping_at_each_in_turn(text: str, width: int, most: int) -> None:
    enough = (one for one in range(width, 160) if text_size.lines(text, text_size.capacity(one)) <= most)
    assert text_size.widened([text], width, most, 160) == next(enough, 160)


def test_closing_marks_take_a_character_to_the_next_line_and_words_stay_whole() -> None:
    assert text_size.lines("一二三四，", 8) == 2
    assert text_size.lines("一二三abcdef", 8) == 2
    assert text_size.lines("", 8) == 1
    assert text_size.lines("a" * 17, 8) == 3


# -- forms -----------------------------------------------------------------------------------------------------------


def form(choices: tuple[str, ...]) -> SheetSpec:
    column = Column("kind", "对象类别*", 9, choices=choices, hint="请从下拉框中选。")
    return spec(columns=(COLUMNS[0], column, COLUMNS[2], COLUMNS[3]), blank_rows=40, left="填报单位：　　　　")


def test_a_short_list_is_a_drop_down_and_a_long_one_lives_on_a_hidden_sheet() -> None:
    short = opened(form(("甲", "乙")))
    assert short.sheetnames == ["明细"]
    sources = [check.formula1 for check in short["明细"].data_validations.dataValidation if check.type == "list"]
    assert sources == ['"甲,乙"']
    many = tuple(f"第{n}类矛盾纠纷" for n in range(60))
    long = opened(form(many))
    assert long["选项"].sheet_state == "veryHidden"
    assert [cell.value for cell in long["选项"]["A"]] == list(many)
    sources = [check.formula1 for check in long["明细"].data_validations.dataValidation if check.type == "list"]
    assert sources == ["选项!$A$1:$A$60"]


def test_a_choice_with_a_comma_does_not_fall_apart() -> None:
    book = opened(form(("甲,乙", "丙")))
    assert [cell.value for cell in book["选项"]["A"]] == ["甲,乙", "丙"]


def test_headings_of_a_form_are_locked_and_refuse_another_word_where_the_lock_is_lifted() -> None:
    sheet = sheet_of(form(("甲",)))
    guards = {str(c.sqref): c.formula1 for c in sheet.data_validations.dataValidation if c.type == "custom"}
    row = heading_row(sheet)
    assert guards[f"B{row}"] == f'EXACT($B${row},"对象类别*")'
    assert sheet.protection.sheet and not sheet.protection.password
    assert all(cell.protection.locked for cell in sheet[row])


def test_everything_but_the_headings_of_a_form_may_be_filled_sorted_and_deleted() -> None:
    sheet = sheet_of(form(("甲",)))
    top = heading_row(sheet)
    rows = sheet.iter_rows(min_row=top + 1, max_row=sheet.max_row)
    assert not any(cell.protection.locked for row in rows for cell in row)
    assert not find(sheet, "填报单位：　　　　").protection.locked
    # the style of whole columns, which the cells have that nobody has written yet
    assert all(not sheet.column_dimensions[letter].protection.locked for letter in "ABCDE")
    assert sheet.column_dimensions["E"].max == 16384
    allowed = ("sort", "autoFilter", "insertRows", "deleteRows", "formatCells", "formatColumns", "formatRows")
    assert not any(getattr(sheet.protection, name) for name in (*allowed, "objects", "scenarios"))


def test_the_columns_beside_a_form_are_written_as_the_library_writes_them_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = workbook(Book((form(("甲",)),), DAY))
    monkeypatch.setattr(
        Streamed, "style_the_rest", lambda sheet, first, look: sheet.set_column(first, 16_383, None, look)
    )
    monkeypatch.setattr(Streamed, "_write_rows", Streamed._write_all_rows)
    assert workbook(Book((form(("甲",)),), DAY)) == made


def test_sheets_that_nobody_fills_are_not_locked() -> None:
    assert not sheet_of(spec()).protection.sheet


def test_a_form_prints_its_columns_as_far_down_as_it_is_filled() -> None:
    sheet = sheet_of(form(("甲",)))
    assert sheet.print_area == "'明细'!$A$1:$D$1048576"
    first = heading_row(sheet) + 1 + len(ROWS)
    ruled = [n for n in range(first, sheet.max_row + 1) if sheet.cell(n, 1).border.left.style == "thin"]
    assert 10 <= len(ruled) <= 20 and ruled[-1] == sheet.max_row
    ((area, rules),) = [(str(found.sqref), found.rules) for found in sheet.conditional_formatting]
    below = ruled[-1] + 1
    assert area == f"A{below}:D{first + 39}"
    assert (rules[0].formula, rules[0].dxf.border.left.style) == ([f"COUNTA($A{below}:$D{below})>0"], "thin")


def test_signatures_stand_over_the_table_of_a_form_which_ends_nobody_knows_where() -> None:
    sheet = sheet_of(form(("甲",)))
    assert find(sheet, "填表人：　　审核人：　　联系电话：").row == heading_row(sheet) - 1


def test_the_title_is_of_22_points_and_the_text_of_ten_nine_or_eight_and_a_half_as_the_columns_are_many() -> None:
    for count, width, size in [(3, 14, 10), (10, 14, 9), (16, 14, 8.5)]:
        columns = tuple(Column(f"c{n}", f"第{n}列", width) for n in range(count))
        sheet = sheet_of(spec(columns=columns, rows=pd.DataFrame(), blank_rows=20, lead="说明"))
        assert (sheet["A2"].font.size, sheet["A3"].font.size, find(sheet, "第0列").font.size) == (22, size, size)


def test_columns_that_the_paper_has_no_room_for_stand_beside_the_print_area_and_are_named() -> None:
    columns = tuple(Column(f"c{n}", f"第{n}列", 9, must=n == 15) for n in range(16))
    sheet = sheet_of(spec(columns=columns, rows=pd.DataFrame({"c0": ["甲"]})))
    heads = [cell.value for cell in sheet[find(sheet, "第0列").row]]
    assert heads == ["第0列", *(f"第{n}列" for n in range(1, 14)), "第15列", "第14列"]
    assert "注：纸上印不下的栏目：第14列，见电子表右边。" in [cell.value for cell in sheet["A"]]


def test_rows_added_below_a_form_keep_text_as_text() -> None:
    sheet = sheet_of(form(("甲",)))
    assert beneath(sheet, "联系电话", 10).number_format == "@"
    # the column's own format, which rows past the ruled ones have
    phone = find(sheet, "联系电话").column_letter
    assert sheet.column_dimensions[phone].number_format == "@"


def test_clean_leaves_ordinary_text_alone() -> None:
    assert cells.clean("华容县　教体局\n1. 甲\t乙") == "华容县　教体局\n1. 甲\t乙"
