"""A full mail server on loopback: Debian's Postfix and Dovecot, with settings, users and mailboxes of their own."""

from __future__ import annotations

import imaplib
import os
import pwd
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self
from urllib.parse import quote

from smtp_server import HOST, certificate

_PASSWORD: Final = "only-on-loopback"  # noqa: S105
_PATIENCE: Final = 30.0  # seconds for the servers to come up, and for letters to be delivered
_KEEPER: Final = "nobody"  # whose the mailboxes are: neither server lets them be root's

_POSTFIX: Final = """\
compatibility_level = 3.6
queue_directory = {state}/queue
data_directory = {state}/data
maillog_file = /dev/stdout
myhostname = mail.hr.test
mydestination =
mynetworks =
inet_interfaces = {host}
inet_protocols = ipv4
alias_maps =
alias_database =
biff = no
virtual_mailbox_domains = hr.test
virtual_mailbox_base = {state}/boxes
virtual_mailbox_maps = texthash:{state}/etc/boxes
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 100
virtual_mailbox_limit = 0
message_size_limit = 40000000
default_transport = error:no outside here
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {state}/login
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_error_sleep_time = 0
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
"""

_SERVICES: Final = """\
{host}:{port} inet n - n - - smtpd
cleanup    unix n - n - 0 cleanup
qmgr       unix n - n 300 1 qmgr
tlsmgr     unix - - n 1000? 1 tlsmgr
rewrite    unix - - n - - trivial-rewrite
bounce     unix - - n - 0 bounce
defer      unix - - n - 0 bounce
trace      unix - - n - 0 bounce
proxymap   unix - - n - - proxymap
error      unix - - n - - error
retry      unix - - n - - error
virtual    unix - n n - - virtual
anvil      unix - - n - 1 anvil
postlog    unix-dgram n - n - 1 postlogd
"""

_DOVECOT: Final = """\
base_dir = {state}/run
log_path = {state}/dovecot.log
protocols = imap
listen = {host}
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
mail_location = maildir:{state}/boxes/%u
first_valid_uid = 100
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {state}/etc/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={state}/boxes/%u
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {imap_port}
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  unix_listener {state}/login {{
    mode = 0600
    user = postfix
  }}
}}
"""


def program(name: str) -> str | None:
    """Where a program of the servers lies: servers are not on every user's path."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def cannot_start() -> str:
    """Why the servers cannot be started here, "" they can."""
    if not program("postfix") or not program("dovecot") or not Path("/usr/lib/dovecot/imap").exists():
        return "Debian's Postfix or Dovecot is not installed"
    return "" if os.geteuid() == 0 else "only root can start Postfix"


class CannotStart(RuntimeError):
    """A server did not come up; with what it said."""


class Kept(NamedTuple):
    """A letter in a mailbox."""

    raw: bytes
    flags: frozenset[str]


class FullServer:
    """`with FullServer(["office@hr.test", …]) as server:` has a mailbox for each of these addresses, all at hr.test.

    Postfix takes letters for them from everybody, and offers STARTTLS and a login; Dovecot shows the mailboxes by IMAP
    over TLS, and tells Postfix who may log in.
    """

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses
        self.state = Path()  # while it runs, all that the servers have
        self.trusted = ""  # the file to trust their certificate by
        self.smtp_port, self.imap_port = _free_ports()
        self._running = ExitStack()
        self._processes: list[subprocess.Popen[bytes]] = []

    def smtp_url(self, user: str) -> str:
        """As DAZOUFANG_SMTP_URL has it."""
        return f"smtp://{quote(user, safe='')}:{_PASSWORD}@{HOST}:{self.smtp_port}?starttls=1"

    def imap_url(self, user: str) -> str:
        """As DAZOUFANG_IMAP_URL has it."""
        return f"imaps://{quote(user, safe='')}:{_PASSWORD}@{HOST}:{self.imap_port}/INBOX"

    def __enter__(self) -> Self:
        if why := cannot_start():
            raise CannotStart(why)
        with ExitStack() as started:
            # Not in TMPDIR, which may be closed to others: parts of the servers run as users who may do little.
            self.state = Path(started.enter_context(tempfile.TemporaryDirectory(prefix="mail-", dir="/tmp")))
            self.state.chmod(0o711)
            self._write_settings()
            started.callback(self._end)
            self._start("dovecot", self.imap_port, "-F", "-c", "etc/dovecot.conf")
            self._start("postfix", self.smtp_port, "-c", f"{self.state}/etc", "start-fg")
            self._running = started.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.close()

    def _write_settings(self) -> None:
        for name in ("etc", "queue", "data", "boxes", "run"):
            (self.state / name).mkdir()
            (self.state / name).chmod(0o755)
        keeper, postfix = pwd.getpwnam(_KEEPER), pwd.getpwnam("postfix")
        os.chown(self.state / "boxes", keeper.pw_uid, keeper.pw_gid)
        os.chown(self.state / "data", postfix.pw_uid, postfix.pw_gid)
        _, self.trusted = certificate(self.state)
        filled = {
            "state": self.state, "host": HOST, "port": self.smtp_port, "imap_port": self.imap_port,
            "uid": keeper.pw_uid, "gid": keeper.pw_gid, "certificate": self.trusted,
            "key": Path(self.trusted).with_suffix(".key"),
        }  # fmt: skip
        for name, text in (("main.cf", _POSTFIX), ("master.cf", _SERVICES), ("dovecot.conf", _DOVECOT)):
            (self.state / "etc" / name).write_text(text.format(**filled))
        lines = {"boxes": "{0} {0}/\n", "users": f"{{0}}:{_PASSWORD}\n"}
        for name, line in lines.items():
            (self.state / "etc" / name).write_text("".join(line.format(address) for address in self._addresses))
        for path in (self.state / "etc").rglob("*"):
            path.chmod(0o644)  # whatever the umask is: Dovecot reads its users as one who may do little

    def _start(self, name: str, port: int, *arguments: str) -> None:
        """One of the two servers, until it answers."""
        said = self.state / f"{name}.said"
        with said.open("wb") as output:
            process = subprocess.Popen(
                [program(name) or name, *arguments],
                cwd=self.state, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        self._processes.append(process)
        if not _waited(lambda: answers(port) or process.poll() is not None) or process.poll() is not None:
            raise CannotStart(
                f"{name} did not start (exit status {process.poll()}):\n{said.read_text(errors='replace')}"
            )

    def processes(self) -> list[int]:
        """All the processes that the servers are."""
        return [process for server in self._processes for process in _with_children(server.pid)]

    def _end(self) -> None:
        """End both, with all their processes, which leave the sessions and groups that they were started in."""
        ending = self.processes()
        for number in (signal.SIGTERM, signal.SIGKILL):
            for process in filter(alive, ending):
                with suppress(ProcessLookupError):
                    os.kill(process, number)
            if _waited(lambda: not any(map(alive, ending)), 10.0):
                break
        for server in self._processes:
            server.wait(10)
        self._processes.clear()

    def post(self, sender: str, recipient: str, raw: bytes) -> None:
        """Hand over a letter as somebody else's server does, and wait until it lies in its mailbox."""
        with smtplib.SMTP(HOST, self.smtp_port, timeout=_PATIENCE) as connection:
            connection.sendmail(sender, [recipient], raw)
        self.settle()

    def settle(self) -> None:
        """Wait until every letter that Postfix has taken has been delivered."""
        queues = [self.state / "queue" / name for name in ("maildrop", "incoming", "active", "deferred")]
        waiting: list[Path] = []

        def done() -> bool:
            waiting[:] = [file for queue in queues for file in queue.rglob("*") if file.is_file()]
            return not waiting

        if not _waited(done):
            raise TimeoutError(f"not delivered: {waiting}\n{(self.state / 'postfix.said').read_text(errors='replace')}")

    def mailbox(self, user: str) -> list[Kept]:
        """What lies in a mailbox, as it came; looking changes nothing."""
        trusting = ssl.create_default_context(cafile=self.trusted)
        with imaplib.IMAP4_SSL(HOST, self.imap_port, ssl_context=trusting, timeout=_PATIENCE) as connection:
            connection.login(user, _PASSWORD)
            connection.select("INBOX", readonly=True)
            found = []
            for number in connection.search(None, "ALL")[1][0].split():
                (about, raw), *_ = connection.fetch(number.decode(), "(FLAGS BODY.PEEK[])")[1]
                flags = {flag.decode() for flag in imaplib.ParseFlags(about)}
                found.append(Kept(raw, frozenset(flags)))
        return found


def _free_ports() -> tuple[int, int]:
    with socket.socket() as first, socket.socket() as second:
        for free in (first, second):
            free.bind((HOST, 0))
        return first.getsockname()[1], second.getsockname()[1]


def answers(port: int) -> bool:
    """Whether something listens there."""
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def _waited(done: Callable[[], bool], seconds: float = _PATIENCE) -> bool:
    """Whether it came true in this time."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def alive(process: int) -> bool:
    """Whether it still does something; one that only waits to be reaped does not."""
    return _of(process)[0] not in ("", "Z")


def _of(process: int) -> tuple[str, int]:
    """How a process is, and whose child it is; ("", 0) when it is gone."""
    try:
        state, parent = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return "", 0
    return state, int(parent)


def _with_children(first: int) -> list[int]:
    """This process and all that descend from it."""
    parents = {process: _of(process)[1] for process in (int(found.name) for found in Path("/proc").glob("[0-9]*"))}
    family = [first]
    for parent in family:  # grows as it is walked through
        family += [process for process, its_parent in parents.items() if its_parent == parent]
    return family
