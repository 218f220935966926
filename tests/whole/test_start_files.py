"""What is double-clicked: each file runs one command of the program, in the form its system reads."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
START: Final = ROOT / "packaging" / "start"
COMMANDS: Final = ["demo", "doctor", "forms", "run", "setup"]

needs_sh: Final = pytest.mark.skipif(sys.platform == "win32", reason="for Linux desktops")


def test_there_is_one_for_each_command_on_each_system() -> None:
    assert sorted(path.stem for path in START.glob("*.bat")) == COMMANDS
    assert sorted(path.stem for path in START.glob("*.desktop")) == COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_a_batch_file_is_of_windows_speaks_utf_8_and_runs_the_command_it_is_called_after(name: str) -> None:
    data = (START / f"{name}.bat").read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")  # the console would take it for a command
    assert data.count(b"\n") == data.count(b"\r\n") == len(data.decode().splitlines())
    lines = data.decode().splitlines()
    assert lines[:2] == ["@echo off", "chcp 65001 >nul"]
    assert 'cd /d "%~dp0..\\.."' in lines and '"%PY%" process.py %~n0' in lines  # %~n0: its own name
    labels = {line.removeprefix(":") for line in lines if line.startswith(":")}
    assert {line.split("goto ")[1] for line in lines if "goto " in line} == labels == {"found", "nohome"}
    assert lines.count("pause") == 3  # whatever comes, somebody reads it


@needs_sh
@pytest.mark.parametrize(("words", "code", "said"), [(["explain", "C09"], 0, "做完了。"), (["rn"], 2, "代码 2，原因见上面的文字。没有丢东西，改好后再双击一次。")])  # fmt: skip
def test_the_script_finds_the_program_and_python_and_says_how_it_ended(
    tmp_path: Path, words: list[str], code: int, said: str
) -> None:
    python = tmp_path / "python3"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    done = subprocess.run(
        ["sh", str(START / "dazoufang.sh"), *words], cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True,
        env={**os.environ, "PATH": f"{tmp_path}:/usr/bin:/bin"},
    )  # fmt: skip
    assert (done.returncode, done.stdout.decode().splitlines()[-1]) == (code, said)
    assert ("C09" in done.stdout.decode()) == (code == 0)


@needs_sh
def test_a_script_that_was_taken_away_alone_says_so(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    shutil.copy(START / "dazoufang.sh", tmp_path / "a" / "b")
    done = subprocess.run(
        ["sh", str(tmp_path / "a" / "b" / "dazoufang.sh"), "run"], stdin=subprocess.DEVNULL, capture_output=True
    )
    assert (done.returncode, done.stdout.decode()) == (
        9, "没有找到 process.py。请不要把这个文件单独拿走，在程序文件夹里双击它。\n",
    )  # fmt: skip


@needs_sh
def test_icons_on_the_desktop_name_the_program_wherever_it_lies(tmp_path: Path) -> None:
    start = tmp_path / '大走访 100% "甲" $乙&\\丙|`' / "packaging" / "start"
    shutil.copytree(START, start)
    desktop = tmp_path / "桌面"
    desktop.mkdir()
    done = subprocess.run(["sh", str(start / "desktop-icons.sh"), str(desktop)], capture_output=True)
    assert (done.returncode, done.stdout.decode()) == (0, f"图标已放在 {desktop}\n")
    assert sorted(path.name for path in desktop.iterdir()) == [f"大走访-{name}.desktop" for name in COMMANDS]
    for name in COMMANDS:
        icon = desktop / f"大走访-{name}.desktop"
        assert icon.stat().st_mode & 0o111
        lines = icon.read_text(encoding="utf-8").splitlines()
        written = f'{tmp_path}/大走访 100%% \\\\"甲\\\\" \\\\$乙&\\\\\\\\丙|\\\\`/packaging/start/dazoufang.sh'
        assert lines[0] == "[Desktop Entry]" and "Terminal=true" in lines and "Type=Application" in lines
        assert f'Exec=sh "{written}" {name}' in lines
        if shutil.which("desktop-file-validate"):
            assert subprocess.run(["desktop-file-validate", str(icon)], capture_output=True).stdout == b""


@needs_sh
def test_without_a_desktop_it_is_asked_for(tmp_path: Path) -> None:
    done = subprocess.run(
        ["sh", str(START / "desktop-icons.sh")], capture_output=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
    )  # fmt: skip
    assert (done.returncode, done.stdout.decode()) == (
        9, "没有找到桌面。请写出它的文件夹：sh packaging/start/desktop-icons.sh 桌面文件夹\n",
    )  # fmt: skip
