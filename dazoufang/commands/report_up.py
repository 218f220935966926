"""`report-up`: the package to report upward, cover sheet and annexes, in a folder of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from dazoufang.commands.screen import Screen
from dazoufang.rules.campaign import load_rules
from dazoufang.running import kept_fold, reports
from dazoufang.system.errors import WrongUse
from dazoufang.system.home import Home
from dazoufang.writing.broken_template import BrokenTemplate


@dataclass(frozen=True)
class Report:
    """What was written: the day it tells of, the folder, and the names of its files."""

    today: date
    folder: Path
    files: list[str]

    def as_json(self) -> dict[str, Any]:
        """For --json."""
        return {"today": self.today.isoformat(), "folder": str(self.folder), "files": self.files}


def report_up(home: Home, today: date, folder: Path | None = None) -> Report:
    """Write the package of what the record holds, into `folder`, by default one in outbox/邮件.

    Raises:
        WrongUse: `folder` is one in which the program itself works.
        BrokenRules, OSError: nothing was written, or not all; run it again.
    """
    for ours in (home.inbox, home.archive, home.data):
        if folder is not None and folder.resolve().is_relative_to(ours.resolve()):
            raise WrongUse(f"{folder} 在 {ours.name} 里，放在那里会被当作报上来的表；请换一个文件夹")
    rules = load_rules(home.schemas)
    frames = kept_fold.of_home(home, rules).frames()
    place = folder or reports.folder(home, rules, today)
    try:
        return Report(today, place, reports.write(place, frames, rules, today, home.templates))
    except BrokenTemplate as error:
        raise WrongUse(f"模板 templates/{error.file} 有误，上报材料没有更新：{error}") from error


def show(report: Report, screen: Screen) -> None:
    """Where the package lies and what is in it."""
    screen.data(report.as_json())
    screen.say(f"上报材料（截至{report.today}）在 {report.folder}：", "bold")
    for name in report.files:
        screen.say(f"  {name}")
    screen.say("核对以后盖章上报；数字变了，再运行一次就会更新。")
