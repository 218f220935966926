"""Runs a function over foreign bytes in child processes that may die, hang or swell without hurting anyone else."""

from __future__ import annotations

import errno
import multiprocessing
import os
import pickle
import sys
import tempfile
import threading
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, count
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from dazoufang.system import temp_folder
from dazoufang.system.errors import OurMistake, Trouble, reason
from dazoufang.system.files import Unread

try:
    import resource
except ImportError:  # Windows: no limit on memory, the time limit holds
    resource = None  # type: ignore[assignment]

T = TypeVar("T")
R = TypeVar("R")

START: Final = 120.0  # seconds that a child may take to start, also on a machine that does much else

if sys.platform == "win32":
    from multiprocessing.context import SpawnProcess as _Process
else:
    from multiprocessing import forkserver
    from multiprocessing.context import ForkServerProcess as _Process

_MAIN_LOCK: Final = threading.Lock()
_LOG: Final = "stderr-{}.log"


# Shows a person how far a long step is: (step, done, total). `cli` draws it.
Progress = Callable[[str, int, int], None]


def silent(*_: object) -> None:
    """Shows nothing: for tests and schedulers."""


def counted(progress: Progress, step: str, total: int) -> Callable[[int], None]:
    """Shows a step's progress as an `on_done` of `Engine.map`."""
    done = count(1)
    return lambda _: progress(step, next(done), total)


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


class CannotStart(Trouble):
    """No child process can be started: the machine's fault, and that of no task. `so` says what came of the work."""

    logged = True

    def __init__(self, why: str, so: str = "没有丢失任何东西") -> None:
        self.why = why
        super().__init__(
            f"读取程序启动不了（{why}）：可能被杀毒软件或 AppLocker 拦住，或者这台电脑内存、磁盘不够。{so}。"
            f"请让杀毒软件放行 {sys.executable}，再运行一次"
        )


def raise_our_failures(results: Sequence[R | Failure]) -> None:
    """Make sure that what went wrong with tasks was their own fault, and not that our files could not be read.

    Raises:
        OSError: it was not; try again later.
        OurMistake: the program has a mistake that one of them shows.
    """
    for result in results:
        if isinstance(result, Failure) and result.kind == OurMistake.__name__:
            raise OurMistake(result.detail.partition(": ")[2])
        if isinstance(result, Failure) and result.kind == Unread.__name__:
            raise OSError(errno.EIO, f"{result.kind} in a child process")


class Engine:
    """A pool of guarded child processes; nothing starts before the first `map`, and everything ends with it.

    `workers`: children at a time. `memory_mb`: MiB each may take beyond what its modules take (not on Windows).
    `seconds`: wall-clock time for one task, after which its child is killed. `preload`: modules that all children
    share from the start (where there is a forkserver).
    """

    def __init__(
        self, workers: int = 2, memory_mb: int = 1024, seconds: float = 20.0, preload: Sequence[str] = ()
    ) -> None:
        self._workers = workers
        self._memory_mb = memory_mb
        self._seconds = seconds
        self._preload = tuple(preload)
        self._pool: ProcessPool | None = None
        self._logs: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        if self._preload and sys.platform != "win32":  # imports what children share while the caller does other things
            forkserver.set_forkserver_preload(list(self._preload))
            with suppress(OSError):  # told when a child is wanted
                _start_forkserver()
        return self

    def __exit__(self, *_: object) -> None:
        self._give_up()
        if self._logs is not None:
            self._logs.cleanup()
            self._logs = None

    def map(
        self, function: Callable[[T], R], tasks: Iterable[T], on_done: Callable[[int], None] | None = None
    ) -> list[R | Failure]:
        """`function` of each task, in the order of the tasks; a `Failure` where there is no result.

        `function` is a top-level function of an importable module; `tasks` may still be in the making (a generator).
        `on_done` is called in this thread with the index of each task once its result is final. A task whose child
        died, ran out of memory or of time is tried once more alone in a fresh child, so that a file's answer never
        depends on what was read before it, nor on a machine that slept meanwhile.

        Raises:
            CannotStart: children end before they have done anything, or do not begin; no task is to blame.
        """
        given: list[T] = []
        results: dict[int, R | Failure] = {}

        def numbered() -> Iterator[tuple[int, T]]:
            for task in tasks:
                given.append(task)
                yield len(given) - 1, task

        again = []
        for index, outcome in self._run(function, numbered()):
            results[index] = outcome
            if isinstance(outcome, Failure) and outcome.reason != "raised":
                again.append(index)
            elif on_done:
                on_done(index)
        if self._pool is not None and not self._pool.active:  # a pool that broke is replaced by the next map
            self._give_up()
        for index in sorted(again):
            alone = self._started(function, 1, max_tasks=2)
            try:
                self._begun(alone)
                for _, outcome in self._outcomes(self._scheduled(alone, function, [(index, given[index])])):
                    results[index] = outcome
            finally:
                _end(alone)
            if on_done:
                on_done(index)
        return [results[index] for index in range(len(given))]

    def _started(self, function: Callable[..., object], workers: int, max_tasks: int) -> ProcessPool:
        # One thread per child: what OpenBLAS would map for a thread per core eats the memory limit.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        if self._logs is None:
            self._logs = tempfile.TemporaryDirectory(
                prefix="logs-", dir=temp_folder.folder(), ignore_cleanup_errors=True
            )
        try:
            context = _context(function, self._preload)
        except OSError as error:
            raise CannotStart(_words(error)) from error
        return ProcessPool(
            max_workers=workers,
            max_tasks=max_tasks,
            initializer=_prepare,
            initargs=(self._memory_mb, self._logs.name),
            context=context,
        )

    def _run(self, function: Callable[[T], R], tasks: Iterator[tuple[int, T]]) -> Iterator[tuple[int, R | Failure]]:
        """(index, outcome) as the tasks finish; the children work while `tasks` is still making more."""
        first = next(tasks, None)
        if first is not None:
            begun = None
            if self._pool is None:
                self._pool = self._started(function, self._workers, max_tasks=0)
                begun = self._asked(self._pool)
            futures = self._scheduled(self._pool, function, chain([first], tasks))
            if begun is not None and not _is_done(begun, START):
                self._give_up()
                raise CannotStart("等了很久没有反应")
            yield from self._outcomes(futures)

    def _asked(self, pool: ProcessPool) -> Future[None]:
        """The first thing a pool is asked: to do nothing, which shows that a child has started.

        Raises:
            CannotStart: the system starts none.
        """
        try:
            return pool.schedule(nothing)
        except RuntimeError as error:
            self._give_up()
            raise CannotStart(_why(error)) from error

    def _begun(self, pool: ProcessPool) -> None:
        """Make sure that a child of a fresh pool has started.

        Raises:
            CannotStart: none has.
        """
        try:
            self._asked(pool).result(START)
        except FutureTimeout:
            raise CannotStart("等了很久没有反应") from None
        except (ProcessExpired, RuntimeError) as error:
            raise CannotStart(_why(error)) from error

    def _give_up(self) -> None:
        if self._pool is not None:
            _end(self._pool)
            self._pool = None

    def _scheduled(
        self, pool: ProcessPool, function: Callable[[T], R], tasks: Iterable[tuple[int, T]]
    ) -> dict[Future[bytes | Failure], int]:
        """The tasks' futures; one that a broken pool does not take is a failure already."""
        futures: dict[Future[bytes | Failure], int] = {}
        future: Future[bytes | Failure]
        for index, task in tasks:
            try:
                future = pool.schedule(_guarded, args=(function, task), timeout=self._seconds)
            except RuntimeError as error:  # the pool broke meanwhile
                future = Future()
                future.set_result(Failure("died", str(error)))
            futures[future] = index
        return futures

    def _outcomes(self, futures: dict[Future[bytes | Failure], int]) -> Iterator[tuple[int, Any]]:
        for future in as_completed(list(futures)):
            yield futures.pop(future), self._outcome(future)

    def _outcome(self, future: Future[bytes | Failure]) -> Any:
        try:
            packed = future.result()
        except FutureTimeout:
            return Failure("timeout", f"more than {self._seconds:g} s")
        except ProcessExpired as error:
            said = self._last_words(error.pid)
            reason = "memory" if "memory allocation" in said else "died"
            return Failure(reason, f"exit code {error.exitcode}: {said}".rstrip(": "))
        except Exception as error:
            return Failure("died", f"{type(error).__name__}: {error}")
        return packed if isinstance(packed, Failure) else pickle.loads(packed)  # noqa: S301 (our own child)

    def _last_words(self, pid: int | None) -> str:
        """The line of a dead child's standard error in which Rust says why it aborted, else the last line."""
        if self._logs is None or pid is None:
            return ""
        try:
            lines = Path(self._logs.name, _LOG.format(pid)).read_text("utf-8", "replace").splitlines()
        except OSError:
            return ""
        told = [line for line in lines if "memory allocation" in line or "panicked" in line]
        return (told or lines or [""])[-1][:300]


def nothing(_: object = None) -> None:
    """What a child is asked that is only to show that it starts; `doctor` asks it too."""


def _is_done(future: Future[None], seconds: float) -> bool:
    """Whether a task has come to any end in time."""
    with suppress(Exception):
        future.exception(seconds)
    return future.done()


def _why(error: BaseException) -> str:
    """Why no child starts, in a few words: what the system said, where it said something."""
    return _words(error.__cause__) if isinstance(error.__cause__, OSError) else "一启动就退出"


def _words(error: OSError) -> str:
    """Why the system starts no child; AppLocker has a number of its own, 1260."""
    if error.errno == errno.ENOENT:
        return "程序文件不见了"
    return reason(error, f"系统不允许，错误号{getattr(error, 'winerror', None) or error.errno}")


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def _context(function: Callable[..., object], preload: Sequence[str]) -> BaseContext:
    """Forkserver where there is one (it imports the readers once), else spawn. Unless the function itself lives
    there, the children do not run the main script again."""
    method = "spawn" if sys.platform == "win32" else "forkserver"
    context: Any = type(multiprocessing.get_context(method))()
    if sys.platform != "win32":
        context.set_forkserver_preload([*preload, function.__module__])
        _start_forkserver()
    if function.__module__ != "__main__":
        context.Process = _Child
    return context  # type: ignore[no-any-return]


def _start_forkserver() -> None:
    """Start it with our folder on its path: Python 3.11 forgets to hand the path over, and the preload would fail
    without a word wherever the program was not started from its own folder. What it prints goes nowhere: when we are
    stopped while it starts a child, the child's traceback would end on the user's terminal."""
    settings: dict[str, Any] = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    settings.setdefault(
        "tempdir", str(temp_folder.folder())
    )  # else its socket lies in a folder that a kill leaves behind
    before = os.environ.get("PYTHONPATH")
    paths = [str(Path(__file__).parents[2]), before or ""]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    terminal, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        forkserver.ensure_running()
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)
        os.close(nowhere)
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


class _Child(_Process):
    """A child that does not run the main script: multiprocessing would import the whole program in each of them,
    only to find functions that live in modules of their own."""

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:
        main = sys.modules["__main__"]
        with _MAIN_LOCK:
            sys.modules["__main__"] = types.ModuleType("__main__")
            try:
                return _Process._Popen(process_obj)
            finally:
                sys.modules["__main__"] = main


# -- in the child --------------------------------------------------------------------------------------------


def _prepare(memory_mb: int, logs: str) -> None:
    """Limit this child's memory and send what it prints to a file of its own, off the user's terminal."""
    log = os.open(Path(logs, _LOG.format(os.getpid())), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    if resource is not None:
        limit = _mapped() + memory_mb * 2**20
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        with suppress(ValueError, OSError):  # macOS knows the limit but does not take it
            resource.setrlimit(resource.RLIMIT_AS, (limit if hard < 0 else min(limit, hard), hard))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _mapped() -> int:
    """Bytes of address space this process holds now (0 where the system does not say)."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _guarded(function: Callable[[T], R], task: T) -> bytes | Failure:
    """The pickled result, or the Failure, of one task: nothing that can be caught leaves it any other way."""
    try:
        return pickle.dumps(function(task), pickle.HIGHEST_PROTOCOL)
    except MemoryError as error:
        return Failure("memory", f"MemoryError: {error}")
    except BaseException as error:  # a Rust panic is no Exception, and sys.exit must not end the child
        return Failure("raised", f"{type(error).__name__}: {error}"[:500])
