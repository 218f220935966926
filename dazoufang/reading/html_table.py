"""Reads the tables of a web page saved as .xls (as county web systems export them) into one sheet, as Excel shows it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from dazoufang.model import faults
from dazoufang.model.cell_names import Area
from dazoufang.reading.csv_text import typed
from dazoufang.reading.sheet import MAX_COLUMNS, MAX_ROWS, Grid, Sheet, TooFar, Unreadable

_SILENT: Final = frozenset({"script", "style", "title", "select", "xml"})
_BLOCKS: Final = frozenset({"p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "caption", "hr", "form", "body"})
_SPACES: Final = re.compile(r"[ \t\r\n\f]+")
MAX_DEPTH: Final = 50  # tables within tables


def read_html(text: str, name: str) -> Sheet:
    """The tables of a web page, one below the other, with the text between them; a table within a table comes before the
    rest of the outer one. Every cell is text, decimals with one place but for. Raises Unreadable F03 (no table)."""
    reader = _Reader()
    try:
        reader.feed(text)
        reader.close()
        reader.finish()
    except AssertionError as error:  # html.parser's word for a declaration it cannot read
        raise Unreadable("F04", "网页（HTML）的标签写法已乱") from error
    except TooFar as error:
        return Sheet(name, True, [], [], faults.make("S05", sheet=name, what=error.reason))
    if not reader.tables:
        raise Unreadable("F03", "网页（HTML），里面没有表格")
    return Sheet(name, True, reader.grid.rows, reader.merges)


@dataclass(slots=True)
class _Table:
    """A table being read: its cells so far as (row, column, down, across, text), and the columns that cells above still
    cover: column → last row."""

    cells: list[tuple[int, int, int, int, str]] = field(default_factory=list)
    row: int = -1
    column: int = 0
    covered: dict[int, int] = field(default_factory=dict)
    span: tuple[int, int] = (1, 1)
    pieces: list[str] | None = None

    def open_row(self) -> None:
        self.close_cell()
        self.row += 1
        self.column = 0
        self.covered = {column: until for column, until in self.covered.items() if until >= self.row}

    def open_cell(self, down: int, across: int) -> None:
        self.close_cell()
        if self.row < 0:
            self.open_row()
        while self.column in self.covered:
            self.column += 1
        if self.column >= MAX_COLUMNS:
            raise TooFar(self.row, self.column)
        self.span, self.pieces = (down, across), []

    def close_cell(self) -> None:
        if self.pieces is None:
            return
        down, across = self.span
        self.cells.append((self.row, self.column, down, across, _shown(self.pieces)))
        if down > 1:
            self.covered.update(dict.fromkeys(range(self.column, self.column + across), self.row + down - 1))
        self.column += across
        self.pieces = None


class _Reader(HTMLParser):
    """One pass over a web page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.grid = Grid()
        self.merges: list[Area] = []
        self.tables = 0
        self._height = 0
        self._open: list[_Table] = []
        self._silent = 0
        self._loose: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        table = self._open[-1] if self._open else None
        if tag in _SILENT:
            self._silent += 1
        elif tag == "table":
            self._lay_loose()
            if len(self._open) >= MAX_DEPTH:
                raise Unreadable("F04", f"网页里的表格套了{MAX_DEPTH}层以上")
            self._open.append(_Table())
            self.tables += 1
        elif tag == "br":
            self.handle_break()
        elif tag in _BLOCKS:
            self.handle_break() if table else self._lay_loose()
        elif table and tag == "tr":
            table.open_row()
        elif table and tag in ("td", "th"):
            given = dict(attrs)
            table.open_cell(_count(given.get("rowspan"), MAX_ROWS), _count(given.get("colspan"), MAX_COLUMNS))

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif not self._open:
            if tag in _BLOCKS:
                self._lay_loose()
        elif tag == "table":
            self._lay(self._open.pop())
        elif tag in ("td", "th", "tr"):
            self._open[-1].close_cell()
        elif tag in _BLOCKS:
            self.handle_break()

    def handle_data(self, data: str) -> None:
        pieces = self._open[-1].pieces if self._open else self._loose
        if pieces is not None and not self._silent:
            pieces.append(_SPACES.sub(" ", data))

    def handle_break(self) -> None:
        """A line ends here, in a cell or outside of one."""
        pieces = self._open[-1].pieces if self._open else self._loose
        if pieces is not None:
            pieces.append("\n")

    def finish(self) -> None:
        """Lay down what the page left open."""
        while self._open:
            self._lay(self._open.pop())
        self._lay_loose()

    def _lay(self, table: _Table) -> None:
        table.close_cell()
        for row, column, down, across, text in table.cells:
            top = self._height + row
            self.grid.put(top, column, typed(text))
            if down > 1 or across > 1:
                bottom = min(top + down - 1, self._height + table.row)
                self.merges.append((top, column, bottom, column + across - 1))
        self._height += table.row + 1

    def _lay_loose(self) -> None:
        for line in _shown(self._loose).splitlines():
            self.grid.put(self._height, 0, line)
            self._height += 1
        self._loose = []


def _shown(pieces: list[str]) -> str:
    """The text as a browser shows it: runs of spaces are one, lines without outer spaces or empty ends."""
    return "\n".join(_SPACES.sub(" ", line).strip() for line in "".join(pieces).split("\n")).strip()


def _count(value: str | None, most: int) -> int:
    """A rowspan or colspan: what is no number, or 0, is 1."""
    digits = (value or "").strip()
    return max(1, min(int(digits), most)) if digits.isdecimal() and len(digits) < 10 else 1
