"""How long a sender waits: files dropped at random moments into a watched home, and the moment each answer stands in the outbox.

python benchmarks/answers.py --forms 100 --rate 30 --minutes 3
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from soaking import ANSWER, UNITS, Watcher, answers, faulty, good, roster, said, spread  # noqa: E402

from dazoufang.inbox import settling  # noqa: E402
from dazoufang.system.home import Home  # noqa: E402

ENDING = ".xlsx"


class Eye:
    """Looks into the outbox ten times a second: when did the first answer to a file stand, how often did the annexes change."""

    def __init__(self, home: Home) -> None:
        self._home, self._over = home, threading.Event()
        self.answered: dict[str, float] = {}  # file name → monotonic seconds
        self.annexes = 0
        self._annex = 0
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.1):
            now = time.monotonic()
            for _, name in answers(self._home):
                if found := ANSWER.fullmatch(name):
                    self.answered.setdefault(found["name"], now)
            changed = max((file.stat().st_mtime_ns for file in self._home.outbox.glob("附件*.xlsx")), default=0)
            self.annexes += changed != self._annex
            self._annex = changed


def drop(home: Home, rng: Random, number: int, faults: float) -> str:
    """One form under a name of its own, complete at once; returns its name."""
    unit = UNITS[number % len(UNITS)]
    name = f"走访{number:05d}{ENDING}"
    (home.inbox / unit).mkdir(parents=True, exist_ok=True)
    make = faulty if rng.random() < faults else good
    (home.root / "new").write_bytes(make(rng, unit))
    (home.root / "new").rename(home.inbox / unit / name)
    return name


def main() -> None:
    """Fill a home, watch it, drop, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", type=int, default=100, help="that the home holds before")
    parser.add_argument("--rate", type=float, default=30, help="files a minute")
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng = Random(given.seed)
    with tempfile.TemporaryDirectory(prefix="dazoufang-answers-") as folder:
        home = Home(Path(folder) / "home")
        home.make()
        (home.inbox / "花名册.xlsx").write_bytes(roster(rng))
        for number in range(given.forms):
            drop(home, rng, number, 0.3)
        watcher, eye = Watcher(home, home.root / "watch.txt"), Eye(home)
        try:
            _until(lambda: len(eye.answered) > given.forms, 300)
            time.sleep(15)  # the annexes too
            before, dropped = eye.annexes, {}
            total = round(given.rate * given.minutes)
            began = time.monotonic()
            moments = sorted(rng.uniform(0, given.minutes * 60) for _ in range(total))
            for number, moment in enumerate(moments, given.forms):
                time.sleep(max(began + moment - time.monotonic(), 0))
                dropped[drop(home, rng, number, 0.3)] = time.monotonic()
            _until(lambda: dropped.keys() <= eye.answered.keys(), 300)
            time.sleep(15)
        finally:
            eye.stop()
            code = watcher.end()
        waits = [eye.answered[name] - at for name, at in dropped.items() if name in eye.answered]
        found = {
            "forms before": given.forms,
            "files a minute": given.rate,
            "dropped": total,
            "answered": len(waits),
            "seconds from drop to answer": spread(waits),
            "of which settling takes at least": settling.STILL,
            "annexes published": eye.annexes - before,
            "exit": code,
        }
        sys.stdout.write(said(found) + "\n")


def _until(true: object, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:  # type: ignore[operator]
        time.sleep(0.1)


if __name__ == "__main__":
    main()
