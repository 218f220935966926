"""A real SMTP server on loopback that does what a script says: refuses, puts off, drops, hangs, asks for a login."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"


class SmtpServerForTests:
    """`with SmtpServerForTests(script) as server:` then `server.url`, and `server.letters` as they came.

    script: what happens at the next tries, by recipient or by step.
    A recipient's list has one entry a try, each "STEP answer" (STEP is RCPT, DATA or DOT, the last after the whole
    letter) or "" for a try that goes well: {"a@x.cn": ["RCPT 450 4.2.0 greylisted", ""]}.
    The lists of CONNECT, AUTH and MAIL hold answers: {"MAIL": ["421 bye"]}.
    An answer is a reply of SMTP, "drop" (the connection ends), "hang" (nothing comes any more), and at DOT also
    "keep, drop" and "keep, hang": the server has taken the letter, and its answer is lost.
    When a list is at its end everything goes well.
    login: user and password that the server asks for, before everything else. size: the most bytes it takes, as it says.
    security: "none", "starttls" (offered) or "tls", with a certificate of `certificate` in `context`.
    """

    def __init__(
        self,
        script: Mapping[str, Sequence[str]] | None = None,
        *,
        login: tuple[str, str] | None = None,
        size: int = 0,
        security: str = "none",
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._script = {step: list(answers) for step, answers in (script or {}).items()}
        self._login, self._size, self._security, self._context = login, size, security, context
        self.letters: list[tuple[str, str, bytes]] = []
        self.connections = 0
        self.talk: list[str] = []  # MAIL, RCPT and DOT as they came, with address and options
        self.port = 0
        self._talks: list[_Talk] = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        """As DAZOUFANG_SMTP_URL has it."""
        user = f"{quote(self._login[0], safe='')}:{quote(self._login[1], safe='')}@" if self._login else ""
        scheme = "smtps" if self._security == "tls" else "smtp"
        asked = "?starttls=1" if self._security == "starttls" else ""
        return f"{scheme}://{user}{HOST}:{self.port}{asked}"

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        context = self._context if self._security == "tls" else None
        listening = self._loop.run_until_complete(self._loop.create_server(self._one, HOST, 0, ssl=context))
        self.port = listening.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        listening.close()
        self._loop.run_until_complete(self._end())
        self._loop.close()

    async def _end(self) -> None:
        """End every talk, so that no socket is left behind."""
        for talk in self._talks:
            if talk.transport:
                talk.transport.abort()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await asyncio.sleep(0.01)  # transports close a moment after they were told to

    def _one(self) -> SMTP:
        self.connections += 1
        self._talks.append(
            talk := _Talk(
                self,
                loop=self._loop,
                hostname="mail.test",
                ident="ready",
                data_size_limit=self._size or None,
                tls_context=self._context if self._security == "starttls" else None,
                auth_required=self._login is not None,
                auth_require_tls=self._login is None or self._security == "starttls",
                authenticator=self._allowed,
            )
        )
        return talk

    def _allowed(self, _1: SMTP, _2: Session, _3: Envelope, _4: str, said: LoginPassword) -> AuthResult:
        assert self._login
        ours = tuple(part.encode() for part in self._login)
        return AuthResult(success=(said.login, said.password) == ours, handled=False)

    def next_answer(self, step: str) -> str:
        """What the script says now at CONNECT, AUTH or MAIL; "" as usual."""
        answers = self._script.get(step)
        return answers.pop(0) if answers else ""

    def next_try(self, recipient: str) -> tuple[str, str]:
        """At which step something happens in this try, and what."""
        step, _, answer = self.next_answer(recipient).partition(" ")
        return step, answer


async def _does(answer: str, server: SMTP) -> str:
    """A reply to give; does not come back from a drop or a hang."""
    if answer.endswith("drop"):
        server.transport.close()
    if answer.endswith(("drop", "hang")):
        await asyncio.Event().wait()  # until the connection ends
    return answer


class _Script:
    """What aiosmtpd asks at each command of one connection."""

    def __init__(self, ours: SmtpServerForTests) -> None:
        self._ours = ours
        self.happens = ("", "")

    async def handle_MAIL(self, server: SMTP, _: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        self._ours.talk.append(" ".join(("MAIL", address, *options)))
        answer = await _does(self._ours.next_answer("MAIL"), server)
        if not answer:
            envelope.mail_from = address
        return answer or "250 OK"

    async def handle_RCPT(self, server: SMTP, _: Session, envelope: Envelope, address: str, _options: list[str]) -> str:
        self._ours.talk.append(f"RCPT {address}")
        self.happens = self._ours.next_try(address)
        answer = await _does(self.happens[1], server) if self.happens[0] == "RCPT" else ""
        if not answer:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:
        self._ours.talk.append(f"DOT {envelope.rcpt_tos[0]}")
        step, answer = self.happens
        if step != "DOT" or answer.startswith("keep"):
            self._ours.letters.extend(
                (str(envelope.mail_from), recipient, bytes(envelope.original_content or b""))
                for recipient in envelope.rcpt_tos
            )
        return (await _does(answer, server) if step == "DOT" else "") or "250 OK"


class _Talk(SMTP):
    """aiosmtpd's server, which asks the script where aiosmtpd does not."""

    def __init__(self, ours: SmtpServerForTests, **how: Any) -> None:
        self._ours, self._script = ours, _Script(ours)
        super().__init__(self._script, **how)

    async def push(self, status: str | bytes) -> None:
        if status == "220 mail.test ready":
            status = await _does(self._ours.next_answer("CONNECT"), self) or status
        await super().push(status)
        if str(status).startswith("421"):
            self.transport.close()

    async def smtp_AUTH(self, arg: str) -> None:
        if answer := await _does(self._ours.next_answer("AUTH"), self):
            await self.push(answer)
        else:
            await super().smtp_AUTH(arg)

    async def smtp_DATA(self, arg: str) -> None:
        step, answer = self._script.happens
        if step == "DATA":
            await self.push(await _does(answer, self))
        else:
            await super().smtp_DATA(arg)


def certificate(folder: Path, host: str = HOST, days: int = 1) -> tuple[ssl.SSLContext, str]:
    """A server's certificate made out to `host` by itself, good for `days` days from yesterday, and the file to trust
    it by."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    yesterday = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    alternative: x509.GeneralName
    try:
        alternative = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        alternative = x509.DNSName(host)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(yesterday - datetime.timedelta(days=30))
        .not_valid_after(yesterday + datetime.timedelta(days=1 + days))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public = folder / f"{host}{days}.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = folder / f"{host}{days}.key"
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(public, private)
    return context, str(public)
