"""A home with the office's own templates: what is published in them, what is made again, what is told when one is broken."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any, Final

import openpyxl
import pandas as pd
import pytest
from conftest import Office
from tables import workbook

from dazoufang.commands.rebuild import rebuild
from dazoufang.commands.report_up import report_up
from dazoufang.commands.run import exit_code
from dazoufang.commands.trace import NotFound, trace
from dazoufang.rules.campaign import load_rules
from dazoufang.running import outbox_plan
from dazoufang.running.enclosures import report_upward
from dazoufang.system.errors import WrongUse
from dazoufang.system.home import Home, shipped

BLANKS: Final = Path(__file__).parents[1] / "writing" / "blank_annexes"
ROSTER: Final = "| 姓名 | 单位 | 角色 |\n| 李明 | 工会 | 股室负责人 |\n| 陈红 | 督导室 | 股室负责人 |"
VISITS: Final = """
| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 乡镇 | 村(社区)组 | 联系电话 | 矛盾纠纷和信访诉求 | 意见建议 |
| 2023-09-20 | 李明 | 张三 | 其他 | 章华镇 | 沙口村1组 | 13800000001 | 与邻居因排水沟改道争执 | |
| 2023-09-21 | 李明 | 王五 | 人大代表 | 东山镇 | 东湖村2组 | 13800000002 | | 建议硬化通学路 |
| 2023-09-22 | 陈红 | 赵六 | 其他 | 东山镇 | 东湖村3组 | 13800000003 | | |
"""
DISPUTES: Final = """
| 编号 | 走访日期 | 走访干部 | 当事人 | 纠纷类别 | 主要情况及诉求 | 办理状态 | 化解情况 | 办结日期 | 责任单位 | 责任人 |
| 23下矛0001 | 2023-09-20 | 李明 | 张三 | 邻里关系 | 与邻居因排水沟改道争执 | 已化解 | 已和解 | 2023-09-25 | 工会 | 李明 |
"""
FILES: Final = {
    "附件1": "附件1 县乡干部大走访活动汇总表.xlsx",
    "附件2": "附件2 县乡干部大走访活动矛盾纠纷事项办理表.xlsx",
    "附件3": "附件3 县乡干部大走访活动意见建议事项办理表.xlsx",
}


@pytest.fixture(autouse=True)
def _few_outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has templates of its own, two workbooks that have none, and the answers."""
    own = (outbox_plan.add_annexes, outbox_plan.add_exports)
    others = (outbox_plan.add_alerts, outbox_plan.add_changes, outbox_plan.add_answers)
    monkeypatch.setattr(outbox_plan, "PARTS", (*own, *others))


def lay(office: Office, *names: str) -> None:
    """Put these templates into the home."""
    folder = office.home.root / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copy(BLANKS / f"{name}.xlsx", folder / f"{name}.xlsx")


def filled(office: Office) -> Office:
    """A home that has taken in three visits with a dispute and a suggestion."""
    office.drop("花名册.xlsx", workbook(ROSTER))
    office.drop("走访.xlsx", workbook(VISITS, unit="工会"))
    office.drop("办理.xlsx", workbook(DISPUTES, unit="工会"))
    return office


def rows(office: Office, name: str, sheet: str) -> list[list[Any]]:
    page = openpyxl.load_workbook(io.BytesIO(office.outbox()[FILES[name]]), data_only=True)[sheet]
    return [list(row) for row in page.values]


def test_the_annexes_are_published_in_the_office_templates(office: Office) -> None:
    lay(office, "附件1", "附件2", "附件3")
    filled(office).run()
    assert rows(office, "附件1", "汇总表")[6:9] == [
        [1, "工会", "李明", 10, 2, 0.2, 1, 1, 0, 1, 0, 1, None],
        [2, "督导室", "陈红", 10, 1, 0.1, 0, 0, 0, 0, 0, 0, None],
        ["合  计", None, None, 20, 3, 0.15, 1, 1, 0, 1, 0, 1, None],
    ]
    assert [row[1:5] for row in rows(office, "附件1", "走访明细")[4:7]] == [
        ["工会", pd.Timestamp(2023, 9, 20), "李明", "张三"],
        ["工会", pd.Timestamp(2023, 9, 21), "李明", "王五"],
        ["工会", pd.Timestamp(2023, 9, 22), "陈红", "赵六"],
    ]
    (dispute,) = [row for row in rows(office, "附件2", "矛盾纠纷")[3:] if row[0] == "23下矛0001"]
    assert dispute[1:6] == ["工会", "李明", "张三", "13800000001", "沙口村1组"]
    assert rows(office, "附件3", "意见建议")[6][9] == "建议硬化通学路"


@pytest.mark.law(6)
def test_annexes_in_an_office_template_give_the_same_visits_and_items(tmp_path: Path, office: Office) -> None:
    lay(office, "附件1", "附件2", "附件3")
    filled(office).run()
    other = Office(Home(tmp_path / "county"))
    other.take("花名册.xlsx", workbook(ROSTER))
    for name in FILES.values():
        other.drop(name, office.outbox()[name])
    assert other.run().faults == 0
    ours, theirs = office.frames().visits, other.frames().visits
    shown = [
        "visited_on",
        "unit",
        "cadres",
        "household",
        "target_kind",
        "township",
        "village",
        "phone",
        "dispute",
        "suggestion",
    ]
    pd.testing.assert_frame_equal(ours[shown], theirs[shown])
    names = ("item_no", "unit", "person", "phone", "matter", "status", "outcome", "resolved_on", "responsible_unit")
    assert other.items(*names) == office.items(*names)


@pytest.mark.law(5)
def test_only_what_changed_is_made_again(office: Office) -> None:
    filled(office).run()
    drawn = office.outbox()
    lay(office, "附件2")
    made = office.run()
    assert {path for path, data in office.outbox().items() if drawn[path] != data} == {FILES["附件2"]}
    assert office.run().outbox == made.outbox
    before = {path: (office.home.outbox / path).stat().st_mtime_ns for path in office.outbox()}
    lay(office, "附件3")
    office.run()
    after = {path: (office.home.outbox / path).stat().st_mtime_ns for path in office.outbox()}
    assert {path for path in after if after[path] != before[path]} == {FILES["附件3"]}
    for name in ("附件2", "附件3"):
        (office.home.root / "templates" / f"{name}.xlsx").unlink()
    office.run()
    assert office.outbox() == drawn


@pytest.mark.law(4)
def test_rebuild_agrees_with_what_was_published_in_templates(office: Office) -> None:
    lay(office, "附件1", "附件3")
    filled(office).run()
    assert rebuild(office.home) == []


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("附件2.xlsx", b"PK\x03\x04nothing", "打不开，或里面的写法程序不认得"),
        ("附件2.xls", b"whatever", "表样要是 .xlsx 的"),
        ("附件2.xlsx", workbook("| 甲 | 乙 |\n| 1 | 2 |"), "没有一张工作表的表头认得出来"),
    ],
)
def test_a_broken_template_leaves_out_its_annex_alone(office: Office, name: str, data: bytes, said: str) -> None:
    filled(office).run()
    there = office.outbox()
    folder = office.home.root / "templates"
    folder.mkdir()
    (folder / name).write_bytes(data)
    summary = office.run()
    assert said in summary.broken and f"templates/{name}" in summary.broken
    assert exit_code(summary) == 2
    assert there.keys() - office.outbox().keys() == {FILES["附件2"]}
    assert office.run().broken == summary.broken  # told until it is mended
    (folder / name).unlink()
    assert office.run().broken == "" and office.outbox() == there


def test_several_broken_templates_are_all_told(office: Office) -> None:
    filled(office)
    folder = office.home.root / "templates"
    folder.mkdir(parents=True)
    for name in ("附件1", "附件3"):
        (folder / f"{name}.xlsx").write_bytes(b"")
    summary = office.run()
    assert summary.broken.count("是空文件") == 2
    assert [name in path for path in office.outbox() for name in FILES.values() if name in path] == [True]


@pytest.mark.law(7)
def test_a_cell_of_a_filled_template_leads_back(office: Office) -> None:
    lay(office, "附件1", "附件2")
    filled(office).run()
    found = office.fold()
    made = trace("附件2!D4", office.home, found, office.today)
    assert made.what == f"{FILES['附件2']} 「矛盾纠纷」D4 = 张三"
    assert {(source.path, source.cell, source.value) for source in made.sources} >= {("办理.xlsx", "D3", "张三")}
    figure = trace("附件1!汇总表!E7", office.home, found, office.today)
    assert [part.source.value for part in figure.parts] == ["张三", "王五"]
    total = trace("附件1!汇总表!E9", office.home, found, office.today)
    assert len(total.parts) == 3
    with pytest.raises(NotFound, match="不在数据行内"):
        trace("附件1!汇总表!E3", office.home, found, office.today)
    assert trace("附件1!走访明细!E5", office.home, found, office.today).sources[0].value == "张三"


def test_what_is_reported_upward_is_in_the_templates_too(office: Office) -> None:
    lay(office, "附件3")
    filled(office).run()
    rules = load_rules(office.home.schemas)
    package = {
        each.name: each.content for each in report_upward(office.frames(), rules, office.today, office.home.templates)
    }
    page = openpyxl.load_workbook(io.BytesIO(package[FILES["附件3"]]))["意见建议"]
    assert [page["A1"].value, page["J7"].value] == ["附件3（上报）", "建议硬化通学路"]
    drawn = report_upward(office.frames(), rules, office.today, shipped("templates"))
    assert {each.name for each in drawn} == package.keys()


def test_a_broken_template_stops_the_report_before_anything_is_written(office: Office, tmp_path: Path) -> None:
    filled(office).run()
    (office.home.root / "templates").mkdir()
    (office.home.root / "templates" / "附件3.xlsx").write_bytes(b"")
    with pytest.raises(WrongUse, match=r"附件3\.xlsx 有误，上报材料没有更新：是空文件"):
        report_up(office.home, office.today, tmp_path / "up")
    assert not (tmp_path / "up").exists()


# -- ledgers of other offices ----------------------------------------------------------------------------------------

PETITIONS: Final = """
| 编号 | 走访日期 | 走访干部 | 当事人 | 纠纷类别 | 主要情况及诉求 | 信访性质 | 办理状态 | 化解情况 | 办结日期 | 回访日期 | 回访方式 | 满意度 | 责任单位 | 责任人 |
| | 2023-09-20 | 李明 | 张三 | 邻里关系 | 与邻居因排水沟改道争执 | 初信初访 | 已化解 | 双方和解 | 2023-09-25 | 2023-09-27 | 电话 | 满意 | 工会 | 李明 |
| | 2023-09-21 | 李明 | 王五 | 债务合同 | 包工头拖欠工资 | 非信访 | 正在化解 | | | | | | 工会 | 李明 |
| | 2023-09-22 | 陈红 | 赵六 | 征地拆迁 | 征地补偿没有到位 | | 正在化解 | | | | | | 督导室 | 陈红 |
"""


def petitions(office: Office) -> None:
    office.drop("花名册.xlsx", workbook(ROSTER))
    office.take("办理.xlsx", workbook(PETITIONS, unit="工会"))


def lay_example(office: Office) -> None:
    (office.home.root / "templates").mkdir(parents=True, exist_ok=True)
    shutil.copy(shipped("examples") / "templates" / "信访局台账.xlsx", office.home.root / "templates")


def test_a_petition_ledger_is_exported_only_where_its_template_lies(office: Office) -> None:
    petitions(office)
    assert "信访局台账.xlsx" not in office.outbox()
    lay_example(office)
    office.run()
    page = openpyxl.load_workbook(io.BytesIO(office.outbox()["信访局台账.xlsx"]))["信访局台账"]
    day = pd.Timestamp
    assert [[cell.value for cell in row] for row in page.iter_rows(1, 6)] == [
        ["华容县信访事项台账", *[None] * 11],
        ["填报单位：华容县教育体育局", *[None] * 7, "填报时间：2023年10月20日", None, None, None],
        ["序号", "登记日期", "信访人", "联系电话", "住址", "信访事项", "责任单位", "包案领导", "办理情况", "办结时间", "是否息访", "备注"],
        [1, day(2023, 9, 20), "张三", None, None, "与邻居因排水沟改道争执", "工会", "李明", "双方和解", day(2023, 9, 25), "是", None],
        [2, day(2023, 9, 22), "赵六", None, None, "征地补偿没有到位", "督导室", "陈红", None, None, "否", None],
        ["负责人：                经办人：                联系电话：", *[None] * 11],
    ]  # fmt: skip


def test_what_an_export_hides_is_said_in_its_title(office: Office) -> None:
    shutil.copytree(shipped("schemas"), office.home.root / "schemas")
    file = office.home.root / "schemas" / "campaign.yaml"
    text = file.read_text("utf-8")
    assert text.count("      audience: 上报\n") == 1
    file.write_text(text.replace("      audience: 上报\n", "      audience: 公示\n"), "utf-8")
    lay_example(office)
    petitions(office)
    page = openpyxl.load_workbook(io.BytesIO(office.outbox()["信访局台账.xlsx"]))["信访局台账"]
    assert page["A1"].value == "华容县信访事项台账（公示：已隐去姓名、电话、住址、家庭情况）"
    assert page["C4"].value == "张**"


def test_a_broken_export_leaves_out_nothing_else(office: Office) -> None:
    petitions(office)
    there = office.outbox()
    (office.home.root / "templates").mkdir()
    (office.home.root / "templates" / "信访局台账.xlsx").write_bytes(workbook("| 甲 | 乙 |\n| 1 | 2 |"))
    summary = office.run()
    assert summary.broken.startswith(
        "模板 templates/信访局台账.xlsx 有误，改好之前不出“信访局台账.xlsx”（其余都已出好）：没有一张"
    )
    assert office.outbox() == there
