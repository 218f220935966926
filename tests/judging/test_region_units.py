"""填报单位 written with its region, the bureau or a day around it: the unit that the roster knows, and never a region."""

from __future__ import annotations

import pytest
from conftest import Office
from tables import Rows, rows, workbook

TABLE = rows("走访日期 | 走访干部 | 走访对象 | 对象类别\n2023-9-20 | 李明 | 张三 | 其他")
ROSTER = workbook(
    "姓名 | 单位 | 角色\n李明 | 工会 | 股室负责人\n王芳 | 工会 | 股室负责人\n陈红 | 第一中学 | 股室负责人\n陈红 | 工会 | 股室负责人"
)


def unit(office: Office, line: Rows, path: str = "登记.xlsx") -> tuple[list[str], list[str]]:
    """Whose the visit is, and what was said of the unit."""
    office.drop("花名册.xlsx", ROSTER)
    office.take(path, workbook([*line, *TABLE]))
    codes = [fault.code for fault in office.submissions()[-1].faults if fault.code[:2] in ("S0", "S2", "S3")]
    return list(office.frames().visits.unit), codes


@pytest.mark.parametrize(
    "line",
    [
        ["填报单位：", "湖南省", "岳阳市", "华容县", "工会"],
        ["填报单位：", "湖南省", "省*", "岳阳市", "市*", "华容县", "县*", "工会"],
        ["填报单位：湖南省岳阳市华容县工会"],
        ["填报单位：华容县教育体育局工会"],
        ["填报单位：教育体育局工会"],
        ["填报单位：华容县教体局工会"],
        ["填报单位", "教体局", "工会"],
        ["填报单位：工会 2023年10月8日"],
        ["填报单位：华容县工会（盖章）2023.10.8"],
        ["填报单位", "华容县", "教育体育局", "工会"],
    ],
)
@pytest.mark.parametrize("path", ["登记.xlsx", "工会/登记.xlsx"])
def test_the_unit_that_the_roster_knows_is_found(office: Office, line: list[str], path: str) -> None:
    assert unit(office, [line], path)[0] == ["工会"]


def test_what_was_cut_off_is_said(office: Office) -> None:
    assert unit(office, [["填报单位：湖南省岳阳市华容县工会"]]) == (["工会"], ["S32"])


@pytest.mark.parametrize(
    "line",
    [
        ["填报单位：", "湖南省", "岳阳市", "华容县"],
        ["填报单位：湖南省"],
        ["填报单位：", "湖南省", "省*", "岳阳市", "市*"],
    ],
)
def test_a_region_alone_is_no_unit(office: Office, line: list[str]) -> None:
    assert unit(office, [line], "工会/登记.xlsx") == (["工会"], [])


@pytest.mark.parametrize(
    "typed",
    ["岳阳市第一中学", "湘阴县第一中学", "县总工会", "工会干校", "湘阴县教体局工会", "教体局工会干校", "教局工会"],
)
def test_another_unit_that_only_resembles_one_is_not_taken_for_it(office: Office, typed: str) -> None:
    found, codes = unit(office, [[f"填报单位：{typed}"]])
    assert (found, codes) == ([typed], ["S08"])
