"""Runs a function over foreign bytes on the machines of a Dask cluster, there too in guarded children that may die."""

from __future__ import annotations

import io
import multiprocessing
import pickle
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

from dazoufang.system import program
from dazoufang.system.child_limits import Failure
from dazoufang.system.children import CannotStart, Engine
from dazoufang.system.errors import OnWatch, Trouble, WrongUse

if TYPE_CHECKING:
    from distributed import Client, Future

J = TypeVar("J")
T = TypeVar("T")
R = TypeVar("R")

SCHEME: Final = "dask://"
FEW: Final = 50  # jobs, below which a journey costs more than the work: they are done here
CHUNK: Final = 125  # tasks that travel together; one at a time takes a multiple of the time
CHUNK_BYTES: Final = 8 * 2**20  # from which on no more are added
AHEAD: Final = 2  # chunks a thread of the cluster that are under way: the one it is at, and the next
CONNECT: Final = 20  # seconds for a scheduler to answer
WORKERS: Final = 60  # seconds for the first worker to come
SILENT: Final = 30  # seconds that a scheduler may be away before the work is given up
LOOK: Final = 1.0  # seconds between two looks at whether it is
ANSWER: Final = 5.0  # seconds for it to say so, also on a busy machine

_here: Final = threading.local()  # the children of this thread of a worker


class ClusterAway(Trouble):
    """The scheduler or all its workers cannot be reached, or are of another program; no task is to blame."""

    on_watch = OnWatch.TRIES_AGAIN
    mend = "没有丢失任何东西，没有收的表都放回了收件文件夹；排除后再运行一次，或去掉 DAZOUFANG_ENGINE 用这台电脑自己做"
    logged = True


@dataclass(frozen=True, slots=True)
class Limits:
    """What binds a child of a worker, as it binds one here."""

    memory_mb: int
    seconds: float
    preload: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Tasks that travel together: the first one's index, how many, and all of them as bytes."""

    first: int
    count: int
    data: bytes

    def tasks(self) -> list[Any]:
        unpickler = pickle.Unpickler(io.BytesIO(self.data))  # noqa: S301 (packed by the process that asks)
        return [unpickler.load() for _ in range(self.count)]


def address_of(url: str) -> str:
    """The address of the scheduler that `dask://host:port` names.

    Raises:
        WrongUse: it is none.
    """
    host, _, port = url.removeprefix(SCHEME).rstrip("/").rpartition(":")
    if not url.startswith(SCHEME) or not host or not port.isdecimal():
        raise WrongUse(f"DAZOUFANG_ENGINE 写的是“{url}”，要写成 dask://调度机的地址:端口，如 dask://10.1.2.3:8786")
    return f"tcp://{host}:{port}"


class DaskEngine(Engine):
    """Guarded children on the workers of a Dask cluster, which read no file of this machine: tasks carry their bytes.

    What is little, and what no worker can do, is done by children here. Each thread of a worker has one child of its own
    at a time, with the same limits as here. Workers of another version of the program are asked only while there is no
    other, and refuse.
    """

    def __init__(
        self, url: str, workers: int = 2, memory_mb: int = 1024, seconds: float = 20.0, preload: Sequence[str] = ()
    ) -> None:
        super().__init__(workers, memory_mb, seconds, preload)
        self._address = address_of(url)
        self._limits = Limits(memory_mb, seconds, tuple(preload))
        self._client: Client | None = None
        self._preferred: list[str] | None = None  # None: whoever comes

    def __exit__(self, *raised: object) -> None:
        if self._client is not None:
            self._client.close(timeout=2)  # type: ignore[no-untyped-call]
            self._client = None
        super().__exit__(*raised)

    def map(
        self,
        function: Callable[[T], R],
        jobs: Iterable[J],
        on_done: Callable[[int], None] | None = None,
        *,
        load: Callable[[J], T] | None = None,
    ) -> list[R | Failure]:
        """As `Engine.map`.

        Raises:
            ClusterAway: the cluster cannot be reached, or no longer. What `Engine.map` raises.
        """
        coming = iter(jobs)
        first = list(islice(coming, FEW))
        if len(first) < FEW:
            return super().map(function, first, on_done, load=load)
        client, _, threads = self._connected()
        results: dict[int, R | Failure] = {}
        at_work: dict[Future[Any], Chunk] = {}

        done: queue.Queue[Future[Any]] = queue.Queue()

        def collect() -> None:
            future = _next_done(client, done)
            chunk = at_work.pop(future)
            outcomes = _outcomes(future)
            if outcomes is None:  # workers were lost over it, or could not do it
                outcomes = super(DaskEngine, self).map(function, chunk.tasks())
            for index, outcome in enumerate(outcomes, chunk.first):
                results[index] = outcome
                if on_done:
                    on_done(index)

        for chunk in _chunks(chain(first, coming), load):
            future = client.submit(
                work, function, chunk, self._limits, program.code(),
                pure=False, workers=self._preferred, allow_other_workers=bool(self._preferred),
            )  # fmt: skip
            at_work[future] = chunk
            future.add_done_callback(done.put)  # type: ignore[no-untyped-call]
            while len(at_work) >= AHEAD * threads:
                collect()
        while at_work:
            collect()
        return [results[index] for index in range(len(results))]

    def reached(self) -> str:
        """How many workers and threads there are that run this very program, in words.

        Raises:
            ClusterAway: none.
        """
        _, workers, threads = self._connected()
        return f"{workers} 台工作机，{threads} 个线程"

    def _connected(self) -> tuple[Client, int, int]:
        """The client, and how many workers run this very program with how many threads.

        Raises:
            ClusterAway: there is none.
        """
        import dask

        # Read when distributed is imported, which takes half a second: its own words are English and for nobody here.
        dask.config.set(logging=dict.fromkeys(("distributed", "distributed.client", "distributed.gc"), "critical"))
        from distributed import Client

        try:
            if self._client is None:
                self._client = Client(  # type: ignore[no-untyped-call]
                    self._address, timeout=CONNECT, set_as_default=False, name="dazoufang"
                )
            self._client.wait_for_workers(1, timeout=WORKERS)
            # `run` and `nthreads`, which would wait for a frozen machine for ever
            told = self._client.sync(  # type: ignore[no-untyped-call]
                self._client._run, program.code, on_error="return", callback_timeout=WORKERS
            )
            threads = _threads(self._client)
        except OSError as error:  # asyncio's and distributed's TimeoutError are one as well
            raise ClusterAway(
                f"Dask 调度机 {self._address} 没有回应，或没有一台工作机（{type(error).__name__}）"
            ) from error
        ours = [worker for worker, code in told.items() if code == program.code()]
        if not ours:
            others = "、".join(f"{worker}（{_named(code)}）" for worker, code in sorted(told.items()))
            raise ClusterAway(f"没有一台工作机装着这一版程序（{program.code()}）：{others}")
        self._preferred = ours if len(ours) < len(told) else None
        return self._client, len(ours), sum(threads.get(worker, 1) for worker in ours)


def _named(code: object) -> str:
    return f"没有装：{type(code).__name__}" if isinstance(code, BaseException) else str(code)


def _chunks(jobs: Iterable[J], load: Callable[[J], T] | None) -> Iterator[Chunk]:
    """The tasks of the jobs, packed together, so that rules which many of them carry travel once."""
    waiting = iter(jobs)
    first = 0
    while True:
        packed, count = io.BytesIO(), 0
        pickler = pickle.Pickler(packed, pickle.HIGHEST_PROTOCOL)
        for job in waiting:
            pickler.dump(load(job) if load else job)
            count += 1
            if count == CHUNK or packed.tell() >= CHUNK_BYTES:
                break
        if not count:
            return
        yield Chunk(first, count, packed.getvalue())
        first += count


def _next_done(client: Client, done: queue.Queue[Future[Any]]) -> Future[Any]:
    """One that is done.

    Raises:
        ClusterAway: the scheduler or all workers have been away for too long.
    """
    last_there = time.monotonic()
    while True:
        with suppress(queue.Empty):
            return done.get(timeout=LOOK)
        if client.status == "running" and _threads(client):
            last_there = time.monotonic()
        elif time.monotonic() - last_there > SILENT:
            raise ClusterAway("Dask 调度机断开了，或工作机都断开了")


def _threads(client: Client) -> dict[str, int]:
    """How many threads each worker has, by its address; none where the scheduler does not answer."""
    with suppress(OSError):
        asked: Any = client
        found: dict[str, int] = asked.sync(asked.scheduler.ncores, callback_timeout=ANSWER)
        return found
    return {}


def _outcomes(future: Future[Any]) -> list[Any] | None:
    """What came of a chunk; None: nothing, for want of a worker that can do it.

    Raises:
        ClusterAway: the scheduler has forgotten it.
    """
    if future.status in ("cancelled", "lost"):
        raise ClusterAway("Dask 调度机中途断开或重新启动过")
    try:
        outcomes: list[Any] = future.result()
    except CancelledError:
        raise ClusterAway("Dask 调度机中途断开或重新启动过") from None
    except (
        Exception
    ):  # KilledWorker, a child that does not start there, a worker of another program: none is the task's
        return None
    return outcomes


def work(function: Callable[[Any], Any], chunk: Chunk, limits: Limits, code: str) -> list[Any]:
    """What comes of a chunk of tasks: done in a worker, by the child of this thread of it.

    Raises:
        CannotStart: no child starts here.
    """
    if program.code() != code:
        raise CannotStart(f"工作机上的程序是 {program.code()}，要的是 {code}")
    _let_children_start()
    if getattr(_here, "limits", None) != limits:
        if hasattr(_here, "engine"):  # for a home with other rules
            _here.engine.__exit__()
        _here.engine = Engine(1, limits.memory_mb, limits.seconds, limits.preload)
        _here.engine.__enter__()
        _here.limits = limits
    outcomes: list[Any] = _here.engine.map(function, chunk.tasks())
    return outcomes


def _let_children_start() -> None:
    """A worker under Dask's nanny is a daemon of multiprocessing, which may have no children. Ours end when the worker does,
    however that ends: their pipe closes."""
    settings: dict[str, Any] = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    settings["daemon"] = False
