"""Text, numbers, addresses and units; and what holds for every converter."""

from __future__ import annotations

import string
from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dazoufang.judging.cells import choices, dates, people, phones, plain
from dazoufang.judging.cells.converted import Cell, Converted
from dazoufang.judging.cells.dates import DateContext
from dazoufang.model.faults import CATALOGUE


@pytest.mark.parametrize(
    ("value", "text", "how"),
    [
        ("与邻居争执", "与邻居争执", ""),
        ("第一行\n第二行", "第一行\n第二行", ""),
        ("  与邻居争执\n", "与邻居争执", "去空格"),
        ("第一行  \r\n第二行\r第三行", "第一行\n第二行\n第三行", "去空格"),
        ("１号　２号", "１号　２号", ""),
        ("=SUM(A1)", "=SUM(A1)", ""),
        ("+86、@张三", "+86、@张三", ""),
        ("0010", "0010", ""),
        ("NA", "NA", ""),
        ("无", "无", ""),
        ("甲\x00乙\ud800", "甲乙", "去空格"),
        ("\ufeff无", "无", "去空格"),
        (5, "5", "数字转文本"),
        (5.0, "5", "数字转文本"),
        (5.25, "5.25", "数字转文本"),
        (123456789012345, "123456789012345", "数字转文本"),
        (date(2023, 9, 20), "2023-09-20", "日期转文本"),
        (datetime(2023, 9, 20), "2023-09-20", "日期转文本"),
        (datetime(2023, 9, 20, 14, 5), "2023-09-20 14:05", "日期转文本"),
        (time(9, 5), "09:05", "日期转文本"),
        (True, "是", "数字转文本"),
    ],
)
def test_text_keeps_its_words_and_loses_only_its_edges(value: Cell, text: str, how: str) -> None:
    assert plain.to_text(value, 4000) == Converted(text, how=how)


@pytest.mark.parametrize("value", [None, "", " \n\u3000 ", "\u200b"])
def test_a_cell_without_a_sign_is_empty(value: Cell) -> None:
    assert plain.to_text(value).value is None


@pytest.mark.parametrize("value", [1234567890123456, 4.30623198001011e17, 1e300, -1234567890123456])
def test_a_number_of_sixteen_digits_is_not_trusted(value: Cell) -> None:
    for read in (plain.to_text, plain.to_integer, phones.to_phone):
        assert read(value).fault == "C10"
    assert plain.to_text(1234567890123456).details["digits"] == 16
    assert plain.to_text("430623198001011234").value == "430623198001011234"


def test_text_over_its_limit_says_both_lengths_and_counts_characters() -> None:
    result = plain.to_text("走访" * 3 + " ", 5)
    assert (result.fault, dict(result.details)) == ("C17", {"length": 6, "limit": 5})
    assert plain.to_text("走访对象户 ", 5).value == "走访对象户"


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5, 5),
        (5.0, 5),
        ("5", 5),
        (" ５ ", 5),
        ("5.0", 5),
        ("1,200", 1200),
        ("-3", -3),
        (0, 0),
        ("0", 0),
        ("无", None),
        (None, None),
    ],
)
def test_integers(value: Cell, number: int | None) -> None:
    assert (plain.to_integer(value).value, plain.to_integer(value).fault) == (number, None)


@pytest.mark.parametrize("value", [5.5, "5.5", "五", "5户", True, date(2023, 1, 1), "1,20", float("nan"), float("inf")])
def test_what_is_no_integer_is_a_fault(value: Cell) -> None:
    assert plain.to_integer(value).fault == "C18"


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("liming@example.org", "liming@example.org"),
        (" LiMing@Example.ORG ", "LiMing@example.org"),
        ("liming＠example.org", "liming@example.org"),
        ("12345@qq.com", "12345@qq.com"),
        ("无", None),
        (None, None),
    ],
)
def test_addresses_of_mail(value: Cell, address: str | None) -> None:
    assert (plain.to_email(value).value, plain.to_email(value).fault) == (address, None)


@pytest.mark.parametrize(
    "value", ["liming.example.org", "liming@", "@example.org", "a@b", "a@b.cn;c@d.cn", 12345, "a@b。cn"]
)
def test_what_is_no_address_is_a_fault_that_says_so(value: Cell) -> None:
    result = plain.to_email(value)
    assert result.fault == "C18"
    assert "邮箱" in result.details["what"]


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        ("人事股", "人事股"),
        ("人 事 股", "人事股"),
        ("人事股（盖章）", "人事股"),
        ("人事股 (公章) ", "人事股"),
        ("华容县 第一中学", "华容县第一中学"),
        ("怀乡中学( 东 校区 )", "怀乡中学（东校区）"),
        ("：人事股： ", "人事股"),
        ("（盖章）", None),
        ("/", None),
        (None, None),
    ],
)
def test_units(value: Cell, unit: str | None) -> None:
    assert (plain.to_unit(value).value, plain.to_unit(value).fault) == (unit, None)


@pytest.mark.parametrize("value", [5, "123", "（）（）", date(2023, 1, 1)])
def test_what_names_no_unit_is_a_fault(value: Cell) -> None:
    assert plain.to_unit(value).fault == "C18"


YEAR = DateContext((2023,), ((date(2023, 9, 18), date(2023, 11, 17)),), date(2023, 10, 20))
TOPICS = ("政策", "法律", "A 已解决")
CONVERTERS = {
    "text": lambda value: plain.to_text(value, 60),
    "date": lambda value: dates.to_date(value, YEAR),
    "phone": phones.to_phone,
    "name": people.to_name,
    "names": people.to_names,
    "choice": lambda value: choices.to_choice(value, TOPICS),
    "choices": lambda value: choices.to_choices(value, TOPICS),
    "township": lambda value: choices.to_township(value, ("章华镇", "新河乡"), {"漳华": "章华镇"}),
    "integer": plain.to_integer,
    "email": plain.to_email,
    "unit": plain.to_unit,
}
cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.text(max_size=30),
    st.text("0123456789年月日.-/、 ，：张三李四和等人（）*同上无章华镇政策@a\n", max_size=20),
)


@pytest.mark.parametrize("kind", CONVERTERS)
@settings(max_examples=120, deadline=None)
@given(cells)
def test_any_cell_gives_a_value_or_a_fault_never_both_and_never_an_exception(kind: str, value: Cell) -> None:
    result = CONVERTERS[kind](value)
    assert result.value is None or result.fault is None
    assert CONVERTERS[kind](value) == result
    if result.fault is not None:
        template = CATALOGUE[result.fault]
        wanted = {
            name
            for text in (template.message, template.remedy)
            for _, name, _, _ in string.Formatter().parse(text)
            if name
        }
        # what the caller knows by itself; the rest has to come along
        assert wanted - {"where", "value", "column", "like"} <= set(result.details) | {"hint"}


@pytest.mark.parametrize("kind", CONVERTERS)
@settings(max_examples=120, deadline=None)
@given(cells)
def test_a_canonical_value_reads_back_to_itself_without_repair(kind: str, value: Cell) -> None:
    first = CONVERTERS[kind](value)
    if first.value is None:
        return
    written = "、".join(first.value) if isinstance(first.value, tuple) else first.value
    again = CONVERTERS[kind](written)
    assert (again.value, again.fault, again.how) == (first.value, None, "")
