"""What was sent back stands among the alerts until it comes again, mended."""

from __future__ import annotations

from datetime import date

import pytest
from conftest import Office
from tables import workbook

from dazoufang.duties.alerts import alerts

VISITS = """
| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 |
| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 |
| 上周三 | 李明 | 李四 | 其他 | 13800000002 |
"""


TODAY = date(2023, 10, 20)


def told(office: Office, today: date) -> list[list[str]]:
    found = alerts(office.fold().frames(), office.fold().rules, today)
    return found.loc[found["kind"] == "退回未改", ["level", "unit", "subject", "readers"]].values.tolist()


def test_a_file_with_a_row_sent_back_is_told_to_the_unit_until_it_comes_again(office: Office) -> None:
    office.take("工会/登记.xlsx", workbook(VISITS))
    head = "工会的《登记.xlsx》退回后还有1处没有改好"
    assert told(office, date(2023, 10, 20)) == [["提醒", "工会", head, "股室负责人"]]
    office.take("工会/登记.xlsx", workbook(VISITS.replace("上周三", "2023-09-21")))
    assert told(office, date(2023, 10, 20)) == []


def test_whom_to_telephone_is_who_filled_the_form_else_the_head_of_the_unit(office: Office) -> None:
    office.take("花名册.xlsx", workbook("姓名 | 单位 | 角色 | 手机\n王芳 | 工会 | 股室负责人 | 13900000001"))
    signed = [["填表人：陈静", "", "联系电话：0730-4123456"]]
    office.take("工会/登记.xlsx", workbook(VISITS.replace("李明", "王芳"), below=signed))
    office.take("工会/又一份.xlsx", workbook(VISITS.replace("李明", "王芳").replace("张三", "王五")))
    office.take(
        "工会/没有电话.xlsx", workbook(VISITS.replace("李明", "王芳").replace("张三", "孙六"), below=[["填表人：陈静"]])
    )
    found = alerts(office.fold().frames(), office.fold().rules, TODAY)
    assert (
        found.loc[found["kind"] == "退回未改", "action"].tolist()
        == [  # alike: of many it is said once
            "请打开退回件，按标出的地方改好，再放入收件箱，文件名不用改；不用报的，请办公室撤回（命令 withdraw 加收件号）"
        ]
        * 3
    )
    assert found.loc[found["kind"] == "退回未改", ["contact", "head"]].values.tolist() == [
        ["陈静 0730-4123456", "王芳 13900000001"],
        ["王芳 13900000001", "王芳 13900000001"],
        ["王芳 13900000001（填表人陈静）", "王芳 13900000001"],
    ]


def reasons(office: Office) -> list[str]:
    found = alerts(office.fold().frames(), office.fold().rules, TODAY)
    return list(found.loc[found["kind"] == "退回未改", "why"])


ALONE = "10月20日退回（收件{}号），应在11月17日以前改好；没有改好的行没有计入"


def test_a_file_that_nothing_was_taken_of_is_told_with_what_may_have_come_in_its_place(office: Office) -> None:
    office.take("工会/没传完.xlsx", b"no table")
    office.take("工会/培训.xlsx", workbook("培训日期 | 参训人员 | 培训内容\n2023-09-15 | 李明 | 大走访", unit="工会"))
    office.take("人事股/登记.xlsx", workbook(VISITS.replace("上周三", "2023-09-21"), unit="人事股"))
    assert office.fold().frames().submissions["verdict"].tolist() == ["returned", "accepted", "accepted"]
    assert reasons(office) == [ALONE.format(1)]
    good = VISITS.replace("上周三", "2023-09-21").replace("李四", "王五")
    office.take("工会/登记.xlsx", workbook(good, unit="工会"))
    there = "；本单位同一天另有《登记.xlsx》（收件4号）已收，如果就是它的改正件，请办公室撤回收件1号"
    assert reasons(office) == [ALONE.format(1) + there]
    office.take("工会/又一份.xlsx", workbook(good.replace("王五", "孙六"), unit="工会"))
    assert reasons(office) == [
        ALONE.format(1) + "；本单位同一天另有《登记.xlsx》（收件4号）等2份已收，如果就是它的改正件，请办公室撤回收件1号"
    ]


def test_what_came_before_it_or_is_another_form_does_not_stand_in_its_place(office: Office) -> None:
    office.today = date(2023, 10, 19)
    office.take("工会/登记.xlsx", workbook(VISITS.replace("上周三", "2023-09-21"), unit="工会"))
    office.today = date(2023, 10, 20)
    office.take("工会/坏.xlsx", workbook(VISITS.replace("上周三", "大概").replace("2023-09-20", "大概"), unit="工会"))
    assert reasons(office) == [ALONE.format(2)]
    dispute = "走访日期 | 走访干部 | 当事人 | 联系电话 | 纠纷类别 | 主要情况及诉求 | 办理状态\n2023-09-20 | 李明 | 王五 | 13812345679 | 邻里关系 | 争执 | 正在化解"
    office.take("工会/办理.xlsx", workbook(dispute, unit="工会"))
    assert reasons(office) == [ALONE.format(2)]


def test_of_a_file_of_which_rows_count_nothing_is_said_of_others(office: Office) -> None:
    office.take("工会/一半.xlsx", workbook(VISITS, unit="工会"))
    office.take("工会/登记.xlsx", workbook(VISITS.replace("上周三", "2023-09-21"), unit="工会"))
    assert reasons(office) == [ALONE.format(1)]


@pytest.mark.parametrize(
    ("today", "level"),
    [
        ("2023-11-13", "提醒"),
        ("2023-11-15", "预警"),
        ("2023-11-17", "预警"),
        ("2023-11-18", "逾期"),
        ("2023-11-27", "严重逾期"),
    ],
)
def test_it_is_due_at_the_end_of_the_phase_in_which_it_went_back(office: Office, today: str, level: str) -> None:
    office.take("工会/登记.xlsx", workbook(VISITS))
    assert [row[0] for row in told(office, date.fromisoformat(today))] == [level]


def test_what_nobody_known_has_sent_is_the_offices(office: Office) -> None:
    office.take("坏的.xlsx", b"no table")
    assert told(office, date(2023, 10, 20)) == [
        ["提醒", "办公室", "未识别单位的《坏的.xlsx》退回后还没有再报", "股室负责人"]
    ]


def test_between_the_phases_it_has_five_working_days(office: Office) -> None:
    office.today = date(2023, 11, 20)
    office.take("工会/登记.xlsx", workbook(VISITS))
    found = alerts(office.fold().frames(), office.fold().rules, date(2023, 11, 20))
    (row,) = found[found["kind"] == "退回未改"].to_dict("records")
    assert row["due_on"].date() == date(2023, 11, 27) and row["workdays_left"] == 5
    assert row["why"] == "11月20日退回（收件1号），应在11月27日以前改好；没有改好的行没有计入"
    assert row["alert_id"] == "退回未改|1"
