"""Where a value stands that is not in the cell of its own row: in a line over the table, in a band, in a row above."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Office
from tables import rows, workbook_of

from dazoufang.commands.rebuild import rebuild
from dazoufang.commands.trace import trace

HEAD = "走访日期 | 走访对象 | 对象类别 | 联系电话"
ZHANG = "2023-9-20 | 张三 | 其他 | 13812345678"
WANG = "2023-9-21 | 王五 | 人大代表 | 13812345679"


def traced(office: Office, *columns: str) -> list[tuple[str, str, str]]:
    """The cells behind some columns of the first visit in annex 1: column, cell, value."""
    fold = office.fold()
    return [
        (column, source.cell, source.value)
        for column in columns
        for source in trace(f"附件1!走访明细!{column}5", office.home, fold, office.today).sources
    ]


def take(office: Office, sheet: str, *lines: list[Any] | str) -> None:
    table = [line if isinstance(line, list) else rows(line)[0] for line in lines]
    office.take("工会/登记.xlsx", workbook_of({sheet: table}))


@pytest.mark.published
def test_a_cadre_over_the_table_is_traced_to_the_cell_it_stands_in(office: Office) -> None:
    take(office, "登记", ["", "", "走访干部：李明"], HEAD, ZHANG, WANG)
    assert traced(office, "C", "D", "E") == [("C", "A3", "2023-09-20"), ("D", "C1", "李明"), ("E", "B3", "张三")]
    assert rebuild(office.home) == []


@pytest.mark.published
def test_a_township_over_the_table_and_one_of_a_band_are_traced_to_their_cells(office: Office) -> None:
    take(office, "登记", f"{HEAD} | 走访干部", ["", "一、章华镇"], f"{ZHANG} | 李明")
    assert traced(office, "G") == [("G", "B2", "章华镇")]
    take(office, "登记", ["填报单位：工会", "乡镇：", "章华"], f"{HEAD} | 走访干部 | 乡镇", f"{ZHANG} | 李明 | ")
    assert traced(office, "G") == [("G", "C1", "章华镇")]
    assert rebuild(office.home) == []


@pytest.mark.published
def test_a_township_of_the_sheet_s_name_is_traced_to_it(office: Office) -> None:
    take(office, "章华镇", f"{HEAD} | 走访干部", f"{ZHANG} | 李明")
    assert traced(office, "G") == [("G", "工作表名称", "章华镇")]


@pytest.mark.published
def test_a_field_told_in_several_columns_is_traced_to_the_first_that_says_something(office: Office) -> None:
    take(office, "登记", f"{HEAD} | 走访干部 | 村 | 组", [*rows(ZHANG)[0], "李明", None, "新屋组"])
    assert traced(office, "H") == [("H", "G2", "新屋组")]


def test_what_a_household_s_second_row_has_from_the_first_is_traced_there(office: Office) -> None:
    lines = [*rows(f"{HEAD} | 走访干部 | 意见建议\n{ZHANG} | 李明 | 建议修路")]
    lines.append([None, None, None, None, None, "建议装路灯"])
    office.take("工会/登记.xlsx", workbook_of({"登记": lines}, ["B2:B3"]))
    fold = office.fold()
    number = next(number for number, item in fold.ledger.items.items() if "路灯" in item.facts()["matter"])
    found = {source.field: source.cell for source in trace(number, office.home, fold, office.today).sources}
    assert (found["意见建议"], found["走访日期"], found["联系电话"]) == ("F3", "A2", "D2")


@pytest.mark.parametrize("over", ["走访干部：李明", "走访干部：没有的人"])
def test_crossed_out_rows_under_a_cadre_over_the_table_do_not_count(office: Office, over: str) -> None:
    from dressed import Crossed, dressed

    lines = [[over], rows(HEAD)[0], rows(ZHANG)[0], [Crossed(value) for value in rows(WANG)[0]]]
    office.take("工会/登记.xlsx", dressed(lines, "xlsx"))
    assert [row.household for row in office.frames().visits.itertuples()] == ["张三"]
    assert "S26 A4" in [f"{fault.code} {fault.cell}" for fault in office.submissions()[-1].faults]


@pytest.mark.parametrize("crossed", ["F2", "G2"])
def test_a_crossed_out_part_of_a_joined_field_is_said(office: Office, crossed: str) -> None:
    from dressed import Crossed, dressed

    line = [*rows(ZHANG)[0], "李明", "沙口村", "5组"]
    line["ABCDEFG".index(crossed[0])] = Crossed(line["ABCDEFG".index(crossed[0])])
    office.take("工会/登记.xlsx", dressed([rows(f"{HEAD} | 走访干部 | 村 | 组")[0], line], "xlsx"))
    assert "C23" in [fault.code for fault in office.submissions()[-1].faults]
