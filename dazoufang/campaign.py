"""The rules of the campaign (`schemas/campaign.yaml`): rounds and phases, quotas, deadlines, townships, offices."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Final, Generic, Literal, TypeVar

from pydantic import Field, model_validator

from dazoufang.rules_file import Strict, load
from dazoufang.schema import Schemas, fingerprint, load_schemas
from dazoufang.terms import fold
from dazoufang.workdays import Workdays

T = TypeVar("T")


class Sourced(Strict, Generic[T]):
    """One rule: its value and where it comes from (实施方案, or 局内设定)."""

    value: T
    source: str


class Phase(Strict):
    """A part of a round; both days belong to it."""

    name: str
    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


class Round(Strict):
    """上半年 or 下半年: phases in order."""

    name: Literal["上半年", "下半年"]
    phases: tuple[Phase, ...]

    @property
    def number(self) -> int:
        """1 for 上半年, 2 for 下半年."""
        return 1 if self.name == "上半年" else 2

    @property
    def first(self) -> date:
        return self.phases[0].first

    @property
    def last(self) -> date:
        return self.phases[-1].last

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    def phase(self, name: str) -> Phase:
        """The phase of that name.

        Raises:
            KeyError: the round has none.
        """
        for phase in self.phases:
            if phase.name == name:
                return phase
        raise KeyError(name)


class Year(Strict):
    """One year of the campaign."""

    year: int
    source: str
    rounds: tuple[Round, ...]
    review: Phase

    @model_validator(mode="after")
    def _in_order(self) -> Year:
        phases = [phase for one in self.rounds for phase in one.phases] + [self.review]
        for phase in phases:
            if phase.last < phase.first:
                raise ValueError(f"{phase.name}的结束早于开始（{phase.first}…{phase.last}）")
            if phase.first.year != self.year or phase.last.year != self.year:
                raise ValueError(f"{phase.name}（{phase.first}…{phase.last}）不在{self.year}年内")
        for before, after in pairwise(phases):
            if after.first <= before.last:
                raise ValueError(f"{before.name}（至{before.last}）与{after.name}（{after.first}起）重叠")
        return self

    def round_of(self, day: date) -> Round | None:
        """The round that `day` lies in, or None between and outside the windows."""
        return next((one for one in self.rounds if day in one), None)


class Quota(Strict):
    households_per_round: Sourced[int]
    households_per_year: Sourced[int]
    joint_visit_credits_all: Sourced[bool]


class Townships(Strict):
    source: str
    names: tuple[str, ...]
    aliases: dict[str, str] = Field(default_factory=dict)


class Offices(Strict):
    source: str
    by_target_kind: dict[str, str]
    coordinator: Sourced[str]


ITEM_KINDS: Final = {"dispute": "矛", "suggestion": "建"}  # as numbers say them
ROUND_WORDS: Final = {1: "上", 2: "下"}


class Items(Strict):
    number_format: Sourced[str]
    outside_round: Sourced[str]
    similar_matter: Sourced[int]
    uncertain_matter: Sourced[int]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What an item's number of our making looks like, folded; groups yy, round, kind, seq ("" where not in it)."""
        rounds = "".join(ROUND_WORDS.values()) + self.outside_round.value
        parts = {
            "yy": r"(?P<yy>\d{2})",
            "year": r"(?P<year>\d{4})",
            "round": f"(?P<round>[{rounds}])",
            "kind": f"(?P<kind>[{''.join(ITEM_KINDS.values())}])",
            "seq": r"(?P<seq>\d+)",
        }
        pattern, at = "", 0
        for match in re.finditer(r"\{(\w+)(?::[^}]*)?\}", self.number_format.value):
            pattern += re.escape(fold(self.number_format.value[at : match.start()])) + parts[match[1]]
            at = match.end()
        pattern += re.escape(fold(self.number_format.value[at:]))
        return re.compile(pattern + "".join(f"(?P<{name}>)" for name in parts if f"(?P<{name}>" not in pattern))

    @model_validator(mode="after")
    def _numbers_differ(self) -> Items:
        wanted = {"kind", "seq", "round"}
        if missing := wanted - set(re.findall(r"\{(\w+)", self.number_format.value)):
            raise ValueError(f"number_format 里缺少 {{{sorted(missing)[0]}}}，编号会重复")
        if unknown := set(re.findall(r"\{(\w+)", self.number_format.value)) - {"yy", "year", *wanted}:
            raise ValueError(f"number_format 里的 {{{sorted(unknown)[0]}}} 程序不认识")
        return self


class Closing(Strict):
    complex_follow_up: Sourced[tuple[str, ...]]
    simple_follow_up: Sourced[tuple[str, ...]]
    default_complexity: Sourced[Literal["简单", "复杂"]]


class Deadlines(Strict):
    owner_by_phase: Sourced[str]
    resolve_by_phase: Sourced[str]
    inquiry_reply_workdays: Sourced[int]
    follow_up_workdays: Sourced[int]
    stale_workdays: Sourced[int]
    move_to_workday_before: Sourced[bool]


class Alerts(Strict):
    remind_workdays: Sourced[int]
    warn_workdays: Sourced[int]
    severe_overdue_workdays: Sourced[int]


class Calendar(Strict):
    source: str
    extra_holidays: tuple[date, ...] = ()
    extra_workdays: tuple[date, ...] = ()
    extra_years: tuple[int, ...] = ()


class Reading(Strict):
    workers: Sourced[int]
    memory_mb: Sourced[int]
    seconds: Sourced[float]


class Campaign(Strict):
    """All of `campaign.yaml`."""

    name: Sourced[str]
    bureau: Sourced[str]
    years: tuple[Year, ...]
    accepted_flaws: Sourced[tuple[str, ...]]
    quota: Quota
    townships: Townships
    offices: Offices
    items: Items
    closing: Closing
    deadlines: Deadlines
    alerts: Alerts
    calendar: Calendar
    reading: Reading

    @model_validator(mode="after")
    def _years_ascend(self) -> Campaign:
        if not self.years:
            raise ValueError("years 至少要有一年")
        numbers = [year.year for year in self.years]
        if numbers != sorted(set(numbers)):
            raise ValueError("years 要按年份从小到大，一年一块")
        for year in self.years:
            for one in year.rounds:
                for wanted in (self.deadlines.owner_by_phase.value, self.deadlines.resolve_by_phase.value):
                    if wanted not in [phase.name for phase in one.phases]:
                        raise ValueError(f"{year.year}年{one.name}没有“{wanted}”阶段")
        return self

    @cached_property
    def workdays(self) -> Workdays:
        """Working days by the state calendar and the corrections in the rules."""
        extra = self.calendar
        return Workdays(frozenset(extra.extra_holidays), frozenset(extra.extra_workdays), frozenset(extra.extra_years))

    def year_of(self, today: date) -> Year:
        """The year that a run works in: the one `today` belongs to, else the latest before it, else the first."""
        past = [year for year in self.years if year.year <= today.year]
        return past[-1] if past else self.years[0]

    def year_numbered(self, number: int) -> Year | None:
        return next((year for year in self.years if year.year == number), None)

    def round_of(self, day: date) -> tuple[int, Round] | None:
        """(year, round) whose window holds `day`, or None."""
        year = self.year_numbered(day.year)
        one = year.round_of(day) if year else None
        return (day.year, one) if one else None

    def office_of(self, target_kind: str | None) -> str:
        """The responsible office of a visit. Rule: every row lands in one; a kind nobody named falls to 其他's office."""
        offices = self.offices.by_target_kind
        return offices.get(target_kind or "其他") or offices.get("其他") or self.offices.coordinator.value


WEEKDAYS: Final = "一二三四五六日"


def flaws(campaign: Campaign) -> list[str]:
    """Doubts about the plan's own dates, in Chinese: gaps between phases, ends and starts on days off.

    They do not stop a run (the plan is what was decreed) but `doctor` names them; those listed under
    `accepted_flaws` are known and left out.
    """
    found: list[str] = []
    for year in campaign.years:
        for one in year.rounds:
            label = f"{year.year}年{one.name}"
            for before, after in pairwise(one.phases):
                if after.first != before.last + timedelta(days=1):
                    found.append(
                        f"{label}：{before.name}（至{before.last}）与{after.name}（{after.first}起）之间有空档"
                    )
            for phase in one.phases:
                if not campaign.workdays.is_workday(phase.last):
                    found.append(f"{label}：{phase.name}的最后一天{_day(phase.last)}是休息日")
                if not campaign.workdays.is_workday(phase.first):
                    found.append(f"{label}：{phase.name}的第一天{_day(phase.first)}是休息日")
    return [flaw for flaw in found if flaw not in campaign.accepted_flaws.value]


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日（星期{WEEKDAYS[day.weekday()]}）"


@dataclass(frozen=True)
class Rules:
    """Everything that the bureau decides: the forms and the campaign, and a fingerprint of the files they came from."""

    schemas: Schemas
    campaign: Campaign
    fingerprint: str
    folder: Path


def load_rules(folder: Path) -> Rules:
    """Read `schemas/`.

    Raises:
        BrokenRules: a file does not fit, naming file, line and mend.
    """
    schemas = load_schemas(folder)
    campaign = load(folder / "campaign.yaml", Campaign)
    return Rules(schemas, campaign, fingerprint(folder), folder)
