"""What the column 需修改 of a returned copy says: in each row with something to mend in a few words what, to be filtered by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from dazoufang.judging.which_form import GROUP
from dazoufang.model.faults import ERROR, WARNING, Fault
from dazoufang.model.submission import Heading, Part
from dazoufang.model.terms import MEND_COLUMN, normalize
from dazoufang.rules.schema import FormSchema, Schemas
from dazoufang.writing.answers.causes import bare, position, title_of

LONGEST: Final = 60  # characters of a row's text
_SHORT: Final = 16  # characters of a clause; where it is longer the name of the kind is said
# Faults of which one clause of the message says it in few words, the first or the last; of others the name of the kind does.
_FIRST_SAYS: Final = frozenset({"C01", "C02", "C04", "C05", "C07", "C08", "C14", "R01", "R07", "R24"})
_LAST_SAYS: Final = frozenset({"C06", "C09"})
_TO_LOOK_AT: Final = "请核对："
_LIKE_TWO: Final = "S36"  # a table that may be two
_MORE: Final = "；等{}处"


@dataclass(frozen=True, slots=True)
class MendColumn:
    """The column of one sheet: rows and columns from 0. `heading_row`: the last row of the headings; `left`, `right`: the
    first and last column that the form has; `last_row`: of the table; `texts`: row → what is to be done, and `levels` how
    it is filled."""

    heading_row: int
    left: int
    right: int
    last_row: int
    texts: dict[int, str]
    levels: dict[int, str]


def plain_heading(parts: Iterable[Part], sheet: str) -> Heading | None:
    """The heading of the only table of a sheet, if it is a plain one: no cards, nothing side by side, all rows below it."""
    parts = list(parts)
    found = [heading for part in parts for heading in part.headings if heading.sheet == sheet]
    plain = len(found) == 1 and not found[0].rows and not found[0].left
    above = plain and all(row.row_no > found[0].row_no for part in parts for row in part.rows if row.sheet == sheet)
    return found[0] if above else None


def mend_columns(parts: Sequence[Part], faults: Sequence[Fault], schemas: Schemas) -> dict[str, MendColumn]:
    """The column of each sheet with one plain table of rows, also where it has nothing to say: an older one may be there.
    None at all where a form has such a heading of its own."""
    if any(map(_has_it, schemas.values())):
        return {}
    found: dict[str, MendColumn] = {}
    for sheet in dict.fromkeys(heading.sheet for part in parts for heading in part.headings):
        heading = plain_heading(parts, sheet)
        rows = [row.row_no for part in parts for row in part.rows if row.sheet == sheet]
        if heading is None or not heading.row_no or not heading.columns or not rows:
            continue
        if any(fault.sheet == sheet and fault.code == _LIKE_TWO for fault in faults):
            continue
        by_row: dict[int, list[Fault]] = {}
        for fault in faults:
            row = _row(fault, heading.row_no) if fault.sheet == sheet else 0
            if row:
                by_row.setdefault(row, []).append(fault)
        columns = heading.columns.values()
        found[sheet] = MendColumn(
            heading.row_no - 1,
            min(columns),
            max(columns),
            max(*rows, *by_row, 0) - 1,
            {row - 1: _text(listed) for row, listed in by_row.items()},
            {row - 1: ERROR if _errors(listed) else WARNING for row, listed in by_row.items()},
        )
    return found


def _has_it(schema: FormSchema) -> bool:
    return any(
        normalize(heading.rpartition(GROUP)[2]) == MEND_COLUMN
        for field in schema.fields
        for heading in (field.title, *field.aliases)
    )


def _row(fault: Fault, heading_row: int) -> int:
    """The row that a fault is to be mended in, as Excel shows it: that of its cell, which is the red one; 0 none."""
    spot = position(fault.cell)
    row = spot[0] + 1 if spot is not None else fault.row
    return row if row > heading_row else 0


def _errors(faults: Iterable[Fault]) -> list[Fault]:
    return [fault for fault in faults if fault.severity == ERROR]


def _text(faults: Sequence[Fault]) -> str:
    """What is to be mended in one row; of a row with nothing wrong what is to be looked at."""
    wrong = _errors(faults)
    words = list(dict.fromkeys(map(_words, wrong or faults)))
    start = "" if wrong else _TO_LOOK_AT
    whole = start + "；".join(words)
    kept = len(words)
    while kept > 1 and len(whole) > LONGEST:
        kept -= 1
        whole = start + "；".join(words[:kept]) + _MORE.format(len(words))
    return whole if len(whole) <= LONGEST else whole[: LONGEST - 1] + "…"


def _words(fault: Fault) -> str:
    """One fault in a few words: 联系电话：只有7位，还差4位."""
    message = bare(fault)
    for verb in ("填的是", "填的"):
        if fault.value and message.startswith(f"{verb}“{fault.value}”"):
            message = message.removeprefix(f"{verb}“{fault.value}”").lstrip("，")
            break
    message = message.partition("；")[0].partition("（")[0]
    clauses = [clause for clause in message.split("，") if clause] or [""]
    at = 0 if fault.code in _FIRST_SAYS else -1
    said = clauses[at] if fault.code in _FIRST_SAYS | _LAST_SAYS else ""
    short = said if 0 < len(said) <= _SHORT and "“" not in said else title_of(fault.code)
    return f"{fault.column}：{short}" if fault.column else short
