"""The templates of a home as one value, so that what was made with others is known as such."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from dazoufang.system import files

NOTICE: Final = "通报.docx"


def published(folder: Path) -> list[Path]:
    """The templates of what is published that a folder has; letters are made when they are sent. What Word lays beside an
    open document (~$通报.docx) is none."""
    notice = folder / NOTICE
    return [*sorted(folder.glob("*.html")), *([notice] if notice.exists() else [])]


def fingerprint(folder: Path) -> str:
    """A short hash of the templates of all that is published."""
    return _hash(published(folder))


def pages_fingerprint(folder: Path) -> str:
    """A short hash of the templates of pages alone: what receipts are made from."""
    return _hash([path for path in published(folder) if path.name != NOTICE])


def _hash(paths: list[Path]) -> str:
    return files.sha256(b"".join(path.read_bytes() for path in paths))[:16]
