"""The record: submissions in the order of acceptance, their rows with sheet, row and cell of origin. It only grows."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa

from dazoufang.model.faults import Fault, Repair
from dazoufang.model.submission import Part, Row, Submission
from dazoufang.record.migrations import upgrade
from dazoufang.record.rows import head_of, headings, part_of, row_of
from dazoufang.record.tables import (
    CLEARING,
    PARTS,
    ROWS,
    SUBMISSIONS,
    TABLES,
    VERSION,
    UnknownVersion,
    about,
    complete,
    note,
    version_of,
)
from dazoufang.system import failpoints
from dazoufang.system.errors import Trouble
from dazoufang.system.home import Home
from dazoufang.system.lead import FileLock, Lock, LostLead, taken
from dazoufang.system.local_disk import OnAShare, on_a_share

__all__ = ["VERSION", "Counters", "Record", "RecordAway", "UnknownVersion"]

# The keys of our locks on a PostgreSQL server.
_LEADING, _MAKING, _SENDING = 0x64617A6F7501, 0x64617A6F7502, 0x64617A6F7503


class RecordAway(Trouble, OSError):
    """The record cannot be read or written just now: disk full, disk broken, server gone. The message is in Chinese."""


class Record:
    """One home's record. `url` is an SQLAlchemy URL; SQLite by default, see `of` and `at`.

    Anybody may read at any time and sees whole transactions only. Whoever writes beside others does so inside `lead`.
    """

    def __init__(self, url: str) -> None:
        self._engine = sa.create_engine(url)
        self._sqlite = self._engine.dialect.name == "sqlite"
        self._term: int | None = None  # while it leads
        sa.event.listen(self._engine, "connect", _safe_sqlite if self._sqlite else _keep_alive)
        sa.event.listen(self._engine, "handle_error", _raise_record_away)
        try:
            self._make()
        except UnknownVersion:
            self._engine.dispose()
            raise

    def _make(self) -> None:
        """Make the tables, or bring those of an earlier version up to date; two that come at once take turns."""
        with self._engine.connect() as db:
            if complete(db):
                return
        with self.writing() as db:
            if not self._sqlite:
                db.execute(sa.select(sa.func.pg_advisory_xact_lock(_MAKING)))
            if not complete(db):
                found = version_of(db)
                if found:
                    upgrade(db, found)
                TABLES.create_all(db)
                note(db, "version", str(VERSION))

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
        """Be the only process that works on the home, for one pass; yields the number of its term. What others wrote
        before is read inside it.

        The lead ends with the process, however that ends. Should two ever believe that they lead (a frozen machine
        that woke, a lock file deleted by hand), the term decides: every leader has the next number, and only the latest
        may write. Rule: nothing is done twice. `patience`, `sleep`: seconds to wait for another, and how.

        Raises:
            Busy: another led for more than `patience` seconds.
        """
        with taken(self._lock(), patience, sleep, self._leader):
            with self.writing() as db:
                term = int(about(db, "term", locked=True) or 0) + 1
                note(db, "term", str(term))
                note(db, "leader", f"{platform.node()}，进程 {os.getpid()}")
            self._term = term
            failpoints.reach("leading")
            try:
                yield term
            finally:
                self._term = None

    @contextmanager
    def sending(self, patience: float = 60.0, sleep: Callable[[float], None] = time.sleep) -> Iterator[None]:
        """Be the only process that sends letters, whoever leads meanwhile: a slow server keeps no form waiting.

        Raises:
            Busy: another sent for more than `patience` seconds.
        """
        if self._sqlite:
            lock: Lock = FileLock(Path(self._engine.url.database or "").with_suffix(".mail.lock"))
        else:
            lock = _ServerLock(self._engine.url, _SENDING)
        with taken(lock, patience, sleep, lambda: "正在发信"):
            yield

    def _lock(self) -> Lock:
        if self._sqlite:
            return FileLock(Path(self._engine.url.database or "").with_suffix(".lock"))
        return _ServerLock(self._engine.url, _LEADING)

    def _leader(self) -> str:
        with self._engine.connect() as db:
            return about(db, "leader") or ""

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction with no other writer in it; for a leader, only while nobody has taken over.

        Raises:
            LostLead: somebody has; nothing is written.
        """
        with self._engine.begin() as db:
            if self._sqlite:  # the driver would begin at the first change: after what is read here
                db.exec_driver_sql("BEGIN IMMEDIATE")
            if self._term is not None and about(db, "term", locked=True) != str(self._term):
                raise LostLead(f"收表工作已由另一个程序接手（{about(db, 'leader')}），本程序没有再写入任何内容")
            yield db

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
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
        with self.writing():
            pass

    def append(self, submissions: Iterable[Submission]) -> None:
        """Add submissions in one transaction: all of them or none.

        Raises:
            LostLead: another leads now; also when there is nothing to add, so that what follows is not done either.
        """
        rows: list[dict[str, Any]] = []
        parts: list[dict[str, Any]] = []
        heads: list[dict[str, Any]] = []
        with self.writing() as db:
            for submission in submissions:
                heads.append(head_of(submission))
                for part in submission.parts:
                    parts.append(part_of(submission, part))
                    rows.extend(row_of(part, row) for row in part.rows)
            clearing = [{name: head[name] for name in ("submission_id", "path", "sha256")} for head in heads]
            for table, values in ((SUBMISSIONS, heads), (PARTS, parts), (ROWS, rows), (CLEARING, clearing)):
                if values:
                    db.execute(table.insert(), values)
            failpoints.reach("recording")
        failpoints.reach("recorded")

    def clearing(self) -> list[tuple[int, str, str]]:
        """(submission, path in the inbox, hash) of the files that are in the record but not yet out of the inbox."""
        with self._engine.connect() as db:
            found = db.execute(sa.select(CLEARING).order_by(CLEARING.c.submission_id))
            return [(file.submission_id, file.path, file.sha256) for file in found]

    def cleared(self, submission_ids: Iterable[int]) -> None:
        """Note that the files of these submissions are out of the inbox. `submission_ids` is read inside the
        transaction: where it is a generator that clears each file as it goes, nobody can take over meanwhile.

        Raises:
            LostLead: another leads now; no file was touched.
        """
        with self.writing() as db:
            ids = list(submission_ids)
            if ids:
                db.execute(CLEARING.delete().where(CLEARING.c.submission_id.in_(ids)))
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
        with self.reading() as db:
            return Counters(
                *(
                    (db.execute(sa.select(sa.func.max(column))).scalar() or 0)
                    for column in (SUBMISSIONS.c.submission_id, PARTS.c.part_id, ROWS.c.row_id)
                )
            )

    def newest_on(self) -> date | None:
        """The latest day on which anything was taken in; None: nothing yet."""
        with self.reading() as db:
            return db.execute(sa.select(sa.func.max(SUBMISSIONS.c.received_on))).scalar()

    def heads(self) -> list[Submission]:
        """Every submission without parts, faults and repairs, in the order of acceptance."""
        table = SUBMISSIONS.c
        columns = (table.submission_id, table.sha256, table.path, table.archived, table.received_on, table.verdict)
        with self.reading() as db:
            found = db.execute(sa.select(*columns, table.unit, table.rules).order_by(table.submission_id))
            return [Submission(*head[:7], rules=head.rules) for head in found]

    def submissions(self, after: int = 0) -> Iterator[Submission]:
        """Every submission with its parts and rows, in the order of acceptance; those that came `after` one alone."""
        with self.reading() as db:  # parts are numbered in the order of their submissions
            first = sa.select(sa.func.min(PARTS.c.part_id)).where(PARTS.c.submission_id > after).scalar_subquery()
            rows: dict[int, list[Row]] = {}
            of_row = ("part_id", "sheet", "row_no", "unit", "cells", "held", "row_id", "elsewhere", "left_column")
            wanted = sa.select(*(ROWS.c[name] for name in of_row)).where(ROWS.c.part_id >= first)
            for part_id, sheet, row_no, unit, cells, held, row_id, elsewhere, left in db.execute(
                wanted.order_by(ROWS.c.row_id)
            ):
                other_cells = json.loads(elsewhere) if elsewhere != "{}" else {}
                row = Row(sheet, row_no, unit, json.loads(cells), held, row_id, other_cells, left)
                rows.setdefault(part_id, []).append(row)
            parts: dict[int, list[Part]] = {}
            for stored in db.execute(sa.select(PARTS).where(PARTS.c.submission_id > after).order_by(PARTS.c.part_id)):
                part = Part(
                    stored.form, stored.member, stored.stem, stored.unit, rows.pop(stored.part_id, []),
                    headings(json.loads(stored.columns)), json.loads(stored.meta), stored.part_id,
                )  # fmt: skip
                parts.setdefault(stored.submission_id, []).append(part)
            newer = sa.select(SUBMISSIONS).where(SUBMISSIONS.c.submission_id > after)
            for head in db.execute(newer.order_by(SUBMISSIONS.c.submission_id)):
                yield Submission(
                    head.submission_id, head.sha256, head.path, head.archived, head.received_on, head.verdict,
                    head.unit, parts.pop(head.submission_id, []),
                    [Fault(**fault) for fault in json.loads(head.faults)],
                    [Repair(**repair) for repair in json.loads(head.repairs)],
                    head.duplicate_of,
                    head.rules,
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

    def __init__(self, url: sa.URL, key: int) -> None:
        self._key = key
        self._engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
        sa.event.listen(self._engine, "connect", _keep_alive)
        self._connection: sa.Connection | None = None

    def take(self) -> bool:
        connection = self._engine.connect()
        if connection.execute(sa.select(sa.func.pg_try_advisory_lock(self._key))).scalar():
            self._connection = connection
            return True
        connection.close()
        return False

    def free(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()  # closed, not given back; also where the server has gone
            self._connection.close()
            self._connection = None


def _safe_sqlite(connection: Any, _: object) -> None:
    """Settings of a new SQLite connection: what is committed survives a power cut, and writers wait for each other."""
    try:
        connection.execute("PRAGMA busy_timeout=30000")
        _keep_a_journal(connection)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
    except sqlite3.OperationalError as error:  # SQLAlchemy tells `_raise_record_away` only of what it asks itself
        raise _record_away(error) from error


def _keep_a_journal(connection: Any) -> None:
    """Switch the file to a write-ahead journal. SQLite does not wait where several processes switch a new file at once:
    the second is told that it is busy, and tries again."""
    for pause in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(pause)
    connection.execute("PRAGMA journal_mode=WAL")


def _raise_record_away(context: sa.ExceptionContext) -> RecordAway | None:
    """Have SQLAlchemy raise `RecordAway` where the database or the disk under it failed (its OperationalError), so that
    it is treated as an error of the file system would be. Other errors stay what they are."""
    if isinstance(context.sqlalchemy_exception, sa.exc.OperationalError):
        return _record_away(context.original_exception)
    return None


def _record_away(error: BaseException | None) -> RecordAway:
    """What the database said, in words for the office."""
    kind = getattr(error, "sqlite_errorname", "") or "SERVER"
    if kind.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        cause = "程序没有权限读写 data 文件夹和里面的文件，请检查权限"
    else:
        cause = "多半是磁盘已满、磁盘损坏或数据库服务断开"
    return RecordAway(f"台账库现在不能读写（{kind}），{cause}。没有丢失任何东西，排除后再运行一次即可")


def _keep_alive(connection: Any, _: object) -> None:
    """Have the server probe the connection, so that it ends the session of a machine that has gone (power, network)
    within half a minute, not in hours."""
    with connection.cursor() as cursor:
        for setting, value in (("idle", 10), ("interval", 5), ("count", 3)):
            cursor.execute(f"SET tcp_keepalives_{setting} = {value}")
    connection.commit()
