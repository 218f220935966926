"""What a letter is, going out and coming in, before it is bytes and after it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attached file: its name as people see it, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of ours to one recipient. `message_id` with its angle brackets, made once and kept for every try.
    `in_reply_to`: the Message-ID of the letter that this one answers, "" none. `subject` holds no personal data."""

    message_id: str
    sender: str
    sender_name: str
    recipient: str
    recipient_name: str
    subject: str
    text: str
    html: str
    written_at: datetime
    attachments: tuple[Attachment, ...] = ()
    in_reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A letter that came, as far as it could be understood; nothing of it is believed.

    message_id: as the letter has it, else made from its bytes, so that the same bytes have the same. sender: the
    address of From in small letters, "" none. forged: the receiving server could not verify that it comes from there
    (Authentication-Results). automatic: it must never be answered (Auto-Submitted, empty return path, a list, a bounce).
    attachments: what is to be delivered, in the letter's order, with those of letters inside it. text: its plain words,
    of HTML only where there are no others. Names and subject are decoded whatever their character set.
    """

    message_id: str
    sender: str
    sender_name: str
    subject: str
    sent_at: datetime | None
    text: str
    attachments: tuple[Attachment, ...] = ()
    forged: bool = False
    automatic: bool = False
