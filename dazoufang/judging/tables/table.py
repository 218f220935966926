"""One table as it stands in a sheet: what is found in it before anything is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dazoufang.judging.tables.origins import HOW_MERGED, Origins, Place
from dazoufang.judging.tables.whose_column import Aside
from dazoufang.judging.which_form import Match
from dazoufang.model.cell_names import address
from dazoufang.model.faults import Fault
from dazoufang.reading.sheet import Value


@dataclass(slots=True)
class Table:
    """One table as it stands in a sheet. Rows are (row number as Excel shows it, cells by field)."""

    sheet: str
    match: Match
    heading_row: int  # the last row of the heading, as Excel shows it
    headings: dict[int, str]  # 0-based column → heading as written
    meta: dict[str, str]
    rows: list[tuple[int, dict[str, Value]]] = field(default_factory=list)
    origins: Origins = field(default_factory=dict)  # how those values were found that nobody typed into their cells
    skipped: list[tuple[int, str]] = field(default_factory=list)  # rows left out that one might miss: (row, what it is)
    nameless: set[int] = field(default_factory=set)  # columns that hold something and have no heading
    texts: dict[int, str] = field(default_factory=dict)  # columns no field has, with the first text that stands there
    masked: str = ""  # the cell over the table that says personal data were taken from it: it is no delivery
    apart: dict[int, str] = field(default_factory=dict)  # columns of a list beside the table: column → its heading
    asides: list[Aside] = field(default_factory=list)  # columns that are not the field their heading names
    cell_rows: dict[str, int] = field(default_factory=dict)  # of a card: field → the 0-based row of its cell
    found: list[Fault] = field(default_factory=list)  # what the habits of its rows have to say
    nothing_above: set[tuple[int, str]] = field(default_factory=set)  # cells whose 同上 stands below an empty one
    left: int = 0  # its first column, from 0, where another table stands to its left
    doubled: tuple[str, ...] = ()  # required fields that have two columns each, as if two tables stood side by side
    around: set[str] = field(default_factory=set)  # fields without a column whose values stand around the rows

    def typed(self, row_no: int, name: str) -> bool:
        """Whether the value of a field was typed into its row, in whatever cells: no merged cell above and nothing that
        stands around the rows tells it."""
        origin = self.origins.get((row_no, name))
        return origin is None or any(row == row_no - 1 for row, _ in origin.places)

    def cell(self, row_no: int, name: str) -> str:
        """The cell that an answer marks for a field of a row (D5): one of the row where it has any; "" there is none."""
        places = self.places(row_no, name)
        in_row = [place for place in places if place[0] == row_no - 1]
        own = in_row[:1] or self._own(row_no, name) or places[:1]
        return address(*own[0]) if own else ""

    def places(self, row_no: int, name: str) -> Sequence[Place]:
        """The cells in which the value of a field of a row stands, from 0; of a merged area the row's own one."""
        origin = self.origins.get((row_no, name))
        return self._own(row_no, name) if origin is None or origin.how == HOW_MERGED else origin.places

    def _own(self, row_no: int, name: str) -> list[Place]:
        """The cell of a row in the column of a field, if it has one."""
        column = self.match.columns.get(name)
        return [] if column is None else [(self.cell_rows.get(name, row_no - 1), column)]

    def elsewhere(self) -> dict[int, dict[str, str]]:
        """By row, the fields whose values stand in another cell than that of their row and column: field → that cell,
        "" where they stand in the name of the sheet."""
        found: dict[int, dict[str, str]] = {}
        for (row_no, name), origin in self.origins.items():
            if origin.how == HOW_MERGED or (origin.places and [origin.places[0]] == self._own(row_no, name)):
                continue
            found.setdefault(row_no, {})[name] = address(*origin.places[0]) if origin.places else ""
        return found
