"""The tables of the record, and their version."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from dazoufang.system.errors import WrongUse

VERSION: Final = 4  # of the tables below

TABLES: Final = sa.MetaData()
ABOUT: Final = sa.Table("about", TABLES, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text))
SUBMISSIONS: Final = sa.Table(
    "submissions",
    TABLES,
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
PARTS: Final = sa.Table(
    "parts",
    TABLES,
    sa.Column("part_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("submission_id", sa.ForeignKey("submissions.submission_id"), nullable=False, index=True),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("member", sa.Text, nullable=False),
    sa.Column("stem", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("columns", sa.Text, nullable=False),  # JSON list: sheet, heading row, field → 0-based column
    sa.Column("meta", sa.Text, nullable=False),  # JSON: 填报时间, 填表人 …
)
ROWS: Final = sa.Table(
    "rows",
    TABLES,
    sa.Column("row_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("part_id", sa.ForeignKey("parts.part_id"), nullable=False, index=True),
    sa.Column("sheet", sa.Text, nullable=False),
    sa.Column("row_no", sa.Integer, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("held", sa.Boolean, nullable=False),
    sa.Column("cells", sa.Text, nullable=False),  # JSON: field → canonical value
    sa.Column("elsewhere", sa.Text, nullable=False, server_default="{}"),  # JSON: field → the cell it stands in
    sa.Column("left_column", sa.Integer, nullable=False, server_default="0"),  # of a table beside another, from 0
)
# Files of the inbox that are taken in but not yet cleared away; written in the same transaction as their submission.
CLEARING: Final = sa.Table(
    "clearing",
    TABLES,
    sa.Column("submission_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
)
# Letters that go out. `cause`: what a letter is for; nothing has two. The bytes stay until it has gone.
LETTERS: Final = sa.Table(
    "letters",
    TABLES,
    sa.Column("letter_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("cause", sa.Text, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("made_on", sa.Date, nullable=False),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("next_at", sa.Text, nullable=False),  # ISO local time; "" at once
    sa.Column("doubted", sa.Boolean, nullable=False),  # a try ended without an answer
    sa.Column("words", sa.Text, nullable=False),  # what the last try came to
    sa.Column("told", sa.Text, nullable=False),  # JSON list: the alerts in a digest, the letters named in a report
    sa.Column("content", sa.LargeBinary, nullable=True),
)
# Letters that came. `files`: JSON list, paths in the inbox to which their attachments were delivered.
INCOMING: Final = sa.Table(
    "incoming",
    TABLES,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("message_id", sa.Text, nullable=False, unique=True),
    sa.Column("sender", sa.Text, nullable=False),
    sa.Column("came_on", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("files", sa.Text, nullable=False),
    sa.Column("zero_report", sa.Boolean, nullable=False),
)


class UnknownVersion(WrongUse):
    """The record was made by a newer program."""


def complete(db: sa.Connection) -> bool:
    """Whether all tables are there and of this version.

    Raises:
        UnknownVersion: a newer program made them, whichever they are.
    """
    found = version_of(db)
    if found > VERSION:
        raise UnknownVersion(f"台账库的版本是{found}，本程序只认识到{VERSION}，请使用新版程序")
    return found == VERSION and set(TABLES.tables) <= set(sa.inspect(db).get_table_names())


def version_of(db: sa.Connection) -> int:
    """The version of the tables that are there; 0: there are none."""
    return int(about(db, "version") or 0) if sa.inspect(db).has_table(ABOUT.name) else 0


def about(db: sa.Connection, key: str, *, locked: bool = False) -> str | None:
    """What is noted under `key`, or None; with `locked`, nobody else can change it before this transaction ends."""
    asked = sa.select(ABOUT.c.value).where(ABOUT.c.key == key)
    found: str | None = db.execute(asked.with_for_update() if locked else asked).scalar()
    return found


def note(db: sa.Connection, key: str, value: str) -> None:
    """Note `value` under `key`, in place of what was noted there."""
    if not db.execute(ABOUT.update().where(ABOUT.c.key == key).values(value=value)).rowcount:
        db.execute(ABOUT.insert().values(key=key, value=value))
