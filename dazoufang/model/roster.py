"""Who takes part, as the roster stood when a form was judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from dazoufang.model.terms import normalize
from dazoufang.system.files import stem_of


@dataclass(frozen=True, slots=True)
class Post:
    """One row of the roster: whose it is (`person` is the same number for one person, see `model.persons`), in which unit,
    and from and to which ISO day it is held, both counted; "" not given."""

    person: int
    unit: str
    since_on: str = ""
    until_on: str = ""

    def held_on(self, day: str) -> bool:
        """Whether it is held on that ISO day."""
        return self.since_on <= day and (not self.until_on or day <= self.until_on)


@dataclass(frozen=True)
class Roster:
    """Who takes part, as the roster stood when a form was judged: name → units. Empty: there is none yet.

    `assigned`: who is to visit whom (cadre, household), by the assignments taken in so far. `posts`: name → the posts of
    everybody of that name, where any of them begins or ends on a given day."""

    units_of: dict[str, frozenset[str]]
    assigned: frozenset[tuple[str, str]] = frozenset()
    posts: dict[str, tuple[Post, ...]] = field(default_factory=dict)

    @cached_property
    def units(self) -> frozenset[str]:
        return frozenset(unit for units in self.units_of.values() for unit in units)

    @cached_property
    def stems(self) -> dict[str, str]:
        """Each unit as a file's name may hold it, whatever its punctuation."""
        return {unit: stem_of(unit) for unit in sorted(self.units) if unit}

    def named(self, unit: str) -> str:
        """The unit as the roster spells it, whatever the spaces and width of `unit`; "" where it does not know it."""
        return self._spelt.get(normalize(unit), "")

    @cached_property
    def _spelt(self) -> dict[str, str]:
        return {normalize(unit): unit for unit in sorted(self.units, reverse=True) if unit}
