"""The paper that sheets are printed on: how large it is, what its margins leave, and where its pages end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

# GB/T 9704-2012 gives an upright A4 page margins of 37 mm above, 35 below, 28 on the left (where it is bound) and 26 on the
# right, and has a table printed across turned by a quarter: its head lies where the page is bound. So 28 mm stand over a
# table and 26, with the page number, under it. Of the 37 and 35 mm, then left and right, a table keeps 20: with all of
# them (225 mm to print on) annex 2 would lose three columns or a point of its type, and nothing is bound or numbered there.
TOP: Final = 28  # mm
BOTTOM: Final = 26
SIDE: Final = 20
FOOTER: Final = 14  # mm from the edge to the page number, whose line stands 7 mm below the text as the standard has it

_INCH: Final = 25.4  # mm
_SPARE: Final = 0.97  # of the width: the digits that columns are counted in differ by a fiftieth
_SPARE_DOWN: Final = 0.985  # of the height: no two programs round it alike
_MOST_BREAKS: Final = 1023  # of a sheet, as Excel has it; where there are more pages the last of them end as they fall


@dataclass(frozen=True)
class Paper:
    """A paper size, laid across. code: that of the file format. width, height: mm."""

    code: int
    width: int
    height: int

    @property
    def across(self) -> float:
        """Pixels between the margins, at 96 an inch."""
        return (self.width - 2 * SIDE) / _INCH * 96 * _SPARE

    @property
    def down(self) -> float:
        """Points between the margins."""
        return (self.height - TOP - BOTTOM) / _INCH * 72 * _SPARE_DOWN


A4: Final = Paper(9, 297, 210)
A3: Final = Paper(8, 420, 297)


def paper_of(name: str, a3: Sequence[str]) -> Paper:
    """The paper of a sheet: A3 where `a3` names it, also where it is a further one of a list (走访明细(2))."""
    return A3 if re.sub(r"\(\d+\)$", "", name) in a3 else A4


def breaks(heights: Sequence[float], groups: Sequence[object], first: float, later: float) -> Iterator[int]:
    """The rows that a page begins with, less the first, so that rows of one group stand on one page where one holds them.

    heights, groups: of the rows, in points, and what they are of. first, later: points that the first page and those after
    it have for rows. At most as many as Excel takes.
    """
    room, used, count = first, 0.0, 0
    row = 0
    while row < len(heights) and count < _MOST_BREAKS:
        end = row + 1
        while end < len(heights) and groups[end] == groups[row]:
            end += 1
        whole = sum(heights[row:end])
        if used and used + whole > room and whole <= later:
            yield row
            room, used, count = later, 0.0, count + 1
        for at in range(row, end):
            if used and used + heights[at] > room and count < _MOST_BREAKS:
                yield at
                room, used, count = later, 0.0, count + 1
            used += heights[at]
        row = end
