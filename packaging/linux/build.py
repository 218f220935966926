"""Makes dazoufang-linux-amd64.tar.gz and …-arm64.tar.gz for offices with 统信 UOS or 麒麟: the libraries and the program.

python packaging/linux/build.py --out DIR [--cache DIR] [--machine amd64|arm64]: as packaging/windows/build.py; the Python is
the office's own, 3.11 to 3.13, and the start script says so where there is none. The libraries are for glibc 2.28 and later.
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
from bundle.archives import tarred  # noqa: E402
from bundle.manifest import Entry, Source  # noqa: E402
from bundle.moved import block, moved  # noqa: E402

LOCK: Final = HERE / "lock.txt"
_START: Final = program.ROOT / "packaging" / "start" / "dazoufang.sh"
PYTHONS: Final = ("3.11", "3.12", "3.13")
MACHINES: Final = {"amd64": "x86_64", "arm64": "aarch64"}  # as the tar.gz is called → as `uname -m` and wheels say
_GLIBC: Final = ("2_28", "2_27", "2_26", "2_24", "2_17", "2014")  # tags of wheels that glibc 2.28 loads
# Name in the tar.gz → the command it runs.
COMMANDS: Final = {
    "一键运行": "run", "一键值守": "watch", "出空白表": "forms", "体检": "doctor", "看示例": "demo", "填本局情况": "setup", "设置邮件": "mail",
}  # fmt: skip
HEAD: Final = """\
# What dazoufang-linux-amd64.tar.gz and …-arm64.tar.gz are made of: packages for glibc 2.28 and CPython 3.11 to 3.13, at the
# versions of requirements/ci.txt; one hash for each file that a package has for a Python and a processor.
# Made anew by: python packaging/linux/build.py --lock
"""


def main() -> int:
    """Make the tar.gz's, or the lock; returns the exit code."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--out", type=Path, help="folder for the tar.gz's")
    asked.add_argument("--cache", type=Path, help="folder that keeps what was brought from the index")
    asked.add_argument("--machine", choices=MACHINES, action="append", help="this one alone")
    asked.add_argument("--lock", action="store_true", help="make lock.txt anew")
    options = asked.parse_args()
    if options.lock:
        from bundle import relock

        systems = [
            ([*target(python, machine), "--only-binary=:all:"], relock.linux(python, MACHINES[machine]))
            for python in PYTHONS
            for machine in MACHINES
        ]
        LOCK.write_text(lock.written(relock.pins(systems), HEAD), encoding="utf-8")
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        for machine in options.machine or MACHINES:
            with tempfile.TemporaryDirectory() as folder:
                data = built(options.cache or Path(folder), machine)
            path = options.out / f"dazoufang-linux-{machine}.tar.gz"
            path.write_bytes(data)
            print(f"{path}: {len(data) / 10**6:.1f} MB, sha256 {sha256(data).hexdigest()}")
    return 0


def target(python: str, machine: str) -> list[str]:
    """pip's options for one Python on one processor."""
    platforms = (f"manylinux{'' if tag == '2014' else '_'}{tag}_{MACHINES[machine]}" for tag in _GLIBC)
    return [word for platform in platforms for word in ("--platform", platform)] + [
        "--python-version", python, "--implementation", "cp",
    ]  # fmt: skip


def built(cache: Path, machine: str) -> bytes:
    """The tar.gz for one processor."""
    entries, sources = contents(cache, machine)
    listed = manifest.written(f"大走访 {program.version()}（Linux {machine}）清单", entries, sources)
    whole = {name: entry.data for name, entry in entries.items()} | {"清单.txt": listed.replace("\r\n", "\n").encode()}
    top = f"大走访-{program.version()}"
    started = frozenset(f"{top}/{name}" for name in whole if name.endswith(".sh"))
    return tarred({f"{top}/{name}": data for name, data in whole.items()}, started)


def contents(cache: Path, machine: str) -> tuple[dict[str, Entry], list[Source]]:
    """Name in the unpacked folder → file, and the parts that they belong to. What all Pythons read alike lies in lib, what
    is for one of them in a folder of its own."""
    pins = lock.read(LOCK.read_text("utf-8"))
    ours = Source("dazoufang", program.version(), "Apache-2.0", "本程序", "", "就是打包时的程序文件")
    found = {name: Entry(text.encode(), ours) for name, text in scripts(machine).items()}
    found |= {f"program/app/{name}": Entry(data, ours) for name, data in program.application()}
    found |= {f"说明/{name}": Entry(data, ours) for name, data in program.pages()}
    sources = [ours]
    for python in PYTHONS:
        for pin, file in _wheels(cache, pins, python, machine):
            about = wheels.metadata(file)
            digest = sha256(file.read_bytes()).hexdigest()
            part = Source(pin.name, pin.version, wheels.licence(about), file.name, digest, "固定的 sha256")
            sources.append(part)
            alike = file.name.endswith("-none-any.whl") or "-abi3-" in file.name
            folder = "lib" if alike else f"lib-cp{python.replace('.', '')}"
            found |= {f"program/{folder}/{name}": Entry(data, part) for name, data in wheels.members(file)}
    return found, list(dict.fromkeys(sources))


def _wheels(cache: Path, pins: list[lock.Pin], python: str, machine: str) -> list[tuple[lock.Pin, Path]]:
    """Every pin with its file for one Python on one processor, less what that Python does not need."""
    folder = cache / f"{machine}-{python}"
    taken = wheels.files(pins, LOCK, folder, target(python, machine))
    return [(pin, taken[pin.key]) for pin in pins]


def scripts(machine: str) -> dict[str, str]:
    """Name in the unpacked folder → text, of what is double-clicked and what it calls."""
    start = {
        "# 双击用：dazoufang.sh 命令。找到程序和 Python，运行命令，等人看完再关窗口。": "# 别的 .sh 用它运行命令：找到程序和 Python，运行，等人看完再关窗口。",
        'cd "$(dirname "$0")/../.." || exit 9': 'cd "$(dirname "$0")/program" || exit 9',
        "[ ! -f process.py ]": "[ ! -f app/process.py ]",
        "没有找到 process.py。请不要把这个文件单独拿走，在程序文件夹里双击它。": "没有找到程序。请把压缩包全部解压出来，在解压出来的文件夹里双击。",
        "else\n    python=python3\n    for found in .venv/bin/python python3 python3.14 python3.13": f"""\
elif [ "$(uname -m)" != {MACHINES[machine]} ]; then
    echo "这个压缩包是给 {machine} 处理器的，这台电脑是 $(uname -m)，请换另一个压缩包。"
    code=9
else
    python=
    for found in python3 python3.13""",
        "sys.exit(sys.version_info < (3, 11))' 2>/dev/null": 'os; sys.exit(not os.path.isdir("lib-cp%d%d" % sys.version_info[:2]))\' 2>/dev/null',
        "import sys; ": "import sys, ",
        '    "$python" process.py "$@"\n    code=$?\n': """\
    if [ -z "$python" ]; then
        echo "没有找到能用的 Python：要 3.11、3.12 或 3.13，这台电脑的 python3 是 $(python3 -V 2>&1)。"
        echo "请维护电脑的人另装一份（不要替换系统自带的），装好后再双击一次。没有动任何文件。"
        code=9
    else
        lib=lib-cp$("$python" -c 'import sys; print("%d%d" % sys.version_info[:2])')
        PYTHONPATH="$PWD/app:$PWD/$lib:$PWD/lib" "$python" -X utf8 app/start.py "$@"
        code=$?
    fi
""",
block(_START, "    echo", "    fi"): "",  # how it ended the program says itself
    }  # fmt: skip
    found = {"dazoufang.sh": moved(_START, start)}
    for name, command in COMMANDS.items():
        found[f"{name}.sh"] = (
            f'#!/bin/sh\n# 双击，选“在终端中运行”。\nexec sh "$(dirname "$0")/dazoufang.sh" {command} "$@"\n'
        )
    found["先看这里.txt"] = (HERE / "先看这里.txt").read_text("utf-8")
    return found


if __name__ == "__main__":
    sys.exit(main())
