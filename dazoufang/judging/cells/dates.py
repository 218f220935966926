"""Days as people type them, from a closed list of ways: one cell in, a `datetime.date` or what is wrong out."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import lru_cache
from typing import Final

from dazoufang.judging.cells.converted import EMPTY, Cell, Converted, fault
from dazoufang.model import terms
from dazoufang.model.day_numbers import moment_of
from dazoufang.model.faults import day_words, visible


@dataclass(frozen=True, slots=True)
class DateContext:
    """From what a date gets its year where none is written.

    `years`: the known campaign years, the current one first (a two-digit year must be one of them);
    `windows`: first and last day of each round, both inclusive; `today`: the day that is worked for, not the
    clock's.
    """

    years: tuple[int, ...]
    windows: tuple[tuple[date, date], ...]
    today: date
    habits: bool = True  # whether the rules know lunar days, and weekdays before the day

    @property
    def campaign_year(self) -> int:
        """The year the run works in."""
        return self.years[0] if self.years else self.today.year

    def year_of(self, month: int, day: int) -> int:
        """The year of a day written without one: the campaign year, unless a round that begins in it runs on
        into the next and the day lies only in that part."""
        year = self.campaign_year
        for first, last in self.windows:
            if first.year == year < last.year and (month, day) <= (last.month, last.day) < (first.month, first.day):
                return year + 1
        return year


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text taken apart: either a fault, or numbers whose year may be missing (None) or two digits long."""

    fault: str | None = None
    blank: bool = False
    year: int | None = None
    month: int = 0
    day: int = 0
    weekday: int | None = None
    short_year: bool = False  # `year` has two digits, and anything but 年 after it leaves other readings open
    reversible: bool = False
    how: str = ""


_FIRST_YEAR, _LAST_YEAR = 1900, 2099
# Day numbers of the 1900 system that can only be days: 2009-07-06 … 2050-07-30.
_SERIALS: Final = (40000, 55000)

HOW_SPELLING: Final = "日期写法"
HOW_YEAR: Final = "补全年份"
HOW_SERIAL: Final = "日期序列号"
HOW_TIME: Final = "去掉时间"
HOW_WIDTH: Final = "全角转半角"
HOW_NOT_YET: Final = "“未办结”一类的字按未填"

_WEEKDAYS: Final = {name: number for number, name in enumerate("一二三四五六日")} | {"天": 6}
_HAN_DIGITS: Final = dict.fromkeys("〇零○Oo", "0") | {name: str(n) for n, name in enumerate("一二三四五六七八九", 1)}


def _han_numbers() -> dict[str, int]:
    """The numbers 1 … 31 as people write them: 九, 十八, 二十, 廿一, 三十一, 卅一."""
    units = "一二三四五六七八九"
    numbers = {unit: n for n, unit in enumerate(units, 1)}
    for tens, names in ((10, ("十", "一十")), (20, ("二十", "廿")), (30, ("三十", "卅"))):
        for name in names:
            numbers[name] = tens
            numbers |= {name + unit: tens + n for n, unit in enumerate(units, 1) if tens + n <= 31}
    return numbers


_HAN_NUMBERS: Final = _han_numbers()
_HAN: Final = "|".join(sorted(_HAN_NUMBERS, key=len, reverse=True))

# What may follow a day without changing it: a weekday, a part of the day, a time.
_TAIL: Final = (
    r"(?:[ ,]?\(?(?:星期|周|礼拜)(?P<w>[一二三四五六日天])\)?"
    r"|\(?(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|夜间|夜里|早|晚|全天|白天)\)?"
    r"|[ T]?\d{1,2}:\d{2}[-—~至到]\d{1,2}:\d{2}"
    r"|[ T]?\d{1,2}(?::\d{2}){1,2}(?:\.\d+)?(?: ?[AaPp][Mm])?"
    r"|[ ]?\d{1,2}[时点](?:\d{1,2}分?|半)?(?:左右|许)?"
    r")*[.。,、;]?"
)
_SEP: Final = r"[-./。]"
# After a dash, or after anything else: 2023.9-10 may be two months, so a dash is last only where it is first.
_DASHED: Final = r"[-—]{1,2}(?P<m>\d{1,2})(?:月|[-./。—]{1,2})"
_DOTTED: Final = r"(?:年|[./。]{1,2})(?P<m>\d{1,2})(?:月|[./。]{1,2})"
_SPELLINGS: Final = tuple(
    re.compile(pattern + _TAIL, re.ASCII)
    for pattern in (
        # 2023-9-18, 2023.9.18, 2023/9/18, 2023年9月18日, 2023年9.18, 2023—9—18, 2023、9、18, 2023..9.18
        rf"(?P<y>\d{{4}}){_DASHED}(?P<d>\d{{1,2}})(?!\d)[日号]?",
        rf"(?P<y>\d{{4}}){_DOTTED}(?P<d>\d{{1,2}})(?!\d)[日号]?",
        r"(?P<y>\d{4})(?P<s>[、,:_\\])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)[日号]?",
        # 2023 9 18
        r"(?P<y>\d{4}) (?P<m>\d{1,2}) (?P<d>\d{1,2})(?!\d)",
        # 20230918
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?!\d)[日号]?",
        # 9月18日, 9月18, 9.18, 9/18, 9-18
        rf"(?P<m>\d{{1,2}})(?:月|{_SEP})(?P<d>\d{{1,2}})(?!\d)[日号]?",
        # 23年9月18日
        r"(?P<yy>\d{2})年(?P<m>\d{1,2})(?:月|[./。])(?P<d>\d{1,2})(?!\d)[日号]?",
        # 23.9.18, 23-9-18: could also be a day, a month and a year
        r"(?P<yy_>\d{2})-(?P<m>\d{1,2})(?:月|[-./。])(?P<d>\d{1,2})(?!\d)[日号]?",
        r"(?P<yy_>\d{2})[./。](?P<m>\d{1,2})(?:月|[./。])(?P<d>\d{1,2})(?!\d)[日号]?",
        # 9/18/2023: as Excel abroad writes it
        rf"(?P<a>\d{{1,2}})(?P<s>{_SEP})(?P<b>\d{{1,2}})(?P=s)(?P<y_>\d{{4}})(?!\d)",
    )
)
# 二〇二三年九月十八日, 二O二三年, 九月十八号, 2023年9月十八日
_SPELLED_OUT: Final = re.compile(
    rf"(?:(?P<y>\d{{4}}|[0〇零○Oo一二三四五六七八九]{{4}})年)?(?P<m>\d{{1,2}}|元|{_HAN})月(?P<d>\d{{1,2}}|{_HAN})(?!\d)[日号]?"
    + _TAIL,
    re.ASCII,
)
_SERIAL: Final = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_LINK: Final = r"(?:[~—、,;&+]|--|至|到|和|及|与)"
_ANY_DAY: Final = r"\d{8}|(?:(?:\d{4}|\d{2})[年./-])?(?:\d{1,2}[月./-])?\d{1,2}[日号]?|今|现在|目前"
_RANGES: Final = (
    # 9月18日19日
    re.compile(r"(?:\d{2,4}年)?\d{1,2}月\d{1,2}[日号](?:(?:\d{1,2}月)?\d{1,2}[日号])+", re.ASCII),
    *(
        re.compile(rf"(?:{first})(?:上午|下午)?(?:(?:{link})(?:{_ANY_DAY})(?:上午|下午)?)+(?:止|期间)?", re.ASCII)
        for first, link in (
            (r"(?:\d{2,4}年)?\d{1,2}月\d{1,2}[日号]?", rf"{_LINK}|[-/ ]"),
            (r"(?:\d{4}\.)?\d{1,2}\.\d{1,2}[日号]?", rf"{_LINK}|[-/ ]"),
            (r"(?:\d{4}/)?\d{1,2}/\d{1,2}", rf"{_LINK}|[- ]"),
            (r"(?:\d{4}-)?\d{1,2}-\d{1,2}", rf"{_LINK}|[/ ]"),
            (r"\d{4}([-/])\d{1,2}\1\d{1,2}", rf"{_LINK}|[-/ ]"),
            (r"\d{8}", rf"{_LINK}|[-/ ]"),
        )
    ),
)
_LOOSE_SPACE: Final = re.compile(r"(?<![0-9])\s+|\s+(?![0-9])")
_LONGEST: Final = 40  # characters of a day with weekday and time; longer texts are sentences
_DASHES: Final = str.maketrans({"‐": "-", "−": "-", "–": "—", "―": "—", "─": "—", "〜": "~", "∼": "~"})


def to_date(value: Cell, context: DateContext) -> Converted:
    """A cell → `datetime.date`, or C02 (not a day), C03 (two days), C04 (a range), C05 (no such day), C22 (lunar).

    Whether the day lies in a round or in the future is not asked here.
    Rule: the list of spellings is closed; what is not certain is a fault; a missing year is the campaign's.
    """
    if value is None:
        return EMPTY
    if isinstance(value, str):
        if len(value) == 10 and value[4] == value[7] == "-" and _FIRST_YEAR <= _year(value) <= _LAST_YEAR:
            try:
                return Converted(date.fromisoformat(value))
            except ValueError:
                pass  # 2023-02-30 gets its proper fault below
        return _settle((_read if context.habits else _read_before)(value), context)
    if isinstance(value, datetime):
        return Converted(value.date(), how=HOW_TIME if value.time() != time() else "")
    if isinstance(value, date):
        return Converted(value)
    if isinstance(value, bool | time):
        return fault("C02")
    return _from_number(value, context)


def _year(text: str) -> int:
    return int(text[:4]) if text[:4].isdigit() else 0


def _from_number(number: int | float, context: DateContext) -> Converted:
    """A cell that holds a number: a day number, 20230918, or a day like 9.18 that Excel took for a number."""
    if number == 0:
        return EMPTY
    if _SERIALS[0] <= number < _SERIALS[1]:
        return Converted(moment_of(int(number)).date(), how=HOW_SERIAL)
    written = repr(number).removesuffix(".0")
    if len(written) == 8 and written.isdigit():
        return _settle(_read_before(written), context)
    month_text, _, day_text = written.partition(".")
    if not (month_text.isdigit() and day_text.isdigit() and len(day_text) <= 2 and 1 <= int(month_text) <= 12):
        return fault("C02")
    month, day = int(month_text), int(day_text)
    year = context.year_of(month, day)
    # Excel drops the last zero of a number: 3.10 becomes 3.1 too.
    tenfold = day * 10 if len(day_text) == 1 else 0
    if 0 < tenfold <= monthrange(year, month)[1]:
        return _two_days(date(year, month, day), date(context.year_of(month, tenfold), month, tenfold))
    return _settle(_Reading(month=month, day=day), context)


def _two_days(first: date, second: date) -> Converted:
    """C03: a text that may be either day."""
    same_year = first.year if first.year == second.year else None
    return fault(
        "C03",
        one=day_words(first, same_year),
        other=day_words(second, same_year),
        one_full=visible(first),
        other_full=visible(second),
    )


@lru_cache(maxsize=8192)
def _read(text: str) -> _Reading:
    """Take a text apart. The campaign is not needed for that, so the result is kept for cells with the same text.

    Rule: a lunar day is never taken for a solar one; a weekday may stand before the day.
    """
    plain = "".join(terms.narrow(text).split())
    if len(plain) <= _LONGEST and (_LUNAR.search(plain) or _MID_AUTUMN.fullmatch(plain)):
        return _Reading(fault="C22")
    if (led := _LED_BY_WEEKDAY.match(text)) is None:
        return _read_before(text)
    reading = _read_before(text[led.end() :])
    if reading.fault or reading.blank:
        return reading if reading.fault == "C04" else _Reading(fault="C02")
    weekday = _WEEKDAYS[led[1]]
    if reading.weekday not in (None, weekday):
        return _Reading(fault="C02")
    return replace(reading, weekday=weekday)


# 农历八月初六, 八月廿四, 八月初三, 正月十五, 闰二月初一, 腊月: ways to say a day by the moon. Whoever
# writes 廿 or 卅 counts by it, unless 号 or a 31st follows, which no month of the moon has.
_LUNAR: Final = re.compile(
    r"[农阴旧古夏老][历曆]|農曆|廿(?!.?号)|卅(?!.?号|一)|初[一二三四五六七八九十0-9]|[正冬腊臘]月|闰.{1,3}月|除夕"
)
_MID_AUTUMN: Final = re.compile(
    r"(?:[0-9〇零一二三四五六七八九]{4}年)?(?:八月(?:十五|半)|七月半)"
)  # no day of the sun is called so
_LED_BY_WEEKDAY: Final = re.compile(
    r"\s*[(（]?(?:星期|周|礼拜)([一二三四五六日天])[)）]?[\s,，、:：]*(?=[0-9０-９一二三四五六七八九十〇元])"
)


@lru_cache(maxsize=8192)
def _read_before(text: str) -> _Reading:
    """Take a text apart as solar: `_read` but for its rule."""
    narrow = terms.narrow(text).strip().lstrip("'‘’`").translate(_DASHES)
    plain = _LOOSE_SPACE.sub("", " ".join(narrow.split()))  # one blank between two digits stays: 9月1 8日 is no day
    how = f"{HOW_WIDTH}、" if any("０" <= char <= "９" for char in text) else ""
    if terms.is_blank(plain):
        return _Reading(blank=True)
    if terms.is_not_yet(plain):
        return _Reading(blank=True, how=HOW_NOT_YET)
    if len(plain) > _LONGEST:
        return _Reading(fault="C02")
    for spelling in _SPELLINGS:
        if match := spelling.fullmatch(plain):
            return _from_match(match, how)
    if match := _SPELLED_OUT.fullmatch(plain):
        year = match["y"]
        return _Reading(
            year=int("".join(_HAN_DIGITS.get(char, char) for char in year)) if year else None,
            month=_han_number(match["m"]),
            day=_han_number(match["d"]),
            weekday=_WEEKDAYS.get(match["w"] or ""),
            how=how + HOW_SPELLING,
        )
    if _SERIAL.fullmatch(plain) and _SERIALS[0] <= float(plain) < _SERIALS[1]:
        day = moment_of(int(float(plain))).date()
        return _Reading(year=day.year, month=day.month, day=day.day, how=how + HOW_SERIAL)
    if any(pattern.fullmatch(plain) for pattern in _RANGES):
        return _Reading(fault="C04")
    return _Reading(fault="C02")


def _han_number(text: str) -> int:
    return int(text) if text.isdigit() else _HAN_NUMBERS.get(text, 1)  # 元月 is January


def _from_match(match: re.Match[str], how: str) -> _Reading:
    found = match.groupdict()
    weekday = _WEEKDAYS.get(found.get("w") or "")
    how += HOW_SPELLING
    if found.get("y_"):
        # Month or day first? Only a number above 12, or two equal ones, can tell.
        first, second, year = int(found["a"]), int(found["b"]), int(found["y_"])
        month, day = (second, first) if first > 12 else (first, second)
        return _Reading(
            year=year,
            month=month,
            day=day,
            weekday=weekday,
            how=how,
            reversible=max(first, second) <= 12 and first != second,
        )
    month, day = int(found["m"]), int(found["d"])
    if short := found.get("yy") or found.get("yy_"):
        return _Reading(
            year=int(short), month=month, day=day, weekday=weekday, how=how, short_year=True, reversible="yy_" in found
        )
    full = found.get("y")
    return _Reading(year=int(full) if full else None, month=month, day=day, weekday=weekday, how=how)


def _settle(reading: _Reading, context: DateContext) -> Converted:
    """Give a reading its year and see whether the day exists and agrees with its weekday."""
    if reading.blank:
        return Converted(how=reading.how) if reading.how else EMPTY
    if reading.fault:
        return fault(reading.fault)
    year, month, day, how = reading.year, reading.month, reading.day, reading.how
    if year is None:
        year = context.year_of(month, day)
        how = HOW_YEAR if not how.startswith(HOW_WIDTH) else f"{HOW_WIDTH}、{HOW_YEAR}"
    elif reading.short_year:
        known = [full for full in {*context.years, context.campaign_year} if full % 100 == year]
        if len(known) != 1:
            return fault("C02")
        if reading.reversible and (turned := _reversed(reading, context)) not in (None, (known[0], month, day)):
            return _either((known[0], month, day), turned)
        year = known[0]
    elif reading.reversible:
        return _either((year, month, day), (year, day, month))
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return fault("C05", what=f"年份“{year}”不对")
    if not 1 <= month <= 12:
        return fault("C05", what=f"一年没有{month}月")
    if not 1 <= day <= (length := monthrange(year, month)[1]):
        return fault("C05", what=f"{year}年{month}月只有{length}天" if day else f"{month}月没有0日")
    result = date(year, month, day)
    if reading.weekday not in (None, result.weekday()):
        written, real = ("一二三四五六日"[reading.weekday or 0], "一二三四五六日"[result.weekday()])
        return fault("C05", what=f"{day_words(result)}是星期{real}，不是星期{written}")
    return Converted(result, how=how)


def _reversed(reading: _Reading, context: DateContext) -> tuple[int, int, int] | None:
    """The other reading of 23.3.22 — the 23rd of March 2022 — when that year is known and the day exists."""
    for year in {*context.years, context.campaign_year}:
        if year % 100 == reading.day and 1 <= reading.month <= 12:
            day = reading.year or 0
            if 1 <= day <= monthrange(year, reading.month)[1]:
                return year, reading.month, day
    return None


def _either(first: tuple[int, int, int], second: tuple[int, int, int] | None) -> Converted:
    """Two readings (year, month, day) of one text: C03 where both days exist, else C02: neither is certain enough."""
    try:
        return _two_days(date(*first), date(*(second or first)))
    except ValueError:
        return fault("C02")
