"""倾向性问题: topics that several units bring up in one round, or that rise against the round before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Final

import pandas as pd

from dazoufang.duties.rounds import current_round
from dazoufang.ledger.frames import Frames, of_round, plain
from dazoufang.model.terms import normalize
from dazoufang.rules.campaign import Campaign, Rules
from dazoufang.rules.topics import Topics

CASES: Final = ("topic", "item_no", "visited_on", "unit", "township", "matter", "words", "state")
_TOLD: Final = [name for name in CASES if name not in ("topic", "words")]
TENDENCIES: Final = ("topic", "cases", "units", "townships", "before", "unit_names", "township_names", "words", "why")


def cases(items: pd.DataFrame, topics: Topics) -> pd.DataFrame:
    """The items of each topic with the words that made it one, `CASES`: in the order of the topics, then of the items.

    Rule: an item belongs to each topic one of whose words stands in its matter.
    """
    found = list(_found(items, topics))
    rows = items[_TOLD].iloc[[place for _, place, _ in found]].reset_index(drop=True)
    return rows.assign(topic=[topic for topic, *_ in found], words=[words for *_, words in found])[list(CASES)]


def _found(items: pd.DataFrame, topics: Topics) -> Iterator[tuple[str, int, str]]:
    """Topic, position of an item of it, and the words: in the order of the topics, then of the items."""
    matters = plain(items["matter"])
    read = {text: normalize(text) for text in set(matters)}
    for topic in topics.topics if read else ():
        held = _held(read, topic.words)
        yield from ((topic.name, place, held[text]) for place, text in enumerate(matters) if text in held)


def _held(read: dict[str, str], words: tuple[str, ...]) -> dict[str, str]:
    """The texts that hold any of the words → those words, joined by 、, less those inside longer ones. `read`: each text →
    as it is compared. A matter denies nothing: 没有路灯 is about lamps."""
    wanted = {normalize(word): word for word in words}
    held = {}
    any_word = re.compile("|".join(map(re.escape, wanted)) or "(?!)").search
    for text, said in read.items():
        if any_word(said):
            hits = [word for word in wanted if word in said]
            held[text] = "、".join(wanted[word] for word in hits if not any(word in other != word for other in hits))
    return held


def tendencies(frames: Frames, rules: Rules, today: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tendencies of the round that a run on `today` works in, and their cases in it (`CASES`).

    One row a topic, `TENDENCIES`: `cases`, `units`, `townships` (counts), `before` (cases of the round before; NA where
    nothing was collected in it), the names, the words that hit, and why it is one. What most units bring up comes first.
    """
    return frames.once(f"tendencies {today}", rules, lambda: _tendencies(frames, rules, today))


def _tendencies(frames: Frames, rules: Rules, today: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    now, before = (of_round(frames.items, *place) for place in _rounds(rules.campaign, today))
    found = cases(now, rules.topics)
    if found.empty:
        return pd.DataFrame(columns=list(TENDENCIES)), found
    earlier = Counter(topic for topic, *_ in _found(before, rules.topics))
    rows = []
    for topic, own in found.groupby("topic", sort=False):
        was = earlier[str(topic)] if len(before) else None
        units, townships = (sorted(own[name].dropna().unique()) for name in ("unit", "township"))
        if why := _why(len(own), len(units), was, rules.topics):
            words = "、".join(dict.fromkeys("、".join(own["words"]).split("、")))
            names = ("、".join(units), "、".join(townships))
            rows.append((topic, len(own), len(units), len(townships), was, *names, words, why))
    table = pd.DataFrame(rows, columns=list(TENDENCIES)).astype({"before": "Int64"})
    table = table.sort_values(["units", "cases"], ascending=False, kind="stable", ignore_index=True)
    place = found["topic"].map({topic: place for place, topic in enumerate(table["topic"])})
    return table, found.loc[place.dropna().sort_values(kind="stable").index].reset_index(drop=True)


def _why(count: int, units: int, before: int | None, topics: Topics) -> str:
    """Why a topic is a tendency, in words; "" where it is none."""
    why = [f"{units}个单位反映"] if units >= topics.units.value else []
    more = count - (before or 0)
    rises = more >= topics.rise_cases.value and more * 100 >= topics.rise_percent.value * (before or 0)
    if before is not None and rises and units >= topics.rise_units.value:
        why.append(f"比上一轮多{more}件")
    return "，".join(why)


def _rounds(campaign: Campaign, today: date) -> list[tuple[int, int]]:
    """(year, number) of the round that a run on `today` works in and of the one before it in the rules, (0, 0) none."""
    year, round_ = current_round(campaign, today)
    places = [(block.year, each.number) for block in campaign.years for each in block.rounds]
    place = places.index((year, round_.number))
    return [places[place], places[place - 1] if place else (0, 0)]
