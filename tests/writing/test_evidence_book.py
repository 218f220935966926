"""考核佐证.xlsx: made once a round has ended; each figure with both counts, its rows, and the files behind it by their hashes."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest
from conftest import Office
from tables import workbook

from dazoufang.commands.rebuild import rebuild
from dazoufang.commands.withdraw import withdraw
from dazoufang.ledger.fold import Fold
from dazoufang.model import terms
from dazoufang.rules.campaign import Rules
from dazoufang.running import outbox_plan
from dazoufang.writing.evidence import book as evidence
from dazoufang.writing.sheets.page import workbook as written

FILE = "考核佐证.xlsx"
SHEETS = [
    "考核概览", "各单位全年", "各干部全年", "未完成与未报", "事项按时办理", "分组比较（局内参考）", "事项时限明细", "数字出处",
    "来源文件",
]  # fmt: skip
REVIEW = date(2023, 12, 5)
HEAD = "走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 村(社区)组 | 矛盾纠纷\n"
ROSTER = workbook(
    "姓名 | 单位 | 角色 | 任职起\n李明 | 工会 | 股室负责人 |\n王芳 | 工会 | 股室负责人 |\n赵六 | 办公室 | 股室负责人 |\n"
    "钱七 | 办公室 | 局领导班子成员 | 2023-10-16\n孙八 | 人事股 | 股室负责人 |"
)


def visits(day: str, cadre: str, count: int, *disputes: str) -> str:
    """So many households of one cadre on one day; the first of them bring the disputes."""
    rows = ""
    for n in range(count):
        dispute = disputes[n] if n < len(disputes) else ""
        rows += f"{day} | {cadre} | {cadre[0]}家{'甲乙丙丁戊己庚辛壬癸子丑'[n]} | 其他 | 138{day[6]}{ord(cadre[0]) % 900 + 100}{n:04d} | {n + 1}组 | {dispute}\n"
    return rows


SPRING = workbook(HEAD + visits("2023-03-13", "李明", 10) + visits("2023-03-17", "王芳", 7), unit="工会")
SPRING_OFFICE = workbook(HEAD + visits("2023-03-20", "赵六", 10), unit="办公室")
MATTERS = ("与邻居因排水沟改道争执", "借款到期不还", "征地补偿款没有到账", "承包田界址不清")
AUTUMN = workbook(HEAD + visits("2023-09-20", "李明", 12, *MATTERS), unit="工会")
AUTUMN_STAFF = workbook(HEAD + visits("2023-09-21", "孙八", 5), unit="人事股")
HANDLED = workbook(
    "编号 | 走访日期 | 走访干部 | 当事人 | 纠纷类别 | 主要情况及诉求 | 化解措施 | 责任单位 | 责任人 | 化解情况 | 办理状态 | 办结日期 | 回访日期 | 回访方式\n"
    "23下矛0001 | 2023-09-20 | 李明 | 李家甲 | 邻里关系 | 与邻居因排水沟改道争执 | 调解 | 工会 | 李明 | 已和解 | 已化解 | 2023-11-10 | 2023-11-12 | 电话\n"
    "23下矛0002 | 2023-09-20 | 李明 | 李家乙 | 债务合同 | 借款到期不还 | 调解 | 工会 | 李明 | 已还清 | 已化解 | 2023-11-20 | |",
    unit="工会",
)


def decided(number: str, day: str, approved: str) -> bytes:
    return workbook(
        f"编号 | 裁定 | 新时限 | 批准人 | 批准日期 | 理由\n{number} | 延期 | {day} | 王芳 | {approved} | 等县里定价"
    )


@pytest.fixture(scope="module", autouse=True)
def _few_outputs() -> Iterator[None]:
    """It and the answers."""
    with pytest.MonkeyPatch.context() as patch:
        parts = (outbox_plan.add_answers, outbox_plan.add_evidence)
        patch.setattr(outbox_plan, "PARTS", parts)
        yield


@pytest.fixture(scope="module")
def has_a_year(old_office: Office) -> Office:
    """花名册 0001, 工会 0002, 办公室 0003 in spring; 工会 0004, 人事股 0005 in autumn; 办理表 0006, an extension 0007."""
    for path, data, day in (
        ("花名册.xlsx", ROSTER, date(2023, 3, 12)),
        ("工会/上半年走访.xlsx", SPRING, date(2023, 3, 20)),
        ("办公室/上半年走访.xlsx", SPRING_OFFICE, date(2023, 3, 21)),
        ("工会/下半年走访.xlsx", AUTUMN, date(2023, 9, 25)),
        ("人事股/下半年走访.xlsx", AUTUMN_STAFF, date(2023, 9, 25)),
        ("工会/办理.xlsx", HANDLED, date(2023, 11, 21)),
        ("裁定.xlsx", decided("23下矛0003", "2023-12-29", "2023-11-16"), date(2023, 11, 21)),
    ):
        old_office.take(path, data, day)
    old_office.run(REVIEW)
    return old_office


@pytest.fixture
def year(office: Office, has_a_year: Office) -> Office:
    """As `has_a_year`, on a day of 考核讲评."""
    office.is_like(has_a_year)
    office.today = REVIEW
    return office


def opened(office: Office) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(office.outbox()[FILE]))


def rows(book: openpyxl.Workbook, name: str, first: str = "序号") -> list[list[Any]]:
    """The cells under the headings of a sheet, days as ISO text, the note left out."""
    cells = [list(row) for row in book[name].iter_rows(values_only=True)]
    start = max(n for n, row in enumerate(cells) if row[0] == first) + 1
    start += cells[start][0] is None
    found = [row for row in cells[start:] if row[0] is not None and not str(row[0]).startswith("注：")]
    return [[cell.date().isoformat() if hasattr(cell, "date") else cell for cell in row] for row in found]


def glances(book: openpyxl.Workbook) -> dict[str, tuple[Any, ...]]:
    return {f"{row[0]} {row[1]}": tuple(row[2:5]) for row in rows(book, "考核概览", "方面")}


def test_the_first_sheet_has_each_figure_of_the_bureau_with_what_it_is_of(year: Office) -> None:
    """Owed in autumn: 李明 10, 王芳 10 and 3 of spring, 赵六 10, 钱七 7 for 25 of 41 working days, 孙八 10 and 10."""
    book = opened(year)
    assert book.sheetnames == SHEETS
    assert glances(book) == {
        "上半年 走访任务": (27, 40, pytest.approx(27 / 40)),
        "上半年 走访摸排内已走访": (10, 40, 0.25),
        "上半年 没有完成任务的干部": (2, 4, 0.5),
        "上半年 一户也没有走访的干部": (1, 4, 0.25),
        "上半年 没有报送的单位": (1, 3, pytest.approx(1 / 3)),
        "下半年 走访任务": (17, 60, pytest.approx(17 / 60)),
        "下半年 走访摸排内已走访": (17, 60, pytest.approx(17 / 60)),
        "下半年 没有完成任务的干部": (4, 5, 0.8),
        "下半年 一户也没有走访的干部": (3, 5, 0.6),
        "下半年 没有报送的单位": (1, 3, pytest.approx(1 / 3)),
        "全年 走访任务": (44, 87, pytest.approx(44 / 87)),
        "矛盾纠纷 已化解": (2, 4, 0.5),
        "矛盾纠纷 已销号": (1, 4, 0.25),
        "矛盾纠纷 按时化解（占已化解）": (1, 2, 0.5),
        "矛盾纠纷 按时化解（占已化解和超期未结）": (1, 3, pytest.approx(1 / 3)),
        "矛盾纠纷 超期未结": (1, 4, 0.25),
        "意见建议 已办结": (0, 0, "—"),
        "意见建议 已销号": (0, 0, "—"),
        "意见建议 按时办结（占已办结）": (0, 0, "—"),
        "意见建议 按时办结（占已办结和超期未结）": (0, 0, "—"),
        "意见建议 超期未结": (0, 0, "—"),
    }


def test_units_stand_with_their_rounds_and_their_sum(year: Office) -> None:
    """应走访, 已走访, 完成率, 走访摸排内, 还差 of each round; 全年; who missed it; for which round nothing came; items."""
    assert rows(opened(year), "各单位全年") == [
        [1, "工会", 2, 20, 17, 0.85, 10, 3, 23, 12, pytest.approx(12 / 23), 12, 13, 40, 29, 0.725, 1, 1, None, 4, 2, 1],
        [2, "办公室", 2, 10, 10, 1, 0, 0, 17, 0, 0, 0, 17, 27, 10, pytest.approx(10 / 27), 0, 2, "下半年", 0, 0, 0],
        [3, "人事股", 1, 10, 0, 0, 0, 10, 20, 5, 0.25, 5, 15, 20, 5, 0.25, 1, 1, "上半年", 0, 0, 0],
        ["合计", "3个单位", 5, 40, 27, 0.675, 10, 13, 60, 17, pytest.approx(17 / 60), 17, 45, 87, 44,
         pytest.approx(44 / 87), 2, 4, "2个单位", 4, 2, 1],
    ]  # fmt: skip


def test_persons_stand_with_their_rounds_and_their_items(year: Office) -> None:
    found = {row[2]: row[3:] for row in rows(opened(year), "各干部全年")}
    assert list(found) == ["李明", "王芳", "赵六", "钱七", "孙八"]
    assert found["李明"] == ["股室负责人", 10, 10, 1, 10, 0, 10, 12, 1.2, 12, 0, 20, 22, 1.1, 4, 2, 1]
    assert found["钱七"][:6] == ["局领导班子成员", None, None, "—", None, None]
    assert found["钱七"][6:] == [7, 0, 0, 0, 7, 7, 0, 0, 0, 0, 0]


def test_what_the_rounds_left_undone_stays_told(year: Office) -> None:
    assert [row[1:8] for row in rows(opened(year), "未完成与未报")] == [
        ["上半年", "没有报送", "人事股", "1人", 10, 0, 10],
        ["上半年", "没有完成任务", "工会", "王芳", 10, 7, 3],
        ["上半年", "一户也没有走访", "人事股", "孙八", 10, 0, 10],
        ["下半年", "没有报送", "办公室", "2人", 17, 0, 17],
        ["下半年", "一户也没有走访", "工会", "王芳", 13, 0, 13],
        ["下半年", "一户也没有走访", "办公室", "赵六", 10, 0, 10],
        ["下半年", "一户也没有走访", "办公室", "钱七", 7, 0, 7],
        ["下半年", "没有完成任务", "人事股", "孙八", 20, 5, 15],
    ]


def test_items_have_both_rates_with_their_counts_and_few_ones_the_counts_alone(year: Office) -> None:
    """收集, 已销号, 超期办结, 超期未结, 没有到期; 按时 of 已办结; 按时 of 已办结和超期未结. Below 5 no rate, but of the bureau."""
    third = pytest.approx(1 / 3)
    assert rows(opened(year), "事项按时办理") == [
        [1, "工会", "矛盾纠纷", 4, 1, 1, 1, 1, 1, 2, "—", 1, 3, "—"],
        ["合计", "全局", "矛盾纠纷", 4, 1, 1, 1, 1, 1, 2, 0.5, 1, 3, third],
        ["合计", "全局", "意见建议", 0, 0, 0, 0, 0, 0, 0, "—", 0, 0, "—"],
        ["合计", "全局", "两类合计", 4, 1, 1, 1, 1, 1, 2, 0.5, 1, 3, third],
    ]


def test_each_item_stands_with_its_deadline_and_why(year: Office) -> None:
    found = {row[1]: [row[5], row[6], row[7], row[9], row[10]] for row in rows(opened(year), "事项时限明细")}
    phase = "集中化解阶段11月17日结束"
    assert found == {
        "23下矛0001": ["2023-11-17", phase, "2023-11-10", "按时办结", "收件4号“Sheet1”第3行"],
        "23下矛0002": ["2023-11-17", phase, "2023-11-20", "超期办结", "收件4号“Sheet1”第4行"],
        "23下矛0003": ["2023-12-29", "批准延期到12月29日", None, "未到期", "收件4号“Sheet1”第5行"],
        "23下矛0004": ["2023-11-17", phase, None, "超期未结", "收件4号“Sheet1”第6行"],
    }


@pytest.mark.parametrize(
    ("approved", "wanted"), [("2023-11-20", ["2023-11-30", "按时办结"]), ("2023-11-21", ["2023-11-17", "超期办结"])]
)
def test_an_extension_approved_by_the_day_it_was_resolved_makes_it_on_time_and_a_later_one_does_not(
    year: Office, approved: str, wanted: list[str]
) -> None:
    year.take("裁定二.xlsx", decided("23下矛0002", "2023-11-30", approved))
    found = {row[1]: [row[5], row[9]] for row in rows(opened(year), "事项时限明细")}
    assert found["23下矛0002"] == wanted


def test_small_groups_are_told_without_rate_and_rank(year: Office) -> None:
    found = rows(opened(year), "分组比较（局内参考）")
    assert {(row[2], row[3]) for row in found} == {("干部1至2人的单位", 3), ("股室负责人", 4), ("局领导班子成员", 1)}
    assert all(row[8:] == ["—", None] for row in found)
    sheet = opened(year)["分组比较（局内参考）"]
    texts = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert "局内参考" in texts[0] and "局内参考" in texts[1] and "局内参考" in texts[-1]


def test_in_a_group_that_is_large_enough_equal_ones_share_a_rank(year: Office) -> None:
    """With a fifth head of section, who visited as many as 王芳 of as many: 22, 10, 7, 7 and 5 of 20."""
    year.take("花名册二.xlsx", workbook("姓名 | 单位 | 角色\n周九 | 人事股 | 股室负责人"))
    year.take("人事股/上半年走访.xlsx", workbook(HEAD + visits("2023-03-17", "周九", 7), unit="人事股"))
    heads = [row for row in rows(opened(year), "分组比较（局内参考）") if row[2] == "股室负责人"]
    assert [(row[5], row[6], row[7], row[8], row[9]) for row in heads] == [
        ("李明", 22, 20, 1.1, 1), ("赵六", 10, 20, 0.5, 2), ("王芳", 7, 20, 0.35, 3), ("周九", 7, 20, 0.35, 3), ("孙八", 5, 20, 0.25, 5),
    ]  # fmt: skip


def places(text: str) -> list[tuple[int, str, int]]:
    """收件2号“Sheet1”第3、4行 → (2, Sheet1, 3), (2, Sheet1, 4)."""
    found = re.findall(r"收件(\d+)号“([^”]+)”第([\d、]+)行", text)
    return [(int(number), sheet, int(row)) for number, sheet, some in found for row in some.split("、")]


def test_a_number_leads_to_the_rows_that_were_dropped(year: Office) -> None:
    traces = {(row[1], row[2]): row[3:] for row in rows(opened(year), "数字出处")}
    dropped = {1: ROSTER, 4: AUTUMN, 5: AUTUMN_STAFF}

    def cells(whose: str, name: str, column: int) -> list[Any]:
        found = places(traces[whose, name][2])
        sheets = {number: openpyxl.load_workbook(io.BytesIO(dropped[number])) for number, _, _ in found}
        return [sheets[number][sheet].cell(row, column).value for number, sheet, row in found]

    assert cells("人事股", "下半年已走访", 3) == ["孙家甲", "孙家乙", "孙家丙", "孙家丁", "孙家戊"]
    assert cells("工会", "矛盾纠纷已化解", 7) == list(MATTERS[:2])
    assert cells("工会", "矛盾纠纷超期未结", 7) == [MATTERS[3]]
    assert cells("全局", "下半年没有完成任务的干部", 1) == ["王芳", "赵六", "钱七", "孙八"]
    assert traces["工会", "下半年已走访"][0] == 12 and traces["工会", "下半年已走访"][2].endswith("……共12行")
    assert traces["工会", "下半年已走访"][3] == "附件1“走访明细”"


def test_every_number_of_the_first_sheet_stands_with_its_rule_under_the_serial_it_names(year: Office) -> None:
    book = opened(year)
    traces = {row[0]: row for row in rows(book, "数字出处")}
    for row in rows(book, "考核概览", "方面"):
        upper, *lower = [traces[int(serial)] for serial in str(row[6]).split("、")]
        assert upper[1] == "全局" and upper[3] == row[2] and sum(one[3] for one in lower) == row[3]
    rule = {row[2]: row[4] for row in traces.values()}
    quota = re.fullmatch(r"schemas/campaign.yaml 第(\d+)行 quota.households_per_round = 10", rule["上半年应走访"])
    lines = (year.fold().rules.folder / "campaign.yaml").read_text(encoding="utf-8").splitlines()
    assert quota and lines[int(quota[1]) - 1].strip().startswith("households_per_round:")
    assert all(rule.values())


def test_every_file_stands_with_the_hash_of_the_bytes_that_were_dropped(year: Office) -> None:
    found = rows(opened(year), "来源文件", "收件号")
    dropped = [
        ROSTER,
        SPRING,
        SPRING_OFFICE,
        AUTUMN,
        AUTUMN_STAFF,
        HANDLED,
        decided("23下矛0003", "2023-12-29", "2023-11-16"),
    ]
    assert [row[0] for row in found] == [f"{n:04d}" for n in range(1, 8)]
    assert [row[6] for row in found] == [hashlib.sha256(data).hexdigest() for data in dropped]
    assert [(year.home.root / row[7]).read_bytes() for row in found] == dropped
    assert [row[1:6] for row in found[:3]] == [
        ["2023-03-12", "办公室", "花名册.xlsx", "已收", "有效"],
        ["2023-03-20", "工会", "上半年走访.xlsx", "已收", "有效"],
        ["2023-03-21", "办公室", "上半年走访.xlsx", "已收", "有效"],
    ]


def test_replaced_withdrawn_and_returned_files_are_told_and_the_same_bytes_again_are_not(year: Office) -> None:
    year.take("工会/下半年走访.xlsx", workbook(HEAD + visits("2023-09-20", "李明", 11, *MATTERS), unit="工会"))
    year.take("工会/坏的.xlsx", b"no workbook")
    year.take("再来一次.xlsx", SPRING)
    withdraw(year.home, "5", year.today)
    year.run()
    now = {row[0]: (row[4], row[5]) for row in rows(opened(year), "来源文件", "收件号")}
    assert now["0004"] == ("已收", "已被收件0008号替代")
    assert now["0005"] == ("已收", "已撤回（收件0011号）")
    assert now["0008"] == ("已收", "有效") and now["0009"] == ("退回", "没有计入")
    assert now["0011"] == ("已收", "撤回单") and "0010" not in now
    units = {row[1]: row for row in rows(opened(year), "各单位全年")}
    assert units["人事股"][9] == 0 and units["人事股"][18] == "上半年、下半年"
    assert units["工会"][9] == 11


@pytest.mark.parametrize(
    ("today", "made"),
    [("2023-03-12", False), ("2023-04-28", False), ("2023-04-29", True), ("2023-10-20", True), ("2024-02-01", True)],
)
def test_it_is_made_from_the_day_after_the_first_round_on(office: Office, today: str, made: bool) -> None:
    """2024 has no rounds in the shipped rules: the working year is still 2023."""
    office.take("花名册.xlsx", ROSTER, date(2023, 3, 12))
    office.run(date.fromisoformat(today))
    assert (FILE in office.outbox()) is made


def test_a_bureau_that_begins_in_autumn_has_none_until_that_is_over(office: Office) -> None:
    """Of spring it knows nothing, unless somebody sends what was visited then."""
    office.take("花名册.xlsx", ROSTER, date(2023, 9, 20))
    assert FILE not in office.outbox()
    office.run(date(2023, 11, 17))
    assert FILE not in office.outbox()
    office.run(date(2023, 11, 18))
    assert FILE in office.outbox()
    office.run(date(2023, 10, 20))
    office.take("工会/春季.xlsx", SPRING, date(2023, 10, 20))
    assert FILE in office.outbox()


def test_a_new_working_year_ends_it(year: Office, rules: Rules) -> None:
    this, campaign = rules.campaign.years[0], rules.campaign
    moved = [
        round_.model_copy(
            update={
                "phases": tuple(
                    phase.model_copy(
                        update={"first": phase.first.replace(year=2024), "last": phase.last.replace(year=2024)}
                    )
                    for phase in round_.phases
                )
            }
        )
        for round_ in this.rounds
    ]
    later = this.model_copy(update={"year": 2024, "rounds": tuple(moved)})
    two = replace(rules, campaign=campaign.model_copy(update={"years": (this, later)}))
    days = (date(2023, 12, 31), date(2024, 1, 1), date(2024, 4, 28), date(2024, 4, 29))
    frames = year.frames()
    assert [evidence.is_due(frames, two, day) for day in days] == [True, False, False, True]


def test_a_home_with_nothing_has_the_workbook_with_nothing_in_it(rules: Rules) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(evidence.book(Fold(rules), REVIEW))))
    assert book.sheetnames == SHEETS
    assert rows(book, "各单位全年") == [
        ["合计", "0个单位", 0, 0, 0, "—", 0, 0, 0, 0, "—", 0, 0, 0, 0, "—", 0, 0, None, 0, 0, 0]
    ]


@pytest.mark.law(5)
def test_the_same_again_is_the_same(year: Office) -> None:
    before = year.outbox()[FILE]
    year.run()
    assert year.outbox()[FILE] == before


@pytest.mark.law(4)
def test_a_rebuild_gives_the_same(year: Office) -> None:
    assert rebuild(year.home) == []


def test_dropped_into_an_inbox_it_adds_nothing(year: Office) -> None:
    before = year.frames()
    year.take("考核佐证.xlsx", year.outbox()[FILE])
    after = year.frames()
    for name in ("visits", "items", "cadres", "claims", "assignments"):
        assert getattr(after, name).equals(getattr(before, name))
    assert year.submissions()[-1].verdict == "returned"


def test_every_sheet_of_it_is_known_as_derived() -> None:
    """A sheet that was taken for data would count its rows once more."""
    assert [name for name in SHEETS if terms.normalize(name) not in terms.DERIVED_SHEETS] == []
