"""What each person and each unit was to visit and has visited in the working year: by round, in its first phase, in all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

from dazoufang.duties.credit import credit
from dazoufang.duties.quotas import progress
from dazoufang.duties.silent_units import silent_units
from dazoufang.ledger.frames import Frames, plain, records
from dazoufang.ledger.listing import unit_order
from dazoufang.rules.campaign import Rules
from dazoufang.rules.years import Round

UNNAMED: Final = "（未注明）"
_READ: Final = [
    "unit", "units", "cadre", "role", "listed", "person", "due", "carried", "done", "early", "left", "year_due", "year_done",
]  # fmt: skip


class Done(NamedTuple):
    """Of one round: the households owed (of them `carried` from an earlier round), visited, visited by the end of the first
    phase, and still lacking; of several persons the sums, `left` too."""

    due: int = 0
    carried: int = 0
    done: int = 0
    early: int = 0
    left: int = 0

    def plus(self, other: Done) -> Done:
        """Both together."""
        return Done(*(a + b for a, b in zip(self, other, strict=True)))


@dataclass(slots=True)
class PersonYear:
    """One person's year. `unit`: where he stood in the last round that he served in; `stood`: round number → where he stood
    then, and `rounds` what he owed and did. `due`, `done`: of the whole year. `role` "": not on the
    roster. `person`: as `in_office.posts` numbers them; -1 not on the roster."""

    unit: str
    cadre: str
    role: str
    person: int
    stood: dict[int, str] = field(default_factory=dict)
    rounds: dict[int, Done] = field(default_factory=dict)
    due: int = 0
    done: int = 0

    @property
    def listed(self) -> bool:
        """Whether he is on the roster."""
        return self.person >= 0


@dataclass(slots=True)
class UnitYear:
    """One unit's year: the sums of its persons, each round's of those who stood there then. `cadres`: how many of those on
    the roster stand there by the last round; `missed`, `none`: round number → how many of the roster did less than they
    owed in a round that has ended, and how many of them nothing; `silent`: the ended rounds for which it sent nothing."""

    unit: str
    cadres: int = 0
    rounds: dict[int, Done] = field(default_factory=dict)
    due: int = 0
    done: int = 0
    missed: dict[int, int] = field(default_factory=dict)
    none: dict[int, int] = field(default_factory=dict)
    silent: list[int] = field(default_factory=list)


class Visited(NamedTuple):
    """One household that counts for one person: its round, his unit then, his name, the row of `frames.visits`, and whether
    it was visited by the end of the first phase."""

    round_no: int
    unit: str
    cadre: str
    row: int
    early: bool


class Lapse(NamedTuple):
    """What nobody can mend any more of a round that has ended. `cadre` "": the unit sent nothing, and has `cadres`."""

    round_: Round
    unit: str
    cadre: str
    owed: Done
    cadres: int = 0


def begun(rules: Rules, today: date) -> list[Round]:
    """The rounds of the working year that have begun by `today`."""
    return [round_ for round_ in rules.campaign.year_of(today).rounds if round_.first <= today]


def ended(rules: Rules, today: date) -> list[Round]:
    """The rounds of the working year whose last day is before `today`."""
    return [round_ for round_ in rules.campaign.year_of(today).rounds if round_.last < today]


def persons(frames: Frames, rules: Rules, today: date) -> list[PersonYear]:
    """Everybody of the rounds that have begun, unit by unit in the order of the roster, then those whom visits alone name.

    What he owes and has done in a round is what `quotas.progress` says on its last day, of one that is not over what it
    says today; a round that has not begun is not counted, but the quota of the year is that of the whole year.
    """
    found: dict[Any, PersonYear] = {}
    for round_ in begun(rules, today):
        for row in _rows(frames, rules, round_, today):
            key = row["person"] if row["listed"] else (row["unit"], row["cadre"])
            one = found.setdefault(key, PersonYear("", row["cadre"], "", row["person"]))
            one.unit, one.role = row["unit"] or UNNAMED, row["role"]
            one.stood[round_.number] = one.unit
            one.rounds[round_.number] = Done(*(row[name] for name in Done._fields))
            one.due, one.done = row["year_due"], row["year_done"]
    places = unit_order(frames, [one.unit for one in found.values()])
    return sorted(found.values(), key=lambda one: (places[one.unit], not one.listed))


def units(everybody: Iterable[PersonYear], frames: Frames, rules: Rules, today: date) -> list[UnitYear]:
    """The units of `everybody` (of `persons`), those in which anybody stood in a round, in the order of the roster."""
    everybody = list(everybody)
    names = {unit for one in everybody for unit in (one.unit, *one.stood.values())}
    places = unit_order(frames, names)
    found = {unit: UnitYear(unit) for unit in sorted(names, key=lambda unit: places[unit])}
    over = {round_.number for round_ in ended(rules, today)}
    for one in everybody:
        now = found[one.unit]
        now.cadres += one.listed
        now.due, now.done = now.due + one.due, now.done + one.done
        for number, own in one.rounds.items():
            then = found[one.stood[number]]
            then.rounds[number] = then.rounds.get(number, Done()).plus(own)
            if number in over and own.left:
                then.missed[number] = then.missed.get(number, 0) + 1
                then.none[number] = then.none.get(number, 0) + (own.done == 0)
    for round_ in ended(rules, today):
        rows = [row for row in _rows(frames, rules, round_, today) if row["listed"]]
        for unit in silent_units(frames, rules, rules.campaign.year_of(today).year, round_, rows):
            found[unit or UNNAMED].silent.append(round_.number)
    return list(found.values())


def lapses(everybody: Iterable[PersonYear], units_: Iterable[UnitYear], rules: Rules, today: date) -> Iterator[Lapse]:
    """Round by round of those that have ended: the units that sent nothing, then who has not done what he owed.

    everybody, units_: as `persons` and `units` have them.
    """
    everybody, units_ = list(everybody), list(units_)
    cadres = Counter((unit, number) for one in everybody if one.listed for number, unit in one.stood.items())
    for round_ in ended(rules, today):
        number = round_.number
        for unit in units_:
            if number in unit.silent:
                yield Lapse(round_, unit.unit, "", unit.rounds[number], cadres[unit.unit, number])
        for one in everybody:
            own = one.rounds.get(number, Done())
            if own.left:
                yield Lapse(round_, one.stood[number], one.cadre, own)


def visited(frames: Frames, rules: Rules, today: date) -> list[Visited]:
    """The households that make up `done` of every person, in the order of `frames.visits`."""
    rounds = {round_.number: round_ for round_ in begun(rules, today)}
    stood = {
        (number, row["person"]): (row["unit"], row["cadre"])
        for number, round_ in rounds.items()
        for row in _rows(frames, rules, round_, today)
        if row["listed"]
    }
    rows = credit(frames, rules, rules.campaign.year_of(today).year)
    rows = rows[rows["counted"]]
    found = []
    names = ("round_no", "person", "unit", "cadre", "visited_on", "visit")
    for number, person, unit, cadre, day, row in zip(*(plain(rows[name]) for name in names), strict=True):
        if number in rounds:
            whose, name = stood.get((number, person), (unit, cadre))
            found.append(Visited(number, whose or UNNAMED, name, row, day <= rounds[number].phases[0].last))
    return found


def _rows(frames: Frames, rules: Rules, round_: Round, today: date) -> list[dict[str, Any]]:
    """How far each cadre came in a round of the working year."""
    return records(progress(frames, rules, min(round_.last, today)), _READ)
