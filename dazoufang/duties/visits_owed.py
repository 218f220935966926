"""What units and cadres owe in the current round: a first form, a first visit, the pace, the whole of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

import pandas as pd

from dazoufang.duties.levels import REMIND, SENT_NOTHING, Alert, Ladder
from dazoufang.duties.quotas import DAY
from dazoufang.duties.rounds import current_round, earlier_rounds, rhythm
from dazoufang.duties.silent_units import silent_units
from dazoufang.ledger.frames import Frames, records
from dazoufang.model.submission import RETURNED
from dazoufang.rules.campaign import Campaign, Rules
from dazoufang.rules.years import Round

NO_VISIT: Final = "尚无走访"
BEHIND: Final = "任务进度落后"
MISSED: Final = "任务未完成"

# The columns of `quotas.progress` that alerts of cadres are made from.
_OF_CADRES: Final = [
    "unit", "units", "cadre", "due", "carried", "done", "expected", "left", "days_left", "since_on", "until_on",
]  # fmt: skip


class QuotaAlerts:
    """催报, 尚无走访, 任务进度落后, 任务未完成: what units and cadres owe in the current round."""

    def __init__(self, frames: Frames, rules: Rules, progress_table: pd.DataFrame, ladder: Ladder) -> None:
        self._frames = frames
        self._rules = rules
        self._ladder = ladder
        self._roster = progress_table[progress_table["listed"]]
        self._year, self._round = current_round(rules.campaign, ladder.today)

    def alerts(self) -> Iterator[Alert]:
        """All of them, unit by unit, then cadre by cadre; nothing outside the round: nobody can mend what is over."""
        if self._ladder.today not in self._round:
            return
        rows = records(self._roster, _OF_CADRES)
        silent = silent_units(self._frames, self._rules, self._year, self._round, rows)
        for unit, cadres in silent.items() if self._urges(self._round.first) else ():
            yield from self._sent_nothing(unit, cadres)
        for row in rows:
            yield from self._cadre(row)

    def _urges(self, since: date) -> bool:
        """Whether who has sent nothing since that day is urged by now."""
        passed = self._rules.campaign.workdays.count(since, self._ladder.today)
        return passed > self._rules.campaign.alerts.silence_workdays.value

    def _sent_nothing(self, unit: str, cadres: list[str]) -> Iterator[Alert]:
        """催报 of one unit; `cadres` are its names on the roster."""
        round_, in_words, sent = self._round, self._ladder.in_words, self._frames.submissions
        phase = round_.phases[0]
        why = f"{round_.name}{in_words(round_.first)}开始，至今没有收到{unit}的走访登记表或办理表"
        action = (
            f"请把走访登记表放入收件箱的“{unit}”文件夹（没有就新建一个）；还没有走访的，先安排{len(cadres)}名干部入户"
        )
        refused = (sent["unit"] == unit) & (sent["verdict"] == RETURNED)
        refused &= sent["received_on"] >= pd.Timestamp(round_.first)
        if refused.any():
            why += f"（{in_words(sent.loc[refused, 'received_on'].max().date())}送来的已退回，还没有改好重报）"
            action = f"请按退回件上标出的地方改好，重新放入收件箱的“{unit}”文件夹（没有就新建一个）"
        yield from self._ladder.alert(
            SENT_NOTHING,
            f"{self._year}-{round_.number}|{unit}",
            phase.last,
            round_.first,
            unit=unit,
            subject=f"{unit}（{len(cadres)}名干部）{round_.name}还没有报送",
            why=f"{why}；{phase.name}阶段{in_words(phase.last)}结束",
            action=action,
        )

    def _cadre(self, row: dict[str, Any]) -> Iterator[Alert]:
        """What one cadre of the roster has not done yet; at most one alert."""
        if row["done"] >= row["due"]:
            return
        round_, in_words, left_on = self._round, self._ladder.in_words, row["until_on"]
        since_on, due_on = row["since_on"] or round_.first, left_on or round_.last
        person, words = row["cadre"], f"{owed_in_words(round_, row, self._rules.campaign)}、已走访{row['done']}户"
        short, common = (
            row["left"],
            _Common(f"{self._year}-{round_.number}|{row['unit']}|{person}", row["unit"], person),
        )
        if due_on < self._ladder.today:
            yield from self._ladder.alert(
                MISSED,
                due_on=due_on,
                since_on=due_on + DAY,
                subject=f"{person}{round_.name}走访任务还差{short}户",
                why=f"{words}；任职到{in_words(due_on)}为止",
                action=f"{in_words(due_on)}以前走访过没有登记的，请补报走访登记表；确实没有走访的，由单位向办公室说明",
                **common._asdict(),
            )
        elif row["done"] == 0:
            if self._urges(since_on):
                first_by = self._first_visit_by(row["since_on"], due_on)
                yield from self._ladder.alert(
                    NO_VISIT,
                    due_on=first_by,
                    since_on=since_on,
                    subject=f"{person}{round_.name}还没有走访记录",
                    why=f"{words}；{self._first_visit_why(row['since_on'], first_by)}",
                    action=f"{_pace(short, row['days_left'])}；走访过的请尽快登记报送",
                    **common._asdict(),
                )
        elif row["done"] < row["expected"]:
            ends = f"任职到{in_words(due_on)}为止" if left_on else f"{round_.name}{in_words(due_on)}结束"
            yield from self._ladder.alert(
                BEHIND,
                due_on=due_on,
                since_on=since_on,
                level=self._ladder.level(due_on) or REMIND,
                subject=f"{person}{round_.name}走访进度落后",
                why=f"{words}；按工作日推算到今天应走访{row['expected']}户；{ends}",
                action=_pace(short, row["days_left"]),
                **common._asdict(),
            )

    def _first_visit_by(self, came_on: date | None, last: date) -> date:
        """The end of the first phase; who came later has as many working days as it."""
        phase, workdays = self._round.phases[0], self._rules.campaign.workdays
        if came_on is None:
            return min(phase.last, last)
        days = workdays.count(phase.first, phase.last)
        return min(max(phase.last, workdays.add(came_on - DAY, days)), last)

    def _first_visit_why(self, came_on: date | None, by: date) -> str:
        phase, in_words = self._round.phases[0], self._ladder.in_words
        if by == phase.last:
            return f"{phase.name}阶段{in_words(by)}结束"
        return f"{f'{in_words(came_on)}任职，' if came_on else ''}{in_words(by)}以前应开始走访"


class _Common(NamedTuple):
    """What the alerts of one cadre have in common; the names are those of `Ladder.alert`."""

    key: str
    unit: str
    person: str


def owed_in_words(round_: Round, row: Mapping[str, Any], campaign: Campaign) -> str:
    """下半年应走访14户（含上半年少走的4户）. `row`: due, carried, since_on and until_on, as `quotas.progress` has them."""
    parts = []
    if row["since_on"] or row["until_on"]:
        parts.append("按任职的工作日折算")
    if row["carried"]:
        parts.append(f"含{earlier_rounds(round_, campaign)}少走的{row['carried']}户")
    why = f"（{'，'.join(parts)}）" if parts else ""
    return f"{round_.name}应走访{row['due']}户{why}"


def _pace(short: int, days_left: int) -> str:
    """In Chinese: `short` households are left, and how many of the working days after today, or one in how many."""
    if days_left <= 0:
        return f"还差{short}户，今天以后没有工作日了，请抓紧走访"
    return f"还差{short}户，今天以后剩{days_left}个工作日，至少{rhythm(short, days_left)}"
