"""The only gate to IMAP: letters of one folder, looked at without leaving a mark, one after the other by their UID."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from dazoufang import __version__
from dazoufang.mail.servers import ImapServer
from dazoufang.system.errors import Trouble

MOST_BYTES: Final = 60 * 1024 * 1024  # of a letter: 25 MB of attachments are 34 as base64
_AT_ONCE: Final = 200  # letters whose sizes are asked together
_ID: Final = {"name": "dazoufang", "version": __version__, "vendor": "dazoufang"}
_SIZE, _WHOLE, _HEADS = "RFC822.SIZE", "BODY.PEEK[]", "BODY.PEEK[HEADER]"

_NETEASE: Final = (
    "网易邮箱（163、126、yeah）的密码要填“授权码”，不是登录密码。请登录网页版，在“设置→POP3/SMTP/IMAP”里开启 IMAP/SMTP 服务，"
    "把得到的授权码填作密码"
)
_TENCENT: Final = (
    "QQ 邮箱的密码要填“授权码”，不是 QQ 密码。请登录网页版，在“设置→账号”里开启 IMAP/SMTP 服务，把得到的授权码填作密码；"
    "改过 QQ 密码以后授权码会失效，要重新生成"
)
_WHICH_CODE: Final = {
    "qq.com": _TENCENT,
    "163.com": _NETEASE,
    "126.com": _NETEASE,
    "yeah.net": _NETEASE,
    "188.com": _NETEASE,
}
_OTHERS: Final = (
    "请核对账号和密码。QQ、163、126 等邮箱要填网页版“设置”里生成的授权码，不是登录密码，并且要先在那里开启 IMAP 服务"
)

logging.getLogger("imapclient").setLevel(logging.CRITICAL + 1)  # it tells every line, with names and addresses


class MailboxAway(Trouble):
    """No letters can be fetched now; the words say why and how to mend it, without address or password."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a folder has been read: its UIDVALIDITY, and the highest UID that is done. Position(0, 0): nothing."""

    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Found:
    """A letter in the folder. `size` in bytes, as the server says; `raw` holds only the headers when not `whole`."""

    uid: int
    uidvalidity: int
    size: int
    raw: bytes
    whole: bool = True


class Mailbox:
    """An open folder: `with Mailbox(server) as box: for found in box.letters_after(position)`. Every failure is a
    MailboxAway. `timeout`: the seconds to wait for the connection, and for any piece of an answer."""

    def __init__(self, server: ImapServer, timeout: float = 60.0) -> None:
        self._server = server
        self._timeout = timeout
        self._client: Any = None
        self.uidvalidity = 0
        self.withheld: list[int] = []  # letters that are there and that the server did not give: no place to go on from

    def __enter__(self) -> Self:
        server = self._server
        try:
            with self._in_our_words():
                self._client = IMAPClient(server.host, server.port, ssl=server.tls, timeout=self._timeout)
                self._client.login(server.user, server.password)
                self._say_who_we_are()
                opened = self._client.select_folder(server.folder, readonly=True)
                self.uidvalidity = int(opened.get(b"UIDVALIDITY", 0))
        except BaseException:
            self._hang_up()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            with suppress(IMAPClientError, OSError):
                self._client.logout()
                return
        self._hang_up()

    def letters_after(self, position: Position, most_bytes: int = MOST_BYTES) -> Iterator[Found]:
        """Every letter with a UID above the position, in that order, whatever its flags and dates; from the first one
        on when the server has numbered the folder anew. One letter at a time is in memory. What the server does not give
        is told at the end, so that it keeps none after it waiting."""
        done = position.uid if position.uidvalidity == self.uidvalidity else 0
        waiting = [
            uid for uid in self._search(f"{done + 1}:*") if uid > done
        ]  # * is the last one even where it is older
        for start in range(0, len(waiting), _AT_ONCE):
            uids = waiting[start : start + _AT_ONCE]
            sizes = self._ask(uids, _SIZE)
            for uid in uids:
                size = int(sizes.get(uid, 0))
                whole = size <= most_bytes
                asked = _WHOLE if whole else _HEADS
                raw = self._ask([uid], asked).get(uid)
                if raw:
                    yield Found(uid, self.uidvalidity, size or len(raw), bytes(raw), whole)
                elif uid in self._search(str(uid)):  # not deleted meanwhile
                    self.withheld.append(uid)
        if self.withheld:
            named = "、".join(map(str, self.withheld[:5])) + (
                f" 等 {len(self.withheld)} 封" if len(self.withheld) > 5 else ""
            )
            raise MailboxAway(f"收信服务器 {self._server.host} 没有给出邮件（UID {named}）的内容，稍后会自动再试")

    def _search(self, uids: str) -> list[int]:
        with self._in_our_words():
            return sorted(int(uid) for uid in self._client.search(["UID", uids]))

    def _ask(self, uids: list[int], what: str) -> dict[int, Any]:
        """One thing of every letter; a letter that is gone, or of which the server does not say it, is not there."""
        said = what.replace(".PEEK", "").encode()
        with self._in_our_words():
            answer = self._client.fetch(uids, [what])
        return {uid: found[said] for uid, found in answer.items() if found.get(said) is not None}

    def _say_who_we_are(self) -> None:
        """163 and 126 open no folder (“Unsafe Login”) before they have been told, after the login."""
        with suppress(IMAPClientError):
            if self._client.has_capability("ID"):
                self._client.id_(_ID)

    def _hang_up(self) -> None:
        if self._client is not None:
            with suppress(IMAPClientError, OSError):
                self._client.shutdown()

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        """What can go wrong with a server, said so that a clerk can mend it. Its own words may name the address: they
        are not passed on."""
        host = self._server.host
        try:
            yield
        except LoginError as error:
            dropped = isinstance(error.__context__, IMAPClientAbortError)
            raise MailboxAway(_dropped_words(host) if dropped else _login_words(host, str(error))) from None
        except IMAPClientAbortError:
            raise MailboxAway(_dropped_words(host)) from None
        except IMAPClientError as error:
            raise MailboxAway(self._refusal_words(str(error))) from None
        except ssl.SSLCertVerificationError:
            raise MailboxAway(
                f"收信服务器 {host} 的证书不受信任，没有登录。请核对服务器名称和本机日期；"
                "如果是本单位自己的服务器，请把它的证书文件写进环境变量 SSL_CERT_FILE"
            ) from None
        except ssl.SSLError:
            raise MailboxAway(
                f"与收信服务器 {host} 不能加密通信。请核对端口：imaps:// 一般用 993，imap:// 一般用 143"
            ) from None
        except TimeoutError:
            raise MailboxAway(f"收信服务器 {host} 在 {self._timeout:g} 秒内没有回应，稍后会自动再试") from None
        except socket.gaierror:
            raise MailboxAway(f"找不到收信服务器 {host}，请检查服务器名称和网络") from None
        except ConnectionRefusedError:
            raise MailboxAway(f"收信服务器 {host} 的端口 {self._server.port} 连不上，请核对服务器名称和端口") from None
        except OSError:
            raise MailboxAway(f"与收信服务器 {host} 的连接断了，请检查网络，稍后会自动再试") from None
        except UnicodeEncodeError:
            raise MailboxAway("收信邮箱的账号或密码里有中文或全角字符，请改成半角再试") from None
        except (ValueError, LookupError, AssertionError):
            raise MailboxAway(
                f"收信服务器 {host} 的回应看不懂，请核对服务器名称和端口，它可能不是 IMAP 服务器"
            ) from None

    def _refusal_words(self, said: str) -> str:
        host, folder = self._server.host, self._server.folder
        if "unsafe login" in said.lower():
            return f"收信服务器 {host} 认为登录不安全（Unsafe Login）。请在网页版邮箱里确认已开启 IMAP 服务，再重新生成授权码"
        if said.lower().startswith(("select", "examine")):
            return f"收信邮箱里打不开文件夹“{folder}”，请核对网址最后的文件夹名，收件箱写 INBOX"
        return f"收信服务器 {host} 没有照办，稍后会自动再试"


def _dropped_words(host: str) -> str:
    return f"收信服务器 {host} 中途断开了连接，没有收完，稍后会自动接着收"


def _login_words(host: str, said: str) -> str:
    """Which password the server wants: the web mailers take none but a code made for programs."""
    start = f"收信服务器 {host} 拒绝登录："
    if "logindisabled" in said.lower() or "plaintext" in said.lower():
        return f"{start}它只接受加密连接，请把网址开头的 imap:// 改成 imaps://，端口 993"
    return start + next((words for ends, words in _WHICH_CODE.items() if host.lower().endswith(ends)), _OTHERS)
