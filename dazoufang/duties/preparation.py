"""What is to be done before a visit: who visited without having been trained, or without a notebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

import pandas as pd

from dazoufang.duties.levels import REMIND, Alert, Ladder
from dazoufang.duties.rounds import current_round
from dazoufang.ledger.frames import Frames, of_round, plain
from dazoufang.model.terms import normalize
from dazoufang.rules.campaign import Rules
from dazoufang.rules.preparation import Log

UNTRAINED: Final = "未见培训记录"
NO_NOTEBOOK: Final = "未见工作记录本"
_NAMED: Final = 10  # so many people are named in a subject


def preparation_alerts(frames: Frames, rules: Rules, ladder: Ladder) -> Iterator[Alert]:
    """未见培训记录 and 未见工作记录本, at most one of each a unit, 提醒, while the round lasts.

    Rule (实施方案：对走访干部作好培训; 干部入户走访要有专门的工作记录本), forms from `campaign.preparation`:

    - 未见培训记录: cadres with a visit in the round whom no row of the training log of the year names.
    - 未见工作记录本: visits of the round whose 工作记录本编号 the log of notebooks does not have; where none is given, those
      of which no cadre stands in that log.

    A log that never came reminds of nothing: an office that keeps it otherwise is not flooded (局内设定).
    """
    year, round_ = current_round(rules.campaign, ladder.today)
    if ladder.today not in round_:
        return
    visits = of_round(frames.visits, year, round_.number)
    found = _Found(rules, ladder, f"{year}-{round_.number}", round_.last)
    log = rules.campaign.preparation.training.value
    if (rows := _sent(frames, log)) is not None:
        yield from found.untrained(visits, log, _names(rows[rows[log.day].dt.year == year], log), year)
    notebooks = rules.campaign.preparation.notebooks.value
    if (rows := _sent(frames, notebooks)) is not None:
        numbers = {_number(number) for number in plain(rows[notebooks.number]) if number}
        yield from found.without_notebook(visits, notebooks, _names(rows, notebooks), numbers)


def _sent(frames: Frames, log: Log) -> pd.DataFrame | None:
    """The rows of a log, None where none was ever sent."""
    rows = frames.lists.get(log.form)
    return None if rows is None or rows.empty else rows


def _names(rows: pd.DataFrame, log: Log) -> set[str]:
    return {normalize(name) for names in plain(rows[log.cadres]) for name in names.split("、") if name}


def _number(text: str) -> str:
    """A notebook's number as it is compared: 0123 and 123 are one."""
    return normalize(text).lstrip("0")


class _Found:
    """Words the alerts of one round. `key`: the round; `due_on`: its last day."""

    def __init__(self, rules: Rules, ladder: Ladder, key: str, due_on: date) -> None:
        self._rules, self._ladder, self._key, self._due_on = rules, ladder, key, due_on

    def untrained(self, visits: pd.DataFrame, log: Log, trained: set[str], year: int) -> Iterator[Alert]:
        """One a unit whose cadres visited and stand in no training of the year."""
        title = self._rules.schemas[log.form].title
        for unit, rows in visits.groupby("unit", sort=True):
            counted: Counter[str] = Counter()
            first = date.max
            for day, names in zip(plain(rows["visited_on"]), plain(rows["cadres"]), strict=True):
                lacking = [name for name in names.split("、") if name and normalize(name) not in trained]
                counted.update(lacking)
                first = min(first, day) if lacking else first
            if counted:
                yield from self._alert(
                    UNTRAINED,
                    str(unit),
                    list(counted),
                    first,
                    subject=f"{unit}{len(counted)}名干部入户走访了，没有培训记录：{_listed(counted)}",
                    why=f"{year}年的“{title}”里没有这{len(counted)}人；对走访干部要作好培训",
                    action=f"参加过培训的，请办公室在“{title}”里补上；没有参加的，请先培训",
                )

    def without_notebook(self, visits: pd.DataFrame, log: Log, holders: set[str], numbers: set[str]) -> Iterator[Alert]:
        """One a unit with visits that lead to no notebook."""
        title = self._rules.schemas[log.form].title
        for unit, rows in visits.groupby("unit", sort=True):
            counted: Counter[str] = Counter()
            strange: list[str] = []
            first, households = date.max, 0
            columns: tuple[list[Any], ...] = tuple(
                plain(rows[name]) if name in rows else [""] * len(rows)
                for name in ("visited_on", "cadres", "notebook_no")
            )
            for day, names, number in zip(*columns, strict=True):
                who = [name for name in names.split("、") if name]
                if _number(number) in numbers if number else holders.intersection(map(normalize, who)):
                    continue
                households, first = households + 1, min(first, day)
                counted.update(who)
                strange += [number] if number and number not in strange else []
            if households:
                unknown = (
                    f"，其中编号{'、'.join(f'“{number}”' for number in strange[:_NAMED])}不在登记里" if strange else ""
                )
                yield from self._alert(
                    NO_NOTEBOOK,
                    str(unit),
                    list(counted),
                    first,
                    subject=f"{unit}{households}户走访没有对上工作记录本：{_listed(counted)}",
                    why=f"“{title}”里找不到这些走访的工作记录本{unknown}；干部入户走访要有专门的工作记录本",
                    action=f"领了记录本的，请办公室在“{title}”里补上，编号写错的请改正；没有领的，请到办公室领取",
                )

    def _alert(
        self, kind: str, unit: str, people: Sequence[str], since_on: date, *, subject: str, why: str, action: str
    ) -> Iterator[Alert]:
        yield from self._ladder.alert(
            kind,
            f"{self._key}|{unit}",
            self._due_on,
            since_on,
            unit=unit,
            person="、".join(people),
            subject=subject,
            why=why,
            action=action,
            level=REMIND,
        )


def _listed(counted: Counter[str]) -> str:
    """People with the number of their visits: 李明3户、王芳1户."""
    named = [f"{name}{count}户" for name, count in list(counted.items())[:_NAMED]]
    return "、".join(named) + ("等" if len(counted) > _NAMED else "")
