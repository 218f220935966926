"""Runs under Wine beside the program, for .ci/windows: holds a file open as Excel does, and swells in a child process."""

from __future__ import annotations

import ctypes
import sys
from typing import Final

_READ: Final = 0x80000000  # GENERIC_READ
_SHARE_READ: Final = 1
_EXISTING: Final = 3  # OPEN_EXISTING
MIB: Final = 2**20


def hold(path: str) -> None:
    """Keep a file open for reading, which others may read and not write or replace, until standard input ends."""
    create = ctypes.WinDLL("kernel32", use_last_error=True).CreateFileW  # type: ignore[attr-defined, unused-ignore]
    create.restype = ctypes.c_void_p
    create.argtypes = [
        ctypes.c_wchar_p,
        *[ctypes.c_uint32] * 2,
        ctypes.c_void_p,
        *[ctypes.c_uint32] * 2,
        ctypes.c_void_p,
    ]
    handle = create(path, _READ, _SHARE_READ, None, _EXISTING, 0, None)
    print("refused" if handle == ctypes.c_void_p(-1).value else "held", flush=True)
    sys.stdin.read()


def allocated(mib: int) -> str:
    """Fill so many MiB of memory, page by page; says how many, and whether this process is in a job."""
    filled = bytearray(mib * MIB)
    filled[::4096] = b"x" * len(filled[::4096])
    within = ctypes.c_int(0)
    kernel = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined, unused-ignore]
    kernel.IsProcessInJob(ctypes.c_void_p(-1), None, ctypes.byref(within))  # -1: this process
    return f"{mib} MiB, {'in a job' if within.value else 'in no job'}"


def swell() -> None:
    """Three tasks for guarded children, of which the second wants 2 GiB where 256 MiB are allowed."""
    import windows_probe  # by its name, so that a child finds the function

    from dazoufang.system.children import Engine

    with Engine(workers=2, memory_mb=256) as engine:
        for number, result in enumerate(engine.map(windows_probe.allocated, [100, 2048, 100]), 1):
            print(f"{number}: {result}", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "hold":
        hold(sys.argv[2])
    else:
        swell()
