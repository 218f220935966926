"""The column 需修改 of a returned copy: a short text in each row to be mended, filtered by, and nobody's data."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from conftest import Office
from openpyxl.worksheet.filters import FilterColumn
from openpyxl.worksheet.worksheet import Worksheet
from strict import accepted
from tables import rows, workbook
from writers import Sheet, write

from dazoufang.commands.rebuild import rebuild
from dazoufang.model.faults import make
from dazoufang.model.submission import Heading, Part, Row
from dazoufang.rules.campaign import Rules
from dazoufang.writing.answers.mend_column import mend_columns

pytestmark = pytest.mark.usefixtures("few_outputs")

RED, YELLOW = "FFFFB3AE", "FFFFEE9A"
HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 乡镇 | 村(社区)组 | 联系电话 |\n"
ZHANG = "| 2023-09-20 | 李明 | 张三 | 其他 | 章华镇 | 沙口村1组 | 13800000001 |\n"
LI = "| 上周三 | 李明 | 李四 | 其他 | 章华镇 | 沙口村2组 | 1380002 |\n"
WANG = "| 2023-07-01 | 李明 | 王五 | 其他 | 章华镇 | 沙口村3组 | 13800000003 |\n"
ZHAO = "| 2023-09-21 | 李明 | 赵六 | 其他 | 章华镇 | 沙口村4组 | 1380000 |\n"
LI_SAID, ZHAO_SAID = "走访日期：看不出是哪一天；联系电话：还差4位", "联系电话：还差4位"


def copy_of(office: Office) -> bytes:
    """The newest returned copy."""
    (path,) = [path for path in office.outbox() if path.startswith("退回/") and " 需修改" in path]
    data = office.outbox()[path]
    accepted(data)
    return data


def sheet_of(data: bytes, name: str = "Sheet1") -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(data))[name]


def said(sheet: Worksheet, column: str) -> dict[int, Any]:
    """What stands in a column, by row."""
    return {cell.row: cell.value for cell in sheet[column] if cell.value is not None}


def headed(sheet: Worksheet) -> list[str]:
    """The columns that are headed 需修改."""
    return [cell.column_letter for row in sheet.iter_rows() for cell in row if cell.value == "需修改"]


def changed(data: bytes, change: Callable[[Worksheet], None]) -> bytes:
    book, saved = openpyxl.load_workbook(io.BytesIO(data)), io.BytesIO()
    change(book["Sheet1"])
    book.save(saved)
    return saved.getvalue()


def codes(office: Office) -> list[tuple[str, str]]:
    return [(fault.code, fault.cell) for fault in office.submissions()[-1].faults]


def written(table: str, dress: Callable[[xlsxwriter.Workbook, Any, int], None]) -> bytes:
    """A form of a unit with its headings in row 3, dressed: the sheet and the last row, from 0, are given to `dress`."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("Sheet1")
        lines = [["走访登记表"], ["填报单位：工会"], *rows(table)]
        for at, cells in enumerate(lines):
            page.write_row(at, 0, cells)
        dress(book, page, len(lines) - 1)
    return stream.getvalue()


def plainly(book: xlsxwriter.Workbook, page: Any, last: int) -> None:
    pass


# -- the column ------------------------------------------------------------------------------------------------


def test_each_row_with_something_to_mend_says_what_in_a_red_column_right_of_the_table(office: Office) -> None:
    office.take("工会/走访.xlsx", written(HEAD + ZHANG + LI + ZHAO, plainly))
    sheet = sheet_of(copy_of(office))
    assert said(sheet, "H") == {3: "需修改", 5: LI_SAID, 6: ZHAO_SAID}
    guide = sheet_of(copy_of(office), "需修改")
    assert guide["A4"].value.startswith("表的最右边有“需修改”一列，写着每行要改什么：")
    assert [sheet[cell].fill.fgColor.rgb for cell in ("H3", "H5", "H6")] == [RED, RED, RED]
    assert sheet["H5"].alignment.wrap_text and sheet.column_dimensions["H"].width == 28
    assert sheet.auto_filter.ref == "A3:H6"


def test_a_row_that_is_only_to_be_looked_at_says_so_in_yellow_behind_the_place_for_the_reason(office: Office) -> None:
    office.take("工会/走访.xlsx", written(HEAD + ZHANG + LI + WANG, plainly))
    sheet = sheet_of(copy_of(office))
    assert said(sheet, "H") == {3: "情况说明"}
    assert said(sheet, "I") == {3: "需修改", 5: LI_SAID, 6: "请核对：走访日期：不在两轮走访的时段内"}
    assert (sheet["I6"].fill.fgColor.rgb, sheet["H6"].fill.fgColor.rgb) == (YELLOW, YELLOW)
    assert (sheet.column_dimensions["H"].width, sheet.column_dimensions["I"].width) == (20, 28)
    assert sheet.auto_filter.ref == "A3:I6"


def test_of_300_rows_exactly_the_twelve_wrong_ones_say_something(office: Office) -> None:
    wrong = tuple(range(24, 300, 25))
    row = "| 2023-09-20 | 李明 | 户主{0:03d} | 其他 | 章华镇 | 沙口村{0}组 | {1} |\n"
    table = HEAD + "".join(row.format(n, f"138{n:04d}" if n in wrong else f"1380000{n:04d}") for n in range(300))
    office.take("工会/走访.xlsx", workbook(table, unit="工会"))
    sheet = sheet_of(copy_of(office))
    assert sheet.auto_filter.ref == "A2:H302"
    assert said(sheet, "H") == {2: "需修改"} | dict.fromkeys(
        [27, 52, 77, 102, 127, 152, 177, 202, 227, 252, 277, 302], "联系电话：还差4位"
    )
    (small,) = [data for path, data in office.outbox().items() if "错行" in path]
    assert said(sheet_of(small), "H") == {2: "需修改"} | dict.fromkeys(range(3, 15), "联系电话：还差4位")


def test_a_long_list_of_faults_is_cut_to_sixty_characters(rules: Rules) -> None:
    titles = ["走访对象", "对象类别", "村(社区)组", "矛盾纠纷和信访诉求", "政策咨询和求助", "现场答复情况"]
    faults = [
        make("C01", sheet="表", cell=f"{letter}4", row=4, column=title, what="没有填")
        for letter, title in zip("CDEFGH", titles, strict=True)
    ]
    part = Part("visit", "", "走访", "工会", [Row("表", 4, "工会", {})], [Heading("表", 3, {"household": 2})])
    (column,) = mend_columns([part], faults, rules.schemas).values()
    assert column.texts == {
        3: "走访对象：没有填；对象类别：没有填；村(社区)组：没有填；矛盾纠纷和信访诉求：没有填；政策咨询和求助：没有填；等6处",
    }
    assert len(column.texts[3]) == 58


@pytest.mark.parametrize("how", ["xls", "ods", "csv utf-8", "csv gb18030"])
def test_a_copy_that_is_made_anew_from_values_has_it_as_well(office: Office, how: str) -> None:
    form = Sheet("走访")
    for at, line in enumerate([["走访登记表"], ["填报单位：工会"], *rows(HEAD + ZHANG + LI)]):
        form.lay(at, 0, line)
    office.take(f"工会/走访.{how.split()[0]}", write([form], how))
    book = openpyxl.load_workbook(io.BytesIO(copy_of(office)))
    sheet = book.worksheets[1]
    assert said(sheet, "H") == {3: "需修改", 5: LI_SAID}
    assert sheet.auto_filter.ref == "A3:H5"


def test_headings_of_two_rows_have_it_in_the_lower_one(office: Office) -> None:
    table = "| 走访日期 | 走访干部 | 走访对象 | | | 联系电话 |\n| | | 姓名 | 类别 | 住址 | |\n"
    table += "| 2023-09-20 | 李明 | 张三 | 其他 | 沙口村1组 | 1380000 |"
    merges = ("A2:A3", "B2:B3", "C2:E2", "F2:F3")
    office.take("工会/走访.xlsx", workbook(table, unit="工会", merges=merges))
    assert said(sheet_of(copy_of(office)), "G") == {3: "需修改", 4: "联系电话：还差4位"}


def test_the_column_does_not_print_where_the_unit_has_said_what_does_and_panes_stay(office: Office) -> None:
    def dressed(book: xlsxwriter.Workbook, page: Any, last: int) -> None:
        page.print_area(0, 0, last, 6)
        page.freeze_panes(3, 1)

    office.take("工会/走访.xlsx", written(HEAD + LI, dressed))
    sheet = sheet_of(copy_of(office))
    assert (sheet.print_area, sheet.freeze_panes) == ("'Sheet1'!$A$1:$G$4", "B4")
    assert headed(sheet) == ["H"]


def test_cells_right_of_the_table_are_not_written_over(office: Office) -> None:
    def dressed(book: xlsxwriter.Workbook, page: Any, last: int) -> None:
        page.write(last, 7, "问过了")  # H5, in a row that is right

    office.take("工会/走访.xlsx", written(HEAD + LI + ZHANG, dressed))
    sheet = sheet_of(copy_of(office))
    assert (sheet["H5"].value, headed(sheet)) == ("问过了", ["I"])


@pytest.mark.parametrize(
    ("gap", "rows_below", "code"),
    [("|", 2, "S33"), (" | |", 2, "S33"), ("|", 1, "S36")],
    ids=["touching", "with a gap", "unsure"],
)
def test_tables_side_by_side_have_none(office: Office, gap: str, rows_below: int, code: str) -> None:
    qian = ZHANG.replace("张三", "钱七").replace("0001", "0007")
    pairs = [(HEAD, HEAD), (LI, ZHAO if rows_below == 2 else LI), (ZHANG, qian)][: rows_below + 1]
    beside = "\n".join(f"{one.strip().removesuffix('|')}{gap}{other.strip()[1:]}" for one, other in pairs)
    office.take("工会/并排.xlsx", workbook(beside, unit="工会"))
    assert code in [found for found, _ in codes(office)]
    assert headed(sheet_of(copy_of(office))) == []


def test_a_list_beyond_a_gap_keeps_its_rows_in_sight(office: Office) -> None:
    table = HEAD.strip() + " | 值班表 | 星期 |\n" + LI.strip() + " | 王芳 | 星期一 |\n"
    office.take("工会/走访.xlsx", workbook(table, unit="工会"))
    sheet = sheet_of(copy_of(office))
    assert (headed(sheet), sheet.auto_filter.ref) == ([], None)


def test_two_tables_below_each_other_have_none(office: Office) -> None:
    office.take("工会/上下.xlsx", workbook(HEAD + LI + "| | 填表人：李明 |\n" + HEAD + ZHAO, unit="工会"))
    sheet = sheet_of(copy_of(office))
    assert (len(office.submissions()[0].parts[0].headings), headed(sheet)) == (2, [])


# -- filters ---------------------------------------------------------------------------------------------------


def test_a_filter_of_theirs_is_widened_and_keeps_its_criteria_and_hidden_rows(office: Office) -> None:
    def dressed(book: xlsxwriter.Workbook, page: Any, last: int) -> None:
        page.autofilter(2, 0, last, 6)
        page.filter_column(2, "x == 李四")
        page.set_row(3, options={"hidden": True})

    office.take("工会/走访.xlsx", written(HEAD + ZHANG + LI, dressed))
    data = copy_of(office)
    sheet = sheet_of(data)
    assert sheet.auto_filter.ref == "A3:H5"
    assert [(one.colId, one.filters.filter) for one in sheet.auto_filter.filterColumn] == [(2, ["李四"])]
    assert (sheet.row_dimensions[4].hidden, sheet.row_dimensions[5].hidden) == (True, False)
    names = zipfile.ZipFile(io.BytesIO(data)).read("xl/workbook.xml").decode()
    assert '_FilterDatabase" localSheetId="1" hidden="1">\'Sheet1\'!$A$3:$H$5<' in names
    assert names.count("_FilterDatabase") == 1


def test_a_filter_of_ours_has_its_name_among_those_of_the_workbook(office: Office) -> None:
    office.take("工会/走访.xlsx", written(HEAD + LI, plainly))
    names = zipfile.ZipFile(io.BytesIO(copy_of(office))).read("xl/workbook.xml").decode()
    expected = (
        '<definedName name="_xlnm._FilterDatabase" localSheetId="1" hidden="1">\'Sheet1\'!$A$3:$H$4</definedName>'
    )
    assert expected in names


def test_beside_a_table_object_the_column_stands_without_a_filter_of_the_sheet(office: Office) -> None:
    def dressed(book: xlsxwriter.Workbook, page: Any, last: int) -> None:
        titles = ["走访日期", "走访干部", "走访对象", "对象类别", "乡镇", "村(社区)组", "联系电话"]
        page.add_table(2, 0, last, 6, {"columns": [{"header": title} for title in titles]})

    office.take("工会/走访.xlsx", written(HEAD + ZHANG + LI, dressed))
    sheet = sheet_of(copy_of(office))
    assert said(sheet, "H") == {3: "需修改", 5: LI_SAID}
    assert sheet.auto_filter.ref is None
    assert not any("筛选箭头" in str(cell) for row in sheet_of(copy_of(office), "需修改").values for cell in row)
    assert [(table.ref, table.autoFilter.ref) for table in sheet.tables.values()] == [("A3:G5", "A3:G5")]


def test_a_filter_over_other_cells_stays_as_it_is(office: Office) -> None:
    office.take("工会/走访.xlsx", written(HEAD + LI, lambda _, page, _last: page.autofilter(20, 0, 30, 3)))
    assert sheet_of(copy_of(office)).auto_filter.ref == "A21:D31"


# -- when it comes back ----------------------------------------------------------------------------------------


def test_a_copy_dropped_back_untouched_has_the_same_faults_and_nobody_asks_about_the_column(office: Office) -> None:
    office.take("工会/走访.xlsx", written(HEAD + ZHANG + LI + WANG, plainly))
    before = codes(office)
    assert before == [("C02", "A5"), ("C09", "G5"), ("C08", "A6")]
    office.take("工会/走访.xlsx", copy_of(office))
    assert codes(office) == before
    assert len(office.submissions()[-1].parts[0].rows) == 3
    page = next(data.decode() for path, data in office.outbox().items() if path.endswith("回执0002.html"))
    assert "程序不认识" not in page and "H列" not in page
    assert rebuild(office.home) == []


def test_a_copy_mended_in_part_has_one_column_with_what_is_still_wrong(office: Office) -> None:
    office.take("工会/走访.xlsx", written(HEAD + ZHANG + LI + ZHAO, plainly))

    def mended(sheet: Worksheet) -> None:
        sheet["A5"], sheet["G5"] = "2023-09-20", "13800000002"
        sheet["A4"] = "上周五"

    office.take("工会/走访.xlsx", changed(copy_of(office), mended))
    sheet = sheet_of(copy_of(office))
    assert headed(sheet) == ["H"]
    assert said(sheet, "H") == {3: "需修改", 4: "走访日期：看不出是哪一天", 6: ZHAO_SAID}
    assert sheet.auto_filter.ref == "A3:H6"
    assert sheet["H5"].fill.fill_type is None


def test_rows_that_were_filtered_out_by_the_column_are_shown_again(office: Office) -> None:
    office.take("工会/走访.xlsx", written(HEAD + ZHANG + LI + ZHAO, plainly))

    def mended(sheet: Worksheet) -> None:
        sheet["A4"] = "上周五"
        sheet["A5"], sheet["G5"] = "2023-09-20", "13800000002"
        sheet.auto_filter.filterColumn.append(FilterColumn(colId=7))
        sheet.auto_filter.add_filter_column(7, [LI_SAID, ZHAO_SAID])
        del sheet.auto_filter.filterColumn[0]
        sheet.row_dimensions[4].hidden = True

    office.take("工会/走访.xlsx", changed(copy_of(office), mended))
    sheet = sheet_of(copy_of(office))
    assert sheet.auto_filter.ref == "A3:H6" and sheet.auto_filter.filterColumn == []
    assert [sheet.row_dimensions[row].hidden for row in (4, 5, 6)] == [False, False, False]


def test_a_place_for_reasons_that_comes_later_stands_before_the_column_and_is_read(office: Office) -> None:
    office.take("工会/走访.xlsx", written(HEAD + ZHANG + LI, plainly))
    assert headed(sheet_of(copy_of(office))) == ["H"]

    def mended(sheet: Worksheet) -> None:
        sheet["A4"], sheet["G5"] = "2023-07-01", "13800000002"

    office.take("工会/走访.xlsx", changed(copy_of(office), mended))
    sheet = sheet_of(copy_of(office))
    assert said(sheet, "H") == {3: "情况说明"}
    assert said(sheet, "I") == {
        3: "需修改",
        4: "请核对：走访日期：不在两轮走访的时段内",
        5: "走访日期：看不出是哪一天",
    }
    assert sheet.auto_filter.ref == "A3:I5"

    def upheld(sheet: Worksheet) -> None:
        sheet["H4"], sheet["A5"] = "补报的", "2023-09-20"

    office.take("工会/走访.xlsx", changed(copy_of(office), upheld))
    assert [fault.severity for fault in office.submissions()[-1].faults if fault.severity != "info"] == []


def test_a_column_that_the_unit_added_behind_ours_leaves_ours_where_it_is(office: Office) -> None:
    office.take("工会/走访.xlsx", written(HEAD + ZHANG + LI, plainly))

    def more(sheet: Worksheet) -> None:
        sheet["I3"], sheet["I4"] = "意见建议", "建议修路"

    office.take("工会/走访.xlsx", changed(copy_of(office), more))
    assert office.submissions()[-1].parts[0].rows[0].values["suggestion"] == "建议修路"
    sheet = sheet_of(copy_of(office))
    assert headed(sheet) == ["H"]
    assert said(sheet, "H") == {3: "需修改", 5: LI_SAID}
    assert said(sheet, "I") == {3: "意见建议", 4: "建议修路"}
    assert sheet.auto_filter.ref == "A3:I5"


def test_texts_of_the_column_make_no_rows_and_say_nothing_of_a_row(office: Office) -> None:
    table = (
        HEAD.rstrip("\n") + " 需修改 |\n" + ZHANG.rstrip("\n") + " 电话再问 |\n| | | | | | | | 联系电话：还差4位 |\n"
    )
    summary = office.take("工会/走访.xlsx", workbook(table, unit="工会"))
    assert summary.submissions["accepted"] == 1
    (submission,) = office.submissions()
    assert (submission.faults, [row.row_no for row in submission.parts[0].rows]) == ([], [3])


def test_a_value_of_that_name_under_another_heading_stays(office: Office) -> None:
    table = HEAD.rstrip("\n") + " 备注 |\n" + ZHANG.rstrip("\n") + " 需修改 |\n"
    office.take("工会/走访.xlsx", workbook(table, unit="工会"))
    assert office.submissions()[0].parts[0].rows[0].values["remark"] == "需修改"


def test_a_roster_has_it_too(office: Office) -> None:
    table = "| 姓名 | 单位 | 角色 |\n| 何校长 | 工会 | 股室负责人 |\n| 何长 | 工会 | 股室负责人 |"
    office.take("花名册.xlsx", workbook(table))
    data = copy_of(office)
    assert said(sheet_of(data), "D") == {1: "需修改", 2: "姓名：填写不合要求"}
    office.take("花名册.xlsx", data)
    assert codes(office) == [("C18", "A2")]
