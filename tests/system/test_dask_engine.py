"""Work on a Dask cluster: the same results as here, and what is killed, lost or of another program costs nothing but time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from conftest import Office
from tables import workbook
from test_engine import double, misbehave

from dazoufang.system import dask_engine, program
from dazoufang.system.child_limits import Failure
from dazoufang.system.children import Engine
from dazoufang.system.dask_engine import ClusterAway, DaskEngine
from dazoufang.system.errors import OnWatch, WrongUse
from dazoufang.system.home import Home

ROOT: Final = Path(__file__).parents[2]
HEAD: Final = "走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷和信访诉求\n"
MANY: Final = 120  # jobs; fewer than fifty are not sent away


class Cluster:
    """A scheduler and its workers, each a process of its own on this machine.

    `forgotten`: how long a worker may say nothing until the scheduler counts it no longer."""

    def __init__(self, folder: Path, forgotten: str = "5 minutes") -> None:
        self._folder, self._file = folder, folder / "scheduler.json"
        self._environment = {
            **os.environ,
            "WORKER": "1",
            "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": forgotten,
            "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "tests", ROOT / "tests" / "system"))),
        }
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-show")
        self.workers: list[subprocess.Popen[bytes]] = []
        while not self._file.exists():
            assert self.scheduler.poll() is None
            time.sleep(0.1)

    def _start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", what, "--scheduler-file", str(self._file), "--no-dashboard", *options]
        with (self._folder / f"{what}.log").open("ab") as log:
            return subprocess.Popen(command, env=self._environment, cwd=self._folder, stdout=log, stderr=log)

    def worker(self, *options: str) -> subprocess.Popen[bytes]:
        options = ("--nthreads", "1", "--host", "127.0.0.1", "--local-directory", str(self._folder), *options)
        self.workers.append(self._start("worker", *options))
        return self.workers[-1]

    @property
    def url(self) -> str:
        import json

        return str(json.loads(self._file.read_text())["address"]).replace("tcp://", "dask://")

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    started = Cluster(tmp_path)
    yield started
    started.end()


@pytest.fixture
def short_of_patience(tmp_path: Path) -> Iterator[Cluster]:
    started = Cluster(tmp_path, forgotten="10s")
    yield started
    started.end()


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One worker as it is, and one under a nanny, which makes it a daemon."""
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    started.worker("--no-nanny")
    started.worker("--nanny")
    yield started
    started.end()


def where(_: int) -> tuple[int, int]:
    return os.getpid(), os.getppid()


def slowly(number: int) -> int:
    time.sleep(0.02)
    return number


def test_the_results_are_those_of_this_machine_in_the_order_of_the_jobs_each_told_once(two: Cluster) -> None:
    told: list[int] = []
    loaded = [f"{number}" for number in range(MANY)]
    with DaskEngine(two.url) as engine:
        assert engine.map(double, loaded, told.append, load=int) == [2 * number for number in range(MANY)]
    assert sorted(told) == [*range(MANY)]


def test_many_are_done_by_children_of_the_workers_and_few_by_children_here(
    two: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_engine, "CHUNK", 10)
    with DaskEngine(two.url) as engine:
        many, few = engine.map(where, range(MANY)), engine.map(where, range(3))
        assert engine.reached() == "2 台工作机，2 个线程"
    children = {place for place in many if isinstance(place, tuple)}
    assert len(children) == 2 and len(many) == MANY  # one a worker
    assert not {process.pid for process in two.workers} & {child for child, _ in children}
    assert not children & {place for place in few if isinstance(place, tuple)}


def test_a_task_that_kills_its_child_has_the_answer_it_has_here(two: Cluster) -> None:
    ways = ["fine"] * MANY
    ways[7], ways[30], ways[31], ways[99] = "abort", "swell", "hang", "raise"
    bounds = {"memory_mb": 512, "seconds": 1.0}
    with DaskEngine(two.url, **bounds) as there, Engine(**bounds) as here:  # type: ignore[arg-type]
        found = there.map(misbehave, ways)
        alone = here.map(misbehave, ["abort", "swell", "hang", "raise"])
    failures = {at: result for at, result in enumerate(found) if isinstance(result, Failure)}
    assert [*failures] == [7, 30, 31, 99]
    reasons = [failure.reason for failure in failures.values()]
    assert (
        reasons
        == [result.reason for result in alone if isinstance(result, Failure)]
        == ["died", "memory", "timeout", "raised"]
    )
    assert [result for at, result in enumerate(found) if at not in failures] == ["fine"] * (MANY - 4)


def test_a_worker_that_is_killed_at_work_costs_nothing_but_time_and_says_nothing(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dask_engine, "CHUNK", 20)
    first = cluster.worker("--no-nanny")
    told: list[int] = []

    def kill_once(index: int) -> None:
        told.append(index)
        if len(told) == 20:
            first.send_signal(signal.SIGKILL)
            cluster.worker("--no-nanny")

    with DaskEngine(cluster.url) as engine:
        engine.reached()
        cluster.worker("--no-nanny")
        assert engine.map(slowly, range(200), kill_once) == [*range(200)]
    assert sorted(told) == [*range(200)]
    assert capfd.readouterr().err == ""


def test_a_chunk_that_no_worker_survives_is_done_here(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker is asked for more than it may have: Dask gives the chunk up after four of them."""
    cluster.worker("--no-nanny")
    with DaskEngine(cluster.url) as engine:
        monkeypatch.setattr(dask_engine, "work", end_the_worker)
        assert engine.map(double, range(60)) == [2 * number for number in range(60)]


def end_the_worker(*_: object) -> list[object]:
    raise RuntimeError("no child starts here")


def test_a_scheduler_that_goes_in_the_middle_ends_the_work_and_nobody_waits_for_ever(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_engine, "CHUNK", 20)
    monkeypatch.setattr(dask_engine, "SILENT", 2)
    cluster.worker("--no-nanny")
    with DaskEngine(cluster.url) as engine:
        engine.reached()
        threading.Timer(1.0, cluster.scheduler.kill).start()
        with pytest.raises(ClusterAway, match=r"断开|重新启动") as raised:
            engine.map(slowly, range(2000))
    assert (raised.value.exit_code, raised.value.on_watch) == (3, OnWatch.TRIES_AGAIN)


@pytest.mark.parametrize("frozen", ["the scheduler", "the workers"])
def test_a_machine_that_freezes_or_a_cut_network_is_not_waited_for(
    short_of_patience: Cluster, monkeypatch: pytest.MonkeyPatch, frozen: str
) -> None:
    """No connection ends, and nothing comes any more."""
    monkeypatch.setattr(dask_engine, "CHUNK", 20)
    monkeypatch.setattr(dask_engine, "SILENT", 10)
    cluster = short_of_patience
    worker = cluster.worker("--no-nanny")
    stopped = cluster.scheduler if frozen == "the scheduler" else worker
    told: list[int] = []

    def freeze(index: int) -> None:
        told.append(index)
        if len(told) == 20:
            stopped.send_signal(signal.SIGSTOP)

    with DaskEngine(cluster.url, seconds=0.1) as engine:
        engine.reached()
        with pytest.raises(ClusterAway, match=r"没有回应|断开"):
            engine.map(slowly, range(2000), freeze)
    assert 20 <= len(told) < 2000


def test_a_cluster_that_is_not_there_has_no_workers_or_none_with_this_program_says_so(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_engine, "WORKERS", 1)
    monkeypatch.setattr(dask_engine, "CONNECT", 1)
    with DaskEngine("dask://127.0.0.1:1") as engine, pytest.raises(ClusterAway, match="没有回应"):
        engine.map(double, range(MANY))
    with DaskEngine(cluster.url) as engine, pytest.raises(ClusterAway, match="没有一台工作机"):
        engine.map(double, range(MANY))
    cluster.worker("--no-nanny")
    monkeypatch.setattr(dask_engine, "WORKERS", 30)
    other = program.code()
    monkeypatch.setattr(program, "code", newer)
    with (
        DaskEngine(cluster.url) as engine,
        pytest.raises(ClusterAway, match=r"没有一台工作机装着这一版程序（9\.9\.9）") as raised,
    ):
        engine.map(double, range(MANY))
    assert other in str(raised.value)


def newer() -> str:
    """What the code of the program is called, newer than that of a worker."""
    return program.code() if "WORKER" in os.environ else "9.9.9"


@pytest.mark.parametrize("url", ["tcp://10.1.2.3:8786", "dask://10.1.2.3", "dask://:8786", "dask://host:port"])
def test_what_is_no_address_is_wrong_use_that_shows_one(url: str) -> None:
    with pytest.raises(WrongUse, match=r"dask://10\.1\.2\.3:8786"):
        DaskEngine(url)


@pytest.mark.usefixtures("few_outputs")
def test_a_home_on_a_cluster_publishes_what_one_on_a_single_machine_does(two: Cluster, tmp_path: Path) -> None:
    published = []
    for name, cluster in (("here", ""), ("there", two.url)):
        office = Office(Home(tmp_path / name, cluster=cluster))
        for number in range(60):
            row = f"2023-09-20 | 李明 | 王五 | 其他 | 1381234{number:04d} | 第{number}户门前排水沟堵了"
            office.drop(f"表{number:02d}.xlsx", workbook(f"{HEAD}{row}", unit="工会"))
        assert office.run().submissions["accepted"] == 60
        published.append(office.outbox())
    assert len(published[0]) > 60 and published[0] == published[1]
