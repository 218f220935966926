"""Hostile bytes: each is answered with a true, specific reason (or read), and the next file is read."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile
from tables import workbook

from dazoufang.reading import xls as xls_module
from dazoufang.reading.books import read_books
from dazoufang.reading.sheet import Book, CellError, Disputed, Sheet, Uncalculated
from dazoufang.reading.two_readers import settled
from dazoufang.system.child_limits import Failure
from dazoufang.system.children import Engine

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

FORM = workbook("| 走访日期 | 走访干部 |\n| 9月20日 | 张三 |", unit="工会")
CELLS = [["填报单位：工会"], ["走访日期", "走访干部"], ["9月20日", "张三"]]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def parts(data: bytes = FORM) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: dict[str, bytes] | list[tuple[str | zipfile.ZipInfo, bytes]], **options: Any) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, data in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, data)
    return target.getvalue()


def changed(part: str, before: bytes, after: bytes) -> bytes:
    found = parts()
    assert before in found[part]
    return packed({**found, part: found[part].replace(before, after)})


def sheet_of(rows: str) -> bytes:
    return packed(
        {
            **parts(),
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode(),
        }
    )


@cache
def bomb() -> bytes:
    return packed({**parts(), "xl/worksheets/sheet1.xml": b" " * 300_000_000})


def locked() -> bytes:
    target = io.BytesIO()
    OOXMLFile(io.BytesIO(FORM)).encrypt("秘密", target)
    return target.getvalue()


def locked_zip() -> bytes:
    data = bytearray(packed({"走访.xlsx": FORM}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + place] |= 1
    return bytes(data)


def pass_file(cipher: bytes) -> bytes:
    """An .xls stream whose globals hold a FILEPASS record, as Excel writes it for this cipher."""
    bof = struct.pack("<HHHHHHII", 0x0809, 16, 0x0600, 5, 0, 0, 0, 0)
    return bof + struct.pack("<HH", 0x002F, len(cipher)) + cipher + struct.pack("<HH", 0x000A, 0)


def duplicate_members() -> bytes:
    with pytest.warns(UserWarning, match="Duplicate"):
        return packed([*parts().items(), ("xl/worksheets/sheet1.xml", b"<worksheet/>")])


def lying_row() -> str:
    return '<row r="1000000000"><c r="A1000000000"><v>1</v></c></row>'


TRUNCATED = FORM[: len(FORM) // 2]
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
CORNERS = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
REFUSED: list[tuple[str, Callable[[], bytes], str, str]] = [
    ("empty", lambda: b"", "F01", "0字节"),
    ("zero bytes", lambda: b"\0" * 9000, "F04", "全是空字节"),
    ("truncated", lambda: TRUNCATED, "F04", "压缩结构不完整"),
    ("two corners", lambda: sheet_of(CORNERS), "S05", "XFD1048576 处还有内容"),
    ("row 10^9", lambda: sheet_of(lying_row()), "S05", "A1000000000 处还有内容"),
    ("column past XFD", lambda: sheet_of('<row r="1"><c r="ZZZ1"><v>1</v></c></row>'), "S05", "ZZZ1 处还有内容"),
    ("zip bomb", bomb, "F05", "展开后有 286MB"),
    ("xml bomb", lambda: packed({**parts(), "xl/worksheets/sheet1.xml": ENTITIES}), "F04", "XML炸弹"),
    ("no strings", lambda: sheet_of('<row r="1"><c r="A1" t="s"><v>99</v></c></row>'), "F04", "第1行引用的文字不在文件里"),
    ("row 0", lambda: sheet_of('<row r="0"><c r="A0"><v>1</v></c></row>'), "F04", "第1行附近的单元格地址"),
    ("encrypted agile", locked, "F02", "加密的（设有打开密码"),
    ("encrypted XOR", lambda: ole_of(pass_file(b"\0\0\x12\x34\x56\x78")), "F02", "加密的（设有打开密码"),
    ("encrypted RC4", lambda: ole_of(pass_file(b"\1\0\1\0\1\0" + bytes(48))), "F02", "加密的（设有打开密码"),
    ("encrypted CryptoAPI", lambda: ole_of(pass_file(b"\1\0\2\0\2\0" + bytes(200))), "F02", "加密的（设有打开密码"),
    ("encrypted standard", lambda: ole_named("EncryptionInfo", b"\3\0\2\0" + bytes(200)), "F02", "加密的（设有打开密码"),
    ("encrypted extensible", lambda: ole_named("EncryptionInfo", b"\4\0\3\0" + bytes(200)), "F02", "加密的（设有打开密码"),
    ("encrypted zip", locked_zip, "F08", "加了密码"),
    ("word .doc", lambda: ole_named("WordDocument", bytes(600)), "F03", "Word文档"),
    ("word .docx", lambda: packed({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<w/>"}), "F03", "Word文档"),
    ("pdf", lambda: b"%PDF-1.4\n%\xe2\xe3\xcf\xd3", "F03", "PDF文档"),
    ("pdf behind a mark", lambda: b"\xef\xbb\xbf%PDF-1.4\n%\xe2\xe3\xcf\xd3", "F03", "PDF文档"),
    ("png", lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "F03", "图片"),
    ("page without a table", lambda: "<html><body>请登录系统</body></html>".encode(), "F03", "里面没有表格"),
    ("star office", lambda: packed({"mimetype": b"application/vnd.sun.xml.calc", "content.xml": b"<x/>"}), "F03", "StarOffice"),
    ("latin text", lambda: b"Z\xfcrich \xe9\xff, Gen\xe8ve\n", "F03", "文字编码"),
    ("nested zips", lambda: packed({"a.zip": packed({"b.zip": packed({"c.xlsx": FORM})})}), "F08", "里面还套着压缩包"),
    ("10,000 members", lambda: packed({f"{n}.xlsx": b"" for n in range(10_000)}), "F05", "10000个文件"),
    ("twin parts", duplicate_members, "F04", "两份同名的部件"),
    ("part that is a folder of itself", lambda: changed("_rels/.rels", b"xl/workbook.xml", b"../../../etc"), "", ""),
    ("xml 2003 bomb", lambda: b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>", "F04", "XML炸弹"),
]  # fmt: skip


def ole_named(name: str, data: bytes) -> bytes:
    """The smallest OLE2 file with one stream: what other programs' files are told apart by."""
    book = xlwt.Workbook()
    book.add_sheet("x")
    target = io.BytesIO()
    book.save(target)
    made = bytearray(target.getvalue())
    old, new = "Workbook".encode("utf-16-le"), name.encode("utf-16-le")
    place = made.find(old)
    made[place : place + 64] = new.ljust(64, b"\0")
    made[place + 64 : place + 66] = struct.pack("<H", len(new) + 2)
    made[512 : 512 + len(data)] = data  # xlwt lays the stream into the first sectors
    return bytes(made)


def ole_of(stream: bytes) -> bytes:
    return ole_named("Workbook", stream)


def answer(data: bytes, name: str = "走访登记.xlsx") -> tuple[str, str]:
    """The code and the message a file is returned with; ('', '') where it is read."""
    books = read_books(data, name)
    faults = [book.fault or next((sheet.fault for sheet in book.sheets if sheet.fault), None) for book in books]
    found = next((fault for fault in faults if fault), None)
    return (found.code, found.message) if found else ("", "")


def only(data: bytes, name: str = "走访登记.xlsx") -> Sheet:
    (book,) = read_books(data, name)
    assert book.fault is None, book.fault
    (sheet,) = book.sheets
    assert sheet.fault is None, sheet.fault
    return sheet


@pytest.mark.parametrize(("made", "code", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_hostile_bytes_get_a_true_reason_and_the_next_file_is_read(
    made: Callable[[], bytes], code: str, reason: str
) -> None:
    got, message = answer(made())
    assert (got, reason in message) == (code, True), message
    assert "不合规范（" not in message
    assert only(FORM).rows == CELLS


# -- read though strange -----------------------------------------------------------------------------------------


def zip64() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in parts().items():
            with archive.open(name, "w", force_zip64=True) as stream:
                stream.write(data)
    return target.getvalue()


class Pipe(io.RawIOBase):
    """A stream that cannot seek: zipfile then writes data descriptors behind the members."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.data += data
        return len(data)


def described() -> bytes:
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts().items():
            archive.writestr(name, data)
    return bytes(pipe.data)


def with_symlink() -> bytes:
    link = zipfile.ZipInfo("走访.lnk.xlsx")
    link.external_attr = 0o120777 << 16
    return packed([(link, b"/etc/passwd"), ("表.xlsx", FORM)])


READ: list[tuple[str, Callable[[], bytes]]] = [
    ("zip64", zip64),
    ("data descriptors", described),
    ("absolute part paths", lambda: changed("_rels/.rels", b'"xl/workbook.xml"', b'"/xl/workbook.xml"')),
    ("backslashes in part names", lambda: packed({name.replace("/", "\\"): data for name, data in parts().items()})),
    ("no styles", lambda: packed({name: data for name, data in parts().items() if name != "xl/styles.xml"})),
    ("macros beside the sheets", lambda: packed({**parts(), "xl/vbaProject.bin": bytes(9000)})),
    (
        "a circle of relationships",
        lambda: packed({**parts(), "xl/worksheets/_rels/sheet1.xml.rels": parts()["xl/_rels/workbook.xml.rels"]}),
    ),
    (
        "a module of macros among the sheets",
        lambda: changed("xl/workbook.xml", b"</sheets>", b'<sheet name="Module1" sheetId="9" r:id=""/></sheets>'),
    ),
    (
        "a workbook part of another name",
        lambda: packed(
            {
                name.replace("workbook.xml", "book9.xml"): data.replace(b"xl/workbook.xml", b"xl/book9.xml")
                for name, data in parts().items()
            }
        ),
    ),
]


@pytest.mark.parametrize("made", [made for _, made in READ], ids=[name for name, _ in READ])
def test_a_strange_package_that_excel_opens_is_read(made: Callable[[], bytes]) -> None:
    assert only(made()).rows == CELLS


def test_a_zip_with_paths_that_climb_links_and_chinese_names_is_read_and_writes_nothing() -> None:
    name = zipfile.ZipInfo("x")
    name.filename = "../../走访.xlsx"
    books = read_books(packed([(name, FORM)]), "a.zip")
    assert [(book.member, book.sheets[0].rows) for book in books] == [("走访.xlsx", CELLS)]
    books = read_books(with_symlink(), "a.zip")
    assert {book.member: len(book.sheets) for book in books} == {"走访.lnk.xlsx": 1, "表.xlsx": 1}
    assert next(book for book in books if book.member == "走访.lnk.xlsx").sheets[0].rows == [["/etc/passwd"]]


def test_a_sheet_of_old_macros_is_no_data() -> None:
    found = parts()
    book = found["xl/workbook.xml"].replace(b"</sheets>", b'<sheet name="Macro1" sheetId="7" r:id="rId99"/></sheets>')
    rels = found["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet" '
        b'Target="macrosheets/sheet1.xml"/></Relationships>',
    )
    macro = f'<xm:macrosheet xmlns:xm="urn:x" xmlns="{MAIN}"><sheetData/></xm:macrosheet>'.encode()
    data = packed(
        {**found, "xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": rels, "xl/macrosheets/sheet1.xml": macro}
    )
    assert only(data).rows == CELLS


def test_an_extension_does_not_undo_the_epoch_of_the_dates() -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    assert book.active is not None
    book.active["A1"] = date(2023, 9, 20)
    book.active["A2"] = "=1/0"  # without its value: the exact reader is asked
    target = io.BytesIO()
    book.save(target)
    found = parts(target.getvalue())
    extended = found["xl/workbook.xml"].replace(
        b"</workbook>",
        b'<extLst><ext><x15:workbookPr xmlns:x15="urn:x" chartTrackingRefBase="1"/></ext></extLst></workbook>',
    )
    assert only(packed({**found, "xl/workbook.xml": extended})).rows[0] == [date(2023, 9, 20)]


def test_iso_days_and_hours_in_cells_are_days_and_hours() -> None:
    cells = '<c r="A1" t="d"><v>2023-09-20</v></c><c r="B1" t="d"><v>10:30:00.5</v></c><c r="C1" t="e"><v>#N/A</v></c>'
    assert only(sheet_of(f'<row r="1">{cells}</row>')).rows == [[date(2023, 9, 20), time(10, 30, 0, 500_000), "#N/A"]]


# -- two readers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sure", "quick", "expected"),
    [
        ("张三", "张三", "张三"),
        (-1.5, time(12, 0), -1.5),  # a negative day
        (17, date(1900, 1, 17), 17),  # a built-in number of a format that the file gives another meaning
        (date(1900, 1, 1), timedelta(days=1), timedelta(days=1)),  # [h]:mm
        (time(10, 0, 0, 999), time(10, 0, 0, 1000), time(10, 0, 0, 999)),
        (CellError("#N/A"), None, CellError("#N/A")),
        (Uncalculated("=B1"), "", Uncalculated("=B1")),
        (None, "只有一个读到", "只有一个读到"),
        ("只有一个读到", None, "只有一个读到"),
        ("苹果", "\x18\x00\x9c\x00", "苹果"),
        ("两行\n字 ", "两行 \r\n字", "两行\n字 "),
        (3, 3.0, 3),
    ],
)
def test_readers_that_differ_for_a_known_reason_agree_on_the_value(sure: Any, quick: Any, expected: Any) -> None:
    ((found,),) = settled([[sure]], [[quick]])
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("sure", "quick"),
    [
        ("张三", "张山"),
        (13807300001, 13807300002),
        (date(2023, 9, 20), date(2023, 9, 21)),
        ("3", 3),
        (time(1, 0), time(2, 0)),
        (date(2023, 9, 20), "2023年"),
    ],
)
def test_where_two_readers_disagree_nobody_guesses(sure: Any, quick: Any) -> None:
    ((found,),) = settled([[sure]], [[quick]])
    assert isinstance(found, Disputed)
    assert (found.first, found.second) == (str(sure), str(quick))


def test_a_disputed_value_survives_the_way_out_of_the_child() -> None:
    with Engine(1) as engine:
        (found,) = engine.map(_disputed, [0])
    assert isinstance(found, Disputed) and isinstance(found, CellError)
    assert (found.first, found.second) == ("甲", "乙")


def _disputed(_: int) -> Disputed:
    return Disputed("甲", "乙")


def xls(*rows: list[Any], style: str = "general") -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("登记")
    look = xlwt.easyxf(num_format_str=style)
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            page.write(row, column, value, look)
    page.merge(0, 1, 3, 3)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_negative_number_under_a_date_format_stays_a_number_in_xls() -> None:
    assert only(xls([-1.2, 45189], style="yyyy-mm-dd"), "a.xls").rows == [[-1.2, date(2023, 9, 20)]]


def test_a_number_that_one_reader_of_an_xls_loses_is_found_by_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xls_module, "_from_xlrd", losing_the_last)
    assert only(xls(["张三", 13807300001, 45189]), "a.xls").rows == [["张三", 13807300001, 45189]]


def test_what_the_readers_read_differently_where_one_loses_a_number_is_disputed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def garbled(sheet: Any) -> Any:
        grid = plain(sheet)
        grid.put(0, 0, "张山")
        return grid

    plain = xls_module._grid
    monkeypatch.setattr(xls_module, "_grid", garbled)
    monkeypatch.setattr(xls_module, "_from_xlrd", losing_the_last)
    rows = only(xls(["张三", 13807300001]), "a.xls").rows
    assert rows == [[Disputed("张三", "张山"), 13807300001]] and isinstance(rows[0][0], Disputed)


def test_an_xls_whose_numbers_are_all_there_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(_: bytes) -> None:
        raise AssertionError("read twice")

    monkeypatch.setattr(xls_module, "_opened", refuses)
    assert only(xls(["张三", 13807300001, True, None, 1.5]), "a.xls").rows == [["张三", 13807300001, True, None, 1.5]]


def losing_the_last(sheet: Any, datemode: int) -> Sheet:
    read = _FROM_XLRD(sheet, datemode)
    return replace(read, rows=[row[:-1] for row in read.rows])


_FROM_XLRD = xls_module._from_xlrd


def test_the_merges_of_an_xls_are_known_though_one_reader_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xls_module, "_opened", lambda _: None)
    sheet = only(xls(["张三", 1]), "a.xls")
    assert (sheet.rows, sheet.merges) == ([["张三", 1]], [(0, 3, 1, 3)])


# -- web pages and XML -------------------------------------------------------------------------------------------

PAGE = """<html><head><title>导出</title><meta http-equiv="Content-Type" content="text/html; charset={charset}">
<style>td {{ color: red }}</style></head><body><p>填报单位：工会</p>
<table border=1><tr><th>走访日期<th rowspan=2>走访干部<th colspan="2">走访&nbsp;对象
<tr><td>9.1<td>张&amp;三<td>李<br>四</td></tr></table>完</body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gbk"])
def test_a_web_page_saved_as_xls_is_read_as_excel_shows_it(charset: str) -> None:
    codec = charset if charset == "utf-8" else "gb18030"
    sheet = only(PAGE.format(charset=charset).encode(codec), "导出.xls")
    assert sheet.name == "导出"
    assert sheet.rows == [
        ["填报单位：工会"],
        ["走访日期", "走访干部", "走访\xa0对象"],
        [9.1, None, "张&三", "李\n四"],
        ["完"],
    ]
    assert sheet.merges == [(1, 1, 2, 1), (1, 2, 1, 3)]


def test_a_web_page_says_its_own_charset() -> None:
    page = '<meta charset="big5"><table><tr><td>走訪日期</td></tr></table>'
    assert only(page.encode("big5"), "a.xls").rows == [["走訪日期"]]


def test_a_table_within_a_table_loses_no_text() -> None:
    page = "<table><tr><td>外<table><tr><td>姓名<td>电话<tr><td>张三<td>0730</table>后</td></tr></table>"
    assert only(page.encode(), "a.xls").rows == [["姓名", "电话"], ["张三", "0730"], ["外后"]]


def test_a_web_page_with_absurd_spans_and_depth_is_answered() -> None:
    assert answer(b"<table><tr><td rowspan=999999999 colspan=999999999>1<td>2", "a.xls")[0] == "S05"
    assert answer(b"<table>" * 10_000, "a.xls") == ("F04", answer(b"<table>" * 51, "a.xls")[1])
    assert "标签写法已乱" in answer(b"<table><![" * 100, "a.xls")[1]


XML = """<?xml version="1.0" encoding="{codec}"?><?mso-application progid="Excel.Sheet"?>
<ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><ss:Worksheet ss:Name="登记"><ss:Table>
<ss:Row ss:Index="2"><ss:Cell ss:MergeAcross="1"><ss:Data ss:Type="String">走访日期</ss:Data></ss:Cell>
<ss:Cell><ss:Data ss:Type="String">电话</ss:Data><ss:Comment><ss:Data>批注</ss:Data></ss:Comment></ss:Cell></ss:Row>
<ss:Row><ss:Cell><ss:Data ss:Type="DateTime">2023-09-20T00:00:00.000</ss:Data></ss:Cell>
<ss:Cell ss:Index="3"><ss:Data ss:Type="Number">3.1</ss:Data></ss:Cell>
<ss:Cell ss:Formula="=RC[-1]"/><ss:Cell><ss:Data ss:Type="Error">#N/A</ss:Data></ss:Cell>
<ss:Cell><ss:Data ss:Type="DateTime">1899-12-31T14:30:00.000</ss:Data></ss:Cell></ss:Row></ss:Table></ss:Worksheet>
<ss:Worksheet ss:Name="去年"><ss:Table/><WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><Visible>SheetHidden</Visible>
</WorksheetOptions></ss:Worksheet></ss:Workbook>"""


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "gb2312"])
def test_an_xml_spreadsheet_of_2003_is_read(codec: str) -> None:
    (book,) = read_books(XML.format(codec=codec).encode(codec), "登记.xls")
    assert [(sheet.name, sheet.visible) for sheet in book.sheets] == [("登记", True), ("去年", False)]
    assert book.sheets[0].merges == [(1, 0, 1, 1)]
    assert book.sheets[0].rows == [
        [],
        ["走访日期", None, "电话"],
        [date(2023, 9, 20), None, 3.1, "=RC[-1]", "#N/A", time(14, 30)],
    ]
    assert list(map(type, book.sheets[0].rows[2]))[3:5] == [Uncalculated, CellError]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("</ss:Table></ss:Worksheet>", "", "不是完整的XML"),
        ('ss:Index="3"', 'ss:Index="x"', "第3行附近"),
        (">3.1<", ">三点一<", "第3行附近"),
    ],
)
def test_a_broken_xml_spreadsheet_is_damaged_with_the_place(before: str, after: str, reason: str) -> None:
    code, message = answer(XML.format(codec="utf-8").replace(before, after, 1).encode(), "登记.xls")
    assert code == "F04" and reason in message


def test_a_flat_open_document_is_read() -> None:
    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"' for prefix in ("office", "table", "text")
    )
    page = (
        f'<?xml version="1.0"?><office:document {names}><office:body><office:spreadsheet><table:table table:name="登记">'
        '<table:table-row><table:table-cell office:value-type="string"><text:p>张三</text:p></table:table-cell>'
        "</table:table-row></table:table></office:spreadsheet></office:body></office:document>"
    )
    assert only(page.encode(), "a.fods").rows == [["张三"]]


# -- in the guarded children -------------------------------------------------------------------------------------


def read_file(path: str) -> tuple[list[Book], int]:
    books = read_books(Path(path).read_bytes(), path)
    return books, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024 if resource else 0


@pytest.mark.skipif(resource is None, reason="Windows does not say what a child took")
def test_the_nastiest_cost_no_process_and_less_than_a_gibibyte(tmp_path: Path) -> None:
    wide = "".join(f'<row r="{row}"><c r="ALL{row}"><v>1</v></c></row>' for row in range(1, 2500))
    files = {
        "corners": sheet_of(CORNERS),
        "bomb": bomb(),
        "entities": packed({**parts(), "xl/worksheets/sheet1.xml": ENTITIES}),
        "wide": sheet_of(wide),
        "strings": packed({**parts(), "xl/sharedStrings.xml": b"<sst>" + b"<si><t>x</t></si>" * 200_000 + b"</sst>"}),
        "spans": b"<table>" + b"<tr><td rowspan=99999 colspan=999>x" * 400,
        "deep": b"<table><td>" + b"<div>" * 20_000,
        "form": FORM,
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    with Engine(workers=2, memory_mb=1024, seconds=20) as engine:
        results = engine.map(read_file, [str(tmp_path / name) for name in files])
        assert not [result for result in results if isinstance(result, Failure)]
        assert max(peak for _, peak in results) < 1024  # type: ignore[misc]
        ((books, _),) = engine.map(read_file, [str(tmp_path / "form")])  # type: ignore[misc]
    assert books[0].sheets[0].rows == CELLS
