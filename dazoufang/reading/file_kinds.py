"""Recognises what delivered bytes are, whatever their name says, and decodes what is text."""

from __future__ import annotations

import codecs
import io
import re
from contextlib import suppress
from enum import StrEnum
from typing import Final

import olefile

from dazoufang.reading.sheet import Unreadable
from dazoufang.reading.zip_parts import ZipParts


class FileKind(StrEnum):
    """What `read_books` knows how to read."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    ODS = "ods"
    XLS = "xls"
    RAW_XLS = "raw xls"
    ZIP = "zip"
    TEXT = "text"
    HTML = "html"
    XML_2003 = "xml 2003"
    FODS = "fods"


OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF", "PDF文档"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"II*\0", "图片"),
    (b"MM\0*", "图片"),
    (b"{\\rtf", "RTF文档"),
    (b"SQLite format 3", "数据库文件"),
    (b"MZ", "Windows程序"),
    (b"\x7fELF", "程序"),
    (b"ID3", "音频"),
    (b"ID;P", "SYLK文件"),
    (b"MIME-Version:", "网页（MHT）"),
)
_PACKED: Final[tuple[tuple[bytes, str], ...]] = (
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gz"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\0", "xz"),
)
_CHARSET: Final = re.compile(rb"charset=[\"']?([\w-]+)", re.IGNORECASE)
_DECLARATION: Final = re.compile(r"^\ufeff?\s*<\?xml[^>]*\?>")
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0e-\x19\x1b-\x1f\x7f]")


def sniff(data: bytes) -> FileKind:
    """What the bytes are. Raises Unreadable: F01 empty, F02 password, F03 something else, F04 damaged, F08 an
    archive that is no zip."""
    if not data:
        raise Unreadable("F01")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(data)
    if data.startswith(OLE):
        workbook_stream(data)
        return FileKind.XLS
    if data[:2] in (b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08") and data[3:4] == b"\0" and len(data) > 20:
        return FileKind.RAW_XLS
    for magic, content in _MAGIC:
        if data.removeprefix(b"\xef\xbb\xbf").startswith(magic):
            raise Unreadable("F03", content)
    if data[8:12] == b"WEBP" or (data[:2] == b"BM" and data[6:10] == b"\0\0\0\0"):
        raise Unreadable("F03", "图片")
    if data[4:8] == b"ftyp":
        raise Unreadable("F03", "视频或手机照片")
    for magic, content in _PACKED:
        if data.startswith(magic):
            raise Unreadable("F08", f"是{content}格式，程序只认普通的 .zip")
    if not data.strip(b"\0"):
        raise Unreadable("F04", "全是空字节，没有复制完整")
    return _markup_kind(decoded_page(data))


def _markup_kind(text: str) -> FileKind:
    head = text[:4096].lstrip("\ufeff \t\r\n").lower()
    if not head.startswith("<"):
        return FileKind.TEXT
    if "urn:schemas-microsoft-com:office:spreadsheet" in head and "<html" not in head:
        return FileKind.XML_2003
    if "<office:document" in head:
        return FileKind.FODS
    if re.search(r"<(!doctype html|html|table|head|body|meta|tr|div|style)\b", head):
        if re.search(r"<table\b", text, re.IGNORECASE):
            return FileKind.HTML
        raise Unreadable("F03", "网页（HTML），里面没有表格")
    if head.startswith("<?xml"):
        raise Unreadable("F03", "XML文件")
    return FileKind.TEXT


def _zip_kind(data: bytes) -> FileKind:
    package = ZipParts(data)
    names = set(package.names)
    if "mimetype" in names and "content.xml" in names | {"encrypted-package"}:
        return _odf_kind(package)
    if "xl/workbook.bin" in names:
        return FileKind.XLSB
    if any(name.rpartition("/")[2] == "workbook.xml" for name in names) or "xl/worksheets/sheet1.xml" in names:
        return FileKind.XLSX
    for folder, content in (
        ("word/", "Word文档"),
        ("ppt/", "PPT演示文稿"),
        ("visio/", "Visio图"),
        ("ofd.xml", "OFD文档"),
    ):
        if any(name.startswith(folder) for name in names):
            raise Unreadable("F03", content)
    if "content.xml" in names and "meta-inf/manifest.xml" in names:
        return FileKind.ODS
    if "[content_types].xml" in names:
        if any(name.startswith("xl/worksheets/") for name in names):
            return FileKind.XLSX  # a workbook part of another name: the package says which
        raise Unreadable("F04", "缺少内部部件 workbook.xml")
    return FileKind.ZIP


def _odf_kind(package: ZipParts) -> FileKind:
    media_type = package.read("mimetype").decode("ascii", "replace").strip()
    if media_type.startswith("application/vnd.sun.xml."):
        raise Unreadable("F03", "StarOffice（早期OpenOffice）的文件")
    for word, content in (("text", "ODT文档"), ("presentation", "ODP演示文稿"), ("graphics", "ODG图形")):
        if media_type.startswith(f"application/vnd.oasis.opendocument.{word}"):
            raise Unreadable("F03", content)
    return FileKind.ODS


def workbook_stream(data: bytes) -> bytes:
    """The Workbook (BIFF8) or Book (BIFF5) stream of an OLE2 file. Raises Unreadable F02, F03 or F04."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            names = {"/".join(entry).lower(): entry for entry in ole.listdir()}
            if "encryptedpackage" in names or "encryptioninfo" in names:
                raise Unreadable("F02")
            for name in ("workbook", "book"):
                if name in names:
                    return bytes(ole.openstream(names[name]).read())
    except (OSError, ArithmeticError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise Unreadable("F04", "老格式（OLE）的目录已乱，或没有复制完整") from error
    if not names:
        raise Unreadable("F04", "老格式（OLE）的目录是空的，多半没有复制完整")
    if "worddocument" in names:
        raise Unreadable("F03", "Word文档")
    if "powerpoint document" in names or "pp97_dualstorage" in names:
        raise Unreadable("F03", "PPT演示文稿")
    if "__properties_version1.0" in names:
        raise Unreadable("F03", "Outlook邮件")
    raise Unreadable("F03", "别的程序的文件（OLE容器，里面没有工作簿）")


def decoded(data: bytes) -> str:
    """Text of whatever encoding a Chinese office writes: UTF-8, UTF-16 or UTF-32 by mark (or by its zero bytes),
    else UTF-8, else GB18030. Raises Unreadable F03 (binary) or F04 (a marked encoding that does not hold)."""
    for mark, codec in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\0\0", "utf-32"),
        (b"\0\0\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            try:
                return data.decode(codec)
            except UnicodeDecodeError as error:
                raise Unreadable("F04", "文字编码中断，没有复制完整") from error
    candidates = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be") if b"\0" in data else ("utf-8", "gb18030")
    for codec in candidates:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError as error:
            if codec == "utf-8" and error.start > 8 and error.end >= len(data) and not data[: error.start].isascii():
                raise Unreadable("F04", "文字在末尾中断，没有复制完整") from error
            continue
        if not _CONTROLS.search(text) and (b"\0" not in data or _printable(text)):
            return text
    if not any(byte < 32 and byte not in b"\t\n\r\f\x1a" for byte in data):
        raise Unreadable("F03", "文字编码既不是UTF-8也不是国标码（GB18030）的文本")
    raise Unreadable("F03", "不能识别的二进制内容")


def decoded_page(data: bytes) -> str:
    """Text of a web page: by the charset it names where that is no Chinese one, else as `decoded`."""
    named = _CHARSET.search(data, 0, 4096)
    if named and data.lstrip(b" \t\r\n").startswith(b"<"):
        with suppress(LookupError, UnicodeDecodeError):
            codec = codecs.lookup(named[1].decode("ascii")).name
            if not codec.startswith(("utf", "gb", "ascii")):
                return data.decode(codec)
    return decoded(data)


def decoded_xml(data: bytes) -> bytes:
    """XML of whatever encoding as UTF-8 without its declaration: expat knows no Chinese encoding."""
    return _DECLARATION.sub("", decoded(data)).encode()


def _printable(text: str) -> bool:
    return text.translate({9: None, 10: None, 12: None, 13: None}).isprintable()
