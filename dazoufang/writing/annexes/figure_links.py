"""From the figures of 汇总统计 to the rows that they count: the first of them, in 走访明细 or in annexes 2 and 3."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import pandas as pd

from dazoufang.ledger.frames import Frames, of_round
from dazoufang.writing.annexes import summary
from dazoufang.writing.annexes.parts import Part
from dazoufang.writing.sheets.columns import STYLE, SheetSpec

_LINK: Final = "link_"

Place = Callable[[int], str]


def linked(
    figures: SheetSpec, visits: Sequence[Part], items: Sequence[Sequence[Part]], here: str, frames: Frames, round_no: int, year: int
) -> SheetSpec:  # fmt: skip
    """`figures`, the sheet 汇总统计, with links from what is not 0.

    visits: the sheets of 走访明细. items: those of annexes 2 and 3, where they lie in one folder with `here`, the file that
    `figures` stands in. round_no, year: the round that is counted.
    """
    targets: dict[str, list[str | None]] = {}
    if visits:
        targets["done"] = list(_visited(figures.rows, visits, here, round_no, year))
    places = {number: place for parts in items for number, place in _numbers(parts, here)}
    if places:
        targets |= _told(figures.rows, places, of_round(frames.items, year, round_no))
    rows = figures.rows.copy()
    for key, found in targets.items():
        counts = rows[key].tolist()
        rows[_LINK + key] = [target if count else None for target, count in zip(found, counts, strict=True)]
    return replace(figures, rows=rows, linked=tuple((key, _LINK + key) for key in targets))


def _places(part: Part, here: str) -> Iterator[str]:
    """The place of each row of a sheet, as a link out of the file `here`."""
    sheet = "'" + part.sheet.name.replace("'", "''") + "'"
    before = "" if part.file == here else f"external:{part.file}#"
    first = part.sheet.rows_over + 1
    for row in range(len(part.sheet.rows)):
        yield f"{before}{sheet}!A{first + row}"


def _visited(rows: pd.DataFrame, visits: Sequence[Part], here: str, round_no: int, year: int) -> Iterator[str | None]:
    """For each row of 汇总统计 the first visit of the cadre in the round; of the unit, of all."""
    first: dict[tuple[str | None, str | None], str] = {}
    for part in visits:
        of_the_round = (part.sheet.rows["round_no"] == round_no) & (part.sheet.rows["year"] == year)
        cells = zip(part.sheet.rows["unit"], part.sheet.rows["cadres"], of_the_round, _places(part, here), strict=True)
        for unit, cadres, counts, place in cells:
            if counts:
                for cadre in summary.names_in(cadres):
                    first.setdefault((unit, cadre), place)
                    first.setdefault((None, cadre), place)
                first.setdefault((unit, None), place)
                first.setdefault((None, None), place)
    for unit, cadre, style in zip(rows["unit"], rows["cadre"], rows[STYLE], strict=True):
        if style == "total":
            yield first.get((None, None))
        elif style == "subtotal":
            yield first.get((unit, None))
        else:
            yield first.get((unit, cadre), first.get((None, cadre)))


def _numbers(parts: Sequence[Part], here: str) -> Iterator[tuple[str, str]]:
    """The number of each item of an annex and where it stands, in the order of the annex."""
    for part in parts:
        for number, place in zip(part.sheet.rows["item_no"], _places(part, here), strict=True):
            if isinstance(number, str):  # not the total
                yield number, place


def _told(rows: pd.DataFrame, places: dict[str, str], items: pd.DataFrame) -> dict[str, list[str | None]]:
    """Column of 汇总统计 → for each row the first item that it counts there."""
    marks = summary.marks_of(items)
    owned = summary.owners_of(rows[rows[STYLE] == ""], items)
    in_order = {number: at for at, number in enumerate(places)}
    columns = [*(f"dispute_{key}" for key in summary.DISPUTES), *(f"suggestion_{key}" for key in summary.SUGGESTIONS)]
    found: dict[str, list[str | None]] = {column: [] for column in (*columns, "followed")}
    of_unit: set[str] = set()
    for unit, cadre, style in zip(rows["unit"], rows["cadre"], rows[STYLE], strict=True):
        numbers = owned.get((unit, cadre), set())
        if style == "":
            of_unit |= numbers
        elif style == "subtotal":
            numbers, of_unit = of_unit, set()
        else:
            numbers = set(marks)
        first: dict[str, str] = {}
        for number in sorted(numbers & in_order.keys(), key=in_order.__getitem__):
            for mark in marks[number]:
                first.setdefault(mark, places[number])
        for column, targets in found.items():
            targets.append(first.get(column))
    return found
