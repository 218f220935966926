"""Folders and files that are closed to the program: each cause in its own words, nothing lost, never "all is well"."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path

import pytest
import rich.console  # noqa: F401  loaded late by a complaint, from where nobody else may read
from conftest import TODAY, Office
from test_laws import ZHANG, form

from dazoufang.commands import doctor, status
from dazoufang.outbox import placing
from dazoufang.running.desk import Desk
from dazoufang.system.errors import becomes

pytestmark = [
    pytest.mark.usefixtures("quick"),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows tells of permissions on opening alone"),
]

NOBODY = 65534


@contextmanager
def as_somebody_else() -> Iterator[None]:
    """Nothing is closed to root: as root the test goes on as another user meanwhile."""
    if os.geteuid() != 0:
        yield
        return
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@contextmanager
def closed(office: Office, path: str, mode: int) -> Iterator[None]:
    """A path of the home with this mode, seen by the home's owner, who is not root."""
    root = office.home.root
    if os.geteuid() == 0:
        for folder in root.parents:
            if not folder.stat().st_mode & 0o001:
                folder.chmod(folder.stat().st_mode | 0o011)
        for file in (root, *root.rglob("*")):
            os.chown(file, NOBODY, NOBODY)
    target = root / path
    before = target.stat().st_mode & 0o777
    target.chmod(mode)
    try:
        with as_somebody_else():
            yield
    finally:
        target.chmod(before)


@pytest.fixture
def worked(office: Office) -> Office:
    """A home that has worked before: so all that is imported late is there, and one unit has its answer."""
    office.take("工会/九月.xlsx", form(ZHANG))
    return office


def told(office: Office) -> str:
    """How a run ends: its words on what it could not take, or of the error that ended it."""
    try:
        return office.run().kept_back
    except Exception as error:
        return becomes(error).words


CLOSED = "文件夹没有权限打开，里面的表看不到；请检查它的权限"


READ_ONLY = "台账库现在不能读写（{}），程序没有权限读写 data 文件夹和里面的文件，请检查权限。没有丢失任何东西，排除后再运行一次即可"


@pytest.mark.parametrize(
    ("path", "mode", "words"),
    [
        ("inbox/人事股", 0o000, f"《人事股》{CLOSED}"),
        ("inbox/人事股", 0o500, "《人事股/十月.xlsx》文件夹没有写入权限，里面的表取不走；请检查它的权限"),
        ("inbox/人事股/十月.xlsx", 0o000, "《人事股/十月.xlsx》没有权限读取；请检查这份文件的权限"),
        ("outbox/回执/工会", 0o500, "没有做完，没有权限：{home}/outbox/回执/工会/十月.xlsx 回执0003.html"),
        ("archive", 0o500, "没有做完，没有权限：{home}/archive"),
        ("archive/2023-10", 0o500, "没有做完，没有权限：{home}/archive/2023-10"),
        ("data", 0o500, READ_ONLY.format("SQLITE_READONLY_DIRECTORY")),
        ("data/dazoufang.sqlite3", 0o400, READ_ONLY.format("SQLITE_READONLY")),
        ("outbox", 0o500, "没有做完，没有权限：{home}/outbox/.publishing"),
    ],
)
def test_a_run_says_what_is_closed_and_takes_it_once_it_is_open(
    worked: Office, path: str, mode: int, words: str
) -> None:
    worked.drop("人事股/十月.xlsx", form(ZHANG, unit="人事股"))
    worked.drop("工会/十月.xlsx", form(ZHANG))
    with closed(worked, path, mode):
        assert told(worked) == words.format(home=worked.home.root)
    worked.run()
    assert sorted(submission.path for submission in worked.submissions()) == [
        "人事股/十月.xlsx", "工会/九月.xlsx", "工会/十月.xlsx",
    ]  # fmt: skip
    assert worked.run().kept_back == ""


def test_status_doctor_and_proof_say_so_too(worked: Office) -> None:
    worked.drop("人事股/十月.xlsx", form(ZHANG, unit="人事股"))
    with closed(worked, "inbox/人事股", 0o000):
        inbox = status.status(worked.home, TODAY).inbox
        assert f"《人事股》{CLOSED}" in inbox.words
        assert inbox.passed_over == [{"path": "人事股", "reason": CLOSED}]
        found = [
            (finding.level, finding.what) for finding in doctor.examine(worked.home, datetime.combine(TODAY, time(12)))
        ]
        assert ("bad", f"对账有差异：看不到或取不走的：《人事股》{CLOSED}") in found
        with Desk(worked.home) as desk, desk.lead():
            assert desk.prove().differences == [f"看不到或取不走的：《人事股》{CLOSED}"]


def test_status_of_an_inbox_that_cannot_be_listed(worked: Office) -> None:
    with closed(worked, "inbox", 0o300):
        assert status.status(worked.home, TODAY).inbox.words.startswith("收件：收件文件夹看不到（没有权限）")


@pytest.mark.parametrize("folder", ["archive", "data"])
def test_personal_data_are_for_their_owner_alone(office: Office, folder: str) -> None:
    office.home.make()
    assert (office.home.root / folder).stat().st_mode & 0o777 == 0o700
    (office.home.root / folder).chmod(0o755)  # as an older program made it
    office.run()
    assert (office.home.root / folder).stat().st_mode & 0o777 == 0o700


def test_an_answer_that_could_be_put_nowhere_is_not_passed_over(
    worked: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its target is open in Excel, and its version beside it cannot be made."""
    monkeypatch.setattr(placing, "WAITS", ())
    monkeypatch.setattr(placing, "put_beside", lambda *_: False)
    replace = Path.replace

    def held(file: Path, target: Path) -> Path:
        if target.name.startswith("十月"):
            raise PermissionError(13, "open in Excel", str(target))
        return replace(file, target)

    monkeypatch.setattr(Path, "replace", held)
    worked.drop("工会/十月.xlsx", form(ZHANG))
    assert told(worked) == "回执/工会/十月.xlsx 回执0002.html 打开着，新的没能放进 outbox；请关闭后再运行一次"
