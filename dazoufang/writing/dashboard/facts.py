"""What the page is made of: the frames and what the workbooks of the same night were made of, given, never worked out anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

from dazoufang.ledger.changes import Changes
from dazoufang.ledger.frames import Frames
from dazoufang.model.submission import Submission
from dazoufang.model.vocabularies import Audience, ItemKind
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import ITEM_KIND, FormSchema, Role
from dazoufang.writing import masks


@dataclass(frozen=True)
class Facts:
    """What is known on `today`.

    alerts: as `duties.alerts` found them. changes: as 今日变化 shows them. received: what came today, less what came as it
    was. files: every submission by its number. withdrawn: number of a submission → that of its withdrawal. taken_down:
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
    taken_down: Sequence[str]
    waiting: int

    @property
    def audience(self) -> Audience:
        """For whom the page is."""
        return self.rules.campaign.page.audience.value

    @cached_property
    def hide(self) -> Callable[[str], str]:
        """What makes a text fit to be seen by the audience."""
        told = [(self.frames.visits, self.rules.form(Role.VISITS)), *(self.items(kind) for kind in ItemKind)]
        return masks.in_texts(told, self.audience, self.rules)

    def items(self, kind: ItemKind) -> tuple[pd.DataFrame, FormSchema]:
        """The items of a kind, with the form that says what of them is personal."""
        items = self.frames.items
        return items[items["kind"] == kind], self.rules.form(next(role for role, its in ITEM_KIND.items() if its == kind))
