"""The program's own forms for training, guidance and notebooks: they make way for an office's own, and older archives know
nothing of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import Office
from tables import workbook

from dazoufang.archive.kept_rules import Rulebook, keep
from dazoufang.commands.rebuild import rebuild
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.rules.generations import Generation
from dazoufang.rules.rules_file import BrokenRules
from dazoufang.system.home import shipped

LOGS = {"training_record", "guidance_record", "notebook_issue"}
OWN = """\
name: signing_in
title: {title}
primaryKey: [held_on, person]
annex: {{file: {file}, label: {label}, sheet: 签到, title: 签到汇总表}}
fields:
  - {{name: held_on, title: 签到日期, type: date, example: 2023-09-20, constraints: {{required: true}}}}
  - {{name: person, title: 签到人, type: string, format: name, example: 李明, constraints: {{required: true}}}}
"""
TRAINING = """
| 培训日期 | 参训人员 | 培训内容 |
| 2023-09-15 | 李明、王芳 | 一看二听三问四讲 |
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An office's rules of an older program: none of the logs."""
    own = Path(shutil.copytree(shipped("schemas"), tmp_path / "schemas"))
    for form in LOGS:
        (own / f"{form}.yaml").unlink()
    return own


def test_older_rules_are_completed_with_the_logs(folder: Path) -> None:
    assert set(load_rules(folder).schemas) >= LOGS


@pytest.mark.parametrize(
    ("title", "file", "label"),
    [
        ("培训记录", "签到汇总表.xlsx", "附件5"),
        ("签到表", "培训记录汇总表.xlsx", "附件5"),
        ("签到表", "签到汇总表.xlsx", "培训记录"),
    ],
)
def test_a_log_makes_way_for_a_form_of_the_office_that_is_called_so(
    folder: Path, title: str, file: str, label: str
) -> None:
    (folder / "signing_in.yaml").write_text(OWN.format(title=title, file=file, label=label), encoding="utf-8")
    assert set(load_rules(folder).schemas) & LOGS == {"guidance_record", "notebook_issue"}


def test_an_office_names_its_own_form_and_columns_for_the_reminders(folder: Path) -> None:
    (folder / "signing_in.yaml").write_text(
        OWN.format(title="签到表", file="签到.xlsx", label="签到"), encoding="utf-8"
    )
    file = folder / "campaign.yaml"
    text = file.read_text(encoding="utf-8")
    shipped_log = "{form: training_record, day: held_on, cadres: cadres}"
    file.write_text(text.replace(shipped_log, "{form: signing_in, day: held_on, cadres: person}"), encoding="utf-8")
    assert load_rules(folder).campaign.preparation.training.value.cadres == "person"
    for wrong, said in (
        ("{form: signing, day: held_on, cadres: person}", "“signing”，schemas 里没有这张表"),
        ("{form: signing_in, day: held_on, cadres: people}", "没有 preparation 的 training 要用的列“people”"),
        ("{form: roster, day: since_on, cadres: name}", "“roster”不出汇总表"),
    ):
        file.write_text(text.replace(shipped_log, wrong), encoding="utf-8")
        with pytest.raises(BrokenRules, match=said):
            load_rules(folder)


def test_what_was_judged_before_the_logs_is_judged_without_them(tmp_path: Path, rules: Rules) -> None:
    keep(tmp_path, rules)
    kept = tmp_path / "rules" / rules.fingerprint
    assert set(load_rules(kept, in_force=False).schemas) >= LOGS
    for form in LOGS:
        (kept / f"{form}.yaml").unlink()
    (kept / "generation").write_text(str(int(Generation.SURROUNDINGS)), encoding="ascii")
    assert not set(load_rules(kept, in_force=False).schemas) & LOGS
    assert not set(Rulebook(tmp_path, rules).rules("").schemas) & LOGS  # the very first program kept no rules
    assert set(Rulebook(tmp_path, rules).rules("gone").schemas) >= LOGS


def test_a_log_is_published_once_it_has_a_row_and_read_back(office: Office) -> None:
    office.take("工会/空.xlsx", workbook("| 品名 | 单价 |\n| 桌子 | #5 |"))
    assert "培训记录汇总表.xlsx" not in office.outbox() and "空白表/培训记录.xlsx" in office.outbox()
    office.take("培训.xlsx", workbook(TRAINING))
    assert "培训记录汇总表.xlsx" in office.outbox() and "工作记录本发放登记表.xlsx" not in office.outbox()
    rows = office.frames().lists["training_record"][["cadres", "topic"]]
    assert rows.to_numpy().tolist() == [["李明、王芳", "一看二听三问四讲"]]
    assert rebuild(office.home) == []


@pytest.mark.parametrize(
    ("table", "form"),
    [
        (TRAINING, "training_record"),
        ("| 指导日期 | 指导人 | 指导对象 | 指导内容 |\n| 2023-09-15 | 王芳 | 沙口村 | 怎样调解 |", "guidance_record"),
        ("| 领取时间 | 姓名 | 股室 | 编号 |\n| 2023-09-15 | 李明 | 工会 | 0123 |", "notebook_issue"),
        (
            "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 工作记录本编号 |\n| 2023-09-20 | 李明 | 张三 | 其他 | 0123 |",
            "visit",
        ),
        ("| 姓名 | 单位 | 角色 |\n| 李明 | 工会 | 股室负责人 |", "roster"),
    ],
)
def test_the_logs_are_known_by_their_headings_and_take_nobody_elses_tables(
    office: Office, table: str, form: str
) -> None:
    office.take("表.xlsx", workbook(table, unit="工会"))
    (submission,) = office.submissions()
    assert [part.form for part in submission.parts] == [form] and not submission.errors
