"""Judges a table against its form's schema: every cell and every rule in one pass, all faults found, none guessed away."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from dazoufang import faults, terms
from dazoufang.campaign import Campaign, Rules
from dazoufang.convert import (
    EMPTY,
    Converted,
    DateContext,
    to_choice,
    to_choices,
    to_date,
    to_email,
    to_integer,
    to_name,
    to_names,
    to_phone,
    to_text,
    to_township,
    to_unit,
)
from dazoufang.extract import Table
from dazoufang.faults import ERROR, Fault, Repair
from dazoufang.grid import CellError, Uncalculated, Value, address
from dazoufang.schema import Field, FormSchema, Rule
from dazoufang.submission import Row

Converter = Callable[[Any], Converted]
SEPARATOR: Final = "、"  # between several names or choices in one canonical cell
HOW_DITTO: Final = "同上"
HOW_MERGED: Final = "合并单元格"


@dataclass(slots=True)
class Judged:
    """One table judged: its rows in canonical form (held ones too), what is wrong and what was normalised."""

    rows: list[Row]
    faults: list[Fault]
    repairs: list[Repair]


class Judge:
    """The checks of all forms, compiled once for given rules and day, then applied to any number of tables."""

    def __init__(self, rules: Rules, today: date) -> None:
        self._campaign = rules.campaign
        self._today = today
        self._year = rules.campaign.year_of(today)
        self._number = rules.campaign.items.pattern
        self._cells = {
            form: {field.name: _converter(schema, field, rules.campaign, today) for field in schema.stored}
            for form, schema in rules.schemas.items()
        }

    def judge(self, table: Table) -> Judged:
        """Judge one table. Rule: structure first; a fault of type silences the rules on that cell; one cause once."""
        schema = table.match.schema
        judged = Judged([], structure(table), [])
        broken_structure = any(fault.severity == ERROR for fault in judged.faults)
        above: dict[str, Value] = {}
        said: dict[str, Value] = {}
        for row_no, raw in table.rows:
            row = _SheetRow(self, table, row_no, raw, judged).read(above, said)
            row.held = row.held or broken_structure
            judged.rows.append(row)
        self._duplicates(schema, table, judged)
        return judged

    def convert(self, form: str, name: str, value: Value) -> Converted:
        """One cell's value as the field `name` of `form` has it."""
        return self._cells[form][name](value)

    def names_an_item(self, schema: FormSchema, value: Value) -> bool:
        """Whether a row says by our own number which item it updates."""
        return isinstance(value, str) and bool(self._number.fullmatch(terms.fold(value))) and bool(schema.updates_by)

    def row_rules(self, schema: FormSchema, values: Mapping[str, str], bad: set[str], place: _Place) -> list[Fault]:
        """The rules over the cells of one row; `bad` are the fields whose own fault silences them."""
        found: list[Fault] = []
        for rule in schema.rules:
            if rule.rule in ("duplicate", "foreign") or bad & set(rule.names):
                continue
            fault = getattr(self, f"_{rule.rule}")(rule, values, place)
            if fault is not None:
                found.append(fault)
        return found

    def _required_if(self, rule: Rule, values: Mapping[str, str], at: _Place) -> Fault | None:
        if values.get(rule.field) or not all(values.get(name) in wanted for name, wanted in rule.when.items()):
            return None
        if rule.field not in at.columns:
            return None  # a form without the column cannot fill it: the heading's absence is no fault of the row
        return at.fault("R01", rule.field, severity=rule.severity, why=rule.why.format_map(dict(values)))

    def _compare(self, rule: Rule, values: Mapping[str, str], at: _Place) -> Fault | None:
        later, earlier = values.get(rule.field), values.get(rule.not_before)
        if not later or not earlier:
            return None
        whole = at.schema.by_name[rule.field].type == "integer"
        if int(later) >= int(earlier) if whole else later >= earlier:
            return None
        other = faults.where("", at.cell(rule.not_before), 0, at.schema.by_name[rule.not_before].title)
        return at.fault(
            "R02",
            rule.field,
            value=later,
            severity=rule.severity,
            relation="早于",
            other_where=other,
            other_value=earlier,
        )

    def _one_of(self, rule: Rule, values: Mapping[str, str], at: _Place) -> Fault | None:
        askable = [name for name in rule.fields if name in at.columns]
        if not askable or any(values.get(name) for name in rule.fields):
            return None
        return at.fault("R03", askable[0], severity=rule.severity, what=_titles(at.schema, rule.fields))

    def _all_or_none(self, rule: Rule, values: Mapping[str, str], at: _Place) -> Fault | None:
        filled = [name for name in rule.fields if values.get(name)]
        if not filled or len(filled) == len(rule.fields):
            return None
        empty = [name for name in rule.fields if name not in filled and name in at.columns]
        return at.fault("R04", (empty or filled)[0], severity=rule.severity, what=_titles(at.schema, rule.fields))

    def _hook(self, rule: Rule, values: Mapping[str, str], at: _Place) -> Fault | None:
        text = values.get(rule.field)
        if not text:
            return None
        day = date.fromisoformat(text)
        if day > self._today:
            return at.fault("C06", rule.field, severity=rule.severity, today=self._today)
        if rule.hook == "not_in_future":
            return None
        if day.year != self._year.year:
            return at.fault("C07", rule.field, severity=rule.severity, year=self._year.year)
        if self._year.round_of(day) is None:
            rounds = SEPARATOR.join(f"{one.first}至{one.last}" for one in self._year.rounds)
            return at.fault("C08", rule.field, severity=rule.severity, rounds=rounds)
        return None

    def _duplicates(self, schema: FormSchema, table: Table, judged: Judged) -> None:
        """Rows of one table that say the same thing twice: the later one is named, with its twin."""
        raw = dict(table.rows)
        for rule in schema.duplicates:
            seen: dict[tuple[str, ...], int] = {}
            for row in judged.rows:
                key = tuple(row.values.get(name, "") for name in rule.fields)
                if row.held or not key[0] or (len(key) > 1 and not any(key[1:])):
                    continue
                twin = seen.setdefault(key, row.row_no)
                if twin != row.row_no:
                    place = _Place(table, row.row_no, raw[row.row_no])
                    judged.faults.append(
                        place.fault("R05", rule.fields[0], severity=rule.severity, twin=f"第{twin}行", what=rule.what)
                    )


class _SheetRow:
    """One row on its way from what was typed to what it means."""

    def __init__(self, judge: Judge, table: Table, row_no: int, raw: Mapping[str, Value], judged: Judged) -> None:
        self.judge, self.table, self.row_no, self.raw, self.judged = judge, table, row_no, raw, judged
        self.schema = table.match.schema
        self.place = _Place(table, row_no, raw)

    def read(self, above: dict[str, Value], said: dict[str, Value]) -> Row:
        """Convert the row's cells; `above` holds what 同上 stands for, `said` what was found wrong, and both are brought
        up to this row. Rule: one cause once: what repeats a bad cell is held with it and not named again."""
        values: dict[str, str] = {}
        bad: set[str] = set()
        found: list[Fault] = []
        silent: list[Fault] = []
        updates = self.judge.names_an_item(self.schema, self.raw.get(self.schema.updates_by))
        for name in self.table.match.columns:
            field = self.schema.by_name[name]
            if field.derived:
                continue
            value, how = self._resolved(field, _shown(self.raw.get(name)), above)
            above[name] = value
            converted = self._converted(field, value)
            if converted.fault is not None:
                bad.add(name)
                repeats = bool(how) and said.get(name) == value
                (silent if repeats else found).append(self._fault(field, converted, value))
                said[name] = value
            elif converted.value is not None:
                values[name] = _canonical(converted.value)
                self._note(field, self.raw.get(name), values[name], how or converted.how)
            elif field.constraints.required and not updates:
                bad.add(name)
                found.append(self._empty(field))
        found.extend(self.judge.row_rules(self.schema, values, bad, self.place))
        self.judged.faults.extend(found)
        held = any(fault.severity == ERROR for fault in (*found, *silent))
        return Row(self.table.sheet, self.row_no, "", values, held=held)

    def _resolved(self, field: Field, value: Value, above: Mapping[str, Value]) -> tuple[Value, str]:
        """What the cell stands for: 同上 is the cell above it, if there is something."""
        if _is_ditto(field, value):
            return (value, "") if above.get(field.name) is None else (above[field.name], HOW_DITTO)
        return value, HOW_MERGED if (self.row_no, field.name) in self.table.filled_down else ""

    def _converted(self, field: Field, value: Value) -> Converted:
        if value is None:
            return EMPTY
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
        return self.place.fault(code, field.name, value=value, severity=severity, **converted.details)

    def _empty(self, field: Field) -> Fault:
        severity = None if field.severity == ERROR else field.severity
        return self.place.fault("C01", field.name, severity=severity, like=_like(field))

    def _note(self, field: Field, typed: Value, after: str, how: str) -> None:
        if not how:
            return
        before = "（合并）" if how == HOW_MERGED else faults.visible(typed)
        if before == after:
            return  # a number that became the same digits as text looks like no change at all
        self.judged.repairs.append(
            Repair(self.table.sheet, self.place.cell(field.name), self.row_no, field.title, before, after, how)
        )


def _shown(value: Value) -> Value:
    """A cell's value; a duration as Excel shows it (36:00)."""
    if not isinstance(value, timedelta):
        return value
    minutes = round(value.total_seconds() / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def _is_ditto(field: Field, value: Value) -> bool:
    return isinstance(value, str) and field.ditto != "none" and terms.is_ditto(value)


class _Place:
    """Where in a table something is, to word faults about it."""

    def __init__(self, table: Table, row_no: int, raw: Mapping[str, Value]) -> None:
        self.table, self.row_no, self.raw = table, row_no, raw
        self.schema = table.match.schema
        self.columns = table.match.columns

    def cell(self, name: str) -> str:
        return address(self.row_no - 1, self.columns[name]) if name in self.columns else ""

    def fault(
        self, code: str, name: str, *, value: object = None, severity: str | None = None, **details: Any
    ) -> Fault:
        """A fault at the cell of field `name` in this row, in the schema's own words where it has some."""
        field = self.schema.by_name[name]
        details.setdefault("like", _like(field))
        return faults.make(
            code,
            sheet=self.table.sheet,
            cell=self.cell(name),
            row=self.row_no,
            column=field.title,
            value=self.raw.get(name) if value is None else value,
            severity=severity,
            message=field.messages.get(code),
            **details,
        )


def structure(table: Table) -> list[Fault]:
    """What is wrong with the headings: required ones missing, two that mean one, unknown ones, no rows."""
    match, found = table.match, []
    titles = {name: field.title for name, field in match.schema.by_name.items()}
    for name in match.missing:
        found.append(
            faults.make(
                "S01", sheet=table.sheet, row=table.heading_row, column=titles[name], what=titles[name],
                heading_row=table.heading_row,
            )
        )  # fmt: skip
    for name, first, second in match.twins:
        one, other = (f"{_letter(at)}列“{table.headings[at]}”" for at in (first, second))
        found.append(
            faults.make(
                "S02", sheet=table.sheet, cell=address(table.heading_row - 1, second), row=table.heading_row,
                column=titles[name], value=table.headings[second], what=f"{one}和{other}",
            )
        )  # fmt: skip
    for column in match.unknown:
        found.append(
            faults.make(
                "S03", sheet=table.sheet, cell=address(table.heading_row - 1, column), row=table.heading_row,
                value=table.headings[column],
            )
        )  # fmt: skip
    if not table.rows:
        found.append(faults.make("S07", sheet=table.sheet))
    return found


def _letter(column: int) -> str:
    return address(0, column)[:-1]


def _titles(schema: FormSchema, names: tuple[str, ...]) -> str:
    return SEPARATOR.join(f"“{schema.by_name[name].title}”" for name in names)


def _like(field: Field) -> str:
    if field.constraints.enum:
        return f"，可填：{SEPARATOR.join(field.constraints.enum)}"
    return f"，例如“{field.example}”" if field.example else ""


def _canonical(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return SEPARATOR.join(value)
    return str(value)


def date_context(campaign: Campaign, today: date) -> DateContext:
    """What completes a date without a year: the working year and its rounds."""
    year = campaign.year_of(today)
    return DateContext((year.year,), tuple((one.first, one.last) for one in year.rounds), today)


def _converter(schema: FormSchema, field: Field, campaign: Campaign, today: date) -> Converter:
    """The one function that reads cells of this field, chosen once."""
    read = _reader(field, campaign, today)
    missing, choices = frozenset(schema.missing_values), frozenset(field.constraints.enum)
    none_word = terms.is_none if field.matter else terms.is_blank

    def says_nothing(value: Any) -> bool:
        if field.type == "integer":
            return False  # 0 is a number there
        if isinstance(value, str):
            return len(value) <= 40 and none_word(value) and value not in choices
        return not isinstance(value, bool) and bool(value == 0)  # a 0 typed into a cell is a number, whatever it means

    def convert(value: Any) -> Converted:
        if says_nothing(value) or (isinstance(value, str) and value.strip() in missing):
            return EMPTY
        converted = read(value)
        return converted if converted.value is None else _within(field, converted)

    return convert


def _reader(field: Field, campaign: Campaign, today: date) -> Converter:
    limits = field.constraints
    if field.type == "date":
        context = date_context(campaign, today)
        return lambda value: to_date(value, context)
    if field.type == "integer":
        return to_integer
    if field.type == "array":
        return lambda value: to_choices(value, limits.enum, field.value_aliases)
    if limits.enum:
        return lambda value: to_choice(value, limits.enum, field.value_aliases)
    if field.format == "township":
        towns = campaign.townships
        return lambda value: to_township(value, towns.names, towns.aliases)
    simple: dict[str, Converter] = {
        "name": to_name, "names": to_names, "phone": to_phone, "unit": to_unit, "email": to_email,
    }  # fmt: skip
    if field.format in simple:
        return simple[field.format]
    return lambda value: to_text(value, limits.max_length)


def _within(field: Field, converted: Converted) -> Converted:
    """The constraints of a value that was understood: pattern, minimum, maximum, length."""
    limits, value = field.constraints, converted.value
    what = ""
    if limits.max_length is not None and isinstance(value, str) and len(value) > limits.max_length:
        return Converted(fault="C17", details={"length": len(value), "limit": limits.max_length})
    if limits.min_length is not None and isinstance(value, str) and len(value) < limits.min_length:
        what = f"至少要写{limits.min_length}个字"
    elif limits.pattern and not re.fullmatch(limits.pattern, _canonical(value)):
        what = "写法不合要求"
    elif limits.minimum is not None and isinstance(value, int) and value < limits.minimum:
        what = f"不能小于{limits.minimum}"
    elif limits.maximum is not None and isinstance(value, int) and value > limits.maximum:
        what = f"不能大于{limits.maximum}"
    return Converted(fault="C18", details={"what": what}) if what else converted
