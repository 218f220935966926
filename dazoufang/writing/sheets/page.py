"""The only writer of workbooks: tables as a county office prints them, and the forms that units fill."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Final

from xlsxwriter.utility import xl_rowcol_to_cell

from dazoufang.writing.sheets import cells, streamed, text_size
from dazoufang.writing.sheets.book import Book
from dazoufang.writing.sheets.cell_xml import Made
from dazoufang.writing.sheets.cells import CellKind
from dazoufang.writing.sheets.columns import FOOTER, STYLE, Column, SheetSpec, sheet_name, styles
from dazoufang.writing.sheets.form_checks import CHOICES_SHEET, Choices
from dazoufang.writing.sheets.form_page import BLANK_HEIGHT, FormPage
from dazoufang.writing.sheets.formats import HEADING_FONT, Formats
from dazoufang.writing.sheets.layout import laid_out, pixels
from dazoufang.writing.sheets.package import Drawn, finished
from dazoufang.writing.sheets.paper import Paper, paper_of
from dazoufang.writing.sheets.streamed import Streamed
from dazoufang.writing.sheets.surroundings import NAMED, Surroundings
from dazoufang.writing.sheets.table import Table
from dazoufang.writing.sheets.values import of_values

_GROUP_HEIGHT: Final = 22.5  # points; of the row over grouped headings, and of headings at least
_HALF_A_SCREEN: Final = 683  # pixels; the screens of the offices are 1366 wide
_LINK_COLOR: Final = "#1F4E9E"
_MOST_LINKS: Final = 60_000  # of a sheet; Excel takes 65,530

__all__ = ["FOOTER", "STYLE", "CellKind", "Column", "SheetSpec", "of_values", "workbook"]


def workbook(book: Book) -> bytes:
    """The book as an xlsx file; the same book gives the same bytes (nothing here reads a clock). Text is always text,
    whatever it begins with."""
    file = Drawn()
    moment = datetime(book.created.year, book.created.month, book.created.day)
    title = book.sheets[0].title if book.sheets else ""
    file.set_properties({"title": title, "author": book.author, "created": moment})
    formats = Formats(file, free=any(spec.blank_rows for spec in book.sheets))
    made, choices = Made(formats), Choices()
    taken: set[str] = set()
    for spec in book.sheets:
        sheet = file.add_worksheet(sheet_name(spec.name, taken), Streamed)
        _Page(sheet, formats, made, choices, spec, paper_of(spec.name, book.a3)).write()
    if choices.lists:
        hidden = file.add_worksheet(CHOICES_SHEET)
        hidden.very_hidden()
        for column, values in enumerate(choices.lists):
            for row, value in enumerate(values):
                hidden.write_string(row, column, value, formats.get(num_format="@"))
    return finished(file)


def get_ready(_: object) -> None:
    """For a child process: to be asked this is to load all that writes a workbook."""


class _Page:
    """Writes one sheet."""

    def __init__(
        self, sheet: Streamed, formats: Formats, made: Made, choices: Choices, spec: SheetSpec, paper: Paper
    ) -> None:
        self.sheet = sheet
        self.formats = formats
        self.spec = spec
        self.styles = styles(spec)
        self.layout = laid_out(spec, self.styles, paper)
        self.filled = self.layout.columns
        self.table = Table(self.filled, self.styles, made)
        self.surroundings = Surroundings(sheet, formats, spec, self.layout, paper)
        self.form = FormPage(sheet, formats, choices, spec, self.filled, len(self.styles)) if spec.is_form else None

    def write(self) -> None:
        self._columns()
        row = self.surroundings.over_the_table()
        if self.form:
            row = self.surroundings.footer(row)
        first_heading = row
        row = self._headings(row)
        first = row
        row = self._rows(first)
        self._screen(first_heading, first)
        if self.form:
            self.form.lock(first, row)
        else:
            overlong = sorted(self.table.overlong)[: NAMED + 1]
            row = self.surroundings.under_the_table(row, [self._serial(offset) for offset in overlong])
        self.surroundings.paper(first_heading, first - 1, row - 1, self.table.heights)

    def _columns(self) -> None:
        for index, filled_column in enumerate(self.filled):
            below = self.form.below(filled_column) if self.form else None
            self.sheet.set_column_pixels(index, index, pixels(filled_column.width), below)
        if self.form:
            self.form.free_the_rest()

    def _headings(self, row: int) -> int:
        grouped = any(filled_column.column.group for filled_column in self.filled)
        bottom, before = row + 1 if grouped else row, self.surroundings.written
        plain = {"font_name": HEADING_FONT, "border": 1, "align": "center", "text_wrap": True}
        plain["font_size"] = self.layout.size
        form, aside = self.formats.get(**plain), self.formats.get(**plain, bg_color="#EDEDED", font_color="#595959")
        index = 0
        while index < len(self.filled):
            column = self.filled[index].column
            end = index
            while column.group and end + 1 < len(self.filled) and self._same_group(index, end + 1):
                end += 1
            look = form if column.print else aside
            if column.group:
                self.surroundings.band(row, index, end, column.group, look)
            for at in range(index, end + 1):
                title = cells.clean(self.filled[at].column.title)
                if grouped and not column.group:
                    self.sheet.merge_range(row, at, bottom, at, "", look)
                    self.sheet.write_string(row, at, title, look)
                else:
                    self.sheet.write_string(bottom, at, title, look)
                if self.form:
                    self.form.guard(row if grouped and not column.group else bottom, at, title)
            index = end + 1
        size = self.layout.size
        counts = [
            text_size.lines(filled_column.column.title, text_size.capacity(filled_column.width, size))
            for filled_column in self.filled
        ]
        if grouped:
            self.surroundings.height(row, _GROUP_HEIGHT)
        self.surroundings.height(bottom, max(_GROUP_HEIGHT, text_size.row_height(max(counts, default=1), size)))
        self.surroundings.over = self.surroundings.written
        self.surroundings.headings = self.surroundings.over - before
        return bottom + 1

    def _same_group(self, first: int, second: int) -> bool:
        a, b = self.filled[first].column, self.filled[second].column
        return a.group == b.group and a.print == b.print

    def _serial(self, offset: int) -> str:
        serial = next((filled_column for filled_column in self.filled if filled_column.column.kind == "serial"), None)
        if serial is None:
            return str(offset + 1)
        return str(next(islice((value for block in serial.blocks() for value in block), offset, None)))

    def _rows(self, first: int) -> int:
        """Writes the rows (and the blank ones); returns the row after the last."""
        count = len(self.styles)
        if not count and not self.form:
            form = self.formats.cell("text", "", size=self.layout.size)
            self.surroundings.band(first, 0, self.surroundings.last, cells.clean(self.spec.empty), form)
            self.sheet.set_row(first, 28)
            return first + 1
        table = self.table
        self._links(first)
        surroundings = self.surroundings
        room = surroundings.paper_height - surroundings.over - sum(table.heights)
        ruled = self.form.ruled(room) if self.form else 0
        blank = [
            streamed.blank(self.formats.cell(filled.column.kind, "", align=filled.align, size=filled.size))
            for filled in (self.filled if ruled else ())
        ]
        rows = partial(table.rows, first, blank, ruled, BLANK_HEIGHT)
        self.sheet.put_rows(first, count + ruled, len(self.filled), rows)
        return first + count + ruled

    def _links(self, first: int) -> None:
        """Make cells links where the spec names targets for them: those of the first text column, and figures."""
        spec = self.spec
        texts = (n for n, filled_column in enumerate(self.filled) if filled_column.column.kind == "text")
        pairs = [(next(texts, None), spec.links)] if spec.links else []
        places = {filled_column.column.key: n for n, filled_column in enumerate(self.filled)}
        pairs += [(places.get(key), targets) for key, targets in spec.linked]
        room = _MOST_LINKS
        for at, name in pairs:
            targets = [] if at is None or name not in spec.rows else spec.rows[name].tolist()
            wanted = [(row, target) for row, target in enumerate(targets) if isinstance(target, str) and target]
            room -= len(wanted)
            if at is not None and room >= 0:
                self._linked(first, at, wanted)

    def _linked(self, first: int, at: int, wanted: Sequence[tuple[int, str]]) -> None:
        """Links in column `at`: row of the table → target; an empty cell is none."""
        filled = self.filled[at]
        values = [filled.written(value) for block in filled.blocks() for value in block] if wanted else []
        for row, target in wanted:
            value = values[row]
            if value is None or value == "":
                continue
            said = value if isinstance(value, str) else None
            form = self.formats.cell(
                filled.column.kind if said is None else "text", self.styles[row], align=filled.align, size=filled.size,
                color=_LINK_COLOR, quoted=said is not None and cells.looks_like_formula(said),
            )  # fmt: skip
            url = target if target.startswith("external:") else f"internal:{target}"
            self.sheet.write_url(first + row, at, url, form, str(value))
            self.table.put(
                at, row, streamed.text(value, form) if isinstance(value, str) else streamed.number(value, form)
            )

    def _screen(self, first_heading: int, first: int) -> None:
        self.sheet.freeze_panes(first, self._frozen())
        self.sheet.set_selection(first, 0, first, 0)
        rows = len(self.styles)
        while rows and self.styles[rows - 1] == "total":  # the total stays in sight whatever is filtered
            rows -= 1
        if rows and not self.form and self.filled:
            self.sheet.autofilter(first - 1, 0, first + rows - 1, len(self.filled) - 1)
        if self.filled:
            last = first + max(len(self.styles) + self.spec.blank_rows, 1) - 1
            area = f"A{first_heading + 1}:{xl_rowcol_to_cell(last, len(self.filled) - 1)}"
            self.sheet.ignore_errors({"number_stored_as_text": area})

    def _frozen(self) -> int:
        """How many columns stay in sight when the sheet is moved: to the last that says whose row it is, as long as half of
        a small screen is left."""
        used, frozen = 0, 0
        for index, filled_column in enumerate(self.filled):
            used += pixels(filled_column.width)
            if filled_column.column.names and used <= _HALF_A_SCREEN:
                frozen = index + 1
        return frozen
