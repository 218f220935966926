"""Annexes of several bureaus give a county's annexes, those of several counties a city's: whose everything is, and that it adds up."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import Office, made_quick
from tables import workbook

from dazoufang.commands.rebuild import rebuild
from dazoufang.commands.trace import NotFound, trace
from dazoufang.duties.alerts import alerts
from dazoufang.ledger.chains import chains
from dazoufang.system.home import Home, shipped

pytestmark = pytest.mark.usefixtures("few_outputs")

FIRST, SECOND = date(2023, 10, 19), date(2023, 10, 20)
JIA, YI, COUNTY, OTHER_COUNTY, CITY = "甲县教育局", "乙县教育局", "华容县走访办", "湘阴县走访办", "岳阳市走访办"
ANNEXES = {
    "visits": "附件1 县乡干部大走访活动汇总表.xlsx",
    "dispute": "附件2 县乡干部大走访活动矛盾纠纷事项办理表.xlsx",
    "suggestion": "附件3 县乡干部大走访活动意见建议事项办理表.xlsx",
}
ROSTER = "| 姓名 | 单位 | 角色 |\n| 李明 | 工会 | 股室负责人 |\n| 陈红 | 督导室 | 股室负责人 |"
HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 村(社区)组 | 联系电话 | 矛盾纠纷和信访诉求 | 意见建议 |"
DITCH = "与邻居争排水沟"
# The same names, days, households and telephones in both bureaus: only whose they are tells them apart.
SHARED = f"| 2023-09-20 | 李明 | 张三 | 其他 | 沙口村 | 13800000001 | {DITCH} | 无 |"
LISI = "| 2023-09-21 | 陈红 | 李四 | 人大代表 | 东湖村 | 13800000002 | 无 | 村口修路 |"
WANG = "| 2023-09-22 | 李明 | 王五 | 其他 | 沙口村 | 13800000003 | 拖欠工钱三千元 | 无 |"
CLOSED = (
    "| 编号 | 化解措施 | 化解情况 | 办理状态 | 办结日期 | 回访日期 | 回访方式 |\n"
    "| 23下矛0001 | 组织双方协商 | 已和解 | 已化解 | 2023-10-12 | 2023-10-16 | 上门 |"
)


def bureau(home: Path, name: str) -> Office:
    """A home whose rules are those of a bureau of that name."""
    office = Office(Home(home))
    schemas = home / "schemas"
    shutil.copytree(shipped("schemas"), schemas)
    campaign = schemas / "campaign.yaml"
    text = campaign.read_text(encoding="utf-8")
    assert text.count("value: 华容县教育体育局") == 1
    campaign.write_text(text.replace("value: 华容县教育体育局", f"value: {name}"), encoding="utf-8")
    return office


def send(office: Office, to: Office, folder: str, today: date) -> None:
    """Drop what a home publishes into another one's folder for it."""
    for file in ANNEXES.values():
        to.drop(f"{folder}/{file}", (office.home.outbox / file).read_bytes())
    to.run(today)


@pytest.fixture(scope="module")
def levels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Office]]:
    """Two bureaus, their county, another county, and the city, over two nights."""
    root = tmp_path_factory.mktemp("levels")
    with pytest.MonkeyPatch.context() as patch:
        made_quick(patch)
        made = {name: bureau(root / name, name) for name in (JIA, YI, COUNTY, OTHER_COUNTY, CITY)}
        jia, yi, county, other, city = made.values()
        for office in (jia, yi, other):
            office.drop("花名册.xlsx", workbook(ROSTER))
        jia.drop("工会/走访.xlsx", workbook(f"{HEAD}\n{SHARED}\n{WANG}", unit="工会"))
        jia.drop("督导室/走访.xlsx", workbook(f"{HEAD}\n{LISI}", unit="督导室"))
        yi.drop("工会/走访.xlsx", workbook(f"{HEAD}\n{SHARED}", unit="工会"))
        other.drop("工会/走访.xlsx", workbook(f"{HEAD}\n{SHARED}", unit="工会"))
        county.drop("信访局/走访.xlsx", workbook(f"{HEAD}\n{SHARED}", unit="信访局"))
        for office in (jia, yi, other, county):
            office.run(FIRST)
        send(jia, county, JIA, FIRST)
        send(yi, county, YI, FIRST)
        send(county, city, COUNTY, FIRST)
        send(other, city, OTHER_COUNTY, FIRST)
        jia.take("工会/办结.xlsx", workbook(CLOSED, unit="工会"), SECOND)
        send(jia, county, JIA, SECOND)
        send(county, city, COUNTY, SECOND)
        yield made


def sheet(office: Office, annex: str, name: str = "") -> list[dict[str, Any]]:
    """The rows of a sheet of a published annex, by their headings; of 汇总统计 those below its two rows of headings."""
    book = openpyxl.load_workbook(io.BytesIO((office.home.outbox / ANNEXES[annex]).read_bytes()))
    rows = list(book[name or book.sheetnames[-1]].iter_rows(values_only=True))
    at = next(place for place, row in enumerate(rows) if row[0] == "序号")
    return [dict(zip(map(str, rows[at]), row, strict=True)) for row in rows[at + 1 :] if isinstance(row[0], int)]


def test_rows_of_another_bureau_show_it_before_their_unit(levels: dict[str, Office]) -> None:
    assert [(row["填报单位"], row["走访对象"]) for row in sheet(levels[COUNTY], "visits", "走访明细")] == [
        ("乙县教育局/工会", "张三"), ("信访局", "张三"), ("甲县教育局/工会", "张三"), ("甲县教育局/工会", "王五"),
        ("甲县教育局/督导室", "李四"),
    ]  # fmt: skip
    assert {row["填报单位"] for row in sheet(levels[JIA], "visits", "走访明细")} == {"工会", "督导室"}


def test_a_household_of_each_bureau_is_a_household(levels: dict[str, Office]) -> None:
    book = openpyxl.load_workbook(io.BytesIO((levels[COUNTY].home.outbox / ANNEXES["visits"]).read_bytes()))
    total = next(row for row in book["走访明细"].iter_rows(values_only=True) if row[0] == "合计")
    assert total[1] == "共5户"  # three of them are called 张三, with one telephone


def test_equal_numbers_stay_two_items_that_keep_their_number_and_origin(levels: dict[str, Office]) -> None:
    assert [(row["填报单位"], row["编号"], row["当事人"], row["办理状态"]) for row in sheet(levels[COUNTY], "dispute")] == [
        ("乙县教育局/工会", "23下矛0001", "张三", "未启动"),
        ("信访局", "23下矛0001", "张三", "未启动"),
        ("甲县教育局/工会", "23下矛0001", "张三", "已化解"),
        ("甲县教育局/工会", "23下矛0002", "王五", "未启动"),
    ]  # fmt: skip
    assert [(row["填报单位"], row["编号"]) for row in sheet(levels[COUNTY], "suggestion")] == [
        ("甲县教育局/督导室", "23下建0001")
    ]
    assert sorted(levels[COUNTY].items("item_no", "unit", "state")) == [
        ("23下矛0001", "信访局", "open"),
        ("乙县教育局/23下矛0001", "乙县教育局/工会", "open"),
        ("甲县教育局/23下建0001", "甲县教育局/督导室", "open"),
        ("甲县教育局/23下矛0001", "甲县教育局/工会", "closed"),
        ("甲县教育局/23下矛0002", "甲县教育局/工会", "open"),
    ]


def test_the_visits_lead_to_the_items_of_their_own_bureau(levels: dict[str, Office]) -> None:
    visits = levels[COUNTY].frames().visits
    told = {(row["unit"], row["household"]): row["item_nos"] for row in visits.to_dict("records")}
    assert told["甲县教育局/工会", "张三"] == "甲县教育局/23下矛0001"
    assert told["乙县教育局/工会", "张三"] == "乙县教育局/23下矛0001"
    assert told["信访局", "张三"] == "23下矛0001"


def test_it_goes_on_a_level_higher(levels: dict[str, Office]) -> None:
    assert [(row["填报单位"], row["编号"], row["办理状态"]) for row in sheet(levels[CITY], "dispute")] == [
        ("华容县走访办/乙县教育局/工会", "23下矛0001", "未启动"),
        ("华容县走访办/信访局", "23下矛0001", "未启动"),
        ("华容县走访办/甲县教育局/工会", "23下矛0001", "已化解"),
        ("华容县走访办/甲县教育局/工会", "23下矛0002", "未启动"),
        ("湘阴县走访办/工会", "23下矛0001", "未启动"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("level", "visits", "found", "closed", "suggestions"),
    [(JIA, 3, 2, 1, 1), (YI, 1, 1, 0, 0), (COUNTY, 5, 4, 1, 1), (CITY, 6, 5, 1, 1)],
)
def test_the_totals_add_up(
    levels: dict[str, Office], level: str, visits: int, found: int, closed: int, suggestions: int
) -> None:
    book = openpyxl.load_workbook(io.BytesIO((levels[level].home.outbox / ANNEXES["visits"]).read_bytes()))
    rows = list(book["汇总统计"].iter_rows(values_only=True))
    heads = next(place for place, row in enumerate(rows) if row[0] == "序号")
    groups, titles = rows[heads], rows[heads + 1]
    group = ""
    columns: dict[tuple[str, str], int] = {}
    for place, (over, under) in enumerate(zip(groups, titles, strict=True)):
        group = str(over) if over else group
        columns[group, str(under or "")] = place
    total = next(row for row in rows if row[0] == "合计")
    assert total[columns["已走访", ""]] == visits
    assert total[columns["矛盾纠纷", "收集"]] == found
    assert total[columns["矛盾纠纷", "已销号"]] == closed
    assert total[columns["意见建议", "收集"]] == suggestions


def test_the_second_night_updates_by_number_and_adds_nothing(levels: dict[str, Office]) -> None:
    county = levels[COUNTY]
    assert len(county.frames().visits) == 5 and len(county.frames().items) == 5
    last = county.submissions()[-3:]
    closed = [number for each in last for number, _ in county.fold().effects[each.submission_id].closed]
    assert closed == ["甲县教育局/23下矛0001"]
    assert all(each.verdict in ("accepted", "duplicate") for each in county.submissions())


@pytest.mark.parametrize("level", [COUNTY, CITY])
def test_its_annexes_in_an_empty_home_of_its_rules_give_the_same_again(
    levels: dict[str, Office], level: str, tmp_path: Path, quick: object
) -> None:
    again = bureau(tmp_path / "again", level)
    for file in ANNEXES.values():
        again.drop(file, (levels[level].home.outbox / file).read_bytes())
    again.run(SECOND)
    assert [fault.code for each in again.submissions() for fault in each.faults] == []
    assert sorted(again.items("item_no", "unit", "person", "state")) == sorted(
        levels[level].items("item_no", "unit", "person", "state")
    )
    for annex, file in ANNEXES.items():
        name = "走访明细" if annex == "visits" else ""
        assert sheet(again, annex, name) == sheet(levels[level], annex, name), file


def test_the_same_from_the_root_is_of_the_bureau_in_its_heading(
    levels: dict[str, Office], tmp_path: Path, quick: object
) -> None:
    county = bureau(tmp_path / "county", COUNTY)
    for file in ANNEXES.values():
        county.drop(file, (levels[JIA].home.outbox / file).read_bytes())
    county.run(SECOND)
    assert {row["填报单位"] for row in sheet(county, "visits", "走访明细")} == {"甲县教育局/工会", "甲县教育局/督导室"}


def test_a_folder_that_shortens_the_bureaus_name_is_the_bureaus(
    levels: dict[str, Office], tmp_path: Path, quick: object
) -> None:
    county = bureau(tmp_path / "county", COUNTY)
    send(levels[JIA], county, "甲县", SECOND)
    assert {row["填报单位"] for row in sheet(county, "dispute")} == {"甲县教育局/工会"}


def test_a_bureaus_number_is_no_units_own(levels: dict[str, Office], tmp_path: Path, quick: object) -> None:
    county = bureau(tmp_path / "county", COUNTY)
    send(levels[JIA], county, JIA, SECOND)
    told = f"{HEAD}\n{SHARED.replace('张三', '赵六').replace('0001', '0009')}"
    county.take("信访局/走访.xlsx", workbook(told, unit="信访局"), SECOND)
    assert ("23下矛0001", "信访局") in county.items("item_no", "unit")


def test_decisions_and_trace_name_it_with_its_bureau_and_without_where_only_one_has_it(
    levels: dict[str, Office], tmp_path: Path, quick: object
) -> None:
    county = bureau(tmp_path / "county", COUNTY)
    shutil.copytree(levels[COUNTY].home.root, county.home.root, dirs_exist_ok=True)
    decisions = "| 编号 | 裁定 | 批准人 | 批准日期 | 理由 |"
    rows = [
        "| 甲县教育局/23下矛0002 | 作废 | 王局 | 2023-10-20 | 报错了 |",
        "| 23下建0001 | 作废 | 王局 | 2023-10-20 | 报错了 |",
    ]
    county.take("裁定表.xlsx", workbook("\n".join([decisions, *rows])), SECOND)
    assert sorted(number for (number,) in county.items("item_no")) == [
        "23下矛0001", "乙县教育局/23下矛0001", "甲县教育局/23下矛0001",
    ]  # fmt: skip
    fold = county.fold()
    assert trace("乙县教育局/23下矛0001", county.home, fold, SECOND).what == f"乙县教育局/23下矛0001：张三 {DITCH}"
    assert trace("23下矛0001", county.home, fold, SECOND).what == f"23下矛0001：张三 {DITCH}"
    assert trace("23下矛0002", county.home, fold, SECOND).what == "甲县教育局/23下矛0002：王五 拖欠工钱三千元"


def test_the_number_in_an_annex_leads_to_the_cell_that_brought_it(levels: dict[str, Office]) -> None:
    county = levels[COUNTY]
    book = openpyxl.load_workbook(io.BytesIO((county.home.outbox / ANNEXES["dispute"]).read_bytes()))
    (row,) = (row for row in book.worksheets[0].iter_rows() if row[1].value == "乙县教育局/工会")
    (number,) = (cell for cell in row if cell.value == "23下矛0001")
    found = trace(f"附件2!{number.coordinate}", county.home, county.fold(), SECOND)
    assert {(source.path, source.value) for source in found.sources} == {
        (f"{YI}/{ANNEXES['visits']}", "23下矛0001"), (f"{YI}/{ANNEXES['dispute']}", "23下矛0001"),
    }  # fmt: skip


def test_a_number_that_several_bureaus_have_is_asked(levels: dict[str, Office], tmp_path: Path, quick: object) -> None:
    city = bureau(tmp_path / "city", CITY)
    send(levels[JIA], city, JIA, SECOND)
    send(levels[YI], city, YI, SECOND)
    with pytest.raises(
        NotFound, match="几个单位都有编号“23下矛0001”，请写全：甲县教育局/23下矛0001、乙县教育局/23下矛0001"
    ):
        trace("23下矛0001", city.home, city.fold(), SECOND)
    city.take(
        "裁定表.xlsx",
        workbook("| 编号 | 裁定 | 批准人 | 批准日期 | 理由 |\n| 23下矛0001 | 作废 | 王局 | 2023-10-20 | 报错了 |"),
        SECOND,
    )
    (notice,) = city.fold().effects[city.submissions()[-1].submission_id].notices
    assert (notice.code, "请写全：甲县教育局/23下矛0001、乙县教育局/23下矛0001" in notice.message) == ("R07", True)


def test_nobody_of_another_bureau_is_doubted_by_this_homes_roster(
    levels: dict[str, Office], tmp_path: Path, quick: object
) -> None:
    county = bureau(tmp_path / "county", COUNTY)
    county.take(
        "花名册.xlsx", workbook("| 姓名 | 单位 | 角色 | 任职止 |\n| 李明 | 信访局 | 股室负责人 | 2023-09-18 |"), FIRST
    )
    send(levels[JIA], county, JIA, SECOND)
    assert [fault.code for each in county.submissions() for fault in each.faults] == []
    rows = {(row["单位"], row["走访干部"]): row["已走访"] for row in sheet(county, "visits", "汇总统计")}
    assert rows == {("信访局", "李明"): 0, ("甲县教育局/工会", "李明"): 2, ("甲县教育局/督导室", "陈红"): 1}


def test_who_handles_an_item_is_of_its_own_bureau(tmp_path: Path, quick: object) -> None:
    jia, county = bureau(tmp_path / "jia", JIA), bureau(tmp_path / "county", COUNTY)
    county.take("花名册.xlsx", workbook("| 姓名 | 单位 | 角色 |\n| 赵强 | 督导室 | 股室负责人 |"), FIRST)
    head = "| 走访日期 | 走访干部 | 当事人 | 纠纷类别 | 主要情况及诉求 | 责任单位 | 责任人 | 化解时限 | 办理状态 |"
    row = f"| 2023-09-20 | 李明 | 张三 | 邻里关系 | {DITCH} | 督导室 | 陈红 | 2023-10-18 | 正在化解 |"
    jia.take("工会/办理.xlsx", workbook(f"{head}\n{row}", unit="工会"), FIRST)
    send(jia, county, JIA, FIRST)
    table = alerts(county.frames(), county.fold().rules, SECOND)
    assert table.loc[table["kind"] == "超过时限", ["unit", "person"]].values.tolist() == [["甲县教育局/督导室", "陈红"]]
    head = "| 编号 | 走访日期 | 走访干部 | 当事人 | 纠纷类别 | 主要情况及诉求 | 办理状态 | 化解情况 |"
    handled = f"{head}\n| 甲县教育局/23下矛0001 | 2023-09-20 | 李明 | 张三 | 邻里关系 | {DITCH} | 正在化解 | 已上门 |"
    county.take(
        "督导室/办理.xlsx", workbook(handled, unit="督导室"), SECOND
    )  # the county's own, and no handler of theirs
    notices = county.fold().effects[county.submissions()[-1].submission_id].notices
    assert [notice.code for notice in notices] == ["R20"]
    assert county.items("outcome") == [("",)]


def test_the_same_matter_in_two_bureaus_is_no_repeated_petition(levels: dict[str, Office]) -> None:
    fold = levels[COUNTY].fold()
    assert chains(fold, fold.frames()) == []


def test_what_only_looks_like_an_annex_is_none(tmp_path: Path, quick: object) -> None:
    county = bureau(tmp_path / "county", COUNTY)
    head = f"| 填报单位 {HEAD}"
    county.take("走访.xlsx", workbook(f"{head}\n| 高一年级 {LISI}", unit="县一中"), FIRST)
    assert county.frames().visits["unit"].tolist() == ["高一年级"]


def test_a_unit_of_the_roster_is_no_bureau(tmp_path: Path, quick: object) -> None:
    county = bureau(tmp_path / "county", COUNTY)
    county.take("花名册.xlsx", workbook("| 姓名 | 单位 | 角色 |\n| 陈红 | 县一中 | 股室负责人 |"), FIRST)
    head = f"| 填报单位 {HEAD}"
    told = workbook(f"{head}\n| 高一年级 {LISI}", unit="县一中", above=[["附件1"]])
    county.take("走访.xlsx", told, FIRST)
    assert county.frames().visits["unit"].tolist() == ["高一年级"]


def test_what_came_of_it_is_rebuilt(levels: dict[str, Office], quick: object) -> None:
    assert rebuild(levels[COUNTY].home, SECOND) == []
