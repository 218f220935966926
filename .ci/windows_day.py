"""A working day of `watch` under Wine, for .ci/windows: forms all day long, two kills, the night with its letters; then Linux
takes the same drops, and another Linux the archive alone, and both must have the same outbox."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import openpyxl
from windows_wine import DAY, LONG, PROJECT, Failed, Wine, linux, same, says

Drops = Mapping[str, bytes]  # path in the inbox → bytes

EXAMPLES: Final = PROJECT / "examples" / "inbox"
MORNING: Final = ("花名册.xlsx", "任务分解表.xlsx")  # references come first, so that the day has one order
UNTIL_NIGHT: Final = timedelta(minutes=5)
PIECES: Final = 4  # in which a form comes that is copied slowly, a second apart
SPOOL: Final = "邮件"


def changed(path: str, cells: Mapping[str, Any]) -> bytes:
    """The bytes of an example form with other cells."""
    book = openpyxl.load_workbook(EXAMPLES / path)
    for cell, value in cells.items():
        book.worksheets[0][cell] = value
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def drops() -> list[Drops]:
    """What comes in the morning, in the forenoon, in the afternoon (a form mended and sent again, the same bytes twice, a
    form of another name), and after the night."""
    every = {
        path.relative_to(EXAMPLES).as_posix(): path.read_bytes()
        for path in sorted(EXAMPLES.rglob("*"))
        if path.is_file()
    }
    morning = {name: every.pop(name) for name in MORNING}
    returned = "法制安全股/法制安全股走访登记表.xlsx"
    mended = changed(
        returned, {"I4": "13800130000", "E6": "范长庚", "B7": "2023-9-20", "F9": "其他", "B10": "2023-9-20"}
    )
    more = changed("怀乡中学走访登记表.xlsx", {f"E{row}": name for row, name in enumerate(("蔡新民", "夏桂香"), 4)})
    late = changed("办公室/办公室走访登记表.xlsx", {"L4": "建议在村部设图书角"})
    afternoon = {
        returned: mended,
        "教育事务中心/走访台账2023（1）.csv": every["教育事务中心/走访台账2023.csv"],
        "怀乡中学/怀乡中学补报.xlsx": more,
    }
    return [morning, every, afternoon, {"办公室/办公室走访登记表.xlsx": late}]


class Day:
    """One office's day. `home`: in the chroot; what is said in the window of `watch` is in `said`."""

    def __init__(self, wine: Wine, unpacked: Path, scratch: Path) -> None:
        self.wine, self.unpacked, self.scratch = wine, unpacked, scratch
        self.home = wine.office / "大走访一天"
        self.said = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._answered: list[float] = []  # seconds from the drop to its line in the archive's list

    def lived(self) -> str:
        """The day, and what came of it.

        Raises:
            Failed: something of it is not as it must be.
        """
        began, nightly_at = time.monotonic(), self._made()
        morning, forenoon, afternoon, late = waves = drops()
        self._watch()
        self._deliver(morning)
        self._taken(waves[:1])
        self._deliver(forenoon)
        self._until(lambda: any((self.home / "inbox/.收取中").rglob("*.xls*")), "nothing was claimed")
        self._kill()
        self._watch()
        self._taken(waves[:2])
        self._deliver(afternoon, slowly=True)
        self._taken(waves[:3])
        if self._letters():
            raise Failed(f"the night came before its hour, {nightly_at}")
        self._until(lambda: bool(self._letters()), "no letters in the night")
        self._kill()
        self._watch()
        self._until(lambda: self._health().get("proof") is not None, "no proof of the night")
        before = self._health().get("taken_at")
        self._deliver(late)
        self._taken(waves)
        self._until(lambda: self._shows_more_than(before), "the annexes stayed behind")
        self._kill()
        lasted = time.monotonic() - began
        says(self.said, "每日对账", "附件和预警已更新")
        self._kept(waves)
        return (
            f"{sum(map(len, waves))} files over {lasted:.0f} s, 2 kills, night at {nightly_at} with "
            f"{len(self._letters())} letters as .eml, a drop taken after {min(self._answered):.0f} to "
            f"{max(self._answered):.0f} s; {self._as_on_linux(waves)}"
        )

    def _made(self) -> str:
        """Make the home with rules of its own, whose night is in a few minutes; returns its hour."""
        now = datetime.now(UTC)  # as in the chroot, which has no zone of its own
        if now.date() != (now + 4 * UNTIL_NIGHT).date():
            time.sleep((4 * UNTIL_NIGHT).total_seconds())  # a day has no hour after 24
            now = datetime.now(UTC)
        shutil.rmtree(self.home, ignore_errors=True)
        (self.home / "inbox").mkdir(parents=True)
        shutil.copytree(PROJECT / "schemas", self.home / "schemas")
        rules, nightly_at = self.home / "schemas/campaign.yaml", f"{now + UNTIL_NIGHT:%H:%M}"
        text, count = re.subn(r'(nightly_at: \{value: )"18:30"', rf'\1"{nightly_at}"', rules.read_text("utf-8"))
        if count != 1:
            raise Failed("campaign.yaml has no nightly_at of 18:30")
        rules.write_text(text, "utf-8")
        return nightly_at

    def _watch(self) -> None:
        """Start `watch` as its start file does, for the day of the examples, and wait until it watches."""
        words = ("python.exe", "-X", "utf8", r"app\start.py", "watch", "--today", DAY)
        self._process = self.wine.start(self.unpacked / "program", *words, home=self.home)
        threading.Thread(target=self._listen, args=[self._process], daemon=True).start()
        before = self.said.count("正在值守")
        self._until(lambda: self.said.count("正在值守") > before, "it does not watch")

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None  # noqa: S101 (a pipe)
        for line in process.stdout:
            self.said += line.decode("utf-8", "replace")

    def _kill(self) -> None:
        self.wine.kill()
        self._process = None

    def _until(self, true: Callable[[], bool], else_: str) -> None:
        """Wait until something is true."""
        began = time.monotonic()
        while not true():
            if time.monotonic() - began > LONG or (self._process is not None and self._process.poll() is not None):
                raise Failed(f"{else_}; it said: {self.said[-800:]}")
            time.sleep(0.3)

    def _deliver(self, wave: Drops, *, slowly: bool = False) -> None:
        """Put files into the inbox, one after the other; the last in pieces where that is asked for."""
        for path, data in wave.items():
            file = self.home / "inbox" / path
            file.parent.mkdir(exist_ok=True)
            slow = slowly and path == list(wave)[-1]
            size = -(-len(data) // (PIECES if slow else 1))
            with file.open("wb") as stream:
                for start in range(0, len(data), size):
                    stream.write(data[start : start + size])
                    stream.flush()
                    time.sleep(1 if slow else 0.05)

    def _taken(self, waves: list[Drops]) -> None:
        """Wait until all of these is taken, and nothing but what the program keeps lies in the inbox."""
        began, wanted = time.monotonic(), sum(map(len, waves))
        self._until(lambda: len(self._journal()) >= wanted, f"not all of {wanted} were taken")
        self._answered.append(time.monotonic() - began)
        self._until(lambda: not self._lying(), f"left in the inbox: {self._lying()}")
        if len(self._journal()) != wanted:
            raise Failed(f"{len(self._journal())} were taken of {wanted}")

    def _lying(self) -> list[str]:
        inbox = self.home / "inbox"
        return [path.name for path in inbox.rglob("*") if path.is_file() and path.name != ".大走访收件箱"]

    def _journal(self) -> list[dict[str, Any]]:
        """What the archive lists, in the order in which it was taken."""
        try:
            text = (self.home / "archive/journal.jsonl").read_bytes().decode()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in text.split("\n") if line.strip()]

    def _health(self) -> dict[str, Any]:
        try:
            return dict(json.loads((self.home / "data/health.json").read_text("utf-8")))
        except (OSError, ValueError):  # just being replaced
            return {}

    def _shows_more_than(self, before: str | None) -> bool:
        """Whether something was taken since then, and the annexes show it."""
        now = self._health()
        return now.get("taken_at") not in (None, before) and not now["behind"] and now["published_at"] > now["taken_at"]

    def _letters(self) -> list[Path]:
        return sorted((self.home / "outbox" / SPOOL).rglob("*.eml"))

    def _kept(self, waves: list[Drops]) -> None:
        """Make sure that the archive has every byte that came, once for each delivery."""
        came = Counter((path, sha256(data).hexdigest()) for wave in waves for path, data in wave.items())
        kept = Counter(
            (line["path"], sha256((self.home / "archive" / line["archived"]).read_bytes()).hexdigest())
            for line in self._journal()
        )
        if came != kept:
            raise Failed(f"came and not kept: {came - kept}; kept and not come: {kept - came}")

    def _as_on_linux(self, waves: list[Drops]) -> str:
        """Hold the outbox against that of a Linux which had the same drops, wave by wave, and of one which has only the
        archive; the letters, whose texts tell of hours, against whom a Linux writes to of what."""
        order = {(line["path"], line["sha256"]): place for place, line in enumerate(self._journal())}
        home = self.scratch / "day"
        for number, wave in enumerate(waves):
            for path, data in wave.items():
                file = home / "inbox" / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
                place = order[path, sha256(data).hexdigest()]
                moment = (datetime(2023, 10, 20, 8, tzinfo=UTC) + timedelta(minutes=place)).timestamp()
                os.utime(file, (moment, moment))
            if number == 0:
                shutil.copytree(self.home / "schemas", home / "schemas")
            linux("run", "--home", str(home), "--today", DAY)
            if number == len(waves) - 2:
                linux("nightly", "--home", str(home), "--today", DAY)
        counted = same(self.home / "outbox", home / "outbox")
        anew = self.scratch / "anew"
        (anew / "inbox").mkdir(parents=True)
        for folder in ("archive", "schemas"):
            shutil.copytree(self.home / folder, anew / folder)
        linux("rebuild", "--home", str(anew))
        linux("run", "--home", str(anew), "--today", DAY)
        same(self.home / "outbox", anew / "outbox")
        there, ours = (
            Counter(map(_about, sorted((place / "outbox" / SPOOL).rglob("*.eml")))) for place in (self.home, home)
        )
        if there != ours:
            raise Failed(f"letters there alone: {there - ours}; on Linux alone: {ours - there}")
        return f"{counted}, from the same drops and from the archive alone; letters to the same people"


def _about(file: Path) -> tuple[str, str]:
    """To whom a letter goes and of what."""
    letter = message_from_bytes(file.read_bytes(), policy=policy.default)
    return str(letter["To"]), str(letter["Subject"])
