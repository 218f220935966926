"""Ten thousand files at once: how long until all are answered, and every unit for the first time; memory; publications.

python benchmarks/backlog.py --files 10000 [--profile]
"""

from __future__ import annotations

import argparse
import os
import pstats
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import soaking  # noqa: E402
from soaking import Watcher, said, spread  # noqa: E402

from dazoufang.running import health  # noqa: E402
from dazoufang.system.home import Home  # noqa: E402

UNITS: Final = 40
GREEDY: Final = 0.5  # of the files are one unit's, and they are the oldest
BOOKS: Final = 0.25  # are workbooks, the others text


def fill(home: Home, files: int, rng: Random) -> list[str]:
    """Lay the files into the inbox; returns the units."""
    units = [f"第{number:02d}学校" for number in range(UNITS)]
    home.make()
    then = time.time() - 10 * files
    for number in range(files):
        unit = units[0] if number < files * GREEDY else units[1 + number % (UNITS - 1)]
        book = rng.random() < BOOKS
        data = (soaking.faulty if rng.random() < 0.3 else soaking.good)(rng, unit) if book else soaking.csv(rng, unit)
        file = home.inbox / unit / f"走访{number:05d}{'.xlsx' if book else '.csv'}"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(data)
        os.utime(file, (then + number, then + number))
    return units


def memory(session: int) -> tuple[float, float]:
    """Resident megabytes of the first process of a session, and of all its children together."""
    parent = children = 0.0
    for number in soaking.orphans([session]):
        try:
            lines = Path(f"/proc/{number}/status").read_text().splitlines()
        except OSError:
            continue
        resident = next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)
        if number == session:
            parent = resident
        else:
            children += resident
    return parent, children


def observe(home: Home, watcher: Watcher, units: Sequence[str], files: int, patience: float) -> dict[str, Any]:
    """Look every second until all are answered and published."""
    began = time.monotonic()
    first: dict[str, float] = {}
    marks: list[dict[str, float]] = []
    known, published, changed, peak, all_answered = 0, 0, 0, (0.0, 0.0), 0.0
    while time.monotonic() - began < patience:
        time.sleep(1)
        at = time.monotonic() - began
        numbers = set()
        for folder, name in soaking.answers(home):
            if found := soaking.ANSWER.fullmatch(name):
                numbers.add(int(found["number"]))
                first.setdefault(Path(folder).name, at)
        now = max((file.stat().st_mtime_ns for file in home.outbox.glob("附件*.xlsx")), default=0)
        published, changed = published + (now != changed), now
        resident = memory(watcher.process.pid)
        peak = (max(peak[0], resident[0]), max(peak[1], resident[1]))
        if len(numbers) * 10 // files > known * 10 // files:
            mark = {
                "answered": len(numbers),
                "s": round(at),
                "MB": round(resident[0]),
                "children MB": round(resident[1]),
            }
            marks.append(mark)
            sys.stderr.write(f"{mark}\n")
        known = len(numbers)
        if known == files:
            all_answered = all_answered or at
            state = health.Health.read(home.data)
            if state and not state.behind and not state.waiting and state.state == health.WATCHING:
                break
    return {
        "files": files,
        "answered": known,
        "all answered after s": round(all_answered),
        "annexes current after s": round(time.monotonic() - began),
        "first answer of a unit after s": spread([first.get(unit, float("inf")) for unit in units]),
        "peak MB": round(peak[0]),
        "peak MB of children": round(peak[1]),
        "annexes published": published,
        "over time": marks,
    }


def main() -> None:
    """Fill, watch, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=float, default=3600, help="seconds")
    parser.add_argument("--profile", action="store_true", help="say where the time of the watch goes")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dazoufang-backlog-") as folder:
        home = Home(Path(folder) / "home")
        units = fill(home, given.files, Random(given.seed))
        profile = Path(folder) / "profile"
        flags = ("-m", "cProfile", "-o", str(profile)) if given.profile else ()
        watcher = Watcher(home, home.root / "watch.txt", flags)
        try:
            found = observe(home, watcher, units, given.files, given.patience)
        finally:
            code = watcher.end(600)
        sys.stdout.write(said(found | {"exit": code}) + "\n")
        if given.profile:
            pstats.Stats(str(profile)).strip_dirs().sort_stats("cumulative").print_stats("[a-z_]+.py", 60)


if __name__ == "__main__":
    main()
