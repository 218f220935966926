"""Lets a test speak in tables: a Markdown table → the rows, or the bytes of a workbook."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

Rows = list[list[Any]]


def rows(table: str) -> Rows:
    """The cells of a Markdown table; the line of dashes is left out, an empty cell is None, `#5` is the number 5."""
    found: Rows = []
    for line in table.strip().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not all(set(cell) <= set("-: ") and cell for cell in cells):
            found.append([_value(cell) for cell in cells])
    return found


def _value(cell: str) -> Any:
    if cell.startswith("#"):
        return float(cell[1:])
    if cell.startswith("@"):
        return date.fromisoformat(cell[1:])
    return cell.replace("\\n", "\n") or None


def workbook(
    table: str | Rows,
    *,
    unit: str = "",
    above: Sequence[Sequence[Any]] = (),
    below: Sequence[Sequence[Any]] = (),
    sheet: str = "Sheet1",
    merges: Sequence[str] = (),
) -> bytes:
    """An .xlsx with one sheet: `above`, 填报单位 when `unit` is given, the table, `below`."""
    return workbook_of({sheet: [*above, *([[f"填报单位：{unit}"]] if unit else []), *_rows(table), *below]}, merges)


def workbook_of(sheets: dict[str, Sequence[Sequence[Any]]], merges: Sequence[str] = ()) -> bytes:
    """An .xlsx with these sheets; `merges` are ranges of the first one, merged over the text of their first cell."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": datetime(2023, 1, 1)})  # the same table is the same bytes
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, (name, lines) in enumerate(sheets.items()):
            page = book.add_worksheet(name)
            for r, cells in enumerate(lines):
                for c, value in enumerate(cells):
                    if isinstance(value, date):
                        page.write_datetime(r, c, value, day)  # type: ignore[arg-type]
                    elif value is not None:
                        page.write(r, c, value)
            if number == 0:
                for area in merges:
                    page.merge_range(area, _first(lines, area))
    return stream.getvalue()


def _rows(table: str | Rows) -> Rows:
    return rows(table) if isinstance(table, str) else table


def _first(lines: Sequence[Sequence[Any]], area: str) -> Any:
    from xlsxwriter.utility import xl_cell_to_rowcol

    r, c = xl_cell_to_rowcol(area.split(":")[0])
    return lines[r][c] if c < len(lines[r]) else None


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of these files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()
