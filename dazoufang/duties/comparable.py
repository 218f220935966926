"""Sets units and persons beside their like: groups of those that can be compared, and ranks within a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from dazoufang.duties.year_figures import PersonYear, UnitYear
from dazoufang.rules.evidence import Evidence

NO_ROLE: Final = "未写角色"


@dataclass(frozen=True, slots=True)
class Compared:
    """One of a group: the group in words and how many it has, and the rank of what it did of what it owed; None: no rank, for
    the group is small."""

    group: str
    size: int
    of: PersonYear | UnitYear
    rank: int | None


def compared(some: Sequence[PersonYear] | Sequence[UnitYear], rules: Evidence) -> list[Compared]:
    """Those of them that owe anything, group by group in the order in which the groups first come, the best first.

    Rule (局内设定): persons of one 角色, units with about as many cadres; by the households visited of those owed in the year.
    Groups of fewer than `small_group` are told without ranks, in the order given.
    """
    groups: dict[str, list[PersonYear | UnitYear]] = {}
    for one in some:
        if one.due:
            name = rules.band(one.cadres) if isinstance(one, UnitYear) else one.role or NO_ROLE
            groups.setdefault(name, []).append(one)
    found = []
    for name, members in groups.items():
        small = len(members) < rules.small_group.value
        shares = [Fraction(one.done, one.due) for one in members]
        ranked = zip(members, [None] * len(members) if small else ranks(shares), strict=True)
        found += [
            Compared(name, len(members), one, rank) for one, rank in sorted(ranked, key=lambda pair: pair[1] or 0)
        ]
    return found


def ranks(shares: Sequence[Fraction]) -> list[int]:
    """The rank of each, the highest first; equal ones share it, and the next has as many before it as there are."""
    first: dict[Fraction, int] = {}
    for place, share in enumerate(sorted(shares, reverse=True), 1):
        first.setdefault(share, place)
    return [first[share] for share in shares]
