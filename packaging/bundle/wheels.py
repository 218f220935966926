"""Brings the files of a lock from the package index, and says what of a wheel goes into a bundle."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.message import Message
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Final

from bundle.lock import Pin

# What no run of the program reads: tests, the sources and headers of compiled code, stubs for type checkers, commands.
_DROPPED_FOLDERS: Final = {"tests", "__pycache__", "sboms"}
_DROPPED_ENDINGS: Final = {".pyi", ".pyx", ".pxd", ".pxi", ".h", ".c", ".cpp", ".lib", ".a", ".pdb", ".pyc"}
_KEPT_OF_METADATA: Final = {"METADATA", "entry_points.txt"}  # keyring finds its keyrings by its entry points
_LICENCES: Final = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS", "ECLIPSE", "BSD")


class Missing(RuntimeError):
    """The index did not give a file of the lock."""


def files(pins: Sequence[Pin], lock: Path, cache: Path, target: Sequence[str]) -> dict[str, Path]:
    """Canonical name → its file in `cache`, of each pin; what is not there yet comes from the index.

    `lock`: the file that the pins were read from. `target`: pip's options that say for which Python and system.

    Raises:
        Missing: there is none with the hash that the lock says.
        CalledProcessError: pip could not bring one.
    """
    cache.mkdir(parents=True, exist_ok=True)
    found = _by_hash(cache)
    if not all(any(digest in found for digest in pin.hashes) for pin in pins):
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        subprocess.run(
            [*pip, "--no-deps", "--require-hashes", *target, "--dest", str(cache), "--requirement", str(lock)],
            check=True,
        )
        found = _by_hash(cache)
    taken = {}
    for pin in pins:
        path = next((found[digest] for digest in pin.hashes if digest in found), None)
        if path is None:
            raise Missing(f"{pin.name} {pin.version}")
        taken[pin.key] = path
    return taken


def _by_hash(folder: Path) -> dict[str, Path]:
    return {sha256(path.read_bytes()).hexdigest(): path for path in sorted(folder.iterdir()) if path.is_file()}


def members(wheel: Path) -> Iterator[tuple[str, bytes]]:
    """(path below site-packages, bytes) of what a run of the program may read of a wheel, and of its licences."""
    with zipfile.ZipFile(wheel) as opened:
        for name in sorted(opened.namelist()):
            place = installed_at(name)
            if place and not name.endswith("/"):
                yield place, opened.read(name)


def installed_at(name: str) -> str:
    """Where a member of a wheel lies below site-packages; "" where it is left out."""
    parts = PurePosixPath(name).parts
    if parts[0].endswith(".data"):  # PEP 427: purelib and platlib are laid beside the rest, scripts are commands
        if len(parts) < 3 or parts[1] not in ("purelib", "platlib"):
            return ""
        parts = parts[2:]
    if parts[0].endswith(".dist-info"):
        return "/".join(parts) if parts[-1] in _KEPT_OF_METADATA or is_licence(name) else ""
    if is_licence(name):
        return "/".join(parts)
    if _DROPPED_FOLDERS & set(parts[:-1]) or PurePosixPath(name).suffix in _DROPPED_ENDINGS or parts[-1] == "py.typed":
        return ""
    return "/".join(parts)


def is_licence(name: str) -> bool:
    """Whether a file says under which terms a package is given."""
    path = PurePosixPath(name)
    return path.suffix in ("", ".txt", ".md", ".rst", ".APACHE", ".BSD") and path.name.upper().startswith(_LICENCES)


def metadata(wheel: Path) -> Message:
    """The METADATA of a wheel."""
    with zipfile.ZipFile(wheel) as opened:
        name = next(name for name in opened.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(opened.read(name))


def licence(about: Message) -> str:
    """The licence that METADATA names, in one line."""
    if expression := about.get("License-Expression"):
        return str(expression)
    classified = [
        str(value).rpartition(" :: ")[2]
        for value in about.get_all("Classifier", [])
        if str(value).startswith("License ::")
    ]
    said = str(about.get("License") or "").strip()
    if said and len(said) < 40 and "\n" not in said:
        return said
    return "; ".join(classified) or "见它自带的许可文件"
