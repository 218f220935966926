"""How a record of an earlier version becomes one of today's: a step for each version, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def upgrade(db: sa.Connection, found: int) -> None:
    """Take a record of version `found` through every later version, in the transaction of `db`.

    Each step says what its version had, whatever `tables` says today. What is there already stays as it is: a program
    between two versions may have made some of it, or an earlier one may have been killed.
    """
    from alembic.migration import MigrationContext  # wanted once in a home's life
    from alembic.operations import Operations

    op = Operations(MigrationContext.configure(db))
    for version, step in STEPS.items():
        if version > found:
            step(op)


def _rules(op: Operations) -> None:
    """A submission says by which rules it was judged."""
    _add(op, "submissions", sa.Column("rules", sa.Text, nullable=False, server_default=""))


def _letters(op: Operations) -> None:
    """The queue of letters, and the letters that came."""
    _make(
        op,
        "letters",
        sa.Column("letter_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("cause", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("made_on", sa.Date, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("message_id", "recipient", "subject", "state")),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_at", sa.Text, nullable=False),
        sa.Column("doubted", sa.Boolean, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=True),
    )
    _make(
        op,
        "incoming",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("message_id", sa.Text, nullable=False, unique=True),
        sa.Column("sender", sa.Text, nullable=False),
        sa.Column("came_on", sa.Date, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("state", "unit", "files")),
        sa.Column("zero_report", sa.Boolean, nullable=False),
    )


def _origins(op: Operations) -> None:
    """A row says in which cell each value stands that stands elsewhere, and where its table begins."""
    _add(op, "rows", sa.Column("elsewhere", sa.Text, nullable=False, server_default="{}"))
    _add(op, "rows", sa.Column("left_column", sa.Integer, nullable=False, server_default="0"))


def _add(op: Operations, table: str, column: sa.Column[Any]) -> None:
    if column.name not in {there["name"] for there in sa.inspect(op.get_bind()).get_columns(table)}:
        op.add_column(table, column)


def _make(op: Operations, table: str, *columns: sa.Column[Any]) -> None:
    if not sa.inspect(op.get_bind()).has_table(table):
        op.create_table(table, *columns)


# By the version that a step leads to; the first version is what `main-job.zip` of tests/homes has.
STEPS: Final[dict[int, Callable[[Operations], None]]] = {2: _rules, 3: _letters, 4: _origins}
