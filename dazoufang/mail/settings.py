"""Which mail servers there are: what the environment names goes before what the rules say."""

from __future__ import annotations

import os
from dataclasses import dataclass

from dazoufang.mail.servers import ImapServer, SmtpServer, imap_server, our_address, smtp_server
from dazoufang.rules.mail import Mail

SMTP_URL, IMAP_URL = "DAZOUFANG_SMTP_URL", "DAZOUFANG_IMAP_URL"


@dataclass(frozen=True, slots=True)
class Servers:
    """The servers, None where there is none. `sender`: the address that our letters come from; `own`: all addresses
    that are ours, in small letters, whose letters are never taken in."""

    smtp: SmtpServer | None
    imap: ImapServer | None
    sender: str
    own: frozenset[str]


def servers(rules: Mail) -> Servers:
    """The servers of this machine.

    Raises:
        BadMailSettings: a URL or a password cannot be used; nothing was sent or fetched.
    """
    smtp_url, imap_url = os.environ.get(SMTP_URL, ""), os.environ.get(IMAP_URL, "")
    smtp = imap = None
    if smtp_url or rules.smtp.value:
        smtp = smtp_server(smtp_url) if smtp_url else smtp_server(rules.smtp.value, in_rules=True)
    if imap_url or rules.imap.value:
        imap = imap_server(imap_url) if imap_url else imap_server(rules.imap.value, in_rules=True)
    sender = our_address(smtp, rules.sender.value) if smtp else rules.sender.value or "dazoufang@localhost"
    mailbox = imap.user if imap and "@" in imap.user else ""
    return Servers(smtp, imap, sender, frozenset(address.lower() for address in (sender, mailbox) if address))
