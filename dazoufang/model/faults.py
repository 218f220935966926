"""What is wrong with a delivered file, at its place and in words: faults made from the catalogue, and repairs.

A fault is in a form (an item is in the world).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from dazoufang.model.fault_catalogue import CATALOGUE, ERROR, INFO, SEVERITY_NAMES, WARNING, FaultKind

__all__ = [
    "CATALOGUE",
    "ERROR",
    "INFO",
    "SEVERITY_NAMES",
    "WARNING",
    "Fault",
    "FaultKind",
    "Repair",
    "UnknownFaultCode",
    "day_words",
    "make",
    "visible",
    "where",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong at one place. `row` is as Excel shows it (1-based; 0: the whole sheet or file);
    `cell` is an A1 reference or ""; `member` is the path inside a zip or ""."""

    code: str
    severity: str
    sheet: str
    cell: str
    row: int
    column: str
    value: str
    message: str
    remedy: str
    member: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """One cell whose writing (never its meaning) was made canonical: `before` → `after`, and `how`."""

    sheet: str
    cell: str
    row: int
    column: str
    before: str
    after: str
    how: str
    member: str = ""


class UnknownFaultCode(KeyError):
    """A code that the catalogue does not hold: a mistake in the program."""


def make(
    code: str,
    *,
    sheet: str = "",
    cell: str = "",
    row: int = 0,
    column: str = "",
    value: object = "",
    severity: str | None = None,
    message: str | None = None,
    remedy: str | None = None,
    **details: Any,
) -> Fault:
    """Word one fault.

    code: its code in the catalogue. sheet, cell, row, column: its place, as `Fault` has it. value: what stands there.
    severity, message, remedy: a schema's own, in place of the catalogue's. details: fill the templates.
    """
    try:
        kind = CATALOGUE[code]
    except KeyError:
        raise UnknownFaultCode(code) from None
    shown = visible(value)
    context: dict[str, Any] = _Blanks(details)
    context.update(sheet=sheet, cell=cell, row=row, column=column, value=shown)
    context["where"] = where(sheet, cell, row, column)
    return Fault(
        code=code,
        severity=severity or kind.severity,
        sheet=sheet,
        cell=cell,
        row=row,
        column=column,
        value=shown,
        message=(message or kind.message).format_map(context),
        remedy=(remedy or kind.remedy).format_map(context),
    )


class _Blanks(dict[str, Any]):
    """Details that a message may do without are blank."""

    def __missing__(self, key: str) -> str:
        return ""


def where(sheet: str, cell: str, row: int, column: str) -> str:
    """The place as Excel shows it: 「走访登记」表 D5（第5行·联系电话）."""
    place = f"「{sheet}」表 {cell}".rstrip() if sheet else cell
    inner = "·".join(part for part in (f"第{row}行" if row else "", column) if part)
    return f"{place}（{inner}）" if inner else place


# Characters that show nothing or nothing certain, as people call them; a lone blank inside a text shows by itself.
_BLANKS_BY_NAME: Final = re.compile(
    "(?P<换行>(?:\r\n|[\n\r\x0b\x85\u2028\u2029])+)|(?P<制表符>\t+)|(?P<全角空格>\u3000+)|(?P<不换行空格>[\u00a0\u202f]+)"
    "|(?P<空格>^ +| +$|  +)|(?P<看不见的字符>[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+)"
)
_LONGEST: Final = 60  # characters of a quotation


def visible(value: object) -> str:
    """What stands in a cell, as Excel shows it: days 2023-9-20; line breaks and odd blanks named, as in 张〔全角空格〕三;
    at most 60 characters."""
    text = _BLANKS_BY_NAME.sub(_named, _as_excel_shows(value))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "…"


def _named(found: re.Match[str]) -> str:
    count = len(found[0].replace("\r\n", "\n"))
    return f"〔{count}个{found.lastgroup}〕" if count > 1 else f"〔{found.lastgroup}〕"


def _as_excel_shows(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return f"{_plain_day(value)} {_plain_time(value.time())}"
    if isinstance(value, date):
        return _plain_day(value)
    if isinstance(value, time):
        return _plain_time(value)
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _plain_day(day: date) -> str:
    return f"{day.year}-{day.month}-{day.day}"


def _plain_time(moment: time) -> str:
    seconds = f":{moment.second:02d}" if moment.second else ""
    return f"{moment.hour}:{moment.minute:02d}{seconds}"


def day_words(day: date, year: int | None = None) -> str:
    """A day as people write it: 9月20日 in `year`, else 2023年9月20日."""
    return f"{day.month}月{day.day}日" if day.year == year else f"{day.year}年{day.month}月{day.day}日"
