"""From delivered bytes to judged parts: read → identify → extract → convert → judge. Pure, and run in a child process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from dazoufang.judging import empty_forms, own_column, rolled_up
from dazoufang.judging.cells.meant import as_known
from dazoufang.judging.cells.plain import to_unit
from dazoufang.judging.crossed_out import crossed_out
from dazoufang.judging.judge import Judge
from dazoufang.judging.row_rules import JudgedTable
from dazoufang.judging.tables import extract, other_years
from dazoufang.judging.tables.sheet_view import labelled_cell
from dazoufang.judging.unit_line import unit_line
from dazoufang.judging.which_form import Headings
from dazoufang.model import faults
from dazoufang.model.faults import Fault, Repair
from dazoufang.model.submission import SAYS, Heading, Part
from dazoufang.reading.books import Book, read_books
from dazoufang.reading.sheet import Sheet
from dazoufang.rules.campaign import Rules
from dazoufang.rules.forms import LOGS
from dazoufang.rules.generations import Generation
from dazoufang.rules.packed import Packed, unpacked
from dazoufang.rules.schema import REPORTED, Role, Schemas
from dazoufang.system import files
from dazoufang.system.errors import OurMistake


@dataclass(frozen=True, slots=True)
class Task:
    """One file to examine: its bytes (none of one that is larger than the rules let it be), its size in bytes, the name
    it was delivered under, and by which rules and day."""

    data: bytes
    size: int
    name: str
    rules: Packed
    today: date


@dataclass(slots=True)
class Examined:
    """One delivered file, judged by itself (nothing of the record is known here). `unit_cells`: (member, sheet) → the cell
    in which 填报单位 stands over a table; `unit_lines`: all that stands behind it."""

    parts: list[Part] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    unit_cells: dict[tuple[str, str], str] = field(default_factory=dict)
    unit_lines: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Tools:
    headings: Headings
    judge: Judge
    rules: Rules
    today: date


@lru_cache(maxsize=4)
def _tools(packed: Packed, today: date) -> _Tools:
    return _tools_of(unpacked(packed), today)


def _tools_of(rules: Rules, today: date) -> _Tools:
    headings = Headings(rules.schemas, rules.generation, rules.campaign.items.pattern)
    return _Tools(headings, Judge(rules, today), rules, today)


def examine(task: Task) -> Examined:
    """Examine the file of `task`; a top-level function of one argument, so that child processes can run it.

    Raises:
        OurMistake: reading went well, judging did not; that is no fault of the file.
    """
    if task.size > len(task.data):
        most = unpacked(task.rules).campaign.reading.max_mb.value
        return Examined(faults=[faults.make("F09", size=f"{task.size / 2**20:,.0f}", most=str(most))])
    tools = _tools(task.rules, task.today)
    books = read_books(task.data, task.name)
    try:
        return _judged(books, task.name, tools)
    except MemoryError:  # a sheet that is too large to be judged is at fault itself
        raise
    except Exception as error:
        raise OurMistake(type(error).__name__) from error


def examine_bytes(data: bytes, name: str, rules: Rules, today: date) -> Examined:
    """Examine bytes in this process: for tests and notebooks, and for bytes that can be trusted."""
    return _judged(read_books(data, name), name, _tools_of(rules, today))


def _judged(books: Sequence[Book], name: str, tools: _Tools) -> Examined:
    """Judge the workbooks of one delivery, `name`."""
    result, words = Examined(), tools.rules.campaign.empty_forms
    tables: list[JudgedTable] = []
    for book in books:
        inside: Callable[[Fault], Fault] = lambda fault, member=book.member: replace(fault, member=member)  # type: ignore[misc] # noqa: E731
        if book.fault is not None:
            result.faults.append(inside(book.fault))
            continue
        book = as_known(book, tools.rules.generation)
        if tools.rules.generation >= Generation.COLUMN:
            book = own_column.without(book, tools.headings)
        file_name = book.member.rsplit("/", 1)[-1] or name
        found = extract.extract(book, tools.headings, file_name, tools.rules.habits, tools.rules.campaign.townships)
        result.faults.extend(map(inside, found.faults))
        if not found.tables and not any(fault.severity == faults.ERROR for fault in found.faults):
            result.faults.append(
                inside(faults.make("F07", what=_headings_seen(book.sheets), own=_own_forms(tools.headings.schemas)))
            )
        parts: dict[str, Part] = {}
        sheets = {sheet.name: sheet for sheet in book.sheets}
        for table in found.tables:
            schema = table.match.schema
            form = schema.name
            if form not in parts:
                parts[form] = Part(form, book.member, files.stem_of(file_name), "", [])
            part = parts[form]
            if not tools.rules.before_authority:
                empty_forms.drop_rows_that_say_nothing(table, words)
            if schema.role is Role.CLAIMS:
                result.faults.append(inside(faults.make("S37", sheet=table.sheet)))
            judged = tools.judge.judge(table, crossed_out(table, sheets[table.sheet]))
            if tools.rules.habits and schema.role in REPORTED and not table.masked:
                year = tools.rules.campaign.year_of(tools.today).year
                sheet = sheets[table.sheet]
                judged.faults += other_years.judge(table, judged.rows, sheet, file_name, year, tools.today)
            unit = str(to_unit(table.meta.get("reporting_unit")).value or "")
            if unit:
                cell = labelled_cell(sheets[table.sheet], "reporting_unit")
                result.unit_cells.setdefault((book.member, table.sheet), cell)
                result.unit_lines.setdefault((book.member, table.sheet), unit_line(sheets[table.sheet]))
            for row in judged.rows:
                row.unit = row.values.pop("unit", unit) if schema.role is not Role.ROSTER else unit
            part.rows.extend(judged.rows)
            tables.append(JudgedTable(book.member, table, judged.rows))
            part.unit = part.unit or unit
            columns = dict(table.match.columns)
            part.headings.append(Heading(table.sheet, table.heading_row, columns, table.cell_rows, table.left))
            part.meta = table.meta | part.meta
            if unit and rolled_up.over_an_annex(sheets[table.sheet], table.heading_row, schema.annex):
                part.meta.setdefault(rolled_up.BUREAU, unit)
            result.faults.extend(map(inside, judged.faults))
            result.repairs.extend(replace(repair, member=book.member) for repair in judged.repairs)
        for part in parts.values():
            if not part.rows and not tools.rules.before_authority:
                said = empty_forms.said_by((sheets[name] for name in part.sheets), part.stem, words)
                part.meta = {**part.meta, SAYS: said} if said else part.meta
        result.parts.extend(parts.values())
    result.faults.extend(tools.judge.twins(tables))
    return result


def _own_forms(schemas: Schemas) -> str:
    """The titles of the forms that the office has added itself, to stand among the others: 、培训签到表."""
    return "".join(
        f"、{schema.title}" for form, schema in schemas.items() if schema.role is Role.LIST and form not in LOGS
    )


def _headings_seen(sheets: list[Sheet]) -> str:
    """In words: the first row that may be a heading of a workbook in which no form was found; "" there is none."""
    for sheet in sheets:
        for row in sheet.rows[:20]:
            texts = [str(value) for value in row if isinstance(value, str)]
            if len(texts) >= 2:
                return f"（看到的第一行是：{'、'.join(texts[:6])}）"
    return ""
