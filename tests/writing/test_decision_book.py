"""待裁定.xlsx: what must be decided, the 裁定表 ready beside it, and the way of both back into the inbox."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest
from conftest import TODAY, Office
from tables import workbook

from dazoufang.commands import rebuild
from dazoufang.judging.examine import examine_bytes
from dazoufang.rules.campaign import Rules
from dazoufang.rules.generations import Generation

FILE = "待裁定.xlsx"
DITCH = "与邻居因排水沟改道争执"
HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 乡镇 | 村(社区)组 | 联系电话 | 矛盾纠纷和信访诉求 |\n"
OURS = f"| 2023-09-20 | 李明 | 张三 | 其他 | 章华镇 | 沙口村1组 | 13800000001 | {DITCH}，多次协商不成 |\n"
THEIRS = f"| 2023-09-25 | 王芳 | 张三 | 其他 | 章华镇 | | | {DITCH} |\n"
NEXT = f"| 2023-09-27 | 赵敏 | 张三 | 其他 | 章华镇 | | | {DITCH} |\n"
ROSTER = "姓名 | 单位 | 角色\n李明 | 工会 | 股室负责人\n王芳 | 督导室 | 股室负责人\n赵敏 | 财务股 | 股室负责人"


@pytest.fixture
def waiting(office: Office) -> Office:
    """An office with two pairs to be decided: 张三 of three units."""
    office.drop("花名册.xlsx", workbook(ROSTER))
    office.drop("工会/走访.xlsx", workbook(HEAD + OURS, unit="工会"))
    office.drop("督导室/走访.xlsx", workbook(HEAD + THEIRS, unit="督导室"))
    office.take("财务股/走访.xlsx", workbook(HEAD + NEXT, unit="财务股"))
    return office


def published(office: Office) -> Any:
    return openpyxl.load_workbook(io.BytesIO(office.outbox()[FILE]))


def cells(sheet: Any, title: str) -> list[dict[str, Any]]:
    """The rows under the headings, of which `title` is one."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    at = next(number for number, row in enumerate(rows) if title in row)
    return [dict(zip(rows[at], row, strict=True)) for row in rows[at + 1 :] if any(row)]


def filled(office: Office, *choices: Mapping[str, Any]) -> bytes:
    """The published workbook with these cells filled in the rows of its 裁定表, one after the other."""
    book = published(office)
    sheet = book["裁定表"]
    heading = next(row for row in sheet.iter_rows() if "裁定*" in [cell.value for cell in row])
    columns = {cell.value: cell.column for cell in heading}
    for offset, choice in enumerate(choices, heading[0].row + 2):  # the first row below is the sample
        for title, value in choice.items():
            sheet.cell(offset, columns[title], value)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def chosen(word: str) -> dict[str, Any]:
    return {"裁定*": word, "批准人*": "陈红", "批准日期*": date(2023, 10, 19)}


def test_each_pair_stands_with_who_what_how_alike_and_where(waiting: Office) -> None:
    sheet = published(waiting)["待裁定"]
    shown = [[cell.value for cell in row] for row in sheet.iter_rows() if cell_of(row, 0) == 1]
    assert shown == [
        [
            1, "矛盾纠纷", "23下矛0002", "张三\n章华镇", DITCH, "督导室\n2023-09-25\n王芳",
            "23下矛0001", "张三\n13800000001\n章华镇\n沙口村1组", f"{DITCH}，多次协商不成", "工会\n2023-09-20\n李明",
            "100%", "同名、事由相近，电话、村组或走访日期对不上，不能确定是不是一个人、一件事",
            "收件0003号 督导室/走访.xlsx「Sheet1」表 H3（矛盾纠纷和信访诉求）",
            "收件0002号 工会/走访.xlsx「Sheet1」表 H3（矛盾纠纷和信访诉求）",
        ]
    ]  # fmt: skip


def cell_of(row: Any, at: int) -> Any:
    return row[at].value


def test_the_form_beside_it_wants_only_the_choice_who_and_when(waiting: Office) -> None:
    rows = cells(published(waiting)["裁定表"], "裁定*")
    assert [(row["序号"], row["编号*"], row["裁定*"], row["对应编号"], row["批准人*"]) for row in rows] == [
        ("例", "23下矛0001", "延期", None, "王芳"),
        (1, "23下矛0002", None, "23下矛0001", None),
        (2, "23下矛0003", None, "23下矛0001", None),
    ]
    assert rows[1]["理由*"] == f"核对第1条：张三“{DITCH}”与23下矛0001"
    offered = [
        check.formula1 for check in published(waiting)["裁定表"].data_validations.dataValidation if check.type == "list"
    ]
    assert offered == ['"同一人,并案,非同一人"']


def test_only_the_rows_filled_are_taken_and_the_list_shrinks_until_it_is_gone(waiting: Office) -> None:
    summary = waiting.take(FILE, filled(waiting, chosen("同一人")))
    assert summary.submissions["accepted"] == 1 and summary.faults == 0
    assert waiting.items("item_no", "person") == [("23下矛0001", "张三"), ("23下矛0003", "张三")]
    left = cells(published(waiting)["裁定表"], "裁定*")
    assert [row["编号*"] for row in left] == ["23下矛0001", "23下矛0003"]  # the first is the sample
    waiting.take(FILE, filled(waiting, chosen("非同一人")))
    assert waiting.items("item_no", "person") == [("23下矛0001", "张三"), ("23下矛0003", "张三")]
    assert FILE not in waiting.outbox()
    assert rebuild.rebuild(waiting.home) == []


def test_both_pairs_of_one_item_may_be_decided_at_once(waiting: Office) -> None:
    waiting.take(FILE, filled(waiting, chosen("非同一人"), chosen("并案")))
    assert waiting.items("item_no") == [("23下矛0001",), ("23下矛0002",)]
    assert FILE not in waiting.outbox()


def test_the_answer_says_which_rows_are_not_decided_and_nothing_is_wrong_with_them(waiting: Office) -> None:
    waiting.take(FILE, filled(waiting, chosen("同一人")))
    submission = waiting.submissions()[-1]
    assert [(fault.code, fault.message) for fault in submission.faults] == [
        ("S12", "「裁定表」表的第8行（还没有裁定）没有当作数据")
    ]


def test_a_row_with_a_day_and_no_choice_is_a_fault(waiting: Office) -> None:
    waiting.take(FILE, filled(waiting, {"批准日期*": date(2023, 10, 19)}))
    faults = [(fault.code, fault.column) for fault in waiting.submissions()[-1].errors]
    assert faults == [("C01", "裁定"), ("C01", "批准人")]


def test_dropped_back_as_it_is_nothing_is_decided(waiting: Office) -> None:
    before = waiting.outbox()[FILE]
    waiting.take(FILE, before)
    assert waiting.outbox()[FILE] == before
    assert [row["编号*"] for row in cells(published(waiting)["裁定表"], "裁定*")][1:] == ["23下矛0002", "23下矛0003"]


def test_there_is_no_such_file_where_nothing_waits(office: Office) -> None:
    office.take("工会/走访.xlsx", workbook(HEAD + OURS, unit="工会"))
    assert FILE not in office.outbox()


@pytest.mark.law(13)
@pytest.mark.parametrize("name", ["待裁定", "信访统计", "重复访清单", "初信初访清单"])
def test_a_sheet_of_our_name_is_no_data_but_was_to_older_rules(rules: Rules, name: str) -> None:
    data = workbook(HEAD + OURS, unit="工会", sheet=name)
    read = examine_bytes(data, "走访.xlsx", rules, TODAY)
    assert [len(part.rows) for part in read.parts] == [] and "S10" in {fault.code for fault in read.faults}
    older = examine_bytes(data, "走访.xlsx", replace(rules, generation=Generation.SURROUNDINGS), TODAY)
    assert [len(part.rows) for part in older.parts] == [1]
