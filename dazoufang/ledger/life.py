"""The life of an item, change by change: registered, owned, handled, resolved, followed up, closed, reopened; and who says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from dazoufang.ledger import decisions
from dazoufang.ledger.closing import HANDLED, reopened_on, state_from
from dazoufang.ledger.fold import Fold
from dazoufang.ledger.items import Item
from dazoufang.ledger.merge import Entry, Merged
from dazoufang.ledger.sources import Source, Sources
from dazoufang.ledger.who_may_update import HANDLING
from dazoufang.model.submission import DUPLICATE, RETURNED, Part, Row, Submission
from dazoufang.model.vocabularies import ItemKind, ItemState, Satisfaction

# In the order in which they come on one day.
STAGES: Final = ("登记", "再次反映", "落实责任", "办理", "办结", "回访", "销号", "裁定", "重开")


@dataclass(frozen=True, slots=True)
class Change:
    """One step in the life of an item: its day, which of `STAGES`, in words, and the cells that say it."""

    day: date
    stage: str
    words: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class _Version:
    """One row as one submission told it."""

    submission: Submission
    part: Part
    row: Row


def life(number: str, ledger_fold: Fold) -> list[Change]:
    """The life of the item of this number in the order of its days; what two deliveries say alike once.

    A change that has no day of its own (who answers for it, a status) is of the day on which it came.
    """
    return sorted(_Life(number, ledger_fold).changes(), key=lambda change: (change.day, STAGES.index(change.stage)))


class _Life:
    def __init__(self, number: str, ledger_fold: Fold) -> None:
        self._fold, self._sources = ledger_fold, Sources(ledger_fold)
        self._item: Item = self._sources.item(number)
        self._closing = ledger_fold.rules.campaign.closing
        self._done: set[tuple[str, str]] = set()  # stage and day that have been told

    def changes(self) -> Iterator[Change]:
        """In the order in which they came to be known."""
        versions = self._versions()
        facts: dict[str, str] = {}
        for number in sorted({version.submission.submission_id for told in versions.values() for version in told}):
            past, new = self._as_of(number, versions)
            yield from self._brought_up(past, new)
            before, facts = facts, past.facts()
            yield from self._said(before, facts, [entry for entry in past.rows.values() if entry.entry_id in new])
            yield from self._state(past, facts)
            yield from self._decided(past, new)

    def _versions(self) -> dict[int, list[_Version]]:
        """For each row that speaks of the item all that was told in it, by replaying what came under its name."""
        item = self._item
        entries = [*(mention.entry for mention in item.mentions), *item.rows.values(), *item.decisions]
        wanted = {entry.entry_id for entry in entries}
        keys = {(entry.part.unit, entry.form, entry.part.stem) for entry in entries}
        merged = Merged(self._fold.rules.schemas, self._fold.rules.campaign.bureau.value)
        found: dict[int, list[_Version]] = {}
        for submission in self._fold.submissions:
            told = submission.verdict not in (RETURNED, DUPLICATE)
            if told and any((part.unit, part.form, part.stem) in keys for part in submission.parts):
                for step in merged.take(submission):
                    for entry in (*step.added, *(corrected for corrected, _ in step.corrected)):
                        if entry.entry_id in wanted:
                            version = _Version(submission, step.part, entry.row)
                            found.setdefault(entry.entry_id, []).append(version)
        return found

    def _as_of(self, number: int, versions: dict[int, list[_Version]]) -> tuple[Item, set[int]]:
        """The item as the submissions up to `number` had it, and the rows that this one told."""
        new: set[int] = set()

        def then(entry: Entry) -> Entry | None:
            told = [
                version for version in versions.get(entry.entry_id, ()) if version.submission.submission_id <= number
            ]
            if not told:
                return None
            newest = told[-1]
            if newest.submission.submission_id == number:
                new.add(entry.entry_id)
            row = newest.row
            if entry.entry_id in self._item.rows and not entry.unit:  # a handler's, who may say no more
                handled = {name: value for name, value in row.values.items() if name in (*HANDLING, "item_no")}
                row = replace(row, unit="", values=handled)
            said_in = min(entry.said_in, newest.submission.submission_id)
            return replace(entry, row=row, part=newest.part, submission=newest.submission, said_in=said_in, told={})

        rows = {entry_id: past for entry_id, entry in self._item.rows.items() if (past := then(entry))}
        mentions = [replace(m, entry=past) for m in self._item.mentions if (past := then(m.entry))]
        decided = [past for entry in self._item.decisions if (past := then(entry))]
        return replace(self._item, rows=rows, mentions=mentions, decisions=decided, last={}), new

    # -- steps ----------------------------------------------------------------------------------------------------

    def _brought_up(self, past: Item, new: set[int]) -> Iterator[Change]:
        for mention in past.mentions:
            visit = mention.entry.values
            if mention.entry.entry_id not in new or not self._first("登记", visit["visited_on"]):
                continue
            stage = "再次反映" if visit["visited_on"] > min(past.raised_on()) else "登记"
            words = f"{mention.entry.unit}{visit['cadres']}走访{visit.get('household', '')}，反映：{mention.text}"
            yield self._change(visit["visited_on"], stage, words, self._sources.mention(mention))
        if past.mentions or "登记" in {stage for stage, _ in self._done}:
            return
        for entry in past.by_arrival():
            day = entry.values.get("visited_on") or entry.submission.received_on.isoformat()
            if entry.entry_id in new and entry.values.get("matter") and self._first("登记", day):
                words = f"{entry.unit}在办理表中登记{entry.values.get('person', '')}：{entry.values['matter']}"
                yield self._change(day, "登记", words, self._sources.cells(entry, ["matter"]))
                return

    def _said(self, before: dict[str, str], now: dict[str, str], told: Sequence[Entry]) -> Iterator[Change]:
        """What the rows of one submission say that was not so before. before, now: the facts."""
        dispute = self._item.kind == ItemKind.DISPUTE
        changed = [name for name, value in now.items() if value != before.get(name)]

        def cells(*names: str) -> list[Source]:
            return [
                source
                for name in names
                if name in changed
                for entry in told
                if entry.values.get(name) == now[name]
                for source in self._sources.cells(entry, [name])
            ]

        received = max((entry.submission.received_on.isoformat() for entry in told), default="")
        if found := cells("responsible_unit", "responsible_person", "due_on"):
            named = [f"{source.field}{source.value}" for source in found]
            yield self._change(received, "落实责任", "，".join(dict.fromkeys(named)), found)
        if (found := cells("status", "measures")) and now["status"] not in HANDLED:
            named = [f"{source.field}：{source.value}" for source in found]
            yield self._change(received, "办理", "；".join(dict.fromkeys(named)), found)
        if found := cells("resolved_on", "status", "outcome"):
            day = now.get("resolved_on", "")
            if now["status"] in HANDLED:
                missing = "" if day else "（没有填办结日期，还不算办结）"
                words = f"{now['status']}：{now.get('outcome') or '没有填情况'}{missing}"
                yield self._change(day or received, "办结" if day else "办理", words, found)
        if found := cells("follow_up_on", "follow_up_mode", "satisfaction"):
            day = now.get("follow_up_on") or received
            said = [now.get("follow_up_mode", ""), "回访" if dispute else "回复", now.get("satisfaction", "")]
            yield self._change(day, "回访", "".join(said[:2]) + (f"，{said[2]}" if said[2] else ""), found)

    def _state(self, past: Item, facts: dict[str, str]) -> Iterator[Change]:
        """That it closed, or came up again, by the facts of one moment."""
        if not facts:
            return
        reopened = reopened_on(past, facts)
        before = state_from(past.kind, facts, self._closing)
        if before.state == ItemState.CLOSED and self._first("销号", before.closed_on):
            claimed = self._cells_saying(past, "closed_on", before.closed_on)
            found = claimed or self._cells_saying(past, "follow_up_on", facts.get("follow_up_on", ""))
            words = "办结和回访都齐了，按申报的这一天销号" if claimed else "办结和回访都齐了，销号"
            yield self._change(before.closed_on, "销号", words, found)
        if reopened and self._first("重开", reopened):
            again = [m for m in past.mentions if m.entry.values.get("visited_on") == reopened]
            found = [source for mention in again for source in self._sources.cells(mention.entry, ["visited_on"])]
            for decision in past.decisions:
                if decisions.meaning(decision).reopens and decision.values["approved_on"] == reopened:
                    found += self._sources.cells(decision, ["decision", "approved_on"])
            yield self._change(reopened, "重开", f"{'同一件事又来反映' if again else '裁定重开'}，重新办理", found)
        elif facts.get("satisfaction") == Satisfaction.DISSATISFIED:
            day = facts.get("follow_up_on") or past.updated_on.isoformat()
            if self._first("重开", day):
                found = self._cells_saying(past, "satisfaction", facts["satisfaction"])
                yield self._change(day, "重开", "群众不满意，重新办理", found)

    def _decided(self, past: Item, new: set[int]) -> Iterator[Change]:
        for decision in past.decisions:
            if decision.entry_id in new and self._first("裁定", f"{decision.entry_id} {decision.values}"):
                values = decision.values
                to = values.get("new_due_on") or values.get("other_item_no", "")
                words = f"{values['decision']}{f'：{to}' if to else ''}（{values['approver']}批准：{values['reason']}）"
                yield self._change(values["approved_on"], "裁定", words, self._sources.cells(decision, ["decision"]))

    def _cells_saying(self, past: Item, name: str, value: str) -> list[Source]:
        rows = past.by_arrival()
        return [
            source
            for entry in rows
            if value and entry.values.get(name) == value
            for source in self._sources.cells(entry, [name])
        ]

    def _first(self, stage: str, day: str) -> bool:
        """Whether this has not been told yet."""
        if (stage, day) in self._done:
            return False
        self._done.add((stage, day))
        return True

    @staticmethod
    def _change(day: str, stage: str, words: str, sources: Sequence[Source]) -> Change:
        return Change(date.fromisoformat(day), stage, words, tuple(dict.fromkeys(sources)))
