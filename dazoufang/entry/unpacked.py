"""What an unpacked program does before its command: finds the office's folder, asking for it the first time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from dazoufang.system import office_folder
from dazoufang.system.errors import UNFINISHED, Stopped, Trouble, reason

_WITHOUT: Final = ("explain", "--help")  # commands that look at no folder


def prepared(program: Path, words: list[str]) -> int | None:
    """Make the command line and the environment such as the program wants them.

    `program`: the folder that was unpacked. `words`: sys.argv; `demo` is given its folder. Returns the exit code where
    there is nothing to do besides, None where the command is to be done.
    """
    command = words[1] if len(words) > 1 else "--help"
    if command == "demo" and len(words) == 2:
        words.append(str(program.parent / "大走访演示"))
    if command == "demo" or command in _WITHOUT:
        return None
    try:
        _lead(program)
        if command == "home":
            return 0
        if command == "shell":
            return _shell(program)
        if command == "mail":
            from dazoufang.entry.mail_setup import set_up_mail

            return set_up_mail()
    except (EOFError, KeyboardInterrupt, Stopped):
        return _end("\n已停止，没有动任何文件", UNFINISHED)
    except Trouble as error:
        return _end("。".join(filter(None, (error.words, error.mend))), error.exit_code)
    except OSError as error:
        return _end(f"没有做完，{reason(error)}：{error.filename or program}", UNFINISHED)
    return None


def ended(command: str, code: int) -> None:
    """Say how a command ended to somebody who double-clicked and will close the window."""
    if "--quiet" in sys.argv or command in ("home", "shell"):
        return
    if command == "watch" and code == 0:
        _say("\n值守已停止。")
    else:
        _say("\n做完了。" if code == 0 else f"\n代码 {code}，原因见上面的文字。没有丢东西，改好后再双击一次。")


def _lead(program: Path) -> None:
    """Name the office's folder in the environment, unless that names one already."""
    if os.environ.get("DAZOUFANG_HOME"):
        return
    found = office_folder.found(program)
    if found is None:
        if sys.stdin is None or "--quiet" in sys.argv:
            raise office_folder.NotChosen
        place = office_folder.chosen(program, input, _say)
    else:
        place = found.place
        if found.older:
            _say(
                f"接着用旧版（{found.older}）的数据：{place.home}\n旧版还留着，能照常打开；以后要改，用记事本改 {program / office_folder.FILE}\n"
            )
    os.environ["DAZOUFANG_HOME"] = str(place.home)
    if place.data is not None:
        os.environ.setdefault("DAZOUFANG_DATA", str(place.data))


def _say(text: str) -> None:
    """To the window, apart from what a command prints for other programs."""
    print(text, file=sys.stderr, flush=True)


def _end(words: str, code: int) -> int:
    _say(words)
    return code


def _shell(program: Path) -> int:
    """A window in which `python process.py …` does what the pages say."""
    folder = program / "program"
    os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"
    _say("在这里打 python process.py 加命令，例如：python process.py status\n")
    return subprocess.call([os.environ.get("COMSPEC", "cmd.exe"), "/k"], cwd=folder / "app")  # noqa: S603
