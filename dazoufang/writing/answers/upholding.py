"""Where a unit may write why a yellow cell is right after all: the column 情况说明 of its own sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dazoufang.model.faults import WARNING, Fault
from dazoufang.model.submission import Part
from dazoufang.rules.schema import Schemas

# These faults come from the ledger: they are mended in its own columns or by a decision, not by a reason in the row.
_OF_THE_LEDGER: Final = frozenset({"R08", "R09", "R10"})


@dataclass(frozen=True, slots=True)
class ReasonColumn:
    """The column of one sheet (0-based) for reasons: `column`, None where the sheet has none yet: one may be added with
    `title` in `heading_row`."""

    title: str
    heading_row: int
    column: int | None


def may_be_upheld(fault: Fault) -> bool:
    """Whether a reason written in its row is enough for this fault not to be asked about again."""
    of_a_row = fault.row > 0 and fault.code[0] in "CR" and fault.code not in _OF_THE_LEDGER
    return of_a_row and fault.severity == WARNING


def reason_columns(parts: Iterable[Part], schemas: Schemas) -> dict[str, ReasonColumn]:
    """The column in each sheet whose form has such a column and whose heading row is known; of tables side by side none,
    as one column would be one table's alone."""
    found: dict[str, ReasonColumn] = {}
    parts = list(parts)
    beside = {heading.sheet for part in parts for heading in part.headings if heading.left}
    for part in parts:
        field = schemas[part.form].upholding
        for heading in part.headings:
            if field is not None and heading.row_no and heading.sheet not in beside:
                found.setdefault(
                    heading.sheet, ReasonColumn(field.title, heading.row_no - 1, heading.columns.get(field.name))
                )
    return found
