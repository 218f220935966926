"""Reads text tables (CSV, TSV) as one sheet, and says when a typed text must count as a number."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import Final

from dazoufang.model import faults
from dazoufang.reading.sheet import Grid, Sheet, TooFar, Unreadable

LONGEST_FIELD: Final = 131_072  # characters; no cell is that long, but a quotation mark that never closes is
_DELIMITERS: Final = (",", "\t", ";")
_DECIMAL: Final = re.compile(r"[0-9]{1,2}\.[0-9]")


def typed(text: str) -> str | float:
    """A cell of a text format: the text itself, but for decimals with one place. Nobody can tell whether 3.1 was
    typed so or is the number that a spreadsheet made of 3.10, so it must count as a number."""
    return float(text) if _DECIMAL.fullmatch(text) else text


def read_text(text: str, name: str) -> Sheet:
    """A CSV or TSV as one sheet named after the file. Raises Unreadable F04 where the quotes do not match."""
    grid = Grid()
    text = text.removeprefix("\ufeff").rstrip("\x1a")
    try:
        for row, line in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))):
            for column, value in enumerate(line):
                if len(value) > LONGEST_FIELD:
                    raise csv.Error
                grid.put(row, column, typed(value))
    except csv.Error as error:
        raise Unreadable("F04", "文本表格的引号没有成对（或一格文字过长），分不清各列") from error
    except TooFar as error:
        return Sheet(name, True, [], [], faults.make("S05", sheet=name, what=error.reason))
    return Sheet(name, True, grid.rows, [])


def _delimiter(text: str) -> str:
    """The delimiter that cuts the most of the first lines into the same number (two or more) of cells."""
    sample = text[:20_000].splitlines()[:50]

    def score(delimiter: str) -> tuple[int, int]:
        try:
            widths = Counter(len(line) for line in csv.reader(sample, delimiter=delimiter) if len(line) > 1)
        except csv.Error:
            return 0, 0
        return max(((count, width) for width, count in widths.items()), default=(0, 0))

    return max(_DELIMITERS, key=score)
