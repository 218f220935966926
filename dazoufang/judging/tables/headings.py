"""Finds where the headings of a table stand, one to three rows high, and which form they are."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from dazoufang.judging.tables.only_changed import changed_items
from dazoufang.judging.tables.sheet_view import LONGEST_HEADING, SheetView, known, labelled
from dazoufang.judging.tables.whose_column import Aside, names_somebody, settled
from dazoufang.judging.which_form import Headings, Match, Path

HEADING_ROWS: Final = 3  # a heading is one to three rows high, and higher only where cells are merged from its top down
_MERGED_ROWS: Final = 6
SEARCH_ROWS: Final = 40  # how far down the first heading is looked for
_SEARCH_ON: Final = 5  # rows under a heading that only a name speaks for, in which a surer one is looked for
_WIDE_GAP: Final = 2  # columns without heading or value, beyond which a list of its own may stand


@dataclass(slots=True)
class Block:
    """The headings of one table: rows `top` to `bottom`, the path of headings over each column, and the form."""

    top: int
    bottom: int
    paths: list[Path]
    match: Match
    edge: int  # the column from which a list of its own stands beside the table; past the last one if none does
    beside: tuple[int, ...] = ()  # columns of that list that resemble one of the form
    asides: list[Aside] = field(default_factory=list)  # columns that are not the field their heading names
    ends: int = sys.maxsize  # the column from which on nothing is the table's: an unused gap, and no field behind it


def find_heading(view: SheetView, headings: Headings, start: int, hints: tuple[str, ...]) -> Block | None:
    """The first heading from row `start`; one that lacks most of what is required only if no better one comes soon."""
    weak: Block | None = None
    for row in range(start, min(view.height, start + SEARCH_ROWS)):
        if weak is not None and row > weak.bottom + _SEARCH_ON:
            break
        if known(view, headings, row) < 2:
            continue
        title = " ".join(view.text(above, column) for above in range(start, row) for column in range(view.width))
        block = only_changed(view, headings, row) or _with_groups(view, headings, row, start, (*hints, title))
        if block is not None and block.match.sure:
            return _settled(view, headings, _without_list_beside(view, headings, block))
        weak = weak or block
    return _settled(view, headings, weak) if weak is not None else None


def _settled(view: SheetView, headings: Headings, block: Block) -> Block:
    """`block` with every column that is known to be somebody else's left out."""
    if not headings.habits:
        return block
    match, asides = settled(view, headings, block.match, block.paths, block.bottom)
    ends = _ends(view, block) if headings.surroundings else block.ends
    return replace(block, match=match, asides=asides, ends=ends)


def _ends(view: SheetView, block: Block) -> int:
    """The first unused column right of all fields of a table, if anything stands behind it."""
    match = block.match
    told = [*match.columns.values(), *(column for _, _, column in match.twins)]
    told += [column for run in (*match.parts.values(), *match.ticks.values()) for column, _ in run]
    for column in range(max(told, default=view.width) + 1, view.width - 1):
        if not block.paths[column] and _is_unused(view, block, range(column, column + 1)):
            return column
    return block.ends


def only_changed(view: SheetView, headings: Headings, row: int) -> Block | None:
    """The heading in one row of a table that names items by our numbers and holds only what has changed."""
    paths = heading_paths(view, row, row)
    match = changed_items(view, headings, paths, row) if headings.habits else None
    return Block(row, row, paths, match, view.width) if match is not None else None


def heading_at(view: SheetView, headings: Headings, top: int, hints: Sequence[str]) -> Block | None:
    """The heading whose first row is `top`; the height that explains most wins."""
    best: Block | None = None
    for bottom in _bottoms(view, headings, top):
        if bottom > top and not may_be_heading(view, top, bottom):
            break
        paths = heading_paths(view, top, bottom)
        match = headings.best(paths, hints)
        if match is not None and (best is None or match.score > best.match.score):
            best = Block(top, bottom, paths, match, view.width)
    return best


def _bottoms(view: SheetView, headings: Headings, top: int) -> Iterator[int]:
    """The rows with which a heading that begins at `top` may end."""
    yield from range(top, min(top + HEADING_ROWS, view.height))
    for bottom in range(top + HEADING_ROWS, min(top + _MERGED_ROWS, view.height) if headings.surroundings else top):
        if not any(view.anchors.get((bottom, column), (bottom, column))[0] == top for column in range(view.width)):
            return
        yield bottom


def _with_groups(view: SheetView, headings: Headings, row: int, start: int, hints: tuple[str, ...]) -> Block | None:
    """The heading that begins at `row`, or above it where the rows over it, with one known heading each, explain more."""
    best = heading_at(view, headings, row, hints)
    for top in range(row - 1, max(start, row - HEADING_ROWS + 1) - 1, -1):
        if known(view, headings, top) != 1 or not may_be_heading(view, top, top):
            break
        block = heading_at(view, headings, top, hints)
        if block is not None and block.bottom >= row and (best is None or block.match.score > best.match.score):
            best = block
    return best


def may_be_heading(view: SheetView, top: int, row: int) -> bool:
    """Whether a row can belong to a heading that begins at `top`: texts only, none of them long, or merged from above."""
    own = [
        view.at(row, column)
        for column in range(view.width)
        if view.anchors.get((row, column), (row, column))[0] == row and view.at(row, column) is not None
    ]
    if not all(isinstance(value, str) and len(value.strip()) <= LONGEST_HEADING for value in own):
        return False
    reaches = any(view.anchors.get((row, column), (row, column))[0] in range(top, row) for column in range(view.width))
    return bool(own) or reaches


def heading_paths(view: SheetView, top: int, bottom: int) -> list[Path]:
    """The headings over each column, from the top row of the block down, each once."""
    paths: list[Path] = []
    before: list[str] = []  # the texts over the column to the left
    for column in range(view.width):
        texts = [view.spread(row, column) for row in range(top, bottom + 1)]
        if texts[-1]:
            for at, group in enumerate(before[:-1]):
                cells = {(top + at, column - 1), (top + at, column)}
                if not texts[at] and any(before[at + 1 :]) and not cells & view.anchors.keys():
                    texts[at] = group  # a group that nobody merged
        before = texts
        filled = [text for text in texts if text]
        part = view.anchors.get((bottom, column), (bottom, column))[1] < column  # of the heading to the left
        paths.append(
            () if part else tuple(text for place, text in enumerate(filled) if place == 0 or text != filled[place - 1])
        )
    return paths


def _without_list_beside(view: SheetView, headings: Headings, block: Block) -> Block:
    """`block` without the columns beyond a gap that look like a list of its own: none is required, and the first is no
    column of the form, or somebody's name stands beside telephones. These must not become the households'."""
    match = block.match
    fields = match.schema.by_name
    twins = {column for _, _, column in match.twins}
    names = {column: name for name, column in match.columns.items()} | {column: name for name, _, column in match.twins}
    required = {
        column for column, name in names.items() if column not in twins and fields[name] in match.schema.required
    }
    for edge, wide in _beyond_gaps(view, headings, block):
        beside = tuple(column for column in names if column >= edge)
        if not beside or any(column >= edge for column in required):
            continue
        telephones = headings.habits and any(fields[names[column]].format == "phone" for column in beside)
        somebody = any(column >= edge and names_somebody(block.paths[column]) for column in match.unknown)
        if (edge in names or not wide) and not (telephones and (somebody or twins.intersection(beside))):
            continue
        paths: list[Path] = [path if column < edge else () for column, path in enumerate(block.paths)]
        return Block(block.top, block.bottom, paths, headings.match(match.schema.name, paths), edge, beside)
    return block


def _beyond_gaps(view: SheetView, headings: Headings, block: Block) -> list[tuple[int, bool]]:
    """The headed columns right of a gap that a list of its own may stand behind, and whether that gap is a wide one."""
    headed = [column for column, path in enumerate(block.paths) if path]
    gaps = [(range(left + 1, right), right) for left, right in pairwise(headed)]
    wide = [right for gap, right in gaps if len(gap) >= _WIDE_GAP and _is_empty(view, block, gap)][:1]
    if not headings.habits:
        return [(right, True) for right in wide]
    return [(right, right in wide) for gap, right in gaps if gap and (right in wide or _is_unused(view, block, gap))]


def _is_empty(view: SheetView, block: Block, gap: range) -> bool:
    """Whether no cell stands in these columns from the last row of the heading down, and no merged area reaches there."""
    return not any(
        view.at(row, column) is not None or (row, column) in view.anchors
        for row in range(block.bottom, view.height)
        for column in gap
    )


def _is_unused(view: SheetView, block: Block, gap: range) -> bool:
    """Whether no row of the table says anything in these columns; lines written over its whole width do not count."""
    return not any(
        view.at(row, column) is not None and not any(key for _, key, _, _ in labelled(view, row))
        for row in range(block.bottom + 1, view.height)
        for column in gap
    ) and not any((row, column) in view.anchors for row in range(block.top, block.bottom + 1) for column in gap)
