"""One home at work: its rules, record, ledger and child processes, kept from pass to pass.

What judges, folds and writes is imported where it is first wanted: a run that finds nothing to do ends before."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import TYPE_CHECKING, Self

from dazoufang.archive import originals
from dazoufang.inbox import claims, passes, settling, share, trays
from dazoufang.inbox import scan as inbox_scan
from dazoufang.inbox.scan import Contents, PassedOver, Waiting
from dazoufang.model.submission import Submission
from dazoufang.outbox import publishing, remembered
from dazoufang.outbox.publishing import Published
from dazoufang.outbox.remembered import Issue
from dazoufang.record.record import Record
from dazoufang.rules import templates
from dazoufang.rules.campaign import load_rules
from dazoufang.rules.forms import fingerprint
from dazoufang.running.issue import issue
from dazoufang.running.taken import PassFailed, Taken
from dazoufang.system import files, logbook
from dazoufang.system.errors import Trouble
from dazoufang.system.home import Home, NotItsRecord
from dazoufang.system.progress import Progress, silent, told

if TYPE_CHECKING:
    from dazoufang.ledger.fold import Fold
    from dazoufang.ledger.frames import Frames
    from dazoufang.running.outbox_plan import Publication
    from dazoufang.running.proof import Proof
    from dazoufang.system.children import Engine


@dataclass(frozen=True, slots=True)
class Shown:
    """What the outbox holds now. `paths`: all that is published; `counts`: for the summary; `failures`: for the log.
    `broken`: why the notice is not there although it is due, in words: its template; "" it is, or is not due;
    `lacking`: the same of a library that is not installed."""

    paths: list[str]
    published: Published
    counts: dict[str, dict[str, int]]
    failures: list[str]
    broken: str = ""
    lacking: str = ""


@dataclass(frozen=True, slots=True)
class ToTake:
    """What a run finds in the inbox. `growing`: how many files are still being written."""

    waiting: list[Waiting]
    growing: int
    passed_over: list[PassedOver]


class NoRoom(Trouble, OSError):
    """The disk is too full to take anything in. The message says so in Chinese."""


class Desk:
    """One home at work. Everything but `waiting` is done inside `lead`.

    Raises (on opening):
        BrokenRules, OnAShare, UnknownVersion: the home cannot be worked on; nothing was touched.
    """

    def __init__(self, home: Home, progress: Progress = silent) -> None:
        self.home = home
        self.rules = load_rules(home.schemas)
        self.record = Record.of(home)
        self._progress = progress
        self._engine: Engine | None = None
        self._ledger_fold: Fold | None = None
        self._morning: tuple[date, int, Frames] | None = None  # of which day, of how many submissions
        self._leading = self._swept = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.rest()
        self.record.__exit__(kind, error, trace)

    def rest(self) -> None:
        """Let the child processes go; the next pass starts others."""
        if self._engine is not None:
            self._engine.__exit__()
            self._engine = None

    @contextmanager
    def lead(self, patience: float = 60.0) -> Iterator[None]:
        """Be the only one at work, with rules and ledger as they stand; what a pass before recorded and could not clear
        away goes first. After anything that goes wrong in it, all is read anew.

        Raises:
            Busy, LostLead: another is at work.
            NotItsRecord: the record is another home's.
            BrokenRules: the rules cannot be used any more.
        """
        with self.record.lead(patience):
            try:
                self._leading = True
                self._catch_up()
                self.clear()
                yield
            except BaseException:
                self._ledger_fold, self._morning, self._swept = None, None, False
                self.rest()
                raise
            finally:
                self._leading = False

    @property
    def ledger_fold(self) -> Fold:
        """The record, folded when it is first asked for, inside `lead`."""
        if not self._leading:
            raise RuntimeError("only inside lead()")
        if self._ledger_fold is None:
            self._ledger_fold = self._folded()
        return self._ledger_fold

    def _folded(self) -> Fold:
        from dazoufang.running.kept_fold import folded

        return folded(self.home, self.record, self.rules, self._progress)

    @property
    def engine(self) -> Engine:
        """Child processes, started when first wanted."""
        if self._engine is None:
            from dazoufang.running import intake

            self._engine = intake.engine_of(self.rules, self.home).__enter__()
        return self._engine

    def to_take(self, sleep: Callable[[float], None] = time.sleep) -> ToTake:
        """What lies in the inbox to be taken now. Where a file has no end yet, a second look some seconds later tells
        whether it grows or is cut off for good.

        Raises:
            OSError: the inbox cannot be listed.
            ShareAway: it was not there the whole time.
        """
        claims.mend(self.home.inbox)
        found = self.scan()
        first = inbox_scan.sightings(found.waiting)
        if all(sighting.whole for sighting in first):
            return ToTake(found.waiting, 0, found.passed_over)
        sleep(settling.STILL)
        found = self.scan()
        before = {sighting.path: sighting for sighting in first}
        growing = {
            sighting.path
            for sighting in inbox_scan.sightings(found.waiting)
            if not sighting.whole and (sighting.path not in before or before[sighting.path].print != sighting.print)
        }
        waiting = [file for file in found.waiting if file.claimed or file.path not in growing]
        return ToTake(waiting, len(growing), found.passed_over)

    def scan(self) -> Contents:
        """What lies in the inbox, which is there to its end.

        Raises:
            OSError: the inbox cannot be listed.
            ShareAway: it has gone meanwhile.
        """
        found = inbox_scan.scan(self.home.inbox, self.rules.campaign.inbox)
        share.guard(self.home.inbox, self.home.data)  # what was listed is the inbox's only if it is still here
        return found

    def take(self, waiting: Sequence[Waiting], today: date) -> Taken:
        """Take these files in. Where the program has a mistake over one of them, the others of its pass are taken one by
        one; it stays claimed and is named as one that waits for the program's mend.

        Raises:
            NoRoom: nothing was claimed.
            OSError, Trouble: as `intake.take`; a mistake only where it comes before any file is claimed.
        """
        taken = Taken()
        if not waiting:
            return taken
        from dazoufang.running import intake

        self._make_sure_of_room()
        # What a crash left is a pass of its own: were the roster in a later one, the others would not be judged by it.
        together = passes.passes(intake.likely_references(waiting, self.rules.schemas))
        while together:
            # also what the pass before recorded
            uncleared = {(path, digest) for _, path, digest in self.record.clearing()}
            pass_ = together.pop(0)
            try:
                done = intake.take(
                    self.home, self.record, self.engine, self.ledger_fold, pass_, uncleared, today, self._progress
                )
            except PassFailed as error:
                logbook.failure(error.__cause__ or error)
                if not error.left:
                    raise
                self._ledger_fold = self._folded()
                if len(error.left) > 1:
                    together[:0] = [[alone] for alone in error.left]
                    continue
                done = Taken(deferred=1, ours={error.left[0].path: str(error)})
            taken.add(done)
        return taken

    def answer(self, fresh: Sequence[Submission], moment: str) -> Published:
        """Publish the receipts and returned copies of these submissions alone: what their senders wait for."""
        from dazoufang.running.answer_plan import answers
        from dazoufang.running.slow_parts import Copies

        copies = Copies(self.home, self.ledger_fold.rules, self.engine, self._progress)
        plan = answers(self.home, self.ledger_fold, copies, fresh)
        copies.prepare(plan[path].key for path in publishing.stale(self.home.outbox, self.home.published, plan))
        return publishing.publish(
            self.home.outbox, self.home.published, plan, None, moment, confirm=self.record.still_leads
        )

    def publish(self, today: date, moment: str) -> Shown:
        """Publish all there is for `today`. Where the outbox shows it already, nothing is made, nor read again."""
        shows = self._issue(today)
        if there := publishing.settled(self.home.outbox, self.home.published, shows):
            return Shown(sorted(there.files), Published([], []), there.counts or {}, [])
        from dazoufang.running import standing
        from dazoufang.running.kept_fold import keep
        from dazoufang.running.outbox_plan import publication

        morning = self._this_morning(today)
        planned = publication(self.home, self.ledger_fold, morning, today, self.engine, self._progress)
        self._note_the_night(today)
        shown = self._place(planned, shows, moment)
        standing.keep(self.home, shows, planned.standing)
        keep(self.home, self.record, self.ledger_fold)
        return shown

    def publish_as_of(self, day: date, moment: str) -> tuple[Shown, bool]:
        """Publish the outbox as it was on the night of `day`, by the rules of then, and say whether that night is noted.
        The next plain run restores today's."""
        from dazoufang.running import past_night
        from dazoufang.running.kept_fold import frames_before
        from dazoufang.running.outbox_plan import publication

        past = past_night.of(self.home, day, self.ledger_fold.submissions, self.rules)
        morning = frames_before(past.fold, day)
        planned = publication(self.home, past.fold, morning, day, self.engine, self._progress, past.templates)
        return self._place(planned, past.issue, moment), past.noted

    def _place(self, planned: Publication, shows: Issue, moment: str) -> Shown:
        """Make what is not there yet of a plan, and put it in place."""
        planned.prepare(publishing.stale(self.home.outbox, self.home.published, planned.files))
        published = publishing.publish(
            self.home.outbox,
            self.home.published,
            planned.files,
            shows,
            moment,
            counts=None if planned.copies.failures or planned.broken or planned.lacking else planned.counts,
            confirm=self.record.still_leads,
            progress=self._progress,
        )
        broken = "\n".join(error.words for error in planned.broken)
        return Shown(sorted(planned.files), published, planned.counts, planned.copies.failures, broken, planned.lacking)

    def _note_the_night(self, today: date) -> None:
        """Have the archive know what the outbox of today was made of, so that it can be made again. A day that is shown
        again later, with what came since, is not that night. Noted before it is placed: what is placed is not looked at again."""
        from dazoufang.archive import kept_rules, nights

        newest = self.record.newest_on()
        if newest is not None and newest > today:
            return
        own = self.home.templates if self.home.templates.parent == self.home.root else None
        print_of_own = templates.fingerprint(own) if own else ""
        last = self.record.counters().submission_id
        kept_rules.keep(self.home.archive, self.rules)
        nights.note(self.home.archive, nights.Night(today.isoformat(), self.rules.fingerprint, print_of_own, last), own)

    def _this_morning(self, today: date) -> Frames:
        """The frames of what had come before today, worked out once a day."""
        from dazoufang.running.kept_fold import before_day, morning

        came = len(before_day(self.ledger_fold.submissions, today))
        if self._morning is None or self._morning[:2] != (today, came) or came == len(self.ledger_fold.submissions):
            self._morning = (today, came, morning(self.home, self.record, self.ledger_fold, today))
        return self._morning[2]

    def behind(self, today: date) -> bool:
        """Whether the outbox shows another day, other rules or fewer submissions than there are; also outside `lead`."""
        return remembered.issued(self.home.published) != self._issue(today)

    def _issue(self, today: date) -> Issue:
        return issue(self.home, self.record, today)

    def prove(self) -> Proof:
        """Compare inbox, archive, record and outbox with each other, when all is published."""
        from dazoufang.running import intake
        from dazoufang.running.answer_plan import answers
        from dazoufang.running.proof import prove
        from dazoufang.running.slow_parts import Copies

        uncleared = {(path, digest) for _, path, digest in self.record.clearing()}
        found = self.scan()
        waiting = [file for file in found.waiting if not intake.is_uncleared(file, uncleared)]
        plan = answers(self.home, self.ledger_fold, Copies(self.home, self.ledger_fold.rules, self.engine))
        return prove(self.home, self.ledger_fold.submissions, waiting, found.passed_over, plan)

    def clear(self) -> None:
        """Take out of the inbox what the record holds; what another program holds open is left for a later pass."""
        waiting = self.record.clearing()
        if waiting:
            self.record.cleared(self._cleared(waiting))
        claims.tidy(self.home.inbox)

    def _cleared(self, waiting: Sequence[tuple[int, str, str]]) -> Iterator[int]:
        """The submissions whose files are out of the inbox. A file that is not there is so only if the inbox is: what a
        share that is away still holds would come back as a new delivery."""
        share.guard(self.home.inbox, self.home.data)
        if not (self.home.inbox / trays.CLAIMED).exists() and not share.is_marked(self.home.data):
            return
        for number, path, digest in told(self._progress, "清收件箱", waiting, len(waiting)):
            if claims.clear(self.home.inbox, path, digest):
                yield number
        share.guard(self.home.inbox, self.home.data)

    def _catch_up(self) -> None:
        """Rules and ledger as they stand: others may have written since."""
        changed = fingerprint(self.home.schemas) != self.rules.fingerprint
        if changed:
            self.rules = load_rules(self.home.schemas)
        if not self._swept:
            files.sweep(self.home.archive)
            files.sweep(self.home.published.parent, self.home.published.name)
            self._swept = True
        heads = self.record.heads()
        folded = self._ledger_fold.submissions if self._ledger_fold else []
        if changed or [each.submission_id for each in folded[-1:]] != [each.submission_id for each in heads[-1:]]:
            self.rest()  # the children hold the rules they were started with
            self._ledger_fold = self._morning = None
        _of_this_archive(self.home, heads)
        originals.journal(self.home.archive, heads)  # what a crash left out

    def _make_sure_of_room(self) -> None:
        least = self.rules.campaign.watch.free_mb.value
        for folder in (self.home.archive, self.home.data):
            free = shutil.disk_usage(folder).free // 2**20
            if free < least:
                raise NoRoom(
                    f"磁盘只剩 {free} MB（{folder}），不足 {least} MB，暂不收表；请清理磁盘，收件文件夹里的表都还在"
                )


def _of_this_archive(home: Home, submissions: Sequence[Submission]) -> None:
    """Compare the record with the archive's own list. Where `data` was lost, or belongs to another home, or another
    machine works on this one with data of its own, going on would give numbers twice.

    Raises:
        NotItsRecord: the list has what the record has not, or the record what is not in the archive.
    """
    listed = {int(line["submission_id"]): line["sha256"] for line in originals.read_journal(home.archive)}
    known = {submission.submission_id: submission.sha256 for submission in submissions}
    # A crash came before these were listed.
    unlisted = [submission.archived for submission in submissions if submission.submission_id not in listed]
    if not listed.items() <= known.items() or not all((home.archive / path).exists() for path in unlisted):
        raise NotItsRecord(
            f"台账库里的 {len(known)} 份收件与存档清单 {home.archive / originals.JOURNAL} 里的 {len(listed)} 份对不上，"
            "没有动任何文件。如果 data 文件夹丢了或换过，请运行 rebuild 从存档重建；否则请检查 --home 和环境变量 "
            "DAZOUFANG_DATA、DAZOUFANG_RECORD 是不是指到了别处，或者另一台电脑正用自己的 data 处理同一个文件夹"
        )
