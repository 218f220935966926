"""What a run costs as the home grows: whole, with nothing new and with one more form, beside the pandas loop and a floor.

python benchmarks/growth.py --forms 100 300 1000 5000
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import sys
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from whole_run import ROOT, TODAY, Cost, make_forms, measured, pandas_loop, show_steps, whole_run


def floor(folder: Path) -> dict[str, Any]:
    """Read the cells of every form with python-calamine and write them to one workbook with XlsxWriter: nothing that
    reads and writes as much can take less in Python."""
    import xlsxwriter
    from python_calamine import CalamineWorkbook

    rows = 0
    with xlsxwriter.Workbook(str(folder / "floor.xlsx"), {"constant_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        page = book.add_worksheet()
        for path in sorted(folder.glob("forms/*.xlsx")):
            for cells in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[3:]:
                page.write_row(rows, 0, cells[:1])
                page.write_datetime(rows, 1, cells[1], day)
                page.write_row(rows, 2, cells[2:])
                rows += 1
    return {"visits": rows}


# Each in a process of its own: a function of the folder, or a command as an office types it.
WAYS: Final[dict[str, Callable[[Path], dict[str, Any]] | str]] = {
    "whole run": whole_run,
    "nothing new": "run",
    "one more form": whole_run,
    "status": "status",
    "pandas loop": pandas_loop,
    "floor": floor,
}
BASES: Final = ("pandas loop", "floor")


def command(way: str, folder: Path) -> list[str]:
    """What is started for a way."""
    task = WAYS[way]
    if isinstance(task, str):
        home = str(folder / "home")
        return [sys.executable, str(ROOT / "process.py"), task, "--json", "--home", home, "--today", str(TODAY)]
    return [sys.executable, __file__, "--way", way, "--folder", str(folder)]


def at(forms: int) -> dict[str, Cost]:
    """What each way costs with so many forms, one after the other in one home; the last of them comes alone."""
    with tempfile.TemporaryDirectory(prefix="dazoufang-benchmark-") as name:
        folder = Path(name)
        make_forms(folder, forms)
        home, last = folder / "home", max(folder.glob("forms/*.xlsx"))
        for part in ("roster", "forms"):
            shutil.copytree(folder / part, home / "inbox", dirs_exist_ok=True)
        (home / "inbox" / last.name).unlink()
        costs = {}
        for way in WAYS:
            if way == "one more form":
                shutil.copy2(last, home / "inbox" / last.name)
            costs[way] = measured(command(way, folder))
        return costs


def show(costs: dict[int, dict[str, Cost]]) -> None:
    """The table, a line a size, how each column grows, and the steps of the whole run at each size."""
    head = "".join(f"{name:>15}" for name in WAYS)
    figures = {
        "seconds by the clock": "seconds",
        "CPU seconds of all processes": "cpu_seconds",
        "peak MB, parent": "parent_megabytes",
        "peak MB, children together": "children_megabytes",
    }
    for what, figure in figures.items():
        sys.stdout.write(f"{what}\n{'forms':>8}{head}{'run / loop':>12}{'run / floor':>13}\n")
        for forms, found in costs.items():
            values = {way: float(getattr(found[way], figure)) for way in WAYS}
            ratios = "".join(f"{values['whole run'] / (values[base] or math.nan):12.2f}" for base in BASES)
            sys.stdout.write(f"{forms:8,}" + "".join(f"{value:15.2f}" for value in values.values()) + f"{ratios}\n")
        for (few, before), (many, after) in pairwise(costs.items()):
            grown = [getattr(after[way], figure) / max(getattr(before[way], figure), 0.01) for way in WAYS]
            exponents = "".join(f"{math.log(max(times, 0.01)) / math.log(many / few):15.2f}" for times in grown)
            sys.stdout.write(f"{'growth':>8}{exponents}   exponent from {few:,} to {many:,}\n")
        sys.stdout.write("\n")
    for forms, found in costs.items():
        for way in ("whole run", "one more form"):
            sys.stdout.write(f"{way} at {forms:,} forms: s, ms a form, share\n")
            show_steps([found[way].report["steps"]], found[way].seconds, forms)
            sys.stdout.write("\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", type=int, nargs="+", default=[100, 300, 1000])
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    task = WAYS.get(given.way)
    if callable(task):
        json.dump(task(given.folder), sys.stdout)
        return
    if max(given.forms) > 30:
        at(3)  # compiles what an office has compiled long since
    show({forms: at(forms) for forms in given.forms})


if __name__ == "__main__":
    main()
