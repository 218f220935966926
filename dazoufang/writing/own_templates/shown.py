"""How a value of ours is shown in a column of a template: as a number, a day, a text in the template's spelling, a tick, a part."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Final

from dazoufang.model.day_numbers import moment_of
from dazoufang.writing.own_templates.layout import Told, Way
from dazoufang.writing.own_templates.matching import TICK
from dazoufang.writing.sheets.cells import Cell, CellKind

_EPOCH_1904: Final = 1462  # days that a workbook of the old Macintosh counts fewer
_DAY: Final = re.compile(r"(?:(\d{4})(\D{1,2}))?(\d{1,2})(\D{1,2})(\d{1,2})(日|号|)")
_NUMBERED: Final = "[0-9一二三四五六七八九十]{1,3}"
_SEVERAL: Final = "、"


def shower(
    told: Told, kind: CellKind, sample: str, *, days: bool, percent: bool, from_1904: bool
) -> Callable[[Cell], Cell]:
    """What makes of a value as our own sheets write it what a column of a template holds.

    told, kind: the column, and what ours holds. sample: the text of its sample row. days, percent: the template's cells show
    numbers as such. from_1904: how the workbook counts days.
    """
    if told.way is Way.TICK:
        return lambda value: TICK if isinstance(value, str) and told.words[0] in value.split(_SEVERAL) else None
    if told.way is Way.FILLED:
        return lambda value: told.words[value is None or value == ""]
    if told.way is Way.PART:
        return lambda value: _part(value, told, kind)
    if kind == "date":
        spelt = spelling(sample)
        less = _EPOCH_1904 if from_1904 else 0
        return lambda value: value if not isinstance(value, int) else value - less if days else spelt(_day(value))
    if kind == "percent" and not percent:
        return lambda value: f"{value:.1%}" if isinstance(value, int | float) else value
    return lambda value: value if value != "" else None


@lru_cache(maxsize=4096)
def _day(number: int) -> date:
    return moment_of(number, epoch_1904=False).date()


def spelling(sample: str) -> Callable[[date], str]:
    """How days are written in a column of texts: as the sample has it (2023.9.5, 2023年09月05日), else 2023-09-05."""
    found = _DAY.fullmatch(sample.strip())
    if found is None or found[1] is None:
        return date.isoformat
    width = 2 if found[3].startswith("0") or found[5].startswith("0") else 1
    after_year, after_month, behind = found[2], found[4], found[6]
    return lambda day: f"{day.year}{after_year}{day.month:0{width}}{after_month}{day.day:0{width}}{behind}"


def _part(value: Cell, told: Told, kind: CellKind) -> Cell:
    """What one of several columns shows of a value: the year, month or day of a day; of a place the village, or the number
    of its group. What cannot be parted for certain stands in the first of them."""
    if kind == "date" and isinstance(value, int):
        day = _day(value)
        return {"年": day.year, "月": day.month, "日": day.day}[told.words[told.place]]
    if not isinstance(value, str) or not value:
        return None
    ending = told.words[-1]
    parted = re.fullmatch(rf"(.+?)({_NUMBERED}){re.escape(ending)}", value) if ending else None
    if parted is None or len(told.words) != 2:
        return value if told.place == 0 else None
    return parted[2] if told.place else parted[1]
