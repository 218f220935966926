"""What a command shows: tables and sentences for a person, one JSON object for a program, or nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dazoufang.model.shown import escaped, made_visible


class Screen:
    """What a command shows: tables and sentences for a person, one JSON object for a program, or nothing."""

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        self.as_json, self.quiet = as_json, quiet
        self._console = Console(quiet=quiet or as_json, highlight=False)
        self._error = Console(stderr=True, quiet=quiet, highlight=False)

    def say(self, text: Any = "", style: str | None = None) -> None:
        """A sentence (never broken: a path must stay whole) or a table, as `table_of` makes it."""
        if isinstance(text, str):
            self._console.print(made_visible(text), style=style, markup=False, soft_wrap=True)
        else:
            self._console.print(text)

    def data(self, value: dict[str, Any]) -> None:
        """The one JSON object."""
        if self.as_json:
            sys.stdout.write(escaped(json.dumps(value, ensure_ascii=False, default=str)) + "\n")

    @contextmanager
    def progress(self) -> Iterator[Callable[[str, int, int], None]]:
        """A progress bar on the terminal; nothing where nobody watches."""
        if self.quiet or self.as_json or not self._error.is_terminal:
            yield lambda *_: None
            return
        from dazoufang.commands.progress_bars import bars

        with bars(self._error) as show:
            yield show


def table_of(columns: Iterable[tuple[str, Literal["left", "right"]]], rows: Iterable[Sequence[str]]) -> Table:
    """A table for `Screen.say`. `columns`: title and side of each; long cells are folded."""
    table = Table(pad_edge=False)
    for title, side in columns:
        table.add_column(title, justify=side, overflow="fold")
    for row in rows:
        table.add_row(*(escape(made_visible(cell)) for cell in row))
    return table


def complain(text: str) -> None:
    """Say on the error stream why a command did not do its work; `--quiet` does not silence that."""
    Console(stderr=True, highlight=False).print(made_visible(text), style="red", markup=False, soft_wrap=True)
