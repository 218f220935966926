"""Whether two texts tell one matter: the same one for certain, perhaps, or another."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from dazoufang.model.terms import STOPS, normalize, same_words
from dazoufang.rules.item_numbers import Items

Sameness = Literal["same", "perhaps", "another"]

# Words that come and go when a matter is told again, and never say which matter it is.
_EMPTY: Final = re.compile(
    "希望|建议|要求|请求|盼望|反映|发生|产生|引起|引发|存在|多次|经常|一直|长期|尽快|尽早|及时|有关|相关|的问题|问题|一事|此事|了|的"
)
_SUM: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?|[一二两三四五六七八九十百千万亿零]+")
_NOT: Final = re.compile(r"[未不没无非]")
SHORT: Final = 6  # characters that say something: below, one word is half the matter


@lru_cache(maxsize=65536)
def likeness(text: str, other: str) -> float:
    """How alike two matters look, 0 to 100; one that holds the other whole looks the same."""
    text, other = normalize(text), normalize(other)
    if not text or not other:
        return 0.0
    if min(len(text), len(other)) >= SHORT and (text in other or other in text):
        return 100.0
    return fuzz.ratio(text, other)


def sameness(text: str, other: str, settings: Items) -> Sameness:
    """Whether two texts tell one matter.

    Rule: they do when they say the same, words that say nothing (希望, 发生 …) left out, or when the longer one holds
    every clause of the shorter, whole or with words put in before its last two characters, or when both say the same
    characters in another order; a short one (`SHORT`) must say the same. Two sums are two matters. What else is as alike as `similar_matter` must be asked about: the same sentence
    about another place or subject is another matter.
    """
    return _sameness(text, other, settings.similar_matter.value)


def alike(text: str, other: str, settings: Items) -> bool:
    """Whether a text may be the other one put right, where something else (a number, the row it stands in) already says
    that both are of one matter."""
    return sameness(text, other, settings) != "another"


@lru_cache(maxsize=65536)
def _sameness(text: str, other: str, similar: float) -> Sameness:
    shorter, longer = sorted((_clauses(text), _clauses(other)), key=lambda clauses: len("".join(clauses)))
    if not shorter:
        return "same" if not longer and same_words(text, other) else "another"
    if "".join(shorter) == "".join(longer):
        return "same"
    sums = [set(_SUM.findall("".join(clauses))) for clauses in (shorter, longer)]
    if all(sums) and not (sums[0] <= sums[1] or sums[1] <= sums[0]):
        return "another"
    if len("".join(shorter)) < SHORT:
        return "perhaps" if shorter[0] in longer and len(shorter) == 1 else "another"
    if _holds(longer, shorter, similar) or sorted("".join(shorter)) == sorted("".join(longer)):
        return "same"
    return "perhaps" if likeness(text, other) >= similar else "another"


def _clauses(text: str) -> tuple[str, ...]:
    """What the clauses of a text say; those that say nothing are left out."""
    return tuple(filter(None, (_EMPTY.sub("", clause) for clause in STOPS.split(normalize(text)))))


def _holds(longer: tuple[str, ...], shorter: tuple[str, ...], similar: float) -> bool:
    """Whether each clause of `shorter` stands in `longer`, in this order."""
    left = iter(longer)
    return all(any(_lengthened(clause, longer_clause, similar) for longer_clause in left) for clause in shorter)


def _lengthened(clause: str, longer: str, similar: float) -> bool:
    """Whether `longer` is `clause` with words put in: not behind it (修路 is not 修路灯), and none that denies."""
    if clause == longer:
        return True
    steps = Levenshtein.opcodes(clause, longer)
    put_in = "".join(longer[step.dest_start : step.dest_end] for step in steps if step.tag == "insert")
    return (
        all(step.tag in ("equal", "insert") for step in steps)
        and clause[-2:] == longer[-2:]
        and not _NOT.search(put_in)
        and fuzz.ratio(clause, longer) >= similar
    )
