"""Cells that must hold one of a few words: choices, several choices in one cell, and townships."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from rapidfuzz import fuzz, process

from dazoufang.judging.cells.converted import EMPTY, Cell, Converted, fault, number_text
from dazoufang.model import terms

_SEPARATORS: Final = re.compile(r"[、,;/|+&\s和及]+")
_ALIKE: Final = 60.0  # of 100: below that a suggestion would only confuse
_NO_ALIASES: Final[Mapping[str, str]] = MappingProxyType({})

HOW_ALIAS: Final = "统一名称"
HOW_SEVERAL: Final = "多项分隔"
HOW_TOWNSHIP: Final = "乡镇全称"


def to_choice(value: Cell, choices: Sequence[str], aliases: Mapping[str, str] = _NO_ALIASES) -> Converted:
    """A cell → the title of one choice, or C11 (details: choices, hint).

    `aliases` maps another spelling to a title. Exact after normalizing. A none-word that is no choice is an empty cell.
    Rule: likeness only words a question, it never maps.
    """
    if value is None or value in choices:
        return EMPTY if value is None else Converted(value)
    text = _text(value)
    table = spelt_choices(tuple(choices), tuple(aliases.items()))
    found = table.get(normalized := terms.normalize(text)) or table.get(normalized.rstrip(terms.CLOSING_STOPS))
    if found is not None:
        return Converted(found, how=HOW_ALIAS)
    if terms.is_blank(text):
        return EMPTY
    return fault("C11", choices="、".join(choices), hint=_hint(text, tuple(choices), tuple(aliases.items())))


def to_choices(value: Cell, choices: Sequence[str], aliases: Mapping[str, str] = _NO_ALIASES) -> Converted:
    """A cell → the tuple of the chosen titles in the order of `choices`, or C11.

    Parted by 、 , ; / a blank or a line break, or run together (政策法律) when that can be read in one way only.
    """
    if value is None:
        return EMPTY
    text = _text(value)
    table = spelt_choices(tuple(choices), tuple(aliases.items()))
    chosen: set[str] = set()
    whole = table.get(terms.normalize(text))
    if whole is None and terms.is_blank(text):
        return EMPTY
    for part in [text] if whole else _SEPARATORS.split(terms.narrow(text).strip()):
        normalized = terms.normalize(part)
        if not normalized:
            continue
        titles = [table[normalized]] if normalized in table else _run_together(normalized, table)
        if titles is None:
            hint = _hint(part, tuple(choices), tuple(aliases.items()))
            return fault("C11", choices="、".join(choices), hint=hint)
        chosen.update(titles)
    ordered = tuple(title for title in choices if title in chosen)
    if not ordered:
        return EMPTY
    return Converted(ordered, how="" if "、".join(ordered) == text else HOW_SEVERAL)


def to_township(value: Cell, townships: Sequence[str], aliases: Mapping[str, str] = _NO_ALIASES) -> Converted:
    """A cell → the full name of a township, or C12 (details: choices, hint).

    Short names (章华), aliases (鲶鱼须) and names behind province, city and county (华容县章华镇) are known too.
    """
    if value is None or value in townships:
        return EMPTY if value is None else Converted(value)
    text = _text(value)
    names = _township_table(tuple(townships), tuple(aliases.items()))
    normalized = terms.normalize(text).rstrip(terms.CLOSING_STOPS)
    normalized = normalized[1:-1] if normalized[:1] + normalized[-1:] in ("()", "[]", "【】") else normalized
    inner = _GOVERNMENT.sub("", _ABOVE_TOWNSHIP.sub("", normalized))
    found = names.get(normalized) or names.get(inner)
    if found is not None:
        return Converted(found, how=HOW_TOWNSHIP)
    if terms.is_blank(text):
        return EMPTY
    if leading := _leading(inner, names):
        hint = f"（是不是“{leading}”？村组请写在村组一栏）"
    else:
        hint = _hint(inner, tuple(townships), tuple(aliases.items()))
    return fault("C12", choices="、".join(townships), hint=hint)


def township_in(address: str, townships: Sequence[str], aliases: Mapping[str, str] = _NO_ALIASES) -> str:
    """The full name of the township that an address begins with (章华镇沙口村5组), "" there is none or it is not certain."""
    inner = _ABOVE_TOWNSHIP.sub("", terms.normalize(address))
    return _leading(inner, _township_table(tuple(townships), tuple(aliases.items())))


def _leading(text: str, names: Mapping[str, str]) -> str:
    """The only township by whose name, 镇 or 乡 included, `text` begins; "" there is none."""
    longer = {names[name] for name in names if len(name) > 2 and text.startswith(name)}
    return longer.pop() if len(longer) == 1 else ""


_GOVERNMENT: Final = re.compile("(?<=[镇乡])(?:人民)?政府$")
_ABOVE_TOWNSHIP: Final = re.compile(r"^(?:[^省]{2,3}省)?(?:[^市]{2,3}市)?(?:[^县区]{2,3}[县区])?(?=.)")


def _text(value: Cell) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool | date | time):
        return str(value)
    return "" if value is None else number_text(value) or str(value)


@lru_cache(maxsize=256)
def spelt_choices(choices: tuple[str, ...], aliases: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Every normalized spelling → its title; a title beats an alias."""
    table = {terms.normalize(alias): title for alias, title in aliases}
    table.update((terms.normalize(title), title) for title in choices)
    return MappingProxyType(table)


@lru_cache(maxsize=64)
def _township_table(townships: tuple[str, ...], aliases: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Every normalized spelling → its full name; a short name that two townships share means neither."""
    table: dict[str, str] = {}
    shared: set[str] = set()
    for spelling, title in (*aliases, *zip(townships, townships, strict=True)):
        normalized = terms.normalize(spelling)
        table[normalized] = title
        short = normalized.removesuffix("镇").removesuffix("乡")
        if len(short) < 2:
            continue
        if table.setdefault(short, title) != title:
            shared.add(short)
        table.setdefault(short + title[-1], title)
    titles = {terms.normalize(township) for township in townships}
    return MappingProxyType({name: full for name, full in table.items() if name not in shared - titles})


def _run_together(text: str, table: Mapping[str, str]) -> list[str] | None:
    """The titles that `text` is made of end to end, None when there is no way or more than one."""
    ways: list[list[frozenset[str]]] = [[frozenset()], *([] for _ in text)]
    for end in range(1, len(text) + 1):
        for spelling, title in table.items():
            start = end - len(spelling)
            if spelling and start >= 0 and text.startswith(spelling, start):
                ways[end].extend(way | {title} for way in ways[start] if way | {title} not in ways[end])
        del ways[end][2:]  # two readings are already too many
    return sorted(ways[-1][0]) if len(ways[-1]) == 1 else None


@lru_cache(maxsize=4096)
def _hint(text: str, choices: tuple[str, ...], aliases: tuple[tuple[str, str], ...]) -> str:
    """（是不是“已化解”？） when one choice looks like `text` and does not say its opposite, else ""."""
    normalized = terms.normalize(text)
    sense = terms.NEGATIONS.intersection(normalized)
    names = {
        spelling: title
        for spelling, title in spelt_choices(choices, aliases).items()
        if terms.NEGATIONS.intersection(spelling) == sense and terms.NEGATIONS.intersection(title) == sense
    }
    nearest = process.extractOne(normalized, list(names), scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return f"（是不是“{names[nearest[0]]}”？）" if nearest else ""
