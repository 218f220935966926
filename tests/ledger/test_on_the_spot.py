"""An inquiry that 现场答复情况 says was answered on the spot has its reply on that day."""

from __future__ import annotations

import pytest
from conftest import Office
from tables import workbook

from dazoufang.duties.alerts import alerts

HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 意见建议 | 政策咨询和求助 | 现场答复情况 |\n"


def replies(office: Office, *rows: str) -> list[tuple[str, str, str]]:
    """Nature, 回复日期 and 回复方式 of each item."""
    office.take("工会/登记.xlsx", workbook(HEAD + "\n".join(rows)))
    items = office.fold().frames().items
    shown = items[["nature", "follow_up_on", "follow_up_mode"]].astype("object").fillna("").astype("str")
    return [(nature, day[:10], mode) for nature, day, mode in shown.itertuples(index=False)]


def row(reply: str, inquiry: str = "咨询高中学费减免", suggestion: str = "") -> str:
    return f"| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 | {suggestion} | {inquiry} | {reply} |"


@pytest.mark.parametrize(
    "said", ["当场答复，群众表示理解", "已当场解释政策", "现 场 解 答", "已解释教师待遇政策", "已将政策当场告知"]
)
def test_what_was_answered_on_the_spot_is_replied_to_on_that_day(office: Office, said: str) -> None:
    assert replies(office, row(said)) == [("政策咨询", "2023-09-20", "上门")]
    found = alerts(office.fold().frames(), office.fold().rules, office.today)
    assert "待回复" not in set(found["kind"])


@pytest.mark.parametrize(
    "said",
    [
        "",
        "承诺一周内回复",
        "记录并转交相关股室",
        "当场未能答复",
        "当场答复不了",
        "未当场答复",
        "部分问题已答复",
        "尽快答复",
    ],
)
def test_a_promise_and_what_was_passed_on_are_no_reply(office: Office, said: str) -> None:
    assert replies(office, row(said)) == [("政策咨询", "", "")]
    found = alerts(office.fold().frames(), office.fold().rules, office.today)
    assert "待回复" in set(found["kind"])


def test_a_suggestion_is_replied_to_once_it_is_handled_and_not_on_the_spot(office: Office) -> None:
    assert replies(office, row("当场答复", inquiry="", suggestion="建议修路")) == [("意见建议", "", "")]


def test_a_later_reply_that_is_on_file_stands(office: Office) -> None:
    office.take("工会/登记.xlsx", workbook(HEAD + row("当场答复")))
    (number,) = office.fold().frames().items["item_no"]
    office.take("工会/附件3.xlsx", workbook(
        "| 编号 | 反映日期 | 走访干部 | 反映人 | 联系电话 | 事项性质 | 事项类别 | 意见建议内容 | 办理状态 | 回复日期 | 回复方式 |\n"
        f"| {number} | 2023-09-20 | 李明 | 张三 | 13800000001 | 政策咨询 | 其他 | 咨询高中学费减免 | 正在办理 | 2023-09-27 | 电话 |"
    ))  # fmt: skip
    (item,) = office.fold().frames().items[["follow_up_on", "follow_up_mode"]].astype("str").values.tolist()
    assert item == ["2023-09-27", "电话"]


def test_when_the_visit_is_told_otherwise_the_reply_goes(office: Office) -> None:
    assert replies(office, row("当场答复")) == [("政策咨询", "2023-09-20", "上门")]
    assert replies(office, row("承诺一周内回复")) == [("政策咨询", "", "")]
