"""Scans the records of .xls (and .et) and .xlsb for what the readers of values leave out: errors, merges, what is hidden."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from dazoufang.model.cell_names import Area
from dazoufang.reading.sheet import MAX_COLUMNS
from dazoufang.reading.xls_styles import STYLES, XlsStyles

ERRORS: Final = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!",
    0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip


@dataclass(slots=True)
class Found:
    """What the scan of one sheet's records found (0-based places): error cells, merges, how many cells hold a
    number or a truth value (-1: not counted), whether the records run to their end, the used area."""

    is_worksheet: bool = True
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    merges: list[Area] = field(default_factory=list)
    numbers: int = -1
    complete: bool = True
    styled: dict[tuple[int, int], int] = field(default_factory=dict)  # cells whose style says more → its number
    hidden: set[int] = field(default_factory=set)  # columns
    first: tuple[int, int] = (1 << 30, 1 << 30)
    last: tuple[int, int] = (-1, -1)

    def cell(self, row: int, column: int) -> None:
        """Count a cell with a value into the used area."""
        self.first = (min(self.first[0], row), min(self.first[1], column))
        self.last = (max(self.last[0], row), max(self.last[1], column))

    def columns(self, first: int, last: int, *, hidden: bool) -> None:
        """Note what is said of columns."""
        self.hidden.update(range(first, min(last + 1, MAX_COLUMNS)) if hidden else ())

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Note a merge, unless it is of a single cell."""
        if (top, left) != (bottom, right):
            self.merges.append((top, left, bottom, right))

    @property
    def laid_out(self) -> int:
        """Cells of the used area."""
        height, width = self.last[0] - self.first[0] + 1, self.last[1] - self.first[1] + 1
        return height * width if height > 0 else 0


# -- .xls ----------------------------------------------------------------------------------------------------

_BOF: Final = (0x0009, 0x0209, 0x0409, 0x0809)
_EOF, _FILEPASS, _BOUNDSHEET, _MERGED = 0x000A, 0x002F, 0x0085, 0x00E5
_BOOLERR, _MULRK, _COLINFO = 0x0205, 0x00BD, 0x007D
_FORMULAS: Final = (0x0006, 0x0206, 0x0406)
_NUMBERS: Final = (0x0203, 0x027E)
_VALUED: Final = frozenset({0x0204, 0x00FD, 0x00D6, _BOOLERR, _MULRK, *_FORMULAS, *_NUMBERS})  # and the texts


def records(stream: bytes, start: int = 0) -> Iterator[tuple[int, int, int]]:
    """(id, offset of the body, length of the body) of each BIFF record; stops where the stream does."""
    position, end = start, len(stream)
    while position + 4 <= end:
        number, length = struct.unpack_from("<HH", stream, position)
        if position + 4 + length > end:
            return
        yield number, position + 4, length
        position += 4 + length


def is_encrypted_xls(stream: bytes) -> bool:
    """Whether the globals of a workbook stream hold FILEPASS: a password to open (XOR, RC4 or CryptoAPI)."""
    for number, _, _ in records(stream):
        if number == _FILEPASS:
            return True
        if number in (_EOF, _BOUNDSHEET):
            return False
    return False


def scan_xls(stream: bytes) -> tuple[list[Found], XlsStyles]:
    """What each sheet that the workbook stream announces holds (of whatever kind), and what the styles of the book say."""
    places: list[tuple[int, bool]] = []
    styles, in_globals = XlsStyles(), True
    for number, body, length in records(stream):
        if number == _BOUNDSHEET and length >= 6:
            places.append((struct.unpack_from("<I", stream, body)[0], stream[body + 5] == 0))
        elif number == _EOF:
            in_globals = False  # the fonts of a chart are no fonts of cells
        elif in_globals and number in STYLES:
            styles.note(number, stream[body : body + length])
    styles.settle()
    return [_scan_xls_sheet(stream, *place, styles) for place in places], styles


def _scan_xls_sheet(stream: bytes, start: int, is_worksheet: bool, styles: XlsStyles) -> Found:
    found, depth = Found(is_worksheet, numbers=0, complete=False), 0
    for number, body, length in records(stream, start):
        if number in _BOF:
            depth += 1
        elif number == _EOF:
            depth -= 1
            if depth <= 0:
                found.complete = depth == 0
                break
        elif depth > 1:  # a chart inside the sheet has cells of its own
            continue
        elif number in _VALUED and length >= 6:
            _count_xls_cell(found, number, stream[body : body + length])
            if styles.telling:
                styles.note_cells(found.styled, stream[body : body + length], several=number == _MULRK)
        elif number == _COLINFO and length >= 10:
            first, last, width, _, flags = struct.unpack_from("<5H", stream, body)
            found.columns(first, last, hidden=flags & 1 != 0 or width == 0)
        elif number == _MERGED and length >= 2:
            count = min(struct.unpack_from("<H", stream, body)[0], (length - 2) // 8)
            for index in range(count):
                top, bottom, left, right = struct.unpack_from("<4H", stream, body + 2 + 8 * index)
                found.merge(top, left, bottom, right)
    return found


def _count_xls_cell(found: Found, number: int, body: bytes) -> None:
    row, column = struct.unpack_from("<HH", body)
    found.cell(row, column)
    if number == _MULRK:
        found.cell(row, struct.unpack_from("<H", body, len(body) - 2)[0])
        found.numbers += (len(body) - 6) // 6
    elif number in _NUMBERS:
        found.numbers += 1
    elif number == _BOOLERR and len(body) >= 8:
        if body[7] == 1:
            found.errors.append((row, column, ERRORS.get(body[6], "#ERROR")))
        else:
            found.numbers += 1
    elif number in _FORMULAS and len(body) >= 14:
        kind = body[6] if body[12:14] == b"\xff\xff" else -1  # -1 number, 0 text, 1 truth value, 2 error, 3 empty
        if kind == 2:
            found.errors.append((row, column, ERRORS.get(body[8], "#ERROR")))
        elif kind in (-1, 1):
            found.numbers += 1


# -- .xlsb ---------------------------------------------------------------------------------------------------


def records12(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """(id, offset of the body, length of the body) of each BIFF12 record; stops where the stream does."""
    position, end = 0, len(stream)
    while position < end:
        number = stream[position]
        position += 1
        if number & 0x80 and position < end:
            number = (number & 0x7F) | ((stream[position] & 0x7F) << 7)
            position += 1
        length = shift = 0
        for _ in range(4):
            if position >= end:
                return
            byte = stream[position]
            position += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        if position + length > end:
            return
        yield number, position, length
        position += length


def scan_xlsb(stream: bytes) -> Found:
    """Error cells, merges, hidden columns and the used area of one worksheet part."""
    found, row = Found(), 0
    for number, body, length in records12(stream):
        if number == 0 and length >= 4:  # BrtRowHdr
            row = struct.unpack_from("<I", stream, body)[0]
        elif 2 <= number <= 11 and length >= 8:
            column = struct.unpack_from("<I", stream, body)[0]
            found.cell(row, column)
            if number in (3, 11) and length >= 9:  # BrtCellError, BrtFmlaError
                found.errors.append((row, column, ERRORS.get(stream[body + 8], "#ERROR")))
        elif number == 60 and length >= 18:  # BrtColInfo
            first, last, width, _, flags = struct.unpack_from("<4IH", stream, body)
            found.columns(first, last, hidden=flags & 1 != 0 or width == 0)
        elif number == 176 and length >= 16:  # BrtMergeCell
            top, bottom, left, right = struct.unpack_from("<4I", stream, body)
            found.merge(top, left, bottom, right)
    return found
