"""Who has to be reminded of what, how urgently, and never twice for one cause."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dazoufang.duties.alerts import COLUMNS as ALERT_COLUMNS
from dazoufang.duties.alerts import alerts, counts
from dazoufang.ledger import frames
from dazoufang.ledger.frames import Frames
from dazoufang.rules.campaign import Campaign, Rules, load_rules

RULES = load_rules(Path(__file__).parents[2] / "schemas")
COLUMNS = frames.columns(RULES.schemas)
QUOTA_KINDS = ("催报", "尚无走访", "任务进度落后", "任务未完成")


def table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    common = {"submission_id": 1, "year": 2023, "round_no": 2}
    return frames.build([{**common, "row_no": n, "visit_id": n, **row} for n, row in enumerate(rows)], COLUMNS[name])


def record(**rows: list[dict[str, Any]]) -> Frames:
    names = ("visits", "items", "cadres", "assignments", "submissions")
    return Frames(**{name: table(name, rows.get(name, [])) for name in names})


def cadre(name: str, unit: str = "人事股") -> dict[str, Any]:
    return {"name": name, "unit": unit, "role": "股室负责人"}


def visits(cadre: str, number: int, *, unit: str = "人事股", **more: Any) -> list[dict[str, Any]]:
    return [
        {"cadres": cadre, "unit": unit, "household": f"户{n}", "target_kind": "其他", **more} for n in range(number)
    ]


def sent(unit: str, **more: Any) -> dict[str, Any]:
    return {
        "received_on": "2023-09-22", "path": "a.xlsx", "unit": unit, "forms": "走访登记表", "verdict": "accepted",
        "live": True, "rows": 1, "faults": 0, **more,
    }  # fmt: skip


def item(**more: Any) -> dict[str, Any]:
    """An item that owes nothing until the end of the round."""
    return {
        "item_no": "23下矛0001", "kind": "dispute", "state": "open", "status": "正在化解", "unit": "人事股",
        "visited_on": "2023-09-20", "opened_on": "2023-09-22", "updated_on": "2023-10-19", "cadres": "王芳、赵强",
        "person": "张三", "matter": "与邻居争执", "responsible_unit": "法制安全股", "responsible_person": "李明", **more,
    }  # fmt: skip


def found(today: str, **rows: list[dict[str, Any]]) -> pd.DataFrame:
    return alerts(record(**rows), RULES, date.fromisoformat(today))


def brief(table: pd.DataFrame, *kinds: str) -> list[str]:
    """级别 类型 单位 人, of the kinds asked for (all but 阶段将结束 if none are)."""
    wanted = table["kind"].isin(kinds) if kinds else table["kind"] != "阶段将结束"
    return [
        " ".join(part for part in row if part) for row in table.loc[wanted, ["level", "kind", "unit", "person"]].values
    ]


# The first phase of the autumn round ends on Thursday, 28 September; 29 September to 6 October are off, 7 and 8 worked.
@pytest.mark.parametrize(
    ("today", "level"),
    [
        ("2023-09-17", None),  # the round has not begun
        ("2023-09-20", None),  # six working days left
        ("2023-09-21", "提醒"),  # five
        ("2023-09-25", "提醒"),
        ("2023-09-26", "预警"),  # two
        ("2023-09-28", "预警"),  # none, but the day is not over
        ("2023-09-30", "逾期"),  # over, though no working day has passed
        ("2023-10-11", "逾期"),  # five over
        ("2023-10-12", "严重逾期"),  # six
        ("2023-11-17", "严重逾期"),
        ("2023-11-18", None),  # the round is over
        ("2024-03-01", None),
    ],
)
def test_a_unit_that_sent_nothing_is_urged_by_the_end_of_the_visiting_phase_and_its_cadres_with_it(
    today: str, level: str | None
) -> None:
    table = found(today, cadres=[cadre("李明"), cadre("王芳")], visits=visits("李明、王芳", 10, round_no=1))
    urged = [f"{level} 催报 人事股", f"{level} 尚无走访 人事股 李明", f"{level} 尚无走访 人事股 王芳"]
    assert brief(table, *QUOTA_KINDS) == (urged if level else [])


def test_who_is_urged_is_told_where_to_put_the_form_also_where_no_folder_of_the_unit_is_there_yet() -> None:
    roster = [cadre("李明"), cadre("王芳")]
    (urged,) = found("2023-10-20", cadres=roster).query("kind == '催报'")["action"]
    assert urged == "请把走访登记表放入收件箱的“人事股”文件夹（没有就新建一个）；还没有走访的，先安排2名干部入户"
    refused = sent("人事股", live=False, verdict="returned")
    (urged,) = found("2023-10-20", cadres=roster, submissions=[refused]).query("kind == '催报'")["action"]
    assert urged == "请按退回件上标出的地方改好，重新放入收件箱的“人事股”文件夹（没有就新建一个）"


@pytest.mark.parametrize(
    ("case", "rows", "urged"),
    [
        ("nothing", {}, True),
        ("a live form", {"submissions": [sent("人事股")]}, False),
        ("a live form under its short name", {"submissions": [sent("人事股", forms="roster、visit")]}, False),
        ("a roster only", {"submissions": [sent("人事股", forms="花名册")]}, True),
        ("replaced", {"submissions": [sent("人事股", live=False)]}, True),
        ("before the round", {"submissions": [sent("人事股", received_on="2023-09-17")]}, True),
        ("another unit", {"submissions": [sent("体育股")]}, True),
        ("visits in another unit's file", {"visits": visits("李明", 1), "submissions": [sent("体育股")]}, False),
        ("visits of the spring", {"visits": visits("李明", 1, round_no=1)}, True),
        ("visits outside the rounds", {"visits": visits("李明", 1, round_no=0)}, True),
    ],
)
def test_what_counts_as_having_sent_something(case: str, rows: dict[str, Any], urged: bool) -> None:
    table = found("2023-10-20", cadres=[cadre("李明")], **rows)
    assert ("催报" in set(table["kind"])) == urged, case
    assert ("尚无走访" in set(table["kind"])) == (case != "visits in another unit's file"), case


def test_a_unit_whose_only_file_was_returned_is_told_so() -> None:
    table = found("2023-10-20", cadres=[cadre("李明")], submissions=[sent("人事股", verdict="returned", live=False)])
    assert table["kind"].tolist() == ["催报", "尚无走访"]
    assert "9月22日送来的已退回" in table["why"][0]
    assert "按退回件" in table["action"][0]


@pytest.mark.parametrize("today", ["2023-03-11", "2023-03-12", "2023-03-13", "2023-03-14"])
def test_nobody_is_urged_before_the_round_nor_on_its_first_working_days(today: str) -> None:
    assert brief(found(today, cadres=[cadre("李明")])) == []


def test_from_the_third_working_day_on_units_and_cadres_without_a_word_are_urged() -> None:
    assert brief(found("2023-03-15", cadres=[cadre("李明")])) == ["预警 催报 人事股", "预警 尚无走访 人事股 李明"]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2023-10-18", []),  # his third working day; the last for a first visit is 26 October
        ("2023-10-19", ["提醒 尚无走访 人事股 王芳"]),
        ("2023-10-26", ["预警 尚无走访 人事股 王芳"]),
        ("2023-10-27", ["逾期 尚无走访 人事股 王芳"]),
    ],
)
def test_who_came_within_the_round_has_as_many_days_for_a_first_visit_as_the_others(
    today: str, expected: list[str]
) -> None:
    table = found(today, cadres=[cadre("王芳") | {"since_on": "2023-10-16"}], submissions=[sent("人事股")])
    assert brief(table) == expected
    if expected:
        assert "10月16日任职，10月26日以前应开始走访" in table["why"][0]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2023-10-13", ["预警 任务进度落后 人事股 李明"]),  # four owed by his last day
        ("2023-10-14", ["逾期 任务未完成 人事股 李明"]),
        ("2023-10-23", ["严重逾期 任务未完成 人事股 李明"]),
        ("2023-11-18", []),
    ],
)
def test_who_left_within_the_round_is_told_of_what_he_owed_until_it_ends(today: str, expected: list[str]) -> None:
    rows = {"cadres": [cadre("李明") | {"until_on": "2023-10-13"}], "visits": visits("李明", 3)}
    table = found(today, **rows)
    assert brief(table) == expected
    if "任务未完成" in str(expected):
        assert table["why"][0] == "下半年应走访4户（按任职的工作日折算）、已走访3户；任职到10月13日为止"


def test_one_with_two_posts_is_told_once_and_neither_unit_is_silent_where_one_has_sent() -> None:
    rows = [cadre("李明", "甲股") | {"phone": "1"}, cadre("李明", "乙股") | {"phone": "1"}]
    assert brief(found("2023-10-20", cadres=rows)) == ["严重逾期 催报 甲股", "严重逾期 尚无走访 甲股 李明"]
    assert brief(found("2023-10-20", cadres=rows, submissions=[sent("乙股")])) == ["严重逾期 尚无走访 甲股 李明"]


def test_without_a_roster_nobody_is_urged() -> None:
    assert brief(found("2023-10-20", visits=visits("李明", 1))) == []


# On 20 October 10 × 21/41 = 5.1, so 6 households are expected; the round ends on Friday, 17 November.
@pytest.mark.parametrize(
    ("today", "number", "expected"),
    [
        ("2023-09-18", 0, []),
        ("2023-09-21", 0, ["提醒 尚无走访 人事股 李明"]),
        ("2023-10-20", 0, ["严重逾期 尚无走访 人事股 李明"]),
        ("2023-10-20", 5, ["提醒 任务进度落后 人事股 李明"]),
        ("2023-10-20", 6, []),
        ("2023-11-14", 9, ["提醒 任务进度落后 人事股 李明"]),
        ("2023-11-15", 9, ["预警 任务进度落后 人事股 李明"]),
        ("2023-11-17", 9, ["预警 任务进度落后 人事股 李明"]),
        ("2023-11-17", 10, []),
        ("2023-11-18", 9, []),  # what is over nobody can mend
        ("2023-11-27", 0, []),
        ("2024-03-01", 0, []),
    ],
)
def test_a_cadre_is_reminded_of_pace_and_of_what_was_missed(today: str, number: int, expected: list[str]) -> None:
    table = found(today, cadres=[cadre("李明")], visits=visits("李明", number), submissions=[sent("人事股")])
    assert brief(table) == expected


def test_the_figures_of_a_late_pace_are_in_the_words() -> None:
    row = found("2023-10-20", cadres=[cadre("李明")], visits=visits("李明", 3)).iloc[0]
    assert row["why"] == "下半年应走访10户、已走访3户；按工作日推算到今天应走访6户；下半年11月17日结束"
    assert row["action"] == "还差7户，今天以后剩20个工作日，至少每2个工作日1户"
    assert (row["since_on"], row["due_on"]) == (pd.Timestamp("2023-09-18"), pd.Timestamp("2023-11-17"))
    assert (row["workdays_left"], row["readers"], row["item_no"]) == (20, "本人", "")
    most = found("2023-10-20", cadres=[cadre("李明")], visits=visits("李明", 1) + visits("李明", 1, round_no=1)).iloc[0]
    assert most["action"] == "还差18户，今天以后剩20个工作日，至少每个工作日1户"
    late = found("2023-11-15", cadres=[cadre("李明")], visits=visits("李明", 3))
    late = late[late["kind"] == "任务进度落后"].iloc[0]
    assert late["action"] == "还差7户，今天以后剩2个工作日，至少每个工作日4户"


@pytest.mark.parametrize(
    ("today", "spring", "autumn", "expected"),
    [
        ("2023-10-20", 0, 6, []),  # the record holds no spring at all
        ("2023-10-20", 10, 6, []),
        ("2023-10-20", 13, 6, []),  # the surplus does not lower what the autumn wants
        ("2023-10-20", 13, 5, ["提醒 任务进度落后 人事股 李明"]),
        ("2023-10-20", 6, 7, ["提醒 任务进度落后 人事股 李明"]),  # 14 are wanted, 14 × 21/41 = 7.2
        ("2023-10-20", 6, 8, []),
        ("2023-11-17", 6, 13, ["预警 任务进度落后 人事股 李明"]),
        ("2023-11-17", 6, 14, []),
        ("2023-11-20", 6, 10, []),  # between the rounds nothing of the year's twenty either
    ],
)
def test_what_the_spring_left_undone_is_due_in_autumn(
    today: str, spring: int, autumn: int, expected: list[str]
) -> None:
    rows = visits("李明", spring, round_no=1) + visits("李明", autumn)
    table = found(today, cadres=[cadre("李明")], visits=rows)
    assert brief(table) == expected
    if spring == 6 and expected:
        assert table["why"].str.startswith("下半年应走访14户（含上半年少走的4户）、已走访").any()


def test_one_cause_gives_one_alert_for_units_and_cadres() -> None:
    roster = [cadre("李明"), cadre("王芳"), cadre("孙丽", "体育股"), cadre("周杰", "体育股"), cadre("吴军", "体育股")]
    rows = visits("孙丽", 2, unit="体育股") + visits("王芳", 2, unit="体育股")
    assert brief(found("2023-10-20", cadres=roster, visits=rows)) == [
        "严重逾期 催报 人事股",
        "严重逾期 尚无走访 人事股 李明",
        "严重逾期 尚无走访 体育股 吴军",
        "严重逾期 尚无走访 体育股 周杰",
        "提醒 任务进度落后 人事股 王芳",  # went along with another unit
        "提醒 任务进度落后 体育股 孙丽",
    ]


@pytest.mark.parametrize(
    ("today", "more", "expected"),
    [
        ("2023-10-20", {}, []),
        ("2023-11-09", {"updated_on": "2023-11-08"}, []),  # six working days left
        ("2023-11-10", {"updated_on": "2023-11-08"}, ["提醒 临近时限 法制安全股 李明"]),
        ("2023-11-15", {"updated_on": "2023-11-08"}, ["预警 临近时限 法制安全股 李明"]),
        ("2023-11-17", {"updated_on": "2023-11-08"}, ["预警 临近时限 法制安全股 李明"]),
        ("2023-11-18", {"updated_on": "2023-11-08"}, ["逾期 超过时限 法制安全股 李明"]),
        ("2023-11-27", {"updated_on": "2023-11-08"}, ["严重逾期 超过时限 法制安全股 李明"]),
        # overdue takes the place of stale
        ("2023-11-27", {"updated_on": "2023-10-08"}, ["严重逾期 超过时限 法制安全股 李明"]),
        ("2023-10-20", {"updated_on": "2023-10-08"}, ["预警 久拖不理 法制安全股 李明"]),
        ("2023-10-19", {"updated_on": "2023-10-08"}, []),
        ("2023-10-23", {"updated_on": "2023-10-08"}, ["逾期 久拖不理 法制安全股 李明"]),
        # due soon and silent for long are two causes
        (
            "2023-11-13",
            {"updated_on": "2023-10-27"},
            ["逾期 久拖不理 法制安全股 李明", "提醒 临近时限 法制安全股 李明"],
        ),
        # a missing owner is a cause of its own; who brought the item in is told the rest
        (
            "2023-11-20",
            {"responsible_person": None, "responsible_unit": None},
            ["严重逾期 未落实责任 人事股", "逾期 超过时限 人事股 王芳、赵强"],
        ),
        ("2023-10-20", {"responsible_person": None}, ["逾期 未落实责任 法制安全股"]),
        (
            "2023-10-20",
            {"responsible_person": None, "updated_on": "2023-10-08"},
            ["逾期 未落实责任 法制安全股", "预警 久拖不理 人事股 王芳、赵强"],
        ),
        ("2023-10-20", {"responsible_unit": None}, ["逾期 未落实责任 人事股 李明"]),
        ("2023-09-27", {"responsible_unit": None, "updated_on": "2023-09-22"}, []),
        ("2023-10-08", {"responsible_unit": None, "updated_on": "2023-10-08"}, ["提醒 未落实责任 人事股 李明"]),
        # 涉稳 takes the place of the missing owner
        ("2023-09-22", {"risk": "涉稳风险", "responsible_person": None}, ["预警 涉稳未落实包保 法制安全股"]),
        ("2023-09-25", {"risk": "涉稳风险", "responsible_person": None}, ["逾期 涉稳未落实包保 法制安全股"]),
        ("2023-10-20", {"status": "稳控中", "responsible_person": None}, ["严重逾期 涉稳未落实包保 法制安全股"]),
        ("2023-10-20", {"risk": "涉稳风险"}, []),
        # resolved
        ("2023-10-13", {"state": "resolved", "resolved_on": "2023-10-12"}, ["提醒 待回访 法制安全股 李明"]),
        ("2023-10-17", {"state": "resolved", "resolved_on": "2023-10-12"}, ["预警 待回访 法制安全股 李明"]),
        ("2023-10-20", {"state": "resolved", "resolved_on": "2023-10-12"}, ["逾期 待回访 法制安全股 李明"]),
        ("2023-12-20", {"state": "closed", "resolved_on": "2023-10-12"}, []),
        # an approved extension
        ("2023-11-27", {"extended_on": "2023-12-08", "updated_on": "2023-11-20"}, []),
        ("2023-12-06", {"extended_on": "2023-12-08", "updated_on": "2023-12-05"}, ["预警 临近时限 法制安全股 李明"]),
    ],
)
def test_an_item_is_alerted_for_what_it_lacks(today: str, more: dict[str, Any], expected: list[str]) -> None:
    assert brief(found(today, items=[item(**more)])) == expected


@pytest.mark.parametrize(
    ("units", "office", "unit"),
    [
        (["办公室", "人事股"], "办公室", "办公室"),  # it stands for the 责任单位 until one is named
        (["人事股"], "办公室", "人事股"),  # the roster has nobody there who could be told
        (["法制安全股"], "办公室、法制安全股", "法制安全股"),
        ([], "办公室", "人事股"),
    ],
)
@pytest.mark.parametrize(("kind", "more"), [("未落实责任", {}), ("涉稳未落实包保", {"risk": "涉稳风险"})])
def test_a_missing_owner_is_told_to_the_office_that_stands_for_it(
    units: list[str], office: str, unit: str, kind: str, more: dict[str, Any]
) -> None:
    lacking = item(responsible_unit=None, responsible_person=None, responsible_office=office, **more)
    table = found("2023-10-20", items=[lacking], cadres=[cadre(f"甲{at}", name) for at, name in enumerate(units)])
    assert table.loc[table["kind"] == kind, "unit"].tolist() == [unit]
    named = found("2023-10-20", items=[lacking | {"responsible_unit": "督导室"}], cadres=[cadre("甲", "办公室")])
    assert named.loc[named["kind"] == kind, "unit"].tolist() == ["督导室"]


@pytest.mark.parametrize(
    ("more", "owner", "cadres"),
    [
        (
            {"responsible_unit": None, "responsible_person": None},
            "请落实责任单位、责任人，填入《意见建议事项办理表》后放入收件箱；落实以前由本单位先办",
            "请答复反映人，登记回复日期和回复方式；还没有责任人，由办公室先答复，请先与它联系",
        ),
        (
            {"responsible_unit": "督导室", "responsible_person": None},
            "请落实责任人，填入《意见建议事项办理表》后放入收件箱；落实以前由本单位先办",
            "请答复反映人，登记回复日期和回复方式；还没有责任人，由督导室先答复，请先与它联系",
        ),
        (
            {"responsible_unit": "人事股", "responsible_person": None},
            "请落实责任人，填入《意见建议事项办理表》后放入收件箱；落实以前由本单位先办",
            "请答复反映人，登记回复日期和回复方式；还没有责任人，由本单位先答复",
        ),
        (
            {"responsible_unit": None},  # 李明 is named: it is his
            "请落实责任单位，填入《意见建议事项办理表》后放入收件箱",
            "请答复反映人，登记回复日期和回复方式",
        ),
    ],
)
def test_who_answers_first_is_said_where_nobody_is_named_to_the_office_and_to_the_cadres(
    more: dict[str, Any], owner: str, cadres: str
) -> None:
    inquiry = item(kind="suggestion", nature="政策咨询", visited_on="2023-09-20", responsible_office="办公室", **more)
    table = found("2023-10-20", items=[inquiry], cadres=[cadre("甲", "办公室")])
    told = dict(zip(table["kind"], table["action"], strict=True))
    assert (told["未落实责任"], told["待回复"]) == (owner, cadres)


def test_where_the_roster_lacks_the_office_that_stands_for_an_owner_its_name_is_said_all_the_same() -> None:
    nobody = {
        "responsible_unit": None,
        "responsible_person": None,
        "responsible_office": "办公室",
        "due_on": "2023-10-23",
    }
    table = found("2023-10-20", items=[item(**nobody)], cadres=[cadre("甲", "人事股")])
    told = dict(zip(table["kind"], table["action"], strict=True))
    assert table.loc[table["kind"].isin(["未落实责任", "临近时限"]), "unit"].tolist() == ["人事股", "人事股"]
    assert told["未落实责任"].endswith("后放入收件箱；落实以前由办公室先办，请先与它联系")
    assert told["临近时限"].endswith("（填裁定表）；还没有责任人，由办公室先办，请先与它联系")


def test_of_handling_that_is_due_it_is_said_too_but_not_to_the_unit_it_was_handed_on_to() -> None:
    nobody = {"responsible_unit": None, "responsible_person": None, "responsible_office": "办公室"}
    late = found("2023-11-20", items=[item(**nobody)], cadres=[cadre("甲", "办公室")])
    assert late.loc[late["kind"] == "超过时限", "action"].tolist() == [
        "请立即化解，登记办结日期和化解情况；一时办不完的，报批延期（填裁定表）；还没有责任人，由办公室先办，请先与它联系"
    ]
    handed_on = item(status="移交转办", responsible_person=None, due_on="2023-10-12")
    told = found("2023-10-20", items=[handed_on])
    assert told.loc[told["kind"] == "超过时限", ["unit", "action"]].values.tolist() == [
        ["法制安全股", "请立即化解，登记办结日期和化解情况；一时办不完的，报批延期（填裁定表）"]
    ]


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("临近时限", {"due_on": "2023-10-23"}),
        ("超过时限", {"due_on": "2023-10-12"}),
        ("久拖不理", {"updated_on": "2023-10-08"}),
        ("未落实责任", {"responsible_unit": None}),
        ("涉稳未落实包保", {"risk": "涉稳风险", "responsible_person": None}),
        ("待回访", {"state": "resolved", "resolved_on": "2023-10-12"}),
        ("待回复", {"kind": "suggestion", "nature": "政策咨询", "visited_on": "2023-10-16"}),
    ],
)
def test_an_alert_of_an_item_names_the_person_and_the_matter(kind: str, more: dict[str, Any]) -> None:
    table = found("2023-10-20", items=[item(**more)])
    assert table.loc[table["kind"] == kind, ["item_no", "subject"]].values.tolist() == [
        ["23下矛0001", "张三：与邻居争执"]
    ]


def test_a_long_matter_is_cut_in_an_alert_and_the_person_stays() -> None:
    table = found("2023-10-20", items=[item(due_on="2023-10-23", matter="渠" * 41)])
    assert table["subject"].tolist() == ["张三：" + "渠" * 39 + "…"]
    table = found("2023-10-20", items=[item(due_on="2023-10-23", matter="渠" * 40)])
    assert table["subject"].tolist() == ["张三：" + "渠" * 40]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"visited_on": "2023-10-18"}, ["提醒 待回复 法制安全股 李明"]),
        # its own limit is the earlier one
        ({"visited_on": "2023-10-16", "due_on": "2023-10-18"}, ["逾期 超过时限 法制安全股 李明"]),
        # the reply was due before the limit
        ({"visited_on": "2023-10-11", "due_on": "2023-10-19"}, ["逾期 待回复 法制安全股 李明"]),
        # handled, and nobody told: the earlier of 回复 and 回访
        (
            {"visited_on": "2023-10-11", "state": "resolved", "resolved_on": "2023-10-16"},
            ["逾期 待回复 法制安全股 李明"],
        ),
        # late reply takes the place of stale; one not yet late does not
        ({"visited_on": "2023-09-20", "updated_on": "2023-09-20"}, ["严重逾期 待回复 法制安全股 李明"]),
        (
            {"visited_on": "2023-10-18", "updated_on": "2023-09-28"},
            ["逾期 久拖不理 法制安全股 李明", "提醒 待回复 法制安全股 李明"],
        ),
        ({"visited_on": "2023-10-18", "follow_up_on": "2023-10-19"}, []),
        ({"visited_on": "2023-10-18", "nature": "意见建议"}, []),
    ],
)
def test_an_inquiry_wants_its_reply_once(more: dict[str, Any], expected: list[str]) -> None:
    inquiry = {"kind": "suggestion", "nature": "政策咨询", "status": "正在办理"}
    assert sorted(brief(found("2023-10-20", items=[item(**inquiry | more)]))) == sorted(expected)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2023-03-10", []),
        ("2023-03-12", ["提醒 走访摸排阶段3月16日结束"]),  # a Sunday; four working days left
        ("2023-09-20", []),
        ("2023-09-21", ["提醒 走访摸排阶段9月28日结束"]),
        ("2023-09-28", ["预警 走访摸排阶段9月28日结束"]),
        ("2023-09-29", []),
        ("2023-10-14", ["预警 汇总研判阶段10月15日结束"]),
        ("2023-11-16", ["预警 集中化解阶段11月17日结束"]),
        ("2023-11-25", []),
        ("2023-12-14", ["提醒 考核讲评阶段12月20日结束"]),
        ("2024-03-10", []),
    ],
)
def test_the_end_of_a_phase_is_one_alert_for_everyone(today: str, expected: list[str]) -> None:
    table = found(today, cadres=[cadre("李明")])
    table = table[table["kind"] == "阶段将结束"]
    words = table["subject"].str.replace("^(上半年|下半年|2023年)", "", regex=True)
    assert (table["level"] + " " + words).tolist() == expected
    assert set(table["unit"] + table["person"]) <= {""}
    assert set(table["readers"]) <= {"本人、股室负责人、分管领导、办公室"}


def test_the_end_of_a_phase_says_what_is_left() -> None:
    rows = [
        item(),
        item(item_no="二", responsible_unit=None),
        item(item_no="三", state="resolved", resolved_on="2023-10-12"),
    ]
    table = found("2023-11-16", cadres=[cadre("李明")], visits=visits("李明", 10), items=rows)
    why = table.loc[table["kind"] == "阶段将结束", "why"].item()
    assert why == "本阶段10月16日至11月17日；还有1件事项未落实责任单位或责任人，2件事项在办，1件事项待回访"
    empty = found("2023-11-16")
    assert empty["why"].tolist() == ["本阶段10月16日至11月17日；各项已完成"]


@pytest.mark.parametrize(
    ("today", "person", "readers"),
    [
        ("2023-10-08", "李明", "本人"),
        ("2023-10-13", "李明", "本人、股室负责人"),
        ("2023-10-16", "李明", "本人、股室负责人、分管领导"),
        ("2023-10-27", "李明", "本人、股室负责人、分管领导、办公室"),
        ("2023-10-08", None, "股室负责人"),
        ("2023-10-13", None, "股室负责人"),
        ("2023-10-16", None, "股室负责人、分管领导"),
        ("2023-10-27", None, "股室负责人、分管领导、办公室"),
    ],
)
def test_each_level_tells_one_more_reader(today: str, person: str | None, readers: str) -> None:
    table = found(today, items=[item(responsible_unit=None, responsible_person=person, updated_on=today)])
    assert table.loc[table["kind"] == "未落实责任", "readers"].tolist() == [readers]


@pytest.mark.parametrize(
    ("more", "action"),
    [
        ({"complexity": "复杂"}, "请上门回访，登记回访日期和回访方式"),
        ({"complexity": "简单"}, "请电话或上门回访，登记回访日期和回访方式"),
        ({"awaiting": "缺回访日期"}, "请电话或上门回访，登记回访日期和回访方式（缺回访日期）"),
        ({"kind": "suggestion"}, "请答复反映人，登记回复日期和回复方式"),
    ],
)
def test_a_follow_up_alert_says_what_the_second_key_wants(more: dict[str, Any], action: str) -> None:
    rows = [item(state="resolved", resolved_on="2023-10-18", **more)]
    assert found("2023-10-20", items=rows)["action"].tolist() == [action]


def test_the_worst_comes_first_then_the_longest_overdue_then_unit_person_and_number() -> None:
    rows = [
        item(item_no="1", due_on="2023-10-23", responsible_unit="乙股"),
        item(item_no="2", due_on="2023-10-13"),
        item(item_no="3", due_on="2023-09-27"),
        item(item_no="4", due_on="2023-10-23", responsible_unit="甲股"),
        item(item_no="6", due_on="2023-10-26"),
        item(item_no="5", due_on="2023-10-23", responsible_unit="乙股"),
        item(item_no="7", due_on="2023-09-26"),
    ]
    table = found("2023-10-20", items=rows)
    assert table["item_no"].tolist() == ["7", "3", "2", "1", "5", "4", "6"]
    assert counts(table) == {"严重逾期": 2, "逾期": 1, "预警": 3, "提醒": 1}
    assert table["workdays_left"].tolist() == [-14, -13, -5, 1, 1, 1, 4]


def test_an_alert_keeps_its_id_while_the_days_pass_and_no_two_share_one() -> None:
    rows = {
        "cadres": [cadre("李明"), cadre("李明", "体育股"), cadre("王芳", "安全股")],
        "visits": visits("李明", 1) + visits("李明", 1, unit="体育股"),
        "items": [item(responsible_unit=None, due_on="2023-10-12"), item(item_no="二", due_on="2023-10-12")],
    }
    one, other = found("2023-10-19", **rows), found("2023-10-20", **rows)
    assert one["alert_id"].is_unique
    assert len(one) == 7
    assert set(one["alert_id"]) == set(other["alert_id"])


def test_no_alerts_give_an_empty_frame_of_the_same_types() -> None:
    empty, full = found("2023-08-01"), found("2023-11-16")
    assert (len(empty), len(full)) == (0, 1)
    assert {name: str(dtype) for name, dtype in empty.dtypes.items()} == ALERT_COLUMNS
    assert {name: str(dtype) for name, dtype in full.dtypes.items()} == ALERT_COLUMNS
    assert counts(empty) == {"严重逾期": 0, "逾期": 0, "预警": 0, "提醒": 0}


def test_it_stops_the_moment_it_is_mended() -> None:
    before = found("2023-10-20", items=[item(risk="涉稳风险", responsible_person=None)])
    after = found("2023-10-20", items=[item(risk="涉稳风险")])
    assert (len(before), len(after)) == (1, 0)


def knowing(first: int, last: int) -> Rules:
    """Rules that know the holidays of these years too."""
    calendar = {"source": "局内设定：试", "extra_years": list(range(first, last + 1))}
    return replace(RULES, campaign=Campaign.model_validate(RULES.campaign.model_dump() | {"calendar": calendar}))


@pytest.mark.parametrize(("known_to", "year"), [(2098, "2099"), (2097, "2098、2099"), (2096, "2097至2099")])
def test_in_a_year_without_holidays_one_alert_tells_the_office_and_every_count_says_that_it_is_a_guess(
    known_to: int, year: str
) -> None:
    owed = record(items=[item(), item(item_no="23下矛0002")], cadres=[cadre("李明")])
    rows = alerts(owed, knowing(2024, known_to), date(2099, 3, 2))
    told = rows[rows["kind"] == "节假日未录入"]
    assert told[["level", "unit", "person", "readers"]].values.tolist() == [["预警", "办公室", "", "股室负责人"]]
    assert told["subject"].item() == f"还没有录入{year}年的法定节假日和调休安排"
    assert f"extra_years 里加 {year}，" in told["action"].item()
    others = rows[rows["kind"] != "节假日未录入"]
    assert len(others) >= 2 and others["why"].str.endswith("（暂按周末推算）").all()
    assert not others["why"].str.contains("推算）（").any()


def test_where_the_holidays_are_known_nobody_is_told_of_a_guess() -> None:
    rows = found("2023-10-20", items=[item()], cadres=[cadre("李明")])
    assert "节假日未录入" not in set(rows["kind"]) and not rows["why"].str.contains("推算）").any()


def test_at_the_end_of_a_year_what_falls_due_in_the_next_asks_for_its_holidays() -> None:
    owed = record(items=[item(extended_on="2061-01-04", responsible_person="李明")])
    rules = knowing(2024, 2060)
    rows = alerts(owed, rules, date(2060, 12, 30))
    assert rows.loc[rows["kind"] == "节假日未录入", "level"].tolist() == ["预警"]
    assert rows.loc[rows["kind"] == "临近时限", "why"].tolist() == ["批准延期到2061年1月4日（暂按周末推算）"]
    assert "节假日未录入" not in set(alerts(record(), rules, date(2060, 12, 30))["kind"])
