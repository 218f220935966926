"""The inbox: what waits there, in which order, claiming it, the archive copy, and clearing what was taken in."""

from __future__ import annotations

import errno
import os
import re
import secrets
import signal
import stat
import sys
from collections.abc import Iterable, Iterator, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from dazoufang.inbox import settling
from dazoufang.inbox.settling import Sighting
from dazoufang.inbox.share import MARKER
from dazoufang.rules.inbox_names import InboxNames
from dazoufang.system import failpoints, files

if sys.platform == "linux":
    import fcntl

CLAIMED: Final = ".收取中"  # in the inbox: a folder for each pass, and in it what that pass has claimed


_TRAY: Final = re.compile(r"[0-9]{6,}-[0-9a-f]{8}(?:-([0-9]{1,2}))?")


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
    left = _in_turn(claimed for pass_folder in _trays(inbox) for claimed in _claimed(pass_folder))
    return left + _in_turn(_dropped(inbox, names))


def _in_turn(found: Iterable[Waiting]) -> list[Waiting]:
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


def _claimed(pass_folder: Path) -> Iterator[Waiting]:
    """What lies in the folder of a pass, also under names that the rules have begun to ignore since."""
    for folder, _, found in _walk(pass_folder):
        for name in found:
            if claimed := _look(pass_folder, folder / name):
                yield replace(claimed, claimed=True, tries=_tries(pass_folder))


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


def mend(inbox: Path) -> None:
    """Put the inbox in order before a scan. A file that a crash left under two names (see `_renamed`) keeps one; a name
    that a foreign system wrote in GBK, which the record cannot store, gets the spelling that was meant."""
    for pass_folder in _trays(inbox):
        for claimed in list(_claimed(pass_folder)):
            with suppress(OSError):
                if (inbox / claimed.path).samefile(claimed.file):  # it was given back already
                    claimed.file.unlink()
    for folder, folders, found in os.walk(inbox, topdown=False):
        for name in (*found, *folders):
            raw = os.fsencode(name)
            if raw.decode("utf-8", "replace").encode() != raw:
                _move(Path(folder, name), Path(folder, files.safe_name(raw.decode("gb18030", "replace"))))


def _move(path: Path, target: Path) -> None:
    """Rename; where the name is taken, folders become one and a file gets a number."""
    if path.is_dir() and target.is_dir():
        for child in path.iterdir():
            _move(child, target / child.name)
        path.rmdir()
        return
    free, number = target, 1
    while not _renamed(path, free):
        number += 1
        free = target.with_name(f"{target.stem}({number}){target.suffix}")


def _renamed(path: Path, target: Path) -> bool:
    """Rename unless the name is taken; False then. Rule: nothing in the inbox is ever overwritten."""
    if os.path.lexists(target):
        if not (path.is_file() and target.is_file() and path.samefile(target)):
            return False
        path.unlink()  # a crash came between the two steps below
        return True
    if os.name == "posix" and path.is_file():  # a rename there overwrites what came just now; a second name does not
        try:
            os.link(path, target)
        except FileExistsError:
            return False
        except OSError:  # a file system without second names
            path.rename(target)
        else:
            path.unlink()
    else:
        path.rename(target)
    return True


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
        if _is_being_written(waiting.file):
            return False
        with waiting.file.open("rb") as stream:
            head, tail = stream.read(settling.HEAD), b""
            if head.startswith(b"PK"):
                stream.seek(max(waiting.size - settling.TAIL, 0))
                tail = stream.read(settling.TAIL)
    except OSError:  # gone, or open in the program that writes it
        return False
    return settling.whole(waiting.size, head, tail)


def tray(inbox: Path, tries: int = 1) -> Path:
    """The folder for the next pass to claim into: its number follows those of all that exist, and nobody else has the
    same name. `claim` makes it.

    Its name says how many passes will have begun with what lies in it, so that a crash leaves the count behind.
    """
    number = max((int(folder.name.partition("-")[0]) for folder in _trays(inbox)), default=0) + 1
    return inbox / CLAIMED / (f"{number:06d}-{secrets.token_hex(4)}" + (f"-{tries}" if tries != 1 else ""))


def uncounted(pass_folder: Path, tries: int) -> list[Waiting]:
    """What a pass had claimed, with the count of `tries` that its files had before it: a pass in which the program made
    a mistake does not count as a try. The files stay claimed."""
    target = pass_folder.with_name("-".join([*pass_folder.name.split("-")[:2], str(tries)]))
    try:
        pass_folder.rename(target)
    except OSError:  # nothing was claimed; or the share refuses, and then it counts as a crash would
        target = pass_folder
    return _in_turn(_claimed(target)) if target.exists() else []


def _tries(pass_folder: Path) -> int:
    """How many passes began with what lies in the folder, by its name."""
    found = _TRAY.fullmatch(pass_folder.name)
    return int(found[1] or 1) if found else 1


def _trays(inbox: Path) -> list[Path]:
    """The folders of passes, oldest first; none where nothing was ever claimed."""
    try:
        return sorted(folder for folder in (inbox / CLAIMED).iterdir() if _TRAY.fullmatch(folder.name))
    except FileNotFoundError:
        return []


def claim(waiting: Waiting, pass_folder: Path) -> Waiting | None:
    """Move a file into `pass_folder` by one rename: of several that try, one succeeds.

    None for the others, and where another program has the file open: then it stays and waits. So does the second of
    two left files that were dropped under one name.
    """
    target = pass_folder / waiting.path
    try:
        _make_folders(pass_folder.parent.parent, target.parent)
        if target.exists() or _is_being_written(waiting.file):
            return None
        waiting.file.rename(target)
    except OSError:
        return None
    failpoints.reach("claimed")
    return replace(waiting, file=target, claimed=True, tries=_tries(pass_folder))


def give_back(inbox: Path, claimed: Waiting) -> None:
    """Put a claimed file back where it was dropped. Where something newer has its name it stays claimed, and is a
    delivery of its own for the next pass; so it does where the inbox refuses."""
    target = inbox / claimed.path
    with suppress(OSError):
        _make_folders(inbox, target.parent)
        _renamed(claimed.file, target)


def _make_folders(inbox: Path, folder: Path) -> None:
    """Make `folder` inside the inbox, but never the inbox itself: one that is not there is a share that is away."""
    made = inbox
    for name in folder.relative_to(inbox).parts:
        made /= name
        made.mkdir(exist_ok=True)


def _is_being_written(file: Path) -> bool:
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


def give_back_all(inbox: Path, uncleared: Set[tuple[str, str]]) -> None:
    """Put back all that is claimed, except `uncleared`: (path, hash) of files that the record holds and that could not
    be cleared away. What cannot be put back now the next scan finds."""
    paths = {path for path, _ in uncleared}
    with suppress(OSError):
        for folder in _trays(inbox):
            for claimed in list(_claimed(folder)):
                if (
                    claimed.path not in paths
                    or (claimed.path, files.sha256(claimed.file.read_bytes())) not in uncleared
                ):
                    give_back(inbox, claimed)
        tidy(inbox)


def tidy(inbox: Path) -> None:
    """Remove the folders of passes in which nothing is claimed any more."""
    for folder, _, _ in os.walk(inbox / CLAIMED, topdown=False):
        with suppress(OSError):
            Path(folder).rmdir()


def clear(inbox: Path, path: str, digest: str) -> bool:
    """Delete one claimed file, of which the record has the bytes, from the inbox: the one claimed first.

    What lies where it was dropped is never touched: the same bytes there are a delivery of their own. False where
    another program has the file open: it stays, known as taken, until a later run can clear it.
    """
    for folder in _trays(inbox):
        try:
            if files.sha256((folder / path).read_bytes()) == digest:
                (folder / path).unlink()
                failpoints.reach("clearing")
                return True
        except (FileNotFoundError, NotADirectoryError):
            continue
        except PermissionError:
            return False
    return True
