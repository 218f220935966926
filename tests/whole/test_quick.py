"""The short set (python -m pytest -m quick) meets every law; and the laws that had no test of their own have it here."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Office
from killing import InProcess
from tables import workbook
from test_laws import BAD, ROSTER, WANG, ZHANG, form
from test_ledger import DISPUTE, HALF, HANDLED, VISIT, Desk, dispute

from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.system.home import Home

TESTS = Path(__file__).parents[1]


@pytest.mark.quick
def test_every_law_has_a_quick_test() -> None:
    marked = [re.findall(r"\bmark\.law\((\d+)\)", file.read_text("utf-8"), re.M) for file in TESTS.rglob("test_*.py")]
    assert sorted({int(number) for numbers in marked for number in numbers}) == list(range(1, 16))


@pytest.mark.law(8)
def test_the_night_balances(rules: Rules) -> None:
    desk = Desk(rules)

    def standing() -> int:
        return sum(state != "closed" for state in desk.states().values())

    zhang = "| 2023-09-20 | 李明 | 张三 | 其他 | 章华镇 | 沙口村1组 | 1 | 与邻居争排水沟 | | |\n"
    wang = "| 2023-09-21 | 李明 | 王五 | 其他 | 东山镇 | 东湖村2组 | 2 | 包工头拖欠工资 | | |\n"
    nights = []
    for take, table in (
        (desk.visits, VISIT + zhang + wang),
        (
            desk.disputes,
            DISPUTE + dispute(phone="1", matter="与邻居争排水沟", status="已化解", done=f"{HANDLED}2023-10-01"),
        ),
        (desk.disputes, DISPUTE + dispute(phone="1", matter="与邻居争排水沟", status="已化解", done=HALF)),
        (desk.visits, VISIT + zhang),
    ):
        before, effect = standing(), take(table)
        withdrawn = [words for words in effect.withdrawn if words.startswith("事项")]
        nights.append(
            (before, len(effect.opened), len(effect.reopened), len(effect.closed), len(withdrawn), standing())
        )
    # open before, new, reopened, closed, withdrawn, open now
    assert nights == [(0, 2, 0, 0, 0, 2), (2, 0, 0, 1, 0, 1), (1, 0, 1, 0, 0, 2), (2, 0, 0, 0, 1, 1)]


@pytest.mark.law(13)
@pytest.mark.parametrize("block", ["returns", "inbox", "watch"])
def test_rules_of_before_a_block_was_thought_of_are_read_with_the_programs_own(
    rules: Rules, tmp_path: Path, block: str
) -> None:
    older = Path(shutil.copytree(rules.folder, tmp_path / "schemas"))
    content = yaml.safe_load((older / "campaign.yaml").read_text(encoding="utf-8"))
    del content[block]
    (older / "campaign.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    assert load_rules(older).campaign == rules.campaign


@pytest.mark.law(14)
def test_the_outbox_has_the_same_bytes_where_zips_say_another_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "dazoufang.running.intake.engine_of", lambda *_: InProcess()
    )  # in this process, where zips are changed
    outboxes = []
    for system in (0, 3):  # what Python's zipfile writes on Windows, and elsewhere
        with monkeypatch.context() as patch:
            patch.setattr(zipfile.ZipInfo, "__init__", _says(system))
            office = Office(Home(tmp_path / str(system)))
            office.drop("花名册.xlsx", workbook(ROSTER))
            office.drop("工会/走访.xlsx", form(ZHANG, BAD))
            office.drop("督导室/走访.csv", "走访日期,走访干部,走访对象,对象类别\n上周三,陈红,赵六,其他\n".encode())
            packed = tmp_path / "打包.zip"
            with zipfile.ZipFile(packed, "w") as archive:
                archive.writestr(zipfile.ZipInfo("甲.xlsx"), form(WANG, BAD))
            office.drop("工会/打包.zip", packed.read_bytes())
            office.run(date(2023, 10, 20))
        outboxes.append(office.outbox())
    windows, linux = outboxes
    assert [path for path in linux if path.startswith("退回/")] != []
    assert [path for path, data in linux.items() if windows[path] != data] == []


def _says(system: int) -> Callable[..., None]:
    really = zipfile.ZipInfo.__init__

    def made(self: zipfile.ZipInfo, *arguments: Any, **named: Any) -> None:
        really(self, *arguments, **named)
        self.create_system = system

    return made
