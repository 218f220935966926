"""How each unit stands in a round, in one word: done, behind, short of what it owed, silent."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

import pandas as pd

from dazoufang.duties.levels import SENT_NOTHING
from dazoufang.duties.quotas import progress
from dazoufang.duties.rounds import current_round
from dazoufang.duties.silent_units import silent_units
from dazoufang.duties.visits_owed import BEHIND, MISSED, NO_VISIT
from dazoufang.ledger.frames import Frames, plain, records
from dazoufang.rules.campaign import Rules

DONE: Final = "已完成"
ON_PACE: Final = "正常"
TRAILING: Final = "进度落后"
SHORT: Final = "未完成"  # of a round that is over
SILENT: Final = "未报送"


class Standing(NamedTuple):
    """`word`: one of the above, "" of a unit that owes nothing. `without_visit`: its cadres who have none, of those who owe."""

    word: str
    without_visit: tuple[str, ...]


def standings(frames: Frames, alerts: pd.DataFrame, rules: Rules, today: date) -> dict[str, Standing]:
    """Every unit of the roster in the current round, in the order of the roster.

    alerts: as `alerts.alerts` gives it for the same day. Rule: while the round lasts a unit is late, silent, and a cadre
    without a visit, where there is an alert that says so (任务进度落后, 尚无走访, 任务未完成; 催报), so that nobody is named
    before he is reminded; once it is over, by what was owed and done.
    """
    year, round_ = current_round(rules.campaign, today)
    table = progress(frames, rules, today)
    rows = records(table[table["listed"]], ["unit", "units", "cadre", "due", "done", "left"])
    silent = set(silent_units(frames, rules, year, round_, rows))
    over = today > round_.last
    told = list(zip(*(plain(alerts[name]) for name in ("kind", "unit", "person")), strict=True))
    if not over:  # there are also alerts of units that claim more than they sent
        silent &= {unit for kind, unit, _ in told if kind == SENT_NOTHING}
    late = {unit for kind, unit, _ in told if kind in (NO_VISIT, BEHIND, MISSED)}
    unvisited = {(unit, person) for kind, unit, person in told if kind == NO_VISIT}
    due: dict[str, int] = {}
    left: dict[str, int] = {}
    without: dict[str, list[str]] = {}
    for row in rows:
        unit = row["unit"]
        due[unit], left[unit] = due.get(unit, 0) + row["due"], left.get(unit, 0) + row["left"]
        none = row["due"] > 0 == row["done"] if over else (unit, row["cadre"]) in unvisited
        without.setdefault(unit, []).extend([row["cadre"]] if none else [])
    return {unit: Standing(_word(unit, due, left, silent, late, over=over), tuple(without[unit])) for unit in due}


def _word(unit: str, due: dict[str, int], left: dict[str, int], silent: set[str], late: set[str], *, over: bool) -> str:
    if unit in silent:
        return SILENT
    if left[unit] == 0:
        return DONE if due[unit] else ""
    if over:
        return SHORT
    return TRAILING if unit in late else ON_PACE
