"""What the styles of an .xlsx say of its cells: which hold days, which show their value with words, which are crossed out."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Final

from dazoufang.reading.number_formats import BUILT_IN, WordedFormat, worded_format
from dazoufang.reading.zip_parts import starts

DATES: Final = frozenset([*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)])
_ELAPSED: Final = 46
_NOT_LETTERS: Final = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|General|E[+-]', re.IGNORECASE)


_CODE: Final = re.compile(rb'formatCode="([^"]*)"')
_PERCENT: Final = re.compile(rb'numFmtId="(?:9|10)"')
_CONTAINERS: Final = frozenset({"fonts", "cellXfs", "cellStyleXfs", "cellStyles", "dxfs"})


@dataclass(frozen=True, slots=True)
class Styles:
    """By the number of a cell's style: its look ('date', 'elapsed' or ''), the format that shows words, and whether it
    crosses the cell out."""

    looks: list[str] = field(default_factory=list)
    worded: dict[int, WordedFormat] = field(default_factory=dict)
    struck: frozenset[int] = frozenset()


def cell_styles(data: bytes, part: str) -> Styles:
    """The styles of a styles part. Built-in 27–36 and 50–58 are the dates of zh-CN and WPS. Unreadable F04 where it is
    broken."""
    codes: dict[int, str] = {}
    crossed: list[bool] = []  # the fonts
    looks: list[str] = []
    worded: dict[int, WordedFormat] = {}
    struck: set[int] = set()
    inside = ""
    for tag, attributes in starts(data, part):
        if tag == "numFmt" and attributes.get("numFmtId", "").isdigit():
            codes.setdefault(int(attributes["numFmtId"]), attributes.get("formatCode", ""))
        elif tag in _CONTAINERS:
            inside = tag
        elif tag == "font" and inside == "fonts":
            crossed.append(False)
        elif tag == "strike" and inside == "fonts" and crossed:
            crossed[-1] = attributes.get("val", "1") not in ("0", "false")
        elif tag == "xf" and inside == "cellXfs":
            number, font = (
                int(text) if (text := attributes.get(key, "")).isdigit() else 0 for key in ("numFmtId", "fontId")
            )
            look = _format(number, codes)
            shows = None if look else worded_format(codes.get(number, BUILT_IN.get(number, "")))
            if shows is not None:
                worded[len(looks)] = shows
            if font < len(crossed) and crossed[font]:
                struck.add(len(looks))
            looks.append(look)
    return Styles(looks, worded, frozenset(struck))


def say_more(data: bytes) -> bool:
    """Whether a styles part may hold a format that shows words or a font that crosses out; most hold neither, and their
    cells say no more than their values."""
    if b"strike" in data or b"\0" in data[:200] or _PERCENT.search(data):
        return True
    codes = (html.unescape(code.decode("utf-8", "replace")) for code in _CODE.findall(data))
    return any(not format_kind(code) and worded_format(code) for code in codes)


def _format(number: int, codes: dict[int, str]) -> str:
    if number in codes:
        return format_kind(codes[number])
    return "elapsed" if number == _ELAPSED else "date" if number in DATES else ""


def format_kind(code: str) -> str:
    """'date', 'elapsed' or '' for a number format's code, judged by its first section."""
    section = _NOT_LETTERS.sub("", code.partition(";")[0]).lower()
    if "[" in section:
        return "elapsed"
    digits = re.search("[0#?]", re.sub(r"s\.0+", "s", section))
    return "date" if re.search("[ymdhse]", section) and not digits else ""
