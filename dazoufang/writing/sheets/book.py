"""A workbook before it is written: what its sheets are to hold, and a digest by which the same one is known again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property

from dazoufang.system.files import sha256
from dazoufang.writing.sheets.columns import SheetSpec

_TABLE = "rows"


@dataclass(frozen=True)
class Book:
    """A workbook as it is to be written. The first sheet is the one that opens; `created` is the only date in it."""

    sheets: tuple[SheetSpec, ...]
    created: date
    author: str = ""

    @property
    def cells(self) -> int:
        """How many cells its tables have."""
        return sum(len(sheet.rows) * len(sheet.columns) for sheet in self.sheets)

    @cached_property
    def digest(self) -> str:
        """A short hash of all that the workbook is written from: two with the same digest are byte for byte the same."""
        return sha256("\n".join(_said(self)).encode("utf-8", "surrogatepass"))[:20]


def _said(book: Book) -> Iterable[str]:
    """Everything of a workbook in lines, a column of a table in one: they are quicker than cells."""
    yield f"{book.created} {book.author!r}"
    for sheet in book.sheets:
        yield repr([getattr(sheet, field.name) for field in fields(sheet) if field.name != _TABLE])
        yield str(len(sheet.rows))
        names = [column.key for column in sheet.columns] + [name for name in (sheet.style, sheet.links, sheet.pages) if name]
        for name in names:
            yield repr(sheet.rows[name].tolist() if name in sheet.rows else None)
