"""Publishing: all or nothing, unchanged files untouched, foreign files left alone, and nobody's open file in the way."""

from __future__ import annotations

import errno
import json
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import Office
from tables import workbook

from dazoufang.commands.run import run, show
from dazoufang.commands.screen import Screen
from dazoufang.outbox import placing
from dazoufang.outbox.placing import WAITS
from dazoufang.outbox.publishing import STAGING, Artifact, Published, publish, stale
from dazoufang.outbox.remembered import Issue, published_on
from dazoufang.system import files

DAY = date(2023, 10, 20)


class Shelf:
    """An outbox with its ledger, and how often each artifact was made."""

    def __init__(self, root: Path) -> None:
        self.outbox, self.ledger = root / "outbox", root / "data/published.json"
        self.made: list[str] = []
        self.slept: list[float] = []

    def plan(self, **texts: str | tuple[str, str]) -> dict[str, Artifact]:
        """path (with __ for /) → text, or (text, key)"""
        plan = {}
        for name, given in texts.items():
            text, key = given if isinstance(given, tuple) else (given, "")
            path = name.replace("__", "/")
            plan[path] = Artifact(self._maker(path, text), key)
        return plan

    def _maker(self, path: str, text: str) -> Callable[[], bytes]:
        def make() -> bytes:
            self.made.append(path)
            return text.encode()

        return make

    def publish(self, plan: dict[str, Artifact], day: date = DAY, moment: str = "0930") -> list[str]:
        """The paths that changed."""
        return self.published(plan, moment, day).changed

    def published(self, plan: dict[str, Artifact], moment: str = "0930", day: date = DAY) -> Published:
        self.made.clear()
        self.slept.clear()
        return publish(self.outbox, self.ledger, plan, Issue(day), moment, sleep=self.slept.append)

    def files(self) -> dict[str, str]:
        return {
            file.relative_to(self.outbox).as_posix(): file.read_text(encoding="utf-8")
            for file in sorted(self.outbox.rglob("*"))
            if file.is_file()
        }


class Locks:
    """Files of the outbox that another program holds open: they can be neither replaced nor removed."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self._root = root
        self._held: dict[str, list[tuple[range, BaseException]]] = {}
        self._unreadable: dict[str, OSError] = {}
        self.tried: Counter[str] = Counter()
        replace, unlink, copy = Path.replace, Path.unlink, shutil.copyfile

        def replacing(file: Path, target: Path) -> Path:
            self._touch(target)
            return replace(file, target)

        def unlinking(file: Path, missing_ok: bool = False) -> None:
            self._touch(file)
            unlink(file, missing_ok=missing_ok)

        def copying(file: Path, to: Path) -> Any:
            if error := self._unreadable.get(self._name(file)):
                raise error
            return copy(file, to)

        patch.setattr(Path, "replace", replacing)
        patch.setattr(Path, "unlink", unlinking)
        patch.setattr(shutil, "copyfile", copying)

    def hold(self, name: str, *, times: int = 99, after: int = 0, error: BaseException | None = None) -> None:
        """The next `times` attempts at the file fail, once `after` attempts are over."""
        error = error or PermissionError(errno.EACCES, "open in Excel", name)
        self._held.setdefault(name, []).append((range(after, after + times), error))
        self.tried[name] = 0

    def keep_from_reading(self, name: str, error: OSError) -> None:
        self._unreadable[name] = error

    def free(self) -> None:
        self._held.clear()
        self._unreadable.clear()

    def _name(self, file: Path) -> str:
        return file.relative_to(self._root).as_posix() if file.is_relative_to(self._root) else ""

    def _touch(self, file: Path) -> None:
        name = self._name(file)
        attempt = self.tried[name]
        self.tried[name] += 1
        for attempts, error in self._held.get(name, ()):
            if attempt in attempts:
                raise error


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def locks(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Locks:
    return Locks(shelf.outbox, monkeypatch)


def fails(error: str = "disk full") -> bytes:
    raise OSError(error)


class Killed(BaseException):
    """What no handler catches, as little as SIGKILL."""


class TestWhatIsPublished:
    def test_exactly_the_plan(self, shelf: Shelf) -> None:
        assert shelf.publish(shelf.plan(a="1", 回执__工会__b="2")) == ["a", "回执/工会/b"]
        assert shelf.files() == {"a": "1", "回执/工会/b": "2"}
        assert published_on(shelf.ledger) == DAY

    def test_only_what_differs_is_written(self, shelf: Shelf) -> None:
        shelf.publish(shelf.plan(a="1", b="2"))
        before = (shelf.outbox / "a").stat().st_mtime_ns
        assert shelf.publish(shelf.plan(a="1", b="3")) == ["b"]
        assert (shelf.outbox / "a").stat().st_mtime_ns == before
        assert shelf.files() == {"a": "1", "b": "3"}

    def test_what_is_no_longer_planned_goes_with_its_empty_folders(self, shelf: Shelf) -> None:
        shelf.publish(shelf.plan(a="1", 回执__工会__b="2"))
        assert shelf.publish(shelf.plan(a="1")) == ["回执/工会/b"]
        assert shelf.files() == {"a": "1"} and not (shelf.outbox / "回执").exists()

    def test_foreign_files_stay(self, shelf: Shelf) -> None:
        shelf.publish(shelf.plan(a="1", 回执__b="2"))
        (shelf.outbox / "回执/便条.txt").write_text("别删", encoding="utf-8")
        shelf.publish(shelf.plan(a="1"))
        assert shelf.files() == {"a": "1", "回执/便条.txt": "别删"}

    def test_what_somebody_deleted_or_changed_is_mended(self, shelf: Shelf) -> None:
        plan = shelf.plan(a=("1", "k"), b=("2", "k"))
        shelf.publish(plan)
        (shelf.outbox / "a").unlink()
        (shelf.outbox / "b").write_text("changed")
        assert stale(shelf.outbox, shelf.ledger, plan) == ["a", "b"]
        assert shelf.publish(plan) == ["a", "b"]
        assert shelf.files() == {"a": "1", "b": "2"}


class TestKeys:
    def test_while_the_key_stands_nothing_is_made_again(self, shelf: Shelf) -> None:
        shelf.publish(shelf.plan(a=("1", "k1"), b="2"))
        plan = shelf.plan(a=("other", "k1"), b="2")
        assert stale(shelf.outbox, shelf.ledger, plan) == ["b"]
        assert shelf.publish(plan) == []
        assert shelf.made == ["b"] and shelf.files()["a"] == "1"

    def test_another_key_makes_it_again(self, shelf: Shelf) -> None:
        shelf.publish(shelf.plan(a=("1", "k1")))
        assert shelf.publish(shelf.plan(a=("2", "k2"))) == ["a"]
        assert shelf.files() == {"a": "2"}

    def test_another_key_with_the_same_bytes_writes_nothing_and_is_remembered(self, shelf: Shelf) -> None:
        shelf.publish(shelf.plan(a=("1", "k1")))
        assert shelf.publish(shelf.plan(a=("1", "k2"))) == []
        shelf.publish(shelf.plan(a=("1", "k2")))
        assert shelf.made == []

    @pytest.mark.parametrize("ledger", [None, "", "{half", '{"today": "2023-10-20"}'])
    def test_without_a_ledger_everything_is_made_and_compared(self, shelf: Shelf, ledger: str | None) -> None:
        plan = shelf.plan(a=("1", "k"))
        shelf.publish(plan)
        if ledger is None:
            shelf.ledger.unlink()
        else:
            shelf.ledger.write_text(ledger)
        assert shelf.publish(plan) == [] and shelf.made == ["a"]
        assert shelf.publish(plan) == [] and shelf.made == []


class TestAllOrNothing:
    OLD: dict[str, str | tuple[str, str]] = {"a": "1", "b": "2", "c__d": "3"}  # noqa: RUF012
    NEW: dict[str, str | tuple[str, str]] = {"e__f": "4", "a": "1x", "b": "2x", "c__d": "3x"}  # noqa: RUF012

    def check_untouched_and_mended(self, shelf: Shelf) -> None:
        found = {path: text for path, text in shelf.files().items() if not path.startswith(STAGING)}
        assert found == {"a": "1", "b": "2", "c/d": "3"}
        assert published_on(shelf.ledger) == DAY
        shelf.publish(shelf.plan(**self.NEW))
        assert shelf.files() == {"a": "1x", "b": "2x", "c/d": "3x", "e/f": "4"}  # and no rubbish

    @pytest.mark.parametrize("place", ["a", "c/d", "e/f"])
    def test_an_error_while_making_leaves_the_old_outbox(self, shelf: Shelf, place: str) -> None:
        shelf.publish(shelf.plan(**self.OLD))
        plan = shelf.plan(**self.NEW) | {place: Artifact(fails)}
        with pytest.raises(OSError, match="disk full"):
            shelf.publish(plan, date(2023, 10, 21))
        self.check_untouched_and_mended(shelf)

    @pytest.mark.law(9)
    def test_an_error_while_writing_leaves_the_old_outbox(self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
        shelf.publish(shelf.plan(**self.OLD))
        written, really = 0, Path.write_bytes

        def write_bytes(file: Path, data: bytes) -> int:
            nonlocal written
            written += 1
            return really(file, data) if written < 3 else len(fails())

        with monkeypatch.context() as patch, pytest.raises(OSError, match="disk full"):
            patch.setattr(Path, "write_bytes", write_bytes)
            shelf.publish(shelf.plan(**self.NEW), date(2023, 10, 21))
        self.check_untouched_and_mended(shelf)

    @pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.ESTALE, errno.EROFS])
    @pytest.mark.parametrize("broken", ["a", "b", "c/d", "e/f"])
    def test_an_error_while_naming_leaves_the_old_outbox(
        self, shelf: Shelf, locks: Locks, broken: str, number: int
    ) -> None:
        shelf.publish(shelf.plan(**self.OLD))
        locks.hold(broken, error=OSError(number, "broken"))
        with pytest.raises(OSError, match="broken"):
            shelf.publish(shelf.plan(**self.NEW), date(2023, 10, 21))
        assert shelf.slept == []
        locks.free()
        assert not (shelf.outbox / "e/f").exists()
        self.check_untouched_and_mended(shelf)

    def test_a_damaged_file_that_cannot_be_kept_for_going_back_stops_everything(
        self, shelf: Shelf, locks: Locks
    ) -> None:
        shelf.publish(shelf.plan(**self.OLD))
        locks.keep_from_reading("b", OSError(errno.EIO, "bad sector"))
        with pytest.raises(OSError, match="bad sector"):
            shelf.publish(shelf.plan(**self.NEW))
        locks.free()
        self.check_untouched_and_mended(shelf)

    def test_what_went_back_is_known_as_before(self, shelf: Shelf, locks: Locks) -> None:
        old = shelf.plan(a=("1", "k1"), b=("2", "k1"))
        shelf.publish(old)
        locks.hold("b", error=OSError(errno.ENOSPC, "disk full"))
        with pytest.raises(OSError, match="disk full"):
            shelf.publish(shelf.plan(a=("1x", "k2"), b=("2x", "k2")))
        assert shelf.files()["a"] == "1"
        assert stale(shelf.outbox, shelf.ledger, old) == []

    def test_an_error_while_clearing_up_is_said_and_the_next_run_finishes(self, shelf: Shelf, locks: Locks) -> None:
        shelf.publish(shelf.plan(**self.OLD))
        locks.hold("b", error=OSError(errno.EIO, "bad sector"))
        with pytest.raises(OSError, match="bad sector"):
            shelf.publish(shelf.plan(a="1x"))
        locks.free()
        shelf.publish(shelf.plan(a="1x"))
        assert shelf.files() == {"a": "1x"}

    def test_what_cannot_be_cleared_away_in_the_staging_folder_is_no_hindrance(
        self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(shutil, "rmtree", lambda *_, **__: None)
            shelf.publish(shelf.plan(**self.OLD))
            shelf.publish(shelf.plan(**self.NEW))
        shelf.publish(shelf.plan(**self.NEW))
        assert shelf.files() == {"a": "1x", "b": "2x", "c/d": "3x", "e/f": "4"}

    def test_an_error_after_waiting_for_a_locked_file_takes_everything_back(self, shelf: Shelf, locks: Locks) -> None:
        shelf.publish(shelf.plan(**self.OLD))
        locks.hold("b", times=2)
        locks.hold("b", after=2, error=OSError(errno.ENOSPC, "disk full"))
        with pytest.raises(OSError, match="disk full"):
            shelf.publish(shelf.plan(**self.NEW), date(2023, 10, 21))
        locks.free()
        self.check_untouched_and_mended(shelf)

    def test_a_full_disk_before_the_version_beside_is_noted_takes_everything_back(
        self, shelf: Shelf, locks: Locks, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shelf.publish(shelf.plan(**self.OLD))
        locks.hold("b")
        with monkeypatch.context() as patch, pytest.raises(OSError, match="disk full"):
            patch.setattr(files, "write_atomic", lambda *_: fails())
            shelf.publish(shelf.plan(**self.NEW), date(2023, 10, 21))
        locks.free()
        self.check_untouched_and_mended(shelf)

    def test_what_was_locked_meanwhile_does_not_keep_the_others_from_going_back(
        self, shelf: Shelf, locks: Locks
    ) -> None:
        shelf.publish(shelf.plan(a="1", b="2", c="3"))
        locks.hold("a", after=1)  # opened after it was replaced
        locks.hold("c", error=OSError(errno.ENOSPC, "disk full"))
        new = shelf.plan(a="1x", b="2x", c="3x")
        with pytest.raises(OSError, match="disk full"):
            shelf.publish(new)
        assert (shelf.outbox / "b").read_text() == "2"
        locks.free()
        shelf.publish(new)
        assert shelf.files() == {"a": "1x", "b": "2x", "c": "3x"}

    def test_what_a_kill_left_behind_is_cleared_away(self, shelf: Shelf) -> None:
        (shelf.outbox / STAGING).mkdir(parents=True)
        (shelf.outbox / STAGING / "7.tmp").write_bytes(b"half")
        shelf.publish(shelf.plan(a="1"))
        assert [path.name for path in shelf.outbox.iterdir()] == ["a"]

    @pytest.mark.law(10)
    def test_a_kill_between_two_names_is_finished_by_the_next_run(
        self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        really = Path.replace

        def replace(file: Path, target: Path) -> Path:
            if target == shelf.outbox / "b":
                raise Killed
            return really(file, target)

        shelf.publish(shelf.plan(a=("1", "k1"), b=("2", "k1")))
        new = shelf.plan(a=("1x", "k2"), b=("2x", "k2"))
        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(Path, "replace", replace)
            shelf.publish(new)
        assert shelf.files()["a"] == "1x" and shelf.files()["b"] == "2"
        shelf.publish(new)
        assert shelf.files() == {"a": "1x", "b": "2x"}
        assert set(json.loads(shelf.ledger.read_text(encoding="utf-8"))["files"]) == {"a", "b"}


def test_nothing_was_published_where_there_is_no_ledger(tmp_path: Path) -> None:
    assert published_on(tmp_path / "none.json") is None


def violation(number: int) -> OSError:
    """As Windows words it where it is not a PermissionError."""
    error = OSError("sharing violation")
    error.winerror = number  # type: ignore[attr-defined, unused-ignore]
    return error


ANNEX, RECEIPT, RETURNED = (
    "附件1 汇总表.xlsx",
    "回执/工会/走访.xlsx 回执0001.html",
    "退回/工会/走访.xlsx 需修改0001.xlsx",
)


def beside(path: str, moment: str) -> str:
    stem, _, suffix = path.rpartition(".")
    return f"{stem} (新版 {moment}).{suffix}"


class TestOpenInExcel:
    OLD: dict[str, str | tuple[str, str]] = {ANNEX: "1", RECEIPT: ("2", "k1"), RETURNED: ("3", "k1")}  # noqa: RUF012
    NEW: dict[str, str | tuple[str, str]] = {ANNEX: "1x", RECEIPT: ("2x", "k2"), RETURNED: ("3x", "k2")}  # noqa: RUF012
    OLD_FILES = {ANNEX: "1", RECEIPT: "2", RETURNED: "3"}  # noqa: RUF012
    NEW_FILES = {ANNEX: "1x", RECEIPT: "2x", RETURNED: "3x"}  # noqa: RUF012

    every_kind = pytest.mark.parametrize("held", [ANNEX, RECEIPT, RETURNED])

    @pytest.fixture(autouse=True)
    def old(self, shelf: Shelf) -> None:
        shelf.publish(shelf.plan(**self.OLD))

    def check_settled(self, shelf: Shelf) -> None:
        """Nothing is left to do, nothing is left behind."""
        assert shelf.files() == self.NEW_FILES
        found = json.loads(shelf.ledger.read_text(encoding="utf-8"))["files"]
        assert set(found) == set(self.NEW_FILES)
        before = {path: (shelf.outbox / path).stat().st_mtime_ns for path in self.NEW_FILES}
        assert shelf.published(shelf.plan(**self.NEW), "2359") == Published([], [])
        assert {path: (shelf.outbox / path).stat().st_mtime_ns for path in self.NEW_FILES} == before
        assert shelf.made == [ANNEX] and shelf.slept == []

    @every_kind
    @pytest.mark.parametrize("times", [1, len(WAITS)])
    def test_closed_in_time_nobody_notices(self, shelf: Shelf, locks: Locks, held: str, times: int) -> None:
        locks.hold(held, times=times)
        found = shelf.published(shelf.plan(**self.NEW))
        assert set(found.changed) == set(self.NEW_FILES) and found.stale == []
        assert shelf.slept == list(WAITS[:times]) and sum(WAITS) <= 1
        self.check_settled(shelf)

    @every_kind
    def test_left_open_its_new_version_lies_beside_and_the_others_are_new(
        self, shelf: Shelf, locks: Locks, held: str
    ) -> None:
        locks.hold(held)
        found = shelf.published(shelf.plan(**self.NEW), "1405")
        assert found.stale == [held] and set(found.changed) == set(self.NEW_FILES) - {held}
        assert shelf.files() == self.NEW_FILES | {
            held: self.OLD_FILES[held],
            beside(held, "1405"): self.NEW_FILES[held],
        }
        assert locks.tried[held] == 1 + len(WAITS)
        assert set(stale(shelf.outbox, shelf.ledger, shelf.plan(**self.NEW))) == {held, ANNEX}  # it has no key

    @every_kind
    def test_once_it_is_closed_the_new_version_takes_its_place(self, shelf: Shelf, locks: Locks, held: str) -> None:
        locks.hold(held)
        shelf.publish(shelf.plan(**self.NEW), moment="1405")
        locks.free()
        assert shelf.published(shelf.plan(**self.NEW), "1406") == Published([held], [])
        self.check_settled(shelf)

    def test_many_locked_files_are_waited_for_together(self, shelf: Shelf, locks: Locks) -> None:
        for path in self.NEW_FILES:
            locks.hold(path)
        assert shelf.published(shelf.plan(**self.NEW)) == Published([], list(self.NEW_FILES))
        assert shelf.slept == list(WAITS)
        assert len(shelf.files()) == 6

    @pytest.mark.parametrize(
        "error",
        [
            PermissionError(errno.EPERM, "not permitted"),
            OSError(errno.EBUSY, "busy"),
            OSError(errno.ETXTBSY, "busy"),
            violation(32),
            violation(33),
        ],
    )
    def test_however_the_system_says_so(self, shelf: Shelf, locks: Locks, error: OSError) -> None:
        locks.hold(ANNEX, error=error)
        assert shelf.published(shelf.plan(**self.NEW)).stale == [ANNEX]

    def test_a_file_that_cannot_even_be_read_is_locked(self, shelf: Shelf, locks: Locks) -> None:
        locks.keep_from_reading(ANNEX, PermissionError(errno.EACCES, "locked range"))
        assert shelf.published(shelf.plan(**self.NEW), "1405").stale == [ANNEX]
        assert shelf.files()[beside(ANNEX, "1405")] == "1x"
        locks.free()
        shelf.publish(shelf.plan(**self.NEW))
        self.check_settled(shelf)

    def test_another_run_with_the_same_leaves_the_version_beside_alone(self, shelf: Shelf, locks: Locks) -> None:
        locks.hold(ANNEX)
        shelf.publish(shelf.plan(**self.NEW), moment="1405")
        before = shelf.files()
        written = (shelf.outbox / beside(ANNEX, "1405")).stat()
        assert shelf.published(shelf.plan(**self.NEW), "1406") == Published([], [ANNEX])
        assert shelf.files() == before
        assert (shelf.outbox / beside(ANNEX, "1405")).stat() == written

    @pytest.mark.parametrize("moment", ["1405", "1530"])
    def test_a_newer_version_beside_takes_the_place_of_the_older(self, shelf: Shelf, locks: Locks, moment: str) -> None:
        locks.hold(ANNEX)
        shelf.publish(shelf.plan(**self.NEW), moment="1405")
        newer = shelf.plan(**self.NEW | {ANNEX: "1y"})
        assert shelf.published(newer, moment) == Published([], [ANNEX])
        assert shelf.files() == self.NEW_FILES | {ANNEX: "1", beside(ANNEX, moment): "1y"}

    def test_an_older_version_beside_that_is_open_too_goes_when_it_is_closed(self, shelf: Shelf, locks: Locks) -> None:
        locks.hold(ANNEX)
        shelf.publish(shelf.plan(**self.NEW), moment="1405")
        locks.hold(beside(ANNEX, "1405"))
        newer = shelf.plan(**self.NEW | {ANNEX: "1y"})
        assert shelf.published(newer, "1530").stale == [ANNEX]
        assert set(shelf.files()) == {*self.NEW_FILES, beside(ANNEX, "1405"), beside(ANNEX, "1530")}
        locks.free()
        locks.hold(ANNEX)
        assert shelf.published(newer, "1531") == Published([], [ANNEX])
        assert shelf.files() == self.NEW_FILES | {ANNEX: "1", beside(ANNEX, "1530"): "1y"}

    def test_the_target_closed_but_the_version_beside_still_open(self, shelf: Shelf, locks: Locks) -> None:
        locks.hold(ANNEX)
        shelf.publish(shelf.plan(**self.NEW), moment="1405")
        locks.free()
        locks.hold(beside(ANNEX, "1405"))
        assert shelf.published(shelf.plan(**self.NEW)) == Published([ANNEX], [])
        assert shelf.files() == self.NEW_FILES | {beside(ANNEX, "1405"): "1x"}
        locks.free()
        assert shelf.published(shelf.plan(**self.NEW)) == Published([], [])
        self.check_settled(shelf)

    def test_locked_again_a_version_that_could_not_go_serves_again(self, shelf: Shelf, locks: Locks) -> None:
        locks.hold(ANNEX)
        shelf.publish(shelf.plan(**self.NEW), moment="1405")
        locks.free()
        locks.hold(beside(ANNEX, "1405"))
        as_before = shelf.plan(**self.NEW | {ANNEX: "1"})
        assert shelf.published(as_before, "1406") == Published([], [])
        locks.hold(ANNEX)
        assert shelf.published(shelf.plan(**self.NEW), "1407") == Published([], [ANNEX])
        assert set(shelf.files()) == {*self.NEW_FILES, beside(ANNEX, "1405")}

    def test_where_nothing_can_be_put_beside_the_run_still_goes_on(self, shelf: Shelf, locks: Locks) -> None:
        locks.hold(ANNEX)
        locks.hold(beside(ANNEX, "1405"), error=OSError(errno.ENAMETOOLONG, "too long"))
        found = shelf.published(shelf.plan(**self.NEW), "1405")
        assert found == Published([RECEIPT, RETURNED], [ANNEX], missing=[ANNEX])
        assert shelf.files() == self.NEW_FILES | {ANNEX: "1"}
        locks.free()
        assert shelf.published(shelf.plan(**self.NEW)) == Published([ANNEX], [])
        self.check_settled(shelf)

    def test_a_file_of_somebody_else_under_that_name_stays(self, shelf: Shelf, locks: Locks) -> None:
        (shelf.outbox / beside(ANNEX, "1405")).write_text("别删", encoding="utf-8")
        locks.hold(ANNEX)
        for _ in range(2):
            assert shelf.published(shelf.plan(**self.NEW), "1405").stale == [ANNEX]
            assert shelf.files()[beside(ANNEX, "1405")] == "别删"
        locks.free()
        shelf.publish(shelf.plan(**self.NEW))
        assert shelf.files() == self.NEW_FILES | {beside(ANNEX, "1405"): "别删"}

    @pytest.mark.parametrize("before", [False, True])
    def test_a_planned_file_of_that_name_is_not_overwritten(self, shelf: Shelf, locks: Locks, before: bool) -> None:
        locks.hold(ANNEX)
        if before:
            shelf.publish(shelf.plan(**self.NEW), moment="1405")
        plan = shelf.plan(**self.NEW | {beside(ANNEX, "1405"): "planned", ANNEX: "1y"})
        assert shelf.published(plan, "1405").stale == [ANNEX]
        assert shelf.files() == self.NEW_FILES | {ANNEX: "1", beside(ANNEX, "1405"): "planned"}

    def test_two_locked_files_with_the_same_new_bytes_have_a_version_each(self, shelf: Shelf, locks: Locks) -> None:
        locks.hold(ANNEX)
        locks.hold(RECEIPT)
        same = shelf.plan(**self.NEW | {ANNEX: "same", RECEIPT: ("same", "k2")})
        for moment in ("1405", "1406"):
            assert shelf.published(same, moment).stale == [ANNEX, RECEIPT]
            versions = {path: text for path, text in shelf.files().items() if "新版" in path}
            assert versions == {beside(ANNEX, "1405"): "same", beside(RECEIPT, "1405"): "same"}

    def test_a_new_file_that_cannot_have_its_name_has_it_later(self, shelf: Shelf, locks: Locks) -> None:
        new = "回执/工会/又一份.xlsx 回执0002.html"
        locks.hold(new)
        plan = shelf.plan(**self.NEW | {new: ("4", "k1")})
        for moment in ("1405", "1406"):
            assert shelf.published(plan, moment).stale == [new]
        assert shelf.files() == self.NEW_FILES | {beside(new, "1405"): "4"}
        locks.free()
        assert shelf.published(plan) == Published([new], [])
        assert shelf.files() == self.NEW_FILES | {new: "4"}

    def test_two_long_names_that_are_cut_alike_never_share_one_version(self, shelf: Shelf, locks: Locks) -> None:
        first, second = (f"回执/{'长' * 79}{number}.html" for number in (1, 2))
        shelf.publish(shelf.plan(**self.OLD | {first: "1", second: "2"}))
        locks.hold(first)
        locks.hold(second)
        found = shelf.published(shelf.plan(**self.NEW | {first: "1x", second: "2x"}), "1405")
        assert found.stale == [first, second]
        (only,) = (path for path in shelf.files() if "新版" in path)
        assert shelf.files()[only] == "1x" and len(only.rpartition("/")[2].encode()) <= 255

    def test_what_the_plan_says_again_needs_no_version_beside(self, shelf: Shelf, locks: Locks) -> None:
        locks.hold(ANNEX)
        locks.hold(RECEIPT)
        shelf.publish(shelf.plan(**self.NEW), moment="1405")
        back = self.NEW | {ANNEX: "1", RECEIPT: ("2", "k1")}
        assert shelf.published(shelf.plan(**back)) == Published([], [])
        assert shelf.files() == self.NEW_FILES | {ANNEX: "1", RECEIPT: "2"}
        assert shelf.made == [ANNEX]  # the receipt is known to be that of the old key

    def test_what_somebody_saved_there_meanwhile_may_be_the_plan(self, shelf: Shelf, locks: Locks) -> None:
        locks.hold(RECEIPT)
        shelf.publish(shelf.plan(**self.NEW), moment="1405")
        (shelf.outbox / RECEIPT).write_text("2x")
        assert shelf.published(shelf.plan(**self.NEW)) == Published([], [])
        locks.free()
        self.check_settled(shelf)

    def test_edited_while_open_under_the_same_key_it_is_mended_later(self, shelf: Shelf, locks: Locks) -> None:
        (shelf.outbox / RECEIPT).write_text("edited")
        locks.hold(RECEIPT)
        for _ in range(2):
            assert shelf.published(shelf.plan(**self.OLD)).stale == [RECEIPT]
        locks.free()
        assert shelf.published(shelf.plan(**self.OLD)) == Published([RECEIPT], [])
        assert shelf.files() == self.OLD_FILES

    def test_without_a_ledger_a_locked_file_is_tried_again(self, shelf: Shelf, locks: Locks) -> None:
        shelf.ledger.unlink()
        locks.hold(RECEIPT)
        for _ in range(2):
            assert shelf.published(shelf.plan(**self.NEW)).stale == [RECEIPT]
        locks.free()
        shelf.publish(shelf.plan(**self.NEW))
        self.check_settled(shelf)

    def test_the_day_is_that_of_the_run_also_when_something_stayed_locked(self, shelf: Shelf, locks: Locks) -> None:
        locks.hold(ANNEX)
        shelf.publish(shelf.plan(**self.NEW), date(2023, 10, 21))
        assert published_on(shelf.ledger) == date(2023, 10, 21)

    @every_kind
    def test_no_longer_planned_but_open_it_goes_when_it_is_closed(self, shelf: Shelf, locks: Locks, held: str) -> None:
        rest: dict[str, str | tuple[str, str]] = {path: text for path, text in self.NEW.items() if path != held}
        locks.hold(held)
        for _ in range(2):
            found = shelf.published(shelf.plan(**rest))
            assert held not in found.changed and found.stale == []
            assert held in shelf.files()
        assert shelf.slept == []
        locks.free()
        assert shelf.publish(shelf.plan(**rest)) == [held]
        assert held not in shelf.files()
        assert (shelf.outbox / held).parent.exists() == (held == ANNEX)  # the unit's empty folder goes too

    def test_no_longer_planned_its_version_beside_goes_with_it(self, shelf: Shelf, locks: Locks) -> None:
        locks.hold(RETURNED)
        shelf.publish(shelf.plan(**self.NEW), moment="1405")
        rest = shelf.plan(**{path: text for path, text in self.NEW.items() if path != RETURNED})
        assert shelf.published(rest, "1406") == Published([], [])
        assert set(shelf.files()) == {ANNEX, RECEIPT, RETURNED}
        locks.free()
        assert shelf.published(rest, "1407") == Published([RETURNED], [])
        assert set(shelf.files()) == {ANNEX, RECEIPT}

    def test_a_folder_that_somebody_has_open_stays_empty(self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
        def rmdir(folder: Path) -> None:
            raise PermissionError(errno.EACCES, "open in Explorer", str(folder))

        monkeypatch.setattr(Path, "rmdir", rmdir)
        shelf.publish(shelf.plan(**{path: text for path, text in self.OLD.items() if path != RETURNED}))
        assert set(shelf.files()) == {ANNEX, RECEIPT}

    KILLS = ("a target", "the note of the version beside", "the version beside", "the ledger", "the older version")

    @pytest.mark.parametrize("where", KILLS)
    @pytest.mark.parametrize("closed", [False, True])
    def test_killed_anywhere_there_is_never_more_than_one_version_beside(
        self, shelf: Shelf, locks: Locks, monkeypatch: pytest.MonkeyPatch, where: str, closed: bool
    ) -> None:
        locks.hold(ANNEX)
        shelf.publish(shelf.plan(**self.NEW | {ANNEX: "1w"}), moment="1300")
        written, really = 0, files.write_atomic

        def write_atomic(path: Path, data: bytes) -> None:
            nonlocal written
            written += 1
            if written == {"the note of the version beside": 1, "the ledger": 2}.get(where):
                raise Killed
            really(path, data)

        if where == "a target":
            locks.hold(RECEIPT, error=Killed())
            (shelf.outbox / RECEIPT).write_text("touched")
        if where == "the version beside":
            locks.hold(beside(ANNEX, "1405"), error=Killed())
        if where == "the older version":
            locks.hold(beside(ANNEX, "1300"), error=Killed())
        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(files, "write_atomic", write_atomic)
            shelf.publish(shelf.plan(**self.NEW), date(2023, 10, 21), "1405")
        assert published_on(shelf.ledger) == DAY
        locks.free()
        if not closed:
            locks.hold(ANNEX)
            assert shelf.published(shelf.plan(**self.NEW), "1530").stale == [ANNEX]
            versions = [path for path in shelf.files() if "新版" in path]
            assert len(versions) == 1 and shelf.files()[versions[0]] == "1x"
            locks.free()
        shelf.publish(shelf.plan(**self.NEW), moment="1531")
        self.check_settled(shelf)


def test_a_run_says_what_stayed_open_and_the_next_one_brings_it_up_to_date(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(placing, "WAITS", ())
    head = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 |\n"
    office.take("工会/走访.xlsx", workbook(f"{head}| 2023-09-20 | 李明 | 张三 | 其他 |", unit="工会"))
    annex = next(path for path in office.outbox() if path.startswith("附件1"))
    office.drop("工会/又一批.xlsx", workbook(f"{head}| 2023-09-21 | 李明 | 王五 | 其他 |", unit="工会"))
    locks = Locks(office.home.outbox, monkeypatch)
    locks.hold(annex)
    summary = run(office.home, office.today, moment="1405")
    assert summary.stale == summary.as_json()["stale"] == [annex] and annex not in summary.changed
    assert summary.submissions["accepted"] == 1 and not list(office.home.inbox.rglob("*.xlsx"))
    assert any("又一批" in path for path in office.outbox())  # the unit has its receipt
    show(summary, office.home, Screen())
    assert f"{annex} 打开着没能更新" in capsys.readouterr().out
    newer = office.outbox()[beside(annex, "1405")]
    locks.free()
    summary = run(office.home, office.today, moment="1406")
    assert (summary.stale, summary.changed) == ([], [annex])
    assert office.outbox()[annex] == newer and not any("新版" in path for path in office.outbox())
    show(summary, office.home, Screen())
    assert "没能更新" not in capsys.readouterr().out
