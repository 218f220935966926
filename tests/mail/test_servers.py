"""What the URLs of the mail servers say, and what is told of one that cannot be used."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dazoufang.mail.servers import BadMailSettings, ImapServer, SmtpServer, imap_server, our_address, smtp_server

posix = pytest.mark.skipif(os.name != "posix", reason="Windows keeps files for their owner in another way")


@pytest.fixture(autouse=True)
def _no_password_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DAZOUFANG_MAIL_PASSWORD_FILE", raising=False)
    monkeypatch.setitem(sys.modules, "keyring", None)  # as if it were not installed


def keyring_with(passwords: dict[tuple[str, str], str], locked: bool = False) -> dict[str, ModuleType]:
    """The keyring library, as far as it is used."""
    keyring, errors = ModuleType("keyring"), ModuleType("keyring.errors")

    class KeyringError(Exception):
        pass

    def get_password(service: str, user: str) -> str | None:
        if locked:
            raise KeyringError
        return passwords.get((service, user))

    keyring.__dict__["get_password"] = get_password
    errors.__dict__["KeyringError"] = KeyringError
    keyring.__dict__["errors"] = errors
    return {"keyring": keyring, "keyring.errors": errors}


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.local", SmtpServer("mail.local", 25, "", "", "none")),
        ("smtps://123%40qq.com:abcd@smtp.qq.com", SmtpServer("smtp.qq.com", 465, "123@qq.com", "abcd", "tls")),
        ("smtps://123@qq.com:abcd@smtp.qq.com:994", SmtpServer("smtp.qq.com", 994, "123@qq.com", "abcd", "tls")),
        ("smtp://u:p@h.cn?starttls=1", SmtpServer("h.cn", 587, "u", "p", "starttls")),
        ("smtp://u:p@h.cn:25/?starttls=true", SmtpServer("h.cn", 25, "u", "p", "starttls")),
        ("smtp://u:p@h.cn?starttls=0", SmtpServer("h.cn", 25, "u", "p", "none")),
        ("  SMTP://u:p@H.CN:2525\n", SmtpServer("h.cn", 2525, "u", "p", "none")),
        ("smtp://u:p%40%3A%2F%3F%23%25%20@h", SmtpServer("h", 25, "u", "p@:/?#% ", "none")),
        ("smtp://[::1]:2525", SmtpServer("::1", 2525, "", "", "none")),
        ("smtp://u:p@邮局.中国", SmtpServer("xn--dgtz33j.xn--fiqs8s", 25, "u", "p", "none")),
    ],
)
def test_where_letters_go_out(url: str, server: SmtpServer) -> None:
    assert smtp_server(url) == server


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("imap://u:p@h.cn", ImapServer("h.cn", 143, "u", "p", False, "INBOX")),
        ("imaps://123%40qq.com:abcd@imap.qq.com/", ImapServer("imap.qq.com", 993, "123@qq.com", "abcd", True, "INBOX")),
        ("imaps://u:p@h.cn:9993/%E8%B5%B0%E8%AE%BF", ImapServer("h.cn", 9993, "u", "p", True, "走访")),
        ("imap://u:p@h.cn/INBOX/走访", ImapServer("h.cn", 143, "u", "p", False, "INBOX/走访")),
    ],
)
def test_where_letters_come_in(url: str, server: ImapServer) -> None:
    assert imap_server(url) == server


ENCODE = "用户名和密码里的 @ : / ? # % 要写成 %40 %3A %2F %3F %23 %25"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("", "要以 smtp:// 或 smtps:// 开头，例如 smtps://用户名:密码@主机"),
        ("smtp.qq.com:465", "要以 smtp:// 或 smtps:// 开头，例如 smtps://用户名:密码@主机"),
        ("imaps://u:geheim@h", "要以 smtp:// 或 smtps:// 开头，例如 smtps://用户名:密码@主机"),
        ("smtp:u:geheim@h", "要以 smtp:// 或 smtps:// 开头，例如 smtps://用户名:密码@主机"),
        ("smtp://", "缺少主机，请写成 smtp://用户名:密码@主机:端口"),
        ("smtp://u:geheim@", "缺少主机，请写成 smtp://用户名:密码@主机:端口"),
        ("smtp://u:geheim@h:abc", f"端口要是 1 到 65535 的数字，例如 465；不写用默认端口。若密码里有符号，{ENCODE}"),
        ("smtp://u:geheim@h:0", f"端口要是 1 到 65535 的数字，例如 465；不写用默认端口。若密码里有符号，{ENCODE}"),
        ("smtp://u:geheim@h:65536", f"端口要是 1 到 65535 的数字，例如 465；不写用默认端口。若密码里有符号，{ENCODE}"),
        ("smtp://u:ge/heim@h", f"主机后面多了“/”和别的字，请删去。若那是密码的一部分，{ENCODE}"),
        ("smtp://u:ge?heim@h", f"“?”后面只能写 starttls=1 或 starttls=0。若那是密码的一部分，{ENCODE}"),
        ("smtp://u:ge#heim@h", f"里面有“#”，它后面的都会被丢掉。{ENCODE}"),
        ("smtp://u:geheim%@h", "密码里的 % 要写成 %25（% 后面要跟两位十六进制数）"),
        ("smtp://u%zz:geheim@h", "用户名里的 % 要写成 %25（% 后面要跟两位十六进制数）"),
        ("smtp://u:geheim%C4@h", "密码的 % 编码不是 UTF-8，请重新编码"),
        ("smtp://u:geheim%0A@h", "密码里有换行等看不见的字符，请删去"),
        ("smtp://u:ge heim@h", "中间有空格或换行，请删去"),
        ("smtp://u:geheim＠h", f"主机或密码里有全角符号或不成对的方括号，请用半角的 : / @ 重写。{ENCODE}"),
        ("smtp://u:geheim@[::1", f"主机或密码里有全角符号或不成对的方括号，请用半角的 : / @ 重写。{ENCODE}"),
        ("smtp://u:geheim@h!st", f"主机写得不对，只能是 smtp.qq.com 这样的名字或 IP 地址。若密码里有符号，{ENCODE}"),
        ("smtp://:geheim@h", "有密码没有用户名，请写成 smtp://用户名:密码@主机"),
        ("smtp://u:geheim@h?ssl=1", f"“?”后面只能写 starttls=1 或 starttls=0。若那是密码的一部分，{ENCODE}"),
        ("smtp://u:geheim@h?starttls=maybe", f"“?”后面只能写 starttls=1 或 starttls=0。若那是密码的一部分，{ENCODE}"),
        ("smtps://u:geheim@h?starttls=1", "smtps:// 一开始就加密，不要再写 starttls=1；若端口是 587，请改成 smtp://"),
    ],
)
def test_a_url_that_cannot_be_used_is_told_with_its_mend_and_without_its_password(url: str, told: str) -> None:
    with pytest.raises(BadMailSettings) as refused:
        smtp_server(url)
    assert str(refused.value) == f"DAZOUFANG_SMTP_URL：{told}"
    assert refused.value.exit_code == 2
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("imap://h", f"收信要登录，缺少用户名和密码，请写成 imap://用户名:密码@主机。{ENCODE}"),
        ("imap://u:p@h?starttls=1", "“?”后面的内容用不上，请删去；加密请用 imaps://"),
        ("imaps://u:ge/heim@h", f"主机写得不对，只能是 smtp.qq.com 这样的名字或 IP 地址。若密码里有符号，{ENCODE}"),
        ("imaps://u:1/heim@h", f"主机写得不对，只能是 smtp.qq.com 这样的名字或 IP 地址。若密码里有符号，{ENCODE}"),
        ("imaps://u:p@h/%ff", "文件夹的 % 编码不是 UTF-8，请重新编码"),
        ("smtp://u:p@h", "要以 imap:// 或 imaps:// 开头，例如 imaps://用户名:密码@主机"),
    ],
)
def test_an_imap_url_that_cannot_be_used_is_told(url: str, told: str) -> None:
    with pytest.raises(BadMailSettings) as refused:
        imap_server(url)
    assert str(refused.value) == f"DAZOUFANG_IMAP_URL：{told}"


@given(st.text(max_size=60))
def test_no_url_breaks_and_no_refusal_shows_what_stands_in_it(middle: str) -> None:
    for read in (smtp_server, imap_server):
        try:
            read(f"smtps://u:geheim{middle}@smtp.qq.com")
        except BadMailSettings as refused:
            assert "geheim" not in str(refused)


def test_no_server_shows_its_password() -> None:
    assert repr(smtp_server("smtps://u:geheim@h")) == "SmtpServer(host='h', port=465, user='u', security='tls')"
    assert "geheim" not in repr(imap_server("imaps://u:geheim@h"))


@pytest.mark.parametrize(
    ("url", "sender", "address"),
    [
        ("smtps://123%40qq.com:p@smtp.qq.com", " office@hr.gov.cn ", "office@hr.gov.cn"),
        ("smtps://123%40qq.com:p@smtp.qq.com", "", "123@qq.com"),
        ("smtp://office:p@mail.hr.gov.cn:2525", "", "office@mail.hr.gov.cn"),
        ("smtp://127.0.0.1:2525", "", "dazoufang@[127.0.0.1]"),
        ("smtp://[::1]", "", "dazoufang@[IPv6:::1]"),
        ("smtp://mail.hr.gov.cn", "office", "office@mail.hr.gov.cn"),
    ],
)
def test_the_address_our_letters_come_from(url: str, sender: str, address: str) -> None:
    assert our_address(smtp_server(url), sender) == address


def test_a_user_without_a_domain_logs_in_as_it_is_written() -> None:
    assert smtp_server("smtp://office:p@mail.hr.gov.cn").user == "office"


def test_a_password_in_the_rules_is_refused_and_a_url_without_one_is_not() -> None:
    with pytest.raises(BadMailSettings, match=r"^campaign\.yaml 的 mail：网址里不能写密码") as refused:
        smtp_server("smtps://u:geheim@h", in_rules=True)
    assert "geheim" not in str(refused.value)
    assert smtp_server("smtp://h", in_rules=True).host == "h"


@posix
def test_the_password_comes_from_a_file_that_only_its_owner_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "密码.txt"
    file.write_bytes("\ufeffabcd efgh\r\n".encode())
    file.chmod(0o600)
    monkeypatch.setenv("DAZOUFANG_MAIL_PASSWORD_FILE", str(file))
    assert smtp_server("smtps://u@h") == SmtpServer("h", 465, "u", "abcd efgh", "tls")
    assert imap_server("imaps://u@h") == ImapServer("h", 993, "u", "abcd efgh", True, "INBOX")
    assert smtp_server("smtps://u:other@h") == SmtpServer("h", 465, "u", "other", "tls")
    assert smtp_server("smtp://h") == SmtpServer("h", 25, "", "", "none")


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_password_file_that_others_can_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    file = tmp_path / "p"
    file.write_text("geheim")
    file.chmod(mode)
    monkeypatch.setenv("DAZOUFANG_MAIL_PASSWORD_FILE", str(file))
    with pytest.raises(BadMailSettings) as refused:
        smtp_server("smtps://u@h")
    assert str(refused.value) == f"DAZOUFANG_MAIL_PASSWORD_FILE：密码文件别人也能读，请先运行 chmod 600 {file}"


@pytest.mark.parametrize("content", [b"", b" \n", b"geheim\nsecond\n", b"\xc4geheim", b"g" * 2000])
def test_a_password_file_without_one_password_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    file = tmp_path / "p"
    file.write_bytes(content)
    file.chmod(0o600)
    monkeypatch.setenv("DAZOUFANG_MAIL_PASSWORD_FILE", str(file))
    with pytest.raises(BadMailSettings) as refused:
        smtp_server("smtps://u@h")
    assert str(refused.value) == f"DAZOUFANG_MAIL_PASSWORD_FILE：密码文件 {file} 里应当只有一行密码（UTF-8）"


def test_a_password_file_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAZOUFANG_MAIL_PASSWORD_FILE", str(tmp_path / "none"))
    with pytest.raises(BadMailSettings, match=r"^DAZOUFANG_MAIL_PASSWORD_FILE：读不到密码文件 "):
        smtp_server("smtps://u@h")


def test_the_password_comes_from_the_keyring_when_there_is_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, module in keyring_with({("dazoufang", "123@qq.com"): "abcd"}).items():
        monkeypatch.setitem(sys.modules, name, module)
    assert smtp_server("smtps://123%40qq.com@smtp.qq.com") == SmtpServer(
        "smtp.qq.com", 465, "123@qq.com", "abcd", "tls"
    )


@pytest.mark.parametrize("locked", [False, True])
def test_without_any_password_it_is_told_where_one_may_stand(monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    for name, module in keyring_with({}, locked).items():
        monkeypatch.setitem(sys.modules, name, module)
    with pytest.raises(BadMailSettings) as refused:
        smtp_server("smtps://123%40qq.com@smtp.qq.com")
    assert str(refused.value) == (
        "DAZOUFANG_SMTP_URL：没有密码（QQ、163 邮箱要填授权码）。可以写在网址里（用户名:密码@主机）；"
        "或写进只有自己能读的文件，用 DAZOUFANG_MAIL_PASSWORD_FILE 指明；或存进系统钥匙串：keyring set dazoufang 用户名"
    )
