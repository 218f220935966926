"""On time by the deadline that then stood, and both denominators of the rate, worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dazoufang.duties import on_time
from dazoufang.duties.on_time import Handled, Outcome
from dazoufang.ledger import frames
from dazoufang.ledger.frames import Frames
from dazoufang.rules.campaign import load_rules
from dazoufang.system.home import shipped

RULES = load_rules(shipped("schemas"))
SPECS = frames.columns(RULES.schemas)
TODAY = date(2023, 11, 20)  # the Monday after 集中化解, which ended on Friday, 11-17


def item(item_no: str, **more: Any) -> dict[str, Any]:
    return {
        "item_no": item_no, "kind": "dispute", "state": "open", "unit": "工会", "year": 2023, "round_no": 2,
        "visited_on": "2023-09-20", "opened_on": "2023-09-21", "status": "正在化解",
        "submission_id": 1, "sheet": "Sheet1", "row_no": 4, **more,
    }  # fmt: skip


def resolved(item_no: str, day: str, **more: Any) -> dict[str, Any]:
    return item(item_no, **{"state": "resolved", "status": "已化解", "resolved_on": day, **more})


def judged(*rows: dict[str, Any], today: date = TODAY) -> list[on_time.Judged]:
    built = {name: frames.build([], SPECS[name]) for name in ("visits", "cadres", "assignments", "submissions")}
    return on_time.items(Frames(items=frames.build(rows, SPECS["items"]), **built), RULES, today)


@pytest.mark.parametrize(
    ("row", "wanted", "due_on"),
    [
        (resolved("1", "2023-11-17"), Outcome.ON_TIME, "2023-11-17"),
        (resolved("1", "2023-11-18"), Outcome.LATE, "2023-11-17"),
        (item("1"), Outcome.OVERDUE, "2023-11-17"),
        (item("1", extended_on="2023-11-20", extended_then_on="2023-11-20"), Outcome.NOT_DUE, "2023-11-20"),
        # its own 化解时限 is earlier than the end of the phase
        (resolved("1", "2023-11-03", due_on="2023-10-31", own_due_on="2023-10-31"), Outcome.LATE, "2023-10-31"),
        (resolved("1", "2023-10-31", due_on="2023-10-31", own_due_on="2023-10-31"), Outcome.ON_TIME, "2023-10-31"),
        # an extension that had been approved by then makes it on time, one that came afterwards does not
        (
            resolved("1", "2023-11-24", due_on="2023-12-01", extended_on="2023-12-01", extended_then_on="2023-12-01"),
            Outcome.ON_TIME,
            "2023-12-01",
        ),
        (resolved("1", "2023-11-24", due_on="2023-12-01", extended_on="2023-12-01"), Outcome.LATE, "2023-11-17"),
        (
            resolved("1", "2023-11-06", due_on="2023-12-01", own_due_on="2023-10-31", extended_on="2023-12-01"),
            Outcome.LATE,
            "2023-10-31",
        ),
        # of spring
        (resolved("1", "2023-05-04", round_no=1, visited_on="2023-03-20"), Outcome.LATE, "2023-04-28"),
    ],
)
def test_an_item_is_judged_by_the_deadline_that_then_stood(row: dict[str, Any], wanted: Outcome, due_on: str) -> None:
    (one,) = judged(row)
    assert (one.outcome, one.due_on.isoformat()) == (wanted, due_on)


def test_the_reason_of_the_deadline_is_told() -> None:
    late = resolved("1", "2023-11-24", extended_on="2023-12-01", extended_then_on="2023-12-01")
    assert [one.why for one in judged(item("0"), late)] == ["集中化解阶段11月17日结束", "批准延期到12月1日"]


def test_the_counts_give_both_denominators() -> None:
    """One on time, one late, one open past its day, one not yet due: 1 of 2 resolved, 1 of 3 with what is overdue."""
    some = judged(
        resolved("1", "2023-11-10"),
        resolved("2", "2023-11-18", state="closed", closed_on="2023-11-18"),
        item("3"),
        item("4", extended_on="2023-12-08", extended_then_on="2023-12-08"),
    )
    own = on_time.counted(some)
    assert own == Handled(found=4, done=2, closed=1, on_time=1, late=1, overdue=1, not_due=1)
    assert (own.on_time, own.done, own.due) == (1, 2, 3)


def test_only_what_was_registered_in_the_working_year_counts_unit_by_unit() -> None:
    some = judged(item("2", unit="办公室"), item("3"), item("1", unit="办公室"), item("0", year=2022))
    assert [(one.unit, one.item_no, one.row) for one in some] == [
        ("办公室", "1", 2),
        ("办公室", "2", 0),
        ("工会", "3", 1),
    ]
