"""Letters in the record: which are due, what is kept of them, and that nothing has two of one cause."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dazoufang.record.letters import ANSWER, DIGEST, REPORT, Letters, Queued, State, counts
from dazoufang.record.record import Record

NOW = datetime(2023, 10, 20, 18, 30)
LATER, BEFORE = NOW + timedelta(seconds=1), NOW - timedelta(days=1)


def letter(cause: str, kind: str = DIGEST, recipient: str = "a@x.cn", state: State = State.QUEUED) -> Queued:
    return Queued(cause, kind, NOW.date(), f"<{cause}@x.cn>", recipient, "大走访", b"bytes", state, told=(cause,))


@pytest.mark.parametrize(
    ("state", "next_at", "due"),
    [
        (State.QUEUED, None, True),
        (State.SENDING, None, True),  # the process that sent it ended
        (State.DEFERRED, BEFORE, True),
        (State.DEFERRED, LATER, False),
        (State.UNCERTAIN, NOW, True),
        (State.UNCERTAIN, None, False),  # it was sent once more already
        (State.SENT, None, False),
        (State.BOUNCED, None, False),
        (State.HELD, None, False),
        (State.FILED, None, False),
        (State.REPLACED, None, False),
    ],
)
def test_which_letters_are_tried(tmp_path: Path, state: State, next_at: datetime | None, due: bool) -> None:
    with Record.at(tmp_path / "dazoufang.sqlite3") as record:
        letters = Letters(record)
        (queued,) = letters.queue([letter("1")])
        letters.set_state(replace(queued, state=state, next_at=next_at))
        assert (letters.due(NOW) != []) is due


def test_answers_go_first_and_nothing_has_two_letters(tmp_path: Path) -> None:
    with Record.at(tmp_path / "dazoufang.sqlite3") as record:
        letters = Letters(record)
        letters.queue([letter("1"), letter("2", ANSWER), letter("1")])
        assert [found.cause for found in letters.due(NOW)] == ["2", "1"]


@pytest.mark.parametrize("state", [State.SENT, State.BOUNCED, State.FILED, State.REPLACED])
def test_the_bytes_of_a_letter_that_is_done_with_are_gone(tmp_path: Path, state: State) -> None:
    with Record.at(tmp_path / "dazoufang.sqlite3") as record:
        letters = Letters(record)
        (queued,) = letters.queue([letter("1")])
        letters.set_state(replace(queued, state=state))
        with record.reading() as db:
            assert db.exec_driver_sql("SELECT content FROM letters").scalar() is None


def test_what_was_told_counts_only_where_it_may_have_arrived(tmp_path: Path) -> None:
    with Record.at(tmp_path / "dazoufang.sqlite3") as record:
        letters = Letters(record)
        first, second = letters.queue([letter("1"), letter("2")])
        letters.set_state(replace(first, state=State.SENT))
        for state, told in ((State.SENT, "2"), (State.BOUNCED, "1"), (State.HELD, "1"), (State.REPLACED, "1")):
            letters.set_state(replace(second, state=state))
            assert letters.last_told("a@x.cn") == {told}


def test_a_bounce_is_untold_until_a_report_names_it(tmp_path: Path) -> None:
    with Record.at(tmp_path / "dazoufang.sqlite3") as record:
        letters = Letters(record)
        (queued,) = letters.queue([letter("1")])
        letters.set_state(replace(queued, state=State.BOUNCED))
        assert [found.letter_id for found in letters.untold()] == [1]
        letters.queue([replace(letter("report", REPORT), told=("1",))])
        assert letters.untold() == []


def test_how_many_are_told_of_in_each_state() -> None:
    assert counts(letter("", state=state) for state in State) == {
        "queued": 2, "sent": 1, "deferred": 1, "bounced": 1, "uncertain": 2, "held": 1,
    }  # fmt: skip
