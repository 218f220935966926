"""Ends the program with SIGKILL at any of its failpoints, lets it recover, and says what is then not as it must be.

One process imports the program and forks for every life that is to end, so that a kill costs a fraction of a second.
Files are read in that life itself unless a case asks for real child processes. What SIGKILL cannot show is a power cut:
all that was written is still in the system's memory, so whether it was flushed in time is not tried here.
"""

from __future__ import annotations

import gc
import hashlib
import io
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Final, Self

from tables import workbook

import dazoufang
from dazoufang.archive import originals
from dazoufang.commands import rebuild
from dazoufang.commands.run import run
from dazoufang.inbox import claims, scan, share, trays
from dazoufang.judging.examine import Task
from dazoufang.model.submission import Submission
from dazoufang.outbox import placing, publishing
from dazoufang.record.record import Record
from dazoufang.running import desk, intake, outbox_plan
from dazoufang.system import collector, failpoints, lead
from dazoufang.system.child_limits import Failure
from dazoufang.system.home import Home

TODAY: Final = date(2023, 10, 20)
PATIENCE: Final = 120.0  # seconds for a life that is not killed; then it hangs
_AHEAD: Final = 50  # cases asked for before the first answer is taken: neither pipe is ever full

_HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 乡镇 | 村(社区)组 | 联系电话 | 矛盾纠纷和信访诉求 | 意见建议 |\n"
_ZHANG = "| 2023-09-20 | 李明 | 张三 | 其他 | 章华镇 | 沙口村1组 | 13800000001 | 与邻居因排水沟改道争执 | |\n"
_WANG = "| 2023-09-21 | 李明 | 王五 | 人大代表 | 东山镇 | 东湖村2组 | 13800000002 | | 建议硬化通学路 |\n"
_ZHAO = "| 2023-09-22 | 陈红 | 赵六 | 其他 | 东山镇 | 东湖村3组 | 13800000003 | 无 | 无 |\n"
_BAD = "| 上周三 | 陈红 | 钱七 | 其他 | 东山镇 | 东湖村4组 | 13800000004 | | |\n"
_MENDED = _BAD.replace("上周三", "2023-09-27")
_ROSTER = "| 姓名 | 单位 | 角色 |\n|---|---|---|\n| 李明 | 工会 | 股室负责人 |\n| 陈红 | 督导室 | 股室负责人 |\n"


def _form(*lines: str, unit: str) -> bytes:
    return workbook(_HEAD + "".join(lines), unit=unit)


def _zip(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, data in members.items():
            packed.writestr(zipfile.ZipInfo(f"{name}.xlsx"), data)
    return stream.getvalue()


@dataclass(frozen=True)
class Scenario:
    """What was taken in `before`, and what then lies in the inbox of the run that is killed: path → bytes, in the order
    of their times. `held`: a file of the outbox that somebody has open in every life but the last. `whole`: all of the
    outbox is published; else what `_FEW` put into it: one file is
    placed as another is."""

    before: Mapping[str, bytes]
    drops: Mapping[str, bytes]
    held: str = ""
    whole: bool = False


_BEFORE: Final = {
    "花名册.xlsx": workbook(_ROSTER),
    "工会/走访登记表.xlsx": _form(_ZHANG, _WANG, unit="工会"),
    "督导室/走访.xlsx": _form(_ZHAO, _BAD, unit="督导室"),
    "督导室/退的.xlsx": _form(_BAD, unit="督导室"),
}
_DROPS: Final = {
    "工会/走访登记表（1）.xlsx": _form(_ZHANG.replace("1组", "7组"), unit="工会"),
    "空.xlsx": b"",
    "督导室/走访.xlsx": _form(_ZHAO, _MENDED, unit="督导室"),
    "工会/走访登记表（2）.xlsx": _form(_ZHANG.replace("1组", "8组"), _WANG, _BAD.replace("陈红", "李明"), unit="工会"),
    "督导室/退的.xlsx": _form(_BAD.replace("钱七", "孙八"), unit="督导室"),
    "坏.xlsx": _form(_ZHAO, unit="督导室")[:900],
    "工会/又一次.xlsx": _BEFORE["工会/走访登记表.xlsx"],
    "督导室/打包.zip": _zip(
        甲=_form(_ZHAO.replace("赵六", "周九"), unit="督导室"), 乙=_form(_ZHAO.replace("赵六", "吴十"), unit="督导室")
    ),
}
_NEW: Final = "| 2023-09-25 | 陈新 | 郑一 | 其他 | 东山镇 | 东湖村6组 | 13800000006 | | |\n"
SCENARIOS: Final = {
    "standing": Scenario(_BEFORE, _DROPS),
    "new home": Scenario({}, {**_BEFORE, "空.xlsx": b""}, whole=True),
    "open in Excel": Scenario(_BEFORE, _DROPS, held="附件1"),
    "a roster among them": Scenario(
        _BEFORE,
        {
            "督导室/新人.xlsx": _form(_ZHAO.replace("赵六", "冯二"), _NEW, unit="督导室"),
            "督导室/新人（1）.xlsx": _form(_NEW, unit="督导室"),
            "花名册.xlsx": workbook(_ROSTER + "| 陈新 | 督导室 | 股室负责人 |\n"),
        },
        whole=True,
    ),
}
_FEW: Final = (outbox_plan.add_annexes, outbox_plan.add_alerts, outbox_plan.add_changes, outbox_plan.add_answers)


@dataclass(frozen=True)
class Case:
    """What is tried once: the first life ends at the `kills[0]`-th point it reaches (from 0), that which recovers at the
    `kills[1]`-th, and so on; then one is left alone. `together`: the second life stands at the door, waiting for the
    lead, before the first one ends, and is the one that goes on. `swapped`: with an order of acts that is wrong.
    `children`: files are read in real child processes. `rebuilt`: the archive is replayed at the end."""

    scenario: str
    kills: tuple[int, ...]
    together: bool = False
    swapped: str = ""
    children: bool = False
    rebuilt: bool = False


@dataclass
class Found:
    """What came of a case. `died`: the points at which lives ended; `wrong`: what is not as it must be; `litter`: files
    that a dead life left behind for ever."""

    died: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    litter: list[str] = field(default_factory=list)
    seconds: float = 0.0


class InProcess:
    """An engine without children, for runs whose point is elsewhere; `dies` are the names it dies over."""

    def __init__(self, dies: dict[str, str] | None = None) -> None:
        self.dies = dies or {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def map(
        self, function: Callable[[Any], Any], jobs: Iterable[Any], on_done: Any = None, *, load: Any = None
    ) -> list[Any]:
        results = []
        for number, job in enumerate(jobs):
            task = load(job) if load else job
            reason = self.dies.get(task.name, "") if isinstance(task, Task) else ""
            results.append(Failure(reason, "MemoryError: 张三") if reason else function(task))
            if on_done:
                on_done(number)
        return results


# -- for tests and benchmarks -------------------------------------------------------------------------------------


class Killer:
    """The process that forks. `points`: scenario → the points that its undisturbed run reaches, in their order."""

    def __init__(self, folder: Path, scenarios: Sequence[str] = tuple(SCENARIOS), workers: int = 2) -> None:
        path = [str(Path(dazoufang.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__)), str(folder), str(workers), *scenarios],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, path)), "OPENBLAS_NUM_THREADS": "1"},
        )
        self.points: dict[str, list[str]] = self._heard()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin and self._process.stdout
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def tried(self, cases: Iterable[Case]) -> Iterator[tuple[Case, Found]]:
        """The cases with what was found, as they finish."""
        standing = list(cases)
        for number, case in enumerate(standing):
            self._say({"number": number, "case": asdict(case)})
            if number >= _AHEAD:
                yield self._found(standing)
        for _ in standing[:_AHEAD]:
            yield self._found(standing)

    def killed(self, home: Path, point: str, number: int = 1) -> None:
        """A run of this home, ended the `number`-th time it comes to `point`."""
        self._say({"home": str(home), "point": point, "of": number})
        assert self._heard()["died"] == [point], f"never came to {point}"

    def _found(self, standing: Sequence[Case]) -> tuple[Case, Found]:
        heard = self._heard()
        return standing[heard.pop("number")], Found(**heard)

    def _say(self, what: dict[str, Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()

    def _heard(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process that forks has ended: {self._process.wait()}")
        handed = Path(line.strip())
        said = json.loads(handed.read_text(encoding="utf-8"))
        handed.unlink()
        return said


def spread(points: Sequence[str], most: int, rng: random.Random) -> list[int]:
    """Indices of up to `most` points: one of every name, the rest spread evenly over the others."""
    named = {name: [at for at, one in enumerate(points) if one == name] for name in dict.fromkeys(points)}
    chosen = {rng.choice(places) for places in named.values()}
    rest = [at for at in range(len(points)) if at not in chosen]
    wanted = min(max(most - len(chosen), 0), len(rest))
    step = len(rest) / wanted if wanted else 0.0
    start = rng.random() * step
    return sorted(chosen | {rest[min(int(start + step * number), len(rest) - 1)] for number in range(wanted)})


def plan(points: Mapping[str, Sequence[str]], most: int, seed: int = 2023) -> list[Case]:
    """About `most` cases: every name of a point at least once, with and without a second process at the home, the rest
    spread over scenarios and over lives that are ended twice. A few read in real child processes or replay the archive."""
    rng = random.Random(seed)

    def some(scenario: str, share: float) -> list[int]:
        return sorted(rng.sample(range(len(points[scenario])), min(len(points[scenario]), round(most * share))))

    named = spread(points["standing"], round(most * 0.4), rng)
    cases = [Case("standing", (at,), together=number % 4 == 1) for number, at in enumerate(named)]
    cases += [Case(scenario, (at,)) for scenario in points if scenario != "standing" for at in some(scenario, 0.06)]
    cases += [Case("open in Excel", (at,), together=True) for at in some("open in Excel", 0.06)]
    for number in range(max(most - len(cases), most // 6)):
        scenario = rng.choice(list(points))
        first = rng.randrange(len(points[scenario]))
        second = rng.randrange(max(len(points[scenario]) - first, 4))  # of what is left to do
        cases.append(Case(scenario, (first, second), together=number % 4 == 0))
    return [replace(case, rebuilt=number % 9 == 0, children=number % 40 == 0) for number, case in enumerate(cases)]


# -- one life, in a process of its own ----------------------------------------------------------------------------


class _Life:
    """A run in a forked process. `told` is the file in which it notes every point before it goes on or ends."""

    def __init__(self, home: Home, told: Path, held: str = "", children: bool = False, swapped: str = "") -> None:
        self.home, self.told, self.held = home, told, held
        self.children, self.swapped = children, swapped
        self.ends: Callable[[int, str], bool] = lambda *_: False
        self.at_first: Callable[[], None] = lambda: None  # called at the first point
        self.at_the_door: Callable[[], None] = lambda: None  # called after the first try to take the lead
        self.pid = 0

    def start(self) -> Self:
        self.told.touch()
        self.pid = os.fork()
        if not self.pid:
            code = 1
            try:
                os.setpgrp()
                os.dup2(2, 1)  # what is said in the pipe is ours alone
                self._live()
                code = 0
            except BaseException:
                self.told.with_suffix(".error").write_text(traceback.format_exc(), encoding="utf-8")
            finally:
                os._exit(code)
        return self

    def end(self) -> bool:
        """Wait for it; whether it was killed where it was to be."""
        status = _waited(self.pid)
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)  # children of its own that it could not end
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            return True
        if status:
            error = self.told.with_suffix(".error")
            raise Stuck(error.read_text(encoding="utf-8") if error.exists() else f"status {status}")
        return False

    @property
    def points(self) -> list[str]:
        return self.told.read_text(encoding="utf-8").splitlines()

    def _live(self) -> None:
        notes = os.open(self.told, os.O_WRONLY | os.O_APPEND)
        reached = 0

        def hook(point: str) -> None:
            nonlocal reached
            os.write(notes, f"{point}\n".encode())
            if not reached:
                self.at_first()
            if self.ends(reached, point):
                os.kill(os.getpid(), signal.SIGKILL)
            reached += 1

        self._prepare()
        failpoints.arm(hook)
        if self.swapped:
            SWAPPED[self.swapped]()
        run(self.home, TODAY, moment="0930", sleep=lambda _: None)

    def _prepare(self) -> None:
        lead.POLL = 0.02
        placing.WAITS = (0.0,)
        take = lead.FileLock.take
        tried = False

        def first_told(lock: lead.FileLock) -> bool:
            nonlocal tried
            found = take(lock)
            if not tried:
                tried = True
                self.at_the_door()
            return found

        lead.FileLock.take = first_told
        if self.children:
            intake.engine_of = rebuild.engine_of = _ENGINE_OF
        if self.held:
            really = Path.replace

            def in_use(file: Path, target: Path) -> Path:
                if Path(target).name.startswith(self.held) and "新版" not in Path(target).name:
                    raise PermissionError(13, "open in Excel", str(target))
                return really(file, target)

            Path.replace = in_use


class Stuck(Exception):
    """A life that was to end well did not; with its traceback."""


def _waited(pid: int) -> int:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status
        time.sleep(0.002)
    os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    raise Stuck(f"still at it after {PATIENCE:.0f} s")


# -- orders of acts that are wrong, for the harness to find -------------------------------------------------------


def _clear_before_record() -> None:
    append = Record.append

    def swapped(record: Record, fresh: Iterable[Submission]) -> None:
        known = list(fresh)
        folder = Path(record._engine.url.database or "").parents[1] / "inbox"
        for one in known:
            claims.clear(folder, one.path, one.sha256)
        append(record, known)

    Record.append = swapped


def _publish_before_record() -> None:
    take = desk.Desk.take
    append = Record.append

    def taking(self: desk.Desk, waiting: Any, today: date) -> Any:
        def swapped(record: Record, fresh: Iterable[Submission]) -> None:
            desk.publishing.settled = lambda *_: None  # by the record the outbox is what it should be
            self.publish(today, "0930")
            append(record, fresh)

        Record.append = swapped
        return take(self, waiting, today)

    desk.Desk.take = taking


def _record_before_archive() -> None:
    append = Record.append

    def swapped(record: Record, fresh: Iterable[Submission]) -> None:
        known = list(fresh)
        folder = Path(record._engine.url.database or "").parents[1] / "archive"
        copies = {folder / one.archived: (folder / one.archived).read_bytes() for one in known}
        for copy in copies:
            copy.unlink()
        append(record, known)
        for copy, data in copies.items():
            copy.write_bytes(data)

    Record.append = swapped


def _no_archive() -> None:
    journal = originals.journal

    def swapped(folder: Path, submissions: Iterable[Submission]) -> None:
        known = list(submissions)
        journal(folder, known)
        (folder / known[-1].archived).unlink()

    originals.journal = swapped


def _write_in_place() -> None:
    really = Path.replace

    def swapped(file: Path, target: Path) -> Path:
        if "outbox" in Path(target).parts:
            data = file.read_bytes()
            with Path(target).open("wb") as stream:
                stream.write(data[: len(data) // 2])
                stream.flush()
                failpoints.reach("placed")
                stream.write(data[len(data) // 2 :])
            file.unlink()
            return Path(target)
        return really(file, target)

    Path.replace = swapped


def _no_claiming_anew() -> None:
    """A crash leaves no clearing behind: what was recorded is taken again."""
    claims.clear = lambda *_: True


SWAPPED: Final[dict[str, Callable[[], None]]] = {
    "cleared before it is recorded": _clear_before_record,
    "published before it is recorded": _publish_before_record,
    "recorded before it is archived": _record_before_archive,
    "not archived": _no_archive,
    "written in place": _write_in_place,
    "noted as cleared and not cleared": _no_claiming_anew,
}


# -- what must be true --------------------------------------------------------------------------------------------


@dataclass
class _Ground:
    """One scenario made ready: the home before, and what an undisturbed run leaves."""

    scenario: Scenario
    home: Home
    before: dict[str, bytes]
    straight: Home
    after: dict[str, bytes]
    kept: dict[str, bytes]
    submissions: list[Submission]
    points: list[str] = field(default_factory=list)


def _publishes(scenario: Scenario) -> None:
    """From here on this process publishes what the scenario says."""
    outbox_plan.PARTS = _PARTS if scenario.whole else _FEW


def _ready(folder: Path, scenario: Scenario) -> _Ground:
    _publishes(scenario)
    home, straight = Home(folder / "before"), Home(folder / "straight")
    home.make()
    share.mark(home.inbox, home.data)
    if scenario.before:
        _drop(home, scenario.before, 1_700_000_000)
        run(home, TODAY)
    _drop(home, scenario.drops, 1_700_100_000)
    shutil.copytree(home.root, straight.root)
    life = _Life(straight, folder / "straight.txt").start()
    life.end()
    ground = _Ground(
        scenario,
        home,
        _files(home.outbox),
        straight,
        _files(straight.outbox),
        _files(straight.archive),
        _submissions(straight),
        life.points,
    )
    wrong = _laws(straight, ground)
    if wrong:
        raise Stuck(f"wrong without any kill: {wrong}")
    return ground


def _drop(home: Home, drops: Mapping[str, bytes], moment: int) -> None:
    for number, (path, data) in enumerate(drops.items()):
        file = home.inbox / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        os.utime(file, (moment + 60 * number, moment + 60 * number))


def _files(folder: Path) -> dict[str, bytes]:
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()}


def _submissions(home: Home) -> list[Submission]:
    """Read from a copy: to look must not be to recover."""
    if not home.record.exists():
        return []
    with tempfile.TemporaryDirectory() as folder:
        for tail in ("", "-wal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{home.record}{tail}", f"{folder}/record{tail}")
        with Record.at(Path(folder) / "record") as record:
            return list(record.submissions())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _at_any_moment(home: Home, ground: _Ground) -> list[str]:
    """What must be true the moment after a kill, before anybody mends anything."""
    wrong: list[str] = []
    known = _submissions(home)
    recorded = [(one.path, one.sha256) for one in known]
    lying = [(one.path, _digest(one.file.read_bytes())) for one in scan.scan(home.inbox, _NAMES).waiting]
    for path, data in ground.scenario.drops.items():
        if (path, _digest(data)) not in recorded + lying:
            wrong.append(f"lost: {path} is neither in the inbox nor in the record")
    wrong += [f"doubled in the record: {one}" for one in recorded if recorded.count(one) > 1]
    for one in known:
        if originals.damaged(home.archive / one.archived, one.sha256):
            wrong.append(f"recorded without its bytes in the archive: {one.path}")
    names = {one.submission_id: one.name for one in known}
    shown = {path: data for path, data in _files(home.outbox).items() if not path.startswith(publishing.STAGING)}
    for path, data in shown.items():
        number = re.search(r"(?:回执|需修改)(\d{4})\.", path)
        if number and not path.rsplit("/", 1)[1].startswith(names.get(int(number[1]), "\0")):
            wrong.append(f"answered but not recorded: {path}")
        plain = re.sub(r" \(新版 \d{4}\)", "", path)
        if data not in (ground.before.get(path), ground.after.get(plain)):
            wrong.append(f"half or foreign: {path}")
    return wrong


def _laws(home: Home, ground: _Ground) -> list[str]:
    """What must be true once a run went through."""
    wrong: list[str] = []
    known = _submissions(home)
    if known != ground.submissions:
        told = [(one.submission_id, one.path, one.verdict, one.duplicate_of) for one in known]
        wrong.append(f"another record: {told}")
    if [one.submission_id for one in known] != list(range(1, len(known) + 1)):
        wrong.append("numbers with gaps or doubled")
    wrong += _compared("archive", {p: d for p, d in _files(home.archive).items() if not _is_litter(p)}, ground.kept)
    kept = {_digest(data) for data in _files(home.archive).values()}
    delivered = [*ground.scenario.before.items(), *ground.scenario.drops.items()]
    wrong += [f"not in the archive: {path}" for path, data in delivered if _digest(data) not in kept]
    listed = originals.read_journal(home.archive)
    if sorted((line["path"], line["sha256"]) for line in listed) != sorted((p, _digest(d)) for p, d in delivered):
        wrong.append("the archive's list is not what was delivered")
    shown = _files(home.outbox)
    wrong += _compared("outbox", shown, ground.after)
    for one in known:
        pages = [path for path in shown if path.endswith(f"{one.name} 回执{one.submission_id:04d}.html")]
        if len(pages) != 1:
            wrong.append(f"{len(pages)} answers to {one.path}")
    ledger = set(json.loads(home.published.read_text(encoding="utf-8"))["files"])
    wrong += [f"in the outbox and in no list: {path}" for path in shown.keys() - ledger]
    wrong += [f"in the list and not in the outbox: {path}" for path in ledger - shown.keys()]
    left = [path for path in _files(home.inbox) if path != share.MARKER]
    wrong += [f"left in the inbox: {path}" for path in left]
    if (home.inbox / trays.CLAIMED).exists():
        wrong.append("a folder of claimed files is left")
    empty = [one for one in home.outbox.rglob("*") if one.is_dir() and not any(one.iterdir())]
    return wrong + [f"empty folder: {one.name}" for one in empty]


def _compared(where: str, found: Mapping[str, bytes], wanted: Mapping[str, bytes]) -> list[str]:
    return (
        [f"{where} lacks {path}" for path in wanted.keys() - found.keys()]
        + [f"{where} has {path}" for path in found.keys() - wanted.keys()]
        + [f"{where}: other bytes in {path}" for path in wanted.keys() & found.keys() if wanted[path] != found[path]]
    )


def _is_litter(path: str) -> bool:
    return path.endswith((".tmp", ".old"))


def _litter(home: Home) -> list[str]:
    return [
        f"{folder.name}/{path}"
        for folder in (home.outbox, home.archive, home.data, home.inbox)
        for path in _files(folder)
        if _is_litter(path)
    ]


def _quiet(home: Home, folder: Path) -> list[str]:
    """A run more changes nothing."""
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in sorted(home.outbox.rglob("*"))}
    known, kept = _submissions(home), _files(home.archive)
    _Life(home, folder / "again.txt").start().end()
    wrong = [] if _submissions(home) == known else ["a run more changed the record"]
    if _files(home.archive) != kept:
        wrong.append("a run more changed the archive")
    after = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in sorted(home.outbox.rglob("*"))}
    if {path: one for path, one in before.items() if path.is_file()} != {
        path: one for path, one in after.items() if path.is_file()
    }:
        wrong.append("a run more wrote to the outbox")
    return wrong


# -- one case -----------------------------------------------------------------------------------------------------


def _tried(case: Case, ground: _Ground, folder: Path) -> Found:
    _publishes(ground.scenario)
    found = Found()
    started = time.monotonic()
    home = Home(folder / "home")
    shutil.copytree(ground.home.root, home.root)
    try:
        _lives(case, ground, home, folder, found)
    except Stuck as stuck:
        found.wrong.append(f"does not come back: {stuck}")
    found.seconds = time.monotonic() - started
    return found


def _lives(case: Case, ground: _Ground, home: Home, folder: Path, found: Found) -> None:
    def life(number: int) -> _Life:
        last = number == len(case.kills)
        one = _Life(
            home, folder / f"{number}.txt", "" if last else ground.scenario.held, case.children,
            "" if last else case.swapped,
        )  # fmt: skip
        if not last:
            one.ends = lambda reached, _: reached == case.kills[number]
        return one

    def ended(one: _Life) -> bool:
        if one.end():
            found.died.append(one.points[-1])
            return True
        return False

    lives = [life(number) for number in range(len(case.kills) + 1)]
    next_ = 0
    if case.together:
        leads, waits = os.pipe(), os.pipe()
        first, second = lives[:2]
        first.at_first = lambda: (os.write(leads[1], b"x"), os.read(waits[0], 1))
        second.at_the_door = lambda: os.write(waits[1], b"x")
        first.start()
        os.read(leads[0], 1)
        second.start()
        ended(first)
        ended(second)
        for end in (*leads, *waits):
            os.close(end)
        next_ = 2
        if len(lives) > 2:
            found.wrong += _at_any_moment(home, ground)
    for one in lives[next_:]:
        if ended(one.start()):
            found.wrong += _at_any_moment(home, ground)
    if ground.scenario.held and case.together and len(case.kills) == 1:
        _Life(home, folder / "closed.txt").start().end()
    found.wrong += _laws(home, ground)
    found.litter = _litter(home)
    found.wrong += _quiet(home, folder)
    if case.rebuilt:
        found.wrong += rebuild.rebuild(home)


# -- the process that forks ---------------------------------------------------------------------------------------


def _one_run(asked: Mapping[str, Any], folder: Path) -> Found:
    """For tests that bring a home of their own."""
    life = _Life(Home(Path(asked["home"])), folder / "told.txt")
    left = asked["of"]

    def ends(_: int, point: str) -> bool:
        nonlocal left
        left -= point == asked["point"]
        return not left

    life.ends = ends
    return Found(died=[life.points[-1]] if life.start().end() else [])


def _answered(asked: Mapping[str, Any], grounds: Mapping[str, _Ground], root: Path) -> None:
    """In a process of its own: try a case and say in which file it stands what was found."""
    folder = Path(tempfile.mkdtemp(dir=root))
    try:
        if "home" in asked:
            found = _one_run(asked, folder)
        else:
            case = Case(**{**asked["case"], "kills": tuple(asked["case"]["kills"])})
            found = _tried(case, grounds[case.scenario], folder)
    except BaseException:
        found = Found(wrong=[f"the harness: {traceback.format_exc()}"])
    shutil.rmtree(folder, ignore_errors=True)
    said = asdict(found) | ({"number": asked["number"]} if "number" in asked else {})
    handed = folder.with_suffix(".json")
    handed.write_text(json.dumps(said), encoding="utf-8")
    os.write(1, f"{handed}\n".encode())  # a short line is never mixed with another's


def _serve(root: Path, workers: int, names: Sequence[str]) -> None:
    global _ENGINE_OF
    _ENGINE_OF = intake.engine_of
    intake.engine_of = rebuild.engine_of = lambda *_: InProcess()
    os.fsync = os.sync = lambda *_: None  # the machine keeps its power
    collector.look_seldom()
    grounds = {name: _ready(root / f"ground{number}", SCENARIOS[name]) for number, name in enumerate(names)}
    gc.freeze()  # what every life has anyhow none of them looks through, or it would have a copy of it
    ready = root / "ready.json"
    ready.write_text(json.dumps({name: ground.points for name, ground in grounds.items()}), encoding="utf-8")
    os.write(1, f"{ready}\n".encode())
    at_work: set[int] = set()
    for line in sys.stdin:
        if len(at_work) >= workers:
            at_work.discard(os.wait()[0])
        pid = os.fork()
        if not pid:
            _answered(json.loads(line), grounds, root)
            os._exit(0)
        at_work.add(pid)
    while at_work:
        at_work.discard(os.wait()[0])


_NAMES: Any = None
_ENGINE_OF: Any = None
_PARTS: Final = outbox_plan.PARTS

if __name__ == "__main__":
    from dazoufang.rules.campaign import load_rules
    from dazoufang.system.home import shipped

    _NAMES = load_rules(shipped("schemas")).campaign.inbox
    _serve(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
