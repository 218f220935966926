"""Every way people write a day, a telephone number, a name, a township or a numbered list reads back to what was meant;
a slip of the finger is a fault or what its own digits say, never another value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dazoufang.judging.cells.choices import to_township
from dazoufang.judging.cells.dates import DateContext, to_date
from dazoufang.judging.cells.people import to_name, to_names
from dazoufang.judging.cells.phones import to_phone
from dazoufang.ledger.matters import split_matters
from dazoufang.model import terms
from dazoufang.rules.campaign import Rules

ROUNDS = ((date(2023, 3, 12), date(2023, 4, 28)), (date(2023, 9, 18), date(2023, 11, 17)))
YEAR = DateContext((2023,), ROUNDS, date(2023, 10, 20))
WIDE = str.maketrans("0123456789.-/:()+", "０１２３４５６７８９．－／：（）＋")


def as_typed(text: str, wide: bool) -> str:
    return text.translate(WIDE) if wide else text


# -- days ------------------------------------------------------------------------------------------------------------
UNITS = ["", *"一二三四五六七八九"]
HAN = {n: ["", "十", "二十", "三十"][n // 10] + UNITS[n % 10] for n in range(1, 32)}
HAN_YEAR = ["〇", "零", "○", "O", "0"]
WEEKDAYS = "一二三四五六日"

WITH_YEAR = """{y}-{m}-{d}|{y}.{m}.{d}|{y}/{m}/{d}|{y}。{m}。{d}|{y}—{m}—{d}|{y}、{m}、{d}|{y},{m},{d}|{y}-{m:02}-{d:02}|{y}.{m:02}.{d:02}
{y}/{m:02}/{d:02}|{y}{m:02}{d:02}|{y} {m} {d}|{y}年{m}月{d}日|{y}年{m}月{d}号|{y}年{m}月{d}|{y}年{m:02}月{d:02}日|{y}年{m}.{d}|{y}.{m}月{d}日
{y}/{m}/{d}日| {y} 年 {m} 月 {d} 日 |{y}年\n{m}月{d}日|'{y}-{m}-{d}|{y}..{m}.{d}""".replace("\n{y}", "|{y}").split("|")
TAILS = [
    "",
    "上午",
    "下午",
    "（上午）",
    " 上午",
    "晚上",
    "。",
    "，",
    " 14:30",
    " 14:30:00",
    " 9:30-11:00",
    "上午8:30—11:30",
    "下午3点",
    "8时30分",
]
WITHOUT_YEAR = [
    "{m}月{d}日",
    "{m}月{d}号",
    "{m}月{d}",
    "{m:02}月{d:02}日",
    "{m}.{d}",
    "{m}/{d}",
    "{m}-{d}",
    "{m:02}-{d:02}",
    "{m}。{d}",
    "{m}.{d}日",
    " {m} 月 {d} 日 ",
]
days = st.dates(date(1950, 1, 1), date(2050, 12, 31))
this_year = st.dates(date(2023, 1, 1), date(2023, 12, 31))


def read(text: object) -> date | str | None:
    result = to_date(text, YEAR)  # type: ignore[arg-type]
    return result.fault or result.value


@settings(max_examples=250)
@given(days, st.sampled_from(WITH_YEAR), st.sampled_from(TAILS), st.booleans())
def test_a_day_with_its_year_reads_back_in_every_spelling(day: date, spelling: str, tail: str, wide: bool) -> None:
    assume(not (tail[:1].isdigit() and spelling[-1] == "}"))  # 2023-9-18 and 8时30分 would run together
    text = as_typed(spelling.format(y=day.year, m=day.month, d=day.day) + tail, wide)
    result = to_date(text, YEAR)
    assert (result.fault, result.value) == (None, day), text
    assert result.how or text == day.isoformat()


@settings(max_examples=250)
@given(this_year, st.sampled_from(WITHOUT_YEAR), st.sampled_from(TAILS), st.booleans())
def test_a_day_without_its_year_is_the_rounds(day: date, spelling: str, tail: str, wide: bool) -> None:
    assume(not (tail[:1].isdigit() and spelling[-1] == "}"))
    text = as_typed(spelling.format(m=day.month, d=day.day) + tail, wide)
    result = to_date(text, YEAR)
    assert (result.fault, result.value) == (None, day), text
    assert "补全年份" in result.how


@settings(max_examples=150)
@given(
    this_year,
    st.sampled_from(WITHOUT_YEAR[:2] + WITH_YEAR[12:14]),
    st.sampled_from(["星期", "周", "（星期", "(周", "礼拜"]),
)
def test_a_weekday_confirms_its_day_and_contradicts_every_other(day: date, spelling: str, word: str) -> None:
    text = spelling.format(y=day.year, m=day.month, d=day.day)
    close = "）" if word[0] in "（(" else ""
    for number, name in enumerate(WEEKDAYS):
        expected = day if number == day.weekday() else "C05"
        assert read(f"{text}{word}{name}{close}") == expected


@settings(max_examples=100)
@given(days, st.sampled_from(HAN_YEAR), st.sampled_from("日号"))
def test_a_day_in_characters_reads_back(day: date, zero: str, end: str) -> None:
    year = "".join(zero if digit == "0" else UNITS[int(digit)] for digit in str(day.year))
    assume(year.strip("0O") != "")
    assert read(f"{year}年{HAN[day.month]}月{HAN[day.day]}{end}") == day
    assert read(f"{HAN[day.month]}月{HAN[day.day]}{end}") == date(2023, day.month, day.day) or day.month == 2


@settings(max_examples=100)
@given(
    st.dates(date(2010, 1, 1), date(2050, 1, 1)), st.sampled_from([str, "{}.0".format, "{}.604".format, " {} ".format])
)
def test_a_day_number_as_text_is_its_day(day: date, write: Callable[[int], str]) -> None:
    assert read(write((day - date(1899, 12, 30)).days)) == day


@settings(max_examples=100)
@given(this_year)
def test_a_number_that_excel_made_of_a_day_is_that_day_or_two(day: date) -> None:
    for text in (f"{day.month}.{day.day}", f"{day.month}.{day.day:02}"):
        assert read(float(text)) in (day, "C03"), text
    assert read(day) == read(datetime(day.year, day.month, day.day, 9, 30)) == day
    assert read(int(f"{day:%Y%m%d}")) == day


def said(text: str) -> date | None:
    """The day that the digits of `text`, taken as they stand, would be; None when they are none."""
    runs = re.findall(r"[0-9]+", unicodedata.normalize("NFKC", text))
    if len(runs) == 1 and len(runs[0]) == 8:
        runs = [runs[0][:4], runs[0][4:6], runs[0][6:]]
    if len(runs) == 2:
        runs = ["2023", *runs]
    if len(runs) == 3 and runs[0] == "23":
        runs[0] = "2023"
    if len(runs) != 3 or len(runs[0]) != 4 or max(map(len, runs[1:])) > 2:
        return None
    try:
        return date(*map(int, runs))
    except ValueError:
        return None


SLIPS = WITH_YEAR + WITHOUT_YEAR + ["23.{m}.{d}", "23年{m}月{d}日", "23-{m}-{d}"]


@settings(max_examples=600)
@given(this_year, st.sampled_from(SLIPS), st.data())
def test_a_slip_in_a_day_is_a_fault_or_what_its_digits_say(day: date, spelling: str, data: st.DataObject) -> None:
    text = spelling.format(y=day.year, m=day.month, d=day.day)
    place = data.draw(st.integers(0, len(text) - 1))
    kind = data.draw(st.sampled_from(["drop", "double", "digit", "blank", "swap"]))
    slip = {
        "drop": text[:place] + text[place + 1 :],
        "double": text[:place] + text[place] * 2 + text[place + 1 :],
        "digit": text[:place] + data.draw(st.sampled_from("0123456789")) + text[place:],
        "blank": text[:place] + data.draw(st.sampled_from([" ", "  ", "\n", "\u3000"])) + text[place:],
        "swap": text[:place] + text[place + 1 : place + 2] + text[place] + text[place + 2 :],
    }[kind]
    result = to_date(slip, YEAR)
    assert result.value in (None, said(slip)), slip
    assert result.fault or result.value or not slip.strip()


@settings(max_examples=200)
@given(this_year, st.sampled_from(SLIPS), st.sampled_from("xZ甲?+=%…#"), st.data())
def test_a_strange_sign_in_a_day_is_a_fault(day: date, spelling: str, sign: str, data: st.DataObject) -> None:
    text = spelling.format(y=day.year, m=day.month, d=day.day)
    place = data.draw(st.integers(0, len(text)))
    assert read(text[:place] + sign + text[place:]) in ("C02", "C04")


@settings(max_examples=200)
@given(st.integers(0, 99), st.integers(0, 99), st.sampled_from([s for s in WITH_YEAR if "{y}{m" not in s]))
def test_a_month_or_day_that_does_not_exist_is_a_fault(month: int, day: int, spelling: str) -> None:
    try:
        expected: object = date(2023, month, day)
    except ValueError:
        expected = "C05"
    assert read(spelling.format(y=2023, m=month, d=day)) == expected


@settings(max_examples=200)
@given(
    this_year, st.integers(1, 9), st.sampled_from(["—", "-", "至", "到", "~", "、", "——", "--", "和"]), st.booleans()
)
def test_two_days_are_never_one(day: date, more: int, link: str, whole: bool) -> None:
    last = day + timedelta(days=more)
    assume(last.year == 2023)
    end = f"{last.month}月{last.day}日" if whole or last.month != day.month else f"{last.day}日"
    assert read(f"{day.month}月{day.day}日{link}{end}") in ("C02", "C04")
    assert read(f"2023.{day.month}.{day.day}{link}2023.{last.month}.{last.day}") in ("C02", "C04")
    assert read(f"2023.{day.month}{link}{last.month}") in ("C02", "C04")


# -- telephones ------------------------------------------------------------------------------------------------------
mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
lands = st.from_regex(r"0(730-[2-8][0-9]{6}|755-[2-8][0-9]{7}|27-[2-8][0-9]{7}|10-[2-8][0-9]{7})", fullmatch=True)
GROUPED = ["{0}{1}{2}", "{0} {1} {2}", "{0}-{1}-{2}", "{0}.{1}.{2}", "{0}　{1}　{2}", "{0}\n{1}{2}", "({0}){1}{2}"]
AROUND = """{}|+86{}|+86 {}|0086{}|86-{}|0{}|（{}）|“{}”|'{}|{}。|{}；|{}.0|电话：{}|手机{}|联系电话 {}|{}（本人）|{}(儿子)|{}（微信同号）|
{}微信同号|（妻子）{}|{}/无|家庭电话：{}""".replace("\n", "").split("|")  # fmt: skip


@settings(max_examples=300)
@given(mobiles, st.sampled_from(GROUPED), st.sampled_from(AROUND), st.booleans())
def test_a_mobile_number_reads_back_in_every_shape(number: str, grouped: str, around: str, wide: bool) -> None:
    assume(not (around == "{}.0" and grouped != "{0}{1}{2}"))
    text = as_typed(around.format(grouped.format(number[:3], number[3:7], number[7:])), wide)
    result = to_phone(text)
    assert (result.fault, result.value) == (None, number), text
    assert result.how or text == number


LAND_SHAPES = [
    "{a}-{n}",
    "{a}{n}",
    "{a} {n}",
    "({a}){n}",
    "（{a}）-{n}",
    "{a}－{n}",
    "{a}—{n}",
    "+86-{b}-{n}",
    "0086{a}{n}",
]
EXTENSIONS = {"": "", "转801": "-801", "-801": "-801", "分机801": "-801", " 转 801": "-801", "分机号：801": "-801"}


@settings(max_examples=200)
@given(lands, st.sampled_from(LAND_SHAPES), st.sampled_from(sorted(EXTENSIONS)), st.booleans())
def test_a_land_line_reads_back_in_every_shape(number: str, shape: str, extension: str, wide: bool) -> None:
    area, local = number.split("-")
    text = as_typed(shape.format(a=area, b=area[1:], n=local) + extension, wide)
    assert to_phone(text).value == number + EXTENSIONS[extension], text


WHOLE_NUMBER = re.compile(
    r"1[3-9]\d{9}|0(?:10|2\d)-\d{8}(?:-\d+)?|0[3-9]\d\d-\d{7,8}(?:-\d+)?|[2-8]\d{6,7}(?:-\d+)?|[48]00\d{7}"
)


def digits_of(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text) if char.isdigit())


@settings(max_examples=500)
@given(mobiles | lands, st.sampled_from(["", " ", "-"]), st.data())
def test_a_slip_in_a_telephone_number_is_a_fault_or_what_its_digits_say(
    number: str, gap: str, data: st.DataObject
) -> None:
    text = number if "-" in number else gap.join((number[:3], number[3:7], number[7:]))
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("0123456789OolIxX*?甲+#"))
    slip = data.draw(
        st.sampled_from([text[:place] + text[place + 1 :], text[:place] + other + text[place:], text + text[place:]])
    )
    result = to_phone(slip)
    if result.value is None:
        assert result.fault in ("C09", "C10")
        return
    assert not re.search("[A-Za-z*?甲#]", slip)
    assert all(map(WHOLE_NUMBER.fullmatch, result.value.split("、"))), slip
    read_back, typed = digits_of(result.value), digits_of(slip)
    assert typed in (read_back, "0" + read_back, "86" + read_back) or slip == text + text[place:], slip
    assert len(typed) != len(number) - 1 or "-" in number or not re.fullmatch("1[3-9][0-9]{9}", result.value)


@pytest.mark.parametrize("length", [*range(1, 11), *range(12, 16)])
def test_a_mobile_number_of_another_length_says_by_how_many_digits(length: int) -> None:
    number = "1381234567890123"[:length]
    what = to_phone(number).details["what"]
    gap = f"还差{11 - length}位" if length < 11 else f"多了{length - 11}位"
    assert f"有{length}位" in what
    assert what.endswith(gap)


# -- names and townships ---------------------------------------------------------------------------------------------
GIVEN = "明华国芳军丽强伟小红"
names = st.builds(str.__add__, st.sampled_from("王李张刘陈杨黄赵吴周"), st.text(GIVEN, min_size=1, max_size=2))
several = st.lists(names, min_size=2, max_size=4, unique=True)
JOINS = ["、", "，", ",", "；", "/", "\n", " ", "　", "、 ", " 、", "、、", "，\n", " / ", "&"]


@settings(max_examples=200)
@given(several, st.sampled_from(JOINS), st.sampled_from(["{}", "{}、", "{}。", " {} ", "{}同志", "{}（股长）"]))
def test_several_names_read_back_however_joined(persons: list[str], join: str, around: str) -> None:
    result = to_names(around.format(join.join(persons)))
    assert (result.fault, result.value) == (None, tuple(persons))
    assert result.how or (join, around) == ("、", "{}")


@settings(max_examples=200)
@given(several, st.data())
def test_a_strange_sign_in_names_is_a_fault(persons: list[str], data: st.DataObject) -> None:
    text = "、".join(persons)
    place = data.draw(st.integers(0, len(text)))
    assert to_names(text[:place] + data.draw(st.sampled_from("0123456789*?#%")) + text[place:]).fault == "C20"


@settings(max_examples=100)
@given(names, st.sampled_from([" ", "  ", "　"]))
def test_a_name_spread_out_is_the_name_and_said_so(name: str, gap: str) -> None:
    for read_name in (to_name, to_names):
        result = read_name(gap.join(name))
        assert "".join(result.value) == name
        assert result.how


def test_every_short_and_long_form_of_a_township_is_the_township(rules: Rules) -> None:
    towns = rules.campaign.townships
    for name in towns.names:
        for text in (
            name,
            name[:-1],
            " ".join(name),
            f"华容县{name}",
            f"湖南省岳阳市华容县{name}",
            name[:-1] + "\n",
            f"{name}。",
            f"（{name[:-1]}）",
            f"{name}\u200b",
        ):
            assert to_township(text, towns.names, towns.aliases).value == name, text
    for alias, name in towns.aliases.items():
        assert to_township(alias, towns.names, towns.aliases).value == name


def test_a_township_with_a_letter_more_less_or_other_is_a_fault_or_itself(rules: Rules) -> None:
    towns = rules.campaign.townships
    for name in towns.names:
        for place in range(len(name)):
            for slip in (
                name[:place] + name[place + 1 :],
                name[:place] + "某" + name[place + 1 :],
                name[:place] + "某" + name[place:],
            ):
                result = to_township(slip, towns.names, towns.aliases)
                expected = name if slip == name[:-1] else None
                assert result.value == expected, slip
                assert result.fault == (None if expected else "C12")


# -- numbered lists --------------------------------------------------------------------------------------------------
STYLES: list[Callable[[int], str]] = [
    lambda n: f"{n}.", lambda n: f"{n}、", lambda n: f"{n}．", lambda n: f"{n}. ", lambda n: f"（{n}）", lambda n: f"({n})",
    lambda n: f"{n}）", lambda n: f"{n}：", lambda n: f"{n}，", lambda n: "①②③④⑤⑥⑦⑧⑨"[n - 1], lambda n: "⑴⑵⑶⑷⑸⑹⑺⑻⑼"[n - 1],
    lambda n: "⒈⒉⒊⒋⒌⒍⒎⒏⒐"[n - 1], lambda n: f"{UNITS[n]}是", lambda n: f"{UNITS[n]}、", lambda n: f"（{UNITS[n]}）", lambda n: f"第{UNITS[n]}，",
]  # fmt: skip
MATTERS = [
    "路灯不亮",
    "水渠长3.5公里堵塞",
    "与李某因1.2米宅基地争执",
    "2022年9月20日被撞未赔",
    "孩子上学要走1个小时",
    "工资1.2万元未付，多次讨要",
    "电话13812345678打不通",
    "要求补4.5亩地的钱（2021年）",
    "60岁老人没有优待",
    "三是乱收费",
    "修（二）期工程",
    "1998年的证没有换",
]
lists = st.lists(st.sampled_from(MATTERS), min_size=2, max_size=6, unique=True)
ENDS = ["；", "\n", "。", "；\n", " ", "。\n", "，\n"]


@settings(max_examples=400)
@given(lists, st.sampled_from(STYLES), st.sampled_from(ENDS), st.sampled_from(["", "群众反映：", "反映以下问题：\n"]))
def test_matters_numbered_anyhow_are_all_found_word_for_word(
    matters: list[str], style: Callable[[int], str], end: str, lead: str
) -> None:
    assume(not ("（二）期" in "".join(matters) and "（一）" in style(1)))
    text = lead + end.join(style(n) + matter for n, matter in enumerate(matters, 1))
    found = split_matters(text)
    if found != [text]:  # whatever is taken apart is taken apart rightly
        assert [part.rstrip("。") for part in found] == matters, text
    else:  # and only a number right behind the mark keeps it together
        assert any(matter[0].isdigit() for matter in matters), text


MARKS = re.compile(r"[0-9０-９.．、（）()①-⒛一二三四五六七八九十是第,，:：。；;\s]*")


@settings(max_examples=600)
@given(
    st.lists(
        st.sampled_from(
            [
                *MATTERS,
                "1.",
                "2.",
                "1、",
                "2、",
                "3.",
                "（1）",
                "（2）",
                "①",
                "②",
                "一是",
                "二是",
                "；",
                "\n",
                "无",
                "张家湾：",
            ]
        )
    )
)
def test_nothing_but_marks_is_lost_in_taking_a_cell_apart(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = split_matters(text)
    if len(found) < 2:
        assert found in ([], [text.strip()]) or text.strip().startswith(found[0])
        return
    rest = text
    lead = "张家湾：" if found[0].startswith("张家湾：") and not rest.startswith(found[0]) else ""
    for part in found:
        assert part.removeprefix(lead) in rest
        before, _, rest = rest.partition(part.removeprefix(lead))
        assert MARKS.fullmatch(before.replace(lead or "\0", "").replace("无", "")), (text, before)
    assert MARKS.fullmatch(rest.replace("无", "")), (text, rest)


@settings(max_examples=300)
@given(lists, st.sampled_from(STYLES), st.sampled_from(ENDS), st.data())
def test_a_list_with_a_gap_a_repeat_or_another_beginning_is_one_matter(
    matters: list[str], style: Callable[[int], str], end: str, data: st.DataObject
) -> None:
    numbers = data.draw(st.lists(st.integers(1, 9), min_size=len(matters), max_size=len(matters)))
    assume(numbers != list(range(1, len(matters) + 1)) and not any("是" in m or "（" in m for m in matters))
    text = end.join(style(n) + matter for n, matter in zip(numbers, matters, strict=True)).strip()
    found = split_matters(text)
    # A number that stands for itself (1. 2. 3.) may begin with a good run only if all of it is good.
    assert found == [text], text


@pytest.mark.parametrize(
    "text",
    """1.5亩地和2.5亩水面没有补偿|3.5亩地|宽1.2米、长2.4米的路|2023.9.20被撞，2023.10.1又吵|电话1.3812345678|2.路灯不亮；3.水渠堵塞
1.路灯不亮；3.水渠堵塞|1、2、3组路不平|1、2组和3、4组要修路|第1、第2组|1.2.3|A1.楼漏水，A2.楼漏水|统一、二期|一是路灯不亮，三是水渠堵塞
（2）路灯（3）水渠|①路灯③水渠|8：30上学，9：30放学|比分1：2，2：3|1,200元和2,300元没有付|房屋1.2万，田地2.3万""".replace("\n", "|").split("|"),
)  # fmt: skip
def test_numbers_that_are_no_marks_part_nothing(text: str) -> None:
    assert split_matters(text) == [text]
    assert not terms.is_none(text)
