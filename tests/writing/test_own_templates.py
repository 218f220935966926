"""Templates of offices, filled: what stood on them stands there still, rows grow, sums are right, and they read back."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import openpyxl
import pandas as pd
import pytest
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from dazoufang.judging.examine import examine_bytes
from dazoufang.model.vocabularies import Audience
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import Role
from dazoufang.writing.annexes import lists, own_look, summary
from dazoufang.writing.broken_template import BrokenTemplate
from dazoufang.writing.own_templates import fill
from dazoufang.writing.own_templates.dressing import OwnTemplate, Wanted, dressed
from dazoufang.writing.own_templates.layout import DressedBook
from dazoufang.writing.own_templates.matching import FigureColumns, FormColumns
from dazoufang.writing.sheets.book import Book
from dazoufang.writing.sheets.columns import STYLE, SheetSpec

BLANKS: Final = Path(__file__).with_name("blank_annexes")
DAY: Final = date(2023, 10, 20)
FIELDS: Final = {"局名": "华容县教育体育局", "日期": "2023年10月20日", "年": "2023", "轮次": "下半年"}

# Of each template: its sheet, the first and last of its sample rows, and the row below them that is looked at last (from 1).
PLACES: Final = {"附件1": ("汇总表", 7, 7, 10), "附件2": ("矛盾纠纷", 4, 4, 6), "附件3": ("意见建议", 7, 10, 12)}


def blank(name: str) -> bytes:
    return (BLANKS / f"{name}.xlsx").read_bytes()


def of_figures(rules: Rules, count: int) -> tuple[Book, list[Wanted]]:
    """汇总统计 of so many cadres of one unit, each of whom owes 10, has visited his number, and has one dispute."""
    columns = summary.columns(summary.target_kinds(rules))
    keys = [column.key for column in columns]
    people = [
        {"unit": "工会", "cadre": f"李{number}", "due": 10, "done": number, "rate": number / 10, "dispute_found": 1}
        for number in range(1, count + 1)
    ]
    done = count * (count + 1) // 2
    sums = {"due": 10 * count, "done": done, "rate": done / (10 * count) if count else None, "dispute_found": count}
    rows = [{**person, STYLE: ""} for person in people]
    if rows:
        rows += [
            {"serial": "小计", "unit": "工会", "cadre": f"{count}人", **sums, STYLE: "subtotal"},
            {"serial": "合计", "unit": "1个单位", "cadre": f"{count}人", **sums, STYLE: "total"},
        ]
    frame = pd.DataFrame(rows, columns=[*keys, STYLE])
    sheet = SheetSpec("汇总统计", "汇总表", columns, frame, label="附件1", style=STYLE)
    named = frozenset({"unit", "cadre"})
    return Book((sheet,), DAY, "局"), [
        Wanted(0, "汇总统计", FigureColumns(columns, own_look.aliases(rules), named), by_unit=True)
    ]


def of_items(rules: Rules, role: Role, count: int) -> tuple[Book, list[Wanted]]:
    """So many items, with their 合计."""
    schema = rules.form(role)
    one = {
        "unit": "工会", "visited_on": date(2023, 9, 20), "cadres": "李明", "person": "张三", "phone": "13812345678",
        "township": "章华镇", "village": "沙口村5组", "matter": "因排水沟改道发生争执，多次协商没有结果，要求村里出面处理",
        "responsible_unit": "法制安全股", "status": "正在办理" if role is Role.SUGGESTIONS else "已化解", "resolved_on": date(2023, 10, 9),
    }  # fmt: skip
    rows: list[dict[str, Any]] = [{**one, "item_no": f"23下{number:04}", STYLE: ""} for number in range(1, count + 1)]
    if rows:
        rows.append({"serial": "合计", "unit": f"共{count}件", STYLE: "total"})
    columns = lists.columns(schema)
    frame = pd.DataFrame(rows, columns=[*(column.key for column in columns), STYLE])
    assert schema.annex is not None
    label = schema.annex.label
    sheet = SheetSpec(schema.annex.sheet, "表", columns, frame, label=label, style=STYLE)
    return Book((sheet,), DAY, "局"), [Wanted(0, schema.annex.sheet, FormColumns(schema, rules.schemas))]


def book_for(name: str, rules: Rules, count: int) -> tuple[Book, list[Wanted]]:
    if name == "附件1":
        return of_figures(rules, count)
    return of_items(rules, Role.DISPUTES if name == "附件2" else Role.SUGGESTIONS, count)


def dressed_as(name: str, rules: Rules, count: int, template: bytes | None = None) -> DressedBook:
    book, wanted = book_for(name, rules, count)
    own = OwnTemplate(f"{name}.xlsx", template or blank(name), f"“{name}”")
    found = dressed(own, book, wanted, FIELDS, name)
    assert found is not None
    return found


def filled(name: str, rules: Rules, count: int, template: bytes | None = None) -> bytes:
    return fill.workbook(dressed_as(name, rules, count, template))


def opened(data: bytes, sheet: str) -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(data))[sheet]


def looks(cell: Cell) -> tuple[Any, ...]:
    """Everything that says how a cell looks."""
    styled = (cell.font, cell.fill, cell.border, cell.alignment, cell.protection)
    return cell.number_format, *map(repr, styled)


def shifted(area: str, first: int, last: int, count: int) -> str:
    """An area such as A11:B11 when rows `first` to `last` have become `count` rows: worked out anew for the test."""

    def moved(match: re.Match[str]) -> str:
        row = int(match[2])
        return match[1] + str(row if row < first else row + count - (last - first + 1) if row > last else first)

    return re.sub(r"([A-Z]+)(\d+)", moved, area)


# -- what stood there stands there still ---------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 3, 300])
@pytest.mark.parametrize("name", ["附件1", "附件2", "附件3"])
def test_every_cell_looks_as_on_the_blank(rules: Rules, name: str, count: int) -> None:
    sheet, first, last, bottom = PLACES[name]
    before, after = opened(blank(name), sheet), opened(filled(name, rules, count), sheet)
    rows, width = max(count, 1), before.max_column
    by = rows - (last - first + 1)
    for row in [*range(1, first), *range(last + 1, bottom + 1)]:
        place = row if row < first else row + by
        for column in range(1, width + 1):
            assert looks(after.cell(place, column)) == looks(before.cell(row, column)), (row, column)
        assert after.row_dimensions[place].height == before.row_dimensions[row].height
    samples = {
        tuple(looks(before.cell(row, column)) for column in range(1, width + 1)) for row in range(first, last + 1)
    }
    for row in range(first, first + rows):
        assert tuple(looks(after.cell(row, column)) for column in range(1, width + 1)) in samples
        assert after.row_dimensions[row].height >= before.row_dimensions[first].height
    assert after.max_row == bottom + by


@pytest.mark.parametrize("count", [0, 1, 3, 300])
@pytest.mark.parametrize("name", ["附件1", "附件2", "附件3"])
def test_widths_merges_and_the_page_are_those_of_the_blank(rules: Rules, name: str, count: int) -> None:
    sheet, first, last, _ = PLACES[name]
    before, after = opened(blank(name), sheet), opened(filled(name, rules, count), sheet)
    rows = max(count, 1)
    widths = [{key: (col.width, col.hidden) for key, col in page.column_dimensions.items()} for page in (before, after)]
    assert widths[0] == widths[1]
    merged = {shifted(str(area), first, last, rows) for area in before.merged_cells.ranges}
    assert {str(area) for area in after.merged_cells.ranges} == merged
    for about in ("page_setup", "page_margins", "print_options"):
        assert dict(getattr(before, about)) == dict(getattr(after, about)), about
    for about in ("oddHeader", "oddFooter"):
        said = [
            [getattr(getattr(page, about), side).text for side in ("left", "center", "right")]
            for page in (before, after)
        ]
        assert said[0] == said[1]
    assert before.print_title_rows == after.print_title_rows
    assert before.freeze_panes == after.freeze_panes
    assert (before.sheet_properties.pageSetUpPr.fitToPage, before.sheet_view.zoomScale) == (
        after.sheet_properties.pageSetUpPr.fitToPage,
        after.sheet_view.zoomScale,
    )


@pytest.mark.parametrize("name", ["附件1", "附件2", "附件3"])
def test_every_part_that_is_not_about_rows_is_there_byte_for_byte(rules: Rules, name: str) -> None:
    parts = []
    for data in (blank(name), filled(name, rules, 3)):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts.append({part: package.read(part) for part in package.namelist()})
    before, after = parts
    assert before.keys() == after.keys()
    changed = {part for part in before if before[part] != after[part]}
    moved = {"xl/drawings/drawing1.xml"} if name == "附件2" else set()
    assert changed == {"xl/workbook.xml", "xl/worksheets/sheet1.xml"} | moved


def test_pictures_over_the_table_stay_and_those_below_go_down(rules: Rules) -> None:
    with zipfile.ZipFile(io.BytesIO(filled("附件2", rules, 5))) as package:
        drawn = package.read("xl/drawings/drawing1.xml").decode()
    assert re.findall(r"<xdr:row>(\d+)</xdr:row>", drawn)[:2] == ["0", "0"]  # the logo
    assert re.findall(r"<xdr:row>(\d+)</xdr:row>", drawn)[2] == "9"  # the seal stood in the sixth row; four rows came


def test_conditional_formats_and_checks_reach_over_all_rows(rules: Rules) -> None:
    page = opened(filled("附件3", rules, 300), "意见建议")
    (area,) = page.conditional_formatting
    assert (str(area.sqref), area.rules[0].formula) == ("A7:P306", ['$N7="正在办理"'])
    (check,) = page.data_validations.dataValidation
    assert (str(check.sqref), check.formula1) == ("N7:N306", '"未启动,正在办理,已办结"')
    assert page["J6"].comment.text == "写清谁提的、什么事"


def test_print_areas_reach_as_far_as_the_rows(rules: Rules) -> None:
    assert opened(filled("附件1", rules, 3), "汇总表").print_area == "'汇总表'!$A$1:$M$12"
    assert opened(filled("附件2", rules, 300), "矛盾纠纷").print_area == "'矛盾纠纷'!$A$1:$N$305"


def test_rows_of_two_colours_go_on_in_turn(rules: Rules) -> None:
    page = opened(filled("附件3", rules, 6), "意见建议")
    colours = [page.cell(row, 1).fill.fgColor.rgb for row in range(7, 13)]
    assert colours == ["00000000", "FFF7F7F7", "00000000", "FFF7F7F7", "00000000", "FFF7F7F7"]


# -- what is filled in ---------------------------------------------------------------------------------------------


def rows_of(page: Worksheet, first: int, last: int) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in page.iter_rows(first, last)]


def test_columns_are_matched_by_their_headings_in_whatever_order(rules: Rules) -> None:
    page = opened(filled("附件2", rules, 2), "矛盾纠纷")
    day, told = pd.Timestamp(2023, 10, 9).to_pydatetime(), "因排水沟改道发生争执，多次协商没有结果，要求村里出面处理"
    visited = pd.Timestamp(2023, 9, 20).to_pydatetime()
    assert rows_of(page, 4, 5) == [
        ["23下0001", "法制安全股", None, "张三", "13812345678", "沙口村5组", told, None, None, "已化解", day, "工会", visited, "李明"],
        ["23下0002", "法制安全股", None, "张三", "13812345678", "沙口村5组", told, None, None, "已化解", day, "工会", visited, "李明"],
    ]  # fmt: skip


def test_days_are_spelt_as_the_sample_spells_them_and_a_place_is_parted(rules: Rules) -> None:
    page = opened(filled("附件3", rules, 1), "意见建议")
    assert rows_of(page, 7, 7)[0][:10] == [
        1, "23下0001", "2023.09.20", "李明", "张三", "13812345678", "章华镇", "沙口村", "5", "因排水沟改道发生争执，多次协商没有结果，要求村里出面处理",
    ]  # fmt: skip
    assert [page[cell].value for cell in ("A1", "A2", "C4", "G4")] == [
        "附件3",
        "2023年下半年意见建议事项办理表",
        "华容县教育体育局",
        "2023年10月20日",
    ]
    assert page["A3"].value.startswith("填写说明：1. 一条意见一行")


def test_the_unit_and_the_day_are_filled_where_they_are_asked_for(rules: Rules) -> None:
    first, second = opened(filled("附件1", rules, 1), "汇总表"), opened(filled("附件2", rules, 1), "矛盾纠纷")
    assert [first["A3"].value, first["G3"].value] == ["填报单位（盖章）：华容县教育体育局", "填报时间：2023年10月20日"]
    assert [second["A2"].value, second["C2"].value, second["L2"].value] == [
        "填报单位：",
        "华容县教育体育局",
        "截至2023年10月20日",
    ]
    assert first["A10"].value == "填表人：              审核人：              联系电话："


def test_a_long_text_makes_its_row_higher_but_no_lower_than_the_sample(rules: Rules) -> None:
    page = opened(filled("附件3", rules, 1), "意见建议")
    assert page.row_dimensions[7].height > 28.35  # two lines of 11 points in a column of 26 characters
    assert opened(filled("附件1", rules, 1), "汇总表").row_dimensions[7].height == 25.5


def test_without_rows_the_sample_is_emptied_and_says_so(rules: Rules) -> None:
    page = opened(filled("附件3", rules, 0), "意见建议")
    assert rows_of(page, 7, 7) == [["无", *[None] * 15]]
    assert page["A8"].value == "合计"


# -- 合计 ----------------------------------------------------------------------------------------------------------


def test_sums_grow_with_the_rows_and_say_their_value(rules: Rules) -> None:
    data = filled("附件1", rules, 3)
    formulas = opened(data, "汇总表")
    assert [formulas.cell(10, column).value for column in (4, 5, 6, 7)] == [
        "=SUM(D7:D9)",
        "=SUM(E7:E9)",
        "=E10/D10",
        "=SUM(G7:G9)",
    ]
    values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["汇总表"]
    assert [values.cell(10, column).value for column in (4, 5, 6, 7)] == [30, 6, 0.2, 3]


def test_a_count_grows_and_says_its_value(rules: Rules) -> None:
    data = filled("附件3", rules, 300)
    assert opened(data, "意见建议")["E307"].value == "=COUNTA(E7:E306)"
    assert openpyxl.load_workbook(io.BytesIO(data), data_only=True)["意见建议"]["E307"].value == 300
    assert opened(data, "意见建议")["J307"].value == "共300件"


def test_a_sum_that_is_not_the_figure_gives_way_to_it(rules: Rules) -> None:
    """Two cadres have one dispute together: each is credited with it, the bureau has one."""
    book, wanted = of_figures(rules, 2)
    rows = book.sheets[0].rows.copy()
    rows.loc[rows[STYLE] == "total", "dispute_found"] = 1
    book = replace(book, sheets=(replace(book.sheets[0], rows=rows),))
    made = dressed(OwnTemplate("附件1.xlsx", blank("附件1"), "附件1"), book, wanted, FIELDS, "附件1")
    assert made is not None
    page = opened(fill.workbook(made), "汇总表")
    assert [page["D9"].value, page["G9"].value] == ["=SUM(D7:D8)", 1]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_libreoffice_calculates_the_same(rules: Rules, tmp_path: Path) -> None:
    """Every formula's own value is taken away first, so that it must calculate."""
    source = tmp_path / "filled.xlsx"
    with zipfile.ZipFile(io.BytesIO(filled("附件1", rules, 300))) as package, zipfile.ZipFile(source, "w") as out:
        for part in package.namelist():
            out.writestr(part, re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", package.read(part)))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76",
        "--outdir",
        str(tmp_path),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True)
    lines = (tmp_path / "filled.csv").read_text("utf-8", "replace").splitlines()
    assert next(line for line in lines if line.startswith("合")).split(",")[3:7] == ["3000", "45150", "1505.0%", "300"]


# -- which rows a table of figures shows ---------------------------------------------------------------------------


def with_text(name: str, old: str, new: str) -> bytes:
    """The blank with another text in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(blank(name))) as package, zipfile.ZipFile(made, "w") as out:
        for part in package.namelist():
            data = package.read(part).decode("utf-8", "surrogateescape")
            out.writestr(
                part, (data.replace(old, new) if part.endswith(".xml") else data).encode("utf-8", "surrogateescape")
            )
    return made.getvalue()


def test_a_table_without_names_has_one_row_a_unit(rules: Rules) -> None:
    template = with_text("附件1", "走访干部&#10;姓名", "联系人")
    page = opened(filled("附件1", rules, 3, template), "汇总表")
    assert rows_of(page, 7, 8) == [
        [1, "工会", None, 30, 6, 0.2, 3, None, None, None, None, None, None],
        ["合  计", None, None, "=SUM(D7:D7)", "=SUM(E7:E7)", "=E8/D8", "=SUM(G7:G7)", "=SUM(H7:H7)", "=SUM(I7:I7)",
         "=SUM(J7:J7)", "=SUM(K7:K7)", "=SUM(L7:L7)", None],
    ]  # fmt: skip


# -- templates that cannot be used ---------------------------------------------------------------------------------


def broken(rules: Rules, name: str, data: bytes) -> str:
    book, wanted = book_for(name, rules, 1)
    with pytest.raises(BrokenTemplate) as error:
        dressed(OwnTemplate(f"{name}.xlsx", data, f"“{name}”"), book, wanted, FIELDS, name)
    assert error.value.exit_code == 2
    return error.value.words


def written(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def test_a_broken_template_is_told_with_its_mend(rules: Rules) -> None:
    resave = "请在 Excel 或 WPS 里打开，另存为“Excel 工作簿（*.xlsx）”"
    again = "删去它，就用程序自带的"
    head = "模板 templates/附件2.xlsx 有误，改好之前不出“附件2”（其余都已出好）："
    assert broken(rules, "附件2", b"not a workbook") == f"{head}不是 Excel 工作簿。{resave}；{again}"
    assert broken(rules, "附件2", b"") == f"{head}是空文件。请重新放一份；{again}"
    assert (
        broken(rules, "附件2", blank("附件2")[:3000])
        == f"{head}打不开，或里面的写法程序不认得。{resave}，再放进来；{again}"
    )
    assert broken(rules, "附件2", written([["甲", "乙", "丙"], ["", "", ""]])) == (
        f"{head}没有一张工作表的表头认得出来（要填的是矛盾纠纷事项办理表，至少要有其中三列——矛盾纠纷事项办理表："
        f"走访日期、走访干部、当事人、纠纷类别、主要情况及诉求、办理状态）。请照着写表头，或先用 learn 命令教程序认；{again}"
    )
    assert broken(
        rules, "附件2", written([["序号", "当事人", "联系电话", "走访日期", "走访干部", "纠纷类别", "事由"]])
    ) == (
        f"{head}「Sheet」表的表头（第1行）下面没有样行。请在表头下面留一行，画好框线、设好格式，可以空着，也可以填一行样例；{again}"
    )
    twice = [["序号", "当事人", "事由", "主要诉求", "走访日期", "走访干部", "纠纷类别"], [1, "张三"]]
    assert broken(rules, "附件2", written(twice)) == (
        f"{head}「Sheet」表的C列、D列像是同一列，不知道填哪一列。请改其中一个表头，或删去一列；{again}"
    )
    assert broken(rules, "附件3", with_text("附件3", "轮次", "届次")) == (
        "模板 templates/附件3.xlsx 有误，改好之前不出“附件3”（其余都已出好）：「意见建议」表 A2 没有“届次”这个字段。"
        f"能用的有 {{{{局名}}}}、{{{{日期}}}}、{{{{年}}}}、{{{{轮次}}}}；{again}"
    )


def test_two_sheets_alike_are_told(rules: Rules) -> None:
    book = openpyxl.load_workbook(BLANKS / "附件3.xlsx")
    book.copy_worksheet(book["意见建议"]).title = "意见建议（旧）"
    made = io.BytesIO()
    book.save(made)
    assert "「意见建议」和「意见建议（旧）」两张工作表都像意见建议事项办理表" in broken(rules, "附件3", made.getvalue())
    book["意见建议（旧）"].sheet_state = "hidden"
    made = io.BytesIO()
    book.save(made)
    assert opened(filled("附件3", rules, 1, made.getvalue()), "意见建议")["B7"].value == "23下0001"


# -- audiences -----------------------------------------------------------------------------------------------------


def test_a_list_from_which_something_is_hidden_says_so_over_the_table(rules: Rules) -> None:
    marked = "附件3（公示：已隐去姓名、电话、住址、家庭情况）"
    book, wanted = of_items(rules, Role.SUGGESTIONS, 1)
    book = replace(book, sheets=(replace(book.sheets[0], label=marked),))
    made = dressed(OwnTemplate("附件3.xlsx", blank("附件3"), "附件3"), book, wanted, FIELDS, "附件3", "（工会）")
    assert made is not None
    page = opened(fill.workbook(made), "意见建议")
    assert [page["A1"].value, page["A2"].value] == [marked, "2023年下半年意见建议事项办理表（工会）"]
    assert Audience.PUBLIC in marked


def test_where_no_label_stands_the_title_says_what_is_hidden(rules: Rules) -> None:
    book, wanted = of_items(rules, Role.DISPUTES, 1)
    book = replace(book, sheets=(replace(book.sheets[0], label="附件2（公示：已隐去姓名）"),))
    made = dressed(OwnTemplate("附件2.xlsx", blank("附件2"), "附件2"), book, wanted, FIELDS, "附件2")
    assert made is not None
    assert opened(fill.workbook(made), "矛盾纠纷")["B1"].value == "矛盾纠纷事项办理台账（公示：已隐去姓名）"


def test_a_template_without_a_line_over_its_table_is_not_used_for_what_must_be_marked(rules: Rules) -> None:
    data = written([["序号", "当事人", "电话", "走访日期", "走访干部", "纠纷类别", "事由"], [1, "张三"]])
    book, wanted = of_items(rules, Role.DISPUTES, 1)
    own = OwnTemplate("附件2.xlsx", data, "附件2")
    assert dressed(own, book, wanted, FIELDS, "附件2") is not None
    assert dressed(own, book, wanted, FIELDS, "附件2", "（工会）") is None


# -- the same, and never the clock ---------------------------------------------------------------------------------


def test_the_same_book_gives_the_same_bytes_and_knows_itself_again(rules: Rules) -> None:
    one, again = dressed_as("附件3", rules, 3), dressed_as("附件3", rules, 3)
    assert fill.workbook(one) == fill.workbook(again) and one.digest == again.digest
    assert one.digest != dressed_as("附件3", rules, 4).digest
    other = dressed_as("附件3", rules, 3, with_text("附件3", "一条意见一行", "一件事一行"))
    assert one.digest != other.digest
    with zipfile.ZipFile(io.BytesIO(fill.workbook(one))) as package:
        assert {info.date_time for info in package.infolist()} == {(2023, 10, 20, 0, 0, 0)}
        assert {info.create_system for info in package.infolist()} == {3}


# -- other habits --------------------------------------------------------------------------------------------------


def as_bytes(book: openpyxl.Workbook) -> bytes:
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def ruled(rows: list[list[Any]], lines: tuple[int, int]) -> openpyxl.Workbook:
    """A workbook of one sheet, ruled from one row to another."""
    book = openpyxl.load_workbook(io.BytesIO(written(rows)))
    side = openpyxl.styles.Side(style="thin")
    for row in book.active.iter_rows(*lines, max_col=max(map(len, rows))):
        for cell in row:
            cell.border = openpyxl.styles.Border(left=side, right=side, top=side, bottom=side)
    return book


HEAD: Final = ["序号", "当事人", "联系电话", "走访日期", "走访干部", "纠纷类别", "事由", "办理状态", "另记"]


def fill_with(rules: Rules, book: openpyxl.Workbook, count: int) -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(filled("附件2", rules, count, as_bytes(book)))).active


def test_areas_merged_in_the_sample_come_once_a_row_and_those_down_all_rows_grow(rules: Rules) -> None:
    book = ruled([["台账"], HEAD, [None], [None], ["注：合并"]], (2, 4))
    for area in ("G3:G3", "H3:I3", "H4:I4", "A5:C5"):
        book.active.merge_cells(area)
    page = fill_with(rules, book, 3)
    assert {str(area) for area in page.merged_cells.ranges} >= {"H3:I3", "H4:I4", "H5:I5", "A6:C6"}
    assert [page.cell(row, 8).value for row in (3, 4, 5)] == ["已化解"] * 3


def test_a_formula_of_the_sample_goes_down_with_its_row(rules: Rules) -> None:
    book = ruled(
        [
            ["台账"],
            HEAD,
            [1, *[None] * 7, "=LEN(G3)+$A$1"],
            ["合计", None, None, None, None, None, None, None, "=MAX(I3:I3)"],
        ],
        (2, 4),
    )
    page = fill_with(rules, book, 3)
    assert [page.cell(row, 9).value for row in (3, 4, 5, 6)] == [
        "=LEN(G3)+$A$1",
        "=LEN(G4)+$A$1",
        "=LEN(G5)+$A$1",
        "=MAX(I3:I5)",
    ]


def test_breaks_links_and_filters_go_along(rules: Rules) -> None:
    book = ruled([["台账"], HEAD, [1, "例"], ["注：见网页"], ["下一页"]], (2, 3))
    page = book.active
    page["A4"].hyperlink, page["B3"].hyperlink = "https://example.org/a", "https://example.org/b"
    page.row_breaks.append(openpyxl.worksheet.pagebreak.Break(id=4))
    page.auto_filter.ref = "A2:I3"
    after = fill_with(rules, book, 4)
    assert (after["A7"].value, after["A7"].hyperlink.target, after["B3"].hyperlink) == (
        "注：见网页",
        "https://example.org/a",
        None,
    )
    assert [entry.id for entry in after.row_breaks.brk] == [7]
    assert after.auto_filter.ref == "A2:I6"


def test_what_is_no_example_stays_below_the_rows(rules: Rules) -> None:
    book = ruled([["台账"], HEAD, [None] * 9, ["负责人签字", None, None, "单位盖章"], ["合计"]], (2, 4))
    page = fill_with(rules, book, 2)
    assert [page["A5"].value, page["D5"].value] == ["负责人签字", "单位盖章"]


def test_numbers_of_columns_stay_over_the_rows_and_numbers_of_rows_go(rules: Rules) -> None:
    book = ruled([["台账"], HEAD, list(range(1, 10)), [1], [2], [3], ["填表人："]], (2, 6))
    page = fill_with(rules, book, 1)
    assert [cell.value for cell in page[3]] == list(range(1, 10))
    assert [page["A4"].value, page["B4"].value, page["A5"].value] == [1, "张三", "填表人："]


def test_a_template_with_a_subtotal_shows_ours_and_no_sum_over_both(rules: Rules) -> None:
    head = ["序号", "单位", "走访干部", "应走访", "已走访", "完成率"]
    book = ruled([["汇总"], head, [None] * 6, ["小计"], ["合计", None, None, "=SUM(D3:D4)", 5, None]], (2, 5))
    book.active["A4"].font = openpyxl.styles.Font(bold=True)
    made = filled("附件1", rules, 2, as_bytes(book))
    page = openpyxl.load_workbook(io.BytesIO(made)).active
    assert rows_of(page, 3, 6) == [
        [1, "工会", "李1", 10, 1, "10.0%"],
        [2, "工会", "李2", 10, 2, "20.0%"],
        ["小计", "工会", "2人", 20, 3, "15.0%"],
        ["合计", "1个单位", "2人", 20, 3, None],
    ]
    assert [page.cell(row, 1).font.bold for row in (3, 4, 5, 6)] == [False, False, True, False]


def test_what_the_template_lacks_is_appended_as_ours(rules: Rules) -> None:
    book, wanted = of_figures(rules, 1)
    schema = rules.form(Role.VISITS)
    columns = lists.columns(schema)
    row = {"visited_on": date(2023, 9, 20), "household": "张三", STYLE: ""}
    visits = SheetSpec(
        "走访明细",
        "走访明细表",
        columns,
        pd.DataFrame([row], columns=[*(c.key for c in columns), STYLE]),
        label="附件1",
        style=STYLE,
    )
    both = replace(book, sheets=(*book.sheets, visits))
    listed = Wanted(1, "走访明细", FormColumns(schema, rules.schemas))
    made = dressed(OwnTemplate("附件1.xlsx", blank("附件1"), "附件1"), both, [*wanted, listed], FIELDS, "附件1")
    assert made is not None
    read = openpyxl.load_workbook(io.BytesIO(fill.workbook(made)))
    assert read.sheetnames == ["汇总表", "走访明细"]
    ours = read["走访明细"]
    assert [ours["A1"].value, ours["A2"].value, ours["C4"].value, ours["E4"].value] == [
        "附件1",
        "走访明细表",
        pd.Timestamp(2023, 9, 20),
        "张三",
    ]
    assert (ours["A2"].font.name, ours["A2"].font.size, ours["C4"].number_format) == (
        "方正小标宋简体",
        22,
        "yyyy-mm-dd",
    )
    assert ours.print_title_rows == "$3:$3" and ours["A4"].border.left.style == "thin"
    assert read["汇总表"]["B7"].font.name == "仿宋_GB2312"


def test_an_empty_list_in_a_template_is_read_as_a_report_of_nothing(rules: Rules) -> None:
    found = examine_bytes(filled("附件3", rules, 0), "附件3.xlsx", rules, DAY)
    assert sum(len(part.rows) for part in found.parts) == 0
    assert [fault.code for fault in found.faults if fault.severity == "error"] == []


def test_a_template_of_another_form_is_not_taken(rules: Rules) -> None:
    assert "没有一张工作表的表头认得出来" in broken(rules, "附件3", blank("附件2"))
