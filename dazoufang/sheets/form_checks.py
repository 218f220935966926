"""What a form's cells let in: drop-downs, date checks, hints and guarded headings, as Excel's data validation."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from dazoufang.sheets.cells import Kind

CHOICES_SHEET: Final = "选项"  # hidden, and known to the reader as ours: never data
_INLINE: Final = 255  # characters; Excel refuses a longer list inside a drop-down

Check = dict[str, Any]  # XlsxWriter's options of `data_validation`


class Choices:
    """The lists behind drop-downs; those too long for a drop-down of their own go to a hidden sheet, one a column."""

    def __init__(self) -> None:
        self.lists: list[tuple[str, ...]] = []

    def source(self, values: tuple[str, ...]) -> str | list[str]:
        """What a drop-down takes its values from."""
        if len(",".join(values)) <= _INLINE and not any("," in value for value in values):
            return list(values)
        if values not in self.lists:
            self.lists.append(values)
        column = _letters(self.lists.index(values))
        return f"={CHOICES_SHEET}!${column}$1:${column}${len(values)}"


def _letters(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def cell(title: str, kind: Kind, source: str | list[str] | None, strict: bool, hint: str) -> Check:
    """The check of one column, {} for none: `source` is its drop-down (`strict`: nothing else is let in)."""
    check: Check = {}
    if source is not None:
        check = {
            "validate": "list",
            "source": source,
            "show_error": strict,
            "error_title": "请从下拉框中选",
            "error_message": f"“{title[:40]}”只能填下拉框中的各项。",
        }
    elif kind == "date":
        check = {
            "validate": "date",
            "criteria": "between",
            "minimum": date(2000, 1, 1),
            "maximum": date(2099, 12, 31),
            "error_title": "日期看不懂",
            "error_message": "请写成 2023-9-20 这样的日期，一格只写一天。",
        }
    if hint:
        check = {"validate": "any"} | check | {"input_title": title[:32], "input_message": hint[:255]}
    return check


def heading(cell_name: str, title: str) -> Check:
    """Lets nothing but `title` into the heading cell `cell_name` ($A$1)."""
    quoted = title.replace('"', '""')
    return {
        "validate": "custom",
        "value": f'=EXACT({cell_name},"{quoted}")',
        "error_title": "表头请勿改动",
        "error_message": "程序按表头认列。请按“取消”恢复原来的表头；要多填的内容可以写在备注中。",
    }
