"""What somebody sees from the unpacked zip to the first receipt, for make_pictures.py: lists of files and a console, as pages.

The words are the program's own: it is laid out as in the zip, `start.py` is run on a terminal, every question is answered
with Enter. The lists and the console are drawn plainly; they are of no system.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "packaging"), str(ROOT)]

from bundle import program  # noqa: E402
from windows import start_files  # noqa: E402

DISK: Final = "D:\\大走访"  # where the pictures say that all this lies
FOLDER: Final = f"大走访-{program.version()}"
TODAY: Final = "2023-10-20"  # as on the receipt
UNIT: Final = "法制安全股"
FORM: Final = "法制安全股/法制安全股走访登记表.xlsx"  # that of docs/img/receipt.png
COLUMNS: Final = 108
ENTER: Final = "\N{DOWNWARDS ARROW WITH CORNER LEFTWARDS}"
# What 先看这里.txt says nothing of.
_REST: Final = {
    "先看这里.txt": "上面这些话，用记事本打开就能看",
    "清单.txt": "每个文件从哪里来，给信息中心看",
    "说明": "各页说明，用记事本就能看",
    "program": "程序本身，不要动",
}
_STYLE: Final = """
* { margin: 0; box-sizing: border-box }
body { font: 16px/1.5 "Noto Sans CJK SC", sans-serif; color: #1f2933; background: #fff; padding: 14px }
.box { border: 1px solid #9aa5b1 }
.at { background: #e4e9ee; padding: 7px 14px; font-weight: bold }
table { border-collapse: collapse; width: 100% }
td { padding: 5px 14px; border-top: 1px solid #e4e9ee; vertical-align: top }
td:first-child { white-space: nowrap; width: 1% }
.of td { background: #f4f6f8; color: #52606d; font-size: 14px }
.name { font-weight: bold } .use { color: #3e4c59 } .in { padding-left: 44px }
i { display: inline-block; width: 17px; height: 12px; margin-right: 9px; border: 1.5px solid #627d98; border-radius: 2px }
i.folder { background: #c3d3e3 } i.file { width: 12px; height: 15px; margin: 0 11px -2px 3px }
.new td { background: #fff6d6 }
.console { background: #1e2329; color: #e6e9ed; border-radius: 4px }
.console .at { background: #3a424c; color: #e6e9ed; border-radius: 4px 4px 0 0; font-weight: normal; font-size: 14px }
pre { font: 14px/1.55 "Noto Sans Mono CJK SC", monospace; padding: 12px 16px; white-space: pre-wrap; word-break: break-all }
b { color: #f5d76e; font-weight: normal }
"""


@dataclass(frozen=True, slots=True)
class FirstDay:
    """What the first two windows of an office said, and between them the page of its inbox."""

    asked: str
    inbox: str
    ran: str


def lived(place: Path) -> FirstDay:
    """The first day of an office at `place`: 填本局情况, the folders of the inbox, a roster and one form, 一键运行."""
    office = place / "大走访"
    for name, data in program.application():
        file = office / FOLDER / "program" / "app" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    home = office / "大走访数据"
    asked = _window(office, "setup")
    for unit in _units():
        (home / "inbox" / unit).mkdir()
    examples = ROOT / "examples" / "inbox"
    shutil.copy(examples / "花名册.xlsx", home / "inbox")
    shutil.copy(examples / FORM, home / "inbox" / UNIT)
    inbox = _inbox(home / "inbox")
    return FirstDay(asked, inbox, _window(office, "run"))


def _units() -> list[str]:
    """The units of the example roster, in its order."""
    import openpyxl

    sheet = openpyxl.load_workbook(ROOT / "examples" / "inbox" / "花名册.xlsx").worksheets[0]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    column = rows[0].index("单位")
    return list(dict.fromkeys(str(row[column]) for row in rows[1:] if row[column]))


def _window(office: Path, command: str) -> str:
    """What a start file's window shows of a command, with the office on a disk of Windows."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 1000, 0, 0))  # so wide that nothing is broken
    words = [sys.executable, "-X", "utf8", "app/start.py", command, "--today", TODAY]
    surroundings = {**os.environ, "TERM": "dumb", "PYTHONPATH": "app"}
    folder = office / FOLDER / "program"
    process = subprocess.Popen(words, cwd=folder, env=surroundings, stdin=its, stdout=its, stderr=its)
    os.close(its)
    said = b""
    with suppress(OSError):  # the terminal is closed when the command has ended
        while piece := os.read(ours, 65536):
            said += piece
            if said.endswith("：".encode()):
                os.write(ours, b"\n")
                said += ENTER.encode()
    os.close(ours)
    if process.wait():
        raise RuntimeError(f"{command}: {said.decode()}")
    paths = re.compile(rf"{re.escape(str(office))}[^\s（），；：]*")
    return paths.sub(lambda found: DISK + found[0].removeprefix(str(office)).replace("/", "\\"), _plain(said))


def _plain(said: bytes) -> str:
    """Less what moves the cursor."""
    return re.sub("\x1b\\[[0-9;?]*[a-zA-Z]|[\r\x07]", "", said.decode()).strip("\n")


def _page(body: str) -> str:
    return f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><style>{_STYLE}</style><body>{body}</body></html>'


def _list(title: str, rows: Iterable[str]) -> str:
    return _page(f'<div class="box"><div class="at">{escape(title)}</div><table>{"".join(rows)}</table></div>')


def _row(name: str, use: str, kind: str, within: bool = False, new: bool = False) -> str:
    place = ' class="in"' if within else ""
    return (
        f'<tr{" class=new" if new else ""}><td{place}><i class="{kind}"></i><span class="name">{escape(name)}</span></td>'
        f'<td class="use">{escape(use)}</td></tr>'
    )


def unpacked() -> str:
    """The page of what lies in the unpacked folder, in the order and with the words of 先看这里.txt."""
    names = {name.split("/")[0] for name in start_files.all_of_them()} | set(_REST)
    rows = []
    for line in (ROOT / "packaging" / "windows" / "先看这里.txt").read_text("utf-8").splitlines():
        if re.fullmatch(r"\S+：", line):
            rows.append(f'<tr class="of"><td colspan="2">{escape(line.removesuffix("："))}</td></tr>')
        elif found := re.fullmatch(r" +(\S+\.bat) +(.+)", line):
            rows.append(_row(found[1], found[2], "file"))
            names.remove(found[1])
            if also := re.search(r"；不要了：(\S+\.bat)", found[2]):
                rows[-1] = _row(found[1], found[2][: also.start()], "file")
                rows.append(_row(also[1], "以后登录电脑，不再自动值守", "file"))
                names.remove(also[1])
    rows.append('<tr class="of"><td colspan="2">不用双击</td></tr>')
    rows += [_row(name, use, "file" if "." in name else "folder") for name, use in _REST.items()]
    if left := names - set(_REST):
        raise RuntimeError(f"先看这里.txt says nothing of {left}")
    return _list(f"{DISK}\\{FOLDER}", rows)


def _inbox(inbox: Path) -> str:
    """The page of an inbox: a folder a unit, in which the one has a form."""
    rows = []
    for path in sorted(inbox.iterdir(), key=lambda path: (path.is_file(), path.name != UNIT)):
        if path.is_dir():
            use = "这个单位的文件夹" if any(path.iterdir()) else "空的，等这个单位放表"
            rows.append(_row(path.name, use, "folder"))
            rows += [_row(file.name, "这个单位放进来的", "file", within=True, new=True) for file in path.iterdir()]
        else:
            rows.append(_row(path.name, "直接放在 inbox 里，就是办公室放的", "file", new=True))
    return _list(f"{DISK}\\大走访数据\\inbox", rows)


def console(start: str, said: str) -> str:
    """The page of the window of a start file."""
    shown = escape(said).replace(ENTER, f"<b>{ENTER}</b>")
    return _page(
        f'<div class="console"><div class="at">大走访 {start}</div><pre style="width: {COLUMNS}ch">{shown}</pre></div>'
    )
