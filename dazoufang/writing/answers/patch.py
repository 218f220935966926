"""Marks a workbook by patching its parts: fills, comments and a first sheet go in, all that is theirs stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from dazoufang.reading.sheet import Unreadable
from dazoufang.writing.answers.guide_sheet import guide_sheet
from dazoufang.writing.answers.mark_sheet import mark_sheet
from dazoufang.writing.answers.marks import FILTER, SHEET, UPHOLD, GuideLine, Plan
from dazoufang.writing.answers.patch_column import says_so
from dazoufang.writing.answers.patch_filter import name_filters
from dazoufang.writing.answers.patch_package import RELATIONS, PatchedParts, relation_id
from dazoufang.writing.answers.patch_sheet import unselected
from dazoufang.writing.answers.patch_styles import MAIN, MINIMAL, TYPE, Styles
from dazoufang.writing.answers.xml_bytes import Edits, Element, Unfamiliar, head_with, namespace, quoted, read

WORKSHEET_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
PLAIN_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACROS: Final = ("vbaProject", "attachedToolbars")  # relations of the workbook that lead to code
_MACRO_SHEET: Final = "acrosheet"  # xlMacrosheet, xlIntlMacrosheet


def patched(data: bytes, plan: Plan, day: date) -> bytes:
    """The workbook as an .xlsx with its marks and the sheet 需修改 in front. Rule: a returned copy never carries macros.

    Raises:
        Unfamiliar: the package is built in a way not known here, or has sheets of macros; nothing was done.
    """
    try:
        return _patched(data, plan, day)
    except (Unreadable, LookupError, ValueError, RecursionError) as error:  # e.g. a number or a link that is none
        raise Unfamiliar(str(error)) from error


def _patched(data: bytes, plan: Plan, day: date) -> bytes:
    """`patched`, with other errors than Unfamiliar where the package is odd."""
    package = PatchedParts(data)
    book = _book_part(package)
    _drop_old_guide(package, book)
    styles_part = _styles_part(package, book)
    styles = Styles(package.read(styles_part))
    root = read(package.read(book))
    relations = package.relations(book)
    locked: list[str] = []
    offered = False
    shared = says_so(package, book)
    filters: dict[int, tuple[str, str]] = {}
    for place, sheet in enumerate(_sheets(root)):
        name = sheet.attributes.get("name", "")
        relation = relations.get(relation_id(sheet))
        if relation is None or relation.target not in package:
            continue
        package.write(relation.target, unselected(package.read(relation.target)))
        if relation.kind == "worksheet":
            marked = mark_sheet(
                package,
                relation.target,
                plan.marks.get(name, ()),
                plan.reason_columns.get(name),
                plan.mend_columns.get(name),
                shared,
                styles,
            )
            if marked.filtered:
                filters[place] = name, marked.filtered
            offered = offered or marked.offered
            locked += [name] if marked.locked else []
    guide = package.fresh("xl/worksheets/mend{}.xml")
    receipt = package.relate(guide, "hyperlink", plan.receipt, outside=True) if plan.receipt else ""
    package.write(guide, guide_sheet(_lines(plan, offered, locked, filtered=bool(filters)), styles, receipt))
    package.set_type(guide, WORKSHEET_TYPE)
    package.write(styles_part, styles.made())
    name_filters(package, book, filters)
    _put_first(package, book, package.relate(book, "worksheet", guide))
    _drop_macros(package, book)
    return package.saved(day)


def _book_part(package: PatchedParts) -> str:
    return next(
        (relation.target for relation in package.relations("").values() if relation.kind == "officeDocument"), ""
    )


def _sheets(root: Element) -> list[Element]:
    sheets = root.child("sheets")
    if root.name != "workbook" or sheets is None or namespace(root) != MAIN:
        raise Unfamiliar("workbook")
    return sheets.all("sheet")


def _styles_part(package: PatchedParts, book: str) -> str:
    """The name of the styles part, made where there is none."""
    found = next((relation.target for relation in package.relations(book).values() if relation.kind == "styles"), "")
    if found not in package:
        found = "xl/styles.xml" if "xl/styles.xml" not in package else package.fresh("xl/styles{}.xml")
        package.write(found, MINIMAL)
        package.set_type(found, TYPE)
        package.relate(book, "styles", found)
    return found


# -- the workbook part ---------------------------------------------------------------------------------------


def _drop_old_guide(package: PatchedParts, book: str) -> None:
    """Take away the sheet 需修改 of an earlier returned copy."""
    data = package.read(book)
    root = read(data)
    sheets = _sheets(root)
    old = [number for number, sheet in enumerate(sheets) if sheet.attributes.get("name", "").strip() == SHEET]
    if not old:
        return
    if len(old) == len(sheets):
        raise Unfamiliar("只有一张需修改")
    relations = package.relations(book)
    ids = [relation_id(sheets[number]) for number in old]
    targets = [relations[key].target for key in ids if key in relations]
    edits = Edits(data)
    edits.remove(sheets[number] for number in old)
    _renumber(
        edits,
        root,
        {number: number - sum(gone < number for gone in old) for number in range(len(sheets)) if number not in old},
    )
    package.write(book, edits.made())
    # The order of calculation names sheets. Where it is missing programs make it anew, but not where it is wrong.
    chain = [relation for relation in relations.values() if relation.kind == "calcChain"]
    package.unrelate(book, [*ids, *(relation.relation_id for relation in chain)])
    for target in [*targets, *(relation.target for relation in chain)]:
        if target in package:
            package.drop(target)


def _put_first(package: PatchedParts, book: str, relation: str) -> None:
    """Put the sheet of `relation` before all others, as the one that is shown."""
    data = package.read(book)
    root = read(data)
    sheets = _sheets(root)
    parent = root.child("sheets")
    assert parent is not None  # noqa: S101 - _sheets has seen it
    number = max((int(sheet.attributes.get("sheetId", 0)) for sheet in sheets), default=0) + 1
    edits = Edits(data)
    new = f'<{parent.prefix}sheet name={quoted(SHEET)} sheetId="{number}" xmlns:r="{RELATIONS}" r:id="{relation}"/>'
    edits.insert(parent.head, new.encode())
    _renumber(edits, root, {at: at + 1 for at in range(len(sheets))})
    for views in root.all("bookViews"):
        for view in views.all("workbookView"):
            edits.replace(view.start, view.head, head_with(data, view, activeTab=None, firstSheet=None))
    package.write(book, edits.made())


def _renumber(edits: Edits, root: Element, places: dict[int, int]) -> None:
    """Mend the names that belong to one sheet (print areas, filters) and say which by its place. `places`: old place →
    new one; names of a sheet without a new place are removed."""
    for names in root.all("definedNames"):
        own = [name for name in names.all("definedName") if "localSheetId" in name.attributes]
        gone = [name for name in own if int(name.attributes["localSheetId"]) not in places]
        if gone and len(gone) == len(names.children):
            edits.remove([names])
            return
        edits.remove(gone)
        for name in own:
            if name not in gone:
                place = places[int(name.attributes["localSheetId"])]
                edits.replace(name.start, name.head, head_with(edits.data, name, localSheetId=str(place)))


def _drop_macros(package: PatchedParts, book: str) -> None:
    """Take away the macros, and make the content type that of an .xlsx.

    Raises:
        Unfamiliar: macros stand in sheets of their own (Excel 4.0), which cannot be taken out of a patched workbook.
    """
    relations = package.relations(book).values()
    if any(relation.kind.endswith(_MACRO_SHEET) for relation in relations):
        raise Unfamiliar("macrosheet")
    macros = [relation for relation in relations if relation.kind in _MACROS]
    package.unrelate(book, [relation.relation_id for relation in macros])
    for relation in macros:
        if relation.target in package:
            package.drop(relation.target)
    package.set_type(book, PLAIN_TYPE)


def _lines(plan: Plan, offered: bool, locked: Sequence[str], *, filtered: bool) -> list[GuideLine]:
    """The lines of our sheet, fitted to what could be done."""
    missing = {look for look, shown in ((UPHOLD, offered), (FILTER, filtered)) if not shown}
    lines = [line for line in plan.lines if line.look not in missing]
    if locked:
        names = "、".join(f"“{name}”" for name in locked)
        lines.append(GuideLine("advice", (f"4. {names}设有工作表保护，改不动时请先点“审阅→撤销工作表保护”。",)))
    return lines
