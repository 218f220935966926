"""What a command shows: tables and sentences for a person, one JSON object for a program, or nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


class Screen:
    """What a command shows: tables and sentences for a person, one JSON object for a program, or nothing."""

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        self.as_json, self.quiet = as_json, quiet
        self._console = Console(quiet=quiet or as_json, highlight=False)
        self._error = Console(stderr=True, quiet=quiet, highlight=False)

    def say(self, text: Any = "", style: str | None = None) -> None:
        """A sentence (never broken: a path must stay whole) or a table."""
        if isinstance(text, str):
            self._console.print(text, style=style, markup=False, soft_wrap=True)
        else:
            self._console.print(text)

    def data(self, value: dict[str, Any]) -> None:
        """The one JSON object."""
        if self.as_json:
            sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")

    @contextmanager
    def progress(self) -> Iterator[Callable[[str, int, int], None]]:
        """A progress bar on the terminal; nothing where nobody watches."""
        if self.quiet or self.as_json or not self._error.is_terminal:
            yield lambda *_: None
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self._error, transient=True) as bars:
            tasks: dict[str, TaskID] = {}

            def show(step: str, done: int, total: int) -> None:
                if step not in tasks:
                    tasks[step] = bars.add_task(step, total=total)
                bars.update(tasks[step], completed=done, total=total)

            yield show


def complain(text: str) -> None:
    """Say on the error stream why a command did not do its work; `--quiet` does not silence that."""
    Console(stderr=True, highlight=False).print(text, style="red", markup=False, soft_wrap=True)
