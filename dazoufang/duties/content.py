"""What visits were about (一看二听三问四讲): what was noted, heard, asked and told, by visit, cadre and unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from itertools import compress
from operator import not_
from typing import Any, Final

import numpy as np
import pandas as pd

from dazoufang.duties.places import Places
from dazoufang.duties.rounds import current_round
from dazoufang.duties.wordlists import WordList
from dazoufang.ledger import frames
from dazoufang.ledger.frames import plain
from dazoufang.model.terms import is_none
from dazoufang.model.vocabularies import ItemKind, ItemState, Nature
from dazoufang.rules.campaign import Campaign, Rules

# What a visit's record is to hold, key of `covered` → its words. What was heard is not asked for: 无 and nothing noted
# are one in the record.
TO_NOTE: Final = {
    "habitat": "人居环境",
    "family": "家庭情况",
    "policy": "政策落实",
    "security": "治安环境",
    "told": "宣讲内容",
}
HEARD: Final = ("opinion", "complaint")
TOLD: Final = ("政策", "法律", "工作", "安全")
SAFETY: Final = "安全"
COMPLETE: Final = "complete"
UNSAID: Final = "未写明"
_SAID_BY_THE_CADRE: Final = ("topics", "reply", "remark", "policy", "security")
_MATTER_CELLS: Final = ("matter", "measures", "outcome", "method", "follow_up_note", "remark")
_NAMES: Final = re.compile(r"[、，,；;/\s]+")
_HEADCOUNT: Final = re.compile(r"(\d+)\s*[人名位]")
_JURY_USED: Final = "是"


def of_this_round(frame: pd.DataFrame, rules: Rules, today: date) -> pd.DataFrame:
    """The rows of a frame (visits, items) that belong to the round a run on `today` works in, numbered anew."""
    year, round_ = current_round(rules.campaign, today)
    return frames.of_round(frame, year, round_.number).reset_index(drop=True)


def covered(visits: pd.DataFrame, campaign: Campaign) -> pd.DataFrame:
    """What each visit's record holds, by the index of `visits`: one bool column for each of `TO_NOTE`, `HEARD`, `TOLD`,
    for each kind of safety the rules name (安全 was told, and a word of its list stands in what the cadre wrote), `UNSAID`
    (安全 was told, and no such word stands there), and `COMPLETE` (all of `TO_NOTE`).

    Rule: 实施方案, 一看二听三问四讲.
    """
    found = pd.DataFrame({key: visits[key].notna() for key in TO_NOTE if key != "told"}, index=visits.index)
    topics = visits["topics"].astype("object").fillna("")
    found["told"] = topics != ""
    found["opinion"] = visits["suggestion"].notna()
    found["complaint"] = visits["dispute"].notna()
    for kind in TOLD:
        found[kind] = topics.str.contains(kind, regex=False).astype("bool")
    told = visits[found[SAFETY]]
    words = joined(told, _SAID_BY_THE_CADRE)
    said = pd.Series(False, index=visits.index)
    for kind, listed in campaign.content.safety.value.items():
        found[kind] = visits.index.isin(told.index[WordList(listed).of(words) != ""])
        said |= found[kind]
    found[UNSAID] = found[SAFETY] & ~said
    found[COMPLETE] = found[list(TO_NOTE)].all(axis=1)
    return found


def coverage(visits: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """How many visits of each unit and cadre hold what: `unit`, `cadre`, `visits` and a count for each column of `found`, which is `covered` of them;
    a joint visit counts for each cadre named. Each unit's cadres are followed by the unit itself, which has no cadre and
    each visit once; the last row is all. In order of unit and name: this is no ranking."""
    flags = found.assign(visits=1)[["visits", *found]].astype("int64")
    units, cadres = plain_columns(visits, ("unit", "cadres"))
    named = [(row, cadre) for row, names in enumerate(cadres) for cadre in names.split("、")]
    by_cadre = _added_up([(units[row], 0, cadre) for row, cadre in named], flags.iloc[[row for row, _ in named]])
    of_units = _added_up([(unit, 1, "") for unit in units], flags)
    rows = [(unit, cadre, *sums) for (unit, _, cadre), sums in sorted((by_cadre | of_units).items())]
    return pd.DataFrame([*rows, ("", "", *flags.sum())], columns=["unit", "cadre", *flags])


def covered_of_round(found: frames.Frames, rules: Rules, today: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The visits of the round that a run on `today` works in, and what each holds (`covered`)."""

    def make() -> tuple[pd.DataFrame, pd.DataFrame]:
        visits = of_this_round(found.visits, rules, today)
        return visits, covered(visits, rules.campaign)

    return found.once(f"covered {today}", rules, make)


def coverage_of_round(found: frames.Frames, rules: Rules, today: date) -> pd.DataFrame:
    """`coverage` of the visits of the round that a run on `today` works in."""
    return found.once(f"coverage {today}", rules, lambda: coverage(*covered_of_round(found, rules, today)))


def _added_up(keys: Sequence[tuple[Any, ...]], flags: pd.DataFrame) -> dict[tuple[Any, ...], list[int]]:
    """Key → the sums of the rows of `flags` (int64) that have it."""
    places: dict[tuple[Any, ...], int] = {}
    at = [places.setdefault(key, len(places)) for key in keys]
    sums = np.zeros((len(places), len(flags.columns)), dtype="int64")
    np.add.at(sums, at, flags.to_numpy())
    return dict(zip(places, sums.tolist(), strict=True))


def incomplete(visits: pd.DataFrame, flags: pd.DataFrame) -> pd.DataFrame:
    """The visits whose record lacks something of `TO_NOTE`, one row for each unit, cadres and what they lack: `unit`,
    `cadres`, `lacking` (words), `visits` (count), `places` (where they stand). flags: `covered` of them."""
    noted = [flags[key].tolist() for key in TO_NOTE]
    groups: dict[tuple[str, str, tuple[bool, ...]], list[int]] = {}
    for row, key in enumerate(zip(*plain_columns(visits, ("unit", "cadres")), zip(*noted, strict=True), strict=True)):
        if not all(key[2]):
            groups.setdefault(key, []).append(row)
    where = Places(visits)
    made = [
        (unit, cadres, "、".join(compress(TO_NOTE.values(), map(not_, held))), len(rows), where.of(rows))
        for (unit, cadres, held), rows in sorted(groups.items())
    ]
    return pd.DataFrame(made, columns=["unit", "cadres", "lacking", "visits", "places"])


def plain_columns(rows: pd.DataFrame, names: Sequence[str]) -> list[list[Any]]:
    """Columns of a frame as lists, "" where a cell is empty; days as `date`."""
    return [plain(rows[name]) for name in names]


def joined(rows: pd.DataFrame, columns: Sequence[str]) -> pd.Series[Any]:
    """The texts of some columns of each row as one, parted by ；; None where all are empty."""
    whole = ["；".join(filter(None, cells)) or None for cells in zip(*plain_columns(rows, columns), strict=True)]
    return pd.Series(whole, index=rows.index, dtype="object")


def opinions(items: pd.DataFrame, campaign: Campaign) -> pd.DataFrame:
    """By unit, and last all: `unit`, `opinions` (意见建议, no inquiries), how many of them are on the work of each level the
    rules name (one may be on several), and `UNSAID`; `disputes`, `jury` (how many used 群英断是非), `jury_named` (of these,
    with 参与群英) and `jury_members` (how many took part).

    Rule: 实施方案, 听群众对县、乡、村(社区)工作的意见; 运用“群英断是非”工作法.
    """
    rows = pd.DataFrame({"unit": items["unit"].astype("object").fillna("")}, index=items.index)
    inquiry = items["nature"].isin([Nature.INQUIRY, Nature.HELP])
    rows["opinions"] = (items["kind"] == ItemKind.SUGGESTION) & ~inquiry
    matter = items["matter"].astype("object").where(rows["opinions"])
    said = pd.Series(False, index=items.index)
    for level, words in campaign.content.opinion_levels.value.items():
        rows[level] = WordList(words).of(matter) != ""
        said |= rows[level]
    rows[UNSAID] = rows["opinions"] & ~said
    rows["disputes"] = items["kind"] == ItemKind.DISPUTE
    rows["jury"] = rows["disputes"] & (items["jury"] == _JURY_USED).fillna(False).astype("bool")
    members = items["jury_members"].astype("object").where(rows["jury"]).fillna("").map(_headcount)
    rows["jury_named"], rows["jury_members"] = members > 0, members
    flags = rows.drop(columns="unit").astype("int64")
    of_units = sorted(_added_up([(unit,) for unit in rows["unit"].tolist()], flags).items())
    return pd.DataFrame([*((unit, *sums) for (unit,), sums in of_units), ("", *flags.sum())], columns=["unit", *flags])


@cache
def _headcount(text: str) -> int:
    """How many persons 参与群英 names: 王五、赵六 two, 王五等5人 five."""
    numbers = [int(number) for number in _HEADCOUNT.findall(text)]
    names = [name for name in _NAMES.split(text) if name and not name.isdecimal()]
    return max([len(names), *numbers]) if text else 0


_MATTER: Final = ("kind", "item_no", "unit", "cadres", "visited_on", "township", "text", "words", "places")


def to_look_into(visits: pd.DataFrame, items: pd.DataFrame, campaign: Campaign) -> pd.DataFrame:
    """Matters to be looked into: visits whose 政策落实 says that a policy is not met, and items that are not closed and
    may go to court; `_MATTER` columns, those of policies first.

    visits: of the round; items: all. Rule: what 政策落实 says is listed with its cell and opens no item (only the three
    cells do); 可能向诉讼领域传导的访源 are items already.
    """
    unmet = visits.assign(
        text=visits["policy"], words=WordList(campaign.content.policy_unmet.value).of(visits["policy"])
    )
    unmet = unmet[unmet["words"] != ""].assign(kind="政策未落实", item_no="")
    open_ = items[items["state"] != ItemState.CLOSED]
    text = joined(open_, _MATTER_CELLS)
    court = open_.assign(text=open_["matter"], words=WordList(campaign.content.litigation.value).of(text))
    court = court[court["words"] != ""].assign(kind="可能转入诉讼")
    found = [rows.assign(places=_each_place(rows))[list(_MATTER)] for rows in (unmet, court)]
    return pd.concat(found, ignore_index=True)


def security_entries(visits: pd.DataFrame, campaign: Campaign) -> pd.DataFrame:
    """What 治安环境 says that is not that all is well, for the office of the rules alone: `unit`, `cadres`, `visited_on`,
    `household`, `township`, `village`, `text`, `words` ("" where no word of the list stands there: read the text), `places`.
    """
    content = campaign.content
    troubles, calm = WordList(content.security_troubles.value), WordList(content.security_calm.value)
    words = troubles.of(visits["security"])
    quiet = {
        text: is_none(text) or troubles.denies(text) or bool(calm.found(text))
        for text in visits["security"].dropna().unique()
    }
    told = visits["security"].astype("object").map(quiet)
    rows = visits[(words != "") | (told == False)]  # noqa: E712  (NA: nothing was noted)
    rows = rows.assign(text=rows["security"], words=words[rows.index], places=_each_place(rows))
    order = ["unit", "cadres", "visited_on", "household", "township", "village", "text", "words", "places"]
    return rows[order].reset_index(drop=True)


def _each_place(rows: pd.DataFrame) -> list[str]:
    """Where each row stands."""
    where = Places(rows)
    return [where.of([row]) for row in range(len(rows))]
