"""The world fails: disks fill up, shares stammer and go, clocks jump, names are strange. One more run cures everything."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from conftest import TODAY, Office
from faulty import CHANGES, ERRORS, faulty
from killing import InProcess
from tables import workbook
from test_run import FILES, HEAD
from test_watch import Shift, Time

from dazoufang.archive import originals
from dazoufang.archive.originals import ArchiveDamaged
from dazoufang.commands import rebuild
from dazoufang.inbox import claims, trays
from dazoufang.inbox.settling import CUT_OFF, STILL
from dazoufang.model.submission import ACCEPTED, PARTLY, RETURNED
from dazoufang.record import record
from dazoufang.running import desk, health, intake, outbox_plan, slow_parts
from dazoufang.running.outbox_plan import PARTS
from dazoufang.system.home import Home, shipped

pytestmark = pytest.mark.usefixtures("quick", "few_outputs")
SLICES: Final = 6  # the calls of a scenario are shared out among so many tests, for several workers
EVERY: Final = int(os.environ.get("FAULTS_EVERY", "260"))  # of so many calls one is made to fail; 1 for all, by hand
GOOD: Final = FILES["工会/走访.xlsx"]
ANSWER: Final = re.compile(r"^(?:回执|退回)/[^/]+/(.+) (?:回执|需修改)(\d{4,})\.(?:html|xlsx)$", re.DOTALL)


def form(name: str, phone: int, unit: str = "工会") -> bytes:
    return workbook(f"{HEAD}| 2023-09-20 | 李明 | {name} | 其他 | {phone} | |\n", unit=unit)


_REFERENCES: Final[dict[tuple[str, ...], Office]] = {}


def undisturbed(paths: Sequence[str], files: dict[str, bytes]) -> Office:
    """A home in which nothing ever failed, and which was given `files` one by one in the order of `paths`."""
    key = (*paths, hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest())
    if key not in _REFERENCES:
        office = Office(Home(Path(tempfile.mkdtemp(prefix="undisturbed-")) / "home"))
        for path in paths:
            office.take(path, files[path])
        assert rebuild.rebuild(office.home) == []
        _REFERENCES[key] = office
    return _REFERENCES[key]


@pytest.fixture(scope="module", autouse=True)
def no_litter() -> Iterator[None]:
    yield
    for office in _REFERENCES.values():
        shutil.rmtree(office.home.root.parent, ignore_errors=True)
    _REFERENCES.clear()  # a worker may come to this module a second time


def below(folder: Path) -> dict[str, bytes]:
    """Every file under a folder, less what a crash may leave of one that was being written."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not (file.name.startswith(".") and file.name.endswith(".tmp"))
    }


def all_is_well(office: Office, files: dict[str, bytes] = FILES) -> None:
    """Everything archived, answered once, published; as in a home in which nothing failed, but for the order in which
    files came to be taken, which is free where one of them could not be read for a while."""
    taken = office.submissions()
    assert Counter(one.path for one in taken) == Counter(files.keys())
    straight = undisturbed([one.path for one in taken], files)
    assert taken == straight.submissions()
    assert below(office.home.archive) == below(straight.home.archive)  # with the journal and the rules kept there
    assert office.outbox() == straight.outbox()  # record, archive and outbox the same: so rebuild finds the same
    assert [one for one in office.home.inbox.rglob("*") if one.is_file() and one.name != ".大走访收件箱"] == []


def tried(office: Office) -> None:
    """A run that the world may stop; what else it says would be a traceback for the user."""
    with suppress(OSError, ArchiveDamaged):
        office.run()


def dropped(root: Path) -> Office:
    office = Office(Home(root / "home"))
    for path, data in FILES.items():
        office.drop(path, data)
    return office


@cache
def calls() -> tuple[tuple[str, str], ...]:
    """All file operations of one run over three files: (operation, path)."""
    with tempfile.TemporaryDirectory() as folder:
        office = dropped(Path(folder))
        with faulty(office.home.root) as disk:
            office.run()
        return tuple(disk.calls)


class TestEachCall:
    """One run is some hundreds of calls; each of them fails once."""

    @pytest.mark.parametrize("part", range(SLICES))
    def test_whichever_call_fails_the_next_run_cures_it(self, tmp_path: Path, part: int) -> None:
        stopped = 0
        for number in range(part * EVERY + 1, len(calls()) + 1, SLICES * EVERY):
            office = dropped(tmp_path / str(number))
            with faulty(office.home.root) as disk:
                disk.fail_at(number, ERRORS[number % len(ERRORS)])
                tried(office)
                stopped += len(disk.failed)
            office.run()
            try:
                all_is_well(office)
            except AssertionError as error:
                raise AssertionError(f"call {number}, {disk.failed}: {error}") from None
            shutil.rmtree(office.home.root)
        assert stopped >= len(calls()) // (SLICES * EVERY) - 2  # the failures did happen

    @pytest.mark.parametrize("part", range(SLICES))
    def test_a_disk_that_is_full_from_some_call_on_is_cured_by_room(self, tmp_path: Path, part: int) -> None:
        changes = [at for at, (operation, _) in enumerate(calls(), 1) if operation in CHANGES]
        for number in changes[part * EVERY :: SLICES * EVERY]:
            office = dropped(tmp_path / str(number))
            with faulty(office.home.root) as disk:
                disk.fail_from(number, errno.ENOSPC, CHANGES)
                tried(office)
                tried(office)  # it is still full
                assert disk.failed
            office.run()
            try:
                all_is_well(office)
            except AssertionError as error:
                raise AssertionError(f"call {number}, {disk.failed[:3]}: {error}") from None
            shutil.rmtree(office.home.root)

    def test_the_failures_reach_every_kind_of_operation_and_every_folder(self) -> None:
        kinds, root = {operation for operation, _ in calls()}, calls()[0][1]
        assert kinds >= {
            "stat", "lstat", "scandir", "entry", "listdir", "open", "read", "create", "write", "fsync", "replace",
            "rename", "unlink", "rmdir", "mkdir",
        }  # fmt: skip
        for folder in ("inbox", "archive", "outbox", "data"):
            assert sum(f"/{folder}" in path.removeprefix(root) for _, path in calls()) > 10
        assert len(calls()) > 300

    @pytest.mark.parametrize("error", ERRORS)
    def test_it_makes_no_difference_with_which_error_a_share_fails(self, tmp_path: Path, error: int) -> None:
        """The calls by which a file moves: in, into the archive, out; and the outbox's names."""
        moving = [at for at, (kind, _) in enumerate(calls(), 1) if kind in ("rename", "replace", "unlink")]
        for number in moving[:: max(1, len(moving) // 2)]:
            office = dropped(tmp_path / str(number))
            with faulty(office.home.root) as disk:
                disk.fail_at(number, error)
                tried(office)
                assert disk.failed
            office.run()
            all_is_well(office)

    def test_a_control_that_loses_a_file_is_seen(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Cleared before it is recorded: some failing call must show it."""

        def too_early(*args: Any, **named: Any) -> Any:
            made = really(*args, **named)
            if made is not None:
                args[0].file.unlink()
            return made

        really = originals.archive
        monkeypatch.setattr(originals, "archive", too_early)
        office = dropped(tmp_path)
        with faulty(office.home.root) as disk:
            disk.broken = lambda _, kind, path: errno.EIO if kind == "create" and "/archive/rules" in path else 0
            tried(office)
        office.run()
        with pytest.raises(AssertionError):
            all_is_well(office)


class TestListing:
    """Half a listing is never taken for the whole."""

    @pytest.mark.parametrize("error", [errno.EIO, errno.ESTALE])
    def test_a_listing_that_breaks_off_stops_the_run_before_anything(self, tmp_path: Path, error: int) -> None:
        office = dropped(tmp_path)
        entries = [at for at, (kind, path) in enumerate(calls(), 1) if kind == "entry" and "/inbox" in path]
        assert len(entries) >= 5
        for number in entries:
            with faulty(office.home.root) as disk:
                disk.fail_at(number, error)
                with suppress(OSError):
                    office.run()
                (failed,) = disk.failed
                assert failed[0] == "entry"
            if office.submissions():  # it broke off in a scan after the taking: nothing may depend on it
                break
        office.run()
        all_is_well(office)

    def test_a_watch_takes_nothing_by_half_a_listing(self, shift: Shift) -> None:
        for path, data in FILES.items():
            shift.office.drop(path, data)
        with faulty(shift.office.home.inbox) as disk:
            seen = Counter[str]()

            def after_the_first(_: int, operation: str, path: str) -> int:
                seen[operation] += 1
                return errno.EIO if operation == "entry" and path.endswith("/inbox") and seen["entry"] % 3 == 0 else 0

            disk.broken = after_the_first
            shift.steps(30)
            assert disk.failed
        assert shift.told.state == health.TROUBLE and "读写文件时出错" in shift.told.words
        assert shift.office.submissions() == []
        settled(shift)
        assert shift.told.state == health.WATCHING
        all_is_well(shift.office)


class TestReaders:
    """An original that cannot be read just now is the disk's fault: it is not the unit's."""

    @contextmanager
    def originals_that_cannot_be_read_for(
        self, monkeypatch: pytest.MonkeyPatch, function: Callable[..., Any], archive: Path
    ) -> Iterator[None]:
        """The disk fails only while the tasks of `function` are given their bytes."""

        class Children(InProcess):
            def map(self, what: Callable[[Any], Any], jobs: Iterable[Any], *args: Any, load: Any = None) -> list[Any]:
                def loaded(job: Any) -> Any:
                    with faulty(archive) as disk:
                        if what is function:
                            disk.broken = lambda *_: errno.EIO
                        return load(job)

                return super().map(what, jobs, *args, load=load and loaded)

        with monkeypatch.context() as patch:
            patch.setattr(intake, "engine_of", lambda *_: Children())
            yield

    @pytest.mark.law(15)
    def test_a_good_file_is_not_sent_back_because_its_copy_could_not_be_read_for_a_moment(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office = dropped(tmp_path)
        with self.originals_that_cannot_be_read_for(monkeypatch, intake.examine, office.home.archive):
            tried(office)
        office.run()
        all_is_well(office)

    def test_a_returned_copy_that_could_not_be_made_for_a_moment_is_made_later(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office = dropped(tmp_path)
        with self.originals_that_cannot_be_read_for(monkeypatch, slow_parts.make_copy, office.home.archive):
            tried(office)
        office.run()
        all_is_well(office)


@pytest.fixture
def shift(office: Office) -> Iterator[Shift]:
    one = Shift(office, Time())
    with one.watch:
        yield one


def settled(one: Shift) -> None:
    """Long enough for everything: trouble waited out, files at rest, annexes made."""
    one.steps(CUT_OFF + 30)


class TestWatch:
    """`watch` waits out whatever happens, and says so."""

    @pytest.mark.parametrize("part", range(SLICES))
    def test_whichever_call_fails_it_goes_on_by_itself(self, tmp_path: Path, part: int) -> None:
        with tempfile.TemporaryDirectory() as folder:
            with self.at_work(Path(folder)) as one, faulty(one.office.home.root) as disk:
                settled(one)
            total = len(disk.calls)
        for number in range(part * EVERY * 7 + 1, total, SLICES * EVERY * 7):
            with self.at_work(tmp_path / str(number)) as one:
                with faulty(one.office.home.root) as disk:
                    disk.fail_at(number, ERRORS[number % len(ERRORS)])
                    settled(one)
                    assert disk.failed
                settled(one)
                assert one.told.state == health.WATCHING
                try:
                    all_is_well(one.office)
                except AssertionError as error:
                    raise AssertionError(f"call {number}, {disk.failed}: {error}") from None

    @contextmanager
    def at_work(self, root: Path) -> Iterator[Shift]:
        office = dropped(root)
        one = Shift(office, Time())
        with one.watch:
            yield one

    @pytest.mark.parametrize("error", ERRORS)
    def test_an_outage_is_told_and_ends_by_itself(self, shift: Shift, error: int) -> None:
        for path, data in FILES.items():
            shift.office.drop(path, data)
        with faulty(shift.office.home.archive) as disk:
            disk.fail_from(1, error, (*CHANGES, "open", "read"))
            settled(shift)
            assert disk.failed and shift.office.submissions() == []
        assert shift.told.state == health.TROUBLE and shift.told.words
        assert re.search("[一-龥]", shift.told.words)
        settled(shift)
        assert shift.told.state == health.WATCHING and shift.told.words == ""
        all_is_well(shift.office)

    def test_a_share_that_goes_and_comes_back(self, shift: Shift) -> None:
        shift.office.drop("工会/走访.xlsx", GOOD)
        settled(shift)
        inbox_ = shift.office.home.inbox
        shift.office.drop("督导室/走访.xlsx", FILES["督导室/走访.xlsx"])
        shift.steps(STILL - 2)
        for _ in range(2):  # more than once, the first time over something half seen
            before = shift.office.outbox()
            inbox_.rename(inbox_.with_name("away"))
            settled(shift)
            assert shift.told.state == health.AWAY and "不见了" in shift.told.words
            assert shift.office.outbox() == before
            assert not inbox_.exists()  # nobody made another in its place
            inbox_.with_name("away").rename(inbox_)
            shift.steps(1)
            assert shift.told.state == health.WATCHING
            settled(shift)
        all_is_well(shift.office, {path: FILES[path] for path in ("工会/走访.xlsx", "督导室/走访.xlsx")})

    def test_an_empty_folder_in_the_place_of_a_share_is_not_the_share(self, shift: Shift) -> None:
        settled(shift)
        inbox_ = shift.office.home.inbox
        inbox_.rename(inbox_.with_name("away"))
        inbox_.mkdir()  # as a mount point is without its mount
        shift.office.drop("工会/走访.xlsx", GOOD)
        settled(shift)
        assert shift.told.state == health.AWAY and "标记文件" in shift.told.words
        assert (inbox_ / "工会/走访.xlsx").exists() and shift.office.submissions() == []
        assert any("收件文件夹" in line for line in shift.said)

    def test_a_share_that_goes_in_the_middle_of_a_pass(self, shift: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
        inbox_, really = shift.office.home.inbox, record.Record.append

        def goes(*args: Any) -> None:
            really(*args)
            inbox_.rename(inbox_.with_name("away"))

        for path, data in FILES.items():
            shift.office.drop(path, data)
        with monkeypatch.context() as patch:
            patch.setattr(record.Record, "append", goes)
            shift.steps(STILL + 1)
        settled(shift)
        assert shift.told.state == health.AWAY
        inbox_.with_name("away").rename(inbox_)
        settled(shift)
        all_is_well(shift.office)

    def test_rules_that_are_broken_and_mended_while_it_runs(self, office: Office) -> None:
        office.home.root.mkdir()
        own = office.home.root / "schemas"
        shutil.copytree(shipped("schemas"), own)
        campaign = own / "campaign.yaml"
        text = campaign.read_text("utf-8")
        one = Shift(office, Time())
        with one.watch:
            settled(one)
            campaign.write_text(text.replace("watch:", "watch: [", 1), "utf-8")
            office.drop("工会/走访.xlsx", GOOD)
            settled(one)
            assert one.told.state == health.TROUBLE and "规则文件有误" in one.told.words
            assert "campaign.yaml" in one.told.words
            assert (office.home.inbox / "工会/走访.xlsx").read_bytes() == GOOD and office.submissions() == []
            campaign.write_text(text, "utf-8")
            settled(one)
            assert one.told.state == health.WATCHING
            assert [found.verdict for found in office.submissions()] == [ACCEPTED]

    def test_little_room_stops_the_taking_and_not_the_publishing(
        self, shift: Shift, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shift.office.drop("工会/走访.xlsx", GOOD)
        shift.steps(STILL + 1)  # taken and answered; the annexes wait for a quiet moment
        assert len(shift.office.submissions()) == 1
        shift.office.drop("督导室/走访.xlsx", FILES["督导室/走访.xlsx"])
        with monkeypatch.context() as patch:
            patch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(2**40, 2**40, 2**20))
            settled(shift)
            assert len(shift.office.submissions()) == 1
            assert shift.told.state == health.TROUBLE and "磁盘只剩 1 MB" in shift.told.words
            assert not shift.told.behind and any(path.startswith("附件1") for path in shift.office.outbox())
            assert (shift.office.home.inbox / "督导室/走访.xlsx").exists()
            assert not (shift.office.home.inbox / trays.CLAIMED).exists()
        settled(shift)
        all_is_well(shift.office, {path: FILES[path] for path in ("工会/走访.xlsx", "督导室/走访.xlsx")})

    def test_a_file_with_the_zeros_of_a_copy_under_way_is_not_taken(self, shift: Shift) -> None:
        file = shift.office.drop("工会/走访.xlsx", bytes(len(GOOD)))
        shift.steps(CUT_OFF - 5)
        assert shift.office.submissions() == []
        with file.open("r+b") as stream:
            for begin in range(0, len(GOOD), max(1, len(GOOD) // 5)):
                stream.write(GOOD[begin : begin + max(1, len(GOOD) // 5)])
                stream.flush()
                shift.steps(6)
        settled(shift)
        all_is_well(shift.office, {"工会/走访.xlsx": GOOD})

    def test_a_writer_who_pauses_longer_than_a_file_must_stand(self, shift: Shift) -> None:
        file = shift.office.drop("工会/走访.xlsx", GOOD[:1000])
        with file.open("ab") as stream:
            for begin in range(1000, len(GOOD), 2000):
                shift.steps(STILL * 4)
                assert shift.office.submissions() == []
                stream.write(GOOD[begin : begin + 2000])
                stream.flush()
        settled(shift)
        all_is_well(shift.office, {"工会/走访.xlsx": GOOD})

    @pytest.mark.parametrize("years", [-10, 10])
    def test_the_time_of_a_file_may_be_years_off(self, shift: Shift, years: int) -> None:
        file = shift.office.drop("工会/走访.xlsx", GOOD)
        moment = datetime(2023, 10, 20).timestamp() + years * 365 * 86400
        os.utime(file, (moment, moment))
        settled(shift)
        all_is_well(shift.office, {"工会/走访.xlsx": GOOD})

    @pytest.mark.parametrize("hours", [-24 * 400, -1, 1, 24 * 400])
    def test_a_clock_that_is_set_while_a_file_settles(self, shift: Shift, hours: float) -> None:
        shift.office.drop("工会/走访.xlsx", GOOD)
        shift.time.wait(shift.watch.step())
        shift.time.set_wall(hours)
        shift.time.wait(shift.watch.step())
        assert shift.office.submissions() == []  # not earlier
        shift.time.set_wall(-hours)
        settled(shift)
        all_is_well(shift.office, {"工会/走访.xlsx": GOOD})

    def test_a_file_deleted_or_renamed_while_it_settles(self, shift: Shift) -> None:
        gone = shift.office.drop("工会/删.xlsx", form("张三", 13800000001))
        moved = shift.office.drop("工会/旧名.xlsx", GOOD)
        shift.steps(STILL - 1)
        gone.unlink()
        moved.rename(moved.with_name("走访.xlsx"))
        settled(shift)
        all_is_well(shift.office, {"工会/走访.xlsx": GOOD})
        assert shift.told.waiting == 0 and shift.told.oldest is None

    @pytest.mark.parametrize("moment", ["before the claim", "after the claim"])
    def test_a_folder_renamed_while_its_file_is_read(
        self, shift: Shift, monkeypatch: pytest.MonkeyPatch, moment: str
    ) -> None:
        really, folder = claims.claim, shift.office.home.inbox / "工会"

        def claim(*args: Any) -> Any:
            if moment == "before the claim":
                folder.rename(folder.with_name("团委"))
            found = really(*args)
            if moment == "after the claim":
                folder.rename(folder.with_name("团委"))
            return found

        shift.office.drop("工会/走访.xlsx", form("张三", 13800000001, unit=""))
        with monkeypatch.context() as patch:
            patch.setattr(claims, "claim", claim)
            shift.steps(STILL + 1)
        settled(shift)
        (one,) = shift.office.submissions()
        assert one.path == ("团委/走访.xlsx" if moment == "before the claim" else "工会/走访.xlsx")
        assert list(shift.office.home.inbox.rglob("*.xlsx")) == []

    def test_a_claimed_file_that_somebody_deletes_all_the_same_stops_nothing(
        self, shift: Shift, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        really = claims.claim

        def claim(*args: Any) -> Any:
            found = really(*args)
            if found and found.path == "工会/删.xlsx":
                found.file.unlink()
            return found

        shift.office.drop("工会/删.xlsx", form("张三", 13800000001))
        shift.office.drop("工会/走访.xlsx", GOOD)
        with monkeypatch.context() as patch:
            patch.setattr(claims, "claim", claim)
            settled(shift)
        all_is_well(shift.office, {"工会/走访.xlsx": GOOD})


LONG_NAME: Final = "走" * ((255 - len(".xlsx")) // 3) + ".xlsx"
DEEP: Final = "/".join(["督导室", *(f"第{number}层文件夹名字很长很长" for number in range(24)), "走访.xlsx"])
NAMES: Final = {
    "composed and decomposed": [unicodedata.normalize("NFC", "é走访.xlsx"), unicodedata.normalize("NFD", "é走访.xlsx")],
    "reserved on Windows": ["CON.xlsx", "工会/aux.xlsx", "NUL", "com1.表.xlsx"],
    "dots and spaces at the end": ["走访.xlsx.", "走访.xlsx ", " 走访 .xlsx", "工会 /走访..xlsx"],
    "255 bytes": [LONG_NAME, f"工会/{LONG_NAME}"],
    "twins but for case": ["工会/Form.xlsx", "工会/FORM.XLSX", "工会/form.xlsx"],
    "a very deep folder": [DEEP, DEEP.replace("督导室", "工会", 1)],
    "what shells and pages mind": ["a&b<c>.xlsx", '"引号".xlsx', "%41.xlsx", "行\n尾.xlsx", "$(x)`y`;.xlsx", "#1?.xlsx"],
    "emoji": ["😀走访😀.xlsx", "👨‍👩‍👧‍👦.xlsx"],
}  # fmt: skip


def settled_and_proven(office: Office, names: Iterable[str]) -> None:
    """Each name delivered once, answered once under its own name, its bytes kept; the night's proof finds nothing."""
    taken = office.submissions()
    assert sorted(one.path for one in taken) == sorted(names)
    numbers: Counter[int] = Counter()
    kinds: dict[int, set[str]] = {}
    for path in office.outbox():
        if found := ANSWER.match(path):
            numbers[int(found[2])] += 1
            kinds.setdefault(int(found[2]), set()).add(path.rpartition(".")[2])
    assert set(numbers) == {one.submission_id for one in taken}
    assert all(numbers[number] == len(kinds[number]) for number in numbers)
    for one in taken:
        data = (office.home.archive / one.archived).read_bytes()
        assert hashlib.sha256(data).hexdigest() == one.sha256
    assert [path for path in office.home.inbox.rglob("*") if path.is_file() and path.name != ".大走访收件箱"] == []
    with desk.Desk(office.home) as at, at.lead():
        assert at.prove().differences == []
    assert rebuild.rebuild(office.home) == []


class TestNames:
    @pytest.mark.parametrize("case", NAMES)
    def test_strange_names_are_archived_answered_and_proven(self, office: Office, case: str) -> None:
        for number, name in enumerate(NAMES[case]):
            office.drop(name, form(f"张{'一二三四五六'[number]}", 13800000010 + number, unit=""))
        office.run()
        settled_and_proven(office, NAMES[case])

    @pytest.mark.parametrize("case", NAMES)
    def test_strange_names_come_through_a_failing_world(self, office: Office, case: str) -> None:
        for number, name in enumerate(NAMES[case]):
            office.drop(name, form(f"张{'一二三四五六'[number]}", 13800000010 + number, unit=""))
        with faulty(office.home.archive) as disk:
            disk.fail_from(4, errno.ENOSPC, CHANGES)  # every file is claimed and put back
            tried(office)
            assert disk.failed
        office.run()
        settled_and_proven(office, NAMES[case])

    @pytest.mark.skipif(sys.platform != "linux", reason="only here can a name be bytes that are no text")
    def test_names_in_gbk_bytes(self, office: Office) -> None:
        office.run()
        for number, name in enumerate(("走访登记表.xlsx", "工会/汇总.xlsx")):
            file = Path(os.fsdecode(os.fsencode(office.home.inbox) + b"/" + name.encode("gbk")))
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(form(f"张{'一二'[number]}", 13800000010 + number, unit=""))
        office.run()
        settled_and_proven(office, ["走访登记表.xlsx", "工会/汇总.xlsx"])


def mounted(folder: Path, megabytes: int) -> Iterator[Path]:
    """A small file system of its own at `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"this test must be allowed to mount a tmpfs: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


class TestFullDisk:
    """A real disk that is full, with archive, outbox and record on it, and the real command line."""

    @pytest.fixture
    def small(self, tmp_path: Path) -> Iterator[Office]:
        if sys.platform != "linux" or not shutil.which("mount"):
            pytest.skip("only Linux has a tmpfs to mount")
        for folder in mounted(tmp_path / "small", 24):
            home = Home(tmp_path / "home")
            home.root.mkdir()
            for name in ("archive", "outbox", "data"):
                (folder / name).mkdir()
                (home.root / name).symlink_to(folder / name)
            shutil.copytree(shipped("schemas"), home.root / "schemas")
            campaign = home.root / "schemas" / "campaign.yaml"
            text = campaign.read_text("utf-8")
            campaign.write_text(re.sub(r"(free_mb: \{value: )\d+", r"\g<1>1", text), "utf-8")  # MB: as little as can be
            yield Office(home)

    def run(self, office: Office) -> subprocess.CompletedProcess[str]:
        script = Path(__file__).parents[2] / "process.py"
        return subprocess.run(
            [sys.executable, str(script), "run", "--yes", "--home", str(office.home.root), "--today", TODAY.isoformat()],
            capture_output=True, text=True, encoding="utf-8", timeout=300,
        )  # fmt: skip

    def fill(self, office: Office, leave: int) -> Path:
        """All but `leave` bytes of the disk."""
        ballast = office.home.archive.resolve().parent / "ballast"
        free = shutil.disk_usage(ballast.parent).free
        ballast.write_bytes(bytes(max(free - leave, 0)))
        return ballast

    def large(self, size: int) -> bytes:
        """A good form with a picture in it, so that it takes `size` bytes of the archive."""
        stream = io.BytesIO(form("张大", 13800000099))
        with zipfile.ZipFile(stream, "a", zipfile.ZIP_STORED) as book:
            book.writestr(zipfile.ZipInfo("xl/media/image1.png"), bytes(size - len(stream.getvalue())))
        return stream.getvalue()

    # What is left once the large file is in the archive, in KB: from not even room for that to room for the archive but
    # not for the record, the outbox or the last names in it. -1100: too little to begin with.
    @pytest.mark.parametrize("kilobytes", [-1100, 80])
    def test_it_says_so_in_chinese_with_code_3_and_is_cured_by_room(
        self, small: Office, monkeypatch: pytest.MonkeyPatch, kilobytes: int
    ) -> None:
        with monkeypatch.context() as patch:  # all that the command line would publish
            patch.setattr(outbox_plan, "PARTS", PARTS)
            small.run()
        before = small.outbox()
        files = {"工会/大.xlsx": self.large(1200 * 1024), **FILES}
        for path, data in files.items():
            small.drop(path, data)
        ballast = self.fill(small, (1200 + kilobytes) * 1024)
        done = self.run(small)
        told = done.stdout + done.stderr
        assert done.returncode == 3 and "Traceback" not in told, told
        assert re.search("磁盘已满|磁盘只剩|台账库现在不能读写", told)
        assert "没有丢失任何东西" in told or "都还在" in told
        for path, data in before.items():
            if path.startswith("附件"):
                assert small.outbox()[path] == data  # the old ones whole
        ballast.unlink()
        assert self.run(small).returncode == 0
        verdicts = Counter(one.verdict for one in small.submissions())
        assert verdicts == Counter([ACCEPTED, ACCEPTED, PARTLY, RETURNED])
        assert Counter(one.path for one in small.submissions()) == Counter(files.keys())
        assert [path for path in small.home.inbox.rglob("*") if path.is_file() and path.name != ".大走访收件箱"] == []
        assert rebuild.rebuild(small.home) == []
        kept = {hashlib.sha256(file.read_bytes()).hexdigest() for file in small.home.archive.glob("2*/*")}
        assert kept >= {hashlib.sha256(data).hexdigest() for data in files.values()}
