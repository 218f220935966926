"""Reads .ods workbooks in one streaming pass over content.xml: values, error cells, spans and repeats."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from dazoufang.model import faults
from dazoufang.model.cell_names import Area
from dazoufang.reading.number_formats import shown_in_words
from dazoufang.reading.sheet import (
    MAX_COLUMNS,
    MAX_ROWS,
    CellError,
    Grid,
    HalfStruck,
    Sheet,
    TooFar,
    Uncalculated,
    Unreadable,
    Value,
    tidy,
)
from dazoufang.reading.zip_parts import ZipParts, local, parse, parser

_ERROR: Final = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!)|(?:Err|错误|错误值):\d{3}")
_DURATION: Final = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?")


def read_ods(package: ZipParts) -> list[Sheet]:
    """The sheets of an .ods package in order. Raises Unreadable (F02 encrypted, F04 damaged)."""
    if "META-INF/manifest.xml" in package:
        manifest = package.read("META-INF/manifest.xml")
        if b"encryption-data" in manifest or b"encrypted-key" in manifest:
            raise Unreadable("F02")
    if "content.xml" not in package and "encrypted-package" in package:
        raise Unreadable("F02")
    return read_fods(package.read("content.xml"))


def read_fods(data: bytes) -> list[Sheet]:
    """The sheets of a flat document (or of a package's content.xml) in order. Raises Unreadable F04."""
    reader = _ContentReader()
    reader.read(data)
    if not reader.sheets:
        raise Unreadable("F04", "里面一张工作表也没有")
    return reader.sheets


class _ContentReader:
    """The handlers of the pass. A cell's text is the paragraphs of the cell itself, not of its comment."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self._hidden: set[str] = set()
        self._style = ""
        self._tables = 0
        self._aside = 0
        self._table: dict[str, str] = {}
        self._grid = Grid()
        self._merges: list[Area] = []
        self._too_far: TooFar | None = None
        self._row = self._row_repeat = self._column = 0
        self._line: list[tuple[int, int, Value, bool]] = []
        self._cell: dict[str, str] | None = None
        self._paragraphs: list[list[str]] = []
        self._crossing: set[str] = set()  # the styles that cross out
        self._crossed_columns: set[int] = set()
        self._struck: set[tuple[int, int]] = set()
        self._unseen: set[int] = set()  # columns
        self._spans: list[bool] = []  # whether each open span of text is crossed out
        self._kept: list[str] = []  # what of the cell's text is not crossed out span by span
        self._lost: list[str] = []  # what is

    def read(self, data: bytes) -> None:
        reader = parser()
        reader.StartElementHandler = self._start
        reader.EndElementHandler = self._end
        reader.CharacterDataHandler = self._characters
        try:
            parse(reader, data, "content.xml")
        except (ValueError, OverflowError) as error:
            raise Unreadable("F04", "内部部件 content.xml 的写法不合规范") from error

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._aside or tag in ("office:annotation", "draw:frame", "draw:g", "table:shapes", "table:tracked-changes"):
            self._aside += 1
        elif tag == "style:style":
            self._style = attributes.get("style:name", "")
        elif tag == "style:table-properties":
            if attributes.get("table:display") == "false":
                self._hidden.add(self._style)
        elif tag == "style:text-properties":
            if attributes.get("style:text-line-through-style", "none") != "none":
                self._crossing.add(self._style)
        elif tag == "table:table":
            self._tables += 1
            if self._tables == 1:
                self._table = attributes
                self._grid, self._merges, self._too_far = Grid(), [], None
                self._row = self._column = 0
                self._crossed_columns, self._struck, self._unseen = set(), set(), set()
        elif self._tables != 1:
            return
        elif tag == "table:table-column":
            repeat = min(int(attributes.get("table:number-columns-repeated", "1")), MAX_COLUMNS)
            if attributes.get("table:default-cell-style-name") in self._crossing:
                self._crossed_columns.update(range(self._column, self._column + repeat))
            if attributes.get("table:visibility", "visible") != "visible":  # collapsed or filtered
                self._unseen.update(range(self._column, min(self._column + repeat, MAX_COLUMNS)))
            self._column += repeat
        elif tag == "table:table-row":
            self._row_repeat = int(attributes.get("table:number-rows-repeated", "1"))
            self._column, self._line = 0, []
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._cell, self._paragraphs = attributes, []
            self._spans, self._kept, self._lost = [], [], []
        elif self._cell is not None:
            self._text_start(tag, attributes)

    def _text_start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "p" or name == "h":
            self._paragraphs.append([])
        elif self._paragraphs and name in ("s", "tab", "line-break"):
            count = min(int(attributes.get("text:c", "1")), 32_767) if name == "s" else 1
            self._paragraphs[-1].append({"s": " ", "tab": "\t", "line-break": "\n"}[name] * count)
        elif name == "span":
            self._spans.append(attributes.get("text:style-name") in self._crossing)
        elif name in ("ruby-text",):
            self._aside += 1

    def _characters(self, data: str) -> None:
        if self._cell is not None and self._paragraphs and not self._aside:
            self._paragraphs[-1].append(data)
            (self._lost if any(self._spans) else self._kept).append(data)

    def _end(self, tag: str) -> None:
        if self._aside:
            self._aside -= 1
        elif tag == "text:span" and self._spans:
            self._spans.pop()
        elif tag == "table:table":
            if self._tables == 1:
                self._finish()
            self._tables -= 1
        elif self._tables != 1:
            return
        elif tag in ("table:table-cell", "table:covered-table-cell") and self._cell is not None:
            self._end_cell(self._cell, covered=tag != "table:table-cell")
        elif tag == "table:table-row":
            self._end_row()

    def _end_cell(self, cell: dict[str, str], *, covered: bool) -> None:
        repeat = int(cell.get("table:number-columns-repeated", "1"))
        if not covered:
            value = _value(cell, "\n".join("".join(pieces) for pieces in self._paragraphs))
            if value is not None and value != "":
                kept, lost = "".join(self._kept), "".join(self._lost).strip()
                if lost and kept.strip() and isinstance(value, str):
                    value = HalfStruck(value, kept)
                struck = self._is_crossed(cell) or bool(lost and not kept.strip())
                self._line.append((self._column, repeat, value, struck))
        down = int(cell.get("table:number-rows-spanned", "1"))
        across = int(cell.get("table:number-columns-spanned", "1"))
        if down > 1 or across > 1:
            self._merges.append((self._row, self._column, self._row + down - 1, self._column + across - 1))
        self._column += repeat
        self._cell = None

    def _is_crossed(self, cell: dict[str, str]) -> bool:
        own = cell.get("table:style-name")
        return own in self._crossing if own else self._column in self._crossed_columns

    def _end_row(self) -> None:
        # A value repeated past the sheet's own end is the filling of a whole column: the bounds refuse it.
        try:
            for column, repeat, value, struck in self._line:
                for row in range(self._row, min(self._row + self._row_repeat, MAX_ROWS + 1)):
                    for place in range(column, min(column + repeat, MAX_COLUMNS + 1)):
                        self._grid.put(row, place, value)
                        if struck:
                            self._struck.add((row, place))
        except TooFar as error:
            self._too_far = self._too_far or error
        self._row += self._row_repeat

    def _finish(self) -> None:
        name = self._table.get("table:name", "")
        visible = self._table.get("table:style-name", "") not in self._hidden
        if self._too_far:
            fault = faults.make("S05", sheet=name, what=self._too_far.reason)
            self.sheets.append(Sheet(name, visible, [], [], fault))
        else:
            struck, unseen = frozenset(self._struck), frozenset(self._unseen)
            self.sheets.append(
                Sheet(name, visible, self._grid.rows, self._merges, struck=struck, hidden_columns=unseen)
            )


def _value(cell: dict[str, str], text: str) -> Value:
    """The value of a table-cell element with its attributes and shown text."""
    kind = cell.get("calcext:value-type") or cell.get("office:value-type", "")
    formula = cell.get("table:formula")
    if kind == "error" or (formula and _ERROR.fullmatch(text.strip())):
        return CellError(text.strip() or "#ERROR")
    kind = cell.get("office:value-type", kind)
    if kind in ("float", "percentage", "currency"):
        if "office:value" not in cell:
            return text or None
        number = tidy(float(cell["office:value"]))
        return shown_in_words(text, number) if isinstance(number, int | float) else number
    if kind == "date":
        return _date(cell.get("office:date-value", text))
    if kind == "time":
        return _duration(cell.get("office:time-value", text))
    if kind == "boolean":
        return cell.get("office:boolean-value", "false") == "true"
    if kind == "string":
        return text or cell.get("office:string-value") or None
    if formula and not text:
        return Uncalculated("=" + formula.partition("=")[2])
    return text or None


def _date(value: str) -> Value:
    try:
        return tidy(datetime.fromisoformat(value.removesuffix("Z")[:26]))
    except ValueError:
        return value or None


def _duration(value: str) -> Value:
    """'PT14H30M00S' as a time of day; a day or more, or less than nothing, as a timedelta."""
    match = _DURATION.fullmatch(value)
    if match is None:
        return value or None
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups()[1:])
    span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if match[1]:
        return -span
    return (datetime(2000, 1, 1) + span).time() if span < timedelta(days=1) else span
