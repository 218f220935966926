"""What the outbox was last filled with: a file of the local data, by which what we published is told from foreign files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final

from dazoufang.system import failpoints, files

Counts = dict[str, dict[str, int]]  # of what → how many, for a summary
KnownFile = dict[str, str]  # key, stamp; for a version beside a locked file also "for", that file's path
UNKNOWN: Final[KnownFile] = {"key": "", "stamp": ""}  # of a file that may not be there yet


@dataclass(frozen=True, slots=True)
class Issue:
    """What the outbox shows: of which day, and made from what (opaque; the same only where all it is made from is)."""

    today: date
    made_from: str = ""


@dataclass(frozen=True, slots=True)
class Remembered:
    """The issue that was published last (None: there was none), and every file of ours by its path. `counts`: what the
    issue comes to, where all of it is in place."""

    issue: Issue | None = None
    files: Mapping[str, KnownFile] = field(default_factory=dict)
    counts: Counts | None = None


def read(published_list: Path) -> Remembered:
    """What is remembered. Where that cannot be read nothing is lost: everything is made again and compared."""
    try:
        found = json.loads(files.read_beside_writer(published_list))
        day = found.get("today")
        issue = Issue(date.fromisoformat(day), str(found.get("made_from", ""))) if day else None
    except (FileNotFoundError, ValueError):
        return Remembered()
    return Remembered(issue, found.get("files", {}), found.get("counts"))


def write(published_list: Path, now: Remembered) -> None:
    """Remember this from now on."""
    issue = {"today": now.issue.today.isoformat(), "made_from": now.issue.made_from} if now.issue else {}
    text = json.dumps(issue | {"files": now.files, "counts": now.counts}, ensure_ascii=False, indent=0, sort_keys=True)
    files.write_atomic(published_list, text.encode())


def note(published_list: Path, known: Remembered, coming: Mapping[str, KnownFile]) -> Remembered:
    """Remember files before they are there: a crash leaves none that nobody knows."""
    if not coming.keys() - known.files.keys():
        return known
    more = replace(known, files={**known.files, **coming}, counts=None)
    write(published_list, more)
    failpoints.reach("noted")
    return more


def issued(published_list: Path) -> Issue | None:
    """The issue that was published last."""
    return read(published_list).issue


def published_on(published_list: Path) -> date | None:
    """The day for which the outbox was last published."""
    issue = issued(published_list)
    return issue.today if issue else None


def stamp(path: Path) -> str:
    """Size and time of a file, to see that nobody has touched it; "" when it is not there."""
    try:
        status = path.stat()
    except OSError:
        return ""
    return f"{status.st_size}:{status.st_mtime_ns}"
