"""Days of a year's phases as people type them, and what is offered for them."""

from __future__ import annotations

from datetime import date

import pytest

from dazoufang.commands.setup_dates import NotAnAnswer, answered_by_options, dates_by_options, offered, read_span
from dazoufang.rules.campaign import Rules
from dazoufang.rules.years import Year


@pytest.fixture
def plan(rules: Rules) -> Year:
    """The year 2023 as it is shipped."""
    return rules.campaign.years[0]


def shown(spans: list[tuple[date, date]]) -> list[str]:
    return [f"{first:%m-%d}..{last:%m-%d}" for first, last in spans]


@pytest.mark.parametrize(
    "text",
    [
        "2027-03-12..2027-03-16", "3-12..3-16", "3.12..3.16", "2027/3/12 到 2027/3/16", "3月12日至16日", "3月12日-3月16日",
        "3月12日-16日", "2027年3月12日—2027年3月16日", "3-12 3-16", " 3-12 .. 3-16 ", "３月１２日－１６日", "3.12～3.16", "3-12 至3-16",
    ],
)  # fmt: skip
def test_two_days_are_read_as_people_write_them(text: str) -> None:
    assert read_span(text, 2027, None) == (date(2027, 3, 12), date(2027, 3, 16))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("3-12", "“3-12”要写第一天和最后一天，如 2027-03-12..2027-03-16"),
        ("", "“”要写第一天和最后一天，如 2027-03-12..2027-03-16"),
        ("三月..四月", "“三月”不是日期，请写成 2027-03-12 或 3月12日"),
        ("2-30..3-16", "没有“2-30”这一天，请写真实的日期"),
        ("2026-03-12..2027-03-16", "2026-03-12不在2027年内，请核对年份"),
        ("3-16..3-12", "最后一天2027-03-12早于第一天2027-03-16，请核对两个日期"),
        ("3-11..3-16", "前一阶段到2027-03-11才结束，这一阶段最早从2027-03-12开始"),
    ],
)
def test_what_is_no_phase_is_refused_with_why(text: str, why: str) -> None:
    with pytest.raises(NotAnAnswer) as refused:
        read_span(text, 2027, date(2027, 3, 11))
    assert str(refused.value) == why


def test_last_years_days_are_offered_in_the_new_year(plan: Year) -> None:
    spans: list[tuple[date, date]] = []
    for _ in plan.phases:
        spans.append(offered(plan, 2027, spans))
    assert shown(spans) == [
        "03-12..03-16", "03-17..03-27", "03-28..04-28", "09-18..09-28", "09-29..10-15", "10-16..11-17", "12-01..12-20",
    ]  # fmt: skip
    assert {day.year for span in spans for day in span} == {2027}


def test_a_phase_that_followed_follows_still_and_lasts_as_long(plan: Year) -> None:
    later = (date(2027, 3, 15), date(2027, 3, 19))
    assert shown([offered(plan, 2027, [later])]) == ["03-20..03-30"]
    over = [(date(2027, 3, 12), date(2027, 3, 16)), (date(2027, 3, 17), date(2027, 3, 27)), (date(2027, 3, 28), date(2027, 9, 20))]  # fmt: skip
    assert shown([offered(plan, 2027, over)]) == ["09-21..10-01"]  # never before the round before has ended
    assert shown([offered(plan, 2027, [*over[:2], (date(2027, 3, 28), date(2027, 4, 20))])]) == ["09-18..09-28"]


def test_a_leap_day_is_the_day_before_or_after_in_other_years(plan: Year) -> None:
    block = {
        "year": 2028, "source": "局内设定：试一试",
        "rounds": [{"name": "上半年", "phases": [
            {"name": "走访摸排", "first": date(2028, 2, 20), "last": date(2028, 2, 28)},
            {"name": "汇总研判", "first": date(2028, 2, 29), "last": date(2028, 3, 5)},
            {"name": "集中化解", "first": date(2028, 3, 6), "last": date(2028, 3, 20)},
        ]}],
        "review": {"name": "考核讲评", "first": date(2028, 12, 1), "last": date(2028, 12, 20)},
    }  # fmt: skip
    leap = Year.model_validate(block)
    assert shown([offered(leap, 2029, [(date(2029, 2, 20), date(2029, 2, 28))])]) == ["03-01..03-05"]


def test_a_round_may_be_given_as_a_whole_and_a_phase_by_its_name(plan: Year) -> None:
    given = answered_by_options(
        ["上半年=2027-03-15..2027-04-30", "下半年走访摸排=9-20..9-30", "考核讲评=12-6..12-24"], plan
    )
    assert shown(dates_by_options(given, plan, 2027)) == [
        "03-15..03-19", "03-20..03-30", "03-31..04-30", "09-20..09-30", "10-01..10-17", "10-18..11-19", "12-06..12-24",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("option", "why"),
    [
        ("上半年", "--dates 写的是“上半年”，要写成 名称=第一天..最后一天，名称可以是：上半年·走访摸排、"),
        ("秋天=9-1..9-2", "--dates 写的是“秋天=9-1..9-2”"),
        ("上半年=3-15..3-20", "上半年·集中化解：最后一天2027-03-20早于第一天2027-03-31"),
        ("下半年·汇总研判=9-1..9-30", "下半年·汇总研判：前一阶段到2027-09-28才结束"),
    ],
)
def test_an_option_that_is_no_answer_is_named(plan: Year, option: str, why: str) -> None:
    with pytest.raises(NotAnAnswer) as refused:
        dates_by_options(answered_by_options([option], plan), plan, 2027)
    assert str(refused.value).startswith(why)


def test_a_phase_given_twice_is_refused(plan: Year) -> None:
    with pytest.raises(NotAnAnswer, match="“考核讲评”写了两遍"):
        answered_by_options(["考核讲评=12-1..12-2", "考核讲评=12-1..12-3"], plan)
