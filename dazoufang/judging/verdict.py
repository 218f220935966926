"""Turns an examined file into a submission: whose it is, what the roster says of its cadres, and the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from rapidfuzz import process as likeness

from dazoufang.judging.examine import Examined
from dazoufang.model import faults
from dazoufang.model.faults import ERROR, Fault
from dazoufang.model.roster import Roster
from dazoufang.model.submission import ACCEPTED, DUPLICATE, PARTLY, RETURNED, Delivery, Part, Row, Submission
from dazoufang.model.terms import fold
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import FormSchema, Role, Rule
from dazoufang.system.files import stem_of

ROSTER: Final = "roster.name"
# What an assigned household's row holds before anybody has been there.
_WHO: Final = frozenset({"cadres", "cadre_title", "household", "target_kind", "township", "village", "phone"})


def duplicate(delivery: Delivery, submission_id: int, first: Submission) -> Submission:
    """The submission for bytes that came before, in `first`: nothing of them is counted again."""
    return Submission(
        submission_id, delivery.sha256, delivery.path, delivery.archived, delivery.received_on, DUPLICATE,
        unit=first.unit or _folder(delivery.path), duplicate_of=first.submission_id,
    )  # fmt: skip


def accept(delivery: Delivery, submission_id: int, examined: Examined, rules: Rules, roster: Roster) -> Submission:
    """Judge what can only be judged by the roster, and give the verdict. Parts of `examined` are changed and kept."""
    submission = Submission(
        submission_id, delivery.sha256, delivery.path, delivery.archived, delivery.received_on, RETURNED,
        parts=examined.parts, faults=list(examined.faults), repairs=list(examined.repairs),
    )  # fmt: skip
    for part in submission.parts:
        schema = rules.schemas[part.form]
        if schema.role is Role.VISITS:
            _set_aside_waiting(part, submission, schema, roster)
        found = [*_settle_unit(part, submission, schema, roster), *_foreign(part, schema, roster)]
        submission.faults.extend(replace(fault, member=part.member) for fault in found)
    submission.unit = _sender(submission, rules, roster)
    _drop_empty_twins(submission)
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
    for row in part.rows:
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
    """第6、8至12行，共6户."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    said = "、".join(f"{run[0]}至{run[-1]}" if len(run) > 2 else "、".join(map(str, run)) for run in runs)
    return f"第{said}行，共{len(rows)}户"


def _settle_unit(part: Part, submission: Submission, schema: FormSchema, roster: Roster) -> Iterator[Fault]:
    """Whose rows they are. Rule: 填报单位 on the form, else the sub-folder, else the file name, else the cadres' unit;
    a column 填报单位 wins row by row, and speaks for the form when it names one unit throughout. Where the tables of a
    file name several units, a table that names none is not the first one's: it is asked for like any other."""
    claimed, folder = part.unit, _folder(submission.path)
    said = {row.unit for row in part.rows}
    named = claimed or (next(iter(said)) if len(said) == 1 else "")
    outside = folder or _unit_in(part.stem, roster)
    part.unit = named or outside or _unit_of_cadres(part.rows, roster)
    # 工会走访登记表 and 走访登记表 are one name when both come from 工会.
    part.stem = part.stem.replace(fold(part.unit), "", 1) or part.stem if part.unit else part.stem
    several = bool(claimed) and bool(said - {"", claimed})
    open_rows: dict[str, list[Row]] = {}
    for row in part.rows:
        if not row.unit:
            open_rows.setdefault(row.sheet, []).append(row)
    if not part.rows and not part.unit:
        open_rows = {sheet: [] for sheet in part.sheets}
    for sheet, rows in open_rows.items():
        unit = (outside or _unit_of_cadres(rows, roster)) if several else part.unit
        for row in rows:
            row.unit = unit
            row.held = row.held or (not unit and schema.of_units)
        if not unit and schema.of_units:
            yield faults.make("S04", sheet=sheet)
    if schema.of_units:
        yield from _doubts(part, claimed, folder, roster)


def _doubts(part: Part, claimed: str, folder: str, roster: Roster) -> Iterator[Fault]:
    """Units that the roster does not know, and a folder of another unit; each said once, at its first row."""
    if claimed and folder and fold(folder) != fold(claimed) and folder in roster.units:
        yield faults.make("S09", sheet=next(iter(part.sheets), ""), value=claimed, what=folder)
    first: dict[str, Row] = {}
    for row in part.rows:
        if row.unit and row.unit not in roster.units:
            first.setdefault(row.unit, row)
    for unit, row in first.items() if roster.units else ():
        near = likeness.extractOne(unit, sorted(roster.units), score_cutoff=50)
        hint = f"（是不是“{near[0]}”？）" if near else ""
        cell = part.cell(row, "unit") if unit != claimed else ""
        yield faults.make("S08", sheet=row.sheet, cell=cell, row=row.row_no if cell else 0, value=unit, hint=hint)


def _folder(path: str) -> str:
    """The inbox sub-folder, which names the sender; "" for the root."""
    return path.split("/", 1)[0].strip() if "/" in path else ""


def _unit_in(stem: str, roster: Roster) -> str:
    """The one unit of the roster that a file name holds, whatever its punctuation; "" when none or several do."""
    stem = stem_of(stem)
    found = [unit for unit, name in roster.stems.items() if name in stem]
    longest = [unit for unit in found if not any(unit != longer and unit in longer for longer in found)]
    return longest[0] if len(longest) == 1 else ""


def _unit_of_cadres(rows: Sequence[Row], roster: Roster) -> str:
    """The unit to which all the cadres of these rows belong, by the roster; "" when they do not agree."""
    names = {name for row in rows for name in row.values.get("cadres", "").split("、")}
    units = [roster.units_of[name] for name in names if name in roster.units_of]
    common = frozenset.intersection(*units) if units else frozenset()
    return next(iter(common)) if len(common) == 1 else ""


def _sender(submission: Submission, rules: Rules, roster: Roster) -> str:
    """Who gets the answer: the unit of the parts, else the sub-folder, else the unit in the file's name."""
    units = [part.unit for part in submission.parts if part.unit and rules.schemas[part.form].of_units]
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
