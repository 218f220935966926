"""Times the whole run over N plain forms beside the usual pandas loop and bare reading, and says where its time goes.

python benchmarks/whole_run.py --forms 1000 --repeat 3
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from datetime import date, datetime, timedelta
from functools import wraps
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
TODAY: Final = date(2023, 10, 20)
ROWS: Final = 20
CADRES: Final = 10  # of a unit; each sends a form
HEADINGS: Final = (
    "序号", "走访日期", "走访干部", "职务", "走访对象", "对象类别", "乡镇", "村(社区)组", "联系电话", "家庭情况",
    "矛盾纠纷和信访诉求", "意见建议", "政策咨询和求助", "现场答复情况", "备注",
)  # fmt: skip
# The steps of a run, as (what it is, module, attribute). A step's time is its own, less that of the steps inside it.
STEPS: Final = (
    ("list the inbox", "dazoufang.running.desk:Desk", "to_take"),
    ("archive the files", "dazoufang.archive.originals", "archive"),
    ("read and judge (children)", "dazoufang.running.intake", "_archive_and_examine"),
    ("accept and fold", "dazoufang.running.intake", "take_in"),
    ("write the record", "dazoufang.record.record:Record", "append"),
    ("read or load the fold", "dazoufang.running.desk:Desk", "_folded"),
    ("keep the fold", "dazoufang.running.kept_fold", "keep"),
    ("frames", "dazoufang.ledger.fold:Fold", "frames"),
    ("alerts", "dazoufang.duties.alerts", "alerts"),
    ("what annexes hold", "dazoufang.writing.annexes.annexes", "books"),
    ("what 预警提醒 holds", "dazoufang.writing.alert_sheet", "book"),
    ("write workbooks here", "dazoufang.writing.sheets.page", "workbook"),
    ("receipts", "dazoufang.running.answer_plan", "receipt"),
    ("returned copies (children)", "dazoufang.running.slow_parts:Copies", "prepare"),
    ("publish, wait for children", "dazoufang.outbox.publishing", "publish"),
    ("clear the inbox", "dazoufang.running.desk:Desk", "clear"),
    ("start and imports", "dazoufang.cli", "main"),
)


class Cost(NamedTuple):
    """What one process with all its children took."""

    seconds: float
    cpu_seconds: float  # of all its processes, sampled
    megabytes: float  # highest sum of proportional set sizes, sampled
    parent_megabytes: float  # the highest of the process itself
    children_megabytes: float  # the highest sum of its children
    report: dict[str, Any]


# -- the forms ----------------------------------------------------------------------------------------------------


def make_forms(folder: Path, forms: int) -> None:
    """`forms` plain workbooks of 20 visits in `folder`/forms, and the roster of their cadres in `folder`/roster."""
    import xlsxwriter

    rng = Random(2023)
    (folder / "forms").mkdir()
    (folder / "roster").mkdir()
    cadres = [(_name(rng, number), f"第{number // CADRES:04d}单位") for number in range(forms)]
    for cadre, unit in cadres:
        with xlsxwriter.Workbook(str(folder / "forms" / f"{unit}走访登记表-{cadre}.xlsx")) as book:
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            page = book.add_worksheet("走访登记")
            page.write(0, 0, "县乡干部大走访活动走访登记表")
            page.write(1, 0, f"填报单位：{unit}")
            page.write_row(2, 0, HEADINGS)
            for row in range(ROWS):
                values = _visit(rng, row, cadre)
                page.write_row(3 + row, 0, values)
                page.write_datetime(3 + row, 1, datetime(2023, 9, 18) + timedelta(days=rng.randrange(28)), day)
    with xlsxwriter.Workbook(str(folder / "roster" / "花名册.xlsx")) as book:
        page = book.add_worksheet("花名册")
        page.write_row(0, 0, ("姓名", "单位", "职务", "角色", "手机"))
        for row, (cadre, unit) in enumerate(cadres, 1):
            page.write_row(row, 0, (cadre, unit, "股长", "股室负责人", f"139{row:08d}"))


def _name(rng: Random, number: int) -> str:
    """A name of three characters; the given name counts, so that no two cadres share it."""
    given = "建国平清红云丽芳军伟强敏静洋勇艳杰涛明超秀兰霞刚桂英华玉梅福生林"
    return rng.choice("王李张刘陈杨黄赵吴周") + given[number // 32 % 32] + given[number % 32]


def _visit(rng: Random, row: int, cadre: str) -> tuple[str | int | None, ...]:
    place = rng.choice(("沙口村", "团结村", "磨盘村", "红旗村", "东湖村"))
    dispute = f"与邻居因{place}排水沟改道发生争执，多次协商未果" if rng.random() < 0.1 else None
    suggestion = f"建议硬化{place}至学校的{rng.randrange(2, 30)}公里通学路" if rng.random() < 0.2 else None
    return (
        row + 1, None, cadre, "股长", _name(rng, rng.randrange(1024)), "联点乡镇群众", "章华镇",
        f"{place}{rng.randrange(1, 19)}组", f"138{rng.randrange(10**8):08d}", "家庭4口人，种水稻6亩", dispute, suggestion, None,
        "当场答复，群众表示理解", None,
    )  # fmt: skip


# -- what is timed, each in a process of its own --------------------------------------------------------------------


def whole_run(folder: Path) -> dict[str, Any]:
    """`run` as an office types it, over what lies in the inbox of `folder`/home; what it printed, and the times of its
    steps."""
    sys.path.insert(0, str(ROOT))
    waiting = len([file for file in (folder / "home" / "inbox").iterdir() if file.suffix == ".xlsx"])
    times = _timed_steps()
    sys.argv[1:] = ["run", "--json", "--home", str(folder / "home"), "--today", str(TODAY)]
    with redirect_stdout(io.StringIO()) as said:
        code = import_module("dazoufang.cli").main()
    report: dict[str, Any] = json.loads(said.getvalue())
    if code or report["submissions"]["accepted"] != waiting:
        raise SystemExit(f"not all forms were accepted: {report['submissions']}")
    return {"visits": report["rows"]["visits"], "steps": times}


def _timed_steps() -> dict[str, float]:
    """Wrap the steps so that each adds its own time, less that of the steps inside it, to the result."""
    times: dict[str, float] = defaultdict(float)
    inner = [0.0]

    def wrapped(what: str, step: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(step)  # so that children, too, find it by its name
        def timed(*args: Any, **named: Any) -> Any:
            inner.append(0.0)
            started = time.perf_counter()
            try:
                return step(*args, **named)
            finally:
                took = time.perf_counter() - started
                times[what] += took - inner.pop()
                inner[-1] += took

        return timed

    for what, place, name in STEPS:
        module, _, owner = place.partition(":")
        holder = getattr(import_module(module), owner) if owner else import_module(module)
        setattr(holder, name, wrapped(what, getattr(holder, name)))
    return times


def pandas_loop(folder: Path) -> dict[str, Any]:
    """What one would write first: read every form with pandas and openpyxl, concatenate, save."""
    import pandas as pd

    frames = [
        pd.read_excel(path, engine="openpyxl", header=2, dtype=object) for path in sorted(folder.glob("forms/*.xlsx"))
    ]
    whole = pd.concat(frames, ignore_index=True)
    whole.to_excel(folder / "whole.xlsx", index=False)
    return {"visits": len(whole)}


def bare_reading(folder: Path) -> dict[str, Any]:
    """The cells of every form as python-calamine reads them, and nothing done with them."""
    from python_calamine import CalamineWorkbook

    rows = 0
    for path in sorted(folder.glob("forms/*.xlsx")):
        rows += len(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()) - 3
    return {"visits": rows}


WAYS: Final = {
    "whole": ("(a) whole run", whole_run),
    "pandas": ("(b) pandas + openpyxl, concat, to_excel", pandas_loop),
    "calamine": ("(c) python-calamine, reading alone", bare_reading),
}


# -- measuring ------------------------------------------------------------------------------------------------------


def measure(way: str, folder: Path) -> Cost:
    """Run one way in a fresh process, from its start to its end. Raises CalledProcessError when it fails."""
    shutil.rmtree(folder / "home", ignore_errors=True)
    for part in ("roster", "forms"):
        shutil.copytree(folder / part, folder / "home" / "inbox", dirs_exist_ok=True)
    return measured([sys.executable, str(Path(__file__).resolve()), "--way", way, "--folder", str(folder)])


def measured(command: Sequence[str]) -> Cost:
    """What one process with its children costs, from its start to its end; it prints its report as JSON. Raises
    CalledProcessError when it fails."""
    started = time.perf_counter()
    caching = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    child = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True, env=caching)
    watch = Watch(child.pid)
    said, _ = child.communicate()
    seconds = time.perf_counter() - started
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)
    return Cost(seconds, *watch.stop(), json.loads(said))


class Watch:
    """Watches a session of processes (Linux) from the outside, so that the measured ones do nothing for it."""

    def __init__(self, session: int) -> None:
        self._session, self._over = session, threading.Event()
        self._all = self._parent = self._children = 0
        self._ticks: dict[str, int] = {}
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> tuple[float, float, float, float]:
        """CPU seconds of all processes, and the most memory seen, in MB: of all together, of the first, of the rest."""
        self._over.set()
        self._thread.join()
        seconds = sum(self._ticks.values()) / os.sysconf("SC_CLK_TCK")
        return seconds, self._all / 1e6, self._parent / 1e6, self._children / 1e6

    def _watch(self) -> None:
        while not self._over.wait(0.03):
            sizes = {path.name: _memory(path) for path in self._processes()}
            parent = sizes.pop(str(self._session), 0)
            self._parent = max(self._parent, parent)
            self._children = max(self._children, sum(sizes.values()))
            self._all = max(self._all, parent + sum(sizes.values()))

    def _processes(self) -> Iterator[Path]:
        for path in Path("/proc").glob("[0-9]*"):
            try:
                about = (path / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(about[3]) == self._session:
                self._ticks[path.name] = int(about[11]) + int(about[12])
                yield path


def _memory(process: Path) -> int:
    """Proportional set size in bytes: pages that children share with their parent count once."""
    try:
        lines = (process / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def show(costs: dict[str, list[Cost]], forms: int) -> None:
    """The table, and the steps of the whole run."""
    base = statistics.median(cost.seconds for cost in costs["whole"])
    sys.stdout.write(f"{forms} forms of {ROWS} rows, {os.cpu_count()} cores, median of {len(costs['whole'])}\n\n")
    sys.stdout.write(f"{'':42}{'s':>8}{'ms/form':>9}{'CPU s':>8}{'peak MB':>9}{'× (a)':>7}\n")
    for way, (title, _) in WAYS.items():
        seconds = statistics.median(cost.seconds for cost in costs[way])
        cpu = statistics.median(cost.cpu_seconds for cost in costs[way])
        memory = max(cost.megabytes for cost in costs[way])
        figures = f"{seconds:8.2f}{1000 * seconds / forms:9.2f}{cpu:8.2f}{memory:9.0f}{seconds / base:7.2f}"
        sys.stdout.write(f"{title:42}{figures}\n")
    sys.stdout.write("\n")
    show_steps([cost.report["steps"] for cost in costs["whole"]], base, forms)


def show_steps(runs: Sequence[dict[str, float]], whole: float, forms: int) -> None:
    """The steps of runs, the longest first: seconds, ms a form, share of the whole."""
    middle = {what: statistics.median(steps.get(what, 0.0) for steps in runs) for what, _, _ in STEPS}
    middle["Python's own start and end"] = whole - sum(middle.values())
    for what, seconds in sorted(middle.items(), key=lambda pair: -pair[1]):
        sys.stdout.write(f"  {what:40}{seconds:8.2f}{1000 * seconds / forms:9.2f}{100 * seconds / whole:8.0f}%\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every way in turn, `--repeat` times, or be one of the measured processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.way:
        json.dump(WAYS[given.way][1](given.folder), sys.stdout)
        return
    with tempfile.TemporaryDirectory(prefix="dazoufang-benchmark-") as name:
        folder = Path(name)
        make_forms(folder, given.forms)
        costs: dict[str, list[Cost]] = defaultdict(list)
        for _ in range(given.repeat):  # interleaved, so that a slow minute of the machine hits all of them
            for way in WAYS:
                costs[way].append(measure(way, folder))
        show(costs, given.forms)


if __name__ == "__main__":
    main()
