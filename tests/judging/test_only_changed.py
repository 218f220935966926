"""A form of items given back with 编号 and only the changed columns: what is not there is unchanged."""

from __future__ import annotations

import pytest
from conftest import Office
from tables import workbook

VISIT = (
    "走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷 | 意见建议\n"
    "2023-9-20 | 李明 | 张三 | 其他 | 13812345678 | 与邻居因排水沟改道发生争执 | 建议硬化通学路"
)


def items(office: Office) -> list[tuple[str, str, str]]:
    frame = office.frames().items
    return [(one.item_no, one.person, one.state) for one in frame.itertuples()]


@pytest.fixture
def told(office: Office) -> Office:
    office.take("工会/走访登记表.xlsx", workbook(VISIT, unit="工会"))
    return office


@pytest.mark.parametrize(
    ("table", "resolved"),
    [
        ("编号 | 办理状态 | 化解情况 | 办结日期\n23下矛0001 | 已化解 | 双方握手言和 | 2023-10-18", "23下矛0001"),
        ("编号 | 办理状态 | 办结日期 | 调处情况\n“23下矛0001” | 已化解 | 2023-10-18 | 双方握手言和", "23下矛0001"),
        ("序号 | 编号 | 办理状态 | 办理情况 | 办结日期\n1 | 23下建0001 | 已办结 | 已硬化 | 2023-10-18", "23下建0001"),
        ('编号 | 状态 | 办结日期 | 落实情况\n"23下建0001" | 已办结 | 2023-10-18 | 已硬化', "23下建0001"),
    ],
)  # fmt: skip
def test_the_item_with_that_number_is_updated_and_keeps_the_rest(told: Office, table: str, resolved: str) -> None:
    told.take("工会/回复.xlsx", workbook(table, unit="工会", sheet="走访登记"))
    assert told.submissions()[-1].verdict == "accepted"
    assert items(told) == [
        (number, "张三", "resolved" if number == resolved else "open") for number in ("23下矛0001", "23下建0001")
    ]


@pytest.mark.parametrize(
    "table", ["台账编号 | 化解状态\n23下矛0001 | 正在化解", "编号 | 化解措施\n23下矛0001 | 再次上门"]
)
def test_one_changed_column_beside_the_number_is_accepted_and_opens_nothing(told: Office, table: str) -> None:
    told.take("工会/回复.xlsx", workbook(table, unit="工会"))
    assert told.submissions()[-1].verdict == "accepted"
    assert [row[0] for row in items(told)] == ["23下矛0001", "23下建0001"]


@pytest.mark.parametrize(
    "table",
    [
        "编号 | 办理状态\n1 | 已化解",
        "编号 | 办理状态\n23下矛0001 | 已化解\n12 | 已化解",
        "编号 | 办理状态\n23下矛0001 | 已化解\n23下建0001 | 已办结",
        "编号 | 单价\n23下矛0001 | 5",
    ],
)
def test_numbers_that_are_not_ours_or_of_two_kinds_are_no_such_form(told: Office, table: str) -> None:
    told.take("工会/回复.xlsx", workbook(table, unit="工会"))
    assert (told.submissions()[-1].verdict, [row[2] for row in items(told)]) == ("returned", ["open", "open"])
