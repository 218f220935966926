"""The inbox as a real SMB share: what PCs write into it while `watch` runs beside it arrives once, byte for byte.

Shown: Samba serves the folder and `watch` reads it on the same machine, as on a Linux server. Samba keeps share modes and
byte ranges among its own clients: no local program is refused a file that a client has opened or locked, nor is a
rename. `watch` trusts that a file stands still and is whole. (Linux does tell, by a read lease that is not given, that
some process has the file open for writing.) Not shown: `watch` on a PC whose inbox is another machine's share (that wants a kernel that mounts it), and Windows.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Final

import pytest
from conftest import TODAY, Office
from killing import InProcess
from smb import Client, Server, program
from test_run import BAD, HEAD, workbook

from dazoufang.commands import rebuild
from dazoufang.inbox import trays
from dazoufang.inbox.settling import CUT_OFF, STILL
from dazoufang.running import desk, health
from dazoufang.system.home import Home

pytestmark = [
    pytest.mark.skipif(not program("smbd") or not program("smbpasswd"), reason="Samba's smbd is not installed"),
    pytest.mark.xdist_group("smb"),
]

PATIENCE: Final = 120.0  # seconds for something to happen on a machine that others use too
SETTLED: Final = STILL * 3  # seconds in which a whole file would have been taken, with some to spare


def form(name: str, number: int, padding: int = 0) -> bytes:
    """A good form; `padding` bytes make it large, as a picture in it would."""
    data = workbook(f"{HEAD}| 2023-09-20 | 李明 | {name} | 其他 | {13800000000 + number} | |\n", unit="工会")
    if padding:
        noise = b"".join(hashlib.sha256(b"%d %d" % (number, part)).digest() for part in range(padding // 32))
        stream = io.BytesIO(data)
        with zipfile.ZipFile(stream, "a", zipfile.ZIP_STORED) as book:
            book.writestr(zipfile.ZipInfo("xl/media/image1.png"), noise)
        data = stream.getvalue()
    return data


@dataclass
class Place:
    """A home whose inbox is shared, with a `watch` at work on it."""

    office: Office
    server: Server
    watch: subprocess.Popen[str]
    cut: bytes  # dropped at the very start, and never finished

    def deliveries(self, path: str) -> list[bytes]:
        """What was taken in under this path, in order."""
        archive = self.office.home.archive
        return [(archive / one.archived).read_bytes() for one in self.office.submissions() if one.path == path]

    def answers(self, path: str) -> list[str]:
        """The pages that answer it."""
        numbers = [f"{one.submission_id:04d}" for one in self.office.submissions() if one.path == path]
        name = path.rpartition("/")[2]
        return [
            page.name
            for page in self.office.home.outbox.rglob("*.html")
            if any(page.name == f"{name} 回执{number}.html" for number in numbers)
        ]

    def wait_for(self, *paths: str, times: int = 1) -> None:
        """Until these are recorded, answered and out of the inbox."""
        until(lambda: all(len(self.deliveries(path)) >= times for path in paths))
        until(lambda: all(len(self.answers(path)) >= times for path in paths))
        until(lambda: not (self.office.home.inbox / trays.CLAIMED).exists())

    def has_once(self, path: str, data: bytes) -> None:
        """It has arrived, once, as it was sent; one page answers it; nothing of it is left."""
        self.wait_for(path)
        assert self.deliveries(path) == [data]
        assert len(self.answers(path)) == 1
        assert not (self.office.home.inbox / path).exists()


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.3)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    root = tmp_path_factory.mktemp("smb")
    home = Home(root / "home")
    home.make()
    script = Path(__file__).parents[2] / "process.py"
    with Server(home.inbox, root / "samba") as server:
        watch = subprocess.Popen(
            [sys.executable, str(script), "watch", "--home", str(home.root), "--today", TODAY.isoformat()],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
        )  # fmt: skip
        try:
            until(lambda: (home.data / health.FILE).exists())
            cut = form("断断", 99, 200_000)[:-50]
            server.cut_off("断了就没再来.xlsx", cut)
            yield Place(Office(home), server, watch, cut)
        finally:
            if watch.poll() is None:
                watch.send_signal(signal.SIGKILL)
            watch.communicate()


@pytest.fixture
def client(place: Place) -> Iterator[Client]:
    with place.server.client() as one:
        yield one


def test_a_file_written_slowly_with_pauses(place: Place, client: Client) -> None:
    data = form("慢慢", 1, 400_000)
    client.write("工会/慢.xlsx", data, len(data) // 5, lambda: time.sleep(1))
    place.has_once("工会/慢.xlsx", data)


def test_a_writer_who_pauses_longer_than_a_file_must_stand(place: Place, client: Client) -> None:
    data = form("停停", 2, 200_000)
    client.write("工会/停.xlsx", data, len(data) // 2, lambda: time.sleep(SETTLED / 2))
    place.has_once("工会/停.xlsx", data)


def test_room_set_aside_before_the_bytes_come(place: Place, client: Client) -> None:
    data = form("占占", 3, 100_000)
    client.make_folder("督导室")
    with client.open("督导室/占位.xlsx") as stream:
        stream.truncate(len(data))
        time.sleep(SETTLED / 2)
        assert (place.office.home.inbox / "督导室/占位.xlsx").stat().st_size == len(data)
        for begin in range(0, len(data), 40_000):
            stream.write(data[begin : begin + 40_000])
            time.sleep(0.5)
    place.has_once("督导室/占位.xlsx", data)


TEMPORARY: Final = ("0A1B2C3D", "~$工会.tmp", "走访.xlsx.part")


@pytest.mark.parametrize("temporary", TEMPORARY)
def test_a_temporary_name_given_up_for_a_chinese_one(place: Place, client: Client, temporary: str) -> None:
    number = 10 + TEMPORARY.index(temporary)
    data, path = form("改名", number), f"工会/走访登记表（第{number}组）.xlsx"
    client.write(f"工会/{temporary}", data)
    time.sleep(1)
    client.rename(f"工会/{temporary}", path)
    place.has_once(path, data)
    assert place.deliveries(f"工会/{temporary}") == []


@pytest.mark.parametrize("share", ["r", ""], ids=["others may read", "others may do nothing"])
def test_a_whole_file_that_a_client_still_holds_open(place: Place, client: Client, share: str) -> None:
    """The server denies others the file; a program beside the server does not see that. The bytes are whole."""
    number = 20 + len(share)
    data, path = form("不放", number), f"工会/不放{number}.xlsx"
    with client.open(path, share=share) as stream:
        stream.write(data)
        time.sleep(SETTLED)
    place.has_once(path, data)
    client.write(f"工会/放了{number}.xlsx", form("放了", number + 5))  # and the client can go on
    place.has_once(f"工会/放了{number}.xlsx", form("放了", number + 5))


def test_a_file_of_which_a_client_has_locked_a_range(place: Place, client: Client) -> None:
    from smbprotocol.open import LockFlags, SMB2LockElement

    data, path = form("锁住", 30), "工会/锁住.xlsx"
    with client.open(path, share="rw") as stream:
        stream.write(data)
        element = SMB2LockElement()
        element["offset"], element["length"] = 0, len(data)
        element["flags"] = LockFlags.SMB2_LOCKFLAG_EXCLUSIVE_LOCK | LockFlags.SMB2_LOCKFLAG_FAIL_IMMEDIATELY
        stream.fd.lock([element])
        time.sleep(SETTLED)
    place.has_once(path, data)


def test_a_list_without_an_end_of_its_own_is_not_taken_while_a_client_still_writes_it(
    place: Place, client: Client
) -> None:
    """A csv looks whole after each of its lines: what is written to it once it has been cleared away would be lost."""
    head = "走访日期,走访干部,走访对象,对象类别,联系电话\r\n".encode("utf-8-sig")
    first, rest = (
        f"2023-09-2{day},李明,{name},其他,1380000003{day}\r\n".encode() for day, name in ((1, "先来"), (2, "后到"))
    )
    with client.open("工会/清单.csv") as stream:
        stream.write(head + first)
        time.sleep(SETTLED)
        stream.write(rest)
    place.wait_for("工会/清单.csv")
    assert place.deliveries("工会/清单.csv")[-1] == head + first + rest


def test_a_copy_cut_off_in_the_middle_and_done_again(place: Place, client: Client) -> None:
    data, path = form("重来", 40, 300_000), "工会/重来.xlsx"
    client.make_folder("工会")
    place.server.cut_off(path, data[: len(data) // 2])
    time.sleep(SETTLED)
    assert (place.office.home.inbox / path).exists() and place.deliveries(path) == []
    client.write(path, data)
    place.has_once(path, data)


def test_a_server_that_goes_and_comes_back(place: Place) -> None:
    data, path = form("再来", 41, 300_000), "工会/再来.xlsx"
    with place.server.client() as before:
        before.make_folder("工会")
        stream = before.open(path)
        stream.write(data[:100_000])
        place.server.stop()
        time.sleep(1)
    place.server.start()
    time.sleep(SETTLED)
    assert place.deliveries(path) == []
    with place.server.client() as after:
        after.write(path, data)
    place.has_once(path, data)


def test_a_file_deleted_before_it_has_settled_leaves_no_trace(place: Place, client: Client) -> None:
    client.write("工会/不要了.xlsx", form("不要", 50))
    client.remove("工会/不要了.xlsx")
    client.write("工会/后一份.xlsx", form("后份", 51))
    place.has_once("工会/后一份.xlsx", form("后份", 51))
    assert place.deliveries("工会/不要了.xlsx") == [] and client.names("工会") == []


def test_what_is_saved_over_before_it_has_settled_counts_once(place: Place, client: Client) -> None:
    for number in (60, 61, 62):
        client.write("工会/改了又改.xlsx", form("改改", number))
        time.sleep(1)
    place.has_once("工会/改了又改.xlsx", form("改改", 62))


def test_two_clients_at_once(place: Place) -> None:
    units, each = ("工会", "督导室"), 8
    sent = {
        f"{unit}/第{n}份.xlsx": form("同时", 100 + 20 * at + n) for at, unit in enumerate(units) for n in range(each)
    }

    def send(unit: str) -> None:
        with place.server.client() as one:
            for path in (path for path in sent if path.startswith(unit)):
                one.write(path, sent[path], 3000, lambda: time.sleep(0.02))

    threads = [Thread(target=send, args=(unit,)) for unit in units]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    place.wait_for(*sent)
    for path, data in sent.items():
        place.has_once(path, data)


def test_a_bad_form_comes_back(place: Place, client: Client) -> None:
    data = workbook(HEAD + BAD, unit="督导室")
    client.write("督导室/有错.xlsx", data)
    place.has_once("督导室/有错.xlsx", data)
    assert [one.name for one in place.office.home.outbox.rglob("有错.xlsx 需修改*.xlsx")]


def test_at_the_end_of_the_day_all_of_it_balances(place: Place, quick: InProcess) -> None:
    """With the one that was cut off at the start: after a minute without a byte it is answered, and never before."""
    path = "断了就没再来.xlsx"
    place.wait_for(path)
    assert place.deliveries(path) == [place.cut]
    assert [one.verdict for one in place.office.submissions() if one.path == path] == ["returned"]
    log = [one for one in place.office.submissions() if one.submission_id == 1]
    assert CUT_OFF >= 60 and len(log) == 1
    until(lambda: (told := health.Health.read(place.office.home.data)) is not None and not told.behind)
    place.watch.send_signal(signal.SIGTERM)
    said, _ = place.watch.communicate(timeout=PATIENCE)
    assert place.watch.returncode == 0 and "已停止值守" in said
    assert "Traceback" not in said, said
    left = [one.name for one in place.office.home.inbox.rglob("*") if one.is_file()]
    assert left == [".大走访收件箱"]
    with desk.Desk(place.office.home) as at, at.lead():
        assert at.prove().differences == []
    assert rebuild.rebuild(place.office.home) == []
    doubled = [key for key, count in Counter(one.sha256 for one in place.office.submissions()).items() if count > 1]
    assert doubled == []  # every file sent was another
    assert json.loads((place.office.home.data / health.FILE).read_text("utf-8"))["state"] == health.STOPPED
    assert os.path.lexists(place.office.home.inbox / ".大走访收件箱")
