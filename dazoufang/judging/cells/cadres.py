"""Cadres in a cell, perhaps with their unit before the name: what only the roster can tell stays whole for it."""

from __future__ import annotations

import re
from typing import Final

from dazoufang.judging.cells.converted import Cell, Converted
from dazoufang.judging.cells.people import to_names_less_titles
from dazoufang.model import terms

_SEPARATORS: Final = re.compile(r"[、,;\n]+")
_UNIT_FIRST: Final = re.compile(
    rf"[{terms.HAN}]*(?:股|室|中心|学校|中学|小学|幼儿园|局|工会|会|社区)[{terms.HAN}]{{2,10}}"
)


def to_cadres(value: Cell) -> Converted:
    """`to_names_less_titles`; a name with a unit before it (人事股李明, 工会 李明, 人事股股长李明) stays as typed."""
    converted = to_names_less_titles(value)
    if converted.fault != "C20" or not isinstance(value, str):
        return converted
    names: list[str] = []
    for piece in filter(None, map(str.strip, _SEPARATORS.split(terms.narrow(value)))):
        alone = to_names_less_titles(piece)
        if isinstance(alone.value, tuple):
            names.extend(alone.value)
        elif _UNIT_FIRST.fullmatch(joined(piece)):
            names.append(" ".join(piece.split()))
        else:
            return converted
    return Converted(tuple(dict.fromkeys(names)))


def joined(name: str) -> str:
    """A name without the blanks in it."""
    return "".join(name.split())


def without_title(name: str) -> str:
    """A name less a title before it: 股长李明 is 李明."""
    found = to_names_less_titles(name).value
    return found[0] if isinstance(found, tuple) and len(found) == 1 else name
