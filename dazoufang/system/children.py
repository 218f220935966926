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
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from itertools import chain
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from dazoufang.system import child_limits, temp_folder
from dazoufang.system.child_limits import Done, Failure
from dazoufang.system.errors import OurMistake, Trouble, reason

J = TypeVar("J")
T = TypeVar("T")
R = TypeVar("R")
_Packed = tuple[int, bytes]  # the index of a task, and the task as it travels

START: Final = 120.0  # seconds that a child may take to start, also on a machine that does much else
PATIENCE: Final = 15  # times the CPU seconds of a task that it may take by the clock: on a busy machine, or asleep
AHEAD: Final = 2  # batches a child that are loaded at a time: the one it is at, and the next
BATCH: Final = 8  # tasks that one batch may hold, fewer where they are slow or large: a large one is loaded alone
BATCH_SECONDS: Final = 0.1  # CPU time that a batch is to take, judged by the one before it
BATCH_BYTES: Final = 2**20  # from which on no more are added to a batch

if sys.platform == "win32":
    from multiprocessing.context import SpawnProcess as _Process
else:
    from multiprocessing import forkserver
    from multiprocessing.context import ForkServerProcess as _Process

_MAIN_LOCK: Final = threading.Lock()


class CannotStart(Trouble):
    """No child process can be started: the machine's fault, and that of no task. `so` says what came of the work."""

    logged = True

    def __init__(self, why: str, so: str = "没有丢失任何东西") -> None:
        self.why = why
        super().__init__(
            f"读取程序启动不了（{why}）：可能被杀毒软件或 AppLocker 拦住，或者这台电脑内存、磁盘不够。{so}。"
            f"请让杀毒软件放行 {sys.executable}，再运行一次"
        )


def raise_our_mistake(results: Sequence[R | Failure]) -> None:
    """Make sure that what went wrong with tasks was their own fault.

    Raises:
        OurMistake: the program has a mistake that one of them shows.
    """
    for result in results:
        if isinstance(result, Failure) and result.kind == OurMistake.__name__:
            raise OurMistake(result.detail.partition(": ")[2])


class Engine:
    """A pool of guarded child processes; nothing starts before the first `map`, and everything ends with it.

    `workers`: children at a time. `memory_mb`: MiB each may take beyond its modules. `seconds`: CPU time for each MiB of a task,
    then its child is killed (by the clock `PATIENCE` times as long). `preload`: modules that all children share from the start.
    """

    def __init__(
        self, workers: int = 2, memory_mb: int = 1024, seconds: float = 20.0, preload: Sequence[str] = ()
    ) -> None:
        self._workers = workers
        self._memory_mb = memory_mb
        self._seconds = seconds
        self._preload = tuple(preload)
        self._pool: ProcessPool | None = None
        self._starting = threading.Lock()
        self._logs: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        if self._preload and sys.platform != "win32":  # imports what children share while the caller does other things
            forkserver.set_forkserver_preload([__name__, *self._preload])
            with suppress(OSError):  # told when a child is wanted
                _start_forkserver()
        return self

    def __exit__(self, *_: object) -> None:
        self._give_up()
        if self._logs is not None:
            self._logs.cleanup()
            self._logs = None

    def map(
        self,
        function: Callable[[T], R],
        jobs: Iterable[J],
        on_done: Callable[[int], None] | None = None,
        *,
        load: Callable[[J], T] | None = None,
    ) -> list[R | Failure]:
        """`function` of each job's task, in the order of the jobs; a `Failure` where there is no result.

        `function`: a top-level function of an importable module.
        `jobs`: may still be in the making (a generator). `on_done`: called in this thread with the index of each job once its
        result is final. `load`: makes the task that a child gets, with all the bytes it needs; by default the job itself is the task.
        It is called in this thread shortly before a child is free, so that only few tasks are in memory at a time.

        Quick tasks go to a child several at a time. Where a child is lost over them, each is given to one by itself. A
        task whose child died, ran out of memory or of time is tried once more alone in a fresh child, so that a
        file's answer never depends on what was read beside or before it, nor on a machine that slept meanwhile.

        Raises:
            CannotStart: children end before they have done anything, or do not begin; no task is to blame.
            What `jobs` and `load` raise.
        """
        given: list[J] = []
        results: dict[int, R | Failure] = {}

        def numbered() -> Iterator[tuple[int, J]]:
            for job in jobs:
                given.append(job)
                yield len(given) - 1, job

        def tasks(numbered_jobs: Iterable[tuple[int, J]]) -> Iterator[tuple[int, Any]]:
            for index, job in numbered_jobs:
                yield index, (load(job) if load else job)

        again = []
        for index, outcome in self._run(function, tasks(numbered())):
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
                self._make_sure_it_starts(alone)
                for _, outcome in self._outcomes(alone, function, tasks([(index, given[index])])):
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
            initializer=child_limits.prepare,
            initargs=(self._memory_mb, self._logs.name),
            context=context,
        )

    def _run(self, function: Callable[[T], R], tasks: Iterator[tuple[int, T]]) -> Iterator[tuple[int, R | Failure]]:
        """(index, outcome) as the tasks finish; the children work while `tasks` is still making more."""
        first = next(tasks, None)
        if first is None:
            return
        begun = None
        with self._starting:  # two threads may want children at once
            if (pool := self._pool) is None:
                pool = self._pool = self._started(function, self._workers, max_tasks=0)
                begun = self._asked(pool)
        yield from self._outcomes(pool, function, chain([first], tasks), begun)

    def _asked(self, pool: ProcessPool) -> Future[None]:
        """The first thing a pool is asked: to do nothing, which shows that a child has started.

        Raises:
            CannotStart: the system starts none.
        """
        try:
            return pool.schedule(nothing)
        except (RuntimeError, OSError) as error:  # the pool, or what minds its locks, cannot be started
            self._give_up()
            raise CannotStart(_why(error)) from error

    def _make_sure_it_starts(self, pool: ProcessPool) -> None:
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

    def _outcomes(
        self,
        pool: ProcessPool,
        function: Callable[[T], R],
        tasks: Iterable[tuple[int, T]],
        begun: Future[None] | None = None,
    ) -> Iterator[tuple[int, Any]]:
        """(index, outcome) as the tasks finish, `AHEAD` batches of them a child in hand at a time. `begun`: what shows
        that a fresh pool has started, where nobody has waited for it.

        Raises:
            CannotStart: it has not started in good time, or no longer works.
        """
        at_work: dict[Future[Done], list[_Packed]] = {}
        batch: list[_Packed] = []
        wanted = 1  # tasks in a batch

        def send(packed: list[_Packed]) -> None:
            at_work[self._scheduled(pool, function, packed)] = packed

        def finished() -> Iterator[tuple[int, Any]]:
            nonlocal wanted
            if begun is not None and not _is_done(begun, START):
                self._give_up()
                raise CannotStart("等了很久没有反应")
            done = wait(at_work, START + max(map(self._by_the_clock, at_work.values())), FIRST_COMPLETED).done
            if not done:  # longer than any task may take: nobody is at work on them any more
                self._give_up()
                raise CannotStart("等了很久没有反应")
            for future in done:
                packed, came = at_work.pop(future), self._came_of(future)
                if isinstance(came, Done):
                    wanted = max(1, min(BATCH, int(BATCH_SECONDS * len(packed) / max(came.seconds, 1e-6))))
                    yield from ((index, _unpacked(out)) for (index, _), out in zip(packed, came.results, strict=True))
                elif len(packed) == 1:
                    yield packed[0][0], came
                else:  # which of them it was nobody knows
                    for task in packed:
                        send([task])

        for index, task in tasks:
            batch.append((index, pickle.dumps(task, pickle.HIGHEST_PROTOCOL)))
            idle = sum(not future.done() for future in at_work) < self._workers
            if idle or len(batch) >= wanted or sum(len(packed) for _, packed in batch) >= BATCH_BYTES:
                send(batch)
                batch = []
            while len(at_work) >= AHEAD * self._workers:
                yield from finished()
        if batch:
            send(batch)
        while at_work:
            yield from finished()

    def _scheduled(self, pool: ProcessPool, function: Callable[[T], R], packed: list[_Packed]) -> Future[Done]:
        """The future of a batch, in the time of its largest task; an error already where a broken pool does not take it."""
        try:
            given = (function, [task for _, task in packed], self._seconds)
            return pool.schedule(child_limits.guarded, args=given, timeout=self._by_the_clock(packed))
        except RuntimeError as error:  # the pool broke meanwhile
            broken: Future[Done] = Future()
            broken.set_exception(error)
            return broken

    def _by_the_clock(self, packed: list[_Packed]) -> float:
        return PATIENCE * child_limits.allowed(self._seconds, max(len(task) for _, task in packed))

    def _came_of(self, future: Future[Done]) -> Done | Failure:
        """What a child has done, or why it has not."""
        try:
            return future.result()
        except FutureTimeout:
            return Failure("timeout", "more time by the clock than a task of its size may take")
        except ProcessExpired as error:
            if error.exitcode == child_limits.OUT_OF_TIME:
                return Failure("timeout", "more CPU time than a task of its size may take")
            said = self._last_words(error.pid)
            reason = "memory" if "memory allocation" in said else "died"
            return Failure(reason, f"exit code {error.exitcode}: {said}".rstrip(": "))
        except (TypeError, AttributeError, ImportError) as error:  # outside any task: the child is of another program
            return Failure("raised", f"{OurMistake.__name__}: {type(error).__name__}")
        except Exception as error:
            return Failure("died", f"{type(error).__name__}: {error}")

    def _last_words(self, pid: int | None) -> str:
        """The line of a dead child's standard error in which Rust says why it aborted, else the last line."""
        if self._logs is None or pid is None:
            return ""
        try:
            lines = Path(self._logs.name, child_limits.LOG.format(pid)).read_text("utf-8", "replace").splitlines()
        except OSError:
            return ""
        told = [line for line in lines if "memory allocation" in line or "panicked" in line]
        return (told or lines or [""])[-1][:300]


def _unpacked(result: bytes | Failure) -> Any:
    return result if isinstance(result, Failure) else pickle.loads(result)  # noqa: S301 (our own child)


def nothing(_: object = None) -> None:
    """What a child is asked that is only to show that it starts; `doctor` asks it too."""


def _is_done(future: Future[None], seconds: float) -> bool:
    """Whether a task has come to any end in time."""
    with suppress(Exception):
        future.exception(seconds)
    return future.done()


def _why(error: BaseException) -> str:
    """Why no child starts, in a few words: what the system said, where it said something."""
    return next((_words(one) for one in (error, error.__cause__) if isinstance(one, OSError)), "一启动就退出")


def _words(error: OSError) -> str:
    """Why the system starts no child; AppLocker has a number of its own, 1260."""
    if error.errno == errno.ENOENT:
        return "程序文件不见了"
    return reason(error, f"系统不允许，错误号{getattr(error, 'winerror', None) or error.errno}")


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def _context(function: Callable[..., object], preload: Sequence[str]) -> BaseContext:
    """Forkserver where there is one (it imports the readers, and us who start them, once), else spawn. Unless the function
    itself lives there, the children do not run the main script again."""
    method = "spawn" if sys.platform == "win32" else "forkserver"
    context: Any = type(multiprocessing.get_context(method))()
    if sys.platform != "win32":
        context.set_forkserver_preload([__name__, *preload, function.__module__])
        _start_forkserver()
    if function.__module__ != "__main__":
        context.Process = _Child
    return context  # type: ignore[no-any-return]


def _start_forkserver() -> None:
    """Start it with our folder on its path: Python 3.11 forgets to hand the path over, and the preload would fail
    without a word wherever the program was not started from its own folder. The folder it is started in is not on that
    path: another version of the program may lie there, and judge in our name. What it prints goes nowhere: when we are
    stopped while it starts a child, the child's traceback would end on the user's terminal."""
    settings: dict[str, Any] = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    settings.setdefault(
        "tempdir", str(temp_folder.folder())
    )  # else its socket lies in a folder that a kill leaves behind
    before = {name: os.environ.get(name) for name in ("PYTHONPATH", "PYTHONSAFEPATH")}
    paths = [str(Path(__file__).parents[2]), before["PYTHONPATH"] or ""]
    os.environ |= {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONSAFEPATH": "1"}
    terminal, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        forkserver.ensure_running()
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)
        os.close(nowhere)
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


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
