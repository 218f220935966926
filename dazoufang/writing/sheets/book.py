"""A workbook before it is written: what its sheets are to hold, and a digest by which the same one is known again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from dazoufang.writing.sheets.columns import SheetSpec

_TABLE = "rows"
_SECONDS = "datetime64[s]"
_FEW = 500  # texts; so few are sooner said as they stand


@dataclass(frozen=True)
class Book:
    """A workbook as it is to be written. The first sheet is the one that opens; `created` is the only date in it."""

    sheets: tuple[SheetSpec, ...]
    created: date
    author: str = ""
    a3: tuple[str, ...] = ()  # names of sheets that are printed on A3

    @property
    def cells(self) -> int:
        """How many cells its tables have."""
        return sum(len(sheet.rows) * len(sheet.columns) for sheet in self.sheets)

    @cached_property
    def digest(self) -> str:
        """A short hash of all that the workbook is written from: two with the same digest are byte for byte the same."""
        found = hashlib.sha256()
        for said in _said(self):
            found.update(f"{len(said)}\n".encode())
            found.update(said)
        return found.hexdigest()[:20]


def _said(book: Book) -> Iterable[bytes]:
    """Everything of a workbook, a column of a table at a time: that is quicker than cells."""
    yield f"{book.created} {book.author!r} {book.a3!r}".encode()
    for sheet in book.sheets:
        yield repr([getattr(sheet, field.name) for field in fields(sheet) if field.name != _TABLE]).encode()
        yield str(len(sheet.rows)).encode()
        aside = (sheet.style, sheet.links, sheet.pages, sheet.together, *(targets for _, targets in sheet.linked))
        names = [column.key for column in sheet.columns] + [name for name in aside if name]
        for name in names:
            yield from _column(sheet.rows[name]) if name in sheet.rows else ()
            yield b"."


def _column(values: pd.Series[Any]) -> Iterable[bytes]:
    """A column: numbers and days as they lie in memory, texts as the different ones and where each stands."""
    if isinstance(values.dtype, np.dtype) and values.dtype.kind != "O":
        # days are one thing in whichever unit they are counted
        plain = values.to_numpy(_SECONDS) if values.dtype.kind == "M" else values.to_numpy()
        yield plain.dtype.str.encode()
        yield plain.tobytes()
    elif isinstance(values.dtype, pd.StringDtype) and len(values) > _FEW:
        places, texts = pd.factorize(values)
        yield places.tobytes()
        yield json.dumps(texts.tolist(), ensure_ascii=False).encode("utf-8", "surrogatepass")
    else:
        # a day and the text of it are not the same cell: what JSON does not know is said as Python says it
        yield json.dumps(values.tolist(), default=repr, ensure_ascii=False).encode("utf-8", "surrogatepass")
