"""The inbox: what waits there, in which order, claiming it, the archive copy, and clearing what was taken in."""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import signal
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Final

from dazoufang import settling
from dazoufang.model.submission import Delivery, Submission
from dazoufang.rules.campaign import InboxNames
from dazoufang.settling import Sighting
from dazoufang.share import MARKER
from dazoufang.system import failpoints, files

if sys.platform == "linux":
    import fcntl

JOURNAL: Final = "journal.jsonl"
CLAIMED: Final = ".收取中"  # in the inbox: a folder for each pass, and in it what that pass has claimed
BATCH: Final = 200  # files in one pass of many

TRIES: Final = 3  # passes that a file may have cut short before it is answered unread
_TOGETHER: Final = {1: 20, 2: 1}  # by tries begun: how many left files are tried in one pass, to find the one at fault

_TRAY: Final = re.compile(r"[0-9]{6,}-[0-9a-f]{8}(?:-([0-9]{1,2}))?")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One file in the inbox. `path` is where it was dropped, relative, with `/`; `locked`: a lock file stands beside it;
    `tries`: passes that have begun with it; from the first on it lies out of everybody's way, and `file` says where."""

    file: Path
    path: str
    size: int
    modified_ns: int
    file_id: int
    locked: bool = False
    tries: int = 0

    @property
    def claimed(self) -> bool:
        """Whether it has been moved out of everybody's way."""
        return self.tries > 0


class ArchiveDamaged(Exception):
    """The archive copy is not the file that was delivered."""


def scan(inbox: Path, names: InboxNames) -> list[Waiting]:
    """What waits, in the order in which it is taken. Rule: by modification time, then name; but first what a pass that
    was cut short had claimed. Touches nothing.

    Raises:
        OSError: the inbox cannot be listed to its end.
    """
    left = _in_turn(one for tray in _trays(inbox) for one in _claimed(tray))
    return left + _in_turn(_dropped(inbox, names))


def _in_turn(found: Iterable[Waiting]) -> list[Waiting]:
    return sorted(found, key=lambda waiting: (waiting.modified_ns, waiting.path))


def _dropped(inbox: Path, names: InboxNames) -> Iterator[Waiting]:
    for folder, folders, found in _walk(inbox):
        folders[:] = [name for name in folders if name != CLAIMED and not names.ignores_folder(name)]
        standing = {name.casefold() for name in found}
        for name in found:
            if name == MARKER or names.ignores_file(name):
                continue
            locked = any(lock.casefold() in standing for lock in names.locks(name))
            if one := _look(inbox, folder / name, locked=locked):
                yield one


def _claimed(tray: Path) -> Iterator[Waiting]:
    """What was claimed was a delivery, whatever the rules for names say by now."""
    for folder, _, found in _walk(tray):
        for name in found:
            if one := _look(tray, folder / name, tries=_tries(tray)):
                yield one


def _look(root: Path, file: Path, *, locked: bool = False, tries: int = 0) -> Waiting | None:
    try:
        status = file.stat()
    except (FileNotFoundError, PermissionError):  # somebody took it back just now, or keeps it to himself
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    path = file.relative_to(root).as_posix()
    return Waiting(file, path, status.st_size, status.st_mtime_ns, status.st_ino, locked, tries)


def _walk(root: Path) -> Iterator[tuple[Path, list[str], list[str]]]:
    """Every folder with the names of its folders (to be cut by the caller) and files. A folder that vanished or is
    closed is passed over; a listing that breaks off is not taken for the whole."""

    def broken(error: OSError) -> None:
        if error.filename == str(root) or not isinstance(error, (FileNotFoundError, PermissionError)):
            raise error

    for folder, folders, found in os.walk(root, onerror=broken):
        yield Path(folder), folders, found


def mend(inbox: Path) -> None:
    """Before a scan: finish what a crash cut short between two names of one file (see `_renamed`), and give names that a foreign system left in GBK, and that no record can hold, the spelling that was meant."""
    for tray in _trays(inbox):
        for one in list(_claimed(tray)):
            with suppress(OSError):
                if (inbox / one.path).samefile(one.file):  # it was given back already
                    one.file.unlink()
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


def batch(waiting: Sequence[Waiting], most: int = BATCH) -> list[Waiting]:
    """The files of the next pass, in the order of `waiting`: what is claimed already, then one of each unit in turn (a
    folder right below the inbox; all files outside folders are one), each unit's in order, up to `most`."""
    units: dict[str, list[Waiting]] = {}
    for one in waiting:
        if not one.claimed:
            units.setdefault(one.path.partition("/")[0] if "/" in one.path else "", []).append(one)
    in_turn = [one.path for round_ in zip_longest(*units.values()) for one in round_ if one is not None]
    chosen = set(in_turn[: max(most - sum(one.claimed for one in waiting), 0)])
    return [one for one in waiting if one.claimed or one.path in chosen]


def sightings(waiting: Iterable[Waiting], before: Iterable[Sighting] = ()) -> list[Sighting]:
    """What a scan saw, for `settling`; `before` is what the last one gave. What is claimed already need not settle.

    Only files that changed since, or had no end yet, are looked into.
    """
    known = {one.path: one for one in before}
    seen: list[Sighting] = []
    for one in waiting:
        if not one.claimed:
            mark = (one.size, one.modified_ns, one.file_id)
            last = known.get(one.path)
            whole = bool(last and last.whole and last.print == mark) or _whole(one)
            seen.append(Sighting(one.path, mark, one.locked, whole))
    return seen


def _whole(one: Waiting) -> bool:
    try:
        if _is_being_written(one.file):
            return False
        with one.file.open("rb") as stream:
            head, tail = stream.read(settling.HEAD), b""
            if head.startswith(b"PK"):
                stream.seek(max(one.size - settling.TAIL, 0))
                tail = stream.read(settling.TAIL)
    except OSError:  # gone, or held by the program that writes it
        return False
    return settling.whole(one.size, head, tail)


def passes(waiting: Sequence[Waiting]) -> list[list[Waiting]]:
    """In which passes the files are taken, each safe by itself. Rule: what was dropped goes together; what a pass that
    was cut short has left goes in ever smaller ones, until the file that cuts them short stands alone."""
    found: list[list[Waiting]] = []
    for one in waiting:
        together = _TOGETHER.get(one.tries, len(waiting))
        if found and found[-1][0].tries == one.tries and len(found[-1]) < together:
            found[-1].append(one)
        else:
            found.append([one])
    return found


def tray(inbox: Path, tries: int = 1) -> Path:
    """The folder for the next pass to claim into: after all that stand, and nobody else's. `claim` makes it.

    Its name says how many passes will have begun with what lies in it, so that a crash leaves the count behind.
    """
    number = max((int(one.name.partition("-")[0]) for one in _trays(inbox)), default=0) + 1
    return inbox / CLAIMED / (f"{number:06d}-{secrets.token_hex(4)}" + (f"-{tries}" if tries > 1 else ""))


def _tries(tray: Path) -> int:
    found = _TRAY.fullmatch(tray.name)
    return int(found[1] or 1) if found else 1


def _trays(inbox: Path) -> list[Path]:
    """Folders of passes, oldest first."""
    try:
        return sorted(one for one in (inbox / CLAIMED).iterdir() if _TRAY.fullmatch(one.name))
    except FileNotFoundError:
        return []


def claim(waiting: Waiting, tray: Path) -> Waiting | None:
    """Move a file into `tray` by one rename: of several that try, one succeeds.

    None for the others, and where another program holds the file open: then it stays and waits. So does the second of
    two left files that were dropped under one name.
    """
    target = tray / waiting.path
    try:
        _make_folders(tray.parent.parent, target.parent)
        if target.exists() or _is_being_written(waiting.file):
            return None
        waiting.file.rename(target)
    except OSError:
        return None
    failpoints.reach("claimed")
    return replace(waiting, file=target, tries=_tries(tray))


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
            # Who opens it for writing this very moment has us sent a signal: one that ends nobody.
            fcntl.fcntl(stream, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(stream, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except OSError as error:  # EAGAIN; anything else: a file system that knows no leases, or somebody else's file
            return error.errno == errno.EAGAIN
        fcntl.fcntl(stream, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def give_back_all(inbox: Path, held: Set[tuple[str, str]]) -> None:
    """Put back all that is claimed, but for what the record holds: `held`, (path, hash). Where the inbox fails too, the
    next scan finds it."""
    paths = {path for path, _ in held}
    with suppress(OSError):
        for folder in _trays(inbox):
            for one in list(_claimed(folder)):
                if one.path not in paths or (one.path, files.sha256(one.file.read_bytes())) not in held:
                    give_back(inbox, one)
        tidy(inbox)


def left(inbox: Path) -> frozenset[Path]:
    """The files that are claimed now; between two passes, what the first was cut short over."""
    return frozenset(one.file for tray in _trays(inbox) for one in _claimed(tray))


def tidy(inbox: Path) -> None:
    """Let go of folders in which nothing is claimed any more."""
    for folder, _, _ in os.walk(inbox / CLAIMED, topdown=False):
        with suppress(OSError):
            Path(folder).rmdir()


def archive(waiting: Waiting, folder: Path, today: date, known: Mapping[str, str]) -> Delivery | None:
    """Keep a byte-identical copy for ever (safe from a power cut once all are flushed).

    None when the file is still being written, or held by another program: it waits for the next run.

    `known`: hash → archive file of what was archived before; the same bytes are kept once.

    Raises:
        OSError: the copy could not be made; the file stays where it is.
        ArchiveDamaged: what was written does not read back the same.
    """
    try:
        data = waiting.file.read_bytes()
        status = waiting.file.stat()
    except OSError:
        return None
    if (status.st_size, status.st_mtime_ns) != (waiting.size, waiting.modified_ns) or len(data) != waiting.size:
        return None
    digest = files.sha256(data)
    relative = known.get(digest) or f"{today:%Y-%m}/{files.safe_name(f'{digest[:12]} {waiting.file.name}')}"
    if damaged(folder / relative, digest):
        files.write_whole(folder / relative, data)
        if damaged(folder / relative, digest):
            raise ArchiveDamaged(relative)
    failpoints.reach("archived")
    return Delivery(waiting.path, relative, digest, today)


def journal(folder: Path, submissions: Iterable[Submission]) -> None:
    """Bring the archive's own list of deliveries up to date, so that the record can be made anew from the archive.

    One JSON object a line: number, path in the inbox, archive file, hash, day, rules. It only grows; lines that a crash left
    out are added.
    """
    path = folder / JOURNAL
    known = {int(line["submission_id"]) for line in read_journal(folder)}
    lines = [
        json.dumps(
            {
                "submission_id": one.submission_id,
                "path": one.path,
                "archived": one.archived,
                "sha256": one.sha256,
                "received_on": one.received_on.isoformat(),
                "rules": one.rules,
            },
            ensure_ascii=False,
        )
        for one in submissions
        if one.submission_id not in known
    ]
    if lines:
        standing = path.read_text(encoding="utf-8") if path.exists() else ""
        files.write_atomic(path, (standing + "\n".join(lines) + "\n").encode())
    failpoints.reach("listed")


def read_journal(folder: Path) -> list[dict[str, str]]:
    """The deliveries in the order of acceptance."""
    path = folder / JOURNAL
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def clear(inbox: Path, path: str, digest: str) -> bool:
    """Take one claimed file, of which the record holds the bytes, out of the inbox for good: the one claimed first.

    What lies where it was dropped is never touched: the same bytes there are a delivery of their own. False where
    another program holds the file: it stays, known as taken, until a later run can clear it.
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


def damaged(file: Path, digest: str) -> bool:
    """Whether an archived file is gone or no longer what was delivered."""
    try:
        return files.sha256(file.read_bytes()) != digest
    except OSError:
        return True
