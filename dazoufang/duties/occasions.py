"""On which mornings something that goes by the week or by the phase is due, and that it goes once each time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from dazoufang.duties.rounds import current_round
from dazoufang.rules.campaign import Campaign
from dazoufang.rules.packages import EVERY_DAY, WEEKDAYS

MADE_UP: Final = 3  # working days after the end of its phase on which a report is still made up


def due(days: Iterable[str], campaign: Campaign, today: date) -> Iterator[str]:
    """The occasions that have come by `today`, each by a name that no other has.

    days: as `Package.days` has them. Rules: 每天 is every day; 周一 has come from that day of the week on, so that a
    holiday or a night that was missed moves it to the next working day of the same week; a phase has come from the last
    working day on that is not after its end (a deadline on a day off moves to the working day before, where the rules
    say so), and is made up for three working days after its end.
    """
    for word in days:
        if word == EVERY_DAY:
            yield today.isoformat()
        elif word in WEEKDAYS:
            year, week, weekday = today.isocalendar()
            if weekday > WEEKDAYS.index(word):
                yield f"{year}年第{week}周{word}"
        elif (end := phase_end(word, campaign, today)) and _is_due(end, campaign, today):
            year_, round_ = current_round(campaign, today)
            yield f"{year_}年{round_.name}{word}"


def _is_due(end: date, campaign: Campaign, today: date) -> bool:
    late = campaign.workdays.count(end + timedelta(1), today) if today > end else 0
    return report_day(end, campaign) <= today and late <= MADE_UP


def phase_end(name: str, campaign: Campaign, today: date) -> date | None:
    """The last day of the phase of that name in the round that `today` works in; None: it has no such phase."""
    _, round_ = current_round(campaign, today)
    return next((phase.last for phase in round_.phases if phase.name == name), None)


def report_day(end: date, campaign: Campaign) -> date:
    """The day on which what is due by `end` is reported."""
    return campaign.workdays.on_or_before(end) if campaign.deadlines.move_to_workday_before.value else end
