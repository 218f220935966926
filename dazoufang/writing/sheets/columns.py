"""What a sheet is to hold: its columns, its table and what stands around it; and the table as cells with widths."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

import pandas as pd

from dazoufang.writing.sheets import cells, text_size
from dazoufang.writing.sheets.cells import Cell, CellKind

FOOTER: Final = "填表人：　　　　　　　　审核人：　　　　　　　　联系电话："  # under whatever is signed
STYLE: Final = "row_style"  # a good name for the column that says how a row looks; no form has it

_COMFORTABLE: Final = 16  # lines; a printed column is widened before its rows grow higher than this
_DATE_WIDTH: Final = 10.5  # characters; a narrower date reads ########
_COMFORTABLE_ASIDE: Final = 6  # the same for a column beside the print area, where width costs nothing
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LEFT_FROM: Final = 14  # characters; text in narrower columns is centred


@dataclass(frozen=True)
class Column:
    """One column. `width` is in characters as Excel counts and grows where the content would be cut off; columns with
    `print=False` stand to the right of the print area; neighbours of the same `group` get a merged heading.

    For forms: `choices` is a drop-down (`strict`: nothing else is let in), `days` the first and last day of a date,
    `longest` the most characters (0: any), `check` what a text must look like, or Excel asks whether it is meant; `hint`
    pops up where the cell is entered.
    """

    key: str
    title: str
    width: float
    kind: CellKind = "text"
    print: bool = True
    group: str = ""
    choices: tuple[str, ...] = ()
    strict: bool = True
    days: tuple[date, date] = (date(1950, 1, 1), date(2099, 12, 31))
    longest: int = 0
    check: Literal["", "phone", "email"] = ""
    hint: str = ""


@dataclass(frozen=True)
class SheetSpec:
    """One sheet: what stands over, in and under its table.

    `rows` has a column for each `Column.key` (one it lacks is empty). Serials are numbered here; a subtotal or total
    row is not, and shows what `rows` holds there (合计). `style` names a column of `rows` with "", "subtotal", "total",
    "sample" or an alert level. `links` names one with targets inside the workbook ('逾期'!A1) for the first text column.
    Trailing ideographic spaces of `left` and `right` are underlined, to be filled by hand. The `footer` of a form stands
    over its table: nobody knows how far down that will reach. `pages` names a column of `rows`: where it says another
    thing than in the row above, a page begins, and all that stands over the table is printed on each.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: pd.DataFrame
    label: str = ""
    left: str = ""
    right: str = ""
    footer: str = ""
    style: str | None = None
    empty: str = "无"
    note: str = ""  # 注：… under the table
    links: str | None = None
    lead: str = ""  # a block over the table: 填写说明
    pages: str | None = None
    blank_rows: int = 0  # rows to be filled below the table; makes the sheet a form. Ruled: those that fit on the page

    @property
    def is_form(self) -> bool:
        """Whether the sheet is to be filled in."""
        return self.blank_rows > 0


@dataclass(frozen=True)
class Filled:
    """One column with its cells as they are written, and its width as it has to be."""

    column: Column
    cells: list[Cell]
    width: float

    @property
    def align(self) -> str:
        """Short things stand in the middle, long ones begin on the left."""
        return "left" if self.column.width >= _LEFT_FROM else "center"


def styles(spec: SheetSpec) -> list[str]:
    """The style of each row."""
    if spec.style is None or spec.style not in spec.rows:
        return [""] * len(spec.rows)
    return [value if isinstance(value, str) else "" for value in spec.rows[spec.style].tolist()]


def fill(column: Column, spec: SheetSpec, row_styles: list[str]) -> Filled:
    """The cells of one column as they are written, and the width that shows them."""
    given: list[Any] = spec.rows[column.key].tolist() if column.key in spec.rows else [None] * len(row_styles)
    width = text_size.without_widow(column.title, column.width)
    written: list[Cell]
    if column.kind == "text":
        written = [cells.as_text(value) for value in given]
        texts = {text for text in written if isinstance(text, str)}
        if column.print:
            width = text_size.widened(texts, width, _COMFORTABLE)
        else:
            width = text_size.widened(texts, width, _COMFORTABLE_ASIDE, 100, 160)
    elif column.kind == "date":
        written = [cells.as_day(value) for value in given]
        width = max(width, _DATE_WIDTH)
    else:
        if column.kind == "serial":
            written = list(cells.as_serials(given, row_styles))
        else:
            written = [cells.as_number(value, "—" if column.kind == "percent" else None) for value in given]
        shown = "{:.1%}" if column.kind == "percent" else "{}"
        numbers = {len(shown.format(value)) for value in written if isinstance(value, int | float)}
        width = max(width, max(numbers, default=0) + 1.5)
    return Filled(column, written, width)


def sheet_name(name: str, taken: set[str]) -> str:
    """`name` as Excel allows it: at most 31 characters, none of []:*?/\\, not yet taken."""
    plain = _FORBIDDEN.sub("_", cells.clean(name)).strip("' ")[:31].rstrip("' ") or "表"
    found, count = plain, 1
    while found.casefold() in taken:
        count += 1
        tail = f"({count})"
        found = plain[: 31 - len(tail)] + tail
    taken.add(found.casefold())
    return found
