"""Cadres whose unit is written before the name (工会李明, 人事股股长李明): the roster knows who that is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dazoufang.judging.cells.cadres import joined, without_title
from dazoufang.judging.cells.people import to_names_less_titles
from dazoufang.judging.row_rules import SEPARATOR
from dazoufang.model import faults
from dazoufang.model.faults import ERROR, Fault, Repair
from dazoufang.model.roster import Roster
from dazoufang.model.submission import Part, Submission
from dazoufang.model.terms import normalize
from dazoufang.rules.schema import FormSchema

HOW_UNIT: Final = "姓名去单位"
_SHORTEST: Final = 2  # characters of a unit


def settle(part: Part, submission: Submission, schema: FormSchema, roster: Roster) -> Iterator[Fault]:
    """Write the cadres of `part` without their units, and note it; C20 for what only the roster could have told.

    Rule: a unit goes only before somebody of the roster whose one unit it is: where two people have one name, or the
    unit is another one, nobody can know who came.
    """
    for field in schema.fields:
        for row in part.rows if field.format == "names" else ():
            typed = row.values.get(field.name, "")
            if not typed or typed in roster.units_of:
                continue
            names = {name: _without_unit(name, roster) for name in typed.split(SEPARATOR)}
            cell = part.cell(row, field.name)
            for name, bare in names.items():
                nobody = to_names_less_titles(name) if bare == name and bare not in roster.units_of else None
                if nobody and nobody.fault:
                    row.values.pop(field.name, None)
                    fault = faults.make(
                        nobody.fault, sheet=row.sheet, cell=cell, row=row.row_no, column=field.title, value=typed,
                        severity=None if field.severity == ERROR else field.severity, **nobody.details,
                    )  # fmt: skip
                    row.held = row.held or fault.severity == ERROR
                    yield fault
            after = SEPARATOR.join(dict.fromkeys(names.values()))
            if field.name in row.values and after != typed:
                row.values[field.name] = after
                submission.repairs.append(
                    Repair(row.sheet, cell, row.row_no, field.title, typed, after, HOW_UNIT, part.member)
                )


def _without_unit(name: str, roster: Roster) -> str:
    """Whom of the roster a name with a unit before it means; the name itself where that is not certain."""
    if name in roster.units_of:
        return name
    whole, meant = joined(name), set[str]()
    for cut in range(_SHORTEST, len(whole) - 1):
        bare = without_title(whole[cut:])
        if [normalize(unit) for unit in roster.units_of.get(bare, ())] == [normalize(whole[:cut])]:
            meant.add(bare)
    return meant.pop() if len(meant) == 1 else name
