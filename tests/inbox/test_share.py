"""Whether the inbox is here: the marker in it and the id this home remembers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dazoufang.inbox import share


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_a_home_that_has_marked_nothing_is_content_with_the_folder(inbox: Path, data: Path) -> None:
    assert share.check(inbox, data) == "here"
    assert list(inbox.iterdir()) == list(data.iterdir()) == []  # to look is not to write


def test_a_folder_that_is_not_there_is_away_also_where_nothing_was_marked(inbox: Path, data: Path) -> None:
    inbox.rmdir()
    assert share.check(inbox, data) == "away"


def test_a_marked_inbox_is_known_again_wherever_it_is_mounted(inbox: Path, data: Path, tmp_path: Path) -> None:
    share.mark(inbox, data)
    assert share.check(inbox, data) == "here"
    inbox.rename(tmp_path / "elsewhere")
    assert share.check(inbox, data) == "away"
    assert share.check(tmp_path / "elsewhere", data) == "here"


def test_marking_again_changes_nothing(inbox: Path, data: Path) -> None:
    share.mark(inbox, data)
    before = (inbox / share.MARKER).read_bytes(), (data / share.ID_FILE).read_bytes()
    share.mark(inbox, data)
    assert ((inbox / share.MARKER).read_bytes(), (data / share.ID_FILE).read_bytes()) == before


def test_a_home_that_lost_its_data_takes_over_the_marker_that_stands(inbox: Path, data: Path, tmp_path: Path) -> None:
    share.mark(inbox, data)
    other = tmp_path / "other"
    other.mkdir()
    share.mark(inbox, other)
    assert share.check(inbox, data) == share.check(inbox, other) == "here"


@pytest.mark.parametrize("how", ["empty folder", "unreadable marker", "empty marker"])
def test_a_marked_inbox_without_its_marker_is_away_and_marking_does_not_make_it_one(
    inbox: Path, data: Path, how: str
) -> None:
    share.mark(inbox, data)
    (inbox / share.MARKER).unlink()
    if how == "unreadable marker":
        (inbox / share.MARKER).mkdir()
    elif how == "empty marker":
        (inbox / share.MARKER).touch()
    share.mark(inbox, data)
    assert share.check(inbox, data) == "away"


def test_another_inbox_at_the_same_place_is_told_apart(inbox: Path, data: Path, tmp_path: Path) -> None:
    share.mark(inbox, data)
    (tmp_path / "data2").mkdir()
    (tmp_path / "inbox2").mkdir()
    share.mark(tmp_path / "inbox2", tmp_path / "data2")
    shutil.rmtree(inbox)
    (tmp_path / "inbox2").rename(inbox)
    assert share.check(inbox, data) == "changed"


def test_somebody_confirms_a_new_inbox_by_deleting_the_id(inbox: Path, data: Path) -> None:
    share.mark(inbox, data)
    (inbox / share.MARKER).unlink()
    with pytest.raises(share.ShareAway, match=r"没有认得的标记文件.*请先删除 .*inbox-id\.txt"):
        share.guard(inbox, data)
    (data / share.ID_FILE).unlink()
    share.guard(inbox, data)
    share.mark(inbox, data)
    assert share.check(inbox, data) == "here"


@pytest.mark.parametrize(
    ("trouble", "said"),
    [("gone", "不见了，可能是共享断开了"), ("changed", "不是原来的那一个"), ("unmarked", "没有认得的标记文件")],
)
def test_the_message_says_what_is_seen_and_what_to_do(inbox: Path, data: Path, trouble: str, said: str) -> None:
    share.mark(inbox, data)
    if trouble == "changed":
        (inbox / share.MARKER).write_text("0123456789abcdef\n", encoding="utf-8")
    else:
        (inbox / share.MARKER).unlink()
    if trouble == "gone":
        inbox.rmdir()
    with pytest.raises(share.ShareAway, match=said) as told:
        share.guard(inbox, data)
    assert str(inbox) in str(told.value) and "连上共享后再运行一次" in str(told.value)
