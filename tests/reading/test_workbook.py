"""Reading foreign workbooks: real files of every kind, and hostile ones made by hand."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile

from dazoufang.model.cell_names import address, area
from dazoufang.reading import books as only_reader
from dazoufang.reading import xls as workbook_biff
from dazoufang.reading import xlsx as workbook_xml
from dazoufang.reading.books import read_books
from dazoufang.reading.file_kinds import workbook_stream
from dazoufang.reading.sheet import Book, CellError, Sheet, Uncalculated
from dazoufang.reading.xls_scan import records, scan_xlsb
from dazoufang.reading.xlsx_styles import format_kind
from dazoufang.reading.zip_parts import check_size

ROWS = [["大走访登记表"], [], ["走访日期", "走访干部", None, "电话"], [date(2023, 9, 20), "张三", None, 13807300001]]


def only(data: bytes, name: str = "走访登记.xlsx") -> Book:
    books = read_books(data, name)
    assert len(books) == 1
    return books[0]


def sheet(data: bytes, name: str = "走访登记.xlsx") -> Sheet:
    book = only(data, name)
    assert book.fault is None, book.fault
    return book.sheets[0]


def code(data: bytes, name: str = "走访登记.xlsx") -> tuple[str, str]:
    fault = only(data, name).fault
    assert fault is not None and not only(data, name).sheets
    return fault.code, fault.message


def xlsx(write: Any = None) -> bytes:
    """A workbook of one sheet 登记 as XlsxWriter makes it; `write(book, sheet)` fills it."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    page = book.add_worksheet("登记")
    if write:
        write(book, page)
    book.close()
    return target.getvalue()


def ordinary() -> bytes:
    def write(book: Any, page: Any) -> None:
        page.merge_range("A1:D1", "大走访登记表")
        page.write_row("A3", ["走访日期", "走访干部", None, "电话"])
        page.write_datetime("A4", datetime(2023, 9, 20), book.add_format({"num_format": "yyyy/m/d"}))
        page.write("B4", "张三")
        page.write("D4", 13807300001)

    return xlsx(write)


def zipped(members: Iterable[tuple[str, bytes]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return target.getvalue()


def with_part(data: bytes, part: str, content: bytes) -> bytes:
    """The same package with one part replaced."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return zipped((i.filename, content if i.filename == part else archive.read(i)) for i in archive.infolist())


SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def raw(rows: str, tail: str = "", formats: Iterable[int] = (0,), epoch_1904: bool = False) -> bytes:
    """A workbook of the given <row> elements; style n has the n-th built-in number format."""
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = "http://schemas.openxmlformats.org/package/2006/relationships"
    styles = "".join(f'<xf numFmtId="{number}"/>' for number in formats)
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{rels}"><Relationship Id="r" Type="{relation}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{rels}"><Relationship Id="r1" Type="{relation}/worksheet"'
        f' Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{relation}/styles" Target="styles.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{SPACE}" xmlns:r="{relation}"><workbookPr date1904="{int(epoch_1904)}"/>'
        '<sheets><sheet name="登记" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/styles.xml": f'<styleSheet xmlns="{SPACE}"><cellXfs>{styles}</cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{SPACE}"><sheetData>{rows}</sheetData>{tail}</worksheet>',
    }
    return zipped((name, text.encode()) for name, text in parts.items())


@pytest.fixture(params=["fast", "exact"])
def both_readers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test once as it comes and once with the exact reader alone: the two must not differ."""
    if request.param == "exact":
        monkeypatch.setattr(workbook_xml, "is_plain", lambda _: False)


# -- the ordinary ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("both_readers")
def test_an_xlsx_reads_dense_from_a1_with_its_merges() -> None:
    assert only(ordinary()) == Book("", [Sheet("登记", True, ROWS, [(0, 0, 0, 3)])])


def test_an_xls_reads_the_same() -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("登记")
    page.write_merge(0, 0, 0, 3, "大走访登记表")
    for column, heading in enumerate(ROWS[2]):
        page.write(2, column, heading)
    page.write(3, 0, datetime(2023, 9, 20), xlwt.easyxf(num_format_str='yyyy"年"m"月"d"日"'))
    page.write(3, 1, "张三")
    page.write(3, 3, 13807300001)
    target = io.BytesIO()
    book.save(target)
    for name in ("走访登记.xls", "走访登记.et", "其实是老格式.xlsx"):
        assert only(target.getvalue(), name) == Book("", [Sheet("登记", True, ROWS, [(0, 0, 0, 3)])])


def ods(table: str, automatic: str = "") -> bytes:
    spaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
    )
    calc = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    content = (
        f"<office:document-content {spaces} {calc}><office:automatic-styles>{automatic}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped([("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.encode())])


def test_an_ods_reads_the_same_with_spans_repeats_and_hidden_sheets() -> None:
    row = "<table:table-row{0}>{1}</table:table-row>"
    cell = "<table:table-cell{0}><text:p>{1}</text:p></table:table-cell>"
    string = ' office:value-type="string"'
    span = ' table:number-columns-spanned="4" table:number-rows-spanned="1"'
    rows = [
        row.format(
            "",
            cell.format(string + span, "大走访登记表")
            + '<table:covered-table-cell table:number-columns-repeated="3"/>',
        ),
        row.format("", "<table:table-cell/>"),
        row.format(
            "",
            cell.format(string, "走访日期")
            + cell.format(string, "走访干部")
            + "<table:table-cell/>"
            + cell.format(string, "电话"),
        ),
        row.format(
            "",
            cell.format(' office:value-type="date" office:date-value="2023-09-20"', "2023年9月20日")
            + cell.format(string, "张三")
            + "<table:table-cell/>"
            + cell.format(' office:value-type="float" office:value="13807300001"', "1.38E10"),
        ),
        row.format(
            ' table:number-rows-repeated="1048572"', '<table:table-cell table:number-columns-repeated="16384"/>'
        ),
    ]
    hidden = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    tables = f'<table:table table:name="登记">{"".join(rows)}</table:table><table:table table:name="去年" table:style-name="ta2"/>'
    assert only(ods(tables, hidden), "走访登记.ods") == Book(
        "", [Sheet("登记", True, ROWS, [(0, 0, 0, 3)]), Sheet("去年", False, [], [])]
    )


def test_an_ods_keeps_errors_times_spaces_and_leaves_comments_out() -> None:
    cells = (
        '<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value=""'
        ' calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
        '<table:table-cell office:value-type="time" office:time-value="PT14H30M00S"><text:p>14:30</text:p></table:table-cell>'
        '<table:table-cell office:value-type="string"><office:annotation><text:p>批注</text:p></office:annotation>'
        '<text:p>张<text:s text:c="2"/><text:span>三</text:span></text:p><text:p>二行</text:p></table:table-cell>'
        '<table:table-cell table:formula="of:=[.B5]"/>'
        '<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>TRUE</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="2" office:value-type="string"><text:p>同</text:p></table:table-cell>'
    )
    table = f'<table:table table:name="登记"><table:table-row table:number-rows-repeated="2">{cells}</table:table-row></table:table>'
    rows = sheet(ods(table), "a.ods").rows
    assert rows[0] == rows[1] == ["#N/A", time(14, 30), "张  三\n二行", "=[.B5]", True, "同", "同"]
    assert isinstance(rows[0][0], CellError) and isinstance(rows[0][3], Uncalculated)


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-8", "gb18030", "utf-16", "utf-32", "utf-16-le", "utf-32-be"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_csv_reads_in_every_encoding_and_delimiter_and_stays_text(codec: str, delimiter: str) -> None:
    lines = [["编号", "姓名，职务", "电话"], ["0010", "张三", "13807300001"], ["NA", "换\n行", "3.10"]]
    text = "\r\n".join(delimiter.join(f'"{cell}"' if "\n" in cell else cell for cell in line) for line in lines)
    read = sheet(text.encode(codec), "一组/走访登记.csv")
    assert (read.name, read.rows) == ("走访登记", lines)


def test_hidden_sheets_are_said_to_be_hidden_and_none_is_dropped() -> None:
    def write(book: Any, _: Any) -> None:
        book.add_worksheet("去年").hide()
        book.add_worksheet("字典").very_hidden()
        book.add_chartsheet("图")

    assert [(s.name, s.visible) for s in only(xlsx(write)).sheets] == [("登记", True), ("去年", False), ("字典", False)]


@pytest.mark.usefixtures("both_readers")
def test_values_are_never_trimmed_guessed_or_rounded() -> None:
    texts = ["  张 三 ", "0010", "NA", "１３８", "换\n行", "=不是公式", "a_x000D_b"]
    numbers = [3.12, 3.1, 13807300001, 150000000000000000, 1e300, 0]

    def write(_: Any, page: Any) -> None:
        for column, text in enumerate(texts):
            page.write_string(0, column, text)
        page.write_row(1, 0, numbers)
        page.write_row(2, 0, [True, False])

    rows = sheet(xlsx(write)).rows
    assert rows == [texts, numbers, [True, False]]
    assert [type(value) for value in rows[1]] == [float, float, int, float, float, int]
    assert rows[2][0] is True


@pytest.mark.usefixtures("both_readers")
def test_rich_text_reads_as_text_and_phonetic_guides_are_dropped() -> None:
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><r><t>张</t></r><r><t>三</t></r><rPh sb="0" eb="1"><t>zhang</t></rPh></is></c></row>'
    assert sheet(raw(rows)).rows == [["张三"]]


def test_escapes_in_texts_are_undone() -> None:
    text = "<is><t>a_x000D_b _x4E2D_ _x005F_x000D_</t></is>"
    assert sheet(raw(f'<row r="1"><c r="A1" t="inlineStr">{text}</c></row>')).rows == [["a\rb 中 _x000D_"]]


# -- dates -----------------------------------------------------------------------------------------------------

CHINESE_DATES = [*range(14, 18), *range(27, 37), *range(50, 59)]


@pytest.mark.usefixtures("both_readers")
@pytest.mark.parametrize(("epoch_1904", "day"), [(False, date(2023, 9, 20)), (True, date(2027, 9, 21))])
def test_the_built_in_date_formats_of_wps_and_zh_cn_are_dates(epoch_1904: bool, day: date) -> None:
    rows = "".join(
        f'<row r="{n + 1}"><c r="A{n + 1}" s="{n}"><v>45189</v></c></row>' for n in range(len(CHINESE_DATES))
    )
    assert sheet(raw(rows, formats=CHINESE_DATES, epoch_1904=epoch_1904)).rows == [[day]] * len(CHINESE_DATES)


def old_format(numbers: list[int], epoch_1904: bool = False, keep_codes: bool = False) -> bytes:
    """A .xls whose row n holds 45189 in the built-in format `numbers[n]`, patched in below xlwt."""
    book = xlwt.Workbook()
    book.dates_1904 = epoch_1904
    page = book.add_sheet("登记")
    for row, number in enumerate(numbers):
        page.write(row, 0, 45189, xlwt.easyxf(num_format_str=f'"{number}"yyyy'))
    target = io.BytesIO()
    book.save(target)
    data = bytearray(target.getvalue())
    stream = workbook_stream(bytes(data))
    start, given = bytes(data).find(stream[:64]), {}
    for number, body, length in records(stream):
        if number == 0x041E and stream[body + 5 : body + 6] == b'"':
            index = struct.unpack_from("<H", stream, body)[0]
            given[index] = int(stream[body + 6 : body + length].split(b'"')[0])
            struct.pack_into("<H", data, start + body, given[index] if keep_codes else 1000 + index)
        elif number == 0x00E0 and (index := struct.unpack_from("<H", stream, body + 2)[0]) in given:
            struct.pack_into("<H", data, start + body + 2, given[index])
    return bytes(data)


@pytest.mark.parametrize(("epoch_1904", "day"), [(False, date(2023, 9, 20)), (True, date(2027, 9, 21))])
def test_the_built_in_date_formats_are_dates_in_xls_too(epoch_1904: bool, day: date) -> None:
    rows = sheet(old_format(CHINESE_DATES, epoch_1904), "a.xls").rows
    assert rows == [[day]] * len(CHINESE_DATES)


def test_a_date_format_under_a_number_that_is_no_date_is_still_a_date_in_xls() -> None:
    assert sheet(old_format([59], keep_codes=True), "a.xls").rows == [[date(2023, 9, 20)]]


@pytest.mark.usefixtures("both_readers")
def test_dates_times_and_spans_come_out_as_what_they_are() -> None:
    formats = {"d": 14, "t": 20, "span": 46}
    cells = [
        ("d", "45189", date(2023, 9, 20)),
        ("d", "45189.604166666664", datetime(2023, 9, 20, 14, 30)),
        ("d", "1", date(1900, 1, 1)),
        ("d", "61", date(1900, 3, 1)),
        ("d", "2958466", 2958466),
        ("d", "-1", -1),
        ("t", "0.604166666666667", time(14, 30)),
        ("span", "1.5", timedelta(hours=36)),
    ]
    styles = list(formats)
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" s="{styles.index(look)}"><v>{serial}</v></c></row>'
        for n, (look, serial, _) in enumerate(cells, 1)
    )
    assert sheet(raw(rows, formats=formats.values())).rows == [[value] for _, _, value in cells]


@pytest.mark.parametrize(
    ("number_format", "kind"),
    [
        ('yyyy"年"m"月"d"日"', "date"),
        ("[$-804]yyyy/m/d;@", "date"),
        ("[DBNum1][$-804]m月d日", "date"),
        ("上午/下午h:mm", "date"),
        ("mm:ss.00", "date"),
        ("[h]:mm", "elapsed"),
        ("General", ""),
        ("G/通用格式", ""),
        ('0"年"', ""),
        ("0.00E+00", ""),
        ("[Red]#,##0", ""),
        ("_ * #,##0_ ", ""),
        ("\\d0", ""),
        ("@", ""),
    ],
)
def test_a_number_format_shows_a_date_or_does_not(number_format: str, kind: str) -> None:
    assert format_kind(number_format) == kind


# -- errors and formulas ---------------------------------------------------------------------------------------


def test_error_cells_in_xlsx_are_errors_never_blanks() -> None:
    def write(_: Any, page: Any) -> None:
        page.write("A1", "张三")
        page.write_formula("B1", "=NA()", None, "#N/A")
        page.write_formula("C1", "=1/0", None, "#DIV/0!")

    rows = sheet(xlsx(write)).rows
    assert rows == [["张三", "#N/A", "#DIV/0!"]]
    assert [type(value) for value in rows[0]] == [str, CellError, CellError]


def test_an_error_that_calamine_does_not_know_spoils_no_other_cell() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="e"><v>#SPILL!</v></c></row>'
    assert sheet(raw(rows)).rows == [[1, CellError("#SPILL!")]]


def test_error_cells_in_xls_are_errors_never_blanks() -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("登记")
    page.write(0, 0, "张三")
    page.row(0).set_cell_error(2, 42)
    target = io.BytesIO()
    book.save(target)
    rows = sheet(target.getvalue(), "a.xls").rows
    assert rows == [["张三", None, "#N/A"]] and isinstance(rows[0][2], CellError)


def record12(number: int, body: bytes) -> bytes:
    return bytes([number, len(body)]) + body


def test_error_cells_and_merges_of_xlsb_are_found_in_its_records() -> None:
    def cell(column: int, value: bytes) -> bytes:
        return struct.pack("<II", column, 0) + value

    stream = (
        record12(0, struct.pack("<I", 3) + b"\0" * 13)
        + record12(3, cell(1, b"\x2a"))
        + record12(5, cell(2, struct.pack("<d", 3.12)))
        + record12(0, struct.pack("<I", 9) + b"\0" * 13)
        + record12(11, cell(0, b"\x17\0\0"))
        + b"\xb0\x01\x10" + struct.pack("<4I", 0, 0, 0, 3)
    )  # fmt: skip
    found = scan_xlsb(stream)
    assert found.errors == [(3, 1, "#N/A"), (9, 0, "#REF!")]
    assert (found.first, found.last, found.merges) == ((3, 0), (9, 2), [(0, 0, 0, 3)])
    assert scan_xlsb(stream[:-5]).merges == []


def test_odd_cells_read_as_what_stands_in_them() -> None:
    rows = (
        '<row r="1"><c r="A1" t="d"><v>2023-09-20T00:00:00</v></c><c r="B1" t="d"><v>去年</v></c><c r="C1"><v>文字</v></c>'
        '<c r="D1" t="e"><v></v></c><c r="E1" t="s"/><c r="F1"><f t="shared" si="0"/></c><c r="G1" t="b"><v>1</v></c></row>'
    )
    assert sheet(raw(rows)).rows == [[date(2023, 9, 20), "去年", "文字", "#ERROR", None, "=…", True]]


@pytest.mark.parametrize(
    "cell", ['<c r="A1" t="s"><v>7</v></c>', '<c r="A1" t="s"><v>x</v></c>', '<c r="1"><v>1</v></c>', '<c r="A1"><v>1']
)
def test_a_sheet_that_breaks_the_rules_is_damaged_never_guessed(cell: str) -> None:
    assert code(raw(f'<row r="1">{cell}</row>'))[0] == "F04"


def test_a_formula_without_a_value_is_uncalculated() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["A1"], page["B1"] = "张三", "=B5"
    target = io.BytesIO()
    book.save(target)
    rows = sheet(target.getvalue()).rows
    assert rows == [["张三", "=B5"]] and isinstance(rows[0][1], Uncalculated)


def test_a_formula_whose_value_is_the_empty_text_is_empty() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="str"><f>""</f><v></v></c><c r="C1" t="str"><f>"x"</f><v>x</v></c></row>'
    assert sheet(raw(rows)).rows == [[1, None, "x"]]


# -- huge, far, sparse -----------------------------------------------------------------------------------------


def test_a_million_formatted_empty_rows_give_just_the_data() -> None:
    rows = '<row r="1"><c r="A1"><v>7</v></c></row>'
    empty = "".join(f'<row r="{n}" s="1" customFormat="1"><c r="A{n}" s="0"/></row>' for n in range(2, 1_048_577))
    data = raw(rows + empty)
    assert sheet(data).rows == [[7]]


def test_two_cells_at_the_corners_of_the_sheet_are_refused_with_the_place() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    read = sheet(raw(rows))
    assert read.rows == [] and read.fault is not None and read.fault.code == "S05"
    assert "XFD1048576 处还有内容，离表太远" in read.fault.message


def test_more_cells_than_a_form_can_have_are_refused_with_the_number() -> None:
    rows = "".join(f'<row r="{n}"><c r="ALL{n}"><v>1</v></c></row>' for n in range(1, 2003))
    fault = sheet(raw(rows)).fault
    assert fault is not None and "200万格" in fault.message


def test_one_sheet_too_large_leaves_the_other_sheets_readable() -> None:
    def write(book: Any, page: Any) -> None:
        page.write("XFD1", 1)
        book.add_worksheet("乙").write("A1", "张三")

    first, second = only(xlsx(write)).sheets
    assert first.fault is not None and second.rows == [["张三"]]


def test_a_lone_blank_far_away_is_no_reason_to_refuse() -> None:
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" t="inlineStr"><is><t xml:space="preserve">  </t></is></c></row>'
    )
    assert sheet(raw(rows)).rows == [[1]]


def test_a_row_far_down_is_read_without_laying_out_what_lies_between() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="AB1"><v>3</v></c></row><row r="1048576"><c r="A1048576"><v>2</v></c></row>'
    read = sheet(raw(rows))
    assert len(read.rows) == 1_048_576 and read.rows[-1] == [2] and sum(map(len, read.rows)) == 29


def test_a_comment_far_away_costs_nothing() -> None:
    def write(_: Any, page: Any) -> None:
        page.write("A1", "张三")
        page.write_comment("XFD1048576", "批注")

    assert sheet(xlsx(write)).rows == [["张三"]]


def test_a_value_repeated_over_a_whole_ods_sheet_is_refused() -> None:
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="0"/>'
    table = f'<table:table table:name="登记"><table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row></table:table>'
    read = sheet(ods(table), "a.ods")
    assert read.rows == [] and read.fault is not None and read.fault.code == "S05"


def test_cells_and_rows_without_addresses_follow_each_other() -> None:
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row/><row><c/><c><v>3</v></c></row>"
    assert sheet(raw(rows)).rows == [[1, 2], [], [None, 3]]


def test_a_wrong_dimension_is_not_believed() -> None:
    data = with_part(
        ordinary(),
        "xl/worksheets/sheet1.xml",
        zipfile.ZipFile(io.BytesIO(ordinary()))
        .read("xl/worksheets/sheet1.xml")
        .replace(b'ref="A1:D4"', b'ref="A1"', 1),
    )
    assert sheet(data).rows == ROWS


# -- what is not read ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "expected", "reason"),
    [
        (b"", "F01", "0字节"),
        (b"%PDF-1.7\n%\xe2\xe3", "F03", "PDF文档"),
        (b"\x89PNG\r\n\x1a\n\0\0", "F03", "图片"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "F03", "图片"),
        (b"<html><body><p>1</p></body></html>", "F03", "网页（HTML），里面没有表格"),
        (b"<?xml version='1.0'?><note/>", "F03", "XML文件"),
        (b"\xff\xfeab\xe4 Z\xfcrich, Gen\xe8ve".replace(b"\xff\xfe", b"") + b"\xff", "F03", "文字编码"),
        (b"{\\rtf1 hello}", "F03", "RTF文档"),
        (b"Rar!\x1a\x07\0", "F08", "RAR"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "F08", "7z"),
        (bytes(range(256)) * 8, "F03", "二进制"),
        (b"\0" * 4096, "F04", "空字节"),
        (b"PK\x03\x04" + b"x" * 500, "F04", "压缩结构不完整"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 500, "F04", "老格式"),
        ("姓名,电话\n张三,138\n".encode()[:-9], "F04", "末尾中断"),
        (b"\xef\xbb\xbf\xd5\xc5", "F04", "编码中断"),
    ],
)
def test_what_is_no_table_is_answered_with_what_it_is(data: bytes, expected: str, reason: str) -> None:
    got, message = code(data, "走访登记.xlsx")
    assert got == expected and reason in message


def test_text_that_is_no_table_is_still_a_sheet_for_the_next_step_to_judge() -> None:
    assert sheet("今天开会，各单位报数。".encode(), "通知.txt").rows == [["今天开会，各单位报数。"]]


def test_a_password_to_open_is_said_of_every_format() -> None:
    locked = io.BytesIO()
    OOXMLFile(io.BytesIO(ordinary())).encrypt("秘密", locked)
    assert code(locked.getvalue())[0] == "F02"
    book = xlwt.Workbook()
    book.add_sheet("登记")
    target = io.BytesIO()
    book.save(target)
    stream = workbook_stream(target.getvalue())
    start, body = target.getvalue().find(stream[:64]), next(b for number, b, _ in records(stream) if number == 0x005C)
    data = bytearray(target.getvalue())
    data[start + body - 4] = 0x2F  # the record of the author's name becomes FILEPASS
    assert code(bytes(data), "a.xls")[0] == "F02"
    manifest = b"<manifest><file-entry><encryption-data/></file-entry></manifest>"
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    sealed = zipped([("mimetype", kind), ("content.xml", b"\x8f\x01"), ("META-INF/manifest.xml", manifest)])
    assert code(sealed, "a.ods")[0] == "F02"


def test_a_word_file_renamed_is_called_a_word_file() -> None:
    word = zipped([("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")])
    assert code(word) == ("F03", "文件内容是Word文档，不是Excel表格（只改扩展名不能变成表格）")


@pytest.mark.parametrize("length", [100, 1000, 3000, -1])
def test_a_half_copied_xlsx_is_damaged(length: int) -> None:
    assert code(ordinary()[:length])[0] == "F04"


def test_an_xls_copied_by_half_is_damaged_even_where_zeros_stand_for_the_rest() -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("登记")
    for row in range(2000):
        page.write(row, 0, row)
        page.write(row, 1, f"第{row}户")
    target = io.BytesIO()
    book.save(target)
    data = target.getvalue()
    assert len(sheet(data, "a.xls").rows) == 2000
    for tenth in range(1, 10):
        cut = data[: len(data) * tenth // 10]
        assert code(cut, "a.xls")[0] == code(cut + bytes(len(data) - len(cut)), "a.xls")[0] == "F04"


def test_a_changed_byte_in_a_sheet_is_damage_not_other_data() -> None:
    data = bytearray(ordinary())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        offset = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
    data[offset + 120] ^= 0xFF
    got, message = code(bytes(data))
    assert got == "F04" and "sheet1.xml" in message


def test_an_xlsx_without_any_sheet_is_damaged_never_empty() -> None:
    book = f'<workbook xmlns="{SPACE}"><sheets/></workbook>'.encode()
    assert code(with_part(ordinary(), "xl/workbook.xml", book)) == (
        "F04",
        "文件已损坏或没有复制完整（里面一张工作表也没有），程序读不出内容",
    )


def test_one_broken_sheet_leaves_the_others_readable() -> None:
    def write(book: Any, _: Any) -> None:
        book.add_worksheet("乙").write("A1", "张三")

    first, second = only(with_part(xlsx(write), "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row")).sheets
    assert first.fault is not None and (first.fault.code, first.fault.sheet) == ("S05", "登记")
    assert second.rows == [["张三"]]


def test_an_xml_bomb_is_refused_wherever_it_hides() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"):
        with zipfile.ZipFile(io.BytesIO(ordinary())) as archive:
            content = bomb + archive.read(part).partition(b"?>")[2]
        got, message = code(with_part(ordinary(), part, content))
        assert got == "F04" and "XML炸弹" in message, part


def test_a_zip_bomb_is_refused_before_it_is_inflated(monkeypatch: pytest.MonkeyPatch) -> None:
    huge = with_part(ordinary(), "xl/sharedStrings.xml", b" " * (210 * 2**20))
    inflated: list[object] = []
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda _, part, *__: inflated.append(part))
    got, message = code(huge)
    assert got == "F05" and "展开后有" in message
    assert inflated == []


def test_a_directory_that_lies_about_sizes_is_found_out() -> None:
    info = zipfile.ZipInfo("a")
    info.file_size = 10
    check_size([info], 10)
    data = bytearray(with_part(ordinary(), "xl/sharedStrings.xml", b" " * 5_000_000))
    at = bytes(data).rfind(struct.pack("<I", 5_000_000))
    data[at : at + 4] = struct.pack("<I", 100)
    assert code(bytes(data))[0] == "F04"


def test_parts_whose_names_differ_in_case_only_are_refused() -> None:
    with zipfile.ZipFile(io.BytesIO(ordinary())) as archive:
        parts = [(i.filename, archive.read(i)) for i in archive.infolist()]
    got, message = code(zipped([*parts, ("xl/worksheets/Sheet1.xml", b"<worksheet/>")]))
    assert got == "F04" and "同名的部件" in message


def test_an_unforeseen_error_is_an_answer_and_stops_no_other_member(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> list[Sheet]:
        raise ZeroDivisionError

    monkeypatch.setattr(only_reader, "read_xlsx", stumble)
    assert code(ordinary()) == (
        "F06",
        "读取此文件时内部结构不合规范（ZeroDivisionError），程序已停止读取，其他文件不受影响",
    )
    first, second = read_books(zipped([("a.xlsx", ordinary()), ("b.csv", b"a,b\n1,2\n")]), "a.zip")
    assert first.fault is not None and (first.fault.code, first.fault.member) == ("F06", "a.xlsx")
    assert second.sheets[0].rows == [["a", "b"], ["1", "2"]]


def test_running_out_of_memory_is_left_to_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def swell(*_: object) -> list[Sheet]:
        raise MemoryError

    monkeypatch.setattr(only_reader, "read_xlsx", swell)
    with pytest.raises(MemoryError):
        read_books(ordinary(), "a.xlsx")


def test_what_calamine_cannot_open_is_read_by_the_slower_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    class Panic(BaseException):
        pass

    class Broken:
        @staticmethod
        def from_filelike(_: object) -> None:
            raise Panic

    monkeypatch.setattr(workbook_xml, "CalamineWorkbook", Broken)
    monkeypatch.setattr(workbook_biff, "CalamineWorkbook", Broken)
    assert sheet(ordinary()).rows == ROWS
    assert sheet(old_format([14, 58]), "a.xls").rows == [[date(2023, 9, 20)]] * 2


def test_a_csv_whose_quotes_never_close_is_damaged() -> None:
    got, message = code(b'a,b\n1,"' + b"x" * 200_000, "a.csv")
    assert got == "F04" and "引号" in message


# -- zips ------------------------------------------------------------------------------------------------------


def gbk_zip(members: dict[str, bytes]) -> bytes:
    """A zip as Windows in China writes it: names in GBK, no UTF-8 flag."""
    stand_ins = {f"{n:02d}" + "x" * (len(name.encode("gbk")) - 2): name for n, name in enumerate(members)}
    data = zipped((stand_in, members[name]) for stand_in, name in stand_ins.items())
    for stand_in, name in stand_ins.items():
        data = data.replace(stand_in.encode(), name.encode("gbk"))
    return data


def test_a_zip_gives_a_book_for_each_workbook_in_the_order_of_names() -> None:
    data = zipped(
        [
            ("乙组/走访.xlsx", ordinary()),
            ("甲组/走访.csv", "姓名,电话\n张三,1\n".encode()),
            ("乙组/~$走访.xlsx", b"lock"),
            ("__MACOSX/乙组/._走访.xlsx", b"mac"),
            (".DS_Store", b"mac"),
            ("Thumbs.db", b"windows"),
            ("空文件夹/", b""),
        ]
    )
    books = read_books(data, "汇总.zip")
    assert [book.member for book in books] == ["乙组/走访.xlsx", "甲组/走访.csv"]
    assert [book.sheets[0].name for book in books] == ["登记", "走访"]


def test_names_in_gbk_and_in_unflagged_utf_8_are_read() -> None:
    assert [book.member for book in read_books(gbk_zip({"督导室/走访登记表.xlsx": ordinary()}), "a.zip")] == [
        "督导室/走访登记表.xlsx"
    ]
    flagged = zipped([("工会.xlsx", ordinary())])
    unflagged = flagged.replace(b"PK\x01\x02\x14\x03\x14\0\0\x08", b"PK\x01\x02\x14\x03\x14\0\0\0")
    unflagged = unflagged.replace(b"PK\x03\x04\x14\0\0\x08", b"PK\x03\x04\x14\0\0\0")
    assert [book.member for book in read_books(unflagged, "a.zip")] == ["工会.xlsx"]


def test_paths_that_climb_are_made_harmless_and_twins_stay_apart() -> None:
    data = zipped([("../../etc/a.xlsx", ordinary()), ("C:\\b.xlsx", ordinary()), ("/etc/a.xlsx", ordinary())])
    assert [book.member for book in read_books(data, "a.zip")] == ["b.xlsx", "etc/a (2).xlsx", "etc/a.xlsx"]


def test_one_bad_member_never_stops_the_others() -> None:
    inner = zipped([("x.xlsx", ordinary())])
    members = [
        ("坏.xlsx", ordinary()[:900]),
        ("套.zip", inner),
        ("好.xlsx", ordinary()),
        ("照片.jpg", b"\xff\xd8\xff\xe0"),
    ]
    books = {book.member: book for book in read_books(zipped(members), "a.zip")}
    assert books["好.xlsx"].fault is None
    codes = {name: book.fault.code for name, book in books.items() if book.fault}
    assert codes == {"坏.xlsx": "F04", "套.zip": "F08", "照片.jpg": "F03"}
    assert all(book.fault.member == name for name, book in books.items() if book.fault)


def test_a_zip_without_any_workbook_is_one_refusal_that_says_what_is_in_it() -> None:
    photos = zipped([("1.jpg", b"\xff\xd8\xff\xe0"), ("2.jpg", b"\xff\xd8\xff\xe0"), ("说明.pdf", b"%PDF-1.4")])
    assert code(photos, "a.zip") == ("F08", "压缩包里面没有Excel表（只有：图片2个、PDF文档1个）")
    assert code(zipped([("走访.xlsx", b"")]), "a.zip") == ("F08", "压缩包里面没有Excel表（只有：空文件1个）")
    assert code(zipped([]), "a.zip") == ("F08", "压缩包是空的")
    assert code(zipped([("a.zip", zipped([("a.xlsx", ordinary())]))]), "a.zip") == ("F08", "压缩包里面还套着压缩包")


def test_an_encrypted_zip_is_answered_as_such() -> None:
    data = bytearray(zipped([("a.xlsx", ordinary())]))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = bytes(data).rfind(mark)
        data[at + offset] |= 1
    assert code(bytes(data), "a.zip") == ("F08", "压缩包加了密码")


def test_a_zip_of_hundreds_of_files_is_refused_with_their_number() -> None:
    got, message = code(zipped((f"{n}.csv", b"a,b") for n in range(501)), "a.zip")
    assert got == "F05" and "501个文件" in message


def test_a_zip_of_many_inflating_members_is_refused_as_a_whole() -> None:
    data = zipped((f"{n}.csv", b"0," * 15_000_000) for n in range(8))
    assert code(data, "a.zip")[0] == "F05"


# -- addresses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column", "name"), [(0, 0, "A1"), (4, 3, "D5"), (9, 26, "AA10"), (1048575, 16383, "XFD1048576")]
)
def test_addresses_are_written_as_excel_writes_them(row: int, column: int, name: str) -> None:
    assert address(row, column) == name
    assert area(f"A1:{name}") == (None if name == "A1" else (0, 0, row, column))


@pytest.mark.parametrize("ref", ["", "A1", "A:B", "1:2", "A1:", "!!:??"])
def test_what_is_no_area_is_no_merge(ref: str) -> None:
    assert area(ref) is None


def test_a_short_decimal_in_a_csv_counts_as_a_number_for_it_may_have_lost_a_zero() -> None:
    rows = read_books("日期,电话,备注\n3.1,0730.5,3.10\n".encode(), "a.csv")[0].sheets[0].rows
    assert rows[1] == [3.1, "0730.5", "3.10"]


def test_an_xls_table_that_begins_further_down_keeps_its_row_numbers_and_merges() -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("a")
    page.write(7, 2, "x")
    page.write_merge(8, 9, 2, 2, "y")
    stream = io.BytesIO()
    book.save(stream)
    read = read_books(stream.getvalue(), "a.xls")[0].sheets[0]
    assert [(r, line) for r, line in enumerate(read.rows) if line] == [(7, [None, None, "x"]), (8, [None, None, "y"])]
    assert read.merges == [(8, 2, 9, 2)]
