"""What reaches the terminal: no name can act on it, no encoding stops it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from dazoufang.cli import encoding_of
from dazoufang.commands.progress_bars import bars, rate
from dazoufang.commands.screen import Screen, complain, table_of
from dazoufang.commands.status import COLUMNS

ROOT = Path(__file__).parents[2]
NAME = "走访\x1b[31m\u202e\x9b5n.xlsx"
SHOWN = "走访␛[31m\\u202e\\u009b5n.xlsx"


def test_a_name_in_a_sentence_a_table_or_a_complaint_cannot_act_on_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    screen = Screen()
    screen.say(NAME)
    screen.say(table_of([("单位", "left")], [(NAME,)]))
    complain(NAME)
    said = capsys.readouterr()
    assert SHOWN in said.out.splitlines()[0] and SHOWN in said.err
    assert said.out.count("␛[31m") == 2
    assert not set("\x1b\x9b\u202e") & set(said.out + said.err)


def test_a_name_in_json_is_the_same_name_and_cannot_act_either(capsys: pytest.CaptureFixture[str]) -> None:
    Screen(as_json=True).data({"name": NAME})
    said = capsys.readouterr().out
    assert json.loads(said) == {"name": NAME}
    assert not set("\x1b\x9b\u202e") & set(said)


def test_a_table_is_a_table() -> None:
    assert isinstance(table_of([("单位", "left")], [("工会",)]), Table)


def test_a_cadres_line_fits_in_80_columns_and_is_in_line_with_its_heading(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    cadre = ("青少年活动中心", "欧阳建明", "10", "0", "10", "每2日1户", "严重逾期：任务进度落后")
    Screen().say(table_of(COLUMNS, [cadre]))
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines() if line.strip()] == [
        "单位            干部      应走访  已走访  还差    今后要  最重预警",
        "─" * 80,
        "青少年活动中心  欧阳建明      10       0    10  每2日1户  严重逾期：任务进度落后",
    ]


@pytest.mark.parametrize(
    ("platform", "console", "as_json", "asked", "encoding"),
    [
        ("linux", False, False, "", "utf-8"),
        ("win32", True, False, "", "utf-8"),
        ("win32", False, False, "", None),  # `| more` and redirects: what the console's programs read
        ("win32", False, True, "", "utf-8"),  # for a program
        ("linux", False, False, "gbk", None),
        ("linux", False, True, "gbk", "utf-8"),
    ],
)
def test_in_which_encoding_it_is_said(
    platform: str, console: bool, as_json: bool, asked: str, encoding: str | None
) -> None:
    assert encoding_of(platform, console=console, as_json=as_json, asked=asked) == encoding


def call(*words: str, encoding: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, str(ROOT / "process.py"), *words],
        capture_output=True, timeout=120, env={**os.environ, "PYTHONIOENCODING": encoding},
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_a_pipe_of_the_chinese_console_gets_what_it_can_show_and_no_traceback(tmp_path: Path, encoding: str) -> None:
    home = tmp_path / "𠮷🏠"  # no gbk has these
    (home / "inbox" / "工会").mkdir(parents=True)
    (home / "inbox" / "工会" / "走访🏠.xlsx").write_bytes(b"x")
    done = call("run", "--home", str(home), "--today", "2023-10-20", encoding=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    said = done.stdout.decode(encoding)
    assert "??" in said
    if encoding != "ascii":
        assert "本次收表" in said
    refused = call("status", "--home", str(tmp_path / "🏠"), encoding=encoding)
    assert refused.returncode == 2 and b"Traceback" not in refused.stderr
    as_json = call("explain", "C09", "--json", encoding=encoding)
    assert "C09" in json.load(io.BytesIO(as_json.stdout))["explanation"]


def test_help_and_an_answer_for_a_program_import_nothing_that_draws_or_judges() -> None:
    code = """
import sys
from dazoufang.cli import main
sys.argv = ["dazoufang", *sys.argv[1:]]
main()
print(*sorted({name.split(".")[0] for name in sys.modules} & {"rich", "pandas", "sqlalchemy", "xlsxwriter"}), "loaded")
"""
    done = subprocess.run([sys.executable, "-c", code, "--help"], cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.stdout.splitlines()[-1] == "loaded", done.stderr


def test_a_bar_shows_the_step_and_how_far_it_is_from_its_first_moment() -> None:
    terminal = io.StringIO()
    console = Console(file=terminal, force_terminal=True, width=80, color_system=None)
    with bars(console) as show:
        show("记入台账", 0, 40)
        show("记入台账", 40, 40)
        show("汇总", 0, 3)
    last = terminal.getvalue()
    assert "记入台账" in last and "40/40" in last and "汇总" in last and "0/3" in last


@pytest.mark.parametrize(("speed", "shown"), [(None, ""), (12.4, "12个/秒"), (0.25, "4秒/个")])
def test_a_rate_is_said_in_the_way_that_has_no_fraction(speed: float | None, shown: str) -> None:
    assert rate(speed) == shown
