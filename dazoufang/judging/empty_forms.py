"""Forms without rows: what they say of themselves (nothing to report, take it back), and the question where nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from dazoufang.judging.tables.extract import Table
from dazoufang.model import faults
from dazoufang.model.submission import SAYS, WITHDRAWS, ZERO, Part, Submission
from dazoufang.reading.sheet import Sheet, Value
from dazoufang.rules.campaign import Rules
from dazoufang.rules.empty_forms import EmptyForms
from dazoufang.rules.schema import FormSchema

EMPTY: Final = "S07"  # what the headings' judge says of a table without rows
LEFT_OUT: Final = "S12"  # rows that are no data
ASKED: Final = "S22"
_SAID: Final = {ZERO: "S23", WITHDRAWS: "S24"}


def drop_rows_that_say_nothing(table: Table, words: EmptyForms) -> None:
    """Leave out the rows of a table where all that they say is that there is nothing to report (本周无)."""
    schema = table.match.schema
    if table.rows and all(_says_nothing(cells, schema, words) for _, cells in table.rows):
        table.rows.clear()


def _says_nothing(cells: dict[str, Value], schema: FormSchema, words: EmptyForms) -> bool:
    """Whether one of a row's cells says so and the others say only when and by whom."""
    telling = [
        value
        for name, value in cells.items()
        if value is not None
        and not (isinstance(value, str) and words.said_in(value))
        and name not in schema.written_ahead
        and schema.by_name[name].type != "date"
    ]
    said = [value for value in cells.values() if isinstance(value, str) and words.said_in(value)]
    return bool(said) and not telling


def said_by(sheets: Iterable[Sheet], stem: str, words: EmptyForms) -> str:
    """What a form without rows says in its `sheets` or in its file's name, `stem`: `ZERO`, `WITHDRAWS` or ""."""
    said = {
        words.said_in(value) for sheet in sheets for row in sheet.rows for value in row if isinstance(value, str)
    } - {""}
    if WITHDRAWS in said:
        return WITHDRAWS
    return ZERO if said else words.said_in_name(stem)


def ask_of_empty(submission: Submission, rules: Rules) -> None:
    """Say how each form without rows was understood; ask where it says nothing. Rule: an empty form is no word, nobody's
    rows go for it and nobody's silence ends."""
    at_fault = {(fault.member, fault.sheet) for fault in submission.errors}
    empty = {(fault.member, fault.sheet) for fault in submission.faults if fault.code == EMPTY}
    for part in submission.parts:
        sheets = part.sheets
        places = {(part.member, sheet) for sheet in sheets}
        if part.rows or not places & empty:
            continue
        # Of what says why there are no rows nobody has to be told that it was not taken for one.
        done_with = {EMPTY, LEFT_OUT} if part.meta.get(SAYS) else {EMPTY}
        submission.faults = [
            fault for fault in submission.faults if fault.code not in done_with or fault.member != part.member
        ]
        if not places & at_fault:  # what goes back for another cause is not asked this too
            submission.faults.extend(_said(part, sheet, rules) for sheet in sheets[:1])


def _said(part: Part, sheet: str, rules: Rules) -> faults.Fault:
    code = _SAID.get(part.meta.get(SAYS, ""), ASKED)
    words = rules.campaign.empty_forms
    zero = next((word for word in words.zero_words.value if len(word) > 1), ZERO)
    back = next(iter(words.withdraw_words.value), WITHDRAWS)
    found = faults.make(code, sheet=sheet, what=rules.schemas[part.form].title, zero=zero, back=back)
    return replace(found, member=part.member)
