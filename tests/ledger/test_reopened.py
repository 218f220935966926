"""A reopened item shows nothing of its earlier life in the annexes but a sentence, also where they are dropped elsewhere."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import TODAY, Office
from tables import workbook

from dazoufang.reading.books import read_books
from dazoufang.system.home import Home

ROSTER = "| 姓名 | 单位 | 角色 |\n| 李明 | 工会 | 股室负责人 |"
VISIT = """
| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷和信访诉求 |
| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 | 与邻居因排水沟改道争执 |
"""
AGAIN = VISIT.replace("2023-09-20", "2023-10-12")
HANDLED = """
| 编号 | 走访日期 | 走访干部 | 当事人 | 纠纷类别 | 主要情况及诉求 | 办理状态 | 化解情况 | 办结日期 | 回访日期 | 回访方式 | 满意度 | 销号日期 |
| 23下矛0001 | 2023-09-20 | 李明 | 张三 | 邻里关系 | 排水沟改道争执 | 已化解 | 已和解 | 2023-09-25 | 2023-09-27 | 电话 | {said} | {closed} |
"""
REOPEN = """
| 编号 | 裁定 | 批准人 | 批准日期 | 理由 |
| 23下矛0001 | 重开 | 王芳 | 2023-10-18 | 又起争执 |
"""
SHOWN = ("办理状态", "化解情况", "办结日期", "回访日期", "回访方式", "满意度", "销号日期", "备注")


def handled(said: str = "满意", closed: str = "2023-09-28") -> bytes:
    return workbook(HANDLED.format(said=said, closed=closed), unit="工会")


def filled(office: Office, *files: tuple[str, bytes]) -> Office:
    """A home with the roster, the first visit, and these files."""
    office.drop("花名册.xlsx", workbook(ROSTER))
    office.drop("工会/走访.xlsx", workbook(VISIT, unit="工会"))
    for path, data in files:
        office.drop(path, data)
    office.run()
    return office


def annex_2(office: Office) -> list[tuple[Any, ...]]:
    """The rows of annex 2, these columns of them."""
    name = next(path for path in office.outbox() if path.startswith("附件2"))
    rows = read_books(office.outbox()[name], name)[0].sheets[0].rows
    head = next(cells for cells in rows if "序号" in cells)
    listed = [[*cells, *[None] * (len(head) - len(cells))] for cells in rows if isinstance(cells[0], int)]
    return [
        tuple(
            str(cells[head.index(title)])[:10]
            if title[-2:] == "日期" and cells[head.index(title)]
            else cells[head.index(title)]
            for title in SHOWN
        )
        for cells in listed
    ]


@pytest.mark.published
def test_what_is_closed_shows_all_its_days(office: Office) -> None:
    filled(office, ("工会/办理.xlsx", handled()))
    assert annex_2(office) == [("已化解", "已和解", "2023-09-25", "2023-09-27", "电话", "满意", "2023-09-28", None)]


@pytest.mark.parametrize(
    ("reopened_by", "day"),
    [(("工会/第二次.xlsx", workbook(AGAIN, unit="工会")), "10月12日"), (("裁定.xlsx", workbook(REOPEN)), "10月18日")],
)
@pytest.mark.published
def test_a_reopened_item_shows_no_day_of_its_earlier_life(
    office: Office, reopened_by: tuple[str, bytes], day: str
) -> None:
    filled(office, ("工会/办理.xlsx", handled()), reopened_by)
    remark = f"曾于2023年9月25日办结，2023年{day}重开"
    assert annex_2(office) == [("正在化解", "已和解", None, None, None, None, None, remark)]
    assert office.items("state", "item_no") == [("open", "23下矛0001")]


@pytest.mark.published
def test_what_the_person_is_not_satisfied_with_shows_the_follow_up_that_says_so(office: Office) -> None:
    filled(office, ("工会/办理.xlsx", handled("不满意", "")))
    remark = "曾于2023年9月25日办结，群众不满意，重新办理"
    assert annex_2(office) == [("正在化解", "已和解", None, "2023-09-27", "电话", "不满意", None, remark)]


@pytest.mark.published
def test_resolved_again_it_shows_the_new_days(office: Office) -> None:
    filled(office, ("工会/办理.xlsx", handled()), ("工会/第二次.xlsx", workbook(AGAIN, unit="工会")))
    later = workbook(
        HANDLED.format(said="满意", closed="").replace("2023-09-25", "2023-10-16").replace("2023-09-27", "2023-10-17"),
        unit="工会",
    )
    office.take("工会/办理.xlsx", later)
    assert annex_2(office) == [("已化解", "已和解", "2023-10-16", "2023-10-17", "电话", "满意", "2023-10-17", None)]


@pytest.mark.published
def test_a_follow_up_after_the_reopening_is_of_the_new_life(office: Office) -> None:
    late = HANDLED.format(said="基本满意", closed="").replace("2023-09-27", "2023-10-19")
    filled(office, ("工会/办理.xlsx", workbook(late, unit="工会")), ("裁定.xlsx", workbook(REOPEN)))
    remark = "曾于2023年9月25日办结，2023年10月18日重开"
    assert annex_2(office) == [("正在化解", "已和解", None, "2023-10-19", "电话", "基本满意", None, remark)]


def test_annexes_dropped_back_into_their_own_home_say_it_once(office: Office) -> None:
    filled(office, ("工会/办理.xlsx", handled()), ("裁定.xlsx", workbook(REOPEN)))
    before = {path: data for path, data in office.outbox().items() if path.startswith("附件")}
    for path, data in before.items():
        office.drop(path, data)
    office.run()
    assert {path: data for path, data in office.outbox().items() if path.startswith("附件")} == before


@pytest.mark.law(6)
@pytest.mark.parametrize(
    "files",
    [
        [("工会/办理.xlsx", handled()), ("工会/第二次.xlsx", workbook(AGAIN, unit="工会"))],
        [("工会/办理.xlsx", handled()), ("裁定.xlsx", workbook(REOPEN))],
        [("工会/办理.xlsx", handled("不满意", ""))],
    ],
)
def test_a_county_gets_a_reopened_item_as_it_stands(
    tmp_path: Path, quick: object, files: list[tuple[str, bytes]]
) -> None:
    """The day of the reopening decides its deadlines, so that it travels with the annex."""
    bureau = filled(Office(Home(tmp_path / "bureau")), *files)
    county = Office(Home(tmp_path / "county"))
    county.drop("花名册.xlsx", workbook(ROSTER))
    for path, data in bureau.outbox().items():
        if path.startswith("附件"):
            county.drop(path, data)
    assert county.run().faults == 0
    names = (
        "item_no",
        "state",
        "status",
        "resolved_on",
        "reopened_on",
        "follow_up_on",
        "satisfaction",
        "closed_on",
        "remark",
    )
    assert county.items(*names) == bureau.items(*names)
    assert county.run(date(2023, 10, 21)).faults == 0  # another night says it again
    assert county.items(*names) == bureau.items(*names)
    assert {path: data for path, data in county.run(TODAY) and county.outbox().items() if path.startswith("附件2")} == {
        path: data for path, data in bureau.outbox().items() if path.startswith("附件2")
    }
