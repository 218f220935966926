"""One field told in several columns: 村 and 组, or 年, 月 and 日, side by side; and what must not be joined."""

from __future__ import annotations

import pytest
from conftest import Office, Read
from tables import rows, workbook, workbook_of

from dazoufang.judging.examine import Examined

HEAD = "走访日期 | 走访干部 | 走访对象 | 对象类别"
ZHANG = "2023-9-20 | 李明 | 张三 | 其他"
WANG = "2023-9-21 | 李明 | 王五 | 其他"


def cells(found: Examined, name: str) -> list[str]:
    return [row.values.get(name, "") for part in found.parts for row in part.rows if not row.held]


def marks(found: Examined) -> list[str]:
    return [f"{fault.code} {fault.cell}" for fault in found.faults]


@pytest.mark.parametrize(
    ("heads", "typed", "village"),
    [
        ("村 | 组", "沙口村 | #5", "沙口村5组"),
        ("村 | 组", "沙口村 | 5组", "沙口村5组"),
        ("村 | 组", "沙口村 | 五", "沙口村五组"),
        ("村 | 组", "沙口村 | 第5", "沙口村第5组"),
        ("村 | 组", "沙口村 | 新屋", "沙口村新屋"),
        ("村 | 组", "沙口村5组 | 5组", "沙口村5组"),
        ("村 | 组", "沙口村 | ", "沙口村"),
        ("村 | 组", "沙口村 | /", "沙口村"),
        ("行政村 | 村民小组", "沙口村 | ５", "沙口村5组"),
        ("社区 | 小组", "马鞍社区 | 5", "马鞍社区5组"),
        ("村（社区） | 组别", "沙口村 | 5", "沙口村5组"),
        ("乡镇 | 村 | 组", "章华镇 | 沙口村 | 5", "沙口村5组"),
        ("省 | 市 | 县 | 乡镇 | 村 | 组", "湖南省 | 岳阳市 | 华容县 | 章华镇 | 沙口村 | 5", "沙口村5组"),
    ],
)
def test_village_and_group_in_two_columns_are_one_address(read: Read, heads: str, typed: str, village: str) -> None:
    found = read(f"{HEAD} | {heads}\n{ZHANG} | {typed}")
    assert (cells(found, "village"), marks(found)) == ([village], [])


def test_what_was_joined_is_said_with_both_cells(read: Read) -> None:
    (repair,) = read(f"{HEAD} | 村 | 组\n@{ZHANG} | 沙口村 | #5".replace("@2023-9-20", "@2023-09-20")).repairs
    assert (repair.cell, repair.how, repair.before, repair.after) == (
        "E2",
        "几列合一",
        "E2：沙口村，F2：5",
        "沙口村5组",
    )


def test_a_village_merged_over_its_groups_is_every_row_s(read: Read) -> None:
    found = read(f"{HEAD} | 村 | 组\n{ZHANG} | 沙口村 | #5\n{WANG} | | #6", ("E2:E3",))
    assert cells(found, "village") == ["沙口村5组", "沙口村6组"]


def test_village_and_group_both_merged_are_every_row_s(read: Read) -> None:
    found = read(f"{HEAD} | 村 | 组\n{ZHANG} | 沙口村 | 5组\n{WANG} | | ", ("E2:E3", "F2:F3"))
    assert cells(found, "village") == ["沙口村5组", "沙口村5组"]


def test_ditto_under_the_village_alone_means_the_village_above(read: Read) -> None:
    found = read(f"{HEAD} | 村 | 组\n{ZHANG} | 沙口村 | 5\n{WANG} | 同上 | 6")
    assert cells(found, "village") == ["沙口村5组", "沙口村6组"]


def test_village_and_group_under_the_visited_person(read: Read) -> None:
    lines = [
        ["走访日期", "走访干部", "走访对象"],
        [None, None, "姓名", "类别", "村", "组", "联系电话"],
        ["9月20日", "李明", "张三", "其他", "沙口村", "5", "13812345678"],
    ]
    found = read(workbook_of({"登记": lines}, merges=["A1:A2", "B1:B2", "C1:G1"]))
    assert (cells(found, "village"), cells(found, "phone")) == (["沙口村5组"], ["13812345678"])


@pytest.mark.parametrize("heads", ["组 | 备注", "村 | 备注 | 组", "村民代表 | 组"])
def test_a_group_that_does_not_stand_beside_the_village_is_not_joined(read: Read, heads: str) -> None:
    typed = " | ".join({"组": "5", "村": "沙口村", "备注": "", "村民代表": "是"}[head] for head in heads.split(" | "))
    found = read(f"{HEAD} | {heads}\n{ZHANG} | {typed}")
    assert cells(found, "village") == ["沙口村" if "村 " in heads else ""]
    assert "S03" in {fault.code for fault in found.faults}


REST = "走访干部 | 走访对象 | 对象类别"
WHO = "李明 | 张三 | 其他"


@pytest.mark.parametrize(
    ("heads", "typed"),
    [
        ("年 | 月 | 日", "#2023 | #9 | #20"),
        ("年 | 月 | 日", "2023年 | 9月 | 20日"),
        ("年 | 月 | 日", "2023 | 09 | 20号"),
        ("月 | 日", "#9 | #20"),
        ("月 | 日", "9月 | 20日"),
    ],
)
def test_year_month_and_day_as_headings_of_their_own_are_the_day(read: Read, heads: str, typed: str) -> None:
    found = read(f"{heads} | {REST}\n{typed} | {WHO}")
    assert (cells(found, "visited_on"), marks(found)) == (["2023-09-20"], [])


@pytest.mark.parametrize("over", ["走访日期", "走访时间", "日期"])
def test_year_month_and_day_under_a_merged_heading_are_the_day(read: Read, over: str) -> None:
    lines = rows(f"{over} | | | {REST}\n年 | 月 | 日 | | | \n#2023 | #9 | #20 | {WHO}")
    found = read(workbook_of({"登记": lines}, merges=["A1:C1"]))
    assert (cells(found, "visited_on"), marks(found)) == (["2023-09-20"], [])


def test_a_day_that_is_none_is_a_fault_at_its_first_cell(read: Read) -> None:
    assert marks(read(f"年 | 月 | 日 | {REST}\n#2023 | #9 | #31 | {WHO}")) == ["C05 A2"]


def test_the_parts_of_another_day_are_not_the_visit_s(read: Read) -> None:
    lines = rows(f"{HEAD} | 下次走访 | | \n{ZHANG} | #2024 | #1 | #5")
    lines.insert(1, [None, None, None, None, "年", "月", "日"])
    found = read(workbook_of({"登记": lines}, merges=["E1:G1"]))
    assert cells(found, "visited_on") == ["2023-09-20"]


def test_the_joined_address_reaches_the_published_rows(office: Office) -> None:
    office.take(
        "工会/走访登记表.xlsx", workbook(f"{HEAD} | 村 | 组\n{ZHANG} | 沙口村 | #5\n{WANG} | 沙口村 | 6组", unit="工会")
    )
    assert list(office.frames().visits.village) == ["沙口村5组", "沙口村6组"]
