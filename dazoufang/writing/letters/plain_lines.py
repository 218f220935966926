"""Long lines of plain text broken where a reader would break them: never within a number, a day, an address or a word."""

from __future__ import annotations

import re
from typing import Final, cast

from dazoufang.writing.sheets.text_size import units

ROOM: Final = 76  # half-widths; a terminal has 80
_OPENING: Final = "（“《「【(["
_CLOSING: Final = "，。、；：？！）”》」】…)],.;:"
# What stays together: marks that open, then a day, or a run of letters and digits with the measure word after it, or
# one character; then marks that close.
_PIECE: Final = re.compile(
    rf"[{re.escape(_OPENING)}]*"
    r"(?:\d+年(?:\d+月(?:\d+日)?)?|\d+月\d+日|[!-~]+(?: ?[\u4e00-\u9fff])?|.)?"
    rf"[{re.escape(_CLOSING)}]*"
)
_BEGINS: Final = re.compile(r" *(?:\d+\. |- )?")


def wrapped(line: str, room: int = ROOM) -> str:
    """`line` in as many lines as it needs to be at most `room` half-widths wide (a Chinese character is two), all but
    the first indented as its words are. A single piece longer than that, such as a long file name, stays whole."""
    if units(line) <= room:
        return line
    begins = cast(re.Match[str], _BEGINS.match(line))[0]
    indent = " " * units(begins)
    lines, now = [], ""
    for piece in _pieces(line[len(begins) :]):
        if now and units(indent + now + piece.rstrip()) > room:
            lines.append(now.rstrip())
            now = ""
        now += piece if now else piece.lstrip()
    lines.append(now.rstrip())
    return begins + f"\n{indent}".join(lines)


def _pieces(text: str) -> list[str]:
    return [found[0] for found in _PIECE.finditer(text) if found[0]]
