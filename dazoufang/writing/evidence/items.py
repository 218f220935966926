"""The sheets of the year's evidence about items: on time by two denominators, and each with its deadline and why."""

from __future__ import annotations

from typing import Final

from dazoufang.duties.on_time import Handled
from dazoufang.ledger.frames import plain
from dazoufang.model.vocabularies import ItemKind, ItemState
from dazoufang.writing.evidence.figures import SERIAL, UNIT, handled_of, least, small, table
from dazoufang.writing.evidence.numbers import BUREAU, ITEMS, KINDS, Numbers
from dazoufang.writing.sheets.columns import STYLE, Column, SheetSpec

HANDLED: Final = "事项按时办理"


def handled_sheet(numbers: Numbers, right: str) -> SheetSpec:
    fewest = least(numbers)
    resolved, due = "按时率（占已办结）", "按时率（占已办结和超期未结）"
    columns = (
        SERIAL, UNIT, Column("kind", "类别", 9), Column("found", "收集", 6, kind="int"), Column("closed", "已销号", 7, kind="int"),
        Column("late", "超期办结", 7, kind="int"), Column("overdue", "超期未结", 7, kind="int"), Column("not_due", "没有到期", 7, kind="int"),
        Column("on_time", "按时办结", 7, kind="int", group=resolved), Column("resolved", "已办结", 7, kind="int", group=resolved),
        Column("of_done", "比例", 8, kind="percent", group=resolved),
        Column("on_time_too", "按时办结", 7, kind="int", group=due), Column("base", "已办结和超期未结", 9, kind="int", group=due),
        Column("of_due", "比例", 8, kind="percent", group=due),
    )  # fmt: skip
    rows = []
    for name in [*numbers.names[1:], BUREAU]:
        kinds = [kind for kind in KINDS if (name, kind) in numbers.handled]
        for kind in (*KINDS, ""):
            own = numbers.handled.get((name, kind))
            if name != BUREAU and (own is None or (not kind and len(kinds) == 1)):
                continue
            style = "total" if name == BUREAU else "" if kind else "subtotal"
            one = handled_of(own or Handled(), 1 if name == BUREAU else fewest)
            rows.append(
                one
                | {
                    "serial": None if not style else "小计" if style == "subtotal" else "合计",
                    "unit": name,
                    "kind": KINDS[kind][0] if kind else "两类合计",
                    "on_time_too": one["on_time"],
                    STYLE: style,
                }
            )
    earlier = numbers.frames.items
    carried = int(((earlier["year"] < numbers.year.year) & (earlier["state"] != ItemState.CLOSED)).sum())
    return SheetSpec(
        HANDLED,
        f"大走访活动{numbers.year.year}年事项按时办理情况",
        columns,
        table(rows, columns, style=True),
        right=right,
        style=STYLE,
        note=(
            f"按填报单位；当年登记的事项，往年结转没有销号的{carried}件不在内。“已办结”含已化解、已销号。时限是办结时有效的：批准过延期的按延期，"
            "办结以后才批的延期不算；否则按自己填的时限和阶段的最后一天中较早的。时限当天办结算按时。重开以后又办结的，按原来的时限。"
            f"每件的时限和依据见“{ITEMS}”。{small(numbers)}"
        ),
    )  # fmt: skip


def items_sheet(numbers: Numbers, right: str) -> SheetSpec:
    columns = (
        SERIAL, Column("item_no", "编号", 11), Column("kind", "类别", 9), UNIT, Column("person", "当事人", 9),
        Column("due_on", "时限", 10.5, kind="date"), Column("why", "时限的依据", 26), Column("resolved_on", "办结日期", 10.5, kind="date"),
        Column("closed_on", "销号日期", 10.5, kind="date"), Column("outcome", "结果", 9), Column("where", "出自", 26),
    )  # fmt: skip
    person = plain(numbers.frames.items["person"])
    rows = [
        {
            "item_no": one.item_no,
            "kind": KINDS[ItemKind(one.kind)][0],
            "unit": one.unit,
            "person": person[one.row],
            "due_on": one.due_on,
            "why": one.why,
            "resolved_on": one.resolved_on,
            "closed_on": one.closed_on,
            "outcome": one.outcome.value,
            "where": numbers.origin("items", one.row),
        }
        for one in numbers.items
    ]
    return SheetSpec(
        ITEMS,
        f"大走访活动{numbers.year.year}年事项的时限和办结",
        columns,
        table(rows, columns),
        left=f"共{len(rows)}件",
        right=right,
    )
