"""Doubts about the plan's own dates: gaps between phases, ends and starts on days off."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from dazoufang.model.faults import day_words
from dazoufang.rules.campaign import Campaign
from dazoufang.rules.workdays import GUESSED

WEEKDAYS: Final = "一二三四五六日"


def flaws(campaign: Campaign) -> list[str]:
    """Doubts about the plan's own dates, in Chinese: gaps between phases, ends and starts on days off.

    They do not stop a run (the plan is what was decreed) but `doctor` names them; those listed under
    `accepted_flaws` are known and left out.
    """
    found: list[str] = []
    for year in campaign.years:
        for round_ in year.rounds:
            for before, after in pairwise(round_.phases):
                if after.first != before.last + timedelta(days=1):
                    found.append(
                        f"{year.year}年{round_.name}：{before.name}（至{before.last}）与{after.name}（{after.first}起）之间有空档"
                    )
        blocks = [(round_.name, round_.phases) for round_ in year.rounds] + [("全年", (year.review,))]
        for label, phases in blocks:
            for phase in phases:
                for day, which in ((phase.last, "最后一天"), (phase.first, "第一天")):
                    if not campaign.workdays.is_workday(day):
                        found.append(f"{year.year}年{label}：{phase.name}的{which}{_day(day)}是休息日")
                        if not campaign.workdays.knows(day.year):
                            found[-1] += GUESSED
    accepted = {flaw.removesuffix(GUESSED) for flaw in campaign.accepted_flaws.value}
    return [flaw for flaw in found if flaw.removesuffix(GUESSED) not in accepted]


def _day(day: date) -> str:
    return f"{day_words(day, day.year)}（星期{WEEKDAYS[day.weekday()]}）"
