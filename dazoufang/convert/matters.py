"""One cell that tells of several matters, clearly numbered, taken apart into the matters."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from dazoufang import terms

_HAN_NUMBERS: Final = {name: n for n, name in enumerate("一二三四五六七八九十", 1)}
_CIRCLED: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


@dataclass(frozen=True, slots=True)
class _Numbering:
    """One way to number: `mark` finds its marks (group 1 is the number), `number` reads them."""

    mark: re.Pattern[str]
    number: Callable[[str], int]


def _circled(text: str) -> int:
    return _CIRCLED.index(text) + 1


def _han(text: str) -> int:
    return _HAN_NUMBERS.get(text, 0)


# A mark in Chinese numerals is a word too (一是 … 二是), so it must stand behind a stop. A mark in digits must not
# stand behind 第, a letter or a digit, nor before a digit: 3.5亩, 第1、2组, A1. are none.
_STOP: Final = r"(?:(?<=^)|(?<=[\s。；;，,！!？?：:]))"
_NUMBERINGS: Final = (
    _Numbering(re.compile(r"(?<![0-9０-９A-Za-z第.．、和至到—-])([0-9０-９]{1,2})[.．、](?![0-9０-９])"), int),
    _Numbering(re.compile(r"[（(]\s*([0-9０-９]{1,2})\s*[）)]、?"), int),
    _Numbering(re.compile(r"(?<![0-9０-９A-Za-z第（(.．])([0-9０-９]{1,2})[)）]、?"), int),
    _Numbering(re.compile(rf"([{_CIRCLED}])[.．、]?"), _circled),
    _Numbering(re.compile(_STOP + r"([一二三四五六七八九十])是"), _han),
    _Numbering(re.compile(_STOP + r"([一二三四五六七八九十])、"), _han),
    _Numbering(re.compile(r"[（(]([一二三四五六七八九十])[）)]、?"), _han),
)
_LONGEST_LEAD: Final = 30
# A lead that only announces the list says nothing about the matters.
_ANNOUNCEMENT: Final = re.compile(
    r"(?:(?:该户|群众|户主|主要|反映|提出|收集|建议|意见|诉求|问题|情况|希望|要求|咨询|事项|矛盾|纠纷|如下|以下|下列|了|有|的|和"
    r"|[0-9一二两三四五六七八九十]+[个条点项])+)[：:]"
)


def split_matters(text: str) -> list[str]:
    """The matters of one cell: several only when clearly numbered from 1 on without a gap, else the text itself.

    Knows 1. 2. / 1、2、 / （1）（2） / 1) 2) / ①② / 一是 二是 / 一、二、 / （一）（二）, on lines or in one.
    A lead that ends in a colon (张家湾：1.…2.…) is put before each matter, unless it only announces them. None-words give no matter, also as a
    part (1.路灯不亮 2.无), so the list may be empty.
    Rule: one dispute or suggestion a cell, several only when clearly numbered.
    """
    text = text.strip()
    if terms.is_none(text):
        return []
    for numbering in _NUMBERINGS:
        marks = list(numbering.mark.finditer(text))
        if len(marks) < 2 or [numbering.number(mark[1]) for mark in marks] != list(range(1, len(marks) + 1)):
            continue
        lead = text[: marks[0].start()].strip()
        if lead and (lead[-1] not in "：:" or len(lead) > _LONGEST_LEAD):
            continue
        ends = [mark.start() for mark in marks[1:]] + [len(text)]
        if _ANNOUNCEMENT.fullmatch(lead):
            lead = ""
        parts = [
            text[mark.end() : end].strip().rstrip("；;，,、").strip() for mark, end in zip(marks, ends, strict=True)
        ]
        if all(parts):
            return [lead + part for part in parts if not terms.is_none(part)]
    return [text]
