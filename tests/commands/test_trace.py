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

VISITS = """
| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 乡镇 | 村(社区)组 | 联系电话 | 矛盾纠纷和信访诉求 | 意见建议 |
| 2023-09-20 | 李明 | 张三 | 其他 | 章华镇 | 沙口村1组 | 13800000001 | 与邻居因排水沟改道争执 | |
| 2023-09-21 | 李明 | 王五 | 人大代表 | 东山镇 | | | | 建议硬化通学路 |
"""
DISPUTES = """
| 编号 | 走访日期 | 走访干部 | 当事人 | 纠纷类别 | 主要情况及诉求 | 办理状态 | 化解情况 | 办结日期 |
| 23下矛0001 | 2023-09-20 | 李明 | 张三 | 邻里关系 | 排水沟改道争执 | 已化解 | 已和解 | 2023-09-25 |
"""
DECISION = """
| 编号 | 裁定 | 新时限 | 批准人 | 批准日期 | 理由 |
| 23下矛0001 | 延期 | 2023-11-10 | 王芳 | 2023-10-18 | 需等定价 |
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
        assert ("裁定.xlsx", "C2", "新时限", "2023-11-10") in told
        assert {one.night for one in found} == {date(2023, 9, 25), TODAY}

    def test_a_number_nobody_gave_is_not_found_and_says_what_to_ask(self, filled: Office) -> None:
        with pytest.raises(NotFound, match=r"没有编号“23下矛0099”；也可以写单元格"):
            asked(filled, "23下矛0099")


class TestCells:
    @pytest.mark.parametrize(
        ("number", "heading", "row", "cells"),
        [
            ("1", "走访对象", "张三", ["C3"]),
            ("1", "序号", "张三", ["C3"]),
            ("1", "填报单位", "张三", ["C3"]),
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
            ("3", "事项性质", "王五", ["A4", "B4", "C4", "E4", "D4", "I4"]),  # follows from the column: all that is told
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
            assert bool(found) == bool(value) or titles[column] in ("应走访", "完成率"), titles[column]

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
