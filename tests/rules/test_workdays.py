"""The working-day calendar against the notice of the State Council, counted day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dazoufang.rules.workdays import Workdays

DAY = timedelta(days=1)


def days(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


# 国务院办公厅关于2023年部分节假日安排的通知, typed in by hand.
OFF_2023 = {
    *days(date(2023, 1, 1), date(2023, 1, 2)),
    *days(date(2023, 1, 21), date(2023, 1, 27)),
    date(2023, 4, 5),
    *days(date(2023, 4, 29), date(2023, 5, 3)),
    *days(date(2023, 6, 22), date(2023, 6, 24)),
    *days(date(2023, 9, 29), date(2023, 10, 6)),
}
MADE_UP_2023 = {
    date(2023, 1, 28), date(2023, 1, 29), date(2023, 4, 23), date(2023, 5, 6),
    date(2023, 6, 25), date(2023, 10, 7), date(2023, 10, 8),
}  # fmt: skip
YEAR_2023 = days(date(2023, 1, 1), date(2023, 12, 31))
WORKED_2023 = [day for day in YEAR_2023 if day in MADE_UP_2023 or (day.weekday() < 5 and day not in OFF_2023)]

calendar = Workdays()
in_2023 = st.dates(date(2023, 1, 1), date(2023, 12, 31))


def test_every_day_of_2023_is_worked_or_not_as_the_notice_says() -> None:
    assert [day for day in YEAR_2023 if calendar.is_workday(day)] == WORKED_2023


def test_national_day_2023_is_off_for_eight_days_and_the_weekend_after_is_worked() -> None:
    assert not any(map(calendar.is_workday, days(date(2023, 9, 29), date(2023, 10, 6))))
    assert all(map(calendar.is_workday, days(date(2023, 10, 7), date(2023, 10, 8))))


@pytest.mark.parametrize(
    ("day", "n", "then"),
    [
        (date(2023, 9, 28), 1, date(2023, 10, 7)),
        (date(2023, 9, 28), 2, date(2023, 10, 8)),
        (date(2023, 9, 28), 3, date(2023, 10, 9)),
        (date(2023, 10, 1), 1, date(2023, 10, 7)),
        (date(2023, 10, 1), -1, date(2023, 9, 28)),
        (date(2023, 10, 7), -1, date(2023, 9, 28)),
        (date(2023, 10, 20), 5, date(2023, 10, 27)),
        (date(2023, 10, 21), 0, date(2023, 10, 21)),
        (date(2023, 12, 29), 1, date(2024, 1, 2)),
        (date(2024, 1, 2), -1, date(2023, 12, 29)),
    ],
)
def test_the_nth_working_day_after_or_before_a_day(day: date, n: int, then: date) -> None:
    assert calendar.add(day, n) == then


@settings(max_examples=200, deadline=None)
@given(in_2023, in_2023)
def test_working_days_between_two_days_are_those_one_counts_by_hand(a: date, b: date) -> None:
    by_hand = sum(min(a, b) < day <= max(a, b) for day in WORKED_2023)
    assert calendar.between(a, b) == (by_hand if a <= b else -by_hand)
    assert calendar.count(a, b) == sum(a <= day <= b for day in WORKED_2023)


@settings(max_examples=200, deadline=None)
@given(st.dates(date(2021, 6, 1), date(2024, 6, 30)), st.integers(-300, 300).filter(bool))
def test_adding_working_days_lands_on_a_working_day_just_that_far_away(day: date, n: int) -> None:
    then = calendar.add(day, n)
    assert calendar.is_workday(then)
    if n > 0:
        assert calendar.between(day, then) == n
    else:
        assert calendar.count(then, day - DAY) == -n


@settings(max_examples=100, deadline=None)
@given(in_2023.filter(lambda day: day >= WORKED_2023[0]))
def test_a_deadline_on_a_day_off_moves_to_the_working_day_before(day: date) -> None:
    assert calendar.on_or_before(day) == max(worked for worked in WORKED_2023 if worked <= day)


def test_the_rules_overrule_the_library_day_by_day() -> None:
    local = Workdays(
        extra_holidays=frozenset({date(2023, 10, 9)}), extra_workdays=frozenset({date(2023, 10, 14), date(2023, 10, 2)})
    )
    assert not local.is_workday(date(2023, 10, 9))
    assert local.is_workday(date(2023, 10, 14))
    assert local.is_workday(date(2023, 10, 2))
    assert (
        local.between(date(2023, 10, 1), date(2023, 10, 15))
        == calendar.between(date(2023, 10, 1), date(2023, 10, 15)) + 1
    )


def test_in_a_year_nobody_knows_yet_weekends_alone_are_off() -> None:
    assert not calendar.knows(2098) and calendar.knows(2023)
    assert calendar.is_workday(date(2098, 10, 1)) and not calendar.is_workday(
        date(2098, 10, 5)
    )  # a Wednesday, a Sunday
    assert calendar.add(date(2097, 12, 31), 1) == date(2098, 1, 1)
    assert calendar.on_or_before(date(2098, 10, 5)) == date(2098, 10, 3)
    assert calendar.between(date(2098, 9, 28), date(2098, 10, 12)) == 10
    assert calendar.between(date(2098, 10, 12), date(2098, 9, 28)) == -10


def test_days_that_the_rules_give_count_in_a_year_that_is_not_known_whole() -> None:
    local = Workdays(extra_holidays=frozenset({date(2098, 10, 1)}), extra_workdays=frozenset({date(2098, 10, 5)}))
    assert not local.is_workday(date(2098, 10, 1)) and local.is_workday(date(2098, 10, 5))
    assert not local.knows(2098)


@pytest.mark.parametrize(
    ("first", "last", "years"),
    [
        (date(2023, 5, 4), date(2024, 5, 4), []),
        (date(2024, 5, 4), date(2023, 5, 4), []),
        (date(1999, 5, 4), date(1999, 5, 4), [1999]),
        (date(2023, 5, 4), date(1999, 5, 4), [1999, 2000, 2001, 2002, 2003]),
        (date(2096, 5, 4), date(2098, 5, 4), [2096, 2098]),
    ],
)
def test_it_says_in_which_years_a_count_is_a_guess(first: date, last: date, years: list[int]) -> None:
    assert Workdays(extra_years=frozenset({2097})).guessed(first, last) == years


def test_a_year_given_in_the_rules_has_only_weekends_and_the_days_given() -> None:
    given_year = Workdays(
        extra_holidays=frozenset({date(2098, 10, 1)}),
        extra_workdays=frozenset({date(2098, 10, 4)}),
        extra_years=frozenset({2098, 2023}),
    )
    assert not given_year.is_workday(date(2098, 10, 1))
    assert given_year.is_workday(date(2098, 10, 4))
    assert given_year.is_workday(date(2098, 10, 2))
    assert not given_year.is_workday(date(2098, 10, 5))
    # also where the library knows the year: the rules give it whole
    assert given_year.is_workday(date(2023, 10, 2))


def test_a_day_both_off_and_worked_is_refused() -> None:
    with pytest.raises(ValueError, match="2023-10-01"):
        Workdays(extra_holidays=frozenset({date(2023, 10, 1)}), extra_workdays=frozenset({date(2023, 10, 1)}))


@pytest.mark.parametrize(
    ("after", "until", "words"),
    [
        ("2023-09-28", "2023-10-11", "；中秋、国庆假期顺延，10月7、8日补班已计入"),
        ("2023-09-29", "2023-10-08", "；国庆假期顺延，10月7、8日补班已计入"),  # the days after 9月29日 alone
        ("2023-10-06", "2023-10-07", "；10月7日补班已计入"),
        ("2023-09-29", "2023-10-01", ""),  # a weekend that is in a holiday puts nothing off
        ("2023-04-20", "2023-05-08", "；劳动节假期顺延，4月23日、5月6日补班已计入"),
        ("2023-12-29", "2024-01-02", "；元旦假期顺延"),
        ("2024-02-01", "2024-02-19", "；春节假期顺延，2024年2月4、18日补班已计入"),
        ("2023-10-10", "2023-10-20", ""),
        ("2099-10-01", "2099-10-30", ""),
    ],
)
def test_what_a_count_met_on_its_way_is_named(after: str, until: str, words: str) -> None:
    assert calendar.met(date.fromisoformat(after), date.fromisoformat(until), 2023) == words


def test_days_off_and_days_worked_that_only_the_rules_know_are_named_by_their_date() -> None:
    own = Workdays(
        frozenset({date(2023, 10, 12), date(2023, 10, 13), date(2023, 11, 1), date(2023, 10, 15)}),
        frozenset({date(2023, 10, 14)}),
    )
    assert own.met(date(2023, 10, 10), date(2023, 11, 2), 2023) == "；10月12、13日、11月1日放假顺延，10月14日补班已计入"
    worked = Workdays(extra_workdays=frozenset({date(2023, 10, 4)}))
    assert worked.met(date(2023, 10, 3), date(2023, 10, 5), 2023) == "；国庆假期顺延"


def test_a_day_off_is_named_where_it_has_a_name() -> None:
    assert [calendar.holiday(date(2023, *day)) for day in ((9, 29), (9, 30), (10, 8), (10, 15))] == [
        "中秋",
        "国庆",
        "",
        "",
    ]
    assert Workdays(extra_years=frozenset({2023})).holiday(date(2023, 10, 2)) == ""
