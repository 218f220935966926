"""Figures by unit and office, who came and left, and what was assigned beside what was done."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from dazoufang.duties.unit_figures import assigned, by_office, by_unit, comings_and_goings
from dazoufang.ledger import frames
from dazoufang.ledger.frames import Frames
from dazoufang.rules.campaign import load_rules

RULES = load_rules(Path(__file__).parents[2] / "schemas")
COLUMNS = frames.columns(RULES.schemas)
AUTUMN = date(2023, 10, 20)


def record(**rows: list[dict[str, Any]]) -> Frames:
    common = {"submission_id": 1, "year": 2023, "round_no": 2}
    made = {
        name: frames.build(
            [{**common, "row_no": n, "visit_id": n, **row} for n, row in enumerate(rows.get(name, []))], COLUMNS[name]
        )
        for name in ("visits", "items", "cadres", "assignments", "submissions")
    }
    return Frames(**made)


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


def shown(table: pd.DataFrame, *names: str) -> list[list[Any]]:
    return table[list(names)].astype("object").where(table[list(names)].notna(), None).values.tolist()


def test_each_unit_stands_with_its_sums_and_the_whole_last() -> None:
    made = record(
        cadres=[cadre("李明", "乙股"), cadre("王芳", "甲股"), cadre("赵强", "乙股")],
        visits=[visit("李明", f"户{n}", "2023-10-12" if n else "2023-09-20", unit="乙股") for n in range(4)],
    )
    found = by_unit(made, RULES, AUTUMN)
    names = ("unit", "cadres", "due", "early", "done", "expected", "left", "days_left")
    assert shown(found, *names) == [
        ["乙股", 2, 20, 1, 4, 12, 16, 20],
        ["甲股", 1, 10, 0, 0, 6, 10, 20],
        ["", 3, 30, 1, 4, 18, 26, 20],
    ]
    assert found["rate"].tolist()[:2] == [0.2, 0] and found["early_rate"].tolist()[:2] == [0.05, 0]
    assert by_unit(record(), RULES, AUTUMN).empty


def test_each_office_has_the_visits_and_items_of_its_kinds() -> None:
    made = record(
        visits=[
            visit("李明", "张一", responsible_office="办公室", target_kind="人大代表"),
            visit("李明", "张二", "2023-10-12", responsible_office="办公室"),
        ],
        items=[
            {"item_no": "1", "kind": "dispute", "state": "open", "visit_id": 0},
            {"item_no": "2", "kind": "suggestion", "state": "closed", "visit_id": None, "identity": "联点乡镇群众"},
        ],
    )
    assert by_office(made, RULES, AUTUMN).values.tolist() == [
        ["教育事务中心", 0, 0, 0, 0, 1, 0],
        ["办公室", 2, 1, 1, 1, 0, 0],
        ["法制安全股", 0, 0, 0, 0, 0, 0],
    ]


def test_who_came_and_who_left_this_year_is_shown_with_what_he_owes() -> None:
    made = record(
        cadres=[
            cadre("李明", until_on="2023-10-13"),
            cadre("王芳", since_on="2023-10-16"),
            cadre("孙丽", since_on="2022-01-01"),
            cadre("周杰", until_on="2023-06-30", phone="1"),
            cadre("周杰", "体育股", since_on="2023-07-01", phone="1"),
        ]
    )
    assert shown(comings_and_goings(made, RULES, AUTUMN), "unit", "cadre", "due", "done", "units") == [
        ["人事股", "李明", 4, 0, "人事股"],
        ["人事股", "王芳", 7, 0, "人事股"],
        ["人事股", "周杰", 10, 0, "体育股"],
        ["体育股", "周杰", 10, 0, "体育股"],
    ]


def test_assignments_and_visits_are_held_against_each_other() -> None:
    plan = {"round_name": "下半年", "cadres": "李明"}
    made = record(
        assignments=[
            {**plan, "household": "张一", "phone": "13800000001"},
            {**plan, "household": "张二", "village": "甲村"},
            {**plan, "household": "张三", "phone": "13800000003"},
            {**plan, "household": "张四", "round_name": "上半年"},
        ],
        visits=[
            visit("李明、王芳", "张一", phone="13800000001"),
            visit("王芳", "张三", phone="13800000003"),
            visit("王芳", "张五"),
            visit("王芳", "张五", "2023-09-25"),
        ],
    )
    assert shown(assigned(made, RULES, AUTUMN), "case", "cadre", "household", "by") == [
        ["分解了还没有走访", "李明", "张二", None],
        ["走访了，不是分解给他的", "李明", "张三", "王芳"],
        ["走访了没有分解", "王芳", "张五", None],
    ]
    assert assigned(record(visits=[visit("王芳", "张五")]), RULES, AUTUMN).empty
