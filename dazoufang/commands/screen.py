"""What a command shows: tables and sentences for a person, one JSON object for a program, or nothing.

What draws is imported where something is drawn: `--help` and a scheduler's `--json` want nothing of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from dazoufang.model.shown import escaped, made_visible
from dazoufang.system.progress import Progress, silent

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


class Screen:
    """What a command shows: tables and sentences for a person, one JSON object for a program, or nothing."""

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        self.as_json, self.quiet = as_json, quiet

    @cached_property
    def _console(self) -> Console:
        from rich.console import Console

        return Console(highlight=False)

    def say(self, text: Any = "", style: str | None = None) -> None:
        """A sentence (never broken: a path must stay whole) or a table, as `table_of` makes it."""
        if self.quiet or self.as_json:
            return
        if isinstance(text, str):
            self._console.print(made_visible(text), style=style, markup=False, soft_wrap=True)
        else:
            self._console.print(text)

    def data(self, value: dict[str, Any]) -> None:
        """The one JSON object."""
        if self.as_json:
            sys.stdout.write(escaped(json.dumps(value, ensure_ascii=False, default=str)) + "\n")

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """A progress bar on the terminal; nothing where nobody watches."""
        if self.quiet or self.as_json or not sys.stderr.isatty():
            yield silent
            return
        from rich.console import Console

        from dazoufang.commands.progress_bars import bars

        with bars(Console(stderr=True, highlight=False)) as show:
            yield show


def table_of(columns: Iterable[tuple[str, Literal["left", "right"]]], rows: Iterable[Sequence[str]]) -> Table:
    """A table for `Screen.say`. `columns`: title and side of each; long cells are folded."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)  # 80 columns are few
    for title, side in columns:
        table.add_column(title, justify=side, overflow="fold")
    for row in rows:
        table.add_row(*(escape(made_visible(cell)) for cell in row))
    return table


def complain(text: str) -> None:
    """Say on the error stream why a command did not do its work; `--quiet` does not silence that."""
    from rich.console import Console

    Console(stderr=True, highlight=False).print(made_visible(text), style="red", markup=False, soft_wrap=True)
