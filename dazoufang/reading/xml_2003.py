"""Reads XML spreadsheets of Excel 2003 (SpreadsheetML), which WPS and Excel still write and open, in one pass."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from dazoufang.model import faults
from dazoufang.model.cell_names import Area
from dazoufang.reading.sheet import MAX_COLUMNS, CellError, Grid, Sheet, TooFar, Uncalculated, Unreadable, Value, tidy
from dazoufang.reading.zip_parts import local, parse, parser

_FIRST_DAY: Final = datetime(1900, 1, 1)  # what lies before it is an hour of the day, counted from 1899-12-31


def read_xml_2003(data: bytes) -> list[Sheet]:
    """The worksheets in order; `data` is UTF-8. Raises Unreadable F04 (broken XML, an entity bomb, no sheet)."""
    reader = _Reader()
    handlers = parser()
    handlers.StartElementHandler = reader.start
    handlers.EndElementHandler = reader.end
    handlers.CharacterDataHandler = reader.text
    try:
        parse(handlers, data, "Workbook")
    except (ValueError, OverflowError) as error:
        raise Unreadable("F04", f"XML表格第{reader.row}行附近的写法不合规范") from error
    if not reader.sheets:
        raise Unreadable("F04", "里面一张工作表也没有")
    return reader.sheets


class _Reader:
    """The handlers of the pass; rows and columns count from 1, as the file counts them."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self.row = self._column = 0
        self._name = ""
        self._visible = True
        self._grid = Grid()
        self._merges: list[Area] = []
        self._too_far: TooFar | None = None
        self._across = 0
        self._formula = ""
        self._kind = ""
        self._pieces: list[str] | None = None
        self._comment = False
        self._span = 0
        self._hidden: set[int] = set()  # columns, from 0
        self._next = 0  # the column that the next element about one speaks of, from 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """A start tag; prefixes differ between writers and say nothing."""
        name, given = local(tag), {local(key): value for key, value in attributes.items()}
        if name == "Worksheet":
            self._name, self._visible, self.row, self._span = given.get("Name", ""), True, 0, 0
            self._grid, self._merges, self._too_far = Grid(), [], None
            self._hidden, self._next = set(), 0
        elif name == "Column":
            first = int(given.get("Index", self._next + 1)) - 1
            self._next = first + int(given.get("Span", 0)) + 1
            if given.get("Hidden") == "1" or given.get("Width") == "0":
                self._hidden.update(range(first, min(self._next, MAX_COLUMNS)))
        elif name == "Row":
            self.row = int(given.get("Index", self.row + self._span + 1))
            self._span = int(given.get("Span", 0))
            self._column = self._across = 0
        elif name == "Cell":
            self._column = int(given.get("Index", self._column + self._across + 1))
            self._across = int(given.get("MergeAcross", 0))
            down = int(given.get("MergeDown", 0))
            self._formula, self._kind = given.get("Formula", ""), ""
            if min(self.row, self._column) < 1 or min(self._across, down) < 0:
                raise ValueError(name)
            if self._across or down:
                top, left = self.row - 1, self._column - 1
                self._merges.append((top, left, top + down, left + self._across))
        elif name == "Comment":
            self._comment = True
        elif name == "Data" and not self._comment:
            self._kind, self._pieces = given.get("Type", "String"), []
        elif name == "Visible":
            self._pieces = []

    def text(self, data: str) -> None:
        """Characters, of a cell or of an option."""
        if self._pieces is not None:
            self._pieces.append(data)

    def end(self, tag: str) -> None:
        """An end tag."""
        name = local(tag)
        if name == "Data" and self._pieces is not None and not self._comment:
            self._put(_value(self._kind, "".join(self._pieces)))
            self._pieces = None
        elif name == "Comment":
            self._comment = False
        elif name == "Cell" and self._formula and not self._kind:
            self._put(Uncalculated(self._formula))
        elif name == "Visible" and self._pieces is not None:
            self._visible = "".join(self._pieces).strip() not in ("SheetHidden", "SheetVeryHidden")
            self._pieces = None
        elif name == "Worksheet":
            self._finish()

    def _put(self, value: Value) -> None:
        try:
            self._grid.put(self.row - 1, self._column - 1, value)
        except TooFar as error:
            self._too_far = self._too_far or error

    def _finish(self) -> None:
        if self._too_far:
            fault = faults.make("S05", sheet=self._name, what=self._too_far.reason)
            self.sheets.append(Sheet(self._name, self._visible, [], [], fault))
        else:
            hidden = frozenset(self._hidden)
            self.sheets.append(Sheet(self._name, self._visible, self._grid.rows, self._merges, hidden_columns=hidden))


def _value(kind: str, text: str) -> Value:
    """The value of a <Data> element; a number or day that is none raises ValueError."""
    if kind == "Number":
        return tidy(float(text)) if text.strip() else None
    if kind == "DateTime":
        moment = datetime.fromisoformat(text.strip())
        return moment.time() if moment < _FIRST_DAY else tidy(moment)
    if kind == "Boolean":
        return text.strip() == "1"
    if kind == "Error":
        return CellError(text.strip() or "#ERROR")
    return text or None
