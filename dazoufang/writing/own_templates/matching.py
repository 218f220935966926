"""Which of our sheets a template's sheet is, and which of its columns shows what: headings by title and alias, as in any delivered form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from dazoufang.judging.heading_words import spellings
from dazoufang.judging.tables.headings import HEADING_ROWS, SEARCH_ROWS, find_heading, heading_paths, may_be_heading
from dazoufang.judging.tables.sheet_view import SheetView
from dazoufang.judging.which_form import GROUP, Headings, Match, Path
from dazoufang.model.terms import normalize
from dazoufang.rules.schema import FormSchema
from dazoufang.writing.own_templates.layout import Told, Way
from dazoufang.writing.sheets.columns import Column

_LEAST: Final = 3  # columns of a sheet that are known, or it is something else
TICK: Final = "√"


@dataclass(frozen=True)
class Found:
    """The headings of one sheet of a template: rows from 0, what each column shows, and the columns that two claim: (field,
    first, second). sure: they are those of this list and hardly of anything else."""

    top: int
    bottom: int
    told: tuple[Told, ...]
    twins: tuple[tuple[str, int, int], ...] = ()
    sure: bool = True


@dataclass(frozen=True)
class FormColumns:
    """The columns of a list, as a form has them. others: all forms, one of which it may be mistaken for. filled: other headings, each with the field that it asks about and the two
    words that answer it."""

    schema: FormSchema
    others: Mapping[str, FormSchema] = field(default_factory=dict)
    filled: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)

    def found(self, view: SheetView) -> Found | None:
        """The headings of this list on a sheet; None where it is something else."""
        headings = Headings({self.schema.name: self.schema})
        block = find_heading(view, headings, 0, (self.schema.title,))
        if block is None:
            return None
        told = [*_told(block.match), *self._answers(block.match, block.paths)]
        if len(told) < _LEAST or self._is_anothers(view, block.match.score):
            return None
        # Of two columns under one heading the one that holds something is read; a template is empty.
        aside = {each.column for each in block.asides} | view.hidden
        claimed = headings.match(self.schema.name, block.paths).twins
        twins = tuple(twin for twin in claimed if aside.isdisjoint(twin[1:]))
        in_order = tuple(sorted(told, key=lambda each: each.column))
        return Found(block.top, block.bottom, in_order, twins, block.match.sure)

    def _is_anothers(self, view: SheetView, score: float) -> bool:
        """Whether the headings of a sheet fit another form better."""
        block = find_heading(view, Headings({**self.others, self.schema.name: self.schema}), 0, (view.sheet.name,))
        if block is None or block.match.schema.name == self.schema.name:
            return False
        return block.match.sure and block.match.score > score

    def _answers(self, match: Match, paths: list[Path]) -> Iterator[Told]:
        known = {spelt: answer for heading, answer in self.filled.items() for spelt in spellings(heading)}
        for column in match.unknown:
            answer = next((known[spelt] for spelt in spellings(paths[column][-1]) if spelt in known), None)
            if answer is not None:
                yield Told(column, answer[0], Way.FILLED, answer[1:])


def _told(match: Match) -> Iterator[Told]:
    """What each column of a form's table shows."""
    for name, column in match.columns.items():
        if name not in match.parts and name not in match.ticks:
            yield Told(column, name)
    for name, run in match.parts.items():
        endings = tuple(ending for _, ending in run)
        for place, (column, _) in enumerate(run):
            yield Told(column, name, Way.PART, endings, place)
    for name, run in match.ticks.items():
        for column, choice in run:
            yield Told(column, name, Way.TICK, (choice,))


@dataclass(frozen=True)
class FigureColumns:
    """The columns of a table of figures, which is no form. aliases: key → other headings, with a group before | or without.
    named: the keys of what a row is about."""

    columns: tuple[Column, ...]
    aliases: Mapping[str, tuple[str, ...]]
    named: frozenset[str]

    def found(self, view: SheetView) -> Found | None:
        """The headings that explain most columns, one to three rows high; None where they are too few, or no row of them
        says what it is about."""
        best: Found | None = None
        for top in range(min(view.height, SEARCH_ROWS)):
            for bottom in range(top, min(top + HEADING_ROWS, view.height)):
                if not may_be_heading(view, top, bottom):
                    break
                found = self._at(heading_paths(view, top, bottom), top, bottom)
                if found is not None and (best is None or len(found.told) > len(best.told)):
                    best = found
        return best

    def _at(self, paths: list[Path], top: int, bottom: int) -> Found | None:
        known = self._known
        told: dict[str, int] = {}
        twins: list[tuple[str, int, int]] = []
        for column, path in enumerate(paths):
            key = _named(known, path)
            if key is not None and key in told:
                twins.append((key, told[key], column))
            elif key is not None:
                told[key] = column
        figures = told.keys() - self.named - {"serial"}
        if len(told) < _LEAST or not figures or not told.keys() & self.named:
            return None
        return Found(top, bottom, tuple(Told(at, key) for key, at in told.items()), tuple(twins))

    @property
    def _known(self) -> dict[tuple[str, str], str]:
        """(group or "", heading) → key; a heading that several groups have needs its group."""
        found: dict[tuple[str, str], str] = {}
        titles = [column.title for column in self.columns]
        for column in self.columns:
            if column.group:
                found.setdefault((normalize(column.group), normalize(column.title)), column.key)
            if titles.count(column.title) == 1:
                found.setdefault(("", normalize(column.title)), column.key)
            for alias in self.aliases.get(column.key, ()):
                group, _, leaf = alias.rpartition(GROUP)
                found.setdefault((normalize(group), normalize(leaf)), column.key)
        return found


def _named(known: Mapping[tuple[str, str], str], path: Path) -> str | None:
    if not path:
        return None
    groups = [spelt for over in path[:-1] for spelt in spellings(over)]
    for leaf in spellings(path[-1]):
        for group in (*groups, ""):
            if (group, leaf) in known:
                return known[group, leaf]
    return None
