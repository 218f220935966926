"""The numbers of items: the next of a round, those that come with an annex, and those that lead to another item."""

from __future__ import annotations

from datetime import date

import pytest

from dazoufang.ledger.numbers import Given, Numbers
from dazoufang.rules.campaign import Rules

AUTUMN = date(2023, 9, 20)


@pytest.fixture
def numbers(rules: Rules) -> Numbers:
    return Numbers(rules.campaign)


def test_each_round_and_kind_counts_for_itself(numbers: Numbers) -> None:
    asked = [("dispute", "2023-09-20"), ("dispute", "2023-10-10"), ("suggestion", "2023-09-20"),
             ("dispute", "2023-03-20"), ("dispute", "2023-07-01"), ("dispute", "2023-09-20")]  # fmt: skip
    assert [numbers.give(kind, date.fromisoformat(day)) for kind, day in asked] == [
        Given("23下矛0001", 2023, 2), Given("23下矛0002", 2023, 2), Given("23下建0001", 2023, 2),
        Given("23上矛0001", 2023, 1), Given("23外矛0001", 2023, 0), Given("23下矛0003", 2023, 2),
    ]  # fmt: skip


def test_a_number_that_comes_with_an_annex_is_of_the_round_it_says_and_the_next_goes_on_from_it(
    numbers: Numbers,
) -> None:
    assert numbers.give("dispute", AUTUMN, "22上矛0007") == Given("22上矛0007", 2022, 1)
    assert numbers.give("dispute", AUTUMN, "22外矛0002") == Given("22外矛0002", 2022, 0)
    assert numbers.give("dispute", AUTUMN, "23下矛0005") == Given("23下矛0005", 2023, 2)
    assert numbers.give("dispute", AUTUMN, "23下矛0003") == Given("23下矛0003", 2023, 2)
    assert numbers.give("dispute", AUTUMN).number == "23下矛0006"


def test_a_number_leads_to_its_item_and_on_when_items_become_one(numbers: Numbers) -> None:
    for _ in range(3):
        numbers.give("dispute", AUTUMN)
    numbers.lead("23下矛0002", "23下矛0003")
    numbers.lead("23下矛0003", "23下矛0001")
    numbers.lead("23下矛0009", "23下矛0003")
    asked = ("23下矛0001", "２３下矛 ０００２", "23下矛0003", "23下矛0009", "23下矛0004", "")
    assert [numbers.now(text) for text in asked] == ["23下矛0001"] * 4 + ["", ""]


def test_no_number_is_given_again_also_not_one_that_leads_to_another_item(numbers: Numbers) -> None:
    numbers.give("dispute", AUTUMN)
    numbers.lead("23下矛0002", "23下矛0001")
    assert numbers.give("dispute", AUTUMN).number == "23下矛0003"


@pytest.mark.parametrize(
    ("text", "ours"),
    [("23下矛0001", "23下矛0001"), (" ２３外建 ００１２ ", "23外建0012"), ("1", ""), ("23下访0001", ""), ("作废", ""), ("", "")],
)  # fmt: skip
def test_which_numbers_are_of_our_making(numbers: Numbers, text: str, ours: str) -> None:
    assert numbers.ours(text) == ours


@pytest.mark.parametrize(
    ("cell", "kinds", "given"),
    [
        ("", ["dispute"], [""]),
        ("", [], []),
        ("23下矛0001", ["dispute"], ["23下矛0001"]),
        ("23下矛0001", ["suggestion"], [""]),
        ("23下矛0001、23下建０００２", ["dispute", "suggestion"], ["23下矛0001", "23下建0002"]),
        ("作废、23下建0002", ["dispute", "suggestion"], ["作废", "23下建0002"]),
        ("1、23下建0002", ["dispute", "suggestion"], ["", "23下建0002"]),
        ("23下矛0001", ["dispute", "suggestion"], ["", ""]),
        ("23下矛0001、23下矛0002", ["dispute"], [""]),
    ],
)
def test_an_annex_gives_its_matters_their_numbers(
    numbers: Numbers, cell: str, kinds: list[str], given: list[str]
) -> None:
    assert numbers.of_matters(cell, kinds) == given
