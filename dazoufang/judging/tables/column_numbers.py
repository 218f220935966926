"""Rows under a heading that number its columns, however the numbers are written: ①, （A）, 第1栏, 甲."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from dazoufang.model import terms
from dazoufang.reading.sheet import Value

LEAST_NUMBERING: Final = 4  # columns numbered in one row
_FIGURES: Final = "figures"
_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
_KINDS: Final = (_STEMS, "一二三四五六七八九十", "abcdefghijklmnopqrstuvwxyz")  # the first of each stands for 1
_WRITTEN: Final = re.compile(rf"(?:第|[(\[【<])?([0-9]{{1,3}}|[{''.join(_KINDS)}])(?:[栏列项]|[)\]】>])?[.、,:]?")


def numbers_columns(cells: Sequence[tuple[int, Value]]) -> bool:
    """Whether the cells of a row, (column, value), number their columns: 1 stands first, and each number is as much
    higher than the first as its column lies to the right. Behind 甲, 乙 … the figures may begin at 1 again."""
    found = [(column, _numbered(value)) for column, value in cells]
    told = [(column, *number) for column, number in found if number is not None]
    if not len(cells) == len(told) >= LEAST_NUMBERING:
        return False
    stems = [number for number in told if number[1] == _STEMS]
    rest = told[len(stems) :]
    return all(_counts(run) for run in ((stems, rest) if stems and rest else (told,)))


def _counts(run: Sequence[tuple[int, str, int]]) -> bool:
    """Whether the numbers of a run, (column, kind, number), are of one kind and count the columns from 1."""
    first, kind, begin = run[0]
    return begin == 1 and all(own == kind and number - begin == column - first for column, own, number in run)


def _numbered(value: Value) -> tuple[str, int] | None:
    """(kind, number) of a cell that holds a number of a column; None it holds something else."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (_FIGURES, int(value)) if float(value).is_integer() else None
    if not isinstance(value, str):
        return None
    text = value.strip()
    if len(text) == 1 and unicodedata.category(text) in ("No", "Nl"):  # ① ⑴ Ⅳ
        return _FIGURES, int(unicodedata.numeric(text))
    written = _WRITTEN.fullmatch(terms.normalize(text))
    if written is None:
        return None
    if written[1].isdecimal():
        return _FIGURES, int(written[1])
    kind = next(letters for letters in _KINDS if written[1] in letters)
    return kind, kind.index(written[1]) + 1
