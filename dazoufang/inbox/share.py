"""Says whether the inbox is the one this home works with, or a share that is not connected just now."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final, Literal

from dazoufang.system import files
from dazoufang.system.errors import OnWatch, Trouble

MARKER: Final = ".大走访收件箱"
ID_FILE: Final = "inbox-id.txt"
_NOTE: Final = "大走访程序靠这个文件确认收件文件夹连着，请不要改动或删除。\n"


class ShareAway(Trouble, OSError):
    """The inbox cannot be trusted; nothing was touched. The message says in Chinese what to do."""

    on_watch = OnWatch.WAITS_FOR_SHARE


def mark(inbox: Path, data: Path) -> None:
    """Give the inbox an id and remember it in `data`, where neither has one; one that the inbox has is taken over.

    What was remembered is never changed here: an inbox without its marker stays away until somebody says otherwise.

    Raises:
        OSError: the inbox cannot be written.
    """
    if _remembered(data):
        return
    found = _marked(inbox)
    if not found:
        files.write_new(inbox / MARKER, f"{secrets.token_hex(8)}\n{_NOTE}".encode())
        files.hide(inbox / MARKER)
        found = _id(inbox / MARKER)  # ours, or that of another first start, which came first
    files.write_atomic(data / ID_FILE, f"{found}\n".encode())


def is_marked(data: Path) -> bool:
    """Whether this home knows its inbox by a marker."""
    return bool(_remembered(data))


def check(inbox: Path, data: Path) -> Literal["here", "away", "changed"]:
    """Whether the inbox is here, away or changed. Writes nothing.

    Rule: no folder is away. A home that has marked its inbox knows it by the marker: none is away (an unmounted share
    leaves an empty folder), another is changed. A home that has not is content with the folder. A folder that was made
    anew by hand looks like a share that is away, so a person confirms it by deleting `data/inbox-id.txt`.
    """
    if not inbox.is_dir():
        return "away"
    known = _remembered(data)
    if not known:
        return "here"
    found = _marked(inbox)
    if not found:
        return "away"
    return "here" if found == known else "changed"


def guard(inbox: Path, data: Path) -> None:
    """Go on only where the inbox is here.

    Raises:
        ShareAway: it is not.
    """
    state = check(inbox, data)
    if state == "here":
        return
    seen = "不见了" if not inbox.is_dir() else "不是原来的那一个" if state == "changed" else "里没有认得的标记文件"
    mend = (
        f"如果确实换了收件文件夹，请先删除 {data / ID_FILE} 再运行"
        if inbox.is_dir()
        else "如果确实要换新的收件文件夹，请先建好这个文件夹再运行"
    )
    raise ShareAway(f"收件文件夹 {inbox} {seen}，可能是共享断开了。请连上共享后再运行一次；{mend}")


def _remembered(data: Path) -> str:
    """The id of the inbox that this home works with; "" it has marked none yet."""
    try:
        return _id(data / ID_FILE)
    except FileNotFoundError:
        return ""


def _marked(inbox: Path) -> str:
    """The id in the inbox; "" where there is none, or a share that fails now and then does not give it."""
    try:
        return _id(inbox / MARKER)
    except OSError:
        return ""


def _id(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace").partition("\n")[0].strip()
