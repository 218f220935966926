"""The templates of a home as one value, so that what was made with others is known as such."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from dazoufang.system import files
from dazoufang.system.home import WORKBOOKS, shipped

NOTICE: Final = "通报.docx"
_PAGES: Final = (".html", ".css", ".js")  # pages, and what is put into them


def published(folder: Path) -> list[Path]:
    """The templates of what is published that a folder has; letters are made when they are sent. What Word or Excel lays
    beside an open file (~$通报.docx) is none."""
    notice = folder / NOTICE
    pages = sorted(path for path in folder.glob("*") if path.suffix in _PAGES)
    books = sorted(
        path
        for path in folder.glob("*.*")
        if path.suffix.lower() in WORKBOOKS and not path.name.startswith(("~$", "."))
    )
    return [*pages, *([notice] if notice.exists() else []), *books]


def fingerprint(folder: Path) -> str:
    """A short hash of the templates of all that is published; what a folder does not have is the program's own."""
    return _hash(_in_force(folder))


def pages_fingerprint(folder: Path) -> str:
    """A short hash of the templates of pages alone: what receipts are made from."""
    return _hash([path for path in _in_force(folder) if path.suffix == ".html"])


def _in_force(folder: Path) -> list[Path]:
    by_name = {path.name: path for place in (shipped("templates"), folder) for path in published(place)}
    return [by_name[name] for name in sorted(by_name)]


def _hash(paths: list[Path]) -> str:
    return files.sha256(b"".join(_named(path) + path.read_bytes() for path in paths))[:16]


def _named(path: Path) -> bytes:
    """A workbook is what its name says it is: the same bytes may be 附件2 or 附件3."""
    return f"{path.name}\n".encode() if path.suffix.lower() in WORKBOOKS else b""
