"""When each item of the ledger falls due, and why: owner, resolution, reply, follow-up, no entry for too long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

import pandas as pd

from dazoufang.ledger.closing import INQUIRIES
from dazoufang.ledger.frames import Frames, array, plain
from dazoufang.model.faults import day_words
from dazoufang.model.vocabularies import DisputeStatus, ItemKind, ItemState, Risk
from dazoufang.rules.campaign import Rules
from dazoufang.rules.workdays import GUESSED
from dazoufang.rules.years import Round

# The deadlines of an item, in the order of the columns that `due` adds.
DEADLINES: Final = ("owner_due_on", "resolve_due_on", "reply_due_on", "follow_up_due_on", "stale_on")

Deadline = tuple[date, str]  # the day, and the reason in words


class _Item(NamedTuple):
    """What the rules look at, read from one row of `items`; "" and None: not filled."""

    state: str
    year: int
    round_no: int
    kind: str
    nature: str
    risk: str
    status: str
    responsible_unit: str
    responsible_person: str
    responsible_office: str
    visited_on: date | None
    opened_on: date | None
    updated_on: date | None
    reopened_on: date | None
    extended_on: date | None
    due_on: date | None
    resolved_on: date | None
    follow_up_on: date | None

    @property
    def began_on(self) -> date | None:
        """The day from which it has to be handled: the visit, or the day it was reopened."""
        return self.reopened_on or self.visited_on or self.opened_on

    @property
    def registered_on(self) -> date | None:
        """The first day on which the bureau could know of it."""
        return self.reopened_on or self.opened_on or self.visited_on


def needs_keeper(risk: str, status: str) -> bool:
    """Does an open item need a responsible person at once? 涉稳风险 does, and what is only contained (稳控中)."""
    return risk == Risk.UNREST or status == DisputeStatus.CONTAINED


def all_due(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    """`due` of every item, worked out once a day."""
    return frames.once(f"due {today}", rules, lambda: due(frames.items, rules, today))


def due(items: pd.DataFrame, rules: Rules, today: date) -> pd.DataFrame:
    """`items` with its deadlines: five columns of days (NaT: does not apply) and for each its reason, `<name>_why`.

    Rules (§7.6; 实施方案 for the phases, 局内设定 for the working days), values from `campaign.deadlines`:

    - owner_due_on: an open item without 责任单位 or 责任人, by the end of 汇总研判; one that began after that day, n
      working days after it was registered; 涉稳风险 or 稳控中 without 责任人, on the day it was registered. Until a
      责任单位 is named the office of §7.3 stands for it, and the reason names that.
    - resolve_due_on: an open item, by the end of 集中化解 or its own 化解时限, whichever is earlier. An approved 延期
      stands for both.
    - reply_due_on: an open or resolved 政策咨询 or 问题求助 without 回复日期, n working days after it was raised.
    - follow_up_due_on: a resolved item, n working days after 办结.
    - stale_on: an open item, n working days after its last entry; on that day it is 久拖不理.

    The state alone says whether an item is open: 稳控中 and 移交转办 are, so nothing they owe is forgiven.
    The phases are those of the item's own round, also when that was in an earlier year. An item outside the rounds
    (round_no 0), or reopened after its round, belongs to the first round not yet over on the day it began, else to
    考核讲评, else to the end of its year. What was set before a reopening (化解时限, 延期) binds no longer.
    A phase end or a set day that is not worked moves to the working day before, if the switch says so.
    `today` only words the reasons: another year than today's is named.
    The reasons name the holidays and the make-up working days that a count of working days met (§7.6).
    Where working days are wanted of a year that the calendar does not know, the reason says that they are guessed.
    """
    deadline_rules = _DeadlineRules(rules, today)
    found = [deadline_rules.deadlines(item) for item in _read(items)]
    result = items.copy()
    for place, name in enumerate(DEADLINES):
        column = [deadlines[place] for deadlines in found]
        result[name] = array([deadline[0] if deadline else None for deadline in column], "day")
        result[f"{name}_why"] = array([deadline[1] if deadline else None for deadline in column], "text")
    return result


def judged(items: pd.DataFrame, rules: Rules, today: date) -> list[Deadline]:
    """By when each item is to be resolved or, once it is, was to be: the same day and reason as `resolve_due_on` has, of
    every row in its order. What is resolved is judged by the deadline that stood on its 办结日期: by an extension that had
    been approved by then, by no later one. What was resolved again after it was reopened is judged as what never was."""
    deadline_rules = _DeadlineRules(rules, today)
    then = zip(plain(items["own_due_on"]), plain(items["extended_then_on"]), strict=True)
    return [
        deadline_rules.resolution(
            item if item.state == ItemState.OPEN else item._replace(due_on=own, extended_on=extended)
        )
        for item, (own, extended) in zip(_read(items), then, strict=True)
    ]


def _read(items: pd.DataFrame) -> list[_Item]:
    return [_Item(*row) for row in zip(*(plain(items[name]) for name in _Item._fields), strict=True)]


@dataclass(frozen=True)
class _Window:
    """The two phase ends that bind an item; the day of the first as it was set, and how it is called."""

    owner: Deadline
    owner_last: date
    owner_words: str
    resolve: Deadline


class _DeadlineRules:
    """Applies the rules to one item at a time; calendar questions are answered once."""

    def __init__(self, rules: Rules, today: date) -> None:
        self._campaign = rules.campaign
        self._rules = rules.campaign.deadlines
        self._today = today
        self._fixed = lru_cache(maxsize=None)(self._fix)
        self._counted = lru_cache(maxsize=None)(self._count)
        self._window = lru_cache(maxsize=None)(self._find_window)

    def deadlines(self, item: _Item) -> list[Deadline | None]:
        """In the order of `DEADLINES`."""
        in_order: tuple[Callable[[_Item], Deadline | None], ...] = (
            self._owner,
            self._resolve,
            self._reply,
            self._follow_up,
            self._stale,
        )
        return [rule(item) for rule in in_order]

    def _owner(self, item: _Item) -> Deadline | None:
        if item.state != ItemState.OPEN or (item.responsible_unit and item.responsible_person):
            return None
        day, why = self._owner_named(item)
        if item.responsible_unit or not item.responsible_office:
            return day, why
        guess = GUESSED if why.endswith(GUESSED) else ""
        return day, f"{why.removesuffix(GUESSED)}；落实责任单位以前由{item.responsible_office}负责{guess}"

    def _owner_named(self, item: _Item) -> Deadline:
        """By when the owner of an open item is to be named."""
        registered = item.registered_on
        if registered and not item.responsible_person and needs_keeper(item.risk, item.status):
            return (
                registered,
                f"{Risk.UNREST if item.risk == Risk.UNREST else DisputeStatus.CONTAINED}事项须当即落实责任人（{self._in_words(registered)}登记）",
            )
        window = self._window(item.year, item.round_no, item.began_on, item.reopened_on)
        if registered and item.began_on and item.began_on > window.owner_last:
            words = f"{window.owner_words}，之后的从{{}}登记起{{}}个工作日内落实"
            return self._counted(registered, self._rules.owner_workdays.value, words)
        return window.owner

    def _resolve(self, item: _Item) -> Deadline | None:
        return self.resolution(item) if item.state == ItemState.OPEN else None

    def resolution(self, item: _Item) -> Deadline:
        """By when an item is to be resolved, in whatever state it is."""
        since = item.reopened_on or date.min
        if item.extended_on and item.extended_on >= since:
            return self._fixed(item.extended_on, "批准延期到{}")
        window = self._window(item.year, item.round_no, item.began_on, item.reopened_on)
        if item.due_on and item.due_on >= since:
            own = self._fixed(item.due_on, "化解时限{}" if item.kind == ItemKind.DISPUTE else "办理时限{}")
            return min(window.resolve, own, key=lambda deadline: deadline[0])
        return window.resolve

    def _reply(self, item: _Item) -> Deadline | None:
        raised = item.began_on
        if item.state == ItemState.CLOSED or item.nature not in INQUIRIES or item.follow_up_on or not raised:
            return None
        return self._counted(raised, self._rules.inquiry_reply_workdays.value, f"{{}}提出{item.nature}起{{}}个工作日")

    def _follow_up(self, item: _Item) -> Deadline | None:
        if item.state != ItemState.RESOLVED or not item.resolved_on:
            return None
        return self._counted(item.resolved_on, self._rules.follow_up_workdays.value, "{}办结起{}个工作日")

    def _stale(self, item: _Item) -> Deadline | None:
        entered = item.updated_on or item.registered_on
        if item.state != ItemState.OPEN or not entered:
            return None
        return self._counted(entered, self._rules.stale_workdays.value, "{}以来{}个工作日没有进展")

    def _find_window(self, year: int, round_no: int, began: date | None, reopened: date | None) -> _Window:
        """The phase ends that bind an item of `year` and `round_no`, as `due` says; `began`, `reopened`: its days."""
        bound = self._campaign.bound_to(year, round_no, began, reopened)
        resolve = self._campaign.resolving(bound)
        if not isinstance(bound, Round):
            end = self._fixed(resolve.last, f"{resolve.name}{{}}结束")
            return _Window(end, resolve.last, f"{resolve.name}{self._in_words(resolve.last)}结束", end)
        owner = bound.phase(self._rules.owner_by_phase.value)
        return _Window(
            self._fixed(owner.last, f"{owner.name}阶段{{}}结束"),
            owner.last,
            f"{owner.name}阶段{self._in_words(owner.last)}结束",
            self._fixed(resolve.last, f"{resolve.name}阶段{{}}结束"),
        )

    def _fix(self, day: date, words: str) -> Deadline:
        """A day that was set, moved to the working day before where the rules say so; `words` has a {} for the day."""
        text = words.format(self._in_words(day))
        if not self._rules.move_to_workday_before.value:
            return day, text
        moved = self._campaign.moved(day)
        if moved != day:
            holiday = self._campaign.workdays.holiday(day)
            text = f"{text}（逢{f'{holiday}假期' if holiday else '休息日'}提前到{self._in_words(moved)}）"
        return moved, text + self._guess(day, moved)

    def _count(self, day: date, n: int, words: str) -> Deadline:
        """`n` working days after `day`; `words` has a {} for the day and one for `n`."""
        then = self._campaign.workdays.add(day, n)
        met = self._campaign.workdays.met(day, then, self._today.year)
        return then, words.format(self._in_words(day), n) + met + self._guess(day, then)

    def _guess(self, first: date, last: date) -> str:
        """What the reason adds where working days of [first, last] are not known for certain."""
        return GUESSED if self._campaign.workdays.guessed(first, last) else ""

    def _in_words(self, day: date) -> str:
        return day_words(day, self._today.year)
