"""An approved 延期 that would shorten the deadline is done as decided, and asked about."""

from __future__ import annotations

import pytest
from conftest import Office
from tables import workbook

VISITS = """
| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷和信访诉求 |
| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 | 与邻居因排水沟改道争执 |
"""


def decided(day: str, approved: str = "2023-10-18") -> bytes:
    return workbook(
        f"""
| 编号 | 裁定 | 新时限 | 批准人 | 批准日期 | 理由 |
| 23下矛0001 | 延期 | {day} | 王芳 | {approved} | 需等县里统一定价 |
"""
    )


def asked(office: Office) -> list[tuple[str, str]]:
    """Code and message of what the newest submission is asked by the ledger."""
    ledger_fold = office.fold()
    last = ledger_fold.submissions[-1].submission_id
    return [(notice.code, notice.message) for notice in ledger_fold.effects[last].notices]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2023-11-16", "集中化解的最后一天是2023年11月17日"),
        ("2023-11-17", ""),
        ("2023-11-30", ""),
    ],
)
def test_a_day_before_the_end_of_the_phase_is_asked(office: Office, day: str, said: str) -> None:
    office.take("走访.xlsx", workbook(VISITS, unit="工会"))
    office.take("裁定.xlsx", decided(day))
    assert [code for code, _ in asked(office)] == (["R14"] if said else [])
    assert all(said in message and "比现在的时限还早" in message for _, message in asked(office))
    assert str(office.frames().items["extended_on"].item().date()) == day


def test_a_day_before_the_extension_that_stands_is_asked_and_the_same_row_again_is_not(office: Office) -> None:
    office.take("走访.xlsx", workbook(VISITS, unit="工会"))
    office.take("裁定.xlsx", decided("2023-12-20"))
    assert asked(office) == []
    office.take("裁定二.xlsx", decided("2023-12-10", "2023-10-19"))
    ((code, message),) = asked(office)
    assert code == "R14" and "已批准延期到2023年12月20日" in message and "C2" in message
