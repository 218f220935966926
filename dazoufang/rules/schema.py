"""What a form is: the shape of its YAML file, which drives reading, judging, blank forms, annexes and docs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field as Key
from pydantic import field_validator, model_validator

from dazoufang.model.faults import CATALOGUE
from dazoufang.model.terms import normalize
from dazoufang.model.vocabularies import ItemKind
from dazoufang.rules.rules_file import Misplaced, Strict

HOOKS: Final = ("visit_window", "not_in_future")
REFERENCES: Final = ("roster.name",)
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")


class Role(StrEnum):
    """What the rows of a form are to the campaign. Those of a `LIST` are kept and published, and nothing more."""

    VISITS = "visits"
    DISPUTES = "disputes"
    SUGGESTIONS = "suggestions"
    ROSTER = "roster"
    ASSIGNMENTS = "assignments"
    DECISIONS = "decisions"
    CLAIMS = "claims"  # how much a unit says it has done
    WITHDRAWALS = "withdrawals"  # which deliveries are as if they had never come
    LIST = "list"


ITEM_KIND: Final = {
    Role.DISPUTES: ItemKind.DISPUTE,
    Role.SUGGESTIONS: ItemKind.SUGGESTION,
}  # what the ledger calls their items
REPORTED: Final = (Role.VISITS, Role.DISPUTES, Role.SUGGESTIONS)  # the plan's three annexes


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


class PartColumn(Strict):
    """One of several columns that tell a field together. `headings`: what it is called; `ending`: what a number in it is
    written with when they are joined (5 under 组 is 5组)."""

    headings: Annotated[tuple[str, ...], Key(min_length=1)]
    ending: Annotated[str, Key(max_length=2)] = ""


class Field(Strict):
    """One column. `name` is ours, `title` and `aliases` are headings (“组|列” for a column under a group heading)."""

    name: str
    title: str
    aliases: tuple[str, ...] = ()
    parts: tuple[tuple[PartColumn, ...], ...] = ()  # the ways to tell it in several columns that stand side by side
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
    sensitive: Literal["", "name", "phone", "address", "private"] = ""  # what it tells of a person (PersonalData)

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
        if self.parts and (limits.enum or self.derived or self.type not in ("string", "date")):
            raise Misplaced("只有文字或日期的列可以写 parts", "请去掉 parts", "parts")
        for at, way in enumerate(self.parts):
            headings = [normalize(heading) for column in way for heading in column.headings]
            if len(way) < 2:
                raise Misplaced("parts 的一种写法至少要有两列", "请补上另一列，或删去这一种", "parts", at)
            if not all(headings) or len(set(headings)) < len(headings):
                raise Misplaced("parts 里同一种写法的表头是空的，或重复了", "每一列的表头要各不相同", "parts", at)
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
    when_empty: bool = Key(True, alias="whenEmpty")  # published also while it has no row


class FormSchema(Strict):
    """One form: what its columns are, how it is recognised, which rules bind its rows.

    A key that is added here later, and not to `office_says`, is the shipped form's of that name where an office's older
    file lacks it. A field, a rule or an annex that an office took out stays out.
    """

    office_says: ClassVar[frozenset[str]] = frozenset({
        "name", "title", "keywords", "telling", "purpose", "primaryKey", "fieldsMatch", "updatesBy", "missingValues", "groups",
        "annex", "fields", "rules",
    })  # fmt: skip
    name: Annotated[str, Key(pattern=r"^[a-z][a-z0-9_]*$")]
    title: Annotated[str, Key(min_length=1)]
    keywords: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()  # headings of columns that say nothing here, and are not asked about
    telling: tuple[str, ...] = ()  # a table that is not named as this form must have one of these headings
    purpose: str = ""
    role: Role = Role.LIST
    speaks_for: Literal["unit", "office"] = Key("unit", alias="speaksFor")  # whose rows: a unit's, or the office's own
    primary_key: tuple[str, ...] = Key((), alias="primaryKey")
    identities: tuple[tuple[str, ...], ...] = ()  # by what a corrected row is known again, strongest first
    fields_match: Literal["subset"] = Key("subset", alias="fieldsMatch")
    updates_by: str = Key("", alias="updatesBy")  # a row that names this need not repeat what is already known
    missing_values: tuple[str, ...] = Key(("",), alias="missingValues")
    written_ahead: tuple[str, ...] = Key((), alias="writtenAhead")  # a row that holds nothing else is not filled yet
    groups: dict[str, tuple[str, ...]] = Key(default_factory=dict)
    annex: Annex | None = None
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...] = ()

    @classmethod
    def fitted(cls, full: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
        """What stands in from the shipped form speaks only of fields that the office's form still has."""
        fields = own.get("fields")
        names = (
            {str(field.get("name")) for field in fields if isinstance(field, dict)}
            if isinstance(fields, list)
            else set()
        )
        if "identities" not in own and "identities" in full:
            full["identities"] = [known for known in full["identities"] if names.issuperset(known)]
        if "writtenAhead" not in own and "writtenAhead" in full:
            full["writtenAhead"] = [name for name in full["writtenAhead"] if name in names]
        if "telling" not in own and full.get("telling") and isinstance(fields, list):
            own_headings = {heading for field in fields if isinstance(field, dict) for heading in _headings_of(field)}
            full["telling"] = [heading for heading in full["telling"] if heading in own_headings]
        return full

    @model_validator(mode="after")
    def _names_exist_and_headings_are_distinct(self) -> FormSchema:
        known: dict[str, Field] = {}
        headings: dict[str, str] = {}
        for at, field in enumerate(self.fields):
            if field.name in known:
                raise Misplaced(f"字段 {field.name} 定义了两次", "请改名，或删去一个", "fields", at, "name")
            known[field.name] = field
            for heading in (field.title, *field.aliases):
                owner = headings.setdefault(normalize(heading), field.name)
                if owner != field.name:
                    mistake = f"表头“{heading}”同时属于 {owner} 和 {field.name}"
                    key = "title" if heading == field.title else "aliases"
                    raise Misplaced(mistake, "一个表头只能属于一个字段，请删去一处", "fields", at, key)
        for at, field in enumerate(self.fields):
            for heading in (heading for way in field.parts for column in way for heading in column.headings):
                if headings.get(normalize(heading), field.name) != field.name:
                    mistake = f"parts 里的“{heading}”是 {headings[normalize(heading)]} 的表头"
                    raise Misplaced(mistake, "一个表头只能属于一个字段，请删去一处", "fields", at, "parts")
        for at, heading in enumerate(self.telling):
            if normalize(heading) not in headings:
                mistake = f"telling 里的“{heading}”不是这张表的表头"
                raise Misplaced(mistake, "请写成某一列的 title 或 aliases 中的一个", "telling", at)
        for name, place, *where in self._field_mentions():
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

    def _field_mentions(self) -> Iterator[tuple[str, str, *tuple[str | int, ...]]]:
        """Every field that the form speaks of outside `fields`: its name, where in words, and the way there."""
        for name in self.primary_key:
            yield name, "primaryKey", "primaryKey"
        for at, names in enumerate(self.identities):
            for name in names:
                yield name, "identities", "identities", at
        if self.updates_by:
            yield self.updates_by, "updatesBy", "updatesBy"
        for name in self.written_ahead:
            yield name, "writtenAhead", "writtenAhead"
        for group, members in self.groups.items():
            for name in members:
                yield name, f"groups 的“{group}”", "groups", group
        for at, rule in enumerate(self.rules):
            for name in rule.names:
                yield name, f"规则 {rule.rule}", "rules", at

    @property
    def item_kind(self) -> str:
        """What the ledger calls the items of this form's rows; "" where they are none."""
        return ITEM_KIND.get(self.role, "")

    @property
    def of_units(self) -> bool:
        """Whether every row belongs to a unit; the others are the office's own."""
        return self.speaks_for == "unit"

    @cached_property
    def known_by(self) -> tuple[tuple[str, ...], ...]:
        """By what a corrected row is known again, strongest first: `identities`, else the primary key, else the
        required fields."""
        whole = self.primary_key or tuple(field.name for field in self.required)
        return self.identities or ((whole,) if whole else ())

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

    @property
    def is_offered(self) -> bool:
        """Whether it is given out to be filled: what units claim of their own accord is read, and nobody is asked for it;
        a withdrawal is made by its command."""
        return self.role not in (Role.CLAIMS, Role.WITHDRAWALS)

    @cached_property
    def stored(self) -> tuple[Field, ...]:
        """The fields whose cells are kept in the record."""
        return tuple(field for field in self.fields if not field.derived)

    @cached_property
    def blank(self) -> tuple[Field, ...]:
        """The columns of the blank form, in order."""
        return tuple(field for field in self.fields if field.form)

    def identifies(self, field: Field) -> bool:
        """Whether a column says whose row it is: the key, a number of ours, the person the row tells of."""
        return field.name in self.primary_key or field.name == self.updates_by or field.sensitive == "name"

    @cached_property
    def annex_columns(self) -> tuple[Field, ...]:
        """The columns of the annex: the printed ones, then those to the right of the print area."""
        kept = [field for field in self.fields if not field.upholds]
        return tuple(f for f in kept if f.print) + tuple(f for f in kept if not f.print)

    @cached_property
    def describing(self) -> tuple[str, ...]:
        """The names of the cells that a unit fills in and that say of what the row is, less its key and its matters."""
        return tuple(
            field.name
            for field in self.stored
            if field.form and not field.matter and not field.upholds and field.name not in self.primary_key
        )

    @cached_property
    def matters(self) -> tuple[str, ...]:
        """The names of the cells that open items."""
        return tuple(field.name for field in self.stored if field.matter)

    @cached_property
    def upholding(self) -> Field | None:
        """The column in which a unit says why a yellow cell is right, if the form has one."""
        return next((field for field in self.fields if field.upholds), None)

    @cached_property
    def required(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.constraints.required)


def _headings_of(field: dict[str, Any]) -> list[str]:
    """Title and aliases of a field as its YAML has it, whatever else is wrong with it."""
    aliases = field.get("aliases")
    return [str(heading) for heading in (field.get("title"), *(aliases if isinstance(aliases, list) else ()))]


Schemas = Mapping[str, FormSchema]
