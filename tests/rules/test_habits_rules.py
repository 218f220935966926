"""The words of the habits: as they are shipped, what a sheet is by its name, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dazoufang.archive.kept_rules import keep
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.rules.generations import Generation, generation_of
from dazoufang.rules.rules_file import BrokenRules
from dazoufang.system.home import shipped


def test_as_they_are_shipped(rules: Rules) -> None:
    habits = rules.campaign.habits
    assert habits.void_words.value == ("作废", "取消", "重复", "重复登记", "删除", "撤销")
    assert habits.not_visited_words.value == ("未走访", "没有走访", "没走访", "尚未走访", "未入户", "没有入户")
    assert habits.sample_sheets.value == (
        "样表",
        "表样",
        "样例",
        "例表",
        "范例",
        "示例",
        "模板",
        "填写说明",
        "填表说明",
        "填报说明",
    )
    assert habits.older_sheets.value == ("备份", "初稿", "草稿", "旧表", "旧版", "(旧)", "老表", "作废", "bak")


@pytest.mark.parametrize(
    ("sheet", "what"),
    [
        *(
            (name, "sample sheet")
            for name in ("样表", "走访登记表（样表）", "填 写 说 明", "示例", "模板", "填报例表", "表样")
        ),
        *(
            (name, "older sheet")
            for name in ("备份", "走访登记备份", "旧表（作废）", "初稿 9.20", "登记（旧）", "登记-BAK")
        ),
        *((name, "") for name in ("走访登记", "更正", "Sheet2", "章华镇", "旧村走访", "示范村", "典型案例表")),
    ],
)
def test_what_a_sheet_is_by_its_name(rules: Rules, sheet: str, what: str) -> None:
    assert rules.campaign.habits.not_data(sheet) == what


def test_a_word_of_one_character_is_refused(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(shipped("schemas"), tmp_path / "schemas"))
    file = folder / "campaign.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("void_words: {value: [作废,", "void_words: {value: [作, 废,"), encoding="utf-8")
    with pytest.raises(BrokenRules, match="“作”太短"):
        load_rules(folder)


@pytest.mark.parametrize(
    ("keys", "generation"),
    [
        ((), Generation.FIRST),
        (("audiences", "habits"), Generation.FIRST),
        (("authority",), Generation.AUTHORITY),
        (("authority", "audiences"), Generation.AUDIENCES),
        (("authority", "audiences", "habits"), Generation.HABITS),
    ],
)
def test_which_program_kept_rules_with_these_keys(
    tmp_path: Path, keys: tuple[str, ...], generation: Generation
) -> None:
    assert generation_of(tmp_path, keys) == generation


def test_kept_rules_are_stamped_with_what_the_program_made_of_them(tmp_path: Path, rules: Rules) -> None:
    keep(tmp_path, rules)
    folder = tmp_path / "rules" / rules.fingerprint
    assert (folder / "generation").read_bytes() == b"7"
    assert load_rules(folder, in_force=False).generation == Generation.COLUMN
    (folder / "generation").write_bytes(b"1")
    assert load_rules(folder, in_force=False).generation == Generation.AUTHORITY


def test_rules_from_before_the_habits_know_none_of_their_words(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(shipped("schemas"), tmp_path / "schemas"))
    file = folder / "campaign.yaml"
    before, _, rest = file.read_text(encoding="utf-8").partition("habits:\n")
    file.write_text(before + rest[rest.index("# 程序不知道") :], encoding="utf-8")
    now, once = load_rules(folder), load_rules(folder, in_force=False)
    assert now.habits is not None and once.habits is None
