"""When an item is resolved, and when it is closed (销号): two keys, and never one without the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from dazoufang.ledger import decisions
from dazoufang.ledger.items import Item
from dazoufang.model.faults import day_words
from dazoufang.model.vocabularies import (
    Complexity,
    DisputeStatus,
    ItemKind,
    ItemState,
    Nature,
    Satisfaction,
    SuggestionStatus,
)
from dazoufang.rules.campaign import Closing

# What the handler's word for "resolved" may be.
HANDLED: Final = frozenset[str]((DisputeStatus.RESOLVED, DisputeStatus.ENDED, SuggestionStatus.RESOLVED))
INQUIRIES: Final = frozenset((Nature.INQUIRY, Nature.HELP))

# What stands in 备注 of a reopened item. It is read again where an annex is taken in: decisions do not travel with it.
_REOPENED: Final = "曾于{}办结，{}重开"
_REOPENED_TOLD: Final = re.compile(r"曾于\d{4}年\d{1,2}月\d{1,2}日办结，(\d{4})年(\d{1,2})月(\d{1,2})日重开")
_DISSATISFIED: Final = "曾于{}办结，群众不满意，重新办理"
_FOLLOW_UP: Final = ("follow_up_on", "follow_up_mode", "follow_up_note", "satisfaction")


@dataclass(frozen=True, slots=True)
class ClosingState:
    """How far an item has come. `awaiting` says in words what is still missing ("" nothing, or nobody claims that it is
    resolved), `need` what to fill in before it can close; days are ISO text, "" none."""

    state: str
    closed_on: str = ""
    awaiting: str = ""
    need: str = ""


def state_today(item: Item, facts: Mapping[str, str], closing: Closing) -> ClosingState:
    """How far an item of these facts has come by today."""
    return state_from(item.kind, facts, closing, reopened_on(item, facts))


def lacks_measures(kind: str, facts: Mapping[str, str]) -> bool:
    """Whether nobody ever said what was to be done about a dispute (化解措施).

    Rule (实施方案): 对各种矛盾和问题先分类研判,提出处理建议. It closes all the same; that is said, and listed.
    """
    return kind == ItemKind.DISPUTE and not facts.get("measures")


def reopened_on(item: Item, facts: Mapping[str, str]) -> str:
    """The day that voided what was resolved before, "" none.

    Rule: the same person with the same matter again reopens it, and so does a decision (重开). Brought up again
    before it is resolved, it was open anyway. An annex says it in 备注.
    """
    resolved_on = facts.get("resolved_on", "")
    again = (day for day in item.raised_on() if resolved_on and day > resolved_on)
    told = (day for day in _told_reopened(item) if day > resolved_on)
    return max([*again, *told, decisions.reopened_on(item.decisions, resolved_on)])


def _told_reopened(item: Item) -> Iterator[str]:
    """The days on which its rows say, as our annexes do, that it was reopened."""
    for entry in item.rows.values():
        remark = entry.values.get("remark", "")
        if "重开" in remark:
            for year, month, day in _REOPENED_TOLD.findall(remark):
                yield f"{year}-{int(month):02d}-{int(day):02d}"


def standing(kind: str, facts: Mapping[str, str], now: ClosingState, voided_by: str) -> dict[str, str]:
    """The facts as they stand: of one who is open again nothing of what was resolved before, but that it was, in 备注.

    kind: of item. facts: what was said of it, with its status. now, voided_by: of `state_from` and `reopened_on`.
    Rule: what has been reopened is being handled, whatever was said before. A follow-up after the reopening is of the
    new life; one that found the person dissatisfied (不满意) is what reopened it, and stays.
    """
    dissatisfied = facts.get("satisfaction") == Satisfaction.DISSATISFIED
    if now.state != ItemState.OPEN or not (voided_by or dissatisfied):
        return dict(facts)
    resolved_on = facts.get("resolved_on", "")
    stale = {"resolved_on"}
    if resolved_on and voided_by and facts.get("follow_up_on", "") <= voided_by:
        stale.update(_FOLLOW_UP)
    shown = {name: value for name, value in facts.items() if name not in stale}
    if shown["status"] in HANDLED:
        shown["status"] = DisputeStatus.IN_HAND if kind == ItemKind.DISPUTE else SuggestionStatus.IN_HAND
    if resolved_on:
        then, again = (day_words(date.fromisoformat(day)) for day in (resolved_on, voided_by or resolved_on))
        told = _REOPENED.format(then, again) if voided_by else _DISSATISFIED.format(then)
        remark = shown.get("remark", "")
        shown["remark"] = remark if told in remark else "；".join(filter(None, (remark, told)))
    return shown


def state_from(kind: str, values: Mapping[str, str], closing: Closing, voided_by: str = "") -> ClosingState:
    """How far an item has come, from what is on file.

    Rule (实施方案): 销号 needs the handler's word (办结日期 with 化解情况) and the follow-up that the plan demands, not
    before it: 复杂 → 上门; 简单 → 电话 or 上门; a suggestion, an inquiry → a reply. 不满意 keeps it open.
    `voided_by`: the day the matter came up again after it was resolved; what was done before no longer counts.
    """
    dispute = kind == ItemKind.DISPUTE
    done, handled = ("化解情况", DisputeStatus.RESOLVED) if dispute else ("办理情况", SuggestionStatus.RESOLVED)
    resolved_on = values.get("resolved_on", "")
    if voided_by:
        return ClosingState(
            ItemState.OPEN,
            awaiting=f"{day_words(date.fromisoformat(voided_by))}重开，需重新办理",
            need=f"重新办理后的办结日期和{done}",
        )
    if values.get("satisfaction") == Satisfaction.DISSATISFIED:
        need = f"重新办理后的办结日期、{done}和满意度"
        return ClosingState(ItemState.OPEN, awaiting="群众不满意，需继续办理", need=need)
    if values.get("status", "") not in HANDLED:
        return ClosingState(ItemState.OPEN, need=f"办结日期和{done}，并把办理状态改为“{handled}”")
    filled = {"办结日期": resolved_on, done: values.get("outcome", "")}
    missing = "、".join(title for title, value in filled.items() if not value)
    if missing:
        return ClosingState(ItemState.OPEN, awaiting=f"缺{missing}", need=missing)
    return _second_key(kind, values, closing, resolved_on)


def _second_key(kind: str, values: Mapping[str, str], closing: Closing, resolved_on: str) -> ClosingState:
    word = "回访" if kind == ItemKind.DISPUTE else "回复"
    follow_up_on, mode = values.get("follow_up_on", ""), values.get("follow_up_mode", "")
    if not follow_up_on:
        return ClosingState(ItemState.RESOLVED, awaiting=f"缺{word}日期", need=f"{word}日期和{word}方式")
    if follow_up_on < resolved_on:
        days = [day_words(date.fromisoformat(day)) for day in (follow_up_on, resolved_on)]
        awaiting = f"{word}（{days[0]}）早于办结（{days[1]}），需在办结之后{word}"
        return ClosingState(ItemState.RESOLVED, awaiting=awaiting, need=f"办结之后的{word}日期和{word}方式")
    if kind == ItemKind.DISPUTE:
        complexity = values.get("complexity") or closing.default_complexity.value
        allowed = (
            closing.complex_follow_up.value if complexity == Complexity.COMPLEX else closing.simple_follow_up.value
        )
        if mode not in allowed:
            given = f"现为“{mode}”" if mode else "现未填方式"
            wanted = "或".join(allowed)
            awaiting = f"{complexity}事项须{wanted}回访（{given}）"
            return ClosingState(ItemState.RESOLVED, awaiting=awaiting, need=f"{wanted}回访的日期和方式")
    return ClosingState(ItemState.CLOSED, closed_on=max(values.get("closed_on", "") or follow_up_on, follow_up_on))
