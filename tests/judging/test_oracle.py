"""A second opinion: what our judge takes, frictionless takes by the same schema; what breaks a constraint, neither does."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import TODAY
from frictionless import Resource, Schema
from tables import workbook

from dazoufang.judging.examine import examine_bytes
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import FormSchema

TYPES = {"array": "string", "any": "any"}


def table_schema(schema: FormSchema) -> Schema:
    """Our form as a Frictionless Table Schema."""
    fields = []
    for field in schema.stored:
        limits = field.constraints
        constraints: dict[str, Any] = {"required": limits.required}
        if limits.enum and field.type != "array":
            constraints["enum"] = list(limits.enum)
        if limits.max_length:
            constraints["maxLength"] = limits.max_length
        kind = TYPES.get(field.type, field.type)
        fields.append({"name": field.name, "title": field.title, "type": kind, "constraints": constraints})
    return Schema.from_descriptor({"fields": fields})


@pytest.mark.parametrize("form", ["visit", "dispute", "suggestion", "roster", "assignment", "decision"])
def test_the_examples_of_every_form_are_valid_by_both_and_a_spoilt_one_by_neither(rules: Rules, form: str) -> None:
    schema = rules.schemas[form]
    shown = [field for field in schema.blank if field.example and field.name != schema.updates_by]
    rows = [[field.title for field in shown], [field.example for field in shown]]
    (part,) = examine_bytes(workbook(rows, unit="工会"), f"{schema.title}.xlsx", rules, TODAY).parts
    assert [row.held for row in part.rows] == [False]
    values: dict[str, Any] = {field.name: part.rows[0].values.get(field.name) for field in schema.stored}
    assert Resource(data=[values], schema=table_schema(schema)).validate().valid
    enum = next(field for field in schema.stored if field.constraints.enum and field.type != "array")
    for name, value in ((schema.required[0].name, None), (enum.name, "不在其中")):
        spoilt = [value if field.name == name else field.example for field in shown]
        (part,) = examine_bytes(workbook([rows[0], spoilt], unit="工会"), f"{schema.title}.xlsx", rules, TODAY).parts
        assert [row.held for row in part.rows] == [True], name
        assert not Resource(data=[values | {name: value}], schema=table_schema(schema)).validate().valid, name
