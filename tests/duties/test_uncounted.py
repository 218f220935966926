"""Visits that did not count, each with its reason; and households visited twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dazoufang.duties.alerts import alerts
from dazoufang.duties.uncounted import repeated, uncounted
from dazoufang.ledger import frames
from dazoufang.ledger.frames import Frames
from dazoufang.rules.campaign import Rules, load_rules

RULES = load_rules(Path(__file__).parents[2] / "schemas")
COLUMNS = frames.columns(RULES.schemas)
AUTUMN = date(2023, 10, 20)
P1, P2 = "13800000001", "13800000002"


def table(name: str, rows: list[dict[str, Any]]) -> Any:
    common = {"submission_id": 3, "sheet": "登记", "year": 2023, "round_no": 2}
    return frames.build([{**common, "row_no": n, "visit_id": n, **row} for n, row in enumerate(rows, 5)], COLUMNS[name])


def record(visits: list[dict[str, Any]], *cadres: dict[str, Any]) -> Frames:
    empty = {name: table(name, []) for name in ("items", "assignments", "submissions")}
    return Frames(visits=table("visits", visits), cadres=table("cadres", list(cadres)), **empty)


def visit(cadres: str, household: str, day: str = "2023-09-20", **more: Any) -> dict[str, Any]:
    return {
        "cadres": cadres,
        "household": household,
        "visited_on": day,
        "unit": "人事股",
        "target_kind": "其他",
        **more,
    }


def cadre(name: str, unit: str = "人事股", **more: Any) -> dict[str, Any]:
    return {"name": name, "unit": unit, "role": "股室负责人", **more}


def reasons(visits: list[dict[str, Any]], *cadres: dict[str, Any], rules: Rules = RULES) -> list[list[Any]]:
    found = uncounted(record(visits, *cadres), rules, AUTUMN)
    return found[["cadre", "household", "reason", "row_no"]].values.tolist()


def test_each_visit_that_does_not_count_says_why_and_where_it_stands() -> None:
    visits = [
        visit("李明", "张一"),
        visit("李明", "张二", "2023-07-01", round_no=0),
        visit("李明", "张一", "2023-09-25"),
        visit("王芳", "张三", "2023-10-17"),
        visit("外人", "张四"),
        visit("赵强", "张五", unit="丙股"),
    ]
    cadres = [cadre("李明"), cadre("王芳", until_on="2023-10-13"), cadre("赵强", "甲股"), cadre("赵强", "乙股")]
    assert reasons(visits, *cadres) == [
        ["赵强", "张五", "同名分不清", 10],
        ["外人", "张四", "不在花名册", 9],
        ["李明", "张二", "不在两轮之内", 6],
        ["李明", "张一", "重复走访", 7],
        ["王芳", "张三", "不在任职期", 8],
    ]
    found = uncounted(record(visits, *cadres), RULES, AUTUMN)
    assert found.loc[found["reason"] == "重复走访", "why"].tolist() == ["同一户本轮已计入9月20日的走访，一轮只计一户"]
    assert found[["submission_id", "sheet"]].drop_duplicates().values.tolist() == [[3, "登记"]]


def test_of_two_visits_to_a_household_the_earlier_counts_whichever_came_first() -> None:
    assert reasons([visit("李明", "张一", "2023-09-25"), visit("李明", "张一", "2023-09-20")], cadre("李明")) == [
        ["李明", "张一", "重复走访", 5]
    ]


def test_a_joint_visit_that_is_the_second_of_one_cadre_alone_is_told_of_him() -> None:
    visits = [visit("李明", "张一"), visit("李明、王芳", "张一", "2023-09-25")]
    assert reasons(visits, cadre("李明"), cadre("王芳")) == [["李明", "张一", "重复走访", 6]]


def test_where_joint_visits_credit_the_first_the_others_are_told() -> None:
    quota = RULES.campaign.quota
    switched = quota.model_copy(
        update={"joint_visit_credits_all": quota.joint_visit_credits_all.model_copy(update={"value": False})}
    )
    rules = Rules(RULES.schemas, RULES.campaign.model_copy(update={"quota": switched}), "", RULES.folder)
    found = reasons([visit("李明、王芳", "张一")], cadre("李明"), cadre("王芳"), rules=rules)
    assert found == [["王芳", "张一", "联合走访", 5]]


def test_without_a_roster_every_visit_in_a_round_counts() -> None:
    assert reasons([visit("李明", "张一"), visit("李明", "张二")]) == []


@pytest.mark.parametrize(
    ("case", "visits", "told"),
    [
        ("the same telephone", [visit("李明", "张一", phone=P1), visit("王芳", "张一", phone=P1)], ["张一", "张一"]),
        ("another telephone", [visit("李明", "张一", phone=P1), visit("王芳", "张一", phone=P2)], []),
        (
            "the same place",
            [visit("李明", "张一", village="甲村"), visit("王芳", "张一", village="甲村")],
            ["张一", "张一"],
        ),
        ("one cadre, bare names", [visit("李明", "张一"), visit("李明", "张一", "2023-09-25")], ["张一", "张一"]),
        ("two cadres, bare names", [visit("李明", "张一"), visit("王芳", "张一")], []),
        ("two units", [visit("李明", "张一", phone=P1), visit("王芳", "张一", phone=P1, unit="体育股")], []),
        ("two rounds", [visit("李明", "张一", phone=P1), visit("李明", "张一", phone=P1, round_no=1)], []),
        ("one joint visit", [visit("李明、王芳", "张一", phone=P1)], []),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_household_visited_twice_in_a_round_is_told_to_the_unit(
    case: str, visits: list[dict[str, Any]], told: list[str]
) -> None:
    made = record(visits, cadre("李明"), cadre("王芳"))
    assert repeated(made, RULES, AUTUMN)["household"].tolist() == told, case
    found = alerts(made, RULES, AUTUMN)
    found = found[found["kind"] == "重复走访"]
    assert found[["level", "unit", "subject"]].values.tolist() == (
        [["提醒", "人事股", "人事股下半年有1户走访了不止一次"]] if told else []
    )
    assert "重复走访" not in set(alerts(made, RULES, date(2023, 11, 18))["kind"])


def test_two_names_at_one_telephone_or_door_are_two_households() -> None:
    visits = [
        visit("李明", "张一", phone=P1, village="甲村5组"),
        visit("王芳", "李四", phone=P1, village="甲村6组"),
        visit("李明", "张二", phone=P2, village="甲村5组12号", township="章华镇"),
        visit("李明", "王五", village="甲村5组12号", township="章华镇"),
    ]
    assert reasons(visits, cadre("李明"), cadre("王芳")) == []
