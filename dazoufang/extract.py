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
    for sheet in book.sheets:
        if sheet.fault is not None:
            found.faults.append(sheet.fault)
        elif not sheet.visible:
            if sheet.rows and terms.fold(sheet.name) not in terms.OWN_SHEETS:
                found.faults.append(faults.make("S06", sheet=sheet.name))
        elif terms.fold(sheet.name) in terms.OWN_SHEETS:
            continue
        else:
            found.tables.extend(_tables(sheet, headings, file_name))
    return found


def _tables(sheet: Sheet, headings: Headings, file_name: str) -> Iterator[Table]:
    """The tables of one sheet from top to bottom: where one ends the next may begin."""
    grid = _Grid(sheet)
    start, limit = 0, SEARCH_ROWS
    carried: dict[str, str] = {}
    while True:
        block = _find_heading(grid, headings, start, limit, (sheet.name, file_name))
        if block is None:
            return
        table = Table(
            sheet=sheet.name,
            match=block.match,
            heading_row=block.bottom + 1,
            headings={column: path[-1] for column, path in enumerate(block.paths) if path},
            meta=carried | _meta(grid, start, block.top),
        )
        end = _read_rows(grid, table, block, headings)
        carried = {key: value for key, value in table.meta.items() if key in ("reporting_unit", "reported_on")}
        yield table
        start, limit = end, SEARCH_ROWS


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


def _find_heading(grid: _Grid, headings: Headings, start: int, limit: int, hints: tuple[str, ...]) -> _Block | None:
    """The first row that holds headings, with the group headings over it; the height that explains most wins."""
    for row in range(start, min(grid.height, start + limit)):
        if _known(grid, headings, row) < 2:
            continue
        best: _Block | None = None
        for bottom in range(row, min(row + HEADING_ROWS, grid.height)):
            if bottom > row and not _may_be_heading(grid, row, bottom):
                break
            paths = _paths(grid, row, bottom)
            title = " ".join(grid.text(above, column) for above in range(start, row) for column in range(grid.width))
            match = headings.best(paths, (*hints, title))
            if match is not None and (best is None or match.score > best.match.score):
                best = _Block(row, bottom, paths, match)
        if best is not None:
            return best
    return None


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
    for column in range(grid.width):
        path: list[str] = []
        for row in range(top, bottom + 1):
            text = grid.spread(row, column)
            if not text and row < bottom and grid.spread(bottom, column) and paths and len(paths[-1]) > 1:
                text = paths[-1][row - top] if row - top < len(paths[-1]) - 1 else ""  # a group that nobody merged
            if text and (not path or path[-1] != text):
                path.append(text)
        paths.append(tuple(path))
    return paths


def _meta(grid: _Grid, first: int, last: int) -> dict[str, str]:
    """填报单位, 填报时间 … in the rows from `first` up to `last` (exclusive)."""
    meta: dict[str, str] = {}
    for row in range(first, min(last, grid.height)):
        for key, value in _row_meta(grid, row).items():
            meta.setdefault(key, value)
    return meta


def _row_meta(grid: _Grid, row: int) -> dict[str, str]:
    """The labelled values in one row: “填报单位（盖章）：人事股”, or the label in one cell and the value in the next ones."""
    meta: dict[str, str] = {}
    open_key = ""
    for column in range(len(grid.rows[row])):
        value = grid.at(row, column)
        if value is None:
            continue
        for piece in _pieces(str(value)) if isinstance(value, str) else [str(value)]:
            label = _LABEL.match(terms.fold(piece)) if isinstance(value, str) else None
            if label:
                open_key, content = _LABELS[label[1]], _content(piece)
                if content:
                    meta.setdefault(open_key, content)
                    open_key = ""
            elif open_key:
                # a value may be spread over several cells, one character each
                text = piece.strip()
                meta[open_key] = meta.get(open_key, "") + text
                if len(text) > 1:
                    open_key = ""
    return meta


def _pieces(text: str) -> list[str]:
    """“填表人：甲　　审核人：乙” in one cell are two."""
    parts = re.split(r"[\s\u3000]{2,}(?=[^\s:：]{2,8}(?:[（(][^）)]*[）)])?\s*[:：])", text.strip())
    return [part for part in parts if part.strip()]


def _content(piece: str) -> str:
    """What stands behind the colon; blanks to be filled by hand (＿＿) are no content."""
    _, _, content = piece.replace("：", _COLON).partition(_COLON)
    return content.strip(" _＿　\n\t")


def _read_rows(grid: _Grid, table: Table, block: _Block, headings: Headings) -> int:
    """Read the rows under the heading into `table`; returns the row where the table ends (another heading, or the end)."""
    columns = table.match.columns
    schema = table.match.schema
    by_column = [(columns[f.name], f) for f in schema.fields if f.name in columns and not f.derived]
    heads = {column: set(path) for column, path in enumerate(block.paths) if path}
    for row in range(block.bottom + 1, grid.height):
        own: dict[str, Value] = {}
        for column, column_field in by_column:
            value = grid.at(row, column)
            if value is not None and not (isinstance(value, str) and not value.strip()):
                own[column_field.name] = value
        kind = _kind_of(grid, row, own, heads, table, headings)
        if kind == "heading":
            return row
        if kind == "footer":
            for key, text in _row_meta(grid, row).items():
                table.meta.setdefault(key, text)
        if kind != "data":
            continue
        for column, column_field in by_column:
            top, left = grid.anchors.get((row, column), (row, column))
            if column_field.ditto == "all" and top < row and left == column and top > block.bottom:
                value = grid.at(top, left)
                if value is not None:
                    own[column_field.name] = value
                    table.filled_down.add((row + 1, column_field.name))
        table.rows.append((row + 1, own))
    return grid.height


def _kind_of(
    grid: _Grid, row: int, own: dict[str, Value], heads: dict[int, set[str]], table: Table, headings: Headings
) -> str:
    """What a row under the heading is: data, empty, total, sample, footer, note, repeated (heading) or heading."""
    cells = [(column, value) for column, value in enumerate(grid.rows[row]) if value is not None]
    texts = [(column, value.strip()) for column, value in cells if isinstance(value, str) and value.strip()]
    if not texts and not own:
        return "empty"
    first = texts[0][1] if texts else ""
    leading = not cells or not texts or cells[0][0] == texts[0][0]
    if leading and terms.is_total(first):
        return "total"
    if sum(1 for column, text in texts if text in heads.get(column, ())) >= max(2, len(texts) / 2):
        return "repeated"
    if _is_sample(texts):
        return "sample"
    if leading and _is_footer(first, own, table):
        return "footer"
    if _NOTE.match(terms.fold(first)) and (len(texts) == 1 or grid.wide.get((row, texts[0][0]), 1) > grid.width // 2):
        return "note"
    if _known(grid, headings, row) >= 3 and _known(grid, headings, row) > len(texts) / 2:
        return "heading"
    by_name = table.match.schema.by_name
    if all(by_name[name].ditto == "all" and by_name[name].type != "date" for name in own):
        return "empty"  # 序号 and the cadre's name written ahead for rows that nobody filled
    return "data"


def _is_footer(first: str, own: Mapping[str, Value], table: Table) -> bool:
    """A row that begins with 填表人：… ; without the colon only when nothing required is filled beside it."""
    label = _LABEL.match(terms.fold(first))
    if label is None:
        return False
    required = [name for name, value in own.items() if table.match.schema.by_name[name].constraints.required]
    return len(required) <= 1 if label[2] else not [name for name in required if own[name] != first]


def _is_sample(texts: Sequence[tuple[int, str]]) -> bool:
    """A row that shows how to fill: its first text says so, or two of its cells do."""
    said = [terms.is_sample(text) for _, text in texts]
    return bool(said) and (said[0] or sum(said) >= 2)
