"""The log: rotates, and has kinds and places of failures but never their messages, which may quote somebody's data."""

from __future__ import annotations

import logging
import threading
import traceback
import warnings
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

_LOG: Final = logging.getLogger("dazoufang")
for _name in ("dazoufang", "watchdog"):  # where no log can be written, nothing goes to the terminal either
    logging.getLogger(_name).addHandler(logging.NullHandler())


def open_in(folder: Path, said: str) -> None:
    """Write the log into `folder`, once a process, beginning with `said`; no log where it cannot be written."""
    if any(isinstance(handler, RotatingFileHandler) for handler in _LOG.handlers):
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(folder / "dazoufang.log", maxBytes=2**20, backupCount=5, encoding="utf-8")
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    threading.excepthook = lambda args: failure(args.exc_value) if args.exc_value else None
    warnings.filterwarnings("ignore", module="watchdog")
    logging.raiseExceptions = False  # a full disk is reported elsewhere; nobody at the terminal can use a traceback
    _LOG.addHandler(handler)
    _LOG.setLevel(logging.INFO)
    _LOG.propagate = False
    note(said)


def note(text: str) -> None:
    """Something that happened, in words of our own."""
    _LOG.info("%s", text)


def warn(text: str) -> None:
    """Something to look at, in words of our own."""
    _LOG.warning("%s", text)


def failure(error: BaseException) -> None:
    """The kind of a failure and where it came from."""
    _LOG.error("%s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
