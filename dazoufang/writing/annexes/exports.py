"""Ledgers for other offices, in their own layout: 信访局台账.xlsx, where a template of that name lies in templates/."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from dazoufang.ledger.frames import Frames
from dazoufang.rules.campaign import Rules
from dazoufang.rules.exports import Export
from dazoufang.writing import masks
from dazoufang.writing.annexes import lists
from dazoufang.writing.annexes.own_look import fields
from dazoufang.writing.own_templates.dressing import SUFFIX, OwnTemplate, Wanted, dressed, own_template
from dazoufang.writing.own_templates.layout import DressedBook
from dazoufang.writing.own_templates.matching import FormColumns
from dazoufang.writing.sheets.book import Book


def book(
    export: Export, frames: Frames, rules: Rules, today: date, folder: Path
) -> tuple[str, DressedBook, OwnTemplate] | None:
    """One ledger: its file name, what it holds and the template it is written into; None where there is no template of it.

    Rule (`exports`): the rows of the annex of its form, less those that `without` names; columns by the headings of the form
    and those of the export; what the template asks for and nobody has told stays empty.

    Raises:
        BrokenTemplate: the template cannot be used.
    """
    schema, name = rules.schemas.get(export.form), f"{export.file}{SUFFIX}"
    if schema is None or schema.annex is None or not {*export.fields} <= {*schema.by_name}:
        return None  # the program's own rules, in a home that has another form in its place
    own = own_template(folder, [export.file], f"“{name}”")
    if own is None:
        return None
    listed = lists.sheet(export.form, frames, rules, today, export.audience, without=export.without)
    hides = rules.campaign.audiences.masked(export.audience)
    label = masks.label(export.file, export.audience, rules) if hides else export.file
    drawn = Book(
        (replace(listed, name=export.file, title=export.file, label=label),), today, rules.campaign.bureau.value
    )
    answers = {heading: (each.field, each.filled, each.empty) for heading, each in export.answers.items()}
    wanted = Wanted(0, export.file, FormColumns(export.known_by(schema), rules.schemas, answers))
    made = dressed(own, drawn, [wanted], fields(rules, today), export.file)
    if made is None:
        raise own.broken("表头上面没有标题，没有地方写明隐去了什么。请在表头上面加一行标题")
    return name, made, own
