"""The three annexes: the folded record as the workbooks that are mailed upward."""

from __future__ import annotations

from datetime import date

from dazoufang import quotas, sheets
from dazoufang.annexes import lists, summary
from dazoufang.campaign import Rules
from dazoufang.frames import Frames


def render(frames: Frames, rules: Rules, today: date) -> dict[str, bytes]:
    """File name → workbook, for each form that has an `annex` in its schema; what the record holds, whole.

    Annex 1 opens on 汇总统计 (of the current round), the visits of the working year stand behind it; annexes 2 and 3
    list the year's items and those of earlier years that are not closed. Dropped into an empty home they read back.
    """
    progress = quotas.progress(frames, rules, today)
    written: dict[str, bytes] = {}
    for form in ("visit", "dispute", "suggestion"):
        annex = rules.schemas[form].annex
        if annex is None:
            continue
        pages = [summary.sheet(progress, frames, rules, today)] if form == "visit" else []
        pages.append(lists.sheet(form, frames, rules, today))
        written[annex.file] = sheets.workbook(pages, created=today, author=rules.campaign.bureau.value)
    return written
