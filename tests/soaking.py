"""Hours in the life of a watched folder, made up from a seed: what people and machines do to it, and what must be true."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Final

from tables import workbook

from dazoufang.archive import originals
from dazoufang.cli import UNFINISHED
from dazoufang.commands.rebuild import rebuild
from dazoufang.commands.run import run
from dazoufang.inbox import settling, share, trays
from dazoufang.model.submission import Submission
from dazoufang.record.record import Record
from dazoufang.running import health
from dazoufang.running.desk import Desk
from dazoufang.system.home import Home

ROOT: Final = Path(__file__).resolve().parents[1]
TODAY: Final = date(2023, 10, 20)
UNITS: Final = ("工会", "督导室", "人事股", "师训股", "体育股", "审计股", "职成股", "怀乡中学")
NAMES: Final = ("走访登记表", "走访", "第二批走访", "🏠走访 明细")
COPY_MARKS: Final = ("(1)", "（2）", " - 副本", "最终版", "v2")
GAP: Final = settling.STILL / 2  # seconds a slow writer pauses at most: longer, and his file has come to rest
STEADY: Final = settling.STILL * 0.8  # where the machine made a pause longer than this, half a file may be taken
ROUND, LULL = 75, 35  # steps, of which so many are without a disturbance
FRESH_START: Final = 8.0  # seconds after which a watch that was started anew counts as settled in
ANSWER: Final = re.compile(r"(?P<name>.+) (?P<kind>回执|需修改)(?P<number>[0-9]{4,})\.[a-z]+")

_HEAD: Final = (
    "走访日期", "走访干部", "走访对象", "对象类别", "乡镇", "村(社区)组", "联系电话", "矛盾纠纷和信访诉求", "意见建议",
)  # fmt: skip


# -- what is delivered ----------------------------------------------------------------------------------------------


def cadre(unit: str) -> str:
    """The one cadre of a unit; no two of `UNITS` share one."""
    number = zlib.crc32(unit.encode())
    return "李王张刘陈杨黄赵"[number % 8] + "明红军丽强敏静洋勇艳"[number // 8 % 10]


def roster(rng: Random) -> bytes:
    """All units; the phone numbers make each one another file."""
    lines = [[cadre(unit), unit, "股室负责人", f"139{rng.randrange(10**8):08d}"] for unit in UNITS]
    return workbook([["姓名", "单位", "角色", "手机"], *lines])


def good(rng: Random, unit: str) -> bytes:
    """A form of a few visits without a fault."""
    return workbook([list(_HEAD), *_visits(rng, unit)], unit=unit)


def faulty(rng: Random, unit: str) -> bytes:
    """The same with cells to be sent back."""
    lines = _visits(rng, unit)
    lines[0][0], lines[-1][6] = "上周三", "1380000"
    return workbook([list(_HEAD), *lines], unit=unit)


def csv(rng: Random, unit: str) -> bytes:
    """The same as text."""
    lines = [[f"填报单位：{unit}"], list(_HEAD), *_visits(rng, unit)]
    text = "\r\n".join(",".join(str(cell or "") for cell in line) for line in lines) + "\r\n"
    return text.encode(rng.choice(("utf-8-sig", "gb18030")))


def packed(rng: Random, unit: str) -> bytes:
    """Two forms in one zip."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as pack:
        for number, form in enumerate((good(rng, unit), faulty(rng, unit))):
            pack.writestr(zipfile.ZipInfo(f"走访{number}.xlsx", (2023, 10, 1, 0, 0, 0)), form)
    return stream.getvalue()


def unreadable(rng: Random, _: str) -> bytes:
    """What no program can read."""
    return rng.choice((b"%PDF-1.4\n", b"{\\rtf1 ", b"\x89PNG\r\n\x1a\n")) + rng.randbytes(rng.randrange(200, 4000))


def cut_off(rng: Random, unit: str) -> bytes:
    """A workbook whose end never came: answered once it has stood so long that none will."""
    data = good(rng, unit)
    return data[: rng.randrange(600, len(data) - 100)]


def _visits(rng: Random, unit: str) -> list[list[str | None]]:
    return [
        [
            f"2023-09-{rng.randrange(18, 31)}", cadre(unit), rng.choice("孙周吴郑") + rng.choice("建国平清") + rng.choice("红云丽芳"),
            "其他", "章华镇", f"沙口村{rng.randrange(1, 19)}组", f"138{rng.randrange(10**8):08d}",
            "与邻居因排水沟改道争执" if rng.random() < 0.2 else None, "建议硬化通学路" if rng.random() < 0.2 else None,
        ]
        for _ in range(rng.randrange(2, 7))
    ]  # fmt: skip


FORMS: Final[dict[str, tuple[Callable[[Random, str], bytes], str, int]]] = {  # what, its ending, how often
    "good": (good, ".xlsx", 10),
    "faulty": (faulty, ".xlsx", 6),
    "csv": (csv, ".csv", 4),
    "zip": (packed, ".zip", 3),
    "unreadable": (unreadable, ".pdf", 2),
    "cut off": (cut_off, ".xlsx", 1),
}


# -- the model ------------------------------------------------------------------------------------------------------


@dataclass
class Delivery:
    """One finished file. `must`: nobody took it back; else it may have been taken before something took its place."""

    path: str
    digest: str
    data: bytes
    done: float  # monotonic seconds at which it was complete under its last name
    must: bool = True
    swift: bool = True  # whether it comes to rest in the usual time


@dataclass
class Model:
    """What was delivered, what disturbed it when, and which answer was first seen when."""

    deliveries: list[Delivery] = field(default_factory=list)
    actions: Counter[str] = field(default_factory=Counter)
    disturbed: list[tuple[float, float]] = field(default_factory=list)
    answered: dict[int, float] = field(default_factory=dict)  # number of the submission → monotonic seconds
    findings: list[str] = field(default_factory=list)  # what was seen on the way that must not be

    def add(self, path: str, data: bytes, *, must: bool = True, swift: bool = True) -> Delivery:
        """A file stands complete under `path`, from now on."""
        found = Delivery(path, hashlib.sha256(data).hexdigest(), data, time.monotonic(), must, swift)
        self.deliveries.append(found)
        return found

    def doubtful(self, path: str, data: bytes) -> None:
        """Something else took the place of these bytes under `path`; whether a watch was faster nobody knows."""
        digest = hashlib.sha256(data).hexdigest()
        for one in reversed(self.deliveries):
            if one.must and (one.path, one.digest) == (path, digest):
                one.must = False
                return
        self.findings.append(f"{path} holds bytes that nobody finished there")

    def taken_back(self, path: str, data: bytes) -> None:
        """These bytes lay under `path` and are out of the inbox: they are no delivery."""
        self.doubtful(path, data)
        digest = hashlib.sha256(data).hexdigest()
        for number in reversed(range(len(self.deliveries))):
            one = self.deliveries[number]
            if not one.must and (one.path, one.digest) == (path, digest):
                del self.deliveries[number]
                return

    def waits(self, submissions: Sequence[Submission]) -> tuple[list[float], list[float]]:
        """Seconds from completion to answer: of the deliveries that nothing disturbed, and of all others that could be
        told apart."""
        numbers: dict[tuple[str, str], list[int]] = {}
        for one in submissions:
            numbers.setdefault((one.path, one.sha256), []).append(one.submission_id)
        calm: list[float] = []
        others: list[float] = []
        for delivery in self.deliveries:
            same = [one for one in self.deliveries if (one.path, one.digest) == (delivery.path, delivery.digest)]
            which = numbers.get((delivery.path, delivery.digest), [])
            if len(same) != len(which) or not delivery.must:
                continue
            at = self.answered.get(which[same.index(delivery)])
            if at is not None and delivery.swift:
                alone = not any(begin < at and delivery.done < end for begin, end in self.disturbed)
                (calm if alone else others).append(at - delivery.done)
        return calm, others


# -- the programs ---------------------------------------------------------------------------------------------------


class Watcher:
    """One `watch` as a process of its own, in a session of its own: its children can be told."""

    def __init__(self, home: Home, said: Path, flags: Sequence[str] = ()) -> None:
        self._home, self._said, self._flags = home, said, flags  # the last: of the interpreter
        self._said_before = 0
        self.process = self._start()
        self.sessions = [self.process.pid]

    def _start(self) -> subprocess.Popen[bytes]:
        with self._said.open("ab") as said:
            self._said_before = said.tell()
            return subprocess.Popen(
                [sys.executable, *self._flags, str(ROOT / "process.py"), "watch", "--home", str(self._home.root), "--today", str(TODAY)],
                stdout=said, stderr=said, stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    def again(self) -> None:
        """Start it anew."""
        self.process = self._start()
        self.sessions.append(self.process.pid)

    def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()
        self.process.wait()

    def end(self, patience: float = 90.0) -> int:
        """Ask it to end; its exit code, 0 also where it had not yet begun to watch."""
        self.process.terminate()
        code = self.process.wait(patience)
        begun = "正在值守".encode() in self._said.read_bytes()[self._said_before :]
        return 0 if code in (UNFINISHED, -signal.SIGTERM) and not begun else code

    @property
    def words(self) -> str:
        """What it said, its last lines."""
        return "\n".join(self._said.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])


def orphans(sessions: Sequence[int]) -> list[int]:
    """Processes of these sessions that live (Linux; elsewhere none is seen)."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            about = (path / "stat").read_text().rpartition(")")[2].split()
            if int(about[3]) in sessions and about[0] != "Z":
                found.append(int(path.name))
    return found


# -- the driver -----------------------------------------------------------------------------------------------------


class Soak:
    """Acts on a home for some seconds. Step n of a seed is always the same act; when it falls is the machine's."""

    def __init__(self, home: Home, seed: int, watches: int = 2) -> None:
        self.home, self.seed, self.model = home, seed, Model()
        self._rng = Random(seed)
        self._place = threading.Lock()  # held by whoever names a file in the inbox; the share goes away only meanwhile
        self._busy: set[str] = set()  # paths that a slow writer is at
        self._raw = 0  # slow writers whose half files look whole to `run`, which waits for nobody
        self._writers: list[threading.Thread] = []
        self._over = threading.Event()
        home.make()
        self._stash = home.root / "stash"
        self._stash.mkdir(exist_ok=True)
        share.mark(home.inbox, home.data)
        self.watchers = [Watcher(home, home.root / f"watch{n}.txt") for n in range(watches)]
        self._runs: list[subprocess.Popen[bytes]] = []
        self._eye = threading.Thread(target=self._look_for_answers)
        self._eye.start()

    def act(self, seconds: float) -> None:
        """Random acts for so long."""
        self._disturb(time.monotonic(), FRESH_START)
        self._put("花名册.xlsx", roster(self._rng))
        until, step = time.monotonic() + seconds, 0
        possible = {name for name in ACTS if hasattr(signal, "SIGSTOP") or name not in _POSIX}
        while time.monotonic() < until:
            rng = Random(f"{self.seed} {step}")
            lull = step % ROUND < LULL  # nothing is disturbed, so that it is seen how long answers take
            acts = [name for name in ACTS if name in possible and not (lull and name in _DISTURBING)]
            name = rng.choices(acts, [ACTS[name] for name in acts])[0]
            self.model.actions[name] += 1
            getattr(self, f"_{name}")(rng)
            self._look_after_processes()
            time.sleep(rng.choice((0.0, 0.1, 0.3, 0.8, 2.0)))
            step += 1

    def calm_down(self, limit: float = 300.0) -> None:
        """Let everything be taken in and published, and end the programs."""
        for writer in self._writers:
            writer.join()
        for beside in self._runs:
            beside.wait(limit)
        until, quiet = time.monotonic() + limit, 0
        while quiet < 3 and time.monotonic() < until:
            time.sleep(1)
            self._look_after_processes()
            now = health.Health.read(self.home.data) or health.Health()
            still = now.state == health.WATCHING and not now.waiting and not now.behind and not left(self.home)
            quiet = quiet + 1 if still else 0
        if quiet < 3:
            self.model.findings.append(f"no rest after {limit:.0f} s: {health.Health.read(self.home.data)}")
        for watcher in self.watchers:
            if code := watcher.end():
                self.model.findings.append(f"a watch that was asked to end said {code}:\n{watcher.words}")
        self.close()
        sessions = [number for watcher in self.watchers for number in watcher.sessions]
        for _ in range(30):
            if not orphans(sessions):
                return
            time.sleep(1)
        self.model.findings.append(f"child processes outlive their watch: {len(orphans(sessions))}")

    def close(self) -> None:
        """End what still lives, whatever came before."""
        self._over.set()
        self._eye.join()
        for process in [*(one.process for one in self.watchers), *self._runs]:
            if process.poll() is None:
                process.kill()
                process.wait()

    # -- acts

    def _drop(self, rng: Random) -> None:
        data, ending, swift = self._form(rng)
        unit = rng.choice(UNITS)
        self._put(f"{unit}/{rng.choice(NAMES)}{rng.randrange(100)}{ending}", data(unit), swift=swift)

    def _burst(self, rng: Random) -> None:
        for _ in range(rng.randrange(5, 25)):
            self._drop(rng)

    def _newer(self, rng: Random) -> None:
        """The same unit sends the form again, under its name or one that says it is a copy."""
        if old := self._earlier(rng):
            stem, ending = old.path.removesuffix(Path(old.path).suffix), Path(old.path).suffix
            mark = rng.choice(("", "", *COPY_MARKS))
            self._put(f"{stem}{mark}{ending}", self._edited(rng, old), swift=old.swift)

    def _again(self, rng: Random) -> None:
        if old := self._earlier(rng):
            self._put(old.path, old.data, swift=old.swift)

    def _roster(self, rng: Random) -> None:
        self._put("花名册.xlsx", roster(rng))

    def _slowly(self, rng: Random) -> None:
        """In chunks with pauses; sometimes into room that was set aside first."""
        data, ending, swift = self._form(rng)
        unit = rng.choice(UNITS)
        path = f"{unit}/慢{rng.randrange(10**6)}{ending}"
        self._write_slowly(rng, path, data(unit), swift=swift, zeros=rng.random() < 0.4)

    def _through_tmp(self, rng: Random) -> None:
        """Written slowly under a name that says it is not done, then renamed."""
        data, ending, swift = self._form(rng)
        unit = rng.choice(UNITS)
        self._write_slowly(rng, f"{unit}/传{rng.randrange(10**6)}{ending}", data(unit), swift=swift, rename=True)

    def _over_in_place(self, rng: Random) -> None:
        """An open file is written anew, slowly, where it lies."""
        old = self._earlier(rng)
        if not old or old.path in self._busy or self._running():
            return
        file = self.home.inbox / old.path
        with self._place:
            try:
                descriptor = os.open(file, os.O_RDWR)
            except OSError:  # taken by now
                return
            before = _all_of(descriptor)
            if not before.startswith(b"PK"):  # half a text looks whole to whoever does not wait
                os.close(descriptor)
                return
            os.ftruncate(descriptor, 0)
            self.model.doubtful(old.path, before)
        self._write_slowly(rng, old.path, self._edited(rng, old), swift=False, descriptor=descriptor)

    def _over_by_rename(self, rng: Random) -> None:
        """As Excel and WPS save: the new file takes the name of the old one at once."""
        old = self._earlier(rng)
        if not old or old.path in self._busy:
            return
        fresh = self._stash / "new"
        data = self._edited(rng, old)
        fresh.write_bytes(data)
        with self._place:
            file = self.home.inbox / old.path
            with suppress(FileNotFoundError):
                before = file.read_bytes()
                self.model.doubtful(old.path, before)
            file.parent.mkdir(parents=True, exist_ok=True)
            fresh.replace(file)
            self.model.add(old.path, data, swift=old.swift)

    def _while_open(self, rng: Random) -> None:
        """Saved twice while Excel's lock file stands beside it: only the second is a delivery, unless a run is about."""
        unit = rng.choice(UNITS)
        path, first, second = f"{unit}/开着{rng.randrange(10**6)}.xlsx", good(rng, unit), good(rng, unit)
        lock = self.home.inbox / unit / f"~${Path(path).name}"
        pause = rng.uniform(1, 12)

        def work() -> None:
            with self._place:
                lock.parent.mkdir(parents=True, exist_ok=True)
                lock.write_bytes(b"\x03Li" + b" " * 162)
                (self.home.inbox / path).write_bytes(first)
                looked_on = len(self._runs)
                self._busy.add(path)
            run_about = self._running()
            time.sleep(pause)
            fresh = self._stash / Path(path).name
            fresh.write_bytes(second)
            with self._place:
                if run_about or len(self._runs) > looked_on:
                    self.model.add(path, first, must=False)
                fresh.replace(self.home.inbox / path)
                lock.unlink()
                self.model.add(path, second)
                self._busy.discard(path)

        self._beside(work)

    def _other_time(self, rng: Random) -> None:
        """A clock that is years off."""
        if old := self._earlier(rng):
            then = time.time() + rng.uniform(-10, 10) * 365 * 86400
            with self._place, suppress(FileNotFoundError):
                os.utime(self.home.inbox / old.path, (then, then))
                old.swift = False

    def _delete(self, rng: Random) -> None:
        """Taken back by its sender, if nobody was faster: by one rename, so that it is known which."""
        old = self._earlier(rng, recent=True)
        if old and old.path not in self._busy:
            away = self._stash / "deleted"
            with self._place, suppress(FileNotFoundError):
                (self.home.inbox / old.path).rename(away)
                self.model.taken_back(old.path, away.read_bytes())

    def _rename(self, rng: Random) -> None:
        """While it waits, if it still does."""
        old = self._earlier(rng, recent=True)
        if old and old.path not in self._busy:
            fresh = f"{rng.choice(UNITS)}/改名{rng.randrange(10**6)}{Path(old.path).suffix}"
            away = self._stash / "renamed"
            with self._place, suppress(FileNotFoundError):
                (self.home.inbox / fresh).parent.mkdir(parents=True, exist_ok=True)
                (self.home.inbox / old.path).rename(away)  # for a moment it is nowhere: it is known which one it is
                data = away.read_bytes()
                self.model.taken_back(old.path, data)
                away.rename(self.home.inbox / fresh)
                self.model.add(fresh, data, swift=old.swift)

    def _kill(self, rng: Random) -> None:
        """And started anew, at once or after a while."""
        began, watcher = time.monotonic(), rng.choice(self.watchers)
        watcher.kill()
        time.sleep(rng.choice((0, 0, 1, 4)))
        watcher.again()
        if rng.random() < 0.2:  # and in its recovery
            time.sleep(rng.uniform(0.5, 5))
            watcher.kill()
            watcher.again()
        self._disturb(began, FRESH_START)

    def _kill_at_work(self, rng: Random) -> None:
        """Killed in the middle of a pass, as far as can be seen from without."""
        began, watcher = time.monotonic(), rng.choice(self.watchers)
        self._burst(rng)
        self._wait_for_work()
        time.sleep(rng.uniform(0, 1.5))
        for one in self.watchers if rng.random() < 0.3 else [watcher]:
            one.kill()
            one.again()
        self._disturb(began, FRESH_START)

    def _end(self, rng: Random) -> None:
        began, watcher = time.monotonic(), rng.choice(self.watchers)
        if code := watcher.end():
            self.model.findings.append(f"a watch that was asked to end said {code}:\n{watcher.words}")
        watcher.again()
        self._disturb(began, FRESH_START)

    def _sleep(self, rng: Random) -> None:
        """The machine of one of them is suspended for some seconds."""
        began, watcher = time.monotonic(), rng.choice(self.watchers)
        watcher.process.send_signal(signal.SIGSTOP)
        time.sleep(rng.uniform(1, 6))
        watcher.process.send_signal(signal.SIGCONT)
        self._disturb(began, FRESH_START)

    def _share_away_at_work(self, rng: Random) -> None:
        """It goes in the middle of a pass."""
        self._burst(rng)
        self._wait_for_work()
        time.sleep(rng.uniform(0, 1.5))
        self._share_away(rng)

    def _wait_for_work(self) -> None:
        until = time.monotonic() + 12
        while time.monotonic() < until and not any((self.home.inbox / trays.CLAIMED).glob("*")):
            time.sleep(0.02)

    def _share_away(self, rng: Random) -> None:
        """For some seconds there is no inbox; sometimes a watch starts meanwhile."""
        began, away = time.monotonic(), self.home.root / "inbox away"
        with self._place:
            self.home.inbox.rename(away)
            time.sleep(rng.uniform(0.2, 3))
            if rng.random() < 0.3:
                watcher = rng.choice(self.watchers)
                watcher.kill()
                watcher.again()
                time.sleep(rng.uniform(1, 4))
            self._make_way(away)
        self._disturb(began, 2 * FRESH_START)

    def _make_way(self, away: Path) -> None:
        """Rename it back. What a watch made in its place must be empty folders."""
        made = False
        while True:
            for folder, _, found in os.walk(self.home.inbox, topdown=False):
                if found:
                    self.model.findings.append(f"files in the place of a share that is away: {found}")
                    shutil.rmtree(folder)
                with suppress(OSError):
                    Path(folder).rmdir()
                    made = True
            with suppress(OSError):
                away.rename(self.home.inbox)
                break
        self.model.actions["(folder made where the share was)"] += made

    def _outbox_refuses(self, rng: Random) -> None:
        """Nothing can be published for some seconds: a file lies where new files are staged. (Being root hides modes.)"""
        began, obstacle = time.monotonic(), self.home.outbox / ".publishing"
        for _ in range(200):
            with suppress(OSError):
                obstacle.touch(exist_ok=False)
                break
            time.sleep(0.02)
        else:
            return
        time.sleep(rng.uniform(1, 6))
        with suppress(FileNotFoundError):
            obstacle.unlink()
        self._disturb(began, 3 * FRESH_START)

    def _run_beside(self, rng: Random) -> None:
        """A `run` while the watches watch."""
        with self._place:
            if self._raw or self._running():
                return
            words = [
                sys.executable,
                str(ROOT / "process.py"),
                "run",
                "--home",
                str(self.home.root),
                "--today",
                str(TODAY),
            ]
            with (self.home.root / "run.txt").open("ab") as said:
                self._runs.append(subprocess.Popen([*words, "--quiet"], stdout=said, stderr=said))
        began = time.monotonic()
        if rng.random() < 0.3:
            time.sleep(rng.uniform(0.2, 4))
            self._runs[-1].kill()
        self._disturb(began, 2 * FRESH_START)

    # -- what acts are made of

    def _form(self, rng: Random) -> tuple[Callable[[str], bytes], str, bool]:
        kind = rng.choices(list(FORMS), [weight for _, _, weight in FORMS.values()])[0]
        make, ending, _ = FORMS[kind]
        return (lambda unit: make(rng, unit)), ending, kind != "cut off"

    def _edited(self, rng: Random, old: Delivery) -> bytes:
        """Another version of it, of the same kind."""
        unit = old.path.partition("/")[0]
        if unit not in UNITS:
            return roster(rng)
        if old.path.endswith(".xlsx"):
            return rng.choice((good, faulty))(rng, unit) if old.swift else good(rng, unit)
        return next(make for make, ending, _ in FORMS.values() if old.path.endswith(ending))(rng, unit)

    def _earlier(self, rng: Random, *, recent: bool = False) -> Delivery | None:
        """One that was delivered, mostly just now: it may still be there."""
        known = [one for one in self.model.deliveries if one.must and one.path not in self._busy]
        if recent or rng.random() < 0.7:
            known = known[-6:]
        return rng.choice(known) if known else None

    def _put(self, path: str, data: bytes, *, swift: bool = True) -> None:
        """At once, under a name that is free, or made free by taking back what has it."""
        if path in self._busy:
            return
        fresh, old = self._stash / "put", self._stash / "old"
        fresh.write_bytes(data)
        file = self.home.inbox / path
        with self._place:
            file.parent.mkdir(parents=True, exist_ok=True)
            while True:
                try:
                    os.link(fresh, file)
                    break
                except FileNotFoundError:  # the folder was empty, and a watch tidied it away
                    file.parent.mkdir(parents=True, exist_ok=True)
                except FileExistsError:
                    with suppress(FileNotFoundError):
                        file.rename(old)
                        self.model.taken_back(path, old.read_bytes())
            self.model.add(path, data, swift=swift)
        fresh.unlink()

    def _write_slowly(
        self, rng: Random, path: str, data: bytes, *, swift: bool, zeros: bool = False, rename: bool = False,
        descriptor: int | None = None,
    ) -> None:  # fmt: skip
        file = self.home.inbox / (f"{path}.tmp" if rename else path)
        parts = sorted(rng.sample(range(1, len(data)), rng.randrange(1, 5)))
        chunks = [data[begin:end] for begin, end in zip([0, *parts], [*parts, len(data)], strict=True)]
        pauses = [rng.uniform(0, GAP) for _ in chunks]
        raw = not rename and not data.startswith(b"PK")
        with self._place:
            if path in self._busy or (raw and self._running()):
                if descriptor is not None:
                    raise RuntimeError("two writers at one file")
                return
            if descriptor is None:
                file.parent.mkdir(parents=True, exist_ok=True)
                descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            if zeros:
                os.pwrite(descriptor, bytes(len(data)), 0)
            self._busy.add(path)
            self._raw += raw

        def work() -> None:
            written, last = 0, time.monotonic()
            for chunk, pause in zip(chunks, pauses, strict=True):
                time.sleep(pause)
                if not rename and time.monotonic() - last > STEADY:  # a busy machine made it come to rest
                    half = data[:written] + (bytes(len(data) - written) if zeros else b"")
                    self.model.add(path, half, must=False)
                    self.model.actions["(pause too long)"] += 1
                os.pwrite(descriptor, chunk, written)
                written, last = written + len(chunk), time.monotonic()
            os.close(descriptor)
            with self._place:
                if rename:
                    file.rename(self.home.inbox / path)
                self.model.add(path, data, swift=swift)
                self._busy.discard(path)
                self._raw -= raw

        self._beside(work)

    def _beside(self, work: Callable[[], None]) -> None:
        def safely() -> None:
            try:
                work()
            except Exception as error:
                self.model.findings.append(f"a writer failed: {error!r}")

        self._writers.append(threading.Thread(target=safely))
        self._writers[-1].start()

    def _running(self) -> bool:
        return any(one.poll() is None for one in self._runs)

    def _disturb(self, began: float, afterwards: float) -> None:
        self.model.disturbed.append((began, time.monotonic() + afterwards))

    def _look_after_processes(self) -> None:
        for watcher in self.watchers:
            if watcher.process.poll() is not None:
                code = watcher.process.returncode
                self.model.findings.append(f"a watch ended by itself with {code}:\n{watcher.words}")
                watcher.again()

    def _look_for_answers(self) -> None:
        while not self._over.wait(0.25):
            now = time.monotonic()
            for _, name in answers(self.home):
                if found := ANSWER.fullmatch(name):
                    self.model.answered.setdefault(int(found["number"]), now)


# How often each act comes.
ACTS: Final = {
    "drop": 22, "burst": 2, "newer": 10, "again": 5, "roster": 1, "slowly": 8, "through_tmp": 4, "over_in_place": 6,
    "over_by_rename": 6, "while_open": 3, "other_time": 4, "delete": 6, "rename": 5, "kill": 3, "kill_at_work": 2,
    "end": 1, "sleep": 2, "share_away": 2, "share_away_at_work": 2, "outbox_refuses": 2, "run_beside": 3,
}  # fmt: skip
_DISTURBING: Final = (
    "kill",
    "kill_at_work",
    "end",
    "sleep",
    "share_away",
    "share_away_at_work",
    "outbox_refuses",
    "run_beside",
)
_POSIX: Final = ("sleep", "over_in_place", "over_by_rename", "delete", "rename")  # elsewhere a file in use has its name


def _all_of(descriptor: int) -> bytes:
    found = bytearray()
    while part := os.pread(descriptor, 2**20, len(found)):
        found += part
    return bytes(found)


# -- what must be true ----------------------------------------------------------------------------------------------


def left(home: Home) -> list[str]:
    """Files in the inbox, but for the marker."""
    found = []
    with suppress(OSError):
        for folder, _, names in os.walk(home.inbox):
            found += [str(Path(folder, name).relative_to(home.inbox)) for name in names if name != share.MARKER]
    return found


def answers(home: Home) -> Iterator[tuple[str, str]]:
    """The answers that stand in the outbox: folder, name."""
    for root in ("回执", "退回"):
        for folder, _, names in os.walk(home.outbox / root):
            for name in names:
                yield folder, name


def judge(home: Home, model: Model) -> list[str]:
    """What is not as it must be, in words: nothing is lost, doubled, half-read or left without an answer."""
    with Record.of(home) as record:
        submissions = list(record.submissions())
    return [
        *model.findings,
        *_lost_doubled_or_half(model, submissions),
        *_not_kept(home, submissions),
        *_not_answered(home, submissions),
        *(f"left in the inbox: {path}" for path in left(home)),
        *_not_proven(home),
        *(f"rebuild: {line}" for line in rebuild(home, TODAY)),
        *_not_as_undisturbed(home, submissions),
        *_not_at_rest(home),
    ]


def _lost_doubled_or_half(model: Model, submissions: Sequence[Submission]) -> Iterator[str]:
    """Every delivery is a submission, once."""
    taken = Counter((one.path, one.sha256) for one in submissions)
    must = Counter((one.path, one.digest) for one in model.deliveries if one.must)
    may = Counter((one.path, one.digest) for one in model.deliveries if not one.must)
    for what in sorted(taken.keys() | must.keys()):
        least, most = must[what], must[what] + may[what]
        if taken[what] and not most:
            yield f"never complete, yet taken in: {what[0]}"
        elif not least <= taken[what] <= most:
            yield f"delivered {least} to {most} times, taken in {taken[what]} times: {what[0]}"


def _not_kept(home: Home, submissions: Sequence[Submission]) -> Iterator[str]:
    for one in submissions:
        if originals.damaged(home.archive / one.archived, one.sha256):
            yield f"not in the archive byte for byte: {one.path} (no. {one.submission_id})"


def _not_answered(home: Home, submissions: Sequence[Submission]) -> Iterator[str]:
    """One answer each: a page, a copy, or both, whose names begin with the file's own."""
    names = {one.submission_id: one.path.rsplit("/", 1)[-1] for one in submissions}
    found: dict[tuple[int, str], int] = Counter()
    for folder, name in answers(home):
        answer = ANSWER.fullmatch(name)
        stem = answer and names.get(int(answer["number"]), "").rsplit(".", 1)[0]
        if not answer or not stem or not answer["name"].startswith(stem):
            yield f"an answer to nothing: {folder}/{name}"
        else:
            found[int(answer["number"]), answer["kind"]] += 1
    for number, name in names.items():
        pages, copies = found[number, "回执"], found[number, "需修改"]
        if not (pages or copies) or pages > 1 or copies > 1:
            yield f"no. {number}, {name}: {pages} pages and {copies} copies"


def _not_proven(home: Home) -> Iterator[str]:
    with Desk(home) as desk, desk.lead():
        for line in desk.prove().differences:
            yield f"prove: {line}"


def _not_as_undisturbed(home: Home, submissions: Sequence[Submission]) -> Iterator[str]:
    """Another home, in which the same files came one after the other and nothing happened, shows the same."""
    other = Home(home.root / "undisturbed")
    other.make()
    with Desk(other) as desk, desk.lead():
        for one in submissions:
            file = other.inbox / one.path
            if not (home.archive / one.archived).exists():
                return  # said already
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(home.archive / one.archived, file)
            desk.take(desk.scan().waiting, TODAY)
            desk.clear()
        desk.publish(TODAY, "0000")
    here, there = _outbox(home), _outbox(other)
    for path in sorted(here.keys() | there.keys()):
        if here.get(path) != there.get(path):
            yield f"not as in an undisturbed home: {path}"


def _not_at_rest(home: Home) -> Iterator[str]:
    """Running once more changes nothing."""
    before = _outbox(home)
    summary = run(home, TODAY)
    if summary.changed or sum(summary.submissions.values()) or _outbox(home) != before:
        yield f"another run changes {summary.changed}, takes {summary.submissions}"


def _outbox(home: Home) -> dict[str, bytes]:
    return {
        file.relative_to(home.outbox).as_posix(): file.read_bytes() for file in home.outbox.rglob("*") if file.is_file()
    }


# -- the whole ------------------------------------------------------------------------------------------------------


@contextmanager
def soaked(root: Path, seconds: float, seed: int, watches: int = 2) -> Iterator[Soak]:
    """A soak that has come to rest. It ends all that it started, whatever happens."""
    soak = Soak(Home(root), seed, watches)
    try:
        soak.act(seconds)
        soak.calm_down()
        yield soak
    finally:
        soak.close()


def figures(soak: Soak) -> dict[str, object]:
    """What a soak did, and how long answers took."""
    with Record.of(soak.home) as record:
        submissions = list(record.submissions())
    calm, others = soak.model.waits(submissions)
    return {
        "seed": soak.seed,
        "actions": dict(soak.model.actions.most_common()),
        "deliveries": sum(one.must for one in soak.model.deliveries),
        "maybe": sum(not one.must for one in soak.model.deliveries),
        "submissions": len(submissions),
        "verdicts": dict(Counter(one.verdict for one in submissions)),
        "answers": sum(1 for _ in answers(soak.home)),
        "watches started": sum(len(one.sessions) for one in soak.watchers),
        "runs beside": len(soak._runs),
        "calm": spread(calm),
        "disturbed": spread(others),
    }


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and maximum."""
    if not seconds:
        return {"n": 0}
    order = sorted(seconds)
    at = [order[min(len(order) - 1, int(len(order) * part))] for part in (0.5, 0.95)]
    return {"n": len(order), "p50": round(at[0], 1), "p95": round(at[1], 1), "max": round(order[-1], 1)}


def said(figures: dict[str, object]) -> str:
    """As JSON for a person."""
    return json.dumps(figures, ensure_ascii=False, indent=1)
