"""Turns the bytes of headers and bodies into words, whatever character set they have or claim."""

from __future__ import annotations

import base64
import binascii
import html
import quopri
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

# Names under which GBK is sent; its letters hold characters of GB18030 too, so all are read as that.
_CHINESE: Final = {"gb2312", "gb_2312-80", "gb-2312", "gbk", "x-gbk", "cp936", "ms936", "gb18030", "euc-cn", "936"}
# What a program writes that does not know: no word about what the bytes are.
_NO_CLAIM: Final = {
    "",
    "us-ascii",
    "ascii",
    "unknown-8bit",
    "x-unknown",
    "unknown",
    "default",
    "default_charset",
    "8bit",
}
_LATIN: Final = {"iso-8859-1", "iso8859-1", "latin1", "latin-1", "windows-1252", "cp1252", "iso-8859-15"}
_AT_HOME: Final = re.compile(
    "[\x00-\x7f\u00a0\u00b0\u00b1\u00b7\u00d7\u2010-\u2027\u2030-\u205e\u2103\u2116\u2160-\u217f\u2190-\u2193\u2460-\u249b"
    "\u25a0-\u2606\u3000-\u303f\u3105-\u312f\u3220-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
    "\ufeff\u200b-\u200f\U0001f000-\U0001faff\U00020000-\U0003134f]*"
)
_ENCODED_WORD: Final = re.compile(r"=\?([^?\s]*)\?([bBqQ])\?(.*?)\?=", re.DOTALL)
_FOLD: Final = re.compile(r"\r?\n[ \t]*")
_ENTITY: Final = re.compile(r"&(#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_PERCENT: Final = re.compile(rb"%([0-9A-Fa-f]{2})")
_UNSEEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")


def decoded(raw: bytes, charset: str = "") -> str:
    """The words of `raw`: in the character set it claims where that fits, else in the one that fits best.

    UTF-8 wins over a claim of GB2312 or none when it yields Chinese throughout: Chinese in GBK that happens to be
    Chinese in UTF-8 too is next to impossible.
    """
    claim = charset.strip(" \"'").lower().split("*")[0]
    if claim in _CHINESE or claim in _NO_CLAIM or claim in _LATIN:
        return _best(raw, claim)
    with suppress(UnicodeError, LookupError, ValueError):
        if "\0" not in (text := raw.decode(claim)):
            return text.encode("utf-16", "surrogatepass").decode(
                "utf-16", "replace"
            )  # UTF-7 can make halves of characters
    return _best(raw, "")


def header_words(raw: bytes) -> str:
    """What a header says: RFC 2047 undone where there is any, bare GBK or UTF-8 read, in one line."""
    return encoded_words(decoded(raw))


def encoded_words(text: str) -> str:
    """RFC 2047 undone, leniently: words cut within a character, folded, quoted, glued together, without padding."""
    pieces = list(_pieces(text))
    if all(isinstance(piece, str) for piece in pieces):
        return seen(text)
    said = ""
    held: tuple[str, bytes] | None = None  # neighbours of one character set are one run of bytes
    for piece in pieces:
        if isinstance(piece, tuple) and held and held[0] == piece[0]:
            held = (held[0], held[1] + piece[1])
            continue
        if isinstance(piece, str) and held and not piece.strip():
            continue  # blanks between encoded words are none
        if held:
            said += decoded(held[1], held[0])
            held = None
        if isinstance(piece, str):
            said += piece
        else:
            held = piece
    if held:
        said += decoded(held[1], held[0])
    return seen(said)


def percent_decoded(raw: bytes) -> bytes:
    """RFC 2231's %E8 undone; what is no such code stays."""
    return _PERCENT.sub(lambda found: bytes([int(found[1], 16)]), raw)


def from_base64(raw: bytes) -> bytes:
    """As much as broken base64 holds: stray characters, missing padding, a footer pasted below it."""
    if raw[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):  # a workbook as it is, under a wrong label
        return raw
    with suppress(binascii.Error):
        return binascii.a2b_base64(raw.translate(None, b"\r\n \t"), strict_mode=True)
    whole = b""
    for number, run in enumerate(re.split(rb"=+|\r?\n[ \t]*\r?\n", raw.strip())):
        if number and not re.fullmatch(rb"[A-Za-z0-9+/\s]*", run):
            break  # below padding or a blank line: words, no base64
        clean = re.sub(rb"[^A-Za-z0-9+/]", b"", run)
        if len(clean) % 4 == 1:
            clean = clean[:-1]
        with suppress(binascii.Error):
            whole += base64.b64decode(clean + b"=" * (-len(clean) % 4))
    return whole


def seen(text: str) -> str:
    """In one line, without characters that nobody sees."""
    return _UNSEEN.sub("", _FOLD.sub(" ", text).replace("\t", " ")).strip()


def entities_undone(text: str) -> str:
    """&#36208; and &nbsp; as the characters they are."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text)


def _pieces(text: str) -> Iterator[str | tuple[str, bytes]]:
    """The text between encoded words, and those as (character set, bytes)."""
    at = 0
    for word in _ENCODED_WORD.finditer(text):
        charset, how, inside = word[1].lower().split("*")[0], word[2].lower(), word[3]
        raw = inside.encode("utf-8", "surrogateescape")
        unfolded = re.sub(rb"\r?\n[ \t]*", b"", raw)
        raw = from_base64(raw) if how == "b" else quopri.decodestring(unfolded, header=True)
        if word.start() > at:
            yield text[at : word.start()]
        yield charset, raw
        at = word.end()
    if at < len(text):
        yield text[at:]


def _best(raw: bytes, claim: str) -> str:
    """In UTF-8, GB18030 or Big5, whichever yields Chinese throughout; else the claim; else with marks for the rest."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        with suppress(UnicodeError):
            return raw.decode("utf-16")
    fitting = []
    for charset in ("utf-8", "gb18030", "big5hkscs"):
        with suppress(UnicodeError):
            text = raw.decode(charset)
            if charset != "big5hkscs" or claim not in _CHINESE:
                fitting.append(text)
    chosen = next((text for text in fitting if _AT_HOME.fullmatch(text)), None)
    if chosen is None and claim in _LATIN:
        chosen = raw.decode("cp1252", "replace")
    if chosen is None and claim in _CHINESE:
        with suppress(UnicodeError):
            chosen = raw.decode("gb18030")
    if chosen is None:
        chosen = fitting[0] if fitting else raw.decode(_least_broken(raw, claim), "replace")
    return chosen.removeprefix("\ufeff")


def _least_broken(raw: bytes, claim: str) -> str:
    """Of a text cut in the middle of a character: the character set that has to leave out least."""
    if claim in _CHINESE:
        return "gb18030"
    return min(("utf-8", "gb18030"), key=lambda charset: raw.decode(charset, "replace").count("\ufffd"))
