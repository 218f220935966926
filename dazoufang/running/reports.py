"""The package to report upward as files: made on demand, and by the last nights of 汇总研判."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from dazoufang.duties.occasions import phase_end, report_day
from dazoufang.duties.rounds import current_round
from dazoufang.ledger.frames import Frames
from dazoufang.rules.campaign import Rules
from dazoufang.running.enclosures import report_upward
from dazoufang.running.sending import SPOOL
from dazoufang.system import files
from dazoufang.system.errors import reason
from dazoufang.system.home import Home
from dazoufang.writing.broken_template import BrokenTemplate

_NAME: Final = "上报材料"


def folder(home: Home, rules: Rules, today: date) -> Path:
    """Where the package of a round lies by default: beside the letters, of which a rebuild knows nothing."""
    year, round_ = current_round(rules.campaign, today)
    return home.outbox / SPOOL / f"{_NAME} {year}年{round_.name}"


def write(place: Path, frames: Frames, rules: Rules, today: date, templates: Path) -> list[str]:
    """Write the package into a folder, over what it had of it; returns the names of the files.

    Raises:
        BrokenTemplate: one of the office's own templates cannot be used; nothing is written.
        OSError: a file cannot be written, as one that somebody has open on Windows.
    """
    package = report_upward(frames, rules, today, templates)
    place.mkdir(parents=True, exist_ok=True)
    for attachment in package:
        files.write_atomic(place / attachment.name, attachment.content)
    return [attachment.name for attachment in package]


def tonight(home: Home, frames: Frames, rules: Rules, today: date) -> str:
    """Write the package on the nights that make it by themselves, from the day on which 汇总研判 is reported to its end,
    each with its own figures; returns why it could not, in words, "" it could or is not due. The letters go all the same."""
    end = phase_end(rules.campaign.deadlines.owner_by_phase.value, rules.campaign, today)
    if end is None or not report_day(end, rules.campaign) <= today <= end:
        return ""
    place = folder(home, rules, today)
    try:
        write(place, frames, rules, today, home.templates)
    except BrokenTemplate as error:
        return f"上报材料没有更新（模板 templates/{error.file} 有误）：{error}"
    except OSError as error:
        return f"上报材料没有更新（{reason(error)}，可能有人打开着）：{place}。关闭以后运行 python process.py report-up"
    return ""
