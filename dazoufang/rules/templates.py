"""The templates of a home as one value, so that what was made with others is known as such."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from dazoufang.system import files
from dazoufang.system.home import shipped

NOTICE: Final = "通报.docx"
_PAGES: Final = (".html", ".css", ".js")  # pages, and what is put into them


def published(folder: Path) -> list[Path]:
    """The templates of what is published that a folder has; letters are made when they are sent. What Word lays beside an
    open document (~$通报.docx) is none."""
    notice = folder / NOTICE
    return [*sorted(path for path in folder.glob("*") if path.suffix in _PAGES), *([notice] if notice.exists() else [])]


def fingerprint(folder: Path) -> str:
    """A short hash of the templates of all that is published; what a folder does not have is the program's own."""
    return _hash(_in_force(folder))


def pages_fingerprint(folder: Path) -> str:
    """A short hash of the templates of pages alone: what receipts are made from."""
    return _hash([path for path in _in_force(folder) if path.name != NOTICE])


def _in_force(folder: Path) -> list[Path]:
    by_name = {path.name: path for place in (shipped("templates"), folder) for path in published(place)}
    return [by_name[name] for name in sorted(by_name)]


def _hash(paths: list[Path]) -> str:
    return files.sha256(b"".join(path.read_bytes() for path in paths))[:16]
