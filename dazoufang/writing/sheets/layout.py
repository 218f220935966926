"""How wide each column of a sheet is and how large its text, so that what is printed fits the paper and is never shrunk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from dazoufang.writing.sheets import text_size
from dazoufang.writing.sheets.columns import Column, Filled, SheetSpec
from dazoufang.writing.sheets.paper import Paper

_SMALL: Final = text_size.SIZES[-1]
_TRIES: Final = (
    (10, False),
    (9, False),
    (9, True),
    (_SMALL, True),
)  # points; whether wide columns are made narrow for it
_ROOMY: Final = 14  # characters; text columns from here on can be made narrower, or take what is left of the paper
_NARROWED: Final = 0.6  # of its width, which a roomy column keeps at least
_NARROWEST: Final = 10  # characters, likewise
_LEAST: Final = 5.5  # characters; what any column of text keeps
_DATE: Final = 11.5  # characters; a narrower date reads ######## where the digits of another font stand in
_COMFORTABLE: Final = 16  # lines; a printed column is widened before its rows grow higher, where the paper has room
_COMFORTABLE_ASIDE: Final = 6  # the same for a column beside the print area, where width costs nothing
_ASIDE: Final = 160  # characters; the widest of these
_WIDEST: Final = 100  # the widest that is printed
_HEADINGS: Final = 45  # points that a page keeps free of its highest row, for the headings
_GROUPS: Final = 22.5  # more, where they stand in groups


@dataclass(frozen=True)
class Layout:
    """columns: the printed ones first. size: points of the text. unprinted: titles that the paper had no room for."""

    columns: list[Filled]
    size: float
    unprinted: tuple[str, ...]


def laid_out(spec: SheetSpec, row_styles: Sequence[str], paper: Paper) -> Layout:
    """The columns of a sheet, as wide as the paper has room for.

    Rule: text of ten points where the columns fit so, else of nine, else of eight and a half; never smaller, and the page is not
    shrunk. What does not fit then stands beside the print area, from the right.
    """
    printed = [_natural(column, spec, row_styles) for column in spec.columns if column.print]
    moved: list[Filled] = []
    room = paper.across
    while (found := _try(printed, room)) is None and len(printed) > 1:
        moved.insert(0, printed.pop(_least_wanted(printed)))
    grouped = any(column.group for column in spec.columns)
    tallest = min(text_size.TALLEST, paper.down - _HEADINGS - grouped * _GROUPS)
    size = _fit(printed, room, tallest, *(found or (_SMALL, True)))
    sizes = tuple(points for points in text_size.SIZES if points <= size)
    for filled in printed:
        filled.sizes, filled.tallest = sizes, tallest
    aside = [_natural(column, spec, row_styles) for column in spec.columns if not column.print]
    for filled in (*moved, *aside):
        filled.column = replace(filled.column, print=False)
        filled.sizes, filled.tallest = sizes, tallest
        filled.width = _scaled(filled, size)
        if filled.column.kind == "text":
            long = text_size.too_long(filled.texts(), filled.width, _COMFORTABLE_ASIDE, size)
            filled.width = text_size.widened(long, filled.width, _COMFORTABLE_ASIDE, _ASIDE, size)
    return Layout([*printed, *moved, *aside], size, tuple(filled.column.title for filled in moved))


def _natural(column: Column, spec: SheetSpec, row_styles: Sequence[str]) -> Filled:
    """A column with what it holds, as wide as ten points want it."""
    width = text_size.without_widow(column.title, column.width)
    found = Filled(column, spec.rows.get(column.key), row_styles, width, spec.counted)
    if column.kind == "date":
        found.width = max(width, _DATE)
    elif column.kind != "text":
        shown = "{:.1%}" if column.kind == "percent" else "{}"
        values = (found.written(value) for block in found.blocks() for value in dict.fromkeys(block))
        longest = max((len(shown.format(value)) for value in values if isinstance(value, int | float)), default=0)
        found.width = max(width, longest + 1.5)
    return found


def _scaled(filled: Filled, size: float) -> float:
    """Its width for text of `size` points."""
    return filled.width * size / text_size.SIZES[0]


def _narrow(filled: Filled, size: float) -> float:
    """The least width it may have."""
    width = filled.width
    if filled.column.kind == "text" and width >= _ROOMY:
        width = max(_NARROWEST, width * _NARROWED)
    return width * size / text_size.SIZES[0]


def _narrowest(filled: Filled) -> float:
    """The least width it may have where others hold texts that no row would show."""
    width = filled.width
    if filled.column.kind == "text":
        width = max(min(width, _LEAST), width * _NARROWED)
    return width * _SMALL / text_size.SIZES[0]


def pixels(width: float) -> int:
    """Of a column `width` characters wide."""
    return round(width * text_size.DIGIT) + text_size.PADDING


def _try(printed: Sequence[Filled], room: float) -> tuple[float, bool] | None:
    """In which size the columns fit, and whether they must be narrow for it."""
    for size, tight in _TRIES:
        width_of = _narrow if tight else _scaled
        if sum(pixels(width_of(filled, size)) for filled in printed) <= room:
            return size, tight
    return None


def _least_wanted(printed: Sequence[Filled]) -> int:
    """The last column that need not be printed; the last of all where every one must."""
    free = (index for index in reversed(range(len(printed))) if not printed[index].column.must)
    return next(free, len(printed) - 1)


def _fit(printed: Sequence[Filled], room: float, tallest: float, size: float, tight: bool) -> float:
    """Give the columns their widths: what each needs at least, then what it wants, then what is left of the paper. Returns
    the size of their text: the smallest where texts are so long that no row would show them."""
    left = (room - len(printed) * (text_size.PADDING + 1)) / text_size.DIGIT  # characters; a pixel each for rounding
    width_of = _narrow if tight else _scaled
    widths = [width_of(filled, size) for filled in printed]
    long = [_long(filled) for filled in printed]
    needed = [_needed(texts, tallest, width) for texts, width in zip(long, widths, strict=True)]
    if sum(map(max, widths, needed)) > left:
        size, widths = _SMALL, [_narrowest(filled) for filled in printed]
    _raise(widths, needed, left)
    _raise(widths, [_scaled(filled, size) for filled in printed], left)
    _raise(widths, [_comfortable(texts, width, size) for texts, width in zip(long, widths, strict=True)], left)
    roomy = [index for index, f in enumerate(printed) if f.column.kind == "text" and f.column.width >= _ROOMY]
    if roomy:
        share = max(0.0, left - sum(widths)) / sum(widths[index] for index in roomy)
        _raise(widths, [width * (1 + share * (index in roomy)) for index, width in enumerate(widths)], left)
    for filled, width in zip(printed, widths, strict=True):
        filled.width = int(width * text_size.DIGIT) / text_size.DIGIT
    return size


def _raise(widths: list[float], wanted: Sequence[float], left: float) -> None:
    """Raise `widths` to what is wanted, or all of them alike as far as `left` goes."""
    more = [max(0.0, want - width) for width, want in zip(widths, wanted, strict=True)]
    if any(more):
        part = min(1.0, max(0.0, left - sum(widths)) / sum(more))
        widths[:] = [width + part * add for width, add in zip(widths, more, strict=True)]


def _long(filled: Filled) -> list[str]:
    """Those of its texts that may take many lines; the others need not be measured."""
    if filled.column.kind != "text":
        return []
    return text_size.too_long(filled.texts(), _narrow(filled, _SMALL), _COMFORTABLE, text_size.SIZES[0])


def _needed(texts: Sequence[str], tallest: float, width: float) -> float:
    """The width at which each of its texts fits into a row, if in the smallest size; 0 where they are short."""
    most = text_size.most_lines(_SMALL, tallest)
    return text_size.widened(texts, width, most, _WIDEST, _SMALL) if texts else 0.0


def _comfortable(texts: Sequence[str], width: float, size: float) -> float:
    """The width at which none of its texts takes too many lines."""
    long = text_size.too_long(texts, width, _COMFORTABLE, size)
    return text_size.widened(long, width, _COMFORTABLE, text_size.COMFORT, size)
