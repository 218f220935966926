"""What stands around the rows and belongs into each of them: the township of a band or a sheet, the cadre over a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from dazoufang.judging.cells.choices import to_township
from dazoufang.judging.tables.headings import Block
from dazoufang.judging.tables.origins import Origin
from dazoufang.judging.tables.sheet_view import SheetView
from dazoufang.judging.tables.table import Table
from dazoufang.judging.tables.whose_column import HIDDEN, Aside
from dazoufang.judging.which_form import GROUP
from dazoufang.model import faults, terms
from dazoufang.model.cell_names import address
from dazoufang.model.faults import WARNING
from dazoufang.reading.sheet import Value
from dazoufang.rules.campaign import Townships
from dazoufang.rules.schema import REPORTED, Field

HOW_BAND: Final = "小标题"
HOW_SHEET: Final = "工作表名称"
HOW_ABOVE: Final = "表上方"

_NUMBERED: Final = re.compile(r"[(]?[一二三四五六七八九十\d]{1,3}[)]?[、.,:]?(?=.)")  # 一、 before the name of a band
_BAND: Final = re.compile(  # 章华镇走访情况（12户）：
    r"(?P<name>.+?)(?:大?走访|入户|登记|情况|记录|明细|名单|片区?|群众|农户|对象)*"
    r"(?:[(][共计]*\d{1,4}[户人次]*[)])?(?:[共计]+\d{1,4}[户人次]+)?[:]?"
)
_MOST_IN_BAND: Final = 3  # cells: a number, a name and a count
_COUNT: Final = re.compile(r"[共计]*\d{1,4}(?:\.0)?[户人次]*")
_NUMBERING: Final = re.compile(r"[(]?[一二三四五六七八九十\d]{1,3}[)]?[、.,]?")
_PLACE: Final = re.compile(r".{0,12}[镇乡县区场村组]|.*(?:街道|社区|单位|其他|其它)")  # another band, of no township
_SHEET_REST: Final = re.compile(  # what may stand beside a township in the name of a sheet
    r"(?:大?走访|登记|情况|记录|台账|明细|汇总|活动|统计|入户|矛盾纠纷|意见建议|事项|办理|表|册|年|月|日|上半|下半|第[一二12]轮|片区?|组"
    r"|[(]?\d+户?[)]?|[-_()、.\d])*"
)
_WHOLE_NAME: Final = re.compile(".*(?:镇|乡|街道)")
_PAIR: Final = re.compile(r"\s{2,}|[;；]|\s+(?=[^\s:：]{2,10}[:：])")  # between two labelled values of one cell


def fill(table: Table, view: SheetView, block: Block, begin: int, towns: Townships, surroundings: bool) -> None:
    """Give the rows of `table` what stands around them, from row `begin` of the sheet, where the table before ended.
    surroundings: whether a hidden column that says otherwise is asked about.

    Rule: what a row says itself stands; no unit is taken from a band, since nobody speaks for others by one.
    """
    schema = table.match.schema
    if schema.role not in REPORTED:
        return
    around = _Around(table, view, block, towns, surroundings)
    for row in range(begin, block.top):
        around.note(row, is_data=False)
    data = {row_no - 1 for row_no, _ in table.rows}
    bands: set[int] = set()
    seen = False
    for row in range(block.bottom + 1, max(data, default=0) + 1):
        if around.note(row, is_data=row in data, after_rows=seen):
            bands.add(row)
        elif row in data:
            around.at_row(row)
            seen = True
    table.rows[:] = [(row_no, cells) for row_no, cells in table.rows if row_no - 1 not in bands]
    table.skipped[:] = [(row_no, what) for row_no, what in table.skipped if row_no - 1 not in bands]
    around.give()


class _Around:
    """Reads the rows over and between the rows of a table, and keeps what each row of data has from them."""

    def __init__(self, table: Table, view: SheetView, block: Block, towns: Townships, surroundings: bool) -> None:
        self.table, self.view, self.block, self.towns = table, view, block, towns
        self.surroundings = surroundings
        fields = table.match.schema.fields
        self.town = next((field for field in fields if field.format == "township"), None)
        self.cadres = next((field for field in fields if field.format == "names" and field.constraints.required), None)
        self.labels: dict[str, Field] = {}
        self.headings = {terms.normalize(text) for field in fields for text in (field.title, *field.aliases)}
        for field in (self.town, self.cadres):
            for heading in (field.title, *field.aliases) if field else ():
                if field and GROUP not in heading:
                    self.labels.setdefault(terms.normalize(heading), field)
        self.derived = {
            column for name, column in table.match.columns.items() if table.match.schema.by_name[name].derived
        }
        self.now: dict[str, tuple[str, Origin]] = {}  # field → what holds from here on, and where it stands
        self.of_row: dict[int, dict[str, tuple[str, Origin]]] = {}
        if town := self._town_of_sheet():
            self.now[self.town.name if self.town else ""] = (town, Origin(HOW_SHEET))

    def at_row(self, row: int) -> None:
        """A row of data: what stands over it holds for it."""
        self.of_row[row] = dict(self.now)

    def note(self, row: int, *, is_data: bool, after_rows: bool = False) -> bool:
        """Look at one row; whether it is nothing but such a heading of the rows below it."""
        own = self.view.rows[row] if row <= self.block.bottom else self.view.rows[row][: self.block.ends]
        if is_data and sum(value is not None for value in own) > _MOST_IN_BAND:
            return False
        cells = [
            (column, value)
            for column, value in enumerate(own)
            if value is not None and not (column in self.derived and _NUMBERING.fullmatch(terms.normalize(str(value))))
        ]
        texts = [(column, value) for column, value in cells if isinstance(value, str) and value.strip()]
        if not texts or (is_data and not self._is_lone(cells)):
            return False
        found = False
        for field, text, column in self._labelled(texts):
            found = self._take(field, text, row, column) or found
        return found or self._band(row, cells, texts[0], is_data, after_rows)

    def give(self) -> None:
        """Fill the rows. Rule: a cadre over a table is everybody's or nobody's: one below the first row may have signed
        for the rows above it."""
        columns = self.table.match.columns
        cadres = self.cadres.name if self.cadres and self.cadres.name not in columns else ""
        if cadres and self.of_row and all(cadres in values for values in self.of_row.values()):
            self.table.around.add(cadres)
        town = self.town.name if self.town else ""
        if town and town not in columns and any(town in values for values in self.of_row.values()):
            self.table.around.add(town)
        if self.surroundings and columns.get(town) in self.view.hidden:
            self._ask_of_hidden_town(columns[town])
        for row_no, cells in self.table.rows:
            values = self.of_row.get(row_no - 1, {})
            if cadres in self.table.around:
                self._put(row_no, cells, cadres, values[cadres])
            if town in values and _is_empty(cells.get(town)) and not self._lies_elsewhere(cells, values[town][0]):
                self._put(row_no, cells, town, values[town])

    def _ask_of_hidden_town(self, column: int) -> None:
        """Ask where a column for the township that nobody sees says otherwise than what is to be seen around the rows."""
        town = self.town.name if self.town else ""
        for row_no, cells in self.table.rows:
            around, typed = self.of_row.get(row_no - 1, {}).get(town), cells.get(town)
            told = to_township(typed, self.towns.names, self.towns.aliases).value if isinstance(typed, str) else None
            if around is None or told is None or told == around[0]:
                continue
            cell, shown = address(row_no - 1, column), faults.visible(typed)
            why = f"是隐藏的，{cell} 是“{shown}”，{around[1].how}却是“{around[0]}”，现在按隐藏的列取"
            self.table.asides.append(Aside(HIDDEN, column, town, why, WARNING))
            return

    def _put(self, row_no: int, cells: dict[str, Value], name: str, value: tuple[str, Origin]) -> None:
        cells[name], self.table.origins[row_no, name] = value

    def _is_lone(self, cells: Sequence[tuple[int, Value]]) -> bool:
        """Whether a row holds one text alone, with a count at most, or a label and its value."""
        rest = [value for _, value in cells[1:] if not _COUNT.fullmatch(terms.normalize(str(value)))]
        first = cells[0][1]
        if isinstance(first, str) and len(rest) == 1 and isinstance(rest[0], str):
            return terms.normalize(first).rstrip(":") in self.labels
        return not rest

    def _labelled(self, texts: Sequence[tuple[int, str]]) -> Iterator[tuple[Field, str, int]]:
        """The values that stand behind a label of a cadre or a township: (field, text, column)."""
        for at, (column, value) in enumerate(texts):
            for piece in _PAIR.split(terms.narrow(value).strip()):
                label, colon, content = piece.partition(":")
                field = self.labels.get(terms.normalize(re.sub(r"[(（].*[)）]", "", label)))
                if field is None:
                    continue
                content = content.strip(" _\u3000\n\t")
                if content:
                    yield field, content, column
                elif at + 1 < len(texts):
                    next_column, following = texts[at + 1]
                    bare = terms.normalize(following)
                    if bare not in self.headings and ":" not in bare and (colon or len(texts) == 2):
                        yield field, following.strip(), next_column

    def _take(self, field: Field, text: str, row: int, column: int) -> bool:
        value = text
        if field.format == "township":
            town = to_township(text, self.towns.names, self.towns.aliases)
            if town.value is None:
                return False
            value = str(town.value)
        how = HOW_ABOVE if row < self.block.top else HOW_BAND
        self.now[field.name] = (value, Origin(how, ((row, column),)))
        return True

    def _band(
        self, row: int, cells: Sequence[tuple[int, Value]], first: tuple[int, str], is_data: bool, after_rows: bool
    ) -> bool:
        """Whether a row is the band of a township: its name alone, with a number before and a count behind it."""
        column, text = first
        if self.town is None or not self._is_lone(cells) or column != cells[0][0] or len(text) > 30:
            return False
        normalized = terms.normalize(text)
        wide = self.view.wide.get((row, column), 1) > 1
        if not wide and column == self.table.match.columns.get(self.town.name):
            return False  # a row that only its township is written into, for somebody to fill
        town = self._town_named(normalized)
        counted = len(cells) > 1
        if town and counted and after_rows and self.town.name not in self.now:
            town = ""  # a count below the rows that it counts
        if town:
            self.now[self.town.name] = (town, Origin(HOW_BAND, ((row, column),)))
            return True
        if not is_data:
            inside = [name for name in self._whole_names() if terms.normalize(name) in normalized]
            if len(inside) == 1 and normalized.startswith(terms.normalize(inside[0])) and _PLACE.fullmatch(normalized):
                full = to_township(inside[0], self.towns.names, self.towns.aliases).value
                self.now[self.town.name] = (str(full), Origin(HOW_BAND, ((row, column),)))
            elif _PLACE.fullmatch(normalized) and row > self.block.bottom:
                self.now.pop(self.town.name, None)
        return False

    def _town_named(self, normalized: str) -> str:
        """The township that a text names and says nothing besides; "" none. A short name may be anybody's."""
        for text in (normalized, _NUMBERED.sub("", normalized, count=1)):  # 三封寺镇 begins with no number
            found = _BAND.fullmatch(text)
            name = found["name"].strip("()[]【】") if found else ""
            town = to_township(name, self.towns.names, self.towns.aliases).value if _WHOLE_NAME.fullmatch(name) else ""
            if town:
                return str(town)
        return ""

    def _town_of_sheet(self) -> str:
        """The one township that the name of the sheet tells; "" none, or the rows over the table tell another."""
        name = terms.normalize(self.table.sheet)
        short = to_township(name, self.towns.names, self.towns.aliases)
        inside = [town for town in self._whole_names() if terms.normalize(town) in name]
        if short.value is not None and not name.endswith("政府"):  # a sheet of its office, not of its households
            town = str(short.value)
        elif len(inside) == 1 and _SHEET_REST.fullmatch(name.replace(terms.normalize(inside[0]), "", 1)):
            town = str(to_township(inside[0], self.towns.names, self.towns.aliases).value)
        else:
            return ""
        over = "".join(
            terms.normalize(value)
            for row in self.view.rows[: self.block.top]
            for value in row
            if isinstance(value, str)
        )
        told = {
            str(to_township(name, self.towns.names, self.towns.aliases).value)
            for name in self._whole_names()
            if terms.normalize(name) in over
        }
        return "" if told - {town} else town

    def _whole_names(self) -> list[str]:
        return [name for name in (*self.towns.names, *self.towns.aliases) if _WHOLE_NAME.fullmatch(name)]

    def _lies_elsewhere(self, cells: dict[str, Value], town: str) -> bool:
        """Whether an address in the row names another township."""
        address_of = [
            terms.normalize(value)
            for name, value in cells.items()
            if isinstance(value, str) and self.table.match.schema.by_name[name].sensitive == "address"
        ]
        others = [name for name in self._whole_names() if name != town]
        return any(
            terms.normalize(name) in text
            for name in others
            for text in address_of
            if to_township(name, self.towns.names, self.towns.aliases).value != town
        )


def _is_empty(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
