"""What each decision (裁定) does to the item it names: one table, and what the decisions on an item come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from dazoufang.ledger.merge import Entry
from dazoufang.model.vocabularies import Decision


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a decision does. It is remembered with its item, whatever it does.

    joins: whether the item becomes part of the item in 对应编号: never, where both are of the same matter, or always.
    moves_deadline: 新时限 is the item's deadline, where it is later than the one that stands, until a later decision
        moves it again.
    strikes: the item is struck off. This is said of the item of that number alone: it does not reach an item that the
        number was joined to, and does not move along when the item becomes part of another.
    reopens: what struck the item off is taken back, and what was resolved up to 批准日期 counts no longer.
    """

    joins: Literal["never", "same matter", "always"] = "never"
    moves_deadline: bool = False
    strikes: bool = False
    reopens: bool = False


MEANINGS: Final[dict[str, Meaning]] = {
    Decision.EXTEND: Meaning(moves_deadline=True),
    Decision.SAME_PERSON: Meaning(joins="same matter"),
    Decision.OTHER_PERSON: Meaning(),
    Decision.MERGE: Meaning(joins="always"),
    Decision.VOID: Meaning(strikes=True),
    Decision.REOPEN: Meaning(reopens=True),
}
_REMEMBERED: Final = Meaning()  # a word that the office has added to its own form


def meaning(decision: Entry) -> Meaning:
    """What this decision does."""
    return MEANINGS.get(decision.values["decision"], _REMEMBERED)


def remembered(decisions: Iterable[Entry], decision: Entry) -> list[Entry]:
    """The decisions on an item with one more; it replaces the one that it corrects."""
    return [*(former for former in decisions if former.entry_id != decision.entry_id), decision]


def moving_along(decisions: Iterable[Entry]) -> list[Entry]:
    """The decisions that move along when the item becomes part of another."""
    return [decision for decision in decisions if not meaning(decision).strikes]


def struck_on(decisions: Iterable[Entry]) -> str:
    """The day of the decision that struck the item off, unless a later one has taken it back; "" none."""
    final = [decision for decision in decisions if meaning(decision).strikes or meaning(decision).reopens]
    last = max(final, key=_by_approval, default=None)
    return last.values["approved_on"] if last and meaning(last).strikes else ""


def reopened_on(decisions: Iterable[Entry], resolved_on: str) -> str:
    """The last day on which a decision reopened what was resolved on `resolved_on` ("" not resolved); "" none."""
    days = (decision.values["approved_on"] for decision in decisions if meaning(decision).reopens)
    return max((day for day in days if day >= resolved_on), default="")


def extended_on(decisions: Iterable[Entry], stands: str) -> str:
    """The day that the decisions moved the deadline to; "" none. `stands`: the deadline without them.

    Rule (§7.6): in the order of approval each moves it to a later day; one to an earlier day moves nothing, and is asked.
    """
    moved = ""
    for decision in sorted(decisions, key=_by_approval):
        wanted = new_due_on(decision)
        if wanted and wanted >= stands:
            stands = moved = wanted
    return moved


def new_due_on(decision: Entry) -> str:
    """The day to which a decision means to move the deadline; "" none."""
    return decision.values.get("new_due_on", "") if meaning(decision).moves_deadline else ""


def approved_before(decisions: Iterable[Entry], decision: Entry) -> list[Entry]:
    """The decisions that were approved before one of them, as far as they are not the same one in other words."""
    return [
        other
        for other in decisions
        if other.entry_id != decision.entry_id and _by_approval(other) < _by_approval(decision)
    ]


def _by_approval(decision: Entry) -> tuple[str, int]:
    return decision.values["approved_on"], decision.entry_id
