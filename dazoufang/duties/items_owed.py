"""What the items of the ledger owe: an owner, handling, a reply, a follow-up, an entry."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from dazoufang.duties.deadlines import DEADLINES, needs_keeper
from dazoufang.duties.levels import Alert, Ladder
from dazoufang.ledger.frames import records
from dazoufang.ledger.items import HANDED_ON
from dazoufang.model.bureaus import bureau_of, within
from dazoufang.model.vocabularies import Complexity, ItemKind, ItemState
from dazoufang.rules.campaign import Closing, Rules
from dazoufang.rules.schema import ITEM_KIND

NO_KEEPER: Final = "涉稳未落实包保"
NO_OWNER: Final = "未落实责任"
ITEM_OVERDUE: Final = "超过时限"
ITEM_DUE: Final = "临近时限"
REPLY_DUE: Final = "待回复"
FOLLOW_UP_DUE: Final = "待回访"
STALE: Final = "久拖不理"

# The columns of `deadlines.due` that alerts of items are made from.
_READ: Final = [
    "item_no", "kind", "status", "unit", "cadres", "person", "matter", "risk", "complexity", "awaiting",
    "visited_on", "opened_on", "updated_on", "reopened_on", "resolved_on", "responsible_unit", "responsible_person", "responsible_office",
]  # fmt: skip
_DUE: Final = [name for day in DEADLINES for name in (day, f"{day}_why")]


class ItemAlerts:
    """What the items of the ledger owe. `units`: those of the roster, which somebody can be told in."""

    def __init__(self, items: pd.DataFrame, units: Collection[str], rules: Rules, ladder: Ladder) -> None:
        self._items, self._units = items, units
        self._closing = rules.campaign.closing
        self._titles = {kind: rules.form(role).title for role, kind in ITEM_KIND.items()}
        self._ladder = ladder

    def alerts(self) -> Iterator[Alert]:
        """Of every item that is not closed."""
        for row in records(self._items[self._items["state"] != ItemState.CLOSED], [*_READ, *_DUE]):
            yield from self._owner(row)
            overdue = False
            if handling := self._handling(row):
                first, kind, since_on, why, action = min(handling, key=lambda step: step[0])
                overdue = first < self._ladder.today
                yield from self._of_item(kind, row, first, since_on, why, action)
            stale = row["stale_on"]
            if stale and stale <= self._ladder.today and not overdue:
                since_on = row["updated_on"] or stale
                action = "请登记最新进展（办理情况、办理状态）；有困难的写明原因"
                yield from self._of_item(STALE, row, stale, since_on, row["stale_on_why"], action)

    def _handling(self, row: dict[str, Any]) -> list[tuple[date, str, date, str, str]]:
        """What handling it still wants, in order of precedence: (due, kind, since when, why, action)."""
        found = []
        registered = row["reopened_on"] or row["opened_on"]
        raised = row["reopened_on"] or row["visited_on"]
        if day := row["reply_due_on"]:
            action = "请答复反映人，登记回复日期和回复方式"
            found.append((day, REPLY_DUE, raised or day, row["reply_due_on_why"], action))
        if day := row["follow_up_due_on"]:
            since_on = row["resolved_on"] or day
            found.append((day, FOLLOW_UP_DUE, since_on, row["follow_up_due_on_why"], _follow_up(row, self._closing)))
        if day := row["resolve_due_on"]:
            late = day < self._ladder.today
            since_on = day + timedelta(days=1) if late else registered or day
            kind = ITEM_OVERDUE if late else ITEM_DUE
            found.append((day, kind, since_on, row["resolve_due_on_why"], _resolve(row, late)))
        return found

    def _owner(self, row: dict[str, Any]) -> Iterator[Alert]:
        """未落实责任, or 涉稳未落实包保 in its place: an item that has no 责任单位 or no 责任人."""
        day = row["owner_due_on"]
        if day is None:
            return
        keeper = row["responsible_person"]
        risky = not keeper and needs_keeper(row["risk"], row["status"])
        titles = {"responsible_unit": "责任单位", "responsible_person": "责任人"}
        missing = "、".join(title for name, title in titles.items() if not row[name])
        unit = _responsible(row) or self._office(row) or row["unit"]
        yield from self._ladder.alert(
            NO_KEEPER if risky else NO_OWNER,
            row["item_no"],
            day,
            row["reopened_on"] or row["opened_on"] or day,
            unit=unit,
            person=keeper,
            item_no=row["item_no"],
            subject=_subject(row),
            why=row["owner_due_on_why"],
            action=f"请落实{missing}，填入《{self._titles[row['kind']]}》后放入收件箱"
            + ("" if keeper else f"；落实以前{self._who_first(unit, row)}"),
        )

    def _who_first(self, told: str, row: dict[str, Any], does: str = "办") -> str:
        """Who deals with an item until its 责任人 is named, as the unit `told` is to read it: 由本单位先办."""
        unit = _responsible(row) or self._office(row) or row["responsible_office"] or row["unit"]
        return f"由本单位先{does}" if unit == told else f"由{unit}先{does}，请先与它联系"

    def _office(self, row: dict[str, Any]) -> str:
        """The office of §7.3 that stands for the 责任单位 until one is named, if the roster has it; "" it has not."""
        return next((office for office in row["responsible_office"].split("、") if office in self._units), "")

    def _of_item(
        self, kind: str, row: dict[str, Any], due_on: date, since_on: date, why: str, action: str
    ) -> Iterator[Alert]:
        """An alert that goes to the 责任人 or, without one, to the cadres who brought the item in; of what was handed on
        to the 责任单位 that has it now.

        kind: one of the kinds of `alerts`. row: the item, with its deadlines. due_on: the day that decides the level.
        since_on: since when it waits. why, action: reason and what to do, in Chinese.
        """
        keeper = row["responsible_person"]
        handed_on = row["status"] == HANDED_ON and row["responsible_unit"]
        first = ""
        if not keeper and not handed_on and row["owner_due_on"]:  # another unit is told to name one: who begins?
            first = f"；还没有责任人，{self._who_first(row['unit'], row, '答复' if kind == REPLY_DUE else '办')}"
        yield from self._ladder.alert(
            kind,
            row["item_no"],
            due_on,
            since_on,
            unit=(_responsible(row) if keeper or handed_on else "") or row["unit"],
            person=keeper or ("" if handed_on else row["cadres"]),
            item_no=row["item_no"],
            subject=_subject(row),
            why=why,
            action=action + first,
        )


def _responsible(row: dict[str, Any]) -> str:
    """The 责任单位 of an item, of another bureau with its name; "" there is none."""
    return within(bureau_of(row["unit"]), row["responsible_unit"])


def _subject(row: dict[str, Any]) -> str:
    matter = row["matter"]
    return f"{row['person']}：{matter if len(matter) <= 40 else f'{matter[:39]}…'}"


def _resolve(row: dict[str, Any], late: bool) -> str:
    done = "化解" if row["kind"] == ItemKind.DISPUTE else "办理"
    awaiting = f"（{row['awaiting']}）" if row["awaiting"] else ""
    if late:
        return f"请立即{done}，登记办结日期和{done}情况{awaiting}；一时办不完的，报批延期（填裁定表）"
    return f"请在时限内{done}，登记办结日期和{done}情况{awaiting}；办不完的，及早报批延期（填裁定表）"


def _follow_up(row: dict[str, Any], closing: Closing) -> str:
    awaiting = f"（{row['awaiting']}）" if row["awaiting"] else ""
    if row["kind"] != ItemKind.DISPUTE:
        return f"请答复反映人，登记回复日期和回复方式{awaiting}"
    hard = (row["complexity"] or closing.default_complexity.value) == Complexity.COMPLEX
    modes = closing.complex_follow_up.value if hard else closing.simple_follow_up.value
    return f"请{'或'.join(modes)}回访，登记回访日期和回访方式{awaiting}"
