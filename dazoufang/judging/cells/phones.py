"""Telephone numbers as people type them: one cell in, canonical text out, or what is wrong with the number."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Final

from dazoufang.judging.cells.converted import EMPTY, Cell, Converted, fault, number_digits, number_text
from dazoufang.model import terms

_CANONICAL: Final = re.compile(r"1[3-9][0-9]{9}")
# From a land line a distant mobile number is dialled with 0 before it, and so it is often written.
_MOBILE: Final = re.compile(r"(?:\+?86|0086|0)?(1[3-9][0-9]{9})")
# Area code 010 or 02x with eight digits after it, any other with seven or eight; a local number begins with 2–8.
# Behind +86 or 0086 the area code may have lost its 0, as it does abroad.
_LAND: Final = re.compile(
    r"(?:\+?86|0086)?0(?:(10|2[0-9])([2-8][0-9]{7})|([3-9][0-9]{2})([2-8][0-9]{6,7}))"
    r"|(?:\+86|0086)(?:(10|2[0-9])([2-8][0-9]{7})|([3-9][0-9]{2})([2-8][0-9]{6,7}))"
)
_LOCAL: Final = re.compile(r"[2-8][0-9]{6,7}")
_SERVICE: Final = re.compile(r"[48]00[0-9]{7}")
_EXTENSION: Final = re.compile(r"(?:转|分机号?|ext\.?)[:\s]*([0-9]{1,6})$|(?<=[0-9])-([0-9]{1,6})$", re.IGNORECASE)
_LABEL: Final = re.compile(
    r"(?:(?:家庭|住宅|单位|办公室?|本人|联系)?(?:电话号码|手机号码|电话|手机号|手机|座机|号码)|联系方式|宅电|本人|家(?=:)|tel|phone)"
    r"[:\s]*(?=[0-9(+])",
    re.IGNORECASE,
)
_NOTE: Final = re.compile(r"\((?=[^()0-9]*[^()0-9\s+])[^()0-9]*\)")  # （儿子）, but not (0730) nor (+86)
_SAME_ELSEWHERE: Final = re.compile(r"(?<=[0-9])\s*(?:微信同号|微信同步|同微信号?|\(?微信同号?\)?)$")
_THOUSANDS: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){2,3}")
_WRAPPING: Final = str.maketrans("【】[]〔〕「」\"“”'‘’`", "()()()()" + " " * 7)
# Ways to say in a column for telephones that there is none. 不详 and the like say "not known": a fault.
_NO_PHONE: Final = re.compile(
    r"(?:暂?无|没有?|未(?:留|装|安装)?)(?:联系)?(?:电话|手机|座机|号码|联系方式)(?:号码?)?[。.]?"
)
_SEPARATORS: Final = re.compile(r"[/、,;|或和]+")
_MOBILE_DASH: Final = re.compile(r"(?<![0-9])(1[3-9][0-9]{9})-+(?=[0-9])")  # 13812345678-13912345678 are two
_FILLING: Final = re.compile(r"[-\s.()_·—–]+")
_FLOAT_TEXT: Final = re.compile(r"([0-9]{7,12})\.0+")
# A day typed into the column for telephones would pass for a local number of seven or eight digits.
_DAY: Final = re.compile(
    r"(?:19|20)[0-9]{2}(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])|[-./年\s][01]?[0-9][-./月\s][0-3]?[0-9]日?)"
)
_IDENTITY: Final = re.compile(r"[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx]")
_MASK: Final = re.compile(r"\*+|(?<=[0-9])[xX×#]{2,}")
_NOT_KNOWN: Final = re.compile(r"不详|不明|未知|不清楚|不知道|未提供|拒|不愿|忘|同|空号|停机|联系不上|无法联系")
_SCIENTIFIC: Final = re.compile(r"[0-9]\.[0-9]+[eE]\+?[0-9]+")

HOW_FILLING: Final = "电话去空格和符号"
HOW_NUMBER: Final = "数字转文本"
HOW_WIDTH: Final = "全角转半角"
HOW_NOTE: Final = "电话去说明文字"
HOW_NONE: Final = "“无电话”一类的字按未填"


def to_phone(value: Cell) -> Converted:
    """A cell → "13812345678", "0730-4123456", "0730-4123456-801", "4123456", several joined by 、; or C09, C10.

    A none-word is an empty cell. If one of several numbers is bad the whole cell is, and the fault names that one.
    """
    if value is None:
        return EMPTY
    if isinstance(value, str):
        if _CANONICAL.fullmatch(value):
            return Converted(value)
        return _from_text(value)
    if isinstance(value, bool | date | time):
        return fault("C09", what="不是电话号码")
    if value == 0:
        return EMPTY
    if (text := number_text(value)) is None:
        return fault("C10", digits=number_digits(value))
    if not text.isdigit() or _DAY.fullmatch(text):
        return fault("C09", what=_other_than_phone(text) or "不是电话号码")
    number = _canonical(text)
    if number:
        return Converted(number, how=HOW_NUMBER)
    return fault("C09", what=_wrong(text))


def to_phone_or_why(value: Cell) -> Converted:
    """`to_phone`; and C25 for a number of an identity card, as text or number, with words or blanks beside it."""
    converted = to_phone(value)
    if converted.fault is None or isinstance(value, bool | date | time):
        return converted
    written = f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
    text = _IDENTITY_LABEL.sub("", _FILLING.sub("", terms.narrow(written)))
    if _IDENTITY.fullmatch(text) or _OLD_IDENTITY.fullmatch(text):
        return fault("C25", what="18" if len(text) == 18 else "15")
    return converted


# What is before the digits of a card: 身份证号：, 证件号码. The day of birth makes a number one: 430623 650101 123.
_IDENTITY_LABEL: Final = re.compile(r"^(?:公民)?(?:居民)?(?:身份证|身份|证件)(?:证)?(?:号码?)?[:：]?|^'")
_OLD_IDENTITY: Final = re.compile(r"[1-9][0-9]{5}[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}")


def _from_text(raw: str) -> Converted:
    text = terms.narrow(raw).strip()
    if terms.is_blank(text):
        return EMPTY
    if _NO_PHONE.fullmatch(text):
        return Converted(how=HOW_NONE)
    if float_text := _FLOAT_TEXT.fullmatch(text):
        text = float_text[1]
    if not_phone := _other_than_phone(text):
        return fault("C09", what=not_phone)
    how = HOW_WIDTH if any("０" <= char <= "９" for char in raw) else HOW_FILLING
    wrapped = text.translate(_WRAPPING).strip()
    bare = _SAME_ELSEWHERE.sub("", _NOTE.sub("、", wrapped).strip("、 \n"))
    bare = _LABEL.sub("、", bare)
    if bare != wrapped:
        how = HOW_NOTE
    if _THOUSANDS.fullmatch(bare):
        bare = bare.replace(",", "")
    parts = [part.strip() for part in _SEPARATORS.split(_MOBILE_DASH.sub(r"\1、", bare.rstrip(terms.CLOSING_STOPS)))]
    parts = [part for part in parts if part and not terms.is_blank(part)]
    numbers: list[str] = []
    for part in parts:
        found = _canonical(part)
        several = [found] if found else _whole_numbers(part.split())
        if several is None:
            mistake = _wrong(part)
            return fault("C09", what=mistake if len(parts) == 1 else f"其中“{part}”{mistake}")
        numbers.extend(number for number in several if number not in numbers)
    if not numbers:
        return fault("C09", what=_wrong(bare))
    result = "、".join(numbers)
    return Converted(result, how=how if result != raw else "")


def _other_than_phone(text: str) -> str:
    """In words: what `text` is, when it is clearly something else that is written in digits; else ""."""
    if _DAY.fullmatch(text):
        return "像是日期，不是电话号码"
    if _IDENTITY.fullmatch(text):
        return "像是身份证号（不需要填报），不是电话号码"
    return "写成了科学计数法，号码已不全" if _SCIENTIFIC.fullmatch(text) else ""


def _canonical(text: str) -> str | None:
    """One number in its canonical writing, None when it is none."""
    extension = ""
    if not _MOBILE.fullmatch(digits := _FILLING.sub("", text)) and (found := _EXTENSION.search(text)):
        head = _FILLING.sub("", text[: found.start()])
        # 4123-456 is a number with a dash in it, 4123456-801 one with an extension.
        if _LAND.fullmatch(head) or _LOCAL.fullmatch(head) or _SERVICE.fullmatch(head):
            digits, extension = head, f"-{found[1] or found[2]}"
    if mobile := _MOBILE.fullmatch(digits):
        return mobile[1]
    if land := _LAND.fullmatch(digits):
        area, local = (group for group in land.groups() if group)
        return f"0{area}-{local}{extension}"
    if _LOCAL.fullmatch(digits) or _SERVICE.fullmatch(digits):
        return digits + extension
    return None


def _whole_numbers(tokens: list[str]) -> list[str] | None:
    """The only way to read space-separated groups of digits as whole numbers, None when there is none or several.

    A blank may part two numbers (13812345678 13912345678) or one (138 1234 5678).
    """
    # ways[k]: the readings of the first k tokens, at most two kept (two are already too many).
    ways: list[list[list[str]]] = [[[]], *([] for _ in tokens)]
    for end in range(1, len(tokens) + 1):
        for start in range(max(0, end - 5), end):
            if ways[start] and (number := _canonical(" ".join(tokens[start:end]))):
                ways[end] = (ways[end] + [[*way, number] for way in ways[start]])[:2]
    return ways[-1][0] if len(ways[-1]) == 1 and tokens else None


def _wrong(text: str) -> str:
    """In words for a person: what is wrong with `text` as a telephone number."""
    digits = "".join(char for char in text if char.isdigit())
    if "尾号" in text:
        return "只写了尾号，号码不全"
    if masked := _MASK.search(text):
        return f"用“{masked[0][0]}”遮住了几位，号码不全"
    if not digits:
        return "没有写号码；不知道号码的请留空" if _NOT_KNOWN.search(text) else "不是电话号码"
    odd = "".join(dict.fromkeys(char for char in _FILLING.sub("", text).lstrip("+") if not char.isdigit()))
    if odd:
        return f"夹有“{odd}”，号码里只能有数字"
    count = len(digits)
    if digits[0] == "0" and count > 4:
        return _wrong_land_line(digits)
    if land := _canonical("0" + digits):
        return f"只有{count}位，像是座机丢了开头的0（按数字填写时Excel会去掉它），应为“{land}”"
    if count == 11:
        return "是11位但不是1开头，手机号应以1开头" if digits[0] != "1" else f"以“{digits[:2]}”开头，没有这样的手机号段"
    if count < 11:
        return f"只有{count}位，手机号应为11位，还差{11 - count}位"
    if count > 16:
        return f"有{count}位，像是几个号码连在一起，请用“、”隔开"
    return f"有{count}位，手机号应为11位，多了{count - 11}位"


def _wrong_land_line(digits: str) -> str:
    if digits[1] == "1" and digits[1:3] != "10":
        short = 12 - len(digits)
        return f"像是手机号前加了0，手机号应为11位，{f'还差{short}位' if short > 0 else f'多了{-short}位'}"
    area = 3 if digits[1] in "12" else 4
    local = digits[area:]
    if area == 3 and len(local) == 7:
        return f"像是座机，区号“{digits[:3]}”后应为8位，还差1位"
    if not 7 <= len(local) <= 8:
        gap = f"还差{7 - len(local)}位" if len(local) < 7 else f"多了{len(local) - 8}位"
        return f"像是座机，区号后有{len(local)}位，应为7或8位，{gap}"
    return f"像是座机，但没有“{digits[:area]}-{local}”这样的号码"
