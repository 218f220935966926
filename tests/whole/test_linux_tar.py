"""The tar.gz for an office with 统信 or 麒麟: what is double-clicked finds a Python that the libraries are for, or says so."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
MACHINE: Final = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), "")

pytestmark = pytest.mark.skipif(sys.platform == "win32" or not MACHINE, reason="for Linux on these processors")


@pytest.fixture(scope="module", autouse=True)
def packaging_on_the_path() -> Iterator[None]:
    sys.path.insert(0, str(ROOT / "packaging"))
    yield
    sys.path.remove(str(ROOT / "packaging"))


def unpacked(folder: Path, machine: str, pythons: tuple[str, ...]) -> Path:
    """The scripts, with a program that prints what it is given, and folders of libraries for these Pythons."""
    from linux import build

    program = folder / "大走访-1 号" / "program"
    (program / "app").mkdir(parents=True)
    for python in pythons:
        (program / f"lib-cp{python}").mkdir()
    (program / "app" / "process.py").touch()
    (program / "app" / "start.py").write_text(
        "import os, sys\nprint(sys.argv[1:], os.environ['PYTHONPATH'])\nsys.exit(3)\n"
    )
    for name, text in build.scripts(machine).items():
        (program.parent / name).write_text(text, encoding="utf-8")
    return program.parent


def double_clicked(folder: Path, name: str, bin_folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        ["/bin/sh", str(folder / name)], stdin=subprocess.DEVNULL, capture_output=True, env={"PATH": str(bin_folder)}
    )
    return done.returncode, done.stdout.decode()


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    """All that the scripts call, and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "dirname", "uname"):
        (folder / name).symlink_to(shutil.which(name) or name)
    return folder


def python_in(folder: Path) -> str:
    """This Python as python3; its version as the folders of libraries have it."""
    (folder / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (folder / "python3").chmod(0o755)
    return f"{sys.version_info.major}{sys.version_info.minor}"


def test_it_runs_its_command_with_the_libraries_for_the_python_that_is_there(tmp_path: Path, bin_folder: Path) -> None:
    python = python_in(bin_folder)
    folder = unpacked(tmp_path, MACHINE, (python, "309"))
    within = folder / "program"
    said = f"['run'] {within}/app:{within}/lib-cp{python}:{within}/lib\n"
    assert double_clicked(folder, "一键运行.sh", bin_folder) == (3, said)


def test_without_a_python_it_says_which_is_wanted(tmp_path: Path, bin_folder: Path) -> None:
    python_in(bin_folder)
    folder = unpacked(tmp_path, MACHINE, ("309",))
    code, said = double_clicked(folder, "体检.sh", bin_folder)
    assert code == 9 and said.splitlines() == [
        f"没有找到能用的 Python：要 3.11、3.12 或 3.13，这台电脑的 python3 是 Python {platform.python_version()}。",
        "请维护电脑的人另装一份（不要替换系统自带的），装好后再双击一次。没有动任何文件。",
    ]


def test_on_another_processor_it_names_both(tmp_path: Path, bin_folder: Path) -> None:
    other = {"amd64": "arm64", "arm64": "amd64"}[MACHINE]
    folder = unpacked(tmp_path, other, ())
    assert double_clicked(folder, "看示例.sh", bin_folder) == (
        9, f"这个压缩包是给 {other} 处理器的，这台电脑是 {platform.machine()}，请换另一个压缩包。\n",
    )  # fmt: skip


def test_the_lock_has_a_file_for_every_python_and_processor() -> None:
    from bundle import lock
    from linux import build

    pins = {pin.key: pin for pin in lock.read((ROOT / "packaging" / "linux" / "lock.txt").read_text("utf-8"))}
    tested = lock.versions((ROOT / "requirements" / "ci.txt").read_text("utf-8"))
    assert lock.differing(list(pins.values()), tested) == []
    systems = len(build.PYTHONS) * len(build.MACHINES)
    assert {name: len(pins[name].hashes) for name in ("numpy", "pandas", "lxml", "jinja2")} == {
        "numpy": systems, "pandas": systems, "lxml": systems, "jinja2": 1,
    }  # fmt: skip
    assert "secretstorage" in pins and "colorama" not in pins
