"""The archive: every delivered file byte for byte, and the list from which the record can be made anew."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from dazoufang.inbox.scan import Waiting
from dazoufang.model.submission import Delivery, Submission
from dazoufang.system import failpoints, files
from dazoufang.system.errors import Trouble

JOURNAL: Final = "journal.jsonl"


class ArchiveDamaged(Trouble):
    """The archive copy is not the file that was delivered."""

    @property
    def words(self) -> str:
        return (
            f"存进存档的 {self} 读回来和交来的不一样，磁盘或共享多半坏了。没有丢失任何东西，表都放回了收件文件夹；"
            "请检查磁盘后再运行一次"
        )


def archive(waiting: Waiting, folder: Path, today: date, known: Mapping[str, str]) -> Delivery | None:
    """Keep a byte-identical copy for ever (safe from a power cut once all are flushed).

    None when the file is still being written, or open in another program: it waits for the next run.

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
                "submission_id": submission.submission_id,
                "path": submission.path,
                "archived": submission.archived,
                "sha256": submission.sha256,
                "received_on": submission.received_on.isoformat(),
                "rules": submission.rules,
            },
            ensure_ascii=False,
        )
        for submission in submissions
        if submission.submission_id not in known
    ]
    if lines:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        files.write_atomic(path, (before + "\n".join(lines) + "\n").encode())
    failpoints.reach("listed")


def read_journal(folder: Path) -> list[dict[str, str]]:
    """The deliveries in the order of acceptance."""
    path = folder / JOURNAL
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def damaged(file: Path, digest: str) -> bool:
    """Whether an archived file is gone or no longer what was delivered."""
    try:
        return files.sha256(file.read_bytes()) != digest
    except OSError:
        return True
