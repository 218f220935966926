"""The sheets behind the alerts: what did not count, how units stand, who came and left."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
from conftest import Office
from tables import workbook

from dazoufang.writing import alert_sheet

ROSTER = """
| 姓名 | 单位 | 角色 | 手机 | 任职起 | 任职止 |
| 李明 | 工会 | 股室负责人 | 13900000001 | | |
| 王芳 | 工会 | 股室负责人 | 13900000002 | 2023-10-16 | |
| 陈红 | 督导室 | 股室负责人 | 13900000003 | | |
"""
VISITS = """
| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 |
| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 |
| 2023-10-12 | 李明 | 张三 | 其他 | 13800000001 |
| 2023-10-13 | 李明 | 李四 | 其他 | 13800000001 |
| 2023-07-01 | 李明 | 王五 | 其他 | 13800000002 |
"""
PLAN = """
| 轮次 | 走访对象 | 对象类别 | 联系电话 | 走访干部 |
| 下半年 | 赵六 | 其他 | 13800000009 | 李明 |
"""


def sheets(office: Office) -> dict[str, list[list[Any]]]:
    """Each sheet of 预警提醒.xlsx as published: the rows from the headings on."""
    office.drop("花名册.xlsx", workbook(ROSTER))
    office.drop("任务分解.xlsx", workbook(PLAN))
    office.drop("工会/登记.xlsx", workbook(VISITS))
    office.run()
    book = openpyxl.load_workbook(io.BytesIO((office.home.outbox / alert_sheet.FILE).read_bytes()))
    found = {}
    for sheet in book:
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        start = next(place for place, row in enumerate(rows) if row[0] == "序号")
        found[sheet.title] = [
            row for row in rows[start:] if row[0] == "序号" or isinstance(row[0], int) or row[0] == "合计"
        ]
    return found


def test_what_did_not_count_and_how_all_stand_is_behind_the_alerts(office: Office) -> None:
    found = sheets(office)
    names = ["各单位进度", "各股室归口", "未计入的走访", "重复走访", "任务分解对照", "人员进出"]
    assert [name for name in found if name in names] == names
    where = found["未计入的走访"][0].index("情形")
    assert [(row[4], row[where], row[-1]) for row in found["未计入的走访"][1:]] == [
        ("王五", "不在两轮之内", 5), ("张三", "重复走访", 3),
    ]  # fmt: skip
    assert [row[2] for row in found["重复走访"][1:]] == ["张三", "张三"]
    assert [(row[1], row[3]) for row in found["任务分解对照"][1:]] == [
        ("分解了还没有走访", "赵六"),
    ]  # fmt: skip
    assert [(row[2], row[6]) for row in found["人员进出"][1:]] == [("王芳", 7)]
    units = found["各单位进度"]
    assert units[0] == [
        "序号", "单位", "干部", "应走访", "其中上轮少走", "走访摸排内已走访", "走访摸排内完成率", "已走访", "完成率",
        "到今天应走访", "还差", "剩余工作日", "今后要走",
    ]  # fmt: skip
    assert [(row[0], row[1], row[3], row[5], row[7], row[10]) for row in units[1:]] == [
        (1, "工会", 17, 1, 2, 15), (2, "督导室", 10, 0, 0, 10), ("合计", "2个单位", 27, 1, 2, 25),
    ]  # fmt: skip


def test_a_home_with_nothing_to_say_has_the_alerts_alone(office: Office) -> None:
    office.run()
    book = openpyxl.load_workbook(io.BytesIO((office.home.outbox / alert_sheet.FILE).read_bytes()))
    assert book.sheetnames == ["全部预警"]
