"""One run, on one page: take in what waits, update the record, publish the outbox, clear the inbox."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from dazoufang.commands.screen import Screen, complain
from dazoufang.inbox import scan, share
from dazoufang.ledger.withdrawals import withdrawals
from dazoufang.model import faults
from dazoufang.model.submission import ACCEPTED, DUPLICATE, PARTLY, RETURNED, Effect
from dazoufang.running.desk import Desk, NoRoom
from dazoufang.running.taken import Taken
from dazoufang.system.errors import UNFINISHED, WRONG_USE
from dazoufang.system.home import Home
from dazoufang.system.progress import Progress, silent


@dataclass(frozen=True)
class Summary:
    """What a run did and how things stand after it."""

    today: date
    year: int
    submissions: dict[str, int]
    rows: dict[str, int]
    lists: dict[str, int]  # title of each form that is published as a list → its rows, for the terminal
    items: dict[str, int]
    faults: int
    alerts: dict[str, int]
    outbox: list[str]
    changed: list[str]
    stale: list[str]  # open in another program: not brought up to date
    passed_over: list[dict[str, str]]  # what in the inbox nobody takes, and why
    kept_back: str  # why not all that could be was taken in, in words: trouble of ours or of the machine; else ""
    seconds: float
    failures: list[str]  # for the log
    as_of: str = ""  # of a past night: what to know of it, in words
    withdrawn: list[str] = field(default_factory=list)  # which unit withdrew how much by which delivery, in words
    broken: str = ""  # which template the office has to mend before what it is for is published, in words
    lacking: str = ""  # what is not published for want of a library, in words

    def as_json(self) -> dict[str, Any]:
        """As `run --json` prints it."""
        found = asdict(self)
        found["today"] = self.today.isoformat()
        del found["failures"], found["lists"]
        return found


def run(
    home: Home,
    today: date,
    progress: Progress = silent,
    moment: str = "0000",
    sleep: Callable[[float], None] = time.sleep,
) -> Summary:
    """Take in, record, publish, clear: in that order, so that a crash anywhere is cured by running again.

    `moment`: HHMM, for the names of new versions beside files that somebody has open.

    Raises:
        BrokenRules: the rules cannot be used; nothing was touched.
        ShareAway: the inbox is not there, or not the one it was; nothing was touched.
        OSError, Trouble: the work could not be finished, or not begun; nothing is lost.
    """
    started = time.monotonic()
    if home.published.exists():  # else the home is new, and its inbox yet to be made
        share.guard(home.inbox, home.data)
    home.make()
    with Desk(home, progress) as desk, desk.lead():
        found = desk.to_take(sleep)
        reasons = [scan.troubles_in_words(found.passed_over)]
        try:
            taken = desk.take(found.waiting, today)
            reasons.append(taken.left_for_us)
        except NoRoom as error:
            taken = Taken(deferred=len(found.waiting))
            reasons.append(str(error))
        shown = desk.publish(today, moment)
        reasons.append(missing_in_words(shown.published.missing, "请关闭后再运行一次"))
        desk.clear()
        effects = desk.ledger_fold.effects if taken.fresh else {}
        withdrawn, year = withdrawals(taken.fresh, effects, desk.rules), desk.rules.campaign.year_of(today).year
    verdicts = [submission.verdict for submission in taken.fresh]
    return Summary(
        today=today,
        year=year,
        submissions={
            **{verdict: verdicts.count(verdict) for verdict in (ACCEPTED, PARTLY, RETURNED, DUPLICATE)},
            "deferred": taken.deferred + found.growing,
        },
        faults=sum(len(submission.errors) + _lost(effects[submission.submission_id]) for submission in taken.fresh),
        outbox=shown.paths,
        changed=shown.published.changed,
        stale=shown.published.stale,
        passed_over=[{"path": left_out.path, "reason": left_out.reason.value} for left_out in found.passed_over],
        kept_back="；".join(filter(None, reasons)),
        seconds=round(time.monotonic() - started, 2),
        failures=taken.failures + shown.failures,
        withdrawn=withdrawn,
        broken=shown.broken,
        lacking=shown.lacking,
        as_of="",
        **shown.counts,
    )


def run_as_of(home: Home, day: date, progress: Progress = silent, moment: str = "0000") -> Summary:
    """Make the outbox of a past night again, by the rules of then. Nothing is taken in; the next plain run restores today's.

    Raises:
        BrokenRules: the rules cannot be used; nothing was touched.
        OSError, Trouble: as `run`.
    """
    started = time.monotonic()
    with Desk(home, progress) as desk, desk.lead():
        shown, noted = desk.publish_as_of(day, moment)
        year = desk.rules.campaign.year_of(day).year
    missing = missing_in_words(shown.published.missing, "请关闭后再运行一次")
    return Summary(
        today=day,
        year=year,
        submissions=dict.fromkeys((ACCEPTED, PARTLY, RETURNED, DUPLICATE, "deferred"), 0),
        faults=0,
        outbox=shown.paths,
        changed=shown.published.changed,
        stale=shown.published.stale,
        passed_over=[],
        kept_back=missing,
        seconds=round(time.monotonic() - started, 2),
        failures=shown.failures,
        as_of="" if noted else f"{day}那天没有出过附件，按到那天为止收到的和当时的规则重出",
        withdrawn=[],
        broken=shown.broken,
        lacking=shown.lacking,
        **shown.counts,
    )


def missing_in_words(missing: Sequence[str], mend: str) -> str:
    """What to say of outputs that could not be put anywhere, with what to do; "" none."""
    if not missing:
        return ""
    more = f" 等 {len(missing)} 个" if len(missing) > 3 else ""
    return f"{'、'.join(missing[:3])}{more} 打开着，新的没能放进 outbox；{mend}"


def _lost(effect: Effect) -> int:
    """How many cells name something that the ledger does not know."""
    return sum(notice.severity == faults.ERROR for notice in effect.notices)


def exit_code(summary: Summary) -> int:
    """0: the run did its work; else something was not finished, or the office has to mend a template."""
    if summary.kept_back:
        return UNFINISHED
    return WRONG_USE if summary.broken else 0


def show(summary: Summary, home: Home, screen: Screen) -> None:
    """What the run did and how things stand; why something was not taken in, or not published, goes to the error stream
    alone, where schedulers look."""
    screen.data(summary.as_json())
    _tell(summary, home, screen)
    for trouble in filter(None, (summary.kept_back, summary.broken, summary.lacking)):
        complain(trouble)


def _tell(summary: Summary, home: Home, screen: Screen) -> None:
    taken, rows, items = summary.submissions, summary.rows, summary.items
    screen.say(f"大走访 {summary.today}（{summary.year}年度）  用时 {summary.seconds:.1f} 秒")
    if summary.year != summary.today.year:
        add = "请运行 setup 填今年的日期"
        screen.say(f"  规则里没有{summary.today.year}年的安排，按{summary.year}年计算；{add}", "yellow")
    again = f"，已收过 {taken['duplicate']} 份" if taken["duplicate"] else ""
    later = f"，留到下次再收 {taken['deferred']} 份" if taken["deferred"] else ""
    open_files = "、".join(summary.stale[:3]) + (f" 等 {len(summary.stale)} 个" if len(summary.stale) > 3 else "")
    levels = "，".join(f"{level} {count} 条" for level, count in summary.alerts.items() if count)
    listed = "".join(f"，{title} {count} 行" for title, count in summary.lists.items())
    if summary.as_of:
        screen.say(f"  {summary.as_of}", "yellow")
    lines = {
        "本次收表": f"收下 {taken['accepted']} 份，部分收下 {taken['partly']} 份，退回 {taken['returned']} 份{again}{later}",
        "须修改": f"{summary.faults} 处，已在 outbox/退回 中标出" if summary.faults else "",
        "撤下": "；".join(summary.withdrawn),
        "累计": f"走访 {rows['visits']} 户次，矛盾纠纷 {rows['disputes']} 件，意见建议 {rows['suggestions']} 件{listed}",
        "台账": f"在办 {items['open']} 件，已办结待回访 {items['resolved']} 件，已销号 {items['closed']} 件",
        "预警": levels or "无",
        "没能更新": f"{open_files} 打开着没能更新，旁边名字带“新版”的才是最新；关闭后下次运行自动换好"
        if open_files
        else "",
        "输出": f"{home.outbox}（{len(summary.outbox)} 个文件，更新 {len(summary.changed)} 个）",
    }
    for title, text in lines.items():
        if text:
            screen.say(f"  {title:　<4}  {text}")
