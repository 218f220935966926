"""Two processors on one inbox: one leads, the other waits, nothing is done twice; on a file and on a real server."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import Office
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import workbook
from test_record import submission

from dazoufang import cli
from dazoufang.archive import originals
from dazoufang.commands.rebuild import rebuild
from dazoufang.model.submission import ACCEPTED, Submission
from dazoufang.record.letters import DELIVERED, DIGEST, SENT, Letters, Queued
from dazoufang.record.record import Counters, Record
from dazoufang.record.tables import UnknownVersion
from dazoufang.system.home import Home, NotItsRecord
from dazoufang.system.lead import POLL, Busy, FileLock, LostLead

pytestmark = pytest.mark.usefixtures("few_outputs")

TODAY = date(2023, 10, 20)
HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷和信访诉求 |\n"


@pytest.fixture(params=["file", "server"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "server":
        return str(request.getfixturevalue("database"))
    return f"sqlite:///{(tmp_path / 'dazoufang.sqlite3').as_posix()}"


LEADER = """
import sys
from dazoufang.record.record import Record
with Record(sys.argv[1]) as record, record.lead() as term:
    print(term, flush=True)
    sys.stdin.read()
"""
OPENER = """
import sys
from dazoufang.record.record import Record
print("ready", flush=True)
sys.stdin.readline()
Record(sys.argv[1]).__exit__(None, None, None)
"""
RUNNER = """
import sys
from datetime import date
from pathlib import Path
from dazoufang.system.home import Home
from dazoufang.commands.run import run
print(run(Home.of(Path(sys.argv[1])), date(2023, 10, 20)).submissions["accepted"])
"""


@contextmanager
def process(code: str, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Another process of this program, ended at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[2], env={**os.environ, **environment},
    ) as started:  # fmt: skip
        try:
            yield started
        finally:
            started.kill()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def lock_broken(url: str) -> None:
    """What no lock can rule out: the leader lost its lock without noticing."""
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).with_suffix(".lock").unlink()
        return
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as db:
        ended = db.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks JOIN pg_database d ON d.oid = database "
                "WHERE locktype = 'advisory' AND datname = current_database()"
            )
        ).all()
    assert ended == [(True,)]


def test_letters_are_queued_sent_and_known_on_either_database(url: str) -> None:
    now = datetime(2023, 10, 20, 18, 30)
    letter = Queued(
        "digest 2023-10-20 a@x.cn", DIGEST, now.date(), "<1@x.cn>", "a@x.cn", "大走访", b"\0bytes", told=("甲",)
    )
    with Record(url) as record:
        letters = Letters(record)
        assert [found.letter_id for found in letters.queue([letter, letter])] == [1]
        assert letters.queue([letter]) == []
        (due,) = letters.due(now)
        assert (due.content, due.told, letters.last_told("a@x.cn")) == (b"\0bytes", ("甲",), {"甲"})
        with letters.sending():
            letters.set_state(replace(due, state=SENT, tries=1))
        assert letters.due(now) == letters.waiting() == []
        came = letters.note_incoming("<2@x.cn>", "b@x.cn", now.date(), "工会")
        letters.delivered(replace(came, state=DELIVERED, files=("工会/邮件0001/走访.xlsx",)))
        assert [found.files for found in letters.unanswered()] == [("工会/邮件0001/走访.xlsx",)]
        letters.note_position("box", 7, 3)
        letters.note_position("box", 7, 4)
        assert letters.position("box") == (7, 4)


class TestLead:
    def test_while_one_leads_another_is_told_who(self, url: str) -> None:
        slept: list[float] = []
        with Record(url) as record, process(LEADER, url) as other:
            assert said(other) == "1"
            with (
                pytest.raises(Busy, match=f"进程 {other.pid}）.*等了 1 秒.*没有动任何文件"),
                record.lead(1, slept.append),
            ):
                pytest.fail("two lead")
        assert slept == [POLL] * 5

    def test_a_killed_leader_frees_the_lead(self, url: str) -> None:
        with Record(url) as record, process(LEADER, url) as other:
            assert said(other) == "1"
            other.kill()
            other.wait()
            with record.lead(30) as term:  # a server sees it when the connection closes, a moment later
                assert term == 2

    def test_who_waits_gets_it_next(self, url: str) -> None:
        with process(LEADER, url) as first:
            assert said(first) == "1"
            with process(LEADER, url) as second:
                first.communicate()
                assert said(second) == "2"

    def test_one_that_ended_its_work_gives_it_back_even_when_it_failed(self, url: str) -> None:
        with Record(url) as record:
            with pytest.raises(OSError, match="full"), record.lead(0):
                raise OSError("full")
            with record.lead(0) as term:
                assert term == 2

    def test_anybody_reads_while_another_leads(self, url: str) -> None:
        made = submission(Counters())
        with Record(url) as record:
            record.append([made])
            with process(LEADER, url) as other:
                assert said(other) == "1"
                with Record(url) as reader:
                    assert list(reader.submissions()) == [made]


class TestFence:
    def test_who_lost_the_lead_writes_nothing_more(self, url: str) -> None:
        first, second = submission(counters := Counters()), submission(counters)
        touched: list[int] = []

        def clearing() -> Iterator[int]:
            touched.append(1)
            yield 1

        with Record(url) as frozen, Record(url) as other:
            with pytest.raises(LostLead, match="已由另一个程序接手"), frozen.lead(0):
                frozen.append([first])
                lock_broken(url)
                with other.lead(0):
                    for nothing_or_something in ([second], []):
                        with pytest.raises(LostLead):
                            frozen.append(nothing_or_something)
                    with pytest.raises(LostLead):
                        frozen.cleared(clearing())
                    other.cleared([])
                frozen.append([second])  # also when the other has ended
            assert list(other.submissions()) == [first] and touched == []
            assert [number for number, *_ in other.clearing()] == [1]

    def test_nobody_takes_over_between_the_check_and_the_commit(self, url: str) -> None:
        made = submission(Counters())
        seen: list[Submission] = []

        def take_over() -> None:
            with other.lead(0):
                seen.extend(other.submissions())

        def making() -> Iterator[Submission]:
            lock_broken(url)
            taking.start()
            taking.join(0.5)
            assert taking.is_alive()  # it waits for the transaction
            yield made

        taking = threading.Thread(target=take_over)
        with Record(url) as record, Record(url) as other, record.lead(0):
            record.append(making())
            taking.join()
        assert seen == [made]

    def test_who_lost_the_lock_but_nobody_took_it_may_finish(self, url: str) -> None:
        made = submission(Counters())
        with Record(url) as record:
            with record.lead(0):
                lock_broken(url)
                record.append([made])
            assert list(record.submissions()) == [made]

    def test_without_a_lead_nothing_is_checked(self, url: str) -> None:
        made = [submission(counters := Counters()), submission(counters)]
        with Record(url) as record:
            record.append(made[:1])
            with record.lead(0):
                pass
            record.append(made[1:])
            assert list(record.submissions()) == made


class TestTransactions:
    def test_a_reader_sees_all_of_what_is_appended_meanwhile_or_nothing(self, url: str) -> None:
        made = submission(Counters())
        with Record(url) as reader, Record(url) as writer:
            appended = False

            def append_once(*_: object) -> None:
                nonlocal appended
                if not appended:
                    appended = True
                    writer.append([made])

            sa.event.listen(reader._engine, "after_cursor_execute", lambda *told: _is_rows(told[2]) and append_once())
            assert list(reader.submissions()) == [] and appended
            assert list(reader.submissions()) == [made]

    def test_several_may_make_the_record_at_once(self, url: str) -> None:
        with process(OPENER, url) as a, process(OPENER, url) as b, process(OPENER, url) as c:
            assert [said(one) for one in (a, b, c)] == ["ready"] * 3
            for one in (a, b, c):
                assert one.stdin is not None
                one.stdin.write("\n")
                one.stdin.flush()
            assert [one.wait() for one in (a, b, c)] == [0, 0, 0]

    def test_a_record_of_a_newer_program_is_refused(self, url: str) -> None:
        with Record(url) as record, record._engine.begin() as db:
            db.execute(sa.text("UPDATE about SET value = '99' WHERE key = 'version'"))
        with pytest.raises(UnknownVersion, match="版本是99"):
            Record(url)


def _is_rows(statement: str) -> bool:
    return "FROM rows" in statement or 'FROM "rows"' in statement


class TestOnAServer:
    def test_what_is_appended_reads_back_the_same_in_order(self, database: str) -> None:
        counters = Counters()
        made = [submission(counters) for _ in range(3)]
        with Record(database) as record:
            record.append(made)
        with Record(database) as record:
            assert list(record.submissions()) == made and record.trouble() == ""
            standing = record.counters()
            assert (standing.submission_id, standing.part_id, standing.row_id) == (3, 6, 6)
            assert [number for number, *_ in record.clearing()] == [1, 2, 3]
            record.cleared([1, 3])
            assert [number for number, *_ in record.clearing()] == [2]

    def test_a_failure_in_the_middle_leaves_nothing(self, database: str) -> None:
        good, bad = submission(Counters()), submission(Counters())
        with Record(database) as record:
            with pytest.raises(sa.exc.IntegrityError):
                record.append([good, bad])
            assert list(record.submissions()) == []

    def test_whatever_text_a_cell_holds_comes_back(self, database: str) -> None:
        with Record(database) as record:
            counters = Counters()
            expected: list[Submission] = []

            @settings(max_examples=25)
            @given(st.dictionaries(st.text(max_size=5), st.text(st.characters(exclude_categories=["Cs"]), max_size=20)))
            def each(values: dict[str, str]) -> None:
                made = submission(counters, ACCEPTED)
                made.parts[0].rows[0].values = values
                expected.append(made)
                record.append([made])

            each()
            assert list(record.submissions()) == expected

    def test_a_machine_that_is_gone_is_noticed_in_half_a_minute(self, database: str) -> None:
        """Over a Unix socket the settings have no effect and read as nought, but that they were made is known."""
        with Record(database) as record, record._engine.connect() as db:
            names = db.execute(sa.text("SELECT name FROM pg_settings WHERE source = 'session'")).scalars().all()
        assert {f"tcp_keepalives_{one}" for one in ("idle", "interval", "count")} <= set(names)


def dropped(office: Office, files: int = 30) -> Office:
    for number in range(files):
        row = f"| 2023-09-{number % 28 + 1:02d} | 李明 | 张{number} | 其他 | 138{number:08d} | |\n"
        office.drop(f"工会/走访{number}.xlsx", workbook(HEAD + row, unit="工会"))
    return office


@pytest.fixture
def environment(url: str) -> dict[str, str]:
    return {} if url.startswith("sqlite") else {"DAZOUFANG_RECORD": url}


def test_two_runs_at_once_take_every_file_once(office: Office, environment: dict[str, str]) -> None:
    dropped(office)
    root = str(office.home.root)
    with process(RUNNER, root, **environment) as a, process(RUNNER, root, **environment) as b:
        taken = [int(one.communicate()[0]) for one in (a, b)]
        assert (a.returncode, b.returncode) == (0, 0)
    assert sorted(taken) == [0, 30]
    with Record.of(Home(office.home.root, database=environment.get("DAZOUFANG_RECORD", ""))) as record:
        standing = list(record.submissions())
        assert record.clearing() == []
    assert [one.submission_id for one in standing] == list(range(1, 31))
    assert {one.verdict for one in standing} == {ACCEPTED}
    assert len({one.sha256 for one in standing}) == len({one.path for one in standing}) == 30
    assert len(originals.read_journal(office.home.archive)) == 30
    assert len([path for path in office.outbox() if "回执" in path and path.endswith(".html")]) == 30
    assert list(office.home.inbox.rglob("*.xlsx")) == []
    assert office.home.record.exists() == (not environment)


class TestItsRecord:
    """A record belongs to the archive that lists its deliveries."""

    @pytest.fixture
    def filled(self, office: Office) -> Office:
        dropped(office, 2).run()
        return office

    def test_a_lost_record_is_not_begun_anew_by_a_run_but_by_rebuild(self, filled: Office) -> None:
        before = filled.submissions()
        filled.home.record.unlink()
        filled.drop(
            "工会/新.xlsx", workbook(HEAD + "| 2023-10-01 | 李明 | 王一 | 其他 | 13900000001 | |\n", unit="工会")
        )
        with pytest.raises(NotItsRecord, match=r"0 份收件.* 2 份对不上.*rebuild"):
            filled.run()
        assert (filled.home.inbox / "工会/新.xlsx").exists()
        assert rebuild(filled.home) == []
        assert filled.submissions() == before
        assert filled.run().submissions["accepted"] == 1

    def test_a_second_machine_with_data_of_its_own_is_refused(self, filled: Office, tmp_path: Path) -> None:
        second = Office(Home(filled.home.root, tmp_path / "second"))
        with pytest.raises(NotItsRecord, match="另一台电脑"):
            second.run()

    def test_the_data_of_another_home_are_refused(self, filled: Office, tmp_path: Path) -> None:
        other = Office(Home(tmp_path / "other", filled.home.data))
        before = len(filled.submissions())
        other.home.make()
        for file in filled.home.data.glob("inbox-id*"):  # where the inbox is not the one known, that is said first
            file.unlink()
        with pytest.raises(NotItsRecord, match="DAZOUFANG_DATA"):
            other.run()
        assert len(filled.submissions()) == before

    def test_a_list_that_a_crash_left_short_is_no_hindrance(self, filled: Office) -> None:
        journal = filled.home.archive / originals.JOURNAL
        journal.write_text(journal.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
        filled.run()
        assert len(originals.read_journal(filled.home.archive)) == 2


@pytest.mark.parametrize(
    ("raised", "code"), [(Busy("等"), 3), (LostLead("等"), 3), (NotItsRecord("等"), 2)], ids=lambda one: str(one)
)
def test_the_command_line_says_it_and_exits(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], raised: Exception, code: int
) -> None:
    def fails(*_: object) -> None:
        raise raised

    monkeypatch.setattr(Record, "of", fails)
    monkeypatch.setattr(sys, "argv", ["process.py", "run", "--home", str(office.home.root), "--yes"])
    assert cli.main() == code
    assert "等" in capsys.readouterr().err


def test_a_lock_is_held_by_one_holder_and_its_file_stays(tmp_path: Path) -> None:
    make: Callable[[], FileLock] = lambda: FileLock(tmp_path / "x.lock")  # noqa: E731
    first, second = make(), make()
    assert first.take() and not second.take()
    first.free()
    assert (tmp_path / "x.lock").exists() and second.take() and not first.take()
    second.free()
