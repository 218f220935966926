"""One family of errors: each says its exit code, what `watch` does, where the files go, and its Chinese words."""

from __future__ import annotations

import errno
import sys
from enum import Enum, auto
from pathlib import Path
from typing import ClassVar, Final

FOUND: Final = 1  # `check` found faults, `rebuild` a difference, `doctor` trouble
WRONG_USE: Final = 2  # or broken rules: somebody has to change something first
UNFINISHED: Final = 3  # nothing is lost, run again

_REASONS: Final = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "文件夹不见了（共享断开？）",
    errno.ENOMEM: "内存不足",
    errno.EAGAIN: "进程太多或内存不足",
}
# Libraries that not every home needs → the extra of pyproject.toml that brings them.
_EXTRAS: Final = {"distributed": "dask", "psycopg": "postgresql", "keyring": "mail", "msoffcrypto": "mail"}


class OnWatch(Enum):
    """What a `watch` does that meets an error."""

    ENDS = auto()  # nothing can be done before somebody has mended that
    TRIES_AGAIN = auto()  # says so, and goes on by itself
    WAITS_FOR_SHARE = auto()  # says so, and looks whether the inbox is back
    LEAVES_TO_ANOTHER = auto()  # another process does the work: nothing to say


class Files(Enum):
    """What becomes of the files that were claimed when the error came."""

    GO_BACK = auto()  # to where they were dropped, as if they had never been looked at
    STAY_CLAIMED = auto()  # in the folder of their pass, for the next one to take
    ARE_ANOTHERS = auto()  # another process has taken over: they are left alone


class Becomes:
    """What follows from an error: exit code, what `watch` does, where the files go. A mixin, for `Stopped` as well.

    `mend` is what a person at the command line does next; "" where the words say it themselves.
    """

    exit_code: ClassVar[int] = UNFINISHED
    on_watch: ClassVar[OnWatch] = OnWatch.TRIES_AGAIN
    files: ClassVar[Files] = Files.GO_BACK
    mend: ClassVar[str] = ""
    logged: ClassVar[bool] = False  # whether its kind and place are written to the log

    @property
    def words(self) -> str:
        """What happened, in Chinese."""
        return str(self)


class Trouble(Becomes, Exception):
    """The work cannot go on; the message is in Chinese. By default: not finished, run again."""


class WrongUse(Trouble):
    """The command cannot be understood, or cannot be done as it is asked; the message says what to write instead."""

    exit_code = WRONG_USE
    on_watch = OnWatch.ENDS


class SystemFailed(Trouble):
    """Disk, share or system did not do what was asked."""

    mend = "没有丢失任何东西，排除后再运行一次即可"
    logged = True


class OurMistake(Trouble):
    """The program has a mistake; the message is the kind of error, never its words, which may quote a file. Nobody's
    file is to blame, so none is counted or answered for it."""

    files = Files.STAY_CLAIMED
    mend = "没有丢失任何东西；详情已写入 data/logs，请把日志发给维护人员"
    logged = True

    @property
    def words(self) -> str:
        return f"没有做完，程序遇到意外（{self}）"


class NotInstalled(Trouble):
    """A library is not there, or not as it should be; the message is its name."""

    mend = "请在程序文件夹里运行一次：python -m pip install . ，装好后再运行；没有丢失任何东西"
    logged = True

    @property
    def words(self) -> str:
        lacks = "没有装" if isinstance(self.__cause__, ModuleNotFoundError) else "没有装好"
        extra = _EXTRAS.get(str(self))
        of = f"（属于 {extra} 一组，要装 .[{extra}]）" if extra else ""
        return f"没有做完：这台电脑的 Python（{sys.executable}）里{lacks} {self}{of}"


class Stopped(Becomes, BaseException):
    """Ctrl-C or SIGTERM; not a KeyboardInterrupt, which the command-line library answers in its own way."""

    on_watch = OnWatch.ENDS

    @property
    def words(self) -> str:
        return "已停止。没有丢失任何东西，再运行一次即可继续"


def becomes(error: BaseException) -> Becomes:
    """What follows from any error. Only here errors of the system and mistakes of the program get their words."""
    if isinstance(error, Becomes):
        return error
    if isinstance(error, OSError):
        return SystemFailed(_system_error_words(error))
    if isinstance(error, ImportError) and (library := (error.name or "").partition(".")[0]) not in ("", "dazoufang"):
        lacking = NotInstalled(library)
        lacking.__cause__ = error
        return lacking
    if isinstance(error, Exception):
        return OurMistake(type(error).__name__)
    return Stopped()


def reason(error: OSError, otherwise: str = "读写文件时出错") -> str:
    """Why the system refused, in a few words; `otherwise` where that says no more."""
    return _REASONS.get(error.errno or 0, otherwise)


def _system_error_words(error: OSError) -> str:
    """What an error of the system says to a user, in Chinese."""
    if error.errno is None and str(error):  # raised by the program, with a message of its own
        return str(error)
    at = str(error.filename2 or error.filename or "")  # of a rename: where it was to go
    if at.endswith(".tmp"):  # a name of ours that means nothing to anybody
        at = str(Path(at).parent)
    place = f"：{at}" if at else ""
    return f"没有做完，{reason(error)}{place}"
