"""What a cell means where more, or less, is stored in it: marks that were typed or exported before a value, and what is
left of a workbook for rules that knew no such habits."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from dazoufang.reading.sheet import Book, HalfStruck, Sheet, Uncalculated, Value, Worded

HOW_SHOWN: Final = "按显示"
HOW_MARK: Final = "去掉多打的引号"

_MARKS: Final = "'’‘`＇"
_FIRST: Final = frozenset(f'{_MARKS}="\u00a0\u200b\u2060\ufeff')
_EXPORTED: Final = re.compile(r'="((?:[^"]|"")*)"', re.DOTALL)
_MARKED: Final = re.compile(rf"[\s\u200b\u2060\ufeff]*[{_MARKS}]([^{_MARKS}]+)", re.DOTALL)
_QUOTED: Final = re.compile(r"'([^']+)'", re.DOTALL)
_DOUBLY_QUOTED: Final = re.compile(r'"\s*([^"\s][^"]*)"', re.DOTALL)
_SHORTENED: Final = re.compile(r"[0-9]{2}(?:年|后|级|届)")  # ’98年, ’90后: the mark stands for what was left out


class Marked(Worded):
    """A text less the marks before it: the text is what is meant (张三), `behind` what was typed ('张三)."""

    __slots__ = ()


def meant(book: Book) -> Book:
    """A book in which texts are freed of the marks before them: `'张三`, `’13812345678`, `="13812345678"`.

    Rule: only a mark that stands alone goes: ‘…’ quotes, '' is 同上, ’98年 is a year.
    """
    for sheet in book.sheets:
        for row in sheet.rows:
            for column, value in enumerate(row):
                if isinstance(value, str) and value[:1] in _FIRST:
                    row[column] = _unmarked(value)
    return book


def _unmarked(value: str) -> Value:
    if exported := _EXPORTED.fullmatch(value) or _DOUBLY_QUOTED.fullmatch(value):
        text = exported[1].replace('""', '"')
    elif type(value) is str and (found := _MARKED.fullmatch(value) or _QUOTED.fullmatch(value)):
        text = found[1]
        if _SHORTENED.match(text):
            return value
    else:
        return value
    if type(value) not in (str, Uncalculated):
        return value
    return Marked(text, str(value)) if text.strip() else None


def as_before(book: Book) -> Book:
    """A book as programs read it that knew no such habits: stored values for shown ones, nothing crossed out."""
    return replace(book, sheets=[_sheet_as_before(sheet) for sheet in book.sheets])


def _sheet_as_before(sheet: Sheet) -> Sheet:
    rows = [[_as_before(value) for value in row] for row in sheet.rows]
    return replace(sheet, rows=rows, struck=frozenset())


def _as_before(value: Value) -> Value:
    if isinstance(value, Worded):
        return value.behind
    return value.first if isinstance(value, HalfStruck) else value
