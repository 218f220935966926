"""`report-up`: cover sheet and annexes in a folder of their own, with the figures of the annexes."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from conftest import Office
from tables import workbook
from test_cli import at, inside

ROSTER = "| 姓名 | 单位 | 角色 |\n| 李明 | 工会 | 股室负责人 |\n| 陈红 | 督导室 | 股室负责人 |\n"
VISITS = (
    "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷 | 意见建议 |\n"
    "| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 | 与邻居因排水沟改道争执 | |\n"
    "| 2023-09-21 | 李明 | 李四 | 人大代表 | 13800000002 | | 建议硬化通学路 |\n"
    "| 2023-09-21 | 李明 | 王五 | 其他 | 13800000003 | 宅基地界址不清 | |\n"
)
FILES = [
    "封面 研判汇总情况上报.xlsx",
    "附件1 县乡干部大走访活动汇总表.xlsx",
    "附件2 县乡干部大走访活动矛盾纠纷事项办理表.xlsx",
    "附件3 县乡干部大走访活动意见建议事项办理表.xlsx",
]


@pytest.fixture
def filled(office: Office) -> Office:
    office.drop("花名册.xlsx", workbook(ROSTER))
    office.drop("工会/走访.xlsx", workbook(VISITS, unit="工会"))
    office.run()
    return office


def test_it_writes_the_package_and_says_where(
    filled: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert inside(monkeypatch, "report-up", *at(filled), "--json") == 0
    said = json.loads(capsys.readouterr().out)
    folder = filled.home.outbox / "邮件" / "上报材料 2023年下半年"
    assert said == {"today": "2023-10-20", "folder": str(folder), "files": FILES}
    assert sorted(file.name for file in folder.iterdir()) == sorted(FILES)
    for name in FILES[1:]:  # nothing is hidden from whom is reported to, as shipped
        page = openpyxl.load_workbook(folder / name).worksheets[-1]
        assert page.cell(1, 1).value == f"{name[:3]}（上报）"
    texts = [
        str(value) for row in openpyxl.load_workbook(folder / FILES[1])["走访明细"].values for value in row if value
    ]
    assert "13800000001" in texts and "张三" in texts


def test_the_cover_has_the_figures_and_names_nobody(
    filled: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert inside(monkeypatch, "report-up", "--out", str(tmp_path / "上报"), *at(filled), "--quiet") == 0
    sheet = openpyxl.load_workbook(tmp_path / "上报" / FILES[0])["封面"]
    rows = [[str(value) for value in row if value is not None] for row in sheet.values]
    assert [row for row in rows if row][:14] == [
        ["县乡干部大走访活动研判汇总情况"],
        ["报送单位：华容县教育体育局（盖章）", "2023年下半年　截至2023年10月20日"],
        ["序号", "项目", "情况"],
        ["1", "参加干部", "2个单位，2人"],
        ["2", "走访", "应走访 20 户，已走访 3 户，完成率 15.0%（3/20）"],
        ["3", "走访对象", "人大代表 1 户，其他 2 户"],
        ["4", "矛盾纠纷", "收集 2 件，已化解 0 件，正在化解 2 件，稳控中 0 件，已销号 0 件"],
        ["5", "意见建议", "收集 1 件，已办结 0 件，正在办理 1 件，已销号 0 件"],
        ["6", "回访", "已回访 0 户次"],
        ["7", "附件1", "县乡干部大走访活动汇总表.xlsx　3 户次"],
        ["8", "附件2", "县乡干部大走访活动矛盾纠纷事项办理表.xlsx　2 件"],
        ["9", "附件3", "县乡干部大走访活动意见建议事项办理表.xlsx　1 件"],
        ["注：本轮各项数字与附件1“汇总统计”的合计一致；附件2、附件3 含本年度全部事项和以前年度没有销号的事项。"],
        ["填表人：　　　　　　　　审核人：　　　　　　　　联系电话："],
    ]


def test_where_nobody_has_been_visited_yet_the_cover_says_none_of_all(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    office.take("花名册.xlsx", workbook(ROSTER))
    assert inside(monkeypatch, "report-up", "--out", str(tmp_path), *at(office), "--quiet") == 0
    sheet = openpyxl.load_workbook(tmp_path / FILES[0])["封面"]
    assert [row[2] for row in sheet.values if row[1] == "走访"] == ["应走访 20 户，已走访 0 户，完成率 0.0%（0/20）"]


def test_a_home_without_rows_has_a_cover_that_says_so(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    office.take(
        "裁定表.xlsx",
        workbook("| 编号 | 裁定 | 批准人 | 批准日期 | 理由 |\n| 23下矛0001 | 作废 | 王芳 | 2023-10-18 | 重复 |\n"),
    )
    assert inside(monkeypatch, "report-up", "--out", str(tmp_path), *at(office), "--quiet") == 0
    sheet = openpyxl.load_workbook(tmp_path / FILES[0])["封面"]
    assert [row[1:3] for row in sheet.values if row[0] == 1] == [("走访", "本轮还没有走访，也没有花名册")]


def test_again_it_brings_the_same_bytes_and_a_run_leaves_them_alone(
    filled: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = filled.home.outbox / "邮件" / "上报材料 2023年下半年"
    assert inside(monkeypatch, "report-up", *at(filled), "--quiet") == 0
    first = {file.name: file.read_bytes() for file in folder.iterdir()}
    filled.run()
    assert inside(monkeypatch, "report-up", *at(filled), "--quiet") == 0
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == first


def test_what_is_reported_hides_what_the_rules_say(
    filled: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rules = filled.home.root / "schemas" / "campaign.yaml"
    rules.parent.mkdir()
    rules.write_text("audiences:\n  上报: {value: [phone], source: 局内设定：试}\n", encoding="utf-8")
    assert inside(monkeypatch, "report-up", "--out", str(tmp_path), *at(filled), "--quiet") == 0
    page = openpyxl.load_workbook(tmp_path / FILES[1])["走访明细"]
    assert page.cell(1, 1).value == "附件1（上报：已隐去电话）"
    texts = [str(value) for row in page.values for value in row if value]
    assert "138****0001" in texts and "13800000001" not in texts and "张三" in texts


@pytest.mark.parametrize("folder", ["inbox/上报", "archive", "data/x"])
def test_a_folder_in_which_the_program_works_is_refused(
    filled: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: str
) -> None:
    assert inside(monkeypatch, "report-up", "--out", str(filled.home.root / folder), *at(filled)) == 2
    assert "请换一个文件夹" in capsys.readouterr().err
    assert not (filled.home.root / "inbox/上报").exists()


def test_a_day_long_before_the_newest_delivery_is_a_slip(
    filled: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert inside(monkeypatch, "report-up", "--home", str(filled.home.root), "--today", "2023-03-20") == 2
    assert "请核对年份和月份" in capsys.readouterr().err
