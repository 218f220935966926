"""One sheet of a template with its rows in place: what stands above stays, what stands below moves, sums and areas grow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from dazoufang.model.cell_names import Area, column_letters
from dazoufang.writing.answers.xml_bytes import Edits, Element, content, head_with, quoted
from dazoufang.writing.own_templates.blank import BlankSheet, Looks, Run
from dazoufang.writing.own_templates.layout import Layout
from dazoufang.writing.own_templates.placeholders import Change, asks, changed_runs, changes
from dazoufang.writing.own_templates.rows import BodyRows, cell, summed
from dazoufang.writing.own_templates.shifting import SUMS, Growth, moved, named, one_column
from dazoufang.writing.sheets import text_size
from dazoufang.writing.sheets.cells import Cell

_COUNT: Final = re.compile(r"共[\s_＿]*\d*[\s_＿]*(?:件|户|行|人|条|宗|起)[次]?")
# Behind the rows, these name areas by a ref or sqref.
_AREAS: Final = ("ref", "sqref")
_FORMULAS: Final = frozenset({"formula", "formula1", "formula2", "f"})


@dataclass(frozen=True)
class Around:
    """What is said around the tables of a book. known, fields: as `placeholders.changes` has them. label: of the annex as the
    template has it, and `marked` as this audience has it. title: what belongs behind the title (whose rows these are)."""

    known: Mapping[str, str]
    fields: Mapping[str, str]
    label: str = ""
    marked: str = ""
    title: str = ""


@dataclass
class FilledSheet:
    """One sheet as it is written. growths: sheet → how its rows moved, of all sheets that are filled. uncalculated: some
    formula has no value yet."""

    sheet: BlankSheet
    looks: Looks
    growths: Mapping[str, Growth]
    around: Around
    layout: Layout | None = None
    rows: BodyRows | None = None
    uncalculated: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._edits = Edits(self.sheet.data)
        self._own = self.growths.get(self.sheet.name)
        self._instead: dict[tuple[int, int], str] = {}

    def made(self) -> bytes:
        """The part."""
        self._say_around()
        self._fill_total()
        self._write_rows()
        for element in self.sheet.root.children:
            if element.name not in ("sheetData", "mergeCells", "hyperlinks", "sheetViews"):
                self._move_areas(element)
        self._move_merges()
        self._move_links()
        self._move_breaks()
        return self._edits.made()

    # -- around the table ------------------------------------------------------------------------------------

    def _texts(self) -> list[tuple[int, int, list[Run]]]:
        """The cells with text that are not among the sample rows or headings."""
        layout, found = self.layout, []
        for row in self.sheet.rows:
            if layout is not None and layout.top <= row <= layout.last:
                continue
            for column, there in self.sheet.rows[row].cells.items():
                runs = self.sheet.runs(there)
                if runs and there.child("f") is None:
                    found.append((row, column, runs))
        return found

    def _say_around(self) -> None:
        """Fill what the program knows, and mark a list of which this audience does not see everything."""
        if self.layout is None:
            return
        marks = self._marks()
        for row, column, runs in self._texts():
            text = "".join(piece for _, piece in runs)
            key = asks(text)
            if key and (beside := self._beside(row, column)) is not None:
                self._put(row, beside, [(b"", self.around.known[key])])
                continue
            made = changes(text, self.around.known, self.around.fields)
            made = sorted([*made, *marks.get((row, column), [])])
            if made:
                self._put(row, column, changed_runs(runs, made))

    def _marks(self) -> dict[tuple[int, int], list[Change]]:
        """(row, column) → what is added there: to the label of the annex the audience, to the title whose rows these are."""
        assert self.layout is not None  # noqa: S101
        above = [(row, column, runs) for row, column, runs in self._texts() if row < self.layout.top]
        texts = {(row, column): "".join(piece for _, piece in runs) for row, column, runs in above}
        found: dict[tuple[int, int], list[Change]] = {}
        behind = self.around.title
        if self.around.marked != self.around.label:
            at = next((at for at, text in texts.items() if text.strip().startswith(self.around.label)), None)
            added = self.around.marked.removeprefix(self.around.label)
            if at is not None:
                place = texts[at].index(self.around.label) + len(self.around.label)
                found[at] = [Change(place, place, added)]
            else:
                behind += added
        if behind and texts:
            at = self._title(texts)
            found.setdefault(at, []).append(Change(len(texts[at].rstrip()), len(texts[at].rstrip()), behind))
        return found

    def _title(self, texts: Mapping[tuple[int, int], str]) -> tuple[int, int]:
        """The cell of the title: the widest merged of those above the table that is no label."""
        label = self.around.label
        able = [at for at, text in texts.items() if not (label and text.strip() == label)] or list(texts)
        return max(able, key=lambda at: (self.sheet.anchor(*at)[3] - at[1], -at[0], -at[1]))

    def _beside(self, row: int, column: int) -> int | None:
        """The empty cell next to a label that its value belongs into; None where the label keeps it itself."""
        right = self.sheet.anchor(row, column)[3] + 1
        there = self.sheet.cell(row, right)
        if there is None or self.sheet.value(row, right) is not None or there.child("f") is not None:
            return None
        wide = self.sheet.anchor(row, right)
        ruled = self.looks.has_lines(self.sheet.style(row, right)) or wide[3] > wide[1]
        colon = self.sheet.text(row, column).rstrip().endswith((":", "："))
        return right if ruled or not colon else None

    def _put(self, row: int, column: int, runs: list[Run]) -> None:
        """Let a text of these pieces stand in a cell."""
        p = self.sheet.table.prefix
        where = f"{column_letters(column)}{self._moved(row) + 1}"
        style = self.sheet.style(row, column)
        if len(runs) == 1 and not runs[0][0]:
            self._instead[row, column] = cell(p, where, style, runs[0][1])
            return
        pieces = "".join(
            f'<{p}r>{look.decode()}<{p}t xml:space="preserve">{content(text)}</{p}t></{p}r>'
            for look, text in runs
            if text
        )
        self._instead[row, column] = f'<{p}c r="{where}" s="{style}" t="inlineStr"><{p}is>{pieces}</{p}is></{p}c>'

    # -- 合计 ------------------------------------------------------------------------------------------------

    def _fill_total(self) -> None:
        """The row of 合计: a formula that gives our figure stays and grows; figures, and formulas that give another, are
        replaced by ours."""
        layout, rows = self.layout, self.rows
        if layout is None or rows is None or layout.total is None:
            return
        at = layout.total
        p, place = self.sheet.table.prefix, self._moved(at) + 1
        for column in self.sheet.rows[at].cells:
            where, style = f"{column_letters(column)}{place}", self.sheet.style(at, column)
            figure = rows.totals.get(column)
            formula = self.sheet.formula(at, column)
            if formula:
                value = self._calculated(formula)
                known = isinstance(figure, int | float)
                if known and value is not None and value != figure:
                    self._instead[at, column] = cell(p, where, style, figure)
                    continue
                shown = value if value is not None else figure if known else None
                self.uncalculated = self.uncalculated or shown is None
                grown = self._formula(formula, grows=True)
                self._instead[at, column] = cell(p, where, style, shown, grown)
            elif isinstance(figure, int | float) and not self.sheet.text(at, column):
                self._instead[at, column] = cell(p, where, style, figure)
        for said, column in rows.said.items():
            self._say_count(at, said, column, anywhere=not rows.totals)

    def _calculated(self, formula: str) -> Cell:
        """What a sum or a count over the rows gives; None for any other formula."""
        assert self.rows is not None and self._own is not None  # noqa: S101
        found = one_column(formula)
        if found is None or not (self._own.holds(found[2]) or self._own.holds(found[3])):
            return None
        name, column, first, last = found
        values = self.rows.columns.get(column)
        outside = [row for row in range(first, last + 1) if not self._own.holds(row)]
        if values is None or any(self.sheet.value(row, column) is not None for row in outside):
            return None
        if name in SUMS:
            return summed(values)
        numbers = name in ("COUNT",)
        return sum(isinstance(value, int | float) if numbers else value not in (None, "") for value in values)

    def _say_count(self, row: int, said: str, own: int, *, anywhere: bool) -> None:
        """共3件: where the template says it with a blank, else in its own column, or (`anywhere`) in the first free cell that it
        fits into."""
        cells = sorted(self.sheet.rows[row].cells)
        for column in cells:
            text = self.sheet.text(row, column)
            if found := _COUNT.search(text):
                runs = self.sheet.runs(self.sheet.rows[row].cells[column])
                self._put(row, column, changed_runs(runs, [Change(found.start(), found.end(), said)]))
                return
        label = next((column for column in cells if self.sheet.text(row, column)), -1)
        for column in (own, *cells) if anywhere else (own,):
            area = self.sheet.anchor(row, column)
            free = (
                column in self.sheet.rows[row].cells
                and column > label
                and (row, column) not in self._instead
                and self.sheet.value(row, column) is None
            )
            if not free or area[1] != column or area[1] <= label <= area[3]:
                continue
            size = self.looks.size(self.sheet.style(row, column))
            if text_size.units(said) <= text_size.capacity(self.sheet.width(area[1], area[3]), size):
                self._put(row, column, [(b"", said)])
                return

    # -- rows ------------------------------------------------------------------------------------------------

    def _moved(self, row: int) -> int:
        return self._own.row(row) if self._own else row

    def _formula(self, formula: str, *, grows: bool = False) -> str:
        return moved(formula, self.growths, self.sheet.name, grows=grows)

    def _write_rows(self) -> None:
        layout = self.layout
        for number, row in self.sheet.rows.items():
            if layout is not None and self.rows is not None and layout.first <= number <= layout.last:
                new = b"".join(self.rows.xml()) if number == layout.first else b""
                self._edits.replace(row.element.start, row.element.end, new)
                continue
            place = self._moved(number)
            if place != number:
                head = head_with(self.sheet.data, row.element, r=str(place + 1))
                self._edits.replace(row.element.start, row.element.head, head)
            for column, there in row.cells.items():
                self._write_cell(number, column, there, place)
        if self.rows is not None:
            self.uncalculated = self.uncalculated or self.rows.formulas_left()

    def _write_cell(self, row: int, column: int, there: Element, place: int) -> None:
        """A cell outside of the sample rows."""
        if (row, column) in self._instead:
            self._edits.replace(there.start, there.end, self._instead[row, column].encode())
            return
        formula = there.child("f")
        if place != row:
            where = f"{column_letters(column)}{place + 1}"
            self._edits.replace(there.start, there.head, head_with(self.sheet.data, there, r=where))
        if formula is None or not self.growths:
            return
        grown = self._formula(formula.text)
        if grown == formula.text:
            return
        attributes = {"ref": self._refs(formula.attributes["ref"])} if "ref" in formula.attributes else {}
        head = head_with(self.sheet.data, formula, **attributes)
        self._edits.replace(formula.start, formula.tail, head + content(grown).encode())
        if (shown := there.child("v")) is not None:  # the value of other rows
            self._edits.remove([shown])
            self.uncalculated = True

    # -- behind the rows -------------------------------------------------------------------------------------

    def _refs(self, refs: str) -> str:
        return self._own.ref(refs) if self._own else refs

    def _move_areas(self, element: Element) -> None:
        """Areas and formulas of conditional formats, checks, filters, protected areas and the like."""
        for each in element.walk():
            changed = {
                key: grown
                for key in _AREAS
                if key in each.attributes and (grown := self._refs(each.attributes[key])) != each.attributes[key]
            }
            if changed:
                self._edits.replace(each.start, each.head, head_with(self.sheet.data, each, **changed))
            if each.name in _FORMULAS and not each.children and each.text:
                grown = self._formula(each.text)
            elif each.name == "sqref":
                grown = self._refs(each.text)
            else:
                continue
            if grown != each.text:
                self._edits.replace(each.head, each.tail, content(grown).encode())

    def _move_merges(self) -> None:
        """Merged areas: those within a sample row come once a row, those over all of them grow."""
        found = self.sheet.root.child("mergeCells")
        if found is None or self._own is None or self.rows is None:
            return
        areas: list[Area] = []
        for area in self.sheet.merges:
            if not (area[0] == area[2] and self._own.holds(area[0])):
                areas.append(self._own.area(area))
        areas += self.rows.merges()
        p = found.prefix
        inside = "".join(f"<{p}mergeCell ref={quoted(named(area))}/>" for area in areas if area[:2] != area[2:])
        head = f'<{p}mergeCells count="{len(areas)}">'
        written = f"{head}{inside}</{p}mergeCells>" if areas else ""
        self._edits.replace(found.start, found.end, written.encode())

    def _move_links(self) -> None:
        """Links: those of an example go with it."""
        found = self.sheet.root.child("hyperlinks")
        if found is None or self._own is None:
            return
        links = found.all("hyperlink")
        gone = [link for link in links if self._is_within(link.attributes.get("ref", ""))]
        if len(gone) == len(links):
            self._edits.remove([found])
            return
        self._edits.remove(gone)
        for link in links:
            if link not in gone and (ref := self._refs(link.attributes.get("ref", ""))) != link.attributes.get("ref"):
                self._edits.replace(link.start, link.head, head_with(self.sheet.data, link, ref=ref))

    def _is_within(self, ref: str) -> bool:
        assert self._own is not None  # noqa: S101
        digits = re.findall(r"\d+", ref)
        return bool(digits) and all(self._own.holds(int(digit) - 1) for digit in digits)

    def _move_breaks(self) -> None:
        """Page breaks below the table move; those between sample rows go."""
        found = self.sheet.root.child("rowBreaks")
        if found is None or self._own is None:
            return
        kept = []
        for entry in found.all("brk"):
            row = int(entry.attributes.get("id", 0))  # the page begins below row `id` (from 1)
            if row <= self._own.first:
                kept.append(self.sheet.data[entry.start : entry.end])
            elif row > self._own.last:
                kept.append(
                    head_with(self.sheet.data, entry, id=str(row + self._own.by))
                    + self.sheet.data[entry.head : entry.end]
                )
        p, count = found.prefix, len(kept)
        head = f'<{p}rowBreaks count="{count}" manualBreakCount="{count}">'.encode()
        written = head + b"".join(kept) + f"</{p}rowBreaks>".encode() if kept else b""
        self._edits.replace(found.start, found.end, written)
