"""Words and limits by which it is told what visits were about and what in their records is odd (`content` of the rules)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from dazoufang.rules.rules_file import Misplaced, Strict
from dazoufang.rules.sourced import Sourced

Words = tuple[str, ...]
AtLeastOne = Annotated[int, Field(ge=1)]


class Content(Strict):
    """What the cells of a visit say: lists of words, a heading → its words where there are several; and from when on a
    record is a lead to be looked into. A word of one character must be the whole cell."""

    safety: Sourced[dict[str, Words]]
    opinion_levels: Sourced[dict[str, Words]]
    policy_unmet: Sourced[Words]
    security_office: Sourced[str]
    security_troubles: Sourced[Words]
    security_calm: Sourced[Words]
    litigation: Sourced[Words]
    short_note_chars: Sourced[AtLeastOne]
    copied_visits: Sourced[Annotated[int, Field(ge=2)]]
    copied_chars: Sourced[AtLeastOne]
    copied_likeness: Sourced[Annotated[float, Field(ge=50, le=100)]]
    households_a_day: Sourced[AtLeastOne]
    townships_a_day: Sourced[AtLeastOne]
    visits_to_one_household: Sourced[AtLeastOne]

    @model_validator(mode="after")
    def _words_are_words(self) -> Content:
        for key in type(self).model_fields:
            value = getattr(self, key).value
            lists = value.items() if isinstance(value, dict) else [("", value)] if isinstance(value, tuple) else []
            for name, words in lists:
                where = (key, "value", *([name] if name else []))
                if not words:
                    raise Misplaced(f"“{name or key}”一个词也没有", "请至少写一个词", *where)
                for at, word in enumerate(words):
                    if not word.strip():
                        raise Misplaced("有一个词是空的", "请写上词，或删去", *where, at)
        return self
