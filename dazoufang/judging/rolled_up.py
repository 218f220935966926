"""Annexes of other bureaus: whose they are, and how their units are called in the home that takes them in.

Rule (DESIGN §5a, §6): an annex speaks for the bureau in its heading line and for the units in its rows. Those of another
bureau than the rules' own are known by it: 甲县教育局/工会.
"""

from __future__ import annotations

from typing import Final

from dazoufang.judging.unit_line import is_bureau
from dazoufang.model.bureaus import bureau_of, within
from dazoufang.model.roster import Roster
from dazoufang.model.submission import Part
from dazoufang.model.terms import normalize
from dazoufang.reading.sheet import Sheet
from dazoufang.rules.schema import Annex

BUREAU: Final = "bureau"  # key of `Part.meta`: what stands behind 填报单位 over a published annex


def over_an_annex(sheet: Sheet, heading_row: int, annex: Annex | None) -> bool:
    """Whether a table is a published annex: its label or its title stands over the heading, whose last row is `heading_row`
    as Excel shows it."""
    if annex is None:
        return False
    label, title = normalize(annex.label), normalize(annex.title)
    texts = (normalize(cell) for row in sheet.rows[: heading_row - 1] for cell in row if isinstance(cell, str))
    return any(text.startswith(label) or title in text for text in texts)


def give_units(part: Part, folder: str, bureau: str, roster: Roster) -> str:
    """Call the rows' units by their bureau, where the part is an annex of another one than `bureau`; returns its name, ""
    it is none. Rows that name no unit in their own column stay as they are.

    folder: that the file came in, where it speaks for itself alone; it says who sends, unless it only shortens the name.
    """
    said = part.meta.get(BUREAU, "")
    if not said or is_bureau(said, bureau) or roster.named(said):
        return ""
    if folder and (roster.named(folder) or is_bureau(folder, bureau)):
        return ""
    theirs = said if normalize(folder) in normalize(said) else folder
    named = [row for row in part.rows if row.unit and row.unit != said and part.cell(row, "unit")]
    for row in named:
        row.unit = within(theirs, row.unit)
    return theirs if named else ""


def is_unknown_here(unit: str, roster: Roster) -> bool:
    """Whether a unit is of a bureau of which the roster has nobody: it says nothing of its cadres."""
    bureau = bureau_of(unit)
    return bool(bureau) and not any(bureau_of(known) == bureau for known in roster.units)
