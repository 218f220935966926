"""Who may say what of an item in a row that carries its number: its own units all, its handler how it is handled."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

from dazoufang.ledger.items import Item
from dazoufang.ledger.merge import Entry
from dazoufang.model.bureaus import within
from dazoufang.model.submission import OTHERS, SENDER
from dazoufang.model.terms import normalize
from dazoufang.rules.campaign import Rules

# What the 责任单位 or 承办单位 says of an item of others; all else is not its to say.
HANDLING: Final = (
    "measures", "responsible_person", "outcome", "status", "resolved_on", "follow_up_on", "follow_up_mode",
    "follow_up_note", "satisfaction", "closed_on",
)  # fmt: skip

Voice = Literal["all", "handling", "nothing"]


def voice(entry: Entry, item: Item, rules: Rules) -> Voice:
    """What the sender of a row may say of the item that the row names.

    Rule: a unit speaks for its own items; 责任单位 or 承办单位, before one is named the office of §7.3, for how the item is
    handled; who may speak for others for all. What was taken before the rules asked stays.
    """
    sender = entry.part.meta.get(SENDER, "")
    if not sender or rules.campaign.authority.speaks_for_others(sender):
        return "all"
    named = normalize(sender)
    if named in {normalize(unit) for unit in _owners(item)}:
        return "all"
    return "handling" if named in map(normalize, _handlers(item, rules)) else "nothing"


def is_of_another(entry: Entry) -> bool:
    """Whether the row shows another unit of the roster than its sender, and stands for its number alone."""
    return entry.row.place in entry.part.meta.get(OTHERS, "").splitlines()


def restricted(entry: Entry, item: Item) -> Entry:
    """The row as far as a handler may say it: nothing of whose the item is, nor what. Where it said nothing of the item
    until now, as it was no handler's, it is said now, however long ago it came first."""
    before = item.rows.get(entry.entry_id)
    said_in = max(entry.said_in, before.said_in) if before else entry.submission.submission_id
    values = {name: value for name, value in entry.values.items() if name in HANDLING or name == "item_no"}
    return replace(entry, unit="", said_in=said_in, row=replace(entry.row, unit="", values=values))


def withheld(entry: Entry, item: Item) -> list[str]:
    """The fields of the row that say something else of the item than is known, and are not the handler's to say."""
    facts = item.facts()
    return [
        name
        for name, value in entry.values.items()
        if name not in HANDLING and name != "item_no" and value and value != facts.get(name, "")
    ]


def _owners(item: Item) -> set[str]:
    """The unit of the row that told of the item first, and who sent it. Who tells of the same matter later does not
    come to own it."""
    told = [*(mention.entry for mention in item.mentions), *item.rows.values()]
    entries = sorted((entry for entry in told if not _is_handlers(entry)), key=lambda entry: entry.entry_id)
    return {name for entry in entries[:1] for name in (entry.unit, entry.part.unit) if name}


def _is_handlers(entry: Entry) -> bool:
    """Whether the row is one that was taken only as far as a handler may speak."""
    return not entry.unit


def _handlers(item: Item, rules: Rules) -> list[str]:
    """The 责任单位 or 承办单位 of the item; before one is named, the office of §7.3."""
    if responsible := item.facts().get("responsible_unit"):
        return [within(item.bureau, unit) for unit in responsible.split("、")]
    return offices(item, rules)


def offices(item: Item, rules: Rules) -> list[str]:
    """The offices of §7.3 by the kind of whoever raised it, each once: they stand for the 责任单位 until one is named.

    In the order of the days on which it was raised, what was joined to it last: the same wherever its annex is taken in.
    """
    office_of = rules.campaign.office_of
    raised = sorted(
        (bool(mention.joined), visit.get("visited_on", ""), office_of(visit.get("target_kind")))
        for mention in item.mentions
        for visit in (mention.entry.values,)
    )
    return list(dict.fromkeys(office for *_, office in raised)) or [office_of(item.facts().get("identity"))]
