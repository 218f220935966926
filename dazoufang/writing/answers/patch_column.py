"""Puts the column 需修改 into a sheet: right of its table, in the place of the one that an earlier return left."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from html import unescape
from math import ceil
from typing import Final

from dazoufang.model.cell_names import column_letters
from dazoufang.model.terms import MEND_COLUMN, normalize
from dazoufang.writing.answers.comments import LAST_COLUMN
from dazoufang.writing.answers.mend_column import MendColumn
from dazoufang.writing.answers.patch_filter import Filter, put_filter
from dazoufang.writing.answers.patch_layout import Merges
from dazoufang.writing.answers.patch_package import PatchedParts
from dazoufang.writing.answers.patch_sheet import SheetPart
from dazoufang.writing.answers.patch_styles import ERROR, FILLS, Styles
from dazoufang.writing.sheets.text_size import units

WIDTH: Final = 28  # of the column, in characters
_SIZE: Final = 9  # points of its texts: rows seldom have room for more
_LINE: Final = 13.5  # points that a line of them takes
_TRIES: Final = 8  # columns right of the table in which a free one is looked for
# The first character of the heading, however it is written.
_FIRST: Final = re.compile(
    b"%s|&#(?:%d|[xX]0*%x);" % (MEND_COLUMN[0].encode(), ord(MEND_COLUMN[0]), ord(MEND_COLUMN[0])), re.I
)
_STRING: Final = re.compile(rb"<(?:\w+:)?si(?:\s[^>]*)?(?:/>|>(.*?)</(?:\w+:)?si\s*>)", re.DOTALL)
_TEXT: Final = re.compile(rb"<(?:\w+:)?[tv](?:\s[^>]*)?>([^<]*)</")
_PHONETIC: Final = re.compile(rb"<(?:\w+:)?rPh\b.*?</(?:\w+:)?rPh\s*>", re.DOTALL)

Spot = tuple[int, int]
Cells = dict[Spot, tuple[int, str | None]]


@dataclass(frozen=True, slots=True)
class Older:
    """What earlier returns left in a sheet: their columns, and the rows below their headings in which one has a cell or that
    are hidden."""

    columns: tuple[int, ...] = ()
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What is to be written of the column: its cells, attributes of rows, its width by column, and the sheet's filter."""

    cells: Cells
    rows: dict[int, dict[str, str | None]]
    widths: dict[int, float]
    filter: Filter


def says_so(package: PatchedParts, book: str) -> frozenset[int]:
    """The numbers of the shared texts of a workbook that are the heading of our column."""
    shared = (one.target for one in package.relations(book).values() if one.kind == "sharedStrings")
    part = next((target for target in shared if target in package), "")
    data = package.read(part) if part else b""
    if not _FIRST.search(data):
        return frozenset()
    return frozenset(number for number, found in enumerate(_STRING.finditer(data)) if _is_ours(found[1] or b""))


def _is_ours(inner: bytes) -> bool:
    """Whether what stands in a text, or in a cell with its own one, is our heading."""
    if not _FIRST.search(inner):
        return False
    return normalize(unescape(b"".join(_TEXT.findall(_PHONETIC.sub(b"", inner))).decode())) == MEND_COLUMN


def older(data: bytes, column: MendColumn, shared: Collection[int]) -> Older:
    """The columns that earlier returns left in a sheet, whose headings stand where its headings are now."""
    if not shared and not _FIRST.search(data):
        return Older()
    sheet = SheetPart(data, [column.heading_row])
    columns = []
    for at, cell in sheet.cells(column.heading_row):
        source = sheet.source(cell)
        if cell.attributes.get("t") == "s":
            number = re.search(rb"<(?:\w+:)?v>\s*(\d+)\s*<", source)
            ours = number is not None and int(number[1]) in shared
        else:
            ours = _is_ours(source)
        columns += [at] if ours else []
    if not columns:
        return Older()
    rows = {row for at in columns for row in _rows_with(data, at)}
    rows |= {row for row, height in sheet.layout.rows.items() if not height}
    return Older(tuple(columns), tuple(sorted(row for row in rows if row > column.heading_row)))


def _rows_with(data: bytes, column: int, *, filled: bool = False) -> Iterable[int]:
    """The rows in which a column has a cell, or one that holds something."""
    letters = column_letters(column).encode()
    cells = re.compile(rb"<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*[\"']" + letters + rb"([0-9]+)[\"'][^>]*>(?=(</)?)")
    for found in cells.finditer(data):
        if not filled or not (found[0].endswith(b"/>") or found[2]):
            yield int(found[1]) - 1


def place_of(
    data: bytes, sheet: SheetPart, merges: Merges, column: MendColumn, before: Older, reasons: int | None
) -> int | None:
    """Where the column goes: where it was, if the unit has put others behind it, else right of all headings; None where
    there is no room, or a list of its own stands beyond a gap, whose rows a filter would hide. reasons: a column that is
    added besides."""
    row = column.heading_row
    headed = [at for at in sheet.filled(row) if at not in before.columns]
    last = max([column.right, merges.rightmost(row), *headed])
    there = {*sheet.filled(row), *sheet.filled(row - 1), *sheet.filled(row - 2)}
    if any(at not in there and not merges.holds(row, at) for at in range(column.right + 1, last)):
        return None
    stays = next((at for at in before.columns if at < last), None)
    if stays is not None:
        return stays
    for at in range(max(last, -1 if reasons is None else reasons) + 1, min(last + _TRIES, LAST_COLUMN + 1)):
        over = any(at in sheet.filled(above) for above in (row - 2, row - 1))
        merged = any(merges.holds(below, at) for below in (row, *column.texts))
        strange = at not in before.columns and (
            any(row <= below <= column.last_row for below in _rows_with(data, at, filled=True))
            or any(at in sheet.filled(below) for below in (row, *column.texts))
        )
        if not over and not merged and not strange:
            return at
    return None


def write_column(
    sheet: SheetPart, merges: Merges, column: MendColumn, before: Older, at: int | None, styles: Styles
) -> Written:
    """What is to be written so that the sheet has the column at `at` (None: nowhere) and no older one; the filter is put."""
    cells: Cells = {}
    rows: dict[int, dict[str, str | None]] = {}
    for old in before.columns:
        for row in (column.heading_row, *before.rows):
            if any(there == old for there, _ in sheet.cells(row)):
                cells[row, old] = 0, None
    if at is None or not (column.texts or before.columns):
        return Written(cells, rows, {}, Filter())
    beside = merges.anchor(column.heading_row, min(at - 1, column.right) if at else at)
    cells[column.heading_row, at] = styles.over(sheet.style(*beside), ERROR), MEND_COLUMN
    for row, text in column.texts.items():
        cells[row, at] = styles.own(size=_SIZE, border=True, fill=FILLS[column.levels[row]]), text
        if height := _higher(sheet, row, text):
            rows[row] = {"ht": f"{height:g}"}
    headed = [*sheet.filled(column.heading_row), column.left, column.right, at]
    area = (column.heading_row, min(headed), column.last_row, max(headed))
    old_one = before.columns[0] if before.columns else None
    put = put_filter(sheet, area, old_one)
    if put.shows_all:
        for row in before.rows:
            if row <= column.last_row and sheet.layout.rows.get(row) == 0 and sheet.row(row) is not None:
                rows.setdefault(row, {})["hidden"] = None
                sheet.layout.rows.pop(row)
    return Written(cells, rows, {at: WIDTH}, put)


def _higher(sheet: SheetPart, row: int, text: str) -> float:
    """Points that a row has to be high for its text; 0 where it may stay: it is high enough, nobody has said how high it is
    (then programs find it out), or the unit has said so."""
    there = sheet.row(row)
    needed = ceil(units(text) / WIDTH) * _LINE + 3
    if there is None or "ht" not in there.attributes or there.attributes.get("customHeight") in ("1", "true"):
        return 0
    return needed if float(there.attributes["ht"]) < needed else 0
