"""The life of one queued letter: what it is after each try, when it is tried again, and when it is given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dazoufang.mail.smtp import Outcome
from dazoufang.record.letters import State

# Greylisting lets a letter in after some minutes, a full mailbox or a daily limit of QQ or 163 after hours.
QUICK_WAITS: Final = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6))
# Then every night, and at noon where a watch runs. A whole day would pass over nights: a letter put off at half past six
# in the morning has to be due at ten in the evening.
SLOW_WAIT: Final = timedelta(hours=12)
# RFC 5321 (4.5.4.1) asks a sender to go on for four or five days; where only nights run it is a night for each try.
SLOW_WAITS: Final = 8

_MAYBE_TWICE: Final = "前一次发送没有结果，这封信可能送到两次"
_MAYBE_BEFORE: Final = "前一次发送没有结果，那一次可能已经送到"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a letter stands. `tries`: talks with the server about it that came to an end, of whatever kind. `due_at`: when
    it is to be tried, None when never again by itself. `doubted`: a try of it ended without an answer, so that it may
    arrive twice. `words`: of the last try, for the operator."""

    state: State
    tries: int = 0
    due_at: datetime | None = None
    doubted: bool = False
    words: str = ""


def next_try(tries: int, now: datetime) -> datetime | None:
    """When a letter is tried again after its `tries`-th try, at `now`, was put off; None: it is given up."""
    if tries <= len(QUICK_WAITS):
        return now + QUICK_WAITS[tries - 1]
    return now + SLOW_WAIT if tries <= len(QUICK_WAITS) + SLOW_WAITS else None


def after(outcome: Outcome, before: Standing, now: datetime) -> Standing:
    """How a letter stands after a try. `before`: as it stood when the try began."""
    tries, doubted = before.tries + 1, before.doubted
    match outcome.state:
        case "sent":
            return Standing(State.SENT, tries, None, doubted, _with(outcome.words, _MAYBE_TWICE if doubted else ""))
        case "bounced":
            return Standing(State.BOUNCED, tries, None, doubted, _with(outcome.words, _MAYBE_BEFORE if doubted else ""))
        case "deferred":
            due_at = next_try(tries, now)
            if due_at is None:
                return Standing(State.BOUNCED, tries, None, doubted, _with(outcome.words, f"试了 {tries} 次，不再重发"))
            return Standing(State.DEFERRED, tries, due_at, doubted, outcome.words)
        case "uncertain":
            return _uncertain(outcome.words, tries, doubted, now)


def found_sending(before: Standing, now: datetime) -> Standing:
    """What becomes of a letter that a process left in `sending` when it ended: the talk may have come to its end."""
    return _uncertain("发送时程序中断，不知道服务器收到没有", before.tries + 1, before.doubted, now)


def _uncertain(words: str, tries: int, doubted: bool, now: datetime) -> Standing:
    """Sent again once, with the Message-ID it has; a second time nobody knows more, and the operator has to look."""
    if doubted:
        return Standing(
            State.UNCERTAIN, tries, None, True, _with(words, "已经重发过一次，不再重发，请问收件人收到没有")
        )
    return Standing(State.UNCERTAIN, tries, now + QUICK_WAITS[0], True, _with(words, "会重发一次"))


def _with(words: str, more: str) -> str:
    return "；".join(filter(None, (words.rstrip("。"), more)))
