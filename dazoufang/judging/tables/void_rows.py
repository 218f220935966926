"""Rows that say of themselves that they do not count: void by their remark, nobody visited, or crossed out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from dazoufang.judging.tables.headings import Block
from dazoufang.judging.tables.origins import HOW_DITTO, Origin
from dazoufang.judging.tables.sheet_view import SheetView
from dazoufang.judging.tables.table import Table
from dazoufang.model import faults, terms
from dazoufang.model.cell_names import address
from dazoufang.reading.sheet import Value
from dazoufang.rules.habits import Habits
from dazoufang.rules.schema import REPORTED, Field, FormSchema, Role

REMARK: Final = "remark"
_MAY_BE_VOID: Final = frozenset({*REPORTED, Role.LIST})
_THIS_ROW: Final = "(?:此行|本行|该行|这行|这一行|此条|本条|该条|这条|此户记录|本户记录)"
_THIS_CARD: Final = re.compile("^[此本该这](?:一?[户卡张页表]|张[卡表])")
_LEAST_STRUCK: Final = 2  # cells: one crossed out alone is that cell's affair
# Words that say of another time that nobody came, or of this time that somebody did.
_OTHER_TIME: Final = re.compile(
    "上次|上轮|上半年|去年|上年|前期|前次|此前|之前|以前|原来|已走访|已入户|补访|补走访|再次走访|今日走访"
)


def drop(
    table: Table, view: SheetView, block: Block, struck: frozenset[tuple[int, int]], habits: Habits, surroundings: bool
) -> None:
    """Take out of `table` the rows that do not count, and say of each why. surroundings: whether 同上 below an empty cell
    of such a row means nothing, and not what stands above that row.

    Rule: a word counts only where it is the whole text, or begins it before a comma; 建议取消收费 is a suggestion.
    """
    if table.match.schema.role not in _MAY_BE_VOID:
        return
    words = _Words(habits)
    kept: list[tuple[int, dict[str, Value]]] = []
    above: dict[str, Value] = {}  # what 同上 means under a row that does not count
    empty: set[str] = set()  # fields in which such a row, right above, is empty
    for row_no, cells in table.rows:
        said = _crossed_out(table, row_no, cells, struck) or _said(table, view, block, row_no, cells, words)
        if said is None:
            _resolve(table, row_no, cells, above)
            table.nothing_above |= {(row_no, name) for name in empty if _is_ditto(cells.get(name))}
            kept.append((row_no, cells))
            above, empty = {}, set()
        else:
            above = {name: above.get(name) if _is_ditto(value) else value for name, value in cells.items()}
            empty = {name for name in table.match.columns if surroundings and cells.get(name) is None}
            column, what, mend = said
            cell = address(row_no - 1, column)
            table.found.append(faults.make("S26", sheet=table.sheet, cell=cell, row=row_no, what=what, mend=mend))
    table.rows[:] = kept


def _resolve(table: Table, row_no: int, cells: dict[str, Value], above: Mapping[str, Value]) -> None:
    """Give a row below one that is taken out what its 同上 means: 同上 is what stands right above, crossed out or not."""
    for name, value in list(cells.items()):
        meant = above.get(name)
        if meant is not None and _is_ditto(value) and table.match.schema.by_name[name].ditto != "none":
            cells[name] = meant
            own = tuple(table.places(row_no, name))
            table.origins[row_no, name] = Origin(HOW_DITTO, own, faults.visible(value))


def _is_ditto(value: Value) -> bool:
    return isinstance(value, str) and terms.is_ditto(value)


def drop_cards(table: Table, habits: Habits, beside: Sequence[tuple[int, int, str]] = ()) -> None:
    """Take out of a table of cards those that do not count: the same words, wherever their cell stands.
    beside: what stands on the card in cells that are no label's, (row, column, text); a word alone there is one too."""
    if table.match.schema.role not in _MAY_BE_VOID:
        return
    words = _Words(habits)
    for row_no, cells in list(table.rows):
        if said := _said_on(table, row_no, cells, words) or _said_beside(beside, words):
            place, what, mend = said
            table.rows.remove((row_no, cells))
            table.found.append(faults.make("S26", sheet=table.sheet, cell=place, row=row_no, what=what, mend=mend))


def _said_on(table: Table, row_no: int, cells: dict[str, Value], words: _Words) -> tuple[str, str, str] | None:
    """(cell, what it says, how to mend it) of the value that says that a card does not count; the remark's is asked first."""
    schema, columns = table.match.schema, table.match.columns
    for name in sorted(columns, key=lambda name: name != REMARK):
        field, place = schema.by_name[name], address(table.cell_rows.get(name, row_no - 1), columns[name])
        text, free = _typed_freely(field, schema, cells), name == REMARK or schema.role is Role.VISITS
        if text and (said := _says(text, field.title, place, name == REMARK, free, schema, words)):
            return place, *said
    return None


def _said_beside(beside: Sequence[tuple[int, int, str]], words: _Words) -> tuple[str, str, str] | None:
    """The same of what stands beside the labels, where it is nothing but such a word."""
    for row, column, text in beside:
        if words.void.fullmatch(_THIS_CARD.sub("", _bare(text))):
            place, quoted = address(row, column), faults.visible(text.strip())
            return place, f"起的一户写着“{quoted}”", f"删去{place}的“{quoted}”"
    return None


class _Words:
    """The words of the rules as they stand in cells, alone or with a reason behind a comma."""

    def __init__(self, habits: Habits) -> None:
        void, unseen = _any_of(habits.void_words.value), _any_of(habits.not_visited_words.value)
        self.void = re.compile(rf"{_THIS_ROW}?(?:已经?)?(?:{void})")
        self.this_row_void = re.compile(rf"{_THIS_ROW}(?:已经?)?(?:{void})(?:[,;:。(].*)?", re.DOTALL)
        self.void_because = re.compile(rf"{_THIS_ROW}?(?:已经?)?(?:{void})[,;:。(].*", re.DOTALL)
        self.unseen = re.compile(rf"(?:{unseen})(?:[,;:。(].*)?", re.DOTALL)
        self.unseen_somewhere = re.compile(unseen)
        # One of these characters stands in every text that says so: most cells need no further look.
        self.telling = {
            terms.normalize(word)[0] for word in (*habits.void_words.value, *habits.not_visited_words.value)
        }


def _any_of(words: tuple[str, ...]) -> str:
    """A pattern for one of `words` as it is compared; of none of them nothing is one."""
    return "|".join(re.escape(terms.normalize(word)) for word in words) or "(?!)"


def _said(
    table: Table, view: SheetView, block: Block, row_no: int, cells: Mapping[str, Value], words: _Words
) -> tuple[int, str, str] | None:
    """(column, what is said there, how to mend) of a row that says that it does not count; None it says no such thing."""
    schema = table.match.schema
    if all(words.telling.isdisjoint(value) for value in view.rows[row_no - 1] if isinstance(value, str)) and all(
        words.telling.isdisjoint(value) for value in cells.values() if isinstance(value, str)
    ):
        return None
    for column, value, title, is_remark, is_free in _texts(table, view, block, row_no, cells):
        said = _says(value, title, address(row_no - 1, column), is_remark, is_free, schema, words)
        if said is not None:
            return column, *said
    return None


def _says(
    value: str, title: str, cell: str, is_remark: bool, is_free: bool, schema: FormSchema, words: _Words
) -> tuple[str, str] | None:
    """(what is said, how to mend) of a text by which its row does not count; None it says no such thing.

    value, title, cell: the text, the title of its column and where it stands. is_remark, is_free: whether it is the
    remark, and whether it may be any text. schema, words: the form, and the words of the rules.
    """
    text = _bare(value)
    void = words.void.fullmatch(text) if is_free else words.this_row_void.fullmatch(text)
    if void or (is_remark and words.void_because.fullmatch(text)):
        quoted = faults.visible(value.strip())
        return f"的{title}写着“{quoted}”", f"删去{cell}的“{quoted}”"
    unseen = words.unseen.fullmatch(text) if is_free else None
    if is_remark and not unseen and words.unseen_somewhere.search(text):
        unseen = None if _OTHER_TIME.search(text) else words.unseen_somewhere.search(text)
    if unseen and schema.role is Role.VISITS:
        return f"的{title}写着“{faults.visible(value.strip())}”，不是走访", f"填好走访情况，删去{cell}的这句话"
    return None


def _texts(
    table: Table, view: SheetView, block: Block, row_no: int, cells: Mapping[str, Value]
) -> Iterator[tuple[int, str, str, bool, bool]]:
    """The texts of a row that may say so, the remark first: (column, text, title of the column, whether it is the
    remark, whether it may be any text). In columns that nobody knows only a text about “this row” is one."""
    schema, columns = table.match.schema, table.match.columns
    known: dict[int, Field] = {column: schema.by_name[name] for name, column in columns.items()}
    fields = sorted(columns, key=lambda name: name != REMARK)
    for name in fields:
        field = schema.by_name[name]
        value = _text_of(field, schema, cells, view, row_no, columns[name])
        if value:
            yield columns[name], value, field.title, name == REMARK, name == REMARK or schema.role is Role.VISITS
    for column in range(min(view.width, block.edge)):
        beside = view.at(row_no - 1, column)
        if column not in known and isinstance(beside, str) and beside.strip():
            headed = column < len(block.paths) and bool(block.paths[column])
            yield column, beside, "表头以外" if not headed else table.headings.get(column, ""), False, not headed


def _text_of(
    field: Field, schema: FormSchema, cells: Mapping[str, Value], view: SheetView, row_no: int, at: int
) -> str:
    """The text of a cell in which somebody may say so; "" it holds none, or no such thing could stand there."""
    if field.derived:
        serial = view.at(row_no - 1, at)
        return serial if isinstance(serial, str) and not serial.strip().isdigit() else ""
    return _typed_freely(field, schema, cells)


def _typed_freely(field: Field, schema: FormSchema, cells: Mapping[str, Value]) -> str:
    free = field.type == "string" and field.format == "default" and not field.constraints.enum
    typed = cells.get(field.name)
    return typed if free and isinstance(typed, str) and (field.name == REMARK or not schema.updates_by) else ""


def _bare(text: str) -> str:
    """`text` as it is compared, less the stops behind it and the brackets around it: （作废）！ is 作废."""
    bare = terms.normalize(text).rstrip("。.!;,、~")
    return bare[1:-1] if bare[:1] + bare[-1:] in ("()", "[]", "【】", "{}", "〔〕", "“”", '""') else bare


def _crossed_out(
    table: Table, row_no: int, cells: Mapping[str, Value], struck: frozenset[tuple[int, int]]
) -> tuple[int, str, str] | None:
    """The same of a row whose cells are crossed out, all or all that are required; cells of merged areas above tell
    nothing of it."""
    if not struck:
        return None
    columns, schema = table.match.columns, table.match.schema
    own = {name for name, value in cells.items() if value is not None and name in columns and table.typed(row_no, name)}
    out = {name for name in own if (row_no - 1, columns[name]) in struck}
    required = {field.name for field in schema.required} & own
    if not (out == own and out) and not (required and required <= out and len(out) >= _LEAST_STRUCK):
        return None
    return min(columns[name] for name in out), "划掉了（有删除线）", "去掉这一行的删除线"
