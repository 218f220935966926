"""What .ci/run makes of pytest's words: no test, or a skip that nobody allowed, is a failure."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CI = Path(__file__).parents[2] / ".ci"
CORPUS = "SKIPPED [4] tests/test_corpus.py:40: the corpus lies beside this checkout only"
SAMBA = "SKIPPED [17] tests/test_smb.py:37: Samba's smbd is not installed"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("911 passed in 301.20s (0:05:01)", ""),
        (f"{CORPUS}\n==== 907 passed, 4 skipped in 301.20s (0:05:01) ====", ""),
        ("Successfully installed dazoufang-0.1.0", "no test ran"),
        ("no tests ran in 0.10s", "no test ran"),
        ("4 skipped in 0.10s", "no test ran"),
        (
            f"{CORPUS}\n{SAMBA}\n890 passed, 21 skipped in 301.20s",
            "tests/test_smb.py:37: Samba's smbd is not installed",
        ),
        (f"{CORPUS}\n890 passed, 21 skipped in 301.20s", "not asked for the reasons"),
    ],
)
def test_a_run_without_tests_or_with_a_skip_that_is_not_allowed_is_refused(
    tmp_path: Path, said: str, words: str
) -> None:
    (tmp_path / "said.txt").write_text(said, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, CI / "closing.py", tmp_path / "said.txt", CI / "skips.txt"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, words in done.stderr) == (1 if words else 0, True)


def test_the_script_asks_for_the_reasons_and_reads_them() -> None:
    script = (CI / "run").read_text(encoding="utf-8")
    assert 'PYTEST_ADDOPTS="-rfEs ' in script
    assert 'python .ci/closing.py "$work/second.txt" .ci/skips.txt' in script
    assert subprocess.run(["bash", "-n", CI / "run"], check=False).returncode == 0


def test_the_lock_has_every_dependency_at_a_version_that_is_allowed() -> None:
    project = tomllib.loads((CI.parent / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [project["build-system"]["requires"], project["project"]["dependencies"]]
    asked = [
        Requirement(text)
        for group in [*groups, *project["project"]["optional-dependencies"].values()]
        for text in group
    ]
    lines = (CI.parent / "requirements" / "ci.txt").read_text(encoding="utf-8").splitlines()
    locked = dict(line.split("==") for line in lines if not line.startswith("#"))
    versions = {canonicalize_name(name): version for name, version in locked.items()}
    assert len(asked) > 40
    assert [
        str(one) for one in asked if not one.specifier.contains(versions.get(canonicalize_name(one.name), "0"))
    ] == []


def test_the_job_installs_by_the_lock_and_the_newest_job_does_not() -> None:
    assert 'export PIP_CONSTRAINT="$PWD/requirements/ci.txt"' in (CI / "run").read_text(encoding="utf-8")
    newest = (CI / "newest").read_text(encoding="utf-8")
    assert "unset PIP_CONSTRAINT " in newest and "python -m pytest -m quick" in newest
    assert subprocess.run(["bash", "-n", CI / "newest"], check=False).returncode == 0
