"""初信初访 and 重复访: which disputes are which, what of them is stock (存量) and what came in this round (增量)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import pandas as pd

from dazoufang.duties.rounds import current_round
from dazoufang.ledger.chains import Chain
from dazoufang.ledger.frames import Frames
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
    begins = pd.Timestamp(current_round(rules.campaign, today)[1].first)
    disputes = frames.items[frames.items["kind"] == ItemKind.DISPUTE]
    new = disputes["visited_on"].fillna(disputes["opened_on"]) >= begins
    counted = disputes[new | disputes["closed_on"].isna() | (disputes["closed_on"] >= begins)]
    places = {number: place for place, chain in enumerate(chains) for number in chain.numbers}
    place_of = counted["item_no"].map(places).astype("Int64")
    again = {number for number, place in places.items() if chains[place].came_again(number)}
    came_again = counted["item_no"].isin(again)
    typed_in_chains = {number: word for chain in chains for number, word in chain.typed.items()}
    typed = counted["item_no"].map(typed_in_chains).where(place_of.notna(), counted["petition_kind"]).fillna("")
    petition = counted["petition_kind"].fillna(came_again.map({True: str(PetitionKind.REPEATED), False: FIRST}))
    contradicted = came_again & (typed != "") & (typed != PetitionKind.REPEATED)
    alone = (typed == PetitionKind.REPEATED) & ~came_again
    found = counted.assign(
        petition=petition,
        basis=(typed == petition).map({True: TYPED, False: DERIVED}),
        doubt=("走访记录看是再次来访，表中填的是“" + typed + "”，请核对")
        .where(contradicted, "")
        .mask(alone, "台账里只有这一次，以前的来访没有登记"),
        share=new[counted.index].map({True: INCREMENT, False: STOCK}),
        chain=place_of,
    )
    order = unit_order(frames, found["unit"].dropna().unique().tolist())
    ranked = found.assign(_rank=found["unit"].map(order)).sort_values(["_rank", "item_no"], kind="stable")
    return ranked.drop(columns="_rank").reset_index(drop=True)


def totals(found: pd.DataFrame, frames: Frames) -> pd.DataFrame:
    """Of each unit, and of all in the last row (合计), how many disputes of each group there are, are resolved or closed,
    and are closed: columns unit, and group_found, group_done, group_closed for all, first, again, other (非信访), stock,
    increment. Every unit of the roster has a row.

    found: as `petitions` gives it.
    """
    petition, share = found["petition"], found["share"]
    first, again = petition == FIRST, petition == PetitionKind.REPEATED
    of_group = {
        "all": pd.Series(data=True, index=found.index), "first": first, "again": again, "other": ~(first | again),
        "stock": share == STOCK, "increment": share == INCREMENT,
    }  # fmt: skip
    of_count = {
        "found": pd.Series(data=True, index=found.index),
        "done": found["state"] != ItemState.OPEN, "closed": found["state"] == ItemState.CLOSED,
    }  # fmt: skip
    marks = pd.DataFrame(
        {f"{group}_{count}": of_group[group] & of_count[count] for group in _GROUPS for count in _COUNTS}
    ).astype("int64")
    units = found["unit"].fillna(UNNAMED)
    order = list(unit_order(frames, units.unique().tolist()))
    table = marks.groupby(units).sum().reindex(order, fill_value=0)
    every: dict[str, Any] = {"unit": f"{len(order)}个单位", **{str(name): int(marks[name].sum()) for name in marks}}
    rows = table.rename_axis("unit").reset_index()
    return pd.concat([rows, pd.DataFrame([every])], ignore_index=True)
