"""Parts a sheet on which two tables or more stand side by side into one sheet for each, cells in their places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from dazoufang.judging.tables.headings import HEADING_ROWS, SEARCH_ROWS, heading_paths, may_be_heading
from dazoufang.judging.tables.sheet_view import SheetView, known, labelled
from dazoufang.judging.which_form import Headings, Match, Path
from dazoufang.model.cell_names import column_letters
from dazoufang.reading.sheet import CellError, Sheet, Value
from dazoufang.rules.schema import REPORTED

_LEAST_HEADINGS: Final = 6  # known headings in one row: three for each of two tables
_LEAST_REQUIRED: Final = 3  # columns without which a form is none; fewer tell too little


@dataclass(frozen=True, slots=True)
class Side:
    """One of the tables: the sheet less what is the others', its first and last column, from 0, and what form it is."""

    sheet: Sheet
    left: int
    right: int
    form: str

    @property
    def shown(self) -> str:
        """In words: A至E列走访登记表."""
        return f"{column_letters(self.left)}至{column_letters(self.right)}列{self.form}"


def sides(view: SheetView, headings: Headings, hints: Sequence[str]) -> list[Side]:
    """The tables that stand side by side, from left to right; [] there are none, or it is not certain where each ends.

    Certain is: one way alone to part the headings so that each side has whatever its form requires, nothing twice, and
    begins behind an empty column, with 序号, or with the same field as the side before it; and its days are days.
    """
    for row in range(min(view.height, SEARCH_ROWS)):
        if known(view, headings, row) < _LEAST_HEADINGS or not _comes_twice(view, headings, row):
            continue
        for top in range(row, max(row - HEADING_ROWS, -1), -1):
            for bottom in range(row, min(top + HEADING_ROWS, view.height)):
                if any(not may_be_heading(view, top, other) for other in range(top, bottom + 1) if other != row):
                    continue
                parting = _Parting(view, headings, (*hints, _title(view, top)), top, bottom)
                ways = [way for way in parting.ways(0) if len(way) > 1]
                if len(ways) == 1 and parting.is_certain(ways[0]):
                    return list(parting.parted(view.sheet, ways[0]))
        return []
    return []


def _comes_twice(view: SheetView, headings: Headings, row: int) -> bool:
    """Whether a row has two headings for one required field of a form that is reported."""
    texts = [cell for cell in view.rows[row] if isinstance(cell, str) and cell.strip()]
    for form, schema in headings.schemas.items():
        required = {field.name for field in schema.required} if schema.role in REPORTED else set()
        found = Counter(headings.fields(headings.plain(text)).get(form) for text in texts)
        if any(found[name] > 1 for name in required):
            return True
    return False


def _title(view: SheetView, top: int) -> str:
    return " ".join(view.text(row, column) for row in range(top) for column in range(view.width))


class _Parting:
    """The ways to part the headings in the rows `top` to `bottom`."""

    def __init__(self, view: SheetView, headings: Headings, hints: Sequence[str], top: int, bottom: int) -> None:
        self.view, self.headings, self.hints, self.top, self.bottom = view, headings, hints, top, bottom
        self.paths = heading_paths(view, top, bottom)
        self._matches: dict[tuple[int, int], Match | None] = {}

    def ways(self, begin: int) -> Iterator[list[int]]:
        """Every way to part the columns from `begin` on: the first column of each side."""
        if self._whole(begin, len(self.paths)):
            yield [begin]
        for start in range(begin + _LEAST_REQUIRED, len(self.paths)):
            if self._begins(begin, start):
                yield from ([begin, *rest] for rest in self.ways(start))

    def is_certain(self, way: Sequence[int]) -> bool:
        """Whether days stand where they should, and nothing below is a table of another shape."""
        for begin, end in self._spans(way):
            match = self._whole(begin, end)
            for field in match.schema.required if match else ():
                if field.type == "date" and match and not self._are_days(match.columns[field.name]):
                    return False
        heading = {text for column in range(self.view.width) if (text := self.view.text(self.bottom, column))}
        for row in range(self.bottom + 1, self.view.height):
            if known(self.view, self.headings, row) >= _LEAST_REQUIRED:
                texts = [text for column in range(self.view.width) if (text := self.view.text(row, column))]
                if not set(texts) <= heading:
                    return False
        return True

    def parted(self, sheet: Sheet, way: Sequence[int]) -> Iterator[Side]:
        """The sheet of each side."""
        for begin, end in self._spans(way):
            match = self._whole(begin, end)
            headed = [column for column in range(begin, end) if self.paths[column]]
            title = match.schema.title if match else ""
            yield Side(self._of(sheet, begin, end), headed[0], headed[-1], title)

    def _spans(self, way: Sequence[int]) -> list[tuple[int, int]]:
        return list(zip(way, [*way[1:], len(self.paths)], strict=True))

    def _whole(self, begin: int, end: int) -> Match | None:
        """The form that the columns hold, with all that it requires and nothing twice; else None."""
        if (begin, end) not in self._matches:
            paths: list[Path] = [path if begin <= at < end else () for at, path in enumerate(self.paths)]
            match = self.headings.best(paths, self.hints)
            whole = match is not None and not match.missing and not match.twins
            fits = whole and match is not None and len(match.schema.required) >= _LEAST_REQUIRED
            self._matches[begin, end] = match if fits else None
        return self._matches[begin, end]

    def _begins(self, begin: int, start: int) -> bool:
        """Whether a side that begins at `begin` ends before the column `start`, and another begins there."""
        if not self.paths[start] or not (match := self._whole(begin, start)):
            return False
        if any(self.view.anchors.get((row, start), (0, start))[1] < start for row in range(self.top, self.bottom + 1)):
            return False
        fields = match.schema.by_name
        left = {column: name for name, column in match.columns.items()}
        if (last := left.get(start - 1)) and fields[last].derived:
            return False  # 序号 begins a table, and ends none
        if self._is_gap(start - 1):
            return True
        name = self.headings.field_of_path(match.schema.name, self.paths[start])
        own = [at for at in range(begin, start) if self.paths[at]]
        first = [left.get(at) for at in own if not (at in left and fields[left[at]].derived)][0:1]
        return name is not None and (fields[name].derived or [name] == first)

    def _is_gap(self, column: int) -> bool:
        """Whether a column has no heading, its own or one merged over it."""
        return not self.paths[column] and not any(
            (row, column) in self.view.anchors for row in range(self.top, self.bottom + 1)
        )

    def _are_days(self, column: int) -> bool:
        values = [self.view.at(row, column) for row in range(self.bottom + 1, self.view.height)]
        filled = [value for value in values if value is not None and not isinstance(value, CellError)]
        return 2 * sum(map(_may_be_day, filled)) >= len(filled)

    def _of(self, sheet: Sheet, begin: int, end: int) -> Sheet:
        """The sheet less the cells of other sides: what is merged over several is each one's, and so are the lines over
        the tables that name the unit or the day."""
        shared = {row for row in range(self.top) if any(key for _, key, _, _ in labelled(self.view, row))}
        rows: list[list[Value]] = []
        for row, cells in enumerate(sheet.rows):
            kept = cells if row in shared else [*[None] * begin, *cells[begin:end]]
            rows.append(list(kept))
        merges = []
        for top, left, bottom, right in sheet.merges:
            if top in shared:
                merges.append((top, left, bottom, right))
            elif left < end and right >= begin:
                merges.append((top, max(left, begin), bottom, min(right, end - 1)))
                if left < begin < self.view.width and top < len(rows):
                    rows[top].extend([None] * (begin + 1 - len(rows[top])))
                    rows[top][begin] = self.view.at(top, left)
        return replace(sheet, rows=rows, merges=merges)


def _may_be_day(value: Value) -> bool:
    return isinstance(value, date | int | float) or (isinstance(value, str) and any(char.isdigit() for char in value))
