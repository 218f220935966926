"""Reads .xlsx workbooks: python-calamine for the ordinary sheet, our own exact reader where a scan asks for it."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from xml.parsers import expat

from python_calamine import CalamineWorkbook

from . import faults
from .grid import (
    MAX_CELLS,
    Area,
    CellError,
    Grid,
    Sheet,
    TooFar,
    Uncalculated,
    Unreadable,
    Value,
    area,
    column_number,
    from_serial,
    tidied,
    tidy,
)

MAX_INFLATED: Final = 200 * 2**20
MAX_RATIO: Final = 400  # deflate reaches 1032:1 on nothing but repeats; a sheet of empty formatted rows about 150:1
SMALL: Final = 20 * 2**20  # below this size no ratio is a danger
MAX_PARTS: Final = 20_000
BOMB: Final = "文件内部夹带了实体声明（常见于“XML炸弹”），正常的表格没有，为安全起见不予打开"

_DOCTYPE: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)")


class Package:
    """The parts of a zip container, found whatever the case or slash of their names; sizes are checked first."""

    def __init__(self, data: bytes) -> None:
        """Raises Unreadable (F04 damaged, F05 too large once inflated)."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise Unreadable("F04", "压缩结构不完整，后半部分缺失或被改坏") from error
        infos = [info for info in self._zip.infolist() if not info.is_dir()]
        check_size(infos, len(data))
        self._parts: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            name = info.filename.replace("\\", "/").lstrip("/").lower()
            twin = self._parts.get(name)
            if twin is not None and name.endswith((".xml", ".rels", ".bin")):
                names = " 与 ".join(sorted({twin.filename, info.filename}))
                raise Unreadable("F04", f"内部有两份同名的部件（{names}），无法判断哪一份是真的")
            self._parts[name] = info

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._parts

    @property
    def names(self) -> list[str]:
        """Names of all parts, lower case, forward slashes."""
        return list(self._parts)

    def read(self, name: str) -> bytes:
        """One part, inflated, its checksum verified, free of entity declarations. Unreadable where it is not."""
        info = self._parts.get(name.lower())
        if info is None:
            raise Unreadable("F04", f"缺少内部部件 {posixpath.basename(name)}")
        try:
            data = self._zip.read(info)
        except RuntimeError as error:  # zipfile's word for an encrypted entry
            raise Unreadable("F02") from error
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
            raise Unreadable("F04", f"内部部件 {posixpath.basename(info.filename)} 解不开或校验不符") from error
        if _DOCTYPE.search(data, 0, 4096):
            raise Unreadable("F04", BOMB)
        return data


def check_size(infos: list[zipfile.ZipInfo], packed: int) -> None:
    """Refuse (F05) what would inflate past the cap, judged from the zip directory before anything is inflated."""
    inflated = sum(info.file_size for info in infos)
    if inflated > MAX_INFLATED or (inflated > SMALL and inflated > MAX_RATIO * packed):
        raise Unreadable("F05", f"{packed / 1024:,.0f}KB 的文件展开后有 {inflated / 2**20:,.0f}MB")
    if len(infos) > MAX_PARTS:
        raise Unreadable("F05", f"内部有{len(infos)}个部件")


# -- XML -----------------------------------------------------------------------------------------------------


def parser() -> expat.XMLParserType:
    """An expat parser that refuses entity declarations (Unreadable F04), in any encoding expat knows."""

    def refuse(*_: Any) -> None:
        raise Unreadable("F04", BOMB)

    made = expat.ParserCreate()
    made.buffer_text = True
    made.StartDoctypeDeclHandler = refuse
    made.EntityDeclHandler = refuse
    return made


def starts(data: bytes, part: str) -> list[tuple[str, dict[str, str]]]:
    """Every start tag of a small XML part: local name and attributes (prefixes cut), in order."""
    found: list[tuple[str, dict[str, str]]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        found.append((local(tag), {local(key): value for key, value in attributes.items()}))

    reader = parser()
    reader.StartElementHandler = start
    parse(reader, data, part)
    return found


def parse(reader: expat.XMLParserType, data: bytes, part: str) -> None:
    """Run expat over a whole part; malformed XML is Unreadable F04."""
    try:
        reader.Parse(data, True)
    except (expat.ExpatError, UnicodeError, LookupError) as error:
        raise Unreadable("F04", f"内部部件 {posixpath.basename(part)} 不是完整的XML") from error


def local(tag: str) -> str:
    """'x:row' → 'row'."""
    return tag.rpartition(":")[2]


# -- the book ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Entry:
    """A sheet as the workbook part announces it; `part` is '' where no part could be found."""

    name: str
    visible: bool
    part: str
    kind: str


def read_xlsx(package: Package, data: bytes) -> list[Sheet]:
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
            rows, merges = _rows(package, entry, fast, exact)
        except TooFar as error:
            sheets.append(_failed(entry, error.what))
        except Unreadable as error:
            if error.what == BOMB or error.code != "F04":
                raise
            damaged.append(error)
            sheets.append(_failed(entry, error.what))
        else:
            sheets.append(Sheet(entry.name, entry.visible, rows, merges))
    if len(damaged) == len(worksheets):
        raise damaged[0]
    return sheets


def _failed(entry: _Entry, what: str) -> Sheet:
    return Sheet(entry.name, entry.visible, [], [], faults.make("S05", sheet=entry.name, what=what))


def _rows(
    package: Package, entry: _Entry, fast: _Fast, exact: _Exact
) -> tuple[list[list[Value]], list[Area]]:
    if not entry.part:
        raise Unreadable("F04", "工作簿里列有此表，内容却不在文件中")
    data = package.read(entry.part)
    if is_plain(data) and exact.strings_are_plain:
        rows = fast.rows(entry.name)
        if rows is not None:
            refs = _MERGE.findall(data, max(data.rfind(b"</sheetData>"), 0))
            return rows, [found for ref in refs if (found := area(ref.decode("ascii", "replace")))]
    return exact.rows(data, entry.part)


def _workbook_part(package: Package) -> str:
    """The path of the workbook part: as the package says, else the usual place, else wherever it lies."""
    if "_rels/.rels" in package:
        for _, attributes in starts(package.read("_rels/.rels"), "_rels/.rels"):
            if attributes.get("Type", "").endswith("/officeDocument"):
                part = attributes.get("Target", "").replace("\\", "/").lstrip("/")
                if part in package:
                    return part
    for name in ["xl/workbook.xml", *package.names]:
        if posixpath.basename(name) == "workbook.xml" and name in package:
            return name
    raise Unreadable("F04", "缺少内部部件 workbook.xml")


def relationships(package: Package, part: str) -> list[tuple[str, str, str]]:
    """(id, last word of the type, path of the target) of each relationship of a part, in order."""
    folder, name = posixpath.split(part)
    rels = posixpath.join(folder, "_rels", name + ".rels")
    if rels not in package:
        return []
    found = []
    for tag, attributes in starts(package.read(rels), rels):
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "").replace("\\", "/")
            path = posixpath.normpath(target if target.startswith("/") else posixpath.join(folder, target))
            kind = attributes.get("Type", "").rpartition("/")[2]
            found.append((attributes.get("Id", ""), kind, path.lstrip("/")))
    return found


def _entries(package: Package, book: str) -> tuple[list[_Entry], bool]:
    """The sheets in the order of the tabs, and whether dates count from 1904."""
    related = relationships(package, book)
    by_id = {key: (kind, path) for key, kind, path in related}
    # A sheet without a usable id takes the part of its turn: some writers leave the id out.
    by_turn = [path for _, kind, path in related if kind == "worksheet"]
    epoch_1904, entries = False, []
    for tag, attributes in starts(package.read(book), book):
        if tag == "workbookPr":
            epoch_1904 = attributes.get("date1904", "") in ("1", "true", "on")
        elif tag == "sheet":
            turn = len(entries)
            kind, path = by_id.get(attributes.get("id", ""), ("worksheet", ""))
            folder = posixpath.dirname(book)
            for spare in (
                by_turn[turn] if not path and turn < len(by_turn) else "",
                posixpath.join(folder, "worksheets", posixpath.basename(path)) if path else "",
                posixpath.join(folder, f"worksheets/sheet{turn + 1}.xml"),
            ):
                if path not in package and spare and spare not in {entry.part for entry in entries}:
                    path = spare if spare in package else path
            visible = attributes.get("state", "visible") == "visible"
            known = path if path in package else ""
            entries.append(_Entry(attributes.get("name", ""), visible, known, _kind(package, known, kind)))
    return entries, epoch_1904


def _kind(package: Package, part: str, kind: str) -> str:
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
_ODD: Final = re.compile(rb'\bt="e"|\st=\'|<v>-|<!\[CDATA\[|_x(?!000D_)[0-9A-Fa-f]{4}_|<[a-z0-9]+:row\b')
_ESCAPED: Final = re.compile(rb"_x(?!000D_)[0-9A-Fa-f]{4}_")
_LETTERS: Final = re.compile(rb'<c r="([A-Z]{1,2})')


def is_plain(data: bytes) -> bool:
    """Whether the fast reader reads this sheet part rightly and cheaply: no error cells, no formula without its
    value, no negative number (it makes a negative date midnight), no odd spelling, and no far cell. Anything
    doubtful is not plain: the exact reader is slower, never wrong."""
    if _ODD.search(data) or not _is_utf8(data):
        return False
    formulas = data.count(b"<f>") + data.count(b"<f ") + data.count(b"<f/>")
    if formulas and formulas != len(_VALUED.findall(data)):
        return False
    if data.count(b"<c ") + data.count(b"<c>") != len(_CELL.findall(data)):
        return False
    last = last_value(data)
    row = _ROW.search(data, data.rfind(b"<row ", 0, last) if last >= 0 else len(data))
    height = int(row[1]) if row else 0
    if height * 702 > MAX_CELLS:
        columns = set(_LETTERS.findall(data, 0, last))
        width = max((column_number(letters.decode()) for letters in columns), default=0) + 1
        return height * width <= MAX_CELLS
    return last < 0 or row is not None


def _is_utf8(data: bytes) -> bool:
    head = data[:200]
    declared = re.search(rb"encoding=[\"']([\w-]+)", head)
    return b"\0" not in head and (declared is None or declared[1].lower() in (b"utf-8", b"us-ascii"))


def last_value(data: bytes) -> int:
    """Where the last cell with anything in it lies in a sheet part; -1 where no cell has."""
    return max(data.rfind(b"<v>"), data.rfind(b"<is>"), data.rfind(b"<f"), data.rfind(b"<v xml"))


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


# -- the exact sheet -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Exact:
    """Our own reader: every cell as the XML has it, however far apart."""

    package: Package
    book: str
    epoch_1904: bool
    _strings: list[str] | None = field(default=None)
    _formats: list[str] | None = field(default=None)

    @property
    def strings_are_plain(self) -> bool:
        """Whether the shared strings hold no escape that the fast reader leaves as it is."""
        part = self._part("sharedStrings")
        return not part or not _ESCAPED.search(self.package.read(part))

    def rows(self, data: bytes, part: str) -> tuple[list[list[Value]], list[Area]]:
        """Rows and merges of one sheet part. Unreadable where the XML is broken, TooFar past the bounds."""
        if self._strings is None:
            self._strings = self._read_strings()
            self._formats = self._read_formats()
        reader = _SheetReader(self._strings, self._formats or [], self.epoch_1904)
        try:
            reader.read(without_empty_tail(data), part)
        except (ValueError, OverflowError) as error:
            raise Unreadable("F04", f"第{reader.row + 1}行附近的单元格写法不合规范") from error
        return reader.grid.rows, reader.merges

    def _part(self, kind: str) -> str:
        for _, found, path in relationships(self.package, self.book):
            if found == kind and path in self.package:
                return path
        usual = posixpath.join(posixpath.dirname(self.book), f"{kind}.xml")
        return usual if usual in self.package else ""

    def _read_strings(self) -> list[str]:
        part = self._part("sharedStrings")
        return shared_strings(self.package.read(part), part) if part else []

    def _read_formats(self) -> list[str]:
        part = self._part("styles")
        try:
            return cell_formats(starts(self.package.read(part), part)) if part else []
        except Unreadable as error:
            if error.what == BOMB:
                raise
            return []  # broken styles take the dates' look away, never the values


def without_empty_tail(data: bytes) -> bytes:
    """A sheet part without the formatted but empty rows after the last value: a million of them cost seconds."""
    last, end = last_value(data), data.rfind(b"</sheetData>")
    if end < 0 or b"\0" in data[:200]:
        return data
    tail = data.find(b"<row ", max(last, 0), end) if last < end else -1
    return data if tail < 0 else data[:tail] + data[end:]


def shared_strings(data: bytes, part: str) -> list[str]:
    """The texts of a sharedStrings part; runs joined, phonetic guides dropped."""
    texts: list[str] = []
    pieces: list[str] = []
    state = _Text(pieces)

    def end(tag: str) -> None:
        name = local(tag)
        if name == "si":
            texts.append(unescaped("".join(pieces)))
            pieces.clear()
        state.end(name)

    reader = parser()
    reader.StartElementHandler = lambda tag, attributes: state.start(local(tag), attributes)
    reader.EndElementHandler = end
    reader.CharacterDataHandler = state.text
    parse(reader, data, part)
    return texts


class _Text:
    """Collects the text of <t> elements into `pieces`, less those of phonetic guides (<rPh>)."""

    def __init__(self, pieces: list[str]) -> None:
        self._pieces = pieces
        self._phonetic = 0
        self._run: list[str] | None = None
        self._keep = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "rPh":
            self._phonetic += 1
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
            self._run = None


_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescaped(text: str) -> str:
    """`_x000D_` and its like as the characters they stand for; `_x005F_` is the underscore itself."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


_DATES: Final = frozenset([*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)])
_ELAPSED: Final = 46
_NOT_LETTERS: Final = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|General|E[+-]', re.IGNORECASE)


def cell_formats(tags: list[tuple[str, dict[str, str]]]) -> list[str]:
    """For each cell style 'date', 'elapsed' or ''. Built-in 27–36 and 50–58 are the dates of zh-CN and WPS."""
    codes: dict[int, str] = {}
    formats: list[str] = []
    inside = False
    for tag, attributes in tags:
        if tag == "numFmt" and attributes.get("numFmtId", "").isdigit():
            codes.setdefault(int(attributes["numFmtId"]), attributes.get("formatCode", ""))
        elif tag in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            number = attributes.get("numFmtId", "0")
            formats.append(_format(int(number) if number.isdigit() else 0, codes))
    return formats


def _format(number: int, codes: dict[int, str]) -> str:
    if number in codes:
        return format_kind(codes[number])
    return "elapsed" if number == _ELAPSED else "date" if number in _DATES else ""


def format_kind(code: str) -> str:
    """'date', 'elapsed' or '' for a number format's code, judged by its first section."""
    section = _NOT_LETTERS.sub("", code.partition(";")[0]).lower()
    if "[" in section:
        return "elapsed"
    digits = re.search("[0#?]", re.sub(r"s\.0+", "s", section))
    return "date" if re.search("[ymdhsae]", section) and not digits else ""


class _SheetReader:
    """The handlers of one pass over one sheet part."""

    def __init__(self, strings: list[str], formats: list[str], epoch_1904: bool) -> None:
        self.grid = Grid()
        self.merges: list[Area] = []
        self.row = -1
        self._column = -1
        self._strings = strings
        self._formats = formats
        self._epoch_1904 = epoch_1904
        self._inside = False
        self._kind = ""
        self._style = ""
        self._text: list[str] | None = None
        self._value: str | None = None
        self._formula: str | None = None
        self._pieces: list[str] = []
        self._inline = _Text(self._pieces)

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
            self._pieces.clear()
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
            self.grid.put(self.row, self._column, self._cell())
        elif name == "v":
            self._value, self._text = "".join(self._text or []), None
        elif name == "f":
            self._formula, self._text = "".join(self._text or []), None
        elif name == "sheetData":
            self._inside = False
        else:
            self._inline.end(name)

    def _cell(self) -> Value:
        kind, value = self._kind, self._value
        if kind == "inlineStr":
            return unescaped("".join(self._pieces)) or None
        if kind == "e":
            return CellError((value or "").strip() or "#ERROR")
        if self._formula is not None and (value is None or (not value.strip() and kind != "str")):
            return Uncalculated("=" + self._formula)
        if value is None:
            return unescaped("".join(self._pieces)) or None
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
        try:
            return tidy(datetime.fromisoformat(value.removesuffix("Z")))
        except ValueError:
            return value

    def _number(self, value: str) -> Value:
        try:
            number = float(value)
        except ValueError:
            return value  # writers have put text here; what stands there is what the unit sees
        style = int(self._style) if self._style.isdigit() else 0
        look = self._formats[style] if style < len(self._formats) else ""
        if look:
            return from_serial(number, elapsed=look == "elapsed", epoch_1904=self._epoch_1904)
        return tidy(number)


_CONVERT: Final[dict[str, Callable[[_SheetReader, str], Value]]] = {
    "s": _SheetReader._shared,
    "b": _SheetReader._boolean,
    "d": _SheetReader._iso,
}
