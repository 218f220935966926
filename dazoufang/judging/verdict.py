"""Turns an examined file into a submission: what the roster says of its cadres, and the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from rapidfuzz import process as likeness

from dazoufang.judging import in_office, sender, sender_before, unit_before_name
from dazoufang.judging.empty_forms import ask_of_empty
from dazoufang.judging.examine import Examined
from dazoufang.judging.rolled_up import is_unknown_here
from dazoufang.model import faults
from dazoufang.model.faults import ERROR, Fault
from dazoufang.model.roster import Roster
from dazoufang.model.submission import ACCEPTED, DUPLICATE, PARTLY, RETURNED, Delivery, Part, Row, Submission
from dazoufang.rules.campaign import Rules
from dazoufang.rules.generations import Generation
from dazoufang.rules.schema import FormSchema, Role, Rule

ROSTER: Final = "roster.name"
# What an assigned household's row holds before anybody has been there.
_WHO: Final = frozenset({"cadres", "cadre_title", "household", "target_kind", "township", "village", "phone"})


def duplicate(delivery: Delivery, submission_id: int, first: Submission, unit: str = "") -> Submission:
    """The submission for bytes that came before, in `first`: nothing of them is counted again. `unit`: who sends them
    now, "" as it was."""
    return Submission(
        submission_id, delivery.sha256, delivery.path, delivery.archived, delivery.received_on, DUPLICATE,
        unit=unit or first.unit or sender.sender_folder(delivery.path), duplicate_of=first.submission_id,
    )  # fmt: skip


def accept(delivery: Delivery, submission_id: int, examined: Examined, rules: Rules, roster: Roster) -> Submission:
    """Judge what can only be judged by the roster, and give the verdict. Parts of `examined` are changed and kept."""
    submission = Submission(
        submission_id, delivery.sha256, delivery.path, delivery.archived, delivery.received_on, RETURNED,
        parts=examined.parts, faults=list(examined.faults), repairs=list(examined.repairs),
    )  # fmt: skip
    for part in submission.parts:
        schema = rules.schemas[part.form]
        named: tuple[Fault, ...] = ()
        if rules.generation >= Generation.SURROUNDINGS:
            named = tuple(unit_before_name.settle(part, submission, schema, roster))
        if schema.role is Role.VISITS:
            _set_aside_waiting(part, submission, schema, roster)
        if rules.before_authority:
            settled = sender_before.settle_unit(part, submission, schema, roster)
        else:
            settled = sender.settle_unit(
                part, submission, schema, rules, roster, examined.unit_cells, examined.unit_lines
            )
        found = [*named, *settled, *_foreign(part, schema, roster)]
        if schema.role is Role.VISITS and rules.generation >= Generation.TERMS:
            found += in_office.outside_terms(part, schema, roster)
        submission.faults.extend(replace(fault, member=part.member) for fault in found)
    who = sender_before.sender_of if rules.before_authority else sender.sender_of
    submission.unit = who(submission, rules, roster)
    _drop_empty_twins(submission)
    if not rules.before_authority:
        ask_of_empty(submission, rules)
    counted = sum(len(part.counted) for part in submission.parts)
    if submission.errors:
        submission.verdict = PARTLY if counted else RETURNED
    elif submission.parts:
        submission.verdict = ACCEPTED
    return submission


def _set_aside_waiting(part: Part, submission: Submission, schema: FormSchema, roster: Roster) -> None:
    """Leave out the rows of assigned households where nobody has been yet, and say so once a sheet. Rule: a prefilled
    form comes back with them; such a row has no day and nothing to tell, and that is not wrong."""
    day = schema.by_name["visited_on"].title
    errors: dict[tuple[str, int], list[Fault]] = {}
    for fault in submission.errors:
        if fault.member == part.member:
            errors.setdefault((fault.sheet, fault.row), []).append(fault)
    waiting: dict[str, list[int]] = {}
    beside = {heading.sheet for each in submission.parts for heading in each.headings if heading.left}
    for row in part.rows:
        if row.sheet in beside:
            continue  # a row of the sheet is two of tables side by side
        own = errors.get((row.sheet, row.row_no), [])
        if [(fault.code, fault.column) for fault in own] == [("C01", day)] and row.values.keys() <= _WHO:
            household, cadres = row.values.get("household", ""), row.values.get("cadres", "").split("、")
            if any((name, household) in roster.assigned for name in cadres):
                waiting.setdefault(row.sheet, []).append(row.row_no)
    places = {(part.member, sheet, row_no) for sheet, rows in waiting.items() for row_no in rows}
    part.rows = [row for row in part.rows if (part.member, row.sheet, row.row_no) not in places]
    submission.faults = [fault for fault in submission.faults if (fault.member, fault.sheet, fault.row) not in places]
    for sheet, rows in waiting.items():
        fault = faults.make("S13", sheet=sheet, row=rows[0], what=_these_rows(rows))
        submission.faults.append(replace(fault, member=part.member))


def _these_rows(rows: Sequence[int]) -> str:
    """The numbers of rows in words, neighbours as ranges: 第6、8至12行，共6户."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    ranges = "、".join(f"{run[0]}至{run[-1]}" if len(run) > 2 else "、".join(map(str, run)) for run in runs)
    return f"第{ranges}行，共{len(rows)}户"


def _foreign(part: Part, schema: FormSchema, roster: Roster) -> Iterator[Fault]:
    """Cells that must name somebody on the roster, once there is one."""
    for rule in schema.rules:
        if rule.rule == "foreign" and rule.reference == ROSTER and roster.units_of:
            for row in part.rows:
                if is_unknown_here(row.unit, roster):
                    continue
                for name in filter(None, row.values.get(rule.field, "").split("、")):
                    if name not in roster.units_of:
                        fault = _unknown_cadre(part, schema, rule, row, name, roster)
                        row.held = row.held or fault.severity == ERROR
                        yield fault


def _unknown_cadre(part: Part, schema: FormSchema, rule: Rule, row: Row, name: str, roster: Roster) -> Fault:
    """The fault of a name that is not on the roster.

    part, schema, row: where it is written. rule: the rule that wants names of the roster. name: as written.
    roster: for the names that are like it.
    """
    near = [match[0] for match in likeness.extract(name, sorted(roster.units_of), limit=3, score_cutoff=50)]
    return faults.make(
        rule.code or "C13",
        sheet=row.sheet,
        cell=part.cell(row, rule.field),
        row=row.row_no,
        column=schema.by_name[rule.field].title,
        value=name,
        severity=rule.severity,
        hint=f"，相近的有：{'、'.join(near)}" if near else "",
    )


def _drop_empty_twins(submission: Submission) -> None:
    """Leave out empty parts, and the faults that say so (S07), when another part of the delivery has rows."""
    if any(part.rows for part in submission.parts):
        submission.faults = [fault for fault in submission.faults if fault.code != "S07"]
        submission.parts = [part for part in submission.parts if part.rows]
