"""稳控中, 移交转办 and 程序性终结: what each makes of an item, who answers for it then, and how its life tells it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from conftest import Office
from tables import workbook
from test_ledger import VISIT, ZHANG, Desk

from dazoufang.duties.alerts import alerts
from dazoufang.duties.deadlines import due
from dazoufang.ledger.life import life
from dazoufang.rules.campaign import Rules

HEAD = "| 编号 | 走访日期 | 走访干部 | 当事人 | 复杂程度 | 责任单位 | 责任人 | 办理状态 | 化解情况 | 办结日期 | 回访日期 | 回访方式 |\n"
NUMBER = "23下矛0001"


@pytest.fixture
def desk(rules: Rules) -> Desk:
    """A desk with one dispute of 张三, told on a visit of 9月20日."""
    found = Desk(rules)
    found.visits(VISIT + ZHANG, on=date(2023, 9, 21))
    return found


def say(desk: Desk, rest: str, stem: str, on: date, unit: str = "工会") -> None:
    """A row of the办理表: `rest` from 复杂程度 on."""
    desk.disputes(f"{HEAD}| {NUMBER} | 2023-09-20 | 李明 | 张三 | {rest} |", stem=stem, on=on, unit=unit)


def told(desk: Desk) -> list[tuple[str, str, str, str]]:
    """Its life: day, stage, words, and the first cell that says so."""
    return [
        (change.day.isoformat(), change.stage, change.words, change.sources[0].cell)
        for change in life(NUMBER, desk.fold)
    ]


def owes(desk: Desk, *names: str) -> list[Any]:
    row = due(desk.fold.frames().items, desk.rules, date(2023, 10, 20)).iloc[0]
    return [
        None if row[name] != row[name] else getattr(row[name], "date", lambda name=name: row[name])() for name in names
    ]


class TestContained:
    """稳控中: watched, not solved."""

    def test_it_stays_open_whatever_else_is_filled_in(self, desk: Desk) -> None:
        say(desk, "简单 | 工会 | 李明 | 稳控中 | 已安排专人 | 2023-09-25 | 2023-09-26 | 上门", "办", date(2023, 9, 27))
        assert desk.items("state", "status", "closed_on") == [("open", "稳控中", "")]
        assert owes(desk, "resolve_due_on") == [date(2023, 11, 17)]

    def test_its_life_tells_the_day_and_the_cell(self, desk: Desk) -> None:
        say(desk, "简单 | 工会 | 李明 | 稳控中 | | | |", "办", date(2023, 9, 27))
        assert told(desk)[1:] == [
            ("2023-09-27", "落实责任", "责任单位工会，责任人李明", "F3"),
            ("2023-09-27", "办理", "办理状态：稳控中", "H3"),
        ]

    def test_it_wants_a_keeper_at_once(self, desk: Desk) -> None:
        say(desk, "简单 | 工会 | | 稳控中 | | | |", "办", date(2023, 9, 27))
        assert owes(desk, "owner_due_on", "owner_due_on_why") == [
            date(2023, 9, 21), "稳控中事项须当即落实责任人（9月21日登记）",
        ]  # fmt: skip


class TestHandedOn:
    """移交转办: open, and chased at the unit that it was handed to."""

    def test_the_new_unit_answers_for_it_and_the_former_keeper_no_more(self, desk: Desk) -> None:
        say(desk, "简单 | 工会 | 李明 | 正在化解 | | | |", "办", date(2023, 9, 25))
        say(desk, "简单 | 督导室 | | 移交转办 | | | |", "转", date(2023, 9, 27), unit="办公室")
        assert desk.items("state", "status", "responsible_unit", "responsible_person") == [
            ("open", "移交转办", "督导室", "")
        ]
        assert owes(desk, "owner_due_on", "resolve_due_on") == [date(2023, 10, 13), date(2023, 11, 17)]

    def test_it_is_chased_at_the_new_unit(self, desk: Desk, rules: Rules) -> None:
        say(desk, "简单 | 工会 | 李明 | 正在化解 | | | |", "一", date(2023, 9, 25))
        say(desk, "简单 | 督导室 | | 移交转办 | | | |", "转", date(2023, 9, 27), unit="办公室")
        told = alerts(desk.fold.frames(), rules, date(2023, 11, 16))
        own = told[told["item_no"] == NUMBER]
        assert {(row.kind, row.unit, row.person) for row in own.itertuples()} == {
            ("未落实责任", "督导室", ""),
            ("临近时限", "督导室", ""),
            ("久拖不理", "督导室", ""),
        }

    def test_the_keeper_whom_the_new_unit_names_stands(self, desk: Desk) -> None:
        say(desk, "简单 | 工会 | 李明 | 正在化解 | | | |", "办", date(2023, 9, 25))
        say(desk, "简单 | 督导室 | | 移交转办 | | | |", "转", date(2023, 9, 27), unit="办公室")
        say(desk, "简单 | 督导室 | 王芳 | 正在化解 | | | |", "接", date(2023, 9, 28), unit="督导室")
        assert desk.items("status", "responsible_unit", "responsible_person") == [("正在化解", "督导室", "王芳")]

    @pytest.mark.parametrize(
        ("row", "keeper"),
        [
            ("简单 | 工会 | | 移交转办", "李明"),  # handed on to nobody else
            ("简单 | | | 移交转办", "李明"),
            ("简单 | 督导室 | | 正在化解", "李明"),  # a unit written otherwise is not handed on
            ("简单 | 督导室 | 李明 | 移交转办", "李明"),
        ],
    )
    def test_else_the_keeper_stays(self, desk: Desk, row: str, keeper: str) -> None:
        say(desk, "简单 | 工会 | 李明 | 正在化解 | | | |", "办", date(2023, 9, 25))
        say(desk, f"{row} | | | |", "转", date(2023, 9, 27), unit="办公室")
        assert desk.items("responsible_person") == [(keeper,)]

    def test_its_life_tells_who_has_it_since_when(self, desk: Desk) -> None:
        say(desk, "简单 | 工会 | 李明 | 正在化解 | | | |", "办", date(2023, 9, 25))
        say(desk, "简单 | 督导室 | | 移交转办 | | | |", "转", date(2023, 9, 27), unit="办公室")
        assert told(desk)[-2:] == [
            ("2023-09-27", "落实责任", "责任单位督导室", "F3"),
            ("2023-09-27", "办理", "办理状态：移交转办", "H3"),
        ]

    def test_the_new_unit_may_say_how_it_is_handled(self, office: Office) -> None:
        roster = "姓名 | 单位 | 角色\n李明 | 工会 | 股室负责人\n王芳 | 督导室 | 股室负责人"
        office.drop("花名册.xlsx", workbook(roster))
        head = "编号 | 责任单位 | 责任人 | 办理状态\n"
        office.drop("工会/走访.xlsx", workbook(VISIT + ZHANG, unit="工会"))
        office.drop("工会/办理表.xlsx", workbook(f"{head}{NUMBER} | 督导室 | | 移交转办", unit="工会"))
        office.take("督导室/接办.xlsx", workbook(f"{head}{NUMBER} | 督导室 | 王芳 | 正在化解", unit="督导室"))
        assert office.items("responsible_unit", "responsible_person", "status") == [("督导室", "王芳", "正在化解")]


class TestEnded:
    """程序性终结: the procedure is at its end, so it is resolved; it closes with the follow-up, as 已化解 does."""

    @pytest.mark.parametrize(
        ("rest", "state", "awaiting"),
        [
            ("简单 | 工会 | 李明 | 程序性终结 | | | |", "open", "缺办结日期、化解情况"),
            ("简单 | 工会 | 李明 | 程序性终结 | 三级终结 | 2023-09-25 | |", "resolved", "缺回访日期"),
            ("复杂 | 工会 | 李明 | 程序性终结 | 三级终结 | 2023-09-25 | 2023-09-26 | 电话", "resolved", "复杂事项须上门回访（现为“电话”）"),
            ("复杂 | 工会 | 李明 | 程序性终结 | 三级终结 | 2023-09-25 | 2023-09-26 | 上门", "closed", ""),
        ],
    )  # fmt: skip
    def test_two_keys_close_it(self, desk: Desk, rest: str, state: str, awaiting: str) -> None:
        say(desk, rest, "办", date(2023, 9, 27))
        assert desk.items("state", "awaiting") == [(state, awaiting)]

    def test_its_life_tells_the_end_and_the_closing(self, desk: Desk) -> None:
        say(
            desk, "简单 | 工会 | 李明 | 程序性终结 | 三级终结 | 2023-09-25 | 2023-09-26 | 电话", "办", date(2023, 9, 27)
        )
        assert [(day, stage, words) for day, stage, words, _ in told(desk)[1:]] == [
            ("2023-09-25", "办结", "程序性终结：三级终结"),
            ("2023-09-26", "回访", "电话回访"),
            ("2023-09-26", "销号", "办结和回访都齐了，销号"),
            ("2023-09-27", "落实责任", "责任单位工会，责任人李明"),
        ]

    def test_who_comes_again_reopens_it(self, desk: Desk) -> None:
        say(
            desk, "简单 | 工会 | 李明 | 程序性终结 | 三级终结 | 2023-09-25 | 2023-09-26 | 电话", "办", date(2023, 9, 27)
        )
        desk.visits(VISIT + ZHANG.replace("2023-09-20", "2023-10-09"), stem="又")
        assert desk.items("state", "status", "petition_kind") == [("open", "正在化解", "重复访")]
