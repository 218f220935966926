"""Reads .xls (and .et) with xlrd, .xlsb with python-calamine, and scans the records for what either leaves out."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import xlrd
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from dazoufang.model import faults
from dazoufang.model.cell_names import Area
from dazoufang.reading.sheet import CellError, Grid, Sheet, TooFar, Unreadable, Value, from_serial, tidy
from dazoufang.reading.two_readers import settled
from dazoufang.reading.xls_styles import STYLES, XlsStyles
from dazoufang.reading.zip_parts import ZipParts, relationships

MAX_LAID_OUT: Final = 17_000_000  # calamine lays the used range out, 32 bytes a cell; 65,536 × 256 just fits
MAX_COMPARED: Final = 4_000_000  # past this a .xls is read by xlrd alone, which keeps only what is used
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
    first: tuple[int, int] = (1 << 30, 1 << 30)
    last: tuple[int, int] = (-1, -1)

    def cell(self, row: int, column: int) -> None:
        """Count a cell with a value into the used area."""
        self.first = (min(self.first[0], row), min(self.first[1], column))
        self.last = (max(self.last[0], row), max(self.last[1], column))

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
_BOOLERR, _MULRK = 0x0205, 0x00BD
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


def scan_xls(stream: bytes) -> list[Found]:
    """One `Found` for each sheet the workbook stream announces (of whatever kind), in order."""
    return _scan_xls(stream)[0]


def _scan_xls(stream: bytes) -> tuple[list[Found], XlsStyles]:
    """What each announced sheet holds, and what the styles of the book say."""
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


def read_xls(data: bytes, stream: bytes) -> list[Sheet]:
    """The worksheets of a .xls. `data` is the whole file, `stream` its Workbook (or Book) stream. xlrd reads it, calamine
    where xlrd refuses; where xlrd has fewer numbers than the records hold, or more, both do and their cells are
    settled. Raises Unreadable F02 (password) or F04."""
    if is_encrypted_xls(stream):
        raise Unreadable("F02")
    scanned, styles = _scan_xls(stream)
    # Half-copied files are often of full length, zeros behind: asked first, as readers hang on them or take all memory.
    if not scanned or not all(found.complete for found in scanned):
        raise Unreadable("F04", "工作表没有结尾，多半没有复制完整")
    worksheets = [found for found in scanned if found.is_worksheet]
    sheets = _read_xls(data, scanned, worksheets)
    if len(sheets) != len(worksheets):
        return sheets
    return [styles.as_shown(sheet, found.styled) for sheet, found in zip(sheets, worksheets, strict=True)]


def _read_xls(data: bytes, scanned: list[Found], worksheets: list[Found]) -> list[Sheet]:
    """The values: as xlrd reads them, or calamine, or both settled. `worksheets` are those of the `scanned`."""
    try:
        sure = read_xls_with_xlrd(data)
    except Unreadable:
        quick = _read_with_calamine(data, scanned)
        if quick is None:
            raise
        return quick
    if len(sure) == len(worksheets):  # xlrd leaves the merges out unless it reads all formats as well
        sure = [replace(sheet, merges=found.merges) for sheet, found in zip(sure, worksheets, strict=True)]
        if all(
            sheet.fault or _numbers(sheet.rows) == found.numbers for sheet, found in zip(sure, worksheets, strict=True)
        ):
            return sure
    spread = sum(found.laid_out for found in scanned)
    quick = _read_with_calamine(data, scanned) if spread <= MAX_COMPARED else None
    if quick is None or len(quick) != len(sure):
        return sure
    return [_settled_sheet(sure_sheet, quick_sheet) for sure_sheet, quick_sheet in zip(sure, quick, strict=True)]


def _settled_sheet(sure: Sheet, quick: Sheet) -> Sheet:
    if sure.fault or quick.fault:
        return sure
    try:
        return replace(sure, rows=settled(sure.rows, quick.rows))
    except TooFar as error:
        return replace(sure, rows=[], merges=[], fault=faults.make("S05", sheet=sure.name, what=error.reason))


def _read_with_calamine(data: bytes, scanned: list[Found]) -> list[Sheet] | None:
    """The worksheets of a .xls as calamine reads them; None where it fails or misses numbers that the records hold."""
    book = _opened(data)
    if book is None or len(book.sheet_names) != len(scanned):
        return None
    try:
        return _sheets(book, scanned)
    except _Missed:
        return None


def read_xls_with_xlrd(data: bytes) -> list[Sheet]:
    """The worksheets of a .xls of any age as xlrd reads them: for what calamine refuses."""
    try:
        book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO(), ragged_rows=True, formatting_info=False)
    except MemoryError:
        raise
    except Exception as error:  # xlrd lets almost any exception out on damaged bytes
        if "encrypted" in str(error):
            raise Unreadable("F02") from error
        raise Unreadable("F04", "老格式（.xls）的内部结构已乱") from error
    sheets = [_from_xlrd(sheet, book.datemode) for sheet in book.sheets()]
    if not sheets:
        raise Unreadable("F04", "里面一张工作表也没有")
    return sheets


def _from_xlrd(sheet: Any, datemode: int) -> Sheet:
    grid = Grid()
    visible = sheet.visibility == 0
    try:
        for row in range(sheet.nrows):
            pairs = zip(sheet.row_types(row), sheet.row_values(row), strict=True)
            for column, (kind, value) in enumerate(pairs):
                grid.put(row, column, _xlrd_value(kind, value, datemode))
    except TooFar as error:
        return Sheet(sheet.name, visible, [], [], faults.make("S05", sheet=sheet.name, what=error.reason))
    merges = [(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells]
    return Sheet(sheet.name, visible, grid.rows, merges)


def _xlrd_value(kind: int, value: Any, datemode: int) -> Value:
    if kind == xlrd.XL_CELL_ERROR:
        return CellError(ERRORS.get(value, "#ERROR"))
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_DATE:
        return from_serial(value, elapsed=False, epoch_1904=bool(datemode))
    return tidy(value)


# -- .xlsb ---------------------------------------------------------------------------------------------------


def read_xlsb(package: ZipParts, data: bytes) -> list[Sheet]:
    """The worksheets of an .xlsb. Raises Unreadable F04."""
    book = _opened(data)
    if book is None:
        raise Unreadable("F04", "二进制工作簿（.xlsb）的内部结构已乱")
    parts = _xlsb_parts(package)
    if len(parts) != len(book.sheet_names):
        raise Unreadable("F04", "二进制工作簿（.xlsb）列出的表与内容对不上")
    return _sheets(book, [scan_xlsb(package.read(part)) if part in package else Found() for part in parts])


def _xlsb_parts(package: ZipParts) -> list[str]:
    """The part of each sheet that xl/workbook.bin announces, in order."""
    paths = {key: path for key, _, path in relationships(package, "xl/workbook.bin")}
    stream = package.read("xl/workbook.bin")
    parts = []
    for number, body, length in records12(stream):
        if number == 156 and length >= 12:  # BrtBundleSh: state, id, relationship id, name
            size = struct.unpack_from("<I", stream, body + 8)[0]
            key = stream[body + 12 : body + 12 + 2 * size].decode("utf-16-le", "replace")
            parts.append(paths.get(key, ""))
    return parts


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
    """Error cells, merges and the used area of one worksheet part."""
    found, row = Found(), 0
    for number, body, length in records12(stream):
        if number == 0 and length >= 4:  # BrtRowHdr
            row = struct.unpack_from("<I", stream, body)[0]
        elif 2 <= number <= 11 and length >= 8:
            column = struct.unpack_from("<I", stream, body)[0]
            found.cell(row, column)
            if number in (3, 11) and length >= 9:  # BrtCellError, BrtFmlaError
                found.errors.append((row, column, ERRORS.get(stream[body + 8], "#ERROR")))
        elif number == 176 and length >= 16:  # BrtMergeCell
            top, bottom, left, right = struct.unpack_from("<4I", stream, body)
            found.merge(top, left, bottom, right)
    return found


# -- both ----------------------------------------------------------------------------------------------------


class _Missed(Exception):
    """Calamine failed at a .xls sheet, or gave fewer (or more) numbers than the records hold."""


def _opened(data: bytes) -> CalamineWorkbook | None:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # a Rust panic is no Exception
        return None


def _sheets(book: CalamineWorkbook, scanned: list[Found]) -> list[Sheet]:
    """The worksheets as calamine reads them, with the error cells put back where the scan saw them."""
    sheets = []
    for index, (about, found) in enumerate(zip(book.sheets_metadata, scanned, strict=True)):
        if about.typ != SheetTypeEnum.WorkSheet:
            continue
        visible = about.visible == SheetVisibleEnum.Visible
        try:
            rows = _rows(book, index, found)
        except (TooFar, Unreadable) as error:
            fault = faults.make("S05", sheet=about.name, what=error.reason)
            sheets.append(Sheet(about.name, visible, [], [], fault))
        else:
            sheets.append(Sheet(about.name, visible, rows, found.merges))
    if not sheets:
        raise Unreadable("F04", "里面一张工作表也没有")
    return sheets


def _rows(book: CalamineWorkbook, index: int, found: Found) -> list[list[Value]]:
    if found.laid_out > MAX_LAID_OUT:
        raise TooFar(*found.last)
    try:
        grid = _grid(book.get_sheet_by_index(index))
    except (KeyboardInterrupt, SystemExit, MemoryError, TooFar):
        raise
    except BaseException as error:  # a Rust panic is no Exception
        if found.numbers >= 0:  # a .xls: xlrd may still read it
            raise _Missed from error
        raise Unreadable("F04", "此表的内部结构已乱") from error
    if found.numbers >= 0 and _numbers(grid.rows) != found.numbers:
        raise _Missed
    for row, column, text in found.errors:
        grid.put(row, column, CellError(text))
    return grid.rows


def _numbers(rows: Sequence[Sequence[Value]]) -> int:
    """How many cells hold a number, a moment or a truth value."""
    return sum(value is not None and not isinstance(value, str) for line in rows for value in line)


def _grid(sheet: CalamineSheet) -> Grid:
    """A row at a time, so that only what is used is kept of a used area that is mostly empty."""
    grid = Grid()
    _, left = sheet.start or (0, 0)  # calamine gives the empty rows above, but not the empty columns before
    for row, line in enumerate(sheet.iter_rows()):
        if line.count("") < len(line):
            for column, value in enumerate(line, left):
                if value != "":
                    grid.put(row, column, tidy(value))
    return grid
