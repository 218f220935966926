"""Where an unpacked program keeps an office's folder: asked once, kept in one text file, found again by the next version."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dazoufang.system.errors import Trouble, WrongUse, reason
from dazoufang.system.home import Home
from dazoufang.system.local_disk import on_a_share

FILE: Final = "数据文件夹.txt"
PROGRAMS: Final = "大走访-*"  # what an unpacked program's folder is called, with its version
NEW: Final = "大走访数据"
_HOME, _DATA = "数据文件夹", "台账"
_LINE: Final = re.compile(rf"\s*({_HOME}|{_DATA})\s*[：:=](.*)")
_WORDS: Final = f"""\
# 大走访的数据放在哪里。改好存盘，再双击就用新的；里面原来的东西要自己搬过去。
# {_HOME}：inbox、outbox、archive、schemas 所在的文件夹，可以在共享盘上，如 \\\\服务器\\大走访
# {_DATA}：台账和日志，必须在本机硬盘上；不写，就是数据文件夹里的 data
"""


class FolderAway(Trouble):
    """The folder that the file names is not there: a share that is away is never taken for an office that is new."""

    def __init__(self, folder: Path, file: Path) -> None:
        super().__init__(
            f"找不到数据文件夹 {folder}，没有动任何文件。在共享盘上的，请看看共享连上没有；"
            f"文件夹搬了家的，请用记事本改 {file}，再运行一次"
        )


class NotChosen(WrongUse):
    """Nobody has said where the folder is to be, and nobody is there to be asked."""

    def __init__(self) -> None:
        super().__init__("还没有定数据放在哪个文件夹，没有动任何文件。请先双击一次“一键运行”，照着回答")


class Refused(Exception):
    """A folder that cannot be an office's; the message says why, and another is asked for."""


@dataclass(frozen=True, slots=True)
class Place:
    """An office's folder. `data`: where record and logs lie when not in it (it may be on a share, they may not)."""

    home: Path
    data: Path | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The folder, and where it was found: "" in the file of this program, else the name of the older program's folder."""

    place: Place
    older: str = ""


def found(program: Path) -> Found | None:
    """The folder of the program unpacked in `program`, or of an older one unpacked near it; None the first time.

    What an older one uses is written down for this one. The older one's file stays: it still starts.

    Raises:
        FolderAway: the folder that is written down is not there.
    """
    own = program / FILE
    place, older = (read(own), "") if own.exists() else (None, "")
    if place is None:
        for file in _older(program):
            if (place := read(file)) is not None:
                older = file.parent.name
                break
    if place is None:
        return None
    if not place.home.is_dir():
        raise FolderAway(place.home, own if not older else file)
    if older:
        write(own, place)
    return Found(place, older)


def _older(program: Path) -> Iterator[Path]:
    """The files of other programs nearby, the newest version first: beside this one, a folder up or down (each zip is
    often unpacked into a folder of its own)."""
    near = (program.parent, program.parent.parent)
    nearby = (file for folder in near for way in ("", "*/") for file in folder.glob(f"{way}{PROGRAMS}/{FILE}"))
    yield from sorted({file for file in nearby if file.parent != program}, key=_newest, reverse=True)


def _newest(file: Path) -> tuple[list[int], float, str]:
    return [int(number) for number in re.findall(r"\d+", file.parent.name)], file.stat().st_mtime, str(file)


def read(file: Path) -> Place | None:
    """What the file says; None where it names no folder. Paths that are not whole begin at its own folder."""
    said = {}
    for line in _text(file.read_bytes()).splitlines():
        if not line.startswith("#") and (match := _LINE.fullmatch(line)):
            said[match[1]] = match[2].strip().strip('"“”')
    if not said.get(_HOME):
        return None
    return Place(_whole(said[_HOME], file.parent), _whole(said[_DATA], file.parent) if said.get(_DATA) else None)


def _text(data: bytes) -> str:
    """The text of a file that somebody may have saved with any notepad: UTF-8, UTF-16, or the Chinese code page."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def _whole(text: str, folder: Path) -> Path:
    return Path(os.path.normpath(folder / os.path.expandvars(text)))


def write(file: Path, place: Place) -> None:
    """Keep the folder in the file: near the program as a way from it, so that both may be moved together."""
    near = file.parent.parent
    home = os.path.relpath(place.home, file.parent) if place.home.is_relative_to(near) else str(place.home)
    text = f"{_WORDS}{_HOME}：{home}\n{_DATA}：{place.data or ''}\n"
    file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())  # the mark: old notepads ask for it


def offered(program: Path) -> Path:
    """Where a new folder is made when nobody says anything: beside the program, so that the next version finds it too."""
    return program.parent / NEW


def chosen(program: Path, ask: Callable[[str], str], say: Callable[[str], None]) -> Place:
    """Ask where the folder is, or is to be, until an answer is one; make it, and keep it in the file.

    `ask`: shows a line and returns what is typed; raises EOFError where nobody answers.

    Raises:
        EOFError: nobody answers.
    """
    say(f"第一次运行。数据（收件、结果、台账）放在哪个文件夹？\n  直接按回车，就放在程序旁边：{offered(program)}")
    say("  也可以写别的文件夹，或共享盘，如 D:\\大走访数据、\\\\服务器\\大走访；原来用过的，写原来那个文件夹")
    while True:
        typed = ask("放在：").strip().strip('"“”')
        try:
            place = taken(program, _whole(typed, program.parent) if typed else offered(program))
            write(program / FILE, place)
        except Refused as refused:
            say(f"  {refused}")
        except OSError as error:
            say(f"  这里用不了（{reason(error)}）：{error.filename or typed}。请换一个")
        else:
            say(f"数据放在 {place.home}\n以后要改，用记事本改 {program / FILE}\n")
            return place


def taken(program: Path, folder: Path) -> Place:
    """The office's folder at `folder`, made where it is not there: below it where it holds other things.

    Raises:
        Refused: it would lie in the program's own folder.
        OSError: it cannot be made.
    """
    if folder.is_relative_to(program):
        raise Refused("不要放在程序文件夹里面：换新版时会找不到。请换一个")
    home = Home(folder)
    if folder.is_dir() and any(folder.iterdir()) and not home.inbox.exists() and not home.has_record:
        home = Home(folder / NEW)  # D:\\ or a whole share: what else lies there is left alone
    home.inbox.mkdir(parents=True, exist_ok=True)
    home.outbox.mkdir(exist_ok=True)
    return Place(home.root, _local(program) if on_a_share(home.root) else None)


def _local(program: Path) -> Path:
    """Where the record lies when the folder is on a share: beside the program, or in the user's own folder."""
    if not on_a_share(program):
        return program.parent / "大走访台账"
    return Path(os.environ.get("LOCALAPPDATA") or Path.home()) / "大走访台账"
