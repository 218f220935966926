"""Names, kinds of things and senders at random, seeded: after every pass the laws hold, whatever was dropped."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import Final

import pytest
from conftest import Office
from tables import workbook
from test_laws import ROSTER, ZHANG, form

from dazoufang.commands.rebuild import rebuild
from dazoufang.inbox.scan import scan
from dazoufang.model.submission import Submission
from dazoufang.rules.campaign import load_rules
from dazoufang.running.desk import Desk
from dazoufang.system.home import shipped

pytestmark = [
    pytest.mark.usefixtures("quick", "few_outputs"),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names and kinds"),
]

SECRET: Final = b"not for the archive"
UNITS: Final = ("工会", "督导室", "办公室")
FOLDERS: Final = (*UNITS, "", "没有的单位", "工会/九月")

# One of each class of characters that has ever stopped a program, in a name.
ODD: Final = (
    "走访", "走访\u2028甲", "走访\u2029甲", "走访\x85甲", "走访\n甲", "走访\r甲", "走访\t甲", "走访\x1b[31m甲", "走访\x07甲",
    "\u202e走访", "走\u200b访", "走\ufeff访", "e\u0301cole", "école", "走访😀", "👨‍👩‍👧", "走访（1）", "走访 副本", " 走访 ", "走访.", "..走访",
    "-rf", "$(id)", "%s%n", "{name}", "'引'", '"引"', "a|b", "a<b>", "a:b", "a?b", "a*b", "a\\b", "con", "NUL", "长" * 80,
    "ｆｕｌｌ", "㏑", "ﷺ", "\U00020000", "\ue000", "走访#", "走访&甲", "走访;甲", "~走访", "!走访", "=走访", "@走访", "_", "0",
)  # fmt: skip
EXTENSIONS: Final = (".xlsx", ".XLSX", ".xls", ".et", ".zip", ".txt", "")


def household(number: int) -> str:
    return f"| 2023-09-20 | 李明 | 户主{number} | 其他 | 章华镇 | 沙口村1组 | {13800000000 + number} | | |\n"


class Drops:
    """What is dropped, and what was: path → bytes of every plain file that is a delivery."""

    def __init__(self, office: Office, seed: int, outside: Path) -> None:
        self.office, self.rng, self.outside = office, Random(seed), outside
        self.made = 0
        self.plain: Counter[tuple[str, str]] = Counter()  # (path, hash)

    def drop(self) -> None:
        """One more thing in the inbox."""
        self.made += 1
        name = self.rng.choice(ODD) + self.rng.choice(EXTENSIONS)
        path = "/".join(filter(None, (self.rng.choice(FOLDERS), f"{self.made:03d}{name}")))
        kind = self.rng.choice((self.file,) * 6 + (self.link, self.loop, self.device, self.folder, self.giant))
        kind(path)

    def file(self, path: str) -> None:
        unit = self.rng.choice((*UNITS, "", "也没有的单位"))
        data = self.rng.choice(
            (
                form(household(self.made), unit=unit), form(household(self.made), household(self.made + 500), unit=unit),
                form(unit=unit), form("| 上周 | 李明 | 张三 | 其他 | | | | | |\n", unit=unit), b"", b"PK\x03\x04 cut off",
                workbook(ROSTER), form(ZHANG, unit=unit), f"{self.made}".encode(), b"\0" * 2000,
                workbook("| 编号 | 裁定 | 批准人 | 批准日期 | 理由 |\n| 23下矛0001 | 作废 | 李明 | 2023-10-10 | 重复 |"),
            )
        )  # fmt: skip
        self.office.drop(path, data)
        self.plain[path, hashlib.sha256(data).hexdigest()] += 1

    def giant(self, path: str) -> None:
        file = self.office.drop(path, b"")
        with file.open("wb") as stream:
            stream.truncate(70 * 2**20)  # sparse: it takes no room
        self.plain[path, hashlib.sha256(b"\0" * (70 * 2**20)).hexdigest()] += 1

    def link(self, path: str) -> None:
        self.ready(path).symlink_to(self.rng.choice((self.outside / "secret.xlsx", self.outside, Path("/etc/passwd"))))

    def loop(self, path: str) -> None:
        target = self.ready(path)
        target.symlink_to(self.rng.choice((target, self.office.home.inbox, target.parent)))

    def device(self, path: str) -> None:
        os.mkfifo(self.ready(path))

    def folder(self, path: str) -> None:
        self.ready(path).mkdir()

    def ready(self, path: str) -> Path:
        target = self.office.home.inbox / path
        target.parent.mkdir(parents=True, exist_ok=True)
        return target


def check_laws(drops: Drops) -> None:
    office = drops.office
    submissions = office.submissions()
    # 1: every plain file is taken once, lies in the archive byte for byte, and has one answer that bears its name.
    assert Counter((taken.path, taken.sha256) for taken in submissions) == drops.plain
    for taken in submissions:
        archived = hashlib.sha256((office.home.archive / taken.archived).read_bytes()).hexdigest()
        assert archived == taken.sha256, taken.path
    outbox = office.outbox()
    for taken in submissions:
        (page,) = answers_to(taken, outbox)
        stem = page.removesuffix(f" 回执{taken.submission_id:04d}.html")
        assert taken.name.startswith(stem) and (taken.name == stem or len(page.encode()) > 250), page
    # Nothing of what links lead to has come in, and nothing waits.
    assert not any(SECRET in file.read_bytes() for file in office.home.archive.rglob("*") if file.is_file())
    lying = scan(office.home.inbox, load_rules(shipped("schemas")).campaign.inbox)
    assert lying.waiting == []
    # Nobody speaks for another: in a sender's folder only its own rows are counted.
    folder_of = {taken.submission_id: taken.path.split("/")[0] for taken in submissions if "/" in taken.path}
    frames = office.frames()
    for row in frames.visits.itertuples(index=False):
        folder = folder_of.get(row.submission_id, "")
        assert folder in ("", "办公室") or row.unit == folder, (folder, row.unit)
    with Desk(office.home) as desk, desk.lead():
        assert desk.prove().differences == []


def answers_to(taken: Submission, outbox: dict[str, bytes]) -> list[str]:
    ending = f" 回执{taken.submission_id:04d}.html"
    return [path.rsplit("/", 1)[1] for path in outbox if path.endswith(ending)]


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_dropped_the_laws_hold(office: Office, tmp_path: Path, seed: int) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.xlsx").write_bytes(SECRET)
    office.take("花名册.xlsx", workbook(ROSTER))
    drops = Drops(office, seed, outside)
    drops.plain["花名册.xlsx", hashlib.sha256(workbook(ROSTER)).hexdigest()] += 1
    for _ in range(3):
        for _ in range(25):
            drops.drop()
        assert office.run().kept_back == ""
        check_laws(drops)
    before = office.outbox()
    assert office.run().changed == [] and office.outbox() == before  # 5
    assert rebuild(office.home) == []  # 4
    shutil.rmtree(office.home.outbox)
    office.run()
    assert office.outbox() == before
