"""Guarded children: one killer task hurts nobody else, and every task gets its answer."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable, Container, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from misdeeds import double, misbehave, parent, pause, take, work_for, work_on

from dazoufang.system import child_limits
from dazoufang.system import children as engine_module
from dazoufang.system.child_limits import Done, Failure
from dazoufang.system.children import CannotStart, Engine, raise_our_mistake
from dazoufang.system.errors import OurMistake


def reasons(results: list[str | Failure]) -> list[str]:
    return [result.reason if isinstance(result, Failure) else f"= {result}" for result in results]


def test_results_come_in_the_order_of_the_tasks() -> None:
    with Engine() as engine:
        assert engine.map(pause, [0.3, 0.0, 0.1]) == [0.3, 0.0, 0.1]
        assert engine.map(double, range(200)) == [2 * number for number in range(200)]


def test_no_tasks_start_nothing() -> None:
    with Engine() as engine:
        assert engine.map(double, []) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sets no memory limit")
def test_a_killer_takes_nothing_with_it_but_its_own_result() -> None:
    tasks = ["a", "abort", "b", "swell", "c", "hang", "d", "exit", "e", "leave", "f", "raise", "g", "crash", "h"]
    with Engine(seconds=1) as engine:
        results = engine.map(misbehave, tasks)
        assert reasons(results) == [
            *("= a", "died", "= b", "memory", "= c", "timeout", "= d", "raised"),
            *("= e", "died", "= f", "raised", "= g", "died", "= h"),
        ]
        assert engine.map(misbehave, ["danach"]) == ["danach"]
    assert results[11] == Failure("raised", "KeyError: '坏'")


@pytest.mark.skipif(sys.platform == "win32", reason="there the job of the child measures")
def test_a_busy_machine_costs_no_file_its_answer() -> None:
    """What counts is the time that the child itself has worked; by the clock it may wait much longer."""
    with Engine(seconds=1) as engine:
        assert engine.map(pause, [2.5]) == [2.5]
        assert reasons(engine.map(misbehave, ["hang", "a"])) == ["timeout", "= a"]
        assert engine.map(work_for, [0.6] * 4) == [0.6] * 4  # the limit is one task's, not one child's


@pytest.mark.skipif(sys.platform == "win32", reason="as above")
def test_a_large_task_may_take_longer_than_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The annex of a county of 45,000 visits has 5 MB and took 20 s to read: it was sent back as one that hangs."""
    monkeypatch.setattr(engine_module, "PATIENCE", 4)
    large, small = (1.5, bytes(2 * 2**20)), (1.5, b"")
    with Engine(seconds=0.6) as engine:
        assert reasons(engine.map(work_on, [large, small])) == ["= 2097152", "timeout"]


@pytest.mark.skipif(sys.platform == "win32", reason="as above")
def test_one_that_only_waits_is_ended_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "PATIENCE", 2)
    with Engine(seconds=1) as engine:
        assert reasons(engine.map(pause, [60.0, 0.0])) == ["timeout", "= 0.0"]


def test_a_result_that_cannot_travel_is_a_failure_of_its_own() -> None:
    with Engine() as engine:
        assert reasons(engine.map(misbehave, ["unpicklable", "a"])) == ["raised", "= a"]


def test_killers_alone_are_all_answered() -> None:
    with Engine(workers=2) as engine:
        assert reasons(engine.map(misbehave, ["abort"] * 6)) == ["died"] * 6


def test_every_task_is_reported_done_once() -> None:
    done: list[int] = []
    with Engine(seconds=1) as engine:
        engine.map(misbehave, ["a", "abort", "b", "hang", "exit"], done.append)
    assert sorted(done) == [0, 1, 2, 3, 4]


class Loading:
    """Loads tasks, and counts those of them that are loaded and not done."""

    def __init__(self, task: Callable[[int], Any], counted: Container[int]) -> None:
        self._task, self._counted = task, counted
        self.loaded: list[int] = []
        self.done: list[int] = []
        self.most = 0

    def __call__(self, number: int) -> Any:
        self.loaded.append(number)
        self.most = max(self.most, len([each for each in set(self.loaded) - set(self.done) if each in self._counted]))
        return self._task(number)


def test_only_few_tasks_are_in_memory_at_a_time() -> None:
    """A thousand files waiting are loaded as the children come to them, and one is loaded anew when it is tried again."""
    load = Loading(lambda number: "abort" if number == 7 else f"bytes of {number}", range(1000))
    with Engine(workers=2) as engine:
        results = engine.map(misbehave, range(1000), load.done.append, load=load)
    assert reasons(results) == ["died" if number == 7 else f"= bytes of {number}" for number in range(1000)]
    assert load.loaded == [*range(1000), 7]
    assert load.most <= 2 * 2 * 8 + 8 + 1  # the one that waits for its second trial is in no memory, but not done


def test_of_large_tasks_even_fewer_are_in_memory() -> None:
    """A large one is the last of its batch, however many small ones went together before."""
    large = range(50, 100)
    load = Loading(lambda number: bytes(2**20 if number in large else 1), large)
    with Engine(workers=2) as engine:
        assert engine.map(len, range(100), load.done.append, load=load) == [1] * 50 + [2**20] * 50
    assert load.most <= 4


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[list[int], list[Future[Done]]]]:
    """The sizes of the batches that are handed to children meanwhile, and their futures."""
    sizes: list[int] = []
    futures: list[Future[Done]] = []
    scheduled = Engine._scheduled

    def noted(self: Engine, pool: Any, function: Any, tasks: list[bytes]) -> Future[Done]:
        sizes.append(len(tasks))
        futures.append(scheduled(self, pool, function, tasks))
        return futures[-1]

    with monkeypatch.context() as patch:
        patch.setattr(Engine, "_scheduled", noted)
        yield sizes, futures


def test_quick_tasks_go_to_a_child_together_and_slow_ones_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with Engine(workers=1) as engine, watched(monkeypatch) as (sizes, _):
        assert engine.map(work_for, [0.004] * 100) == [0.004] * 100
        assert max(sizes) == 8
        assert len(sizes) < 50
        sizes.clear()
        assert engine.map(work_for, [0.12] * 6) == [0.12] * 6
        assert sizes == [1] * 6


def test_a_single_task_does_not_wait_for_others_to_go_with(monkeypatch: pytest.MonkeyPatch) -> None:
    with Engine(workers=1) as engine, watched(monkeypatch) as (sizes, futures):

        def jobs() -> Iterator[float]:
            yield from [0.004] * 100
            for number in range(4):
                wait(futures)  # the child has nothing to do
                sizes.clear()
                yield 0.0
                assert number == 0 or sizes == [1]  # the first takes along what had gathered

        assert engine.map(work_for, jobs()) == [*[0.004] * 100, 0.0, 0.0, 0.0, 0.0]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sets no memory limit")
def test_those_that_went_with_a_killer_have_their_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where several killers go together, and where one of them only takes too long."""
    tasks = [f"{number}" for number in range(100)]
    tasks[40:44] = ["abort", "a", "hang", "swell"]
    tasks[80] = "leave"
    loaded: list[int] = []
    done: list[int] = []

    def load(number: int) -> str:
        loaded.append(number)
        return tasks[number]

    with Engine(workers=1, seconds=1) as engine, watched(monkeypatch) as (sizes, _):
        results = reasons(engine.map(misbehave, range(100), done.append, load=load))
    assert results[40:44] == ["died", "= a", "timeout", "memory"]
    assert results[80] == "died"
    assert [*results[:40], *results[44:80], *results[81:]] == [
        f"= {number}" for number in range(100) if number not in (*range(40, 44), 80)
    ]
    assert sorted(done) == list(range(100))
    assert sorted(loaded) == sorted([*range(100), 40, 42, 43, 80])  # only they are tried in a child of their own
    assert max(sizes) > 1


@pytest.mark.skipif(sys.platform == "win32", reason="there the job of the child measures")
def test_the_limit_of_time_is_one_task_s_also_where_several_go_together(monkeypatch: pytest.MonkeyPatch) -> None:
    with Engine(workers=1, seconds=0.5) as engine, watched(monkeypatch) as (sizes, _):
        assert engine.map(work_for, [0.0] * 20 + [0.25] * 8) == [0.0] * 20 + [0.25] * 8
        assert max(sizes) > 2


def test_two_threads_that_want_children_at_once_share_them(monkeypatch: pytest.MonkeyPatch) -> None:
    pools: list[object] = []
    start = Engine._started

    def started(self: Engine, *given: Any, **named: Any) -> Any:
        time.sleep(0.2)  # so that the other thread comes meanwhile
        pools.append(start(self, *given, **named))
        return pools[-1]

    monkeypatch.setattr(Engine, "_started", started)
    with Engine() as engine, ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda numbers: engine.map(double, numbers), ([1, 2], [3, 4])))
    assert found == [[2, 4], [6, 8]]
    assert len(pools) == 1


def test_what_cannot_be_loaded_ends_the_work() -> None:
    def load(number: int) -> int:
        raise OSError(5, "Input/output error")

    with Engine() as engine, pytest.raises(OSError, match="Input/output"):
        engine.map(double, [1], load=load)


def test_what_children_print_reaches_neither_output_nor_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with Engine() as engine:
        engine.map(misbehave, ["shout", "abort"])
    assert capfd.readouterr() == ("", "")


def test_a_smaller_limit_holds() -> None:
    if sys.platform != "linux":
        pytest.skip("the limit is counted from what the child holds already: Linux only")
    with Engine(memory_mb=64) as engine:
        assert reasons(engine.map(take, [16 * 2**20, 128 * 2**20])) == [f"= {16 * 2**20}", "memory"]


def test_the_children_load_the_readers_and_not_the_whole_program() -> None:
    code = """
from dazoufang.system.children import Engine
from misdeeds import modules
with Engine(preload=["dazoufang.reading.books"]) as engine:
    print(*engine.map(modules, [0])[0])
"""
    paths = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[2])])
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
        check=True,
    )
    loaded = done.stdout.split()
    assert "dazoufang.cli" not in loaded
    assert "pandas" not in loaded
    if sys.platform != "win32":  # what starts a child was loaded before the readers, and not by the child
        assert loaded.index("pebble") < loaded.index("dazoufang.reading.books") < loaded.index("misdeeds")


def test_a_program_in_the_folder_where_it_is_started_is_not_the_childrens(tmp_path: Path) -> None:
    """An older version lies unpacked there, and the new one is started from it by its path."""
    other = tmp_path / "dazoufang" / "system"
    other.mkdir(parents=True)
    for folder in (other, other.parent):
        (folder / "__init__.py").write_text("", encoding="utf-8")
    (other / "child_limits.py").write_text("def guarded(): ...\ndef prepare(memory_mb, logs): ...\n", encoding="utf-8")
    script = tmp_path / "elsewhere" / "start.py"
    script.parent.mkdir()
    script.write_text(
        "from dazoufang.system.children import Engine\n"
        "from misdeeds import double\n"
        "if __name__ == '__main__':\n"
        "    with Engine() as engine:\n"
        "        print(engine.map(double, [21]))\n",
        encoding="utf-8",
    )
    paths = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[2])])
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, timeout=100,
        env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip
    assert done.stdout == "[42]\n", done.stderr


def of_another_program(*_: object) -> None:
    raise TypeError("guarded() takes 0 positional arguments but 3 were given")


def test_what_goes_wrong_outside_a_task_is_no_task_s_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_limits, "guarded", of_another_program)
    with Engine() as engine:
        results = engine.map(double, [1])
    with pytest.raises(OurMistake):
        raise_our_mistake(results)


def test_an_engine_starts_its_children_from_what_the_one_before_it_has_loaded() -> None:
    parents = []
    for _ in range(2):
        with Engine() as engine:
            parents += engine.map(parent, [1])
    assert parents[0] == parents[1]


USES_AN_ENGINE = """
import sys, misdeeds
from dazoufang.system.children import Engine
if __name__ == "__main__":
    with Engine() as engine:
        engine.map(misdeeds.double, [1])
        print("working", flush=True)
        sys.stdin.read()
"""


@pytest.mark.parametrize("killed", [False, True])
def test_nothing_is_left_behind_for_longer_than_to_the_next_start(
    tmp_path_factory: pytest.TempPathFactory, killed: bool
) -> None:
    """A killed process cannot clean up: the next one does, and leaves alone what a living one still uses."""
    tmp_path = tmp_path_factory.mktemp("t")  # a short name: a socket's path has room for a hundred characters
    paths = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[2])])
    environment = {**os.environ, "PYTHONPATH": paths, "TMPDIR": str(tmp_path), "TEMP": str(tmp_path)}

    def started() -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-c", USES_AN_ENGINE], env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert child.stdout is not None and child.stdout.readline() == "working\n"
        return child

    first, living = started(), started()
    assert len(list(tmp_path.iterdir())) == 2
    if killed:
        first.kill()
        first.communicate()
    else:
        first.communicate("")
    for lock in tmp_path.glob("*/.lock"):
        os.utime(lock, (1e9, 1e9))  # long ago: the young are spared, their lock may not be taken yet
    last = started()
    assert len(list(tmp_path.iterdir())) == 2
    for child in (living, last):
        child.communicate("")
        assert child.returncode == 0
    assert list(tmp_path.iterdir()) == []


def end_well(*_: object) -> None:
    os._exit(0)


def end_badly(*_: object) -> None:
    os._exit(1)


def refused(*_: object) -> None:
    raise PermissionError(13, "Permission denied")


@contextmanager
def started_by(program: Path) -> Iterator[None]:
    """While it is open, children are to be started with another program than Python."""
    before = multiprocessing.spawn.get_executable()
    multiprocessing.forkserver._forkserver._stop()  # type: ignore[attr-defined]
    multiprocessing.set_executable(str(program))
    try:
        yield
    finally:
        multiprocessing.forkserver._forkserver._stop()  # type: ignore[attr-defined]
        multiprocessing.set_executable(os.fsdecode(before))


class TestChildrenThatCannotStart:
    """The machine's fault and no task's: there are no results then, not failures."""

    def test_where_the_system_refuses(self, monkeypatch: pytest.MonkeyPatch) -> None:
        given: list[int] = []

        def tasks() -> Iterator[int]:
            for number in range(15):
                given.append(number)
                yield number

        with monkeypatch.context() as patch, Engine() as engine, pytest.raises(CannotStart) as told:
            patch.setattr(BaseProcess, "start", refused)
            engine.map(double, tasks())
        assert told.value.words.startswith("读取程序启动不了（没有权限）：可能被杀毒软件或 AppLocker 拦住")
        assert given == [0]  # nothing more is begun

    def test_where_it_refuses_only_for_a_while(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with Engine() as engine:
            with monkeypatch.context() as patch, pytest.raises(CannotStart):
                patch.setattr(BaseProcess, "start", refused)
                engine.map(double, [1, 2])
            assert engine.map(double, [1, 2]) == [2, 4]

    @pytest.mark.skipif(sys.platform == "win32", reason="a forkserver is asked here")
    @pytest.mark.parametrize(("mode", "text"), [(0o644, "no program"), (0o755, "#!/bin/sh\nexit 0\n")])
    def test_where_python_itself_may_not_run(self, tmp_path: Path, mode: int, text: str) -> None:
        program = tmp_path / "python"
        program.write_text(text)
        program.chmod(mode)
        with started_by(program), Engine(preload=["dazoufang.reading.books"]) as engine, pytest.raises(CannotStart):
            engine.map(double, [1, 2, 3])
        with Engine() as engine:
            assert engine.map(double, [1]) == [2]

    @pytest.mark.parametrize(("start", "why"), [(end_badly, "一启动就退出"), (end_well, "等了很久没有反应")])
    def test_where_every_child_ends_before_it_has_done_anything(
        self, monkeypatch: pytest.MonkeyPatch, start: object, why: str
    ) -> None:
        monkeypatch.setattr(child_limits, "prepare", start)
        monkeypatch.setattr(engine_module, "START", 3.0)
        with Engine() as engine, pytest.raises(CannotStart, match=why):
            engine.map(double, [1, 2, 3])

    def test_where_nobody_is_at_work_on_the_tasks_any_more(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Such as when the process that starts children was killed: a wait has an end."""
        with Engine(seconds=1) as engine:
            assert engine.map(double, [1]) == [2]
            monkeypatch.setattr(engine_module, "START", 0.5)
            monkeypatch.setattr(engine_module, "PATIENCE", 0.5)
            monkeypatch.setattr(engine_module.ProcessPool, "schedule", lambda *_, **__: Future())
            with pytest.raises(CannotStart, match="等了很久没有反应"):
                engine.map(double, [1, 2])
            monkeypatch.undo()
            assert engine.map(double, [1]) == [2]

    def test_where_they_cannot_start_any_more_after_one_has_died_over_a_task(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with Engine(workers=1) as engine:
            assert engine.map(double, [1]) == [2]
            monkeypatch.setattr(BaseProcess, "start", refused)
            with pytest.raises(CannotStart):
                engine.map(misbehave, ["a", "abort", "b"])
