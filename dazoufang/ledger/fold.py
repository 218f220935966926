"""The pure fold: submissions in the order they were accepted, and the rules → frames, and what each submission did."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from dazoufang.ledger import frames, merge
from dazoufang.ledger.book import Ledger
from dazoufang.ledger.closing import CLOSED, DISSATISFIED, HANDLED, OPEN, Settled
from dazoufang.ledger.frames import Frames
from dazoufang.ledger.items import Item
from dazoufang.ledger.merge import Entry, Merged
from dazoufang.model.faults import ERROR
from dazoufang.model.roster import Roster
from dazoufang.model.submission import DUPLICATE, RETURNED, Effect, Submission
from dazoufang.model.terms import fold as folded
from dazoufang.rules.campaign import Rules
from dazoufang.rules.rules_file import BrokenRules
from dazoufang.rules.schema import FormSchema, Role, Schemas
from dazoufang.system.files import stem_of


class Fold:
    """The record, folded so far. Take submissions in order; ask for frames and effects at any time."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.merged = Merged(rules.schemas, rules.campaign.bureau.value)
        self.ledger = Ledger(rules)
        self.effects: dict[int, Effect] = {}
        self._roster: Roster | None = None
        self._latest: dict[_Key, int] = {}
        self._mended: dict[tuple[str, int], int] = {}
        self.submissions: list[Submission] = []  # all of them, in the order of acceptance

    def take(self, submission: Submission) -> Effect:
        """Take in the next submission and say what it did.

        Raises:
            BrokenRules: it holds a form whose file is gone from the rules.
        """
        self._know_forms(submission)
        effect = Effect(submission.submission_id)
        self.submissions.append(submission)
        self._latest.update(dict.fromkeys(_keys(submission, self.rules.schemas), submission.submission_id))
        if submission.verdict != DUPLICATE and (mended := _OUR_COPY.match(submission.name)):
            self._mended[mended[1], int(mended[2])] = submission.submission_id
        self.effects[submission.submission_id] = effect
        if submission.verdict in (RETURNED, DUPLICATE):
            return effect
        steps = self.merged.take(submission)
        if any(self.rules.schemas[step.part.form].role in (Role.ROSTER, Role.ASSIGNMENTS) for step in steps):
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
            if schema.role is not Role.DECISIONS:  # a decision is remembered for ever
                effect.withdrawn.extend(merge.words(schema, entry.values) for entry in step.withdrawn)
            if step.spoken_for:
                what = "走访" if schema.role is Role.VISITS else schema.title
                effect.shared.append(f"{step.spoken_for}行是各单位自己报过的{what}，以各单位的为准，没有另外计入")
            if schema.role in (Role.VISITS, Role.LIST):
                effect.shared.extend(self._shared(entry) for entry in step.added if self._told_elsewhere(entry))
        return effect

    def _know_forms(self, submission: Submission) -> None:
        """Rows of a form nobody knows any more must not vanish unsaid."""
        for part in submission.parts:
            if part.form not in self.rules.schemas:
                what = f"找不到这个规则文件，可台账里有它的表（收件{submission.submission_id}号 {submission.name}）"
                mend = "请把它放回 schemas 文件夹，archive/rules 里存有原来的一份"
                raise BrokenRules(self.rules.folder / f"{part.form}.yaml", 1, what, mend)

    def replaced_by(self, submission: Submission) -> int:
        """The newer submission that took the place of this one, whatever came of either; 0 while it is the newest.

        Rule: the same unit sending the same form again, under the same name, replaces the earlier one; and our returned
        copy, mended, replaces what it was made of, whoever sent that.
        """
        if submission.verdict == DUPLICATE:
            return 0
        whole, *parts = (self._latest[key] for key in _keys(submission, self.rules.schemas))
        if parts and min(parts) > submission.submission_id:
            return max(whole, *parts)
        mended = self._mended.get((submission.name, submission.submission_id), 0)
        return max(mended, whole if whole > submission.submission_id else 0)

    def outstanding(self) -> list[tuple[Submission, int]]:
        """What was sent back, wholly or in part, and has not come again: with the number of cells to be mended."""
        found = []
        for submission in self.submissions:
            effect = self.effects[submission.submission_id]
            errors = sum(fault.severity == ERROR for fault in (*submission.faults, *effect.notices))
            if errors and not self.replaced_by(submission):
                found.append((submission, errors))
        return found

    def _told_elsewhere(self, entry: Entry) -> bool:
        """Whether another submission holds the same row (twins within one are named by their own fault, R05)."""
        twin = self.merged.twin(entry)
        return twin is not None and twin.submission is not entry.submission

    def _shared(self, entry: Entry) -> str:
        twin = self.merged.twin(entry)
        assert twin is not None  # noqa: S101 - asked just before
        row = merge.words(self.rules.schemas[entry.form], entry.values)
        return f"{row}（与收件{twin.submission.submission_id}号 {twin.submission.name} 第{twin.row.row_no}行相同）"

    def roster(self) -> Roster:
        """Who takes part, as the record stands."""
        if self._roster is None:  # every delivery asks, few change it
            units: dict[str, set[str]] = {}
            for entry in self.merged.entries(self._form(Role.ROSTER)):
                units.setdefault(entry.values["name"], set()).add(entry.values.get("unit", ""))
            assigned = {
                (cadre, entry.values["household"])
                for entry in self.merged.entries(self._form(Role.ASSIGNMENTS))
                for cadre in entry.values["cadres"].split("、")
            }
            self._roster = Roster({name: frozenset(of) for name, of in units.items()}, frozenset(assigned))
        return self._roster

    def frames(self) -> Frames:
        """The canonical frames."""
        specs = frames.columns(self.rules.schemas)
        cadres: dict[tuple[str, str], dict[str, Any]] = {}
        for entry in self.merged.entries(self._form(Role.ROSTER)):
            cadres[entry.values["name"], entry.values.get("unit", "")] = _origin(entry) | entry.values
        return Frames(
            visits=frames.build(self._visit_rows(), specs["visits"]),
            items=frames.build(
                (self._item_row(item) for item in self.ledger.items.values() if item.stands), specs["items"]
            ),
            cadres=frames.build(cadres.values(), specs["cadres"]),
            assignments=frames.build(self._assignment_rows(), specs["assignments"]),
            submissions=frames.build(self._submission_rows(), specs["submissions"]),
            lists={
                schema.name: frames.build(self._list_rows(schema), frames.list_columns(schema))
                for schema in self.rules.schemas.values()
                if schema.annex is not None and schema.role is not Role.VISITS and not schema.item_kind
            },
        )

    def _form(self, role: Role) -> str:
        return self.rules.form(role).name

    def _list_rows(self, schema: FormSchema) -> list[dict[str, Any]]:
        campaign = self.rules.campaign
        return [
            _origin(entry)
            | entry.values
            | {
                "entry_id": entry.entry_id,
                "unit": entry.values.get("unit") or entry.unit or None,
                "year": campaign.year_of(entry.submission.received_on).year,
            }
            for entry in sorted(self.merged.entries(schema.name), key=lambda entry: entry.entry_id)
            if self.merged.twin(entry) is None
        ]

    def _visit_rows(self) -> list[dict[str, Any]]:
        campaign = self.rules.campaign
        rows = []
        for entry in sorted(self.merged.entries(self._form(Role.VISITS)), key=lambda entry: entry.entry_id):
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
        for entry in self.merged.entries(self._form(Role.ASSIGNMENTS)):
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


_OUR_COPY: Final = re.compile(r"(.+) 需修改(\d{4,})")  # as replies.answer_names has it, unless the name was too long
_Key = tuple[str, str, str]  # unit, form ("" the file as a whole), name less copy marks and dates


def _keys(submission: Submission, schemas: Schemas) -> list[_Key]:
    """Under what a submission is known: as a whole, then each of its parts. The same bytes again are nothing new."""
    if submission.verdict == DUPLICATE:
        return []
    unit, stem = folded(submission.unit), stem_of(submission.name)
    nobodys = ("", "", f"#{submission.submission_id}")  # two units may use one name: who sent it must be known
    whole = (unit, "", stem.replace(unit, "", 1) or stem) if unit else nobodys
    parts = [
        (part.unit, part.form, part.stem) if part.unit or not schemas[part.form].of_units else nobodys
        for part in submission.parts
    ]
    return [whole, *parts]


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
