"""`watch` as a person or a service starts it: a real process, real signals, two of them, and a `run` beside."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import Office
from test_laws import ZHANG, form

from dazoufang.inbox import trays
from dazoufang.running import health

ROOT = Path(__file__).parents[2]


@contextmanager
def watching(office: Office, *words: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(ROOT / "process.py"), "watch", "--yes", "--home", str(office.home.root)]
    process = subprocess.Popen(
        [*command, "--today", "2023-10-20", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        until(lambda: health.alive(office.home.data))
        yield process
    finally:
        process.kill()
        process.communicate()


def until(true: Callable[[], object], seconds: float = 60) -> None:
    """Wait; a machine that is too slow for `seconds` is broken."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def answered(office: Office) -> list[str]:
    return sorted(path.name for path in office.home.outbox.glob("回执/*/*.html"))


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_what_is_dropped_and_ends_cleanly_when_asked(office: Office, sent: signal.Signals) -> None:
    with watching(office) as process:
        office.drop("工会/走访.xlsx", form(ZHANG))
        until(lambda: answered(office))
        process.send_signal(sent)
        said, complaints = process.communicate(timeout=60)
    assert (process.returncode, complaints) == (0, "")
    assert "正在值守" in said and "收下 1 份" in said and "没有丢失任何东西" in said
    told = health.Health.read(office.home.data)
    assert told is not None and told.state == health.STOPPED and not health.alive(office.home.data)
    assert not (office.home.inbox / trays.CLAIMED).exists()


def test_with_json_there_is_one_object_and_nothing_else(office: Office) -> None:
    with watching(office, "--json") as process:
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=60)
    assert json.loads(said) == {"stopped": True}


def test_two_of_them_and_a_run_beside_take_everything_once(office: Office) -> None:
    with watching(office), watching(office):
        for number in range(6):
            office.drop(f"工会/走访{number}.xlsx", form(ZHANG.replace("张三", f"张三{'甲乙丙丁戊己'[number]}")))
        for _ in range(2):
            office.run()
        until(lambda: len(answered(office)) == 6)
    assert sorted(one.path for one in office.submissions()) == [f"工会/走访{number}.xlsx" for number in range(6)]


def test_broken_rules_are_told_with_exit_code_2(office: Office) -> None:
    schemas = office.home.root / "schemas"
    schemas.mkdir(parents=True)
    (schemas / "campaign.yaml").write_text("name: [", encoding="utf-8")
    command = [sys.executable, str(ROOT / "process.py"), "watch", "--yes", "--home", str(office.home.root)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "规则文件有误" in done.stderr and "Traceback" not in done.stderr
