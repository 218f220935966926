"""Faults as people want to read them: one cause once, with all its cells, and the place not said twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from dazoufang.faults import CATALOGUE, Fault, where

_CELL: Final = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})(?::.*)?")


@dataclass(frozen=True, slots=True)
class Cause:
    """Faults that say the same of several cells of one column. `what` leaves the place out, as `cells` gives it."""

    faults: tuple[Fault, ...]
    what: str

    @property
    def first(self) -> Fault:
        return self.faults[0]

    @property
    def cells(self) -> str:
        """The cells in short: D5、D8:D12; rows where a fault has no cell; "" for the whole sheet or file."""
        return short([fault.cell for fault in self.faults]) or _rows([fault.row for fault in self.faults])

    @property
    def place(self) -> str:
        """Where, in words: 「走访登记」表 D5（第5行·联系电话）."""
        one = self.first
        if len(self.faults) == 1:
            cell = one.cell if one.cell or not one.sheet else ""
            return where(one.sheet, cell, one.row, one.column).replace("」表 （", "」表（").rstrip()
        return "".join(
            (f"「{one.sheet}」表 " if one.sheet else "", self.cells, f"（{one.column}）" if one.column else "")
        )


def title_of(code: str) -> str:
    """The catalogue's name of a fault; the code itself for one it no longer holds (an old record)."""
    kind = CATALOGUE.get(code)
    return kind.title if kind else code


def bare(fault: Fault) -> str:
    """The message without the place it begins with, for where the place already stands beside it."""
    place = where(fault.sheet, fault.cell, fault.row, fault.column)
    rest = fault.message.removeprefix(place).removeprefix(f"「{fault.sheet}」表")
    return rest.lstrip("，：: ") or fault.message


def causes(faults: Iterable[Fault], merge_from: int = 2) -> list[Cause]:
    """Faults by cause in order of first appearance; `merge_from` or more that read alike become one."""
    alike: dict[tuple[str, str, str, str, str, str, str], list[Fault]] = {}
    for fault in faults:
        key = (fault.member, fault.sheet, fault.code, fault.column, fault.value, bare(fault), fault.remedy)
        alike.setdefault(key, []).append(fault)
    found: list[Cause] = []
    for key, group in alike.items():
        if len(group) >= merge_from:
            found.append(Cause(tuple(group), key[5]))
        else:
            found.extend(Cause((fault,), key[5]) for fault in group)
    return found


def position(cell: str) -> tuple[int, int] | None:
    """'D5' → (4, 3), 0-based row and column (of a range the first corner); None for what is no cell."""
    match = _CELL.fullmatch(cell)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def short(cells: Sequence[str]) -> str:
    """Cells with neighbours in one column joined: D5、D8:D12; in sheet order, once each."""
    spots = {spot: re.sub(r"\d+", "", cell.split(":")[0]) for cell in cells if (spot := position(cell)) is not None}
    ordered = sorted(spots, key=lambda spot: (spot[1], spot[0]))
    runs: list[str] = []
    for _, run in groupby(enumerate(ordered), key=lambda pair: (pair[1][1], pair[1][0] - pair[0])):
        members = [spot for _, spot in run]
        letters = spots[members[0]]
        first, last = f"{letters}{members[0][0] + 1}", f"{letters}{members[-1][0] + 1}"
        runs.extend([first] if first == last else [f"{first}:{last}"])
    return "、".join(runs)


def _rows(rows: Sequence[int]) -> str:
    numbers = [str(row) for row in sorted(set(rows)) if row]
    return f"第{'、'.join(numbers)}行" if numbers else ""
