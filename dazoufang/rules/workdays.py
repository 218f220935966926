"""The working-day calendar: Chinese holidays and make-up working days, with the rules file's own days on top."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate, groupby
from typing import Final

from chinese_calendar import constants

from dazoufang.model.faults import day_words

_DAY = timedelta(days=1)
# A year counts as known once the State Council's holidays for it are in the library.
_KNOWN_YEARS = frozenset(day.year for day in constants.holidays)
# The library's word for a holiday → what people call the days off that belong to it.
_HOLIDAY_NAMES: Final = {
    holiday.value: "国庆" if holiday is constants.Holiday.national_day else holiday.chinese
    for holiday in constants.Holiday
}

# Stands behind a day or a number of working days that touches a year whose holidays are not known.
GUESSED = "（暂按周末推算）"
AHEAD = timedelta(days=60)  # so long before a year its holidays are asked for; they are published in November


def in_words(years: Sequence[int]) -> str:
    """Years in ascending order, in Chinese: 2027、2029; 2027至2031 where they follow each other."""
    if len(years) > 2 and years[-1] - years[0] == len(years) - 1:
        return f"{years[0]}至{years[-1]}"
    return "、".join(map(str, years))


def _days_in_words(days: Iterable[date], this_year: int) -> str:
    """Days in ascending order, in Chinese, the month said once: 10月7、8日、11月1日; another year than `this_year` is said."""
    months = [
        (day_words(first, this_year).removesuffix("日"), [f"{day.day}" for day in rest])
        for first, *rest in (list(group) for _, group in groupby(days, lambda day: (day.year, day.month)))
    ]
    return "、".join(f"{'、'.join([first, *rest])}日" for first, rest in months)


def how_to_add(years: Sequence[int]) -> str:
    """What the office does so that the holidays of `years` are known, in Chinese."""
    return (
        f"国务院办公厅的节假日通知出来后，在 schemas/campaign.yaml 的 calendar 一节补上：extra_years 里加 {in_words(years)}，"
        "extra_holidays 里写全各个放假日，extra_workdays 里写全各个调休上班日（如 2023-10-07），"
        "再运行 doctor 检查；补好后各时限自动重算，这条提醒当晚消失"
    )


@dataclass(frozen=True, slots=True)
class _Year:
    """One year's working days: `days` ascending, and `through[k]` of them among the first k days of the year."""

    days: tuple[date, ...]
    through: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Workdays:
    """Counts working days. `extra_holidays` and `extra_workdays` overrule the library day by day;
    for a year in `extra_years` the library is not asked: weekends and the extra days are all there is.

    Rule: working days know holidays and make-up working days. A year that neither the library nor `extra_years` knows is
    counted by plain weekends and the extra days; whoever shows such a day or count says so (`GUESSED`).
    Raises ValueError when a day is given as both holiday and working day.
    """

    extra_holidays: frozenset[date] = frozenset()
    extra_workdays: frozenset[date] = frozenset()
    extra_years: frozenset[int] = frozenset()
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if both := self.extra_holidays & self.extra_workdays:
            raise ValueError(f"{min(both)} 既写成放假又写成上班，请在 calendar: 里只留一处")

    def knows(self, year: int) -> bool:
        """Are the holidays of `year` known?"""
        return year in self.extra_years or year in _KNOWN_YEARS

    def guessed(self, first: date, last: date) -> list[int]:
        """The years between two days, in either order, whose holidays are not known."""
        years = sorted((first.year, last.year))
        return [year for year in range(years[0], years[1] + 1) if not self.knows(year)]

    def is_workday(self, day: date) -> bool:
        """Is `day` worked?"""
        through = self._year(day.year).through
        place = day.timetuple().tm_yday
        return through[place] > through[place - 1]

    def add(self, day: date, n: int) -> date:
        """The n-th working day after `day` (before it when n < 0); `day` itself when n is 0."""
        if n == 0:
            return day
        year = day.year
        days = self._year(year).days
        # `index` is where the wanted day stands, counted from the first working day of `year`.
        index = bisect_left(days, day)
        index += n - (0 if index < len(days) and days[index] == day else 1) if n > 0 else n
        while index < 0:
            year -= 1
            days = self._year(year).days
            index += len(days)
        while index >= len(days):
            index -= len(days)
            year += 1
            days = self._year(year).days
        return days[index]

    def between(self, a: date, b: date) -> int:
        """How many working days lie in (a, b]; negative when b is before a."""
        if b < a:
            return -self.between(b, a)
        whole = sum(len(self._year(year).days) for year in range(a.year, b.year))
        return whole + self._passed(b) - self._passed(a)

    def count(self, first: date, last: date) -> int:
        """How many working days lie in [first, last]; 0 when last is before first."""
        return 0 if last < first else self.between(first, last) + self.is_workday(first)

    def on_or_before(self, day: date) -> date:
        """`day` if it is worked, else the working day before it.

        Rule: a deadline on a non-working day moves to the working day before.
        """
        return day if self.is_workday(day) else self.add(day, -1)

    def holiday(self, day: date) -> str:
        """What the holiday is called that `day` is off for (中秋), "" where it is worked or has no name."""
        if self.is_workday(day) or day.year in self.extra_years:
            return ""
        return _HOLIDAY_NAMES.get(constants.holidays.get(day, ""), "")

    def met(self, after: date, until: date, this_year: int) -> str:
        """What a count of working days in (after, until] met on its way, in Chinese, "" nothing: the holidays that fell on
        days of the week (；国庆假期顺延), and the weekends that were worked (，10月7、8日补班已计入)."""
        span = [after + n * _DAY for n in range(1, (until - after).days + 1)]
        off = [day for day in span if day.weekday() < 5 and not self.is_workday(day)]
        names = list(dict.fromkeys(filter(None, map(self.holiday, off))))
        nameless = [day for day in off if not self.holiday(day)]
        made_up = [day for day in span if day.weekday() >= 5 and self.is_workday(day)]
        found = [
            f"{'、'.join(names)}假期顺延" if names else "",
            f"{_days_in_words(nameless, this_year)}放假顺延" if nameless else "",
            f"{_days_in_words(made_up, this_year)}补班已计入" if made_up else "",
        ]
        return f"；{'，'.join(filter(None, found))}" if any(found) else ""

    def _passed(self, day: date) -> int:
        return self._year(day.year).through[day.timetuple().tm_yday]

    def _year(self, year: int) -> _Year:
        found = self._years.get(year)
        if found is None:
            found = self._years[year] = self._compile(year)
        return found

    def _compile(self, year: int) -> _Year:
        given = year in self.extra_years
        first = date(year, 1, 1)
        length = (date(year, 12, 31) - first).days + 1
        whole = [first + n * _DAY for n in range(length)]
        worked = [self._is_worked(day, given) for day in whole]
        return _Year(
            days=tuple(day for day, work in zip(whole, worked, strict=True) if work),
            through=tuple(accumulate(worked, initial=0)),
        )

    def _is_worked(self, day: date, given: bool) -> bool:
        if day in self.extra_workdays:
            return True
        if day in self.extra_holidays:
            return False
        if not given:
            if day in constants.workdays:
                return True
            if day in constants.holidays:
                return False
        return day.weekday() < 5
