"""A unit's own workbook of figures: what it claims is read, is no visit, and is held against the rows it has sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from conftest import Read
from tables import rows, workbook, workbook_of
from taken import Taken

from dazoufang.duties.alerts import alerts
from dazoufang.judging.examine import examine_bytes
from dazoufang.rules.campaign import Rules
from dazoufang.rules.generations import Generation
from dazoufang.rules.schema import Role

TODAY = date(2023, 10, 20)
VISITS = """走访日期 | 走访干部 | 走访对象 | 对象类别 | 矛盾纠纷 | 意见建议
2023-09-20 | 李明 | 张三 | 人大代表 | 与邻居因排水沟起争执 |
2023-09-21 | 李明 | 李四 | 人大代表 | | 建议硬化通学路"""


def claim(table: str) -> tuple[str, bytes]:
    return "工会情况.xlsx", workbook(table)


def chased(rules: Rules, *files: tuple[str, bytes], today: date = TODAY) -> list[tuple[Any, ...]]:
    """The alerts 催报 of 工会: level, due on, subject, and what to do."""
    table = alerts(Taken(rules, *files, today=today).frames, rules, today)
    own = table[(table["kind"] == "催报") & (table["unit"] == "工会")]
    return [(row.level, f"{row.due_on:%m-%d}", row.subject, row.action) for row in own.itertuples()]


@pytest.mark.parametrize(
    ("table", "figures"),
    [
        ("单位 | 走访户数 | 矛盾纠纷件数 | 意见建议件数\n工会 | 12 | 3 | 4", [("工会", "", 12, 3, "", 4, "")]),
        ("序号 | 单位 | 干部 | 应走访 | 已走访 | 完成率\n1 | 工会 | 李明 | 10 | 12户 | 120%\n2 | 合计 | | 10 | 12 | 1.2", [("工会", "李明", 12, "", "", "", "")]),
        (
            "单位 | 姓名 | 走访户次 | 收集矛盾纠纷 | 已化解\n工会 | 李明 | 7 | 1 | 1\n工会 | 王芳 | 5 | 2 | 0\n工会 | 小计 | 12 | 3 | 1",
            [("工会", "李明", 7, 1, 1, "", ""), ("工会", "王芳", 5, 2, 0, "", "")],
        ),
        ("走访干部 | 实际走访户数 | 意见建议（件） | 已办结\n李明 | 12 | 4件 | 2", [("工会", "李明", 12, "", "", 4, 2)]),
    ],
)  # fmt: skip
def test_the_figures_of_a_units_own_summary_are_its_claim(
    rules: Rules, table: str, figures: list[tuple[Any, ...]]
) -> None:
    taken = Taken(rules, claim(table))
    names = ["unit", "cadre", "visits", "disputes", "disputes_resolved", "suggestions", "suggestions_resolved"]
    claims = taken.frames.claims[names].astype(object)
    assert list(claims.where(claims.notna(), "").itertuples(index=False, name=None)) == figures
    assert taken.marks() == [] and "S37" in [fault.code for fault in taken.faults]
    assert taken.visits("household") == []


def test_what_is_claimed_beyond_the_rows_is_asked_for(rules: Rules) -> None:
    figures = "单位 | 走访户数 | 矛盾纠纷件数 | 已化解件数 | 意见建议件数\n工会 | 12 | 3 | 1 | 1"
    assert chased(rules, ("登记.xlsx", workbook(VISITS)), claim(figures)) == [
        (
            "提醒",
            "11-17",
            "工会报的数比登记的多：走访报12、实有2，矛盾纠纷报3、实有1，矛盾纠纷已化解报1、实有0",
            "请补报缺的走访10户、矛盾纠纷2件、矛盾纠纷已化解1件（走访登记表、办理表）；是汇总表多写了的，改好重新报送",
        )
    ]


@pytest.mark.parametrize("figures", ["2 | 1 | 1", "1 | 0 | 0", "2 | |"])
def test_a_claim_that_the_rows_bear_out_or_outgrow_is_nothing_to_chase(rules: Rules, figures: str) -> None:
    table = f"单位 | 走访户数 | 矛盾纠纷件数 | 意见建议件数\n工会 | {figures}"
    assert chased(rules, ("登记.xlsx", workbook(VISITS)), claim(table)) == []


def test_a_newer_claim_takes_the_place_of_the_one_before_whatever_its_name(rules: Rules) -> None:
    before, now = (workbook(f"单位 | 走访户数 | 矛盾纠纷件数\n工会 | {number} | 1") for number in (12, 2))
    assert chased(rules, ("登记.xlsx", workbook(VISITS)), ("九月汇总.xlsx", before), ("十月汇总.xlsx", now)) == []


def test_rows_of_cadres_and_a_row_of_the_whole_unit_are_not_added_up(rules: Rules) -> None:
    table = "单位 | 干部 | 走访户数\n工会 | | 3\n工会 | 李明 | 2\n工会 | 王芳 | 1"
    (told,) = chased(rules, ("登记.xlsx", workbook(VISITS)), claim(table))
    assert told[2] == "工会报的数比登记的多：走访报3、实有2"


def test_who_sent_only_figures_has_sent_nothing_yet(rules: Rules) -> None:
    subjects = [told[2] for told in chased(rules, claim("单位 | 走访户数 | 矛盾纠纷件数\n工会 | 12 | 3"))]
    assert subjects == [
        "工会（2名干部）下半年还没有报送",
        "工会报的数比登记的多：走访报12、实有0，矛盾纠纷报3、实有0",
    ]


def test_after_the_round_nobody_is_asked_any_more(rules: Rules) -> None:
    files = (("登记.xlsx", workbook(VISITS)), claim("单位 | 走访户数 | 矛盾纠纷件数\n工会 | 12 | 1"))
    assert [told[0] for told in chased(rules, *files, today=date(2023, 11, 17))] == ["预警"]
    assert chased(rules, *files, today=date(2023, 11, 18)) == []


def test_a_sheet_of_figures_beside_the_visits_of_one_workbook(rules: Rules) -> None:
    data = workbook_of({"汇总": rows("单位 | 走访户数 | 矛盾纠纷件数\n工会 | 3 | 1"), "明细": rows(VISITS)})
    taken = Taken(rules, ("走访.xlsx", data))
    assert taken.visits("household") == [("张三",), ("李四",)]
    assert chased(rules, ("走访.xlsx", data))[0][2] == "工会报的数比登记的多：走访报3、实有2"


def test_a_claim_that_is_no_number_is_sent_back(rules: Rules) -> None:
    taken = Taken(rules, claim("单位 | 走访户数 | 矛盾纠纷件数\n工会 | 十来户 | 3"))
    assert taken.marks() == ["C18 B2"]


def test_no_form_with_a_household_a_row_is_taken_for_figures(read: Read) -> None:
    found = read(
        "序号 | 单位 | 走访干部 | 走访日期 | 走访对象 | 对象类别 | 已走访\n"
        "1 | 工会 | 李明 | 2023-09-20 | 张三 | 人大代表 | 1"
    )
    assert [part.form for part in found.parts] == ["visit"]


def test_rules_that_knew_of_no_claims_still_do_not_know_the_form(rules: Rules) -> None:
    older = replace(rules, generation=Generation.HABITS)
    found = examine_bytes(claim("单位 | 走访户数 | 矛盾纠纷件数\n工会 | 12 | 3")[1], "汇总.xlsx", older, TODAY)
    assert [fault.code for fault in found.faults] == ["F07"] and found.parts == []


def test_older_rules_do_not_take_a_number_with_what_it_counts(rules: Rules) -> None:
    claims = rules.schemas["claimed_totals"]
    older = replace(
        rules,
        generation=Generation.HABITS,
        schemas={**rules.schemas, "counts": claims.model_copy(update={"name": "counts", "role": Role.LIST})},
    )
    table = "单位 | 走访户数 | 矛盾纠纷件数\n工会 | 12户 | 3"
    found = examine_bytes(claim(table)[1], "汇总.xlsx", older, TODAY)
    assert [(fault.code, fault.cell) for fault in found.faults if fault.severity == "error"] == [("C18", "B2")]
