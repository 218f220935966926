"""The only writer of workbooks: tables as a county office prints them, and the forms that units fill."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell

from dazoufang.writing.sheets import cells, form_checks, streamed, text_size
from dazoufang.writing.sheets.cells import Kind
from dazoufang.writing.sheets.form_checks import CHOICES_SHEET, Choices
from dazoufang.writing.sheets.spec import FOOTER, STYLE, Column, Filled, SheetSpec, fill, sheet_name, styles
from dazoufang.writing.sheets.streamed import Streamed
from dazoufang.writing.sheets.values import of_values
from dazoufang.writing.zip_headers import same_everywhere

__all__ = ["FOOTER", "STYLE", "Column", "Kind", "SheetSpec", "of_values", "workbook"]

# 方正小标宋简体 and 黑体 are what official papers ask for. A workbook names one font a cell and carries none: where the
# office lacks it, Excel and WPS take 宋体 (that is what charset GB2312 asks for), LibreOffice its own substitute.
TITLE_FONT: Final = "方正小标宋简体"
HEADING_FONT: Final = "黑体"
TEXT_FONT: Final = "宋体"

_LAST_COLUMN: Final = 16_383
_PAPER_PIXELS: Final = (297 / 25.4 - 0.8) * 96  # A4 across, less the margins
_PAPER_POINTS: Final = (210 / 25.4 - 1.3) * 72
_LARGEST: Final = 1.4  # times; what stands over a wide form need not be larger
_BLANK_HEIGHT: Final = 24.0  # points
_LEAST_RULED: Final = 10

_TINTS: Final = {
    "subtotal": "#F2F2F2",
    "total": "#E4E4E4",
    "提醒": "#FFF9DB",
    "预警": "#FFE8CC",
    "逾期": "#FCE4E4",
    "严重逾期": "#F7C6C6",
    cells.SAMPLE: "#F2F2F2",
}


def workbook(sheets: Sequence[SheetSpec], *, created: date, author: str = "") -> bytes:
    """The sheets as an xlsx file; the same input gives the same bytes. The first sheet is the one that opens.

    `created` is the only date in it (nothing here reads a clock). Text is always text, whatever it begins with.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    moment = datetime(created.year, created.month, created.day)
    book.set_properties({"title": sheets[0].title if sheets else "", "author": author, "created": moment})
    formats = _Formats(book, free=any(spec.blank_rows for spec in sheets))
    choices = Choices()
    taken: set[str] = set()
    for spec in sheets:
        _Page(book.add_worksheet(sheet_name(spec.name, taken), Streamed), formats, choices, spec).write()
    if choices.lists:
        hidden = book.add_worksheet(CHOICES_SHEET)
        hidden.very_hidden()
        for column, values in enumerate(choices.lists):
            for row, value in enumerate(values):
                hidden.write_string(row, column, value, formats.get(num_format="@"))
    book.close()
    return same_everywhere(buffer.getvalue())


class _Formats:
    """Cell formats by their properties, each made once, in the order first asked for. `free`: what may be filled in can
    be, where the sheet is locked."""

    def __init__(self, book: xlsxwriter.Workbook, *, free: bool) -> None:
        self._book = book
        self._free = {"locked": 0} if free else {}
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def get(self, **properties: object) -> Format:
        full = {"font_name": TEXT_FONT, "font_size": 10, "font_charset": 134, "valign": "vcenter", **properties}
        full |= self._free if full.pop("open", False) else {}
        key = tuple(sorted(full.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(full)
        return self._made[key]

    def lines(self) -> Format:
        """Nothing but lines around a cell, to be laid over what it looks like."""
        return self._book.add_format({"border": 1})

    def cell(
        self, kind: Kind, style: str, *, align: str = "center", size: int = 10, literal: bool = True, color: str = "",
        border: int = 1,
    ) -> Format:  # fmt: skip
        """A cell of the table. `literal`: the cell stays text when somebody edits it."""
        properties: dict[str, object] = {"border": border, "align": align, "font_size": size, "open": True}
        if color:
            properties["font_color"] = color
        if kind == "date":
            properties["num_format"] = "yyyy-mm-dd"
        elif kind == "percent":
            properties["num_format"] = "0.0%"
        elif kind == "int" or kind == "serial":
            properties["num_format"] = "0"
        elif literal:
            properties["num_format"] = "@"
        if kind == "text":
            properties["text_wrap"] = True
        if style in _TINTS:
            properties["bg_color"] = _TINTS[style]
        if style in cells.TOTALS:
            properties["bold"] = True
        if style == cells.SAMPLE:
            properties["font_color"] = "#7F7F7F"
        return self.get(**properties)


class _Page:
    """Writes one sheet."""

    def __init__(self, sheet: Streamed, formats: _Formats, choices: Choices, spec: SheetSpec) -> None:
        self.sheet = sheet
        self.formats = formats
        self.choices = choices
        self.spec = spec
        self.is_form = spec.blank_rows > 0
        self.styles = styles(spec)
        ordered = [c for c in spec.columns if c.print] + [c for c in spec.columns if not c.print]
        self.filled = [fill(column, spec, self.styles) for column in ordered]
        self.printed = sum(column.print for column in ordered)
        self.last = max(self.printed, 1) - 1  # the last printed column
        self.overlong: set[int] = set()  # rows with text that no row height can show
        # A wide form is printed smaller, so what stands over its table is made larger.
        shrunk = sum(one.width * 7 + 5 for one in self.filled[: self.last + 1]) / _PAPER_PIXELS
        self.enlarge = min(_LARGEST, max(1.0, shrunk)) if self.is_form else 1.0
        self.page_height = _PAPER_POINTS * max(1.0, shrunk)
        self.over = 0.0  # points that stand over the rows of a form

    def write(self) -> None:
        self._columns()
        row = self._over_the_table()
        if self.is_form:
            row = self._footer(row)
        first_heading = row
        row = self._headings(row)
        first = row
        row = self._rows(first)
        self._screen(first_heading, first)
        if self.is_form:
            self._form(first, row)
        else:
            row = self._under_the_table(row)
        self._paper(first_heading, first - 1, row - 1)

    # -- around the table --------------------------------------------------------------------------------------

    def _columns(self) -> None:
        for index, one in enumerate(self.filled):
            below = None
            if self.is_form:  # rows below the ruled ones keep telephone numbers and dates as they are typed
                below = self.formats.cell(one.column.kind, "", align=one.align, border=0)
            self.sheet.set_column(index, index, one.width, below)
        if self.is_form:  # a row can be deleted only where none of its cells is locked
            self.sheet.set_column(len(self.filled), _LAST_COLUMN, None, self.formats.get(open=True))

    def _height(self, row: int, points: float) -> None:
        self.sheet.set_row(row, points)
        self.over += points

    def _span(self, first: int, last: int) -> float:
        """The width of columns `first` to `last` together, in characters."""
        return sum(one.width for one in self.filled[first : last + 1]) + (last - first) * 5 / 7

    def _band(self, row: int, first: int, last: int, text: str, form: Format) -> None:
        """One text over several columns."""
        if last > first:
            self.sheet.merge_range(row, first, row, last, "", form)
        underlined = text.rstrip("\u3000")
        tail = text[len(underlined) :]
        if underlined and len(tail) > 1:
            size = self._size(12)
            line = self.formats.get(font_size=size, underline=1)
            plain = self.formats.get(font_size=size)
            self.sheet.write_rich_string(row, first, plain, underlined, line, tail, form)
        else:
            self.sheet.write_string(row, first, text, form)

    def _size(self, points: float) -> int:
        """A size over the table that reads as `points` on paper."""
        return round(points * self.enlarge)

    def _over_the_table(self) -> int:
        spec, get, row = self.spec, self.formats.get, 0
        whole = self._span(0, self.last)
        if spec.label:
            self.sheet.write_string(row, 0, spec.label, get(font_name=HEADING_FONT, font_size=16))
            self.sheet.set_row(row, 26)
            row += 1
        if spec.title:
            size = self._size(22)
            title = get(font_name=TITLE_FONT, font_size=size, align="center", text_wrap=True)
            self._band(row, 0, self.last, cells.clean(spec.title), title)
            count = text_size.lines(spec.title, text_size.capacity(whole, size))
            self._height(row, min(text_size.TALLEST, text_size.row_height(count, size)))
            row += 1
        if spec.lead:
            lead, size = cells.clean(spec.lead), self._size(10)
            self._band(row, 0, self.last, lead, get(align="left", text_wrap=True, font_size=size))
            height = text_size.row_height(text_size.lines(lead, text_size.capacity(whole, size)), size)
            self._height(row, min(text_size.TALLEST, height))
            row += 1
        if spec.left or spec.right:
            row = self._sides(row)
        return row

    def _sides(self, row: int) -> int:
        """填报单位 on the left, the date on the right; the seam lies where both have room."""
        left, right = cells.clean(self.spec.left), cells.clean(self.spec.right)
        size = self._size(12)
        forms = (
            self.formats.get(font_size=size, align="left", text_wrap=True, open=True),
            self.formats.get(font_size=size, align="right", text_wrap=True, open=True),
        )
        if self.last == 0:
            self._band(row, 0, 0, left + right, forms[0])
            self._height(row, 24)
            return row + 1
        need = [max(text_size.units(text), 1) for text in (left, right)]
        spans = [(self._span(0, seam), self._span(seam + 1, self.last)) for seam in range(self.last)]
        ease = [min(room / units for room, units in zip(rooms, need, strict=True)) for rooms in spans]
        seam = ease.index(max(ease))
        count = max(
            text_size.lines(text, text_size.capacity(room * 0.9, size))  # whatever font stands in for 宋体
            for text, room in zip((left, right), spans[seam], strict=True)
        )
        self._band(row, 0, seam, left, forms[0])
        self._band(row, seam + 1, self.last, right, forms[1])
        self._height(row, text_size.row_height(count, size))
        return row + 1

    def _headings(self, row: int) -> int:
        grouped = any(one.column.group for one in self.filled)
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
                self._band(row, index, end, column.group, look)
            for at in range(index, end + 1):
                title = cells.clean(self.filled[at].column.title)
                if grouped and not column.group:
                    self.sheet.merge_range(row, at, bottom, at, "", look)
                    self.sheet.write_string(row, at, title, look)
                else:
                    self.sheet.write_string(bottom, at, title, look)
                if self.is_form:
                    self._guard(row if grouped and not column.group else bottom, at, title)
            index = end + 1
        counts = [text_size.lines(one.column.title, text_size.capacity(one.width)) for one in self.filled]
        if grouped:
            self._height(row, 22)
        self._height(bottom, max(28, text_size.row_height(max(counts, default=1))))
        return bottom + 1

    def _same_group(self, one: int, other: int) -> bool:
        a, b = self.filled[one].column, self.filled[other].column
        return a.group == b.group and a.print == b.print

    def _under_the_table(self, row: int) -> int:
        notes = [cells.clean(self.spec.note)] if self.spec.note else []
        if self.overlong:
            shown = "、".join(self._row_name(offset) for offset in sorted(self.overlong)[:10])
            more = "等" if len(self.overlong) > 10 else ""
            notes.append(f"序号{shown}{more}内容过长，纸上未能全部印出，全文见电子表。")
        if notes:
            text = "注：" + "\n".join(notes)
            self._band(row, 0, self.last, text, self.formats.get(align="left", text_wrap=True))
            count = text_size.lines(text, text_size.capacity(self._span(0, self.last)))
            self.sheet.set_row(row, min(text_size.TALLEST, text_size.row_height(count)))
            row += 1
        return self._footer(row)

    def _footer(self, row: int) -> int:
        if not self.spec.footer:
            return row
        form = self.formats.get(font_size=self._size(12), align="left", open=True)
        self._band(row, 0, self.last, cells.clean(self.spec.footer), form)
        self._height(row, 30)
        return row + 1

    def _row_name(self, offset: int) -> str:
        serials = next((one.cells for one in self.filled if one.column.kind == "serial"), None)
        return str(serials[offset] if serials else offset + 1)

    # -- the table -----------------------------------------------------------------------------------------------

    def _rows(self, first: int) -> int:
        """Writes the rows (and the blank ones); returns the row after the last."""
        count = len(self.styles)
        if not count and not self.is_form:
            form = self.formats.cell("text", "")
            self._band(first, 0, self.last, cells.clean(self.spec.empty), form)
            self.sheet.set_row(first, 28)
            return first + 1
        heights: list[float] = [text_size.row_height(1)] * count
        columns = [
            self._texts(one, heights) if one.column.kind == "text" else self._numbers(one) for one in self.filled
        ]
        self._links(first, columns)
        ruled = self._ruled(sum(heights)) if self.is_form else 0
        for column, one in zip(columns, self.filled, strict=True):
            column += [streamed.blank(self.formats.cell(one.column.kind, "", align=one.align))] * ruled
        self.sheet.put_table(first, columns, heights + [_BLANK_HEIGHT] * ruled, free=ruled)
        return first + count + ruled

    def _ruled(self, filled: float) -> int:
        """How many blank rows are ruled: what the first page has room for below `filled` points, but some in any case."""
        room = (self.page_height - self.over - filled) / _BLANK_HEIGHT
        return min(self.spec.blank_rows, max(_LEAST_RULED, int(room) - 1))

    def _texts(self, one: Filled, heights: list[float]) -> list[str]:
        """One column of text; `heights` grow to what it needs."""
        usual, made = one.align, []
        cells_of: dict[tuple[str, str], tuple[str, float]] = {}  # the same text in the same style is made once
        for offset, (text, style) in enumerate(zip(one.cells, self.styles, strict=True)):
            shown = text if isinstance(text, str) else ""
            if (shown, style) not in cells_of:
                cells_of[shown, style] = self._text_cell(shown, style, one.width, usual)
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
        literal = len(text) <= 255 or text[0] in "=+-@"
        return streamed.text(text, self.formats.cell("text", style, align=align, size=size, literal=literal)), height

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

    def _numbers(self, one: Filled) -> list[str]:
        """One column of dates, numbers, percentages or serials; a text among them is written as text."""
        kind, made = one.column.kind, []
        forms = {style: self.formats.cell(kind, style) for style in dict.fromkeys(self.styles)}
        for value, style in zip(one.cells, self.styles, strict=True):
            if isinstance(value, str):
                made.append(streamed.text(value, self.formats.cell("text", style)))
            elif value is None:
                made.append(streamed.blank(forms[style]))
            else:
                made.append(streamed.number(value, forms[style]))
        return made

    def _links(self, first: int, columns: list[list[str]]) -> None:
        """Make the cells of the first text column links where the spec names targets for them."""
        if not self.spec.links or self.spec.links not in self.spec.rows:
            return
        at = next((n for n, one in enumerate(self.filled) if one.column.kind == "text"), None)
        if at is None:
            return
        one = self.filled[at]
        for offset, target in enumerate(self.spec.rows[self.spec.links].tolist()):
            text = one.cells[offset]
            if isinstance(target, str) and target and isinstance(text, str) and text:
                form = self.formats.cell("text", self.styles[offset], align=one.align, color="#1F4E9E")
                self.sheet.write_url(first + offset, at, f"internal:{target}", form, text)
                columns[at][offset] = streamed.text(text, form)

    # -- what helps on the screen and on paper ---------------------------------------------------------------------

    def _screen(self, first_heading: int, first: int) -> None:
        self.sheet.freeze_panes(first, 0)
        self.sheet.set_selection(first, 0, first, 0)
        rows = len(self.styles)
        while rows and self.styles[rows - 1] == "total":  # the total stays in sight whatever is filtered
            rows -= 1
        if rows and not self.is_form and self.filled:
            self.sheet.autofilter(first - 1, 0, first + rows - 1, len(self.filled) - 1)
        if self.filled:
            last = first + max(len(self.styles) + self.spec.blank_rows, 1) - 1
            area = f"A{first_heading + 1}:{xl_rowcol_to_cell(last, len(self.filled) - 1)}"
            self.sheet.ignore_errors({"number_stored_as_text": area})

    def _paper(self, first_heading: int, last_heading: int, last_row: int) -> None:
        sheet = self.sheet
        sheet.set_paper(9)  # A4
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.7)
        sheet.set_footer("&C— &P —", {"margin": 0.35})
        sheet.repeat_rows(first_heading, last_heading)
        if self.is_form:
            sheet.print_columns(self.last)
        else:
            sheet.print_area(0, 0, last_row, self.last)

    # -- forms -------------------------------------------------------------------------------------------------------

    def _guard(self, row: int, column: int, title: str) -> None:
        cell = xl_rowcol_to_cell(row, column, True, True)
        self.sheet.data_validation(row, column, row, column, form_checks.heading(cell, title))

    def _form(self, first: int, below: int) -> None:
        """Locked headings; drop-downs, checks and hints over all rows to be filled; lines around what is written
        `below` the ruled rows."""
        last = first + len(self.styles) + self.spec.blank_rows - 1
        for index, one in enumerate(self.filled):
            source = self.choices.source(one.column.choices) if one.column.choices else None
            check = form_checks.cell(one.column, source, xl_rowcol_to_cell(first, index))
            if check:
                self.sheet.data_validation(first, index, last, index, check)
        right = len(self.filled) - 1
        if below <= last:
            here = f"{xl_rowcol_to_cell(below, 0, col_abs=True)}:{xl_rowcol_to_cell(below, right, col_abs=True)}"
            lines = {"type": "formula", "criteria": f"=COUNTA({here})>0", "format": self.formats.lines()}
            self.sheet.conditional_format(below, 0, last, right, lines)
        self.sheet.protect("", form_checks.PERMITTED)
