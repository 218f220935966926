"""Publishes the outbox: everything is made first, then put in place; unchanged files are not touched, a file that
somebody has open gets its new version beside it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dazoufang.outbox import placing, remembered
from dazoufang.outbox.remembered import UNKNOWN, Counts, Issue, KnownFile, Remembered
from dazoufang.system import failpoints, files
from dazoufang.system.progress import Progress, silent, told

STAGING: Final = ".publishing"


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file to publish. `key` names what it is made from: while the key stands, the file is not made again
    ("" always made, and written only when its bytes differ)."""

    make: Callable[[], bytes]
    key: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did. `changed`: planned paths written and former ones taken away. `stale`: planned paths that
    another program holds open; they keep their old bytes until a later run. Versions beside them are in neither.
    `missing`: those of `stale` whose new bytes stand nowhere: no version beside them could be put there either."""

    changed: list[str]
    stale: list[str]
    missing: list[str] = field(default_factory=list)


def settled(outbox: Path, published_list: Path, issue: Issue) -> Remembered | None:
    """What was published last, if that is all of `issue`, and no file of it has been touched since; else None."""
    known = remembered.read(published_list)
    if known.issue != issue or known.counts is None or (outbox / STAGING).exists():
        return None
    untouched = all(entry["stamp"] == remembered.stamp(outbox / path) for path, entry in known.files.items())
    return known if untouched else None


def stale(outbox: Path, published_list: Path, plan: Mapping[str, Artifact]) -> list[str]:
    """The planned paths that `publish` will have to make."""
    return list(_to_make(outbox, plan, remembered.read(published_list)))


def publish(
    outbox: Path,
    published_list: Path,
    plan: Mapping[str, Artifact],
    issue: Issue | None,
    moment: str = "0000",
    *,
    counts: Counts | None = None,
    confirm: Callable[[], None] = lambda: None,
    progress: Progress = silent,
    sleep: Callable[[float], None] = time.sleep,
) -> Published:
    """Make `outbox` hold exactly what `plan` says (paths with `/`), which is `issue`. Without an issue the plan is
    a part of it (answers that cannot wait): what else was published stays as it is, and of the issue it was.

    outbox: the folder.
    published_list: the file that remembers what was published.
    plan: path → what is to stand there.
    issue: what the plan is.
    moment: HHMM, for the name of a new version beside a file that somebody has open.
    counts: what the issue comes to, remembered with it once all of it is in place.
    confirm: called right before the first name changes; raises where that is no longer ours to do.
    progress: shows how much is made.
    sleep: how to wait before trying a file again that somebody has open.

    Rule: nobody sees half. Everything is made and written beside its target before the first name changes; each name
    changes at once. Files that nobody planned go only if we published them (the list remembers which).

    A target that stays open in Excel or WPS is left, and its new bytes are put beside it as “… (新版 `moment`).xlsx”
    where that can be; a later run replaces the target and takes the version beside it away.

    Raises:
        OSError: nothing has changed (a full disk, a share away), or all of it but the clearing up; running again
            finishes.
    """
    former = remembered.read(published_list)
    making = _to_make(outbox, plan, former)
    staged = _stage(outbox, making, progress)
    confirm()
    placed = _place(outbox, published_list, plan, staged, former, moment, sleep)
    left = {path: entry for path, entry in former.files.items() if path not in plan and path not in placed.beside}
    gone = _remove(outbox, left) if issue else {}
    shutil.rmtree(outbox / STAGING, ignore_errors=True)
    kept = {path: entry for path, entry in left.items() if not issue or not gone.get(path, True)}
    unchanged = {path: former.files[path] for path in plan if path not in making}
    made = {path: {"key": artifact.key, "stamp": ""} for path, artifact in making.items()}
    locked = {path: former.files.get(path, UNKNOWN) for path in placed.locked}  # as before: it is tried again
    now = _stamped(outbox, unchanged | made | placed.beside | kept) | locked
    whole = issue is not None and not (placed.locked or placed.beside or kept)
    _remember(published_list, Remembered(issue or former.issue, now, counts if whole else None))
    removed = [path for path, went in gone.items() if went and "for" not in left[path]]
    beside = {entry["for"] for entry in placed.beside.values()}
    changed = [*(path for path in staged if path not in locked), *removed]
    return Published(changed, list(locked), [path for path in locked if path not in beside])


def _to_make(outbox: Path, plan: Mapping[str, Artifact], former: Remembered) -> dict[str, Artifact]:
    """What of the plan is not there as planned: made from something else, never made, or touched by somebody since."""

    def stands_already(path: str, artifact: Artifact) -> bool:
        before = former.files.get(path)
        if not before or not artifact.key or before["key"] != artifact.key:
            return False
        return before["stamp"] == remembered.stamp(outbox / path)

    return {path: artifact for path, artifact in plan.items() if not stands_already(path, artifact)}


def _stage(outbox: Path, making: Mapping[str, Artifact], progress: Progress) -> dict[str, Path]:
    """Make these, and write to a folder in the outbox those that it does not hold already: path → staged file."""
    staging = outbox / STAGING
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True, exist_ok=True)
    staged: dict[str, Path] = {}
    for number, (path, artifact) in enumerate(told(progress, "出附件和回执", making.items(), len(making))):
        data = artifact.make()
        if not placing.holds(outbox / path, data):
            staged[path] = staging / f"{number}.tmp"
            staged[path].write_bytes(data)
    if staged:
        files.flush_all(staged.values())
        failpoints.reach("staged")
    return staged


@dataclass(frozen=True, slots=True)
class _Placed:
    """What came of placing. `locked`: planned paths that keep their old bytes; `beside`: the versions put beside these."""

    locked: list[str]
    beside: dict[str, KnownFile]


def _place(
    outbox: Path,
    published_list: Path,
    plan: Mapping[str, Artifact],
    staged: Mapping[str, Path],
    former: Remembered,
    moment: str,
    sleep: Callable[[float], None],
) -> _Placed:
    """Give the staged files their names, all or none; the new version of one that is locked goes beside it.

    outbox, published_list, plan, moment, sleep: as `publish` has them.
    staged: path → the file with its new bytes.
    former: what was remembered before.
    """
    known = remembered.note(published_list, former, {path: UNKNOWN for path in staged if path not in former.files})
    with placing.all_or_nothing(outbox) as done:
        locked = placing.put_in_place(outbox, staged, done, sleep)
        names = placing.names_beside(outbox, plan, former.files, locked, moment)
        beside = {name: UNKNOWN | {"for": path} for path, name in names.items()}
        remembered.note(published_list, known, beside)
    there = [name for path, name in names.items() if placing.put_beside(outbox / name, locked[path])]
    return _Placed(list(locked), {name: beside[name] for name in there})


def _remove(outbox: Path, left: Iterable[str]) -> dict[str, bool]:
    """Take away what nobody planned any more: path → whether it went, of those that are there."""
    there = [path for path in left if (outbox / path).exists()]
    return {path: placing.remove(outbox, outbox / path) for path in there}


def _stamped(outbox: Path, entries: Mapping[str, KnownFile]) -> dict[str, KnownFile]:
    """The entries, those of new files with their stamps."""
    return {
        path: entry | {"stamp": entry["stamp"] or remembered.stamp(outbox / path)} for path, entry in entries.items()
    }


def _remember(published_list: Path, now: Remembered) -> None:
    """The last thing: what the outbox shows now."""
    remembered.write(published_list, now)
    failpoints.reach("published")
