"""What a form is: one YAML file a form, read strictly; it drives reading, judging, blank forms, annexes and docs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Final, Literal

from pydantic import Field as Key
from pydantic import field_validator, model_validator

from dazoufang.model.faults import CATALOGUE
from dazoufang.model.terms import fold
from dazoufang.rules.rules_file import BrokenRules, Misplaced, Strict, load
from dazoufang.system.home import shipped

FORMS: Final = ("visit", "dispute", "suggestion", "roster", "assignment", "decision")
UNIT_FORMS: Final = ("visit", "dispute", "suggestion")  # speak for a unit; the others are the office's own
LEDGER_FORMS: Final = ("dispute", "suggestion")
HOOKS: Final = ("visit_window", "not_in_future")
REFERENCES: Final = ("roster.name",)
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")


class Constraints(Strict):
    """Frictionless Table Schema v2 constraints, those that forms need."""

    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    pattern: str = ""
    minimum: int | None = None
    maximum: int | None = None
    min_length: int | None = Key(None, alias="minLength", ge=0)
    max_length: int | None = Key(None, alias="maxLength", ge=1)

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise Misplaced(f"pattern 不是正确的正则表达式（{error}）", "请检查括号和反斜杠") from None
        return pattern


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
    upholds: bool = False  # what is written here upholds the row's yellow cells; kept, but in no annex
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
    def _fits_together(self) -> Field:
        limits = self.constraints
        for word, choice in self.value_aliases.items():
            if choice not in limits.enum:
                raise Misplaced(
                    f"valueAliases 的“{word}: {choice}”指向了 enum 中没有的值",
                    "请改成 enum 中的一项",
                    "valueAliases",
                    word,
                )
        if limits.enum and self.type not in ("string", "array"):
            raise Misplaced(
                f"type 是 {self.type} 的列不能有 enum", "请去掉 enum，或改成 type: string", "constraints", "enum"
            )
        if self.type == "array" and not limits.enum:
            raise Misplaced("type 是 array 的列要有 enum", "请在 constraints 中写上可选的各项", "type")
        for key in ("minimum", "maximum"):
            if getattr(limits, key) is not None and self.type != "integer":
                raise Misplaced(
                    f"{key} 只能用于 type: integer", f"请去掉 {key}，字数用 minLength、maxLength", "constraints", key
                )
        for code, text in self.messages.items():
            if code not in CATALOGUE:
                raise Misplaced(f"没有编号为“{code}”的填报错误", "编号见 docs/faults.md", "messages", code)
            if "{" in (rest := _PLACEHOLDER.sub("", text)) or "}" in rest:
                raise Misplaced(f"messages 的“{code}”花括号没有成对", "请写成 {value} 这样", "messages", code)
        return self


# What each kind of rule cannot do without.
_NEEDS: Final = {
    "required_if": ("field", "when"),
    "contradicts": ("field", "when"),
    "compare": ("field", "not_before"),
    "one_of": ("fields",),
    "all_or_none": ("fields",),
    "duplicate": ("fields", "what"),
    "foreign": ("field", "reference"),
    "hook": ("field", "hook"),
}


class Rule(Strict):
    """One rule over several cells of a row, or over rows; a closed list."""

    rule: Literal["required_if", "contradicts", "compare", "one_of", "all_or_none", "duplicate", "foreign", "hook"]
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

    @model_validator(mode="after")
    def _says_what_it_needs(self) -> Rule:
        for key in _NEEDS[self.rule]:
            if not getattr(self, key):
                raise Misplaced(f"规则 {self.rule} 缺少“{key}”", "请补上这一项")
        if self.rule == "hook" and self.hook not in HOOKS:
            raise Misplaced(f"没有名为“{self.hook}”的 hook", f"可用：{'、'.join(HOOKS)}", "hook")
        if self.rule == "foreign" and self.reference not in REFERENCES:
            raise Misplaced(f"不能参照“{self.reference}”", f"可用：{'、'.join(REFERENCES)}", "reference")
        if self.code and self.code not in CATALOGUE:
            raise Misplaced(f"没有编号为“{self.code}”的填报错误", "编号见 docs/faults.md", "code")
        for name in _PLACEHOLDER.findall(self.why):
            if name not in self.when:
                raise Misplaced(f"why 里的“{{{name}}}”不是 when 的字段", "花括号里只能写 when 中的字段名", "why")
        return self


class Annex(Strict):
    """Where the rows of this form are published."""

    file: str
    label: str
    sheet: str
    title: str


class FormSchema(Strict):
    """One form: what its columns are, how it is recognised, which rules bind its rows.

    A key that is added here later, and not to `office_says`, is the shipped form's of that name where an office's older
    file lacks it. A field, a rule or an annex that an office took out stays out.
    """

    office_says: ClassVar[frozenset[str]] = frozenset({
        "name", "title", "keywords", "purpose", "primaryKey", "fieldsMatch", "updatesBy", "missingValues", "groups",
        "annex", "fields", "rules",
    })  # fmt: skip
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
        known: dict[str, Field] = {}
        headings: dict[str, str] = {}
        for at, field in enumerate(self.fields):
            if field.name in known:
                raise Misplaced(f"字段 {field.name} 定义了两次", "请改名，或删去一个", "fields", at, "name")
            known[field.name] = field
            for heading in (field.title, *field.aliases):
                other = headings.setdefault(fold(heading), field.name)
                if other != field.name:
                    what = f"表头“{heading}”同时属于 {other} 和 {field.name}"
                    key = "title" if heading == field.title else "aliases"
                    raise Misplaced(what, "一个表头只能属于一个字段，请删去一处", "fields", at, key)
        for name, place, *where in self._spoken():
            if name not in known:
                raise Misplaced(f"{place}提到了没有定义的字段“{name}”", "请检查字段名（name），不是标题", *where)
        for at, rule in enumerate(self.rules):
            types = {known[name].type for name in (rule.field, rule.not_before) if name}
            if (rule.rule == "hook" and types != {"date"}) or (
                rule.rule == "compare" and types not in ({"date"}, {"integer"})
            ):
                names = "、".join(name for name in (rule.field, rule.not_before) if name)
                raise Misplaced(f"规则 {rule.rule} 只能用于日期（{names}）", "请换成 type: date 的字段", "rules", at)
        return self

    def _spoken(self) -> Iterator[tuple[str, str, *tuple[str | int, ...]]]:
        """Every field that the form speaks of outside `fields`: its name, where in words, and the way there."""
        for name in self.primary_key:
            yield name, "primaryKey", "primaryKey"
        if self.updates_by:
            yield self.updates_by, "updatesBy", "updatesBy"
        for group, members in self.groups.items():
            for name in members:
                yield name, f"groups 的“{group}”", "groups", group
        for at, rule in enumerate(self.rules):
            for name in rule.names:
                yield name, f"规则 {rule.rule}", "rules", at

    @cached_property
    def duplicates(self) -> tuple[Rule, ...]:
        """The rules against rows that say the same twice; a `unique` field is one of them."""
        unique = (field for field in self.fields if field.constraints.unique)
        return tuple(rule for rule in self.rules if rule.rule == "duplicate") + tuple(
            Rule(rule="duplicate", fields=(field.name,), what=field.title, source="unique") for field in unique
        )

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
        kept = [field for field in self.fields if not field.upholds]
        return tuple(f for f in kept if f.print) + tuple(f for f in kept if not f.print)

    @cached_property
    def upholding(self) -> Field | None:
        """The column in which a unit says why a yellow cell is right, if the form has one."""
        return next((field for field in self.fields if field.upholds), None)

    @cached_property
    def required(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.constraints.required)


Schemas = dict[str, FormSchema]


def load_schemas(folder: Path) -> Schemas:
    """Every form's schema, by form name. A form that the folder lacks is the program's own.

    Raises:
        BrokenRules: a file does not fit, naming file, line and mend.
    """
    schemas: Schemas = {}
    for form in FORMS:
        path = folder / f"{form}.yaml"
        schema = load(path, FormSchema, shipped("schemas") / path.name)
        if schema.name != form:
            raise BrokenRules(path, 1, f"name 写的是“{schema.name}”", f"请改成 name: {form}")
        schemas[form] = schema
    return schemas


def fingerprint(folder: Path) -> str:
    """A short hash of every rules file, so that what was made under other rules is known as such.

    The program's own files stand in for what others lack: what they say now is part of these rules too.
    """
    own = shipped("schemas")
    digest = hashlib.sha256()
    for place in [folder] if folder.resolve() == own.resolve() else [folder, own]:
        for path in sorted(place.glob("*.yaml")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
