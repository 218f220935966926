"""How units and cadres are set beside each other in the year's evidence (`evidence` of the campaign's rules)."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from pydantic import Field, model_validator

from dazoufang.rules.rules_file import Misplaced, Strict
from dazoufang.rules.sourced import Sourced

AtLeastOne = Annotated[int, Field(ge=1)]


class Evidence(Strict):
    """`small_group`: of fewer than so many there are counts alone, no rate and no rank. `unit_bands`: units with so many
    cadres or more are set beside each other, up to the next number; those with fewer than the first are a band too."""

    small_group: Sourced[AtLeastOne]
    unit_bands: Sourced[Annotated[tuple[AtLeastOne, ...], Field(min_length=1)]]

    @model_validator(mode="after")
    def _bands_ascend(self) -> Evidence:
        for at, (before, bound) in enumerate(pairwise(self.unit_bands.value), 1):
            if bound <= before:
                raise Misplaced(f"{bound}写在{before}之后", "人数要从小到大写，不要重复", "unit_bands", "value", at)
        return self

    def band(self, cadres: int) -> str:
        """Beside which units one with so many cadres is set, in words: 3至5人."""
        bounds = [0, *self.unit_bands.value]
        at = max(n for n, bound in enumerate(bounds) if bound <= cadres)
        if at == len(bounds) - 1:
            return f"{bounds[at]}人以上"
        first, last = max(bounds[at], 1), bounds[at + 1] - 1
        return f"{first}人" if last <= first else f"{first}至{last}人"
