"""What the records of a .xls (or .et) say of its cell styles: which show words, and which cross the cell out."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from dazoufang.reading.number_formats import BUILT_IN, WordedFormat, worded_format
from dazoufang.reading.sheet import Sheet

_FONT: Final = 0x0031
_FORMAT: Final = (0x041E, 0x001E)
_XF: Final = (0x00E0, 0x0043, 0x0243, 0x0443)
STYLES: Final = frozenset({_FONT, *_FORMAT, *_XF})
_CROSSED: Final = 0x0008  # the bit of a font's flags


@dataclass(slots=True)
class XlsStyles:
    """By the number of a cell's style (its XF record): the format that shows words, and whether it crosses out."""

    worded: dict[int, WordedFormat] = field(default_factory=dict)
    struck: set[int] = field(default_factory=set)
    telling: frozenset[int] = frozenset()  # both
    _crossed: list[bool] = field(default_factory=list)  # the fonts
    _codes: dict[int, str] = field(default_factory=dict)
    _styles: list[tuple[int, int]] = field(default_factory=list)  # font and format of each style

    def note(self, number: int, body: bytes) -> None:
        """Look at one record of the book's globals."""
        if number == _FONT and len(body) >= 4:
            self._crossed.append(bool(struct.unpack_from("<H", body, 2)[0] & _CROSSED))
        elif number in _FORMAT and len(body) >= 3:
            self._codes[struct.unpack_from("<H", body)[0]] = _code(body)
        elif number in _XF and len(body) >= 4:
            self._styles.append(struct.unpack_from("<HH", body))

    def settle(self) -> None:
        """Once all globals were noted: which styles say something."""
        for at, (font, number) in enumerate(self._styles):
            # The fonts are counted as if there were one of number 4.
            font -= font > 4
            if font < len(self._crossed) and self._crossed[font]:
                self.struck.add(at)
            if shows := worded_format(self._codes.get(number, BUILT_IN.get(number, ""))):
                self.worded[at] = shows
        self.telling = frozenset(self.worded) | self.struck

    def note_cells(self, styled: dict[tuple[int, int], int], body: bytes, *, several: bool) -> None:
        """Put the cells of one record (`several`: a row of numbers) whose style says something into `styled`."""
        row, column, style = struct.unpack_from("<3H", body)
        if not several:
            if style in self.telling:
                styled[row, column] = style
            return
        for at in range((len(body) - 6) // 6):
            style = struct.unpack_from("<H", body, 4 + 6 * at)[0]
            if style in self.telling:
                styled[row, column + at] = style

    def as_shown(self, sheet: Sheet, styled: Mapping[tuple[int, int], int]) -> Sheet:
        """A sheet with what the styles of its cells say: texts that are shown for values, and crossed-out cells."""
        struck = set()
        for (row, column), style in styled.items():
            line = sheet.rows[row] if row < len(sheet.rows) else []
            if column < len(line) and line[column] is not None:
                if style in self.worded:
                    line[column] = self.worded[style].shown(line[column])
                if style in self.struck:
                    struck.add((row, column))
        return replace(sheet, struck=frozenset(struck)) if struck else sheet


def _code(body: bytes) -> str:
    """The text of a FORMAT record: of BIFF8 with a length of two bytes and a flag, of BIFF5 with one of one byte."""
    size, flags = struct.unpack_from("<HB", body, 2) if len(body) >= 5 else (0, 0)
    if len(body) == 5 + size * (2 if flags & 1 else 1):
        return body[5:].decode("utf-16-le" if flags & 1 else "latin-1", "replace")
    return body[3 : 3 + body[2]].decode("gb18030", "replace")
