"""What becomes of rows, areas and formulas when the sample rows of a template make room for those of a list."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from dazoufang.model.cell_names import Area, address, column_number

_TOKEN: Final = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")"""
    r"|(?P<sheet>(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?(?<![\w.$])"
    r"(?:(?P<c1>\$?[A-Za-z]{1,3})(?P<r1>\$?[1-9]\d{0,6})(?::(?P<c2>\$?[A-Za-z]{1,3})(?P<r2>\$?[1-9]\d{0,6}))?"
    r"|(?P<r3>\$?[1-9]\d{0,6}):(?P<r4>\$?[1-9]\d{0,6}))(?![\w.(!])"
)
_LAST: Final = 1_048_576


@dataclass(frozen=True)
class Growth:
    """Rows `first` to `last` (from 0) of a sheet become `count` rows; what stands below moves."""

    first: int
    last: int
    count: int

    @property
    def by(self) -> int:
        """How far down the rows below move."""
        return self.count - (self.last - self.first + 1)

    def row(self, row: int) -> int:
        """Where a row outside of the sample rows comes to stand; of those themselves the first row."""
        if row < self.first:
            return row
        return row + self.by if row > self.last else self.first

    def end(self, row: int) -> int:
        """Where the last row of an area comes to stand: one that ends among the sample rows takes all of theirs."""
        if row < self.first:
            return row
        return row + self.by if row > self.last else self.first + self.count - 1

    def holds(self, row: int) -> bool:
        """Whether a row is one of the sample rows."""
        return self.first <= row <= self.last

    def area(self, area: Area) -> Area:
        """An area that reaches over rows."""
        return self.row(area[0]), area[1], max(self.end(area[2]), self.row(area[0])), area[3]

    def ref(self, ref: str) -> str:
        """`A5:C9 D7` after the move. Each area that touches the sample rows reaches over all that come in their place."""
        return " ".join(self.formula(piece, None, "", grows=True) for piece in ref.split())

    def formula(self, formula: str, sheet: str | None, own: str, *, grows: bool = False) -> str:
        """A formula that stands on the sheet `own`, after rows of `sheet` moved; None: on the same. grows: one cell among
        the sample rows becomes the area of all that come in their place."""
        return moved(formula, {own if sheet is None else sheet: self}, own, grows=grows)


def moved(formula: str, growths: Mapping[str, Growth], own: str, *, grows: bool = False) -> str:
    """A formula on the sheet `own` after rows of some sheets moved; texts in it stay."""

    def changed(match: re.Match[str]) -> str:
        if match["text"]:
            return match[0]
        growth = growths.get(_sheet(match["sheet"]) if match["sheet"] else own)
        if growth is None:
            return match[0]
        before = match["sheet"] or ""
        if match["r3"]:
            return f"{before}{_row(match['r3'], growth.row)}:{_row(match['r4'], growth.end)}"
        single = match["r2"] is None
        if single and not (grows and growth.holds(_number(match["r1"])) and growth.count > 1):
            return f"{before}{match['c1']}{_row(match['r1'], growth.row)}"
        c2, r2 = match["c2"] or match["c1"], match["r2"] or match["r1"]
        return f"{before}{match['c1']}{_row(match['r1'], growth.row)}:{c2}{_row(r2, growth.end)}"

    return _TOKEN.sub(changed, formula)


def copied(formula: str, down: int) -> str:
    """A formula as it reads `down` rows below: what is not held by $ goes along, as when a cell is copied."""

    def changed(match: re.Match[str]) -> str:
        if match["text"]:
            return match[0]
        before = match["sheet"] or ""
        if match["r3"]:
            return f"{before}{_down(match['r3'], down)}:{_down(match['r4'], down)}"
        found = f"{before}{match['c1']}{_down(match['r1'], down)}"
        return found + (f":{match['c2']}{_down(match['r2'], down)}" if match["r2"] else "")

    return _TOKEN.sub(changed, formula)


def _sheet(written: str) -> str:
    name = written[:-1]
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def _number(row: str) -> int:
    return int(row.lstrip("$")) - 1


def _row(row: str, to: Callable[[int], int]) -> str:
    return f"{'$' if row.startswith('$') else ''}{min(to(_number(row)) + 1, _LAST)}"


def _down(row: str, down: int) -> str:
    return row if row.startswith("$") else str(min(int(row) + down, _LAST))


def named(area: Area) -> str:
    """(4, 0, 4, 3) → A5:D5, one cell alone A5."""
    first, last = address(area[0], area[1]), address(area[2], area[3])
    return first if first == last else f"{first}:{last}"


def one_column(formula: str) -> tuple[str, int, int, int] | None:
    """=SUM(D6:D14) as (SUM, 3, 5, 13): what is done with an area of one column of the same sheet; None any other formula."""
    found = _SIMPLE.fullmatch(formula.strip())
    if found is None or found["c1"] != (found["c2"] or found["c1"]):
        return None
    name = (found["name"] or found["sub"]).upper()
    first = int(found["r1"]) - 1
    return name, column_number(found["c1"]), first, int(found["r2"]) - 1 if found["r2"] else first


_SIMPLE: Final = re.compile(
    r"=?(?:(?P<name>SUM|COUNTA|COUNT)\(|SUBTOTAL\((?P<sub>9|109|3|103)[,;])"
    r"\$?(?P<c1>[A-Z]{1,3})\$?(?P<r1>\d+)(?::\$?(?P<c2>[A-Z]{1,3})\$?(?P<r2>\d+))?\)",
    re.IGNORECASE,
)
SUMS: Final = ("SUM", "9", "109")
