"""事项: the items by state, age and kind, by township, the ones that are not closed; and what changed today."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from dazoufang.duties.item_figures import Group
from dazoufang.duties.levels import LEVELS
from dazoufang.ledger.changes import CASES
from dazoufang.ledger.frames import plain
from dazoufang.model.submission import VERDICT_NAMES
from dazoufang.model.vocabularies import ITEM_KIND_NAMES, ItemKind, ItemState
from dazoufang.rules.answered import answered_to
from dazoufang.writing import alert_sheet, change_sheet, masks
from dazoufang.writing.dashboard.answer_links import AnswerLinks
from dazoufang.writing.dashboard.facts import Facts
from dazoufang.writing.dashboard.tables import Heading, table
from dazoufang.writing.dashboard.unfolded import unfolded

STATES: Final = {ItemState.OPEN: "在办", ItemState.RESOLVED: "待回访", ItemState.CLOSED: "已销号"}
_DRAWN: Final = 12  # categories in a chart
_LISTED: Final = 500  # items, changes; a page holds no more
_MATTER: Final = 60  # characters
_DAYS: Final = ("resolve_due_on", "reply_due_on", "follow_up_due_on")


def states(facts: Facts) -> list[list[Any]] | None:
    """Of each kind: its name, the items of the round open, resolved, closed, and earlier ones that are not closed."""
    rows = [
        [ITEM_KIND_NAMES[ItemKind(one.kind)], one.open, one.resolved, one.closed, one.earlier_open + one.earlier_resolved]
        for one in facts.items.by_state()
    ]  # fmt: skip
    return rows if any(any(row[1:]) for row in rows) else None


def ages(facts: Facts) -> list[list[Any]] | None:
    """Of the items that are not closed, by age: its words, open, resolved."""
    rows = [[one.name, one.open, one.resolved] for one in facts.items.by_age()]
    return rows if any(row[1] or row[2] for row in rows) else None


def categories(kind: ItemKind, facts: Facts) -> list[list[Any]] | None:
    """The items of a kind by 类别: its name, not closed, closed; the rare ones together."""
    found = facts.items.by_category(kind)
    if len(found) > _DRAWN:
        rest = found[_DRAWN - 1 :]
        found = [
            *found[: _DRAWN - 1],
            Group(f"其余{len(rest)}类", *(map(sum, zip(*(one[1:] for one in rest), strict=True)))),
        ]
    return [[one.name, one.open + one.resolved, one.closed] for one in found] or None


def townships(facts: Facts) -> dict[str, Any]:
    """The grid of the townships."""
    headings = [
        Heading("乡镇"),
        *(Heading(title, "number") for title in ("走访户次", "矛盾纠纷", "意见建议", "未销号")),
    ]
    return table(headings, facts.items.by_township(facts.frames), "本轮的户次、件数；未销号是其中还没有销号的。")


def unclosed(facts: Facts) -> dict[str, Any]:
    """The items that are not closed: the most urgent first, then what is due first."""
    worst = _worst(facts)
    rows = [_item(row, *worst.get(row["item_no"], ("", None)), facts) for row in facts.items.unclosed]
    rows.sort(key=lambda row: (LEVELS.index(row[0]) if row[0] else len(LEVELS), row[8] or "9", row[1]))
    headings = [
        Heading("级别", "level", chosen=True), Heading("编号"), Heading("种类", chosen=True, printed=False), Heading("填报单位", "wrapped", chosen=True),
        Heading("乡镇", chosen=True), Heading("事项", "long"), Heading("办到哪里", chosen=True), Heading("多少天了", "number"),
        Heading("时限", "day"), Heading("责任单位", "wrapped"), Heading("责任人", "wrapped"),
    ]  # fmt: skip
    note = "多少天了，从反映或重新打开那天算起。时限是让它有这个级别的那一条预警的，没有预警的是办结、回复、回访中最近的一个；责任单位没有落实的，括号里是暂时负责的股室。"
    if len(rows) > _LISTED:
        note = f"共{len(rows)}件，这里列最急的{_LISTED}件，全部见附件2、附件3。{note}"
    return table(headings, rows[:_LISTED], note)


def _item(row: dict[str, Any], level: str, due_on: date | None, facts: Facts) -> list[Any]:
    """One line. level, due_on: of its worst alert; "", None: it has none."""
    days = [due_on] if due_on else [row[name] for name in _DAYS if row[name]]
    person, matter = row["person"], facts.hide(row["matter"])
    if person and facts.hides_names:
        person = masks.name(person)
    office = row["responsible_unit"] or (f"（{row['responsible_office']}）" if row["responsible_office"] else "")
    return [
        level, row["item_no"], ITEM_KIND_NAMES[ItemKind(row["kind"])], row["unit"], row.get("township", ""),
        f"{person}：{matter if len(matter) <= _MATTER else matter[: _MATTER - 1] + '…'}",
        STATES[ItemState(row["state"])], facts.items.age(row),
        min(days).isoformat() if days else None, office, row["responsible_person"],
    ]  # fmt: skip


def _worst(facts: Facts) -> dict[str, tuple[str, date | None]]:
    """Number of an item → the level of its worst alert, and the day that counts there."""
    worst: dict[str, tuple[str, date | None]] = {}
    for number, *alert in zip(*(plain(facts.alerts[name]) for name in ("item_no", "level", "due_on")), strict=True):
        worst.setdefault(number, (alert[0], alert[1]))  # they come worst first
    return worst


def alerts(facts: Facts) -> dict[str, Any]:
    """Who must do what: the first sheet of 预警提醒, many of one cause as one."""
    headings = [
        Heading("级别", "level", chosen=True), Heading("类型", chosen=True), Heading("单位", "wrapped", chosen=True),
        Heading("对象/责任人", "wrapped"), Heading("找谁", "wrapped"), Heading("件数", "number", printed=False), Heading("事项", "long"), Heading("原因", "long"), Heading("时限", "day"),
        Heading("剩余工作日", "number", printed=False), Heading("怎么办", "long"), Heading("提醒谁", "wrapped", chosen=True, printed=False),
    ]  # fmt: skip
    masked = {"subject", "why", "action"}
    rows = [[facts.hide(value) if name in masked else value for name, value in row.items()] for row in facts.urgent]
    note = f"与预警提醒的第1张表一致；合成一条的，点开看有哪些，全部见 {alert_sheet.FILE}。剩余工作日不含今天，负数是已经超过的工作日。"
    return table(headings, rows, note, unfolded(facts))


def changed(facts: Facts) -> dict[str, Any]:
    """What changed today, as 今日变化 has it."""
    found = [*facts.changes.items, *facts.changes.visits]
    found.sort(key=lambda change: CASES.index(change.case))
    headings = [
        Heading("变化", chosen=True), Heading("编号"), Heading("单位", chosen=True), Heading("事项、走访", "long"), Heading("哪一列"),
        Heading("原来", "long"), Heading("现在", "long"), Heading("哪份报送件", "long"),
    ]  # fmt: skip
    rows = [
        (
            one.case, one.number, one.unit, facts.hide(one.words), one.column, facts.hide(one.before), facts.hide(one.after),
            "；".join(_file(number, facts) for number in one.files),
        )
        for one in found[:_LISTED]
    ]  # fmt: skip
    more = f"共{len(found)}处，这里列前{_LISTED}处，全部见今日变化.xlsx。" if len(found) > _LISTED else ""
    return table(headings, rows, more)


def _file(number: int, facts: Facts) -> str:
    return facts.hide(f"{number:04d} {facts.files[number].name}") if number in facts.files else f"收件{number:04d}号"


def balance(facts: Facts) -> dict[str, Any]:
    """The night's balance (law 8)."""
    titles = ("早上未销号", "＋新登记", "＋重新打开", "－销号", "－撤回撤下", "－并入别的", "＝现在未销号")
    rows = [(ITEM_KIND_NAMES[ItemKind(kind.kind)], *kind[1:]) for kind in facts.changes.balance]
    return table([Heading("类别"), *(Heading(title, "number") for title in titles)], rows)


def received(facts: Facts, answers: AnswerLinks) -> dict[str, Any]:
    """What came today, as 今日变化 lists it, with the `answers` to it."""
    headings = [
        Heading("收件号"), Heading("单位", chosen=True), Heading("报送件", "long"), Heading("结论", chosen=True),
        Heading("收下行数", "number"), Heading("须改处数", "number"), Heading("请核对处数", "number"), Heading("后来"),
        Heading("打开", "links", printed=False),
    ]  # fmt: skip
    rows = [
        (
            f"{one.submission_id:04d}", answered_to(one, facts.rules), facts.hide(one.name), VERDICT_NAMES[one.verdict],
            sum(len(part.counted) for part in one.parts), len(one.errors), change_sheet.asked(one),
            change_sheet.became(facts.since[one.submission_id]), answers.of(one),
        )
        for one in facts.received
    ]  # fmt: skip
    return table(headings, rows)
