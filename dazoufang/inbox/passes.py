"""Which files are taken in together, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

from dazoufang.inbox.claims import Waiting

BATCH: Final = 200  # files in one pass of many


TRIES: Final = 3  # passes that a file may have cut short before it is answered unread

# By tries: how many claimed files are taken in one pass, to find the one at fault. 0: what a mistake of ours has left.
_TOGETHER: Final = {0: 1, 1: 20, 2: 1}


def batch(waiting: Sequence[Waiting], most: int = BATCH) -> list[Waiting]:
    """The files of the next pass, in the order of `waiting`: what is claimed already, then one of each unit in turn (a
    folder right below the inbox; all files outside folders are one), each unit's in order, up to `most`."""
    units: dict[str, list[Waiting]] = {}
    for one in waiting:
        if not one.claimed:
            units.setdefault(one.path.partition("/")[0] if "/" in one.path else "", []).append(one)
    in_turn = [one.path for round_ in zip_longest(*units.values()) for one in round_ if one is not None]
    chosen = set(in_turn[: max(most - sum(one.claimed for one in waiting), 0)])
    return [one for one in waiting if one.claimed or one.path in chosen]


def passes(waiting: Sequence[Waiting]) -> list[list[Waiting]]:
    """In which passes the files are taken, each safe by itself. Rule: what was dropped goes together; what a pass that
    was cut short has left goes in ever smaller ones, until the file that cuts them short stands alone."""
    found: list[list[Waiting]] = []
    for one in waiting:
        together = _TOGETHER.get(one.tries, len(waiting)) if one.claimed else len(waiting)
        last = found[-1][0] if found else None
        if last and (last.claimed, last.tries) == (one.claimed, one.tries) and len(found[-1]) < together:
            found[-1].append(one)
        else:
            found.append([one])
    return found
