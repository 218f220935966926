"""A Debian with Wine in which the unpacked zip runs, for .ci/windows, and what is held against it on this machine."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
PROJECT: Final = HERE.parent
OFFICE: Final = "root/办公 室"  # below the chroot: a space and Chinese, as offices have them
DAY: Final = "2023-10-20"
LONG: Final = 600  # seconds after which a run under Wine is given up
ENTERS: Final = b"\r\n" * 4  # an answer to the question, and one to `pause`


class Failed(Exception):
    """A check did not hold; the message says what was seen."""


class Wine:
    """A Debian with Wine below `root`, in which the unpacked program lies."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.office = root / OFFICE
        self._mounted: list[Path] = []

    def make(self) -> None:
        """Install what is not there, and mount what Wine wants."""
        if not os.path.lexists(self.root / "usr/bin/wine"):  # a link that leads nowhere out here
            packages = "wine,wine64,ca-certificates,locales"
            sources = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Origin: Debian"]
            mirror = subprocess.run(sources, capture_output=True, text=True).stdout.split()[:1]
            command = ["debootstrap", "--variant=minbase", f"--include={packages}", "trixie", str(self.root), *mirror]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            subprocess.run(["chroot", self.root, "localedef", "-i", "zh_CN", "-f", "UTF-8", "zh_CN.UTF-8"], check=True)
        for name in ("proc", "dev", "sys"):
            if not os.path.ismount(self.root / name):
                how = ["-t", "proc", "proc"] if name == "proc" else ["--rbind", f"/{name}"]
                subprocess.run(["mount", *how, self.root / name], check=True)
                subprocess.run(["mount", "--make-rslave", self.root / name], check=True)
                self._mounted.append(self.root / name)

    def end(self) -> None:
        """End what runs in it, and unmount."""
        self.kill()
        for place in reversed(self._mounted):
            subprocess.run(["umount", "--recursive", place], check=False)

    def unpack(self, zip_file: Path, numpy: Path) -> Path:
        """The program's folder, freshly unpacked, with the numpy that Wine can load."""
        shutil.rmtree(self.office, ignore_errors=True)
        self.office.mkdir(parents=True)
        with zipfile.ZipFile(zip_file) as archive:
            archive.extractall(self.office)
        program = next(self.office.iterdir())
        for name in ("numpy", "numpy.libs"):
            shutil.rmtree(program / "program/lib" / name)
        with zipfile.ZipFile(numpy) as archive:
            archive.extractall(program / "program/lib")
        shutil.copy(HERE / "windows_probe.py", program / "program/lib")
        return program

    def start(self, folder: Path, *words: str, home: Path | None = None) -> subprocess.Popen[bytes]:
        """A program of Windows under Wine, in a folder; as on a Chinese Windows. `home`: of an office whose folder is not
        the one that the first run was told."""
        inside = "/" + str(folder.relative_to(self.root))
        command = ["chroot", str(self.root), "env", "-i", "HOME=/root", "PATH=/usr/bin:/bin", "LANG=zh_CN.UTF-8"]
        command += ["WINEDEBUG=-all", "XDG_RUNTIME_DIR=/tmp", *([f"DAZOUFANG_HOME={named(home)}"] if home else [])]
        command += ["sh", "-c", 'cd "$0" && exec wine "$@"', inside, *words]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, start_new_session=True)

    def run(self, folder: Path, *words: str, typed: bytes = ENTERS) -> tuple[int, str]:
        """Exit code, and all that was said, of a program that ends by itself."""
        process = self.start(folder, *words)
        try:
            out, _ = process.communicate(typed, LONG)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failed(f"{' '.join(words)}: no end after {LONG} s") from None
        return process.returncode, out.decode("utf-8", "replace")

    def program(self, program: Path, *words: str) -> tuple[int, str]:
        """As `run`, of a command of the program."""
        return self.run(program / "program", "python.exe", "-X", "utf8", r"app\start.py", *words)

    def kill(self) -> None:
        """End every process in the chroot at once, as a power cut would."""
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    inside = (entry / "root").readlink() == self.root
                except OSError:
                    continue
                if inside:
                    os.kill(int(entry.name), signal.SIGKILL)
        time.sleep(1)


def linux(*words: str) -> None:
    """A command of the program on this machine."""
    done = subprocess.run([sys.executable, PROJECT / "process.py", *words], capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"on Linux: {words[0]}: {(done.stderr or done.stdout)[-500:]}")


def same(windows: Path, here: Path) -> str:
    """How many files were compared; 邮件 is a spool, which is left out.

    Raises:
        Failed: an outbox has a file that the other has not, or with other bytes.
    """
    there, ours = (
        {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in root.rglob("*")
            if path.is_file() and path.relative_to(root).parts[0] != "邮件"
        }
        for root in (windows, here)
    )
    other = sorted(name for name in there.keys() | ours.keys() if there.get(name) != ours.get(name))
    if other or not ours:
        raise Failed(f"{len(other)} of {len(ours)} files differ: {', '.join(other[:5])}")
    return f"{len(ours)} files, every byte as on Linux"


def named(path: Path) -> str:
    """A path in the chroot as Wine names it."""
    inside = path.as_posix()[path.as_posix().index(f"/{OFFICE}") :]
    return "Z:" + inside.replace("/", "\\")


def says(said: str, *words: str) -> None:
    """Make sure that words were said, right in UTF-8."""
    for word in words:
        if word not in said:
            raise Failed(f"“{word}” was not said, but: {said[-500:]}")
