"""The round day by day: what was visited by the end of each day, and what should have been."""

from __future__ import annotations

from datetime import date

import pytest
from conftest import Office
from tables import workbook

from dazoufang.duties.pace import pace

pytestmark = pytest.mark.unpublished
HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 |\n"


def visits(office: Office, *rows: str) -> None:
    text = "".join(f"| 2023-{row} |\n" for row in rows)
    office.take("工会/走访.xlsx", workbook(HEAD + text, unit="工会"))


def test_each_household_counts_on_the_day_of_its_first_visit_and_no_further_than_today(office: Office) -> None:
    office.take("花名册.xlsx", workbook("姓名 | 单位 | 角色\n李明 | 工会 | 股室负责人\n王芳 | 工会 | 股室负责人"))
    visits(
        office,
        "09-18 | 李明 | 张三 | 其他 | 13800000001",
        "09-20 | 李明、王芳 | 李四 | 其他 | 13800000002",  # one household for each of the two
        "09-20 | 李明 | 张三 | 其他 | 13800000001",  # again: counts no more
        "03-20 | 李明 | 王五 | 其他 | 13800000003",  # of the round before
    )
    found = pace(office.frames(), office.fold().rules, date(2023, 9, 21))
    assert (found.days[0], found.days[-1], len(found.days)) == (date(2023, 9, 18), date(2023, 11, 17), 61)
    assert found.done == [1, 1, 3, 3]


def test_what_should_have_been_done_rises_with_the_working_days_to_all_that_is_owed(office: Office) -> None:
    """41 working days in the round: two people owe 10 each, so that after 5 days each should have 10 × 5 ÷ 41, rounded up."""
    office.take("花名册.xlsx", workbook("姓名 | 单位 | 角色\n李明 | 工会 | 股室负责人\n王芳 | 工会 | 股室负责人"))
    found = pace(office.frames(), office.fold().rules, date(2023, 10, 20))
    assert found.due[:7] == [2, 2, 2, 2, 4, 4, 4]  # Monday to Sunday
    assert found.due[-1] == 20 and found.due == sorted(found.due)


def test_who_leaves_within_the_round_should_have_done_his_part_by_then(office: Office) -> None:
    """Of 41 working days he holds 9 (18 to 28 September), so he owes 10 × 9 ÷ 41, rounded up: 3."""
    roster = "姓名 | 单位 | 角色 | 任职起 | 任职止\n李明 | 工会 | 股室负责人 | | 2023-09-28"
    office.take("花名册.xlsx", workbook(roster))
    found = pace(office.frames(), office.fold().rules, date(2023, 10, 20))
    assert found.due[:11] == [1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3] and found.due[-1] == 3


def test_without_a_roster_nobody_owes(office: Office) -> None:
    visits(office, "09-18 | 李明 | 张三 | 其他 | 13800000001")
    found = pace(office.frames(), office.fold().rules, date(2023, 9, 18))
    assert found.done == [1] and set(found.due) == {0}
