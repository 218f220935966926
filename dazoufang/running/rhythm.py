"""The rhythm of `watch`: from the time and what a scan saw to what is done next. Pure; `commands.watch` does it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from dazoufang.inbox.scan import Waiting

# Seconds between two scans: while something settles; else; when nothing has come for `LONG` seconds; after trouble.
SETTLING, IDLE, ASLEEP, TROUBLED = 1.0, 2.0, 5.0, 10.0
LONG: Final = 300.0
QUIET: Final = 5.0  # seconds without a new file before the annexes are made again
AT_LATEST: Final = 60.0  # and the longest they wait in a burst
SHARE: Final = 5  # in a burst, making annexes takes at most one part in so many of the time
AGAIN: Final = 60.0  # seconds after which what somebody has open, or waits for the program's mend, is tried again

File = tuple[str, bool]  # path in the inbox, and whether it is claimed: the same path may be dropped anew beside it


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is remembered from step to step; times are monotonic seconds.

    `coming`: something is being written, or was a moment ago. `taken_at`: when something was taken in last.
    `behind_since`: since when the annexes do not show all, None: they do. `stale_until`: before that, files that somebody
    had open are left alone. `publishing`: seconds it took last. `not_before`: files that could not be taken → when they
    are tried again.
    """

    coming: bool = False
    taken_at: float = -LONG
    behind_since: float | None = None
    stale_until: float = 0.0
    publishing: float = 0.0
    not_before: Mapping[File, float] = field(default_factory=dict)

    def saw(self, now: float, since: Iterable[float]) -> Rhythm:
        """After a scan. `since`: when each file that has not settled changed last."""
        return replace(self, coming=any(now - changed_at < QUIET for changed_at in since))

    def ready(self, now: float, found: Sequence[Waiting], settled: Collection[str]) -> list[Waiting]:
        """Which files are taken now: what is claimed already, and what has settled (`settled`: paths)."""
        return [
            waiting
            for waiting in found
            if (waiting.claimed or waiting.path in settled) and self.not_before.get(_file(waiting), 0.0) <= now
        ]

    def took(self, now: float, tried: Iterable[Waiting], fresh: Collection[str], ours: Collection[str]) -> Rhythm:
        """After taking in. `fresh`: paths of what was taken; `ours`: of what waits, claimed, for the program's mend."""
        later = {_file(waiting): now + TROUBLED for waiting in tried if waiting.path not in {*fresh, *ours}}
        later |= {(path, True): now + AGAIN for path in ours}
        still = {file: until for file, until in self.not_before.items() if until > now}
        return replace(self, taken_at=now if fresh else self.taken_at, not_before=still | later)

    def compared(self, now: float, *, behind: bool) -> Rhythm:
        """After comparing the outbox with the record."""
        since = now if self.behind_since is None else self.behind_since
        return replace(self, behind_since=since if behind else None)

    def publishes(self, now: float, *, stale: bool, night: bool) -> bool:
        """Whether all is published now. Rule: annexes wait for a quiet moment, so that a burst costs one of them; in an
        endless burst, not for ever. `stale`: somebody had published files open; `night`: the day's proof is due."""
        if self.behind_since is None:
            return night or (stale and now >= self.stale_until)
        quiet = not self.coming and now - self.taken_at >= QUIET
        return quiet or now - self.behind_since >= max(AT_LATEST, SHARE * self.publishing)

    def published(self, began: float, done: float) -> Rhythm:
        """After publishing."""
        return replace(self, publishing=done - began, stale_until=done + AGAIN, behind_since=None)

    def sleeps(self, now: float) -> bool:
        """Whether nothing has come for long: the child processes may go."""
        return now - self.taken_at > LONG

    def pause(self, now: float, *, blocked: bool, away: bool) -> float:
        """Seconds until the next scan. `blocked`: nothing can be done now; `away`: the inbox cannot be seen."""
        if blocked:
            return TROUBLED
        if self.coming and not away:
            return SETTLING
        return ASLEEP if self.sleeps(now) else IDLE


def night_is_due(now: datetime, proved_on: str, nightly_at: str) -> bool:
    """Rule: once a day, from the configured hour (HH:MM) on; a night that was missed is made up at the next start.

    `proved_on`: ISO day of the last proof, "" none. A day still to come was written while the clock was wrong."""
    return now.date().isoformat() != proved_on and f"{now:%H:%M}" >= nightly_at


def _file(waiting: Waiting) -> File:
    return waiting.path, waiting.claimed
