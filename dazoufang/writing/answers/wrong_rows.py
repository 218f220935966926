"""The small workbook: of a large form that was taken in part only the rows that were not, to be mended and sent alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from dazoufang.judging.tables.origins import HOW_JOINED
from dazoufang.model.faults import ERROR, INFO, Fault
from dazoufang.model.submission import PARTLY, Part, Row, Submission
from dazoufang.model.terms import is_ditto
from dazoufang.reading.sheet import Sheet
from dazoufang.system.files import stem_of, whole_of
from dazoufang.writing.answers.causes import bare
from dazoufang.writing.answers.mend_column import plain_heading

LARGE: Final = 50  # rows; fewer are found in the whole as easily
_ROW: Final = re.compile(r"([A-Z]+)([0-9]+)")


def can_stand_alone(submission: Submission) -> bool:
    """Whether its wrong rows can be sent alone: the form is large, its good rows count, and all that is wrong lies in rows
    that do not, each in one plain table. What stands in several cells or above the table cannot be taken out of it."""
    held = _held(submission)
    total = sum(len(part.rows) for part in submission.parts)
    if submission.verdict != PARTLY or total <= LARGE or not held or whole_of(stem_of(submission.name)):
        return False
    if any(part.member or plain_heading([part], sheet) is None for part in submission.parts for sheet in _sheets(part)):
        return False
    in_held = [repair for repair in submission.repairs if (repair.sheet, repair.row) in held]
    wrong = [fault for fault in submission.faults if fault.severity == ERROR]
    return all((fault.sheet, fault.row) in held and _own_cell(fault) for fault in wrong) and not any(
        repair.how == HOW_JOINED for repair in in_held
    )


def _held(submission: Submission) -> set[tuple[str, int]]:
    return {(row.sheet, row.row_no) for part in submission.parts for row in part.rows if row.held}


def _sheets(part: Part) -> set[str]:
    return {row.sheet for row in part.rows if row.held}


def _own_cell(fault: Fault) -> bool:
    """Whether what is wrong stands in the row that it is told of."""
    place = _ROW.fullmatch(fault.cell)
    return not fault.cell or (place is not None and int(place[2]) == fault.row)


def only_wrong_rows(submission: Submission, sheets: Mapping[str, Sheet]) -> tuple[Submission, list[Sheet]]:
    """The submission as if it had held its wrong rows alone, and the sheets that it would have come from: the headings
    and all above them as they are, then the rows. A value that stood in another cell (同上, merged) stands in its own.

    sheets: what was delivered, by name. Only of what `can_stand_alone`.
    """
    parts, made, places = [], [], dict[tuple[str, int], int]()
    for part in submission.parts:
        rows: list[Row] = []
        for name in sorted(_sheets(part), key=list(sheets).index):
            heading = plain_heading([part], name)
            assert heading is not None  # noqa: S101 - can_stand_alone has seen it
            cells = [list(cells) for cells in sheets[name].rows[: heading.row_no]]
            for row in sorted((row for row in part.rows if row.sheet == name and row.held), key=lambda row: row.row_no):
                line = list(sheets[name].rows[row.row_no - 1])
                for field, column in heading.columns.items():
                    line += [None] * (column + 1 - len(line))
                    typed = line[column]
                    if field in row.values and (typed is None or (isinstance(typed, str) and is_ditto(typed))):
                        line[column] = row.values[field]
                cells.append(line)
                places[name, row.row_no] = len(cells)
                rows.append(replace(row, row_no=len(cells), elsewhere={}))
            merges = [area for area in sheets[name].merges if area[2] < heading.row_no]
            made.append(replace(sheets[name], visible=True, rows=cells, merges=merges, struck=frozenset()))
        if rows:
            parts.append(replace(part, rows=rows))
    faults = [
        _moved(fault, places[fault.sheet, fault.row])
        for fault in submission.faults
        if fault.severity != INFO and (fault.sheet, fault.row) in places and _own_cell(fault)
    ]
    return replace(submission, parts=parts, faults=faults, repairs=[]), made


def _moved(fault: Fault, row: int) -> Fault:
    """The same fault in another row."""
    place = _ROW.fullmatch(fault.cell)
    return replace(fault, row=row, cell=f"{place[1]}{row}" if place else "", message=bare(fault))
