"""Titles beside names, two households in one cell, and numbers of identity cards where a telephone number is wanted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from conftest import TODAY, Office
from dressed import HEAD, KINDS, dressed, name_of, visit, visits
from tables import workbook
from taken import Taken

from dazoufang.judging.cells.people import to_household, to_names_less_titles
from dazoufang.judging.cells.phones import to_phone_or_why
from dazoufang.judging.examine import Examined, examine_bytes
from dazoufang.rules.campaign import Rules
from dazoufang.rules.generations import Generation


def judged(rules: Rules, kind: str, *lines: Any) -> Examined:
    return examine_bytes(dressed(visits(*lines), kind), name_of(kind), rules, TODAY)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("李明 股长", ("李明",)),
        ("李明　副股长", ("李明",)),
        ("股长 李明", ("李明",)),
        ("李 明 股长", ("李明",)),
        ("李明（股长）", ("李明",)),
        ("李明(副 局长)", ("李明",)),
        ("股长李明", ("李明",)),
        ("李明股长", ("李明",)),
        ("李明 股长 王芳 副股长", ("李明", "王芳")),
        ("李明\n股长", ("李明",)),
        ("李明，股长", ("李明",)),
        ("李明-股长", ("李明",)),
        ("工会主席—李明", ("李明",)),
        ("欧阳锋 主任", ("欧阳锋",)),
    ],
)
def test_a_title_beside_a_cadre_is_no_part_of_the_name(typed: str, names: tuple[str, ...]) -> None:
    found = to_names_less_titles(typed)
    assert (found.value, "职务" in found.how or "说明" in found.how) == (names, True)


@pytest.mark.parametrize(
    "typed", ["李 主任", "李主任", "股长", "副局长 股长", "欧阳 主任", "李明、副局长", "李明 股长等3人"]
)
def test_a_title_without_a_whole_name_names_nobody(typed: str) -> None:
    assert to_names_less_titles(typed).fault in ("C20", "C14")


@pytest.mark.parametrize("typed", ["会计", "任园", "官长福", "李校", "张会", "李专干", "王芳 李明"])
def test_what_could_be_a_name_is_left_whole(typed: str) -> None:
    found = to_names_less_titles(typed)
    assert found.value in (None, (typed,), ("王芳", "李明"))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("王国强 书记", "王国强"),
        ("王国强书记", "王国强"),
        ("王国强（书记）", "王国强"),
        ("书记王国强", "王国强"),
        ("张三 村长", "张三"),
        ("张三(支书)", "张三"),
    ],
)
def test_a_title_beside_a_household_goes_and_is_said(typed: str, name: str) -> None:
    found = to_household(typed)
    assert (found.value, found.how, found.asks) == (name, "姓名去职务", "")


@pytest.mark.parametrize(
    "typed",
    [
        "王书记",
        "张会计",
        "欧阳会长",
        "张三（已故）",
        "张三（户主）",
        "王老师傅",
        "李会长家",
        "官支书",
        "张三",
        "欧阳锋",
    ],
)
def test_a_household_known_by_its_title_alone_stays(typed: str) -> None:
    found = to_household(typed)
    assert (found.value, found.asks) == (typed, "")


@pytest.mark.parametrize(
    "typed",
    [
        "张三、李四",
        "张三 李四",
        "张三,李四",
        "张三，李四",
        "张三/李四",
        "张三\n李四",
        "张三和李四",
        "张三、李四、王五",
        "张三李四",
        "张建国李四",
        "张三李建国",
        "张三等3人",
        "张建国等",
        "张三等三户",
    ],
)
def test_two_names_in_a_household_are_asked_and_the_row_counts(typed: str) -> None:
    found = to_household(typed)
    assert (found.asks, found.fault, found.value is None) == ("C24", None, False)


@pytest.mark.parametrize(
    "typed",
    [
        "张 三",
        "欧阳 锋",
        "张三、李四夫妇",
        "张三（李四）",
        "张三（已故）",
        "张和平",
        "李和",
        "张三家",
        "阿依古丽·买买提",
        "张三、张三",
        "欧阳建国",
        "张三夫妇",
        "张三老人",
        "爱新觉罗",
        "张三全家",
    ],
)
def test_one_household_is_not_taken_for_two(typed: str) -> None:
    assert to_household(typed).asks == ""


@pytest.mark.parametrize("kind", KINDS)
def test_names_are_read_and_asked_in_every_file_type(rules: Rules, kind: str) -> None:
    found = judged(rules, kind, visit(走访干部="李明 股长"), visit(走访对象="王五、赵六", 走访干部="王芳（股长）"))
    assert [(fault.code, fault.severity, fault.cell) for fault in found.faults] == [("C24", "warning", "C3")]
    assert [(row.values["cadres"], row.values["household"], row.held) for row in found.parts[0].rows] == [
        ("李明", "张三", False),
        ("王芳", "王五、赵六", False),
    ]
    assert ("姓名去职务", "李明 股长", "李明") in [(fixed.how, fixed.before, fixed.after) for fixed in found.repairs]


@pytest.mark.parametrize(
    "typed",
    [
        "430623196501011234", "43062319650101123X", "43062319650101123x", "430623650101123", "４３０６２３１９６５０１０１１２３４",
        "430623 19650101 1234", "身份证号：430623196501011234", "身份证430623196501011234", 430623650101123, 430623196501011234,
        4.30623196501011e17,
    ],
)  # fmt: skip
def test_the_number_of_an_identity_card_is_told_what_to_write_instead(typed: str | float) -> None:
    assert to_phone_or_why(typed).fault == "C25"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("138123456789", "C09"),
        ("1381234567813912345678", "C09"),
        (4306231965010112, "C10"),
        ("430623659901123", "C09"),
        ("20230920", "C09"),
    ],
)
def test_other_wrong_numbers_keep_their_own_faults(typed: str | float, code: str) -> None:
    assert to_phone_or_why(typed).fault == code


@pytest.mark.parametrize("typed", ["13812345678", 13812345678, "0730-4123456", "13812345678、13912345678"])
def test_a_telephone_number_stays_one(typed: str | float) -> None:
    assert to_phone_or_why(typed).fault is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("typed", ["430623196501011234", "430623650101123", 430623650101123])
def test_an_identity_number_is_returned_at_its_cell(rules: Rules, kind: str, typed: str | float) -> None:
    found = judged(rules, kind, visit(联系电话=typed))
    assert [(fault.code, fault.cell, fault.remedy) for fault in found.faults] == [
        (
            "C25",
            "G2",
            "请删去身份证号（不需要填报），改填手机号，如“13812345678”，或座机“0730-4123456”；没有电话就留空，空着不算错",
        )
    ]


def test_the_names_reach_the_annex_without_titles(office: Office) -> None:
    office.take("工会/登记.xlsx", dressed(visits(visit(走访干部="李明 股长", 走访对象="王国强书记")), "xlsx"))
    assert list(office.frames().visits[["cadres", "household"]].itertuples(index=False, name=None)) == [
        ("李明", "王国强")
    ]


def test_rules_of_an_older_program_read_names_and_telephones_as_before(rules: Rules) -> None:
    older = replace(rules, generation=Generation.AUDIENCES)
    found = judged(
        older, "xlsx", visit(走访干部="李明 股长", 联系电话="430623196501011234"), visit(走访对象="王五、赵六")
    )
    assert [(fault.code, fault.cell) for fault in found.faults] == [("C20", "B2"), ("C09", "G2")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("address", ["章华镇沙口村5组", "华容县章华镇沙口村5组", "章华镇 沙口村"])
def test_a_township_in_the_address_is_offered_and_never_filled_in(rules: Rules, kind: str, address: str) -> None:
    found = judged(rules, kind, visit(乡镇=None, 村组=address))
    assert [(fault.code, fault.severity, fault.cell) for fault in found.faults] == [("C26", "warning", "E2")]
    assert "是不是“章华镇”？" in found.faults[0].message
    row = found.parts[0].rows[0]
    assert (row.held, row.values.get("township")) == (False, None)


@pytest.mark.parametrize(
    ("town", "address"),
    [(None, "沙口村5组"), (None, "章华路5号"), ("章华镇", "章华镇沙口村5组"), (None, None), (None, "甲村章华镇")],
)
def test_no_township_is_offered_where_none_leads_the_address_or_one_is_filled(
    rules: Rules, town: str | None, address: str | None
) -> None:
    assert judged(rules, "xlsx", visit(乡镇=town, 村组=address)).faults == []


def test_a_form_without_the_column_is_offered_the_townships_of_its_addresses_once(rules: Rules) -> None:
    lines = [[cell for at, cell in enumerate(line) if at != 4] for line in (HEAD, *two_addresses())]
    found = examine_bytes(dressed(lines, "xlsx"), "登记.xlsx", rules, TODAY)
    assert [(fault.code, fault.severity, fault.cell, fault.row) for fault in found.faults] == [
        ("C26", "warning", "E1", 1)
    ]
    assert found.faults[0].message == (
        "「登记」表没有“乡镇”一列，E列的住址里却写着乡镇（E2 是“章华镇”，共2行），现在没有算在哪个乡镇"
    )
    assert found.faults[0].remedy == "请加上“乡镇”一列，逐行填上后重新放入；住址里写的不是就不用处理"
    assert [row.values.get("township") for row in found.parts[0].rows] == [None, None]


def test_the_rules_that_knew_the_habits_offered_no_township_to_a_form_without_the_column(rules: Rules) -> None:
    lines = [[cell for at, cell in enumerate(line) if at != 4] for line in (HEAD, *two_addresses())]
    older = replace(rules, generation=Generation.HABITS)
    assert examine_bytes(dressed(lines, "xlsx"), "登记.xlsx", older, TODAY).faults == []


def two_addresses() -> list[list[object]]:
    return [visit(村组="章华镇沙口村5组"), visit(走访对象="王五", 村组="东山镇团结村1组")]


def test_a_wrong_township_is_told_once(rules: Rules) -> None:
    found = judged(rules, "xlsx", visit(乡镇="章化镇", 村组="章华镇沙口村5组"))
    assert [(fault.code, fault.cell) for fault in found.faults] == [("C12", "E2")]


def test_two_parties_of_one_dispute_are_not_asked(rules: Rules) -> None:
    lines = [
        ["走访日期", "走访干部", "当事人", "纠纷类别", "主要情况及诉求", "办理状态"],
        ["2023-9-20", "李明", "张三、李四", "邻里关系", "争水", "正在化解"],
    ]
    found = examine_bytes(dressed(lines, "xlsx"), "办理.xlsx", rules, TODAY)
    assert "C24" not in [fault.code for fault in found.faults]
    assert [row.values["person"] for part in found.parts for row in part.rows] == ["张三、李四"]


@pytest.mark.parametrize(
    ("sheet", "head", "line"),
    [
        (
            "办理表",
            "走访日期 | 走访干部 | 当事人 | 纠纷类别 | 主要情况及诉求 | 办理状态",
            "邻里关系 | 争排水沟 | 正在化解",
        ),
        (
            "办理表",
            "反映日期 | 走访干部 | 反映人 | 事项类别 | 意见建议内容 | 办理状态",
            "道路交通 | 建议修路 | 正在办理",
        ),
    ],
)
def test_a_cadre_of_an_item_who_is_not_on_the_roster_is_asked_and_the_item_counts(
    rules: Rules, sheet: str, head: str, line: str
) -> None:
    table = f"{head}\n2023-9-20 | 李鸣 | 张三 | {line}\n2023-9-20 | 王芳 | 王五 | {line}"
    taken = Taken(rules, ("办理.xlsx", workbook(table, unit="工会", sheet=sheet)))
    assert [(fault.code, fault.severity, fault.cell) for fault in taken.submission.faults] == [("C13", "warning", "B3")]
    assert len(taken.items()) == 2
