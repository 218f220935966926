"""A unit has sent something for a round when anything of the round stands, or a form or 零报告 came in its time."""

from __future__ import annotations

from typing import Any

import pytest

from dazoufang.duties.silent_units import silent_units
from dazoufang.ledger import frames
from dazoufang.ledger.frames import Frames
from dazoufang.rules.campaign import load_rules
from dazoufang.system.home import shipped

RULES = load_rules(shipped("schemas"))
SPECS = frames.columns(RULES.schemas)
SPRING = RULES.campaign.years[0].rounds[0]
CADRES = [{"unit": "工会", "units": "工会", "cadre": "李明"}, {"unit": "工会", "units": "工会", "cadre": "王芳"}]


def silent(cadres: list[dict[str, Any]] = CADRES, **rows: dict[str, Any]) -> dict[str, list[str]]:
    built = {name: frames.build([rows[name]] if name in rows else [], spec) for name, spec in SPECS.items()}
    return silent_units(Frames(**built), RULES, 2023, SPRING, cadres)


def sent(day: str, **more: Any) -> dict[str, Any]:
    return {
        "submission_id": 1, "received_on": day, "unit": "工会", "verdict": "accepted", "live": True, "rows": 1, "faults": 0,
        "zero_report": False, "forms": "走访登记表", **more,
    }  # fmt: skip


SILENT = {"工会": ["李明", "王芳"]}


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (sent("2023-03-12"), {}),
        (sent("2023-09-17"), {}),  # late, but before the next round
        (sent("2023-09-18"), SILENT),  # the next round has begun
        (sent("2023-03-11"), SILENT),
        (sent("2023-03-20", forms="花名册"), SILENT),
        (sent("2023-03-20", live=False), SILENT),
        (sent("2023-03-20", live=False, forms=None, zero_report=True), {}),
        (sent("2023-03-20", unit="办公室"), SILENT),
    ],
)
def test_what_came_in_its_time_counts(row: dict[str, Any], wanted: dict[str, list[str]]) -> None:
    assert silent(submissions=row) == wanted


@pytest.mark.parametrize("name", ["visits", "items"])
@pytest.mark.parametrize(("round_no", "wanted"), [(1, {}), (2, SILENT)])
def test_what_stands_of_the_round_counts_whenever_it_came(
    name: str, round_no: int, wanted: dict[str, list[str]]
) -> None:
    row = {
        "visit_id": 1, "item_no": "23上矛0001", "kind": "dispute", "state": "open", "submission_id": 1, "row_no": 4,
        "sheet": "Sheet1", "year": 2023, "round_no": round_no, "unit": "工会", "visited_on": "2023-03-13",
    }  # fmt: skip
    assert silent(**{name: row}) == wanted


def test_who_has_another_post_has_sent_what_either_unit_did() -> None:
    both = [{"unit": "工会", "units": "工会、办公室", "cadre": "李明"}]
    assert silent(both, submissions=sent("2023-03-20", unit="办公室")) == {}
