"""Makes a home with the example round and runs it, so that a newcomer sees the whole job in one command."""

from __future__ import annotations

import os
import shutil
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from dazoufang.commands.run import Summary, run
from dazoufang.system.engine import Progress, silent
from dazoufang.system.home import Home, shipped

TODAY: Final = date(2023, 10, 20)  # the example round is in its last phase on this day


class NotEmpty(Exception):
    """The folder for the demo holds something that is not a demo."""


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
    """Give the copies times in the order of their names: a checkout gives them all the same."""
    at = datetime.combine(TODAY, time(8))
    for place, file in enumerate(sorted(path for path in folder.rglob("*") if path.is_file())):
        moment = (at + timedelta(minutes=place)).timestamp()
        os.utime(file, (moment, moment))
