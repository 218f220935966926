"""Finds the tables in a sheet: where the headings stand, which rows are data, and what is written around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dazoufang import faults, terms
from dazoufang.faults import Fault
from dazoufang.grid import Book, Sheet, Value
from dazoufang.identify import Headings, Match, Path

HEADING_ROWS: Final = 3  # a heading is one to three rows high
SEARCH_ROWS: Final = 40  # how far down the first heading is looked for
LONGEST_HEADING: Final = 30  # characters; anything longer is a note

_LABELS: Final = {label: key for key, labels in terms.META_LABELS.items() for label in labels}
_LABEL: Final = re.compile(  # over folded text: brackets and the colon are half-width
    "^(" + "|".join(sorted(map(re.escape, _LABELS), key=len, reverse=True)) + r")(?:\([^)]*\))?(?:(:)(.*))?$", re.DOTALL
)
_NOTE: Final = re.compile(
    r"^(注|备注|说明|填写说明|填表说明|填报说明|填写注意事项|注意事项|要求|提示|附注)[0-9]{0,2}[::]"
)
_COLON: Final = ":"
_SPACED_LABEL: Final = "|".join(
    sorted((r"\s*".join(map(re.escape, label)) for label in _LABELS), key=len, reverse=True)
)
_NEXT_LABEL: Final = re.compile(  # where one cell goes on with another label: a known one, or any after a wide gap
    rf"\s+(?=(?:{_SPACED_LABEL})(?:[（(][^）)]*[）)])?\s*[:：])|\s{{2,}}(?=[^\s:：]{{2,8}}(?:[（(][^）)]*[）)])?\s*[:：])"
)
_OTHER_LABEL: Final = re.compile(r"[^:]{1,8}:")  # 单位：人、户 is no value of 填报单位
_SEARCH_ON: Final = 5  # rows under a heading that only a name speaks for, in which a surer one is looked for
_LEAST_DATA: Final = 3  # cells in each of two rows: a sheet with less holds no table


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


@dataclass(slots=True)
class Extract:
    """What was found in one book."""

    tables: list[Table]
    faults: list[Fault]


def extract(book: Book, headings: Headings, file_name: str) -> Extract:
    """Every table of every visible sheet.

    Rule: hidden sheets are not data (hidden rows are); a sheet of ours that is derived is known as such.
    """
    found = Extract([], [])
    strange: list[Sheet] = []
    for sheet in book.sheets:
        if sheet.fault is not None:
            found.faults.append(sheet.fault)
        elif not sheet.visible:
            if sheet.rows and terms.fold(sheet.name) not in terms.OWN_SHEETS:
                found.faults.append(faults.make("S06", sheet=sheet.name))
        elif terms.fold(sheet.name) not in terms.OWN_SHEETS:
            tables = list(_tables(sheet, headings, file_name))
            found.tables.extend(tables)
            if not tables and _holds_something(sheet):
                strange.append(sheet)
    if found.tables:
        found.faults.extend(faults.make("S10", sheet=sheet.name) for sheet in strange)
    return found


def _holds_something(sheet: Sheet) -> bool:
    return sum(1 for row in sheet.rows if sum(value is not None for value in row) >= _LEAST_DATA) >= 2


def _tables(sheet: Sheet, headings: Headings, file_name: str) -> Iterator[Table]:
    """The tables of one sheet from top to bottom: where one ends the next may begin."""
    grid = _Grid(sheet)
    hints = (sheet.name, file_name)
    start = 0
    carried: dict[str, str] = {}
    block = _find_heading(grid, headings, start, hints)
    meta = _meta(grid, block.top) if block else {}
    while block is not None:
        table = Table(
            sheet=sheet.name,
            match=block.match,
            heading_row=block.bottom + 1,
            headings={column: path[-1] for column, path in enumerate(block.paths) if path},
            meta=meta,
        )
        start, meta = _read_rows(grid, table, block, headings, hints)
        table.meta = carried | table.meta
        carried = {key: value for key, value in table.meta.items() if key in ("reporting_unit", "reported_on")}
        yield table
        block = _find_heading(grid, headings, start, hints)


class _Grid:
    """A sheet's cells, with merged areas known by their cells."""

    def __init__(self, sheet: Sheet) -> None:
        self.rows = sheet.rows
        self.height = len(sheet.rows)
        self.width = max(map(len, sheet.rows), default=0)
        self.anchors: dict[tuple[int, int], tuple[int, int]] = {}
        self.wide: dict[tuple[int, int], int] = {}  # anchor → how many columns it spans
        for top, left, bottom, right in sheet.merges:
            last = min(bottom, self.height - 1)  # a merge may reach a million empty rows down
            edge = min(right, max(self.width - 1, left))
            self.wide[top, left] = edge - left + 1
            for row in range(top, last + 1):
                for column in range(left, edge + 1):
                    self.anchors[row, column] = (top, left)

    def at(self, row: int, column: int) -> Value:
        cells = self.rows[row] if row < self.height else []
        return cells[column] if column < len(cells) else None

    def text(self, row: int, column: int) -> str:
        """The folded text of a cell, "" when empty or no text."""
        value = self.at(row, column)
        return terms.fold(value) if isinstance(value, str) else ""

    def spread(self, row: int, column: int) -> str:
        """The text of a cell, or of the merged area it lies in, as written."""
        top, left = self.anchors.get((row, column), (row, column))
        value = self.at(top, left)
        return value.strip() if isinstance(value, str) else ""


@dataclass(slots=True)
class _Block:
    top: int
    bottom: int
    paths: list[Path]
    match: Match


def _find_heading(grid: _Grid, headings: Headings, start: int, hints: tuple[str, ...]) -> _Block | None:
    """The first row from `start` that holds headings; one that lacks most of what is required only if no better one
    comes soon after."""
    weak: _Block | None = None
    for row in range(start, min(grid.height, start + SEARCH_ROWS)):
        if weak is not None and row > weak.bottom + _SEARCH_ON:
            break
        if _known(grid, headings, row) < 2:
            continue
        title = " ".join(grid.text(above, column) for above in range(start, row) for column in range(grid.width))
        block = _heading_at(grid, headings, row, (*hints, title))
        if block is not None and block.match.sure:
            return block
        weak = weak or block
    return weak


def _heading_at(grid: _Grid, headings: Headings, row: int, hints: tuple[str, ...]) -> _Block | None:
    """The heading whose first row is `row`, with the group headings over it; the height that explains most wins."""
    best: _Block | None = None
    for bottom in range(row, min(row + HEADING_ROWS, grid.height)):
        if bottom > row and not _may_be_heading(grid, row, bottom):
            break
        paths = _paths(grid, row, bottom)
        match = headings.best(paths, hints)
        if match is not None and (best is None or match.score > best.match.score):
            best = _Block(row, bottom, paths, match)
    return best


def _known(grid: _Grid, headings: Headings, row: int) -> int:
    return sum(
        1 for cell in grid.rows[row] if isinstance(cell, str) and len(cell) <= LONGEST_HEADING and headings.knows(cell)
    )


def _may_be_heading(grid: _Grid, top: int, row: int) -> bool:
    """Whether a row under a heading row can belong to the heading: texts only, none of them long, or merged from above."""
    own = [
        grid.at(row, column)
        for column in range(grid.width)
        if grid.anchors.get((row, column), (row, column))[0] == row and grid.at(row, column) is not None
    ]
    if not all(isinstance(value, str) and len(value.strip()) <= LONGEST_HEADING for value in own):
        return False
    reaches = any(grid.anchors.get((row, column), (row, column))[0] in range(top, row) for column in range(grid.width))
    return bool(own) or reaches


def _paths(grid: _Grid, top: int, bottom: int) -> list[Path]:
    """The headings over each column, from the top row of the block down, each said once."""
    paths: list[Path] = []
    before: list[str] = []  # the texts over the column to the left
    for column in range(grid.width):
        texts = [grid.spread(row, column) for row in range(top, bottom + 1)]
        if texts[-1]:
            for at, group in enumerate(before[:-1]):
                cells = {(top + at, column - 1), (top + at, column)}
                if (
                    not texts[at]
                    and any(text and text != group for text in before[at:])
                    and not cells & grid.anchors.keys()
                ):
                    texts[at] = group  # a group that nobody merged
        before = texts
        said = [text for text in texts if text]
        part = grid.anchors.get((bottom, column), (bottom, column))[1] < column  # of the heading to the left
        paths.append(() if part else tuple(text for at, text in enumerate(said) if at == 0 or text != said[at - 1]))
    return paths


def _meta(grid: _Grid, last: int) -> dict[str, str]:
    """填报单位, 填报时间 … in the rows above `last`."""
    meta: dict[str, str] = {}
    for row in range(last):
        meta = _row_meta(grid, row) | meta
    return meta


def _row_meta(grid: _Grid, row: int) -> dict[str, str]:
    """The labelled values in one row: “填报单位（盖章）：人事股”, or the label in one cell and the value in the next ones."""
    meta: dict[str, str] = {}
    for _, key, text, spread in _labelled(grid, row):
        if key and text:
            meta[key] = meta.get(key, "") + text if spread else meta.get(key, text)
    return meta


def _labelled(grid: _Grid, row: int) -> Iterator[tuple[int, str, str, bool]]:
    """What stands in a row: (column, label it belongs to or "", text, whether the text is a cell of its own).

    A value beside its label is one cell, or several with one character each.
    """
    key, letters = "", 0
    for column, value in enumerate(grid.rows[row]):
        if value is None:
            continue
        for piece in _NEXT_LABEL.split(value.strip()) if isinstance(value, str) else [str(value)]:
            folded = terms.fold(piece)
            if isinstance(value, str) and (label := _LABEL.match(folded)):
                key, letters, content = _LABELS[label[1]], 0, _content(piece)
                yield column, key, content, False
                key = "" if content else key
            elif key and folded and not _OTHER_LABEL.match(folded) and not (letters and len(folded) > 1):
                yield column, key, piece.strip(), True
                letters += 1
                key = key if len(folded) == 1 else ""
            elif folded:
                yield column, "", piece, False
                key = ""


def _content(piece: str) -> str:
    """What stands behind the colon; blanks to be filled by hand (＿＿) are no content."""
    _, _, content = piece.replace("：", _COLON).partition(_COLON)
    return content.strip(" _＿　\n\t")


def _read_rows(
    grid: _Grid, table: Table, block: _Block, headings: Headings, hints: tuple[str, ...]
) -> tuple[int, dict[str, str]]:
    """Read the rows under the heading into `table`. Returns the row from which the next table is looked for, and what
    is written above that one: labels that this table has already."""
    columns = table.match.columns
    schema = table.match.schema
    by_column = [(columns[f.name], f) for f in schema.fields if f.name in columns and not f.derived]
    rows = _Rows(grid, table, block, headings, hints)
    beyond: dict[str, str] = {}
    kind, end, closed = "", block.bottom + 1, False
    for row in range(block.bottom + 1, grid.height):
        own: dict[str, Value] = {}
        for column, column_field in by_column:
            value = grid.at(row, column)
            if value is not None and not (isinstance(value, str) and not value.strip()):
                own[column_field.name] = value
        kind = rows.kind_of(row, own, kind)
        while kind in ("heading", "repeated") and table.rows and rows.alone(table.rows[-1][0] - 1):
            end = table.rows.pop()[0] - 1  # the title of what comes
        if kind == "heading" or (kind == "repeated" and closed and rows.is_heading(row)):
            return end, beyond
        if kind == "footer":
            closed = True
            for key, text in _row_meta(grid, row).items():
                if table.meta.setdefault(key, text) != text:
                    beyond.setdefault(key, text)
        if kind != "data":
            continue
        end, beyond, closed = row + 1, {}, False
        for column, column_field in by_column:
            top, left = grid.anchors.get((row, column), (row, column))
            if column_field.ditto == "all" and top < row and left == column and top > block.bottom:
                value = grid.at(top, left)
                if value is not None:
                    own[column_field.name] = value
                    table.filled_down.add((row + 1, column_field.name))
        rows.note_twins(row)
        table.rows.append((row + 1, own))
    return grid.height, {}


class _Rows:
    """Says what each row under a heading is."""

    def __init__(self, grid: _Grid, table: Table, block: _Block, headings: Headings, hints: tuple[str, ...]) -> None:
        self.grid, self.table, self.headings, self.hints = grid, table, headings, hints
        columns, schema = table.match.columns, table.match.schema
        self.heads = {column: set(path) for column, path in enumerate(block.paths) if path}
        self.derived = {columns[field.name] for field in schema.fields if field.derived and field.name in columns}
        self.required = {columns[field.name] for field in schema.required if field.name in columns}
        self.names = {column: name for name, column in columns.items() if column not in self.derived}
        # A heading merged over two columns is the first one's; what stands in the second is in question.
        self.parts = {
            column: left
            for column, path in enumerate(block.paths)
            if not path and (left := grid.anchors.get((block.bottom, column), (0, column))[1]) in self.names
        }

    def kind_of(self, row: int, own: Mapping[str, Value], above: str) -> str:
        """data, empty, total, sample, footer, note, repeated (heading) or heading; `above` is the row above's kind."""
        cells = [(column, value) for column, value in enumerate(self.grid.rows[row]) if value is not None]
        texts = [
            (column, text)
            for column, value in cells
            if isinstance(value, str) and (text := value.strip()) and not (column in self.derived and text.isdigit())
        ]
        if not texts and not own:
            return "empty"
        first = texts[0][1] if texts else ""
        leading = bool(texts) and all(column in self.derived for column, _ in cells if column < texts[0][0])
        if leading and terms.is_total(first):
            return "total"
        if sum(1 for column, text in texts if text in self.heads.get(column, ())) >= max(2, len(texts) / 2):
            return "repeated"
        if _is_sample(texts):
            return "sample"
        if leading and self._is_footer(row, first):
            return "footer"
        if self.alone(row) and (_NOTE.match(terms.fold(first)) or self._is_wide(row) or above in ("footer", "note")):
            return "note"
        known = _known(self.grid, self.headings, row)
        if known >= 3 and known > len(texts) / 2 and self.is_heading(row):
            return "heading"
        fields = [self.table.match.schema.by_name[name] for name in own]
        if all(field.ditto == "all" and field.type != "date" and not field.sensitive for field in fields):
            return "empty"  # 序号 and the cadre's name written ahead for rows that nobody filled
        return "data"

    def is_heading(self, row: int) -> bool:
        """Whether a table begins at a row."""
        return _heading_at(self.grid, self.headings, row, self.hints) is not None

    def alone(self, row: int) -> bool:
        """Whether one text is all that stands in a row."""
        values = [value for value in self.grid.rows[row] if value is not None]
        return len(values) == 1 and isinstance(values[0], str)

    def note_twins(self, row: int) -> None:
        """A second column under one heading that holds something: which of the two is meant?"""
        for column, left in list(self.parts.items()):
            if self.grid.at(row, column) is not None:
                self.table.match.twins.append((self.names[left], left, column))
                self.table.headings[column] = self.table.headings[left]
                del self.parts[column]

    def _is_wide(self, row: int) -> bool:
        """Whether the row's one text is merged over more than half of the table's columns."""
        column = next(column for column, value in enumerate(self.grid.rows[row]) if value is not None)
        return self.grid.wide.get((row, column), 1) > len(self.heads) // 2

    def _is_footer(self, row: int, first: str) -> bool:
        """A row that begins with 填表人：… and fills hardly a required column but with labels and what belongs to them."""
        label = _LABEL.match(terms.fold(first))
        if label is None:
            return False
        free = {column for column, key, _, _ in _labelled(self.grid, row) if not key and column in self.required}
        return len(free) <= (1 if label[2] else 0)


def _is_sample(texts: Sequence[tuple[int, str]]) -> bool:
    """A row that shows how to fill: its first text says so, or two of its cells do."""
    said = [terms.is_sample(text) for _, text in texts]
    return bool(said) and (said[0] or sum(said) >= 2)
