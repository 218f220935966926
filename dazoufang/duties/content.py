"""What visits were about (一看二听三问四讲): what was noted, heard, asked and told, by visit, cadre and unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from itertools import compress, repeat
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
# Key of `covered` → the column of a visit in which it stands.
COLUMN_OF: Final = {key: "topics" if key == "told" else key for key in TO_NOTE} | {
    "opinion": "suggestion",
    "complaint": "dispute",
}
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
    found = {key: [text != "" for text in plain(visits[name])] for key, name in COLUMN_OF.items()}
    topics = plain(visits["topics"])
    for kind in TOLD:
        found[kind] = [kind in text for text in topics]
    told = found[SAFETY]
    notes = joined(visits, _SAID_BY_THE_CADRE)
    texts = [note if safety else "" for safety, note in zip(told, notes, strict=True)]
    kinds = campaign.content.safety.value
    for kind, listed in kinds.items():
        found[kind] = [words != "" for words in WordList(listed).each(texts)]
    said = map(any, zip(*(found[kind] for kind in kinds), strict=True)) if kinds else repeat(False)
    found[UNSAID] = [safety and not named for safety, named in zip(told, said, strict=False)]
    found[COMPLETE] = [all(noted) for noted in zip(*(found[key] for key in TO_NOTE), strict=True)]
    return pd.DataFrame({key: np.array(flags, dtype="bool") for key, flags in found.items()}, index=visits.index)


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


def joined(rows: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """The texts of some columns of each row as one, parted by ；; "" where all are empty."""
    return ["；".join(filter(None, cells)) for cells in zip(*plain_columns(rows, columns), strict=True)]


def opinions(items: pd.DataFrame, campaign: Campaign) -> pd.DataFrame:
    """By unit, and last all: `unit`, `opinions` (意见建议, no inquiries), how many of them are on the work of each level the
    rules name (one may be on several), and `UNSAID`; `disputes`, `jury` (how many used 群英断是非), `jury_named` (of these,
    with 参与群英) and `jury_members` (how many took part).

    Rule: 实施方案, 听群众对县、乡、村(社区)工作的意见; 运用“群英断是非”工作法.
    """
    names = ("unit", "kind", "nature", "matter", "jury", "jury_members")
    units, kinds, natures, matters, juries, members = plain_columns(items, names)
    opinion = [
        kind == ItemKind.SUGGESTION and nature not in (Nature.INQUIRY, Nature.HELP)
        for kind, nature in zip(kinds, natures, strict=True)
    ]
    texts = [matter if held else "" for matter, held in zip(matters, opinion, strict=True)]
    levels = {
        level: [found != "" for found in WordList(words).each(texts)]
        for level, words in campaign.content.opinion_levels.value.items()
    }
    named = [any(found) for found in zip(*levels.values(), strict=True)] if levels else [False] * len(items)
    dispute = [kind == ItemKind.DISPUTE for kind in kinds]
    jury = [held and used == _JURY_USED for held, used in zip(dispute, juries, strict=True)]
    took_part = [_headcount(words) if held else 0 for words, held in zip(members, jury, strict=True)]
    columns = {
        "opinions": opinion,
        **levels,
        UNSAID: [held and not said for held, said in zip(opinion, named, strict=True)],
        "disputes": dispute,
        "jury": jury,
        "jury_named": [count > 0 for count in took_part],
        "jury_members": took_part,
    }
    flags = pd.DataFrame({name: np.array(values, dtype="int64") for name, values in columns.items()})
    of_units = sorted(_added_up([(unit,) for unit in units], flags).items())
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
    content = campaign.content
    unmet = _holding(visits, WordList(content.policy_unmet.value).each(plain(visits["policy"])), "policy")
    told = zip(plain(items["state"]), joined(items, _MATTER_CELLS), strict=True)
    texts = ["" if state == ItemState.CLOSED else text for state, text in told]
    court = _holding(items, WordList(content.litigation.value).each(texts), "matter")
    parts = [unmet.assign(kind="政策未落实", item_no="")] if len(unmet) else []
    parts += [court.assign(kind="可能转入诉讼")] if len(court) else []
    if not parts:
        return pd.DataFrame(columns=list(_MATTER))
    return pd.concat([part[list(_MATTER)] for part in parts], ignore_index=True)


def _holding(rows: pd.DataFrame, words: Sequence[str], column: str) -> pd.DataFrame:
    """The rows that have `words`, with `text` (what stands in the column), `words` and `places`."""
    own = rows.iloc[[row for row, found in enumerate(words) if found]]
    return own.assign(text=own[column], words=list(filter(None, words)), places=_each_place(own)) if len(own) else own


def security_entries(visits: pd.DataFrame, campaign: Campaign) -> pd.DataFrame:
    """What 治安环境 says that is not that all is well, for the office of the rules alone: `unit`, `cadres`, `visited_on`,
    `household`, `township`, `village`, `text`, `words` ("" where no word of the list stands there: read the text), `places`.
    """
    content = campaign.content
    troubles, calm = WordList(content.security_troubles.value), WordList(content.security_calm.value)
    texts = plain(visits["security"])
    words = troubles.each(texts)
    quiet = {text: not text or is_none(text) or troubles.denies(text) or bool(calm.found(text)) for text in set(texts)}
    told = [row for row, text in enumerate(texts) if words[row] or not quiet[text]]
    order = ["unit", "cadres", "visited_on", "household", "township", "village", "text", "words", "places"]
    if not told:
        return pd.DataFrame(columns=order)
    rows = visits.iloc[told]
    rows = rows.assign(text=rows["security"], words=[words[row] for row in told], places=_each_place(rows))
    return rows[order].reset_index(drop=True)


def _each_place(rows: pd.DataFrame) -> list[str]:
    """Where each row stands."""
    where = Places(rows)
    return [where.of([row]) for row in range(len(rows))]
