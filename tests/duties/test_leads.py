"""线索: records too short, copied, impossible days, households visited too often, one telephone of two names."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from dazoufang.duties.leads import leads
from dazoufang.ledger import frames
from dazoufang.rules.campaign import load_rules
from dazoufang.system.home import shipped

RULES = load_rules(shipped("schemas"))
COLUMNS = frames.columns(RULES.schemas)["visits"]
LONG = "家庭四口人，种水稻六亩，子女在外务工"


def found(*rows: dict[str, Any]) -> list[tuple[str, str, str, int, str]]:
    """The leads of these visits: kind, units, cadres, visits, what was seen. What is not said is unremarkable."""
    common = {"submission_id": 1, "sheet": "走访登记", "year": 2023, "round_no": 2, "unit": "工会", "cadres": "李明"}
    built = [
        {
            **common, "row_no": n + 4, "visit_id": n, "household": f"户{n}", "visited_on": "2023-09-20",
            "family": f"{'一二三四五六七八九十甲乙丙丁戊己庚辛'[n % 18] * 14}", **row,
        }
        for n, row in enumerate(rows)
    ]  # fmt: skip
    table = leads(frames.build(built, COLUMNS), RULES.campaign.content)
    return list(table.drop(columns="places").itertuples(index=False, name=None))


def test_what_is_unremarkable_gives_no_lead() -> None:
    assert found() == []
    assert found(*({} for _ in range(15))) == []


def test_records_of_too_few_characters_are_one_lead_a_cadre() -> None:
    rows = (
        {"family": "四口人，务农。"},
        {"family": None},
        {"family": "四口人", "reply": "已当场答复，表示理解"},
        {"cadres": "王芳", "family": "好"},
    )
    assert found(*rows) == [
        ("记录过短", "工会", "李明", 2, "各栏记录合计不到10个字"),
        ("记录过短", "工会", "王芳", 1, "各栏记录合计不到10个字"),
    ]


def test_one_record_at_three_households_of_a_cadre_is_a_lead_and_at_two_is_none() -> None:
    assert found({"family": LONG}, {"family": LONG}) == []
    assert found({"family": LONG}, {"family": LONG + "。"}, {"family": LONG}) == [
        ("记录雷同", "工会", "李明", 3, "3户的记录相同：“家庭四口人种水稻六亩子女在外务工”"),
    ]


def test_a_record_with_a_character_changed_is_copied_too_and_one_told_otherwise_is_not() -> None:
    assert found({"family": LONG}, {"family": LONG.replace("四", "五")}, {"family": LONG.replace("四", "三")}) == [
        ("记录雷同", "工会", "李明", 3, "3户的记录只差几个字：“家庭四口人种水稻六亩子女在外务工”"),
    ]
    assert (
        found({"family": LONG}, {"family": "独居老人，由村里照料，身体尚可"}, {"family": "经营小卖部，年收入约五万元"})
        == []
    )


def test_a_record_that_cadres_of_one_unit_share_is_one_lead_and_of_two_units_none() -> None:
    assert found({"family": LONG}, {"family": LONG, "cadres": "王芳"}, {"family": LONG, "cadres": "王芳"}) == [
        ("记录雷同", "工会", "李明、王芳", 3, "几人共3户的记录相同：“家庭四口人种水稻六亩子女在外务工”"),
    ]
    assert found({"family": LONG}, {"family": LONG, "unit": "办公室"}, {"family": LONG, "unit": "人事股"}) == []


def test_a_short_record_told_again_is_not_copied() -> None:
    assert found(*({"family": "家庭四口人，种水稻六亩"} for _ in range(3))) == []
    assert [lead[0] for lead in found(*({"family": "四口人种水稻"} for _ in range(3)))] == ["记录过短"]


def test_more_than_fifteen_households_a_day_are_a_lead_of_each_who_went_and_fifteen_are_none() -> None:
    assert found(*({"cadres": "李明、王芳"} for _ in range(15))) == []
    assert found(*({"cadres": "李明、王芳"} for _ in range(16))) == [
        ("一天走访户数多", "工会", "李明", 16, "9月20日16户（一天多于15户）"),
        ("一天走访户数多", "工会", "王芳", 16, "9月20日16户（一天多于15户）"),
    ]


def test_two_townships_on_one_day_are_a_lead_and_on_two_days_are_none() -> None:
    assert found({"township": "章华镇"}, {"township": "东山镇", "visited_on": "2023-09-21"}, {}) == []
    assert found(
        {"township": "章华镇"}, {"township": "东山镇"}, {"township": "禹山镇", "visited_on": "2023-09-22"}
    ) == [
        ("一天走访几个乡镇", "工会", "李明", 2, "9月20日2个乡镇（一天多于1个乡镇）"),
    ]


def test_a_household_visited_three_times_in_a_round_is_a_lead_whoever_went() -> None:
    same = {"household": "张三", "phone": "13800000001"}
    twice = [{**same}, {**same, "visited_on": "2023-09-25", "cadres": "王芳"}]
    assert found(*twice) == []
    assert found(*twice, {**same, "visited_on": "2023-10-09", "unit": "办公室"}) == [
        (
            "同一户走访次数多", "工会、办公室", "李明、王芳", 3,
            "张三一轮被走访3次：9月20日李明、9月25日王芳、10月9日李明",
        ),
    ]  # fmt: skip
    namesakes = [
        {"household": "张三", "phone": f"1380000000{n}", "village": f"沙口村{n}组", "township": "章华镇"}
        for n in range(3)
    ]
    assert found(*namesakes) == []


def test_several_names_with_one_telephone_or_at_one_door_are_a_lead() -> None:
    phone, door = {"phone": "13800000001"}, {"township": "章华镇", "village": "沙口村5组12号"}
    rows = (
        {"household": "张三", **phone}, {"household": "李四", **phone}, {"household": "王五"},
        {"household": "赵六", **door}, {"household": "孙七", "cadres": "王芳", **door},
        {"household": "周八", "village": "沙口村5组"}, {"household": "吴九", "village": "沙口村5组"},  # a group is no door
    )  # fmt: skip
    assert [lead for lead in found(*rows) if "同一个" in lead[0]] == [
        ("同一个电话，几个户名", "工会", "李明", 2, "张三、李四填的是同一个电话（13800000001）"),
        ("同一个门牌，几个户名", "工会", "李明、王芳", 2, "赵六、孙七填的是同一个门牌（章华镇沙口村5组12号）"),
    ]


def test_a_household_of_one_name_is_no_lead_for_its_telephone() -> None:
    assert found({"household": "张三", "phone": "13800000001"}, {"household": "张三", "phone": "13800000001"}) == []


def test_thousands_of_visits_are_compared_a_cadre_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    from rapidfuzz import process

    cdist = process.cdist
    monkeypatch.setattr(
        process, "cdist", lambda texts, *more, **how: (sizes.append(len(texts)), cdist(texts, *more, **how))[1]
    )
    rows = [
        {"cadres": f"干部{n % 50}", "family": f"{LONG}{n // 50 % 5}号", "unit": f"单位{n % 50}"} for n in range(1000)
    ]
    assert pd.Series(found(*rows)).map(lambda lead: lead[0]).eq("记录雷同").sum() == 50
    assert sizes == [5] * 50
