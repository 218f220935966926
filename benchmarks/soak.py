"""Soaks a watched home in random drops, edits, kills and outages, and says what must be true and is not.

python benchmarks/soak.py --minutes 30 --seed 1
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from soaking import figures, judge, said, soaked  # noqa: E402


def main() -> int:
    """1 where something is not as it must be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--watches", type=int, default=2, choices=(1, 2))
    parser.add_argument("--keep", type=Path, help="a folder in which the home stays; by default it goes")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dazoufang-soak-") as name:
        with soaked(given.keep or Path(name) / "home", given.minutes * 60, given.seed, given.watches) as soak:
            sys.stdout.write(said(figures(soak)) + "\n")
            wrong = judge(soak.home, soak.model)
        sys.stdout.writelines(f"WRONG {line}\n" for line in wrong)
        sys.stdout.write(f"{len(wrong)} things are not as they must be\n")
        return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
