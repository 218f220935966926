"""Finds the cells that somebody typed behind a figure or an item: submission, sheet, row, cell and day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from string import ascii_uppercase
from typing import Any, Final

import pandas as pd

from dazoufang.commands.screen import Screen
from dazoufang.ledger import listing
from dazoufang.ledger.fold import Fold
from dazoufang.ledger.items import OPENING
from dazoufang.ledger.merge import Entry
from dazoufang.model import terms
from dazoufang.model.cell_names import column_number
from dazoufang.reading.books import read_books
from dazoufang.reading.sheet import Value
from dazoufang.rules.schema import Annex, FormSchema, Role
from dazoufang.system.errors import WrongUse
from dazoufang.system.home import Home
from dazoufang.writing.annexes import lists, parts, summary

# What stands behind an annex's label: the rest of its name, a sheet, and the cell.
_CELL: Final = r"(?:[^!\s/]*?)(?:[!\s/]+(?P<sheet>[^!\s/]+?))?[!\s/]*(?P<column>[A-Za-z]{1,3})(?P<row>\d+)"


# What a visit says of its items: field of the item → field of the visit.
_SAID_IN_VISIT: Final = {name: name for name in ("visited_on", "cadres")} | {
    "person": "household", "phone": "phone", "township": "township", "village": "village",
    "identity": "target_kind", "proposal_no": "proposal_no",
}  # fmt: skip


class NotFound(WrongUse):
    """Nothing goes by that name; the message says what can be asked."""


@dataclass(frozen=True, slots=True)
class Source:
    """One cell that somebody typed. `field` is the column's title; `night` the day it was taken in."""

    submission_id: int
    night: date
    path: str
    member: str
    sheet: str
    cell: str
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Trace:
    """What was asked, in words, and the cells behind it."""

    what: str
    sources: list[Source]


def trace(asked: str, home: Home, ledger_fold: Fold, today: date) -> Trace:
    """Where `asked` comes from: an item's number (23下矛0001) or a cell of a published annex (附件1!走访明细!D5).

    Raises:
        NotFound: there is no such item or cell.
    """
    number = ledger_fold.ledger.number(asked)
    if number:
        item = ledger_fold.ledger.items[number]
        facts = item.facts()
        question = f"{number}：{facts.get('person', '')} {facts.get('matter', '')}"
        return Trace(question, list(_of_item(ledger_fold, number)))
    for schema in ledger_fold.rules.schemas.values():
        if schema.annex and (match := re.fullmatch(re.escape(schema.annex.label) + _CELL, asked.strip())):
            return _of_cell(schema, schema.annex, match, home, ledger_fold, today)
    raise NotFound(f"没有编号“{asked}”；也可以写单元格，例如：附件1!走访明细!D5、附件2!H8、附件1!汇总统计!E6")


def _of_item(ledger_fold: Fold, number: str, name: str = "") -> Iterator[Source]:
    """Every cell that speaks of an item, or only those that say its `name`, in the order of arrival."""
    item = ledger_fold.ledger.items[number]
    for mention in item.mentions:
        if name in ("", "matter", "nature"):
            yield from _cells(ledger_fold, mention.entry, [mention.field])
        visit_fields = [_SAID_IN_VISIT[name]] if name in _SAID_IN_VISIT else [] if name else _SAID_IN_VISIT.values()
        yield from _of_visit(ledger_fold, mention.entry, list(dict.fromkeys(visit_fields)))
    for entry in item.by_arrival():
        told = {field for field in entry.values if entry.part.cell(entry.row, field)} | entry.row.elsewhere.keys()
        row_fields = [field for field in entry.values if field in told and name in ("", field)]
        yield from _cells(ledger_fold, entry, row_fields)
    for entry in () if name else item.decisions:
        yield from _cells(ledger_fold, entry, list(entry.values))


def _of_visit(ledger_fold: Fold, entry: Entry, names: list[str]) -> Iterator[Source]:
    """The cells of a visit that hold the fields `names` as they stand, in every row that tells it; all its matters."""
    for row in ledger_fold.merged.rows_of(entry):
        standing = [name for name in names if name in OPENING or row.values.get(name) == entry.visit.get(name)]
        yield from _cells(ledger_fold, row, standing)


def _cells(ledger_fold: Fold, entry: Entry, names: list[str]) -> Iterator[Source]:
    """The cells of an entry that hold the fields `names`; fields without a value have none."""
    schema = ledger_fold.rules.schemas[entry.form]
    for name in names:
        if entry.values.get(name):
            cell = entry.part.source(entry.row, name)
            yield Source(
                entry.submission.submission_id, entry.submission.received_on, entry.submission.path, entry.part.member,
                entry.row.sheet, cell, schema.by_name[name].title, entry.values[name],
            )  # fmt: skip


def _of_cell(
    schema: FormSchema, annex: Annex, match: re.Match[str], home: Home, ledger_fold: Fold, today: date
) -> Trace:
    """What is behind one cell of a published annex.

    schema, annex: the form that the annex lists, and where it is published.
    match: of `_CELL`: the sheet ("" or None: the annex's own), the column's letters and the row's number.
    home: whose outbox is read. ledger_fold: the record, folded. today: the day the annex was made for.

    Raises:
        NotFound: there is no such annex, sheet or row of data.
    """
    if not (home.outbox / annex.file).exists():
        raise NotFound(f"还没有{annex.label}，请先运行 run")
    wanted = match["sheet"] or annex.sheet
    files = parts.files(annex.file, annex.label, {path.name for path in home.outbox.iterdir()})
    file, sheets = annex.file, dict[str, list[list[Value]]]()
    for file in files:
        sheets |= {sheet.name: sheet.rows for sheet in read_books((home.outbox / file).read_bytes(), file)[0].sheets}
        if wanted in sheets:
            break
    if wanted not in sheets:
        raise NotFound(f"{annex.label}没有“{wanted}”这张表，有：{'、'.join(sheets)}")
    rows, row, column = sheets[wanted], int(match["row"]) - 1, column_number(match["column"])
    cells = rows[row] if row < len(rows) else []
    shown = cells[column] if column < len(cells) else None
    question = f"{file} 「{wanted}」{match['column'].upper()}{match['row']} = {'（空）' if shown is None else shown}"
    if wanted == parts.INDEX:
        raise NotFound("目录是程序排的，只说哪个单位在哪张表里；请写那张表的单元格")
    if wanted == summary.SHEET:
        return Trace(question, list(_of_figure(ledger_fold, today, cells, column)))
    return Trace(question, list(_of_list_cell(schema, ledger_fold, today, cells, column)))


def _of_list_cell(
    schema: FormSchema, ledger_fold: Fold, today: date, cells: list[Value], column: int
) -> Iterator[Source]:
    """The cells behind one cell of 走访明细 or an办理表."""
    serial = cells[0] if cells else None
    listed = lists.columns(schema)
    if not isinstance(serial, int) or column >= len(listed):
        raise NotFound("这一格不在数据行内")
    frames, rules, name = ledger_fold.frames(), ledger_fold.rules, listed[column].key
    if not schema.item_kind and schema.role is not Role.VISITS:
        entry_id = _listed(listing.rows(schema.name, frames, rules, today)["entry_id"], serial)
        entry = _entry(ledger_fold, schema, entry_id)
        yield from list(_cells(ledger_fold, entry, [name])) or _cells(ledger_fold, entry, list(schema.primary_key))
        return
    if schema.role is Role.VISITS:
        visit_id = _listed(listing.visits(frames, rules, today)["visit_id"], serial)
        entry = _entry(ledger_fold, schema, visit_id)
        names = {"serial": ["household"], "responsible_office": ["target_kind"], "item_nos": list(OPENING)}
        found = list(_of_visit(ledger_fold, entry, names.get(name, [name])))
        yield from found or _cells(ledger_fold, entry, ["household"])
        return
    number = _listed(listing.items(schema.item_kind, frames, rules, today)["item_no"], serial)
    exact = list(_of_item(ledger_fold, number, name))
    shown = str(cells[column]) if column < len(cells) else ""
    yield from exact if any(source.value == shown for source in exact) else _of_item(ledger_fold, number)


def _entry(ledger_fold: Fold, schema: FormSchema, entry_id: Any) -> Entry:
    """The entry of a form that has this id."""
    return next(entry for entry in ledger_fold.merged.entries(schema.name) if entry.entry_id == entry_id)


def _listed(keys: pd.Series[Any], serial: int) -> Any:
    """The key of the row that has the 序号 `serial` (from 1).

    Raises:
        NotFound: the published annex has more rows than the list has now.
    """
    if not 1 <= serial <= len(keys):
        raise NotFound("附件已不是最新的，请先运行 run")
    return keys.iloc[serial - 1]


def _of_figure(ledger_fold: Fold, today: date, cells: list[Value], column: int) -> Iterator[Source]:
    """The visits or items that a figure of 汇总统计 counts."""
    frames, rules = ledger_fold.frames(), ledger_fold.rules
    listed = summary.columns(summary.target_kinds(rules))
    if len(cells) < 3 or column >= len(listed):
        raise NotFound("这一格不在数据行内")
    first, unit, cadre = (terms.normalize(str(cell or "")) for cell in cells[:3])
    unit, cadre = ("" if first == "合计" else unit), ("" if terms.is_total(first) else cadre)
    behind = summary.behind(listed[column].key, unit, cadre, frames, rules, today)
    if isinstance(behind, pd.DataFrame):
        wanted: set[Any] = set(behind["visit_id"]) if len(behind) else set()
        for entry in ledger_fold.merged.of_role(Role.VISITS):
            if entry.entry_id in wanted:
                yield from _cells(ledger_fold, entry, ["household"])
        return
    for number in behind:
        yield from list(_of_item(ledger_fold, number))[:4]


def show(found: Trace, screen: Screen) -> None:
    """What was asked, then every cell, under a heading for each row of a file."""
    screen.data({"what": found.what, "sources": [asdict(source) for source in found.sources]})
    screen.say(found.what, "bold")
    row: tuple[int, str, str] | None = None
    for source in found.sources:
        if row != (row := (source.submission_id, source.sheet, source.cell.lstrip(ascii_uppercase))):
            file = f"{source.path} › {source.member}" if source.member else source.path
            screen.say(f"收件{source.submission_id}　{source.night}　{file}　「{source.sheet}」", "cyan")
        screen.say(f"  {source.cell:<6}{source.field}：{source.value}")
    if not found.sources:
        screen.say("没有来源：这一格是空的")
