"""Many alerts of one cause to one unit as one alert with their number; each of them stays at hand for its list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from dazoufang.duties.alerts import COLUMNS
from dazoufang.duties.levels import LEVELS, SENT_NOTHING
from dazoufang.duties.visits_owed import BEHIND, MISSED, NO_VISIT
from dazoufang.ledger.frames import Frames, build, plain, records
from dazoufang.rules.campaign import Rules

COUNTED_IN: Final = {SENT_NOTHING: "个单位", NO_VISIT: "人", BEHIND: "人", MISSED: "人"}  # others: 件
_COLUMNS: Final = {name: ("day" if "datetime" in dtype else dtype, "") for name, dtype in COLUMNS.items()} | {
    "number": ("int64", ""),
    "list": ("text", ""),
}
_NAMED: Final = 3  # persons that stand by name in an alert of many


class Grouped(NamedTuple):
    """`alerts`: one row an alert or group, with its `number`; the columns are else those of `alerts.COLUMNS`, and the order
    is that of the most urgent of each group. `listed`: the alerts that stand in groups, a row each, as they were found;
    `list` in either names the list: the kind, "" none."""

    alerts: pd.DataFrame
    listed: pd.DataFrame


def grouped(found: pd.DataFrame, rules: Rules) -> Grouped:
    """`found` as `alerts.alerts` gives it, worst first: all of it, or one reader's rows. Of one kind and unit,
    `campaign.alerts.many` or more become one: its level, days and readers are those of the most urgent, its reason and
    whom to telephone are theirs where all have one (else the unit's head), and it is known night after night by kind and unit.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for place, key in enumerate(zip(plain(found["kind"]), plain(found["unit"]), strict=True)):
        groups.setdefault(key, []).append(place)
    least = rules.campaign.alerts.many.value
    if all(len(places) < least for places in groups.values()):
        alone = found.assign(number=np.ones(len(found), "int64"), list=pd.array([""] * len(found), dtype="str"))
        return Grouped(alone, alone.iloc[:0])
    told = records(found, [*COLUMNS])
    rows: list[tuple[int, dict[str, Any]]] = []
    listed: list[int] = []
    for places in groups.values():
        if len(places) >= least:
            rows.append((places[0], _as_one([told[place] for place in places])))
            listed += places
        else:
            rows += ((place, told[place] | {"number": 1, "list": ""}) for place in places)
    rows.sort(key=lambda row: row[0])
    in_groups = found.iloc[sorted(listed)]
    return Grouped(build([row for _, row in rows], _COLUMNS), in_groups.assign(list=in_groups["kind"]))


def grouped_once(frames: Frames, found: pd.DataFrame, rules: Rules) -> Grouped:
    """`grouped` of the alerts of these frames, worked out once for this very table: workbook, page and summary share it."""
    return frames.once("grouped", found, lambda: grouped(found, rules))


def _as_one(alerts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The alert that stands for these of one kind and unit, the most urgent first."""
    first, number = alerts[0], len(alerts)
    kind, measure = first["kind"], COUNTED_IN.get(first["kind"], "件")
    several = {name: len({alert[name] for alert in alerts}) > 1 for name in ("why", "action", "contact")}
    soonest = {
        name: min((alert[name] for alert in alerts if alert[name] not in (None, "")), default=None)
        for name in ("since_on", "due_on", "workdays_left")
    }
    return {
        **first,
        **soonest,
        "alert_id": f"{kind}|{first['unit']}",
        "item_no": "",
        "person": _persons(alert["person"] for alert in alerts),
        "subject": f"{number}{measure}{kind}{_levels(alert['level'] for alert in alerts)}，逐条见“{kind}”表",
        "why": f"最急的一{measure[-1]}：{first['why']}" if several["why"] else first["why"],
        "action": f"逐条写在“{kind}”表的“怎么办”里" if several["action"] else first["action"],
        "contact": first["head"] if several["contact"] else first["contact"],
        "number": number,
        "list": kind,
    }


def _persons(names: Iterable[str]) -> str:
    """The names of a group, of many the first ones and how many."""
    distinct = list(dict.fromkeys(name for joined in names for name in joined.split("、") if name))
    if len(distinct) > _NAMED:
        return f"{'、'.join(distinct[:_NAMED])}等{len(distinct)}人"
    return "、".join(distinct)


def _levels(levels: Iterable[str]) -> str:
    """（严重逾期3、逾期29）, where they are of several levels."""
    counts = Counter(levels)
    shown = [f"{level}{counts[level]}" for level in LEVELS if level in counts]
    return f"（{'、'.join(shown)}）" if len(shown) > 1 else ""
