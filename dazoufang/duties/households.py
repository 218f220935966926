"""Which household a visit went to: what makes two visits go to the same one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pandas as pd

from dazoufang.ledger.frames import plain
from dazoufang.model.bureaus import bureau_of

TOLD_BY: Final = ("household", "phone", "township", "village")  # the columns that tell households apart
# Whose household it may be: scope, and what those columns hold ("" where left out).
HouseholdKey = tuple[int, str, str, str, str]


def households(visits: pd.DataFrame) -> pd.Series[int]:
    """Which household each visit went to: equal int labels (from 0, in order of first appearance) are one household.

    `visits` needs `unit`, `household`, `phone`, `township`, `village`; the result has its index. Two visits of units of
    one bureau are to the same household when the name is the same and the phone is, or the place (township and village; a township left out is
    read from the only one known with that name and village), and so on along the chain. A visit that gives neither
    phone nor village contradicts nobody: it goes to the first household of that name (of that township, where it
    names one), never to a new one. The same name with another phone *and* another place is another household.
    Rule: 实施方案 the same household twice in a round counts once; what makes it the same is 局内设定.
    """
    columns = (plain(visits[name]) for name in ("unit", *TOLD_BY))
    return pd.Series(of_columns(*columns), index=visits.index, dtype="int64")


def of_columns(units: Iterable[str], *cells: Iterable[str]) -> list[int]:
    """The same of plain columns: the units and, in their order, those of `TOLD_BY`."""
    numbers: dict[str, int] = {}
    bureaus = [numbers.setdefault(bureau_of(unit), len(numbers)) for unit in units]
    return labels(zip(bureaus, *cells, strict=True))


def labels(visits: Iterable[HouseholdKey]) -> list[int]:
    """Household labels as `households` gives them, never the same across scopes."""
    distinct: dict[HouseholdKey, int] = {}
    codes = [distinct.setdefault(visit, len(distinct)) for visit in visits]
    found = _joined(list(distinct))
    numbers: dict[int, int] = {}
    return [numbers.setdefault(found[code], len(numbers)) for code in codes]


def _joined(rows: list[HouseholdKey]) -> list[int]:
    """For each distinct (scope, name, phone, township, village) the number of its household."""
    parent = list(range(len(rows)))

    def root(start: int) -> int:
        while parent[start] != start:
            parent[start] = parent[parent[start]]
            start = parent[start]
        return start

    holder: dict[tuple[object, ...], int] = {}

    def join(node: int, key: tuple[object, ...]) -> None:
        before = holder.setdefault(key, node)
        if before != node:
            parent[root(node)] = root(before)

    bare = [place for place, (_, _, phone, _, village) in enumerate(rows) if not (phone or village)]
    townships: dict[tuple[object, ...], set[str]] = {}
    if any(village and not township for *_, township, village in rows):
        for scope, name, _, township, village in rows:
            if township and village:
                townships.setdefault((scope, name, village), set()).add(township)
    first: dict[tuple[object, ...], int] = {}  # the first household with that name, and with that name and township
    for node, (scope, name, phone, township, village) in enumerate(rows):
        if not (phone or village):
            continue
        if village and not township and len(known := townships.get((scope, name, village), set())) == 1:
            (township,) = known
        if phone:
            join(node, (scope, name, phone))
        if village:
            join(node, (scope, name, township, village))
        if bare:  # they alone ask
            first.setdefault((scope, name), node)
            first.setdefault((scope, name, township), node)
    # Visits without phone and village found a household only where nothing of that name (and township) is known.
    # Those that name a township go first, so that the others can join them.
    for node in sorted(bare, key=lambda place: not rows[place][3]):
        scope, name, _, township, _ = rows[node]
        anywhere = (scope, name, "") if township else (scope, name)
        home = first.get((scope, name, township), first.get(anywhere, node))
        parent[root(node)] = root(home)
        first.setdefault((scope, name), node)
        first.setdefault((scope, name, township), node)
    return [root(place) for place in range(len(rows))]
