"""The time on the wall: the only place that reads it."""

from __future__ import annotations

import threading
import time
from datetime import date, datetime


def today() -> date:
    """The local date."""
    return date.today()


def moment() -> str:
    """The local time as HHMM."""
    return f"{datetime.now():%H%M}"


class WallClock:
    """The time on the wall, of `day` where one is given, and waits that can be ended."""

    def __init__(self, day: date | None) -> None:
        self._day, self._woken = day, threading.Event()

    def now(self) -> datetime:
        """Local date and time."""
        now = datetime.now()
        return datetime.combine(self._day, now.time()) if self._day else now

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Until `wake`, and then a moment more for what comes with it; `seconds` at most."""
        if self._woken.wait(seconds):
            time.sleep(min(seconds, 0.2))
            self._woken.clear()

    def wake(self) -> None:
        """End the wait."""
        self._woken.set()
