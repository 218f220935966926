"""What an item of the ledger is: the mentions and rows that speak of it, and its facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from dazoufang.ledger import decisions
from dazoufang.ledger.merge import Entry
from dazoufang.model import terms
from dazoufang.model.vocabularies import Decision, DisputeStatus, ItemKind, Nature, SuggestionStatus

# A visit's cells that open items: field → (kind of item, what kind of matter it is).
OPENING: Final = {
    "dispute": (ItemKind.DISPUTE, ""),
    "suggestion": (ItemKind.SUGGESTION, Nature.SUGGESTION),
    "inquiry": (ItemKind.SUGGESTION, ""),
}
# Stands in a visit's 台账编号 for a matter whose item was struck off.
STRUCK: Final = Decision.VOID
# What a visit says of the item it opened; the rest comes from the office's own rows, the newest that is filled.
IDENTITY: Final = ("unit", "visited_on", "cadres", "person", "phone", "township", "village", "identity")


@dataclass(slots=True)
class Mention:
    """A matter in a visit's cell (one of several when numbered)."""

    entry: Entry
    field: str
    text: str

    @property
    def kind(self) -> str:
        """What kind of item it is."""
        return OPENING[self.field][0]

    @property
    def values(self) -> dict[str, str]:
        """The mention as values of a ledger row."""
        visit = self.entry.visit
        kind, nature = OPENING[self.field]
        same = ("visited_on", "cadres", "phone", "township", "village")
        shared: dict[str, str] = {name: visit[name] for name in same if name in visit}
        values = {**shared, "unit": self.entry.unit, "person": visit.get("household", ""), "matter": self.text}
        if kind == ItemKind.SUGGESTION:
            values["nature"] = nature or (Nature.HELP if terms.ASKS_FOR_HELP.search(self.text) else Nature.INQUIRY)
            for ours, theirs in (("identity", "target_kind"), ("proposal_no", "proposal_no")):
                if theirs in visit:
                    values[ours] = visit[theirs]
        return {name: value for name, value in values.items() if value}


@dataclass(slots=True)
class Item:
    """One item. Its facts are never stored: they are read off the mentions and rows that stand. `given`: its number
    was not ours to give but came with an annex."""

    item_no: str
    kind: str
    year: int
    round_no: int
    opened_on: date
    updated_on: date
    given: bool = False
    mentions: list[Mention] = field(default_factory=list)
    rows: dict[int, Entry] = field(default_factory=dict)  # entry id → row of an办理表
    last: dict[str, str] = field(default_factory=dict)  # its facts before a source was withdrawn
    decisions: list[Entry] = field(default_factory=list)

    @property
    def stands(self) -> bool:
        """Whether anything still speaks for it and no decision has struck it off."""
        return bool(self.mentions or self.rows) and not decisions.struck_on(self.decisions)

    def sources(self) -> Iterator[dict[str, str]]:
        """What each mention and row says, mentions first, in the order of their days and arrival."""
        for mention in sorted(
            self.mentions, key=lambda mention: (mention.entry.values.get("visited_on", ""), mention.entry.entry_id)
        ):
            yield mention.values
        for entry in self.by_arrival():
            yield row_values(entry)

    def by_arrival(self) -> list[Entry]:
        """Its rows, those that were last said anything new at the end."""
        return sorted(self.rows.values(), key=lambda entry: (entry.said_in, entry.row.row_id))

    def facts(self) -> dict[str, str]:
        """What is known of the item: who it is from the first source that says so, the rest from the newest.

        Where only rows are left that name it by its number, who and what it is stays as it was known.
        """
        facts: dict[str, str] = {}
        for values in self.sources():
            for name, value in values.items():
                if value and (name not in IDENTITY or name not in facts):
                    facts[name] = value
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
        return sorted({mention.entry.values.get("visited_on", "") for mention in self.mentions})

    def came_again(self, facts: Mapping[str, str]) -> bool:
        """Whether the person has come with it again (重复访)."""
        days, resolved_on = self.raised_on(), facts.get("resolved_on", "")
        return len(days) > 1 or bool(days and resolved_on and days[-1] > resolved_on)


def row_values(entry: Entry) -> dict[str, str]:
    """A row of an办理表 with the unit it speaks for."""
    return {"unit": entry.unit, **entry.values}


def in_brief(values: Mapping[str, str]) -> str:
    """A matter in words, for receipts: who, and its beginning."""
    matter = values.get("matter", "")
    return f"{values.get('person', '')}：{matter if len(matter) <= 30 else matter[:29] + '…'}"
