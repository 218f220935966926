"""Publishes the outbox: everything is made first, then put in place; unchanged files are not touched."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from dazoufang import files

STAGING: Final = ".publishing"


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file to publish. `key` names what it is made from: while the key stands, the file is not made again
    ("" always made, and written only when its bytes differ)."""

    make: Callable[[], bytes]
    key: str = ""


def stale(outbox: Path, ledger: Path, plan: Mapping[str, Artifact]) -> list[str]:
    """The planned paths that `publish` will have to make."""
    published = _read(ledger)
    return [path for path, artifact in plan.items() if not _stands(outbox / path, artifact, published.get(path))]


def publish(outbox: Path, ledger: Path, plan: Mapping[str, Artifact], today: date) -> list[str]:
    """Make `outbox` hold exactly what `plan` says (paths with `/`), and return the paths that changed.

    Rule: nobody sees half. Everything is made and written beside its target before the first name changes; each name
    changes at once. Files that nobody planned go only if we published them (`ledger` remembers which).

    Raises:
        OSError: nothing has changed (a file open in Excel, a full disk); running again finishes.
    """
    published = _read(ledger)
    staging = outbox / STAGING
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    staged: dict[str, Path] = {}
    now: dict[str, dict[str, str]] = {}
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
    _put_in_place(outbox, staged)
    gone = [path for path in published if path not in plan and (outbox / path).exists()]
    for path in gone:
        (outbox / path).unlink()
        _drop_empty(outbox, (outbox / path).parent)
    shutil.rmtree(staging, ignore_errors=True)
    for path, entry in now.items():
        entry["stamp"] = entry["stamp"] or _stamp(outbox / path)
    standing = {"today": today.isoformat(), "files": now}
    files.write_atomic(ledger, json.dumps(standing, ensure_ascii=False, indent=0, sort_keys=True).encode())
    return [*staged, *gone]


def _put_in_place(outbox: Path, staged: Mapping[str, Path]) -> None:
    """Give the staged files their names; when one cannot have its name, those before it get their old files back."""
    former: dict[Path, Path | None] = {}
    for path, file in staged.items():
        target = outbox / path
        former[target] = None
        if target.exists():
            former[target] = file.with_suffix(".old")
            shutil.copy2(target, file.with_suffix(".old"))
    done: list[Path] = []
    try:
        for path, file in staged.items():
            target = outbox / path
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)
            done.append(target)
    except OSError:
        for target in done:
            before = former[target]
            if before is not None:
                before.replace(target)
            else:
                target.unlink()
                _drop_empty(outbox, target.parent)
        raise


def _stands(target: Path, artifact: Artifact, before: dict[str, str] | None) -> bool:
    """Whether a file was made from the same and nobody has touched it since."""
    return bool(artifact.key and before and before["key"] == artifact.key and before["stamp"] == _stamp(target))


def published_on(ledger: Path) -> date | None:
    """The day for which the outbox was last published."""
    day = _ledger(ledger).get("today")
    return date.fromisoformat(day) if day else None


def _read(ledger: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = _ledger(ledger).get("files", {})
    return found


def _ledger(ledger: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(ledger.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}  # nothing is lost: everything is made again and compared
    return found


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
    """Folders of units that have nothing left go too."""
    while folder != outbox and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
