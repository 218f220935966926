"""A small IMAP server on loopback: one folder of letters, and the bad manners that real servers have."""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import quote

_CRLF: Final = b"\r\n"


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody has signed, and its key: (certificate, key) as PEM files."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


@dataclass
class ImapServerForTests:
    """`with ImapServerForTests([letter, …]) as server: server.url`. `letters` may grow while it runs: the UID of the
    first is `first_uid`, of every other one more. `folder` is the name as it goes over the wire (modified UTF-7).

    needs_id: no folder opens before ID (163, 126). refuses_login: no password is right. drops_after: the connection
    breaks in the middle of the letter after that many (None never). slow: seconds before every answer. empty: UIDs
    whose FETCH answers nothing. gone: UIDs that were deleted. tls: (certificate, key). knows_id: ID is among its capabilities.
    """

    letters: list[bytes] = field(default_factory=list)
    user: str = "office@example.cn"
    password: str = 'a code "of" letters'  # noqa: S105
    folder: str = "INBOX"
    first_uid: int = 1
    uidvalidity: int = 7
    needs_id: bool = False
    knows_id: bool = True
    refuses_login: bool = False
    login_disabled: bool = False
    drops_after: int | None = None
    drops_at_login: bool = False
    slow: float = 0.0
    empty: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    tls: tuple[Path, Path] | None = None
    greeting: bytes = b"* OK ready"
    commands: list[str] = field(default_factory=list)  # as they came, without tag and password
    fetched: int = 0  # whole letters given out

    def __enter__(self) -> Self:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._context: ssl.SSLContext | None = None
        if self.tls:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*self.tls)
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()
        return self

    def __exit__(self, *_: Any) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._accepting.join(5)
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        for thread in self._threads:
            thread.join(5)

    @property
    def url(self) -> str:
        user, password, folder = (quote(part, safe="") for part in (self.user, self.password, self.folder))
        return f"imap{'s' if self.tls else ''}://{user}:{password}@127.0.0.1:{self.port}/{folder}"

    def said(self, command: str) -> int:
        """How often a command of this name came."""
        return sum(line.upper().startswith(command.upper()) for line in self.commands)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else every answer waits 40 ms
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection:
                _Session(self, connection).answer()


class _Session:
    """One connection."""

    def __init__(self, server: ImapServerForTests, connection: socket.socket) -> None:
        self.server = server
        self.connection = connection
        self.lines = connection.makefile("rb")
        self.logged_in = self.identified = self.selected = False

    def send(self, *lines: bytes) -> None:
        self.connection.sendall(b"".join(line + _CRLF for line in lines))

    def answer(self) -> None:
        with self.lines:
            time.sleep(self.server.slow)
            self.send(self.server.greeting)
            for line in self.lines:
                tag, _, rest = line.strip().partition(b" ")
                command = rest.decode("ascii", "replace")
                shown = re.sub(r"(?i)^(login \S+).*", r"\1", command)
                self.server.commands.append(shown)
                time.sleep(self.server.slow)
                if not self.one(tag, command):
                    return

    def one(self, tag: bytes, command: str) -> bool:
        """Answers a command; False ends the connection."""
        word = command.split(" ", 1)[0].upper()
        if word == "CAPABILITY":
            known = b"* CAPABILITY IMAP4rev1"
            known += b" ID" * self.server.knows_id + b" LOGINDISABLED" * self.server.login_disabled
            self.send(known, tag + b" OK done")
        elif word == "LOGIN":
            return self.login(tag, command)
        elif word == "ID":
            self.identified = True
            self.send(b'* ID ("name" "test")', tag + b" OK done")
        elif word in ("SELECT", "EXAMINE"):
            self.select(tag, command)
        elif word == "UID" and self.selected:
            return self.uid(tag, command)
        elif word == "LOGOUT":
            self.send(b"* BYE", tag + b" OK done")
            return False
        else:
            self.send(tag + b" BAD what is that")
        return True

    def login(self, tag: bytes, command: str) -> bool:
        server = self.server
        if server.drops_at_login:
            return False
        _, user, password = command.split(" ", 2)
        right = password == '"' + server.password.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if server.login_disabled:
            self.send(tag + b" NO [PRIVACYREQUIRED] Plaintext authentication disallowed")
        elif server.refuses_login or user.strip('"') != server.user or not right:
            self.send(tag + f" NO Login fail for {server.user}. Authorization code is wrong".encode())
        else:
            self.logged_in = True
            self.send(tag + b" OK done")
        return True

    def select(self, tag: bytes, command: str) -> None:
        server = self.server
        if not self.logged_in:
            self.send(tag + b" BAD log in first")
        elif server.needs_id and not self.identified:
            self.send(tag + b" NO SELECT Unsafe Login. Please contact kefu@188.com for help")
        elif command.split(" ", 1)[1].strip('"') != server.folder:
            self.send(tag + b" NO no such folder")
        else:
            self.selected = True
            self.send(
                f"* {len(server.letters)} EXISTS".encode(),
                b"* 0 RECENT",
                b"* FLAGS (\\Seen \\Deleted)",
                f"* OK [UIDVALIDITY {server.uidvalidity}] valid".encode(),
                f"* OK [UIDNEXT {server.first_uid + len(server.letters)}] next".encode(),
                tag + b" OK [READ-ONLY] done",
            )

    def uid(self, tag: bytes, command: str) -> bool:
        _, what, rest = command.split(" ", 2)
        if what.upper() == "SEARCH":
            chosen = self.chosen(rest.upper().removeprefix("UID ").strip("() "))
            self.send(b"* SEARCH" + b"".join(b" %d" % uid for uid in chosen), tag + b" OK done")
            return True
        uids, _, asked = rest.partition(" ")
        for uid in self.chosen(uids):
            if uid not in self.server.empty and not self.fetch(uid, asked.upper()):
                return False
        self.send(tag + b" OK done")
        return True

    def chosen(self, wanted: str) -> Sequence[int]:
        first = self.server.first_uid
        there = [uid for uid in range(first, first + len(self.server.letters)) if uid not in self.server.gone]
        found: set[int] = set()
        for part in wanted.split(","):
            begin, _, end = part.partition(":")
            low = int(begin) if begin != "*" else max(there, default=0)
            high = low if not end else (max(there, default=0) if end == "*" else int(end))
            found |= {uid for uid in there if min(low, high) <= uid <= max(low, high)}
        return sorted(found)

    def fetch(self, uid: int, asked: str) -> bool:
        raw = self.server.letters[uid - self.server.first_uid]
        start = f"* {uid - self.server.first_uid + 1} FETCH (UID {uid} ".encode()
        if "RFC822.SIZE" in asked:
            self.send(start + b"RFC822.SIZE %d)" % len(raw))
            return True
        if "[HEADER]" in asked:
            heads = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            self.send(start + b"BODY[HEADER] {%d}\r\n%s)" % (len(heads), heads))
            return True
        if self.server.drops_after is not None and self.server.fetched >= self.server.drops_after:
            self.connection.sendall(start + b"BODY[] {%d}\r\n%s" % (len(raw), raw[: len(raw) // 2]))
            self.connection.shutdown(socket.SHUT_RDWR)
            return False
        self.send(start + b"BODY[] {%d}\r\n%s)" % (len(raw), raw))
        self.server.fetched += 1
        return True
