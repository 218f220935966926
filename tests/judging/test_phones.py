"""Telephone numbers: every habit of writing them, and what is said of a wrong one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dazoufang.judging.cells.converted import Cell
from dazoufang.judging.cells.phones import to_phone


@pytest.mark.parametrize(
    "typed",
    [
        "13812345678", 13812345678, 13812345678.0, "13812345678.0", " 13812345678 ", "138 1234 5678", "138-1234-5678",
        "138.1234.5678", "１３８１２３４５６７８", "+86 13812345678", "+8613812345678", "8613812345678", "008613812345678",
        "86-138-1234-5678", "(+86)13812345678", "\u202d13812345678\u202c", "138\u30001234\u30005678", "138\n1234\n5678",
        "电话：13812345678", "手机13812345678", "13812345678（儿子）", "13812345678(本人)", "13812345678、13812345678", "13812345678/", "13812345678。", "'13812345678",
        "“13812345678”", "【13812345678】", "(13812345678)", "13812345678（微信同号）", "13812345678微信同号", "13812345678/无",
        "013812345678", "0-13812345678", "13,812,345,678", "手机号码：１３８１２３４５６７８", "联系电话 13812345678",
    ],
)  # fmt: skip
def test_every_spelling_of_one_mobile_number(typed: Cell) -> None:
    result = to_phone(typed)
    assert (result.value, result.fault) == ("13812345678", None)
    assert bool(result.how) == (typed != "13812345678")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0730-4123456", "0730-4123456"),
        ("0730 4123456", "0730-4123456"),
        ("07304123456", "0730-4123456"),
        ("(0730)4123456", "0730-4123456"),
        ("（0730）4123456", "0730-4123456"),
        ("0730—4123456", "0730-4123456"),
        ("010-62345678", "010-62345678"),
        ("02787654321", "027-87654321"),
        ("0755-87654321", "0755-87654321"),
        ("4123456", "4123456"),
        ("412-3456", "4123456"),
        (4123456, "4123456"),
        ("87654321", "87654321"),
        ("0730-4123456转801", "0730-4123456-801"),
        ("0730-4123456-801", "0730-4123456-801"),
        ("4123456转8", "4123456-8"),
        ("07304123456 转 801", "0730-4123456-801"),
        ("400-800-1234", "4008001234"),
        ("+86-730-4123456", "0730-4123456"),
        ("+86 10 62345678", "010-62345678"),
        ("0086-27-87654321", "027-87654321"),
        ("+86-0730-4123456", "0730-4123456"),
        ("0730-4123456/4123457", "0730-4123456、4123457"),
        ("宅电：4123456", "4123456"),
        ("0730-4123456 分机：801", "0730-4123456-801"),
        ("4008001234", "4008001234"),
    ],
)
def test_land_lines_extensions_and_service_numbers(typed: Cell, number: str) -> None:
    result = to_phone(typed)
    assert (result.value, result.fault) == (number, None)
    assert to_phone(number).value == number


@pytest.mark.parametrize(
    "typed",
    [
        "13812345678、0730-4123456", "13812345678/07304123456", "13812345678,0730-4123456", "13812345678；0730 4123456",
        "13812345678 0730-4123456", "13812345678\n0730 4123456", "138 1234 5678 0730 4123456", "13812345678或0730-4123456",
        "13812345678-0730-4123456", "13812345678 / 0730-4123456", "13812345678|07304123456", "手机:13812345678 电话:0730-4123456",
        "本人13812345678，家庭电话0730-4123456", "13812345678（本人）\n0730-4123456（家）", "（手机）13812345678（座机）07304123456",
    ],
)  # fmt: skip
def test_two_numbers_in_a_cell_are_two(typed: str) -> None:
    assert to_phone(typed).value == "13812345678、0730-4123456"


@pytest.mark.parametrize("typed", [None, "", " ", "无", "/", "—", "暂无", 0, "没有"])
def test_no_number_was_filled_in(typed: Cell) -> None:
    assert (to_phone(typed).value, to_phone(typed).fault) == (None, None)


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("1380013", "只有7位，手机号应为11位，还差4位"),
        (1380013, "只有7位，手机号应为11位，还差4位"),
        ("1380000", "只有7位，手机号应为11位，还差4位"),
        ("1381234567", "只有10位，手机号应为11位，还差1位"),
        ("138123456789", "有12位，手机号应为11位，多了1位"),
        ("23812345678", "是11位但不是1开头，手机号应以1开头"),
        ("12812345678", "以“12”开头，没有这样的手机号段"),
        ("13812345678/1380013", "其中“1380013”只有7位，手机号应为11位，还差4位"),
        ("0730-41234", "像是座机，区号后有5位，应为7或8位，还差2位"),
        ("0730-1123456", "像是座机，但没有“0730-1123456”这样的号码"),
        (7304123456, "只有10位，像是座机丢了开头的0（按数字填写时Excel会去掉它），应为“0730-4123456”"),
        ("7304123456", "只有10位，像是座机丢了开头的0（按数字填写时Excel会去掉它），应为“0730-4123456”"),
        ("0138123456", "像是手机号前加了0，手机号应为11位，还差2位"),
        ("010-6234567", "像是座机，区号“010”后应为8位，还差1位"),
        ("0730-412345678", "像是座机，区号后有9位，应为7或8位，多了1位"),
        ("1381234567813912345678", "有22位，像是几个号码连在一起，请用“、”隔开"),
        ("手机尾号5678", "只写了尾号，号码不全"),
        ("138xxxx5678", "用“x”遮住了几位，号码不全"),
        ("不详", "没有写号码；不知道号码的请留空"),
        ("13812345678、不清楚", "其中“不清楚”没有写号码；不知道号码的请留空"),
        ("138O0138000", "夹有“O”，号码里只能有数字"),
        ("138（移动）12345678", "其中“138”只有3位，手机号应为11位，还差8位"),
        ("138****1234", "用“*”遮住了几位，号码不全"),
        ("1.38123E+10", "写成了科学计数法，号码已不全"),
        ("同村长", "没有写号码；不知道号码的请留空"),
        ("张三13812345678", "夹有“张三”，号码里只能有数字"),
        ("430623198001011234", "像是身份证号（不需要填报），不是电话号码"),
        ("2023-9-18", "像是日期，不是电话号码"),
        (20230918, "像是日期，不是电话号码"),
        (date(2023, 9, 18), "不是电话号码"),
        (True, "不是电话号码"),
        (138.5, "不是电话号码"),
        (float("nan"), "不是电话号码"),
        (float("inf"), "不是电话号码"),
    ],
)
def test_a_wrong_number_says_what_is_wrong_with_it(typed: Cell, what: str) -> None:
    result = to_phone(typed)
    assert (result.value, result.fault) == (None, "C09")
    assert result.details["what"] == what


@pytest.mark.parametrize("typed", [430623198001011234, 4.30623198001011e17, 1381234567813912])
def test_a_number_longer_than_excel_keeps_is_not_trusted(typed: Cell) -> None:
    result = to_phone(typed)
    assert (result.fault, result.details["digits"]) == ("C10", len(str(int(typed))))  # type: ignore[call-overload, arg-type]


def test_groups_that_can_be_read_in_two_ways_are_a_fault() -> None:
    assert to_phone("2345678 2 2345678").fault == "C09"  # 23456782 and 2345678, or 2345678 and 22345678
    assert to_phone("1381234567813912345678").fault == "C09"  # no group at all
    assert to_phone("4123 4567 4123 456").value == "41234567、4123456"


mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
lands = st.from_regex(r"0(730-[2-8][0-9]{6}|755-[2-8][0-9]{7}|27-[2-8][0-9]{7}|10-[2-8][0-9]{7})", fullmatch=True)
GROUPS = ["{}", " {} ", "+86{}", "+86 {}", "{}（本人）", "电话:{}"]


@settings(max_examples=200, deadline=None)
@given(st.lists(mobiles | lands, min_size=1, max_size=3, unique=True), st.sampled_from("、/,;|，；\n "))
def test_any_numbers_joined_anyhow_read_back(numbers: list[str], separator: str) -> None:
    result = to_phone(separator.join(numbers))
    assert result.value == "、".join(numbers)
    assert to_phone(result.value) == to_phone("、".join(numbers))


@settings(max_examples=200, deadline=None)
@given(mobiles, st.sampled_from(GROUPS), st.sampled_from(["", " ", "-", "\u3000", "."]))
def test_any_mobile_number_in_any_spelling_reads_back(number: str, group: str, gap: str) -> None:
    assert to_phone(group.format(gap.join((number[:3], number[3:7], number[7:])))).value == number


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=20) | st.text("0123456789-+ /、()转.\n*", max_size=30))
def test_whatever_is_typed_the_numbers_read_were_there_to_see(text: str) -> None:
    result = to_phone(text)
    if result.value is None:
        return
    assert to_phone(result.value).value == result.value
    typed = "".join(char for char in text if char.isdigit())
    for number in result.value.split("、"):
        assert number.replace("-", "") in "".join(str(int(char)) for char in typed)
