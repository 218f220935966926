"""Many alerts of one cause to one unit as one alert with their number; each of them stays at hand for its list."""

from __future__ import annotations

from collections import Counter
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from dazoufang.duties.levels import LEVELS, SENT_NOTHING
from dazoufang.duties.visits_owed import BEHIND, MISSED, NO_VISIT
from dazoufang.rules.campaign import Rules

COUNTED_IN: Final = {SENT_NOTHING: "个单位", NO_VISIT: "人", BEHIND: "人", MISSED: "人"}  # others: 件
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
    keys = list(zip(found["kind"].tolist(), found["unit"].tolist(), strict=True))
    numbers, least = Counter(keys), rules.campaign.alerts.many.value
    many = np.array([numbers[key] >= least for key in keys], dtype="bool")
    found = found.assign(
        number=np.array([numbers[key] if numbers[key] >= least else 1 for key in keys], dtype="int64"),
        list=pd.array([key[0] if numbers[key] >= least else "" for key in keys], dtype="str"),
    )
    if not many.any():
        return Grouped(found, found.iloc[:0])
    alone, listed = found[~many], found[many]
    groups = listed.groupby(["kind", "unit"], sort=False)
    table = listed[~listed.duplicated(["kind", "unit"])].copy()
    if not table.empty:
        at = pd.MultiIndex.from_frame(table[["kind", "unit"]])
        table["alert_id"] = table["kind"] + "|" + table["unit"]
        table["item_no"] = ""
        for name in ("since_on", "due_on", "workdays_left"):
            table[name] = groups[name].min().reindex(at).to_numpy()
        table["person"] = groups["person"].agg(_persons).reindex(at).to_numpy()
        table["subject"] = groups.agg(level=("level", _levels)).reindex(at)["level"].to_numpy()
        measure = table["kind"].map(COUNTED_IN).fillna("件")
        table["subject"] = (
            table["number"].astype("str")
            + measure
            + table["kind"]
            + table["subject"]
            + "，逐条见“"
            + table["kind"]
            + "”表"
        )
        same = groups[["why", "action", "contact"]].nunique().reindex(at)
        table["contact"] = table["contact"].where((same["contact"] <= 1).to_numpy(), table["head"])
        several = (same["why"] > 1).to_numpy()
        table.loc[several, "why"] = "最急的一" + measure.str[-1] + "：" + table["why"]
        table.loc[(same["action"] > 1).to_numpy(), "action"] = "逐条写在“" + table["kind"] + "”表的“怎么办”里"
    both = pd.concat([alone, table]).sort_index(kind="stable").reset_index(drop=True)
    return Grouped(both.astype({"number": "int64", "workdays_left": "Int64"}), listed)


def _persons(names: pd.Series[str]) -> str:
    """The names of a group, of many the first ones and how many."""
    distinct = list(dict.fromkeys(name for joined in names for name in joined.split("、") if name))
    if len(distinct) > _NAMED:
        return f"{'、'.join(distinct[:_NAMED])}等{len(distinct)}人"
    return "、".join(distinct)


def _levels(levels: pd.Series[str]) -> str:
    """（严重逾期3、逾期29）, where they are of several levels."""
    counts = Counter(levels.tolist())
    shown = [f"{level}{counts[level]}" for level in LEVELS if level in counts]
    return f"（{'、'.join(shown)}）" if len(shown) > 1 else ""
