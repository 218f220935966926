"""What an earlier program judged stays as it was: homes (tests/homes/judged) with files that are read otherwise today."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest
from conftest import Office

from dazoufang.commands.rebuild import rebuild
from dazoufang.system.home import Home

pytestmark = pytest.mark.usefixtures("quick")

JUDGED = Path(__file__).parents[1] / "homes" / "judged"


@pytest.fixture
def habits(tmp_path: Path) -> Office:
    """A home of the program that knew the habits, and neither ticks nor tables side by side nor a unit's own figures."""
    with zipfile.ZipFile(JUDGED / "habits.zip") as packed:
        packed.extractall(tmp_path / "home")
    return Office(Home(tmp_path / "home"), date(2023, 10, 23))


def verdicts(office: Office) -> list[tuple[str, str]]:
    return [(each.path, each.verdict) for each in office.submissions()]


AS_THEY_WERE = [
    ("花名册.xlsx", "accepted"),
    ("工会/走访登记表.xlsx", "accepted"),
    ("工会/打勾.xlsx", "returned"),
    ("人事股/左右.xlsx", "returned"),
    ("人事股/汇总表.xlsx", "returned"),
    ("人事股/走访登记表.xlsx", "accepted"),
]


def test_what_was_sent_back_stays_so_and_rebuilds_without_a_difference(habits: Office) -> None:
    habits.run()
    assert verdicts(habits) == AS_THEY_WERE
    assert rebuild(habits.home) == []


def test_a_record_made_anew_is_the_same(habits: Office) -> None:
    habits.home.record.unlink()
    assert [line for line in rebuild(habits.home) if not line.startswith("outbox 缺少")] == []
    assert verdicts(habits) == AS_THEY_WERE


def test_the_same_unit_may_send_its_figures_now(habits: Office) -> None:
    habits.run()
    (sent_back,) = (habits.home.archive / "2023-10").glob("* 汇总表.xlsx")
    habits.take("人事股/汇总表 改.xlsx", sent_back.read_bytes() + b"\0")
    assert verdicts(habits)[-1] == ("人事股/汇总表 改.xlsx", "accepted")
    assert rebuild(habits.home) == []
