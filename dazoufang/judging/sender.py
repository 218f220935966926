"""Whose rows they are and who sent the file: 填报单位, the inbox sub-folder, the file's name, the cadres' unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz import process as likeness

from dazoufang.model import faults
from dazoufang.model.faults import Fault
from dazoufang.model.roster import Roster
from dazoufang.model.submission import Part, Row, Submission
from dazoufang.model.terms import normalize
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import FormSchema
from dazoufang.system.files import stem_of


def settle_unit(part: Part, submission: Submission, schema: FormSchema, roster: Roster) -> Iterator[Fault]:
    """Whose rows they are. Rule: 填报单位 on the form, else the sub-folder, else the file name, else the cadres' unit;
    a column 填报单位 wins row by row, and speaks for the form when it names one unit throughout. Where the tables of a
    file name several units, a table that names none is not the first one's: it is asked for like any other."""
    claimed, folder = part.unit, sender_folder(submission.path)
    row_units = {row.unit for row in part.rows}
    named = claimed or (next(iter(row_units)) if len(row_units) == 1 else "")
    outside = folder or _unit_in(part.stem, roster)
    part.unit = named or outside or _unit_of_cadres(part.rows, roster)
    # 工会走访登记表 and 走访登记表 are one name when both come from 工会.
    part.stem = part.stem.replace(normalize(part.unit), "", 1) or part.stem if part.unit else part.stem
    several = bool(claimed) and bool(row_units - {"", claimed})
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
    if claimed and folder and normalize(folder) != normalize(claimed) and folder in roster.units:
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


def sender_folder(path: str) -> str:
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


def sender_of(submission: Submission, rules: Rules, roster: Roster) -> str:
    """Who gets the answer: the unit of the parts, else the sub-folder, else the unit in the file's name."""
    units = [part.unit for part in submission.parts if part.unit and rules.schemas[part.form].of_units]
    return units[0] if units else sender_folder(submission.path) or _unit_in(submission.name, roster)
