"""What is known of a template of the office: which of our sheets each of its sheets is, and where everything stands on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from dazoufang.system import files
from dazoufang.writing.sheets.book import Book


class Way(StrEnum):
    """How a column of a template tells a field."""

    WHOLE = "whole"
    TICK = "tick"  # √ under the choice that heads it
    PART = "part"  # one of several columns: 村 | 组
    FILLED = "filled"  # one word where there is something, another where there is nothing: 是否息访


@dataclass(frozen=True)
class Told:
    """One column of a template, from 0, and the column of ours that it shows. words: of TICK the choice, of PART the endings
    of all parts, of which `place` is this one, of FILLED the two words."""

    column: int
    key: str
    way: Way = Way.WHOLE
    words: tuple[str, ...] = ()
    place: int = 0


@dataclass(frozen=True)
class Layout:
    """One sheet of a template that is filled; rows from 0.

    spec: which sheet of the book it shows. top, bottom: the first and last row of its headings. first, last: the rows that
    show how a row looks, in whose place the rows come. total: the row of 合计 below them. subtotals: the sample row of a 小计;
    where there is one, those of ours are shown, each as that row looks. by_unit: one row a unit, the 小计 of ours.
    """

    spec: int
    sheet: str
    part: str
    top: int
    bottom: int
    first: int
    last: int
    told: tuple[Told, ...]
    total: int | None = None
    subtotals: int | None = None
    by_unit: bool = False

    @property
    def keys(self) -> frozenset[str]:
        """What the sheet shows."""
        return frozenset(told.key for told in self.told)


@dataclass(frozen=True)
class DressedBook:
    """A book that is to be written into a template of the office. day: what stands behind 填报时间. fields: what {{…}} stand
    for. label: of the annex, without the audience."""

    book: Book
    template: bytes
    layouts: tuple[Layout, ...]
    label: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    appended: tuple[int, ...] = ()  # the sheets of the book that the template lacks
    whose: str = ""  # what belongs behind its title: whose rows these are

    @property
    def cells(self) -> int:
        """How many cells its tables have."""
        return self.book.cells

    @cached_property
    def digest(self) -> str:
        """A short hash of all that it is written from."""
        about = repr((self.layouts, self.label, self.fields, self.appended)).encode("utf-8", "surrogatepass")
        return f"{self.book.digest} {files.sha256(self.template)[:16]} {files.sha256(about)[:16]}"
