"""Which program this is: what it kept for itself (keys, the folded record) is of use to the very same one alone."""

from __future__ import annotations

import sys
from functools import cache
from hashlib import sha256
from pathlib import Path

from dazoufang import __version__


@cache
def code() -> str:
    """The version with a short hash of all our code: a checkout changes between two versions, too."""
    package = Path(__file__).parents[1]
    hashed = sha256()
    for file in sorted(package.rglob("*.py")):
        hashed.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return f"{__version__}+{hashed.hexdigest()[:12]}"


@cache
def fingerprint() -> str:
    """The same of the code and of the Python that runs it."""
    return f"{code()}+{sha256(sys.version.encode()).hexdigest()[:8]}"
