"""Knows a table that gives items back by our numbers with nothing but the columns that have changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dazoufang.judging.tables.sheet_view import LABEL, SheetView
from dazoufang.judging.which_form import Headings, Match, Path
from dazoufang.model import terms
from dazoufang.reading.sheet import Value
from dazoufang.rules.item_numbers import ITEM_KINDS

_LABELLED: Final = re.compile(rf"[{terms.HAN}()]{{1,12}}:")
_QUOTES: Final = "\"'“”‘’「」『』"


def unquoted(text: str) -> str:
    """A number as it is compared, without quotation marks around it."""
    return terms.normalize(text).strip(_QUOTES)


def _is_foot(value: Value) -> bool:
    """Whether a cell under the numbers is no number, but words under the table: 填表人, 注：…"""
    words = terms.normalize(value) if isinstance(value, str) else ""
    return (LABEL.match(words) or _LABELLED.match(words)) is not None


def changed_items(view: SheetView, headings: Headings, paths: Sequence[Path], row: int) -> Match | None:
    """How the heading in `row` fits the form whose items are numbered under it; None it is no such table.

    Rule: it lacks what a whole form needs, has the column for our numbers and one more that the form takes, and every
    filled cell under that column is a number of ours, all of one kind.
    """
    if headings.number is None:
        return None
    for form, schema in headings.schemas.items():
        word = ITEM_KINDS.get(schema.item_kind, "")
        if not schema.updates_by or not word:
            continue
        match = headings.match(form, paths)
        column = match.columns.get(schema.updates_by)
        told = [name for name in match.columns if name != schema.updates_by and not schema.by_name[name].derived]
        if column is None or not told or match.sure:
            continue
        typed = [
            unquoted(str(value))
            for at in range(row + 1, view.height)
            if (value := view.at(at, column)) is not None and not (headings.surroundings and _is_foot(value))
        ]
        found = [headings.number.fullmatch(text) for text in typed]
        if found and all(number is not None and number["kind"] in ("", word) for number in found):
            return replace(match, only_changed=True)
    return None
