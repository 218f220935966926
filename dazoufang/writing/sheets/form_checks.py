"""What a form's cells let in: drop-downs, date checks, hints and guarded headings, as Excel's data validation and lock."""

from __future__ import annotations

from typing import Any, Final

from dazoufang.writing.sheets.columns import Column

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


# What a sheet lets people do whose headings are locked; no password. Merging cells and new columns between ours it cannot.
PERMITTED: Final = dict.fromkeys(
    ("objects", "scenarios", "format_cells", "format_columns", "format_rows", "insert_rows", "insert_hyperlinks",
     "delete_rows", "select_locked_cells", "select_unlocked_cells", "sort", "autofilter"),
    True,
)  # fmt: skip

# {0} is the cell. Excel only asks whether it is meant: the reader knows more ways to write a number than a formula can.
_LOOKS: Final = {
    "phone": (
        '=OR(ISNUMBER(FIND("、",{0})),AND(ISNUMBER(-SUBSTITUTE({0},"-","")),IF(LEFT({0})="1",LEN({0})=11,'
        'AND(LEN(SUBSTITUTE({0},"-",""))>6,LEN(SUBSTITUTE({0},"-",""))<13))))',
        "电话号码好像不对",
        "手机号是11位，座机请带区号（0730-4123456），几个号码用“、”隔开，没有请留空。确定要这样填吗？",
    ),
    "email": (
        '=ISNUMBER(FIND("@",{0}))',
        "邮箱好像不对",
        "邮箱里要有“@”，例如 liming@example.org；没有请留空。确定要这样填吗？",
    ),
}


def cell(column: Column, source: str | list[str] | None, first: str) -> Check:
    """The check of one column, {} for none: `source` is its drop-down, `first` its first cell to be filled (C12)."""
    title = column.title.rstrip("*")
    check: Check = {}
    if source is not None:
        check = {
            "validate": "list",
            "source": source,
            "show_error": column.strict,
            "error_title": "请从下拉框中选",
            "error_message": f"“{title[:40]}”只能填下拉框中的各项。",
        }
    elif column.kind == "date":
        earliest, latest = column.days
        check = {
            "validate": "date",
            "criteria": "between",
            "minimum": earliest,
            "maximum": latest,
            "error_title": "日期不对",
            "error_message": f"请写成 2023-9-20 这样的日期（{earliest.year}年至{latest.year}年），一格只写一天。",
        }
    elif column.check:
        formula, wrong, message = _LOOKS[column.check]
        check = {
            "validate": "custom",
            "value": formula.format(first),
            "error_type": "warning",
            "error_title": wrong,
            "error_message": message,
        }
    elif column.longest:
        check = {
            "validate": "length",
            "criteria": "<=",
            "value": column.longest,
            "error_title": "字数太多",
            "error_message": f"“{title[:40]}”最多写{column.longest}个字，请精简，详情另附。",
        }
    if column.hint:
        check = {"validate": "any"} | check | {"input_title": title[:32], "input_message": column.hint[:255]}
    return check


def heading(cell_name: str, title: str) -> Check:
    """Lets nothing but `title` into the heading cell `cell_name` ($A$1), also when somebody has lifted the lock."""
    quoted = title.replace('"', '""')
    return {
        "validate": "custom",
        "value": f'=EXACT({cell_name},"{quoted}")',
        "error_title": "表头请勿改动",
        "error_message": "程序按表头认列。请按“取消”恢复原来的表头；要多填的内容可以写在备注中。",
    }
