"""The township of a band between the rows or of a sheet's name, and the cadre over a table, stand in every row they
are meant for, each said; what only looks like one fills nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from tables import rows, workbook_of
from taken import Taken

from dazoufang.rules.campaign import Rules
from dazoufang.rules.generations import Generation

HEAD = "走访日期 | 走访干部 | 走访对象 | 对象类别 | 村组 | 意见建议"
ZHANG = "@2023-09-20 | 李明 | 张三 | 人大代表 | 沙口村5组 | 建议修路"
WANG = "@2023-09-21 | 李明 | 王五 | 人大代表 | 磨盘村1组 | 建议装灯"
ALONE = "走访日期 | 走访对象 | 对象类别"
ONE, TWO = "@2023-09-20 | 张三 | 人大代表", "@2023-09-21 | 王五 | 人大代表"
Take = Callable[..., Taken]


@pytest.fixture
def take(rules: Rules) -> Take:
    def take(
        *lines: str, sheet: str = "登记", above: Sequence[Sequence[Any]] = (), merges: Sequence[str] = ()
    ) -> Taken:
        pages = {sheet: [["填报单位：工会"], *above, *rows("\n".join(lines))]}
        return Taken(rules, ("登记.xlsx", workbook_of(pages, merges)))

    return take


def towns(taken: Taken) -> list[str]:
    return [town for _, town in sorted(taken.visits("visited_on", "township"))]


BANDS = [
    "章华镇",
    "一、章华镇",
    "（一）章华镇",
    "1.章华镇",
    "章华镇（12户）",
    "章华镇：",
    "华容县章华镇",
    "章 华 镇",
    "章华镇共12户",
    "【章华镇】",
    "章华镇走访情况",
    "章华镇片区（12户）",
]


@pytest.mark.parametrize("band", BANDS)
@pytest.mark.parametrize("place", ["{}", "| | {}", "| | | {}"])
def test_a_band_names_the_township_of_the_rows_below_it_up_to_the_next(take: Take, band: str, place: str) -> None:
    taken = take(HEAD, place.format(band), ZHANG, place.format("东山镇"), WANG)
    assert towns(taken) == ["章华镇", "东山镇"]
    assert [fault.code for fault in taken.faults] == []
    assert [line.split(" ", 1)[1] for line in taken.mended()] == ["小标题 → 章华镇", "小标题 → 东山镇"]


@pytest.mark.parametrize("band", ["三封寺镇", "三封寺镇（5户）", "三、三封寺镇", "三封寺镇："])
def test_a_township_that_begins_with_a_number_is_whole(take: Take, band: str) -> None:
    taken = take(HEAD, band, ZHANG, "东山镇", WANG)
    assert towns(taken) == ["三封寺镇", "东山镇"]
    assert taken.marks() == []


def test_a_band_may_stand_over_the_heading_and_be_merged_over_the_table(take: Take) -> None:
    assert towns(take(HEAD, ZHANG, WANG, above=[["章华镇"]])) == ["章华镇", "章华镇"]
    assert towns(take(HEAD, "章华镇", ZHANG, "东山镇", WANG, merges=["A3:F3", "A5:F5"])) == ["章华镇", "东山镇"]
    assert towns(take(HEAD, "章华镇 | | 2户", ZHANG, "东山镇 | | 1户", WANG)) == ["章华镇", "东山镇"]


def test_in_a_column_of_its_own_only_empty_cells_are_filled(take: Take) -> None:
    taken = take(f"{HEAD} | 乡镇", "章华镇", f"{ZHANG} | ", f"{WANG} | 插旗镇")
    assert towns(taken) == ["章华镇", "插旗镇"]
    assert taken.mended() == ["G4 小标题 → 章华镇"]


@pytest.mark.parametrize("label", ["乡镇：章华镇", "所在乡镇：章华", "填报单位：工会  乡镇：章华镇"])
def test_a_label_over_the_table_names_it_too(take: Take, label: str) -> None:
    taken = take(HEAD, ZHANG, above=[[label]])
    assert towns(taken) == ["章华镇"]
    assert [line.split(" ", 1)[1] for line in taken.mended()] == ["表上方 → 章华镇"]


def test_bands_hold_across_totals_blank_rows_and_repeated_headings(take: Take) -> None:
    taken = take(HEAD, "章华镇", ZHANG, "小计 | | 1户", "", HEAD, WANG)
    assert towns(taken) == ["章华镇", "章华镇"]


@pytest.mark.parametrize("other", ["县直单位", "城关社区", "湖北省石首市某某乡", "沙口村"])
def test_another_band_that_names_a_place_ends_it(take: Take, other: str) -> None:
    assert towns(take(HEAD, "章华镇", ZHANG, other, WANG)) == ["章华镇", ""]


def test_a_band_of_a_village_tells_its_township(take: Take) -> None:
    assert towns(take(HEAD, "章华镇沙口村", ZHANG, "东山镇磨盘村", WANG)) == ["章华镇", "东山镇"]


def test_a_row_whose_address_lies_elsewhere_is_not_filled(take: Take) -> None:
    assert towns(take(HEAD, "章华镇", ZHANG, WANG.replace("磨盘村1组", "东山镇磨盘村1组"))) == ["章华镇", ""]


@pytest.mark.parametrize(
    "line",
    [
        "张三到过章华镇。",
        "章华镇、东山镇",
        "章华镇小计 | | 1户",
        "注：以上为章华镇的户",
        "章华镇人民政府",
    ],
)
def test_what_only_speaks_of_a_township_fills_nothing(take: Take, line: str) -> None:
    assert towns(take(HEAD, ZHANG, line, WANG)) == ["", ""]


@pytest.mark.parametrize(
    "sheet",
    ["章华镇", "章华", "章华镇走访", "1.章华镇", "章华镇（12户）", "走访登记（章华镇）", "章华镇走访登记表", "章华镇2"],
)
def test_a_sheet_named_after_a_township_tells_it(take: Take, sheet: str) -> None:
    taken = take(f"{HEAD} | 乡镇", f"{ZHANG} | ", f"{WANG} | 东山镇", sheet=sheet)
    assert towns(taken) == ["章华镇", "东山镇"]
    assert taken.mended() == ["G3 工作表名称 → 章华镇"]


@pytest.mark.parametrize(
    "sheet", ["章华镇中学", "章华镇东山镇", "走访登记", "东山小学", "新河村", "章华镇政府", "李章华"]
)
def test_a_sheet_named_after_something_else_tells_no_township(take: Take, sheet: str) -> None:
    assert towns(take(HEAD, ZHANG, sheet=sheet)) == [""]


def test_a_band_and_a_title_weigh_more_than_the_sheet_s_name(take: Take) -> None:
    assert towns(take(HEAD, ZHANG, "东山镇", WANG, sheet="章华镇")) == ["章华镇", "东山镇"]
    assert towns(take(HEAD, ZHANG, sheet="章华镇", above=[["东山镇走访登记表"]])) == [""]


def test_each_form_of_the_campaign_has_it(rules: Rules) -> None:
    head = "走访日期 | 走访干部 | 反映人 | 事项类别 | 意见建议内容 | 办理状态"
    line = "@2023-09-20 | 李明 | 张三 | 其他 | 建议修路 | 未启动"
    taken = Taken(rules, ("意见建议办理表.xlsx", workbook_of({"登记": rows(f"{head}\n章华镇\n{line}")})))
    assert [row.values["township"] for part in taken.submission.parts for row in part.rows] == ["章华镇"]


# -- the cadre -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "above",
    [
        ["走访干部：李明"], ["走访干部: 李 明"], ["走访人员：李明"], ["走访干部（签名）：李明"], ["走访干部", "李明"], ["走访干部：", "李明"],
        ["入户干部：李明      日期：2023年10月12日"], ["填报时间：2023年10月12日 走访干部：李明"], [None, None, "干部姓名：李明"],
    ],
)  # fmt: skip
def test_a_cadre_named_over_the_table_went_to_every_household(take: Take, above: list[Any]) -> None:
    taken = take(ALONE, ONE, TWO, above=[above])
    assert sorted(taken.visits("household", "cadres")) == [("张三", "李明"), ("王五", "李明")]
    assert taken.marks() == []
    assert [line.split(" ", 1)[1] for line in taken.mended()][-2:] == ["表上方 → 李明", "表上方 → 李明"]


def test_several_cadres_over_the_table_went_together(take: Take) -> None:
    assert take(ALONE, ONE, above=[["走访干部：李明、王芳"]]).visits("cadres") == [("李明、王芳",)]


def test_a_cadre_named_between_the_rows_went_to_those_below(take: Take) -> None:
    taken = take(ALONE, ONE, "走访干部：王芳", TWO, above=[["走访干部：李明"]])
    assert sorted(taken.visits("household", "cadres")) == [("张三", "李明"), ("王五", "王芳")]


def test_each_sheet_and_each_table_has_its_own(rules: Rules) -> None:
    lines = [["走访干部：李明"], *rows(f"{ALONE}\n{ONE}"), [], ["走访干部：王芳"], *rows(f"{ALONE}\n{TWO}")]
    pages = {"甲": lines, "乙": [["走访干部：王芳"], *rows(f"{ALONE}\n@2023-09-22 | 赵六 | 其他")]}
    taken = Taken(rules, ("登记.xlsx", workbook_of(pages)))
    assert sorted(taken.visits("household", "cadres")) == [("张三", "李明"), ("王五", "王芳"), ("赵六", "王芳")]


def test_a_column_of_cadres_wins(take: Take) -> None:
    taken = take(HEAD, ZHANG.replace("李明", "王芳"), above=[["走访干部：李明"]])
    assert taken.visits("cadres") == [("王芳",)]
    assert taken.mended() == []


def test_a_cadre_who_is_not_on_the_roster_is_a_fault_of_the_row(take: Take) -> None:
    taken = take(ALONE, ONE, above=[["走访干部：李铭"]])
    assert taken.visits("cadres") == []
    assert [fault.code for fault in taken.faults] == ["C13"]


@pytest.mark.parametrize("line", ["走访干部：李明", "走访干部：李明 | | 审核人：王芳"])
def test_one_who_only_signs_below_the_rows_is_not_taken_for_all(take: Take, line: str) -> None:
    taken = take(ALONE, ONE, line, TWO)
    assert taken.visits("household") == []
    assert taken.marks() == ["S01"]


@pytest.mark.parametrize(
    "above", [["填表人：李明"], ["走访干部："], ["走访干部名单见附表"], ["请走访干部：认真填写 | 李明"]]
)
def test_a_label_of_somebody_else_names_no_cadre(take: Take, above: list[Any]) -> None:
    taken = take(ALONE, ONE, above=[above])
    assert "S01" in taken.marks()


def test_a_column_that_may_be_the_cadres_is_asked_first(take: Take) -> None:
    taken = take(f"{ALONE} | 走访干部姓名1", f"{ONE} | 王芳", above=[["走访干部：李明"]])
    assert taken.visits("household") == []
    assert "S01" in taken.marks()


def test_rules_that_knew_no_habits_take_nothing_from_around(rules: Rules) -> None:
    old = replace(rules, generation=Generation.AUDIENCES)
    taken = Taken(old, ("登记.xlsx", workbook_of({"章华镇": [["走访干部：李明"], *rows(f"{ALONE}\n章华镇\n{ONE}")]})))
    assert [fault.code for fault in taken.submission.errors] == ["S01"]
    again = Taken(old, ("登记.xlsx", workbook_of({"章华镇": rows(f"{HEAD}\n章华镇\n{ZHANG}")})))
    assert towns(again) == [""]
