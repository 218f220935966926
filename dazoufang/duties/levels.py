"""The four levels of the alerts: how urgent a day is and who is told; and the fields of one alert."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from dazoufang.model.faults import day_words
from dazoufang.rules.campaign import Campaign
from dazoufang.rules.workdays import GUESSED

REMIND: Final = "提醒"
WARN: Final = "预警"
OVERDUE: Final = "逾期"
SEVERE: Final = "严重逾期"
SENT_NOTHING: Final = "催报"
LATE: Final = (SEVERE, OVERDUE)
LEVELS: Final = (*LATE, WARN, REMIND)  # worst first

# Who reads an alert, the person concerned first; each level adds one. The fourth is the coordinator of the rules.
PERSON: Final = "本人"
HEAD: Final = "股室负责人"
LEADER: Final = "分管领导"


class Alert(NamedTuple):
    """One alert; the fields are those of `alerts.COLUMNS`."""

    alert_id: str
    level: str
    kind: str
    unit: str
    person: str
    item_no: str
    subject: str
    why: str
    since_on: date
    due_on: date
    workdays_left: int
    action: str
    readers: str
    contact: str = ""
    head: str = ""


class Ladder:
    """The levels on one day. Rule (§7.7), values from `campaign.alerts`."""

    def __init__(self, campaign: Campaign, today: date) -> None:
        self.today = today
        self._rules = campaign.alerts
        self._circle = (PERSON, HEAD, LEADER, campaign.offices.coordinator.value)
        self.guessed = lru_cache(maxsize=None)(lambda day: campaign.workdays.guessed(today, day))
        self.left = lru_cache(maxsize=None)(lambda day: campaign.workdays.between(today, day))

    def level(self, day: date) -> str | None:
        """The level of something due on `day`; None: no alert yet."""
        left = self.left(day)
        if left < -self._rules.severe_overdue_workdays.value:
            return SEVERE
        if day < self.today:  # also on the days off right after it, when no working day has passed yet
            return OVERDUE
        if left <= self._rules.warn_workdays.value:
            return WARN
        return REMIND if left <= self._rules.remind_workdays.value else None

    def readers(self, level: str, unit: str, person: str) -> tuple[str, ...]:
        """Who is told of an alert of `level`. Without a person the section head is told in his place; without a person
        and a unit, everyone."""
        if not unit and not person:
            return self._circle
        readers = self._circle[: len(LEVELS) - LEVELS.index(level)]
        return readers if person else readers[1:] or (HEAD,)

    def in_words(self, day: date) -> str:
        """9月28日, with the year where it is not today's."""
        return day_words(day, self.today.year)

    def alert(
        self,
        kind: str,
        key: str,
        due_on: date,
        since_on: date,
        *,
        subject: str,
        why: str,
        action: str,
        unit: str = "",
        person: str = "",
        item_no: str = "",
        level: str | None = None,
        contact: str = "",
    ) -> Iterator[Alert]:
        """The alert, if it is time: one, or nothing where `due_on` has no level yet.

        kind: one of the kinds of `alerts`. key: tells subjects of one kind apart. due_on: the day that decides the
        level. since_on: since when it waits. subject, why, action: what, the reason, and what to do, in Chinese.
        unit, person: whom it is about, "" as in `alerts.alerts`. item_no: the item it is about, "" none.
        level: overrules that of `due_on`. contact: whom to ask, where it is not who is told. The reason says so where the working days left are guessed.
        """
        level = level or self.level(due_on)
        if level is None:
            return
        yield Alert(
            alert_id=f"{kind}|{key}",
            level=level,
            kind=kind,
            unit=unit,
            person=person,
            item_no=item_no,
            subject=subject,
            why=why if GUESSED in why or not self.guessed(due_on) else why + GUESSED,
            since_on=since_on,
            due_on=due_on,
            workdays_left=self.left(due_on),
            action=action,
            readers="、".join(self.readers(level, unit, person)),
            contact=contact,
        )
