"""One run, on one page: take in what waits, update the record, publish the outbox, clear the inbox."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence, Set
from dataclasses import asdict, dataclass
from datetime import date
from itertools import count
from typing import Any, Final

from dazoufang import blank_forms, faults, files, inbox, outbox, rulebook
from dazoufang.accept import Delivery, accept, duplicate
from dazoufang.campaign import Rules, load_rules
from dazoufang.engine import Engine, Failure, Progress, silent
from dazoufang.examine import Examined, Task, examine
from dazoufang.fold import Fold, fold
from dazoufang.home import Home
from dazoufang.publication import BLANKS, publication
from dazoufang.record import Counters, Record
from dazoufang.submission import ACCEPTED, DUPLICATE, PARTLY, RETURNED, Effect, Submission

_PRELOAD: Final = ("dazoufang.examine", "dazoufang.replies.marking")  # what child processes run

REFERENCES: Final = ("roster", "assignment")  # forms by which others are judged
UNKNOWN_HEADING: Final = ("S03", "S11")  # a column that was not read

# Why a child process gave no result, in words for the unit; the details go to the log.
_FAILURES: Final = {
    "died": "读取程序意外终止",
    "timeout": "用时超过上限",
    "memory": "占用内存超过上限",
    "raised": "遇到程序不认识的内部结构",
}


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
    stale: list[str]  # open in another program: not brought up to date
    seconds: float
    failures: list[str]  # for the log

    def as_json(self) -> dict[str, Any]:
        """As `run --json` prints it."""
        found = asdict(self)
        found["today"] = self.today.isoformat()
        del found["failures"]
        return found


def run(home: Home, today: date, progress: Progress = silent, moment: str = "0000") -> Summary:
    """Take in, record, publish, clear: in that order, so that a crash anywhere is cured by running again.

    `moment`: HHMM, for the names of new versions beside files that somebody has open.

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
        held = {(path, digest) for _, path, digest in record.clearing()}
        deliveries, examined, deferred = _archive_and_examine(home, engine, today, standing, held, progress)
        if deliveries:
            rulebook.keep(home.archive, rules)
        pairs = _references_first(deliveries, examined)
        fresh, failures = take_in(standing, *pairs, [rules] * len(deliveries), record.counters())
        record.append(fresh)
        inbox.journal(home.archive, standing.submissions)
        planned = publication(home, standing, today, engine, progress)
        planned.prepare(outbox.stale(home.outbox, home.published, planned.files))
        published = outbox.publish(home.outbox, home.published, planned.files, today, moment)
        _clear(home, record)
    verdicts = [submission.verdict for submission in fresh]
    return Summary(
        today=today,
        year=rules.campaign.year_of(today).year,
        submissions={
            **{verdict: verdicts.count(verdict) for verdict in (ACCEPTED, PARTLY, RETURNED, DUPLICATE)},
            "deferred": deferred,
        },
        faults=sum(len(submission.errors) + _lost(standing.effects[submission.submission_id]) for submission in fresh),
        outbox=sorted(planned.files),
        changed=published.changed,
        stale=published.stale,
        seconds=round(time.monotonic() - started, 2),
        failures=failures + planned.copies.failures,
        **planned.counts,
    )


def take_in(
    standing: Fold,
    deliveries: Sequence[Delivery],
    examined: Sequence[Examined | Failure],
    rules: Sequence[Rules],
    counters: Counters,
) -> tuple[list[Submission], list[str]]:
    """Accept deliveries into the fold, in order, each by its own rules; returns the submissions and what to log of
    readers that failed."""
    first = {submission.sha256: submission for submission in standing.submissions if not submission.duplicate_of}
    fresh: list[Submission] = []
    failures: list[str] = []
    for delivery, result, by in zip(deliveries, examined, rules, strict=True):
        number, before = counters.submission_id + 1, first.get(delivery.sha256)
        if isinstance(result, Failure):
            failures.append(f"收件{number}：{result.reason} {result.kind}")
        submission = accept(delivery, number, examined_or_why(result), by, standing.roster())
        if before is not None and (standing.replaced_by(before) or not _better(submission, before)):
            submission = duplicate(delivery, number, before)
        else:
            first[delivery.sha256] = submission
        submission.rules = by.fingerprint
        counters.number(submission)
        standing.take(submission)
        fresh.append(submission)
    return fresh, failures


def _lost(effect: Effect) -> int:
    """How many cells name something that the ledger does not know."""
    return sum(notice.severity == faults.ERROR for notice in effect.notices)


def _better(again: Submission, before: Submission) -> bool:
    """Whether the same bytes fare better now: what was sent back for somebody else's sake (a name not yet on the
    roster, a heading not yet learned, a reader that gave up) is taken when it is dropped again; anything else was
    received already."""
    unknown = [sum(fault.code in UNKNOWN_HEADING for fault in one.faults) for one in (again, before)]
    # A column read for the first time may hold faults of its own: knowing of them is better than not having looked.
    return unknown[0] < unknown[1] or (unknown[0] == unknown[1] and len(again.errors) < len(before.errors))


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
    made = blank_forms.render(rules, known, today)
    for path, data in made.items():
        files.write_atomic(home.outbox / BLANKS / path, data)
    return [str(home.outbox / BLANKS / path) for path in made]


def engine_of(rules: Rules) -> Engine:
    """Guarded child processes, as the rules bound them."""
    reading = rules.campaign.reading
    return Engine(reading.workers.value, reading.memory_mb.value, reading.seconds.value, preload=_PRELOAD)


def _archive_and_examine(
    home: Home, engine: Engine, today: date, standing: Fold, held: Set[tuple[str, str]], progress: Progress
) -> tuple[list[Delivery], list[Examined | Failure], int]:
    """Archive what waits and judge each file by itself in child processes, which begin while the rest is archived.
    What is still being written waits for the next run and is counted; `held` (path, hash) was taken before and could
    not be cleared away."""
    known = {submission.sha256: submission.archived for submission in standing.submissions}
    waiting = inbox.scan(home.inbox)
    deliveries: list[Delivery] = []
    deferred: list[str] = []

    def tasks() -> Iterator[Task]:
        for one in waiting:
            delivery = inbox.archive(one, home.archive, today, known)
            if delivery is None:
                deferred.append(one.path)
            elif (delivery.path, delivery.sha256) not in held:
                known[delivery.sha256] = delivery.archived
                deliveries.append(delivery)
                yield Task(str(home.archive / delivery.archived), one.file.name, str(home.schemas), today)

    done = count(1)
    examined = engine.map(examine, tasks(), lambda _: progress("读取和检查", next(done), len(waiting)))
    if deliveries:
        files.flush_all(home.archive / delivery.archived for delivery in deliveries)
    return deliveries, examined, len(deferred)


def _clear(home: Home, record: Record) -> None:
    """Take out of the inbox what the record holds; what another program holds open is left for a later run."""
    waiting = record.clearing()
    record.cleared(number for number, path, digest in waiting if inbox.clear(home.inbox, path, digest))


def _references_first(
    deliveries: Sequence[Delivery], examined: Sequence[Examined | Failure]
) -> tuple[list[Delivery], list[Examined | Failure]]:
    """Files waiting together are taken by modification time, then name; but the rosters among them first, then the
    assignments, so that everybody is judged by the same ones."""

    def turn(pair: tuple[Delivery, Examined | Failure]) -> int:
        forms = set() if isinstance(pair[1], Failure) else {part.form for part in pair[1].parts}
        return next((place for place, form in enumerate(REFERENCES) if form in forms), len(REFERENCES))

    pairs = sorted(zip(deliveries, examined, strict=True), key=turn)
    return [delivery for delivery, _ in pairs], [result for _, result in pairs]
