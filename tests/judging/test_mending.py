"""A form with faults comes back, is mended in the returned copy itself, and is whole when it is dropped again."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest
from conftest import TODAY, Office
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet
from strict import accepted
from tables import rows
from writers import Sheet, extension, write

from dazoufang.judging.examine import examine_bytes
from dazoufang.judging.verdict import accept
from dazoufang.ledger.fold import fold
from dazoufang.model.faults import ERROR, INFO
from dazoufang.model.roster import Roster
from dazoufang.model.submission import Delivery, Submission
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.system.home import shipped
from dazoufang.writing.answers.mend_by import finish_line
from dazoufang.writing.answers.receipt import receipt
from dazoufang.writing.answers.returned_copy import returned_copy

TEMPLATES = shipped("templates")
RED, YELLOW, BLUE = "FFFFB3AE", "FFFFEE9A", "FFD9EBF9"
NAME = "走访登记"
FORM = """
| 序号 | 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 备注 |
|---|---|---|---|---|---|---|
| 1 | 2023-9-20 | 李明 | 张三 | 联点乡镇群众 | 13812345671 | |
| 2 | 上周三 | 李明 | 李四 | 联点乡镇群众 | 13812345672 | |
| 3 | 2023-7-1 | 李明 | 王五 | 联点乡镇群众 | 13812345673 | |
| 4 | 2023-9-21 | 李明 | 赵六 | 路人 | 1380000 | |
| 5 | 2023-9-22 | 李明 | 陈桂香 | 人大代表 | １3812345675 | |
"""
MENDS = {"B5": "2023-9-20", "E7": "其他", "F7": "13812345674"}  # with the headings in row 3
HOUSEHOLDS = sorted(["张三", "李四", "王五", "赵六", "陈桂香"])
FORMATS = ("xlsx", "openpyxl", "xls", "et", "ods", "csv gb18030", "csv utf-8")


def form(how: str = "xlsx", table: str = FORM) -> bytes:
    sheet = Sheet(NAME)
    sheet.lay(0, 0, ["县乡干部大走访活动登记表"])
    sheet.lay(1, 0, ["填报单位：工会"])
    for row, line in enumerate(rows(table), 2):
        sheet.lay(row, 0, line)
    return write([sheet], how)


def returned(office: Office, unit: str = "工会") -> bytes:
    """The newest returned copy of a unit; it must be one that Excel opens."""
    found = {
        name: data for name, data in office.outbox().items() if name.startswith(f"退回/{unit}/") and "需修改" in name
    }
    copy = found[max(found, key=lambda name: name.rsplit("需修改", 1)[1])]
    if copy.startswith(b"PK") and b"xl/workbook.xml" in copy:
        accepted(copy)
    return copy


def mended(copy: bytes, cells: dict[str, Any], sheet: str = "") -> bytes:
    """The copy with cells changed by hand and saved by another program."""
    book = openpyxl.load_workbook(io.BytesIO(copy))
    page = book[sheet] if sheet else book.worksheets[1]
    for cell, value in cells.items():
        page[cell] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def table_of(copy: bytes) -> Worksheet:
    page = openpyxl.load_workbook(io.BytesIO(copy)).worksheets[1]
    assert isinstance(page, Worksheet)
    return page


def colour(sheet: Worksheet, cell: str) -> str:
    fill = sheet[cell].fill
    return fill.fgColor.rgb if fill.fill_type == "solid" else ""


def note(sheet: Worksheet, cell: str) -> str:
    comment = sheet[cell].comment
    return comment.text if comment else ""


def zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as out:
        for name, data in members.items():
            out.writestr(zipfile.ZipInfo(name), data)
    return stream.getvalue()


def judged(data: bytes, rules: Rules, name: str = "走访.xlsx", today: date = TODAY, number: int = 1) -> Submission:
    delivery = Delivery(f"工会/{name}", name, "0", today)
    return accept(delivery, number, examine_bytes(data, name, rules, today), rules, Roster({}))


def copied(data: bytes, rules: Rules, name: str = "走访.xlsx", today: date = TODAY) -> bytes:
    copy = returned_copy(judged(data, rules, name, today), data, rules)
    assert copy is not None
    accepted(copy)
    return copy


# -- mended and dropped again --------------------------------------------------------------------------------


@pytest.mark.parametrize("how", FORMATS)
def test_a_form_mended_in_its_returned_copy_has_no_fault_and_counts_no_visit_twice(how: str, rules: Rules) -> None:
    data, name = form(how), f"走访.{extension(how)}"
    first = judged(data, rules, name)
    copy = copied(data, rules, name)
    assert {colour(table_of(copy), cell) for cell in MENDS} == {RED}
    second = judged(mended(copy, MENDS), rules, f"{name} 需修改0001.xlsx", number=2)
    assert ([fault.code for fault in second.faults if fault.severity == ERROR], second.verdict) == ([], "accepted")
    for number, row in enumerate([*first.parts[0].rows, *second.parts[0].rows], 1):
        row.row_id = number
    both = fold([first, second], rules)
    assert both.effects[2].replaces == [1]
    assert sorted(both.frames().visits["household"]) == HOUSEHOLDS


@pytest.mark.published
def test_what_is_mended_is_dropped_again_and_takes_the_place_of_the_first(office: Office) -> None:
    office.take("工会/走访.xlsx", form())
    place = {"H6": "暑期遇到特殊情况提前走访"}
    summary = office.take("工会/走访.xlsx 需修改0001.xlsx", mended(returned(office), MENDS | place))
    assert (summary.faults, summary.submissions["accepted"]) == (0, 1)
    assert [fault.severity for fault in office.submissions()[1].faults if fault.severity != INFO] == []
    assert sorted(office.frames().visits["household"]) == HOUSEHOLDS
    page = next(page for name, page in office.outbox().items() if "回执0002" in name).decode()
    assert "替换了收件 0001 号" in page


def test_a_copy_that_still_has_a_fault_comes_back_without_the_marks_of_what_was_mended(rules: Rules) -> None:
    twice = table_of(copied(mended(copied(form(), rules), {"B5": "2023-9-20"}), rules))
    assert [colour(twice, cell) for cell in ("B5", "E7", "F7")] == [BLUE, RED, RED]
    assert note(twice, "B5") == ""
    assert note(twice, "F7").count("【大走访】") == 1


def test_a_form_in_a_zip_is_mended_the_same_way(rules: Rules) -> None:
    packed = zipped({"走访.xlsx": form(), "别的.xls": form("xls", FORM.replace("张三", "周小明"))})
    copy = returned_copy(judged(packed, rules, "上报.zip"), packed, rules)
    with zipfile.ZipFile(io.BytesIO(copy or b"")) as back:
        assert back.namelist() == ["别的.xlsx", "走访.xlsx"]
        copies = {name: back.read(name) for name in back.namelist()}
    for one in copies.values():
        accepted(one)
    again = judged(zipped({name: mended(one, MENDS) for name, one in copies.items()}), rules, "上报.zip")
    assert ([fault.code for fault in again.faults if fault.severity == ERROR], again.verdict) == ([], "accepted")


def test_each_workbook_of_a_zip_counts_its_own_rows(rules: Rules) -> None:
    other = FORM.replace("上周三", "2023-9-19").replace("李明", "周勇")
    packed = zipped({"甲.xlsx": form(), "乙.xlsx": form(table=other)})
    copy = returned_copy(judged(packed, rules, "上报.zip"), packed, rules)
    titles = {}
    with zipfile.ZipFile(io.BytesIO(copy or b"")) as archive:
        for name in archive.namelist():
            titles[name] = openpyxl.load_workbook(io.BytesIO(archive.read(name)))["需修改"]["A1"].value
    assert titles["甲.xlsx"].startswith("共5行，3行已收，2行要改；")
    assert titles["乙.xlsx"].startswith("共5行，4行已收，1行要改；")


FAULTS = {  # what is typed in a column, and how its remedy says to write it
    "B": [("上周三", "2023-9-20"), ("9月31日", "2023-9-30"), ("#3.1", "2023-9-19"), ("9月18日至20日", "9月18日")],
    "C": [("李明等3人", "李明、王芳")],
    "D": [("", "张三")],
    "E": [("路人", "人大代表"), ("", "其他")],
    "F": [("1380000", "13812345678"), ("138123456789", "0730-4123456")],
}


@settings(max_examples=15)
@given(st.data())
def test_whatever_is_wrong_is_whole_once_it_is_mended_as_the_remedies_say(rules: Rules, data: st.DataObject) -> None:
    lines = rows(FORM)
    sound = [["1", "2023-9-20", "李明", f"住户{n}", "联点乡镇群众", f"1381234{n:04d}", None] for n in range(1, 13)]
    mends: dict[str, str] = {}
    for row, letter in data.draw(st.sets(st.tuples(st.integers(0, 11), st.sampled_from("BCDEF")), min_size=1)):
        wrong, right = data.draw(st.sampled_from(FAULTS[letter]))
        sound[row]["ABCDEFG".index(letter)] = wrong or None
        mends[f"{letter}{row + 4}"] = right + str(row) if letter == "D" else right
    how = data.draw(st.sampled_from(FORMATS[:5]))
    sheet = Sheet(NAME)
    sheet.lay(1, 0, ["填报单位：工会"])
    for at, line in enumerate([lines[0], *sound], 2):
        sheet.lay(at, 0, [3.1 if cell == "#3.1" else cell for cell in line])
    copy = copied(write([sheet], how), rules, f"走访.{extension(how)}")
    marked = table_of(copy)
    red = {cell.coordinate for line in marked.iter_rows() for cell in line if colour(marked, cell.coordinate) == RED}
    told = {f"H{row}" for row in {3} | {int(place[1:]) for place in mends}}  # the column 需修改: its heading, its rows
    assert red == set(mends) | told
    again = judged(mended(copy, mends), rules)
    assert [fault for fault in again.faults if fault.severity != INFO] == []
    assert (again.verdict, len(again.parts[0].counted)) == ("accepted", 12)


# -- what is doubtful may be upheld --------------------------------------------------------------------------


def test_a_yellow_row_gets_a_place_for_its_reason_right_of_the_table(rules: Rules) -> None:
    copy = copied(form(), rules)
    sheet = table_of(copy)
    assert sheet["H3"].value == "情况说明"
    assert [colour(sheet, f"H{row}") for row in (4, 5, 6, 7, 8)] == ["", "", YELLOW, "", ""]
    assert sheet["H6"].border.left.style == "thin"
    assert not sheet["H6"].protection.locked
    assert sheet.column_dimensions["H"].width >= 16
    assert "“情况说明”一格（H列）" in note(sheet, "B6")
    assert "情况说明" not in note(sheet, "B5")
    guide = openpyxl.load_workbook(io.BytesIO(copy))["需修改"]
    assert any("“情况说明”一格（黄框）" in str(line[0]) for line in guide.values)


def test_the_heading_of_that_place_looks_like_its_neighbour(rules: Rules) -> None:
    book = openpyxl.load_workbook(io.BytesIO(form()))
    book[NAME]["G3"].font = openpyxl.styles.Font(name="仿宋", bold=True)
    stream = io.BytesIO()
    book.save(stream)
    heading = table_of(copied(stream.getvalue(), rules))["H3"]
    assert (heading.font.name, heading.font.bold) == ("仿宋", True)


@pytest.mark.parametrize("how", FORMATS)
def test_a_yellow_cell_upheld_in_words_is_not_asked_about_again(how: str, rules: Rules) -> None:
    copy = copied(form(how), rules, f"走访.{extension(how)}")
    place = next(cell.column_letter for cell in table_of(copy)[3] if cell.value == "情况说明")
    again = judged(mended(copy, MENDS | {f"{place}6": "暑期遇到特殊情况提前走访"}), rules)
    assert [fault for fault in again.faults if fault.severity != INFO] == []
    assert again.parts[0].rows[2].values["explanation"] == "暑期遇到特殊情况提前走访"


def test_the_place_left_empty_does_no_harm_and_is_used_again(rules: Rules) -> None:
    once = copied(form(), rules)
    twice = table_of(copied(mended(once, {"B5": "2023-9-20"}), rules))
    assert [cell.value for cell in twice[3]].count("情况说明") == 1
    assert colour(twice, "H6") == YELLOW
    assert "“情况说明”一格（H列）" in note(twice, "B6")
    assert not any(fault.code in ("S03", "S11") for fault in judged(once, rules).faults)


def test_their_own_column_for_reasons_is_used_wherever_it_stands(rules: Rules) -> None:
    sheet = table_of(copied(form(table=FORM.replace("备注", "核对说明")), rules))
    assert [cell.value for cell in sheet[3]] == [*rows(FORM)[0][:6], "核对说明", "需修改"]
    assert colour(sheet, "G6") == YELLOW
    assert "（G列）" in note(sheet, "B6")


def test_a_merged_place_for_reasons_is_left_as_it_is(rules: Rules) -> None:
    book = openpyxl.load_workbook(io.BytesIO(form(table=FORM.replace("备注", "情况说明"))))
    book[NAME].merge_cells("G4:G8")
    stream = io.BytesIO()
    book.save(stream)
    sheet = table_of(copied(stream.getvalue(), rules))
    assert (colour(sheet, "G4"), colour(sheet, "B6")) == ("", YELLOW)


def test_no_place_is_made_where_something_stands_in_the_way(rules: Rules) -> None:
    copy = copied(mended_original({"H6": "张主任已核"}), rules)
    sheet = table_of(copy)
    assert (sheet["H3"].value, sheet["H6"].value) == (None, "张主任已核")
    assert "（H列）" not in note(sheet, "B6")
    guide = openpyxl.load_workbook(io.BytesIO(copy))["需修改"]
    assert not any("（黄框）" in str(line[0]) for line in guide.values)


def mended_original(cells: dict[str, Any]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(form()))
    for cell, value in cells.items():
        book[NAME][cell] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_place_among_hidden_columns_is_shown(rules: Rules) -> None:
    book = openpyxl.load_workbook(io.BytesIO(form()))
    book[NAME].column_dimensions.group("H", "K", hidden=True)
    stream = io.BytesIO()
    book.save(stream)
    sheet = table_of(copied(stream.getvalue(), rules))
    assert [sheet.column_dimensions[letter].hidden for letter in "HIJ"] == [False, False, True]
    assert (sheet["H3"].value, sheet["I3"].value) == ("情况说明", "需修改")


def test_the_page_says_how_to_uphold_a_yellow_cell_with_and_without_a_returned_copy(rules: Rules) -> None:
    sound = FORM.replace("上周三", "2023-9-19").replace("路人", "其他").replace("1380000", "13812345674")
    assert "请在表的右边加一列“情况说明”" in page(form(table=sound), rules)
    assert "退回件已在表的右边留出“情况说明”" in page(form(), rules)
    assert "情况说明" not in page(form(table=sound.replace("2023-7-1", "2023-9-21")), rules)


def page(data: bytes, rules: Rules) -> str:
    return receipt(judged(data, rules), None, rules, TEMPLATES).decode()


def test_a_formula_typed_as_text_stays_text_in_the_copy_also_under_a_mark_and_in_our_own_sheet(rules: Rules) -> None:
    book = openpyxl.load_workbook(io.BytesIO(form("openpyxl")))
    sheet = book[NAME]
    for cell, text in (("G4", "=1+1"), ("F7", "+1380000")):
        sheet[cell].value, sheet[cell].data_type, sheet[cell].quotePrefix = text, "s", True
    stream = io.BytesIO()
    book.save(stream)
    copy = openpyxl.load_workbook(io.BytesIO(copied(stream.getvalue(), rules)))
    kept = [(copy[NAME][cell].value, copy[NAME][cell].quotePrefix) for cell in ("G4", "F7")]
    assert kept == [("=1+1", True), ("+1380000", True)]
    assert colour(copy[NAME], "F7") == RED
    ours = [cell for row in copy["需修改"].iter_rows() for cell in row if cell.value == "+1380000"]
    assert ours and all(cell.quotePrefix for cell in ours)


# -- questions, order, finish line ---------------------------------------------------------------------------


def test_an_unknown_heading_that_looks_like_a_known_one_is_a_yellow_question(rules: Rules) -> None:
    table = FORM.replace("| 备注 |", "| 联系方式2 |").replace("| 联系电话 |", "| 其他事项 |")
    data = form(table=table)
    asked = [fault for fault in judged(data, rules).faults if fault.code == "S11"]
    sheet = table_of(copied(data, rules))
    assert colour(sheet, asked[0].cell) == YELLOW
    assert "是不是" in note(sheet, asked[0].cell)


def test_the_finish_line_is_the_end_of_the_phase_and_left_open_between_the_rounds(rules: Rules) -> None:
    def title(today: date) -> Any:
        return openpyxl.load_workbook(io.BytesIO(copied(form(), rules, today=today)))["需修改"]["A1"].value

    assert (
        title(date(2023, 10, 20)) == "共5行，3行已收，2行要改；请在11月17日17:00前改好，重新放入收件箱，文件名不用改。"
    )
    assert "请尽快改好，重新放入收件箱" in title(date(2023, 11, 25))
    assert "<b>请在11月17日17:00前改好</b>，重新放入收件箱" in page(form(), rules)


@pytest.mark.parametrize(
    ("days", "sent_back", "line"),
    [
        (3, date(2023, 10, 20), "请在10月25日17:00前改好"),  # Friday: Monday, Tuesday, Wednesday
        (3, date(2023, 9, 26), "请在9月28日17:00前改好"),  # not past the end of the phase
        (1, date(2023, 9, 28), "请在9月28日17:00前改好"),  # its last day
        (5, date(2023, 5, 10), "请尽快改好"),  # between the rounds
    ],
)
def test_an_office_may_ask_for_it_in_working_days(days: int, sent_back: date, line: str, rules: Rules) -> None:
    returns = rules.campaign.returns
    settled = returns.model_copy(update={"phase_workdays": returns.phase_workdays.model_copy(update={"value": days})})
    asked = replace(rules, campaign=rules.campaign.model_copy(update={"returns": settled}))
    assert finish_line(asked, sent_back) == line


def test_in_a_year_without_a_calendar_the_finish_line_is_counted_by_weekends_and_says_so(
    rules: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert finish_line(rules, date(2023, 10, 20)) == "请在11月17日17:00前改好"
    monkeypatch.setattr("dazoufang.rules.workdays._KNOWN_YEARS", frozenset({2022}))
    unknown = load_rules(shipped("schemas"))  # their calendar has counted nothing yet
    assert finish_line(unknown, date(2023, 10, 20)) == "请在11月17日17:00前改好（暂按周末推算）"
    assert finish_line(unknown, date(2023, 10, 10)) == "请在10月13日17:00前改好（暂按周末推算）"  # the 15th is a Sunday
