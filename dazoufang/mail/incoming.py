"""Reads a letter that came: who sent it, what it says and brings, and whether it may be answered."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta, timezone
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Final

from dazoufang.mail.decoding import decoded, encoded_words, header_words, seen
from dazoufang.mail.letter import Attachment, Incoming
from dazoufang.mail.parts import attachments, header_bytes, heads_only, kind_of, parsed, words

_HERE: Final = timezone(timedelta(hours=8))  # of a date that names no zone
_YEARS: Final = range(1990, 2100)
_MESSAGE_ID: Final = re.compile(rb"[<\s]*([\x21-\x3b\x3d\x3f-\x7e]{1,250})[>\s]*")
_IN_ANGLES: Final = re.compile(r"<([^<>]*@[^<>]*)>")
_ADDRESS: Final = re.compile(r"[^\s<>\"'(),:;@\\\[\]]+@[^\s<>\"'(),:;@\\]+")
_RESULT: Final = re.compile(rb"\b(dmarc|spf|dkim)\s*=\s*([a-z]+)")
_NEVER_ANSWERED: Final = re.compile(r"(mailer-daemon|postmaster|mail-daemon|mdaemon)@")
_AUTOMATIC_SUBJECT: Final = re.compile(
    r"(自动回复|自动答复|Automatic reply|Auto-?reply|Out of office)\s*[:：]", re.IGNORECASE
)


MADE_ID: Final = "@no-message-id.invalid>"  # how a Message-ID ends that a letter had not, and we made


def read_letter(raw: bytes) -> Incoming:
    """What these bytes say; never raises. A letter too twisted to be taken apart is itself what it brings: 信件.eml."""
    letter = parsed(raw)
    head = heads_only(raw) if letter is None else letter
    sender, sender_name, certain = _sender(header_bytes(head, "from"))
    subject = next((header_words(found) for found in header_bytes(head, "subject")), "")
    return Incoming(
        message_id=_message_id(header_bytes(head, "message-id"), raw),
        sender=sender,
        sender_name=sender_name,
        subject=subject,
        sent_at=_sent_at(header_bytes(head, "date")),
        text="" if letter is None else words(letter),
        attachments=(Attachment("信件.eml", raw),) if letter is None else attachments(letter),
        forged=not certain or _forged(header_bytes(head, "authentication-results")),
        automatic=_automatic(head, sender, subject),
    )


def _message_id(found: list[bytes], raw: bytes) -> str:
    """As the letter has it, in angle brackets; made from the bytes where it has none, several, or one that is none."""
    said = _MESSAGE_ID.fullmatch(found[0].strip()) if len(found) == 1 else None
    if said and said[1].strip(b"@."):
        return f"<{said[1].decode('ascii')}>"
    return f"<{hashlib.sha256(raw).hexdigest()}{MADE_ID}"


def _sender(found: list[bytes]) -> tuple[str, str, bool]:
    """Address, name, and whether that is certain: two From headers that differ are a trick to pass one verification
    and show another sender. The address of several is the first one."""
    senders = [_mailbox(header) for header in found]
    address, name = next((known for known in senders if known[0]), next(iter(senders), ("", "")))
    return address, name, len({other for other, _ in senders}) <= 1


def _mailbox(header: bytes) -> tuple[str, str]:
    """The first address in a From, in small letters, and the name before or behind it."""
    text = decoded(header)
    bare = re.sub(r'"(?:\\.|[^"\\])*"', lambda quoted: " " * len(quoted[0]), text)  # an address in a name is no address
    bare = re.sub(r"\([^()]*\)", lambda comment: " " * len(comment[0]), bare)
    found = None
    for segment in re.finditer(r"[^,;]+", bare):
        where = segment.span()
        found = found or _IN_ANGLES.search(bare, *where) or _ADDRESS.search(bare, *where)
    if found is None:
        whole = encoded_words(text)  # some encode name and address together
        if whole != seen(text) and (inside := _IN_ANGLES.search(whole) or _ADDRESS.search(whole)):
            found, text = inside, whole
        else:
            return "", whole.strip(' "<>')
    address = text[found.start() : found.end()].strip("<> ").rpartition(":")[2]  # less a route of old times
    before = text[: found.start()].rpartition(",")[2] if found[0][0] != "<" else text[: found.start()]
    name = before.rpartition(":")[2] if ":" in before and '"' not in before else before  # less the name of a group
    comment = re.match(r"\s*\(([^()]*)\)", text[found.end() :])
    name = name.strip() or (comment[1] if comment else "")
    return re.sub(r"\s", "", address).lower(), _unquoted(name)


def _unquoted(name: str) -> str:
    quoted = re.fullmatch(r'\s*"(.*)"\s*', name, re.DOTALL)
    return encoded_words(re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else name).strip(" \"'")


def _sent_at(found: list[bytes]) -> datetime | None:
    """When it says it was written, with its zone; None where that is no date of these times."""
    for header in found[:1]:
        text = seen(header.decode("ascii", "replace"))
        try:
            when = parsedate_to_datetime(text)
            zoned = when if when.tzinfo else when.replace(tzinfo=UTC if text.endswith("-0000") else _HERE)
            return zoned if zoned.year in _YEARS else None
        except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
            return None
    return None


def _forged(found: list[bytes]) -> bool:
    """The topmost results are the receiving server's own; those below may be the sender's."""
    results = (
        [(method.decode(), result.decode()) for method, result in _RESULT.findall(found[0].lower())] if found else []
    )
    failed = {method for method, result in results if result == "fail"}
    return "dmarc" in failed or (bool(failed) and ("dmarc", "pass") not in results)


def _automatic(head: Message, sender: str, subject: str) -> bool:
    """Written by a program, a list or a bounce: an answer would meet nobody, or a program that answers back."""

    def says(name: str) -> str:
        return " ".join(header_words(found).lower() for found in header_bytes(head, name)).strip()

    suppressed = re.split(r"[,;\s]+", says("x-auto-response-suppress"))
    return (
        (bool(says("auto-submitted")) and not re.match(r"no\b", says("auto-submitted")))
        or "<>" in re.sub(r"\s", "", says("return-path")).split(",")
        or bool(header_bytes(head, "list-id") or header_bytes(head, "list-unsubscribe"))
        or re.match(r"(bulk|list|junk|auto_reply)\b", says("precedence")) is not None
        or any(says(name) not in ("", "no") for name in ("x-autoreply", "x-autorespond", "x-autogenerated"))
        or bool({"all", "oof", "autoreply"} & set(suppressed))
        or kind_of(head) == "multipart/report"
        or _NEVER_ANSWERED.match(sender) is not None
        or _AUTOMATIC_SUBJECT.match(subject) is not None
    )
