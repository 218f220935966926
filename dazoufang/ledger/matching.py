"""Which item a mention or a row speaks of, from what is on file: same person, same matter, and what is doubtful."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from dazoufang.ledger import decisions
from dazoufang.ledger.items import Item, Mention, row_values
from dazoufang.ledger.merge import Entry
from dazoufang.model.terms import normalize
from dazoufang.rules.campaign import Campaign
from dazoufang.rules.item_numbers import Items

Values = Mapping[str, str]  # what a mention, a row or an item says, by the names of a ledger row


@dataclass(frozen=True, slots=True)
class Told:
    """A matter that is told: in a cell of a visit, or by a row of an办理表.

    kind: what kind of item it is.
    values: what it says, as values of a ledger row.
    entry: the visit, or the row itself.
    in_visit: whether it is told in a visit.
    given: the number that a published annex gives it, "" none.
    """

    kind: str
    values: Values
    entry: Entry
    in_visit: bool
    given: str = ""


class Found(NamedTuple):
    """`item` is meant for certain; where it is None, `doubtful` may be meant and must be asked about."""

    item: Item | None
    doubtful: Item | None


def find(told: Told, candidates: Iterable[Item], campaign: Campaign) -> Found:
    """The item among `candidates` (of its kind, known by its person's name) that is meant.

    Rule: never by name alone; name + telephone, name + village, or name + day and cadre of the visit. A row means
    an item of its own round; a visit may bring up one of long ago. What was struck off takes in what was said until
    then. Two numbers given from outside are two items, and so are two matters told apart in one form.
    """
    settings = campaign.items
    best: tuple[float, Item | None] = (0.0, None)
    doubtful: tuple[float, Item | None] = (0.0, None)
    for item in candidates:
        too_late = "" < decisions.struck_on(item.decisions) < told.values.get("visited_on", "")
        if too_late or (told.given and item.given):
            continue
        apart = told_apart(told, item)
        may_ask = not (apart and told.in_visit)  # numbered in one cell, they are two: nothing to ask
        for said in filter(None, (*item.sources(), item.last)):
            like = likeness(said.get("matter", ""), told.values.get("matter", ""))
            similar = like >= settings.similar_matter.value and not apart
            if similar and same_person(said, told.values) and may_mean(told, said, campaign):
                best = max(best, (like, item), key=_likeness_of)
            elif like >= settings.uncertain_matter.value and may_ask and not two_persons(said, told.values):
                doubtful = max(doubtful, (like, item), key=_likeness_of)
    return Found(best[1], doubtful[1])


def _likeness_of(pair: tuple[float, Item | None]) -> float:
    return pair[0]


def told_apart(told: Told, item: Item) -> bool:
    """Whether the form that `told` stands in already speaks of `item`, in other words: in the same visit, or in
    another row of the same办理表."""
    if told.in_visit:
        matters = [mention.text for mention in item.mentions if mention.entry.entry_id == told.entry.entry_id]
    else:
        matters = [row.values.get("matter", "") for row in item.rows.values() if row.part is told.entry.part]
    return bool(matters) and told.values.get("matter", "") not in matters


def may_mean(told: Told, said: Values, campaign: Campaign) -> bool:
    """Rule: rows of the办理表 update an item of the same round."""
    days = [values.get("visited_on", "") for values in (told.values, said)]
    if told.in_visit or not all(days):
        return True
    told_in, said_in = (campaign.round_of(date.fromisoformat(day)) for day in days)
    return told_in == said_in


def named(told: Told, item: Item, settings: Items) -> bool:
    """Whether a row may mean the item whose number it bears: it is of its kind, and the person agrees."""
    if item.kind != told.kind:
        return False
    said = said_by_others(item, told.entry) or [values for values in [item.last] if values]
    if said and told.entry.entry_id in item.rows:  # alone, a row may put its own name right
        said.append(item.rows[told.entry.entry_id].values)
    if not (said and told.values.get("person")):
        return True
    return any(agree(values, told.values, settings, any_matter=True) for values in said)


def still(told: Told, former: Item, settings: Items) -> bool:
    """Whether a row that was corrected may still mean the item that it spoke of before.

    A row that alone speaks for its item may reword the matter; one of several must say what one of them said.
    """
    others = said_by_others(former, told.entry)
    said = (former.rows[told.entry.entry_id].values, *others)
    return any(agree(values, told.values, settings, any_matter=not others) for values in said)


def kept(mention: Mention, former: Sequence[tuple[Mention, str]], settings: Items) -> tuple[Mention, str] | None:
    """The matter that the same cell of the visit told before, which this mention corrects, with its number."""
    same_cell = [pair for pair in former if pair[0].field == mention.field]
    for pair in same_cell:
        if pair[0].text == mention.text:
            return pair
    likest = max(same_cell, key=lambda pair: likeness(pair[0].text, mention.text), default=None)
    return likest if likest and same_matter(likest[0].text, mention.text, settings) else None


def agree(said: Values, told: Values, settings: Items, *, any_matter: bool) -> bool:
    """Whether two rows of which we know that they may mean one item agree: on the name and (unless `any_matter` will do)
    the matter, or, where the name was put right, on telephone and matter."""
    similar = same_matter(said.get("matter", ""), told.get("matter", ""), settings)
    same_name = normalize(said.get("person", "")) == normalize(told.get("person", ""))
    return (same_name and (any_matter or similar)) or (similar and bool(phones_in(said) & phones_in(told)))


def said_by_others(item: Item, entry: Entry) -> list[Values]:
    """What the other sources of an item say."""
    said: list[Values] = [mention.values for mention in item.mentions]
    return said + [row_values(row) for row in item.rows.values() if row.entry_id != entry.entry_id]


def is_called_as(values: Values, item: Item) -> bool:
    """Whether the person of a row is called as somebody the item speaks of."""
    person = normalize(values.get("person", ""))
    return any(normalize(said.get("person", "")) == person for said in (*item.sources(), item.last))


def same_person(said: Values, told: Values) -> bool:
    """Whether two rows speak of one person. Rule: never by name alone."""
    if normalize(said.get("person", "")) != normalize(told.get("person", "")):
        return False
    towns = said.get("township", ""), told.get("township", "")
    village = said.get("village") and normalize(said["village"]) == normalize(told.get("village", ""))
    town = towns[0] == towns[1] or not all(towns)
    day = said.get("visited_on") and said.get("visited_on") == told.get("visited_on")
    cadres = _several(said, "cadres") & _several(told, "cadres")
    return bool(phones_in(said) & phones_in(told) or (village and town) or (day and cadres))


def two_persons(said: Values, told: Values) -> bool:
    """Whether telephone and village both say that these are two persons: then there is nothing to ask."""
    phones = phones_in(said), phones_in(told)
    villages = normalize(said.get("village", "")), normalize(told.get("village", ""))
    return all(phones) and all(villages) and not phones[0] & phones[1] and villages[0] != villages[1]


def phones_in(values: Values) -> set[str]:
    """The telephone numbers of a row."""
    return _several(values, "phone")


def _several(values: Values, name: str) -> set[str]:
    return set(filter(None, values.get(name, "").split("、")))


def same_matter(said: str, told: str, settings: Items) -> bool:
    """Whether two texts are so alike that they tell one matter."""
    return likeness(said, told) >= settings.similar_matter.value


@lru_cache(maxsize=65536)
def likeness(said: str, told: str) -> float:
    """How alike two matters are, 0 to 100; one that holds the other whole counts as the same."""
    said, told = normalize(said), normalize(told)
    if not said or not told:
        return 0.0
    if min(len(said), len(told)) >= 6 and (said in told or told in said):
        return 100.0
    return fuzz.ratio(said, told)
