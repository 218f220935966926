"""The three annexes: the folded record as the workbooks that are mailed upward."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from dazoufang.duties import quotas, rounds
from dazoufang.duties.slices import EVERYBODY, Concerned
from dazoufang.ledger import listing
from dazoufang.ledger.frames import Frames
from dazoufang.model.vocabularies import Audience
from dazoufang.rules.campaign import Rules
from dazoufang.rules.packages import Slice
from dazoufang.rules.schema import Role, Schemas
from dazoufang.writing.annexes import figure_links, lists, parts, summary
from dazoufang.writing.sheets.book import Book
from dazoufang.writing.sheets.columns import SheetSpec


def names(schemas: Schemas) -> dict[str, str]:
    """Form → file name, for each form that has an `annex` in its schema."""
    return {form: schema.annex.file for form, schema in schemas.items() if schema.annex is not None}


def book(
    form: str,
    frames: Frames,
    rules: Rules,
    today: date,
    audience: Audience = Audience.INTERNAL,
    whose: Concerned = EVERYBODY,
) -> Book:
    """One annex in one file, to be written: what the record holds, whole, or what of it concerns somebody; as `audience` may see it
    (and then it is no form any more).

    Annex 1 opens on 汇总统计 (of the current round), the visits of the working year stand behind it; annexes 2 and 3
    list the year's items and those of earlier years that are not closed, any other the year's rows. Dropped into an empty
    home they read back.
    """
    (found,) = _books(form, frames, rules, today, audience, whose, in_one_file=True).values()
    return found


def books(form: str, frames: Frames, rules: Rules, today: date) -> dict[str, Book]:
    """File name → one annex as it is published: in several files where it is longer than one of them is to be."""
    return _books(form, frames, rules, today, Audience.INTERNAL, EVERYBODY, in_one_file=False)


def _books(
    form: str, frames: Frames, rules: Rules, today: date, audience: Audience, whose: Concerned, *, in_one_file: bool
) -> dict[str, Book]:
    annex = rules.schemas[form].annex
    if annex is None:
        raise ValueError(f"schema {form} has no annex")
    listed = lists.sheet(form, frames, rules, today, audience, whose)
    found = parts.parts(listed, annex.file, annex.label, in_one_file)
    by_file: dict[str, list[SheetSpec]] = {}
    for part in found:
        by_file.setdefault(part.file, []).append(part.sheet)
    if len(found) > 1:
        for file, sheets in by_file.items():
            sheets.insert(0, parts.index(found, file))
    if rules.schemas[form].role is Role.VISITS and whose.slice is not Slice.OFFICE:  # which asks after no kind alone
        progress = quotas.progress(frames, rules, today)
        figures = summary.sheet(progress, frames, rules, today, audience, whose)
        year, round_ = rounds.current_round(rules.campaign, today)
        # what is mailed need not lie in one folder with annexes 2 and 3
        items = [] if in_one_file else list(_items(frames, rules, today))
        linked = figure_links.linked(figures, found, items, annex.file, frames, round_.number, year)
        by_file[annex.file].insert(0, linked)
    bureau = rules.campaign.bureau.value
    return {file: Book(tuple(sheets), today, bureau, rules.campaign.a3) for file, sheets in by_file.items()}


def _items(frames: Frames, rules: Rules, today: date) -> Iterator[list[parts.Part]]:
    """The sheets of annexes 2 and 3, as they are published."""
    for role in (Role.DISPUTES, Role.SUGGESTIONS):
        schema = rules.form(role)
        if schema.annex is not None:
            listed = lists.sheet(schema.name, frames, rules, today)
            # an annex shows the numbers of other bureaus' items as these have them, which need not be one item's alone
            own = listing.listed(schema, frames, rules, today)["item_no"].reindex(listed.rows.index)
            with_numbers = replace(listed, rows=listed.rows.assign(item_no=own))
            yield parts.parts(with_numbers, schema.annex.file, schema.annex.label)
