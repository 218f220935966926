"""What units and cadres owe in the current round: a first form, a first visit, the pace, the whole of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import pandas as pd

from dazoufang.duties.levels import REMIND, SENT_NOTHING, Alert, Ladder
from dazoufang.duties.quotas import current_round
from dazoufang.ledger.frames import Frames, records
from dazoufang.model.submission import RETURNED
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import Role

NO_VISIT: Final = "尚无走访"
BEHIND: Final = "任务进度落后"
MISSED: Final = "任务未完成"

# The columns of `quotas.progress` that alerts of cadres are made from.
_OF_CADRES: Final = ["unit", "cadre", "due", "done", "year_due", "year_done", "days_left"]


class QuotaAlerts:
    """催报, 尚无走访, 任务进度落后, 任务未完成: what units and cadres owe in the current round."""

    def __init__(self, frames: Frames, rules: Rules, progress_table: pd.DataFrame, ladder: Ladder) -> None:
        self._frames = frames
        self._rules = rules
        self._ladder = ladder
        self._roster = progress_table[progress_table["listed"]]
        self._year, self._round = current_round(rules.campaign, ladder.today)

    def alerts(self) -> Iterator[Alert]:
        """All of them, unit by unit, then cadre by cadre; nothing before the round has begun."""
        if self._ladder.today < self._round.first:
            return
        silent = self._units_without_submission()
        for unit, cadres in silent.items():
            yield from self._sent_nothing(unit, cadres)
        owes_earlier = self._earlier_rounds_count()
        for row in records(self._roster, _OF_CADRES):
            if row["done"] == 0 and row["unit"] in silent:
                continue
            carried = row["year_due"] - (row["year_done"] - row["done"]) - row["due"] if owes_earlier else 0
            yield from self._cadre(row, max(carried, 0))

    def _units_without_submission(self) -> dict[str, list[str]]:
        """The units of the roster that sent nothing for the round, with their cadres."""
        sent, visits = self._frames.submissions, self._frames.visits
        in_time = sent["received_on"] >= pd.Timestamp(self._round.first)
        of_round = (visits["year"] == self._year) & (visits["round_no"] == self._round.number)
        heard = set(sent.loc[sent["live"] & in_time & self._holds_a_form_of_the_campaign(), "unit"].dropna())
        heard |= set(sent.loc[sent["zero_report"] & in_time, "unit"].dropna())
        heard |= set(visits.loc[of_round, "unit"].dropna())
        silent = self._roster[~self._roster["unit"].isin(heard)]
        return {str(unit): list(cadres) for unit, cadres in silent.groupby("unit", sort=False)["cadre"]}

    def _holds_a_form_of_the_campaign(self) -> pd.Series[bool]:
        """Which submissions hold a form of the campaign itself; a roster alone says nothing of visits."""
        wanted = [self._rules.form(role) for role in (Role.VISITS, Role.DISPUTES, Role.SUGGESTIONS)]
        words = {word for schema in wanted for word in (schema.name, schema.title)}
        forms = self._frames.submissions["forms"]
        spoken = [bool(words & set(names.split("、"))) for names in forms.fillna("")]
        return pd.Series(spoken, index=forms.index, dtype="bool")

    def _sent_nothing(self, unit: str, cadres: list[str]) -> Iterator[Alert]:
        """催报 of one unit; `cadres` are its names on the roster."""
        round_, in_words, sent = self._round, self._ladder.in_words, self._frames.submissions
        phase = round_.phases[0]
        why = f"{round_.name}{in_words(round_.first)}开始，至今没有收到{unit}的走访登记表或办理表"
        action = f"请把走访登记表放入收件箱的“{unit}”文件夹；还没有走访的，先安排{len(cadres)}名干部入户"
        refused = (sent["unit"] == unit) & (sent["verdict"] == RETURNED)
        refused &= sent["received_on"] >= pd.Timestamp(round_.first)
        if refused.any():
            why += f"（{in_words(sent.loc[refused, 'received_on'].max().date())}送来的已退回，还没有改好重报）"
            action = f"请按退回件上标出的地方改好，重新放入收件箱的“{unit}”文件夹"
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

    def _earlier_rounds_count(self) -> bool:
        """Is this the year's last round, and does the record hold any earlier one?

        A bureau that begins to use the program in autumn has no visits of spring in its record, though they were made.
        """
        rounds = self._rules.campaign.year_of(self._ladder.today).rounds
        visits = self._frames.visits
        earlier = (visits["year"] == self._year) & (visits["round_no"] > 0) & (visits["round_no"] < self._round.number)
        return self._round.number == rounds[-1].number and bool(earlier.any())

    def _cadre(self, row: dict[str, Any], carried: int) -> Iterator[Alert]:
        """One cadre of the roster. `carried`: households of earlier rounds that the year still wants of him."""
        round_, in_words, done, wanted = self._round, self._ladder.in_words, row["done"], row["due"] + carried
        if done >= wanted:
            return
        person, phase = row["cadre"], round_.phases[0]
        key, whose = f"{self._year}-{round_.number}|{row['unit']}|{person}", {"unit": row["unit"], "person": person}
        words = f"{round_.name}应走访{row['due']}户、已走访{done}户"
        if carried:
            words += f"；全年应走访{row['year_due']}户、已走访{row['year_done']}户，前面少走的{carried}户要补上"
        if round_.last < self._ladder.today:
            yield from self._ladder.alert(
                MISSED,
                key,
                round_.last,
                round_.last + timedelta(days=1),
                **whose,
                subject=f"{person}{round_.name}走访任务还差{wanted - done}户",
                why=f"{words}；{round_.name}{in_words(round_.last)}已结束",
                action="走访过没有登记的，请补报走访登记表；确实没有走访的，向办公室书面说明",
            )
        elif done == 0:
            yield from self._ladder.alert(
                NO_VISIT,
                key,
                phase.last,
                round_.first,
                **whose,
                subject=f"{person}{round_.name}还没有走访记录",
                why=f"{words}；{phase.name}阶段{in_words(phase.last)}结束",
                action=f"{_pace(wanted, row['days_left'])}；走访过的请尽快登记报送",
            )
        elif done < (expected := self._expected(wanted)):
            yield from self._ladder.alert(
                BEHIND,
                key,
                round_.last,
                round_.first,
                **whose,
                level=self._ladder.level(round_.last) or REMIND,
                subject=f"{person}{round_.name}走访进度落后",
                why=f"{words}；按工作日推算到今天应走访{expected}户；{round_.name}{in_words(round_.last)}结束",
                action=_pace(wanted - done, row["days_left"]),
            )

    def _expected(self, wanted: int) -> int:
        round_, count = self._round, self._rules.campaign.workdays.count
        whole = count(round_.first, round_.last)
        return math.ceil(wanted * count(round_.first, self._ladder.today) / whole) if whole else wanted


def _pace(short: int, days_left: int) -> str:
    """In Chinese: `short` households are left, and how many a working day, or one in how many days, that makes."""
    if days_left <= 0:
        return f"还差{short}户，请抓紧走访"
    if short >= days_left:
        return f"还差{short}户，剩{days_left}个工作日，每个工作日至少走访{math.ceil(short / days_left)}户"
    return f"还差{short}户，剩{days_left}个工作日，至少每{days_left // short}个工作日走访1户"
