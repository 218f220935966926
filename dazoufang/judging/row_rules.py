"""The rules over several cells: within one row, and between the rows of one delivery."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from dazoufang.judging.tables.extract import Table
from dazoufang.model import faults, terms
from dazoufang.model.bureaus import bureau_of, own_name
from dazoufang.model.cell_names import column_letters
from dazoufang.model.faults import INFO, WARNING, Fault
from dazoufang.model.one_visit import is_one_visit, told_otherwise, visit_key
from dazoufang.model.submission import Row
from dazoufang.reading.sheet import Value
from dazoufang.rules.campaign import Campaign, Rules
from dazoufang.rules.schema import Field, FormSchema, Role, Rule

SEPARATOR: Final = "、"  # between several names or choices in one canonical cell


class Place:
    """One row of a table and its cells, for wording faults about it."""

    def __init__(self, table: Table, row_no: int, raw: Mapping[str, Value]) -> None:
        self.table, self.row_no, self.raw = table, row_no, raw
        self.schema = table.match.schema
        self.columns = table.match.columns

    def cell(self, name: str) -> str:
        """The cell of field `name` in this row, or over it; "" where the table has none for it."""
        return self.table.cell(self.row_no, name)

    def spot(self, name: str) -> str:
        """Another cell of this row: B2（走访日期）."""
        return faults.where("", self.cell(name), 0, self.schema.by_name[name].title)

    def shown(self, name: str) -> str:
        """What stands there, as Excel shows it."""
        return faults.visible(self.raw.get(name))

    def fault(
        self, code: str, name: str, *, value: object = None, severity: str | None = None, **details: Any
    ) -> Fault:
        """A fault at the cell of field `name` in this row, in the schema's own words where it has some."""
        field = self.schema.by_name[name]
        details.setdefault("like", like(field))
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


def like(field: Field) -> str:
    """The end of a remedy: the choices of a field or an example; "" it has neither."""
    if field.constraints.enum:
        return f"，可填：{SEPARATOR.join(field.constraints.enum)}"
    if not field.example:
        return ""
    example = faults.visible(date.fromisoformat(field.example)) if field.type == "date" else field.example
    return f"，例如“{example}”"


def upheld(found: Fault, why: str) -> Fault:
    """`found`; a warning that the unit itself explains (`why`; "" it does not) becomes a note. Rule: an explanation
    settles what is yellow, never what is red."""
    if found.severity != WARNING or not why:
        return found
    message = f"{found.message}；已说明：“{faults.visible(why)}”"
    return replace(found, severity=INFO, message=message, remedy="不需处理")


def explanation(schema: FormSchema, values: Mapping[str, str]) -> str:
    """What the unit wrote to uphold a row, "" nothing."""
    return values.get(schema.upholding.name, "") if schema.upholding else ""


class RowRules:
    """The rules over the cells of one row, for given rules and day."""

    def __init__(self, campaign: Campaign, today: date) -> None:
        self._today = today
        self._year = campaign.year_of(today)

    def faults(self, values: Mapping[str, str], bad: set[str], place: Place) -> list[Fault]:
        """What `values` break; `bad` are the fields whose own fault silences the rules on them.

        Rule: one cause once: of several comparisons that a cell fails the first is told.
        """
        found: list[Fault] = []
        compared: set[str] = set()
        for rule in place.schema.rules:
            if rule.rule in ("duplicate", "foreign") or bad & set(rule.names) or rule.field in compared:
                continue
            fault = getattr(self, f"_{rule.rule}")(rule, values, place)
            if fault is not None:
                found.append(fault)
                compared |= {rule.field} if rule.rule == "compare" else set()
        return found

    def _required_if(self, rule: Rule, values: Mapping[str, str], place: Place) -> Fault | None:
        if values.get(rule.field) or not _holds(rule, values):
            return None
        if rule.field not in place.columns:
            return None  # a form without the column cannot fill it: the heading's absence is no fault of the row
        elsewhere = SEPARATOR.join(map(place.spot, rule.when))
        why = rule.why.format_map(dict(values))
        return place.fault("R01", rule.field, severity=rule.severity, why=why, others=elsewhere)

    def _contradicts(self, rule: Rule, values: Mapping[str, str], place: Place) -> Fault | None:
        if not values.get(rule.field) or not _holds(rule, values):
            return None
        opposite = next(iter(rule.when))
        return place.fault(
            "R11",
            rule.field,
            severity=rule.severity,
            other_where=place.spot(opposite),
            other_value=place.shown(opposite),
        )

    def _compare(self, rule: Rule, values: Mapping[str, str], place: Place) -> Fault | None:
        later, earlier = values.get(rule.field), values.get(rule.not_before)
        if not later or not earlier:
            return None
        if place.schema.by_name[rule.field].type == "integer":
            if int(later) >= int(earlier):
                return None
            ways = {"relation": "小于", "at_most": f"{later}或更小", "at_least": f"{earlier}或更大"}
        else:
            if later >= earlier:
                return None
            days = date.fromisoformat(later), date.fromisoformat(earlier)
            year = self._year.year if days[0].year == days[1].year else None
            most, least = (faults.day_words(day, year) for day in days)
            ways = {"relation": "早于", "at_most": f"{most}或更早", "at_least": f"{least}或更晚"}
        return place.fault(
            "R02",
            rule.field,
            severity=rule.severity,
            other_where=place.spot(rule.not_before),
            other_value=place.shown(rule.not_before),
            **ways,
        )

    def _one_of(self, rule: Rule, values: Mapping[str, str], place: Place) -> Fault | None:
        askable = [name for name in rule.fields if name in place.columns]
        if not askable or any(values.get(name) for name in rule.fields):
            return None
        return place.fault("R03", askable[0], severity=rule.severity, what=_titles(place.schema, rule.fields))

    def _all_or_none(self, rule: Rule, values: Mapping[str, str], place: Place) -> Fault | None:
        filled = [name for name in rule.fields if values.get(name)]
        if not filled or len(filled) == len(rule.fields):
            return None
        missing = [name for name in rule.fields if name not in filled]
        empty = [name for name in missing if name in place.columns]
        titles = SEPARATOR.join(place.schema.by_name[name].title for name in missing)
        there = SEPARATOR.join(f"{place.spot(name)}填了“{place.shown(name)}”" for name in filled)
        spots = SEPARATOR.join(map(place.spot, filled))
        if empty:
            mistake, mend = f"没有填，而{there}", f"请填上{titles}；还没有这回事的，请把{spots}清空"
        else:
            mistake = f"填了“{place.shown(filled[0])}”，表里却没有“{titles}”一列"
            mend = f"请在表头补上“{titles}”一列并填好；还没有这回事的，请把{spots}清空"
        return place.fault("R04", (empty or filled)[0], severity=rule.severity, what=mistake, mend=mend)

    def _hook(self, rule: Rule, values: Mapping[str, str], place: Place) -> Fault | None:
        text = values.get(rule.field)
        if not text:
            return None
        day, year = date.fromisoformat(text), self._year.year
        if day > self._today:
            today = faults.day_words(self._today, day.year)
            return place.fault("C06", rule.field, severity=rule.severity, today=today)
        if rule.hook == "not_in_future":
            return None
        if day.year != year:
            return place.fault("C07", rule.field, severity=rule.severity, said=day.year, year=year)
        if self._year.round_of(day) is None:
            rounds = SEPARATOR.join(
                f"{round_.name}{faults.day_words(round_.first, year)}至{faults.day_words(round_.last, year)}"
                for round_ in self._year.rounds
            )
            return place.fault("C08", rule.field, severity=rule.severity, rounds=rounds)
        return None


def _holds(rule: Rule, values: Mapping[str, str]) -> bool:
    return all(values.get(name) in wanted for name, wanted in rule.when.items())


def _titles(schema: FormSchema, names: Iterable[str]) -> str:
    return SEPARATOR.join(f"“{schema.by_name[name].title}”" for name in names)


@dataclass(frozen=True, slots=True)
class JudgedTable:
    """One table of a delivery with its rows as judged: `member` is the file inside a zip or ""."""

    member: str
    table: Table
    rows: list[Row]


def twins(tables: Iterable[JudgedTable], rules: Rules) -> list[Fault]:
    """Rows of one delivery that say the same twice (R05): the later one is named, with its twin's file, sheet and row.
    Of two rows that tell one visit otherwise the ledger asks, which knows the numbers of their items (R12, R13).

    Rule: one cause once; a number that the unit made up itself makes no two rows different, and none the same.
    """
    found: list[Fault] = []
    first: dict[tuple[str, ...], tuple[JudgedTable, Row]] = {}
    visits: dict[tuple[str, ...], list[tuple[JudgedTable, Row]]] = defaultdict(list)
    for judged in tables:
        schema, raw = judged.table.match.schema, dict(judged.table.rows)
        for row in judged.rows:
            if row.held:
                continue
            if schema.role is Role.VISITS:
                earlier = visits[bureau_of(row.unit), *visit_key(row.values)]
                same = next((pair for pair in earlier if _tells_nothing_else(row, pair[1], schema)), None)
                if same is not None and schema.duplicates:
                    place = Place(judged.table, row.row_no, raw[row.row_no])
                    found.append(_twin(judged, row, place, schema.duplicates[0], *same))
                earlier.append((judged, row))
                continue
            keys = [(rule, key) for rule in schema.duplicates if (key := _key(row, rule, schema, rules.campaign))]
            twin = next((pair for pair in keys if pair[1] in first), None)
            if twin is not None:
                place = Place(judged.table, row.row_no, raw[row.row_no])
                found.append(_twin(judged, row, place, twin[0], *first[twin[1]]))
            for _, key in keys:
                first.setdefault(key, (judged, row))
    return found


def _tells_nothing_else(row: Row, earlier: Row, schema: FormSchema) -> bool:
    """Whether a row tells the visit of an earlier one and nothing that this does not tell."""
    otherwise = told_otherwise(row.values, earlier.values, schema.describing, schema.matters)
    return is_one_visit(row.values, earlier.values) and not otherwise


def _key(row: Row, rule: Rule, schema: FormSchema, campaign: Campaign) -> tuple[str, ...]:
    """What a row says in the fields of one rule; () where that is too little to call another row its twin."""
    values = [row.values.get(name, "") for name in rule.fields]
    for at, name in enumerate(rule.fields):
        if name == schema.updates_by and not names_an_item(values[at], campaign):
            values[at] = ""
    if not values[0] or (len(values) > 1 and not any(values[1:])):
        return ()
    return schema.name, bureau_of(row.unit), *rule.fields, *values  # two bureaus may give one number each


def names_an_item(value: object, campaign: Campaign) -> bool:
    """Whether a cell holds the number of an item, which only we give out."""
    return isinstance(value, str) and bool(campaign.items.pattern.fullmatch(own_name(terms.normalize(value))))


def _twin(judged: JudgedTable, row: Row, place: Place, rule: Rule, earlier: JudgedTable, twin: Row) -> Fault:
    """The fault R05 of a row that says the same as an earlier one.

    judged, row: the later row and its table. place: words the fault. rule: the rule against duplicates that it breaks.
    earlier, twin: the earlier row's table, and that row.
    """
    schema = place.schema
    words = f"第{twin.row_no}行"
    if earlier.member != judged.member:
        words = f"“{earlier.member}”「{twin.sheet}」表{words}"
    elif twin.sheet != row.sheet:
        words = f"「{twin.sheet}」表{words}"
    elif twin.left != row.left:
        words = f"{column_letters(twin.left)}列起那张表的{words}"
    said = [name for name in rule.fields if row.values.get(name) and (twin.values.get(name) or name == rule.fields[0])]
    same = SEPARATOR.join(schema.by_name[name].title for name in said) or rule.what
    fault = place.fault("R05", rule.fields[0], severity=rule.severity, twin=words, what=rule.what, same=same)
    return replace(upheld(fault, explanation(schema, row.values)), member=judged.member)
