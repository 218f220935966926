"""The function that reads the cells of one field: its kind of value, its limits, and what older rules knew of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import lru_cache, partial
from typing import Any, Final

from dazoufang.judging.cells.cadres import to_cadres
from dazoufang.judging.cells.choices import to_choice, to_choices, to_township
from dazoufang.judging.cells.converted import EMPTY, Converted
from dazoufang.judging.cells.dates import DateContext, to_date
from dazoufang.judging.cells.meant import HOW_MARK, HOW_SHOWN, Marked
from dazoufang.judging.cells.people import (
    to_household,
    to_name,
    to_names,
    to_names_less_titles,
    to_person,
    to_whole_name,
)
from dazoufang.judging.cells.phones import to_phone, to_phone_or_why
from dazoufang.judging.cells.placeholders import to_real_name
from dazoufang.judging.cells.plain import to_clean_text, to_count, to_email, to_integer, to_text, to_unit
from dazoufang.judging.cells.ticked import to_ticked
from dazoufang.judging.row_rules import SEPARATOR
from dazoufang.model import terms
from dazoufang.reading.sheet import Worded
from dazoufang.rules.campaign import Campaign, Rules
from dazoufang.rules.generations import Generation
from dazoufang.rules.schema import Field, FormSchema, Role

Converter = Callable[[Any], Converted]
_REMEMBERED: Final = 2048  # values of a column: cadres, days and choices come again and again


def canonical(value: Any) -> str:
    """A converted value as the record stores it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return SEPARATOR.join(value)
    return str(value)


def date_context(campaign: Campaign, today: date) -> DateContext:
    """What completes a date without a year: the working year and its rounds."""
    year = campaign.year_of(today)
    return DateContext((year.year,), tuple((round_.first, round_.last) for round_ in year.rounds), today)


def converter(schema: FormSchema, field: Field, rules: Rules, today: date) -> Converter:
    """The function that reads the cells of this field."""
    read = _reader(schema, field, rules, today)
    missing, choices = frozenset(schema.missing_values), frozenset(field.constraints.enum)
    none_word = terms.is_none if field.matter else terms.is_blank

    def says_nothing(value: Any) -> bool:
        if field.type == "integer":
            return False  # 0 is a number there
        if isinstance(value, str):
            return len(value) <= 40 and none_word(value) and value not in choices
        return not isinstance(value, bool) and bool(value == 0)  # a 0 typed into a cell is a number, whatever it means

    @lru_cache(maxsize=_REMEMBERED, typed=True)
    def plain(value: Any) -> Converted:
        if says_nothing(value) or (isinstance(value, str) and value.strip() in missing):
            return EMPTY
        converted = read(value)
        return converted if converted.value is None else _within(field, converted)

    def convert(value: Any) -> Converted:
        return _meant(field, plain, value) if isinstance(value, Worded) else plain(value)

    return convert


def _meant(field: Field, convert: Converter, value: Worded) -> Converted:
    """A cell that shows more than is stored in it: its text, as people see it; but a number where one is wanted, and
    where only that is a day or a telephone number."""
    shown, behind = str(value), value.behind
    if isinstance(value, Marked):
        converted, how = convert(shown), HOW_MARK
    else:
        how = HOW_SHOWN
        stored = convert(behind) if field.type in ("integer", "date") or field.format == "phone" else None
        if field.type == "integer" and stored is not None:
            return stored
        if field.type == "date" and stored is not None and stored.fault != "C02":
            return stored
        converted = convert(shown)
        if converted.fault and stored is not None and not stored.fault:
            return stored
    return converted if converted.value is None else replace(converted, how=how)


def _reader(schema: FormSchema, field: Field, rules: Rules, today: date) -> Converter:
    """The converter of the field's type and format."""
    limits, campaign = field.constraints, rules.campaign
    if field.type == "date":
        context = replace(date_context(campaign, today), habits=rules.generation >= Generation.HABITS)
        return lambda value: to_date(value, context)
    if field.type == "integer":
        return to_integer if rules.generation < Generation.LAYOUTS else to_count
    if limits.enum:
        return _choice_reader(field, rules)
    if field.format == "township":
        towns = campaign.townships
        return lambda value: to_township(value, towns.names, towns.aliases)
    simple: dict[str, Converter] = {
        "name": partial(to_real_name, otherwise=to_household if schema.role is Role.VISITS else to_person),
        "names": to_cadres, "phone": to_phone_or_why, "unit": to_unit, "email": to_email,
    }  # fmt: skip
    if rules.generation < Generation.SURROUNDINGS:
        simple["names"] = to_names_less_titles
    if rules.generation < Generation.HABITS:
        as_name = to_name if rules.generation < Generation.AUDIENCES else to_whole_name
        simple |= {"name": as_name, "names": to_names, "phone": to_phone}
    if field.format in simple:
        return simple[field.format]
    as_text = to_text if rules.generation < Generation.HABITS else to_clean_text
    return lambda value: as_text(value, limits.max_length)


def _choice_reader(field: Field, rules: Rules) -> Converter:
    """The converter of a field that takes one of a few words, or several of them."""
    choices, aliases, several = field.constraints.enum, field.value_aliases, field.type == "array"

    def typed(value: Any) -> Converted:
        return to_choices(value, choices, aliases) if several else to_choice(value, choices, aliases)

    if rules.generation < Generation.LAYOUTS:
        return typed
    return lambda value: to_ticked(value, choices, aliases, typed, several)


def _within(field: Field, converted: Converted) -> Converted:
    """The constraints of a value that was understood: pattern, minimum, maximum, length."""
    limits, value = field.constraints, converted.value
    mistake = ""
    if limits.max_length is not None and isinstance(value, str) and len(value) > limits.max_length:
        return Converted(fault="C17", details={"length": len(value), "limit": limits.max_length})
    if limits.min_length is not None and isinstance(value, str) and len(value) < limits.min_length:
        mistake = f"至少要写{limits.min_length}个字"
    elif limits.pattern and not re.fullmatch(limits.pattern, canonical(value)):
        mistake = "写法不合要求"
    elif limits.minimum is not None and isinstance(value, int) and value < limits.minimum:
        mistake = f"不能小于{limits.minimum}"
    elif limits.maximum is not None and isinstance(value, int) and value > limits.maximum:
        mistake = f"不能大于{limits.maximum}"
    return Converted(fault="C18", details={"what": mistake}) if mistake else converted
