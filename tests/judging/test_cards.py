"""Cards: one household a card, or each in a column of its own; read where it is certain, else one plain answer."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from conftest import Office
from tables import rows, workbook, workbook_of

from dazoufang.commands.rebuild import rebuild
from dazoufang.commands.trace import trace
from dazoufang.judging.examine import examine_bytes
from dazoufang.rules.campaign import Rules
from dazoufang.rules.generations import Generation

PLAIN = """
| 填报单位：工会 |
| 走访对象 | 张三 | 联系电话 | 13812345678 |
| 走访日期 | 2023-9-20 | 走访干部 | 李明 |
| 对象类别 | 联点乡镇群众 | 乡镇 | 章华镇 |
| 矛盾纠纷 | 与邻居因排水沟改道争执 | 意见建议 | |
"""
EMPTY_ROW = PLAIN + "| 政策咨询 | | 现场答复情况 | | 备注 | |\n"
BLOCKS = """
| 走访记录 |
| 走访对象 | 张三 | 走访日期 | 2023-9-20 | 走访干部 | 李明 |
| 对象类别 | 其他 | 联系电话 | 13812345678 | | |
| | | | | | |
| 走访对象 | 王五 | 走访日期 | 2023-9-21 | 走访干部 | 李明 |
| 对象类别 | 人大代表 | 联系电话 | 13812345679 | | |
"""
ACROSS = """
| 走访登记表 | | | |
| 走访日期 | 2023-9-20 | 2023-9-21 | 2023-9-22 |
| 走访干部 | 李明 | 李明 | 王芳 |
| 走访对象 | 张三 | 王五 | 赵六 |
| 对象类别 | 其他 | 人大代表 | 其他 |
| 联系电话 | 13812345678 | | 13812345679 |
"""
DISPUTE = """
| 当事人 | 张三 | 走访日期 | 2023-9-20 |
| 走访干部 | 李明 | 纠纷类别 | 邻里关系 |
| 主要情况及诉求 | 与邻居因排水沟改道争执 | 办理状态 | 正在化解 |
"""


def visits(office: Office) -> list[tuple[str, ...]]:
    frame = office.frames().visits
    return [
        (
            f"{row.visited_on:%m-%d}",
            row.cadres,
            row.household,
            row.target_kind,
            "" if row.phone != row.phone else row.phone,
        )
        for row in frame.itertuples()
    ]


def said(office: Office) -> list[tuple[str, str, str]]:
    """Code, severity and cell of what the last delivery was told."""
    return [(fault.code, str(fault.severity), fault.cell) for fault in office.submissions()[-1].faults]


def take(office: Office, *sheets: str, name: str = "工会/走访记录.xlsx") -> None:
    office.take(name, workbook_of({f"表{number}": rows(table) for number, table in enumerate(sheets, 1)}))


@pytest.mark.parametrize(
    ("sheets", "expected"),
    [
        ((PLAIN,), [("09-20", "李明", "张三", "联点乡镇群众", "13812345678")]),
        ((EMPTY_ROW,), [("09-20", "李明", "张三", "联点乡镇群众", "13812345678")]),
        (
            (PLAIN, PLAIN.replace("张三", "王五").replace("5678", "5679")),  # a sheet each
            [
                ("09-20", "李明", "张三", "联点乡镇群众", "13812345678"),
                ("09-20", "李明", "王五", "联点乡镇群众", "13812345679"),
            ],
        ),
        (
            (BLOCKS,),
            [
                ("09-20", "李明", "张三", "其他", "13812345678"),
                ("09-21", "李明", "王五", "人大代表", "13812345679"),
            ],
        ),
        (
            (ACROSS,),
            [
                ("09-20", "李明", "张三", "其他", "13812345678"),
                ("09-21", "李明", "王五", "人大代表", ""),
                ("09-22", "王芳", "赵六", "其他", "13812345679"),
            ],
        ),
    ],
)
def test_what_is_certain_is_read_and_said(
    office: Office, sheets: tuple[str, ...], expected: list[tuple[str, ...]]
) -> None:
    take(office, *sheets)
    assert visits(office) == expected
    assert said(office) == [("S34", "info", "")] * len(sheets)


def test_a_card_of_a_dispute_opens_one(office: Office) -> None:
    take(office, DISPUTE)
    assert office.items("person", "matter", "category", "status") == [
        ("张三", "与邻居因排水沟改道争执", "邻里关系", "正在化解")
    ]


@pytest.mark.published
def test_a_mistake_is_told_at_its_own_cell_and_marked_there(office: Office) -> None:
    take(office, BLOCKS.replace("13812345679", "1381234567"))
    assert said(office) == [("S34", "info", ""), ("C09", "error", "D6")]
    assert [row[2] for row in visits(office)] == ["张三"]
    (copy,) = [data for path, data in office.outbox().items() if path.startswith("退回/工会/")]
    sheet: Any = openpyxl.load_workbook(io.BytesIO(copy))["表1"]
    assert "还差1位" in sheet["D6"].comment.text and sheet["D3"].comment is None


@pytest.mark.published
def test_a_value_leads_back_to_its_cell(office: Office) -> None:
    take(office, BLOCKS)
    found = trace("附件1!走访明细!E6", office.home, office.fold(), office.today).sources
    assert [(source.sheet, source.cell, source.value) for source in found] == [("表1", "B5", "王五")]
    assert rebuild(office.home) == []


@pytest.mark.parametrize(
    "table",
    [
        PLAIN.replace("| 对象类别 | 联点乡镇群众 | 乡镇 | 章华镇 |\n", ""),  # a required field is nowhere
        BLOCKS.replace(
            "| 对象类别 | 其他 | 联系电话 | 13812345678 | | |", "| 联系电话 | 13812345678 | 乡镇 | 章华镇 | | |"
        ),
        PLAIN.replace("| 乡镇 | 章华镇 |", "| 走访对象 | 李四 |"),  # it may be of the first or of a second
    ],
)
def test_what_is_not_certain_is_one_plain_answer_for_the_sheet(office: Office, table: str) -> None:
    take(office, table)
    assert said(office) == [("S35", "error", "")] and visits(office) == []


@pytest.mark.parametrize(
    "table",
    [
        "| 走访日期 | 走访干部 | 走访对象 | 对象类别 |\n| 2023-9-20 | 李明 | 张三 | 其他 |\n",
        "| 走访对象 | 走访日期 | 走访干部 | 对象类别 |\n| 张三 | 2023-9-20 | 李明 | 其他 |\n| 走访对象 | 说明 | | |\n",
        "| 村(社区)组 | 对象类别 | 走访对象 | 家庭情况 | 职务 | 乡镇 | 入户时间 | 走访干部 |\n"
        "| 走访干部 | 其他 | 张三 | | | | 2023-9-20 | 李明 |\n",  # of a dispute only some stand here, none beside another
        "| 序号 | 走访日期 | 走访干部 | 走访对象 | | 对象类别 |\n| 1 | 2023-9-20 | 李明 | 张三 | | 其他 |\n",
    ],
)
def test_a_table_is_no_card(office: Office, table: str) -> None:
    take(office, table)
    assert [row[2] for row in visits(office)] == ["张三"]
    assert "S34" not in [code for code, _, _ in said(office)]


def test_something_else_is_no_card(office: Office) -> None:
    take(office, "| 品名 | 笔 | 单价 | 2 |\n| 数量 | 3 | 联系电话 | 13812345678 |\n", name="工会/物资.xlsx")
    assert [code for code, _, _ in said(office)] == ["F07"]


def test_rules_of_another_time_read_no_cards(rules: Rules, office: Office) -> None:
    data = workbook_of({"表": rows(PLAIN)})
    older = examine_bytes(data, "走访.xlsx", replace(rules, generation=Generation.AUDIENCES), office.today)
    assert [fault.code for fault in older.faults] == ["F07"]


@pytest.mark.parametrize("remark", ["作废", "此行作废", "作废，重复登记", "家中无人，未走访"])
@pytest.mark.parametrize("layout", [BLOCKS, ACROSS])
def test_a_card_whose_remark_says_that_it_does_not_count_is_not_counted_and_said(
    office: Office, layout: str, remark: str
) -> None:
    if layout == ACROSS:
        take(office, layout + f"| 备注 | {remark} | | |\n")
    else:
        take(office, layout.replace("13812345678 | | |", f"13812345678 | 备注 | {remark} |"))
    assert "张三" not in [visit[2] for visit in visits(office)]
    assert "王五" in [visit[2] for visit in visits(office)]
    assert ("S26", "warning", "B7" if layout == ACROSS else "F3") in said(office)


def test_what_stands_beside_the_unit_over_households_in_columns_is_nobody_s_unit(office: Office) -> None:
    lines = ACROSS.splitlines()
    lines.insert(2, "| 填报单位 | 工会 | | 填表日期 |")
    take(office, "\n".join(lines), name="工会/登记.xlsx")
    assert set(office.frames().visits["unit"]) == {"工会"}
    assert [visit[2] for visit in visits(office)] == ["张三", "王五", "赵六"]


def test_of_households_in_columns_each_has_its_own_cells(office: Office) -> None:
    """All begin in one row: it is the column that tells whose a cell is, also for what the roster finds."""
    office.take("花名册.xlsx", workbook("姓名 | 单位 | 角色\n李明 | 工会 | 股室负责人"))
    office.take("工会/走访.xlsx", workbook_of({"走访": rows(ACROSS)}))
    (submission,) = [taken for taken in office.submissions() if taken.unit == "工会"]
    assert [(fault.code, fault.cell) for fault in submission.faults if fault.code == "C13"] == [("C13", "D3")]
    (part,) = submission.parts
    assert [part.cell(row, "household") for row in part.rows] == ["B4", "C4", "D4"]
