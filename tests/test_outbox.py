"""Publishing: all or nothing, unchanged files untouched, foreign files left alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from dazoufang.outbox import STAGING, Artifact, publish, published_on, stale

DAY = date(2023, 10, 20)


class Shelf:
    """An outbox with its ledger, and how often each artifact was made."""

    def __init__(self, root: Path) -> None:
        self.outbox, self.ledger = root / "outbox", root / "data/published.json"
        self.made: list[str] = []

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

    def publish(self, plan: dict[str, Artifact], day: date = DAY) -> list[str]:
        self.made.clear()
        return publish(self.outbox, self.ledger, plan, day)

    def files(self) -> dict[str, str]:
        return {
            file.relative_to(self.outbox).as_posix(): file.read_text(encoding="utf-8")
            for file in sorted(self.outbox.rglob("*"))
            if file.is_file()
        }


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def fails(error: str = "disk full") -> bytes:
    raise OSError(error)


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

    @pytest.mark.parametrize("held", ["a", "b", "c/d", "e/f"])
    def test_a_target_open_in_excel_leaves_the_old_outbox(
        self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, held: str
    ) -> None:
        shelf.publish(shelf.plan(**self.OLD))
        really = Path.replace

        def replace(file: Path, target: Path) -> Path:
            if target == shelf.outbox / held and file.suffix == ".tmp" and file.parent.name == STAGING:
                raise PermissionError(13, "open in Excel")
            return really(file, target)

        with monkeypatch.context() as patch, pytest.raises(PermissionError):
            patch.setattr(Path, "replace", replace)
            shelf.publish(shelf.plan(**self.NEW), date(2023, 10, 21))
        assert not (shelf.outbox / "e/f").exists()
        self.check_untouched_and_mended(shelf)

    def test_what_a_kill_left_behind_is_cleared_away(self, shelf: Shelf) -> None:
        (shelf.outbox / STAGING).mkdir(parents=True)
        (shelf.outbox / STAGING / "7.tmp").write_bytes(b"half")
        shelf.publish(shelf.plan(a="1"))
        assert [path.name for path in shelf.outbox.iterdir()] == ["a"]

    def test_a_kill_between_two_names_is_finished_by_the_next_run(
        self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Killed(BaseException):
            pass

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
