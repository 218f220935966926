"""初信初访 and 重复访, 存量 and 增量: which disputes are which, and how they are counted."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from conftest import Office
from tables import workbook
from test_ledger import DITCH, VISIT, ZHANG, Desk

from dazoufang.commands import rebuild
from dazoufang.duties.petitions import petitions, totals
from dazoufang.ledger.chains import chains
from dazoufang.rules.campaign import Rules

TODAY = date(2023, 10, 20)
SPRING = ZHANG.replace("2023-09-20", "2023-04-10")
DISPUTE = "| 编号 | 走访日期 | 走访干部 | 当事人 | 联系电话 | 主要情况及诉求 | 信访性质 | 办理状态 | 化解情况 | 办结日期 | 回访日期 | 回访方式 |\n"
ROW = f"| | 2023-09-25 | 王芳 | 张三 | 13800000001 | {DITCH} | | 正在化解 | | | | |\n"
EARLIER = ROW.replace("2023-09-25", "2023-04-10")
CLOSED = " 已化解 | 已和解 | 2023-04-20 | 2023-04-22 | 上门 |"
ROSTER = "姓名 | 单位 | 角色\n李明 | 工会 | 股室负责人\n王芳 | 督导室 | 股室负责人"


@pytest.fixture
def desk(rules: Rules) -> Desk:
    return Desk(rules)


def found(desk: Desk, today: date = TODAY) -> list[tuple[str, str, str, str]]:
    """Number, 信访性质, whether that is typed, 存量 or 增量."""
    frames = desk.fold.frames()
    table = petitions(frames, chains(desk.fold, frames), desk.rules, today)
    return list(table[["item_no", "petition", "basis", "share"]].itertuples(index=False, name=None))


def doubts(desk: Desk) -> list[str]:
    frames = desk.fold.frames()
    return list(petitions(frames, chains(desk.fold, frames), desk.rules, TODAY)["doubt"])


def comings(desk: Desk) -> list[list[tuple[str, str, str]]]:
    """Of each chain day, unit and number of each coming."""
    every = chains(desk.fold, desk.fold.frames())
    return [[(coming.day, coming.unit, coming.item_no) for coming in chain.comings] for chain in every]


class TestWhoCameAgain:
    def test_who_came_once_came_first(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        assert found(desk) == [("23下矛0001", "初信初访", "推定", "增量")] and comings(desk) == []

    def test_the_same_matter_told_to_another_unit_on_another_day_is_again(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.visits(VISIT + ZHANG.replace("2023-09-20", "2023-09-26"), unit="督导室", stem="又")
        assert found(desk) == [("23下矛0001", "重复访", "推定", "增量")]
        assert comings(desk) == [[("2023-09-20", "工会", "23下矛0001"), ("2023-09-26", "督导室", "23下矛0001")]]

    def test_two_units_that_tell_of_one_day_do_not_make_it_twice(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.visits(VISIT + ZHANG.replace("李明", "王芳"), unit="督导室", stem="又")
        assert [kind for _, kind, _, _ in found(desk)] == ["初信初访"]

    def test_a_row_of_the_next_round_is_again_though_it_has_a_number_of_its_own(self, desk: Desk) -> None:
        desk.disputes(DISPUTE + EARLIER, stem="春")
        desk.disputes(DISPUTE + ROW, unit="督导室", stem="秋")
        assert found(desk) == [
            ("23上矛0001", "初信初访", "推定", "存量"),
            ("23下矛0001", "重复访", "推定", "增量"),
        ]
        assert comings(desk) == [[("2023-04-10", "工会", "23上矛0001"), ("2023-09-25", "督导室", "23下矛0001")]]

    def test_a_chain_names_the_cell_of_each_coming(self, desk: Desk) -> None:
        desk.disputes(DISPUTE + EARLIER, stem="春")
        desk.disputes(DISPUTE + ROW, stem="秋")
        (chain,) = chains(desk.fold, desk.fold.frames())
        assert [coming.source and coming.source.in_words for coming in chain.comings] == [
            "收件0001号 1.xlsx「表」表 F3（主要情况及诉求）",
            "收件0002号 2.xlsx「表」表 F3（主要情况及诉求）",
        ]

    @pytest.mark.parametrize(
        "other",
        [
            ROW.replace("13800000001", ""),  # never by name alone
            ROW.replace("13800000001", "13800000009"),
            ROW.replace(DITCH, "孩子入学没有着落，要求安排就近学校"),
        ],
    )
    def test_another_person_or_matter_is_no_coming_again(self, desk: Desk, other: str) -> None:
        desk.disputes(DISPUTE + EARLIER, stem="春")
        desk.disputes(DISPUTE + other, stem="秋")
        assert [kind for _, kind, _, _ in found(desk)] == ["初信初访", "初信初访"] and comings(desk) == []

    def test_a_decision_tells_two_apart_and_a_later_one_takes_that_back(self, desk: Desk) -> None:
        desk.disputes(DISPUTE + EARLIER, stem="春")
        desk.disputes(DISPUTE + ROW, stem="秋")
        desk.decide("23下矛0001 | 非同一人 | | 23上矛0001 | 2023-10-18")
        assert [kind for _, kind, _, _ in found(desk)] == ["初信初访", "初信初访"] and comings(desk) == []
        desk.decide("23上矛0001 | 同一人 | | 23下矛0001 | 2023-10-19", stem="又")
        assert comings(desk) == [[("2023-04-10", "工会", "23下矛0001"), ("2023-09-25", "工会", "23下矛0001")]]


class TestWhatIsTyped:
    @pytest.mark.parametrize("word", ["初信初访", "非信访"])
    def test_it_counts_as_typed_and_is_asked_about_where_the_visits_say_otherwise(self, desk: Desk, word: str) -> None:
        desk.disputes(DISPUTE + EARLIER, stem="春")
        desk.disputes(DISPUTE + ROW.replace("| | 正在化解", f"| {word} | 正在化解"), stem="秋")
        assert found(desk)[1:] == [("23下矛0001", word, "填报", "增量")]
        assert doubts(desk) == ["", f"走访记录看是再次来访，表中填的是“{word}”，请核对"]

    def test_who_is_said_to_have_come_again_did_though_the_first_time_is_not_on_file(self, desk: Desk) -> None:
        desk.disputes(DISPUTE + ROW.replace("| | 正在化解", "| 重复访 | 正在化解"))
        assert found(desk) == [("23下矛0001", "重复访", "填报", "增量")]
        assert doubts(desk) == ["台账里只有这一次，以前的来访没有登记"]
        assert comings(desk) == [[("2023-09-25", "工会", "23下矛0001")]]

    def test_who_came_again_after_it_was_typed_is_no_first_any_more(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.disputes(
            DISPUTE + ROW.replace("2023-09-25", "2023-09-20").replace("| | 正在化解", "| 初信初访 | 正在化解")
        )
        assert found(desk) == [("23下矛0001", "初信初访", "填报", "增量")]
        desk.visits(VISIT + ZHANG.replace("2023-09-20", "2023-09-26"), stem="又")
        assert found(desk) == [("23下矛0001", "重复访", "推定", "增量")]  # as annex 2 has it


class TestStockAndIncrement:
    def test_what_was_open_when_the_round_began_is_stock(self, desk: Desk) -> None:
        desk.visits(VISIT + SPRING)
        assert found(desk) == [("23上矛0001", "初信初访", "推定", "存量")]
        assert found(desk, date(2023, 4, 20)) == [("23上矛0001", "初信初访", "推定", "增量")]

    @pytest.mark.parametrize(("day", "share"), [("2023-09-17", "存量"), ("2023-09-18", "增量")])
    def test_the_rounds_first_day_is_in_it(self, desk: Desk, day: str, share: str) -> None:
        desk.visits(VISIT + ZHANG.replace("2023-09-20", day))
        assert [counted for _, _, _, counted in found(desk)] == [share]

    def test_what_was_closed_before_the_round_is_neither(self, desk: Desk) -> None:
        desk.disputes(DISPUTE + EARLIER.replace(" 正在化解 | | | | |", CLOSED))
        assert desk.states() == {"23上矛0001": "closed"}
        assert found(desk) == [] and len(found(desk, date(2023, 4, 28))) == 1

    def test_what_was_closed_in_the_round_is_still_counted(self, desk: Desk) -> None:
        done = CLOSED.replace("2023-04-2", "2023-09-2")
        desk.disputes(DISPUTE + EARLIER.replace(" 正在化解 | | | | |", done))
        assert desk.states() == {"23上矛0001": "closed"}
        assert found(desk) == [("23上矛0001", "初信初访", "推定", "存量")]

    def test_suggestions_are_no_petitions(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG.replace(f"{DITCH} | |", " | 建议修路 |"))
        assert found(desk) == []


def test_every_unit_has_its_figures_and_they_add_up(desk: Desk) -> None:
    desk.send(desk.part("roster", "| 姓名 | 单位 |\n| 李明 | 工会 |\n| 王芳 | 督导室 |\n| 赵敏 | 财务股 |", unit=""))
    desk.disputes(DISPUTE + EARLIER.replace(" 正在化解 | | | | |", CLOSED.replace("2023-04-2", "2023-09-2")), stem="春")
    desk.disputes(DISPUTE + ROW, unit="督导室", stem="秋")
    other = ROW.replace("张三", "王五").replace("13800000001", "13800000005").replace(DITCH, "工资被拖欠半年没有发")
    desk.disputes(DISPUTE + other.replace("| | 正在化解", "| 非信访 | 正在化解"), unit="督导室", stem="秋二")
    frames = desk.fold.frames()
    table = totals(petitions(frames, chains(desk.fold, frames), desk.rules, TODAY), frames)
    shown = ["unit", "all_found", "first_found", "first_closed", "again_found", "again_closed", "other_found",
             "stock_found", "stock_done", "increment_found", "increment_done"]  # fmt: skip
    assert list(table[shown].itertuples(index=False, name=None)) == [
        ("工会", 1, 1, 1, 0, 0, 0, 1, 1, 0, 0),
        ("督导室", 2, 0, 0, 1, 0, 1, 0, 0, 2, 0),
        ("财务股", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        ("3个单位", 3, 1, 1, 1, 0, 1, 1, 1, 2, 0),
    ]


class TestTheWorkbook:
    FILE = "初信初访与重复访.xlsx"

    def sheets(self, office: Office) -> dict[str, list[list[Any]]]:
        book = openpyxl.load_workbook(io.BytesIO(office.outbox()[self.FILE]))
        return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}

    @pytest.mark.published
    def test_it_shows_counts_each_coming_and_who_came_first(self, office: Office) -> None:
        head = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 乡镇 | 村(社区)组 | 联系电话 | 矛盾纠纷和信访诉求 |\n"
        row = f"| 2023-09-20 | 李明 | 张三 | 其他 | 章华镇 | 沙口村1组 | 13800000001 | {DITCH} |\n"
        other = "| 2023-09-21 | 李明 | 赵六 | 其他 | 章华镇 | 沙口村2组 | 13800000006 | 工资被拖欠半年没有发 |\n"
        again = row.replace("2023-09-20", "2023-09-26").replace("李明", "王芳")
        office.drop("花名册.xlsx", workbook(ROSTER))
        office.drop("工会/走访.xlsx", workbook(head + row + other, unit="工会"))
        office.take("督导室/走访.xlsx", workbook(head + again, unit="督导室"))
        sheets = self.sheets(office)
        assert list(sheets) == ["信访统计", "重复访清单", "初信初访清单"]
        assert [line[:11] for line in sheets["信访统计"] if line[0] in (1, "合计")] == [
            [1, "工会", 2, 0, 0, 1, 0, 0, 1, 0, 0],
            ["合计", "2个单位", 2, 0, 0, 1, 0, 0, 1, 0, 0],
        ]
        assert [
            (line[1], line[2], line[5], line[7], line[9], line[10], line[15])
            for line in sheets["重复访清单"]
            if line[0] == 1
        ] == [
            (1, "张三", "工会", "23下矛0001", "重复访", "推定", "收件0002号 工会/走访.xlsx「Sheet1」表 H3（矛盾纠纷和信访诉求）"),
            (2, "张三", "督导室", "23下矛0001", "重复访", "推定", "收件0003号 督导室/走访.xlsx「Sheet1」表 H3（矛盾纠纷和信访诉求）"),
        ]  # fmt: skip
        assert [line[2:4] for line in sheets["初信初访清单"] if line[0] == 1] == [["23下矛0002", "赵六"]]
        assert rebuild.rebuild(office.home) == []

    @pytest.mark.published
    def test_it_is_there_where_nothing_is_on_file_and_is_no_data_when_dropped_back(self, office: Office) -> None:
        office.take("花名册.xlsx", workbook(ROSTER))
        before = office.outbox()[self.FILE]
        assert "无" in {line[0] for line in self.sheets(office)["重复访清单"]}
        office.take("初信初访与重复访.xlsx", before)
        assert office.submissions()[-1].verdict == "returned" and office.items("item_no") == []
        assert office.outbox()[self.FILE] == before
