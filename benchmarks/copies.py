"""Times a returned copy beside openpyxl's load and save of the same workbook, by the number of its rows.

python benchmarks/copies.py --forms 20 --repeat 3
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import openpyxl  # noqa: E402
from whole_run import HEADINGS  # noqa: E402

from dazoufang.judging.examine import examine_bytes  # noqa: E402
from dazoufang.model.submission import PARTLY, Submission  # noqa: E402
from dazoufang.rules.campaign import Rules, load_rules  # noqa: E402
from dazoufang.writing.answers.returned_copy import returned_copy  # noqa: E402

TODAY: Final = date(2023, 10, 20)
ROWS: Final = (20, 200, 2000)
GOAL: Final = 0.25


class Delivered(NamedTuple):
    """A workbook as it was sent, and what is wrong with it."""

    original: bytes
    submission: Submission


def delivered(number: int, rows: int, rules: Rules) -> Delivered:
    """A form of so many rows as WPS and Excel save it, every fifth with a telephone number that lacks a digit."""
    book = openpyxl.Workbook()
    page = book.create_sheet("走访登记")
    del book["Sheet"]
    page.append(["县乡干部大走访活动走访登记表"])
    page.append(["填报单位：工会"])
    page.append(list(HEADINGS))
    for row in range(rows):
        phone = f"138{number:03d}{row:05d}"[: 10 if row % 5 == 0 else 11]
        page.append(
            [row + 1, date(2023, 9, 18 + row % 10), "李明", "股长", "张建国", "联点乡镇群众", "章华镇", f"沙口村{row + 1}组", phone,
             "家庭4口人，种水稻6亩", "", "建议硬化沙口村至学校的2公里通学路", "", "当场答复，群众表示理解", ""]
        )  # fmt: skip
    stream = io.BytesIO()
    book.save(stream)
    found = examine_bytes(stream.getvalue(), "走访登记表.xlsx", rules, TODAY)
    submission = Submission(
        number, "0", "工会/走访登记表.xlsx", "a", TODAY, PARTLY, "工会", found.parts, found.faults, found.repairs
    )
    return Delivered(stream.getvalue(), submission)


def load_and_save(form: Delivered) -> None:
    """What marking a cell by openpyxl costs before the first cell is marked."""
    openpyxl.load_workbook(io.BytesIO(form.original)).save(io.BytesIO())


def seconds(way: Callable[[Delivered], object], forms: Sequence[Delivered]) -> float:
    """CPU seconds a form."""
    started = time.process_time()
    for form in forms:
        way(form)
    return (time.process_time() - started) / len(forms)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure both ways in turn, `--repeat` times, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--forms", type=int, default=20, help="of 20 rows; of the larger ones as many as have those rows"
    )
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args(arguments)
    rules = load_rules(ROOT / "schemas")

    def copied(form: Delivered) -> None:
        if returned_copy(form.submission, form.original, rules) is None:
            raise SystemExit("a form with faults has no returned copy")

    sys.stdout.write(f"{'rows':>6}{'forms':>7}{'marks':>7}{'copy, ms':>11}{'openpyxl, ms':>14}{'ratio':>8}\n")
    for rows in ROWS:
        forms = [delivered(number, rows, rules) for number in range(max(1, given.forms * ROWS[0] // rows))]
        both = [(seconds(copied, forms), seconds(load_and_save, forms)) for _ in range(given.repeat)]
        copy, theirs = (statistics.median(times) for times in zip(*both, strict=True))
        marks = len(forms[0].submission.faults)
        sys.stdout.write(
            f"{rows:6}{len(forms):7}{marks:7}{1000 * copy:11.1f}{1000 * theirs:14.1f}{copy / theirs:8.2f}\n"
        )
    sys.stdout.write(f"goal: a ratio of at most {GOAL}\n")


if __name__ == "__main__":
    main()
