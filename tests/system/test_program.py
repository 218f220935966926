"""Which program this is, told by its version, its code and its Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from shutil import copytree

import dazoufang


def said_by(folder: Path) -> str:
    """The fingerprint of the program whose package lies in `folder`."""
    code = "from dazoufang.system import program; print(program.fingerprint())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_the_same_code_is_the_same_program_wherever_it_lies_and_other_code_is_another(tmp_path: Path) -> None:
    for name in ("one", "other"):
        copytree(Path(dazoufang.__file__).parent, tmp_path / name / "dazoufang")
    first = said_by(tmp_path / "one")
    assert first.startswith(f"{dazoufang.__version__}+") and said_by(tmp_path / "other") == first
    changed = tmp_path / "other" / "dazoufang" / "ledger" / "fold.py"
    changed.write_text(changed.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert said_by(tmp_path / "other") != first
