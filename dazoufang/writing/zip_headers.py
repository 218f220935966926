"""What a zip says of the system it was made on, made the same everywhere: the same night has the same bytes."""

from __future__ import annotations

import struct
from typing import Final

_END: Final = b"PK\x05\x06"
_UNIX: Final = 3
_SYSTEM, _ENTRY, _LENGTHS = 5, 46, 28  # in an entry of the directory: where the system stands, its size, its lengths


def same_everywhere(data: bytes) -> bytes:
    """A zip of our own making (no comment, no zip64) as Linux would have made it; Windows writes another system."""
    made = bytearray(data)
    entries, _, at = struct.unpack_from("<HLL", data, data.rindex(_END) + 10)
    for _ in range(entries):
        made[at + _SYSTEM] = _UNIX
        at += _ENTRY + sum(struct.unpack_from("<3H", data, at + _LENGTHS))
    return bytes(made)
