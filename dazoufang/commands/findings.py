"""What `doctor` found of one thing that it looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one thing that was looked at: `good`, `note` (worth knowing) or `bad` (mend it)."""

    level: Literal["good", "note", "bad"]
    what: str
    remedy: str = ""
