"""Many homes in one call: each as alone, a broken one stops no other, who waited longest comes first, all is handed up."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest
from conftest import Office
from tables import workbook

from dazoufang import cli
from dazoufang.commands import many_homes
from dazoufang.commands.many_homes import homes_asked_for
from dazoufang.record.record import Record
from dazoufang.system.errors import Stopped, WrongUse
from dazoufang.system.home import Home, shipped

ROOT: Final = Path(__file__).parents[2]
DAY: Final = "2023-10-20"
HEAD: Final = "走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷和信访诉求\n"
ANNEXES: Final = (
    "附件1 县乡干部大走访活动汇总表.xlsx",
    "附件2 县乡干部大走访活动矛盾纠纷事项办理表.xlsx",
    "附件3 县乡干部大走访活动意见建议事项办理表.xlsx",
)


def home(folder: Path, household: str, matter: str = "无") -> Home:
    """A home with one form of one visit in its inbox, whose rules name a bureau of its folder's name."""
    inbox = folder / "inbox" / "工会"
    inbox.mkdir(parents=True)
    shutil.copytree(shipped("schemas"), folder / "schemas")
    campaign = folder / "schemas" / "campaign.yaml"
    text = campaign.read_text("utf-8")
    campaign.write_text(text.replace("value: 华容县教育体育局", f"value: {folder.name}"), "utf-8")
    row = f"2023-09-20 | 李明 | {household} | 其他 | 13812340001 | {matter}"
    (inbox / "走访.xlsx").write_bytes(workbook(f"{HEAD}{row}", unit="工会"))
    return Home(folder)


def call(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "process.py", *words], capture_output=True, text=True, timeout=300,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
    )  # fmt: skip


def outbox(home: Home) -> dict[str, bytes]:
    """All but the letters, which a night alone writes."""
    files = (path.relative_to(home.outbox) for path in home.outbox.rglob("*") if path.is_file())
    return {path.as_posix(): (home.outbox / path).read_bytes() for path in files if path.parts[0] != "邮件"}


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], str, int]:
    """Three counties, the rules of one of them broken, and a city above them: folder, JSON, complaints, exit code."""
    root = tmp_path_factory.mktemp("many")
    for name, household, matter in (("甲县", "张三", "与邻居争排水沟"), ("乙县", "李四", "无"), ("丙县", "王五", "无")):
        home(root / "county" / name, household, matter)
    broken = root / "county" / "丙县" / "schemas" / "campaign.yaml"
    broken.write_text(broken.read_text("utf-8") + "\n不认识的: 1\n", "utf-8")
    (root / "county" / "说明.txt").write_text("不是文件夹")
    (root / "county" / "别的").mkdir()
    (root / "市").mkdir()
    home(root / "市", "赵六").inbox.joinpath("工会", "走访.xlsx").unlink()
    ended = call("nightly", "--homes", f"{root}/county/*", "--into", root / "市", "--today", DAY, "--json")
    return root, json.loads(ended.stdout), ended.stderr, ended.returncode


class TestTogether:
    def test_a_broken_one_stops_no_other_and_is_named_with_its_mend(
        self, done: tuple[Path, dict[str, Any], str, int]
    ) -> None:
        root, said, complaints, code = done
        assert {Path(one["home"]).name: one["code"] for one in said["homes"]} == {
            "甲县": 0,
            "乙县": 0,
            "丙县": 2,
            "市": 0,
        }
        assert (said["failed"], code) == (["丙县"], 2)
        assert "丙县：规则文件有误，改好之前不收表：campaign.yaml" in complaints and "不认识的" in complaints
        assert said["not_handed_up"] == ["丙县 没有做完，上级里还是它上一次的"]
        assert not (root / "county" / "丙县" / "outbox").exists() or not outbox(Home(root / "county" / "丙县"))

    def test_each_publishes_what_it_publishes_alone(
        self, done: tuple[Path, dict[str, Any], str, int], tmp_path: Path
    ) -> None:
        alone = home(tmp_path / "甲县", "张三", "与邻居争排水沟")
        Office(alone).run()
        together = outbox(Home(done[0] / "county" / "甲县"))
        assert sorted(outbox(alone)) == sorted(together) and set(ANNEXES) < set(together)
        assert {name for name, data in outbox(alone).items() if together[name] != data} == set()

    def test_what_they_published_is_in_the_annexes_above_under_their_names(
        self, done: tuple[Path, dict[str, Any], str, int]
    ) -> None:
        above = Home(done[0] / "市")
        said = next(one for one in done[1]["homes"] if one["home"] == str(above.root))
        assert said["run"]["submissions"] == {"accepted": 6, "partly": 0, "returned": 0, "duplicate": 0, "deferred": 0}
        assert said["run"]["rows"] == {"visits": 2, "disputes": 1, "suggestions": 0}
        assert said["differences"] == []
        page = openpyxl.load_workbook(above.outbox / ANNEXES[1]).worksheets[0]
        cells = {str(cell.value) for row in page.iter_rows() for cell in row}
        assert {"甲县/工会", "与邻居争排水沟"} <= cells

    def test_again_nothing_is_handed_up_twice_and_the_mended_one_is_taken(
        self, done: tuple[Path, dict[str, Any], str, int], tmp_path: Path
    ) -> None:
        root = tmp_path / "again"
        shutil.copytree(done[0], root)
        broken = root / "county" / "丙县" / "schemas" / "campaign.yaml"
        broken.write_text(broken.read_text("utf-8").replace("\n不认识的: 1\n", ""), "utf-8")
        ended = call("run", "--homes", f"{root}/county/[甲丙]县", "--into", root / "市", "--today", DAY, "--yes")
        assert (ended.returncode, ended.stderr) == (0, "")
        *lines, last = ended.stdout.splitlines()
        assert lines[0].startswith(("1/3  丙县：收下 1 份", "1/3  甲县：")) and last == "3 个走访文件夹，做完 3 个"
        assert lines[2].startswith("3/3  市：收下 3 份，部分收下 0 份，退回 0 份，须修改 0 处")
        with Record.of(Home(root / "市")) as record:
            assert [head.verdict for head in record.heads()] == ["accepted"] * 9  # six before, and none a duplicate


def test_who_has_waited_longest_comes_first_and_none_twice(tmp_path: Path) -> None:
    for number, name in enumerate(("甲县", "乙县", "丙县", "丁县")):
        place = home(tmp_path / name, "张三")
        if name != "丙县":
            place.published.parent.mkdir()
            place.published.write_text("{}")
            os.utime(place.published, (1_700_000_000 - number, 1_700_000_000 - number))
    assert [one.root.name for one in homes_asked_for(f"{tmp_path}/*")] == ["丙县", "丁县", "乙县", "甲县"]


def test_an_annex_that_is_again_what_it_was_is_not_thought_taken(office: Office, tmp_path: Path) -> None:
    """A form was taken in below, handed up, and withdrawn the same day: the bytes above are known, and a later file stands."""
    below = tmp_path / "甲县"
    (below / "outbox").mkdir(parents=True)
    said = many_homes.Outcome(below, 0, {"outbox": ["附件1.xlsx"], "stale": []}, "")
    form = [
        workbook(f"{HEAD}2023-09-20 | 李明 | {who} | 其他 | 13812340001 | 无", unit="工会") for who in ("张三", "李四")
    ]
    for data in form:
        (below / "outbox" / "附件1.xlsx").write_bytes(data)
        assert len(many_homes.hand_up([said], office.home)[0]) == 1
        office.run()
    (below / "outbox" / "附件1.xlsx").write_bytes(form[0])
    words = "甲县/附件1.xlsx 又和上级早先收过的一样了，上级里算的却是后来的收件0002号；请在上级撤回收件0002号"
    assert many_homes.hand_up([said], office.home) == ({}, [words])
    office.take("撤回 收件0002.xlsx", workbook("收件号 | 报送件 | 理由\n0002 | 附件1 | 下级撤回"))
    assert many_homes.hand_up([said], office.home) == ({}, [])
    assert list(office.frames().visits["household"]) == ["张三"]


def test_what_the_home_above_sends_back_or_has_not_taken_is_said(office: Office, tmp_path: Path) -> None:
    below = tmp_path / "甲县"
    (below / "outbox").mkdir(parents=True)
    whole = workbook(f"{HEAD}2023-09-20 | 李明 | 张三 | 其他 | 13812340001 | 无", unit="工会")
    part = workbook(
        f"{HEAD}2023-09-21 | 李明 | 李四 | 其他 | 138 | 无\n2023-09-22 | 李明 | 王五 | 其他 | 13812340003 | 无",
        unit="工会",
    )
    for name, data in (
        ("附件1 整.xlsx", whole),
        ("附件2 半.xlsx", part),
        ("附件3 坏.xlsx", b"PK"),
        ("附件4 开着.xlsx", b"x"),
    ):
        (below / "outbox" / name).write_bytes(data)
    said = {
        "outbox": ["附件1 整.xlsx", "附件2 半.xlsx", "附件3 坏.xlsx", "附件4 开着.xlsx", "回执/附件.html"],
        "stale": ["附件4 开着.xlsx"],
    }
    handed, left = many_homes.hand_up([many_homes.Outcome(below, 0, said, "")], office.home)
    assert sorted(handed.values()) == ["甲县/附件1 整.xlsx", "甲县/附件2 半.xlsx", "甲县/附件3 坏.xlsx"]
    assert left == ["甲县 的 附件4 开着.xlsx 打开着，上级里还是它上一次的"]
    (office.home.inbox / "甲县" / "附件3 坏.xlsx").rename(tmp_path / "附件3 坏.xlsx")  # not there yet when it runs
    office.run()
    where = f"原因在 {office.home.outbox} 的“退回”和“回执”里"
    assert many_homes._not_taken_whole(handed, office.home) == [
        f"上级只收了一部分，其余退回了 甲县/附件2 半.xlsx，{where}",
        f"上级还没有收 甲县/附件3 坏.xlsx，{where}",
    ]
    (tmp_path / "附件3 坏.xlsx").rename(office.home.inbox / "甲县" / "附件3 坏.xlsx")
    office.run()
    assert many_homes._not_taken_whole(handed, office.home)[1:] == [f"上级退回了 甲县/附件3 坏.xlsx，{where}"]
    assert many_homes.hand_up([many_homes.Outcome(below, 0, said, "")], office.home)[0] == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "--homes", "无/*"], "--homes “无/*” 没有找到一个走访文件夹"),
        (["run", "--into", "市"], "--into 要和 --homes 一起写"),
        (["run", "--homes", "a/*", "--home", "b"], "--homes 不能和 --home、--as-of 一起写"),
        (["run", "--homes", "a/*", "--as-of", DAY], "--homes 不能和 --home、--as-of 一起写"),
        (["nightly", "--homes", "a/*", "--today", "昨天"], "--today 要写成 2023-10-20 这样"),
    ],
)
def test_what_cannot_be_meant_is_wrong_use(
    words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["process.py", *words])
    assert cli.main() == 2
    shown = capsys.readouterr()
    assert shown.out == "" and said in shown.err


def test_homes_of_one_name_or_with_one_record_for_all_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("a/甲县", "b/甲县", "b/乙县"):
        home(tmp_path / folder, "张三")
    with pytest.raises(WrongUse, match="同名的：甲县"):
        homes_asked_for(f"{tmp_path}/*/*")
    monkeypatch.setenv("DAZOUFANG_RECORD", "postgresql+psycopg://server/office")
    with pytest.raises(WrongUse, match=r"DAZOUFANG_RECORD 只写了一处.*\{home\}"):
        homes_asked_for(f"{tmp_path}/b/*")
    monkeypatch.setenv("DAZOUFANG_RECORD", "postgresql+psycopg://server/{home}")
    monkeypatch.setenv("DAZOUFANG_DATA", str(tmp_path / "data" / "{home}"))
    found = {one.root.name: one for one in homes_asked_for(f"{tmp_path}/b/*")}
    assert (
        found["甲县"].database == "postgresql+psycopg://server/甲县"
        and found["乙县"].data == tmp_path / "data" / "乙县"
    )


def test_ctrl_c_ends_all_that_are_at_work_and_begins_no_other(tmp_path: Path) -> None:
    homes = [home(tmp_path / name, "张三") for name in ("甲县", "乙县", "丙县", "丁县")]
    with subprocess.Popen(
        [sys.executable, ROOT / "process.py", "run", "--homes", f"{tmp_path}/*", "--today", DAY],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as started:  # fmt: skip
        until = time.monotonic() + 60
        while not any(home.data.exists() for home in homes) and time.monotonic() < until:
            time.sleep(0.05)
        started.send_signal(signal.SIGTERM)
        _, complaints = started.communicate(timeout=60)
    assert started.returncode == 3 and "已停止。没有丢失任何东西" in complaints
    begun = [home for home in homes if home.data.exists()]
    assert 0 < len(begun) < 4
    time.sleep(0.5)
    assert subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, check=False).stdout == b""
    for place in homes:
        assert Office(place).run().submissions["accepted"] <= 1
        assert [taken.verdict for taken in Office(place).submissions()] == ["accepted"]


def test_what_is_at_work_when_it_ends_is_ended_and_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One home is done at once, which ends everything; the other would take ten seconds, and says when it came through."""
    monkeypatch.setattr(
        many_homes,
        "_BEGUN",
        "import pathlib, sys, time; place = pathlib.Path(sys.argv[sys.argv.index('--home') + 1]); "
        "place.name == '慢县' and (time.sleep(10), (place / '做完').touch())",
    )
    homes = [Home(tmp_path / name) for name in ("慢县", "快县", "没有轮到")]
    for one in homes:
        one.root.mkdir()

    def ends(_: many_homes.Outcome) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        many_homes.over(homes, ["run"], ends, at_once=2)
    assert not (tmp_path / "慢县" / "做完").exists()
    assert subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, check=False).stdout == b""
