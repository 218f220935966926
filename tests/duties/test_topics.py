"""倾向性问题: a topic that several units bring up, or that rises; what one unit alone says is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dazoufang.duties.topics import tendencies
from dazoufang.ledger import frames
from dazoufang.ledger.frames import Frames
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.rules.topics import Topics
from dazoufang.system.home import shipped

RULES = load_rules(shipped("schemas"))
COLUMNS = frames.columns(RULES.schemas)
TODAY = date(2023, 10, 20)
UNITS = ("工会", "办公室", "人事股", "督导室", "审计股", "基础教育股")


def found(
    *items: dict[str, Any], rules: Rules = RULES, today: date = TODAY
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The tendencies (topic, cases, units, before, why) and their cases (topic, number, words)."""
    common = {"kind": "suggestion", "state": "open", "submission_id": 1, "year": 2023, "round_no": 2}
    rows = [{**common, "row_no": n, "item_no": f"{n:04d}", **item} for n, item in enumerate(items, 1)]
    empty = {name: frames.build([], COLUMNS[name]) for name in ("visits", "cadres", "assignments", "submissions")}
    table, cases = tendencies(Frames(items=frames.build(rows, COLUMNS["items"]), **empty), rules, today)
    listed = table[["topic", "cases", "units", "before", "why"]].astype("object")
    return (
        list(listed.where(listed.notna(), None).itertuples(index=False, name=None)),
        list(cases[["topic", "item_no", "words"]].itertuples(index=False, name=None)),
    )


def planted(units: tuple[str, ...], matter: str = "建议给{n}组装路灯", **more: Any) -> list[dict[str, Any]]:
    return [{"unit": unit, "matter": matter.format(n=n), **more} for n, unit in enumerate(units, 1)]


OTHERS = [{"unit": unit, "matter": f"其他事情{unit}"} for unit in UNITS]


def test_a_topic_planted_in_four_of_six_units_is_found_with_the_words_that_made_it() -> None:
    table, cases = found(*OTHERS, *planted(UNITS[:4]))
    assert table == [("道路与路灯", 4, 4, None, "4个单位反映")]
    assert cases == [("道路与路灯", f"{n:04d}", "路灯") for n in (7, 8, 9, 10)]


def test_a_topic_of_a_single_unit_is_none_however_often_it_is_brought_up() -> None:
    assert found(*OTHERS, *planted(UNITS[:1] * 9)) == ([], [])
    assert found(*OTHERS, *planted(UNITS[:1] * 9), *planted(("工会",), "路灯", round_no=1)) == ([], [])


@pytest.mark.parametrize(("units", "count"), [(2, 0), (3, 1)])
def test_three_units_make_a_tendency_as_shipped(units: int, count: int) -> None:
    assert len(found(*planted(UNITS[:units]))[0]) == count


def own(**values: Any) -> Rules:
    """The rules with these thresholds or topics."""
    plain = RULES.topics.model_dump()
    for key, value in values.items():
        plain[key] = value if key == "topics" else {"value": value, "source": "局内设定"}
    return replace(RULES, topics=Topics.model_validate(plain))


def test_the_number_of_units_is_the_offices_to_set() -> None:
    assert len(found(*planted(UNITS[:2]), rules=own(units=2))[0]) == 1
    assert found(*planted(UNITS[:4]), rules=own(units=5))[0] == []


BEFORE = planted(UNITS[:2], round_no=1)


@pytest.mark.parametrize(
    ("now", "before", "why"),
    [
        (5, 2, "比上一轮多3件"),
        (4, 2, ""),  # two more
        (9, 6, "比上一轮多3件"),
        (10, 7, ""),  # less than half as many again
        (3, 0, "比上一轮多3件"),
        (2, 6, ""),
    ],
)
def test_what_two_units_bring_up_is_a_tendency_where_it_rises_against_the_round_before(
    now: int, before: int, why: str
) -> None:
    items = [
        *planted((UNITS[:2] * 9)[:now]),
        *planted((UNITS[:2] * 9)[:before], round_no=1),
        {"unit": "工会", "matter": "别的", "round_no": 1},
    ]
    assert [row[-1] for row in found(*items)[0]] == [why] * bool(why)


def test_both_reasons_are_said_and_the_round_before_is_counted() -> None:
    table, _ = found(*planted(UNITS[:5]), *planted(UNITS[:2], round_no=1))
    assert table == [("道路与路灯", 5, 5, 2, "5个单位反映，比上一轮多3件")]


def test_where_nothing_was_collected_before_nothing_rises() -> None:
    assert found(*planted(UNITS[:2] * 4)) == ([], [])


def test_the_round_before_the_first_of_the_rules_is_none_and_a_later_round_is_not_looked_at() -> None:
    spring = planted(UNITS[:3], round_no=1)
    assert found(*spring, *planted(UNITS[:6]), today=date(2023, 4, 1))[0] == [("道路与路灯", 3, 3, None, "3个单位反映")]


def test_a_matter_of_two_topics_stands_in_both_and_a_word_inside_another_is_not_said() -> None:
    _, cases = found(*planted(UNITS[:3], "门前排水沟{n}堵了，路灯不亮"))
    assert cases == [
        ("排水沟渠与灌溉", "0001", "排水沟"), ("排水沟渠与灌溉", "0002", "排水沟"), ("排水沟渠与灌溉", "0003", "排水沟"),
        ("道路与路灯", "0001", "路灯"), ("道路与路灯", "0002", "路灯"), ("道路与路灯", "0003", "路灯"),
    ]  # fmt: skip


def test_a_word_is_found_across_a_line_break() -> None:
    assert len(found(*planted(UNITS[:3], "建议装路\n灯{n}盏"))[1]) == 3


def test_what_most_units_bring_up_comes_first() -> None:
    table, _ = found(*planted(UNITS[:3] * 3), *planted(UNITS[:4], "拖欠工资{n}千元"))
    assert [row[:3] for row in table] == [("拖欠工资与欠款", 4, 4), ("道路与路灯", 9, 3)]


def test_an_office_without_topics_has_no_tendencies() -> None:
    assert found(*planted(UNITS), rules=own(topics=[])) == ([], [])


def test_no_items_no_tendencies() -> None:
    assert found() == ([], [])
