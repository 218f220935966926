"""What comes out of the printer can be read: measured in the PDF that LibreOffice makes of the workbooks of a home."""

from __future__ import annotations

import io
import re
from collections import Counter
from datetime import date
from typing import Any

import openpyxl
import pandas as pd
import pytest
from conftest import Office
from openpyxl.utils import coordinate_to_tuple
from openpyxl.worksheet.worksheet import Worksheet
from plain_rounds import PlainRound
from prints import Print, printed

from dazoufang.rules.campaign import Rules
from dazoufang.writing import blank_forms
from dazoufang.writing.annexes import lists
from dazoufang.writing.sheets import paper
from dazoufang.writing.sheets.book import Book
from dazoufang.writing.sheets.columns import STYLE, Column, SheetSpec
from dazoufang.writing.sheets.page import workbook

DAY = date(2023, 10, 20)
DISPUTES = "矛盾纠纷事项办理表"
LONG = "".join(f"第{number:03d}户因征地补偿款分配方案多次协商未果。" for number in range(30))[:500]
HALF_A_SCREEN = 1366 / 2  # pixels
THIRD_OF_A_SCREEN = 256  # pixels: 768 / 3


def disputes(
    rules: Rules, count: int, matter: str = "与邻居因排水沟改道发生争执", outcome: str = "双方签订协议"
) -> SheetSpec:
    """Annex 2 with so many rows."""
    frame = {
        "unit": [f"第{row // 20}学校" for row in range(count)],
        "item_no": [f"23下矛{row + 1:04d}" for row in range(count)],
        "person": ["张三"] * count, "matter": [matter] * count, "outcome": [outcome] * count,
        "due_on": [date(2023, 11, 17)] * count, "status": ["正在化解"] * count,
    }  # fmt: skip
    schema = rules.schemas["dispute"]
    return SheetSpec(
        DISPUTES, "县乡干部大走访活动矛盾纠纷事项办理表", lists.columns(schema), pd.DataFrame(frame), label="附件2",
        left="填报单位：华容县教育体育局", right="填报时间：2023年10月20日",
    )  # fmt: skip


def figures(units: int, cadres: int) -> SheetSpec:
    """汇总统计 of so many units of so many cadres, a 小计 a unit."""
    columns = (Column("serial", "序号", 6, "serial"), Column("unit", "单位", 20), Column("cadre", "走访干部", 10))
    rows = [
        {"unit": f"第{unit:02d}学校", "cadre": f"干{unit:02d}之{cadre}", STYLE: ""}
        if cadre < cadres
        else {"serial": "小计", "unit": f"第{unit:02d}学校", "cadre": f"第{unit:02d}学校止", STYLE: "subtotal"}
        for unit in range(units)
        for cadre in range(cadres + 1)
    ]
    return SheetSpec(
        "汇总统计", "汇总表", columns, pd.DataFrame(rows), label="附件1", style=STYLE, together="unit", footer="填表人：",
        note="说明。" * 100,
    )  # fmt: skip


@pytest.fixture(scope="module")
def outbox(old_office: Office) -> dict[str, bytes]:
    """The workbooks of a home with three units, and the blank forms of its rules."""
    for path, data in PlainRound(7).files.items():
        old_office.drop(path, data)
    old_office.run(DAY)
    blank = blank_forms.render(Office(old_office.home).fold().rules)
    found = {name: data for name, data in old_office.outbox().items() if name.endswith(".xlsx") and "/" not in name}
    return found | {f"空白表/{name}": data for name, data in blank.items()}


@pytest.fixture(scope="module")
def prints(outbox: dict[str, bytes], rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Print]:
    made = {f"{count}行": workbook(Book((disputes(rules, count),), DAY)) for count in (3, 300, 3000)}
    long = disputes(rules, 2, LONG, LONG[::-1])
    made |= {"长": workbook(Book((long,), DAY)), "长A3": workbook(Book((long,), DAY, "", (DISPUTES,)))}
    made["A3"] = workbook(Book((disputes(rules, 3),), DAY, "", (DISPUTES,)))
    made["汇总"] = workbook(Book((figures(30, 4),), DAY))
    return printed(outbox | made, tmp_path_factory.mktemp("printed"))


def first(data: bytes) -> Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def headings(sheet: Worksheet) -> list[str]:
    """The headings that are printed, of the row the table begins under."""
    row = coordinate_to_tuple(str(sheet.freeze_panes))[0] - 1
    last = openpyxl.utils.range_boundaries(str(sheet.print_area).split("!")[1])[2]
    return [str(cell.value) for cell in sheet[row][:last] if cell.value]


def test_nothing_that_is_printed_is_smaller_than_eight_points(prints: dict[str, Print]) -> None:
    assert {name: found.smallest for name, found in prints.items() if found.smallest < 8} == {}
    assert {
        "附件1 县乡干部大走访活动汇总表.xlsx",
        "今日变化.xlsx",
        "预警提醒.xlsx",
        "空白表/走访登记表.xlsx",
    } <= prints.keys()


def test_the_paper_is_a4_across_and_a3_where_the_rules_name_the_sheet(prints: dict[str, Print]) -> None:
    assert {name: found.papers for name, found in prints.items() if found.papers != {(297, 210)}} == {
        "A3": {(420, 297)}, "长A3": {(420, 297)},
    }  # fmt: skip


def test_the_rules_say_which_sheets_are_printed_on_a3(rules: Rules) -> None:
    assert (rules.campaign.a3, paper.paper_of(DISPUTES, ())) == ((), paper.A4)
    assert paper.paper_of(f"{DISPUTES}(2)", (DISPUTES,)) == paper.paper_of(DISPUTES, (DISPUTES,)) == paper.A3


def test_every_page_has_its_number_and_every_page_of_a_table_its_headings(prints: dict[str, Print]) -> None:
    for name, found in prints.items():
        for number in range(len(found.pages)):
            assert f"—{number + 1}—" in found.words(number), (name, number)
    for page in range(len(prints["300行"].pages)):
        assert "责任单位" in prints["300行"].words(page)


def test_the_number_stands_on_the_right_of_odd_pages_and_the_left_of_even_ones(prints: dict[str, Print]) -> None:
    lines = [page.rstrip().splitlines()[-1] for page in prints["300行"].pages[:2]]
    assert [len(line) - len(line.lstrip()) > 60 for line in lines] == [True, False]


@pytest.mark.parametrize("count", [3, 300, 3000])
def test_the_first_page_makes_sense_alone(prints: dict[str, Print], count: int) -> None:
    page = prints[f"{count}行"].words(0)
    assert "附件2县乡干部大走访活动矛盾纠纷事项办理表" in page
    assert all(
        said in page for said in ("填报单位：华容县教育体育局", "填报时间：2023年10月20日", "责任单位", "化解时限")
    )
    assert "23下矛0001" in page and "23下矛0003" in page and "正在化解" in page


def test_every_sheet_of_the_outbox_that_opens_first_has_title_and_headings_on_its_first_page(
    outbox: dict[str, bytes], prints: dict[str, Print]
) -> None:
    for name, data in outbox.items():
        sheet, page = first(data), prints[name].words(0)
        title = next(cell.value for row in sheet.iter_rows() for cell in row if cell.font.size == 22)
        assert str(title) in page, name
        found = [heading for heading in headings(sheet) if Counter(heading) <= Counter(page)]
        assert found == headings(sheet), name


def test_all_rows_are_printed_once(prints: dict[str, Print]) -> None:
    pages = "".join(prints["300行"].words(page) for page in range(len(prints["300行"].pages)))
    assert re.findall(r"23下矛\d{4}", pages) == [f"23下矛{number:04d}" for number in range(1, 301)]


@pytest.mark.parametrize("name", ["长", "长A3"])
def test_two_texts_of_500_characters_in_one_row_are_printed_whole(prints: dict[str, Print], name: str) -> None:
    pages = "".join(prints[name].pages)
    assert len(LONG) == 500
    wanted = LONG + LONG[::-1]
    assert {char: pages.count(char) >= 2 * wanted.count(char) for char in wanted} == dict.fromkeys(wanted, True)
    assert "内容过长" not in pages


def test_no_unit_is_parted_by_a_page_break_nor_the_signatures_from_the_last(prints: dict[str, Print]) -> None:
    pages = [prints["汇总"].words(number) for number in range(len(prints["汇总"].pages))]
    where = {
        unit: {at for at, page in enumerate(pages) if any(f"干{unit:02d}之{n}" in page for n in range(4)) or f"第{unit:02d}学校止" in page}
        for unit in range(30)
    }  # fmt: skip
    assert len(pages) > 3 and {unit: at for unit, at in where.items() if len(at) != 1} == {}
    assert "第29学校止" in pages[-1] and "填表人" in pages[-1]


def test_pages_end_before_a_group_that_would_be_parted_and_within_one_that_no_page_holds() -> None:
    heights = [20.0] * 12
    assert list(paper.breaks(heights, list("aabbbbcccccc"), 100, 100)) == [2, 7]
    assert list(paper.breaks(heights, list("aaabbbcccddd"), 70, 120)) == [3, 9]
    assert list(paper.breaks(heights, ["a"] * 12, 60, 100)) == [3, 8]
    assert list(paper.breaks([], [], 60, 100)) == []
    assert len(list(paper.breaks([90.0] * 2000, list(range(2000)), 100, 100))) == 1023  # Excel takes no more


def test_the_figures_lead_to_the_rows_that_they_count(outbox: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(outbox["附件1 县乡干部大走访活动汇总表.xlsx"]))
    figures_sheet, visits = book.worksheets[0], book["走访明细"]
    top = coordinate_to_tuple(str(figures_sheet.freeze_panes))[0]
    seen = {"done": 0, "dispute": 0}
    for row in figures_sheet.iter_rows(min_row=top, max_col=12):
        serial, _, cadre, _, done, *rest = row
        if not isinstance(serial.value, int):
            continue
        assert (done.hyperlink is not None) is bool(done.value)
        if done.hyperlink is not None:
            place = str(done.hyperlink.location).rpartition("!A")
            assert place[0] == "'走访明细'" and str(cadre.value) in str(visits[f"D{place[2]}"].value)
            seen["done"] += 1
        told = rest[6]  # 收集 of 矛盾纠纷
        assert (told.hyperlink is not None) is bool(told.value)
        if told.hyperlink is not None:
            annex = openpyxl.load_workbook(
                io.BytesIO(outbox["附件2 县乡干部大走访活动矛盾纠纷事项办理表.xlsx"])
            ).worksheets[0]
            assert told.hyperlink.target == "附件2%20县乡干部大走访活动矛盾纠纷事项办理表.xlsx"
            line = [cell.value for cell in annex[int(str(told.hyperlink.location).rpartition("!A")[2])]]
            assert str(cadre.value) in str(line)
            seen["dispute"] += 1
    assert min(seen.values()) > 3


def test_the_frozen_head_of_a_blank_form_leaves_two_thirds_of_a_small_screen_and_half_its_width(rules: Rules) -> None:
    for name, data in blank_forms.render(rules).items():
        sheet = first(data)
        row, column = coordinate_to_tuple(str(sheet.freeze_panes))
        high = sum(sheet.row_dimensions[at].height for at in range(1, row)) * 96 / 72
        assert high <= THIRD_OF_A_SCREEN, name
        widths: list[Any] = [0.0] * 99
        for found in sheet.column_dimensions.values():
            for at in range(found.min, min(found.max, 98) + 1):
                widths[at] = found.width * 8  # pixels of a character of Arial 11
        assert 0 < sum(widths[1:column]) <= HALF_A_SCREEN, name


def test_the_columns_that_say_whose_row_it_is_stay_in_sight(rules: Rules, outbox: dict[str, bytes]) -> None:
    last = {}
    for name, data in (blank_forms.render(rules) | outbox).items():
        sheet = first(data)
        row, column = coordinate_to_tuple(str(sheet.freeze_panes))
        last[name] = sheet.cell(row - 1, column - 1).value if column > 1 else ""
    assert last["走访登记表.xlsx"] == "走访对象*"
    assert last["矛盾纠纷事项办理表.xlsx"] == "当事人*"
    assert last["意见建议事项办理表.xlsx"] == "反映人*"
    assert last["附件2 县乡干部大走访活动矛盾纠纷事项办理表.xlsx"] == "当事人"
    assert last["附件3 县乡干部大走访活动意见建议事项办理表.xlsx"] == "反映人"
