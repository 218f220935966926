"""The ledger (台账): which matters opened items, which rows update them, and where every item stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

from dazoufang import faults, terms
from dazoufang.campaign import ITEM_KINDS, ROUND_WORDS, Rules
from dazoufang.closing import CLOSED, OPEN, Settled, settle
from dazoufang.convert import split_matters
from dazoufang.faults import Fault
from dazoufang.grid import address
from dazoufang.merge import Entry, Step
from dazoufang.schema import LEDGER_FORMS
from dazoufang.submission import Effect, Part, Row, Submission

# A visit's cells that open items: field → (kind of item, what kind of matter it is).
OPENING: Final = {"dispute": ("dispute", ""), "suggestion": ("suggestion", "意见建议"), "inquiry": ("suggestion", "")}
# What a visit says of the item it opened; the rest comes from the office's own rows, the newest that is filled.
IDENTITY: Final = ("unit", "visited_on", "cadres", "person", "phone", "township", "village", "identity")


@dataclass(slots=True)
class Mention:
    """A matter in a visit's cell (one of several when numbered)."""

    entry: Entry
    field: str
    text: str

    @property
    def values(self) -> dict[str, str]:
        """The mention as values of a ledger row."""
        visit = self.entry.values
        kind, nature = OPENING[self.field]
        same = ("visited_on", "cadres", "phone", "township", "village")
        shared: dict[str, str] = {name: visit[name] for name in same if name in visit}
        values = {**shared, "unit": self.entry.unit, "person": visit.get("household", ""), "matter": self.text}
        if kind == "suggestion":
            values["nature"] = nature or ("问题求助" if terms.ASKS_FOR_HELP.search(self.text) else "政策咨询")
            for ours, theirs in (("identity", "target_kind"), ("proposal_no", "proposal_no")):
                if theirs in visit:
                    values[ours] = visit[theirs]
        return {name: value for name, value in values.items() if value}


@dataclass(slots=True)
class Item:
    """One item. Its facts are never stored: they are read off the mentions and rows that stand."""

    item_no: str
    kind: str
    year: int
    round_no: int
    opened_on: date
    opened_by: int
    updated_on: date
    mentions: list[Mention] = field(default_factory=list)
    rows: dict[int, Entry] = field(default_factory=dict)  # entry id → row of an办理表
    last: dict[str, str] = field(default_factory=dict)  # its facts when the last source was withdrawn
    decisions: list[Entry] = field(default_factory=list)

    @property
    def stands(self) -> bool:
        """Whether anything still speaks for it and no decision has struck it off."""
        return bool(self.mentions or self.rows) and not any(d.values["decision"] == "作废" for d in self.decisions)

    def sources(self) -> Iterator[dict[str, str]]:
        """What each mention and row says, mentions first, in the order of their days and arrival."""
        for mention in sorted(self.mentions, key=lambda m: (m.entry.values.get("visited_on", ""), m.entry.entry_id)):
            yield mention.values
        for entry in self.by_arrival():
            yield {"unit": entry.unit, **entry.values}

    def by_arrival(self) -> list[Entry]:
        return sorted(self.rows.values(), key=lambda entry: (entry.submission.submission_id, entry.row.row_id))

    def facts(self) -> dict[str, str]:
        """What is known of the item: who it is from the first source that says so, the rest from the newest."""
        facts: dict[str, str] = {}
        for values in self.sources():
            for name, value in values.items():
                if value and (name not in IDENTITY or name not in facts):
                    facts[name] = value
        facts.pop("item_no", None)
        if facts:
            facts.setdefault("status", "未启动")
        return facts or dict(self.last)

    def came_again_on(self) -> list[str]:
        """The days on which the matter was brought up again after its first day."""
        days = sorted({m.entry.values.get("visited_on", "") for m in self.mentions})
        again = days[1:]
        again += [d.values["approved_on"] for d in self.decisions if d.values["decision"] == "重开"]
        return sorted(again)

    def extended_on(self) -> str:
        """The day an approved 延期 moved the deadline to (the latest decision counts)."""
        moved = [d for d in self.decisions if d.values["decision"] == "延期" and d.values.get("new_due_on")]
        return max(moved, key=lambda d: d.entry_id).values["new_due_on"] if moved else ""


class Ledger:
    """The items, built by taking submissions in the order they were accepted."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._settings = rules.campaign.items
        self._titles = {form: {f.name: f.title for f in rules.schemas[form].fields} for form in rules.schemas}
        self.items: dict[str, Item] = {}
        self._aliases: dict[str, str] = {}
        self._counters: dict[tuple[int, int, str], int] = defaultdict(int)
        self._persons: dict[tuple[str, str], list[str]] = defaultdict(list)  # (kind, folded name) → item numbers
        self._mentions: dict[int, list[tuple[Mention, str]]] = {}  # visit entry → its matters and their items
        self._row_items: dict[int, str] = {}  # ledger-row entry → its item
        self._pattern = self._settings.pattern

    def take(self, submission: Submission, steps: Iterable[Step], effect: Effect) -> None:
        """Let the steps of one submission open, update and withdraw items; what happened goes into `effect`."""
        before: dict[str, Settled] = {}
        touched: dict[str, None] = {}
        steps = list(steps)
        for step in sorted(steps, key=lambda step: _numbered_first(step.part)):
            for entry, was in step.corrected:
                self._entry(entry, was, submission, effect, before, touched)
            for entry in step.added:
                self._entry(entry, None, submission, effect, before, touched)
        for step in steps:
            for entry in step.withdrawn:
                self._withdraw(entry, before, touched)
        self._tell(steps, effect, before, touched)

    def number(self, text: str) -> str:
        """The item that `text` names now ("" none): its own number, or one that was merged into it."""
        text = terms.fold(text)
        for _ in range(len(self._aliases) + 1):
            if text in self.items:
                return text
            text = self._aliases.get(text, "")
        return ""

    def settled(self, item: Item, facts: Mapping[str, str] | None = None) -> Settled:
        """Where an item stands today."""
        facts = item.facts() if facts is None else facts
        resolved_on = facts.get("resolved_on", "")
        again = [day for day in item.came_again_on() if resolved_on and day > resolved_on]
        return settle(item.kind, facts, self._rules.campaign.closing, again[-1] if again else "")

    def mentions_of(self, entry_id: int) -> list[str]:
        """The numbers of the items that a visit speaks of, in the order of its cells."""
        return list(
            dict.fromkeys(number for _, number in self._mentions.get(entry_id, []) if self.items[number].stands)
        )

    # -- one entry ------------------------------------------------------------------------------------------

    def _entry(
        self, entry: Entry, was: Row | None, submission: Submission, effect: Effect,
        before: dict[str, Settled], touched: dict[str, None],
    ) -> None:  # fmt: skip
        take = {"visit": self._visit, "decision": self._decide}.get(entry.form)
        if entry.form in LEDGER_FORMS:
            take = self._row
        if take is None:
            return
        for number in take(entry, was, submission, effect, before):
            touched[number] = None

    def _visit(
        self, entry: Entry, was: Row | None, submission: Submission, effect: Effect, before: dict[str, Settled]
    ) -> Iterator[str]:
        """A visit's matters: those it had keep their items, new ones find or open theirs, lost ones let go."""
        old = self._mentions.pop(entry.entry_id, [])
        given = self._given_numbers(entry)
        now: list[tuple[Mention, str]] = []
        for name in OPENING:
            for text in _matters(entry, name):
                mention = Mention(entry, name, text)
                kept = self._kept(mention, old)
                if kept is not None:
                    old.remove(kept)
                    item = self._remember(kept[1], before)
                    item.mentions.remove(kept[0])
                    if kept[0].text != text or was is None:
                        yield item.item_no
                else:
                    item = self._find_or_open(
                        mention.values, OPENING[name][0], submission, entry, effect, before, given
                    )
                    yield item.item_no
                item.mentions.append(mention)
                now.append((mention, item.item_no))
        self._mentions[entry.entry_id] = now
        for mention, number in old:
            self._let_go(self._remember(number, before), mention=mention)
            yield number

    def _kept(self, mention: Mention, old: list[tuple[Mention, str]]) -> tuple[Mention, str] | None:
        """The former matter of the same cell that this one corrects."""
        same = [pair for pair in old if pair[0].field == mention.field]
        for pair in same:
            if pair[0].text == mention.text:
                return pair
        likest = max(same, key=lambda pair: likeness(pair[0].text, mention.text), default=None)
        if likest and likeness(likest[0].text, mention.text) >= self._settings.similar_matter.value:
            return likest
        return None

    def _given_numbers(self, entry: Entry) -> dict[str, list[str]]:
        """The numbers that a published annex says the matters of this visit have, by kind."""
        given: dict[str, list[str]] = defaultdict(list)
        for text in entry.values.get("item_nos", "").split("、"):
            match = self._pattern.fullmatch(terms.fold(text))
            if match:
                given[match["kind"]].append(match[0])
        return given

    def _row(
        self, entry: Entry, was: Row | None, submission: Submission, effect: Effect, before: dict[str, Settled]
    ) -> Iterator[str]:
        """A row of an办理表 updates its item: by number, else by person and matter; else it opens one."""
        values = {"unit": entry.unit, **entry.values}
        former = self._row_items.pop(entry.entry_id, "")
        item = self._named(entry, values, former, effect)
        if item is None and not (values.get("person") and values.get("matter")):
            effect.notices.append(self._at(entry, "item_no", "R07", value=values.get("item_no", ""), what="台账"))
            return
        if item is None:
            given = {ITEM_KINDS[entry.form]: [number] if (number := self._own_number(values)) else []}
            item = self._find_or_open(values, entry.form, submission, entry, effect, before, given)
        self._remember(item.item_no, before)
        if former and former != item.item_no:
            self._remember(former, before).rows.pop(entry.entry_id, None)
            yield former
        if was is None or was.values != entry.values:
            item.updated_on = submission.received_on
            yield item.item_no
        item.rows[entry.entry_id] = entry
        self._index(item, values.get("person", ""))
        self._row_items[entry.entry_id] = item.item_no

    def _named(self, entry: Entry, values: Mapping[str, str], former: str, effect: Effect) -> Item | None:
        """The item that the row itself names, if the person agrees; or the one it corrected before."""
        number = self.number(values.get("item_no", "")) if values.get("item_no") else ""
        if number and self.items[number].kind == entry.form:
            item = self.items[number]
            person, known = values.get("person"), {terms.fold(s.get("person", "")) for s in item.sources()}
            if not person or terms.fold(person) in known or entry.entry_id in item.rows or not known:
                return item
            what = f"{item.facts().get('person', '')}的事项"
            effect.notices.append(self._at(entry, "item_no", "R09", value=values["item_no"], what=what))
            return None
        if former and not number:
            item = self.items[former]
            others = [s for s in item.sources() if s.get("person")]
            if any(terms.fold(s["person"]) == terms.fold(values.get("person", "")) for s in others):
                return item
        return None

    def _decide(
        self, entry: Entry, was: Row | None, submission: Submission, effect: Effect, before: dict[str, Settled]
    ) -> Iterator[str]:
        """A decision (裁定): it is remembered for ever; 并案 and 同一人 make two items one."""
        number = self.number(entry.values["item_no"])
        if not number:
            value = entry.values["item_no"]
            effect.notices.append(self._at(entry, "item_no", "R07", value=value, what="台账"))
            return
        item = self._remember(number, before)
        if was is None:
            item.decisions.append(entry)
        else:
            item.decisions = [entry if d.entry_id == entry.entry_id else d for d in item.decisions]
        item.updated_on = submission.received_on
        yield number
        other = self.number(entry.values.get("other_item_no", ""))
        if entry.values["decision"] in ("并案", "同一人"):
            if not other or self.items[other].kind != item.kind:
                value = entry.values.get("other_item_no", "")
                effect.notices.append(self._at(entry, "other_item_no", "R07", value=value, what="台账的同类事项"))
            elif other != number:
                self._join(item, self._remember(other, before))
                yield other

    def _join(self, item: Item, into: Item) -> None:
        """Two items become one: the sources move, the number stays taken and leads to the other."""
        into.mentions.extend(item.mentions)
        into.rows.update(item.rows)
        for entry_id in item.rows:
            self._row_items[entry_id] = into.item_no
        for entry_id, pairs in self._mentions.items():
            self._mentions[entry_id] = [(m, into.item_no if n == item.item_no else n) for m, n in pairs]
        for values in item.sources():
            self._index(into, values.get("person", ""))
        item.last, item.mentions, item.rows = item.facts(), [], {}
        del self.items[item.item_no]
        self._aliases[item.item_no] = into.item_no

    def _withdraw(self, entry: Entry, before: dict[str, Settled], touched: dict[str, None]) -> None:
        """A row that its newer version no longer holds: what it said goes, unless somebody else says it too."""
        for mention, number in self._mentions.pop(entry.entry_id, []):
            self._let_go(self._remember(self.number(number), before), mention=mention)
            touched[self.number(number)] = None
        number = self._row_items.pop(entry.entry_id, "")
        if number:
            self._let_go(self._remember(self.number(number), before), row=entry)
            touched[self.number(number)] = None

    def _let_go(self, item: Item, mention: Mention | None = None, row: Entry | None = None) -> None:
        facts = item.facts()
        if mention is not None and mention in item.mentions:
            item.mentions.remove(mention)
        if row is not None:
            item.rows.pop(row.entry_id, None)
        if not item.mentions and not item.rows:
            item.last = facts

    # -- finding and opening --------------------------------------------------------------------------------

    def _find_or_open(
        self, values: Mapping[str, str], kind: str, submission: Submission, entry: Entry, effect: Effect,
        before: dict[str, Settled], given: Mapping[str, list[str]],
    ) -> Item:  # fmt: skip
        numbers = given.get(ITEM_KINDS[kind], [])
        number = numbers.pop(0) if numbers else ""
        known = self.number(number)
        if known and self.items[known].kind == kind and _same_name(values, self.items[known]):
            return self._remember(known, before)
        found, doubt = self._search(values, kind)
        if found is not None:
            if number and not known:
                self._aliases[number] = found.item_no
            return self._remember(found.item_no, before)
        item = self._open(values, kind, submission, number if not known else "")
        before.setdefault(item.item_no, Settled(""))
        effect.opened.append((item.item_no, _brief(values)))
        if doubt is not None:
            what = f"{doubt.item_no}（{_brief(doubt.facts())}）"
            name = "matter" if entry.form in LEDGER_FORMS else "household"
            effect.notices.append(self._at(entry, name, "R10", what=what, number=doubt.item_no))
        return item

    def _search(self, values: Mapping[str, str], kind: str) -> tuple[Item | None, Item | None]:
        """(the item of the same person and matter, or None; else one that may be it and must be asked about).

        Rule: never by name alone; name + telephone, name + village, or name + day and cadre of the visit.
        """
        best: tuple[float, Item] | None = None
        doubt: tuple[float, Item] | None = None
        for number in self._persons.get((kind, terms.fold(values.get("person", ""))), ()):
            item = self.items.get(number)
            if item is None or any(d.values["decision"] == "作废" for d in item.decisions):
                continue
            for source in (*item.sources(), item.last):
                if not source:
                    continue
                like = likeness(source.get("matter", ""), values.get("matter", ""))
                if same_person(source, values):
                    if like >= self._settings.similar_matter.value and (best is None or like > best[0]):
                        best = (like, item)
                elif like >= self._settings.uncertain_matter.value and not _contradict(source, values):
                    doubt = (like, item)
        return (best[1] if best else None), (doubt[1] if doubt else None)

    def _open(self, values: Mapping[str, str], kind: str, submission: Submission, number: str) -> Item:
        day = date.fromisoformat(values["visited_on"]) if values.get("visited_on") else submission.received_on
        place = self._rules.campaign.round_of(day)
        year, round_no = (place[0], place[1].number) if place else (day.year, 0)
        match = self._pattern.fullmatch(number) if number else None
        if match is not None:
            words = {word: no for no, word in ROUND_WORDS.items()}
            year, round_no = 2000 + int(match["yy"]) if match["yy"] else year, words.get(match["round"], 0)
        counter = (year, round_no, kind)
        if match is not None:
            self._counters[counter] = max(self._counters[counter], int(match["seq"]))
        while not number:
            self._counters[counter] += 1
            candidate = self._settings.number_format.value.format(
                yy=f"{year % 100:02d}", year=year, kind=ITEM_KINDS[kind], seq=self._counters[counter],
                round=ROUND_WORDS.get(round_no, self._settings.outside_round.value),
            )  # fmt: skip
            if candidate not in self.items and candidate not in self._aliases:
                number = candidate
        item = Item(
            number, kind, year, round_no, submission.received_on, submission.submission_id, submission.received_on
        )
        self.items[number] = item
        self._index(item, values.get("person", ""))
        return item

    def _index(self, item: Item, person: str) -> None:
        numbers = self._persons[item.kind, terms.fold(person)]
        if item.item_no not in numbers:
            numbers.append(item.item_no)

    def _own_number(self, values: Mapping[str, str]) -> str:
        """The row's number if it is of our making (units number their rows in many ways), else ""."""
        number = terms.fold(values.get("item_no", ""))
        return number if self._pattern.fullmatch(number) else ""

    # -- telling --------------------------------------------------------------------------------------------

    def _remember(self, number: str, before: dict[str, Settled]) -> Item:
        """The item, after noting where it stood before this submission."""
        item = self.items[number]
        if number not in before:
            before[number] = self.settled(item) if item.stands else Settled("")
        return item

    def _tell(self, steps: list[Step], effect: Effect, before: dict[str, Settled], touched: dict[str, None]) -> None:
        opened = {number for number, _ in effect.opened}
        for number in touched:
            item = self.items.get(number)
            if item is None:
                continue
            brief, was = _brief(item.facts()), before.get(number, Settled("")).state
            now = self.settled(item).state if item.stands else ""
            if not now:
                effect.withdrawn.append(f"事项{number} {brief}")
            elif number not in opened:
                effect.updated.append((number, brief))
            if now == CLOSED != was:
                effect.closed.append((number, brief))
            elif now == OPEN and was and was != OPEN:
                effect.reopened.append((number, brief))
        for step in steps:
            if step.part.form in LEDGER_FORMS:
                for entry in (*step.added, *(entry for entry, _ in step.corrected)):
                    self._tell_unkept_claim(entry, effect)

    def _tell_unkept_claim(self, entry: Entry, effect: Effect) -> None:
        """销号 claimed without both keys is said, with what is missing."""
        number = self._row_items.get(entry.entry_id, "")
        if number and entry.values.get("closed_on"):
            settled = self.settled(self.items[number])
            if settled.state != CLOSED:
                need = settled.awaiting or "办结日期和化解情况（办理状态须为“已化解”或“已办结”）"
                value = entry.values["closed_on"]
                effect.notices.append(
                    self._at(entry, "closed_on", "R08", value=value, what=need, need=need.removeprefix("缺"))
                )

    def _at(self, entry: Entry, name: str, code: str, **details: object) -> Fault:
        """A fault at the cell of `name` in the row of `entry`."""
        columns = entry.part.columns.get(entry.row.sheet, {})
        cell = address(entry.row.row_no - 1, columns[name]) if name in columns else ""
        column = self._titles[entry.form].get(name, "")
        found = faults.make(code, sheet=entry.row.sheet, cell=cell, row=entry.row.row_no, column=column, **details)  # type: ignore[arg-type]
        return replace(found, member=entry.part.member)


def _numbered_first(part: Part) -> bool:
    """Within one delivery, rows that carry numbers go first, so that their visits find them."""
    return not any(row.values.get("item_no") or row.values.get("item_nos") for row in part.rows)


def _matters(entry: Entry, name: str) -> list[str]:
    text = entry.values.get(name, "")
    return [part for part in split_matters(text) if part] if text else []


def same_person(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two rows speak of one person. Rule: never by name alone."""
    if terms.fold(one.get("person", "")) != terms.fold(other.get("person", "")):
        return False
    phones = set(one.get("phone", "").split("、")) & set(other.get("phone", "").split("、")) - {""}
    village = one.get("village") and terms.fold(one["village"]) == terms.fold(other.get("village", ""))
    town = one.get("township", "") == other.get("township", "") or not (one.get("township") and other.get("township"))
    day = one.get("visited_on") and one.get("visited_on") == other.get("visited_on")
    return bool(phones or (village and town) or (day and one.get("cadres") and one["cadres"] == other.get("cadres")))


def _contradict(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether telephone and village both say that these are two persons: then there is nothing to ask."""
    return all(one.get(name) and other.get(name) and one[name] != other[name] for name in ("phone", "village"))


def _same_name(values: Mapping[str, str], item: Item) -> bool:
    person = terms.fold(values.get("person", ""))
    return any(terms.fold(source.get("person", "")) == person for source in item.sources())


@lru_cache(maxsize=65536)
def likeness(one: str, other: str) -> float:
    """How alike two matters are, 0 to 100; one that holds the other whole counts as the same."""
    one, other = terms.fold(one), terms.fold(other)
    if not one or not other:
        return 0.0
    if min(len(one), len(other)) >= 6 and (one in other or other in one):
        return 100.0
    return fuzz.ratio(one, other)


def _brief(values: Mapping[str, str]) -> str:
    matter = values.get("matter", "")
    return f"{values.get('person', '')}：{matter if len(matter) <= 30 else matter[:29] + '…'}"
