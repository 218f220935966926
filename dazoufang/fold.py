"""The pure fold: submissions in the order they were accepted, and the rules → frames, and what each submission did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from dazoufang import frames, merge
from dazoufang.campaign import Rules
from dazoufang.closing import CLOSED, DISSATISFIED, HANDLED, OPEN, Settled
from dazoufang.frames import Frames
from dazoufang.items import Item
from dazoufang.ledger import Ledger
from dazoufang.merge import Entry, Merged
from dazoufang.submission import DUPLICATE, RETURNED, Effect, Submission


@dataclass(frozen=True)
class Roster:
    """Who takes part, as the roster stood when a form was judged: name → units. Empty: there is none yet."""

    units_of: dict[str, frozenset[str]]

    @cached_property
    def units(self) -> frozenset[str]:
        return frozenset(unit for units in self.units_of.values() for unit in units)


class Fold:
    """The record, folded so far. Take submissions in order; ask for frames and effects at any time."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.merged = Merged(rules.schemas, rules.campaign.bureau.value)
        self.ledger = Ledger(rules)
        self.effects: dict[int, Effect] = {}
        self._roster: Roster | None = None
        self.submissions: list[Submission] = []  # all of them, in the order of acceptance

    def take(self, submission: Submission) -> Effect:
        """Take in the next submission and say what it did."""
        effect = Effect(submission.submission_id)
        self.submissions.append(submission)
        self.effects[submission.submission_id] = effect
        if submission.verdict in (RETURNED, DUPLICATE):
            return effect
        steps = self.merged.take(submission)
        if any(step.part.form == "roster" for step in steps):
            self._roster = None
        self.ledger.take(submission, steps, effect)
        for step in steps:
            schema = self.rules.schemas[step.part.form]
            if step.replaces:
                if step.replaces not in effect.replaces:
                    effect.replaces.append(step.replaces)
                effect.added.extend(merge.words(schema, entry.values) for entry in step.added)
            for entry, before in step.corrected:
                effect.changed.extend(merge.changes(schema, entry, before))
            if step.part.form != "decision":  # a decision is remembered for ever
                effect.withdrawn.extend(merge.words(schema, entry.values) for entry in step.withdrawn)
            if step.spoken_for:
                effect.shared.append(f"{step.spoken_for}行是各单位自己报过的走访，以各单位的为准，没有另外计入")
            if step.part.form == "visit":
                effect.shared.extend(self._shared(entry) for entry in step.added if self.merged.twin(entry))
        return effect

    def _shared(self, entry: Entry) -> str:
        twin = self.merged.twin(entry)
        assert twin is not None  # noqa: S101 - asked just before
        row = merge.words(self.rules.schemas["visit"], entry.values)
        return f"{row}（与收件{twin.submission.submission_id}号 {twin.submission.name} 第{twin.row.row_no}行相同）"

    def roster(self) -> Roster:
        """Who takes part, as the record stands."""
        if self._roster is None:  # every delivery asks, few change it
            units: dict[str, set[str]] = {}
            for entry in self.merged.entries("roster"):
                units.setdefault(entry.values["name"], set()).add(entry.values.get("unit", ""))
            self._roster = Roster({name: frozenset(of) for name, of in units.items()})
        return self._roster

    def frames(self) -> Frames:
        """The canonical frames."""
        specs = frames.columns(self.rules.schemas)
        cadres: dict[tuple[str, str], dict[str, Any]] = {}
        for entry in self.merged.entries("roster"):
            cadres[entry.values["name"], entry.values.get("unit", "")] = _origin(entry) | entry.values
        return Frames(
            visits=frames.build(self._visit_rows(), specs["visits"]),
            items=frames.build(
                (self._item_row(item) for item in self.ledger.items.values() if item.stands), specs["items"]
            ),
            cadres=frames.build(cadres.values(), specs["cadres"]),
            assignments=frames.build(self._assignment_rows(), specs["assignments"]),
            submissions=frames.build(self._submission_rows(), specs["submissions"]),
        )

    def _visit_rows(self) -> list[dict[str, Any]]:
        campaign = self.rules.campaign
        rows = []
        for entry in sorted(self.merged.entries("visit"), key=lambda entry: entry.entry_id):
            if self.merged.twin(entry) is not None:
                continue
            place = campaign.round_of(date.fromisoformat(entry.values["visited_on"]))
            rows.append(
                _origin(entry)
                | entry.values
                | {
                    "visit_id": entry.entry_id,
                    "unit": entry.unit or None,
                    "year": int(entry.values["visited_on"][:4]),
                    "round_no": place[1].number if place else 0,
                    "responsible_office": campaign.office_of(entry.values.get("target_kind")),
                    "item_nos": "、".join(self.ledger.mentions_of(entry.entry_id)) or None,
                }
            )
        return rows

    def _item_row(self, item: Item) -> dict[str, Any]:
        facts = item.facts()
        settled = self.ledger.settled(item, facts)
        reopened_on = item.reopened_on(facts)
        claimed = facts.pop("closed_on", None)
        first = min((mention.entry for mention in item.mentions), key=lambda e: e.entry_id, default=None)
        origin = first or item.by_arrival()[0]
        counted = self.merged.twin(first) or first if first else None
        return (
            _origin(origin)
            | facts
            | {
                "item_no": item.item_no,
                "kind": item.kind,
                "state": settled.state,
                "status": self._status(item, facts, settled),
                "year": item.year,
                "round_no": item.round_no,
                "visit_id": counted.entry_id if counted else None,
                "opened_on": item.opened_on,
                "updated_on": item.updated_on,
                "reopened_on": reopened_on or None,
                "claimed_on": claimed,
                "closed_on": settled.closed_on if settled.state == CLOSED else None,
                "awaiting": settled.awaiting or None,
                "extended_on": item.extended_on() or None,
                "due_on": item.extended_on() or facts.get("due_on"),
                "petition_kind": "重复访" if item.came_again(facts) else facts.get("petition_kind"),
            }
        )

    @staticmethod
    def _status(item: Item, facts: dict[str, str], settled: Settled) -> str:
        """The handler's word, but for one thing: what has been reopened is being handled, whatever was said before."""
        reopened = item.reopened_on(facts) or facts.get("satisfaction") == DISSATISFIED
        if settled.state == OPEN and reopened and facts["status"] in HANDLED:
            return "正在化解" if item.kind == "dispute" else "正在办理"
        return facts["status"]

    def _assignment_rows(self) -> list[dict[str, Any]]:
        campaign = self.rules.campaign
        rows: dict[tuple[Any, ...], dict[str, Any]] = {}
        for entry in self.merged.entries("assignment"):
            year = campaign.year_of(entry.submission.received_on).year
            row = _origin(entry) | entry.values | {"unit": entry.unit or None, "year": year}
            rows.setdefault(tuple(row.get(name) for name in frames.KEYS["assignments"]), row)
        return list(rows.values())

    def _submission_rows(self) -> list[dict[str, Any]]:
        live = self.merged.live_submissions
        return [
            {
                "submission_id": submission.submission_id,
                "received_on": submission.received_on,
                "path": submission.path,
                "unit": submission.unit or None,
                "forms": "、".join(self.rules.schemas[part.form].title for part in submission.parts) or None,
                "verdict": submission.verdict,
                "live": submission.submission_id in live,
                "rows": sum(len(part.counted) for part in submission.parts),
                "faults": len(submission.errors),
            }
            for submission in self.submissions
        ]


def _origin(entry: Entry) -> dict[str, Any]:
    return {
        "submission_id": entry.submission.submission_id,
        "member": entry.part.member or None,
        "sheet": entry.row.sheet,
        "row_no": entry.row.row_no,
    }


def fold(submissions: Iterable[Submission], rules: Rules) -> Fold:
    """Fold the whole record."""
    whole = Fold(rules)
    for submission in submissions:
        whole.take(submission)
    return whole
