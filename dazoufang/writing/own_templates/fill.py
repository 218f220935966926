"""A template of the office filled: its package with our rows in its sheets; whatever is not about them stays as it is, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from dazoufang.writing.answers.patch_package import PatchedParts
from dazoufang.writing.answers.xml_bytes import Edits, content, head_with, read
from dazoufang.writing.own_templates.appended import append
from dazoufang.writing.own_templates.blank import BlankBook, BlankSheet
from dazoufang.writing.own_templates.layout import DressedBook
from dazoufang.writing.own_templates.placeholders import DAY, UNIT
from dazoufang.writing.own_templates.rows import BodyRows
from dazoufang.writing.own_templates.sheet_fill import Around, FilledSheet
from dazoufang.writing.own_templates.shifting import Growth, moved
from dazoufang.writing.sheets import page
from dazoufang.writing.sheets.book import Book

_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s>]")
_VML_ROW: Final = re.compile(rb"(<(?:\w+:)?Row>)\s*(\d+)\s*(?=<)")
_VML_ANCHOR: Final = re.compile(rb"(<(?:\w+:)?Anchor>)([\d,\s]+)(?=<)")
_BEFORE_CALCULATION: Final = ("definedNames", "externalReferences", "functionGroups", "sheets")


def workbook(book: Book | DressedBook) -> bytes:
    """A book as an xlsx file: in the office's template where there is one, else as our own; the same book gives the same
    bytes.

    Raises:
        Unreadable, Unfamiliar: the template cannot be filled; those that `dressing` has looked at can.
    """
    return _filled(book) if isinstance(book, DressedBook) else page.workbook(book)


def _filled(dressed: DressedBook) -> bytes:
    blank = BlankBook(dressed.template)
    package = blank.package
    by_part = {layout.part: layout for layout in dressed.layouts}
    rows = {
        sheet.part: BodyRows(sheet, blank.looks, layout, dressed.book.sheets[layout.spec], from_1904=blank.from_1904)
        for sheet in blank.sheets
        if (layout := by_part.get(sheet.part)) is not None
    }
    growths = {
        sheet.name: Growth(by_part[sheet.part].first, by_part[sheet.part].last, rows[sheet.part].count)
        for sheet in blank.sheets
        if sheet.part in rows
    }
    calculates = False
    for sheet in blank.sheets:
        layout = by_part.get(sheet.part)
        around = _around(dressed, layout.spec if layout else 0)
        filled = FilledSheet(sheet, blank.looks, growths, around, layout, rows.get(sheet.part))
        made = filled.made()
        calculates = calculates or _FORMULA.search(made) is not None
        package.write(sheet.part, made)
        _move_beside(package, sheet, growths)
    _mend_book(blank, growths, calculates=calculates)
    for number in dressed.appended:
        append(blank, Book((dressed.book.sheets[number],), dressed.book.created, dressed.book.author))
    return package.saved(dressed.book.created)


def _around(dressed: DressedBook, number: int) -> Around:
    known = {UNIT: dressed.fields["局名"], DAY: dressed.fields["日期"]}
    spec = dressed.book.sheets[number]
    return Around(known, dressed.fields, dressed.label, spec.label if dressed.label else "", dressed.whose)


# -- what lies beside a sheet --------------------------------------------------------------------------------


def _move_beside(package: PatchedParts, sheet: BlankSheet, growths: Mapping[str, Growth]) -> None:
    """Pictures, comments and tables of a sheet whose rows moved, and the areas that charts show."""
    growth = growths.get(sheet.name)
    for relation in package.relations(sheet.part).values():
        if relation.target not in package:
            continue
        if relation.kind == "drawing":
            for inner in package.relations(relation.target).values():
                if inner.kind == "chart" and inner.target in package:
                    _change(package, inner.target, lambda data: _moved_chart(data, growths, sheet.name))
        if growth is None:
            continue
        change = _BESIDE.get(relation.kind)
        if change is not None:
            _change(package, relation.target, lambda data, change=change: change(data, growth))  # type: ignore[misc]


def _change(package: PatchedParts, part: str, change: Callable[[bytes], bytes]) -> None:
    data = package.read(part)
    made = change(data)
    if made != data:
        package.write(part, made)


def _moved_drawing(data: bytes, growth: Growth) -> bytes:
    """Pictures and shapes that hang below the table go down with their cells; all others stay where they are."""
    edits = Edits(data)
    for anchor in read(data).children:
        corners = [corner for name in ("from", "to") if (corner := anchor.child(name)) is not None]
        places = [place for corner in corners if (place := corner.child("row")) is not None]
        if not places or int(places[0].text) <= growth.last:
            continue
        for place in places:
            edits.replace(place.head, place.tail, str(int(place.text) + growth.by).encode())
    return edits.made()


def _moved_comments(data: bytes, growth: Growth) -> bytes:
    edits = Edits(data)
    for element in read(data).walk():
        if element.name in ("comment", "threadedComment", "table", "autoFilter") and "ref" in element.attributes:
            own = element.attributes["ref"]
            new = growth.ref(own) if ":" in own else growth.formula(own, None, "")
            if new != own:
                edits.replace(element.start, element.head, head_with(data, element, ref=new))
    return edits.made()


def _moved_boxes(data: bytes, growth: Growth) -> bytes:
    """The boxes of comments: a row of a cell, and a place (column, inset, row, inset, twice)."""

    def row(match: re.Match[bytes]) -> bytes:
        return match[1] + str(growth.row(int(match[2]))).encode()

    def anchor(match: re.Match[bytes]) -> bytes:
        numbers = [int(number) for number in match[2].split(b",")]
        if len(numbers) == 8 and numbers[2] > growth.last:
            numbers[2], numbers[6] = numbers[2] + growth.by, numbers[6] + growth.by
        return match[1] + ", ".join(map(str, numbers)).encode()

    return _VML_ANCHOR.sub(anchor, _VML_ROW.sub(row, data))


_BESIDE: Final[dict[str, Callable[[bytes, Growth], bytes]]] = {
    "drawing": _moved_drawing,
    "comments": _moved_comments,
    "threadedComment": _moved_comments,
    "table": _moved_comments,
    "vmlDrawing": _moved_boxes,
}


def _moved_chart(data: bytes, growths: Mapping[str, Growth], own: str) -> bytes:
    edits = Edits(data)
    for element in read(data).walk():
        if element.name == "f" and (new := moved(element.text, growths, own)) != element.text:
            edits.replace(element.head, element.tail, content(new).encode())
    return edits.made()


# -- the workbook part ---------------------------------------------------------------------------------------


def _mend_book(blank: BlankBook, growths: Mapping[str, Growth], *, calculates: bool) -> None:
    """Names (print areas among them) reach as far as the rows now do, and what there is to calculate is calculated when the
    workbook is opened."""
    package = blank.package
    data = package.read(blank.part)
    root = read(data)
    edits = Edits(data)
    for name in (entry for names in root.all("definedNames") for entry in names.all("definedName")):
        place = name.attributes.get("localSheetId", "")
        own = blank.tabs[int(place)] if place.isdecimal() and int(place) < len(blank.tabs) else ""
        if (new := moved(name.text, growths, own)) != name.text:
            edits.replace(name.head, name.tail, content(new).encode())
    if calculates:
        about = root.child("calcPr")
        if about is not None:
            edits.replace(about.start, about.head, head_with(data, about, fullCalcOnLoad="1"))
        else:
            before = next(found for name in _BEFORE_CALCULATION if (found := root.child(name)) is not None)
            edits.insert(before.end, f'<{root.prefix}calcPr fullCalcOnLoad="1"/>'.encode())
    package.write(blank.part, edits.made())
    # The order of calculation names cells. Where it is missing programs make it anew, but not where it is wrong.
    chains = [relation for relation in package.relations(blank.part).values() if relation.kind == "calcChain"]
    if chains:
        package.unrelate(blank.part, [relation.relation_id for relation in chains])
        for chain in chains:
            if chain.target in package:
                package.drop(chain.target)
