"""Finds the tables in a sheet: where the headings are, which rows are data, and what is written around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from dazoufang.judging.tables import cards, row_habits, side_by_side
from dazoufang.judging.tables.headings import Block, find_heading
from dazoufang.judging.tables.joined import Joiner
from dazoufang.judging.tables.origins import FROM_MERGED
from dazoufang.judging.tables.row_kinds import NOTE, RowKinds
from dazoufang.judging.tables.sheet_view import SheetView, masked_label, meta_above, row_meta
from dazoufang.judging.tables.table import Table
from dazoufang.judging.tables.ticks import TickReader
from dazoufang.judging.tables.whose_column import hidden_twin
from dazoufang.judging.which_form import Headings
from dazoufang.model import faults, terms
from dazoufang.model.cell_names import address
from dazoufang.model.faults import Fault
from dazoufang.reading.sheet import Book, Sheet, Value
from dazoufang.rules.campaign import Townships
from dazoufang.rules.habits import OLDER_SHEET, SAMPLE_SHEET, Habits
from dazoufang.rules.schema import Role

__all__ = ["Extract", "Table", "extract"]

_LEAST_DATA: Final = 3  # cells in each of two rows: a sheet with less holds no table
_LEAST_TEXT: Final = 3  # Chinese characters; 是, 男 and 汉族 tell nothing that has to be read
_CHINESE: Final = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_NAMED_ROWS: Final = 8  # how many left-out rows are named; of more only how many
_NO_HEADING: Final = "（没有表头）"
_OWN_NAME: Final = "「{sheet}」是本系统自己生成的表的名称，里面的行没有当作数据"
_NOT_DATA: Final = {
    SAMPLE_SHEET: "「{sheet}」表照名称是示范，里面的行没有当作数据",
    OLDER_SHEET: "「{sheet}」表照名称是旧的一份，里面的行没有当作数据",
}
_WHAT: Final = {SAMPLE_SHEET: "示范", OLDER_SHEET: "旧的一份"}
_OTHER_NAME: Final = "不需处理；如果里面是要报的数据，请把工作表改个名称后重新放入"
_BESIDE: Final = "「{sheet}」表 {cell} 的“{value}”与左边的表隔着空列，像是另一张表的列，没有采用"
_NO_TOWNS: Final = Townships(source="", names=())
_SAME_TABLE: Final = "若是同一张表的列，请删去中间的空列后重新放入；不是就不用处理"


@dataclass(slots=True)
class Extract:
    """What was found in one book."""

    tables: list[Table]
    faults: list[Fault]


def extract(
    book: Book, headings: Headings, file_name: str, habits: Habits | None, towns: Townships | None = None
) -> Extract:
    """Every table of every visible sheet. habits: None for rules that knew of none; towns: what a band may name.

    Rule: hidden sheets are not data (hidden rows are); a sheet of ours that is derived is known as such. What is not
    taken is named in a fault: rows of totals and samples, columns without a heading, hidden sheets, sheets of something
    else.
    """
    found = Extract([], [])
    known = row_habits.Known(habits, towns or _NO_TOWNS, headings.surroundings) if habits else None
    strange: list[Sheet] = []
    named: list[tuple[str, str]] = []  # sheets with rows that are no data by their name, and what they are
    for sheet in book.sheets:
        own = terms.normalize(sheet.name) in headings.own_sheets
        if sheet.fault is not None:
            found.faults.append(sheet.fault)
        elif not sheet.visible:
            if sheet.rows and not own:
                found.faults.append(faults.make("S06", sheet=sheet.name))
        elif own:
            if any(_holds_rows(table) for table in _tables(SheetView(sheet), headings, file_name, known)):
                found.faults.append(faults.make("S10", sheet=sheet.name, message=_OWN_NAME, remedy=_OTHER_NAME))
        else:
            view = SheetView(sheet)
            labels = cards.labels(view, headings) if known else {}
            tables = list(cards.tables(view, labels, headings, known.words)) if known else []
            if tables:
                found.faults.append(faults.make("S34", sheet=sheet.name, count=len(tables)))
            elif known and cards.looks_like_cards(view, labels, headings):
                found.faults.append(faults.make("S35", sheet=sheet.name))
                continue
            else:
                tables, parted = _all_tables(view, headings, file_name, known)
                found.faults.extend(parted)
            if habits and (what := habits.not_data(sheet.name)) and any(table.rows for table in tables):
                named.append((sheet.name, what))
                continue
            found.tables.extend(tables)
            found.faults.extend(fault for table in tables for fault in table.found)
            found.faults.extend(_left_out(sheet.name, tables))
            if not tables and _holds_something(sheet):
                strange.append(sheet)
    for name, what in named:
        if found.tables:
            found.faults.append(faults.make("S10", sheet=name, message=_NOT_DATA[what], remedy=_OTHER_NAME))
        else:
            found.faults.append(faults.make("S28", sheet=name, what=_WHAT[what]))
    if found.tables:
        found.faults.extend(faults.make("S10", sheet=sheet.name) for sheet in strange)
    return found


def _holds_rows(table: Table) -> bool:
    """Whether what stands in a sheet of our own name is rows to be reported, not figures such as ours."""
    return table.match.sure and bool(table.rows) and table.match.schema.role is not Role.CLAIMS


def _all_tables(
    view: SheetView, headings: Headings, file_name: str, known: row_habits.Known | None
) -> tuple[list[Table], list[Fault]]:
    """The tables of one sheet, also those that stand side by side; and how these were read, for the answer."""
    sheet = view.sheet
    parts = side_by_side.sides(view, headings, (sheet.name, file_name)) if headings.layouts else []
    if not parts:
        tables = list(_tables(view, headings, file_name, known))
        for table in tables if headings.layouts else ():
            required = {field.name for field in table.match.schema.required}
            twice = tuple(dict.fromkeys(name for name, _, _ in table.match.twins if name in required))
            table.doubled = twice if len(twice) > 1 else ()
        return tables, []
    tables = []
    for part in parts:
        for table in _tables(SheetView(part.sheet), headings, file_name, known):
            table.left = part.left if part is not parts[0] else 0
            tables.append(table)
    what = "、".join(part.shown for part in parts)
    return tables, [faults.make("S33", sheet=sheet.name, count=len(parts), what=what)]


def _holds_something(sheet: Sheet) -> bool:
    return sum(1 for row in sheet.rows if sum(value is not None for value in row) >= _LEAST_DATA) >= 2


def _left_out(sheet: str, tables: list[Table]) -> Iterator[Fault]:
    """What stands in a sheet's tables and was not taken as data."""
    skipped = [f"第{row}行（{row_kind}）" for table in tables for row, row_kind in table.skipped]
    if skipped:
        more = f"等{len(skipped)}行" if len(skipped) > _NAMED_ROWS else ""
        yield faults.make("S12", sheet=sheet, what="、".join(skipped[:_NAMED_ROWS]) + more)
    reported: set[int] = set()
    for table in tables:
        for column in sorted(table.nameless - reported):
            yield unread_column(table, column, _NO_HEADING)
        reported |= table.nameless
        for column, heading in sorted(table.apart.items()):
            yield _at_heading("S11", table, column, column=heading, value=heading, message=_BESIDE, remedy=_SAME_TABLE)


def unread_column(table: Table, column: int, heading: str) -> Fault:
    """A column that is no field's: one that holds text is asked about, any other is only named."""
    if column in table.texts:
        text = faults.visible(table.texts[column])
        return _at_heading("S14", table, column, value=heading, text=text)
    return _at_heading("S03", table, column, value=heading)


def _at_heading(code: str, table: Table, at: int, **details: Any) -> Fault:
    cell = address(table.heading_row - 1, at)
    letter = address(0, at)[:-1]
    return faults.make(code, sheet=table.sheet, cell=cell, row=table.heading_row, letter=letter, **details)


def _tables(view: SheetView, headings: Headings, file_name: str, known: row_habits.Known | None) -> Iterator[Table]:
    """The tables of one sheet from top to bottom: where one ends the next may begin."""
    sheet = view.sheet
    hints = (sheet.name, file_name)
    start = 0
    carried: dict[str, str] = {}
    block = find_heading(view, headings, start, hints)
    meta = meta_above(view, block.top) if block else {}
    while block is not None:
        table = Table(
            sheet=sheet.name,
            match=block.match,
            heading_row=block.bottom + 1,
            headings={column: path[-1] for column, path in enumerate(block.paths) if path},
            meta=meta,
            masked=masked_label(view, block.top),
            apart={column: view.spread(block.bottom, column) for column in block.beside},
            asides=block.asides,
        )
        begin = start
        start, meta = _read_rows(view, table, block, RowKinds(view, block, headings, hints))
        if known and not table.masked:
            row_habits.apply(table, view, block, begin, sheet.struck, known)
        table.meta = carried | table.meta
        carried = {key: value for key, value in table.meta.items() if key in ("reporting_unit", "reported_on")}
        yield table
        block = find_heading(view, headings, start, hints)


def _is_text(value: str) -> bool:
    """Whether somebody wrote something down: three Chinese characters or more that are not a way to say none."""
    return len(_CHINESE.findall(value)) >= _LEAST_TEXT and not terms.is_none(value)


def _read_rows(view: SheetView, table: Table, block: Block, rows: RowKinds) -> tuple[int, dict[str, str]]:
    """Read the rows under the heading into `table`. Returns the row from which the next table is looked for, and what
    is written above that one: labels that this table has already."""
    columns = table.match.columns
    schema = table.match.schema
    by_column = [(columns[f.name], f) for f in schema.fields if f.name in columns and not f.derived]
    known = set(columns.values())
    joiner = Joiner(view, table.match.parts, block.bottom, table.origins)
    ticks = TickReader(view, table.match.ticks, schema.by_name, block.bottom, table.origins)
    told_aside = joiner.parts.keys() | ticks.ticks.keys()
    headless = _Headless(view, table, block)
    beyond: dict[str, str] = {}
    kind, end, closed = "", block.bottom + 1, False
    for row in range(block.bottom + 1, view.height):
        own: dict[str, Value] = {}
        # Cells of blanks only: they make no row, but in one their fault says that they look empty and are not.
        unseen: dict[str, Value] = {}
        for column, column_field in by_column:
            value = view.at(row, column)
            if isinstance(value, str) and not value.strip():
                unseen[column_field.name] = value
            elif value is not None:
                own[column_field.name] = value
        joiner.read(row, own)
        ticks.read(row, own)
        kind, left_out_as = rows.kind_of(row, own, kind, table.meta.get("reporting_unit", ""))
        if kind in ("heading", "repeated"):
            while table.rows and rows.is_title(table.rows[-1][0] - 1):
                end = table.rows.pop()[0] - 1
            while table.skipped and table.skipped[-1][0] > end and table.skipped[-1][1] == NOTE:
                table.skipped.pop()  # the title of what comes
        if kind == "heading" or (kind == "repeated" and closed and rows.is_heading(row)):
            return end, beyond
        if left_out_as:
            table.skipped.append((row + 1, left_out_as))
        if kind == "footer":
            closed = True
            for key, text in row_meta(view, row).items():
                if table.meta.setdefault(key, text) != text:
                    beyond.setdefault(key, text)
        if kind != "data":
            continue
        end, beyond, closed = row + 1, {}, False
        for column, column_field in by_column:
            if column_field.ditto == "all" and column_field.name not in told_aside:
                value = view.from_above(row, column, block.bottom)
                if value is not None:
                    own[column_field.name] = value
                    table.origins[row + 1, column_field.name] = FROM_MERGED
        joiner.fill(row, own)
        headless.note(row)
        for column in range(min(headless.end, view.width)):
            value = view.at(row, column)
            if column not in known and column not in table.texts and isinstance(value, str) and _is_text(value):
                table.texts[column] = value.strip()
        own = unseen | own
        table.rows.append((row + 1, own))
    return view.height, {}


class _Headless:
    """Notes columns with data that have no heading of their own: in `table.nameless`, or as twins in its match."""

    def __init__(self, view: SheetView, table: Table, block: Block) -> None:
        self.view, self.table = view, table
        derived = {column_field.name for column_field in table.match.schema.fields if column_field.derived}
        names = {column: name for name, column in table.match.columns.items() if name not in derived}
        self.headed = {column for column, path in enumerate(block.paths) if path}
        self.end = block.edge
        # A heading merged over two columns is the first one's; what stands in the second is in question.
        self.parts = {
            column: (left, names[left])
            for column, path in enumerate(block.paths)
            if not path and (left := view.anchors.get((block.bottom, column), (0, column))[1]) in names
        }

    def note(self, row: int) -> None:
        """Look at the cells of one row of data: the second column of a heading is a twin, others have no heading."""
        for column, value in enumerate(self.view.rows[row][: self.end]):
            if column in self.headed or value is None or not str(value).strip():
                continue
            if column in self.parts:
                left, name = self.parts.pop(column)
                self.table.headings[column] = self.table.headings[left]
                self.headed.add(column)
                if column in self.view.hidden and left not in self.view.hidden:
                    below = range(row, self.view.height)
                    field = self.table.match.schema.by_name[name]
                    self.table.asides.append(hidden_twin(self.view, below, field, column, left))
                else:
                    self.table.match.twins.append((name, left, column))
            elif not str(value).strip().isdigit():  # serial numbers need no heading
                self.table.nameless.add(column)
