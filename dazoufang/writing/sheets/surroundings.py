"""What stands around the table of a sheet: title, lines over it, notes and signatures; and how it is printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from xlsxwriter.format import Format

from dazoufang.writing.sheets import cells, text_size
from dazoufang.writing.sheets.columns import SheetSpec
from dazoufang.writing.sheets.formats import HEADING_FONT, TITLE_FONT, Formats
from dazoufang.writing.sheets.layout import Layout
from dazoufang.writing.sheets.paper import BOTTOM, FOOTER, SIDE, TOP, Paper, breaks
from dazoufang.writing.sheets.streamed import Streamed

_TITLE: Final = 22  # points: 二号; what stands around a table is as large on paper as a letter has it
_LABEL: Final = 16  # 三号
_LINE: Final = 12  # 小四
# 四号宋体 as GB/T 9704-2012 has it: on the right of odd pages and the left of even ones, a blank from the edge.
_PAGE_NUMBERS: Final = ('&R&"宋体,常规"&14— &P —　', '&L&"宋体,常规"&14　— &P —')
NAMED: Final = 10  # overlong rows, under the table


class Surroundings:
    """Writes what stands around the table of one sheet. layout: its columns. paper: what it is printed on."""

    def __init__(self, sheet: Streamed, formats: Formats, spec: SheetSpec, layout: Layout, paper: Paper) -> None:
        self._sheet = sheet
        self._formats = formats
        self._spec = spec
        self._layout, self._filled = layout, layout.columns
        self._paper = paper
        self.last = max(sum(filled_column.column.print for filled_column in self._filled), 1) - 1  # of the printed
        self.paper_height = paper.down
        self.written = 0.0  # points of what stands around the table so far
        self.over = 0.0  # points of all that stands over its rows
        self.headings = 0.0  # points of the headings alone, which stand on every page

    def height(self, row: int, points: float) -> None:
        """The height of a row that no cell of the table stands in, or of headings."""
        self._sheet.set_row(row, points)
        self.written += points

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
            size = _LINE
            line = self._formats.get(font_size=size, underline=1)
            plain = self._formats.get(font_size=size)
            self._sheet.write_rich_string(row, first, plain, underlined, line, tail, form)
        else:
            self._sheet.write_string(row, first, text, form)

    def over_the_table(self) -> int:
        """附件1, the title, 填写说明, 填报单位 and date; returns the row after them."""
        spec, get, row = self._spec, self._formats.get, 0
        whole = self._span(0, self.last)
        if spec.label:
            self._sheet.write_string(row, 0, spec.label, get(font_name=HEADING_FONT, font_size=_LABEL))
            self.height(row, 26)
            row += 1
        if spec.title:
            title = get(font_name=TITLE_FONT, font_size=_TITLE, align="center", text_wrap=True)
            self.band(row, 0, self.last, cells.clean(spec.title), title)
            count = text_size.lines(spec.title, text_size.capacity(whole, _TITLE))
            self.height(row, min(text_size.TALLEST, text_size.row_height(count, _TITLE)))
            row += 1
        if spec.lead:
            lead, size = cells.clean(spec.lead), self._layout.size
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
        size = _LINE
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
        if self._layout.unprinted:
            notes.append(f"纸上印不下的栏目：{'、'.join(self._layout.unprinted)}，见电子表右边。")
        if notes:
            text, size = "注：" + "\n".join(notes), self._layout.size
            self.band(row, 0, self.last, text, self._formats.get(align="left", text_wrap=True, font_size=size))
            count = text_size.lines(text, text_size.capacity(self._span(0, self.last), size))
            self.height(row, min(text_size.TALLEST, text_size.row_height(count, size)))
            row += 1
        return self.footer(row)

    def footer(self, row: int) -> int:
        """The line for signatures, where there is one; returns the row after it."""
        if not self._spec.footer:
            return row
        form = self._formats.get(font_size=_LINE, align="left", open=True)
        self.band(row, 0, self.last, cells.clean(self._spec.footer), form)
        self.height(row, 24)
        return row + 1

    def paper(self, first_heading: int, last_heading: int, last_row: int, heights: Sequence[float]) -> None:
        """The paper across, the headings on every page, whatever is aside not printed. heights: of the rows, in points.

        Excel and WPS heed no page break where they fit a sheet to the paper, so that one with breaks is printed as it is.
        """
        sheet, spec = self._sheet, self._spec
        sheet.set_paper(self._paper.code)
        sheet.set_landscape()
        begins = list(self._begins(heights))
        if begins:
            sheet.set_print_scale(100)
            sheet.set_h_pagebreaks([last_heading + 1 + row for row in begins])
        else:
            sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.set_margins(left=SIDE / 25.4, right=SIDE / 25.4, top=TOP / 25.4, bottom=BOTTOM / 25.4)
        sheet.set_page_numbers(*_PAGE_NUMBERS, margin=FOOTER / 25.4)
        sheet.repeat_rows(0 if spec.pages else first_heading, last_heading)
        if spec.is_form:
            sheet.print_columns(self.last)
        else:
            sheet.print_area(0, 0, last_row, self.last)

    def _begins(self, heights: Sequence[float]) -> Iterable[int]:
        """The rows of the table that a page begins with, less the first."""
        spec, room = self._spec, self.paper_height
        if spec.pages:
            groups = spec.rows[spec.pages]
            return (groups != groups.shift()).to_numpy().nonzero()[0].tolist()[1:]
        if not spec.together or spec.together not in spec.rows:
            return ()
        whose: list[object] = spec.rows[spec.together].tolist()
        under = self.written - self.over
        if whose and under:  # notes and signatures stay with the last group
            whose, heights = [*whose, whose[-1]], [*heights, under]
        return breaks(heights, whose, room - self.over, room - self.headings)
