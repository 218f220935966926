"""The ledger: which cells open items, which rows update them, how numbers are kept, and what decisions do."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tables import rows

from dazoufang.ledger.fold import Fold
from dazoufang.ledger.same_matter import likeness
from dazoufang.model.submission import ACCEPTED, PARTLY, Effect, Heading, Part, Row, Submission
from dazoufang.record.record import Counters
from dazoufang.rules.campaign import Rules

DITCH = "与邻居因排水沟改道争执"
WAGES = "包工头拖欠工资两万元"
ROAD = "建议硬化村小通学路"
TODAY = date(2023, 10, 20)


class Desk:
    """Takes in submissions built from tables, as the record would give them."""

    def __init__(self, rules: Rules) -> None:
        self.rules, self.counters = rules, Counters()
        self.fold = Fold(rules)

    def part(
        self, form: str, table: str | list[list[Any]], *, unit: str = "工会", stem: str = "", held: tuple[int, ...] = ()
    ) -> Part:
        """A part of one form: the headings are the schema's titles; `held` are 0-based rows that do not count."""
        names = {field.title: field.name for field in self.rules.schemas[form].stored}
        head, *lines = rows(table) if isinstance(table, str) else table
        made = [
            Row(
                "表",
                number + 3,
                unit,
                {names[t]: str(v) for t, v in zip(head, line, strict=False) if v},
                number in held,
            )
            for number, line in enumerate(lines)
        ]
        columns = [Heading("表", 2, {names[title]: column for column, title in enumerate(head)})]
        return Part(form, "", stem or form, unit, made, columns)

    def send(self, *parts: Part, on: date = TODAY) -> Effect:
        number = self.counters.submission_id + 1
        held = any(row.held for part in parts for row in part.rows)
        verdict = PARTLY if held else ACCEPTED
        submission = Submission(number, f"{number:064d}", f"{number}.xlsx", "", on, verdict, parts[0].unit, list(parts))
        self.counters.number(submission)
        return self.fold.take(submission)

    def visits(self, table: str, **how: Any) -> Effect:
        on = how.pop("on", TODAY)
        return self.send(self.part("visit", table, **how), on=on)

    def disputes(self, table: str, **how: Any) -> Effect:
        on = how.pop("on", TODAY)
        return self.send(self.part("dispute", table, **how), on=on)

    def suggestions(self, table: str, **how: Any) -> Effect:
        on = how.pop("on", TODAY)
        return self.send(self.part("suggestion", table, **how), on=on)

    def decide(self, *lines: str, stem: str = "裁定", on: date = TODAY) -> Effect:
        """Lines of 编号 | 裁定 | 新时限 | 对应编号 | 批准日期."""
        head = "| 编号 | 裁定 | 新时限 | 对应编号 | 批准日期 |\n"
        return self.send(self.part("decision", head + "\n".join(f"| {line} |" for line in lines), stem=stem), on=on)

    def items(self, *names: str) -> list[tuple[Any, ...]]:
        """The standing items as tuples of these columns, NA as ""."""
        frame = self.fold.frames().items.fillna({"visit_id": 0})
        found = []
        for row in frame[list(names or ("item_no", "person"))].astype("object").itertuples(index=False):
            values = ("" if value is None or value != value else value for value in row)
            found.append(tuple(str(v.date()) if hasattr(v, "date") else v for v in values))
        return found

    def states(self) -> dict[str, str]:
        return dict(self.items("item_no", "state"))

    def number_of(self, person: str) -> str:
        (number,) = [number for number, name in self.items() if name == person]
        return number


@pytest.fixture
def desk(rules: Rules) -> Desk:
    return Desk(rules)


def codes(effect: Effect) -> list[str]:
    return [fault.code for fault in effect.notices]


VISIT = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 乡镇 | 村(社区)组 | 联系电话 | 矛盾纠纷和信访诉求 | 意见建议 | 政策咨询和求助 |\n"
ZHANG = f"| 2023-09-20 | 李明 | 张三 | 其他 | 章华镇 | 沙口村1组 | 13800000001 | {DITCH} | | |\n"
DISPUTE = "| 编号 | 走访日期 | 走访干部 | 当事人 | 联系电话 | 村(社区)组 | 主要情况及诉求 | 办理状态 | 化解情况 | 办结日期 | 回访日期 | 回访方式 | 满意度 | 销号日期 |\n"
SUGGEST = "| 编号 | 反映日期 | 走访干部 | 反映人 | 联系电话 | 村(社区)组 | 意见建议内容 | 办理状态 | 事项性质 |\n"


def dispute(  # one row of an办理表
    number: str = "", day: str = "2023-09-20", cadre: str = "李明", person: str = "张三", phone: str = "",
    village: str = "", matter: str = DITCH, status: str = "正在化解", done: str = "",
) -> str:  # fmt: skip
    return f"| {number} | {day} | {cadre} | {person} | {phone} | {village} | {matter} | {status} | {done} |\n"


HANDLED = "已和解 | 2023-09-25 | 2023-09-27 | 电话 | 满意 | "
HALF = "已和解 | 2023-09-25 | | | | "


class TestVisitsOpenItems:
    @pytest.mark.parametrize(
        ("cell", "kind", "nature"),
        [("矛盾纠纷和信访诉求", "dispute", ""), ("意见建议", "suggestion", "意见建议"), ("政策咨询和求助", "suggestion", "政策咨询")],
    )  # fmt: skip
    def test_each_of_the_three_cells_opens_an_item_of_its_kind(
        self, desk: Desk, cell: str, kind: str, nature: str
    ) -> None:
        effect = desk.visits(
            f"| 走访日期 | 走访干部 | 走访对象 | {cell} |\n| 2023-09-20 | 李明 | 张三 | 村里的事要办 |"
        )
        mark = "矛" if kind == "dispute" else "建"
        assert desk.items("item_no", "kind", "nature", "person", "matter", "status", "state") == [
            (f"23下{mark}0001", kind, nature, "张三", "村里的事要办", "未启动", "open")
        ]
        assert effect.opened == [(f"23下{mark}0001", "张三：村里的事要办")]

    @pytest.mark.parametrize("text", ["请求帮助落实低保", "请帮忙协调", "家庭困难"])
    def test_an_inquiry_that_asks_for_help_is_a_request(self, desk: Desk, text: str) -> None:
        desk.visits(f"| 走访日期 | 走访干部 | 走访对象 | 政策咨询和求助 |\n| 2023-09-20 | 李明 | 张三 | {text} |")
        assert desk.items("nature") == [("问题求助",)]

    @pytest.mark.parametrize("word", ["无", "暂无", "没有", "/", "—", "0", "正常", "无矛盾纠纷", ""])
    def test_none_words_open_none(self, desk: Desk, word: str) -> None:
        effect = desk.visits(VISIT + f"| 2023-09-20 | 李明 | 张三 | 其他 | | | | {word} | {word} | {word} |")
        assert desk.items() == [] and effect.opened == []

    @pytest.mark.parametrize(
        ("cell", "matters"),
        [
            ("1.路灯不亮 2.水渠堵塞", ["路灯不亮", "水渠堵塞"]),
            ("①路灯不亮②水渠堵塞③垃圾无人清运", ["路灯不亮", "水渠堵塞", "垃圾无人清运"]),
            ("一是路灯不亮；二是水渠堵塞", ["路灯不亮", "水渠堵塞"]),
            ("1.路灯不亮 2.无", ["路灯不亮"]),
            ("路灯不亮，水渠堵塞", ["路灯不亮，水渠堵塞"]),
            ("1.门前道路未硬化 2.屋后道路未硬化", ["门前道路未硬化", "屋后道路未硬化"]),  # alike, yet told apart
            ("1.路灯不亮 2.路灯不亮", ["路灯不亮"]),
        ],
    )
    def test_a_numbered_cell_opens_several(self, desk: Desk, cell: str, matters: list[str]) -> None:
        effect = desk.visits(VISIT + f"| 2023-09-20 | 李明 | 张三 | 其他 | | | 13800000001 | | {cell} | |")
        assert [matter for (matter,) in desk.items("matter")] == matters
        assert codes(effect) == []

    def test_a_visit_outside_the_rounds_opens_an_item_whose_number_says_so(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG.replace("2023-09-20", "2023-07-01"))
        assert desk.items("item_no", "year", "round_no") == [("23外矛0001", 2023, 0)]

    def test_two_visits_of_one_household_with_two_matters_open_two_items(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG + ZHANG.replace("2023-09-20", "2023-09-22").replace(DITCH, WAGES))
        assert desk.items("item_no", "matter") == [("23下矛0001", DITCH), ("23下矛0002", WAGES)]

    @pytest.mark.parametrize("cadre", ["李明", "陈红"])
    def test_one_matter_told_to_two_cadres_is_one_item(self, desk: Desk, cadre: str) -> None:
        desk.visits(VISIT + ZHANG)
        effect = desk.visits(
            VISIT + ZHANG.replace("李明", cadre).replace("2023-09-20", "2023-09-22"), unit="督导室", stem="别的"
        )
        assert desk.items("item_no", "petition_kind", "reopened_on") == [("23下矛0001", "重复访", "")]
        assert effect.opened == [] and effect.updated == [("23下矛0001", f"张三：{DITCH}")]

    def test_the_item_says_who_raised_it_first_and_when(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG.replace("2023-09-20", "2023-09-22").replace("李明", "陈红"))
        desk.visits(VISIT + ZHANG, stem="别的")
        assert desk.items("visited_on", "cadres") == [("2023-09-20", "李明")]


class TestRowsUpdateTheirItem:
    """Rule: by 编号, else by same person (never by name alone) + same round + similar matter; else they open a new one."""

    @pytest.mark.parametrize(
        ("row", "same"),
        [
            (dispute(number="23下矛0001"), True),
            (dispute(number=" ２３下矛０００１ ", day="2023-10-10", matter="另一件完全不同的事情"), True),
            (dispute(phone="13800000001", day="2023-09-28", cadre="陈红"), True),
            (dispute(phone="0730-4123456、13800000001", day="2023-09-28"), True),
            (dispute(village="沙口村1组", day="2023-09-28", cadre="陈红"), True),
            (dispute(), True),  # name + visit date and cadre
            (dispute(cadre="王芳、李明"), True),  # a joint visit
            (dispute(cadre="陈红"), False),
            (dispute(day="2023-09-28"), False),
            (dispute(phone="13800000009", day="2023-09-28"), False),
            (dispute(village="东湖村2组", day="2023-09-28"), False),
            (dispute(person="张四", phone="13800000001", village="沙口村1组"), False),
            (dispute(phone="13800000001", matter=WAGES), False),
            (dispute(phone="13800000001", matter="因排水沟改道与邻居发生争执"), True),
            (dispute(phone="13800000001", matter=f"2023年9月，{DITCH}，多次协商不成"), True),
            (dispute(phone="13800000001", day="2023-04-10"), False),  # another round
        ],
    )
    def test_who_is_who(self, desk: Desk, row: str, same: bool) -> None:
        desk.visits(VISIT + ZHANG)
        effect = desk.disputes(DISPUTE + row)
        assert len(desk.items()) == (1 if same else 2)
        assert [number for number, _ in effect.updated] == (["23下矛0001"] if same else [])

    def test_a_visits_form_may_come_after_its_rows(self, desk: Desk) -> None:
        desk.disputes(DISPUTE + dispute(phone="13800000001", status="已化解", done=HALF))
        desk.visits(VISIT + ZHANG)
        assert desk.items("item_no", "state", "village") == [("23下矛0001", "resolved", "沙口村1组")]

    @pytest.mark.parametrize("number", ["1", "2", "2023-001", "0001"])
    def test_a_units_own_numbering_is_ignored(self, desk: Desk, number: str) -> None:
        desk.visits(VISIT + ZHANG)
        effect = desk.disputes(DISPUTE + dispute(number=number) + dispute(number=number, person="王五", matter=WAGES))
        assert desk.items() == [("23下矛0001", "张三"), ("23下矛0002", "王五")]
        assert codes(effect) == []

    def test_a_row_put_in_above_shifts_the_units_numbering_and_nothing_else(self, desk: Desk) -> None:
        desk.disputes(DISPUTE + dispute("1") + dispute("2", person="王五", matter=WAGES))
        before = desk.items()
        effect = desk.disputes(
            DISPUTE
            + dispute("1", person="赵六", matter="宅基地边界不清")
            + dispute("2")
            + dispute("3", person="王五", matter=WAGES)
        )
        assert desk.items() == [*before, ("23下矛0003", "赵六")]
        assert effect.withdrawn == [] and {change.column for change in effect.changed} == {"编号"}

    def test_a_number_of_ours_without_the_rest_updates_only_what_is_filled(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.disputes("| 编号 | 办理状态 | 化解情况 | 办结日期 |\n| 23下矛0001 | 已化解 | 已和解 | 2023-09-25 |")
        assert desk.items("person", "matter", "outcome", "state") == [("张三", DITCH, "已和解", "resolved")]

    def test_an_unknown_number_with_nothing_else_is_told_R07_and_opens_none(self, desk: Desk) -> None:
        effect = desk.disputes("| 编号 | 办理状态 |\n| 23下矛0099 | 已化解 |")
        assert desk.items() == []
        (fault,) = effect.notices
        assert (fault.code, fault.cell, fault.value) == ("R07", "A3", "23下矛0099")

    def test_an_unknown_number_with_a_person_is_taken_over_and_not_given_again(self, desk: Desk) -> None:
        desk.disputes(DISPUTE + dispute("23下矛0007"))
        desk.disputes(DISPUTE + dispute(person="王五", matter=WAGES), stem="别的")
        assert desk.items() == [("23下矛0007", "张三"), ("23下矛0008", "王五")]

    def test_an_unknown_number_on_a_known_matter_leads_to_its_item(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.disputes(DISPUTE + dispute("23下矛0002"))
        desk.visits(VISIT + ZHANG.replace("张三", "王五").replace(DITCH, WAGES), stem="别的")
        assert desk.items() == [("23下矛0001", "张三"), ("23下矛0003", "王五")]  # 0002 leads to 0001
        assert desk.fold.ledger.number("23下矛0002") == "23下矛0001"

    def test_a_wrong_number_is_told_R09_and_the_row_opens_its_own_item(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        effect = desk.disputes(DISPUTE + dispute("23下矛0001", person="王五", matter=WAGES))
        assert desk.items() == [("23下矛0001", "张三"), ("23下矛0002", "王五")]
        (fault,) = effect.notices
        assert (fault.code, fault.cell, "张三" in fault.message) == ("R09", "A3", True)

    def test_a_wrong_number_sent_again_keeps_the_item_it_opened(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.disputes(DISPUTE + dispute("23下矛0001", person="王五", matter=WAGES))
        desk.disputes(DISPUTE + dispute("23下矛0001", person="王五", matter="工钱的事还没有着落"))
        assert desk.items("item_no", "matter") == [("23下矛0001", DITCH), ("23下矛0002", "工钱的事还没有着落")]

    def test_a_number_of_the_other_kind_is_told_R09(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG.replace(f"{DITCH} | ", f" | {ROAD}"))
        effect = desk.disputes(DISPUTE + dispute("23下建0001", matter=WAGES))
        assert codes(effect) == ["R09"]
        assert [number for number, _ in desk.items()] == ["23下建0001", "23下矛0001"]

    def test_a_row_renamed_under_a_number_that_others_use_for_someone_else_is_told_R09(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.disputes(DISPUTE + dispute("23下矛0001"))
        effect = desk.disputes(DISPUTE + dispute("23下矛0001", person="王五"))
        assert codes(effect) == ["R09"]
        assert desk.items() == [("23下矛0001", "张三"), ("23下矛0002", "王五")]

    def test_number_telephone_and_matter_outweigh_a_name_put_right(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        effect = desk.disputes(DISPUTE + dispute("23下矛0001", person="张山", phone="13800000001"))
        assert codes(effect) == [] and len(desk.items()) == 1

    def test_a_name_corrected_in_the_only_row_keeps_the_number(self, desk: Desk) -> None:
        desk.disputes(DISPUTE + dispute(person="张山", phone="13800000001"))
        desk.disputes(DISPUTE + dispute(person="张三", phone="13800000001"))
        assert desk.items() == [("23下矛0001", "张三")]

    def test_an_uncertain_match_opens_a_new_item_and_asks(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        effect = desk.disputes(DISPUTE + dispute(day="2023-09-28"))
        (fault,) = effect.notices
        assert (fault.code, fault.row, fault.column) == ("R10", 3, "主要情况及诉求")
        assert "23下矛0001" in fault.message and "23下矛0001" in fault.remedy
        assert len(desk.items()) == 2

    def test_what_telephone_and_village_tell_apart_is_not_asked(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        effect = desk.disputes(DISPUTE + dispute(day="2023-09-28", phone="13900000009", village="东湖村2组"))
        assert codes(effect) == [] and len(desk.items()) == 2

    def test_the_same_matter_in_another_round_is_asked_about(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG.replace("2023-09-20", "2023-04-10"))
        effect = desk.disputes(DISPUTE + dispute(phone="13800000001"))
        assert [number for number, _ in desk.items()] == ["23上矛0001", "23下矛0001"]
        assert codes(effect) == ["R10"]

    def test_two_rows_of_one_form_are_two_items_however_alike(self, desk: Desk) -> None:
        rows = dispute(phone="1", matter="门前道路被邻居占用") + dispute(phone="1", matter="屋后道路被邻居占用")
        desk.disputes(DISPUTE + rows)
        assert [matter for (matter,) in desk.items("matter")] == ["门前道路被邻居占用", "屋后道路被邻居占用"]
        desk.disputes(DISPUTE + rows.replace("占用", "占用了"))
        assert desk.items("item_no", "matter") == [
            ("23下矛0001", "门前道路被邻居占用了"),
            ("23下矛0002", "屋后道路被邻居占用了"),
        ]

    def test_two_rows_of_one_form_that_say_the_same_are_one_item(self, desk: Desk) -> None:
        desk.disputes(DISPUTE + dispute() + dispute())
        assert len(desk.items()) == 1

    def test_rows_of_one_delivery_find_each_other_whatever_their_order(self, desk: Desk) -> None:
        for order in (1, -1):
            fresh = Desk(desk.rules)
            parts = [
                fresh.part("visit", VISIT + ZHANG),
                fresh.part("dispute", DISPUTE + dispute("1", status="已化解", done=HALF)),
            ]
            fresh.send(*parts[::order])
            assert fresh.items("item_no", "state") == [("23下矛0001", "resolved")]

    def test_a_decision_in_the_delivery_that_brings_its_item_finds_it(self, desk: Desk) -> None:
        decision = desk.part(
            "decision", "| 编号 | 裁定 | 新时限 | 批准日期 |\n| 23下矛0005 | 延期 | 2023-11-10 | 2023-10-18 |"
        )
        effect = desk.send(decision, desk.part("dispute", DISPUTE + dispute("23下矛0005")))
        assert codes(effect) == ["R14"]  # earlier than the end of the phase: asked, and the deadline stands
        assert desk.items("item_no", "extended_on") == [("23下矛0005", "")]

    def test_suggestions_are_matched_among_suggestions_only(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG.replace(DITCH, ROAD))
        desk.suggestions(SUGGEST + f"| | 2023-09-20 | 李明 | 张三 | 13800000001 | | {ROAD} | 正在办理 | 意见建议 |")
        assert [kind for (kind,) in desk.items("kind")] == ["dispute", "suggestion"]

    def test_a_row_sent_again_unchanged_does_not_undo_what_came_since(self, desk: Desk) -> None:
        desk.disputes(DISPUTE + dispute(phone="1"), unit="工会")
        desk.disputes(DISPUTE + dispute(phone="1", status="已化解", done=HALF), unit="督导室")
        desk.disputes(DISPUTE + dispute(phone="1") + dispute(person="王五", matter=WAGES), unit="工会")
        assert desk.states()["23下矛0001"] == "resolved"

    def test_updated_on_is_the_last_day_that_brought_anything_new(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG, on=date(2023, 9, 25))
        desk.disputes(DISPUTE + dispute(phone="13800000001"), on=date(2023, 10, 8))
        effect = desk.disputes(DISPUTE + dispute(phone="13800000001"), on=date(2023, 10, 16), stem="别的名字")
        assert effect.updated == []
        assert desk.items("opened_on", "updated_on") == [("2023-09-25", "2023-10-08")]
        desk.disputes(DISPUTE, on=date(2023, 10, 18), stem="别的名字")
        assert desk.items("updated_on") == [("2023-10-08",)]
        desk.decide("23下矛0001 | 延期 | 2023-11-10 | | 2023-10-19", on=date(2023, 10, 19))
        assert desk.items("updated_on") == [("2023-10-19",)]


class TestNumbersAreKept:
    def test_a_correction_of_a_visit_keeps_the_number(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        effect = desk.visits(VISIT + ZHANG.replace(DITCH, "与邻居因排水沟改道发生争执").replace("1组", "9组"))
        assert desk.items("item_no", "village") == [("23下矛0001", "沙口村9组")]
        assert effect.opened == [] and effect.updated == [("23下矛0001", "张三：与邻居因排水沟改道发生争执")]

    def test_another_matter_in_the_same_cell_is_another_item(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        effect = desk.visits(VISIT + ZHANG.replace(DITCH, WAGES))
        assert desk.items("item_no", "matter") == [("23下矛0002", WAGES)]
        assert effect.withdrawn == [f"事项23下矛0001 张三：{DITCH}"]

    def test_a_visits_person_put_right_keeps_the_number(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.visits(VISIT + ZHANG.replace("张三", "张山"))
        assert desk.items() == [("23下矛0001", "张山")]
        desk.disputes(DISPUTE + dispute(person="张山", phone="13800000001"))
        assert len(desk.items()) == 1

    def test_a_number_is_not_given_again_after_withdrawal(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.visits(VISIT)
        assert desk.items() == []
        desk.visits(VISIT + ZHANG.replace("张三", "王五").replace("13800000001", "13800000002"))
        assert desk.items() == [("23下矛0002", "王五")]

    def test_the_same_matter_back_after_withdrawal_has_its_old_number(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.visits(VISIT)
        effect = desk.visits(VISIT + ZHANG)
        assert desk.items() == [("23下矛0001", "张三")]
        assert effect.opened == [("23下矛0001", f"张三：{DITCH}")]

    def test_a_withdrawn_visit_whose_item_has_a_row_leaves_the_item(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.disputes(DISPUTE + dispute("23下矛0001", status="已化解", done=HALF))
        effect = desk.visits(VISIT)
        assert desk.items("item_no", "person", "state", "visit_id") == [("23下矛0001", "张三", "resolved", 0)]
        assert [words[:3] for words in effect.withdrawn] == ["202"]  # the visit, not the item

    def test_a_row_that_only_names_the_number_keeps_what_the_withdrawn_visit_said(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.disputes("| 编号 | 办理状态 |\n| 23下矛0001 | 正在化解 |")
        desk.visits(VISIT)
        assert desk.items("person", "matter", "phone", "status") == [("张三", DITCH, "13800000001", "正在化解")]

    def test_a_withdrawn_row_takes_back_what_it_said(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.disputes(DISPUTE + dispute(status="已化解", done=HANDLED))
        effect = desk.disputes(DISPUTE)
        assert desk.states() == {"23下矛0001": "open"}
        assert effect.reopened == [("23下矛0001", f"张三：{DITCH}")]

    def test_a_corrected_row_that_now_speaks_of_nobody_lets_its_item_go(self, desk: Desk) -> None:
        desk.disputes(DISPUTE + dispute("23下矛0001"))
        effect = desk.disputes("| 编号 | 办理状态 |\n| 23下矛0009 | 正在化解 |")
        assert desk.items() == [] and codes(effect) == ["R07"]

    def test_the_numbers_of_a_published_annex_come_back(self, desk: Desk) -> None:
        desk.visits(
            "| 走访日期 | 走访干部 | 走访对象 | 联系电话 | 矛盾纠纷和信访诉求 | 意见建议 | 台账编号 |\n"
            f"| 2023-09-20 | 李明 | 张三 | 1 | 1.{DITCH} 2.{WAGES} | {ROAD} | 23下矛0012、23下矛0005、23下建0003 |"
        )
        assert desk.items("item_no", "matter") == [("23下矛0012", DITCH), ("23下矛0005", WAGES), ("23下建0003", ROAD)]
        assert desk.fold.frames().visits["item_nos"].tolist() == ["23下矛0012、23下矛0005、23下建0003"]

    def test_the_annex_of_a_visit_with_a_struck_matter_opens_only_the_others(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG.replace(DITCH, f"1.{DITCH} 2.{WAGES}"))
        desk.decide("23下矛0001 | 作废 | | | 2023-10-18")
        numbers = desk.fold.frames().visits["item_nos"].iloc[0]
        assert numbers == "作废、23下矛0002"
        upper = Desk(desk.rules)
        for _ in range(2):  # and again, corrected
            upper.visits(
                "| 走访日期 | 走访干部 | 走访对象 | 矛盾纠纷和信访诉求 | 台账编号 |\n"
                f"| 2023-09-20 | 李明 | 张三 | 1.{DITCH} 2.{WAGES} | {numbers} |"
            )
            assert upper.items("item_no", "matter") == [("23下矛0002", WAGES)]
            assert upper.fold.frames().visits["item_nos"].iloc[0] == numbers
        upper.visits("| 走访日期 | 走访干部 | 走访对象 |\n")
        assert upper.items() == []

    @pytest.mark.parametrize("numbers", ["23下矛0001", "乱写", "23下建0001、23下建0002"])
    def test_numbers_that_do_not_fit_the_cells_are_not_taken(self, desk: Desk, numbers: str) -> None:
        desk.visits(
            "| 走访日期 | 走访干部 | 走访对象 | 矛盾纠纷和信访诉求 | 台账编号 |\n"
            f"| 2023-09-20 | 李明 | 张三 | 1.{DITCH} 2.{WAGES} | {numbers} |"
        )
        assert [number for number, _ in desk.items()] == ["23下矛0001", "23下矛0002"]

    def test_a_visits_number_that_is_someone_elses_is_told_R09(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        effect = desk.visits(
            "| 走访日期 | 走访干部 | 走访对象 | 矛盾纠纷和信访诉求 | 台账编号 |\n"
            f"| 2023-09-20 | 李明 | 王五 | {WAGES} | 23下矛0001 |",
            stem="县里",
        )
        assert codes(effect) == ["R09"]
        assert desk.items() == [("23下矛0001", "张三"), ("23下矛0002", "王五")]

    def test_two_items_alike_that_come_with_two_numbers_stay_two(self, desk: Desk) -> None:
        desk.disputes(DISPUTE + dispute("23下矛0001", phone="1", matter="门前道路未硬化"))
        desk.disputes(DISPUTE + dispute("23下矛0002", phone="1", matter="屋前道路未硬化"), stem="别的")
        assert [number for number, _ in desk.items()] == ["23下矛0001", "23下矛0002"]


class TestTwoMatters:
    """Two matters are one only when they are the same matter; no text replaces another without being said."""

    HEAD = "| 走访日期 | 走访干部 | 走访对象 | 村(社区)组 | 联系电话 | 意见建议 |\n"

    def row(self, person: str, text: str, day: str = "2023-09-20") -> str:
        return f"| {day} | 李明 | {person} | 沙口村5组 | 13812345600 | {text} |\n"

    @pytest.mark.parametrize("day", ["2023-09-20", "2023-10-01"])
    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("建议修路", "建议修桥"),
            ("建议装路灯", "建议装监控"),
            ("建议增加英语教师", "建议增加音乐教师"),
            ("建议硬化红旗村到学校的2公里路", "建议硬化红旗村到集镇的5公里路"),
            (ROAD, f"{ROAD}，方便学生上学"),  # two rows of one delivery are two unless equal
        ],
    )
    def test_two_rows_of_one_delivery_are_two_items_unless_equal(
        self, desk: Desk, day: str, first: str, second: str
    ) -> None:
        effect = desk.visits(self.HEAD + self.row("张三", first) + self.row("张三", second, day))
        assert desk.items("item_no", "matter") == [("23下建0001", first), ("23下建0002", second)]
        assert "R10" not in codes(effect)

    def test_the_same_words_on_two_days_are_one(self, desk: Desk) -> None:
        desk.visits(self.HEAD + self.row("张三", "建议修路") + self.row("张三", "建议修路。", "2023-10-01"))
        assert desk.items("item_no", "petition_kind") == [("23下建0001", "重复访")]

    def test_another_file_that_swaps_a_word_opens_another_item_and_is_asked(self, desk: Desk) -> None:
        desk.visits(self.HEAD + self.row("张三", "建议在红旗村修桥"))
        effect = desk.visits(self.HEAD + self.row("张三", "建议在红旗村修路", "2023-10-01"), stem="又")
        assert [matter for _, matter in desk.items("item_no", "matter")] == ["建议在红旗村修桥", "建议在红旗村修路"]
        assert codes(effect) == ["R10"] and "23下建0001（张三：建议在红旗村修桥）" in effect.notices[0].message

    def test_a_row_of_the_form_that_names_another_place_does_not_take_the_item(self, desk: Desk) -> None:
        desk.visits(self.HEAD + self.row("张三", "建议在沙口村修建文化广场"))
        row = "| | 2023-09-20 | 李明 | 张三 | 13812345600 | | 建议在红旗村修建文化广场 | 正在办理 | 意见建议 |"
        assert codes(desk.suggestions(SUGGEST + row)) == ["R10"]
        assert desk.items("matter", "status") == [
            ("建议在沙口村修建文化广场", "未启动"),
            ("建议在红旗村修建文化广场", "正在办理"),
        ]

    def test_a_short_text_swapped_in_the_same_form_is_a_new_item_and_the_old_one_goes(self, desk: Desk) -> None:
        desk.visits(self.HEAD + self.row("张三", "建议修路"))
        effect = desk.visits(self.HEAD + self.row("张三", "建议修桥"))
        assert desk.items("item_no", "matter") == [("23下建0002", "建议修桥")]
        assert effect.withdrawn == ["事项23下建0001 张三：建议修路"]
        assert [(one.before, one.after) for one in effect.changed] == [("建议修路", "建议修桥")]


class TestReopening:
    CLOSED = DISPUTE + dispute("23下矛0001", status="已化解", done=HANDLED)

    def closed(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        effect = desk.disputes(self.CLOSED)
        assert desk.items("state", "closed_on") == [("closed", "2023-09-27")]
        assert effect.closed == [("23下矛0001", f"张三：{DITCH}")]

    def test_the_same_matter_again_reopens_the_old_number(self, desk: Desk) -> None:
        self.closed(desk)
        effect = desk.visits(VISIT + ZHANG.replace("2023-09-20", "2023-10-10"), stem="第二次")
        assert desk.items("item_no", "state", "closed_on", "petition_kind", "reopened_on", "status") == [
            ("23下矛0001", "open", "", "重复访", "2023-10-10", "正在化解")
        ]
        assert effect.reopened == [("23下矛0001", f"张三：{DITCH}")] and effect.opened == []

    def test_it_closes_again_by_newer_keys(self, desk: Desk) -> None:
        self.closed(desk)
        desk.visits(VISIT + ZHANG.replace("2023-09-20", "2023-10-10"), stem="第二次")
        again = "又和解 | 2023-10-12 | 2023-09-27 | 电话 | 满意 | "
        desk.disputes(DISPUTE + dispute("23下矛0001", status="已化解", done=again))
        assert desk.states() == {"23下矛0001": "resolved"}  # the old follow-up is before the new resolution
        effect = desk.disputes(DISPUTE + dispute("23下矛0001", status="已化解", done=again.replace("09-27", "10-16")))
        assert desk.items("state", "closed_on", "reopened_on", "status") == [("closed", "2023-10-16", "", "已化解")]
        assert effect.closed and not effect.reopened

    def test_not_satisfied_reopens(self, desk: Desk) -> None:
        self.closed(desk)
        effect = desk.disputes(self.CLOSED.replace("| 满意 |", "| 不满意 |"))
        assert desk.items("state", "status", "reopened_on") == [("open", "正在化解", "")]
        assert effect.reopened and not effect.closed
        desk.disputes(self.CLOSED.replace("2023-09-27", "2023-10-12"))
        assert desk.items("state", "closed_on") == [("closed", "2023-10-12")]

    def test_brought_up_again_while_open_it_is_not_reopened(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        effect = desk.visits(VISIT + ZHANG.replace("2023-09-20", "2023-10-10"), stem="第二次")
        assert desk.items("petition_kind", "reopened_on") == [("重复访", "")]
        assert effect.reopened == []

    def test_a_visit_on_the_day_it_was_resolved_does_not_reopen(self, desk: Desk) -> None:
        self.closed(desk)
        desk.visits(VISIT + ZHANG.replace("2023-09-20", "2023-09-25"), stem="第二次")
        assert desk.states() == {"23下矛0001": "closed"}

    def test_a_matter_known_only_from_its_row_is_reopened_by_a_later_visit(self, desk: Desk) -> None:
        desk.disputes(DISPUTE + dispute(phone="13800000001", status="已化解", done=HANDLED))
        effect = desk.visits(VISIT + ZHANG.replace("2023-09-20", "2023-10-10"))
        assert desk.items("state", "petition_kind") == [("open", "重复访")]
        assert effect.reopened

    def test_the_visit_that_reopened_withdrawn_closes_it_again(self, desk: Desk) -> None:
        self.closed(desk)
        desk.visits(VISIT + ZHANG.replace("2023-09-20", "2023-10-10"), stem="第二次")
        effect = desk.visits(VISIT, stem="第二次")
        assert desk.states() == {"23下矛0001": "closed"} and effect.closed

    def test_a_corrected_day_of_the_visit_reopens_too(self, desk: Desk) -> None:
        self.closed(desk)
        effect = desk.visits(VISIT + ZHANG.replace("2023-09-20", "2023-10-10"))
        assert desk.states() == {"23下矛0001": "open"} and effect.reopened


class TestClosingClaims:
    @pytest.mark.parametrize(
        ("status", "done", "words", "mend"),
        [
            ("已化解", "已和解 | 2023-09-25 | | | | 2023-09-28", "缺回访日期", "请补上回访日期和回访方式"),
            ("已化解", " | | 2023-09-27 | 电话 | | 2023-09-28", "缺办结日期、化解情况", "请补上办结日期、化解情况"),
            ("正在化解", " | | | | | 2023-09-28", "办理状态是“正在化解”", "把办理状态改为“已化解”"),
            ("已化解", "已和解 | 2023-09-25 | 2023-09-27 | 电话 | 不满意 | 2023-09-28", "群众不满意", "重新办理后的"),
            ("已化解", "已和解 | 2023-09-25 | 2023-09-27 | 其他 | | 2023-09-28", "电话或上门", "请补上电话或上门回访"),
        ],
    )
    def test_a_claim_without_both_keys_is_told_R08_at_its_cell(
        self, desk: Desk, status: str, done: str, words: str, mend: str
    ) -> None:
        effect = desk.disputes(DISPUTE + dispute(status=status, done=done))
        (fault,) = effect.notices
        assert (fault.code, fault.cell, fault.column, fault.value) == ("R08", "N3", "销号日期", "2023-09-28")
        assert words in fault.message and mend in fault.remedy
        assert desk.items("closed_on", "claimed_on") == [("", "2023-09-28")]

    def test_a_claim_with_both_keys_closes_on_the_claimed_day(self, desk: Desk) -> None:
        effect = desk.disputes(DISPUTE + dispute(status="已化解", done=HANDLED + "2023-10-09"))
        assert desk.items("state", "closed_on") == [("closed", "2023-10-09")]
        assert [notice.code for notice in effect.notices] == ["R27"]  # it says nothing of 化解措施
        assert effect.opened and effect.closed

    def test_a_claim_before_the_later_key_closes_on_the_day_of_that_key(self, desk: Desk) -> None:
        desk.disputes(DISPUTE + dispute(status="已化解", done=HANDLED + "2023-09-26"))
        assert desk.items("closed_on") == [("2023-09-27",)]

    def test_the_missing_key_sent_later_closes_it_on_the_claimed_day(self, desk: Desk) -> None:
        desk.disputes(DISPUTE + dispute(status="已化解", done=HALF + "2023-10-10"))
        effect = desk.disputes("| 编号 | 回访日期 | 回访方式 |\n| 23下矛0001 | 2023-10-09 | 电话 |", stem="回访")
        assert desk.items("state", "closed_on") == [("closed", "2023-10-10")] and effect.closed

    def test_nothing_is_told_of_a_claim_on_a_struck_item(self, desk: Desk) -> None:
        desk.disputes(DISPUTE + dispute(status="已化解", done=HALF + "2023-10-10"))
        desk.decide("23下矛0001 | 作废 | | | 2023-10-18")
        effect = desk.disputes(DISPUTE + dispute(status="已化解", done=HALF + "2023-10-11"))
        assert effect.notices == []


class TestDecisions:
    WANG = ZHANG.replace("张三", "王五").replace("13800000001", "13800000002").replace(DITCH, WAGES)
    TWIN = ZHANG.replace("13800000001", "").replace("沙口村1组", "").replace("09-20", "09-21").replace("李明", "陈红")

    def test_an_extension_is_the_newest_approved(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.decide("23下矛0001 | 延期 | 2023-12-08 | | 2023-10-18", "23下矛0001 | 延期 | 2023-12-01 | | 2023-10-12")
        assert desk.items("extended_on") == [("2023-12-08",)]
        desk.decide("23下矛0001 | 延期 | 2023-12-11 | | 2023-10-19", stem="又")
        assert desk.items("extended_on") == [("2023-12-11",)]

    def test_a_corrected_decision_replaces_the_former(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.decide("23下矛0001 | 延期 | 2023-12-08 | | 2023-10-18")
        desk.decide("23下矛0001 | 延期 | 2023-12-01 | | 2023-10-18")
        assert desk.items("extended_on") == [("2023-12-01",)]

    def test_a_decision_is_remembered_for_ever(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG + self.WANG)
        desk.decide("23下矛0001 | 延期 | 2023-12-08 | | 2023-10-18")
        effect = desk.decide("23下矛0002 | 延期 | 2023-12-11 | | 2023-10-19")  # next week's form, the same name
        assert desk.items("extended_on") == [("2023-12-08",), ("2023-12-11",)]
        assert effect.withdrawn == []

    def test_a_struck_item_is_gone_and_its_number_stays_taken(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        effect = desk.decide("23下矛0001 | 作废 | | | 2023-10-18")
        assert desk.items() == [] and effect.withdrawn == [f"事项23下矛0001 张三：{DITCH}"]
        assert desk.fold.frames().visits["item_nos"].isna().all()
        desk.visits(VISIT + self.WANG, stem="别的")
        assert desk.items() == [("23下矛0002", "王五")]

    @pytest.mark.parametrize(("day", "opens"), [("2023-09-20", False), ("2023-10-18", False), ("2023-10-19", True)])
    def test_a_struck_item_takes_in_what_was_said_until_the_day_of_the_decision(
        self, desk: Desk, day: str, opens: bool
    ) -> None:
        desk.visits(VISIT + ZHANG)
        desk.decide("23下矛0001 | 作废 | | | 2023-10-18")
        effect = desk.visits(VISIT + ZHANG.replace("2023-09-20", day), stem="又一份")
        assert [number for number, _ in effect.opened] == (["23下矛0002"] if opens else [])

    def test_a_mention_kept_while_its_item_was_struck_stays_struck(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.decide("23下矛0001 | 作废 | | | 2023-10-18")
        effect = desk.visits(VISIT + ZHANG.replace("1组", "9组"))
        assert desk.items() == [] and effect.opened == [] and effect.withdrawn == []

    def test_reopening_takes_a_striking_back(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.decide("23下矛0001 | 作废 | | | 2023-10-18")
        effect = desk.decide("23下矛0001 | 重开 | | | 2023-10-19", stem="更正")
        assert desk.items() == [("23下矛0001", "张三")] and effect.opened == [("23下矛0001", f"张三：{DITCH}")]

    @pytest.mark.parametrize("day", ["2023-09-25", "2023-10-12"])
    def test_a_decision_reopens_a_closed_item(self, desk: Desk, day: str) -> None:
        desk.visits(VISIT + ZHANG)
        desk.disputes(TestReopening.CLOSED)
        effect = desk.decide(f"23下矛0001 | 重开 | | | {day}")
        assert desk.items("state", "reopened_on", "status", "petition_kind") == [("open", day, "正在化解", "")]
        assert effect.reopened

    def test_a_striking_of_a_closed_item_takes_no_open_one_away(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.disputes(TestReopening.CLOSED)
        assert desk.decide("23下矛0001 | 作废 | | | 2023-10-18").withdrawn == [f"已销号的事项23下矛0001 张三：{DITCH}"]

    @pytest.mark.parametrize("decision", ["并案", "同一人"])
    def test_two_items_become_one_and_both_numbers_lead_to_it(self, desk: Desk, decision: str) -> None:
        desk.visits(VISIT + ZHANG)
        assert codes(desk.visits(VISIT + self.TWIN, stem="别的")) == ["R10"]
        desk.decide("23下矛0002 | 延期 | 2023-12-08 | | 2023-10-17", stem="延期")
        effect = desk.decide(f"23下矛0002 | {decision} | | 23下矛0001 | 2023-10-18")
        assert desk.items("item_no", "extended_on") == [("23下矛0001", "2023-12-08")]
        assert effect.withdrawn == []
        assert effect.joined == [("23下矛0002", f"张三：{DITCH} 并入 23下矛0001（张三：{DITCH}）")]
        desk.disputes("| 编号 | 办理状态 |\n| 23下矛0002 | 稳控中 |")
        assert desk.items("item_no", "status") == [("23下矛0001", "稳控中")]
        assert desk.fold.frames().visits["item_nos"].tolist() == ["23下矛0001", "23下矛0002并入23下矛0001"]

    def test_a_joined_item_keeps_the_person_and_matter_of_the_one_it_became_part_of(self, desk: Desk) -> None:
        """DESIGN §7.4: and names the joined number beside it; the receipt says which went into which."""
        desk.visits(VISIT + ZHANG + self.WANG)
        desk.disputes(DISPUTE + dispute("23下矛0002", person="王五", matter=WAGES, status="稳控中"))
        effect = desk.decide("23下矛0002 | 并案 | | 23下矛0001 | 2023-10-18")
        shown = ("item_no", "person", "phone", "matter", "status", "remark")
        theirs = [("23下矛0001", "张三", "13800000001", DITCH, "稳控中", "并案：23下矛0002")]
        assert desk.items(*shown) == theirs
        assert effect.withdrawn == []
        assert effect.joined == [("23下矛0002", f"王五：{WAGES} 并入 23下矛0001（张三：{DITCH}）")]
        # also when the joined one's rows come again, or the target's visit goes
        desk.disputes(DISPUTE + dispute("23下矛0002", person="王五", matter=f"{WAGES}，至今未付", status="稳控中"))
        desk.visits(VISIT + ZHANG + self.WANG.replace("其他", "人大代表"))
        assert desk.items(*shown) == theirs
        desk.visits(VISIT + self.WANG)
        assert desk.items(*shown) == theirs

    def test_another_persons_matter_is_no_second_coming(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG + self.WANG.replace("2023-09-20", "2023-09-28"))
        desk.decide("23下矛0002 | 并案 | | 23下矛0001 | 2023-10-18")
        assert desk.items("petition_kind") == [("",)]

    def test_mentions_kept_while_their_item_was_merged_stay_with_the_other(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.visits(VISIT + self.TWIN, stem="别的")
        desk.decide("23下矛0002 | 并案 | | 23下矛0001 | 2023-10-18")
        desk.visits(VISIT + self.TWIN.replace("其他", "人大代表"), stem="别的")
        assert desk.items() == [("23下矛0001", "张三")]
        desk.visits(VISIT, stem="别的")
        desk.visits(VISIT)
        assert desk.items() == []

    def test_rows_of_a_merged_item_stay_with_the_other(self, desk: Desk) -> None:
        desk.disputes(DISPUTE + dispute(phone="1") + dispute(person="王五", matter=WAGES))
        desk.decide("23下矛0002 | 并案 | | 23下矛0001 | 2023-10-18")
        desk.disputes(DISPUTE + dispute(phone="1") + dispute(person="王五", matter=WAGES, status="稳控中"))
        assert desk.items("item_no", "status") == [("23下矛0001", "稳控中")]

    def test_one_person_with_two_matters_keeps_two_items(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG + self.TWIN.replace(DITCH, WAGES))
        desk.decide("23下矛0002 | 同一人 | | 23下矛0001 | 2023-10-18")
        assert len(desk.items()) == 2

    def test_not_the_same_person_leaves_both(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.visits(VISIT + self.TWIN, stem="别的")
        effect = desk.decide("23下矛0002 | 非同一人 | | 23下矛0001 | 2023-10-18")
        assert len(desk.items()) == 2 and effect.notices == [] and effect.withdrawn == []

    @pytest.mark.parametrize("other", ["23下矛0099", "23下建0001"])
    def test_a_merge_with_what_is_not_there_or_of_the_other_kind_is_told_R07(self, desk: Desk, other: str) -> None:
        desk.visits(VISIT + ZHANG.replace("| | |", f"| {ROAD} | |"))
        effect = desk.decide(f"23下矛0001 | 并案 | | {other} | 2023-10-18")
        assert [(fault.code, fault.cell) for fault in effect.notices] == [("R07", "D3")]
        assert len(desk.items()) == 2

    def test_an_item_merged_with_itself_stays(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.decide("23下矛0001 | 并案 | | 23下矛0001 | 2023-10-18")
        assert len(desk.items()) == 1

    def test_a_decision_on_an_unknown_number_is_told_R07(self, desk: Desk) -> None:
        effect = desk.decide("23下矛0099 | 作废 | | | 2023-10-18")
        assert [(fault.code, fault.cell) for fault in effect.notices] == [("R07", "A3")]

    def test_striking_a_merged_number_does_not_strike_what_it_was_merged_into(self, desk: Desk) -> None:
        desk.visits(VISIT + ZHANG)
        desk.visits(VISIT + self.TWIN, stem="别的")
        effect = desk.decide("23下矛0002 | 并案 | | 23下矛0001 | 2023-10-18", "23下矛0002 | 作废 | | | 2023-10-18")
        assert desk.items() == [("23下矛0001", "张三")]
        assert [fault.code for fault in effect.notices] == ["R07"] and "已并入23下矛0001" in effect.notices[0].message


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (DITCH, DITCH, True),
        (DITCH, f"{DITCH}，要求村里调解", True),
        (DITCH, WAGES, False),
        ("", "", False),
        (DITCH, "", False),
        ("排水", "排水沟", True),
        ("路", "公路不通", False),
    ],
)
def test_likeness_of_matters(rules: Rules, one: str, other: str, alike: bool) -> None:
    assert (likeness(one, other) >= rules.campaign.items.similar_matter.value) == alike
