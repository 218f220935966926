"""Of a large form the wrong rows alone: a small workbook mends the big one, and nothing is counted twice."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from conftest import Office
from tables import workbook

from dazoufang.commands import rebuild
from dazoufang.system.files import stem_of, whole_of

pytestmark = pytest.mark.usefixtures("few_outputs")

HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 乡镇 | 村(社区)组 | 联系电话 | 矛盾纠纷和信访诉求 |\n"
WRONG = tuple(range(24, 300, 25))  # of 300 rows twelve: the 25th, the 50th …
BIG, SMALL = "工会/走访.xlsx", "退回/工会/走访.xlsx 错行0001.xlsx"
TOLD = "与邻居因第{}号排水沟改道争执"


def row(number: int, *, right: bool = True) -> str:
    """One household; every 25th has a dispute."""
    phone = f"1380000{number:04d}" if right else f"138{number:04d}"
    matter = TOLD.format(number) if number in WRONG else "无"
    return f"| 2023-09-20 | 李明 | 户主{number:03d} | 其他 | 章华镇 | 沙口村{number}组 | {phone} | {matter} |\n"


def form(*numbers: int, wrong: tuple[int, ...] = ()) -> bytes:
    return workbook(HEAD + "".join(row(number, right=number not in wrong) for number in numbers), unit="工会")


@pytest.fixture(scope="module")
def has_taken(old_office: Office) -> Office:
    """A form of 300 rows, twelve of them wrong, as 0001."""
    summary = old_office.take(BIG, form(*range(300), wrong=WRONG))
    assert summary.submissions["partly"] == 1 and summary.faults == 12
    return old_office


@pytest.fixture
def taken(office: Office, has_taken: Office) -> Office:
    office.is_like(has_taken)
    return office


def small_rows(data: bytes) -> list[list[Any]]:
    return [list(cells) for cells in openpyxl.load_workbook(io.BytesIO(data))["Sheet1"].values]


def mended(data: bytes, but: int = -1) -> bytes:
    """A returned copy with every wrong telephone set right, but that of one household."""
    book, saved = openpyxl.load_workbook(io.BytesIO(data)), io.BytesIO()
    sheet = book["Sheet1"]
    for cells in sheet.iter_rows(min_row=3):
        name = str(cells[2].value or "")
        if name.startswith("户主") and int(name[2:]) in WRONG and int(name[2:]) != but:
            cells[6].value = f"1380000{int(name[2:]):04d}"
    book.save(saved)
    return saved.getvalue()


def counted(office: Office) -> tuple[int, int, int]:
    """Visits, items, and faults that are outstanding."""
    frames = office.frames()
    return len(frames.visits), len(frames.items), sum(errors for _, errors in office.fold().outstanding())


def returned(office: Office) -> list[str]:
    return sorted(path for path in office.outbox() if path.startswith("退回/"))


def receipt(office: Office, number: int) -> str:
    (path,) = [path for path in office.outbox() if path.endswith(f"回执{number:04d}.html")]
    return office.outbox()[path].decode()


def test_the_small_workbook_holds_the_headings_and_the_wrong_rows_alone(taken: Office) -> None:
    assert counted(taken) == (288, 0, 12)
    rows = small_rows(taken.outbox()[SMALL])
    assert rows[0][0] == "填报单位：工会"
    assert [cells[2] for cells in rows[2:]] == [f"户主{number:03d}" for number in WRONG]
    book = openpyxl.load_workbook(io.BytesIO(taken.outbox()[SMALL]))
    assert book.sheetnames == ["需修改", "Sheet1"]
    assert "位" in book["Sheet1"]["G3"].comment.text and book["Sheet1"]["G14"].comment
    assert "只有没有收下的行" in "".join(str(cell.value) for cells in book["需修改"] for cell in cells)
    assert "走访.xlsx 错行0001.xlsx</a> 里只有没有收下的行" in receipt(taken, 1)


def test_mended_and_dropped_it_mends_the_big_one_and_nothing_doubles(taken: Office) -> None:
    summary = taken.take("工会/走访.xlsx 错行0001.xlsx", mended(taken.outbox()[SMALL]))
    assert (summary.submissions["accepted"], summary.faults) == (1, 0)
    assert counted(taken) == (300, 12, 0) and returned(taken) == []
    assert "要改的行已经另外交来，见收件 0002 号的回执" in receipt(taken, 1)
    assert taken.frames().items["item_no"].tolist() == [f"23下矛{number:04d}" for number in range(1, 13)]
    assert rebuild.rebuild(taken.home) == []


@pytest.mark.parametrize("first", ["small", "big"])
def test_with_the_big_one_mended_as_well_in_either_order_nothing_doubles(first: str, taken: Office) -> None:
    small = ("工会/走访.xlsx 错行0001.xlsx", mended(taken.outbox()[SMALL]))
    big = ("工会/走访.xlsx 需修改0001.xlsx", mended(taken.outbox()["退回/工会/走访.xlsx 需修改0001.xlsx"]))
    for path, data in (small, big) if first == "small" else (big, small):
        taken.take(path, data)
    assert counted(taken) == (300, 12, 0) and returned(taken) == []
    assert sorted(taken.frames().visits["household"]) == [f"户主{number:03d}" for number in range(300)]
    assert rebuild.rebuild(taken.home) == []


def test_the_whole_sent_again_later_replaces_both(taken: Office) -> None:
    taken.take("工会/走访.xlsx 错行0001.xlsx", mended(taken.outbox()[SMALL]))
    items = taken.frames().items["item_no"].tolist()
    taken.take(BIG, form(*(number for number in range(300) if number not in (10, 24))))
    assert counted(taken) == (298, 11, 0)
    assert taken.frames().items["item_no"].tolist() == items[1:]  # the others keep their numbers
    assert "后来又收到了新的一份，以它为准，见收件 0003 号的回执" in receipt(taken, 2)


def test_what_is_still_wrong_in_the_small_one_is_asked_there_alone(taken: Office) -> None:
    taken.take("工会/走访.xlsx 错行0001.xlsx", mended(taken.outbox()[SMALL], but=49))
    assert counted(taken) == (299, 11, 1)
    copy = "退回/工会/走访.xlsx 错行0001.xlsx 需修改0002.xlsx"
    assert returned(taken) == [copy]
    taken.take("工会/走访.xlsx 错行0001.xlsx 需修改0002.xlsx", mended(taken.outbox()[copy]))
    assert counted(taken) == (300, 12, 0) and returned(taken) == []


def test_withdrawing_the_small_one_brings_the_wrong_rows_back(taken: Office) -> None:
    from dazoufang.commands.withdraw import withdraw

    taken.take("工会/走访.xlsx 错行0001.xlsx", mended(taken.outbox()[SMALL]))
    withdraw(taken.home, "2", taken.today)
    assert counted(taken) == (288, 0, 12) and SMALL in returned(taken)


def test_another_units_file_of_that_name_mends_nothing(taken: Office) -> None:
    data = workbook(HEAD + row(24).replace("李明", "王芳"), unit="人事股")
    taken.take("人事股/走访.xlsx 错行0001.xlsx", data)
    assert counted(taken)[2] == 12 and SMALL in returned(taken)


@pytest.mark.parametrize(("rows", "wrong"), [(50, (3,)), (51, ()), (51, tuple(range(51)))])
def test_there_is_none_of_a_form_that_is_short_or_right_or_wrong_as_a_whole(
    rows: int, wrong: tuple[int, ...], office: Office
) -> None:
    office.take(BIG, form(*range(rows), wrong=wrong))
    assert not [path for path in office.outbox() if "错行" in path]


def test_past_fifty_rows_there_is_one(office: Office) -> None:
    office.take(BIG, form(*range(51), wrong=(3,)))
    assert SMALL in office.outbox()


def test_what_stood_in_another_cell_stands_in_its_own(office: Office) -> None:
    table = HEAD + "".join(row(number, right=number != 30) for number in range(60))
    table = table.replace("| 2023-09-20 | 李明 | 户主030", "| 同上 | 〃 | 户主030")
    office.take(BIG, workbook(table, unit="工会"))
    (line,) = small_rows(office.outbox()[SMALL])[2:]
    assert line[:3] == ["2023-09-20", "李明", "户主030"]


def test_its_name_says_of_which_form_it_is() -> None:
    assert whole_of(stem_of("走访.xlsx 错行0012.xlsx")) == ("走访", 12)
    assert whole_of(stem_of("走访.xlsx 错行0012(1).xlsx")) == ("走访", 12)
    assert whole_of(stem_of("走访.xlsx 错行0012.xlsx 需修改0034.xlsx")) == ("走访", 12)
    assert whole_of(stem_of("走访.xlsx 需修改0011.xlsx 错行0012.xlsx")) == ("走访", 12)
    assert whole_of(stem_of("走访错行.xlsx")) is None
