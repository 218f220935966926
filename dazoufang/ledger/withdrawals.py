"""What was withdrawn, in words for the office: which unit, how much of what, by which delivery."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from dazoufang.model.submission import Effect, Submission
from dazoufang.rules.answered import answered_to
from dazoufang.rules.campaign import Rules

DAYS: Final = 3  # for so long the alerts say it: over a weekend


def withdrawals(submissions: Iterable[Submission], effects: Mapping[int, Effect], rules: Rules) -> list[str]:
    """Of each submission that withdrew something one sentence, in the order of acceptance."""
    return [
        words for submission in submissions if (words := _words(submission, effects[submission.submission_id], rules))
    ]


def recent(submissions: Iterable[Submission], effects: Mapping[int, Effect], rules: Rules, today: date) -> list[str]:
    """The same of what came in the last days before `today`, and on it."""
    return withdrawals(
        (taken for taken in submissions if 0 <= (today - taken.received_on).days <= DAYS), effects, rules
    )


def _words(submission: Submission, effect: Effect, rules: Rules) -> str:
    counts = {
        "走访{}户次": effect.withdrawn_visits,
        "表中其他{}行": effect.withdrawn_rows,
        "台账事项{}件": effect.withdrawn_items,
    }
    what = "、".join(words.format(count) for words, count in counts.items() if count)
    unit = answered_to(submission, rules)
    return f"{unit}撤下{what}（收件{submission.submission_id:04d}号《{submission.name}》）" if what else ""
