"""Takes a start file of the checkout over into a bundle, where what it names lies elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


class Changed(RuntimeError):
    """A file of the checkout no longer says what is replaced in it; the message is that text."""


def block(file: Path, first: str, last: str) -> str:
    """The lines of a start file from the one that is `first` to the next that is `last`, whatever stands between them.

    Raises:
        Changed: there are no such lines.
    """
    lines = file.read_text("utf-8").splitlines(keepends=True)
    try:
        start = lines.index(f"{first}\n")
        return "".join(lines[start : lines.index(f"{last}\n", start) + 1])
    except ValueError:
        raise Changed(f"{file.name}: {first} … {last}") from None


def moved(file: Path, places: Mapping[str, str]) -> str:
    """The text of a start file, with line ends as Python has them, and other places in it.

    Raises:
        Changed: one of them is not there, or there twice.
    """
    text = file.read_bytes().decode().replace("\r\n", "\n")
    for before, after in places.items():
        if text.count(before) != 1:
            raise Changed(f"{file.name}: {before}")
        text = text.replace(before, after)
    return text
