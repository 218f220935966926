"""Takes one cell apart into its matters, where several are clearly numbered in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from dazoufang.model import terms

_HAN_NUMBERS: Final = {name: n for n, name in enumerate("一二三四五六七八九十", 1)}
_ONE_SIGN: Final = ("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇", "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛")


@dataclass(frozen=True, slots=True)
class _Numbering:
    """One way to number: `mark` finds its marks (group 1 is the number), `number` reads them. `loose` finds what is a
    mark only where its number is the next one of a list that has clear marks too."""

    mark: re.Pattern[str]
    number: Callable[[str], int]
    loose: re.Pattern[str] | None = None

    def marks(self, text: str) -> list[re.Match[str]]:
        """The marks from left to right."""
        clear = {mark.start(1): mark for mark in self.mark.finditer(text)}
        if not clear or self.loose is None:
            return list(clear.values())
        marks: list[re.Match[str]] = []
        loose = {mark.start(1): mark for mark in self.loose.finditer(text)}
        for place, mark in sorted((loose | clear).items()):
            if place in clear or self.number(mark[1]) == len(marks) + 1:
                marks.append(mark)
        return marks


def _one_sign(text: str) -> int:
    return next(signs.index(text) + 1 for signs in _ONE_SIGN if text in signs)


def _han(text: str) -> int:
    return _HAN_NUMBERS.get(text, 0)


# A mark in Chinese numerals is a word too (一是 … 二是), so it must stand behind a stop. A mark in digits must not
# stand behind 第, a letter or a digit, nor before a digit: 3.5亩, 第1、2组, A1. are none. Before a year or an age
# (1.2022年…, 1.60岁老人) it can only be a mark, and 1、60岁老人 is no decimal and no pair either, as 1、2组 and 1、12组 are.
_STOP: Final = r"(?:(?<=^)|(?<=[\s。；;，,！!？?：:]))"
_NEVER_DECIMAL: Final = r"(?:(?:19|20)[0-9]{2}年|[0-9]{2}(?:多|来)?(?:周?岁|年代|后))"
_NUMBERINGS: Final = (
    _Numbering(
        re.compile(
            r"(?<![0-9０-９A-Za-z第.．、和至到—-])([0-9０-９]{1,2})"
            rf"(?:[.．、](?:(?![0-9０-９])|(?={_NEVER_DECIMAL}))|、(?=[0-9０-９]{{2,4}}[^0-9０-９.．、组队村社号栋单班和至到—-]))"
        ),
        int,
        re.compile(r"(?:(?<=^)|(?<=[\s。；;]))([0-9０-９]{1,2})、(?=[0-9０-９])"),
    ),
    _Numbering(re.compile(r"[（(]\s*([0-9０-９]{1,2})\s*[）)]、?"), int),
    _Numbering(re.compile(r"(?<![0-9０-９A-Za-z第（(.．])([0-9０-９]{1,2})[)）]、?"), int),
    _Numbering(re.compile(_STOP + rf"([0-9０-９]{{1,2}})[,，:：。](?:(?![0-9０-９])|(?={_NEVER_DECIMAL}))"), int),
    *(_Numbering(re.compile(rf"([{signs}])[.．、]?"), _one_sign) for signs in _ONE_SIGN),
    _Numbering(re.compile(_STOP + r"第([一二三四五六七八九十])[,，、:：]"), _han),
    _Numbering(re.compile(_STOP + r"([一二三四五六七八九十])是"), _han),
    _Numbering(re.compile(_STOP + r"([一二三四五六七八九十])、"), _han),
    _Numbering(re.compile(r"[（(]([一二三四五六七八九十])[）)]、?"), _han),
)
_NUMBER: Final = re.compile(rf"[0-9０-９一二三四五六七八九十{''.join(_ONE_SIGN)}]")  # one is in every mark
# Marks that somebody typed ahead and put nothing behind.
_UNFILLED: Final = re.compile(
    rf"(?:(?:^|\n)\s*(?:[0-9０-９]{{1,2}}[.．、)）]|[（(][0-9０-９]{{1,2}}[)）]|[{''.join(_ONE_SIGN)}]|第?[（(]?[一二三四五六七八九十][、，)）是])\s*)+$"
)
_LONGEST_LEAD: Final = 30
# A lead that only announces the list says nothing about the matters.
_ANNOUNCEMENT: Final = re.compile(
    r"(?:(?:该户|群众|户主|主要|反映|提出|收集|建议|意见|诉求|问题|情况|希望|要求|咨询|事项|矛盾|纠纷|如下|以下|下列|了|有|的|和"
    r"|[0-9一二两三四五六七八九十]+[个条点项])+)[：:]"
)


def split_matters(text: str) -> list[str]:
    """The matters of one cell: several only when clearly numbered from 1 on without a gap, else the text itself.

    Knows 1. 2. / 1、2、 / （1）（2） / 1) 2) / 1： 2： / ①② / ⑴⑵ / 一是 二是 / 第一，第二， / 一、二、 / （一）（二）, on
    lines or in one; a mark with nothing behind it on the last lines is nothing.
    A lead that ends in a colon (张家湾：1.…2.…) is put before each matter, unless it only announces them. None-words give no matter, also as a
    part (1.路灯不亮 2.无), so the list may be empty.
    Rule: one dispute or suggestion a cell, several only when clearly numbered.
    """
    text = _UNFILLED.sub("", text.strip()).strip()
    if terms.is_none(text):
        return []
    if len(_NUMBER.findall(text)) < 2:
        return [text]
    for numbering in _NUMBERINGS:
        marks = numbering.marks(text)
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


MATTERS: Final = ("dispute", "suggestion", "inquiry")  # the cells of a visit that open items
JOINT: Final = "；"  # between the matters of several rows that tell one visit
_NUMBERED: Final = ("{}.", "（{}）", "{}、")


def matters_of(values: Mapping[str, str], names: Iterable[str]) -> list[tuple[str, str]]:
    """The matters of a visit, each with the name of its cell, cell after cell in the order of `names`.

    Rule: several in one cell only when clearly numbered; or where a published annex has joined them (`joined`), which
    shows by its 台账编号 having as many numbers as there are matters.
    """
    cells = [(name, split_matters(values[name])) for name in names if values.get(name)]
    plain = [(name, text) for name, texts in cells for text in texts]
    numbers = values.get("item_nos", "").split("、") if values.get("item_nos") else []
    if len(numbers) <= len(plain):
        return plain
    ways = [
        [texts, [part.strip() for part in texts[0].split(JOINT)]] if len(texts) == 1 and JOINT in texts[0] else [texts]
        for _, texts in cells
    ]
    for way in product(*ways):
        if sum(map(len, way)) == len(numbers):
            return [(name, text) for (name, _), texts in zip(cells, way, strict=True) for text in texts]
    return plain


def joined(matters: Sequence[str], others: Iterable[str] = ()) -> str:
    """Several matters as the text of one cell from which `matters_of` gets them back; `others` stand in the other cells.

    Rule: joined by ；, and numbered where one of them, or of the others, has a ； in it.
    """
    if not any(JOINT in text for text in (*matters, *others)):
        return JOINT.join(matters)
    return numbered(matters)


def numbered(matters: Sequence[str]) -> str:
    """Several matters as the text of one cell that says by itself how many they are; one stays as it is."""
    for number in _NUMBERED if len(matters) > 1 else ():
        text = JOINT.join(number.format(place) + matter for place, matter in enumerate(matters, 1))
        if split_matters(text) == list(matters):
            return text
    return JOINT.join(matters)
