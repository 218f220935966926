"""Reads what pytest said (with -rs): fails where no test ran, or where one was skipped for a reason that is not allowed.

python .ci/closing.py OUTPUT REASONS: both are files; REASONS holds one allowed reason a line, # begins a remark.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path


def wrong(said: str, allowed: set[str]) -> list[str]:
    """What is wrong with a run of pytest, in words; nothing where tests ran and every skip is allowed."""
    closing = [line for line in said.splitlines() if re.search(r"\b[0-9]+ passed\b.* in [0-9.]+s", line)]
    if not closing:
        return ["no test ran: pytest's closing line is missing"]
    skips = re.findall(r"^SKIPPED \[[0-9]+\] (\S+?:(?:[0-9]+:)?) (.*)$", said, re.MULTILINE)
    found = [f"skipped, and not allowed in .ci/skips.txt: {place} {why}" for place, why in skips if why not in allowed]
    counted = sum(int(number) for number in re.findall(r"^SKIPPED \[([0-9]+)\]", said, re.MULTILINE))
    told = re.search(r"\b([0-9]+) skipped\b", closing[-1])
    if counted != (int(told[1]) if told else 0):
        found.append(f"pytest was not asked for the reasons of its skips (-rs): {closing[-1]}")
    return found


if __name__ == "__main__":
    output, reasons = (Path(name).read_text(encoding="utf-8") for name in sys.argv[1:])
    lines = {line.strip() for line in reasons.splitlines() if not line.startswith("#")}
    found = wrong(output, lines - {""})
    print("\n".join(found), file=sys.stderr)
    sys.exit(bool(found))
