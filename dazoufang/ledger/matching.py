"""Which item a mention or a row speaks of, from what is on file: same person, same matter, and what is doubtful."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from dazoufang.ledger import decisions
from dazoufang.ledger.items import Item, Mention, row_values
from dazoufang.ledger.merge import Entry
from dazoufang.ledger.same_matter import Sameness, alike, likeness, sameness
from dazoufang.model.bureaus import own_name
from dazoufang.model.one_visit import is_one_visit
from dazoufang.model.terms import normalize, same_words
from dazoufang.rules.campaign import Campaign
from dazoufang.rules.item_numbers import Items

Values = Mapping[str, str]  # what a mention, a row or an item says, by the names of a ledger row


@dataclass(frozen=True, slots=True)
class Statement:
    """What a form says of one matter: in a cell of a visit, or in a row of an办理表.

    kind: what kind of item it is.
    values: what it says, as values of a ledger row.
    entry: the visit, or the row itself.
    in_visit: whether it stands in a visit.
    given: the number that a published annex gives it, "" none.
    """

    kind: str
    values: Values
    entry: Entry
    in_visit: bool
    given: str = ""


class Found(NamedTuple):
    """`item` is meant for certain; where it is None, `doubtful` may be meant and must be asked about (None: nothing to ask)."""

    item: Item | None
    doubtful: Item | None


def find(statement: Statement, candidates: Iterable[Item], campaign: Campaign) -> Found:
    """The item among `candidates` (of its kind, known by its person's name) that is meant.

    Rule: never by name alone; name + telephone, name + village, or name + day and cadre of the visit. A row means
    an item of its own round; a visit may bring up one of long ago. What was struck off takes in what was said until
    then. Two numbers given from outside are two items, and so are two matters that one form keeps apart.
    """
    settings = campaign.items
    best: tuple[float, Item | None] = (0.0, None)
    doubtful: tuple[float, Item | None] = (0.0, None)
    for item in candidates:
        too_late = "" < decisions.struck_on(item.decisions) < statement.values.get("visited_on", "")
        if too_late or (statement.given and item.given):
            continue
        apart = kept_apart(statement, item)
        may_ask = not (apart and statement.in_visit)  # told side by side, they are two: nothing to ask
        for said in filter(None, (*item.sources(), item.last)):
            matters = said.get("matter", ""), statement.values.get("matter", "")
            same, like = sameness(*matters, settings), likeness(*matters)
            person = same_person(said, statement.values)
            if same == "same" and not apart and person and same_round(statement, said, campaign):
                best = max(best, (like, item), key=_likeness_of)
            elif may_ask and _is_doubtful(same, like, person, settings) and not two_persons(said, statement.values):
                doubtful = max(doubtful, (like, item), key=_likeness_of)
    return Found(best[1], None if best[1] else doubtful[1])


def _likeness_of(pair: tuple[float, Item | None]) -> float:
    return pair[0]


def _is_doubtful(same: Sameness, like: float, person: bool, settings: Items) -> bool:
    """Whether it must be asked if two texts are of one matter; `person`: both are of one person for certain."""
    if same == "another":
        return False
    return person or like >= settings.uncertain_matter.value


def may_be_one(item: Item, other: Item, settings: Items) -> bool:
    """Whether two items, as they are told by now, may still be one person's matter; `two_persons` are two."""
    for said in filter(None, (*item.sources(), item.last)):
        for told in filter(None, (*other.sources(), other.last)):
            matters = said.get("matter", ""), told.get("matter", "")
            alike_ = _is_doubtful(sameness(*matters, settings), likeness(*matters), same_person(said, told), settings)
            if alike_ and not two_persons(said, told):
                return True
    return False


def is_one(item: Item, other: Item, settings: Items) -> bool:
    """Whether two items are one person's same matter for certain, in whichever rounds."""
    return any(
        same_person(said, told) and sameness(said.get("matter", ""), told.get("matter", ""), settings) == "same"
        for said in filter(None, (*item.sources(), item.last))
        for told in filter(None, (*other.sources(), other.last))
    )


def kept_apart(statement: Statement, item: Item) -> bool:
    """Whether the delivery that `statement` stands in already speaks of `item`, and in other words: in a cell of a visit
    where this is one (so does another file that tells of the same visit), in a row of an办理表 where this is one."""
    if statement.in_visit:
        matters = [mention.text for mention in item.mentions if _told_beside(mention.entry, statement.entry)]
    else:
        rows = (row for row in item.rows.values() if row.submission is statement.entry.submission)
        matters = [row.values.get("matter", "") for row in rows]
    return bool(matters) and not any(same_words(statement.values.get("matter", ""), matter) for matter in matters)


def _told_beside(visit: Entry, other: Entry) -> bool:
    """Whether two rows stand in one delivery or tell of one visit."""
    return visit.submission is other.submission or is_one_visit(visit.values, other.values)


def same_round(statement: Statement, on_file: Values, campaign: Campaign) -> bool:
    """Whether the rounds agree. Rule: rows of the办理表 update an item of the same round; visits may be of any."""
    days = [values.get("visited_on", "") for values in (statement.values, on_file)]
    if statement.in_visit or not all(days):
        return True
    stated_round, known_round = (campaign.round_of(date.fromisoformat(day)) for day in days)
    return stated_round == known_round


def number_agrees(statement: Statement, item: Item, settings: Items) -> bool:
    """Whether a row may mean the item whose number it bears: it is of its kind, and the person agrees."""
    if item.kind != statement.kind:
        return False
    if item.joined and not item.own_sources():  # so far only what became part of it has been heard of
        return True
    said = said_by_others(item, statement.entry) or [values for values in [item.last] if values]
    if said and statement.entry.entry_id in item.rows:  # alone, a row may put its own name right
        said.append(item.rows[statement.entry.entry_id].values)
    if not (said and statement.values.get("person")):
        return True
    return any(agree(values, statement.values, settings, any_matter=True) for values in said)


def may_still_mean(statement: Statement, former: Item, settings: Items) -> bool:
    """Whether a row that was corrected may still mean the item that it spoke of before.

    A row that alone speaks for its item may reword the matter; one of several must say what one of them said.
    """
    others = said_by_others(former, statement.entry)
    said = (former.rows[statement.entry.entry_id].values, *others)
    return any(agree(values, statement.values, settings, any_matter=not others) for values in said)


def kept(mention: Mention, former: Sequence[tuple[Mention, str]], settings: Items) -> tuple[Mention, str] | None:
    """The matter that stood before in the same cell of the visit and that this mention corrects, with its number."""
    same_cell = [pair for pair in former if pair[0].field == mention.field]
    for pair in same_cell:
        if pair[0].text == mention.text:
            return pair
    likest = max(same_cell, key=lambda pair: likeness(pair[0].text, mention.text), default=None)
    return likest if likest and alike(likest[0].text, mention.text, settings) else None


def agree(on_file: Values, stated: Values, settings: Items, *, any_matter: bool) -> bool:
    """Whether two rows of which we know that they may mean one item agree: on the name and (unless `any_matter` will do)
    the matter, or, where the name was put right, on telephone and matter."""
    similar = alike(on_file.get("matter", ""), stated.get("matter", ""), settings)
    same_name = normalize(on_file.get("person", "")) == normalize(stated.get("person", ""))
    return (same_name and (any_matter or similar)) or (similar and bool(phones_in(on_file) & phones_in(stated)))


def said_by_others(item: Item, entry: Entry) -> list[Values]:
    """What the other sources of an item say."""
    said: list[Values] = [mention.values for mention in item.mentions]
    return said + [row_values(row) for row in item.rows.values() if row.entry_id != entry.entry_id]


def speaks_of_joined(values: Values, item: Item, settings: Items) -> bool:
    """Whether a row of an item speaks of another one that became part of it: by that one's number, else by its person or
    matter, where these are not the item's own."""
    number = own_name(normalize(values.get("item_no", "")))
    if not item.joined or number == own_name(item.item_no):
        return False
    own = any(agree(said, values, settings, any_matter=False) for said in item.own_sources() if said is not values)
    return number in map(own_name, item.joined) or not own


def is_called_as(values: Values, item: Item) -> bool:
    """Whether the person of a row is called as somebody the item speaks of."""
    person = normalize(values.get("person", ""))
    if item.joined and not item.own_sources():  # so far only what became part of it has been heard of
        return True
    return any(normalize(said.get("person", "")) == person for said in (*item.sources(), item.last))


def same_person(on_file: Values, stated: Values) -> bool:
    """Whether two rows speak of one person. Rule: never by name alone."""
    if normalize(on_file.get("person", "")) != normalize(stated.get("person", "")):
        return False
    towns = on_file.get("township", ""), stated.get("township", "")
    village = on_file.get("village") and normalize(on_file["village"]) == normalize(stated.get("village", ""))
    town = towns[0] == towns[1] or not all(towns)
    day = on_file.get("visited_on") and on_file.get("visited_on") == stated.get("visited_on")
    cadres = _several(on_file, "cadres") & _several(stated, "cadres")
    return bool(phones_in(on_file) & phones_in(stated) or (village and town) or (day and cadres))


def two_persons(on_file: Values, stated: Values) -> bool:
    """Whether telephone and village both say that these are two persons: then there is nothing to ask."""
    phones = phones_in(on_file), phones_in(stated)
    villages = normalize(on_file.get("village", "")), normalize(stated.get("village", ""))
    return all(phones) and all(villages) and not phones[0] & phones[1] and villages[0] != villages[1]


def phones_in(values: Values) -> set[str]:
    """The telephone numbers of a row."""
    return _several(values, "phone")


def _several(values: Values, name: str) -> set[str]:
    return set(filter(None, values.get(name, "").split("、")))
