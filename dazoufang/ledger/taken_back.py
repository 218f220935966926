"""Deliveries that were withdrawn as a whole (撤回): which they are, by which withdrawal, and what that says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dazoufang.model import faults
from dazoufang.model.faults import Fault, day_words
from dazoufang.model.submission import DUPLICATE, RETURNED, Part, Row, Submission
from dazoufang.rules.schema import Role, Schemas

_FIELD = "submission_no"


def withdraws(submission: Submission, schemas: Schemas) -> bool:
    """Whether the submission is a withdrawal."""
    return any(True for _ in _rows(submission, schemas))


def taken_back(submissions: Sequence[Submission], schemas: Schemas) -> dict[int, int]:
    """Number of a submission that is withdrawn → that of its withdrawal.

    A withdrawal speaks of what came before it, and is one for as long as it is not withdrawn itself. The same bytes
    that came again meanwhile go with the first: they are one file.
    """
    named = {
        submission.submission_id: [int(row.values[_FIELD]) for _, row in _rows(submission, schemas)]
        for submission in submissions
        if withdraws(submission, schemas)
    }
    gone: dict[int, int] = {}
    for by in sorted(named, reverse=True):  # whether it still is one, only those after it say
        if by not in gone:
            gone |= {number: by for number in named[by] if 0 < number < by}
    for submission in submissions:
        if submission.duplicate_of in gone and submission.submission_id < gone[submission.duplicate_of]:
            gone.setdefault(submission.submission_id, gone[submission.duplicate_of])
    return gone


def unknown(submission: Submission, schemas: Schemas) -> Iterator[Fault]:
    """A fault for each row of a withdrawal whose number is that of nothing before it."""
    for part, row in _rows(submission, schemas):
        if 0 < int(row.values[_FIELD]) < submission.submission_id:
            continue
        own = int(row.values[_FIELD]) == submission.submission_id
        fault = faults.make(
            "R26", sheet=row.sheet, cell=part.cell(row, _FIELD), row=row.row_no,
            column=schemas[part.form].by_name[_FIELD].title, value=row.values[_FIELD],
            what="就是这份撤回单自己" if own else "还没有收过",
        )  # fmt: skip
        yield fault


def in_words(gone: Mapping[int, int], by: int, submissions: Sequence[Submission]) -> list[str]:
    """What the withdrawal of the number `by` took back, a line each."""
    return [named(taken) for taken in submissions if gone.get(taken.submission_id) == by]


def named(taken: Submission) -> str:
    """One submission in words: 收件0003号《走访登记表.xlsx》（工会，10月20日收）."""
    unit = f"{taken.unit}，" if taken.unit else ""
    return f"收件{taken.submission_id:04d}号《{taken.name}》（{unit}{day_words(taken.received_on)}收）"


def _rows(submission: Submission, schemas: Schemas) -> Iterator[tuple[Part, Row]]:
    if submission.verdict in (RETURNED, DUPLICATE):
        return
    for part in submission.parts:
        if schemas[part.form].role is Role.WITHDRAWALS:
            yield from ((part, row) for row in part.counted)
