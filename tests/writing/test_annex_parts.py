"""A list that is longer than a sheet is parted by unit into numbered sheets and files, and is an annex all the same."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from urllib.parse import unquote

import openpyxl
import pandas as pd
import pytest
from conftest import TODAY, Office
from tables import workbook

from dazoufang.commands.trace import NotFound, trace
from dazoufang.system.home import Home
from dazoufang.writing.annexes import parts

pytestmark = pytest.mark.usefixtures("few_outputs")

HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 乡镇 | 村(社区)组 | 联系电话 | 矛盾纠纷和信访诉求 | 意见建议 |\n"
ROSTER = "| 姓名 | 单位 | 角色 |\n" + "".join(
    f"| {name} | {unit} | 股室负责人 |\n"
    for name, unit in (("王芳", "办公室"), ("李明", "工会"), ("陈红", "督导室"), ("周杰", "人事股"))
)
VISITS = {"办公室": ("王芳", 2), "工会": ("李明", 3), "督导室": ("陈红", 12), "人事股": ("周杰", 4)}
ORIGIN = ["visit_id", "submission_id", "member", "sheet", "row_no", "entry_id"]  # each home's own
STEM = "县乡干部大走访活动"
FIRST, SECOND = f"附件1 {STEM}汇总表.xlsx", f"附件1（之二） {STEM}汇总表.xlsx"


@pytest.fixture
def office(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A bureau whose visits and disputes fill more sheets of five rows than two files of three take."""
    monkeypatch.setattr(parts, "ROWS", 5)
    monkeypatch.setattr(parts, "SHEETS", 3)
    office.drop("花名册.xlsx", workbook(ROSTER))
    given = "张王李赵钱孙周吴郑冯陈褚卫蒋沈韩杨朱秦尤许"
    for unit, (cadre, count) in VISITS.items():
        rows = ""
        for number in range(count):
            name, given = f"{given[0]}建国", given[1:]
            place = f"其他 | 章华镇 | 沙口村{number + 1}组 | 138000{ord(name[0]):05d}"
            matter = f"与邻居因{name}家门前的排水沟改道争执"
            rows += f"| 2023-09-{18 + number % 10} | {cadre} | {name} | {place} | {matter} | |\n"
        office.drop(f"{unit}/走访.xlsx", workbook(HEAD + rows, unit=unit))
    office.run()
    return office


def annexes(office: Office) -> dict[str, bytes]:
    return {path: data for path, data in office.outbox().items() if path.startswith("附件")}


def sheets(data: bytes) -> dict[str, list[list[object]]]:
    return {
        sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)]
        for sheet in openpyxl.load_workbook(io.BytesIO(data))
    }


def listed(rows: list[list[object]]) -> list[tuple[object, object]]:
    """序号 and 填报单位 of the rows of a list."""
    return [(row[0], row[1]) for row in rows if isinstance(row[0], int)]


def test_a_unit_stays_on_one_sheet_unless_it_alone_is_too_long_and_serials_go_on(office: Office) -> None:
    published = annexes(office)
    assert [path for path in published if path.startswith("附件1")] == [FIRST, SECOND]
    first, second = sheets(published[FIRST]), sheets(published[SECOND])
    assert list(first) == ["汇总统计", "目录", "走访明细", "走访明细(2)", "走访明细(3)"]
    assert list(second) == ["目录", "走访明细(4)", "走访明细(5)"]
    found = [listed(rows) for name, rows in (first | second).items() if name.startswith("走访明细")]
    units = [[unit for _, unit in rows] for rows in found]
    assert units == [["办公室"] * 2 + ["工会"] * 3, ["督导室"] * 5, ["督导室"] * 5, ["督导室"] * 2, ["人事股"] * 4]
    assert [serial for rows in found for serial, _ in rows] == list(range(1, 22))
    assert [row[:2] for row in second["走访明细(5)"] if row[0] == "合计"] == [["合计", "共21户"]]
    assert all(row[0] != "合计" for row in first["走访明细"])


def test_the_index_says_where_each_unit_stands_and_leads_there(office: Office) -> None:
    published = annexes(office)
    for here in (FIRST, SECOND):
        index = openpyxl.load_workbook(io.BytesIO(published[here]))["目录"]
        lines = [row for row in index.iter_rows() if isinstance(row[0].value, int)]
        assert [[cell.value for cell in row[1:5]] for row in lines] == [
            ["办公室", "走访明细", FIRST, 2],
            ["工会", "走访明细", FIRST, 3],
            ["督导室", "走访明细(2)", FIRST, 5],
            ["督导室", "走访明细(3)", FIRST, 5],
            ["督导室", "走访明细(4)", SECOND, 2],
            ["人事股", "走访明细(5)", SECOND, 4],
        ]
        for row in lines:
            link = row[1].hyperlink
            assert link is not None and unquote(link.target or here) == row[3].value
            place = re.fullmatch(r"'(.+)'!A(\d+)", link.location or "")
            assert place is not None and place[1] == row[2].value
            target = openpyxl.load_workbook(io.BytesIO(published[str(row[3].value)]))[place[1]]
            line = int(place[2])
            assert target.cell(line, 2).value == row[1].value != target.cell(line - 1, 2).value


def test_a_list_that_fits_is_not_parted(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "ROWS", 21)
    office.run(TODAY.replace(day=21))
    published = annexes(office)
    assert [path for path in published if path.startswith("附件1")] == [FIRST]
    assert list(sheets(published[FIRST])) == ["汇总统计", "走访明细"]


@pytest.mark.law(6)
@pytest.mark.parametrize("together", [True, False])
def test_the_parts_in_an_empty_home_give_the_same_visits_and_items_back(
    office: Office, together: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    published = annexes(office)
    assert len(published) == 5  # 附件1 and 附件2 in two files each
    other = Office(Home(tmp_path_factory.mktemp("county") / "county"))
    other.take("花名册.xlsx", workbook(ROSTER))
    for path, data in published.items():
        other.drop(path, data)
        if not together:
            other.run()
    assert other.run().faults == 0
    for name, key in (("visits", ["household"]), ("items", ["item_no"])):
        ours, theirs = (getattr(home.frames(), name).sort_values(key, ignore_index=True) for home in (office, other))
        shown = [column for column in ours.columns if column not in ORIGIN]
        assert len(ours) == 21
        pd.testing.assert_frame_equal(ours[shown], theirs[shown])
    assert annexes(other) == published


@pytest.mark.law(7)
def test_every_cell_of_a_part_leads_to_the_cell_that_says_it(office: Office) -> None:
    standing = office.fold()
    for file, sheet, row, name in households(office):
        found = trace(f"{file.partition(' ')[0]}!{sheet}!F{row}", office.home, standing, TODAY)
        assert [source.value for source in found.sources] == [name] and file in found.what
    assert {sheet for _, sheet, _, _ in households(office)} == {"走访明细", *(f"走访明细({n})" for n in range(2, 6))}
    with pytest.raises(NotFound, match="目录是程序排的"):
        trace("附件1!目录!B6", office.home, standing, TODAY)


def households(office: Office) -> Iterator[tuple[str, str, int, str]]:
    """File, sheet, row and 走访对象 of every visit in annex 1."""
    for file in (FIRST, SECOND):
        for sheet, rows in sheets(annexes(office)[file]).items():
            for number, row in enumerate(rows, 1):
                if sheet.startswith("走访明细") and isinstance(row[0], int):
                    yield file, sheet, number, str(row[5])


@pytest.mark.parametrize(
    ("number", "name"),
    [(0, "附件1 总表.xlsx"), (1, "附件1（之二） 总表.xlsx"), (9, "附件1（之十） 总表.xlsx"), (11, "附件1（之十二） 总表.xlsx"),
     (19, "附件1（之二十） 总表.xlsx"), (119, "附件1（之120） 总表.xlsx")],
)  # fmt: skip
def test_files_are_numbered_behind_their_label(number: int, name: str) -> None:
    there = {"附件1 总表.xlsx", *(f"附件1（之{parts._in_words(n + 1)}） 总表.xlsx" for n in range(1, number + 1))}
    assert list(parts.files("附件1 总表.xlsx", "附件1", there))[number] == name
