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
# What each home was told of its files then. The program of `habits` knew neither ticks nor tables side by side nor a
# unit's own figures; that of `layouts` no more than three rows of headings, no letters before them, no lists beside
# bands, no notes over cards, and no unit before a name. That of `terms` did not ask who held office on the day of a visit,
# that of `withdrawals` knew no 撤回单, that of `column` asked about a column 需修改.
AS_THEY_WERE = {
    "habits": [
        ("花名册.xlsx", "accepted"),
        ("工会/走访登记表.xlsx", "accepted"),
        ("工会/打勾.xlsx", "returned"),
        ("人事股/左右.xlsx", "returned"),
        ("人事股/汇总表.xlsx", "returned"),
        ("人事股/走访登记表.xlsx", "accepted"),
    ],
    "layouts": [
        ("花名册.xlsx", "accepted"),
        ("工会/走访登记表.xlsx", "accepted"),
        ("工会/四行表头.xlsx", "returned"),
        ("工会/字母表头.xlsx", "returned"),
        ("工会/旁边名单.xlsx", "partly"),
        ("工会/卡片.xlsx", "returned"),
        ("工会/带单位的姓名.xlsx", "returned"),
    ],
    "terms": [
        ("花名册.xlsx", "accepted"),
        ("工会/走访登记表.xlsx", "accepted"),
        ("人事股/走访登记表.xlsx", "accepted"),
    ],
    "withdrawals": [
        ("花名册.xlsx", "accepted"),
        ("工会/走访登记表.xlsx", "accepted"),
        ("撤回单.xlsx", "returned"),
    ],
    "column": [
        ("花名册.xlsx", "accepted"),
        ("工会/走访登记表.xlsx", "accepted"),
        ("人事股/走访登记表.xlsx", "accepted"),
    ],
}


@pytest.fixture(params=AS_THEY_WERE)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def judged(tmp_path: Path, name: str) -> Office:
    with zipfile.ZipFile(JUDGED / f"{name}.zip") as packed:
        packed.extractall(tmp_path / "home")
    return Office(Home(tmp_path / "home"), date(2023, 10, 23))


def verdicts(office: Office) -> list[tuple[str, str]]:
    return [(each.path, each.verdict) for each in office.submissions()]


def test_what_was_sent_back_stays_so_and_rebuilds_without_a_difference(judged: Office, name: str) -> None:
    judged.run()
    assert verdicts(judged) == AS_THEY_WERE[name]
    assert rebuild(judged.home) == []


def test_a_record_made_anew_is_the_same(judged: Office, name: str) -> None:
    judged.home.record.unlink()
    assert [line for line in rebuild(judged.home) if not line.startswith("outbox 缺少")] == []
    assert verdicts(judged) == AS_THEY_WERE[name]


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("habits", ["人事股/汇总表.xlsx"]),
        ("layouts", ["工会/四行表头.xlsx", "工会/字母表头.xlsx", "工会/旁边名单.xlsx", "工会/卡片.xlsx", "工会/带单位的姓名.xlsx"]),
    ],
)  # fmt: skip
def test_the_same_unit_may_send_it_now(judged: Office, files: list[str]) -> None:
    judged.run()
    for path in files:
        (sent,) = (judged.home.archive / "2023-10").glob(f"* {path.rpartition('/')[2]}")
        judged.drop(path.replace(".xlsx", " 改.xlsx"), sent.read_bytes() + b"\0")
    judged.run()
    told = verdicts(judged)[-len(files) :]
    assert [verdict for _, verdict in told] == ["accepted"] * len(files)
    assert rebuild(judged.home) == []


@pytest.mark.parametrize("name", ["terms"])
def test_visits_outside_the_term_that_were_taken_stay_so_and_go_back_when_they_come_again(judged: Office) -> None:
    sent = next(each for each in judged.submissions() if each.path == "工会/走访登记表.xlsx")
    judged.drop("工会/走访登记表 改.xlsx", (judged.home.archive / sent.archived).read_bytes() + b"\0")
    judged.run()
    submission = judged.submissions()[-1]
    assert submission.verdict == "partly"
    assert [(fault.code, fault.cell, fault.value) for fault in submission.faults] == [
        ("R25", "B3", "李明"),
        ("R25", "B4", "陈红"),
    ]
    assert rebuild(judged.home) == []


@pytest.mark.parametrize("name", ["column"])
def test_a_column_that_was_asked_about_stays_so_and_is_not_asked_about_when_it_comes_again(judged: Office) -> None:
    sent = next(each for each in judged.submissions() if each.path == "人事股/走访登记表.xlsx")
    assert [(fault.code, fault.cell, fault.value) for fault in sent.faults] == [("S14", "H2", "需修改")]
    judged.drop("人事股/走访登记表 改.xlsx", (judged.home.archive / sent.archived).read_bytes() + b"\0")
    judged.run()
    submission = judged.submissions()[-1]
    assert (submission.verdict, submission.faults, len(submission.parts[0].rows)) == ("accepted", [], 2)
    assert rebuild(judged.home) == []


def test_what_was_sent_back_is_read_in_a_new_home(office: Office) -> None:
    with zipfile.ZipFile(JUDGED / "layouts.zip") as packed:
        sent = {
            Path(name).name.partition(" ")[2]: packed.read(name) for name in packed.namelist() if name.endswith("xlsx")
        }
    office.take("花名册.xlsx", sent.pop("花名册.xlsx"))
    for name in sorted(sent):
        office.take(f"工会/{name}", sent[name])
    assert {verdict for _, verdict in verdicts(office)} == {"accepted"}
