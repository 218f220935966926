"""One run, on one page: take in what waits, update the record, publish the outbox, clear the inbox."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from dazoufang.archive.originals import ArchiveDamaged
from dazoufang.inbox import claims, share
from dazoufang.model import faults
from dazoufang.model.submission import ACCEPTED, DUPLICATE, PARTLY, RETURNED, Effect
from dazoufang.record.tables import UnknownVersion
from dazoufang.rules.rules_file import BrokenRules
from dazoufang.rules.workdays import UnknownYear
from dazoufang.running.desk import Desk, NoRoom
from dazoufang.running.intake import Taken
from dazoufang.system import logbook
from dazoufang.system.engine import Progress, silent
from dazoufang.system.home import Home, NotItsRecord
from dazoufang.system.lead import Busy, LostLead
from dazoufang.system.local_disk import OnAShare

# What says why the work cannot be done, and would only say so again.
NOT_TO_BE_REPEATED: Final = (
    ArchiveDamaged, BrokenRules, Busy, LostLead, NotItsRecord, OnAShare, UnknownVersion, UnknownYear,
)  # fmt: skip


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
    kept_back: str  # why nothing was taken in, in words; "" where all that could was
    seconds: float
    failures: list[str]  # for the log

    def as_json(self) -> dict[str, Any]:
        """As `run --json` prints it."""
        found = asdict(self)
        found["today"] = self.today.isoformat()
        del found["failures"]
        return found


def run(
    home: Home,
    today: date,
    progress: Progress = silent,
    moment: str = "0000",
    sleep: Callable[[float], None] = time.sleep,
) -> Summary:
    """Take in, record, publish, clear: in that order, so that a crash anywhere is cured by running again.

    `moment`: HHMM, for the names of new versions beside files that somebody has open.

    Raises:
        BrokenRules: the rules cannot be used; nothing was touched.
        ShareAway: the inbox is not there, or not the one it was; nothing was touched.
        OSError, ArchiveDamaged: the work could not be finished; nothing is lost, run again.
        Busy, LostLead: another program does the work; nothing was touched, or nothing more after it took over.
        OnAShare, NotItsRecord: the record must not lie where it does; nothing was touched.
    """
    left: frozenset[Path] = frozenset()
    while True:
        try:
            return _run(home, today, progress, moment, sleep)
        except (OSError, *NOT_TO_BE_REPEATED):
            raise
        except Exception as error:
            before, left = left, claims.left(home.inbox)
            if left in (before, frozenset()):
                raise
            logbook.failure(error)  # a file's fault: it is among those that stay claimed, found out pass by pass


def _run(home: Home, today: date, progress: Progress, moment: str, sleep: Callable[[float], None]) -> Summary:
    started = time.monotonic()
    if home.published.exists():  # else the home is new, and its inbox yet to be made
        share.guard(home.inbox, home.data)
    home.make()
    with Desk(home, progress) as desk, desk.lead():
        waiting, growing = desk.waiting(sleep)
        kept_back = ""
        try:
            taken = desk.take(waiting, today)
        except NoRoom as error:
            taken, kept_back = Taken(deferred=len(waiting)), str(error)
        shown = desk.publish(today, moment)
        desk.clear()
        effects, year = desk.standing.effects, desk.rules.campaign.year_of(today).year
    verdicts = [submission.verdict for submission in taken.fresh]
    return Summary(
        today=today,
        year=year,
        submissions={
            **{verdict: verdicts.count(verdict) for verdict in (ACCEPTED, PARTLY, RETURNED, DUPLICATE)},
            "deferred": taken.deferred + growing,
        },
        faults=sum(len(submission.errors) + _lost(effects[submission.submission_id]) for submission in taken.fresh),
        outbox=shown.paths,
        changed=shown.published.changed,
        stale=shown.published.stale,
        kept_back=kept_back,
        seconds=round(time.monotonic() - started, 2),
        failures=taken.failures + shown.failures,
        **shown.counts,
    )


def _lost(effect: Effect) -> int:
    """How many cells name something that the ledger does not know."""
    return sum(notice.severity == faults.ERROR for notice in effect.notices)
