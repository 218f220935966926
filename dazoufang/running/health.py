"""How `watch` is doing, in one small file that others read: what waits, since when, whether the share is there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Self

from dazoufang.inbox.scan import PassedOver
from dazoufang.system import files
from dazoufang.system.lead import FileLock

FILE: Final = "health.json"
NAMED: Final = 100  # files that are not taken, told by name
LOCK: Final = "watch.lock"  # locked for as long as a watch lives on this machine

WATCHING: Final = "watching"
AWAY: Final = "away"  # the share
TROUBLE: Final = "trouble"
STOPPED: Final = "stopped"


@dataclass
class Health:
    """Instants are ISO, local time, to the second; "" where there was none yet.

    `state`: one of the four above, `words` what to do about it (Chinese). `scanned_at`: the last scan that saw all of
    the inbox. `waiting`: files in it; `oldest`: the one that has waited longest, and since when. `passed_over`: how much
    in it is not taken, `left_out`: the first of that, with the reasons. `behind`: the annexes do not show everything
    that was taken in yet. `stale`: published files that somebody has open. `proof`: the last night's, as
    `proof.Proof.as_json` has it, with `on` its day.
    """

    state: str = STOPPED
    words: str = ""
    at: str = ""
    machine: str = ""
    process: int = 0
    scanned_at: str = ""
    waiting: int = 0
    passed_over: int = 0
    left_out: list[dict[str, str]] = field(default_factory=list)
    oldest: dict[str, str] | None = None
    taken_at: str = ""
    published_at: str = ""
    behind: bool = False
    stale: list[str] = field(default_factory=list)
    proof: dict[str, Any] | None = None

    @classmethod
    def read(cls, data: Path) -> Self | None:
        """What was written last into the folder `data`; None where nothing readable was."""
        try:
            found = json.loads(files.read_beside_writer(data / FILE))
            known = {field_.name for field_ in fields(cls)}
            return cls(**{key: value for key, value in found.items() if key in known})
        except (OSError, ValueError, TypeError, AttributeError):
            return None

    def note_passed_over(self, passed_over: Sequence[PassedOver]) -> None:
        """Count what in the inbox is not taken and name the first of it: path and reason."""
        self.passed_over = len(passed_over)
        first = sorted(passed_over, key=lambda found: not found.reason.is_trouble)[:NAMED]
        self.left_out = [{"path": found.path, "reason": found.reason.value} for found in first]

    def write(self, data: Path) -> None:
        """Write it into the folder `data`.

        Raises:
            OSError: it cannot be written.
        """
        files.write_atomic(data / FILE, json.dumps(asdict(self), ensure_ascii=False, indent=1).encode())


def alive(data: Path) -> bool:
    """Whether a `watch` of this machine lives now, whatever it wrote last."""
    if not (data / LOCK).exists():
        return False
    lock = FileLock(data / LOCK)
    if lock.take():
        lock.free()
        return False
    return True
