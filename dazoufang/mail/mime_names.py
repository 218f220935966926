"""How an attached file is called: the parameters of MIME headers, decoded, and made harmless as a file name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from dazoufang.mail.decoding import decoded, encoded_words, entities_undone, percent_decoded, seen

MOST_BYTES: Final = 180  # of a name in UTF-8: 60 Chinese characters; a file system takes 255, answers add to it
# A value ends at the quote before the next parameter, so that quotes within a name are part of it.
_PARAMETER: Final = re.compile(rb';\s*([^\s=;"]+)\s*=\s*(?:"(.*?)"\s*(?=;|$)|"([^";]*)(?=;|$)|([^;]*))', re.DOTALL)
_SECTION: Final = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_CHARSET_FIRST: Final = re.compile(rb"([\w.:-]*)'[^']*'(.*)", re.DOTALL)
_UNDECODED: Final = re.compile("\ufffd|\\?\\?|=\\?[\\w-]+\\?")
_CODED: Final = re.compile(rb"%[89A-Fa-f][0-9A-Fa-f]")  # %20 alone may well be meant as it stands
_FORBIDDEN: Final = re.compile(r'[<>:"|?*]')  # Windows refuses these in names
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_EXTENSION: Final = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_BY_BYTES: Final = (
    (b"\xd0\xcf\x11\xe0", ".xls"),
    (b"%PDF", ".pdf"),
    (b"\x89PNG", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"Rar!", ".rar"),
    (b"7z\xbc\xaf", ".7z"),
)
_BY_TYPE: Final = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/wps-office.xlsx": ".xlsx",
    "application/wps-office.et": ".et",
    "application/zip": ".zip",
    "application/pdf": ".pdf",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/calendar": ".ics",
    "message/rfc822": ".eml",
    "application/vnd.ms-outlook": ".msg",
    "application/ms-tnef": ".dat",
}


def parameters(raw: bytes) -> dict[str, str]:
    """The parameters of a Content-Type or Content-Disposition, decoded. Where one is said both ways, the RFC 2231 one
    is `name*`, the plain one `name`."""
    plain: dict[str, str] = {}
    sections: dict[str, list[tuple[int, bool, bytes]]] = {}
    for found in _PARAMETER.finditer(b";" + raw.partition(b";")[2]):
        value = found[2] if found[2] is not None else (found[3] or found[4] or b"").strip()
        section = _SECTION.fullmatch(decoded(found[1]).lower())
        if section is None:
            continue
        name, number, starred = section[1], section[2], bool(section[3])
        if number is None and not starred:
            plain.setdefault(name, _plain_value(value))
        else:
            sections.setdefault(name, []).append((int(number or 0), starred, value))
    for name, parts in sections.items():
        plain[f"{name}*"] = _joined(sorted(parts, key=lambda part: part[0]))
    return plain


def attached_name(disposition: bytes, content_type: bytes) -> str:
    """The name these headers give, "" when none: of the file name and the name the first one that decodes."""
    said = list(_names(parameters(disposition), parameters(content_type)))
    return next((name for name in said if not _UNDECODED.search(name)), said[0] if said else "")


def harmless(name: str) -> str:
    """As a plain file name: no folder, nothing unseen or refused by Windows, not too long, its extension kept. "" when
    nothing is left."""
    last = re.split(r"[/\\]", seen(name).rstrip(" /\\"))[-1]
    last = _FORBIDDEN.sub("_", last).strip().rstrip(". ").lstrip(". ")
    if _RESERVED.match(last):
        last = f"_{last}"
    return _shortened(last)


def made_name(number: int, kind: str, content: bytes) -> str:
    """附件1.xlsx, for what came without a name."""
    return f"附件{number}{extension_of(kind, content)}"


def extension_of(kind: str, content: bytes) -> str:
    """What the bytes are, else what the header says, as an extension."""
    if content.startswith(b"PK\x03\x04"):
        head = content[:4096]
        packed = (
            (b"spreadsheetml", ".xlsx"), (b"xl/", ".xlsx"), (b"word/", ".docx"), (b"ppt/", ".pptx"),
            (b"opendocument.spreadsheet", ".ods"),
        )  # fmt: skip
        inside = next((extension for mark, extension in packed if mark in head or mark in content[-4096:]), "")
        return inside or _BY_TYPE.get(kind, ".zip")
    by_bytes = next((extension for magic, extension in _BY_BYTES if content.startswith(magic)), "")
    return _BY_TYPE.get(kind) or by_bytes or ".bin"


def _names(disposition: dict[str, str], content_type: dict[str, str]) -> Iterator[str]:
    for where, what in (
        (disposition, "filename"), (content_type, "filename"), (content_type, "name"), (disposition, "name"),
    ):  # fmt: skip
        for name in (where.get(f"{what}*", ""), where.get(what, "")):
            if name:
                yield name


def _plain_value(raw: bytes) -> str:
    """A value without RFC 2231: often encoded words all the same, or percent codes, or bare bytes."""
    value = raw.replace(b'\\"', b'"')
    if _CODED.search(value) and "\ufffd" not in (text := decoded(percent_decoded(value))):
        return seen(text)
    return entities_undone(encoded_words(decoded(value)))


def _joined(parts: list[tuple[int, bool, bytes]]) -> str:
    """The sections of RFC 2231 in one: bytes first, characters afterwards, for sections may cut through a character."""
    charset, whole = "", b""
    for position, (_, starred, value) in enumerate(parts):
        if starred and position == 0 and (found := _CHARSET_FIRST.fullmatch(value)):
            charset, value = found[1].decode("ascii"), found[2]
        whole += percent_decoded(value) if starred else value
    return encoded_words(decoded(whole, charset))


def _shortened(name: str) -> str:
    if len(name.encode("utf-8", "replace")) <= MOST_BYTES:
        return name
    found = _EXTENSION.search(name)
    extension = found[0] if found else ""
    room = MOST_BYTES - len(extension)
    stem = name[: len(name) - len(extension)].encode("utf-8", "replace")[:room].decode("utf-8", "ignore")
    return stem.rstrip(". ") + extension
