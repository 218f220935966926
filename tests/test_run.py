"""One run: the order of its acts, so that a crash anywhere is cured by running again; and what it says it did."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import TODAY, Office
from tables import workbook

from dazoufang import inbox, outbox, publication, run
from dazoufang.engine import Failure
from dazoufang.examine import Task
from dazoufang.home import Home
from dazoufang.record import Record
from dazoufang.workbook import read_books

HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷和信访诉求 |\n"
ZHANG = "| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 | 与邻居因排水沟改道争执 |\n"
WANG = "| 2023-09-21 | 李明 | 王五 | 其他 | 13800000002 | |\n"
BAD = "| 上周三 | 李明 | 钱七 | 其他 | 13800000004 | |\n"
FILES = {
    "工会/走访.xlsx": workbook(HEAD + ZHANG, unit="工会"),
    "督导室/走访.xlsx": workbook(HEAD + WANG + BAD, unit="督导室"),
    "空.xlsx": b"",
}


class Killed(BaseException):
    """What no handler catches, as little as SIGKILL."""


class InProcess:
    """An engine without children, for runs whose point is elsewhere; `dies` are the names it dies over."""

    def __init__(self, dies: dict[str, str] | None = None) -> None:
        self.dies = dies or {}

    def __enter__(self) -> InProcess:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def map(self, function: Callable[[Any], Any], tasks: Sequence[Any], on_done: Any = None) -> list[Any]:
        results = []
        for number, task in enumerate(tasks):
            reason = self.dies.get(task.name, "") if isinstance(task, Task) else ""
            results.append(Failure(reason, "MemoryError: 张三") if reason else function(task))
            if on_done:
                on_done(number)
        return results


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> InProcess:
    engine = InProcess()
    monkeypatch.setattr(run, "engine_of", lambda _: engine)
    monkeypatch.setattr(os, "fsync", lambda _: None)  # the machine keeps its power
    return engine


def dropped(office: Office) -> Office:
    for path, data in FILES.items():
        office.drop(path, data)
    return office


def after(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, and death when it has done its work."""

    def wrapped(*args: Any, **named: Any) -> Any:
        function(*args, **named)
        raise Killed

    return wrapped


def instead(_: Callable[..., Any]) -> Callable[..., Any]:
    """Death instead of it."""

    def wrapped(*_: Any, **__: Any) -> Any:
        raise Killed

    return wrapped


Crash = tuple[Any, str, Callable[..., Any]]  # where, what, and how it is wrapped
CRASHES: dict[str, Crash] = {
    "while the first file is archived": (inbox, "archive", instead),
    "after the first file is archived": (inbox, "archive", after),
    "after archiving": (run, "take_in", instead),
    "before the record": (Record, "append", instead),
    "after the record": (Record, "append", after),
    "after the journal": (inbox, "journal", after),
    "while something is made": (publication, "receipt", instead),
    "before publishing": (outbox, "publish", instead),
    "between two names": (outbox, "_put_in_place", after),
    "after publishing": (outbox, "publish", after),
    "after the first file is cleared": (inbox, "clear", after),
    "before the clearing is noted": (Record, "cleared", instead),
}
AGAIN = ("after the record", "between two names", "after the first file is cleared")  # and killed in recovery


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A run that nothing disturbed."""
    office = dropped(Office(Home(tmp_path_factory.mktemp("straight"))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "engine_of", lambda _: InProcess())
        office.run()
    return office


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("where", "twice"), [(name, False) for name in CRASHES] + [(name, True) for name in AGAIN])
def test_killed_anywhere_and_run_again_nothing_is_lost_or_doubled(
    office: Office, straight: Office, monkeypatch: pytest.MonkeyPatch, where: str, twice: bool
) -> None:
    place, name, how = CRASHES[where]
    dropped(office)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(place, name, how(getattr(place, name)))
        office.run()
    if twice:
        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(outbox, "publish", instead(outbox.publish))
            office.run()
    office.run()
    assert office.submissions() == straight.submissions()  # all of them, once, in the same order
    assert office.outbox() == straight.outbox()  # and one answer each
    assert [path for path in office.home.inbox.rglob("*") if path.is_file()] == []
    kept = [hashlib.sha256(file.read_bytes()).hexdigest() for file in office.home.archive.rglob("*.xlsx")]
    assert sorted(kept) == sorted(hashlib.sha256(data).hexdigest() for data in FILES.values())
    assert inbox.read_journal(office.home.archive) == inbox.read_journal(straight.home.archive)


def test_the_order_of_acts(office: Office, monkeypatch: pytest.MonkeyPatch, quick: InProcess) -> None:
    acts: list[str] = []

    def noted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **named: Any) -> Any:
            acts.append(name)
            return function(*args, **named)

        return wrapped

    for place, name in (
        (inbox, "archive"), (Record, "append"), (inbox, "journal"), (outbox, "publish"), (inbox, "clear"),
    ):  # fmt: skip
        monkeypatch.setattr(place, name, noted(name, getattr(place, name)))
    office.take("工会/走访.xlsx", FILES["工会/走访.xlsx"])
    assert acts == ["archive", "append", "journal", "publish", "clear"]


def test_a_full_disk_leaves_the_inbox_and_the_old_outbox(
    office: Office, monkeypatch: pytest.MonkeyPatch, quick: InProcess
) -> None:
    office.take("工会/走访.xlsx", FILES["工会/走访.xlsx"])
    before = office.outbox()
    office.drop("督导室/走访.xlsx", FILES["督导室/走访.xlsx"])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(inbox.files, "write_atomic", full)
        office.run()
    assert office.outbox() == before
    assert (office.home.inbox / "督导室/走访.xlsx").exists()
    office.run()
    assert [one.verdict for one in office.submissions()] == ["accepted", "partly"]
    assert not (office.home.inbox / "督导室/走访.xlsx").exists()


@pytest.mark.usefixtures("quick")
class TestFailures:
    @pytest.mark.parametrize(
        ("reason", "words"),
        [("died", "意外终止"), ("timeout", "用时超过上限"), ("memory", "内存超过上限"), ("raised", "不认识的内部结构")],
    )
    def test_a_reader_that_fails_gives_a_page_that_says_why(
        self, office: Office, quick: InProcess, reason: str, words: str
    ) -> None:
        quick.dies = {"走访.xlsx": reason}
        office.drop("工会/走访.xlsx", FILES["工会/走访.xlsx"])
        summary = office.take("督导室/另一份.xlsx", FILES["督导室/走访.xlsx"])
        assert summary.submissions["returned"] == 1 and summary.submissions["partly"] == 1  # one never stops another
        (fault,) = office.submissions()[0].faults
        assert fault.code == "F06"
        page = office.outbox()["退回/工会/走访.xlsx 回执0001.html"].decode()
        assert words in page
        assert summary.failures == [f"收件1：{reason} MemoryError"]  # the log never quotes the file

    def test_a_copy_that_cannot_be_marked_is_a_list_instead(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(publication, "make_copy", lambda _: Failure("died", "exit code 1: 张三"))
        summary = office.take("督导室/走访.xlsx", FILES["督导室/走访.xlsx"])
        assert set(summary.failures) == {"收件1的退回件：died exit code 1"}  # the log never quotes the file
        data = office.outbox()["退回/督导室/走访.xlsx 需修改0001.xlsx"]
        assert [sheet.name for sheet in read_books(data, "需修改.xlsx")[0].sheets] == ["需修改"]

    def test_a_file_that_is_still_being_written_waits(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        office.drop("工会/走访.xlsx", FILES["工会/走访.xlsx"])
        with monkeypatch.context() as patch:
            patch.setattr(inbox, "archive", lambda *_: None)
            assert office.run().submissions["deferred"] == 1
        assert (office.home.inbox / "工会/走访.xlsx").exists()
        assert office.run().submissions == {"accepted": 1, "partly": 0, "returned": 0, "duplicate": 0, "deferred": 0}


@pytest.mark.usefixtures("quick")
class TestSummary:
    def test_its_json_has_exactly_the_keys_of_the_contract(self, office: Office) -> None:
        found = dropped(office).run().as_json()
        contract = {"today", "submissions", "rows", "items", "faults", "alerts", "outbox", "seconds"}
        assert contract <= set(found) and set(found) - contract == {"year", "changed", "stale"}
        assert set(found["submissions"]) == {"accepted", "partly", "returned", "duplicate", "deferred"}
        assert set(found["rows"]) == {"visits", "disputes", "suggestions"}
        assert set(found["items"]) == {"open", "resolved", "closed"}
        assert json.loads(json.dumps(found)) == found

    def test_its_figures_are_those_of_the_record(self, office: Office) -> None:
        found = dropped(office).run()
        assert found.submissions == {"accepted": 1, "partly": 1, "returned": 1, "duplicate": 0, "deferred": 0}
        assert found.rows == {"visits": 2, "disputes": 1, "suggestions": 0}
        assert found.items == {"open": 1, "resolved": 0, "closed": 0}
        assert (found.faults, found.year, found.today) == (2, 2023, TODAY)
        assert set(found.outbox) == set(office.outbox())

    def test_a_later_run_counts_only_its_own_deliveries(self, office: Office) -> None:
        dropped(office).run()
        found = office.run(date(2023, 10, 21))
        assert set(found.submissions.values()) == {0} and found.faults == 0
        assert found.rows["visits"] == 2


def test_progress_is_shown_step_by_step(office: Office, quick: InProcess) -> None:
    shown: list[tuple[str, int, int]] = []
    dropped(office)
    run.run(office.home, TODAY, lambda *step: shown.append(step))
    assert [step for step in shown if step[0] == "读取和检查"] == [("读取和检查", n, 3) for n in (1, 2, 3)]
    assert shown[-1][0] == "标注退回件" and shown[-1][1] == shown[-1][2]


@pytest.mark.usefixtures("quick")
def test_a_copy_is_made_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    really = publication.make_copy

    def make_copy(task: publication.CopyTask) -> bytes | None:
        made.append(task.submission.submission_id)
        return really(task)

    monkeypatch.setattr(publication, "make_copy", make_copy)
    dropped(office).run()
    assert made == [2]


@pytest.mark.parametrize("prefill", [False, True])
def test_blank_forms_are_written_where_they_are_looked_for(office: Office, quick: InProcess, prefill: bool) -> None:
    office.take("工会/走访.xlsx", FILES["工会/走访.xlsx"])
    paths = run.write_forms(office.home, TODAY, prefill=prefill)
    assert all(Path(path).is_file() and Path(path).is_relative_to(office.home.outbox / "空白表") for path in paths)
    assert any("工会" in path for path in paths) == prefill


def test_files_are_read_in_children_of_their_own(office: Office) -> None:
    """The whole of it once, with the real engine."""
    summary = dropped(office).run()
    assert summary.submissions == {"accepted": 1, "partly": 1, "returned": 1, "duplicate": 0, "deferred": 0}
    assert summary.failures == []
