"""Stays and takes in whatever arrives: scan, settle, one pass, answers at once, annexes when it is quiet."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Final, Protocol, Self

from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)  # fmt: skip
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from dazoufang.commands.nightly import Posted, answer_and_send, fetch, write_and_send
from dazoufang.commands.run import missing_in_words
from dazoufang.inbox import claims, passes, scan, share, trays
from dazoufang.inbox.scan import Contents, Waiting
from dazoufang.inbox.settling import Settling, Sighting
from dazoufang.ledger.withdrawals import withdrawals
from dazoufang.mail.servers import BadMailSettings
from dazoufang.mail.settings import Servers, servers
from dazoufang.model.submission import ACCEPTED, DUPLICATE, PARTLY, RETURNED, Submission
from dazoufang.outbox.publishing import Published
from dazoufang.running import health, intake, proof
from dazoufang.running.desk import Desk, NoRoom
from dazoufang.running.mail_in import MailIn
from dazoufang.running.proof import Proof
from dazoufang.running.rhythm import Rhythm, night_is_due
from dazoufang.running.taken import ours_in_words, whose
from dazoufang.system import files, logbook
from dazoufang.system.errors import OnWatch, becomes
from dazoufang.system.home import Home
from dazoufang.system.lead import FileLock

ANSWERED: Final = 20.0  # seconds from the fetching of attachments until their letters are answered
HEARTBEAT: Final = 10.0  # seconds between two health files when nothing changes

_STATES: Final = {
    OnWatch.TRIES_AGAIN: health.TROUBLE,
    OnWatch.WAITS_FOR_SHARE: health.AWAY,
    OnWatch.LEAVES_TO_ANOTHER: health.WATCHING,
}
_NAMES: Final = ((ACCEPTED, "收下"), (PARTLY, "部分收下"), (RETURNED, "退回"), (DUPLICATE, "已收过"))


class Clock(Protocol):
    """Time, as the command line has it."""

    def now(self) -> datetime:
        """The local date and time; its date is the day that is worked for."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    def wait(self, seconds: float) -> None:
        """Come back after so many seconds, or earlier when `wake` was called."""

    def wake(self) -> None:
        """End the wait that is under way."""


class Watch:
    """One `watch` on a home. `say` is given a line whenever there is something to say.

    Raises (on opening):
        Trouble: nothing can be done before somebody has mended that.
        OSError: the folders cannot be made.
    """

    def __init__(self, home: Home, clock: Clock, say: Callable[[str], None]) -> None:
        self._home, self._clock, self._say = home, clock, say
        home.make()
        share.mark(home.inbox, home.data)
        self._desk = Desk(home)
        self._watch_lock = FileLock(home.data / health.LOCK)
        self._first = self._watch_lock.take()  # a second watch on this home may live too: they take turns
        if self._first:
            files.sweep(home.data, health.FILE)
        before = health.Health.read(home.data) or health.Health()
        self._health = health.Health(
            health.WATCHING, machine=platform.node(), process=os.getpid(), proof=before.proof,
            scanned_at=before.scanned_at, taken_at=before.taken_at, published_at=before.published_at,
        )  # fmt: skip
        self._settling = Settling()
        self._seen: list[Sighting] = []
        self._rhythm = Rhythm()
        self._waiting_since: dict[str, str] = {}  # path → when it was first seen
        self._post_at = 0.0  # when the mailbox is looked into next
        self._missing: list[str] = []  # published files whose new bytes stand nowhere, last said
        self._closed = ""  # what somebody has to open or mend before it can be taken, in words
        self._ours: dict[str, str] = {}  # files over which the program has a mistake → its kind
        self._saved = -HEARTBEAT
        self._written: dict[str, object] = {}
        self._bell = _Bell(home.inbox, self._woken)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bell.stop()
        self._desk.__exit__(None, None, None)
        self._health.state, self._health.words = health.STOPPED, ""
        self._save()
        if self._first:
            self._watch_lock.free()

    def stay(self, stopped: Callable[[], bool]) -> None:
        """Step after step until `stopped` says so.

        Raises:
            Trouble: nothing can be done before somebody has mended that.
        """
        while not stopped():
            pause = self.step()
            if not stopped():
                self._clock.wait(pause)

    def step(self) -> float:
        """One scan and what follows from it; returns the seconds to wait before the next. What goes wrong is said
        and waited out; only what is listed here ends the watch.

        Raises:
            Trouble: nothing can be done before somebody has mended that.
        """
        try:
            kept_back = self._scan_and_work()
            words = kept_back or ours_in_words(self._ours) or self._closed
            state, blocked = health.TROUBLE if words else health.WATCHING, bool(kept_back)
        except Exception as error:
            state, words = self._state_after(error)
            blocked = state == health.TROUBLE
        self._become(state, words)
        return self._rhythm.pause(self._clock.monotonic(), blocked=blocked, away=state == health.AWAY)

    def _state_after(self, error: Exception) -> tuple[str, str]:
        """The state that an error brings, and what to say of it. What ends the watch is raised again."""
        met = becomes(error)
        if met.on_watch is OnWatch.ENDS:
            raise error
        if met.on_watch is OnWatch.WAITS_FOR_SHARE:
            self._bell.stop()
        words = "" if met.on_watch is OnWatch.LEAVES_TO_ANOTHER else met.words
        if met.logged:
            words += "。没有丢失任何东西，正在自动重试"
            if words != self._health.words:
                logbook.failure(error)
        return _STATES[met.on_watch], words

    def _scan_and_work(self) -> str:
        """Scan, take in and publish what is due; returns why nothing can be taken in, in words, "" where it can."""
        lying = self._scan()
        now = self._clock.monotonic()
        found = lying.waiting
        self._seen = scan.sightings(found, self._seen)
        settled = set(self._settling.observe(now, self._seen))
        self._rhythm = self._rhythm.saw(now, self._settling.waiting.values())
        claimed = {waiting.path for waiting in found if waiting.claimed}
        self._ours = {path: kind for path, kind in self._ours.items() if path in claimed}
        self._note_waiting(lying)
        kept_back = ""
        if ready := self._rhythm.ready(now, found, settled):
            try:
                self._take(ready)
            except NoRoom as error:  # what was taken in before is still published
                kept_back = error.words
        self._health.behind = self._desk.behind(self._clock.now().date())
        self._rhythm = self._rhythm.compared(now, behind=self._health.behind)
        if self._rhythm.publishes(now, stale=bool(self._health.stale), night=self._night_is_due()):
            self._publish()
        self._post(now)
        if self._rhythm.sleeps(now):
            self._desk.rest()
        return kept_back

    def _scan(self) -> Contents:
        """All that lies in the inbox.

        Raises:
            ShareAway: the inbox is not there, or not the one it was.
        """
        share.guard(self._home.inbox, self._home.data)
        claims.mend(self._home.inbox)
        found = self._desk.scan()
        self._health.scanned_at = self._instant()
        self._bell.start()
        return found

    def _take(self, ready: Sequence[Waiting]) -> None:
        today, moment = self._today_and_moment()
        with self._desk.lead(patience=0):
            batch = passes.batch(intake.likely_references(ready, self._desk.rules.schemas))
            taken = self._desk.take(batch, today)
            got = {submission.path for submission in taken.fresh}
            self._rhythm = self._rhythm.took(self._clock.monotonic(), batch, got, taken.ours)
            self._ours = {path: kind for path, kind in self._ours.items() if path not in got} | taken.ours
            for failure in taken.failures:
                logbook.warn(failure)
            if taken.fresh:
                self._health.taken_at = self._instant()
                self._say_missing(self._desk.answer(taken.fresh, moment))
                self._desk.clear()
                self._say_taken(taken.fresh)

    def _night_is_due(self) -> bool:
        proved_on = str((self._health.proof or {}).get("on", ""))
        return night_is_due(self._clock.now(), proved_on, self._desk.rules.campaign.watch.nightly_at.value)

    def _publish(self) -> None:
        today, moment = self._today_and_moment()
        began = self._clock.monotonic()
        with self._desk.lead(patience=0):
            shown = self._desk.publish(today, moment)
            self._desk.clear()
            if night := self._night_is_due():
                proved = self._prove()
        for failure in shown.failures:
            logbook.warn(failure)
        self._rhythm = self._rhythm.published(began, self._clock.monotonic())
        self._health.behind = False
        self._health.published_at, self._health.stale = self._instant(), shown.published.stale
        self._say_missing(shown.published)
        for words in filter(None, (shown.broken, shown.lacking)):
            self._say(f"{self._clock_time()} 注意：{words}")
        if shown.published.changed:
            self._say(f"{self._clock_time()} 附件和预警已更新（{len(shown.published.changed)} 个文件）")
        if night and self._servers():
            try:
                tonight = write_and_send(self._desk, self._clock.now(), proved)
            except BadMailSettings as error:  # attachments are to be locked and there is no password: none goes open
                self._say(f"{self._clock_time()} {error.words}")
                return
            self._say_posted(tonight.posted)
            for words in tonight.held_because:
                self._say(f"  信先不发：{words}")
            if tonight.not_made:
                self._say(f"{self._clock_time()} {tonight.not_made}")

    def _post(self, now: float) -> None:
        """Look into the mailbox every few minutes, answer what was taken in, and send what is due."""
        if now < self._post_at:
            return
        found, minutes = self._servers(), self._desk.rules.campaign.mail.poll_minutes.value
        self._post_at = now + minutes * 60
        if found is None or not (found.imap or found.smtp):
            return
        came = MailIn()
        trouble = fetch(self._desk, self._clock.now(), came)
        # What came is taken in within seconds, and its sender waits for the answer.
        if came.attachments:
            self._post_at = now + ANSWERED
        if trouble:
            self._say(f"{self._clock_time()} {trouble}")
        self._say_posted(answer_and_send(self._desk, self._clock.now()))

    def _servers(self) -> Servers | None:
        """The mail servers; None where what is set cannot be used: that is said, and forms are taken in all the same."""
        try:
            return servers(self._desk.rules.campaign.mail)
        except BadMailSettings as error:
            self._say(f"{self._clock_time()} {error.words}")
            return None

    def _say_posted(self, posted: Posted) -> None:
        if posted.became:
            self._say(f"{self._clock_time()} {posted.words}")
            logbook.note(f"watch posted {posted.counts}")
        if posted.trouble:
            self._say(f"{self._clock_time()} {posted.trouble}")

    def _say_missing(self, published: Published) -> None:
        """Tell of files that could be put nowhere, once for as long as they are the same."""
        if published.missing != self._missing and published.missing:
            self._say(f"{self._clock_time()} 注意：{missing_in_words(published.missing, '关闭后会自动换好')}")
        self._missing = published.missing

    def _prove(self) -> Proof:
        found = self._desk.prove()
        proof.post(self._home, found, self._instant())
        self._health.proof = {"on": self._clock.now().date().isoformat(), **found.as_json()}
        self._say(f"{self._clock_time()} 每日对账：{found.words}")
        for line in found.differences:
            self._say(f"  有差异：{line}")
        if found.differences:
            logbook.warn(f"proof: {len(found.differences)} differences")
        return found

    def _note_waiting(self, lying: Contents) -> None:
        now, found = self._instant(), lying.waiting
        self._closed = scan.troubles_in_words(lying.passed_over)
        self._health.note_passed_over(lying.passed_over)
        self._waiting_since = {waiting.path: self._waiting_since.get(waiting.path, now) for waiting in found}
        self._health.waiting = len(found)
        first = min(self._waiting_since.items(), key=lambda item: item[1], default=None)
        self._health.oldest = {"path": first[0], "since": first[1]} if first else None

    def _say_taken(self, fresh: Sequence[Submission]) -> None:
        verdicts = [submission.verdict for submission in fresh]
        fold = self._desk.ledger_fold
        counts = "，".join(f"{word} {verdicts.count(name)} 份" for name, word in _NAMES if name in verdicts)
        self._say(f"{self._clock_time()} {counts}：{whose(fresh, fold.submissions, fold.rules)}")
        for words in withdrawals(fresh, fold.effects, fold.rules):
            self._say(f"  注意：{words}")
        logbook.note(f"watch took {len(fresh)}")

    def _become(self, state: str, words: str) -> None:
        changed = (state, words) != (self._health.state, self._health.words)
        if changed:
            self._say(f"{self._clock_time()} {words or '恢复正常，继续值守'}")
            logbook.note(f"watch {state}")
        self._health.state, self._health.words = state, words
        if self._news() != self._written or self._clock.monotonic() - self._saved >= HEARTBEAT:
            self._save()

    def _save(self) -> None:
        self._health.at = self._instant()
        self._written = self._news()
        self._saved = self._clock.monotonic()
        try:
            self._health.write(self._home.data)
        except OSError as error:
            logbook.failure(error)

    def _news(self) -> dict[str, object]:
        """The fields of which a change is written to the health file at once; the others wait for the heartbeat."""
        return {key: value for key, value in asdict(self._health).items() if key not in ("at", "scanned_at")}

    def _instant(self) -> str:
        return self._clock.now().isoformat(timespec="seconds")

    def _clock_time(self) -> str:
        return f"{self._clock.now():%H:%M:%S}"

    def _today_and_moment(self) -> tuple[date, str]:
        now = self._clock.now()
        return now.date(), f"{now:%H%M}"

    def _woken(self) -> None:
        if not self._rhythm.coming:  # while something settles, the next scan is due anyway, and no earlier
            self._clock.wake()


class _Bell(FileSystemEventHandler):
    """Calls `ring` when a file or folder comes or changes in `folder`.

    Many network shares do not report changes, so this only hastens the next scan: scans find everything without it.
    """

    def __init__(self, folder: Path, ring: Callable[[], None]) -> None:
        self._folder, self._ring = folder, ring
        self._observer: BaseObserver | None = None
        self._cannot_listen = False  # the system refused to report changes; not tried again before `stop`

    def start(self) -> None:
        """Listen, unless it does already. Where its threads died because the folder was away, new ones are started."""
        if self._observer is not None and all(
            thread.is_alive() for thread in (self._observer, *self._observer.emitters)
        ):
            return
        self._forget()
        if self._cannot_listen:
            return
        observer = Observer()
        try:
            observer.schedule(
                self, str(self._folder), recursive=True,
                event_filter=[FileCreatedEvent, FileModifiedEvent, FileMovedEvent, DirCreatedEvent, DirMovedEvent],
            )  # fmt: skip
            observer.start()
        except Exception as error:  # of whatever kind: scans go on without it
            logbook.failure(error)
            self._cannot_listen = True
            return
        self._observer = observer

    def stop(self) -> None:
        """Listen no more; a share that comes back wants a new listener."""
        self._forget()
        self._cannot_listen = False

    def _forget(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(timeout=5)
            self._observer = None

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called in the observer's thread."""
        if trays.CLAIMED not in Path(os.fsdecode(event.src_path)).parts:
            self._ring()
