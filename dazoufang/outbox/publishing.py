"""Publishes the outbox: everything is made first, then put in place; unchanged files are not touched, a file that
somebody has open gets its new version beside it."""

from __future__ import annotations

import errno
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from dazoufang.system import failpoints, files

STAGING: Final = ".publishing"
WAITS: Final = (0.1, 0.3, 0.6)  # seconds before each further try, for all locked files of a run together

# How systems say that another program has the file open, besides PermissionError: a share mounted on Linux by number,
# Windows by its sharing and lock violations.
_LOCKED: Final = (errno.EBUSY, errno.ETXTBSY)
_WINDOWS_LOCKED: Final = (32, 33)

Entry = dict[str, str]  # of the ledger: key, stamp; for a version beside a locked file also "for", that file's path


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file to publish. `key` names what it is made from: while the key stands, the file is not made again
    ("" always made, and written only when its bytes differ)."""

    make: Callable[[], bytes]
    key: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """What the outbox shows: of which day, and made from what (opaque; the same only where all it is made from is)."""

    today: date
    made_from: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did. `changed`: planned paths written and former ones taken away. `stale`: planned paths that
    another program holds open; they keep their old bytes until a later run. Versions beside them are in neither."""

    changed: list[str]
    stale: list[str]


def stale(outbox: Path, ledger: Path, plan: Mapping[str, Artifact]) -> list[str]:
    """The planned paths that `publish` will have to make."""
    published: dict[str, Entry] = _ledger(ledger).get("files", {})
    return [path for path, artifact in plan.items() if not _stands(outbox / path, artifact, published.get(path))]


def publish(
    outbox: Path,
    ledger: Path,
    plan: Mapping[str, Artifact],
    issue: Issue | None,
    moment: str = "0000",
    *,
    still: Callable[[], None] = lambda: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Published:
    """Make `outbox` hold exactly what `plan` says (paths with `/`), which is `issue`. Without an issue the plan is
    a part of it (answers that cannot wait): what else was published stays as it is, and of the issue it was.

    `still` is asked right before the first name changes, and raises where that is no longer ours to do.

    Rule: nobody sees half. Everything is made and written beside its target before the first name changes; each name
    changes at once. Files that nobody planned go only if we published them (`ledger` remembers which).

    A target that stays open in Excel or WPS is left, and its new bytes are put beside it as “… (新版 `moment`).xlsx”
    where that can be; a later run replaces the target and takes the version beside it away.

    Raises:
        OSError: nothing has changed (a full disk, a share away), or all of it but the clearing up; running again
            finishes.
    """
    standing = _ledger(ledger)
    published: dict[str, Entry] = standing.get("files", {})
    staging = outbox / STAGING
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True, exist_ok=True)
    staged: dict[str, Path] = {}
    now: dict[str, Entry] = {}
    for number, (path, artifact) in enumerate(plan.items()):
        target = outbox / path
        before = published.get(path)
        if before and _stands(target, artifact, before):
            now[path] = before
            continue
        data = artifact.make()
        now[path] = {"key": artifact.key, "stamp": ""}
        if not _holds(target, data):
            staged[path] = staging / f"{number}.tmp"
            staged[path].write_bytes(data)
    if staged:
        files.flush_all(staged.values())
        failpoints.reach("staged")
    still()
    fresh: dict[str, Entry] = {path: {"key": "", "stamp": ""} for path in staged.keys() - published.keys()}
    if fresh:  # noted before they are there: a crash leaves no file that nobody knows
        _write(ledger, standing | {"files": published | fresh})
        failpoints.reach("noted")
    with _all_or_nothing(outbox) as done:
        locked = _put_in_place(outbox, staged, done, sleep)
        beside = _names_beside(outbox, plan, published, locked, moment)
        marks = {name: {"key": "", "stamp": "", "for": path} for path, name in beside.items()}
        if marks.keys() - published.keys():
            _write(ledger, standing | {"files": published | fresh | marks})
            failpoints.reach("noted")
    for path, name in beside.items():
        if _put_beside(outbox / name, locked[path]):
            now[name] = marks[name]
    left = {path: entry for path, entry in published.items() if path not in now}
    if issue is None:
        now |= left
    gone = [path for path in left if path not in now and (outbox / path).exists()]
    now |= {path: published[path] for path in gone if not _remove(outbox, outbox / path)}
    shutil.rmtree(staging, ignore_errors=True)
    for path, entry in now.items():
        entry["stamp"] = entry["stamp"] or _stamp(outbox / path)
    now |= {path: published.get(path, {"key": "", "stamp": ""}) for path in locked}  # as before: it is tried again
    shows = {"today": issue.today.isoformat(), "made_from": issue.made_from} if issue else standing
    _write(ledger, shows | {"files": now})
    failpoints.reach("published")
    removed = [path for path in gone if path not in now and "for" not in published[path]]
    return Published([*(path for path in staged if path not in locked), *removed], list(locked))


@contextmanager
def _all_or_nothing(outbox: Path) -> Iterator[dict[Path, Path | None]]:
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


def _put_in_place(
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
            _locked_or_raise(error)
            locked[path] = file
    for path, before in former.items():
        target = outbox / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            staged[path].replace(target)
        except OSError as error:
            _locked_or_raise(error)
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


def _locked_or_raise(error: OSError) -> None:
    """Pass over an error that says “another program holds this file”; raise any other."""
    by_number = error.errno in _LOCKED or getattr(error, "winerror", None) in _WINDOWS_LOCKED
    if not (isinstance(error, PermissionError) or by_number):
        raise error


def _names_beside(
    outbox: Path, plan: Mapping[str, Artifact], published: Mapping[str, Entry], locked: Mapping[str, Path], moment: str
) -> dict[str, str]:
    """Where the new version of each locked file goes: where it stands already, or a new name that nobody else has."""
    found: dict[str, str] = {}
    for path, file in locked.items():
        data = file.read_bytes()
        own = [name for name, entry in published.items() if entry.get("for") == path]
        whole = Path(path)
        fresh = whole.with_name(files.safe_name(whole.stem, f" (新版 {moment}){whole.suffix}")).as_posix()
        name = next((one for one in own if _holds(outbox / one, data)), fresh)
        taken = name in plan or name in found.values() or (name not in own and (outbox / name).exists())
        if not taken:
            found[path] = name
    return found


def _put_beside(target: Path, file: Path) -> bool:
    """Whether the version beside a locked file is there. Where it cannot be (its name too long, itself open), the run
    goes on without."""
    if _holds(target, file.read_bytes()):
        return True
    try:
        file.replace(target)
    except OSError:
        return False
    return True


def _remove(outbox: Path, target: Path) -> bool:
    """Take away what is no longer wanted; False where it is locked and must wait for a later run."""
    try:
        target.unlink(missing_ok=True)
    except OSError as error:
        _locked_or_raise(error)
        return False
    failpoints.reach("removed")
    _drop_empty(outbox, target.parent)
    return True


def _stands(target: Path, artifact: Artifact, before: Entry | None) -> bool:
    """Whether a file was made from the same and nobody has touched it since."""
    return bool(artifact.key and before and before["key"] == artifact.key and before["stamp"] == _stamp(target))


def issued(ledger: Path) -> Issue | None:
    """The issue that was published last."""
    standing = _ledger(ledger)
    day = standing.get("today")
    return Issue(date.fromisoformat(day), str(standing.get("made_from", ""))) if day else None


def published_on(ledger: Path) -> date | None:
    """The day for which the outbox was last published."""
    issue = issued(ledger)
    return issue.today if issue else None


def _ledger(ledger: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(ledger.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}  # nothing is lost: everything is made again and compared
    return found


def _write(ledger: Path, standing: Mapping[str, Any]) -> None:
    files.write_atomic(ledger, json.dumps(standing, ensure_ascii=False, indent=0, sort_keys=True).encode())


def _stamp(path: Path) -> str:
    """Size and time of a file, to see that nobody has touched it; "" when it is not there."""
    try:
        status = path.stat()
    except OSError:
        return ""
    return f"{status.st_size}:{status.st_mtime_ns}"


def _holds(path: Path, data: bytes) -> bool:
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
