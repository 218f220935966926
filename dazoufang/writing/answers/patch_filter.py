"""The autofilter of a patched sheet: made, or widened with its criteria kept; and the name that goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dazoufang.model.cell_names import Area, address
from dazoufang.writing.answers.causes import position
from dazoufang.writing.answers.patch_package import PatchedParts
from dazoufang.writing.answers.patch_sheet import SheetPart
from dazoufang.writing.answers.xml_bytes import Edits, Element, content, head_with, read

_NAME: Final = "_xlnm._FilterDatabase"
# What may stand between the cells and <autoFilter>, by the order of the schema; and before <definedNames>.
_BEFORE: Final = frozenset({"sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios"})
_BEFORE_NAMES: Final = ("externalReferences", "functionGroups", "sheets")


@dataclass(frozen=True, slots=True)
class Filter:
    """The autofilter of one sheet: its range (A3:H302, "" none); `shows_all`: its last criterion was taken away."""

    ref: str = ""
    shows_all: bool = False


def put_filter(sheet: SheetPart, area: Area, old: int | None) -> Filter:
    """Have the sheet filter `area`, whose first row is the headings; to be called once.

    Rules: a filter of theirs over these headings is widened and keeps its criteria, less those of `old`, the column that
    was ours; one elsewhere stays, and so does that of a table object: a sheet has one of its own at most.
    """
    top, left, bottom, right = area
    theirs = sheet.section("autoFilter")
    if theirs is None:
        if sheet.section("tableParts") is not None:
            return Filter()
        ref = f"{address(top, left)}:{address(bottom, right)}"
        sheet.add(f'autoFilter ref="{ref}"', lambda name: name not in _BEFORE)
        return Filter(ref)
    first, _, last = theirs.attributes.get("ref", "").partition(":")
    start, end = position(first), position(last or first)
    if start is None or end is None or not start[0] <= top <= end[0] or start[1] > right or end[1] < left:
        return Filter()
    ref = f"{address(*start)}:{address(max(end[0], bottom), max(end[1], right))}"
    source = sheet.source(theirs)
    element = read(source)
    criteria = element.all("filterColumn")
    gone = [one for one in criteria if old is not None and one.attributes.get("colId") == str(old - start[1])]
    edits = Edits(source)
    edits.replace(element.start, element.head, head_with(source, element, ref=ref))
    edits.remove(gone)
    sheet.replace(theirs, edits.made())
    shows_all = bool(gone) and len(gone) == len(criteria)
    properties = sheet.section("sheetPr")
    if shows_all and properties is not None and "filterMode" in properties.attributes:
        sheet.change(properties, filterMode=None)
    return Filter(ref, shows_all)


def name_filters(package: PatchedParts, book: str, filters: Mapping[int, tuple[str, str]]) -> None:
    """Write the hidden names by which Excel knows the filters; place of a sheet among all → its name and the range."""
    if not filters:
        return
    data = package.read(book)
    root = read(data)
    edits = Edits(data)
    names = root.child("definedNames")
    missing = dict(filters)
    for name in names.all("definedName") if names is not None else ():
        place = name.attributes.get("localSheetId", "")
        if name.attributes.get("name") == _NAME and place.isdecimal() and int(place) in missing:
            edits.replace(name.head, name.tail, _words(*missing.pop(int(place))).encode())
    p = root.prefix
    written = "".join(
        f'<{p}definedName name="{_NAME}" localSheetId="{place}" hidden="1">{_words(*said)}</{p}definedName>'
        for place, said in sorted(missing.items())
    ).encode()
    if written and names is not None:
        edits.append(names, written)
    elif written:
        edits.insert(_end_of_sheets(root), f"<{p}definedNames>".encode() + written + f"</{p}definedNames>".encode())
    package.write(book, edits.made())


def _end_of_sheets(root: Element) -> int:
    return next(part.end for name in _BEFORE_NAMES if (part := root.child(name)) is not None)


def _words(sheet: str, ref: str) -> str:
    """'走访登记'!$A$3:$H$302 as the content of an element."""
    corners = [position(corner) for corner in ref.split(":")]
    area = ":".join(_absolute(*corner) for corner in corners if corner is not None)
    return content("'" + sheet.replace("'", "''") + "'!" + area)


def _absolute(row: int, column: int) -> str:
    return f"${address(0, column)[:-1]}${row + 1}"
