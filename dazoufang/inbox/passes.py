"""Which files are taken in together, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

from dazoufang.inbox.scan import Waiting

BATCH: Final = 200  # files in one pass of many


TRIES: Final = 3  # passes that a file may have cut short before it is answered unread

# By tries: how many claimed files are taken in one pass, to find the one at fault. 0: left by a mistake of the program.
_TOGETHER: Final = {0: 1, 1: 20, 2: 1}


def batch(waiting: Sequence[Waiting], most: int = BATCH) -> list[Waiting]:
    """The files of the next pass, in the order of `waiting`: what is claimed already, then one of each unit in turn (a
    folder right below the inbox; all files outside folders are one), each unit's in order, up to `most`."""
    units: dict[str, list[Waiting]] = {}
    for file in waiting:
        if not file.claimed:
            units.setdefault(file.path.partition("/")[0] if "/" in file.path else "", []).append(file)
    in_turn = [file.path for round_ in zip_longest(*units.values()) for file in round_ if file is not None]
    chosen = set(in_turn[: max(most - sum(file.claimed for file in waiting), 0)])
    return [file for file in waiting if file.claimed or file.path in chosen]


def passes(waiting: Sequence[Waiting]) -> list[list[Waiting]]:
    """In which passes the files are taken. Rule: what was dropped goes together; what a pass that was cut short has
    left goes in smaller and smaller ones, until the file that cuts them short is alone in one."""
    found: list[list[Waiting]] = []
    for file in waiting:
        together = _TOGETHER.get(file.tries, len(waiting)) if file.claimed else len(waiting)
        last = found[-1][0] if found else None
        if last and (last.claimed, last.tries) == (file.claimed, file.tries) and len(found[-1]) < together:
            found[-1].append(file)
        else:
            found.append([file])
    return found
