"""Reads and checks a lock: the packages that a bundle is made of, each at one version, each file by its sha256.

A lock is a requirements file as pip reads it with --require-hashes, one line a file: `name==version --hash=sha256:…`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_LINE: Final = re.compile(
    r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+) (?P<hashes>--hash=sha256:[0-9a-f]{64}(?: --hash=sha256:[0-9a-f]{64})*)"
)


class BadLock(ValueError):
    """A line of a lock that is none; the message names it."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One package: its name as the index spells it, its version, and the sha256 of every file that may be taken."""

    name: str
    version: str
    hashes: tuple[str, ...]

    @property
    def key(self) -> str:
        """The name as two spellings of it have it in common (PEP 503)."""
        return canonical(self.name)

    @property
    def line(self) -> str:
        """As it stands in a lock."""
        return " ".join([f"{self.name}=={self.version}", *(f"--hash=sha256:{digest}" for digest in self.hashes)])


def canonical(name: str) -> str:
    """A package's name in small letters, with single hyphens (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read(text: str) -> list[Pin]:
    """The pins of a lock, in its order.

    Raises:
        BadLock: a line is no pin, or a package stands there twice.
    """
    pins: list[Pin] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise BadLock(f"line {number} is not `name==version --hash=sha256:…`: {line}")
        hashes = tuple(part.removeprefix("--hash=sha256:") for part in found["hashes"].split())
        pins.append(Pin(found["name"], found["version"], hashes))
    twice = {pin.key for pin in pins if [other.key for other in pins].count(pin.key) > 1}
    if twice:
        raise BadLock(f"twice: {', '.join(sorted(twice))}")
    return pins


def written(pins: list[Pin], head: str) -> str:
    """A lock with these pins by name, below `head` (lines that begin with #)."""
    return head + "".join(f"{pin.line}\n" for pin in sorted(pins, key=lambda pin: pin.key))


def versions(constraints: str) -> dict[str, str]:
    """Canonical name → version, of a file of constraints such as requirements/ci.txt."""
    lines = (line.partition("#")[0].strip() for line in constraints.splitlines())
    pairs = (line.split("==") for line in lines if "==" in line)
    return {canonical(name): version for name, version in pairs}


def differing(pins: list[Pin], tested: dict[str, str]) -> list[str]:
    """Where a lock has another version than the tests ran with: `name 1.0, tested with 1.1`."""
    return [
        f"{pin.name} {pin.version}, tested with {tested[pin.key]}"
        for pin in pins
        if tested.get(pin.key, pin.version) != pin.version
    ]
