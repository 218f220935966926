"""A past night: the outbox as it was published then, by the rules of then, made again from record and archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dazoufang.archive import nights
from dazoufang.archive.kept_rules import Rulebook
from dazoufang.archive.nights import Night
from dazoufang.ledger.fold import Fold, fold
from dazoufang.model.submission import Submission
from dazoufang.outbox.remembered import Issue
from dazoufang.rules import templates
from dazoufang.rules.campaign import Rules
from dazoufang.system import program
from dazoufang.system.home import Home

_MARK = "as-of "


@dataclass(frozen=True, slots=True)
class PastNight:
    """What the outbox of `day` is made of: the submissions folded by the rules of then, and the folder of templates.
    `noted`: whether anything was published for that day; else it is what would have been."""

    day: date
    fold: Fold
    templates: Path
    issue: Issue
    noted: bool


def of(home: Home, day: date, submissions: list[Submission], in_force: Rules) -> PastNight:
    """The night of `day`: what was published last for it. Where nothing was, what had been received by then, by the
    rules of the last of it."""
    noted = nights.of(home.archive, day.isoformat())
    night = noted or _unnoted(day, submissions, in_force)
    rules = Rulebook(home.archive, in_force).rules(night.rules)
    kept = home.archive / nights.TEMPLATES / night.templates
    folder = kept if night.templates and kept.is_dir() else home.templates
    then = [submission for submission in submissions if submission.submission_id <= night.last]
    made_from = f"{_MARK}{program.fingerprint()} {night.rules} {templates.fingerprint(folder)} {night.last}"
    return PastNight(day, fold(then, rules), folder, Issue(day, made_from), noted is not None)


def is_past(issue: Issue) -> bool:
    """Whether the outbox shows a past night that was asked for."""
    return issue.made_from.startswith(_MARK)


def _unnoted(day: date, submissions: list[Submission], in_force: Rules) -> Night:
    then = [submission for submission in submissions if submission.received_on <= day]
    last = then[-1] if then else None
    return Night(day.isoformat(), last.rules if last else in_force.fingerprint, "", last.submission_id if last else 0)
