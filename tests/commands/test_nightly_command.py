"""`nightly`, `send` and `doctor --mail` as a scheduler or a person calls them."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from email import message_from_bytes, policy

import pytest
from conftest import Office
from imap_server import ImapServerForTests
from tables import workbook
from test_cli import at, call, inside
from test_night import GOOD, NO_LETTERS, ROSTER, letter, servers

from dazoufang import cli
from dazoufang.outbox import publishing
from dazoufang.system import clock


@pytest.fixture
def ready(office: Office) -> Office:
    office.drop("花名册.xlsx", workbook(ROSTER))
    office.drop("工会/走访.xlsx", GOOD)
    return office


def test_nightly_as_a_scheduler_calls_it(ready: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """In processes of their own, with the real engine."""
    with servers(monkeypatch, ImapServerForTests([letter("chenhong@example.org", text="零报告")])) as (_, server):
        done = call("nightly", "--json", *at(ready))
        again = call("nightly", *at(ready))
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert said["mail_in"] == {"letters": 1, "attachments": 1, "refused": 0}
    assert said["letters"] == NO_LETTERS | {"sent": 5}
    assert said["run"]["submissions"]["accepted"] == 3 and said["held_because"] == []
    assert len(server.letters) == 5
    assert again.stdout.splitlines()[0] == (
        "夜间汇总 2023-10-20：收下 0 份，部分收下 0 份，退回 0 份；来信 0 封（附件 0 个，没有收 0 封）；没有信要发"
    )


def test_send_says_how_many_letters_stand_where(
    ready: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with servers(monkeypatch, script={"CONNECT": ["554 no"] * 9}) as (_, server):
        assert inside(monkeypatch, "nightly", *at(ready)) == cli.UNFINISHED
        assert capsys.readouterr().err != ""
        assert inside(monkeypatch, "send", "--dry-run", "--json", *at(ready)) == 0
        written = json.loads(capsys.readouterr().out)
        assert (written["queued"], len(written["files"]), server.letters) == (4, 4, [])
    with servers(monkeypatch) as (_, server):
        assert inside(monkeypatch, "send", "--json", *at(ready)) == 0
        assert json.loads(capsys.readouterr().out) == NO_LETTERS | {"sent": 4}
        assert inside(monkeypatch, "send", *at(ready)) == 0
        assert capsys.readouterr().out == "没有信要发\n"


def test_the_office_is_written_when_a_night_is_not_finished(
    ready: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with servers(monkeypatch) as (_, server):
        assert inside(monkeypatch, "nightly", *at(ready)) == 0
        server.letters.clear()
        with monkeypatch.context() as broken:
            broken.setattr(publishing, "_stage", _full)
            ready.drop("工会/走访二.xlsx", GOOD)
            assert inside(monkeypatch, "nightly", *at(ready)) == cli.UNFINISHED
    assert "磁盘已满" in capsys.readouterr().err
    ((_, recipient, data),) = server.letters
    told = message_from_bytes(data, policy=policy.default)
    assert (recipient, told["Subject"]) == ("wumin@example.org", "大走访 10月20日：昨夜没有完成，上一次完成是10月20日")


def _full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_url_that_cannot_be_used_is_refused_before_anything_is_done(
    ready: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DAZOUFANG_SMTP_URL", "http://user:geheim@host")
    assert inside(monkeypatch, "nightly", *at(ready)) == cli.WRONG_USE
    said = capsys.readouterr().err
    assert "DAZOUFANG_SMTP_URL" in said and "geheim" not in said
    assert (ready.home.inbox / "工会/走访.xlsx").exists()


class TestDoctor:
    def test_with_mail_it_writes_to_ourselves_and_opens_the_mailbox(
        self, ready: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        ready.run()
        with servers(monkeypatch) as (_, server):
            assert inside(monkeypatch, "doctor", "--mail", *at(ready)) == 0
        said = capsys.readouterr().out
        assert "已给自己（dazoufang@[127.0.0.1]）发了一封试发信" in said and "收信邮箱能打开" in said
        ((_, recipient, data),) = server.letters
        told = message_from_bytes(data, policy=policy.default)
        assert (recipient, told["Subject"]) == ("dazoufang@[127.0.0.1]", "大走访 试发信")

    def test_what_does_not_work_is_a_problem(
        self, ready: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        ready.run()
        with servers(monkeypatch, ImapServerForTests(refuses_login=True), {"CONNECT": ["554 no"]}):
            assert inside(monkeypatch, "doctor", "--mail", *at(ready)) == cli.FOUND
        said = capsys.readouterr().out
        assert "[问题] 试发信没有发出" in said and "授权码" in said

    def test_without_mail_that_is_only_noted(
        self, ready: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        ready.run()
        assert inside(monkeypatch, "doctor", *at(ready)) == 0
        assert "[注意] 没有设发信服务器，信都放在 outbox/邮件" in capsys.readouterr().out

    def test_a_night_that_did_not_come_is_a_problem_after_26_hours(
        self, ready: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert inside(monkeypatch, "nightly", *at(ready)) == 0
        hour = time(20, 29)  # the nightly hour is 18:30
        monkeypatch.setattr(clock.WallClock, "now", lambda _: datetime.combine(date(2023, 10, 21), hour))
        assert inside(monkeypatch, "doctor", *at(ready)) == 0
        capsys.readouterr()
        hour = time(20, 31)
        assert inside(monkeypatch, "doctor", *at(ready)) == cli.FOUND
        assert "夜间汇总没有按时来：outbox 还是10月20日的" in capsys.readouterr().out
