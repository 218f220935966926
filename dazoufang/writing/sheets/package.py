"""The package of a workbook, finished: the rows of its streamed tables go into it a block at a time, never all in memory."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import xlsxwriter
from xlsxwriter.packager import Packager

from dazoufang.writing.sheets.streamed import TABLE, Rows, Streamed

_UNIX: Final = 3  # what every package says of the system it was made on: the same night has the same bytes
# Column widths are counted in digits of the Normal style. Those of Arial 11 are eight pixels in Excel and WPS, and a fiftieth more in
# Liberation Sans, which LibreOffice brings along for it; 宋体 or XlsxWriter's Calibri, where they are missing, become a sixth or a
# third wider, and no page would have the width it was made for. No cell of ours is written in it.
_NORMAL: Final = {"font_name": "Arial", "font_size": 11}
_DIGITS_OF_EIGHT: Final = 72  # pixels of a column that nobody made wider or narrower
_AT_ONCE: Final = 1000  # rows
_PLAIN: Final = 2**31 - 1  # bytes; a part that is larger needs another kind of header (zip64)


class Drawn(xlsxwriter.Workbook):  # type: ignore[misc]  # the library has no types
    """A workbook that keeps its parts for `finished`, instead of packing them itself."""

    def __init__(self, **options: Any) -> None:
        normal = {
            "default_format_properties": dict(_NORMAL),
            "default_column_width": _DIGITS_OF_EIGHT,
        }  # it adds to the dictionary
        super().__init__(io.BytesIO(), {"in_memory": True, **normal, **options})
        self._packager = _Unpacked()

    def _get_packager(self) -> Packager:
        return self._packager

    def parts(self) -> list[tuple[str, bytes]]:
        """Its parts by name, once it is closed."""
        self.close()
        made = ((name, part.getvalue()) for part, name, _ in self._packager.made)
        return [(name, text if isinstance(text, bytes) else text.encode()) for name, text in made]


class _Unpacked(Packager):  # type: ignore[misc]
    """Keeps the parts of a workbook, and has XlsxWriter pack none."""

    def _create_package(self) -> list[Any]:
        self.made: list[tuple[Any, str, bool]] = super()._create_package()
        return []


def finished(book: Drawn) -> bytes:
    """The package; the same book gives the same bytes on every system."""
    parts = book.parts()
    tables = {
        f"xl/worksheets/sheet{number}.xml": sheet.table_rows
        for number, sheet in enumerate(book.worksheets(), 1)
        if isinstance(sheet, Streamed)
    }
    large: set[str] = set()
    while True:
        made = io.BytesIO()
        try:
            with ZipFile(made, "w", ZIP_DEFLATED) as package:
                for name, xml in parts:
                    _put(package, name, xml, tables.get(name), large)
        except _TooLarge as error:
            large.add(str(error))
        else:
            return made.getvalue()


class _TooLarge(Exception):
    """This part cannot be written with a plain header."""


def _put(package: ZipFile, name: str, xml: bytes, table: Rows | None, large: set[str]) -> None:
    """One part, with the rows of its table where they belong."""
    info = ZipInfo(name)  # of 1 January 1980
    info.compress_type, info.create_system = ZIP_DEFLATED, _UNIX
    before, _, after = xml.partition(TABLE.encode())
    with package.open(info, "w", force_zip64=name in large) as out:
        size = out.write(before)
        for block in _blocks(table() if table else ()):
            size += len(block)
            if size + len(after) > _PLAIN and name not in large:
                raise _TooLarge(name)
            out.write(block)
        out.write(after)


def _blocks(rows: Iterable[str]) -> Iterator[bytes]:
    given = iter(rows)
    while block := "".join(islice(given, _AT_ONCE)):
        yield block.encode("utf-8")
