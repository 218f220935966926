"""Checks a home: folders, disk, rules, calendar, record, archive, fonts; and says what to mend."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal

from dazoufang import inbox
from dazoufang.campaign import Rules, flaws, load_rules
from dazoufang.home import Home
from dazoufang.record import Record, UnknownVersion
from dazoufang.rules_file import BrokenRules
from dazoufang.workdays import UnknownYear

FREE_MB: Final = 500  # below this a run may not finish
FONTS: Final = {"方正小标宋简体": "FZXBSJW.TTF", "黑体": "simhei.ttf", "仿宋": "simfang.ttf"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `good`, `note` (worth knowing) or `bad` (mend it)."""

    level: Literal["good", "note", "bad"]
    what: str
    remedy: str = ""


def examine(home: Home, today: date) -> list[Finding]:
    """Look at everything; never raises for what it finds."""
    found = [*_folders(home), *_disk(home)]
    try:
        rules = load_rules(home.schemas)
    except BrokenRules as error:
        return [*found, Finding("bad", str(error), "按上面说的改好规则文件后再运行")]
    found.append(Finding("good", f"规则文件没有错误（{home.schemas}）"))
    found.extend(_plan(rules, today))
    found.extend(_record(home))
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


def _disk(home: Home) -> Iterator[Finding]:
    standing = next(path for path in (home.root, *home.root.parents) if path.exists())
    free = shutil.disk_usage(standing).free // 2**20
    if free < FREE_MB:
        yield Finding("bad", f"磁盘只剩 {free} MB", f"请清理磁盘，至少留出 {FREE_MB} MB")
    else:
        yield Finding("good", f"磁盘剩余 {free // 1024} GB" if free >= 1024 else f"磁盘剩余 {free} MB")


def _plan(rules: Rules, today: date) -> Iterator[Finding]:
    year = rules.campaign.year_of(today)
    if year.year != today.year:
        yield Finding(
            "note", f"规则里没有{today.year}年的安排，按{year.year}年处理",
            "请在 schemas/campaign.yaml 的 years 下复制一块，改成今年的日期",
        )  # fmt: skip
    try:
        for flaw in flaws(rules.campaign):
            yield Finding("note", flaw, "确是如此可写入 campaign.yaml 的 accepted_flaws，不再提醒")
        rules.campaign.workdays.is_workday(today)
    except UnknownYear as error:
        yield Finding("bad", str(error))


def _record(home: Home) -> Iterator[Finding]:
    if not home.record.exists():
        yield Finding("note", "还没有台账库", "第一次运行 run 时会自动建立")
        return
    try:
        with Record.at(home.record) as record:
            trouble = record.trouble()
            known = [(one.submission_id, one.archived, one.sha256) for one in record.submissions()]
    except UnknownVersion as error:
        yield Finding("bad", str(error))
        return
    if trouble:
        yield Finding("bad", f"台账库损坏：{trouble}", "请把 data 文件夹改名后运行 rebuild，从存档重建")
    lost = [number for number, file, digest in known if inbox.damaged(home.archive / file, digest)]
    if lost:
        numbers = "、".join(map(str, lost[:10]))
        yield Finding("bad", f"收件 {numbers} 的原件不在存档中，或已被改动", "请从备份中找回 archive 文件夹")
    else:
        yield Finding("good", f"{len(known)} 份收件的原件都在存档中，没有被改动")


def _fonts() -> Iterator[Finding]:
    if sys.platform != "win32":
        return
    folder = Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"
    for name, file in FONTS.items():
        if not (folder / file).exists():
            yield Finding("note", f"这台电脑没有“{name}”字体，打印时会用别的字体代替", "需要时请安装该字体")
