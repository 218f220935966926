"""A real SMB server on loopback: Debian's smbd with a configuration, users and state of its own, and clients for it."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

SHARE: Final = "inbox"
_PASSWORD: Final = "only-on-loopback"  # noqa: S105
_PATIENCE: Final = 30.0  # seconds for the server to come up

_CONFIGURATION: Final = """\
[global]
    server role = standalone server
    workgroup = OFFICE
    netbios name = OFFICEPC
    interfaces = 127.0.0.1/8
    bind interfaces only = yes
    smb ports = {port}
    disable netbios = yes
    private dir = {state}/private
    passdb backend = tdbsam:{state}/private/passdb.tdb
    state directory = {state}/state
    cache directory = {state}/cache
    lock directory = {state}/lock
    pid directory = {state}/pid
    ncalrpc dir = {state}/ncalrpc
    usershare max shares = 0
    log file = {state}/smbd.log
    max log size = 1000
    load printers = no
    printing = bsd
    printcap name = /dev/null
    disable spoolss = yes
    unix charset = UTF-8
    deadtime = 1

[{share}]
    path = {folder}
    read only = no
    force user = {user}
    oplocks = {oplocks}
    level2 oplocks = {oplocks}
    kernel oplocks = no
    strict allocate = yes
"""


def program(name: str) -> str | None:
    """Where a program of Samba lies: servers are not on every user's path."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


@dataclass
class Client:
    """One PC with a connection of its own. Paths are relative to the share, with `/`."""

    port: int
    _cache: dict[str, Any] = field(default_factory=dict)

    def _at(self, path: str) -> str:
        return "\\\\127.0.0.1\\" + "\\".join([SHARE, *filter(None, path.split("/"))])

    @property
    def _who(self) -> dict[str, Any]:
        return {
            "username": getpass.getuser(), "password": _PASSWORD, "port": self.port, "connection_cache": self._cache,
        }  # fmt: skip

    def open(self, path: str, mode: str = "wb", share: str = "r") -> Any:
        """An unbuffered file. `share`: what others may do meanwhile, of r, w, d; "" nothing, as Excel while it saves."""
        import smbclient

        return smbclient.open_file(self._at(path), mode=mode, buffering=0, share_access=share or None, **self._who)

    def make_folder(self, path: str) -> None:
        """With its parents; one that stands is no matter."""
        import smbclient

        smbclient.makedirs(self._at(path), exist_ok=True, **self._who)

    def write(
        self, path: str, data: bytes, chunk: int = 2**20, pause: Callable[[], None] = lambda: None, share: str = "r"
    ) -> None:
        """Write piece by piece with a pause after each."""
        if "/" in path:
            self.make_folder(path.rpartition("/")[0])
        with self.open(path, share=share) as stream:
            for begin in range(0, len(data), chunk):
                stream.write(data[begin : begin + chunk])
                pause()

    def rename(self, path: str, to: str) -> None:
        import smbclient

        smbclient.rename(self._at(path), self._at(to), **self._who)

    def remove(self, path: str) -> None:
        import smbclient

        smbclient.remove(self._at(path), **self._who)

    def names(self, folder: str = "") -> list[str]:
        import smbclient

        return sorted(smbclient.listdir(self._at(folder), **self._who))

    def close(self) -> None:
        import smbclient

        with suppress(Exception):  # the server may be gone
            smbclient.reset_connection_cache(connection_cache=self._cache)


_CUT: Final = """
import sys
sys.path.insert(0, {tests!r})
from smb import Client
client = Client({port})
stream = client.open({path!r})
stream.write(sys.stdin.buffer.read())
print("half", flush=True)
import time
time.sleep(600)
"""


@dataclass
class Server:
    """A running smbd that shares one folder."""

    folder: Path
    state: Path
    oplocks: bool = True
    port: int = 0
    _process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, on a free port the first time and the same one later."""
        if not self.port:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
        for name in ("private", "state", "cache", "lock", "pid", "ncalrpc"):
            (self.state / name).mkdir(parents=True, exist_ok=True)
        configuration = self.state / "smb.conf"
        configuration.write_text(
            _CONFIGURATION.format(
                port=self.port, state=self.state, folder=self.folder, share=SHARE, user=getpass.getuser(),
                oplocks="yes" if self.oplocks else "no",
            )
        )  # fmt: skip
        if not (self.state / "private" / "passdb.tdb").exists():
            subprocess.run(
                [program("smbpasswd") or "smbpasswd", "-c", str(configuration), "-s", "-a", getpass.getuser()],
                input=f"{_PASSWORD}\n{_PASSWORD}\n".encode(), check=True, capture_output=True,
            )  # fmt: skip
        self._process = subprocess.Popen(
            [program("smbd") or "smbd", "--foreground", "--no-process-group", f"--configfile={configuration}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if time.monotonic() > end or self._process.poll() is not None:
                    raise
                time.sleep(0.1)

    def stop(self) -> None:
        """End it and the processes that serve its clients."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, 15)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, 9)
                self._process.wait(10)
            self._process = None

    @contextmanager
    def client(self) -> Iterator[Client]:
        """A client, to the end of the block."""
        client = Client(self.port)
        try:
            yield client
        finally:
            client.close()

    def cut_off(self, path: str, data: bytes) -> None:
        """A client writes this and then is no more: its connection breaks with the file open."""
        script = _CUT.format(tests=str(Path(__file__).parent), port=self.port, path=path)
        with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as client:
            assert client.stdin is not None and client.stdout is not None
            client.stdin.write(data)
            client.stdin.close()
            assert client.stdout.readline().strip() == b"half"
            client.kill()
