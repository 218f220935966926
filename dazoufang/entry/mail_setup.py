"""Asks an office for its mailbox, keeps the password in the system's keyring and the rest in the rules."""

from __future__ import annotations

import getpass
import sys
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from dazoufang.commands import setup
from dazoufang.commands.asked import day_asked_for, home_asked_for
from dazoufang.commands.screen import Screen
from dazoufang.commands.setup_answers import Options, offers
from dazoufang.commands.setup_asking import Questions
from dazoufang.commands.setup_dates import NotAnAnswer
from dazoufang.mail.addresses import as_sent
from dazoufang.mail.servers import keep_password
from dazoufang.rules.campaign import load_rules
from dazoufang.rules.forms import CAMPAIGN
from dazoufang.system.errors import WRONG_USE

# The servers of web mailers, by what follows the @; as their own help pages name them, all with TLS from the start.
_SERVERS: Final = {
    **dict.fromkeys(("qq.com", "foxmail.com", "vip.qq.com"), ("smtp.qq.com", "imap.qq.com")),
    **{name: (f"smtp.{name}", f"imap.{name}") for name in ("163.com", "126.com", "yeah.net", "139.com", "sina.com")},
}


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address, and the hosts that send and fetch its letters."""

    address: str
    smtp: str
    imap: str

    @property
    def smtp_url(self) -> str:
        """As campaign.yaml has it, without the password."""
        return f"smtps://{quote(self.address, safe='')}@{self.smtp}:465"

    @property
    def imap_url(self) -> str:
        """As campaign.yaml has it, without the password."""
        return f"imaps://{quote(self.address, safe='')}@{self.imap}:993"


def set_up_mail() -> int:
    """Ask, keep, and write it into the home's rules; returns the exit code.

    Raises:
        LeftOff: somebody ended it; nothing was changed.
        BadMailSettings: the password cannot be kept.
    """
    screen, place, day = Screen(), home_asked_for(None), day_asked_for(None)
    if not (place.root / "schemas" / CAMPAIGN).exists():
        screen.say("请先双击“填本局情况”填好，再来设置邮件。什么也没有改", "yellow")
        return WRONG_USE
    screen.say("用一个新申请的、专门收表的邮箱：收件箱里原有的每封信都会收到回信。详见 说明 里的 mail.md。\n")
    ask = Questions(screen)
    mailbox = _asked(ask)
    password = _password()
    if not password:
        screen.say("没有填授权码，什么也没有改", "yellow")
        return WRONG_USE
    keep_password(mailbox.address, password)
    year = str(max(one.year for one in load_rules(place.schemas).campaign.years))
    answered = {"year": year, "mail-sender": mailbox.address, "smtp": mailbox.smtp_url, "imap": mailbox.imap_url}
    options = Options(answered)
    setup.set_up(place, setup.drafted(place, day, options, offers(None, options)), day)
    rules = place.root / "schemas" / CAMPAIGN
    screen.say(
        f"\n授权码已存进系统的钥匙串（Windows 的凭据管理器），只有现在登录的用户能用；别的写进了 {rules}", "bold"
    )
    screen.say(
        "花名册里填好各人的邮箱，放进 inbox，再运行 doctor --mail 试发一封（双击“命令行”，打 python process.py doctor --mail）"
    )
    return 0


def _asked(ask: Questions) -> Mailbox:
    address = ask("收表的邮箱，如 123456@qq.com", "", _address)
    smtp, imap = _SERVERS.get(address.rpartition("@")[2].lower(), ("", ""))
    return Mailbox(
        address, ask("发信服务器（SMTP，465 端口）", smtp, _host), ask("收信服务器（IMAP，993 端口）", imap, _host)
    )


def _password() -> str:
    """The password, not shown while it is typed; "" where there is none."""
    words = "授权码（打的时候不显示；QQ、163 要填授权码，不是登录密码）："
    typed = getpass.getpass(words) if sys.stdin is not None and sys.stdin.isatty() else input(words)
    return typed.strip()


def _address(text: str) -> str:
    if not as_sent(text):
        raise NotAnAnswer("请写完整的邮箱，如 123456@qq.com")
    return text


def _host(text: str) -> str:
    if not text or any(sign in text for sign in " :/@"):
        raise NotAnAnswer("只写服务器的名字，如 smtp.qq.com")
    return text
