"""The closed vocabularies and how words are normalized to be compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dazoufang.model import terms


@pytest.mark.parametrize(
    ("typed", "normalized"),
    [
        ("联 系\n电 话", "联系电话"),
        ("＊走访日期", "走访日期"),
        ("*走访日期*", "走访日期"),
        ("★姓名", "姓名"),
        ("村（社区）组", "村(社区)组"),
        ("ＱＱ号", "qq号"),
        ("A 已解决", "a已解决"),
        ("\ufeff姓\u200b名\u3000", "姓名"),
        ("", ""),
    ],
)
def test_normalizing_drops_what_does_not_count(typed: str, normalized: str) -> None:
    assert terms.normalize(typed) == normalized


@given(st.text("（）() *＊★姓名电话ＡａB１①\n\u3000\u200b：", max_size=30))
def test_normalizing_twice_is_normalizing_once(text: str) -> None:
    assert terms.normalize(terms.normalize(text)) == terms.normalize(text)


@pytest.mark.parametrize(
    ("typed", "narrowed"), [("１２（Ａ）", "12(A)"), ("①1²", "①1²"), ("１\u200b２", "12"), ("abc", "abc")]
)
def test_narrowing_changes_widths_and_never_a_number(typed: str, narrowed: str) -> None:
    assert terms.narrow(typed) == narrowed


NOTHING = str.split(
    """无 无。 暂无 没有 没 / \\ — —— - 0 正常 未发现 未反映 无诉求 没有问题 无矛盾纠纷 无矛盾纠纷和信访诉求 无意见、建议
暂无意见和建议 未发现矛盾纠纷 无矛盾，无纠纷 该户无诉求 群众无意见 没有什么意见 没有反映问题 未提出意见建议 ／ 〇 （） N/A
目前暂无 都没有 一切正常 无政策咨询和求助 暂时没有诉求"""
)
SOMETHING = str.split(
    """无人管 没有路灯 没有自来水 未解决 未 无房 较好 基本满意 无钱治病 没有问题是假的 无故停水 未发放补贴 无法入学 ？
问题 意见 建议 无意见但希望修路 没有反映的都反映了路灯 10 不正常 正常情况下水压不足"""
)


WELL = [
    "家里没有矛盾",
    "家中暂无困难",
    "（无）",
    "【暂无】",
    "“无”。",
    "（未发现）",
    "～",
    "未见异常",
    "无邻里纠纷",
    "不存在矛盾纠纷",
    "无特殊情况",
    "家庭和睦",
    "不涉及",
    "否",
]


@pytest.mark.parametrize("text", [*NOTHING, *WELL, "", "  ", "没 有", "无\n"])
def test_nothing_was_raised(text: str) -> None:
    assert terms.is_none(text)


@pytest.mark.parametrize("text", SOMETHING)
def test_something_was_raised(text: str) -> None:
    assert not terms.is_none(text)


@pytest.mark.parametrize("text", ["无", "/", "—", "暂无", " ", "没有。", "0", "n/a", "（无）", "(无)。", "～", "「/」"])
def test_blank_in_any_column(text: str) -> None:
    assert terms.is_blank(text)


@pytest.mark.parametrize("text", ["正常", "否", "未反映", "?", "？", "…", "○", "x", "略", "（无", "(正常)", "（无房）"])
def test_not_blank_in_every_column(text: str) -> None:
    assert not terms.is_blank(text)


@given(st.text("无暂缺没有此项内容未填不空白01０〇/—（）。 \u3000\u200b*Na", max_size=12))
def test_what_is_seen_to_say_something_at_a_glance_is_no_blank(text: str) -> None:
    whole = terms.normalize(text).rstrip("。.!;；,，、")
    inside = whole[1:-1] if whole[:1] + whole[-1:] == "()" else whole
    assert terms.is_blank(text) == (
        not terms.normalize(text) or {terms.normalize(text), inside or whole} & terms.BLANKS != set()
    )


@pytest.mark.parametrize("text", ["未办结", "待定", "正在办理", "尚未回访。"])
def test_a_day_that_has_not_come(text: str) -> None:
    assert terms.is_not_yet(text)
    assert not terms.is_not_yet("未满意")


@pytest.mark.parametrize(
    "text",
    [
        "同上",
        "上同",
        "同前",
        "〃",
        "″",
        '"',
        "”",
        "“",
        "＂",
        '""',
        "同 上",
        "同上。",
        "〃〃",
        "（同上）",
        "(同 上)",
        "【同上】",
    ],
)
def test_the_cell_above(text: str) -> None:
    assert terms.is_ditto(text)


@pytest.mark.parametrize(
    "text", ["", "一", "—", "’", "同", "()", "（张三）", "同上述情况一样要求解决", "上", "''''''''''"]
)
def test_not_the_cell_above(text: str) -> None:
    assert not terms.is_ditto(text)


@pytest.mark.parametrize(
    "text", ["合计", "合 计", "小计：", "办公室小计", "合计12户", "共计：12户", "总计", "累计", "合计（户）"]
)
def test_a_row_of_totals(text: str) -> None:
    assert terms.is_total(text)


@pytest.mark.parametrize(
    "text", ["累计欠款三年", "合计欠款多少，要求还", "计划财务股", "三次上访，要求合计", "总", "合同纠纷"]
)
def test_not_a_row_of_totals(text: str) -> None:
    assert not terms.is_total(text)


@pytest.mark.parametrize(
    "text",
    [
        "例",
        "例：李明",
        "示例",
        "（例）",
        "例1",
        "例：2023-9-20",
        "示例：王某某",
        "填写示例",
        "例如：张三",
        "如：张三",
        "示例行",
    ],
)
def test_a_sample(text: str) -> None:
    assert terms.is_sample(text)


@pytest.mark.parametrize("text", ["例行检查", "例如", "示范村", "如无填“无”", "比例", "案例：甲", ""])
def test_not_a_sample(text: str) -> None:
    assert not terms.is_sample(text)


def test_labels_are_written_as_they_are_compared() -> None:
    for labels in terms.META_LABELS.values():
        assert all(terms.normalize(label) == label for label in labels)
    assert terms.normalize("汇总统计") in terms.OWN_SHEETS


def test_no_sentence_makes_the_vocabularies_slow() -> None:
    assert not terms.is_none("无矛盾纠纷" * 5 + "但")
    assert not terms.is_total("合计" + "户" * 30 + "x")
