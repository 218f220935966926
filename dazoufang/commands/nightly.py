"""`nightly`: the whole night, unattended; and `send`: deliver what waits in the mail queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from dazoufang.commands.run import Summary, run
from dazoufang.commands.screen import Screen, complain
from dazoufang.mail.imap import MailboxAway
from dazoufang.mail.locked import attachment_password
from dazoufang.mail.settings import servers
from dazoufang.model.submission import ACCEPTED, DUPLICATE, PARTLY, RETURNED
from dazoufang.record.letters import BOUNCED, DEFERRED, FILED, UNCERTAIN, Letters, Queued, counts
from dazoufang.record.record import Record
from dazoufang.rules.campaign import load_rules
from dazoufang.rules.mail import Mail
from dazoufang.rules.rules_file import BrokenRules
from dazoufang.running import letters_out, mail_in, proof, reports, sending
from dazoufang.running.desk import Desk
from dazoufang.running.mail_in import MailIn
from dazoufang.running.proof import Proof
from dazoufang.system import logbook
from dazoufang.system.errors import UNFINISHED, WRONG_USE, becomes
from dazoufang.system.home import Home, shipped
from dazoufang.system.progress import Progress, silent
from dazoufang.writing.letters import night as report

_STATES: Final = {
    "sent": "已发出", "filed": "没有发信服务器、已放进 outbox/邮件", "queued": "待发", "deferred": "稍后再发", "bounced": "退信",
    "uncertain": "不知是否送到", "held": "待放行",
}  # fmt: skip


@dataclass(frozen=True)
class Posted:
    """What became of letters. `became`: those that were tried, as they stand now; `waiting`: all others that wait;
    `trouble`: why the server took none of them, in words, "" it did."""

    became: Sequence[Queued] = ()
    waiting: Sequence[Queued] = ()
    trouble: str = ""

    @property
    def words(self) -> str:
        """How many letters went where, for a person."""
        filed = sum(letter.state == FILED for letter in self.became)
        counted = {**self.counts, "queued": self.counts["queued"] - filed, "filed": filed}
        told = "，".join(f"{word} {counted[state]} 封" for state, word in _STATES.items() if counted[state])
        return f"信 {told}" if told else "没有信要发"

    @property
    def counts(self) -> dict[str, int]:
        """For --json: how many letters are in which state."""
        return counts([*self.became, *self.waiting])

    def then(self, later: Posted) -> Posted:
        """The two calls as one."""
        tried = {letter.letter_id for letter in later.became}
        first = [letter for letter in self.became if letter.letter_id not in tried]
        known = tried | {letter.letter_id for letter in first}
        waiting = [letter for letter in later.waiting if letter.letter_id not in known]
        return Posted([*first, *later.became], waiting, later.trouble or self.trouble)


@dataclass(frozen=True)
class LettersTonight:
    """What became of the night's letters. `held_because`: why some wait for somebody; `unreached`: who would have been
    told, had he an address; `not_made`: why the package to report upward was not made, "" it was, or is not due."""

    posted: Posted
    held_because: list[str]
    unreached: list[str]
    not_made: str = ""


@dataclass(frozen=True)
class Night:
    """What the night did. `proved`: inbox, archive, record and outbox compared; `troubles`: what was not finished."""

    run: Summary
    mail_in: MailIn
    letters: LettersTonight
    proved: Proof
    troubles: list[str]

    def as_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            "run": self.run.as_json(),
            "mail_in": asdict(self.mail_in),
            "letters": self.letters.posted.counts,
            "held_because": self.letters.held_because,
            "no_address": self.letters.unreached,
            "differences": self.proved.differences,
            "troubles": self.troubles,
        }


def nightly(home: Home, now: datetime, progress: Progress = silent) -> Night:
    """Take in what lies in the inbox, fetch letters and take in what they brought, publish, prove, queue tonight's
    letters, hold or send them, report. Each step can be killed and is made up by the next call.

    now: local time; its date is the day that is worked for.

    Raises:
        BrokenRules, ShareAway, OSError, Trouble: as `run`; nothing is lost.
    """
    today, moment = now.date(), f"{now:%H%M}"
    mail = load_rules(home.schemas).campaign.mail
    servers(mail), attachment_password(mail)  # refused before anything is done
    summary = run(home, today, progress, moment)
    came = MailIn()
    with Desk(home, progress) as desk:
        trouble = fetch(desk, now, came)
    if came.attachments:
        summary = _together(summary, run(home, today, progress, moment))
    with Desk(home, progress) as desk:
        with desk.lead():
            proved = desk.prove()
            proof.post(home, proved, now.isoformat(timespec="seconds"))
        letters = write_and_send(desk, now, proved)
    said = (summary.kept_back, summary.broken, summary.lacking, trouble, letters.not_made, letters.posted.trouble)
    troubles = [words for words in said if words]
    return Night(summary, came, letters, proved, troubles)


def fetch(desk: Desk, now: datetime, came: MailIn) -> str:
    """Lay what has come to the mailbox into the inbox, counting it in `came`; returns why the mailbox could not be read,
    in words, "" it could, or there is none."""
    found = servers(desk.rules.campaign.mail)
    if found.imap is None:
        return ""
    try:
        with desk.lead():
            mail_in.fetch(desk, found.imap, found.own, now.date(), came)
    except MailboxAway as error:
        return error.words
    return ""


def write_and_send(desk: Desk, now: datetime, proved: Proof) -> LettersTonight:
    """Queue the night's letters, once all is published; hold or send them, and then the report of that to the office."""
    sender = servers(desk.rules.campaign.mail).sender
    with desk.lead():
        not_made = reports.tonight(desk.home, desk.ledger_fold.frames(), desk.rules, now.date())
        queued = letters_out.queue(desk, sender, now, proved.differences)
    posted = _sent(desk.home, desk.record, desk.rules.campaign.mail, now)
    unreached = [f"{reader.unit} {reader.name}" for reader in queued.unreached]
    tonight = LettersTonight(posted, queued.held_because, unreached, not_made)
    with desk.lead():
        told = _as_reported(desk, tonight, proved, now.date())
        reported = letters_out.queue_report(desk, told, sender, now)
    if not reported:
        return tonight
    return replace(tonight, posted=posted.then(_sent(desk.home, desk.record, desk.rules.campaign.mail, now)))


def answer_and_send(desk: Desk, now: datetime) -> Posted:
    """Answer the letters whose attachments have been taken in, and send what is due: what `watch` does all day."""
    with desk.lead():
        letters_out.queue_answers(desk, servers(desk.rules.campaign.mail).sender, now)
    return _sent(desk.home, desk.record, desk.rules.campaign.mail, now)


def send(home: Home, now: datetime, *, release: bool = False) -> Posted:
    """Deliver what waits and is due; with `release` also what is held."""
    rules = load_rules(home.schemas).campaign.mail
    with Record.of(home) as record:
        if release:
            Letters(record).release()
        return _sent(home, record, rules, now)


def written(home: Home) -> tuple[dict[str, int], list[str]]:
    """Lay all that waits into the outbox as .eml files, and send nothing; returns how many wait in which state, and the
    paths of the files in the outbox."""
    with Record.of(home) as record:
        waiting = Letters(record).waiting()
        return counts(waiting), sending.write_files(home, waiting)


def tell_of_failure(home: Home, now: datetime, error: BaseException) -> None:
    """Write to the office that the night was not finished. Whatever fails on the way is only logged: `error` itself is
    what the command ends with."""
    met = becomes(error)
    try:
        rules = load_rules(home.schemas)
    except BrokenRules:
        rules = load_rules(shipped("schemas"))
    try:
        with Record.of(home) as record:
            mail = rules.campaign.mail
            said = "。".join(filter(None, (met.words, met.mend)))
            letters_out.queue_failure(record, home, rules, servers(mail).sender, now, said, met.exit_code)
            sending.send(home, record, servers(mail).smtp, mail, now)
    except Exception as another:
        logbook.failure(another)


def exit_code(night: Night) -> int:
    """0: all was done; else something was not finished, or the office has to mend a template."""
    if set(night.troubles) - {night.run.broken, night.run.lacking}:
        return UNFINISHED
    return WRONG_USE if night.run.broken else 0


def show(night: Night, screen: Screen) -> None:
    """One line for whoever looks in the morning; what was not finished goes to the error stream, where schedulers look."""
    screen.data(night.as_json())
    taken, came = night.run.submissions, night.mail_in
    parts = [
        f"收下 {taken['accepted']} 份，部分收下 {taken['partly']} 份，退回 {taken['returned']} 份",
        f"来信 {came.letters} 封（附件 {came.attachments} 个，没有收 {came.refused} 封）",
        night.letters.posted.words,
    ]
    screen.say(f"夜间汇总 {night.run.today}：{'；'.join(parts)}")
    for words in night.letters.held_because:
        screen.say(f"  信先不发：{words}", "yellow")
    if unreached := night.letters.unreached:
        more = f" 等 {len(unreached)} 人" if len(unreached) > 5 else ""
        screen.say(f"  没有邮箱、收不到提醒的：{'、'.join(unreached[:5])}{more}（在花名册的“邮箱”一列补上）", "yellow")
    for line in night.proved.differences:
        screen.say(f"  对账有差异：{line}", "red")
    for words in night.troubles:
        complain(words)


def _sent(home: Home, record: Record, rules: Mail, now: datetime) -> Posted:
    became, trouble = sending.send(home, record, servers(rules).smtp, rules, now)
    tried = {letter.letter_id for letter in became}
    waiting = [letter for letter in Letters(record).waiting() if letter.letter_id not in tried]
    return Posted(became, waiting, trouble)


def _together(first: Summary, second: Summary) -> Summary:
    """Two runs of one night as one: what the first took in counts, the second says how things stand."""
    added = {name: first.submissions[name] + number for name, number in second.submissions.items()}
    return replace(
        second,
        submissions=added | {"deferred": second.submissions["deferred"]},
        faults=first.faults + second.faults,
        changed=sorted({*first.changed, *second.changed}),
        seconds=round(first.seconds + second.seconds, 2),
        failures=first.failures + second.failures,
        withdrawn=first.withdrawn + second.withdrawn,
    )


def _as_reported(desk: Desk, tonight: LettersTonight, proved: Proof, today: date) -> report.Night:
    """The night as its report has it; of files all that came on the day, of letters all since the last working day, for
    on days off there is no report."""
    submissions = desk.ledger_fold.submissions
    taken = Counter(submission.verdict for submission in submissions if submission.received_on == today)
    reported = desk.rules.campaign.workdays.on_or_before(today - timedelta(1))
    came, untold = Letters(desk.record).came_after(reported), Letters(desk.record).untold()
    ended = Counter(letter.state for letter in untold)
    undelivered = [*untold, *(letter for letter in tonight.posted.became if letter.state == DEFERRED)]
    return report.Night(
        files=report.FilesTaken(
            **{verdict: taken[verdict] for verdict in (ACCEPTED, PARTLY, RETURNED, DUPLICATE)}, deferred=proved.waiting
        ),
        mail_in=report.MailIn(
            letters=len(came),
            attachments=sum(len(letter.files) for letter in came),
            refused=sum(not letter.unit for letter in came),
        ),
        posted=report.Posted(**tonight.posted.counts | {BOUNCED: ended[BOUNCED], UNCERTAIN: ended[UNCERTAIN]}),
        undelivered=[
            report.Undelivered(letter.state, letter.recipient, letter.subject, letter.words) for letter in undelivered
        ],
        held_because=tonight.held_because,
        without_address=tonight.unreached,
        differences=proved.differences,
    )
