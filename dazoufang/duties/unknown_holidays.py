"""The alert that asks the office for the holidays of a year that the program does not know yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from dazoufang.duties.levels import Alert, Ladder
from dazoufang.rules.campaign import Campaign
from dazoufang.rules.workdays import AHEAD, GUESSED, how_to_add, in_words

NO_HOLIDAYS: Final = "节假日未录入"


def holidays_wanted(found: Sequence[Alert], campaign: Campaign, ladder: Ladder) -> Iterator[Alert]:
    """节假日未录入: at most one, for the office; `found`: all other alerts."""
    shown = {year for alert in found for year in ladder.guessed(alert.due_on)}
    shown |= set(ladder.guessed(ladder.today))
    years = [year for year in sorted(shown) if date(year, 1, 1) - AHEAD <= ladder.today]
    if not years:
        return
    words = f"{in_words(years)}年"
    yield from ladder.alert(
        NO_HOLIDAYS,
        in_words(years),
        ladder.today,
        min(date(years[0], 1, 1), ladder.today),
        unit=campaign.offices.coordinator.value,
        subject=f"还没有录入{words}的法定节假日和调休安排",
        why=f"程序还不知道{words}哪天放假、哪天调休上班，涉及的时限和剩余工作日{GUESSED}，收表和各附件照常",
        action=how_to_add(years),
    )
