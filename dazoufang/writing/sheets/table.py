"""The rows of a sheet's table as finished XML: measured first, then made block by block while the package is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from dazoufang.writing.sheets import streamed
from dazoufang.writing.sheets.cell_xml import LOW, Cells, Made
from dazoufang.writing.sheets.columns import BLOCK, Filled

_ROW: Final = "\0"  # where the number of a row belongs


class Table:
    """The rows of one sheet. `columns`: what they hold, in the order of the sheet. `styles`: how each row looks.

    Rule: rows are measured when it is made, so that every format is known before the first row is written.
    """

    def __init__(self, columns: Sequence[Filled], styles: Sequence[str], made: Made) -> None:
        self.heights = [LOW] * len(styles)  # points
        self.overlong: set[int] = set()  # rows with text that no row height can show
        self._columns = columns
        self._styles = styles
        self._made = [made.of(filled) for filled in columns]
        self._instead: dict[int, dict[int, str]] = {}  # column → row → a cell that looks otherwise than its text does
        for filled, cells_of in zip(columns, self._made, strict=True):
            self._measure(filled, cells_of)

    def _measure(self, filled: Filled, cells_of: Cells) -> None:
        """Raise the heights to what the column needs."""
        for start, values in zip(range(0, len(self._styles), BLOCK), filled.blocks(), strict=True):
            styles = self._styles[start : start + BLOCK]
            needed = _needed(cells_of, values, styles)
            for row, (style, value) in enumerate(zip(styles, values, strict=True), start) if needed else ():
                height = needed.get((style, value), LOW)
                if height > filled.tallest:
                    self.overlong.add(row)
                    height = filled.tallest
                self.heights[row] = max(self.heights[row], height)

    def put(self, column: int, row: int, cell: str) -> None:
        """Let this cell stand there instead of the one that its value makes."""
        self._instead.setdefault(column, {})[row] = cell

    def rows(self, first: int, blank: Sequence[str], ruled: int, blank_height: float) -> Iterator[str]:
        """Its rows as XML, the first of which stands in row `first` (0-based); and `ruled` rows of the cells `blank` below
        them, so high until somebody types into them."""
        names = streamed.column_names(len(self._columns))
        line = "".join([f'<c r="{name}{_ROW}"%s' for name in names])
        blocks = zip(*(filled.blocks() for filled in self._columns), strict=True)
        for start, block in zip(range(0, len(self._styles), BLOCK), blocks, strict=False):
            made = self._block(start, block)
            heights = self.heights[start : start + BLOCK]
            for row, (height, inner) in enumerate(
                zip(heights, zip(*made, strict=True), strict=True), first + start + 1
            ):
                yield f'<row r="{row}" ht="{height:g}" customHeight="1">{line.replace(_ROW, str(row)) % inner}</row>'
        last = first + len(self._styles)
        for row in range(last + 1, last + 1 + ruled):
            yield f'<row r="{row}" ht="{blank_height:g}">{line.replace(_ROW, str(row)) % (*blank,)}</row>'

    def _block(self, start: int, block: Sequence[list[Any]]) -> list[list[str]]:
        """The cells of the rows from `start` on, column by column."""
        styles = self._styles[start : start + BLOCK]
        made = [cells_of.written(values, styles) for cells_of, values in zip(self._made, block, strict=True)]
        for column, instead in self._instead.items():
            for row in instead.keys() & range(start, start + len(styles)):
                made[column][row - start] = instead[row]
        return made


def _needed(cells_of: Cells, values: list[Any], styles: Sequence[str]) -> dict[tuple[str, Any], float]:
    """(style, value) → the height of a row, where a low one is not enough; asked in the order of the rows, or another size
    of block would give other formats."""
    if styles.count(styles[0]) == len(styles):  # which is quicker, and mostly so
        asked = [(styles[0], list(dict.fromkeys(values)))]
    else:
        asked = [(style, [value]) for style, value in dict.fromkeys(zip(styles, values, strict=True))]
    return {(style, value): height for style, of in asked for value, height in cells_of.heights(style, of).items()}
