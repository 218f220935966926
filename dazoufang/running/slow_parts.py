"""What takes long to make for the outbox: returned copies and large workbooks, in child processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, Final

from dazoufang.model.submission import Submission
from dazoufang.outbox.publishing import Artifact
from dazoufang.rules.campaign import Rules
from dazoufang.rules.packed import pack
from dazoufang.system import program
from dazoufang.system.child_limits import Failure
from dazoufang.system.children import CannotStart, Engine, raise_our_mistake
from dazoufang.system.home import Home
from dazoufang.system.progress import Progress, counted, silent
from dazoufang.writing.answers.copy_task import CopyTask, make_copy
from dazoufang.writing.answers.fault_list import fault_list
from dazoufang.writing.own_templates import fill
from dazoufang.writing.own_templates.layout import DressedBook
from dazoufang.writing.sheets import page
from dazoufang.writing.sheets.book import Book

LARGE: Final = 60_000  # cells; from here on a workbook is worth a child process of its own
WORTH_IT: Final = 10_000  # the same where there are children anyway


class Copies:
    """Returned copies, made in child processes; those that are wanted anyway are made together."""

    def __init__(self, home: Home, rules: Rules, engine: Engine, progress: Progress = silent) -> None:
        self._home, self._rules, self._engine, self._progress = home, rules, engine, progress
        self._submissions: dict[str, Submission] = {}
        self._receipts: dict[str, str] = {}
        self._only_rows: set[str] = set()
        self._made: dict[str, bytes] = {}
        self.failures: list[str] = []

    def artifact(self, submission: Submission, key: str, receipt: str = "", *, only_rows: bool = False) -> Artifact:
        """The copy as something to publish. receipt: the link to its receipt, "" none. only_rows: the small workbook of its
        wrong rows."""
        self._submissions[key], self._receipts[key] = submission, receipt
        self._only_rows |= {key} if only_rows else set()
        return Artifact(partial(self._take, key), key)

    def prepare(self, keys: Iterable[str]) -> None:
        """Make these copies now, side by side. Where no copy can be made, a list of what is wrong stands in for it."""
        wanted = [key for key in dict.fromkeys(keys) if key in self._submissions and key not in self._made]
        if not wanted:
            return
        rules = pack(self._rules)
        submissions = [self._submissions[key] for key in wanted]

        def task(key: str) -> CopyTask:
            submission = self._submissions[key]
            original = (self._home.archive / submission.archived).read_bytes()
            return CopyTask(submission, original, rules, self._receipts[key], key in self._only_rows)

        results = self._engine.map(make_copy, wanted, counted(self._progress, "标注退回件", len(wanted)), load=task)
        raise_our_mistake(results)
        for key, submission, result in zip(wanted, submissions, results, strict=True):
            if isinstance(result, Failure):
                self.failures.append(f"收件{submission.submission_id}的退回件：{result.reason} {result.kind}")
            self._made[key] = result if isinstance(result, bytes) else fault_list(submission)

    def _take(self, key: str) -> bytes:
        self.prepare([key])
        return self._made.pop(key)


class Books:
    """Workbooks to publish; large ones are written in child processes while this one goes on with the rest."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._least = LARGE
        self._large: dict[str, Book | DressedBook] = {}
        self._written: dict[str, Future[list[bytes | Failure]]] = {}

    def expect(self, cells: int) -> None:
        """There will be a table of so many cells: where that is large, a child begins to load what writes it."""
        if cells >= LARGE:
            self._least = min(LARGE, WORTH_IT)
            self._beside(page.get_ready, [None])

    def is_large(self, book: Book | DressedBook) -> bool:
        """Whether a child is to write the workbook."""
        return book.cells >= self._least

    def artifacts(self, books: Mapping[str, Book | DressedBook]) -> dict[str, Artifact]:
        """Workbooks, by their names, as what is to be published."""
        return {name: self.artifact(name, book) for name, book in books.items()}

    def artifact(self, name: str, book: Book | DressedBook) -> Artifact:
        """The workbook as something to publish: what it is to hold is its key, so the same one is not written again."""
        if self.is_large(book):
            self._large[name] = book
        return Artifact(partial(self._take, name, book), f"{program.fingerprint()} {book.digest}")

    def prepare(self, names: Iterable[str]) -> None:
        """Begin with the large ones among these, unless they are begun."""
        for name in [name for name in names if name in self._large and name not in self._written]:
            self._written[name] = self._beside(fill.workbook, [self._large[name]])

    def _beside(self, function: Callable[[Any], Any], tasks: list[Any]) -> Future[Any]:
        """What children make of these tasks, while this thread goes on."""
        side = ThreadPoolExecutor(1)
        given = side.submit(self._engine.map, function, tasks)
        side.shutdown(wait=False)
        return given

    def _take(self, name: str, book: Book | DressedBook) -> bytes:
        """The workbook; written here where no child could."""
        written = None
        with suppress(CannotStart):
            written = self._written[name].result()[0] if name in self._written else None
        return written if isinstance(written, bytes) else fill.workbook(book)
