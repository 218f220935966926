"""初信初访 and 重复访: which disputes are which, what of them is stock (存量) and what came in this round (增量)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import pandas as pd

from dazoufang.duties.rounds import current_round
from dazoufang.ledger.chains import Chain
from dazoufang.ledger.frames import Frames, plain
from dazoufang.ledger.listing import unit_order
from dazoufang.model.vocabularies import ItemKind, ItemState, PetitionKind
from dazoufang.rules.campaign import Rules

FIRST: Final = "初信初访"
STOCK: Final = "存量"
INCREMENT: Final = "增量"
TYPED: Final = "填报"
DERIVED: Final = "推定"
UNNAMED: Final = "（未注明）"
# What is counted of whom: column → which rows of `petitions`.
_GROUPS: Final = ("all", "first", "again", "other", "stock", "increment")
_READ: Final = ("kind", "item_no", "unit", "petition_kind", "visited_on", "opened_on", "closed_on")
_COUNTS: Final = ("found", "done", "closed")


def petitions(frames: Frames, chains: Sequence[Chain], rules: Rules, today: date) -> pd.DataFrame:
    """The disputes that count in the current round, by unit and number: the frame's columns, and

    - petition: 信访性质 as it stands, as annex 2 has it: what is typed, but 重复访 once the person has come again with the
      item; where nothing is typed, 重复访 for who came again under whatever number, else 初信初访
    - basis: 填报 where that is typed, else 推定; doubt: what the visits say otherwise, in words, "" nothing
    - share: 增量 what was raised in this round, 存量 what is older and was still open when it began
    - chain: which of `chains` it belongs to, from 0; NA none

    frames, chains: of one fold.
    Rule (实施方案): 初信初访抓早抓小、减少增量; 重复访积极推进化解、降低存量. What was closed before the round is neither.
    """
    begins = current_round(rules.campaign, today)[1].first
    place_of = {number: place for place, chain in enumerate(chains) for number in chain.numbers}
    again = {number for number, place in place_of.items() if chains[place].came_again(number)}
    typed_in_chains = {number: word for chain in chains for number, word in chain.typed.items()}
    rows: list[tuple[Any, ...]] = []
    for row, (kind, number, unit, stands, visited, opened, closed) in enumerate(
        zip(*(plain(frames.items[name]) for name in _READ), strict=True)
    ):
        raised = visited or opened
        new = raised is not None and raised >= begins
        if kind != ItemKind.DISPUTE or not (new or closed is None or closed >= begins):
            continue
        typed = typed_in_chains.get(number, "") if number in place_of else stands
        petition = stands or (str(PetitionKind.REPEATED) if number in again else FIRST)
        basis, share = TYPED if typed == petition else DERIVED, INCREMENT if new else STOCK
        rows.append((row, unit, number, petition, basis, _doubt(typed, number in again), share, place_of.get(number)))
    order = unit_order(frames, {unit for _, unit, *_ in rows if unit})
    rows.sort(key=lambda told: (order.get(told[1], len(order)), told[2]))
    found = frames.items.iloc[[row for row, *_ in rows]].reset_index(drop=True)
    for at, name in enumerate(("petition", "basis", "doubt", "share"), 3):
        found[name] = pd.array([told[at] for told in rows], dtype="str")
    found["chain"] = pd.array([told[-1] for told in rows], dtype="Int64")
    return found


def _doubt(typed: str, again: bool) -> str:
    """What the visits say otherwise than what is typed, in words; "" nothing."""
    if again and typed not in ("", PetitionKind.REPEATED):
        return f"走访记录看是再次来访，表中填的是“{typed}”，请核对"
    return "台账里只有这一次，以前的来访没有登记" if typed == PetitionKind.REPEATED and not again else ""


def totals(found: pd.DataFrame, frames: Frames) -> pd.DataFrame:
    """Of each unit, and of all in the last row (合计), how many disputes of each group there are, are resolved or closed,
    and are closed: columns unit, and group_found, group_done, group_closed for all, first, again, other (非信访), stock,
    increment. Every unit of the roster has a row.

    found: as `petitions` gives it.
    """
    kinds = {FIRST: "first", str(PetitionKind.REPEATED): "again"}
    of_unit: dict[str, Counter[str]] = {}
    columns = (plain(found[name]) for name in ("unit", "petition", "share", "state"))
    for unit, petition, share, state in zip(*columns, strict=True):
        groups = ("all", kinds.get(petition, "other"), "stock" if share == STOCK else "increment")
        counts = ["found"] + ["done"] * (state != ItemState.OPEN) + ["closed"] * (state == ItemState.CLOSED)
        of_unit.setdefault(unit or UNNAMED, Counter()).update(
            f"{group}_{count}" for group in groups for count in counts
        )
    order = unit_order(frames, of_unit)
    every = sum(of_unit.values(), Counter[str]())
    names = [f"{group}_{count}" for group in _GROUPS for count in _COUNTS]
    lines = [(unit, of_unit.get(unit, Counter[str]())) for unit in order] + [(f"{len(order)}个单位", every)]
    return pd.DataFrame([(unit, *(line[name] for name in names)) for unit, line in lines], columns=["unit", *names])
