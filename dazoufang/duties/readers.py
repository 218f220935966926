"""Who is told of which alert: the circles of the levels (本人, 股室负责人, 分管领导, 办公室) as people of the roster."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import pandas as pd

from dazoufang.duties.levels import HEAD, LEADER, PERSON
from dazoufang.ledger.frames import records


@dataclass(frozen=True, slots=True)
class Reader:
    """One person of the roster: `email` "" where the roster has none; then nothing can be sent to him."""

    name: str
    unit: str
    email: str


def told(found: pd.DataFrame, cadres: pd.DataFrame, heads: Collection[str], today: date) -> dict[Reader, list[int]]:
    """For each person who is to be told of anything, the positions of his rows in `found` (as `alerts.alerts` has them).

    heads: the roles (角色) that answer for a unit. cadres: the frame of the roster; who has left or has not come yet by `today` is told nothing. Rule (§7.7): 提醒 → the
    person, 预警 → also the section head, 逾期 → also the leader in charge, 严重逾期 → also 办公室; an alert of nobody in
    particular → everyone. One address is one reader, however many rows of the roster give it.
    """
    people = _People(cadres, heads, today)
    positions: dict[Reader, list[int]] = {}
    for position, alert in enumerate(_records(found)):
        for reader in dict.fromkeys(people.of(alert)):
            positions.setdefault(reader, []).append(position)
    return positions


def people(cadres: pd.DataFrame, today: date) -> list[Reader]:
    """Everybody of the roster who is in office on that day."""
    return _People(cadres, (), today).all


def contacts(found: Sequence[tuple[str, str]], cadres: pd.DataFrame, heads: Collection[str], today: date) -> list[str]:
    """Whom to telephone about each alert, given by its unit and person (、): name and 手机 of the person, of several the
    first, and where there is none of the unit's head; the name alone where the roster has no number, "" nobody."""
    roster = _People(cadres, heads, today)
    known: dict[tuple[str, str], str] = {}
    for unit, person in found:
        if (unit, person) not in known:
            known[unit, person] = roster.contact(unit, [name for name in person.split("、") if name])
    return [known[unit, person] for unit, person in found]


@dataclass(frozen=True, slots=True)
class Post:
    """One row of the roster: who holds it there, and the reader that its address is."""

    reader: Reader
    name: str
    unit: str


def posts(cadres: pd.DataFrame, roles: Collection[str], units: Collection[str], today: date) -> list[Post]:
    """The rows of the roster, in office on that day, that have one of the roles and one of the units; () any."""
    return [
        Post(row["reader"], str(row["name"]), str(row["unit"]))
        for row in _People(cadres, (), today).rows
        if (not roles or row["role"] in roles) and (not units or row["unit"] in units)
    ]


class _People:
    """The roster on one day, by name, unit and role."""

    def __init__(self, cadres: pd.DataFrame, heads: Collection[str], today: date) -> None:
        self._heads_are = heads
        self._found: dict[tuple[str, ...], dict[tuple[Any, ...], list[dict[str, Any]]]] = {}  # columns → cells → rows
        self.rows = [row for row in records(cadres, [*map(str, cadres)]) if _serves(row, today)]
        addresses: dict[str, Reader] = {}
        self.all: list[Reader] = []
        for row in self.rows:
            reader = Reader(str(row["name"]), str(row["unit"]), str(row["email"]).strip())
            row["reader"] = addresses.setdefault(reader.email.lower(), reader) if reader.email else reader
            self.all.append(row["reader"])

    def of(self, alert: dict[str, Any]) -> Iterator[Reader]:
        """All who read one alert."""
        unit, names = str(alert["unit"] or ""), [name for name in str(alert["person"] or "").split("、") if name]
        if not unit and not names:
            yield from self.all
            return
        for circle in str(alert["readers"]).split("、"):
            if circle == PERSON:
                yield from self._named(names, unit)
            elif circle == HEAD:
                yield from self._heads(unit, names)
            elif circle == LEADER:
                yield from self._leaders(unit, names)
            else:
                yield from self._where(unit=circle)

    def contact(self, unit: str, names: Sequence[str]) -> str:
        """As `contacts` says, of one alert."""
        if not unit and not names:
            return ""
        people = [row for name in names for row in self._rows_named(name, unit)]
        people = people or [row for role in self._heads_are for row in self._rows_where(unit=unit, role=role)]
        best = next((row for row in people if row["phone"]), next(iter(people), None))
        return f"{best['name']} {best['phone']}".strip() if best else ""

    def _named(self, names: Iterable[str], unit: str) -> Iterator[Reader]:
        """The people called so; of namesakes those of the unit, where it has one."""
        for name in names:
            yield from self._readers_of(self._rows_named(name, unit))

    def _heads(self, unit: str, names: Collection[str]) -> Iterator[Reader]:
        units = [unit] if unit else dict.fromkeys(row["unit"] for row in self.rows if row["name"] in names)
        for head in units:
            for role in self._heads_are:
                yield from self._where(unit=head, role=role)

    def _leaders(self, unit: str, names: Collection[str]) -> Iterator[Reader]:
        """The leaders in charge of these people; without people, or where none of them is in office, of the unit's."""
        about = [row for name in names for row in self._rows_named(name, unit)] or self._rows_where(unit=unit)
        for leader in dict.fromkeys(row["leader"] for row in about if row["leader"]):
            yield from self._named([leader], unit)

    def _rows_named(self, name: str, unit: str) -> list[dict[str, Any]]:
        return self._rows_where(name=name, unit=unit) or self._rows_where(name=name)

    def _rows_where(self, **wanted: str) -> list[dict[str, Any]]:
        names = tuple(wanted)
        if names not in self._found:
            by_value: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
            for row in self.rows:
                by_value.setdefault(tuple(row[name] for name in names), []).append(row)
            self._found[names] = by_value
        return self._found[names].get(tuple(wanted.values()), [])

    def _where(self, **wanted: str) -> Iterator[Reader]:
        return self._readers_of(self._rows_where(**wanted))

    def _readers_of(self, rows: Iterable[dict[str, Any]]) -> Iterator[Reader]:
        return (row["reader"] for row in rows)


def _serves(row: dict[str, Any], today: date) -> bool:
    return (row.get("since_on") or date.min) <= today <= (row.get("until_on") or date.max)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return cast(list[dict[str, Any]], frame.to_dict("records"))
