"""One pass of files: what goes back, what stays claimed, and how the file that cuts passes short is found and answered."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from conftest import Office
from killing import InProcess
from tables import workbook

from dazoufang.archive import originals
from dazoufang.archive.originals import ArchiveDamaged
from dazoufang.commands import check, rebuild
from dazoufang.inbox import claims, scan, trays
from dazoufang.inbox import passes as passes_module
from dazoufang.judging.examine import examine
from dazoufang.judging.judge import Judge
from dazoufang.ledger.fold import Fold
from dazoufang.model.submission import Submission
from dazoufang.record.record import Record
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.running import intake
from dazoufang.running.desk import Desk
from dazoufang.system.child_limits import Failure
from dazoufang.system.children import CannotStart, Engine
from dazoufang.system.errors import OurMistake
from dazoufang.system.home import shipped
from dazoufang.system.lead import LostLead

pytestmark = pytest.mark.usefixtures("few_outputs")

HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 |\n"


def form(number: int, unit: str = "工会") -> bytes:
    return workbook(f"{HEAD}| 2023-09-20 | 李明 | 张{number}三 | 其他 | {13800000000 + number} |\n", unit=unit)


def drop(office: Office, count: int) -> list[str]:
    paths = [f"工会/走访{number:02d}组.xlsx" for number in range(count)]
    for number, path in enumerate(paths):
        office.drop(path, form(number))
    return paths


def leave(office: Office, tries: int) -> None:
    """As a pass that was cut short leaves what it had claimed, with the count of passes begun."""
    names = load_rules(office.home.schemas).campaign.inbox
    tray = trays.tray(office.home.inbox, tries)
    for one in scan.scan(office.home.inbox, names).waiting:
        if not one.claimed:
            assert claims.claim(one, tray)


def left(office: Office) -> list[tuple[str, int]]:
    """What lies in the inbox: path, and how many passes have begun with it."""
    names = load_rules(office.home.schemas).campaign.inbox
    return sorted((one.path, one.tries) for one in scan.scan(office.home.inbox, names).waiting)


def by_path(office: Office) -> dict[str, str]:
    found = {one.path: one.verdict for one in office.submissions()}
    assert len(found) == len(office.submissions())  # nothing twice
    return found


@pytest.fixture
def read(quick: InProcess, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many files each pass looked into."""
    passes: list[int] = []
    really = quick.map

    def counted(function: Callable[[Any], Any], *jobs: Any, **how: Any) -> list[Any]:
        results = really(function, *jobs, **how)
        if function is examine:
            passes.append(len(results))
        return results

    monkeypatch.setattr(quick, "map", counted)
    return passes


class TestLargeFiles:
    """What is larger than the rules let it be is kept and answered, and read by nobody."""

    def test_it_is_archived_and_answered_like_any_other(self, office: Office) -> None:
        shutil.copytree(shipped("schemas"), office.home.root / "schemas")
        rules = office.home.root / "schemas" / "campaign.yaml"
        text = rules.read_text("utf-8").replace("max_mb: {value: 64", "max_mb: {value: 1")
        rules.write_text(text, "utf-8")
        large = form(1) + b"\0" * 2**20
        office.drop("工会/录像.xlsx", large)
        office.drop("工会/走访.xlsx", form(2))
        assert office.run().submissions == {"accepted": 1, "partly": 0, "returned": 1, "duplicate": 0, "deferred": 0}
        (video, _) = office.submissions()
        assert [fault.code for fault in video.faults] == ["F09"] and video.verdict == "returned"
        assert (office.home.archive / video.archived).read_bytes() == large
        assert "退回/工会/录像.xlsx 回执0001.html" in office.outbox()
        assert rebuild.rebuild(office.home) == []
        (seen,) = check.check([office.home.archive / video.archived], office.home, office.today)
        assert [fault.code for fault in seen.submission.faults] == ["F09"]


class TestPasses:
    @pytest.mark.parametrize(("tries", "passes"), [(0, [23]), (1, [20, 3]), (2, [1] * 23)])
    def test_what_was_left_is_tried_in_ever_smaller_passes(
        self, office: Office, read: list[int], tries: int, passes: list[int]
    ) -> None:
        office.home.make()
        paths = drop(office, 23)
        if tries:
            leave(office, tries)
        assert office.run().submissions["accepted"] == 23
        assert read == passes
        assert [one.path for one in office.submissions()] == paths  # in their order all the same
        assert left(office) == []

    def test_what_cut_short_every_pass_is_answered_unread_and_the_rest_is_taken(
        self, office: Office, read: list[int]
    ) -> None:
        office.home.make()
        office.drop("工会/毒.xlsx", form(1))
        leave(office, passes_module.TRIES)
        office.drop("工会/好.xlsx", form(2))
        summary = office.run()
        assert (summary.submissions["returned"], summary.submissions["accepted"]) == (1, 1)
        assert read == [1]  # the other
        poison = office.submissions()[0]
        assert [fault.code for fault in poison.faults] == ["F06"]
        assert not originals.damaged(office.home.archive / poison.archived, poison.sha256)
        page = office.outbox()["退回/工会/毒.xlsx 回执0001.html"].decode()
        assert f"中断了{passes_module.TRIES}次" in page
        assert summary.failures == [f"收件1：poison {passes_module.TRIES} tries"]

    def test_what_was_answered_unread_is_read_when_it_is_dropped_again(self, office: Office) -> None:
        """The program may have been mended meanwhile."""
        office.home.make()
        office.drop("工会/毒.xlsx", form(1))
        leave(office, passes_module.TRIES)
        office.run()
        assert office.take("工会/毒.xlsx", form(1)).submissions["accepted"] == 1

    def test_the_second_of_two_left_under_one_name_is_taken_by_the_next_run(self, office: Office) -> None:
        office.home.make()
        for number in (1, 2):
            office.drop("工会/走访.xlsx", form(number))
            leave(office, 1)
        assert left(office) == [("工会/走访.xlsx", 1)] * 2
        summary = office.run()
        assert (summary.submissions["accepted"], summary.submissions["deferred"]) == (1, 1)
        assert office.run().submissions["accepted"] == 1
        assert office.frames().visits["household"].tolist() == ["张2三"]  # the newer one


class TestMistakesOfOurs:
    """A bug of the program over one file: nobody's file is to blame, so it waits for the mend, uncounted."""

    WORDS = (
        "《工会/走访{:02d}组.xlsx》还没有收：程序处理时出了错（RuntimeError），是程序的问题，不是表的问题。没有丢失任何东西，"
        "程序修好后会自动收下，不用重新放；详情已写入 data/logs，请把日志发给维护人员"
    )

    def broken_over(self, monkeypatch: pytest.MonkeyPatch, *names: str, bug: str = "accept") -> None:
        """From now on the program has a mistake over files of these names: in accepting, folding or recording them."""
        wrong: Callable[[Any], bool] = lambda submission: submission.path.rsplit("/", 1)[-1] in names  # noqa: E731
        if bug == "accept":
            accept = intake.accept

            def accepting(delivery: Any, *rest: Any) -> Submission:
                if wrong(delivery):
                    raise RuntimeError("a mistake of ours")
                return accept(delivery, *rest)

            monkeypatch.setattr(intake, "accept", accepting)
        elif bug == "fold":
            take = Fold.take

            def taking(standing: Fold, submission: Submission) -> None:
                take(standing, submission)
                if wrong(submission):
                    raise RuntimeError("a mistake of ours")

            monkeypatch.setattr(Fold, "take", taking)
        else:
            append = Record.append

            def appending(record: Record, fresh: Iterable[Submission]) -> None:
                if any(wrong(submission) for submission in fresh):
                    raise RuntimeError("a mistake of ours")
                append(record, fresh)

            monkeypatch.setattr(Record, "append", appending)

    @pytest.mark.parametrize("bug", ["accept", "fold", "record"])
    @pytest.mark.parametrize("place", [0, 3, 5])
    def test_one_run_takes_the_others_and_leaves_that_one_claimed_and_unanswered(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, place: int, bug: str
    ) -> None:
        paths = drop(office, 6)
        self.broken_over(monkeypatch, f"走访{place:02d}组.xlsx", bug=bug)
        summary = office.run()
        others = [path for path in paths if path != paths[place]]
        assert [(one.path, one.verdict) for one in office.submissions()] == [(path, "accepted") for path in others]
        assert [path for path in office.outbox() if paths[place].removeprefix("工会/") in path] == []
        assert summary.submissions == {"accepted": 5, "partly": 0, "returned": 0, "duplicate": 0, "deferred": 1}
        assert summary.kept_back == self.WORDS.format(place)
        (waits,) = scan.scan(office.home.inbox, load_rules(office.home.schemas).campaign.inbox).waiting
        assert (waits.path, waits.claimed, waits.tries) == (paths[place], True, 0)

    def test_however_often_it_is_run_the_file_is_never_answered_and_after_the_mend_it_is_taken(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        paths = drop(office, 3)
        with monkeypatch.context() as broken:
            self.broken_over(broken, "走访01组.xlsx")
            for _ in range(5):
                assert office.run().kept_back == self.WORDS.format(1)
            assert left(office) == [(paths[1], 0)]
        summary = office.run()
        assert (summary.submissions["accepted"], summary.kept_back) == (1, "")
        assert by_path(office) == dict.fromkeys(paths, "accepted") and left(office) == []

    def test_the_tries_that_crashes_have_cost_a_file_stay_what_they_were(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office.home.make()
        paths = drop(office, 2)
        leave(office, 2)
        self.broken_over(monkeypatch, "走访01组.xlsx")
        for _ in range(3):
            office.run()
        assert left(office) == [(paths[1], 2)] and by_path(office) == {paths[0]: "accepted"}

    def test_a_mistake_in_judging_is_ours_too(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, quick: InProcess
    ) -> None:
        """A child that meets one says so; only what goes wrong in reading is told to the unit."""
        drop(office, 3)
        really = quick.map

        def mapped(function: Callable[[Any], Any], *jobs: Any, **how: Any) -> list[Any]:
            def guarded(task: Any) -> Any:
                try:
                    return function(task)
                except OurMistake as error:
                    return Failure("raised", f"OurMistake: {error}")

            return really(guarded, *jobs, **how)

        judge = Judge.judge

        def judging(self: Judge, table: Any, *more: Any) -> Any:
            if "张1三" in str(table.rows):
                raise KeyError("张三")
            return judge(self, table, *more)

        monkeypatch.setattr(quick, "map", mapped)
        monkeypatch.setattr(Judge, "judge", judging)
        summary = office.run()
        assert summary.submissions == {"accepted": 2, "partly": 0, "returned": 0, "duplicate": 0, "deferred": 1}
        assert summary.kept_back.startswith("《工会/走访01组.xlsx》还没有收：程序处理时出了错（KeyError）")
        assert left(office) == [("工会/走访01组.xlsx", 0)]

    def test_the_order_in_which_files_would_have_been_taken_together_holds(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A roster without the word in its name comes first also where they are taken one by one."""
        stranger = workbook(f"{HEAD}| 2023-09-20 | 王生 | 张三 | 其他 | 13800000001 |\n", unit="工会")
        office.drop("工会/甲.xlsx", stranger)
        office.drop("工会/毒.xlsx", form(1))
        office.drop("人员.xlsx", TestReferences.ROSTER)
        self.broken_over(monkeypatch, "毒.xlsx")
        office.run()
        assert [(one.path, one.verdict) for one in office.submissions()] == [
            ("人员.xlsx", "accepted"), ("工会/甲.xlsx", "returned"),
        ]  # fmt: skip

    def test_many_are_named_by_the_first_three(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        drop(office, 5)
        self.broken_over(monkeypatch, *(f"走访{number:02d}组.xlsx" for number in range(5)))
        assert office.run().kept_back.startswith(
            "《工会/走访00组.xlsx》、《工会/走访01组.xlsx》、《工会/走访02组.xlsx》等 5 份还没有收："
        )

    def test_a_mistake_that_is_no_files_fault_ends_the_run(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drop(office, 2)
        tries = []

        def broken(*_: object) -> None:
            tries.append(1)
            raise RuntimeError("a mistake of ours")

        with monkeypatch.context() as patch, pytest.raises(RuntimeError):
            patch.setattr(Desk, "publish", broken)
            office.run()
        assert len(tries) == 1 and len(office.submissions()) == 2


def failing(error: BaseException) -> Callable[..., None]:
    def fails(*_: object) -> None:
        raise error

    return fails


class TestGoingBack:
    @pytest.mark.parametrize(
        "error", [OSError(5, "Input/output error"), ArchiveDamaged("2023-10/x"), KeyboardInterrupt()]
    )
    def test_where_the_world_failed_files_go_back_where_they_were_dropped(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, error: BaseException
    ) -> None:
        paths = drop(office, 3)
        with monkeypatch.context() as patch, pytest.raises(type(error)):
            patch.setattr(Record, "append", failing(error))
            office.run()
        assert left(office) == [(path, 0) for path in paths]
        assert not (office.home.inbox / trays.CLAIMED).exists()
        assert office.run().submissions["accepted"] == 3

    def test_where_another_leads_they_stay_claimed(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        office.home.make()
        paths = drop(office, 3)
        with Desk(office.home) as desk, pytest.raises(LostLead), monkeypatch.context() as patch, desk.lead():
            patch.setattr(Record, "append", failing(LostLead("taken over")))
            desk.take(desk.scan().waiting, office.today)
        assert left(office) == [(path, 1) for path in paths]
        assert office.run().submissions["accepted"] == 3

    def test_after_a_pass_that_failed_the_ledger_holds_none_of_it(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office.home.make()
        drop(office, 2)
        with Desk(office.home) as desk:
            with monkeypatch.context() as patch, pytest.raises(OSError, match="full"), desk.lead():
                patch.setattr(Record, "append", failing(OSError("full")))
                desk.take(desk.scan().waiting, office.today)
            with desk.lead():
                assert desk.ledger_fold.submissions == []
                assert len(desk.take(desk.scan().waiting, office.today).fresh) == 2
                assert [one.submission_id for one in desk.ledger_fold.submissions] == [1, 2]

    def test_what_an_earlier_pass_of_the_same_run_recorded_does_not_go_back_with_the_later_one(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It would be a second delivery then, with a second answer."""
        office.home.make()
        office.drop("工会/先.xlsx", form(1))
        leave(office, 1)
        office.drop("工会/后.xlsx", form(2))
        really, passes = Record.append, iter((False, True))

        def append(record: Record, fresh: Iterable[Submission]) -> None:
            if next(passes):
                raise OSError(28, "No space left on device")
            really(record, fresh)

        with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
            patch.setattr(Record, "append", append)
            office.run()
        assert [path for path, tries in left(office) if not tries] == ["工会/后.xlsx"]
        office.run()
        assert by_path(office) == {"工会/先.xlsx": "accepted", "工会/后.xlsx": "accepted"}
        assert left(office) == []


def test_children_that_cannot_be_started_cost_no_file_anything(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """An antivirus or AppLocker refuses: nothing is taken, nothing counted, and afterwards everything is."""
    rules = load_rules(office.home.schemas)
    paths = drop(office, 15)

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch, pytest.raises(CannotStart) as told:
        patch.setattr(intake, "engine_of", lambda *_: Engine(rules.campaign.reading.workers.value))
        patch.setattr(BaseProcess, "start", refused)
        office.run()
    assert told.value.words.startswith(
        "读取程序启动不了（没有权限）：可能被杀毒软件或 AppLocker 拦住，或者这台电脑内存、磁盘不够。"
        "没有收任何表，表都放回了收件文件夹。请让杀毒软件放行 "
    )
    assert left(office) == [(path, 0) for path in paths] and office.submissions() == []
    assert not (office.home.inbox / trays.CLAIMED).exists()
    assert office.run().submissions["accepted"] == 15


class TestReferences:
    ROSTER = workbook("| 姓名 | 单位 | 角色 |\n|---|---|---|\n| 李明 | 工会 | 股室负责人 |\n")

    def test_a_roster_whose_name_says_so_comes_before_what_a_crash_had_left(self, office: Office) -> None:
        """Else those in the pass of their own would be judged by another roster than the rest."""
        office.home.make()
        stranger = workbook(f"{HEAD}| 2023-09-20 | 王生 | 张三 | 其他 | 13800000001 |\n", unit="工会")
        office.drop("工会/走访.xlsx", stranger)
        leave(office, 1)
        office.drop("花名册.xlsx", self.ROSTER)
        office.run()
        assert [(one.path, one.verdict) for one in office.submissions()] == [
            ("花名册.xlsx", "accepted"), ("工会/走访.xlsx", "returned"),
        ]  # fmt: skip

    def test_names_that_say_so_come_first_and_all_else_keeps_its_order(self, rules: Rules) -> None:
        paths = ["甲.xlsx", "走访任务分解表.xlsx", "乙.xlsx", "督导室/花名册（新）.xlsx"]
        found = intake.likely_references(
            [scan.Waiting(Path(path), path, 1, 1, 1) for path in paths],
            rules.schemas,
        )
        assert [one.path for one in found] == [paths[3], paths[1], paths[0], paths[2]]
