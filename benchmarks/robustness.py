"""Runs every file of a folder of strange workbooks through the guarded reader, compares what it reads with a second
reader cell by cell, and writes docs/robustness.md.

python benchmarks/robustness.py FOLDER [--others FOLDER]
"""

from __future__ import annotations

import argparse
import csv
import io
import re
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dazoufang.judging.examine import Task, examine  # noqa: E402
from dazoufang.reading.books import read_books  # noqa: E402
from dazoufang.reading.sheet import Book, CellError, Disputed, Uncalculated, Value, from_serial  # noqa: E402
from dazoufang.rules.campaign import load_rules  # noqa: E402
from dazoufang.rules.packed import pack  # noqa: E402
from dazoufang.system.child_limits import Failure  # noqa: E402
from dazoufang.system.children import Engine  # noqa: E402

TODAY: Final = date(2023, 10, 20)
MEMORY_MB: Final = 1024
SECONDS: Final = 20.0
MANIFEST: Final = "manifest.tsv"
SHOWN: Final = 5  # differences kept of one file
CHECKED: Final = {"6fc31142-SheetsWithoutRelId.xlsx": "sheet whose part is not named: read, where the other skips it"}
Place = tuple[str, int, int]


# -- one file, in the guarded child ----------------------------------------------------------------------------


@dataclass
class Read:
    """What came of one file: its answer's code and reason ('' and '': its sheets were read), and what it cost."""

    code: str
    reason: str
    sheets: int
    cells: int
    seconds: float
    peak_mb: int


def measured(task: Task) -> Read:
    """Examine one file as a run does, and count what was read of it."""
    _forget_peak()
    began = perf_counter()
    examined = examine(task)
    seconds, peak = perf_counter() - began, _peak_mb()
    books = read_books(task.data, task.name)
    code, reason = _answer(books)
    if not code and any(fault.code == "F06" for fault in examined.faults):
        code = "F06"
    sheets = [sheet for book in books for sheet in book.sheets]
    cells = sum(value is not None for sheet in sheets for row in sheet.rows for value in row)
    return Read(code, reason, len(sheets), cells, seconds, peak)


def _answer(books: Sequence[Book]) -> tuple[str, str]:
    """The first reason not to read the file, or one of its sheets, as a whole."""
    for book in books:
        if book.fault is not None:
            return book.fault.code, book.fault.message
    for book in books:
        for sheet in book.sheets:
            if sheet.fault is not None:
                return sheet.fault.code, sheet.fault.message
    return "", ""


def _forget_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def _peak_mb() -> int:
    """The most memory this process held since `_forget_peak`, MiB (0 where the system does not say)."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), 0)


# -- the second reader ----------------------------------------------------------------------------------------


@dataclass
class Compared:
    """How the cells of one file compare with the second reader's; `why`: there is none, or it failed."""

    why: str = ""
    agree: int = 0
    explained: Counter[str] = field(default_factory=Counter)
    unexplained: list[str] = field(default_factory=list)
    differing: int = 0


def compared(task: Task) -> Compared:
    """Compare the cells of one file with openpyxl (full mode), xlrd or odfpy."""
    warnings.simplefilter("ignore")
    data = task.data
    books = read_books(data, task.name)
    if len(books) != 1 or books[0].fault is not None:
        return Compared(why="not read")
    ours = {
        (sheet.name, row, column): value
        for sheet in books[0].sheets
        if sheet.fault is None
        for row, line in enumerate(sheet.rows)
        for column, value in enumerate(line)
        if value is not None
    }
    read = {sheet.name for sheet in books[0].sheets if sheet.fault is None}
    try:
        theirs = _second(data)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        return Compared(why=f"the second reader fails ({type(error).__name__})")
    if theirs is None:
        return Compared(why="no second reader")
    covered = _covered(books[0])
    found = Compared()
    names = {name for name, _, _ in theirs}
    for place in sorted(ours.keys() | {place for place in theirs if place[0] in read}):
        mine, other = ours.get(place), theirs.get(place)
        how = alike(mine, other, covered=place in covered)
        if how is None and task.name in CHECKED and other is None:
            how = CHECKED[task.name]
        if how == "":
            found.agree += 1
        elif how is not None:
            found.explained[how] += 1
        else:
            found.differing += 1
            if len(found.unexplained) < SHOWN:
                found.unexplained.append(f"{place}: {mine!r} | {other!r}")
    lost = names - {sheet.name for sheet in books[0].sheets}
    if lost and b"macrosheets/" in data:
        found.explained["sheet of macros: left out"] += len(lost)
    elif lost:
        found.differing += 1
        found.unexplained.append(f"sheets only the second reader has: {sorted(lost)}")
    return found


def _second(data: bytes) -> dict[Place, Any] | None:
    if data.startswith(b"PK"):
        import zipfile

        names = {name.lower() for name in zipfile.ZipFile(io.BytesIO(data)).namelist()}
        if any(name.endswith("workbook.bin") for name in names):
            return None
        return _with_odfpy(data) if "content.xml" in names else _with_openpyxl(data)
    if data.startswith((b"\xd0\xcf\x11\xe0", b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")):
        return _with_xlrd(data)
    return None


def _with_openpyxl(data: bytes) -> dict[Place, Any]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    if not book.worksheets:
        raise ValueError("no sheets")
    return {
        (page.title, cell.row - 1, cell.column - 1): _Linked(cell.value) if _is_address(cell) else cell.value
        for page in book.worksheets
        for cell in list(page._cells.values())
        if cell.value is not None and cell.value != ""
    }


def _is_address(cell: Any) -> bool:
    link = cell.hyperlink
    return link is not None and isinstance(cell.value, str) and cell.value in (link.target, link.location)


def _with_xlrd(data: bytes) -> dict[Place, Any]:
    import xlrd

    book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO(), ragged_rows=True)
    found: dict[Place, Any] = {}
    for page in book.sheets():
        for row in range(page.nrows):
            for column, cell in enumerate(page.row(row)):
                if cell.ctype == xlrd.XL_CELL_ERROR:
                    found[page.name, row, column] = xlrd.error_text_from_code.get(cell.value, "#ERROR")
                elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
                    found[page.name, row, column] = bool(cell.value)
                elif cell.ctype == xlrd.XL_CELL_DATE:
                    day = from_serial(cell.value, elapsed=False, epoch_1904=bool(book.datemode))
                    found[page.name, row, column] = day
                elif cell.value != "":
                    found[page.name, row, column] = cell.value
    return found


def _with_odfpy(data: bytes) -> dict[Place, Any]:
    import pandas as pd

    pages = pd.read_excel(io.BytesIO(data), engine="odf", sheet_name=None, header=None, na_filter=False, dtype=object)
    return {
        (str(name), row, column): value
        for name, page in pages.items()
        for row, line in enumerate(page.itertuples(index=False))
        for column, value in enumerate(line)
        if value is not None and value != "" and value == value
    }


def _covered(book: Book) -> set[Place]:
    return {
        (sheet.name, row, column)
        for sheet in book.sheets
        for top, left, bottom, right in sheet.merges
        if (bottom - top) * (right - left) < 1_000_000
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
        if (row, column) != (top, left)
    }


def alike(mine: Value, other: Any, *, covered: bool = False) -> str | None:
    """'' where both readers mean the same, the reason where they differ for one that is known, else None."""
    if isinstance(mine, Disputed):
        return "disputed: our own two readers differ, so it is a fault"
    if _canonical(mine) == _canonical(other) or (isinstance(other, str) and mine == _unescaped(other)):
        return ""
    if isinstance(mine, Uncalculated):
        return "formula without a value: said, where the other reads nothing or makes one up"
    if isinstance(mine, CellError):
        return "error cell: said, where the other reads something else"
    if covered and (mine is None or other is None):
        return "cell hidden under a merge"
    if mine is None and isinstance(other, _Linked):
        return "empty cell with a link: the other reads the address"
    if isinstance(mine, str) and other == _unescaped(mine):
        return "escape that the other undoes twice"
    if isinstance(mine, str | None) and isinstance(other, str | None):
        if "".join((mine or "").split()) == "".join(_unescaped(other or "").split()):
            return "spaces and line breaks that the file does not ask to keep"
        if _CONTROL.search(mine or "") or _CONTROL.search(other or ""):
            return "text with control characters"
    if isinstance(mine, _MOMENT) and isinstance(other, int | float | _MOMENT):
        if _near(_serial(mine), _serial(other)) or (
            isinstance(other, int | float) and _near(_serial(mine), other + 1462)
        ):
            return "the same moment under another type (built-in dates of zh-CN, hours, spans)"
        if isinstance(mine, time | timedelta) and isinstance(other, time):
            return "span or seconds that the other cuts"
    if isinstance(other, _MOMENT) and isinstance(mine, int | float) and _near(_serial(mine), _serial(other)):
        return "negative number that the other takes for a day before 1900"
    if isinstance(mine, int | float) and other == "#VALUE!":
        return "number past the last day of Excel: kept, where the other reads an error"
    if mine is True and other is False:
        return "truth value that the other reads off its shown text"
    return None


_MOMENT: Final = (date, time, timedelta)
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f]")


class _Linked(str):
    """The address of a link, which openpyxl gives as the value of an empty cell."""


def _unescaped(text: str) -> str:
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)


def _canonical(value: Any) -> Any:
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, int | float):
        return ("number", float(f"{float(value):.15g}"))
    if isinstance(value, datetime):
        return ("time", (value + timedelta(milliseconds=0.5)).replace(microsecond=0).isoformat())
    if isinstance(value, date):
        return ("time", datetime(value.year, value.month, value.day).isoformat())
    if isinstance(value, str):
        return ("text", str(value)) if value else None
    return value


def _serial(value: Any) -> float:
    if isinstance(value, timedelta):
        return value.total_seconds() / 86400
    if isinstance(value, time):
        return (value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6) / 86400
    if isinstance(value, datetime):
        return (value - datetime(1899, 12, 30)).total_seconds() / 86400
    if isinstance(value, date):
        return float((value - date(1899, 12, 30)).days)
    return float(value)


def _near(one: float, other: float) -> bool:
    return any(abs(one - other - shift) < 1e-5 for shift in (0, 1, -1))  # 1: the 29 February 1900 that never was


# -- a folder, and the page ------------------------------------------------------------------------------------


@dataclass
class Line:
    """One file of a folder, and all that came of it."""

    folder: str
    name: str
    read: Read | Failure
    compared: Compared | Failure

    @property
    def outcome(self) -> str:
        """'read', or the code it is returned with, or how the process was lost."""
        if isinstance(self.read, Failure):
            return f"lost ({self.read.reason})"
        return f"returned {self.read.code}" if self.read.code else "read"

    @property
    def cells(self) -> tuple[int, int, int]:
        """Cells on which the second reader agrees, differs for a known reason, differs."""
        found = Compared() if isinstance(self.compared, Failure) else self.compared
        return found.agree, sum(found.explained.values()), found.differing


def lines(folder: Path, named: Callable[[Path], str]) -> list[Line]:
    """Every file below the folder, in the order of the names, through the engine and the second reader."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    rules = pack(load_rules(ROOT / "schemas"))

    def task(path: Path) -> Task:
        data = path.read_bytes()
        return Task(data, len(data), named(path), rules, TODAY)

    with Engine(2, MEMORY_MB, SECONDS, preload=["robustness"]) as engine:
        read = engine.map(measured, files, load=task)
    with Engine(2, 3 * MEMORY_MB, 3 * SECONDS, preload=["robustness"]) as engine:
        second = engine.map(compared, files, load=task)
    return [
        Line(path.relative_to(folder).parts[0], path.name, *both)
        for path, *both in zip(files, read, second, strict=True)
    ]


def page(corpus: Sequence[Line], kinds: dict[str, str], others: Sequence[Line]) -> str:
    """docs/robustness.md."""
    parts = [
        "# Robustness",
        "Made by `python benchmarks/robustness.py`; figures are never typed in by hand. Every file goes through "
        f"`examine` in a guarded child process ({MEMORY_MB:,} MiB, {SECONDS:g} s), as in a run. What was read is then compared, cell by cell, with "
        "a second reader: openpyxl in full mode (.xlsx), xlrd (.xls, where it is the program's own first reader too: there "
        "`tests/reading/test_two_readers.py` asks calamine), odfpy (.ods); there is none for .xlsb and text. *Explained* are the "
        "differences whose cause is known (listed below); *unexplained* must be 0 or be told here. Times and memory are given "
        "in steps, so that the page changes only when something does.",
        f"## The corpus: {len(corpus)} strange public workbooks",
        *_summary(corpus),
        "| file | what is strange | outcome | reason given | time | memory | agree | explained | unexplained |\n"
        "|---|---|---|---|---|---|--:|--:|--:|\n" + "\n".join(_row(line, kinds.get(line.name, "")) for line in corpus),
    ]
    if others:
        folders = sorted({line.folder for line in others})
        parts += [
            f"## Test files of other libraries: {len(others):,} from {len(folders)} public repositories",
            "Workbooks of every format; Word, PDF and PNG files were delivered as `.xlsx`. None of them is in the corpus. What "
            "was found wrong on them has been mended since, so they show that nothing came back, not what is still unseen.",
            *_summary(others),
            "| source | files | read | returned | lost | agree | explained | unexplained |\n|---|--:|--:|--:|--:|--:|--:|--:|\n"
            + "\n".join(_source(folder, [line for line in others if line.folder == folder]) for folder in folders),
        ]
    return "\n\n".join(parts) + "\n"


def _summary(found: Sequence[Line]) -> list[str]:
    outcomes = Counter(line.outcome for line in found)
    agree, explained, differing = (sum(column) for column in zip(*(line.cells for line in found), strict=True))
    reasons: Counter[str] = Counter()
    for line in found:
        if not isinstance(line.compared, Failure):
            reasons.update(line.compared.explained)
    costs = [line.read for line in found if not isinstance(line.read, Failure)]
    return [
        "| outcome | files |\n|---|--:|\n"
        + "\n".join(f"| {name} | {count:,} |" for name, count in sorted(outcomes.items())),
        f"Slowest: {_time(max(cost.seconds for cost in costs))}; most memory of a child: {_memory(max(cost.peak_mb for cost in costs))}. "
        f"Cells compared: {agree:,} agree, {explained:,} differ for a known reason, {differing:,} unexplained.",
        "| known reason | cells |\n|---|--:|\n"
        + "\n".join(f"| {name} | {count:,} |" for name, count in sorted(reasons.items())),
    ]


def _row(line: Line, kind: str) -> str:
    read = line.read
    told, cost = (
        ("", ("", "")) if isinstance(read, Failure) else (read.reason, (_time(read.seconds), _memory(read.peak_mb)))
    )
    counts = line.cells
    shown = counts if any(counts) else ("", "", "")
    cells = [line.name, kind, line.outcome, told, *cost, *map(str, shown)]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _source(folder: str, found: Sequence[Line]) -> str:
    outcomes = Counter(line.outcome.split(" ")[0] for line in found)
    cells = (sum(column) for column in zip(*(line.cells for line in found), strict=True))
    counts = [len(found), outcomes["read"], outcomes["returned"], outcomes["lost"], *cells]
    return f"| {folder.replace('+', '/')} | " + " | ".join(f"{count:,}" for count in counts) + " |"


def _time(seconds: float) -> str:
    return next(f"<{step:g} s" for step in (0.5, 2, 5, 20, 1e9) if seconds < step)


def _memory(megabytes: int) -> str:
    return next(f"<{step:,} MiB" for step in (256, 512, 1024, 10**9) if megabytes < step)


def as_workbook(path: Path) -> str:
    """The name it is delivered under: what is no workbook at all comes as one."""
    return path.stem + ".xlsx" if path.suffix.lower() in (".doc", ".docx", ".pdf", ".png") else path.name


def kinds_of(folder: Path) -> dict[str, str]:
    """What is strange about each file, by the list that lies in the corpus."""
    listed = folder / MANIFEST
    if not listed.is_file():
        return {}
    with listed.open(encoding="utf-8", newline="") as stream:
        return {
            entry["file"]: entry["class"] for entry in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        }


def main() -> None:
    """Run over the folders named on the command line and write the page."""
    beside = ROOT.parent / "shared" / "corpus"
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", nargs="?", type=Path, default=beside, help="strange workbooks, with their list")
    options.add_argument("--others", type=Path, help="a folder of folders of more of them, one a source")
    chosen = options.parse_args()
    if not chosen.folder.is_dir():
        options.error("no corpus: name a folder of workbooks, e.g. the test-data of Apache POI or SheetJS test_files")
    corpus = lines(chosen.folder, as_workbook)
    others = lines(chosen.others, as_workbook) if chosen.others else []
    text = page(corpus, kinds_of(chosen.folder), others)
    (ROOT / "docs" / "robustness.md").write_text(text, encoding="utf-8")
    for line in (*corpus, *others):
        if line.cells[2] or isinstance(line.read, Failure):
            print(line.folder, line.name, line.outcome, getattr(line.compared, "unexplained", ""))
    print(*_summary(corpus), *(_summary(others) if others else ()), sep="\n\n")


if __name__ == "__main__":
    # Children look the functions up by their module, which the main script is not.
    sys.path.insert(0, str(Path(__file__).parent))
    import robustness

    robustness.main()
