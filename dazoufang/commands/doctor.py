"""Checks a home: folders, disk, rules, calendar, record, archive, fonts; and says what to mend."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from dazoufang.commands.findings import Finding
from dazoufang.commands.mail_findings import mail_findings
from dazoufang.commands.screen import Screen
from dazoufang.inbox import scan, share
from dazoufang.ledger.fold import fold
from dazoufang.model.faults import day_words
from dazoufang.model.submission import Submission
from dazoufang.outbox import remembered
from dazoufang.record.letters import Letters
from dazoufang.record.record import Record
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.rules.plan_flaws import flaws
from dazoufang.rules.rules_file import BrokenRules
from dazoufang.rules.workdays import AHEAD, GUESSED, how_to_add
from dazoufang.running import health, intake
from dazoufang.running.answer_plan import answers
from dazoufang.running.proof import prove
from dazoufang.running.slow_parts import Copies
from dazoufang.system.children import CannotStart, nothing
from dazoufang.system.dask_engine import ClusterAway, DaskEngine
from dazoufang.system.errors import Trouble
from dazoufang.system.home import Home

LATE_HOURS: Final = 26  # after the nightly hour
LONG_ROOT: Final = 90  # characters; on Windows a longer one leaves too few of its 260 for units and names
FONTS: Final = {"方正小标宋简体": "FZXBSJW.TTF", "黑体": "simhei.ttf", "仿宋": "simfang.ttf"}


def examine(home: Home, now: datetime, *, mail: bool = False) -> list[Finding]:
    """Look at everything; never raises for what it finds. `mail`: also send a letter to ourselves."""
    today = now.date()
    found = [*_folders(home), *_share(home)]
    try:
        rules = load_rules(home.schemas)
    except BrokenRules as error:
        return [*found, Finding("bad", str(error), "按上面说的改好规则文件后再运行")]
    found.append(Finding("good", f"规则文件没有错误（{home.schemas}）"))
    found.extend(_disk(home, rules))
    found.extend(_plan(rules, today))
    found.extend(calendar(rules, today))
    found.extend(_children(rules, home))
    found.extend(_record(home, rules))
    found.extend(_watch(home))
    found.extend(_night(home, rules, now))
    found.extend(mail_findings(rules, now, tried=mail))
    found.extend(_fonts())
    return found


def _folders(home: Home) -> Iterator[Finding]:
    for folder in (home.inbox, home.outbox, home.archive, home.data):
        if not folder.exists():
            yield Finding("note", f"还没有文件夹 {folder}", "第一次运行 run 时会自动建立")
        elif _writable(folder):
            yield Finding("good", f"可以读写 {folder}")
        else:
            yield Finding("bad", f"不能写入 {folder}", "请检查共享或文件夹的权限")


def _writable(folder: Path) -> bool:
    probe = folder / f".doctor-{os.getpid()}.tmp"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError:
        return False
    return True


def _share(home: Home) -> Iterator[Finding]:
    if home.inbox.exists():
        try:
            share.guard(home.inbox, home.data)
        except share.ShareAway as error:
            yield Finding("bad", str(error))
        else:
            yield Finding("good", "收件文件夹连着，是原来的那一个")
    if sys.platform == "win32" and len(str(home.root)) > LONG_ROOT:
        yield Finding(
            "note",
            f"文件夹路径有 {len(str(home.root))} 个字，太长时 Windows 打不开里面的文件",
            "请移到较短的路径，如 D:\\大走访",
        )


def _disk(home: Home, rules: Rules) -> Iterator[Finding]:
    least = rules.campaign.watch.free_mb.value
    nearest = next(path for path in (home.root, *home.root.parents) if path.exists())
    free = shutil.disk_usage(nearest).free // 2**20
    if free < least:
        yield Finding("bad", f"磁盘只剩 {free} MB，不再收表", f"请清理磁盘，至少留出 {least} MB")
    else:
        yield Finding("good", f"磁盘剩余 {free // 1024} GB" if free >= 1024 else f"磁盘剩余 {free} MB")


def _plan(rules: Rules, today: date) -> Iterator[Finding]:
    year = rules.campaign.year_of(today)
    if year.year != today.year:
        yield Finding(
            "note", f"规则里没有{today.year}年的安排，按{year.year}年处理",
            "请运行 setup 填今年的日期（或在 schemas/campaign.yaml 的 years 下复制一块来改）",
        )  # fmt: skip
    for flaw in flaws(rules.campaign):
        yield Finding("note", flaw, "确是如此可写入 campaign.yaml 的 accepted_flaws，不再提醒")


def calendar(rules: Rules, today: date) -> Iterator[Finding]:
    """Whether the holidays of this year, and of the next from 60 days before it, are known."""
    for year in rules.campaign.workdays.guessed(today, today + AHEAD):
        if year == today.year:
            yield Finding("bad", f"不知道{year}年的法定节假日和调休安排，时限和工作日{GUESSED}", how_to_add([year]))
        else:
            yield Finding("note", f"还不知道{year}年的法定节假日和调休安排", how_to_add([year]))


def _children(rules: Rules, home: Home) -> Iterator[Finding]:
    """Whether a child process can be started, and the cluster reached where there is one: files are read nowhere else."""
    try:
        with intake.engine_of(rules, home) as engine:
            engine.map(nothing, [None])
            if isinstance(engine, DaskEngine):
                yield Finding("good", f"Dask 连得上：{engine.reached()}")
    except (CannotStart, ClusterAway) as error:
        yield Finding("bad", error.words)
    else:
        yield Finding("good", "读取程序能启动")


def _record(home: Home, rules: Rules) -> Iterator[Finding]:
    if not home.has_record:
        yield Finding("note", "还没有台账库", "第一次运行 run 时会自动建立")
        return
    try:
        with Record.of(home) as record:
            trouble = record.trouble()
            submissions = list(record.submissions())
            uncleared = {(path, digest) for _, path, digest in record.clearing()}
    except Trouble as error:
        yield Finding("bad", error.words)
        return
    if trouble:
        yield Finding("bad", f"台账库损坏：{trouble}", "请把 data 文件夹改名后运行 rebuild，从存档重建")
    yield from _proof(home, rules, submissions, uncleared)


def _proof(home: Home, rules: Rules, submissions: list[Submission], uncleared: intake.Uncleared) -> Iterator[Finding]:
    """Whether every file is accounted for. `uncleared`: files that are in the record and still in the inbox."""
    if share.check(home.inbox, home.data) != "here":
        return  # found already
    try:
        lying = scan.scan(home.inbox, rules.campaign.inbox)
        to_take = [waiting for waiting in lying.waiting if not intake.is_uncleared(waiting, uncleared)]
        plan = answers(home, fold(submissions, rules), Copies(home, rules, intake.engine_of(rules, home)))
        found = prove(home, submissions, to_take, lying.passed_over, plan)
    except OSError:
        yield Finding("bad", "对账时有文件读不出来", "请检查共享和磁盘后再运行 doctor")
        return
    if found.differences:
        remedy = "先运行一次 run；还不对，请运行 rebuild 核对，原件都在 archive 里"
        yield from (Finding("bad", f"对账有差异：{line}", remedy) for line in found.differences)
    else:
        yield Finding("good", f"{len(submissions)} 份收件的原件都在存档中，没有被改动")
        yield Finding("good", f"对账相符：{found.words}")


def _watch(home: Home) -> Iterator[Finding]:
    if not health.alive(home.data):
        yield Finding("note", "没有值守（watch 没有运行）", "需要随到随收时运行 watch，装成服务见 docs/service.md")
        return
    last_health = health.Health.read(home.data) or health.Health()
    if last_health.words:
        yield Finding("bad", f"watch 正在值守，但有问题：{last_health.words}")
    else:
        yield Finding("good", f"watch 正在值守，上次完整扫描 {last_health.scanned_at.replace('T', ' ')}")
    if last_health.stale:
        yield Finding("note", f"打开着没能更新：{'、'.join(last_health.stale)}", "关闭这些文件后会自动换好")


def _night(home: Home, rules: Rules, now: datetime) -> Iterator[Finding]:
    """Rule: 26 hours after the nightly hour of the day that the outbox shows, the next night has not come. Only where
    there are nights: an office that runs the program by hand has none to miss."""
    shown = remembered.published_on(home.published)
    if shown is None or not home.has_record:
        return
    try:
        with Record.of(home) as record:
            nights = bool(Letters(record).night_before())
    except (Trouble, OSError):  # what is wrong with the record is said where it is looked at
        return
    ends = datetime.combine(shown, time.fromisoformat(rules.campaign.watch.nightly_at.value)) + timedelta(
        hours=LATE_HOURS
    )
    if nights and now > ends:
        yield Finding(
            "bad",
            f"夜间汇总没有按时来：outbox 还是{day_words(shown, now.year)}的",
            "请看值守或计划任务是不是停了（见 docs/service.md），或现在运行一次 nightly",
        )


def _fonts() -> Iterator[Finding]:
    if sys.platform != "win32":
        return
    folder = Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"
    for name, file in FONTS.items():
        if not (folder / file).exists():
            yield Finding("note", f"这台电脑没有“{name}”字体，打印时会用别的字体代替", "需要时请安装该字体")


def show(findings: Sequence[Finding], screen: Screen) -> None:
    """A line for each thing looked at."""
    screen.data({"findings": [asdict(finding) for finding in findings]})
    for finding in findings:
        mark, style = {"good": ("正常", "green"), "note": ("注意", "yellow"), "bad": ("问题", "red")}[finding.level]
        screen.say(f"[{mark}] {finding.what}" + (f"。{finding.remedy}" if finding.remedy else ""), style)
