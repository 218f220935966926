"""A letter as the bytes that travel: all ASCII, CRLF, with headers that no name and no subject can break.

The bytes are written here and not by Python's email package, because attachment names need an exact form. What readers
make of a Chinese name differs: QQ Mail shows a name cut into `filename*0*`, `filename*1*` (RFC 2231 continuations, what
email does with every long name) as tcmime.….bin; Outlook over POP or IMAP does not read RFC 2231 at all and takes the
encoded word (RFC 2047) in `name=`; iOS Mail, Gmail and 163 read either. So each attachment has both: one uncut
`filename*=`, and `name=` in encoded words.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Final
from urllib.parse import quote

from dazoufang.mail.addresses import as_sent, domain_as_sent
from dazoufang.mail.letter import Attachment, Letter
from dazoufang.model.shown import made_visible
from dazoufang.system.errors import Trouble

_LINE: Final = 76  # characters; RFC 2047 allows no more in a line with an encoded word
_LONGEST_ID: Final = 900  # a line has at most 998 (RFC 5322)
_BEFORE, _AFTER = "=?UTF-8?B?", "?="
_BREAKS: Final = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029]+")
_NOT_IN_NAMES: Final = re.compile(r'[\\/:*?"<>|]')  # Windows takes no file with these
_NAME_BYTES: Final = 255  # no file system takes more, and three times as many still fit into one line
_ENDING: Final = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_MAIL_LINES: Final = re.compile(rb"(?:[\x01-\x09\x0b\x0c\x0e-\x7f]{0,998}\r\n)+")
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_MEDIA_TYPES: Final = {
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
    ".xls": "application/vnd.ms-excel",
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".doc": "application/msword",
    ".zip": "application/zip",
    ".pdf": "application/pdf",
    ".html": "text/html",
    ".txt": "text/plain",
    ".csv": "text/csv",
}


class NoAddress(Trouble):
    """Sender or recipient is no mail address; the message says which, not what stands there."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of MIME: its header lines, each without the line break at its end, and its body as it travels."""

    headers: tuple[str, ...]
    body: bytes

    def __bytes__(self) -> bytes:
        return "".join(f"{line}\r\n" for line in self.headers).encode("ascii") + b"\r\n" + self.body


def compose(letter: Letter) -> bytes:
    """The whole letter. `written_at` without a time zone is local. The same letter gives the same bytes.

    Raises NoAddress when sender or recipient is no address that a letter can be sent to.
    """
    written_at = letter.written_at if letter.written_at.tzinfo else letter.written_at.astimezone()
    answers = _message_id(letter.in_reply_to)
    about = [
        f"Date: {format_datetime(written_at)}",
        _mailbox("From", letter.sender_name, letter.sender, "发件邮箱（mail.sender）"),
        _mailbox("To", letter.recipient_name, letter.recipient, "收件人的邮箱"),
        f"Subject: {_words(letter.subject, len('Subject: '))}",
        f"Message-ID: {_message_id(letter.message_id)}",
        *([f"In-Reply-To: {answers}", f"References: {answers}"] if answers else []),
        # RFC 3834: no machine answers such a letter; the second line tells it to Exchange, which does not know the first
        f"Auto-Submitted: {'auto-replied' if letter.in_reply_to else 'auto-generated'}",
        "X-Auto-Response-Suppress: All",
        "MIME-Version: 1.0",
    ]
    spoken = [_spoken(letter.text, "plain"), *([_spoken(letter.html, "html")] if letter.html else [])]
    content = _multipart("alternative", spoken, letter)
    if letter.attachments:
        content = _multipart("mixed", [content, *map(_attached, letter.attachments)], letter)
    return bytes(_Part((*about, *content.headers), content.body))


def new_message_id(domain: str) -> str:
    """A Message-ID that no other letter has, with its angle brackets; it tells neither time nor machine."""
    return f"<{secrets.token_hex(16)}@{domain_as_sent(domain) or 'dazoufang.invalid'}>"


def fitted(attachments: Sequence[Attachment], most_bytes: int) -> tuple[tuple[Attachment, ...], tuple[Attachment, ...]]:
    """Which attachments travel in `most_bytes` (as base64, with their headers), and which are left out; in order.

    One that is too big does not keep out a smaller one behind it.
    """
    kept: list[Attachment] = []
    left_out: list[Attachment] = []
    room = most_bytes
    for attachment in attachments:
        size = travelling_size(attachment)
        (kept if size <= room else left_out).append(attachment)
        room -= size if size <= room else 0
    return tuple(kept), tuple(left_out)


def travelling_size(attachment: Attachment) -> int:
    """How many bytes an attachment adds to a letter."""
    coded = 4 * -(-len(attachment.content) // 3)
    lines = -(-coded // _LINE)
    headers = len(bytes(_attached(Attachment(attachment.name, b""))))
    return headers + coded + 2 * lines + len(f"\r\n--{_boundary('mixed', '', [])}\r\n")


def _attached(attachment: Attachment) -> _Part:
    """Letters travel as letters where they are clean ones: RFC 2046 allows no base64 around message/rfc822."""
    name = file_name(attachment.name)
    ending = _ENDING.search(name.lower())
    kind = _MEDIA_TYPES.get(ending[0] if ending else "", "application/octet-stream")
    if kind.startswith("text/") and _is_utf8(attachment.content):
        kind += "; charset=utf-8"
    letter_inside = bool(ending and ending[0] == ".eml" and _MAIL_LINES.fullmatch(attachment.content))
    if letter_inside:
        kind = "message/rfc822"
    said = f'"{name}"' if name.isascii() else f'"{_encoded(name, len(" name=.."))}"'
    disposed = f'filename="{name}"' if name.isascii() else f"filename*=UTF-8''{quote(name, safe='')}"
    return _Part(
        (
            f"Content-Type: {kind};\r\n name={said}",
            f"Content-Transfer-Encoding: {'7bit' if letter_inside else 'base64'}",
            f"Content-Disposition: attachment;\r\n {disposed}",
        ),
        attachment.content if letter_inside else _base64(attachment.content),
    )


def file_name(name: str) -> str:
    """The name under which a receiver can keep the file: one line, nothing that Windows refuses, not too long."""
    name = _NOT_IN_NAMES.sub("_", _one_line(name)).strip(" .") or "附件"
    ending = found[0] if (found := _ENDING.search(name)) else ""
    stem = name.removesuffix(ending).encode()[: _NAME_BYTES - len(ending)].decode(errors="ignore")
    return stem + ending


def _spoken(text: str, kind: str) -> _Part:
    content = re.sub("\r\n|\r|\n", "\r\n", text).encode("utf-8", "replace")
    headers = (f"Content-Type: text/{kind}; charset=utf-8", "Content-Transfer-Encoding: base64")
    return _Part(headers, _base64(content))


def _multipart(kind: str, parts: Sequence[_Part], letter: Letter) -> _Part:
    boundary = _boundary(kind, letter.message_id, parts)
    body = b"".join(b"--%b\r\n%b\r\n" % (boundary.encode(), bytes(part)) for part in parts)
    header = f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"'
    return _Part((header,), body + b"--%b--\r\n" % boundary.encode())


def _boundary(kind: str, message_id: str, parts: Sequence[_Part]) -> str:
    """A line that stands in none of the parts. In base64 there is no "_"; a letter attached may hold anything."""
    for count in range(1000):
        made = f"=_{kind}_{hashlib.sha256(f'{message_id} {count}'.encode('utf-8', 'replace')).hexdigest()[:32]}"
        if not any(made.encode() in part.body for part in parts):
            break
    return made


def _base64(content: bytes) -> bytes:
    step = _LINE // 4 * 3
    lines = (binascii.b2a_base64(content[at : at + step], newline=False) for at in range(0, len(content), step))
    return b"".join(b"%b\r\n" % line for line in lines)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _message_id(text: str) -> str:
    """A Message-ID, of ours or of a letter that came, as a header may have it: ASCII, no spaces; "" when it is none."""
    plain = "".join(character for character in text if "!" <= character <= "~")
    return plain if plain and len(plain) <= _LONGEST_ID else ""


def _mailbox(header: str, name: str, address: str, whose: str) -> str:
    """A header of one name and address."""
    plain = as_sent(address)
    if not plain:
        raise NoAddress(f"{whose}不是可以寄到的邮箱地址，请改成 名字@域名 的样子（@ 前面只能是英文、数字和符号）")
    said = _words(name, len(f"{header}: "), quoted=True)
    if not said:
        return f"{header}: {plain}"
    together = f"{header}: {said}"
    fits = len(together.rpartition("\r\n")[2]) + len(f" <{plain}>") <= _LINE
    return f"{together} <{plain}>" if fits else f"{together}\r\n <{plain}>"


def _words(text: str, used: int, *, quoted: bool = False) -> str:
    """Words of a header that has `used` characters already; `quoted`: names have signs of their own that mean more."""
    line = _one_line(text).strip()
    if not line.isascii() or "=?" in line or used + len(line) > _LINE - 2:
        return _encoded(line, used)
    if quoted and line:
        return '"{}"'.format(re.sub(r'(["\\])', r"\\\1", line))
    return line


def _encoded(text: str, used: int) -> str:
    """As encoded words of RFC 2047, a line each; no character is cut in two."""
    return "\r\n ".join(f"{_BEFORE}{base64.b64encode(piece).decode('ascii')}{_AFTER}" for piece in _pieces(text, used))


def _pieces(text: str, used: int) -> Iterator[bytes]:
    """UTF-8 in pieces that fit into one encoded word each, the first into what `used` leaves of its line."""
    piece, room = b"", _room(used)
    for character in text:
        coded = character.encode()
        if len(piece) + len(coded) > room:
            yield piece
            piece, room = b"", _room(len(" "))
        piece += coded
    if piece:
        yield piece


def _room(used: int) -> int:
    return (_LINE - used - len(_BEFORE) - len(_AFTER)) // 4 * 3


def _one_line(text: str) -> str:
    """Without line breaks and tabs, and nothing in it that acts on a screen."""
    return made_visible(_BREAKS.sub(" ", text))
