"""Ctrl-C in any step of a run: nothing is lost or doubled, and the next run comes to what one alone would have."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import TODAY, Office, made_quick
from tables import workbook

from dazoufang.commands import run
from dazoufang.system.errors import Stopped
from dazoufang.system.home import Home

HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷和信访诉求 |\n"
GOOD = "| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 | 与邻居因排水沟改道争执 |\n"
BAD = "| 上周三 | 李明 | 钱七 | 其他 | 13800000004 | |\n"
STEPS = ("读台账", "读取和检查", "记入台账", "汇总", "标注退回件", "出附件和回执", "清收件箱")


def home_with_work(root: Path) -> Office:
    """A home that has published a night, and in whose inbox a sound and a faulty form wait."""
    office = Office(Home(root))
    office.take("人事股/走访.xlsx", workbook(HEAD + GOOD.replace("张三", "李四"), unit="人事股"))
    office.drop("工会/走访.xlsx", workbook(HEAD + GOOD, unit="工会"))
    office.drop("督导室/走访.xlsx", workbook(HEAD + BAD, unit="督导室"))
    return office


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The home in which nobody stopped anything."""
    with pytest.MonkeyPatch.context() as patch:
        made_quick(patch)
        office = home_with_work(tmp_path_factory.mktemp("alone"))
        office.run()
    return office


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("at_its_end", [False, True])
def test_a_run_that_is_stopped_in_a_step_is_finished_by_the_next(
    tmp_path: Path, alone: Office, step: str, at_its_end: bool
) -> None:
    office = home_with_work(tmp_path / "stopped")

    def stop(name: str, done: int, total: int) -> None:
        if name == step and done == (total if at_its_end else min(done, 1)):
            raise Stopped

    with pytest.raises(Stopped):
        run.run(office.home, TODAY, stop, sleep=lambda _: None)
    office.run()
    assert office.outbox() == alone.outbox()
    assert [(taken.path, taken.verdict) for taken in office.submissions()] == [
        (taken.path, taken.verdict) for taken in alone.submissions()
    ]
    assert sorted(file.name for file in office.home.inbox.rglob("*.xlsx")) == []
