"""Makes an ordinary .xlsx of one that cannot be patched, by way of openpyxl."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from datetime import date, datetime
from typing import Final

from dazoufang.writing.zip_headers import same_everywhere

FAR: Final = 100_000  # a comment past this row makes openpyxl build every row before it
LARGE: Final = 40 * 2**20  # more sheet XML than this costs openpyxl minutes

_PROPERTIES: Final = "docProps/core.xml"
_SAVED: Final = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_FAR_COMMENT: Final = re.compile(rb'<comment\s[^>]*ref="[A-Z]+([0-9]+)"')


def laundered(data: bytes, day: date) -> bytes | None:
    """The workbook read and written by openpyxl: formatting stays, cached formula values go. None if it fails."""
    import openpyxl  # here, because few workbooks need it and every start would pay for it

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = [info for info in package.infolist() if not info.is_dir()]
            if sum(info.file_size for info in names if info.filename.lower().endswith(".xml")) > LARGE:
                return None
            dated = any(b"created" in package.read(info) for info in names if info.filename == _PROPERTIES)
            for info in names:
                if "comment" in info.filename.lower():
                    rows = _FAR_COMMENT.findall(package.read(info))
                    if any(int(row) > FAR for row in rows):
                        return None
        with warnings.catch_warnings(action="ignore"):  # of what it leaves out; nobody could act on them
            book = openpyxl.load_workbook(io.BytesIO(data), keep_vba=False)
        if not book.worksheets:
            return None
        result = io.BytesIO()
        if not dated:
            book.properties.created = datetime(day.year, day.month, day.day)
        book.save(result)
    except Exception:  # foreign bytes: openpyxl raises anything, and another way is left
        return None
    return _without_clock(result.getvalue(), day)


def _without_clock(data: bytes, day: date) -> bytes:
    """The workbook without the hour of saving, which openpyxl writes into the properties: so the same workbook always
    gives the same bytes."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            part = old.read(info)
            if info.filename == _PROPERTIES:
                part = _SAVED.sub(f"\\g<1>{day.isoformat()}T00:00:00Z".encode(), part)
            new.writestr(info, part)
    return same_everywhere(result.getvalue())
