"""A record of every version so far becomes one of today's, on SQLite and on PostgreSQL, whatever was cut short before."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from dazoufang.record.migrations import STEPS
from dazoufang.record.record import VERSION, Record
from dazoufang.record.tables import TABLES

HOMES: Final = Path(__file__).parents[1] / "homes"
# Version → a home that a program of it made (tests/homes/README.md), and what its record holds: submissions, parts, rows.
MADE: Final = {
    1: ("main-job.zip", (7, 6, 10)),
    2: ("watch.zip", (7, 6, 10)),
    3: ("judged/habits.zip", (6, 5, 7)),
    4: ("judged/layouts.zip", (7, 5, 13)),
}


def record_of(version: int, folder: Path) -> str:
    """The URL of the record of the home of this version, in a file of ours."""
    with zipfile.ZipFile(HOMES / MADE[version][0]) as home:
        return f"sqlite:///{Path(home.extract('data/dazoufang.sqlite3', folder)).as_posix()}"


def copied(url: str, to: str) -> None:
    """Make a record elsewhere with the tables that the one at `url` has, and its rows."""
    source, target = (sa.create_engine(each, poolclass=sa.NullPool) for each in (url, to))
    there = sa.MetaData()
    sa.event.listen(there, "column_reflect", lambda _, __, column: column.update(type=column["type"].as_generic()))
    there.reflect(source)
    there.create_all(target)
    with source.connect() as read, target.begin() as write:
        for table in there.sorted_tables:
            rows = [row._asdict() for row in read.execute(sa.select(table))]
            if rows:
                write.execute(table.insert(), rows)


@pytest.fixture(params=["file", "server"])
def on(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=MADE)
def made(request: pytest.FixtureRequest, on: str, tmp_path: Path) -> tuple[int, str]:
    """A version, and the URL of a record of it."""
    url = record_of(request.param, tmp_path)
    if on == "server":
        copied(url, elsewhere := str(request.getfixturevalue("database")))
        return request.param, elsewhere
    return request.param, url


def counts(url: str) -> tuple[int, ...]:
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as db:
        counted = (sa.select(sa.func.count()).select_from(sa.table(name)) for name in ("submissions", "parts", "rows"))
        return tuple(db.execute(count).scalar_one() for count in counted)


def test_there_is_a_step_to_every_version_and_a_record_of_each() -> None:
    assert list(STEPS) == [2, 3, 4] and VERSION == 4 and list(MADE) == [1, 2, 3, 4]


def test_the_tables_are_todays_and_the_rows_are_all_there(made: tuple[int, str]) -> None:
    version, url = made
    assert counts(url) == MADE[version][1]
    with Record(url) as record:
        first = list(record.submissions())
    assert counts(url) == MADE[version][1]
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as db:
        assert compare_metadata(MigrationContext.configure(db, opts={"compare_type": True}), TABLES) == []
        assert db.execute(sa.text("SELECT value FROM about WHERE key = 'version'")).scalar() == "4"
    with Record(url) as record:
        assert list(record.submissions()) == first
