"""The folded record as it is kept: it comes to the same as folding anew, and is never trusted where it does not fit."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pandas as pd
import pytest
from conftest import Office
from tables import workbook

from dazoufang.ledger.fold import Fold, fold
from dazoufang.record.record import Record
from dazoufang.rules.campaign import load_rules
from dazoufang.running import kept_fold
from dazoufang.system import program
from dazoufang.system.home import shipped

pytestmark = pytest.mark.usefixtures("few_outputs")

HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷 |\n"
ROW = "| 2023-09-{day} | 李明 | {name} | 其他 | 138000000{day} | {matter} |\n"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every submission more is worth keeping, and so is the first."""
    monkeypatch.setattr(kept_fold, "BEHIND", 1)


@pytest.fixture
def folds(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """From how many submissions each fold that was asked for began: 0 for one that was made anew."""
    begun: list[int] = []
    anew, kept = kept_fold.fold, kept_fold._kept

    def noted(path: Path, *given: object) -> Fold | None:
        found = kept(path, *given)  # type: ignore[arg-type]
        if found is not None:
            begun.append(len(found.submissions))
        return found

    monkeypatch.setattr(kept_fold, "_kept", noted)
    monkeypatch.setattr(kept_fold, "fold", lambda *given: (begun.append(0), anew(*given))[1])
    return begun


def drop(office: Office, day: int, matter: str = "", name: str = "") -> None:
    """One form with one visit."""
    row = ROW.format(day=day, name=name or f"张{'一二三四五六七八九十'[day % 10]}", matter=matter)
    office.take(f"工会/第{day}份.xlsx", workbook(HEAD + row, unit="工会"))


def facts(folded: Fold) -> list[pd.DataFrame]:
    """All that comes of a fold."""
    frames = folded.frames()
    told = pd.DataFrame({"effect": [repr(effect) for effect in folded.effects.values()]})
    return [frames.visits, frames.items, frames.cadres, frames.submissions, told]


def both(office: Office) -> tuple[Fold, Fold]:
    """The fold from what is kept on, and the one from the beginning."""
    rules = load_rules(office.home.schemas)
    with Record.of(office.home) as record:
        return kept_fold.folded(office.home, record, rules), fold(record.submissions(), rules)


def agree(office: Office) -> None:
    from_kept, anew = both(office)
    for ours, theirs in zip(facts(from_kept), facts(anew), strict=True):
        pd.testing.assert_frame_equal(ours, theirs)
    assert from_kept.submissions == anew.submissions
    assert from_kept.ledger.numbers.__dict__.keys() == anew.ledger.numbers.__dict__.keys()


def test_the_next_process_begins_where_the_last_one_ended(office: Office, folds: list[int]) -> None:
    drop(office, 20, "与邻居因排水沟改道争执")
    drop(office, 21)
    assert folds == [0, 1]
    agree(office)
    assert folds == [0, 1, 2]


def test_what_came_since_is_taken_in_with_all_that_it_does(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(office, 20, "与邻居因排水沟改道争执")
    monkeypatch.setattr(kept_fold, "BEHIND", 1000)  # nothing is kept from here on
    drop(office, 21, "与邻居因宅基地界址争执", name="王五")
    drop(office, 20, "", name="张三")  # replaces the first: its dispute goes
    agree(office)
    from_kept, _ = both(office)
    assert list(from_kept.frames().items["item_no"]) == ["23下矛0002"]


def test_it_is_kept_anew_only_when_much_has_come(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(office, 20)
    kept = (office.home.data / kept_fold.FILE).read_bytes()
    monkeypatch.setattr(kept_fold, "BEHIND", 2)
    drop(office, 21)
    assert (office.home.data / kept_fold.FILE).read_bytes() == kept
    drop(office, 22)
    assert (office.home.data / kept_fold.FILE).read_bytes() != kept


def in_the_record(change: str) -> Callable[[Office, pytest.MonkeyPatch], None]:
    def changed(office: Office, _: pytest.MonkeyPatch) -> None:
        with sqlite3.connect(office.home.record) as db:
            assert db.execute(change).rowcount == 1

    return changed


def cut_off(office: Office, _: pytest.MonkeyPatch) -> None:
    file = office.home.data / kept_fold.FILE
    file.write_bytes(file.read_bytes()[:-7])


def one_byte_other(office: Office, _: pytest.MonkeyPatch) -> None:
    file = office.home.data / kept_fold.FILE
    data = bytearray(file.read_bytes())
    data[-40] ^= 1
    file.write_bytes(data)


def no_key(office: Office, _: pytest.MonkeyPatch) -> None:
    (office.home.data / kept_fold.FILE).write_bytes(b"\x80\x05\x00nonsense")


def another_program(_: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "fingerprint", lambda: "9.9+0123456789ab")


def other_rules(office: Office, _: pytest.MonkeyPatch) -> None:
    copytree(shipped("schemas"), office.home.root / "schemas")
    file = office.home.root / "schemas" / "campaign.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("18:30", "19:30"), encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        in_the_record("UPDATE rows SET cells = replace(cells, '张二', '张七')"),
        in_the_record("UPDATE rows SET held = 1"),
        in_the_record("UPDATE parts SET unit = '人事股'"),
        in_the_record("UPDATE submissions SET received_on = '2023-10-19'"),
        in_the_record("DELETE FROM rows"),
        cut_off,
        one_byte_other,
        no_key,
        another_program,
        other_rules,
    ],
)
def test_what_does_not_fit_is_not_used(
    office: Office,
    folds: list[int],
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Office, pytest.MonkeyPatch], None],
) -> None:
    drop(office, 21)
    folds.clear()
    change(office, monkeypatch)
    agree(office)
    assert folds == [0]


def test_another_word_in_the_middle_of_a_long_text_is_noticed(office: Office, folds: list[int]) -> None:
    drop(office, 21, "排水沟改道，" * 60 + "要求赔三百元。" + "排水沟改道，" * 60)
    folds.clear()
    in_the_record("UPDATE rows SET cells = replace(cells, '三百', '五百')")(office, pytest.MonkeyPatch())
    agree(office)
    assert folds == [0]


def test_a_disk_without_room_for_it_stops_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    write = kept_fold.files.write_atomic

    def full(path: Path, data: bytes) -> None:
        if path.name == kept_fold.FILE:
            raise OSError(28, "No space left on device")
        write(path, data)

    monkeypatch.setattr(kept_fold.files, "write_atomic", full)
    drop(office, 20)
    assert not (office.home.data / kept_fold.FILE).exists()
    agree(office)


def test_rebuild_never_asks_it(office: Office, folds: list[int]) -> None:
    """The proof that the record agrees with the archive begins at the first submission."""
    from dazoufang.commands.rebuild import rebuild

    drop(office, 20)
    folds.clear()
    assert rebuild(office.home) == [] and folds == []
