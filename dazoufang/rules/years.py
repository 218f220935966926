"""The years of the campaign, their rounds, and the phases of a round (`years` of the campaign's rules)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from dazoufang.model.vocabularies import RoundName
from dazoufang.rules.rules_file import Misplaced, Strict


class Phase(Strict):
    """A part of a round; both days belong to it."""

    name: str
    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


class Round(Strict):
    """上半年 or 下半年: phases in order."""

    name: RoundName
    phases: Annotated[tuple[Phase, ...], Field(min_length=1)]

    @property
    def number(self) -> int:
        """1 for 上半年, 2 for 下半年."""
        return 1 if self.name == RoundName.FIRST else 2

    @property
    def first(self) -> date:
        return self.phases[0].first

    @property
    def last(self) -> date:
        return self.phases[-1].last

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    def phase(self, name: str) -> Phase:
        """The phase of that name.

        Raises:
            KeyError: the round has none.
        """
        for phase in self.phases:
            if phase.name == name:
                return phase
        raise KeyError(name)


class Year(Strict):
    """One year of the campaign."""

    year: int
    source: str
    rounds: Annotated[tuple[Round, ...], Field(min_length=1)]
    review: Phase

    @model_validator(mode="after")
    def _in_order(self) -> Year:
        before: Phase | None = None
        for phase, where in self._phases():
            span = f"{phase.name}（{phase.first}…{phase.last}）"
            if phase.last < phase.first:
                raise Misplaced(f"{span}的结束早于开始", "请核对两个日期", *where, "last")
            if phase.first.year != self.year or phase.last.year != self.year:
                raise Misplaced(f"{span}不在{self.year}年内", "请核对年份", *where, "first")
            if before is not None and phase.first <= before.last:
                mistake = f"{before.name}（至{before.last}）与{phase.name}（{phase.first}起）重叠"
                raise Misplaced(mistake, "各阶段要按先后写，后一阶段从前一阶段结束的次日起", *where, "first")
            before = phase
        names = [round_.name for round_ in self.rounds]
        if len(set(names)) < len(names):
            raise Misplaced(f"{self.year}年有两个“{names[0]}”", "上半年、下半年各写一次", "rounds", 1, "name")
        return self

    @property
    def phases(self) -> list[tuple[str, Phase]]:
        """Every phase in order, with what it is called within its year: 上半年·走访摸排, 考核讲评."""
        named = [(f"{round_.name}·{phase.name}", phase) for round_ in self.rounds for phase in round_.phases]
        return [*named, (self.review.name, self.review)]

    def _phases(self) -> Iterator[tuple[Phase, tuple[str | int, ...]]]:
        """Every phase in order, with the way to it from here."""
        for at, round_ in enumerate(self.rounds):
            for index, phase in enumerate(round_.phases):
                yield phase, ("rounds", at, "phases", index)
        yield self.review, ("review",)

    def round_of(self, day: date) -> Round | None:
        """The round that `day` lies in, or None between and outside the windows."""
        return next((round_ for round_ in self.rounds if day in round_), None)
