"""The returned copy as a task for a child process: it opens foreign bytes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dazoufang.model.submission import Submission
from dazoufang.rules.campaign import load_rules
from dazoufang.system import files
from dazoufang.writing.answers.returned_copy import returned_copy


@dataclass(frozen=True, slots=True)
class CopyTask:
    """One returned copy to be made: `original` and `rules` are paths."""

    submission: Submission
    original: str
    rules: str


def make_copy(task: CopyTask) -> bytes | None:
    """The returned copy of one submission, None where there is nothing to mark."""
    return returned_copy(task.submission, files.read(Path(task.original)), load_rules(Path(task.rules)))
