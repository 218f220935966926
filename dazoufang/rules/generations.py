"""How much of today's judging an archived set of rules knew: what was judged by it once stays as it was."""

from __future__ import annotations

from collections.abc import Container
from enum import IntEnum
from pathlib import Path
from typing import Final


class Generation(IntEnum):
    """Programs that kept rules, by what they had learned; each knows what those before it knew."""

    FIRST = 0  # everybody spoke for everybody, and an empty form was a word
    AUTHORITY = 1  # each speaks for itself (§5a)
    AUDIENCES = 2  # 张** is nobody's name
    HABITS = 3  # what `habits` of the campaign's rules says, and what stands with it in DESIGN §8
    LAYOUTS = 4  # ticks under the values of a choice, tables side by side, hidden twins, a unit's own 汇总表
    SURROUNDINGS = 5  # what stands around: lists beside rows, notes over cards, a unit before a name, more heading rows
    TERMS = 6  # who holds office when, withdrawals, and the program's own forms for training, guidance and notebooks
    COLUMN = 7  # the column 需修改 of a returned copy is ours, and no heading of the unit's


NEWEST: Final = max(Generation)
STAMP: Final = "generation"  # the file beside kept rules that says theirs
# Rules kept before there was a stamp tell their generation by a key of campaign.yaml.
_TELLING: Final = {"authority": Generation.AUTHORITY, "audiences": Generation.AUDIENCES, "habits": Generation.HABITS}


def generation_of(folder: Path, keys: Container[str]) -> Generation:
    """The generation of the program that kept the rules in `folder`; `keys`: those of its campaign.yaml."""
    stamp = folder / STAMP
    if stamp.exists():
        return Generation(int(stamp.read_text("ascii")))
    known = Generation.FIRST
    for key, generation in _TELLING.items():
        if key not in keys:
            break
        known = generation
    return known
