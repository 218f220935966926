"""Days by the moon are refused with the mend; solar days in Chinese numerals stay days; a weekday may lead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from conftest import TODAY, Office
from dressed import HEAD, KINDS, dressed, name_of, visit, visits
from tables import workbook

from dazoufang.judging.cells.dates import DateContext, to_date
from dazoufang.judging.examine import examine_bytes
from dazoufang.rules.campaign import Rules
from dazoufang.rules.generations import Generation

YEAR = DateContext((2023,), ((date(2023, 9, 18), date(2023, 11, 17)),), TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "八月廿四", "农历八月初六", "八月十五(农历)", "八月十五（农历）", "阴历八月十五", "旧历9月20日", "农历2023年8月6日",
        "2023年八月初六", "初三", "正月十六", "腊月二十", "冬月初一", "闰二月初二", "闰二月", "九月廿日", "廿四", "八月卅",
        "八 月 廿 四", "9月20日（农历八月初六）", "古历八月初六", "農曆八月初六", "八月十五", "2023年八月十五", "七月半", "大年初一",
    ],
)  # fmt: skip
def test_a_lunar_day_is_never_taken_for_a_solar_one(text: str) -> None:
    assert to_date(text, YEAR).fault == "C22"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("八月二十四日", date(2023, 8, 24)),
        ("九月二十日", date(2023, 9, 20)),
        ("九月十八号", date(2023, 9, 18)),
        ("二〇二三年九月二十一日", date(2023, 9, 21)),
        ("八月十五日", date(2023, 8, 15)),
        ("十月十日", date(2023, 10, 10)),
        ("元月五日", date(2023, 1, 5)),
        ("九月廿一号", date(2023, 9, 21)),
        ("十月卅一日", date(2023, 10, 31)),
        ("9月20日初步", None),
    ],
)
def test_a_solar_day_in_chinese_numerals_stays_a_day(text: str, day: date | None) -> None:
    assert to_date(text, YEAR).value == day


@pytest.mark.parametrize(
    "text",
    [
        "星期三，9月20日", "星期三, 9月20日", "周三 9.20", "（星期三）9月20日", "礼拜三 2023-9-20", "周三：2023年9月20日",
        "星期三 九月二十日", "9月20日（星期三）", "9月20日 周三", "9月20日,星期三", "周三9月20日上午", "星期三\n9月20日",
        "周三 ９月２０日",
    ],
)  # fmt: skip
def test_a_weekday_before_or_behind_a_day_is_read(text: str) -> None:
    found = to_date(text, YEAR)
    assert (found.value, bool(found.how)) == (date(2023, 9, 20), True)


@pytest.mark.parametrize("text", ["星期四，9月20日", "周二 9.20", "9月20日（星期四）", "礼拜天 2023-9-20"])
def test_a_weekday_that_contradicts_its_day_is_asked(text: str) -> None:
    assert to_date(text, YEAR).fault == "C05"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("星期三", "C02"),
        ("上周三", "C02"),
        ("周三上午", "C02"),
        ("周三 星期四 9.20", "C02"),
        ("周三、9月20日至22日", "C04"),
        ("周三 9月20日 星期四", "C02"),
        ("周三 2月30日", "C05"),
    ],
)
def test_what_is_no_certain_day_with_a_weekday_stays_a_fault(text: str, code: str) -> None:
    assert to_date(text, YEAR).fault == code


@pytest.mark.parametrize(
    "text", ["9月18日至20日", "9月18日、19日", "9.18-9.20", "2023-9-18~2023-9-20", "9月18日上午至20日下午"]
)
def test_a_range_is_returned_and_never_half_of_it(text: str) -> None:
    assert to_date(text, YEAR).fault == "C04"


@pytest.mark.parametrize(
    "text",
    [
        "9月20日上午",
        "9月20日 上午",
        "9月20日下午3点",
        "2023 年 9 月 20 日",
        "2023年 9月 20日",
        "9 月 20 日",
        "2023 . 9 . 20",
    ],
)
def test_half_days_and_spaced_dates_are_the_day(text: str) -> None:
    assert to_date(text, YEAR).value == date(2023, 9, 20)


@pytest.mark.parametrize("kind", KINDS)
def test_a_lunar_day_holds_its_row_in_every_file_type(rules: Rules, kind: str) -> None:
    lines = visits(visit(走访日期="八月廿四"), visit(走访日期="星期四，9月21日", 走访对象="王五"))
    found = examine_bytes(dressed(lines, kind), name_of(kind), rules, TODAY)
    assert [(fault.code, fault.cell) for fault in found.faults] == [("C22", "A2")]
    assert [(row.held, row.values.get("visited_on")) for row in found.parts[0].rows] == [
        (True, None),
        (False, "2023-09-21"),
    ]


def test_no_lunar_day_reaches_the_annex(office: Office) -> None:
    lines = [
        [f"9月{day}日" if day % 2 else "农历八月初八", *visit(走访对象=f"张{name}")[1:]]
        for day, name in ((21, "一二"), (22, "三四"))
    ]
    office.take("工会/登记.xlsx", workbook([HEAD, *lines]))
    assert [str(day)[:10] for day in office.frames().visits["visited_on"]] == ["2023-09-21"]


def test_rules_of_an_older_program_read_days_as_before(rules: Rules) -> None:
    older = replace(rules, generation=Generation.AUDIENCES)
    found = examine_bytes(workbook(visits(visit(走访日期="八月廿四"))), "登记.xlsx", older, TODAY)
    assert found.parts[0].rows[0].values["visited_on"] == "2023-08-24"
