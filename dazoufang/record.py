"""The record: submissions in the order of acceptance, their rows with sheet, row and cell of origin. It only grows."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import sqlalchemy as sa
from sqlalchemy.schema import CreateColumn

from dazoufang import failpoints
from dazoufang.faults import Fault, Repair
from dazoufang.home import Home
from dazoufang.lead import FileLock, Lock, LostLead, held
from dazoufang.local_disk import OnAShare, on_a_share
from dazoufang.submission import Heading, Part, Row, Submission

VERSION: Final = 2  # of the tables below
_LEADING, _MAKING = 0x64617A6F7501, 0x64617A6F7502  # what a PostgreSQL server knows our two locks by

_TABLES: Final = sa.MetaData()
_ABOUT: Final = sa.Table("about", _TABLES, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text))
_SUBMISSIONS: Final = sa.Table(
    "submissions",
    _TABLES,
    sa.Column("submission_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("sha256", sa.Text, nullable=False, index=True),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("archived", sa.Text, nullable=False),
    sa.Column("received_on", sa.Date, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("duplicate_of", sa.Integer, nullable=False),
    sa.Column("faults", sa.Text, nullable=False),  # JSON list, fields of faults.Fault
    sa.Column("repairs", sa.Text, nullable=False),  # JSON list, fields of faults.Repair
    sa.Column("rules", sa.Text, nullable=False, server_default=""),  # fingerprint
)
_PARTS: Final = sa.Table(
    "parts",
    _TABLES,
    sa.Column("part_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("submission_id", sa.ForeignKey("submissions.submission_id"), nullable=False, index=True),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("member", sa.Text, nullable=False),
    sa.Column("stem", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("columns", sa.Text, nullable=False),  # JSON list: sheet, heading row, field → 0-based column
    sa.Column("meta", sa.Text, nullable=False),  # JSON: 填报时间, 填表人 …
)
_ROWS: Final = sa.Table(
    "rows",
    _TABLES,
    sa.Column("row_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("part_id", sa.ForeignKey("parts.part_id"), nullable=False, index=True),
    sa.Column("sheet", sa.Text, nullable=False),
    sa.Column("row_no", sa.Integer, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("held", sa.Boolean, nullable=False),
    sa.Column("cells", sa.Text, nullable=False),  # JSON: field → canonical value
)
# Files of the inbox that are taken in but not yet cleared away; written in the same transaction as their submission.
_CLEARING: Final = sa.Table(
    "clearing",
    _TABLES,
    sa.Column("submission_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
)


class UnknownVersion(Exception):
    """The record was made by a newer program."""


class RecordAway(OSError):
    """The record cannot be read or written just now: disk full, disk broken, server gone. The message is in Chinese."""


class Record:
    """One home's record. `url` is an SQLAlchemy URL; SQLite by default, see `of` and `at`.

    Anybody may read at any time and sees whole transactions only. Whoever writes beside others does so inside `lead`.
    """

    def __init__(self, url: str) -> None:
        self._engine = sa.create_engine(url)
        self._sqlite = self._engine.dialect.name == "sqlite"
        self._term: int | None = None  # while it leads
        sa.event.listen(self._engine, "connect", _safe_sqlite if self._sqlite else _watched)
        sa.event.listen(self._engine, "handle_error", _told_as_the_world)
        try:
            self._make()
        except UnknownVersion:
            self._engine.dispose()
            raise

    def _make(self) -> None:
        """Make the tables, or bring those of an earlier version up to date; two that come at once take turns."""
        with self._engine.connect() as db:
            if _complete(db):
                return
        with self._writing() as db:
            if not self._sqlite:
                db.execute(sa.select(sa.func.pg_advisory_xact_lock(_MAKING)))
            if not _complete(db):
                _TABLES.create_all(db)
                if _about(db, "version") is None:
                    _note(db, "version", str(VERSION))
                else:
                    _upgrade(db)

    @classmethod
    def of(cls, home: Home) -> Record:
        """The record of a home: on a server where it has one, else its file, made when it is not there.

        Raises:
            OnAShare: the file would lie on a share.
            UnknownVersion: a newer program made it.
        """
        return cls(home.database) if home.database else cls.at(home.record)

    @classmethod
    def at(cls, path: Path) -> Record:
        """The SQLite record in the file `path`, made when it is not there.

        Raises:
            OnAShare, UnknownVersion: as `of`.
        """
        if on_a_share(path.parent):
            raise OnAShare(path.parent)
        path.parent.mkdir(parents=True, exist_ok=True)
        return cls(f"sqlite:///{path.as_posix()}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine.dispose()

    @contextmanager
    def lead(self, patience: float = 60.0, sleep: Callable[[float], None] = time.sleep) -> Iterator[int]:
        """Be the only one who works, for one pass; yields its term. What others wrote before is read inside it.

        The lead ends with the process, however that ends. Should two ever believe that they lead (a frozen machine
        that woke, a lock file deleted by hand), the term decides: every leader has the next one, and only the latest
        may write. Rule: nothing is done twice.

        Raises:
            Busy: another led for more than `patience` seconds.
        """
        with held(self._lock(), patience, sleep, self._leader):
            with self._writing() as db:
                term = int(_about(db, "term", hold=True) or 0) + 1
                _note(db, "term", str(term))
                _note(db, "leader", f"{platform.node()}，进程 {os.getpid()}")
            self._term = term
            failpoints.reach("leading")
            try:
                yield term
            finally:
                self._term = None

    def _lock(self) -> Lock:
        if self._sqlite:
            return FileLock(Path(self._engine.url.database or "").with_suffix(".lock"))
        return _ServerLock(self._engine.url)

    def _leader(self) -> str:
        with self._engine.connect() as db:
            return _about(db, "leader") or ""

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        """One transaction with no other writer in it; for a leader, only while nobody has taken over.

        Raises:
            LostLead: somebody has; nothing is written.
        """
        with self._engine.begin() as db:
            if self._sqlite:  # the driver would begin at the first change: after what is read here
                db.exec_driver_sql("BEGIN IMMEDIATE")
            if self._term is not None and _about(db, "term", hold=True) != str(self._term):
                raise LostLead(f"收表工作已由另一个程序接手（{_about(db, 'leader')}），本程序没有再写入任何内容")
            yield db

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        """One transaction that sees the record as it stands now, whatever others append meanwhile."""
        with self._engine.connect() as db:
            if self._sqlite:
                db.exec_driver_sql("BEGIN")
            else:
                db.execution_options(isolation_level="REPEATABLE READ")
            yield db

    def still_leads(self) -> None:
        """For a leader: make sure of it before an act outside the record.

        Raises:
            LostLead: another has taken over.
        """
        with self._writing():
            pass

    def append(self, submissions: Iterable[Submission]) -> None:
        """Add submissions in one transaction: all of them or none.

        Raises:
            LostLead: another leads now; also when there is nothing to add, so that what follows is not done either.
        """
        rows: list[dict[str, Any]] = []
        parts: list[dict[str, Any]] = []
        heads: list[dict[str, Any]] = []
        with self._writing() as db:
            for submission in submissions:
                heads.append(_head(submission))
                for part in submission.parts:
                    parts.append(_part(submission, part))
                    rows.extend(_row(part, row) for row in part.rows)
            clearing = [{name: head[name] for name in ("submission_id", "path", "sha256")} for head in heads]
            for table, values in ((_SUBMISSIONS, heads), (_PARTS, parts), (_ROWS, rows), (_CLEARING, clearing)):
                if values:
                    db.execute(table.insert(), values)
            failpoints.reach("recording")
        failpoints.reach("recorded")

    def clearing(self) -> list[tuple[int, str, str]]:
        """(submission, path in the inbox, hash) of the files that are in the record but not yet out of the inbox."""
        with self._engine.connect() as db:
            found = db.execute(sa.select(_CLEARING).order_by(_CLEARING.c.submission_id))
            return [(one.submission_id, one.path, one.sha256) for one in found]

    def cleared(self, submission_ids: Iterable[int]) -> None:
        """These files are out of the inbox. Those that are taken out only as one goes through `submission_ids` are
        taken out under the eyes of the record: nobody can take over meanwhile.

        Raises:
            LostLead: another leads now; no file was touched.
        """
        with self._writing() as db:
            ids = list(submission_ids)
            if ids:
                db.execute(_CLEARING.delete().where(_CLEARING.c.submission_id.in_(ids)))
        failpoints.reach("cleared")

    def trouble(self) -> str:
        """What the database's own check finds wrong; "" nothing."""
        if not self._sqlite:
            return ""
        with self._engine.connect() as db:
            found = db.execute(sa.text("PRAGMA quick_check")).scalar()
        return "" if found == "ok" else str(found)

    def counters(self) -> Counters:
        """The next free ids."""
        with self._reading() as db:
            return Counters(
                *(
                    (db.execute(sa.select(sa.func.max(column))).scalar() or 0)
                    for column in (_SUBMISSIONS.c.submission_id, _PARTS.c.part_id, _ROWS.c.row_id)
                )
            )

    def submissions(self) -> Iterator[Submission]:
        """Every submission with its parts and rows, in the order of acceptance."""
        with self._reading() as db:
            rows: dict[int, list[Row]] = {}
            for one in db.execute(sa.select(_ROWS).order_by(_ROWS.c.row_id)):
                row = Row(one.sheet, one.row_no, one.unit, json.loads(one.cells), one.held, one.row_id)
                rows.setdefault(one.part_id, []).append(row)
            parts: dict[int, list[Part]] = {}
            for one in db.execute(sa.select(_PARTS).order_by(_PARTS.c.part_id)):
                part = Part(
                    one.form, one.member, one.stem, one.unit, rows.pop(one.part_id, []),
                    _headings(json.loads(one.columns)), json.loads(one.meta), one.part_id,
                )  # fmt: skip
                parts.setdefault(one.submission_id, []).append(part)
            for one in db.execute(sa.select(_SUBMISSIONS).order_by(_SUBMISSIONS.c.submission_id)):
                yield Submission(
                    one.submission_id, one.sha256, one.path, one.archived, one.received_on, one.verdict, one.unit,
                    parts.pop(one.submission_id, []),
                    [Fault(**fault) for fault in json.loads(one.faults)],
                    [Repair(**repair) for repair in json.loads(one.repairs)],
                    one.duplicate_of,
                    one.rules,
                )  # fmt: skip


class Counters:
    """Gives submissions, parts and rows their ids, ascending in the order of acceptance."""

    def __init__(self, submission_id: int = 0, part_id: int = 0, row_id: int = 0) -> None:
        self.submission_id, self.part_id, self.row_id = submission_id, part_id, row_id

    def number(self, submission: Submission) -> None:
        """Number the parts and rows of a submission, and take its own number."""
        self.submission_id = submission.submission_id
        for part in submission.parts:
            self.part_id += 1
            part.part_id = self.part_id
            for row in part.rows:
                self.row_id += 1
                row.row_id = self.row_id


class _ServerLock:
    """A lock that a PostgreSQL server keeps for as long as the connection lives, which is used for nothing else.

    It needs the connection to be one session (no PgBouncer in transaction mode).
    """

    def __init__(self, url: sa.URL) -> None:
        self._engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
        sa.event.listen(self._engine, "connect", _watched)
        self._connection: sa.Connection | None = None

    def take(self) -> bool:
        connection = self._engine.connect()
        if connection.execute(sa.select(sa.func.pg_try_advisory_lock(_LEADING))).scalar():
            self._connection = connection
            return True
        connection.close()
        return False

    def free(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()  # closed, not given back; also where the server has gone
            self._connection.close()
            self._connection = None


def _complete(db: sa.Connection) -> bool:
    """Whether all tables are there and of this version."""
    if not set(_TABLES.tables) <= set(sa.inspect(db).get_table_names()):
        return False
    standing = int(_about(db, "version") or 0)
    if standing > VERSION:
        raise UnknownVersion(f"台账库的版本是{standing}，本程序只认识到{VERSION}，请使用新版程序")
    return standing == VERSION


def _about(db: sa.Connection, key: str, *, hold: bool = False) -> str | None:
    """What is noted under `key`; with `hold`, nobody else can change it before this transaction ends."""
    asked = sa.select(_ABOUT.c.value).where(_ABOUT.c.key == key)
    found: str | None = db.execute(asked.with_for_update() if hold else asked).scalar()
    return found


def _note(db: sa.Connection, key: str, value: str) -> None:
    if not db.execute(_ABOUT.update().where(_ABOUT.c.key == key).values(value=value)).rowcount:
        db.execute(_ABOUT.insert().values(key=key, value=value))


def _upgrade(db: sa.Connection) -> None:
    """Give a record of an earlier version the columns it lacks. Every step may be done again: a crash does no harm."""
    standing = sa.inspect(db)
    for table in _TABLES.sorted_tables:
        known = {column["name"] for column in standing.get_columns(table.name)}
        for column in table.columns:
            if column.name not in known:
                wanted = CreateColumn(column).compile(dialect=db.dialect)
                db.execute(sa.text(f"ALTER TABLE {table.name} ADD COLUMN {wanted}"))
    _note(db, "version", str(VERSION))


def _safe_sqlite(connection: Any, _: object) -> None:
    """What is committed stays committed, also through a power cut."""
    connection.execute("PRAGMA busy_timeout=30000")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _told_as_the_world(context: sa.ExceptionContext) -> None:
    """What the disk or the server did is an error of the world, like one of the file system."""
    if isinstance(context.sqlalchemy_exception, sa.exc.OperationalError):
        kind = getattr(context.original_exception, "sqlite_errorname", "") or "SERVER"
        context.chained_exception = RecordAway(
            f"台账库现在不能读写（{kind}），多半是磁盘已满、磁盘损坏或数据库服务断开。没有丢失任何东西，排除后再运行一次即可"
        )


def _watched(connection: Any, _: object) -> None:
    """The server ends the session of a machine that has gone (power, network) within half a minute, not in hours."""
    with connection.cursor() as cursor:
        for setting, value in (("idle", 10), ("interval", 5), ("count", 3)):
            cursor.execute(f"SET tcp_keepalives_{setting} = {value}")
    connection.commit()


def _head(submission: Submission) -> dict[str, Any]:
    return {
        "submission_id": submission.submission_id,
        "sha256": submission.sha256,
        "path": submission.path,
        "archived": submission.archived,
        "received_on": submission.received_on,
        "verdict": submission.verdict,
        "unit": submission.unit,
        "duplicate_of": submission.duplicate_of,
        "faults": _json([asdict(fault) for fault in submission.faults]),
        "repairs": _json([asdict(repair) for repair in submission.repairs]),
        "rules": submission.rules,
    }


def _part(submission: Submission, part: Part) -> dict[str, Any]:
    return {
        "part_id": part.part_id,
        "submission_id": submission.submission_id,
        "form": part.form,
        "member": part.member,
        "stem": part.stem,
        "unit": part.unit,
        "columns": _json([(one.sheet, one.row_no, one.columns) for one in part.headings]),
        "meta": _json(part.meta),
    }


def _headings(columns: list[Any] | dict[str, Any]) -> list[Heading]:
    """The headings of a part; a record of version 1 knows sheet → columns only, as if all stood in the first row."""
    if isinstance(columns, dict):
        return [Heading(sheet, 0, named) for sheet, named in columns.items()]
    return [Heading(*one) for one in columns]


def _row(part: Part, row: Row) -> dict[str, Any]:
    return {
        "row_id": row.row_id,
        "part_id": part.part_id,
        "sheet": row.sheet,
        "row_no": row.row_no,
        "unit": row.unit,
        "held": row.held,
        "cells": _json(row.values),
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
