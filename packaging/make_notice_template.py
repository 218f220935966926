"""Makes templates/通报.docx, the notice's template: its page, fonts and spacing are those of GB/T 9704-2012.

`python packaging/make_notice_template.py` writes it; a test compares what stands there. An office edits its own copy in
Word or WPS and needs none of this.
"""

from __future__ import annotations

import io
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

PLACE = Path(__file__).parents[1] / "templates" / "通报.docx"
TITLE_FONT, TEXT_FONT, FIRST_FONT, SECOND_FONT = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
ERHAO, SANHAO, SIHAO, WUHAO = 22.0, 16.0, 14.0, 10.5  # 二号、三号、四号、五号, in points
LINE = 28.95  # 22 lines on 225 mm

BODY = "通报正文"
TEXT: tuple[tuple[str, str], ...] = (
    ("通报标题", "{{ 年 }}年{{ 轮次 }}{{ 活动 }}"),
    ("通报标题", "进展情况通报"),
    ("通报副题", "（截至{{ 今天 }}）"),
    ("通报主送", "各股室、局属各单位："),
    (
        BODY,
        "{{ 年 }}年{{ 轮次 }}{{ 活动 }}自{{ 轮次起 }}开始，到{{ 轮次止 }}结束"
        "{% if 阶段.名称 %}，现在是{{ 阶段.名称 }}阶段（{{ 阶段.起 }}至{{ 阶段.止 }}）{% endif %}。现将截至{{ 今天 }}的进展情况通报如下。",
    ),
    ("通报一级标题", "一、工作进展"),
    (
        BODY,
        "（一）入户走访。全局{{ 单位数 }}个单位、{{ 干部数 }}名干部，本轮应走访{{ 应走访 }}户"
        "{% if 少走说明 %}（{{ 少走说明 }}）{% endif %}，已走访{{ 已走访 }}户，完成率{{ 完成率 }}（{{ 已走访 }}/{{ 应走访 }}），"
        "登记走访{{ 走访户次 }}户次。{% if 对象类别 %}其中{% for 类别 in 对象类别 %}{{ 类别.名称 }}{{ 类别.户数 }}户"
        "{% if not loop.last %}、{% endif %}{% endfor %}。{% endif %}回访群众{{ 回访户次 }}户次。",
    ),
    (
        BODY,
        "（二）矛盾纠纷。本轮收集{{ 矛盾纠纷.收集 }}件，已化解{{ 矛盾纠纷.已化解 }}件，化解率{{ 矛盾纠纷.化解率 }}"
        "（{{ 矛盾纠纷.已化解 }}/{{ 矛盾纠纷.收集 }}），正在化解{{ 矛盾纠纷.正在化解 }}件（含未启动、移交转办），稳控中{{ 矛盾纠纷.稳控中 }}件，"
        "已销号{{ 矛盾纠纷.已销号 }}件。今天收到的表里新登记{{ 矛盾纠纷.今日新登记 }}件、销号{{ 矛盾纠纷.今日销号 }}件，"
        "现有未销号{{ 矛盾纠纷.现有未销号 }}件。",
    ),
    (
        BODY,
        "（三）意见建议。本轮收集{{ 意见建议.收集 }}件，已办结{{ 意见建议.已办结 }}件，办结率{{ 意见建议.办结率 }}"
        "（{{ 意见建议.已办结 }}/{{ 意见建议.收集 }}），正在办理{{ 意见建议.正在办理 }}件（含未启动、移交转办），已销号{{ 意见建议.已销号 }}件。"
        "今天收到的表里新登记{{ 意见建议.今日新登记 }}件、销号{{ 意见建议.今日销号 }}件，现有未销号{{ 意见建议.现有未销号 }}件。",
    ),
    ("通报一级标题", "二、各单位情况"),
    (BODY, "{%p if 完成的单位.数 %}"),
    (BODY, "已经完成任务的{{ 完成的单位.数 }}个单位：{{ 完成的单位.名称 }}。"),
    (BODY, "{%p endif %}"),
    (BODY, "{%p if 落后的单位.数 + 没有完成的单位.数 %}"),
    (
        BODY,
        "进度落后的{{ 落后的单位.数 + 没有完成的单位.数 }}个单位：{{ 落后的单位.名称 }}{{ 没有完成的单位.名称 }}。",
    ),
    (BODY, "{%p endif %}"),
    (BODY, "{%p if 没有报送的单位.数 %}"),
    (BODY, "还没有报送的{{ 没有报送的单位.数 }}个单位：{{ 没有报送的单位.名称 }}。"),
    (BODY, "{%p endif %}"),
    (BODY, "{%p if 没有走访的干部.数 %}"),
    (
        BODY,
        "没有走访记录的干部{{ 没有走访的干部.数 }}名{% if 没有走访的干部.名单 %}：{{ 没有走访的干部.名单 }}{% endif %}。",
    ),
    (BODY, "{%p endif %}"),
    ("units", ""),
    (BODY, "{%p if 逾期说明 %}"),
    ("通报表注", "{{ 逾期说明 }}"),
    (BODY, "{%p endif %}"),
    ("通报一级标题", "三、存在的问题"),
    (BODY, "{%p if not 问题 %}"),
    (BODY, "没有超过时限、没有落实责任和待回访的事项。"),
    (BODY, "{%p endif %}"),
    (BODY, "{%p for 问题项 in 问题 %}"),
    (
        BODY,
        "（{{ 问题项.序号 }}）{{ 问题项.名称 }}。{{ 问题项.件数 }}件{{ 问题项.说明 }}：{{ 问题项.各单位 }}（{% if 问题项.各类别 %}{{ 问题项.各类别 }}；{% endif %}{{ 问题项.编号 }}）。",
    ),
    (BODY, "{%p endfor %}"),
    ("通报一级标题", "四、下一步工作"),
    (BODY, "{%p for 步骤 in 下一步 %}"),
    (BODY, "（{{ 步骤.序号 }}）{{ 步骤.名称 }}。{{ 步骤.情况 }}，期限：{{ 步骤.期限 }}。"),
    (BODY, "{%p endfor %}"),
    (
        BODY,
        "请各单位对照本通报，抓紧办理，按时报送。{% if 阶段.下一阶段.名称 %}{{ 阶段.下一阶段.起 }}至{{ 阶段.下一阶段.止 }}为"
        "{{ 阶段.下一阶段.名称 }}阶段，请提前做好准备。{% endif %}",
    ),
    ("通报落款", "{{ 局名 }}"),
    ("通报落款", "{{ 日期 }}"),
    ("通报小标题", "数据来源（核对用，不随文印发）"),
    ("sources", ""),
)
UNITS = (
    ("序号", "{{ 行.序号 }}", 12.5), ("单位", "{{ 行.名称 }}", 37.0), ("干部", "{{ 行.干部数 }}", 13.0),
    ("应走访", "{{ 行.应走访 }}", 17.0), ("已走访", "{{ 行.已走访 }}", 17.0), ("完成率", "{{ 行.完成率 }}", 19.0),
    ("逾期事项", "{{ 行.逾期事项 }}", 20.0), ("走访进度", "{{ 行.情况 }}", 20.5),
)  # fmt: skip
SOURCES = (("数", "{{ 行.数 }}", 33.0), ("值", "{{ 行.值 }}", 52.0), ("出处", "{{ 行.出处 }}", 71.0))


def made() -> bytes:
    """The template."""
    document = Document()
    _page(document)
    _styles(document)
    for style, text in TEXT:
        if style == "units":
            _table(document, UNITS, "单位")
        elif style == "sources":
            _table(document, SOURCES, "数据来源")
        else:
            paragraph = document.add_paragraph(style=style)
            _text(paragraph, text)
    _said_of_itself(document)
    saved = io.BytesIO()
    document.save(saved)
    return _repacked(saved.getvalue())


def _page(document: Any) -> None:
    """A4, 37 mm above, 35 below, 28 left, 26 right; 22 lines of 28 characters; — 1 — below, outside on both sides."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(24)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(LINE * 20)))
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if side == "right" else WD_ALIGN_PARAGRAPH.LEFT
        shape = paragraph.paragraph_format
        setattr(shape, f"{side}_indent", Pt(SIHAO))  # one character from the edge
        for kind in ("— ", "begin", "PAGE", "separate", "1", "end", " —"):
            run = paragraph.add_run()
            _font(run._r.get_or_add_rPr(), "宋体", SIHAO)
            if kind in ("begin", "separate", "end"):
                part = OxmlElement("w:fldChar")
                part.set(qn("w:fldCharType"), kind)
            else:
                part = OxmlElement("w:instrText" if kind == "PAGE" else "w:t")
                part.set(qn("xml:space"), "preserve")
                part.text = kind
            run._r.append(part)


def _styles(document: Any) -> None:
    normal = document.styles["Normal"]
    _font(normal.element.get_or_add_rPr(), TEXT_FONT, SANHAO)
    defaults = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    language = defaults.find(qn("w:lang"))
    if language is not None:
        language.set(qn("w:eastAsia"), "zh-CN")
    centre, left, right = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT
    both = WD_ALIGN_PARAGRAPH.JUSTIFY
    _style(document, "通报标题", TITLE_FONT, ERHAO, centre, line=33.0)
    _style(document, "通报副题", SECOND_FONT, SANHAO, centre, after=LINE)
    _style(document, "通报主送", TEXT_FONT, SANHAO, left)
    _style(document, BODY, TEXT_FONT, SANHAO, both, indent=2)
    _style(document, "通报一级标题", FIRST_FONT, SANHAO, both, indent=2, keep=True)
    _style(document, "通报二级标题", SECOND_FONT, SANHAO, both, indent=2, keep=True)
    _style(document, "通报落款", TEXT_FONT, SANHAO, right, right=2 * SANHAO, keep=True)
    _style(document, "通报小标题", FIRST_FONT, SIHAO, left, after=4.0, keep=True)
    document.styles[
        "通报小标题"
    ].paragraph_format.page_break_before = True  # where the figures are from goes with no notice
    _style(document, "通报表注", TEXT_FONT, WUHAO, left, line=16.0)
    _style(document, "通报表格", TEXT_FONT, WUHAO, centre, line=16.0)


def _style(
    document: Any, name: str, font: str, size: float, alignment: Any, *, line: float = LINE, indent: int = 0,
    before: float = 0.0, after: float = 0.0, right: float = 0.0, keep: bool = False,
) -> None:  # fmt: skip
    """A paragraph style. size, line, before, after, right: points; indent: characters of the first line."""
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style, style.quick_style = document.styles["Normal"], True
    _font(style.element.get_or_add_rPr(), font, size)
    shape = style.paragraph_format
    shape.alignment = alignment
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    shape.keep_with_next, shape.widow_control = keep, False
    if line != LINE:  # or its lines would take as many of the page's as they need
        snap = OxmlElement("w:snapToGrid")
        snap.set(qn("w:val"), "0")
        style.element.get_or_add_pPr().insert_element_before(snap, "w:spacing", "w:ind", "w:jc")
    if right:
        shape.right_indent = Pt(right)
    if indent:
        shape.first_line_indent = Pt(indent * size)
        style.element.get_or_add_pPr().find(qn("w:ind")).set(qn("w:firstLineChars"), str(indent * 100))


def _font(properties: Any, font: str, size: float) -> None:
    """Font and size, the same for Chinese and other characters."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for key in list(fonts.keys()):
        del fonts.attrib[key]
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), font)
    for tag in ("w:sz", "w:szCs"):
        part = properties.find(qn(tag))
        if part is None:
            part = OxmlElement(tag)
            properties.append(part)
        part.set(qn("w:val"), str(round(size * 2)))


def _text(paragraph: Any, text: str) -> None:
    """The words; （一）…。 at the beginning of a paragraph is a heading of the second level, in its own font."""
    head = text.find("。") + 1 if text.startswith("（") and paragraph.style.name == BODY else 0
    if head:
        run = paragraph.add_run(text[:head])
        _font(run._r.get_or_add_rPr(), SECOND_FONT, SANHAO)
    paragraph.add_run(text[head:])


def _table(document: Any, columns: tuple[tuple[str, str, float], ...], field: str) -> None:
    """A table with one row for each of `field`; widths in millimetres."""
    table = document.add_table(rows=4, cols=len(columns), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    loop = {1: f"{{%tr for 行 in {field} %}}", 3: "{%tr endfor %}"}
    for column, (_, _, width) in zip(table.columns, columns, strict=True):
        column.width = Mm(width)
    for at, row in enumerate(table.rows):
        row.height = Mm(6.5)
        for place, (title, cell, width) in enumerate(columns):
            row.cells[place].width = Mm(width)
            paragraph = row.cells[place].paragraphs[0]
            paragraph.style = "通报表格"
            text = {0: title, 2: cell}.get(at, loop.get(at, "") if place == 0 else "")
            run = paragraph.add_run(text)
            if at == 0:
                _font(run._r.get_or_add_rPr(), FIRST_FONT, WUHAO)
            elif field != "单位" or place == 1:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
            row.cells[place].vertical_alignment = 1
    heading = table.rows[0]._tr.get_or_add_trPr()
    heading.append(OxmlElement("w:tblHeader"))
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _said_of_itself(document: Any) -> None:
    """Nothing of whoever made the empty document of the library; no picture of it either."""
    told = document.core_properties
    told.author, told.title, told.comments, told.keywords = "", "通报", "", ""
    told.created = told.modified = datetime(2023, 1, 1)
    package = document.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            del package.rels[key]


def _repacked(data: bytes) -> bytes:
    """The same parts with one date: the same script makes the same file."""
    saved = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as before, ZipFile(saved, "w") as after:
        for name in before.namelist():
            after.writestr(ZipInfo(name), before.read(name), ZIP_DEFLATED)
    return saved.getvalue()


if __name__ == "__main__":
    PLACE.write_bytes(made())
    sys.stdout.write(f"{PLACE}\n")
