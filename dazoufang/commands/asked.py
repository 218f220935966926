"""Which home a command works on, and for which day, as the options say."""

from __future__ import annotations

import os
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from dazoufang import __version__
from dazoufang.system import clock, logbook
from dazoufang.system.errors import WrongUse
from dazoufang.system.home import Home

LONG_BEFORE: Final = timedelta(days=30)  # --today so far before the newest submission is a slip of the pen


def home_asked_for(home: Path | None, *, make: bool = False, yes: bool = False) -> Home:
    """The home asked for; by default the folder of process.py, or the current one. A log is opened in it where it is a
    home already, or with `make`, so that a command that only looks leaves no files in a folder that is no home.

    Raises:
        WrongUse: with `make` and without `yes`, as `refuse_a_strange_home`.
    """
    if make:
        refuse_a_strange_home(home, yes=yes)
    script = Path(sys.argv[0]).resolve()
    default = script.parent if script.name == "process.py" else Path.cwd()
    place = Home.of((home or Path(os.environ.get("DAZOUFANG_HOME") or default)).resolve())
    if make or place.data.exists():
        logbook.open_in(place.logs, f"dazoufang {__version__} {' '.join(sys.argv[1:2])}")
    return place


def refuse_a_strange_home(home: Path | None, *, yes: bool) -> None:
    """A folder named with --home that is no home yet is most likely misspelt: one is made there only with --yes.

    Raises:
        WrongUse: it holds neither an inbox nor a record.
    """
    if home is None or yes:
        return
    place = Home.of(home.resolve())
    if not place.inbox.exists() and not place.has_record:
        raise WrongUse(
            f"{place.root} 里没有收件文件夹 inbox，也没有台账，没有动任何东西。请检查 --home 写得对不对；"
            "第一次在这里用，请先运行 setup（或建好 inbox 文件夹，或在命令后面加 --yes）"
        )


def home_with_record(home: Path | None) -> Home:
    """The home asked for, which must have a record.

    Raises:
        WrongUse: it has none: a misspelt folder is not taken for an office that has nothing yet.
    """
    place = home_asked_for(home)
    if not place.has_record:
        raise WrongUse(f"{place.root} 里还没有台账。请检查 --home 写得对不对；第一次使用请先运行 run")
    return place


def day_of_work(text: str | None, place: Home, *, yes: bool) -> date:
    """As `day_asked_for`, for commands that publish: everything would be made as of that day.

    Raises:
        WrongUse: `text` is no day, or without `yes` lies long before what the record holds.
    """
    from dazoufang.record.record import Record

    day = day_asked_for(text)
    if text is None or yes or not place.has_record:
        return day
    with Record.of(place) as record:
        newest = record.newest_on()
    if newest is not None and newest - day > LONG_BEFORE:
        raise WrongUse(
            f"--today 写的是{day}，台账里最新一份却是{newest}收的，早了{(newest - day).days}天，没有动任何东西。"
            "请核对年份和月份；确实要按这一天计算，请在命令后面加 --yes"
        )
    return day


def night_asked_for(as_of: str, today: str | None) -> date:
    """The past night to show, by --as-of; --today may only say the same day.

    Raises:
        WrongUse: no day, or another one, or a day to come.
    """
    night = day_asked_for(as_of, "--as-of")
    if today is not None and day_asked_for(today) != night:
        raise WrongUse("--as-of 和 --today 要写同一天（只写 --as-of 也可以）")
    if today is None and night > clock.today():
        raise WrongUse(f"--as-of 写的是{night}，还没有到")
    return night


def day_asked_for(text: str | None, option: str = "--today") -> date:
    """The day to work for: today, or `text` (ISO), as the option says.

    Raises:
        WrongUse: `text` is no day.
    """
    if text is None:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"{option} 要写成 2023-10-20 这样，现在写的是“{text}”") from None
