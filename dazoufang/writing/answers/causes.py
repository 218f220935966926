"""Faults for people to read: each cause once, with all its cells, and its place said once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from dazoufang.model.cell_names import address, column_number
from dazoufang.model.faults import CATALOGUE, Fault, where
from dazoufang.model.submission import Part

_CELL: Final = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})(?::.*)?")


@dataclass(frozen=True, slots=True)
class Cause:
    """Faults with one cause in several cells of one column. `message` leaves the place out, as `cells` gives it; `varied`:
    the trouble is of one kind, but each cell has its own words."""

    faults: tuple[Fault, ...]
    message: str
    varied: bool = False

    @property
    def first(self) -> Fault:
        return self.faults[0]

    @property
    def cells(self) -> str:
        """The cells in short: D5、D8:D12; rows where a fault has no cell; "" for the whole sheet or file."""
        return short([fault.cell for fault in self.faults]) or _rows([fault.row for fault in self.faults])

    @property
    def value(self) -> str:
        """What was typed, or an example of it."""
        return f"如 {self.first.value}" if self.varied and self.first.value else self.first.value

    @property
    def remedy(self) -> str:
        """How to mend it."""
        alike = all(fault.remedy == self.first.remedy for fault in self.faults)
        return self.first.remedy if alike else f"各格的批注里写着改法；如 {self.first.cell}：{self.first.remedy}"

    @property
    def place(self) -> str:
        """Where, in words: 「走访登记」表 D5（第5行·联系电话）."""
        first = self.first
        if len(self.faults) == 1:
            cell = first.cell if first.cell or not first.sheet else ""
            return where(first.sheet, cell, first.row, first.column).replace("」表 （", "」表（").rstrip()
        return "".join(
            (f"「{first.sheet}」表 " if first.sheet else "", self.cells, f"（{first.column}）" if first.column else "")
        )


def title_of(code: str) -> str:
    """The catalogue's name of a fault; the code itself where the catalogue no longer has it (an old record)."""
    kind = CATALOGUE.get(code)
    return kind.title if kind else code


def bare(fault: Fault) -> str:
    """The message without the place it begins with: for where the place is written beside it."""
    place = where(fault.sheet, fault.cell, fault.row, fault.column)
    rest = fault.message.removeprefix(place).removeprefix(f"「{fault.sheet}」表")
    return rest.lstrip("，：: ") or fault.message


def ordered(faults: Iterable[Fault], parts: Iterable[Part]) -> list[Fault]:
    """Faults as one reads a workbook: sheet by sheet, in each the headings before the cells, then row by row."""
    faults = list(faults)
    sheets = [(part.member, sheet) for part in parts for sheet in part.sheets]
    places = {place: at for at, place in enumerate(dict.fromkeys([*sheets, *((f.member, f.sheet) for f in faults)]))}
    members = {member: at for at, member in enumerate(dict.fromkeys(member for member, _ in places))}

    def place(fault: Fault) -> tuple[int, int, bool, int, int]:
        spot = position(fault.cell)
        of_sheet = places[fault.member, fault.sheet] if fault.sheet else -1
        return members[fault.member], of_sheet, not fault.code.startswith("S"), fault.row, spot[1] if spot else -1

    return sorted(faults, key=place)


def causes(faults: Iterable[Fault], merge_from: int = 2, gather_from: int = 0) -> list[Cause]:
    """Faults by cause in order of first appearance; `merge_from` or more that read alike become one.

    With `gather_from`, so many cells of one column that are wrong in one way become one too, each in its own words.
    """
    alike: dict[tuple[str, ...], list[Fault]] = {}
    turn: dict[Fault, int] = {}
    for fault in faults:
        turn.setdefault(fault, len(turn))
        key: tuple[str, ...] = (
            fault.member,
            fault.sheet,
            fault.code,
            fault.column,
            fault.value,
            bare(fault),
            fault.remedy,
        )
        alike.setdefault(key, []).append(fault)
    found: list[Cause] = []
    of_one_kind: dict[tuple[str, ...], list[Fault]] = {}
    for key, group in alike.items():
        if len(group) >= merge_from:
            found.append(Cause(tuple(group), key[5]))
        else:
            of_one_kind.setdefault(key[:4], []).extend(group)
    for group in of_one_kind.values():
        if gather_from and len(group) >= gather_from:
            found.append(_gathered(group))
        else:
            found.extend(Cause((fault,), bare(fault)) for fault in group)
    return sorted(found, key=lambda cause: turn[cause.first])


def _gathered(faults: Sequence[Fault]) -> Cause:
    """One cause of faults of one kind, each of which has its own words; the first is the example."""
    first = faults[0]
    place = first.cell or f"第{first.row}行"
    return Cause(tuple(faults), f"{title_of(first.code)}，共{len(faults)}处；如 {place}：{bare(first)}", varied=True)


def position(cell: str) -> tuple[int, int] | None:
    """'D5' → (4, 3), 0-based row and column (of a range the first corner); None for what is no cell."""
    match = _CELL.fullmatch(cell)
    if match is None:
        return None
    return int(match[2]) - 1, column_number(match[1])


def short(cells: Sequence[str]) -> str:
    """Cells with neighbours in one column joined: D5、D8:D12; in sheet order, once each."""
    spots = {spot for cell in cells if (spot := position(cell)) is not None}
    in_order = sorted(spots, key=lambda spot: (spot[1], spot[0]))
    runs: list[str] = []
    for _, run in groupby(enumerate(in_order), key=lambda pair: (pair[1][1], pair[1][0] - pair[0])):
        members = [spot for _, spot in run]
        first, last = address(*members[0]), address(*members[-1])
        runs.extend([first] if first == last else [f"{first}:{last}"])
    return "、".join(runs)


def _rows(rows: Sequence[int]) -> str:
    numbers = [str(row) for row in sorted(set(rows)) if row]
    return f"第{'、'.join(numbers)}行" if numbers else ""
