"""The worksheet part of our own first sheet, 需修改."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Final

from dazoufang.model.cell_names import address
from dazoufang.writing.answers.marks import FILTER, HEADINGS, RECEIPT, UPHOLD, GuideLine
from dazoufang.writing.answers.patch_package import RELATIONS
from dazoufang.writing.answers.patch_styles import ERROR, FILLS, MAIN, REPAIR, WARNING, Styles
from dazoufang.writing.answers.xml_bytes import content, quoted
from dazoufang.writing.sheets.text_size import is_wide

WIDTHS: Final = (6, 13, 16, 12, 20, 40, 40)  # in characters, as Excel counts
LINE_HEIGHT: Final = 16.5  # points, at the size of the list
_LAST: Final = "G"


def looks(styles: Styles) -> dict[str, tuple[int, ...]]:
    """The styles of each kind of line: one for each column, or one for a line that spans the sheet."""
    text = styles.own(border=True)
    middle = styles.own(border=True, across="center")
    link = styles.own(border=True, color="FF0B5C8A", underline=True)
    head = styles.own(border=True, bold=True, fill="FFEEF1F4", across="center")

    def line(level: str) -> tuple[int, ...]:
        return (styles.own(border=True, across="center", fill=FILLS[level]), text, link, middle, text, text, text)

    return {
        "title": (styles.own(size=14, bold=True),),
        "legend": (styles.own(size=10, color="FF5C6B77"),),
        "section": (styles.own(size=12, bold=True, down="bottom"),),
        "advice": (styles.own(),),
        UPHOLD: (styles.own(),),
        FILTER: (styles.own(size=10, color="FF5C6B77"),),
        RECEIPT: (styles.own(color="FF0B5C8A", underline=True),),
        "head": (head,) * len(HEADINGS),
        ERROR: line(ERROR),
        WARNING: line(WARNING),
        REPAIR: line(REPAIR),
    }


def guide_sheet(lines: Sequence[GuideLine], styles: Styles, receipt: str = "") -> bytes:
    """The part; its styles are added to `styles`. receipt: the id of its relation to the receipt, "" none. It prints on A4 across, as wide as the page."""
    look = looks(styles)
    rows, merges, links = [], [], []
    for row, line in enumerate(lines):
        kinds = look[line.look]
        cells = "".join(_cell(row, column, text, kinds[column]) for column, text in enumerate(line.cells))
        if len(line.cells) == 1:
            merges.append(f'<mergeCell ref="A{row + 1}:{_LAST}{row + 1}"/>')
        if line.look == RECEIPT and receipt:
            links.append(f'<hyperlink ref="A{row + 1}" r:id={quoted(receipt)}/>')
        if line.link:
            sheet, cell = line.link
            place = quoted("'" + sheet.replace("'", "''") + "'!" + cell)
            links.append(f'<hyperlink ref="{address(row, 2)}" location={place} display={quoted(line.cells[2])}/>')
        rows.append(f'<row r="{row + 1}" ht="{_height(line):g}" customHeight="1">{cells}</row>')
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width + 0.7:g}" customWidth="1"/>'
        for number, width in enumerate(WIDTHS, 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheetPr><tabColor rgb="FFB83232"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="A1:{_LAST}{len(lines)}"/>'
        '<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        '<selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="{LINE_HEIGHT}"/><cols>{columns}</cols>'
        f"<sheetData>{''.join(rows)}</sheetData>"
        f'<mergeCells count="{len(merges)}">{"".join(merges)}</mergeCells>'
        f"{'<hyperlinks>' + ''.join(links) + '</hyperlinks>' if links else ''}"
        '<printOptions horizontalCentered="1"/>'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;C第&amp;P页，共&amp;N页</oddFooter></headerFooter>"
        "</worksheet>"
    ).encode()


def _cell(row: int, column: int, text: str, style: int) -> str:
    return f'<c r="{address(row, column)}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{content(text)}</t></is></c>'


def _height(line: GuideLine) -> float:
    """Points: rows do not grow by themselves in every office program, so the lines are counted here."""
    if len(line.cells) == 1:
        size = {"title": 1.5, "section": 1.25}.get(line.look, 1.0)
        lines = ceil(_units(line.cells[0]) * size / (sum(WIDTHS) - 4))
        return round((LINE_HEIGHT * lines + 5) * size, 2) + (6 if line.look == "section" else 0)
    lines = max(ceil(_units(text) / (width - 1.5)) or 1 for text, width in zip(line.cells, WIDTHS, strict=True))
    return min(LINE_HEIGHT * lines + 5, 400)


def _units(text: str) -> float:
    return sum(2.1 if is_wide(char) else 1.1 for char in text)
