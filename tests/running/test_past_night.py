"""run --as-of: the outbox of a past night, byte for byte, by the rules of that night; the next plain run restores today's."""

from __future__ import annotations

import json
import shutil
from datetime import date

import pytest
from conftest import Office
from tables import workbook

from dazoufang.archive import nights
from dazoufang.archive.nights import Night
from dazoufang.cli import main
from dazoufang.commands.rebuild import rebuild
from dazoufang.commands.run import run_as_of
from dazoufang.commands.withdraw import withdraw
from dazoufang.rules.campaign import load_rules
from dazoufang.system.home import shipped

MONDAY, TUESDAY, WEDNESDAY = date(2023, 10, 16), date(2023, 10, 17), date(2023, 10, 18)
VISITS = "走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷和信访诉求"
GOOD = "2023-09-20 | 李明 | 张三 | 其他 | 13812345678 | 与邻居争排水沟"
WRONG = "2023-09-21 | 李明 | 李四 | 其他 | 1380000 | 无"


@pytest.fixture(scope="module")
def has_lived(old_office: Office) -> tuple[Office, dict[date, dict[str, bytes]]]:
    """A home that lived three days, and its outbox on each night: a form partly sent back, mended, and withdrawn."""
    office, outboxes = old_office, {}
    office.take("花名册.xlsx", workbook("姓名 | 单位 | 角色\n李明 | 工会 | 股室负责人"), MONDAY)
    office.take("工会/走访.xlsx", workbook(f"{VISITS}\n{GOOD}\n{WRONG}", unit="工会"), MONDAY)
    outboxes[MONDAY] = office.outbox()
    mended = WRONG.replace("1380000", "13800000001")
    office.take("工会/走访.xlsx", workbook(f"{VISITS}\n{GOOD}\n{mended}", unit="工会"), TUESDAY)
    outboxes[TUESDAY] = office.outbox()
    withdraw(office.home, "3", WEDNESDAY)
    outboxes[WEDNESDAY] = office.outbox()
    return office, outboxes


@pytest.fixture
def lived(
    office: Office, has_lived: tuple[Office, dict[date, dict[str, bytes]]]
) -> tuple[Office, dict[date, dict[str, bytes]]]:
    """As `has_lived`."""
    office.is_like(has_lived[0])
    return office, has_lived[1]


Lived = tuple[Office, dict[date, dict[str, bytes]]]


@pytest.mark.parametrize("night", [MONDAY, TUESDAY, WEDNESDAY])
def test_it_is_byte_for_byte_what_it_was(lived: Lived, night: date) -> None:
    office, outboxes = lived
    summary = run_as_of(office.home, night)
    assert office.outbox() == outboxes[night]
    assert (summary.today, summary.as_of, sum(summary.submissions.values())) == (night, "", 0)


def test_it_shows_the_figures_of_then(lived: Lived) -> None:
    office, _ = lived
    assert [run_as_of(office.home, night).rows["visits"] for night in (MONDAY, TUESDAY, WEDNESDAY)] == [1, 2, 1]


def test_the_next_run_restores_today(lived: Lived) -> None:
    office, outboxes = lived
    run_as_of(office.home, MONDAY)
    office.run(WEDNESDAY)
    assert office.outbox() == outboxes[WEDNESDAY]
    assert rebuild(office.home) == []


def test_rebuild_knows_a_past_night_when_it_sees_one(lived: Lived) -> None:
    office, _ = lived
    run_as_of(office.home, MONDAY)
    assert rebuild(office.home) == []
    (office.home.outbox / "预警提醒.xlsx").write_bytes(b"")
    assert rebuild(office.home) == ["outbox 中的 预警提醒.xlsx 与重建的不同"]


def test_nothing_is_taken_in(lived: Lived) -> None:
    office, _ = lived
    office.drop("工会/又一份.xlsx", workbook(f"{VISITS}\n{GOOD}", unit="工会"))
    run_as_of(office.home, MONDAY)
    assert len(office.submissions()) == 4
    assert (office.home.inbox / "工会/又一份.xlsx").exists()


def test_the_rules_are_those_of_that_night(office: Office) -> None:
    office.take("花名册.xlsx", workbook("姓名 | 单位 | 角色\n李明 | 工会 | 股室负责人"), MONDAY)
    office.take("工会/走访.xlsx", workbook(f"{VISITS}\n{GOOD}", unit="工会"), MONDAY)
    before = office.outbox()
    shutil.copytree(shipped("schemas"), office.home.root / "schemas")
    campaign = office.home.root / "schemas" / "campaign.yaml"
    text = campaign.read_text("utf-8")
    campaign.write_text(text.replace("households_per_round: {value: 10,", "households_per_round: {value: 12,"), "utf-8")
    office.run(TUESDAY)
    after = office.outbox()
    assert after["附件1 县乡干部大走访活动汇总表.xlsx"] != before["附件1 县乡干部大走访活动汇总表.xlsx"]
    run_as_of(office.home, MONDAY)
    assert office.outbox() == before
    run_as_of(office.home, TUESDAY)
    assert office.outbox() == after


def test_the_templates_are_those_of_that_night(office: Office) -> None:
    shutil.copytree(shipped("templates"), office.home.root / "templates")
    office.take("工会/走访.xlsx", workbook(f"{VISITS}\n{GOOD}", unit="工会"), MONDAY)
    before = office.outbox()
    page = office.home.root / "templates" / "receipt.html"
    page.write_text(page.read_text("utf-8").replace("收下的行", "已经收下的行"), "utf-8")
    office.run(TUESDAY)
    run_as_of(office.home, MONDAY)
    assert office.outbox() == before


def test_a_night_of_which_nothing_was_published_is_said_and_worked_out(lived: Lived) -> None:
    office, outboxes = lived
    (office.home.archive / "nights.jsonl").unlink()
    summary = run_as_of(office.home, TUESDAY)
    assert summary.as_of == "2023-10-17那天没有出过附件，按到那天为止收到的和当时的规则重出"
    assert office.outbox() == outboxes[TUESDAY]


def test_a_day_that_is_shown_again_later_is_not_that_night(lived: Lived) -> None:
    office, outboxes = lived
    office.run(MONDAY)
    assert office.outbox() != outboxes[MONDAY]
    run_as_of(office.home, MONDAY)
    assert office.outbox() == outboxes[MONDAY]


def test_the_archive_has_a_line_a_night(lived: Lived) -> None:
    office, _ = lived
    print_of = load_rules(office.home.schemas).fingerprint
    assert nights.nights(office.home.archive) == [
        Night("2023-10-16", print_of, "", 2),
        Night("2023-10-17", print_of, "", 3),
        Night("2023-10-18", print_of, "", 4),
    ]
    office.run(WEDNESDAY)
    assert len(nights.nights(office.home.archive)) == 3


class TestTheCommandLine:
    def typed(self, office: Office, monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
        monkeypatch.setattr("sys.argv", ["process.py", "run", "--home", str(office.home.root), *words])
        return main()

    def test_it_says_that_this_is_a_past_night(
        self, lived: Lived, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.typed(lived[0], monkeypatch, "--today", "2023-10-16", "--as-of", "2023-10-16") == 0
        assert "这是过去那一晚的 outbox；再运行一次 run，就换回今天的" in capsys.readouterr().out
        assert self.typed(lived[0], monkeypatch, "--as-of", "2023-10-16", "--json") == 0
        assert json.loads(capsys.readouterr().out)["today"] == "2023-10-16"

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("--as-of", "昨天"), "--as-of 要写成 2023-10-20 这样，现在写的是“昨天”"),
            (("--as-of", "2023-10-16", "--today", "2023-10-17"), "--as-of 和 --today 要写同一天"),
            (("--as-of", "2123-10-16"), "--as-of 写的是2123-10-16，还没有到"),
        ],
    )
    def test_another_day_is_refused(
        self,
        lived: Lived,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        words: tuple[str, ...],
        said: str,
    ) -> None:
        before = lived[0].outbox()
        assert self.typed(lived[0], monkeypatch, *words) == 2
        assert said in capsys.readouterr().err
        assert lived[0].outbox() == before
