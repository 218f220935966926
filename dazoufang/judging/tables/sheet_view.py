"""A sheet as people see it: its cells with merged areas known, and the labelled values around a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from dazoufang.judging.which_form import Headings
from dazoufang.model import terms
from dazoufang.model.cell_names import address
from dazoufang.reading.sheet import Sheet, Value

LONGEST_HEADING: Final = 30  # characters; anything longer is a note
_LABELS: Final = {label: key for key, labels in terms.META_LABELS.items() for label in labels}
LABEL: Final = re.compile(  # over normalized text: brackets and the colon are half-width
    "^(" + "|".join(sorted(map(re.escape, _LABELS), key=len, reverse=True)) + r")(?:\([^)]*\))?(?:(:)(.*))?$", re.DOTALL
)
_COLON: Final = ":"
_SPACED_LABEL: Final = "|".join(
    sorted((r"\s*".join(map(re.escape, label)) for label in _LABELS), key=len, reverse=True)
)
_NEXT_LABEL: Final = re.compile(  # where one cell goes on with another label: a known one, or any after a wide gap
    rf"\s+(?=(?:{_SPACED_LABEL})(?:[（(][^）)]*[）)])?\s*[:：])|\s{{2,}}(?=[^\s:：]{{2,8}}(?:[（(][^）)]*[）)])?\s*[:：])"
)
_OTHER_LABEL: Final = re.compile(r"[^:]{1,8}:")  # 单位：人、户 is no value of 填报单位


class SheetView:
    """A sheet's cells, with merged areas known by their cells. Rows and columns count from 0. `known`: row → how many of
    its cells are headings, of the rows that somebody asked about."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.known: dict[int, int] = {}
        self.rows = sheet.rows
        self.hidden = sheet.hidden_columns
        self.height = len(sheet.rows)
        self.width = max(map(len, sheet.rows), default=0)
        self.anchors: dict[tuple[int, int], tuple[int, int]] = {}
        self.wide: dict[tuple[int, int], int] = {}  # anchor → how many columns it spans
        for top, left, bottom, right in sheet.merges:
            last = min(bottom, self.height - 1)  # a merge may reach a million empty rows down
            edge = min(right, max(self.width - 1, left))
            self.wide[top, left] = edge - left + 1
            for row in range(top, last + 1):
                for column in range(left, edge + 1):
                    self.anchors[row, column] = (top, left)

    def at(self, row: int, column: int) -> Value:
        """The value of one cell."""
        cells = self.rows[row] if row < self.height else []
        return cells[column] if column < len(cells) else None

    def text(self, row: int, column: int) -> str:
        """The normalized text of a cell, "" when empty or no text."""
        value = self.at(row, column)
        return terms.normalize(value) if isinstance(value, str) else ""

    def spread(self, row: int, column: int) -> str:
        """The text of a cell, or of the merged area it lies in, as written."""
        top, left = self.anchors.get((row, column), (row, column))
        value = self.at(top, left)
        return value.strip() if isinstance(value, str) else ""

    def from_above(self, row: int, column: int, after: int) -> Value:
        """What a cell holds that is merged with one above it, in its own column and below the row `after`."""
        top, left = self.anchors.get((row, column), (row, column))
        return self.at(top, left) if after < top < row and left == column else None


def known(view: SheetView, headings: Headings, row: int) -> int:
    """How many cells of a row are a heading of any form; a view is looked at with one set of headings."""
    if row not in view.known:
        texts = [cell for cell in view.rows[row] if isinstance(cell, str) and len(cell) <= LONGEST_HEADING]
        view.known[row] = sum(map(headings.knows, texts))
    return view.known[row]


def meta_above(view: SheetView, last: int) -> dict[str, str]:
    """填报单位, 填报时间 … in the rows above `last`; the first of two wins."""
    meta: dict[str, str] = {}
    for row in range(last):
        meta = row_meta(view, row) | meta
    return meta


def masked_label(view: SheetView, last: int) -> str:
    """The first cell in the rows above `last` that says it is a list of ours without personal data; "" there is none."""
    for row in range(last):
        for column, value in enumerate(view.rows[row]):
            if isinstance(value, str) and terms.says_masked(value):
                return address(row, column)
    return ""


def row_meta(view: SheetView, row: int) -> dict[str, str]:
    """The labelled values in one row: “填报单位（盖章）：人事股”, or the label in one cell and the value in the next ones."""
    meta: dict[str, str] = {}
    for _, key, text, spread in labelled(view, row):
        if key and text:
            meta[key] = meta.get(key, "") + text if spread else meta.get(key, text)
    return meta


def labelled_cell(sheet: Sheet, key: str) -> str:
    """The first cell in which the value of a label stands (B1); "" there is none."""
    view = SheetView(sheet)
    for row in range(view.height):
        for column, label, text, _ in labelled(view, row):
            if label == key and text:
                return address(row, column)
    return ""


def labelled(view: SheetView, row: int) -> Iterator[tuple[int, str, str, bool]]:
    """What stands in a row: (column, label it belongs to or "", text, whether the text is a cell of its own).

    A value beside its label is one cell, or several with one character each.
    """
    key, letters = "", 0
    for column, value in enumerate(view.rows[row]):
        if value is None:
            continue
        for piece in _NEXT_LABEL.split(value.strip()) if isinstance(value, str) else [str(value)]:
            normalized = terms.normalize(piece)
            if isinstance(value, str) and (label := LABEL.match(normalized)):
                key, letters, content = _LABELS[label[1]], 0, _content(piece)
                yield column, key, content, False
                key = "" if content else key
            elif key and normalized and not _OTHER_LABEL.match(normalized) and not (letters and len(normalized) > 1):
                yield column, key, piece.strip(), True
                letters += 1
                key = key if len(normalized) == 1 else ""
            elif normalized:
                yield column, "", piece, False
                key = ""


def _content(piece: str) -> str:
    """What stands behind the colon; blanks to be filled by hand (＿＿) are no content."""
    _, _, content = piece.replace("：", _COLON).partition(_COLON)
    return content.strip(" _＿　\n\t")
