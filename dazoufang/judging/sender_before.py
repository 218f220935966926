"""Whose rows they were by the rules of programs that knew no `authority`: for archives of that time, and nothing else.

What was judged then stays as it was: the form's own word stood over the folder, and everybody could send everything.
"""

from __future__ import annotations

from collections.abc import Iterator

from dazoufang.judging.sender import fill_in_units, sender_folder, strange_units, unit_in, unknown_units
from dazoufang.model import faults
from dazoufang.model.faults import WARNING, Fault
from dazoufang.model.roster import Roster
from dazoufang.model.submission import Part, Submission
from dazoufang.model.terms import normalize
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import FormSchema


def settle_unit(part: Part, submission: Submission, schema: FormSchema, roster: Roster) -> Iterator[Fault]:
    """Whose rows they are: 填报单位 on the form, else the sub-folder, else the file name, else the cadres' unit; a column
    填报单位 won row by row, and spoke for the form when it named one unit throughout."""
    claimed, folder = part.unit, sender_folder(submission.path)
    yield from fill_in_units(part, folder or unit_in(part.stem, roster), schema, roster)
    # 工会走访登记表 and 走访登记表 are one name when both come from 工会.
    part.stem = part.stem.replace(normalize(part.unit), "", 1) or part.stem if part.unit else part.stem
    if schema.of_units:
        yield from _doubts(part, claimed, folder, roster)


def _doubts(part: Part, claimed: str, folder: str, roster: Roster) -> Iterator[Fault]:
    """Units that the roster does not know, and a folder of another unit; each said once, at its first row."""
    if claimed and folder and normalize(folder) != normalize(claimed) and folder in roster.units:
        yield faults.make("S09", sheet=next(iter(part.sheets), ""), value=claimed, what=folder, severity=WARNING)
    yield from unknown_units(part, claimed, strange_units(part, roster), roster)


def sender_of(submission: Submission, rules: Rules, roster: Roster) -> str:
    """Who got the answer: the unit of the parts, else the sub-folder, else the unit in the file's name."""
    units = [part.unit for part in submission.parts if part.unit and rules.schemas[part.form].of_units]
    return units[0] if units else sender_folder(submission.path) or unit_in(submission.name, roster)
