"""A visit by somebody who did not hold office that day is a fault, and its row is held."""

from __future__ import annotations

import pytest
from conftest import Office
from tables import workbook

ROSTER = "| 姓名 | 单位 | 角色 | 手机 | 任职起 | 任职止 |\n"
VISIT = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 |\n"


def judged(office: Office, roster: str, *visits: str, unit: str = "工会") -> list[tuple[str, str, str]]:
    """Code, cell and value of each fault; the visits are of a file of the unit."""
    office.drop("花名册.xlsx", workbook(ROSTER + roster))
    office.take(f"{unit}/登记.xlsx", workbook(VISIT + "\n".join(visits)))
    return [(fault.code, fault.cell, fault.value) for fault in office.submissions()[-1].faults]


def visit(day: str, cadres: str, household: str = "张三") -> str:
    return f"| {day} | {cadres} | {household} | 其他 | |"


LEAVER = "| 李明 | 工会 | 股室负责人 | | 2023-09-20 | 2023-10-13 |\n| 王芳 | 工会 | 股室负责人 | | | |"


@pytest.mark.parametrize(
    ("day", "fault"),
    [("2023-09-19", True), ("2023-09-20", False), ("2023-10-13", False), ("2023-10-14", True), ("2023-07-01", True)],
)
def test_the_first_and_the_last_day_are_of_the_term(office: Office, day: str, fault: bool) -> None:
    found = judged(office, LEAVER, visit(day, "李明"))
    assert [each for each in found if each[0] == "R25"] == ([("R25", "B2", "李明")] if fault else [])


def test_the_row_is_held_and_the_others_are_taken(office: Office) -> None:
    rows = [visit("2023-10-17", "李明、王芳"), visit("2023-10-17", "王芳", "李四")]
    assert judged(office, LEAVER, *rows) == [("R25", "B2", "李明")]
    assert office.submissions()[-1].verdict == "partly"
    assert office.fold().frames().visits["household"].tolist() == ["李四"]


def test_who_has_moved_holds_office_under_either_name_of_a_unit(office: Office) -> None:
    roster = (
        "| 李明 | 工会 | 股室负责人 | 13900000001 | | 2023-10-13 |\n"
        "| 李明 | 督导室 | 股室负责人 | 13900000001 | 2023-10-14 | |"
    )
    assert judged(office, roster, visit("2023-10-17", "李明")) == []


def test_a_namesake_in_office_elsewhere_does_not_excuse_the_leaver_of_the_unit(office: Office) -> None:
    roster = "| 李明 | 工会 | 股室负责人 | | | 2023-10-13 |\n| 李明 | 督导室 | 股室负责人 | | | |"
    assert judged(office, roster, visit("2023-10-17", "李明")) == [("R25", "B2", "李明")]


def test_without_terms_nobody_is_asked(office: Office) -> None:
    assert judged(office, "| 李明 | 工会 | 股室负责人 | | | |", visit("2023-10-17", "李明")) == []
