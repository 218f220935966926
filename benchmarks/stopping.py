"""How long a run takes to end after Ctrl-C, wherever it is, and whether the next run finishes its work.

python benchmarks/stopping.py --forms 300 --times 12
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from whole_run import ROOT, TODAY, make_forms


def started(home: Path) -> subprocess.Popen[str]:
    """A run as an office types it."""
    command = (sys.executable, str(ROOT / "process.py"), "run", "--json", "--home", str(home), "--today", str(TODAY))
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def fresh(folder: Path) -> Path:
    """A home in which all the forms wait."""
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    for part in ("roster", "forms"):
        shutil.copytree(folder / part, home / "inbox", dirs_exist_ok=True)
    return home


def outbox(home: Path) -> dict[str, bytes]:
    """What is published, by path."""
    root = home / "outbox"
    return {str(file.relative_to(root)): file.read_bytes() for file in sorted(root.rglob("*")) if file.is_file()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", type=int, default=300)
    parser.add_argument("--times", type=int, default=12)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dazoufang-benchmark-") as name:
        folder = Path(name)
        make_forms(folder, given.forms)
        home, begun = fresh(folder), time.perf_counter()
        started(home).communicate()
        whole, alone = time.perf_counter() - begun, outbox(home)
        sys.stdout.write(
            f"{given.forms} forms, a whole run {whole:.1f} s\n{'Ctrl-C after':>14}{'ended in':>10}  exit  next run\n"
        )
        slowest = 0.0
        for turn in range(given.times):
            home, after = fresh(folder), whole * (turn + 0.5) / given.times
            run = started(home)
            time.sleep(after)
            asked = time.perf_counter()
            run.send_signal(signal.SIGINT)
            run.communicate()
            took = time.perf_counter() - asked
            said, _ = started(home).communicate()
            report: dict[str, Any] = json.loads(said)
            same = outbox(home) == alone
            slowest = max(slowest, took)
            visits = report["rows"]["visits"]
            sys.stdout.write(
                f"{after:12.1f} s{took:8.2f} s{run.returncode:6}  {visits} visits, outbox {'the same' if same else 'ANOTHER'}\n"
            )
        sys.stdout.write(f"the slowest end took {slowest:.2f} s\n")


if __name__ == "__main__":
    main()
