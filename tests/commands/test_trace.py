"""Every figure and every item leads back to cells that somebody typed."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from conftest import TODAY, Office, made_quick
from killing import InProcess
from tables import workbook

from dazoufang.commands.trace import NotFound, Source, trace
from dazoufang.ledger.fold import Fold
from dazoufang.model.cell_names import address
from dazoufang.reading.books import read_books
from dazoufang.system.home import Home
from dazoufang.writing.annexes import summary

pytestmark = pytest.mark.usefixtures("few_outputs")

VISITS = """
| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 乡镇 | 村(社区)组 | 联系电话 | 矛盾纠纷和信访诉求 | 意见建议 |
| 2023-09-20 | 李明 | 张三 | 其他 | 章华镇 | 沙口村1组 | 13800000001 | 与邻居因排水沟改道争执 | |
| 2023-09-21 | 李明 | 王五 | 人大代表 | 东山镇 | | | | 建议硬化通学路 |
"""
DISPUTES = """
| 编号 | 走访日期 | 走访干部 | 当事人 | 纠纷类别 | 主要情况及诉求 | 办理状态 | 化解情况 | 办结日期 |
| 23下矛0001 | 2023-09-20 | 李明 | 张三 | 邻里关系 | 排水沟改道争执 | 已化解 | 已和解 | 2023-09-25 |
"""
RESOLVED_AGAIN = """
| 编号 | 走访日期 | 走访干部 | 当事人 | 纠纷类别 | 主要情况及诉求 | 办理状态 | 化解情况 | 办结日期 | 回访日期 | 回访方式 | 满意度 | 责任单位 | 责任人 |
| 23下矛0001 | 2023-09-20 | 李明 | 张三 | 邻里关系 | 排水沟改道争执 | 已化解 | 签了协议 | 2023-10-19 | 2023-10-20 | 电话 | 满意 | 工会 | 李明 |
"""
DECISION = """
| 编号 | 裁定 | 新时限 | 批准人 | 批准日期 | 理由 |
| 23下矛0001 | 延期 | 2023-11-24 | 王芳 | 2023-10-18 | 需等定价 |
"""


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that has taken in all of that."""
    office = Office(Home(tmp_path_factory.mktemp("traced") / "home"))
    with pytest.MonkeyPatch.context() as patch:
        made_quick(patch)
        fill(office)
    return office.home.root


@pytest.fixture
def filled(office: Office, once: Path, quick: InProcess) -> Office:
    shutil.copytree(once, office.home.root)
    return office


def fill(office: Office) -> None:
    office.drop("花名册.xlsx", workbook("| 姓名 | 单位 | 角色 |\n| 李明 | 工会 | 股室负责人 |"))
    office.take("工会/走访.xlsx", workbook(VISITS, unit="工会"), date(2023, 9, 25))
    office.drop("工会/办理.xlsx", workbook(DISPUTES, unit="工会"))
    office.drop("裁定.xlsx", workbook(DECISION))
    office.run()


def asked(office: Office, what: str, standing: Fold | None = None) -> list[Source]:
    return trace(what, office.home, standing or office.fold(), TODAY).sources


def cell_of(office: Office, number: str, sheet: int, heading: str, row: str) -> str:
    """The address, in a published annex, of the cell under `heading` in the row that holds `row`."""
    name = next(path for path in office.outbox() if path.startswith(f"附件{number}"))
    page = read_books(office.outbox()[name], name)[0].sheets[sheet]
    column = next(cells.index(heading) for cells in page.rows if heading in cells)
    line = next(r for r, cells in enumerate(page.rows) if row in cells)
    return f"附件{number}!{page.name}!{address(line, column)}"


class TestItems:
    @pytest.mark.parametrize("number", ["23下矛0001", " ２３下矛０００１ "])
    def test_an_item_leads_to_every_cell_that_speaks_of_it(self, filled: Office, number: str) -> None:
        found = asked(filled, number)
        assert trace(number, filled.home, filled.fold(), TODAY).what == "23下矛0001：张三 排水沟改道争执"
        by_file = {one.path: one for one in found}
        assert list(by_file) == ["工会/走访.xlsx", "工会/办理.xlsx", "裁定.xlsx"]
        told = {(one.path, one.cell, one.field, one.value) for one in found}
        assert ("工会/走访.xlsx", "H3", "矛盾纠纷和信访诉求", "与邻居因排水沟改道争执") in told
        assert ("工会/办理.xlsx", "I3", "办结日期", "2023-09-25") in told
        assert ("裁定.xlsx", "C2", "新时限", "2023-11-24") in told
        assert {one.night for one in found} == {date(2023, 9, 25), TODAY}

    def test_a_number_nobody_gave_is_not_found_and_says_what_to_ask(self, filled: Office) -> None:
        with pytest.raises(NotFound, match=r"没有编号“23下矛0099”；也可以写单元格"):
            asked(filled, "23下矛0099")

    def test_an_item_tells_its_life_in_order_each_step_with_its_cells(self, filled: Office) -> None:
        again = VISITS.replace("2023-09-20", "2023-10-12").replace("2023-09-21", "2023-10-12")
        filled.take("工会/第二次.xlsx", workbook(again, unit="工会"))
        filled.take("工会/办理.xlsx", workbook(RESOLVED_AGAIN, unit="工会"), date(2023, 10, 21))
        told = trace("23下矛0001", filled.home, filled.fold(), date(2023, 10, 21)).life
        assert [
            (str(step.day), step.stage, step.words, [f"{s.submission_id} {s.cell}" for s in step.sources])
            for step in told
        ] == [
            ("2023-09-20", "登记", "工会李明走访张三，反映：与邻居因排水沟改道争执", ["2 H3"]),
            ("2023-09-25", "办结", "已化解：已和解", ["3 I3", "3 G3", "3 H3"]),
            ("2023-10-12", "再次反映", "工会李明走访张三，反映：与邻居因排水沟改道争执", ["5 H3"]),
            ("2023-10-12", "重开", "同一件事又来反映，重新办理", ["5 A3"]),
            ("2023-10-18", "裁定", "延期：2023-11-24（王芳批准：需等定价）", ["4 B2"]),
            ("2023-10-19", "办结", "已化解：签了协议", ["6 I3", "6 H3"]),
            ("2023-10-20", "回访", "电话回访，满意", ["6 J3", "6 K3", "6 L3"]),
            ("2023-10-20", "销号", "办结和回访都齐了，销号", ["6 J3"]),
            ("2023-10-21", "落实责任", "责任单位工会，责任人李明", ["6 M3", "6 N3"]),
        ]

    def test_an_item_says_how_it_stands(self, filled: Office) -> None:
        assert trace("23下矛0001", filled.home, filled.fold(), TODAY).how == [
            "现在：已办结，待回访（办理状态“已化解”）：缺回访日期"
        ]

    def test_a_joined_number_leads_to_the_item_it_became_part_of(self, filled: Office) -> None:
        filled.take("工会/又一件.xlsx", workbook(VISITS.replace("张三", "赵六").replace("排水沟", "院墙"), unit="工会"))
        decided = "| 编号 | 裁定 | 对应编号 | 批准人 | 批准日期 | 理由 |\n| 23下矛0002 | 并案 | 23下矛0001 | 王芳 | 2023-10-19 | 一件事 |"
        filled.take("并案.xlsx", workbook(decided))
        found = trace("23下矛0002", filled.home, filled.fold(), TODAY)
        assert found.how[0] == "23下矛0002已并入23下矛0001"
        assert found.what == "23下矛0001：张三 排水沟改道争执"


class TestRules:
    """What no unit typed leads to the rule that made it."""

    @pytest.mark.parametrize("heading", ["应走访", "完成率"])
    def test_what_is_owed_leads_to_the_roster_and_to_the_rule(self, filled: Office, heading: str) -> None:
        found = trace(cell_of(filled, "1", 0, heading, "李明"), filled.home, filled.fold(), TODAY)
        roster = [(one.path, one.cell, one.value) for one in found.sources if one.path == "花名册.xlsx"]
        assert sorted(roster) == [
            ("花名册.xlsx", "A2", "李明"),
            ("花名册.xlsx", "B2", "工会"),
            ("花名册.xlsx", "C2", "股室负责人"),
        ]
        (quota,) = [rule for rule in found.rules if rule.key == "quota.households_per_round"]
        assert (quota.file, quota.value) == ("schemas/campaign.yaml", "10")
        text = (filled.home.schemas / "campaign.yaml").read_text("utf-8").splitlines()
        assert "households_per_round: {value: 10" in text[quota.line - 1]
        others = [(one.path, one.value) for one in found.sources if one.path != "花名册.xlsx"]
        assert others == ([] if heading == "应走访" else [("工会/走访.xlsx", "张三"), ("工会/走访.xlsx", "王五")])

    def test_a_rate_says_what_it_is_of(self, filled: Office) -> None:
        found = trace(cell_of(filled, "1", 0, "完成率", "李明"), filled.home, filled.fold(), TODAY)
        assert found.how[0] == "完成率＝已走访2户÷应走访10户＝20.0%"

    @pytest.mark.parametrize(
        ("number", "heading", "key", "value", "how"),
        [
            ("1", "责任股室", "offices.by_target_kind.其他", "法制安全股", "责任股室按对象类别定：“其他”归法制安全股"),
            ("2", "编号", "items.number_format", "{yy}{round}{kind}{seq:04d}", "编号是程序2023年9月25日登记时给的，一经使用不再给别的事项"),
            ("2", "责任单位", "offices.by_target_kind.其他", "法制安全股", "还没有人填责任单位，在那以前由法制安全股代管（按对象类别“其他”）"),
            ("2", "销号日期", "closing.simple_follow_up", "电话、上门", "还没有销号：缺回访日期"),
        ],
    )  # fmt: skip
    def test_what_the_program_adds_leads_to_its_rule(
        self, filled: Office, number: str, heading: str, key: str, value: str, how: str
    ) -> None:
        found = trace(cell_of(filled, number, -1, heading, "张三"), filled.home, filled.fold(), TODAY)
        assert (key, value) in [(rule.key, rule.value) for rule in found.rules]
        assert found.how == [how]
        assert found.sources

    def test_a_deadline_nobody_typed_is_the_end_of_the_phase(self, filled: Office) -> None:
        filled.take("工会/又一件.xlsx", workbook(VISITS.replace("张三", "赵六").replace("排水沟", "院墙"), unit="工会"))
        found = trace(cell_of(filled, "2", -1, "化解时限", "赵六"), filled.home, filled.fold(), TODAY)
        assert found.how[0] == "没有人填时限" and found.how[1].startswith("程序按规则催办到2023-11-17：")
        assert [(rule.key, rule.value) for rule in found.rules] == [
            ("deadlines.resolve_by_phase", "集中化解"),
            ("years.0.rounds.1.phases.2.last", "2023-11-17"),
        ]

    def test_an_extended_deadline_leads_to_the_decision(self, filled: Office) -> None:
        found = trace(cell_of(filled, "2", -1, "化解时限", "张三"), filled.home, filled.fold(), TODAY)
        assert found.how == ["批准延期到2023-11-24"]
        assert [(one.path, one.value) for one in found.sources] == [
            ("裁定.xlsx", value) for value in ("2023-11-24", "延期", "王芳", "2023-10-18")
        ]

    def test_what_is_owed_says_the_debt_of_the_round_before_and_the_term(self, office: Office) -> None:
        roster = (
            "| 姓名 | 单位 | 角色 | 任职起 |\n| 李明 | 工会 | 股室负责人 | |\n| 王芳 | 工会 | 股室负责人 | 2023-10-16 |"
        )
        office.take("花名册.xlsx", workbook(roster))
        spring = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 |\n| 2023-03-20 | 李明 | 张三 | 其他 |"
        office.take("工会/春.xlsx", workbook(spring, unit="工会"))
        quota = "花名册上的干部每人每轮应走访10户"
        for cadre, how in (
            ("李明", "下半年应走访19户（含上半年少走的9户）"),
            ("王芳", "下半年应走访7户（按任职的工作日折算）"),
        ):
            found = trace(cell_of(office, "1", 0, "应走访", cadre), office.home, office.fold(), TODAY)
            assert found.how == [quota, how]
            assert [(part.label, part.source.path) for part in found.parts] == [(f"工会 {cadre}", "花名册.xlsx")]
        note = read_books(office.outbox()["附件1 县乡干部大走访活动汇总表.xlsx"], "附件1.xlsx")[0].sheets[0]
        assert any("4. 应走访含上半年少走的9户。" in str(cell) for row in note.rows for cell in row)

    def test_the_offices_own_rules_are_named_as_such(self, filled: Office) -> None:
        schemas = filled.home.root / "schemas"
        schemas.mkdir()
        (schemas / "campaign.yaml").write_text(
            "# 本局\nquota:\n  households_per_round: {value: 12, source: 局内设定：本局多走两户}\n", "utf-8"
        )
        filled.run()
        found = trace(cell_of(filled, "1", 0, "应走访", "李明"), filled.home, filled.fold(), TODAY)
        (quota,) = [rule for rule in found.rules if rule.key == "quota.households_per_round"]
        assert (quota.line, quota.value, quota.source) == (3, "12", "局内设定：本局多走两户")
        joint = trace(cell_of(filled, "1", 0, "已走访", "李明"), filled.home, filled.fold(), TODAY).rules[0]
        assert joint.file == "schemas/campaign.yaml（程序自带）"


class TestSums:
    def test_the_sums_of_a_sheet_lead_to_every_part(self, filled: Office) -> None:
        for row, who in (("小计", "1人"), ("合计", "1人")):
            found = trace(cell_of(filled, "1", 0, "已走访", row), filled.home, filled.fold(), TODAY)
            assert [(part.amount, part.source.value) for part in found.parts] == [(1, "张三"), (1, "王五")], row
            people = trace(cell_of(filled, "1", 0, "走访干部", row), filled.home, filled.fold(), TODAY)
            assert people.what.endswith(who) and [part.source.value for part in people.parts] == ["李明"]

    def test_the_total_of_a_list_leads_to_every_row(self, filled: Office) -> None:
        found = trace(cell_of(filled, "1", -1, "填报单位", "合计"), filled.home, filled.fold(), TODAY)
        assert found.what.endswith("= 共2户")
        assert [part.source.value for part in found.parts] == ["张三", "王五"]

    def test_two_persons_of_one_name_are_not_mixed(self, office: Office) -> None:
        office.drop(
            "花名册.xlsx",
            workbook("| 姓名 | 单位 | 角色 |\n| 张伟 | 工会 | 股室负责人 |\n| 张伟 | 督导室 | 股室负责人 |"),
        )
        for unit, name in (("工会", "孙一"), ("督导室", "孙二")):
            row = f"| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 |\n| 2023-09-20 | 张伟 | {name} | 其他 | 1380000000{len(unit)} |"
            office.drop(f"{unit}/走访.xlsx", workbook(row, unit=unit))
        office.run()
        page = cell_of(office, "1", 0, "已走访", "工会")
        assert [one.value for one in asked(office, page)] == ["孙一"]
        assert [one.value for one in asked(office, cell_of(office, "1", 0, "已走访", "督导室"))] == ["孙二"]
        assert sorted(one.value for one in asked(office, cell_of(office, "1", 0, "已走访", "合计"))) == ["孙一", "孙二"]

    def test_a_household_visited_twice_is_one_line_that_names_both(self, office: Office) -> None:
        office.drop("花名册.xlsx", workbook("| 姓名 | 单位 | 角色 |\n| 李明 | 工会 | 股室负责人 |"))
        twice = VISITS + VISITS.strip().splitlines()[1].replace("2023-09-20", "2023-09-27") + "\n"
        office.take("工会/走访.xlsx", workbook(twice, unit="工会"))
        found = trace(cell_of(office, "1", 0, "已走访", "李明"), office.home, office.fold(), TODAY)
        assert [part.label for part in found.parts] == ["2023-09-20；2023-09-27又走访（收件2 C5）", "2023-09-21"]


class TestCells:
    @pytest.mark.parametrize(
        ("number", "heading", "row", "cells"),
        [
            ("1", "走访对象", "张三", ["C3"]),
            ("1", "序号", "张三", ["C3"]),
            ("1", "填报单位", "张三", ["表上方"]),
            ("1", "责任股室", "张三", ["D3"]),
            ("1", "台账编号", "张三", ["H3"]),
            ("1", "联系电话", "王五", ["C4"]),  # empty: the row at least
            ("2", "当事人", "张三", ["C3", "D3"]),
            ("2", "乡镇", "张三", ["E3"]),
            ("2", "联系电话", "张三", ["G3"]),
            ("2", "办理状态", "张三", ["G3"]),
            ("2", "主要情况及诉求", "张三", ["H3", "F3"]),
            ("3", "身份", "王五", ["D4"]),
            ("3", "意见建议内容", "王五", ["I4"]),
            ("3", "事项性质", "王五", ["I4"]),  # follows from the column
        ],
    )  # fmt: skip
    def test_a_cell_of_a_list_leads_to_the_cells_that_say_it(
        self, filled: Office, number: str, heading: str, row: str, cells: list[str]
    ) -> None:
        assert sorted(one.cell for one in asked(filled, cell_of(filled, number, -1, heading, row))) == sorted(cells)

    def test_a_figure_leads_to_what_it_counts(self, filled: Office) -> None:
        standing = filled.fold()
        assert [
            (one.cell, one.value) for one in asked(filled, cell_of(filled, "1", 0, "已走访", "李明"), standing)
        ] == [
            ("C3", "张三"),
            ("C4", "王五"),
        ]
        titles = [column.title for column in summary.columns(summary.target_kinds(standing.rules))]
        name = next(path for path in filled.outbox() if path.startswith("附件1"))
        page = read_books(filled.outbox()[name], name)[0].sheets[0]
        line = next(r for r, cells in enumerate(page.rows) if "李明" in cells)
        for column in range(3, len(titles)):
            value = page.rows[line][column] if column < len(page.rows[line]) else None
            found = asked(filled, f"附件1!{page.name}!{address(line, column)}", standing)
            assert bool(found) == bool(value), titles[column]

    def test_a_column_of_two_letters_is_no_sheet(self, filled: Office) -> None:
        cell = cell_of(filled, "2", -1, "回访情况", "张三").rsplit("!", 1)[1]
        assert len(cell.rstrip("0123456789")) == 2
        for asked_for in (f"附件2!{cell}", f"附件2!矛盾纠纷事项办理表!{cell}", f"附件2!矛盾纠纷事项办理表{cell}"):
            assert f"「矛盾纠纷事项办理表」{cell} =" in trace(asked_for, filled.home, filled.fold(), TODAY).what

    def test_the_sheet_may_be_left_out(self, filled: Office) -> None:
        cell = cell_of(filled, "2", -1, "当事人", "张三").rsplit("!", 1)[1]
        assert {one.value for one in asked(filled, f"附件2!{cell}")} == {"张三"}

    @pytest.mark.parametrize(
        ("cell", "words"),
        [
            ("附件2!没有这张表!A1", "没有“没有这张表”这张表，有：矛盾纠纷事项办理表"),
            ("附件2!A1", "不在数据行内"),
            ("附件2!D999", "不在数据行内"),
            ("附件1!汇总统计!ZZ99", "不在数据行内"),
            ("A1", "没有编号“A1”"),
        ],
    )
    def test_what_is_no_data_is_not_found(self, filled: Office, cell: str, words: str) -> None:
        with pytest.raises(NotFound, match=words):
            asked(filled, cell)

    def test_before_the_first_run_there_is_nothing_to_trace(self, office: Office, rules: object) -> None:
        from dazoufang.rules.campaign import Rules

        assert isinstance(rules, Rules)
        with pytest.raises(NotFound, match="还没有附件1，请先运行 run"):
            trace("附件1!A1", office.home, Fold(rules), TODAY)

    def test_an_annex_older_than_the_record_is_told(self, filled: Office) -> None:
        cell = cell_of(filled, "1", -1, "走访对象", "王五")
        with pytest.raises(NotFound, match="不是最新"):
            asked(filled, cell, Fold(filled.fold().rules))

    def test_what_reopened_an_item_stands_behind_its_status(self, filled: Office) -> None:
        again = VISITS.replace("2023-09-20", "2023-10-12").replace("2023-09-21", "2023-10-12")
        filled.take("工会/第二次.xlsx", workbook(again, unit="工会"))
        found = asked(filled, cell_of(filled, "2", -1, "办理状态", "张三"))
        assert ("已化解", "工会/办理.xlsx") in {(one.value, one.path) for one in found}
        assert ("2023-10-12", "工会/第二次.xlsx") in {(one.value, one.path) for one in found}


def test_two_tables_of_one_sheet_with_other_orders_of_columns_lead_to_their_own_cells(
    office: Office, quick: InProcess
) -> None:
    lines = [
        ["走访日期", "走访干部", "走访对象", "对象类别", "意见建议"],
        ["2023-09-20", "李明", "张三", "其他", "建议硬化通学路"],
        [],
        ["对象类别", "走访对象", "意见建议", "走访日期", "走访干部"],
        ["其他", "王五", "建议增开校车", "2023-09-21", "李明"],
    ]
    office.take("工会/走访.xlsx", workbook(lines))
    found = {
        source.value: source.cell
        for number in office.frames().items["item_no"].tolist()
        for source in asked(office, number)
    }
    assert (found["建议硬化通学路"], found["建议增开校车"]) == ("E2", "C5")
    assert (found["张三"], found["王五"]) == ("C2", "B5")
