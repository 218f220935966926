"""A template as it lies in its package: its sheets with their rows, cells, merged areas and texts, each with its place in the bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from dazoufang.model.cell_names import Area, address, area
from dazoufang.reading.sheet import MAX_COLUMNS, Sheet, Value
from dazoufang.reading.xlsx_sheet import unescaped
from dazoufang.reading.xlsx_styles import DATES, format_kind
from dazoufang.writing.answers.causes import position
from dazoufang.writing.answers.patch_package import PatchedParts, relation_id
from dazoufang.writing.answers.patch_styles import MAIN
from dazoufang.writing.answers.xml_bytes import Element, Unfamiliar, namespace, read

_LARGEST: Final = 16 * 2**20  # bytes of one sheet; a form with headings and a sample row has some thousands
_NUMBER: Final = re.compile(r"-?\d+")

Run = tuple[bytes, str]  # how a piece of a text looks (its rPr as it stands, b"" plain), and the piece


@dataclass(slots=True)
class RowXml:
    """One row as it stands: its element, and its cells by column."""

    element: Element
    cells: dict[int, Element] = field(default_factory=dict)


class BlankSheet:
    """One sheet part of a template. Rows and columns count from 0."""

    def __init__(self, name: str, visible: bool, part: str, data: bytes, strings: Strings) -> None:
        """Raises Unfamiliar for XML that is not that of a worksheet, or is far larger than any form."""
        if len(data) > _LARGEST:
            raise Unfamiliar("一张工作表太大，像是装了数据，不像空白的表样")
        self.name, self.visible, self.part, self.data = name, visible, part, data
        self.root = read(data)
        table = self.root.child("sheetData")
        if self.root.name != "worksheet" or namespace(self.root) != MAIN or table is None:
            raise Unfamiliar("worksheet")
        self.table: Element = table
        self._strings = strings
        self.rows: dict[int, RowXml] = dict(self._rows())

    def _rows(self) -> Iterator[tuple[int, RowXml]]:
        number = -1
        for element in self.table.all("row"):
            given = element.attributes.get("r", "")
            number = int(given) - 1 if given.isdecimal() else number + 1
            row, column = RowXml(element), -1
            for cell in element.all("c"):
                spot = position(cell.attributes.get("r", ""))
                column = spot[1] if spot else column + 1
                row.cells[column] = cell
            yield number, row

    @cached_property
    def merges(self) -> list[Area]:
        """The merged areas."""
        found = self.root.child("mergeCells")
        areas = (area(entry.attributes.get("ref", "")) for entry in (found.all("mergeCell") if found else ()))
        return [merged for merged in areas if merged is not None]

    def cell(self, row: int, column: int) -> Element | None:
        """A cell, where there is one."""
        there = self.rows.get(row)
        return there.cells.get(column) if there else None

    def anchor(self, row: int, column: int) -> Area:
        """The merged area that a cell lies in; of any other cell itself."""
        for found in self.merges:
            if found[0] <= row <= found[2] and found[1] <= column <= found[3]:
                return found
        return row, column, row, column

    def runs(self, cell: Element) -> list[Run]:
        """The text of a cell, in pieces that look alike; of a cell that holds no text none."""
        kind = cell.attributes.get("t", "n")
        shown = cell.child("v")
        if kind == "s" and shown is not None and shown.text.strip().isdecimal():
            return self._strings.runs(int(shown.text))
        if kind == "inlineStr" and (inline := cell.child("is")) is not None:
            return runs_of(self.data, inline)
        return [(b"", unescaped(shown.text))] if kind == "str" and shown is not None else []

    def text(self, row: int, column: int) -> str:
        """The text of a cell, "" where it holds none."""
        cell = self.cell(row, column)
        return "".join(text for _, text in self.runs(cell)) if cell is not None else ""

    def formula(self, row: int, column: int) -> str:
        """The formula of a cell, "" where it has none."""
        cell = self.cell(row, column)
        found = cell.child("f") if cell is not None else None
        return found.text if found is not None else ""

    def value(self, row: int, column: int) -> Value:
        """What a cell shows: a text or a number."""
        cell = self.cell(row, column)
        if cell is None:
            return None
        if text := self.text(row, column):
            return text
        shown = cell.child("v")
        if shown is None or cell.attributes.get("t", "n") not in ("n", "b"):
            return None
        return int(shown.text) if _NUMBER.fullmatch(shown.text) else _float(shown.text)

    @cached_property
    def sheet(self) -> Sheet:
        """The sheet as a delivered one is read, so that headings are found in it as in any other."""
        height = max((row for row in self.rows), default=-1) + 1
        rows: list[list[Value]] = [[] for _ in range(height)]
        for number, row in self.rows.items():
            columns = [column for column in row.cells if column < MAX_COLUMNS]
            line = [self.value(number, column) for column in range(max(columns, default=-1) + 1)]
            while line and line[-1] is None:
                line.pop()
            rows[number] = line
        while rows and not rows[-1]:
            rows.pop()
        hidden = frozenset(
            column
            for first, last, about in self._styled_columns
            if about.get("hidden") in ("1", "true")
            for column in range(first, min(last + 1, MAX_COLUMNS))
        )
        return Sheet(self.name, self.visible, rows, self.merges, hidden_columns=hidden)

    @cached_property
    def _styled_columns(self) -> list[tuple[int, int, dict[str, str]]]:
        found = self.root.child("cols")
        cols = found.all("col") if found else []
        return [
            (int(col.attributes.get("min", 1)) - 1, int(col.attributes.get("max", 1)) - 1, col.attributes)
            for col in cols
        ]

    def _of_column(self, column: int) -> dict[str, str]:
        return next((about for first, last, about in self._styled_columns if first <= column <= last), {})

    def width(self, first: int, last: int) -> float:
        """The width of columns together, in characters."""
        default = self.root.child("sheetFormatPr")
        usual = float(default.attributes.get("defaultColWidth", 8.43)) if default else 8.43
        return sum(float(self._of_column(column).get("width", usual)) for column in range(first, last + 1))

    def height(self, row: int) -> float:
        """The height of a row, in points."""
        there = self.rows.get(row)
        if there is not None and "ht" in there.element.attributes:
            return float(there.element.attributes["ht"])
        default = self.root.child("sheetFormatPr")
        return float(default.attributes.get("defaultRowHeight", 15)) if default else 15.0

    def style(self, row: int, column: int) -> int:
        """The style of a cell, whether or not it is there."""
        there = self.rows.get(row)
        if there is not None and column in there.cells:
            return int(there.cells[column].attributes.get("s", 0))
        if there is not None and "s" in there.element.attributes:
            return int(there.element.attributes["s"])
        return int(self._of_column(column).get("style", 0))

    def where(self, row: int, column: int) -> str:
        """「表」C5, for people."""
        return f"「{self.name}」表 {address(row, column)}"


class Strings:
    """The shared texts of a template."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._entries = read(data).all("si") if data else []

    def runs(self, number: int) -> list[Run]:
        """The pieces of one text."""
        return runs_of(self._data, self._entries[number]) if number < len(self._entries) else []


def runs_of(data: bytes, parent: Element) -> list[Run]:
    """The pieces of a text: <t> alone, or <r> with <rPr> and <t>; phonetic guides are no text."""
    if plain := parent.all("t"):
        return [(b"", unescaped("".join(piece.text for piece in plain)))]
    found: list[Run] = []
    for run in parent.all("r"):
        look = run.child("rPr")
        shown = data[look.start : look.end] if look is not None else b""
        found.append((shown, unescaped("".join(piece.text for piece in run.all("t")))))
    return found


class Looks:
    """What the styles say of cells, as far as filling needs it."""

    def __init__(self, data: bytes) -> None:
        root = read(data) if data else None
        formats = root.child("numFmts") if root else None
        self._codes = {
            int(entry.attributes.get("numFmtId", 0)): entry.attributes.get("formatCode", "")
            for entry in (formats.all("numFmt") if formats else ())
        }
        fonts, xfs, borders = (root.child(name) if root else None for name in ("fonts", "cellXfs", "borders"))
        self._sizes = [_size(font) for font in (fonts.all("font") if fonts else ())]
        self._xfs = xfs.all("xf") if xfs else []
        self._lined = [
            any(side.attributes.get("style") for side in border.children)
            for border in (borders.all("border") if borders else ())
        ]

    def _of(self, style: int) -> dict[str, str]:
        return self._xfs[style].attributes if 0 <= style < len(self._xfs) else {}

    def shows_days(self, style: int) -> bool:
        """Whether a number in such a cell is shown as a day."""
        number = int(self._of(style).get("numFmtId", 0))
        return format_kind(self._codes[number]) == "date" if number in self._codes else number in DATES

    def shows_percent(self, style: int) -> bool:
        """Whether 0.4 in such a cell is shown as 40%."""
        number = int(self._of(style).get("numFmtId", 0))
        return "%" in self._codes.get(number, "%" if number in (9, 10) else "")

    def wraps(self, style: int) -> bool:
        """Whether a long text goes on in a second line."""
        if not 0 <= style < len(self._xfs):
            return False
        alignment = self._xfs[style].child("alignment")
        return alignment is not None and alignment.attributes.get("wrapText") in ("1", "true")

    def size(self, style: int) -> float:
        """The size of the letters, in points."""
        font = int(self._of(style).get("fontId", 0))
        return self._sizes[font] if font < len(self._sizes) else 11.0

    def has_lines(self, style: int) -> bool:
        """Whether there are lines around such a cell."""
        border = int(self._of(style).get("borderId", 0))
        return border < len(self._lined) and self._lined[border]


def _size(font: Element) -> float:
    found = font.child("sz")
    return float(found.attributes.get("val", 11)) if found is not None else 11.0


class BlankBook:
    """A template, opened: its package and its worksheets in the order of the tabs."""

    def __init__(self, data: bytes) -> None:
        """Raises Unreadable or Unfamiliar where it is no workbook that can be filled."""
        self.package = PatchedParts(data)
        relations = self.package.relations("")
        self.part = next((relation.target for relation in relations.values() if relation.kind == "officeDocument"), "")
        self.root = read(self.package.read(self.part))
        if self.root.name != "workbook" or namespace(self.root) != MAIN:
            raise Unfamiliar("workbook")
        related = self.package.relations(self.part)
        self.styles_part = next((found.target for found in related.values() if found.kind == "styles"), "")
        texts = next((found.target for found in related.values() if found.kind == "sharedStrings"), "")
        strings = Strings(self.package.read(texts) if texts in self.package else b"")
        self.looks = Looks(self.package.read(self.styles_part) if self.styles_part in self.package else b"")
        about = self.root.child("workbookPr")
        self.from_1904 = about is not None and about.attributes.get("date1904") in ("1", "true")
        listed = self.root.child("sheets")
        self.tabs: list[str] = []  # the names of all sheets, also of those that hold no cells
        self.sheets: list[BlankSheet] = []
        for tab in listed.all("sheet") if listed else ():
            name, relation = tab.attributes.get("name", ""), related.get(relation_id(tab))
            self.tabs.append(name)
            if relation is not None and relation.kind == "worksheet" and relation.target in self.package:
                visible = tab.attributes.get("state", "visible") == "visible"
                part = self.package.read(relation.target)
                self.sheets.append(BlankSheet(name, visible, relation.target, part, strings))


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
