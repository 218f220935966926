"""The inbox: what waits and in which order, the archive copy, the journal, and clearing."""

from __future__ import annotations

import hashlib
import os
import tracemalloc
from dataclasses import replace
from datetime import date
from io import BufferedReader
from pathlib import Path

import pytest
from conftest import Office
from tables import workbook

from dazoufang.archive import originals
from dazoufang.inbox import claims, scan
from dazoufang.inbox import passes as passes_module
from dazoufang.inbox import trays as inbox_trays
from dazoufang.model.submission import ACCEPTED, Submission
from dazoufang.rules.campaign import load_rules
from dazoufang.rules.inbox_names import InboxNames
from dazoufang.rules.rules_file import BrokenRules, load
from dazoufang.system import files
from dazoufang.system.home import shipped

pytestmark = pytest.mark.usefixtures("few_outputs")

TODAY = date(2023, 10, 20)
NAMES = load_rules(shipped("schemas")).campaign.inbox


def put(folder: Path, path: str, data: bytes = b"x", moment: int = 1_700_000_000) -> Path:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    os.utime(file, (moment, moment))
    return file


def waiting(folder: Path) -> list[str]:
    return [one.path for one in scan.scan(folder, NAMES).waiting]


class TestScan:
    @pytest.mark.parametrize(
        "name",
        [
            "~$走访.xlsx", ".~lock.走访.xlsx#", "._走访.xlsx", ".DS_Store", "Thumbs.db", "desktop.ini", "~WRL0003.tmp",
            "走访.xlsx.tmp", "走访.part", "走访.xlsx.partial", "下载.crdownload", "走访.download", "走访.lnk", ".走访.swp",
            "3F2A1B00", "a1b2c3d4", ".~走访.xlsx", ".syncthing.走访.xlsx.tmp", "走访.xlsx.PART", "走访.opdownload", "走访.xltd",
            ".大走访收件箱",
        ],
    )  # fmt: skip
    def test_what_nobody_delivers_is_left_alone(self, tmp_path: Path, name: str) -> None:
        put(tmp_path, name)
        put(tmp_path, f"工会/{name}")
        assert waiting(tmp_path) == []

    @pytest.mark.parametrize(
        "path",
        [
            "走访.xlsx", "工会/走访.xlsx", "工会/九月/走访.xls", "20231020/走访.xlsx", "deadbeef/走访.xlsx", "下载.part/走访.xlsx",
            "走访.sync-conflict-20231020-101010-ABCDEFG.xlsx", "走访 (张三的冲突副本 2023-10-20).xlsx", "~走访.xlsx",
            "20231020", "照片.jpg", "没有扩展名", "名字😀.xlsx", "走访（1） 副本.et", "a b.zip",
        ],
    )  # fmt: skip
    def test_everything_else_waits(self, tmp_path: Path, path: str) -> None:
        put(tmp_path, path)
        assert waiting(tmp_path) == [path]

    @pytest.mark.parametrize("folder", [".sync", "~$tmp", ".git/objects", "$RECYCLE.BIN", "工会/@eaDir", ".收取中"])
    def test_folders_of_other_programs_are_left_alone(self, tmp_path: Path, folder: str) -> None:
        put(tmp_path, f"{folder}/走访.xlsx")
        assert waiting(tmp_path) == []

    def test_by_modification_time_then_name(self, tmp_path: Path) -> None:
        put(tmp_path, "丙.xlsx", moment=100)
        put(tmp_path, "乙.xlsx", moment=300)
        put(tmp_path, "工会/甲.xlsx", moment=200)
        put(tmp_path, "b.xlsx", moment=200)
        put(tmp_path, "a.xlsx", moment=200)
        assert waiting(tmp_path) == ["丙.xlsx", "a.xlsx", "b.xlsx", "工会/甲.xlsx", "乙.xlsx"]

    def test_a_file_taken_back_meanwhile_is_no_trouble(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        put(tmp_path, "甲.xlsx")
        gone = put(tmp_path, "乙.xlsx")
        really = Path.stat

        def look(path: Path, **named: bool) -> os.stat_result:
            if path == gone:
                gone.unlink(missing_ok=True)
            return really(path, **named)

        monkeypatch.setattr(Path, "stat", look)
        assert waiting(tmp_path) == ["甲.xlsx"]

    @pytest.mark.skipif(os.name != "posix", reason="names are Unicode there")
    def test_a_name_that_came_in_gbk_gets_the_spelling_that_was_meant(self, office: Office) -> None:
        office.home.make()
        folder = os.fsencode(office.home.inbox) + b"/" + "工会".encode("gbk")
        os.mkdir(folder)  # noqa: PTH102 - bytes
        with open(folder + b"/" + "走访登记.xlsx".encode("gbk"), "wb") as stream:  # noqa: PTH123 - bytes
            stream.write(workbook("| 走访日期 | 走访干部 | 走访对象 | 对象类别 |\n| 2023-09-20 | 李明 | 张三 | 其他 |"))
        assert office.run().submissions["accepted"] == 1
        assert [one.path for one in office.submissions()] == ["工会/走访登记.xlsx"]
        assert waiting(office.home.inbox) == []

    @pytest.mark.skipif(os.name != "posix", reason="names are Unicode there")
    def test_a_mended_name_overwrites_nothing(self, tmp_path: Path) -> None:
        def named(encoding: str, data: bytes) -> None:
            folder = os.fsencode(tmp_path) + b"/" + "工会".encode(encoding)
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - bytes
            with open(folder + b"/" + "走访.xlsx".encode(encoding), "wb") as stream:  # noqa: PTH123 - bytes
                stream.write(data)

        named("utf-8", b"first")
        named("gbk", b"second")
        claims.mend(tmp_path)
        assert sorted(waiting(tmp_path)) == ["工会/走访(2).xlsx", "工会/走访.xlsx"]
        assert standing(tmp_path) == {"工会/走访(2).xlsx": b"second", "工会/走访.xlsx": b"first"}

    def test_a_listing_that_breaks_off_is_not_taken_for_the_whole(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put(tmp_path, "甲/走访.xlsx")
        put(tmp_path, "乙/走访.xlsx")
        really = os.scandir

        def half(path: str) -> object:
            if str(path).endswith("乙"):
                raise OSError(5, "Input/output error", str(path))
            return really(path)

        monkeypatch.setattr(os, "scandir", half)
        with pytest.raises(OSError, match="Input/output"):
            waiting(tmp_path)


class TestArchive:
    def archived(self, root: Path, path: str = "工会/走访.xlsx", data: bytes = b"abc", **known: str) -> str:
        put(root / "inbox", path, data)
        (one,) = scan.scan(root / "inbox", NAMES).waiting
        delivery = originals.archive(one, root / "archive", TODAY, known)
        assert delivery is not None
        assert (delivery.path, delivery.sha256) == (path, hashlib.sha256(data).hexdigest())
        return delivery.archived

    def test_a_copy_is_kept_byte_for_byte_under_its_month_hash_and_name(self, tmp_path: Path) -> None:
        archived = self.archived(tmp_path)
        assert archived == f"2023-10/{hashlib.sha256(b'abc').hexdigest()[:12]} 走访.xlsx"
        assert (tmp_path / "archive" / archived).read_bytes() == b"abc"
        assert (tmp_path / "inbox/工会/走访.xlsx").exists()

    def test_the_same_bytes_are_kept_once(self, tmp_path: Path) -> None:
        first = self.archived(tmp_path)
        digest = hashlib.sha256(b"abc").hexdigest()
        (tmp_path / "inbox/工会/走访.xlsx").unlink()
        assert self.archived(tmp_path, "另一个名字.xlsx", **{digest: first}) == first
        assert len(list((tmp_path / "archive").rglob("*.xlsx"))) == 1

    def test_a_copy_that_was_damaged_is_made_anew(self, tmp_path: Path) -> None:
        first = self.archived(tmp_path)
        (tmp_path / "archive" / first).write_bytes(b"?")
        assert self.archived(tmp_path) == first
        assert (tmp_path / "archive" / first).read_bytes() == b"abc"

    def test_a_name_of_any_length_fits(self, tmp_path: Path) -> None:
        archived = self.archived(tmp_path, "长" * 80 + ".xlsx")
        assert len(archived.split("/")[1].encode()) <= 255

    def test_a_file_that_still_grows_waits_for_the_next_run(self, tmp_path: Path) -> None:
        file = put(tmp_path / "inbox", "走访.xlsx", b"abc")
        (one,) = scan.scan(tmp_path / "inbox", NAMES).waiting
        file.write_bytes(b"abcdef")
        assert originals.archive(one, tmp_path / "archive", TODAY, {}) is None
        assert not (tmp_path / "archive").exists()

    @pytest.mark.parametrize("trouble", [PermissionError("open in Excel"), FileNotFoundError("gone")])
    def test_a_file_that_cannot_be_read_now_waits_for_the_next_run(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: OSError
    ) -> None:
        put(tmp_path / "inbox", "走访.xlsx")
        (one,) = scan.scan(tmp_path / "inbox", NAMES).waiting

        def refuse(_: Path) -> BufferedReader:
            raise trouble

        monkeypatch.setattr(files, "open_plain", refuse)
        assert originals.archive(one, tmp_path / "archive", TODAY, {}) is None

    def test_a_large_file_is_never_in_memory_whole(self, tmp_path: Path) -> None:
        with put(tmp_path / "inbox", "录像.mp4", b"").open("wb") as stream:
            stream.truncate(200 * 2**20)
        (video,) = scan.scan(tmp_path / "inbox", NAMES).waiting
        tracemalloc.start()
        try:
            delivery = originals.archive(video, tmp_path / "archive", TODAY, {})
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert delivery is not None and peak < 8 * 2**20
        # what sha256sum says of 200 MiB of zeros
        assert delivery.sha256 == "72abf2ca8f36943ebe2e49ca3a51d409ca5f0bfcffab6c9d25643c17c32889da"
        assert (tmp_path / "archive" / delivery.archived).stat().st_size == 200 * 2**20

    def test_a_disk_that_does_not_keep_what_is_written_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put(tmp_path / "inbox", "走访.xlsx")
        (one,) = scan.scan(tmp_path / "inbox", NAMES).waiting
        monkeypatch.setattr(originals, "damaged", lambda *_: True)
        with pytest.raises(originals.ArchiveDamaged):
            originals.archive(one, tmp_path / "archive", TODAY, {})


class TestJournal:
    @pytest.mark.parametrize("end", ["\u2028", "\u2029", "\u0085", "\x1c", "\x0b"])
    def test_a_name_may_hold_what_unicode_calls_the_end_of_a_line(self, tmp_path: Path, end: str) -> None:
        tmp_path.joinpath("archive").mkdir()
        named = Submission(1, "0" * 64, f"工会/走访{end}甲.xlsx", "2023-10/1", TODAY, ACCEPTED)
        originals.journal(tmp_path / "archive", [named])
        originals.journal(tmp_path / "archive", [named, self.one(2)])
        found = [(line["submission_id"], line["path"]) for line in originals.read_journal(tmp_path / "archive")]
        assert found == [(1, f"工会/走访{end}甲.xlsx"), (2, "工会/2.xlsx")]

    def one(self, number: int) -> Submission:
        return Submission(number, f"{number:064d}", f"工会/{number}.xlsx", f"2023-10/{number}", TODAY, ACCEPTED)

    def test_it_only_grows_and_adds_what_a_crash_left_out(self, tmp_path: Path) -> None:
        tmp_path.joinpath("archive").mkdir()
        folder = tmp_path / "archive"
        assert originals.read_journal(folder) == []
        originals.journal(folder, [self.one(1)])
        first = (folder / originals.JOURNAL).read_bytes()
        originals.journal(folder, [self.one(n) for n in (1, 2, 3)])
        assert (folder / originals.JOURNAL).read_bytes().startswith(first)
        assert [line["path"] for line in originals.read_journal(folder)] == [
            "工会/1.xlsx",
            "工会/2.xlsx",
            "工会/3.xlsx",
        ]
        assert originals.read_journal(folder)[2] == {
            "submission_id": 3,
            "path": "工会/3.xlsx",
            "archived": "2023-10/3",
            "sha256": f"{3:064d}",
            "received_on": "2023-10-20",
            "rules": "",
        }

    def test_nothing_new_writes_nothing(self, tmp_path: Path) -> None:
        originals.journal(tmp_path, [self.one(1)])
        before = (tmp_path / originals.JOURNAL).stat().st_mtime_ns
        originals.journal(tmp_path, [self.one(1)])
        assert (tmp_path / originals.JOURNAL).stat().st_mtime_ns == before


def one(folder: Path) -> scan.Waiting:
    (found,) = scan.scan(folder, NAMES).waiting
    return found


def claimed(
    folder: Path, path: str = "工会/走访.xlsx", data: bytes = b"abc", moment: int = 1_700_000_000
) -> scan.Waiting:
    """Drop a file and claim it, as a pass of its own does."""
    put(folder, path, data, moment)
    fresh = next(one for one in scan.scan(folder, NAMES).waiting if not one.claimed)
    found = claims.claim(fresh, inbox_trays.tray(folder))
    assert found is not None
    return found


def standing(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()
    }


class TestClaim:
    def test_a_claimed_file_is_out_of_the_way_and_known_by_where_it_was_dropped(self, tmp_path: Path) -> None:
        found = claimed(tmp_path)
        assert not (tmp_path / "工会/走访.xlsx").exists()
        assert found.file.read_bytes() == b"abc" and found.file.is_relative_to(tmp_path / inbox_trays.CLAIMED)
        (again,) = scan.scan(tmp_path, NAMES).waiting  # after a crash
        assert again == found and again.claimed and again.path == "工会/走访.xlsx"

    def test_of_two_that_try_one_succeeds(self, tmp_path: Path) -> None:
        put(tmp_path, "走访.xlsx")
        found = one(tmp_path)
        trays = [inbox_trays.tray(tmp_path), inbox_trays.tray(tmp_path)]
        assert trays[0] != trays[1]
        assert [claims.claim(found, tray) is not None for tray in trays] == [True, False]
        assert claims.claim(found, trays[0]) is None

    def test_what_a_pass_left_is_claimed_anew_and_each_pass_leaves_its_count_behind(self, tmp_path: Path) -> None:
        claimed(tmp_path)
        for tries in (2, 3, 4):
            left = one(tmp_path)
            assert left.tries == tries - 1
            again = claims.claim(left, inbox_trays.tray(tmp_path, tries))
            claims.tidy(tmp_path)
            assert again == one(tmp_path) and again.tries == tries  # also for who finds it after a crash
            assert again.path == "工会/走访.xlsx" and again.file.read_bytes() == b"abc"

    def test_the_second_of_two_left_under_one_name_waits(self, tmp_path: Path) -> None:
        claimed(tmp_path, data=b"first")
        claimed(tmp_path, data=b"second")
        tray = inbox_trays.tray(tmp_path, 2)
        found = scan.scan(tmp_path, NAMES).waiting
        assert [claims.claim(one, tray) is not None for one in found] == [True, False]
        assert sorted((one.tries, one.file.read_bytes()) for one in scan.scan(tmp_path, NAMES).waiting) == [
            (1, b"second"), (2, b"first"),
        ]  # fmt: skip

    @pytest.mark.parametrize("trouble", [PermissionError(13, "open"), OSError(16, "busy"), OSError(116, "stale")])
    def test_a_file_that_is_open_elsewhere_stays(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: OSError
    ) -> None:
        put(tmp_path, "走访.xlsx", b"abc")

        def refuse(*_: object) -> None:
            raise trouble

        monkeypatch.setattr(Path, "rename", refuse)
        assert claims.claim(one(tmp_path), inbox_trays.tray(tmp_path)) is None
        assert standing(tmp_path) == {"走访.xlsx": b"abc"}

    def test_what_passes_left_is_taken_first_and_in_the_order_of_what_was_dropped(self, tmp_path: Path) -> None:
        """Two crashes leave the files of one drop in two trays; the newer version of a form must stay the newer one."""
        claimed(tmp_path, "晚.xlsx", moment=900)
        claimed(tmp_path, "早.xlsx", moment=800)
        put(tmp_path, "最早.xlsx", moment=100)
        assert waiting(tmp_path) == ["早.xlsx", "晚.xlsx", "最早.xlsx"]
        assert claims.claim(scan.scan(tmp_path, NAMES).waiting[0], inbox_trays.tray(tmp_path, 2))
        assert waiting(tmp_path) == ["早.xlsx", "晚.xlsx", "最早.xlsx"]

    def test_of_two_left_under_one_name_and_time_the_one_claimed_first_comes_first(self, tmp_path: Path) -> None:
        claimed(tmp_path, data=b"first")
        claimed(tmp_path, data=b"second")
        assert [one.file.read_bytes() for one in scan.scan(tmp_path, NAMES).waiting] == [b"first", b"second"]

    def test_what_was_claimed_is_a_delivery_whatever_names_are_ignored_by_now(self, tmp_path: Path) -> None:
        claimed(tmp_path, "走访.xlsx").file.rename(one(tmp_path).file.with_name("走访.tmp"))
        assert waiting(tmp_path) == ["走访.tmp"]

    def test_it_goes_back_where_it_was_dropped_even_if_its_folder_went(self, tmp_path: Path) -> None:
        found = claimed(tmp_path)
        (tmp_path / "工会").rmdir()
        claims.give_back(tmp_path, found)
        claims.tidy(tmp_path)
        assert standing(tmp_path) == {"工会/走访.xlsx": b"abc"}
        assert not (tmp_path / inbox_trays.CLAIMED).exists()

    @pytest.mark.parametrize("way", ["it was there", "it came in the very moment", "on a share without second names"])
    def test_it_never_goes_back_over_something_newer(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
    ) -> None:
        found = claimed(tmp_path, data=b"old")
        put(tmp_path, "工会/走访.xlsx", b"new")
        if way == "it came in the very moment":
            monkeypatch.setattr("os.path.lexists", lambda _: False)
        elif way == "on a share without second names":
            monkeypatch.setattr(os, "link", _refuse)
        claims.give_back(tmp_path, found)
        both = [(one.path, one.claimed, one.file.read_bytes()) for one in scan.scan(tmp_path, NAMES).waiting]
        assert both == [("工会/走访.xlsx", True, b"old"), ("工会/走访.xlsx", False, b"new")]

    def test_it_goes_back_on_a_share_that_has_no_second_names(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = claimed(tmp_path)
        monkeypatch.setattr(os, "link", _refuse)
        claims.give_back(tmp_path, found)
        assert standing(tmp_path) == {"工会/走访.xlsx": b"abc"}

    def test_all_goes_back_but_for_what_the_record_holds(self, tmp_path: Path) -> None:
        held = claimed(tmp_path, "甲.xlsx", b"held")
        claimed(tmp_path, "乙.xlsx", b"b")
        claimed(tmp_path, "丙/甲.xlsx", b"held")
        claims.give_back_all(tmp_path, {("甲.xlsx", hashlib.sha256(b"held").hexdigest())})
        assert standing(tmp_path) == {
            held.file.relative_to(tmp_path).as_posix(): b"held", "乙.xlsx": b"b", "丙/甲.xlsx": b"held",
        }  # fmt: skip

    def test_folders_of_others_beside_the_passes_are_left_alone(self, tmp_path: Path) -> None:
        put(tmp_path, f"{inbox_trays.CLAIMED}/某人的/走访.xlsx")
        assert waiting(tmp_path) == []
        claims.give_back_all(tmp_path, frozenset())
        assert len(standing(tmp_path)) == 1


class TestBatch:
    def test_every_unit_has_its_turn(self, tmp_path: Path) -> None:
        for number in range(50):
            put(tmp_path, f"多/{number:02d}.xlsx", moment=100 + number)
        for name in ("少/甲.xlsx", "少/深/乙.xlsx", "散.xlsx"):
            put(tmp_path, name, moment=900)
        found = scan.scan(tmp_path, NAMES).waiting
        assert [one.path for one in passes_module.batch(found, 6)] == [
            "多/00.xlsx", "多/01.xlsx", "多/02.xlsx", "少/深/乙.xlsx", "少/甲.xlsx", "散.xlsx",
        ]  # fmt: skip
        assert passes_module.batch(found) == found

    def test_pass_by_pass_all_are_taken_once(self, tmp_path: Path) -> None:
        for unit, count in (("甲", 7), ("乙", 3), ("丙", 1)):
            for number in range(count):
                put(tmp_path, f"{unit}/{number}.xlsx", moment=100 + number)
        left, taken = scan.scan(tmp_path, NAMES).waiting, []
        while left:
            now = passes_module.batch(left, 4)
            assert len(now) <= 4
            taken += now
            left = [one for one in left if one not in now]
        assert sorted(one.path for one in taken) == sorted(waiting(tmp_path))

    def test_what_is_claimed_already_goes_first(self, tmp_path: Path) -> None:
        for number in range(3):
            claimed(tmp_path, f"{number}.xlsx")
        put(tmp_path, "新.xlsx", moment=1)
        found = scan.scan(tmp_path, NAMES).waiting
        assert [one.path for one in passes_module.batch(found, 2)] == ["0.xlsx", "1.xlsx", "2.xlsx"]
        assert passes_module.batch(found, 4) == found


class TestPasses:
    def left(self, tries: int, count: int) -> list[scan.Waiting]:
        return [
            scan.Waiting(Path(f"{number}"), f"{number}", 1, number, number, claimed=tries > 0, tries=tries)
            for number in range(count)
        ]

    @pytest.mark.parametrize(
        ("tries", "count", "sizes"),
        [(0, 50, [50]), (1, 45, [20, 20, 5]), (2, 3, [1, 1, 1]), (3, 25, [25]), (7, 2, [2]), (0, 0, [])],
    )
    def test_what_is_left_goes_in_ever_smaller_passes_until_it_is_not_looked_into(
        self, tries: int, count: int, sizes: list[int]
    ) -> None:
        assert [len(one) for one in passes_module.passes(self.left(tries, count))] == sizes

    def test_a_pass_holds_files_of_one_count_only_and_all_in_their_order(self) -> None:
        found = [*self.left(1, 21), *self.left(2, 2), *self.left(0, 3)]
        passes = passes_module.passes(found)
        assert [len(one) for one in passes] == [20, 1, 1, 1, 3]
        assert [one for together in passes for one in together] == found
        assert all(len({one.tries for one in together}) == 1 for together in passes)

    def test_what_a_mistake_of_ours_has_left_goes_one_by_one(self) -> None:
        found = [replace(left, claimed=True) for left in self.left(0, 3)] + self.left(0, 2)
        assert [len(one) for one in passes_module.passes(found)] == [1, 1, 1, 2]

    @pytest.mark.parametrize("tries", [0, 1, 2, 3, 12, 99, 100, 1234567])
    def test_the_count_is_in_the_name_of_the_tray(self, tmp_path: Path, tries: int) -> None:
        put(inbox_trays.tray(tmp_path, tries), "工会/走访.xlsx")
        assert (one(tmp_path).tries, one(tmp_path).claimed) == (tries, True)

    @pytest.mark.parametrize("tries", [0, 1, 2])
    def test_a_pass_that_failed_by_our_mistake_is_not_counted(self, tmp_path: Path, tries: int) -> None:
        tray = inbox_trays.tray(tmp_path, tries + 1)
        put(tray, "工会/乙.xlsx", moment=2)
        put(tray, "甲.xlsx", moment=1)
        left = claims.uncounted(tray, tries)
        assert [(waiting.path, waiting.claimed, waiting.tries) for waiting in left] == [
            ("甲.xlsx", True, tries), ("工会/乙.xlsx", True, tries),
        ]  # fmt: skip
        assert left == scan.scan(tmp_path, NAMES).waiting and not tray.exists()

    def test_a_pass_that_had_claimed_nothing_leaves_nothing(self, tmp_path: Path) -> None:
        assert claims.uncounted(inbox_trays.tray(tmp_path), 0) == []


class TestSightings:
    @pytest.mark.parametrize("lock", ["~$走访.xlsx", ".~走访.xlsx", ".~lock.走访.xlsx#", "~$走访.XLSX"])
    def test_a_lock_file_beside_it_is_seen(self, tmp_path: Path, lock: str) -> None:
        put(tmp_path, "工会/走访.xlsx")
        put(tmp_path, "督导室/走访.xlsx")
        put(tmp_path, f"工会/{lock}")
        seen = scan.sightings(scan.scan(tmp_path, NAMES).waiting)
        assert {one.path: one.locked for one in seen} == {"工会/走访.xlsx": True, "督导室/走访.xlsx": False}

    def test_only_what_changed_or_had_no_end_is_looked_into_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        book = workbook("| 走访日期 |\n| 2023-09-20 |")
        put(tmp_path, "好.xlsx", book)
        put(tmp_path, "变.xlsx", book)
        put(tmp_path, "断.xlsx", book[:-30])
        before = scan.sightings(scan.scan(tmp_path, NAMES).waiting)
        assert {one.path: one.whole for one in before} == {"好.xlsx": True, "变.xlsx": True, "断.xlsx": False}
        put(tmp_path, "变.xlsx", book[:-30], moment=1_700_000_001)
        looked: list[str] = []
        really = scan._whole
        monkeypatch.setattr(scan, "_whole", lambda one: looked.append(one.path) or really(one))
        after = scan.sightings(scan.scan(tmp_path, NAMES).waiting, before)
        assert {one.path: one.whole for one in after} == {"好.xlsx": True, "变.xlsx": False, "断.xlsx": False}
        assert sorted(looked) == ["变.xlsx", "断.xlsx"]

    def test_another_file_of_the_same_size_and_time_is_another_print(self, tmp_path: Path) -> None:
        put(tmp_path, "走访.xlsx", b"abc")
        (before,) = scan.sightings(scan.scan(tmp_path, NAMES).waiting)
        put(tmp_path, "走访.tmp", b"abd").replace(tmp_path / "走访.xlsx")
        (after,) = scan.sightings(scan.scan(tmp_path, NAMES).waiting)
        assert before.print[:2] == after.print[:2] and before.print != after.print

    def test_what_is_claimed_need_not_settle_and_what_cannot_be_opened_has_no_end(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        claimed(tmp_path, "甲.xlsx")
        put(tmp_path, "乙.xlsx")
        found = scan.scan(tmp_path, NAMES).waiting
        monkeypatch.setattr(Path, "open", _refuse)
        assert [(one.path, one.whole) for one in scan.sightings(found)] == [("乙.xlsx", False)]


def _refuse(*_: object) -> None:
    raise PermissionError(13, "in use")


class TestClear:
    DIGEST = hashlib.sha256(b"abc").hexdigest()

    def test_what_was_claimed_and_taken_in_goes_and_so_do_the_empty_folders(self, tmp_path: Path) -> None:
        claimed(tmp_path)
        assert claims.clear(tmp_path, "工会/走访.xlsx", self.DIGEST)
        claims.tidy(tmp_path)
        assert [one.name for one in tmp_path.rglob("*")] == ["工会"]

    def test_what_lies_where_it_was_dropped_is_never_touched(self, tmp_path: Path) -> None:
        put(tmp_path, "工会/走访.xlsx", b"abc")
        assert claims.clear(tmp_path, "工会/走访.xlsx", self.DIGEST)
        assert standing(tmp_path) == {"工会/走访.xlsx": b"abc"}

    def test_other_bytes_than_the_record_holds_stay(self, tmp_path: Path) -> None:
        found = claimed(tmp_path, data=b"abcd")
        assert claims.clear(tmp_path, "工会/走访.xlsx", self.DIGEST)
        claims.tidy(tmp_path)
        assert found.file.read_bytes() == b"abcd"

    def test_one_entry_of_the_record_clears_one_file_the_first(self, tmp_path: Path) -> None:
        first, second = claimed(tmp_path), claimed(tmp_path)
        assert claims.clear(tmp_path, "工会/走访.xlsx", self.DIGEST)
        assert (first.file.exists(), second.file.exists()) == (False, True)

    def test_while_the_first_is_held_open_no_other_is_cleared_for_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, second = claimed(tmp_path), claimed(tmp_path)
        really = Path.unlink

        def held(path: Path, missing_ok: bool = False) -> None:
            if path == first.file:
                raise PermissionError(13, "in use")
            really(path, missing_ok)

        monkeypatch.setattr(Path, "unlink", held)
        assert not claims.clear(tmp_path, "工会/走访.xlsx", self.DIGEST)
        assert first.file.exists() and second.file.exists()

    def test_one_marked_read_only_is_cleared_on_windows_too_which_refuses_to_delete_such_files(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dropped = claimed(tmp_path).file
        dropped.chmod(0o444)
        really = Path.unlink

        def as_on_windows(path: Path, missing_ok: bool = False) -> None:
            if not path.stat().st_mode & 0o200:
                raise PermissionError(13, "access denied")
            really(path, missing_ok)

        monkeypatch.setattr(Path, "unlink", as_on_windows)
        monkeypatch.setattr("dazoufang.system.files.sys.platform", "win32")
        assert claims.clear(tmp_path, "工会/走访.xlsx", self.DIGEST)
        assert not dropped.exists()

    def test_what_somebody_took_away_is_no_trouble(self, tmp_path: Path) -> None:
        claimed(tmp_path, "工会", b"other")  # a file where another has a folder
        assert claims.clear(tmp_path, "工会/走访.xlsx", self.DIGEST)


class TestNames:
    """The block `inbox` of campaign.yaml."""

    TEXT = "ignored_files: {value: [%s], source: x}\nignored_folders: {value: [], source: x}\nlock_files: {value: [%s], source: x}\nshown_path: {value: '', source: x}\n"

    def loaded(self, tmp_path: Path, pattern: str, lock: str = "'~${name}'") -> InboxNames:
        file = tmp_path / "inbox.yaml"
        file.write_text(self.TEXT % (pattern, lock), encoding="utf-8")
        return load(file, InboxNames, file)

    def test_the_bureau_may_add_a_pattern_for_whole_names_in_any_case(self, tmp_path: Path) -> None:
        names = self.loaded(tmp_path, r"'.*\.bak', '备份.*'")
        assert names.ignores_file("走访.BAK") and names.ignores_file("备份走访.xlsx")
        assert not names.ignores_file("走访备份.xlsx") and not names.ignores_file("走访.bak.xlsx")
        assert not names.ignores_folder("备份")

    def test_without_a_pattern_nothing_is_ignored_but_our_own(self, tmp_path: Path) -> None:
        names = self.loaded(tmp_path, "")
        put(tmp_path / "inbox", ".大走访收件箱")
        put(tmp_path / "inbox", ".收取中/走访.xlsx")
        put(tmp_path / "inbox", "~$走访.xlsx")
        assert [one.path for one in scan.scan(tmp_path / "inbox", names).waiting] == ["~$走访.xlsx"]

    @pytest.mark.parametrize(
        ("pattern", "lock", "said"),
        [
            ("'*.tmp'", "'~${name}'", "第1行：“*.tmp”不是正确的正则表达式"),
            ("'(.tmp'", "'~${name}'", "第1行：“(.tmp”不是正确的正则表达式"),
            ("'.*'", "'~${name}'", "第1行：“.*”会把“走访登记表.xlsx”这样正常的名称也忽略掉"),
            (r"'.*\.et'", "'~${name}'", "会把“花名册.et”这样正常的名称也忽略掉"),
            ("'[0-9a-f]*'", "'~${name}'", "会把“2023”这样正常的名称也忽略掉"),
            ("", "'~$'", "第3行：“~$”看不出锁的是哪个文件"),
            ("", "'{name}'", "第3行：“{name}”看不出锁的是哪个文件"),
        ],
    )
    def test_a_pattern_that_cannot_be_meant_is_refused_with_its_line(
        self, tmp_path: Path, pattern: str, lock: str, said: str
    ) -> None:
        with pytest.raises(BrokenRules) as told:
            self.loaded(tmp_path, pattern, lock)
        assert said in str(told.value)


@pytest.mark.parametrize(("data", "damaged"), [(b"abc", False), (b"abd", True), (None, True)])
def test_an_archived_file_that_is_gone_or_changed_is_damaged(tmp_path: Path, data: bytes | None, damaged: bool) -> None:
    if data is not None:
        (tmp_path / "x").write_bytes(data)
    assert originals.damaged(tmp_path / "x", hashlib.sha256(b"abc").hexdigest()) == damaged
