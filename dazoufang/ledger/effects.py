"""What one submission does to the items: noted while the ledger takes it in, then written into its `Effect`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from dazoufang.ledger.closing import lacks_measures, state_today
from dazoufang.ledger.items import Item, in_brief
from dazoufang.ledger.merge import Entry
from dazoufang.model import faults
from dazoufang.model.submission import Effect
from dazoufang.model.vocabularies import ItemState
from dazoufang.rules.campaign import Rules


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What an item was at one moment. `state` is "" where it was not there or struck off."""

    state: str
    facts: dict[str, str]
    raised_on: list[str]
    decisions: list[dict[str, str]]


_NOT_THERE: Final = Snapshot("", {}, [], [])


class EffectNotes:
    """Notes of what one submission does to items: how they stood before it, and what it says of them."""

    def __init__(self, effect: Effect, rules: Rules) -> None:
        self._effect, self._rules = effect, rules
        self._before: dict[str, Snapshot] = {}
        self._touched: dict[str, bool] = {}  # item → whether anything was said of it, or only something taken back
        self._joined: dict[str, Item] = {}  # number → the item that it is part of now
        self._unplanned: set[str] = set()  # the numbers of what was closed without 化解措施, and has been told

    # -- while the ledger takes the submission in -----------------------------------------------------------

    def before(self, item: Item) -> Item:
        """Note how the item stands, before the submission first changes it."""
        if item.item_no not in self._before:
            self._before[item.item_no] = self._snapshot(item)
        return item

    def opened(self, item: Item, values: Mapping[str, str]) -> None:
        """The item was not there before."""
        self._before[item.item_no] = _NOT_THERE
        self._effect.opened.append((item.item_no, in_brief(values)))

    def said(self, number: str) -> None:
        """The submission says something of the item."""
        self._touched[number] = True

    def taken_back(self, number: str) -> None:
        """The submission takes back what was said of the item."""
        self._touched.setdefault(number, False)

    def joined(self, item: Item, into: Item) -> None:
        """The item became part of another."""
        self._joined[item.item_no] = into

    def notice(self, entry: Entry, name: str, code: str, **details: Any) -> None:
        """Note a fault at the cell of `name` in the row of `entry`."""
        field = self._rules.schemas[entry.form].by_name.get(name)
        found = faults.make(
            code, sheet=entry.row.sheet, cell=entry.part.cell(entry.row, name), row=entry.row.row_no,
            column=field.title if field else "", **details,
        )  # fmt: skip
        self._effect.notices.append(replace(found, member=entry.part.member))

    # -- when it is taken in --------------------------------------------------------------------------------

    def finish(self, items: Mapping[str, Item]) -> list[Item]:
        """Write into the effect what became of each item; returns the items of which the submission said anything new.

        Rule: the night balances (an item that is not closed is open): open before + opened + reopened − closed −
        withdrawn − joined to another = open now.
        """
        effect, renewed = self._effect, []
        opened = {number for number, _ in effect.opened}
        for number, said in self._touched.items():
            was, item = self._before[number], items.get(number)
            now = self._snapshot(item) if item else replace(_NOT_THERE, facts=was.facts)
            brief = in_brief(now.facts or was.facts)
            if item is None or not now.state:
                if number in self._joined and (was.state or number in opened):
                    effect.joined.append((number, self._joined_words(number, was, brief)))
                elif was.state or number in opened:
                    effect.withdrawn.append(self._withdrawn(number, was, brief))
                continue
            if not was.state and number not in opened:
                effect.opened.append((number, brief))
            if said and now != was:
                renewed.append(item)
                if was.state:
                    effect.updated.append((number, brief))
            if now.state == ItemState.CLOSED != was.state:
                effect.closed.append((number, brief))
            elif was.state == ItemState.CLOSED != now.state:
                effect.reopened.append((number, brief))
        return renewed

    def _joined_words(self, number: str, was: Snapshot, brief: str) -> str:
        into, closed = self._joined[number], "（已销号）" if was.state == ItemState.CLOSED else ""
        return f"{brief}{closed} 并入 {into.item_no}（{in_brief(into.facts())}）"

    def _withdrawn(self, number: str, was: Snapshot, brief: str) -> str:
        return f"{'已销号的事项' if was.state == ItemState.CLOSED else '事项'}{number} {brief}"

    def unkept_claim(self, entry: Entry, item: Item) -> None:
        """Note a fault where a row claims 销号 without both keys: it says what is missing."""
        if not (entry.values.get("closed_on") and item.stands):
            return
        facts = item.facts()
        now = state_today(item, facts, self._rules.campaign.closing)
        if now.state != ItemState.CLOSED:
            missing = now.awaiting or f"办理状态是“{facts['status']}”，还没有办结"
            self.notice(entry, "closed_on", "R08", value=entry.values["closed_on"], what=missing, need=now.need)

    def closed_without_measures(self, entry: Entry, item: Item) -> None:
        """Note a dispute that this closes though nobody ever said what was to be done about it, once.

        Rule (实施方案): 对各种矛盾和问题先分类研判,提出处理建议.
        """
        number, upholding = item.item_no, self._rules.schemas[entry.form].upholding
        if number in self._unplanned or number not in dict(self._effect.closed):
            return
        if lacks_measures(item.kind, item.facts()) and not (upholding and entry.values.get(upholding.name)):
            self._unplanned.add(number)
            self.notice(entry, "measures", "R27", what=number)

    def _snapshot(self, item: Item) -> Snapshot:
        facts = item.facts()
        state = state_today(item, facts, self._rules.campaign.closing).state if item.stands else ""
        return Snapshot(state, facts, item.raised_on(), [decision.values for decision in item.decisions])
