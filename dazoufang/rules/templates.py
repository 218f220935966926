"""The templates of a home as one value, so that what was made with others is known as such."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from dazoufang.system import files

_KINDS: Final = (".html", ".css", ".js")  # pages, and what is put into them


def published(folder: Path) -> list[Path]:
    """The templates of what is published, in order; letters are made when they are sent."""
    return sorted(path for path in folder.glob("*") if path.suffix in _KINDS)


def fingerprint(folder: Path) -> str:
    """A short hash of the templates of what is published."""
    return files.sha256(b"".join(path.read_bytes() for path in published(folder)))[:16]
