"""What `doctor` finds of the mail: which servers there are, and with `--mail` whether letters go out and come in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from dazoufang.commands.findings import Finding
from dazoufang.mail.imap import Mailbox, MailboxAway
from dazoufang.mail.locked import attachment_password
from dazoufang.mail.servers import BadMailSettings
from dazoufang.mail.settings import Servers, servers
from dazoufang.mail.smtp import CannotSend
from dazoufang.rules.campaign import Rules
from dazoufang.running import sending

HOW: Final = "设置方法见 docs/mail.md"


def mail_findings(rules: Rules, now: datetime, *, tried: bool) -> Iterator[Finding]:
    """Look at the mail of this machine. `tried`: a letter goes to our own address, and the mailbox is opened."""
    try:
        found = servers(rules.campaign.mail)
        attachment_password(rules.campaign.mail)
    except BadMailSettings as error:
        yield Finding("bad", error.words, HOW)
        return
    if found.smtp is None:
        yield Finding("bad" if tried else "note", "没有设发信服务器，信都放在 outbox/邮件", HOW)
    if found.imap is None:
        yield Finding("note", "没有设收信邮箱，只从收件文件夹收表", HOW)
    if tried:
        yield from _tried(found, rules, now)


def _tried(found: Servers, rules: Rules, now: datetime) -> Iterator[Finding]:
    if found.smtp is not None:
        try:
            refused = sending.send_test(found.smtp, found.sender, rules.campaign.bureau.value, now)
        except CannotSend as error:
            refused = error.words
        if refused:
            yield Finding("bad", f"试发信没有发出：{refused}", HOW)
        else:
            yield Finding("good", f"已给自己（{found.sender}）发了一封试发信，请到邮箱里看看收到没有")
    if found.imap is not None:
        try:
            with Mailbox(found.imap):
                yield Finding("good", "收信邮箱能打开")
        except MailboxAway as error:
            yield Finding("bad", error.words, HOW)
