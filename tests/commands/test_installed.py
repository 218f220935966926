"""The program as it is installed from its wheel, away from the checkout: it brings all that its commands need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the wheel of this checkout is installed to, with nothing else in it."""
    made, folder = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", made], cwd=CHECKOUT, check=True)
    (wheel,) = made.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--no-compile", "--target", folder]
    subprocess.run([*pip, wheel], check=True)
    return folder


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed program, and never the checkout, from `folder`."""
    code = "import sys, dazoufang.cli; sys.stderr.write(dazoufang.cli.__file__); sys.exit(dazoufang.cli.main())"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_installed_program_runs_its_demo_and_its_doctor_from_any_folder(installed: Path, tmp_path: Path) -> None:
    demo = run(installed, tmp_path, "demo", "演示", "--json")
    assert (demo.returncode, str(installed) in demo.stderr) == (0, True), demo.stderr
    summary = json.loads(demo.stdout)
    assert summary["submissions"] == {"accepted": 13, "partly": 1, "returned": 1, "duplicate": 0, "deferred": 0}
    assert (tmp_path / "演示/outbox/附件1 县乡干部大走访活动汇总表.xlsx").exists()
    doctor = run(installed, tmp_path, "doctor", "--home", "演示", "--today", "2023-10-20")
    assert doctor.returncode == 0, doctor.stdout
    assert "15 份收件的原件都在存档中" in doctor.stdout
    next((tmp_path / "演示/archive").rglob("*.xlsx")).write_bytes(b"")
    assert run(installed, tmp_path, "doctor", "--home", "演示", "--today", "2023-10-20").returncode == 1
