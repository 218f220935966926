"""Gives finished files their names in the outbox: all or none; one that somebody has open is left, its new version
beside it."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from dazoufang.outbox.remembered import KnownFile
from dazoufang.system import failpoints, files

WAITS: Final = (0.1, 0.3, 0.6)  # seconds before each further try, for all locked files of a run together

# How systems say that another program has the file open, besides PermissionError: a share mounted on Linux by number,
# Windows by its sharing and lock violations.
_LOCKED: Final = (errno.EBUSY, errno.ETXTBSY)
_WINDOWS_LOCKED: Final = (32, 33)


@contextmanager
def all_or_nothing(outbox: Path) -> Iterator[dict[Path, Path | None]]:
    """Collects targets that were replaced, with copies of their old files (None: there was none). On an OSError these
    get their old files back, all that can."""
    done: dict[Path, Path | None] = {}
    try:
        yield done
    except OSError:
        for target, former in done.items():
            with suppress(OSError):
                if former is not None:
                    former.replace(target)
                else:
                    target.unlink()
                    _drop_empty(outbox, target.parent)
        raise


def put_in_place(
    outbox: Path, staged: Mapping[str, Path], done: dict[Path, Path | None], sleep: Callable[[float], None]
) -> dict[str, Path]:
    """Give the staged files their names, trying again for those whose target is locked; returns these, with their
    staged files, when they still are."""
    locked = _try(outbox, staged, done)
    for wait in WAITS:
        if not locked:
            break
        sleep(wait)
        locked = _try(outbox, locked, done)
    return locked


def _try(outbox: Path, staged: Mapping[str, Path], done: dict[Path, Path | None]) -> dict[str, Path]:
    """Replace what can be replaced; returns what is locked."""
    locked: dict[str, Path] = {}
    former: dict[str, Path | None] = {}
    for path, file in staged.items():
        try:
            former[path] = _copied(outbox / path, file.with_suffix(".old"))
        except OSError as error:
            _locked_or_raise(error, outbox / path)
            locked[path] = file
    for path, before in former.items():
        target = outbox / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            staged[path].replace(target)
        except OSError as error:
            _locked_or_raise(error, target)
            locked[path] = staged[path]
        else:
            done[target] = before
            failpoints.reach("placed")
    return locked


def _copied(file: Path, to: Path) -> Path | None:
    """A copy of the file with its time; None where there is none."""
    try:
        status = file.stat()
        shutil.copyfile(file, to)
    except FileNotFoundError:
        return None
    os.utime(to, ns=(status.st_atime_ns, status.st_mtime_ns))  # not its mode: a read-only copy could not be cleared
    return to


def _locked_or_raise(error: OSError, target: Path) -> None:
    """Pass over an error that says “another program has the file `target` open”; raise any other."""
    by_number = error.errno in _LOCKED or getattr(error, "winerror", None) in _WINDOWS_LOCKED
    if not by_number and (not isinstance(error, PermissionError) or _is_denied(target)):
        raise error


def _is_denied(target: Path) -> bool:
    """Whether we may not change the file whoever has it open. Windows does not say: there it is taken to be open."""
    folder = next(folder for folder in target.parents if folder.exists())
    return not files.may(folder, os.W_OK | os.X_OK) or (target.exists() and not files.may(target, os.R_OK))


def names_beside(
    outbox: Path, plan: Collection[str], published: Mapping[str, KnownFile], locked: Mapping[str, Path], moment: str
) -> dict[str, str]:
    """Where the new version of each locked file goes: where it stands already, or a new name that nobody else has."""
    found: dict[str, str] = {}
    for path, file in locked.items():
        data = file.read_bytes()
        own = [name for name, entry in published.items() if entry.get("for") == path]
        target = Path(path)
        fresh = target.with_name(files.safe_name(target.stem, f" (新版 {moment}){target.suffix}")).as_posix()
        name = next((version for version in own if holds(outbox / version, data)), fresh)
        taken = name in plan or name in found.values() or (name not in own and (outbox / name).exists())
        if not taken:
            found[path] = name
    return found


def put_beside(target: Path, file: Path) -> bool:
    """Whether the version beside a locked file is there. Where it cannot be (its name too long, itself open), the run
    goes on without."""
    if holds(target, file.read_bytes()):
        return True
    try:
        file.replace(target)
    except OSError:
        return False
    return True


def remove(outbox: Path, target: Path) -> bool:
    """Take away what is no longer wanted; False where it is locked and must wait for a later run."""
    try:
        target.unlink(missing_ok=True)
    except OSError as error:
        _locked_or_raise(error, target)
        return False
    failpoints.reach("removed")
    _drop_empty(outbox, target.parent)
    return True


def holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def _drop_empty(outbox: Path, folder: Path) -> None:
    """Folders of units that have nothing left go too, unless somebody has them open."""
    with suppress(OSError):
        while folder != outbox and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent
