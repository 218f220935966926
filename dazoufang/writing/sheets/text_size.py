"""How much room text takes in a cell: how many lines it wraps to, and how high a row and how wide a column must be."""

from __future__ import annotations

import heapq
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

# Points: table text, and what it may shrink to before it would be cut off. Eight can still be read on paper; the half above
# it is for programs that fit a page with a per cent or two to spare.
SIZES: Final = (10, 9, 8.5)
TALLEST: Final = 409  # points; Excel's highest row
COMFORT: Final = 40  # characters; up to here a column is widened so that rows stay low

# Noto and Source Han, which stand in for 宋体 where that is missing, need 1.45 em a line; 宋体 itself 1.2.
_LEADING: Final = 1.45
_PADDING: Final = 5  # points above and below the lines together
_LOWEST: Final = 22.5  # points; a row of one line that a pen still fits in
_RESERVE: Final = 0.9  # of the highest row; fonts that stand in for 宋体 run wider
_SPARE_EVERY: Final = 12  # lines; for the same reason one line more for each so many
_SPARE_IN: Final = 16  # half-widths of a line; for the same reason one is left free in so many
_PIXEL: Final = 0.75  # points
_ENOUGH: Final = 100  # texts, to find the width that a column needs
DIGIT: Final = 7  # pixels of one character of column width, as Excel counts with its own Normal style
PADDING: Final = 5  # pixels of a column besides its characters

_TOKEN: Final = re.compile(r"[!-~\u00a1-\u024f]+|\s|.", re.DOTALL)
_NEVER_FIRST: Final = frozenset("，。、；：？！）》」』】〕”’…—％·,.;:?!)]}%")


def units(text: str) -> int:
    """The width of `text` in half-widths: a Chinese character is 2, a Latin letter or digit 1."""
    return len(text) if text.isascii() else sum(map(_UNITS.__getitem__, text))


class _Units(dict[str, int]):
    """Character → its width in half-widths, looked up once."""

    def __missing__(self, char: str) -> int:
        width = self[char] = 2 if is_wide(char) else 1
        return width


_UNITS: Final = _Units()


@lru_cache(maxsize=8192)
def is_wide(char: str) -> bool:
    """Whether a character takes twice the room. Ambiguous ones (“”, ①, —) are drawn wide by Chinese fonts."""
    return unicodedata.east_asian_width(char) in "WFA"


def capacity(width: float, size: float = SIZES[0]) -> int:
    """How many half-widths of `size` points fit on one line of a column `width` characters wide; at least 2."""
    pixels = width * DIGIT - 1
    fitting = int(pixels / (size * 96 / 72 / 2))
    return max(2, fitting - fitting // _SPARE_IN)  # the digits of Noto are a tenth wider than half of a character


def lines(text: str, room: int) -> int:
    """How many lines `text` wraps to where a line holds `room` half-widths; "" is 1.

    Rule: words are kept whole, closing marks never begin a line; both as Excel and WPS do, so the count is never low.
    """
    if 2 * len(text) <= room and "\n" not in text:
        return 1
    return sum(_wrapped(piece, room) for piece in text.split("\n"))


def _wrapped(text: str, room: int) -> int:
    if units(text) <= room:
        return 1
    count, used, last = 1, 0, 0
    for word in _TOKEN.findall(text):
        width = _UNITS[word] if len(word) == 1 else units(word)
        if used + width <= room:
            used += width
        elif width > room:  # a word longer than a line is broken anywhere
            whole, rest = divmod(used + width, room)
            count += whole if rest else whole - 1
            used = rest or room
        elif word in _NEVER_FIRST:  # takes the character before it along
            count, used = count + 1, last + width
        elif word == " ":
            continue
        else:
            count, used = count + 1, width
        last = min(width, room - 1)
    return count


def row_height(count: int, size: float = SIZES[0]) -> float:
    """Points that `count` lines of `size` points need, in whole pixels, not capped."""
    count += count // _SPARE_EVERY
    return max(_LOWEST, math.ceil((count * size * _LEADING + _PADDING) / _PIXEL) * _PIXEL)


def most_lines(size: float = SIZES[0], tallest: float = TALLEST) -> int:
    """How many lines of `size` points a row of `tallest` points holds, less a reserve."""
    return int((tallest - _PADDING) / (size * _LEADING) * _RESERVE)


def size_for(text: str, width: float, sizes: Sequence[float] = SIZES, tallest: float = TALLEST) -> float:
    """The largest of `sizes` at which `text` fits into a row of `tallest` points in a column `width` wide; the smallest if
    none does."""
    for size in sizes:
        if lines(text, capacity(width, size)) <= most_lines(size, tallest):
            return size
    return sizes[-1]


def too_long(texts: Iterable[str], width: float, most: int, size: float = SIZES[0]) -> list[str]:
    """Those of `texts` that take more than `most` lines in a column `width` wide; of very many those that take the most, for
    they do so in a wider one too."""
    room = capacity(width, size)
    # A line is at least half full, so only these can be too long; to measure every text would be slow.
    suspects = (text for text in texts if 4 * len(text) > room * most or text.count("\n") >= most)
    found = ((count, text) for text in suspects if (count := lines(text, room)) > most)
    return [text for _, text in heapq.nlargest(_ENOUGH, list(found))]


def widened(texts: Sequence[str], width: float, most: int, widest: float, size: float = SIZES[0]) -> float:
    """The least width from `width` on, at most `widest`, at which none of `texts` takes more than `most` lines."""
    # A space at the end of a line takes no room, nor does what ends it.
    weighed = [(units(text) - text.count(" ") - text.count("\n"), text) for text in texts]
    while width < widest:
        room = capacity(width, size)
        # What so many full lines do not hold needs no wrapping to be known as too long.
        weighed = [(full, text) for full, text in weighed if full > room * most or lines(text, room) > most]
        if not weighed:
            break
        width = min(width + 1, widest)
    return width


def without_widow(title: str, width: float) -> float:
    """`width`, or a little more where the last line of `title` would hold one character alone (回访方|式)."""
    for wider in (width, width + 1, width + 2):
        room = capacity(wider)
        rest = units(title) % room
        if units(title) <= room or rest == 0 or rest > 2:
            return wider
    return width
