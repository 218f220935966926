"""A list that is longer than a sheet: parted by unit into numbered sheets and files, with an index of where each unit stands."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Final

import pandas as pd

from dazoufang.writing.sheets.columns import STYLE, Column, SheetSpec

INDEX: Final = "目录"  # known to the reader as derived: never data
ROWS: Final = 1_048_000  # of a sheet; Excel's 1,048,576 less what stands around the table
SHEETS: Final = 5  # of a file; more than five million rows no office PC opens at once

_NUMBERS: Final = "零一二三四五六七八九"
_LONGEST_NAME: Final = 31
_COLUMNS: Final = (
    Column("serial", "序号", 6, "serial"),
    Column("unit", "单位", 24),
    Column("sheet", "工作表", 24),
    Column("file", "文件", 48),
    Column("count", "行数", 10, "int"),
)
_LINK: Final = "link"


@dataclass(frozen=True)
class Part:
    """One sheet of a list, and the file that it stands in."""

    sheet: SheetSpec
    file: str


def parts(spec: SheetSpec, file: str, label: str, in_one_file: bool = False) -> list[Part]:
    """The list in sheets of at most `ROWS` rows, in files of at most `SHEETS` sheets; one part where it fits.

    file: the name of the first file. label: what of it the number of a further one stands behind (附件1（之二）).
    Rule: a unit is parted only where it alone is longer than a sheet. Serials go on from sheet to sheet.
    """
    found: list[Part] = []
    cuts = list(_cuts(spec))
    if len(cuts) == 1:
        return [Part(spec, file)]
    for number, (begin, end) in enumerate(cuts):
        name = spec.name
        if number:
            tail = f"({number + 1})"
            name = spec.name[: _LONGEST_NAME - len(tail)] + tail
        sheet = replace(spec, name=name, rows=spec.rows.iloc[begin:end], counted=spec.counted + begin)
        found.append(Part(sheet, file if in_one_file else _file(file, label, number // SHEETS)))
    return found


def _cuts(spec: SheetSpec) -> Iterator[tuple[int, int]]:
    """Where each sheet begins and ends. The total stays with the last row."""
    count = _counted(spec.rows)
    if count <= ROWS:
        yield 0, len(spec.rows)
        return
    begin = 0
    for first, after in _runs(spec.rows, count):
        if first > begin and after - begin > ROWS:
            yield begin, first
            begin = first
        while after - begin > ROWS:  # a unit that is longer than a sheet
            yield begin, begin + ROWS
            begin += ROWS
    yield begin, len(spec.rows)


def _counted(rows: pd.DataFrame) -> int:
    """How many rows there are without the total."""
    return len(rows) - int(STYLE in rows and rows[STYLE].tolist()[-1:] == ["total"])


def _runs(rows: pd.DataFrame, count: int) -> Iterator[tuple[int, int]]:
    """The first row of each unit and the row after its last; of a list without units all rows are one's."""
    if "unit" not in rows:
        yield 0, count
        return
    units = rows["unit"].iloc[:count].fillna("")
    firsts = (units != units.shift()).to_numpy().nonzero()[0].tolist()
    yield from zip(firsts, [*firsts[1:], count], strict=True)


def _file(file: str, label: str, number: int) -> str:
    """附件1（之二） …, for the second file."""
    if not number:
        return file
    path, said = PurePath(file), f"（之{_in_words(number + 1)}）"
    return (
        file.replace(label, label + said, 1) if label and file.startswith(label) else f"{path.stem}{said}{path.suffix}"
    )


def files(file: str, label: str, there: Container[str]) -> Iterator[str]:
    """Those files of an annex that are there, in their order."""
    number = 0
    while (name := _file(file, label, number)) in there:
        yield name
        number += 1


def _in_words(number: int) -> str:
    """2 as 二, 12 as 十二, 120 as 120."""
    tens, rest = divmod(number, 10)
    if tens > 9:
        return str(number)
    return (_NUMBERS[tens] if tens > 1 else "") + ("十" if tens else "") + (_NUMBERS[rest] if rest or not tens else "")


def index(found: Sequence[Part], here: str) -> SheetSpec:
    """The sheet that says on which sheet of which file each unit stands, with links, as it stands in the file `here`."""
    lines = [line for part in found for line in _lines(part, here)]
    first = found[0].sheet
    many = len({part.file for part in found})
    return SheetSpec(
        name=INDEX,
        title=f"{first.title}（{INDEX}）",
        label=first.label,
        left=first.left,
        right=first.right,
        columns=_COLUMNS,
        rows=pd.DataFrame(lines, columns=[*(column.key for column in _COLUMNS[1:]), _LINK]),
        note=f"一张工作表放不下，按单位分在{len(found)}张工作表、{many}个文件里，序号连着编；点单位名称就到它的第一行。"
        + ("几个文件请放在同一个文件夹里。" if many > 1 else ""),
        links=_LINK,
    )


def _lines(part: Part, here: str) -> Iterator[tuple[str, str, str, int, str]]:
    rows = part.sheet.rows
    quoted = "'" + part.sheet.name.replace("'", "''") + "'"
    for first, after in _runs(rows, _counted(rows)):
        unit = rows["unit"].iloc[first] if "unit" in rows else ""
        place = f"{quoted}!A{part.sheet.rows_over + first + 1}"
        link = place if part.file == here else f"external:{part.file}#{place}"
        yield unit if isinstance(unit, str) and unit else "（未注明）", part.sheet.name, part.file, after - first, link
