"""How values become cells: text that a workbook can hold, days as serial numbers, numbers, serials."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final, Literal

import pandas as pd

from dazoufang.model.day_numbers import number_of

CellKind = Literal["text", "date", "int", "percent", "serial"]
Cell = str | int | float | None

SAMPLE: Final = "sample"  # the style of a row that shows how to fill
TOTALS: Final = ("subtotal", "total")
UNNUMBERED: Final = (*TOTALS, SAMPLE)

_LONGEST_TEXT: Final = 32767  # UTF-16 units; Excel's longest cell
_FIRST_DAY: Final = date(1900, 3, 1)  # earlier days have no serial number that every program agrees on
FORMULA_SIGNS: Final = ("=", "+", "-", "@")
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """`text` as a cell can hold it: no illegal characters, line breaks as \\n, at most 32767 UTF-16 units."""
    if text.isprintable() and len(text) <= _LONGEST_TEXT // 2:
        return text  # most are, and this is quicker than to look for what a cell cannot hold
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _ILLEGAL.sub("", text)
    if len(text) > _LONGEST_TEXT // 2 and len(text.encode("utf-16-le")) // 2 > _LONGEST_TEXT:
        tail = "……（原文过长，其余见报送的原件）"
        room = (_LONGEST_TEXT - len(tail)) * 2
        text = text.encode("utf-16-le")[:room].decode("utf-16-le", errors="ignore") + tail
    return text


def looks_like_formula(text: str) -> bool:
    """Whether Excel would make something else of the text once somebody edits the cell, were it not marked as text."""
    return text[:1] in FORMULA_SIGNS and len(text) > 1


def as_serials(given: Iterable[Any], styles: Iterable[str], count: int = 0) -> Iterable[Cell]:
    """The numbers after `count` for the rows that count; totals and samples show what is given (合计, 例)."""
    for value, style in zip(given, styles, strict=True):
        if style in UNNUMBERED:
            yield as_text(value)
        else:
            count += 1
            yield count


def as_text(value: Any) -> str:
    """Any value as text; a missing one is ""."""
    if isinstance(value, str):
        return clean(value)
    if is_missing(value):
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return clean(str(value))


def as_day(value: Any) -> Cell:
    """The serial number of a day; what is no day (长期) stays text."""
    if is_missing(value) or not isinstance(value, date):
        return as_text(value) or None
    day = value.date() if isinstance(value, datetime) else value
    return number_of(day) if day >= _FIRST_DAY else day.isoformat()


def as_number(value: Any, missing: str | None = None) -> Cell:
    """A number, whole where it is whole; a missing or endless one is `missing`; a text stays text."""
    if isinstance(value, str):
        return clean(value) or missing
    if is_missing(value) or not math.isfinite(value):
        return missing
    exact = float(value)
    return int(exact) if exact.is_integer() else exact


def is_missing(value: Any) -> bool:
    """None, NaN, NaT or NA."""
    return value is None or value is pd.NaT or value is pd.NA or value != value
