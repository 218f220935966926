"""How often Python looks for what nobody uses any more."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Nearly all that is made of forms and of a record stays as long as its process. By Python's own habit (700, 10, 10) a
# third of a run went into looking through it again and again, a fifth of judging.
_SELDOM = (200_000, 20, 20)


def look_seldom() -> None:
    """Have this process look seldom, and not once more through everything when it ends: that took half a second."""
    gc.set_threshold(*_SELDOM)
    atexit.register(gc.freeze)


@contextmanager
def paused() -> Iterator[None]:
    """Not at all, while a great deal is made of which all stays."""
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looked:
            gc.enable()
