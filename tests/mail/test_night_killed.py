"""A night ended by SIGKILL at any of its named points and done again: no letter is lost, none is sent twice unsaid."""

from __future__ import annotations

import os
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from pathlib import Path
from typing import Final

import pytest
from conftest import Office
from imap_server import ImapServerForTests
from smtp_server import SmtpServerForTests
from tables import workbook
from test_night import GOOD, PARTLY, ROSTER, letter, servers

from dazoufang.commands.nightly import nightly, send
from dazoufang.commands.rebuild import rebuild
from dazoufang.record.letters import Letters
from dazoufang.record.record import Record
from dazoufang.system import failpoints
from dazoufang.system.home import Home

EVERY: Final = int(os.environ.get("MAIL_KILLS_EVERY", "60"))  # of so many points one ends the night; 1 for all, by hand
NIGHT: Final = datetime(2023, 10, 20, 18, 30)
CAME: Final = [
    letter("liming@example.org", ("走访.xlsx", PARTLY), ("走访 二.xlsx", GOOD), number=1),
    letter("chenhong@example.org", text="本周无", number=2),
    letter("x@example.net", ("走访.xlsx", GOOD), number=3),
    letter("liming@example.org", text="请问什么时候交？", number=4),
]
PATHS: Final = ["花名册.xlsx", "工会/邮件0001/走访.xlsx", "工会/邮件0001/走访 二.xlsx", "督导室/邮件0002/零报告.csv"]
RECIPIENTS: Final = Counter(
    {
        "liming@example.org": 3,
        "chenhong@example.org": 2,
        "x@example.net": 1,
        "wangfang@example.org": 1,
        "wumin@example.org": 2,
    }
)  # answers, digests, and the report, for somebody was refused


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[ImapServerForTests, SmtpServerForTests]]:
    with servers(monkeypatch, ImapServerForTests(list(CAME))) as (mailbox, server):
        yield mailbox, server


def reached(home: Home) -> list[str]:
    """All points of an undisturbed night, in their order."""
    points: list[str] = []
    failpoints.arm(points.append)
    try:
        nightly(home, NIGHT)
    finally:
        failpoints.arm(None)
    return points


def killed(home: Home, at: int) -> None:
    """A night in a process of its own that ends at its point number `at`, or comes to its end."""
    process = os.fork()
    if process == 0:
        passed = 0

        def hook(_: str) -> None:
            nonlocal passed
            passed += 1
            if passed == at:
                os.kill(os.getpid(), signal.SIGKILL)

        failpoints.arm(hook)
        try:
            nightly(home, NIGHT)
        finally:
            os._exit(0)
    os.waitpid(process, 0)


def office_at(folder: Path) -> Office:
    office = Office(Home(folder))
    office.drop("花名册.xlsx", workbook(ROSTER))
    return office


def check(office: Office, server: SmtpServerForTests, at: int) -> None:
    """All files in the record once, all letters sent, and twice only those of which that is said."""
    assert Counter(found.path for found in office.submissions()) == Counter(PATHS), at
    by_id = Counter(str(message_from_bytes(data)["Message-ID"]) for _, _, data in server.letters)
    once = {str(message_from_bytes(data)["Message-ID"]): recipient for _, recipient, data in server.letters}
    assert Counter(once.values()) == RECIPIENTS, at
    assert sum(count - 1 for count in by_id.values()) <= 1, at
    with Record.of(office.home) as record:
        assert Letters(record).waiting() == []
        assert Letters(record).unanswered() == []
    assert rebuild(office.home) == []
    left = [file.name for file in office.home.inbox.rglob("*") if file.is_file() and not file.name.startswith(".")]
    assert left == []


@pytest.mark.usefixtures("quick")
def test_wherever_a_night_ends_it_is_made_up(
    tmp_path: Path, world: tuple[ImapServerForTests, SmtpServerForTests]
) -> None:
    _, server = world
    first = office_at(tmp_path / "whole")
    points = reached(first.home)
    check(first, server, 0)
    assert failpoints.OF_MAIL.keys() - {"letter noted"} <= set(points)  # nothing is put off in this night
    assert len(points) > 100
    tried = range(EVERY, len(points) + 1, EVERY)
    for at in tried:
        server.letters.clear()
        office = office_at(tmp_path / str(at))
        killed(office.home, at)
        nightly(office.home, NIGHT)
        send(office.home, NIGHT.replace(hour=23))  # what is uncertain waits a while
        check(office, server, at)
        shutil.rmtree(office.home.root)
