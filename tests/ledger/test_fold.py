"""The fold: what its frames promise, and what holds after whatever deliveries, in whatever order."""

from __future__ import annotations

import copy
import re
from datetime import date, timedelta
from functools import cache

import pandas as pd
import pytest
from conftest import TODAY
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from test_ledger import DISPUTE, DITCH, SUGGEST, VISIT, WAGES, Desk, dispute

from dazoufang.ledger import frames
from dazoufang.ledger.fold import Fold, fold
from dazoufang.model.submission import ACCEPTED, DUPLICATE, PARTLY, RETURNED, Effect, Part, Submission
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.system.home import shipped

NAMES = ("visits", "items", "cadres", "assignments", "submissions")


@pytest.fixture
def desk(rules: Rules) -> Desk:
    return Desk(rules)


def fill(desk: Desk) -> None:
    roster = "| 姓名 | 单位 | 角色 | 任职起 |\n| 李明 | 工会 | 股室负责人 | 2023-01-01 |"
    desk.send(desk.part("roster", roster))
    task = "| 轮次 | 走访对象 | 对象类别 | 走访干部 |\n| 下半年 | 张三 | 其他 | 李明 |"
    desk.send(desk.part("assignment", task))
    desk.visits(VISIT + f"| 2023-09-20 | 李明 | 张三 | 其他 | 章华镇 | 沙口村1组 | 13800000001 | {DITCH} | | |")
    desk.disputes(DISPUTE + dispute(status="已化解", done="已和解 | 2023-09-25"))


class TestFrames:
    @pytest.mark.parametrize("filled", [True, False])
    def test_columns_and_dtypes_are_as_documented_also_when_empty(self, desk: Desk, filled: bool) -> None:
        if filled:
            fill(desk)
        made, specs = desk.fold.frames(), frames.columns(desk.rules.schemas)
        dtypes = {"day": "datetime64[s]", "text": "str"}
        for name in NAMES:
            frame = getattr(made, name)
            assert {column: str(dtype) for column, dtype in frame.dtypes.items()} == {
                column: dtypes.get(kind, kind) for column, (kind, _) in specs[name].items()
            }, name
            assert isinstance(frame.index, pd.RangeIndex)
            assert bool(len(frame)) == filled
            assert all(meaning for _, meaning in specs[name].values())

    def test_missing_text_is_missing_and_never_an_empty_string(self, desk: Desk) -> None:
        fill(desk)
        made = desk.fold.frames()
        for name in NAMES:
            assert not (getattr(made, name).astype("object") == "").any().any(), name
        assert made.visits["suggestion"].isna().all() and made.items["follow_up_on"].isna().all()

    @pytest.mark.parametrize(
        ("day", "round_no"),
        [
            ("2023-03-12", 1),
            ("2023-04-28", 1),
            ("2023-04-29", 0),
            ("2023-09-17", 0),
            ("2023-09-18", 2),
            ("2023-11-17", 2),
        ],
    )
    def test_a_visit_is_of_the_round_its_day_lies_in(self, desk: Desk, day: str, round_no: int) -> None:
        desk.visits(f"| 走访日期 | 走访干部 | 走访对象 |\n| {day} | 李明 | 张三 |")
        assert desk.fold.frames().visits[["year", "round_no"]].values.tolist() == [[2023, round_no]]

    @pytest.mark.parametrize(
        ("kind", "office"),
        [("联点乡镇群众", "教育事务中心"), ("人大代表", "办公室"), ("其他", "法制安全股"), ("", "法制安全股")],
    )
    def test_every_visit_has_a_responsible_office(self, desk: Desk, kind: str, office: str) -> None:
        desk.visits(f"| 走访日期 | 走访干部 | 走访对象 | 对象类别 |\n| 2023-09-20 | 李明 | 张三 | {kind} |")
        assert desk.fold.frames().visits["responsible_office"].tolist() == [office]

    def test_an_item_leads_to_its_visit_also_when_a_twin_of_it_counts(self, desk: Desk) -> None:
        row = f"| 2023-09-20 | 李明 | 张三 | 其他 | | | 1 | {DITCH} | | |"
        desk.visits(VISIT + row.replace(DITCH, ""))
        desk.visits(VISIT + row, stem="乙组")
        made = desk.fold.frames()
        assert made.visits["visit_id"].tolist() == [1]
        assert made.items["visit_id"].tolist() == [1]
        assert made.items["submission_id"].tolist() == [2]

    def test_an_assignment_that_two_lists_hold_counts_once(self, desk: Desk) -> None:
        task = "| 轮次 | 走访对象 | 对象类别 | 走访干部 |\n| 下半年 | 张三 | 其他 | 李明 |\n"
        desk.send(desk.part("assignment", task))
        desk.send(desk.part("assignment", task + "| 下半年 | 王五 | 其他 | 李明 |\n", stem="乙"))
        assert desk.fold.frames().assignments["household"].tolist() == ["张三", "王五"]

    def test_a_cadre_that_two_rosters_hold_stands_once_as_the_newer_says(self, desk: Desk) -> None:
        head = "| 姓名 | 单位 | 角色 | 手机 |\n"
        desk.send(desk.part("roster", head + "| 李明 | 工会 | 股室负责人 | 1 |\n| 李明 | 督导室 | 股室负责人 | 1 |"))
        desk.send(desk.part("roster", head + "| 李明 | 工会 | 股室负责人 | 2 |", stem="新"))
        made = desk.fold.frames().cadres
        assert made[["name", "unit", "phone"]].values.tolist() == [["李明", "工会", "2"], ["李明", "督导室", "1"]]
        assert desk.fold.roster().units_of == {"李明": {"工会", "督导室"}}
        assert desk.fold.roster().units == {"工会", "督导室"}

    def test_submissions_say_which_still_have_a_say(self, desk: Desk) -> None:
        fill(desk)
        desk.visits(VISIT)
        desk.fold.take(Submission(6, "x", "工会/再来.xlsx", "", TODAY, DUPLICATE, "工会", duplicate_of=3))
        made = desk.fold.frames().submissions
        assert made[["submission_id", "live", "rows", "verdict"]].values.tolist() == [
            [1, True, 1, "accepted"],
            [2, True, 1, "accepted"],
            [3, False, 1, "accepted"],
            [4, True, 1, "accepted"],
            [5, True, 0, "accepted"],
            [6, False, 0, "duplicate"],
        ]
        assert made["forms"].fillna("").tolist()[2:4] == ["走访登记表", "矛盾纠纷事项办理表"]


# -- whatever comes, in whatever order ----------------------------------------------------------------------------

PEOPLE = {
    "张三": ("13800000001", "沙口村1组"),
    "王五": ("13800000002", "东湖村2组"),
    "赵六": ("13800000003", "章台村3组"),
}
MATTERS = ("", DITCH, "与邻居因排水沟改道发生争执", WAGES, f"1.{WAGES} 2.门前道路被占", "宅基地边界不清")
DAYS = ("2023-03-20", "2023-07-01", "2023-09-20", "2023-09-22", "2023-10-10")
DONE = ("", "已和解 | 2023-09-25 | | | |", "已和解 | 2023-09-25 | 2023-09-27 | 电话 | 满意 | 2023-09-28",
        "已和解 | 2023-09-25 | 2023-09-27 | 上门 | 不满意 |", "又和解 | 2023-10-12 | 2023-10-13 | 电话 | | 2023-10-01")  # fmt: skip
person = st.sampled_from(sorted(PEOPLE))
visit_row = st.tuples(st.sampled_from(DAYS), st.sampled_from(("李明", "陈红", "李明、陈红")), person,
                      st.booleans(), st.sampled_from(MATTERS), st.sampled_from(("", "建议硬化通学路", "请求帮助")))  # fmt: skip
ledger_row = st.tuples(st.sampled_from(("", "1", "2", "#")), st.sampled_from(DAYS), person, st.booleans(),
                       st.sampled_from([m for m in MATTERS if m and m[0] != "1"]), st.sampled_from(DONE))  # fmt: skip


@cache
def _rules() -> Rules:
    return load_rules(shipped("schemas"))


class Deliveries(RuleBasedStateMachine):
    """Random deliveries to one record; what must hold holds after each."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk(_rules())
        self.taken: list[Submission] = []
        self.who: dict[str, set[str]] = {}  # item number → whoever it was for
        self.open: set[str] = set()
        self.day = date(2023, 10, 1)
        self.made = self.desk.fold.frames()

    def _after(self, effect: Effect) -> None:
        self.day += timedelta(days=1)
        self.taken.append(copy.deepcopy(self.desk.fold.submissions[-1]))
        self.made = self.desk.fold.frames()
        items = self.made.items
        now = {number for number, state in zip(items["item_no"], items["state"], strict=True) if state != "closed"}
        withdrawn = [words for words in effect.withdrawn if words.startswith("事项")]
        joined = {number for number, words in effect.joined if "（已销号）" not in words}
        lists = [[number for number, _ in pairs] for pairs in (effect.opened, effect.reopened, effect.closed)]
        opened, reopened, closed = lists
        for names in (*lists, [number for number, _ in effect.updated]):
            assert len(names) == len(set(names))
        # Law 8: open before + new + reopened - closed - withdrawn = open now
        assert len(self.open) + len(opened) + len(reopened) - len(closed) - len(withdrawn) - len(joined) == len(now), (
            effect
        )
        gone = {re.match(r"事项(\S+?)\s", words)[1] for words in withdrawn}  # type: ignore[index]
        assert (self.open | set(opened) | set(reopened)) - set(closed) - gone - joined == now
        self.open = now

    @rule(table=st.lists(visit_row, max_size=4), unit=st.sampled_from(("工会", "督导室")), stem=st.sampled_from("甲乙"))
    def visits(self, table: list[tuple[str, str, str, bool, str, str]], unit: str, stem: str) -> None:
        lines = []
        for day, cadres, name, known, matter, suggestion in table:
            phone, village = PEOPLE[name] if known else ("", "")
            lines.append(f"| {day} | {cadres} | {name} | 其他 | | {village} | {phone} | {matter} | {suggestion} | |")
        self._after(self.desk.visits(VISIT + "\n".join(lines), unit=unit, stem=stem, on=self.day))

    @rule(table=st.lists(ledger_row, max_size=4), unit=st.sampled_from(("工会", "督导室")), data=st.data())
    def disputes(self, table: list[tuple[str, str, str, bool, str, str]], unit: str, data: st.DataObject) -> None:
        lines = []
        for number, day, name, known, matter, done in table:
            phone, village = PEOPLE[name] if known else ("", "")
            number = self._number(data) if number == "#" else number
            status = "已化解" if done else "正在化解"
            lines.append(dispute(number, day, "李明", name, phone, village, matter, status, done))
        self._after(self.desk.disputes(DISPUTE + "".join(lines), unit=unit, on=self.day))

    @rule(known=st.booleans(), name=person)
    def suggestions(self, known: bool, name: str) -> None:
        phone, village = PEOPLE[name] if known else ("", "")
        line = f"| | 2023-09-20 | 李明 | {name} | {phone} | {village} | 建议硬化通学路 | 正在办理 | 意见建议 |"
        self._after(self.desk.suggestions(SUGGEST + line, on=self.day))

    @rule(data=st.data(), decision=st.sampled_from(("延期", "作废", "重开", "并案", "同一人", "非同一人")))
    def decide(self, data: st.DataObject, decision: str) -> None:
        line = f"{self._number(data)} | {decision} | 2023-11-10 | {self._number(data)} | {self.day}"
        self._after(self.desk.decide(line, on=self.day))

    @rule()
    def again(self) -> None:
        if self.taken:
            first = self.taken[0]
            number = self.desk.counters.submission_id + 1
            twin = Submission(number, first.sha256, "again.xlsx", "", self.day, DUPLICATE, duplicate_of=1)
            self.desk.counters.number(twin)
            self._after(self.desk.fold.take(twin))

    def _number(self, data: st.DataObject) -> str:
        known = sorted(self.desk.fold.ledger.items) or ["23下矛0001"]
        return data.draw(st.sampled_from([*known[:6], "23下矛0009"]))

    @invariant()
    def numbers_and_keys_are_unique(self) -> None:
        made = self.made
        for name, key in frames.KEYS.items():
            assert not getattr(made, name).duplicated(list(key)).any(), name

    @invariant()
    def a_visit_counts_once(self) -> None:
        visits = self.made.visits
        key = visits["cadres"].map(lambda text: "、".join(sorted(text.split("、"))))
        same = visits.assign(key=key).groupby(["visited_on", "key", "household"])
        for _, group in same:
            places = group[["phone", "village"]].astype("object")
            assert len(group) == 1 or places.notna().all(axis=None)

    @invariant()
    def a_number_is_never_given_to_somebody_else(self) -> None:
        joined = set(self.desk.fold.ledger.numbers.aliases.values())
        for number, item in self.desk.fold.ledger.items.items():
            if number not in joined:
                self.who.setdefault(number, set()).update(s["person"] for s in item.sources() if s.get("person"))
                assert len(self.who[number]) <= 1, (number, self.who[number])

    @invariant()
    def every_visit_names_items_that_are_there(self) -> None:
        made = self.made
        named = {n for text in made.visits["item_nos"].dropna() for n in text.split("、")} - {"作废"}
        assert named <= set(made.items["item_no"])
        assert set(made.items["visit_id"].dropna()) <= set(made.visits["visit_id"])

    def teardown(self) -> None:
        """Law 4: the fold of the whole record is the fold that grew."""
        anew: Fold = fold(self.taken, _rules())
        assert anew.effects == self.desk.fold.effects
        for name in NAMES:
            pd.testing.assert_frame_equal(getattr(anew.frames(), name), getattr(self.desk.fold.frames(), name))


Deliveries.TestCase.settings = settings(max_examples=20, stateful_step_count=10, deadline=None, derandomize=True)
TestDeliveries = Deliveries.TestCase


class TestReplacing:
    """Which newer delivery took the place of an earlier one, whatever came of either."""

    def sent(self, desk: Desk, name: str, verdict: str, *parts: Part) -> Submission:
        number = desk.counters.submission_id + 1
        made = Submission(number, f"{number:064d}", f"工会/{name}", "", TODAY, verdict, "工会", list(parts))
        desk.counters.number(made)
        desk.fold.take(made)
        return made

    def test_a_file_that_could_not_be_read_is_replaced_by_the_next_of_its_name(self, desk: Desk) -> None:
        broken = self.sent(desk, "走访.xlsx", RETURNED)
        other = self.sent(desk, "别的.xlsx", RETURNED)
        newer = self.sent(desk, "工会走访（1）.xlsx", ACCEPTED, desk.part("visit", VISIT))
        assert [desk.fold.replaced_by(one) for one in (broken, other, newer)] == [newer.submission_id, 0, 0]

    def test_a_file_of_two_forms_is_replaced_when_both_have_come_again(self, desk: Desk) -> None:
        both = self.sent(desk, "两张.xlsx", PARTLY, desk.part("visit", VISIT), desk.part("dispute", DISPUTE))
        self.sent(desk, "甲.xlsx", ACCEPTED, desk.part("visit", VISIT))
        assert desk.fold.replaced_by(both) == 0
        last = self.sent(desk, "乙.xlsx", ACCEPTED, desk.part("dispute", DISPUTE))
        assert desk.fold.replaced_by(both) == last.submission_id

    def test_the_same_bytes_again_replace_nothing(self, desk: Desk) -> None:
        first = self.sent(desk, "走访.xlsx", RETURNED)
        again = self.sent(desk, "走访.xlsx", DUPLICATE)
        assert desk.fold.replaced_by(first) == desk.fold.replaced_by(again) == 0

    def test_nobodys_files_of_one_name_are_not_taken_for_one_anothers(self, desk: Desk) -> None:
        def nobodys(name: str) -> Submission:
            number = desk.counters.submission_id + 1
            made = Submission(number, f"{number:064d}", name, "", TODAY, RETURNED)
            desk.counters.number(made)
            desk.fold.take(made)
            return made

        first, second = nobodys("走访.xlsx"), nobodys("走访.xlsx")
        assert desk.fold.replaced_by(first) == 0
        mended = self.sent(desk, "走访.xlsx 需修改0001.xlsx", ACCEPTED, desk.part("visit", VISIT))
        assert [desk.fold.replaced_by(one) for one in (first, second)] == [mended.submission_id, 0]
