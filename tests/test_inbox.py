"""The inbox: what waits and in which order, the archive copy, the journal, and clearing."""

from __future__ import annotations

import hashlib
import os
from datetime import date
from pathlib import Path

import pytest
from conftest import Office
from tables import workbook

from dazoufang import inbox
from dazoufang.submission import ACCEPTED, Submission

TODAY = date(2023, 10, 20)


def put(folder: Path, path: str, data: bytes = b"x", moment: int = 1_700_000_000) -> Path:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    os.utime(file, (moment, moment))
    return file


def waiting(folder: Path) -> list[str]:
    return [one.path for one in inbox.scan(folder)]


class TestScan:
    @pytest.mark.parametrize(
        "name",
        [
            "~$走访.xlsx", ".~lock.走访.xlsx#", "._走访.xlsx", ".DS_Store", "Thumbs.db", "desktop.ini", "~WRL0003.tmp",
            "走访.xlsx.tmp", "走访.part", "走访.xlsx.partial", "下载.crdownload", "走访.download", "走访.lnk", ".走访.swp",
            "3F2A1B00", "a1b2c3d4",
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
            "20231020", "照片.jpg", "没有扩展名", "名字😀.xlsx", "走访（1） 副本.et", "a b.zip",
        ],
    )  # fmt: skip
    def test_everything_else_waits(self, tmp_path: Path, path: str) -> None:
        put(tmp_path, path)
        assert waiting(tmp_path) == [path]

    @pytest.mark.parametrize("folder", [".sync", "~$tmp", ".git/objects"])
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
        really = Path.is_file

        def is_file(path: Path) -> bool:
            found = really(path)
            if path == gone:
                gone.unlink(missing_ok=True)
            return found

        monkeypatch.setattr(Path, "is_file", is_file)
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


class TestArchive:
    def archived(self, root: Path, path: str = "工会/走访.xlsx", data: bytes = b"abc", **known: str) -> str:
        put(root / "inbox", path, data)
        (one,) = inbox.scan(root / "inbox")
        delivery = inbox.archive(one, root / "archive", TODAY, known)
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
        (one,) = inbox.scan(tmp_path / "inbox")
        file.write_bytes(b"abcdef")
        assert inbox.archive(one, tmp_path / "archive", TODAY, {}) is None
        assert not (tmp_path / "archive").exists()

    @pytest.mark.parametrize("trouble", [PermissionError("open in Excel"), FileNotFoundError("gone")])
    def test_a_file_that_cannot_be_read_now_waits_for_the_next_run(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: OSError
    ) -> None:
        put(tmp_path / "inbox", "走访.xlsx")
        (one,) = inbox.scan(tmp_path / "inbox")

        def refuse(_: Path) -> bytes:
            raise trouble

        monkeypatch.setattr(Path, "read_bytes", refuse)
        assert inbox.archive(one, tmp_path / "archive", TODAY, {}) is None

    def test_a_disk_that_does_not_keep_what_is_written_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put(tmp_path / "inbox", "走访.xlsx")
        (one,) = inbox.scan(tmp_path / "inbox")
        monkeypatch.setattr(inbox, "damaged", lambda *_: True)
        with pytest.raises(inbox.ArchiveDamaged):
            inbox.archive(one, tmp_path / "archive", TODAY, {})


class TestJournal:
    def one(self, number: int) -> Submission:
        return Submission(number, f"{number:064d}", f"工会/{number}.xlsx", f"2023-10/{number}", TODAY, ACCEPTED)

    def test_it_only_grows_and_adds_what_a_crash_left_out(self, tmp_path: Path) -> None:
        tmp_path.joinpath("archive").mkdir()
        folder = tmp_path / "archive"
        assert inbox.read_journal(folder) == []
        inbox.journal(folder, [self.one(1)])
        first = (folder / inbox.JOURNAL).read_bytes()
        inbox.journal(folder, [self.one(n) for n in (1, 2, 3)])
        assert (folder / inbox.JOURNAL).read_bytes().startswith(first)
        assert [line["path"] for line in inbox.read_journal(folder)] == ["工会/1.xlsx", "工会/2.xlsx", "工会/3.xlsx"]
        assert inbox.read_journal(folder)[2] == {
            "submission_id": 3,
            "path": "工会/3.xlsx",
            "archived": "2023-10/3",
            "sha256": f"{3:064d}",
            "received_on": "2023-10-20",
            "rules": "",
        }

    def test_nothing_new_writes_nothing(self, tmp_path: Path) -> None:
        inbox.journal(tmp_path, [self.one(1)])
        before = (tmp_path / inbox.JOURNAL).stat().st_mtime_ns
        inbox.journal(tmp_path, [self.one(1)])
        assert (tmp_path / inbox.JOURNAL).stat().st_mtime_ns == before


class TestClear:
    def test_what_was_taken_in_goes(self, tmp_path: Path) -> None:
        file = put(tmp_path, "工会/走访.xlsx", b"abc")
        inbox.clear(tmp_path, "工会/走访.xlsx", hashlib.sha256(b"abc").hexdigest())
        assert not file.exists() and file.parent.exists()

    def test_other_bytes_under_the_name_stay(self, tmp_path: Path) -> None:
        file = put(tmp_path, "走访.xlsx", b"new")
        inbox.clear(tmp_path, "走访.xlsx", hashlib.sha256(b"abc").hexdigest())
        assert file.exists()

    def test_what_somebody_took_away_is_no_trouble(self, tmp_path: Path) -> None:
        inbox.clear(tmp_path, "走访.xlsx", "0" * 64)


@pytest.mark.parametrize(("data", "damaged"), [(b"abc", False), (b"abd", True), (None, True)])
def test_an_archived_file_that_is_gone_or_changed_is_damaged(tmp_path: Path, data: bytes | None, damaged: bool) -> None:
    if data is not None:
        (tmp_path / "x").write_bytes(data)
    assert inbox.damaged(tmp_path / "x", hashlib.sha256(b"abc").hexdigest()) == damaged
