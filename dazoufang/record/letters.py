"""Letters in the record: the queue of those that go out, and those that came in, each of which is dealt with once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

from dazoufang.record.record import Record
from dazoufang.record.tables import INCOMING, LETTERS, about, note
from dazoufang.system import failpoints


class State(StrEnum):
    """Where a letter is."""

    QUEUED = "queued"  # not tried yet
    SENDING = "sending"  # a process talks to the server about it
    SENT = "sent"  # the server has it
    DEFERRED = "deferred"  # the server has it not, and may take it later
    BOUNCED = "bounced"  # the server will not have it, or it was given up
    UNCERTAIN = "uncertain"  # the server may have it: nobody can know
    HELD = "held"  # waits until somebody lets it go
    FILED = "filed"  # there is no server: it lies in the outbox for somebody to send by hand
    REPLACED = "replaced"  # it was held, and a later one says all that it said


QUEUED, SENDING, SENT, DEFERRED = State.QUEUED, State.SENDING, State.SENT, State.DEFERRED
BOUNCED, UNCERTAIN, HELD, FILED, REPLACED = State.BOUNCED, State.UNCERTAIN, State.HELD, State.FILED, State.REPLACED
ENDED: Final = (SENT, BOUNCED, FILED, REPLACED)

_NOTHING: Final[Mapping[int, str]] = {}

ANSWER, DIGEST, REPORT = "answer", "digest", "report"
ENCLOSED: Final = "附件 "  # begins what a digest tells of lists that it encloses; all else are alerts

# What becomes of a letter that came. NOTED: known, its attachments may not lie in the inbox yet; DELIVERED: they do, the
# answer is due; DONE: answered, or never to be.
NOTED, DELIVERED, DONE = "noted", "delivered", "done"


@dataclass(frozen=True, slots=True)
class Queued:
    """One letter that goes out.

    cause: what it is for. tries: how often it was tried; next_at: not before that local time; doubted: one of them ended
    without an answer; words: what the last came to. told: the alerts in a digest and
    the marks of what it encloses, the letters named in a report.
    content: its bytes, kept until it has gone or is given up.
    """

    cause: str
    kind: str
    made_on: date
    message_id: str
    recipient: str
    subject: str
    content: bytes
    state: State = QUEUED
    told: tuple[str, ...] = ()
    letter_id: int = 0
    tries: int = 0
    next_at: datetime | None = None
    doubted: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Came:
    """One letter that came. `number`: ours; `unit`: for whom its sender speaks, "" nobody; `files`: where its
    attachments lie, or lay, in the inbox."""

    number: int
    message_id: str
    sender: str
    came_on: date
    state: str
    unit: str = ""
    files: tuple[str, ...] = ()
    zero_report: bool = False


class Letters:
    """The letters of one record. Whoever sends does so inside `sending`, so that nobody else sends the same."""

    def __init__(self, record: Record) -> None:
        self._record = record

    # -- out ------------------------------------------------------------------------------------------------------

    def queue(
        self,
        letters: Sequence[Queued],
        became: Mapping[int, str] = _NOTHING,
        night: str | None = None,
        *,
        replaces_held: bool = False,
    ) -> list[Queued]:
        """Add the letters for whose cause there is none yet, in one transaction with what brought them about.

        letters: those of tonight. became: the state of letters that came, by number. night: what the next night is
        compared with; where letters are held, only once they are released. replaces_held: digests that are still held
        give way: those of tonight say all. Returns those that were added, numbered.
        """
        with self._record.writing() as db:
            last = db.execute(sa.select(sa.func.max(LETTERS.c.letter_id))).scalar() or 0
            added: list[Queued] = []
            for letter in letters:
                if db.execute(sa.select(LETTERS.c.letter_id).where(LETTERS.c.cause == letter.cause)).first() is None:
                    added.append(replace(letter, letter_id=last + len(added) + 1))
                    db.execute(LETTERS.insert().values(_stored(added[-1])))
            if replaces_held:
                new = [letter.letter_id for letter in added]
                former = sa.and_(LETTERS.c.kind == DIGEST, LETTERS.c.state == HELD, LETTERS.c.letter_id.not_in(new))
                values = {"state": REPLACED, "words": "后来的一晚说了全部", "content": None}
                db.execute(LETTERS.update().where(former).values(values))
            for number, state in became.items():
                db.execute(INCOMING.update().where(INCOMING.c.number == number).values(state=state))
            if night is not None:
                held = any(letter.state == HELD for letter in added)
                note(db, "night held" if held else "night", night)
            failpoints.reach("queueing")
        failpoints.reach("queued")
        return added

    def sending(self) -> AbstractContextManager[None]:
        """As `Record.sending`."""
        return self._record.sending()

    def due(self, now: datetime) -> list[Queued]:
        """The letters to be tried at `now`, answers first, each kind in the order in which they were made; with those
        over whose sending a process ended."""
        again = [letter for letter in self._found(LETTERS.c.state.in_((DEFERRED, UNCERTAIN))) if letter.next_at]
        ready = self._found(LETTERS.c.state.in_((QUEUED, SENDING)))
        ready += [letter for letter in again if letter.next_at and letter.next_at <= now]
        return sorted(ready, key=lambda letter: (letter.kind != ANSWER, letter.letter_id))

    def set_state(self, letter: Queued) -> None:
        """Note what became of the letter; its bytes go once nobody needs them any more."""
        values: dict[str, Any] = {
            name: _stored(letter)[name] for name in ("state", "tries", "next_at", "doubted", "words")
        }
        if letter.state in ENDED:
            values["content"] = None
        with self._record.writing() as db:
            db.execute(LETTERS.update().where(LETTERS.c.letter_id == letter.letter_id).values(values))
        if letter.state == SENDING:
            failpoints.reach("letter sending")
        elif letter.state == SENT:
            failpoints.reach("letter sent")
        else:
            failpoints.reach("letter noted")

    def release(self) -> int:
        """Let the letters that are held go, and compare the next night with the one for which they were; returns how
        many."""
        with self._record.writing() as db:
            if night := about(db, "night held"):
                note(db, "night", night)
            return db.execute(LETTERS.update().where(LETTERS.c.state == HELD).values(state=QUEUED, words="")).rowcount

    def waiting(self) -> list[Queued]:
        """All that may still go: queued, held, and those that are tried again."""
        found = self._found(LETTERS.c.state.not_in(ENDED))
        return [letter for letter in found if letter.state != UNCERTAIN or letter.next_at]

    def untold(self) -> list[Queued]:
        """The letters that did not arrive, or of which nobody knows, and that no report has named yet."""
        with self._record.reading() as db:
            reports = db.execute(sa.select(LETTERS.c.told).where(LETTERS.c.kind == REPORT)).scalars()
            told = {number for report in reports for number in json.loads(report)}
        ended = self._found(LETTERS.c.state.in_((BOUNCED, UNCERTAIN)))
        return [letter for letter in ended if str(letter.letter_id) not in told and not letter.next_at]

    def last_told(self, recipient: str) -> frozenset[str]:
        """The alerts in the last digest to `recipient` that may have reached him."""
        digests = self._told(recipient)
        return frozenset(name for name in digests[-1] if not name.startswith(ENCLOSED)) if digests else frozenset()

    def enclosed_before(self, recipient: str) -> frozenset[str]:
        """The marks of what was enclosed in digests to `recipient` that may have reached him, without `ENCLOSED`."""
        named = [name for told in self._told(recipient) for name in told]
        return frozenset(name.removeprefix(ENCLOSED) for name in named if name.startswith(ENCLOSED))

    def _told(self, recipient: str) -> list[list[str]]:
        """What each digest to `recipient` told of that may have reached him, the last at the end."""
        reached = LETTERS.c.state.not_in((HELD, REPLACED, BOUNCED))
        same = sa.func.lower(LETTERS.c.recipient) == recipient.lower()
        digests = sa.select(LETTERS.c.told).where(same, LETTERS.c.kind == DIGEST, reached)
        with self._record.reading() as db:
            return [json.loads(told) for told in db.execute(digests.order_by(LETTERS.c.letter_id)).scalars()]

    def night_before(self) -> str:
        """What the last night noted with `queue`; "" there was none."""
        with self._record.reading() as db:
            return about(db, "night") or ""

    def _found(self, condition: sa.ColumnElement[bool]) -> list[Queued]:
        with self._record.reading() as db:
            return [
                _queued(row) for row in db.execute(sa.select(LETTERS).where(condition).order_by(LETTERS.c.letter_id))
            ]

    # -- in -------------------------------------------------------------------------------------------------------

    def known(self, message_id: str) -> Came | None:
        """The letter that came under this Message-ID; None: none did."""
        return next(self._came(INCOMING.c.message_id == message_id), None)

    def unanswered(self) -> list[Came]:
        """The letters whose attachments lie in the inbox, or lay there, and whose answer is due."""
        return list(self._came(INCOMING.c.state == DELIVERED))

    def unknown_before(self, came: Came) -> bool:
        """Whether an earlier letter of this sender was one of somebody unknown."""
        before = sa.and_(INCOMING.c.sender == came.sender, INCOMING.c.unit == "", INCOMING.c.number < came.number)
        return next(self._came(before), None) is not None

    def came_after(self, day: date) -> list[Came]:
        """The letters that came later than that day."""
        return list(self._came(INCOMING.c.came_on > day))

    def note_incoming(self, message_id: str, sender: str, came_on: date, unit: str) -> Came:
        """Give a letter that came its number."""
        with self._record.writing() as db:
            number = (db.execute(sa.select(sa.func.max(INCOMING.c.number))).scalar() or 0) + 1
            came = Came(number, message_id, sender, came_on, NOTED, unit)
            db.execute(INCOMING.insert().values(_stored_came(came)))
        failpoints.reach("letter known")
        return came

    def delivered(self, came: Came) -> None:
        """Note where the attachments of a letter lie in the inbox, all of them; its answer is due from now on."""
        with self._record.writing() as db:
            db.execute(INCOMING.update().where(INCOMING.c.number == came.number).values(_stored_came(came)))

    def position(self, mailbox: str) -> tuple[int, int]:
        """(UIDVALIDITY, highest UID dealt with) of a mailbox; zeros where none was."""
        with self._record.reading() as db:
            found = about(db, f"mailbox {mailbox}")
        validity, uid = found.split() if found else ("0", "0")
        return int(validity), int(uid)

    def note_position(self, mailbox: str, validity: int, uid: int) -> None:
        """All letters of the mailbox up to `uid` are dealt with."""
        with self._record.writing() as db:
            note(db, f"mailbox {mailbox}", f"{validity} {uid}")

    def _came(self, condition: sa.ColumnElement[bool]) -> Iterator[Came]:
        with self._record.reading() as db:
            rows = list(db.execute(sa.select(INCOMING).where(condition).order_by(INCOMING.c.number)))
        for row in rows:
            yield Came(
                row.number, row.message_id, row.sender, row.came_on, row.state, row.unit,
                tuple(json.loads(row.files)), row.zero_report,
            )  # fmt: skip


def counts(letters: Iterable[Queued]) -> dict[str, int]:
    """How many letters are in each state that people are told of. Rule: what waits for somebody to send it by hand
    waits."""
    told: dict[str, int] = {QUEUED: 0, SENT: 0, DEFERRED: 0, BOUNCED: 0, UNCERTAIN: 0, HELD: 0}
    as_told: dict[State, State] = {FILED: QUEUED, SENDING: UNCERTAIN}
    for letter in letters:
        state = as_told.get(letter.state, letter.state)
        if state in told:
            told[state] += 1
    return told


def _stored(letter: Queued) -> dict[str, Any]:
    return {
        "letter_id": letter.letter_id, "cause": letter.cause, "kind": letter.kind, "made_on": letter.made_on,
        "message_id": letter.message_id, "recipient": letter.recipient, "subject": letter.subject, "state": letter.state, "tries": letter.tries,
        "next_at": letter.next_at.isoformat(timespec="seconds") if letter.next_at else "", "doubted": letter.doubted,
        "words": letter.words,
        "told": json.dumps(letter.told, ensure_ascii=False), "content": letter.content,
    }  # fmt: skip


def _queued(row: Any) -> Queued:
    return Queued(
        row.cause, row.kind, row.made_on, row.message_id, row.recipient, row.subject, row.content or b"", State(row.state),
        tuple(json.loads(row.told)), row.letter_id, row.tries,
        datetime.fromisoformat(row.next_at) if row.next_at else None, row.doubted, row.words,
    )  # fmt: skip


def _stored_came(came: Came) -> dict[str, Any]:
    return {
        "number": came.number, "message_id": came.message_id, "sender": came.sender, "came_on": came.came_on,
        "state": came.state, "unit": came.unit, "files": json.dumps(came.files, ensure_ascii=False),
        "zero_report": came.zero_report,
    }  # fmt: skip
