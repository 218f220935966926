"""The parts of a letter: which are its words, which are attached, and what letters attached to it hold."""

from __future__ import annotations

import email
import quopri
import re
from collections.abc import Iterator, Sequence
from email.errors import MissingHeaderBodySeparatorDefect
from email.message import Message
from typing import Final

from dazoufang.mail import opened
from dazoufang.mail.decoding import decoded, from_base64, header_words
from dazoufang.mail.letter import Attachment
from dazoufang.mail.mime_names import attached_name, harmless, made_name, parameters
from dazoufang.mail.opened import DEEPEST, Held
from dazoufang.mail.own_words import html_words, own_words

_MOST_LEVELS: Final = 50  # of parts within parts
_MOST_PARTS: Final = 5_000
_LONGEST_HEADER: Final = 10_000  # characters
_TYPE: Final = re.compile(r"\s*([\w.+-]+/[\w.+-]+)")
_BOUNDARY: Final = re.compile(rb"(?:\A|\n)--([^\r\n]{1,70}?)[ \t]*\r?\nContent-", re.IGNORECASE)
_LETTER_HEADERS: Final = ("from", "to", "subject", "date", "received", "message-id", "mime-version", "content-type")
_SIGNATURES: Final = re.compile(
    r"application/(x-)?pkcs7-signature|application/pgp-(signature|keys|encrypted)|text/(x-)?vcard|text/directory"
)
_SIGNATURE_NAMES: Final = (".vcf", ".p7s")
_PICTURES: Final = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".emz", ".wmz", ".svg")
_REPORTS: Final = ("message/delivery-status", "message/disposition-notification", "text/rfc822-headers")


def parsed(raw: bytes) -> Message | None:
    """The letter in these bytes; None when its parts lie too deep or are too many to be a letter."""
    if raw.count(b"\n--") > 2 * _MOST_PARTS:
        return None
    letter = _read(raw)
    levels: Sequence[Message] = () if letter is None else (letter,)
    for _ in range(_MOST_LEVELS):
        levels = [inner for part in levels for inner in children(part)]
        if not levels:
            return letter
    return None


def heads_only(raw: bytes) -> Message:
    """A letter of whose parts nothing is looked at."""
    end = re.search(rb"\r?\n\r?\n", raw)
    return _read(raw[: end.end()] if end else raw[:100_000]) or Message()


def header_bytes(part: Message, name: str) -> list[bytes]:
    """Every header of that name (small letters), as it came, topmost first; the beginning of endless ones."""
    return [
        str(value)[:_LONGEST_HEADER].encode("utf-8", "surrogateescape")
        for found, value in part.raw_items()
        if found.lower() == name
    ]


def kind_of(part: Message) -> str:
    """Its MIME type in small letters; what says none is plain text."""
    found = _TYPE.match(_first(part, "content-type").decode("ascii", "replace"))
    return found[1].lower() if found else "text/plain"


def children(part: Message) -> list[Message]:
    """The parts of a multipart, the letter of a forwarded one."""
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def words(letter: Message) -> str:
    """What its writer wrote: of several versions the plain one, of HTML its words, without older letters."""
    return own_words(_words(letter))


def attachments(letter: Message) -> tuple[Attachment, ...]:
    """What is to be delivered, in the letter's order, each under a harmless name."""
    found: list[Attachment] = []
    unnamed = 0
    for held in _attached(letter, 0):
        name = harmless(held.name)
        if not name:
            unnamed += 1
            name = made_name(unnamed, held.kind, held.content)
        found.append(Attachment(name, held.content))
    return tuple(found)


def _read(raw: bytes) -> Message | None:
    """As the library reads it, with what it gives up on mended."""
    try:
        letter = email.message_from_bytes(raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n"))
        return _mended(letter, 5)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError):
        return None  # its ways to fail on malformed headers


def _mended(part: Message, tries: int) -> Message:
    """Two things the library does not forgive: a header folded without a blank, and a boundary told wrongly or not
    at all. Both would lose what is attached."""
    payload = part.get_payload()
    if isinstance(payload, list):
        part.set_payload([_mended(child, tries) if isinstance(child, Message) else child for child in payload])
        return part
    if not tries:
        return part
    body = _as_it_came(part)
    lines = body.split(b"\n", 1)
    if any(isinstance(defect, MissingHeaderBodySeparatorDefect) for defect in part.defects) and (
        b"?=" in lines[0] or lines[0].rstrip().endswith(b'"')
    ):
        return _mended(email.message_from_bytes(_head(part, ()) + b" " + body), tries - 1)
    kind = kind_of(part)
    if kind.startswith("multipart/") or not part.get("Content-Type"):
        boundary = _BOUNDARY.search(body)
        if boundary:
            opening = b'Content-Type: multipart/mixed; boundary="' + boundary[1].replace(b'"', b"") + b'"\n\n'
            again = email.message_from_bytes(_head(part, ("content-type",)) + opening + body)
            return _mended(again, tries - 1)
    return part


def _head(part: Message, without: tuple[str, ...]) -> bytes:
    return b"".join(
        f"{name}: {value}\n".encode("ascii", "surrogateescape")
        for name, value in part.raw_items()
        if name.lower() not in without
    )


def _first(part: Message, name: str) -> bytes:
    return next(iter(header_bytes(part, name)), b"")


def _as_it_came(part: Message) -> bytes:
    """The bytes of a part without parts. Not `get_payload`, which replaces what is not ASCII, or decodes in its way."""
    payload = vars(part)["_payload"]
    return payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""


def _content(part: Message) -> bytes:
    """The bytes of a part, its transfer encoding undone."""
    raw = _as_it_came(part)
    encoding = _first(part, "content-transfer-encoding").strip().lower()
    if encoding.startswith(b"base64"):
        return from_base64(raw)
    return quopri.decodestring(raw) if encoding.startswith(b"quoted-printable") else raw


def _name(part: Message) -> str:
    return attached_name(_first(part, "content-disposition"), _first(part, "content-type"))


def _is_attached(part: Message) -> bool:
    return _first(part, "content-disposition").strip().lower().startswith(b"attachment")


def _is_body(part: Message, within: str) -> bool:
    """Words of the letter itself, no file."""
    kind = kind_of(part)
    return (
        not _is_attached(part)
        and not _name(part)
        and (kind in ("text/plain", "text/html") or (kind.startswith("text/") and within == "multipart/alternative"))
    )


def _words(part: Message, within: str = "") -> str:
    kind = kind_of(part)
    if not part.is_multipart():
        if not _is_body(part, within) or kind not in ("text/plain", "text/html"):
            return ""
        charset = parameters(_first(part, "content-type")).get("charset", "")
        text = decoded(_content(part), charset)
        return html_words(text) if kind == "text/html" else text
    if not kind.startswith("multipart/"):
        return ""  # another's letter
    versions = [(kind_of(child), said) for child in children(part) if (said := _words(child, kind)).strip()]
    if kind == "multipart/alternative" and versions:
        return next((said for version, said in versions if version != "text/html"), versions[0][1])
    return "\n".join(said for _, said in versions)


def _attached(part: Message, depth: int, within: str = "") -> Iterator[Held]:
    kind = kind_of(part)
    if kind in _REPORTS:
        return
    if part.is_multipart() and kind.startswith("multipart/"):
        for child in children(part):
            yield from _attached(child, depth, kind)
    elif part.is_multipart():
        yield from _forwarded(part, depth)
    elif not _is_body(part, within):
        content_id = header_words(_first(part, "content-id"))
        held = Held(_name(part), kind, _content(part), "" if _is_attached(part) else content_id)
        yield from _delivered(held, depth)


def _forwarded(part: Message, depth: int) -> Iterator[Held]:
    """A letter within a letter, as the library has parsed it."""
    for inner in children(part):
        encoding = _first(part, "content-transfer-encoding").strip().lower()
        if encoding.startswith((b"base64", b"quoted")) and not inner.is_multipart() and not inner.keys():
            inner["Content-Transfer-Encoding"] = encoding.decode("ascii", "replace")  # against the standard, but sent
            yield from _delivered(Held(_name(part), "message/rfc822", _content(inner)), depth)
        elif depth < DEEPEST:
            yield from _attached(inner, depth + 1)
        else:
            yield Held(_name(part), "message/rfc822", bytes(inner))


def _delivered(held: Held, depth: int) -> Iterator[Held]:
    """What it holds, where it is a letter or a packing of one; itself otherwise, or nothing."""
    if _is_left_out(held):
        return
    inside = _inside(held, depth + 1) if depth < DEEPEST else None
    if inside is None:
        yield held
    else:
        yield from inside


def _inside(held: Held, depth: int) -> Iterator[Held] | None:
    """None: it is a file like any other."""
    name = held.name.lower().strip()
    packed: list[Held] | None = None
    if name.endswith(".msg") or held.kind == "application/vnd.ms-outlook":
        packed = opened.from_msg(held.content)
    elif held.content.startswith(opened.TNEF_MARK):
        packed = opened.from_winmail(held.content)
    elif name.endswith(".eml") or held.kind == "message/rfc822":
        letter = parsed(held.content)
        if letter is not None and any(header_bytes(letter, header) for header in _LETTER_HEADERS):
            return _attached(letter, depth)
    return None if packed is None else (inner for piece in packed for inner in _delivered(piece, depth))


def _is_left_out(held: Held) -> bool:
    """Signatures, cards, and pictures that the letter's words show. A workbook that a mail program sets inline is none."""
    name = held.name.lower().strip()
    if _SIGNATURES.fullmatch(held.kind) or name.endswith(_SIGNATURE_NAMES):
        return True
    picture = held.kind.startswith("image/") or (
        held.kind in ("", "application/octet-stream") and name.endswith(_PICTURES)
    )
    return bool(held.content_id) and picture
