"""A dispute that closes though nobody ever said what was to be done about it: it closes, is said, and is listed."""

from __future__ import annotations

import io

import openpyxl
import pytest
from conftest import Office
from tables import workbook

from dazoufang.writing import alert_sheet

HEAD = "| 走访日期 | 走访干部 | 当事人 | 纠纷类别 | 主要情况及诉求 | 化解措施 | 化解情况 | 办理状态 | 办结日期 | 回访日期 | 回访方式 | 情况说明 |"
SHEET = "没有化解措施"


def told(
    measures: str = "", followed: str = "@2023-09-27", explanation: str = "", person: str = "张三", more: str = ""
) -> bytes:
    """An办理表 with one dispute that is resolved, and whatever lines stand below it."""
    line = (
        f"| @2023-09-20 | 李明 | {person} | 邻里关系 | 与邻居因排水沟改道争执 | {measures} | 已和解 | 已化解 | @2023-09-25 "
        f"| {followed} | 上门 | {explanation} |"
    )
    return workbook("\n".join(filter(None, [HEAD, line, more])), unit="工会")


def asked(office: Office, submission: int = -1) -> list[str]:
    """The cells at which R27 stands in the answer to a submission, the last by default."""
    effects = office.fold().effects
    last = office.submissions()[submission].submission_id
    return [notice.cell for notice in effects[last].notices if notice.code == "R27"]


def shown(office: Office) -> list[tuple[object, ...]]:
    """The sheet of 预警提醒, [] where there is none."""
    book = openpyxl.load_workbook(io.BytesIO((office.home.outbox / alert_sheet.FILE).read_bytes()))
    return list(book[SHEET].iter_rows(values_only=True)) if SHEET in book.sheetnames else []


def listed(office: Office) -> list[str]:
    """The numbers on it, [] where there is none."""
    if not (rows := shown(office)):
        return []
    assert next([cell for cell in row if cell] for row in rows if row[0] == "序号") == [
        "序号",
        "编号",
        "单位",
        "当事人",
        "纠纷类别",
        "主要情况及诉求",
        "责任单位",
        "销号日期",
    ]
    return [str(row[1]) for row in rows if isinstance(row[0], int)]


@pytest.mark.published
def test_what_the_answer_asks_about_is_counted_among_what_came_today(office: Office) -> None:
    """R27 is the ledger's, so that 今日收件 and the page said 0 where the receipt said 1."""
    office.take("工会/办理.xlsx", told())
    rows = list(openpyxl.load_workbook(office.home.outbox / "今日变化.xlsx")["今日收件"].iter_rows(values_only=True))
    titles = next(row for row in rows if row[0] == "序号")
    (line,) = (row for row in rows if row[0] == 1)
    assert dict(zip(titles, line, strict=True)) | {"序号": 1} == {
        "序号": 1, "收件号": "0001", "单位": "工会", "报送件": "办理.xlsx", "结论": "已收", "收下行数": 1, "须改处数": 0,
        "请核对处数": 1, **({"后来": None} if "后来" in titles else {}),
    }  # fmt: skip


@pytest.mark.published
def test_it_closes_is_said_at_the_empty_cell_and_is_listed(office: Office) -> None:
    office.take("工会/办理表.xlsx", told())
    assert office.items("item_no", "state") == [("23下矛0001", "closed")]
    assert asked(office) == ["F3"]
    assert listed(office) == ["23下矛0001"]


@pytest.mark.parametrize("column", ["测量", ""])
def test_a_form_without_the_column_is_told_too(office: Office, column: str) -> None:
    head = HEAD.replace(" 化解措施 |", f" {column} |" if column else "")
    line = "| @2023-09-20 | 李明 | 张三 | 邻里关系 | 排水沟 |" + (" |" if column else "")
    office.take(
        "工会/办理表.xlsx",
        workbook(f"{head}\n{line} 已和解 | 已化解 | @2023-09-25 | @2023-09-27 | 上门 | |", unit="工会"),
    )
    assert len(asked(office)) == 1


@pytest.mark.published
def test_what_says_so_is_not_asked(office: Office) -> None:
    office.take("工会/办理表.xlsx", told("组织双方协商"))
    assert (asked(office), listed(office)) == ([], [])


@pytest.mark.published
def test_what_is_only_resolved_is_not_asked_yet(office: Office) -> None:
    office.take("工会/办理表.xlsx", told(followed=""))
    assert office.items("state") == [("resolved",)]
    assert (asked(office), listed(office)) == ([], [])


@pytest.mark.published
def test_a_reason_in_the_row_is_enough_for_the_unit_but_it_stays_listed(office: Office) -> None:
    office.take("工会/办理表.xlsx", told(explanation="当场和解"))
    assert (asked(office), listed(office)) == ([], ["23下矛0001"])


@pytest.mark.published
def test_what_was_said_before_counts(office: Office) -> None:
    office.take("工会/办理表.xlsx", told("组织双方协商", followed=""))
    number = office.items("item_no")[0][0]
    later = f"| 编号 | 化解情况 | 办理状态 | 办结日期 | 回访日期 | 回访方式 |\n| {number} | 已和解 | 已化解 | @2023-09-25 | @2023-09-27 | 上门 |"
    office.take("工会/办结.xlsx", workbook(later, unit="工会"))
    assert office.items("state") == [("closed",)]
    assert (asked(office), listed(office)) == ([], [])


@pytest.mark.published
def test_it_is_said_once_and_leaves_the_list_when_it_is_mended(office: Office) -> None:
    office.take("工会/办理表.xlsx", told())
    office.take("工会/别的.xlsx", told(person="李四"))
    assert asked(office, 0) == ["F3"]
    assert asked(office) == ["F3"]  # its own, not the first once more
    assert listed(office) == ["23下矛0001", "23下矛0002"]
    office.take("工会/办理表.xlsx", told("组织双方协商"))
    assert (asked(office), listed(office)) == ([], ["23下矛0002"])


@pytest.mark.published
def test_a_suggestion_needs_none(office: Office) -> None:
    head = "| 反映日期 | 走访干部 | 反映人 | 事项类别 | 意见建议内容 | 办理情况 | 办理状态 | 办结日期 | 回复日期 |"
    line = "| @2023-09-20 | 李明 | 张三 | 道路交通 | 修路 | 已修 | 已办结 | @2023-09-25 | @2023-09-27 |"
    office.take("工会/建议.xlsx", workbook(f"{head}\n{line}", unit="工会"))
    assert office.items("state") == [("closed",)]
    assert (asked(office), listed(office)) == ([], [])


@pytest.mark.published
def test_what_the_list_says_is_to_be_done_is_enough(office: Office) -> None:
    office.take("工会/办理表.xlsx", told())
    said = "".join(str(cell) for row in shown(office) for cell in row if cell)
    assert "请在《矛盾纠纷事项办理表》里照编号补写化解措施后放入收件箱，补好的当晚从这里消失" in said
    assert listed(office) == ["23下矛0001"]
    office.take("工会/补措施.xlsx", workbook("| 编号 | 化解措施 |\n| 23下矛0001 | 组织双方协商 |", unit="工会"))
    assert listed(office) == []
