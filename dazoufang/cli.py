"""The command line: options, which command is meant, and the exit code; `commands` do and show the rest."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from dazoufang.commands.asked import (
    day_asked_for,
    day_of_work,
    home_asked_for,
    home_with_record,
    night_asked_for,
)
from dazoufang.commands.screen import Screen, complain
from dazoufang.commands.usage_errors import in_chinese
from dazoufang.entry import rules
from dazoufang.entry.options import (
    HomeOption,
    HomesOption,
    IntoOption,
    JsonOption,
    QuietOption,
    TodayOption,
    YesOption,
)
from dazoufang.system import clock, collector, logbook
from dazoufang.system.errors import FOUND, UNFINISHED, WRONG_USE, Stopped, WrongUse, becomes

__all__ = ["FOUND", "UNFINISHED", "WRONG_USE", "Stopped", "WrongUse", "app", "main"]

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="大走访：收表、检查、汇总、出附件和预警、给回执。",
)

_COMMANDS: Final = (
    "run", "watch", "nightly", "check", "setup", "forms", "status", "trace", "explain", "learn", "withdraw", "report-up", "send", "rebuild", "doctor", "demo",
)  # fmt: skip


@app.command("run")
def run_command(
    as_of: Annotated[str | None, typer.Option("--as-of", help="重出过去某一天晚上的 outbox，不收表，如 2023-10-20")] = None,
    home: HomeOption = None, today: TodayOption = None, as_json: JsonOption = False, quiet: QuietOption = False,
    yes: YesOption = False, homes: HomesOption = None, into: IntoOption = None,
) -> None:  # fmt: skip
    """收下 inbox 里的表，更新台账，重出 outbox。"""
    from dazoufang.commands.run import exit_code, run, run_as_of, show

    screen = Screen(as_json=as_json, quiet=quiet)
    if homes is not None or into is not None:
        _over_many("run", homes, into, today, screen, yes=yes, alone=bool(home or as_of))
    if as_of is not None:
        place, night = home_with_record(home), night_asked_for(as_of, today)
        with screen.progress() as progress:
            summary = run_as_of(place, night, progress, clock.moment())
        logbook.note(f"run as of {night}")
        show(summary, place, screen)
        if code := exit_code(summary):
            raise typer.Exit(code)
        screen.say("这是过去那一晚的 outbox；再运行一次 run，就换回今天的", "yellow")
        return
    place = home_asked_for(home, make=True, yes=yes)
    day = day_of_work(today, place, yes=yes)
    with screen.progress() as progress:
        summary = run(place, day, progress, clock.moment())
    for failure in summary.failures:
        logbook.warn(failure)
    logbook.note(f"run {day} {summary.submissions}")
    show(summary, place, screen)
    if code := exit_code(summary):
        raise typer.Exit(code)


@app.command("watch")
def watch_command(
    home: HomeOption = None, today: TodayOption = None, as_json: JsonOption = False, quiet: QuietOption = False,
    yes: YesOption = False,
) -> None:  # fmt: skip
    """一直值守：有表放进 inbox 就收，并按时重出附件和对账。按 Ctrl-C 停止。"""
    from dazoufang.commands.watch import Watch

    screen, place = Screen(as_json=as_json, quiet=quiet), home_asked_for(home, make=True, yes=yes)
    time = clock.WallClock(day_of_work(today, place, yes=yes) if today else None)
    stopped = threading.Event()

    def stop(*_: object) -> None:
        if stopped.is_set():  # asked twice: not after this pass, but now
            raise Stopped
        stopped.set()
        time.wake()

    _on_stop(stop)
    with Watch(place, time, screen.say) as watch:
        screen.say(f"正在值守 {place.inbox}，按 Ctrl-C 停止", "bold")
        watch.stay(stopped.is_set)
    screen.data({"stopped": True})
    screen.say("已停止值守。没有丢失任何东西")


@app.command("nightly")
def nightly_command(
    home: HomeOption = None, today: TodayOption = None, as_json: JsonOption = False, quiet: QuietOption = False,
    yes: YesOption = False, homes: HomesOption = None, into: IntoOption = None,
) -> None:  # fmt: skip
    """一整夜的工作：收表、收信、重出附件、对账、发信。给任务计划程序用。"""
    from dazoufang.commands.nightly import exit_code, nightly, show, tell_of_failure

    if homes is not None or into is not None:
        screen = Screen(as_json=as_json, quiet=quiet)
        _over_many("nightly", homes, into, today, screen, yes=yes, alone=home is not None)
    screen, place = Screen(as_json=as_json, quiet=quiet), home_asked_for(home, make=True, yes=yes)
    time = clock.WallClock(day_of_work(today, place, yes=yes) if today else None)
    try:
        with screen.progress() as progress:
            night = nightly(place, time.now(), progress)
    except Exception as error:
        tell_of_failure(place, time.now(), error)
        raise
    logbook.note(f"nightly {night.run.today} {night.run.submissions} {night.letters.posted.counts}")
    show(night, screen)
    if code := exit_code(night):
        raise typer.Exit(code)


def _over_many(
    command: str, homes: str | None, into: Path | None, today: str | None, screen: Screen, *, yes: bool, alone: bool
) -> NoReturn:
    """Do it for many homes, and end. `alone`: whether an option was given that is for one home."""
    from dazoufang.commands.many_homes import together

    if homes is None:
        raise WrongUse("--into 要和 --homes 一起写")
    if alone:
        raise WrongUse("--homes 不能和 --home、--as-of 一起写")
    words = [*(["--today", str(day_asked_for(today))] if today else []), *(["--yes"] if yes else [])]
    raise typer.Exit(together(command, homes, into, words, screen))


@app.command("report-up")
def report_up_command(
    out: Annotated[Path | None, typer.Option("--out", readable=False, help="放到这个文件夹", show_default="outbox/邮件/上报材料 …")] = None,
    home: HomeOption = None, today: TodayOption = None, as_json: JsonOption = False, quiet: QuietOption = False,
    yes: YesOption = False,
) -> None:  # fmt: skip
    """上报材料：封面和附件1–3，放在一个文件夹里。"""
    from dazoufang.commands.report_up import report_up, show

    screen, place = Screen(as_json=as_json, quiet=quiet), home_with_record(home)
    report = report_up(place, day_of_work(today, place, yes=yes), out)
    logbook.note(f"report-up {report.today} {len(report.files)}")
    show(report, screen)


@app.command("send")
def send_command(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只把要发的信放进 outbox/邮件，不发")] = False,
    release: Annotated[bool, typer.Option("--release", help="把暂停的信放行")] = False,
    home: HomeOption = None, today: TodayOption = None, as_json: JsonOption = False, quiet: QuietOption = False,
) -> None:  # fmt: skip
    """发出排着队的信。"""
    from dazoufang.commands.nightly import send, written

    screen, place = Screen(as_json=as_json, quiet=quiet), home_with_record(home)
    time = clock.WallClock(day_asked_for(today) if today else None)
    if dry_run:
        counts, paths = written(place)
        screen.data({**counts, "files": paths})
        for path in paths or ["没有信要发"]:
            screen.say(path)
        return
    posted = send(place, time.now(), release=release)
    screen.data(posted.counts)
    screen.say(posted.words)
    if posted.trouble:
        complain(posted.trouble)
        raise typer.Exit(UNFINISHED)


@app.command("check")
def check_command(
    files: Annotated[list[Path], typer.Argument(help="要检查的文件", readable=False)],
    write: Annotated[Path | None, typer.Option("--write", readable=False, help="把标注好的退回件放到这个文件夹")] = None,
    home: HomeOption = None, today: TodayOption = None, as_json: JsonOption = False, quiet: QuietOption = False,
) -> None:  # fmt: skip
    """检查表格，不收下；有问题时退出码为 1。"""
    from dazoufang.commands.check import check, show

    screen, place, day = Screen(as_json=as_json, quiet=quiet), home_asked_for(home), day_asked_for(today)
    with screen.progress() as progress:
        checked = check(files, place, day, write, progress)
    show(checked, screen)
    if any(found.submission.errors for found in checked):
        raise typer.Exit(FOUND)


app.command("setup")(rules.setup_command)


@app.command("forms")
def forms_command(
    prefill: Annotated[bool, typer.Option("--prefill", help="填好各单位已知的干部、走访对象和在办事项")] = False,
    home: HomeOption = None, today: TodayOption = None, as_json: JsonOption = False, quiet: QuietOption = False,
    yes: YesOption = False,
) -> None:  # fmt: skip
    """在 outbox/空白表 里出空白表，或各单位的预填表。"""
    from dazoufang.commands.forms import write_forms

    screen, place = Screen(as_json=as_json, quiet=quiet), home_asked_for(home, make=True, yes=yes)
    day = day_of_work(today, place, yes=yes)
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
    from dazoufang.commands.status import show, status

    screen, place, day = Screen(as_json=as_json, quiet=quiet), home_with_record(home), day_asked_for(today)
    show(status(place, day, unit), screen)


@app.command("trace")
def trace_command(
    asked: Annotated[str, typer.Argument(metavar="编号/单元格", help="如 23下矛0001、附件1!走访明细!D5")],
    home: HomeOption = None, today: TodayOption = None, as_json: JsonOption = False, quiet: QuietOption = False,
) -> None:  # fmt: skip
    """一件事项、一个单元格是从哪里来的。"""
    from dazoufang.commands.trace import show, trace
    from dazoufang.outbox.remembered import published_on
    from dazoufang.rules.campaign import load_rules
    from dazoufang.running.kept_fold import of_home

    screen, place = Screen(as_json=as_json, quiet=quiet), home_with_record(home)
    day = day_asked_for(today) if today else published_on(place.published) or day_asked_for(None)
    show(trace(asked, place, of_home(place, load_rules(place.schemas)), day), screen)


app.command("explain")(rules.explain_command)
app.command("learn")(rules.learn_command)


@app.command("withdraw")
def withdraw_command(
    number: Annotated[str, typer.Argument(metavar="收件号", help="回执上的收件号，如 0003")],
    reason: Annotated[str, typer.Option("--reason", help="为什么撤回，写进撤回单")] = "",
    home: HomeOption = None, today: TodayOption = None, as_json: JsonOption = False, quiet: QuietOption = False,
    yes: YesOption = False,
) -> None:  # fmt: skip
    """撤回一份报送件，好像没有收过一样；撤回单自己也能再撤回。"""
    from dazoufang.commands.withdraw import show, withdraw

    screen, place = Screen(as_json=as_json, quiet=quiet), home_with_record(home)
    day = day_of_work(today, place, yes=yes)
    with screen.progress() as progress:
        withdrawn = withdraw(place, number, day, reason, progress, clock.moment())
    logbook.note(f"withdraw {withdrawn.taken.submission_id} by {withdrawn.by}")
    show(withdrawn, place, screen)
    if not withdrawn.by or (withdrawn.summary and withdrawn.summary.kept_back):
        raise typer.Exit(UNFINISHED)


@app.command("rebuild")
def rebuild_command(
    home: HomeOption = None, today: TodayOption = None, as_json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """从存档重建台账，与现有的核对；不同时退出码为 1。台账库不在时，就用重建的。"""
    from dazoufang.archive import originals
    from dazoufang.commands.rebuild import lost, rebuild

    screen, place = Screen(as_json=as_json, quiet=quiet), home_asked_for(home)
    anew = lost(place)
    if not place.has_record and not (place.archive / originals.JOURNAL).exists():
        home_with_record(home)
    with screen.progress() as progress:
        differences = rebuild(place, day_asked_for(today) if today else None, progress)
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
    mail: Annotated[bool, typer.Option("--mail", help="给自己发一封试发信，并看一看收信邮箱")] = False,
    home: HomeOption = None, today: TodayOption = None, as_json: JsonOption = False, quiet: QuietOption = False,
) -> None:  # fmt: skip
    """检查文件夹、磁盘、规则、台账库、存档、邮件；有问题时退出码为 1。"""
    from dazoufang.commands import doctor

    screen = Screen(as_json=as_json, quiet=quiet)
    time = clock.WallClock(day_asked_for(today) if today else None)
    findings = doctor.examine(home_asked_for(home), time.now(), mail=mail)
    doctor.show(findings, screen)
    if any(finding.level == "bad" for finding in findings):
        raise typer.Exit(FOUND)


@app.command("demo")
def demo_command(
    folder: Annotated[Path | None, typer.Argument(readable=False, help="演示用的文件夹", show_default="./demo")] = None,
    as_json: JsonOption = False, quiet: QuietOption = False,
) -> None:  # fmt: skip
    """用一套示例表格完整演示一遍，最后说明该打开哪些文件。"""
    from dazoufang.commands.demo import demo, show

    screen = Screen(as_json=as_json, quiet=quiet)
    with screen.progress() as progress:
        home, summary = demo(folder or Path("demo"), progress)
    show(home, summary, screen)
    if summary.kept_back:
        raise typer.Exit(UNFINISHED)


def main() -> int:
    """Run the command line; returns the exit code. Tracebacks go to the log, never to the screen."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            asked = os.environ.get("PYTHONIOENCODING", "")
            encoding = encoding_of(sys.platform, console=stream.isatty(), as_json="--json" in sys.argv, asked=asked)
            stream.reconfigure(encoding=encoding, errors="replace")  # what an encoding lacks is a ?, never an error
    collector.look_seldom()
    _on_stop(_stop)
    if len(sys.argv) == 1:
        sys.argv.append("--help")
    try:
        code = app(standalone_mode=False)
    except typer.Exit as stopped:
        return stopped.exit_code
    except typer.TyperException as error:
        return _end(WrongUse(_usage(error)))
    except typer.Abort:
        return _end(Stopped())
    except (Exception, Stopped) as error:
        return _end(error)
    return code if isinstance(code, int) else 0


def encoding_of(platform: str, *, console: bool, as_json: bool, asked: str) -> str | None:
    """The encoding in which a stream is written; None: the one it has.

    JSON is UTF-8 for every program. Words are, too, but in a pipe or file on Windows (`| more` shows them in the code
    page of the console) and where the environment asks for another (`asked`: PYTHONIOENCODING).
    """
    if not as_json and (asked or (platform == "win32" and not console)):
        return None
    return "utf-8"


def _end(error: BaseException) -> int:
    """Say what went wrong, in words; returns the exit code that belongs to the error."""
    met = becomes(error)
    if met.logged:
        logbook.failure(error)
    complain("。".join(filter(None, (met.words, met.mend))))
    return met.exit_code


def _usage(error: typer.TyperException) -> str:
    option: str = getattr(error, "option_name", "")
    return in_chinese(type(error).__name__, error.format_message(), option, _COMMANDS)


def _stop(*_: object) -> None:
    raise Stopped


def _on_stop(act: Callable[..., None]) -> None:
    """Call `act` on Ctrl-C, at the end of a service and (on Windows) when the console is closed."""
    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), act)
