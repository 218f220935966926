"""The archive: every delivered file byte for byte, and the list from which the record can be made anew."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from io import BufferedReader
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
    month = f"{today:%Y-%m}"
    try:
        delivered = files.open_plain(waiting.file)
    except OSError:
        return None
    temporary = files.temporary_for(folder / month / "original")
    with delivered:
        before = os.fstat(delivered.fileno())
        if (before.st_size, before.st_mtime_ns) != (waiting.size, waiting.modified_ns):
            return None
        try:
            digest, size = files.write_pieces(temporary, _pieces(delivered))
            status = os.fstat(delivered.fileno())
            if (status.st_size, status.st_mtime_ns, size) != (waiting.size, waiting.modified_ns, waiting.size):
                return None
            relative = known.get(digest) or f"{month}/{files.safe_name(f'{digest[:12]} {waiting.file.name}')}"
            if damaged(folder / relative, digest):
                failpoints.reach("replacing")
                temporary.replace(folder / relative)
                if damaged(folder / relative, digest):
                    raise ArchiveDamaged(relative)
        except _Broken:
            return None
        finally:
            temporary.unlink(missing_ok=True)
    failpoints.reach("archived")
    return Delivery(waiting.path, relative, digest, today)


class _Broken(Exception):
    """A delivered file could not be read to its end."""


def _pieces(delivered: BufferedReader) -> Iterator[bytes]:
    try:
        while piece := delivered.read(files.PIECE):
            yield piece
    except OSError as error:
        raise _Broken from error


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
        before = path.read_bytes() if path.exists() else b""
        files.write_atomic(path, before + "".join(f"{line}\n" for line in lines).encode())
    failpoints.reach("listed")


def read_journal(folder: Path) -> list[dict[str, str]]:
    """The deliveries in the order of acceptance."""
    path = folder / JOURNAL
    if not path.exists():
        return []
    # Names may hold characters that Unicode calls line ends (U+2028): only our own ends a line here.
    return [json.loads(line) for line in path.read_bytes().decode().split("\n") if line.strip()]


def damaged(file: Path, digest: str) -> bool:
    """Whether an archived file is gone or no longer what was delivered."""
    try:
        return files.sha256_of(file) != digest
    except OSError:
        return True
