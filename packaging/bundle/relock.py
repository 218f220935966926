"""Makes a lock anew: what pyproject.toml asks for and what that needs on the systems meant, at the versions that are tested with.

Which packages another one needs is read in its wheels, with the markers of the system meant: pip asks the machine it runs on.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from bundle.lock import Pin, canonical, versions
from bundle.program import ROOT
from bundle.wheels import metadata
from packaging.requirements import Requirement

EXTRAS: Final = ("mail",)  # of pyproject.toml: passwords in the system's keyring, attachments that open with a password
_WINDOWS: Final = {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"}
_LINUX: Final = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}


def windows(python: str) -> dict[str, str]:
    """What markers say on Windows x64 with this Python ("3.13")."""
    return {**_WINDOWS, **_python(python)}


def linux(python: str, machine: str) -> dict[str, str]:
    """What markers say on Linux on this processor ("x86_64") with this Python."""
    return {**_LINUX, **_python(python), "platform_machine": machine}


def _python(python: str) -> dict[str, str]:
    return {
        "python_version": python, "python_full_version": f"{python}.0", "extra": "", "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }  # fmt: skip


def wanted() -> list[Requirement]:
    """What the program asks for itself, and of its extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = (line for extra in EXTRAS for line in project["optional-dependencies"][extra])
    return [Requirement(line) for line in (*project["dependencies"], *extras)]


def pins(systems: Iterable[tuple[Sequence[str], Mapping[str, str]]], besides: Sequence[str] = ()) -> list[Pin]:
    """A pin of every package needed on any of the systems, with the hash of each system's file.

    `systems`: pip's options for one, and what markers say there. `besides`: requirements that the program does not ask
    for, met on no system in particular.
    """
    found: dict[str, tuple[str, set[str]]] = {}
    for options, says in systems:
        with tempfile.TemporaryDirectory() as folder:
            _close(Path(folder), options, says, found)
    with tempfile.TemporaryDirectory() as folder:
        _bring(besides, Path(folder), ())
        for path in Path(folder).iterdir():
            name, version = path.name.removesuffix(".tar.gz").split("-")[:2]
            found[canonical(name)] = (version, {sha256(path.read_bytes()).hexdigest()})
    return [Pin(name, version, tuple(sorted(hashes))) for name, (version, hashes) in found.items()]


def _close(
    folder: Path, options: Sequence[str], says: Mapping[str, str], found: dict[str, tuple[str, set[str]]]
) -> None:
    """Add to `found` what one system needs, bringing what is newly named until nothing is."""
    tested = versions((ROOT / "requirements" / "ci.txt").read_text("utf-8"))
    asked, known = wanted(), set[str]()
    while asked:
        named = {canonical(one.name): one for one in asked if not one.marker or one.marker.evaluate(dict(says))}
        fresh = {name: one for name, one in named.items() if name not in known}
        known |= fresh.keys()
        lines = [
            f"{name}=={tested[name]}" if name in tested else f"{name}{one.specifier}" for name, one in fresh.items()
        ]
        before = set(folder.iterdir())
        _bring(lines, folder, options)
        asked = []
        for wheel in set(folder.iterdir()) - before:
            about = metadata(wheel)
            version, hashes = found.get(canonical(str(about["Name"])), (str(about["Version"]), set[str]()))
            hashes.add(sha256(wheel.read_bytes()).hexdigest())
            found[canonical(str(about["Name"]))] = (version, hashes)
            asked += [Requirement(str(line)) for line in about.get_all("Requires-Dist", [])]


def _bring(lines: Sequence[str], folder: Path, options: Sequence[str]) -> None:
    if lines:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*pip, *options, "--dest", str(folder), *lines], check=True)
