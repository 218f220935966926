"""Texts, numbers, addresses and units: one cell in, its canonical value or the code of what is wrong with it out.

Dates, telephone numbers, names and choices have modules of their own beside this one.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time
from typing import Final

from dazoufang.judging.cells.converted import EMPTY, TRUSTED_DIGITS, Cell, Converted, fault, number_digits, number_text
from dazoufang.model import terms

HOW_NUMBER: Final = "数字转文本"
HOW_DATE: Final = "日期转文本"
HOW_SPACE: Final = "去空格"
HOW_UNSEEN: Final = "去掉看不见的字符"
HOW_WIDTH: Final = "全角转半角"
HOW_UNIT: Final = "单位名称写法"
HOW_EMAIL: Final = "邮箱写法"
HOW_COUNTED: Final = "数字带了单位"

# What neither a workbook nor a page can hold: control characters and halves of characters.
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS: Final = re.compile(r"[^\S\n]*(?:\r\n|[\n\r\x0b\x0c\x85\u2028\u2029])")
_COUNTED: Final = re.compile(r"([0-9]{1,6})(?:户次|人次|户|人|件|个|条|项|家|次)")
_INTEGER: Final = re.compile(r"[+-]?[0-9]+(?:\.0+)?|[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.0+)?")
_EMAIL: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}"
)
_STAMP: Final = re.compile(r"\((?:加?盖?公?章|签章|签字盖章|加盖公章|公章)\)")
_INNER_SPACE: Final = re.compile(r"(?<=[^\x00-\x7f()])\s+|\s+(?=[^\x00-\x7f()])|(?<=[()])\s+|\s+(?=[()])")


def to_text(value: Cell, max_length: int | None = None) -> Converted:
    """A cell → text that means what it meant: outer blanks and odd line ends go, words and signs stay.

    Numbers in their shortest writing, dates as 2023-09-20. C10 for a number of 16 or more digits, C17 when longer
    than `max_length` characters. A none-word is text: whether it counts the rule decides.
    """
    if value is None:
        return EMPTY
    if isinstance(value, str):
        text = value if value.isprintable() and value == value.strip() else _tidy(value)
        if max_length is not None and len(text) > max_length:
            return fault("C17", length=len(text), limit=max_length)
        if not text:
            return EMPTY
        return Converted(text) if text == value else Converted(text, how=HOW_SPACE)
    if isinstance(value, bool):
        return Converted("是" if value else "否", how=HOW_NUMBER)
    if isinstance(value, datetime):
        day = value.date().isoformat()
        return Converted(day if value.time() == time() else f"{day} {value:%H:%M}", how=HOW_DATE)
    if isinstance(value, date):
        return Converted(value.isoformat(), how=HOW_DATE)
    if isinstance(value, time):
        return Converted(f"{value:%H:%M}", how=HOW_DATE)
    text_of_number = number_text(value)
    if text_of_number is None:
        return fault("C10", digits=number_digits(value))
    return Converted(text_of_number, how=HOW_NUMBER)


# What shows nothing inside a text, and the blanks that are none to a search: a joiner inside an emoji is not among them.
_UNSEEN: Final = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_ODD_BLANK: Final = re.compile("[\u00a0\u202f\u2007]")


def to_clean_text(value: Cell, max_length: int | None = None) -> Converted:
    """`to_text`, and unseen marks (U+200B, U+FEFF …) inside the text go, no-break blanks become blanks."""
    if not isinstance(value, str) or value.isprintable():
        return to_text(value, max_length)
    cleaned = _ODD_BLANK.sub(" ", _UNSEEN.sub("", value))
    converted = to_text(cleaned, max_length)
    return replace(converted, how=HOW_UNSEEN) if converted.value is not None and cleaned != value else converted


def _tidy(text: str) -> str:
    """A text without control characters and outer blanks, all its line ends alike."""
    return _LINE_ENDS.sub("\n", _CONTROL.sub("", text)).strip().strip("\u200b\ufeff").strip()


def to_integer(value: Cell) -> Converted:
    """A cell → `int`; C18 for anything else, C10 for 16 or more digits. A none-word is an empty cell, 0 is 0."""
    if value is None:
        return EMPTY
    if isinstance(value, bool | date | time):
        return fault("C18", what="应为整数")
    if isinstance(value, int | float):
        if (written := number_text(value)) is None:
            return fault("C10", digits=number_digits(value))
        whole_number = written.removeprefix("-").isdigit()
        return Converted(int(value)) if whole_number else fault("C18", what="应为整数，不能有小数")
    text = "".join(terms.narrow(value).split())
    if _INTEGER.fullmatch(text):
        whole = text.replace(",", "").partition(".")[0]
        if len(digits := whole.lstrip("+-")) > TRUSTED_DIGITS:
            return fault("C10", digits=len(digits))
        return Converted(int(whole), how=HOW_WIDTH if not value.isascii() else "")
    return EMPTY if terms.is_blank(text) else fault("C18", what="应为整数")


def to_count(value: Cell) -> Converted:
    """As `to_integer`, and what is counted may stand behind the number: 12户, 3 件."""
    counted = _COUNTED.fullmatch("".join(terms.narrow(value).split())) if isinstance(value, str) else None
    if counted is None:
        return to_integer(value)
    number = to_integer(counted[1])
    return number if number.fault else replace(number, how=HOW_COUNTED)


def to_email(value: Cell) -> Converted:
    """A cell → one address, its domain in small letters; C18 saying what is missing."""
    if value is None:
        return EMPTY
    if not isinstance(value, str):
        return fault("C18", what="不是邮箱地址")
    text = "".join(terms.narrow(value).split())
    if terms.is_blank(text):
        return EMPTY
    if not _EMAIL.fullmatch(text):
        return fault("C18", what="不是邮箱地址，缺少“@”" if "@" not in text else "不是一个完整的邮箱地址")
    name, _, domain = text.rpartition("@")
    address = f"{name}@{domain.lower()}"
    return Converted(address, how=HOW_EMAIL if address != value else "")


def to_unit(value: Cell) -> Converted:
    """A cell → a unit's name without inner blanks and （盖章）, its brackets full-width; C18 for no name."""
    if value is None:
        return EMPTY
    if not isinstance(value, str):
        return fault("C18", what="不是单位名称")
    name = _STAMP.sub("", _INNER_SPACE.sub("", terms.narrow(value).strip())).strip(": \t\r\n")
    if terms.is_blank(name):
        return EMPTY
    name = name.replace("(", "（").replace(")", "）")
    if not any(char.isalpha() for char in name):
        return fault("C18", what="不是单位名称")
    return Converted(name, how=HOW_UNIT if name != value else "")
