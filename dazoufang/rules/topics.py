"""The topics by which matters are told apart (`schemas/topics.yaml`), and from when on one is a tendency."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, model_validator

from dazoufang.model.terms import normalize
from dazoufang.rules.rules_file import Misplaced, Strict, load
from dazoufang.rules.sourced import Sourced
from dazoufang.system.home import shipped

FILE: Final = "topics.yaml"
_SHORTEST: Final = 2  # characters of a word

AtLeastOne = Annotated[int, Field(ge=1)]


class Topic(Strict):
    """One topic: a matter that holds one of its words belongs to it."""

    name: str
    words: Annotated[tuple[str, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _words_say_something(self) -> Topic:
        if not self.name.strip():
            raise Misplaced("专题没有名称", "请写上名称，如 排水沟渠", "name")
        seen: set[str] = set()
        for at, word in enumerate(self.words):
            plain = normalize(word)
            if len(plain) < _SHORTEST:
                raise Misplaced(f"“{word}”太短，许多别的话里也有", "请写两个字以上的词，或删去", "words", at)
            if plain in seen:
                raise Misplaced(f"“{word}”写了两遍", "请只保留一处", "words", at)
            seen.add(plain)
        return self


class Topics(Strict):
    """All of `topics.yaml`. A topic is a tendency when `units` units bring it up in one round, or when it has `rise_cases`
    cases and `rise_percent` percent more than in the round before, from `rise_units` units at least."""

    units: Sourced[AtLeastOne]
    rise_cases: Sourced[AtLeastOne]
    rise_percent: Sourced[Annotated[int, Field(ge=0)]]
    rise_units: Sourced[AtLeastOne]
    topics: tuple[Topic, ...]

    @model_validator(mode="after")
    def _names_are_different(self) -> Topics:
        seen: set[str] = set()
        for at, topic in enumerate(self.topics):
            if normalize(topic.name) in seen:
                raise Misplaced(f"有两个专题叫“{topic.name}”", "请并成一个，或改一个名称", "topics", at, "name")
            seen.add(normalize(topic.name))
        return self


def load_topics(folder: Path) -> Topics:
    """The topics of a rules folder; what its file lacks, be it all of it, is the program's own.

    Raises:
        BrokenRules: the file does not fit, naming file, line and mend.
    """
    return load(folder / FILE, Topics, shipped("schemas") / FILE)
