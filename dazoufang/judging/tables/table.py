"""One table as it stands in a sheet: what is found in it before anything is judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from dazoufang.judging.tables.joined import Pieces
from dazoufang.judging.tables.whose_column import Aside
from dazoufang.judging.which_form import Match
from dazoufang.model.faults import Fault
from dazoufang.reading.sheet import Value


class Mended(NamedTuple):
    """How the value of a cell was found elsewhere: in words, in which cell ("" none), and what stood there before."""

    how: str
    source: str
    before: str = "（未填）"


@dataclass(slots=True)
class Table:
    """One table as it stands in a sheet. Rows are (row number as Excel shows it, cells by field)."""

    sheet: str
    match: Match
    heading_row: int  # the last row of the heading, as Excel shows it
    headings: dict[int, str]  # 0-based column → heading as written
    meta: dict[str, str]
    rows: list[tuple[int, dict[str, Value]]] = field(default_factory=list)
    filled_down: set[tuple[int, str]] = field(default_factory=set)  # (row, field) taken from the merged cell above
    skipped: list[tuple[int, str]] = field(default_factory=list)  # rows left out that one might miss: (row, what it is)
    nameless: set[int] = field(default_factory=set)  # columns that hold something and have no heading
    texts: dict[int, str] = field(default_factory=dict)  # columns no field has, with the first text that stands there
    masked: str = ""  # the cell over the table that says personal data were taken from it: it is no delivery
    apart: dict[int, str] = field(default_factory=dict)  # columns of a list beside the table: column → its heading
    joined: dict[tuple[int, str], Pieces] = field(default_factory=dict)  # (row, field) told in several cells
    asides: list[Aside] = field(default_factory=list)  # columns that are not the field their heading names
    cell_rows: dict[str, int] = field(default_factory=dict)  # of a card: field → the 0-based row of its cell
    found: list[Fault] = field(default_factory=list)  # what the habits of its rows have to say
    repaired: dict[tuple[int, str], Mended] = field(default_factory=dict)  # (row, field) → how its value was found
    around: set[str] = field(default_factory=set)  # fields without a column whose values stand around the rows
