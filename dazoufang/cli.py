"""The command line: reads the clock, calls the work, says in plain Chinese what came of it."""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from string import ascii_uppercase
from typing import Annotated, Final

import typer
from rich.table import Table

from dazoufang import __version__
from dazoufang.commands.screen import Screen, complain
from dazoufang.rules.rules_file import BrokenRules
from dazoufang.rules.workdays import UnknownYear
from dazoufang.system import logbook
from dazoufang.system.clock import WallClock
from dazoufang.system.home import Home, NotItsRecord
from dazoufang.system.lead import Busy, LostLead
from dazoufang.system.local_disk import OnAShare

FOUND: Final = 1  # `check` found faults, `rebuild` a difference, `doctor` trouble
WRONG_USE: Final = 2
UNFINISHED: Final = 3

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="大走访：收表、检查、汇总、出附件和预警、给回执。",
)

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="放 inbox、outbox、data 的文件夹", show_default="process.py 所在文件夹")
]
TodayOption = Annotated[str | None, typer.Option("--today", help="按这一天计算，如 2023-10-20", show_default="今天")]
JsonOption = Annotated[bool, typer.Option("--json", help="只输出一个 JSON")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="不显示过程和结果")]


_COMMANDS: Final = (
    "run", "watch", "check", "forms", "status", "trace", "explain", "learn", "rebuild", "doctor", "demo",
)  # fmt: skip


class WrongUse(Exception):
    """The command cannot be understood; the message says what to write instead."""


class Stopped(BaseException):
    """Ctrl-C or SIGTERM; not a KeyboardInterrupt, which the command-line library answers in its own way."""


@app.command("run")
def run_command(
    home: HomeOption = None, today: TodayOption = None, as_json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """收下 inbox 里的表，更新台账，重出 outbox。"""
    from dazoufang.commands.run import run

    screen, place, day = Screen(as_json=as_json, quiet=quiet), _home(home, make=True), _today(today)
    with screen.progress() as progress:
        summary = run(place, day, progress, _moment())
    for failure in summary.failures:
        logbook.warn(failure)
    logbook.note(f"run {day} {summary.submissions}")
    screen.data(summary.as_json())
    screen.summary(summary, place)
    if summary.kept_back:
        raise typer.Exit(UNFINISHED)


@app.command("watch")
def watch_command(
    home: HomeOption = None, today: TodayOption = None, as_json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """一直值守：有表放进 inbox 就收，并按时重出附件和对账。按 Ctrl-C 停止。"""
    from dazoufang.commands.watch import Watch

    screen, clock = Screen(as_json=as_json, quiet=quiet), WallClock(_today(today) if today else None)
    place = _home(home, make=True)
    stopped = threading.Event()

    def stop(*_: object) -> None:
        if stopped.is_set():  # asked twice: not after this pass, but now
            raise Stopped
        stopped.set()
        clock.wake()

    _on_stop(stop)
    with Watch(place, clock, screen.say) as watch:
        screen.say(f"正在值守 {place.inbox}，按 Ctrl-C 停止", "bold")
        watch.stay(stopped.is_set)
    screen.data({"stopped": True})
    screen.say("已停止值守。没有丢失任何东西")


@app.command("check")
def check_command(
    files: Annotated[list[Path], typer.Argument(help="要检查的文件")],
    write: Annotated[Path | None, typer.Option("--write", help="把标注好的退回件放到这个文件夹")] = None,
    home: HomeOption = None, today: TodayOption = None, as_json: JsonOption = False, quiet: QuietOption = False,
) -> None:  # fmt: skip
    """检查表格，不收下；有问题时退出码为 1。"""
    from dazoufang.commands.check import check

    screen, place, day = Screen(as_json=as_json, quiet=quiet), _home(home), _today(today)
    for file in files:
        if file.is_dir():
            raise WrongUse(f"{file} 是文件夹，请写出要检查的文件")
        if not file.is_file():
            raise WrongUse(f"找不到文件 {file}")
    with screen.progress() as progress:
        checked = check(files, place, day, write, progress)
    screen.data({"files": [one.as_json() for one in checked]})
    for one in checked:
        screen.say(
            f"{one.file}：{one.verdict_name}，{one.form or '认不出是哪张表'}，{one.unit or '单位未知'}，{one.rows}行",
            "bold",
        )
        for fault in one.submission.faults:
            style = {"error": "red", "warning": "yellow"}.get(fault.severity)
            screen.say(f"  [{fault.code}] {fault.message}。{fault.remedy}", style)
        if one.copy:
            screen.say(f"  已标注：{one.copy}")
    if any(one.submission.errors for one in checked):
        raise typer.Exit(FOUND)


@app.command("forms")
def forms_command(
    prefill: Annotated[bool, typer.Option("--prefill", help="填好各单位已知的干部、走访对象和在办事项")] = False,
    home: HomeOption = None, today: TodayOption = None, as_json: JsonOption = False, quiet: QuietOption = False,
) -> None:  # fmt: skip
    """在 outbox/空白表 里出空白表，或各单位的预填表。"""
    from dazoufang.commands.forms import write_forms

    screen, place, day = Screen(as_json=as_json, quiet=quiet), _home(home, make=True), _today(today)
    written = write_forms(place, day, prefill=prefill)
    screen.data({"forms": written})
    for path in written:
        screen.say(path)


@app.command("status")
def status_command(
    unit: Annotated[str | None, typer.Option("--unit", help="只看这个单位")] = None,
    home: HomeOption = None, today: TodayOption = None, as_json: JsonOption = False, quiet: QuietOption = False,
) -> None:  # fmt: skip
    """各单位、各干部走访到了哪里。"""
    from dazoufang.commands.status import status

    screen, place, day = Screen(as_json=as_json, quiet=quiet), _standing(home), _today(today)
    standing = status(place, day, unit)
    screen.data(standing.as_json())
    screen.say(f"{standing.year}年{standing.round_name}，截至 {day}：{standing.words}", "bold")
    table = Table(pad_edge=False)
    for title in ("单位", "干部", "应走访", "已走访", "还差", "每日需", "最重预警"):
        table.add_column(title, justify="left" if title in ("单位", "干部", "最重预警") else "right", overflow="fold")
    for row in standing.rows:
        per_day = f"{max(row['per_day'], 0.1):.1f}" if row["left"] and row["per_day"] else ""
        table.add_row(
            row["unit"], row["cadre"], str(row["due"]), str(row["done"]), str(row["left"] or ""), per_day, row["worst"]
        )
    screen.say(table)
    for line in (*standing.silent, *standing.outstanding):
        screen.say(line, "yellow")
    screen.say(standing.inbox.words)


@app.command("trace")
def trace_command(
    asked: Annotated[str, typer.Argument(metavar="编号/单元格", help="如 23下矛0001、附件1!走访明细!D5")],
    home: HomeOption = None, today: TodayOption = None, as_json: JsonOption = False, quiet: QuietOption = False,
) -> None:  # fmt: skip
    """一件事项、一个单元格是从哪里来的。"""
    from dazoufang.commands.trace import NotFound, trace
    from dazoufang.ledger.fold import fold
    from dazoufang.outbox.publishing import published_on
    from dazoufang.record.record import Record
    from dazoufang.rules.campaign import load_rules

    screen, place = Screen(as_json=as_json, quiet=quiet), _standing(home)
    day = _today(today) if today else published_on(place.published) or _today(None)
    with Record.of(place) as record:
        standing = fold(record.submissions(), load_rules(place.schemas))
    try:
        found = trace(asked, place, standing, day)
    except NotFound as error:
        raise WrongUse(str(error)) from None
    screen.data({"what": found.what, "sources": [asdict(source) for source in found.sources]})
    screen.say(found.what, "bold")
    row: tuple[int, str, str] | None = None
    for one in found.sources:
        if row != (row := (one.submission_id, one.sheet, one.cell.lstrip(ascii_uppercase))):
            file = f"{one.path} › {one.member}" if one.member else one.path
            screen.say(f"收件{one.submission_id}　{one.night}　{file}　「{one.sheet}」", "cyan")
        screen.say(f"  {one.cell:<6}{one.field}：{one.value}")
    if not found.sources:
        screen.say("没有来源：这一格是空的")


@app.command("explain")
def explain_command(
    code: Annotated[str, typer.Argument(help="回执、退回件上的问题代码，如 C09")],
    as_json: JsonOption = False, quiet: QuietOption = False,
) -> None:  # fmt: skip
    """一个问题代码是什么意思、怎么改、局里可以做什么。"""
    from dazoufang.commands.reference import NoSuchCode, explanation

    screen = Screen(as_json=as_json, quiet=quiet)
    try:
        said = explanation(code)
    except NoSuchCode as error:
        raise WrongUse(str(error)) from None
    screen.data({"explanation": said})
    screen.say(said)


@app.command("learn")
def learn_command(
    form: Annotated[str, typer.Argument(help="哪张表，如 走访登记表")],
    heading: Annotated[str, typer.Argument(help="表里写的表头，如 联系方式2")],
    title: Annotated[str, typer.Argument(help="就是哪一列，如 联系电话")],
    home: HomeOption = None, as_json: JsonOption = False, quiet: QuietOption = False,
) -> None:  # fmt: skip
    """让程序记住一个新的表头，并把用过它的原件放回 inbox 重新读。"""
    from dazoufang.commands.learn import CannotLearn, learn

    screen = Screen(as_json=as_json, quiet=quiet)
    try:
        learned = learn(_home(home), form, heading, title)
    except CannotLearn as error:
        raise WrongUse(str(error)) from None
    screen.data(asdict(learned))
    screen.say(f"已记住：{learned.form}的表头“{learned.heading}”就是“{learned.title}”（{learned.file}）")
    if learned.again:
        screen.say(f"用过这个表头的 {len(learned.again)} 份原件已放回 inbox，下次 run 时重新读取：")
    for path in learned.again:
        screen.say(f"  {path}")


@app.command("rebuild")
def rebuild_command(
    home: HomeOption = None, today: TodayOption = None, as_json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """从存档重建台账，与现有的核对；不同时退出码为 1。台账库不在时，就用重建的。"""
    from dazoufang.archive import originals
    from dazoufang.commands.rebuild import lost, rebuild

    screen, place = Screen(as_json=as_json, quiet=quiet), _home(home)
    anew = lost(place)
    if not place.has_record and not (place.archive / originals.JOURNAL).exists():
        _standing(home)
    with screen.progress() as progress:
        differences = rebuild(place, _today(today) if today else None, progress)
    screen.data({"differences": differences})
    for line in differences:
        screen.say(line, "red")
    if differences:
        raise typer.Exit(FOUND)
    if anew:
        screen.say("台账库原先不在，已从存档重建；请再运行 run，重出 outbox")
    else:
        screen.say("从存档重建的结果与现有台账、outbox 完全一致")


@app.command("doctor")
def doctor_command(
    home: HomeOption = None, today: TodayOption = None, as_json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """检查文件夹、磁盘、规则、台账库、存档；有问题时退出码为 1。"""
    from dazoufang.commands import doctor

    screen = Screen(as_json=as_json, quiet=quiet)
    findings = doctor.examine(_home(home), _today(today))
    screen.data({"findings": [asdict(finding) for finding in findings]})
    for finding in findings:
        mark, style = {"good": ("正常", "green"), "note": ("注意", "yellow"), "bad": ("问题", "red")}[finding.level]
        screen.say(f"[{mark}] {finding.what}" + (f"。{finding.remedy}" if finding.remedy else ""), style)
    if any(finding.level == "bad" for finding in findings):
        raise typer.Exit(FOUND)


@app.command("demo")
def demo_command(
    folder: Annotated[Path | None, typer.Argument(help="演示用的文件夹", show_default="./demo")] = None,
    as_json: JsonOption = False, quiet: QuietOption = False,
) -> None:  # fmt: skip
    """用一套示例表格完整演示一遍，最后说明该打开哪些文件。"""
    from dazoufang.commands.demo import NotEmpty, demo

    screen = Screen(as_json=as_json, quiet=quiet)
    try:
        with screen.progress() as progress:
            home, summary = demo(folder or Path("demo"), progress)
    except NotEmpty as error:
        raise WrongUse(f"文件夹 {error} 里已有别的东西，请换一个：python process.py demo 新文件夹名") from None
    screen.data(summary.as_json())
    screen.summary(summary, home)
    screen.say("\n请打开看看：", "bold")
    for path in summary.outbox:
        if "/" not in path:
            screen.say(f"  {home.outbox / path}")
    for word, place, ending in (("有错的表，红色处要改", "退回/", ".xlsx"), ("收表回执", "回执/", ".html")):
        first = next((path for path in summary.outbox if path.startswith(place) and path.endswith(ending)), "")
        if first:
            screen.say(f"  {word}：{home.outbox / first}")


def main() -> int:
    """Run the command line; returns the exit code. No traceback ever reaches a user: it goes to the log."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    _on_stop(_stop)
    if len(sys.argv) == 1:
        sys.argv.append("--help")
    try:
        code = app(standalone_mode=False)
    except WrongUse as error:
        return _complain(str(error), WRONG_USE)
    except BrokenRules as error:
        return _complain(f"规则文件有误：{error}", WRONG_USE)
    except (UnknownYear, OnAShare, NotItsRecord) as error:
        return _complain(str(error), WRONG_USE)
    except (Busy, LostLead) as error:
        return _complain(str(error), UNFINISHED)
    except (Stopped, typer.Abort):
        return _complain("已停止。没有丢失任何东西，再运行一次即可继续", UNFINISHED)
    except typer.Exit as stopped:
        return stopped.exit_code
    except Exception as error:
        return _failed(error)
    return code if isinstance(code, int) else 0


def _failed(error: Exception) -> int:
    """What went wrong, in words, by the kind of error."""
    if isinstance(error, typer.TyperException):
        return _complain(_usage(error), WRONG_USE)
    logbook.failure(error)
    if isinstance(error, OSError):
        if error.errno is None and str(error):  # our own, which say it all
            return _complain(str(error), UNFINISHED)
        reason = {28: "磁盘已满", 13: "没有权限", 2: "文件夹不见了（共享断开？）"}.get(
            error.errno or 0, "读写文件时出错"
        )
        place = f"：{error.filename}" if error.filename else ""
        return _complain(f"没有做完，{reason}{place}。没有丢失任何东西，排除后再运行一次即可", UNFINISHED)
    return _complain("没有做完，程序遇到意外。没有丢失任何东西；详情已写入 data/logs，请把日志发给维护人员", UNFINISHED)


def _usage(error: typer.TyperException) -> str:
    """A usage error of the command-line library, in Chinese."""
    kind, said, hint = type(error).__name__, error.format_message(), "；用法见 python process.py --help"
    option = getattr(error, "option_name", "")
    words = {
        "NoSuchOption": f"没有 {option} 这个选项，或它写错了位置（选项要写在命令后面）",
        "MissingParameter": "命令后面还缺一项内容（文件名、编号等）",
        "BadOptionUsage": f"{option} 后面还要写内容",
    }
    if kind in words:
        return words[kind] + hint
    named = re.search("'(.+?)'", said)
    if said.startswith("No such command"):
        return f"没有“{named[1] if named else ''}”这个命令，可用：{'、'.join(_COMMANDS)}{hint}"
    if "unexpected extra argument" in said:
        return f"命令后面多写了内容{hint}"
    return f"命令写法有误{hint}"


def _complain(text: str, code: int) -> int:
    complain(text)
    return code


def _stop(*_: object) -> None:
    raise Stopped


def _on_stop(act: Callable[..., None]) -> None:
    """What Ctrl-C, the end of a service and (on Windows) closing the console do."""
    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), act)


def _home(home: Path | None, *, make: bool = False) -> Home:
    """The home asked for; by default the folder of process.py, or the current one. Only `make` puts a log where there
    is no home yet: looking leaves no trace."""
    script = Path(sys.argv[0]).resolve()
    default = script.parent if script.name == "process.py" else Path.cwd()
    place = Home.of((home or Path(os.environ.get("DAZOUFANG_HOME") or default)).resolve())
    if make or place.data.exists():
        logbook.open_in(place.logs, f"dazoufang {__version__} {' '.join(sys.argv[1:2])}")
    return place


def _standing(home: Path | None) -> Home:
    """The home asked for, which must have been run before: a misspelt folder is no empty office."""
    place = _home(home)
    if not place.has_record:
        raise WrongUse(f"{place.root} 里还没有台账。请检查 --home 写得对不对；第一次使用请先运行 run")
    return place


def _today(text: str | None) -> date:
    """The day to work for: with `_moment` the only place that reads the clock."""
    if text is None:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"--today 要写成 2023-10-20 这样，现在写的是“{text}”") from None


def _moment() -> str:
    """The time as HHMM."""
    return datetime.now().strftime("%H%M")
