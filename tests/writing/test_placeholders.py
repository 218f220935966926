"""What is filled into the words around a template's table, and what is let be."""

from __future__ import annotations

import pytest

from dazoufang.writing.own_templates.placeholders import Change, UnknownField, asks, changed_runs, changes

KNOWN = {"reporting_unit": "甲局", "reported_on": "2023年10月20日"}


def said(text: str) -> str:
    return "".join(piece for _, piece in changed_runs([(b"", text)], changes(text, KNOWN, {"年": "2023"})))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("填报单位：", "填报单位：甲局"),
        ("填报单位（盖章）：＿＿＿＿＿＿", "填报单位（盖章）：甲局"),
        ("填 报 单 位:____", "填 报 单 位:甲局"),
        ("单位（盖章）：", "单位（盖章）：甲局"),
        ("填报单位：华容县教体局", "填报单位：华容县教体局"),
        ("单位：户、人", "单位：户、人"),
        ("填报时间：    年   月   日", "填报时间：2023年10月20日"),
        ("填报时间：2022年9月1日", "填报时间：2023年10月20日"),
        ("填表日期：2022.9.1", "填表日期：2023年10月20日"),
        ("截至  年  月  日", "截至2023年10月20日"),
        ("（截止：2022年12月31日）", "（截止：2023年10月20日）"),
        ("填报单位：              填报时间：  年  月  日", "填报单位：甲局          填报时间：2023年10月20日"),
        ("填报单位：＿＿＿＿填报时间：", "填报单位：甲局  填报时间：2023年10月20日"),
        ("填报单位：＿＿＿＿  填报时间：", "填报单位：甲局  填报时间：2023年10月20日"),
        ("填表人：        审核人：", "填表人：        审核人："),
        ("{{年}}年大走访", "2023年大走访"),
        ("每周五下班前报办公室", "每周五下班前报办公室"),
    ],
)
def test_blanks_behind_known_labels_are_filled(before: str, after: str) -> None:
    assert said(before) == after


def test_a_field_that_there_is_not_is_named() -> None:
    with pytest.raises(UnknownField, match="届次"):
        changes("{{届次}}", KNOWN, {"年": "2023"})


@pytest.mark.parametrize(
    ("text", "key"),
    [("填报单位", "reporting_unit"), ("报送单位（盖章）：", "reporting_unit"), ("填表日期", "reported_on"), ("填报单位：甲", ""), ("序号", "")],
)  # fmt: skip
def test_a_label_alone_asks_for_the_next_cell(text: str, key: str) -> None:
    assert asks(text) == key


def test_what_is_new_looks_as_what_it_replaces() -> None:
    runs = [(b"<bold/>", "填报单位："), (b"<line/>", "＿＿＿＿"), (b"", "（章）")]
    assert changed_runs(runs, [Change(5, 9, "甲局")]) == [
        (b"<bold/>", "填报单位："),
        (b"<line/>", "甲局"),
        (b"", "（章）"),
    ]
    parted = [(b"a", "{{"), (b"b", "年"), (b"a", "}}"), (b"b", "年度")]
    assert changed_runs(parted, [Change(0, 5, "2023")]) == [(b"a", "2023"), (b"b", ""), (b"a", ""), (b"b", "年度")]
    assert changed_runs([(b"a", "附件"), (b"b", "3")], [Change(3, 3, "（公示）")]) == [
        (b"a", "附件"),
        (b"b", "3（公示）"),
    ]
    assert changed_runs([(b"a", "附件3"), (b"b", "表")], [Change(3, 3, "（公示）")]) == [
        (b"a", "附件3（公示）"),
        (b"b", "表"),
    ]
