"""Whose rows they are, what the roster says of the cadres, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from conftest import TODAY
from tables import workbook, workbook_of, zipped

from dazoufang.judging.examine import examine_bytes
from dazoufang.judging.verdict import accept, duplicate
from dazoufang.model.roster import Roster
from dazoufang.model.submission import ACCEPTED, DUPLICATE, PARTLY, RETURNED, Delivery, Submission
from dazoufang.rules.campaign import Rules

HEAD = ["走访日期", "走访干部", "走访对象", "对象类别", "村(社区)组"]
ROW = ["2023-09-20", "李明", "张三", "其他", "沙口村1组"]
NOBODY = Roster({})
ROSTER = Roster(
    {
        name: frozenset(units.split())
        for name, units in {"李明": "工会", "陈红": "督导室", "王芳": "工会 督导室", "周杰": "华容县第一中学"}.items()
    }
)


def taken(
    rules: Rules, data: bytes, path: str = "走访.xlsx", roster: Roster = NOBODY, name: str | None = None
) -> Submission:
    delivery = Delivery(path, "2023-10/x", "0" * 64, TODAY)
    return accept(delivery, 7, examine_bytes(data, name or path.rsplit("/", 1)[-1], rules, TODAY), rules, roster)


def form(*rows: list[str], unit: str = "", head: list[str] = HEAD) -> bytes:
    return workbook([head, *(rows or (ROW,))], unit=unit)


def units(submission: Submission) -> list[str]:
    return [row.unit for part in submission.parts for row in part.rows]


def codes(submission: Submission) -> list[str]:
    return [fault.code for fault in submission.faults]


class TestWhoseRowsTheyAre:
    @pytest.mark.parametrize(
        ("unit", "path", "cadre", "roster", "expected"),
        [
            ("工会", "督导室走访.xlsx", "陈红", ROSTER, "工会"),  # 填报单位 on the form
            ("", "督导室/工会走访.xlsx", "李明", ROSTER, "督导室"),  # else the sub-folder
            ("", "督导室/九月/走访.xlsx", "李明", ROSTER, "督导室"),  # the first one
            ("", "工会走访登记表（1）.xlsx", "陈红", ROSTER, "工会"),  # else the file name
            ("", "华容县第一中学-走访.xlsx", "陈红", ROSTER, "华容县第一中学"),
            ("", "工会、督导室走访.xlsx", "周杰", ROSTER, "华容县第一中学"),  # two units name none; the cadre does
            ("", "走访.xlsx", "李明", ROSTER, "工会"),  # else the roster unit of the cadres
            ("", "走访.xlsx", "李明、王芳", ROSTER, "工会"),  # the unit they share
            ("", "走访.xlsx", "李明、陈红", ROSTER, ""),
            ("", "走访.xlsx", "王芳", ROSTER, ""),
            ("", "走访.xlsx", "李明", NOBODY, ""),
            ("", "工会走访.xlsx", "李明", NOBODY, ""),
        ],
    )
    def test_the_form_then_the_folder_then_the_name_then_the_cadres(
        self, rules: Rules, unit: str, path: str, cadre: str, roster: Roster, expected: str
    ) -> None:
        submission = taken(rules, form([ROW[0], cadre, *ROW[2:]], unit=unit), path, roster)
        assert submission.unit == expected
        assert units(submission) == [expected]
        assert ("S04" in codes(submission)) == (not expected)

    def test_units_with_brackets_are_found_in_file_names(self, rules: Rules) -> None:
        roster = Roster({"李明": frozenset({"教育局（机关）"}), "陈红": frozenset({"教育局"})})
        assert taken(rules, form(), "教育局(机关)走访.xlsx", roster).unit == "教育局（机关）"

    def test_without_any_unit_the_rows_are_held(self, rules: Rules) -> None:
        submission = taken(rules, form())
        assert (submission.verdict, codes(submission)) == (RETURNED, ["S04"])
        assert submission.parts[0].counted == []

    def test_a_column_wins_row_by_row(self, rules: Rules) -> None:
        data = form(["督导室", *ROW], ["", *ROW[:2], "王五", *ROW[3:]], unit="工会", head=["填报单位", *HEAD])
        submission = taken(rules, data, roster=ROSTER)
        assert units(submission) == ["督导室", "工会"]
        assert (submission.unit, submission.verdict) == ("工会", ACCEPTED)

    def test_a_column_that_says_it_for_every_row_needs_nothing_else(self, rules: Rules) -> None:
        submission = taken(rules, form(["工会", *ROW], head=["填报单位", *HEAD]))
        assert (submission.verdict, units(submission), submission.unit) == (ACCEPTED, ["工会"], "工会")
        assert submission.parts[0].unit == "工会"  # so that another unit's file of this name does not replace it

    def test_a_column_with_several_units_says_nothing_of_the_sender(self, rules: Rules) -> None:
        data = form(["工会", *ROW], ["督导室", *ROW[:2], "王五", *ROW[3:]], head=["填报单位", *HEAD])
        submission = taken(rules, data)
        assert (submission.verdict, units(submission), submission.unit) == (ACCEPTED, ["工会", "督导室"], "")

    def test_a_column_filled_here_and_there_holds_only_the_rows_without(self, rules: Rules) -> None:
        data = form(["工会", *ROW], ["", *ROW[:2], "王五", *ROW[3:]], head=["填报单位", *HEAD])
        submission = taken(rules, data)
        assert (submission.verdict, codes(submission)) == (PARTLY, ["S04"])
        assert [row.held for row in submission.parts[0].rows] == [False, True]

    def test_a_roster_needs_no_unit_above_it_and_its_rows_are_the_offices(self, rules: Rules) -> None:
        data = workbook("| 姓名 | 单位 | 角色 |\n| 李明 | 工会 | 股室负责人 |")
        submission = taken(rules, data, "花名册.xlsx")
        assert (submission.verdict, submission.unit) == (ACCEPTED, "")
        assert submission.parts[0].rows[0].values["unit"] == "工会"

    def test_a_file_nobody_can_read_is_its_folders(self, rules: Rules) -> None:
        submission = taken(rules, b"", "工会/走访.xlsx")
        assert (submission.unit, submission.verdict, codes(submission)) == ("工会", RETURNED, ["F01"])

    def test_a_file_nobody_can_read_is_the_unit_in_its_name(self, rules: Rules) -> None:
        assert taken(rules, b"", "督导室走访.xlsx", ROSTER).unit == "督导室"


class TestDoubtsAboutTheUnit:
    def test_a_unit_that_is_not_on_the_roster_is_asked_about(self, rules: Rules) -> None:
        submission = taken(rules, form(unit="华容县第一中"), roster=ROSTER)
        (fault,) = submission.faults
        assert (fault.code, fault.severity, fault.value) == ("S08", "warning", "华容县第一中")
        assert "是不是“华容县第一中学”？" in fault.message
        assert submission.verdict == ACCEPTED

    def test_a_unit_like_no_other_gets_no_hint(self, rules: Rules) -> None:
        (fault,) = taken(rules, form(unit="XYZ"), roster=ROSTER).faults
        assert "是不是" not in fault.message

    def test_without_a_roster_no_unit_is_doubted(self, rules: Rules) -> None:
        assert codes(taken(rules, form(unit="随便什么单位"))) == []

    @pytest.mark.parametrize(
        ("folder", "expected", "unit"),
        [
            ("督导室", ["S09"], "督导室"),
            ("工会", [], "工会"),
            ("工 会", [], "工会"),
            ("2023下半年", ["S09"], "2023下半年"),
        ],
    )
    def test_a_folder_of_another_unit_speaks_for_that_unit(
        self, rules: Rules, folder: str, expected: list[str], unit: str
    ) -> None:
        submission = taken(rules, form(unit="工会"), f"{folder}/走访.xlsx", ROSTER)
        assert (codes(submission), submission.unit) == (expected, unit)

    def test_in_a_zip_the_doubt_names_the_file_inside(self, rules: Rules) -> None:
        submission = taken(
            rules,
            zipped({"甲.xlsx": form(unit="工会"), "乙.xlsx": form([*ROW[:2], "王五", *ROW[3:]], unit="某室")}),
            "打包.zip",
            ROSTER,
        )
        assert [(fault.code, fault.member) for fault in submission.faults] == [("S08", "乙.xlsx")]

    def test_a_unit_in_a_column_is_doubted_at_its_first_cell_and_once(self, rules: Rules) -> None:
        data = form(
            ["工会", *ROW],
            ["某某单位", *ROW[:2], "王五", *ROW[3:]],
            ["某某单位", *ROW[:2], "赵六", *ROW[3:]],
            head=["填报单位", *HEAD],
        )
        (fault,) = taken(rules, data, roster=ROSTER).faults
        assert (fault.code, fault.sheet, fault.cell, fault.row) == ("S08", "Sheet1", "A3", 3)


def sheets_of(*sheets: tuple[str, str]) -> bytes:
    """A workbook of visit sheets, each with its 填报单位 ("" none) and cadre."""
    return workbook_of(
        {
            f"表{n}": [
                *([[f"填报单位：{unit}"]] if unit else []),
                HEAD,
                [ROW[0], cadre, f"张{'甲乙丙丁'[n]}", *ROW[3:]],
            ]
            for n, (unit, cadre) in enumerate(sheets)
        }
    )


class TestTablesOfSeveralUnits:
    @pytest.mark.parametrize(
        ("path", "second", "roster", "expected"),
        [
            ("走访.xlsx", "陈红", ROSTER, ["工会", "华容县第一中学", "督导室"]),  # the cadres of that very table
            ("督导室走访.xlsx", "周杰", ROSTER, ["工会", "华容县第一中学", "督导室"]),  # the file name
            ("走访.xlsx", "陈红", NOBODY, ["工会", "华容县第一中学", ""]),  # nobody knows: never the first one's
        ],
    )
    def test_a_table_that_names_no_unit_is_not_the_first_ones(
        self, rules: Rules, path: str, second: str, roster: Roster, expected: list[str]
    ) -> None:
        data = sheets_of(("工会", "李明"), ("华容县第一中学", "周杰"), ("", second))
        submission = taken(rules, data, path, roster)
        assert units(submission) == expected
        told = [(fault.code, fault.sheet) for fault in submission.faults if fault.code == "S04"]
        assert told == ([] if expected[2] else [("S04", "表2")])
        assert [row.held for row in submission.parts[0].rows] == [False, False, not expected[2]]

    def test_where_only_one_unit_is_named_it_speaks_for_every_sheet(self, rules: Rules) -> None:
        submission = taken(rules, sheets_of(("工会", "李明"), ("", "李明")))
        assert (units(submission), codes(submission)) == (["工会", "工会"], [])


WHO = ["走访日期", "走访干部", "职务", "走访对象", "对象类别", "乡镇", "村(社区)组", "联系电话", "意见建议"]
ASSIGNED = Roster({}, frozenset({("李明", f"张{n}") for n in "甲乙丙丁戊己"}))


class TestHouseholdsNotYetVisited:
    def waiting(self, *names: str, cadre: str = "李明", **also: str) -> list[list[str]]:
        return [
            [
                also.get("day", ""),
                cadre,
                "主任",
                name,
                "其他",
                "章华镇",
                "沙口村1组",
                "13812345678",
                also.get("says", ""),
            ]
            for name in names
        ]

    def sent(self, rules: Rules, *lines: list[str], roster: Roster = ASSIGNED) -> Submission:
        return taken(rules, workbook([WHO, *lines], unit="工会"), roster=roster)

    def test_rows_of_assigned_households_without_a_day_are_left_out_and_named_once(self, rules: Rules) -> None:
        submission = self.sent(
            rules,
            *self.waiting("张甲"),
            *self.waiting("李四", day="2023-09-20"),
            *self.waiting("张乙", "张丙", "张丁"),
            *self.waiting("张戊", day="2023-09-21"),
            *self.waiting("张己"),
        )
        (fault,) = submission.faults
        assert (fault.code, fault.severity, fault.sheet) == ("S13", "info", "Sheet1")
        assert "第3、5至7、9行，共5户" in fault.message
        assert submission.verdict == ACCEPTED
        assert [row.values["household"] for row in submission.parts[0].rows] == ["李四", "张戊"]

    def test_two_neighbours_are_named_one_by_one(self, rules: Rules) -> None:
        assert "第3、4行，共2户" in self.sent(rules, *self.waiting("张甲", "张乙")).faults[0].message

    def test_a_joint_assignment_is_known_by_any_of_its_cadres(self, rules: Rules) -> None:
        assert codes(self.sent(rules, *self.waiting("张甲", cadre="王芳、李明"))) == ["S13"]

    @pytest.mark.parametrize(
        ("lines", "roster"),
        [
            ({"names": ["赵六"]}, ASSIGNED),  # not assigned
            ({"names": ["张甲"], "cadre": "陈红"}, ASSIGNED),  # somebody else's
            ({"names": ["张甲"], "says": "建议修路"}, ASSIGNED),  # somebody has been there
            ({"names": ["张甲"]}, NOBODY),  # no assignments yet
        ],
    )
    def test_any_other_row_without_a_day_goes_back(self, rules: Rules, lines: dict[str, Any], roster: Roster) -> None:
        also = {key: value for key, value in lines.items() if key != "names"}
        submission = self.sent(rules, *self.waiting(*lines["names"], **also), roster=roster)
        assert (codes(submission), submission.verdict) == (["C01"], RETURNED)

    def test_a_row_with_another_fault_goes_back_with_both(self, rules: Rules) -> None:
        (line,) = self.waiting("张甲")
        line[7] = "1380000"
        assert sorted(codes(self.sent(rules, line))) == ["C01", "C09"]


class TestTheRoster:
    def test_a_cadre_who_is_not_on_it_is_an_error_with_near_names(self, rules: Rules) -> None:
        submission = taken(
            rules, form([ROW[0], "李鸣", *ROW[2:]], [*ROW[:2], "王五", *ROW[3:]], unit="工会"), roster=ROSTER
        )
        (fault,) = submission.faults
        assert (fault.code, fault.cell, fault.row, fault.column, fault.value) == ("C13", "B3", 3, "走访干部", "李鸣")
        assert "相近的有：李明" in fault.message
        assert submission.verdict == PARTLY
        assert [row.values["household"] for row in submission.parts[0].counted] == ["王五"]

    def test_a_name_like_no_other_gets_no_hint(self, rules: Rules) -> None:
        (fault,) = taken(rules, form([ROW[0], "欧阳建国", *ROW[2:]], unit="工会"), roster=ROSTER).faults
        assert "相近" not in fault.message

    def test_of_several_cadres_each_unknown_one_is_named(self, rules: Rules) -> None:
        submission = taken(rules, form([ROW[0], "李明、赵甲、钱乙", *ROW[2:]], unit="工会"), roster=ROSTER)
        assert [fault.value for fault in submission.faults] == ["赵甲", "钱乙"]
        assert submission.verdict == RETURNED

    def test_without_a_roster_everybody_may_visit(self, rules: Rules) -> None:
        assert taken(rules, form(unit="工会")).verdict == ACCEPTED

    def test_a_rule_that_only_warns_holds_no_row(self, rules: Rules) -> None:
        visit = rules.schemas["visit"]
        mild = tuple(
            rule.model_copy(update={"severity": "warning"}) if rule.rule == "foreign" else rule for rule in visit.rules
        )
        schemas: Mapping[str, object] = {**rules.schemas, "visit": visit.model_copy(update={"rules": mild})}
        submission = taken(
            replace(rules, schemas=schemas), form(unit="别处"), roster=Roster({"陈红": frozenset({"别处"})})
        )
        assert (codes(submission), submission.verdict) == (["C13"], ACCEPTED)


BAD = ["上周三", *ROW[1:]]


class TestTheVerdict:
    @pytest.mark.parametrize(
        ("data", "verdict", "counted"),
        [
            (form(ROW, unit="工会"), ACCEPTED, 1),
            (form(ROW, BAD, unit="工会"), PARTLY, 1),
            (form(BAD, unit="工会"), RETURNED, 0),
            (form(["2023-07-01", *ROW[1:]], unit="工会"), ACCEPTED, 1),  # a warning only
            (workbook([HEAD], unit="工会"), RETURNED, 0),  # it says nothing: asked
            (workbook([HEAD, ["本周无"]], unit="工会"), ACCEPTED, 0),  # nothing to tell
            (form(["2023-09-20", "李明", "张三"], unit="工会", head=HEAD[:3]), RETURNED, 0),  # a column is missing
            (workbook("| 商品 | 单价 |\n| 铅笔 | #1 |"), RETURNED, 0),
            (b"\x89PNG", RETURNED, 0),
        ],
    )
    def test_all_some_or_none_of_the_rows(self, rules: Rules, data: bytes, verdict: str, counted: int) -> None:
        submission = taken(rules, data)
        assert (submission.verdict, sum(len(part.counted) for part in submission.parts)) == (verdict, counted)

    def test_an_empty_sheet_beside_a_filled_one_says_nothing(self, rules: Rules) -> None:
        data = workbook_of(
            {
                "走访": [["填报单位：工会"], HEAD, ROW],
                "空": [
                    ["填报单位：工会"],
                    ["走访日期", "走访干部", "当事人", "纠纷类别", "主要情况及诉求", "办理状态"],
                ],
            }
        )
        submission = taken(rules, data)
        assert [part.form for part in submission.parts] == ["visit"] and codes(submission) == []

    def test_an_empty_form_alone_is_told_so(self, rules: Rules) -> None:
        assert codes(taken(rules, workbook([HEAD], unit="工会"))) == ["S22"]

    def test_the_members_of_a_zip_are_judged_each_by_itself(self, rules: Rules) -> None:
        data = zipped(
            {"工会/甲组.xlsx": form(unit="工会"), "乙组.xlsx": form(BAD, unit="督导室"), "坏.xlsx": b"PK\x03\x04"}
        )
        submission = taken(rules, data, "打包.zip")
        assert submission.verdict == PARTLY
        assert sorted((part.member, part.stem, part.unit) for part in submission.parts) == [
            ("乙组.xlsx", "乙组", "督导室"),
            ("工会/甲组.xlsx", "甲组", "工会"),
        ]
        assert {fault.member for fault in submission.errors} == {"乙组.xlsx", "坏.xlsx"}

    def test_the_name_and_the_day_of_the_delivery_are_kept(self, rules: Rules) -> None:
        submission = taken(rules, form(unit="工会"), "工会/走访.xlsx")
        assert (submission.submission_id, submission.name, submission.path) == (7, "走访.xlsx", "工会/走访.xlsx")
        assert (submission.archived, submission.sha256, submission.received_on) == ("2023-10/x", "0" * 64, TODAY)


@pytest.mark.parametrize(("unit", "path", "expected"), [("工会", "甲.xlsx", "工会"), ("", "督导室/甲.xlsx", "督导室")])
def test_the_same_bytes_again_lead_to_the_first(rules: Rules, unit: str, path: str, expected: str) -> None:
    first = replace(taken(rules, form(unit="工会")), unit=unit)
    again = duplicate(Delivery(path, "2023-10/x", "0" * 64, TODAY), 9, first)
    assert (again.verdict, again.duplicate_of, again.unit, again.parts) == (DUPLICATE, 7, expected, [])
