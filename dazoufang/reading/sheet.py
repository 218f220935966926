"""What a delivered workbook is once read: its values, sheets and books, and the bounds a sheet must keep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import isfinite
from typing import Any, Final, cast

from dazoufang.model.cell_names import Area, address
from dazoufang.model.day_numbers import moment_of, span_of
from dazoufang.model.faults import Fault

MAX_COLUMNS: Final = 1_000
MAX_ROWS: Final = 1_048_576
MAX_CELLS: Final = 2_000_000
EXACT_INTEGERS: Final = 2**53
LAST_SERIAL: Final = 2_958_465  # 9999-12-31, the last day Excel knows


class CellError(str):
    """An error cell; the text is what Excel shows, such as '#N/A'."""

    __slots__ = ()


class Disputed(CellError):
    """A cell that two readers read as two different values, `first` and `second` (as text): nobody knows which is
    right. It is an error cell as well, so that code that does not know it takes no value from it either."""

    __slots__ = ("first", "second")
    first: str
    second: str

    def __new__(cls, first: str, second: str) -> Disputed:
        made = super().__new__(cls, f"“{first}”或“{second}”")
        made.first, made.second = first, second
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return self.first, self.second


class HalfStruck(Disputed):
    """A text of which a part is crossed out: `first` is all of it, `second` what is left; nobody knows which is meant."""

    __slots__ = ()


class Uncalculated(str):
    """A formula without a cached value; the text is the formula, such as '=B5'."""

    __slots__ = ()


class Worded(str):
    """A cell that shows its value with words by its number format: the text is what is shown (沙口村5组), `behind` the
    value that is stored (5)."""

    __slots__ = ("behind",)
    behind: str | int | float

    def __new__(cls, shown: str, behind: str | int | float) -> Worded:
        made = super().__new__(cls, shown)
        made.behind = behind
        return made

    def __getnewargs__(self) -> tuple[str, str | int | float]:  # type: ignore[override]
        return str(self), self.behind


Value = None | str | int | float | bool | date | datetime | time | timedelta | CellError | Uncalculated | Worded


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet. `rows[r][c]` is row r+1, column c+1, dense from A1; rows differ in length, and trailing
    empty cells and rows are cut. `merges` are 0-based inclusive (first_row, first_col, last_row, last_col).
    `fault` is S05 where the sheet could not be read; then `rows` is empty. `struck` are the cells (row, column), both
    from 0, that hold something and are crossed out as a whole; `hidden_columns` those that nobody sees, of the first
    MAX_COLUMNS."""

    name: str
    visible: bool
    rows: list[list[Value]]
    merges: list[Area]
    fault: Fault | None = None
    struck: frozenset[tuple[int, int]] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Book:
    """One workbook. `member` is its path inside a zip or ''; `fault` (F01 to F08) says why there are no sheets."""

    member: str
    sheets: list[Sheet]
    fault: Fault | None = None


class Unreadable(Exception):
    """The bytes cannot be read as a workbook; `code` is the fault to give and `reason` why, in Chinese."""

    def __init__(self, code: str, reason: str = "") -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


class TooFar(Exception):
    """A cell (0-based place) lies outside the bounds a sheet may have; `reason` says so in Chinese."""

    def __init__(self, row: int, column: int) -> None:
        super().__init__(row, column)
        place = address(row, column)
        if column >= MAX_COLUMNS or row >= MAX_ROWS:
            self.reason = f"{place} 处还有内容，离表太远；程序只读前{MAX_COLUMNS}列"
        else:
            self.reason = f"读到 {place} 时已超过{MAX_CELLS // 10_000}万格的上限"


class Grid:
    """Rows that grow as cells arrive in any order, and refuse to grow past the bounds."""

    def __init__(self) -> None:
        self.rows: list[list[Value]] = []
        self._size = 0

    def put(self, row: int, column: int, value: Value) -> None:
        """Set one cell (0-based). An empty value is nothing; blanks far away are nothing; else `TooFar`."""
        if value is None or value == "":
            return
        if column >= MAX_COLUMNS or row >= MAX_ROWS:
            if isinstance(value, str) and not value.strip():
                return
            raise TooFar(row, column)
        rows = self.rows
        while len(rows) <= row:
            rows.append([])
        line = rows[row]
        gap = column - len(line)
        if gap < 0:
            line[column] = value
            return
        self._size += gap + 1
        if self._size > MAX_CELLS:
            raise TooFar(row, column)
        if gap:
            line.extend([None] * gap)
        line.append(value)


def tidied(rows: Iterable[Sequence[Any]]) -> list[list[Value]]:
    """Rows as a fast reader gave them, with every value in our spelling and the empty ends cut."""
    result: list[list[Value]] = []
    for row in rows:
        line = [tidy(value) for value in row]
        while line and line[-1] is None:
            line.pop()
        result.append(line)
    while result and not result[-1]:
        result.pop()
    return result


def tidy(value: object) -> Value:
    """One value in our spelling: '' is None, 3.0 is 3, midnight is the day itself, what is no number is #NUM!."""
    if type(value) is str:
        return value or None
    if type(value) is float:
        if not isfinite(value):
            return CellError("#NUM!")
        return int(value) if value.is_integer() and abs(value) < EXACT_INTEGERS else value
    if type(value) is datetime and not (value.hour or value.minute or value.second or value.microsecond):
        return value.date()
    return cast(Value, value)


def from_serial(serial: float, *, elapsed: bool, epoch_1904: bool) -> Value:
    """A number in a cell formatted as a date: a date, a datetime, a time (below 1), or, where Excel itself shows
    no date (negative, past year 9999), the number. `elapsed` ([h]:mm) gives a timedelta."""
    if elapsed:
        try:
            return span_of(serial)
        except OverflowError:
            return tidy(serial)
    if serial < 0 or serial >= LAST_SERIAL + 1 - (1462 if epoch_1904 else 0):
        return tidy(serial)
    moment = moment_of(serial, epoch_1904=epoch_1904)
    return moment.time() if serial < 1 else tidy(moment)
