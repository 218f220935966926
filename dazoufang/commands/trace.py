"""Finds what stands behind a figure or an item: the cells that somebody typed, the rows of the roster, and the rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from string import ascii_uppercase
from typing import Final

from dazoufang.commands.screen import Screen, table_of
from dazoufang.ledger.fold import Fold
from dazoufang.ledger.life import Change, life
from dazoufang.ledger.sources import Source, Sources
from dazoufang.model import terms
from dazoufang.model.bureaus import own_name
from dazoufang.model.cell_names import column_number
from dazoufang.model.faults import day_words
from dazoufang.reading.books import read_books
from dazoufang.reading.sheet import Value
from dazoufang.rules.schema import Annex, FormSchema
from dazoufang.rules.where import RuleSource
from dazoufang.system.errors import WrongUse
from dazoufang.system.home import Home
from dazoufang.writing.annexes import lists, makings, own_look, parts, summary
from dazoufang.writing.annexes.list_makings import ListCells
from dazoufang.writing.annexes.makings import Making, Part
from dazoufang.writing.broken_template import BrokenTemplate
from dazoufang.writing.own_templates.layout import DressedBook
from dazoufang.writing.own_templates.places import Place, place, sheet_of
from dazoufang.writing.sheets.columns import STYLE

# What stands behind an annex's label: the rest of its name, a sheet, and the cell (which may follow the sheet at once,
# unless that ends in a letter).
_CELL: Final = (
    r"(?:[^!\s/]*?)(?:[!\s/]+(?P<sheet>[^!\s/]+?(?=[!\s/])|[^!\s/]*[^!\s/A-Za-z]))?"
    r"[!\s/]*(?P<column>[A-Za-z]{1,3})(?P<row>\d+)"
)
_LONGEST: Final = 24  # characters of a cell in one line beside others
_OUTSIDE: Final = "这一格不在数据行内"
_STATES: Final = {"open": "在办", "resolved": "已办结，待回访", "closed": "已销号"}


class NotFound(WrongUse):
    """Nothing goes by that name; the message says what can be asked."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What was asked, in words, and what is behind it: how it came about, the rules, the life of an item, all that a
    figure counts, and the cells (those of the parts too)."""

    what: str
    sources: list[Source]
    how: list[str] = field(default_factory=list)
    rules: list[RuleSource] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    life: list[Change] = field(default_factory=list)


def trace(asked: str, home: Home, ledger_fold: Fold, today: date) -> Trace:
    """Where `asked` comes from: an item's number (23下矛0001) or a cell of a published annex (附件1!走访明细!D5).

    Raises:
        NotFound: there is no such item or cell.
    """
    numbers = ledger_fold.ledger.numbers
    if number := numbers.asked(asked):
        return _of_item(asked, number, ledger_fold)
    for schema in ledger_fold.rules.schemas.values():
        if schema.annex and (match := re.fullmatch(re.escape(schema.annex.label) + _CELL, asked.strip())):
            return _of_cell(schema, schema.annex, match, home, ledger_fold, today)
    if several := "、".join(numbers.in_bureaus(asked)):
        raise NotFound(f"几个单位都有编号“{asked}”，请写全：{several}")
    raise NotFound(f"没有编号“{asked}”；也可以写单元格，例如：附件1!走访明细!D5、附件2!H8、附件1!汇总统计!E6")


def _of_item(asked: str, number: str, ledger_fold: Fold) -> Trace:
    facts = ledger_fold.ledger.items[number].facts()
    items = ledger_fold.frames().items
    stands = items[items["item_no"] == number].to_dict("records")
    how = []
    if own_name(was := terms.normalize(asked)) != own_name(number):
        how.append(f"{was}已并入{number}")
    if not stands:
        how.append("现在：已作废，或者没有表再说到它")
    for row in stands:
        awaiting = row["awaiting"]
        more = f"：{awaiting}" if isinstance(awaiting, str) else ""
        how.append(f"现在：{_STATES[row['state']]}（办理状态“{row['status']}”）{more}")
    what = f"{number}：{facts.get('person', '')} {facts.get('matter', '')}"
    return Trace(what, Sources(ledger_fold).of_item(number), how, life=life(number, ledger_fold))


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
    dressed = _own_book(schema, home, ledger_fold, today)
    if dressed is not None and not match["sheet"]:
        wanted = sheet_of(dressed, _listed_in(dressed, annex)) or wanted
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
    if dressed is not None and any(layout.sheet == wanted for layout in dressed.layouts):
        made = _of_template(schema, dressed, place(dressed, wanted, row, column), ledger_fold, today)
        return Trace(question, [*made.sources, *(part.source for part in made.parts)], made.how, made.rules, made.parts)
    if wanted == parts.INDEX:
        raise NotFound("目录是程序排的，只说哪个单位在哪张表里；请写那张表的单元格")
    if wanted == summary.SHEET:
        made = _figure(ledger_fold, today, cells, column)
    else:
        made = _list_cell(schema, ledger_fold, today, cells, column)
    return Trace(question, [*made.sources, *(part.source for part in made.parts)], made.how, made.rules, made.parts)


def _own_book(schema: FormSchema, home: Home, ledger_fold: Fold, today: date) -> DressedBook | None:
    """The annex as the office's own template has it; None where it is drawn as ours. One that is broken publishes nothing."""
    try:
        drawn, own = own_look.books(schema.name, ledger_fold.frames(), ledger_fold.rules, today, home.templates)
    except BrokenTemplate:
        return None
    return next((book for book in drawn.values() if isinstance(book, DressedBook)), None) if own else None


def _listed_in(dressed: DressedBook, annex: Annex) -> int:
    """The number of the sheet that lists rows."""
    return next(number for number, sheet in enumerate(dressed.book.sheets) if sheet.name == annex.sheet)


def _of_template(
    schema: FormSchema, dressed: DressedBook, found: Place | None, ledger_fold: Fold, today: date
) -> Making:
    """What is behind one cell of a filled template."""
    if found is None:
        raise NotFound(_OUTSIDE)
    sheet = dressed.book.sheets[found.spec]
    is_total = found.row == len(sheet.rows) - 1 and sheet.rows[STYLE].iloc[-1] == "total"
    if sheet.name == summary.SHEET:
        first, unit, cadre = (sheet.rows[name].iloc[found.row] for name in ("serial", "unit", "cadre"))
        marked = first if first in ("小计", "合计") else ""
        return makings.figure(found.key or "serial", marked, str(unit), str(cadre), ledger_fold, today)
    cells = ListCells(schema, ledger_fold, today)
    return cells.total() if is_total else cells.cell(found.row + 1, found.key)


def _list_cell(schema: FormSchema, ledger_fold: Fold, today: date, cells: list[Value], column: int) -> Making:
    """What is behind one cell of 走访明细 or an办理表."""
    serial = cells[0] if cells else None
    listed = lists.columns(schema)
    if column >= len(listed) or not (isinstance(serial, int) or serial == "合计"):
        raise NotFound(_OUTSIDE)
    found = ListCells(schema, ledger_fold, today)
    if not isinstance(serial, int):
        return found.total()
    if not 1 <= serial <= len(found):
        raise NotFound("附件已不是最新的，请先运行 run")
    return found.cell(serial, listed[column].key)


def _figure(ledger_fold: Fold, today: date, cells: list[Value], column: int) -> Making:
    """What a figure of 汇总统计 counts."""
    listed = summary.columns(summary.target_kinds(ledger_fold.rules))
    first = cells[0] if cells else None
    if len(cells) < 3 or column >= len(listed) or not (isinstance(first, int) or first in ("小计", "合计")):
        raise NotFound(_OUTSIDE)
    unit, cadre = (str(cell or "") for cell in cells[1:3])
    try:
        return makings.figure(listed[column].key, str(first), unit, cadre, ledger_fold, today)
    except KeyError:
        raise NotFound("附件已不是最新的，请先运行 run") from None


def show(found: Trace, screen: Screen) -> None:
    """What was asked and how it came about; then the life of an item, what a figure counts, and the cells."""
    screen.data(
        {
            "what": found.what,
            "how": found.how,
            "rules": [asdict(rule) for rule in found.rules],
            "sources": [asdict(source) for source in found.sources],
            "parts": [
                {"label": part.label, "amount": part.amount, "source": asdict(part.source)} for part in found.parts
            ],
            "life": [asdict(change) for change in found.life],
        }
    )
    screen.say(found.what, "bold")
    for sentence in found.how:
        screen.say(sentence)
    for rule in found.rules:
        screen.say(f"规则　{rule.file} 第{rule.line}行　{rule.key} = {rule.value}", "magenta")
        screen.say(f"　　　{rule.source}")
    if found.life:
        screen.say("经过", "bold")
        screen.say(table_of((("日期", "left"), ("环节", "left"), ("内容和出处", "left")), list(map(_step, found.life))))
        screen.say("说到它的单元格", "bold")
    if found.parts:
        total = sum(part.amount for part in found.parts)
        screen.say(f"计入的{len(found.parts)}行，合计{total}", "bold")
        _parts(found.parts, screen)
    behind = {part.source for part in found.parts}
    _cells([source for source in found.sources if source not in behind], screen)
    if not found.sources:
        screen.say("没有来源：这一格是空的" if not found.how else "没有要列的单元格")


def _step(change: Change) -> tuple[str, str, str]:
    """One step of a life: its day, what it is, and under the words where they stand."""
    places: dict[tuple[int, str], list[Source]] = {}
    for source in change.sources:
        places.setdefault((source.submission_id, source.sheet), []).append(source)
    said = [f"{_place(first)}{''.join(f'、{s.cell}' for s in more)}" for first, *more in places.values()]
    return change.day.isoformat(), change.stage, "\n".join([change.words, *said])


def _parts(counted: Sequence[Part], screen: Screen) -> None:
    """A line for each thing that a figure counts, under a heading for each file."""
    sheet = ""
    for number, part in enumerate(counted, 1):
        source = part.source
        if sheet != (sheet := _file(source)):
            screen.say(sheet, "cyan")
        amount = "" if part.amount == 1 else f"　计{part.amount}"
        value = source.value if len(source.value) <= _LONGEST else source.value[: _LONGEST - 1] + "…"
        screen.say(f"  {number:>4}  {source.cell:<6}{value}　{part.label}{amount}")


def _place(source: Source) -> str:
    """收件2（9月25日）工会/走访.xlsx「Sheet1」H3."""
    file = f"{source.path} › {source.member}" if source.member else source.path
    return f"收件{source.submission_id}（{day_words(source.night, source.night.year)}）{file}「{source.sheet}」{source.cell}"


def _file(source: Source) -> str:
    file = f"{source.path} › {source.member}" if source.member else source.path
    return f"收件{source.submission_id}　{source.night}　{file}　「{source.sheet}」"


def _cells(sources: Sequence[Source], screen: Screen) -> None:
    """Every cell, under a heading for each row of a file."""
    row: tuple[int, str, str] | None = None
    for source in sources:
        if row != (row := (source.submission_id, source.sheet, source.cell.lstrip(ascii_uppercase))):
            screen.say(_file(source), "cyan")
        screen.say(f"  {source.cell:<6}{source.field}：{source.value}")
