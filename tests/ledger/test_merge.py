"""Which rows stand: newer replaces older, a different name adds, corrected rows are known again, shared rows count once."""

from __future__ import annotations

import pytest
from test_ledger import DISPUTE, DITCH, VISIT, WAGES, Desk, dispute

from dazoufang.ledger.merge import changes, words
from dazoufang.model.submission import DUPLICATE, RETURNED, Submission
from dazoufang.rules.campaign import Rules

ZHANG = "| 2023-09-20 | 李明 | 张三 | 其他 | 章华镇 | 沙口村1组 | 13800000001 | | | |\n"
WANG = "| 2023-09-21 | 李明 | 王五 | 其他 | 东山镇 | 东湖村2组 | 13800000002 | | | |\n"
ZHAO = "| 2023-09-22 | 陈红 | 赵六 | 其他 | 东山镇 | 东湖村3组 | 13800000003 | | | |\n"


@pytest.fixture
def desk(rules: Rules) -> Desk:
    return Desk(rules)


def names(desk: Desk) -> list[str]:
    return sorted(entry.values["household"] for entry in desk.fold.merged.entries("visit"))


class TestNewerReplacesOlder:
    @pytest.mark.law(3)
    def test_the_same_unit_form_and_name_replaces(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG + WANG)
        effect = desk.visits(VISIT + ZHANG.replace("1组", "9组") + ZHAO)
        assert names(desk) == ["张三", "赵六"]
        assert effect.replaces == [1]
        assert effect.added == ["2023-09-22 陈红 赵六"]
        assert effect.withdrawn == ["2023-09-21 李明 王五"]
        assert [(one.row, one.column, one.before, one.after) for one in effect.changed] == [
            ("2023-09-20 李明 张三", "村(社区)组", "沙口村1组", "沙口村9组")
        ]

    @pytest.mark.parametrize("how", [{"unit": "督导室"}, {"stem": "另一份"}], ids=["another unit", "another name"])
    def test_anything_else_adds(self, desk: Desk, how: dict[str, str]) -> None:
        desk.visits(VISIT + ZHANG)
        effect = desk.visits(VISIT + WANG, **how)
        assert names(desk) == ["张三", "王五"]
        assert (effect.replaces, effect.added, effect.withdrawn) == ([], [], [])

    def test_another_form_of_the_same_name_adds(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG, stem="大走访")
        desk.disputes(DISPUTE + dispute(), stem="大走访")
        assert names(desk) == ["张三"]

    def test_the_third_replaces_the_second_only(self, desk: Desk) -> None:
        for table in (ZHANG, WANG, ZHAO):
            effect = desk.visits(VISIT + table)
        assert effect.replaces == [2] and names(desk) == ["赵六"]
        assert desk.fold.merged.live_submissions == {3}

    @pytest.mark.parametrize("verdict", [RETURNED, DUPLICATE])
    def test_what_is_returned_or_was_there_before_replaces_nothing(self, desk: Desk, verdict: str) -> None:
        desk.visits(VISIT + ZHANG)
        part = desk.part("visit", VISIT + WANG)
        desk.fold.take(Submission(2, "x", "y.xlsx", "", desk.fold.submissions[0].received_on, verdict, parts=[part]))
        assert names(desk) == ["张三"]

    def test_a_part_whose_rows_are_all_held_replaces_nothing(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.send(desk.part("visit", VISIT + WANG, held=(0,)), desk.part("dispute", DISPUTE + dispute()))
        assert names(desk) == ["张三"]

    def test_a_held_row_does_not_count(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG + WANG, held=(1,))
        assert names(desk) == ["张三"]

    def test_a_form_sent_empty_withdraws_its_rows(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        assert desk.visits(VISIT).withdrawn == ["2023-09-20 李明 张三"]
        assert names(desk) == []


class TestTwoPartsInOneDelivery:
    def test_two_parts_of_one_name_add_and_replace_side_by_side(self, desk: Desk) -> None:
        desk.send(desk.part("visit", VISIT + ZHANG), desk.part("visit", VISIT + WANG))
        assert names(desk) == ["张三", "王五"]
        effect = desk.send(desk.part("visit", VISIT + ZHANG), desk.part("visit", VISIT + ZHAO))
        assert names(desk) == ["张三", "赵六"]
        assert (effect.replaces, effect.withdrawn) == ([1], ["2023-09-21 李明 王五"])

    def test_parts_of_two_units_are_two_units_own(self, desk: Desk) -> None:
        desk.send(desk.part("visit", VISIT + ZHANG), desk.part("visit", VISIT + WANG, unit="督导室"))
        desk.visits(VISIT + ZHAO)
        assert names(desk) == ["王五", "赵六"]


class TestPairing:
    """A corrected row keeps its entry: found by the same key first, then by ever weaker likenesses, each used once."""

    @pytest.mark.parametrize(
        ("before", "after", "kept"),
        [
            (ZHANG, ZHANG.replace("09-20", "09-22"), True),  # the day put right
            (ZHANG, ZHANG.replace("李明", "陈红"), True),  # the cadre
            (ZHANG, ZHANG.replace("13800000001", "13900000001"), True),  # the telephone
            (ZHANG, ZHANG.replace("张三", "张山"), True),  # the name; the telephone says who
            (
                ZHANG,
                ZHANG.replace("13800000001", "").replace("09-20", "09-22").replace("李明", "陈红"),
                True,
            ),  # village
            (ZHANG, ZHANG.replace("张三", "张山").replace("13800000001", ""), False),
            (ZHANG, WANG, False),
        ],
    )
    def test_how_a_visit_is_known_again(self, desk: Desk, before: str, after: str, kept: bool) -> None:
        desk.visits(VISIT + before)
        effect = desk.visits(VISIT + after)
        (entry,) = desk.fold.merged.entries("visit")
        assert (entry.entry_id == 1) == kept
        assert bool(effect.changed) == kept and bool(effect.withdrawn) != kept

    def test_the_nearest_pairs_first_and_each_row_once(self, desk: Desk) -> None:
        other = ZHANG.replace("09-20", "09-25")  # the same household again
        desk.visits(VISIT + ZHANG + other)
        desk.visits(VISIT + other.replace("1组", "9组") + ZHANG + ZHANG.replace("09-20", "09-28"))
        found = {entry.entry_id: entry.values["visited_on"] for entry in desk.fold.merged.entries("visit")}
        assert found == {1: "2023-09-20", 2: "2023-09-25", 5: "2023-09-28"}

    @pytest.mark.parametrize(
        ("after", "kept"),
        [
            (dispute("1", status="稳控中"), True),
            (dispute("7"), True),  # the unit's own numbering has moved
            (dispute("1", matter=WAGES, phone="1"), True),
            (dispute("1", person="张山", phone="1"), True),
            (dispute("", person="张山", phone="1"), True),
            (dispute("", person="张山", matter=WAGES), False),
        ],
    )
    def test_how_a_row_of_the_ledger_is_known_again(self, desk: Desk, after: str, kept: bool) -> None:
        desk.disputes(DISPUTE + dispute("1", phone="1"))
        desk.disputes(DISPUTE + after)
        (entry,) = desk.fold.merged.entries("dispute")
        assert (entry.entry_id == 1) == kept

    def test_a_persons_rows_keep_to_their_matters(self, desk: Desk) -> None:
        desk.disputes(DISPUTE + dispute(phone="1") + dispute(phone="1", matter=WAGES))
        desk.disputes(DISPUTE + dispute(phone="1", matter=WAGES, status="稳控中") + dispute(phone="1"))
        found = {entry.entry_id: entry.values["matter"] for entry in desk.fold.merged.entries("dispute")}
        assert found == {1: DITCH, 2: WAGES}

    def test_only_a_row_that_says_something_else_is_said_anew(self, desk: Desk) -> None:
        desk.disputes(DISPUTE + dispute() + dispute(person="王五", matter=WAGES))
        desk.disputes(DISPUTE + dispute() + dispute(person="王五", matter=WAGES, status="稳控中"))
        assert [entry.said_in for entry in desk.fold.merged.entries("dispute")] == [1, 2]


class TestSharedRows:
    def twins(self, desk: Desk) -> list[tuple[int, int]]:
        """(entry, the entry that counts for it)"""
        merged = desk.fold.merged
        return [(e.entry_id, twin.entry_id) for e in merged.entries("visit") if (twin := merged.twin(e))]

    def test_rows_that_two_live_submissions_share_count_once(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG + WANG)
        effect = desk.visits(VISIT + WANG + ZHAO, stem="乙组")
        assert self.twins(desk) == [(3, 2)]
        assert effect.shared == ["2023-09-21 李明 王五（与收件1号 1.xlsx 第4行相同）"]
        assert len(desk.fold.frames().visits) == 3

    @pytest.mark.parametrize(
        ("other", "same"),
        [
            (ZHANG, True),
            (ZHANG.replace("13800000001", ""), True),
            (ZHANG.replace("沙口村1组", "沙口村一组"), True),
            (ZHANG.replace("13800000001", "13900000001"), True),
            (ZHANG.replace("13800000001", "13900000001").replace("沙口村1组", "东湖村2组"), False),
            (ZHANG.replace("09-20", "09-21"), False),
            (ZHANG.replace("李明", "陈红"), False),
            (ZHANG.replace("张三", "张四"), False),
        ],
    )
    def test_what_makes_two_rows_one_visit(self, desk: Desk, other: str, same: bool) -> None:
        desk.visits(VISIT + ZHANG)
        desk.visits(VISIT + other, unit="督导室")
        assert len(desk.fold.frames().visits) == (1 if same else 2)

    def test_the_order_in_which_joint_cadres_stand_does_not_matter(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG.replace("李明", "李明、陈红"))
        desk.visits(VISIT + ZHANG.replace("李明", "陈红、李明"), stem="乙组")
        assert self.twins(desk) == [(2, 1)]

    def test_a_shared_row_stays_when_the_one_that_counted_is_withdrawn(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.visits(VISIT + ZHANG, stem="乙组")
        desk.visits(VISIT)
        assert desk.fold.frames().visits["visit_id"].tolist() == [2]

    def test_a_twin_is_the_twin_of_one_that_counts(self, desk: Desk) -> None:
        """Three rows: the second is the first's twin; the third only the second's, so it counts."""
        desk.visits(VISIT + ZHANG)
        desk.visits(VISIT + ZHANG.replace("13800000001", "13900000009"), stem="乙")
        desk.visits(VISIT + ZHANG.replace("13800000001", "13900000009").replace("沙口村1组", "东湖村2组"), stem="丙")
        assert self.twins(desk) == [(2, 1)]
        assert desk.fold.frames().visits["visit_id"].tolist() == [1, 3]

    def test_a_pairing_keeps_the_visit_that_counts_also_when_it_comes_later_in_the_record(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.visits(VISIT + ZHANG, stem="乙")
        desk.visits(VISIT + ZHANG.replace("其他", "人大代表"))  # corrected: last in time, first in the count
        frame = desk.fold.frames().visits
        assert frame[["visit_id", "target_kind"]].values.tolist() == [[1, "人大代表"]]


def test_rows_in_words_are_their_keys_and_long_texts_are_cut(rules: Rules) -> None:
    assert words(rules.schemas["roster"], {"name": "李明", "unit": "工会", "title": "主席"}) == "李明 工会"
    row = {"item_no": "23下矛0001", "visited_on": "2023-09-20", "person": "张三", "matter": "长" * 30}
    assert words(rules.schemas["dispute"], row) == f"23下矛0001 2023-09-20 张三 {'长' * 23}…"


def test_changes_name_what_was_emptied_and_what_was_filled(desk: Desk) -> None:
    desk.visits(VISIT + ZHANG)
    effect = desk.visits(VISIT + ZHANG.replace("沙口村1组", "").replace("| | | |", f"| {DITCH} | | |"))
    assert [(one.column, one.before, one.after) for one in effect.changed] == [
        ("村(社区)组", "沙口村1组", ""),
        ("矛盾纠纷和信访诉求", "", DITCH),
    ]
    (entry,) = desk.fold.merged.entries("visit")
    assert changes(desk.rules.schemas["visit"], entry, entry.row) == []
