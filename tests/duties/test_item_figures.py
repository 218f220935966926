"""The items counted by state, age, kind and township, from frames made by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from dazoufang.duties.item_figures import ItemFigures, Town, overdue, overdue_of_units
from dazoufang.ledger.frames import Frames
from dazoufang.model.vocabularies import ItemKind
from dazoufang.rules.campaign import Rules

TODAY = date(2023, 10, 20)


def item(number: str, kind: str, state: str, **more: Any) -> dict[str, Any]:
    blank = {
        "year": 2023,
        "round_no": 2,
        "unit": "工会",
        "township": "章华镇",
        "category": "邻里关系",
        "visited_on": "2023-10-19",
    }
    return {"item_no": number, "kind": kind, "state": state, "reopened_on": None, "opened_on": None, **blank, **more}


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows))
    for name in ("reopened_on", "opened_on", "visited_on"):
        table[name] = pd.to_datetime(table[name]).astype("datetime64[s]")
    texts = ["item_no", "kind", "state", "unit", "township", "category"]
    return table.astype(dict.fromkeys(texts, "str"))


@pytest.fixture
def items() -> pd.DataFrame:
    return frame(
        item("23下矛0001", "dispute", "open"),
        item("23下矛0002", "dispute", "open", category="婚姻家庭", township="东山镇", visited_on="2023-10-12"),
        item("23下矛0003", "dispute", "resolved", category=None, township=None, visited_on="2023-09-20"),
        item("23下矛0004", "dispute", "closed", township="外镇"),
        item("23上矛0001", "dispute", "resolved", round_no=1, visited_on="2023-03-20", reopened_on="2023-10-01"),
        item("23上矛0002", "dispute", "closed", round_no=1),
        item("22下建0001", "suggestion", "open", year=2022, visited_on="2022-09-20"),
    )


def test_by_state_the_round_and_what_earlier_ones_left(items: pd.DataFrame, rules: Rules) -> None:
    found = ItemFigures(items, rules, TODAY).by_state()
    assert [tuple(one) for one in found] == [("dispute", 2, 1, 1, 0, 1), ("suggestion", 0, 0, 0, 1, 0)]


def test_by_age_from_the_day_it_was_raised_or_opened_again(items: pd.DataFrame, rules: Rules) -> None:
    """1, 8, 30, 19 and 395 days."""
    found = ItemFigures(items, rules, TODAY).by_age()
    assert [(one.name, one.open, one.resolved) for one in found] == [
        ("7天以内", 1, 0), ("8至14天", 1, 0), ("15至30天", 0, 2), ("31至60天", 0, 0), ("60天以上", 1, 0),
    ]  # fmt: skip


def test_the_last_day_of_a_group_of_ages_belongs_to_it(rules: Rules) -> None:
    days = [
        "2023-10-13",
        "2023-10-12",
        "2023-10-06",
        "2023-10-05",
        "2023-09-20",
        "2023-09-19",
        "2023-08-21",
        "2023-08-20",
    ]
    rows = [item(f"23下矛{n:04d}", "dispute", "open", visited_on=day) for n, day in enumerate(days)]
    assert [one.all for one in ItemFigures(frame(*rows), rules, TODAY).by_age()] == [1, 2, 2, 2, 1]


def test_by_category_the_most_frequent_first_and_the_unnamed_last(items: pd.DataFrame, rules: Rules) -> None:
    found = ItemFigures(items, rules, TODAY).by_category(ItemKind.DISPUTE)
    assert [tuple(one) for one in found] == [("邻里关系", 1, 0, 1), ("婚姻家庭", 1, 0, 0), ("（未注明）", 0, 1, 0)]


def test_every_township_of_the_rules_has_a_row_then_others_then_none(items: pd.DataFrame, rules: Rules) -> None:
    visits = pd.DataFrame({"township": ["章华镇", "章华镇", "东山镇"], "year": [2023] * 3, "round_no": [2, 1, 2]})
    frames = Frames(visits.astype({"township": "str"}), items, *(pd.DataFrame() for _ in range(3)))
    found = {town.name: town for town in ItemFigures(items, rules, TODAY).by_township(frames)}
    assert list(found) == [*rules.campaign.townships.names, "外镇", "（未注明）"]
    assert found["章华镇"] == Town("章华镇", 1, 1, 0, 1) and found["东山镇"] == Town("东山镇", 1, 1, 0, 1)
    assert found["外镇"] == Town("外镇", 0, 1, 0, 0) and found["（未注明）"] == Town("（未注明）", 0, 1, 0, 1)
    assert found["团洲乡"] == Town("团洲乡", 0, 0, 0, 0)


def test_an_item_with_two_late_alerts_is_one_overdue_item() -> None:
    alerts = [
        ("23下矛0001", "严重逾期"),
        ("23下矛0001", "逾期"),
        ("", "逾期"),
        ("23下矛0002", "预警"),
        ("23下矛0003", "逾期"),
    ]
    assert overdue(alerts, ("严重逾期", "逾期")) == 2


def test_an_item_that_two_units_owe_something_is_overdue_for_both_and_once_for_each() -> None:
    told = [
        ("工会", "1", "逾期"), ("工会", "1", "严重逾期"), ("人事股", "1", "逾期"), ("工会", "2", "预警"), ("工会", "", "逾期"),
    ]  # fmt: skip
    alerts = pd.DataFrame(told, columns=["unit", "item_no", "level"])
    assert overdue_of_units(alerts) == {"工会": 1, "人事股": 1}
