"""A process's own temporary folder: removed when it ends; where it was killed, by the next one."""

from __future__ import annotations

import atexit
import shutil
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from dazoufang.system.lead import FileLock

_PREFIX: Final = "dazoufang-"
_LOCK: Final = ".lock"
_YOUNG: Final = 10.0  # seconds; in a folder this young the lock may be made and not yet taken


_folders: Final[list[Path]] = []


def folder() -> Path:
    """The folder, made when it is first asked for (and again where somebody has cleared the temporary files)."""
    if not _folders or not _folders[-1].is_dir():
        _folders.append(_made())
    return _folders[-1]


def _made() -> Path:
    """A new folder with its lock, which the operating system frees however the process ends."""
    made = Path(tempfile.mkdtemp(prefix=_PREFIX))
    lock = FileLock(made / _LOCK)
    lock.take()
    atexit.register(_remove, made, lock)
    for lock_file in made.parent.glob(f"{_PREFIX}*/{_LOCK}"):
        with suppress(OSError):  # another user's, or another process was quicker
            _sweep(lock_file, made)
    return made


def _sweep(lock_file: Path, ours: Path) -> None:
    """Remove the folder of `lock_file` if the process that made it has ended."""
    left, own = lock_file.parent.lstat(), ours.lstat()
    young = own.st_mtime - lock_file.lstat().st_mtime < _YOUNG  # by the disk's own clock
    if not stat.S_ISDIR(left.st_mode) or left.st_uid != own.st_uid or young:
        return
    lock = FileLock(lock_file)
    if lock.take():
        _remove(lock_file.parent, lock)


def _remove(made: Path, lock: FileLock) -> None:
    lock.free()  # first: Windows removes no file that is open
    shutil.rmtree(made, ignore_errors=True)
