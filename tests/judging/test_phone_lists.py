"""Whose a telephone is: a list beside the table, a cadre's own number, two columns under one heading, half-days."""

from __future__ import annotations

from datetime import time

import pytest
from conftest import Read
from tables import rows, workbook, workbook_of

from dazoufang.judging.examine import Examined

HEAD = "走访日期 | 走访干部 | 走访对象 | 对象类别 | 意见建议"
ZHANG = "2023-9-20 | 李明 | 张三 | 其他 | 建议修路"
WANG = "2023-9-21 | 李明 | 王五 | 其他 | 建议装灯"


def phones(found: Examined) -> list[str]:
    return [row.values.get("phone", "") for part in found.parts for row in part.rows if not row.held]


def marks(found: Examined) -> list[str]:
    return [f"{fault.code} {fault.cell}" for fault in found.faults if fault.code != "S03"]


@pytest.mark.parametrize(
    ("heads", "one", "other", "asked"),
    [
        ("| 姓名 | 联系电话", "| 李明 | 13900000001", "| 刘芳 | 13900000002", ["S11 H1"]),
        ("| 姓名 | 电话", "| 李明 | 13900000001", "| 刘芳 | 13900000002", ["S11 H1"]),
        ("| 联系电话 | 姓名", "| 13900000001 | 李明", "| 13900000002 | 刘芳", ["S11 G1"]),
        ("| 股室 | 姓名 | 手机号码", "| 工会 | 李明 | 13900000001", "| 工会 | 刘芳 | 13900000002", ["S11 I1"]),
        ("| | 姓名 | 联系方式", "| | 李明 | 13900000001", "| | 刘芳 | 13900000002", ["S11 I1"]),
    ],
)
def test_a_list_of_telephones_behind_an_empty_column_is_not_the_households(
    read: Read, heads: str, one: str, other: str, asked: list[str]
) -> None:
    found = read(f"{HEAD} | {heads}\n{ZHANG} | {one}\n{WANG} | {other}")
    assert (phones(found), marks(found)) == (["", ""], asked)


def test_a_list_with_its_own_serial_numbers_is_no_part_of_the_table(read: Read) -> None:
    head, zhang = f"序号 | {HEAD} | | 序号 | 姓名 | 电话", f"1 | {ZHANG} | | 1 | 李明 | 13900000001"
    assert phones(read(f"{head}\n{zhang}")) == [""]


def test_a_list_is_seen_although_a_line_is_merged_over_the_whole_sheet_below(read: Read) -> None:
    lines = rows(f"{HEAD} | | 姓名 | 电话\n{ZHANG} | | 李明 | 13900000001")
    data = workbook_of({"登记": [*lines, ["填表人：李明"]]}, merges=["A3:H3"])
    assert phones(read(data)) == [""]


@pytest.mark.parametrize(
    ("heads", "cells"),
    [
        ("联系电话", "13812345678"),
        ("| 联系电话", "| 13812345678"),
        ("| 备注 | 联系电话", "| 老人 | 13812345678"),
        ("家庭人口 | 联系电话", "4 | 13812345678"),
        ("| 家庭人口 | 联系电话", "| 4 | 13812345678"),
        ("| 联系电话 | 是否党员", "| 13812345678 | 是"),
    ],
)
def test_an_empty_column_alone_makes_no_list_of_what_follows(read: Read, heads: str, cells: str) -> None:
    assert phones(read(f"{HEAD} | {heads}\n{ZHANG} | {cells}")) == ["13812345678"]


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("走访日期 | 走访干部 | 联系电话 | 走访对象 | 对象类别", "2023-9-2{} | 李明 | 13900000001 | {} | 其他"),
        (
            "走访日期 | 走访干部 | 职务 | 电话 | 走访对象 | 对象类别",
            "2023-9-2{} | 李明 | 股长 | 13900000001 | {} | 其他",
        ),
        ("走访日期 | 走访对象 | 对象类别 | 走访人员 | 手机号", "2023-9-2{0} | {1} | 其他 | 李明 | 13900000001"),
        (
            "走访日期 | 走访干部 | 所在股室 | 联系方式 | 走访对象 | 对象类别",
            "2023-9-2{} | 李明 | 工会 | 13900000001 | {} | 其他",
        ),
        (
            "走访日期 | 走访干部 | 走访对象 | 对象类别 | 陪同人员 | 联系电话",
            "2023-9-2{} | 李明 | {} | 其他 | 陈某 | 13900000001",
        ),
    ],
)
@pytest.mark.parametrize("people", [("张三",), ("张三", "王五", "赵六")])
def test_a_telephone_behind_the_cadre_is_asked_about_and_not_the_households(
    read: Read, head: str, line: str, people: tuple[str, ...]
) -> None:
    found = read("\n".join([head, *(line.format(at, name) for at, name in enumerate(people))]))
    assert phones(found) == [""] * len(people)
    assert [(fault.code, fault.severity) for fault in found.faults if fault.code != "S03"] == [("S30", "warning")]
    assert "没有当作走访对象的电话" in next(fault.message for fault in found.faults if fault.code == "S30")


def test_a_telephone_behind_the_cadre_that_differs_by_household_is_the_households(read: Read) -> None:
    head = "走访日期 | 走访干部 | 联系电话 | 走访对象 | 对象类别"
    found = read(f"{head}\n2023-9-20 | 李明 | 13812345671 | 张三 | 其他\n2023-9-21 | 李明 | 13812345672 | 王五 | 其他")
    assert (phones(found), marks(found)) == (["13812345671", "13812345672"], [])


@pytest.mark.parametrize("heading", ["3.联系电话", "联系电话 Tel", "联系电话（必填）", "*联系电话"])
def test_a_dressed_telephone_behind_the_cadre_is_asked_about_as_well(read: Read, heading: str) -> None:
    head = f"走访日期 | 走访干部 | {heading} | 走访对象 | 对象类别"
    found = read(f"{head}\n2023-9-20 | 李明 | 13900000001 | 张三 | 其他")
    assert (phones(found), marks(found)) == ([""], ["S30 C1"])


def test_a_title_over_all_headings_does_not_say_whose_it_is(read: Read) -> None:
    lines = rows(
        "大走访情况\n走访日期 | 走访干部 | 联系电话 | 走访对象 | 对象类别\n9月20日 | 李明 | 13900000001 | 张三 | 其他"
    )
    assert phones(read(workbook_of({"登记": lines}, merges=["A1:E1"]))) == [""]


@pytest.mark.parametrize("heading", ["联系电话（走访对象）", "走访对象联系电话", "群众电话"])
def test_a_heading_that_names_the_household_is_read_behind_the_cadre(read: Read, heading: str) -> None:
    found = read(f"走访日期 | 走访干部 | {heading} | 走访对象 | 对象类别\n9月20日 | 李明 | 13812345678 | 张三 | 其他")
    assert (phones(found), marks(found)) == (["13812345678"], [])


def test_a_heading_that_says_whose_it_is_is_not_asked_about(read: Read) -> None:
    head = "走访日期 | 走访干部 | 走访对象电话 | 走访对象 | 对象类别"
    assert phones(read(f"{head}\n2023-9-20 | 李明 | 13812345671 | 张三 | 其他")) == ["13812345671"]


@pytest.mark.parametrize("heading", ["联系电话（干部）", "联系电话（走访人）", "电话（工作人员）"])
def test_a_telephone_of_the_cadre_by_its_brackets_is_not_the_households(read: Read, heading: str) -> None:
    assert phones(read(f"{HEAD} | {heading}\n{ZHANG} | 13900000001")) == [""]


def test_each_cadre_with_one_number_for_all_households_is_asked_about_wherever_the_column_stands(read: Read) -> None:
    lines = [
        f"2023-9-{20 + at} | {cadre} | 户主{name} | 其他 | 139000000{number}"
        for at, (cadre, name, number) in enumerate(
            [("李明", "甲", "01"), ("李明", "乙", "01"), ("王芳", "丙", "02"), ("王芳", "丁", "02")]
        )
    ]
    found = read("\n".join(["走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话", *lines]))
    assert (phones(found), marks(found)) == (["", "", "", ""], ["S30 E1"])


def test_one_family_with_one_number_is_not_asked_about(read: Read) -> None:
    found = read(f"{HEAD} | 联系电话\n{ZHANG} | 13812345678\n{WANG} | 13812345678")
    assert (phones(found), marks(found)) == (["13812345678", "13812345678"], [])


@pytest.mark.parametrize(
    ("head", "line", "aside"),
    [
        ("走访日期 | 走访干部 | 联系电话 | 走访对象 | 联系电话 | 对象类别", "9月20日 | 李明 | 13900000001 | 张三 | 13812345678 | 其他", "S31 C1"),
        ("走访日期 | 走访对象 | 电话 | 对象类别 | 走访干部 | 电话", "9月20日 | 张三 | 13812345678 | 其他 | 李明 | 13900000001", "S31 F1"),
        ("走访日期 | 走访干部 | 职务 | 手机 | 走访对象 | 对象类别 | 电话", "9月20日 | 李明 | 股长 | 13900000001 | 张三 | 其他 | 13812345678", "S31 D1"),
    ],
)  # fmt: skip
def test_of_two_telephones_that_behind_the_household_is_the_households(
    read: Read, head: str, line: str, aside: str
) -> None:
    found = read(f"{head}\n{line}")
    assert (phones(found), marks(found)) == (["13812345678"], [aside])


def test_two_telephones_of_which_nobody_can_tell_are_the_fault_they_were(read: Read) -> None:
    found = read(
        "走访日期 | 走访干部 | 走访对象 | 电话 | 手机 | 对象类别\n9月20日 | 李明 | 张三 | 13812345678 | 13812345679 | 其他"
    )
    assert (phones(found), marks(found)) == ([], ["S02 E1"])


@pytest.mark.parametrize(("first", "second"), [("13812345678", ""), ("", "13812345678")])
def test_an_empty_twin_is_no_fault(read: Read, first: str, second: str) -> None:
    found = read(
        f"走访日期 | 走访干部 | 走访对象 | 电话 | 手机 | 对象类别\n9月20日 | 李明 | 张三 | {first} | {second} | 其他"
    )
    assert (phones(found), marks(found)) == (["13812345678"], [])


@pytest.mark.parametrize("half", ["上午", "下午", "9:30", "上午9:30", "9点半", "9:00-11:00", time(9, 30)])
@pytest.mark.parametrize("before", [False, True])
def test_a_half_day_beside_a_date_is_left_out_and_said(read: Read, half: object, before: bool) -> None:
    cells = [half, "2023-9-20"] if before else ["2023-9-20", half]
    heads = ["走访时间", "走访日期"] if before else ["走访日期", "走访时间"]
    data = workbook([[*heads, "走访干部", "走访对象", "对象类别"], [*cells, "李明", "张三", "其他"]])
    found = read(data)
    assert [row.values["visited_on"] for row in found.parts[0].rows if not row.held] == ["2023-09-20"]
    assert marks(found) == ["S31 A1" if before else "S31 B1"]


def test_two_dates_that_differ_are_still_a_fault(read: Read) -> None:
    data = workbook(
        [["走访日期", "走访时间", "走访干部", "走访对象", "对象类别"], ["9月20日", "9月21日", "李明", "张三", "其他"]]
    )
    assert marks(read(data)) == ["S02 B1"]
