"""Blank and prefilled forms: what a unit opens, what it is helped with, and that the reader knows them again."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import from_excel
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from dazoufang.judging.examine import examine_bytes
from dazoufang.ledger.frames import Frames, build, columns
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.rules.schema import FormSchema
from dazoufang.writing import blank_forms

TODAY = date(2023, 10, 20)
SCHEMAS = Path(__file__).parents[2] / "schemas"
Row = Mapping[str, Any]


def offered(rules: Rules) -> list[FormSchema]:
    return [schema for schema in rules.schemas.values() if schema.is_offered]


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules(SCHEMAS)


@pytest.fixture(scope="module")
def blank(rules: Rules) -> dict[str, bytes]:
    return blank_forms.render(rules)


def page(data: bytes) -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]


def heads(sheet: Worksheet) -> tuple[int, list[str]]:
    """The heading row (Excel's number) and its texts."""
    for row in sheet.iter_rows():
        if row[0].value == "序号":
            return row[0].row, [str(cell.value) for cell in row]
    raise AssertionError("no heading")


def rows(sheet: Worksheet) -> list[dict[str, Any]]:
    """The filled rows under the heading, the sample first."""
    top, titles = heads(sheet)
    found = [dict(zip(titles, row, strict=True)) for row in sheet.iter_rows(min_row=top + 1, values_only=True)]
    return [row for row in found if any(row.values()) and not str(row["序号"]).startswith("填表人")]


def checks(sheet: Worksheet, title: str) -> list[DataValidation]:
    """What guards the first row to be filled of a column."""
    top, titles = heads(sheet)
    cell = sheet.cell(top + 2, titles.index(title) + 1)
    return [check for check in sheet.data_validations.dataValidation if cell.coordinate in check.sqref]


def frames(rules: Rules, **given: list[Row]) -> Frames:
    spec = columns(rules.schemas)
    origin = {"submission_id": 1, "row_no": 2, "sheet": "表", "year": 2023, "round_no": 2, "unit": "人事股"}
    usual: dict[str, Row] = {
        "visits": {"visited_on": "2023-09-20", "cadres": "李明", "household": "张三", "target_kind": "其他"},
        "items": {
            "kind": "dispute",
            "state": "open",
            "status": "正在化解",
            "cadres": "李明",
            "person": "张三",
            "matter": "漏水",
        },
        "cadres": {"title": "股长", "role": "股室负责人"},
        "assignments": {"round_name": "下半年", "cadres": "李明", "target_kind": "其他", "unit": "办公室"},
        "submissions": {},
    }
    made = {}
    for name, base in usual.items():
        numbered = [{**origin, "visit_id": n, **base, **row} for n, row in enumerate(given.get(name, []))]
        made[name] = build(numbered, spec[name])
    return Frames(**made)


CADRES: list[Row] = [{"name": "李明"}, {"name": "王芳", "unit": "督导室", "title": "主任"}]


def test_there_is_one_form_for_each_schema_named_by_its_title(rules: Rules, blank: dict[str, bytes]) -> None:
    titles = ["走访登记表", "矛盾纠纷事项办理表", "意见建议事项办理表", "花名册", "任务分解表", "裁定表"]
    titles += ["培训记录", "业务指导记录", "工作记录本发放登记"]
    assert list(blank) == [f"{title}.xlsx" for title in titles]  # for 单位汇总数 nobody is asked
    assert blank == blank_forms.render(rules)


def test_headings_are_the_columns_of_the_schema_with_required_ones_starred(
    rules: Rules, blank: dict[str, bytes]
) -> None:
    for schema in offered(rules):
        titles = heads(page(blank[f"{schema.title}.xlsx"]))[1]
        wanted = {field.title + "*" * field.constraints.required for field in schema.blank}
        assert set(titles) == wanted and len(titles) == len(wanted)


def test_a_blank_form_handed_in_as_it_is_reads_as_nothing(rules: Rules, blank: dict[str, bytes]) -> None:
    for name, data in blank.items():
        found = examine_bytes(data, name, rules, TODAY)
        assert [(f"{rules.schemas[part.form].title}.xlsx", len(part.rows), part.unit) for part in found.parts] == [
            (name, 0, "")
        ]
        assert {fault.code for fault in found.faults} <= {"S07"}


def test_a_form_filled_as_its_sample_shows_is_accepted(rules: Rules, blank: dict[str, bytes]) -> None:
    for name, data in blank.items():
        book = openpyxl.load_workbook(io.BytesIO(data))
        sheet = book.worksheets[0]
        top, titles = heads(sheet)
        unit = next(
            cell for row in sheet.iter_rows(max_row=top) for cell in row if str(cell.value).startswith("填报单位")
        )
        unit.value = str(unit.value).strip("　") + "人事股"
        for column in range(2, len(titles) + 1):
            sheet.cell(top + 2, column).value = sheet.cell(top + 1, column).value
        buffer = io.BytesIO()
        book.save(buffer)
        found = examine_bytes(buffer.getvalue(), name, rules, TODAY)
        assert [fault.message for fault in found.faults if fault.severity == "error"] == []
        assert [(len(part.counted), part.unit) for part in found.parts] == [(1, "人事股")]


def test_choices_are_drop_downs_that_let_nothing_else_in(blank: dict[str, bytes]) -> None:
    (check,) = checks(page(blank["走访登记表.xlsx"]), "对象类别*")
    assert check.formula1 == '"联点乡镇群众,人大代表,政协委员,原民代幼人员,其他"'
    assert check.showErrorMessage and "必填" in check.prompt


def test_columns_of_several_words_and_townships_offer_choices_but_let_others_in(blank: dict[str, bytes]) -> None:
    sheet = page(blank["走访登记表.xlsx"])
    for title, first in [("宣讲内容", "政策"), ("乡镇", "章华镇")]:
        (check,) = checks(sheet, title)
        assert check.type == "list" and first in check.formula1 and not check.showErrorMessage


def test_days_are_checked_and_shown_how_to_write(blank: dict[str, bytes]) -> None:
    sheet = page(blank["走访登记表.xlsx"])
    (check,) = checks(sheet, "走访日期*")
    assert check.type == "date" and "2023-9-20" in check.prompt and check.showErrorMessage
    assert [from_excel(int(text)).date() for text in (check.formula1, check.formula2)] == [
        date(2023, 1, 1),
        date(2023, 12, 31),
    ]
    top, titles = heads(sheet)
    assert sheet.cell(top + 5, titles.index("走访日期*") + 1).number_format == "yyyy-mm-dd"
    assert sheet.cell(top + 5, titles.index("联系电话") + 1).number_format == "@"


def test_hints_carry_the_example_of_the_schema(blank: dict[str, bytes]) -> None:
    (check,) = checks(page(blank["走访登记表.xlsx"]), "联系电话")
    assert "13812345678" in check.prompt and "0730-4123456" in check.prompt


def test_days_that_no_round_binds_may_be_long_ago(blank: dict[str, bytes]) -> None:
    (check,) = checks(page(blank["花名册.xlsx"]), "任职起")
    assert from_excel(int(check.formula1)).year == 1950


def test_every_column_offers_and_checks_what_its_schema_says(rules: Rules, blank: dict[str, bytes]) -> None:
    for schema in offered(rules):
        sheet = page(blank[f"{schema.title}.xlsx"])
        for field in schema.blank:
            found = checks(sheet, field.title + "*" * field.constraints.required)
            if field.derived:
                assert found == []
                continue
            (check,) = found
            limits = field.constraints
            assert (check.prompt or "").startswith("必填。") == limits.required, field.title
            if field.example:
                assert field.example in check.prompt, field.title
            if limits.enum:
                assert check.type == "list" and check.showErrorMessage == (field.type == "string"), field.title
                assert check.formula1 == f'"{",".join(limits.enum)}"', field.title
                assert set(field.value_aliases.values()) <= set(limits.enum)
            elif field.format == "township":
                assert check.formula1 == f'"{",".join(rules.campaign.townships.names)}"'
            elif field.type == "date":
                assert check.type == "date" and check.errorStyle in (None, "stop"), field.title
            elif field.format in ("phone", "email"):
                assert check.type == "custom" and check.errorStyle == "warning", field.title
            elif limits.max_length:
                assert (check.type, check.operator) == ("textLength", "lessThanOrEqual"), field.title
                assert check.formula1 == str(limits.max_length), field.title
            else:
                assert check.type in (None, "none"), field.title


def test_the_check_of_telephones_speaks_of_the_cell_it_stands_in(blank: dict[str, bytes]) -> None:
    sheet = page(blank["走访登记表.xlsx"])
    (check,) = checks(sheet, "联系电话")
    assert f"LEN({str(check.sqref).split(':')[0]})=11" in check.formula1
    assert len(check.formula1) <= 255


def test_the_sample_row_is_grey_and_marked_and_the_rest_of_the_page_is_ruled(blank: dict[str, bytes]) -> None:
    sheet = page(blank["走访登记表.xlsx"])
    top, titles = heads(sheet)
    sample = rows(sheet)[0]
    assert (sample["序号"], sample["走访日期*"], sample["走访干部*"]) == ("例", datetime(2023, 9, 20), "李明、王芳")
    assert sheet.cell(top + 1, 2).font.color.rgb == "FF7F7F7F"
    ruled = [
        row for row in range(top + 2, sheet.max_row + 1) if sheet.cell(row, len(titles)).border.left.style == "thin"
    ]
    assert ruled == list(range(top + 2, top + 2 + len(ruled))) and 10 <= len(ruled) <= 20


def test_the_form_prints_on_a4_landscape_with_every_required_column(rules: Rules, blank: dict[str, bytes]) -> None:
    for schema in offered(rules):
        sheet = page(blank[f"{schema.title}.xlsx"])
        assert (int(sheet.page_setup.paperSize), sheet.page_setup.orientation) == (9, "landscape")
        edge = range_boundaries(str(sheet.print_area).split("!")[1])[2]
        assert edge is not None and all("*" not in title for title in heads(sheet)[1][edge:])


# -- prefilled -------------------------------------------------------------------------------------------------------


def prefilled(rules: Rules, **given: list[Row]) -> dict[str, bytes]:
    return blank_forms.render(rules, frames(rules, **given), TODAY)


def test_prefilled_forms_lie_in_a_folder_for_each_unit(rules: Rules) -> None:
    written = prefilled(rules, cadres=CADRES, items=[{"item_no": "23下矛0001"}])
    assert [name for name in written if "/" in name] == [
        "人事股/走访登记表.xlsx",
        "人事股/矛盾纠纷事项办理表.xlsx",
        "督导室/走访登记表.xlsx",
    ]


def test_a_visit_form_holds_what_was_visited_then_the_households_still_to_visit(rules: Rules) -> None:
    written = prefilled(
        rules,
        cadres=CADRES,
        visits=[
            {"household": "张三", "phone": "13812345678"},
            {"household": "周五", "round_no": 1},
            {"household": "别家", "unit": "督导室", "cadres": "王芳"},
        ],
        assignments=[
            {"household": "张三", "phone": "13812345678", "village": "沙口村"},
            {"household": "李四", "village": "沙口村"},
            {"household": "王五", "cadres": "王芳"},
            {"household": "赵六", "round_name": "上半年"},
        ],
    )
    sheet = page(written["人事股/走访登记表.xlsx"])
    told = [(row["序号"], row["走访对象*"], row["走访干部*"], row["职务"]) for row in rows(sheet)[1:]]
    assert told == [(1, "张三", "李明", None), (2, "李四", "李明", "股长")]
    (check,) = checks(sheet, "走访干部*")
    assert check.formula1 == '"李明"' and not check.showErrorMessage


def test_a_household_of_the_same_name_elsewhere_is_still_to_be_visited(rules: Rules) -> None:
    written = prefilled(
        rules,
        cadres=CADRES,
        visits=[{"household": "张三", "phone": "13812345678", "village": "沙口村"}],
        assignments=[{"household": "张三", "phone": "13900000000", "village": "磨盘村"}],
    )
    assert len(rows(page(written["人事股/走访登记表.xlsx"]))[1:]) == 2


def test_without_assignments_the_rows_still_due_carry_the_cadre_and_count_for_nothing(rules: Rules) -> None:
    written = prefilled(rules, cadres=CADRES, visits=[{}])
    data = written["人事股/走访登记表.xlsx"]
    told = [(row["走访干部*"], row["走访对象*"]) for row in rows(page(data))[1:]]
    assert told == [("李明", "张三")] + [("李明", None)] * 9
    found = examine_bytes(data, "走访登记表.xlsx", rules, TODAY)
    assert [(part.unit, len(part.rows)) for part in found.parts] == [("人事股", 1)]
    assert [fault.code for fault in found.faults] == []


def test_a_ledger_form_holds_all_items_of_the_unit_with_their_numbers_open_ones_first(rules: Rules) -> None:
    written = prefilled(
        rules,
        cadres=CADRES,
        items=[
            {
                "item_no": "23下矛0001",
                "state": "closed",
                "status": "已化解",
                "visited_on": "2023-09-20",
                "category": "其他",
            },
            {"item_no": "23下矛0002", "visited_on": "2023-09-21", "category": "其他"},
            {"item_no": "23下矛0003", "unit": "督导室"},
            {"item_no": "23下建0001", "kind": "suggestion", "status": "正在办理"},
        ],
    )
    data = written["人事股/矛盾纠纷事项办理表.xlsx"]
    assert [row["编号"] for row in rows(page(data))[1:]] == ["23下矛0002", "23下矛0001"]
    (part,) = examine_bytes(data, "矛盾纠纷事项办理表.xlsx", rules, TODAY).parts
    assert [(row.unit, row.values["item_no"]) for row in part.rows] == [
        ("人事股", "23下矛0002"),
        ("人事股", "23下矛0001"),
    ]


def test_cadres_and_units_are_offered_in_prefilled_forms_but_others_may_be_written(rules: Rules) -> None:
    item = {"item_no": "23下矛0001", "category": "其他", "visited_on": "2023-09-20"}
    sheet = page(prefilled(rules, cadres=CADRES, items=[item])["人事股/矛盾纠纷事项办理表.xlsx"])
    for title, offered in [("走访干部*", "李明"), ("责任单位", "人事股,督导室")]:
        (check,) = checks(sheet, title)
        assert (check.formula1, check.showErrorMessage) == (f'"{offered}"', False)


def test_prefilled_forms_want_to_know_the_day(rules: Rules) -> None:
    with pytest.raises(ValueError, match="today"):
        blank_forms.render(rules, frames(rules))
