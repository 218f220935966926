"""How long work tells how far it has come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import TypeVar

T = TypeVar("T")

# Shows a person how far a long step is: (step, done, total). `cli` draws it.
Progress = Callable[[str, int, int], None]


def silent(*_: object) -> None:
    """Shows nothing: for tests and schedulers."""


def told(progress: Progress, step: str, things: Iterable[T], total: int) -> Iterator[T]:
    """`things` one after the other; that they begin is shown at once, each as done when the next is asked for."""
    if total:
        progress(step, 0, total)
    for done, thing in enumerate(things, 1):
        yield thing
        progress(step, done, total)


def counted(progress: Progress, step: str, total: int) -> Callable[[int], None]:
    """Shows that a step begins, and then its progress as an `on_done` of `Engine.map`."""
    if total:
        progress(step, 0, total)
    done = count(1)
    return lambda _: progress(step, next(done), total)
