"""Where the rows of a template's table begin and end: the sample rows under the headings, 合计 below them, and what is neither."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dazoufang.judging.tables.column_numbers import numbers_columns
from dazoufang.judging.tables.sheet_view import LABEL
from dazoufang.model import terms
from dazoufang.writing.own_templates.blank import BlankSheet, Looks
from dazoufang.writing.own_templates.matching import Found

SUBTOTAL: Final = "小计"
_NOTE: Final = re.compile(r"(?:备?注|说明|填[写表报]说明|注意)[:：0-9一二三]|[(（]?注[:：)）]")
_SIGNED: Final = re.compile(rf"[{terms.HAN}()（）]{{2,12}}[:：]")
_MORE: Final = re.compile(r"[….·.。]{2,}")  # …… under a sample: and so on


@dataclass(frozen=True)
class Body:
    """Rows from 0. first, last: the sample rows; subtotal: the one of them that is a 小计; total: the row of 合计 below."""

    first: int
    last: int
    subtotal: int | None = None
    total: int | None = None


def body(sheet: BlankSheet, looks: Looks, found: Found) -> Body | None:
    """The rows under the headings of a sheet; None where there is none that shows how a row looks.

    Rule: the first row under the headings is the sample, filled or empty; a row that only numbers the columns stays above
    it. What follows belongs to it as long as it is another example (half of its columns are filled, or a 小计), or empty or
    numbered and ruled as the sample is. Anything else stays, below the rows.
    """
    row = found.bottom + 1
    if numbers_columns(_filled(sheet, row)):
        row += 1
    if row not in sheet.rows or _ends(sheet, row):
        return None
    columns = [told.column for told in found.told]
    first, subtotal = row, None
    while True:
        if any(terms.normalize(text) == SUBTOTAL for text in _texts(sheet, row)):
            subtotal = row
        if row + 1 not in sheet.rows or not _goes_on(sheet, looks, first, row + 1, columns):
            break
        row += 1
    total = next((at for at in (row + 1, row + 2) if at in sheet.rows and is_total(sheet, at)), None)
    return Body(first, row, subtotal, total)


def _filled(sheet: BlankSheet, row: int) -> list[tuple[int, str | int | float]]:
    there = sheet.rows.get(row)
    values = ((column, sheet.value(row, column)) for column in (there.cells if there else ()))
    return [(column, value) for column, value in values if isinstance(value, str | int | float)]


def _texts(sheet: BlankSheet, row: int) -> list[str]:
    return [value.strip() for _, value in _filled(sheet, row) if isinstance(value, str) and value.strip()]


def is_total(sheet: BlankSheet, row: int) -> bool:
    """Whether a row is that of 合计."""
    texts = _texts(sheet, row)
    return any(terms.is_total(text) and terms.normalize(text) != SUBTOTAL for text in texts[:2])


def _ends(sheet: BlankSheet, row: int) -> bool:
    """Whether a row stands below the table: 合计, a footer, a note, one text over many columns."""
    if is_total(sheet, row):
        return True
    texts = _texts(sheet, row)
    if not texts:
        return False
    first = terms.normalize(texts[0])
    if LABEL.match(first) or _SIGNED.match(texts[0]) or _NOTE.match(texts[0]):
        return True
    (column, value), *more = _filled(sheet, row)
    area = sheet.anchor(row, column)
    return not more and isinstance(value, str) and area[3] - area[1] >= 2 and not _MORE.fullmatch(first)


def _goes_on(sheet: BlankSheet, looks: Looks, first: int, row: int, columns: Sequence[int]) -> bool:
    """Whether a row still shows how rows of the table look."""
    if _ends(sheet, row):
        return False
    ruled = [looks.has_lines(sheet.style(row, column)) for column in columns]
    as_first = [looks.has_lines(sheet.style(first, column)) for column in columns]
    is_ruled = any(as_first) and 2 * sum(ruled) > len(ruled)
    filled = _filled(sheet, row)
    texts = [terms.normalize(value) for _, value in filled if isinstance(value, str)]
    if any(text == SUBTOTAL or _MORE.fullmatch(text) for text in texts):
        return True
    if all(text.isdecimal() for text in texts) and len(filled) <= 1:
        return is_ruled
    return 2 * len({column for column, _ in filled} & set(columns)) >= len(columns)
