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
from dazoufang.model.faults import day_words
from dazoufang.system.errors import WrongUse
from dazoufang.system.home import Home, shipped
from dazoufang.system.progress import Progress, silent

TODAY: Final = date(2023, 10, 20)  # the example round is in its last phase on this day

# What to open first, by how its name begins, and what it is for.
_IN_ORDER: Final = (
    ("进度看板", "先看这一个：走到哪里了、谁还没有报、今天该催谁"),
    ("预警提醒", "催办用：谁、什么事、到哪天、找谁"),
    ("今日变化", "今天收了什么、变了什么"),
    ("通报", "开会、发文用"),
    ("附件", "上报用"),
    ("", "分析用"),
)


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
    screen.say(f"\n都在 {home.outbox}，请按这个顺序打开看看：", "bold")
    published = [path for path in summary.outbox if "/" not in path]
    for start, use in _IN_ORDER:
        for path in [path for path in published if path.startswith(start)]:
            published.remove(path)
            screen.say(f"  {path}　{use}")
    for word, place, ending in (("退给单位的表，红色处要改", "退回/", ".xlsx"), ("给单位的回执", "回执/", ".html")):
        first = next((path for path in summary.outbox if path.startswith(place) and path.endswith(ending)), "")
        if first:
            screen.say(f"  {first}　{word}")
    screen.say(
        f"\n示例停在{day_words(TODAY)}这一天，所以看板上方会提示“这一页过期了”；用自己的数据，每晚汇总以后就没有。"
        f'\n要上报时：python process.py report-up --home "{home.root}" --today {TODAY}，封面和附件1至3放进一个文件夹。'
    )
