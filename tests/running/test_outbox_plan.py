"""What of the outbox is made when: an idle run makes nothing, and whatever an annex is made of makes it anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from shutil import copytree

import pytest
from conftest import TODAY, Office
from tables import workbook

from dazoufang.ledger import fold as ledger_fold
from dazoufang.running import desk, outbox_plan
from dazoufang.system.home import shipped
from dazoufang.writing import alert_sheet
from dazoufang.writing.annexes import annexes

HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷 |\n"
ZHANG = "| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 | 与邻居因排水沟改道争执 |\n"
WANG = "| 2023-09-21 | 李明 | 王五 | 其他 | 13800000002 | |\n"
EVERYTHING = ["alerts", "dispute", "suggestion", "visit"]


@pytest.fixture
def made(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was made of annexes and alerts since it was last emptied; a form has been taken already."""
    names: list[str] = []
    annex, alert = annexes.workbook, alert_sheet.render
    monkeypatch.setattr(
        outbox_plan.annexes, "workbook", lambda form, *given: (names.append(form), annex(form, *given))[1]
    )
    monkeypatch.setattr(outbox_plan.alert_sheet, "render", lambda *given: (names.append("alerts"), alert(*given))[1])
    office.take("工会/走访.xlsx", workbook(HEAD + ZHANG, unit="工会"))
    assert sorted(names) == EVERYTHING
    names.clear()
    return names


def test_an_idle_run_makes_nothing(office: Office, made: list[str]) -> None:
    before = office.outbox()
    office.run()
    assert made == [] and office.outbox() == before


def test_an_idle_run_does_not_even_read_the_rows_and_says_the_same(
    office: Office, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = office.run()
    monkeypatch.setattr(ledger_fold, "fold", lambda *_: pytest.fail("the record was folded"))
    again = office.run()
    assert (again.rows, again.items, again.lists, again.outbox) == (first.rows, first.items, first.lists, first.outbox)
    assert again.rows == {"visits": 1, "disputes": 1, "suggestions": 0} and again.items["open"] == 1
    assert again.alerts == first.alerts and sum(again.alerts.values()) > 0
    assert again.changed == [] and made == []


def other_templates(office: Office) -> None:
    copytree(shipped("templates"), office.home.root / "templates")
    (office.home.root / "templates" / "receipt.html").write_text("另一种回执", encoding="utf-8")


def a_receipt_gone(office: Office) -> None:
    next(office.home.outbox.glob("回执/*/*.html")).unlink()


def a_receipt_typed_over(office: Office) -> None:
    next(office.home.outbox.glob("回执/*/*.html")).write_text("另一种回执", encoding="utf-8")


def killed_while_publishing(office: Office) -> None:
    (office.home.outbox / ".publishing").mkdir()


@pytest.mark.parametrize("change", [other_templates, a_receipt_gone, a_receipt_typed_over, killed_while_publishing])
def test_a_run_is_not_idle_where_the_outbox_is_not_what_it_should_be(
    office: Office, made: list[str], change: Callable[[Office], None]
) -> None:
    assert made == []
    change(office)
    office.run()
    receipts = [file.read_text(encoding="utf-8") for file in office.home.outbox.glob("回执/*/*.html")]
    assert len(receipts) == 1 and (receipts == ["另一种回执"]) == (change is other_templates)
    assert not (office.home.outbox / ".publishing").exists()


def another_delivery(office: Office) -> None:
    office.take("工会/另一份.xlsx", workbook(HEAD + WANG, unit="工会"))


def another_day(office: Office) -> None:
    office.run(TODAY + timedelta(1))


def other_rules(office: Office) -> None:
    copytree(shipped("schemas"), office.home.root / "schemas")
    file = office.home.root / "schemas" / "campaign.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("华容县教育体育局", "另一个局"), encoding="utf-8")
    office.run()


@pytest.mark.parametrize("change", [another_delivery, another_day, other_rules])
def test_what_they_are_made_of_makes_them_anew(
    office: Office, made: list[str], change: Callable[[Office], None]
) -> None:
    change(office)
    assert sorted(set(made)) == EVERYTHING


def test_a_newer_program_makes_them_anew(office: Office, made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (outbox_plan, desk):
        monkeypatch.setattr(module, "__version__", "9.9")
    office.run()
    assert sorted(made) == EVERYTHING


def test_one_that_somebody_has_touched_or_taken_away_is_made_anew_and_no_other(office: Office, made: list[str]) -> None:
    before = office.outbox()
    (path,) = office.home.outbox.glob("附件2*.xlsx")
    path.write_bytes(b"typed over")
    office.run()
    assert made == ["dispute"] and office.outbox() == before
    made.clear()
    (gone,) = office.home.outbox.glob("附件3*.xlsx")
    gone.unlink()
    office.run()
    assert made == ["suggestion"] and office.outbox() == before


def test_the_day_before_again_shows_the_day_before(office: Office, made: list[str]) -> None:
    """The outbox is that of its day, whichever was shown between."""
    before = office.outbox()
    office.run(date(2023, 10, 30))
    assert office.outbox() != before
    office.run()
    assert office.outbox() == before


def test_an_archive_that_is_replayed_makes_what_stands_here(office: Office, made: list[str], tmp_path: Path) -> None:
    other = Office(type(office.home)(tmp_path / "other"))
    other.take("工会/走访.xlsx", workbook(HEAD + ZHANG, unit="工会"))
    assert {path: data for path, data in other.outbox().items() if path.startswith("附件")} == {
        path: data for path, data in office.outbox().items() if path.startswith("附件")
    }
