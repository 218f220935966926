"""How long work tells how far it has come."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

# Shows a person how far a long step is: (step, done, total). `cli` draws it.
Progress = Callable[[str, int, int], None]


def silent(*_: object) -> None:
    """Shows nothing: for tests and schedulers."""


def counted(progress: Progress, step: str, total: int) -> Callable[[int], None]:
    """Shows a step's progress as an `on_done` of `Engine.map`."""
    done = count(1)
    return lambda _: progress(step, next(done), total)
