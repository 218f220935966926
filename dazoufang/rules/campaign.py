"""The rules of the campaign (`schemas/campaign.yaml`): rounds and phases, quotas, deadlines, townships, offices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated, ClassVar, Final, Generic, TypeVar

from pydantic import Field, model_validator

from dazoufang.model.faults import day_words
from dazoufang.model.terms import fold
from dazoufang.model.vocabularies import Complexity, ItemKind, RoundName, TargetKind
from dazoufang.rules.forms import fingerprint, form_of, load_schemas
from dazoufang.rules.needs import refuse_what_lacks_them
from dazoufang.rules.rules_file import Misplaced, Strict, load
from dazoufang.rules.schema import FormSchema, Role, Schemas
from dazoufang.rules.workdays import Workdays
from dazoufang.system.home import shipped

T = TypeVar("T")
Count = Annotated[int, Field(ge=0)]
AtLeastOne = Annotated[int, Field(ge=1)]
Percent = Annotated[int, Field(ge=0, le=100)]
TimeOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Sourced(Strict, Generic[T]):
    """One rule: its value and where it comes from (实施方案, or 局内设定). Nobody's value gets another's source."""

    office_says: ClassVar[frozenset[str]] = frozenset({"value", "source"})
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

    name: RoundName
    phases: Annotated[tuple[Phase, ...], Field(min_length=1)]

    @property
    def number(self) -> int:
        """1 for 上半年, 2 for 下半年."""
        return 1 if self.name == RoundName.FIRST else 2

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
    rounds: Annotated[tuple[Round, ...], Field(min_length=1)]
    review: Phase

    @model_validator(mode="after")
    def _in_order(self) -> Year:
        before: Phase | None = None
        for phase, where in self._phases():
            span = f"{phase.name}（{phase.first}…{phase.last}）"
            if phase.last < phase.first:
                raise Misplaced(f"{span}的结束早于开始", "请核对两个日期", *where, "last")
            if phase.first.year != self.year or phase.last.year != self.year:
                raise Misplaced(f"{span}不在{self.year}年内", "请核对年份", *where, "first")
            if before is not None and phase.first <= before.last:
                what = f"{before.name}（至{before.last}）与{phase.name}（{phase.first}起）重叠"
                raise Misplaced(what, "各阶段要按先后写，后一阶段从前一阶段结束的次日起", *where, "first")
            before = phase
        names = [one.name for one in self.rounds]
        if len(set(names)) < len(names):
            raise Misplaced(f"{self.year}年有两个“{names[0]}”", "上半年、下半年各写一次", "rounds", 1, "name")
        return self

    def _phases(self) -> Iterator[tuple[Phase, tuple[str | int, ...]]]:
        """Every phase in order, with the way to it from here."""
        for at, one in enumerate(self.rounds):
            for index, phase in enumerate(one.phases):
                yield phase, ("rounds", at, "phases", index)
        yield self.review, ("review",)

    def round_of(self, day: date) -> Round | None:
        """The round that `day` lies in, or None between and outside the windows."""
        return next((one for one in self.rounds if day in one), None)


class Quota(Strict):
    households_per_round: Sourced[Count]
    households_per_year: Sourced[Count]
    joint_visit_credits_all: Sourced[bool]


class Townships(Strict):
    office_says: ClassVar[frozenset[str]] = frozenset({"aliases"})  # they are of these townships, or there are none
    source: str
    names: tuple[str, ...]
    aliases: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _aliases_lead_to_townships(self) -> Townships:
        for word, name in self.aliases.items():
            if name not in self.names:
                raise Misplaced(
                    f"aliases 的“{word}: {name}”指向了 names 中没有的乡镇", "请改成 names 中的一个", "aliases", word
                )
        return self


class Offices(Strict):
    source: str
    by_target_kind: dict[str, str]
    coordinator: Sourced[str]


ITEM_KINDS: Final[dict[str, str]] = {ItemKind.DISPUTE: "矛", ItemKind.SUGGESTION: "建"}  # as numbers say them
ROUND_WORDS: Final = {1: "上", 2: "下"}
_PLACEHOLDER: Final = re.compile(r"\{(\w+)(?::[^}]*)?\}")


class Items(Strict):
    number_format: Sourced[str]
    outside_round: Sourced[str]
    similar_matter: Sourced[Percent]
    uncertain_matter: Sourced[Percent]

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
        for match in _PLACEHOLDER.finditer(self.number_format.value):
            pattern += re.escape(fold(self.number_format.value[at : match.start()])) + parts[match[1]]
            at = match.end()
        pattern += re.escape(fold(self.number_format.value[at:]))
        return re.compile(pattern + "".join(f"(?P<{name}>)" for name in parts if f"(?P<{name}>" not in pattern))

    def number(self, year: int, round_no: int, kind: str, seq: int) -> str:
        """The number of an item; `round_no` 0 is outside both rounds, `kind` a key of `ITEM_KINDS`."""
        word = ROUND_WORDS.get(round_no, self.outside_round.value)
        return self.number_format.value.format(
            yy=f"{year % 100:02d}", year=year, round=word, kind=ITEM_KINDS[kind], seq=seq
        )

    @model_validator(mode="after")
    def _numbers_differ(self) -> Items:
        where = ("number_format", "value")
        found = [match[1] for match in _PLACEHOLDER.finditer(self.number_format.value)]
        for name in ("kind", "seq", "round"):
            if name not in found:
                raise Misplaced(f"number_format 里缺少 {{{name}}}，编号会重复", f"请加上 {{{name}}}", *where)
        if not {"yy", "year"} & set(found):
            raise Misplaced("number_format 里缺少年份，明年的编号会与今年重复", "请加上 {yy} 或 {year}", *where)
        for name in found:
            if name not in ("yy", "year", "kind", "seq", "round"):
                raise Misplaced(
                    f"number_format 里的 {{{name}}} 程序不认识", "可用：{yy}、{year}、{round}、{kind}、{seq}", *where
                )
        if len(self.outside_round.value) != 1 or self.outside_round.value in ROUND_WORDS.values():
            raise Misplaced("outside_round 要是一个字，且不是“上”“下”", "例如 外", "outside_round", "value")
        try:
            again = all(
                (match := self.pattern.fullmatch(fold(self.number(2023, one, kind, seq)))) and int(match["seq"]) == seq
                for one in (0, *ROUND_WORDS)
                for kind in ITEM_KINDS
                for seq in (1, 98765)
            )
        except (ValueError, re.error) as error:
            raise Misplaced(f"number_format 写法有误（{error}）", "例如 {yy}{round}{kind}{seq:04d}", *where) from None
        if not again:
            raise Misplaced("按 number_format 写出的编号，程序自己认不回来", "例如 {yy}{round}{kind}{seq:04d}", *where)
        return self


class Closing(Strict):
    complex_follow_up: Sourced[tuple[str, ...]]
    simple_follow_up: Sourced[tuple[str, ...]]
    default_complexity: Sourced[Complexity]


class Deadlines(Strict):
    owner_by_phase: Sourced[str]
    resolve_by_phase: Sourced[str]
    inquiry_reply_workdays: Sourced[Count]
    follow_up_workdays: Sourced[Count]
    stale_workdays: Sourced[Count]
    move_to_workday_before: Sourced[bool]


class Alerts(Strict):
    remind_workdays: Sourced[Count]
    warn_workdays: Sourced[Count]
    severe_overdue_workdays: Sourced[Count]


class Returns(Strict):
    finish_at: Sourced[TimeOfDay]


class Calendar(Strict):
    source: str
    extra_holidays: tuple[date, ...] = ()
    extra_workdays: tuple[date, ...] = ()
    extra_years: tuple[int, ...] = ()

    @model_validator(mode="after")
    def _days_are_one_or_the_other(self) -> Calendar:
        if both := sorted(set(self.extra_holidays) & set(self.extra_workdays)):
            raise Misplaced(f"{both[0]} 既写成放假又写成上班", "请只留一处", "extra_workdays")
        return self


_ORDINARY: Final = ("走访登记表.xlsx", "20231020.xls", "花名册.et", "工会", "2023", "甲组 (1).zip", "a1.csv")


class InboxNames(Strict):
    """Names in the inbox that nobody delivers, and how lock files are called. Patterns match whole names, in any case."""

    ignored_files: Sourced[tuple[str, ...]]
    ignored_folders: Sourced[tuple[str, ...]]
    lock_files: Sourced[tuple[str, ...]]  # {name}: the file that is open

    def ignores_file(self, name: str) -> bool:
        return any(pattern.fullmatch(name) for pattern in self._files)

    def ignores_folder(self, name: str) -> bool:
        return any(pattern.fullmatch(name) for pattern in self._folders)

    def locks(self, name: str) -> tuple[str, ...]:
        """The names that a lock file of the file `name` may have."""
        return tuple(lock.replace("{name}", name) for lock in self.lock_files.value)

    @cached_property
    def _files(self) -> tuple[re.Pattern[str], ...]:
        return _compiled(self.ignored_files.value)

    @cached_property
    def _folders(self) -> tuple[re.Pattern[str], ...]:
        return _compiled(self.ignored_folders.value)

    @model_validator(mode="after")
    def _patterns_are_sound(self) -> InboxNames:
        for key in ("ignored_files", "ignored_folders"):
            for at, pattern in enumerate(getattr(self, key).value):
                where = (key, "value", at)
                try:
                    (compiled,) = _compiled([pattern])
                except re.error as error:
                    what = f"“{pattern}”不是正确的正则表达式（{error}）"
                    raise Misplaced(what, r"例如以 .tmp 结尾写成 '.*\.tmp'", *where) from None
                if hit := next(filter(compiled.fullmatch, _ORDINARY), ""):
                    what = f"“{pattern}”会把“{hit}”这样正常的名称也忽略掉"
                    raise Misplaced(what, r"请写得更具体；句点写成 \.", *where)
        for at, lock in enumerate(self.lock_files.value):
            if "{name}" not in lock or lock == "{name}":
                raise Misplaced(f"“{lock}”看不出锁的是哪个文件", "例如 '~${name}'", "lock_files", "value", at)
        return self


def _compiled(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


class Watch(Strict):
    free_mb: Sourced[AtLeastOne]
    nightly_at: Sourced[TimeOfDay]


class Reading(Strict):
    workers: Sourced[AtLeastOne]
    memory_mb: Sourced[AtLeastOne]
    seconds: Sourced[Annotated[float, Field(ge=1)]]


class Campaign(Strict):
    """All of `campaign.yaml`."""

    name: Sourced[str]
    bureau: Sourced[str]
    years: Annotated[tuple[Year, ...], Field(min_length=1)]
    accepted_flaws: Sourced[tuple[str, ...]]
    quota: Quota
    townships: Townships
    offices: Offices
    items: Items
    closing: Closing
    deadlines: Deadlines
    alerts: Alerts
    returns: Returns
    calendar: Calendar
    inbox: InboxNames
    watch: Watch
    reading: Reading

    @model_validator(mode="after")
    def _years_ascend_and_have_the_phases_spoken_of(self) -> Campaign:
        for at, (before, year) in enumerate(pairwise(self.years), 1):
            if year.year <= before.year:
                raise Misplaced(
                    f"{year.year}年写在{before.year}年之后", "years 要按年份从小到大，一年一块", "years", at, "year"
                )
        for at, year in enumerate(self.years):
            for index, one in enumerate(year.rounds):
                for key in ("owner_by_phase", "resolve_by_phase"):
                    wanted = getattr(self.deadlines, key).value
                    if wanted not in [phase.name for phase in one.phases]:
                        what = f"{year.year}年{one.name}没有“{wanted}”阶段（deadlines 的 {key}）"
                        raise Misplaced(what, "请补上这个阶段，或改 deadlines", "years", at, "rounds", index, "phases")
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

    def mend_by(self, day: date) -> date | None:
        """The last day for mending what is sent back on `day`: the end of its phase; None between the windows.

        Moved to the working day before, as every deadline, where that is not yet past. Raises UnknownYear.
        """
        place = self.round_of(day)
        last = (
            next((phase.last for phase in place[1].phases if phase.first <= day <= phase.last), None) if place else None
        )
        if last is None or not self.deadlines.move_to_workday_before.value:
            return last
        return max(self.workdays.on_or_before(last), day)

    def office_of(self, target_kind: str | None) -> str:
        """The responsible office of a visit. Rule: every row lands in one; a kind nobody named falls to 其他's office."""
        offices = self.offices.by_target_kind
        return (
            offices.get(target_kind or TargetKind.OTHER)
            or offices.get(TargetKind.OTHER)
            or self.offices.coordinator.value
        )


WEEKDAYS: Final = "一二三四五六日"


def flaws(campaign: Campaign) -> list[str]:
    """Doubts about the plan's own dates, in Chinese: gaps between phases, ends and starts on days off.

    They do not stop a run (the plan is what was decreed) but `doctor` names them; those listed under
    `accepted_flaws` are known and left out.
    """
    found: list[str] = []
    for year in campaign.years:
        for one in year.rounds:
            for before, after in pairwise(one.phases):
                if after.first != before.last + timedelta(days=1):
                    found.append(
                        f"{year.year}年{one.name}：{before.name}（至{before.last}）与{after.name}（{after.first}起）之间有空档"
                    )
        blocks = [(one.name, one.phases) for one in year.rounds] + [("全年", (year.review,))]
        for label, phases in blocks:
            for phase in phases:
                for day, which in ((phase.last, "最后一天"), (phase.first, "第一天")):
                    if not campaign.workdays.is_workday(day):
                        found.append(f"{year.year}年{label}：{phase.name}的{which}{_day(day)}是休息日")
    return [flaw for flaw in found if flaw not in campaign.accepted_flaws.value]


def _day(day: date) -> str:
    return f"{day_words(day, day.year)}（星期{WEEKDAYS[day.weekday()]}）"


@dataclass(frozen=True)
class Rules:
    """Everything that the bureau decides: the forms and the campaign, and a fingerprint of the files they came from.

    `folder`: where those files lie; what they lack is the program's own.
    """

    schemas: Schemas
    campaign: Campaign
    fingerprint: str
    folder: Path

    def form(self, role: Role) -> FormSchema:
        """The form of a role of which there is one: any but `Role.LIST`."""
        return form_of(self.schemas, role)


def load_rules(folder: Path, *, in_force: bool = True) -> Rules:
    """Read `schemas/`, an office's, the program's own, or one kept in an archive. Files and keys that it lacks are the
    program's own, so that rules outlive an upgrade. Rules that are not `in_force` only say how something was judged
    once: nobody can mend them any more, and they need not have what the program needs of those by which it works.

    Raises:
        BrokenRules: a file does not fit, naming file, line and mend.
    """
    schemas = load_schemas(folder)
    campaign = load(folder / "campaign.yaml", Campaign, shipped("schemas") / "campaign.yaml")
    if in_force:
        closing = campaign.closing
        follow_ups = {key: getattr(closing, key).value for key in ("complex_follow_up", "simple_follow_up")}
        refuse_what_lacks_them(schemas, follow_ups, folder)
    return Rules(schemas, campaign, fingerprint(folder), folder)
