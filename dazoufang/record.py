"""The record: submissions in the order of acceptance, their rows with sheet, row and cell of origin. It only grows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import sqlalchemy as sa
from sqlalchemy.schema import CreateColumn

from dazoufang.faults import Fault, Repair
from dazoufang.submission import Heading, Part, Row, Submission

VERSION: Final = 2  # of the tables below

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


class Record:
    """One home's record. `url` is an SQLAlchemy URL; SQLite by default, see `at`."""

    def __init__(self, url: str) -> None:
        self._engine = sa.create_engine(url)
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _safe_sqlite)
        _TABLES.create_all(self._engine)
        with self._engine.begin() as db:
            standing = db.execute(sa.select(_ABOUT.c.value).where(_ABOUT.c.key == "version")).scalar()
            if standing is None:
                db.execute(_ABOUT.insert().values(key="version", value=str(VERSION)))
            elif int(standing) > VERSION:
                self._engine.dispose()
                raise UnknownVersion(f"台账库的版本是{standing}，本程序只认识到{VERSION}，请使用新版程序")
            elif int(standing) < VERSION:
                _upgrade(db)

    @classmethod
    def at(cls, path: Path) -> Record:
        """The SQLite record in the file `path`, made when it is not there."""
        path.parent.mkdir(parents=True, exist_ok=True)
        return cls(f"sqlite:///{path.as_posix()}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine.dispose()

    def append(self, submissions: Iterable[Submission]) -> None:
        """Add submissions in one transaction: all of them or none."""
        rows: list[dict[str, Any]] = []
        parts: list[dict[str, Any]] = []
        heads: list[dict[str, Any]] = []
        with self._engine.begin() as db:
            for submission in submissions:
                heads.append(_head(submission))
                for part in submission.parts:
                    parts.append(_part(submission, part))
                    rows.extend(_row(part, row) for row in part.rows)
            clearing = [{name: head[name] for name in ("submission_id", "path", "sha256")} for head in heads]
            for table, values in ((_SUBMISSIONS, heads), (_PARTS, parts), (_ROWS, rows), (_CLEARING, clearing)):
                if values:
                    db.execute(table.insert(), values)

    def clearing(self) -> list[tuple[int, str, str]]:
        """(submission, path in the inbox, hash) of the files that are in the record but not yet out of the inbox."""
        with self._engine.connect() as db:
            found = db.execute(sa.select(_CLEARING).order_by(_CLEARING.c.submission_id))
            return [(one.submission_id, one.path, one.sha256) for one in found]

    def cleared(self, submission_ids: Iterable[int]) -> None:
        """These files are out of the inbox."""
        ids = list(submission_ids)
        if ids:
            with self._engine.begin() as db:
                db.execute(_CLEARING.delete().where(_CLEARING.c.submission_id.in_(ids)))

    def trouble(self) -> str:
        """What the database's own check finds wrong; "" nothing."""
        if self._engine.dialect.name != "sqlite":
            return ""
        with self._engine.connect() as db:
            found = db.execute(sa.text("PRAGMA quick_check")).scalar()
        return "" if found == "ok" else str(found)

    def counters(self) -> Counters:
        """The next free ids."""
        with self._engine.connect() as db:
            return Counters(
                *(
                    (db.execute(sa.select(sa.func.max(column))).scalar() or 0)
                    for column in (_SUBMISSIONS.c.submission_id, _PARTS.c.part_id, _ROWS.c.row_id)
                )
            )

    def submissions(self) -> Iterator[Submission]:
        """Every submission with its parts and rows, in the order of acceptance."""
        with self._engine.connect() as db:
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


def _upgrade(db: sa.Connection) -> None:
    """Give a record of an earlier version the columns it lacks. Every step may be done again: a crash does no harm."""
    standing = sa.inspect(db)
    for table in _TABLES.sorted_tables:
        known = {column["name"] for column in standing.get_columns(table.name)}
        for column in table.columns:
            if column.name not in known:
                wanted = CreateColumn(column).compile(dialect=db.dialect)
                db.execute(sa.text(f"ALTER TABLE {table.name} ADD COLUMN {wanted}"))
    db.execute(_ABOUT.update().where(_ABOUT.c.key == "version").values(value=str(VERSION)))


def _safe_sqlite(connection: Any, _: object) -> None:
    """What is committed stays committed, also through a power cut."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


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
