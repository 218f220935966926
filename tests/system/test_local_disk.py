"""The record's file lies on this machine's own disk, or nothing starts."""

from __future__ import annotations

import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from conftest import Office

from dazoufang import cli
from dazoufang.record.record import Record
from dazoufang.system import local_disk
from dazoufang.system.home import Home
from dazoufang.system.local_disk import OnAShare, on_a_share, remote_drive, remote_mount

MOUNTS = """\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 27 0:40 / /mnt/收表 rw shared:7 - cifs //server/收表 rw
31 30 254:1 / /mnt/收表/local rw - xfs /dev/vdb rw
32 27 0:41 / /mnt/two\\040words rw - nfs4 nas:/x rw
33 27 0:42 / /mnt/web rw - fuse https://dav.example/ rw
34 27 0:43 / /mnt/fuse rw - fuse /dev/sdc1 rw
35 27 0:44 / /mnt/ssh rw - fuse.sshfs user@host: rw
36 27 0:45 / /mnt/over rw - smb3 //server/x rw
37 36 254:2 / /mnt/over rw - btrfs /dev/vdd rw
"""


@pytest.mark.parametrize(
    ("folder", "remote"),
    [
        ("/home/x/data", False),
        ("/mnt/收表", True),
        ("/mnt/收表/大走访/data", True),
        ("/mnt/收表2/data", False),
        ("/mnt/收表/local/data", False),
        ("/mnt/two words/data", True),
        ("/mnt/web/data", True),
        ("/mnt/fuse/data", False),
        ("/mnt/ssh/data", True),
        ("/mnt/over/data", False),
    ],
)
def test_a_folder_is_where_its_innermost_mount_is(folder: str, remote: bool) -> None:
    assert remote_mount(PurePosixPath(folder), MOUNTS) == remote


@pytest.mark.parametrize(
    ("folder", "remote"),
    [
        (r"C:\大走访\data", False),
        (r"Z:\大走访\data", True),
        (r"\\server\收表\data", True),
        (r"\\?\UNC\server\收表\data", True),
        (r"\\?\C:\大走访\data", False),
        (r"\\?\Z:\大走访\data", True),
    ],
)
def test_a_windows_folder_is_where_its_drive_is(folder: str, remote: bool) -> None:
    assert remote_drive(PureWindowsPath(folder), {"C:\\": 3, "Z:\\": 4}.__getitem__) == remote


def test_the_folder_of_the_tests_is_on_no_share(tmp_path: Path) -> None:
    assert not on_a_share(tmp_path / "not made yet")


@pytest.fixture
def shared(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office whose folder lies on a share."""
    mounts = tmp_path / "mounts"
    mounts.write_text(f"27 1 254:0 / / rw - ext4 /dev/vda rw\n30 27 0:40 / {office.home.root} rw - cifs //s/x rw\n")
    monkeypatch.setattr(local_disk, "_MOUNTS", mounts)
    office.home.inbox.mkdir(parents=True)
    return office


@pytest.mark.skipif(sys.platform == "win32", reason="mounts are Linux's")
class TestOnAShare:
    def test_a_record_on_a_share_is_refused_with_what_to_do(
        self, shared: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.delenv("DAZOUFANG_DATA", raising=False)
        with pytest.raises(OnAShare, match=r"共享盘.*DAZOUFANG_DATA"):
            Record.at(shared.home.record)
        monkeypatch.setattr(sys, "argv", ["process.py", "run", "--home", str(shared.home.root)])
        assert cli.main() == cli.WRONG_USE
        assert "setx DAZOUFANG_DATA" in capsys.readouterr().err
        assert not shared.home.record.exists()

    def test_with_data_on_a_disk_of_its_own_a_shared_home_is_run(
        self, shared: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DAZOUFANG_DATA", str(tmp_path / "own"))
        monkeypatch.setattr(sys, "argv", ["process.py", "run", "--home", str(shared.home.root), "--quiet"])
        assert cli.main() == 0
        assert (tmp_path / "own" / "dazoufang.sqlite3").exists() and not (shared.home.root / "data").exists()


def test_only_a_home_that_is_asked_for_by_name_heeds_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAZOUFANG_DATA", str(tmp_path / "own"))
    monkeypatch.setenv("DAZOUFANG_RECORD", "postgresql+psycopg://server/office")
    home = Home.of(tmp_path)
    assert (home.data, home.database, home.has_record) == (
        tmp_path / "own", "postgresql+psycopg://server/office", True,
    )  # fmt: skip
    assert (Home(tmp_path).data, Home(tmp_path).database, Home(tmp_path).has_record) == (tmp_path / "data", "", False)
    monkeypatch.setenv("DAZOUFANG_DATA", "")
    monkeypatch.delenv("DAZOUFANG_RECORD")
    assert Home.of(tmp_path) == Home(tmp_path)
