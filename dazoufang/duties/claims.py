"""What units say they have done, in workbooks of figures, held against the rows they have sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd

from dazoufang.duties.levels import REMIND, SENT_NOTHING, Alert, Ladder
from dazoufang.duties.rounds import current_round
from dazoufang.ledger.frames import Frames
from dazoufang.model.vocabularies import ItemKind, ItemState
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import Role

# What may be claimed → what it is counted in and what it is of, in words.
_CLAIMED: Final = {
    "visits": ("走访", "户"),
    "disputes": ("矛盾纠纷", "件"),
    "disputes_resolved": ("矛盾纠纷已化解", "件"),
    "suggestions": ("意见建议", "件"),
    "suggestions_resolved": ("意见建议已办结", "件"),
}


def claim_alerts(frames: Frames, rules: Rules, ladder: Ladder) -> Iterator[Alert]:
    """催报, one a unit whose newest claim of the current round is higher than what its rows come to by now; due at the
    end of the round, at least 提醒. Nothing outside a round: what is closed nobody can send any more.

    Rule (DESIGN §8): 单位自己的汇总表，只有数字：记作它报的数，与它的行相对（报12、实有11）。
    """
    year, round_ = current_round(rules.campaign, ladder.today)
    claims = frames.claims
    if claims.empty or not round_.first <= ladder.today <= round_.last:
        return
    claims = claims[claims["received_on"] >= pd.Timestamp(round_.first)]
    title = rules.form(Role.CLAIMS).title
    for unit, rows in claims.groupby("unit", sort=True):
        newest = rows[rows["submission_id"] == rows["submission_id"].max()]
        actual = _actual(frames, str(unit), year, round_.number)
        told = {name: _claimed(newest, name) for name in _CLAIMED}
        high = [name for name, number in told.items() if number > actual[name]]
        if not high:
            continue
        words = "，".join(f"{_CLAIMED[name][0]}报{told[name]}、实有{actual[name]}" for name in high)
        lacking = "、".join(f"{_CLAIMED[name][0]}{told[name] - actual[name]}{_CLAIMED[name][1]}" for name in high)
        received = newest["received_on"].max().date()
        number = int(newest["submission_id"].iloc[0])
        yield from ladder.alert(
            SENT_NOTHING,
            f"{year}-{round_.number}|{unit}|{title}",
            round_.last,
            received,
            unit=str(unit),
            subject=f"{unit}报的数比登记的多：{words}",
            why=f"{unit}{ladder.in_words(received)}送来的汇总表（收件{number}号）里，{words}；{round_.name}{ladder.in_words(round_.last)}结束",
            action=f"请补报缺的{lacking}（走访登记表、办理表）；是汇总表多写了的，改好重新报送",
            level=ladder.level(round_.last) or REMIND,
        )


def _claimed(rows: pd.DataFrame, name: str) -> int:
    """How much the rows of one claim come to. Where some rows name a cadre and others none, the others are the whole."""
    whole = rows[rows["cadre"].isna()]
    counted = rows if whole.empty else whole
    return int(counted[name].sum()) if name in counted else 0


def _actual(frames: Frames, unit: str, year: int, round_no: int) -> dict[str, int]:
    """What the rows of the unit come to in the round."""
    visits, items = (
        frame[(frame["unit"] == unit) & (frame["year"] == year) & (frame["round_no"] == round_no)]
        for frame in (frames.visits, frames.items)
    )
    disputes, suggestions = (items[items["kind"] == kind] for kind in (ItemKind.DISPUTE, ItemKind.SUGGESTION))
    return {
        "visits": len(visits),
        "disputes": len(disputes),
        "disputes_resolved": int((disputes["state"] != ItemState.OPEN).sum()),
        "suggestions": len(suggestions),
        "suggestions_resolved": int((suggestions["state"] != ItemState.OPEN).sum()),
    }
