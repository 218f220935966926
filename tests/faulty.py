"""A file system that fails when it is told to: counts every call the program makes on a folder, and breaks the N-th.

All file operations of the program end in a handful of functions of `os` and `io.open`; these are patched, and calls on
paths below the given folder are numbered. Not reached: SQLite (C code of its own; a real full disk shows that), and
calls relative to a folder's descriptor (`shutil.rmtree`).
"""

from __future__ import annotations

import errno
import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

ERRORS: Final = (errno.ENOSPC, errno.EACCES, errno.EBUSY, errno.EIO, errno.ESTALE)

CHANGES: Final = ("mkdir", "create", "write", "link", "rename", "replace", "utime", "fsync")  # what a full disk refuses
_ON_PATHS: Final = (
    "rename", "replace", "link", "unlink", "rmdir", "mkdir", "open", "stat", "lstat", "scandir", "listdir", "utime",
)  # fmt: skip


@dataclass
class Disk:
    """What the program asks of the files below `root`. `calls`: every call as (operation, path).

    `broken(number, operation, path)` says with which errno a call fails, 0 for not at all; numbers begin with 1.
    """

    root: Path
    broken: Callable[[int, str, str], int] = lambda *_: 0
    calls: list[tuple[str, str]] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)

    def fail_at(self, number: int, error: int) -> None:
        """Once, at this call."""
        self.broken = lambda at, *_: error if at == number else 0

    def fail_from(self, number: int, error: int, operations: tuple[str, ...]) -> None:
        """At this call and every later one that is of `operations`, until `mend`."""
        self.broken = lambda at, operation, _: error if at >= number and operation in operations else 0

    def mend(self) -> None:
        """Nothing fails any more."""
        self.broken = lambda *_: 0

    def ask(self, operation: str, path: object) -> None:
        """Called before the real operation: fails when it is told to."""
        name = os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else ""
        if not name.startswith(str(self.root)):
            return
        self.calls.append((operation, name))
        error = self.broken(len(self.calls), operation, name)
        if error:
            self.failed.append((operation, name))
            raise OSError(error, os.strerror(error), name)


class _Stream:
    """An open file whose writes and reads are asked about too."""

    def __init__(self, disk: Disk, path: object, stream: Any) -> None:
        self._disk, self._path, self._stream = disk, path, stream

    def __enter__(self) -> _Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, data: Any) -> Any:
        try:
            self._disk.ask("write", self._path)
        except OSError:
            self._stream.write(data[: len(data) // 2])  # as a disk does that fills up: half is there
            raise
        return self._stream.write(data)

    def read(self, *size: int) -> Any:
        self._disk.ask("read", self._path)
        return self._stream.read(*size)


class _Listing:
    """A scandir of which each entry may be the one over which the listing breaks off."""

    def __init__(self, disk: Disk, path: object, entries: Any) -> None:
        self._disk, self._path, self._entries = disk, path, entries

    def __enter__(self) -> _Listing:
        return self

    def __exit__(self, *_: object) -> None:
        self._entries.close()

    def __iter__(self) -> _Listing:
        return self

    def __next__(self) -> Any:
        found = next(self._entries)
        try:
            self._disk.ask("entry", self._path)
        except OSError:
            self._entries.close()
            raise
        return found

    def close(self) -> None:
        self._entries.close()


@contextmanager
def faulty(root: Path) -> Iterator[Disk]:
    """While it is open, every file operation below `root` goes through the `Disk`. Flushing is asked for and not done:
    the machine keeps its power."""
    disk = Disk(root)
    with pytest.MonkeyPatch.context() as patch:
        for name in _ON_PATHS:
            patch.setattr(os, name, _asked(disk, name, getattr(os, name)))
        opened = _opened(disk, io.open)
        patch.setattr(io, "open", opened)  # which pathlib calls
        patch.setattr(shutil, "open", opened, raising=False)
        patch.setattr(os, "fsync", lambda handle: disk.ask("fsync", _path_of(handle)))
        patch.setattr(os, "sync", lambda: None)
        yield disk


def _asked(disk: Disk, name: str, really: Callable[..., Any]) -> Callable[..., Any]:
    def asked(path: Any = ".", *args: Any, **named: Any) -> Any:
        if named.get("dir_fd") is None:
            disk.ask(name, path)
        found = really(path, *args, **named)
        return _Listing(disk, path, found) if name == "scandir" and not isinstance(path, int) else found

    return asked


def _opened(disk: Disk, really: Callable[..., Any]) -> Callable[..., Any]:
    def opened(path: Any, mode: str = "r", *args: Any, **named: Any) -> Any:
        disk.ask("create" if set(mode) & set("wax+") else "open", path)
        stream = really(path, mode, *args, **named)
        inside = isinstance(path, (str, os.PathLike)) and os.fspath(path).startswith(str(disk.root))
        return _Stream(disk, path, stream) if inside else stream

    return opened


def _path_of(handle: int) -> str:
    try:
        return str(Path(f"/proc/self/fd/{handle}").readlink())
    except OSError:
        return ""
