"""The templates of a home as one value, so that what was made with others is known as such."""

from __future__ import annotations

from pathlib import Path

from dazoufang.system import files


def fingerprint(folder: Path) -> str:
    """A short hash of the templates of what is published; letters are made when they are sent."""
    return files.sha256(b"".join(path.read_bytes() for path in sorted(folder.glob("*.html"))))[:16]
