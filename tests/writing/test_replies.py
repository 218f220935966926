"""The answers as a person sees them: the page, the marked workbook, what the two are called."""

from __future__ import annotations

import io
import re
import shutil
import struct
import time
import zipfile
import zlib
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt
from jinja2 import Environment
from openpyxl.worksheet.worksheet import Worksheet
from strict import accepted

from dazoufang.model.faults import Fault, Repair, make
from dazoufang.model.submission import Change, Effect, Heading, Part, Row, Submission
from dazoufang.reading.books import read_books
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.writing.answers.fault_list import fault_list
from dazoufang.writing.answers.fresh_copy import laundered
from dazoufang.writing.answers.names import answer_names
from dazoufang.writing.answers.receipt import receipt
from dazoufang.writing.answers.returned_copy import returned_copy

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
RED, YELLOW, BLUE = "FFFFB3AE", "FFFFEE9A", "FFD9EBF9"
HEADINGS = ["序号", "走访日期", "走访干部", "走访对象", "对象类别", "联系电话", "备注"]
SHEET = "走访登记"


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules(ROOT / "schemas")


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + b"\x20\x60\xa0" * 8 for _ in range(8)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def workbook(rows: int = 20, sheets: tuple[str, ...] = (SHEET, "二组'23")) -> bytes:
    """A unit's form: title, note, headings, a cadre merged over five rows, formulas, drop-downs, a picture, comments."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    book.set_properties({"created": datetime(2023, 9, 1)})
    cell = book.add_format({"border": 1, "font_name": "仿宋"})
    day = book.add_format({"border": 1, "num_format": "yyyy-m-d"})
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#DDEBF7"})
    for name in sheets:
        sheet = book.add_worksheet(name)
        sheet.merge_range("A1:G1", "走访登记表", head)
        sheet.write("A2", "填报单位：督导室")
        sheet.write_row(2, 0, HEADINGS, head)
        for row in range(3, 3 + rows):
            sheet.write_formula(row, 0, "=ROW()-3", cell, row - 2)
            sheet.write_datetime(row, 1, datetime(2023, 9, 20), day)
            if (row - 3) % 5 == 0:
                sheet.merge_range(row, 2, row + 4, 2, "李明", cell)
            sheet.write(row, 3, "张三", cell)
            sheet.write(row, 4, "联点乡镇群众", cell)
            sheet.write(row, 5, "13812345678", cell)
        sheet.print_area(0, 0, 2 + rows, 6)
    first = book.get_worksheet_by_name(sheets[0])
    first.write("B6", "上周三", cell)
    first.write("F5", "1380000", cell)
    first.write_comment("F5", "这是他儿子的号码", {"author": "王老师"})
    first.write_comment("G8", "请领导过目", {"author": "王老师"})
    hidden = book.add_worksheet("选项")
    hidden.write_column(0, 0, ["联点乡镇群众", "其他"])
    hidden.hide()
    first.data_validation("E4:E23", {"validate": "list", "source": "=选项!$A$1:$A$2"})
    first.conditional_format("G4:G23", {"type": "no_blanks", "format": book.add_format({"bold": True})})
    first.insert_image("I3", "p.png", {"image_data": io.BytesIO(png())})
    first.activate()
    book.close()
    return data.getvalue()


PHONE = make("C09", sheet=SHEET, cell="F5", row=5, column="联系电话", value="1380000", what="只有7位，还差4位")
DAY = make("C02", sheet=SHEET, cell="B6", row=6, column="走访日期", value="上周三")


def empty(cell: str, column: str = "走访对象") -> Fault:
    return make("C01", sheet=SHEET, cell=cell, row=int(cell[1:]), column=column, what="没有填")


OUTSIDE = make("C08", sheet=SHEET, cell="B9", row=9, column="走访日期", value="2023-07-01", rounds="9月18日至11月17日")
WIDTH = Repair(SHEET, "F7", 7, "联系电话", "１３８", "138", "全角转半角")


def submission(
    *faults: Fault, repairs: tuple[Repair, ...] = (), rows: int = 20, held: int = 2, **more: Any
) -> Submission:
    part = Part("visit", "", "走访登记表", "督导室", [Row(SHEET, n + 4, "督导室", {}, n < held) for n in range(rows)])
    part.headings = [Heading(SHEET, 3, {"visited_on": 1, "phone": 5})]
    given: dict[str, Any] = {
        "submission_id": 12,
        "sha256": "0",
        "path": "督导室/走访登记表.xlsx",
        "archived": "a",
        "received_on": date(2023, 9, 21),
        "verdict": "partly",
        "unit": "督导室",
        "parts": [part],
        "faults": list(faults),
        "repairs": list(repairs),
    }
    return Submission(**(given | more))


def opened(copy: bytes | None, **how: Any) -> openpyxl.Workbook:
    assert copy is not None
    accepted(copy)
    return openpyxl.load_workbook(io.BytesIO(copy), **how)


def colour(sheet: Worksheet, cell: str) -> str:
    fill = sheet[cell].fill
    return fill.fgColor.rgb if fill.fill_type == "solid" else ""


def note(sheet: Worksheet, cell: str) -> str:
    comment = sheet[cell].comment
    return comment.text if comment else ""


def lines(book: openpyxl.Workbook) -> list[str]:
    return ["|".join(str(value) for value in row if value is not None) for row in book["需修改"].values]


def part(copy: bytes | None, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(copy or b"")).read(name).decode()


def places(book: openpyxl.Workbook) -> list[str]:
    """Where the links of the list lead."""
    return [cell.hyperlink.location for row in book["需修改"].iter_rows() for cell in row if cell.hyperlink]


# -- the returned copy ---------------------------------------------------------------------------------------


def test_a_wrong_cell_is_red_and_says_what_is_wrong_and_how_to_mend_it(rules: Rules) -> None:
    sheet = opened(returned_copy(submission(DAY), workbook(), rules))[SHEET]
    assert colour(sheet, "B6") == RED
    assert note(sheet, "B6").startswith("【大走访】须修改：填的是“上周三”，看不出是哪一天")
    assert "2023-9-20" in note(sheet, "B6")
    assert colour(sheet, "B7") == ""


def test_a_doubtful_cell_is_yellow_and_a_repaired_one_light_blue_without_a_note(rules: Rules) -> None:
    book = opened(returned_copy(submission(DAY, OUTSIDE, repairs=(WIDTH,)), workbook(), rules))
    assert colour(book[SHEET], "B9") == YELLOW
    assert "请核对" in note(book[SHEET], "B9")
    assert colour(book[SHEET], "F7") == BLUE
    assert note(book[SHEET], "F7") == ""
    assert any("全角转半角" in line and "１３８" in line for line in lines(book))


def test_an_error_outweighs_a_warning_and_a_repair_of_the_same_cell(rules: Rules) -> None:
    doubt = replace(OUTSIDE, cell="B6", row=6)
    sheet = opened(returned_copy(submission(doubt, DAY, repairs=(replace(WIDTH, cell="B6"),)), workbook(), rules))[
        SHEET
    ]
    assert colour(sheet, "B6") == RED
    assert note(sheet, "B6").index("1. 须修改") < note(sheet, "B6").index("2. 请核对")


def test_the_first_sheet_lists_every_fault_under_a_sum_and_is_the_one_that_opens(rules: Rules) -> None:
    book = opened(returned_copy(submission(PHONE, DAY), workbook(), rules))
    assert book.sheetnames == ["需修改", SHEET, "二组'23", "选项"]
    assert book.active is not None
    assert book.active.title == "需修改"
    assert [sheet.title for sheet in book if sheet.sheet_view.tabSelected] == ["需修改"]
    assert lines(book)[0] == "共20行，18行已收，2行要改；请在9月28日17:00前改好，重新放入收件箱，文件名不用改。"
    assert any("F5|联系电话|1380000|填的是“1380000”，只有7位，还差4位|" in line for line in lines(book))


def test_the_list_leads_to_each_cell_also_where_a_sheet_name_has_a_quote(rules: Rules) -> None:
    other = replace(PHONE, sheet="二组'23", cell="F9", row=9)
    book = opened(returned_copy(submission(PHONE, other), workbook(), rules))
    assert places(book) == [f"'{SHEET}'!F5", "'二组''23'!F9"]


def test_six_cells_with_the_same_trouble_are_said_once_and_five_are_listed(rules: Rules) -> None:
    def missing(count: int) -> list[Fault]:
        return [empty(f"D{row}") for row in range(8, 8 + count)]

    many = lines(opened(returned_copy(submission(*missing(6)), workbook(), rules)))
    few = lines(opened(returned_copy(submission(*missing(5)), workbook(), rules)))
    assert [line for line in many if "没有填" in line] == [
        f"1|{SHEET}|D8:D13|走访对象|（空）|没有填，这一项必须填|请填上走访对象"
    ]
    assert len([line for line in few if "没有填" in line]) == 5


def test_many_cells_of_a_column_wrong_in_one_way_are_said_in_one_line_with_an_example(rules: Rules) -> None:
    def short(row: int) -> Fault:
        what = f"只有{row - 3}位"
        return make("C09", sheet=SHEET, cell=f"F{row}", row=row, column="联系电话", value=f"138{row}", what=what)

    book = opened(returned_copy(submission(*map(short, (5, 8, 9, 10, 11, 15))), workbook(), rules))
    (line,) = (line for line in lines(book) if line.startswith("1|"))
    assert line.startswith(
        f"1|{SHEET}|F5、F8:F11、F15|联系电话|如 1385|电话号码不对，共6处；如 F5：填的是“1385”，只有2位|"
    )
    assert "填的是“13811”，只有8位" in note(book[SHEET], "F11")
    few = opened(returned_copy(submission(*map(short, (5, 8, 9, 10, 11))), workbook(), rules))
    assert [line[:2] for line in lines(few) if "|联系电话|" in line] == ["1|", "2|", "3|", "4|", "5|"]


def test_faults_are_listed_as_one_reads_sheet_by_sheet_headings_first_then_row_by_row(rules: Rules) -> None:
    second = replace(PHONE, sheet="二组'23", cell="F4", row=4)
    heading = make("S01", sheet=SHEET, row=3, column="乡镇", what="乡镇", heading_row=3)
    given = submission(second, DAY, empty("D5"), heading, PHONE)
    given.parts[0].headings.append(Heading("二组'23", 3, {}))
    cells = [
        line.split("|")[1:3] for line in lines(opened(returned_copy(given, workbook(), rules))) if line[1:2] == "|"
    ]
    assert cells == [[SHEET, "第3行"], [SHEET, "D5"], [SHEET, "F5"], [SHEET, "B6"], ["二组'23", "F4"]]
    html = page(given, rules)
    titles = ("缺少必填的列", "必填项未填", "电话号码不对", "日期看不懂")
    order = [html.index(f"<h3>{title}") for title in titles]
    assert order == sorted(order)


def test_what_was_mended_is_listed_sheet_by_sheet_too(rules: Rules) -> None:
    repairs = (replace(WIDTH, sheet="一组"), WIDTH, replace(WIDTH, sheet="二组'23"))
    data = workbook(sheets=(SHEET, "二组'23", "一组"))
    given = submission(DAY, repairs=repairs)
    given.parts[0].headings += [Heading("二组'23", 3, {}), Heading("一组", 3, {})]
    told = [line.split("|")[1] for line in lines(opened(returned_copy(given, data, rules))) if "全角转半角" in line]
    assert told == [SHEET, "二组'23", "一组"]


def test_a_long_list_of_cells_is_cut_and_counted(rules: Rules) -> None:
    scattered = [empty(f"D{row}") for row in range(4, 40, 2)]
    assert f"1|{SHEET}|D4、D6、D8、D10、D12、D14等18处|走访对象" in "\n".join(
        lines(opened(returned_copy(submission(*scattered), workbook(), rules)))
    )


def test_a_comment_of_theirs_stays_and_ours_stands_below_it(rules: Rules) -> None:
    sheet = opened(returned_copy(submission(PHONE), workbook(), rules))[SHEET]
    assert re.match(r"这是他儿子的号码\n—+\n【大走访】须修改", note(sheet, "F5"))
    assert sheet["F5"].comment.author == "王老师"
    assert note(sheet, "G8") == "请领导过目"


def test_cached_values_of_formulas_survive(rules: Rules) -> None:
    book = opened(returned_copy(submission(replace(PHONE, cell="A5")), workbook(), rules), data_only=True)
    assert [book[SHEET][f"A{row}"].value for row in (4, 5, 6)] == [1, 2, 3]


def test_every_part_that_needs_no_mark_is_kept_byte_for_byte(rules: Rules) -> None:
    original = zipfile.ZipFile(io.BytesIO(workbook()))
    copy = zipfile.ZipFile(io.BytesIO(returned_copy(submission(DAY), workbook(), rules) or b""))
    changed = {name for name in original.namelist() if original.read(name) != copy.read(name)}
    assert changed == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
    }


def test_drop_downs_pictures_merges_conditional_formats_and_print_areas_stay(rules: Rules) -> None:
    copy = returned_copy(submission(DAY), workbook(), rules)
    book = opened(copy)
    sheet = book[SHEET]
    assert [validation.formula1 for validation in sheet.data_validations.dataValidation] == ["选项!$A$1:$A$2"]
    assert '<drawing r:id="rId1"/><legacyDrawing' in part(copy, "xl/worksheets/sheet1.xml")
    assert "C4:C8" in {str(area) for area in sheet.merged_cells.ranges}
    assert len(sheet.conditional_formatting) == 1
    assert [book[name].print_area for name in (SHEET, "二组'23")] == [f"'{SHEET}'!$A$1:$G$23", "'二组''23'!$A$1:$G$23"]
    assert book["选项"].sheet_state == "hidden"


def test_their_font_border_and_number_format_stay_under_our_fill(rules: Rules) -> None:
    sheet = opened(returned_copy(submission(PHONE, OUTSIDE), workbook(), rules))[SHEET]
    assert (sheet["F5"].font.name, sheet["F5"].border.left.style) == ("仿宋", "thin")
    assert sheet["B9"].number_format == "yyyy-m-d"


def test_a_fault_inside_a_merged_range_marks_its_first_cell(rules: Rules) -> None:
    fault = make("C13", sheet=SHEET, cell="C7", row=7, column="走访干部", value="李朋")
    sheet = opened(returned_copy(submission(fault), workbook(), rules))[SHEET]
    assert colour(sheet, "C4") == RED
    assert "李朋" in note(sheet, "C4")


def test_a_fault_of_a_whole_row_marks_the_first_cell_of_the_table_in_it(rules: Rules) -> None:
    fault = make("R04", sheet=SHEET, row=10, what="回访日期、回访方式")
    sheet = opened(returned_copy(submission(fault), workbook(), rules))[SHEET]
    assert colour(sheet, "B10") == RED


def test_a_missing_column_marks_the_heading_row(rules: Rules) -> None:
    fault = make("S01", sheet=SHEET, row=3, column="乡镇", what="乡镇", heading_row=3)
    book = opened(returned_copy(submission(fault, verdict="returned"), workbook(), rules))
    assert {colour(book[SHEET], f"{letter}3") for letter in "ABCDEFG"} == {RED}
    assert fault.remedy in note(book[SHEET], "A3")
    assert "没有收下" in lines(book)[0]


def test_cells_and_rows_that_do_not_exist_yet_are_made(rules: Rules) -> None:
    faults = [empty(cell) for cell in ("H2", "K5", "C40", "A60")]
    sheet = opened(returned_copy(submission(*faults), workbook(), rules))[SHEET]
    for fault in faults:
        assert colour(sheet, fault.cell) == RED
        assert "没有填" in note(sheet, fault.cell)
    assert sheet["D5"].value == "张三"


def test_the_marks_of_an_earlier_return_are_gone_when_the_file_comes_again(rules: Rules) -> None:
    once = returned_copy(submission(PHONE, DAY, OUTSIDE, repairs=(WIDTH,)), workbook(), rules)
    late = make("C02", sheet=SHEET, cell="B8", row=8, column="走访日期", value="月底")
    twice = opened(returned_copy(submission(late), once or b"", rules))
    sheet = twice[SHEET]
    assert twice.sheetnames == ["需修改", SHEET, "二组'23", "选项"]
    assert [colour(sheet, cell) for cell in ("F5", "B6", "B9", "F7", "B8")] == ["", "", "", "", RED]
    assert note(sheet, "F5") == "这是他儿子的号码"
    assert [note(sheet, cell) for cell in ("B6", "B9")] == ["", ""]
    assert sheet.print_area == f"'{SHEET}'!$A$1:$G$23"
    assert sum("B6" in line for line in lines(twice)) == 0


def test_the_same_fault_again_is_said_once_in_the_comment(rules: Rules) -> None:
    copy: bytes | None = workbook()
    for _ in range(3):
        copy = returned_copy(submission(PHONE), copy or b"", rules)
    assert note(opened(copy)[SHEET], "F5").count("【大走访】") == 1


def test_a_comment_box_is_as_high_as_its_text_needs(rules: Rules) -> None:
    def height(remedy: str) -> int:
        copy = returned_copy(submission(replace(DAY, remedy=remedy)), workbook(), rules)
        drawing = part(copy, "xl/drawings/vmlDrawing1.vml")
        shape = next(one for one in re.findall(r"<v:shape .*?</v:shape>", drawing, re.DOTALL) if "<x:Row>5<" in one)
        anchor = re.search(r"<x:Anchor>([^<]*)", shape)
        assert anchor is not None
        numbers = [int(number) for number in anchor[1].split(",")]
        return numbers[6] - numbers[2]

    assert height("请改" * 100) > height("请改") + 8


def test_comment_boxes_are_drawn_also_where_another_program_chose_other_prefixes(rules: Rules) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    saved = io.BytesIO()
    book.save(saved)
    other = io.BytesIO()
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith(".vml"):
                prefixes = {b"v": b"ns1", b"o": b"ns0", b"x": b"ns2"}
                for ours, theirs in prefixes.items():
                    data = re.sub(rb"(</?|\s|xmlns:)%s(?=[:=])" % ours, rb"\g<1>%s" % theirs, data)
            new.writestr(name, data)
    once = returned_copy(submission(PHONE, DAY), other.getvalue(), rules)
    twice = opened(returned_copy(submission(DAY), once or b"", rules))
    assert [note(twice[SHEET], cell) for cell in ("F5", "G8")] == ["这是他儿子的号码", "请领导过目"]
    assert note(opened(once)[SHEET], "B6").startswith("【大走访】")


def test_a_protected_sheet_stays_so_and_the_list_says_how_to_unlock_it(rules: Rules) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    book[SHEET].protection.sheet = True
    saved = io.BytesIO()
    book.save(saved)
    copy = opened(returned_copy(submission(DAY), saved.getvalue(), rules))
    assert copy[SHEET].protection.sheet
    assert any(f"“{SHEET}”设有工作表保护" in line for line in lines(copy))
    assert not any("工作表保护" in line for line in lines(opened(returned_copy(submission(DAY), workbook(), rules))))


def test_the_authors_of_a_workbook_stay_also_where_it_had_to_be_saved_anew(rules: Rules) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    book.properties.creator, book.properties.created = "王老师", datetime(2022, 5, 4, 8, 30)
    saved = io.BytesIO()
    book.save(saved)
    clean = laundered(saved.getvalue(), date(2023, 9, 21))
    properties = openpyxl.load_workbook(io.BytesIO(clean or b"")).properties
    assert (properties.creator, properties.created) == ("王老师", datetime(2022, 5, 4, 8, 30))
    assert properties.modified == datetime(2023, 9, 21)


def test_the_list_that_stands_in_for_a_copy_is_of_the_kind_its_name_says(rules: Rules) -> None:
    for path in ("表.xlsm", "表.xlsx"):
        listed = fault_list(submission(DAY, path=path))
        with zipfile.ZipFile(io.BytesIO(listed)) as package:
            assert b"spreadsheetml.sheet.main" in package.read("[Content_Types].xml")
        assert openpyxl.load_workbook(io.BytesIO(listed)).sheetnames == ["需修改"]


def test_two_calls_give_the_same_bytes(rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    one = returned_copy(submission(PHONE, DAY), workbook(), rules)
    monkeypatch.setattr(time, "time", lambda: 4e9)
    assert one == returned_copy(submission(PHONE, DAY), workbook(), rules)


def test_nothing_to_mark_gives_no_copy(rules: Rules) -> None:
    assert returned_copy(submission(), workbook(), rules) is None
    assert returned_copy(submission(make("F02"), parts=[]), b"x", rules) is None
    assert returned_copy(submission(make("S06", sheet="去年")), workbook(), rules) is None


def test_values_that_look_like_formulas_or_markup_stay_text(rules: Rules) -> None:
    evil = replace(DAY, value="=1+1<b>&\x01_x0041_")
    book = opened(returned_copy(submission(evil), workbook(), rules))
    cell = next(row[4] for row in book["需修改"].iter_rows() if row[2].value == "B6")
    assert cell.data_type == "s"
    assert cell.value.startswith("=1+1<b>&_x0041_") or "_x005F_" in cell.value


def test_a_workbook_of_the_old_format_comes_back_as_xlsx_with_its_values_and_marks(rules: Rules) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet(SHEET)
    sheet.write_merge(0, 0, 0, 6, "走访登记表")
    for column, heading in enumerate(HEADINGS):
        sheet.write(2, column, heading)
    sheet.write(4, 1, datetime(2023, 9, 20), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.write(4, 5, "1380000")
    data = io.BytesIO()
    book.save(data)
    given = submission(PHONE, path="督导室/登记.xls")
    copy = opened(returned_copy(given, data.getvalue(), rules))
    assert copy.sheetnames == ["需修改", SHEET]
    assert copy[SHEET]["B5"].value == datetime(2023, 9, 20)
    assert colour(copy[SHEET], "F5") == RED
    assert {str(area) for area in copy[SHEET].merged_cells.ranges} == {"A1:G1"}
    assert answer_names(given)[1] == "登记.xls 需修改0012.xlsx"


def test_a_text_table_comes_back_as_xlsx_even_when_its_name_is_no_sheet_name(rules: Rules) -> None:
    name = "登记[9月]" + "很长的名字" * 8
    fault = replace(PHONE, sheet=name, cell="B2", row=2)
    text = "姓名,电话\n张三,0010\n".encode("gb18030")
    book = opened(returned_copy(submission(fault, path=f"{name}.csv"), text, rules))
    sheet = book.worksheets[1]
    assert (sheet["B2"].value, colour(sheet, "B2")) == ("0010", RED)
    assert places(book) == [f"'{sheet.title}'!B2"]


def test_of_a_zip_only_the_faulty_workbooks_come_back_under_their_own_names(rules: Rules) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        out.writestr(zipfile.ZipInfo("甲组.xlsx"), workbook())
        out.writestr(zipfile.ZipInfo("里面/乙组.xlsx"), workbook())
        out.writestr(zipfile.ZipInfo("丙组.csv"), "姓名,电话\n张三,1\n".encode())
    faults = [
        replace(PHONE, member="里面/乙组.xlsx"),
        replace(PHONE, member="丙组.csv", sheet="丙组", cell="B2", row=2),
    ]
    faults.append(replace(OUTSIDE, member="甲组.xlsx"))
    given = submission(*faults, path="督导室/上报.zip")
    copy = returned_copy(given, packed.getvalue(), rules)
    archive = zipfile.ZipFile(io.BytesIO(copy or b""))
    assert sorted(archive.namelist()) == ["丙组.xlsx", "里面/乙组.xlsx"]
    assert colour(opened(archive.read("里面/乙组.xlsx"))[SHEET], "F5") == RED
    assert colour(opened(archive.read("丙组.xlsx"))["丙组"], "B2") == RED
    assert answer_names(given)[1] == "上报.zip 需修改0012.zip"


def with_macros() -> bytes:
    """The workbook of these tests as an .xlsm."""
    made = io.BytesIO()
    old = zipfile.ZipFile(io.BytesIO(workbook()))
    with zipfile.ZipFile(made, "w") as out:
        for name in old.namelist():
            part = old.read(name)
            if name == "[Content_Types].xml":
                part = part.replace(
                    b"openxmlformats-officedocument.spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"
                )
                part = part.replace(
                    b"<Override",
                    b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><Override',
                    1,
                )
            if name == "xl/_rels/workbook.xml.rels":
                kind = b"http://schemas.microsoft.com/office/2006/relationships/vbaProject"
                part = part.replace(
                    b"</Rel", b'<Relationship Id="rId99" Type="' + kind + b'" Target="vbaProject.bin"/></Rel'
                )
            out.writestr(name, part)
        out.writestr("xl/vbaProject.bin", b"macros")
    return made.getvalue()


@pytest.mark.parametrize("path", ["表.xlsm", "表.XLSM", "表.xlsx"])
def test_a_returned_copy_never_carries_macros_whatever_the_file_was_called(rules: Rules, path: str) -> None:
    given = submission(DAY, path=path)
    copy = zipfile.ZipFile(io.BytesIO(returned_copy(given, with_macros(), rules) or b""))
    assert [name for name in copy.namelist() if "vba" in name.lower()] == []
    assert b"macroEnabled" not in copy.read("[Content_Types].xml")
    assert b"vbaProject" not in copy.read("xl/_rels/workbook.xml.rels")
    assert answer_names(given)[1] == f"{path} 需修改0012.xlsx"


def test_a_workbook_with_a_sheet_of_old_macros_comes_back_without_it(rules: Rules) -> None:
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as old, zipfile.ZipFile(changed, "w") as out:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/workbook.xml":
                sheet = b'<sheet xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
                part = part.replace(b"</sheets>", sheet + b' name="Macro1" sheetId="77" r:id="rId77"/></sheets>')
            if name == "xl/_rels/workbook.xml.rels":
                kind = b"http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet"
                link = b'<Relationship Id="rId77" Type="' + kind + b'" Target="macrosheets/sheet1.xml"/></Rel'
                part = part.replace(b"</Rel", link)
            out.writestr(name, part)
        out.writestr(
            "xl/macrosheets/sheet1.xml",
            b'<xm:macrosheet xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><sheetData/></xm:macrosheet>',
        )
    copy = zipfile.ZipFile(io.BytesIO(returned_copy(submission(DAY), changed.getvalue(), rules) or b""))
    assert [name for name in copy.namelist() if "macro" in name.lower()] == []
    assert b"acrosheet" not in copy.read("xl/_rels/workbook.xml.rels")


def test_a_package_that_cannot_be_patched_is_still_marked(rules: Rules) -> None:
    strict = io.BytesIO()
    old = zipfile.ZipFile(io.BytesIO(workbook()))
    with zipfile.ZipFile(strict, "w") as out:
        for name in old.namelist():
            part = old.read(name).replace(
                b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                b"http://purl.oclc.org/ooxml/spreadsheetml/main",
            )
            part = part.replace(
                b"http://schemas.openxmlformats.org/officeDocument/2006/", b"http://purl.oclc.org/ooxml/officeDocument/"
            )
            out.writestr(name, part)
    book = opened(returned_copy(submission(PHONE), strict.getvalue(), rules))
    assert colour(book[SHEET], "F5") == RED
    assert book[SHEET]["D5"].value == "张三"


@pytest.mark.parametrize("how", ["backslashes", "a blank written as %20"])
def test_a_workbook_whose_parts_are_named_in_an_odd_way_keeps_all_that_is_its_own(rules: Rules, how: str) -> None:
    odd = io.BytesIO()
    old = zipfile.ZipFile(io.BytesIO(workbook()))
    with zipfile.ZipFile(odd, "w") as out:
        for name in old.namelist():
            data = old.read(name)
            if how == "backslashes":
                info = zipfile.ZipInfo("x")
                info.filename = name.replace("/", "\\")
                out.writestr(info, data)
            else:
                data = data.replace(b"worksheets/sheet1.xml", b"worksheets/my%20sheet.xml")
                out.writestr(name.replace("sheet1.xml", "my sheet.xml"), data)
    assert read_books(odd.getvalue(), "a.xlsx")[0].sheets[0].rows[4][5] == "1380000"
    copy = returned_copy(submission(PHONE), odd.getvalue(), rules) or b""
    names = zipfile.ZipFile(io.BytesIO(copy)).namelist()
    assert "xl/drawings/drawing1.xml" in names and "xl/media/image1.png" in names
    back = {sheet.name: sheet.rows for sheet in read_books(copy, "a.xlsx")[0].sheets}
    assert [back[SHEET][row][0] for row in (3, 4, 5)] == [1, 2, 3]
    assert "【大走访】须修改" in part(copy, "xl/comments1.xml")


def test_what_comes_back_can_be_read_and_holds_the_same_rows(rules: Rules) -> None:
    before = {sheet.name: sheet.rows for sheet in read_books(workbook(), "a.xlsx")[0].sheets}
    copy = returned_copy(submission(PHONE, DAY), workbook(), rules)
    after = {sheet.name: sheet.rows for sheet in read_books(copy or b"", "a.xlsx")[0].sheets if sheet.name != "需修改"}
    ours = {row: cells.pop(7) for row, cells in enumerate(after[SHEET], 1) if len(cells) == 8}
    assert ours == {3: "需修改", 5: "联系电话：还差4位", 6: "走访日期：看不出是哪一天"}
    assert [row.pop() for row in (after[SHEET][4], after[SHEET][5])] == [None, None]  # 备注 is empty
    assert after == before


def test_an_ordinary_form_is_marked_in_place_and_not_taken_apart(rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    monkeypatch.setattr(openpyxl, "load_workbook", opened.append)
    assert returned_copy(submission(PHONE, DAY, OUTSIDE, repairs=(WIDTH,)), workbook(), rules)
    assert opened == []  # openpyxl takes many times as long, and loses what it does not know


# -- the receipt ---------------------------------------------------------------------------------------------


def page(given: Submission, rules: Rules, effect: Effect | None = None, twin: Submission | None = None) -> str:
    return receipt(given, effect, rules, TEMPLATES, twin).decode()


def headline(html: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", html)
    assert found is not None
    return found[1]


def test_the_receipt_of_an_accepted_file_says_that_nothing_is_left_to_do(rules: Rules) -> None:
    html = page(submission(held=0, verdict="accepted"), rules)
    assert headline(html) == "已收 20 行"
    assert "这张表不用改了" in html
    assert not {"须修改", "请核对", "自动整理", "与上次相比", "台账"} & set(re.findall(r"<h2>([^<]*)", html))


def test_the_receipt_of_a_partly_accepted_file_counts_both_and_names_the_returned_copy(rules: Rules) -> None:
    html = page(submission(PHONE, DAY), rules)
    assert headline(html) == "已收 18 行，退回 2 行待改"
    assert "走访登记表.xlsx 需修改0012.xlsx" in html
    assert "「走访登记」表 F5（第5行·联系电话）" in html
    assert "填的是“1380000”，只有7位，还差4位" in html


def test_the_page_of_an_unreadable_file_says_why_and_what_to_do_and_promises_no_copy(rules: Rules) -> None:
    html = page(submission(make("F02"), parts=[], verdict="returned", unit=""), rules)
    assert headline(html) == "这份文件读不出来，没有收下"
    assert "文件是加密的" in html
    assert "清空密码" in html
    assert "未识别单位" in html
    assert "需修改0012" not in html


def test_the_page_of_a_returned_but_readable_file_counts_what_is_to_be_mended(rules: Rules) -> None:
    fault = make("S01", sheet=SHEET, row=3, column="乡镇", what="乡镇", heading_row=3)
    html = page(submission(fault, parts=[], verdict="returned"), rules)
    assert headline(html) == "没有收下，有 1 处要改"
    assert "需修改0012.xlsx" in html
    assert headline(page(submission(DAY, held=20, verdict="returned"), rules)) == "没有收下，20 行都要改"


def test_the_receipt_of_a_duplicate_leads_to_the_first_one(rules: Rules) -> None:
    again = submission(parts=[], verdict="duplicate", submission_id=15, duplicate_of=12)
    html = page(again, rules, twin=submission(held=0, verdict="accepted"))
    assert headline(html) == "已收过，见收件 0012 号的回执"
    assert "没有重复计数" in html
    mended = page(again, rules, twin=submission(DAY))
    assert "走访登记表.xlsx 回执0012.html" in mended


def test_the_receipt_tells_what_a_newer_form_changed_and_what_became_of_the_ledger(rules: Rules) -> None:
    effect = Effect(
        12,
        replaces=[3],
        added=["2023-09-20 走访 张三"],
        changed=[Change("2023-09-19 走访 刘大姐", "联系电话", "", "13812345678")],
        withdrawn=["2023-09-18 走访 赵六"],
        opened=[("纠2023-031", "排水沟改道")],
        closed=[("纠2023-007", "宅基地边界")],
        notices=[make("R08", sheet="办理表", cell="X9", row=9, column="销号日期", what="还没有回访", need="回访日期")],
    )
    html = page(submission(held=0, verdict="accepted"), rules, effect)
    for words in (
        "替换了收件 0003 号",
        "新增 1 行",
        "改动 1 处",
        "撤下 1 行",
        "新登记 1 件",
        "纠2023-031",
        "已销号 1 件",
        "销号条件不全",
    ):
        assert words in html
    assert 'class="uphold"' not in html  # the ledger's questions are not answered by a word in the row
    order = [html.index(f"<h2>{title}") for title in ("收下的行", "请核对", "与上次相比", "台账")]
    assert order == sorted(order)


def test_repairs_are_grouped_by_how_and_long_lists_are_folded_but_complete(rules: Rules) -> None:
    repairs = tuple(
        Repair(SHEET, f"F{row}", row, "联系电话", f"１{row}", f"1{row}", "全角转半角") for row in range(4, 34)
    )
    html = page(submission(held=0, verdict="accepted", repairs=(*repairs, replace(WIDTH, how="日期写法"))), rules)
    assert "<summary>全角转半角（30 处），点开全看</summary>" in html
    assert "日期写法（1 处）" in html
    assert "１33" in html


def test_cells_that_say_the_same_are_said_once(rules: Rules) -> None:
    faults = [empty(f"D{row}") for row in (8, 9, 10, 12)]
    html = page(submission(*faults), rules)
    assert "「走访登记」表 D8:D10、D12（走访对象）" in html
    assert html.count("没有填，这一项必须填") == 1


def test_whatever_a_unit_typed_is_text_on_the_page(rules: Rules) -> None:
    evil = "<script>alert(1)</script>"
    fault = replace(DAY, value=evil, message=f"填的是“{evil}”", sheet=evil)
    html = page(submission(fault, unit=evil, path=f"{evil}.xlsx", repairs=(replace(WIDTH, before=evil),)), rules)
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_the_page_needs_nothing_from_outside_and_two_calls_give_the_same_bytes(rules: Rules) -> None:
    html = page(submission(PHONE, OUTSIDE, repairs=(WIDTH,)), rules)
    assert not re.search(r"https?://|<script|<link|@import|url\(", html)
    assert html == page(submission(PHONE, OUTSIDE, repairs=(WIDTH,)), rules)


def test_the_page_is_compiled_once_for_all_receipts(
    rules: Rules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    templates = shutil.copytree(TEMPLATES, tmp_path / "templates")  # a folder that no test before has loaded
    compile_template, compiled = Environment.compile, []

    def compiling(self: Environment, source: Any, name: str | None = None, *more: Any, **others: Any) -> Any:
        compiled.append(name)
        return compile_template(self, source, name, *more, **others)

    monkeypatch.setattr(Environment, "compile", compiling)
    pages = {receipt(submission(PHONE, DAY), None, rules, templates) for _ in range(3)}
    assert (len(pages), compiled) == (1, ["receipt.html"])


# -- names ---------------------------------------------------------------------------------------------------


def test_answers_begin_with_the_delivered_name_and_its_extension() -> None:
    assert answer_names(submission()) == ("走访登记表.xlsx 回执0012.html", "走访登记表.xlsx 需修改0012.xlsx")


def test_long_names_are_cut_on_a_character_border_so_that_both_fit() -> None:
    long = submission(path="督导室/" + "走访登记😀" * 40 + ".xlsx")
    for name, ending in zip(answer_names(long), (" 回执0012.html", " 需修改0012.xlsx"), strict=True):
        assert 250 < len(name.encode()) <= 255
        assert name.endswith(ending)
        assert long.name.startswith(name.removesuffix(ending))


def test_a_name_that_is_no_proper_text_still_gets_its_answers(rules: Rules) -> None:
    given = submission(PHONE, path="表\udcb0.xlsx")
    assert answer_names(given)[0].startswith("表\udcb0.xlsx")
    assert "已收" in page(given, rules)
    assert returned_copy(given, workbook(), rules) is not None


def test_a_file_mended_and_saved_by_another_program_is_still_patched(rules: Rules) -> None:
    once = opened(returned_copy(submission(PHONE, DAY), workbook(), rules))
    once[SHEET]["B6"] = "2023-9-20"
    saved = io.BytesIO()
    once.save(saved)
    twice = opened(returned_copy(submission(PHONE), saved.getvalue(), rules))
    assert twice.sheetnames == ["需修改", SHEET, "二组'23", "选项"]
    assert (colour(twice[SHEET], "B6"), note(twice[SHEET], "B6")) == ("", "")
    assert note(twice[SHEET], "F5").count("【大走访】") == 1
    assert twice[SHEET]["F5"].font.name == "仿宋"
