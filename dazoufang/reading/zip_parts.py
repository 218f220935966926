"""The parts of a foreign zip container (.xlsx, .xlsb, .ods) and their XML, with every size and entity guarded."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from typing import Any, Final, Protocol
from urllib.parse import unquote
from xml.parsers import expat

from dazoufang.reading.sheet import Unreadable

MAX_INFLATED: Final = 200 * 2**20
MAX_RATIO: Final = 400  # deflate reaches 1032:1 on nothing but repeats; a sheet of empty formatted rows about 150:1
SMALL: Final = 20 * 2**20  # below this size no ratio is a danger
MAX_PARTS: Final = 20_000
BOMB: Final = "文件内部夹带了实体声明（常见于“XML炸弹”），正常的表格没有，为安全起见不予打开"

_DOCTYPE: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)")


class ZipParts:
    """The parts of a zip container, found whatever the case or slash of their names; sizes are checked first."""

    def __init__(self, data: bytes, *, guarded: bool = True) -> None:
        """Raises Unreadable (F04 damaged, F05 too large once inflated: not asked of what was read or made already)."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise Unreadable("F04", "压缩结构不完整，后半部分缺失或被改坏") from error
        infos = [info for info in self._zip.infolist() if not info.is_dir()]
        if guarded:
            check_size(infos, len(data))
        self._parts: dict[str, zipfile.ZipInfo] = {}
        self.has_twins = False  # two parts of one name, of a kind that no reader asks for
        for info in infos:
            name = stored_name(info).lower()
            twin = self._parts.get(name)
            if twin is not None and name.endswith((".xml", ".rels", ".bin")):
                names = " 与 ".join(sorted({twin.filename, info.filename}))
                raise Unreadable("F04", f"内部有两份同名的部件（{names}），无法判断哪一份是真的")
            self.has_twins = self.has_twins or twin is not None
            self._parts[name] = info

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._parts

    @property
    def names(self) -> list[str]:
        """Names of all parts, lower case, forward slashes."""
        return list(self._parts)

    @property
    def infos(self) -> list[zipfile.ZipInfo]:
        """What the zip's directory says of each part, in its order."""
        return list(self._parts.values())

    def read(self, name: str) -> bytes:
        """One part as `inflated` gives it, free of entity declarations. Unreadable where it is not."""
        data = self.inflated(name)
        if _DOCTYPE.search(data, 0, 4096):
            raise Unreadable("F04", BOMB)
        return data

    def inflated(self, name: str) -> bytes:
        """One part of whatever kind, its checksum verified. Unreadable where it is missing or damaged."""
        info = self._parts.get(name.lower())
        if info is None:
            raise Unreadable("F04", f"缺少内部部件 {posixpath.basename(name)}")
        try:
            return self._zip.read(info)
        except RuntimeError as error:  # zipfile's word for an encrypted entry
            raise Unreadable("F02") from error
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
            raise Unreadable("F04", f"内部部件 {posixpath.basename(info.filename)} 解不开或校验不符") from error


def stored_name(info: zipfile.ZipInfo) -> str:
    """The name of a part as others refer to it, in the case it was written in."""
    return info.filename.replace("\\", "/").lstrip("/")


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


class Parts(Protocol):
    """Whatever has parts by name, in the zip as it came or changed since."""

    def __contains__(self, name: str) -> bool: ...

    def read(self, name: str) -> bytes: ...


def relationships_part(part: str) -> str:
    """Where the relationships of a part lie: 'xl/workbook.xml' → 'xl/_rels/workbook.xml.rels'; '' is the package."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", name + ".rels")


def relationships(package: Parts, part: str) -> list[tuple[str, str, str]]:
    """(id, last word of the type, path of the target) of each relationship of a part, in order; none that lead out."""
    rels = relationships_part(part)
    if rels not in package:
        return []
    found = []
    for tag, attributes in starts(package.read(rels), rels):
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "").replace("\\", "/")
            path = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")
            if path not in package and unquote(path) in package:
                path = unquote(path)
            kind = attributes.get("Type", "").rpartition("/")[2]
            found.append((attributes.get("Id", ""), kind, path))
    return found
