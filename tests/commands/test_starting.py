"""The program's first moments: an old Python, a missing library, a poor locale, Ctrl-C while loading: one sentence each."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import MAKE_NOTICE, Office
from test_cli import inside
from test_laws import ZHANG, form
from test_permissions import closed

from dazoufang import cli
from dazoufang.system.errors import NotInstalled, becomes
from dazoufang.writing.notice.notice import Notice

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "process.py"


def call(*words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *words], capture_output=True, timeout=120, env={**os.environ, **environment}
    )


def lacking(tmp_path: Path, library: str, code: str = "") -> str:
    """A folder for PYTHONPATH in which the library is not there."""
    folder = tmp_path / "without"
    folder.mkdir()
    absent = f"raise ModuleNotFoundError('No module named {library}', name='{library}')\n"
    (folder / f"{library}.py").write_text(code or absent, encoding="utf-8")
    return str(folder)


class TestAnOldPython:
    def test_it_is_told_which_it_is_and_which_is_wanted(self, tmp_path: Path) -> None:
        code = (
            "import sys, runpy; sys.version_info = (3, 9, 2, 'final', 0); "
            f"sys.argv = ['process.py', 'run', '--home', {str(tmp_path)!r}]; runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)
        said = done.stderr.decode()
        assert (done.returncode, done.stdout) == (3, b"")
        assert said == f"没有做：这里的 Python（{sys.executable}）是 3.9，要 3.11 或更新的；没有动任何文件\n"
        assert list(tmp_path.iterdir()) == []

    def test_it_can_read_the_script(self) -> None:
        text = SCRIPT.read_text(encoding="utf-8")
        tree = ast.parse(text, feature_version=(3, 4))
        assert text.startswith("# -*- coding: utf-8 -*-\n")  # Python 2 wants to be told
        assert [
            node for node in ast.walk(tree) if isinstance(node, (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr))
        ] == []
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        assert functions and not any(
            function.returns or any(argument.annotation for argument in ast.walk(function) if isinstance(argument, ast.arg))
            for function in functions
        )  # fmt: skip
        assert not any(isinstance(node, ast.Raise) and node.cause for node in ast.walk(tree))
        assert not any(function.args.kwonlyargs for function in functions)


class TestALibraryThatIsNotThere:
    def test_one_that_the_start_needs(self, tmp_path: Path) -> None:
        done = call("run", PYTHONPATH=lacking(tmp_path, "typer"), LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
        assert (done.returncode, done.stdout) == (3, b"")
        assert done.stderr.decode().splitlines() == [
            f"没有做：这台电脑的 Python（{sys.executable}）里没有装 typer。",
            "请在程序文件夹里运行一次：python -m pip install . ，装好后再运行；没有动任何文件",
        ]

    def test_one_that_cannot_be_loaded(self, tmp_path: Path) -> None:
        broken = "raise ImportError('DLL load failed', name='typer._core')\n"
        done = call("run", PYTHONPATH=lacking(tmp_path, "typer", broken))
        assert done.stderr.decode().startswith(f"没有做：这台电脑的 Python（{sys.executable}）里没有装好 typer。\n")

    @pytest.mark.parametrize("library", ["sqlalchemy", "yaml", "python_calamine", "xlsxwriter"])
    def test_one_that_is_wanted_later_is_named_and_the_file_waits(
        self, tmp_path: Path, office: Office, library: str
    ) -> None:
        office.drop("工会/走访.xlsx", form(ZHANG))
        words = ("run", "--home", str(office.home.root), "--today", "2023-10-20", "--quiet")
        done = call(*words, PYTHONPATH=lacking(tmp_path, library))
        assert (done.returncode, done.stdout) == (3, b"")
        assert done.stderr.decode() == (
            f"没有做完：这台电脑的 Python（{sys.executable}）里没有装 {library}。"
            "请在程序文件夹里运行一次：python -m pip install . ，装好后再运行；没有丢失任何东西\n"
        )
        office.run()
        assert [taken.verdict for taken in office.submissions()] == ["accepted"]

    def test_the_one_that_makes_the_notice_stops_nothing_else_and_is_named(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        office.drop("工会/走访.xlsx", form(ZHANG))
        with monkeypatch.context() as patched:
            patched.setitem(sys.modules, "docxtpl", None)
            patched.setattr(Notice, "make", MAKE_NOTICE)
            assert inside(patched, "run", "--home", str(office.home.root), "--today", "2023-10-20") == 0
        assert "预警提醒.xlsx" in office.outbox() and "通报.docx" not in office.outbox()
        said = capsys.readouterr().err
        assert "没有出通报（其余都已出好）：没有装 docxtpl" in said and "模板" not in said

    def test_a_part_of_the_program_that_is_not_there_is_the_programs_mistake(self) -> None:
        ours = becomes(ModuleNotFoundError("No module named 'dazoufang.x'", name="dazoufang.x"))
        assert not isinstance(ours, NotInstalled) and "程序遇到意外" in ours.words


@pytest.mark.skipif(sys.platform == "win32", reason="file names of Windows are Unicode in any locale")
def test_in_a_locale_without_chinese_all_is_done_and_said_as_elsewhere(office: Office) -> None:
    office.drop("工会/走访.xlsx", form(ZHANG))
    poor = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}
    done = call("run", "--home", str(office.home.root), "--today", "2023-10-20", **poor)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "收下 1 份" in done.stdout.decode()
    assert (office.home.outbox / "预警提醒.xlsx").exists()
    asked = call("run", "--today", "明天", "--home", str(office.home.root), **poor)
    assert asked.stderr.decode() == "--today 要写成 2023-10-20 这样，现在写的是“明天”\n"


@pytest.mark.skipif(sys.platform == "win32", reason="there it is an event of the console")
def test_ctrl_c_while_it_loads_is_one_sentence(tmp_path: Path) -> None:
    loading = tmp_path / "loading"
    code = f"import pathlib, time\npathlib.Path({str(loading)!r}).touch()\ntime.sleep(60)\n"
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), "run"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": lacking(tmp_path, "typer", code)},
    )  # fmt: skip
    while not loading.exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err.decode()) == (3, b"", "已停止，没有动任何文件\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells of permissions on opening alone")
@pytest.mark.parametrize("command", [["run"], ["status"], ["doctor"], ["setup"], ["check", str(SCRIPT)]])
def test_a_home_that_is_closed_is_one_sentence(
    office: Office, command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    office.home.make()
    with closed(office, ".", 0o000):
        assert inside(monkeypatch, *command, "--home", str(office.home.root), "--today", "2023-10-20") == cli.UNFINISHED
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert said[0].startswith(f"没有做完，没有权限：{office.home.root}/")
