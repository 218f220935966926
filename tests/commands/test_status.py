"""`status`: where each unit and cadre stands."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from conftest import TODAY, Office
from killing import InProcess
from tables import workbook
from test_watch import Time

from dazoufang.commands.screen import Screen
from dazoufang.commands.status import show, status
from dazoufang.commands.watch import Watch
from dazoufang.inbox import share
from dazoufang.running import health
from dazoufang.system.errors import WrongUse

pytestmark = pytest.mark.usefixtures("few_outputs")

ROSTER = """
| 姓名 | 单位 | 角色 |
|---|---|---|
| 李明 | 工会 | 股室负责人 |
| 陈红 | 督导室 | 股室负责人 |
"""
VISITS = """
| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷和信访诉求 |
| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 | 与邻居因排水沟改道争执 |
| 2023-09-21 | 李明 | 王五 | 其他 | 13800000002 | |
"""


@pytest.fixture
def filled(office: Office, quick: InProcess) -> Office:
    office.drop("花名册.xlsx", workbook(ROSTER))
    office.take("走访.xlsx", workbook(VISITS, unit="工会"))
    return office


def test_of_all_units(filled: Office) -> None:
    found = status(filled.home, TODAY)
    assert (found.today, found.year, found.round_name) == ("2023-10-20", 2023, "下半年")
    assert [(row["unit"], row["cadre"], row["due"], row["done"], row["left"]) for row in found.rows] == [
        ("工会", "李明", 10, 2, 8),
        ("督导室", "陈红", 10, 0, 10),
    ]
    assert found.words.startswith("应走访 20 户，已走访 2 户；事项 1 件，已销号 0 件；预警 ")
    assert [line.split("：")[0] for line in found.silent] == ["督导室"]
    assert all("：" in row["worst"] for row in found.rows)


def test_what_is_owed_is_the_rounds_and_last_rounds_debt_and_the_pace_is_in_whole_households(
    filled: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    filled.take("春.xlsx", workbook(VISITS.replace("2023-09-2", "2023-03-2"), unit="工会"))
    found = status(filled.home, TODAY)
    assert [(row["cadre"], row["due"], row["carried"], row["expected"], row["per_day"]) for row in found.rows] == [
        ("李明", 18, 8, 10, 1), ("陈红", 20, 10, 11, 1),
    ]  # fmt: skip
    assert found.words.startswith("应走访 38 户（含上半年少走的18户），已走访 2 户；事项 1 件")
    assert found.words.endswith("；到今天应走访 21 户，今天以后剩 20 个工作日；走访摸排内走访 2 户")
    show(found, Screen())
    said = capsys.readouterr().out
    assert said.count("每个工作日1户") == 2


def test_of_one_unit(filled: Office) -> None:
    found = status(filled.home, TODAY, "工会")
    assert [row["cadre"] for row in found.rows] == ["李明"] and found.silent == []
    assert found.words.startswith("应走访 10 户，已走访 2 户；事项 1 件")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("督导股", "没有“督导股”这个单位的干部、走访和事项，是不是“督导室”"),
        ("工会委员会", "没有“工会委员会”这个单位的干部、走访和事项，是不是“工会”"),
        ("财务", "没有“财务”这个单位的干部、走访和事项，有的是：工会、督导室"),
    ],
)
def test_a_unit_of_which_nothing_is_known_is_said_with_the_likeliest(filled: Office, asked: str, said: str) -> None:
    with pytest.raises(WrongUse) as refused:
        status(filled.home, TODAY, asked)
    assert (str(refused.value), refused.value.exit_code) == (said, 2)
    assert [row["cadre"] for row in status(filled.home, TODAY, " 督导 室").rows] == ["陈红"]


def test_of_a_unit_of_an_empty_home(office: Office) -> None:
    with pytest.raises(WrongUse, match="没有“工会”这个单位的干部、走访和事项；花名册和走访登记表都还没有收到"):
        status(office.home, TODAY, "工会")


def test_what_was_sent_back_is_named_until_it_comes_again(filled: Office) -> None:
    bad = VISITS.replace("2023-09-21", "上周三").replace("王五", "钱七")
    filled.take("工会/第二批.xlsx", workbook(bad))
    filled.take("坏的.xlsx", b"no table")
    found = status(filled.home, TODAY)
    assert found.outstanding == [
        "工会：10月20日退回的《第二批.xlsx》还有1处没有改好",
        "未识别单位：10月20日退回的《坏的.xlsx》还没有再报",
    ]
    assert status(filled.home, TODAY, "工会").outstanding == found.outstanding[:1]
    filled.take("工会/第二批（改）.xlsx", workbook(bad.replace("上周三", "2023-09-22")))
    assert status(filled.home, TODAY).outstanding == found.outstanding[1:]


def test_as_json(filled: Office) -> None:
    found = status(filled.home, TODAY).as_json()
    assert set(found) == {"today", "year", "round_name", "words", "rows", "silent", "outstanding", "inbox"}
    assert set(found["rows"][0]) == {
        "unit", "cadre", "due", "carried", "done", "expected", "left", "days_left", "per_day", "worst",
    }  # fmt: skip
    assert json.loads(json.dumps(found, default=str)) == found


class TestInbox:
    def test_what_waits_without_a_watch_is_counted_and_said(self, filled: Office) -> None:
        filled.drop("工会/新.xlsx", b"x")
        found = status(filled.home, TODAY).inbox
        assert (found.share, found.watching, found.waiting) == ("here", False, 1)
        assert found.oldest == {"path": "工会/新.xlsx", "since": ""}
        assert found.words == "收件：没有值守，需要时请运行 run 或 watch；等待 1 份；最久的《工会/新.xlsx》"

    def test_a_watch_knows_since_when_and_what_hinders_it(self, filled: Office) -> None:
        with Watch(filled.home, Time(), lambda _: None) as watch:
            filled.drop("工会/新.xlsx", b"PK")
            watch.step()
            found = status(filled.home, TODAY).inbox
            assert found.watching and found.oldest == {"path": "工会/新.xlsx", "since": "2023-10-20T09:00:00"}
            assert (
                "最久的《工会/新.xlsx》从 10-20 09:00:00 起" in found.words
                and "上次完整扫描 10-20 09:00" in found.words
            )

    def test_a_share_that_is_away_or_changed_is_named(self, filled: Office) -> None:
        share.mark(filled.home.inbox, filled.home.data)
        marker = filled.home.inbox / share.MARKER
        for text, state, said in (("other", "changed", "不是原来的那一个"), (None, "away", "连不上")):
            marker.unlink() if text is None else marker.write_text(text, "utf-8")
            found = status(filled.home, TODAY).inbox
            assert (found.share, found.waiting) == (state, None) and said in found.words

    def test_differences_of_the_night_and_files_held_open_are_told(self, filled: Office) -> None:
        health.Health(stale=["附件1.xlsx"], proof={"on": "2023-10-19", "differences": ["甲", "乙"]}).write(
            filled.home.data
        )
        said = status(filled.home, TODAY).inbox.words
        assert "打开着没能更新：附件1.xlsx" in said and "上次对账有 2 处差异" in said


@pytest.mark.parametrize(
    ("day", "round_name"), [(date(2023, 3, 12), "上半年"), (date(2023, 9, 18), "下半年"), (date(2023, 12, 5), "下半年")]
)
def test_of_an_empty_home_on_any_day(office: Office, day: date, round_name: str) -> None:
    found = status(office.home, day)
    assert (found.rows, found.silent, found.round_name) == ([], [], round_name)
    assert found.words.startswith("应走访 0 户，已走访 0 户；事项 0 件，已销号 0 件")
    assert not office.home.root.exists()


def test_status_beside_a_watch_that_is_writing_its_health_waits_for_it(
    filled: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    health.Health(stale=["附件1.xlsx"]).write(filled.home.data)
    refusals, real = [1, 1], Path.read_bytes

    def read(path: Path) -> bytes:
        if path.name == health.FILE and refusals:
            refusals.pop()
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", read)
    assert status(filled.home, TODAY).inbox.stale == ["附件1.xlsx"]
