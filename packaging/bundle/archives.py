"""Writes a zip or a tar.gz whose bytes depend on nothing but the names and contents of its files."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

_DAY: Final = datetime(2020, 1, 1, tzinfo=UTC)
_FILE: Final = 0o100644


def moment(data: bytes) -> datetime:
    """The time that a file is given: of a fixed day, the hour out of its contents. Python takes a compiled module for
    fresh by time and size, so that a newer program unpacked over an older one must not have the older one's times."""
    return _DAY + timedelta(seconds=int.from_bytes(sha256(data).digest()[:4]) % 43200 * 2)  # a zip counts by two


def zipped(contents: Mapping[str, bytes]) -> bytes:
    """A zip, sorted by name; names that are not ASCII carry the mark for UTF-8, which Windows 8 and later read."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(contents):
            member = zipfile.ZipInfo(name, moment(contents[name]).timetuple()[:6])
            member.create_system, member.external_attr = 3, _FILE << 16  # the same on every system that builds
            archive.writestr(member, contents[name], zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()


def tarred(contents: Mapping[str, bytes], executable: frozenset[str] = frozenset()) -> bytes:
    """A tar.gz, sorted by name. `executable`: the names that may be started."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(contents):
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(contents[name]), int(moment(contents[name]).timestamp())
            member.mode = 0o755 if name in executable else 0o644
            archive.addfile(member, io.BytesIO(contents[name]))
    return gzip.compress(out.getvalue(), 9, mtime=0)
