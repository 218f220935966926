"""What of the outbox is made when: an idle run makes nothing, and whatever an annex is made of makes it anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from shutil import copytree

import pytest
from conftest import TODAY, WRITE_WORKBOOK, Office
from tables import workbook

from dazoufang.ledger import fold as ledger_fold
from dazoufang.system import program
from dazoufang.system.home import shipped
from dazoufang.writing.sheets import page
from dazoufang.writing.sheets.book import Book

HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷 |\n"
ZHANG = "| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 | 与邻居因排水沟改道争执 |\n"
WANG = "| 2023-09-21 | 李明 | 王五 | 其他 | 13800000002 | |\n"
EVERYTHING = ["alerts", "changes", "content", "dispute", "petitions", "suggestion", "visit"]
PATHS = {
    "附件1 县乡干部大走访活动汇总表.xlsx": "visit",
    "附件2 县乡干部大走访活动矛盾纠纷事项办理表.xlsx": "dispute",
    "附件3 县乡干部大走访活动意见建议事项办理表.xlsx": "suggestion",
    "预警提醒.xlsx": "alerts",
    "初信初访与重复访.xlsx": "petitions",
    "今日变化.xlsx": "changes",
    "走访情况分析.xlsx": "content",
}


# The first sheet of each workbook that is made of the rows.
OPENS_ON = {
    "汇总统计": "visit",
    "矛盾纠纷事项办理表": "dispute",
    "意见建议事项办理表": "suggestion",
    "全部预警": "alerts",
    "信访统计": "petitions",
    "今日变化": "changes",
    "概览": "content",
}


@pytest.fixture
def made(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was written of annexes and alerts since it was last emptied; a form has been taken already."""
    names: list[str] = []

    def noted(book: Book) -> bytes:
        first = book.sheets[0]
        if not first.is_form:
            names.append(OPENS_ON[first.name])
        return WRITE_WORKBOOK(book)

    monkeypatch.setattr(page, "workbook", noted)
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


def a_visit_more(office: Office) -> None:
    office.take("工会/另一份.xlsx", workbook(HEAD + WANG, unit="工会"))


def a_visit_with_a_dispute_more(office: Office) -> None:
    office.take("工会/另一份.xlsx", workbook(HEAD + WANG.replace("| |", "| 与邻居因宅基地界址争执 |"), unit="工会"))


def a_visit_withdrawn(office: Office) -> None:
    office.take("工会/走访.xlsx", workbook(HEAD + WANG, unit="工会"))


def nothing_readable(office: Office) -> None:
    office.take("工会/通知.xlsx", b"no workbook")


def the_same_again(office: Office) -> None:
    office.take("工会/再发一次.xlsx", workbook(HEAD + ZHANG, unit="工会"))


def a_roster(office: Office) -> None:
    office.take("花名册.xlsx", workbook("姓名 | 单位 | 角色\n李明 | 工会 | 股室负责人\n王芳 | 工会 | 股室负责人"))


def another_day(office: Office) -> None:
    office.run(TODAY + timedelta(1))


def rules_with(office: Office, old: str, new: str) -> None:
    """Run by the shipped rules in which `old` reads `new`."""
    copytree(shipped("schemas"), office.home.root / "schemas")
    file = office.home.root / "schemas" / "campaign.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    office.run()


def another_bureau(office: Office) -> None:
    rules_with(office, "华容县教育体育局", "另一个局")


def another_hour_of_the_night(office: Office) -> None:
    rules_with(office, "18:30", "19:30")


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (a_visit_more, ["alerts", "changes", "content", "visit"]),
        (a_visit_with_a_dispute_more, ["alerts", "changes", "content", "dispute", "petitions", "visit"]),
        (a_visit_withdrawn, ["alerts", "changes", "content", "dispute", "petitions", "visit"]),
        (nothing_readable, ["alerts", "changes"]),
        (the_same_again, []),
        (a_roster, ["alerts", "changes", "visit"]),
        (another_day, EVERYTHING),
        (another_bureau, EVERYTHING),
        (another_hour_of_the_night, []),
    ],
)
def test_what_they_are_made_of_makes_them_anew_and_nothing_else(
    office: Office, made: list[str], change: Callable[[Office], None], wanted: list[str]
) -> None:
    """Too few would be a stale annex, too many wasted work: what is made is what comes out otherwise."""
    before = office.outbox()
    change(office)
    after = office.outbox()
    other = {sheet for path, sheet in PATHS.items() if before[path] != after[path]}
    assert sorted(set(made)) == wanted and other == set(wanted)


def test_a_newer_program_makes_them_anew(office: Office, made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "fingerprint", lambda: "9.9+0123456789ab")
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
