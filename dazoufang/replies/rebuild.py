"""Makes an ordinary .xlsx of a workbook that cannot be patched: from its values, or by way of openpyxl."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Final
from unicodedata import east_asian_width

import openpyxl

from dazoufang.grid import CellError, Disputed, Sheet, Uncalculated, Value, address
from dazoufang.zip_headers import same_everywhere

from .markup import content, quoted
from .package import RELATIONS, TYPES
from .patch import PLAIN_TYPE, WORKSHEET_TYPE
from .styles import MAIN, TYPE

FAR: Final = 100_000  # a comment past this row makes openpyxl build every row before it
WIDEST: Final = 60  # rows of tables up to so many columns are filled up with empty cells
LARGE: Final = 40 * 2**20  # more sheet XML than this costs openpyxl minutes

_PROPERTIES: Final = "docProps/core.xml"
_SAVED: Final = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\]")
_FAR_COMMENT: Final = re.compile(rb'<comment\s[^>]*ref="[A-Z]+([0-9]+)"')
_TYPES: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS_PART: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_TEXT, _DAY, _MOMENT, _HOUR, _SPAN, _MIDDLE = range(1, 7)
_FORMATS: Final = {_TEXT: 0, _DAY: 164, _MOMENT: 165, _HOUR: 166, _SPAN: 167, _MIDDLE: 0}
_EDGES: Final = "".join(
    f'<{side} style="thin"><color rgb="FFB8C2CA"/></{side}>' for side in ("left", "right", "top", "bottom")
)


def laundered(data: bytes, day: date, *, macros: bool) -> bytes | None:
    """The workbook read and written by openpyxl: formatting stays, cached formula values go. None where it is no use."""
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
            book = openpyxl.load_workbook(io.BytesIO(data), keep_vba=macros)
        if not book.worksheets:
            return None
        result = io.BytesIO()
        if not dated:
            book.properties.created = datetime(day.year, day.month, day.day)
        book.save(result)
    except Exception:  # foreign bytes: openpyxl raises whatever it stumbles over, and another way is left
        return None
    return _without_clock(result.getvalue(), day)


def _without_clock(data: bytes, day: date) -> bytes:
    """openpyxl writes the hour of saving into the properties; the same workbook shall give the same bytes."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            part = old.read(info)
            if info.filename == _PROPERTIES:
                part = _SAVED.sub(f"\\g<1>{day.isoformat()}T00:00:00Z".encode(), part)
            new.writestr(info, part)
    return same_everywhere(result.getvalue())


def rebuilt(sheets: Sequence[Sheet], day: date) -> tuple[bytes, dict[str, str]]:
    """A plain workbook of the sheets' values, bordered and wrapped; and sheet names that Excel would not allow → new."""
    names = _names(sheets)
    result = io.BytesIO()
    stamp = (max(day.year, 1980), day.month, day.day, 0, 0, 0)
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as out:
        for path, part in _fixed_parts(sheets, names):
            out.writestr(zipfile.ZipInfo(path, stamp), part, zipfile.ZIP_DEFLATED)
        for number, sheet in enumerate(sheets, 1):
            info = zipfile.ZipInfo(f"xl/worksheets/sheet{number}.xml", stamp)
            info.compress_type = zipfile.ZIP_DEFLATED
            with out.open(info, "w") as part_file:
                for piece in _sheet(sheet):
                    part_file.write(piece.encode())
    return same_everywhere(result.getvalue()), {sheet.name: name for sheet, name in zip(sheets, names, strict=True)}


def _names(sheets: Sequence[Sheet]) -> list[str]:
    names: list[str] = []
    for sheet in sheets:
        base = _FORBIDDEN.sub("_", sheet.name).strip("' ")[:31] or "表"
        name, turn = base, 1
        while name.lower() in {one.lower() for one in names}:
            turn += 1
            ending = f" ({turn})"
            name = base[: 31 - len(ending)] + ending
        names.append(name)
    return names


def _fixed_parts(sheets: Sequence[Sheet], names: Sequence[str]) -> Iterable[tuple[str, str]]:
    numbers = range(1, len(sheets) + 1)
    visible = [sheet.visible for sheet in sheets]
    visible = visible if any(visible) else [True] * len(sheets)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{WORKSHEET_TYPE}"/>' for n in numbers
    )
    yield (
        TYPES,
        (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Types xmlns="{_TYPES}">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{PLAIN_TYPE}"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{TYPE}"/>{overrides}</Types>'
        ),
    )
    yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
    listed = "".join(
        f'<sheet name={quoted(name)} sheetId="{n}" {"" if shown else "state=" + quoted("hidden") + " "}r:id="rId{n}"/>'
        for n, name, shown in zip(numbers, names, visible, strict=True)
    )
    yield (
        "xl/workbook.xml",
        (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
            f"<bookViews><workbookView/></bookViews><sheets>{listed}</sheets></workbook>"
        ),
    )
    parts = [("worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    yield "xl/_rels/workbook.xml.rels", _relations([*parts, ("styles", "styles.xml")])
    yield "xl/styles.xml", _styles()


def _relations(targets: Iterable[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Relationships xmlns="{_RELATIONS_PART}">{listed}</Relationships>'


def _styles() -> str:
    formats = ((164, "yyyy-mm-dd"), (165, "yyyy-mm-dd hh:mm"), (166, "hh:mm"), (167, "[h]:mm"))
    listed = "".join(f'<numFmt numFmtId="{number}" formatCode="{code}"/>' for number, code in formats)
    cells = "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1" '
        f'applyAlignment="1"><alignment {"horizontal=" + quoted("center") + " " if kind == _MIDDLE else ""}'
        'vertical="center" wrapText="1"/></xf>'
        for kind, number in _FORMATS.items()
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<styleSheet xmlns="{MAIN}"><numFmts count="{len(formats)}">{listed}</numFmts>'
        '<fonts count="1"><font><sz val="11"/><name val="宋体"/><family val="3"/><charset val="134"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
        f"<border>{_EDGES}<diagonal/></border></borders>"
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(_FORMATS) + 1}"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>{cells}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _sheet(sheet: Sheet) -> Iterable[str]:
    middle = {(top, left) for top, left, _, right in sheet.merges if right > left}
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="{MAIN}">'
    yield '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetFormatPr defaultRowHeight="15"/>'
    widths = _widths(sheet)
    if widths:
        columns = "".join(
            f'<col min="{n}" max="{n}" width="{width:g}" customWidth="1"/>' for n, width in enumerate(widths, 1)
        )
        yield f"<cols>{columns}</cols>"
    yield "<sheetData>"
    for row, values in enumerate(sheet.rows):
        if values:
            is_table = len(widths) <= WIDEST and sum(value is not None for value in values) > 1
            # Borders of a table end at one edge.
            line = [*values, *[None] * (len(widths) - len(values))] if is_table else values
            cells = "".join(_cell(row, column, value, (row, column) in middle) for column, value in enumerate(line))
            yield f'<row r="{row + 1}"{_height(row, values, widths, middle)}>{cells}</row>'
    yield "</sheetData>"
    if sheet.merges:
        merged = "".join(f'<mergeCell ref="{address(t, le)}:{address(b, r)}"/>' for t, le, b, r in sheet.merges)
        yield f'<mergeCells count="{len(sheet.merges)}">{merged}</mergeCells>'
    yield '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/></worksheet>'


def _height(row: int, values: Sequence[Value], widths: Sequence[float], middle: set[tuple[int, int]]) -> str:
    """Said for rows of several lines only; no program has to keep it when the text changes."""
    lines = max(
        (ceil(_units(value) / width) for column, (value, width) in enumerate(zip(values, widths, strict=False))
         if value is not None and (row, column) not in middle),
        default=1,
    )  # fmt: skip
    return f' ht="{min(15 * lines + 2, 400)}"' if lines > 1 else ""


def _units(value: Value) -> int:
    return sum(2 if east_asian_width(char) in "WFA" else 1 for char in str(value)) + 2


def _widths(sheet: Sheet) -> list[float]:
    """In characters: wide enough for most of what the first rows hold, never wider than a line one can read."""
    merged = {(top, left) for top, left, _, right in sheet.merges if right > left}
    widths: list[float] = []
    for row, values in enumerate(sheet.rows[:300]):
        widths.extend([8.0] * (len(values) - len(widths)))
        if sum(value is not None for value in values) < 2:
            continue  # a title or a note over the table
        for column, value in enumerate(values):
            if value is not None and (row, column) not in merged:
                widths[column] = min(max(widths[column], _units(value)), 32)
    return widths


def _cell(row: int, column: int, value: Value, middle: bool) -> str:
    head = f'<c r="{address(row, column)}" s='
    if value is None:
        return f'{head}"{_TEXT}"/>'
    if isinstance(value, CellError) and not isinstance(value, Disputed):
        return f'{head}"{_TEXT}" t="e"><v>{content(str(value))}</v></c>'
    if isinstance(value, bool):
        return f'{head}"{_TEXT}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float) and abs(value) < 1e300:
        return f'{head}"{_TEXT}"><v>{value!r}</v></c>'
    serial = _serial(value)
    if serial is not None:
        return f'{head}"{serial[0]}"><v>{serial[1]!r}</v></c>'
    text = f"={value.lstrip('=')}" if isinstance(value, Uncalculated) else str(value)
    style = _MIDDLE if middle else _TEXT
    return f'{head}"{style}" t="inlineStr"><is><t xml:space="preserve">{content(text)}</t></is></c>'


def _serial(value: Value) -> tuple[int, float] | None:
    """How Excel keeps days and hours: the style, and the number of days. None for what is text, also days before 1900."""
    if isinstance(value, datetime):
        days = (value - datetime(1899, 12, 30)) / timedelta(days=1)
        return (_MOMENT, _old(days)) if days >= 2 else None
    if isinstance(value, date):
        days = (value - date(1899, 12, 30)).days
        return (_DAY, _old(days)) if days >= 2 else None
    if isinstance(value, time):
        return _HOUR, (value.hour * 3600 + value.minute * 60 + value.second) / 86_400
    if isinstance(value, timedelta):
        return _SPAN, value / timedelta(days=1)
    return None


def _old(days: float) -> float:
    """Excel counts a 29 February 1900 that never was: the days before it have a number one lower."""
    return days - 1 if days < 61 else days
