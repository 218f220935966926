"""Adds a sheet of ours to a template's package: its styles stand behind the template's own, its texts in its cells."""

from __future__ import annotations

import re
from typing import Final

from dazoufang.writing.answers.patch_package import RELATIONS, PatchedParts
from dazoufang.writing.answers.xml_bytes import Edits, Element, Unfamiliar, content, head_with, quoted, read
from dazoufang.writing.own_templates.blank import BlankBook
from dazoufang.writing.sheets import page
from dazoufang.writing.sheets.book import Book

_WORKSHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_STYLED: Final = re.compile(rb'(<(?:c|row|col)\b[^>]*?\s(?:s|style)=")(\d+)(")')
_SHARED: Final = re.compile(rb'( t="s")><v>(\d+)</v>')
_SELECTED: Final = re.compile(rb' tabSelected="1"')
_FIRST_OWN_FORMAT: Final = 164
_LISTS: Final = ("fonts", "fills", "borders")
_NAMES_BEFORE: Final = ("externalReferences", "functionGroups", "sheets")


def append(blank: BlankBook, book: Book) -> None:
    """Add the only sheet of `book` behind those of the template. Raises Unfamiliar where its styles are built oddly."""
    ours = BlankBook(page.workbook(book))
    sheet, package = ours.sheets[0], blank.package
    first = _with_styles(package, blank.styles_part, ours)
    texts = _texts(ours.package)

    def styled(match: re.Match[bytes]) -> bytes:
        return match[1] + str(int(match[2]) + first).encode() + match[3]

    def told(match: re.Match[bytes]) -> bytes:
        return b' t="inlineStr"><is>' + texts[int(match[2])] + b"</is>"

    data = _SHARED.sub(told, _STYLED.sub(styled, _SELECTED.sub(b"", sheet.data)))
    part = package.fresh("xl/worksheets/dzf{}.xml")
    package.write(part, data)
    package.set_type(part, _WORKSHEET)
    _list(blank, sheet.name, package.relate(blank.part, "worksheet", part), ours)


def _texts(package: PatchedParts) -> list[bytes]:
    """The shared texts of ours, as they stand in a cell."""
    if "xl/sharedStrings.xml" not in package:
        return []
    data = package.read("xl/sharedStrings.xml")
    return [data[entry.head : entry.tail] for entry in read(data).all("si")]


def _with_styles(package: PatchedParts, part: str, ours: BlankBook) -> int:
    """Put our styles behind theirs; returns how many they had."""
    data, own = package.read(part), ours.package.read(ours.styles_part)
    root, our_root = read(data), read(own)
    if root.prefix:
        raise Unfamiliar("styles")
    edits = Edits(data)
    begin: dict[str, int] = {}
    for name in _LISTS:
        theirs, new = _list_of(root, name), _list_of(our_root, name)
        begin[name] = len(theirs.children)
        head = head_with(data, theirs, count=str(len(theirs.children) + len(new.children)))
        edits.append(theirs, own[new.head : new.tail], head)
    formats = _formats(edits, data, root, own, our_root)
    theirs, new = _list_of(root, "cellXfs"), _list_of(our_root, "cellXfs")
    made = b""
    for xf in new.all("xf"):
        moved = {
            f"{name}Id": str(int(xf.attributes.get(f"{name}Id", 0)) + begin[f"{name}s"])
            for name in ("font", "fill", "border")
        }
        number = int(xf.attributes.get("numFmtId", 0))
        moved |= {
            "numFmtId": str(formats.get(number, number)),
            "xfId": "0",
            "applyFont": "1",
            "applyFill": "1",
            "applyBorder": "1",
        }
        made += head_with(own, xf, **moved) + own[xf.head : xf.end]
    head = head_with(data, theirs, count=str(len(theirs.children) + len(new.children)))
    edits.append(theirs, made, head)
    package.write(part, edits.made())
    return len(theirs.children)


def _list_of(root: Element, name: str) -> Element:
    found = root.child(name)
    if found is None:
        raise Unfamiliar(name)
    return found


def _formats(edits: Edits, data: bytes, root: Element, own: bytes, our_root: Element) -> dict[int, int]:
    """Our own number formats under numbers that are free there: number → number."""
    ours, theirs = our_root.child("numFmts"), root.child("numFmts")
    if ours is None:
        return {}
    taken = [int(entry.attributes.get("numFmtId", 0)) for entry in (theirs.all("numFmt") if theirs else ())]
    free = max([_FIRST_OWN_FORMAT - 1, *taken]) + 1
    numbers: dict[int, int] = {}
    written = b""
    for at, entry in enumerate(ours.all("numFmt")):
        numbers[int(entry.attributes["numFmtId"])] = free + at
        written += head_with(own, entry, numFmtId=str(free + at))
    if theirs is not None:
        head = head_with(data, theirs, count=str(len(theirs.children) + len(numbers)))
        edits.append(theirs, written, head)
    else:
        edits.insert(root.head, f'<numFmts count="{len(numbers)}">'.encode() + written + b"</numFmts>")
    return numbers


def _list(blank: BlankBook, name: str, relation: str, ours: BlankBook) -> None:
    """Name the sheet in the workbook, with the names that belong to it (what is printed)."""
    package = blank.package
    data = package.read(blank.part)
    root = read(data)
    sheets = _list_of(root, "sheets")
    number = max((int(sheet.attributes.get("sheetId", 0)) for sheet in sheets.all("sheet")), default=0) + 1
    edits, p = Edits(data), sheets.prefix
    shown = name
    while shown in blank.tabs:
        shown += "(2)"
    written = f'<{p}sheet name={quoted(shown)} sheetId="{number}" xmlns:r="{RELATIONS}" r:id="{relation}"/>'
    edits.append(sheets, written.encode())
    names = "".join(
        f'<{p}definedName name={quoted(entry.attributes["name"])} localSheetId="{len(blank.tabs)}">'
        f"{content(entry.text.replace(name, shown))}</{p}definedName>"
        for listed in ours.root.all("definedNames")
        for entry in listed.all("definedName")
    )
    there = root.child("definedNames")
    if names and there is not None:
        edits.append(there, names.encode())
    elif names:
        before = next(found for key in _NAMES_BEFORE if (found := root.child(key)) is not None)
        edits.insert(before.end, f"<{p}definedNames>{names}</{p}definedNames>".encode())
    package.write(blank.part, edits.made())
    blank.tabs.append(shown)
