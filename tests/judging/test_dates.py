"""The closed list of date spellings: what is certain is read, all else is a fault, nothing is guessed."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dazoufang.judging.cells.converted import Cell
from dazoufang.judging.cells.dates import DateContext, to_date

ROUNDS = ((date(2023, 3, 12), date(2023, 4, 28)), (date(2023, 9, 18), date(2023, 11, 17)))
YEAR = DateContext((2023,), ROUNDS, date(2023, 10, 20))
SEPT = date(2023, 9, 18)


def read(value: Cell) -> date | str | None:
    result = to_date(value, YEAR)
    return result.fault or result.value


@pytest.mark.parametrize(
    ("typed", "how"),
    [
        (SEPT, ""),
        (datetime(2023, 9, 18), ""),
        (datetime(2023, 9, 18, 14, 30), "去掉时间"),
        (45187, "日期序列号"),
        (45187.0, "日期序列号"),
        (45187.604, "日期序列号"),
        ("45187", "日期序列号"),
        (" 45187.5 ", "日期序列号"),
        (20230918, "日期写法"),
        (20230918.0, "日期写法"),
        (9.18, "补全年份"),
        ("2023-09-18", ""),
        ("20230918", "日期写法"),
        ("2023-9-18", "日期写法"),
        ("2023.9.18", "日期写法"),
        ("2023/9/18", "日期写法"),
        ("2023/09/18", "日期写法"),
        ("2023。9。18", "日期写法"),
        ("2023—9—18", "日期写法"),
        ("2023–09–18", "日期写法"),
        ("2023.9.18.", "日期写法"),
        ("2023 9 18", "日期写法"),
        ("2023 年 9 月 18 日", "日期写法"),
        ("2023年9月18日", "日期写法"),
        ("2023年9月18号", "日期写法"),
        ("2023年9月18", "日期写法"),
        ("2023年09月18日", "日期写法"),
        ("2023年9.18", "日期写法"),
        ("'2023-9-18", "日期写法"),
        ("２０２３年９月１８日", "全角转半角、日期写法"),
        ("２０２３．９．１８", "全角转半角、日期写法"),
        ("２０２３－９－１８", "全角转半角、日期写法"),
        ("９月１８日", "全角转半角、补全年份"),
        ("9月18日", "补全年份"),
        ("9月18号", "补全年份"),
        ("9月18", "补全年份"),
        ("09月18日", "补全年份"),
        (" 9 月 18 日 ", "补全年份"),
        ("9\n月18日", "补全年份"),
        ("9.18", "补全年份"),
        ("9/18", "补全年份"),
        ("9-18", "补全年份"),
        ("09-18", "补全年份"),
        ("9。18", "补全年份"),
        ("9月18日上午", "补全年份"),
        ("9月18日下午3点", "补全年份"),
        ("9月18日晚8:00", "补全年份"),
        ("9月18日 14:30", "补全年份"),
        ("9月18日（上午）", "补全年份"),
        ("9月18日8时30分", "补全年份"),
        ("9月18日星期一", "补全年份"),
        ("9月18日(周一)上午", "补全年份"),
        ("2023-9-18 14:30", "日期写法"),
        ("2023-09-18 00:00:00", "日期写法"),
        ("2023-09-18T14:30:00.000", "日期写法"),
        ("2023/9/18 星期一", "日期写法"),
        ("二〇二三年九月十八日", "日期写法"),
        ("二零二三年九月十八号", "日期写法"),
        ("2023年九月十八日", "日期写法"),
        ("九月十八日", "补全年份"),
        ("九月一十八日", "补全年份"),
        ("九月十八", "补全年份"),
        ("9月十八日上午", "补全年份"),
        ("23年9月18日", "日期写法"),
        ("23.9.18", "日期写法"),
        ("23-9-18", "日期写法"),
        ("23/09/18", "日期写法"),
        ("2023、9、18", "日期写法"),
        ("2023，9，18", "日期写法"),
        ("2023\\9\\18", "日期写法"),
        ("2023..9.18", "日期写法"),
        ("2023--9-18", "日期写法"),
        ("2023.9/18", "日期写法"),
        ("20230918日", "日期写法"),
        ("2023  9  18", "日期写法"),
        ("2023-9-18  0:00:00", "日期写法"),
        ("二O二三年九月十八日", "日期写法"),
        ("二0二三年九月十八日", "日期写法"),
        ("9月18日8:30-10:00", "补全年份"),
        ("9月18日上午8：30—11：30", "补全年份"),
        ("9/18/2023", "日期写法"),
        ("18/9/2023", "日期写法"),
    ],
)
def test_every_spelling_of_the_eighteenth_of_september(typed: Cell, how: str) -> None:
    result = to_date(typed, YEAR)
    assert (result.value, result.fault, result.how) == (SEPT, None, how)
    assert type(result.value) is date


@pytest.mark.parametrize("typed", [None, "", "  ", "无", "/", "—", "暂无", 0, "\u3000"])
def test_no_day_was_filled_in(typed: Cell) -> None:
    assert to_date(typed, YEAR).value is None
    assert to_date(typed, YEAR).fault is None


@pytest.mark.parametrize("typed", ["未办结", "待定", "正在化解"])
def test_a_day_that_has_not_come_is_empty_and_said(typed: str) -> None:
    result = to_date(typed, YEAR)
    assert (result.value, result.fault) == (None, None)
    assert result.how


@pytest.mark.parametrize(
    "typed",
    str.split(
    """上周三 九月 12 2023年9月 2023-9 918 9月中旬 月底 星期一 22.9.18 22年9月18日 99-9-18 9/18/23 1.2.3
    9月18日起 9月18日前 2023918 9.180 2023-9-1814:30 正常 同上 9—18 18日 9月第三周 2023-09-18-x 9 1.2.3.4 12345 99999
    2023.9-18 2023年9-10 2023.9—10 23年9-18 2023、9.18 9、18 9,18 9..18 2023...9.18
    ٩月١٨日 国庆节 九.十八 2023年9月18日，20户 十八 ２０２３"""
),
)  # fmt: skip
def test_what_is_no_day_for_certain_is_a_fault(typed: str) -> None:
    assert read(typed) == "C02"


@pytest.mark.parametrize(
    "typed",
    [True, False, time(9, 18), 12, 918, 3.0, 2023.9, 0.5, 13.5, 45.67, 9.181, -9.18, 1e300, float("nan"), float("inf")],
)
def test_what_no_number_can_mean_is_a_fault(typed: Cell) -> None:
    assert read(typed) == "C02"


@pytest.mark.parametrize(
    "typed",
    [
        "9月1 8日",
        "9月1  8日",
        "2023-9-1  8",
        "2023.9.1 \n 8",
        "9.1   8",
        "4518  7",
        "2023 1 118",
        "1 2月3日",
        "1  2月3日",
        "2023 0918",
    ],
)
def test_a_blank_inside_a_number_is_never_closed_up(typed: str) -> None:
    assert read(typed) in ("C02", "C04")


@pytest.mark.parametrize(
    "typed",
    [
        "9月18日-20日", "9月18日—20日", "9月18日至20日", "9月18日到9月20日", "9月18-20日", "9月18日－9月20日", "9月18、19日",
        "9月18日、19日、20日", "9月18日19日", "9月18日 9月20日", "9月18日和20日", "9.18—9.20", "9.18-9.20", "9.18-20", "9.18、9.20",
        "9.18~9.20", "9/18-9/20", "9/18、9/20", "9-18至9-20", "9-18、9-20", "2023.9.18至9.20", "2023.9.18-2023.9.20",
        "2023.9.18—20", "2023-9-18-20", "2023-09-18至2023-09-20", "2023/9/18-2023/9/20", "2023年9月18日—20日",
        "2023年9月18日至2023年9月20日", "20230918-20230920", "９月１８日—２０日", "9月18日上午至20日下午", "9月18日至今", "9月18日-20日止",
    ],
)  # fmt: skip
def test_a_range_is_not_a_day(typed: str) -> None:
    assert read(typed) == "C04"


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("2月30日", "2023年2月只有28天"),
        ("2023-02-29", "2023年2月只有28天"),
        ("2023.9.31", "2023年9月只有30天"),
        ("13月1日", "一年没有13月"),
        ("18/9", "一年没有18月"),
        ("0.5", "一年没有0月"),
        ("9月0日", "9月没有0日"),
        ("20231318", "一年没有13月"),
        ("1023-09-18", "年份“1023”不对"),
        ("2023-9-20星期四", "2023年9月20日是星期三，不是星期四"),
        (11.31, "2023年11月只有30天"),
    ],
)
def test_a_day_that_does_not_exist_says_why(typed: Cell, what: str) -> None:
    result = to_date(typed, YEAR)
    assert (result.fault, result.details["what"]) == ("C05", what)


def test_a_leap_day_is_a_day_in_a_leap_year_only() -> None:
    assert to_date("2月29日", DateContext((2024,), (), date(2024, 5, 1))).value == date(2024, 2, 29)
    assert read("2月29日") == "C05"


@pytest.mark.parametrize(
    ("typed", "one", "other"),
    [(3.1, "3月1日", "3月10日"), (9.2, "9月2日", "9月20日"), (9.3, "9月3日", "9月30日"), (10.1, "10月1日", "10月10日")],
)
def test_a_number_that_may_have_lost_its_zero_is_two_days(typed: float, one: str, other: str) -> None:
    result = to_date(typed, YEAR)
    assert result.fault == "C03"
    assert (result.details["one"], result.details["other"]) == (one, other)
    assert to_date(result.details["one_full"], YEAR).value != to_date(result.details["other_full"], YEAR).value


def test_the_same_day_as_text_has_kept_its_zero() -> None:
    assert read("3.1") == date(2023, 3, 1)
    assert read("3.10") == date(2023, 3, 10)


def test_numbers_for_days_agree_with_all_the_ways_to_type_them() -> None:
    """Type every day of the year as m.d and m.dd, let Excel make numbers of them, and see who shares a number."""
    meant: dict[float, set[date]] = {}
    for n in range(365):
        day = date(2023, 1, 1) + timedelta(days=n)
        for text in (f"{day.month}.{day.day}", f"{day.month}.{day.day:02d}"):
            meant.setdefault(float(text), set()).add(day)
    for number, several in meant.items():
        result = to_date(number, YEAR)
        if len(several) == 1:
            assert result.value == several.pop(), number
        else:
            assert result.fault == "C03", number


@pytest.mark.parametrize("typed", ["9/10/2023", "10-9-2023"])
def test_a_foreign_date_with_two_readings_is_two_days(typed: str) -> None:
    assert read(typed) == "C03"


def test_two_digits_are_a_year_only_when_the_rules_know_it() -> None:
    two = DateContext((2023, 2022), ROUNDS, date(2023, 10, 20))
    assert to_date("22年9月18日", two).value == date(2022, 9, 18)
    assert to_date("23.3.22", two).fault == "C03"  # or the 23rd of March 2022
    assert to_date("23.3.23", two).value == date(2023, 3, 23)
    assert to_date("23年3月22日", two).value == date(2023, 3, 22)
    assert read("23.3.22") == date(2023, 3, 22)


def test_a_missing_year_is_the_campaigns_also_outside_the_rounds() -> None:
    assert read("7月1日") == date(2023, 7, 1)
    assert read("1月5日") == date(2023, 1, 5)
    assert to_date("9月18日", DateContext((2024, 2023), ROUNDS, date(2024, 1, 3))).value == date(2024, 9, 18)
    assert to_date("9月18日", DateContext((), (), date(2025, 1, 3))).value == date(2025, 9, 18)


def test_a_round_that_runs_over_new_year_lends_its_second_year() -> None:
    winter = DateContext((2023,), ((date(2023, 11, 1), date(2024, 1, 20)),), date(2024, 1, 10))
    assert to_date("1月5日", winter).value == date(2024, 1, 5)
    assert to_date("1月20日", winter).value == date(2024, 1, 20)
    assert to_date("1月21日", winter).value == date(2023, 1, 21)
    assert to_date("12月31日", winter).value == date(2023, 12, 31)


WITH_YEAR = [
    "{y}-{m}-{d}", "{y}.{m}.{d}", "{y}/{m}/{d}", "{y}-{m:02d}-{d:02d}", "{y}{m:02d}{d:02d}", "{y}年{m}月{d}日", "{y}年{m}月{d}号",
    "{y}年{m:02d}月{d:02d}日", " {y} 年 {m} 月 {d} 日 ", "{y}年{m}月{d}日上午", "{y}-{m}-{d} 14:30:00", "{y}。{m}。{d}", "{y}—{m}—{d}",
]  # fmt: skip
WITHOUT_YEAR = [
    "{m}月{d}日",
    "{m}月{d}号",
    "{m}.{d}",
    "{m}/{d}",
    "{m}-{d}",
    "{m:02d}-{d:02d}",
    "{m}月{d}日下午",
    "{m} 月 {d} 日",
]
FULL_WIDTH = {ord("0") + n: ord("０") + n for n in range(10)}


@settings(max_examples=300, deadline=None)
@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(WITH_YEAR), st.booleans())
def test_any_day_in_any_spelling_with_its_year_reads_back(day: date, spelling: str, wide: bool) -> None:
    text = spelling.format(y=day.year, m=day.month, d=day.day)
    assert read(text.translate(FULL_WIDTH) if wide else text) == day


@settings(max_examples=300, deadline=None)
@given(st.dates(date(2023, 1, 1), date(2023, 12, 31)), st.sampled_from(WITHOUT_YEAR))
def test_any_day_of_the_year_in_any_spelling_without_it_reads_back(day: date, spelling: str) -> None:
    assert read(spelling.format(m=day.month, d=day.day)) == day


UNITS = ["", *"一二三四五六七八九"]
HAN = {n: UNITS[n] for n in range(1, 10)} | {10 + n: "十" + UNITS[n] for n in range(10)}
HAN |= {20 + n: "二十" + UNITS[n] for n in range(10)} | {30: "三十", 31: "三十一"}


@settings(max_examples=100, deadline=None)
@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_any_day_spelled_out_in_characters_reads_back(day: date) -> None:
    year = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(day.year))
    assert read(f"{year}年{HAN[day.month]}月{HAN[day.day]}日") == day


@settings(max_examples=100, deadline=None)
@given(st.dates(date(2009, 7, 6), date(2050, 7, 30)), st.floats(0, 0.999))
def test_any_day_number_of_a_workbook_is_that_day(day: date, part: float) -> None:
    serial = (day - date(1899, 12, 30)).days
    assert read(serial) == read(serial + part) == read(str(serial)) == day


@pytest.mark.parametrize(
    ("typed", "day"), [("元月廿一号", 21), ("一月卅一号", 31), ("1月二十", 20), ("2023年元月5日", 5)]
)
def test_old_numerals_and_the_first_month_are_read(typed: str, day: int) -> None:
    assert read(typed) == date(2023, 1, day)


def numbers_in(text: str) -> set[int]:
    """Every number somebody could see in `text`, in figures or in characters."""
    narrow = unicodedata.normalize("NFKC", text)
    runs = [int(run) for run in re.findall(r"[0-9]+", narrow)]
    narrow = narrow.replace("廿", "二十").replace("卅", "三十")
    runs += [number for number, name in HAN.items() if name in narrow] + [1] * ("元" in narrow)
    runs += [int(run[a:b]) for run in re.findall(r"[0-9]{8}", narrow) for a, b in ((0, 4), (4, 6), (6, 8))]
    spelled = narrow.translate(str.maketrans("〇零○一二三四五六七八九", "000123456789"))
    runs += [int(run) for run in re.findall(r"[0-9]{4}", spelled)]
    return set(runs)


@settings(max_examples=700, deadline=None)
@given(
    st.one_of(
        st.text(max_size=20),
        st.text("0123456789年月日号.-/—~至、 ，：:上午(周一二三十廿〇", max_size=14),
        st.from_regex(r"(20)?2[0-9][-./年][0-9]{1,2}[-./月][0-9]{1,2}[日号]?.{0,4}", fullmatch=True),
    )
)
def test_whatever_is_typed_the_day_read_was_there_to_see(text: str) -> None:
    result = to_date(text, YEAR)
    if result.value is None or re.fullmatch(r"\s*[4-5][0-9]{4}(\.[0-9]+)?\s*", unicodedata.normalize("NFKC", text)):
        return
    seen = numbers_in(text)
    assert {result.value.month, result.value.day} <= seen
    assert result.value.year == 2023 or result.value.year in seen


@settings(max_examples=300, deadline=None)
@given(st.floats(allow_nan=True) | st.integers() | st.floats(0, 32).map(lambda number: round(number, 2)))
def test_whatever_number_is_typed_nothing_breaks_and_no_day_is_made_up(number: float) -> None:
    result = to_date(number, YEAR)
    if isinstance(result.value, date) and not 40000 <= number < 55000 and number < 1e7:
        assert number in (
            float(f"{result.value.month}.{result.value.day}"), float(f"{result.value.month}.{result.value.day:02d}")
        )  # fmt: skip


def test_a_page_of_digits_is_refused_at_once() -> None:
    assert read("9月18日" + "-1" * 5000) == "C02"
    assert read("9月18日" + "1" * 30 + "x") == "C02"
