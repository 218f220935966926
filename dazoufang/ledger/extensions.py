"""Which deadline stands for an item, and to which day an approved 延期 has moved it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dazoufang.ledger import decisions
from dazoufang.ledger.closing import reopened_on
from dazoufang.ledger.items import Item
from dazoufang.ledger.merge import Entry
from dazoufang.model.faults import day_words
from dazoufang.model.vocabularies import ItemState
from dazoufang.rules.campaign import Campaign


def extended_on(item: Item, facts: Mapping[str, str], campaign: Campaign) -> str:
    """The ISO day to which decisions have moved the deadline of an item of these facts; "" none."""
    if not item.decisions:  # as nearly always
        return ""
    return decisions.extended_on(item.decisions, _without_decisions(item, facts, campaign)[0])


def extended_then_on(item: Item, facts: Mapping[str, str], state: str, campaign: Campaign) -> str:
    """The same by the decisions that had been approved when the item was resolved; of an open one by all of them."""
    resolved_on = facts.get("resolved_on", "")
    if state == ItemState.OPEN or not item.decisions:
        return extended_on(item, facts, campaign)
    then = [decision for decision in item.decisions if decision.values["approved_on"] <= resolved_on]
    return decisions.extended_on(then, _without_decisions(item, facts, campaign)[0])


def standing(item: Item, campaign: Campaign, decision: Entry) -> tuple[str, str]:
    """The deadline that stood when `decision` was approved: the ISO day, and what it is, in Chinese."""
    day, words = _without_decisions(item, item.facts(), campaign)
    moved = decisions.extended_on(decisions.approved_before(item.decisions, decision), day)
    return (moved, f"已批准延期到{_in_words(moved)}") if moved else (day, words)


def _without_decisions(item: Item, facts: Mapping[str, str], campaign: Campaign) -> tuple[str, str]:
    """The deadline without any decision, and what it is: its own day, or the end of the phase that binds it, whichever
    is earlier. What was set before a reopening binds no longer."""
    reopened = reopened_on(item, facts)
    began = reopened or facts.get("visited_on", "") or item.opened_on.isoformat()
    bound = campaign.bound_to(
        item.year, item.round_no, date.fromisoformat(began), date.fromisoformat(reopened) if reopened else None
    )
    phase, own = campaign.resolving(bound), facts.get("due_on", "")
    end = phase.last.isoformat()
    if own and own >= reopened and own <= end:
        return own, f"原来的时限是{_in_words(own)}"
    return end, f"{phase.name}的最后一天是{_in_words(end)}"


def _in_words(day: str) -> str:
    return day_words(date.fromisoformat(day))
