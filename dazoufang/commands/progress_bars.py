"""The bars on a terminal that show how far long work is: a line a step, with its rate and the time left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.text import Text

from dazoufang.system.progress import Progress


class _Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        return Text(rate(task.finished_speed or task.speed))


def rate(speed: float | None) -> str:
    """So many a second in words; "" it is not known yet."""
    if not speed:
        return ""
    return f"{speed:.0f}个/秒" if speed >= 1 else f"{1 / speed:.0f}秒/个"


@contextmanager
def bars(console: Console) -> Iterator[Progress]:
    """What draws the bars on `console`; they are gone afterwards."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Bars(*columns, console=console, transient=True) as drawn:
        tasks: dict[str, TaskID] = {}

        def show(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = drawn.add_task(step, total=total)
            drawn.update(tasks[step], completed=done, total=total)

        yield show
