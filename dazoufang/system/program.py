"""Which program this is: what it kept for itself (keys, the folded record) is of use to the very same one alone."""

from __future__ import annotations

import sys
from functools import cache
from hashlib import sha256
from pathlib import Path

from dazoufang import __version__


@cache
def fingerprint() -> str:
    """The version with a short hash of all our code and of the Python that runs it: a checkout changes between two
    versions, too."""
    package = Path(__file__).parents[1]
    code = sha256(sys.version.encode())
    for file in sorted(package.rglob("*.py")):
        code.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return f"{__version__}+{code.hexdigest()[:12]}"
