"""Which words of a list a text holds, and means: one that is denied right before it (没有小偷) does not count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import pandas as pd

from dazoufang.ledger.frames import plain
from dazoufang.model.terms import normalize

_DENIES: Final = "不存在|未发现|没有?发现|未见|无人|无|没有|没|未|不再|不会|不想|不愿意?|不打算|不是|不够|不太|不"
# What may stand between a denial and what it denies.
_BETWEEN: Final = "(?:任何|明显|发生|发现|出现|存在|什么|应享|政策|惠农|补贴|有|过|人|的)*"


class WordList:
    """A list of words, to be looked for in texts. A word of one character must be the whole text."""

    def __init__(self, words: Iterable[str]) -> None:
        self._names = names = {normalize(word): word for word in words}
        self._places = {word: place for place, word in enumerate(names)}
        self._single = frozenset(word for word in names if len(word) == 1)
        longest_first = sorted((word for word in names if len(word) > 1), key=lambda word: (-len(word), word))
        any_word = "|".join(map(re.escape, longest_first)) or "(?!)"
        # A denial covers the words joined to the first one, too: 无盗窃、抢劫.
        denied = f"(?:{_DENIES}){_BETWEEN}(?:{any_word})(?:[、和及或与/]?(?:{any_word}))*"
        self._holds = re.compile(any_word).search
        self._words = re.compile(f"({any_word})|{denied}")

    def found(self, text: str) -> tuple[str, ...]:
        """The words that `text` holds and does not deny, each once, as they are spelt and in the order of the list."""
        said = normalize(text)
        if said in self._single:
            return (self._names[said],)
        if not self._holds(said):
            return ()
        words = {match[1] for match in self._words.finditer(said) if match[1]}
        return tuple(self._names[word] for word in sorted(words, key=self._places.__getitem__))

    def denies(self, text: str) -> bool:
        """Whether `text` holds words of the list and denies them all."""
        return bool(self._holds(normalize(text))) and not self.found(text)

    def of(self, texts: pd.Series[Any]) -> pd.Series[str]:
        """The words found in each text, joined by 、; "" where there is none, or no text. Each text is read once."""
        return pd.Series(self.each(plain(texts)), index=texts.index, dtype="object")

    def each(self, texts: Sequence[str]) -> list[str]:
        """The same of texts in a list, "" of an empty one."""
        said = {text: "、".join(self.found(text)) if text else "" for text in set(texts)}
        return [said[text] for text in texts]
