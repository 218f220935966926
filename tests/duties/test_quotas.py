"""Who has visited how many households, and how many should have been."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any

import pandas as pd
import pytest

from dazoufang.duties.households import households
from dazoufang.duties.quotas import progress
from dazoufang.duties.rounds import current_round
from dazoufang.ledger import frames
from dazoufang.ledger.frames import Frames
from dazoufang.rules.campaign import Rules, load_rules

RULES = load_rules(Path(__file__).parents[2] / "schemas")
COLUMNS = frames.columns(RULES.schemas)
AUTUMN = date(2023, 10, 20)


def table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    common = {"submission_id": 1, "year": 2023, "round_no": 2}
    return frames.build([{**common, "row_no": n, "visit_id": n, **row} for n, row in enumerate(rows)], COLUMNS[name])


def record(visits: list[dict[str, Any]], cadres: list[dict[str, Any]]) -> Frames:
    empty = {name: table(name, []) for name in ("items", "assignments", "submissions")}
    return Frames(visits=table("visits", visits), cadres=table("cadres", cadres), **empty)


def visit(cadres: str, household: str, **more: Any) -> dict[str, Any]:
    return {"cadres": cadres, "household": household, "unit": "人事股", "target_kind": "其他", **more}


def cadre(name: str, unit: str = "人事股", **more: Any) -> dict[str, Any]:
    return {"name": name, "unit": unit, "role": "股室负责人", **more}


def done(visits: list[dict[str, Any]], cadres: list[dict[str, Any]], rules: Rules = RULES) -> dict[str, int]:
    found = progress(record(visits, cadres), rules, AUTUMN)
    return {f"{row.unit}/{row.cadre}": row.done for row in found.itertuples()}


def switched(**quota: Any) -> Rules:
    """The rules with other quota values."""
    changed = {name: getattr(RULES.campaign.quota, name).model_copy(update={"value": v}) for name, v in quota.items()}
    campaign = RULES.campaign.model_copy(update={"quota": RULES.campaign.quota.model_copy(update=changed)})
    return Rules(RULES.schemas, campaign, RULES.fingerprint, RULES.folder)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2022-06-01", (2023, "上半年")),
        ("2023-01-05", (2023, "上半年")),
        ("2023-03-12", (2023, "上半年")),
        ("2023-04-28", (2023, "上半年")),
        ("2023-07-01", (2023, "上半年")),
        ("2023-09-17", (2023, "上半年")),
        ("2023-09-18", (2023, "下半年")),
        ("2023-11-17", (2023, "下半年")),
        ("2023-12-31", (2023, "下半年")),
        ("2024-05-01", (2023, "下半年")),
    ],
)
def test_a_run_works_in_the_round_of_today_else_the_latest_begun_else_the_first(
    today: str, expected: tuple[int, str]
) -> None:
    year, one = current_round(RULES.campaign, date.fromisoformat(today))
    assert (year, one.name) == expected


# name, phone, township, village → which household
P1, P2, V1, V2 = "13800000001", "13800000002", "沙口村1组", "团结村2组"
T1, T2 = "章华镇", "禹山镇"


@pytest.mark.parametrize(
    ("case", "rows", "labels"),
    [
        ("same phone, another village", [("张三", P1, T1, V1), ("张三", P1, T1, V2)], [0, 0]),
        ("same village, another phone", [("张三", P1, T1, V1), ("张三", P2, T1, V1)], [0, 0]),
        ("another phone and another village", [("张三", P1, T1, V1), ("张三", P2, T1, V2)], [0, 1]),
        ("another name at the same place and phone", [("张三", P1, T1, V1), ("李四", P1, T1, V1)], [0, 1]),
        ("same village name in another township", [("张三", None, T1, V1), ("张三", None, T2, V1)], [0, 1]),
        ("township left out, one known", [("张三", None, None, V1), ("张三", None, T1, V1)], [0, 0]),
        (
            "township left out, two known",
            [("张三", None, T1, V1), ("张三", None, T2, V1), ("张三", None, None, V1)],
            [0, 1, 2],
        ),
        ("phone only, village only: nothing agrees", [("张三", P1, None, None), ("张三", None, T1, V1)], [0, 1]),
        ("a bare name joins", [("张三", P1, T1, V1), ("张三", None, None, None)], [0, 0]),
        ("a bare name first joins too", [("张三", None, None, None), ("张三", P1, T1, V1)], [0, 0]),
        (
            "a bare name never joins two others",
            [("张三", None, None, None), ("张三", P1, T1, V1), ("张三", P2, T2, V2)],
            [0, 0, 1],
        ),
        ("two bare names", [("张三", None, None, None), ("张三", None, None, None)], [0, 0]),
        ("township only, the same", [("张三", P1, T1, V1), ("张三", None, T1, None)], [0, 0]),
        ("township only, another", [("张三", P1, T1, V1), ("张三", None, T2, None)], [0, 1]),
        ("township only, none known there", [("张三", P1, None, None), ("张三", None, T2, None)], [0, 0]),
        ("township only and bare", [("张三", None, None, None), ("张三", None, T2, None)], [0, 0]),
        (
            "a bare name does not join two townships",
            [("张三", None, None, None), ("张三", None, T1, None), ("张三", None, T2, None)],
            [0, 0, 1],
        ),
        ("a chain", [("张三", P1, T1, V1), ("张三", P2, T2, V2), ("张三", P1, T2, V2)], [0, 0, 0]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_same_household_is_known_by_name_and_phone_or_place(
    case: str, rows: list[tuple[str | None, ...]], labels: list[int]
) -> None:
    keys = ("household", "phone", "township", "village")
    visits = table("visits", [dict(zip(keys, row, strict=True)) for row in rows])
    visits.index = pd.Index([7 + n for n in range(len(rows))])
    found = households(visits)
    assert found.tolist() == labels, case
    assert found.index.equals(visits.index)


def test_the_same_household_twice_in_a_round_counts_once() -> None:
    visits = [visit("李明", "张三", phone=P1), visit("李明", "张三", phone=P1), visit("李明", "李四", phone=P1)]
    assert done(visits, [cadre("李明")]) == {"人事股/李明": 2}


def test_a_bare_name_of_another_cadre_does_not_join_two_households_of_mine() -> None:
    visits = [
        visit("王芳", "张三"),
        visit("李明", "张三", phone=P1, village=V1),
        visit("李明", "张三", phone=P2, village=V2),
    ]
    assert done(visits, [cadre("李明"), cadre("王芳")]) == {"人事股/李明": 2, "人事股/王芳": 1}


def test_my_bare_name_is_my_household_and_not_that_of_another_cadre() -> None:
    visits = [visit("王芳", "张三", phone=P1), visit("李明", "张三", phone=P2), visit("李明", "张三")]
    assert done(visits, [cadre("李明"), cadre("王芳")]) == {"人事股/李明": 1, "人事股/王芳": 1}


def test_a_joint_visit_credits_every_named_cadre_or_when_switched_only_the_first() -> None:
    visits, cadres = [visit("李明、王芳", "张三"), visit("王芳", "李四")], [cadre("李明"), cadre("王芳")]
    assert done(visits, cadres) == {"人事股/李明": 1, "人事股/王芳": 2}
    assert done(visits, cadres, switched(joint_visit_credits_all=False)) == {"人事股/李明": 1, "人事股/王芳": 1}


def test_a_cadre_with_no_visit_shows_zero_and_one_not_on_the_roster_is_listed_last() -> None:
    found = progress(record([visit("外人", "张三", unit="体育股")], [cadre("李明"), cadre("王芳")]), RULES, AUTUMN)
    shown = found[["unit", "cadre", "listed", "due", "done", "left", "expected", "year_due"]].values.tolist()
    assert shown == [
        ["人事股", "李明", True, 10, 0, 10, 6, 20],
        ["人事股", "王芳", True, 10, 0, 10, 6, 20],
        ["体育股", "外人", False, 0, 1, 0, 0, 0],
    ]
    assert found["rate"].isna().tolist() == [False, False, True]
    assert found["role"].isna().tolist() == [False, False, True]


def test_without_a_roster_the_visiting_cadres_are_listed_by_unit() -> None:
    visits = [visit("钱", "张三", unit="乙股"), visit("赵", "张三", unit="甲股"), visit("孙", "张三", unit="乙股")]
    assert list(done(visits, [])) == ["乙股/孙", "乙股/钱", "甲股/赵"]


def test_equal_names_are_told_apart_by_unit_and_a_single_name_is_found_in_any_unit() -> None:
    cadres = [cadre("李明", "甲股"), cadre("李明", "乙股"), cadre("王芳", "甲股")]
    visits = [
        visit("李明", "张一", unit="甲股"),
        visit("李明", "张二", unit="乙股"),
        visit("李明", "张三", unit="乙股"),
        visit("李明", "张四", unit="丙股"),  # which one? neither
        visit("王芳", "张五", unit="丙股"),
    ]
    assert done(visits, cadres) == {"甲股/李明": 1, "乙股/李明": 2, "甲股/王芳": 1, "丙股/李明": 1}


# The spring round of 2023 has 35 working days (12 March a Sunday, 5 April off, 23 April made up), the autumn round 41.
@pytest.mark.parametrize(
    ("since", "until", "due", "year_due"),
    [
        (None, None, 10, 20),
        ("2023-09-18", None, 10, 11),  # 20 × 41 / 76
        ("2023-10-16", None, 7, 7),  # 25 of 41 days: 6.1; 20 × 25 / 76 = 6.6
        ("2023-11-17", None, 1, 1),
        ("2023-11-18", None, None, None),
        (None, "2023-09-17", None, None),
        (None, "2023-09-18", 1, 10),  # 20 × 36 / 76 = 9.5
        (None, "2023-10-13", 4, 14),  # 16 of 41 days: 3.9; 20 × 51 / 76 = 13.4
        ("2023-04-28", "2023-12-31", 10, 12),  # 20 × 42 / 76 = 11.05
        ("2023-10-02", "2023-10-06", 0, 0),  # all of it holidays
    ],
)
def test_who_comes_or_leaves_owes_by_the_working_days_held_rounded_up(
    since: str | None, until: str | None, due: int | None, year_due: int | None
) -> None:
    found = progress(record([], [cadre("李明", since_on=since, until_on=until)]), RULES, AUTUMN)
    assert found[["due", "year_due"]].values.tolist() == ([] if due is None else [[due, year_due]])


def test_a_leaver_and_his_successor_owe_the_round_between_them() -> None:
    cadres = [cadre("李明", until_on="2023-10-13"), cadre("王芳", since_on="2023-10-16")]
    found = progress(record([visit("李明", "张三")], cadres), RULES, AUTUMN)
    days = found[["since_on", "until_on"]].astype("object").fillna("").astype("str").values.tolist()
    assert days == [["", "2023-10-13 00:00:00"], ["2023-10-16 00:00:00", ""]]
    assert found[["cadre", "due", "expected", "left", "days_left"]].values.tolist() == [
        ["李明", 4, 4, 3, 0],
        ["王芳", 7, 2, 7, 20],  # 7 × 5 / 25
    ]
    assert found["per_day"].tolist() == [pd.NA, 1]


@pytest.mark.parametrize(
    ("case", "rows", "persons"),
    [
        ("two units, no telephone", [cadre("李明", "甲股"), cadre("李明", "乙股")], 2),
        ("two units, two telephones", [cadre("李明", "甲股", phone=P1), cadre("李明", "乙股", phone=P2)], 2),
        ("two units, one telephone", [cadre("李明", "甲股", phone=P1), cadre("李明", "乙股", phone=P1)], 1),
        ("one of two numbers", [cadre("李明", "甲股", phone=f"{P2}、{P1}"), cadre("李明", "乙股", phone=P1)], 1),
        ("one e-mail", [cadre("李明", "甲股", email="a@b.cn"), cadre("李明", "乙股", email="A@b.cn")], 1),
        ("another name with that telephone", [cadre("李明", "甲股", phone=P1), cadre("王芳", "乙股", phone=P1)], 2),
        (
            "a chain",
            [
                cadre("李明", "甲股", phone=P1),
                cadre("李明", "乙股", phone=P1, email="a@b.cn"),
                cadre("李明", "丙股", email="a@b.cn"),
            ],
            1,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_person_owes_once_however_many_posts_the_roster_gives(
    case: str, rows: list[dict[str, Any]], persons: int
) -> None:
    found = progress(record([], rows), RULES, AUTUMN)
    assert found["due"].tolist() == [10] * persons, case
    assert found["year_due"].tolist() == [20] * persons, case


def test_visits_under_either_post_are_of_the_one_person_and_a_household_counts_once() -> None:
    rows = [cadre("李明", "甲股", phone=P1), cadre("李明", "乙股", phone=P1)]
    visits = [
        visit("李明", "张一", unit="甲股"),
        visit("李明", "张二", unit="乙股"),
        visit("李明", "张二", unit="甲股"),
        visit("李明", "张三", unit="丙股"),
    ]
    found = progress(record(visits, rows), RULES, AUTUMN)
    assert found[["unit", "units", "cadre", "due", "done"]].values.tolist() == [["甲股", "甲股、乙股", "李明", 10, 3]]


def test_who_moves_within_the_round_owes_once_and_stands_where_he_is_today() -> None:
    rows = [
        cadre("李明", "甲股", phone=P1, until_on="2023-10-15"),
        cadre("李明", "乙股", phone=P1, since_on="2023-10-16"),
    ]
    for today, unit in ((date(2023, 10, 13), "甲股"), (AUTUMN, "乙股")):
        found = progress(record([], rows), RULES, today)
        assert found[["unit", "due", "year_due"]].values.tolist() == [[unit, 10, 20]]
        assert found["since_on"].isna().all() and found["until_on"].isna().all()


def test_a_visit_outside_the_term_credits_nobody() -> None:
    cadres = [cadre("李明", until_on="2023-10-13"), cadre("王芳")]
    visits = [
        visit("李明", "张一", visited_on="2023-10-13"),
        visit("李明、王芳", "张二", visited_on="2023-10-14"),
        visit("李明", "张三", visited_on="2023-10-16"),
    ]
    assert done(visits, cadres) == {"人事股/李明": 1, "人事股/王芳": 1}


def test_of_namesakes_the_one_in_office_on_the_day_has_the_visit_of_another_unit() -> None:
    cadres = [cadre("李明", "甲股", until_on="2023-10-13"), cadre("李明", "乙股", since_on="2023-10-14")]
    visits = [visit("李明", f"张{day}", unit="丙股", visited_on=f"2023-10-{day}") for day in (12, 13, 14, 15, 16)]
    assert done(visits, cadres) == {"甲股/李明": 2, "乙股/李明": 3}


# What the spring left undone is owed in autumn, where the record holds any spring at all.
@pytest.mark.parametrize(
    ("spring", "since", "owed", "carried"),
    [
        (0, None, 10, 0),  # the record holds no spring
        (6, None, 14, 4),
        (10, None, 10, 0),
        (13, None, 10, 0),
        (6, "2023-09-18", 10, 0),  # somebody else's spring: he was not in office
        (6, "2023-04-10", 10, 0),  # 16 of 35 days of the spring: 5 owed, 6 done
    ],
)
def test_last_rounds_debt_is_owed_in_the_last_round_and_named(
    spring: int, since: str | None, owed: int, carried: int
) -> None:
    visits = [visit("李明", f"户{n}", round_no=1) for n in range(spring)]
    found = progress(record(visits, [cadre("李明", since_on=since)]), RULES, AUTUMN).iloc[0]
    assert (found["due"], found["carried"], found["round_due"]) == (owed, carried, 10)
    assert found["left"] == owed and found["rate"] == 0


def test_between_the_rounds_no_debt_is_in_what_is_owed() -> None:
    visits = [visit("李明", "户", round_no=1)]
    found = progress(record(visits, [cadre("李明")]), RULES, date(2023, 9, 17)).iloc[0]
    assert (found["round_no"], found["due"], found["carried"], found["done"]) == (1, 10, 0, 1)


def test_what_was_done_in_the_first_phase_stands_beside_the_rounds() -> None:
    days = ["2023-10-08", "2023-09-18", "2023-09-28", "2023-09-29"]
    visits = [visit("李明", f"户{n}", visited_on=day) for n, day in enumerate(days)]
    visits.append(visit("李明", "户0", visited_on="2023-09-20"))  # the same household, earlier
    found = progress(record(visits, [cadre("李明")]), RULES, AUTUMN).iloc[0]
    assert (found["done"], found["early"]) == (4, 3)


def test_a_surplus_of_round_one_counts_for_the_year_and_not_for_round_two() -> None:
    spring = [visit("李明", f"户{n}", round_no=1) for n in range(13)]
    autumn = [visit("李明", f"户{n}", round_no=2) for n in range(8)]
    other = [visit("李明", f"外{n}", round_no=0) for n in range(4)]
    past = [visit("李明", f"旧{n}", year=2022) for n in range(4)]
    found = progress(record(spring + autumn + other + past, [cadre("李明")]), RULES, AUTUMN).iloc[0]
    assert (found["done"], found["due"], found["rate"], found["left"]) == (8, 10, 0.8, 2)
    assert (found["year_done"], found["year_due"]) == (21, 20)
    assert (found["year"], found["round_no"]) == (2023, 2)


def test_each_target_kind_has_its_own_count_in_the_order_of_the_schema() -> None:
    kinds = RULES.schemas["visit"].by_name["target_kind"].constraints.enum
    visits = [visit("李明", f"户{n}", target_kind=kinds[n % 3]) for n in range(7)]
    found = progress(record(visits, [cadre("李明")]), RULES, AUTUMN)
    assert tuple(found.columns[-len(kinds) :]) == kinds
    assert found[list(kinds)].iloc[0].tolist() == [3, 2, 2, 0, 0]


# Working days of the autumn round, counted on the wall calendar of 2023: 9 (18–28 September; 23/24 off), none on 29
# September–6 October, 7 and 8 October are made up, then 9–13, 16–20, … 13–17 November: 9 + 2 + 6 × 5 = 41.
@pytest.mark.parametrize(
    ("today", "expected", "days_left"),
    [
        ("2023-09-17", None, None),  # still the spring round
        ("2023-09-18", 1, 40),  # 10 × 1 / 41
        ("2023-09-22", 2, 36),  # 10 × 5 / 41 = 1.2
        ("2023-10-03", 3, 32),  # 10 × 9 / 41 = 2.2, the holidays pass nothing
        ("2023-10-08", 3, 30),  # 10 × 11 / 41 = 2.7
        ("2023-10-20", 6, 20),  # 10 × 21 / 41 = 5.1
        ("2023-11-17", 10, 0),
        ("2023-11-18", 10, 0),
        ("2023-12-15", 10, 0),
    ],
)
def test_what_is_expected_grows_with_the_working_days(today: str, expected: int | None, days_left: int | None) -> None:
    found = progress(record([visit("李明", "张三")], [cadre("李明")]), RULES, date.fromisoformat(today)).iloc[0]
    if expected is None:
        assert found["round_no"] == 1
        return
    assert (found["expected"], found["days_left"]) == (expected, days_left)
    if days_left:
        assert found["per_day"] == 1  # nine households, in whole ones
    elif today == "2023-11-17":
        assert found["per_day"] == 9  # all of them today
    else:
        assert pd.isna(found["per_day"])


def test_nothing_is_expected_before_the_first_round_begins() -> None:
    found = progress(record([], [cadre("李明")]), RULES, date(2023, 3, 1)).iloc[0]
    assert (found["round_no"], found["expected"], found["left"]) == (1, 0, 10)


def test_who_is_done_needs_no_more_per_day_even_after_the_round() -> None:
    visits = [visit("李明", f"户{n}") for n in range(11)]
    found = progress(record(visits, [cadre("李明")]), RULES, date(2023, 12, 1)).iloc[0]
    assert (found["left"], found["per_day"], found["rate"]) == (0, 0.0, 1.1)


def test_an_empty_record_gives_an_empty_frame_of_the_same_types() -> None:
    full = progress(record([visit("李明", "张三")], [cadre("李明")]), RULES, AUTUMN)
    empty = progress(record([], []), RULES, AUTUMN)
    assert len(empty) == 0
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()


def test_a_year_the_calendar_does_not_know_is_counted_by_weekends() -> None:
    block = RULES.campaign.years[0].model_dump()
    far = {
        **block,
        "year": 2099,
        "rounds": [],
        "review": {"name": "考核讲评", "first": date(2099, 12, 1), "last": date(2099, 12, 9)},
    }
    far["rounds"] = [
        {
            **one,
            "phases": [
                {**p, "first": p["first"].replace(year=2099), "last": p["last"].replace(year=2099)}
                for p in one["phases"]
            ],
        }
        for one in block["rounds"]
    ]
    years = (type(RULES.campaign.years[0]).model_validate(far),)
    rules = Rules(RULES.schemas, RULES.campaign.model_copy(update={"years": years}), "", RULES.folder)
    found = progress(record([], [cadre("李明")]), rules, date(2099, 10, 1)).iloc[0]
    # 18 September to 17 November 2099 has 43 weekdays: 10 up to 1 October, 33 after it.
    assert (found["expected"], found["days_left"]) == (3, 33)


def calls(function: Callable[[], object]) -> int:
    """How many Python functions are called while `function` runs."""
    counted = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal counted
        counted += event == "call"

    sys.setprofile(count)
    try:
        function()
    finally:
        sys.setprofile(None)
    return counted


def test_four_times_the_visits_are_at_most_four_times_the_work() -> None:
    def built(number: int) -> Frames:
        visits = [visit(f"干{n % 50}", f"户{n % 997}", phone=f"138{n % 3000:08d}") for n in range(number)]
        return record(visits, [cadre(f"干{n}") for n in range(50)])

    progress(built(1000), RULES, AUTUMN)  # what the first call loads is not counted
    few, many = built(1000), built(4000)
    assert calls(lambda: progress(many, RULES, AUTUMN)) <= 4 * calls(lambda: progress(few, RULES, AUTUMN))
    assert progress(few, RULES, AUTUMN)["done"].sum() == 1000
    assert progress(many, RULES, AUTUMN)["done"].sum() == 4000


def test_it_is_worked_out_once_for_the_same_frames_rules_and_day() -> None:
    frames = record([visit("李明", "张三")], [cadre("李明")])
    first = progress(frames, RULES, AUTUMN)
    assert progress(frames, RULES, AUTUMN) is first
    assert progress(frames, RULES, date(2023, 4, 20))["done"].tolist() == [0] and first["done"].tolist() == [1]
    assert progress(frames, replace(RULES), AUTUMN) is not first
