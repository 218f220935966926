"""Headings with a number before them or a second language beside them; and what only looks like that."""

from __future__ import annotations

import pytest
from conftest import TODAY, Office
from tables import workbook

from dazoufang.judging.examine import examine_bytes
from dazoufang.judging.heading_words import undressed
from dazoufang.judging.which_form import Headings
from dazoufang.rules.campaign import Rules
from dazoufang.rules.generations import Generation

NUMBERED = (
    "{n}.{h}",
    "{n}、{h}",
    "（{n}）{h}",
    "({n}){h}",
    "{n}){h}",
    "{n}. {h}",
    "{n}．{h}",
    "{c}{h}",
    "{han}、{h}",
    "（{han}）{h}",
)
CIRCLED, HAN = "①②③④⑤", "一二三四五"
HEADS = ("走访日期", "走访干部", "走访对象", "对象类别", "联系电话")
ENGLISH = ("Date", "Visitor", "Household", "Category", "Tel")


def published(office: Office, heads: list[str]) -> list[tuple[str, str, str]]:
    cells = ["2023-9-20", "李明", "张三", "其他", "13812345678"]
    office.take("工会/走访登记表.xlsx", workbook([heads, cells], unit="工会"))
    return [(f"{one.visited_on:%Y-%m-%d}", one.household, one.phone) for one in office.frames().visits.itertuples()]


@pytest.mark.parametrize("way", NUMBERED)
def test_a_number_with_a_sign_before_a_heading_is_folded(rules: Rules, way: str) -> None:
    heads = [way.format(n=at + 1, c=CIRCLED[at], han=HAN[at], h=head) for at, head in enumerate(HEADS)]
    match = Headings(rules.schemas).best([(head,) for head in heads], [])
    assert match is not None
    assert match.columns == {"visited_on": 0, "cadres": 1, "household": 2, "target_kind": 3, "phone": 4}


@pytest.mark.parametrize("way", ["{h} {e}", "{e} {h}", "{h}/{e}", "{h}\n{e}", "{h}({e})", "{h}{e}", "{e}\n{h}"])
def test_a_second_language_beside_a_heading_is_folded(rules: Rules, way: str) -> None:
    heads = [way.format(h=head, e=english) for head, english in zip(HEADS, ENGLISH, strict=True)]
    match = Headings(rules.schemas).best([(head,) for head in heads], [])
    assert match is not None
    assert match.columns == {"visited_on": 0, "cadres": 1, "household": 2, "target_kind": 3, "phone": 4}


def test_both_at_once_reach_the_published_rows(office: Office) -> None:
    heads = [f"{at}.{head}\n{english}" for at, (head, english) in enumerate(zip(HEADS, ENGLISH, strict=True), 1)]
    assert published(office, heads) == [("2023-09-20", "张三", "13812345678")]


def test_a_numbered_group_is_that_group(rules: Rules) -> None:
    match = Headings(rules.schemas).match("visit", [("一、走访干部", "1.姓名"), ("二、走访对象", "2.姓名")])
    assert match.columns == {"cadres": 0, "household": 1}


@pytest.mark.parametrize(
    "heading",
    [
        "1", "1.", "①", "Date", "1走访日期", "2.5走访日期", "走访日期A", "走访对象 ID", "联系电话 QQ", "户主No.", "联系电话 Visitor's phone",
        "走访对象 Number of people", "第1走访日期", "走访日期2", "联系电话 WeChat", "Next 走访日期",
    ],
)  # fmt: skip
def test_what_is_more_than_dress_stays_a_heading_of_its_own(rules: Rules, heading: str) -> None:
    assert Headings(rules.schemas).match("visit", [(heading,)]).columns == {}


def test_a_heading_of_a_number_alone_stays_what_it_is() -> None:
    assert (undressed("1."), undressed("（1）"), undressed("Date")) == ("1.", "（1）", "Date")


def test_rules_kept_before_the_habits_know_no_dress(rules: Rules) -> None:
    older = Headings(rules.schemas, Generation.AUDIENCES)
    assert older.match("visit", [("1.走访日期",), ("走访干部 Visitor",)]).columns == {}


def test_two_columns_that_are_one_undressed_are_still_two(rules: Rules) -> None:
    data = workbook(
        [["1.走访日期", "2.走访干部", "3.走访对象", "4.对象类别", "5.意见建议", "6.意见建议"],
         ["2023-9-20", "李明", "张三", "其他", "修路", "装灯"]]
    )  # fmt: skip
    found = examine_bytes(data, "走访登记表.xlsx", rules, TODAY)
    assert [(fault.code, fault.cell) for fault in found.faults] == [("S02", "F1")]
