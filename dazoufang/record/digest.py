"""A hash of what the record holds, by which what was made of it is known to fit still."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from dazoufang.record.record import Record
from dazoufang.record.tables import PARTS, ROWS, SUBMISSIONS


def digest(record: Record, last: int) -> str:
    """A hash of all that the record holds of the submissions up to the number `last`: the same only where nobody has
    changed any of it."""
    found = hashlib.sha256()
    with record.reading() as db:
        ours = PARTS.c.submission_id <= last
        until = db.execute(sa.select(sa.func.max(PARTS.c.part_id)).where(ours)).scalar() or 0
        for held in (
            sa.select(SUBMISSIONS).where(SUBMISSIONS.c.submission_id <= last).order_by(SUBMISSIONS.c.submission_id),
            sa.select(PARTS).where(ours).order_by(PARTS.c.part_id),
            sa.select(ROWS).where(ROWS.c.part_id <= until).order_by(ROWS.c.row_id),
        ):
            for some in db.execute(held).partitions(1000):
                # as tuples: SQLAlchemy's own words for a row leave out the middle of a long text
                found.update(repr([tuple(row) for row in some]).encode("utf-8", "surrogatepass"))
    return found.hexdigest()
