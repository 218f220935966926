"""The trays in the inbox: a folder for each pass, whose name counts the passes that have begun with what lies in it."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Final

CLAIMED: Final = ".收取中"  # in the inbox: a folder for each pass, and in it what that pass has claimed


# The count of passes has any length: a file that is tried for ever must never fall out of sight.
_TRAY: Final = re.compile(r"[0-9]{6,}-[0-9a-f]{8}(?:-([0-9]+))?")


def tray(inbox: Path, tries: int = 1) -> Path:
    """The folder for the next pass to claim into: its number follows those of all that exist, and nobody else has the
    same name. `claim` makes it.

    Its name says how many passes will have begun with what lies in it, so that a crash leaves the count behind.
    """
    number = max((int(folder.name.partition("-")[0]) for folder in all_trays(inbox)), default=0) + 1
    return inbox / CLAIMED / (f"{number:06d}-{secrets.token_hex(4)}" + (f"-{tries}" if tries != 1 else ""))


def tries_of(pass_folder: Path) -> int:
    """How many passes began with what lies in the folder, by its name."""
    found = _TRAY.fullmatch(pass_folder.name)
    return int(found[1] or 1) if found else 1


def all_trays(inbox: Path) -> list[Path]:
    """The folders of passes, oldest first; none where nothing was ever claimed."""
    try:
        return sorted(
            folder for folder in (inbox / CLAIMED).iterdir() if _TRAY.fullmatch(folder.name) and not folder.is_symlink()
        )
    except FileNotFoundError:
        return []
