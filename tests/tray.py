"""A record and its ledger in memory: files are judged and taken in as a run does, with nothing archived or published."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date

from conftest import TODAY

from dazoufang.duties.alerts import alerts
from dazoufang.judging.examine import Task, examine
from dazoufang.ledger.fold import Fold
from dazoufang.model.submission import Delivery, Effect, Submission
from dazoufang.record.record import Counters
from dazoufang.rules.campaign import Rules
from dazoufang.rules.packed import pack
from dazoufang.running.intake import take_in


@dataclass
class Tray:
    """What was dropped so far."""

    rules: Rules
    today: date = TODAY
    counters: Counters = field(default_factory=Counters)

    def __post_init__(self) -> None:
        self.fold = Fold(self.rules)
        self._packed = pack(self.rules)

    def take(self, path: str, data: bytes) -> Submission:
        """Drop one file at `path` of the inbox."""
        delivery = Delivery(path, f"2023-10/{path}", hashlib.sha256(data).hexdigest(), self.today)
        examined = examine(Task(data, len(data), delivery.name, self._packed, self.today))
        (submission,), _ = take_in(self.fold, [delivery], [examined], [self.rules], self.counters)
        return submission

    @property
    def effect(self) -> Effect:
        """What the last file did."""
        return self.fold.effects[self.fold.submissions[-1].submission_id]

    def rows(self, frame: str, *names: str) -> list[tuple[str, ...]]:
        """Some columns of a frame, as text."""
        table = getattr(self.fold.frames(), frame)[list(names)].astype(str)
        return [tuple(row) for row in table.itertuples(index=False)]

    def alerted(self, kind: str) -> list[str]:
        """The units that have an alert of this kind."""
        found = alerts(self.fold.frames(), self.rules, self.today)
        return list(found.loc[found["kind"] == kind, "unit"])
