"""Looks at a template of the office: whether it can be filled, and with which of our sheets; says in Chinese what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pandas as pd

from dazoufang.judging.tables.sheet_view import SheetView
from dazoufang.model.cell_names import column_letters
from dazoufang.reading.file_kinds import FileKind, sniff
from dazoufang.reading.sheet import Unreadable
from dazoufang.system.home import WORKBOOKS
from dazoufang.writing.answers.xml_bytes import Unfamiliar
from dazoufang.writing.broken_template import OWN_AGAIN, BrokenTemplate
from dazoufang.writing.own_templates import fill
from dazoufang.writing.own_templates.blank import BlankBook, BlankSheet
from dazoufang.writing.own_templates.body import body
from dazoufang.writing.own_templates.layout import DressedBook, Layout
from dazoufang.writing.own_templates.matching import FigureColumns, FormColumns, Found
from dazoufang.writing.own_templates.placeholders import UnknownField, changes
from dazoufang.writing.sheets.book import Book

SUFFIX: Final = WORKBOOKS[0]
_OTHERS: Final = WORKBOOKS[1:]
_RESAVE: Final = "请在 Excel 或 WPS 里打开，另存为“Excel 工作簿（*.xlsx）”"
_TRIED: Final = 3  # rows with which a template is tried


@dataclass(frozen=True)
class Wanted:
    """One sheet of ours that a template may have. spec: its number in the book. name: what people call it. columns: how it is
    known by its headings. by_unit: where a template shows nobody's name, its rows are the 小计 of ours."""

    spec: int
    name: str
    columns: FormColumns | FigureColumns
    by_unit: bool = False


@dataclass(frozen=True)
class OwnTemplate:
    """A template of the office: its name in templates/, its bytes, and what is not made where it cannot be used."""

    file: str
    data: bytes
    left_out: str

    def broken(self, said: str) -> BrokenTemplate:
        """What is wrong with it, as an error."""
        return BrokenTemplate(f"{said}；{OWN_AGAIN}", self.file, self.left_out)


def own_template(folder: Path, names: Sequence[str], left_out: str) -> OwnTemplate | None:
    """The template of one of these names (附件1), where an office has put one there.

    Raises:
        BrokenTemplate: there are two, or one in a format that is not filled.
    """
    found = [folder / f"{name}{SUFFIX}" for name in names if (folder / f"{name}{SUFFIX}").is_file()]
    others = [
        folder / f"{name}{suffix}" for name in names for suffix in _OTHERS if (folder / f"{name}{suffix}").is_file()
    ]
    if len(found) > 1:
        said = f"还有一个 {found[1].name}，不知道用哪一个。请只留一个"
        raise OwnTemplate(found[0].name, b"", left_out).broken(said)
    if found:
        return OwnTemplate(found[0].name, found[0].read_bytes(), left_out)
    if others:
        raise OwnTemplate(others[0].name, b"", left_out).broken(f"表样要是 .xlsx 的。{_RESAVE}")
    return None


def dressed(
    own: OwnTemplate, book: Book, wanted: Sequence[Wanted], fields: Mapping[str, str], label: str = "", whose: str = ""
) -> DressedBook | None:
    """The book as it is to be written into the template; None where the template has no place for what must be said of this
    book (that personal data are hidden, whose rows they are).

    wanted: the sheets of the book that a template may have. fields: what {{…}} stand for; 局名 and 日期 are also filled
    behind 填报单位 and 填报时间. label, whose: of the annex, and of a part of it.

    Rule: what a template lacks of ours is appended as ours, so that an annex is still a form.

    Raises:
        BrokenTemplate: the template cannot be used.
    """
    try:
        return _dressed(own, book, wanted, fields, label, whose)
    except (Unreadable, Unfamiliar, LookupError, ValueError, RecursionError) as error:
        raise _unusable(own, error) from error


def _dressed(
    own: OwnTemplate, book: Book, wanted: Sequence[Wanted], fields: Mapping[str, str], label: str, whose: str
) -> DressedBook | None:
    kind = sniff(own.data)
    if kind is FileKind.XLS or kind is FileKind.RAW_XLS:
        raise own.broken(f"里面其实是旧的 .xls 格式，只是改了扩展名。{_RESAVE}")
    if kind is not FileKind.XLSX:
        raise own.broken(f"不是 Excel 工作簿。{_RESAVE}")
    blank = BlankBook(own.data)
    layouts = _layouts(own, blank, wanted)
    for sheet in blank.sheets:
        if any(layout.part == sheet.part for layout in layouts):
            _refuse_unknown_fields(own, sheet, fields)
    shown = {layout.spec for layout in layouts}
    appended = tuple(each.spec for each in wanted if each.spec not in shown)
    made = DressedBook(book, own.data, layouts, label, dict(fields), appended, whose)
    says_more = whose or any(label and book.sheets[layout.spec].label != label for layout in layouts)
    return None if says_more and not all(_has_words_above(blank, layout) for layout in layouts) else made


def _layouts(own: OwnTemplate, blank: BlankBook, wanted: Sequence[Wanted]) -> tuple[Layout, ...]:
    """What each sheet of a template is. Hidden sheets, and those that resemble none of ours, stay as they are."""
    found: dict[int, Layout] = {}
    for sheet in blank.sheets:
        if not sheet.visible or (match := _which(sheet, wanted)) is None:
            continue
        each, headings = match
        if each.spec in found:
            said = f"「{found[each.spec].sheet}」和「{sheet.name}」两张工作表都像{each.name}，不知道填哪一张。请只留一张，另一张删去或隐藏"
            raise own.broken(said)
        found[each.spec] = _layout(own, blank, sheet, each, headings)
    if not found:
        names = "、".join(each.name for each in wanted)
        titles = "；".join(f"{each.name}：{'、'.join(_titles(each))}" for each in wanted)
        raise own.broken(
            f"没有一张工作表的表头认得出来（要填的是{names}，至少要有其中三列——{titles}）。请照着写表头，或先用 learn 命令教程序认"
        )
    return tuple(found.values())


def _titles(wanted: Wanted) -> list[str]:
    if isinstance(wanted.columns, FormColumns):
        return [each.title for each in wanted.columns.schema.required]
    return [column.title for column in wanted.columns.columns[:6]]


def _which(sheet: BlankSheet, wanted: Sequence[Wanted]) -> tuple[Wanted, Found] | None:
    """Which of our sheets a sheet is: the list whose headings it surely has, else the one of which it has most."""
    view = SheetView(sheet.sheet)
    found = [(each, match) for each in wanted if (match := each.columns.found(view)) is not None]
    sure = [(each, match) for each, match in found if match.sure and isinstance(each.columns, FormColumns)]
    return max(sure or found, key=lambda pair: len(pair[1].told), default=None)


def _layout(own: OwnTemplate, blank: BlankBook, sheet: BlankSheet, wanted: Wanted, found: Found) -> Layout:
    if found.twins:
        _, first, second = found.twins[0]
        places = "、".join(f"{column_letters(column)}列" for column in (first, second))
        said = f"「{sheet.name}」表的{places}像是同一列，不知道填哪一列。请改其中一个表头，或删去一列"
        raise own.broken(said)
    place = body(sheet, blank.looks, found)
    if place is None:
        said = f"「{sheet.name}」表的表头（第{found.bottom + 1}行）下面没有样行。请在表头下面留一行，画好框线、设好格式，可以空着，也可以填一行样例"
        raise own.broken(said)
    by_unit = wanted.by_unit and all(told.key != "cadre" for told in found.told)
    shared = [
        f"{column_letters(column)}{row + 1}"
        for row in range(place.first, place.last + 1)
        for column, cell in sheet.rows[row].cells.items()
        if (formula := cell.child("f")) is not None and formula.attributes.get("t") in ("shared", "array", "dataTable")
    ]
    if shared:
        raise own.broken(
            f"「{sheet.name}」表的样行 {shared[0]} 是数组公式或共用公式，照样行添不出新行。请删去样行里的公式"
        )
    return Layout(
        wanted.spec, sheet.name, sheet.part, found.top, found.bottom, place.first, place.last, found.told,
        place.total, None if by_unit else place.subtotal, by_unit,
    )  # fmt: skip


def _refuse_unknown_fields(own: OwnTemplate, sheet: BlankSheet, fields: Mapping[str, str]) -> None:
    known = {"reporting_unit": "", "reported_on": ""}
    for row, line in sheet.rows.items():
        for column in line.cells:
            try:
                changes(sheet.text(row, column), known, fields)
            except UnknownField as error:
                names = "、".join(f"{{{{{name}}}}}" for name in fields)
                raise own.broken(f"{sheet.where(row, column)} 没有“{error}”这个字段。能用的有 {names}") from error


def _has_words_above(blank: BlankBook, layout: Layout) -> bool:
    sheet = next(sheet for sheet in blank.sheets if sheet.part == layout.part)
    return any(
        sheet.text(row, column).strip() for row in sheet.rows if row < layout.top for column in sheet.rows[row].cells
    )


def _unusable(own: OwnTemplate, error: Exception) -> BrokenTemplate:
    """A workbook that cannot be opened, or is built in a way that is not known."""
    code = error.code if isinstance(error, Unreadable) else ""
    if code == "F02":
        return own.broken("设了打开密码，程序打不开。请去掉密码后重新保存")
    if code == "F01":
        return own.broken("是空文件。请重新放一份")
    if code in ("F03", "F08"):
        return own.broken(f"不是 Excel 工作簿。{_RESAVE}")
    why = f"（{error}）" if isinstance(error, Unfamiliar) and len(str(error)) > 12 else ""
    return own.broken(f"打不开，或里面的写法程序不认得{why}。{_RESAVE}，再放进来")


def tried(own: OwnTemplate, book: DressedBook) -> None:
    """Fill the template with few rows, to see that it can be filled.

    Raises:
        BrokenTemplate: it cannot.
    """
    short = tuple(
        replace(sheet, rows=pd.concat([sheet.rows.iloc[:_TRIED], sheet.rows.iloc[_TRIED:].tail(1)]))
        for sheet in book.book.sheets
    )
    try:
        fill.workbook(replace(book, book=replace(book.book, sheets=short)))
    except (OSError, MemoryError):
        raise
    except Exception as error:  # the program's own way is tried by tests: what fails is what the office's file is like
        raise _unusable(own, error) from error
