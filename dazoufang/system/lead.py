"""One process at a time leads: its lock is freed by the operating system the moment it ends, so there is no expiry."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from dazoufang.system.errors import Files, OnWatch, Trouble

POLL: Final = 0.2  # seconds between two tries


class Busy(Trouble):
    """Another process has led for longer than one cares to wait; the message says who."""

    on_watch = OnWatch.LEAVES_TO_ANOTHER


class LostLead(Trouble):
    """Another process has taken over: what this one was about to write is written by that one."""

    on_watch = OnWatch.LEAVES_TO_ANOTHER
    files = Files.ARE_ANOTHERS


class Lock(Protocol):
    """Something that one process holds at a time."""

    def take(self) -> bool:
        """Take it without waiting; False where another holds it."""

    def free(self) -> None:
        """Give it back."""


class FileLock:
    """The operating system's own lock on a file. The file stays: whoever deleted it would let in a second."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle = -1

    def take(self) -> bool:
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        if not _locked(handle):
            os.close(handle)
            return False
        self._handle = handle
        return True

    def free(self) -> None:
        _unlock(self._handle)
        os.close(self._handle)


@contextmanager
def held(lock: Lock, patience: float, sleep: Callable[[float], None], holder: Callable[[], str]) -> Iterator[None]:
    """Hold `lock`, tried for `patience` seconds.

    Raises:
        Busy: `holder` still has it.
    """
    tries = round(patience / POLL)
    while not lock.take():
        if tries <= 0:
            raise Busy(
                f"另一个程序正在处理这个文件夹（{holder() or '不知是谁'}），等了 {patience:.0f} 秒还没有做完。"
                "这次没有动任何文件，请等它做完后再运行"
            )
        sleep(POLL)
        tries -= 1
    try:
        yield
    finally:
        lock.free()


if sys.platform == "win32":
    import msvcrt

    def _locked(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _locked(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
