"""One worksheet part: fills put on its cells, and a drawing linked to it, with every other byte kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final
from xml.parsers import expat

from dazoufang.model.cell_names import address
from dazoufang.writing.answers.causes import position
from dazoufang.writing.answers.patch_layout import Layout
from dazoufang.writing.answers.patch_package import RELATIONS, relation_id
from dazoufang.writing.answers.patch_styles import MAIN, Styles
from dazoufang.writing.answers.xml_bytes import (
    Edits,
    Element,
    Unfamiliar,
    close,
    content,
    head_of,
    head_with,
    namespace,
    quoted,
    split,
)

_AREA: Final = re.compile(r"([A-Z]+[0-9]+)(?::([A-Z]+[0-9]+))?")
_SELECTED: Final = re.compile(rb'\stabSelected\s*=\s*["\'](?:1|true)["\']')
# What may stand behind <legacyDrawing> in a worksheet, by the order of the schema.
_BEHIND: Final = frozenset(
    {"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"}
    | {"AlternateContent"}
)


def unselected(data: bytes) -> bytes:
    """The part as a sheet that is not selected: two selected sheets are a group, where what is typed goes into both."""
    at = data.find(b"sheetData")
    head, rest = (data[:at], data[at:]) if at >= 0 else (data, b"")
    return _SELECTED.sub(b"", head) + rest


class SheetPart:
    """A worksheet part, read once; of its rows (0-based) those asked for are kept, with their cells."""

    def __init__(self, data: bytes, rows: Iterable[int]) -> None:
        """Raises Unfamiliar for XML that is not that of a plain worksheet."""
        self._data = data
        self._edits = Edits(data)
        self._wanted = sorted(set(rows))
        self._rows: dict[int, Element] = {}
        self._cells: dict[int, list[tuple[int, Element]]] = {}
        self._before: dict[int, int] = {}  # rows that are not there: the byte before which they belong
        self._sections: list[Element] = []
        self._styled_columns: list[tuple[int, int, int]] = []
        self._columns: list[Element] = []
        self._root: Element | None = None
        self.layout = Layout()
        self._scan()

    # -- reading ---------------------------------------------------------------------------------------------

    def _scan(self) -> None:
        """Read the part: sections, columns, sizes, and the rows asked for.

        Raises:
            Unfamiliar: it is no plain worksheet.
        """
        data, wanted = self._data, set(self._wanted)
        pending = list(self._wanted)
        parser = expat.ParserCreate()
        depth, row_no, column = 0, -1, -1
        row: Element | None = None
        cell: Element | None = None
        open_section: Element | None = None

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal depth, row_no, column, row, cell, open_section
            depth += 1
            if depth == 3 and open_section is not None and open_section.name == "sheetData":
                given = attributes.get("r")
                number = int(given) - 1 if given else row_no + 1
                if number <= row_no:
                    raise Unfamiliar("行序")
                row_no, column = number, -1
                self._note_height(row_no, attributes)
                while pending and pending[0] <= row_no:
                    missing = pending.pop(0)
                    if missing < row_no:
                        self._before[missing] = parser.CurrentByteIndex
                if row_no in wanted:
                    row = self._element(name, attributes, parser.CurrentByteIndex)
                    self._rows[row_no], self._cells[row_no] = row, []
                return
            if depth == 4 and row is not None:
                local = split(name)[1]
                if local != "c":
                    return
                spot = position(attributes.get("r", ""))
                column = spot[1] if spot else column + 1
                cell = self._element(name, attributes, parser.CurrentByteIndex)
                self._cells[row_no].append((column, cell))
            elif depth == 5 and cell is not None:
                if split(name)[1] in ("v", "is", "f"):
                    cell.text = "filled"
            elif depth == 2:
                open_section = self._element(name, attributes, parser.CurrentByteIndex)
                self._sections.append(open_section)
                if open_section.name == "sheetFormatPr":
                    self._note_defaults(attributes)
            elif depth == 3 and split(name)[1] == "col":
                self._columns.append(self._element(name, attributes, parser.CurrentByteIndex))
                self._note_column(attributes)
            elif depth == 1:
                self._root = self._element(name, attributes, parser.CurrentByteIndex)

        def end(_: str) -> None:
            nonlocal depth, row, cell, open_section
            at = parser.CurrentByteIndex
            if depth == 4 and cell is not None:
                close(data, cell, at)
                cell = None
            elif depth == 3 and row is not None:
                close(data, row, at)
                row = None
            elif depth == 2 and open_section is not None:
                close(data, open_section, at)
                open_section = None
            elif depth == 1 and self._root is not None:
                close(data, self._root, at)
            depth -= 1

        parser.StartElementHandler, parser.EndElementHandler = start, end
        try:
            parser.Parse(data, True)
        except (expat.ExpatError, ValueError) as error:
            raise Unfamiliar(str(error)) from error
        root = self._root
        if root is None or root.name != "worksheet" or self.section("sheetData") is None:
            raise Unfamiliar("worksheet")
        if namespace(root) != MAIN:
            raise Unfamiliar("worksheet")

    def _element(self, name: str, attributes: dict[str, str], at: int) -> Element:
        element = Element(*split(name), attributes, at, head_of(self._data, at))
        element.empty = self._data[element.head - 2] == 0x2F
        return element

    def section(self, name: str) -> Element | None:
        """A part of the worksheet by its local name (autoFilter), without its children; None where it has none."""
        return next((section for section in self._sections if section.name == name), None)

    def _note_height(self, row_no: int, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in ("1", "true"):
            self.layout.rows[row_no] = 0
        elif "ht" in attributes:
            self.layout.rows[row_no] = float(attributes["ht"]) * 96 / 72

    def _note_defaults(self, attributes: dict[str, str]) -> None:
        if "defaultColWidth" in attributes:
            self.layout.column = float(attributes["defaultColWidth"]) * 7 + 5
        if "defaultRowHeight" in attributes:
            self.layout.row = float(attributes["defaultRowHeight"]) * 96 / 72

    def _note_column(self, attributes: dict[str, str]) -> None:
        first, last = int(attributes.get("min", 1)) - 1, int(attributes.get("max", 1)) - 1
        width = float(attributes["width"]) * 7 + 5 if "width" in attributes else self.layout.column
        self.layout.columns.append((first, last, 0 if attributes.get("hidden") in ("1", "true") else width))
        if "style" in attributes:
            self._styled_columns.append((first, last, int(attributes["style"])))

    # -- changing --------------------------------------------------------------------------------------------

    def filled(self, row: int) -> list[int]:
        """The columns of a row (of those asked for) whose cells hold something."""
        return [column for column, cell in self._cells.get(row, ()) if cell.text]

    def cells(self, row: int) -> list[tuple[int, Element]]:
        """The cells of a row (of those asked for) with their columns."""
        return self._cells.get(row, [])

    def row(self, row: int) -> Element | None:
        """A row of those asked for; None where it is not there."""
        return self._rows.get(row)

    def style(self, row: int, column: int) -> int:
        """The style of a cell of a row asked for."""
        there = next((cell for at, cell in self._cells.get(row, ()) if at == column), None)
        return int(there.attributes.get("s", 0)) if there else self._style_of_none(row, column)

    @property
    def is_protected(self) -> bool:
        """Whether their own protection forbids to change locked cells."""
        section = self.section("sheetProtection")
        return section is not None and section.attributes.get("sheet") in ("1", "true")

    def paint(
        self,
        cells: dict[tuple[int, int], str],
        styles: Styles,
        new: Mapping[tuple[int, int], tuple[int, str | None]] | None = None,
        rows: Mapping[int, Mapping[str, str | None]] | None = None,
    ) -> None:
        """Fill cells: (row, column) → level; and write `new` ones: style and text ("" keeps what it holds, None empties it).
        Cells and rows that are not there are made. rows: attributes of rows that are there. To be called once."""
        by_row: dict[int, dict[int, tuple[int, str | None]]] = {row: {} for row in rows or {}}
        for (row, column), level in cells.items():
            by_row.setdefault(row, {})[column] = styles.over(self.style(row, column), level), ""
        for (row, column), given in (new or {}).items():
            by_row.setdefault(row, {})[column] = given
        sheet_data = self.section("sheetData")
        assert sheet_data is not None  # noqa: S101 - _scan has seen it
        late = b""
        for row in sorted(by_row):
            if row in self._rows:
                self._paint_row(row, by_row[row], (rows or {}).get(row, {}))
                continue
            if not by_row[row]:
                continue
            p = sheet_data.prefix
            made = b"".join(_cell(p, row, column, *given) for column, given in sorted(by_row[row].items()))
            written = f'<{p}row r="{row + 1}">'.encode() + made + f"</{p}row>".encode()
            if row in self._before:
                self._edits.insert(self._before[row], written)
            else:
                late += written
        if late:
            self._edits.append(sheet_data, late)
        self._stretch([(row, column) for row, given in by_row.items() for column in given])

    def _paint_row(
        self, row_no: int, wanted: dict[int, tuple[int, str | None]], attributes: Mapping[str, str | None]
    ) -> None:
        """Write the cells of a row that is there, as `paint` has them, and its attributes."""
        row, cells = self._rows[row_no], self._cells[row_no]
        there = dict(cells)
        late = b""
        for column, (style, text) in sorted(wanted.items()):
            if column in there:
                cell = there[column]
                if text != "":
                    self._edits.replace(cell.start, cell.end, _cell(row.prefix, row_no, column, style, text))
                else:
                    self._edits.replace(cell.start, cell.head, head_with(self._data, cell, s=str(style)))
                continue
            made = _cell(row.prefix, row_no, column, style, text)
            behind = next((cell.start for at, cell in cells if at > column), None)
            if behind is None:
                late += made
            else:
                self._edits.insert(behind, made)
        changes = {**attributes, "spans": None} if late and "spans" in row.attributes else attributes
        head = head_with(self._data, row, **changes) if changes else None
        if late:
            self._edits.append(row, late, head)
        elif head is not None:
            self._edits.replace(row.start, row.head, head)

    def _style_of_none(self, row_no: int, column: int) -> int:
        """The style of a cell that is not there: that of its row, else of its column."""
        row = self._rows.get(row_no)
        return int(row.attributes["s"]) if row is not None and "s" in row.attributes else self._column_style(column)

    def _stretch(self, spots: Sequence[tuple[int, int]]) -> None:
        """Make the sheet's own note of its used range include these cells: some readers read only that far."""
        section = self.section("dimension")
        area = _AREA.fullmatch(section.attributes.get("ref", "")) if section is not None else None
        first, last = (position(area[1]), position(area[2] or area[1])) if area else (None, None)
        if section is None or first is None or last is None or not spots:
            return
        all_of_it = [first, last, *spots]
        corners = [address(end(row for row, _ in all_of_it), end(at for _, at in all_of_it)) for end in (min, max)]
        self._edits.replace(section.start, section.head, head_with(self._data, section, ref=":".join(corners)))

    def widen(self, columns: Mapping[int, float]) -> None:
        """Make columns visible and at least so many characters wide. To be called once."""
        missing = dict(columns)
        for column, characters in columns.items():
            self.layout.columns.insert(0, (column, column, characters * 7 + 5))
        for col in self._columns:
            first, last = int(col.attributes.get("min", 1)) - 1, int(col.attributes.get("max", 1)) - 1
            hidden = col.attributes.get("hidden") in ("1", "true")
            wide = 0.0 if hidden else float(col.attributes.get("width", 0))
            inside = {at: missing.pop(at) for at in sorted(missing) if first <= at <= last}
            narrow = {at: characters for at, characters in inside.items() if wide < characters}
            if not narrow:
                continue
            if not col.empty:
                raise Unfamiliar("col")
            pieces, at = b"", first
            for column, characters in narrow.items():
                pieces += self._col_between(col, at, column - 1)
                pieces += self._col_between(col, column, column, width=f"{characters:g}", customWidth="1", hidden=None)
                at = column + 1
            self._edits.replace(col.start, col.head, pieces + self._col_between(col, at, last))
        self._add_columns(missing)

    def _col_between(self, col: Element, first: int, last: int, **changes: str | None) -> bytes:
        """What is said of columns, for some of them; nothing for none."""
        if first > last:
            return b""
        return head_with(self._data, col, min=str(first + 1), max=str(last + 1), **changes)

    def _add_columns(self, columns: Mapping[int, float]) -> None:
        """Say how wide columns are of which nothing was said."""
        section, sheet_data = self.section("cols"), self.section("sheetData")
        assert sheet_data is not None  # noqa: S101 - _scan has seen it
        p = sheet_data.prefix
        late = b""
        for column, characters in sorted(columns.items()):
            new = f'<{p}col min="{column + 1}" max="{column + 1}" width="{characters:g}" customWidth="1"/>'.encode()
            behind = next((col.start for col in self._columns if int(col.attributes.get("min", 1)) > column + 1), None)
            if behind is not None:
                self._edits.insert(behind, new)
            else:
                late += new
        if late and section is not None:
            self._edits.append(section, late)
        elif late:
            self._edits.insert(sheet_data.start, f"<{p}cols>".encode() + late + f"</{p}cols>".encode())

    def _column_style(self, column: int) -> int:
        return next((style for first, last, style in self._styled_columns if first <= column <= last), 0)

    @property
    def drawing_id(self) -> str:
        """The relation id of the sheet's comment boxes, "" where it has none."""
        section = self.section("legacyDrawing")
        return relation_id(section) if section else ""

    def link_drawing(self, drawing: str) -> None:
        """Name the part in which the comment boxes are drawn, by the id of its relation."""
        self.add(f'legacyDrawing xmlns:r="{RELATIONS}" r:id={quoted(drawing)}', lambda name: name in _BEHIND)

    def add(self, tag: str, is_behind: Callable[[str], bool]) -> None:
        """Add an empty part behind the cells, before the first that stands behind it by the order of the schema.

        tag: its local name and attributes. is_behind: whether a part of that local name does.
        """
        root, sheet_data = self._root, self.section("sheetData")
        assert root is not None and sheet_data is not None  # noqa: S101 - _scan has seen them
        late = (section for section in self._sections if section.start > sheet_data.start and is_behind(section.name))
        at = next((section.start for section in late), root.tail)
        self._edits.insert(at, f"<{root.prefix}{tag}/>".encode())

    def replace(self, element: Element, new: bytes) -> None:
        """Put `new` in the place of a whole part."""
        self._edits.replace(element.start, element.end, new)

    def change(self, element: Element, **attributes: str | None) -> None:
        """Change attributes of a part, as `head_with` does."""
        self._edits.replace(element.start, element.head, head_with(self._data, element, **attributes))

    def source(self, element: Element) -> bytes:
        """The bytes of an element."""
        return self._data[element.start : element.end]

    def made(self) -> bytes:
        """The part with all changes."""
        return self._edits.made()


def _cell(prefix: str, row: int, column: int, style: int, text: str | None) -> bytes:
    """A cell that was not there."""
    head = f'<{prefix}c r="{address(row, column)}" s="{style}"'
    if not text:
        return f"{head}/>".encode()
    p = prefix
    return f'{head} t="inlineStr"><{p}is><{p}t xml:space="preserve">{content(text)}</{p}t></{p}is></{p}c>'.encode()
