"""Closing needs two keys: every combination of what can be on file, judged by the plan's own sentences."""

from __future__ import annotations

from itertools import product

import pytest

from dazoufang.ledger.closing import HANDLED, ClosingState, state_from
from dazoufang.rules.campaign import Rules

KINDS = {"dispute": "已化解", "suggestion": "已办结"}
NATURES = {"dispute": ("",), "suggestion": ("意见建议", "政策咨询", "问题求助")}
COMPLEXITIES = ("", "简单", "复杂")
MODES = ("", "上门", "电话", "书面", "其他")
# (办结日期, 回访日期, 销号日期): every order of the three, each of them missing once.
DAYS = ("", "2023-10-08", "2023-10-10", "2023-10-12")
SATISFACTIONS = ("", "满意", "基本满意", "未评价", "不满意")


def expected(kind: str, values: dict[str, str]) -> tuple[str, str]:
    """(state, day of closing) by the sentences of the plan, said again in the plainest way."""
    resolved_on, follow_up_on = values["resolved_on"], values["follow_up_on"]
    # “不满意……重开”
    if values["satisfaction"] == "不满意":
        return "open", ""
    # “办结日期 with 化解情况”: the handler's word is one key
    if not (values["status"] == KINDS[kind] and resolved_on and values["outcome"]):
        return "open", ""
    # “and the follow-up the plan demands is on file, not before it”
    if not follow_up_on or follow_up_on < resolved_on:
        return "resolved", ""
    # “复杂 → 上门; 简单 → 电话 or 上门”; not filled counts as 简单 (局内设定)
    if kind == "dispute" and values["follow_up_mode"] not in (
        ["上门"] if values["complexity"] == "复杂" else ["上门", "电话"]
    ):
        return "resolved", ""
    # “it closes, on the claimed day or, unclaimed, the day of the later key”: never before both keys are there
    return "closed", max(values["closed_on"], follow_up_on)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("satisfaction", SATISFACTIONS)
@pytest.mark.parametrize("complexity", COMPLEXITIES)
def test_every_combination_of_what_is_on_file(rules: Rules, kind: str, satisfaction: str, complexity: str) -> None:
    closing, seen = rules.campaign.closing, set()
    combinations = product(NATURES[kind], MODES, DAYS, DAYS, DAYS, ("", "已和解"), ("正在办理", KINDS[kind]))
    for nature, mode, resolved_on, follow_up_on, closed_on, outcome, status in combinations:
        values = {
            "nature": nature, "complexity": complexity, "follow_up_mode": mode, "resolved_on": resolved_on,
            "follow_up_on": follow_up_on, "closed_on": closed_on, "outcome": outcome, "status": status,
            "satisfaction": satisfaction,
        }  # fmt: skip
        found = state_from(kind, values, closing)
        assert (found.state, found.closed_on) == expected(kind, values), values
        assert bool(found.need) == (found.state != "closed"), values
        assert not (found.state == "closed" and found.awaiting), values
        seen.add(found.state)
    assert seen == ({"open"} if satisfaction == "不满意" else {"open", "resolved", "closed"})


DONE = {
    "status": "已化解", "resolved_on": "2023-10-10", "outcome": "已和解", "follow_up_on": "2023-10-12",
    "follow_up_mode": "电话", "satisfaction": "满意",
}  # fmt: skip


@pytest.mark.parametrize("status", ["未启动", "正在化解", "稳控中", "移交转办", "正在办理", ""])
def test_only_the_word_resolved_is_the_first_key(rules: Rules, status: str) -> None:
    assert state_from("dispute", {**DONE, "status": status}, rules.campaign.closing).state == "open"


@pytest.mark.parametrize("status", sorted(HANDLED))
def test_each_word_for_resolved_is_the_first_key(rules: Rules, status: str) -> None:
    assert state_from("dispute", {**DONE, "status": status}, rules.campaign.closing) == ClosingState(
        "closed", "2023-10-12"
    )


def test_what_came_up_again_is_open_whatever_was_done_before(rules: Rules) -> None:
    found = state_from("dispute", DONE, rules.campaign.closing, voided_by="2023-10-15")
    assert (found.state, found.closed_on) == ("open", "")
    assert "2023年10月15日" in found.awaiting


@pytest.mark.parametrize(
    ("change", "kind", "awaiting", "need"),
    [
        ({"follow_up_on": ""}, "dispute", "缺回访日期", "回访日期和回访方式"),
        ({"follow_up_on": ""}, "suggestion", "缺回复日期", "回复日期和回复方式"),
        ({"resolved_on": "", "outcome": ""}, "dispute", "缺办结日期、化解情况", "办结日期、化解情况"),
        ({"outcome": ""}, "suggestion", "缺办理情况", "办理情况"),
        ({"complexity": "复杂"}, "dispute", "复杂事项须上门回访（现为“电话”）", "上门回访的日期和方式"),
        ({"follow_up_mode": ""}, "dispute", "简单事项须电话或上门回访（现未填方式）", "电话或上门回访的日期和方式"),
        ({"follow_up_on": "2023-10-09"}, "dispute", "回访（2023年10月9日）早于办结（2023年10月10日），需在办结之后回访", "办结之后的回访日期和回访方式"),
        ({"satisfaction": "不满意"}, "dispute", "群众不满意，需继续办理", "重新办理后的办结日期、化解情况和满意度"),
        ({"status": "正在化解"}, "dispute", "", "办结日期和化解情况，并把办理状态改为“已化解”"),
        ({"status": "正在办理"}, "suggestion", "", "办结日期和办理情况，并把办理状态改为“已办结”"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_in_words(
    rules: Rules, change: dict[str, str], kind: str, awaiting: str, need: str
) -> None:
    found = state_from(kind, {**DONE, "status": KINDS[kind], **change}, rules.campaign.closing)
    assert (found.awaiting, found.need) == (awaiting, need)


def test_the_bureau_may_hold_what_nobody_rated_for_complex(rules: Rules) -> None:
    strict = rules.campaign.closing.model_copy(
        update={
            "default_complexity": rules.campaign.closing.default_complexity.model_copy(update={"value": "复杂"}),
            "complex_follow_up": rules.campaign.closing.complex_follow_up.model_copy(
                update={"value": ("上门", "其他")}
            ),
        }
    )
    assert state_from("dispute", DONE, strict).state == "resolved"
    assert state_from("dispute", {**DONE, "follow_up_mode": "其他"}, strict).state == "closed"
