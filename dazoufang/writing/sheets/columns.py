"""What a sheet is to hold: its columns, its table and what stands around it; and the table as cells with widths."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Final, Literal

import pandas as pd

from dazoufang.writing.sheets import cells, text_size
from dazoufang.writing.sheets.cells import Cell, CellKind

FOOTER: Final = "填表人：　　　　　　　　审核人：　　　　　　　　联系电话："  # under whatever is signed
STYLE: Final = "row_style"  # a good name for the column that says how a row looks; no form has it

BLOCK: Final = 1000  # rows
_AT_HAND: Final = 200_000  # rows; of so few all may be in memory, as references to what the rows hold

_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LEFT_FROM: Final = 14  # characters; text in narrower columns is centred


@dataclass(frozen=True)
class Column:
    """One column. `width` is in characters as Excel counts, for text of ten points: `layout` makes of it what the paper has
    room for. Columns with `print=False` stand to the right of the print area; neighbours of the same `group` get a merged
    heading. `names`: it says whose row it is, and stays in sight when the sheet is moved to the right. `must`: it is printed
    as long as any is.

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
    names: bool = False
    must: bool = False
    choices: tuple[str, ...] = ()
    strict: bool = True
    days: tuple[date, date] = (date(1950, 1, 1), date(2099, 12, 31))
    longest: int = 0
    check: Literal["", "phone", "email"] = ""
    hint: str = ""


def aside(columns: Iterable[Column], keys: Collection[str]) -> tuple[Column, ...]:
    """The columns, with those of these keys right of what is printed."""
    return tuple(replace(column, print=False) if column.key in keys else column for column in columns)


@dataclass(frozen=True)
class SheetSpec:
    """One sheet: what stands over, in and under its table.

    `rows` has a column for each `Column.key` (one it lacks is empty). Serials are numbered here; a subtotal or total
    row is not, and shows what `rows` holds there (合计). `style` names a column of `rows` with "", "subtotal", "total",
    "sample" or an alert level. `links` names one with targets inside the workbook ('逾期'!A1) or, after external:, in another, for the first
    text column; `linked` has pairs of a column and the one that names the targets of its figures.
    Trailing ideographic spaces of `left` and `right` are underlined, to be filled by hand. The `footer` of a form stands
    over its table: nobody knows how far down that will reach. `pages` names a column of `rows`: where it says another
    thing than in the row above, a page begins, and all that stands over the table is printed on each. `together` names one
    too: rows that say the same there are printed on one page, where one holds them. `counted`: rows of the list that
    stand on sheets before this one; serials go on from there.
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
    together: str | None = None
    linked: tuple[tuple[str, str], ...] = ()
    counted: int = 0
    blank_rows: int = 0  # rows to be filled below the table; makes the sheet a form. Ruled: those that fit on the page

    @property
    def is_form(self) -> bool:
        """Whether the sheet is to be filled in."""
        return self.blank_rows > 0

    @property
    def rows_over(self) -> int:
        """How many rows stand over the first of the table, headings included; of a sheet that is no form."""
        grouped = any(column.group for column in self.columns)
        return sum(map(bool, (self.label, self.title, self.lead, self.left or self.right))) + 1 + grouped


def total_last(rows: pd.DataFrame) -> pd.DataFrame:
    """`rows`, of which the last, if there is one, is their total: 合计 stands in place of its 序号."""
    before = max(len(rows) - 1, 0)
    found = rows.copy()
    found[STYLE] = ([""] * before + ["total"])[: len(rows)]
    found["serial"] = ([None] * before + ["合计"])[: len(rows)]
    return found


@dataclass
class Filled:
    """One column with what it holds, and its width as it has to be."""

    column: Column
    given: pd.Series[Any] | None  # nothing: the rows have no such column
    styles: Sequence[str]  # those of the rows
    width: float
    counted: int = 0  # rows on the sheets before
    sizes: Sequence[float] = text_size.SIZES  # points of its text: the first, or the next that the text wants to fit in
    tallest: float = text_size.TALLEST  # points; of a row that a page still holds

    @property
    def size(self) -> float:
        """Points of its text."""
        return self.sizes[0]

    @property
    def align(self) -> str:
        """Short things stand in the middle, long ones begin on the left."""
        return "left" if self.column.width >= _LEFT_FROM else "center"

    def blocks(self) -> Iterable[list[Any]]:
        """What it holds, so many rows at a time, that no more of a large table is in memory; for `written`."""
        return self._at_hand if len(self.styles) <= _AT_HAND else self._blocks()

    @cached_property
    def _at_hand(self) -> list[list[Any]]:
        return list(self._blocks())

    def _blocks(self) -> Iterator[list[Any]]:
        count = self.counted
        sure = self.given is not None and isinstance(self.given.dtype, pd.StringDtype)
        for start in range(0, len(self.styles), BLOCK):
            styles = self.styles[start : start + BLOCK]
            given = [None] * len(styles) if self.given is None else self._part(start).tolist()
            if self.column.kind == "serial":
                given = list(cells.as_serials(given, styles, count))
                count += sum(isinstance(value, int) for value in given)
            elif self.column.kind == "text" and sure:  # what is missing is no key: it does not equal itself
                given = [value if isinstance(value, str) else None for value in given]
            elif self.column.kind == "text":  # nor are 1 and True one text
                given = [value if isinstance(value, str) else cells.as_text(value) for value in given]
            yield given

    def _part(self, start: int) -> pd.Series[Any]:
        assert self.given is not None  # noqa: S101
        return self.given if len(self.given) <= BLOCK else self.given.iloc[start : start + BLOCK]

    def texts(self) -> Iterator[str]:
        """Its different texts, block by block."""
        for block in self.blocks():
            for value in dict.fromkeys(block):
                if isinstance(text := self.written(value), str):
                    yield text

    def written(self, value: Any) -> Cell:
        """A value of `blocks` as it is written."""
        if self.column.kind == "text":
            return cells.as_text(value)
        if self.column.kind == "serial":
            return value  # type: ignore[no-any-return]  # `blocks` made it
        if self.column.kind == "date":
            return cells.as_day(value)
        return cells.as_number(value, "—" if self.column.kind == "percent" else None)


def styles(spec: SheetSpec) -> list[str]:
    """The style of each row."""
    if spec.style is None or spec.style not in spec.rows:
        return [""] * len(spec.rows)
    return [value if isinstance(value, str) else "" for value in spec.rows[spec.style].tolist()]


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
