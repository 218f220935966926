"""The returned copy as a task for a child process: it opens foreign bytes."""

from __future__ import annotations

from dataclasses import dataclass

from dazoufang.model.submission import Submission
from dazoufang.rules.packed import Packed, unpacked
from dazoufang.writing.answers.returned_copy import returned_copy, small_copy


@dataclass(frozen=True, slots=True)
class CopyTask:
    """One returned copy to be made: `original` is the file as it was delivered, `receipt` the link to its receipt. `only_rows`:
    not the whole, but the small workbook of its wrong rows."""

    submission: Submission
    original: bytes
    rules: Packed
    receipt: str = ""
    only_rows: bool = False


def make_copy(task: CopyTask) -> bytes | None:
    """The returned copy of one submission, None where there is nothing to mark."""
    if task.only_rows:
        return small_copy(task.submission, task.original, unpacked(task.rules), task.receipt)
    return returned_copy(task.submission, task.original, unpacked(task.rules), task.receipt)
