"""How the round stands, kept beside the outbox: the same as worked out anew, and never of something else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import TODAY, Office
from tables import workbook

from dazoufang.commands.status import Status, status
from dazoufang.running import standing
from dazoufang.system import files

pytestmark = pytest.mark.usefixtures("few_outputs")

ROOT = Path(__file__).parents[2]
ROSTER = """
| 姓名 | 单位 | 角色 |
|---|---|---|
| 李明 | 工会 | 股室负责人 |
| 陈红 | 督导室 | 股室负责人 |
"""
VISITS = """
| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷和信访诉求 |
| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 | 与邻居因排水沟改道争执 |
"""


@pytest.fixture
def filled(office: Office) -> Office:
    office.drop("花名册.xlsx", workbook(ROSTER))
    office.take("走访.xlsx", workbook(VISITS, unit="工会"))
    return office


def told(office: Office, **changes: object) -> Status:
    """As `status` has it from what is kept, if that is what stands there with `changes` made to it."""
    file = office.home.data / standing.FILE
    day, made_from, kept = json.loads(file.read_bytes())
    file.write_text(json.dumps([day, made_from, kept | changes]), encoding="utf-8")
    return status(office.home, TODAY)


def test_what_is_kept_is_what_is_shown(filled: Office) -> None:
    assert told(filled, silent=[["档案室", "没有报"]]).silent == ["档案室：没有报"]


@pytest.mark.parametrize("unit", [None, "工会", "督导室"])
def test_it_says_what_would_be_worked_out_anew(filled: Office, unit: str | None) -> None:
    filled.take("工会/错的.xlsx", workbook(VISITS.replace("2023-09-20", "上周三")))
    kept = status(filled.home, TODAY, unit)
    assert [row["done"] for row in kept.rows] == {None: [1, 0], "工会": [1], "督导室": [0]}[unit]
    (filled.home.data / standing.FILE).unlink()
    assert status(filled.home, TODAY, unit) == kept


def test_another_day_other_rules_and_a_newer_record_are_worked_out(filled: Office) -> None:
    told(filled, silent=[["档案室", "没有报"]])
    assert [line.split("：")[0] for line in status(filled.home, TODAY + timedelta(days=1)).silent] == ["督导室"]
    schemas = filled.home.root / "schemas"
    schemas.mkdir()
    (schemas / "campaign.yaml").write_bytes((ROOT / "schemas/campaign.yaml").read_bytes() + b"# a word\n")
    assert [line.split("：")[0] for line in status(filled.home, TODAY).silent] == ["督导室"]


def test_what_came_since_the_outbox_was_made_is_in_it(filled: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "keep", lambda *_: None)
    filled.take("督导室/走访.xlsx", workbook(VISITS.replace("李明", "陈红").replace("张三", "王五")))
    assert [(row["cadre"], row["done"]) for row in status(filled.home, TODAY).rows] == [("李明", 1), ("陈红", 1)]


@pytest.mark.parametrize("text", ["", "[]", "[1, 2]", '["2023-10-20", "x", {"rows": 1}]', "\x00"])
def test_what_cannot_be_read_is_worked_out(filled: Office, text: str) -> None:
    found = status(filled.home, TODAY)
    (filled.home.data / standing.FILE).write_text(text, encoding="utf-8")
    assert status(filled.home, TODAY) == found


def test_of_other_fields_than_this_program_has_it_is_worked_out(filled: Office) -> None:
    found = status(filled.home, TODAY)
    assert told(filled, townships=[]) == found


def test_a_full_disk_is_no_hindrance(filled: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        if path.name == standing.FILE:
            raise OSError(28, "No space left on device")
        write(path, data)

    write = files.write_atomic
    monkeypatch.setattr(files, "write_atomic", full)
    filled.take("督导室/走访.xlsx", workbook(VISITS.replace("李明", "陈红").replace("张三", "王五")))
    assert [row["done"] for row in status(filled.home, TODAY).rows] == [1, 1]


def test_who_looks_waits_for_no_pandas(filled: Office) -> None:
    code = "import sys; from dazoufang.cli import main\ntry: main()\nfinally: print('pandas' in sys.modules)"
    call = [sys.executable, "-c", code, "status", "--json", "--home", str(filled.home.root), "--today", str(TODAY)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(call, capture_output=True, text=True, timeout=100, env=environment, encoding="utf-8")
    assert done.stdout.endswith("False\n"), done.stderr
    assert '"应走访 20 户' in done.stdout
