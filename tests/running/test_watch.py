"""`watch`: what has come to rest is taken and answered at once; nothing that goes wrong ends it or loses a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Office
from killing import InProcess
from tables import workbook

from dazoufang.archive import originals
from dazoufang.commands import watch
from dazoufang.commands.watch import Watch
from dazoufang.inbox import claims, passes, scan, share, trays
from dazoufang.inbox.settling import LOCKED, STILL
from dazoufang.outbox import placing, remembered
from dazoufang.running import desk, health
from dazoufang.running.proof import ALERT
from dazoufang.running.rhythm import AGAIN, ASLEEP, AT_LATEST, IDLE, LONG, QUIET, SETTLING, TROUBLED
from dazoufang.system.home import NotItsRecord
from dazoufang.system.lead import FileLock

pytestmark = pytest.mark.usefixtures("few_outputs")

HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷和信访诉求 |\n"
GOOD = workbook(HEAD + "| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 | 与邻居因排水沟改道争执 |\n", unit="工会")
OTHER = workbook(HEAD + "| 2023-09-21 | 李明 | 王五 | 其他 | 13800000002 | |\n", unit="工会")
BAD = workbook(HEAD + "| 上周三 | 李明 | 钱七 | 其他 | 13800000004 | |\n", unit="督导室")


class Time:
    """A clock in the test's hand: waiting moves it on."""

    def __init__(self, start: datetime = datetime(2023, 10, 20, 9, 0)) -> None:
        self._now, self._seconds = start, 1000.0
        self.waits: list[float] = []
        self.rung = 0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._seconds

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self._seconds += seconds
        self._now += timedelta(seconds=seconds)

    def wake(self) -> None:
        self.rung += 1

    def set_wall(self, hours: float) -> None:
        """Somebody sets the clock on the wall; monotonic time does not care."""
        self._now += timedelta(hours=hours)


class Shift:
    """A watch and its clock; `said` is what it told."""

    def __init__(self, office: Office, time: Time) -> None:
        self.office, self.time, self.said = office, time, []  # type: ignore[var-annotated]
        self.watch = Watch(office.home, time, self.said.append)

    def steps(self, seconds: float) -> None:
        end = self.time.monotonic() + seconds
        while self.time.monotonic() < end:
            self.time.wait(self.watch.step())

    @property
    def told(self) -> health.Health:
        found = health.Health.read(self.office.home.data)
        assert found is not None
        return found

    def answers(self) -> list[str]:
        return sorted(path for path in self.office.outbox() if path.startswith(("回执/", "退回/")))

    def annexes(self) -> list[str]:
        return [path for path in self.office.outbox() if path.startswith("附件")]


@pytest.fixture
def shift(office: Office, quick: InProcess) -> Iterator[Shift]:
    one = Shift(office, Time())
    with one.watch:
        yield one


class TestTaking:
    def test_a_file_is_answered_when_it_has_come_to_rest_and_not_before(self, shift: Shift) -> None:
        shift.steps(10)
        shift.office.drop("工会/走访.xlsx", GOOD)
        shift.steps(STILL - 1)
        assert shift.answers() == [] and shift.told.waiting == 1
        shift.steps(4)
        assert shift.answers() == ["回执/工会/走访.xlsx 回执0001.html"]
        assert list((shift.office.home.inbox / "工会").iterdir()) == []
        assert any("收下 1 份：工会《走访.xlsx》" in line for line in shift.said), shift.said

    def test_files_that_were_there_at_the_start_are_like_any_other(self, office: Office) -> None:
        office.drop("工会/走访.xlsx", GOOD)
        one = Shift(office, Time())
        with one.watch:
            one.steps(6)
            assert len(one.answers()) == 1

    def test_a_file_that_grows_is_left_until_it_is_done(self, shift: Shift) -> None:
        file = shift.office.drop("工会/走访.xlsx", GOOD[:100])
        for end in range(200, len(GOOD), max(1, len(GOOD) // 8)):
            shift.steps(2)
            file.write_bytes(GOOD[:end])
        file.write_bytes(GOOD)
        shift.steps(STILL - 1)
        assert shift.answers() == []
        shift.steps(4)
        assert [one.verdict for one in shift.office.submissions()] == ["accepted"]

    def test_a_file_open_in_excel_waits_until_it_is_closed_or_forgotten(self, shift: Shift) -> None:
        shift.office.drop("工会/走访.xlsx", GOOD)
        lock = shift.office.drop("工会/~$走访.xlsx", b"x")
        shift.steps(LOCKED / 2)
        assert shift.answers() == []
        lock.unlink()
        shift.steps(6)
        assert len(shift.answers()) == 1

    def test_what_a_dead_process_had_claimed_is_taken_at_once(self, shift: Shift) -> None:
        shift.office.drop("工会/走访.xlsx", GOOD)
        (waiting,) = scan.scan(shift.office.home.inbox, watch_names(shift.office)).waiting
        assert claims.claim(waiting, trays.tray(shift.office.home.inbox))
        shift.time.wait(shift.watch.step())
        assert len(shift.answers()) == 1

    def test_the_clock_on_the_wall_has_no_say_in_what_has_settled(self, shift: Shift) -> None:
        shift.office.drop("工会/走访.xlsx", GOOD)
        shift.time.wait(shift.watch.step())
        shift.time.set_wall(-5)
        shift.time.wait(shift.watch.step())
        shift.time.set_wall(+48)
        shift.time.wait(shift.watch.step())
        assert shift.answers() == []
        shift.steps(2)
        assert len(shift.answers()) == 1

    def test_a_roster_dropped_with_many_forms_is_taken_in_the_first_pass(
        self, shift: Shift, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(passes, "BATCH", 2)
        monkeypatch.setattr(passes.batch, "__defaults__", (2,))
        for number in range(4):
            shift.office.drop(f"工会/走访{number}.xlsx", GOOD)
        shift.office.drop("花名册.xlsx", workbook("| 姓名 | 单位 | 角色 |\n| 王红 | 工会 | 股室负责人 |\n"))
        shift.steps(15)
        first, *others = shift.office.submissions()
        assert first.path == "花名册.xlsx" and others[0].verdict == "returned"


def watch_names(office: Office) -> Any:
    from dazoufang.rules.campaign import load_rules

    return load_rules(office.home.schemas).campaign.inbox


class TestPublishing:
    def published(self, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        """The moments at which all was published."""
        moments: list[float] = []
        whole = desk.Desk.publish

        def noted(self: desk.Desk, *args: Any) -> Any:
            moments.append(1)
            return whole(self, *args)

        monkeypatch.setattr(desk.Desk, "publish", noted)
        return moments

    def test_a_burst_costs_one_publication(self, shift: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
        shift.steps(10)
        moments = self.published(monkeypatch)
        for number in range(8):
            shift.office.drop(f"工会/走访{number}.xlsx", GOOD)
            shift.steps(2)
        assert moments == [] and len(shift.answers()) >= 5
        assert shift.told.behind
        shift.steps(QUIET + 6)
        assert len(moments) == 1 and not shift.told.behind
        assert remembered.issued(shift.office.home.published) is not None

    def test_in_an_endless_burst_the_annexes_wait_no_longer_than_that(
        self, shift: Shift, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shift.steps(10)
        moments = self.published(monkeypatch)
        for number in range(int(AT_LATEST / 2) + 8):
            shift.office.drop(f"工会/走访{number}.xlsx", GOOD)
            shift.steps(2)
        assert len(moments) == 1

    def test_a_file_that_nobody_finishes_does_not_hold_up_the_annexes(self, shift: Shift) -> None:
        shift.office.drop("工会/没传完.xlsx", GOOD[:1000])
        shift.office.drop("工会/走访.xlsx", GOOD)
        shift.steps(QUIET + 12)
        assert not shift.told.behind and shift.told.waiting == 1
        assert len(shift.office.frames().visits) == 1

    def test_the_outbox_ends_as_one_run_would_leave_it(self, shift: Shift, tmp_path: Path) -> None:
        from dazoufang.system.home import Home

        other = Office(Home(tmp_path / "other"))
        for office in (shift.office, other):
            for path, data in (("工会/走访.xlsx", GOOD), ("督导室/走访.xlsx", BAD)):
                office.drop(path, data)
        other.run()
        shift.steps(QUIET + 12)
        assert shift.office.outbox() == other.outbox()

    def test_a_new_day_is_published_without_a_new_file(self, shift: Shift) -> None:
        shift.steps(10)
        shift.time.set_wall(24)
        shift.steps(10)
        issue = remembered.issued(shift.office.home.published)
        assert issue is not None and issue.today == date(2023, 10, 21)

    def test_what_another_process_took_in_and_died_over_is_published(self, shift: Shift) -> None:
        shift.steps(10)
        shift.office.drop("工会/走访.xlsx", GOOD)
        with desk.Desk(shift.office.home) as other, other.lead():
            other.take(other.scan().waiting, date(2023, 10, 20))
        shift.steps(12)
        assert len(shift.answers()) == 1 and len(list((shift.office.home.inbox / "工会").iterdir())) == 0

    def test_a_file_somebody_has_open_is_told_and_tried_again(
        self, shift: Shift, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shift.steps(10)
        monkeypatch.setattr(placing, "WAITS", ())
        whole = Path.replace

        def refuse(path: Path, target: Path) -> Path:
            if Path(target).name == "附件1 县乡干部大走访活动汇总表.xlsx":
                raise PermissionError(13, "open")
            return whole(path, target)

        with monkeypatch.context() as opened:
            opened.setattr(Path, "replace", refuse)
            shift.office.drop("工会/走访.xlsx", GOOD)
            shift.steps(20)
            (stale,) = shift.told.stale
            assert stale.startswith("附件1") and any("新版" in path for path in shift.annexes())
        shift.steps(AGAIN + 5)
        assert shift.told.stale == [] and not any("新版" in path for path in shift.annexes())

    def test_what_could_be_put_nowhere_is_said_once(self, shift: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
        shift.steps(10)
        monkeypatch.setattr(placing, "WAITS", ())
        monkeypatch.setattr(placing, "put_beside", lambda *_: False)
        whole = Path.replace

        def refuse(path: Path, target: Path) -> Path:
            if Path(target).name.startswith(("附件1", "走访.xlsx 回执")):
                raise PermissionError(13, "open")
            return whole(path, target)

        with monkeypatch.context() as opened:
            opened.setattr(Path, "replace", refuse)
            shift.office.drop("工会/走访.xlsx", GOOD)
            shift.steps(AGAIN + 20)
        told = [line.split(" ", 1)[1] for line in shift.said if "没能放进" in line]
        assert told == [
            "注意：回执/工会/走访.xlsx 回执0001.html 打开着，新的没能放进 outbox；关闭后会自动换好",
            "注意：回执/工会/走访.xlsx 回执0001.html、附件1 县乡干部大走访活动汇总表.xlsx 打开着，新的没能放进 outbox；关闭后会自动换好",
        ]


class TestTrouble:
    def test_a_share_that_is_away_is_waited_for_and_nothing_taken_for_deleted(self, shift: Shift) -> None:
        shift.steps(6)
        home = shift.office.home
        shift.office.drop("工会/走访.xlsx", GOOD)
        home.inbox.rename(home.root / "away")
        home.inbox.mkdir()  # what an unmounted share leaves
        shift.steps(30)
        assert shift.told.state == health.AWAY and "共享断开" in shift.told.words
        assert list(home.inbox.iterdir()) == []
        home.inbox.rmdir()
        (home.root / "away").rename(home.inbox)
        shift.steps(10)
        assert shift.told.state == health.WATCHING and len(shift.answers()) == 1
        assert "恢复正常" in shift.said[-2] + shift.said[-1] + shift.said[-3]

    @pytest.mark.parametrize("error", [OSError(5, "broken"), OSError(28, "full"), RuntimeError("a bug")])
    def test_whatever_goes_wrong_is_told_and_tried_again(
        self, shift: Shift, monkeypatch: pytest.MonkeyPatch, error: Exception
    ) -> None:
        def fail(*_: object) -> None:
            raise error

        with monkeypatch.context() as broken:
            broken.setattr(desk.Desk, "scan", fail)
            assert shift.watch.step() == TROUBLED
            assert shift.told.state == health.TROUBLE and shift.told.words
        shift.office.drop("工会/走访.xlsx", GOOD)
        shift.steps(8)
        assert shift.told.state == health.WATCHING and len(shift.answers()) == 1

    def test_rules_that_break_while_it_watches_are_told_and_files_wait(self, shift: Shift) -> None:
        shift.steps(6)
        schemas = shift.office.home.root / "schemas"
        schemas.mkdir()
        (schemas / "campaign.yaml").write_text("name: [", encoding="utf-8")
        shift.office.drop("工会/走访.xlsx", GOOD)
        shift.steps(30)
        assert shift.answers() == [] and "规则文件有误" in shift.told.words
        assert shift.told.state == health.TROUBLE
        (schemas / "campaign.yaml").unlink()
        shift.steps(25)
        assert len(shift.answers()) == 1

    def test_a_full_disk_stops_taking_in_but_not_publishing(
        self, shift: Shift, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shift.steps(6)
        with monkeypatch.context() as full:
            full.setattr(desk.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 2**20}))
            shift.office.drop("工会/走访.xlsx", GOOD)
            shift.time.set_wall(24)
            shift.steps(30)
            assert shift.told.state == health.TROUBLE and "磁盘只剩 1 MB" in shift.told.words
            assert (shift.office.home.inbox / "工会/走访.xlsx").exists()
            issue = remembered.issued(shift.office.home.published)
            assert issue is not None and issue.today == date(2023, 10, 21)
        shift.steps(15)
        assert len(shift.answers()) == 1

    def test_while_another_leads_it_waits_without_a_word(self, shift: Shift) -> None:
        shift.steps(6)
        shift.office.drop("工会/走访.xlsx", GOOD)
        with desk.Desk(shift.office.home) as other, other.lead():
            shift.steps(10)
            assert shift.answers() == [] and shift.told.state == health.WATCHING
        shift.steps(3)
        assert len(shift.answers()) == 1

    def test_a_file_over_which_the_program_fails_is_told_hinders_nobody_and_is_taken_after_the_mend(
        self, shift: Shift, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from dazoufang.running import intake

        whole, tries = intake.accept, []

        def bug(delivery: Any, *args: Any) -> Any:
            if "毒" in delivery.path:
                tries.append(shift.time.monotonic())
                raise ZeroDivisionError
            return whole(delivery, *args)

        with monkeypatch.context() as broken:
            broken.setattr(intake, "accept", bug)
            for name in ("甲", "毒", "乙"):
                shift.office.drop(f"工会/{name}.xlsx", GOOD if name != "毒" else OTHER)
            shift.steps(3 * AGAIN)
            assert len(tries) == 4  # with the others, alone, and then once a minute
            assert {one.path: one.verdict for one in shift.office.submissions()} == {
                "工会/甲.xlsx": "accepted", "工会/乙.xlsx": "duplicate",
            }  # fmt: skip
            assert not any("毒" in path for path in shift.office.outbox())
            assert shift.told.state == health.TROUBLE and shift.told.words == (
                "《工会/毒.xlsx》还没有收：程序处理时出了错（ZeroDivisionError），是程序的问题，不是表的问题。没有丢失任何东西，"
                "程序修好后会自动收下，不用重新放；详情已写入 data/logs，请把日志发给维护人员"
            )
            shift.office.drop("工会/丙.xlsx", GOOD)
            shift.steps(6)
            assert len(shift.answers()) == 3  # at its usual pace
        shift.steps(AGAIN + 6)
        assert shift.office.submissions()[-1].path == "工会/毒.xlsx"
        assert shift.told.state == health.WATCHING and len(shift.answers()) == 4

    def test_a_file_that_nobody_can_move_is_tried_now_and_then_and_holds_up_no_other(
        self, shift: Shift, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tries = []
        whole = claims.claim

        def held(one: scan.Waiting, tray: Path) -> scan.Waiting | None:
            if "开着" in one.path:
                tries.append(shift.time.monotonic())
                return None
            return whole(one, tray)

        with monkeypatch.context() as opened:
            opened.setattr(claims, "claim", held)
            shift.office.drop("工会/开着.xlsx", OTHER)
            shift.steps(40)
            shift.office.drop("工会/走访.xlsx", GOOD)
            shift.steps(8)
            assert len(shift.answers()) == 1 and 3 <= len(tries) <= 6
        shift.steps(TROUBLED + 2)
        assert len(shift.answers()) == 2

    def test_a_record_that_is_not_its_own_ends_it(self, shift: Shift) -> None:
        shift.office.drop("工会/走访.xlsx", GOOD)
        shift.steps(20)
        journal = shift.office.home.archive / originals.JOURNAL
        journal.write_text(journal.read_text("utf-8").replace('"submission_id": 1', '"submission_id": 7'), "utf-8")
        shift.office.drop("工会/又.xlsx", OTHER)
        with pytest.raises(NotItsRecord):
            shift.steps(20)


class TestNight:
    def test_at_the_hour_everything_is_held_against_each_other_once(self, shift: Shift) -> None:
        shift.office.drop("工会/走访.xlsx", GOOD)
        shift.steps(20)
        assert shift.told.proof is None
        shift.time.set_wall(10)
        shift.steps(30)
        proof = shift.told.proof
        assert proof is not None and proof["on"] == "2023-10-20" and proof["differences"] == []
        assert (proof["received"], proof["accepted"], proof["waiting"]) == (1, 1, 0)
        assert sum("每日对账" in line for line in shift.said) == 1

    def test_a_night_that_was_missed_is_made_up_once(self, office: Office) -> None:
        for hours, times in ((10, 1), (11, 0)):  # the second start finds it done
            one = Shift(office, Time(datetime(2023, 10, 20, 9 + hours)))
            with one.watch:
                one.steps(10)
            assert sum("每日对账" in line for line in one.said) == times

    def test_a_difference_stands_in_the_outbox_until_it_is_mended(self, shift: Shift) -> None:
        shift.office.drop("工会/走访.xlsx", GOOD)
        shift.steps(20)
        (original,) = shift.office.home.archive.rglob("*走访.xlsx")
        data = original.read_bytes()
        original.write_bytes(b"changed")
        shift.time.set_wall(10)
        shift.steps(10)
        note = shift.office.home.outbox / ALERT
        assert "原件不在存档里或已被改动的收件：1" in note.read_text("utf-8-sig")
        original.write_bytes(data)
        shift.time.set_wall(24)
        shift.steps(20)
        assert not note.exists()


class TestPace:
    def test_it_looks_often_while_something_comes_and_seldom_when_nothing_has_for_long(self, shift: Shift) -> None:
        shift.steps(LONG + 20)
        assert shift.watch.step() == ASLEEP
        shift.office.drop("工会/走访.xlsx", GOOD)
        assert shift.watch.step() == SETTLING
        shift.steps(15)
        assert shift.watch.step() == IDLE

    def test_what_the_system_tells_wakes_it_but_not_while_something_settles(self, shift: Shift) -> None:
        shift.steps(6)
        shift.watch._woken()
        assert shift.time.rung >= 1
        shift.office.drop("工会/走访.xlsx", GOOD)
        shift.watch.step()
        rung = shift.time.rung
        shift.watch._woken()
        assert shift.time.rung == rung

    def test_a_system_that_does_not_tell_is_no_hindrance(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object, **__: object) -> None:
            raise OSError(28, "inotify watch limit reached")

        monkeypatch.setattr(watch.BaseObserver, "schedule", fail)
        one = Shift(office, Time())
        office.drop("工会/走访.xlsx", GOOD)
        with one.watch:
            one.steps(8)
        assert len(one.answers()) == 1 and one.time.rung == 0

    def test_events_of_the_inbox_ring_and_our_own_do_not(self, tmp_path: Path) -> None:
        rung: list[int] = []
        bell = watch._Bell(tmp_path, lambda: rung.append(1))
        bell.on_any_event(watch.FileCreatedEvent(str(tmp_path / "走访.xlsx")))
        assert rung == [1]
        bell.on_any_event(watch.FileMovedEvent(str(tmp_path / trays.CLAIMED / "000001-0a0b0c0d" / "走访.xlsx")))
        assert rung == [1]

    def test_it_stays_until_it_is_told_to_stop(self, shift: Shift) -> None:
        answers = iter([False, False, False, False, True])
        shift.watch.stay(lambda: next(answers))
        assert len(shift.time.waits) == 2


class TestHealth:
    def test_it_says_what_waits_and_since_when(self, shift: Shift) -> None:
        shift.office.drop("工会/走访.xlsx", GOOD)
        shift.office.drop("工会/~$走访.xlsx", b"x")
        shift.steps(30)
        told = shift.told
        assert told.oldest == {"path": "工会/走访.xlsx", "since": "2023-10-20T09:00:00"}
        assert (told.state, told.waiting, told.process > 0) == (health.WATCHING, 1, True)
        assert told.scanned_at > "2023-10-20T09:00:10"

    def test_when_it_ends_it_says_so(self, office: Office) -> None:
        one = Shift(office, Time())
        with one.watch:
            assert health.alive(office.home.data)
            second = Watch(office.home, Time(), one.said.append)  # is no harm
            with second:
                pass
            assert health.alive(office.home.data)
        assert not health.alive(office.home.data) and one.told.state == health.STOPPED

    @pytest.mark.parametrize("text", ["", "[]", "{", '{"state": "watching", "unknown": 1}'])
    def test_what_a_newer_or_broken_program_left_is_read_as_far_as_it_goes(self, tmp_path: Path, text: str) -> None:
        (tmp_path / health.FILE).write_text(text, "utf-8")
        found = health.Health.read(tmp_path)
        assert (found is not None and found.state == "watching") == ("unknown" in text)

    def test_looking_for_a_watch_leaves_no_trace(self, tmp_path: Path) -> None:
        assert not health.alive(tmp_path) and list(tmp_path.iterdir()) == []
        lock = FileLock(tmp_path / health.LOCK)
        assert lock.take() and health.alive(tmp_path)
        lock.free()
        assert not health.alive(tmp_path)

    def test_a_disk_that_takes_no_health_file_is_no_hindrance(
        self, shift: Shift, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "full")

        with monkeypatch.context() as broken:
            broken.setattr(health.Health, "write", full)
            shift.steps(25)
        shift.steps(15)
        assert json.loads((shift.office.home.data / health.FILE).read_text("utf-8"))["state"] == health.WATCHING


def test_an_inbox_is_marked_at_the_start(shift: Shift) -> None:
    assert (shift.office.home.inbox / share.MARKER).exists()


def test_rules_that_are_broken_at_the_start_end_it(office: Office) -> None:
    from dazoufang.rules.rules_file import BrokenRules

    schemas = office.home.root / "schemas"
    schemas.mkdir(parents=True)
    (schemas / "campaign.yaml").write_text("name: [", encoding="utf-8")
    silent: Callable[[str], None] = lambda _: None  # noqa: E731
    with pytest.raises(BrokenRules):
        Watch(office.home, Time(), silent)
