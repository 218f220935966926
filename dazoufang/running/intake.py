"""Takes in one pass of files: claim, archive, examine in child processes, accept in order, one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from datetime import date
from pathlib import Path
from typing import Final

from dazoufang.archive import kept_rules, originals
from dazoufang.inbox import claims, passes, trays
from dazoufang.inbox.scan import Waiting
from dazoufang.judging.examine import Examined, Task, examine
from dazoufang.judging.sender import HELD_FOR_THE_SENDER
from dazoufang.judging.verdict import accept, duplicate
from dazoufang.ledger.fold import Fold
from dazoufang.model import faults
from dazoufang.model.submission import Delivery, Submission
from dazoufang.record.record import Counters, Record
from dazoufang.rules.campaign import Rules
from dazoufang.rules.forms import form_of
from dazoufang.rules.packed import Packed, pack
from dazoufang.rules.schema import Role, Schemas
from dazoufang.running.taken import PassFailed, Taken
from dazoufang.system import failpoints, files
from dazoufang.system.child_limits import Failure
from dazoufang.system.children import CannotStart, Engine, raise_our_mistake
from dazoufang.system.dask_engine import DaskEngine
from dazoufang.system.errors import Files, becomes
from dazoufang.system.home import Home
from dazoufang.system.progress import Progress, counted, silent, told

REFERENCES: Final = (Role.ROSTER, Role.ASSIGNMENTS)  # forms by which others are judged
NOT_THEIR_ITEM: Final = "R20"
UNKNOWN_HEADING: Final = ("S03", "S11", "S14")  # a column that was not read

# Why there is no result of a file, in words for the unit; the details go to the log.
_FAILURES: Final = {
    "died": "读取程序意外终止",
    "timeout": "用时超过上限",
    "memory": "占用内存超过上限",
    "raised": "遇到程序不认识的内部结构",
    "poison": f"收表程序中断了{passes.TRIES}次",
}
_PRELOAD: Final = ("dazoufang.judging.examine", "dazoufang.writing.answers.copy_task")  # what child processes run

Uncleared = Set[tuple[str, str]]  # (path, hash) of what the record holds and nobody could clear away


def take(
    home: Home,
    record: Record,
    engine: Engine,
    ledger_fold: Fold,
    waiting: Sequence[Waiting],
    uncleared: Uncleared,
    today: date,
    progress: Progress,
) -> Taken:
    """One pass, inside the lead: afterwards `ledger_fold` and `record` hold these files, or (on an error) neither does.

    What becomes of the files on an error, the error says. Only a process that ended counts as a try against them.

    Raises:
        PassFailed: the program has a mistake; `ledger_fold` may hold what `record` does not.
        OSError, Trouble: the pass could not be finished.
    """
    tray = trays.tray(home.inbox, waiting[0].tries + 1)
    deliveries: list[Delivery] = []
    try:
        deferred, examined = _archive_and_examine(
            home, engine, today, ledger_fold, waiting, uncleared, progress, tray, deliveries
        )
        if deliveries:
            kept_rules.keep(home.archive, ledger_fold.rules)
        deliveries, examined = _references_first(deliveries, examined, ledger_fold.rules.schemas)
        fresh, failures = take_in(
            ledger_fold, deliveries, examined, [ledger_fold.rules] * len(deliveries), record.counters(), progress
        )
        failpoints.reach("judged")
        record.append(fresh)
    except BaseException as error:
        goes = becomes(error).files
        if goes is Files.GO_BACK:
            claims.give_back_all(home.inbox, uncleared)
        if goes is not Files.STAY_CLAIMED or not isinstance(error, Exception):
            raise
        turns = {delivery.path: turn for turn, delivery in enumerate(deliveries)}
        left = claims.uncounted(tray, waiting[0].tries)
        raise PassFailed(error, sorted(left, key=lambda found: turns.get(found.path, len(turns)))) from error
    originals.journal(home.archive, ledger_fold.submissions)
    return Taken(fresh, deferred, failures)


def take_in(
    ledger_fold: Fold,
    deliveries: Sequence[Delivery],
    examined: Sequence[Examined | Failure],
    rules: Sequence[Rules],
    counters: Counters,
    progress: Progress = silent,
) -> tuple[list[Submission], list[str]]:
    """Accept deliveries into the fold, in order, each by its own rules; returns the submissions and what to log of
    readers that failed.

    ledger_fold: takes them in. deliveries, examined, rules: the files, what was found in each, and by which rules.
    counters: where the record's numbers stand. progress: shows how far it is.
    """
    first = {submission.sha256: submission for submission in ledger_fold.submissions if not submission.duplicate_of}
    fresh: list[Submission] = []
    failures: list[str] = []
    found = zip(deliveries, examined, rules, strict=True)
    for delivery, result, by in told(progress, "记入台账", found, len(deliveries)):
        number, before = counters.submission_id + 1, first.get(delivery.sha256)
        if isinstance(result, Failure):
            failures.append(f"收件{number}：{result.reason} {result.kind}")
        submission = accept(delivery, number, examined_or_why(result), by, ledger_fold.roster())
        if before is not None and _came_before(submission, before, ledger_fold):
            submission = duplicate(delivery, number, before, "" if by.before_authority else submission.unit)
        else:
            first[delivery.sha256] = submission
        submission.rules = by.fingerprint
        counters.number(submission)
        ledger_fold.take(submission)
        fresh.append(submission)
    return fresh, failures


def _came_before(again: Submission, before: Submission, ledger_fold: Fold) -> bool:
    """Whether bytes that were received as `before` are nothing new. What was held because its sender may not say it is
    taken when it comes by a door that may, whatever came since; and an empty form of another unit is its own word."""
    if _held(again) < _held(before) or before.submission_id in ledger_fold.withdrawn:
        return False
    if not any(part.rows for part in again.parts) and again.unit and before.unit and again.unit != before.unit:
        return False
    if ledger_fold.replaced_by(before):
        return True
    # Since then somebody may have been named who handles the item, or it comes from the clerk.
    refused = any(notice.code == NOT_THEIR_ITEM for notice in ledger_fold.effects[before.submission_id].notices)
    return not refused and not _better(again, before)


def _held(submission: Submission) -> int:
    """How many errors say that somebody else has to send it."""
    return sum(fault.code in HELD_FOR_THE_SENDER for fault in submission.errors)


def _better(again: Submission, before: Submission) -> bool:
    """Whether the same bytes fare better now: what was sent back for somebody else's sake (a name not yet on the
    roster, a heading not yet learned, a reader that gave up) is taken when it is dropped again; anything else was
    received already."""
    unknown = [sum(fault.code in UNKNOWN_HEADING for fault in submission.faults) for submission in (again, before)]
    # A column read for the first time may hold faults of its own: knowing of them is better than not having looked.
    return unknown[0] < unknown[1] or (unknown[0] == unknown[1] and len(again.errors) < len(before.errors))


def examined_or_why(result: Examined | Failure) -> Examined:
    """What a child process found; where it died over the file, the fault that says so."""
    if isinstance(result, Failure):
        return Examined(faults=[faults.make("F06", what=_FAILURES[result.reason])])
    return result


def engine_of(rules: Rules, home: Home) -> Engine:
    """Guarded child processes, as the rules bound them; on the workers of the home's cluster, where it has one.

    Raises:
        WrongUse: what names the cluster is no address.
    """
    reading = rules.campaign.reading
    bounds = (reading.workers.value, reading.memory_mb.value, reading.seconds.value, _PRELOAD)
    return DaskEngine(home.cluster, *bounds) if home.cluster else Engine(*bounds)


def _archive_and_examine(
    home: Home,
    engine: Engine,
    today: date,
    ledger_fold: Fold,
    waiting: Sequence[Waiting],
    uncleared: Uncleared,
    progress: Progress,
    tray: Path,
    deliveries: list[Delivery],
) -> tuple[int, list[Examined | Failure]]:
    """Claim into `tray` and archive what waits and judge each file by itself in child processes, which begin while the
    rest is archived; `deliveries` takes them up, in their order. What is still being written or open waits for a
    later pass and is counted; a file that cut short every pass it was in is archived and not looked into."""
    known = {submission.sha256: submission.archived for submission in ledger_fold.submissions}
    tries = waiting[0].tries
    deferred: list[str] = []
    rules = pack(ledger_fold.rules)

    def archived() -> Iterator[Delivery]:
        for dropped in waiting:
            if is_uncleared(dropped, uncleared):
                continue
            claimed = claims.claim(dropped, tray)
            delivery = originals.archive(claimed, home.archive, today, known) if claimed else None
            if delivery is None:
                deferred.append(dropped.path)
                if claimed:
                    claims.give_back(home.inbox, claimed)
                continue
            known[delivery.sha256] = delivery.archived
            deliveries.append(delivery)
            yield delivery

    def task(delivery: Delivery) -> Task:
        return task_of(home.archive / delivery.archived, delivery.name, ledger_fold.rules, rules, today)

    examined: list[Examined | Failure]
    if tries >= passes.TRIES:
        examined = [Failure("poison", f"{tries} tries") for _ in archived()]
    else:
        try:
            examined = engine.map(examine, archived(), counted(progress, "读取和检查", len(waiting)), load=task)
        except CannotStart as error:
            raise CannotStart(error.why, "没有收任何表，表都放回了收件文件夹") from error
        raise_our_mistake(examined)
    if deliveries:
        files.flush_all(home.archive / delivery.archived for delivery in deliveries)
        failpoints.reach("flushed")
    return len(deferred), examined


def task_of(file: Path, name: str, rules: Rules, packed: Packed, today: date) -> Task:
    """The task to examine a file of ours, delivered as `name`. One that is larger than the rules let it be is not read.

    Raises:
        OSError: it cannot be read now.
    """
    size = file.stat().st_size
    whole = size <= rules.campaign.reading.max_mb.value * 2**20
    return Task(file.read_bytes() if whole else b"", size, name, packed, today)


def is_uncleared(left: Waiting, uncleared: Uncleared) -> bool:
    """Whether a left file is in the record already, and only could not be cleared away."""
    if not left.claimed or not any(path == left.path for path, _ in uncleared):
        return False
    try:
        return (left.path, files.sha256_of(left.file)) in uncleared
    except OSError:
        return True  # still open in another program; the next pass looks again


def _references_first(
    deliveries: Sequence[Delivery], examined: Sequence[Examined | Failure], schemas: Schemas
) -> tuple[list[Delivery], list[Examined | Failure]]:
    """Files waiting together are taken by modification time, then name; but the rosters among them first, then the
    assignments, so that everybody is judged by the same ones."""

    references = [form_of(schemas, role).name for role in REFERENCES]

    def turn(pair: tuple[Delivery, Examined | Failure]) -> int:
        forms = set() if isinstance(pair[1], Failure) else {part.form for part in pair[1].parts}
        return next((place for place, form in enumerate(references) if form in forms), len(references))

    pairs = sorted(zip(deliveries, examined, strict=True), key=turn)
    return [delivery for delivery, _ in pairs], [result for _, result in pairs]


def likely_references(waiting: Sequence[Waiting], schemas: Schemas) -> list[Waiting]:
    """The files whose names say that others are judged by them, then the rest: for a backlog of several passes."""
    words = [form_of(schemas, role).title for role in REFERENCES]
    return sorted(
        waiting, key=lambda dropped: next((at for at, word in enumerate(words) if word in dropped.path), len(words))
    )
