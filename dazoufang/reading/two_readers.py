"""Joins what two readers read of one sheet: a cell on which they differ for no known reason is `Disputed`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from typing import Final

from dazoufang.reading.sheet import CellError, Disputed, Grid, Uncalculated, Value

_BROKEN: Final = re.compile("[\x00-\x08\x0e-\x1f\ufffd]")  # in no text that Excel shows
_MOMENT: Final = (date, time, timedelta)


def settled(sure: Sequence[Sequence[Value]], quick: Sequence[Sequence[Value]]) -> list[list[Value]]:
    """Rows of a sheet read by two readers: `sure` goes by the number formats and knows error cells, `quick` is
    calamine. What only one of them found is kept. Raises TooFar as `Grid.put` does."""
    if sure == quick and list(map(_types, sure)) == list(map(_types, quick)):
        return [list(row) for row in sure]
    grid = Grid()
    for row, (ours, theirs) in enumerate(zip_longest(sure, quick, fillvalue=())):
        for column, (sure_value, quick_value) in enumerate(zip_longest(ours, theirs)):
            grid.put(row, column, _settled(sure_value, quick_value))
    return grid.rows


def _types(row: Sequence[Value]) -> list[type]:
    return list(map(type, row))


def _settled(sure: Value, quick: Value) -> Value:
    if quick is None or isinstance(sure, CellError | Uncalculated):
        return sure
    if sure is None:
        return quick
    if type(sure) is type(quick) and sure == quick:
        return sure
    # Calamine takes a negative day for an hour and goes by a format's number where the file gives it another meaning;
    # xlrd takes a span of hours for a day.
    if isinstance(sure, _MOMENT) and isinstance(quick, timedelta):
        return quick
    if (
        isinstance(sure, _MOMENT) != isinstance(quick, _MOMENT)
        and not isinstance(sure, str)
        and not isinstance(quick, str)
    ):
        return sure
    if (isinstance(sure, time) and isinstance(quick, time)) or (
        isinstance(sure, datetime) and isinstance(quick, datetime)
    ):
        return sure if _close(sure, quick) else Disputed(str(sure), str(quick))
    if isinstance(sure, str) and isinstance(quick, str):
        if _without_reader_differences(sure) == _without_reader_differences(quick):
            return sure
        if bool(_BROKEN.search(sure)) != bool(_BROKEN.search(quick)):
            return quick if _BROKEN.search(sure) else sure
    elif isinstance(sure, int | float) and isinstance(quick, int | float) and float(sure) == float(quick):
        return sure
    return Disputed(str(sure), str(quick))


def _close(sure: time | datetime, quick: time | datetime) -> bool:
    """Whether two moments differ by no more than what rounding to the millisecond does."""
    first, second = (
        moment if isinstance(moment, datetime) else datetime.combine(date(2000, 1, 1), moment)
        for moment in (sure, quick)
    )
    return abs(first - second) <= timedelta(milliseconds=1)


def _without_reader_differences(text: str) -> str:
    """A text less what readers treat differently though the cell is the same: escapes and outer or line-end spaces."""
    text = re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)
    return "\n".join(line.strip() for line in text.strip().splitlines())
