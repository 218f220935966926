"""Today is an argument everywhere: one module alone reads the clock on the wall."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest

import dazoufang
from dazoufang.system import clock

PACKAGE = Path(dazoufang.__file__).parent
READS = {"date.today", "datetime.now", "datetime.today", "datetime.utcnow", "time.time", "time.localtime"}


def readers(source: str) -> set[str]:
    """What in a module's text reads the wall clock."""
    calls = [ast.unparse(node.func) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return {call for call in calls if ".".join(call.split(".")[-2:]) in READS}


def test_no_other_module_reads_the_clock() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix(): readers(path.read_text(encoding="utf-8"))
        for path in PACKAGE.rglob("*.py")
    }
    assert {path: calls for path, calls in found.items() if calls} == {
        "system/clock.py": {"date.today", "datetime.now"}
    }


def test_what_this_page_sees() -> None:
    assert readers("import datetime\ndatetime.datetime.now()\nx.date.today()") == {
        "datetime.datetime.now", "x.date.today",
    }  # fmt: skip
    assert readers("today = clock.today()") == set()


def test_a_day_may_be_given() -> None:
    told = clock.WallClock(date(2023, 10, 20)).now()
    assert told.date() == date(2023, 10, 20)
    assert len(clock.moment()) == 4 and clock.moment().isdigit()


def test_a_wait_ends_when_it_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    naps: list[float] = []
    monkeypatch.setattr(clock.time, "sleep", naps.append)
    wall = clock.WallClock(None)
    wall.wake()
    wall.wait(600.0)  # else this test would not end
    assert naps == [0.2]
