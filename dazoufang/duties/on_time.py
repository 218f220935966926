"""Whether the items of the working year were resolved by the deadline that then stood, counted by unit and kind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import Final, NamedTuple

from dazoufang.duties.deadlines import judged
from dazoufang.ledger.frames import Frames, records
from dazoufang.ledger.listing import unit_order
from dazoufang.model.vocabularies import ItemState
from dazoufang.rules.campaign import Rules

UNNAMED: Final = "（未注明）"
_READ: Final = ["item_no", "kind", "unit", "state", "resolved_on", "closed_on"]


class Outcome(Enum):
    """What became of an item by its deadline."""

    ON_TIME = "按时办结"
    LATE = "超期办结"
    OVERDUE = "超期未结"
    NOT_DUE = "未到期"


class Judged(NamedTuple):
    """One item: its row in `frames.items`, its number, kind, unit, state, the deadline by which it is judged and why that is
    the one, when it was resolved and closed (None: not), and what became of it."""

    row: int
    item_no: str
    kind: str
    unit: str
    state: str
    due_on: date
    why: str
    resolved_on: date | None
    closed_on: date | None
    outcome: Outcome


class Handled(NamedTuple):
    """Counts of items: all, resolved or closed, closed, and by what became of them."""

    found: int = 0
    done: int = 0
    closed: int = 0
    on_time: int = 0
    late: int = 0
    overdue: int = 0
    not_due: int = 0

    @property
    def due(self) -> int:
        """The second denominator (§7.8): what is resolved, and what is open past its deadline."""
        return self.done + self.overdue


def items(frames: Frames, rules: Rules, today: date) -> list[Judged]:
    """The items that were registered in the working year, in the order of the units and of their numbers.

    Rule: on time is what was resolved (办结日期) on or before the day by which `deadlines.judged` has it; open past that day
    is overdue; on the day itself nothing is late.
    """
    every = frames.items
    rows = every[every["year"] == rules.campaign.year_of(today).year]
    found = []
    deadlines = judged(rows, rules, today)
    for place, row, (due_on, why) in zip(rows.index.tolist(), records(rows, _READ), deadlines, strict=True):
        if row["state"] == ItemState.OPEN:
            outcome = Outcome.OVERDUE if due_on < today else Outcome.NOT_DUE
        else:
            outcome = Outcome.ON_TIME if row["resolved_on"] <= due_on else Outcome.LATE
        resolved_on = None if row["state"] == ItemState.OPEN else row["resolved_on"]
        found.append(
            Judged(
                place, row["item_no"], row["kind"], row["unit"] or UNNAMED, row["state"], due_on, why,
                resolved_on, row["closed_on"], outcome,
            )
        )  # fmt: skip
    places = unit_order(frames, {one.unit for one in found})
    return sorted(found, key=lambda one: (places[one.unit], one.item_no))


def counted(some: Iterable[Judged]) -> Handled:
    """How many of these items came how far."""
    some = list(some)
    of = {outcome: sum(one.outcome is outcome for one in some) for outcome in Outcome}
    return Handled(
        len(some),
        sum(one.state != ItemState.OPEN for one in some),
        sum(one.state == ItemState.CLOSED for one in some),
        *(of[outcome] for outcome in Outcome),
    )
