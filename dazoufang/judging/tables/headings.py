"""Finds where the headings of a table stand, one to three rows high, and which form they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from dazoufang.judging.tables.page import Page
from dazoufang.judging.which_form import Headings, Match, Path

HEADING_ROWS: Final = 3  # a heading is one to three rows high
SEARCH_ROWS: Final = 40  # how far down the first heading is looked for
LONGEST_HEADING: Final = 30  # characters; anything longer is a note
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


def find_heading(page: Page, headings: Headings, start: int, hints: tuple[str, ...]) -> Block | None:
    """The first heading from row `start`; one that lacks most of what is required only if no better one comes soon."""
    weak: Block | None = None
    for row in range(start, min(page.height, start + SEARCH_ROWS)):
        if weak is not None and row > weak.bottom + _SEARCH_ON:
            break
        if known(page, headings, row) < 2:
            continue
        title = " ".join(page.text(above, column) for above in range(start, row) for column in range(page.width))
        block = _with_groups(page, headings, row, start, (*hints, title))
        if block is not None and block.match.sure:
            return _without_list_beside(page, headings, block)
        weak = weak or block
    return weak


def heading_at(page: Page, headings: Headings, top: int, hints: Sequence[str]) -> Block | None:
    """The heading whose first row is `top`; the height that explains most wins."""
    best: Block | None = None
    for bottom in range(top, min(top + HEADING_ROWS, page.height)):
        if bottom > top and not _may_be_heading(page, top, bottom):
            break
        paths = _paths(page, top, bottom)
        match = headings.best(paths, hints)
        if match is not None and (best is None or match.score > best.match.score):
            best = Block(top, bottom, paths, match, page.width)
    return best


def known(page: Page, headings: Headings, row: int) -> int:
    """How many cells of a row are a heading of any form."""
    return sum(
        1 for cell in page.rows[row] if isinstance(cell, str) and len(cell) <= LONGEST_HEADING and headings.knows(cell)
    )


def _with_groups(page: Page, headings: Headings, row: int, start: int, hints: tuple[str, ...]) -> Block | None:
    """The heading that begins at `row`, or above it where the rows over it, with one known heading each, explain more."""
    best = heading_at(page, headings, row, hints)
    for top in range(row - 1, max(start, row - HEADING_ROWS + 1) - 1, -1):
        if known(page, headings, top) != 1 or not _may_be_heading(page, top, top):
            break
        block = heading_at(page, headings, top, hints)
        if block is not None and block.bottom >= row and (best is None or block.match.score > best.match.score):
            best = block
    return best


def _may_be_heading(page: Page, top: int, row: int) -> bool:
    """Whether a row can belong to a heading that begins at `top`: texts only, none of them long, or merged from above."""
    own = [
        page.at(row, column)
        for column in range(page.width)
        if page.anchors.get((row, column), (row, column))[0] == row and page.at(row, column) is not None
    ]
    if not all(isinstance(value, str) and len(value.strip()) <= LONGEST_HEADING for value in own):
        return False
    reaches = any(page.anchors.get((row, column), (row, column))[0] in range(top, row) for column in range(page.width))
    return bool(own) or reaches


def _paths(page: Page, top: int, bottom: int) -> list[Path]:
    """The headings over each column, from the top row of the block down, each said once."""
    paths: list[Path] = []
    before: list[str] = []  # the texts over the column to the left
    for column in range(page.width):
        texts = [page.spread(row, column) for row in range(top, bottom + 1)]
        if texts[-1]:
            for at, group in enumerate(before[:-1]):
                cells = {(top + at, column - 1), (top + at, column)}
                if not texts[at] and any(before[at + 1 :]) and not cells & page.anchors.keys():
                    texts[at] = group  # a group that nobody merged
        before = texts
        said = [text for text in texts if text]
        part = page.anchors.get((bottom, column), (bottom, column))[1] < column  # of the heading to the left
        paths.append(
            () if part else tuple(text for place, text in enumerate(said) if place == 0 or text != said[place - 1])
        )
    return paths


def _without_list_beside(page: Page, headings: Headings, block: Block) -> Block:
    """`block` without the columns beyond a wide gap that look like a list of its own: the first of them is no column of
    the form, and none is required. A telephone list beside the table must not become the households' telephones."""
    match = block.match
    edge = _beyond_gap(page, block)
    names = {column: name for name, column in match.columns.items()} | {column: name for name, _, column in match.twins}
    beside = tuple(column for column in names if column >= edge)
    required = {field.name for field in match.schema.required if match.columns.get(field.name, 0) >= edge}
    if not beside or required or edge in names:
        return block
    paths: list[Path] = [path if column < edge else () for column, path in enumerate(block.paths)]
    return Block(block.top, block.bottom, paths, headings.match(match.schema.name, paths), edge, beside)


def _beyond_gap(page: Page, block: Block) -> int:
    """The first headed column right of a wide gap, or one past the last column."""
    headed = [column for column, path in enumerate(block.paths) if path]
    for left, right in pairwise(headed):
        gap = range(left + 1, right)
        if len(gap) >= _WIDE_GAP and not any(
            page.at(row, column) is not None or (row, column) in page.anchors
            for row in range(block.bottom, page.height)
            for column in gap
        ):
            return right
    return page.width
