"""Files and their names: hashes, atomic writes, safe names, and the name under which newer replaces older."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import stat
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable
from io import BufferedReader
from pathlib import Path
from typing import Final

from dazoufang.system import failpoints

NAME_BYTES: Final = 255  # what one name may take on the file systems in use (UTF-8)
_HIDDEN: Final = 0x2  # FILE_ATTRIBUTE_HIDDEN
TRIES: Final = 20  # to read a file that is being replaced, within a second
PIECE: Final = 2**20  # bytes of a file that are in memory at a time
# Not on Windows: there a link must be made by an administrator, and no name in a folder is a device.
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\ud800-\udfff]')
_RESERVED: Final = re.compile(r"^(con|prn|aux|nul|com[1-9]|lpt[1-9])(\.|$)", re.IGNORECASE)

# What people and programs add to a file's name without meaning another form. Numbers that may count forms (甲1, 101,
# 9月) stay: two names taken for one withdraw rows, one name taken for two only count what both hold once.
_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_MMDD: Final = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_COPY_MARKS: Final = re.compile(
    rf"""
      \s*需修改\d{{4,}}            # our returned copy, dropped again
    | \s*\(新版\s*\d{{4}}\)         # our version beside a file that somebody had open
    | [(\[【]\s*\d{{1,3}}\s*[)\]】](?=\s*$)  # (1) （2）
    | [-_\s]*(?:副本|复件|复制)(?:\s*\d+)?
    | [-_\s]*\bcopy(?:\s+of\b|\s*\d+)?
    | [(\[]?[^()\[\]]*(?:冲突副本|conflicted\ copy).*
    | \.sync-conflict-[\w-]+
    | [-_\s]*已?(?:最终|最后|最新|定稿|终稿|初稿|草稿|修改|修订|更新|更正|订正|改正|改好|改|新)(?:[后过])?[版稿]?\d{{0,2}}
      (?=[)\]】\s_.-]|$)
    | [-_\s]*(?<![a-z])v(?:er(?:sion)?)?[.\s]*\d+(?:\.\d+)*
    | [-_\s]*第?(?:\d+|[一二三四五六七八九十]+)[版稿](?=[)\]】\s_.-]|$)
    | [-_\s]*(?<!\d)(?:19|20)\d{{2}}[-./年]{_MONTH}[-./月]{_DAY}(?!\d)[日号]?
    | [-_\s]*(?<!\d)(?:19|20)\d{{2}}{_MMDD}(?:[-_]?\d{{4}}(?:\d{{2}})?)?(?!\d)
    | [-_\s]*(?<!\d){_MONTH}月{_DAY}[日号]
    | [-_\s]*(?<![\d.]){_MONTH}\.{_DAY}(?![\d.])
    | [-_\s]*(?<!\d){_MMDD}(?=\s*$)   # 1020
    """,
    re.VERBOSE | re.IGNORECASE,
)
_POINT: Final = rf"(?:(?:19|20)?\d{{2}}[-./年])?{_MONTH}[./月]{_DAY}[日号]?"
_SPAN: Final = re.compile(rf"(?<![\d.]){_POINT}\s*[-~—至到]+\s*(?:{_POINT}|{_DAY}[日号])(?![\d.])")
_EXTENSION: Final = re.compile(
    r"(\.(xlsx|xlsm|xlsb|xls|et|ods|csv|tsv|txt|zip))+(?=\s*(?:需修改|错行)\d{4,}|$)", re.IGNORECASE
)
_WRONG_ROWS: Final = re.compile(r"(.+)错行(\d{4,})")  # our small workbook of the wrong rows of a large one
_TEMPORARY: Final = re.compile(r"\.\d+\.tmp$")  # as write_whole has it
_PUNCTUATION: Final = re.compile(r"[\s\-_—–·.,，。、()（）\[\]【】《》“”\"'!！+~]+")


def sha256(data: bytes) -> str:
    """The hash by which the same bytes are known again."""
    return hashlib.sha256(data).hexdigest()


def sha256_of(path: Path) -> str:
    """The hash of a file of any size, which is never in memory whole."""
    with open_plain(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def open_plain(path: Path) -> BufferedReader:
    """A file to be read, whatever somebody puts in its place meanwhile: no link is followed, no device is waited for.

    Raises:
        OSError: it cannot be opened, or is no plain file (errno ELOOP, ENXIO, EISDIR or ENODEV).
    """
    descriptor = os.open(path, os.O_RDONLY | _NO_LINK)
    try:
        kind = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(kind):
            raise OSError(errno.EISDIR if stat.S_ISDIR(kind) else errno.ENODEV, "no plain file", str(path))
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_beside_writer(path: Path, sleep: Callable[[float], None] = time.sleep) -> bytes:
    """What a small file holds that another process replaces now and then: on Windows it cannot be opened for the moment
    of replacing, so a refusal is tried again for a second.

    Raises:
        OSError: it cannot be read.
    """
    for _ in range(TRIES):
        try:
            return path.read_bytes()
        except PermissionError:
            sleep(1 / TRIES)
    return path.read_bytes()


def write_pieces(path: Path, pieces: Iterable[bytes]) -> tuple[str, int]:
    """Write a new file of any size; its hash and its size in bytes."""
    digest, size = hashlib.sha256(), 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        for piece in pieces:
            digest.update(piece)
            size += stream.write(piece)
    return digest.hexdigest(), size


def stem_of(name: str) -> str:
    """The name under which newer replaces older: less extension, copy marks, versions, dates and punctuation.

    Rule: 走访登记表（1）.xlsx, 走访登记表-副本.xls and 走访登记表最终版 v2.xlsx are one name; 甲组 and 乙组 are two.
    """
    text = unicodedata.normalize("NFKC", name)
    text = _EXTENSION.sub("", text)
    text = whole = re.sub(r"\.[A-Za-z]{2,4}$", "", text)
    text = _SPAN.sub(lambda span: f"期{re.sub(r'[^0-9]+', '至', span[0])}期", text)  # 9.18-9.22 is another week's form
    before = ""
    while before != text:
        before, text = text, _COPY_MARKS.sub("", text)
    return _PUNCTUATION.sub("", text).casefold() or _PUNCTUATION.sub("", whole).casefold() or name.casefold()


def whole_of(stem: str) -> tuple[str, int] | None:
    """Of the stem of our small workbook (走访登记表错行0012) the stem of the form whose wrong rows it holds, and the number
    under which that was taken; None of any other."""
    found = _WRONG_ROWS.fullmatch(stem)
    return (found[1], int(found[2])) if found else None


def safe_name(name: str, tail: str = "") -> str:
    """A name that every file system in use can hold: `name` as far as it fits, then `tail`."""
    name = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", name)).rstrip(" .") or "_"
    if _RESERVED.match(name):
        name = "_" + name
    room = NAME_BYTES - len(tail.encode())
    while name and len(name.encode()) > room:
        name = name[:-1]
    return name + tail


def write_atomic(path: Path, data: bytes) -> None:
    """Write so that a reader sees the old bytes or the new ones, never half; the new ones are on disk on return."""
    write_whole(path, data, flush=True)
    sync_folder(path.parent)


def write_whole(path: Path, data: bytes, *, flush: bool = False) -> None:
    """As `write_atomic`, but for many files at once: they survive a power cut only after `flush_all`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_for(path)
    try:
        with temporary.open("wb") as stream:
            stream.write(data)
            if flush:
                stream.flush()
                os.fsync(stream.fileno())
        failpoints.reach("replacing")
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_new(path: Path, data: bytes) -> bool:
    """Write a file that is not there yet, whole or not at all; False where it is. Of several that try at once, one does.

    Raises:
        OSError: it cannot be written.
    """
    # By chance, not by the number of our process: another machine may have the same one.
    temporary = path.with_name(f".{path.name[:40]}.{secrets.randbelow(10**9)}.tmp")
    try:
        temporary.write_bytes(data)
        _named_if_free(temporary, path)
        sync_folder(path.parent)
    except FileExistsError:
        return False
    finally:
        temporary.unlink(missing_ok=True)
    return True


def _named_if_free(temporary: Path, path: Path) -> None:
    """Give a file its name unless there is one of that name (FileExistsError): a rename overwrites it on Unix."""
    if os.name != "posix":
        temporary.rename(path)
        return
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without second names: the name is made first and filled then
        with path.open("xb") as stream:
            stream.write(temporary.read_bytes())


def may(path: Path, mode: int) -> bool:
    """Whether we may do that (`os.R_OK`, `os.W_OK`, `os.X_OK`), as far as the system tells beforehand: Windows tells on
    doing it, and says the same of a file that another program has open."""
    return os.name != "posix" or os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def remove(path: Path) -> None:
    """Delete a file, also one that is marked read-only: Windows refuses that as if another program held it open.

    Raises:
        PermissionError: another program does.
    """
    try:
        path.unlink()
    except PermissionError:
        if sys.platform != "win32" or path.stat().st_mode & stat.S_IWRITE:
            raise
        path.chmod(stat.S_IREAD | stat.S_IWRITE)
        path.unlink()


def hide(path: Path) -> None:
    """Keep a file or folder of ours out of sight in the Explorer; elsewhere its name, which begins with a dot, does."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetFileAttributesW(str(path), _HIDDEN)


def temporary_for(path: Path) -> Path:
    """Where a file is written before it gets its own name; `sweep` finds it if we die meanwhile."""
    return path.with_name(f".{path.name[:40]}.{os.getpid()}.tmp")


def sweep(folder: Path, name: str = "") -> None:
    """Remove the half-written files that writers left when they died, in `folder` and below, or of the file `name`
    alone. Only for folders in which nobody writes now."""
    for file in folder.rglob(f".{name}*.tmp"):
        if _TEMPORARY.search(file.name):
            file.unlink(missing_ok=True)


def flush_all(paths: Iterable[Path]) -> None:
    """Make files that were just written, and their names, survive a power cut; in one go where the system can, as that
    is many times quicker."""
    if hasattr(os, "sync"):
        os.sync()
        return
    for path in paths:
        with path.open("r+b") as stream:
            os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Make names just created in `folder` survive a power cut, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
