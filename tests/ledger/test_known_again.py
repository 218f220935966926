"""By what a corrected row is known again, form by form: it is told as changed, never as one row gone and one added."""

from __future__ import annotations

from typing import Any, Final

import pytest
from tables import Rows, rows
from test_ledger import Desk

from dazoufang.rules.campaign import Rules

# Each identity three times: a row that shares the next weaker identity with the corrected one (`other`), the row that is
# corrected (`before`), and the corrected row (`after`, with the columns that are told as changed). `other` and `before`
# come first, then `after` alone under the same name: it must be taken for `before`.
VISIT = """
| known by | row | changed | 走访日期 | 走访干部 | 走访对象 | 联系电话 | 村(社区)组 |
| visited_on cadres household phone | other | | 2023-09-20 | 李明 | 张三 | 13800000002 | 沙口村1组 |
| | before | | 2023-09-20 | 李明 | 张三 | 13800000001 | 沙口村1组 |
| | after | 村(社区)组 | 2023-09-20 | 李明 | 张三 | 13800000001 | 沙口村2组 |
| visited_on cadres household | other | | 2023-09-21 | 陈红 | 张三 | 13800000001 | 沙口村1组 |
| | before | | 2023-09-20 | 李明 | 张三 | 13800000002 | 沙口村2组 |
| | after | 联系电话 | 2023-09-20 | 李明 | 张三 | 13800000001 | 沙口村2组 |
| household phone | other | | 2023-09-21 | 王芳 | 张三 | 13800000002 | 沙口村1组 |
| | before | | 2023-09-20 | 李明 | 张三 | 13800000001 | 沙口村2组 |
| | after | 走访日期 走访干部 村(社区)组 | 2023-09-22 | 陈红 | 张三 | 13800000001 | 沙口村1组 |
| household village | other | | 2023-09-22 | 王芳 | 张三 | 13800000002 | 沙口村2组 |
| | before | | 2023-09-20 | 李明 | 张三 | 13800000003 | 沙口村1组 |
| | after | 走访日期 走访干部 联系电话 | 2023-09-22 | 陈红 | 张三 | 13800000001 | 沙口村1组 |
| visited_on household | other | | 2023-09-22 | 陈红 | 张三 | 13800000002 | 沙口村2组 |
| | before | | 2023-09-20 | 李明 | 张三 | 13800000003 | 沙口村3组 |
| | after | 走访干部 村(社区)组 联系电话 | 2023-09-20 | 陈红 | 张三 | 13800000001 | 沙口村1组 |
| cadres household | other | | 2023-09-22 | 李明 | 王五 | 13800000001 | 沙口村2组 |
| | before | | 2023-09-20 | 李明 | 张三 | 13800000003 | 沙口村3组 |
| | after | 走访日期 村(社区)组 联系电话 | 2023-09-22 | 李明 | 张三 | 13800000001 | 沙口村1组 |
| visited_on cadres phone | before | | 2023-09-20 | 李明 | 张三 | 13800000001 | 沙口村2组 |
| | after | 走访对象 村(社区)组 | 2023-09-20 | 李明 | 张山 | 13800000001 | 沙口村1组 |
"""
DISPUTE = """
| known by | row | changed | 编号 | 走访日期 | 当事人 | 联系电话 | 村(社区)组 | 主要情况及诉求 |
| item_no person matter | other | | 1 | 2023-09-20 | 张三 | 13800000001 | 沙口村1组 | 包工头拖欠工资 |
| | before | | 1 | 2023-09-20 | 张三 | 13800000001 | 沙口村1组 | 与邻居争排水沟 |
| | after | 村(社区)组 | 1 | 2023-09-20 | 张三 | 13800000001 | 沙口村2组 | 与邻居争排水沟 |
| item_no person | other | | 2 | 2023-09-20 | 张三 | 13800000001 | 沙口村1组 | 与邻居争排水沟 |
| | before | | 1 | 2023-09-20 | 张三 | 13800000001 | 沙口村1组 | 包工头拖欠工资 |
| | after | 主要情况及诉求 | 1 | 2023-09-20 | 张三 | 13800000001 | 沙口村1组 | 与邻居争排水沟 |
| person phone matter | other | | 2 | 2023-09-20 | 张三 | 13800000002 | 沙口村1组 | 与邻居争排水沟 |
| | before | | 3 | 2023-09-20 | 张三 | 13800000001 | 沙口村1组 | 与邻居争排水沟 |
| | after | 编号 | 1 | 2023-09-20 | 张三 | 13800000001 | 沙口村1组 | 与邻居争排水沟 |
| person matter | other | | 2 | 2023-09-20 | 张三 | 13800000001 | 沙口村1组 | 包工头拖欠工资 |
| | before | | 3 | 2023-09-21 | 张三 | 13800000002 | 沙口村2组 | 与邻居争排水沟 |
| | after | 编号 走访日期 联系电话 村(社区)组 | 1 | 2023-09-20 | 张三 | 13800000001 | 沙口村1组 | 与邻居争排水沟 |
| visited_on person phone | other | | 2 | 2023-09-21 | 张三 | 13800000001 | 沙口村1组 | 包工头拖欠工资 |
| | before | | 3 | 2023-09-20 | 张三 | 13800000001 | 沙口村2组 | 家里没有自来水 |
| | after | 编号 村(社区)组 主要情况及诉求 | 1 | 2023-09-20 | 张三 | 13800000001 | 沙口村1组 | 与邻居争排水沟 |
| person phone | other | | 2 | 2023-09-20 | 张三 | 13800000002 | 沙口村1组 | 包工头拖欠工资 |
| | before | | 3 | 2023-09-21 | 张三 | 13800000001 | 沙口村2组 | 家里没有自来水 |
| | after | 编号 走访日期 村(社区)组 主要情况及诉求 | 1 | 2023-09-20 | 张三 | 13800000001 | 沙口村1组 | 与邻居争排水沟 |
| visited_on person village | other | | 2 | 2023-09-21 | 王五 | 13800000001 | 沙口村2组 | 与邻居争排水沟 |
| | before | | 3 | 2023-09-20 | 张三 | 13800000002 | 沙口村1组 | 家里没有自来水 |
| | after | 编号 联系电话 主要情况及诉求 | 1 | 2023-09-20 | 张三 | 13800000001 | 沙口村1组 | 与邻居争排水沟 |
| phone matter | other | | 1 | 2023-09-21 | 王五 | 13800000002 | 沙口村2组 | 家里没有自来水 |
| | before | | 3 | 2023-09-20 | 张山 | 13800000001 | 沙口村1组 | 与邻居争排水沟 |
| | after | 编号 当事人 | 1 | 2023-09-20 | 张三 | 13800000001 | 沙口村1组 | 与邻居争排水沟 |
| item_no | before | | 1 | 2023-09-21 | 王五 | 13800000002 | 沙口村2组 | 家里没有自来水 |
| | after | 走访日期 当事人 联系电话 村(社区)组 主要情况及诉求 | 1 | 2023-09-20 | 张三 | 13800000001 | 沙口村1组 | 与邻居争排水沟 |
"""
SUGGESTION = (
    DISPUTE.replace("走访日期", "反映日期").replace("当事人", "反映人").replace("主要情况及诉求", "意见建议内容")
)
ROSTER = """
| known by | row | changed | 姓名 | 单位 | 角色 |
| name unit | other | | 李明 | 工会 | 股室负责人 |
| | before | | 李明 | 人事股 | 股室负责人 |
| | after | 角色 | 李明 | 人事股 | 局领导班子成员 |
| name | before | | 李明 | 工会 | 股室负责人 |
| | after | 单位 | 李明 | 人事股 | 股室负责人 |
"""
ASSIGNMENT = """
| known by | row | changed | 轮次 | 走访对象 | 联系电话 | 村(社区)组 | 走访干部 |
| round_name household phone | other | | 下半年 | 张三 | 13800000002 | 沙口村1组 | 陈红 |
| | before | | 下半年 | 张三 | 13800000001 | 沙口村2组 | 李明 |
| | after | 村(社区)组 | 下半年 | 张三 | 13800000001 | 沙口村1组 | 李明 |
| round_name household village | other | | 下半年 | 张三 | 13800000002 | 沙口村2组 | 陈红 |
| | before | | 下半年 | 张三 | 13800000003 | 沙口村1组 | 李明 |
| | after | 联系电话 | 下半年 | 张三 | 13800000001 | 沙口村1组 | 李明 |
| round_name household | before | | 下半年 | 张三 | 13800000002 | 沙口村2组 | 陈红 |
| | after | 村(社区)组 联系电话 走访干部 | 下半年 | 张三 | 13800000001 | 沙口村1组 | 李明 |
"""
DECISION = """
| known by | row | changed | 编号 | 裁定 | 新时限 | 批准日期 | 理由 |
| item_no decision approved_on | other | | 23下矛0001 | 延期 | 2023-11-01 | 2023-10-19 | 等定价 |
| | before | | 23下矛0001 | 延期 | 2023-11-01 | 2023-10-20 | 等定价 |
| | after | 新时限 | 23下矛0001 | 延期 | 2023-11-10 | 2023-10-20 | 等定价 |
| item_no decision | before | | 23下矛0001 | 延期 | 2023-11-01 | 2023-10-19 | 等定价 |
| | after | 批准日期 | 23下矛0001 | 延期 | 2023-11-01 | 2023-10-20 | 等定价 |
"""
TABLES: Final = {
    "visit": VISIT,
    "dispute": DISPUTE,
    "suggestion": SUGGESTION,
    "roster": ROSTER,
    "assignment": ASSIGNMENT,
    "decision": DECISION,
}


def cases() -> list[tuple[Any, ...]]:
    """Form, identity, what comes first, what comes then, the columns told as changed."""
    found: list[tuple[Any, ...]] = []
    identity = ""
    for form, table in TABLES.items():
        (_, _, _, *columns), *lines = rows(table)
        first: Rows = [columns]
        for known_by, kind, changed, *cells in lines:
            identity = known_by or identity
            first.append(cells)
            if kind == "after":
                found.append((form, identity, first[:-1], [columns, cells], changed.split()))
                first = [columns]
    return found


@pytest.mark.parametrize(("form", "identity", "first", "then", "changed"), cases())
def test_a_corrected_row_is_known_again(
    rules: Rules, form: str, identity: str, first: Rows, then: Rows, changed: list[str]
) -> None:
    desk = Desk(rules)
    desk.send(desk.part(form, first))
    effect = desk.send(desk.part(form, then))
    assert [entry.entry_id for entry in desk.fold.merged.entries(form)] == [len(first) - 1], identity
    assert [one.column for one in effect.changed] == changed
    assert effect.added == []
    gone = [words for words in effect.withdrawn if not words.startswith("事项")]  # rows; items are told beside them
    assert len(gone) == (0 if form == "decision" else len(first) - 2)  # a decision is remembered for ever
