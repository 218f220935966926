"""The only reader of foreign workbooks: delivered bytes in, sheets of plain values (or the reason why not) out."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections import Counter
from dataclasses import replace
from typing import Final

from dazoufang.model import faults
from dazoufang.model.faults import Fault
from dazoufang.reading.csv_text import read_text
from dazoufang.reading.file_kinds import FileKind, decoded, decoded_page, decoded_xml, sniff, workbook_stream
from dazoufang.reading.html_table import read_html
from dazoufang.reading.ods import read_fods, read_ods
from dazoufang.reading.sheet import Book, CellError, Sheet, Uncalculated, Unreadable, Value
from dazoufang.reading.xls import read_xls, read_xls_with_xlrd, read_xlsb
from dazoufang.reading.xlsx import read_xlsx
from dazoufang.reading.xml_2003 import read_xml_2003
from dazoufang.reading.zip_parts import ZipParts, check_size

__all__ = ["Book", "CellError", "Sheet", "Uncalculated", "Value", "read_books"]

MAX_MEMBERS: Final = 500
_NO_WORKBOOK: Final = {"F01": "空文件", "F03": "", "F08": "打不开的压缩包或加密文件"}  # '': what it is
_SKIPPED: Final = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})


def read_books(data: bytes, name: str) -> list[Book]:
    """The workbooks in a delivered file: one, or one for each member of a zip of workbooks, ordered by name.

    `name` only helps to word things; the bytes decide. Foreign bytes never raise: a book that cannot be read
    carries a fault F01 to F08 and no sheets. Only what ends the process's work (MemoryError …) escapes.
    """
    try:
        kind = sniff(data)
        if kind is FileKind.ZIP:
            return _zipped(data)
        return [Book("", _sheets(kind, data, name))]
    except Unreadable as error:
        return [Book("", [], _fault(error))]
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except Exception as error:
        return [Book("", [], _fault(_unforeseen(error)))]


def _fault(error: Unreadable) -> Fault:
    return faults.make(error.code, what=error.reason)


def _unforeseen(error: Exception) -> Unreadable:
    """Bytes that broke a reader in a way nobody foresaw: one bad file must never stop the others."""
    return Unreadable("F06", f"内部结构不合规范（{type(error).__name__}）")


def _sheets(kind: FileKind, data: bytes, name: str) -> list[Sheet]:
    match kind:
        case FileKind.XLSX:
            return read_xlsx(ZipParts(data), data)
        case FileKind.XLSB:
            return read_xlsb(ZipParts(data), data)
        case FileKind.ODS:
            return read_ods(ZipParts(data))
        case FileKind.XLS:
            return read_xls(data, workbook_stream(data))
        case FileKind.RAW_XLS:
            return read_xls_with_xlrd(data)
        case FileKind.TEXT:
            return [read_text(decoded(data), _stem(name))]
        case FileKind.HTML:
            return [read_html(decoded_page(data), _stem(name))]
        case FileKind.XML_2003:
            return read_xml_2003(decoded_xml(data))
        case FileKind.FODS:
            return read_fods(decoded_xml(data))
        case FileKind.ZIP:
            raise Unreadable("F08", "里面还套着压缩包")


def _stem(name: str) -> str:
    return posixpath.splitext(posixpath.basename(name))[0]


# -- zip -----------------------------------------------------------------------------------------------------


def _zipped(data: bytes) -> list[Book]:
    """One Book for each member of a zip, ordered by name; a single F08 where none of them is a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = _members(archive)
        check_size([info for _, info in members], len(data))
        if not members:
            raise Unreadable("F08", "是空的")
        if len(members) > MAX_MEMBERS:
            raise Unreadable("F05", f"压缩包里有{len(members)}个文件")
        outcomes = [(member, _member(archive, info, member)) for member, info in members]
    refusals = [outcome for _, outcome in outcomes if isinstance(outcome, Unreadable) and outcome.code in _NO_WORKBOOK]
    if len(refusals) < len(outcomes):
        return [_book(member, outcome) for member, outcome in outcomes]
    if {refusal.code for refusal in refusals} == {"F08"} and len({refusal.reason for refusal in refusals}) == 1:
        raise refusals[0]
    kinds = Counter(_NO_WORKBOOK[refusal.code] or refusal.reason for refusal in refusals)
    listed = "、".join(f"{kind}{count}个" for kind, count in kinds.most_common(4))
    raise Unreadable("F08", f"里面没有Excel表（只有：{listed}）")


def _book(member: str, outcome: list[Sheet] | Unreadable) -> Book:
    if isinstance(outcome, Unreadable):
        return Book(member, [], replace(_fault(outcome), member=member))
    return Book(member, [replace(s, fault=replace(s.fault, member=member)) if s.fault else s for s in outcome])


def _members(archive: zipfile.ZipFile) -> list[tuple[str, zipfile.ZipInfo]]:
    """(clean unique name, entry) of the members worth a look, ordered by name."""
    found: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        shown = member_name(info)
        folders, _, base = shown.rpartition("/")
        if info.is_dir() or not base or base.lower() in _SKIPPED or base.startswith(("~$", "._")):
            continue
        if "__MACOSX" in folders.split("/"):
            continue
        stem, extension = posixpath.splitext(shown)
        unique, turn = shown, 1
        while unique in found:
            turn += 1
            unique = f"{stem} ({turn}){extension}"
        found[unique] = info
    return sorted(found.items())


def member_name(info: zipfile.ZipInfo) -> str:
    """The path of a zip member as its sender typed it, harmless: no drive, no leading slash, no '..'."""
    name = info.filename
    if not info.flag_bits & 0x800 and not name.isascii():
        raw = name.encode("cp437", "replace")
        # UTF-8 first: macOS leaves the flag out, and real GBK names are hardly ever valid UTF-8 as well.
        for codec in ("utf-8", "gb18030"):
            try:
                name = raw.decode(codec)
            except UnicodeDecodeError:
                continue
            break
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "/".join(part for part in parts if not (len(part) == 2 and part.endswith(":")))


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, member: str) -> list[Sheet] | Unreadable:
    try:
        data = archive.read(info)
    except RuntimeError as error:  # NotImplementedError is one too; else it is zipfile's word for an encrypted entry
        unknown = isinstance(error, NotImplementedError)
        return Unreadable("F08", "用了少见的压缩方法" if unknown else "加了密码")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError):
        return Unreadable("F04", "压缩包里的这一份解不开或校验不符")
    try:
        return _sheets(sniff(data), data, member)
    except Unreadable as error:
        return error
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except Exception as error:
        return _unforeseen(error)
