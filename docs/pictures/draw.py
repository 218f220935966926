"""Draws the layouts of docs/forms.md: each .txt here is a small sheet, and becomes an .svg of the same name.

    python docs/pictures/draw.py

A line is a row, cells stand between |, and a cell that is merged ends in its range (A1:B2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple
from unicodedata import east_asian_width

from openpyxl.utils.cell import get_column_letter, range_boundaries

FOLDER = Path(__file__).parent
HIGH, MARGIN, LETTER, HEAD = 24, 12, 6.6, 22  # pixels: of a row, beside a text, of half a Chinese character, of the rim


class Picture(NamedTuple):
    """A sheet: the texts of its cells by row, and the merged ranges."""

    rows: list[list[str]]
    merges: list[str]


def picture(text: str) -> Picture:
    """The sheet that a .txt tells."""
    merges: list[str] = []

    def cell(told: str) -> str:
        found = re.fullmatch(r"(.*?)\s+([A-Z]+[0-9]+:[A-Z]+[0-9]+)", told.strip())
        if found:
            merges.append(found[2])
        return found[1] if found else told.strip()

    rows = [[cell(told) for told in line.split("|")] for line in text.splitlines()]
    widest = max(map(len, rows))
    return Picture([row + [""] * (widest - len(row)) for row in rows], merges)


def svg(sheet: Picture) -> str:
    """The sheet as it looks on a screen, with the letters of its columns and the numbers of its rows."""
    wide = [max(map(_wide, column)) for column in zip(*_plain(sheet), strict=True)]
    left = [HEAD + sum(wide[:column]) for column in range(len(wide) + 1)]
    width, height = left[-1] + 1, HIGH * len(sheet.rows) + HEAD + 1
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" '
        'font-family="Microsoft YaHei, PingFang SC, Noto Sans CJK SC, sans-serif" font-size="12">',
        f'<rect width="{width:.0f}" height="{height}" fill="#fff"/>',
    ]
    for column in range(len(wide)):
        lines.append(_cell(left[column], 0, wide[column], HEAD, get_column_letter(column + 1), "#e8e8e8"))
    for row in range(len(sheet.rows)):
        lines.append(_cell(0, HEAD + HIGH * row, HEAD, HIGH, str(row + 1), "#e8e8e8"))
    for row, column, down, right, text in _areas(sheet):
        x, y = left[column], HEAD + HIGH * row
        lines.append(_cell(x, y, left[column + right] - x, HIGH * down, text, "#fff"))
    return "\n".join([*lines, "</svg>"]) + "\n"


def _areas(sheet: Picture) -> Iterator[tuple[int, int, int, int, str]]:
    """Every cell, a merged area as one: row, column, rows and columns it covers, text."""
    merged = {}
    for area in sheet.merges:
        first_column, first_row, last_column, last_row = range_boundaries(area)
        for row in range(first_row - 1, last_row):
            for column in range(first_column - 1, last_column):
                merged[row, column] = (
                    first_row - 1,
                    first_column - 1,
                    last_row - first_row + 1,
                    last_column - first_column + 1,
                )
    for row, cells in enumerate(sheet.rows):
        for column, text in enumerate(cells):
            top, start, down, right = merged.get((row, column), (row, column, 1, 1))
            if (top, start) == (row, column):
                yield row, column, down, right, text


def _plain(sheet: Picture) -> list[list[str]]:
    """The texts that make a column wide: not those merged over several."""
    areas = {(row, column): right for row, column, _, right, _ in _areas(sheet)}
    return [
        [text if areas.get((row, column), 1) == 1 else "" for column, text in enumerate(cells)]
        for row, cells in enumerate(sheet.rows)
    ]


def _wide(text: str) -> float:
    return 2 * MARGIN + LETTER * max(2, sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text))


def _cell(x: float, y: float, width: float, height: float, text: str, fill: str) -> str:
    rim = (
        f'<rect x="{x + 0.5:.1f}" y="{y + 0.5:.1f}" width="{width:.1f}" height="{height}" fill="{fill}" stroke="#999"/>'
    )
    said = f'<text x="{x + width / 2:.1f}" y="{y + height / 2 + 4:.1f}" text-anchor="middle">{escape(text)}</text>'
    return rim + (said if text else "")


if __name__ == "__main__":
    for told in sorted(FOLDER.glob("*.txt")):
        told.with_suffix(".svg").write_text(svg(picture(told.read_text(encoding="utf-8"))), encoding="utf-8")
