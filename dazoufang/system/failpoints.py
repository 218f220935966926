"""Named points in the work, in their order, where tests end the process or make a step fail; else nothing happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

OF_MAIL: Final = {
    "letter known": "a letter that came has its number, nothing of it lies in the inbox yet",
    "letter delivered": "one attachment lies in the inbox, and the record does not know yet",
    "queueing": "letters are written, but not yet committed",
    "queued": "they are committed",
    "letter sending": "the record knows that a letter is on its way",
    "letter away": "the server has taken it, and the record does not know yet",
    "letter sent": "the record knows that it has gone",
    "letter noted": "the record knows what else became of it",
}
POINTS: Final = OF_MAIL | {
    "leading": "nobody else works now, nothing is done yet",
    "claimed": "one file has been moved out of everybody's way",
    "archived": "one file has its copy in the archive, which may not be on disk",
    "flushed": "all copies are on disk",
    "judged": "what the record is to hold is ready",
    "recording": "it is written, but not yet committed",
    "recorded": "it is committed",
    "listed": "the archive's own list is up to date",
    "staged": "every new file of the outbox lies beside its target",
    "placed": "one file of the outbox has its new bytes",
    "noted": "new paths of the outbox are noted, before they are there",
    "removed": "one file that is no longer wanted has left the outbox",
    "published": "all of the outbox is in place and noted",
    "clearing": "one file has left the inbox for good, and the record does not know yet",
    "cleared": "the record knows",
    "replacing": "a small file is written beside its target",
}

_hook: Callable[[str], None] | None = None


def reach(point: str) -> None:
    """Say that the work has come to `point`, one of `POINTS`."""
    if _hook is not None:
        _hook(point)


def arm(hook: Callable[[str], None] | None) -> None:
    """Have `hook` called with the name of each point that is reached; None: nothing any more. For tests."""
    global _hook
    _hook = hook
