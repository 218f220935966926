"""Two texts, one matter or two: a literal table."""

from __future__ import annotations

import pytest

from dazoufang.ledger.same_matter import alike, sameness
from dazoufang.model.terms import same_words
from dazoufang.rules.campaign import Rules

DITCH = "与邻居因排水沟改道争执"


@pytest.mark.parametrize(
    ("text", "other", "comes_to"),
    [
        # the same: in the same words, or with words that say nothing
        ("建议修路", "建议修路。", "same"),
        ("建议修路", "希望尽快修路", "same"),
        (DITCH, "与邻居因排水沟改道发生争执", "same"),
        (DITCH, "因排水沟改道，与邻居争执", "same"),  # in another order
        # merely lengthened: by clauses, or by words put in
        (DITCH, f"{DITCH}，要求村里调解", "same"),
        (DITCH, "与邻居王五因排水沟改道争执", "same"),
        ("退休金少算3年", "退休金少算3年，要求补发2万元", "same"),
        # short ones must say the same
        ("建议修路", "建议修桥", "another"),
        ("建议修路", "建议修路灯", "another"),
        ("建议建幼儿园", "建议建小学", "another"),
        ("建议清淤水渠", "建议清淤池塘", "another"),
        ("建议修路", "建议修路，方便出行", "perhaps"),
        # another subject, another place
        ("建议增加英语教师", "建议增加音乐教师", "perhaps"),
        ("建议在红旗村修桥", "建议在红旗村修路", "perhaps"),
        ("建议在沙口村修建文化广场", "建议在红旗村修建文化广场", "perhaps"),
        ("建议硬化村小通学路", "建议硬化村小通学路旁的水沟", "perhaps"),
        (DITCH, "与邻居因排水沟没有改道争执", "perhaps"),  # denied
        (DITCH, "包工头拖欠工资", "another"),
        # another sum
        ("包工头拖欠工资两万元", "包工头拖欠工资三万元", "another"),
        ("建议硬化红旗村到学校的2公里路", "建议硬化红旗村到学校的5公里路", "another"),
        ("退休金少算3年，要求补发2万元", "退休金少算3年，要求补发", "perhaps"),  # one of them names it
        # nothing said
        ("", "", "same"),
        ("", DITCH, "another"),
        ("希望", "建议", "another"),
    ],
)
def test_one_matter_or_two(rules: Rules, text: str, other: str, comes_to: str) -> None:
    settings = rules.campaign.items
    assert sameness(text, other, settings) == sameness(other, text, settings) == comes_to
    assert alike(text, other, settings) == (comes_to != "another")


def test_width_blanks_and_stops_make_no_other_words() -> None:
    assert same_words("建议 修路（２公里）", "建议修路(2公里)。")
    assert not same_words("建议修路", "希望修路")


def test_an_office_that_still_has_the_old_threshold_is_safe_too(rules: Rules) -> None:
    campaign = rules.campaign
    old = campaign.items.model_copy(
        update={"similar_matter": campaign.items.similar_matter.model_copy(update={"value": 60})}
    )
    assert sameness("建议修路", "建议修桥", old) == "another"
