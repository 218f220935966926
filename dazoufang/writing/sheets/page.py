"""The only writer of workbooks: tables as a county office prints them, and the forms that units fill."""

from __future__ import annotations

import io
from datetime import datetime

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from dazoufang.writing.sheets import cells, streamed, text_size
from dazoufang.writing.sheets.book import Book
from dazoufang.writing.sheets.cells import CellKind
from dazoufang.writing.sheets.columns import FOOTER, STYLE, Column, Filled, SheetSpec, fill, sheet_name, styles
from dazoufang.writing.sheets.form_checks import CHOICES_SHEET, Choices
from dazoufang.writing.sheets.form_page import BLANK_HEIGHT, FormPage
from dazoufang.writing.sheets.formats import HEADING_FONT, Formats
from dazoufang.writing.sheets.streamed import Streamed
from dazoufang.writing.sheets.surroundings import Surroundings
from dazoufang.writing.sheets.values import of_values
from dazoufang.writing.zip_headers import same_everywhere

__all__ = ["FOOTER", "STYLE", "Book", "CellKind", "Column", "SheetSpec", "of_values", "workbook"]


def workbook(book: Book) -> bytes:
    """The book as an xlsx file; the same book gives the same bytes (nothing here reads a clock). Text is always text,
    whatever it begins with."""
    buffer = io.BytesIO()
    file = xlsxwriter.Workbook(buffer, {"in_memory": True})
    moment = datetime(book.created.year, book.created.month, book.created.day)
    title = book.sheets[0].title if book.sheets else ""
    file.set_properties({"title": title, "author": book.author, "created": moment})
    formats = Formats(file, free=any(spec.blank_rows for spec in book.sheets))
    choices = Choices()
    taken: set[str] = set()
    for spec in book.sheets:
        _Page(file.add_worksheet(sheet_name(spec.name, taken), Streamed), formats, choices, spec).write()
    if choices.lists:
        hidden = file.add_worksheet(CHOICES_SHEET)
        hidden.very_hidden()
        for column, values in enumerate(choices.lists):
            for row, value in enumerate(values):
                hidden.write_string(row, column, value, formats.get(num_format="@"))
    file.close()
    return same_everywhere(buffer.getvalue())


class _Page:
    """Writes one sheet."""

    def __init__(self, sheet: Streamed, formats: Formats, choices: Choices, spec: SheetSpec) -> None:
        self.sheet = sheet
        self.formats = formats
        self.spec = spec
        self.styles = styles(spec)
        ordered = [c for c in spec.columns if c.print] + [c for c in spec.columns if not c.print]
        self.filled = [fill(column, spec, self.styles) for column in ordered]
        self.overlong: set[int] = set()  # rows with text that no row height can show
        self.surroundings = Surroundings(sheet, formats, spec, self.filled)
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
            row = self.surroundings.under_the_table(row, [self._serial(offset) for offset in sorted(self.overlong)])
        self.surroundings.paper(first_heading, first - 1, row - 1)

    def _columns(self) -> None:
        for index, filled_column in enumerate(self.filled):
            self.sheet.set_column(
                index, index, filled_column.width, self.form.below(filled_column) if self.form else None
            )
        if self.form:
            self.form.free_the_rest()

    def _headings(self, row: int) -> int:
        grouped = any(filled_column.column.group for filled_column in self.filled)
        bottom = row + 1 if grouped else row
        plain = {"font_name": HEADING_FONT, "border": 1, "align": "center", "text_wrap": True}
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
        counts = [
            text_size.lines(filled_column.column.title, text_size.capacity(filled_column.width))
            for filled_column in self.filled
        ]
        if grouped:
            self.surroundings.height(row, 22)
        self.surroundings.height(bottom, max(28, text_size.row_height(max(counts, default=1))))
        return bottom + 1

    def _same_group(self, first: int, second: int) -> bool:
        a, b = self.filled[first].column, self.filled[second].column
        return a.group == b.group and a.print == b.print

    def _serial(self, offset: int) -> str:
        serials = next(
            (filled_column.cells for filled_column in self.filled if filled_column.column.kind == "serial"), None
        )
        return str(serials[offset] if serials else offset + 1)

    def _rows(self, first: int) -> int:
        """Writes the rows (and the blank ones); returns the row after the last."""
        count = len(self.styles)
        if not count and not self.form:
            form = self.formats.cell("text", "")
            self.surroundings.band(first, 0, self.surroundings.last, cells.clean(self.spec.empty), form)
            self.sheet.set_row(first, 28)
            return first + 1
        heights: list[float] = [text_size.row_height(1)] * count
        columns = [
            self._texts(filled_column, heights) if filled_column.column.kind == "text" else self._numbers(filled_column)
            for filled_column in self.filled
        ]
        self._links(first, columns)
        surroundings = self.surroundings
        ruled = self.form.ruled(surroundings.page_height - surroundings.over - sum(heights)) if self.form else 0
        for column, filled_column in zip(columns, self.filled, strict=True):
            column += [
                streamed.blank(self.formats.cell(filled_column.column.kind, "", align=filled_column.align))
            ] * ruled
        self.sheet.put_table(first, columns, heights + [BLANK_HEIGHT] * ruled, free=ruled)
        return first + count + ruled

    def _texts(self, filled_column: Filled, heights: list[float]) -> list[str]:
        """One column of text; `heights` grow to what it needs."""
        usual, made = filled_column.align, []
        cells_of: dict[tuple[str, str], tuple[str, float]] = {}  # the same text in the same style is made once
        for offset, (text, style) in enumerate(zip(filled_column.cells, self.styles, strict=True)):
            shown = text if isinstance(text, str) else ""
            if (shown, style) not in cells_of:
                cells_of[shown, style] = self._text_cell(shown, style, filled_column.width, usual)
            cell, height = cells_of[shown, style]
            if height > text_size.TALLEST:
                self.overlong.add(offset)
                height = text_size.TALLEST
            if height > heights[offset]:
                heights[offset] = height
            made.append(cell)
        return made

    def _text_cell(self, text: str, style: str, width: float, usual: str) -> tuple[str, float]:
        """One cell of text, and the row height it needs (not capped)."""
        if not text:
            return streamed.blank(self.formats.cell("text", style, align=usual)), 0
        height, align, size = self._measure(text, width, usual)
        # Old Excel shows ##### for more than 255 characters in a cell of format @.
        quoted = cells.looks_like_formula(text)
        literal = len(text) <= 255 or quoted
        form = self.formats.cell("text", style, align=align, size=size, literal=literal, quoted=quoted)
        return streamed.text(text, form), height

    @staticmethod
    def _measure(text: str, width: float, usual: str) -> tuple[float, str, int]:
        """Row height, alignment and size of one text; the height is not capped."""
        count = text_size.lines(text, text_size.capacity(width))
        if count == 1:
            return text_size.row_height(1), usual, text_size.SIZES[0]
        size = text_size.SIZES[0]
        if count > text_size.most_lines(size):
            size = text_size.size_for(text, width)
            count = text_size.lines(text, text_size.capacity(width, size))
        return text_size.row_height(count, size), "left" if count > 2 else usual, size

    def _numbers(self, filled_column: Filled) -> list[str]:
        """One column of dates, numbers, percentages or serials; a text among them is written as text."""
        kind, made = filled_column.column.kind, []
        forms = {style: self.formats.cell(kind, style) for style in dict.fromkeys(self.styles)}
        for value, style in zip(filled_column.cells, self.styles, strict=True):
            if isinstance(value, str):
                form = self.formats.cell("text", style, quoted=cells.looks_like_formula(value))
                made.append(streamed.text(value, form))
            elif value is None:
                made.append(streamed.blank(forms[style]))
            else:
                made.append(streamed.number(value, forms[style]))
        return made

    def _links(self, first: int, columns: list[list[str]]) -> None:
        """Make the cells of the first text column links where the spec names targets for them."""
        if not self.spec.links or self.spec.links not in self.spec.rows:
            return
        at = next((n for n, filled_column in enumerate(self.filled) if filled_column.column.kind == "text"), None)
        if at is None:
            return
        filled_column = self.filled[at]
        for offset, target in enumerate(self.spec.rows[self.spec.links].tolist()):
            text = filled_column.cells[offset]
            if isinstance(target, str) and target and isinstance(text, str) and text:
                form = self.formats.cell(
                    "text", self.styles[offset], align=filled_column.align, color="#1F4E9E",
                    quoted=cells.looks_like_formula(text),
                )  # fmt: skip
                self.sheet.write_url(first + offset, at, f"internal:{target}", form, text)
                columns[at][offset] = streamed.text(text, form)

    def _screen(self, first_heading: int, first: int) -> None:
        self.sheet.freeze_panes(first, 0)
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
