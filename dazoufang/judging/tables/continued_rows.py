"""Rows that go on with the row above them: the second line of a cell, and the second row of a household."""

from __future__ import annotations

import re
from typing import Final

from dazoufang.judging.tables.headings import Block
from dazoufang.judging.tables.origins import MERGED, NOT_FILLED, Origin
from dazoufang.judging.tables.sheet_view import SheetView
from dazoufang.judging.tables.table import Table
from dazoufang.model import faults, terms
from dazoufang.reading.sheet import Value
from dazoufang.rules.schema import REPORTED, Field

HOW_GOES_ON: Final = "下一行续写"
HOW_SAME_HOUSEHOLD: Final = "同一户的下一行"
JOINT: Final = "；"
_MOST: Final = 2  # cells of a row that only goes on
_NEXT_NUMBER: Final = re.compile(r"[(（]?[0-9一二三四五六七八九十①-⑩]+[)）]?[、.,:)）]|[①-⑩]")  # of a list of matters
_BEGINS_ANEW: Final = re.compile(
    "建议|要求|希望|反映|请求|咨询|求助|申请|询问|与.{0,12}(?:争|纠纷|矛盾)"
)  # a matter of its own
_UNFINISHED: Final = ("，", ",", "、", "：", ":")  # whatever comes below belongs to such a line
_NO_LINE: Final = re.compile("以上|以下|注|备注|说明|合计|小计|总计|填表|填报|审核|附")  # words about the table


def join(table: Table, view: SheetView, block: Block) -> None:
    """Join to a row of `table` the rows below it that only go on with its cells; a row under a household that is merged
    over it is that household's second row.

    Rule: only what is certain is joined: one or two texts, nothing else in the row, and the same cells filled above. A
    row with a household, a day or a number of its own is a row of its own.
    """
    schema = table.match.schema
    if schema.role not in REPORTED:
        return
    person = next((field.name for field in schema.required if field.format == "name"), "")
    kept: list[tuple[int, dict[str, Value]]] = []
    last = 0  # the row last read, which may have been joined
    for row_no, cells in table.rows:
        above = kept[-1] if kept and row_no == last + 1 else None
        last = row_no
        if person in cells and table.typed(row_no, person):
            kept.append((row_no, cells))
            continue
        own = _own(table, view, row_no, cells)
        if above is None or own & {field.name for field in schema.required} - set(schema.matters):
            kept.append((row_no, cells))
        elif _goes_on(table, view, block, row_no, cells, own, above[1]):
            _add(table, above, row_no, cells, own)
        else:
            if person and _is_merged(table, view, block, row_no, person) and above[1].get(person) is not None:
                _fill(table, row_no, cells, above)
            kept.append((row_no, cells))
    table.rows[:] = kept


def _own(table: Table, view: SheetView, row_no: int, cells: dict[str, Value]) -> set[str]:
    """The fields that a row fills itself: not by a merged cell above it, nor by what stands around it."""
    from_above = {
        name
        for name, parts in table.match.parts.items()
        if all(view.at(row_no - 1, column) is None for column, _ in parts)
    }
    return {
        name
        for name, value in cells.items()
        if name not in from_above
        and table.typed(row_no, name)
        and not (value is None or (isinstance(value, str) and not value.strip()))
    }


def _goes_on(
    table: Table,
    view: SheetView,
    block: Block,
    row_no: int,
    cells: dict[str, Value],
    own: set[str],
    above: dict[str, Value],
) -> bool:
    """Whether all that a row holds in the table goes on with texts of the row above it.

    row_no, cells, own: the row, its cells by field, and which of them it fills itself. above: the row above it.
    """
    schema, columns = table.match.schema, table.match.columns
    line = view.rows[row_no - 1][: min(block.edge, block.ends)]
    here = {column for column, value in enumerate(line) if str("" if value is None else value).strip()}
    if not own or len(own) > _MOST or here != {columns[name] for name in own if name in columns}:
        return False
    for name in own:
        field, text, over = schema.by_name[name], cells[name], above.get(name)
        if not _is_free(field) or not isinstance(text, str) or not isinstance(over, str):
            return False
        normalized = terms.normalize(text)
        if not over.strip() or terms.is_none(over) or terms.is_none(text) or terms.is_ditto(text):
            return False
        if _NO_LINE.match(normalized) or (field.matter and _NEXT_NUMBER.match(normalized)):
            return False
        if field.matter and _BEGINS_ANEW.match(normalized) and not over.strip().endswith(_UNFINISHED):
            return False
    return True


def _is_free(field: Field) -> bool:
    return (
        field.type == "string" and field.format == "default" and not field.constraints.enum and field.ditto == "words"
    )


def _is_merged(table: Table, view: SheetView, block: Block, row_no: int, name: str) -> bool:
    """Whether a cell of a row is merged with one above it."""
    column = table.match.columns.get(name)
    return column is not None and view.from_above(row_no - 1, column, block.bottom) is not None


def _add(table: Table, above: tuple[int, dict[str, Value]], line: int, cells: dict[str, Value], own: set[str]) -> None:
    """Add to the row `above` the cells `own` of the row `line`, as Excel counts it."""
    row_no, over = above
    for name in own:
        column = table.match.columns[name]
        known = table.origins.get((row_no, name))
        so_far = known if known and known.how == HOW_GOES_ON else Origin(HOW_GOES_ON, ((row_no - 1, column),))
        before = so_far.before if so_far is known else faults.visible(over[name])
        stem, added = str(over[name]).strip(), str(cells[name]).strip()
        over[name] = stem + added if stem[-1] in "，,、；;：:" else stem + JOINT + added
        places = (*so_far.places, (line - 1, column))
        table.origins[row_no, name] = Origin(HOW_GOES_ON, places, before)


def _fill(table: Table, row_no: int, cells: dict[str, Value], above: tuple[int, dict[str, Value]]) -> None:
    """Give a household's second row what the first one tells of the household and the visit."""
    schema = table.match.schema
    for name, value in above[1].items():
        field = schema.by_name[name]
        if value is None or cells.get(name) is not None or _is_free(field) or name == schema.updates_by:
            continue
        if field.constraints.required or field.ditto == "all" or field.format == "phone":
            cells[name] = value
            places = tuple(table.places(above[0], name))
            before = MERGED if field.format == "name" else NOT_FILLED
            table.origins[row_no, name] = Origin(HOW_SAME_HOUSEHOLD, places, before)
