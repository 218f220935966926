"""What changed since this morning, item by item and visit by visit, and that the night balances (law 8)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import openpyxl
import pandas as pd
import pytest
from conftest import Office
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import workbook
from test_laws import SAME_OUTSIDE

from dazoufang.commands.rebuild import rebuild
from dazoufang.commands.withdraw import withdraw
from dazoufang.judging.examine import examine_bytes
from dazoufang.ledger.changes import Changes, Today, changes
from dazoufang.ledger.fold import Fold, fold
from dazoufang.model.submission import Delivery
from dazoufang.record.record import Counters
from dazoufang.rules.campaign import Rules
from dazoufang.running.intake import take_in
from dazoufang.writing.annexes import annexes
from dazoufang.writing.sheets.page import workbook as written

FIRST, NEXT = date(2023, 10, 19), date(2023, 10, 20)
VISITS = "走访日期 | 走访干部 | 走访对象 | 对象类别 | 村(社区)组 | 矛盾纠纷和信访诉求"
DITCH = "2023-09-20 | 李明 | 张三 | 其他 | 沙口村 | 与邻居争排水沟"
FIELD = "2023-09-21 | 李明 | 李四 | 其他 | 沙口村 | 承包田界不清"
ROWS = "走访日期 | 走访干部 | 当事人 | 村(社区)组 | 纠纷类别 | 主要情况及诉求 | 编号 | 办理状态 | 化解措施 | 化解情况 | 办结日期 | 回访日期 | 回访方式 | 满意度"
ROW = "2023-09-20 | 李明 | 张三 | 沙口村 | 邻里关系 | 与邻居争排水沟 | 23下矛0001"
CLOSED = f"{ROWS}\n{ROW} | 已化解 | 上门调解 | 已和解 | 2023-10-10 | 2023-10-12 | 电话 | 满意"


@pytest.fixture
def yesterday(office: Office) -> Office:
    """工会 sent two visits yesterday, 0001: 23下矛0001 of 张三 and 23下矛0002 of 李四."""
    office.take("工会/走访.xlsx", workbook(f"{VISITS}\n{DITCH}\n{FIELD}", unit="工会"), FIRST)
    return office


def found(office: Office) -> Changes:
    now = office.fold()
    before = fold([each for each in now.submissions if each.received_on < NEXT], now.rules)
    today = [each for each in now.submissions if each.received_on >= NEXT]
    known = Today(today, now.effects, now.withdrawn, now.ledger.number)
    return changes(before.frames(), now.frames(), known, now.rules.schemas)


def items(office: Office) -> list[tuple[str, ...]]:
    return [
        (change.case, change.number, change.column, change.before, change.after, *map(str, change.files))
        for change in found(office).items
    ]


def visits(office: Office) -> list[tuple[str, ...]]:
    return [
        (change.case, change.words, change.column, change.before, change.after, *map(str, change.files))
        for change in found(office).visits
    ]


def disputes(office: Office) -> tuple[int, ...]:
    """before, new, reopened, closed, withdrawn, joined, now."""
    return tuple(found(office).balance[0][1:])


def sheet(office: Office, name: str) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(office.outbox()["今日变化.xlsx"]))
    return [[cell for cell in row if cell is not None] for row in book[name].iter_rows(values_only=True)]


class TestItems:
    def test_nothing_came(self, yesterday: Office) -> None:
        yesterday.run(NEXT)
        assert (items(yesterday), visits(yesterday), disputes(yesterday)) == ([], [], (2, 0, 0, 0, 0, 0, 2))

    def test_a_new_one(self, yesterday: Office) -> None:
        yesterday.take(
            "工会/又一份.xlsx",
            workbook(f"{VISITS}\n2023-09-22 | 李明 | 王五 | 其他 | 东湖村 | 屋檐滴水", unit="工会"),
            NEXT,
        )
        assert items(yesterday) == [("新登记", "23下矛0003", "", "", "", "2")]
        assert visits(yesterday) == [("新登记", "新登记1户次", "", "", "", "2")]
        assert disputes(yesterday) == (2, 1, 0, 0, 0, 0, 3)

    def test_one_that_is_closed(self, yesterday: Office) -> None:
        yesterday.take("工会/办理.xlsx", workbook(CLOSED, unit="工会"), NEXT)
        told = items(yesterday)
        assert told[0] == ("销号", "23下矛0001", "", "", "", "2")
        assert ("有改动", "23下矛0001", "办理状态", "未启动", "已化解", "2") in told
        assert ("有改动", "23下矛0001", "办结日期", "", "2023-10-10", "2") in told
        assert ("有改动", "23下矛0001", "化解情况", "", "已和解", "2") in told
        assert ("有改动", "23下矛0001", "回访日期", "", "2023-10-12", "2") in told
        assert disputes(yesterday) == (2, 0, 0, 1, 0, 0, 1)

    def test_a_suggestion_has_the_headings_of_its_own_form(self, office: Office) -> None:
        head = "反映日期 | 走访干部 | 反映人 | 事项类别 | 意见建议内容 | 办理状态 | 办理情况 | 办结日期 | 回复日期"
        row = "2023-09-20 | 李明 | 张三 | 道路交通 | 村口修路"
        office.take("工会/建议.xlsx", workbook(f"{head}\n{row} | 正在办理 | | |", unit="工会"), FIRST)
        done = "已办结 | 已铺好 | 2023-10-10 | 2023-10-12"
        office.take("工会/建议.xlsx", workbook(f"{head}\n{row} | {done}", unit="工会"), NEXT)
        told = [change[2:5] for change in items(office) if change[0] == "有改动"]
        assert ("办理情况", "", "已铺好") in told and ("回复日期", "", "2023-10-12") in told

    def test_one_that_came_and_closed_in_one_day(self, office: Office) -> None:
        office.take("工会/走访.xlsx", workbook(f"{VISITS}\n{DITCH}", unit="工会"), NEXT)
        office.take("工会/办理.xlsx", workbook(CLOSED, unit="工会"), NEXT)
        assert [change[:2] for change in items(office)] == [("新登记", "23下矛0001"), ("销号", "23下矛0001")]
        assert disputes(office) == (0, 1, 0, 1, 0, 0, 0)

    def test_one_that_is_opened_again(self, yesterday: Office) -> None:
        yesterday.take("工会/办理.xlsx", workbook(CLOSED, unit="工会"), FIRST)
        decision = "编号 | 裁定 | 批准人 | 批准日期 | 理由\n23下矛0001 | 重开 | 王芳 | 2023-10-20 | 群众又来反映"
        yesterday.take("裁定表.xlsx", workbook(decision), NEXT)
        assert items(yesterday)[0] == ("重新打开", "23下矛0001", "", "", "", "3")
        assert disputes(yesterday) == (1, 0, 1, 0, 0, 0, 2)

    def test_one_that_joins_another(self, yesterday: Office) -> None:
        decision = "编号 | 裁定 | 对应编号 | 批准人 | 批准日期 | 理由\n23下矛0002 | 并案 | 23下矛0001 | 王芳 | 2023-10-20 | 是一件事"
        yesterday.take("裁定表.xlsx", workbook(decision), NEXT)
        assert ("并入别的", "23下矛0002", "", "", "23下矛0001", "2") in items(yesterday)
        assert disputes(yesterday) == (2, 0, 0, 0, 0, 1, 1)

    def test_one_that_nobody_speaks_of_any_more(self, yesterday: Office) -> None:
        yesterday.take("工会/走访.xlsx", workbook(f"{VISITS}\n{DITCH}", unit="工会"), NEXT)
        assert [change[:2] for change in items(yesterday)] == [("撤下", "23下矛0002")]
        assert visits(yesterday) == [("撤下", "2023-09-21 李明走访李四", "", "", "", "1")]
        assert disputes(yesterday) == (2, 0, 0, 0, 1, 0, 1)

    def test_one_whose_delivery_is_withdrawn(self, yesterday: Office) -> None:
        withdraw(yesterday.home, "1", NEXT)
        assert items(yesterday) == [("撤回", "23下矛0001", "", "", "", "2"), ("撤回", "23下矛0002", "", "", "", "2")]
        assert [change[0] for change in visits(yesterday)] == ["撤回", "撤回"]
        assert disputes(yesterday) == (2, 0, 0, 0, 2, 0, 0)

    def test_a_visit_s_cell(self, yesterday: Office) -> None:
        yesterday.take(
            "工会/走访.xlsx", workbook(f"{VISITS}\n{DITCH.replace('其他', '人大代表')}\n{FIELD}", unit="工会"), NEXT
        )
        assert visits(yesterday) == [("有改动", "2023-09-20 李明走访张三", "对象类别", "其他", "人大代表", "2")]

    def test_a_visit_that_another_file_tells_too_is_no_new_one(self, yesterday: Office) -> None:
        yesterday.take("工会/补报.xlsx", workbook(f"{VISITS}\n{DITCH}", unit="工会"), FIRST)
        withdraw(yesterday.home, "1", NEXT)
        assert [change[:2] for change in visits(yesterday)] == [("撤回", "2023-09-21 李明走访李四")]


class TestTheWorkbook:
    @pytest.mark.published
    def test_it_says_what_was_withdrawn_and_the_balance(self, yesterday: Office) -> None:
        withdraw(yesterday.home, "1", NEXT)
        assert sheet(yesterday, "今日变化")[1] == [
            "撤回了收件0001号《走访.xlsx》（工会，2023年10月19日收），撤回单是收件0002号。\n"
            "矛盾纠纷：早上未销号2件，撤回撤下2件，现在未销号0件。\n意见建议：早上未销号0件，现在未销号0件。"
        ]
        assert sheet(yesterday, "今日变化")[4] == [
            1, "撤回", "23下矛0001", "工会", "张三：与邻居争排水沟", "0002 撤回 收件0001.xlsx",
        ]  # fmt: skip
        assert sheet(yesterday, "台账平衡")[3] == ["矛盾纠纷", 2, 0, 0, 0, 2, 0, 0]
        assert sheet(yesterday, "今日收件")[3] == [1, "0002", "办公室", "撤回 收件0001.xlsx", "已收", 1, 0, 0]

    @pytest.mark.published
    def test_visits_of_a_form_are_counted_one_by_one(self, yesterday: Office) -> None:
        yesterday.take(
            "工会/另一份.xlsx",
            workbook(f"{VISITS}\n{DITCH}\n{FIELD}".replace("张三", "钱七").replace("李四", "孙八"), unit="工会"),
            NEXT,
        )
        assert sheet(yesterday, "走访变化")[1][0] == "新登记2户次"

    @pytest.mark.published
    def test_only_cells_are_counted_as_places_and_what_no_row_says_is_not_printed(self, yesterday: Office) -> None:
        yesterday.take("工会/另一份.xlsx", workbook(f"{VISITS}\n{DITCH}".replace("张三", "钱七"), unit="工会"), NEXT)
        assert ["序号", "变化", "填报单位", "走访", "哪份报送件", "哪一列", "原来", "现在"] in sheet(
            yesterday, "走访变化"
        )
        yesterday.take("工会/办理.xlsx", workbook(CLOSED, unit="工会"), NEXT)
        assert any(str(row[0]).endswith("处　销号1件") for row in sheet(yesterday, "今日变化"))
        changed = f"{VISITS}\n{DITCH.replace('其他', '人大代表')}\n{FIELD}"
        yesterday.take("工会/走访.xlsx", workbook(changed, unit="工会"), NEXT)
        head = sheet(yesterday, "走访变化")
        assert any(row[0] == "新登记1户次　有改动1处" for row in head)
        assert ["序号", "变化", "填报单位", "走访", "哪一列", "原来", "现在", "哪份报送件"] in head

    @pytest.mark.published
    def test_a_form_that_came_again_names_the_one_that_counts(self, yesterday: Office) -> None:
        yesterday.take("工会/另一份.xlsx", workbook(f"{VISITS}\n{DITCH}".replace("张三", "钱七"), unit="工会"), NEXT)
        yesterday.take(
            "工会/另一份（改）.xlsx", workbook(f"{VISITS}\n{DITCH}".replace("张三", "周九"), unit="工会"), NEXT
        )
        first, second = sheet(yesterday, "今日收件")[3:5]
        assert first[-1] == "后来又收到收件0003号，以它为准" and second[1] == "0003" and "收件" not in str(second[-1])

    @pytest.mark.published
    def test_the_next_day_nothing_has_changed(self, yesterday: Office) -> None:
        yesterday.run(NEXT)
        assert sheet(yesterday, "今日变化")[-1] == ["今天台账没有变化"]
        assert rebuild(yesterday.home) == []

    def test_rebuild_makes_the_same(self, yesterday: Office) -> None:
        yesterday.take("工会/办理.xlsx", workbook(CLOSED, unit="工会"), NEXT)
        yesterday.take("工会/走访.xlsx", workbook(f"{VISITS}\n{DITCH}", unit="工会"), NEXT)
        assert rebuild(yesterday.home) == []

    @pytest.mark.published
    def test_what_was_kept_of_the_morning_serves_and_what_does_not_fit_does_not(self, yesterday: Office) -> None:
        yesterday.take("工会/办理.xlsx", workbook(CLOSED, unit="工会"), NEXT)
        kept = yesterday.home.data / "morning.bin"
        there, outbox = kept.read_bytes(), yesterday.outbox()
        for broken in (there[:-1] + b"x", there.replace(b"\t", b" ", 1), b"", there[:200]):
            kept.write_bytes(broken)
            (yesterday.home.outbox / "今日变化.xlsx").unlink()
            yesterday.run(NEXT)
            assert yesterday.outbox() == outbox
        assert kept.read_bytes() == there

    @pytest.mark.published
    def test_dropped_back_our_own_workbooks_change_nothing(self, yesterday: Office) -> None:
        yesterday.take("花名册.xlsx", workbook("姓名 | 单位 | 角色\n李明 | 工会 | 股室负责人"), NEXT)
        before = yesterday.items("item_no", "state")
        for name in ("今日变化.xlsx", "预警提醒.xlsx"):
            yesterday.take(name, yesterday.outbox()[name], NEXT)
        assert yesterday.items("item_no", "state") == before
        assert yesterday.fold().withdrawn == {}
        assert len(yesterday.frames().visits) == 2


# -- law 8, over random nights -------------------------------------------------------------------------------------

_PEOPLE = st.sampled_from(["张三", "李四", "赵六"])
_MATTERS = st.sampled_from(["无", "与邻居争排水沟", "承包田界不清"])
_VISITING = st.tuples(
    st.just("visits"),
    st.sampled_from(["走访", "走访二"]),
    st.lists(st.tuples(_PEOPLE, _MATTERS), min_size=1, max_size=3),
)
_HANDLING = st.tuples(
    st.just("handled"),
    st.integers(1, 4),
    st.sampled_from(["正在化解", "已化解"]),
    st.sampled_from(["", "满意", "不满意"]),
)
_DECIDING = st.tuples(
    st.just("decided"), st.integers(1, 4), st.sampled_from(["作废", "重开", "并案"]), st.integers(1, 4)
)
_WITHDRAWING = st.tuples(st.just("withdrawn"), st.integers(1, 8))
_NIGHTS = st.lists(
    st.lists(st.one_of(_VISITING, _HANDLING, _DECIDING, _WITHDRAWING), max_size=3), min_size=2, max_size=5
)


def _file(event: Any, at: int) -> tuple[str, bytes]:
    match event:
        case ("visits", name, rows):
            lines = "\n".join(f"2023-09-20 | 李明 | {who} | 其他 | 沙口村 | {matter}" for who, matter in rows)
            return f"工会/{name}.xlsx", workbook(f"{VISITS}\n{lines}", unit="工会")
        case ("handled", number, status, satisfaction):
            done = "上门 | 已和解 | 2023-10-10 | 2023-10-12 | 电话" if status == "已化解" else " | | | | "
            line = f"2023-09-20 | 李明 | 张三 | 沙口村 | 邻里关系 | 与邻居争排水沟 | 23下矛{number:04d} | {status} | {done} | {satisfaction}"
            return f"工会/办理{at}.xlsx", workbook(f"{ROWS}\n{line}", unit="工会")
        case ("decided", number, word, other):
            line = f"23下矛{number:04d} | {word} | {f'23下矛{other:04d}' if word == '并案' else ''} | 王芳 | 2023-10-20 | 第{at}次"
            return f"裁定{at}.xlsx", workbook(f"编号 | 裁定 | 对应编号 | 批准人 | 批准日期 | 理由\n{line}")
        case (_, number):
            return f"撤回{at}.xlsx", workbook(f"收件号 | 报送件 | 理由\n{number:04d} | 某表 | 第{at}次")
    raise AssertionError(event)


def _lived(rules: Rules, nights: list[list[Any]]) -> Iterator[tuple[date, Fold]]:
    """Each night with the record as it is then."""
    now, counters, at = Fold(rules), Counters(), 0
    for night, events in enumerate(nights):
        day = date(2023, 10, 16) + timedelta(days=night)
        for event in events:
            at += 1
            path, data = _file(event, at)
            examined = examine_bytes(data, path.rpartition("/")[2], rules, day)
            take_in(now, [Delivery(path, path, f"{at} {path}", day)], [examined], [rules], counters)
        yield day, now


@given(nights=_NIGHTS)
@settings(max_examples=15)
def test_whatever_happened_the_annexes_in_an_empty_home_give_the_same_back(
    rules: Rules, nights: list[list[Any]]
) -> None:
    """Law 6, over corrections, withdrawals, decisions and days passing."""
    day, lived = list(_lived(rules, nights))[-1]
    ours, empty, counters = lived.frames(), Fold(rules), Counters()
    for form in ("visit", "dispute", "suggestion"):
        for path, book in annexes.books(form, ours, rules, day).items():
            examined = examine_bytes(written(book), path, rules, day)
            take_in(empty, [Delivery(path, path, path, day)], [examined], [rules], counters)
    theirs = empty.frames()
    assert [fault.message for each in empty.submissions for fault in each.errors] == []
    for name, key in (("visits", ["visited_on", "household"]), ("items", ["item_no"])):
        # that what was open anyway was opened again (重开) stands in no annex: nothing is shown otherwise for it
        shown = [column for column in getattr(ours, name) if column not in {*SAME_OUTSIDE, "reopened_on"}]
        pd.testing.assert_frame_equal(
            getattr(ours, name)[shown].sort_values(key, ignore_index=True),
            getattr(theirs, name)[shown].sort_values(key, ignore_index=True),
        )


@given(nights=_NIGHTS)
@settings(max_examples=25)
def test_every_night_balances(rules: Rules, nights: list[list[Any]]) -> None:
    for day, now in _lived(rules, nights):
        morning = fold([each for each in now.submissions if each.received_on < day], rules).frames()
        today = [each for each in now.submissions if each.received_on >= day]
        known = Today(today, now.effects, now.withdrawn, now.ledger.number)
        told = changes(morning, now.frames(), known, rules.schemas)
        for kind in told.balance:
            open_now = int(
                ((now.frames().items["kind"] == kind.kind) & (now.frames().items["state"] != "closed")).sum()
            )
            open_before = int(((morning.items["kind"] == kind.kind) & (morning.items["state"] != "closed")).sum())
            assert (kind.before, kind.now) == (open_before, open_now)
            assert kind.before + kind.new + kind.reopened - kind.closed - kind.withdrawn - kind.joined == kind.now
