"""What children are asked to do in tests, well-behaved and not; their module, light, for every child of them loads it."""

from __future__ import annotations

import ctypes
import os
import sys
import time


def double(number: int) -> int:
    return 2 * number


def misbehave(how: str) -> str:
    match how:
        case "abort":
            os.abort()
        case "crash":
            ctypes.string_at(0)
        case "leave":
            os._exit(3)
        case "exit":
            sys.exit(3)
        case "swell":
            return str(len(bytearray(2 * 2**30)))
        case "hang":
            while True:
                pass
        case "raise":
            raise KeyError("坏")
        case "shout":
            print("到标准输出")
            os.write(2, b"thread panicked\n")
        case "unpicklable":
            return lambda: ""  # type: ignore[return-value]
    return how


def modules(_: int) -> list[str]:
    """All that are loaded, in the order in which they came."""
    return list(sys.modules)


def parent(_: int) -> int:
    return os.getppid()


def work_for(seconds: float) -> float:
    """Take so many seconds of CPU time."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return seconds


def work_on(task: tuple[float, bytes]) -> int:
    """Take so many seconds of CPU time over these bytes."""
    work_for(task[0])
    return len(task[1])


def pause(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def take(size: int) -> str:
    return str(len(bytearray(size)))
