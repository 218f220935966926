"""What was sent back and has not come again, mended: an alert a file, to the unit that sent it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from dazoufang.duties.levels import REMIND, Alert, Ladder
from dazoufang.ledger.frames import Frames, records
from dazoufang.rules.answered import named_by_titles
from dazoufang.rules.campaign import Rules

SENT_BACK: Final = "退回未改"


def sent_back_id(submission_id: int) -> str:
    """The `alert_id` of the alert about a file."""
    return f"{SENT_BACK}|{submission_id}"


def left_to_do(errors: int, *, was_read: bool) -> str:
    """What a file that was sent back waits for, to stand behind its name. In one of which no form was read nothing is marked."""
    return f"还有{errors}处没有改好" if was_read else "还没有再报"


def sent_back_alerts(frames: Frames, rules: Rules, ladder: Ladder) -> Iterator[Alert]:
    """退回未改, until it comes again or is taken back; due at the end of the phase in which it went back, and outside the
    phases after some working days (`returns.mend_workdays`); at least 提醒. What nobody known has sent is the office's."""
    campaign, sent = rules.campaign, frames.submissions
    for row in records(
        sent[sent["unmended"].fillna(0) > 0],
        ["submission_id", "received_on", "path", "unit", "forms", "unmended", "filled_by"],
    ):
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
            why=f"{ladder.in_words(received)}退回（收件{row['submission_id']}号），应在{ladder.in_words(due_on)}以前改好；没有改好的行没有计入",
            action=("请打开退回件，按标出的地方改好" if row["forms"] else "请打开退回的说明，照着改好或重新保存一份")
            + "，再放入收件箱，文件名不用改；不用报的，请办公室撤回（命令 withdraw 加收件号）",
            level=ladder.level(due_on) or REMIND,
            contact=row["filled_by"],
        )
