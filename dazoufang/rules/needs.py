"""What the program needs of the forms that an office may change: fields that it reads, and choices that it asks after.

A form without one of them would break a run, or change in silence when an item closes; it is refused at its line. What
is read only where it is there, and choices that an office adds, are the office's own business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from dazoufang.model import vocabularies as words
from dazoufang.rules.exports import Export
from dazoufang.rules.forms import LOGS, form_of, load_schemas
from dazoufang.rules.packages import COVER, EVERY_DAY, WEEKDAYS, Package
from dazoufang.rules.preparation import Preparation
from dazoufang.rules.rules_file import BrokenRules, line_of, parsed
from dazoufang.rules.schema import FormSchema, Role, Schemas
from dazoufang.system.home import shipped

FIELDS: Final[Mapping[Role, tuple[str, ...]]] = {
    Role.VISITS: ("visited_on", "cadres", "household", "target_kind", "township", "village", "phone"),
    Role.DISPUTES: ("status",),
    Role.SUGGESTIONS: ("status",),
    Role.ROSTER: ("name", "unit", "role", "since_on", "until_on"),
    Role.ASSIGNMENTS: ("round_name", "household", "cadres"),
    Role.DECISIONS: ("item_no", "decision", "approved_on"),
    Role.CLAIMS: ("visits",),
    Role.WITHDRAWALS: ("submission_no",),
}
# A field of items → the form in which the program has it; it may stand in the other form of items as well.
ITEM_FIELDS: Final[Mapping[str, Role]] = {
    **dict.fromkeys(("unit", "visited_on", "cadres", "person", "matter", "risk", "complexity"), Role.DISPUTES),
    **dict.fromkeys(("responsible_unit", "responsible_person", "due_on", "resolved_on", "follow_up_on"), Role.DISPUTES),
    "nature": Role.SUGGESTIONS,
}
# (whose form, its field) → the words that must be among the choices of that field.
CHOICES: Final[Mapping[tuple[Role, str], type[StrEnum]]] = {
    (Role.VISITS, "target_kind"): words.TargetKind,
    (Role.DISPUTES, "status"): words.DisputeStatus,
    (Role.DISPUTES, "complexity"): words.Complexity,
    (Role.DISPUTES, "risk"): words.Risk,
    (Role.DISPUTES, "petition_kind"): words.PetitionKind,
    (Role.DISPUTES, "satisfaction"): words.Satisfaction,
    (Role.SUGGESTIONS, "status"): words.SuggestionStatus,
    (Role.SUGGESTIONS, "nature"): words.Nature,
    (Role.SUGGESTIONS, "satisfaction"): words.Satisfaction,
    (Role.ASSIGNMENTS, "round_name"): words.RoundName,
    (Role.DECISIONS, "decision"): words.Decision,
}

_PACKAGE_WORDS: Final = {"lists": "表", "roles": "角色", "days": "日子"}


def refuse_incomplete_forms(schemas: Schemas, follow_ups: Mapping[str, tuple[str, ...]], folder: Path) -> None:
    """See that the forms have what the program needs. `follow_ups`: key of `closing:` in campaign.yaml → the words in it.

    Raises:
        BrokenRules: a field or a choice is missing, naming file, line and mend.
    """
    of_role = {schema.role: schema for schema in schemas.values()}
    for role, names in FIELDS.items():
        for name in names:
            _field(of_role[role], name, folder)
    for name, role in ITEM_FIELDS.items():
        if not any(name in of_role[item_role].by_name for item_role in (Role.DISPUTES, Role.SUGGESTIONS)):
            _field(of_role[role], name, folder)
    for (role, name), vocabulary in CHOICES.items():
        for word in vocabulary:
            mend = f"请改回“{word}”；要让单位写别的说法，请写在 valueAliases，如 {{别的说法: {word}}}"
            _choice(of_role[role], name, word, "是程序要用的词", mend, folder)
    for key, modes in follow_ups.items():
        for mode in modes:
            mend = f"请补上“{mode}”，或者改 campaign.yaml 的 closing 一节"
            _choice(of_role[Role.DISPUTES], "follow_up_mode", mode, f"是 campaign.yaml 的 {key} 要用的词", mend, folder)


def refuse_unknown_packages(schemas: Schemas, packages: Sequence[Package], phases: Sequence[str], folder: Path) -> None:
    """See that what an office sends is published, goes to roles that its roster knows, and on days that come. What the
    program's own rules name is let be where a home calls it otherwise or has taken it out: it goes to nobody.

    Raises:
        BrokenRules: a list, a role or a day has another name, naming file, line and mend.
    """
    file = folder / "campaign.yaml"
    own = parsed(file)[1] if file.exists() else None
    if not own or "packages" not in (own.get("mail") or {}):
        return
    known = _known_to_packages(schemas, phases)
    for at, package in enumerate(packages):
        for key, names in (("lists", package.lists), ("roles", package.roles), ("days", package.days)):
            for index, name in enumerate(names):
                if known[key] and name not in known[key] and name not in _shipped_to_packages()[key]:
                    line = line_of(file, "mail", "packages", "value", at, key, index)
                    mistake = f"“{package.to}”的 {key} 写了“{name}”，没有这样的{_PACKAGE_WORDS[key]}"
                    raise BrokenRules(file, line, mistake, f"请写 {'、'.join(known[key])} 中的几个")


def refuse_unknown_logs(schemas: Schemas, preparation: Preparation, folder: Path) -> None:
    """See that the logs that an office names are forms, are kept, and have the columns that are asked for. What the
    program's own rules name is let be where a home has a form of its own in its place: nobody is reminded by it.

    Raises:
        BrokenRules: a form or a column has another name, naming file, line and mend.
    """
    file = folder / "campaign.yaml"
    own = (parsed(file)[1] or {}).get("preparation") or {} if file.exists() else {}
    for key, log in (("training", preparation.training.value), ("notebooks", preparation.notebooks.value)):
        schema, where = schemas.get(log.form), ("preparation", key, "value")
        if schema is None and key in own and log.form not in LOGS:
            mistake = f"preparation 的 {key} 写了“{log.form}”，schemas 里没有这张表"
            raise BrokenRules(file, line_of(file, *where, "form"), mistake, "请写那张表的 name")
        if schema is None:
            continue
        place = file if key in own else folder / f"{log.form}.yaml"
        line = line_of(file, *where) if key in own else 1
        if schema.annex is None:
            mend = "请在那张表里写上 annex（汇总表），它的行才会留下来"
            raise BrokenRules(place, line, f"“{log.form}”不出汇总表，不能当作 preparation 的 {key}", mend)
        for name in log.fields:
            if name not in schema.by_name:
                mend = "请写列的 name，或在那张表里补上这一列"
                raise BrokenRules(place, line, f"“{log.form}”没有 preparation 的 {key} 要用的列“{name}”", mend)


def refuse_unknown_exports(schemas: Schemas, exports: Sequence[Export], folder: Path) -> None:
    """See that the ledgers that an office has exported are of forms that are listed, and of their columns. What the program's
    own rules name is let be where a home has a form of its own in its place: that ledger is not made.

    Raises:
        BrokenRules: a form or a column has another name, or two files one, naming file, line and mend.
    """
    file = folder / "campaign.yaml"
    if "exports" not in ((parsed(file)[1] or {}) if file.exists() else {}):
        return
    taken = {schema.annex.label for schema in schemas.values() if schema.annex}
    for at, export in enumerate(exports):
        where = ("exports", "value", at)
        schema = schemas.get(export.form)
        if export.file in taken:
            mistake = f"exports 里的“{export.file}”与附件或前面的一个同名"
            raise BrokenRules(file, line_of(file, *where, "file"), mistake, "请换一个名称")
        taken.add(export.file)
        if schema is None or schema.annex is None:
            mistake = f"exports 的“{export.file}”要列“{export.form}”的行，没有这样一张出汇总表的表"
            raise BrokenRules(file, line_of(file, *where, "form"), mistake, "请写 schemas 里有 annex 的一张表的 name")
        for name in export.fields:
            if name not in schema.by_name:
                mistake = f"exports 的“{export.file}”用到的列“{name}”，“{schema.title}”里没有"
                raise BrokenRules(file, line_of(file, *where), mistake, "请写列的 name，不是标题")


def _known_to_packages(schemas: Schemas, phases: Sequence[str]) -> dict[str, list[str]]:
    """Which lists, roles and days packages may name; of roles none where people may write what they like."""
    labels = [schema.annex.label for schema in schemas.values() if schema.annex]
    roles = form_of(schemas, Role.ROSTER).by_name["role"].constraints.enum
    return {"lists": [COVER, *labels], "roles": list(roles), "days": [EVERY_DAY, *WEEKDAYS, *phases]}


@cache
def _shipped_to_packages() -> dict[str, list[str]]:
    return _known_to_packages(load_schemas(shipped("schemas")), ())


def _field(schema: FormSchema, name: str, folder: Path) -> None:
    if name not in schema.by_name:
        file = folder / f"{schema.name}.yaml"
        mend = f"请照程序自带的 {file.name} 补上这一列；只是不想让单位填的，写 form: false"
        raise BrokenRules(file, line_of(file, "fields"), f"缺少程序要用的列“{name}”", mend)


def _choice(schema: FormSchema, name: str, word: str, why: str, mend: str, folder: Path) -> None:
    """Refuse a form whose field offers choices, but not `word`; without choices people may write what they like.

    schema, name: the form and its field. why, mend: for what the word is needed and how to mend it, in Chinese.
    folder: where the office's rules files lie.
    """
    field = schema.by_name.get(name)
    if field is None or not field.constraints.enum or word in field.constraints.enum:
        return
    file = folder / f"{schema.name}.yaml"
    if not file.exists():  # the program's own form; then it is campaign.yaml that says another word
        file = folder / "campaign.yaml"
        raise BrokenRules(
            file, line_of(file, "closing"), f"“{word}”{why}，可 {schema.name}.yaml 的“{field.title}”没有这一项", mend
        )
    at = [entry["name"] for entry in parsed(file)[1]["fields"]].index(name)
    line = line_of(file, "fields", at, "constraints", "enum")
    raise BrokenRules(file, line, f"“{word}”{why}，“{field.title}”的 enum 里没有了", mend)
