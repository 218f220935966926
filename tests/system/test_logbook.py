"""The log: what it holds, that it rotates, and that it never holds the words of an error."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest

from dazoufang.system import logbook

LOG = logging.getLogger("dazoufang")


def handlers() -> list[RotatingFileHandler]:
    return [one for one in LOG.handlers if isinstance(one, RotatingFileHandler)]


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """The log is one a process; what a test opens it closes."""
    before = LOG.level, LOG.propagate
    assert not handlers()
    yield
    for handler in handlers():
        handler.close()
        LOG.removeHandler(handler)
    LOG.setLevel(before[0])
    LOG.propagate = before[1]


def written(folder: Path) -> str:
    return (folder / "dazoufang.log").read_text(encoding="utf-8")


def test_it_begins_with_what_was_started_and_says_what_happened_with_its_time(tmp_path: Path) -> None:
    logbook.open_in(tmp_path / "data/logs", "dazoufang 1.2 run")
    logbook.note("收下 3 份")
    logbook.warn("收件3：died exit code 1")
    lines = written(tmp_path / "data/logs").splitlines()
    assert [line.split(" ", 2)[2] for line in lines] == [
        "INFO dazoufang 1.2 run", "INFO 收下 3 份", "WARNING 收件3：died exit code 1",
    ]  # fmt: skip


def test_a_percent_sign_in_it_is_only_a_percent_sign(tmp_path: Path) -> None:
    logbook.open_in(tmp_path, "run")
    logbook.note("100%s 100%d")
    assert "INFO 100%s 100%d" in written(tmp_path)


def test_a_failure_is_its_kind_and_its_place_and_never_its_words(tmp_path: Path) -> None:
    def reads(phone: str) -> None:
        raise ValueError(f"cannot read {phone}")

    logbook.open_in(tmp_path, "run")
    number = "".join(["138", "0000", "0001"])  # not as it stands in this file, whose lines are shown
    try:
        try:
            reads(number)
        except ValueError as error:
            raise KeyError("".join(["张", "三"])) from error
    except KeyError as error:
        logbook.failure(error)
    log = written(tmp_path)
    assert "ERROR KeyError" in log and "test_logbook.py" in log
    assert number not in log and "张三" not in log


def test_it_is_opened_once_a_process(tmp_path: Path) -> None:
    logbook.open_in(tmp_path / "first", "run")
    logbook.open_in(tmp_path / "second", "run again")
    logbook.note("收下 3 份")
    assert len(handlers()) == 1
    assert not (tmp_path / "second").exists() and written(tmp_path / "first").count("收下") == 1


def test_it_rotates_and_keeps_only_so_much(tmp_path: Path) -> None:
    logbook.open_in(tmp_path, "run")
    (handler,) = handlers()
    assert handler.maxBytes <= 2**20 and handler.backupCount == 5  # some MB at most, on an office PC
    handler.maxBytes = 300
    for number in range(60):
        logbook.note(f"第 {number} 次")
    files = sorted(one.name for one in tmp_path.iterdir())
    assert files == ["dazoufang.log", *(f"dazoufang.log.{number}" for number in range(1, 6))]
    assert "第 59 次" in written(tmp_path) and all(one.stat().st_size <= 300 for one in tmp_path.iterdir())


def test_where_no_log_can_be_written_the_work_goes_on_and_the_terminal_stays_clean(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").write_bytes(b"a file where the folder should be")
    logbook.open_in(tmp_path / "data/logs", "run")
    logbook.failure(OSError(28, "No space left on device"))
    assert handlers() == []
    assert capsys.readouterr() == ("", "")
