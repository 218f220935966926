"""Judges files without taking them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from dazoufang.commands.screen import Screen
from dazoufang.judging.examine import Task, examine
from dazoufang.judging.verdict import accept
from dazoufang.ledger.fold import Fold
from dazoufang.model.faults import WARNING, Fault
from dazoufang.model.submission import VERDICT_NAMES, Delivery, Submission
from dazoufang.rules.campaign import load_rules
from dazoufang.rules.packed import pack
from dazoufang.running import kept_fold
from dazoufang.running.intake import engine_of, examined_or_why, task_of
from dazoufang.running.slow_parts import Copies
from dazoufang.system import files
from dazoufang.system.children import raise_our_mistake
from dazoufang.system.errors import WrongUse
from dazoufang.system.home import Home
from dazoufang.system.progress import Progress, counted, silent
from dazoufang.writing.answers.names import answer_names, has_copy


@dataclass(frozen=True, slots=True)
class Checked:
    """One file judged. `form` is the forms' titles, `copy` where the marked copy was written ("" none)."""

    file: str
    form: str
    submission: Submission
    copy: str = ""

    @property
    def unit(self) -> str:
        return self.submission.unit

    @property
    def rows(self) -> int:
        return sum(len(part.counted) for part in self.submission.parts)

    @property
    def verdict_name(self) -> str:
        return VERDICT_NAMES[self.submission.verdict]

    def as_json(self) -> dict[str, Any]:
        """As `check --json` prints it."""
        forms = list(dict.fromkeys(part.form for part in self.submission.parts))
        return {
            "file": self.file,
            "form": forms[0] if len(forms) == 1 else forms or None,
            "unit": self.unit or None,
            "verdict": self.submission.verdict,
            "rows": self.rows,
            "faults": [asdict(fault) for fault in self.submission.faults],
            "repairs": [asdict(repair) for repair in self.submission.repairs],
        }


def check(
    paths: Sequence[Path], home: Home, today: date, write: Path | None = None, progress: Progress = silent
) -> list[Checked]:
    """Judge each file as if it were delivered to `home` today, with its roster if it has one. Nothing is kept but,
    with `write`, the marked copies of those with faults.

    Raises:
        WrongUse: one of them is no file.
        OurMistake: the program has a mistake over one of them.
    """
    for path in paths:
        if path.is_dir():
            raise WrongUse(f"{path} 是文件夹，请写出要检查的文件")
        if not path.is_file():
            raise WrongUse(f"找不到文件 {path}")
    rules = load_rules(home.schemas)
    ledger_fold = kept_fold.of_home(home, rules)
    roster, taken = ledger_fold.roster(), len(ledger_fold.submissions)
    checked = []
    packed = pack(rules)
    with engine_of(rules, home) as engine:

        def task(path: Path) -> Task:
            return task_of(path, path.name, rules, packed, today)

        results = engine.map(examine, paths, counted(progress, "检查", len(paths)), load=task)
        raise_our_mistake(results)
        copies = Copies(home, rules, engine, progress)
        for number, (path, result) in enumerate(zip(paths, results, strict=True), 1):
            delivery = Delivery(path.name, str(path.resolve()), files.sha256_of(path), today)
            submission = accept(delivery, number, examined_or_why(result), rules, roster)
            submission.faults.extend(
                _asked_by_the_ledger(replace(submission, submission_id=taken + number), ledger_fold)
            )
            copy = ""
            if write is not None and has_copy(submission):
                target = write / answer_names(submission)[1]
                files.write_atomic(target, copies.artifact(submission, str(path)).make())
                copy = str(target)
            titles = "、".join(dict.fromkeys(rules.schemas[part.form].title for part in submission.parts))
            checked.append(Checked(str(path), titles, submission, copy))
    return checked


def _asked_by_the_ledger(submission: Submission, ledger_fold: Fold) -> list[Fault]:
    """What the ledger would ask about the file's rows; the ledger of `ledger_fold` takes it in. Not what it does not
    know: the office has items of which this home may know nothing."""
    rows = count(
        1
        + max((row.row_id for taken in ledger_fold.submissions for part in taken.parts for row in part.rows), default=0)
    )
    for part in submission.parts:
        for row in part.rows:
            row.row_id = next(rows)
    return [notice for notice in ledger_fold.take(submission).notices if notice.severity == WARNING]


def show(checked: Sequence[Checked], screen: Screen) -> None:
    """Each file with its faults."""
    screen.data({"files": [found.as_json() for found in checked]})
    for found in checked:
        screen.say(
            f"{found.file}：{found.verdict_name}，{found.form or '认不出是哪张表'}，{found.unit or '单位未知'}，{found.rows}行",
            "bold",
        )
        for fault in found.submission.faults:
            style = {"error": "red", "warning": "yellow"}.get(fault.severity)
            screen.say(f"  [{fault.code}] {fault.message}。{fault.remedy}", style)
        if found.copy:
            screen.say(f"  已标注：{found.copy}")
