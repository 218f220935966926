"""Until when a returned form is to be mended, in words."""

from __future__ import annotations

from datetime import date

from dazoufang.model.faults import day_words
from dazoufang.rules.campaign import Rules
from dazoufang.rules.workdays import GUESSED


def finish_line(rules: Rules, day: date) -> str:
    """What is asked of a form sent back on `day`: 请在11月17日17:00前改好; between the rounds: 请尽快改好."""
    last = rules.campaign.mend_by(day)
    if last is None:
        return "请尽快改好"
    counts = rules.campaign.deadlines.move_to_workday_before.value or rules.campaign.returns.phase_workdays.value
    guess = GUESSED if counts and rules.campaign.workdays.guessed(last, last) else ""
    return f"请在{day_words(last, last.year)}{rules.campaign.returns.finish_at.value}前改好{guess}"
