"""Visits that did not count, each with its reason; and households visited more than once."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from dazoufang.duties.credit import NAMESAKES, NOBODY, NOT_FIRST, OUTSIDE_TERM, REPEATED, credit
from dazoufang.duties.rounds import current_round
from dazoufang.ledger.frames import Frames, of_round, plain
from dazoufang.model.faults import day_words
from dazoufang.rules.campaign import Rules

_WORDS: Final = {
    NOT_FIRST: ("联合走访", "几人同去的只计第一人（规则里这样设定）"),
    NOBODY: ("不在花名册", "花名册上没有这个人；名字写错的请改正，新参加的请补进花名册"),
    NAMESAKES: ("同名分不清", "花名册上有几个同名的，都不是填报单位的；请写对填报单位"),
    OUTSIDE_TERM: ("不在任职期", "走访那天不在任；任职起止写错的，请更正花名册"),
    REPEATED: ("重复走访", ""),
}
_OUTSIDE: Final = ("不在两轮之内", "走访日期在两轮走访时间以外，只登记，不计任务数")
_WHERE: Final = ["submission_id", "sheet", "row_no"]
_HOUSEHOLD: Final = ["household", "target_kind", "township", "village", "phone"]
_REPEATED: Final = ["unit", "household", "phone", "township", "village", "cadres", "visited_on", *_WHERE]
COLUMNS: Final = ["unit", "cadre", "visited_on", *_HOUSEHOLD, "reason", "why", *_WHERE]


def uncounted(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    """The visits of the working year that count for nobody's quota, or not for one of the cadres named in them: `COLUMNS`,
    a row a visit and cadre, by unit, cadre and day. reason, why: in Chinese; submission_id, sheet, row_no: where it stands.
    """
    year, _ = current_round(rules.campaign, today)
    visits, credited = frames.visits, credit(frames, rules, year)
    rows = credited[credited["why"] != ""]
    outside = np.flatnonzero((visits["year"].to_numpy() == year) & (visits["round_no"].to_numpy() == 0))
    if not len(rows) and not len(outside):
        return pd.DataFrame(columns=COLUMNS)
    kept = credited[credited["counted"]].set_index(["who", "label"])["visited_on"]
    reasons = rows["why"].map({why: words[0] for why, words in _WORDS.items()})
    whys = rows["why"].map({why: words[1] for why, words in _WORDS.items()}).astype("object")
    again = rows["why"] == REPEATED
    first = kept.reindex(pd.MultiIndex.from_frame(rows.loc[again, ["who", "label"]]))
    said = {
        day: f"同一户本轮已计入{day_words(day.date(), year)}的走访，一轮只计一户" for day in first.dropna().unique()
    }
    whys[again] = first.map(said).fillna("同一户本轮已计入，一轮只计一户").to_numpy()
    in_rounds = pd.DataFrame(
        {"visit": rows["visit"], "unit": rows["unit"], "cadre": rows["cadre"], "reason": reasons, "why": whys}
    )
    aside = pd.DataFrame(
        {
            "visit": outside,
            "unit": visits["unit"].iloc[outside].to_numpy(),
            "cadre": visits["cadres"].iloc[outside].to_numpy(),
            "reason": _OUTSIDE[0],
            "why": _OUTSIDE[1],
        }
    )
    found = pd.concat([in_rounds, aside], ignore_index=True)
    told = visits[["visited_on", *_HOUSEHOLD, *_WHERE]].iloc[found["visit"]].reset_index(drop=True)
    found = pd.concat([found, told], axis="columns")[COLUMNS]
    return found.sort_values(["unit", "cadre", "visited_on"], kind="stable", ignore_index=True)


def repeated(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    """The visits of the current round to households that a unit visited more than once: unit, household, phone, township,
    village, cadres, visited_on, and where each stands; household by household. The same household: the same name with the
    same telephone or the same place, or as `credit` found it for one cadre."""
    return frames.once(f"repeated {today}", rules, lambda: _repeated(frames, rules, today))


def _repeated(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    year, round_ = current_round(rules.campaign, today)
    own = of_round(frames.visits, year, round_.number)
    cells = zip(*(plain(own[name]) for name in ("unit", "household", "phone", "township", "village")), strict=True)
    keys = [
        ((unit, name, phone) if phone else None, (unit, name, township, village) if village else None)
        for unit, name, phone, township, village in cells
    ]
    visits = Counter(key for both in keys for key in both if key)
    credited = credit(frames, rules, year)
    credited = credited[(credited["round_no"] == round_.number) & (credited["counted"] | (credited["why"] == REPEATED))]
    theirs = list(zip(*(credited[name].tolist() for name in ("visit", "who", "label")), strict=True))
    times = Counter((who, label) for _, who, label in theirs)
    by_cadre = {visit for visit, who, label in theirs if times[who, label] > 1}
    again = [
        visit in by_cadre or any(key and visits[key] > 1 for key in both)
        for visit, both in zip(own.index.tolist(), keys, strict=True)
    ]
    told = own.loc[again, _REPEATED]
    if len(told) < 2:
        return told.reset_index(drop=True)
    return told.sort_values(["unit", "household", "phone", "visited_on"], kind="stable", ignore_index=True)
