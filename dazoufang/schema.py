"""What a form is: one YAML file a form, read strictly; it drives reading, judging, blank forms, annexes and docs."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final, Literal

from pydantic import Field as Key
from pydantic import field_validator, model_validator

from dazoufang.rules_file import BrokenRules, Strict, load

FORMS: Final = ("visit", "dispute", "suggestion", "roster", "assignment", "decision")
LEDGER_FORMS: Final = ("dispute", "suggestion")
HOOKS: Final = ("visit_window", "not_in_future")


class Constraints(Strict):
    """Frictionless Table Schema v2 constraints, those that forms need."""

    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    pattern: str = ""
    minimum: int | None = None
    maximum: int | None = None
    min_length: int | None = Key(None, alias="minLength")
    max_length: int | None = Key(None, alias="maxLength")


class Field(Strict):
    """One column. `name` is ours, `title` and `aliases` are headings (“组|列” for a column under a group heading)."""

    name: str
    title: str
    aliases: tuple[str, ...] = ()
    type: Literal["string", "date", "integer", "array", "any"] = "string"
    format: Literal["default", "name", "names", "phone", "township", "unit", "email"] = "default"
    example: str = ""
    constraints: Constraints = Constraints()
    value_aliases: dict[str, str] = Key(default_factory=dict, alias="valueAliases")
    severity: Literal["error", "warning"] = "error"
    messages: dict[str, str] = Key(default_factory=dict)
    ditto: Literal["all", "words", "none"] = "words"  # 同上 and merged cells, 同上 only, neither
    matter: bool = False  # a cell that opens ledger items: none-words count as empty
    derived: bool = False  # computed by us: known as a heading, never taken from a form
    form: bool = True  # stands in the blank form
    print: bool = True  # stands in the print area of the annex
    width: float = 10  # in characters, as Excel counts
    sensitive: Literal["", "name", "phone", "address"] = ""

    @field_validator("example", mode="before")
    @classmethod
    def _example_is_text(cls, value: object) -> object:
        return value.isoformat() if isinstance(value, date) else value

    @model_validator(mode="after")
    def _aliases_lead_to_choices(self) -> Field:
        for word, choice in self.value_aliases.items():
            if choice not in self.constraints.enum:
                raise ValueError(f"valueAliases 的“{word}: {choice}”指向了 enum 中没有的值")
        return self


class Rule(Strict):
    """One rule over several cells of a row, or over rows; a closed list."""

    rule: Literal["required_if", "compare", "one_of", "all_or_none", "duplicate", "foreign", "hook"]
    field: str = ""
    fields: tuple[str, ...] = ()
    when: dict[str, tuple[str, ...]] = Key(default_factory=dict)
    why: str = ""
    not_before: str = ""
    reference: str = ""
    what: str = ""
    hook: str = ""
    code: str = ""
    severity: Literal["error", "warning", "info"] | None = None
    source: str

    @property
    def names(self) -> tuple[str, ...]:
        """Every field the rule speaks of."""
        return tuple(name for name in (self.field, *self.fields, *self.when, self.not_before) if name)


class Annex(Strict):
    """Where the rows of this form are published."""

    file: str
    label: str
    sheet: str
    title: str


class FormSchema(Strict):
    """One form: what its columns are, how it is recognised, which rules bind its rows."""

    name: Literal["visit", "dispute", "suggestion", "roster", "assignment", "decision"]
    title: str
    keywords: tuple[str, ...] = ()
    purpose: str = ""
    primary_key: tuple[str, ...] = Key((), alias="primaryKey")
    fields_match: Literal["subset"] = Key("subset", alias="fieldsMatch")
    updates_by: str = Key("", alias="updatesBy")  # a row that names this need not repeat what is already known
    missing_values: tuple[str, ...] = Key(("",), alias="missingValues")
    groups: dict[str, tuple[str, ...]] = Key(default_factory=dict)
    annex: Annex | None = None
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def _names_exist_and_headings_are_distinct(self) -> FormSchema:
        names = [field.name for field in self.fields]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"字段 {name} 定义了两次")
        spoken = [(n, "primaryKey") for n in self.primary_key]
        spoken += [(self.updates_by, "updatesBy")] if self.updates_by else []
        spoken += [(n, f"groups 的“{g}”") for g, members in self.groups.items() for n in members]
        spoken += [(n, f"规则 {rule.rule}") for rule in self.rules for n in rule.names]
        for name, place in spoken:
            if name not in names:
                raise ValueError(f"{place}提到了没有定义的字段“{name}”")
        for rule in self.rules:
            if rule.rule == "hook" and rule.hook not in HOOKS:
                raise ValueError(f"没有名为“{rule.hook}”的 hook，可用：{'、'.join(HOOKS)}")
        headings: dict[str, str] = {}
        for field in self.fields:
            for heading in (field.title, *field.aliases):
                other = headings.setdefault(heading, field.name)
                if other != field.name:
                    raise ValueError(f"表头“{heading}”同时属于 {other} 和 {field.name}")
        return self

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}

    @cached_property
    def stored(self) -> tuple[Field, ...]:
        """The fields whose cells are kept in the record."""
        return tuple(field for field in self.fields if not field.derived)

    @cached_property
    def blank(self) -> tuple[Field, ...]:
        """The columns of the blank form, in order."""
        return tuple(field for field in self.fields if field.form)

    @cached_property
    def annex_columns(self) -> tuple[Field, ...]:
        """The columns of the annex: the printed ones, then those to the right of the print area."""
        return tuple(f for f in self.fields if f.print) + tuple(f for f in self.fields if not f.print)

    @cached_property
    def required(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.constraints.required)


Schemas = dict[str, FormSchema]


def load_schemas(folder: Path) -> Schemas:
    """Every form's schema, by form name.

    Raises:
        BrokenRules: a file is missing or does not fit, naming file, line and mend.
    """
    schemas: Schemas = {}
    for form in FORMS:
        path = folder / f"{form}.yaml"
        schema = load(path, FormSchema)
        if schema.name != form:
            raise BrokenRules(path, 1, f"name 写的是“{schema.name}”", f"请改成 name: {form}")
        schemas[form] = schema
    return schemas


def fingerprint(folder: Path) -> str:
    """A short hash of every rules file, so that what was made under other rules is known as such."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.yaml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
