"""Where the campaign stands on a day: in which phase, or between the rounds, and when the next one begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from dazoufang.duties.rounds import current_round
from dazoufang.model.faults import day_words
from dazoufang.rules.campaign import Campaign
from dazoufang.rules.workdays import GUESSED
from dazoufang.rules.years import Round

_WEEKDAYS: Final = "一二三四五六日"
_NO_NEXT: Final = "下一轮的日期还没有写进 schemas/campaign.yaml 的 years 一节，请办公室补上"


@dataclass(frozen=True, slots=True)
class TimeOfYear:
    """`name`: the round that the figures are of; `open`: whether it is going on; `words`: where it stands; `next`: when the
    next round begins, "" while one goes on, and in how many `days`, None where nobody has said; `guessed`: what stands behind numbers of working days that are not certain."""

    name: str
    open: bool
    words: str
    next: str
    days: int | None
    guessed: str


def time_of_year(campaign: Campaign, today: date) -> TimeOfYear:
    """Where it stands on `today`."""
    year, round_ = current_round(campaign, today)
    name = f"{year}年{round_.name}"
    guessed = GUESSED if campaign.workdays.guessed(min(round_.first, today), max(round_.last, today)) else ""
    if today in round_:
        return TimeOfYear(name, True, _phase(round_, campaign, today, guessed), "", None, guessed)
    if today < round_.first:
        words = f"{round_.name}还没有开始"
    else:
        words = f"{round_.name}已于{day_words(round_.last, today.year)}结束"
        review = campaign.year_of(today).review
        if today in review:
            words += f"，现在是{review.name}（{_span(review.first, review.last, today)}）"
    return TimeOfYear(name, False, words, *_next(campaign, today), guessed)


def day_and_weekday(day: date) -> str:
    """2023年10月20日（周五）."""
    return f"{day_words(day)}（周{_WEEKDAYS[day.weekday()]}）"


def _phase(round_: Round, campaign: Campaign, today: date, guessed: str) -> str:
    left = campaign.workdays.between(today, round_.last)
    phase = next((phase for phase in round_.phases if today in phase), None)
    now = f"{phase.name}阶段（{_span(phase.first, phase.last, today)}），" if phase else ""
    ends = "今天是最后一天" if today == round_.last else f"到{day_words(round_.last, today.year)}结束"
    return f"{now}{round_.name}{ends}，今天以后剩{left}个工作日{guessed}"


def _next(campaign: Campaign, today: date) -> tuple[str, int | None]:
    later = [
        (round_.first, block.year, round_.name) for block in campaign.years for round_ in block.rounds
        if round_.first > today
    ]  # fmt: skip
    if not later:
        return _NO_NEXT, None
    first, year, name = min(later)
    days = (first - today).days
    of_year = "" if year == today.year else f"{year}年"
    return f"{of_year}{name}{day_words(first, today.year)}开始，还有{days}天", days


def _span(first: date, last: date, today: date) -> str:
    return f"{day_words(first, today.year)}至{day_words(last, today.year)}"
