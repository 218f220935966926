"""Ends the program with SIGKILL at hundreds of points, lets it recover, and counts what was then not as it must be.

python benchmarks/killing.py --cases 600 --workers 2

One case is one home: a life that ends at one point (or two lives at two), recovery, and every law looked at. A power cut
is not tried: what was written stays in the system's memory when a process is killed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from killing import Case, Found, Killer, plan  # noqa: E402 (the path comes first)

from dazoufang.system import failpoints  # noqa: E402


def kind(case: Case) -> str:
    """What sort of case it is, in words."""
    lives = "once" if len(case.kills) == 1 else "twice"
    return f"{case.scenario}, {lives}{', two processes' if case.together else ''}"


def show(tried: Sequence[tuple[Case, Found]], seconds: float) -> None:
    """Two tables, by point and by kind, the sums, and each case that went wrong."""
    say = sys.stdout.write
    died = Counter(point for _, found in tried for point in found.died)
    wrong = Counter(point for _, found in tried if found.wrong for point in found.died)
    litter = Counter(found.died[-1] for _, found in tried if found.litter and found.died)
    say(f"{'point':14}{'killed':>8}{'failed':>8}{'left a file':>13}\n")
    for point in failpoints.POINTS:
        say(f"{point:14}{died[point]:8}{wrong[point]:8}{litter[point]:13}\n")
    say("\n")
    kinds = Counter(kind(case) for case, _ in tried)
    failed = Counter(kind(case) for case, found in tried if found.wrong)
    for name, count in kinds.items():
        say(f"{name:44}{count:6} cases{failed[name]:6} failed\n")
    ended = sum(bool(found.died) for _, found in tried)
    children = sum(case.children for case, _ in tried)
    rebuilt = sum(case.rebuilt for case, _ in tried)
    say(
        f"\n{len(tried)} cases, {ended} with a death, {died.total()} deaths; {children} read in real child processes, "
        f"{rebuilt} replayed the archive\n{sum(failed.values())} failed, {seconds:.0f} s\n"
    )
    for case, found in tried:
        if found.wrong:
            say(f"\n{case} died at {found.died}:\n" + "".join(f"  {line[:300]}\n" for line in found.wrong[:10]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Try them; 1 where any failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=600)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=2023)
    given = parser.parse_args(arguments)
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="dazoufang-killing-") as folder,
        Killer(Path(folder), workers=given.workers) as killer,
    ):
        tried = list(killer.tried(plan(killer.points, given.cases, given.seed)))
    show(tried, time.monotonic() - started)
    return int(any(found.wrong for _, found in tried))


if __name__ == "__main__":
    sys.exit(main())
