"""Sends what waits in the queue, each letter once; without a server it lies in the outbox for somebody to send by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from html import escape
from typing import Final

from dazoufang.mail import queue_states
from dazoufang.mail.compose import compose, new_message_id
from dazoufang.mail.letter import Letter
from dazoufang.mail.queue_states import Standing
from dazoufang.mail.servers import SmtpServer, our_address
from dazoufang.mail.smtp import CannotSend, Outgoing
from dazoufang.record.letters import ANSWER, DIGEST, FILED, REPORT, SENDING, Letters, Queued, State
from dazoufang.record.record import Record
from dazoufang.rules.mail import Mail
from dazoufang.system import failpoints, files
from dazoufang.system.home import Home

# Seconds for the answer to a whole letter. RFC 5321 asks for ten minutes, but a night has to end; a letter whose answer
# comes later is sent once more at most, and that is said.
PATIENCE: Final = 60.0
SPOOL: Final = "邮件"  # in the outbox
_KINDS: Final = {ANSWER: "回执", DIGEST: "预警", REPORT: "夜报"}
_UNSENT: Final = b"X-Unsent: 1\r\n"  # Outlook and others then open the file as one that is still to be sent
_UNREADABLE: Final = "这封信的内容不全，没有发"


def send(home: Home, record: Record, server: SmtpServer | None, rules: Mail, now: datetime) -> tuple[list[Queued], str]:
    """Try all letters that are due at `now`; returns those that were tried, as they stand then, and why the server lets
    nothing more through, in words, "" it does. Without a `server` they are filed.

    Rule: the record knows of every letter that it is on its way before a byte of it goes, so that one over which the
    process ended is known to be uncertain: it is sent once more under the same Message-ID, and never again.

    Raises:
        Busy: another process sends.
        OSError: the outbox cannot be written.
    """
    letters = Letters(record)
    with letters.sending():
        due = letters.due(now)
        if server is None:
            return list(_filed(home, letters, due)), ""
        return _sent(letters, due, server, rules, now)


def send_test(server: SmtpServer, address: str, bureau: str, now: datetime) -> str:
    """Send a letter to our own `address`; returns what came of it, in words, "" it was sent.

    Raises:
        CannotSend: the server lets nothing through.
    """
    words = f"这是{bureau}大走访程序的试发信。收到它，说明发信设置是好的。"
    message_id = new_message_id(address.rpartition("@")[2])
    letter = Letter(message_id, address, bureau, address, "", "大走访 试发信", words, f"<p>{escape(words)}</p>", now)
    with Outgoing(server, patience=PATIENCE) as post:
        outcome = post.deliver(address, address, compose(letter))
    return "" if outcome.state == "sent" else outcome.words


def write_files(home: Home, letters: list[Queued]) -> list[str]:
    """Lay letters into outbox/邮件 as files that a mail program opens; returns their paths in the outbox."""
    paths = []
    for letter in letters:
        path = f"{SPOOL}/{letter.made_on}/{letter.letter_id:04d} {_KINDS.get(letter.kind, '信')}.eml"
        target = home.outbox / path
        target.parent.mkdir(parents=True, exist_ok=True)
        files.write_atomic(target, _UNSENT + letter.content)
        paths.append(path)
    return paths


def _filed(home: Home, letters: Letters, due: list[Queued]) -> Iterator[Queued]:
    for letter in due:
        write_files(home, [letter])
        done = replace(letter, state=FILED, words="没有发信服务器，已放进 outbox/邮件")
        letters.set_state(done)
        yield done


def _sent(
    letters: Letters, due: list[Queued], server: SmtpServer, rules: Mail, now: datetime
) -> tuple[list[Queued], str]:
    became: list[Queued] = []
    sender = our_address(server, rules.sender.value)
    if not due:
        return became, ""
    try:
        with Outgoing(server, patience=PATIENCE) as post:
            for letter in due:
                became.append(_tried(letters, letter, post, sender, now))
    except CannotSend as error:
        for letter in due[len(became) :]:  # as they were: nobody refused them
            letters.set_state(replace(letter, words=error.words))
        return became, error.words
    return became, ""


def _tried(letters: Letters, letter: Queued, post: Outgoing, sender: str, now: datetime) -> Queued:
    """One letter, tried once, unless it has to wait because nobody knows how the last try ended."""
    standing = Standing(letter.state, letter.tries, letter.next_at, letter.doubted, letter.words)
    if letter.state == SENDING:  # the process that sent it ended
        standing = queue_states.found_sending(standing, now)
    elif not letter.content:
        standing = Standing(State.BOUNCED, letter.tries, words=_UNREADABLE)
    else:
        letters.set_state(replace(letter, state=SENDING))
        outcome = post.deliver(sender, letter.recipient, letter.content)
        failpoints.reach("letter away")
        standing = queue_states.after(outcome, standing, now)
    done = replace(
        letter, state=standing.state, tries=standing.tries, next_at=standing.due_at, doubted=standing.doubted,
        words=standing.words,
    )  # fmt: skip
    letters.set_state(done)
    return done
