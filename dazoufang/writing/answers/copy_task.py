"""The returned copy as a task for a child process: it opens foreign bytes."""

from __future__ import annotations

from dataclasses import dataclass

from dazoufang.model.submission import Submission
from dazoufang.rules.packed import Packed, unpacked
from dazoufang.writing.answers.returned_copy import returned_copy


@dataclass(frozen=True, slots=True)
class CopyTask:
    """One returned copy to be made: `original` is the file as it was delivered."""

    submission: Submission
    original: bytes
    rules: Packed


def make_copy(task: CopyTask) -> bytes | None:
    """The returned copy of one submission, None where there is nothing to mark."""
    return returned_copy(task.submission, task.original, unpacked(task.rules))
