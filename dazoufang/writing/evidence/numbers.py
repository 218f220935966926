"""The numbers of the year's evidence, of the bureau and of each unit, each with the rule and the rows that it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final, Literal, NamedTuple

from dazoufang.duties import on_time, year_figures
from dazoufang.duties.in_office import posts
from dazoufang.duties.on_time import Handled, Judged, Outcome
from dazoufang.duties.places import Places
from dazoufang.duties.year_figures import Done, PersonYear, UnitYear, Visited
from dazoufang.ledger.frames import Frames
from dazoufang.model.vocabularies import ItemKind, ItemState
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import Role
from dazoufang.rules.where import RuleSource, stated
from dazoufang.rules.years import Round

BUREAU: Final = "全局"
LAPSES: Final = "未完成与未报"
ITEMS: Final = "事项时限明细"
SOURCES: Final = "来源文件"
KINDS: Final[dict[str, tuple[str, str]]] = {
    ItemKind.DISPUTE: ("矛盾纠纷", "化解"),
    ItemKind.SUGGESTION: ("意见建议", "办结"),
}
_NAMED: Final = 8  # rows whose places stand in one cell; of more the first ones
_QUOTA: Final = ("quota", "households_per_round")
_YEAR_QUOTA: Final = ("quota", "households_per_year")
_JOINT: Final = ("quota", "joint_visit_credits_all")
_RESOLVE: Final = ("deadlines", "resolve_by_phase")
_FOLLOW_UP: Final = ("closing", "complex_follow_up")
_PHONE: Final = ("closing", "simple_follow_up")

Key = tuple[str | int, ...]


class Number(NamedTuple):
    """One number. `whose`: 全局 or a unit; `rules`: the keys of the rules behind it; `frame` and `rows`: of which frame which
    rows it counts, none where it counts what did not come; `listed`: where the whole list stands; `words`: what counts, where
    no one key of the rules says it."""

    whose: str
    name: str
    amount: int
    rules: tuple[Key, ...]
    frame: Literal["", "cadres", "visits", "items"]
    rows: list[int]
    listed: str
    words: str = ""


class Numbers:
    """Everything that the evidence of a year counts, worked out once."""

    def __init__(self, frames: Frames, rules: Rules, today: date) -> None:
        self.frames, self.rules, self.today = frames, rules, today
        self.year = rules.campaign.year_of(today)
        self.begun = year_figures.begun(rules, today)
        self.ended = year_figures.ended(rules, today)
        self.persons: list[PersonYear] = year_figures.persons(frames, rules, today)
        self.units: list[UnitYear] = year_figures.units(self.persons, frames, rules, today)
        self.visited: list[Visited] = year_figures.visited(frames, rules, today)
        self.items: list[Judged] = on_time.items(frames, rules, today)
        self._places = {name: Places(getattr(frames, name)) for name in ("cadres", "visits", "items")}

    def round_in_all(self, round_: Round) -> Done:
        """What all persons together owed and did in a round."""
        whole = Done()
        for unit in self.units:
            whole = whole.plus(unit.rounds.get(round_.number, Done()))
        return whole

    @cached_property
    def handled(self) -> dict[tuple[str, str], Handled]:
        """(unit or 全局, kind) → how far the items came; "" all kinds."""
        groups: dict[tuple[str, str], list[Judged]] = {}
        for one in self.items:
            for whose in (BUREAU, one.unit):
                for kind in (one.kind, ""):
                    groups.setdefault((whose, kind), []).append(one)
        return {key: on_time.counted(some) for key, some in groups.items()}

    @property
    def names(self) -> list[str]:
        """全局, then the units: of the roster, of visits and of items."""
        return list(dict.fromkeys([BUREAU, *(unit.unit for unit in self.units), *(one.unit for one in self.items)]))

    def place(self, number: Number) -> str:
        """Where the rows of a number stand, in words."""
        return self._places[number.frame].of(number.rows, _NAMED) if number.frame and number.rows else ""

    def origin(self, frame: Literal["cadres", "visits", "items"], row: int) -> str:
        """Where one row stands, in words."""
        return self._places[frame].of([row])

    def rule(self, key: Key) -> RuleSource:
        """A rule that is in force, with its file and line."""
        return _stated(self.rules.folder, self.rules.fingerprint, self._keys)[self._keys.index(key)]

    @cached_property
    def _keys(self) -> tuple[Key, ...]:
        phases = (key for round_ in self.begun for key in (self._phase(round_, 0), self._phase(round_, -1)))
        return (_QUOTA, _YEAR_QUOTA, _JOINT, _RESOLVE, _FOLLOW_UP, _PHONE, *phases)

    def _phase(self, round_: Round, index: int) -> Key:
        """The key of the last day of a phase of a round."""
        years = self.rules.campaign.years
        index = index if index >= 0 else len(round_.phases) - 1
        return ("years", years.index(self.year), "rounds", self.year.rounds.index(round_), "phases", index, "last")

    # -- the numbers -----------------------------------------------------------------------------------------------

    @cached_property
    def all(self) -> list[Number]:
        """Every number of the bureau, then of each unit those that are not 0."""
        found = []
        visits = self.rules.form(Role.VISITS).annex
        sheet = f"{visits.label}“{visits.sheet}”" if visits else "走访登记表"
        for whose in self.names:
            numbers = [*self._of_rounds(whose, sheet), *self._of_year(whose, sheet), *self._of_items(whose)]
            found += [number for number in numbers if number.amount or whose == BUREAU]
        return found

    def _of_rounds(self, whose: str, sheet: str) -> Iterator[Number]:
        for round_ in self.begun:
            n, name, phase = round_.number, round_.name, round_.phases[0].name
            serving = self._serving.get((whose, n), [])
            own = [one.rounds[n] for one in serving]
            went = self._went.get((whose, n), [])
            early = [one.row for one in went if one.early]
            yield Number(
                whose, f"{name}应走访", sum(one.due for one in own), (_QUOTA,), "cadres", self._rows(serving), "花名册"
            )
            rows = [one.row for one in went]
            yield Number(whose, f"{name}已走访", len(rows), (_JOINT,), "visits", rows, sheet)
            yield Number(whose, f"{name}{phase}内已走访", len(early), (self._phase(round_, 0),), "visits", early, sheet)
            if round_ not in self.ended:
                continue
            last = (_QUOTA, self._phase(round_, -1))
            owing = [one for one in serving if one.listed and one.rounds[n].due]
            missed = [one for one in owing if one.rounds[n].left]
            none = [one for one in missed if not one.rounds[n].done]
            for words, some in (
                ("有任务的干部", owing),
                ("没有完成任务的干部", missed),
                ("一户也没有走访的干部", none),
            ):
                yield Number(
                    whose, f"{name}{words}", len(some), last, "cadres", self._rows(some),
                    "各干部全年" if some is owing else LAPSES,
                )  # fmt: skip
            silent = sum(whose in (BUREAU, unit) for unit in self._silent.get(n, ()))
            listed = [one for one in serving if one.listed]
            where = f"{LAPSES}；来过的见{SOURCES}"
            yield Number(
                whose, f"{name}有干部在任的单位", len({one.stood[n] for one in listed}), last[1:], "cadres",
                self._rows(listed), "花名册",
            )  # fmt: skip
            yield Number(whose, f"{name}没有报送的单位", silent, last[1:], "", [], where)

    def _of_year(self, whose: str, sheet: str) -> Iterator[Number]:
        serving = self.persons if whose == BUREAU else self._standing.get(whose, [])
        due = sum(one.due for one in serving)
        yield Number(whose, "全年应走访", due, (_YEAR_QUOTA,), "cadres", self._rows(serving), "花名册")
        theirs = ((unit, n, one.cadre) for one in serving for n, unit in one.stood.items())
        rows = [row for key in theirs for row in self._of_person.get(key, ())]
        yield Number(whose, "全年已走访", sum(one.done for one in serving), (_JOINT,), "visits", rows, sheet)

    def _of_items(self, whose: str) -> Iterator[Number]:
        for kind, (title, done) in KINDS.items():
            some = self._of_kind.get((whose, kind), [])
            keys = {"已销号": (_FOLLOW_UP, _PHONE), f"按时{done}": (_RESOLVE,), "超期未结": (_RESOLVE,)}
            said = {
                "收集": "当年登记的事项，一个编号一件",
                f"已{done}": "台账上办结日期、办理（化解）情况齐全，没有重开、没有“不满意”，含已销号",
            }
            wanted = {
                "收集": some,
                f"已{done}": [one for one in some if one.state != ItemState.OPEN],
                "已销号": [one for one in some if one.state == ItemState.CLOSED],
                f"按时{done}": [one for one in some if one.outcome is Outcome.ON_TIME],
                "超期未结": [one for one in some if one.outcome is Outcome.OVERDUE],
            }
            for words, counted in wanted.items():
                yield Number(
                    whose, f"{title}{words}", len(counted), keys.get(words, ()), "items", [one.row for one in counted],
                    ITEMS, said.get(words, ""),
                )  # fmt: skip

    @cached_property
    def _silent(self) -> dict[int, list[str]]:
        """Round → the units that sent nothing for it."""
        found: dict[int, list[str]] = {}
        for unit in self.units:
            for number in unit.silent:
                found.setdefault(number, []).append(unit.unit)
        return found

    @cached_property
    def _standing(self) -> dict[str, list[PersonYear]]:
        found: dict[str, list[PersonYear]] = {}
        for one in self.persons:
            found.setdefault(one.unit, []).append(one)
        return found

    @cached_property
    def _of_person(self) -> dict[tuple[str, int, str], list[int]]:
        """Unit, round and cadre → the visits that count for him."""
        found: dict[tuple[str, int, str], list[int]] = {}
        for one in self.visited:
            found.setdefault((one.unit, one.round_no, one.cadre), []).append(one.row)
        return found

    @cached_property
    def _serving(self) -> dict[tuple[str, int], list[PersonYear]]:
        found: dict[tuple[str, int], list[PersonYear]] = {}
        for one in self.persons:
            for number, unit in one.stood.items():
                for whose in (BUREAU, unit):
                    found.setdefault((whose, number), []).append(one)
        return found

    @cached_property
    def _went(self) -> dict[tuple[str, int], list[Visited]]:
        found: dict[tuple[str, int], list[Visited]] = {}
        for one in self.visited:
            for whose in (BUREAU, one.unit):
                found.setdefault((whose, one.round_no), []).append(one)
        return found

    @cached_property
    def _of_kind(self) -> dict[tuple[str, str], list[Judged]]:
        found: dict[tuple[str, str], list[Judged]] = {}
        for one in self.items:
            for whose in (BUREAU, one.unit):
                found.setdefault((whose, one.kind), []).append(one)
        return found

    @cached_property
    def _on_roster(self) -> dict[int, list[int]]:
        """Person → his rows of the roster."""
        found: dict[int, list[int]] = {}
        for row, person in enumerate(posts(self.frames)["person"].tolist()):
            found.setdefault(person, []).append(row)
        return found

    def _rows(self, some: Iterable[PersonYear]) -> list[int]:
        return [row for one in some for row in self._on_roster.get(one.person, [])]


@lru_cache(maxsize=4)
def _stated(folder: Path, fingerprint: str, keys: tuple[Key, ...]) -> list[RuleSource]:  # noqa: ARG001 - of other files others are kept
    """The rules of a folder whose files have this fingerprint."""
    return stated(folder, keys)
