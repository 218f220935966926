"""The numbers of items: which are given, which lead to another since two items became one, and the next of a round."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from dazoufang.ledger.items import JOINED_INTO, STRUCK
from dazoufang.model.bureaus import bureau_of, own_name, within
from dazoufang.model.terms import normalize
from dazoufang.rules.campaign import Campaign
from dazoufang.rules.item_numbers import ITEM_KINDS, ROUND_WORDS


class Given(NamedTuple):
    """A number with the year and the round that it is of (`round_no` 0: outside both rounds)."""

    number: str
    year: int
    round_no: int


class Numbers:
    """The numbers given so far. Rule: a number, once given, is never given again. Those that the annexes of other bureaus
    bring keep what they are there, and are known here with their bureau: 甲县教育局/23下矛0001.

    `ever`: all that were given before the ledger was begun anew (a delivery was withdrawn), and from now on; an item keeps
    its own, no other gets it.
    """

    def __init__(self, campaign: Campaign, ever: set[str] | None = None) -> None:
        self._campaign = campaign
        self._pattern = campaign.items.pattern
        self._given: dict[str, str] = {}  # number → the bureau whose rows it was given to, "" our own
        self._in_bureaus: dict[str, list[str]] = {}  # number in its own bureau → numbers here
        self.ever: set[str] = set() if ever is None else ever
        self._last: dict[tuple[int, int, str], int] = defaultdict(int)  # (year, round, kind) → the last running number
        self.aliases: dict[str, str] = {}  # number → the item that it leads to

    def now(self, text: str, *bureaus: str) -> str:
        """The item that `text` names now ("" none): its own number, or one that leads to it.

        bureaus: those of a row that says so, "" our own, in which its number is looked for first. A row of other bureaus
        alone means none of ours; the numbers that we gave to its own items it knows.
        """
        number = self._as_spelt(normalize(text))
        for bureau in filter(None, bureaus):
            if found := self._led(within(bureau, number)):
                return found
        found = self._led(number)
        theirs = bool(bureaus) and "" not in bureaus and not bureau_of(number)
        return found if not theirs or self._given.get(found) in bureaus else ""

    def asked(self, text: str) -> str:
        """The item that somebody means by `text` ("" none): as `now`, and where one bureau alone has such a number, also
        without its name."""
        own = self.in_bureaus(text)
        return self.now(text) or (self.now(own[0]) if len(own) == 1 else "")

    def in_bureaus(self, text: str) -> list[str]:
        """The numbers of other bureaus' items that are called so there."""
        return self._in_bureaus.get(normalize(text), [])

    def _as_spelt(self, number: str) -> str:
        """A normalized number as it is known here: the bureau's name as it was written."""
        if not bureau_of(number):
            return number
        known = self.in_bureaus(own_name(number))
        return next((spelt for spelt in known if normalize(spelt) == number), number)

    def _led(self, number: str) -> str:
        while number in self.aliases:
            number = self.aliases[number]
        return number if number in self._given else ""

    def lead(self, number: str, to: str) -> None:
        """From now on `number` leads to the item `to`."""
        self.aliases[number] = to

    def ours(self, text: str, bureau: str = "") -> str:
        """The number in a cell of a row of `bureau` if it is of our making (units number their rows in many ways), else ""."""
        number = self._as_spelt(normalize(text))
        if not self._pattern.fullmatch(own_name(number)):
            return ""
        return number if bureau_of(number) else within(bureau, number)

    def of_matters(self, text: str, kinds: Sequence[str], bureau: str = "") -> list[str]:
        """For each matter of a visit, whose kinds are given, the number (or STRUCK) that the cell `text` of a published
        annex gives it, "" none; of an item that became part of another, both (23下矛0002并入23下矛0001). A cell with more or fewer numbers than matters gives none."""
        numbers = [normalize(part) for part in text.split("、")]
        if len(numbers) != len(kinds):
            return [""] * len(kinds)
        given = (self._of_kind(number, kind) for number, kind in zip(numbers, kinds, strict=True))
        return [number if number == STRUCK else _of_bureau(bureau, number) for number in given]

    def _of_kind(self, number: str, kind: str) -> str:
        joined, into, other = number.partition(JOINED_INTO)
        if into:
            return number if self._of_kind(joined, kind) and self._of_kind(other, kind) else ""
        match = self._pattern.fullmatch(number)
        return number if number == STRUCK or (match and match["kind"] == ITEM_KINDS[kind]) else ""

    def give(self, kind: str, day: date, wanted: str = "", former: str = "", bureau: str = "") -> Given:
        """The number of a new item of `kind` that was brought up on `day`: the next of its round, or the `wanted` one,
        which came with an annex and is of our making. `former`: the number that it had before the ledger was begun anew;
        it keeps it where that is of its round and nobody else's. `bureau`: of the row that tells of it, "" ours."""
        place = self._campaign.round_of(day)
        year, round_no = (place[0], place[1].number) if place else (day.year, 0)
        match = self._pattern.fullmatch(own_name(wanted)) if wanted else None
        if match is not None:
            year = int(match["year"] or 0) or (2000 + int(match["yy"]) if match["yy"] else year)
            round_no = next((no for no, word in ROUND_WORDS.items() if word == match["round"]), 0)
            if not bureau_of(wanted):
                self._last[year, round_no, kind] = max(self._last[year, round_no, kind], int(match["seq"]))
        number = wanted or self._kept(former, year, round_no, kind) or self._next(year, round_no, kind)
        self._given[number] = bureau
        self.ever.add(number)
        if bureau_of(number):
            self._in_bureaus.setdefault(own_name(number), []).append(number)
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


def _of_bureau(bureau: str, number: str) -> str:
    """A number of the cell 台账编号, or two of which one became part of the other, as they are known here."""
    joined, into, other = number.partition(JOINED_INTO)
    return f"{within(bureau, joined)}{into}{within(bureau, other)}"


def in_its_bureau(numbers: str) -> str:
    """What a cell of numbers, 、, says in an annex, where the bureau stands beside it."""
    parts = ("".join(map(own_name, re.split(f"({JOINED_INTO})", part))) for part in numbers.split("、"))
    return "、".join(parts)
