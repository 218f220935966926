"""A foreign workbook's values as a plain workbook of ours: bordered and wrapped, every cell where and what it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Final

import xlsxwriter
from xlsxwriter.format import Format

from dazoufang.model.cell_names import Area
from dazoufang.model.day_numbers import number_of
from dazoufang.reading.sheet import CellError, Disputed, Sheet, Uncalculated, Value
from dazoufang.writing.sheets import cells, streamed, text_size
from dazoufang.writing.sheets.columns import sheet_name
from dazoufang.writing.sheets.package import Drawn, finished
from dazoufang.writing.sheets.streamed import Streamed

FILLED_UP: Final = 60  # rows of tables up to so many columns are filled up with empty cells
_LOOK: Final = {"border": 1, "border_color": "#B8C2CA", "valign": "vcenter", "text_wrap": True}
_PIXELS: Final = 7  # of one character of column width


def of_values(sheets: Sequence[Sheet], created: date) -> tuple[bytes, dict[str, str]]:
    """The workbook, and each sheet's name → its name there (Excel does not allow every name). Rules: the same input gives
    the same bytes; what is crossed out stays so, or a copy that comes back would say something else."""
    default = {"font_name": "宋体", "font_size": 11, "font_charset": 134}
    book = Drawn(default_format_properties=default)
    book.set_properties({"created": datetime(created.year, created.month, created.day)})
    formats = _ValueFormats(book)
    struck = _ValueFormats(book, font_strikeout=True) if any(sheet.struck for sheet in sheets) else formats
    taken: set[str] = set()
    names: dict[str, str] = {}
    front = next((number for number, sheet in enumerate(sheets) if sheet.visible), None)  # Excel opens none without
    for number, sheet in enumerate(sheets):
        names[sheet.name] = sheet_name(sheet.name, taken)
        worksheet = book.add_worksheet(names[sheet.name], Streamed)
        if number == front:
            worksheet.activate()
        elif front is not None and not sheet.visible:
            worksheet.hide()
        _write(worksheet, sheet, formats, struck)
    return finished(book), names


class _ValueFormats:
    """The formats of the cells, by what they hold; `more` is what all of them have besides."""

    def __init__(self, book: xlsxwriter.Workbook, **more: bool) -> None:
        look = {**_LOOK, **more}
        self.text: Format = book.add_format(look)
        self.middle: Format = book.add_format({**look, "align": "center"})
        self.quoted: Format = book.add_format({**look, "quote_prefix": True})
        self.quoted_middle: Format = book.add_format({**look, "align": "center", "quote_prefix": True})
        codes = {date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm", time: "hh:mm", timedelta: "[h]:mm"}
        self.moments: dict[type, Format] = {
            kind: book.add_format({**look, "num_format": code}) for kind, code in codes.items()
        }


def _write(worksheet: Streamed, sheet: Sheet, formats: _ValueFormats, struck: _ValueFormats) -> None:
    widths = _widths(sheet)
    for column, width in enumerate(widths):
        worksheet.set_column_pixels(column, column, width * _PIXELS)
    longest = max(map(len, sheet.rows), default=0)
    rows = list(_rows(sheet, widths, formats, struck, streamed.column_names(longest)))
    worksheet.put_rows(0, len(sheet.rows), longest, lambda: rows)
    worksheet.put_merges(sheet.merges)
    worksheet.set_paper(9)  # A4
    worksheet.set_landscape()
    worksheet.fit_to_pages(1, 0)


def _rows(
    sheet: Sheet, widths: Sequence[int], formats: _ValueFormats, struck: _ValueFormats, names: Sequence[str]
) -> Iterator[str]:
    middle = _across(sheet.merges)
    for row, values in enumerate(sheet.rows):
        if values:
            is_table = len(widths) <= FILLED_UP and sum(value is not None for value in values) > 1
            # Borders of a table end at one edge.
            line = [*values, *[None] * (len(widths) - len(values))] if is_table else values
            inner = "".join(
                [
                    f'<c r="{name}{row + 1}"{_cell(value, struck if (row, column) in sheet.struck else formats, (row, column) in middle)}'
                    for column, (name, value) in enumerate(zip(names, line, strict=False))
                ]
            )
            yield f'<row r="{row + 1}"{_height(row, values, widths, middle)}>{inner}</row>'


def _across(merges: Sequence[Area]) -> set[tuple[int, int]]:
    """The first cells of what is merged over several columns: titles, mostly."""
    return {(top, left) for top, left, _, right in merges if right > left}


def _height(row: int, values: Sequence[Value], widths: Sequence[int], middle: set[tuple[int, int]]) -> str:
    """Said for rows of several lines only; no program has to keep it when the text changes."""
    lines = max(
        (ceil(_units(value) / width) for column, (value, width) in enumerate(zip(values, widths, strict=False))
         if value is not None and (row, column) not in middle),
        default=1,
    )  # fmt: skip
    return f' ht="{min(15 * lines + 2, 400)}"' if lines > 1 else ""


def _units(value: Value) -> int:
    return text_size.units(str(value)) + 2


def _widths(sheet: Sheet) -> list[int]:
    """In characters: wide enough for most of what the first rows hold, never wider than a line one can read."""
    middle = _across(sheet.merges)
    widths: list[int] = []
    for row, values in enumerate(sheet.rows[:300]):
        widths.extend([8] * (len(values) - len(widths)))
        if sum(value is not None for value in values) < 2:
            continue  # a title or a note over the table
        for column, value in enumerate(values):
            if value is not None and (row, column) not in middle:
                widths[column] = min(max(widths[column], _units(value)), 32)
    return widths


def _cell(value: Value, formats: _ValueFormats, middle: bool) -> str:
    if value is None:
        return streamed.blank(formats.text)
    if isinstance(value, CellError) and not isinstance(value, Disputed):
        return streamed.error(value, formats.text)
    if isinstance(value, bool):
        return streamed.truth(value, formats.text)
    if isinstance(value, int | float) and abs(value) < 1e300:
        return streamed.number(value, formats.text)
    days = number_of(value) if isinstance(value, date | time | timedelta) else None
    if days is not None:
        return streamed.number(days, formats.moments[type(value)])
    text = cells.clean(f"={value.lstrip('=')}" if isinstance(value, Uncalculated) else str(value))
    if cells.looks_like_formula(text):
        return streamed.text(text, formats.quoted_middle if middle else formats.quoted)
    return streamed.text(text, formats.middle if middle else formats.text)
