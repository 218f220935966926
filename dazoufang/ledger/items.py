"""What an item of the ledger is: the mentions and rows that speak of it, and its facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from dazoufang.ledger import decisions
from dazoufang.ledger.merge import Entry
from dazoufang.model import terms
from dazoufang.model.vocabularies import Decision, DisputeStatus, ItemKind, Nature, SuggestionStatus
from dazoufang.rules.on_the_spot import OnTheSpot

# A visit's cells that open items: field → (kind of item, what kind of matter it is).
OPENING: Final = {
    "dispute": (ItemKind.DISPUTE, ""),
    "suggestion": (ItemKind.SUGGESTION, Nature.SUGGESTION),
    "inquiry": (ItemKind.SUGGESTION, ""),
}
INQUIRY: Final = "inquiry"  # of them the cell of 政策咨询 and 问题求助
# Stands in a visit's 台账编号 for a matter whose item was struck off.
STRUCK: Final = Decision.VOID
# Stands in 台账编号 between the number of an item that became part of another and that other's.
JOINED_INTO: Final = "并入"
# The status (办理状态) of what another unit is to handle; an office may have no such word in its forms.
HANDED_ON: Final = "移交转办"
# What a visit says of the item it opened; the rest comes from the office's own rows, the newest that is filled.
IDENTITY: Final = ("unit", "visited_on", "cadres", "person", "phone", "township", "village", "identity")
_WHAT_IT_IS: Final = (*IDENTITY, "matter", "nature", "category", "proposal_no")


@dataclass(slots=True)
class Mention:
    """A matter in a visit's cell (one of several when numbered). `joined`: the number of the item that it was of before
    that became part of another, "" none. `on_the_spot`: when what was answered on the spot is the reply to it; none to what is no inquiry."""

    entry: Entry
    field: str
    text: str
    joined: str = ""
    on_the_spot: OnTheSpot | None = None

    @property
    def kind(self) -> str:
        """What kind of item it is."""
        return OPENING[self.field][0]

    @property
    def person(self) -> str:
        """Whose matter it is."""
        return self.entry.visit.get("household", "")

    @property
    def values(self) -> dict[str, str]:
        """The mention as values of a ledger row."""
        visit = self.entry.visit
        kind, nature = OPENING[self.field]
        same = ("visited_on", "cadres", "phone", "township", "village")
        shared: dict[str, str] = {name: visit[name] for name in same if name in visit}
        values = {**shared, "unit": self.entry.unit, "person": self.person, "matter": self.text}
        if kind == ItemKind.SUGGESTION:
            values["nature"] = nature or (Nature.HELP if terms.ASKS_FOR_HELP.search(self.text) else Nature.INQUIRY)
            if self.on_the_spot and self.on_the_spot.answered(visit.get("reply", "")):
                values |= {"follow_up_on": visit["visited_on"], "follow_up_mode": self.on_the_spot.mode.value}
            for ours, theirs in (("identity", "target_kind"), ("proposal_no", "proposal_no")):
                if theirs in visit:
                    values[ours] = visit[theirs]
        return {name: value for name, value in values.items() if value}


@dataclass(slots=True)
class Item:
    """One item. Its facts are never stored: they are read off the mentions and rows that stand. `given`: its number
    was not ours to give but came with an annex. `joined`: the numbers of the items that became part of it;
    `joined_rows`: the rows that speak of these."""

    item_no: str
    kind: str
    year: int
    round_no: int
    opened_on: date
    updated_on: date
    given: bool = False
    bureau: str = ""  # that it was told by, where that is another than the rules' own
    mentions: list[Mention] = field(default_factory=list)
    rows: dict[int, Entry] = field(default_factory=dict)  # entry id → row of an办理表
    last: dict[str, str] = field(default_factory=dict)  # its facts before a source was withdrawn
    decisions: list[Entry] = field(default_factory=list)
    joined: list[str] = field(default_factory=list)
    joined_rows: set[int] = field(default_factory=set)

    @property
    def own_mentions(self) -> list[Mention]:
        """The mentions that are of the item itself, not of one that became part of it; all where none is."""
        return [mention for mention in self.mentions if not mention.joined] or self.mentions

    @property
    def stands(self) -> bool:
        """Whether anything still speaks for it and no decision has struck it off."""
        return bool(self.mentions or self.rows) and not decisions.struck_on(self.decisions)

    def sources(self) -> Iterator[dict[str, str]]:
        """What each mention and row says, mentions first, in the order of their days and arrival."""
        for mention in self._mentions_by_day():
            yield mention.values
        for entry in self.by_arrival():
            yield row_values(entry)

    def own_sources(self) -> list[dict[str, str]]:
        """The sources that are of the item itself, not of one that became part of it."""
        own = [mention.values for mention in self._mentions_by_day() if not mention.joined]
        return own + [row_values(row) for row in self.by_arrival() if row.entry_id not in self.joined_rows]

    def _mentions_by_day(self) -> list[Mention]:
        return sorted(
            self.mentions, key=lambda mention: (mention.entry.values.get("visited_on", ""), mention.entry.entry_id)
        )

    def by_arrival(self) -> list[Entry]:
        """Its rows, those that were last said anything new at the end."""
        return sorted(self.rows.values(), key=lambda entry: (entry.said_in, entry.row.row_id))

    def facts(self) -> dict[str, str]:
        """What is known of the item: who it is from the first source that says so, the rest from the newest.

        What is handed on (移交转办) to another 责任单位 is nobody's there until it names somebody: who kept it before answers
        no more. Where only rows are left that name it by its number, who and what it is stays as it was known. Who and what it
        is never comes from an item that became part of it, while anything of its own says so.
        """
        facts: dict[str, str] = {}
        for values in self.sources():
            if _hands_on(values, facts):
                facts.pop("responsible_person", None)
            for name, value in values.items():
                if value and (name not in IDENTITY or name not in facts):
                    facts[name] = value
        if self.joined and (own := _own_identity(self.own_sources()) or _own_identity([self.last])):
            facts = {name: value for name, value in facts.items() if name not in _WHAT_IT_IS} | own
        if not facts:
            return dict(self.last)
        if not (facts.get("person") and facts.get("matter")):
            known = {name: value for name, value in self.last.items() if name in (*IDENTITY, "matter", "nature")}
            facts = {**known, **facts}
        facts.pop("item_no", None)
        status = DisputeStatus if self.kind == ItemKind.DISPUTE else SuggestionStatus
        facts.setdefault("status", status.NOT_BEGUN)
        return facts

    def raised_on(self) -> list[str]:
        """The days on which a visit brought the matter up."""
        return sorted({mention.entry.values.get("visited_on", "") for mention in self.own_mentions})

    def came_again(self, facts: Mapping[str, str]) -> bool:
        """Whether the person has come with it again (重复访)."""
        days, resolved_on = self.raised_on(), facts.get("resolved_on", "")
        return len(days) > 1 or bool(days and resolved_on and days[-1] > resolved_on)


def _hands_on(values: Mapping[str, str], facts: Mapping[str, str]) -> bool:
    """Whether a source hands an item of these facts on to another unit and names nobody there."""
    unit = values.get("responsible_unit", "")
    return values.get("status") == HANDED_ON and unit not in ("", facts.get("responsible_unit", ""))


def _own_identity(sources: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Who and what an item is by its own sources; nothing where they do not say whose it is."""
    own: dict[str, str] = {}
    for values in sources:
        for name in _WHAT_IT_IS:
            if values.get(name) and (name not in IDENTITY or name not in own):
                own[name] = values[name]
    return own if own.get("person") and own.get("matter") else {}


def row_values(entry: Entry) -> dict[str, str]:
    """A row of an办理表 with the unit it speaks for."""
    return {"unit": entry.unit, **entry.values}


def in_brief(values: Mapping[str, str]) -> str:
    """A matter in words, for receipts: who, and its beginning."""
    matter = values.get("matter", "")
    return f"{values.get('person', '')}：{matter if len(matter) <= 30 else matter[:29] + '…'}"
