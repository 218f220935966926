"""One run, on one page: take in what waits, update the record, publish the outbox, clear the inbox."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Any, Final

from dazoufang import __version__, alerts, annexes, blank_forms, faults, files, inbox, notices, outbox
from dazoufang.accept import Delivery, accept, duplicate
from dazoufang.campaign import Rules, load_rules
from dazoufang.closing import CLOSED, OPEN, RESOLVED
from dazoufang.engine import Engine, Failure
from dazoufang.examine import Examined, Task, examine
from dazoufang.fold import Fold, fold
from dazoufang.home import Home
from dazoufang.outbox import Artifact
from dazoufang.record import Counters, Record
from dazoufang.replies import answer_names, has_copy, receipt
from dazoufang.replies.fault_list import fault_list
from dazoufang.replies.marking import CopyTask, make_copy
from dazoufang.submission import ACCEPTED, DUPLICATE, PARTLY, RETURNED, UNKNOWN_UNIT, Submission

RECEIPTS: Final = "回执"
RETURNS: Final = "退回"
BLANKS: Final = "空白表"
ALERTS_FILE: Final = "预警提醒.xlsx"

_PRELOAD: Final = ("dazoufang.examine", "dazoufang.replies.marking")  # what child processes run

# Why a child process gave no result, in words for the unit; the details go to the log.
_FAILURES: Final = {
    "died": "读取程序意外终止",
    "timeout": "用时超过上限",
    "memory": "占用内存超过上限",
    "raised": "遇到程序不认识的内部结构",
}


# Shows a person how far a long step is: (step, done, total). `cli` draws it.
Progress = Callable[[str, int, int], None]


def silent(*_: object) -> None:
    """Shows nothing: for tests and schedulers."""


@dataclass(frozen=True)
class Summary:
    """What a run did and how things stand after it."""

    today: date
    year: int
    submissions: dict[str, int]
    rows: dict[str, int]
    items: dict[str, int]
    faults: int
    alerts: dict[str, int]
    outbox: list[str]
    changed: list[str]
    seconds: float
    failures: list[str]  # for the log

    def as_json(self) -> dict[str, Any]:
        """As `run --json` prints it."""
        found = asdict(self)
        found["today"] = self.today.isoformat()
        del found["failures"]
        return found


def run(home: Home, today: date, progress: Progress = silent) -> Summary:
    """Take in, record, publish, clear: in that order, so that a crash anywhere is cured by running again.

    Raises:
        BrokenRules: the rules cannot be used; nothing was touched.
        OSError, ArchiveDamaged: the work could not be finished; nothing is lost, run again.
    """
    started = time.monotonic()
    home.make()
    rules = load_rules(home.schemas)
    with Record.at(home.record) as record, engine_of(rules) as engine:
        standing = fold(record.submissions(), rules)
        _clear(home, record)  # what a run before this one recorded but could not clear away
        deliveries, deferred = _archive(home, today, standing)
        examined = _examine(home, engine, deliveries, today, progress)
        fresh, failures = take_in(standing, *_rosters_first(deliveries, examined), record.counters())
        record.append(fresh)
        inbox.journal(home.archive, standing.submissions)
        copies = Copies(home, engine, progress)
        plan, counts = publication(home, standing, today, copies)
        copies.prepare(plan[path].key for path in outbox.stale(home.outbox, home.published, plan))
        changed = outbox.publish(home.outbox, home.published, plan, today)
        _clear(home, record)
    verdicts = [submission.verdict for submission in fresh]
    return Summary(
        today=today,
        year=rules.campaign.year_of(today).year,
        submissions={
            **{verdict: verdicts.count(verdict) for verdict in (ACCEPTED, PARTLY, RETURNED, DUPLICATE)},
            "deferred": deferred,
        },
        faults=sum(len(submission.errors) for submission in fresh),
        outbox=sorted(plan),
        changed=changed,
        seconds=round(time.monotonic() - started, 2),
        failures=failures + copies.failures,
        **counts,
    )


def take_in(
    standing: Fold, deliveries: Sequence[Delivery], examined: Sequence[Examined | Failure], counters: Counters
) -> tuple[list[Submission], list[str]]:
    """Accept deliveries into the fold, in order; returns the submissions and what to log of readers that failed."""
    first = {submission.sha256: submission for submission in standing.submissions if not submission.duplicate_of}
    fresh: list[Submission] = []
    failures: list[str] = []
    for delivery, result in zip(deliveries, examined, strict=True):
        number = counters.submission_id + 1
        if delivery.sha256 in first:
            submission = duplicate(delivery, number, first[delivery.sha256])
        else:
            if isinstance(result, Failure):
                failures.append(f"收件{number}：{result.reason} {_kind_of(result)}")
            submission = accept(delivery, number, examined_or_why(result), standing.rules, standing.roster())
            first[delivery.sha256] = submission
        counters.number(submission)
        standing.take(submission)
        fresh.append(submission)
    return fresh, failures


def examined_or_why(result: Examined | Failure) -> Examined:
    """What a child process found; where it died over the file, the fault that says so."""
    if isinstance(result, Failure):
        return Examined(faults=[faults.make("F06", what=_FAILURES[result.reason])])
    return result


def write_forms(home: Home, today: date, *, prefill: bool = False) -> list[str]:
    """Write blank forms, or with `prefill` also each unit's own, to outbox/空白表; returns their paths."""
    home.make()
    rules = load_rules(home.schemas)
    known = None
    if prefill:
        with Record.at(home.record) as record:
            known = fold(record.submissions(), rules).frames()
    made = blank_forms.render(rules.schemas, rules, known, today)
    for path, data in made.items():
        files.write_atomic(home.outbox / BLANKS / path, data)
    return [str(home.outbox / BLANKS / path) for path in made]


def publication(
    home: Home, standing: Fold, today: date, copies: Copies
) -> tuple[dict[str, Artifact], dict[str, dict[str, int]]]:
    """What the outbox must hold, a pure function of record, rules and today; and the counts for the summary."""
    rules = standing.rules
    frames = standing.frames()
    found = alerts.alerts(frames, rules, today)
    plan = {name: _ready(data) for name, data in annexes.render(frames, rules, today).items()}
    plan[ALERTS_FILE] = Artifact(partial(notices.render, frames, found, rules, today))
    rules_key = f"{__version__} {rules.fingerprint}"
    blanks = cache(partial(blank_forms.render, rules.schemas, rules))
    for schema in rules.schemas.values():
        name = f"{schema.title}.xlsx"
        plan[f"{BLANKS}/{name}"] = Artifact(lambda name=name: blanks()[name], rules_key)  # type: ignore[misc]
    plan.update(answers(home, standing, copies))
    states = frames.items["state"].value_counts()
    kinds = frames.items["kind"].value_counts()
    return plan, {
        "rows": {
            "visits": len(frames.visits),
            "disputes": int(kinds.get("dispute", 0)),
            "suggestions": int(kinds.get("suggestion", 0)),
        },
        "items": {state: int(states.get(state, 0)) for state in (OPEN, RESOLVED, CLOSED)},
        "alerts": alerts.counts(found),
    }


def answers(home: Home, standing: Fold, copies: Copies) -> dict[str, Artifact]:
    """The receipts and returned copies. Rule: every delivered file gets one answer: receipt, returned copy, or both."""
    rules, templates = standing.rules, home.templates
    by_id = {submission.submission_id: submission for submission in standing.submissions}
    made_from = f"{__version__} {rules.fingerprint} {_fingerprint(templates)}"
    plan: dict[str, Artifact] = {}
    for submission in standing.submissions:
        folder = files.safe_name(submission.unit or UNKNOWN_UNIT)
        page, copy = answer_names(submission)
        key = f"{made_from} {submission.submission_id} {submission.sha256}"
        effect, twin = standing.effects[submission.submission_id], by_id.get(submission.duplicate_of)
        marked = has_copy(submission)
        place = RETURNS if submission.errors and not (marked and submission.verdict == PARTLY) else RECEIPTS
        make = partial(receipt, submission, effect, rules, templates, twin)
        plan[f"{place}/{folder}/{page}"] = Artifact(make, key)
        if marked:
            plan[f"{RETURNS}/{folder}/{copy}"] = copies.artifact(submission, key)
    return plan


class Copies:
    """Returned copies, made in child processes; those that are wanted anyway are made together."""

    def __init__(self, home: Home, engine: Engine, progress: Progress = silent) -> None:
        self._home, self._engine, self._progress = home, engine, progress
        self._tasks: dict[str, CopyTask] = {}
        self._made: dict[str, bytes] = {}
        self.failures: list[str] = []

    def artifact(self, submission: Submission, key: str) -> Artifact:
        """The copy as something to publish."""
        original = self._home.archive / submission.archived
        self._tasks[key] = CopyTask(submission, str(original), str(self._home.schemas))
        return Artifact(partial(self._take, key), key)

    def prepare(self, keys: Iterable[str]) -> None:
        """Make these copies now, side by side. Where no copy can be made, a list of what is wrong stands in for it."""
        wanted = [key for key in keys if key in self._tasks and key not in self._made]
        done = count(1)
        results = self._engine.map(
            make_copy, [self._tasks[key] for key in wanted],
            lambda _: self._progress("标注退回件", next(done), len(wanted)),
        )  # fmt: skip
        for key, result in zip(wanted, results, strict=True):
            submission = self._tasks[key].submission
            if isinstance(result, Failure):
                self.failures.append(f"收件{submission.submission_id}的退回件：{result.reason} {_kind_of(result)}")
            self._made[key] = result if isinstance(result, bytes) else fault_list(submission)

    def _take(self, key: str) -> bytes:
        self.prepare([key])
        return self._made.pop(key)


def _kind_of(failure: Failure) -> str:
    """The kind of a failure for the log; its words may quote the file."""
    return failure.detail.split(":", 1)[0][:80]


def _ready(data: bytes) -> Artifact:
    return Artifact(lambda: data)


def engine_of(rules: Rules) -> Engine:
    """Guarded child processes, as the rules bound them."""
    reading = rules.campaign.reading
    return Engine(reading.workers.value, reading.memory_mb.value, reading.seconds.value, preload=_PRELOAD)


def _fingerprint(folder: Path) -> str:
    """A short hash of the templates, so that answers made with others are made again."""
    return files.sha256(b"".join(path.read_bytes() for path in sorted(folder.glob("*.html"))))[:16]


def _archive(home: Home, today: date, standing: Fold) -> tuple[list[Delivery], int]:
    """Archive what waits; what is still being written waits for the next run and is counted."""
    known = {submission.sha256: submission.archived for submission in standing.submissions}
    found = []
    for waiting in inbox.scan(home.inbox):
        delivery = inbox.archive(waiting, home.archive, today, known)
        if delivery is not None:
            known[delivery.sha256] = delivery.archived
        found.append(delivery)
    deliveries = [delivery for delivery in found if delivery is not None]
    return deliveries, len(found) - len(deliveries)


def _examine(
    home: Home, engine: Engine, deliveries: Sequence[Delivery], today: date, progress: Progress
) -> list[Examined | Failure]:
    """Judge each delivery by itself, in child processes."""
    tasks = [
        Task(str(home.archive / one.archived), one.path.rsplit("/", 1)[-1], str(home.schemas), today)
        for one in deliveries
    ]
    done = count(1)
    return engine.map(examine, tasks, lambda _: progress("读取和检查", next(done), len(tasks)))


def _clear(home: Home, record: Record) -> None:
    """Take out of the inbox what the record holds."""
    waiting = record.clearing()
    for _, path, digest in waiting:
        inbox.clear(home.inbox, path, digest)
    record.cleared(number for number, _, _ in waiting)


def _rosters_first(
    deliveries: Sequence[Delivery], examined: Sequence[Examined | Failure]
) -> tuple[list[Delivery], list[Examined | Failure]]:
    """Files waiting together are taken by modification time, then name; but the rosters among them first, so that
    everybody is judged by the same one."""

    def other(pair: tuple[Delivery, Examined | Failure]) -> bool:
        return isinstance(pair[1], Failure) or all(part.form != "roster" for part in pair[1].parts)

    pairs = sorted(zip(deliveries, examined, strict=True), key=other)
    return [delivery for delivery, _ in pairs], [result for _, result in pairs]
