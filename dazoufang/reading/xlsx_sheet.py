"""The exact reader of one .xlsx sheet part: every cell as the XML has it, however far apart; slower than calamine."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, time
from typing import Final

from dazoufang.model.cell_names import Area, area, column_number
from dazoufang.reading.sheet import (
    MAX_COLUMNS,
    CellError,
    Grid,
    HalfStruck,
    Uncalculated,
    Unreadable,
    Value,
    from_serial,
    tidy,
)
from dazoufang.reading.xlsx_styles import Styles
from dazoufang.reading.zip_parts import local, parse, parser

_COLUMN: Final = re.compile(rb"<(?:\w+:)?col\s([^>]*)>")
_FROM: Final = re.compile(rb'\bmin="(\d{1,7})"')
_TO: Final = re.compile(rb'\bmax="(\d{1,7})"')
_UNSEEN: Final = re.compile(rb'\bhidden="(?:1|true|on)"|\bwidth="0(?:\.0*)?"')


def last_value(data: bytes) -> int:
    """Where the last cell with anything in it lies in a sheet part; -1 where no cell has."""
    return max(data.rfind(b"<v>"), data.rfind(b"<is>"), data.rfind(b"<f"), data.rfind(b"<v xml"))


def read_sheet(
    data: bytes, part: str, strings: list[str], styles: Styles, *, epoch_1904: bool
) -> tuple[list[list[Value]], list[Area], frozenset[tuple[int, int]]]:
    """Rows, merges and crossed-out cells of one sheet part, given the shared strings and what each style shows. Raises
    Unreadable F04 where the part is broken, TooFar where a cell lies past the bounds."""
    reader = _SheetReader(strings, styles, epoch_1904)
    try:
        reader.read(without_empty_tail(data), part)
    except (ValueError, OverflowError) as error:
        raise Unreadable("F04", f"第{max(reader.row, 0) + 1}行附近的单元格地址或数值写法不合规范") from error
    return reader.grid.rows, reader.merges, frozenset(reader.struck)


def hidden_columns(data: bytes) -> frozenset[int]:
    """The columns of a sheet part that are hidden or have no width; what stands before its rows says so."""
    head = data[: data.find(b"sheetData")]
    if b"hidden=" not in head and b'width="0' not in head:
        return frozenset()
    found: set[int] = set()
    for about in _COLUMN.findall(head):
        span = _FROM.search(about), _TO.search(about)
        if span[0] and span[1] and _UNSEEN.search(about):
            found.update(range(int(span[0][1]) - 1, min(int(span[1][1]), MAX_COLUMNS)))
    return frozenset(found)


def without_empty_tail(data: bytes) -> bytes:
    """A sheet part without the formatted but empty rows after the last value: a million of them cost seconds."""
    last, end = last_value(data), data.rfind(b"</sheetData>")
    if end < 0 or b"\0" in data[:200]:
        return data
    tail = data.find(b"<row ", max(last, 0), end) if last < end else -1
    return data if tail < 0 else data[:tail] + data[end:]


def shared_strings(data: bytes, part: str) -> list[str]:
    """The texts of a sharedStrings part; runs joined, phonetic guides dropped, those crossed out are `Struck` or `HalfStruck`."""
    texts: list[str] = []
    state = _Text()

    def end(tag: str) -> None:
        name = local(tag)
        if name == "si":
            texts.append(state.taken())
        state.end(name)

    reader = parser()
    reader.StartElementHandler = lambda tag, attributes: state.start(local(tag), attributes)
    reader.EndElementHandler = end
    reader.CharacterDataHandler = state.text
    parse(reader, data, part)
    return texts


class Struck(str):
    """A text whose runs are all crossed out."""

    __slots__ = ()


class _Text:
    """Collects the text of <t> elements, less those of phonetic guides (<rPh>)."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._crossed: list[bool] = []
        self._strike = False
        self._phonetic = 0
        self._run: list[str] | None = None
        self._keep = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "rPh":
            self._phonetic += 1
        elif name == "r":
            self._strike = False
        elif name == "strike":
            self._strike = attributes.get("val", "1") not in ("0", "false")
        elif name == "t" and not self._phonetic:
            self._run = []
            self._keep = attributes.get("xml:space") == "preserve"

    def text(self, data: str) -> None:
        if self._run is not None:
            self._run.append(data)

    def end(self, name: str) -> None:
        if name == "rPh":
            self._phonetic -= 1
        elif name == "t" and self._run is not None:
            run = "".join(self._run)
            self._pieces.append(run if self._keep else run.strip(" \t\r\n"))
            self._crossed.append(self._strike)
            self._run = None

    def taken(self) -> str:
        """The text so far, and begin anew: `Struck` where all of it is crossed out, `HalfStruck` where a part is."""
        text = unescaped("".join(self._pieces))
        if any(self._crossed):
            left = [run for run, crossed in zip(self._pieces, self._crossed, strict=True) if not crossed]
            kept = unescaped("".join(left))
            text = HalfStruck(text, kept) if kept.strip() else Struck(text)
        self.clear()
        return text

    def clear(self) -> None:
        """Begin anew."""
        self._pieces.clear()
        self._crossed.clear()
        self._strike = False


_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescaped(text: str) -> str:
    """`_x000D_` and its like as the characters they stand for; `_x005F_` is the underscore itself."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


class _SheetReader:
    """The handlers of one pass over one sheet part."""

    def __init__(self, strings: list[str], styles: Styles, epoch_1904: bool) -> None:
        self.grid = Grid()
        self.merges: list[Area] = []
        self.struck: set[tuple[int, int]] = set()
        self.row = -1
        self._column = -1
        self._strings = strings
        self._styles = styles
        self._epoch_1904 = epoch_1904
        self._inside = False
        self._kind = ""
        self._style = ""
        self._text: list[str] | None = None
        self._value: str | None = None
        self._formula: str | None = None
        self._inline = _Text()

    def read(self, data: bytes, part: str) -> None:
        reader = parser()
        reader.StartElementHandler = self._start
        reader.EndElementHandler = self._end
        reader.CharacterDataHandler = self._characters
        parse(reader, data, part)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if not self._inside:
            if name == "sheetData":
                self._inside = True
            elif name == "mergeCell" and (found := area(attributes.get("ref", ""))):
                self.merges.append(found)
        elif name == "c":
            self._place(attributes.get("r", ""))
            self._kind = attributes.get("t", "n")
            self._style = attributes.get("s", "")
            self._value = self._formula = None
            self._inline.clear()
        elif name in ("v", "f"):
            self._text = []
        elif name == "row":
            number = attributes.get("r", "")
            self.row = int(number) - 1 if number else self.row + 1
            self._column = -1
        else:
            self._inline.start(name, attributes)

    def _place(self, ref: str) -> None:
        if not ref:
            self._column += 1
            return
        letters = ref.rstrip("0123456789")
        self._column = column_number(letters)
        self.row = int(ref[len(letters) :]) - 1
        if self._column < 0 or self.row < 0:
            raise ValueError(ref)

    def _characters(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)
        elif self._inside:
            self._inline.text(data)

    def _end(self, tag: str) -> None:
        name = local(tag)
        if not self._inside:
            return
        if name == "c":
            self._put(self._cell())
        elif name == "v":
            self._value, self._text = "".join(self._text or []), None
        elif name == "f":
            self._formula, self._text = "".join(self._text or []), None
        elif name == "sheetData":
            self._inside = False
        else:
            self._inline.end(name)

    def _put(self, value: Value) -> None:
        style = int(self._style) if self._style.isdigit() else 0
        if type(value) is Struck:
            value = str(value)
            self.struck.add((self.row, self._column))
        elif style in self._styles.struck and value is not None:
            self.struck.add((self.row, self._column))
        worded = self._styles.worded.get(style)
        self.grid.put(self.row, self._column, worded.shown(value) if worded else value)

    def _cell(self) -> Value:
        kind, value = self._kind, self._value
        if kind == "inlineStr":
            return self._inline.taken() or None
        if kind == "e":
            return CellError((value or "").strip() or "#ERROR")
        if self._formula is not None and (value is None or (not value.strip() and kind != "str")):
            return Uncalculated("=" + (self._formula or "…"))  # a shared formula is written out only once
        if value is None:
            return self._inline.taken() or None
        if kind == "str":
            return unescaped(value) or None
        return _CONVERT.get(kind, _SheetReader._number)(self, value.strip()) if value.strip() else None

    def _shared(self, value: str) -> Value:
        index = int(value)
        if not 0 <= index < len(self._strings):
            raise Unreadable("F04", f"第{self.row + 1}行引用的文字不在文件里")
        return self._strings[index] or None

    def _boolean(self, value: str) -> Value:
        return value.lower() in ("1", "true")

    def _iso(self, value: str) -> Value:
        for kind in (datetime, time):
            with suppress(ValueError):
                return tidy(kind.fromisoformat(value.removesuffix("Z")))
        return value

    def _number(self, value: str) -> Value:
        try:
            number = float(value)
        except ValueError:
            return value  # writers have put text here; what stands there is what the unit sees
        style = int(self._style) if self._style.isdigit() else 0
        look = self._styles.looks[style] if style < len(self._styles.looks) else ""
        if look:
            return from_serial(number, elapsed=look == "elapsed", epoch_1904=self._epoch_1904)
        return tidy(number)


_CONVERT: Final[dict[str, Callable[[_SheetReader, str], Value]]] = {
    "s": _SheetReader._shared,
    "b": _SheetReader._boolean,
    "d": _SheetReader._iso,
}
