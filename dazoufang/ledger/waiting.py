"""What waits for a decision (裁定) tonight: the pairs of items of which nobody has said yet whether they are one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dazoufang.judging.row_rules import explanation
from dazoufang.ledger import decisions, matching
from dazoufang.ledger.fold import Fold
from dazoufang.ledger.items import Item
from dazoufang.ledger.merge import Entry
from dazoufang.ledger.questions import Question
from dazoufang.ledger.same_matter import likeness
from dazoufang.ledger.sources import Source, Sources
from dazoufang.model.vocabularies import Decision


@dataclass(frozen=True, slots=True)
class Waiting:
    """One pair to be decided: the item that came later, and the one on file that it may be.

    code: that of the notice which asks. likeness: how alike the two matters look, 0 to 100. source, other_source: the
    cells that tell the two matters.
    """

    code: str
    item: Item
    other: Item
    likeness: float
    source: Source | None
    other_source: Source | None


def waiting(ledger_fold: Fold) -> list[Waiting]:
    """Every pair that waits, in the order in which the questions came up; each pair once.

    Rule: a question is settled by a decision that names both numbers (同一人, 非同一人, 并案), whichever stands first; it
    falls away with one of its items, and when what is told by now leaves nothing to ask: two persons, the number taken
    out again, the reason written in the row (情况说明).
    """
    asked = list(ledger_fold.ledger.questions)
    if not asked:
        return []
    ledger, sources = ledger_fold.ledger, Sources(ledger_fold)
    done = set(_decided(ledger_fold))
    found = []
    for question in asked:
        item, other = (ledger.items.get(ledger.number(number)) for number in (question.number, question.other))
        if item is None or other is None or item is other or not (item.stands and other.stands):
            continue
        pair = frozenset((item.item_no, other.item_no))
        if pair not in done and _is_open(question, item, other, ledger_fold):
            done.add(pair)
            matters = [of.facts().get("matter", "") for of in (item, other)]
            places = [_told_in(of, question.entry_id, sources) for of in (item, other)]
            found.append(Waiting(question.code, item, other, likeness(*matters), *places))
    return found


def told_apart(item: Item, other: Item, ledger_fold: Fold) -> bool:
    """Whether somebody has decided that these two are not one (非同一人); a later 同一人 would have joined them."""
    pair = frozenset((item.item_no, other.item_no))
    return any(
        decision.values["decision"] == Decision.OTHER_PERSON and _names(decision, ledger_fold) == pair
        for decision in (*item.decisions, *other.decisions)
    )


def _decided(ledger_fold: Fold) -> Iterator[frozenset[str]]:
    """The pairs of which somebody has said whether they are one."""
    for item in ledger_fold.ledger.items.values():
        for decision in item.decisions:
            if pair := _names(decision, ledger_fold):
                yield pair


def _names(decision: Entry, ledger_fold: Fold) -> frozenset[str]:
    """The two items of which a decision says whether they are one, by the numbers they have now; else nothing."""
    says = decisions.meaning(decision).joins != "never" or decision.values["decision"] == Decision.OTHER_PERSON
    numbers = [decision.values["item_no"], decision.values.get("other_item_no", "")] if says else []
    now = [ledger_fold.ledger.number(number) for number in numbers if number]
    return frozenset(now) if len(now) == 2 and all(now) else frozenset()


def _is_open(question: Question, item: Item, other: Item, ledger_fold: Fold) -> bool:
    """Whether what is told by now still leaves it to be asked."""
    if question.code == "R10":
        return matching.may_be_one(item, other, ledger_fold.rules.campaign.items)
    row = next((row for row in _rows(item) if row.entry_id == question.entry_id), None)
    if row is None:
        return False
    if question.code == "R09":
        given = row.values.get(question.field, "").split("、")
        return other.item_no in map(ledger_fold.ledger.number, given)
    return not explanation(ledger_fold.rules.schemas[row.form], row.values)


def _rows(item: Item) -> Iterator[Entry]:
    yield from (mention.entry for mention in item.mentions)
    yield from item.rows.values()


def _told_in(item: Item, entry_id: int, sources: Sources) -> Source | None:
    """The cell that tells the matter of an item: in the row asked about, else in the first one that does."""
    told = [(mention.entry.entry_id, sources.mention(mention)) for mention in item.own_mentions]
    told += [(row.entry_id, sources.cells(row, ["matter"])) for row in item.by_arrival()]
    told.sort(key=lambda pair: pair[0] != entry_id)
    return next((source for _, cells in told for source in cells), None)
