"""What stands around the table of a sheet: title, lines over it, notes and signatures; and how it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from xlsxwriter.format import Format

from dazoufang.writing.sheets import cells, text_size
from dazoufang.writing.sheets.columns import Filled, SheetSpec
from dazoufang.writing.sheets.formats import HEADING_FONT, TITLE_FONT, Formats
from dazoufang.writing.sheets.streamed import Streamed

_PAPER_PIXELS: Final = (297 / 25.4 - 0.8) * 96  # A4 across, less the margins
# Percent of the paper's width that the columns take where no program fits them to it: it counts a column's width in digits of
# Calibri, and what stands in for that where it is missing may be a third wider.
_PRINTED: Final = 74
_PAPER_POINTS: Final = (210 / 25.4 - 1.3) * 72
NAMED: Final = 10  # overlong rows, under the table
_LARGEST: Final = 1.4  # times; what stands over a wide form need not be larger


class Surroundings:
    """Writes what stands around the table of one sheet. `filled`: its columns, the printed ones first."""

    def __init__(self, sheet: Streamed, formats: Formats, spec: SheetSpec, filled: Sequence[Filled]) -> None:
        self._sheet = sheet
        self._formats = formats
        self._spec = spec
        self._filled = filled
        self.last = max(sum(filled_column.column.print for filled_column in filled), 1) - 1  # the last printed column
        # A wide form is printed smaller, so what stands over its table is made larger.
        wide = sum(filled_column.width * 7 + 5 for filled_column in filled[: self.last + 1]) / _PAPER_PIXELS
        self._shrunk = max(1.0, wide)
        self._enlarge = min(_LARGEST, self._shrunk) if spec.is_form else 1.0
        self.page_height = _PAPER_POINTS * self._shrunk
        self.over = 0.0  # points that stand over the rows of a form

    def height(self, row: int, points: float) -> None:
        """The height of a row that no cell of the table stands in."""
        self._sheet.set_row(row, points)
        self.over += points

    def _span(self, first: int, last: int) -> float:
        """The width of columns `first` to `last` together, in characters."""
        return sum(filled_column.width for filled_column in self._filled[first : last + 1]) + (last - first) * 5 / 7

    def band(self, row: int, first: int, last: int, text: str, form: Format) -> None:
        """One text over several columns."""
        if last > first:
            self._sheet.merge_range(row, first, row, last, "", form)
        underlined = text.rstrip("\u3000")
        tail = text[len(underlined) :]
        if underlined and len(tail) > 1:
            size = self._size(12)
            line = self._formats.get(font_size=size, underline=1)
            plain = self._formats.get(font_size=size)
            self._sheet.write_rich_string(row, first, plain, underlined, line, tail, form)
        else:
            self._sheet.write_string(row, first, text, form)

    def _size(self, points: float) -> int:
        """A size over the table that reads as `points` on paper."""
        return round(points * self._enlarge)

    def over_the_table(self) -> int:
        """附件1, the title, 填写说明, 填报单位 and date; returns the row after them."""
        spec, get, row = self._spec, self._formats.get, 0
        whole = self._span(0, self.last)
        if spec.label:
            self._sheet.write_string(row, 0, spec.label, get(font_name=HEADING_FONT, font_size=16))
            self._sheet.set_row(row, 26)
            row += 1
        if spec.title:
            size = self._size(22)
            title = get(font_name=TITLE_FONT, font_size=size, align="center", text_wrap=True)
            self.band(row, 0, self.last, cells.clean(spec.title), title)
            count = text_size.lines(spec.title, text_size.capacity(whole, size))
            self.height(row, min(text_size.TALLEST, text_size.row_height(count, size)))
            row += 1
        if spec.lead:
            lead, size = cells.clean(spec.lead), self._size(10)
            self.band(row, 0, self.last, lead, get(align="left", text_wrap=True, font_size=size))
            height = text_size.row_height(text_size.lines(lead, text_size.capacity(whole, size)), size)
            self.height(row, min(text_size.TALLEST, height))
            row += 1
        if spec.left or spec.right:
            row = self._sides(row)
        return row

    def _sides(self, row: int) -> int:
        """填报单位 on the left, the date on the right; the seam lies where both have room."""
        left, right = cells.clean(self._spec.left), cells.clean(self._spec.right)
        size = self._size(12)
        forms = (
            self._formats.get(font_size=size, align="left", text_wrap=True, open=True),
            self._formats.get(font_size=size, align="right", text_wrap=True, open=True),
        )
        if self.last == 0:
            self.band(row, 0, 0, left + right, forms[0])
            self.height(row, 24)
            return row + 1
        need = [max(text_size.units(text), 1) for text in (left, right)]
        spans = [(self._span(0, seam), self._span(seam + 1, self.last)) for seam in range(self.last)]
        ease = [min(room / units for room, units in zip(rooms, need, strict=True)) for rooms in spans]
        seam = ease.index(max(ease))
        count = max(
            text_size.lines(text, text_size.capacity(room * 0.9, size))  # whatever font stands in for 宋体
            for text, room in zip((left, right), spans[seam], strict=True)
        )
        self.band(row, 0, seam, left, forms[0])
        self.band(row, seam + 1, self.last, right, forms[1])
        self.height(row, text_size.row_height(count, size))
        return row + 1

    def under_the_table(self, row: int, overlong: Sequence[str]) -> int:
        """The notes and the signatures; returns the row after them. `overlong`: the serials of the rows whose text no
        row height can show."""
        notes = [cells.clean(self._spec.note)] if self._spec.note else []
        if overlong:
            more = "等" if len(overlong) > NAMED else ""
            notes.append(f"序号{'、'.join(overlong[:NAMED])}{more}内容过长，纸上未能全部印出，全文见电子表。")
        if notes:
            text = "注：" + "\n".join(notes)
            self.band(row, 0, self.last, text, self._formats.get(align="left", text_wrap=True))
            count = text_size.lines(text, text_size.capacity(self._span(0, self.last)))
            self._sheet.set_row(row, min(text_size.TALLEST, text_size.row_height(count)))
            row += 1
        return self.footer(row)

    def footer(self, row: int) -> int:
        """The line for signatures, where there is one; returns the row after it."""
        if not self._spec.footer:
            return row
        form = self._formats.get(font_size=self._size(12), align="left", open=True)
        self.band(row, 0, self.last, cells.clean(self._spec.footer), form)
        self.height(row, 30)
        return row + 1

    def paper(self, first_heading: int, last_heading: int, last_row: int) -> None:
        """A4 across, the headings on every page, whatever is aside not printed."""
        sheet = self._sheet
        sheet.set_paper(9)  # A4
        sheet.set_landscape()
        if self._spec.pages:
            self._pages(last_heading + 1, self._spec.pages)
        else:
            sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.7)
        sheet.set_footer("&C— &P —", {"margin": 0.35})
        sheet.repeat_rows(0 if self._spec.pages else first_heading, last_heading)
        if self._spec.is_form:
            sheet.print_columns(self.last)
        else:
            sheet.print_area(0, 0, last_row, self.last)

    def _pages(self, first: int, column: str) -> None:
        """Begin a page with each group of rows, the first of which stands in row `first`. Excel heeds no page break where it fits
        a sheet to the paper, so that the scale is worked out here."""
        groups = self._spec.rows[column]
        begins = (groups != groups.shift()).to_numpy().nonzero()[0].tolist()
        self._sheet.set_print_scale(max(10, int(_PRINTED / self._shrunk)))
        self._sheet.set_h_pagebreaks([first + offset for offset in begins[1:]])
