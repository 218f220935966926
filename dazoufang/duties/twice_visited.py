"""The alert that tells a unit which households it has visited more than once in the round."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dazoufang.duties.levels import REMIND, Alert, Ladder
from dazoufang.duties.rounds import current_round
from dazoufang.duties.uncounted import repeated
from dazoufang.ledger.frames import Frames
from dazoufang.rules.campaign import Rules

TWICE: Final = "重复走访"
_NAMED: Final = 3  # households that stand by name; the sheet of that name has them all


def twice_visited(frames: Frames, rules: Rules, ladder: Ladder) -> Iterator[Alert]:
    """重复走访: one a unit, 提醒, until the round ends. Rule (DESIGN §7.2): a household visited twice in a round counts once
    and is told to the unit."""
    year, round_ = current_round(rules.campaign, ladder.today)
    if ladder.today not in round_:
        return
    table = repeated(frames, rules, ladder.today)
    for unit, rows in table.groupby("unit", sort=True):
        names = list(dict.fromkeys(rows["household"]))
        shown = "、".join(names[:_NAMED]) + (f"等{len(names)}户" if len(names) > _NAMED else "")
        yield from ladder.alert(
            TWICE,
            f"{year}-{round_.number}|{unit}",
            round_.last,
            rows["visited_on"].max().date(),
            unit=str(unit),
            subject=f"{unit}{round_.name}有{len(names)}户走访了不止一次",
            why=f"{shown}；同一名干部一轮走访同一户，只计一户",
            action="请核对“重复走访”表：登记重了的、写错户名电话的请改正；任务数还差的，另走访别的户",
            level=REMIND,
        )
