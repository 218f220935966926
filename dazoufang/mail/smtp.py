"""The only gate to SMTP: one connection, letters to one recipient each, and what became of every one of them."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Literal, NoReturn, Self

from dazoufang.mail.addresses import as_sent
from dazoufang.mail.servers import SmtpServer
from dazoufang.model.shown import made_visible
from dazoufang.system.errors import Trouble, reason

# What a client without a name in DNS says of itself. smtplib would ask DNS, which may take half a minute, and fails on a
# PC with a Chinese name.
_OUR_NAME: Final = "[127.0.0.1]"
_PIECE: Final = 65536  # bytes that have the whole timeout to go out, so that 25 MB may take their time
_LOST: Final = (0, b"")
_LONGEST_REPLY: Final = 120  # characters of the server's words that are shown
_TOO_BIG: Final = re.compile(rb"\b5\.(2\.3|3\.4)\b")
# QQ: 550 Ip/Sender/Connection/Domain frequency limited. A 5xx, and yet gone in an hour or at midnight.
_TOO_FAST: Final = re.compile(rb"frequency limit|too many", re.IGNORECASE)
_RELAY: Final = re.compile(rb"relay", re.IGNORECASE)
_CERTIFICATES: Final = {  # what OpenSSL calls X509_V_ERR_…
    9: "证书还没到生效日期，请先核对本机的日期",
    10: "证书已过期；若本机日期不对，请先改正日期",
    18: "证书是服务器自己签的，不能证明它是谁",
    19: "证书是服务器自己签的，不能证明它是谁",
    20: "签发证书的机构本机不认识",
    21: "签发证书的机构本机不认识",
    62: "证书不是发给这个主机名的，请核对主机名",
    64: "证书不是发给这个 IP 地址的，请改写主机名",
}


class CannotSend(Trouble):
    """Nothing can be sent to anybody now. The letter at hand was not begun: it and all behind it stay as they were."""

    mend = "信都留在队列里，没有丢失"


class Unreachable(CannotSend):
    """Nobody answers there, or the server takes nothing at the moment: it may go another time."""


class NotSecret(CannotSend):
    """The talk cannot be hidden as the settings ask: no STARTTLS, no TLS, or a certificate that proves nothing."""


class LoginRefused(CannotSend):
    """The server does not let us in."""


class SenderRefused(CannotSend):
    """The server lets us in, but takes no letter that comes from this address."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one letter. `words`: for the operator, without addresses. `code`: the server's, 0 when it gave none.

    sent: the server has it. deferred: it has it not, and may take it later. bounced: it will never take it. uncertain:
    the whole letter went out and no answer came, so that it may have it or not.
    """

    state: Literal["sent", "deferred", "bounced", "uncertain"]
    words: str
    code: int = 0


class Outgoing:
    """A connection to the server, made again when it is lost between two letters.

    timeout: seconds for each answer, and for each piece of 64 KiB. patience: seconds for the answer to a whole letter;
    RFC 5321 (4.5.3.2.6) asks for ten minutes, because who gives up earlier has his letter delivered twice. cafile:
    certificates to trust instead of the system's.
    Entering, and `deliver`, raise CannotSend.
    """

    def __init__(self, server: SmtpServer, timeout: float = 30.0, *, patience: float = 600.0, cafile: str = "") -> None:
        self._server, self._timeout, self._patience, self._cafile = server, timeout, patience, cafile
        self._connection: smtplib.SMTP | None = None
        self._used = False

    def __enter__(self) -> Self:
        self._connected()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection and kind is None and self._connection.sock:
            self._connection.sock.settimeout(min(self._timeout, 5.0))
            self._command("QUIT")
        self._drop()

    @property
    def most_bytes(self) -> int:
        """How big a letter the server takes, as far as it says so; 0 when it does not."""
        limit = self._connected().esmtp_features.get("size", "").split()
        return int(limit[0]) if limit and limit[0].isdecimal() else 0

    def deliver(self, sender: str, recipient: str, data: bytes) -> Outcome:
        """Hand one letter over. Raises CannotSend when nothing of it was said and no other could be either."""
        from_address, to_address = as_sent(sender), as_sent(recipient)
        if not from_address:
            raise SenderRefused("发件邮箱（mail.sender）写得不对，请改成 名字@域名")
        if not to_address:
            return Outcome("bounced", "收件人的邮箱写得不对，没有寄出")
        letter = re.sub(b"\r\n|\r|\n", b"\r\n", data)
        if 0 < self.most_bytes < len(letter):
            limit = self.most_bytes / 2**20
            return Outcome("bounced", f"信太大：{len(letter) / 2**20:.1f} MB，服务器最多收 {limit:.1f} MB", 552)
        hidden = (from_address, to_address)
        for command, expected in (
            (self._mail_from(from_address, len(letter)), {250}),
            (f"RCPT TO:<{to_address}>", {250, 251, 252}),
            ("DATA", {354}),
        ):
            code, reply = self._command(command, again=command.startswith("MAIL"))
            if code not in expected:
                return self._refused(command.split()[0], code, reply, hidden)
        self._used = True
        return self._handed_over(letter, hidden)

    def _mail_from(self, address: str, size: int) -> str:
        return f"MAIL FROM:<{address}>" + (f" SIZE={size}" if self._connected().has_extn("size") else "")

    def _handed_over(self, letter: bytes, hidden: tuple[str, ...]) -> Outcome:
        """The letter itself, after the server said that it waits for it."""
        connection = self._connected()
        end = b".\r\n" if letter.endswith(b"\r\n") else b"\r\n.\r\n"
        wire = re.sub(rb"(?m)^\.", b"..", letter) + end
        try:
            for at in range(0, len(wire), _PIECE):
                connection.send(wire[at : at + _PIECE])
        except smtplib.SMTPServerDisconnected:  # then the last piece, with the dot that ends the letter, never left
            self._drop()
            return Outcome("deferred", "信没有发完，连接就断了，稍后重发")
        if connection.sock:
            connection.sock.settimeout(self._patience)
        code, reply = self._answer(connection)
        if connection.sock:
            connection.sock.settimeout(self._timeout)
        if 200 <= code < 300:
            return Outcome("sent", "已送到服务器", code)
        if code < 400:  # none, or no answer to a letter
            self._drop()
            return Outcome("uncertain", "信已发完，服务器没有答复就断了，不知道收到没有", max(code, 0))
        return self._refused("letter", code, reply, hidden)

    def _refused(self, step: str, code: int, reply: bytes, hidden: tuple[str, ...]) -> Outcome:
        """What it means that the server did not say yes. The letter was not taken, that is certain."""
        if code < 400 or self._command("RSET")[0] != 250:
            self._drop()
        said = _said(code, reply, *hidden)
        if code <= 0:
            return Outcome("deferred", "信还没发，连接就断了，稍后重发")
        if code == 530:
            raise LoginRefused(f"服务器要求先登录才能发信，请在 DAZOUFANG_SMTP_URL 里写用户名和密码{said}")
        if code < 500 or _TOO_FAST.search(reply):
            if code >= 500 and step == "MAIL":
                raise Unreachable(f"服务器说今天或这一会儿发得太多，过些时候再发{said}")
            return Outcome("deferred", f"服务器暂时不收，稍后重发{said}", code)
        if code == 552 or _TOO_BIG.search(reply):
            return Outcome("bounced", f"服务器不收：信太大，或对方邮箱已满{said}", code)
        if step == "MAIL":  # of no recipient yet: the next letter would hear the same
            raise SenderRefused(
                f"服务器不收这个发件邮箱的信：QQ、163 等要求发件邮箱就是登录的邮箱，请改 campaign.yaml 的 mail.sender{said}"
            )
        if _RELAY.search(reply):
            return Outcome("bounced", f"服务器不往外面的邮箱转信，多半要登录才行（DAZOUFANG_SMTP_URL）{said}", code)
        return Outcome("bounced", f"服务器拒收{'这个收件人' if step == 'RCPT' else '这封信'}{said}", code)

    def _command(self, command: str, *, again: bool = False) -> tuple[int, bytes]:
        """The server's answer, (0, b"") when the connection was lost.

        `again`: the first command of a letter, said anew on a new connection when an old one is lost or put off: it may
        have been idle for too long, or have had its number of letters (163: 451 MI:DMC).
        """
        connection = self._connected()
        try:
            connection.putcmd(command)
            code, reply = self._answer(connection)
        except smtplib.SMTPServerDisconnected:
            code, reply = _LOST
        if again and self._used and (code <= 0 or 400 <= code < 500):
            self._drop()
            return self._command(command)
        return code, reply

    def _answer(self, connection: smtplib.SMTP) -> tuple[int, bytes]:
        try:
            return connection.getreply()
        except (smtplib.SMTPServerDisconnected, smtplib.SMTPResponseException):  # the latter: an endless line
            return _LOST

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            self._connection, self._used = _connection_to(self._server, self._timeout, self._cafile), False
        return self._connection

    def _drop(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None


def _connection_to(server: SmtpServer, timeout: float, cafile: str) -> smtplib.SMTP:
    """A connection on which letters can be sent: greeted, hidden, logged in."""
    connection: smtplib.SMTP | None = None
    try:
        # To read the system's certificates takes a while, and a server in the office's own net is often asked for none.
        context = None if server.security == "none" else ssl.create_default_context(cafile=cafile or None)
        if server.security == "tls":
            connection = smtplib.SMTP_SSL(
                server.host, server.port, local_hostname=_OUR_NAME, timeout=timeout, context=context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, local_hostname=_OUR_NAME, timeout=timeout)
        connection.ehlo_or_helo_if_needed()
        if context and server.security == "starttls":
            _hide(connection, context)
        if server.user:
            _log_in(connection, server)
    except BaseException as error:
        if connection:
            connection.close()
        if isinstance(error, OSError):  # smtplib's own errors as well
            _tell(error, server)
        raise
    return connection


def _hide(connection: smtplib.SMTP, context: ssl.SSLContext) -> None:
    """STARTTLS or nothing: who takes it out of the server's offer shall not read along."""
    if not connection.has_extn("starttls"):
        raise NotSecret("服务器不提供 STARTTLS 加密，没有明文发送。请改用 smtps://（465 端口），或向邮箱管理员问清")
    connection.starttls(context=context)
    connection.ehlo_or_helo_if_needed()


def _log_in(connection: smtplib.SMTP, server: SmtpServer) -> None:
    """With the ways that smtplib knows, in its order; but a wrong password is said once. smtplib's `login` says it with
    every way, which locks mailboxes, and when the server hangs up after the first, that it was wrong is lost."""
    if not connection.has_extn("auth"):
        hint = "；多半要先加密，请在网址后加 ?starttls=1 或改用 smtps://" if server.security == "none" else ""
        raise LoginRefused(f"服务器不提供登录{hint}。若它本来不用登录，请从网址里删去用户名和密码")
    if not (server.user + server.password).isascii():
        raise LoginRefused("用户名和密码只能是英文字母、数字和符号，请重新设置")
    connection.user, connection.password = server.user, server.password
    offered = connection.esmtp_features["auth"].upper().split()
    ways: dict[str, Any] = {
        "CRAM-MD5": connection.auth_cram_md5,
        "PLAIN": connection.auth_plain,
        "LOGIN": connection.auth_login,
    }
    refused: smtplib.SMTPAuthenticationError | None = None
    for way in filter(offered.__contains__, ways):
        try:
            connection.auth(way, ways[way])
            return
        except smtplib.SMTPAuthenticationError as error:
            refused = error
        except smtplib.SMTPServerDisconnected:
            if not refused:
                raise
        if refused.smtp_code == 535 and way != "CRAM-MD5":  # which fails where only hashes of passwords are kept
            break
    if not refused:
        raise LoginRefused("服务器的登录方式本程序不会（只会 CRAM-MD5、PLAIN、LOGIN），请向邮箱管理员问清")
    said = _said(refused.smtp_code, _bytes(refused.smtp_error), server.user, server.password)
    if refused.smtp_code < 500:
        raise Unreachable(f"服务器暂时不让登录，过些时候再试{said}")
    raise LoginRefused(f"服务器不认这个用户名和密码。{_login_hint(server.host)}{said}")


def _login_hint(host: str) -> str:
    if host.endswith("qq.com"):
        return "QQ 邮箱要填授权码，不是 QQ 密码：网页邮箱“设置→账号”里开启 SMTP 服务，生成授权码；用户名写全，如 123%40qq.com"
    if host.endswith(("163.com", "126.com", "yeah.net")):
        return "网易邮箱要填授权码，不是登录密码：网页邮箱“设置→POP3/SMTP/IMAP”里开启 SMTP 服务，新增授权码"
    return "请核对 DAZOUFANG_SMTP_URL；不少邮箱（QQ、163）要填另外生成的授权码，不是登录密码"


def _tell(error: OSError, server: SmtpServer) -> NoReturn:
    """Why there is no connection, each reason in its own words."""
    place = f"{server.host}:{server.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        why = _CERTIFICATES.get(error.verify_code, f"证书通不过检验（{error.verify_code}）")
        raise NotSecret(f"不能证实 {place} 就是要找的邮件服务器：{why}。没有发送任何内容") from None
    if isinstance(error, ssl.SSLError):
        hint = "，请改用 smtp://…?starttls=1" if server.security == "tls" else ""
        raise NotSecret(f"和 {place} 谈不成加密：这个端口可能不是一接通就加密的{hint}；或服务器的加密太旧") from None
    if isinstance(error, socket.gaierror):
        raise Unreachable(f"找不到主机 {server.host}，请核对主机名，看看网络通不通") from None
    if isinstance(error, smtplib.SMTPResponseException):
        raise Unreachable(f"{place} 现在不接待{_said(error.smtp_code, _bytes(error.smtp_error))}") from None
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        hint = "；465 端口要写 smtps://" if server.port == 465 and server.security != "tls" else ""
        raise Unreachable(f"{place} 很久没有答复，请核对主机和端口，看看防火墙{hint}") from None
    if isinstance(error, ConnectionRefusedError):
        raise Unreachable(f"{place} 没有邮件服务，请核对主机和端口，看看防火墙") from None
    if isinstance(error, smtplib.SMTPException | ConnectionError):
        raise Unreachable(f"{place} 刚接通就断开了，请核对端口；也可能是服务器暂时忙") from None
    raise Unreachable(f"连不上 {place}：{reason(error, '网络不通')}") from None


def _bytes(reply: bytes | str) -> bytes:
    return reply if isinstance(reply, bytes) else reply.encode("utf-8", "replace")


def _said(code: int, reply: bytes, *hidden: str) -> str:
    """The server's own words in brackets, without addresses, telephone numbers and what is `hidden`."""
    try:
        text = reply.decode("utf-8")
    except UnicodeDecodeError:
        text = reply.decode("gb18030", "replace")  # QQ answers so
    for whole in filter(None, hidden):
        for part in {whole, whole.partition("@")[0]}:
            text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(part)}(?![A-Za-z0-9])", "…", text, flags=re.IGNORECASE)
    text = re.sub(r"[^\s<>]*@[^\s<>]*|\d{7,}", "…", " ".join(text.split()))
    if len(text) > _LONGEST_REPLY:
        text = text[: _LONGEST_REPLY - 1] + "…"
    return f"（服务器答 {code} {made_visible(text)}".rstrip() + "）" if code > 0 else ""
