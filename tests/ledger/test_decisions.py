"""What the decisions on an item come to: each word of the form, and which of several counts."""

from __future__ import annotations

import pytest
from test_matching import entry

from dazoufang.ledger import decisions
from dazoufang.ledger.merge import Entry
from dazoufang.rules.campaign import Rules


def on_file(*lines: str) -> list[Entry]:
    """`裁定 批准日期 [新时限]`, in the order of arrival."""
    found = []
    for line in lines:
        word, approved_on, *due = line.split()
        found.append(
            entry("decision", decision=word, approved_on=approved_on, **dict.fromkeys(["new_due_on"][: len(due)], *due))
        )
    return found


def test_every_word_of_the_form_has_its_meaning(rules: Rules) -> None:
    constraints = rules.schemas["decision"].by_name["decision"].constraints
    assert set(constraints.enum or ()) == set(decisions.MEANINGS)


@pytest.mark.parametrize(
    ("word", "struck_on", "reopened_on", "extended_on", "moves_along", "joins"),
    [
        ("延期", "", "", "2023-11-10", True, "never"),
        ("同一人", "", "", "", True, "same matter"),
        ("非同一人", "", "", "", True, "never"),
        ("并案", "", "", "", True, "always"),
        ("作废", "2023-10-18", "", "", False, "never"),
        ("重开", "", "2023-10-18", "", True, "never"),
        ("另作处理", "", "", "", True, "never"),  # a word of the office's own: remembered, no more
    ],
)
def test_what_each_decision_does(
    word: str, struck_on: str, reopened_on: str, extended_on: str, moves_along: bool, joins: str
) -> None:
    only = on_file(f"{word} 2023-10-18 2023-11-10")
    assert decisions.struck_on(only) == struck_on
    assert decisions.reopened_on(only, "2023-10-01") == reopened_on
    assert decisions.extended_on(only, "") == extended_on
    assert bool(decisions.moving_along(only)) == moves_along
    assert decisions.meaning(only[0]).joins == joins


@pytest.mark.parametrize(
    ("lines", "day"),
    [
        ([], ""),
        (["作废 2023-10-18", "重开 2023-10-19"], ""),
        (["重开 2023-10-19", "作废 2023-10-18"], ""),  # the day of approval counts, not the arrival
        (["重开 2023-10-18", "作废 2023-10-19"], "2023-10-19"),
        (["作废 2023-10-18", "重开 2023-10-18"], ""),  # of one day: the later arrival
        (["重开 2023-10-18", "作废 2023-10-18"], "2023-10-18"),
        (["作废 2023-10-18", "延期 2023-10-19 2023-11-10"], "2023-10-18"),
    ],
)
def test_the_last_word_on_striking_counts(lines: list[str], day: str) -> None:
    assert decisions.struck_on(on_file(*lines)) == day


@pytest.mark.parametrize(
    ("resolved_on", "day"), [("", "2023-10-12"), ("2023-10-10", "2023-10-12"), ("2023-10-12", "2023-10-12"), ("2023-10-13", "")]
)  # fmt: skip
def test_a_decision_reopens_what_was_resolved_up_to_its_day(resolved_on: str, day: str) -> None:
    assert decisions.reopened_on(on_file("重开 2023-10-12", "重开 2023-10-09", "作废 2023-10-20"), resolved_on) == day


@pytest.mark.parametrize(
    ("lines", "stands", "day"),
    [
        (["延期 2023-10-12 2023-11-03", "延期 2023-10-18 2023-11-10"], "", "2023-11-10"),
        (["延期 2023-10-18 2023-11-10", "延期 2023-10-12 2023-11-03"], "", "2023-11-10"),
        (["延期 2023-10-12 2023-11-10", "延期 2023-10-18 2023-11-03"], "", "2023-11-10"),  # earlier: moves nothing
        (["延期 2023-10-18 2023-11-03", "延期 2023-10-18 2023-11-06"], "", "2023-11-06"),
        (["延期 2023-10-18 2023-11-03", "延期 2023-10-19"], "", "2023-11-03"),  # without a day it moves nothing
        (["延期 2023-10-18 2023-11-03"], "2023-11-04", ""),
        (["延期 2023-10-18 2023-11-03"], "2023-11-03", "2023-11-03"),
        (["延期 2023-10-18 2023-11-03", "延期 2023-10-19 2023-11-10"], "2023-11-04", "2023-11-10"),
    ],
)
def test_each_extension_moves_the_deadline_to_a_later_day_or_not_at_all(
    lines: list[str], stands: str, day: str
) -> None:
    assert decisions.extended_on(on_file(*lines), stands) == day


def test_a_corrected_decision_takes_the_place_of_the_former_and_others_stay() -> None:
    extension, striking = on_file("延期 2023-10-18 2023-11-10", "作废 2023-10-19")
    (corrected,) = on_file("延期 2023-10-18 2023-11-03")
    corrected.entry_id = extension.entry_id
    assert decisions.remembered([extension, striking], corrected) == [striking, corrected]
    assert decisions.remembered([], striking) == [striking]
