"""One process at a time leads: its lock is freed by the operating system the moment it ends, so there is no expiry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    import filelock

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
        self._held: filelock.BaseFileLock | None = None

    def take(self) -> bool:
        import filelock  # here, not above: it costs a fifth of the start-up, and most commands take no lock

        # Never its lock of another kind, which would outlive a process that was killed.
        lock = filelock.FileLock(
            self._path, blocking=False, thread_local=False, preserve_lock_file=True, fallback_to_soft=False
        )
        try:
            lock.acquire()
        except filelock.Timeout:
            return False
        self._held = lock
        return True

    def free(self) -> None:
        if self._held is not None:
            self._held.release()
            self._held = None


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
