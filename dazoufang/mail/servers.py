"""The mail servers of the settings: what a URL says, and where the password comes from."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from dazoufang.mail.addresses import domain_as_sent
from dazoufang.system.errors import WrongUse, reason

Security = Literal["none", "starttls", "tls"]

PASSWORD_FILE: Final = "DAZOUFANG_MAIL_PASSWORD_FILE"  # noqa: S105 (the name of a setting)
KEYRING_SERVICE: Final = "dazoufang"
_SMTP_PORTS: Final[dict[Security, int]] = {"none": 25, "starttls": 587, "tls": 465}
_IMAP_PORTS: Final = {False: 143, True: 993}
_NUMBERS: Final = re.compile(r"\d+(?:\.\d+){3}")
_LONGEST_PASSWORD: Final = 1024
_BAD_PERCENT: Final = re.compile("%(?![0-9A-Fa-f]{2})")
_YES: Final = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}
_ENCODE: Final = "用户名和密码里的 @ : / ? # % 要写成 %40 %3A %2F %3F %23 %25"


class BadMailSettings(WrongUse):
    """A URL or a password that cannot be used; the message names the part and the mend, never the password."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where letters go out. `user` as the server is to be told it, "" no login. `security`: how the talk is hidden."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    security: Security


@dataclass(frozen=True, slots=True)
class ImapServer:
    """Where letters come in: the folder of a mailbox."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: bool
    folder: str

    @property
    def name(self) -> str:
        """What tells it from other mailboxes."""
        return f"{self.user}@{self.host}:{self.port}/{self.folder}"


def smtp_server(url: str, *, in_rules: bool = False) -> SmtpServer:
    """The server of `smtp://user:password@host:port`, `smtps://…` or `smtp://…?starttls=1`.

    The user is told to the server as the URL has it: there are servers that know their people without a domain, and
    whoever needs 123@qq.com writes 123%40qq.com. Only as an address does a user without @ get @host (`our_address`).
    `in_rules`: the URL stands in campaign.yaml, where no password may stand.
    Raises BadMailSettings.
    """
    setting = "DAZOUFANG_SMTP_URL"
    parts = _parts(url, setting, ("smtp", "smtps"))
    starttls = _starttls(parts, setting)
    if parts.path.strip("/"):
        raise BadMailSettings(f"{setting}：主机后面多了“/”和别的字，请删去。若那是密码的一部分，{_ENCODE}")
    if starttls and parts.scheme == "smtps":
        raise BadMailSettings(f"{setting}：smtps:// 一开始就加密，不要再写 starttls=1；若端口是 587，请改成 smtp://")
    security: Security = "tls" if parts.scheme == "smtps" else "starttls" if starttls else "none"
    host, port = _host(parts, setting), _port(parts, setting)
    user, password = _login(parts, setting, in_rules=in_rules)
    return SmtpServer(host, port or _SMTP_PORTS[security], user, password, security)


def imap_server(url: str, *, in_rules: bool = False) -> ImapServer:
    """The server and folder of `imap://user:password@host:port/folder` or `imaps://…`; no folder is INBOX.

    Raises BadMailSettings.
    """
    setting = "DAZOUFANG_IMAP_URL"
    parts = _parts(url, setting, ("imap", "imaps"))
    if parts.query:
        raise BadMailSettings(f"{setting}：“?”后面的内容用不上，请删去；加密请用 imaps://")
    tls = parts.scheme == "imaps"
    host, port = _host(parts, setting), _port(parts, setting)
    user, password = _login(parts, setting, in_rules=in_rules)
    if not user:
        raise BadMailSettings(
            f"{setting}：收信要登录，缺少用户名和密码，请写成 {parts.scheme}://用户名:密码@主机。{_ENCODE}"
        )
    folder = _decoded(parts.path.strip("/"), setting, "文件夹")
    return ImapServer(host, port or _IMAP_PORTS[tls], user, password, tls, folder or "INBOX")


def our_address(server: SmtpServer, sender: str) -> str:
    """The address that our letters come from: `sender` of the rules, else the user, else dazoufang, each at the host
    when it has no domain. A host that is a number stands in brackets (RFC 5321 4.1.3); Postfix refuses it without."""
    name, host = sender.strip() or server.user or "dazoufang", server.host
    if _NUMBERS.fullmatch(host):
        host = f"[{host}]"
    elif ":" in host:
        host = f"[IPv6:{host}]"
    return name if "@" in name else f"{name}@{host}"


def _parts(url: str, setting: str, schemes: tuple[str, str]) -> SplitResult:
    plain, secure = schemes
    url = url.strip()
    if re.search(r"[\s\x00-\x1f]", url):
        raise BadMailSettings(f"{setting}：中间有空格或换行，请删去")
    try:
        parts = urlsplit(url)
        literal = parts.hostname  # an unclosed bracket is found only here
    except ValueError:  # its words may quote the password
        raise BadMailSettings(
            f"{setting}：主机或密码里有全角符号或不成对的方括号，请用半角的 : / @ 重写。{_ENCODE}"
        ) from None
    if parts.scheme not in schemes or not url.lower().startswith(f"{parts.scheme}://"):
        raise BadMailSettings(f"{setting}：要以 {plain}:// 或 {secure}:// 开头，例如 {secure}://用户名:密码@主机")
    if "#" in url:
        raise BadMailSettings(f"{setting}：里面有“#”，它后面的都会被丢掉。{_ENCODE}")
    if not literal:
        raise BadMailSettings(f"{setting}：缺少主机，请写成 {parts.scheme}://用户名:密码@主机:端口")
    return parts


def _starttls(parts: SplitResult, setting: str) -> bool:
    """Whether STARTTLS is asked for; nothing else may be asked."""
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    value = asked.pop("starttls", "0").lower()
    if asked or value not in _YES or "@" in parts.query:
        raise BadMailSettings(f"{setting}：“?”后面只能写 starttls=1 或 starttls=0。若那是密码的一部分，{_ENCODE}")
    return _YES[value]


def _host(parts: SplitResult, setting: str) -> str:
    host = parts.hostname or ""
    ascii_host = host if ":" in host else domain_as_sent(host)
    if not ascii_host or "@" in parts.path:
        raise BadMailSettings(
            f"{setting}：主机写得不对，只能是 smtp.qq.com 这样的名字或 IP 地址。若密码里有符号，{_ENCODE}"
        )
    return ascii_host


def _port(parts: SplitResult, setting: str) -> int:
    """The port, 0 where none is written."""
    try:
        port = parts.port
    except ValueError:  # its words quote what stands there, which may be a password
        port = 0
    if port == 0:
        raise BadMailSettings(
            f"{setting}：端口要是 1 到 65535 的数字，例如 465；不写用默认端口。若密码里有符号，{_ENCODE}"
        )
    return port or 0


def _login(parts: SplitResult, setting: str, *, in_rules: bool) -> tuple[str, str]:
    """User and password, ("", "") where the server asks for none."""
    user = _decoded(parts.username or "", setting, "用户名")
    password = _decoded(parts.password or "", setting, "密码")
    if password and in_rules:
        raise BadMailSettings(
            f"campaign.yaml 的 mail：网址里不能写密码，请删去，改用环境变量 {setting}，或把密码放进 {PASSWORD_FILE} 指的文件"
        )
    if password and not user:
        raise BadMailSettings(f"{setting}：有密码没有用户名，请写成 {parts.scheme}://用户名:密码@主机")
    if user and not password:
        password = _password_of(user, setting)
    return user, password


def _decoded(text: str, setting: str, part: str) -> str:
    if _BAD_PERCENT.search(text):
        raise BadMailSettings(f"{setting}：{part}里的 % 要写成 %25（% 后面要跟两位十六进制数）")
    try:
        plain = unquote(text, errors="strict")
    except UnicodeDecodeError:  # its words quote the bytes
        raise BadMailSettings(f"{setting}：{part}的 % 编码不是 UTF-8，请重新编码") from None
    if not plain.isprintable():
        raise BadMailSettings(f"{setting}：{part}里有换行等看不见的字符，请删去")
    return plain


def _password_of(user: str, setting: str) -> str:
    """The password that the URL leaves out: of the file that only its owner reads, else of the system's keyring."""
    if file := os.environ.get(PASSWORD_FILE):
        return _password_in(Path(file))
    if password := _password_in_keyring(user):
        return password
    raise BadMailSettings(
        f"{setting}：没有密码（QQ、163 邮箱要填授权码）。可以写在网址里（用户名:密码@主机）；"
        f"或写进只有自己能读的文件，用 {PASSWORD_FILE} 指明；或存进系统钥匙串：keyring set {KEYRING_SERVICE} 用户名"
    )


def _password_in(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode  # of the file that is read, whatever the name means a moment later
            if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise BadMailSettings(f"{PASSWORD_FILE}：密码文件别人也能读，请先运行 chmod 600 {file}")
            content = opened.read(_LONGEST_PASSWORD + 1)
    except OSError as error:
        raise BadMailSettings(f"{PASSWORD_FILE}：读不到密码文件 {file}：{reason(error)}") from None
    try:
        password = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:  # its words quote the bytes
        password = ""
    if not password or len(content) > _LONGEST_PASSWORD or not password.isprintable():
        raise BadMailSettings(f"{PASSWORD_FILE}：密码文件 {file} 里应当只有一行密码（UTF-8）")
    return password


def _password_in_keyring(user: str) -> str:
    """What the system's keyring keeps for the user; "" where there is none. The library is optional (`.[mail]`)."""
    try:
        import keyring
        import keyring.errors
    except ImportError:
        return ""
    try:
        return keyring.get_password(KEYRING_SERVICE, user) or ""
    except keyring.errors.KeyringError:  # no keyring on this machine, or it is locked
        return ""


def keep_password(user: str, password: str) -> None:
    """Put the user's password into the system's keyring, where `_password_of` finds it.

    Raises:
        BadMailSettings: there is no keyring here.
    """
    words = f"这台电脑上存不了密码，什么也没有改。请写进只有自己能读的文件，用 {PASSWORD_FILE} 指明"
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise BadMailSettings(words) from None
    try:
        keyring.set_password(KEYRING_SERVICE, user, password)
    except (keyring.errors.KeyringError, OSError):  # none on this machine, or it is locked
        raise BadMailSettings(words) from None
