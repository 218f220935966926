"""What the page is made of: the frames and what the workbooks of the same night were made of, given, never worked out anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

import pandas as pd

from dazoufang.duties.deadlines import all_due
from dazoufang.duties.grouped import Grouped, grouped_once
from dazoufang.duties.item_figures import UNNAMED, ItemFigures
from dazoufang.duties.quotas import progress
from dazoufang.duties.rounds import current_round
from dazoufang.duties.silent_units import silent_units
from dazoufang.ledger.changes import Changes
from dazoufang.ledger.frames import Frames, records
from dazoufang.model.submission import Since, Submission
from dazoufang.model.vocabularies import Audience, PersonalData
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import ITEM_KIND, Role
from dazoufang.writing import masks
from dazoufang.writing.alert_sheet import worded

_SHOWN: Final = (
    "level", "kind", "unit", "person", "contact", "number", "subject", "why", "due_on", "workdays_left", "action", "readers",
)  # fmt: skip


_MORE: Final = (
    "person", "matter", "responsible_unit", "responsible_office", "responsible_person", "resolve_due_on", "reply_due_on",
    "follow_up_due_on", "risk", "status",
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What is known on `today`.

    alerts: as `duties.alerts` found them. changes: as 今日变化 shows them. received: what came today, less what came as it
    was. files: every submission by its number. withdrawn: number of a submission → that of its withdrawal. since: what
    has become of each of today's. taken_down:
    what was withdrawn lately, a sentence each. waiting: how many pairs wait for a decision.
    """

    frames: Frames
    rules: Rules
    today: date
    alerts: pd.DataFrame
    changes: Changes
    received: Sequence[Submission]
    files: Mapping[int, Submission]
    withdrawn: Mapping[int, int]
    since: Mapping[int, Since]
    taken_down: Sequence[str]
    waiting: int

    @property
    def audience(self) -> Audience:
        """For whom the page is."""
        return self.rules.campaign.page.audience.value

    @cached_property
    def items(self) -> ItemFigures:
        """The items with their deadlines, in plain values."""
        return ItemFigures(all_due(self.frames, self.rules, self.today), self.rules, self.today, _MORE)

    @property
    def grouped(self) -> Grouped:
        """The alerts, many of one cause as one, and those that stand in groups."""
        return grouped_once(self.frames, self.alerts, self.rules)

    @property
    def groups(self) -> pd.DataFrame:
        """The alerts, many of one cause as one."""
        return self.grouped.alerts

    @cached_property
    def urgent(self) -> list[dict[str, Any]]:
        """The same as the first sheet of 预警提醒 words them: plain rows, the worst first. Whom to telephone is for the
        bureau itself."""
        shown = worded(self.groups)
        return records(shown.assign(contact="") if self.is_masked else shown, _SHOWN)

    @cached_property
    def silent(self) -> list[str]:
        """The units of the roster that have sent nothing in the round, as people see them; none between the rounds."""
        year, round_ = current_round(self.rules.campaign, self.today)
        table = progress(self.frames, self.rules, self.today)
        rows = records(table[table["listed"]], ("unit", "units", "cadre"))
        inside = self.today in round_
        return [unit or UNNAMED for unit in silent_units(self.frames, self.rules, year, round_, rows)] if inside else []

    @cached_property
    def hide(self) -> Callable[[str], str]:
        """What makes a text fit to be seen by the audience."""
        if not self.is_masked:
            return str
        told = [(self.frames.visits, self.rules.form(Role.VISITS))]
        items = self.frames.items
        told += [(items[items["kind"] == kind], self.rules.form(role)) for role, kind in ITEM_KIND.items()]
        return masks.in_texts(told, self.audience, self.rules)

    @property
    def is_masked(self) -> bool:
        """Whether there is anything that the audience may not see."""
        return bool(self.rules.campaign.audiences.masked(self.audience))

    @property
    def hides_names(self) -> bool:
        """Whether the audience may not see who somebody is."""
        return PersonalData.NAME in self.rules.campaign.audiences.masked(self.audience)
