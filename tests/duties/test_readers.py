"""Who is told of which alert, in a table; and figures that make a night wait."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from dazoufang.duties.night_figures import Figures, looks_wrong
from dazoufang.duties.readers import Reader, contacts, people, told
from dazoufang.rules.campaign import Rules

TODAY = date(2023, 10, 20)
HEADS = ("股室负责人", "独立副科级单位主要负责人")
CADRES = pd.DataFrame(
    [
        ("李明", "工会", "股室负责人", "li@x.cn", "王芳", None, None),
        ("张伟", "工会", "其他", "zhang@x.cn", "王芳", None, None),
        ("张伟", "督导室", "其他", "zhang2@x.cn", "赵刚", None, None),
        ("陈红", "督导室", "独立副科级单位主要负责人", "chen@x.cn", "赵刚", None, None),
        ("王芳", "局领导", "局领导班子成员", "wang@x.cn", None, None, None),
        ("王芳", "办公室", "股室负责人", "Wang@x.cn", None, None, None),
        ("赵刚", "局领导", "局领导班子成员", None, None, None, None),
        ("离任", "工会", "股室负责人", "gone@x.cn", "王芳", None, "2023-09-30"),
        ("未到", "工会", "股室负责人", "next@x.cn", "王芳", "2023-11-01", None),
    ],
    columns=["name", "unit", "role", "email", "leader", "since_on", "until_on"],
).astype({"since_on": "datetime64[s]", "until_on": "datetime64[s]"})


@pytest.mark.parametrize(
    ("unit", "person", "circles", "expected"),
    [
        ("工会", "张伟", "本人", ["zhang@x.cn"]),
        ("督导室", "张伟", "本人", ["zhang2@x.cn"]),  # of namesakes the one of the unit
        ("人事股", "张伟", "本人", ["zhang2@x.cn", "zhang@x.cn"]),
        ("工会", "张伟、李明", "本人", ["li@x.cn", "zhang@x.cn"]),
        ("工会", "张伟", "本人、股室负责人", ["li@x.cn", "zhang@x.cn"]),
        ("督导室", "", "股室负责人", ["chen@x.cn"]),
        ("工会", "张伟", "本人、股室负责人、分管领导", ["li@x.cn", "wang@x.cn", "zhang@x.cn"]),
        ("督导室", "", "股室负责人、分管领导", ["", "chen@x.cn"]),  # 赵刚 has no address: he is listed
        ("工会", "离任", "本人、股室负责人、分管领导", ["li@x.cn", "wang@x.cn"]),  # has left: the unit's
        ("督导室", "", "办公室", ["wang@x.cn"]),
        ("", "", "本人", ["", "chen@x.cn", "li@x.cn", "wang@x.cn", "zhang2@x.cn", "zhang@x.cn"]),  # everybody, once
    ],
)
def test_the_circles_of_an_alert_as_people(unit: str, person: str, circles: str, expected: list[str]) -> None:
    alert = pd.DataFrame([{"unit": unit, "person": person, "readers": circles}])
    found = told(alert, CADRES, HEADS, TODAY)
    assert sorted(reader.email for reader in found) == expected
    assert all(positions == [0] for positions in found.values())


@pytest.mark.parametrize(
    ("unit", "person", "expected"),
    [
        ("工会", "张伟", "张伟 13800000002"),
        ("督导室", "张伟", "张伟"),  # of namesakes the one of the unit, who has no number
        ("督导室", "张伟、陈红", "陈红 0730-4123456"),  # of several the first with a number
        ("督导室", "", "陈红 0730-4123456"),
        ("工会", "离任", "李明 13800000001"),  # has left: the unit's head
        ("财务股", "", ""),  # the roster has nobody of it
        ("", "", ""),  # everybody
    ],
)
def test_whom_to_telephone(unit: str, person: str, expected: str) -> None:
    numbers = {"李明": "13800000001", "张伟工会": "13800000002", "陈红": "0730-4123456"}
    phones = [
        numbers.get(row.name) or numbers.get(row.name + row.unit)
        for row in CADRES[["name", "unit"]].itertuples(index=False)
    ]
    assert contacts([("", ""), (unit, person)], CADRES.assign(phone=phones), HEADS, TODAY) == ["", expected]


def test_who_answers_for_a_unit_is_what_the_rules_say() -> None:
    alert = pd.DataFrame([{"unit": "督导室", "person": "", "readers": "股室负责人"}])
    assert told(alert, CADRES, ("股室负责人",), TODAY) == {}


def test_who_has_left_or_is_yet_to_come_is_nobody() -> None:
    assert Reader("离任", "工会", "gone@x.cn") not in people(CADRES, TODAY)
    assert Reader("离任", "工会", "gone@x.cn") in people(CADRES, date(2023, 9, 30))


NIGHT = Figures("2023-10-19", "2023-2", 100, 60, 200, {"工会": 20, "督导室": 19, "人事股": 61})


@pytest.mark.parametrize(
    ("tonight", "expected"),
    [
        (Figures("2023-10-20", "2023-2", 81, 60, 200, NIGHT.units), []),
        (Figures("2023-10-20", "2023-2", 80, 60, 200, NIGHT.units), ["走访户次从昨晚的100减到今晚的80，少了20户次"]),
        (Figures("2023-10-20", "2024-1", 0, 0, 200), []),  # a new round begins at nothing
        (Figures("2023-10-20", "2023-2", 100, 60, 200, {"人事股": 100}), ["工会昨晚有20户次走访，今晚一户次也没有了"]),
        (
            Figures("2023-10-20", "2023-2", 100, 120, 200, NIGHT.units),
            ["完成率从昨晚的30%（60/200）变到今晚的60%（120/200），一夜差30个百分点"],
        ),
        (Figures("2023-10-20", "2023-2", 100, 118, 200, NIGHT.units), []),
        (
            Figures("2023-10-20", "2023-2", 100, 79, 100, NIGHT.units),
            ["完成率从昨晚的30%（60/200）变到今晚的79%（79/100），一夜差49个百分点"],
        ),
    ],
)
def test_when_a_night_looks_wrong_by_the_rules_as_shipped(rules: Rules, tonight: Figures, expected: list[str]) -> None:
    assert list(looks_wrong(NIGHT, tonight, rules.campaign.mail.hold)) == expected


def test_a_first_night_and_a_small_home_never_look_wrong(rules: Rules) -> None:
    small = Figures("2023-10-19", "2023-2", 19, 1, 10, {"工会": 19})
    nothing = Figures("2023-10-20", "2023-2", 0, 10, 10)
    assert list(looks_wrong(None, nothing, rules.campaign.mail.hold)) == []
    assert list(looks_wrong(small, nothing, rules.campaign.mail.hold)) == []
    assert Figures.from_json(NIGHT.as_json()) == NIGHT and Figures.from_json("") is None
