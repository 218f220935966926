"""The three annexes: the folded record as the workbooks that are mailed upward."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from dazoufang.duties import quotas
from dazoufang.ledger.frames import Frames
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.rules.schema import Schemas
from dazoufang.writing.annexes import lists, summary
from dazoufang.writing.sheets import page

FORMS: Final = ("visit", "dispute", "suggestion")


@dataclass(frozen=True, slots=True)
class AnnexTask:
    """One annex to be written in a child process: `rules` is the folder of the rules."""

    form: str
    frames: Frames
    rules: str
    today: date


def names(schemas: Schemas) -> dict[str, str]:
    """Form → file name, for each form that has an `annex` in its schema."""
    return {form: annex.file for form in FORMS if (annex := schemas[form].annex) is not None}


def workbook(form: str, frames: Frames, rules: Rules, today: date) -> bytes:
    """One annex: what the record holds, whole.

    Annex 1 opens on 汇总统计 (of the current round), the visits of the working year stand behind it; annexes 2 and 3
    list the year's items and those of earlier years that are not closed. Dropped into an empty home they read back.
    """
    pages = [lists.sheet(form, frames, rules, today)]
    if form == "visit":
        pages.insert(0, summary.sheet(quotas.progress(frames, rules, today), frames, rules, today))
    return page.workbook(pages, created=today, author=rules.campaign.bureau.value)


def make(task: AnnexTask) -> bytes:
    """`workbook` as a function of one argument, for a child process."""
    return workbook(task.form, task.frames, load_rules(Path(task.rules)), task.today)
