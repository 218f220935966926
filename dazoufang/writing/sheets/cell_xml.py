"""Cells as finished XML: what each kind of cell looks like, and how high; each different one is made once a workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from xlsxwriter.format import Format

from dazoufang.writing.sheets import cells, streamed, text_size
from dazoufang.writing.sheets.columns import Filled
from dazoufang.writing.sheets.formats import Formats

LOW: Final = text_size.row_height(1)  # points; a row of one line

_KEPT: Final = 20_000  # different cells of a column; past so many, those made are forgotten to keep the memory flat


_Key = tuple[object, ...]  # all that a format of a column depends on


class _Look(NamedTuple):
    """How a text stands in its cell. height: of the row, in points, not capped; size: of its letters."""

    height: float
    align: str
    size: float


class _OfStyle(dict[Any, str]):
    """Value → cell, in rows of one style, made when it is first asked for."""

    def __init__(self, make: Callable[[Any, str], str], style: str) -> None:
        super().__init__()
        self._make, self._style = make, style

    def __missing__(self, value: Any) -> str:
        cell = self[value] = self._make(value, self._style)
        return cell


class Cells:
    """The cells of columns that hold the same kind of thing in the same width."""

    def __init__(self, filled: Filled, formats: Formats) -> None:
        self._filled, self._formats = filled, formats
        self._room = text_size.capacity(filled.width, filled.size)
        self._one_line = _Look(LOW, filled.align, filled.size)
        self._looks: dict[str, _Look] = {}  # of longer texts
        self._forms: dict[_Key, Format] = {}
        self._of_style: dict[str, _OfStyle] = {}

    def heights(self, style: str, values: Iterable[Any]) -> dict[Any, float]:
        """Those of `values` (each once, in the order of the rows) that need more than a low row: value → points, not capped.
        Afterwards the formats of all are known."""
        if self._plain(style) in self._forms:
            values = filter(self._may_differ, values)
        return {value: height for value in values if (height := self._height(style, value)) > LOW}

    def _plain(self, style: str) -> _Key:
        """What most cells look like."""
        if self._filled.column.kind == "text":
            return (style, self._filled.align, self._filled.size, True, False)
        return (style, False, False)

    def _may_differ(self, value: Any) -> bool:
        """Whether a value may need a higher row or another format than most: a quick look, for there are many."""
        if self._filled.column.kind == "text":
            return isinstance(value, str) and (
                2 * len(value) > self._room or value[:1] in cells.FORMULA_SIGNS or not value.isprintable()
            )
        return self._filled.column.kind != "serial" or isinstance(value, str)

    def _height(self, style: str, value: Any) -> float:
        if self._filled.column.kind != "text":
            written = self._filled.written(value)
            self._form(written if isinstance(written, str) else None, style)
            return LOW
        text = cells.as_text(value)
        look = self._look(text)
        self._text_form(text, style, look)
        return look.height

    def written(self, values: Sequence[Any], styles: Sequence[str]) -> list[str]:
        """The cells of a block of rows, as XML without their addresses."""
        if len(self._looks) + sum(map(len, self._of_style.values())) > _KEPT:
            self._looks.clear()
            self._of_style.clear()
        for style in dict.fromkeys(styles):
            self._of_style.setdefault(style, _OfStyle(self._make, style))
        if len(self._of_style) == 1:
            return list(map(self._of_style[styles[0]].__getitem__, values))
        return [self._of_style[style][value] for value, style in zip(values, styles, strict=True)]

    def _make(self, value: Any, style: str) -> str:
        written = self._filled.written(value)
        if self._filled.column.kind == "text" and isinstance(written, str):
            form = self._text_form(written, style, self._look(written))
            return streamed.text(written, form) if written else streamed.blank(form)
        if isinstance(written, str):
            return streamed.text(written, self._form(written, style))
        form = self._form(None, style)
        return streamed.blank(form) if written is None else streamed.number(written, form)

    def _look(self, text: str) -> _Look:
        if 2 * len(text) <= self._room and "\n" not in text:  # no character is wider than two
            return self._one_line
        if text not in self._looks:
            self._looks[text] = self._measured(text)
        return self._looks[text]

    def _measured(self, text: str) -> _Look:
        count = text_size.lines(text, self._room)
        if count == 1:
            return self._one_line
        size, tallest = self._filled.size, self._filled.tallest
        if count > text_size.most_lines(size, tallest):
            size = text_size.size_for(text, self._filled.width, self._filled.sizes, tallest)
            count = text_size.lines(text, text_size.capacity(self._filled.width, size))
        return _Look(text_size.row_height(count, size), "left" if count > 2 else self._filled.align, size)

    def _text_form(self, text: str, style: str, look: _Look) -> Format:
        """The format of a text in a column of texts."""
        quoted = cells.looks_like_formula(text)
        # Old Excel shows ##### for more than 255 characters in a cell of format @.
        literal = len(text) <= 255 or quoted
        key = (style, look.align, look.size, literal, quoted)
        if key not in self._forms:
            form = self._formats.cell("text", style, align=look.align, size=look.size, literal=literal, quoted=quoted)
            self._forms[key] = streamed.registered(form)
        return self._forms[key]

    def _form(self, text: str | None, style: str) -> Format:
        """The format of a number or a day, or of a text that stands among them."""
        key = (style, text is not None and cells.looks_like_formula(text), text is not None)
        if key not in self._forms:
            kind = "text" if text is not None else self._filled.column.kind
            self._forms[key] = streamed.registered(
                self._formats.cell(kind, style, size=self._filled.size, quoted=bool(key[1]))
            )
        return self._forms[key]


class Made:
    """The cells of one workbook."""

    def __init__(self, formats: Formats) -> None:
        self._formats = formats
        self._cells: dict[tuple[object, ...], Cells] = {}

    def of(self, filled: Filled) -> Cells:
        """The cells of a column; those of another that holds the same kind of thing in the same width."""
        key = (filled.column.kind, filled.width, filled.align, filled.sizes, filled.tallest)
        if key not in self._cells:
            self._cells[key] = Cells(filled, self._formats)
        return self._cells[key]
