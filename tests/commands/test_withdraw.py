"""A delivery is withdrawn: all is as if it had never come, but for the numbers already given, and it can be undone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from conftest import TODAY, Office
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import workbook

from dazoufang.commands.rebuild import rebuild
from dazoufang.commands.withdraw import NothingToWithdraw, Withdrawn, withdraw
from dazoufang.duties.alerts import alerts
from dazoufang.judging.examine import examine_bytes
from dazoufang.ledger.fold import Fold, fold
from dazoufang.model.submission import ACCEPTED, DUPLICATE, RETURNED, Delivery
from dazoufang.record.record import Counters
from dazoufang.rules.campaign import Rules
from dazoufang.running.intake import take_in
from dazoufang.system.home import Home

VISITS = "走访日期 | 走访干部 | 走访对象 | 对象类别 | 村(社区)组 | 矛盾纠纷和信访诉求"
ROSTER = workbook("姓名 | 单位 | 角色\n李明 | 工会 | 股室负责人\n王芳 | 人事股 | 股室负责人")
FIRST = workbook(
    f"{VISITS}\n2023-09-20 | 李明 | 张三 | 其他 | 沙口村 | 与邻居争排水沟\n2023-09-21 | 李明 | 李四 | 其他 | 沙口村 | 无",
    unit="工会",
)
SECOND = workbook(f"{VISITS}\n2023-09-22 | 王芳 | 赵六 | 其他 | 东湖村 | 承包田界不清", unit="人事股")
WORSE = workbook(f"{VISITS}\n2023-09-20 | 李明 | 张三 | 其他 | 沙口村 | 无", unit="工会")


@pytest.fixture(scope="module")
def has_taken(old_office: Office) -> Office:
    """花名册 is 0001, visits of 工会 0002 (23下矛0001), visits of 人事股 0003 (23下矛0002)."""
    for path, data in (("花名册.xlsx", ROSTER), ("工会/走访.xlsx", FIRST), ("人事股/走访.xlsx", SECOND)):
        old_office.take(path, data)
    return old_office


@pytest.fixture
def in_full(office: Office, has_taken: Office) -> Office:
    """As `has_taken`."""
    office.is_like(has_taken)
    return office


@pytest.fixture
def taken(in_full: Office, few_outputs: None) -> Office:
    """As `has_taken`; of what is published later the annexes, the alerts and the answers."""
    return in_full


def take_back(office: Office, number: object) -> Withdrawn:
    return withdraw(office.home, str(number), office.today)


def people(office: Office) -> list[str]:
    return sorted(office.frames().visits["household"])


def answers(office: Office) -> list[str]:
    return sorted(path for path in office.outbox() if path.startswith(("回执/", "退回/")))


def words(office: Office, ending: str) -> str:
    (page,) = (data.decode() for path, data in office.outbox().items() if path.endswith(ending))
    return re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.S)


class TestWithdrawing:
    @pytest.mark.parametrize("asked", ["2", "0002", " 02 ", "收件0002号", "0002号"])
    def test_its_rows_and_items_are_gone(self, taken: Office, asked: str) -> None:
        done = take_back(taken, asked)
        assert (done.taken.submission_id, done.by, done.before) == (2, 4, False)
        assert people(taken) == ["赵六"]
        assert taken.items("item_no", "person") == [("23下矛0002", "赵六")]

    def test_the_outbox_is_that_of_a_home_that_never_saw_it(self, in_full: Office, tmp_path: Any) -> None:
        take_back(in_full, 3)
        other = Office(Home(tmp_path / "other"))
        other.take("花名册.xlsx", ROSTER)
        other.take("工会/走访.xlsx", FIRST)
        never, now = other.outbox(), in_full.outbox()
        tables = [path for path in never if path.startswith(("附件", "预警", "走访情况", "初信初访"))]
        assert len(tables) >= 6
        assert {path: now[path] for path in tables} == {path: never[path] for path in tables}

    def test_its_number_is_nobody_elses(self, taken: Office) -> None:
        take_back(taken, 3)
        taken.take(
            "人事股/又一份.xlsx",
            workbook(f"{VISITS}\n2023-09-25 | 王芳 | 孙七 | 其他 | 红旗村 | 屋檐滴水", unit="人事股"),
        )
        assert taken.items("item_no", "person") == [("23下矛0001", "张三"), ("23下矛0003", "孙七")]

    def test_what_it_had_replaced_stands_again(self, taken: Office) -> None:
        taken.take("工会/走访.xlsx", WORSE)
        assert people(taken) == ["张三", "赵六"]
        assert taken.items("person") == [("赵六",)]
        take_back(taken, 4)
        assert people(taken) == ["张三", "李四", "赵六"]
        assert taken.items("item_no", "person") == [("23下矛0001", "张三"), ("23下矛0002", "赵六")]
        assert "以它为准" not in words(taken, "走访.xlsx 回执0002.html")

    def test_an_item_that_others_speak_of_keeps_its_number(self, taken: Office) -> None:
        row = "走访日期 | 走访干部 | 当事人 | 村(社区)组 | 纠纷类别 | 主要情况及诉求 | 办理状态\n2023-09-20 | 李明 | 张三 | 沙口村 | 邻里关系 | 与邻居争排水沟 | 正在化解"
        taken.take("工会/办理.xlsx", workbook(row, unit="工会"))
        assert taken.items("item_no", "status") == [("23下矛0001", "正在化解"), ("23下矛0002", "未启动")]
        take_back(taken, 2)
        assert sorted(taken.items("item_no", "person")) == [("23下矛0001", "张三"), ("23下矛0002", "赵六")]

    def test_the_roster_s_people_owe_no_more(self, taken: Office) -> None:
        take_back(taken, 1)
        assert len(taken.frames().cadres) == 0

    @pytest.mark.usefixtures("few_outputs")
    def test_its_answer_says_so_and_its_copy_is_gone(self, office: Office) -> None:
        office.take(
            "工会/走访.xlsx",
            workbook(
                "走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话\n2023-09-20 | 李明 | 张三 | 其他 | 1380000",
                unit="工会",
            ),
        )
        assert answers(office) == ["退回/工会/走访.xlsx 回执0001.html", "退回/工会/走访.xlsx 需修改0001.xlsx"]
        take_back(office, 1)
        assert answers(office) == [
            "回执/办公室/撤回 收件0001.xlsx 回执0002.html",
            "回执/工会/走访.xlsx 回执0001.html",
        ]
        said = words(office, "走访.xlsx 回执0001.html")
        assert "已撤回" in said and "由收件 0002 号的撤回单撤回" in said
        assert "须修改" not in said and "收下的行" not in said
        assert "收件0001号《走访.xlsx》（工会，2023年10月20日收）" in words(office, "回执0002.html")

    def test_the_archive_keeps_it_and_rebuild_agrees(self, taken: Office) -> None:
        originals = sorted((taken.home.archive / "2023-10").iterdir())
        take_back(taken, 2)
        assert set(originals) <= set((taken.home.archive / "2023-10").iterdir())
        assert rebuild(taken.home) == []

    def test_the_same_bytes_are_taken_anew(self, taken: Office) -> None:
        take_back(taken, 3)
        taken.take("人事股/走访.xlsx", SECOND)
        assert [each.verdict for each in taken.submissions()] == [ACCEPTED] * 5
        assert people(taken) == ["张三", "李四", "赵六"]
        assert rebuild(taken.home) == []

    def test_the_same_bytes_that_came_before_go_with_it(self, taken: Office) -> None:
        taken.take("人事股/走访 (1).xlsx", SECOND)
        assert taken.submissions()[-1].verdict == DUPLICATE
        take_back(taken, 3)
        assert taken.fold().withdrawn == {3: 5, 4: 5}
        assert "已撤回" in words(taken, "走访 (1).xlsx 回执0004.html")

    def test_one_that_was_replaced_already_can_be_withdrawn(self, taken: Office) -> None:
        taken.take("工会/走访.xlsx", WORSE)
        take_back(taken, 2)
        assert people(taken) == ["张三", "赵六"]
        assert rebuild(taken.home) == []


class TestUndoing:
    def test_all_is_as_it_was(self, taken: Office) -> None:
        before = {path: data for path, data in taken.outbox().items() if path.startswith(("附件", "预警"))}
        take_back(taken, 2)
        done = take_back(taken, 4)
        assert (done.taken.submission_id, done.by) == (4, 5)
        after = taken.outbox()
        assert {path: after[path] for path in before} == before
        assert "已收 2 行" in words(taken, "走访.xlsx 回执0002.html")
        assert rebuild(taken.home) == []

    def test_and_once_more(self, taken: Office) -> None:
        for number in (2, 4, 2):
            take_back(taken, number)
        assert taken.fold().withdrawn == {2: 6, 4: 5}
        assert people(taken) == ["赵六"]
        assert rebuild(taken.home) == []

    def test_twice_is_once(self, taken: Office) -> None:
        take_back(taken, 2)
        again = take_back(taken, 2)
        assert (again.by, again.before, again.summary) == (4, True, None)
        assert len(taken.submissions()) == 4

    def test_of_two_withdrawals_of_one_both_must_be_undone(self, taken: Office) -> None:
        take_back(taken, 2)
        taken.take("撤回单.xlsx", workbook("收件号 | 报送件 | 理由\n0002 | 走访.xlsx | 又写了一次"))
        take_back(taken, 4)
        assert taken.fold().withdrawn == {2: 5, 4: 6}
        take_back(taken, 5)
        assert people(taken) == ["张三", "李四", "赵六"]
        assert rebuild(taken.home) == []


class TestWhatCannotBe:
    @pytest.mark.parametrize("asked", ["99", "0", "工会", "", "-1", "2.5"])
    def test_no_such_number(self, taken: Office, asked: str) -> None:
        with pytest.raises(NothingToWithdraw, match=re.escape(f"没有收件号“{asked}”，收过的是0001到0003")):
            take_back(taken, asked)
        assert len(taken.submissions()) == 3

    @pytest.mark.parametrize(
        ("number", "why"), [("0099", "还没有收过"), ("0004", "就是这份撤回单自己"), ("000", "还没有收过")]
    )
    def test_a_form_with_a_number_of_nothing(self, taken: Office, number: str, why: str) -> None:
        taken.take("撤回单.xlsx", workbook(f"收件号 | 报送件 | 理由\n{number} | 不知道 | 写错了"))
        (notice,) = taken.fold().effects[4].notices
        assert (notice.code, notice.cell) == ("R26", "A2")
        assert notice.message == f"「Sheet1」表 A2（第2行·收件号）填的收件号“{number}”{why}"
        assert people(taken) == ["张三", "李四", "赵六"]

    def test_a_number_that_is_none_is_sent_back(self, taken: Office) -> None:
        taken.take("撤回单.xlsx", workbook("收件号 | 报送件 | 理由\n第二份 | 走访.xlsx | 写错了"))
        assert taken.submissions()[-1].verdict == RETURNED
        assert people(taken) == ["张三", "李四", "赵六"]

    def test_a_unit_may_not(self, taken: Office) -> None:
        taken.take("工会/撤回单.xlsx", workbook("收件号 | 报送件 | 理由\n0003 | 走访.xlsx | 不是我们的"))
        assert [fault.code for fault in taken.submissions()[-1].errors] == ["S20"]
        assert people(taken) == ["张三", "李四", "赵六"]

    def test_the_office_may_by_hand(self, taken: Office) -> None:
        taken.take(
            "办公室/撤回单.xlsx", workbook("收件号 | 报送件 | 理由\n0003 | 走访.xlsx | 交错了\n2 | 走访.xlsx | 交错了")
        )
        assert taken.fold().withdrawn == {2: 4, 3: 4}
        assert people(taken) == []


def test_a_picture_that_was_dropped_by_mistake_is_dismissed(taken: Office) -> None:
    taken.take("工会/合影.jpg", b"\xff\xd8\xff\xe0 no table")
    assert [back.name for back, _ in taken.fold().outstanding()] == ["合影.jpg"]
    take_back(taken, 4)
    assert taken.fold().outstanding() == []
    assert "回执/工会/合影.jpg 回执0004.html" in answers(taken)


# -- the law, over many orders of what comes and goes ------------------------------------------------------------------

_ROWS = st.lists(
    st.tuples(
        st.sampled_from(["2023-09-20", "2023-09-21"]),
        st.sampled_from(["张三", "李四", "赵六"]),
        st.sampled_from(["无", "与邻居争排水沟", "承包田界不清"]),
    ),
    min_size=1,
    max_size=3,
)
_FILES = st.lists(
    st.tuples(st.sampled_from(["走访", "走访二"]), st.sampled_from(["工会", "人事股"]), _ROWS), min_size=1, max_size=5
)


def _table(rows: list[tuple[str, str, str]], cadre: str) -> str:
    lines = "\n".join(f"{day} | {cadre} | {person} | 其他 | 沙口村 | {matter}" for day, person, matter in rows)
    return f"{VISITS}\n{lines}"


def _without_numbers(found: Fold) -> tuple[Any, ...]:
    """What the frames and alerts say, less the numbers of submissions, rows and items."""
    frames = found.frames()
    visits = frames.visits.drop(columns=["visit_id", "submission_id", "item_nos"], errors="ignore")
    items = frames.items.drop(columns=["item_no", "submission_id", "visit_id"])
    told = alerts(frames, found.rules, TODAY)[["level", "kind", "unit", "person", "subject", "action"]]
    return tuple(
        sorted(map(repr, frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None)))
        for frame in (visits, items, told)
    )


@given(files=_FILES, data=st.data())
@settings(max_examples=20)
def test_withdrawn_is_never_seen(rules: Rules, files: list[tuple[str, str, Any]], data: st.DataObject) -> None:
    took = _Taking(rules)
    for name, unit, rows in files:
        took.take(f"{unit}/{name}.xlsx", workbook(_table(rows, {"工会": "李明", "人事股": "王芳"}[unit]), unit=unit))
    gone = data.draw(st.sets(st.integers(2, len(files) + 1), min_size=1))
    given_before = dict.fromkeys(took.fold.ledger.numbers.ever)
    for number in sorted(gone):
        took.take(f"撤回 收件{number:04d}.xlsx", workbook(f"收件号 | 报送件 | 理由\n{number:04d} | 某表 | 撤回"))
    never = _Taking(rules)
    for number, (name, unit, rows) in enumerate(files, 2):  # the same bytes again are the same file
        if not {number, took.fold.submissions[number - 1].duplicate_of} & gone:
            never.take(
                f"{unit}/{name}.xlsx", workbook(_table(rows, {"工会": "李明", "人事股": "王芳"}[unit]), unit=unit)
            )
    assert _without_numbers(took.fold) == _without_numbers(never.fold)
    assert given_before.keys() <= took.fold.ledger.numbers.ever
    assert _without_numbers(fold(took.fold.submissions, rules)) == _without_numbers(took.fold)
    assert set(fold(took.fold.submissions, rules).ledger.items) == set(took.fold.ledger.items)


class _Taking:
    """Files taken in one after the other, judged by the roster as it stands."""

    def __init__(self, rules: Rules) -> None:
        self._rules, self._counters = rules, Counters()
        self.fold = Fold(rules)
        self.take("花名册.xlsx", ROSTER)

    def take(self, path: str, data: bytes) -> None:
        examined = examine_bytes(data, path.rpartition("/")[2], self._rules, TODAY)
        delivery = Delivery(path, path, str(hash(data)), TODAY)
        take_in(self.fold, [delivery], [examined], [self._rules], self._counters)
