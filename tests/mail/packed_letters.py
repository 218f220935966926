"""Writes what Outlook writes: winmail.dat (TNEF) and .msg (a compound file), as small as they can be."""

from __future__ import annotations

import struct
from typing import Any, Final

_LETTER: Final = bytes.fromhex("0703020000000000c000000000000046")  # IID_IMessage
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def tnef(*attachments: bytes) -> bytes:
    """A winmail.dat of these attachments."""
    version = _attribute(1, 0x00089006, struct.pack("<I", 0x00010000))
    codepage = _attribute(1, 0x00069007, struct.pack("<II", 936, 0))
    subject = _attribute(1, 0x00018004, "走访\0".encode("gbk"))
    return struct.pack("<IH", 0x223E9F78, 1) + version + codepage + subject + b"".join(attachments)


def tnef_attachment(
    title: bytes, content: bytes, long_name: bytes = b"", content_id: str = "", kind: str = ""
) -> bytes:
    """`long_name` in GBK or what it may be, as a property of its own."""
    properties = []
    if long_name:
        properties.append(_text_property(0x3707001E, long_name + b"\0"))
    if content_id:
        properties.append(_text_property(0x3712001F, (content_id + "\0").encode("utf-16-le")))
    if kind:
        properties.append(_text_property(0x370E001F, (kind + "\0").encode("utf-16-le")))
    packed = struct.pack("<I", len(properties)) + b"".join(properties)
    return (
        _attribute(2, 0x00069002, bytes(14))
        + _attribute(2, 0x00018010, title + b"\0")
        + _attribute(2, 0x0006800F, content)
        + (_attribute(2, 0x00069005, packed) if properties else b"")
    )


def tnef_letter(inside: bytes) -> bytes:
    """A letter attached to a letter, itself a TNEF."""
    value = _LETTER + inside
    value += bytes(-len(value) % 4)
    packed = (
        struct.pack("<I", 1) + struct.pack("<HHI", 0x000D, 0x3701, 1) + struct.pack("<I", len(_LETTER + inside)) + value
    )
    return (
        _attribute(2, 0x00069002, bytes(14))
        + _attribute(2, 0x00018010, b"letter\0")
        + _attribute(2, 0x00069005, packed)
    )


def _text_property(tag: int, value: bytes) -> bytes:
    return struct.pack("<HHII", tag & 0xFFFF, tag >> 16, 1, len(value)) + value + bytes(-len(value) % 4)


def _attribute(level: int, number: int, content: bytes) -> bytes:
    return struct.pack("<BII", level, number, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)


def msg(*attachments: dict[str, Any]) -> bytes:
    """A .msg of these attachments, each made by `msg_attachment` or `msg_letter`."""
    return compound(_msg_folder(attachments))


def msg_attachment(
    name: str, content: bytes, short_name: bytes = b"", content_id: str = "", kind: str = ""
) -> dict[str, Any]:
    streams: dict[str, Any] = {"__properties_version1.0": bytes(8), "__substg1.0_37010102": content}
    for number, text in ((0x3707, name), (0x3712, content_id), (0x370E, kind)):
        if text:
            streams[f"__substg1.0_{number:04X}001F"] = text.encode("utf-16-le")
    if short_name:
        streams["__substg1.0_3704001E"] = short_name
    return streams


def msg_letter(*attachments: dict[str, Any]) -> dict[str, Any]:
    """A letter attached to a letter."""
    return {"__properties_version1.0": bytes(8), "__substg1.0_3701000D": _msg_folder(attachments)}


def _msg_folder(attachments: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    inside: dict[str, Any] = {"__properties_version1.0": bytes(32)}
    for number, attachment in enumerate(attachments):
        inside[f"__attach_version1.0_#{number:08X}"] = attachment
    return inside


def compound(tree: dict[str, Any]) -> bytes:
    """A compound file (OLE) of folders (dict) and streams (bytes below 4096), all in its mini stream."""
    entries: list[list[Any]] = [["Root Entry", 5, _FREE, 0, 0]]  # name, type, child, start, size
    siblings: dict[int, int] = {}
    mini, mini_fat = b"", []

    def add(folder: dict[str, Any]) -> int:
        nonlocal mini
        first, before = _FREE, None
        for name, content in folder.items():
            entry = len(entries)
            entries.append([name, 1 if isinstance(content, dict) else 2, _FREE, _END, 0])
            if before is None:
                first = entry
            else:
                siblings[before] = entry
            before = entry
            if isinstance(content, dict):
                entries[entry][2:5] = [add(content), 0, 0]
            elif content:
                start = len(mini) // 64
                mini += content + bytes(-len(content) % 64)
                mini_fat.extend([*range(start + 1, len(mini) // 64), _END])
                entries[entry][3:5] = [start, len(content)]
        return first

    entries[0][2] = add(tree)
    mini_fat += [_FREE] * (-len(mini_fat) % 128)
    parts = [
        -(-len(entries) // 4),
        len(mini_fat) // 128,
        -(-len(mini) // 512),
    ]  # sectors: folders, mini FAT, mini stream
    starts = [1, 1 + parts[0], 1 + parts[0] + parts[1]]
    fat = [_FAT]
    for start, length in zip(starts, parts, strict=True):
        fat += [*range(start + 1, start + length), _END] if length else []
    fat += [_FREE] * (128 - len(fat))
    entries[0][3:5] = [starts[2], len(mini)]
    folders = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0")
        + struct.pack("<HBB", len(name) * 2 + 2, kind, 1)
        + struct.pack("<III", _FREE, siblings.get(number, _FREE), child)
        + bytes(16 + 4 + 16)
        + struct.pack("<IQ", start, size)
        for number, (name, kind, child, start, size) in enumerate(entries)
    )
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(6)
        + struct.pack("<IIIII", 0, 1, starts[0], 0, 4096)
        + struct.pack("<IIII", starts[1], parts[1], _END, 0)
        + struct.pack("<I", 0)
        + struct.pack("<108I", *[_FREE] * 108)
    )
    return (
        header
        + struct.pack("<128I", *fat)
        + folders.ljust(parts[0] * 512, b"\0")
        + struct.pack(f"<{len(mini_fat)}I", *mini_fat)
        + mini.ljust(parts[2] * 512, b"\0")
    )
