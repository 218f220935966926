"""What lies in the inbox and is not taken: links, devices, ignored names; named, never followed, never in the way."""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
from pathlib import Path

import pytest
from conftest import TODAY, Office
from test_laws import ZHANG, form
from test_watch import Shift, Time

from dazoufang.commands import status
from dazoufang.inbox import scan, share
from dazoufang.rules.campaign import load_rules
from dazoufang.system import files
from dazoufang.system.home import shipped

pytestmark = pytest.mark.usefixtures("few_outputs")

NAMES = load_rules(shipped("schemas")).campaign.inbox
LINK = "是链接，程序不跟随；请放入表格本身"
DEVICE = "不是普通文件（管道、设备等），程序不碰"
IGNORED = "按规则不收（临时文件、锁文件、快捷方式等）"

posix = pytest.mark.skipif(sys.platform == "win32", reason="made as Unix makes them")


def passed_over(inbox: Path) -> list[tuple[str, str]]:
    return [(found.path, found.reason.value) for found in scan.scan(inbox, NAMES).passed_over]


@posix
def test_links_loops_and_devices_are_named_and_not_followed(office: Office, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "别处.xlsx").write_bytes(form(ZHANG))
    office.drop("工会/走访.xlsx", form(ZHANG))
    unit = office.home.inbox / "工会"
    (unit / "密码.xlsx").symlink_to("/etc/passwd")
    (unit / "别处.xlsx").symlink_to(outside / "别处.xlsx")
    (unit / "自己.xlsx").symlink_to(unit / "自己.xlsx")
    (unit / "断了.xlsx").symlink_to(tmp_path / "没有")
    (office.home.inbox / "人事股").symlink_to(outside)
    (unit / "圈").symlink_to(office.home.inbox)
    os.mkfifo(unit / "管道.xlsx")
    with socket.socket(socket.AF_UNIX) as listener:
        before = Path.cwd()
        os.chdir(unit)  # a socket's path has room for a hundred characters
        listener.bind("插座.xlsx")
        os.chdir(before)
        found = office.run()
    assert found.submissions == {"accepted": 1, "partly": 0, "returned": 0, "duplicate": 0, "deferred": 0}
    assert found.kept_back == ""
    assert [(left_out["path"], left_out["reason"]) for left_out in found.passed_over] == [
        ("人事股", LINK), ("工会/别处.xlsx", LINK), ("工会/圈", LINK), ("工会/密码.xlsx", LINK),
        ("工会/插座.xlsx", DEVICE), ("工会/断了.xlsx", LINK), ("工会/管道.xlsx", DEVICE), ("工会/自己.xlsx", LINK),
    ]  # fmt: skip
    assert len([file for file in office.home.archive.rglob("*.xlsx") if file.is_file()]) == 1


@posix
def test_a_link_put_where_a_file_was_seen_is_not_followed(office: Office) -> None:
    """Somebody is quicker than we are: between the look and the reading."""
    file = office.drop("工会/走访.xlsx", b"root:x:0:0")
    file.unlink()
    file.symlink_to("/etc/passwd")
    with pytest.raises(OSError) as refused:
        files.open_plain(file)
    assert refused.value.errno == errno.ELOOP


def test_ignored_names_are_counted_and_named(office: Office) -> None:
    office.drop("工会/走访.xlsx", form(ZHANG))
    for path in ("工会/~$走访.xlsx", "工会/报表.lnk", ".sync/甲.xlsx", "a.tmp", "b.part"):
        office.drop(path, b"x")
    assert passed_over(office.home.inbox) == [
        (".sync", IGNORED), ("a.tmp", IGNORED), ("b.part", IGNORED), ("工会/~$走访.xlsx", IGNORED),
        ("工会/报表.lnk", IGNORED),
    ]  # fmt: skip
    office.run()
    words = status.status(office.home, TODAY).inbox.words
    assert f"不收 《.sync》、《a.tmp》、《b.part》 等 5 个：{IGNORED}" in words


def test_a_watch_names_them_in_the_health_file(office: Office) -> None:
    office.home.make()
    office.drop("工会/报表.lnk", b"x")
    shift = Shift(office, Time())
    with shift.watch:
        shift.steps(3)
    health = json.loads((office.home.data / "health.json").read_text("utf-8"))
    assert (health["passed_over"], health["left_out"]) == (1, [{"path": "工会/报表.lnk", "reason": IGNORED}])


@posix
def test_two_first_starts_at_once_agree_on_the_marker(tmp_path: Path) -> None:
    for pair in range(40):
        inbox, data = tmp_path / f"inbox{pair}", tmp_path / f"data{pair}"
        inbox.mkdir()
        data.mkdir()
        go, others = os.pipe()
        children = []
        for _ in range(2):
            child = os.fork()
            if child == 0:
                os.close(others)
                os.read(go, 1)  # both wait until the pipe closes
                try:
                    share.mark(inbox, data)
                finally:
                    os._exit(0)
            children.append(child)
        os.close(others)
        os.close(go)
        for child in children:
            os.waitpid(child, 0)
        assert share.check(inbox, data) == "here"
        assert [path.name for path in inbox.iterdir()] == [share.MARKER]
