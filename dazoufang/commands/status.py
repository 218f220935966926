"""How far each unit and cadre has come, and how taking in is going, for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final, Literal

from dazoufang.commands.screen import Screen, table_of
from dazoufang.duties import rounds
from dazoufang.inbox import scan, share
from dazoufang.inbox.scan import PassedOver, Reason
from dazoufang.model.terms import normalize
from dazoufang.rules.campaign import Campaign, Rules, load_rules
from dazoufang.rules.workdays import in_words
from dazoufang.running import health, standing
from dazoufang.running.standing import Standing
from dazoufang.system.errors import WrongUse, reason
from dazoufang.system.home import Home

COLUMNS: Final[tuple[tuple[str, Literal["left", "right"]], ...]] = (
    ("单位", "left"), ("干部", "left"), ("应走访", "right"), ("已走访", "right"), ("还差", "right"), ("今后要", "right"),
    ("最重预警", "left"),
)  # fmt: skip
_SHARE: Final = {"away": "收件文件夹连不上", "changed": "收件文件夹不是原来的那一个"}


@dataclass(frozen=True, slots=True)
class Inbox:
    """How taking in stands. `share`: here, away or changed; `watching`: a watch lives on this machine; `waiting`: files
    in the inbox (None: it cannot be listed); `oldest`: path and, where a watch saw it come, since when; `last_scan`: the
    last that saw all; `passed_over`: what in the inbox nobody takes, and why; `proof`: the last night's; `words`: all of it in one line."""

    share: str
    watching: bool
    waiting: int | None
    oldest: dict[str, str] | None
    last_scan: str
    passed_over: list[dict[str, str]]
    behind: bool
    stale: list[str]
    proof: dict[str, Any] | None
    words: str


@dataclass(frozen=True, slots=True)
class Status:
    """How the current round stands: one row a cadre (due is what he owes by its end, last round's debt, `carried`, in it;
    per_day whole households for each of the `days_left` after today), units that have sent nothing, forms that were sent back and have
    not come again, and a sentence; and how taking in stands."""

    today: str
    year: int
    round_name: str
    words: str
    rows: list[dict[str, Any]]
    silent: list[str]
    outstanding: list[str]
    inbox: Inbox

    def as_json(self) -> dict[str, Any]:
        """As `status --json` prints it."""
        return asdict(self)


def status(home: Home, today: date, unit: str | None = None) -> Status:
    """How the current round stands on `today`, of one unit or of all.

    Raises:
        WrongUse: nothing is known of a unit of that name; the likeliest is named.
    """
    rules = load_rules(home.schemas)
    found = standing.of_home(home, rules, today)
    if unit is not None:
        unit = _known(unit, found)
    rows = [row for row in found.rows if unit in (None, row["unit"])]
    return Status(
        today.isoformat(),
        found.year,
        found.round_name,
        _in_words(found, rows, rules.campaign, today, unit),
        [{name: value for name, value in row.items() if name != "early"} for row in rows],
        [f"{silent}：{why}" for silent, why in found.silent if unit in (None, silent)],
        [f"{sender}：{words}" for sender, words in found.outstanding if unit in (None, sender)],
        _inbox(home, rules),
    )


def _known(asked: str, found: Standing) -> str:
    """The unit that was asked for, as it is called here."""
    named = [row["unit"] for row in found.rows] + [unit for unit, _ in (*found.silent, *found.outstanding)]
    units: list[str] = [unit for unit in dict.fromkeys([*named, *found.items, *found.alerts]) if unit]
    called: dict[str, str] = {normalize(unit): unit for unit in units}
    if normalize(asked) in called:
        return called[normalize(asked)]
    from rapidfuzz import process as likeness

    near = likeness.extractOne(normalize(asked), list(called), score_cutoff=40)
    if near:
        hint = f"，是不是“{called[near[0]]}”"
    else:
        hint = f"，有的是：{'、'.join(units)}" if units else "；花名册和走访登记表都还没有收到"
    raise WrongUse(f"没有“{asked}”这个单位的干部、走访和事项{hint}")


def _in_words(found: Standing, rows: list[dict[str, Any]], campaign: Campaign, today: date, unit: str | None) -> str:
    """How far the round is, in a sentence. rows: those of `unit`, None all."""
    _, round_ = rounds.current_round(campaign, today)

    def sums(of_units: dict[str, list[int]]) -> list[int]:
        counts = [count for name, count in of_units.items() if unit in (None, name)]
        return [sum(column) for column in zip(*counts, strict=True)] or [0, 0]

    def total(name: str) -> int:
        return sum(row[name] for row in rows)

    (items, closed), (shown, each) = sums(found.items), sums(found.alerts)
    debt = rounds.debt_in_words(total("carried"), round_, campaign)
    words = (
        f"应走访 {total('due')} 户{f'（{debt}）' if debt else ''}，已走访 {total('done')} 户；"
        f"事项 {items} 件，已销号 {closed} 件；预警 {shown} 条{f'，逐条 {each} 条' if shown < each else ''}"
    )
    if today in round_:
        left = campaign.workdays.between(today, round_.last)
        words += f"；到今天应走访 {total('expected')} 户，今天以后剩 {left} 个工作日"
    if today >= round_.first:
        words += f"；{round_.phases[0].name}内走访 {total('early')} 户"
    if unknown := campaign.workdays.guessed(today, max(today, round_.last)):
        from dazoufang.writing.alert_sheet import FILE  # with all that makes workbooks

        words += f"；不知道{in_words(unknown)}年的法定节假日和调休安排，工作日暂按周末推算（怎么补上见{FILE}）"
    return words


def _inbox(home: Home, rules: Rules) -> Inbox:
    last_health = health.Health.read(home.data) or health.Health()
    watching, where = health.alive(home.data), share.check(home.inbox, home.data)
    waiting = oldest = None
    passed_over: list[PassedOver] = []
    cannot_list = ""
    if where == "here":
        try:
            lying = scan.scan(home.inbox, rules.campaign.inbox)
        except OSError as error:
            where, cannot_list = "away", f"收件文件夹看不到（{reason(error)}）"
        else:
            found, passed_over = lying.waiting, lying.passed_over
            waiting = len(found)
            known = last_health.oldest if watching and last_health.oldest else {}
            first = known if known.get("path") in [file.path for file in found] else {}
            oldest = first or ({"path": found[0].path, "since": ""} if found else None)
    parts = [
        cannot_list or _SHARE.get(where, ""),
        scan.troubles_in_words(passed_over),
        "watch 正在值守" if watching else "没有值守，需要时请运行 run 或 watch",
        last_health.words if watching else "",
        f"等待 {waiting} 份" if waiting else "",
        f"最久的《{oldest['path']}》" + (f"从 {_short(oldest['since'])} 起" if oldest["since"] else "")
        if oldest
        else "",
        _left_out_in_words(passed_over),
        f"附件还没跟上（{_short(last_health.published_at)} 出的）" if watching and last_health.behind else "",
        f"打开着没能更新：{'、'.join(last_health.stale)}" if last_health.stale else "",
        f"上次对账有 {len(last_health.proof['differences'])} 处差异"
        if last_health.proof and last_health.proof["differences"]
        else "",
        f"上次完整扫描 {_short(last_health.scanned_at)}" if last_health.scanned_at else "",
    ]
    return Inbox(
        where, watching, waiting, oldest, last_health.scanned_at,
        [{"path": left_out.path, "reason": left_out.reason.value} for left_out in passed_over], last_health.behind, last_health.stale, last_health.proof,
        "收件：" + "；".join(filter(None, parts)),
    )  # fmt: skip


def _left_out_in_words(passed_over: Sequence[PassedOver]) -> str:
    """What lies in the inbox and is nobody's delivery: counted and named; "" nothing."""
    parts = []
    for why in (Reason.IGNORED, Reason.LINK, Reason.DEVICE):
        found = [left_out.path for left_out in passed_over if left_out.reason is why]
        more = f" 等 {len(found)} 个" if len(found) > 3 else ""
        if found:
            parts.append(f"不收 {'、'.join(f'《{path}》' for path in found[:3])}{more}：{why}")
    return "；".join(parts)


def _short(instant: str) -> str:
    """2023-10-20T18:30:05 → 10-20 18:30:05."""
    return instant[5:].replace("T", " ")


def _pace(row: dict[str, Any]) -> str:
    """How fast he has to go on; "" nothing to do, or no day."""
    return "" if row["per_day"] is None else rounds.rhythm(row["left"], row["days_left"])


def show(found: Status, screen: Screen) -> None:
    """One line a cadre, then what is missing and how taking in stands."""
    screen.data(found.as_json())
    screen.say(f"{found.year}年{found.round_name}，截至 {found.today}：{found.words}", "bold")
    rows = []
    for row in found.rows:
        counts = (str(row["due"]), str(row["done"]), str(row["left"] or ""))
        rows.append((row["unit"], row["cadre"], *counts, _pace(row), row["worst"]))
    screen.say(table_of(COLUMNS, rows))
    for line in (*found.silent, *found.outstanding):
        screen.say(line, "yellow")
    screen.say(found.inbox.words)
