"""Takes letters in: who sent them, where their attachments go in the inbox, and which are kept aside."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from dazoufang.duties.readers import people
from dazoufang.inbox import share
from dazoufang.mail.imap import Mailbox, Position
from dazoufang.mail.incoming import read_letter
from dazoufang.mail.letter import Attachment, Incoming
from dazoufang.mail.servers import ImapServer
from dazoufang.model.submission import ZERO
from dazoufang.record.letters import DELIVERED, DONE, NOTED, Came, Letters
from dazoufang.rules.empty_forms import EmptyForms
from dazoufang.rules.schema import Role
from dazoufang.running.desk import Desk
from dazoufang.system import failpoints, files

FOLDER: Final = "邮件"  # of one letter's attachments, with its number, inside the sender's
_ZERO_FILE: Final = "零报告.csv"


@dataclass
class MailIn:
    """What came: letters not seen before, attachments laid into the inbox, letters of unknown senders kept aside."""

    letters: int = 0
    attachments: int = 0
    refused: int = 0


def fetch(desk: Desk, server: ImapServer, own: Collection[str], today: date, came: MailIn) -> None:
    """Lay the attachments of all letters that have come since into the inbox, each once, whatever was killed when.

    Inside `lead`, after a pass, so that what an earlier call laid there is in the record or still lies there.
    own: our own addresses, whose letters are none. came: is counted up. Nothing changes on the server.

    Raises:
        MailboxAway: the mailbox cannot be read; what was done stays done.
        ShareAway, OSError: the inbox cannot be written.
    """
    letters = Letters(desk.record)
    post = _Post(desk, letters, own, today)
    with Mailbox(server) as box:
        for found in box.letters_after(Position(*letters.position(server.name))):
            letter = read_letter(found.raw)
            # Of a letter that is too large only the head was fetched: it is answered as one that brings nothing.
            post.take(letter if found.whole else replace(letter, attachments=()), found.raw, came)
            if not box.withheld:  # else the next look begins before it again; what is known is passed over
                letters.note_position(server.name, found.uidvalidity, found.uid)


class _Post:
    """The letters of one mailbox, one after the other."""

    def __init__(self, desk: Desk, letters: Letters, own: Collection[str], today: date) -> None:
        self._desk, self._letters, self._own, self._today = desk, letters, own, today
        self._units = addresses(desk, today)
        lying = {waiting.path for waiting in desk.scan().waiting}
        self._digests = {submission.sha256 for submission in desk.ledger_fold.submissions}
        self._there = lying | {submission.path for submission in desk.ledger_fold.submissions}

    def take(self, letter: Incoming, raw: bytes, came: MailIn) -> None:
        """Deal with one letter, unless that was done."""
        if letter.sender in self._own:
            return
        unit = "" if letter.forged else self._units.get(letter.sender, "")
        key, letter = self._not_yet_delivered(letter)
        known = self._letters.known(key)
        if known is not None and known.state != NOTED:
            return
        came.letters += 1
        noted = known or self._letters.note_incoming(key, letter.sender, self._today, unit)
        if not unit:
            self._keep_aside(noted, letter, raw)
            came.refused += 1
        else:
            self._deliver(noted, letter, came)

    def _not_yet_delivered(self, letter: Incoming) -> tuple[str, Incoming]:
        """Under what the record knows the letter, and the letter. One that bears the Message-ID of another but brings
        files that never came is a letter of its own, of these files."""
        before = self._letters.known(letter.message_id)
        if before is None or before.state == NOTED or not before.unit:
            return letter.message_id, letter
        fresh = {files.sha256(found.content): found for found in letter.attachments}
        fresh = {digest: found for digest, found in fresh.items() if digest not in self._digests}
        if not fresh:
            return letter.message_id, letter
        mark = files.sha256("".join(sorted(fresh)).encode())[:16]
        return f"{letter.message_id} {mark}", replace(letter, attachments=tuple(fresh.values()))

    def _keep_aside(self, noted: Came, letter: Incoming, raw: bytes) -> None:
        folder = self._desk.home.data / "mail" / "refused"
        folder.mkdir(parents=True, exist_ok=True)
        files.write_atomic(folder / f"{noted.number:04d}.eml", raw)
        silent = letter.automatic or not letter.sender or self._letters.unknown_before(noted)
        self._letters.delivered(replace(noted, state=DONE if silent else DELIVERED))

    def _deliver(self, noted: Came, letter: Incoming, came: MailIn) -> None:
        rules = self._desk.rules
        attachments = letter.attachments
        zero = not attachments and _says_zero(letter, rules.campaign.empty_forms)
        if zero:
            attachments = (Attachment(_ZERO_FILE, self._zero_report(noted.unit)),)
        paths: list[str] = []
        for attachment in attachments:
            path = self._free_path(noted, attachment.name, paths)
            if path not in self._there:
                share.guard(self._desk.home.inbox, self._desk.home.data)
                target = self._desk.home.inbox / path
                target.parent.mkdir(parents=True, exist_ok=True)
                files.write_atomic(target, attachment.content)
                failpoints.reach("letter delivered")
                came.attachments += 1
            self._digests.add(files.sha256(attachment.content))
            paths.append(path)
        state = DONE if letter.automatic else DELIVERED
        self._letters.delivered(replace(noted, state=state, files=tuple(paths), zero_report=zero))

    def _free_path(self, noted: Came, name: str, taken: Iterable[str]) -> str:
        """Where an attachment goes: in a folder of its letter, so that no name meets another's. Of what somebody sent
        nothing is passed over, though its name be one that office programs leave behind."""
        if self._desk.rules.campaign.inbox.ignores_file(name):
            name = f"附件 {name}.dat"
        folder = f"{files.safe_name(noted.unit)}/{FOLDER}{noted.number:04d}"
        named = [path for path in taken if path.rsplit("/", 1)[1] == name]
        return f"{folder}/{len(named) + 1}/{name}" if named else f"{folder}/{name}"

    def _zero_report(self, unit: str) -> bytes:
        """A form without rows that says so: what came as a line of a letter is kept and counted like any other."""
        schema = self._desk.rules.form(Role.VISITS)
        stream = io.StringIO()
        csv.writer(stream).writerows([[f"填报单位：{unit}"], [ZERO], [field.title for field in schema.required]])
        return stream.getvalue().encode("utf-8-sig")


def addresses(desk: Desk, today: date) -> dict[str, str]:
    """Address in small letters → the unit for which it speaks: of the roster as it stands, and of the rules."""
    cadres = desk.ledger_fold.frames().cadres
    known = {address.lower(): unit for address, unit in desk.rules.campaign.mail.senders.value.items()}
    for reader in people(cadres, today):
        if reader.email:
            known.setdefault(reader.email.lower(), reader.unit)
    return known


def _says_zero(letter: Incoming, words: EmptyForms) -> bool:
    """Whether a line of the letter says that there is nothing to report."""
    lines = [letter.subject, *letter.text.splitlines()]
    return any(words.said_in(line.strip()) == ZERO for line in lines)
