"""Excel's numbers of days are read and written alike, also around the 29 February 1900 that never was."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from dazoufang.model.cell_names import address, column_letters, column_number
from dazoufang.model.day_numbers import moment_of, number_of

DAYS = [
    (1, date(1900, 1, 1)), (59, date(1900, 2, 28)), (61, date(1900, 3, 1)), (45189, date(2023, 9, 20)),
    (2958465, date(9999, 12, 31)),
]  # fmt: skip


@pytest.mark.parametrize(("number", "day"), DAYS)
def test_a_day_and_its_number(number: int, day: date) -> None:
    assert moment_of(number) == datetime(day.year, day.month, day.day)
    assert number_of(day) == number
    assert isinstance(number_of(day), int)


def test_the_days_of_macintosh_begin_in_1904() -> None:
    assert moment_of(43727, epoch_1904=True) == datetime(2023, 9, 20)
    assert moment_of(0, epoch_1904=True) == datetime(1904, 1, 1)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (datetime(2023, 9, 20, 12), 45189.5),
        (datetime(1900, 2, 28, 12), 59.5),
        (time(6), 0.25),
        (timedelta(hours=36), 1.5),
        (date(1899, 12, 31), None),
        (datetime(1899, 12, 31, 23), None),
    ],
)
def test_hours_are_parts_of_days_and_what_lies_before_1900_has_no_number(
    value: date | time, number: float | None
) -> None:
    assert number_of(value) == number


@pytest.mark.parametrize(("letters", "column"), [("A", 0), ("Z", 25), ("AA", 26), ("AMJ", 1023), ("XFD", 16383)])
def test_a_column_and_its_letters(letters: str, column: int) -> None:
    assert (column_letters(column), column_number(letters), address(4, column)) == (letters, column, f"{letters}5")
