"""What a figure of 汇总统计 is made of: the households, items and rows of the roster it counts, and the rule behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import pandas as pd

from dazoufang.duties import quotas, rounds
from dazoufang.duties.credit import REPEATED, credit
from dazoufang.duties.households import households
from dazoufang.duties.visits_owed import owed_in_words
from dazoufang.ledger.fold import Fold
from dazoufang.ledger.frames import Frames, of_round, plain, records
from dazoufang.ledger.sources import Source, Sources
from dazoufang.rules.campaign import Rules
from dazoufang.rules.where import RuleSource, rule
from dazoufang.writing.annexes import summary

Person = tuple[str, str]  # unit and name, as a row of 汇总统计 shows them

# For each thing an item counts as, the cells that make it so, the most telling first.
_TELLING: Final = {
    "found": ("matter",), "done": ("resolved_on", "matter"), "going": ("status", "matter"), "held": ("status", "matter"),
    "closed": ("closed_on", "follow_up_on", "matter"), "followed": ("follow_up_on", "matter"),
}  # fmt: skip
_ROSTER: Final = ("name", "unit", "role", "since_on", "until_on")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a figure counts: what it is, how much of the figure it is, and the cell that says it."""

    label: str
    amount: int
    source: Source


@dataclass(slots=True)
class Making:
    """What a cell is made of. `how`: in sentences; `rules`: those behind it; `sources`: the cells typed; `parts`: of a
    figure all that it counts, whose amounts add up to it."""

    how: list[str] = field(default_factory=list)
    rules: list[RuleSource] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)


def figure(key: str, first: str, unit: str, cadre: str, ledger_fold: Fold, today: date) -> Making:
    """What is behind one cell of 汇总统计.

    key: of `summary.columns`. first, unit, cadre: what its row shows in the first three columns.
    ledger_fold, today: what the sheet was made of.

    Raises:
        KeyError: the sheet has no such row now.
    """
    made = _Figure(ledger_fold, today)
    persons = [
        person
        for person in made.persons
        if first == "合计" or (person[0] == unit and (first == "小计" or person[1] == cadre))
    ]
    if not persons:
        raise KeyError((unit, cadre))
    return made.making(key, persons, first if first in ("合计", "小计") else "")


def credited(frames: Frames, rules: Rules, today: date) -> dict[Person, list[int]]:
    """(unit, cadre) → the ids of the visits of the current round that count for him, as `credit` has it, in the order of
    their days."""
    year, round_ = rounds.current_round(rules.campaign, today)
    table = quotas.progress(frames, rules, today)
    shown = {
        person: (unit, cadre)
        for person, unit, cadre in zip(*(plain(table[name]) for name in ("person", "unit", "cadre")), strict=True)
    }
    rows = credit(frames, rules, year)
    rows = rows[(rows["round_no"] == round_.number) & (rows["counted"] | (rows["why"] == REPEATED))]
    ids = frames.visits["visit_id"].to_numpy()[rows["visit"].to_numpy()]
    found: dict[Person, list[int]] = {}
    columns = (plain(rows[name]) for name in ("person", "unit", "cadre"))
    for person, unit, cadre, visit_id in zip(*columns, ids.tolist(), strict=True):
        whose, name = shown[person] if person >= 0 else (unit, cadre)
        found.setdefault((whose or summary.UNNAMED, name), []).append(visit_id)
    return found


class _Figure:
    """Works out what the figures of one night are made of."""

    def __init__(self, ledger_fold: Fold, today: date) -> None:
        self._fold, self._today = ledger_fold, today
        self._rules, self._frames = ledger_fold.rules, ledger_fold.frames()
        self._sources = Sources(ledger_fold)
        self._year, self._round = rounds.current_round(self._rules.campaign, today)
        self._kinds = summary.target_kinds(self._rules)
        self._items = of_round(self._frames.items, self._year, self._round.number)
        progress = quotas.progress(self._frames, self._rules, today)
        self._people = summary.people_of(progress, self._items, self._kinds, self._frames)
        owed = zip(*(self._people[name].tolist() for name in ("unit", "cadre", "due")), strict=True)
        self._due: dict[Person, int] = {(unit, cadre): due for unit, cadre, due in owed}
        self._owing = {
            (row["unit"] or summary.UNNAMED, row["cadre"]): row
            for row in records(progress, ["unit", "cadre", "due", "carried", "since_on", "until_on"])
        }

    @property
    def persons(self) -> list[Person]:
        """The rows of the sheet that are no sums."""
        return list(self._due)

    def making(self, key: str, persons: Sequence[Person], total: str) -> Making:
        """What one cell is made of. persons: those of its row; total: 小计, 合计 or ""."""
        if key in ("serial", "unit", "cadre"):
            return self._named(key, persons, total)
        if key == "due":
            return self._owed(persons)
        if key == "rate":
            return self._rate(persons)
        if key == "done" or key in self._kinds:
            kind = "" if key == "done" else key
            about = f"，只计对象类别“{kind}”的" if kind else ""
            how = [f"{self._round.name}走访的不同户数{about}；同一户走访几次只计一次，几人同去各计一户"]
            joint = self._rule("quota", "joint_visit_credits_all")
            return Making(how, [joint], parts=list(self._households(persons, kind, bool(total))))
        return self._counted(key, persons)

    def _rule(self, *key: str | int) -> RuleSource:
        return rule(self._rules.folder, *key)

    def _named(self, key: str, persons: Sequence[Person], total: str) -> Making:
        """Who stands in the row: rows of the roster, or who is named by visits and items alone."""
        if total and not (key == "unit" and total == "小计"):
            units = {unit: (unit, cadre) for unit, cadre in reversed(persons)} if key == "unit" else {}
            counted = [units[unit] for unit in dict.fromkeys(unit for unit, _ in persons)] if units else persons
            parts = [
                Part(unit if units else f"{unit} {cadre}", 1, source)
                for unit, cadre in counted
                for source in self._who(unit, cadre, "unit" if units else "name")[:1]
            ]
            what = "有几个单位" if units else "有几名干部"
            return Making(
                [f"{total}这一行是程序加的：{what}，按花名册数；名册上没有、走访或事项里写了的也在内"], parts=parts
            )
        unit, cadre = persons[0]
        how = ["序号是程序编的：单位按花名册的次序，单位内按花名册的次序"] if key == "serial" else []
        if (unit, cadre) not in self._listed:
            how.append(f"花名册上没有“{unit} {cadre}”，是从走访或事项里来的")
        return Making(how, sources=self._who(unit, cadre, "unit" if key == "unit" else "name"))

    @property
    def _listed(self) -> set[Person]:
        cadres = self._frames.cadres
        units = cadres["unit"].fillna(summary.UNNAMED)
        return set(zip(units.tolist(), cadres["name"].tolist(), strict=True))

    def _who(self, unit: str, cadre: str, name: str) -> list[Source]:
        """The cells of the roster that name a cadre of a unit; where there are none those of visits or items."""
        rows = [entry for entry in self._sources.roster.get(cadre, []) if entry.values.get("unit", "") == unit]
        if found := [source for entry in rows for source in self._sources.cells(entry, [name])]:
            return found
        for entry in self._sources.visits.values():
            if entry.unit == unit and cadre in summary.names_in(entry.visit.get("cadres")):
                return self._sources.cells(entry, ["cadres"])
        for number, owner, cadres in zip(
            *(self._items[n].tolist() for n in ("item_no", "unit", "cadres")), strict=True
        ):
            if owner == unit and cadre in summary.names_in(cadres):
                typed = self._sources.that_say(number, "cadres", cadres) if isinstance(cadres, str) else []
                return typed or self._sources.of_item(number)[:1]
        return []

    def _owed(self, persons: Sequence[Person]) -> Making:
        """应走访: the rows of the roster, and the rule with its number."""
        quota = self._rule("quota", "households_per_round")
        round_key = ("years", self._index(), "rounds", self._round_index())
        rules = [quota]
        how = [f"花名册上的干部每人每轮应走访{quota.value}户"]
        parts: list[Part] = []
        for unit, cadre in persons:
            due = self._due[unit, cadre]
            rows = [entry for entry in self._sources.roster.get(cadre, []) if entry.values.get("unit", "") == unit]
            cells = [source for entry in rows for source in self._sources.cells(entry, ["name"])]
            if cells:
                parts.append(Part(f"{unit} {cadre}", due, cells[0]))
            elif len(persons) == 1:
                how.append("花名册上没有这个人，没有任务数")
        extra: list[Source] = []
        if len(persons) == 1:
            unit, cadre = persons[0]
            row = self._owing.get((unit, cadre))
            if row and parts and (row["carried"] or row["since_on"] or row["until_on"]):
                how.append(owed_in_words(self._round, row, self._rules.campaign))
                rules += [self._rule(*round_key, "phases", 0, "first"), self._rule(*round_key, "phases", -1, "last")]
            extra = [
                source
                for entry in self._sources.roster.get(cadre, [])
                for source in self._sources.cells(entry, _ROSTER)
            ]
            extra = [source for source in extra if not parts or source != parts[0].source]
            extra = extra or ([] if parts else self._who(unit, cadre, "name"))
        return Making(how, rules, extra, parts)

    def _index(self) -> int:
        return [block.year for block in self._rules.campaign.years].index(self._year)

    def _round_index(self) -> int:
        rounds = self._rules.campaign.years[self._index()].rounds
        return [round_.number for round_ in rounds].index(self._round.number)

    def _rate(self, persons: Sequence[Person]) -> Making:
        """完成率: the rows of the roster and the rule, then the households."""
        owed = self._owed(persons)
        done = list(self._households(persons, "", len(persons) > 1))
        due, count = sum(self._due[person] for person in persons), len(done)
        rate = f"＝{count / due:.1%}" if due else "，没有任务数就不算"
        owed.how.insert(0, f"完成率＝已走访{count}户÷应走访{due}户{rate}")
        named = {source.cell for source in owed.sources}
        owed.sources += [part.source for part in owed.parts if part.source.cell not in named]
        owed.parts = done
        return owed

    def _households(self, persons: Sequence[Person], kind: str, several: bool) -> Iterator[Part]:
        """One part for each household that counts for each of them."""
        found = credited(self._frames, self._rules, self._today)
        whole = self._frames.visits.set_index("visit_id", drop=False)
        for unit, cadre in persons:
            visits = whole.loc[found.get((unit, cadre), [])].sort_index()
            labels = households(visits)
            if kind:
                labels = labels[visits["target_kind"] == kind]
            for _, rows in labels.groupby(labels, sort=False):
                first, *again = [self._sources.visits[visit_id] for visit_id in rows.index.tolist()]
                cells = [*self._sources.cells(first, ["household"])]
                words = "".join(
                    f"；{entry.visit['visited_on']}又走访（收件{entry.submission.submission_id} "
                    f"{entry.part.source(entry.row, 'household')}）"
                    for entry in again
                )
                who = f"{unit} {cadre}　" if several else ""
                yield Part(f"{who}{first.visit['visited_on']}{words}", 1, cells[0])

    def _counted(self, key: str, persons: Iterable[Person]) -> Making:
        """Items: each number once, with the cell that makes it count."""
        owners, marks = summary.owners_of(self._people, self._items), summary.marks_of(self._items)
        numbers = {number for person in persons for number in owners.get(person, ()) if key in marks[number]}
        mark = key.rpartition("_")[2]
        how = [f"{self._year}年{self._round.name}登记的事项，按件数计，几人联合登记的只计一件"]
        rules: list[RuleSource] = []
        if mark in ("done", "going"):
            how.append("台账上已办结或已销号的才算：办理状态、办结日期、办理（化解）情况都齐全，没有重开、没有“不满意”")
        if mark == "closed":
            how.append("销号要两样齐全：办结，和办结以后按规定方式的回访（回复）")
            rules = [
                self._rule("closing", name) for name in ("complex_follow_up", "simple_follow_up", "default_complexity")
            ]
        rows = {row["item_no"]: row for row in self._items.to_dict("records")}
        parts = [Part(number, 1, self._telling(number, mark, rows[number])) for number in sorted(numbers)]
        return Making(how, rules, parts=parts)

    def _telling(self, number: str, mark: str, row: Mapping[Any, Any]) -> Source:
        for name in _TELLING[mark]:
            if found := self._sources.that_say(number, name, as_typed(row[name])):
                return found[0]
        return self._sources.of_item(number)[0]


def as_typed(value: Any) -> str:
    """A value of a frame as rows have it: days ISO, "" none."""
    if value is None or pd.isna(value):
        return ""
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else str(value)
