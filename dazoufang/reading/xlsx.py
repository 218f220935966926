"""Reads .xlsx workbooks: python-calamine for the ordinary sheet, our own exact reader where a scan asks for it."""

from __future__ import annotations

import io
import posixpath
import re
from dataclasses import dataclass, field
from typing import Final

from python_calamine import CalamineWorkbook

from dazoufang.model import faults
from dazoufang.model.cell_names import Area, area, column_number
from dazoufang.reading.sheet import MAX_CELLS, Sheet, TooFar, Unreadable, Value, tidied
from dazoufang.reading.xlsx_sheet import hidden_columns, last_value, read_sheet, shared_strings
from dazoufang.reading.xlsx_styles import Styles, cell_styles, say_more
from dazoufang.reading.zip_parts import BOMB, ZipParts, relationships, starts

# -- the book ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Entry:
    """A sheet as the workbook part announces it; `part` is '' where no part could be found."""

    name: str
    visible: bool
    part: str
    kind: str


def read_xlsx(package: ZipParts, data: bytes) -> list[Sheet]:
    """The worksheets of an .xlsx/.xlsm in order. Chart, dialog and macro sheets are left out. Raises Unreadable
    where the book as a whole cannot be read; a single bad sheet carries S05."""
    book = _workbook_part(package)
    entries, epoch_1904 = _entries(package, book)
    worksheets = [entry for entry in entries if entry.kind == "worksheet"]
    if not worksheets:
        raise Unreadable("F04", "里面一张工作表也没有")
    fast = _Fast(data, [entry.name for entry in entries])
    exact = _Exact(package, book, epoch_1904)
    sheets: list[Sheet] = []
    damaged = []
    for entry in worksheets:
        try:
            (rows, merges, struck), hidden = _rows(package, entry, fast, exact)
        except TooFar as error:
            sheets.append(_failed(entry, error.reason))
        except Unreadable as error:
            if error.reason == BOMB or error.code != "F04":
                raise
            damaged.append(error)
            sheets.append(_failed(entry, error.reason))
        else:
            sheets.append(Sheet(entry.name, entry.visible, rows, merges, struck=struck, hidden_columns=hidden))
    if len(damaged) == len(worksheets):
        raise damaged[0]
    return sheets


def _failed(entry: _Entry, reason: str) -> Sheet:
    return Sheet(entry.name, entry.visible, [], [], faults.make("S05", sheet=entry.name, what=reason))


_Read = tuple[list[list[Value]], list[Area], frozenset[tuple[int, int]]]  # rows, merges, crossed-out cells


def _rows(package: ZipParts, entry: _Entry, fast: _Fast, exact: _Exact) -> tuple[_Read, frozenset[int]]:
    """What stands in a sheet, and its hidden columns."""
    if not entry.part:
        raise Unreadable("F04", "工作簿里列有此表，内容却不在文件中")
    data = package.read(entry.part)
    if is_near(data) and is_plain(data) and exact.strings_are_plain and not exact.says_more(data):
        rows = fast.rows(entry.name)
        if rows is not None:
            refs = _MERGE.findall(data, max(data.rfind(b"</sheetData>"), 0))
            merges = [found for ref in refs if (found := area(ref.decode("ascii", "replace")))]
            return (rows, merges, frozenset()), hidden_columns(data)
    return exact.rows(data, entry.part), hidden_columns(data.replace(b"\0", b"") if b"\0" in data[:200] else data)


def _workbook_part(package: ZipParts) -> str:
    """The path of the workbook part: as the package says, else the usual place, else wherever it lies."""
    for _, kind, path in relationships(package, ""):
        if kind == "officeDocument" and path in package:
            return path
    for name in ["xl/workbook.xml", *package.names]:
        if posixpath.basename(name) == "workbook.xml" and name in package:
            return name
    raise Unreadable("F04", "缺少内部部件 workbook.xml")


def _entries(package: ZipParts, book: str) -> tuple[list[_Entry], bool]:
    """The sheets in the order of the tabs, and whether dates count from 1904."""
    related = relationships(package, book)
    by_id = {key: (kind, path) for key, kind, path in related}
    # A sheet without a usable id takes the part of its turn: some writers leave the id out.
    by_turn = [path for _, kind, path in related if kind == "worksheet"]
    tags = starts(package.read(book), book)
    claimed = {by_id[key][1] for tag, attributes in tags if tag == "sheet" and (key := attributes.get("id")) in by_id}
    folder = posixpath.dirname(book)
    epoch_1904 = False
    entries: list[_Entry] = []
    for tag, attributes in tags:
        if tag == "workbookPr":
            # An extension may hold a second element of this name, without the epoch.
            epoch_1904 = epoch_1904 or attributes.get("date1904", "") in ("1", "true", "on")
        elif tag == "sheet":
            turn = len(entries)
            kind, path = by_id.get(attributes.get("id", ""), ("worksheet", ""))
            for spare in (
                by_turn[turn] if not path and turn < len(by_turn) else "",
                posixpath.join(folder, "worksheets", posixpath.basename(path)) if path else "",
                posixpath.join(folder, f"worksheets/sheet{turn + 1}.xml"),
            ):
                taken = spare in claimed or spare in {entry.part for entry in entries}
                if path not in package and spare and spare in package and not taken:
                    path = spare
            visible = attributes.get("state", "visible") == "visible"
            known = path if path in package else ""
            if not known and attributes.get("id") == "":
                continue  # a module of macros, listed among the sheets
            entries.append(_Entry(attributes.get("name", ""), visible, known, _kind(package, known, kind)))
    return entries, epoch_1904


def _kind(package: ZipParts, part: str, kind: str) -> str:
    """What the part really is: its root element, else what the relationship says."""
    if part:
        root = re.search(rb"<(?:[\w.-]+:)?([A-Za-z]+)[\s>/]", package.read(part)[:4096].replace(b"\0", b""))
        if root and root[1] in (b"worksheet", b"chartsheet", b"dialogsheet", b"macrosheet"):
            return root[1].decode()
    return "worksheet" if kind == "worksheet" else kind


# -- the ordinary sheet --------------------------------------------------------------------------------------

_MERGE: Final = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([^"]*)"')
_CELL: Final = re.compile(rb'<c r="[A-Z]{1,2}[0-9]{1,7}"')
_ROW: Final = re.compile(rb'<row r="([0-9]+)"')
_VALUED: Final = re.compile(rb"(?:</f>|<f [^>]*/>)<v>[^<]")
_ODD: Final = (b't="e"', b"<v>-", b"<![CDATA[", b":row", b"='")  # what is_plain does not vouch for
_ESCAPED: Final = re.compile(rb"_x(?!000D_)[0-9A-Fa-f]{4}_")
_LETTERS: Final = re.compile(rb'<c r="([A-Z]{1,2})')


def is_plain(data: bytes) -> bool:
    """Whether the fast reader reads this sheet part rightly: no error cells, no formula without its value, no
    negative number (it makes a negative date midnight), no odd spelling. Anything doubtful is not plain: the exact
    reader, which is slower, reads it then."""
    if any(word in data for word in _ODD) or has_escapes(data):
        return False
    formulas = data.count(b"<f>") + data.count(b"<f ") + data.count(b"<f/>")
    return not formulas or formulas == len(_VALUED.findall(data))


def is_near(data: bytes) -> bool:
    """Whether the fast reader reads this sheet part cheaply: it lays the used range out, so no cell may be far away."""
    if not _is_utf8(data) or data.count(b"<c ") + data.count(b"<c>") != len(_CELL.findall(data)):
        return False
    last = last_value(data)
    row = _ROW.search(data, data.rfind(b"<row ", 0, last) if last >= 0 else len(data))
    height = int(row[1]) if row else 0
    if height * 702 > MAX_CELLS:
        columns = set(_LETTERS.findall(data, 0, last))
        width = max((column_number(letters.decode()) for letters in columns), default=0) + 1
        return height * width <= MAX_CELLS
    return last < 0 or row is not None


def has_escapes(data: bytes) -> bool:
    """Whether texts hold an escape such as _x0041_ that the fast reader leaves as it is (it knows _x000D_ only)."""
    return b"_x" in data and _ESCAPED.search(data) is not None


def _is_utf8(data: bytes) -> bool:
    head = data[:200]
    declared = re.search(rb"encoding=[\"']([\w-]+)", head)
    return b"\0" not in head and (declared is None or declared[1].lower() in (b"utf-8", b"us-ascii"))


class _Fast:
    """python-calamine over one book, opened when the first sheet asks for it."""

    def __init__(self, data: bytes, names: list[str]) -> None:
        self._data = data
        self._names = names
        self._book: CalamineWorkbook | None = None
        self._failed = False

    def rows(self, name: str) -> list[list[Value]] | None:
        """Rows of the sheet, or None where calamine cannot read it: the exact reader is asked next."""
        if self._failed:
            return None
        try:
            if self._book is None:
                self._book = CalamineWorkbook.from_filelike(io.BytesIO(self._data))
                self._failed = self._book.sheet_names != self._names or len(set(self._names)) != len(self._names)
                if self._failed:
                    return None
            return tidied(self._book.get_sheet_by_name(name).to_python(skip_empty_area=False))
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException:  # a Rust panic is no Exception
            return None


# -- the exact sheet ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Exact:
    """Our own reader: every cell as the XML has it, however far apart."""

    package: ZipParts
    book: str
    epoch_1904: bool
    _strings: list[str] | None = field(default=None)
    _styles: Styles | None = field(default=None)
    _plain: bool | None = field(default=None)
    _related: list[tuple[str, str, str]] | None = field(default=None)
    _marks: tuple[bytes, ...] | None = field(default=None)  # how a cell names a style that says more than its value

    @property
    def strings_are_plain(self) -> bool:
        """Whether the fast reader reads the shared strings rightly: it knows no escapes and no crossed-out runs."""
        if self._plain is None:
            part = self._part("sharedStrings")
            data = self.package.read(part) if part else b""
            self._plain = not has_escapes(data) and b"strike" not in data
        return self._plain

    def says_more(self, data: bytes) -> bool:
        """Whether a cell of this sheet part shows words by its number format, or is crossed out."""
        if self._marks is None:
            self._marks = self._telling_styles()
        return b"<strike" in data or any(mark in data for mark in self._marks)

    def rows(self, data: bytes, part: str) -> _Read:
        """Rows, merges and crossed-out cells of one sheet part. Unreadable where the XML is broken, TooFar past the
        bounds."""
        if self._strings is None:
            strings = self._part("sharedStrings")
            self._strings = shared_strings(self.package.read(strings), strings) if strings else []
        return read_sheet(data, part, self._strings, self._read_styles(), epoch_1904=self.epoch_1904)

    def _part(self, kind: str) -> str:
        if self._related is None:
            self._related = relationships(self.package, self.book)
        for _, found, path in self._related:
            if found == kind and path in self.package:
                return path
        usual = posixpath.join(posixpath.dirname(self.book), f"{kind}.xml")
        return usual if usual in self.package else ""

    def _read_styles(self) -> Styles:
        if self._styles is None:
            part = self._part("styles")  # broken styles are a fault: without them a date is but a number
            self._styles = cell_styles(self.package.read(part), part) if part else Styles()
        return self._styles

    def _telling_styles(self) -> tuple[bytes, ...]:
        part = self._part("styles")
        try:
            if not part or not say_more(self.package.read(part)):
                return ()
            styles = self._read_styles()
        except Unreadable:
            return ()  # the fast reader does without
        return tuple(b' s="%d"' % number for number in sorted(styles.worded.keys() | styles.struck))
