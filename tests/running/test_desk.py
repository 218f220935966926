"""The desk: what it looks at twice, what a full disk changes, and that it never works by an old ledger or old rules."""

from __future__ import annotations

import shutil
import sys
from collections import namedtuple
from datetime import date
from pathlib import Path

import pytest
from conftest import TODAY, Office
from killing import InProcess
from tables import workbook

from dazoufang import cli
from dazoufang.commands import run
from dazoufang.inbox import settling, trays
from dazoufang.ledger import fold
from dazoufang.outbox import remembered
from dazoufang.running.desk import Desk, NoRoom
from dazoufang.system.home import NotItsRecord, shipped

pytestmark = pytest.mark.usefixtures("few_outputs")

HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 |\n"
ZHANG = workbook(HEAD + "| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 |\n", unit="工会")
WANG = workbook(HEAD + "| 2023-09-21 | 李明 | 王五 | 其他 | 13800000002 |\n", unit="工会")
BAD = workbook(HEAD + "| 上周三 | 李明 | 钱七 | 其他 | 13800000004 |\n", unit="工会")
ANNEX = "附件1 县乡干部大走访活动汇总表.xlsx"

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk with next to nothing left: it can be written, but there is no more to take in."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(2**40, 2**40, 30 * 2**20))


class TestNoRoom:
    def test_nothing_is_taken_in_but_all_is_published(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        office.take("工会/走访.xlsx", ZHANG)
        file = office.drop("工会/第二批.xlsx", WANG)
        with monkeypatch.context() as patch:
            patch.setattr(shutil, "disk_usage", lambda _: Usage(2**40, 2**40, 30 * 2**20))
            summary = office.run(date(2023, 11, 20))
        assert "磁盘只剩 30 MB" in summary.kept_back and "500 MB" in summary.kept_back
        assert summary.submissions == {"accepted": 0, "partly": 0, "returned": 0, "duplicate": 0, "deferred": 1}
        assert file.exists() and not (office.home.inbox / trays.CLAIMED).exists()
        assert remembered.published_on(office.home.published) == date(2023, 11, 20)
        later = office.run()
        assert (later.kept_back, later.submissions["accepted"]) == ("", 1)

    @pytest.mark.usefixtures("full")
    def test_the_command_says_so_once_on_the_error_stream_and_ends_with_3(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        office.drop("工会/走访.xlsx", ZHANG)
        monkeypatch.setattr(cli.logbook, "open_in", lambda *_: None)
        words = ["process.py", "run", "--home", str(office.home.root), "--today", "2023-10-20"]
        monkeypatch.setattr(sys, "argv", words)
        assert cli.main() == cli.UNFINISHED
        said = capsys.readouterr()
        assert (said.out.count("暂不收表"), said.err.count("暂不收表")) == (0, 1)
        assert "没有收表" not in said.out and "留到下次再收 1 份" in said.out
        assert (office.home.outbox / ANNEX).exists()

    @pytest.mark.usefixtures("full")
    def test_with_nothing_to_take_in_there_is_nothing_to_say(self, office: Office) -> None:
        assert office.run().kept_back == ""

    @pytest.mark.parametrize("short", ["archive", "data"])
    def test_the_archive_and_the_record_both_need_room(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, short: str
    ) -> None:
        office.home.make()
        office.drop("工会/走访.xlsx", ZHANG)
        monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(0, 0, 0 if Path(path).name == short else 2**40))
        with Desk(office.home) as desk, pytest.raises(NoRoom, match=short), desk.lead():
            desk.take(desk.scan().waiting, TODAY)


class TestWaiting:
    """A file without its end: cut off for good, or still being written?"""

    def looked(self, office: Office, path: str, *pieces: bytes) -> tuple[list[str], int, list[float]]:
        """What is taken when one more piece arrives at each wait: paths, how many wait, and the waits."""
        waits: list[float] = []

        def sleep(seconds: float) -> None:
            with (office.home.inbox / path).open("ab") as stream:
                stream.write(pieces[len(waits)] if len(waits) < len(pieces) else b"")
            waits.append(seconds)

        with Desk(office.home) as desk, desk.lead():
            found = desk.to_take(sleep)
        return [file.path for file in found.waiting], found.growing, waits

    def test_what_has_its_end_is_not_waited_for(self, office: Office) -> None:
        office.home.make()
        office.drop("工会/走访.xlsx", ZHANG)
        assert self.looked(office, "工会/走访.xlsx") == (["工会/走访.xlsx"], 0, [])

    def test_what_grows_meanwhile_waits_and_the_others_do_not(self, office: Office) -> None:
        office.home.make()
        office.drop("工会/走访.xlsx", ZHANG)
        office.drop("工会/长.xlsx", WANG[:2000])
        found = self.looked(office, "工会/长.xlsx", WANG[2000:3000])
        assert found == (["工会/走访.xlsx"], 1, [settling.STILL])

    def test_what_got_its_end_meanwhile_is_taken(self, office: Office) -> None:
        office.home.make()
        office.drop("工会/长.xlsx", WANG[:2000])
        assert self.looked(office, "工会/长.xlsx", WANG[2000:]) == (["工会/长.xlsx"], 0, [settling.STILL])

    @pytest.mark.parametrize("data", [b"", WANG[:2000], b"\0" * 5000])
    def test_what_stands_still_without_its_end_is_taken_to_be_answered(self, office: Office, data: bytes) -> None:
        office.home.make()
        office.drop("工会/断.xlsx", data)
        assert self.looked(office, "工会/断.xlsx") == (["工会/断.xlsx"], 0, [settling.STILL])

    def test_what_comes_without_its_end_while_we_wait_waits_too(self, office: Office) -> None:
        office.home.make()
        office.drop("工会/断.xlsx", b"")
        with Desk(office.home) as desk, desk.lead():
            found = desk.to_take(lambda _: office.drop("工会/新.xlsx", WANG[:2000]) and None)
        assert ([file.path for file in found.waiting], found.growing) == (["工会/断.xlsx"], 1)

    def test_a_run_counts_what_it_waits_for(self, office: Office) -> None:
        office.drop("工会/长.xlsx", WANG[:2000])

        def sleep(_: float) -> None:
            with (office.home.inbox / "工会/长.xlsx").open("ab") as stream:
                stream.write(WANG[2000:3000])

        assert run.run(office.home, TODAY, sleep=sleep).submissions["deferred"] == 1
        assert office.submissions() == []


class TestAnswer:
    def test_receipts_and_copies_come_at_once_and_the_rest_stays_as_it_was(self, office: Office) -> None:
        office.take("工会/走访.xlsx", ZHANG)
        before = office.outbox()
        issued = remembered.issued(office.home.published)
        office.drop("工会/第二批.xlsx", WANG)
        office.drop("工会/错.xlsx", BAD)
        with Desk(office.home) as desk, desk.lead():
            desk.take(desk.scan().waiting, TODAY)
            desk.answer(desk.ledger_fold.submissions, "0930")
            answered = office.outbox()
            assert {path: answered[path] for path in before} == before
            assert sorted(answered.keys() - before.keys()) == [
                "回执/工会/第二批.xlsx 回执0002.html", "退回/工会/错.xlsx 回执0003.html", "退回/工会/错.xlsx 需修改0003.xlsx",
            ]  # fmt: skip
            assert remembered.issued(office.home.published) == issued and desk.behind(TODAY)
            desk.publish(TODAY, "0930")
            assert not desk.behind(TODAY)
        shown = office.outbox()
        assert shown[ANNEX] != before[ANNEX]
        assert {path: shown[path] for path in answered.keys() - before.keys()} == {
            path: answered[path] for path in answered.keys() - before.keys()
        }

    def test_a_copy_that_a_newer_file_made_needless_goes_at_once_or_with_the_rest_but_never_the_annexes(
        self, office: Office
    ) -> None:
        office.take("工会/走访.xlsx", workbook(HEAD + "| 上周三 | 李明 | 钱七 | 其他 | 13800000004 |\n| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 |\n", unit="工会"))  # fmt: skip
        assert "退回/工会/走访.xlsx 需修改0001.xlsx" in office.outbox()
        office.drop("工会/走访.xlsx", WANG)
        with Desk(office.home) as desk, desk.lead():
            desk.take(desk.scan().waiting, TODAY)
            desk.answer(desk.ledger_fold.submissions, "0930")
            assert ANNEX in office.outbox()
            desk.publish(TODAY, "0930")
        assert "退回/工会/走访.xlsx 需修改0001.xlsx" not in office.outbox()


class TestCatchingUp:
    def test_outside_the_lead_there_is_no_ledger(self, office: Office) -> None:
        office.home.make()
        with Desk(office.home) as desk, pytest.raises(RuntimeError):
            _ = desk.ledger_fold

    def test_what_another_wrote_meanwhile_is_known(self, office: Office) -> None:
        office.home.make()
        with Desk(office.home) as desk:
            with desk.lead():
                assert desk.ledger_fold.submissions == []
            office.take("工会/走访.xlsx", ZHANG)  # by a program of its own
            office.drop("工会/走访（1）.xlsx", WANG)
            with desk.lead():
                assert [one.submission_id for one in desk.ledger_fold.submissions] == [1]
                (fresh,) = desk.take(desk.scan().waiting, TODAY).fresh
                assert fresh.submission_id == 2
                desk.clear()
        assert office.frames().visits["household"].tolist() == ["王五"]

    def test_with_nothing_new_the_ledger_is_not_read_again(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office.take("工会/走访.xlsx", ZHANG)
        with Desk(office.home) as desk_:
            with desk_.lead():
                before = desk_.ledger_fold
            monkeypatch.setattr(fold, "fold", lambda *_: pytest.fail("read again"))
            with desk_.lead():
                assert desk_.ledger_fold is before

    def test_rules_that_were_changed_hold_from_the_next_pass_on(self, office: Office) -> None:
        office.home.make()
        shutil.copytree(shipped("schemas"), office.home.root / "schemas")
        office.take("工会/走访.xlsx", ZHANG)
        with Desk(office.home) as desk:
            with desk.lead():
                before = desk.rules.fingerprint
            file = office.home.root / "schemas" / "campaign.yaml"
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace("free_mb: {value: 500", "free_mb: {value: 700"), encoding="utf-8")
            assert desk.behind(TODAY)
            with desk.lead():
                assert desk.rules.campaign.watch.free_mb.value == 700
                assert desk.rules.fingerprint != before
                assert desk.ledger_fold.rules is desk.rules
                desk.publish(TODAY, "0930")
            assert not desk.behind(TODAY)

    def test_after_anything_that_went_wrong_all_is_read_anew(self, office: Office) -> None:
        office.take("工会/走访.xlsx", ZHANG)
        with Desk(office.home) as desk:
            with pytest.raises(KeyboardInterrupt), desk.lead():
                before = desk.ledger_fold
                raise KeyboardInterrupt
            with desk.lead():
                assert desk.ledger_fold is not before
                assert len(desk.ledger_fold.submissions) == 1

    def test_what_a_pass_before_recorded_and_could_not_clear_goes_first(self, office: Office) -> None:
        office.home.make()
        office.drop("工会/走访.xlsx", ZHANG)
        with Desk(office.home) as desk:
            with desk.lead():
                desk.take(desk.scan().waiting, TODAY)
                assert len(desk.scan().waiting) == 1  # claimed, recorded, not cleared
            with desk.lead():
                assert desk.scan().waiting == [] and desk.record.clearing() == []

    def test_the_record_of_another_home_is_not_worked_with(self, office: Office) -> None:
        office.take("工会/走访.xlsx", ZHANG)
        office.home.record.unlink()
        for tail in ("-wal", "-shm"):
            Path(f"{office.home.record}{tail}").unlink(missing_ok=True)
        file = office.drop("工会/第二批.xlsx", WANG)
        with pytest.raises(NotItsRecord, match="rebuild"):
            office.run()
        assert file.exists()


class TestEngine:
    def test_children_are_started_when_first_wanted_and_let_go_at_rest(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        began: list[InProcess] = []

        def engine_of(*_: object) -> InProcess:
            began.append(InProcess())
            return began[-1]

        monkeypatch.setattr("dazoufang.running.intake.engine_of", engine_of)
        office.home.make()
        office.drop("工会/走访.xlsx", ZHANG)
        with Desk(office.home) as desk, desk.lead():
            assert began == []
            desk.take(desk.scan().waiting, TODAY)
            desk.answer(desk.ledger_fold.submissions, "0930")
            assert len(began) == 1
            desk.rest()
            desk.rest()
            assert desk.engine is began[1]
