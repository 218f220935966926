"""What a command shows: tables and sentences for a person, one JSON object for a program, or nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from dazoufang.commands.run import Summary
    from dazoufang.system.home import Home


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

    def summary(self, summary: Summary, home: Home) -> None:
        """What a run did and how things stand."""
        taken, rows, items = summary.submissions, summary.rows, summary.items
        self.say(f"大走访 {summary.today}（{summary.year}年度）  用时 {summary.seconds:.1f} 秒")
        if summary.year != summary.today.year:
            add = "请在 schemas/campaign.yaml 的 years 下补上"
            self.say(f"  规则里没有{summary.today.year}年的安排，按{summary.year}年计算；{add}", "yellow")
        again = f"，已收过 {taken['duplicate']} 份" if taken["duplicate"] else ""
        later = f"，还在写入、下次再收 {taken['deferred']} 份" if taken["deferred"] else ""
        held = "、".join(summary.stale[:3]) + (f" 等 {len(summary.stale)} 个" if len(summary.stale) > 3 else "")
        levels = "，".join(f"{level} {count} 条" for level, count in summary.alerts.items() if count)
        lines = {
            "本次收表": f"收下 {taken['accepted']} 份，部分收下 {taken['partly']} 份，退回 {taken['returned']} 份{again}{later}",
            "须修改": f"{summary.faults} 处，已在 outbox/退回 中标出" if summary.faults else "",
            "累计": f"走访 {rows['visits']} 户次，矛盾纠纷 {rows['disputes']} 件，意见建议 {rows['suggestions']} 件",
            "台账": f"在办 {items['open']} 件，已办结待回访 {items['resolved']} 件，已销号 {items['closed']} 件",
            "预警": levels or "无",
            "没有收表": summary.kept_back,
            "没能更新": f"{held} 打开着没能更新，旁边名字带“新版”的才是最新；关闭后下次运行自动换好" if held else "",
            "输出": f"{home.outbox}（{len(summary.outbox)} 个文件，更新 {len(summary.changed)} 个）",
        }
        for title, text in lines.items():
            if text:
                self.say(f"  {title:　<4}  {text}")


def complain(text: str) -> None:
    """Say on the error stream why a command did not do its work; `--quiet` does not silence that."""
    Console(stderr=True, highlight=False).print(text, style="red", markup=False, soft_wrap=True)
