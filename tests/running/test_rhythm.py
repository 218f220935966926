"""The rhythm of `watch`, as tables: the time and what was seen on the left, what is done next on the right."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from dazoufang.inbox.scan import Waiting
from dazoufang.running.rhythm import Rhythm, night_is_due


def file(path: str, *, claimed: bool = False) -> Waiting:
    return Waiting(Path(path), path, 1, 1, 1, claimed=claimed)


@pytest.mark.parametrize(
    ("since", "coming"),
    [([], False), ([100.0], True), ([95.1], True), ([95.0], False), ([10.0], False), ([10.0, 99.0], True)],
)
def test_something_is_coming_while_a_file_has_changed_in_the_last_five_seconds(
    since: list[float], coming: bool
) -> None:
    assert Rhythm().saw(100.0, since).coming is coming


class TestWhatIsTaken:
    FOUND = (file("甲"), file("乙"), file("丙", claimed=True))

    @pytest.mark.parametrize(
        ("settled", "not_before", "taken"),
        [
            ([], {}, ["丙"]),
            (["甲"], {}, ["甲", "丙"]),
            (["甲", "乙"], {}, ["甲", "乙", "丙"]),
            (["甲", "乙"], {("甲", False): 101.0}, ["乙", "丙"]),
            (["甲", "乙"], {("甲", False): 100.0}, ["甲", "乙", "丙"]),
            (["甲", "乙"], {("丙", True): 150.0}, ["甲", "乙"]),
            (["甲", "乙"], {("甲", True): 150.0}, ["甲", "乙", "丙"]),  # dropped anew beside the one that waits
        ],
    )
    def test_what_is_claimed_or_settled_and_not_put_off(
        self, settled: list[str], not_before: dict[tuple[str, bool], float], taken: list[str]
    ) -> None:
        ready = Rhythm(not_before=not_before).ready(100.0, self.FOUND, settled)
        assert [waiting.path for waiting in ready] == taken

    def test_what_was_not_taken_is_put_off_and_what_was_marks_the_time(self) -> None:
        before = Rhythm(not_before={("丁", False): 105.0, ("旧", False): 90.0})
        after = before.took(100.0, self.FOUND, {"甲"}, {"丙"})
        assert after.taken_at == 100.0
        assert after.not_before == {("丁", False): 105.0, ("乙", False): 110.0, ("丙", True): 160.0}

    def test_where_nothing_was_taken_the_time_of_the_last_stands(self) -> None:
        assert Rhythm(taken_at=7.0).took(100.0, self.FOUND, set(), set()).taken_at == 7.0


# now, coming, taken at, behind since, last publishing took, somebody has files open until, night → published now
PUBLISHING = """
| now | coming | taken | behind | took | stale | night | → |
| 100 | no     | 96    | 96     | 0    | -     | no    | no  |
| 100 | no     | 95    | 95     | 0    | -     | no    | yes |
| 100 | yes    | 95    | 95     | 0    | -     | no    | no  |
| 100 | yes    | 99    | 41     | 0    | -     | no    | no  |
| 100 | yes    | 99    | 40     | 0    | -     | no    | yes |
| 100 | yes    | 99    | 40     | 20   | -     | no    | no  |
| 140 | yes    | 139   | 40     | 20   | -     | no    | yes |
| 100 | no     | 10    | -      | 0    | -     | no    | no  |
| 100 | no     | 10    | -      | 0    | -     | yes   | yes |
| 100 | no     | 10    | -      | 0    | 101   | no    | no  |
| 100 | no     | 10    | -      | 0    | 100   | no    | yes |
| 100 | yes    | 99    | 99     | 0    | 90    | yes   | no  |
"""


@pytest.mark.parametrize("line", PUBLISHING.strip().splitlines()[1:])
def test_annexes_are_made_in_a_quiet_moment_but_in_a_burst_not_never(line: str) -> None:
    now, coming, taken, behind, took, stale, night, wanted = (cell.strip() for cell in line.strip("|").split("|"))
    rhythm = Rhythm(
        coming=coming == "yes",
        taken_at=float(taken),
        behind_since=None if behind == "-" else float(behind),
        publishing=float(took),
        stale_until=0.0 if stale == "-" else float(stale),
    )
    assert rhythm.publishes(float(now), stale=stale != "-", night=night == "yes") is (wanted == "yes")


def test_it_is_behind_since_it_was_first_seen_to_be() -> None:
    first = Rhythm().compared(10.0, behind=True)
    assert (first.behind_since, first.compared(20.0, behind=True).behind_since) == (10.0, 10.0)
    assert first.compared(20.0, behind=False).behind_since is None


def test_after_publishing_it_knows_how_long_that_took_and_leaves_open_files_alone_for_a_minute() -> None:
    after = Rhythm(behind_since=10.0).published(100.0, 107.0)
    assert (after.publishing, after.stale_until, after.behind_since) == (7.0, 167.0, None)


@pytest.mark.parametrize(
    ("coming", "taken_at", "blocked", "away", "seconds"),
    [
        (False, 900.0, False, False, 2.0),
        (True, 900.0, False, False, 1.0),
        (True, 100.0, False, False, 1.0),
        (False, 699.0, False, False, 5.0),
        (False, 700.0, False, False, 2.0),
        (True, 900.0, True, False, 10.0),
        (True, 900.0, False, True, 2.0),
        (False, 100.0, False, True, 5.0),
    ],
)
def test_how_long_it_pauses(coming: bool, taken_at: float, blocked: bool, away: bool, seconds: float) -> None:
    rhythm = Rhythm(coming=coming, taken_at=taken_at)
    assert rhythm.pause(1000.0, blocked=blocked, away=away) == seconds
    assert replace(rhythm, taken_at=699.9).sleeps(1000.0)


@pytest.mark.parametrize(
    ("now", "proved_on", "due"),
    [
        ("2023-10-20 17:59", "2023-10-19", False),
        ("2023-10-20 18:00", "2023-10-19", True),
        ("2023-10-20 18:00", "", True),
        ("2023-10-20 23:00", "2023-10-20", False),
        ("2023-10-21 00:10", "2023-10-19", False),
        ("2023-10-22 19:00", "2023-10-19", True),
        ("2023-10-20 17:59", "2031-01-01", False),
        ("2023-10-20 18:00", "2031-01-01", True),  # the clock was years ahead once
    ],
)
def test_the_night_is_once_a_day_from_its_hour_on(now: str, proved_on: str, due: bool) -> None:
    assert night_is_due(datetime.fromisoformat(now), proved_on, "18:00") is due
