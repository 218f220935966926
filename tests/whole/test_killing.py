"""Law 10: killed anywhere, also in recovery, also with two processes, and run again, the laws hold; and the harness sees it
when they do not. What SIGKILL cannot show is what a power cut does: see `killing`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from killing import SWAPPED, Case, Found, Killer, plan

import dazoufang
from dazoufang.system import failpoints

CASES = 20
POINTS = failpoints.POINTS.keys() - failpoints.OF_MAIL.keys()  # those of mail: tests/mail/test_night_killed.py
# Where the undisturbed run is when a life with a wrong order of acts is ended.
CAUGHT_AT = {
    "cleared before it is recorded": "recording",
    "published before it is recorded": "placed",
    "recorded before it is archived": "recorded",
    "not archived": "published",
    "written in place": "placed",
    "noted as cleared and not cleared": "clearing",
}


@pytest.fixture(scope="module")
def killer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killer]:
    with Killer(tmp_path_factory.mktemp("killing")) as killer:
        yield killer


@pytest.fixture(scope="module")
def tried(killer: Killer) -> list[tuple[Case, Found]]:
    return list(killer.tried(plan(killer.points, CASES)))


def test_killed_anywhere_and_run_again_the_laws_hold(tried: list[tuple[Case, Found]]) -> None:
    assert [(case, found.died, found.wrong) for case, found in tried if found.wrong] == []


def test_lives_were_ended_at_every_point_that_has_a_name(tried: list[tuple[Case, Found]]) -> None:
    assert {point for _, found in tried for point in found.died} == POINTS
    assert all(found.died for _, found in tried)  # each case ended one at least
    assert sum(len(found.died) == 2 for _, found in tried) >= CASES // 12
    assert sum(case.together for case, _ in tried) >= CASES // 6


def test_a_dead_life_leaves_nothing_behind(tried: list[tuple[Case, Found]]) -> None:
    assert "replacing" in {point for _, found in tried for point in found.died}
    assert {case: found.litter for case, found in tried if found.litter} == {}


@pytest.mark.parametrize("swapped", SWAPPED)
def test_a_wrong_order_of_acts_is_found(killer: Killer, swapped: str) -> None:
    at = killer.points["standing"].index(CAUGHT_AT[swapped])
    ((_, found),) = killer.tried([Case("standing", (at,), swapped=swapped)])
    assert found.died and found.wrong


def test_every_point_that_is_reached_has_a_name_and_every_name_is_reached() -> None:
    calls = [
        node
        for file in Path(dazoufang.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "reach"
    ]
    assert {ast.literal_eval(node.args[0]) for node in calls} == set(failpoints.POINTS)


def test_by_themselves_points_do_nothing() -> None:
    met: list[str] = []
    failpoints.reach("leading")
    failpoints.arm(met.append)
    try:
        failpoints.reach("leading")
    finally:
        failpoints.arm(None)
    failpoints.reach("leading")
    assert met == ["leading"]
