"""Excel's numbers of days: a moment from its number, and the number of a day, a moment, an hour or a span."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

_DAY: Final = timedelta(days=1)
_ZERO: Final = datetime(1899, 12, 30)
_ZERO_OF_1904: Final = datetime(1904, 1, 1)
# Excel counts a 29 February 1900 that never was: the days before it have a number one lower than the others would give.
_NEVER_WAS: Final = 60


def span_of(number: float) -> timedelta:
    """So many days, to the millisecond. Raises OverflowError where there are too many."""
    return timedelta(milliseconds=round(number * 86_400_000))


def moment_of(number: float, *, epoch_1904: bool = False) -> datetime:
    """The moment of a number of at least 1 (0 where days are counted from 1904)."""
    if epoch_1904:
        return _ZERO_OF_1904 + span_of(number)
    return _ZERO + span_of(number) + (_DAY if number < _NEVER_WAS else timedelta(0))


def number_of(value: date | time | timedelta) -> float | None:
    """The number of a day, a moment, an hour or a span; whole for a day. None for days before 1900."""
    if isinstance(value, time):
        return (value.hour * 3600 + value.minute * 60 + value.second) / 86_400
    if isinstance(value, timedelta):
        return value / _DAY
    days = (value - _ZERO) / _DAY if isinstance(value, datetime) else (value - _ZERO.date()).days
    if days < 2:
        return None
    return days - 1 if days < _NEVER_WAS + 1 else days
