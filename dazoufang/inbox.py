"""The inbox: what waits there, in which order, the archive copy of each file, and clearing what was taken in."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from dazoufang import files
from dazoufang.accept import Delivery
from dazoufang.submission import Submission

# Names that nobody delivers: lock files, temporary names, what systems and sync programs leave behind. A folder may
# have almost any name; Office's own temporary names are eight hexadecimal digits, and 20231020 is a date.
_IGNORED_FOLDER: Final = re.compile(r"^(~\$|\.)")
_IGNORED: Final = re.compile(
    r"^(~\$|\.)|^(thumbs\.db|desktop\.ini|~wrl\d+\.tmp)$|\.(tmp|part|partial|crdownload|download|lnk|swp)$"
    r"|^(?=.*[a-f])[0-9a-f]{8}$",
    re.IGNORECASE,
)
JOURNAL: Final = "journal.jsonl"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One file in the inbox. `path` is relative, with `/`."""

    file: Path
    path: str
    size: int
    modified_ns: int


class ArchiveDamaged(Exception):
    """The archive copy is not the file that was delivered."""


def scan(inbox: Path) -> list[Waiting]:
    """What waits, in the order in which it is taken. Rule: by modification time, then name."""
    _mend_names(inbox)
    found: list[Waiting] = []
    for file in inbox.rglob("*"):
        relative = file.relative_to(inbox)
        *folders, name = relative.parts
        if _IGNORED.search(name) or any(map(_IGNORED_FOLDER.search, folders)) or not file.is_file():
            continue
        try:
            status = file.stat()
        except FileNotFoundError:  # somebody took it back just now
            continue
        found.append(Waiting(file, relative.as_posix(), status.st_size, status.st_mtime_ns))
    return sorted(found, key=lambda waiting: (waiting.modified_ns, waiting.path))


def _mend_names(inbox: Path) -> None:
    """Give names that a foreign system left in GBK, and that no record can hold, the spelling that was meant."""
    for path in sorted(inbox.rglob("*"), key=lambda path: len(path.parts), reverse=True):
        raw = os.fsencode(path.name)
        if raw.decode("utf-8", "replace").encode() != raw:
            path.rename(path.with_name(files.safe_name(raw.decode("gb18030", "replace"))))


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


def read_journal(folder: Path) -> list[dict[str, str]]:
    """The deliveries in the order of acceptance."""
    path = folder / JOURNAL
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def clear(inbox: Path, path: str, digest: str) -> bool:
    """Take a delivered file out of the inbox, unless other bytes have come under its name since.

    False where another program holds it: it stays, known as taken, until a later run can clear it.
    """
    file = inbox / path
    try:
        if files.sha256(file.read_bytes()) == digest:
            file.unlink()
    except FileNotFoundError:
        pass
    except PermissionError:
        return False
    return True


def damaged(file: Path, digest: str) -> bool:
    """Whether an archived file is gone or no longer what was delivered."""
    try:
        return files.sha256(file.read_bytes()) != digest
    except OSError:
        return True
