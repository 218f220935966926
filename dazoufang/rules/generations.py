"""How much of today's judging an archived set of rules knew: what was judged by it once stays as it was."""

from __future__ import annotations

from collections.abc import Container
from enum import IntEnum
from typing import Final


class Generation(IntEnum):
    """Programs that kept rules, by what they had learned; each knows what those before it knew."""

    FIRST = 0  # everybody spoke for everybody, and an empty form was a word
    AUTHORITY = 1  # each speaks for itself (§5a)
    AUDIENCES = 2  # 张** is nobody's name
    HABITS = 3  # what `habits` of the campaign's rules says, and what stands with it in DESIGN §8


_TELLING: Final = {"authority": Generation.AUTHORITY, "audiences": Generation.AUDIENCES, "habits": Generation.HABITS}


def generation_of(keys: Container[str]) -> Generation:
    """The generation of the program that kept a campaign.yaml with these keys."""
    known = Generation.FIRST
    for key, generation in _TELLING.items():
        if key not in keys:
            break
        known = generation
    return known
