"""The forms of a home: every YAML file in `schemas/` but the campaign's and the topics', and what makes them one set."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final

from dazoufang.model.terms import normalize
from dazoufang.rules.generations import NEWEST, Generation
from dazoufang.rules.rules_file import BrokenRules, line_of, load
from dazoufang.rules.schema import Field, FormSchema, Role, Schemas
from dazoufang.rules.topics import FILE as TOPICS
from dazoufang.system.home import shipped

CAMPAIGN: Final = "campaign.yaml"
# In this order the forms of the campaign itself stand everywhere; others follow by name.
_CAMPAIGNS: Final = (
    "visit", "dispute", "suggestion", "roster", "assignment", "decision", "claimed_totals", "withdrawal",
)  # fmt: skip
# Logs of which an office may have forms of its own: since when the program brings them along.
LOGS: Final = dict.fromkeys(("training_record", "guidance_record", "notebook_issue"), Generation.TERMS)
_ORDER: Final = (*_CAMPAIGNS, *LOGS)
_ALMOST: Final = re.compile(r"\.ya?ml", re.IGNORECASE)

# Every published list opens with these two, and whose a row is can be read back from it.
_SERIAL: Final = Field(name="serial", title="序号", type="any", derived=True, width=5)
_UNIT: Final = Field(
    name="unit", title="填报单位", aliases=("单位名称", "报送单位"), format="unit", form=False, ditto="all", width=11
)


def load_schemas(folder: Path) -> Schemas:
    """Every form's schema, by form name. A form of the campaign that the folder lacks is the program's own, and so is a
    log, unless the office has one of its own under that title or in that published file.

    Raises:
        BrokenRules: a file is no form, or does not fit, naming file, line and mend.
    """
    paths = {path.stem: path for path in _form_files(folder)} | {
        form: folder / f"{form}.yaml" for form in _ORDER if not (folder / f"{form}.yaml").exists()
    }
    schemas: dict[str, FormSchema] = {}
    for form in sorted(paths, key=lambda form: (_ORDER.index(form) if form in _ORDER else len(_ORDER), form)):
        try:
            schema = load(paths[form], FormSchema, shipped("schemas") / f"{form}.yaml")
        except BrokenRules as error:
            if form in _ORDER:
                raise
            mend = f"{error.remedy}；如果这个文件不是一张表，请移出 schemas 文件夹"
            raise BrokenRules(error.path, error.line, error.mistake, mend) from None
        if schema.name != form:
            mend = f"请改成 name: {form}；如果这个文件只是备份，请移出 schemas 文件夹"
            raise BrokenRules(paths[form], line_of(paths[form], "name"), f"name 写的是“{schema.name}”", mend)
        schemas[form] = _with_own_columns(schema)
    schemas = _without_taken_logs(schemas, paths)
    _refuse_same_names(schemas, paths)
    return schemas


def known_then(schemas: Schemas, folder: Path, generation: Generation) -> Schemas:
    """`schemas` less the logs that the program did not bring along yet in `generation`: what was judged then is judged
    without them. A form of such a name that the office itself has in `folder` stays."""
    own = folder.resolve() != shipped("schemas").resolve()
    return {
        form: schema
        for form, schema in schemas.items()
        if generation >= LOGS.get(form, generation) or (own and (folder / f"{form}.yaml").exists())
    }


def _without_taken_logs(schemas: dict[str, FormSchema], paths: dict[str, Path]) -> dict[str, FormSchema]:
    """A log of the program's own makes way for a form of the office that has its title, or its published file."""
    own = [schema for form, schema in schemas.items() if paths[form].exists()]
    taken = {word for schema in own for word in _published_as(schema)}
    return {
        form: schema
        for form, schema in schemas.items()
        if form not in LOGS or paths[form].exists() or taken.isdisjoint(_published_as(schema))
    }


def _published_as(schema: FormSchema) -> tuple[str, ...]:
    """What no two forms may have in common."""
    return (schema.title, *((schema.annex.file, schema.annex.label) if schema.annex else ()))


def _form_files(folder: Path) -> list[Path]:
    """The files that are to be forms. One that almost is called so would be passed over in silence: it is refused."""
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith((".", "~")):
            continue  # what editors and systems put there
        if path.suffix == ".yaml" and path.is_file():
            found.append(path)
        elif _ALMOST.search(path.name):
            mend = "是表就改名为以 .yaml 结尾，例如 event.yaml；不是就移出 schemas 文件夹"
            raise BrokenRules(path, 1, "这个文件名读不成一张表", mend)
    return [path for path in found if path.name not in (CAMPAIGN, TOPICS)]


def _with_own_columns(schema: FormSchema) -> FormSchema:
    """A form that is published has 序号, and one of units 填报单位, also where its file does not speak of them."""
    if schema.annex is None:
        return schema
    taken = {normalize(heading) for field in schema.fields for heading in (field.title, *field.aliases)}
    own = [
        field.model_copy(update={"aliases": tuple(alias for alias in field.aliases if normalize(alias) not in taken)})
        for field in ((_SERIAL, _UNIT) if schema.of_units else (_SERIAL,))
        if field.name not in schema.by_name and normalize(field.title) not in taken
    ]
    values = {name: getattr(schema, name) for name in FormSchema.model_fields}
    return FormSchema.model_validate(values | {"fields": (*own, *schema.fields)}) if own else schema


def _refuse_same_names(schemas: Schemas, paths: dict[str, Path]) -> None:
    """Two forms under one title or in one published file would overwrite each other; and of the campaign's own there is
    one each."""
    seen: dict[tuple[tuple[str, ...], str], str] = {}
    for form, schema in schemas.items():
        unique: dict[tuple[str, ...], str] = {("title",): schema.title}
        if schema.annex is not None:
            unique |= {("annex", key): getattr(schema.annex, key) for key in ("file", "label")}
        if schema.role is not Role.LIST:
            unique["role",] = schema.role.value
        for where, value in unique.items():
            if twin := seen.get((where, value)):
                mistake = f"{'.'.join(where)} 与 {twin}.yaml 相同（{value}）"
                raise BrokenRules(paths[form], line_of(paths[form], *where), mistake, "两张表要各不相同，请改一处")
            seen[where, value] = form
    for role in Role:
        if role is not Role.LIST and (("role",), role.value) not in seen:
            form = _CAMPAIGNS[list(Role).index(role)]
            mend = f"请在 {form}.yaml 里写上 role: {role.value}"
            raise BrokenRules(paths[form], line_of(paths[form], "role"), f"没有哪张表的 role 是 {role.value}", mend)


def form_of(schemas: Schemas, role: Role) -> FormSchema:
    """The form of a role of which there is one: any but `LIST`."""
    return next(schema for schema in schemas.values() if schema.role is role)


def fingerprint(folder: Path) -> str:
    """A short hash of every rules file and of what the program makes of them (its generation), so that what was made
    under other rules is known as such.

    The program's own files stand in for what others lack: what they say now is part of these rules too.
    """
    own = shipped("schemas")
    digest = hashlib.sha256(b"%d" % NEWEST)
    for place in [folder] if folder.resolve() == own.resolve() else [folder, own]:
        for path in sorted(place.glob("*.yaml")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
