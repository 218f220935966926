"""The numbers of items: which are given, which lead to another since two items became one, and the next of a round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from dazoufang.ledger.items import JOINED_INTO, STRUCK
from dazoufang.model.terms import normalize
from dazoufang.rules.campaign import Campaign
from dazoufang.rules.item_numbers import ITEM_KINDS, ROUND_WORDS


class Given(NamedTuple):
    """A number with the year and the round that it is of (`round_no` 0: outside both rounds)."""

    number: str
    year: int
    round_no: int


class Numbers:
    """The numbers given so far. Rule: a number, once given, is never given again.

    `ever`: all that were given before the ledger was begun anew (a delivery was withdrawn), and from now on; an item keeps
    its own, no other gets it.
    """

    def __init__(self, campaign: Campaign, ever: set[str] | None = None) -> None:
        self._campaign = campaign
        self._pattern = campaign.items.pattern
        self._given: set[str] = set()
        self.ever: set[str] = set() if ever is None else ever
        self._last: dict[tuple[int, int, str], int] = defaultdict(int)  # (year, round, kind) → the last running number
        self.aliases: dict[str, str] = {}  # number → the item that it leads to

    def now(self, text: str) -> str:
        """The item that `text` names now ("" none): its own number, or one that leads to it."""
        number = normalize(text)
        while number in self.aliases:
            number = self.aliases[number]
        return number if number in self._given else ""

    def lead(self, number: str, to: str) -> None:
        """From now on `number` leads to the item `to`."""
        self.aliases[number] = to

    def ours(self, text: str) -> str:
        """The number in a cell if it is of our making (units number their rows in many ways), else ""."""
        number = normalize(text)
        return number if self._pattern.fullmatch(number) else ""

    def of_matters(self, text: str, kinds: Sequence[str]) -> list[str]:
        """For each matter of a visit, whose kinds are given, the number (or STRUCK) that the cell `text` of a published
        annex gives it, "" none; of an item that became part of another, both (23下矛0002并入23下矛0001). A cell with more or fewer numbers than matters gives none."""
        numbers = [normalize(part) for part in text.split("、")]
        if len(numbers) != len(kinds):
            return [""] * len(kinds)
        return [self._of_kind(number, kind) for number, kind in zip(numbers, kinds, strict=True)]

    def _of_kind(self, number: str, kind: str) -> str:
        joined, into, other = number.partition(JOINED_INTO)
        if into:
            return number if self._of_kind(joined, kind) and self._of_kind(other, kind) else ""
        match = self._pattern.fullmatch(number)
        return number if number == STRUCK or (match and match["kind"] == ITEM_KINDS[kind]) else ""

    def give(self, kind: str, day: date, wanted: str = "", former: str = "") -> Given:
        """The number of a new item of `kind` that was brought up on `day`: the next of its round, or the `wanted` one,
        which came with an annex and is of our making. `former`: the number that it had before the ledger was begun anew;
        it keeps it where that is of its round and nobody else's."""
        place = self._campaign.round_of(day)
        year, round_no = (place[0], place[1].number) if place else (day.year, 0)
        match = self._pattern.fullmatch(wanted) if wanted else None
        if match is not None:
            year = int(match["year"] or 0) or (2000 + int(match["yy"]) if match["yy"] else year)
            round_no = next((no for no, word in ROUND_WORDS.items() if word == match["round"]), 0)
            self._last[year, round_no, kind] = max(self._last[year, round_no, kind], int(match["seq"]))
        number = wanted or self._kept(former, year, round_no, kind) or self._next(year, round_no, kind)
        self._given.add(number)
        self.ever.add(number)
        return Given(number, year, round_no)

    def _kept(self, former: str, year: int, round_no: int, kind: str) -> str:
        """The number that an item had, if it may have it again; "" else."""
        match = self._pattern.fullmatch(former) if former and former not in self._given else None
        if match is None:
            return ""
        same_round = self._campaign.items.number(year, round_no, kind, int(match["seq"])) == former
        return former if same_round and former not in self.aliases else ""

    def _next(self, year: int, round_no: int, kind: str) -> str:
        while True:
            self._last[year, round_no, kind] += 1
            number = self._campaign.items.number(year, round_no, kind, self._last[year, round_no, kind])
            if number not in self.ever and number not in self.aliases:
                return number
