"""One workbook of a unit taken in as the office takes it: what was said of it, and the visits and items that count."""

from __future__ import annotations

from datetime import date
from typing import Any

from tables import workbook

from dazoufang.judging.examine import Examined, examine_bytes
from dazoufang.judging.verdict import accept
from dazoufang.ledger.fold import Fold
from dazoufang.ledger.frames import Frames
from dazoufang.model.faults import INFO, Fault, Repair
from dazoufang.model.submission import Delivery, Effect, Submission
from dazoufang.record.record import Counters
from dazoufang.rules.campaign import Rules

TODAY = date(2023, 10, 20)
ROSTER = workbook("姓名 | 单位 | 角色\n李明 | 工会 | 股室负责人\n王芳 | 工会 | 股室负责人")


class Taken:
    """The files of 工会, taken in one after the other beside a roster with 李明 and 王芳."""

    def __init__(self, rules: Rules, *files: tuple[str, bytes], today: date = TODAY) -> None:
        self._rules, self._today = rules, today
        self._fold, self._counters = Fold(rules), Counters()
        self._take("花名册.xlsx", ROSTER)
        for name, data in files:
            self._take(f"工会/{name}", data)

    def _take(self, path: str, data: bytes) -> None:
        examined: Examined = examine_bytes(data, path.rpartition("/")[2], self._rules, self._today)
        delivery = Delivery(path, path, path, self._today)
        number = self._counters.submission_id + 1
        self.submission: Submission = accept(delivery, number, examined, self._rules, self._fold.roster())
        self._counters.number(self.submission)
        self.effect: Effect = self._fold.take(self.submission)

    @property
    def faults(self) -> list[Fault]:
        """What was found wrong with the last file, also by the ledger."""
        return [*self.submission.faults, *self.effect.notices]

    @property
    def repairs(self) -> list[Repair]:
        return self.submission.repairs

    def marks(self) -> list[str]:
        """What is to be looked at in the last file, as “C01 B3”; what is only said for openness is left out."""
        return [f"{fault.code} {fault.cell}".strip() for fault in self.faults if fault.severity != INFO]

    def mended(self) -> list[str]:
        """The repairs of the last file, as “G4 小标题 → 章华镇”."""
        return [f"{repair.cell} {repair.how} → {repair.after}" for repair in self.repairs]

    @property
    def frames(self) -> Frames:
        """What all of it comes to."""
        return self._fold.frames()

    def visits(self, *names: str) -> list[tuple[str, ...]]:
        """These cells of every visit that counts, in order; "" an empty one."""
        return [tuple(map(_text, (row.get(name) for name in names))) for row in _records(self._fold.frames().visits)]

    def items(self) -> list[tuple[str, str]]:
        """The person and the matter of every item that counts."""
        return [(_text(row["person"]), _text(row["matter"])) for row in _records(self._fold.frames().items)]


def _records(frame: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = frame.to_dict("records")
    return found


def _text(value: Any) -> str:
    if value is None or value != value:
        return ""
    return value.date().isoformat() if hasattr(value, "date") else str(value)
