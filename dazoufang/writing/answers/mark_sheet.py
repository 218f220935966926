"""Puts the marks of one sheet into its parts: fills, comments, and the place for saying why a yellow cell is right."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from dazoufang.model.cell_names import address
from dazoufang.writing.answers.comments import (
    COMMENTS_TYPE,
    DRAWING_TYPE,
    EMPTY_COMMENTS,
    EMPTY_DRAWING,
    LAST_COLUMN,
    PREFIX,
    Comments,
    drawn,
)
from dazoufang.writing.answers.marks import MOST_NOTES, Mark
from dazoufang.writing.answers.mend_column import MendColumn
from dazoufang.writing.answers.patch_column import Cells, Older, Written, older, place_of, write_column
from dazoufang.writing.answers.patch_filter import Filter
from dazoufang.writing.answers.patch_layout import Merges
from dazoufang.writing.answers.patch_package import PatchedParts
from dazoufang.writing.answers.patch_sheet import SheetPart
from dazoufang.writing.answers.patch_styles import ERROR, FILLS, REPAIR, WARNING, Styles
from dazoufang.writing.answers.upholding import ReasonColumn
from dazoufang.writing.answers.xml_bytes import Unfamiliar

REASON_WIDTH: Final = 20  # of a column that we add, in characters
UPHELD_BY: Final = "确实无误的，请在本行“{title}”一格（{column}列）写一句原因，再放入就不再提醒。"
_SEVERITY: Final = {ERROR: 2, WARNING: 1, REPAIR: 0}

Spot = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Marked:
    """How one sheet was marked. `offered`: there is a column for reasons; `locked`: the sheet is protected, so that
    wrong cells may not be writable; `filtered`: the range of a filter that was made or widened, "" none."""

    offered: bool = False
    locked: bool = False
    filtered: str = ""


@dataclass(frozen=True, slots=True)
class _Reasons:
    """The column for upholding, and the rows in which it is asked for."""

    reason_column: ReasonColumn
    column: int
    rows: Sequence[int]

    @property
    def words(self) -> str:
        return UPHELD_BY.format(title=self.reason_column.title, column=address(0, self.column)[:-1])


def mark_sheet(
    package: PatchedParts,
    part: str,
    marks: Sequence[Mark],
    reason_column: ReasonColumn | None,
    mend: MendColumn | None,
    shared: Collection[int],
    styles: Styles,
) -> Marked:
    """Mark one worksheet part and take away the marks of an earlier return; `styles` grows with what is needed.

    reason_column, mend: the columns that it may have of ours. shared: the texts of the workbook that head the latter.
    """
    relations = package.relations(part)
    comments_part = next(
        (
            relation.target
            for relation in relations.values()
            if relation.kind == "comments" and relation.target in package
        ),
        "",
    )
    old = package.read(comments_part) if comments_part else b""
    data = package.read(part)
    before = older(data, mend, shared) if mend is not None else Older()
    if not marks and PREFIX.encode() not in old and not before.columns:
        return Marked()
    open_rows = sorted(
        {mark.row for mark in marks if mark.open and reason_column is not None and mark.row > reason_column.heading_row}
    )
    # Headings are up to three rows high.
    last = mend.heading_row if mend is not None else reason_column.heading_row if reason_column and open_rows else -1
    headings = range(max(last - 2, 0), last + 1)
    texts = mend.texts if mend is not None else {}
    merges = Merges(data, [*(mark.row for mark in marks), *headings, *texts])
    sheet = SheetPart(
        data,
        [*(merges.anchor(mark.row, mark.column)[0] for mark in marks), *open_rows, *headings, *texts, *before.rows],
    )
    reasons = _reasons(sheet, merges, reason_column, open_rows, before.columns)
    levels, notes = _levels_and_notes(sheet, merges, marks, reasons)
    new: Cells = {}
    added = reasons.column if reasons is not None and reasons.reason_column.column is None else None
    written = Written({}, {}, {}, Filter())
    if mend is not None:
        at = place_of(data, sheet, merges, mend, before, added)
        written = write_column(sheet, merges, mend, before, at, styles)
    if reasons is not None and added is None:
        for row in reasons.rows:
            if not merges.holds(row, reasons.column):
                levels.setdefault((row, reasons.column), WARNING)
    elif reasons is not None:
        new = _new_column(sheet, merges, reasons, styles)
    sheet.widen(({added: REASON_WIDTH} if added is not None else {}) | written.widths)
    sheet.paint(levels, styles, written.cells | new, written.rows)
    comment_texts = {spot: _joined(texts) for spot, texts in list(notes.items())[:MOST_NOTES]}
    if comment_texts or old:
        _write_notes(package, part, sheet, comment_texts, comments_part)
    package.write(part, sheet.made())
    return Marked(reasons is not None, sheet.is_protected and bool(comment_texts), written.filter.ref)


def _reasons(
    sheet: SheetPart, merges: Merges, reason_column: ReasonColumn | None, rows: Sequence[int], ours: Collection[int]
) -> _Reasons | None:
    """Where the reasons go: their own column, else the first one right of the headings, if nothing is in the way. `ours`:
    columns 需修改 of earlier returns, which go away or stay between others."""
    if reason_column is None or not rows:
        return None
    if reason_column.column is not None:
        return _Reasons(reason_column, reason_column.column, rows)
    row = reason_column.heading_row
    column = max([*(at for at in sheet.filled(row) if at not in ours), merges.rightmost(row)]) + 1
    filled = any(column in sheet.filled(at) for at in (row, *rows)) and column not in ours
    in_the_way = filled or any(merges.holds(at, column) for at in (row, *rows))
    return None if in_the_way or not 0 < column <= LAST_COLUMN else _Reasons(reason_column, column, rows)


def _new_column(sheet: SheetPart, merges: Merges, reasons: _Reasons, styles: Styles) -> Cells:
    """The cells of the column that is not there yet: style and text; its heading looks like the one beside it."""
    row, column = reasons.reason_column.heading_row, reasons.column
    beside = merges.anchor(row, column - 1)
    empty = styles.own(border=True, fill=FILLS[WARNING], free=True)
    cells: Cells = {(at, column): (empty, None) for at in reasons.rows}
    return cells | {(row, column): (sheet.style(*beside), reasons.reason_column.title)}


def _levels_and_notes(
    sheet: SheetPart, merges: Merges, marks: Sequence[Mark], reasons: _Reasons | None
) -> tuple[dict[Spot, str], dict[Spot, list[str]]]:
    """The level by which each cell is filled (the worst of its marks) and the notes of each cell."""
    levels: dict[Spot, str] = {}
    notes: dict[Spot, list[str]] = {}
    for mark in sorted(marks, key=lambda mark: -_SEVERITY[mark.level]):  # red is said before yellow
        spot = merges.anchor(mark.row, mark.column)
        filled = sheet.filled(spot[0]) if mark.across else []
        if filled:
            spot = merges.anchor(spot[0], filled[0])
        for cell in (spot, *((spot[0], at) for at in filled)):
            if _SEVERITY[mark.level] >= _SEVERITY.get(levels.get(cell, REPAIR), 0):
                levels[cell] = mark.level
        may = mark.open and reasons is not None and mark.row in reasons.rows
        note = f"{mark.note}\n{reasons.words}" if may and reasons is not None else mark.note
        if note and note not in notes.setdefault(spot, []):
            notes[spot].append(note)
    return levels, notes


def _joined(notes: Sequence[str]) -> str:
    """The text of one comment; several notes are numbered."""
    if len(notes) == 1:
        return notes[0]
    return "\n".join(f"{number}. {note}" for number, note in enumerate(notes, 1))


def _write_notes(
    package: PatchedParts, part: str, sheet: SheetPart, comment_texts: dict[tuple[int, int], str], comments_part: str
) -> None:
    """Write the comments of a sheet, `comment_texts` among them, and their boxes. `comments_part`: of old comments, ""
    none."""
    comments = Comments(package.read(comments_part) if comments_part else EMPTY_COMMENTS)
    comments.add(comment_texts)
    if not comments_part:
        comments_part = package.fresh("xl/comments{}.xml")
        package.set_type(comments_part, COMMENTS_TYPE)
        package.relate(part, "comments", comments_part)
    package.write(comments_part, comments.made())
    relation = package.relations(part).get(sheet.drawing_id)
    if relation is not None and relation.target in package:
        drawing = package.read(relation.target)
        package.write(relation.target, drawn(drawing, comments.shapes, comments.gone, sheet.layout))
        return
    if sheet.drawing_id:
        raise Unfamiliar("legacyDrawing")
    target = package.fresh("xl/drawings/vmlDrawing{}.vml")
    # Without a drawing theirs have no box either: all get one.
    package.write(target, drawn(EMPTY_DRAWING, comments.spots, (), sheet.layout))
    package.set_type(".vml", DRAWING_TYPE)
    sheet.link_drawing(package.relate(part, "vmlDrawing", target))
