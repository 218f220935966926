"""Samples, older copies and corrections: no sample is a visit, and nothing in which two sheets differ is dropped unsaid."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tables import rows, workbook, workbook_of, zipped
from taken import Taken

from dazoufang.rules.campaign import Rules
from dazoufang.rules.generations import Generation

HEAD = "走访日期 | 走访干部 | 走访对象 | 对象类别 | 村组 | 联系电话 | 意见建议"
OLD = "@2023-09-20 | 李明 | 张三 | 人大代表 | 旧村1组 | 13812345678 | 建议修路"
NEW = OLD.replace("旧村1组", "沙口村5组")


def book(**sheets: str) -> tuple[str, bytes]:
    return "登记.xlsx", workbook_of({name: rows(f"{HEAD}\n{lines}") for name, lines in sheets.items()})


@pytest.mark.parametrize("sheet", ["更正", "走访登记（2）", "改", "最新"])
@pytest.mark.parametrize(
    ("cell", "typed", "shown", "stood"),
    [
        ("E2", "沙口村5组", "沙口村5组", "旧村1组"),
        ("F2", "13812345670", "13812345670", "13812345678"),
        ("D2", "其他", "其他", "人大代表"),
    ],
)
def test_two_sheets_that_tell_one_visit_otherwise_are_asked_with_both_values(
    rules: Rules, sheet: str, cell: str, typed: str, shown: str, stood: str
) -> None:
    column = ord(cell[0]) - ord("A")
    line = [part.strip() for part in OLD.split("|")]
    line[column] = typed
    taken = Taken(rules, book(**{"走访登记": OLD, sheet: " | ".join(line)}))
    told = [fault for fault in taken.faults if fault.sheet == sheet and fault.cell == cell]
    assert [fault.code for fault in told] == ["R12"]
    assert shown in told[0].message and stood in told[0].message


def test_a_correction_with_another_matter_loses_neither(rules: Rules) -> None:
    taken = Taken(rules, book(走访登记=OLD, 更正=OLD.replace("建议修路", "建议装路灯")))
    assert taken.items() == [("张三", "建议修路"), ("张三", "建议装路灯")]
    assert taken.marks() == ["R13 G2"]


@pytest.mark.parametrize(
    ("sheet", "what"),
    [
        ("样表", "示范"),
        ("填写示例", "示范"),
        ("备份", "旧的一份"),
        ("走访登记初稿", "旧的一份"),
        ("旧表（作废）", "旧的一份"),
    ],
)
def test_a_file_whose_only_rows_stand_in_such_a_sheet_is_told_what_to_do(rules: Rules, sheet: str, what: str) -> None:
    for other in ({}, {"通知": [["请各单位于本周五前报送"]]}):
        data = workbook_of({sheet: rows(f"{HEAD}\n{OLD}"), **other})
        taken = Taken(rules, ("登记.xlsx", data))
        assert taken.visits("household") == []
        assert taken.submission.verdict == "returned"
        assert [(fault.code, fault.sheet) for fault in taken.faults] == [("S28", sheet)]
        assert f"照名称是{what}" in taken.faults[0].message


@pytest.mark.parametrize("sheet", ["样表", "备份"])
def test_beside_a_sheet_of_data_it_is_only_said(rules: Rules, sheet: str) -> None:
    taken = Taken(rules, book(**{"走访登记": NEW, sheet: OLD}))
    assert taken.visits("village") == [("沙口村5组",)]
    assert [(fault.code, fault.sheet, fault.severity) for fault in taken.faults] == [("S10", sheet, "info")]


def test_each_book_of_a_zip_answers_for_itself(rules: Rules) -> None:
    data = zipped({"甲.xlsx": book(走访登记=NEW)[1], "乙.xlsx": book(样表=OLD.replace("张三", "李四"))[1]})
    taken = Taken(rules, ("登记.zip", data))
    assert taken.visits("household") == [("张三",)]
    assert [(fault.code, fault.member) for fault in taken.faults] == [("S28", "乙.xlsx")]


@pytest.mark.parametrize("mark", ["例", "示例", "例1", "（例）"])
@pytest.mark.parametrize("household", ["王某某", "张XX", "某某"])
def test_a_marked_sample_is_neither_a_visit_nor_a_fault(rules: Rules, mark: str, household: str) -> None:
    sample = NEW.replace("张三", household).replace("13812345678", "138xxxxxxxx")
    data = workbook(f"序号 | {HEAD}\n{mark} | {sample}\n1 | {OLD}", unit="工会")
    taken = Taken(rules, ("登记.xlsx", data))
    assert taken.visits("household") == [("张三",)]
    assert taken.marks() == []


@pytest.mark.parametrize(
    "household",
    [
        "王某某",
        "某某",
        "XXX",
        "张XX",
        "张xx",
        "张ＸＸ",
        "张××",
        "张X",
        "张○○",
        "王某某户",
        "张某某、李某某",
        "王某某（已故）",
    ],
)
def test_a_household_that_nobody_is_called_goes_back(rules: Rules, household: str) -> None:
    taken = Taken(rules, ("登记.xlsx", workbook(f"{HEAD}\n{OLD.replace('张三', household)}", unit="工会")))
    assert taken.visits("household") == []
    assert taken.marks() == ["C20 C3"]


@pytest.mark.parametrize(
    "household",
    [
        "张三",
        "王某",
        "户甲某",
        "李某甲",
        "李某明",
        "何某某花",
        "欧阳修",
        "吾尔开希·多莱特",
        "张〇",
        "张三（户主外出）",
        "Maxx Li",
    ],
)
def test_a_name_that_only_looks_like_one_is_a_name(rules: Rules, household: str) -> None:
    taken = Taken(rules, ("登记.xlsx", workbook(f"{HEAD}\n{OLD.replace('张三', household)}", unit="工会")))
    assert taken.visits("household") == [(household,)]
    assert taken.marks() == []


def test_rules_that_knew_no_habits_judge_as_before(rules: Rules) -> None:
    old = replace(rules, generation=Generation.AUDIENCES)
    assert Taken(old, book(样表=OLD.replace("张三", "王某某"))).visits("household") == [("王某某",)]
