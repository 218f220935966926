"""Holds a workbook against what Excel accepts without offering to repair it."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Sequence
from xml.etree import ElementTree

from openpyxl.utils.cell import column_index_from_string as number_of
from openpyxl.utils.cell import coordinate_from_string, get_column_letter, range_boundaries

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
EXCEL = "{urn:schemas-microsoft-com:office:excel}"
ORDER = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
]
Parts = dict[str, bytes]


def accepted(data: bytes) -> None:
    """Assert that Excel would open the workbook as it is."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = package.namelist()
        assert len({name.lower() for name in names}) == len(names)
        parts = {name: package.read(name) for name in names}
    for name, part in parts.items():
        if name.endswith((".xml", ".rels", ".vml")):
            _tree(part)
    _types(parts)
    book = _tree(parts["xl/workbook.xml"])
    sheets = book.findall(f"{MAIN}sheets/{MAIN}sheet")
    titles = [sheet.get("name", "") for sheet in sheets]
    assert len({title.lower() for title in titles}) == len({sheet.get("sheetId") for sheet in sheets}) == len(sheets)
    assert all(int(one.get("localSheetId", 0)) < len(sheets) for one in book.iter(f"{MAIN}definedName"))
    related = _relations(parts, "xl/workbook.xml")
    styles = _styles(parts, related.values())
    for sheet in sheets:
        _sheet(parts, related[sheet.get(f"{RELATED}id", "")], styles, titles)


def _tree(part: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(part)  # noqa: S314 - bytes of our own making


def _types(parts: Parts) -> None:
    """Every part has one content type, and none is given to a part that is not there."""
    root = _tree(parts["[Content_Types].xml"])
    extensions = [one.get("Extension", "").lower() for one in root if one.tag.endswith("Default")]
    said = [one.get("PartName", "").lstrip("/") for one in root if one.tag.endswith("Override")]
    assert len(set(extensions)) == len(extensions)
    assert len(set(said)) == len(said)
    assert set(said) <= set(parts)
    for name in set(parts) - set(said) - {"[Content_Types].xml"}:
        assert name.rpartition(".")[2].lower() in extensions, name


def _relations(parts: Parts, name: str) -> dict[str, str]:
    folder, _, base = name.rpartition("/")
    listed = parts.get(f"{folder}/_rels/{base}.rels")
    found: dict[str, str] = {}
    for one in _tree(listed) if listed else ():
        if one.get("TargetMode") == "External":
            continue
        target = posixpath.normpath(posixpath.join("/" + folder, one.get("Target", ""))).lstrip("/")
        assert target in parts, target
        assert one.get("Id") not in found
        found[one.get("Id", "")] = target
    return found


def _styles(parts: Parts, related: object) -> int:
    """The number of cell styles; every list says how long it is, and every style names what there is."""
    root = _tree(parts["xl/styles.xml"])
    sizes = {}
    for name in ("fonts", "fills", "borders", "cellXfs"):
        part = root.find(MAIN + name)
        assert part is not None
        assert int(part.get("count", len(part))) == len(part), name
        sizes[name] = len(part)
    for style in root.findall(f"{MAIN}cellXfs/{MAIN}xf"):
        for key, of in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
            assert int(style.get(key, 0)) < sizes[of]
    return sizes["cellXfs"]


def _sheet(parts: Parts, name: str, styles: int, titles: Sequence[str]) -> None:
    root = _tree(parts[name])
    sections = [one.tag.removeprefix(MAIN) for one in root if one.tag.startswith(MAIN)]
    assert sections == sorted(sections, key=ORDER.index)
    assert all(sections.count(one) == 1 or one == "conditionalFormatting" for one in sections)
    _columns(root)
    _cells(root, styles)
    merged = [range_boundaries(one.get("ref", "")) for one in root.iter(f"{MAIN}mergeCell")]
    for at, (left, top, right, bottom) in enumerate(merged):
        for other in merged[at + 1 :]:
            assert right < other[0] or other[2] < left or bottom < other[1] or other[3] < top
    related = _relations(parts, name)
    for element in root.iter():
        if f"{RELATED}id" in element.attrib and not element.tag.endswith("hyperlink"):
            assert element.get(f"{RELATED}id") in related
    for link in root.iter(f"{MAIN}hyperlink"):
        place = re.fullmatch(r"'(.*)'!([A-Z]+[0-9]+)(:[A-Z]+[0-9]+)?", link.get("location", "''!A1"))
        assert place is not None
        assert not place[1] or place[1].replace("''", "'") in titles
    _comments(parts, list(related.values()), root)


def _columns(root: ElementTree.Element) -> None:
    last = 0
    for one in root.findall(f"{MAIN}cols/{MAIN}col"):
        assert last < int(one.get("min", 0)) <= int(one.get("max", 0)) <= 16_384
        last = int(one.get("max", 0))


def _cells(root: ElementTree.Element, styles: int) -> None:
    dimension = root.find(f"{MAIN}dimension")
    area = range_boundaries(dimension.get("ref", "")) if dimension is not None else None
    row_before = 0
    for row in root.iter(f"{MAIN}row"):
        assert int(row.get("r", 0)) > row_before
        row_before = int(row.get("r", 0))
        before = 0
        for cell in row:
            letters, number = coordinate_from_string(cell.get("r", ""))
            column = number_of(letters)
            assert (number, column > before) == (row_before, True), cell.get("r")
            assert int(cell.get("s", 0)) < styles
            assert area is None or (column <= (area[2] or 0) and number <= (area[3] or 0)), cell.get("r")
            before = column


def _comments(parts: Parts, related: Sequence[str], root: ElementTree.Element) -> None:
    """Every comment has one box, and every box its comment."""
    listed = [name for name in related if parts[name].lstrip()[:300].find(b"<comments") >= 0]
    said = [one.get("ref") for name in listed for one in _tree(parts[name]).iter(f"{MAIN}comment")]
    drawn = [
        f"{get_column_letter(int(box.findtext(f'{EXCEL}Column', '-1')) + 1)}{int(box.findtext(f'{EXCEL}Row', '-1')) + 1}"
        for name in related
        if name.endswith(".vml")
        for box in _tree(parts[name]).iter(f"{EXCEL}ClientData")
        if box.get("ObjectType") == "Note"
    ]
    assert len(set(said)) == len(said)
    assert sorted(drawn) == sorted(one or "" for one in said)
    assert not said or root.find(f"{MAIN}legacyDrawing") is not None
