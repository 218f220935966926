"""When the notice (通报.docx) is made, and for whom it is written (`notice` of the campaign's rules)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from dazoufang.model.vocabularies import Audience
from dazoufang.rules.rules_file import Strict
from dazoufang.rules.sourced import Sourced
from dazoufang.rules.years import Year


class Season(StrEnum):
    """The times of a year in which there may be a notice."""

    ROUND = "轮次内"
    REVIEW = "考核讲评"


class NoticeRules(Strict):
    """`seasons`: when there is a notice, () never. `audience`: who reads it; where names are masked for him, it names units
    alone."""

    seasons: Sourced[tuple[Season, ...]]
    audience: Sourced[Audience]

    def is_due(self, year: Year, today: date) -> bool:
        """Whether there is a notice on `today`. Rule (局内设定): 轮次内 is any day of a round of `year`, 考核讲评 the days from
        its last round to the end of its review. Between the rounds there is nothing to say."""
        if year.round_of(today):
            return Season.ROUND in self.seasons.value
        return Season.REVIEW in self.seasons.value and year.rounds[-1].last < today <= year.review.last
