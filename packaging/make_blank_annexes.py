"""Makes the annex templates that the tests fill, as offices might have drawn them: flat ODS from here, .xlsx by LibreOffice.

Needs soffice on the path: `python packaging/make_blank_annexes.py`. The results are kept beside the tests and in examples/,
so that nobody else needs it.
"""

from __future__ import annotations

import base64
import re
import struct
import subprocess
import tempfile
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, quoteattr

ROOT: Final = Path(__file__).parents[1]
TESTS: Final = ROOT / "tests" / "writing" / "blank_annexes"
EXAMPLES: Final = ROOT / "examples" / "templates"

_NAMESPACES: Final = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office", "style": "style", "text": "text", "table": "table", "draw": "drawing", "number": "datastyle",
        "svg": "svg-compatible", "fo": "xsl-fo-compatible", "config": "config",
    }.items()
) + (
    ' xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"'
    ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)  # fmt: skip


@dataclass
class Look:
    """How a cell looks."""

    font: str = "宋体"
    latin: str = ""  # the font of letters and figures, "" the same
    size: float = 11
    bold: bool = False
    align: str = "center"
    line: str = "0.5pt solid #000000"  # around it, "" none
    fill: str = ""
    color: str = ""
    wrap: bool = True
    form: str = ""  # the name of a number format: day, percent, text


@dataclass
class Cell:
    """One cell: a text, a number, or a formula as LibreOffice writes it (of:=SUM([.D6:.D6]))."""

    said: str | float | None
    look: str
    across: int = 1
    down: int = 1
    formula: str = ""
    check: str = ""
    note: str = ""
    picture: tuple[str, float, float] | None = None  # name, width and height in cm


@dataclass
class Page:
    """One sheet. titles: the first and last row (from 0) printed on every page; frozen: rows that stay on the screen."""

    name: str
    widths: list[float]  # cm
    rows: list[tuple[float, dict[int, Cell]]]  # height in cm, column → cell
    titles: tuple[int, int] | None = None
    frozen: int = 0
    printed: str = ""
    conditions: str = ""
    paper: str = "a4"
    hidden: bool = False


@dataclass
class Document:
    """A workbook to be made."""

    looks: dict[str, Look]
    pages: list[Page]
    checks: str = ""
    header: str = ""
    footer: str = ""
    pictures: dict[str, bytes] = field(default_factory=dict)


def flat(document: Document) -> str:
    """The document as flat ODS."""
    looks = "".join(_look(name, look) for name, look in document.looks.items())
    names = sorted({name for look in document.looks.values() for name in (look.font, look.latin) if name})
    fonts = "".join(f'<style:font-face style:name="{name}" svg:font-family="{name}"/>' for name in names)
    widths = sorted({width for page in document.pages for width in page.widths})
    heights = sorted({height for page in document.pages for height, _ in page.rows})
    columns = "".join(
        f'<style:style style:name="w{widths.index(width)}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width}cm"/></style:style>'
        for width in widths
    )
    rows = "".join(
        f'<style:style style:name="h{heights.index(height)}" style:family="table-row"><style:table-row-properties '
        f'style:row-height="{height}cm" style:use-optimal-row-height="false"/></style:style>'
        for height in heights
    )
    sheets = "".join(
        f'<style:style style:name="t{at}" style:family="table" style:master-page-name="m{at}">'
        f'<style:table-properties table:display="{"false" if page.hidden else "true"}"/></style:style>'
        for at, page in enumerate(document.pages)
    )
    layouts = "".join(
        _paper(at, page.paper, bool(document.header or document.footer)) for at, page in enumerate(document.pages)
    )
    masters = "".join(
        f'<style:master-page style:name="m{at}" style:page-layout-name="p{at}">'
        f"{_margin('header', document.header)}{_margin('footer', document.footer)}"
        "</style:master-page>"
        for at in range(len(document.pages))
    )
    formats = (
        '<number:date-style style:name="day"><number:year number:style="long"/><number:text>年</number:text><number:month/>'
        "<number:text>月</number:text><number:day/><number:text>日</number:text></number:date-style>"
        '<number:percentage-style style:name="percent"><number:number number:decimal-places="1" '
        'number:min-integer-digits="1"/><number:text>%</number:text></number:percentage-style>'
        '<number:text-style style:name="text"><number:text-content/></number:text-style>'
    )
    body = "".join(_sheet(at, page, document, widths, heights) for at, page in enumerate(document.pages))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document {_NAMESPACES} office:version="1.2" '
        'office:mimetype="application/vnd.oasis.opendocument.spreadsheet">'
        f"<office:font-face-decls>{fonts}</office:font-face-decls>"
        f'<office:styles>{formats}<style:style style:name="Default" style:family="table-cell"><style:text-properties '
        'style:font-name="宋体" style:font-name-asian="宋体" fo:font-size="11pt" style:font-size-asian="11pt"/></style:style>'
        '<style:style style:name="late" style:family="table-cell"><style:table-cell-properties '
        f'fo:background-color="#ffd9d9"/></style:style></office:styles><office:automatic-styles>{layouts}{columns}{rows}'
        f"{sheets}{looks}</office:automatic-styles><office:master-styles>{masters}</office:master-styles>"
        f"<office:body><office:spreadsheet>{document.checks}{body}</office:spreadsheet></office:body></office:document>"
    )


def _look(name: str, look: Look) -> str:
    line = f'fo:border="{look.line}"' if look.line else 'fo:border="none"'
    fill = f' fo:background-color="{look.fill}"' if look.fill else ""
    wrap = ' fo:wrap-option="wrap"' if look.wrap else ""
    weight = ' fo:font-weight="bold" style:font-weight-asian="bold"' if look.bold else ""
    color = f' fo:color="{look.color}"' if look.color else ""
    form = f' style:data-style-name="{look.form}"' if look.form else ""
    return (
        f'<style:style style:name="{name}" style:family="table-cell" style:parent-style-name="Default"{form}>'
        f'<style:table-cell-properties {line}{fill}{wrap} style:vertical-align="middle" style:text-align-source="fix"/>'
        f'<style:paragraph-properties fo:text-align="{look.align}"/>'
        f'<style:text-properties style:font-name="{look.latin or look.font}" style:font-name-asian="{look.font}" fo:font-size="{look.size}pt" '
        f'style:font-size-asian="{look.size}pt"{weight}{color}/></style:style>'
    )


def _paper(at: int, paper: str, surrounded: bool) -> str:
    width, height = {"a4": ("29.7cm", "21cm"), "a3": ("42cm", "29.7cm")}[paper]
    edges = "" if surrounded else ' fo:min-height="0cm"'
    return (
        f'<style:page-layout style:name="p{at}"><style:page-layout-properties fo:page-width="{width}" fo:page-height="{height}" '
        'style:print-orientation="landscape" fo:margin-top="1.5cm" fo:margin-bottom="1.2cm" fo:margin-left="1.3cm" '
        'fo:margin-right="1.1cm" style:scale-to-X="1" style:scale-to-Y="0" style:table-centering="horizontal"/>'
        f"<style:header-style><style:header-footer-properties{edges}/></style:header-style>"
        f"<style:footer-style><style:header-footer-properties{edges}/></style:footer-style></style:page-layout>"
    )


def _margin(which: str, said: str) -> str:
    """What stands at the head or foot of every page; # is its number."""
    numbered = escape(said).replace("#", "<text:page-number>1</text:page-number>")
    shown = "" if said else ' style:display="false"'
    return f"<style:{which}{shown}><text:p>{numbered}</text:p></style:{which}>"


def _sheet(at: int, page: Page, document: Document, widths: list[float], heights: list[float]) -> str:
    columns = "".join(f'<table:table-column table:style-name="w{widths.index(width)}"/>' for width in page.widths)
    covered: set[tuple[int, int]] = set()
    rows: list[str] = []
    for number, (height, cells) in enumerate(page.rows):
        made = []
        for column in range(len(page.widths)):
            if (number, column) in covered:
                made.append(_covered(cells.get(column)))
                continue
            cell = cells.get(column)
            if cell is not None:
                covered |= {(number + d, column + a) for d in range(cell.down) for a in range(cell.across)}
            made.append(_cell(cell, document))
        rows.append(f'<table:table-row table:style-name="h{heights.index(height)}">{"".join(made)}</table:table-row>')
    if page.titles:
        first, last = page.titles
        rows[first] = "<table:table-header-rows>" + rows[first]
        rows[last] += "</table:table-header-rows>"
    printed = f" table:print-ranges={quoteattr(page.printed)}" if page.printed else ""
    conditions = (
        f"<calcext:conditional-formats>{page.conditions}</calcext:conditional-formats>" if page.conditions else ""
    )
    return (
        f'<table:table table:name={quoteattr(page.name)} table:style-name="t{at}"{printed}>{columns}{"".join(rows)}'
        f"{conditions}</table:table>"
    )


def _covered(cell: Cell | None) -> str:
    return f'<table:covered-table-cell table:style-name="{cell.look}"/>' if cell else "<table:covered-table-cell/>"


def _cell(cell: Cell | None, document: Document) -> str:
    if cell is None:
        return "<table:table-cell/>"
    about = f' table:style-name="{cell.look}"'
    if cell.across > 1 or cell.down > 1:
        about += f' table:number-columns-spanned="{cell.across}" table:number-rows-spanned="{cell.down}"'
    about += f" table:formula={quoteattr(cell.formula)}" if cell.formula else ""
    about += f" table:content-validation-name={quoteattr(cell.check)}" if cell.check else ""
    inside = ""
    if isinstance(cell.said, str):
        about += ' office:value-type="string"'
        inside = "".join(
            f"<text:p>{escape(line).replace('  ', ' <text:s/>')}</text:p>" for line in cell.said.split("\n")
        )
    elif cell.said is not None:
        about += f' office:value-type="float" office:value="{cell.said}"'
    if cell.note:
        inside = f"<office:annotation><text:p>{escape(cell.note)}</text:p></office:annotation>" + inside
    if cell.picture:
        name, width, height = cell.picture
        data = base64.b64encode(document.pictures[name]).decode()
        inside += (
            f'<draw:frame draw:name="{name}" svg:width="{width}cm" svg:height="{height}cm" svg:x="0.1cm" svg:y="0.05cm">'
            f"<draw:image><office:binary-data>{data}</office:binary-data></draw:image></draw:frame>"
        )
    return f"<table:table-cell{about}>{inside}</table:table-cell>"


def _frozen(file: Path, document: Document) -> None:
    """Freeze the rows over the tables: without a window LibreOffice writes none."""
    with zipfile.ZipFile(file) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    for at, page in enumerate(document.pages, 1):
        pane = f'<pane ySplit="{page.frozen}" topLeftCell="A{page.frozen + 1}" activePane="bottomLeft" state="frozen"/>'
        name = f"xl/worksheets/sheet{at}.xml"
        if page.frozen:
            parts[name] = re.sub(rb"(<sheetView [^>]*>)(?=<selection)", rb"\1" + pane.encode(), parts[name], count=1)
            parts[name] = parts[name].replace(b'<selection pane="topLeft"', b'<selection pane="bottomLeft"')
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as kept:
        for name, data in parts.items():
            kept.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


def picture(width: int, height: int, color: tuple[int, int, int]) -> bytes:
    """A PNG: a ring in one colour on white."""

    def pixel(x: int, y: int) -> bytes:
        far = ((x - width / 2) / (width / 2)) ** 2 + ((y - height / 2) / (height / 2)) ** 2
        return bytes(color) if 0.6 < far < 0.95 or far < 0.15 else b"\xff\xff\xff"

    lines = b"".join(b"\0" + b"".join(pixel(x, y) for x in range(width)) for y in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")


# -- the offices -----------------------------------------------------------------------------------------------------

LOOKS: Final = {
    "label": Look(font="黑体", size=14, align="start", line="", wrap=False),
    "title": Look(font="方正小标宋简体", latin="Times New Roman", size=20, line=""),
    "line": Look(align="start", line="", wrap=False),
    "right": Look(align="end", line="", wrap=False),
    "head": Look(font="黑体", size=10.5, fill="#dce6f1"),
    "cell": Look(font="仿宋_GB2312", size=11),
    "left": Look(font="仿宋_GB2312", size=11, align="start"),
    "number": Look(font="Times New Roman", size=11),
    "percent": Look(font="Times New Roman", size=11, form="percent"),
    "day": Look(font="Times New Roman", size=10, form="day"),
    "phone": Look(font="Times New Roman", size=10, form="text"),
    "sum": Look(font="黑体", size=11, bold=True, line="1pt solid #000000", fill="#f2f2f2"),
    "sumrate": Look(font="黑体", size=11, bold=True, line="1pt solid #000000", fill="#f2f2f2", form="percent"),
    "note": Look(size=9, align="start", line="0.5pt dashed #808080", color="#7f3f00"),
}


def summary() -> Document:
    """附件1: one sheet of figures, two rows of grouped headings, an empty sample row, 合计 with SUM; no list of visits."""
    groups = {6: ("矛盾纠纷", ["收集", "已化解", "正在化解"]), 9: ("意见建议", ["收集", "已办结", "正在办理"])}
    single = {0: "序号", 1: "单 位", 2: "走访干部\n姓名", 3: "应走访户数", 4: "已走访\n户数", 5: "完成率", 12: "备注"}
    over = {column: Cell(said, "head", down=2) for column, said in single.items()}
    over |= {column: Cell(said, "head", across=len(under)) for column, (said, under) in groups.items()}
    under = {column: Cell(None, "head") for column in single}
    under |= {column + at: Cell(said, "head") for column, (_, told) in groups.items() for at, said in enumerate(told)}
    over |= {column: Cell(None, "head") for column in (7, 8, 10, 11)}
    sample = {column: Cell(None, "number") for column in range(13)} | {
        1: Cell(None, "cell"),
        2: Cell(None, "cell"),
        5: Cell(None, "percent"),
        12: Cell(None, "left"),
    }
    sums = {
        column: Cell(None, "sum", formula=f"of:=SUM([.{'ABCDEFGHIJKLM'[column]}7:.{'ABCDEFGHIJKLM'[column]}7])")
        for column in (3, 4, *range(6, 12))
    }
    total = {
        0: Cell("合  计", "sum", across=3),
        1: Cell(None, "sum"),
        2: Cell(None, "sum"),
        5: Cell(None, "sumrate", formula="of:=[.E8]/[.D8]"),
        12: Cell(None, "sum"),
        **sums,
    }
    rows = [
        (0.9, {0: Cell("附件1", "label")}),
        (1.6, {0: Cell("华容县教育体育局大走访活动汇总表", "title", across=13)}),
        (
            0.8,
            {
                0: Cell("填报单位（盖章）：＿＿＿＿＿＿＿＿＿＿", "line", across=6),
                6: Cell("填报时间：    年    月    日", "right", across=7),
            },
        ),
        (0.3, {}),
        (0.8, over),
        (1.0, under),
        (0.9, sample),
        (1.0, total),
        (0.5, {}),
        (0.9, {0: Cell("填表人：              审核人：              联系电话：", "line", across=13)}),
    ]
    widths = [1.2, 3.6, 2.2, 1.8, 1.8, 1.8, 1.6, 1.6, 1.6, 1.6, 1.6, 1.6, 2.6]
    return Document(LOOKS, [Page("汇总表", widths, rows, titles=(4, 5), printed="汇总表.A1:汇总表.M10")])


def disputes() -> Document:
    """附件2: a logo over the table, A3 across, the heading on every page; other names, another order and fewer columns."""
    titles = [
        "编号",
        "承办单位",
        "包案领导",
        "信访人",
        "电话",
        "住址",
        "事由",
        "矛盾类别",
        "调处情况",
        "状态",
        "办结时间",
        "填报单位",
        "走访时间",
        "入户干部",
    ]
    looks = [
        "phone",
        "cell",
        "cell",
        "cell",
        "phone",
        "left",
        "left",
        "cell",
        "left",
        "cell",
        "day",
        "cell",
        "day",
        "cell",
    ]
    widths = [2.4, 2.6, 1.8, 1.8, 2.8, 3.2, 6.4, 2.2, 5.2, 2.0, 3.0, 2.6, 3.0, 2.0]
    rows = [
        (
            1.8,
            {
                0: Cell(None, "line", picture=("logo", 1.6, 1.6)),
                1: Cell("矛盾纠纷事项办理台账", "title", across=12),
                13: Cell(None, "line"),
            },
        ),
        (
            0.8,
            {
                0: Cell("填报单位：", "line", across=2),
                2: Cell(None, "line", across=4),
                11: Cell("截至  年  月  日", "right", across=3),
            },
        ),
        (1.1, {column: Cell(said, "head") for column, said in enumerate(titles)}),
        (1.2, {column: Cell(None, look) for column, look in enumerate(looks)}),
        (0.9, {0: Cell("注：本表由局信访维稳工作专班汇总，每周五下班前报局办公室。", "line", across=14)}),
        (
            1.4,
            {
                0: Cell("审核人：", "line"),
                11: Cell("填表人：", "line"),
                13: Cell(None, "line", picture=("seal", 1.2, 1.2)),
            },
        ),
    ]
    pictures = {"logo": picture(64, 64, (192, 0, 0)), "seal": picture(48, 48, (200, 30, 30))}
    page = Page("矛盾纠纷", widths, rows, titles=(2, 2), printed="矛盾纠纷.A1:矛盾纠纷.N6", paper="a3")
    return Document(LOOKS, [page], pictures=pictures)


def suggestions() -> Document:
    """附件3: the heading in row 6 under a block of notes, frozen, with conditional formats, drop-downs, a filled example and
    three ruled rows of two colours, lines in the page set-up, a comment, and a hidden sheet of lists."""
    looks = LOOKS | {
        "grey": Look(font="仿宋_GB2312", fill="#f7f7f7"),
        "greyleft": Look(font="仿宋_GB2312", align="start", fill="#f7f7f7"),
        "greyday": Look(font="仿宋_GB2312", fill="#f7f7f7", form="text"),
        "plainday": Look(font="仿宋_GB2312", form="text"),
    }
    titles = [
        "序号",
        "台账编号",
        "走访日期",
        "走访干部",
        "建议人",
        "联系电话",
        "乡镇",
        "村",
        "组",
        "意见建议内容",
        "类别",
        "办理部门",
        "办理情况",
        "状态",
        "是否回访",
        "办理时限",
    ]
    example = [
        1,
        "24上意0001",
        "2024.3.05",
        "李明",
        "张三",
        "13800000000",
        "章华镇",
        "沙口村",
        "5",
        "建议硬化村小门前道路",
        "基础设施",
        "规划股",
        "已列入计划",
        "办理中",
        None,
        "2024.4.30",
    ]
    plain = [
        "cell",
        "cell",
        "plainday",
        "cell",
        "cell",
        "cell",
        "cell",
        "left",
        "cell",
        "left",
        "cell",
        "cell",
        "left",
        "cell",
        "cell",
        "plainday",
    ]
    grey = [
        "grey",
        "grey",
        "greyday",
        "grey",
        "grey",
        "grey",
        "grey",
        "greyleft",
        "grey",
        "greyleft",
        "grey",
        "grey",
        "greyleft",
        "grey",
        "grey",
        "greyday",
    ]
    checks = (
        '<table:content-validations><table:content-validation table:name="states" table:condition='
        f"{quoteattr('of:cell-content-is-in-list(&quot;未启动&quot;;&quot;正在办理&quot;;&quot;已办结&quot;)').replace('&amp;quot;', '&quot;')} "
        'table:allow-empty-cell="true" table:base-cell-address="意见建议.N7"/></table:content-validations>'
    )
    rows = [
        (0.9, {0: Cell("附件3", "label")}),
        (1.4, {0: Cell("{{年}}年{{轮次}}意见建议事项办理表", "title", across=16)}),
        (
            1.8,
            {
                0: Cell(
                    "填写说明：1. 一条意见一行；2. 电话填手机号；3. 办理情况写清结果，不写“已办”；\n4. 本表由办公室汇总，每月底前报分管领导。",
                    "note",
                    across=16,
                )
            },
        ),
        (
            0.8,
            {
                0: Cell("报送单位", "head", across=2),
                1: Cell(None, "head"),
                2: Cell(None, "left", across=3),
                3: Cell(None, "left"),
                4: Cell(None, "left"),
                5: Cell("填表日期", "head"),
                6: Cell(None, "left", across=2),
                7: Cell(None, "left"),
            },
        ),
        (0.3, {}),
        (
            1.1,
            {
                column: Cell(said, "head", note="写清谁提的、什么事" if column == 9 else "")
                for column, said in enumerate(titles)
            },
        ),
        (
            1.0,
            {
                column: Cell(said, plain[column], check="states" if column == 13 else "")
                for column, said in enumerate(example)
            },
        ),
        *(
            (1.0, {column: Cell(None, look[column], check="states" if column == 13 else "") for column in range(16)})
            for look in (grey, plain, grey)
        ),
        (
            1.0,
            {
                0: Cell("合计", "sum", across=2),
                1: Cell(None, "sum"),
                **{column: Cell(None, "sum") for column in range(2, 16)},
                9: Cell("共   条", "sum"),
                4: Cell(None, "sum", formula="of:=COUNTA([.E7:.E10])"),
            },
        ),
        (0.8, {0: Cell("审签人：                填表人：                联系电话：", "line", across=16)}),
    ]
    conditions = (
        '<calcext:conditional-format calcext:target-range-address="意见建议.A7:意见建议.P10"><calcext:condition '
        'calcext:apply-style-name="late" calcext:value="formula-is([.$N7]=&quot;正在办理&quot;)" '
        'calcext:base-cell-address="意见建议.A7"/></calcext:conditional-format>'
    )
    page = Page(
        "意见建议",
        [1.1, 2.8, 2.8, 1.8, 1.8, 3.2, 2.0, 2.4, 1.0, 5.6, 2.0, 2.4, 4.2, 2.0, 1.4, 2.8],
        rows,
        titles=(5, 5),
        frozen=6,
        conditions=conditions,
    )
    lists = Page(
        "选项表", [3.0], [(0.6, {0: Cell("未启动", "line")}), (0.6, {0: Cell("正在办理", "line")})], hidden=True
    )
    return Document(looks, [page, lists], checks=checks, header="内部资料 注意保管", footer="第 # 页")


def petitions() -> Document:
    """信访局台账: as a county's petition office wants it."""
    titles = [
        "序号",
        "登记日期",
        "信访人",
        "联系电话",
        "住址",
        "信访事项",
        "责任单位",
        "包案领导",
        "办理情况",
        "办结时间",
        "是否息访",
        "备注",
    ]
    looks = ["number", "day", "cell", "phone", "left", "left", "cell", "cell", "left", "day", "cell", "left"]
    rows = [
        (1.5, {0: Cell("华容县信访事项台账", "title", across=12)}),
        (0.8, {0: Cell("填报单位：", "line", across=5), 8: Cell("填报时间：", "right", across=4)}),
        (1.0, {column: Cell(said, "head") for column, said in enumerate(titles)}),
        (1.1, {column: Cell(None, look) for column, look in enumerate(looks)}),
        (0.8, {0: Cell("负责人：                经办人：                联系电话：", "line", across=12)}),
    ]
    widths = [1.1, 3.0, 2.0, 2.8, 3.2, 6.0, 2.8, 2.0, 5.0, 3.0, 1.6, 2.4]
    return Document(LOOKS, [Page("信访局台账", widths, rows, titles=(2, 2))])


def main() -> None:
    """Make all of them anew."""
    for folder, name, document in (
        (TESTS, "附件1", summary()), (TESTS, "附件2", disputes()), (TESTS, "附件3", suggestions()), (EXAMPLES, "信访局台账", petitions()),
    ):  # fmt: skip
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as work:
            source = Path(work) / f"{name}.fods"
            source.write_text(flat(document), "utf-8")
            profile = f"-env:UserInstallation=file://{work}/profile"
            command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder), str(source)]
            subprocess.run(command, check=True)
        _frozen(folder / f"{name}.xlsx", document)


if __name__ == "__main__":
    main()
