"""Choices and townships: exact after normalizing, by alias, or a question; never by likeness."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dazoufang.judging.cells.choices import to_choice, to_choices, to_township
from dazoufang.judging.cells.converted import Cell
from dazoufang.model import terms

KINDS = ("联点乡镇群众", "人大代表", "政协委员", "原民代幼人员", "其他")
KIND_ALIASES = {"群众": "联点乡镇群众", "联点群众": "联点乡镇群众", "原民代幼": "原民代幼人员", "其他人员": "其他"}
STATES = ("未启动", "正在化解", "已化解", "稳控中", "移交转办", "程序性终结")
RESULTS = ("A 已解决", "B 列入计划", "C 暂不能解决", "D 留作参考")
TOPICS = ("政策", "法律", "工作", "安全")
TOWNSHIPS = tuple(
    str.split(
        "章华镇 三封寺镇 治河渡镇 北景港镇 鲇鱼须镇 万庾镇 插旗镇 注滋口镇 操军镇 东山镇 梅田湖镇 禹山镇 新河乡 团洲乡"
    )
)
TYPED = {"鲶鱼须": "鲇鱼须镇"}


@pytest.mark.parametrize(
    ("typed", "title", "how"),
    [
        ("人大代表", "人大代表", ""),
        (" 人大 代表\n", "人大代表", "统一名称"),
        ("群众", "联点乡镇群众", "统一名称"),
        ("原民代幼", "原民代幼人员", "统一名称"),
        ("其他。", "其他", "统一名称"),
    ],
)
def test_a_choice_by_title_or_alias(typed: str, title: str, how: str) -> None:
    result = to_choice(typed, KINDS, KIND_ALIASES)
    assert (result.value, result.fault, result.how) == (title, None, how)


def test_width_and_case_do_not_count_in_a_choice() -> None:
    assert to_choice("ａ已解决", RESULTS).value == "A 已解决"


@pytest.mark.parametrize("typed", [None, "", " ", "/", "无", "—", 0])
def test_no_choice_was_made(typed: Cell) -> None:
    for result in (to_choice(typed, KINDS), to_choices(typed, TOPICS), to_township(typed, TOWNSHIPS)):
        assert (result.value, result.fault) == (None, None)


def test_a_word_that_is_a_choice_is_never_nothing() -> None:
    assert to_choice("无", ("有", "无")).value == "无"
    assert to_choices("无", ("有", "无")).value == ("无",)
    assert to_choice("否", ("是", "否")).value == "否"


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("路人", ""),
        ("政协委", "（是不是“政协委员”？）"),
        ("人大代表、政协委员", "（是不是“人大代表”？）"),
        ("正常", ""),
        (5, ""),
        (True, ""),
    ],
)
def test_what_is_no_choice_is_a_fault_that_names_them_all(typed: Cell, hint: str) -> None:
    result = to_choice(typed, KINDS, KIND_ALIASES)
    assert (result.value, result.fault) == (None, "C11")
    assert result.details["choices"] == "联点乡镇群众、人大代表、政协委员、原民代幼人员、其他"
    assert result.details["hint"] == hint


@pytest.mark.parametrize("typed", ["未化解", "没化解", "不化解", "化解", "待化解"])
def test_nobody_is_asked_whether_he_meant_the_opposite(typed: str) -> None:
    result = to_choice(typed, STATES)
    assert result.fault == "C11"
    assert "已化解" not in result.details["hint"]


def test_a_slip_of_the_pen_is_asked_about_and_not_mended() -> None:
    result = to_choice("已化觧", STATES)
    assert (result.fault, result.details["hint"]) == ("C11", "（是不是“已化解”？）")


@pytest.mark.parametrize(
    ("typed", "topics", "how"),
    [
        ("政策、安全", ("政策", "安全"), ""),
        ("安全", ("安全",), ""),
        ("安全、政策", ("政策", "安全"), "多项分隔"),
        ("安全,政策；法律", ("政策", "法律", "安全"), "多项分隔"),
        ("政策 法律\n工作/安全", TOPICS, "多项分隔"),
        ("政策法律", ("政策", "法律"), "多项分隔"),
        ("讲政策讲法律", ("政策", "法律"), "多项分隔"),
        ("政策和法律", ("政策", "法律"), "多项分隔"),
        ("政策、政策", ("政策",), "多项分隔"),
    ],
)
def test_several_choices_in_one_cell(typed: str, topics: tuple[str, ...], how: str) -> None:
    result = to_choices(typed, TOPICS, {"讲政策": "政策", "讲法律": "法律"})
    assert (result.value, result.fault, result.how) == (topics, None, how)


@pytest.mark.parametrize("typed", ["政策、天气", "政策法", "天气", "政策不法律", 5])
def test_one_that_is_no_choice_spoils_the_cell(typed: Cell) -> None:
    assert to_choices(typed, TOPICS).fault == "C11"


def test_words_that_run_together_in_two_ways_are_a_fault() -> None:
    assert to_choices("甲乙丙", ("甲", "乙丙", "甲乙", "丙")).fault == "C11"


@pytest.mark.parametrize(
    ("typed", "township"),
    [
        ("章华镇", "章华镇"),
        ("章华", "章华镇"),
        ("章 华 镇", "章华镇"),
        ("新河", "新河乡"),
        ("鲶鱼须", "鲇鱼须镇"),
        ("鲶鱼须镇", "鲇鱼须镇"),
        ("鲇鱼须", "鲇鱼须镇"),
        ("华容县章华镇", "章华镇"),
        ("章华镇人民政府", "章华镇"),
        ("华容县新河乡政府", "新河乡"),
        ("湖南省岳阳市华容县章华", "章华镇"),
    ],
)
def test_a_township_by_its_full_short_or_typed_name(typed: str, township: str) -> None:
    result = to_township(typed, TOWNSHIPS, TYPED)
    assert (result.value, result.fault) == (township, None)
    assert result.how == ("" if typed == township else "乡镇全称")


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("某某镇", ""),
        ("岳阳市", ""),
        ("镇", ""),
        ("新河镇", "（是不是“新河乡”？）"),
        ("万庚镇", "（是不是“万庾镇”？）"),
        ("章华镇沙口村", "（是不是“章华镇”？村组请写在村组一栏）"),
        (12, ""),
    ],
)
def test_what_is_no_township_of_the_county_is_a_fault(typed: Cell, hint: str) -> None:
    result = to_township(typed, TOWNSHIPS, TYPED)
    assert (result.value, result.fault, result.details["hint"]) == (None, "C12", hint)
    assert result.details["choices"].startswith("章华镇、三封寺镇")


def test_a_short_name_that_two_townships_share_stands_for_neither() -> None:
    assert to_township("新河", ("新河乡", "新河镇")).fault == "C12"
    assert to_township("新河镇", ("新河乡", "新河镇")).value == "新河镇"


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=10) | st.text("未已正在化解中稳控移交转办人大代表 、无", max_size=8))
def test_whatever_is_typed_only_an_exact_choice_is_read(text: str) -> None:
    result = to_choice(text, STATES)
    if result.value is not None:
        assert terms.normalize(text).rstrip(terms.CLOSING_STOPS) == terms.normalize(result.value)


@settings(max_examples=200, deadline=None)
@given(st.sets(st.sampled_from(TOPICS), min_size=1), st.sampled_from(["、", ",", "，", " ", "\n", "/", "；", ""]))
def test_any_choices_joined_anyhow_read_back_in_the_order_of_the_schema(topics: set[str], separator: str) -> None:
    assert to_choices(separator.join(sorted(topics)), TOPICS).value == tuple(t for t in TOPICS if t in topics)
