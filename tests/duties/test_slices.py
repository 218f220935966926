"""Which rows concern a unit, an office or a person: a table, and that every row is some office's."""

from __future__ import annotations

import pandas as pd
import pytest
from conftest import Office
from hypothesis import given
from hypothesis import strategies as st
from tables import workbook

from dazoufang.duties.slices import EVERYBODY, Concerned, concerning
from dazoufang.ledger import listing
from dazoufang.ledger.frames import Frames
from dazoufang.rules.campaign import Rules
from dazoufang.rules.packages import Slice
from dazoufang.rules.schema import Role

ROSTER = (
    "| 姓名 | 单位 | 角色 |\n| 李明 | 工会 | 股室负责人 |\n| 张伟 | 工会 | 股室负责人 |\n| 张伟 | 督导室 | 股室负责人 |\n"
    "| 陈红 | 督导室 | 股室负责人 |\n"
)
HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷 | 意见建议 |\n"
UNION = HEAD + (
    "| 2023-09-20 | 李明 | 甲一 | 联点乡镇群众 | 13800000001 | 与邻居因排水沟改道争执 | |\n"
    "| 2023-09-20 | 李明、陈红 | 甲二 | 人大代表 | 13800000002 | | 建议硬化通学路 |\n"
    "| 2023-09-21 | 张伟 | 甲三 | 其他 | 13800000003 | 宅基地界址不清 | |\n"
)
CONTROL = HEAD + (
    "| 2023-09-22 | 张伟 | 乙一 | 政协委员 | 13800000004 | | |\n"
    "| 2023-09-22 | 陈红 | 乙二 | 原民代幼人员 | 13800000005 | 待遇没有落实 | |\n"
)
HANDLED = (
    "| 编号 | 走访日期 | 走访干部 | 当事人 | 联系电话 | 纠纷类别 | 主要情况及诉求 | 责任单位 | 责任人 | 办理状态 |\n"
    "| 23下矛0001 | 2023-09-20 | 李明 | 甲一 | 13800000001 | 邻里关系 | 与邻居因排水沟改道争执 | 督导室 | 陈红 | 正在化解 |\n"
)


@pytest.fixture
def frames(office: Office) -> Frames:
    office.drop("花名册.xlsx", workbook(ROSTER))
    office.drop("工会/走访.xlsx", workbook(UNION, unit="工会"))
    office.drop("督导室/走访.xlsx", workbook(CONTROL, unit="督导室"))
    office.run()
    office.take("矛盾纠纷事项办理表.xlsx", workbook(HANDLED, unit="工会"))
    return office.frames()


def of(frames: Frames, rules: Rules, role: Role, whose: Concerned, office: Office) -> list[str]:
    schema = rules.form(role)
    rows = listing.listed(schema, frames, rules, office.today)
    name = "household" if role is Role.VISITS else "person"
    return sorted(concerning(rows, schema, whose, frames, rules)[name].tolist())


@pytest.mark.parametrize(
    ("role", "whose", "expected"),
    [
        (Role.VISITS, EVERYBODY, ["乙一", "乙二", "甲一", "甲三", "甲二"]),
        (Role.VISITS, Concerned(Slice.UNIT, "工会"), ["甲一", "甲三", "甲二"]),
        (Role.VISITS, Concerned(Slice.UNIT, "督导室"), ["乙一", "乙二"]),
        (Role.VISITS, Concerned(Slice.UNIT, "人事股"), []),
        (Role.VISITS, Concerned(Slice.OFFICE, "教育事务中心"), ["甲一"]),
        (Role.VISITS, Concerned(Slice.OFFICE, "办公室"), ["乙一", "乙二", "甲二"]),
        (Role.VISITS, Concerned(Slice.OFFICE, "法制安全股"), ["甲三"]),
        (Role.VISITS, Concerned(Slice.OFFICE, "工会"), []),
        (Role.VISITS, Concerned(Slice.PERSON, "督导室", "陈红"), ["乙二", "甲二"]),  # also where he went with another
        (Role.VISITS, Concerned(Slice.PERSON, "工会", "张伟"), ["甲三"]),  # of namesakes only his own unit's
        (Role.VISITS, Concerned(Slice.PERSON, "督导室", "张伟"), ["乙一"]),
        (Role.VISITS, Concerned(Slice.PERSON, "督导室", "陈"), []),
        (Role.DISPUTES, Concerned(Slice.UNIT, "工会"), ["甲一", "甲三"]),
        (Role.DISPUTES, Concerned(Slice.UNIT, "督导室"), ["乙二", "甲一"]),  # what it handles is its own too
        (
            Role.DISPUTES,
            Concerned(Slice.OFFICE, "教育事务中心"),
            ["甲一"],
        ),  # by the kind of household, whoever handles it
        (Role.DISPUTES, Concerned(Slice.OFFICE, "办公室"), ["乙二"]),
        (Role.DISPUTES, Concerned(Slice.OFFICE, "法制安全股"), ["甲三"]),
        (Role.DISPUTES, Concerned(Slice.PERSON, "督导室", "陈红"), ["乙二", "甲一"]),  # 责任人
        (Role.SUGGESTIONS, Concerned(Slice.UNIT, "工会"), ["甲二"]),
        (Role.SUGGESTIONS, Concerned(Slice.OFFICE, "办公室"), ["甲二"]),
        (Role.SUGGESTIONS, Concerned(Slice.OFFICE, "教育事务中心"), []),
    ],
)
def test_whose_rows(
    frames: Frames, rules: Rules, office: Office, role: Role, whose: Concerned, expected: list[str]
) -> None:
    assert of(frames, rules, role, whose, office) == expected


KINDS = ["联点乡镇群众", "人大代表", "政协委员", "原民代幼人员", "其他", "没有的类别", None]
NO_FRAMES = pd.DataFrame({"visit_id": pd.Series([], dtype="int64"), "target_kind": pd.Series([], dtype="str")})


@given(
    visits=st.lists(st.sampled_from(KINDS), max_size=8),
    items=st.lists(st.tuples(st.integers(0, 9), st.sampled_from(KINDS)), max_size=8),
)
def test_every_row_is_of_one_office(
    rules: Rules, visits: list[str | None], items: list[tuple[int, str | None]]
) -> None:
    seen = pd.DataFrame({"visit_id": range(len(visits)), "target_kind": pd.Series(visits, dtype="str")})
    known = Frames(seen, NO_FRAMES, NO_FRAMES, NO_FRAMES, NO_FRAMES)
    matters = pd.DataFrame(
        {
            "visit_id": pd.Series([number if number < len(visits) else None for number, _ in items], dtype="Int64"),
            "identity": pd.Series([kind for _, kind in items], dtype="str"),
        }
    )
    for role, rows in (
        (Role.VISITS, seen),
        (Role.DISPUTES, matters.drop(columns="identity")),
        (Role.SUGGESTIONS, matters),
    ):
        found = [
            label
            for office in ("教育事务中心", "办公室", "法制安全股")
            for label in concerning(rows, rules.form(role), Concerned(Slice.OFFICE, office), known, rules).index
        ]
        assert sorted(found) == list(range(len(rows)))


def test_no_title_and_no_file_name_says_who_somebody_is() -> None:
    assert [
        EVERYBODY.words,
        Concerned(Slice.UNIT, "工会").words,
        Concerned(Slice.OFFICE, "办公室").words,
        Concerned(Slice.PERSON, "工会", "李明").words,
    ] == ["", "（工会）", "（办公室归口）", "（本人）"]
