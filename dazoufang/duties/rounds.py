"""Which round a run works in, and what the rounds before it left, in words."""

from __future__ import annotations

from datetime import date

from dazoufang.rules.campaign import Campaign
from dazoufang.rules.years import Round


def current_round(campaign: Campaign, today: date) -> tuple[int, Round]:
    """(year, round) that a run on `today` works in.

    The round whose window holds `today`; between windows the latest one begun before it in the working year; before
    the first window that first one. Rule: a run works in the year today belongs to, else the latest before it.
    """
    year = campaign.year_of(today)
    begun = [round_ for round_ in year.rounds if round_.first <= today]
    return year.year, begun[-1] if begun else year.rounds[0]


def earlier_rounds(round_: Round, campaign: Campaign) -> str:
    """The names of the rounds before this one in its year, 、."""
    rounds = next(year.rounds for year in campaign.years if round_ in year.rounds)
    return "、".join(other.name for other in rounds if other.number < round_.number)


def debt_in_words(carried: int, round_: Round, campaign: Campaign) -> str:
    """含上半年少走的4户: that so many households of what is owed are what earlier rounds left; "" none."""
    return f"含{earlier_rounds(round_, campaign)}少走的{carried}户" if carried else ""


def rhythm(short: int, days_left: int) -> str:
    """How fast `short` households are to be visited on the working days left: 每个工作日2户, 每3个工作日1户; "" none is
    short, or no day is left."""
    if short <= 0 or days_left <= 0:
        return ""
    if 2 * short > days_left:
        return f"每个工作日{-(-short // days_left)}户"
    return f"每{days_left // short}个工作日1户"
