"""Says which files have settled: nobody is writing them any more. Pure: time and what was seen are handed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

STILL: Final = 3.0  # seconds of monotonic time a file must have been unchanged
SCANS: Final = 3  # and over so many scans
CUT_OFF: Final = 60.0  # seconds after which a file without its end counts as cut off for good
LOCKED: Final = 600.0  # seconds after which a lock file that nobody takes away counts as forgotten

HEAD: Final = 512  # bytes at the beginning of a file that `whole` looks at
TAIL: Final = 65535 + 22  # and at the end of a zip: its last record, with the longest comment

_ZIP, _END, _ZIP64 = b"PK", b"PK\x05\x06", b"PK\x06\x07"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Sighting:
    """One file as one scan saw it. `print` is what changes when it is written: size, mtime, file id; `locked`: a lock
    file of Excel or WPS stands beside it; `whole`: its end is there."""

    path: str
    print: tuple[int, int, int]
    locked: bool = False
    whole: bool = True


@dataclass(slots=True)
class _Watched:
    """What is remembered of one file from scan to scan; `print` as in `Sighting`."""

    print: tuple[int, int, int]
    since: float  # when it was first seen as it is
    steady: float  # the same, but for its id
    scans: int = 0


class Settling:
    """Remembers what each scan saw, and names the files that have settled.

    Rule: unchanged over `SCANS` scans and `STILL` seconds, whole, and no lock file beside it. A file that never gets
    there must be answered too: without its end it is taken after `CUT_OFF` seconds without any change, and so is one
    on a share that hands out new file ids all the time; with a lock file, which a crashed Excel leaves behind, after
    `LOCKED`. A file's own time is never compared with now: the clock of a share may be years off.
    """

    def __init__(self) -> None:
        self._watched: dict[str, _Watched] = {}

    def observe(self, now: float, seen: Iterable[Sighting]) -> list[str]:
        """The paths that have settled, in the order of `seen`: all that one scan saw. `now`: monotonic seconds."""
        watched_now: dict[str, _Watched] = {}
        settled: list[str] = []
        for sighting in seen:
            watched = watched_now[sighting.path] = _carried_on(self._watched.get(sighting.path), sighting, now)
            watched.scans += 1
            if _has_settled(sighting, watched, now):
                settled.append(sighting.path)
        self._watched = watched_now
        return settled

    @property
    def waiting(self) -> dict[str, float]:
        """The files of the last scan: path → the moment since which each is unchanged."""
        return {path: watched.since for path, watched in self._watched.items()}


def _carried_on(before: _Watched | None, sighting: Sighting, now: float) -> _Watched:
    """What is remembered of a file after `sighting`: it begins anew where the file is new or has changed."""
    if before is None or before.print[:2] != sighting.print[:2]:
        return _Watched(sighting.print, now, now)
    if before.print != sighting.print:
        return _Watched(sighting.print, now, before.steady)
    return before


def _has_settled(sighting: Sighting, watched: _Watched, now: float) -> bool:
    if watched.scans >= SCANS and now - watched.since >= STILL and sighting.whole and not sighting.locked:
        return True
    return now - watched.steady >= (LOCKED if sighting.locked else CUT_OFF)


def whole(size: int, head: bytes, tail: bytes) -> bool:
    """Whether the end of a file is there, as far as its kind tells.

    `head`: its first `HEAD` bytes; `tail`: its last `TAIL` bytes, asked for only of a zip. A zip has its central
    directory, an OLE file all the sectors that its header points at; nothing else says where it ends. A file of zeros
    is room that a copying program has set aside.
    """
    if not head.strip(b"\0"):
        return False
    if head.startswith(_ZIP):
        return _has_directory(size, tail)
    return not head.startswith(_OLE) or _has_sectors(size, head)


def _has_directory(size: int, tail: bytes) -> bool:
    """Whether a zip's last record is there and its own: it points at the directory right before it, while that of a zip
    stored inside it does not."""
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        return False
    if tail[at - 20 : at - 16] == _ZIP64:
        return True
    length, begin = (int.from_bytes(tail[at + n : at + n + 4], "little") for n in (12, 16))
    return begin + length == size - len(tail) + at


def _has_sectors(size: int, head: bytes) -> bool:
    """Whether an OLE file is long enough for the sectors that its header names: those of the directory and of the
    allocation table, counted from behind the header."""
    if len(head) < HEAD:
        return False
    shift = int.from_bytes(head[30:32], "little")
    sectors = [int.from_bytes(head[n : n + 4], "little") for n in (48, *range(76, HEAD, 4))]
    last = max((sector for sector in sectors if sector < 0xFFFFFFFA), default=0)
    return size > (last + 1) << min(shift, 12)
