"""What waits for a decision: which pairs of items must be told apart or joined, and what takes them off the list."""

from __future__ import annotations

import pytest
from tables import workbook
from taken import Taken
from test_ledger import DISPUTE, VISIT, ZHANG, Desk, dispute

from dazoufang.ledger.fold import Fold
from dazoufang.ledger.waiting import waiting
from dazoufang.rules.campaign import Rules

TWO = "| 走访日期 | 走访干部 | 走访对象 | 村(社区)组 | 联系电话 | 意见建议 | 情况说明 |\n"
ROAD = "| 2023-09-20 | 李明 | 张三 | 旧村1组 | 13812345678 | 建议修路 | |\n"
BRIDGE = ROAD.replace("建议修路", "建议修桥")
LATER = DISPUTE + dispute(day="2023-09-28")  # of somebody called 张三, with neither telephone nor village


@pytest.fixture
def desk(rules: Rules) -> Desk:
    return Desk(rules)


def pairs(ledger_fold: Fold) -> list[tuple[str, str, str]]:
    return [(pair.code, pair.item.item_no, pair.other.item_no) for pair in waiting(ledger_fold)]


@pytest.fixture
def asked(desk: Desk) -> Desk:
    """A desk at which one pair waits: 23下矛0002 may be 23下矛0001."""
    desk.visits(VISIT + ZHANG)
    desk.disputes(LATER)
    assert pairs(desk.fold) == [("R10", "23下矛0002", "23下矛0001")]
    return desk


class TestWhatWaits:
    def test_nothing_waits_where_nothing_was_asked(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        assert pairs(desk.fold) == []

    def test_an_uncertain_match_waits_with_likeness_and_the_cells_of_both(self, asked: Desk) -> None:
        (pair,) = waiting(asked.fold)
        assert pair.likeness == 100.0
        assert pair.source and (pair.source.submission_id, pair.source.cell) == (2, "G3")
        assert pair.other_source and (pair.other_source.submission_id, pair.other_source.cell) == (1, "H3")

    def test_a_number_that_is_anothers_waits_as_long_as_the_row_gives_it(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        row = dispute("23下矛0001", person="王五", phone="13900000009", matter="工资被拖欠半年没有发")
        desk.disputes(DISPUTE + row)
        assert pairs(desk.fold) == [("R09", "23下矛0002", "23下矛0001")]
        desk.disputes(DISPUTE + row.replace("23下矛0001", ""))
        assert desk.items() == [("23下矛0001", "张三"), ("23下矛0002", "王五")]
        assert pairs(desk.fold) == []

    def test_two_matters_of_one_household_wait_until_the_row_says_why(self, desk: Desk) -> None:
        desk.visits(TWO + ROAD)
        desk.visits(TWO + BRIDGE, stem="又")
        assert pairs(desk.fold) == [("R13", "23下建0002", "23下建0001")]
        desk.visits(TWO + BRIDGE.replace("建议修桥 | ", "建议修桥 | 是两件事 "), stem="又")
        assert pairs(desk.fold) == []

    def test_a_matter_merged_over_two_households_waits(self, rules: Rules) -> None:
        lines = (
            "走访日期 | 走访干部 | 走访对象 | 对象类别 | 乡镇 | 联系电话 | 矛盾纠纷\n"
            "@2023-09-20 | 李明 | 张三 | 其他 | 章华镇 | 13800000001 | 两家争屋前的排水沟\n"
            "@2023-09-20 | 李明 | 王五 | 其他 | 章华镇 | 13800000002 | "
        )
        taken = Taken(rules, ("走访.xlsx", workbook(lines, merges=("G2:G3",))))
        assert taken.marks() == ["R22 G2"]
        assert pairs(taken._fold) == [("R22", "23下矛0002", "23下矛0001")]

    def test_a_matter_merged_over_two_days_of_one_household_does_not(self, rules: Rules) -> None:
        lines = (
            "走访日期 | 走访干部 | 走访对象 | 对象类别 | 乡镇 | 联系电话 | 矛盾纠纷\n"
            "@2023-09-20 | 李明 | 张三 | 其他 | 章华镇 | 13800000001 | 两家争屋前的排水沟\n"
            "@2023-09-20 | 李明 | 王五 | 其他 | 章华镇 | 13800000002 | \n"
            "@2023-09-20 | 李明 | 赵六 | 其他 | 章华镇 | 13800000003 | 工资被拖欠半年没有发\n"
            "@2023-09-21 | 李明 | 赵六 | 其他 | 章华镇 | 13800000003 | "
        )
        taken = Taken(rules, ("走访.xlsx", workbook(lines, merges=("G2:G3", "G4:G5"))))
        assert taken.marks() == ["R22 G2"]
        assert pairs(taken._fold) == [("R22", "23下矛0002", "23下矛0001")]

    def test_the_same_words_in_two_cells_of_two_households_do_not(self, rules: Rules) -> None:
        lines = (
            "走访日期 | 走访干部 | 走访对象 | 对象类别 | 乡镇 | 联系电话 | 矛盾纠纷\n"
            "@2023-09-20 | 李明 | 张三 | 其他 | 章华镇 | 13800000001 | 两家争屋前的排水沟\n"
            "@2023-09-20 | 李明 | 王五 | 其他 | 章华镇 | 13800000002 | 两家争屋前的排水沟"
        )
        assert pairs(Taken(rules, ("走访.xlsx", workbook(lines)))._fold) == []


class TestWhatSettlesIt:
    @pytest.mark.parametrize("word", ["同一人", "非同一人", "并案"])
    @pytest.mark.parametrize("numbers", [("23下矛0002", "23下矛0001"), ("23下矛0001", "23下矛0002")])
    def test_a_decision_of_either_item_takes_it_off(self, asked: Desk, word: str, numbers: tuple[str, str]) -> None:
        asked.decide(f"{numbers[0]} | {word} | | {numbers[1]} | 2023-10-19")
        assert pairs(asked.fold) == []

    def test_other_decisions_do_not(self, asked: Desk) -> None:
        asked.decide("23下矛0002 | 延期 | 2023-12-01 | | 2023-10-19", "23下矛0001 | 重开 | | | 2023-10-19")
        asked.decide("23下矛0002 | 非同一人 | | 23下矛0099 | 2023-10-19", stem="又")
        assert pairs(asked.fold) == [("R10", "23下矛0002", "23下矛0001")]

    def test_one_item_may_be_told_apart_from_two_others_in_one_form(self, asked: Desk) -> None:
        asked.disputes(DISPUTE + dispute(day="2023-09-29", cadre="王芳"), unit="督导室")
        assert pairs(asked.fold) == [("R10", "23下矛0002", "23下矛0001"), ("R10", "23下矛0003", "23下矛0001")]
        asked.decide(*(f"23下矛0001 | 非同一人 | | {other} | 2023-10-19" for other in ("23下矛0002", "23下矛0003")))
        assert pairs(asked.fold) == []

    def test_an_item_struck_off_is_asked_about_no_more(self, asked: Desk) -> None:
        asked.decide("23下矛0002 | 作废 | | | 2023-10-19")
        assert pairs(asked.fold) == []

    def test_a_row_taken_back_is_asked_about_no_more(self, asked: Desk) -> None:
        asked.disputes(DISPUTE + dispute(person="孙七", matter="学校门口摊贩占道", phone="13900000007"))
        assert pairs(asked.fold) == []

    def test_the_number_filled_in_as_the_receipt_says_takes_it_off(self, asked: Desk) -> None:
        asked.disputes(DISPUTE + dispute("23下矛0001", day="2023-09-28"))
        assert [number for number, _ in asked.items()] == ["23下矛0001"] and pairs(asked.fold) == []

    def test_telephone_and_village_filled_in_that_say_another_person_take_it_off(self, asked: Desk) -> None:
        asked.disputes(DISPUTE + dispute(day="2023-09-28", phone="13900000009", village="东湖村2组"))
        assert len(asked.items()) == 2 and pairs(asked.fold) == []

    def test_what_was_asked_of_an_item_that_became_part_of_another_is_asked_of_that(self, asked: Desk) -> None:
        asked.disputes(DISPUTE + dispute(day="2023-09-27", person="赵六", matter="工资被拖欠半年没有发"), stem="又")
        asked.decide("23下矛0002 | 并案 | | 23下矛0003 | 2023-10-19")
        assert pairs(asked.fold) == [("R10", "23下矛0003", "23下矛0001")]
