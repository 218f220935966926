"""Reads .xls (and .et) with xlrd and .xlsb with python-calamine; a scan of the records says what either leaves out."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import xlrd
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from dazoufang.model import faults
from dazoufang.reading.sheet import CellError, Grid, Sheet, TooFar, Unreadable, Value, from_serial, tidy
from dazoufang.reading.two_readers import settled
from dazoufang.reading.xls_scan import ERRORS, Found, is_encrypted_xls, records12, scan_xls, scan_xlsb
from dazoufang.reading.zip_parts import ZipParts, relationships

MAX_LAID_OUT: Final = 17_000_000  # calamine lays the used range out, 32 bytes a cell; 65,536 × 256 just fits
MAX_COMPARED: Final = 4_000_000  # past this a .xls is read by xlrd alone, which keeps only what is used

# -- .xls ----------------------------------------------------------------------------------------------------


def read_xls(data: bytes, stream: bytes) -> list[Sheet]:
    """The worksheets of a .xls. `data` is the whole file, `stream` its Workbook (or Book) stream. xlrd reads it, calamine
    where xlrd refuses; where xlrd has fewer numbers than the records hold, or more, both do and their cells are
    settled. Raises Unreadable F02 (password) or F04."""
    if is_encrypted_xls(stream):
        raise Unreadable("F02")
    scanned, styles = scan_xls(stream)
    # Half-copied files are often of full length, zeros behind: asked first, as readers hang on them or take all memory.
    if not scanned or not all(found.complete for found in scanned):
        raise Unreadable("F04", "工作表没有结尾，多半没有复制完整")
    worksheets = [found for found in scanned if found.is_worksheet]
    sheets = _read_xls(data, scanned, worksheets)
    if len(sheets) != len(worksheets):
        return sheets
    return [
        replace(styles.as_shown(sheet, found.styled), hidden_columns=frozenset(found.hidden))
        for sheet, found in zip(sheets, worksheets, strict=True)
    ]


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
            sheets.append(Sheet(about.name, visible, rows, found.merges, hidden_columns=frozenset(found.hidden)))
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
