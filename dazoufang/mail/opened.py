"""Opens what mail programs of Microsoft pack attachments into: winmail.dat (TNEF) and .msg."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import olefile

from dazoufang.mail.decoding import decoded

DEEPEST: Final = 8  # letters within letters; what lies deeper is delivered as it is
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TNEF_MARK: Final = b"\x78\x9f\x3e\x22"
_EMBEDDED: Final = bytes.fromhex("0703020000000000c000000000000046")  # IID_IMessage: a letter within
_DATA, _SHORT_NAME, _LONG_NAME, _KIND, _CONTENT_ID = 0x3701, 0x3704, 0x3707, 0x370E, 0x3712
_DISPLAY_NAME: Final = 0x3001
_RENDERING, _TITLE, _CONTENT, _PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005  # attributes of TNEF
_SMALLEST: Final = 11  # bytes of an attribute without content
_LONG_KINDS: Final = frozenset((0x000D, 0x001E, 0x001F, 0x0102))  # objects, texts, bytes
_SIZES: Final = {0x0001: 0, 0x0002: 2, 0x0003: 4, 0x0004: 4, 0x000A: 4, 0x000B: 2, 0x0048: 16}
_NAMES: Final = (_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME)  # the best first


@dataclass(frozen=True, slots=True)
class Held:
    """One thing that a packed letter holds: its name as it was given ("" none), its MIME type in small letters."""

    name: str
    kind: str
    content: bytes
    content_id: str = ""


def from_winmail(raw: bytes, depth: int = 0) -> list[Held] | None:
    """What a winmail.dat holds, also in letters within it; None when it is none or cannot be read."""
    if not raw.startswith(TNEF_MARK) or depth > DEEPEST:
        return None
    try:
        return [held for parts in _tnef_attachments(raw) for held in _from_tnef(parts, depth)]
    except (struct.error, ValueError):
        return None


def from_msg(raw: bytes) -> list[Held] | None:
    """What a .msg of Outlook holds, also in letters within it; None when it is none or cannot be read."""
    if not raw.startswith(OLE):
        return None
    try:
        with olefile.OleFileIO(io.BytesIO(raw)) as package:
            if not package.exists("__properties_version1.0"):
                return None  # a workbook or a Word file
            return list(_from_msg_folder(package, (), 0))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, struct.error, RecursionError):
        return None


def _tnef_attachments(raw: bytes) -> list[dict[int, bytes]]:
    """The attributes of each attachment, by their number."""
    found: list[dict[int, bytes]] = []
    at = 6
    while at + _SMALLEST <= len(raw):
        level, number, length = struct.unpack_from("<BII", raw, at)
        if at + _SMALLEST + length > len(raw):
            raise ValueError("cut off")
        if number == _RENDERING:  # stands before every attachment
            found.append({})
        elif level == 2 and found:
            found[-1].setdefault(number, raw[at + 9 : at + 9 + length])
        at += _SMALLEST + length
    if not found and at < len(raw):
        raise ValueError("cut off")
    return found


def _from_tnef(attributes: dict[int, bytes], depth: int) -> list[Held]:
    """One attachment; of a letter within, its attachments."""
    properties = _mapi(attributes.get(_PROPERTIES, b""))
    content = attributes.get(_CONTENT)
    _, embedded = properties.get(_DATA, (0, b""))
    if embedded.startswith(_EMBEDDED):
        held = from_winmail(embedded[len(_EMBEDDED) :], depth + 1)
        if held is not None:
            return held
    names = [_mapi_text(properties, number) for number in (_LONG_NAME, _SHORT_NAME)]
    title = decoded(attributes.get(_TITLE, b"").rstrip(b"\0"))
    return [
        Held(
            next(filter(None, names), title),
            _mapi_text(properties, _KIND).lower(),
            embedded.removeprefix(_EMBEDDED) if content is None else content,
            _mapi_text(properties, _CONTENT_ID),
        )
    ]


def _mapi(packed: bytes) -> dict[int, tuple[int, bytes]]:
    """The properties packed in an attribute, (type, value) by number, as far as they can be read. MS-OXTNEF 2.1.3.4;
    their own counts are not believed: tnefparse follows them for hours."""
    found: dict[int, tuple[int, bytes]] = {}
    with suppress(struct.error):
        (count,), at = struct.unpack_from("<I", packed), 4
        for _ in range(min(count, len(packed) // 4)):
            kind, number = struct.unpack_from("<HH", packed, at)
            at += 4
            if number >= 0x8000:  # a named property: whose, and its number or its name
                named, length = struct.unpack_from("<II", packed, at + 16)
                at += 24 + (_padded(length) if named else 0)
            several, kind = kind & 0x1000, kind & 0xFFF
            values = 1
            if several or kind in _LONG_KINDS:
                (values,) = struct.unpack_from("<I", packed, at)
                at += 4
            if kind not in _LONG_KINDS:
                at += _padded(values * _SIZES.get(kind, 8))
                continue
            for _ in range(values):
                (length,) = struct.unpack_from("<I", packed, at)
                found.setdefault(number, (kind, packed[at + 4 : at + 4 + length]))
                at += 4 + _padded(length)
    return found


def _mapi_text(properties: dict[int, tuple[int, bytes]], number: int) -> str:
    kind, value = properties.get(number, (0, b""))
    if kind == 0x001F:
        return value.decode("utf-16-le", "replace").rstrip("\0")
    return decoded(value.rstrip(b"\0")) if kind == 0x001E else ""


def _padded(length: int) -> int:
    return length + -length % 4


def _from_msg_folder(package: olefile.OleFileIO, folder: tuple[str, ...], depth: int) -> Iterator[Held]:
    """The attachments of the letter that lies in this folder of the package, in its order."""
    depths = len(folder) + 1
    names = {
        entry[len(folder)]
        for entry in package.listdir(streams=True, storages=True)
        if len(entry) >= depths
        and tuple(entry[: len(folder)]) == folder
        and entry[len(folder)].lower().startswith("__attach")
    }
    for name in sorted(names):
        attachment = (*folder, name)
        letter = (*attachment, f"__substg1.0_{_DATA:04X}000D")
        if package.exists("/".join(letter)) and depth < DEEPEST:
            yield from _from_msg_folder(package, letter, depth + 1)
            continue
        content = _stream(package, attachment, _DATA, 0x0102)
        if content is not None:
            called = next((text for number in _NAMES if (text := _msg_text(package, attachment, number))), "")
            kind = _msg_text(package, attachment, _KIND).lower()
            yield Held(called, kind, content, _msg_text(package, attachment, _CONTENT_ID))


def _msg_text(package: olefile.OleFileIO, folder: tuple[str, ...], number: int) -> str:
    wide = _stream(package, folder, number, 0x001F)
    if wide is not None:
        return wide.decode("utf-16-le", "replace").rstrip("\0")
    return decoded((_stream(package, folder, number, 0x001E) or b"").rstrip(b"\0"))


def _stream(package: olefile.OleFileIO, folder: tuple[str, ...], number: int, kind: int) -> bytes | None:
    path = "/".join((*folder, f"__substg1.0_{number:04X}{kind:04X}"))
    if package.get_type(path) != olefile.STGTY_STREAM:
        return None
    with package.openstream(path) as stream:
        return bytes(stream.read())
