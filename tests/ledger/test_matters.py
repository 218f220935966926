"""Several matters in one cell: only when clearly numbered."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dazoufang.ledger.matters import split_matters


@pytest.mark.parametrize(
    "text",
    [
        "1.路灯不亮；2.水渠堵塞",
        "1、路灯不亮\n2、水渠堵塞",
        "1. 路灯不亮 2. 水渠堵塞；",
        "1.路灯不亮2.水渠堵塞",
        "１．路灯不亮，２．水渠堵塞",
        "1、路灯不亮2.水渠堵塞",
        "（1）路灯不亮（2）水渠堵塞",
        "(1)路灯不亮;(2)水渠堵塞",
        "1）路灯不亮2）水渠堵塞",
        "①路灯不亮②水渠堵塞",
        "① 路灯不亮；\n② 水渠堵塞",
        "一是路灯不亮；二是水渠堵塞",
        "一是路灯不亮，二是水渠堵塞",
        "一、路灯不亮；二、水渠堵塞",
        "（一）路灯不亮（二）水渠堵塞",
        "群众反映：1.路灯不亮；2.水渠堵塞",
        "反映以下2个问题：一是路灯不亮；二是水渠堵塞",
        "  1.路灯不亮\n\n  2.水渠堵塞  ",
        "1.路灯不亮；2.水渠堵塞；3.无",
        "1，路灯不亮；2，水渠堵塞",
        "1：路灯不亮\n2：水渠堵塞",
        "⑴路灯不亮⑵水渠堵塞",
        "⒈路灯不亮⒉水渠堵塞",
        "第一，路灯不亮；第二，水渠堵塞",
        "1.路灯不亮\n2.水渠堵塞\n3.\n4.",
    ],
)
def test_clearly_numbered_matters_are_taken_apart(text: str) -> None:
    assert split_matters(text) == ["路灯不亮", "水渠堵塞"]


@pytest.mark.parametrize(
    "text",
    [
        "路灯不亮，水渠堵塞",
        "3.5亩地没有补偿",
        "1.5公里路要修，2.5公里渠要清",
        "9.18反映路灯不亮",
        "1.只有一条",
        "1.路灯不亮 3.水渠堵塞",
        "2.路灯不亮 3.水渠堵塞",
        "1.路灯不亮 2.水渠堵塞 4.道路破损",
        "1.路灯不亮 1.水渠堵塞",
        "1.路灯不亮2.",
        "1.2.路灯不亮",
        "1、2组要修路",
        "在1、2、3组修路",
        "1、在张家村1、2、3组修路",
        "第1、第2组修路",
        "希望一是修路，二是修渠",
        "统一是好事，二是",
        "家住A1.楼A2.楼",
        "孩子上学远，1.没有校车2.道路破损",
        "①路灯不亮",
        "1,500元没有付，2,600元没有付",
        "比分1：路灯不亮2：水渠堵塞",
        "1、12组没有路灯；2、13组没有水渠",
        "1.60万元没有付；2.70万元没有付",
        "第一中学，第二中学",
        "⑴路灯不亮⑶水渠堵塞",
        "①路灯不亮⑵水渠堵塞",
    ],
)
def test_everything_else_is_one_matter(text: str) -> None:
    assert split_matters(text) == [text]


@pytest.mark.parametrize(
    "text", ["无", " 暂无 ", "", "未反映", "1.无 2.无", "①无②暂无", "张家湾：1.无 2.无", "1.\n2.\n3.", "①"]
)
def test_a_none_word_is_no_matter(text: str) -> None:
    assert split_matters(text) == []


@pytest.mark.parametrize("text", ["1.路灯不亮\n2.", "1.路灯不亮\n2.\n3、"])
def test_a_mark_typed_ahead_with_nothing_behind_it_is_nothing(text: str) -> None:
    assert split_matters(text) == ["1.路灯不亮"]


def test_a_number_behind_a_mark_that_can_only_begin_the_matter_is_the_matters() -> None:
    assert split_matters("1、2022年9月20日被撞 2.2023年又吵") == ["2022年9月20日被撞", "2023年又吵"]
    assert split_matters("1、60岁老人无低保；2、12名学生无校车") == ["60岁老人无低保", "12名学生无校车"]


def test_a_mark_before_a_number_is_one_where_the_list_it_belongs_to_is_clear() -> None:
    assert split_matters("1、路灯不亮；2、5组水渠堵塞；3、3个孩子没有校车") == [
        "路灯不亮",
        "5组水渠堵塞",
        "3个孩子没有校车",
    ]
    assert split_matters("1、3组路灯不亮\n2、水渠堵塞") == ["3组路灯不亮", "水渠堵塞"]
    assert split_matters("1、3组路灯不亮；2、5组水渠堵塞") == ["1、3组路灯不亮；2、5组水渠堵塞"]


def test_a_lead_that_says_something_goes_with_each_matter() -> None:
    assert split_matters("张家湾3组：1.路灯不亮；2.水渠堵塞") == ["张家湾3组：路灯不亮", "张家湾3组：水渠堵塞"]


def test_numbers_inside_a_matter_do_not_part_it() -> None:
    text = "1. 修第1、2组的路2.5公里；2. 清渠3.5公里（1）先清上段（2）后清下段\n3. 补4.5亩地的钱"
    assert split_matters(text) == [
        "修第1、2组的路2.5公里",
        "清渠3.5公里（1）先清上段（2）后清下段",
        "补4.5亩地的钱",
    ]


STYLES = [
    lambda n: f"{n}.",
    lambda n: f"{n}、",
    lambda n: f"（{n}）",
    lambda n: f"{n}）",
    lambda n: "①②③④⑤⑥⑦⑧⑨"[n - 1],
    lambda n: f"{'一二三四五六七八九'[n - 1]}是",
    lambda n: f"{'一二三四五六七八九'[n - 1]}、",
]
matters = st.lists(st.text("路灯水渠堵塞修补田地孩子上学", min_size=2, max_size=12), min_size=2, max_size=9)


@settings(max_examples=300, deadline=None)
@given(matters, st.sampled_from(STYLES), st.sampled_from(["；", "\n", "。", " ", "；\n"]))
def test_any_matters_numbered_anyhow_are_all_found(parts: list[str], style, end: str) -> None:  # type: ignore[no-untyped-def]
    text = end.join(style(n) + part for n, part in enumerate(parts, 1))
    assert [matter.rstrip("。") for matter in split_matters(text)] == parts


@settings(max_examples=500, deadline=None)
@given(st.text("1234.、（）①②一二三是；无路灯\n0", max_size=25))
def test_no_word_of_a_cell_is_lost_in_taking_it_apart(text: str) -> None:
    kept = "".join(split_matters(text))
    assert text.count("路") == kept.count("路")
