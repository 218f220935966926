"""Text cells merged over several rows or several columns: who has the text, and what has to be asked of it."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from dazoufang.judging.tables.headings import Block
from dazoufang.judging.tables.origins import FROM_MERGED
from dazoufang.judging.tables.sheet_view import SheetView
from dazoufang.judging.tables.table import Table
from dazoufang.model import faults, terms
from dazoufang.model.cell_names import address
from dazoufang.reading.sheet import Value

_MOST_NAMED: Final = 6  # persons that are named of those whom one merged text speaks of

Areas = dict[tuple[int, str], list[int]]  # (row of the text, field) → the rows that it covers, as Excel shows them


def fill(table: Table, view: SheetView, block: Block) -> Areas:
    """Give every row the text that a merged cell above it shows. Returns where a matter covers several rows.

    Rule: a merged cell speaks of every row that it covers. A person and a number of ours are nobody else's.
    """
    areas: Areas = defaultdict(list)
    if not view.anchors:
        return areas
    schema = table.match.schema
    aside = table.match.parts.keys() | table.match.ticks.keys()
    columns = {
        name: column
        for name, column in table.match.columns.items()
        if schema.by_name[name].ditto == "words" and name not in aside
    }
    for row_no, cells in table.rows:
        for name, column in columns.items():
            field = schema.by_name[name]
            value = None if field.derived else view.from_above(row_no - 1, column, block.bottom)
            if value is not None:
                cells[name] = value
                table.origins.setdefault((row_no, name), FROM_MERGED)
                if field.matter:
                    areas[view.anchors[row_no - 1, column][0] + 1, name].append(row_no)
    return areas


def ask(table: Table, areas: Areas) -> None:
    """Ask of a matter that covers the rows of several persons whether it is one (R22)."""
    schema = table.match.schema
    person = next((field.name for field in schema.required if field.format == "name"), "")
    rows = dict(table.rows)
    for (top, name), below in areas.items():
        covered = [row_no for row_no in (top, *below) if row_no in rows]
        who = [text for row_no in covered if (text := _text(rows[row_no].get(person)))]
        value = rows[covered[0]].get(name) if covered else None
        if len(dict.fromkeys(map(terms.normalize, who))) < 2 or not isinstance(value, str) or terms.is_none(value):
            continue
        more = f"等{len(who)}人" if len(who) > _MOST_NAMED else ""
        table.found.append(
            faults.make(
                "R22",
                sheet=table.sheet,
                cell=address(top - 1, table.match.columns[name]),
                row=top,
                column=schema.by_name[name].title,
                value=value,
                what="、".join(map(str, covered)),
                who="、".join(who[:_MOST_NAMED]) + more,
            )
        )


def ask_of_wide(table: Table, view: SheetView, any_column: bool) -> None:
    """Say of a text merged over several columns that the first of them has it (R23). any_column: also where the others
    are no texts, as a telephone."""
    if not any(span > 1 for span in view.wide.values()):
        return
    schema = table.match.schema
    names = {column: name for name, column in table.match.columns.items() if not schema.by_name[name].derived}
    texts = {
        column
        for column, name in names.items()
        if schema.by_name[name].type == "string" and schema.by_name[name].format == "default"
    }
    for row_no, cells in table.rows:
        for column, name in names.items():
            span = view.wide.get((row_no - 1, column), 1)
            over = [other for other in range(column + 1, column + span) if other in (names if any_column else texts)]
            value = cells.get(name)
            if column not in texts or not over or not isinstance(value, str) or terms.is_none(value):
                continue
            titles = "、".join(f"“{schema.by_name[names[other]].title}”" for other in over)
            table.found.append(
                faults.make(
                    "R23",
                    sheet=table.sheet,
                    cell=address(row_no - 1, column),
                    row=row_no,
                    column=schema.by_name[name].title,
                    value=value,
                    what=titles,
                )
            )


def _text(value: Value) -> str:
    return faults.visible(value).strip()
