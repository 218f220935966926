"""A form nobody here made: one YAML beside the shipped ones, and it is read, judged, kept, given back, published, traced."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import TODAY, Office
from killing import InProcess
from openpyxl.worksheet.worksheet import Worksheet
from tables import workbook

from dazoufang.commands.check import check
from dazoufang.commands.forms import write_forms
from dazoufang.commands.rebuild import rebuild
from dazoufang.commands.run import show
from dazoufang.commands.screen import Screen
from dazoufang.commands.trace import NotFound, trace
from dazoufang.rules.campaign import load_rules
from dazoufang.rules.rules_file import BrokenRules
from dazoufang.system.home import Home, shipped

TRAINING = """\
name: training
title: 培训签到表
keywords: [培训签到]
purpose: 谁在哪天参加了培训。
primaryKey: [held_on, person]
writtenAhead: [place]
annex: {file: 附件5 培训签到汇总表.xlsx, label: 附件5, sheet: 培训签到, title: 培训签到汇总表}
fields:
  - {name: held_on, title: 培训日期, aliases: [日期], type: date, example: 2023-09-20, ditto: all, constraints: {required: true}}
  - {name: person, title: 姓名, type: string, format: name, example: 李明, sensitive: name, constraints: {required: true}}
  - {name: hours, title: 学时, type: integer, example: "2", constraints: {minimum: 1, maximum: 8}}
  - {name: place, title: 地点, type: string, example: 大礼堂, ditto: all, constraints: {maxLength: 20}}
rules:
  - {rule: duplicate, fields: [held_on, person], what: 人, source: 局内设定：一人一天只签一次}
"""
FILE = "附件5 培训签到汇总表.xlsx"
ROSTER = "| 姓名 | 单位 | 角色 |\n| 李明 | 工会 | 股室负责人 |\n| 王芳 | 人事股 | 股室负责人 |"
SIGNED = """
| 培训日期 | 姓名 | 学时 | 地点 |
| 2023-09-20 | 张三 | #2 | 大礼堂 |
| 2023-09-21 | 李四 | #3 | 二楼会议室 |
"""


@pytest.fixture
def office(tmp_path: Path, quick: InProcess) -> Office:
    """A home with the shipped rules and one form of its own."""
    return with_training(Office(Home(tmp_path / "home")))


def with_training(office: Office) -> Office:
    own = office.home.root / "schemas"
    shutil.copytree(shipped("schemas"), own)
    (own / "training.yaml").write_text(TRAINING, encoding="utf-8")
    office.drop("花名册.xlsx", workbook(ROSTER))
    return office


def published(office: Office, path: str = FILE) -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(office.home.outbox / path).worksheets[0]
    assert isinstance(sheet, Worksheet)
    return [tuple(row) for row in sheet.iter_rows(values_only=True) if any(cell is not None for cell in row)]


def rows_of(office: Office) -> list[tuple[Any, ...]]:
    frame = office.frames().lists["training"][["unit", "held_on", "person", "hours", "place"]].astype("object")
    return [
        (unit, day.date().isoformat(), person, hours, "" if place != place else place)
        for unit, day, person, hours, place in frame.itertuples(index=False)
    ]


def test_it_is_read_kept_counted_and_published_with_whose_row_it_is(office: Office) -> None:
    summary = office.take("工会/培训签到表.xlsx", workbook(SIGNED))
    assert summary.submissions["accepted"] == 2 and summary.as_json()["rows"]["training"] == 2
    assert rows_of(office) == [
        ("工会", "2023-09-20", "张三", 2, "大礼堂"), ("工会", "2023-09-21", "李四", 3, "二楼会议室"),
    ]  # fmt: skip
    lines = published(office)
    heading = next(at for at, line in enumerate(lines) if line[0] == "序号")
    assert lines[heading] == ("序号", "填报单位", "培训日期", "姓名", "学时", "地点")
    assert [(line[0], line[1], line[3], line[4]) for line in lines[heading + 1 : heading + 4]] == [
        (1, "工会", "张三", 2), (2, "工会", "李四", 3), ("合计", "共2行", None, None),
    ]  # fmt: skip
    assert "回执/工会/培训签到表.xlsx 回执0002.html" in summary.outbox
    assert "空白表/培训签到表.xlsx" in summary.outbox


def test_the_summary_on_the_terminal_counts_its_rows(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    show(office.take("工会/培训签到表.xlsx", workbook(SIGNED)), office.home, Screen())
    assert "走访 0 户次，矛盾纠纷 0 件，意见建议 0 件，培训签到表 2 行" in capsys.readouterr().out


def test_its_faults_are_marked_at_their_cells_and_only_the_good_rows_count(office: Office) -> None:
    table = SIGNED + "| 2023-09-21 | 李四 | #3 | |\n| 2023-09-22 | 王五 | #9 | |\n| | 赵六 | | |\n"
    file = office.home.root / "培训签到表.xlsx"
    office.run()
    file.write_bytes(workbook(table, unit="工会"))
    (judged,) = check([file], office.home, TODAY)
    assert [(fault.code, fault.cell) for fault in judged.submission.faults] == [
        ("C18", "C6"), ("C01", "A7"), ("R05", "A5"),
    ]  # fmt: skip
    summary = office.take("工会/培训签到表.xlsx", file.read_bytes())
    assert summary.submissions["partly"] == 1 and len(rows_of(office)) == 2
    assert "退回/工会/培训签到表.xlsx 需修改0002.xlsx" in summary.outbox


def test_a_row_with_nothing_but_what_may_be_written_ahead_is_empty_whatever_is_sensitive(office: Office) -> None:
    """The flag `sensitive` says who may see a cell, not whether a row is filled."""
    own = office.home.root / "schemas" / "training.yaml"
    own.write_text(TRAINING.replace("{name: place,", "{name: place, sensitive: address,"), encoding="utf-8")
    office.run()
    summary = office.take("工会/培训签到表.xlsx", workbook(SIGNED + "| | | | 大礼堂 |\n| | | | 大礼堂 |\n"))
    assert (summary.submissions["accepted"], summary.faults) == (1, 0)


def test_newer_replaces_older_and_what_was_changed_is_named(office: Office) -> None:
    office.take("工会/培训签到表.xlsx", workbook(SIGNED))
    office.take("工会/培训签到表.xlsx", workbook(SIGNED.replace("#3", "#4") + "| 2023-09-22 | 王五 | #1 | |\n"))
    assert rows_of(office)[1] == ("工会", "2023-09-21", "李四", 4, "二楼会议室") and len(rows_of(office)) == 3
    effect = office.fold().effects[3]
    assert [(change.row, change.column, change.before, change.after) for change in effect.changed] == [
        ("2023-09-21 李四", "学时", "3", "4")
    ]
    assert (effect.added, effect.withdrawn) == (["2023-09-22 王五"], [])


def test_rows_that_two_files_of_one_unit_share_count_once_and_those_of_two_units_twice(office: Office) -> None:
    office.take("工会/培训签到表.xlsx", workbook(SIGNED))
    office.take("工会/培训签到 第二批.xlsx", workbook(SIGNED + "| 2023-09-22 | 王五 | #1 | |\n"))
    assert [row[2] for row in rows_of(office)] == ["张三", "李四", "王五"]
    assert office.fold().effects[3].shared[0] == "2023-09-20 张三（与收件2号 培训签到表.xlsx 第2行相同）"
    office.take("人事股/培训签到表.xlsx", workbook(SIGNED, above=[["培训签到表"]]))
    assert [row[0] for row in rows_of(office)].count("人事股") == 2


def test_the_published_list_is_a_form(office: Office, tmp_path: Path) -> None:
    office.take("工会/培训签到表.xlsx", workbook(SIGNED))
    office.take("人事股/培训签到表.xlsx", workbook(SIGNED.replace("张三", "孙七")))
    county = with_training(Office(Home(tmp_path / "county")))
    summary = county.take(FILE, (office.home.outbox / FILE).read_bytes())
    assert summary.faults == 0 and rows_of(county) == rows_of(office)
    assert published(county) == published(office)
    again = office.take(FILE, (office.home.outbox / FILE).read_bytes())
    assert again.rows["training"] == 4
    shared = office.fold().effects[again.submissions["accepted"] + 3].shared
    assert shared == ["4行是各单位自己报过的培训签到表，以各单位的为准，没有另外计入"]


def test_its_cells_are_traced(office: Office) -> None:
    office.take("工会/培训签到表.xlsx", workbook(SIGNED))
    lines = list(openpyxl.load_workbook(office.home.outbox / FILE).worksheets[0].iter_rows(values_only=True))
    row = next(number for number, line in enumerate(lines, 1) if line[0] == 2)
    found = trace(f"附件5!培训签到!E{row}", office.home, office.fold(), TODAY)
    (source,) = found.sources
    assert (source.path, source.sheet, source.cell, source.field, source.value) == (
        "工会/培训签到表.xlsx", "Sheet1", "C3", "学时", "3",
    )  # fmt: skip
    with pytest.raises(NotFound, match="没有编号“附件6!A1”"):
        trace("附件6!A1", office.home, office.fold(), TODAY)


def test_it_is_offered_blank_and_prefilled_with_what_its_unit_has_sent(office: Office) -> None:
    office.take("工会/培训签到表.xlsx", workbook(SIGNED))
    assert "空白表/工会/培训签到表.xlsx" in [
        Path(path).relative_to(office.home.outbox).as_posix() if Path(path).is_absolute() else path.split("outbox/")[-1]
        for path in write_forms(office.home, TODAY, prefill=True)
    ]
    filled = office.home.outbox / "空白表" / "工会" / "培训签到表.xlsx"
    summary = office.take("工会/培训签到表.xlsx", filled.read_bytes())
    assert summary.faults == 0 and len(rows_of(office)) == 2 and office.fold().effects[3].withdrawn == []


def test_a_rebuild_from_the_archive_agrees(office: Office) -> None:
    office.take("工会/培训签到表.xlsx", workbook(SIGNED))
    assert rebuild(office.home, TODAY) == []


def test_rows_of_a_form_whose_file_is_gone_do_not_vanish_unsaid(office: Office) -> None:
    office.take("工会/培训签到表.xlsx", workbook(SIGNED))
    (office.home.root / "schemas" / "training.yaml").unlink()
    with pytest.raises(BrokenRules) as refused:
        office.run()
    assert str(refused.value) == (
        "training.yaml 第1行：找不到这个规则文件，可台账里有它的表（收件2号 培训签到表.xlsx）。"
        "请把它放回 schemas 文件夹，archive/rules 里存有原来的一份"
    )


def replaced(old: str, new: str, file: str = "training.yaml") -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def beside(name: str, text: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_text(text, encoding="utf-8") and None


REFUSED: list[tuple[str, Callable[[Path], None], str]] = [
    ("no form", beside("notes.yaml", "说明: 只是笔记\n"), "notes.yaml 第1行：缺少“name”。请补上这一项；如果这个文件不是一张表，请移出 schemas 文件夹"),
    ("empty", beside("notes.yaml", ""), "notes.yaml 第1行：“notes.yaml”应是一组“名称: 值”"),
    ("a copy", lambda folder: shutil.copy(folder / "training.yaml", folder / "training - 副本.yaml") and None,
     "training - 副本.yaml 第1行：name 写的是“training”。请改成 name: training - 副本；如果这个文件只是备份，请移出 schemas 文件夹"),
    ("almost called so", beside("event.yml", "name: event\n"),
     "event.yml 第1行：这个文件名读不成一张表。是表就改名为以 .yaml 结尾，例如 event.yaml；不是就移出 schemas 文件夹"),
    ("saved as text", beside("event.yaml.txt", "name: event\n"), "event.yaml.txt 第1行：这个文件名读不成一张表"),
    ("a title twice", replaced("title: 培训签到表", "title: 花名册"), "training.yaml 第2行：title 与 roster.yaml 相同（花名册）"),
    ("a file twice", replaced("file: 附件5 培训签到汇总表.xlsx", "file: 附件3 县乡干部大走访活动意见建议事项办理表.xlsx"),
     "training.yaml 第7行：annex.file 与 suggestion.yaml 相同"),
    ("a role twice", replaced("primaryKey: [held_on", "role: roster\nprimaryKey: [held_on"),
     "training.yaml 第5行：role 与 roster.yaml 相同（roster）"),
    ("a role that is none", replaced("primaryKey: [held_on", "role: visitors\nprimaryKey: [held_on"), "“role”"),
    ("a role that nobody has", replaced("role: roster", "role: list", "roster.yaml"),
     "roster.yaml 第7行：没有哪张表的 role 是 roster。请在 roster.yaml 里写上 role: roster"),
    ("an identity that is no field", replaced("primaryKey: [held_on, person]", "primaryKey: [held_on, person]\nidentities: [[whom]]"),
     "training.yaml 第6行：identities提到了没有定义的字段“whom”"),
    ("written ahead, and no field", replaced("writtenAhead: [place]", "writtenAhead: [room]"),
     "training.yaml 第6行：writtenAhead提到了没有定义的字段“room”"),
    ("nobody speaks so", replaced("writtenAhead: [place]", "speaksFor: county"), "“speaksFor”的取值不对（county）"),
]  # fmt: skip


def test_what_editors_leave_beside_the_forms_is_no_form(office: Office) -> None:
    for name in ("~$training.yaml", ".training.yaml.swp", "说明.txt"):
        (office.home.root / "schemas" / name).write_text("x", encoding="utf-8")
    assert list(load_rules(office.home.root / "schemas").schemas) == [
        "visit", "dispute", "suggestion", "roster", "assignment", "decision", "claimed_totals", "withdrawal",
        "training_record", "guidance_record", "notebook_issue", "training",
    ]  # fmt: skip


@pytest.mark.parametrize(("spoil", "said"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_file_that_is_no_form_is_refused_with_its_mend(
    office: Office, spoil: Callable[[Path], None], said: str
) -> None:
    spoil(office.home.root / "schemas")
    with pytest.raises(BrokenRules) as refused:
        load_rules(office.home.root / "schemas")
    assert said in str(refused.value)


def test_a_form_of_the_office_itself_speaks_for_no_unit(office: Office) -> None:
    replaced("writtenAhead: [place]", "speaksFor: office")(office.home.root / "schemas")
    summary = office.take("培训签到表.xlsx", workbook(SIGNED))
    assert summary.submissions["accepted"] == 2 and len(rows_of(office)) == 2
    receipt = (office.home.outbox / "回执/办公室/培训签到表.xlsx 回执0002.html").read_text(encoding="utf-8")
    assert "不分单位" in receipt


def test_a_workbook_that_is_no_form_is_told_of_this_one_too(office: Office) -> None:
    office.take("工会/采购.xlsx", workbook("| 品名 | 单价 |\n| 桌子 | #5 |"))
    (fault,) = office.submissions()[1].errors
    assert (fault.code, fault.message) == (
        "F07",
        "没有找到走访登记表、办理表、花名册、任务分解表、培训签到表或裁定表的表头（看到的第一行是：品名、单价）",
    )


def test_without_a_unit_its_rows_are_asked_for(office: Office) -> None:
    summary = office.take("培训签到.xlsx", workbook(SIGNED))
    assert summary.submissions["returned"] == 1 and [f.code for f in office.submissions()[1].errors] == ["S04"]
