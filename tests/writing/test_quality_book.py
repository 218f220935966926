"""走访情况分析.xlsx: one page to be read at a glance, then what visits hold, matters, security for one office, leads, topics."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import Office
from openpyxl.worksheet.worksheet import Worksheet
from tables import workbook as workbook_of_table

from dazoufang.commands.rebuild import rebuild
from dazoufang.ledger import frames
from dazoufang.ledger.frames import Frames
from dazoufang.rules.campaign import load_rules
from dazoufang.writing import content_book
from dazoufang.writing.sheets.page import workbook

RULES = load_rules(Path(__file__).parents[2] / "schemas")
SPECS = frames.columns(RULES.schemas)
TODAY = date(2023, 10, 20)
SHEETS = ["概览", "看听问讲", "未记全", "意见与群英", "待了解事项", "线索", "倾向性问题", "专题"]
FILE, SECURITY = "走访情况分析.xlsx", "治安情况（只交法制安全股）.xlsx"


def visit(cadres: str, household: str, **more: Any) -> dict[str, Any]:
    return {
        "unit": "工会", "cadres": cadres, "household": household, "visited_on": "2023-09-20", "target_kind": "其他",
        "township": "章华镇", "sheet": "走访登记", **more,
    }  # fmt: skip


def item(item_no: str, unit: str, matter: str, **more: Any) -> dict[str, Any]:
    return {
        "item_no": item_no, "kind": "suggestion", "state": "open", "unit": unit, "matter": matter, "cadres": "李明",
        "township": "章华镇", "visited_on": "2023-09-20", "sheet": "走访登记", **more,
    }  # fmt: skip


def record(visits: list[dict[str, Any]], items: list[dict[str, Any]]) -> Frames:
    def built(name: str, rows: list[dict[str, Any]]) -> Any:
        common = {"submission_id": 1, "year": 2023, "round_no": 2}
        return frames.build(
            [{**common, "row_no": n + 4, "visit_id": n, **row} for n, row in enumerate(rows)], SPECS[name]
        )

    others = {name: built(name, []) for name in ("cadres", "assignments", "submissions")}
    return Frames(visits=built("visits", visits), items=built("items", items), **others)


def all_made(visits: list[dict[str, Any]], items: list[dict[str, Any]] | None = None) -> dict[str, openpyxl.Workbook]:
    books = content_book.books(record(visits, items or []), RULES, TODAY)
    return {name: openpyxl.load_workbook(io.BytesIO(workbook(book))) for name, book in books.items()}


def made(visits: list[dict[str, Any]], items: list[dict[str, Any]] | None = None) -> openpyxl.Workbook:
    return all_made(visits, items)[FILE]


def lines(sheet: Worksheet) -> list[list[Any]]:
    """The rows under the headings, empty cells left out."""
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    start = max(n for n, row in enumerate(rows) if row[0] in ("序号", "方面"))
    grouped = any(row[0] is None and row[4] for row in rows[start + 1 : start + 2])
    body = [[cell for cell in row if cell is not None] for row in rows[start + 1 + grouped :] if row[0] is not None]
    return [row for row in body if not str(row[0]).startswith("注：")]


def texts(sheet: Worksheet) -> str:
    return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)


FULL = {
    "habitat": "整洁",
    "family": "四口人，种水稻六亩",
    "policy": "已享受低保",
    "security": "良好",
    "topics": "政策、安全",
}


def test_the_first_sheet_says_what_is_to_be_looked_at_and_how_far_the_visits_went() -> None:
    book = made(
        [
            visit("李明", "张三", **FULL, reply="讲了防溺水和反诈知识", dispute="与邻居因排水沟改道争执"),
            visit("李明", "李四", family="五口人，在外务工", security="夜里有小偷"),
        ],
        [
            item("23下建0001", "工会", "希望村委会公开账目"),
            item("23下矛0001", "工会", "与邻居因排水沟改道争执", kind="dispute", jury="是", jury_members="王五、赵六"),
        ],
    )
    assert book.sheetnames == SHEETS
    assert lines(book["概览"]) == [
        ["要看的", "倾向性问题", 0, "—", "个专题；一个专题一页，见“专题”"],
        ["要看的", "待了解事项", 0, "—", "件政策未落实或可能转入诉讼的"],
        ["要看的", "治安情况", 1, "—", "户次反映了治安情况，另有一份，只交法制安全股"],
        ["要看的", "线索", 0, "—", "条；只供核对，不作评价"],
        ["一看", "人居环境", 1, 2, 0.5, "记了的户次"],
        ["二听", "意见建议", 0, 2, 0, "听到的户次"],
        ["二听", "矛盾纠纷和信访诉求", 1, 2, 0.5, "听到的户次"],
        ["三问", "家庭情况", 2, 2, 1, "记了的户次"],
        ["三问", "政策落实", 1, 2, 0.5, "记了的户次"],
        ["三问", "治安环境", 2, 2, 1, "记了的户次"],
        ["四讲", "宣讲内容", 1, 2, 0.5, "政策1、法律0、工作0、安全1"],
        ["四讲", "宣讲安全", 1, 2, 0.5, "防溺水1、交通0、用电0、电诈1、未写明0"],
        ["记全", "看、问、讲五栏都记了", 1, 2, 0.5, "没有记全的见“未记全”"],
        ["意见", "对县、乡、村工作的", 1, 1, 1, "县0、乡0、村(社区)1、未写明0"],
        ["群英断是非", "运用了的", 1, 1, 1, "本轮矛盾纠纷；参与群英2人次"],
    ]


def test_what_the_first_sheet_holds_is_one_page() -> None:
    sheet = made([visit("李明", "张三")])["概览"]
    assert sheet.max_row <= 20


def test_units_and_cadres_stand_with_what_their_visits_hold_each_unit_added_up() -> None:
    sheet = made([visit("李明、王芳", "张三", **FULL), visit("李明", "李四"), visit("赵六", "王五", unit="办公室")])[
        "看听问讲"
    ]
    rows = lines(sheet)
    assert [row[:4] for row in rows if row[0] not in ("小计", "合计")] == [
        [1, "办公室", "赵六", 1], [2, "工会", "李明", 2], [3, "工会", "王芳", 1],
    ]  # fmt: skip
    assert [row[:3] for row in rows if row[0] == "小计"] == [["小计", "办公室", 1], ["小计", "工会", 2]]
    assert rows[-1][:2] == ["合计", 3] and rows[-1][-2:] == [1, pytest.approx(1 / 3)]
    assert "不是名次" in texts(sheet)


def test_what_security_says_stands_in_the_workbook_of_its_office_and_in_no_other() -> None:
    books = all_made(
        [visit("李明", "张三", security="村口有人聚众赌博，摩托车被盗")], [item("23下建0001", "工会", "建议修路")]
    )
    assert list(books) == [FILE, SECURITY]
    assert books[SECURITY].sheetnames == ["治安情况"]
    sheet = books[SECURITY]["治安情况"]
    assert sheet["A1"].value == "只交法制安全股"
    assert lines(sheet)[0][1:] == [
        "工会", "李明", sheet.cell(5, 4).value, "张三", "章华镇", "村口有人聚众赌博，摩托车被盗", "被盗、赌博", "收件1号“走访登记”第4行",
    ]  # fmt: skip
    assert [name for name in SHEETS if "赌博" in texts(books[FILE][name])] == []


def test_where_all_is_well_there_is_no_workbook_for_that_office() -> None:
    assert list(all_made([visit("李明", "张三", security="良好"), visit("李明", "李四")])) == [FILE]


def test_leads_are_said_to_be_no_judgement() -> None:
    book = made([visit("李明", f"户{n}", family="好") for n in range(3)])
    assert lines(book["线索"]) == [
        [1, "记录过短", "工会", "李明", 3, "各栏记录合计不到10个字", "收件1号“走访登记”第4、5、6行"]
    ]
    assert "只是线索，不是结论" in texts(book["线索"]) and "不用来排名、考核" in texts(book["线索"])


def test_a_tendency_has_a_line_in_the_list_that_leads_to_its_card_a_page_a_topic() -> None:
    items = [
        item(f"23下建000{n}", unit, f"建议清淤{n}组水渠") for n, unit in enumerate(("工会", "办公室", "人事股"), 1)
    ]
    items += [
        item(f"23下矛000{n}", unit, f"拖欠工资{n}千元未结", kind="dispute")
        for n, unit in enumerate(("工会", "办公室", "人事股"), 1)
    ]
    book = made([], items)
    listed = lines(book["倾向性问题"])
    assert listed == [
        [1, "排水沟渠与灌溉", 3, 3, 1, "3个单位反映", "清淤、水渠", "人事股、办公室、工会"],
        [2, "拖欠工资与欠款", 3, 3, 1, "3个单位反映", "拖欠工资", "人事股、办公室、工会"],
    ]  # fmt: skip
    cards = book["专题"]
    where = [cell.hyperlink.location or "" for row in book["倾向性问题"].iter_rows() for cell in row if cell.hyperlink]
    assert [cards[place.partition("!")[2]].offset(0, 1).value for place in where] == [
        "排水沟渠与灌溉",
        "拖欠工资与欠款",
    ]
    assert [row[0] for row in lines(cards)] == ["3件", 1, 2, 3, "3件", 4, 5, 6]
    assert lines(cards)[0][2] == (
        "3个单位反映。本轮3件，3个单位（人事股、办公室、工会），1个乡镇（章华镇）；上一轮没有收集到事项，不比。"
    )
    assert [row[2] for row in lines(cards)[1:4]] == ["23下建0001", "23下建0002", "23下建0003"]
    assert len(cards.row_breaks.brk) == 1


def test_a_card_is_one_page_what_is_in_hand_stands_first_and_of_the_rest_the_numbers() -> None:
    states = ["closed"] + ["open"] * 11
    items = [
        item(f"23下建{n:04d}", f"单位{n % 3}", f"建议清淤{n}组水渠", state=state) for n, state in enumerate(states)
    ]
    rows = lines(made([], items)["专题"])
    assert [row[2] for row in rows[1:11]] == [f"23下建{n:04d}" for n in range(1, 11)]
    assert rows[0][0] == "12件"
    assert rows[11:] == [["其余", "排水沟渠与灌溉", "另有2件：23下建0011、23下建0000，内容见附件2、附件3。"]]


def test_of_many_cases_of_one_unit_a_card_shows_those_of_the_others_first() -> None:
    units = ["工会"] * 11 + ["办公室", "人事股"]
    rows = lines(made([], [item(f"23下建{n:04d}", unit, f"建议清淤{n}组水渠") for n, unit in enumerate(units)])["专题"])
    assert [row[4] for row in rows[1:5]] == ["工会", "办公室", "人事股", "工会"]


def test_a_home_with_nothing_has_the_workbook_too() -> None:
    book = made([])
    assert book.sheetnames == SHEETS
    assert lines(book["看听问讲"])[-1][:2] == ["合计", 0]


FORM = """走访日期 | 走访干部 | 走访对象 | 对象类别 | 治安环境 | 政策落实 | 意见建议
2023-09-20 | 李明 | 张三 | 其他 | 有小偷 | 低保未落实 | 建议清淤水渠
2023-09-21 | 李明 | 李四 | 其他 | 良好 | 已享受 | 建议清淤水渠二组段"""


@pytest.fixture
def published(office: Office) -> Office:
    office.take("工会/走访.xlsx", workbook_of_table(FORM, unit="工会"))
    return office


@pytest.mark.law(5)
def test_it_is_published_and_the_same_again_is_the_same(published: Office) -> None:
    before = published.outbox()[FILE]
    published.run()
    assert published.outbox()[FILE] == before


@pytest.mark.law(4)
def test_a_rebuild_gives_the_same(published: Office) -> None:
    assert rebuild(published.home) == []


def test_what_stands_in_it_opens_no_item(published: Office) -> None:
    assert [matter for (matter,) in published.items("matter")] == ["建议清淤水渠", "建议清淤水渠二组段"]
    book = openpyxl.load_workbook(io.BytesIO(published.outbox()[FILE]))
    assert lines(book["待了解事项"])[0][1:5] == ["政策未落实", "工会", "李明", book["待了解事项"].cell(4, 6).value]


def test_dropped_into_an_inbox_it_adds_nothing(published: Office) -> None:
    data = published.outbox()[FILE]
    before = published.frames()
    published.take("走访情况分析.xlsx", data)
    after = published.frames()
    assert (len(after.visits), len(after.items), len(after.claims)) == (2, 2, 0)
    assert before.visits["cadres"].tolist() == after.visits["cadres"].tolist()
    assert published.submissions()[-1].verdict == "returned"
