"""What becomes of letters with servers that refuse, put off, drop, hang; real servers on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from smtp_server import SmtpServerForTests, certificate

from dazoufang.mail.compose import compose
from dazoufang.mail.letter import Attachment, Letter
from dazoufang.mail.servers import Security, SmtpServer, smtp_server
from dazoufang.mail.smtp import (
    CannotSend,
    LoginRefused,
    NotSecret,
    Outcome,
    Outgoing,
    SenderRefused,
    Unreachable,
)

DATA = b"Subject: a\r\n\r\nb\r\n"
FROM = "office@hr.cn"


def outgoing(server: SmtpServerForTests, cafile: str = "") -> Outgoing:
    return Outgoing(smtp_server(server.url), 2.0, patience=1.0, cafile=cafile)


def deliver(server: SmtpServerForTests, *recipients: str) -> list[Outcome]:
    with outgoing(server) as post:
        return [post.deliver(FROM, recipient, DATA) for recipient in recipients]


def recipients(server: SmtpServerForTests) -> list[str]:
    return [recipient for _, recipient, _ in server.letters]


def test_letters_arrive_as_they_were_written_over_one_connection() -> None:
    letter = Letter(
        "<1@hr.cn>", FROM, "办公室", "li@x.cn", "李想", "回执", "您好", "<p>您好", datetime(2023, 10, 20),
        (Attachment("表.xlsx", bytes(range(256)) * 2000),),
    )  # fmt: skip
    sent = compose(letter)
    with SmtpServerForTests() as server:
        with outgoing(server) as post:
            assert post.deliver(FROM, "li@x.cn", sent) == Outcome("sent", "已送到服务器", 250)
            assert post.deliver(FROM, "wang@x.cn", b"a\r\n\r\n.\r\n..b\r\n.c") == Outcome("sent", "已送到服务器", 250)
        assert server.letters == [
            ("office@hr.cn", "li@x.cn", sent),
            ("office@hr.cn", "wang@x.cn", b"a\r\n\r\n.\r\n..b\r\n.c\r\n"),
        ]
        assert server.connections == 1


def test_where_nothing_is_hidden_no_certificates_are_read() -> None:
    with SmtpServerForTests() as server, outgoing(server, cafile="/no/such/file.pem") as post:
        assert post.deliver(FROM, "li@x.cn", DATA).state == "sent"


def refusal(kind: type[CannotSend], server: SmtpServer) -> str:
    """What is told when there can be no connection."""
    with pytest.raises(kind) as told, Outgoing(server, 1.0):
        pass
    return str(told.value)


def plain(server: SmtpServerForTests, password: str, security: Security = "none") -> SmtpServer:
    return SmtpServer("127.0.0.1", server.port, "u", password, security)


MATRIX = [
    (
        "RCPT 450 4.2.0 Greylisted",
        Outcome("deferred", "服务器暂时不收，稍后重发（服务器答 450 4.2.0 Greylisted）", 450),
        1,
    ),
    (
        "RCPT 451 4.7.1 Try again",
        Outcome("deferred", "服务器暂时不收，稍后重发（服务器答 451 4.7.1 Try again）", 451),
        1,
    ),
    (
        "RCPT 550 5.1.1 No such user",
        Outcome("bounced", "服务器拒收这个收件人（服务器答 550 5.1.1 No such user）", 550),
        1,
    ),
    (
        "RCPT 554 5.7.1 Relay access denied",
        Outcome(
            "bounced",
            "服务器不往外面的邮箱转信，多半要登录才行（DAZOUFANG_SMTP_URL）（服务器答 554 5.7.1 Relay access denied）",
            554,
        ),
        1,
    ),
    (
        "RCPT 550 Sender frequency limited",
        Outcome("deferred", "服务器暂时不收，稍后重发（服务器答 550 Sender frequency limited）", 550),
        1,
    ),
    ("RCPT 421 4.3.2 Bye", Outcome("deferred", "服务器暂时不收，稍后重发（服务器答 421 4.3.2 Bye）", 421), 2),
    ("RCPT drop", Outcome("deferred", "信还没发，连接就断了，稍后重发"), 2),
    ("RCPT hang", Outcome("deferred", "信还没发，连接就断了，稍后重发"), 2),
    ("RCPT nonsense", Outcome("deferred", "信还没发，连接就断了，稍后重发"), 2),
    ("DATA 451 4.3.0 Later", Outcome("deferred", "服务器暂时不收，稍后重发（服务器答 451 4.3.0 Later）", 451), 1),
    ("DATA 554 5.5.1 No", Outcome("bounced", "服务器拒收这封信（服务器答 554 5.5.1 No）", 554), 1),
    ("DATA drop", Outcome("deferred", "信还没发，连接就断了，稍后重发"), 2),
    ("DATA hang", Outcome("deferred", "信还没发，连接就断了，稍后重发"), 2),
    ("DOT 452 4.3.1 Full", Outcome("deferred", "服务器暂时不收，稍后重发（服务器答 452 4.3.1 Full）", 452), 1),
    ("DOT 421 Closing", Outcome("deferred", "服务器暂时不收，稍后重发（服务器答 421 Closing）", 421), 2),
    ("DOT 554 DT:SPM", Outcome("bounced", "服务器拒收这封信（服务器答 554 DT:SPM）", 554), 1),
    ("DOT 552 Too big", Outcome("bounced", "服务器不收：信太大，或对方邮箱已满（服务器答 552 Too big）", 552), 1),
    ("DOT keep, drop", Outcome("uncertain", "信已发完，服务器没有答复就断了，不知道收到没有"), 2),
    ("DOT drop", Outcome("uncertain", "信已发完，服务器没有答复就断了，不知道收到没有"), 2),
    ("DOT keep, hang", Outcome("uncertain", "信已发完，服务器没有答复就断了，不知道收到没有"), 2),
    ("DOT nonsense", Outcome("uncertain", "信已发完，服务器没有答复就断了，不知道收到没有"), 2),
    ("DOT 354 Go on", Outcome("uncertain", "信已发完，服务器没有答复就断了，不知道收到没有", 354), 2),
]


@pytest.mark.parametrize(("happens", "outcome", "connections"), MATRIX)
def test_what_happens_to_one_letter_is_known_and_stops_no_other(
    happens: str, outcome: Outcome, connections: int
) -> None:
    fine = Outcome("sent", "已送到服务器", 250)
    with SmtpServerForTests({"b@x.cn": [happens]}) as server:
        assert deliver(server, "a@x.cn", "b@x.cn", "c@x.cn") == [fine, outcome, fine]
        kept = ["a@x.cn", "b@x.cn", "c@x.cn"] if "keep" in happens else ["a@x.cn", "c@x.cn"]
        assert recipients(server) == kept
        assert server.connections == connections


def test_a_greylisted_letter_is_taken_the_next_time() -> None:
    with SmtpServerForTests({"a@x.cn": ["RCPT 451 4.7.1 Greylisted", ""]}) as server:
        assert [outcome.state for outcome in deliver(server, "a@x.cn", "a@x.cn")] == ["deferred", "sent"]


@pytest.mark.parametrize(
    "answer", ["drop", "hang", "421 4.4.2 Idle for too long", "451 MI:DMC too many in one connection"]
)
def test_an_old_connection_that_is_tired_is_made_anew_before_the_letter_is_put_off(answer: str) -> None:
    with SmtpServerForTests({"MAIL": ["", answer]}) as server:
        assert [outcome.state for outcome in deliver(server, "a@x.cn", "b@x.cn", "c@x.cn")] == ["sent"] * 3
        assert recipients(server) == ["a@x.cn", "b@x.cn", "c@x.cn"]
        assert server.connections == 2


@pytest.mark.parametrize("answer", ["drop", "421 Busy", "450 4.7.1 Later"])
def test_a_new_connection_that_is_put_off_is_asked_once(answer: str) -> None:
    with SmtpServerForTests({"MAIL": [answer]}) as server:
        assert [outcome.state for outcome in deliver(server, "a@x.cn", "b@x.cn")] == ["deferred", "sent"]
        assert server.talk == ["MAIL office@hr.cn", "MAIL office@hr.cn", "RCPT b@x.cn", "DOT b@x.cn"]


def test_a_server_that_says_its_size_is_not_sent_more() -> None:
    with SmtpServerForTests(size=2_000_000) as server, outgoing(server) as post:
        assert post.most_bytes == 2_000_000
        big = DATA + b"x" * 2_500_000
        assert post.deliver(FROM, "a@x.cn", big) == Outcome("bounced", "信太大：2.4 MB，服务器最多收 1.9 MB", 552)
        assert server.talk == []
        assert post.deliver(FROM, "a@x.cn", DATA).state == "sent"
        assert server.talk == ["MAIL office@hr.cn SIZE=17", "RCPT a@x.cn", "DOT a@x.cn"]
    with SmtpServerForTests() as server, outgoing(server) as post:
        assert post.most_bytes == 0


def test_lines_that_end_as_on_linux_end_no_letter_early() -> None:
    with SmtpServerForTests() as server, outgoing(server) as post:
        post.deliver(FROM, "a@x.cn", b"Subject: a\n\nb\n.\nMAIL FROM:<c@d.cn>\r.\r")
        assert [content for _, _, content in server.letters] == [
            b"Subject: a\r\n\r\nb\r\n.\r\nMAIL FROM:<c@d.cn>\r\n.\r\n"
        ]


def test_a_pc_with_a_chinese_name_can_send(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getfqdn", lambda *_: "办公室的电脑.local")
    with SmtpServerForTests() as server:
        assert [outcome.state for outcome in deliver(server, "a@x.cn")] == ["sent"]


def test_recipients_that_are_no_addresses_are_told_and_said_to_no_server() -> None:
    with SmtpServerForTests() as server:
        for wrong in ("", "李想@x.cn", "a@x.cn>\r\nRCPT TO:<b@x.cn", "a b@x.cn"):
            assert deliver(server, wrong, "c@x.cn") == [
                Outcome("bounced", "收件人的邮箱写得不对，没有寄出"),
                Outcome("sent", "已送到服务器", 250),
            ]
        assert set(recipients(server)) == {"c@x.cn"}
        with outgoing(server) as post, pytest.raises(SenderRefused, match=r"^发件邮箱（mail\.sender）写得不对"):
            post.deliver("办公室", "a@x.cn", DATA)


def test_a_sender_that_the_server_does_not_take_bounces_nobodys_letter() -> None:
    refused = "501 mail from address must be same as authorization user"
    with SmtpServerForTests({"MAIL": [refused]}) as server, outgoing(server) as post:
        with pytest.raises(SenderRefused) as told:
            post.deliver(FROM, "a@x.cn", DATA)
        assert str(told.value) == (
            "服务器不收这个发件邮箱的信：QQ、163 等要求发件邮箱就是登录的邮箱，请改 campaign.yaml 的 mail.sender"
            "（服务器答 501 mail from address must be same as authorization user）"
        )
        assert post.deliver(FROM, "a@x.cn", DATA).state == "sent"


def test_a_days_limit_bounces_nobodys_letter() -> None:
    script = {"MAIL": ["550 Connection frequency limited"]}
    with (
        SmtpServerForTests(script) as server,
        outgoing(server) as post,
        pytest.raises(Unreachable, match=r"^服务器说今天或这一会儿发得太多，过些时候再发（服务器答 550 "),
    ):
        post.deliver(FROM, "a@x.cn", DATA)


def test_a_server_that_wants_a_login_after_all_is_told() -> None:
    script = {"MAIL": ["530 5.7.0 Authentication required"]}
    with (
        SmtpServerForTests(script) as server,
        outgoing(server) as post,
        pytest.raises(LoginRefused, match=r"^服务器要求先登录才能发信，请在 DAZOUFANG_SMTP_URL 里写用户名和密码"),
    ):
        post.deliver(FROM, "a@x.cn", DATA)


def test_a_letter_too_big_is_told_at_its_first_line() -> None:
    with SmtpServerForTests({"MAIL": ["552 5.3.4 Message size exceeds"]}) as server:
        assert deliver(server, "a@x.cn") == [
            Outcome("bounced", "服务器不收：信太大，或对方邮箱已满（服务器答 552 5.3.4 Message size exceeds）", 552)
        ]


def test_words_for_the_operator_hold_no_address_and_no_telephone_number() -> None:
    said = "RCPT 550 <zhang.san@x.cn>: ZHANG.SAN unknown, sent by office for 13812345678 (\x1b[31m)"
    with SmtpServerForTests({"zhang.san@x.cn": [said]}) as server:
        assert deliver(server, "zhang.san@x.cn")[0].words == (
            "服务器拒收这个收件人（服务器答 550 <…>: … unknown, sent by … for … (␛[31m)）"
        )
    with SmtpServerForTests({"a@x.cn": ["RCPT 550 " + "x " * 200]}) as server:
        assert len(deliver(server, "a@x.cn")[0].words) < 150


def test_a_login_is_made() -> None:
    with SmtpServerForTests(login=("123@qq.com", "ab c:d@/%")) as server:
        assert deliver(server, "a@x.cn") == [Outcome("sent", "已送到服务器", 250)]


@pytest.mark.parametrize(
    ("host", "hint"),
    [
        ("smtp.qq.com", "QQ 邮箱要填授权码，不是 QQ 密码"),
        ("smtp.163.com", "网易邮箱要填授权码，不是登录密码"),
        ("smtp.hr.gov.cn", "请核对 DAZOUFANG_SMTP_URL；不少邮箱"),
    ],
)
def test_a_login_that_is_refused_says_what_to_do_and_no_password(
    monkeypatch: pytest.MonkeyPatch, host: str, hint: str
) -> None:
    with SmtpServerForTests(login=("123@qq.com", "right")) as server:
        look_up = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", lambda _, *how, **more: look_up("127.0.0.1", *how, **more))
        wrong = SmtpServer(host, server.port, "123@qq.com", "geheim", "none")
        with pytest.raises(LoginRefused) as told, Outgoing(wrong, 1.0):
            pass
        assert str(told.value).startswith(f"服务器不认这个用户名和密码。{hint}")
        assert "geheim" not in str(told.value) and "123@qq" not in str(told.value)
        assert told.value.exit_code == 3 and told.value.mend == "信都留在队列里，没有丢失"


def test_a_refusal_in_gbk_is_readable() -> None:
    answer = "535 Error: 请使用授权码登录 geheim 123@qq.com".encode("gbk")
    with answering(b"220 x\r\n", b"250-x\r\n250 AUTH LOGIN\r\n", b"334 VXNlcm5hbWU6\r\n", answer + b"\r\n") as port:
        with pytest.raises(LoginRefused) as told, Outgoing(SmtpServer("127.0.0.1", port, "u", "geheim", "none"), 1.0):
            pass
        assert str(told.value).endswith("（服务器答 535 Error: 请使用授权码登录 … …）")


def test_a_wrong_password_is_said_once() -> None:
    """Else the second way to log in, which the script lets pass, would be tried with it."""
    with SmtpServerForTests({"AUTH": ["535 5.7.8 Wrong"]}, login=("u", "geheim")) as server:
        assert "服务器答 535 5.7.8 Wrong" in refusal(LoginRefused, plain(server, "geheim"))


def test_a_server_that_hangs_up_on_a_wrong_password_is_not_unreachable() -> None:
    offer, wrong = b"250-x\r\n250 AUTH CRAM-MD5 PLAIN\r\n", b"535 Wrong\r\n"
    with answering(b"220 x\r\n", offer, b"334 PDFAeD4=\r\n", wrong) as port:
        told = refusal(LoginRefused, SmtpServer("127.0.0.1", port, "u", "geheim", "none"))
        assert told.endswith("（服务器答 535 Wrong）")


def test_a_server_whose_cram_md5_is_only_a_promise_is_logged_in_to_another_way() -> None:
    offer = b"250-x\r\n250 AUTH CRAM-MD5 PLAIN\r\n"
    answers = (b"220 x\r\n", offer, b"334 PDFAeD4=\r\n", b"535 No\r\n", b"235 In\r\n", b"221 x\r\n")
    with answering(*answers) as port, Outgoing(SmtpServer("127.0.0.1", port, "u", "geheim", "none"), 1.0) as post:
        assert post.most_bytes == 0


def test_a_way_to_log_in_that_nobody_here_knows_is_told() -> None:
    with answering(b"220 x\r\n", b"250-x\r\n250 AUTH GSSAPI NTLM\r\n") as port:
        told = refusal(LoginRefused, SmtpServer("127.0.0.1", port, "u", "geheim", "none"))
        assert told == "服务器的登录方式本程序不会（只会 CRAM-MD5、PLAIN、LOGIN），请向邮箱管理员问清"


@pytest.mark.parametrize("answer", ["454 4.7.0 Temporary authentication failure", "451 too much fail authentication"])
def test_a_login_that_is_put_off_is_no_wrong_password(answer: str) -> None:
    with SmtpServerForTests({"AUTH": [answer] * 2}, login=("u", "p")) as server:
        assert refusal(Unreachable, plain(server, "geheim")) == f"服务器暂时不让登录，过些时候再试（服务器答 {answer}）"


def test_a_login_where_none_is_offered_is_told() -> None:
    with SmtpServerForTests() as server:
        assert refusal(LoginRefused, plain(server, "geheim")) == (
            "服务器不提供登录；多半要先加密，请在网址后加 ?starttls=1 或改用 smtps://。"
            "若它本来不用登录，请从网址里删去用户名和密码"
        )


def test_a_password_that_cannot_travel_is_told_without_it() -> None:
    with SmtpServerForTests(login=("u", "p")) as server:
        assert refusal(LoginRefused, plain(server, "密码")) == "用户名和密码只能是英文字母、数字和符号，请重新设置"


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_letters_go_hidden(tmp_path: Path, security: str) -> None:
    context, cafile = certificate(tmp_path)
    with SmtpServerForTests(security=security, context=context, login=("u", "p")) as server:
        with outgoing(server, cafile) as post:
            assert post.deliver(FROM, "a@x.cn", DATA).state == "sent"
        assert recipients(server) == ["a@x.cn"]


def test_the_environment_may_name_the_certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, cafile = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", cafile)
    with SmtpServerForTests(security="tls", context=context) as server:
        assert [outcome.state for outcome in deliver(server, "a@x.cn")] == ["sent"]


@pytest.mark.parametrize("happens", ["DOT keep, drop", "DOT hang"])
def test_an_answer_lost_under_tls_is_uncertain_too(tmp_path: Path, happens: str) -> None:
    context, cafile = certificate(tmp_path)
    script = {"a@x.cn": [happens]}
    with (
        SmtpServerForTests(script, security="tls", context=context) as server,
        outgoing(server, cafile) as post,
    ):
        assert post.deliver(FROM, "a@x.cn", DATA).state == "uncertain"
        assert post.deliver(FROM, "b@x.cn", DATA).state == "sent"


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize(
    ("host", "days", "trusted", "why"),
    [
        ("127.0.0.1", 1, False, "证书是服务器自己签的，不能证明它是谁"),
        ("127.0.0.1", -2, True, "证书已过期；若本机日期不对，请先改正日期"),
        ("127.0.0.9", 1, True, "证书不是发给这个 IP 地址的，请改写主机名"),
    ],
)
def test_a_certificate_that_proves_nothing_is_told_and_nothing_is_sent(
    tmp_path: Path, security: str, host: str, days: int, trusted: bool, why: str
) -> None:
    context, cafile = certificate(tmp_path, host, days)
    with SmtpServerForTests(security=security, context=context) as server:
        with pytest.raises(NotSecret) as told, outgoing(server, cafile if trusted else ""):
            pass
        assert str(told.value) == (f"不能证实 127.0.0.1:{server.port} 就是要找的邮件服务器：{why}。没有发送任何内容")


def test_a_server_without_starttls_is_never_talked_to_in_the_open() -> None:
    with SmtpServerForTests(login=("u", "geheim")) as server:
        assert refusal(NotSecret, plain(server, "geheim", "starttls")) == (
            "服务器不提供 STARTTLS 加密，没有明文发送。请改用 smtps://（465 端口），或向邮箱管理员问清"
        )
        assert server.talk == []


def test_tls_with_a_server_that_begins_in_the_open_is_told_apart() -> None:
    with SmtpServerForTests() as server:
        assert refusal(NotSecret, plain(server, "geheim", "tls")) == (
            f"和 127.0.0.1:{server.port} 谈不成加密：这个端口可能不是一接通就加密的，请改用 smtp://…?starttls=1；"
            "或服务器的加密太旧"
        )


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("421 4.7.0 Too many connections", "现在不接待（服务器答 421 4.7.0 Too many connections）"),
        ("554 No", "现在不接待（服务器答 554 No）"),
        ("drop", "刚接通就断开了，请核对端口；也可能是服务器暂时忙"),
        ("hang", "很久没有答复，请核对主机和端口，看看防火墙"),
    ],
)
def test_a_server_that_does_not_greet_is_told(answer: str, told: str) -> None:
    with SmtpServerForTests({"CONNECT": [answer]}) as server:
        with pytest.raises(Unreachable) as refused, outgoing(server):
            pass
        assert str(refused.value) == f"127.0.0.1:{server.port} {told}"


def test_a_machine_without_a_server_is_told() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
    nobody = SmtpServer("127.0.0.1", port, "", "", "none")
    assert refusal(Unreachable, nobody) == f"127.0.0.1:{port} 没有邮件服务，请核对主机和端口，看看防火墙"


def test_a_host_that_nobody_knows_is_told() -> None:
    nowhere = SmtpServer("smtp.invalid", 25, "", "", "none")
    assert refusal(Unreachable, nowhere) == "找不到主机 smtp.invalid，请核对主机名，看看网络通不通"


def test_a_server_that_goes_away_between_letters_leaves_the_next_one_untouched() -> None:
    with SmtpServerForTests({"a@x.cn": ["DOT drop"], "CONNECT": ["", "554 Gone"]}) as server, outgoing(server) as post:
        assert post.deliver(FROM, "a@x.cn", DATA).state == "uncertain"
        with pytest.raises(CannotSend, match="现在不接待"):
            post.deliver(FROM, "b@x.cn", DATA)
        assert post.deliver(FROM, "b@x.cn", DATA).state == "sent"


def test_a_letter_that_did_not_get_out_whole_is_not_uncertain() -> None:
    """The server stops reading: no dot has left, so it cannot have taken the letter."""
    with answering(b"220 x\r\n", b"250 x\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n") as port:
        with Outgoing(SmtpServer("127.0.0.1", port, "", "", "none"), 1.0) as post:
            outcome = post.deliver(FROM, "a@x.cn", DATA + b"x" * 20_000_000)
        assert outcome == Outcome("deferred", "信没有发完，连接就断了，稍后重发")


def test_the_answer_to_a_whole_letter_may_take_longer_than_others() -> None:
    answers = [b"220 x\r\n", b"250 x\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b"", b"250 ok\r\n"]
    with (
        answering(*answers, pause=1.5) as port,
        Outgoing(SmtpServer("127.0.0.1", port, "", "", "none"), 1.0, patience=10.0) as post,
    ):
        assert post.deliver(FROM, "a@x.cn", DATA).state == "sent"


@contextmanager
def answering(*answers: bytes, pause: float = 0.0) -> Iterator[int]:
    """The port of a server that says these answers, one at each command, and then reads no more. An empty answer: it
    reads on to the end of a letter and lets `pause` seconds go by."""
    listening = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def talk() -> None:
        connection, _ = listening.accept()
        with connection, connection.makefile("rb") as lines:
            for number, answer in enumerate(answers):
                if answer:
                    connection.sendall(answer)
                else:
                    time.sleep(pause)
                    continue
                if number + 1 < len(answers):
                    while lines.readline() != b".\r\n" and answer.startswith(b"354"):
                        pass
            ended.wait(20)

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        ended.set()
        thread.join(10)
        listening.close()
