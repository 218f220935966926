"""A watch with a mailbox: letters are taken in and answered all day, the night's letters go at its hour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy

import pytest
from conftest import Office
from imap_server import ImapServerForTests
from smtp_server import SmtpServerForTests
from tables import workbook
from test_night import GOOD, ROSTER, letter, servers
from test_watch import Shift, Time


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[ImapServerForTests, SmtpServerForTests]]:
    with servers(monkeypatch) as (mailbox, server):
        yield mailbox, server


def sent(server: SmtpServerForTests) -> list[tuple[str, str]]:
    return sorted((recipient, subject(data)) for _, recipient, data in server.letters)


def subject(data: bytes) -> str:
    return str(message_from_bytes(data, policy=policy.default)["Subject"])


def test_a_letter_is_taken_in_and_answered_within_seconds(
    office: Office, world: tuple[ImapServerForTests, SmtpServerForTests]
) -> None:
    mailbox, server = world
    office.drop("花名册.xlsx", workbook(ROSTER))
    shift = Shift(office, Time(datetime(2023, 10, 20, 9)))
    with shift.watch:
        shift.steps(10)
        mailbox.letters.append(letter("liming@example.org", ("走访.xlsx", GOOD)))
        shift.steps(300)
        assert [found.path for found in office.submissions()] == ["花名册.xlsx", "工会/邮件0001/走访.xlsx"]
        shift.steps(30)
    assert sent(server) == [("liming@example.org", "大走访回执 10月20日：收到1份表，已收1份")]
    assert any("信 已发出 1 封" in line for line in shift.said)


def test_the_nights_letters_go_at_its_hour_and_once(
    office: Office, world: tuple[ImapServerForTests, SmtpServerForTests]
) -> None:
    _, server = world
    office.drop("花名册.xlsx", workbook(ROSTER))
    shift = Shift(office, Time(datetime(2023, 10, 20, 18, 29)))
    with shift.watch:
        shift.steps(20)
        assert server.letters == []
        shift.steps(100)
        first = len(server.letters)
        shift.steps(600)
    assert first == len(server.letters) == 4
    assert all(words.startswith("大走访 10月20日：") for _, words in sent(server))


def test_a_mailbox_that_is_away_is_told_and_stops_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with servers(monkeypatch, ImapServerForTests(refuses_login=True)):
        shift = Shift(office, Time(datetime(2023, 10, 20, 9)))
        with shift.watch:
            office.drop("工会/走访.xlsx", GOOD)
            shift.steps(20)
            assert len(office.submissions()) == 1
    assert any("授权码" in line for line in shift.said)


def test_settings_that_cannot_be_used_are_told_and_stop_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAZOUFANG_SMTP_URL", "http://geheim@host")
    shift = Shift(office, Time(datetime(2023, 10, 20, 18, 29)))
    with shift.watch:
        office.drop("工会/走访.xlsx", GOOD)
        shift.steps(90)
        assert len(office.submissions()) == 1 and shift.annexes() != []
    told = [line for line in shift.said if "DAZOUFANG_SMTP_URL" in line]
    assert len(told) == 2 and "geheim" not in told[0]  # at the start, and at the night
