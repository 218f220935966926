"""Many alerts of one cause to one unit are one, with their number and a list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from dazoufang.duties.alerts import COLUMNS, counts
from dazoufang.duties.grouped import grouped
from dazoufang.rules.campaign import load_rules

RULES = load_rules(Path(__file__).parents[2] / "schemas")


def alert(number: int, **more: Any) -> dict[str, Any]:
    return {
        "alert_id": f"未落实责任|{number}", "level": "逾期", "kind": "未落实责任", "unit": "人事股", "person": "",
        "item_no": f"23下矛000{number}", "subject": "张三：争执", "why": "汇总研判阶段10月15日结束",
        "since_on": "2023-09-22", "due_on": "2023-10-13", "workdays_left": -5, "action": "请落实责任单位", "readers": "股室负责人",
        **more,
    }  # fmt: skip


def table(*rows: dict[str, Any]) -> pd.DataFrame:
    made = pd.DataFrame(list(rows), columns=list(COLUMNS))
    for name in ("since_on", "due_on"):
        made[name] = pd.to_datetime(made[name].astype("object"))
    return made.astype(COLUMNS)


def test_three_of_one_kind_and_unit_are_one_and_two_stay_two() -> None:
    two = grouped(table(alert(1), alert(2), alert(3, unit="体育股")), RULES)
    assert two.alerts["alert_id"].tolist() == ["未落实责任|1", "未落实责任|2", "未落实责任|3"]
    assert two.alerts["number"].tolist() == [1, 1, 1] and two.listed.empty
    three = grouped(table(alert(1), alert(2), alert(3)), RULES)
    assert three.alerts["alert_id"].tolist() == ["未落实责任|人事股"]
    assert three.alerts["number"].tolist() == [3]
    assert three.alerts["subject"].tolist() == ["3件未落实责任，逐条见“未落实责任”表"]
    assert three.alerts[["why", "action"]].values.tolist() == [["汇总研判阶段10月15日结束", "请落实责任单位"]]
    assert three.listed["item_no"].tolist() == ["23下矛0001", "23下矛0002", "23下矛0003"]


def test_a_group_is_as_urgent_as_its_most_urgent_and_says_how_many_are_of_each_level() -> None:
    found = grouped(
        table(
            alert(
                1,
                level="严重逾期",
                workdays_left=-9,
                due_on="2023-10-07",
                readers="股室负责人、分管领导、办公室",
                why="当即",
            ),
            alert(2, person="李明", unit="体育股"),
            alert(3, action="请落实责任人"),
            alert(4, since_on="2023-09-20"),
        ),
        RULES,
    )
    assert found.alerts[["level", "unit", "number", "workdays_left", "readers"]].values.tolist() == [
        ["严重逾期", "人事股", 3, -9, "股室负责人、分管领导、办公室"],
        ["逾期", "体育股", 1, -5, "股室负责人"],
    ]
    group = found.alerts.iloc[0]
    assert group["subject"] == "3件未落实责任（严重逾期1、逾期2），逐条见“未落实责任”表"
    assert group["why"] == "最急的一件：当即"
    assert group["action"] == "逐条写在“未落实责任”表的“怎么办”里"
    assert (group["since_on"], group["due_on"]) == (pd.Timestamp("2023-09-20"), pd.Timestamp("2023-10-07"))
    assert counts(found.alerts) == {"严重逾期": 1, "逾期": 1, "预警": 0, "提醒": 0}


def test_about_a_group_one_telephones_whom_all_of_it_name_else_the_head() -> None:
    head = {"head": "王芳 13900000002"}
    alike = [alert(number, contact="李明 13800000001", **head) for number in (1, 2, 3)]
    assert grouped(table(*alike), RULES).alerts["contact"].tolist() == ["李明 13800000001"]
    several = [*alike[:2], alert(3, contact="孙丽 13700000003", **head)]
    assert grouped(table(*several), RULES).alerts["contact"].tolist() == ["王芳 13900000002"]


def test_the_persons_of_a_group_stand_by_name_while_they_are_few() -> None:
    names = ["李明", "王芳、赵强", "李明", "孙丽"]
    rows = [alert(n, person=name, kind="尚无走访") for n, name in enumerate(names)]
    assert grouped(table(*rows[:3]), RULES).alerts["person"].tolist() == ["李明、王芳、赵强"]
    found = grouped(table(*rows), RULES).alerts
    assert found["person"].tolist() == ["李明、王芳、赵强等4人"]
    assert found["subject"].tolist() == ["4人尚无走访，逐条见“尚无走访”表"]


def test_a_night_without_alerts_has_no_groups() -> None:
    found = grouped(table(), RULES)
    assert found.alerts.empty and found.listed.empty
    assert counts(found.alerts) == {"严重逾期": 0, "逾期": 0, "预警": 0, "提醒": 0}


def test_a_night_of_one_group_is_one_row_and_its_id_is_the_same_when_one_more_comes() -> None:
    three, four = (grouped(table(*map(alert, range(number))), RULES).alerts for number in (3, 4))
    assert three["alert_id"].tolist() == four["alert_id"].tolist() == ["未落实责任|人事股"]
    assert (three["number"].item(), four["number"].item()) == (3, 4)
