"""What stands around the table of a template: 填报单位：____ and the like are filled where the program knows the value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from dazoufang.model import terms
from dazoufang.writing.own_templates.blank import Run
from dazoufang.writing.sheets import text_size

UNIT: Final = "reporting_unit"
DAY: Final = "reported_on"

_GAP: Final = "[ \\t\u3000\u00a0_＿]*"
_DATE: Final = rf"{_GAP}(?:\d{{4}}|{_GAP})年{_GAP}\d{{0,2}}{_GAP}月{_GAP}\d{{0,2}}{_GAP}日|{_GAP}\d{{4}}[-./]\d{{1,2}}[-./]\d{{1,2}}"
_FIELD: Final = re.compile(r"\{\{\s*([^{}\s]+)\s*\}\}")


def _spelt(labels: Sequence[str]) -> str:
    """A pattern of the labels, whatever blanks stand between their characters."""
    longest_first = sorted(labels, key=len, reverse=True)
    return "|".join(f"{_GAP}".join(map(re.escape, label)) for label in longest_first)


_NOTE: Final = r"(?:\s*[（(][^（()）]{1,6}[)）])?"
_UNIT: Final = re.compile(
    rf"(?:(?:{_spelt(terms.META_LABELS[UNIT])}){_NOTE}|单\s*位\s*[（(](?:盖章|公章)[)）])\s*[:：](?P<blank>{_GAP})"
)
_DAY: Final = re.compile(rf"(?:{_spelt(terms.META_LABELS[DAY])}){_NOTE}\s*[:：](?P<blank>{_DATE}|{_GAP})")
_UNTIL: Final = re.compile(rf"截[至止](?:[:：])?(?P<blank>{_DATE})")
_BARE: Final = re.compile(
    rf"\s*(?:(?P<unit>{_spelt(terms.META_LABELS[UNIT])})|{_spelt(terms.META_LABELS[DAY])}){_NOTE}\s*[:：]?\s*"
)


class Change(NamedTuple):
    """Characters `start` to `end` of a text, and what comes in their place."""

    start: int
    end: int
    new: str


class UnknownField(Exception):
    """A text asks for a field that there is not: its name."""


def changes(text: str, known: Mapping[str, str], fields: Mapping[str, str]) -> list[Change]:
    """What is filled into a text. known: UNIT and DAY → what stands there. fields: name → what stands for {{name}}.

    Rule: what an office has written behind 填报单位 stays; a day behind 填报时间 or 截至 is always that of the list.

    Raises:
        UnknownField: {{…}} names none of `fields`.
    """
    found = [*_fields(text, fields)]
    for pattern, key in ((_UNIT, UNIT), (_DAY, DAY), (_UNTIL, DAY)):
        for match in pattern.finditer(text):
            start, end = match.span("blank")
            behind = text[end : end + 1]
            if key == UNIT and behind and not behind.isspace() and not match["blank"]:
                continue  # somebody has filled it
            if key == UNIT and _says_something(text[end:]):
                continue
            if key == DAY and not match["blank"].strip(" \u3000\t_＿\u00a0") and _says_day(text[end:]):
                continue
            found.append(Change(start, end, _fitted(known[key], match["blank"], text[end:])))
    return sorted(found)


def _fields(text: str, fields: Mapping[str, str]) -> Iterator[Change]:
    for match in _FIELD.finditer(text):
        if match[1] not in fields:
            raise UnknownField(match[1])
        yield Change(match.start(), match.end(), fields[match[1]])


def _says_something(behind: str) -> bool:
    """Whether what follows a blank is a value and no further label."""
    return bool(behind.strip()) and not re.match(r"[^\n:：]{1,12}[:：]|\n|[（(][^）)]*[)）]\s*$", behind)


def _says_day(behind: str) -> bool:
    return behind[:1].isdigit()


def _fitted(value: str, blank: str, behind: str) -> str:
    """The value in the room of a blank: what follows it keeps its place as far as it can."""
    if not behind.strip() or behind.startswith("\n") or (blank and not behind[0].isalnum()):
        return value
    spare = blank if not blank.strip(" \u3000\t\u00a0") else blank[len(blank.rstrip(" \u3000\t\u00a0")) :]
    room = text_size.units(spare) - (text_size.units(value) if spare == blank else 0)
    return value + " " * max(room, 2)


def asks(text: str) -> str:
    """UNIT or DAY where a cell holds nothing but that label, so that the value belongs into the next one; "" else."""
    found = _BARE.fullmatch(text) if text.strip() else None
    return "" if found is None else UNIT if found["unit"] else DAY


def changed_runs(runs: Sequence[Run], made: Sequence[Change]) -> list[Run]:
    """The pieces of a text with the changes in them; what is new looks as what it replaces, or stands behind, does."""
    result: list[Run] = []
    at = 0
    for number, (look, piece) in enumerate(runs):
        end, last = at + len(piece), number == len(runs) - 1
        text, position = "", at
        for change in made:
            if change.end < at or change.start > end:
                continue
            begins = at <= change.start < end or (change.start == end and (last or change.end == change.start))
            begins = begins and not (change.start == at == change.end and number)  # said at the end of the piece before
            text += piece[max(position, at) - at : max(change.start, position) - at] if change.start > position else ""
            text += change.new if begins else ""
            position = max(position, min(change.end, end))
        text += piece[position - at :]
        result.append((look, text))
        at = end
    return result
