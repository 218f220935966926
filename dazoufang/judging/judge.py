"""Judges a table against its form's schema: every cell and every rule in one pass, so that all faults are found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from dazoufang.judging.cells.choices import township_in
from dazoufang.judging.cells.converted import EMPTY, Converted
from dazoufang.judging.cells.meant import Marked
from dazoufang.judging.field_cells import canonical, converter
from dazoufang.judging.heading_faults import likely_field, structure
from dazoufang.judging.row_rules import (
    JudgedTable,
    Place,
    RowRules,
    explanation,
    names_an_item,
    twins,
    upheld,
)
from dazoufang.judging.tables.extract import Table
from dazoufang.judging.tables.only_changed import unquoted
from dazoufang.judging.tables.origins import HOW_DITTO, NOT_FILLED
from dazoufang.judging.tables.ticks import Unclear
from dazoufang.model import cell_names, faults, terms
from dazoufang.model.faults import ERROR, WARNING, Fault, Repair
from dazoufang.model.submission import Row
from dazoufang.reading.sheet import CellError, Disputed, HalfStruck, Uncalculated, Value, Worded
from dazoufang.rules.campaign import Rules
from dazoufang.rules.generations import Generation
from dazoufang.rules.schema import Field, FormSchema

_NO_TOWN_COLUMN: Final = "「{sheet}」表没有“{column}”一列，{other_where}的住址里却写着乡镇（{other_value}，共{count}行），现在没有算在哪个乡镇"
_ADD_TOWN_COLUMN: Final = "请加上“{column}”一列，逐行填上后重新放入；住址里写的不是就不用处理"
HOW_UNQUOTED: Final = "去掉引号"


@dataclass(slots=True)
class Judged:
    """One table judged: its rows in canonical form (held ones too), what is wrong, and the repairs."""

    rows: list[Row]
    faults: list[Fault]
    repairs: list[Repair]


class Judge:
    """The checks of all forms, compiled once for given rules and day, then applied to any number of tables."""

    def __init__(self, rules: Rules, today: date) -> None:
        self._rules = rules
        self._rules_of_rows = RowRules(rules.campaign, today)
        self._cells = {
            form: {field.name: converter(schema, field, rules, today) for field in schema.stored}
            for form, schema in rules.schemas.items()
        }
        # Of each form the columns for the township and for the address, "" it has none.
        self.places = {
            form: (
                next((field.name for field in schema.stored if field.format == "township"), ""),
                next((field.name for field in schema.stored if field.sensitive == "address"), ""),
            )
            for form, schema in rules.schemas.items()
        }

    def judge(self, table: Table, crossed: frozenset[tuple[int, str]] = frozenset()) -> Judged:
        """Judge one table, of which the cells `crossed` (row, field) are crossed out.

        Rule: structure first; a fault of type silences the rules on that cell; one cause once."""
        judged = Judged([], _structure(table), [])
        broken_structure = any(fault.severity == ERROR for fault in judged.faults)
        above: dict[str, Value] = {}
        faulty: dict[str, Value] = {}
        elsewhere = table.elsewhere() if self._rules.generation >= Generation.LAYOUTS else {}
        for row_no, raw in table.rows:
            row = _SheetRow(self, table, row_no, raw, judged, crossed).read(above, faulty)
            row.held = row.held or broken_structure or bool(table.masked)
            row.elsewhere = {name: cell for name, cell in elsewhere.get(row_no, {}).items() if name in row.values}
            judged.rows.append(row)
        judged.faults.extend(self._townships_in_addresses(table, judged.rows))
        if table.masked:  # one cause once: every name and number of it is half a one
            judged.faults, judged.repairs = [faults.make("S25", sheet=table.sheet, cell=table.masked)], []
        return judged

    def convert(self, form: str, name: str, value: Value) -> Converted:
        """One cell's value as the field `name` of `form` has it."""
        return self._cells[form][name](value)

    def names_an_item(self, schema: FormSchema, value: Value) -> bool:
        """Whether a row says by our own number which item it updates."""
        return bool(schema.updates_by) and names_an_item(value, self._rules.campaign)

    def township_in(self, address: str) -> str:
        """The township that an address begins with; "" none, or rules that did not ask."""
        towns = self._rules.campaign.townships
        knows = self._rules.generation >= Generation.HABITS
        return township_in(address, towns.names, towns.aliases) if knows else ""

    def _townships_in_addresses(self, table: Table, rows: Iterable[Row]) -> Iterator[Fault]:
        """C26, once for a table that has no column for the township, where addresses begin with one."""
        town, address = self.places[table.match.schema.name]
        columns = table.match.columns
        if self._rules.generation < Generation.LAYOUTS or not town or address not in columns:
            return
        if town in columns or town in table.around:
            return
        told = [(row, name) for row in rows if (name := self.township_in(row.values.get(address, "")))]
        if told:
            (first, name), letter = told[0], cell_names.address(0, columns[address])[:-1]
            title = table.match.schema.by_name[town].title
            row = table.cell_rows.get(address, table.heading_row - 1)
            yield faults.make(
                "C26",
                sheet=table.sheet,
                cell=cell_names.address(row, columns[address]),
                row=row + 1,
                column=title,
                message=_NO_TOWN_COLUMN,
                remedy=_ADD_TOWN_COLUMN,
                other_where=f"{letter}列",
                other_value=f"{letter}{first.row_no} 是“{name}”",
                what=name,
                count=len(told),
            )

    def item_number(self, schema: FormSchema, value: Value) -> str:
        """A number of ours in quotation marks without them; "" it is none, or wears none."""
        if self._rules.generation < Generation.HABITS or not isinstance(value, str) or not schema.updates_by:
            return ""
        number = unquoted(value)
        return number if number != terms.normalize(value) and self.names_an_item(schema, number) else ""

    def row_rules(self, values: Mapping[str, str], bad: set[str], place: Place) -> list[Fault]:
        """The rules over the cells of one row; `bad` are the fields whose own fault silences them."""
        return self._rules_of_rows.faults(values, bad, place)

    def twins(self, tables: Iterable[JudgedTable]) -> list[Fault]:
        """Rows of one delivery that say the same twice."""
        return twins(tables, self._rules)


class _SheetRow:
    """Reads one row of a table: converts its cells, applies the rules, and adds faults and repairs to `judged`."""

    def __init__(
        self,
        judge: Judge,
        table: Table,
        row_no: int,
        raw: Mapping[str, Value],
        judged: Judged,
        crossed: frozenset[tuple[int, str]],
    ) -> None:
        self.judge, self.table, self.row_no, self.raw, self.judged = judge, table, row_no, raw, judged
        self.crossed = crossed
        self.schema = table.match.schema
        self.place = Place(table, row_no, raw)

    def read(self, above: dict[str, Value], faulty: dict[str, Value]) -> Row:
        """Convert the row's cells; `above` has what 同上 means, field by field, `faulty` the values that were faults;
        both are updated with this row. Rule: one cause once: a row that repeats a bad cell is held too, but its fault
        is not told again."""
        values: dict[str, str] = {}
        bad: set[str] = set()
        found: list[Fault] = []
        silent: list[Fault] = []
        number = self.judge.item_number(self.schema, self.raw.get(self.schema.updates_by))
        updates = bool(number) or self.judge.names_an_item(self.schema, self.raw.get(self.schema.updates_by))
        for name in (*self.table.match.columns, *sorted(self.table.around)):
            field = self.schema.by_name[name]
            if field.derived:
                continue
            if self.crossed and (self.row_no, name) in self.crossed:
                above[name] = None
                bad.add(name)
                found.append(self._crossed_out(field, needed=field.constraints.required and not updates))
                continue
            value, how = self._resolved(field, _shown(self.raw.get(name)), above)
            if number and name == self.schema.updates_by:
                value, how = number, HOW_UNQUOTED
            above[name] = value
            converted = self._converted(field, value)
            if converted.fault is not None:
                bad.add(name)
                repeats = bool(how) and faulty.get(name) == value
                (silent if repeats else found).append(self._fault(field, converted, value))
                faulty[name] = value
            elif converted.value is not None:
                values[name] = canonical(converted.value)
                self._note(field, self.raw.get(name), values[name], how or converted.how)
                if converted.asks:
                    found.append(self.place.fault(converted.asks, name, **converted.details))
            elif field.constraints.required and not updates:
                bad.add(name)
                found.append(self._empty(field))
            else:
                self._note(field, self.raw.get(name), NOT_FILLED, converted.how)
        found.extend(self._township_in_address(values, bad))
        found.extend(self.judge.row_rules(values, bad, self.place))
        why = explanation(self.schema, values)
        self.judged.faults.extend(upheld(fault, why) for fault in found)
        has_error = any(fault.severity == ERROR for fault in (*found, *silent))
        return Row(self.table.sheet, self.row_no, "", values, held=has_error, left=self.table.left)

    def _resolved(self, field: Field, value: Value, above: Mapping[str, Value]) -> tuple[Value, str]:
        """The value that a cell means, and how it was found: for 同上 that of the cell above, if there is one."""
        if _is_ditto(field, value):
            nothing = above.get(field.name) is None or (self.row_no, field.name) in self.table.nothing_above
            return (value, "") if nothing else (above[field.name], HOW_DITTO)
        origin = self.table.origins.get((self.row_no, field.name))
        return value, origin.how if origin else ""

    def _converted(self, field: Field, value: Value) -> Converted:
        """The value converted; a fault where the cell has none that can be used (C15, C16, C19, C21)."""
        if value is None:
            return EMPTY
        if isinstance(value, HalfStruck):
            return Converted(
                fault="C23", details={"what": f"有一部分划了删除线，划掉以后是“{faults.visible(value.second)}”"}
            )
        if isinstance(value, Disputed):
            readings = {"one": faults.visible(value.first), "other": faults.visible(value.second)}
            return Converted(fault="C21", details=readings)
        if isinstance(value, Unclear):
            return Converted(fault="R24", details={"what": value.what})
        if isinstance(value, CellError):
            return Converted(fault="C15")
        if isinstance(value, Uncalculated):
            return Converted(fault="C16")
        if _is_ditto(field, value):
            return Converted(fault="C19")
        return self.judge.convert(self.schema.name, field.name, value)

    def _fault(self, field: Field, converted: Converted, value: Value) -> Fault:
        code = converted.fault or ""
        severity = None if field.severity == ERROR else field.severity
        details = {"hint": _hint(code, value, converted.details), **converted.details}
        value = value.first if isinstance(value, HalfStruck) else value.behind if isinstance(value, Marked) else value
        return self.place.fault(code, field.name, value=value, severity=severity, **details)

    def _township_in_address(self, values: Mapping[str, str], bad: set[str]) -> Iterator[Fault]:
        """C26: the township is left empty and the address of the row begins with one: offered, never filled in."""
        town, address = self.judge.places[self.schema.name]
        if values.get(town) or town in bad or town not in self.table.match.columns or address not in values:
            return
        if name := self.judge.township_in(values[address]):
            spot, typed = self.place.spot(address), self.place.shown(address)
            yield self.place.fault("C26", town, other_where=spot, other_value=typed, what=name)

    def _crossed_out(self, field: Field, *, needed: bool) -> Fault:
        """C23: a cell that is crossed out: where the row needs one, its value is not certain; else it says nothing."""
        what = "整格划了删除线，不知道还算不算数" if needed else "整格划了删除线，按没有填处理"
        return self.place.fault("C23", field.name, severity=None if needed else WARNING, what=what)

    def _empty(self, field: Field) -> Fault:
        """C01: a required cell that is empty, or holds blanks or a word for nothing."""
        severity = None if field.severity == ERROR else field.severity
        typed = faults.visible(self.raw.get(field.name))
        blank = isinstance(self.raw.get(field.name), str) and not str(self.raw[field.name]).strip()
        mistake = f"看着是空的，其实里面是“{typed}”，等于没有填" if blank else f"填的是“{typed}”，等于没有填"
        return self.place.fault("C01", field.name, severity=severity, what=mistake if typed else "没有填")

    def _note(self, field: Field, typed: Value, after: str, how: str) -> None:
        """Note the repair of a cell; none where `how` is "" or nobody would see a difference."""
        if not how:
            return
        origin = self.table.origins.get((self.row_no, field.name))
        if origin is not None and origin.how == how:
            before = origin.before
        else:
            typed = typed.behind if isinstance(typed, Worded) else typed
            before = faults.visible(typed)
            if after in (before, str(typed)):
                return  # a number or a day that became the same digits as text looks like no change at all
        self.judged.repairs.append(
            Repair(self.table.sheet, self.place.cell(field.name), self.row_no, field.title, before, after, how)
        )


def _structure(table: Table) -> list[Fault]:
    """What is wrong with the headings; a column whose values stand around the rows is not missed, unless one of the
    columns may be it."""
    match = table.match
    maybe = {likely_field(table.headings[column], match) for column in match.unknown}
    there = {match.schema.by_name[name].title for name in table.around - maybe}
    return [fault for fault in structure(table) if fault.code != "S01" or fault.column not in there]


# What Excel means by its errors, in a few words.
_ERRORS: Final = {
    "#N/A": "没有查到对应的内容",
    "#REF!": "公式引用的格子已被删掉",
    "#DIV/0!": "除数是0或空格",
    "#NAME?": "公式里有不认识的名称",
    "#VALUE!": "公式把文字当成了数",
    "#NUM!": "算出的数太大、太小或算不出",
    "#NULL!": "公式引用的两块区域没有交叉",
    "#SPILL!": "结果要占几格，旁边却有内容",
}


def _hint(code: str, value: Value, details: Mapping[str, Any]) -> str:
    """What is added to the message of a fault that the converter found; "" nothing."""
    if code == "C15":
        return f"：{_ERRORS[str(value)]}" if value in _ERRORS else ""
    if code == "C17":
        return f"，要删{details['length'] - details['limit']}个字"
    if code == "C10" and not isinstance(value, str):
        return f"（表里常显示成{value:.5E}）"
    return ""


def _shown(value: Value) -> Value:
    """A cell's value; a duration as Excel shows it (36:00), nothing where there are only blanks."""
    if isinstance(value, str) and not value.strip():
        return None
    if not isinstance(value, timedelta):
        return value
    minutes = round(value.total_seconds() / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def _is_ditto(field: Field, value: Value) -> bool:
    typed = isinstance(value, str) and not isinstance(value, CellError)
    return typed and field.ditto != "none" and terms.is_ditto(str(value))
