"""The ways in which one heading is written: with brackets, numbered, with a second language, and what stands in brackets."""

from __future__ import annotations

import re
from functools import lru_cache

from dazoufang.model.terms import normalize

_BRACKETED = re.compile(r"[(\[【〔{][^)\]】〕}]*[)\]】〕}]")
_BRACKETS = re.compile(r"[()\[\]【】〔〕{}]")
_INSIDE = re.compile(r"[(\[【〔{]([^)\]】〕}]*)[)\]】〕}]")


@lru_cache(maxsize=8192)
def spellings(heading: str) -> tuple[str, ...]:
    """The ways a heading may be looked up: as written, without bracket signs, without what stands in brackets.

    Rule: headings match exactly after normalizing spaces, line breaks, width, `*` and brackets.
    """
    whole = normalize(heading).rstrip(":")
    return tuple(dict.fromkeys((whole, _BRACKETS.sub("", whole), _BRACKETED.sub("", whole))))


# A number with a sign before a heading: 1. （1） ① 一、
_ORDINAL = re.compile(
    r"^\s*(?:[（(]\s*(?:[0-9０-９]{1,3}|[一二三四五六七八九十]{1,3})\s*[)）][.．、]?"
    r"|(?:[0-9０-９]{1,3}|[一二三四五六七八九十]{1,3})\s*[.．、)）:：,，]|[①-⑳⑴-⒇⒈-⒛㈠-㈩❶-❿])\s*(?=\D)"
)
_OTHER_LANGUAGE = r"[A-Za-z][A-Za-z.'’\s/&()（）-]*"
_TAIL = re.compile(rf"[\s/／|（(\[-]*({_OTHER_LANGUAGE})$")
_HEADED = re.compile(rf"^({_OTHER_LANGUAGE})[\s/／|)）\]:：-]*(?=[^\sA-Za-z])")
_LEAST_LETTERS = 3  # A and B tell two columns apart; they are no language
# Words in another language that say something else than the heading: a number of it, or whose it is.
_ANOTHER_THING = re.compile(
    r"\b(?:id|no|nr|code|qq|wechat|weixin|e-?mail|count|total|sum|age|sex|gender|sign\w*|photo|url|gps|cadres?|visitors?|staff|officials?|officers?"
    r"|leaders?|of|and|or|end|start|next|last)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def undressed(heading: str) -> str:
    """A heading less a number with a sign before it and a second language before or behind it: 1.走访日期, 走访日期 Date.

    Rule: nothing else is folded; a heading of a number alone, or in another language alone, stays as it is.
    """
    plain = _ORDINAL.sub("", heading, count=1)
    for pattern in (_TAIL, _HEADED):
        found = pattern.search(plain)
        if found is None or not (rest := plain[: found.start()] + plain[found.end() :]).strip():
            continue
        letters = sum(char.isalpha() for char in found[1])
        visitor = re.sub(r"(?i)visitors?|cadres?", "", found[1]) if _NAMES_CADRES.search(rest) else found[1]
        if letters >= _LEAST_LETTERS and not _ANOTHER_THING.search(visitor):
            plain = rest
    return plain.strip() or heading


_NAMES_CADRES = re.compile("干部|走访人")
_LETTERED = re.compile(
    r"^\s*(?:[（(]\s*[A-Za-zＡ-Ｚａ-ｚ]\s*[)）][.．、]?|[A-Za-zＡ-Ｚａ-ｚ]\s*[.．、)）:：,，])\s*(?=[^\sA-Za-z])"
)


def unlettered(heading: str) -> str:
    """A heading less a single letter with a sign before it: A.走访日期, （B）走访干部. To be used only where the rest is a
    heading: A.已解决 is a value with its letter."""
    return _LETTERED.sub("", heading, count=1)


def inside(heading: str) -> tuple[str, ...]:
    """What stands in brackets in a heading."""
    return tuple(_INSIDE.findall(normalize(heading)))
