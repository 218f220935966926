"""What lies in the inbox: which names are deliveries, in which order they are taken, what is passed over and why."""

from __future__ import annotations

import errno
import os
import signal
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from dazoufang.inbox import settling
from dazoufang.inbox.settling import Sighting
from dazoufang.inbox.share import MARKER
from dazoufang.inbox.trays import CLAIMED, all_trays, tries_of
from dazoufang.rules.inbox_names import InboxNames
from dazoufang.system import files

if sys.platform == "linux":
    import fcntl

_JUNCTION: Final = 0xA0000003  # what Windows calls IO_REPARSE_TAG_MOUNT_POINT


@dataclass(frozen=True, slots=True)
class Waiting:
    """One file in the inbox. `path` is where it was dropped, relative, with `/`; `locked`: a lock file stands beside it;
    `claimed`: a pass has moved it into its own folder, and `file` says where; `tries`: passes that began with it and
    were cut short.
    """

    file: Path
    path: str
    size: int
    modified_ns: int
    file_id: int
    locked: bool = False
    claimed: bool = False
    tries: int = 0


class Reason(StrEnum):
    """Why something in the inbox is not taken. The first three are nobody's delivery; the others somebody has to mend."""

    IGNORED = "按规则不收（临时文件、锁文件、快捷方式等）"
    LINK = "是链接，程序不跟随；请放入表格本身"
    DEVICE = "不是普通文件（管道、设备等），程序不碰"
    CLOSED = "文件夹没有权限打开，里面的表看不到；请检查它的权限"
    FIXED = "文件夹没有写入权限，里面的表取不走；请检查它的权限"
    UNREADABLE = "没有权限读取；请检查这份文件的权限"

    @property
    def is_trouble(self) -> bool:
        return self in (Reason.CLOSED, Reason.FIXED, Reason.UNREADABLE)


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Something in the inbox that is not taken; `path` is relative, with `/`."""

    path: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Contents:
    """What lies in the inbox: what waits, in the order in which it is taken, and what is passed over."""

    waiting: list[Waiting]
    passed_over: list[PassedOver]


def scan(inbox: Path, names: InboxNames) -> Contents:
    """All that lies in the inbox. Rule: what waits is taken by modification time, then name; but first what a pass that
    was cut short had claimed. Touches nothing and follows no link.

    Raises:
        OSError: the inbox cannot be listed to its end.
    """
    passed_over: list[PassedOver] = []
    left = [claimed for pass_folder in all_trays(inbox) for claimed in claimed_in(pass_folder, passed_over)]
    dropped = in_turn(_dropped(inbox, names, passed_over))
    return Contents(in_turn(left) + dropped, sorted(passed_over, key=lambda left_out: left_out.path))


def troubles_in_words(passed_over: Iterable[PassedOver]) -> str:
    """What of it somebody has to mend; "" nothing."""
    found = [f"《{left_out.path}》{left_out.reason}" for left_out in passed_over if left_out.reason.is_trouble]
    return "；".join(found[:3]) + (f"（共 {len(found)} 处）" if len(found) > 3 else "")


def in_turn(found: Iterable[Waiting]) -> list[Waiting]:
    return sorted(found, key=lambda waiting: (waiting.modified_ns, waiting.path))


def _dropped(inbox: Path, names: InboxNames, passed_over: list[PassedOver]) -> Iterator[Waiting]:
    for folder, folders, found in _walk(inbox, passed_over):
        inside = [child for child in folders if child != CLAIMED]
        ignored = [child for child in inside if names.ignores_folder(child)]
        ignored += [name for name in found if name != MARKER and names.ignores_file(name)]
        passed_over += [PassedOver(_path(inbox, folder / name), Reason.IGNORED) for name in ignored]
        folders[:] = [child for child in inside if not names.ignores_folder(child)]
        present = {name.casefold() for name in found}
        for name in found:
            if name == MARKER or names.ignores_file(name):
                continue
            locked = any(lock.casefold() in present for lock in names.locks(name))
            if dropped := _look(inbox, folder / name, passed_over, locked=locked):
                if files.may(folder, os.W_OK | os.X_OK):
                    yield dropped
                else:
                    passed_over.append(PassedOver(dropped.path, Reason.FIXED))


def claimed_in(pass_folder: Path, passed_over: list[PassedOver] | None = None) -> Iterator[Waiting]:
    """What lies in the folder of a pass, also under names that the rules have begun to ignore since. `passed_over` gets
    what is not taken."""
    left_out = passed_over if passed_over is not None else []
    for folder, _, found in _walk(pass_folder, left_out):
        for name in found:
            if claimed := _look(pass_folder, folder / name, left_out):
                yield replace(claimed, claimed=True, tries=tries_of(pass_folder))


def _look(root: Path, file: Path, passed_over: list[PassedOver], *, locked: bool = False) -> Waiting | None:
    """One entry that is no folder, looked at without following it; None where it is passed over or just vanished."""
    path = _path(root, file)
    try:
        status = file.lstat()
    except FileNotFoundError:  # somebody took it away just now
        return None
    except PermissionError:
        passed_over.append(PassedOver(path, Reason.UNREADABLE))
        return None
    if is_link(status):
        passed_over.append(PassedOver(path, Reason.LINK))
    elif not stat.S_ISREG(status.st_mode):
        passed_over.append(PassedOver(path, Reason.DEVICE))
    elif not files.may(file, os.R_OK):
        passed_over.append(PassedOver(path, Reason.UNREADABLE))
    else:
        return Waiting(file, path, status.st_size, status.st_mtime_ns, status.st_ino, locked)
    return None


def is_link(status: os.stat_result) -> bool:
    """Whether what was looked at (by `lstat`) leads elsewhere: a symbolic link, or on Windows a junction."""
    return stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", 0) == _JUNCTION


def _path(root: Path, file: Path) -> str:
    return file.relative_to(root).as_posix()


def _walk(root: Path, passed_over: list[PassedOver]) -> Iterator[tuple[Path, list[str], list[str]]]:
    """Every folder with the names of its folders (to be cut by the caller) and of what else is in it. A folder that
    vanished is left out; one that is closed, and links to folders, are `passed_over`.

    Raises:
        OSError: the listing broke off: what it gave so far is not all.
    """

    def broken(error: OSError) -> None:
        if error.filename == str(root) or not isinstance(error, (FileNotFoundError, PermissionError)):
            raise error
        if isinstance(error, PermissionError):
            passed_over.append(PassedOver(_path(root, Path(error.filename)), Reason.CLOSED))

    for name, folders, found in os.walk(root, onerror=broken):
        folder = Path(name)
        links = [child for child in folders if _leads_elsewhere(folder / child)]
        passed_over += [PassedOver(_path(root, folder / child), Reason.LINK) for child in links]
        folders[:] = [child for child in folders if child not in links]
        yield folder, folders, found


def _leads_elsewhere(folder: Path) -> bool:
    try:
        return is_link(folder.lstat())
    except OSError:  # it vanished; the walk finds that out
        return False


def sightings(found: Iterable[Waiting], before: Iterable[Sighting] = ()) -> list[Sighting]:
    """What a scan saw, for `settling`; `before` is what the last one gave. What is claimed already need not settle.

    Only files that changed since, or had no end yet, are looked into.
    """
    known = {sighting.path: sighting for sighting in before}
    seen: list[Sighting] = []
    for waiting in found:
        if not waiting.claimed:
            mark = (waiting.size, waiting.modified_ns, waiting.file_id)
            last = known.get(waiting.path)
            whole = bool(last and last.whole and last.print == mark) or _whole(waiting)
            seen.append(Sighting(waiting.path, mark, waiting.locked, whole))
    return seen


def _whole(waiting: Waiting) -> bool:
    """Whether nobody is writing the file and its end is there; False where it cannot be read now."""
    try:
        if is_being_written(waiting.file):
            return False
        with waiting.file.open("rb") as stream:
            head, tail = stream.read(settling.HEAD), b""
            if head.startswith(b"PK"):
                stream.seek(max(waiting.size - settling.TAIL, 0))
                tail = stream.read(settling.TAIL)
    except OSError:  # gone, or open in the program that writes it
        return False
    return settling.whole(waiting.size, head, tail)


def is_being_written(file: Path) -> bool:
    """Whether a program of this machine has it open for writing, as far as the system tells: Linux gives no read lease
    then. On Windows the rename fails by itself.

    Raises:
        OSError: it cannot be opened.
    """
    if sys.platform != "linux":
        return False
    with file.open("rb") as stream:
        try:
            # If a program opens it for writing just now, the system sends us a signal: this one ends no process.
            fcntl.fcntl(stream, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(stream, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except OSError as error:  # EAGAIN; anything else: a file system that knows no leases, or somebody else's file
            return error.errno == errno.EAGAIN
        fcntl.fcntl(stream, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False
