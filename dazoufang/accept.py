"""Turns an examined file into a submission: whose it is, what the roster says of its cadres, and the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from rapidfuzz import process as likeness

from dazoufang import faults
from dazoufang.campaign import Rules
from dazoufang.examine import Examined
from dazoufang.faults import ERROR, Fault
from dazoufang.files import stem_of
from dazoufang.fold import Roster
from dazoufang.grid import address
from dazoufang.schema import FormSchema, Rule
from dazoufang.submission import ACCEPTED, DUPLICATE, PARTLY, RETURNED, Part, Row, Submission
from dazoufang.terms import fold

# Forms that speak for a unit; the others are the office's own and need no 填报单位.
UNIT_FORMS: Final = ("visit", "dispute", "suggestion")
ROSTER: Final = "roster.name"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file as it was delivered and archived. `path` is relative to the inbox, with `/`."""

    path: str
    archived: str
    sha256: str
    received_on: date


def duplicate(delivery: Delivery, submission_id: int, first: Submission) -> Submission:
    """The same bytes again. Rule: twice is once."""
    return Submission(
        submission_id, delivery.sha256, delivery.path, delivery.archived, delivery.received_on, DUPLICATE,
        unit=first.unit or _folder(delivery.path), duplicate_of=first.submission_id,
    )  # fmt: skip


def accept(delivery: Delivery, submission_id: int, examined: Examined, rules: Rules, roster: Roster) -> Submission:
    """Judge what only the record can judge, and decide. Changes and keeps the parts of `examined`."""
    submission = Submission(
        submission_id, delivery.sha256, delivery.path, delivery.archived, delivery.received_on, RETURNED,
        parts=examined.parts, faults=list(examined.faults), repairs=list(examined.repairs),
    )  # fmt: skip
    for part in submission.parts:
        found = [*_settle_unit(part, submission, roster), *_foreign(part, rules.schemas[part.form], roster)]
        submission.faults.extend(replace(fault, member=part.member) for fault in found)
    submission.unit = _sender(submission, roster)
    _drop_empty_twins(submission)
    counted = sum(len(part.counted) for part in submission.parts)
    if submission.errors:
        submission.verdict = PARTLY if counted else RETURNED
    elif submission.parts:
        submission.verdict = ACCEPTED
    return submission


def _settle_unit(part: Part, submission: Submission, roster: Roster) -> Iterator[Fault]:
    """Whose rows they are. Rule: 填报单位 on the form, else the sub-folder, else the file name, else the cadres' unit;
    a column 填报单位 wins row by row, and speaks for the form when it names one unit throughout."""
    own_column = all(row.unit and row.unit != part.unit for row in part.rows) and bool(part.rows)
    claimed = part.unit
    folder = _folder(submission.path)
    if not part.unit:
        named = {row.unit for row in part.rows}
        part.unit = named.pop() if len(named) == 1 and "" not in named else ""
    if not part.unit:
        part.unit = folder or _unit_in(part.stem, roster) or _unit_of_cadres(part, roster)
    # 工会走访登记表 and 走访登记表 are one name when both come from 工会.
    part.stem = part.stem.replace(fold(part.unit), "", 1) or part.stem if part.unit else part.stem
    sheet = next(iter(part.columns), "")
    if part.form in UNIT_FORMS:
        if not part.unit and not own_column:
            for row in part.rows:
                row.held = row.held or not row.unit
            yield faults.make("S04", sheet=sheet)
        if claimed and folder and fold(folder) != fold(claimed) and folder in roster.units:
            yield faults.make("S09", sheet=sheet, value=claimed, what=folder)
        if roster.units:
            units = {row.unit or part.unit for row in part.rows} - {""} - roster.units
            for unit in sorted(units):
                near = likeness.extractOne(unit, sorted(roster.units), score_cutoff=50)
                yield faults.make("S08", sheet=sheet, value=unit, hint=f"（是不是“{near[0]}”？）" if near else "")
    for row in part.rows:
        row.unit = row.unit or part.unit


def _folder(path: str) -> str:
    """The inbox sub-folder, which names the sender; "" for the root."""
    return path.split("/", 1)[0].strip() if "/" in path else ""


def _unit_in(stem: str, roster: Roster) -> str:
    """The one unit of the roster that a file name holds, whatever its punctuation; "" when none or several do."""
    found = [unit for unit in roster.units if unit and stem_of(unit) in stem_of(stem)]
    longest = [unit for unit in found if not any(unit != other and unit in other for other in found)]
    return longest[0] if len(longest) == 1 else ""


def _unit_of_cadres(part: Part, roster: Roster) -> str:
    """The unit to which all the cadres of a part belong, by the roster; "" when they do not agree."""
    names = {name for row in part.rows for name in row.values.get("cadres", "").split("、")}
    units = [roster.units_of[name] for name in names if name in roster.units_of]
    common = frozenset.intersection(*units) if units else frozenset()
    return next(iter(common)) if len(common) == 1 else ""


def _sender(submission: Submission, roster: Roster) -> str:
    """Who gets the answer: the unit of the parts, else the sub-folder, else the unit in the file's name."""
    units = [part.unit for part in submission.parts if part.unit and part.form in UNIT_FORMS]
    return units[0] if units else _folder(submission.path) or _unit_in(submission.name, roster)


def _foreign(part: Part, schema: FormSchema, roster: Roster) -> Iterator[Fault]:
    """Cells that must name somebody on the roster, once there is one."""
    for rule in schema.rules:
        if rule.rule == "foreign" and rule.reference == ROSTER and roster.units_of:
            for row in part.rows:
                for name in filter(None, row.values.get(rule.field, "").split("、")):
                    if name not in roster.units_of:
                        fault = _unknown_cadre(part, schema, rule, row, name, roster)
                        row.held = row.held or fault.severity == ERROR
                        yield fault


def _unknown_cadre(part: Part, schema: FormSchema, rule: Rule, row: Row, name: str, roster: Roster) -> Fault:
    near = [match[0] for match in likeness.extract(name, sorted(roster.units_of), limit=3, score_cutoff=50)]
    columns = part.columns.get(row.sheet, {})
    return faults.make(
        rule.code or "C13",
        sheet=row.sheet,
        cell=address(row.row_no - 1, columns[rule.field]) if rule.field in columns else "",
        row=row.row_no,
        column=schema.by_name[rule.field].title,
        value=name,
        severity=rule.severity,
        hint=f"，相近的有：{'、'.join(near)}" if near else "",
    )


def _drop_empty_twins(submission: Submission) -> None:
    """An empty sheet of a form says nothing when another sheet of the delivery holds rows."""
    if any(part.rows for part in submission.parts):
        submission.faults = [fault for fault in submission.faults if fault.code != "S07"]
        submission.parts = [part for part in submission.parts if part.rows]
