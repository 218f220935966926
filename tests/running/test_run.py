"""One run: the order of its acts, so that a crash anywhere is cured by running again; and what it says it did."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import TODAY, Office
from killing import InProcess, Killer
from tables import workbook

from dazoufang.archive import originals
from dazoufang.commands import forms, run
from dazoufang.inbox import claims, share, trays
from dazoufang.inbox import scan as inbox_scan
from dazoufang.outbox import publishing
from dazoufang.reading.books import read_books
from dazoufang.record.record import Record
from dazoufang.running import slow_parts
from dazoufang.system.child_limits import Failure

HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷和信访诉求 |\n"
ZHANG = "| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 | 与邻居因排水沟改道争执 |\n"
WANG = "| 2023-09-21 | 李明 | 王五 | 其他 | 13800000002 | |\n"
BAD = "| 上周三 | 李明 | 钱七 | 其他 | 13800000004 | |\n"
FILES = {
    "工会/走访.xlsx": workbook(HEAD + ZHANG, unit="工会"),
    "督导室/走访.xlsx": workbook(HEAD + WANG + BAD, unit="督导室"),
    "空.xlsx": b"",
}


def dropped(office: Office) -> Office:
    for path, data in FILES.items():
        office.drop(path, data)
    return office


@pytest.fixture(scope="module")
def killer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killer]:
    with Killer(tmp_path_factory.mktemp("killing"), scenarios=()) as killer:
        yield killer


def test_the_order_of_acts(office: Office, monkeypatch: pytest.MonkeyPatch, quick: InProcess) -> None:
    acts: list[str] = []

    def noted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **named: Any) -> Any:
            acts.append(name)
            return function(*args, **named)

        return wrapped

    for place, name in (
        (claims, "claim"), (originals, "archive"), (Record, "append"), (originals, "journal"), (publishing, "publish"),
        (claims, "clear"),
    ):  # fmt: skip
        monkeypatch.setattr(place, name, noted(name, getattr(place, name)))
    office.take("工会/走访.xlsx", FILES["工会/走访.xlsx"])
    caught_up = ["journal"]  # first of all the archive's list gets what a crash before may have left out
    assert acts == [*caught_up, "claim", "archive", "append", "journal", "publish", "clear"]


class TestClaimed:
    """What a run that was cut short had claimed, and what people do to the inbox meanwhile."""

    DATA = FILES["工会/走访.xlsx"]

    @pytest.mark.parametrize("point", ["claimed", "flushed", "recorded", "published", "clearing"])
    def test_the_same_file_dropped_again_meanwhile_is_a_delivery_of_its_own(
        self, office: Office, killer: Killer, point: str
    ) -> None:
        office.drop("工会/走访.xlsx", self.DATA)
        killer.killed(office.home.root, point)
        office.drop("工会/走访.xlsx", self.DATA)
        office.run()
        assert [(one.path, one.verdict) for one in office.submissions()] == [
            ("工会/走访.xlsx", verdict) for verdict in ("accepted", "duplicate")
        ]
        assert [one for one in office.home.inbox.rglob("*") if one.is_file()] == []

    @pytest.mark.parametrize("point", ["claimed", "flushed", "recorded"])
    def test_a_kill_over_what_waits_for_our_mend_is_counted_as_any_other(
        self, office: Office, killer: Killer, point: str
    ) -> None:
        tray = office.home.inbox / trays.CLAIMED / "000001-0a0b0c0d-0"  # as a mistake of ours leaves it
        (tray / "工会").mkdir(parents=True)
        (tray / "工会" / "走访.xlsx").write_bytes(self.DATA)
        killer.killed(office.home.root, point)
        (file,) = office.home.inbox.rglob("走访.xlsx")
        assert file.parts[-3].count("-") == 1  # no number: one try
        office.run()
        assert [(one.path, one.verdict) for one in office.submissions()] == [("工会/走访.xlsx", "accepted")]
        assert [one for one in office.home.inbox.rglob("*") if one.is_file()] == []

    def test_a_newer_file_dropped_under_its_name_meanwhile_replaces_it(self, office: Office, killer: Killer) -> None:
        office.drop("督导室/走访.xlsx", FILES["督导室/走访.xlsx"])
        killer.killed(office.home.root, "archived")
        office.drop("督导室/走访.xlsx", workbook(HEAD + ZHANG, unit="督导室"))
        office.run()
        assert [one.verdict for one in office.submissions()] == ["partly", "accepted"]
        assert office.frames().visits["household"].tolist() == ["张三"]

    @pytest.mark.parametrize("number", [1, 2, 3])
    def test_what_was_published_before_the_end_and_is_not_wanted_any_more_goes(
        self, office: Office, killer: Killer, number: int
    ) -> None:
        """Only what is known as ours is ever taken away, so it is noted before it is there."""
        office.drop("督导室/走访.xlsx", FILES["督导室/走访.xlsx"])
        killer.killed(office.home.root, "placed", number)
        office.drop("督导室/走访.xlsx", workbook(HEAD + ZHANG, unit="督导室"))
        summary = office.run()
        assert sorted(office.outbox()) == sorted(summary.outbox)
        assert not [path for path in office.outbox() if "需修改" in path]

    def test_what_a_writer_still_writes_after_it_was_taken_is_taken_too(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with office.drop("工会/走访.xlsx", self.DATA[:2000]).open("ab") as stream:
            publish = publishing.publish

            def late(*args: Any, **named: Any) -> Any:
                stream.write(self.DATA[2000:])
                stream.flush()
                return publish(*args, **named)

            with monkeypatch.context() as patch:
                patch.setattr(publishing, "publish", late)
                patch.setattr(inbox_scan, "is_being_written", lambda _: False)  # as on a share
                patch.setattr(claims, "is_being_written", lambda _: False)
                assert office.run().submissions["returned"] == 1  # cut off, as far as anybody could see
        assert office.run().submissions["accepted"] == 1
        assert [one.path for one in office.submissions()] == ["工会/走访.xlsx"] * 2

    def test_a_run_that_fails_before_the_record_puts_every_file_back(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object) -> None:
            raise OSError(5, "Input/output error")

        for path, data in FILES.items():
            office.drop(path, data)
        with monkeypatch.context() as patch, pytest.raises(OSError, match="Input/output"):
            patch.setattr(Record, "append", broken)
            office.run()
        found = {file.relative_to(office.home.inbox).as_posix(): file for file in office.home.inbox.rglob("*")}
        assert {path: file.read_bytes() for path, file in found.items() if file.is_file()} == FILES
        assert trays.CLAIMED not in found

    def test_a_file_that_cannot_be_moved_waits_and_is_counted(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def in_use(*_: object) -> None:
            raise PermissionError(13, "open in Excel")

        office.drop("工会/走访.xlsx", self.DATA)
        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", in_use)
            assert office.run().submissions["deferred"] == 1
        assert office.submissions() == []
        assert office.run().submissions["accepted"] == 1

    def test_what_cannot_be_cleared_away_is_not_taken_again_but_what_is_dropped_beside_it_is(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        really = Path.unlink

        def held(path: Path, missing_ok: bool = False) -> None:
            if trays.CLAIMED in path.parts:
                raise PermissionError(13, "in use")
            really(path, missing_ok)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "unlink", held)
            assert office.take("工会/走访.xlsx", self.DATA).submissions["accepted"] == 1
            assert set(office.run().submissions.values()) == {0}
            assert office.take("工会/走访.xlsx", self.DATA).submissions["duplicate"] == 1
        assert len([one for one in office.home.inbox.rglob("走访.xlsx") if one.is_file()]) == 2
        assert set(office.run().submissions.values()) == {0}
        assert [one for one in office.home.inbox.rglob("*") if one.is_file()] == []

    def test_a_share_that_is_away_stops_the_run_before_anything(self, office: Office) -> None:
        office.take("工会/走访.xlsx", self.DATA)
        before = office.outbox()
        office.home.inbox.rename(office.home.root / "away")
        with pytest.raises(share.ShareAway, match="不见了"):
            office.run(date(2023, 11, 20))
        assert not office.home.inbox.exists() and office.outbox() == before
        (office.home.root / "away").rename(office.home.inbox)
        office.run()

    def test_a_share_that_goes_while_it_is_listed_is_not_taken_for_empty(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office.run()
        share.mark(office.home.inbox, office.home.data)
        office.drop("工会/走访.xlsx", self.DATA)
        scan = inbox_scan.scan

        def unmounted(*args: Any) -> Any:
            found = scan(*args)
            (office.home.inbox / share.MARKER).unlink()
            return found

        monkeypatch.setattr(inbox_scan, "scan", unmounted)
        with pytest.raises(share.ShareAway):
            office.run()
        assert (office.home.inbox / "工会/走访.xlsx").exists() and office.submissions() == []


def test_a_full_disk_leaves_the_inbox_and_the_old_outbox(
    office: Office, monkeypatch: pytest.MonkeyPatch, quick: InProcess
) -> None:
    office.take("工会/走访.xlsx", FILES["工会/走访.xlsx"])
    before = office.outbox()
    office.drop("督导室/走访.xlsx", FILES["督导室/走访.xlsx"])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(claims.files, "write_atomic", full)
        office.run()
    assert office.outbox() == before
    assert [file.read_bytes() for file in office.home.inbox.rglob("走访.xlsx")] == [FILES["督导室/走访.xlsx"]]
    office.run()
    assert [one.verdict for one in office.submissions()] == ["accepted", "partly"]
    assert not (office.home.inbox / "督导室/走访.xlsx").exists()


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
        monkeypatch.setattr(slow_parts, "make_copy", lambda _: Failure("died", "exit code 1: 张三"))
        summary = office.take("督导室/走访.xlsx", FILES["督导室/走访.xlsx"])
        assert set(summary.failures) == {"收件1的退回件：died exit code 1"}  # the log never quotes the file
        data = office.outbox()["退回/督导室/走访.xlsx 需修改0001.xlsx"]
        assert [sheet.name for sheet in read_books(data, "需修改.xlsx")[0].sheets] == ["需修改"]

    def test_a_file_that_is_still_being_written_waits(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        office.drop("工会/走访.xlsx", FILES["工会/走访.xlsx"])
        with monkeypatch.context() as patch:
            patch.setattr(originals, "archive", lambda *_: None)
            assert office.run().submissions["deferred"] == 1
        assert (office.home.inbox / "工会/走访.xlsx").exists()
        assert office.run().submissions == {"accepted": 1, "partly": 0, "returned": 0, "duplicate": 0, "deferred": 0}


class TestSummary:
    def test_its_json_has_exactly_the_keys_of_the_contract(self, office: Office) -> None:
        found = dropped(office).run().as_json()
        contract = {"today", "submissions", "rows", "items", "faults", "alerts", "outbox", "seconds"}
        assert contract <= set(found) and set(found) - contract == {
            "year",
            "changed",
            "stale",
            "kept_back",
            "broken",
            "lacking",
            "passed_over",
            "withdrawn",
            "as_of",
        }
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
    assert [step for step in shown if step[0] == "读取和检查"] == [("读取和检查", n, 3) for n in (0, 1, 2, 3)]
    assert list(dict.fromkeys(step for step, _, _ in shown)) == [
        "读取和检查", "记入台账", "汇总", "标注退回件", "出附件和回执", "清收件箱"
    ]  # fmt: skip
    last = {step: (done, total) for step, done, total in shown}
    assert last["记入台账"] == last["清收件箱"] == (3, 3) and all(done == total for done, total in last.values())
    shown.clear()
    dropped(office)
    run.run(office.home, TODAY, lambda *step: shown.append(step))
    assert shown[0] == ("读台账", 0, 3) and ("读台账", 3, 3) in shown


def test_a_copy_is_made_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    really = slow_parts.make_copy

    def make_copy(task: slow_parts.CopyTask) -> bytes | None:
        made.append(task.submission.submission_id)
        return really(task)

    monkeypatch.setattr(slow_parts, "make_copy", make_copy)
    dropped(office).run()
    assert made == [2]


@pytest.mark.parametrize("prefill", [False, True])
def test_blank_forms_are_written_where_they_are_looked_for(office: Office, quick: InProcess, prefill: bool) -> None:
    office.take("工会/走访.xlsx", FILES["工会/走访.xlsx"])
    paths = forms.write_forms(office.home, TODAY, prefill=prefill)
    assert all(Path(path).is_file() and Path(path).is_relative_to(office.home.outbox / "空白表") for path in paths)
    assert any("工会" in path for path in paths) == prefill


@pytest.mark.children
def test_files_are_read_in_children_of_their_own(office: Office) -> None:
    """The whole of it once, with the real engine."""
    summary = dropped(office).run()
    assert summary.submissions == {"accepted": 1, "partly": 1, "returned": 1, "duplicate": 0, "deferred": 0}
    assert summary.failures == []
