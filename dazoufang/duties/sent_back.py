"""What was sent back and has not come again, mended: an alert a file, to the unit that sent it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

import pandas as pd

from dazoufang.duties.levels import REMIND, Alert, Ladder
from dazoufang.ledger.frames import Frames, records
from dazoufang.model.submission import ACCEPTED
from dazoufang.rules.answered import named_by_titles
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import Role

SENT_BACK: Final = "退回未改"
_TOLD: Final = (Role.VISITS, Role.DISPUTES, Role.SUGGESTIONS)  # forms of which a file that cannot be read may be one
_READ: Final = (
    "submission_id", "received_on", "path", "unit", "forms", "unmended", "filled_by", "verdict", "live", "rows",
)  # fmt: skip


def sent_back_id(submission_id: int) -> str:
    """The `alert_id` of the alert about a file."""
    return f"{SENT_BACK}|{submission_id}"


def left_to_do(errors: int, *, was_read: bool) -> str:
    """What a file that was sent back waits for, to stand behind its name. In one of which no form was read nothing is marked."""
    return f"还有{errors}处没有改好" if was_read else "还没有再报"


def sent_back_alerts(frames: Frames, rules: Rules, ladder: Ladder) -> Iterator[Alert]:
    """退回未改, until it comes again or is taken back; due at the end of the phase in which it went back, and outside the
    phases after some working days (`returns.mend_workdays`); at least 提醒. What nobody known has sent is the office's.
    Its reason names what was taken of the unit since, where it may be the same file mended under another name."""
    campaign = rules.campaign
    rows = records(frames.submissions, _READ)
    for row in (row for row in rows if not pd.isna(row["unmended"]) and row["unmended"] > 0):
        received = row["received_on"]
        due_on = campaign.mend_by(received) or campaign.workdays.add(received, campaign.returns.mend_workdays.value)
        name, whose = PurePosixPath(row["path"]).name, named_by_titles(row["unit"], row["forms"], rules)
        yield from ladder.alert(
            SENT_BACK,
            str(row["submission_id"]),
            due_on,
            received,
            unit=row["unit"] or campaign.offices.coordinator.value,
            subject=f"{whose}的《{name}》退回后{left_to_do(row['unmended'], was_read=bool(row['forms']))}",
            why=f"{ladder.in_words(received)}退回（收件{row['submission_id']}号），应在{ladder.in_words(due_on)}以前改好；没有改好的行没有计入"
            + _in_its_place(row, rows, {rules.form(role).title for role in _TOLD}, ladder),
            action=("请打开退回件，按标出的地方改好" if row["forms"] else "请打开退回的说明，照着改好或重新保存一份")
            + "，再放入收件箱，文件名不用改；不用报的，请办公室撤回（命令 withdraw 加收件号）",
            level=ladder.level(due_on) or REMIND,
            contact=row["filled_by"],
        )


def _in_its_place(back: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], forms: set[str], ladder: Ladder) -> str:
    """Of a file that nothing was taken of: what of its unit was taken on the same day or later, of the same form or, where that
    could not be read, of any of `forms`; it may be the same one mended. "" nothing was. Of one with rows that count nothing
    is said: to withdraw it would take them away."""
    if back["rows"] or not back["unit"]:
        return ""
    wanted = set(filter(None, back["forms"].split("、"))) or forms
    since = [
        row for row in rows
        if row["unit"] == back["unit"] and row["verdict"] == ACCEPTED and row["live"] and row["rows"]
        and row["received_on"] >= back["received_on"] and wanted.intersection(row["forms"].split("、"))
    ]  # fmt: skip
    if not since:
        return ""
    first = since[0]
    when = "同一天" if first["received_on"] == back["received_on"] else ladder.in_words(first["received_on"])
    several = f"等{len(since)}份" if len(since) > 1 else ""
    return (
        f"；本单位{when}另有《{PurePosixPath(first['path']).name}》（收件{first['submission_id']}号）{several}已收，"
        f"如果就是它的改正件，请办公室撤回收件{back['submission_id']}号"
    )
