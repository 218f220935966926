"""Takes a submission back (撤回): a small form of its own, dropped into the inbox and taken in by a run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd

from dazoufang.commands.run import Summary, run
from dazoufang.commands.run import show as show_run
from dazoufang.commands.screen import Screen
from dazoufang.ledger.taken_back import named
from dazoufang.model.shown import made_visible
from dazoufang.model.submission import Submission
from dazoufang.rules.authority import ROOT
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.rules.forms import form_of
from dazoufang.rules.schema import Role
from dazoufang.running import kept_fold
from dazoufang.system import files
from dazoufang.system.errors import WrongUse
from dazoufang.system.home import Home
from dazoufang.system.progress import Progress, silent
from dazoufang.writing.sheets import page
from dazoufang.writing.sheets.book import Book
from dazoufang.writing.sheets.columns import Column, SheetSpec

_NUMBER: Final = re.compile(r"(?:收件|回执)?\s*0*(\d{1,9})\s*号?")
_REASON: Final = "局办公室撤回"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The submission that was taken back, by which (0: by none, as its form was not taken in), whether it was so before,
    and the run that took its form in."""

    taken: Submission
    by: int
    before: bool
    summary: Summary | None

    def as_json(self) -> dict[str, Any]:
        """As `withdraw --json` prints it."""
        return {
            "submission_id": self.taken.submission_id,
            "path": self.taken.path,
            "withdrawn_by": self.by,
            "before": self.before,
            "run": self.summary.as_json() if self.summary else None,
        }


class NothingToWithdraw(WrongUse):
    """There is no such submission; the message says which there are."""


def withdraw(
    home: Home, asked: str, today: date, reason: str = "", progress: Progress = silent, moment: str = "0000"
) -> Withdrawn:
    """Have the submission of the number `asked` (3 and 0003 are one) be as if it had never come. What else waits in the
    inbox is taken in as well; of one that is withdrawn already nothing is done.

    Raises:
        NothingToWithdraw: no such submission; nothing was touched.
        BrokenRules, ShareAway, OSError, Trouble: as `run`.
    """
    rules = load_rules(home.schemas)
    fold = kept_fold.of_home(home, rules)
    taken = _asked_for(asked, fold.submissions)
    if by := fold.withdrawn.get(taken.submission_id, 0):
        return Withdrawn(taken, by, True, None)
    senders = rules.campaign.authority.senders(Role.WITHDRAWALS) or (ROOT,)
    folder = home.inbox if ROOT in senders else home.inbox / senders[0]
    form = folder / f"撤回 收件{taken.submission_id:04d}.xlsx"
    files.write_atomic(form, page.workbook(_form(taken, reason or _REASON, rules, today)))
    summary = run(home, today, progress, moment)
    by = kept_fold.of_home(home, rules).withdrawn.get(taken.submission_id, 0)
    return Withdrawn(taken, by, False, summary)


def _asked_for(asked: str, submissions: list[Submission]) -> Submission:
    number = _NUMBER.fullmatch(asked.strip())
    found = next((each for each in submissions if number and each.submission_id == int(number[1])), None)
    if found is None:
        there = f"收过的是0001到{submissions[-1].submission_id:04d}" if submissions else "还没有收过任何报送件"
        raise NothingToWithdraw(f"没有收件号“{asked}”，{there}；收件号在回执的文件名和第一行上")
    return found


def _form(taken: Submission, reason: str, rules: Rules, today: date) -> Book:
    """撤回单, filled."""
    schema = form_of(rules.schemas, Role.WITHDRAWALS)
    values = {"submission_no": f"{taken.submission_id:04d}", "file": made_visible(taken.name), "reason": reason}
    columns = tuple(
        Column(name, schema.by_name[name].title, schema.by_name[name].width)
        for name in values
        if name in schema.by_name
    )
    sheet = SheetSpec(schema.title, schema.title, columns, pd.DataFrame([values]))
    return Book((sheet,), today, rules.campaign.bureau.value, rules.campaign.a3)


def show(withdrawn: Withdrawn, home: Home, screen: Screen) -> None:
    """What was taken back, and how to undo it."""
    screen.data(withdrawn.as_json())
    what = named(withdrawn.taken)
    if not withdrawn.by:
        screen.say(f"没有撤回{what}：撤回单没有收下，原因在 outbox/退回 和 outbox/回执 里", "red")
        return
    undo = f"撤回错了就运行 python process.py withdraw {withdrawn.by:04d}"
    if withdrawn.before:
        screen.say(f"{what}已经由 {withdrawn.by:04d} 号撤回了，这次什么也没做。{undo}")
        return
    screen.say(f"已撤回{what}，撤回单是收件 {withdrawn.by:04d} 号。{undo}")
    if withdrawn.summary and not screen.as_json:
        show_run(withdrawn.summary, home, screen)
