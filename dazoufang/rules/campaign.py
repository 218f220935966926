"""The rules of the campaign (`schemas/campaign.yaml`): rounds and phases, quotas, deadlines, townships, offices."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated, ClassVar, Final

from pydantic import Field, model_validator

from dazoufang.model.vocabularies import Complexity, TargetKind
from dazoufang.rules.audiences import Audiences, Page
from dazoufang.rules.authority import Authority
from dazoufang.rules.content import Content
from dazoufang.rules.empty_forms import EmptyForms
from dazoufang.rules.evidence import Evidence
from dazoufang.rules.exports import Export
from dazoufang.rules.forms import fingerprint, form_of, known_then, load_schemas
from dazoufang.rules.generations import NEWEST, Generation, generation_of
from dazoufang.rules.habits import Habits
from dazoufang.rules.inbox_names import InboxNames
from dazoufang.rules.item_numbers import Items
from dazoufang.rules.mail import Mail
from dazoufang.rules.needs import (
    refuse_incomplete_forms,
    refuse_unknown_exports,
    refuse_unknown_logs,
    refuse_unknown_packages,
)
from dazoufang.rules.notice import NoticeRules
from dazoufang.rules.on_the_spot import OnTheSpot
from dazoufang.rules.preparation import Preparation
from dazoufang.rules.rules_file import Misplaced, Strict, load, parsed
from dazoufang.rules.schema import FormSchema, Role, Schemas
from dazoufang.rules.sourced import Sourced
from dazoufang.rules.topics import Topics, load_topics
from dazoufang.rules.workdays import Workdays
from dazoufang.rules.years import Phase, Round, Year
from dazoufang.system.home import shipped

Count = Annotated[int, Field(ge=0)]
AtLeastOne = Annotated[int, Field(ge=1)]
TimeOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


# What joins names in one cell, so that no name may hold it: 王芳、李明.
_JOINS: Final = re.compile("[，、,;；]")


def _refuse_joined(name: str, *where: str | int) -> None:
    """Raises `Misplaced` where `name` holds what joins names."""
    if found := _JOINS.search(name):
        raise Misplaced(
            f"名称“{name}”里有“{found[0]}”",
            f"“{found[0]}”用来隔开几个名称，名称里不能有；请去掉，或分开写成几个",
            *where,
        )


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
    def _names_are_single(self) -> Townships:
        for at, name in enumerate(self.names):
            _refuse_joined(name, "names", at)
        for word in self.aliases:
            _refuse_joined(word, "aliases", word)
        return self

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

    @model_validator(mode="after")
    def _names_are_single(self) -> Offices:
        for kind, office in self.by_target_kind.items():
            _refuse_joined(kind, "by_target_kind", kind)
            _refuse_joined(office, "by_target_kind", kind)
        _refuse_joined(self.coordinator.value, "coordinator", "value")
        return self


class Closing(Strict):
    complex_follow_up: Sourced[tuple[str, ...]]
    simple_follow_up: Sourced[tuple[str, ...]]
    default_complexity: Sourced[Complexity]


class Deadlines(Strict):
    owner_by_phase: Sourced[str]
    owner_workdays: Sourced[Count]
    resolve_by_phase: Sourced[str]
    inquiry_reply_workdays: Sourced[Count]
    follow_up_workdays: Sourced[Count]
    stale_workdays: Sourced[Count]
    move_to_workday_before: Sourced[bool]


class Alerts(Strict):
    remind_workdays: Sourced[Count]
    warn_workdays: Sourced[Count]
    severe_overdue_workdays: Sourced[Count]
    silence_workdays: Sourced[Count]
    many: Sourced[Annotated[int, Field(ge=2)]]


class Returns(Strict):
    finish_at: Sourced[TimeOfDay]
    mend_workdays: Sourced[Count]
    phase_workdays: Sourced[Count]


class Printing(Strict):
    a3: Sourced[tuple[str, ...]]


class Calendar(Strict):
    source: str
    extra_holidays: tuple[date, ...] = ()
    extra_workdays: tuple[date, ...] = ()
    extra_years: tuple[int, ...] = ()

    @model_validator(mode="after")
    def _no_day_is_both(self) -> Calendar:
        if both := sorted(set(self.extra_holidays) & set(self.extra_workdays)):
            raise Misplaced(f"{both[0]} 既写成放假又写成上班", "请只留一处", "extra_workdays")
        return self


class Watch(Strict):
    free_mb: Sourced[AtLeastOne]
    nightly_at: Sourced[TimeOfDay]


class Reading(Strict):
    workers: Sourced[AtLeastOne]
    memory_mb: Sourced[AtLeastOne]
    seconds: Sourced[Annotated[float, Field(ge=1)]]
    max_mb: Sourced[AtLeastOne]


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
    preparation: Preparation
    alerts: Alerts
    returns: Returns
    authority: Authority
    empty_forms: EmptyForms
    habits: Habits
    on_the_spot: OnTheSpot
    content: Content
    evidence: Evidence
    notice: NoticeRules
    printing: Printing
    exports: Sourced[tuple[Export, ...]]
    calendar: Calendar
    inbox: InboxNames
    watch: Watch
    reading: Reading
    audiences: Audiences
    page: Page
    mail: Mail

    @property
    def a3(self) -> tuple[str, ...]:
        """The names of the sheets that are printed on A3."""
        return self.printing.a3.value

    @model_validator(mode="after")
    def _bureau_is_one(self) -> Campaign:
        _refuse_joined(self.bureau.value, "bureau", "value")
        return self

    @model_validator(mode="after")
    def _years_ascend_and_have_the_needed_phases(self) -> Campaign:
        for at, (before, year) in enumerate(pairwise(self.years), 1):
            if year.year <= before.year:
                raise Misplaced(
                    f"{year.year}年写在{before.year}年之后", "years 要按年份从小到大，一年一块", "years", at, "year"
                )
        for at, year in enumerate(self.years):
            for index, round_ in enumerate(year.rounds):
                for key in ("owner_by_phase", "resolve_by_phase"):
                    wanted = getattr(self.deadlines, key).value
                    if wanted not in [phase.name for phase in round_.phases]:
                        mistake = f"{year.year}年{round_.name}没有“{wanted}”阶段（deadlines 的 {key}）"
                        raise Misplaced(
                            mistake, "请补上这个阶段，或改 deadlines", "years", at, "rounds", index, "phases"
                        )
        return self

    @property
    def phase_names(self) -> list[str]:
        """The names of all phases, each once, in the order of the years."""
        return list(
            dict.fromkeys(phase.name for year in self.years for round_ in year.rounds for phase in round_.phases)
        )

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
        round_ = year.round_of(day) if year else None
        return (day.year, round_) if round_ else None

    def bound_to(self, year: int, round_no: int, began: date | None, reopened: date | None) -> Round | Phase:
        """The round by whose phases an item of `year` and `round_no` is due; `began`, `reopened`: its days.

        Rule: outside the rounds (round_no 0), or reopened after its own round, it belongs to the first round not yet over
        on the day it began, else to 考核讲评, else to its whole year.
        """
        block = self.year_numbered(year)
        own = next((round_ for round_ in block.rounds if round_.number == round_no), None) if block else None
        if own and not (reopened and reopened > own.last):
            return own
        day = began or date(year, 1, 1)
        for block in self.years:
            if block.year < day.year:
                continue
            for round_ in block.rounds:
                if round_.last >= day:
                    return round_
            if block.review.last >= day:
                return block.review
        return Phase(name="全年", first=date(day.year, 1, 1), last=date(day.year, 12, 31))

    def resolving(self, bound: Round | Phase) -> Phase:
        """The phase by whose end what is bound to a round, or to a phase outside the rounds, is to be resolved."""
        return bound.phase(self.deadlines.resolve_by_phase.value) if isinstance(bound, Round) else bound

    def mend_by(self, day: date) -> date | None:
        """The last day for mending what is sent back on `day`: so many working days after it as the rules say, at the latest
        the end of its phase; None between the windows.

        Moved to the working day before, as every deadline, where that is not yet past.
        """
        place = self.round_of(day)
        last = (
            next((phase.last for phase in place[1].phases if phase.first <= day <= phase.last), None) if place else None
        )
        if last is None:
            return None
        days = self.returns.phase_workdays.value
        return max(min(self.moved(last), self.workdays.add(day, days)) if days else self.moved(last), day)

    def moved(self, day: date) -> date:
        """The day that is a deadline where `day` was set: the working day before one that is not worked, if the switch says so."""
        return self.workdays.on_or_before(day) if self.deadlines.move_to_workday_before.value else day

    def office_of(self, target_kind: str | None) -> str:
        """The responsible office of a visit. Rule: every row lands in one; a kind nobody named falls to 其他's office."""
        offices = self.offices.by_target_kind
        return (
            offices.get(target_kind or TargetKind.OTHER)
            or offices.get(TargetKind.OTHER)
            or self.offices.coordinator.value
        )


@dataclass(frozen=True)
class Rules:
    """Everything that the bureau decides: the forms, the campaign and the topics, and a fingerprint of the files they came
    from.

    `folder`: where those files lie; what they lack is the program's own. `generation`: what the program knew that kept
    them; what was judged by them stays as it was.
    """

    schemas: Schemas
    campaign: Campaign
    fingerprint: str
    folder: Path
    generation: Generation = NEWEST
    topics: Topics = field(default_factory=lambda: load_topics(shipped("schemas")))

    @property
    def before_authority(self) -> bool:
        """Whether they are of the first program, which asked nobody whom he speaks for."""
        return self.generation < Generation.AUTHORITY

    @property
    def habits(self) -> Habits | None:
        """The words of the habits; None where these rules knew of none."""
        return self.campaign.habits if self.generation >= Generation.HABITS else None

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
    topics = load_topics(folder)
    if in_force:
        closing = campaign.closing
        follow_ups = {key: getattr(closing, key).value for key in ("complex_follow_up", "simple_follow_up")}
        refuse_incomplete_forms(schemas, follow_ups, folder)
        refuse_unknown_logs(schemas, campaign.preparation, folder)
        refuse_unknown_exports(schemas, campaign.exports.value, folder)
        refuse_unknown_packages(schemas, campaign.mail.packages.value, campaign.phase_names, folder)
        return Rules(schemas, campaign, fingerprint(folder), folder, topics=topics)
    own = folder / "campaign.yaml"
    keys = (parsed(own)[1] or {}) if own.exists() else {}
    generation = generation_of(folder, keys)
    schemas = known_then(schemas, folder, generation)
    return Rules(schemas, campaign, fingerprint(folder), folder, generation, topics)
