"""The frames of a record that has been folded: the rows and items that count now, as plain rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from dazoufang.ledger import extensions, frames, who_may_update
from dazoufang.ledger.book import Ledger
from dazoufang.ledger.closing import reopened_on, standing, state_from
from dazoufang.ledger.frames import Frames
from dazoufang.ledger.items import Item
from dazoufang.ledger.merge import Entry, Merged
from dazoufang.model.submission import Submission
from dazoufang.model.vocabularies import ItemState, PetitionKind
from dazoufang.rules.campaign import Campaign, Rules
from dazoufang.rules.schema import FormSchema, Role, Schemas

_Row = dict[str, Any]


def frames_of(
    merged: Merged, ledger: Ledger, submissions: Iterable[Submission], rules: Rules, unmended: Mapping[int, int]
) -> Frames:
    """The canonical frames of the rows and items that stand, and of all submissions in the order of acceptance.

    unmended: the submissions that were sent back and have not come again, with the number of cells to be mended.
    """
    specs, campaign = frames.columns(rules.schemas), rules.campaign
    items = (item for item in ledger.items.values() if item.stands)
    live = merged.live_submissions
    visits = _visits(merged)
    return Frames(
        visits=frames.build(
            (rows[0].visit for rows in visits), specs["visits"], _visit_columns(visits, ledger, campaign)
        ),
        items=frames.build((_item_row(item, merged, rules) for item in items), specs["items"]),
        cadres=frames.build(_cadre_rows(merged), specs["cadres"]),
        assignments=frames.build(_assignment_rows(merged, campaign), specs["assignments"]),
        submissions=frames.build(
            (
                row | {"unmended": unmended.get(row["submission_id"])}
                for row in _submission_rows(submissions, live, rules.schemas)
            ),
            specs["submissions"],
        ),
        claims=frames.build(_claim_rows(merged), specs["claims"]),
        lists={
            schema.name: frames.build(_list_rows(schema, merged, campaign), frames.list_columns(schema))
            for schema in rules.schemas.values()
            if schema.annex is not None and schema.role is not Role.VISITS and not schema.item_kind
        },
    )


def _visits(merged: Merged) -> list[list[Entry]]:
    """The rows that tell each visit, in the order in which the visits first came."""
    in_order = sorted(merged.of_role(Role.VISITS), key=lambda entry: entry.entry_id)
    return [rows for entry in in_order if (rows := merged.rows_of(entry))[0].entry_id == entry.entry_id]


def _visit_columns(visits: Sequence[Sequence[Entry]], ledger: Ledger, campaign: Campaign) -> dict[str, list[Any]]:
    """What the frame says of visits beside what their rows tell."""

    @cache  # few days and kinds, many visits
    def round_no(day: str) -> int:
        place = campaign.round_of(date.fromisoformat(day))
        return place[1].number if place else 0

    office_of = cache(campaign.office_of)
    firsts = [rows[0] for rows in visits]
    days = [entry.values["visited_on"] for entry in firsts]
    return _origins(firsts) | {
        "visit_id": [entry.entry_id for entry in firsts],
        "unit": [entry.unit or None for entry in firsts],
        "year": [int(day[:4]) for day in days],
        "round_no": [round_no(day) for day in days],
        "responsible_office": [office_of(entry.values.get("target_kind")) for entry in firsts],
        "item_nos": ["、".join(ledger.mentions_of(rows)) or None for rows in visits],
    }


def _item_row(item: Item, merged: Merged, rules: Rules) -> _Row:
    told = item.facts()
    reopened = reopened_on(item, told)
    now = state_from(item.kind, told, rules.campaign.closing, reopened)
    facts = standing(item.kind, told, now, reopened)
    extended_on = extensions.extended_on(item, told, rules.campaign)
    claimed = facts.pop("closed_on", None)
    first = min((mention.entry for mention in item.own_mentions), key=lambda entry: entry.entry_id, default=None)
    counted = merged.twin(first) or first if first else None
    return (
        _origin(first or item.by_arrival()[0])
        | facts
        | {
            "item_no": item.item_no,
            "kind": item.kind,
            "state": now.state,
            "year": item.year,
            "round_no": item.round_no,
            "visit_id": counted.entry_id if counted else None,
            "opened_on": item.opened_on,
            "updated_on": item.updated_on,
            "reopened_on": reopened or None,
            "claimed_on": claimed,
            "closed_on": now.closed_on if now.state == ItemState.CLOSED else None,
            "awaiting": now.awaiting or None,
            "extended_on": extended_on or None,
            "own_due_on": facts.get("due_on"),
            "extended_then_on": extensions.extended_then_on(item, told, now.state, rules.campaign) or None,
            "responsible_office": "、".join(who_may_update.offices(item, rules)),
            "remark": _with_joined(facts.get("remark", ""), item.joined) or None,
            "due_on": extended_on or facts.get("due_on"),
            "petition_kind": PetitionKind.REPEATED if item.came_again(told) else facts.get("petition_kind"),
        }
    )


def _with_joined(remark: str, joined: Iterable[str]) -> str:
    """A remark with the numbers that became part of the item, unless it names them already."""
    new = [number for number in joined if number not in remark]
    return "；".join(filter(None, (remark, f"并案：{'、'.join(new)}" if new else "")))


def _cadre_rows(merged: Merged) -> Iterable[_Row]:
    """Each cadre of a unit once, as the newest roster says."""
    rows: dict[tuple[str, str], _Row] = {}
    for entry in merged.of_role(Role.ROSTER):
        rows[entry.values["name"], entry.values.get("unit", "")] = _origin(entry) | entry.values
    return rows.values()


def _assignment_rows(merged: Merged, campaign: Campaign) -> Iterable[_Row]:
    """Each assignment once, as the first list says."""
    rows: dict[tuple[Any, ...], _Row] = {}
    for entry in merged.of_role(Role.ASSIGNMENTS):
        year = campaign.year_of(entry.submission.received_on).year
        row = _origin(entry) | entry.values | {"unit": entry.unit or None, "year": year}
        rows.setdefault(tuple(row.get(name) for name in frames.KEYS["assignments"]), row)
    return rows.values()


def _claim_rows(merged: Merged) -> Iterator[_Row]:
    """The figures that units claim, a row as they stand in their workbooks."""
    for entry in merged.of_role(Role.CLAIMS):
        yield (
            _origin(entry) | entry.values | {"received_on": entry.submission.received_on, "unit": entry.unit or None}
        )


def _list_rows(schema: FormSchema, merged: Merged, campaign: Campaign) -> Iterator[_Row]:
    """The rows of a form that is published as it is; what two live submissions share once."""
    for entry in sorted(merged.entries(schema.name), key=lambda entry: entry.entry_id):
        if merged.twin(entry) is None:
            yield (
                _origin(entry)
                | entry.values
                | {
                    "entry_id": entry.entry_id,
                    "unit": entry.values.get("unit") or entry.unit or None,
                    "year": campaign.year_of(entry.submission.received_on).year,
                }
            )


def _submission_rows(submissions: Iterable[Submission], live: frozenset[int], schemas: Schemas) -> Iterator[_Row]:
    """Each submission. A zero report that comes again, week after week the same bytes, is one each time."""
    zero: set[int] = set()
    for submission in submissions:
        of_units = [part for part in submission.parts if schemas[part.form].of_units]
        if submission.duplicate_of in zero or any(part.is_zero_report for part in of_units):
            zero.add(submission.submission_id)
        yield _submission_row(submission, live, schemas, submission.submission_id in zero)


def _submission_row(submission: Submission, live: frozenset[int], schemas: Schemas, zero_report: bool) -> _Row:
    return {
        "submission_id": submission.submission_id,
        "received_on": submission.received_on,
        "path": submission.path,
        "unit": submission.unit or None,
        "forms": "、".join(schemas[part.form].title for part in submission.parts) or None,
        "verdict": submission.verdict,
        "live": submission.submission_id in live,
        "rows": sum(len(part.counted) for part in submission.parts),
        "faults": len(submission.errors),
        "filled_by": _filled_by(submission) or None,
        "zero_report": zero_report,
    }


def _filled_by(submission: Submission) -> str:
    """Who filled the first form that says so, and the telephone beside it, as they are written there."""
    told = ([part.meta.get("filled_by", ""), part.meta.get("contact_phone", "")] for part in submission.parts)
    return next((" ".join(filter(None, words)) for words in told if words[0]), "")


def _origins(entries: Sequence[Entry]) -> dict[str, list[Any]]:
    """Where rows stand, as columns."""
    return {
        "submission_id": [entry.submission.submission_id for entry in entries],
        "member": [entry.part.member or None for entry in entries],
        "sheet": [entry.row.sheet for entry in entries],
        "row_no": [entry.row.row_no for entry in entries],
    }


def _origin(entry: Entry) -> _Row:
    return {name: column[0] for name, column in _origins([entry]).items()}
