"""Who visited untrained or without a notebook is reminded, once the office has sent such a log at all."""

from __future__ import annotations

from datetime import date

import pytest
from conftest import Office
from tables import workbook

from dazoufang.duties.alerts import alerts

VISITS = """
| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 工作记录本编号 |
| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 | |
| 2023-09-21 | 李明、王芳 | 李四 | 其他 | 13800000002 | 0123 |
| 2023-09-22 | 王芳 | 王五 | 其他 | 13800000003 | |
"""
TRAINING = """
| 培训日期 | 参训人员 | 培训内容 | 主讲人 | 培训地点 |
| 2023-09-15 | {} | 一看二听三问四讲 | 王芳 | 三楼会议室 |
"""
NOTEBOOKS = """
| 发放日期 | 领取人 | 领取单位 | 工作记录本编号 | 发放人 |
| 2023-09-15 | {} | 工会 | {} | 王芳 |
"""


def reminded(office: Office, today: date = date(2023, 9, 25)) -> list[tuple[str, str, str, str]]:
    """(kind, unit, person, subject) of the reminders of preparation."""
    found = alerts(office.frames(), office.fold().rules, today)
    found = found[found["kind"].isin(["未见培训记录", "未见工作记录本"])]
    assert set(found["level"]) <= {"提醒"} and set(found["readers"]) <= {"本人"}
    return list(found[["kind", "unit", "person", "subject"]].itertuples(index=False, name=None))


def test_a_log_that_never_came_reminds_of_nothing(office: Office) -> None:
    office.take("工会/走访.xlsx", workbook(VISITS, unit="工会"))
    assert reminded(office) == []


def test_who_visited_and_was_not_trained_this_year_is_named_with_his_visits(office: Office) -> None:
    office.take("工会/走访.xlsx", workbook(VISITS, unit="工会"))
    office.take("培训记录.xlsx", workbook(TRAINING.format("陈红、王芳")))
    assert reminded(office) == [("未见培训记录", "工会", "李明", "工会1名干部入户走访了，没有培训记录：李明2户")]
    office.take("培训记录补.xlsx", workbook(TRAINING.format("李 明")))
    assert reminded(office) == []


def test_a_training_of_another_year_trains_nobody(office: Office) -> None:
    office.take("工会/走访.xlsx", workbook(VISITS, unit="工会"))
    office.take("培训记录.xlsx", workbook(TRAINING.format("李明、王芳").replace("2023-09-15", "2022-09-15")))
    assert [subject for *_, subject in reminded(office)] == ["工会2名干部入户走访了，没有培训记录：李明2户、王芳2户"]


@pytest.mark.parametrize(
    ("holder", "number", "expected"),
    [
        ("陈红", "0123", "工会2户走访没有对上工作记录本：李明1户、王芳1户"),
        ("李明", "123", "工会1户走访没有对上工作记录本：王芳1户"),  # 0123 and 123 are one
        ("李明", "0999", "工会2户走访没有对上工作记录本：李明1户、王芳2户"),
        ("王芳", "0123", "工会1户走访没有对上工作记录本：李明1户"),
    ],
)
def test_a_visit_leads_to_a_notebook_by_its_number_or_by_its_cadre(
    office: Office, holder: str, number: str, expected: str
) -> None:
    office.take("工会/走访.xlsx", workbook(VISITS, unit="工会"))
    office.take("工作记录本发放登记.xlsx", workbook(NOTEBOOKS.format(holder, number)))
    assert [subject for *_, subject in reminded(office)] == [expected]


def test_a_number_that_was_never_issued_is_named(office: Office) -> None:
    office.take("工会/走访.xlsx", workbook(VISITS, unit="工会"))
    office.take("工作记录本发放登记.xlsx", workbook(NOTEBOOKS.format("李明", "0999")))
    found = alerts(office.frames(), office.fold().rules, date(2023, 9, 25))
    assert [why for why in found["why"] if "工作记录本" in why] == [
        "“工作记录本发放登记”里找不到这些走访的工作记录本，其中编号“0123”不在登记里；干部入户走访要有专门的工作记录本"
    ]


@pytest.mark.parametrize(("today", "count"), [(date(2023, 11, 17), 1), (date(2023, 11, 18), 0), (date(2023, 9, 18), 1)])
def test_nobody_is_reminded_when_the_round_is_over(office: Office, today: date, count: int) -> None:
    office.take("工会/走访.xlsx", workbook(VISITS, unit="工会"))
    office.take("培训记录.xlsx", workbook(TRAINING.format("王芳")))
    assert len(reminded(office, today)) == count
