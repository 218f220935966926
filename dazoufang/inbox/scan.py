"""What waits in the inbox: which names are deliveries, in which order they are taken, and whether they are whole."""

from __future__ import annotations

import errno
import os
import signal
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from dazoufang.inbox import settling
from dazoufang.inbox.settling import Sighting
from dazoufang.inbox.share import MARKER
from dazoufang.inbox.trays import CLAIMED, all_trays, tries_of
from dazoufang.rules.inbox_names import InboxNames

if sys.platform == "linux":
    import fcntl


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


def scan(inbox: Path, names: InboxNames) -> list[Waiting]:
    """What waits, in the order in which it is taken. Rule: by modification time, then name; but first what a pass that
    was cut short had claimed. Touches nothing.

    Raises:
        OSError: the inbox cannot be listed to its end.
    """
    left = in_turn(claimed for pass_folder in all_trays(inbox) for claimed in claimed_in(pass_folder))
    return left + in_turn(_dropped(inbox, names))


def in_turn(found: Iterable[Waiting]) -> list[Waiting]:
    return sorted(found, key=lambda waiting: (waiting.modified_ns, waiting.path))


def _dropped(inbox: Path, names: InboxNames) -> Iterator[Waiting]:
    for folder, folders, found in _walk(inbox):
        folders[:] = [child for child in folders if child != CLAIMED and not names.ignores_folder(child)]
        present = {name.casefold() for name in found}
        for name in found:
            if name == MARKER or names.ignores_file(name):
                continue
            locked = any(lock.casefold() in present for lock in names.locks(name))
            if dropped := _look(inbox, folder / name, locked=locked):
                yield dropped


def claimed_in(pass_folder: Path) -> Iterator[Waiting]:
    """What lies in the folder of a pass, also under names that the rules have begun to ignore since."""
    for folder, _, found in _walk(pass_folder):
        for name in found:
            if claimed := _look(pass_folder, folder / name):
                yield replace(claimed, claimed=True, tries=tries_of(pass_folder))


def _look(root: Path, file: Path, *, locked: bool = False) -> Waiting | None:
    try:
        status = file.stat()
    except (FileNotFoundError, PermissionError):  # somebody took it away just now, or lets nobody else read it
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    path = file.relative_to(root).as_posix()
    return Waiting(file, path, status.st_size, status.st_mtime_ns, status.st_ino, locked)


def _walk(root: Path) -> Iterator[tuple[Path, list[str], list[str]]]:
    """Every folder with the names of its folders (to be cut by the caller) and files. A folder that vanished or is
    closed is passed over.

    Raises:
        OSError: the listing broke off: what it gave so far is not all.
    """

    def broken(error: OSError) -> None:
        if error.filename == str(root) or not isinstance(error, (FileNotFoundError, PermissionError)):
            raise error

    for folder, folders, found in os.walk(root, onerror=broken):
        yield Path(folder), folders, found


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
