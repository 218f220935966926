"""Large workbooks are written in a child process, and here where no child can: the same bytes either way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pandas as pd
import pytest
from conftest import Office
from tables import workbook

from dazoufang.running import outbox_plan, slow_parts
from dazoufang.running.slow_parts import Books
from dazoufang.system.child_limits import Failure
from dazoufang.system.children import CannotStart, Engine
from dazoufang.writing.sheets import page
from dazoufang.writing.sheets.book import Book
from dazoufang.writing.sheets.columns import Column, SheetSpec

BOOK = Book(
    (SheetSpec("走访", "走访", (Column("who", "走访对象", 10),), pd.DataFrame({"who": ["张三", "王五"]})),),
    date(2023, 10, 20),
)


class Children:
    """Stands for child processes: does what they are asked, or fails as they do; notes what it was asked."""

    def __init__(self, outcome: object = None) -> None:
        self.asked: list[str] = []
        self._outcome = outcome

    def map(self, function: Any, tasks: Sequence[Any]) -> list[Any]:
        self.asked.append(function.__name__)
        if isinstance(self._outcome, BaseException):
            raise self._outcome
        return [self._outcome or function(task) for task in tasks]


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two cells are a large workbook."""
    monkeypatch.setattr(slow_parts, "LARGE", 2)


def made(children: Any, *, stale: bool = True) -> bytes:
    books = Books(children)
    books.expect(BOOK.cells)
    artifact = books.artifacts({"附件.xlsx": BOOK})["附件.xlsx"]
    books.prepare(["附件.xlsx"] if stale else [])
    return artifact.make()


@pytest.mark.usefixtures("large")
def test_a_child_loads_what_writes_it_and_writes_it() -> None:
    children = Children()
    assert made(children) == page.workbook(BOOK)
    assert sorted(children.asked) == ["get_ready", "workbook"]


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("outcome", [CannotStart("被拦住"), Failure("memory", "MemoryError")])
def test_where_no_child_can_it_is_written_here(outcome: object) -> None:
    assert made(Children(outcome)) == page.workbook(BOOK)


@pytest.mark.usefixtures("large")
def test_one_that_is_not_to_be_made_is_not_written_there() -> None:
    children = Children()
    made(children, stale=False)
    assert "workbook" not in children.asked


@pytest.mark.usefixtures("large")
def test_one_is_written_once_however_often_it_is_asked_for() -> None:
    children = Children()
    books = Books(children)  # type: ignore[arg-type]
    artifact = books.artifact("附件.xlsx", BOOK)
    books.prepare(["附件.xlsx"])
    books.prepare(["附件.xlsx"])
    assert artifact.make() == page.workbook(BOOK)
    assert children.asked == ["workbook"]


def test_a_small_one_asks_no_child() -> None:
    children = Children()
    assert made(children) == page.workbook(BOOK) and children.asked == []


def test_real_children_give_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_parts, "LARGE", 2)
    written = page.workbook(BOOK)
    with Engine() as engine:
        monkeypatch.setattr(page, "_Page", None)  # it cannot be written here
        assert made(engine) == written


@pytest.mark.usefixtures("large")
def test_the_outbox_is_the_same_however_large_its_workbooks_are(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = "走访日期 | 走访干部 | 走访对象 | 对象类别\n2023-09-20 | 李明 | 张三 | 其他"
    office.take("工会/走访.xlsx", workbook(table, unit="工会"))
    in_children = office.outbox()
    monkeypatch.setattr(slow_parts, "LARGE", 10**9)
    next(office.home.outbox.glob("附件1*")).unlink()
    office.run()
    assert office.outbox() == in_children


@pytest.mark.usefixtures("large")
def test_a_large_annex_is_begun_before_the_alerts_are_worked_out(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    begin, work_out = Books.prepare, outbox_plan.alerts.alerts

    def begun(self: Books, names: Iterable[str]) -> None:
        order.extend(name[:3] for name in names)
        begin(self, names)

    def worked_out(*given: Any) -> pd.DataFrame:
        order.append("alerts")
        return work_out(*given)

    monkeypatch.setattr(Books, "prepare", begun)
    monkeypatch.setattr(outbox_plan.alerts, "alerts", worked_out)
    table = "走访日期 | 走访干部 | 走访对象 | 对象类别\n2023-09-20 | 李明 | 张三 | 其他"
    office.take("工会/走访.xlsx", workbook(table, unit="工会"))
    assert order[: order.index("alerts")] == ["附件1", "附件2", "附件3"]
