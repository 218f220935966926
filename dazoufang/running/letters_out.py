"""Tonight's letters: answers to letters that came, a digest for each reader, and the report to the office."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

import pandas as pd

from dazoufang.duties import alerts
from dazoufang.duties.night_figures import Figures, figures, looks_wrong
from dazoufang.duties.readers import Reader, people, told
from dazoufang.ledger.fold import Fold
from dazoufang.mail.addresses import as_sent
from dazoufang.mail.compose import compose, fitted, new_message_id
from dazoufang.mail.incoming import MADE_ID
from dazoufang.mail.letter import Attachment, Letter
from dazoufang.mail.locked import attachment_password
from dazoufang.model.submission import Submission
from dazoufang.record.letters import ANSWER, DIGEST, DONE, ENCLOSED, HELD, QUEUED, REPORT, Came, Letters, Queued
from dazoufang.record.record import Record
from dazoufang.rules.answered import answered_to
from dazoufang.rules.campaign import Rules
from dazoufang.running.answer_plan import RECEIPTS, RETURNS
from dazoufang.running.desk import Desk
from dazoufang.running.enclosures import Enclosed, enclosed
from dazoufang.running.kept_fold import folded
from dazoufang.system import files
from dazoufang.system.home import Home
from dazoufang.writing import alert_sheet
from dazoufang.writing.answers.names import answer_names, rows_name
from dazoufang.writing.answers.receipt import banner
from dazoufang.writing.letters import answer as answers
from dazoufang.writing.letters.digest import Enclosures, digest
from dazoufang.writing.letters.night import Failure, Night, night_failed, operator_report
from dazoufang.writing.letters.words import Words
from dazoufang.writing.sheets.page import workbook

MB: Final = 2**20


@dataclass(frozen=True)
class Tonight:
    """What was queued: `held_because`: why digests wait; `unreached`: the people who would be told, had they an address."""

    held_because: list[str]
    unreached: list[Reader]


def queue(desk: Desk, sender: str, now: datetime, differences: Sequence[str]) -> Tonight:
    """Queue tonight's letters, in one transaction with what brought them about. Inside `lead`, once all is published.

    sender: our address. differences: what the night's proof found; they are a reason to hold.

    Rules: answers go on every night and are never held; digests on working days, one a person and day; a first night is
    never held, and where one is held its digests wait until they are released or a later night says it all.
    """
    letters, rules, today = Letters(desk.record), desk.rules, now.date()
    frames = desk.ledger_fold.frames()
    tonight = figures(frames, rules, today)
    before = Figures.from_json(letters.night_before())
    reasons = list(looks_wrong(before, tonight, rules.campaign.mail.hold))
    if before is not None:
        reasons += [f"收件对账有差异：{line}" for line in differences]
    writer = _Writer(desk.home, rules, sender, now)
    found, became = _answers(desk, writer)
    unreached: list[Reader] = []
    digests = rules.campaign.mail.digests.value and rules.campaign.workdays.is_workday(today)
    if digests:
        table = alerts.alerts(frames, rules, today)
        readers = told(table, frames.cadres, rules.campaign.mail.heads.value, today)
        password = attachment_password(rules.campaign.mail)
        lists = enclosed(frames, rules, today, letters.enclosed_before, desk.home.templates)
        wanted = dict.fromkeys([*readers, *(reader for reader, own in lists.items() if own.alone)])
        unreached = [reader for reader in wanted if not as_sent(reader.email)]
        for reader in wanted:
            if as_sent(reader.email):
                shown = table.iloc[readers.get(reader, [])].reset_index(drop=True)
                own = lists.get(reader, Enclosed())
                if len(shown):
                    own.add(
                        Attachment(alert_sheet.FILE, workbook(alert_sheet.book(frames, shown, rules, today))),
                        first=True,
                    )
                own.lock(password)
                found.append(writer.digest(reader, shown, letters.last_told(reader.email), own, held=bool(reasons)))
    letters.queue(found, became, tonight.as_json(), replaces_held=digests)
    return Tonight(reasons, unreached)


def queue_answers(desk: Desk, sender: str, now: datetime) -> None:
    """Queue the answers to the letters of which all is taken in. Inside `lead`, once the outbox has their receipts."""
    Letters(desk.record).queue(*_answers(desk, _Writer(desk.home, desk.rules, sender, now)))


def _answers(desk: Desk, writer: _Writer) -> tuple[list[Queued], dict[int, str]]:
    """The answers that are due and can be written, and what becomes of the letters that they answer."""
    found, became = list[Queued](), dict[int, str]()
    for came in Letters(desk.record).unanswered():
        letter = writer.answer(came, desk) if as_sent(came.sender) else None
        if letter is not None:
            found.append(letter)
        if letter is not None or not as_sent(came.sender):
            became[came.number] = DONE
    return found, became


def queue_report(desk: Desk, night: Night, sender: str, now: datetime) -> bool:
    """Queue the report of the night to the office, where anybody of it has an address; returns whether there is one.
    Rule: on working days, where somebody has to do something: of a good night nobody is told."""
    rules, today = desk.rules, now.date()
    to_do = night.held_because or night.differences or night.undelivered or night.mail_in.refused
    if not to_do or not rules.campaign.workdays.is_workday(today):
        return False
    words = operator_report(night, rules, today, desk.home.templates)
    writer = _Writer(desk.home, rules, sender, now)
    letters = Letters(desk.record)
    named = tuple(str(letter.letter_id) for letter in letters.untold())
    readers = _operators(desk.ledger_fold, today)
    reports = [replace(writer.report(reader, words), told=named) for reader in readers]
    return bool(letters.queue(reports))


def queue_failure(
    record: Record, home: Home, rules: Rules, sender: str, now: datetime, said: str, exit_code: int
) -> None:
    """Queue the letter to the office that the night was not finished: what was said, with which exit code it ended."""
    before = Figures.from_json(Letters(record).night_before())
    failure = Failure(date.fromisoformat(before.day) if before else None, said, exit_code)
    words = night_failed(failure, now.date(), home.templates, rules)
    writer = _Writer(home, rules, sender, now)
    readers = _operators(folded(home, record, rules), now.date())
    Letters(record).queue([writer.report(reader, words, "failed") for reader in readers])


def _operators(ledger_fold: Fold, today: date) -> list[Reader]:
    """The people of the offices that are told of the night, as far as a letter can go to them."""
    offices = ledger_fold.rules.campaign.mail.operators.value
    readers = people(ledger_fold.frames().cadres, today)
    return [reader for reader in readers if reader.unit in offices and as_sent(reader.email)]


class _Writer:
    """Writes the letters of one night."""

    def __init__(self, home: Home, rules: Rules, sender: str, now: datetime) -> None:
        self._home, self._rules, self._sender, self._now = home, rules, sender, now
        self._today = now.date()

    def answer(self, came: Came, desk: Desk) -> Queued | None:
        """The answer to a letter; None while something that it brought has not been taken in."""
        words: Words
        attached: list[Attachment] = []
        templates = self._home.templates
        if not came.unit:
            words = answers.unknown_sender(came.sender, self._rules, self._today, templates)
        elif not came.files:
            words = answers.nothing_attached(came.unit, self._rules, self._today, templates)
        else:
            taken = self._taken(came, desk)
            if len(taken) < len(came.files):
                return None
            found = [answer for submission in taken for answer in self._answers_of(submission, desk)]
            attached = found
            if came.zero_report:
                words = answers.zero_report(came.unit, "零报告", self._rules, self._today, templates)
            else:
                told_of = [self._told_of(submission, desk) for submission in taken]
                kept, left_out = fitted(found, self._rules.campaign.mail.attach_mb.value * MB)
                attached = list(kept)
                names = [attachment.name for attachment in left_out]
                words = answers.answer(told_of, self._rules, self._today, templates, names)
        letter = self._letter(came.sender, "", words, attached, _answers_to(came))
        return self._queued(f"answer {came.number}", ANSWER, letter)

    def digest(
        self, reader: Reader, shown: pd.DataFrame, before: frozenset[str], own: Enclosed, *, held: bool
    ) -> Queued:
        """The digest of one reader.

        shown: his rows of the alerts. before: those that stood in his last. own: what is enclosed. held: it waits.
        """
        kept, left_out = fitted(own.attachments, self._rules.campaign.mail.attach_mb.value * MB)
        names = [found.name for found in kept]
        enclosures = Enclosures(names, [found.name for found in left_out], own.locked and bool(own.private & {*names}))
        words = digest(reader.name, shown, before, self._rules, self._today, self._home.templates, enclosures)
        letter = self._letter(reader.email, reader.name, words, kept)
        queued = self._queued(f"digest {self._today} {reader.email.lower()}", DIGEST, letter)
        told_of = (*shown["alert_id"], *(f"{ENCLOSED}{mark}" for mark in own.told))
        return replace(queued, told=told_of, state=HELD if held else QUEUED)

    def report(self, reader: Reader, words: Words, about: str = "report") -> Queued:
        """The night's report to one of the office; `about`: of what it is the only one that day."""
        cause = f"{about} {self._today} {reader.email.lower()}"
        return self._queued(cause, REPORT, self._letter(reader.email, reader.name, words, []))

    @staticmethod
    def _taken(came: Came, desk: Desk) -> list[Submission]:
        by_path = {submission.path: submission for submission in desk.ledger_fold.submissions}
        return [by_path[path] for path in came.files if path in by_path]

    def _answers_of(self, submission: Submission, desk: Desk) -> Iterator[Attachment]:
        whose = answered_to(submission, self._rules, _twin(submission, desk))
        return _answers_in(self._home.outbox, submission, whose)

    def _told_of(self, submission: Submission, desk: Desk) -> answers.AnsweredFile:
        fold, twin = desk.ledger_fold, _twin(submission, desk)
        effect = fold.effects[submission.submission_id]
        said = banner(submission, effect, self._rules, twin, fold.since(submission), below=answers.IN_THE_RECEIPT)
        return answers.answered(submission.name, said)

    def _letter(
        self, recipient: str, name: str, words: Words, attached: Iterable[Attachment], answers_to: str = ""
    ) -> Letter:
        return Letter(
            message_id=new_message_id(self._sender.rpartition("@")[2]),
            sender=self._sender,
            sender_name=self._rules.campaign.bureau.value,
            recipient=recipient,
            recipient_name=name,
            subject=words.subject,
            text=words.text,
            html=words.html,
            written_at=self._now,
            attachments=tuple(attached),
            in_reply_to=answers_to,
        )

    def _queued(self, cause: str, kind: str, letter: Letter) -> Queued:
        return Queued(cause, kind, self._today, letter.message_id, letter.recipient, letter.subject, compose(letter))


def _twin(submission: Submission, desk: Desk) -> Submission | None:
    """Of the same bytes that came again, the submission that they were before."""
    fold = desk.ledger_fold
    return next((first for first in fold.submissions if first.submission_id == submission.duplicate_of), None)


def _answers_to(came: Came) -> str:
    """The Message-ID of a letter that came; "" where it had none and we made one."""
    own = came.message_id.split(" ")[0]
    return "" if own.endswith(MADE_ID) else own


def _answers_in(outbox: Path, submission: Submission, whose: str) -> Iterator[Attachment]:
    """The receipt and the returned copy of a submission, as they were published; `whose`: to whom it is answered."""
    folder = files.safe_name(whose)
    for name in (*answer_names(submission), rows_name(submission)):
        for place in (RECEIPTS, RETURNS):
            file = outbox / place / folder / name
            if file.is_file():
                yield Attachment(name, file.read_bytes())
