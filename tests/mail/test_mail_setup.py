"""设置邮件: the questions about the mailbox; the password goes into the keyring, the rest into the rules, or nothing anywhere."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from conftest import Office
from test_servers import keyring_with

from dazoufang.commands import setup
from dazoufang.commands.setup_answers import Options, offers
from dazoufang.entry import mail_setup
from dazoufang.mail.servers import BadMailSettings
from dazoufang.system import clock

Typing = Callable[..., None]


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """What the system's keyring holds."""
    passwords: dict[tuple[str, str], str] = {}
    modules = keyring_with(passwords)
    modules["keyring"].__dict__["set_password"] = lambda service, user, word: passwords.update({(service, user): word})
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    return passwords


@pytest.fixture
def types(office: Office, monkeypatch: pytest.MonkeyPatch) -> Typing:
    """Somebody who types these lines in the office."""
    monkeypatch.setenv("DAZOUFANG_HOME", str(office.home.root))

    def lines(*words: str) -> None:
        left = iter(words)
        monkeypatch.setattr("builtins.input", lambda _: next(left))

    return lines


def answered(office: Office) -> None:
    """The office has filled in what it is."""
    options = Options({})
    setup.set_up(office.home, setup.drafted(office.home, clock.today(), options, offers(None, options)), clock.today())


def test_servers_of_a_web_mailer_are_offered_and_the_password_stands_in_no_file(
    office: Office, types: Typing, kept: dict[tuple[str, str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    answered(office)
    types("123456", "123456@qq.com", "", "", " 授权码abc ")
    assert mail_setup.set_up_mail() == 0
    assert kept == {("dazoufang", "123456@qq.com"): "授权码abc"}
    rules = (office.home.root / "schemas" / "campaign.yaml").read_text("utf-8")
    assert "smtps://123456%40qq.com@smtp.qq.com:465" in rules and "imaps://123456%40qq.com@imap.qq.com:993" in rules
    assert not any("授权码abc".encode() in file.read_bytes() for file in office.home.root.rglob("*") if file.is_file())
    said = capsys.readouterr().out
    assert "请写完整的邮箱" in said and "授权码abc" not in said


def test_an_office_of_its_own_mail_server_names_it(
    office: Office, types: Typing, kept: dict[tuple[str, str], str]
) -> None:
    answered(office)
    types("zf@gov.example.cn", "", "smtp://mail.example.cn", "mail.example.cn", "imap.example.cn", "x")
    assert mail_setup.set_up_mail() == 0
    rules = (office.home.root / "schemas" / "campaign.yaml").read_text("utf-8")
    assert "smtps://zf%40gov.example.cn@mail.example.cn:465" in rules


def test_without_rules_of_its_own_or_a_password_nothing_is_changed(
    office: Office, types: Typing, kept: dict[tuple[str, str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert mail_setup.set_up_mail() == 2
    assert "请先双击“填本局情况”" in capsys.readouterr().out
    answered(office)
    before = (office.home.root / "schemas" / "campaign.yaml").read_bytes()
    types("123456@qq.com", "", "", "")
    assert mail_setup.set_up_mail() == 2
    assert (office.home.root / "schemas" / "campaign.yaml").read_bytes() == before and kept == {}


def test_without_a_keyring_nothing_is_changed(office: Office, types: Typing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    answered(office)
    before = (office.home.root / "schemas" / "campaign.yaml").read_bytes()
    types("123456@qq.com", "", "", "abc")
    with pytest.raises(BadMailSettings, match="存不了密码"):
        mail_setup.set_up_mail()
    assert (office.home.root / "schemas" / "campaign.yaml").read_bytes() == before
