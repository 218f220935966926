"""One visit told by several rows: whose cells stand, what is joined, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest
from test_ledger import Desk, codes

from dazoufang.ledger.matters import joined, matters_of, split_matters
from dazoufang.rules.campaign import Rules

HEAD = "| 走访日期 | 走访干部 | 走访对象 | 村(社区)组 | 联系电话 | 矛盾纠纷和信访诉求 | 意见建议 | 现场答复情况 |\n"
OLD = "| 2023-09-20 | 李明 | 张三 | 旧村1组 | 13812345678 | | 建议修路 | 已答复 |\n"
NEW = OLD.replace("旧村1组", "沙口村5组").replace("已答复", "转交办公室")


@pytest.fixture
def desk(rules: Rules) -> Desk:
    return Desk(rules)


def visits(desk: Desk, *names: str) -> list[list[Any]]:
    frame = desk.fold.frames().visits[list(names)].astype("object")
    return frame.where(frame.notna(), "").values.tolist()


class TestAnotherFile:
    """Law 3: the newer delivery's cells stand, and its receipt names each."""

    @pytest.mark.law(3)
    def test_the_newer_files_cells_stand_and_each_is_named_with_what_it_was(self, desk: Desk) -> None:
        desk.visits(HEAD + OLD)
        effect = desk.visits(HEAD + NEW, stem="工会 走访登记表")
        assert visits(desk, "visit_id", "village", "reply") == [[1, "沙口村5组", "转交办公室"]]
        assert [(cell.row, cell.column, cell.before, cell.after, cell.other) for cell in effect.retold] == [
            ("2023-09-20 李明 张三", "村(社区)组", "旧村1组", "沙口村5组", "收件1号 1.xlsx 第3行"),
            ("2023-09-20 李明 张三", "现场答复情况", "已答复", "转交办公室", "收件1号 1.xlsx 第3行"),
        ]
        assert (effect.shared, effect.notices) == ([], [])

    def test_the_item_is_the_standing_visits(self, desk: Desk) -> None:
        desk.visits(HEAD + OLD)
        desk.visits(HEAD + NEW, stem="又")
        assert desk.items("item_no", "village") == [("23下建0001", "沙口村5组")]

    def test_an_empty_cell_takes_nothing_away(self, desk: Desk) -> None:
        desk.visits(HEAD + OLD)
        effect = desk.visits(
            "| 走访日期 | 走访干部 | 走访对象 | 现场答复情况 |\n| 2023-09-20 | 李明 | 张三 | / |", stem="又"
        )
        assert visits(desk, "village", "phone", "reply", "suggestion") == [
            ["旧村1组", "13812345678", "已答复", "建议修路"]
        ]
        assert effect.shared == ["2023-09-20 李明 张三（与收件1号 1.xlsx 第3行是同一户走访，没有填的格仍按已有的）"]

    def test_the_same_is_said_only_of_what_is_equal_in_every_cell(self, desk: Desk) -> None:
        desk.visits(HEAD + OLD)
        assert desk.visits(HEAD + OLD, stem="又").shared == ["2023-09-20 李明 张三（与收件1号 1.xlsx 第3行相同）"]

    def test_the_older_cells_are_back_when_the_newer_file_lets_them_go(self, desk: Desk) -> None:
        desk.visits(HEAD + OLD)
        desk.visits(HEAD + NEW, stem="又")
        desk.visits(HEAD, stem="又")
        assert visits(desk, "village", "reply") == [["旧村1组", "已答复"]]
        assert desk.items("village") == [("旧村1组",)]

    def test_an_older_row_sent_again_unchanged_is_no_newer_and_is_asked(self, desk: Desk) -> None:
        desk.visits(HEAD + OLD)
        desk.visits(HEAD + NEW, stem="又")
        effect = desk.visits(HEAD + OLD + OLD.replace("张三", "王五"))
        assert visits(desk, "household", "village") == [["张三", "沙口村5组"], ["王五", "旧村1组"]]
        assert [(fault.code, fault.cell, fault.value) for fault in effect.notices] == [
            ("R12", "D3", "旧村1组"),
            ("R12", "H3", "已答复"),
        ]
        assert "收件2号 2.xlsx 第3行登记的同一户走访却是“沙口村5组”" in effect.notices[0].message

    @pytest.mark.law(12)
    def test_another_unit_never_replaces_a_cell_and_is_asked(self, desk: Desk) -> None:
        desk.visits(HEAD + OLD)
        effect = desk.visits(HEAD + NEW, unit="督导室")
        assert visits(desk, "unit", "village") == [["工会", "旧村1组"]]
        assert codes(effect) == ["R12", "R12"] and effect.retold == []

    def test_other_words_open_an_item_are_joined_and_asked(self, desk: Desk) -> None:
        desk.visits(HEAD + OLD)
        effect = desk.visits(HEAD + OLD.replace("建议修路", "建议修桥"), stem="又")
        assert visits(desk, "suggestion", "item_nos") == [["建议修路；建议修桥", "23下建0001、23下建0002"]]
        assert desk.items("item_no", "matter") == [("23下建0001", "建议修路"), ("23下建0002", "建议修桥")]
        (fault,) = effect.notices
        assert (fault.code, fault.cell, fault.severity) == ("R13", "G3", "warning")
        assert "收件1号 1.xlsx 第3行登记的同一户走访填的是“建议修路”（23下建0001）" in fault.message
        assert fault.message.endswith("原来的不动，本行登记为23下建0002")

    def test_merely_lengthened_words_of_another_file_are_other_words_too(self, desk: Desk) -> None:
        ditch = OLD.replace("| |", "| 与邻居因排水沟改道争执 |")
        desk.visits(HEAD + ditch)
        effect = desk.visits(HEAD + ditch.replace("争执", "争执，要求调解"), stem="又")
        assert sorted(number for number, _ in desk.items()) == ["23下建0001", "23下矛0001", "23下矛0002"]
        assert codes(effect) == ["R13"]

    def test_a_matter_that_only_the_newer_file_tells_is_added_without_asking(self, desk: Desk) -> None:
        desk.visits(HEAD + OLD)
        effect = desk.visits(HEAD + OLD.replace("| |", "| 争排水沟 |"), stem="又")
        assert visits(desk, "dispute", "suggestion") == [["争排水沟", "建议修路"]]
        assert (effect.notices, [number for number, _ in effect.opened]) == ([], ["23下矛0001"])

    def test_the_same_form_again_replaces_the_words(self, desk: Desk) -> None:
        desk.visits(HEAD + OLD)
        effect = desk.visits(HEAD + OLD.replace("建议修路", "建议修桥"))
        assert visits(desk, "suggestion") == [["建议修桥"]]
        assert (codes(effect), effect.retold) == ([], [])


class TestOneDelivery:
    """Law 11: the first row stands and the other is asked about."""

    @pytest.mark.law(11)
    def test_the_first_row_stands_and_the_other_is_asked_at_each_cell(self, desk: Desk) -> None:
        effect = desk.visits(HEAD + OLD + NEW)
        assert visits(desk, "village", "reply") == [["旧村1组", "已答复"]]
        assert [(fault.code, fault.cell, fault.value) for fault in effect.notices] == [
            ("R12", "D4", "沙口村5组"),
            ("R12", "H4", "转交办公室"),
        ]
        assert "第3行登记的同一户走访却是“旧村1组”" in effect.notices[0].message

    def test_the_first_row_stands_also_when_it_is_the_younger_one(self, desk: Desk) -> None:
        desk.visits(HEAD + NEW)
        desk.visits(HEAD + OLD + NEW)
        assert visits(desk, "village", "reply") == [["旧村1组", "已答复"]]

    def test_two_matters_of_one_household_in_two_rows_are_two_items_and_one_visit(self, desk: Desk) -> None:
        effect = desk.visits(HEAD + OLD + OLD.replace("建议修路", "建议装路灯").replace("| |", "| 争排水沟 |"))
        assert visits(desk, "dispute", "suggestion", "item_nos") == [
            ["争排水沟", "建议修路；建议装路灯", "23下矛0001、23下建0001、23下建0002"]
        ]
        assert [(fault.code, fault.cell) for fault in effect.notices] == [("R13", "F4"), ("R13", "G4")]
        assert "登记的同一户走访没有填；原来的不动" in effect.notices[0].message

    def test_what_the_unit_explains_is_no_longer_asked(self, desk: Desk) -> None:
        head = HEAD.replace("|\n", "| 情况说明 |\n")
        effect = desk.visits(head + OLD.replace("|\n", "| |\n") + NEW.replace("|\n", "| 两天内先后登记 |\n"))
        assert [(fault.code, fault.severity) for fault in effect.notices] == [("R12", "info"), ("R12", "info")]


@pytest.mark.parametrize(
    ("matters", "others", "cell"),
    [
        (["建议修路", "建议修桥"], [], "建议修路；建议修桥"),
        (["建议修路；再修桥", "建议装灯"], [], "1.建议修路；再修桥；2.建议装灯"),
        (["建议修路", "建议装灯"], ["争水；争沟"], "1.建议修路；2.建议装灯"),
        (["3.5亩地被占", "1、2组没有路"], ["争水；争沟"], "（1）3.5亩地被占；（2）1、2组没有路"),
    ],
)
def test_joined_matters_come_apart_again(matters: list[str], others: list[str], cell: str) -> None:
    assert joined(matters, others) == cell
    values = {"suggestion": cell, "item_nos": "、".join(["甲"] * len(matters + others))} | dict.fromkeys(
        ["dispute"][: len(others)], *others
    )
    found = [text for name, text in matters_of(values, ("dispute", "suggestion")) if name == "suggestion"]
    assert found == matters


def test_a_stop_that_somebody_typed_parts_no_matters() -> None:
    values = {"suggestion": "建议修路；再修桥", "item_nos": "23下建0001"}
    assert matters_of(values, ("suggestion",)) == [("suggestion", "建议修路；再修桥")]
    del values["item_nos"]
    assert matters_of(values, ("suggestion",)) == [("suggestion", "建议修路；再修桥")]
    assert split_matters("建议修路；再修桥") == ["建议修路；再修桥"]
