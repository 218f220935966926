"""What becomes of one queued letter, try by try."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dazoufang.mail.queue_states import Standing, after, found_sending, next_try
from dazoufang.mail.smtp import Outcome
from dazoufang.record.letters import State

NIGHT = datetime(2023, 10, 20, 22, 0)
SENT = Outcome("sent", "已送到服务器", 250)
DEFERRED = Outcome("deferred", "服务器暂时不收，稍后重发", 450)
BOUNCED = Outcome("bounced", "服务器拒收这个收件人", 550)
UNCERTAIN = Outcome("uncertain", "信已发完，服务器没有答复就断了，不知道收到没有")


def queued(now: datetime) -> Standing:
    return Standing(State.QUEUED, due_at=now)


def is_due(letter: Standing, now: datetime) -> bool:
    return letter.due_at is not None and letter.due_at <= now


def test_a_letter_that_is_sent_is_never_tried_again() -> None:
    sent = after(SENT, queued(NIGHT), NIGHT)
    assert sent == Standing(State.SENT, 1, None, False, "已送到服务器")
    assert not is_due(sent, NIGHT + timedelta(days=1000))


def test_a_letter_that_is_refused_for_good_is_never_tried_again() -> None:
    assert after(BOUNCED, queued(NIGHT), NIGHT) == Standing(State.BOUNCED, 1, None, False, "服务器拒收这个收件人")


@pytest.mark.parametrize(
    ("tries", "at"),
    [
        (1, datetime(2023, 10, 20, 22, 5)),
        (2, datetime(2023, 10, 20, 22, 30)),
        (3, datetime(2023, 10, 21, 0, 0)),
        (4, datetime(2023, 10, 21, 4, 0)),
        (5, datetime(2023, 10, 21, 10, 0)),
        (12, datetime(2023, 10, 21, 10, 0)),
        (13, None),
    ],
)
def test_a_letter_put_off_waits_longer_each_time(tries: int, at: datetime | None) -> None:
    assert next_try(tries, NIGHT) == at


def put_off_until_given_up(hours: set[int]) -> tuple[list[str], Standing]:
    """When a letter is tried that is always put off, by a process that runs at each five minutes of these hours."""
    letter, now, tried = queued(NIGHT), NIGHT, []
    while letter.due_at is not None:
        if is_due(letter, now) and now.hour in hours:
            tried.append(f"{now:%d %H:%M}")
            letter = after(DEFERRED, letter, now)
        now += timedelta(minutes=5)
    return tried, letter


def test_a_letter_always_put_off_is_tried_at_growing_intervals_for_more_than_four_days_by_a_watch() -> None:
    tried, letter = put_off_until_given_up(set(range(24)))
    assert tried == [
        "20 22:00", "20 22:05", "20 22:35", "21 00:35", "21 06:35", "21 18:35", "22 06:35", "22 18:35", "23 06:35",
        "23 18:35", "24 06:35", "24 18:35", "25 06:35",
    ]  # fmt: skip
    assert letter == Standing(State.BOUNCED, 13, None, False, "服务器暂时不收，稍后重发；试了 13 次，不再重发")


def test_a_letter_always_put_off_is_tried_every_night_where_only_nights_run() -> None:
    tried, letter = put_off_until_given_up({22})
    assert tried == [
        "20 22:00", "20 22:05", "20 22:35", "21 22:00", "22 22:00", "23 22:00", "24 22:00", "25 22:00", "26 22:00",
        "27 22:00", "28 22:00", "29 22:00", "30 22:00",
    ]  # fmt: skip
    assert letter.state is State.BOUNCED


def test_a_letter_that_may_have_arrived_is_sent_again_once_and_says_so() -> None:
    doubted = after(UNCERTAIN, queued(NIGHT), NIGHT)
    assert doubted == Standing(
        State.UNCERTAIN,
        1,
        datetime(2023, 10, 20, 22, 5),
        True,
        "信已发完，服务器没有答复就断了，不知道收到没有；会重发一次",
    )
    sent = after(SENT, doubted, NIGHT)
    assert sent == Standing(State.SENT, 2, None, True, "已送到服务器；前一次发送没有结果，这封信可能送到两次")
    again = after(UNCERTAIN, doubted, NIGHT)
    assert again == Standing(
        State.UNCERTAIN,
        2,
        None,
        True,
        "信已发完，服务器没有答复就断了，不知道收到没有；已经重发过一次，不再重发，请问收件人收到没有",
    )
    assert not is_due(again, NIGHT + timedelta(days=1000))


def test_the_one_time_is_remembered_while_the_letter_is_put_off() -> None:
    doubted = after(UNCERTAIN, queued(NIGHT), NIGHT)
    put_off = after(DEFERRED, doubted, NIGHT)
    assert (put_off.state, put_off.due_at, put_off.doubted) == (State.DEFERRED, datetime(2023, 10, 20, 22, 30), True)
    assert after(UNCERTAIN, put_off, NIGHT).due_at is None
    refused = after(BOUNCED, put_off, NIGHT)
    assert refused.words == "服务器拒收这个收件人；前一次发送没有结果，那一次可能已经送到"


def test_a_letter_found_in_the_middle_of_being_sent_may_have_arrived() -> None:
    found = found_sending(Standing(State.SENDING, 0, NIGHT), NIGHT)
    assert found == Standing(
        State.UNCERTAIN,
        1,
        datetime(2023, 10, 20, 22, 5),
        True,
        "发送时程序中断，不知道服务器收到没有；会重发一次",
    )
    assert found_sending(Standing(State.SENDING, 1, NIGHT, doubted=True), NIGHT).due_at is None


def test_states_are_told_as_the_reports_name_them() -> None:
    assert {str(state) for state in State} == {
        "queued", "sending", "sent", "deferred", "bounced", "uncertain", "held", "filed", "replaced",
    }  # fmt: skip
