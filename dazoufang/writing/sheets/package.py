"""The package of a workbook, finished: the rows of its streamed tables go into it a block at a time, never all in memory."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import xlsxwriter

from dazoufang.writing.sheets.streamed import TABLE, Rows, Streamed

_UNIX: Final = 3  # what every package says of the system it was made on: the same night has the same bytes
_AT_ONCE: Final = 1000  # rows
_PLAIN: Final = 2**31 - 1  # bytes; a part that is larger needs another kind of header (zip64)


def finished(book: xlsxwriter.Workbook, drawn: io.BytesIO) -> bytes:
    """Close `book`, which was to write into `drawn` in memory; the same book gives the same bytes on every system."""
    book.close()
    tables = {
        f"xl/worksheets/sheet{number}.xml": sheet.table_rows
        for number, sheet in enumerate(book.worksheets(), 1)
        if isinstance(sheet, Streamed)
    }
    large: set[str] = set()
    while True:
        made = io.BytesIO()
        try:
            with ZipFile(drawn) as parts, ZipFile(made, "w", ZIP_DEFLATED) as package:
                for part in parts.infolist():
                    _put(package, part, parts.read(part), tables.get(part.filename), large)
        except _TooLarge as error:
            large.add(str(error))
        else:
            return made.getvalue()


class _TooLarge(Exception):
    """This part cannot be written with a plain header."""


def _put(package: ZipFile, part: ZipInfo, xml: bytes, table: Rows | None, large: set[str]) -> None:
    """One part, with the rows of its table where they belong."""
    info = ZipInfo(part.filename, part.date_time)
    info.compress_type, info.create_system = ZIP_DEFLATED, _UNIX
    before, _, after = xml.partition(TABLE.encode())
    with package.open(info, "w", force_zip64=part.filename in large) as out:
        size = out.write(before)
        for block in _blocks(table() if table else ()):
            size += len(block)
            if size + len(after) > _PLAIN and part.filename not in large:
                raise _TooLarge(part.filename)
            out.write(block)
        out.write(after)


def _blocks(rows: Iterable[str]) -> Iterator[bytes]:
    given = iter(rows)
    while block := "".join(islice(given, _AT_ONCE)):
        yield block.encode("utf-8")
