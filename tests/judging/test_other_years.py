"""A form of another year is not counted as this year's: where its title, 填报时间, sheet or file says that year and its
days say none. What is no year of a form changes nothing, and days written in full are believed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tables import rows, workbook_of
from taken import Taken

from dazoufang.rules.campaign import Rules
from dazoufang.rules.generations import Generation

HEAD = "走访日期 | 走访干部 | 走访对象 | 对象类别"
ZHANG, WANG = "9月20日 | 李明 | 张三 | 人大代表", "9.21 | 李明 | 王五 | 人大代表"
FULL = "{} | 李明 | 张三 | 人大代表"
Take = Callable[..., Taken]


@pytest.fixture
def take(rules: Rules) -> Take:
    def take(
        *lines: str,
        above: str = "",
        below: str = "",
        sheet: str = "登记",
        name: str = "工会.xlsx",
        today: date = date(2023, 10, 20),
    ) -> Taken:
        page: list[list[Any]] = [
            *([[above]] if above else []),
            *rows("\n".join(lines)),
            [],
            *([[below]] if below else []),
        ]
        return Taken(rules, (name, workbook_of({sheet: page})), today=today)

    return take


def turned_away(taken: Taken, cell: str) -> None:
    assert taken.visits("household") == []
    assert [(fault.code, fault.cell, fault.severity) for fault in taken.faults] == [("S29", cell, "error")]
    assert "2022年，本年度是2023年" in taken.faults[0].message


@pytest.mark.parametrize(
    "title",
    [
        "2022年下半年走访登记表", "大走访活动走访登记表（2022年）", "２０２２年走访台账", "二〇二二年走访登记表", "2022年度大走访活动", "2022年上半年",
        "22年下半年走访登记表", "2 0 2 2 年 走访登记表", "2021-2022年走访明细", "县教体局2022走访记录",
    ],
)  # fmt: skip
def test_a_title_of_another_year(take: Take, title: str) -> None:
    turned_away(take(HEAD, ZHANG, WANG, above=title), "A1")


@pytest.mark.parametrize(
    "label",
    [
        "填报时间：2022年10月12日",
        "填表日期：2022.10.12",
        "填报单位：工会  填报日期：2022-10-12",
        "制表日期：2022/10/12",
    ],
)
def test_a_day_of_reporting_in_another_year(take: Take, label: str) -> None:
    turned_away(take(HEAD, ZHANG, WANG, above=label), "A1")
    turned_away(take(HEAD, ZHANG, WANG, below=label), "A5")


@pytest.mark.parametrize("sheet", ["2022", "2022年", "2022下半年走访", "走访登记2022", "20221012", "22年下半年"])
def test_a_sheet_named_after_another_year(take: Take, sheet: str) -> None:
    turned_away(take(HEAD, ZHANG, WANG, sheet=sheet), "")


@pytest.mark.parametrize(
    "name", ["工会2022.xlsx", "2022年走访登记表.xlsx", "工会20221012.xlsx", "工会（2022）.xlsx", "2022.10 走访.xlsx"]
)
def test_a_file_named_after_another_year(take: Take, name: str) -> None:
    turned_away(take(HEAD, ZHANG, WANG, name=name), "")


def test_days_written_with_this_year_are_believed_and_the_title_is_said(take: Take) -> None:
    for day in ("@2023-09-20", "2023.9.20", "2023年9月20日", "20230920", "23.9.20", "45189"):
        taken = take(HEAD, FULL.format(day), above="2022年走访登记表")
        assert taken.visits("visited_on") == [("2023-09-20",)]
        assert [(fault.code, fault.severity) for fault in taken.faults] == [("S29", "warning")]
        assert "照日期计入" in taken.faults[0].message


def test_of_one_form_the_rows_that_say_their_year_count_and_the_others_do_not(take: Take) -> None:
    taken = take(HEAD, FULL.format("2023-9-20"), "同上 | 李明 | 赵六 | 人大代表", WANG, above="2022年走访登记表")
    assert sorted(taken.visits("household")) == [("张三",), ("赵六",)]
    assert [fault.message for fault in taken.faults] == [
        "「登记」表的标题写着“2022年走访登记表”，是2022年，本年度是2023年；第5行的日期没有写年份，没有计入"
    ]


def test_days_written_with_the_other_year_say_so_themselves(take: Take) -> None:
    taken = take(HEAD, FULL.format("2022-9-20"), above="2022年走访登记表")
    assert [fault.code for fault in taken.faults] == ["C07"]


@pytest.mark.parametrize(
    "above",
    [
        "2023年下半年走访登记表", "2022-2023年走访登记表", "2022-2023学年走访登记表", "2021-2025年走访登记表", "县教发〔2022〕5号走访登记表",
        "走访登记表（2022）5号", "根据2022年工作方案填写走访登记表", "填报时间：2023年10月12日", "填报时间：2022级新生走访", "注：2022年度评优的户不用填",
        "走访2022户，请如实填写。", "电话：07302022123", "2022级学生走访登记表",
    ],
)  # fmt: skip
def test_what_is_no_year_of_the_form_changes_nothing(take: Take, above: str) -> None:
    taken = take(HEAD, ZHANG, WANG, above=above)
    assert sorted(taken.visits("visited_on")) == [("2023-09-20",), ("2023-09-21",)]
    assert [fault.code for fault in taken.faults] == []


def test_what_stands_nearer_to_the_rows_tells_the_year(take: Take) -> None:
    taken = take(HEAD, ZHANG, above="2023年下半年走访登记表", sheet="2022年", name="工会2022.xlsx")
    assert taken.visits("household") == [("张三",)]
    assert take(HEAD, ZHANG, above="填报时间：2023年10月12日", name="工会2022.xlsx").visits("household") == [("张三",)]
    assert take(HEAD, ZHANG, sheet="2023年", name="工会2022.xlsx").visits("household") == [("张三",)]


@pytest.mark.parametrize(
    ("label", "today", "counts"),
    [
        ("填报时间：2024年1月5日", date(2024, 1, 8), True),  # this round, reported late
        ("填报时间：2024年9月28日", date(2024, 10, 8), False),  # the next year, for which nobody gave rules yet
        ("填报时间：2033年10月12日", date(2023, 10, 20), True),  # a slip of the pen
    ],
)
def test_a_form_reported_after_the_year(take: Take, label: str, today: date, counts: bool) -> None:
    taken = take(HEAD, ZHANG, above=label, today=today)
    assert taken.visits("household") == ([("张三",)] if counts else [])


def test_a_note_in_a_cell_is_no_title(take: Take) -> None:
    taken = take(f"{HEAD} | 备注", f"{ZHANG} | 2022年度评优登记表")
    assert taken.visits("household", "remark") == [("张三", "2022年度评优登记表")]


def test_sheets_of_two_years_are_two_matters(rules: Rules) -> None:
    pages = {"2022年": rows(f"{HEAD}\n{ZHANG}"), "2023年": rows(f"{HEAD}\n{WANG}")}
    taken = Taken(rules, ("登记.xlsx", workbook_of(pages)))
    assert taken.visits("household") == [("王五",)]
    assert [(fault.code, fault.sheet) for fault in taken.faults] == [("S29", "2022年")]


def test_items_without_a_year_are_held_too(rules: Rules) -> None:
    head = "走访日期 | 走访干部 | 反映人 | 事项类别 | 意见建议内容 | 办理状态"
    page = [["2022年意见建议事项办理表"], *rows(f"{head}\n9月20日 | 李明 | 张三 | 其他 | 建议修路 | 未启动")]
    taken = Taken(rules, ("办理.xlsx", workbook_of({"办理": page})))
    assert taken.items() == []
    assert [fault.code for fault in taken.submission.errors] == ["S29"]


def test_rules_that_knew_no_habits_judge_as_before(rules: Rules) -> None:
    old = replace(rules, generation=Generation.AUDIENCES)
    taken = Taken(old, ("工会2022.xlsx", workbook_of({"2022年": [["2022年走访登记表"], *rows(f"{HEAD}\n{ZHANG}")]})))
    assert taken.visits("visited_on") == [("2023-09-20",)]
