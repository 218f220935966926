"""An approved 延期 moves the deadline to a later day; one to an earlier day leaves it where it stands, and is asked."""

from __future__ import annotations

import pandas as pd
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


def moved_to(office: Office) -> str | None:
    """The day to which the deadline of the one item has been moved."""
    day = office.frames().items["extended_on"].item()
    return None if pd.isna(day) else str(day.date())


@pytest.mark.parametrize(
    ("day", "moved", "said"),
    [
        ("2023-11-16", None, "集中化解的最后一天是2023年11月17日"),
        ("2023-11-17", "2023-11-17", ""),
        ("2023-11-30", "2023-11-30", ""),
    ],
)
def test_a_day_before_the_end_of_the_phase_moves_nothing_and_is_asked(
    office: Office, day: str, moved: str | None, said: str
) -> None:
    office.take("走访.xlsx", workbook(VISITS, unit="工会"))
    office.take("裁定.xlsx", decided(day))
    assert [code for code, _ in asked(office)] == (["R14"] if said else [])
    assert all(said in message and "比现在的时限还早" in message for _, message in asked(office))
    assert moved_to(office) == moved


def test_a_day_before_the_extension_that_stands_is_asked_and_the_extension_stands(office: Office) -> None:
    office.take("走访.xlsx", workbook(VISITS, unit="工会"))
    office.take("裁定.xlsx", decided("2023-12-20"))
    assert asked(office) == []
    office.take("裁定二.xlsx", decided("2023-12-10", "2023-10-19"))
    ((code, message),) = asked(office)
    assert code == "R14" and "已批准延期到2023年12月20日" in message and "C2" in message
    assert moved_to(office) == "2023-12-20"


def test_the_extension_approved_last_is_the_last_word_whichever_came_first(office: Office) -> None:
    office.take("走访.xlsx", workbook(VISITS, unit="工会"))
    office.take("裁定.xlsx", decided("2023-12-20", "2023-10-19"))
    office.take("裁定二.xlsx", decided("2023-12-10", "2023-10-18"))
    assert asked(office) == [] and moved_to(office) == "2023-12-20"


def handled(due: str) -> bytes:
    return workbook(f"| 编号 | 办理状态 | 化解时限 |\n| 23下矛0001 | 正在化解 | {due} |", unit="工会")


@pytest.mark.parametrize(
    ("own", "day", "moved", "said"),
    [
        ("2023-10-31", "2023-10-30", None, "原来的时限是2023年10月31日"),
        ("2023-10-31", "2023-11-10", "2023-11-10", ""),
        # its own day lies after the end of the phase, which therefore binds
        ("2023-12-31", "2023-11-20", "2023-11-20", ""),
        ("2023-12-31", "2023-11-10", None, "集中化解的最后一天是2023年11月17日"),
    ],
)
def test_what_stands_is_the_earlier_of_its_own_day_and_the_end_of_the_phase(
    office: Office, own: str, day: str, moved: str | None, said: str
) -> None:
    office.take("走访.xlsx", workbook(VISITS, unit="工会"))
    office.take("办理.xlsx", handled(own))
    office.take("裁定.xlsx", decided(day))
    assert [said in message for _, message in asked(office)] == ([True] if said else [])
    assert moved_to(office) == moved


def test_outside_the_rounds_the_end_of_the_next_one_stands(office: Office) -> None:
    office.take("走访.xlsx", workbook(VISITS.replace("2023-09-20", "2023-06-01"), unit="工会"))
    number = office.frames().items["item_no"].item()
    assert number == "23外矛0001"
    decision = workbook(
        """
| 编号 | 裁定 | 新时限 | 批准人 | 批准日期 | 理由 |
| 23外矛0001 | 延期 | 2023-11-10 | 王芳 | 2023-10-18 | 需等县里统一定价 |
"""
    )
    office.take("裁定二.xlsx", decision)
    ((code, message),) = asked(office)
    assert code == "R14" and "集中化解的最后一天是2023年11月17日" in message and moved_to(office) is None


def test_what_is_to_be_done_earlier_is_written_as_its_own_day(office: Office) -> None:
    office.take("走访.xlsx", workbook(VISITS, unit="工会"))
    office.take("裁定.xlsx", decided("2023-11-10"))
    office.take("办理.xlsx", handled("2023-11-10"))
    assert str(office.frames().items["due_on"].item().date()) == "2023-11-10"
