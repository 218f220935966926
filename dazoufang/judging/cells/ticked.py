"""Reads ticks: a mark under the value that it chooses, and boxes or ticks beside several values in one cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from dazoufang.judging.cells.choices import spelt_choices
from dazoufang.judging.cells.converted import EMPTY, Cell, Converted, fault
from dazoufang.model import terms

HOW_TICK: Final = "打勾"
UNCLEAR: Final = "R24"

_TICKS: Final = "√✓✔☑■▣"
_BOXES: Final = "□☐◻"
_SIGNS: Final = frozenset(_TICKS + _BOXES)
_ALONE: Final = frozenset({*_TICKS, "对勾", "打勾", "勾"})  # what a cell with a tick holds
_UNSEEN: Final = "\ufe0f"  # makes ✔ a picture
_MARKS: Final = re.compile(f"[{_TICKS}{_BOXES}][{_TICKS}{_BOXES}{_UNSEEN}]*")
_PARTING: Final = re.compile(r"[\s、，,;；/|]+")
_REMARK: Final = re.compile(r"[（(][^）)]*[）)]|[:：_＿…]")  # 其他（请注明）：____


def is_tick(text: str) -> bool:
    """Whether a cell holds a tick and nothing else."""
    return terms.normalize(text).replace(_UNSEEN, "") in _ALONE


def to_ticked(
    value: Cell,
    choices: Sequence[str],
    aliases: Mapping[str, str],
    otherwise: Callable[[Cell], Converted],
    several: bool,
) -> Converted:
    """A cell in which some of several values are ticked (☑联点乡镇群众 □人大代表, √是 否) → the one ticked, with
    `several` the tuple of all; R24 where that is not certain. Boxes of which none is ticked are an empty cell.

    value, choices, aliases: as `choices.to_choice` has them. otherwise: reads a cell without boxes, or without values.
    """
    if not isinstance(value, str) or _SIGNS.isdisjoint(value):
        return otherwise(value)
    table = spelt_choices(tuple(choices), tuple(aliases.items()))
    pairs = _pairs(value.strip(), table)
    if pairs is None:
        return fault(UNCLEAR, what=f"写的是“{value.strip()}”，看不出勾的是哪一项")
    ticked = [label for label, marked in pairs if marked]
    titles = [table.get(terms.normalize(label)) for label in ticked]
    if not any(label for label, _ in pairs) or (len(titles) == 1 and titles[0] is None):
        return otherwise(value)
    if not ticked:
        return EMPTY
    known = list(dict.fromkeys(title for title in titles if title))
    if len(known) < len(titles) or (len(known) > 1 and not several):
        return fault(UNCLEAR, what=f"勾了{len(ticked)}项（{'、'.join(ticked)}），不知道是哪一项")
    return Converted(tuple(title for title in choices if title in known) if several else known[0], how=HOW_TICK)


def _pairs(text: str, table: Mapping[str, str]) -> list[tuple[str, bool]] | None:
    """Every value in a text and whether it is ticked; None where it is not certain which mark belongs to which."""
    marks = list(_MARKS.finditer(text))
    places = [0, *(place for mark in marks for place in mark.span()), len(text)]
    between = [text[places[at] : places[at + 1]] for at in range(0, len(places), 2)]  # what stands around the marks
    before = _marks_before(text, marks)
    if before is None:
        return None
    alone, owned = (between[0], between[1:]) if before else (between[-1], between[:-1])
    pairs = [(label, False) for label in _labels(alone)]
    for mark, piece in zip(marks, owned, strict=True):
        label, rest = _owned(_labels(piece), table, first=before)
        if any(terms.normalize(other) not in table for other in rest):
            return None
        pairs.append((label, any(char in _TICKS for char in mark[0])))
        pairs.extend((other, False) for other in rest)
    return pairs


def _marks_before(text: str, marks: Sequence[re.Match[str]]) -> bool | None:
    """Whether the marks of a text stand before their values, or behind them; None nobody can tell."""
    starts, ends = marks[0].start() == 0, marks[-1].end() == len(text)
    if starts != ends:
        return starts
    if starts:
        return True if len(marks) == 1 else None
    beside = {
        (bool(_PARTING.fullmatch(text[mark.start() - 1])), bool(_PARTING.fullmatch(text[mark.end()]))) for mark in marks
    }
    return {(True, False): True, (False, True): False}.get(beside.pop()) if len(beside) == 1 else None


def _labels(piece: str) -> list[str]:
    return [label for label in _PARTING.split(_REMARK.sub("", piece)) if label]


def _owned(labels: list[str], table: Mapping[str, str], *, first: bool) -> tuple[str, list[str]]:
    """Of the words beside a mark those that are its value (A 已解决 are two), and the others."""
    for count in range(len(labels), 1, -1):
        label = "".join(labels[:count] if first else labels[-count:])
        if terms.normalize(label) in table:
            return label, labels[count:] if first else labels[:-count]
    if not labels:
        return "", []
    return (labels[0], labels[1:]) if first else (labels[-1], labels[:-1])
