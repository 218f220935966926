"""What takes long to make for the outbox: returned copies and a large annex 1, in child processes."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial

from dazoufang.model.submission import Submission
from dazoufang.outbox.publishing import Artifact
from dazoufang.rules.campaign import Rules
from dazoufang.rules.packed import pack
from dazoufang.system.child_limits import Failure
from dazoufang.system.children import CannotStart, Engine, raise_our_mistake
from dazoufang.system.home import Home
from dazoufang.system.progress import Progress, counted, silent
from dazoufang.writing.annexes import annexes
from dazoufang.writing.annexes.annexes import AnnexTask
from dazoufang.writing.answers.copy_task import CopyTask, make_copy
from dazoufang.writing.answers.fault_list import fault_list


class Copies:
    """Returned copies, made in child processes; those that are wanted anyway are made together."""

    def __init__(self, home: Home, rules: Rules, engine: Engine, progress: Progress = silent) -> None:
        self._home, self._rules, self._engine, self._progress = home, rules, engine, progress
        self._submissions: dict[str, Submission] = {}
        self._made: dict[str, bytes] = {}
        self.failures: list[str] = []

    def artifact(self, submission: Submission, key: str) -> Artifact:
        """The copy as something to publish."""
        self._submissions[key] = submission
        return Artifact(partial(self._take, key), key)

    def prepare(self, keys: Iterable[str]) -> None:
        """Make these copies now, side by side. Where no copy can be made, a list of what is wrong stands in for it."""
        wanted = [key for key in dict.fromkeys(keys) if key in self._submissions and key not in self._made]
        if not wanted:
            return
        rules = pack(self._rules)
        submissions = [self._submissions[key] for key in wanted]

        def task(submission: Submission) -> CopyTask:
            return CopyTask(submission, (self._home.archive / submission.archived).read_bytes(), rules)

        results = self._engine.map(
            make_copy, submissions, counted(self._progress, "标注退回件", len(wanted)), load=task
        )
        raise_our_mistake(results)
        for key, submission, result in zip(wanted, submissions, results, strict=True):
            if isinstance(result, Failure):
                self.failures.append(f"收件{submission.submission_id}的退回件：{result.reason} {result.kind}")
            self._made[key] = result if isinstance(result, bytes) else fault_list(submission)

    def _take(self, key: str) -> bytes:
        self.prepare([key])
        return self._made.pop(key)


class AnnexInChild:
    """One annex written in a child process while this one writes the others; here, where the child could not."""

    def __init__(self, engine: Engine, name: str, task: AnnexTask, here: Artifact) -> None:
        self.name = name
        self._engine, self._task, self._here = engine, task, here
        self._future: Future[list[bytes | Failure]] | None = None

    def start(self) -> None:
        """Begin."""
        side = ThreadPoolExecutor(1)
        self._future = side.submit(self._engine.map, annexes.make, [self._task])
        side.shutdown(wait=False)

    def make(self) -> bytes:
        """The workbook, waited for."""
        made = None
        with suppress(CannotStart):
            made = self._future.result()[0] if self._future is not None else None
        return made if isinstance(made, bytes) else self._here.make()
