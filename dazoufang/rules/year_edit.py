"""Puts a year's dates into the text of the campaign's rules: in its own block, or in a copy of the last year's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import yaml

from dazoufang.rules.rules_edit import end_of, with_value

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_YEARS: Final = "years"

Span = tuple[date, date]


def with_year(text: str, year: int, spans: Sequence[Span], source: str, *, alone: bool = False) -> str:
    """The rules with these first and last days of the phases of `year`: those of the rounds in their order, then 考核讲评.

    A year that has no block gets a copy of the block of the year before it (remarks and all), which stands behind that
    one; without such a year, of the first block, before it. `alone`: the only block there is becomes this year's.
    `source` is what the dates come from, where they are not what stands there already.
    """
    known = [block["year"] for block in yaml.load(text, Loader=_Loader)[_YEARS]]  # noqa: S506 - a safe loader
    if year in known:
        place = known.index(year)
    elif alone and len(known) == 1:
        place = 0
    else:
        place = sum(before < year for before in known)
        text = _with_copy(text, max(place - 1, 0))
    dated = with_value(text, (_YEARS, place, "year"), year)
    for way, span in zip(_phases(dated, place), spans, strict=True):
        for key, day in zip(("first", "last"), span, strict=True):
            dated = with_value(dated, (_YEARS, place, *way, key), day)
    return dated if dated == text and year in known else with_value(dated, (_YEARS, place, "source"), source)


def _with_copy(text: str, place: int) -> str:
    """The block at `place` twice, one behind the other."""
    tree: Any = yaml.compose(text, Loader=_Loader)
    blocks = next(value for key, value in tree.value if key.value == _YEARS)
    block = blocks.value[place]
    start, end = block.start_mark.index, end_of(block)
    if blocks.flow_style:
        return f"{text[:end]}, {text[start:end]}{text[end:]}"
    start = text.rindex("\n", 0, start) + 1  # with the dash before it
    line = text.find("\n", end)  # with a remark behind it
    end = len(text) if line < 0 else line
    return f"{text[:end]}\n{text[start:end]}{text[end:]}"


def _phases(text: str, place: int) -> list[tuple[str | int, ...]]:
    """The way from a year's block to each of its phases, in order."""
    block = yaml.load(text, Loader=_Loader)[_YEARS][place]  # noqa: S506 - a safe loader
    rounds = enumerate(block["rounds"])
    ways: list[tuple[str | int, ...]] = [
        ("rounds", number, "phases", at) for number, round_ in rounds for at in range(len(round_["phases"]))
    ]
    return [*ways, ("review",)]
