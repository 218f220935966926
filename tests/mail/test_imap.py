"""The gate to IMAP: which letters are seen, that none is touched, and what is said when a server misbehaves."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from imap_server import ImapServerForTests, self_signed

from dazoufang.mail.imap import Found, ImapServer, Mailbox, MailboxAway, Position

FIRST, SECOND, THIRD = (b"Subject: %d\r\n\r\nwords %d\r\n" % (number, number) for number in (1, 2, 3))
NOTHING = Position(0, 0)


def access(server: ImapServerForTests, folder: str = "INBOX") -> ImapServer:
    return ImapServer("127.0.0.1", server.port, server.user, server.password, server.tls is not None, folder)


def fetched(server: ImapServerForTests, position: Position = NOTHING, timeout: float = 10.0) -> list[Found]:
    with Mailbox(access(server), timeout) as box:
        return list(box.letters_after(position))


@contextmanager
def away(*words: str) -> Iterator[None]:
    """MailboxAway with these words, and with nothing private."""
    with pytest.raises(MailboxAway) as caught:
        yield
    said = caught.value.words
    assert [word for word in words if word not in said] == [], said
    assert "office@example.cn" not in said and "a code" not in said
    assert caught.value.exit_code == 3


def test_every_letter_comes_once_in_the_order_of_its_uid() -> None:
    with ImapServerForTests([FIRST, SECOND, THIRD], first_uid=40) as server:
        assert [(found.uid, found.uidvalidity, found.size, found.raw, found.whole) for found in fetched(server)] == [
            (40, 7, len(FIRST), FIRST, True),
            (41, 7, len(SECOND), SECOND, True),
            (42, 7, len(THIRD), THIRD, True),
        ]


def test_letters_up_to_the_position_are_not_fetched_again() -> None:
    with ImapServerForTests([FIRST, SECOND, THIRD]) as server:
        assert [found.raw for found in fetched(server, Position(7, 2))] == [THIRD]
        assert fetched(server, Position(7, 3)) == []  # n:* is the last letter even where that is older
        server.letters.append(b"Subject: 4\r\n\r\n")
        assert [found.uid for found in fetched(server, Position(7, 3))] == [4]


def test_a_folder_numbered_anew_is_read_from_its_first_letter() -> None:
    with ImapServerForTests([FIRST, SECOND]) as server:
        assert [found.uid for found in fetched(server, Position(6, 2))] == [1, 2]


def test_an_empty_folder_has_no_letters() -> None:
    with ImapServerForTests() as server:
        assert fetched(server) == []


def test_no_letter_is_marked_moved_or_deleted() -> None:
    with ImapServerForTests([FIRST, SECOND]) as server:
        fetched(server)
        assert [line for line in server.commands if "BODY" in line.upper()] == [
            "UID FETCH 1 (BODY.PEEK[])",
            "UID FETCH 2 (BODY.PEEK[])",
        ]
        assert [server.said(word) for word in ("EXAMINE", "SELECT", "UID STORE", "EXPUNGE", "CLOSE", "LOGOUT")] == [
            1, 0, 0, 0, 0, 1,
        ]  # fmt: skip


def test_a_mailbox_that_opens_no_folder_before_id_is_told_who_we_are_after_the_login() -> None:
    with ImapServerForTests([FIRST], needs_id=True) as server:
        assert [found.raw for found in fetched(server)] == [FIRST]
        order = [line.split(" ")[0] for line in server.commands]
        assert order.index("LOGIN") < order.index("ID") < order.index("EXAMINE")


def test_a_server_that_does_not_know_id_is_not_asked_for_it() -> None:
    with ImapServerForTests([FIRST], knows_id=False) as server:
        assert [found.raw for found in fetched(server)] == [FIRST]
        assert server.said("ID") == 0


def test_unsafe_login_is_explained() -> None:
    with ImapServerForTests([FIRST], needs_id=True, knows_id=False) as server, away("Unsafe Login", "授权码"):
        fetched(server)


def test_a_folder_with_a_chinese_name_is_opened() -> None:
    with (
        ImapServerForTests([FIRST], folder="&YqWQAQ-/&ectbYw-") as server,
        Mailbox(access(server, "报送/秋季"), 10.0) as box,
    ):
        assert [found.raw for found in box.letters_after(NOTHING)] == [FIRST]


def test_a_folder_that_is_not_there_is_named() -> None:
    with ImapServerForTests() as server, away("打不开文件夹“报送”"), Mailbox(access(server, "报送"), 10.0):
        pass


def test_of_a_letter_over_the_limit_only_the_headers_come() -> None:
    big = b"Subject: big\r\nFrom: a@b.cn\r\n\r\n" + b"x" * 5_000
    with ImapServerForTests([FIRST, big, THIRD]) as server, Mailbox(access(server), 10.0) as box:
        found = list(box.letters_after(NOTHING, most_bytes=1_000))
        assert [(letter.uid, letter.whole) for letter in found] == [(1, True), (2, False), (3, True)]
        assert found[1].raw == b"Subject: big\r\nFrom: a@b.cn\r\n\r\n" and found[1].size == 5_030
        assert server.fetched == 2


def test_letters_are_fetched_one_by_one_as_they_are_taken() -> None:
    with ImapServerForTests([FIRST, SECOND, THIRD]) as server, Mailbox(access(server), 10.0) as box:
        letters = box.letters_after(NOTHING)
        next(letters)
        assert server.fetched == 1
        next(letters)
        assert server.fetched == 2


def test_many_letters_are_all_seen() -> None:
    with ImapServerForTests([b"Subject: %d\r\n\r\n" % number for number in range(450)]) as server:
        found = fetched(server)
        assert len(found) == 450 and found[449].raw == b"Subject: 449\r\n\r\n"
        assert len([line for line in server.commands if "SIZE" in line.upper()]) == 3


def test_a_letter_deleted_meanwhile_is_no_trouble() -> None:
    with ImapServerForTests([FIRST, SECOND, THIRD]) as server, Mailbox(access(server), 10.0) as box:
        letters = box.letters_after(NOTHING)
        assert next(letters).uid == 1
        server.gone.add(2)
        assert [found.uid for found in letters] == [3]


def test_a_letter_whose_fetch_is_empty_is_told_and_blocks_none_after_it() -> None:
    with ImapServerForTests([FIRST, SECOND, THIRD], empty={2}) as server, Mailbox(access(server), 10.0) as box:
        letters = box.letters_after(NOTHING)
        assert (next(letters).uid, box.withheld) == (1, [])
        assert (next(letters).uid, box.withheld) == (3, [2])
        with away("没有给出邮件", "UID 2"):
            next(letters)


def test_what_came_before_the_connection_broke_has_come() -> None:
    with ImapServerForTests([FIRST, SECOND, THIRD], drops_after=2) as server:
        taken = []
        with away("中途断开了连接", "接着收"), Mailbox(access(server), 10.0) as box:
            for found in box.letters_after(NOTHING):
                taken.append(found.uid)
        assert taken == [1, 2]
        server.drops_after = None
        assert [found.uid for found in fetched(server, Position(7, 2))] == [3]


def test_a_refused_login_says_which_password_is_wanted() -> None:
    with ImapServerForTests(refuses_login=True) as server, away("拒绝登录", "授权码", "QQ、163、126"):
        fetched(server)


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("imap.qq.com", "QQ 邮箱的密码要填“授权码”，不是 QQ 密码"),
        ("imap.163.com", "网易邮箱（163、126、yeah）的密码要填“授权码”"),
        ("imap.126.com", "网易邮箱（163、126、yeah）的密码要填“授权码”"),
        ("mail.example.cn", "请核对账号和密码"),
    ],
)
def test_web_mailers_are_told_by_name(host: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with ImapServerForTests(refuses_login=True) as server:
        real = socket.create_connection
        monkeypatch.setattr(
            socket, "create_connection", lambda _, *how, **named: real(("127.0.0.1", server.port), *how, **named)
        )
        with away("拒绝登录", words), Mailbox(ImapServer(host, 143, "office@example.cn", "x", False, "INBOX"), 10.0):
            pass


def test_a_login_only_over_tls_is_told_so() -> None:
    with ImapServerForTests(login_disabled=True) as server, away("imaps://"):
        fetched(server)


def test_a_connection_that_breaks_at_the_login_is_no_wrong_password() -> None:
    with ImapServerForTests(drops_at_login=True) as server, away("中途断开了连接"):
        fetched(server)


def test_a_slow_server_is_not_waited_for_for_ever() -> None:
    with ImapServerForTests([FIRST], slow=2.0) as server, away("0.3 秒内没有回应"):
        fetched(server, timeout=0.3)


def test_a_certificate_that_nobody_signed_is_not_trusted(tmp_path: Path) -> None:
    with ImapServerForTests([FIRST], tls=self_signed(tmp_path)) as server:
        with away("证书不受信任", "SSL_CERT_FILE"):
            fetched(server)
        assert server.commands == []


def test_a_certificate_of_the_office_is_trusted_when_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
    with ImapServerForTests([FIRST], tls=files) as server:
        assert [found.raw for found in fetched(server)] == [FIRST]


def test_tls_with_a_server_that_has_none_says_to_look_at_the_port() -> None:
    with ImapServerForTests([FIRST]) as server, away("不能加密通信", "993"):
        Mailbox(ImapServer("127.0.0.1", server.port, "u", "p", True, "INBOX"), 10.0).__enter__()


def test_a_server_that_is_no_imap_server_is_told_so() -> None:
    with ImapServerForTests(greeting=b"220 smtp ready") as server, away("127.0.0.1"):
        fetched(server)


def test_nobody_at_the_port_and_no_such_host() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with away("连不上"), Mailbox(ImapServer("127.0.0.1", port, "u", "p", False, "INBOX"), 2.0):
        pass
    with away("找不到收信服务器"), Mailbox(ImapServer("mail.invalid", 143, "u", "p", False, "INBOX"), 2.0):
        pass


def test_an_address_in_fullwidth_letters_is_told_so() -> None:
    with ImapServerForTests() as server, away("全角"):
        Mailbox(ImapServer("127.0.0.1", server.port, "张三", "密码", False, "INBOX"), 10.0).__enter__()


def test_a_mistake_of_whoever_takes_the_letters_stays_what_it_is() -> None:
    with ImapServerForTests([FIRST]) as server, pytest.raises(ValueError, match="ours"), Mailbox(access(server)) as box:
        for _ in box.letters_after(NOTHING):
            raise ValueError("ours")


def test_nothing_of_a_letter_or_the_login_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), ImapServerForTests([FIRST]) as server:
        fetched(server)
    assert caplog.records == []
    assert server.password not in repr(access(server))
