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

from whole_run import ROOT, TODAY, Cost, make_forms, measured, pandas_loop


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


LOOPS: Final[dict[str, Callable[[Path], dict[str, Any]]]] = {"pandas loop": pandas_loop, "floor": floor}
COLUMNS: Final = ("whole run", "nothing new", "one more form", "pandas loop", "floor")


def run(home: Path) -> Cost:
    """`run` as an office types it."""
    command = (sys.executable, str(ROOT / "process.py"), "run", "--json", "--home", str(home), "--today", str(TODAY))
    return measured(command)


def at(forms: int) -> dict[str, Cost]:
    """What each costs with so many forms; the last of them comes alone."""
    with tempfile.TemporaryDirectory(prefix="dazoufang-benchmark-") as name:
        folder = Path(name)
        make_forms(folder, forms)
        home, last = folder / "home", max(folder.glob("forms/*.xlsx"))
        for part in ("roster", "forms"):
            shutil.copytree(folder / part, home / "inbox", dirs_exist_ok=True)
        (home / "inbox" / last.name).unlink()
        costs = {"whole run": run(home), "nothing new": run(home)}
        shutil.copy2(last, home / "inbox" / last.name)
        costs["one more form"] = run(home)
        if costs["one more form"].report["submissions"]["accepted"] != 1:
            raise SystemExit("the last form was not accepted")
        for way in LOOPS:
            costs[way] = measured((sys.executable, __file__, "--way", way, "--folder", name))
        return costs


def show(costs: dict[int, dict[str, Cost]]) -> None:
    """The table, a line a size, and how each column grows."""
    head = "".join(f"{name:>15}" for name in COLUMNS)
    for what, figure in (("seconds by the clock", "seconds"), ("CPU seconds", "cpu_seconds"), ("peak MB", "megabytes")):
        sys.stdout.write(f"{what}\n{'forms':>8}{head}{'run / loop':>12}{'run / floor':>13}\n")
        for forms, found in costs.items():
            values = [getattr(found[name], figure) for name in COLUMNS]
            ratios = f"{values[0] / values[3]:12.2f}{values[0] / values[4]:13.2f}"
            sys.stdout.write(f"{forms:8,}" + "".join(f"{value:15.2f}" for value in values) + f"{ratios}\n")
        for (few, before), (many, after) in pairwise(costs.items()):
            grown = [getattr(after[name], figure) / max(getattr(before[name], figure), 0.01) for name in COLUMNS]
            exponents = "".join(f"{math.log(times) / math.log(many / few):15.2f}" for times in grown)
            sys.stdout.write(f"{'growth':>8}{exponents}   exponent from {few:,} to {many:,}\n")
        sys.stdout.write("\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", type=int, nargs="+", default=[100, 300, 1000])
    parser.add_argument("--way", choices=LOOPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.way:
        json.dump(LOOPS[given.way](given.folder), sys.stdout)
        return
    show({forms: at(forms) for forms in given.forms})


if __name__ == "__main__":
    main()
