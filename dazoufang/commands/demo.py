"""Makes a home with the example round and runs it, so that a newcomer sees the whole job in one command."""

from __future__ import annotations

import os
import shutil
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from dazoufang.commands.run import Summary, run
from dazoufang.commands.run import show as show_run
from dazoufang.commands.screen import Screen
from dazoufang.system.errors import WrongUse
from dazoufang.system.home import Home, shipped
from dazoufang.system.progress import Progress, silent

TODAY: Final = date(2023, 10, 20)  # the example round is in its last phase on this day


class NotEmpty(WrongUse):
    """The folder for the demo holds something that is not a demo."""

    @property
    def words(self) -> str:
        return f"文件夹 {self} 里已有别的东西，请换一个：python process.py demo 新文件夹名"


def demo(folder: Path, progress: Progress = silent) -> tuple[Home, Summary]:
    """Fill `folder` with the example forms and run them for 2023-10-20.

    Raises:
        NotEmpty: the folder exists and was not made by an earlier demo.
    """
    marker = folder / ".demo"
    if folder.exists() and any(folder.iterdir()):
        if not marker.exists():
            raise NotEmpty(str(folder))
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    marker.touch()
    home = Home(folder)
    shutil.copytree(shipped("examples") / "inbox", home.inbox)
    _age(home.inbox)
    return home, run(home, TODAY, progress)


def _age(folder: Path) -> None:
    """Give the copied forms modification times in the order of their names: they are taken in by time, and copies made
    from a checkout all have the same."""
    at = datetime.combine(TODAY, time(8))
    for place, file in enumerate(sorted(path for path in folder.rglob("*") if path.is_file())):
        moment = (at + timedelta(minutes=place)).timestamp()
        os.utime(file, (moment, moment))


def show(home: Home, summary: Summary, screen: Screen) -> None:
    """What the run did, and which files to open."""
    show_run(summary, home, screen)
    screen.say("\n请打开看看：", "bold")
    for path in summary.outbox:
        if "/" not in path:
            screen.say(f"  {home.outbox / path}")
    for word, place, ending in (("有错的表，红色处要改", "退回/", ".xlsx"), ("收表回执", "回执/", ".html")):
        first = next((path for path in summary.outbox if path.startswith(place) and path.endswith(ending)), "")
        if first:
            screen.say(f"  {word}：{home.outbox / first}")
