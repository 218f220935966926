"""One day: what its outputs are made of, each figure worked out once, when the first of them asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property

import pandas as pd

from dazoufang.duties import alerts
from dazoufang.ledger.changes import Changes, Today, changes
from dazoufang.ledger.fold import Fold
from dazoufang.ledger.frames import Frames
from dazoufang.ledger.waiting import Waiting, waiting
from dazoufang.ledger.withdrawals import recent
from dazoufang.model.submission import DUPLICATE, Since, Submission
from dazoufang.writing.dashboard.facts import Facts


class Day:
    """The fold as it stands, the frames of what had come before today, and what follows from both."""

    def __init__(self, ledger_fold: Fold, morning: Frames, today: date) -> None:
        self.fold, self.rules, self.frames, self.today = ledger_fold, ledger_fold.rules, ledger_fold.frames(), today
        self._morning = morning

    @cached_property
    def alerts(self) -> pd.DataFrame:
        """Tonight's alerts, as `duties.alerts` gives them."""
        return alerts.alerts(self.frames, self.rules, self.today)

    @cached_property
    def taken_down(self) -> Sequence[str]:
        """What was withdrawn lately, a sentence each."""
        return recent(self.fold.submissions, self.fold.effects, self.rules, self.today)

    @cached_property
    def submissions(self) -> Mapping[int, Submission]:
        """All there are, by their numbers."""
        return {submission.submission_id: submission for submission in self.fold.submissions}

    @cached_property
    def received(self) -> Sequence[Submission]:
        """Today's, each with what the ledger found of it besides: its answer says both."""
        effects = self.fold.effects
        return [
            replace(submission, faults=[*submission.faults, *effects[submission.submission_id].notices])
            for submission in self.fold.submissions
            if submission.received_on >= self.today
        ]

    @cached_property
    def since(self) -> Mapping[int, Since]:
        """What has become of each of today's."""
        return {submission.submission_id: self.fold.since(submission) for submission in self.received}

    @cached_property
    def changes(self) -> Changes:
        """What changed since this morning."""
        known = Today(self.received, self.fold.effects, self.fold.withdrawn, self.fold.ledger.number)
        return changes(self._morning, self.frames, known, self.rules.schemas)

    @cached_property
    def waiting(self) -> Sequence[Waiting]:
        """The pairs that wait for a decision."""
        return waiting(self.fold)

    @cached_property
    def facts(self) -> Facts:
        """The same for the page."""
        return Facts(
            self.frames,
            self.rules,
            self.today,
            self.alerts,
            self.changes,
            [submission for submission in self.received if submission.verdict != DUPLICATE],
            self.submissions,
            self.fold.withdrawn,
            self.since,
            self.taken_down,
            len(self.waiting),
        )
