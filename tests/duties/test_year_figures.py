"""The year by unit and by person: rounds, first phase, what was missed and who was silent, worked out by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from dazoufang.duties import year_figures
from dazoufang.duties.year_figures import Done
from dazoufang.ledger import frames
from dazoufang.ledger.frames import Frames
from dazoufang.rules.campaign import load_rules
from dazoufang.system.home import shipped

RULES = load_rules(shipped("schemas"))
SPECS = frames.columns(RULES.schemas)
REVIEW = date(2023, 12, 5)  # in 考核讲评, both rounds over
HEAD, DEPUTY = "股室负责人", "局领导班子成员"
ROSTER = [
    {"name": "李明", "unit": "工会", "role": HEAD},
    {"name": "王芳", "unit": "工会", "role": HEAD},
    {"name": "赵六", "unit": "办公室", "role": HEAD},
    {"name": "钱七", "unit": "办公室", "role": DEPUTY, "since_on": "2023-10-16"},
    {"name": "孙八", "unit": "人事股", "role": HEAD},
]


def went(unit: str, cadre: str, day: str, households: range) -> list[dict[str, Any]]:
    """So many households of one cadre on one day; the same number is the same household."""
    round_no = 1 if day < "2023-09" else 2
    return [
        {
            "unit": unit, "cadres": cadre, "visited_on": day, "household": f"{cadre}访{n}", "phone": f"138{round_no}000{n:04d}",
            "village": f"{n}组", "target_kind": "其他", "year": 2023, "round_no": round_no,
        }
        for n in households
    ]  # fmt: skip


SPRING = [
    *went("工会", "李明", "2023-03-13", range(10)),
    *went("工会", "王芳", "2023-03-16", range(3)),  # the last day of 走访摸排
    *went("工会", "王芳", "2023-03-17", range(3, 7)),
    *went("办公室", "赵六", "2023-03-20", range(10)),
    *went("办公室", "赵六", "2023-04-03", range(1)),  # the first household again
]
AUTUMN = [
    *went("工会", "李明", "2023-09-20", range(12)),
    *went("工会", "王芳", "2023-09-20", range(10)),
    *went("工会", "外人", "2023-09-20", range(2)),
    *went("办公室", "钱七", "2023-10-18", range(7)),
    *went("人事股", "孙八", "2023-09-20", range(5)),
]


def record(visits: list[dict[str, Any]], roster: list[dict[str, Any]] = ROSTER) -> Frames:
    """The frames of these visits and this roster."""

    def built(name: str, rows: list[dict[str, Any]]) -> Any:
        common = {"submission_id": 1, "sheet": "Sheet1"}
        return frames.build(
            [{**common, "row_no": n + 4, "visit_id": n, **row} for n, row in enumerate(rows)], SPECS[name]
        )

    others = {name: built(name, []) for name in ("items", "assignments", "submissions")}
    return Frames(visits=built("visits", visits), cadres=built("cadres", roster), **others)


def lines(of: Frames, today: date = REVIEW) -> dict[str, Any]:
    """Cadre → where he stands, what he owed and did in each round, and in the year."""
    return {
        one.cadre: (one.unit, *one.rounds.values(), f"{one.done}/{one.due}")
        for one in year_figures.persons(of, RULES, today)
    }


def test_each_person_stands_with_his_rounds_and_his_year() -> None:
    """Round 2 has 41 working days, of which 钱七 held 25: 10 × 25 ÷ 41 is 7 households, of the year's 76 days 7 of 20."""
    assert lines(record(SPRING + AUTUMN)) == {
        "李明": ("工会", Done(10, 0, 10, 10, 0), Done(10, 0, 12, 12, 0), "22/20"),
        "王芳": ("工会", Done(10, 0, 7, 3, 3), Done(13, 3, 10, 10, 3), "17/20"),
        "外人": ("工会", Done(0, 0, 2, 2, 0), "2/0"),
        "赵六": ("办公室", Done(10, 0, 10, 0, 0), Done(10, 0, 0, 0, 10), "10/20"),
        "钱七": ("办公室", Done(7, 0, 7, 0, 0), "7/7"),
        "孙八": ("人事股", Done(10, 0, 0, 0, 10), Done(20, 10, 5, 5, 15), "5/20"),
    }


def test_units_are_the_sums_of_their_persons_and_say_who_missed_and_who_was_silent() -> None:
    of = record(SPRING + AUTUMN)
    union, office, staff = year_figures.units(year_figures.persons(of, RULES, REVIEW), of, RULES, REVIEW)
    assert (union.unit, union.cadres, union.done, union.due) == ("工会", 2, 41, 40)
    assert union.rounds == {1: Done(20, 0, 17, 13, 3), 2: Done(23, 3, 24, 24, 3)}
    assert (union.missed, union.none, union.silent) == ({1: 1, 2: 1}, {1: 0, 2: 0}, [])
    assert (office.unit, office.cadres, office.done, office.due) == ("办公室", 2, 17, 27)
    assert office.rounds == {1: Done(10, 0, 10, 0, 0), 2: Done(17, 0, 7, 0, 10)}
    assert (office.missed, office.none, office.silent) == ({2: 1}, {2: 1}, [])
    assert (staff.unit, staff.cadres, staff.done, staff.due) == ("人事股", 1, 5, 20)
    assert staff.rounds == {1: Done(10, 0, 0, 0, 10), 2: Done(20, 10, 5, 5, 15)}
    assert (staff.missed, staff.none, staff.silent) == ({1: 1, 2: 1}, {1: 1, 2: 0}, [1])


SPRING_LAPSES = [
    ("上半年", "人事股", "", 10, 0, 10),
    ("上半年", "工会", "王芳", 10, 7, 3),
    ("上半年", "人事股", "孙八", 10, 0, 10),
]
AUTUMN_LAPSES = [
    ("下半年", "工会", "王芳", 13, 10, 3),
    ("下半年", "办公室", "赵六", 10, 0, 10),
    ("下半年", "人事股", "孙八", 20, 5, 15),
]


@pytest.mark.parametrize(
    ("today", "wanted"),
    [
        ("2023-04-28", []),  # the round's last day is still the round's
        ("2023-04-29", SPRING_LAPSES),
        ("2023-11-17", SPRING_LAPSES),
        ("2023-11-18", SPRING_LAPSES + AUTUMN_LAPSES),
    ],
)
def test_what_a_round_left_undone_is_told_from_the_day_after_it_on(
    today: str, wanted: list[tuple[str, str, str, int, int, int]]
) -> None:
    day = date.fromisoformat(today)
    of = record(SPRING + AUTUMN if day.month > 9 else SPRING)
    everybody = year_figures.persons(of, RULES, day)
    found = year_figures.lapses(everybody, year_figures.units(everybody, of, RULES, day), RULES, day)
    assert [
        (one.round_.name, one.unit, one.cadre, one.owed.due, one.owed.done, one.owed.left) for one in found
    ] == wanted


def test_of_a_round_that_has_not_begun_nothing_is_told() -> None:
    found = lines(record(SPRING), date(2023, 5, 8))
    assert found["李明"] == ("工会", Done(10, 0, 10, 10, 0), "10/20")
    assert "钱七" not in found


def test_a_round_is_that_of_whoever_stood_there_then() -> None:
    posts = [
        {"name": "周九", "unit": "教育股", "role": HEAD, "phone": "13900000001", "until_on": "2023-06-30"},
        {"name": "周九", "unit": "办公室", "role": HEAD, "phone": "13900000001", "since_on": "2023-07-01"},
    ]
    visits = [*went("教育股", "周九", "2023-03-13", range(10)), *went("办公室", "周九", "2023-09-20", range(4))]
    of = record(visits, posts)
    (one,) = year_figures.persons(of, RULES, REVIEW)
    assert (one.unit, one.stood) == ("办公室", {1: "教育股", 2: "办公室"})
    school, office = year_figures.units([one], of, RULES, REVIEW)
    assert (school.unit, school.cadres, school.rounds, school.due) == ("教育股", 0, {1: Done(10, 0, 10, 10, 0)}, 0)
    assert (office.unit, office.cadres, office.rounds) == ("办公室", 1, {2: Done(10, 0, 4, 4, 6)})
    assert (office.done, office.due) == (14, 20)


def test_the_households_told_are_those_that_were_counted() -> None:
    found = year_figures.visited(record(SPRING + AUTUMN), RULES, REVIEW)
    counts = Counter((one.round_no, one.cadre) for one in found)
    assert counts == {
        (1, "李明"): 10, (1, "王芳"): 7, (1, "赵六"): 10,
        (2, "李明"): 12, (2, "王芳"): 10, (2, "外人"): 2, (2, "钱七"): 7, (2, "孙八"): 5,
    }  # fmt: skip
    assert Counter((one.round_no, one.cadre) for one in found if one.early) == {
        (1, "李明"): 10, (1, "王芳"): 3, (2, "李明"): 12, (2, "王芳"): 10, (2, "外人"): 2, (2, "孙八"): 5,
    }  # fmt: skip
    assert [one.row for one in found if one.cadre == "赵六"] == list(range(17, 27))  # not the one that came again
