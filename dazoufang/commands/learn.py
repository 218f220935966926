"""Teaches the rules one more heading for a column, and has the forms read again that used it."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from rapidfuzz import process as likeness

from dazoufang.commands.screen import Screen
from dazoufang.judging.heading_words import spellings
from dazoufang.model.submission import Submission
from dazoufang.model.terms import normalize
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.rules.rules_edit import with_alias
from dazoufang.rules.schema import Field, FormSchema
from dazoufang.running import kept_fold
from dazoufang.system import files, temp_folder
from dazoufang.system.errors import WrongUse
from dazoufang.system.home import Home, shipped


@dataclass(frozen=True, slots=True)
class Learned:
    """What was added where, and the originals (paths in the inbox) that were put back to be read again."""

    form: str
    heading: str
    title: str
    file: str
    again: list[str]


class CannotLearn(WrongUse):
    """The heading cannot be added; the message says why and what to write instead."""


def learn(home: Home, form: str, heading: str, title: str) -> Learned:
    """Make `heading` an alias of the column `title` of `form` (titles or names) in the home's own rules.

    A home without rules of its own gets a copy of the program's first. Forms in the record that had this heading, and
    that nothing newer has replaced, are put back into the inbox from the archive: the next run reads them again.

    Raises:
        CannotLearn: no such form or column, or the heading is known already.
        BrokenRules: the rules were broken before; nothing was changed.
    """
    rules = load_rules(home.schemas)
    schema = _form(rules, form)
    field = _field(schema, title)
    heading = heading.strip()
    _refuse_known(schema, field, heading)
    own = home.root / "schemas"
    if home.schemas != own:
        shutil.copytree(home.schemas, own)
    file = own / f"{schema.name}.yaml"
    source = file if file.exists() else shipped("schemas") / file.name
    text = with_alias(source.read_text(encoding="utf-8-sig"), field.name, heading)
    # Rules that cannot be loaded never replace the home's: they are tried in a folder of their own.
    with tempfile.TemporaryDirectory(dir=temp_folder.folder()) as folder:
        trial = Path(shutil.copytree(own, Path(folder) / "schemas"))
        (trial / file.name).write_text(text, encoding="utf-8")
        load_rules(trial)
    files.write_atomic(file, text.encode())
    return Learned(schema.title, heading, field.title, str(file), _read_again(home, rules, schema, heading))


def _form(rules: Rules, asked: str) -> FormSchema:
    forms = {normalize(word): schema for schema in rules.schemas.values() for word in (schema.name, schema.title)}
    if normalize(asked) not in forms:
        raise CannotLearn(f"没有叫“{asked}”的表，可以写：{'、'.join(known.title for known in rules.schemas.values())}")
    return forms[normalize(asked)]


def _field(schema: FormSchema, asked: str) -> Field:
    fields = {normalize(word): field for field in schema.fields for word in (*field.aliases, field.name, field.title)}
    if normalize(asked) not in fields:
        near = likeness.extractOne(normalize(asked), list(fields), score_cutoff=50)
        hint = f"，是不是“{fields[near[0]].title}”" if near else ""
        raise CannotLearn(f"{schema.title}里没有“{asked}”这一列{hint}；各列见 docs/schemas.md")
    return fields[normalize(asked)]


def _refuse_known(schema: FormSchema, field: Field, heading: str) -> None:
    if not normalize(heading):
        raise CannotLearn("表头是空的，请写出表里的表头")
    for column in schema.fields:
        known = {spelling for word in (column.title, *column.aliases) for spelling in spellings(word)[:2]}
        if known & set(spellings(heading)[:2]):
            if column is field:
                raise CannotLearn(f"{schema.title}已经认得“{heading}”就是“{field.title}”，不用再添")
            raise CannotLearn(f"“{heading}”已经是“{column.title}”的表头，一个表头只能属于一列")


def _read_again(home: Home, rules: Rules, schema: FormSchema, heading: str) -> list[str]:
    """Put back into the inbox the originals that had the heading and that nothing newer replaced, in the order in which
    they came; returns their paths in the inbox."""
    ledger_fold = kept_fold.of_home(home, rules)
    again: list[str] = []
    for submission in ledger_fold.submissions:
        target = home.inbox / submission.path
        if _had(submission, schema.name, heading) and not ledger_fold.replaced_by(submission) and not target.exists():
            files.write_atomic(target, (home.archive / submission.archived).read_bytes())
            again.append(submission.path)
    return again


def _had(submission: Submission, form: str, heading: str) -> bool:
    """Whether a fault in a sheet of that form named the heading: as unknown, or as likely the one that is missing."""
    sheets = {sheet for part in submission.parts if part.form == form for sheet in part.sheets}
    return any(
        fault.code in ("S01", "S03", "S11", "S14")
        and fault.sheet in sheets
        and normalize(heading) in normalize(fault.value).split("、")
        for fault in submission.faults
    )


def show(learned: Learned, screen: Screen) -> None:
    """What was learned, and what is read again for it."""
    screen.data(asdict(learned))
    screen.say(f"已记住：{learned.form}的表头“{learned.heading}”就是“{learned.title}”（{learned.file}）")
    if learned.again:
        screen.say(f"用过这个表头的 {len(learned.again)} 份原件已放回 inbox，下次 run 时重新读取：")
    for path in learned.again:
        screen.say(f"  {path}")
