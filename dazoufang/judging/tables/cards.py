"""Cards: sheets on which labels stand beside their values, one household a card, instead of one a row under headings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dazoufang.judging.tables import void_rows
from dazoufang.judging.tables.row_kinds import NOTE
from dazoufang.judging.tables.sheet_view import LONGEST_HEADING, SheetView, meta_above
from dazoufang.judging.tables.table import Table
from dazoufang.judging.which_form import Headings, Match
from dazoufang.model import terms
from dazoufang.reading.sheet import Value
from dazoufang.rules.habits import Habits
from dazoufang.rules.schema import Field, Role

_LEAST_LABELS: Final = 4
UNIT: Final = "unit"  # stands over fields and households that are all one unit's
_LEAST_BARE: Final = 3
_SEARCH_ROWS: Final = 40  # how far down the first label is looked for
_MOST_NOTES: Final = 6  # rows of words about the form
_DAYS: Final = frozenset("一二三四五六七八九十")

Place = tuple[int, int]  # 0-based row and column


@dataclass(slots=True)
class Card:
    """One household: the form it tells of, and for each field the cell of its value. `top`: its first row, from 0."""

    form: str
    top: int
    places: dict[str, Place] = field(default_factory=dict)
    notes: tuple[int, ...] = ()  # rows above the first card in which words about the form stand beside a label

    def values(self, view: SheetView) -> dict[str, Value]:
        """What stands in its cells, those that are filled."""
        found = {name: view.at(*place) for name, place in self.places.items()}
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class _Label:
    """A cell that is a heading of a form: where it stands, the field, and the first column behind it."""

    row: int
    column: int
    name: str
    behind: int


Labels = dict[str, list[_Label]]  # form → its labels in a sheet


def tables(view: SheetView, labels: Labels, headings: Headings, habits: Habits) -> Iterator[Table]:
    """Each card of a sheet of cards as a table of one row, which begins where the card does."""
    meta: dict[str, str] = {}
    found = cards(view, labels, headings)
    tops: set[int] = set()
    for number, card in enumerate(found):
        meta = meta or meta_above(view, view.height)
        columns = {name: column for name, (_, column) in card.places.items()}
        table = Table(
            sheet=view.sheet.name,
            match=Match(headings.schemas[card.form], columns, [], [], 0.0),
            heading_row=card.top,
            headings={},
            meta=meta,
            rows=[(card.top + 1, card.values(view))],
            cell_rows={name: row for name, (row, _) in card.places.items()},
            skipped=[(row + 1, NOTE) for row in card.notes],
            left=min(columns.values()) if headings.surroundings and card.top in tops else 0,
        )
        tops.add(card.top)
        void_rows.drop_cards(table, habits, _beside(view, found, number) if headings.surroundings else ())
        yield table


def _beside(view: SheetView, found: Sequence[Card], number: int) -> list[tuple[int, int, str]]:
    """The texts on a card that stand in no value's cell, (row, column, text): in its own column where households stand
    across, else in its own rows; one card alone has the whole sheet."""
    card = found[number]
    rows, columns = range(view.height), range(view.width)
    if len(found) > 1 and found[0].top == found[1].top:
        own = next(column for _, column in card.places.values())
        columns = range(own, own + 1)
    elif len(found) > 1:
        rows = range(card.top, found[number + 1].top if number + 1 < len(found) else view.height)
    values = set(card.places.values())
    return [
        (row, column, value)
        for row in rows
        for column in columns
        if (row, column) not in values and isinstance(value := view.at(row, column), str)
    ]


def cards(view: SheetView, labels: Labels, headings: Headings) -> list[Card]:
    """The cards of a sheet, [] where it is none of cards for certain.

    Certain is: labels of one form, each with its value in the next cell to the right (or each household in a column of
    its own beside one column of labels), no label beside a label, and every card with each required field once. A row of
    headings is never one: there a label stands beside a label.
    """
    for form, found in labels.items():
        if len(found) >= _LEAST_LABELS:
            own = [label for label in found if not headings.schemas[form].by_name[label.name].derived]
            told = _whole_cards(view, headings, form, own)
            if told or (headings.surroundings and (told := _below_notes(view, headings, form, own))):
                return told
    return []


def _whole_cards(view: SheetView, headings: Headings, form: str, labels: Sequence[_Label]) -> list[Card]:
    """The cards that these labels make, [] where one lacks what is required."""
    made = list(_across(view, form, labels) or _blocks(form, labels))
    told = [card for card in made if card.values(view)]
    return told if all(_is_whole(card, view, headings) for card in told) else []


def _below_notes(view: SheetView, headings: Headings, form: str, labels: Sequence[_Label]) -> list[Card]:
    """The cards below rows in which words about the form stand beside a heading of it (日期 | 写到日); [] there are none.

    Rule: only where the first card has each of these headings again, and what stands beside can be nobody's.
    """
    fields = headings.schemas[form].by_name
    rows = sorted({label.row for label in labels})[:_MOST_NOTES]
    for below in rows[1:]:
        notes = [label for label in labels if label.row < below]
        if not all(_is_about_the_form(fields[label.name], view.at(label.row, label.behind)) for label in notes):
            break
        told = _whole_cards(view, headings, form, [label for label in labels if label.row >= below])
        if told and {label.name for label in notes} <= told[0].places.keys():
            told[0].notes = tuple(sorted({label.row for label in notes}))
            return told
    return []


def _is_about_the_form(known: Field, beside: Value) -> bool:
    """Whether what stands beside a heading is no value of the field for certain, or may be any words at all."""
    if not isinstance(beside, str):
        return False
    if known.type == "date":
        return not any(char.isdigit() or char in _DAYS for char in terms.narrow(beside))
    return not known.constraints.required and known.format == "default" and not known.constraints.enum


def looks_like_cards(view: SheetView, labels: Labels, headings: Headings) -> bool:
    """Whether labels of a form stand beside values, though not so that it is certain what belongs to what."""
    for form, found in labels.items():
        required = {known.name for known in headings.schemas[form].required} & {label.name for label in found}
        filled = [label for label in found if view.at(label.row, label.behind) is not None]
        rows = {label.row for label in filled}
        if len(filled) >= _LEAST_LABELS and len(required) >= 2 and len(rows) >= 2:
            return True
    return False


def labels(view: SheetView, headings: Headings) -> Labels:
    """The labels of each form; {} where there is a row of headings of any. Figures are no card: 已化解 heads one of their
    columns, and is a value on a card."""
    forms = [form for form, schema in headings.schemas.items() if schema.role is not Role.CLAIMS]
    named = list(_named(view, headings))
    found: Labels = {}
    for form in forms:
        found[form] = list(_labels(view, headings, form, named))
        if _side_by_side(found[form]):
            return {}
    return found


_Named = tuple[int, list[tuple[int, Mapping[str, str]]]]  # a row and, by column, the fields that its cells name


def _named(view: SheetView, headings: Headings) -> Iterator[_Named]:
    """The rows in which a cell is a heading of any form."""
    for row, cells in enumerate(view.rows):
        found = [
            (column, fields)
            for column, value in enumerate(cells)
            if isinstance(value, str) and len(value) <= LONGEST_HEADING and (fields := headings.fields(value))
        ]
        if found:
            yield row, found


def _labels(view: SheetView, headings: Headings, form: str, named: Iterable[_Named]) -> Iterator[_Label]:
    """The cells of a sheet that are a heading of the form, row by row. It ends at the first row of headings: where a
    label stands beside a label, or three have nothing beside them before any has."""
    seen = paired = False
    for row, cells in named:
        if row > _SEARCH_ROWS and not seen:
            return
        found = [
            _Label(row, column, fields[form], column + view.wide.get((row, column), 1))
            for column, fields in cells
            if form in fields
        ]
        if not found:
            continue
        yield from found
        seen = True
        bare = [label for label in found if view.at(row, label.behind) is None]
        if _side_by_side(found):
            return
        paired = paired or len(bare) < len(found)
        others = any(headings.knows(view.text(row, label.behind)) for label in found)  # of another form, or of a group
        if others or (len(found) >= _LEAST_BARE and not paired):
            yield _Label(row, found[0].behind, "", found[0].behind + 1)  # as if a label stood there
            return


def _side_by_side(labels: Sequence[_Label]) -> bool:
    """Whether a label stands where the value of another should."""
    places = {(label.row, label.column) for label in labels}
    return any((label.row, label.behind) in places for label in labels)


def _blocks(form: str, labels: Sequence[_Label]) -> Iterator[Card]:
    """Label and value in pairs: where a field comes again, the next card begins."""
    card: Card | None = None
    for label in labels:
        if card is None or label.name in card.places:
            if card is not None:
                yield card
            card = Card(form, label.row)
        card.places[label.name] = (label.row, label.behind)
    if card is not None:
        yield card


def _across(view: SheetView, form: str, labels: Sequence[_Label]) -> list[Card]:
    """Fields down and households across: one column of labels, each field once, and two columns of values or more."""
    filled = _households(view, labels)
    labels = [label for label in labels if label.name != UNIT or all(view.at(label.row, at) for at in filled)]
    columns = {label.column for label in labels}
    names = [label.name for label in labels]
    if len(columns) != 1 or len(set(names)) != len(names):
        return []
    if len(filled) < 2:
        return []
    top = labels[0].row
    return [Card(form, top, {label.name: (label.row, column) for label in labels}) for column in filled]


def _households(view: SheetView, labels: Sequence[_Label]) -> list[int]:
    """The columns behind all labels in which two of them have a value or more."""
    first = max((label.behind for label in labels), default=view.width)
    return [
        column
        for column in range(first, view.width)
        if sum(view.at(label.row, column) is not None for label in labels) >= 2
    ]


def _is_whole(card: Card, view: SheetView, headings: Headings) -> bool:
    """Whether a card has a place for whatever is required, and more than one of these is filled."""
    required = {known.name for known in headings.schemas[card.form].required}
    return required <= card.places.keys() and len(required & card.values(view).keys()) >= 2
