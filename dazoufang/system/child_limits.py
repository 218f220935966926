"""What happens in a guarded child: its limits on memory and CPU time, and a result that can travel whatever happens."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

if sys.platform == "win32":
    import ctypes

    from dazoufang.system import windows_job
else:
    import resource

from dazoufang.system import collector

T = TypeVar("T")
R = TypeVar("R")

LOG: Final = "stderr-{}.log"  # what the child of that number prints
# The exit code of a child that the system ended because its CPU time was up.
if sys.platform == "win32":
    OUT_OF_TIME: Final = windows_job.OUT_OF_QUOTA
    _jobs: Final[list[windows_job.Job]] = []  # the job of this child
else:
    OUT_OF_TIME: Final = -signal.SIGPROF


@dataclass(frozen=True, slots=True)
class Failure:
    """A task without a result. `reason`: 'died' (the child was killed or ended itself), 'timeout', 'memory' or
    'raised'; `detail` is for the log, never for the unit: it may quote the bytes."""

    reason: str
    detail: str

    @property
    def kind(self) -> str:
        """The kind of error, for the log: its words may quote the file."""
        return self.detail.split(":", 1)[0][:80]


@dataclass(frozen=True, slots=True)
class Done:
    """What a child has made of a batch of tasks, in their order: pickled results, or Failures; and the CPU time it took."""

    results: list[bytes | Failure]
    seconds: float


def prepare(memory_mb: int, logs: str) -> None:
    """Limit this child's memory and send what it prints to a file of its own, off the user's terminal."""
    collector.look_seldom()
    log = os.open(Path(logs, LOG.format(os.getpid())), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    if sys.platform == "win32":
        _jobs.append(windows_job.Job(ctypes.windll.kernel32, memory_mb))
    else:
        limit = _mapped() + memory_mb * 2**20
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        with suppress(ValueError, OSError):  # macOS knows the limit but does not take it
            resource.setrlimit(resource.RLIMIT_AS, (limit if hard < 0 else min(limit, hard), hard))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.signal(signal.SIGPROF, signal.SIG_DFL)  # which ends the process, also in the middle of foreign code


def _mapped() -> int:
    """Bytes of address space this process holds now (0 where the system does not say)."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def allowed(seconds: float, size: int) -> float:
    """The CPU time that a task of so many bytes may take, in seconds: `seconds` for each MiB that it has begun. What is meant
    to keep a reader at work for ever is small; an annex of a county, which is not meant so, grows with its rows."""
    return seconds * (1 + size // 2**20)


def guarded(function: Callable[[T], R], tasks: Sequence[bytes], seconds: float) -> Done:
    """What comes of a batch of pickled tasks, each by itself. The system ends this process once one of them has taken more
    CPU time than is allowed for its size."""
    begun = time.process_time()
    return Done([_result(function, task, allowed(seconds, len(task))) for task in tasks], time.process_time() - begun)


def _result(function: Callable[[T], R], task: bytes, seconds: float) -> bytes | Failure:
    """The pickled result, or the Failure, of one task: nothing that can be caught leaves it any other way."""
    try:
        with _cpu_time(seconds):
            return pickle.dumps(function(pickle.loads(task)), pickle.HIGHEST_PROTOCOL)  # noqa: S301 (the parent's own)
    except MemoryError as error:
        return Failure("memory", f"MemoryError: {error}")
    except BaseException as error:  # a Rust panic is no Exception, and sys.exit must not end the child
        return Failure("raised", f"{type(error).__name__}: {error}"[:500])


@contextmanager
def _cpu_time(seconds: float) -> Iterator[None]:
    """A limit on the CPU time of what is done inside, by all threads together."""
    _allow(seconds)
    try:
        yield
    finally:
        _allow(None)


def _allow(seconds: float | None) -> None:
    """So many seconds of CPU time from now on; None: any."""
    if sys.platform == "win32":
        _jobs[-1].allow(seconds)
    else:
        signal.setitimer(signal.ITIMER_PROF, seconds or 0)
