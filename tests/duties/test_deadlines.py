"""When each item falls due, and why."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dazoufang.duties.deadlines import DEADLINES, due
from dazoufang.ledger import frames
from dazoufang.rules.campaign import Rules, load_rules

RULES = load_rules(Path(__file__).parents[2] / "schemas")
COLUMNS = frames.columns(RULES.schemas)
TODAY = date(2023, 10, 20)
# The State Council's days for 2023 that differ from the week, by hand: holidays on weekdays, made-up weekend days.
HOLIDAYS = {
    *(date(2023, 1, 2) + timedelta(n) for n in range(1)),
    *(date(2023, 1, 23) + timedelta(n) for n in range(5)),
    date(2023, 4, 5),
    *(date(2023, 5, 1) + timedelta(n) for n in range(3)),
    *(date(2023, 6, 22) + timedelta(n) for n in range(2)),
    date(2023, 9, 29),
    *(date(2023, 10, 2) + timedelta(n) for n in range(5)),
}
MADE_UP = {date(2023, *day) for day in ((1, 28), (1, 29), (4, 23), (5, 6), (6, 25), (10, 7), (10, 8))}


def worked(day: date) -> bool:
    return day in MADE_UP or (day.weekday() < 5 and day not in HOLIDAYS)


def later(day: date, n: int) -> date:
    """The n-th working day after `day`, one day at a time."""
    while n:
        day += timedelta(1)
        n -= worked(day)
    return day


def settled(day: date) -> date:
    while not worked(day):
        day -= timedelta(1)
    return day


def item(**more: Any) -> dict[str, Any]:
    return {
        "item_no": "23下矛0001",
        "kind": "dispute",
        "state": "open",
        "status": "正在化解",
        "year": 2023,
        "round_no": 2,
        "submission_id": 1,
        "row_no": 1,
        "visited_on": "2023-09-20",
        "opened_on": "2023-09-22",
        "updated_on": "2023-09-22",
        "responsible_unit": "人事股",
        "responsible_person": "李明",
        **more,
    }


def find(rules: Rules = RULES, today: date = TODAY, **more: Any) -> dict[str, tuple[str, str]]:
    """name → (day, reason) of the deadlines that apply."""
    row = due(frames.build([item(**more)], COLUMNS["items"]), rules, today).iloc[0]
    for name in DEADLINES:
        assert pd.isna(row[name]) == pd.isna(row[f"{name}_why"])
    return {name: (str(row[name].date()), row[f"{name}_why"]) for name in DEADLINES if not pd.isna(row[name])}


def with_deadlines(**values: Any) -> Rules:
    old = RULES.campaign.deadlines
    changed = {name: getattr(old, name).model_copy(update={"value": value}) for name, value in values.items()}
    campaign = RULES.campaign.model_copy(update={"deadlines": old.model_copy(update=changed)})
    return Rules(RULES.schemas, campaign, "", RULES.folder)


NOBODY = {"responsible_unit": None, "responsible_person": None}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, None),
        (NOBODY, ("2023-10-13", "汇总研判阶段10月15日结束（逢休息日提前到10月13日）")),
        ({"responsible_unit": None}, ("2023-10-13", "汇总研判阶段10月15日结束（逢休息日提前到10月13日）")),
        ({"responsible_person": None}, ("2023-10-13", "汇总研判阶段10月15日结束（逢休息日提前到10月13日）")),
        (NOBODY | {"state": "resolved"}, None),
        (NOBODY | {"state": "closed"}, None),
        (NOBODY | {"round_no": 1, "visited_on": "2023-03-14"}, ("2023-03-27", "汇总研判阶段3月27日结束")),
        # after the phase: three working days from when it became known
        (
            NOBODY | {"visited_on": "2023-10-16", "opened_on": "2023-10-21"},
            ("2023-10-25", "汇总研判阶段10月15日结束，之后的从10月21日登记起3个工作日内落实"),
        ),
        # on the last day of the phase, though it is a Sunday, it is not yet after it
        (
            NOBODY | {"visited_on": "2023-10-15", "opened_on": "2023-10-16"},
            ("2023-10-13", "汇总研判阶段10月15日结束（逢休息日提前到10月13日）"),
        ),
        (NOBODY | {"risk": "涉稳风险"}, ("2023-09-22", "涉稳风险事项须当即落实责任人（9月22日登记）")),
        (NOBODY | {"status": "稳控中"}, ("2023-09-22", "稳控中事项须当即落实责任人（9月22日登记）")),
        ({"risk": "涉稳风险"}, None),
        (
            {"risk": "涉稳风险", "responsible_unit": None},
            ("2023-10-13", "汇总研判阶段10月15日结束（逢休息日提前到10月13日）"),
        ),
        (
            {"risk": "一般", "responsible_person": None},
            ("2023-10-13", "汇总研判阶段10月15日结束（逢休息日提前到10月13日）"),
        ),
    ],
)
def test_an_owner_is_due_by_the_end_of_the_assessment_phase(
    more: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    assert find(**more).get("owner_due_on") == expected


def test_until_a_responsible_unit_is_named_its_office_stands_for_it_and_the_reason_says_so() -> None:
    end = "汇总研判阶段10月15日结束（逢休息日提前到10月13日）"
    office = {"responsible_office": "教育事务中心"}
    assert find(**NOBODY | office)["owner_due_on"] == ("2023-10-13", f"{end}；落实责任单位以前由教育事务中心负责")
    assert find(**office | {"responsible_person": None})["owner_due_on"] == ("2023-10-13", end)
    later_on = NOBODY | office | {"year": 2099, "round_no": 0, "visited_on": "2099-12-30", "opened_on": "2099-12-30"}
    assert find(today=date(2099, 12, 30), **later_on)["owner_due_on"] == (
        "2099-12-31",
        "全年12月31日结束；落实责任单位以前由教育事务中心负责（暂按周末推算）",
    )


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, ("2023-11-17", "集中化解阶段11月17日结束")),
        ({"due_on": "2023-10-31"}, ("2023-10-31", "化解时限10月31日")),
        ({"due_on": "2023-10-31", "kind": "suggestion"}, ("2023-10-31", "办理时限10月31日")),
        ({"due_on": "2023-12-31"}, ("2023-11-17", "集中化解阶段11月17日结束")),
        ({"due_on": "2023-10-05"}, ("2023-09-28", "化解时限10月5日（逢国庆假期提前到9月28日）")),
        ({"due_on": "2023-10-08"}, ("2023-10-08", "化解时限10月8日")),  # a Sunday that is worked
        ({"extended_on": "2023-12-05", "due_on": "2023-10-31"}, ("2023-12-05", "批准延期到12月5日")),
        ({"extended_on": "2023-12-09"}, ("2023-12-08", "批准延期到12月9日（逢休息日提前到12月8日）")),
        ({"round_no": 1, "visited_on": "2023-03-14"}, ("2023-04-28", "集中化解阶段4月28日结束")),
        ({"status": "稳控中"}, ("2023-11-17", "集中化解阶段11月17日结束")),
        ({"status": "移交转办"}, ("2023-11-17", "集中化解阶段11月17日结束")),
        ({"state": "resolved", "resolved_on": "2023-10-12"}, None),
        ({"state": "closed"}, None),
        # outside the rounds: the first round not yet over, then the review, then the end of the year
        ({"round_no": 0, "visited_on": "2023-02-01"}, ("2023-04-28", "集中化解阶段4月28日结束")),
        ({"round_no": 0, "visited_on": "2023-06-01"}, ("2023-11-17", "集中化解阶段11月17日结束")),
        ({"round_no": 0, "visited_on": "2023-11-20"}, ("2023-12-20", "考核讲评12月20日结束")),
        ({"round_no": 0, "visited_on": "2023-12-25"}, ("2023-12-29", "全年12月31日结束（逢元旦假期提前到12月29日）")),
        # reopened after its round: as if it had begun that day; what was set before binds no longer
        (
            {"round_no": 1, "visited_on": "2023-03-14", "reopened_on": "2023-10-10", "due_on": "2023-04-01"},
            ("2023-11-17", "集中化解阶段11月17日结束"),
        ),
        ({"reopened_on": "2023-10-10", "extended_on": "2023-10-09"}, ("2023-11-17", "集中化解阶段11月17日结束")),
        ({"reopened_on": "2023-10-10", "due_on": "2023-10-10"}, ("2023-10-10", "化解时限10月10日")),
        ({"reopened_on": "2023-11-20"}, ("2023-12-20", "考核讲评12月20日结束")),
    ],
)
def test_an_item_is_due_at_the_earlier_of_its_own_day_and_the_end_of_its_round(
    more: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    assert find(**more).get("resolve_due_on") == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, None),
        ({"nature": "意见建议"}, None),
        ({"nature": "政策咨询"}, ("2023-09-27", "9月20日提出政策咨询起5个工作日")),
        (
            {"nature": "问题求助", "visited_on": "2023-09-27"},
            (
                "2023-10-10",
                "9月27日提出问题求助起5个工作日；中秋、国庆假期顺延，10月7、8日补班已计入",
            ),
        ),
        ({"nature": "政策咨询", "follow_up_on": "2023-09-21"}, None),
        (
            {"nature": "政策咨询", "state": "resolved", "resolved_on": "2023-09-21"},
            ("2023-09-27", "9月20日提出政策咨询起5个工作日"),
        ),
        ({"nature": "政策咨询", "state": "closed"}, None),
    ],
)
def test_an_inquiry_is_answered_within_five_working_days(
    more: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    assert find(kind="suggestion", **more).get("reply_due_on") == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"state": "resolved", "resolved_on": "2023-10-12"}, ("2023-10-19", "10月12日办结起5个工作日")),
        (
            {"state": "resolved", "resolved_on": "2023-09-28"},
            (
                "2023-10-11",
                "9月28日办结起5个工作日；中秋、国庆假期顺延，10月7、8日补班已计入",
            ),
        ),
        ({"state": "open", "resolved_on": "2023-10-12"}, None),
        ({"state": "closed", "resolved_on": "2023-10-12"}, None),
    ],
)
def test_what_is_resolved_wants_a_follow_up(more: dict[str, Any], expected: tuple[str, str] | None) -> None:
    assert find(**more).get("follow_up_due_on") == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (
            {"updated_on": "2023-09-22"},
            ("2023-10-12", "9月22日以来10个工作日没有进展；中秋、国庆假期顺延，10月7、8日补班已计入"),
        ),
        (
            {"updated_on": "2023-09-22", "status": "稳控中"},
            ("2023-10-12", "9月22日以来10个工作日没有进展；中秋、国庆假期顺延，10月7、8日补班已计入"),
        ),
        ({"state": "resolved", "resolved_on": "2023-09-21"}, None),
        ({"state": "closed"}, None),
    ],
)
def test_an_open_item_without_an_entry_for_ten_working_days_is_stale(
    more: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    assert find(**more).get("stale_on") == expected


def test_days_stay_where_they_are_when_the_switch_is_off() -> None:
    found = find(with_deadlines(move_to_workday_before=False), **NOBODY)
    assert found["owner_due_on"] == ("2023-10-15", "汇总研判阶段10月15日结束")


def test_every_number_of_days_comes_from_the_rules() -> None:
    rules = with_deadlines(owner_workdays=1, inquiry_reply_workdays=1, follow_up_workdays=2, stale_workdays=3)
    assert find(rules, **NOBODY, visited_on="2023-10-16", opened_on="2023-10-17")["owner_due_on"][0] == "2023-10-18"
    assert find(rules, nature="政策咨询")["reply_due_on"] == ("2023-09-21", "9月20日提出政策咨询起1个工作日")
    assert find(rules)["stale_on"] == ("2023-09-27", "9月22日以来3个工作日没有进展")
    assert find(rules, state="resolved", resolved_on="2023-10-12")["follow_up_due_on"][0] == "2023-10-16"


def test_an_item_of_an_earlier_year_is_overdue_by_its_own_round_and_the_reason_names_the_year() -> None:
    assert find(today=date(2024, 3, 1))["resolve_due_on"] == ("2023-11-17", "集中化解阶段2023年11月17日结束")


def test_the_items_keep_their_columns_order_and_index() -> None:
    items = frames.build([item(item_no="乙"), item(item_no="甲", state="closed")], COLUMNS["items"])
    found = due(items, RULES, TODAY)
    pd.testing.assert_frame_equal(found[items.columns], items)
    assert {str(found[name].dtype) for name in DEADLINES} == {"datetime64[s]"}
    assert {str(found[f"{name}_why"].dtype) for name in DEADLINES} == {"str"}
    assert found.loc[1, list(DEADLINES)].isna().all()


def test_no_items_give_no_rows_and_the_same_types() -> None:
    found = due(frames.build([], COLUMNS["items"]), RULES, TODAY)
    assert len(found) == 0
    assert {str(found[name].dtype) for name in DEADLINES} == {"datetime64[s]"}


def test_in_a_year_the_calendar_does_not_know_days_are_counted_by_weekends_and_it_is_said() -> None:
    assert find(updated_on="2099-03-02")["stale_on"] == (
        "2099-03-16",
        "2099年3月2日以来10个工作日没有进展（暂按周末推算）",
    )
    assert find(updated_on="2003-12-31")["stale_on"][1].endswith("（暂按周末推算）")  # it ends in a year that is known
    assert find(extended_on="2099-03-01")["resolve_due_on"] == (
        "2099-02-27",
        "批准延期到2099年3月1日（逢休息日提前到2099年2月27日）（暂按周末推算）",
    )
    assert find(extended_on="2099-03-02")["resolve_due_on"] == ("2099-03-02", "批准延期到2099年3月2日（暂按周末推算）")
    assert find(updated_on="2023-10-19")["stale_on"] == ("2023-11-02", "10月19日以来10个工作日没有进展")
    assert find(updated_on="2099-03-01", state="closed") == {}


def test_a_set_day_that_is_not_moved_is_no_guess() -> None:
    fixed = with_deadlines(move_to_workday_before=False)
    assert find(fixed, extended_on="2099-03-01")["resolve_due_on"] == ("2099-03-01", "批准延期到2099年3月1日")


def test_a_thousand_items_agree_with_counting_on_the_fingers() -> None:
    chance = random.Random(20231020)
    phases = {1: (date(2023, 3, 27), date(2023, 4, 28)), 2: (date(2023, 10, 15), date(2023, 11, 17))}
    firsts = {1: date(2023, 3, 12), 2: date(2023, 9, 18)}
    rows, expected = [], []
    for _ in range(1000):
        n = chance.choice((1, 2))
        visited = firsts[n] + timedelta(chance.randrange((phases[n][1] - firsts[n]).days + 1))
        opened = visited + timedelta(chance.randrange(5))
        updated = opened + timedelta(chance.randrange(20))
        own = visited + timedelta(chance.randrange(90)) if chance.random() < 0.5 else None
        state = chance.choice(("open", "resolved", "closed"))
        keeper = chance.choice(("李明", None))
        nature = chance.choice((None, "意见建议", "政策咨询", "问题求助"))
        resolved = updated if state != "open" else None
        rows.append(
            item(
                round_no=n, visited_on=visited, opened_on=opened, updated_on=updated, due_on=own, state=state,
                responsible_person=keeper, nature=nature, resolved_on=resolved, kind="suggestion", status="正在办理",
            )
        )  # fmt: skip
        owner = None
        if state == "open" and not keeper:
            owner = later(opened, 3) if visited > phases[n][0] else settled(phases[n][0])
        resolve = min(settled(day) for day in (phases[n][1], own) if day) if state == "open" else None
        reply = later(visited, 5) if state != "closed" and nature in ("政策咨询", "问题求助") else None
        follow = later(updated, 5) if state == "resolved" else None
        stale = later(updated, 10) if state == "open" else None
        expected.append((owner, resolve, reply, follow, stale))
    found = due(frames.build(rows, COLUMNS["items"]), RULES, TODAY)
    got = [
        tuple(None if pd.isna(day) else day.date() for day in row)
        for row in found[list(DEADLINES)].itertuples(index=False)
    ]
    assert got == expected
